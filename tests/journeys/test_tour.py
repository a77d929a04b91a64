# SPDX-License-Identifier: MIT
"""Somebody who sees the window for the first time is shown around it once, and again only on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import SIGNAL, QPoint, QRect, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget

from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.sending.delivery_result import DeliveryResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys.person import Person
    from notification_tester.qt.app.tour import Tour


def shown(person: Person) -> Tour:
    workspace = person.window.workspace
    person.until(lambda: workspace.tour is not None and workspace.tour.isVisible())
    assert workspace.tour is not None
    return workspace.tour


def test_three_steps_by_the_keyboard_alone_and_never_again_by_itself(sit_down: Callable[[], Person]) -> None:
    person = sit_down()
    person.start()
    person.window.activateWindow()
    tour = shown(person)
    focus = QApplication.focusWidget()
    assert focus is None or not tour.isAncestorOf(focus), "it takes nobody's keys"
    said = [tour.next.accessibleDescription()]
    person.window.workspace.navigation.buttons["history"].setFocus()
    QTest.keyClick(person.window.workspace.navigation.buttons["history"], Qt.Key.Key_Tab)
    assert tour.next.hasFocus()
    for _ in range(2):
        QTest.keyClick(tour.next, Qt.Key.Key_Space)
        said.append(tour.next.accessibleDescription())
    assert [one[:17] for one in said] == [f"New here? {number} of 3." for number in (1, 2, 3)]
    assert "A test sets nothing." in said[2]
    assert "the page HIT types sets which of them tell that place" in said[2]
    assert tour.next.text() == "Done"
    QTest.keyClick(tour.next, Qt.Key.Key_Space)
    assert person.window.workspace.tour is None
    person.until(lambda: not person.desktop.program.tasks.is_busy)
    again = sit_down()
    again.start()
    again.until(lambda: again.window.workspace.read_ahead.is_over)
    person.until(lambda: again.window.workspace.history.page is not None)
    assert again.window.workspace.tour is None


def test_it_is_there_as_soon_as_a_test_can_be_sent(person: Person) -> None:
    shown(person)
    assert not person.window.workspace.read_ahead.is_over, "it waits for nothing that is read for later"
    person.click(shown(person).skip)


def test_to_who_was_quicker_it_comes_at_the_next_start(sit_down: Callable[[], Person]) -> None:
    person = sit_down()
    person.desktop.program.opened.connect(person.form.send.click)
    spy = QSignalSpy(person.page.test_finished)
    person.start()
    person.until(lambda: spy.count() > 0)
    workspace, made = person.window.workspace, person.page.findChildren
    person.until(lambda: workspace.tour is not None or bool(made(DeliveryResult)))  # all is read and made that may be
    assert workspace.tour is None, "it would come over what the person does"
    person.until(lambda: not person.desktop.program.tasks.is_busy)
    again = sit_down()
    again.start()
    again.click(shown(again).skip)


def test_it_does_not_come_over_another_page(sit_down: Callable[[], Person]) -> None:
    person = sit_down()
    workspace = person.window.workspace
    person.desktop.program.opening.connect(lambda _: workspace.go_to("history"))
    person.start()
    person.until(lambda: workspace.tour is not None or bool(person.page.findChildren(DeliveryResult)))
    assert workspace.tour is None


@pytest.mark.parametrize("keys", ["Escape", "Tab"])
def test_it_is_skipped_by_the_keyboard_alone(sit_down: Callable[[], Person], keys: str) -> None:
    person = sit_down()
    person.start()
    workspace = person.window.workspace
    person.window.activateWindow()
    tour = shown(person)
    passed: list[QWidget | None] = []
    while not tour.next.hasFocus():
        focus = QApplication.focusWidget()
        assert focus not in passed, "Tab goes round without coming to it"
        passed.append(focus)
        QTest.keyClick(focus or person.window, Qt.Key.Key_Tab)
    if keys == "Tab":
        QTest.keyClick(tour.next, Qt.Key.Key_Tab)
        assert tour.skip.hasFocus()
        QTest.keyClick(tour.skip, Qt.Key.Key_Space)
    else:
        QTest.keyClick(tour.next, Qt.Key.Key_Escape)
    assert workspace.tour is None
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.isVisible(), "the keyboard has a place to go on from"
    person.until(lambda: not person.desktop.program.tasks.is_busy)
    again = sit_down()
    again.start()
    again.until(lambda: bool(again.page.findChildren(DeliveryResult)))
    assert again.window.workspace.tour is None


def test_escape_skips_it_where_a_first_start_leaves_the_keyboard(sit_down: Callable[[], Person]) -> None:
    person = sit_down()
    person.start()
    person.window.activateWindow()
    tour = shown(person)
    focus = QApplication.focusWidget() or person.window
    assert not tour.isAncestorOf(focus)
    person.click(person.form.send)
    QTest.keyClick(QApplication.focusWidget() or person.window, Qt.Key.Key_Escape)
    assert person.window.workspace.tour is tour, "it ends the waiting for the test, and that alone"
    person.until(person.form.send.isEnabled)
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert person.window.workspace.tour is None


def test_skipped_it_is_over_and_help_shows_it_once_more(sit_down: Callable[[], Person]) -> None:
    person = sit_down()
    person.start()
    person.click(shown(person).skip)
    workspace = person.window.workspace
    assert workspace.tour is None
    workspace.go_to("inbox")
    person.window.activateWindow()
    QTest.keyClick(person.window, Qt.Key.Key_F1)
    (dialog,) = person.window.findChildren(HelpDialog)
    person.click(dialog.tour)
    tour = shown(person)
    assert not [one for one in person.window.findChildren(HelpDialog) if one.isVisible()]
    assert workspace.navigation.buttons["test"].isChecked()
    assert tour.title.text() == "Send a test"
    listening = person.page.receivers(SIGNAL("test_finished()"))
    person.click(tour.skip)
    workspace.begin_tour()
    assert person.page.receivers(SIGNAL("test_finished()")) == listening, "the end of a test is told once"
    person.click(shown(person).skip)


def test_who_sends_the_test_is_shown_how_far_it_got(person: Person) -> None:
    tour = shown(person)
    assert tour.title.text() == "Send a test"
    person.click(person.form.send)
    person.until(lambda: tour.title.text() == "See how far it got")
    assert tour.count.text() == "New here? 2 of 3"
    assert tour._frame.geometry().contains(person.page.result.mapTo(person.window.workspace, QPoint(1, 1)))
    person.until(person.form.send.isEnabled)
    spy = QSignalSpy(person.page.test_finished)
    person.click(person.form.send)
    person.until(lambda: spy.count() > 0)
    assert tour.count.text() == "New here? 2 of 3", "a second test turns no page of it"
    person.click(tour.skip)


def test_the_line_around_the_result_ends_above_the_foot_and_goes_with_its_page(person: Person) -> None:
    """In a small window, where the result is longer than what can be seen of it."""
    tour, workspace = shown(person), person.window.workspace
    frame = tour._frame
    person.window.resize(900, 600)
    person.click(person.form.send)
    person.until(lambda: tour.title.text() == "See how far it got")
    person.until(person.form.send.isEnabled)
    foot = person.form.foot
    for place in (0, person.page.verticalScrollBar().maximum()):
        person.page.verticalScrollBar().setValue(place)
        person.until(lambda: person.result.visibleRegion().isEmpty() or frame.isVisible())
        if frame.isVisible():
            below = QRect(foot.mapTo(workspace, QPoint()), foot.size())
            assert not frame.geometry().intersects(below), place
    for page in ("hit-types", "inbox", "history"):
        person.click(workspace.navigation.buttons[page])
        assert not frame.isVisible(), page
    person.click(workspace.navigation.buttons["test"])
    assert frame.isVisible()
    person.click(tour.skip)


def test_the_line_goes_with_what_is_shown_and_takes_no_click(person: Person) -> None:
    tour = shown(person)
    frame = tour._frame
    assert frame.isVisible()
    before = frame.geometry()
    assert before.contains(person.form.send.mapTo(person.window.workspace, person.form.send.rect().center()))
    assert frame.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    person.window.resize(person.window.width(), person.window.height() + 60)
    person.until(lambda: frame.geometry().contains(
        person.form.send.mapTo(person.window.workspace, person.form.send.rect().center())
    ))  # fmt: skip
    navigation = person.window.workspace.navigation
    person.click(navigation.buttons["history"])
    assert not frame.isVisible()
    assert not tour.isVisible(), "it speaks of a blue frame that is not here"
    person.click(navigation.buttons["test"])
    assert frame.isVisible()
    assert tour.isVisible()
    person.click(tour.next)
    person.click(tour.next)
    person.click(navigation.buttons["inbox"])
    assert frame.isVisible(), "the accounts are on every page"
    assert tour.isVisible()
    person.click(tour.next)
