# SPDX-License-Identifier: MIT
"""What was changed is taken back from the history, and what was sent is sent again: by mouse, and by keyboard alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from journeys.test_checkup import CLOSED, change, mend_dialog, result_title, verdict
from journeys.test_hit_types import HitTypesUser
from journeys.test_inbox_lists import add_lab
from journeys.test_keyboard import taken_twice
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.setting import apply
from notification_tester.qt.checkup.mend_dialog import MendDialog
from notification_tester.qt.history.model import Column
from notification_tester.qt.hit_types.rows import Segment
from notification_tester.qt.hit_types.texts import Column as TypeColumn
from notification_tester.qt.hit_types.texts import row_tone
from notification_tester.qt.hit_types.view import Command
from notification_tester.qt.lists.cell_menu import CellMenu
from notification_tester.qt.looks.theme import Tone
from notification_tester.services.hit_types.bulk_types import RowState
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.queries import Place
from notification_tester.storage.rows import HIT_TYPES_KIND, MADE_KIND, MEND_KIND, TEST_KIND, HistorySummary
from practice.clients import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QTableView

    from journeys.person import Person
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.history.page import HistoryPage
    from notification_tester.qt.lists.table_model import Index
    from notification_tester.storage.places import Places


CONTROL = Qt.KeyboardModifier.ControlModifier


def mend(person: Person) -> str:
    """Let Mechanical Turk into the blocked queue of practice; its address."""
    url = person.cloud.details.blocked_queue_url
    person.type_destination(url)
    verdict(person, CLOSED)
    destination = person.form.destination.destination()
    assert destination is not None
    person.checkup.mend(destination)
    dialog = mend_dialog(person)
    change(person, dialog)
    person.click(dialog.cancel)
    return url


def policy(person: Person, url: str) -> object:
    """What the queue has now."""
    found = connect(person.cloud.details).sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    return json.loads(found.get("Attributes", {}).get("Policy", "null"))


def newest(page: HistoryPage) -> HistorySummary | None:
    rows = page.model.rows_between(0, 1)
    return rows[0] if rows else None


def send_every_event(person: Person) -> None:
    """A run of a test of each event to practice-results."""
    person.type_destination(person.cloud.details.queue_url)
    person.click(person.form.events.all_link)
    person.click(person.form.send)
    person.until(lambda: not person.form.send.isEnabled())
    person.until(person.form.send.isEnabled)


def shown(person: Person, kind: str) -> HistoryPage:
    """The page, once its newest row is of this kind and whole."""
    page = person.history()
    person.until(lambda: (row := newest(page)) is not None and row.kind == kind and page.details.isVisible())
    person.until(lambda: page.details.row is not None)
    return page


def press_cell(person: Person, page: HistoryPage, place: int, column: Column) -> None:
    table = page.table
    table.scrollTo(table.model().index(place, column))
    where = table.visualRect(table.model().index(place, column))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where.left() + 12, where.center().y()))


def is_undone(person: Person, page: HistoryPage, place: int, words: str) -> None:
    """A change that has no way back any more says why, and offers none: no button, no cell, no menu, no key."""
    index = page.table.model().index(place, Column.ACTION)
    person.until(lambda: str(index.data()).startswith(words.removesuffix(", at ")))
    tip = page.lines.index(place, Column.ACTION).data(Qt.ItemDataRole.ToolTipRole)
    assert words in tip, "the cell is short, its tip is whole"
    person.until(lambda: page.details.change.text().startswith(words))
    assert not page.details.undo.isVisible()
    menu = page.table.menu_at(cast("Index", index))
    assert menu is not None
    assert not [one for one in menu.actions() if "Undo" in one.text().replace("&", "")]
    press_cell(person, page, place, Column.ACTION)
    page.table.setFocus()
    QTest.keySequence(page.table, QKeySequence(QKeySequence.StandardKey.Undo))
    assert not page.problem.isVisible()
    assert page.isVisible()


def test_a_mended_queue_is_put_back_from_the_history(person: Person) -> None:
    url = person.cloud.details.blocked_queue_url
    before = policy(person, url)
    mend(person)
    assert policy(person, url) != before
    page = shown(person, MEND_KIND)
    press_cell(person, page, 1, Column.ACTION)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    assert dialog.heading.text().startswith("Take back the change at")
    assert "goes back to what it was" in dialog.sentence.text()
    assert not dialog.outcome.isVisible(), "no HIT type tells it"
    assert any(line.startswith("-") for line in dialog.difference.toPlainText().splitlines())
    assert dialog.cancel.isDefault()
    person.click(dialog.change)
    person.until(lambda: "taken back" in dialog.sentence.text() and not dialog.is_writing)
    assert policy(person, url) == before
    person.click(dialog.cancel)
    person.until(lambda: page.model.rowCount() == 2)
    assert [page.model.index(row, Column.EVENT).data() for row in range(2)] == [
        "Access put back as it was",
        "Mended the access policy",
    ]
    page.table.choose(2)
    person.until(lambda: page.details.row is not None and page.details.row.event == "let-in")
    is_undone(person, page, 2, "Undone at ")
    assert page.table.model().index(1, Column.ACTION).data() == "Undo…"  # what was put back can be mended again


def set_to_what_was_mended(person: Person) -> tuple[HitTypesUser, int]:
    """Mend a queue, test it, and set a HIT type to it; its row, which tells of the test."""
    mend(person)
    person.send()
    user = HitTypesUser(person).go()
    user.choose(1).send(user.press(Command.APPLY))
    number = [row.state for row in user.rows()].index(RowState.ON)
    person.until(lambda: user.page.model.index(number, TypeColumn.TESTED).data() == "arrived just now")
    return user, number


def test_a_last_test_that_failed_is_told_of_its_hit_types(person: Person) -> None:
    user, number = set_to_what_was_mended(person)
    tested = user.page.model.index(number, TypeColumn.TESTED)
    not_tested = user.page.view.filter.segments.button(Segment.NOT_TESTED)
    undo_of_mend(person, shown(person, HIT_TYPES_KIND), 3)
    person.click(person.window.workspace.navigation.buttons["test"])
    person.send()

    user.go()
    person.until(lambda: tested.data() == "did not arrive, tested just now")
    assert not_tested.text().endswith(" 1")
    assert row_tone(user.rows()[number]) is Tone.BAD
    user.page.view.table.setCurrentIndex(tested)
    dialog = user.press(Command.REAPPLY)
    assert "The last test of 1 of these failed." in dialog.tested.text()
    assert dialog.tested.tone is Tone.BAD
    person.click(dialog.cancel)


def test_what_was_tested_before_its_queue_was_closed_again_is_not_called_tested(person: Person) -> None:
    user, number = set_to_what_was_mended(person)
    model, not_tested = user.page.model, user.page.view.filter.segments.button(Segment.NOT_TESTED)
    tested, notification = (model.index(number, column) for column in (TypeColumn.TESTED, TypeColumn.NOTIFICATION))
    assert not_tested.text().endswith(" 0")
    green = notification.data(Qt.ItemDataRole.ForegroundRole)

    page = shown(person, HIT_TYPES_KIND)
    asked = undo_of_mend(person, page, 3)
    assert asked == "1 HIT type that is on tells this queue: it would go silent."
    user.go()
    person.until(lambda: tested.data() == "changed since the test")
    assert not_tested.text().endswith(" 1")
    assert notification.data(Qt.ItemDataRole.ForegroundRole) != green
    assert "Test it again" in tested.data(Qt.ItemDataRole.ToolTipRole)
    user.page.view.table.setCurrentIndex(tested)
    dialog = user.press(Command.REAPPLY)
    assert "Where 1 of these goes was changed since the test" in dialog.tested.text()
    person.click(dialog.cancel)
    dialog = user.press(Command.APPLY)
    assert "changed since the test" in dialog.choice.currentText() or dialog.choice.currentIndex() < 0


def undo_of_mend(person: Person, page: HistoryPage, place: int) -> str:
    """Take it back from its row; what the question says."""
    page.table.choose(place)
    person.until(lambda: page.details.row is not None and page.details.row.kind == MEND_KIND)
    person.click(page.details.undo)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    asked = dialog.outcome.text()
    person.click(dialog.change)
    person.until(lambda: "taken back" in dialog.sentence.text() and not dialog.is_writing)
    person.click(dialog.cancel)
    return asked


def test_who_would_go_silent_is_told_wherever_a_change_is_taken_back(person: Person) -> None:
    url = person.cloud.details.blocked_queue_url
    before = policy(person, url)
    mend(person)
    person.send()
    user = HitTypesUser(person).go()
    user.choose(1).send(user.press(Command.APPLY))
    silent = "1 HIT type that is on tells this queue: it would go silent."
    mended = policy(person, url)

    person.window.workspace.go_to("test")
    person.click(person.form.destination.undo_link)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    assert dialog.outcome.text() == silent
    assert any(line.startswith("-") for line in dialog.difference.toPlainText().splitlines())
    person.click(dialog.cancel)
    assert policy(person, url) == mended, "it is asked first"

    person.until(person.form.destination.findings_link.isVisible)
    person.click(person.form.destination.findings_link)
    view = person.checkup.view
    assert view is not None
    person.until(lambda: view.findings.is_complete and view.undo.isVisible())
    person.click(view.undo)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    assert dialog.outcome.text() == silent
    person.click(dialog.change)
    person.until(lambda: "taken back" in dialog.sentence.text() and not dialog.is_writing)
    assert policy(person, url) == before


def test_a_result_before_a_change_leads_to_where_that_is_taken_back(person: Person) -> None:
    url, card = person.cloud.details.blocked_queue_url, person.result.problem
    before = policy(person, url)
    person.type_destination(url)
    person.send()
    person.click(card.buttons["mend"])
    dialog = mend_dialog(person)
    change(person, dialog)
    person.click(dialog.cancel)
    person.type_destination(person.cloud.details.queue_url)
    assert result_title(person) == "Result before your changes"
    assert not person.form.destination.undo_link.isVisible(), "it is of another place"
    assert taken_twice(person) == {}
    assert card.buttons["changes"].text() == "Sho&w the change in History"
    person.click(card.buttons["changes"])
    page = shown(person, MEND_KIND)
    person.until(lambda: not page.model.is_loading and page.model.rowCount() == 1)
    assert page.filter.place.currentText() == "practice-blocked (queue)"
    person.until(page.details.undo.isVisible)
    person.click(page.details.undo)
    take_back_in(person)
    assert policy(person, url) == before
    person.window.workspace.go_to("test")
    assert card.title.text() == CLOSED
    assert "changes" not in card.buttons


def take_back_in(person: Person) -> None:
    """In the dialog that opens: take the change back, once it is shown, and close it."""
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    person.click(dialog.change)
    person.until(lambda: "taken back" in dialog.sentence.text() and not dialog.is_writing)
    person.click(dialog.cancel)


def test_beside_a_result_a_policy_that_somebody_changed_since_stays(person: Person) -> None:
    url = mend(person)
    ours = cast("dict[str, list[object]]", policy(person, url))
    theirs = json.loads(json.dumps(ours))
    theirs["Statement"].append({"Effect": "Allow", "Principal": "*", "Action": "sqs:ReceiveMessage", "Resource": "*"})
    queues = connect(person.cloud.details).sqs
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(theirs)})
    person.click(person.form.destination.undo_link)
    dialog = mend_dialog(person)
    person.until(dialog.problem.isVisible)
    assert dialog.problem.title.text() == "The policy has changed meanwhile."
    assert "after this change: 1 statement was added" in dialog.problem.detail.text()
    assert not dialog.change.isVisible()
    assert policy(person, url) == theirs
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(ours)})
    person.click(dialog.problem.buttons["look"])
    person.until(dialog.change.isVisible)
    assert dialog.change.text() == "&Take it back"
    person.click(dialog.cancel)


def test_a_policy_that_somebody_changed_since_stays_and_is_told(person: Person) -> None:
    url = mend(person)
    theirs = cast("dict[str, list[object]]", policy(person, url))
    theirs["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "sqs:ReceiveMessage",
            "Resource": "*",
        }
    )
    connect(person.cloud.details).sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(theirs)})
    page = shown(person, MEND_KIND)
    person.click(page.details.undo)
    person.until(page.problem.isVisible)
    assert page.problem.title.text() == "The policy has changed meanwhile."
    assert "after this change: 1 statement was added. To take" in page.problem.detail.text()
    assert policy(person, url) == theirs
    assert person.checkup.mend_dialog is None
    for _ in range(2):  # also for who comes back to the page
        person.until(lambda: page.table.model().index(1, Column.ACTION).data() == "Changed since")
        person.until(lambda: page.details.change.text().startswith("Changed since"))
        assert not page.details.undo.isVisible()
        person.window.workspace.go_to("test")
        shown(person, MEND_KIND)


def test_once_they_have_put_a_policy_back_a_change_of_it_is_taken_back_after_all(person: Person) -> None:
    before = policy(person, person.cloud.details.blocked_queue_url)
    url = mend(person)
    ours = cast("dict[str, list[object]]", policy(person, url))
    theirs = json.loads(json.dumps(ours))
    theirs["Statement"].append({"Effect": "Allow", "Principal": "*", "Action": "sqs:ReceiveMessage", "Resource": "*"})
    queues = connect(person.cloud.details).sqs
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(theirs)})
    page = shown(person, MEND_KIND)
    look_again, cell = page.details.look_again, page.table.model().index(1, Column.ACTION)
    assert not look_again.isVisible()
    person.click(page.details.undo)
    person.until(look_again.isVisible)
    assert taken_twice(person) == {}
    for _ in range(2):  # as often as one likes
        person.click(look_again)
        person.until(lambda: page.problem.isVisible() and not person.desktop.tasks.is_busy)
        assert cell.data() == "Changed since"
        assert person.checkup.mend_dialog is None
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(ours)})
    person.click(look_again)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    person.click(dialog.cancel)
    assert not page.problem.isVisible()
    person.until(lambda: cell.data() == "Undo…" and page.details.undo.isVisible())
    assert not look_again.isVisible()
    assert not page.details.change.text().startswith("Changed since")
    assert policy(person, url) == ours
    person.click(page.details.undo)
    take_back_in(person)
    assert policy(person, url) == before


def set_hit_types(person: Person, count: int) -> list[HitTypeId]:
    """Apply the form to some HIT types, as the page does after its preview."""
    person.window.workspace.go_to("hit-types")
    page = person.seen(person.window.workspace.hit_types)
    person.until(lambda: len(page.model.rows()) >= count and not page.controller.is_listing)
    ids = [row.id for row in page.model.rows()[:count]]
    spec = person.form.spec()
    page.controller.send([apply(one, spec) for one in ids])
    person.until(lambda: not page.controller.is_running)
    return ids


def test_set_hit_types_are_undone_from_the_history_with_their_preview(person: Person) -> None:
    ids = set_hit_types(person, 3)
    page = shown(person, HIT_TYPES_KIND)
    assert page.model.index(0, Column.EVENT).data() == "Set 3 HIT types"
    person.until(lambda: "Applied: 3" in page.details.change.text())
    opened = person.desktop.program.current
    session = person.desktop.program.session
    assert opened is not None
    assert session is not None
    titles = session.hit_types.titles(opened)
    for one in ids:
        assert f"{titles[one]} ({one})" in page.details.change.text()
    person.click(page.details.undo)
    hit_types = person.window.workspace.hit_types.page
    assert hit_types is not None
    person.until(lambda: hit_types.preview is not None)
    dialog = hit_types.preview
    assert dialog is not None
    person.until(dialog.go.isEnabled)
    person.click(dialog.cancel)
    assert page.isVisible(), "one who wants it not after all is where one was"
    assert not hit_types.view.note.isVisibleTo(hit_types)
    person.until(lambda: hit_types.preview is None and page.details.undo.isVisible())
    person.click(page.details.undo)
    person.until(lambda: hit_types.preview is not None)
    dialog = hit_types.preview
    assert dialog is not None
    person.until(dialog.go.isEnabled)
    assert dialog.windowTitle() == "Undo for 3 HIT types"
    person.click(dialog.go)
    person.until(lambda: not hit_types.controller.is_running)
    person.until(lambda: not any(person.cloud.settings()[one]["active"] for one in ids))
    page = shown(person, HIT_TYPES_KIND)
    person.until(lambda: page.model.index(0, Column.EVENT).data() == "Undid the last change of 3 HIT types")
    page.table.choose(2)
    is_undone(person, page, 2, "Undone at ")


def test_what_an_undo_leaves_out_is_named_before_it_is_done(person: Person) -> None:
    person.send()
    user = HitTypesUser(person).go().choose(3)
    user.send(user.press(Command.APPLY))
    changed = user.choose(1).rows()[0]
    user.send(user.press(Command.OFF))
    page = shown(person, HIT_TYPES_KIND)
    press_cell(person, page, 2, Column.EVENT)
    person.until(lambda: "An undo leaves out 1 of them:" in page.details.change.text())
    told = page.details.change.text().rpartition("\n")[2]
    assert told.startswith(f"{changed.title} ({changed.id}), ")
    assert told.endswith(": It was changed again since.")
    person.click(page.details.undo)
    person.until(lambda: user.page.preview is not None)
    dialog = user.page.preview
    assert dialog is not None
    person.until(dialog.go.isEnabled)
    assert dialog.windowTitle() == "Undo for 2 HIT types"
    assert dialog.summary.text() == "2 changes will be sent, 1 HIT type is left out."
    cells = [dialog.model.index(0, column).data() for column in range(2)]
    assert cells == [changed.title, "Left out: It was changed again since."]
    user.send(dialog)
    page = shown(person, HIT_TYPES_KIND)
    person.until(lambda: page.model.index(0, Column.EVENT).data() == "Undid the last change of 2 HIT types")


def test_what_was_switched_off_is_found_by_where_it_told(person: Person) -> None:
    person.send()
    user = HitTypesUser(person).go().choose(2)
    user.send(user.press(Command.APPLY))
    user.choose(2).send(user.press(Command.OFF))
    page = shown(person, HIT_TYPES_KIND)
    assert page.model.index(0, Column.DESTINATION).data() == "practice-results (queue)"
    menu = page.table.menu_at(cast("Index", page.table.model().index(1, Column.DESTINATION)))
    assert menu is not None
    wanted = "Filter by “practice-results (queue)”"
    next(one for one in menu.actions() if one.text().replace("&", "") == wanted).trigger()
    person.until(lambda: page.filter.place.currentText() == "practice-results (queue)" and not page.model.is_loading)
    assert [page.model.index(place, Column.EVENT).data() for place in range(page.model.rowCount())] == [
        "Switched off the notification of 2 HIT types",
        "Set 2 HIT types",
        "Assignment submitted",
    ]


def test_a_hit_type_that_was_changed_since_is_found_by_its_id_and_not_undone(person: Person) -> None:
    ids = set_hit_types(person, 1)
    set_hit_types(person, 1)
    page = shown(person, HIT_TYPES_KIND)
    QTest.keyClicks(page.filter.search, ids[0])
    person.until(lambda: page.model.query.text == ids[0] and not page.model.is_loading)
    person.until(lambda: page.model.rowCount() == 2)
    page.table.choose(2)
    person.until(lambda: page.details.row is not None and page.details.row.id == page.model.rows_between(1, 2)[0].id)
    is_undone(person, page, 2, "Changed since, at ")


def test_what_was_made_is_told_and_has_no_undo(person: Person) -> None:
    opened = person.desktop.program.current
    session = person.desktop.program.session
    assert opened is not None
    assert session is not None
    made = session.mend.create_queue(opened, "lab-2")
    page = shown(person, MADE_KIND)
    assert page.model.index(0, Column.EVENT).data() == "Made this queue"
    person.until(lambda: made.text in page.details.change.text())
    assert not page.details.undo.isVisible()
    assert not page.details.again.isVisible()


def test_send_again_sends_one_and_a_whole_run(person: Person) -> None:
    every = len(SUBSCRIBABLE)
    person.send()
    page = shown(person, TEST_KIND)
    person.click(page.details.again)
    person.until(lambda: page.model.rowCount() == 2)
    assert person.page.isVisible()
    person.until(person.form.send.isEnabled)
    assert person.outcome().is_good
    person.click(person.form.events.all_link)
    person.click(person.form.send)
    person.until(lambda: not person.form.send.isEnabled())
    person.until(person.form.send.isEnabled)
    page = shown(person, TEST_KIND)
    person.until(lambda: page.table.line() is not None and page.model.rowCount() == 2 + every)
    page.table.choose_first()
    person.until(lambda: page.details.title.text() == f"All {every} events" and page.details.run.isVisible())
    person.until(lambda: page.details.run.text().startswith(f"{every} of {every} arrived"))
    person.click(page.details.again)
    person.until(lambda: page.model.rowCount() == 2 + 2 * every)
    person.until(person.form.send.isEnabled)


def test_send_again_leaves_what_stands_in_the_form(person: Person) -> None:
    person.send()
    person.click(person.form.events.all_link)
    person.type_destination(person.cloud.details.blocked_queue_url)
    draft = person.form.state()
    page = shown(person, TEST_KIND)
    person.click(page.details.again)
    person.until(lambda: page.model.rowCount() == 2)
    person.until(person.form.send.isEnabled)
    outcome = person.outcome()
    assert outcome.is_good
    assert outcome.spec.destination.text == person.cloud.details.queue_url
    assert person.form.state() == draft
    use, send = person.result.use, person.form.send
    assert result_title(person) == "Result of what was sent again"
    assert use.isVisible()
    assert (use.isDefault(), send.isDefault()) == (True, False), "it is fresh, and the next thing"
    person.click(person.form.events.boxes[EventType.HIT_DISPOSED])
    assert result_title(person) == "Result of what was sent again"
    assert (use.isDefault(), send.isDefault()) == (False, True), "one who goes on with the draft sends that next"


def test_send_again_leaves_the_form_also_while_a_test_is_under_way(person: Person) -> None:
    person.send()
    page = shown(person, TEST_KIND)
    row = page.details.row
    assert row is not None
    person.window.workspace.go_to("test")
    let_go = person.hold_next()
    person.click(person.form.send)
    person.until(person.result.lamps.cancel.isVisible)
    person.type_destination(person.cloud.details.blocked_queue_url)
    draft = person.form.state()
    page.again_requested.emit(row, ())
    assert person.form.state() == draft
    let_go()
    person.until(person.form.send.isEnabled)
    assert person.form.state() == draft


def test_why_nothing_is_sent_again_while_a_test_is_under_way_is_said(person: Person) -> None:
    person.send()
    let_go = person.hold_next()
    person.click(person.form.send)
    person.until(person.result.lamps.cancel.isVisible)
    page = shown(person, TEST_KIND)  # which is made while it is under way, or was before
    person.until(lambda: page.model.rowCount() == 2)
    again, why = page.details.again, "A test is under way. This can be sent again when that is over."
    assert again.isVisible()
    assert not again.isEnabled()
    assert why in again.toolTip()
    assert again.accessibleDescription() == why
    entry = again_in_menu(page)
    assert not entry.isEnabled()
    assert entry.toolTip() == why
    assert page.table.menu is not None
    assert page.table.menu.toolTipsVisible()
    let_go()
    person.until(again.isEnabled)
    assert why not in again.toolTip()
    assert again.accessibleDescription() == "Sends it once more, with the account that it was sent with."
    entry = again_in_menu(page)
    assert entry.isEnabled()
    entry.trigger()
    person.until(lambda: page.model.rowCount() == 3)
    person.until(person.form.send.isEnabled)


def again_in_menu(page: HistoryPage) -> QAction:
    menu = page.table.menu_at(cast("Index", page.table.model().index(1, Column.EVENT)))
    assert menu is not None
    (entry,) = [one for one in menu.actions() if one.text().replace("&", "") == "Send again"]
    return entry


def test_a_problem_of_the_past_is_mended_from_its_row_with_its_place(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    person.type_destination(person.cloud.details.queue_url)
    page = shown(person, TEST_KIND)
    person.until(lambda: "mend" in page.details.problem.buttons)
    assert taken_twice(person) == {}
    row = page.details.row
    assert row is not None
    page.mend_requested.emit(replace(row, account="Somebody else's"), "mend")
    person.until(page.problem.isVisible)
    assert "not here any more" in page.problem.title.text()
    assert page.isVisible()
    person.click(page.details.problem.buttons["mend"])
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    assert person.form.spec().destination.text == person.cloud.details.blocked_queue_url
    person.click(dialog.change)
    person.until(lambda: not dialog.is_writing and not dialog.change.isVisible())
    person.click(dialog.cancel)
    person.send()
    assert person.outcome().is_good


def test_what_cannot_be_mended_as_its_account_does_not_open_is_not_mended_some_other_day(
    sit_down: Callable[[], Person], places: Places, cloud: PracticeCloud, own_home: Path
) -> None:
    lab, accounts = add_lab(places, cloud, own_home), AccountList(places.accounts)
    before = sit_down()
    before.start()
    before.switch_to("Lab")
    before.type_destination(cloud.details.blocked_queue_url)
    before.send()
    before.switch_to("Practice")
    person = sit_down()
    person.start()
    page = shown(person, TEST_KIND)
    person.until(lambda: "mend" in page.details.problem.buttons)
    accounts.replace(replace(lab, aws_endpoint="http://127.0.0.1:9"))  # by another window
    person.click(page.details.problem.buttons["mend"])
    person.until(lambda: person.window.workspace.bar.state.text() == "Not open")
    accounts.replace(lab)
    person.switch_to("Lab")
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert not person.window.findChildren(MendDialog)


def test_an_event_that_was_not_asked_for_is_added_from_the_row_of_its_test(person: Person) -> None:
    assert EventType.HIT_CREATED not in person.form.events.checked()
    assert not person.test_alone(EventType.HIT_CREATED).is_good
    page = shown(person, TEST_KIND)
    person.until(lambda: "add-event" in page.details.problem.buttons)
    person.click(page.details.problem.buttons["add-event"])
    person.until(person.page.isVisible)
    person.until(lambda: page.model.rowCount() == 2 and person.form.send.isEnabled())
    assert EventType.HIT_CREATED in person.form.events.checked()
    assert person.outcome().is_good


def test_what_is_wrong_with_a_destination_is_looked_at_from_the_row_of_its_test(person: Person) -> None:
    gone = person.cloud.details.queue_url.replace("practice-results", "no-such-queue")
    person.type_destination(gone)
    person.send()
    page = shown(person, TEST_KIND)
    person.until(lambda: "check" in page.details.problem.buttons)
    person.type_destination(person.cloud.details.queue_url)
    person.window.workspace.go_to("history")
    person.click(page.details.problem.buttons["check"])
    person.until(person.page.isVisible)
    assert person.form.spec().destination.text == gone
    person.until(lambda: (view := person.checkup.view) is not None and view.report is not None)


def test_what_cannot_be_told_is_not_sent_again_as_whatever_stands_in_the_form(person: Person) -> None:
    person.send()
    page = shown(person, TEST_KIND)
    assert page.details.row is not None
    of_another_version = replace(page.details.row, transport="Carrier pigeon")
    page.again_requested.emit(of_another_version, ())
    person.until(lambda: "cannot be filled" in person.result.problem.title.text())
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert page.model.rowCount() == 1


def test_the_place_of_a_test_is_opened_in_the_inbox(person: Person) -> None:
    person.send()
    page = shown(person, TEST_KIND)
    page.table.inbox_wanted.emit(newest(page))
    inbox = person.window.workspace.inbox
    assert person.seen(inbox).form.destination.text() == person.cloud.details.queue_url


def test_what_arrived_leads_to_the_inbox_and_to_the_history(person: Person) -> None:
    person.send()
    table, workspace = person.result.message.table, person.window.workspace
    person.until(table.isVisible)
    queue_url = person.cloud.details.queue_url
    press_in_menu(person, table, "Open in &History")
    history = person.seen(workspace.history)
    person.until(lambda: history.table.line() is not None)
    line = history.table.line()
    assert line is not None
    assert line.newest is not None
    assert (line.newest.kind, line.newest.destination) == (TEST_KIND, queue_url)
    workspace.go_to("test")
    press_in_menu(person, table, "Open in &Inbox")
    inbox = person.seen(workspace.inbox)
    assert inbox.form.destination.text() == queue_url
    person.click(inbox.form.follow)
    person.until(inbox.places.isVisible)
    workspace.go_to("test")
    press_in_menu(person, table, "Open in &Inbox")
    person.until(inbox.filter.isVisible)
    assert inbox.filter.search.text() == person.form.state().event.value
    assert not inbox.form.isVisible()


def press_in_menu(person: Person, table: QTableView, text: str) -> None:
    """Ask for the menu of the first cell by the keyboard, and press an entry."""
    table.setCurrentIndex(table.model().index(0, 0))
    before = set(table.findChildren(CellMenu))
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(table.viewport(), asked)
    (menu,) = set(table.findChildren(CellMenu)) - before
    (action,) = [one for one in menu.actions() if one.text() == text]
    person.until(menu.isVisible)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def keyboard_at(person: Person, wanted: Callable[[], bool]) -> QWidget:
    """Press Tab until the keyboard is where ``wanted`` says."""
    top = QApplication.activeModalWidget() or person.window
    top.activateWindow()
    person.until(lambda: top.isActiveWindow() and QApplication.focusWidget() is not None)
    for _ in range(60):
        focus = QApplication.focusWidget()
        if wanted() and focus is not None:
            return focus
        QTest.keyClick(focus or person.window, Qt.Key.Key_Tab)
    raise AssertionError("Tab does not lead there")


def test_by_keyboard_alone_a_change_is_found_and_taken_back(person: Person) -> None:
    url = person.cloud.details.blocked_queue_url
    before = policy(person, url)
    mend(person)
    person.send()
    page = shown(person, TEST_KIND)
    assert taken_twice(person) == {}
    table = keyboard_at(person, page.table.hasFocus)
    QTest.keyClick(table, Qt.Key.Key_Down)
    person.until(lambda: page.details.row is not None and page.details.row.kind == MEND_KIND)
    assert taken_twice(person) == {}
    elsewhere = keyboard_at(person, page.export.hasFocus)
    QTest.keyClick(elsewhere, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    person.until(lambda: not person.desktop.tasks.is_busy)
    dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
    assert not dialogs, "what is undone is that of the list with the keyboard in it"
    table = keyboard_at(person, page.table.hasFocus)
    QTest.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    person.until(dialog.isActiveWindow)
    pressed = keyboard_at(person, dialog.change.hasFocus)
    QTest.keyClick(pressed, Qt.Key.Key_Space)
    person.until(lambda: "taken back" in dialog.sentence.text() and not dialog.is_writing)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert policy(person, url) == before
    person.until(lambda: page.model.rowCount() == 3)


def test_by_keyboard_alone_the_list_is_narrowed_unfolded_and_sent_again(person: Person) -> None:
    mend(person)
    send_every_event(person)
    page = shown(person, TEST_KIND)
    person.until(lambda: len(page.filter._places) == 3)
    place = keyboard_at(person, page.filter.place.hasFocus)
    QTest.keyClick(place, Qt.Key.Key_Down)
    here = Place("SQS", person.cloud.details.queue_url, PRACTICE.environment.value)
    person.until(lambda: page.filter.chosen_place == here and page.model.rowCount() == 11)
    table = keyboard_at(person, page.table.hasFocus)
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert page.lines.rowCount() == 13
    QTest.keyClick(table, Qt.Key.Key_Down)
    person.until(lambda: page.details.again.isVisible() and not page.details.run.isVisible())
    again = keyboard_at(person, page.details.again.hasFocus)
    QTest.keyClick(again, Qt.Key.Key_Space)
    person.until(lambda: page.model.rowCount() == 12)
    person.until(person.form.send.isEnabled)


def press(person: Person, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, to whatever has the keyboard."""
    person.until(lambda: QApplication.focusWidget() is not None)
    QTest.keyClick(cast("QWidget", QApplication.focusWidget()), key, modifier)


def search_for(person: Person, page: HistoryPage, words: str, found: int) -> None:
    """Search by keyboard for these words, or for none, and go to the list."""
    press(person, Qt.Key.Key_F, CONTROL)
    person.until(page.filter.search.hasFocus)
    press(person, Qt.Key.Key_A, CONTROL)
    press(person, Qt.Key.Key_Delete)
    QTest.keyClicks(page.filter.search, words)
    person.until(lambda: page.model.rowCount() == found and not page.model.is_loading)
    keyboard_at(person, page.table.hasFocus)


def choose_kind(person: Person, page: HistoryPage, key: Qt.Key, found: int) -> None:
    """Choose a kind by keyboard, and go to the list."""
    keyboard_at(person, page.filter.who_sent.hasFocus)
    press(person, key)
    person.until(lambda: page.model.rowCount() == found and not page.model.is_loading)
    keyboard_at(person, page.table.hasFocus)


def unfold_and_fold(person: Person, page: HistoryPage, count: int) -> None:
    """Look into the run of the keyboard, at one that is in it, and fold it again."""
    folded = page.lines.rowCount()
    press(person, Qt.Key.Key_Right)
    assert page.lines.rowCount() == folded + count
    press(person, Qt.Key.Key_Down)
    press(person, Qt.Key.Key_Down)
    line = page.table.line()
    assert line is not None
    assert line.is_inside
    person.until(lambda: page.details.row is not None and page.details.row.id == line.rows[0].id)
    press(person, Qt.Key.Key_Left)  # to its run
    press(person, Qt.Key.Key_Left)
    assert page.lines.rowCount() == folded


def take_back(person: Person) -> None:
    """Undo the change of the keyboard, once what would be put back was seen."""
    press(person, Qt.Key.Key_Z, CONTROL)
    dialog = mend_dialog(person)
    person.until(dialog.change.isVisible)
    person.until(dialog.isActiveWindow)
    keyboard_at(person, dialog.change.hasFocus)
    press(person, Qt.Key.Key_Space)
    person.until(lambda: "taken back" in dialog.sentence.text() and not dialog.is_writing)
    press(person, Qt.Key.Key_Escape)


def test_by_keyboard_alone_all_that_the_page_is_for_is_done(person: Person) -> None:
    url, every = person.cloud.details.blocked_queue_url, len(SUBSCRIBABLE)
    before = policy(person, url)
    mend(person)
    send_every_event(person)

    person.window.activateWindow()
    press(person, Qt.Key.Key_4, CONTROL)
    page = person.seen(person.window.workspace.history)
    person.until(lambda: page.model.rowCount() == every + 1 and page.table.line() is not None)
    search_for(person, page, "practice-results", every)
    unfold_and_fold(person, page, every)
    search_for(person, page, "", every + 1)
    choose_kind(person, page, Qt.Key.Key_End, 1)  # what was changed
    take_back(person)
    assert policy(person, url) == before
    person.until(lambda: page.model.rowCount() == 2)
    choose_kind(person, page, Qt.Key.Key_Home, every + 2)
    press(person, Qt.Key.Key_Down)
    person.until(lambda: page.details.run.isVisible() and page.details.again.isEnabled())
    keyboard_at(person, page.details.again.hasFocus)
    press(person, Qt.Key.Key_Space)
    person.until(person.page.isVisible)
    person.until(person.form.send.isEnabled)
    press(person, Qt.Key.Key_4, CONTROL)
    person.until(lambda: page.isVisible() and page.model.rowCount() == 2 * every + 2)
    person.until(lambda: str(page.table.model().index(1, Column.EVENT).data()) == f"All {every} events")
