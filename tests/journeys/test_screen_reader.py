# SPDX-License-Identifier: MIT
"""What a screen reader is told, in every page and dialog: no markup, a name for every stop, the right kind of thing."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

from journeys.test_checkup import findings, mend_dialog
from journeys.test_hit_types import HitTypesUser
from notification_tester.domain.destination import Transport
from notification_tester.domain.problem import Cause, Problem, ServiceAnswer
from notification_tester.practice.faults import Faults
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog
from notification_tester.qt.hit_types.view import Command
from notification_tester.qt.looks.visible_text import tooltip
from notification_tester.qt.widgets.link_button import FoldButton

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QAccessibleInterface

    from journeys.person import Person
    from notification_tester.qt.app.late_page import LatePage

MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>")
TEXT = QAccessible.Text
WITH_LINES = (QComboBox, QAbstractSpinBox)
"""Whose line hands the keyboard on to them."""


@pytest.fixture(autouse=True)
def listening(qapp: QApplication) -> Iterator[None]:
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def faults(window: QWidget) -> list[str]:
    """What is wrong with anything that can be seen in a window."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    found = []
    everything = (window, *window.findChildren(QWidget))
    reached = set(_reached(QAccessible.queryAccessibleInterface(window)))
    handing_on = [one for one in everything if isinstance(one, QLineEdit) and isinstance(one.parent(), WITH_LINES)]
    for one in everything:
        told = QAccessible.queryAccessibleInterface(one)
        if not one.isVisible():
            continue
        name, description = told.text(TEXT.Name), told.text(TEXT.Description)
        what = f"{type(one).__name__} “{name or one.objectName()}” in {type(one.parent()).__name__}"
        if MARKUP.search(name) or MARKUP.search(description):
            found.append(f"{what}: markup in “{description}”")
        is_stop = bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus) and one.isEnabled() and one not in handing_on
        if is_stop and one not in reached:
            found.append(f"{what}: a stop that nobody comes to from the window")
        if is_stop and not name.strip():
            found.append(f"{what}: a stop without a name")
        if isinstance(one, QAbstractButton) and "&" in name.replace("&&", ""):
            found.append(f"{what}: an underlined letter is read out")
        if isinstance(one, QLabel) and QKeySequence.mnemonic(one.text()).toString() and one.buddy() is None:
            found.append(f"{what}: an underlined letter that leads nowhere")
        is_editor = isinstance(one, QPlainTextEdit | QTextEdit) and not isinstance(one, QTextBrowser)
        if is_editor and is_stop and not one.property("tabChangesFocus"):
            found.append(f"{what}: a stop that keeps the keyboard")
        if isinstance(one, FoldButton) and not _tells_that_it_folds(told, is_open=one.folded.isVisible()):
            found.append(f"{what}: told as a {told.role().name}, “{description}”")
    for menu in window.findChildren(QMenu):
        tips = [one.toolTip() for one in menu.actions() if one.toolTip() != one.text().replace("&", "").rstrip("….")]
        if any(tips) and not menu.toolTipsVisible():
            found.append(f"a menu in {type(menu.parent()).__name__}: nobody sees “{tips[0]}”")
    return found


def _reached(told: QAccessibleInterface) -> Iterator[QObject]:
    """Everything that a screen reader finds by going through what it is told of, from one on downwards."""
    if (thing := told.object()) is not None:
        yield thing
    if told.role() not in {QAccessible.Role.Table, QAccessible.Role.Tree, QAccessible.Role.List}:  # many cells
        for place in range(told.childCount()):
            if (below := told.child(place)) is not None:
                yield from _reached(below)


def _tells_that_it_folds(told: QAccessibleInterface, *, is_open: bool) -> bool:
    """Whether it is told as a button, and whether what it folds out is in sight."""
    state = told.state()
    said = told.text(TEXT.Description)
    is_button = told.role() == QAccessible.Role.Button and not state.checkable and not state.checked
    is_so = state.expandable and bool(state.expanded) is is_open and bool(state.collapsed) is not is_open
    return bool(is_button and is_so and said.startswith("Expanded. " if is_open else "Collapsed. "))


def unfold(window: QWidget) -> None:
    for fold in window.findChildren(FoldButton):
        if fold.isVisible() and not fold.isChecked():
            fold.click()


def _is_made(page: LatePage[QWidget]) -> bool:
    return page.page is not None


def go(person: Person, key: str) -> None:
    person.click(person.window.workspace.navigation.buttons[key])


def test_every_page_tells_what_it_shows(person: Person) -> None:
    workspace = person.window.workspace
    person.send()
    unfold(person.page)
    assert faults(person.window) == []
    person.click(person.form.where.who.button("this-computer"))
    unfold(person.page)
    assert faults(person.window) == []
    for key in ("hit-types", "inbox", "history"):
        go(person, key)
        page = getattr(workspace, key.replace("-", "_"))
        person.until(partial(_is_made, page))
        if key == "hit-types":
            person.until(lambda: workspace.hit_types.page is not None and workspace.hit_types.page.model.total > 0)
            assert workspace.hit_types.page is not None
            workspace.hit_types.page.view.table.selectRow(0)
        if key == "history":
            person.until(lambda: workspace.history.page is not None and workspace.history.page.details.isVisible())
        unfold(page.page)
        assert faults(person.window) == [], key


def test_destinations_that_were_tested_before_are_told_without_markup(person: Person) -> None:
    good = person.form.destination.text()
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    person.type_destination(good)
    person.send()
    person.until(lambda: len(person.form.destination.recent()) == 1)
    assert faults(person.window) == []


def test_trouble_is_told_without_markup(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    unfold(person.page)
    assert faults(person.window) == []
    person.type_destination("not <b>an</b> address")
    workspace = person.window.workspace
    workspace.problems.say(
        Problem(
            title="It is locked.",
            detail="So it was.",
            remedy="Unlock it.",
            code="x",
            cause=Cause.KEYRING,
            answer=ServiceAnswer(code="Locked", message="a & b"),
        )
    )
    assert workspace.problems.isVisible()
    assert faults(person.window) == []


def test_every_dialog_of_the_menu_tells_what_it_shows(person: Person) -> None:
    quits = {"&Quit", "&Look for a newer version"}
    actions = [one for one in person.window.workspace.bar.menu.actions() if one.text() and one.text() not in quits]
    assert len(actions) >= 4
    for action in actions:
        action.trigger()
        (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        unfold(dialog)
        assert faults(dialog) == [], action.text()
        dialog.close()
        assert not dialog.isVisible()
    accounts = person.window.workspace.accounts.open(add=True)
    for choice in (accounts.form.environment.other, accounts.form.environment.live, accounts.form.keys.profile_button):
        choice.click()
        assert faults(accounts) == []
    accounts.close()


def test_every_dialog_of_the_hit_types_tells_what_it_shows(person: Person) -> None:
    user = HitTypesUser(person).go().choose(2)
    for command in (Command.APPLY, Command.OFF):
        preview = user.press(command)
        assert faults(preview) == [], command
        preview.reject()
    person.click(user.page.view.add)
    (paste,) = [one for one in person.window.findChildren(PasteIdsDialog) if one.isVisible()]
    assert faults(paste) == []
    paste.reject()
    person.cloud.set_faults(Faults(unlinked=True))
    user.send(user.press(Command.OFF))
    assert faults(person.window) == []
    person.click(user.page.view.panel.results)
    assert user.page.results is not None
    assert faults(user.page.results) == []
    user.page.results.close()


def test_every_dialog_of_the_checkup_tells_what_it_shows(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.until(person.form.destination.findings_link.isVisible)
    view = findings(person)
    person.cloud.set_faults(Faults(unlinked=True, denied_actions=("sqs:ListQueues",)))
    person.click(view.check)
    person.until(lambda: view.check.isEnabled() and view.findings.is_complete)
    assert faults(view) == []
    destination = person.form.destination.destination()
    assert destination is not None
    person.checkup.mend(destination)
    mend = mend_dialog(person)
    person.until(mend.change.isVisible)
    assert faults(mend) == []
    mend.reject()
    view.reject()
    made = person.checkup.destinations
    made.open_new(Transport.SQS)
    assert made.new_dialog is not None
    assert faults(made.new_dialog) == []
    made.new_dialog.reject()
    made.open_throwaways()
    throwaways = made.throwaways_dialog
    assert throwaways is not None
    person.until(throwaways.problem.isVisible)
    assert faults(throwaways) == []
    throwaways.reject()
    person.checkup.open_administrator()
    administrator = person.checkup.administrator_dialog
    assert administrator is not None
    assert faults(administrator) == []
    administrator.reject()


def test_the_pages_are_told_as_ones_to_choose_from(person: Person) -> None:
    for button in person.window.workspace.navigation.buttons.values():
        told = QAccessible.queryAccessibleInterface(button)
        assert told is not None
        assert told.role() == QAccessible.Role.RadioButton
        assert told.state().checked == button.isChecked()


def test_what_folds_something_out_is_a_button_that_says_whether_it_is_expanded(person: Person) -> None:
    more = person.form.advanced
    told = QAccessible.queryAccessibleInterface(more)
    for is_open in (False, True, False):
        person.until(partial(_tells_that_it_folds, told, is_open=is_open))
        assert more.folded.isVisible() is is_open
        if is_open:
            person.click(more)
        else:  # as a screen reader presses it
            told.actionInterface().doAction(QAccessibleActionInterface.pressAction())
    details = HitTypesUser(person).go().choose(1).page.view.buttons.by_command[Command.DETAILS]
    for is_open in (False, True, False):
        assert _tells_that_it_folds(QAccessible.queryAccessibleInterface(details), is_open=is_open)
        person.click(details)


def test_what_is_wrong_is_found() -> None:
    fault = QWidget()
    fault.setToolTip(tooltip("a name"))
    fault.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    fault.show()
    assert len(faults(fault)) == 2
    fault.close()
