# SPDX-License-Identifier: MIT
"""Each place keeps its list, several are followed at once, and what a list looks like from afar filters it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from journeys.person import drop_in_window, first_is_late, give_file
from journeys.test_inbox import counts, inbox, is_following
from journeys.test_inbox_accounts import follow, pause, put, queue
from journeys.test_keyboard import taken_twice
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Remedy
from notification_tester.qt.app.navigation import INBOX
from notification_tester.qt.checkup.new_destination_dialog import NewDestinationDialog
from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.qt.inbox.funnel import funnel_text
from notification_tester.qt.inbox.model import Column
from notification_tester.qt.inbox.overview import FUNNEL, TIME
from notification_tester.qt.notification.event_model import Column as EventColumn
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.inbox_lists import InboxLists
from notification_tester.storage.inbox_rows import Funnel
from notification_tester.storage.preferences import KEEP_LISTS, Preferences
from qt.test_menus_of_tables import FILTER, press
from qt.test_menus_of_tables import INBOX as IN_INBOX
from storage.test_inbox import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.inbox.page import InboxPage
    from notification_tester.services.inbox.opened import Opened
    from notification_tester.storage.places import Places

__all__ = ["inbox"]

CASES = Path(__file__).parents[1] / "cases"


def body(document: str, event: str = "AssignmentSubmitted", *, minute: int = 0, assignment: str = "3A") -> str:
    told = {
        "EventType": event,
        "EventTimestamp": f"2026-01-31T12:{minute:02}:00Z",
        "HITTypeId": "3TYPE",
        "HITId": "3HIT",
        "AssignmentId": assignment,
    }
    return json.dumps({"EventDocId": document, "EventDocVersion": "2006-05-05", "Events": [told]})


def choose_place(person: Person, page: InboxPage, number: int) -> None:
    places = page.places.list
    index = places.model().index(number, 0)
    QTest.mouseClick(places.viewport(), Qt.MouseButton.LeftButton, pos=places.visualRect(index).center())
    person.until(lambda: page.controller.following is page.controller.places[number] and page.model.is_up_to_date)


def spoken(page: InboxPage) -> list[str]:
    """The places, as a screen reader says them."""
    model = page.places.list.model()
    return [str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(model.rowCount())]


def answer(person: Person, text: str) -> None:
    (question,) = [one for one in person.window.findChildren(QMessageBox) if one.isVisible()]
    person.click(next(one for one in question.findChildren(QAbstractButton) if text in one.text().replace("&", "")))


def test_with_nothing_followed_there_is_no_column_of_places(person: Person, inbox: InboxPage) -> None:
    assert not inbox.places.isVisible()
    assert inbox.form.messages.isVisible()
    assert inbox.form.messages.isAncestorOf(inbox.places.open)
    assert not inbox.places.other.isVisible()
    QGuiApplication.clipboard().setText(body("d1"))
    person.click(inbox.places.paste)
    person.until(lambda: inbox.places.other.isVisible() and inbox.places.paste.isVisible())
    assert inbox.places.isAncestorOf(inbox.places.paste)
    person.click(inbox.places.other)
    assert not inbox.form.messages.isVisible()
    person.click(inbox.places.clear)
    answer(person, "remove the place")
    person.until(lambda: not inbox.places.isVisible())
    assert inbox.form.messages.isAncestorOf(inbox.places.open)
    person.until(inbox.places.open.isVisible)


def test_two_places_are_followed_and_each_has_its_list(person: Person, inbox: InboxPage) -> None:
    assert not inbox.places.list.isVisible()
    assert not inbox.places.clear.isVisible()
    one, another = queue(person, "one"), queue(person, "another")
    put(person, one, body("d1"))
    follow(person, inbox, one)
    person.until(lambda: inbox.model.rowCount() == 1)
    person.click(inbox.places.other)
    assert is_following(person), "it goes on"
    put(person, another, body("d2", "HITExpired"))
    put(person, another, body("d3", "HITExpired"))
    follow(person, inbox, another)
    person.until(lambda: inbox.model.rowCount() == 2)
    put(person, one, body("d4"))
    person.until(lambda: spoken(inbox) == ["one, 2 messages, followed now", "another, 2 messages, followed now"])
    choose_place(person, inbox, 0)
    assert inbox.bar.title.text() == "Following one"
    person.until(lambda: inbox.model.rowCount() == 2)
    assert inbox.status.text() == "2 messages"
    pause(person, inbox)
    assert spoken(inbox) == ["one, 2 messages, paused", "another, 2 messages, followed now"]
    assert counts(person, one) == (2, 0)

    person.click(inbox.places.clear)
    answer(person, "Clear the list")
    person.until(lambda: inbox.model.rowCount() == 0)
    assert spoken(inbox)[0] == "one, 0 messages, paused"
    person.click(inbox.bar.resume)
    person.until(lambda: inbox.model.rowCount() == 2)  # the queue still has them
    pause(person, inbox)
    person.click(inbox.places.clear)
    answer(person, "remove the place")
    person.until(lambda: len(spoken(inbox)) == 1)
    assert inbox.bar.title.text() == "Following another"
    person.until(lambda: inbox.model.rowCount() == 2)
    person.click(inbox.places.clear)
    (question,) = [each for each in person.window.findChildren(QMessageBox) if each.isVisible()]
    assert not any("remove" in each.text() for each in question.findChildren(QAbstractButton)), "it is followed"
    answer(person, "Cancel")


def test_no_more_than_four_at_once(person: Person, inbox: InboxPage) -> None:
    for number in range(4):
        if not inbox.form.isVisible():
            person.click(inbox.places.other)
        follow(person, inbox, queue(person, f"place-{number}"))
    person.click(inbox.places.other)
    inbox.form.destination.set_text(queue(person, "place-5"))
    person.click(inbox.form.follow)
    person.until(inbox.problem.isVisible)
    assert inbox.problem.title.text() == "Four places are followed already."
    choose_place(person, inbox, 0)
    pause(person, inbox)
    choose_place(person, inbox, 4)
    person.click(inbox.bar.resume)
    person.until(lambda: is_following(person))


@pytest.fixture
def full(person: Person, inbox: InboxPage) -> InboxPage:
    """A list with ten accepted, six submitted and three approved assignments, a minute between two events."""
    wanted = [("AssignmentAccepted", 10), ("AssignmentSubmitted", 6), ("AssignmentApproved", 3)]
    told = [(event, number) for event, count in wanted for number in range(count)]
    texts = [
        body(f"d{minute}", event, minute=minute, assignment=f"A{number}") for minute, (event, number) in enumerate(told)
    ]
    inbox.controller.open_text("\n".join(texts))
    person.until(lambda: inbox.model.rowCount() == 19)
    person.until(lambda: sum(inbox.overview.bars.counts) == 19)
    return inbox


def named_chips(inbox: InboxPage) -> list[str]:
    return sorted(chip.accessibleName() for chip in inbox.overview.chips.chips.values() if chip.isVisible())


def funnels(inbox: InboxPage) -> list[str]:
    return [one.accessibleDescription() for one in inbox.overview.funnel.rows if one.isVisible()]


def test_bars_chips_and_the_funnel_filter(person: Person, full: InboxPage) -> None:
    overview = full.overview
    person.window.resize(1200, 900)
    assert overview.drawing.choice() == TIME
    bars = overview.bars
    minute = 4 * min(28.0, bars.width() / len(bars.counts))  # of 15 seconds is each bar
    first, last = QPoint(round(minute * 4) + 2, 20), QPoint(round(minute * 11) + 2, 20)
    QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(bars, last)
    QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=last)
    person.until(lambda: full.model.rowCount() == 8)
    person.until(lambda: named_chips(full) == ["Accepted: 6", "Submitted: 2"])
    person.click(overview.chips.chips[EventType.ASSIGNMENT_SUBMITTED.value])
    person.until(lambda: full.model.rowCount() == 2)
    person.click(overview.clear_span)
    person.until(lambda: full.model.rowCount() == 6)
    assert not overview.clear_span.isVisible()
    person.click(overview.chips.chips[EventType.ASSIGNMENT_SUBMITTED.value])
    person.until(lambda: full.model.rowCount() == 19)

    person.click(overview.drawing.button(FUNNEL))
    person.until(lambda: funnels(full) == ["Seen here: 10 accepted, 6 submitted, 3 approved."])
    (row,) = [one for one in overview.funnel.rows if one.isVisible()]
    person.click(row)
    person.until(lambda: full.model.query.hit_type == "3TYPE")
    full.filter.search.setText("no-such-word")
    person.until(full.nothing_found.isVisible)
    person.click(full.nothing_found.button)
    person.until(lambda: full.model.rowCount() == 19)
    assert full.filter.hit_type.currentText() == "Every HIT type"


def test_what_one_list_was_filtered_by_and_said_of_it_is_gone_with_another(
    person: Person, full: InboxPage, tmp_path: Path
) -> None:
    """And the form in the place of a list leads back to it."""
    url = queue(person, "other")
    put(person, url, body("d1", "HITExpired"))
    person.click(full.places.other)
    assert full.form.isVisible()
    person.click(full.form.back)
    assert not full.form.isVisible()
    assert full.bar.isVisible()
    assert full.table.isVisible()
    person.click(full.places.other)
    follow(person, full, url)
    person.until(lambda: full.model.rowCount() == 1 and full.model.is_up_to_date)
    choose_place(person, full, 0)
    (tmp_path / "shopping.txt").write_text("milk", encoding="utf-8")
    (tmp_path / "one.json").write_text(body("d99", "AssignmentReturned"), encoding="utf-8")
    assert drop_in_window(full, tmp_path / "one.json", tmp_path / "shopping.txt")
    person.until(lambda: full.problem.isVisible() and full.note.isVisible() and full.model.is_up_to_date)
    full.filter.choose_hit_type("3TYPE")
    person.click(full.overview.chips.chips[EventType.ASSIGNMENT_SUBMITTED.value])
    person.until(lambda: full.model.rowCount() == 6 and full.model.is_up_to_date)

    choose_place(person, full, 1)
    assert not full.problem.isVisible()
    assert not full.note.isVisible()
    assert full.filter.hit_type.currentText() == "Every HIT type"
    assert full.overview.chips.chosen() == frozenset()
    person.until(lambda: full.model.rowCount() == 1)
    assert full.model.index(0, Column.EVENT).data() == "HIT expired"
    assert full.bar.title.text() == "Following other"
    assert full.export.isVisible()
    assert full.export.isEnabled()
    full.filter.search.setText("no-such-word")
    person.until(full.nothing_found.isVisible)
    assert full.export.isVisible()
    assert not full.export.isEnabled()


def test_a_cell_shows_alone_what_has_the_same(person: Person, full: InboxPage, qtbot: QtBot) -> None:
    """In the list, and in the message beside it."""

    def shown() -> list[str]:
        return [str(full.model.index(row, Column.EVENT).data()) for row in range(full.model.rowCount())]

    def clear() -> None:
        full.filter.clear()
        person.until(lambda: full.model.rowCount() == 19 and full.model.is_up_to_date)

    press(qtbot, full.table, 0, Column.EVENT, FILTER)
    person.until(lambda: shown() == ["Assignment approved"] * 3)
    person.until(full.overview.chips.chips[EventType.ASSIGNMENT_APPROVED.value].isChecked)
    clear()
    press(qtbot, full.table, 0, Column.HIT_TYPE, FILTER)
    person.until(lambda: full.model.query.hit_type == "3TYPE" and full.model.is_up_to_date)
    assert full.filter.hit_type.currentText() == "3TYPE"
    clear()
    press(qtbot, full.table, 0, Column.HIT, FILTER)
    person.until(lambda: full.model.query.text == "3HIT" and full.model.is_up_to_date)
    assert full.filter.search.text() == "3HIT"
    clear()

    full.table.choose(0)
    person.until(full.details.isVisible)
    press(qtbot, full.details.table.table, 0, EventColumn.EVENT, FILTER)
    person.until(lambda: shown() == ["Assignment approved"] * 3)
    clear()
    full.table.choose(0)
    person.until(full.details.isVisible)
    press(qtbot, full.details.table.table, 0, EventColumn.HIT, FILTER)
    person.until(lambda: full.model.query.text == "3HIT" and full.model.is_up_to_date)
    assert full.filter.search.text() == "3HIT"


def test_a_hit_type_leads_to_its_list_in_the_place_of_the_form(person: Person, full: InboxPage, qtbot: QtBot) -> None:
    person.click(full.places.other)
    assert full.form.isVisible()
    person.click(person.window.workspace.navigation.buttons["hit-types"])
    hit_types = person.seen(person.window.workspace.hit_types)
    person.until(lambda: hit_types.model.rowCount() > 0 and not person.desktop.tasks.is_busy)
    row = hit_types.model.row_at(hit_types.model.index(0, 0))
    assert row is not None
    press(qtbot, hit_types.view.table, 0, 0, IN_INBOX)
    person.until(full.isVisible)
    assert not full.form.isVisible()
    assert full.filter.search.text() == str(row.id)
    person.until(full.nothing_found.isVisible)


def test_a_cleared_list_of_opened_messages_asks_for_others(person: Person, full: InboxPage, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(body("d1"), encoding="utf-8")
    person.click(full.places.clear)
    answer(person, "Clear the list")
    person.until(full.waiting.isVisible)
    assert full.waiting.title.text() == "No message is in this list"
    person.click(full.waiting.button)
    give_file(tmp_path / "one.json", person.window)
    person.until(lambda: full.model.rowCount() == 1)


def test_what_is_no_message_leaves_no_list(person: Person, inbox: InboxPage) -> None:
    QGuiApplication.clipboard().setText("milk")
    person.click(inbox.places.paste)
    person.until(inbox.problem.isVisible)
    assert spoken(inbox) == []
    assert inbox.form.messages.isVisible()
    assert not inbox.places.isVisible()


def test_an_overview_is_sought_one_at_a_time_and_each_is_shown(person: Person, full: InboxPage) -> None:
    found: list[object] = []
    full.controller.overview_found.connect(found.append)
    for _ in range(9):  # as while messages keep arriving, faster than a long list is looked through
        full.controller.ask_overview(full.filter.query())
    person.until(lambda: len(found) >= 2)
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert len(found) <= 3  # one more where the page itself had asked


def test_titles_come_from_the_page_of_hit_types(person: Person, inbox: InboxPage) -> None:
    current = person.desktop.program.current
    assert current is not None
    hit_type = current.clients.mturk.list_hits()["HITs"][0]["HITTypeId"]
    inbox.controller.open_text(body("d1").replace("3TYPE", hit_type))
    person.until(lambda: inbox.model.rowCount() == 1)
    assert inbox.model.index(0, Column.HIT_TYPE).data() == hit_type
    person.click(person.window.workspace.navigation.buttons["hit-types"])
    hit_types = person.window.workspace.hit_types
    person.until(lambda: hit_types.page is not None and bool(hit_types.page.controller.opened))
    session = person.desktop.program.session
    assert session is not None
    person.until(lambda: hit_type in session.hit_types.titles(current))
    title = session.hit_types.titles(current)[hit_type]
    person.click(person.window.workspace.navigation.buttons["inbox"])
    person.until(lambda: inbox.model.rowCount() == 1 and inbox.model.index(0, Column.HIT_TYPE).data() == title)
    person.until(lambda: inbox.filter.hit_type.count() == 2)
    assert inbox.filter.hit_type.itemText(1) == title
    inbox.filter.search.setText(title.split()[0].upper())
    person.until(lambda: inbox.model.query.text != "" and inbox.model.is_up_to_date)
    assert inbox.model.rowCount() == 1


def test_a_hit_type_that_came_in_since_stays_in_the_filter(
    person: Person, inbox: InboxPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.controller.open_text(body("d1"))
    person.until(lambda: inbox.filter.hit_type.count() == 2)
    buttons = person.window.workspace.navigation.buttons
    with first_is_late(person, monkeypatch, inbox.controller.inbox, "hit_types") as is_asked:
        person.click(buttons["test"])
        person.click(buttons["inbox"])
        person.until(is_asked.is_set)
        inbox.controller.open_text(body("d2").replace("3TYPE", "3OTHER"))
        person.until(lambda: inbox.filter.hit_type.count() == 3)
    assert inbox.filter.hit_type.count() == 3


def test_titles_of_what_comes_in_are_asked_for_once(person: Person, inbox: InboxPage) -> None:
    current = person.desktop.program.current
    assert current is not None
    titles = {hit["Title"] for hit in current.clients.mturk.list_hits()["HITs"]}
    inbox.form.destination.set_text(person.cloud.details.queue_url)
    person.click(inbox.form.follow)
    person.until(lambda: inbox.waiting.button.isVisible() and inbox.waiting.button.isEnabled())
    person.click(inbox.waiting.button)
    person.until(lambda: inbox.model.rowCount() > 0)
    person.cloud.set_workers(running=False)
    person.until(lambda: inbox.model.index(0, Column.HIT_TYPE).data() in titles)
    assert person.window.workspace.hit_types.page is None, "the page that collects them was not opened"
    assert inbox.filter.hit_type.itemText(1) in titles


def drop(page: InboxPage, data: QMimeData) -> None:
    where, buttons, keys = QPointF(300, 300), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(where.toPoint(), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(page, entered)
    assert entered.isAccepted()
    QApplication.sendEvent(page, QDropEvent(where, Qt.DropAction.CopyAction, data, buttons, keys))


def test_messages_are_opened_dropped_and_pasted(person: Person, inbox: InboxPage, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(body("d1"))
    (tmp_path / "two.txt").write_text(f"INFO {body('d2')}")
    (tmp_path / "shopping.txt").write_text("milk")
    person.click(inbox.places.open)
    give_file(tmp_path / "one.json", person.window)
    person.until(lambda: "1 message was opened." in inbox.note.text)
    assert inbox.bar.title.text() == "Opened messages"
    assert spoken(inbox) == ["Opened messages, 1 message, opened from files"]
    assert not inbox.bar.resume.isVisible()

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("two.txt", "shopping.txt", "one.json")])
    drop(inbox, data)
    person.until(inbox.problem.isVisible)
    assert inbox.problem.title.text() == "“shopping.txt” could not be read."
    assert "All the others are in the list." in inbox.problem.detail.text()
    assert "1 message was opened. 1 was in the list already." in inbox.note.text
    person.until(lambda: inbox.model.rowCount() == 2)

    QGuiApplication.clipboard().setText(body("d3"))
    person.window.activateWindow()
    person.until(person.window.isActiveWindow)
    inbox.table.setFocus()
    QTest.keySequence(inbox.table, QKeySequence(QKeySequence.StandardKey.Paste))
    person.until(lambda: inbox.model.rowCount() == 3)
    assert not inbox.problem.isVisible(), "what went wrong before is over"
    inbox.filter.search.setFocus()
    QTest.keySequence(inbox.filter.search, QKeySequence(QKeySequence.StandardKey.Paste))
    assert inbox.filter.search.text(), "a field takes what is pasted for itself"


def test_files_of_every_kind_are_dropped_on_the_list(person: Person, inbox: InboxPage, tmp_path: Path) -> None:
    """By the mouse, on the widget under it; what is no message is named, each with its reason, and holds up nothing."""
    kinds = {
        "one.json": body("d1"),
        "two.txt": f"2026-01-31 INFO {body('d2')}",
        "mails.mbox": "".join(
            f"From x Sat Jan 31 12:00:00 2026\nSubject: x\n\n{body(one)}\n\n" for one in ("d3", "d4")
        ),
    }
    for name, text in kinds.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    mail = CASES / "decode-sns-email-json-whole.eml"
    binary, folder, huge = tmp_path / "photo.bin", tmp_path / "results", tmp_path / "huge.json"
    binary.write_bytes(bytes(range(256)) * 40)
    folder.mkdir()
    with huge.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    paths = [folder, huge, binary, *(tmp_path / name for name in kinds), mail]
    assert drop_in_window(inbox, *paths)
    person.until(lambda: inbox.note.text.startswith("5 messages were opened."))
    said = f"{inbox.problem.title.text()}\n{inbox.problem.detail.text()}"
    assert said.startswith("3 messages or files could not be read.")
    for reason in (
        "“results” is a folder",
        "It has more than 64 MiB.",
        "photo.bin: ",
        "All the others are in the list.",
    ):
        assert reason in said
    for remedy in ("of a folder, the files that are in it", "Split it"):
        assert remedy in inbox.problem.remedy.text()
    person.until(lambda: inbox.model.rowCount() == 5)
    person.until(inbox.table.isVisible)
    assert drop_in_window(inbox.table, tmp_path / "one.json")  # once more, and on the list itself
    person.until(lambda: "1 was in the list already." in inbox.note.text)
    person.until(lambda: not inbox.problem.isVisible())


def test_it_all_goes_by_keyboard_alone(person: Person, inbox: InboxPage) -> None:
    def press(key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or person.window, key, keys)

    def tab_to(wanted: Callable[[], bool]) -> None:
        for _ in range(60):
            if wanted():
                return
            press(Qt.Key.Key_Tab)
        raise AssertionError("the keyboard does not come there")

    shift = Qt.KeyboardModifier.ShiftModifier
    person.window.resize(1200, 900)
    put(person, person.cloud.details.queue_url, body("d1", "AssignmentAccepted", minute=1))
    put(person, person.cloud.details.queue_url, body("d1", "AssignmentAccepted", minute=1))
    put(person, person.cloud.details.queue_url, body("d2", minute=2))
    tab_to(inbox.form.is_safe.hasFocus)
    press(Qt.Key.Key_Space)
    assert inbox.form.meaning.isVisible()
    tab_to(inbox.form.follow.hasFocus)
    press(Qt.Key.Key_Space)
    person.until(lambda: inbox.status.text() == "3 messages" and sum(inbox.overview.bars.counts) == 2)
    tab_to(inbox.overview.bars.hasFocus)
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Space)
    person.until(lambda: inbox.model.rowCount() == 1)
    press(Qt.Key.Key_End, shift)
    person.until(lambda: inbox.model.rowCount() == 2)
    press(Qt.Key.Key_Escape)
    tab_to(inbox.overview.chips.chips[EventType.ASSIGNMENT_ACCEPTED.value].hasFocus)
    press(Qt.Key.Key_Space)
    person.until(lambda: inbox.model.rowCount() == 1)
    tab_to(inbox.table.hasFocus)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Right)
    person.until(lambda: inbox.model.rowCount() == 2)
    assert "2 times" in str(inbox.model.index(0, Column.EVENT).data())
    tab_to(inbox.places.other.hasFocus)
    press(Qt.Key.Key_Space)
    assert inbox.form.isVisible()
    tab_to(inbox.places.list.hasFocus)
    assert inbox.places.list.accessibleName() == "Places, each with its list"


def test_a_funnel_says_what_was_seen_and_no_more() -> None:
    assert funnel_text(Funnel("3T", "", 0, 1, 0, 0, 2)) == (
        "Seen here: accepted: none seen, 1 submitted, approved: none seen, 2 returned or abandoned."
    )


def test_no_letter_is_taken_twice(person: Person, full: InboxPage) -> None:
    person.window.resize(1300, 900)
    full.table.choose(0)
    person.until(full.details.isVisible)
    full.overview.bars.span_chosen.emit(None)
    full.overview.clear_span.show()
    assert taken_twice(person) == {}
    person.click(full.places.other)
    for kind in ("SQS", "SNS", "receiver"):
        person.click(full.form.choice.button(kind))
        assert taken_twice(person) == {}
    full.form.destination.set_text("")
    person.click(full.form.choice.button("SQS"))
    full.form.destination.set_text(person.cloud.details.queue_url)
    person.click(full.form.follow)
    person.until(lambda: is_following(person))
    assert taken_twice(person) == {}


def page_of(person: Person) -> InboxPage:
    person.window.workspace.go_to(INBOX)
    return person.seen(person.window.workspace.inbox)


def add_lab(places: Places, cloud: PracticeCloud, home: Path) -> Account:
    """An account of a profile, which is there at the next start."""
    details = cloud.details
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / "credentials").write_text(
        f"[lab]\naws_access_key_id={details.access_key_id}\naws_secret_access_key={details.secret_access_key}\n"
    )
    lab = Account(
        name="Lab",
        environment=Environment.OTHER,
        source=KeySource.PROFILE,
        profile="lab",
        endpoint=details.mturk_endpoint,
        aws_endpoint=details.aws_endpoint,
        since="2026-01-31T12:00:00+00:00",
    )
    AccountList(places.accounts).add(lab)
    return lab


def test_where_nothing_arrived_one_is_led_to_a_test(
    sit_down: Callable[[], Person], places: Places, cloud: PracticeCloud, own_home: Path
) -> None:
    """With an account of one's own nobody works by a button; a place that is not there can be made."""
    add_lab(places, cloud, own_home)
    person = sit_down()
    person.start("Practice")
    page = page_of(person)
    person.switch_to("Lab")
    url = queue(person, "made-later")
    current = person.desktop.program.current
    assert current is not None
    sqs = current.clients.sqs()
    sqs.delete_queue(QueueUrl=url)
    page.form.destination.set_text(url)
    person.click(page.form.follow)
    person.until(page.problem.isVisible)
    assert page.form.isVisible(), "another can be chosen"
    person.click(page.problem.buttons[Remedy.MAKE_DESTINATION.value])
    person.until(lambda: isinstance(QApplication.activeModalWidget(), NewDestinationDialog))
    asking = QApplication.activeModalWidget()
    assert isinstance(asking, NewDestinationDialog)
    asking.reject()
    queue(person, "made-later")
    person.window.workspace.go_to(INBOX)
    try:
        follow(person, page, url)
        assert not page.problem.isVisible()
        person.until(page.waiting.isVisible)
        assert page.waiting.button.text() == "&Go to Test"
        person.click(page.waiting.button)
        person.until(person.form.isVisible)
    finally:
        sqs.delete_queue(QueueUrl=url)


def test_a_list_is_there_at_the_next_start(
    sit_down: Callable[[], Person], places: Places, cloud: PracticeCloud, own_home: Path
) -> None:
    """Of an account that is there then, too; of practice, whose queues are new ones at each start, it is not."""
    add_lab(places, cloud, own_home)
    person = sit_down()
    person.start()
    page = page_of(person)
    page.controller.open_text(body("of practice"))
    person.until(lambda: page.model.rowCount() == 1)
    person.switch_to("Lab")
    assert page.model.rowCount() == 0
    page.controller.open_text(body("d1"))
    person.until(lambda: page.model.rowCount() == 1)
    url = queue(person, "inbox-lists-journey")
    put(person, url, body("d2", "HITExpired"))
    person.click(page.places.other)
    follow(person, page, url)
    person.until(lambda: page.model.rowCount() == 1 and page.status.text() == "1 message")

    again = sit_down()
    again.start("Lab")
    try:
        page = page_of(again)
        again.until(lambda: page.bar.title.text() == "Paused: inbox-lists-journey" and page.model.rowCount() == 1)
        assert page.model.index(0, Column.EVENT).data() == "HIT expired"
        assert spoken(page) == [
            "Opened messages, 1 message, opened from files",
            "inbox-lists-journey, 1 message, paused",
        ]
        again.switch_to("Practice")
        assert spoken(page) == []
    finally:
        cloud_queue = again.desktop.program
        again.switch_to("Lab")
        assert cloud_queue.current is not None
        cloud_queue.current.clients.sqs().delete_queue(QueueUrl=url)


def test_files_opened_one_after_the_other_are_in_one_list(person: Person, inbox: InboxPage) -> None:
    told: list[Opened] = []
    inbox.controller.messages_opened.connect(told.append)
    for text in ("milk", body("d1"), "bread", body("d2")):
        inbox.controller.open_text(text)
    person.until(lambda: len(told) == 4)
    assert spoken(inbox) == ["Opened messages, 2 messages, opened from files"]
    person.until(lambda: inbox.model.rowCount() == 2)
    assert sorted(one.added for one in told) == [0, 0, 1, 1]


def test_what_is_opened_while_another_account_comes_is_in_its_list(
    sit_down: Callable[[], Person], places: Places, cloud: PracticeCloud, own_home: Path
) -> None:
    add_lab(places, cloud, own_home)
    person = sit_down()
    person.start("Practice")
    page = page_of(person)
    page.controller.open_text("\n".join(body(f"d{number}") for number in range(200)))
    person.switch_to("Lab")
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert spoken(page) == []
    person.switch_to("Practice")
    assert spoken(page) == ["Opened messages, 200 messages, opened from files"]


def test_a_disk_that_takes_no_list_is_said(
    sit_down: Callable[[], Person], places: Places, cloud: PracticeCloud, own_home: Path
) -> None:
    add_lab(places, cloud, own_home)
    person = sit_down()
    person.start("Practice")
    page = page_of(person)
    person.switch_to("Lab")
    person.until(lambda: not person.desktop.tasks.is_busy)
    away = places.data.rename(places.data.with_name("away"))
    places.data.write_text("in the way of a folder")
    try:
        page.form.destination.set_text(cloud.details.queue_url)
        for begin in (partial(page.controller.open_text, body("d1")), page.form.follow.click):
            begin()
            person.until(page.problem.isVisible)
            assert str(places.data) in page.problem.detail.text()
            assert spoken(page) == []
            page.problem.clear()
    finally:
        places.data.unlink()
        away.rename(places.data)


def test_lists_go_when_they_are_older_than_wanted_and_when_the_person_says_so(
    sit_down: Callable[[], Person], places: Places, cloud: PracticeCloud, own_home: Path
) -> None:
    lab = add_lab(places, cloud, own_home)
    Preferences(places.preferences).set(KEEP_LISTS, "30")
    lists = InboxLists(places.data, None, tuple)
    opened = json.dumps({"kind": "opened"})
    for days in ((31, 40), (29, 31), (400,)):
        messages = [
            replace(message(str(ago), body(str(ago))), seen_at=datetime.now(tz=UTC) - timedelta(days=ago))
            for ago in sorted(days, reverse=True)
        ]
        lists.new(lab, opened).keep(messages)
    lists.close()
    person = sit_down()
    person.start("Practice")
    page = page_of(person)
    page.controller.open_text(body("of practice"))
    person.until(lambda: len(spoken(page)) == 1)
    person.switch_to("Lab")
    person.until(lambda: spoken(page) == ["Opened messages, 1 message, opened from files"])

    action = next(one for one in person.window.workspace.bar.menu.actions() if one.text() == "&Preferences…")
    action.trigger()
    dialog = person.window.findChild(PreferencesDialog)
    assert isinstance(dialog, PreferencesDialog)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(dialog.fields["keep_lists"], key)
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert len(spoken(page)) == 1, "to pass by a choice removes nothing"
    person.click(dialog.clear_lists)
    (question,) = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
    person.click(next(one for one in question.findChildren(QAbstractButton) if "Remove" in one.text()))
    person.until(lambda: dialog.done_note.text.startswith("2 lists were removed."))
    assert spoken(page) == []
    assert page.form.isVisible()
    assert not list(places.data.glob("inbox-*"))
    dialog.close()
    person.switch_to("Practice")
    assert spoken(page) == []


def test_what_is_followed_goes_on_when_every_list_goes(person: Person, inbox: InboxPage) -> None:
    inbox.controller.open_text(body("d0"))
    url = queue(person, "goes-on")
    put(person, url, body("d1"))
    person.until(lambda: len(spoken(inbox)) == 1)
    person.click(inbox.places.other)
    follow(person, inbox, url)
    person.until(lambda: "goes-on, 1 message, followed now" in spoken(inbox))  # the row of before stays until then
    counts: list[int] = []
    inbox.controller.clear_all(done=counts.append, failed=print)
    person.until(lambda: counts == [2])
    assert spoken(inbox) == ["goes-on, 0 messages, followed now"]
    put(person, url, body("d2"))
    person.until(lambda: inbox.model.rowCount() == 1)
