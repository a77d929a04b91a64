# SPDX-License-Identifier: MIT
"""The page HIT types from the first tick to the undo, once by mouse, once by keyboard alone, and in two windows."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from journeys.person import drop, drop_in_window
from journeys.test_hit_types import HitTypesUser
from journeys.test_inbox_lists import add_lab
from journeys.test_keyboard import taken_twice
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.setting import apply as applied
from notification_tester.qt.hit_types.texts import Column
from notification_tester.qt.hit_types.view import Command
from notification_tester.services.hit_types.bulk_types import RowState
from notification_tester.services.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journeys.person import Person
    from notification_tester.domain.setting import Change
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.hit_types.bulk_preview import PreviewDialog
    from notification_tester.storage.places import Places

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def user(person: Person) -> HitTypesUser:
    return HitTypesUser(person)


def told(user: HitTypesUser) -> list[str]:
    """What the column Notification says, from top to bottom, up to the time."""
    model = user.page.model
    texts = [str(model.index(number, Column.NOTIFICATION).data()) for number in range(model.rowCount())]
    return [re.sub(r"\b(on|off) since .*", r"\1", text.replace("\u00a0", " ")) for text in texts]


def sheet(user: HitTypesUser) -> PreviewDialog:
    user.person.until(lambda: user.page.preview is not None and user.page.preview.isVisible())
    assert user.page.preview is not None
    return user.page.preview


def test_by_mouse(person: Person, user: HitTypesUser, tmp_path: Path) -> None:
    person.send()  # the green test that is offered first
    person.click(person.window.workspace.navigation.buttons["hit-types"])
    person.seen(person.window.workspace.hit_types)
    user.settle()
    view, table, left = user.page.view, user.page.view.table, Qt.MouseButton.LeftButton
    assert not view.buttons.by_command[Command.APPLY].isVisible()
    for number in (0, 2):
        cell = table.visualRect(user.page.model.index(number, Column.TITLE))
        QTest.mouseClick(table.viewport(), left, pos=QPoint(cell.left() + 10, cell.center().y()))
    person.until(lambda: view.buttons.count.text() == f"2 of {len(user.rows())} ticked")
    person.click(view.buttons.by_command[Command.APPLY])
    dialog = sheet(user)
    assert dialog.choice.currentText().startswith("As just tested, all green at ")
    assert dialog.form is not None
    assert dialog.form.spec() == person.form.spec()
    person.click(dialog.form.events.boxes[EventType.HIT_EXPIRED])
    person.until(dialog.go.isEnabled)
    assert "never arrived in a test" in dialog.tested.text()
    user.send(dialog)
    place = person.form.spec().destination.name
    chosen = [told(user)[number] for number in (0, 2)]
    assert chosen == [f"{place} · 2 events · on"] * 2
    assert told(user).count("Not set from here") == len(user.rows()) - 2
    person.click(view.filter.segments.button("not-tested"))
    assert user.page.model.rowCount() == 2
    person.click(view.filter.segments.button("all"))
    place_in_table = table.visualRect(user.page.model.index(0, Column.NOTIFICATION)).center()
    on_screen = table.viewport().mapToGlobal(place_in_table)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place_in_table, on_screen)
    QApplication.sendEvent(table.viewport(), event)
    menu = user.page.menu
    assert menu is not None
    action = next(one for one in menu.actions() if one.text() == f"&Filter by “{place}”")
    QTest.mouseClick(menu, left, pos=menu.actionGeometry(action).center())
    assert told(user) == [f"{place} · 2 events · on"] * 2
    view.filter.clear()
    path = tmp_path / "old.csv"
    path.write_text("HITTypeId\n3OLD1\nnone of it\n3OLD2\n", encoding="utf-8")
    assert drop(view, path=path)
    person.until(lambda: "Line 3: " in view.note.text)
    person.until(lambda: {row.id for row in table.chosen()} == {"3OLD1", "3OLD2"})


def test_files_dropped_on_the_table(person: Person, user: HitTypesUser, tmp_path: Path) -> None:
    """Two at once, with a bad id in one; a folder beside a file; a folder alone; and one of five megabytes."""
    person.click(person.window.workspace.navigation.buttons["hit-types"])
    person.seen(person.window.workspace.hit_types)
    user.settle()
    view, table = user.page.view, user.page.view.table
    names = {
        "one.csv": "HITTypeId\n3ONE1\nnone of it\n3ONE2\n",
        "two.csv": "HITTypeId\n3TWO1\n3ONE2\n",
        "odd.csv": "none\n",
    }
    for name, text in names.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    one, two, odd = (tmp_path / name for name in names)
    folder = tmp_path / "results"
    folder.mkdir()
    assert drop_in_window(table, one, two)
    person.until(lambda: {str(row.id) for row in table.chosen()} == {"3ONE1", "3ONE2", "3TWO1"})
    assert "1 is no id of a HIT type and is left out. “one.csv”: Line 3: " in view.note.text
    (tmp_path / "page.json").write_text('{"NextToken": "p2", "HITs": [{"HITTypeId": "3PAGE"}]}', encoding="utf-8")
    assert drop_in_window(table, tmp_path / "page.json")
    person.until(lambda: [str(row.id) for row in table.chosen()] == ["3PAGE"])
    assert "there are further pages" in view.note.text
    assert drop_in_window(table, two, folder, odd)
    person.until(lambda: "“results” is a folder" in view.note.text)
    assert "“odd.csv”: There is no id of a HIT type in it." in view.note.text
    person.until(lambda: {str(row.id) for row in table.chosen()} == {"3TWO1", "3ONE2"})
    assert drop_in_window(table, folder)
    person.until(view.problem.isVisible)
    assert "“results” is a folder" in view.problem.detail.text()
    many = tmp_path / "many.csv"
    answer = "x" * 300
    rows = [f"3MANY{number % 50:02},{answer},{number}" for number in range(16_000)]
    many.write_text("\n".join(["HITTypeId,Answer.text,Number", *rows]), encoding="utf-8")
    assert many.stat().st_size > 4_900_000
    assert drop_in_window(table, many)
    person.until(lambda: table.chosen_count() == 50)
    assert not view.problem.isVisible()


def press(person: Person, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard is."""
    there = QApplication.focusWidget()
    QTest.keyClick(person.window if there is None else there, key, keys)


def go_on_to(person: Person, wanted: QWidget) -> None:
    """Press Tab until the keyboard is there."""
    for _ in range(60):
        if QApplication.focusWidget() is wanted:
            return
        press(person, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not lead to {wanted}, but to {QApplication.focusWidget()}")


def test_by_keyboard_alone(person: Person, user: HitTypesUser) -> None:
    come_forward(person)
    press(person, Qt.Key.Key_2, CONTROL)
    person.seen(person.window.workspace.hit_types)
    user.settle()
    tick_two(person, user)
    press(person, Qt.Key.Key_A, ALT)
    fill_in(person, sheet(user))
    person.until(lambda: user.states().count(RowState.ON) == 2)
    user.settle()
    place = person.form.spec().destination.name
    assert told(user).count(f"{place} · 2 events · on") == 2
    for letter, state in ((Qt.Key.Key_F, RowState.OFF), (Qt.Key.Key_U, RowState.ON)):
        come_forward(person)
        assert taken_twice(person) == {}
        press(person, letter, ALT)
        dialog = sheet(user)
        person.until(dialog.go.isEnabled)
        go_on_to(person, dialog.go)
        press(person, Qt.Key.Key_Space)
        person.until(partial(is_so_of_two, user, state))
        user.settle()
    come_forward(person)
    look_at_details(person, user)


def is_so_of_two(user: HitTypesUser, state: RowState) -> bool:
    return user.states().count(state) == 2


def come_forward(person: Person) -> None:
    person.window.activateWindow()
    person.until(person.window.isActiveWindow)


def tick_two(person: Person, user: HitTypesUser) -> None:
    """The first row and the third."""
    view = user.page.view
    press(person, Qt.Key.Key_F, CONTROL)
    assert QApplication.focusWidget() is view.filter.search
    go_on_to(person, view.table)
    assert view.table.chosen_count() == 0
    for number in range(3):
        if number != 1:
            press(person, Qt.Key.Key_Space)
        press(person, Qt.Key.Key_Down)
    person.until(lambda: view.buttons.count.text().startswith("2 of "))


def fill_in(person: Person, dialog: PreviewDialog) -> None:
    """Take the first that is offered, add an event, and send it."""
    person.until(dialog.isActiveWindow)
    assert dialog.choice.currentIndex() == -1  # nothing was tested, so nothing is chosen by itself
    person.until(dialog.choice.hasFocus)
    press(person, Qt.Key.Key_Down)
    person.until(dialog.go.isEnabled)
    assert dialog.form is not None
    go_on_to(person, dialog.form.destination.edit)
    press(person, Qt.Key.Key_Return)  # which closes nothing
    go_on_to(person, dialog.form.events.boxes[EventType.HIT_DISPOSED])
    press(person, Qt.Key.Key_Space)
    person.until(dialog.go.isEnabled)
    go_on_to(person, dialog.go)
    press(person, Qt.Key.Key_Space)


def look_at_details(person: Person, user: HitTypesUser) -> None:
    """By the menu of a cell, and back with Escape."""
    view = user.page.view
    go_on_to(person, view.table)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(view.table.viewport(), asked)
    assert user.page.menu is not None
    QTest.keyClick(user.page.menu, Qt.Key.Key_D)
    person.until(lambda: view.splitter.is_open)
    press(person, Qt.Key.Key_Escape)
    assert not view.splitter.is_open
    assert view.table.chosen_count() == 2
    press(person, Qt.Key.Key_Escape)
    assert view.table.chosen_count() == 0


def test_what_another_window_changed_meanwhile_is_shown_and_not_written_over(
    sit_down: Callable[[], Person], places: Places, cloud: PracticeCloud, own_home: Path
) -> None:
    add_lab(places, cloud, own_home)
    person = sit_down()
    person.start()
    person.switch_to("Lab")
    user = HitTypesUser(person).go()
    table = user.page.view.table
    first, second = (row.id for row in user.rows()[:2])
    spec = parse_spec(transport=Transport.SQS, destination=cloud.details.queue_url, events=["HITExpired"])
    other = QLabel("another window")

    with Session(places) as another_window:
        opened = another_window.open_named("Lab", sandbox=False)

        def change_elsewhere(*changes: Change) -> None:
            other.show()
            other.activateWindow()
            person.until(other.isActiveWindow)
            another_window.hit_types.run(opened, changes, progress=lambda _: None, stop=threading.Event())

        change_elsewhere(applied(first, spec), applied(second, spec))
        assert RowState.ON not in user.states()
        person.window.activateWindow()
        person.until(lambda: user.states().count(RowState.ON) == 2)
        table.choose({str(first), str(second)})
        dialog = user.press(Command.OFF)
        change_elsewhere(applied(first, replace(spec, version="2014-08-15")))
        user.send(dialog)
    panel = user.page.view.panel
    assert panel.title.text() == "1 change was applied, 1 was not sent."
    assert "changed meanwhile, by another window or a command" in panel.why.text()
    assert [cloud.settings()[one]["active"] for one in (first, second)] == [True, False]
    assert {row.id: row.state for row in user.rows()}[first] is RowState.ON
    person.click(panel.results)
    assert user.page.results is not None
    assert "another window" in user.page.results.model.rows_in_sight()[0].reason
    user.page.results.close()
    person.click(panel.rest)  # all the same
    person.until(lambda: not user.page.controller.is_running)
    assert not cloud.settings()[first]["active"]
    other.close()
