# SPDX-License-Identifier: MIT
"""What the Inbox proposes to follow, and how it is followed, looked through and cleared by keyboard alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from journeys.test_history_changes import set_hit_types
from journeys.test_hit_types_two_ways import ALT, CONTROL, come_forward, go_on_to, press
from journeys.test_inbox import counts
from journeys.test_inbox_accounts import put
from journeys.test_inbox_lists import body
from journeys.test_saved_files import inbox_of_one
from notification_tester.domain.events import EventType
from notification_tester.practice.faults import Faults
from notification_tester.qt.inbox.model import Column
from notification_tester.qt.widgets.scroll_page import ScrollPage
from notification_tester.storage.preferences import TEXT_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtWidgets import QLabel, QWidget
    from pytestqt.qtbot import QtBot

    from journeys.person import Person
    from notification_tester.qt.inbox.page import InboxPage
    from notification_tester.qt.widgets.count_chips import CountChips


def test_where_hit_types_are_set_to_tell_is_proposed_first(person: Person, qtbot: QtBot) -> None:
    """Before what was tested last and did arrive, and that before practice's own; what a person typed stays."""
    opened, session = person.desktop.program.current, person.desktop.program.session
    assert opened is not None
    assert session is not None
    set_place, tested, newer = (session.mend.create_queue(opened, one).text for one in ("study-7", "pilot", "study-8"))
    buttons = person.window.workspace.navigation.buttons
    person.click(buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    assert page.form.destination.text() == person.cloud.details.queue_url
    person.click(buttons["test"])
    person.type_destination(tested)
    assert person.send().is_good
    person.click(buttons["inbox"])
    person.until(lambda: page.form.destination.text() == tested)
    person.click(buttons["test"])
    person.type_destination(set_place)
    set_hit_types(person, 1)
    person.click(buttons["inbox"])
    person.until(lambda: page.form.destination.text() == set_place)
    person.click(page.form.follow)
    person.until(lambda: page.bar.title.text() == "Following study-7")

    person.click(buttons["test"])
    person.type_destination(newer)
    person.click(buttons["inbox"])
    person.click(page.places.other)
    page.form.destination.edit.selectAll()
    QTest.keyClicks(page.form.destination.edit, tested)
    person.click(buttons["test"])
    set_hit_types(person, 1)
    with qtbot.waitSignal(page.controller.proposed):
        person.click(buttons["inbox"])
    assert page.form.destination.text() == tested, "what was typed stays"


def test_the_page_by_keyboard_alone(person: Person) -> None:
    """Reached, followed, a message, the list, one kind of event, duplicates, details, and cleared."""
    url = person.cloud.details.queue_url
    come_forward(person)
    press(person, Qt.Key.Key_3, CONTROL)
    page = person.seen(person.window.workspace.inbox)
    go_on_to(person, page.form.destination.edit)
    assert page.form.destination.edit.text() == url
    push(person, page.form.follow)
    person.until(lambda: page.bar.title.text() == "Following practice-results")

    for document, event in (("d1", "HITCreated"), ("d2", "AssignmentSubmitted"), ("d2", "AssignmentSubmitted")):
        put(person, url, body(document, event))
    person.until(lambda: page.status.text() == "3 messages" and page.model.rowCount() == 2)
    go_on_to(person, page.table)
    press(person, Qt.Key.Key_Home)
    twice = place_of(page, "▸ Assignment submitted, 2 times")
    for _ in range(twice - page.table.currentIndex().row()):
        press(person, Qt.Key.Key_Down)
    person.until(lambda: page.details.isVisible() and page.details.title.text() == "Assignment submitted")
    press(person, Qt.Key.Key_Right)
    person.until(lambda: page.model.rowCount() == 3)
    press(person, Qt.Key.Key_Down)
    person.until(lambda: "The same notification as message" in page.details.duplicate.label.text())
    press(person, Qt.Key.Key_Up)
    press(person, Qt.Key.Key_Left)
    assert page.model.rowCount() == 2

    push(person, page.details.copy)
    shown = page.details.message
    assert shown is not None
    assert person.clipboard() == shown.raw
    push(person, page.details.table.raw_link)
    assert page.details.table.raw.isVisible()

    chips = page.overview.chips.chips
    person.until(lambda: EventType.HIT_CREATED.value in chips)
    push(person, chips[EventType.HIT_CREATED.value])
    person.until(lambda: page.model.rowCount() == 1 and page.model.is_up_to_date)
    assert page.model.index(0, Column.EVENT).data() == "HIT created"
    press(person, Qt.Key.Key_Space)
    person.until(lambda: page.model.rowCount() == 2)

    push(person, page.bar.pause)
    person.until(lambda: not page.controller.is_following)
    assert counts(person, url) == (3, 0)
    push(person, page.places.clear)
    person.until(lambda: any(one.isVisible() for one in person.window.findChildren(QMessageBox)))
    (question,) = [one for one in person.window.findChildren(QMessageBox) if one.isVisible()]
    question.activateWindow()
    person.until(question.isActiveWindow)
    press(person, Qt.Key.Key_C, ALT)
    person.until(lambda: page.model.rowCount() == 0 and not page.status.text())
    assert counts(person, url) == (3, 0), "the queue keeps its messages"


def push(person: Person, button: QWidget) -> None:
    """Go on to a button, and press it."""
    go_on_to(person, button)
    press(person, Qt.Key.Key_Space)


def place_of(page: InboxPage, event: str) -> int:
    """The row that shows this."""
    shown = [page.model.index(row, Column.EVENT).data() for row in range(page.model.rowCount())]
    return shown.index(event)


def test_what_is_followed_already_is_not_offered_as_another(person: Person) -> None:
    url = person.cloud.details.queue_url
    person.click(person.window.workspace.navigation.buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    assert page.form.destination.text() == url
    person.click(page.form.follow)
    person.until(lambda: page.bar.title.text() == "Following practice-results")
    person.click(page.places.other)
    person.until(lambda: page.form.destination.text() == "")
    assert not page.form.follow.isEnabled()


@pytest.fixture
def usual_text(person: Person) -> Iterator[None]:
    """The size of text belongs to the whole application: the next test has the usual one again."""
    yield
    person.window.setting_changed.emit(TEXT_SIZE, "100")


@pytest.mark.parametrize("percent", ["100", "200"])
@pytest.mark.usefixtures("usual_text")
def test_in_a_small_window_in_trouble_four_rows_stay_in_sight(person: Person, percent: str) -> None:
    """With the red card above them: what has no room is scrolled to, and nothing is cut or lies over another."""
    person.click(person.window.workspace.navigation.buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    events = ["AssignmentSubmitted", "AssignmentAccepted", "AssignmentApproved", "HITCreated", "HITExpired"]
    for number, event in enumerate(events):
        put(person, person.cloud.details.queue_url, body(f"d{number}", event))
    person.click(page.form.follow)
    person.until(lambda: page.model.rowCount() == 5)
    person.click(page.bar.pause)
    person.until(lambda: not page.controller.is_following)
    person.window.resize(900, 600)
    person.window.setting_changed.emit(TEXT_SIZE, percent)
    if percent == "200":
        unfold(person, page)
    person.cloud.set_faults(Faults(denied_actions=("sqs:*",)))
    person.click(page.bar.resume)
    person.until(page.problem.isVisible)
    rows = page.table.verticalHeader().defaultSectionSize()
    person.until(lambda: page.table.viewport().height() >= 4 * rows)
    for label in (page.problem.title, page.problem.detail, page.problem.remedy, page.bar.title):
        person.until(partial(is_whole, label))
    (scrolled,) = [one for one in page.findChildren(ScrollPage) if one.isAncestorOf(page.table)]
    assert scrolled.horizontalScrollBar().maximum() == 0, "not sideways"
    parts = [page.problem, page.bar, page.overview.chips, page.overview.drawing, page.filter, page.table]
    places = [one.mapTo(page, QPoint(0, 0)).y() for one in parts]
    ends = [place + one.height() for place, one in zip(places, parts, strict=True)]
    assert all(end <= begin for end, begin in zip(ends, places[1:], strict=False)), list(zip(places, ends, strict=True))


@pytest.mark.parametrize("percent", ["100", "200"])
@pytest.mark.usefixtures("usual_text")
def test_in_a_small_window_nothing_lies_over_another_whatever_is_drawn(person: Person, percent: str) -> None:
    """With what the practice workers do in the bar, and the places at the left."""
    page = inbox_of_one(person)
    person.cloud.set_workers(speed=200.0, events=40)
    person.until(lambda: len(page.overview.chips.chips) >= 8)
    person.window.resize(900, 600)
    person.window.setting_changed.emit(TEXT_SIZE, percent)
    if percent == "200":
        unfold(person, page)
    drawn = {"time": page.overview.bars, "funnel": page.overview.funnel, "nothing": None}
    for key, drawing in drawn.items():
        person.click(page.overview.drawing.button(key))
        parts = [page.bar, page.overview.chips, page.overview.drawing, drawing, page.filter, page.table]
        there = [one for one in parts if one is not None]
        person.until(partial(are_apart, page, there))
        person.until(partial(are_inside, page.overview.chips))
        for label in (page.bar.title, page.bar.state, page.bar.work):
            person.until(partial(is_whole, label))
        person.until(partial(are_side_by_side, page))
        assert page.bar.notifications.width() >= page.bar.notifications.sizeHint().width()


def unfold(person: Person, page: InboxPage) -> None:
    """Have in sight what is folded away where there is hardly room for the list."""
    for fold in (page.bar.fold, page.overview.fold):
        person.until(fold.isVisible)
        person.click(fold)


@pytest.mark.usefixtures("usual_text")
def test_with_large_text_in_a_small_window_two_rows_are_in_sight_unscrolled(person: Person) -> None:
    page = inbox_of_one(person)
    person.cloud.set_workers(speed=200.0, events=12)
    person.until(lambda: page.model.rowCount() >= 8)
    assert not page.bar.fold.isVisible()
    assert page.bar.state.isVisible()
    person.window.resize(900, 600)
    person.window.setting_changed.emit(TEXT_SIZE, "200")
    (scrolled,) = [one for one in page.findChildren(ScrollPage) if one.isAncestorOf(page.table)]
    person.until(page.bar.fold.isVisible)
    second = page.table.model().index(1, 0)

    def is_in_sight() -> bool:
        row = page.table.visualRect(second)
        return row.isValid() and page.table.viewport().visibleRegion().boundingRect().contains(row.center())

    person.until(is_in_sight)
    assert (scrolled.verticalScrollBar().value(), scrolled.horizontalScrollBar().maximum()) == (0, 0)
    assert not page.bar.state.isVisible()
    person.click(page.bar.fold)
    assert page.bar.state.isVisible()
    assert page.bar.state.text().startswith("Nothing is removed.")
    person.click(page.overview.fold)
    person.until(lambda: bool(page.overview.chips.chips))
    chip = next(iter(page.overview.chips.chips.values()))
    person.click(chip)
    person.click(page.overview.fold)
    assert not page.overview.chips.isVisible()
    person.window.setting_changed.emit(TEXT_SIZE, "100")
    person.window.resize(1200, 800)
    person.until(page.overview.chips.isVisible)
    assert not page.overview.fold.isVisible()
    assert page.bar.state.isVisible()


def are_side_by_side(page: InboxPage) -> bool:
    """Whether the bar begins where the places end."""
    return page.places.mapTo(page, QPoint(page.places.width(), 0)).x() <= page.bar.mapTo(page, QPoint(0, 0)).x()


def are_inside(chips: CountChips) -> bool:
    """Whether each chip has room in the place of all of them."""
    return all(one.geometry().bottom() < chips.height() for one in chips.chips.values())


def are_apart(page: QWidget, parts: Sequence[QWidget]) -> bool:
    """Whether each stands below the one before."""
    places = [one.mapTo(page, QPoint(0, 0)).y() for one in parts]
    ends = [place + one.height() for place, one in zip(places, parts, strict=True)]
    return all(end <= begin for end, begin in zip(ends, places[1:], strict=False))


def is_whole(label: QLabel) -> bool:
    return label.height() >= label.heightForWidth(label.width())
