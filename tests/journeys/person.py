# SPDX-License-Identifier: MIT
"""Somebody who sits at the window: clicks, types, waits and reads, and knows nothing of what is beneath."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QScrollArea, QWidget

from notification_tester.domain.delivery import State
from notification_tester.practice.faults import Faults
from notification_tester.qt.notification.delivery_lamps import Stage
from notification_tester.qt.widgets.link_button import FoldButton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pytest
    from PySide6.QtWidgets import QAbstractButton
    from pytestqt.qtbot import QtBot

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.events import EventType
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.app.application import Desktop
    from notification_tester.qt.app.late_page import LatePage
    from notification_tester.qt.history.page import HistoryPage

Page = TypeVar("Page", bound=QWidget)

PATIENCE = 60_000
"""Milliseconds; far more than anything here takes, even on a busy machine."""

GREEN = (State.YES, State.YES, State.YES)


def give_file(path: Path, asked_by: QWidget) -> None:
    """Put a file's name into the dialog that asks for one, and press its button."""
    (dialog,) = [one for one in asked_by.findChildren(QFileDialog) if one.isVisible()]
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    assert name is not None
    name.setText(str(path))  # what is typed opens a list of guesses, which takes the click
    (press,) = [one for one in buttons.buttons() if buttons.buttonRole(one) is buttons.ButtonRole.AcceptRole]
    QTest.mouseClick(press, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible(), path
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert asked_by.findChildren(QFileDialog) == [], "the next is another"


def drop_in_window(over: QWidget, *paths: Path) -> bool:
    """Drag files over the middle of a widget and let go there: Qt gives them to the first around it that takes drops.

    Returns whether one did.
    """
    target: QWidget | None = over.childAt(over.rect().center()) or over
    while target is not None and not target.acceptDrops():
        target = None if target.isWindow() else target.parentWidget()
    return target is not None and drop(target, paths=paths)


def drop(target: QWidget, *, text: str = "", path: Path | None = None, paths: Sequence[Path] = ()) -> bool:
    """Drag something over ``target`` and let go of it there; whether it was taken."""
    data, copy, none = QMimeData(), Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    if path is not None:
        paths = [path]
    if paths:
        data.setUrls([QUrl.fromLocalFile(str(one)) for one in paths])
    else:
        data.setText(text)
    place = QPointF(target.rect().center())
    entering = QDragEnterEvent(place.toPoint(), copy, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(target, entering)
    if entering.isAccepted():
        QApplication.sendEvent(target, QDropEvent(place, copy, data, Qt.MouseButton.LeftButton, none))
    return entering.isAccepted()


class Person:
    """Acts through widgets only."""

    def __init__(self, desktop: Desktop, qtbot: QtBot) -> None:
        self.desktop = desktop
        self.window = desktop.window
        self.page = desktop.window.workspace.test_page
        checkup = desktop.window.workspace.checkup
        assert checkup is not None
        self.checkup = checkup
        self.form = self.page.form
        self.result = self.page.result
        self._qtbot = qtbot

    def until(self, condition: Callable[[], bool], *, timeout: int = PATIENCE) -> None:
        """Wait for something to be seen."""
        self._qtbot.waitUntil(condition, timeout=timeout)

    def start(self, account: str = "Practice") -> None:
        """Open the window and wait until an account is open."""
        self.desktop.begin()
        self.until_open(account)

    def until_open(self, account: str = "Practice") -> None:
        """Wait until ``account`` is open and a test can be sent."""
        program = self.desktop.program
        self.until(
            lambda: (
                program.current is not None and program.current.account.name == account and self.form.send.isEnabled()
            )
        )

    def choose_account(self, name: str) -> None:
        """Choose an account at the top of the window, as a key or a click does."""
        combo = self.window.workspace.bar.combo
        combo.setFocus()
        places = [place for place in range(combo.count()) if combo.itemText(place).split(" (")[0] == name]
        combo.setCurrentIndex(places[0])
        combo.activated.emit(places[0])

    def switch_to(self, name: str) -> None:
        """Choose an account, and wait until it is open."""
        self.choose_account(name)
        self.until_open(name)

    @property
    def cloud(self) -> PracticeCloud:
        """The practice cloud behind the window, to make trouble in it."""
        current = self.desktop.program.current
        assert current is not None
        assert current.practice is not None
        return current.practice

    def hold_next(self) -> Callable[[], object]:
        """Have practice keep what Mechanical Turk sends next, for as long as somebody looks; what comes lets it go.

        It goes once another message was sent, which is an e-mail to practice's mailbox.
        """
        current, cloud = self.desktop.program.current, self.cloud
        assert current is not None
        cloud.set_faults(Faults(reorder_next=1))
        mail: Any = {"Destination": cloud.details.email, "Transport": "Email", "Version": "2006-05-05"}
        another: Any = {"Notification": mail | {"EventTypes": ["HITExpired"]}, "TestEventType": "Ping"}
        return partial(current.clients.mturk.send_test_event_notification, **another)

    def click(self, button: QAbstractButton) -> None:
        """Click where the button is, once it was scrolled to; one that is folded away is unfolded first.

        One that is not shown then cannot be clicked.
        """
        if not button.isVisible():
            unfold(button)
        assert button.isVisible(), button.text()
        assert button.isEnabled(), button.text()
        self.until(lambda: in_sight(button))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def send(self) -> TestOutcome:
        """Press Send, and wait for the verdict."""
        with self._qtbot.waitSignal(self.page.test_finished, timeout=PATIENCE):
            self.click(self.form.send)
        return self.outcome()

    def outcome(self) -> TestOutcome:
        """What the window shows."""
        outcome = self.result.shown_outcome()
        assert outcome is not None
        return outcome

    def lamps(self) -> tuple[str, ...]:
        """The words of the three lamps, as a screen reader says them."""
        return tuple(self.result.lamps.lamps[stage].accessibleName() for stage in Stage)

    def test_alone(self, event: EventType) -> TestOutcome:
        """Press the button beside an event, and wait for the verdict."""
        with self._qtbot.waitSignal(self.page.test_finished, timeout=PATIENCE):
            self.click(self.form.events.tests[event])
        return self.outcome()

    def type_destination(self, text: str) -> None:
        """Replace what stands in the field."""
        edit = self.form.destination.edit
        edit.setFocus()
        edit.selectAll()
        QTest.keyClick(edit, Qt.Key.Key_Delete)
        QTest.keyClicks(edit, text)

    def seen(self, late: LatePage[Page]) -> Page:
        """The page that was gone to, once it is in sight: it is made in one turn, and shown in another."""
        self.until(lambda: late.page is not None and late.page.isVisible())
        assert late.page is not None
        return late.page

    def history(self) -> HistoryPage:
        """Go to the page History, and wait for its list."""
        self.click(self.window.workspace.navigation.buttons["history"])
        return self.seen(self.window.workspace.history)

    def clipboard(self) -> str:
        """What was copied."""
        return QApplication.clipboard().text()


def end(desktop: Desktop) -> bool:
    """End the program; what is under way is waited for longer than a person has to, as on a busy machine."""
    return desktop.end() or desktop.program.close(patience=30)


@contextmanager
def first_is_late(
    person: Person, monkeypatch: pytest.MonkeyPatch, asked: object, question: str
) -> Iterator[threading.Event]:
    """While inside, the first answer of a service to a question is on its way; what is asked later is answered first.

    What comes is set once it was asked.
    """
    ask, is_asked, goes_on = getattr(asked, question), threading.Event(), threading.Event()

    def answer_late(*given: object, **named: object) -> object:
        found = ask(*given, **named)
        if not is_asked.is_set():
            is_asked.set()
            goes_on.wait()
        return found

    monkeypatch.setattr(asked, question, answer_late)
    try:
        yield is_asked
    finally:
        goes_on.set()
    person.until(lambda: not person.desktop.tasks.is_busy)


def unfold(widget: QWidget) -> None:
    """Open what a widget is folded away in."""
    for fold in widget.window().findChildren(FoldButton):
        if fold.isVisible() and not fold.isChecked() and fold.folded.isAncestorOf(widget):
            QTest.mouseClick(fold, Qt.MouseButton.LeftButton)


def in_sight(widget: QWidget) -> bool:
    """Whether it can be seen, scrolled to where it is: a click beyond the window's edge is lost."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    above = widget.parentWidget()
    while above is not None and widget.visibleRegion().isEmpty():
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()
    return not widget.visibleRegion().isEmpty()
