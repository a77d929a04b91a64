# SPDX-License-Identifier: MIT
"""Every table of the program: which of the ways from a cell it offers, and why it lacks the others.

The tables are found in the code; a new one has to be named here, with its menu or with the reasons why it has none.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QMenu, QWidget

import notification_tester.qt
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport, parse_destination
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.messages.draft import Draft
from notification_tester.domain.messages.message import decode
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.checkup.throwaways_dialog import ThrowawaysDialog
from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.history.details import HistoryDetails
from notification_tester.qt.hit_types.bulk_preview import PreviewColumn
from notification_tester.qt.hit_types.bulk_run import BulkResultsDialog, result_rows
from notification_tester.qt.hit_types.page import HitTypesPage
from notification_tester.qt.inbox.controller import Following, OpenedPlace
from notification_tester.qt.inbox.details import InboxDetails
from notification_tester.qt.inbox.model import InboxModel
from notification_tester.qt.inbox.places import PlaceList
from notification_tester.qt.inbox.table import InboxTable
from notification_tester.qt.lists.cell_menu import CellMenu
from notification_tester.qt.notification.event_model import Column as EventColumn
from notification_tester.qt.notification.message_table import MessageTable
from notification_tester.qt.notification.preset_menu import PresetsDialog
from notification_tester.qt.sending.delivery_result import DeliveryResult
from notification_tester.qt.sending.result_view import ResultView
from notification_tester.qt.sending.scenario_list import ScenarioList
from notification_tester.qt.sending.sweep_list import SweepList
from notification_tester.services.hit_types.settings import HitTypes
from notification_tester.services.sending.deliver import Delivered
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.inbox import Inbox
from notification_tester.storage.inbox_rows import InboxQuery
from notification_tester.storage.presets import Presets
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Beginning, Ending, Outcome
from qt.checkup.test_throwaways_dialog import QUEUES
from qt.history.test_lines import Shown, run
from qt.hit_type_rows import mailbox, many, queue
from qt.hit_types.test_bulk_preview import opened, planned, some
from qt.hit_types.test_bulk_run import outcome as bulk_outcome
from qt.inbox.test_model import message
from qt.notification.test_message_table import REAL, TESTS
from qt.sending.test_sweep_list import YES, outcome
from services.sending.test_deliver import request_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QAction
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.delivery_request import DeliveryRequest

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab"


class Entry(Enum):
    """What the menus of all tables have in common, by words that are in it."""

    COPY = "Copy"
    FILTER = "Filter by"
    INBOX = "pen in Inbox"
    HISTORY = "pen in History"


COPY, FILTER, INBOX, HISTORY = Entry

NO_FILTER = "its list has no filter"
NO_EVENT = "a row of it is neither an event nor something that was sent"
BESIDE = "it is what the list beside it was chosen in"


@dataclass
class Room:
    """What tables are made of."""

    qtbot: QtBot
    tasks: Tasks
    folder: Path
    inbox: Inbox
    database: Database
    kept: list[object] = field(default_factory=list)

    def shown(self, widget: QWidget) -> None:
        """Bring something into sight, and keep it there."""
        self.qtbot.addWidget(widget)
        self.kept.append(widget)
        widget.resize(1000, 700)
        widget.show()


@pytest.fixture
def room(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> Iterator[Room]:
    with Database(tmp_path / "history.sqlite3") as database, Inbox() as inbox:
        yield Room(qtbot, tasks, tmp_path, inbox, database)


def accounts(room: Room) -> QAbstractItemView:
    dialog = AccountDialog([Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)])
    room.shown(dialog)
    return dialog.list


def throwaways(room: Room) -> QAbstractItemView:
    dialog = ThrowawaysDialog(Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING))
    room.shown(dialog)
    dialog.show_queues(QUEUES)
    return dialog.list


def chapters(room: Room) -> QAbstractItemView:
    dialog = HelpDialog()
    room.shown(dialog)
    return dialog.list


def presets(room: Room) -> QAbstractItemView:
    dialog = PresetsDialog(room.tasks, Presets(room.database), {"Results": queue()})
    room.shown(dialog)
    return dialog.list


def scenarios(room: Room) -> QAbstractItemView:
    part = ScenarioList()
    room.shown(part)
    part.show_form(DeliveryForm.SQS, to_web=False)
    part.fold.setChecked(True)
    return part.tree


def history(room: Room) -> QAbstractItemView:
    rows = History(room.database)
    run(rows, ["AssignmentSubmitted"])
    shown = Shown(room.qtbot, room.tasks, rows, HistoryQuery())
    room.kept.append(shown)
    return shown.table


def message_of_history(room: Room) -> QAbstractItemView:
    rows = History(room.database)
    number = rows.begin(
        Beginning(
            kind="test",
            account="Lab",
            environment="sandbox",
            transport="SQS",
            destination=QUEUE,
            version="2006-05-05",
            events=(),
            event="AssignmentSubmitted",
        ),
        now=datetime(2026, 1, 31, tzinfo=UTC),
    )
    rows.complete(number, Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES, raw=TESTS, seconds=0.5))
    row = rows.row(number)
    assert row is not None
    details = HistoryDetails()
    room.shown(details)
    details.show_row(row, decode(row.raw))
    return details.message.table


def preview(room: Room) -> QAbstractItemView:
    dialog = opened(room.qtbot, [*some(2), planned(5, None, why_not="Nothing to undo.")])
    room.kept.append(dialog)
    return dialog.table


def results(room: Room) -> QAbstractItemView:
    dialog = BulkResultsDialog(result_rows(bulk_outcome(1, 1, 0), lambda _: "A task"))
    room.shown(dialog)
    dialog.ending.setCurrentIndex(0)
    return dialog.table


def hit_types(room: Room) -> QAbstractItemView:
    page = HitTypesPage(room.tasks, HitTypes(ledger=None, tested=None), form_spec=lambda: None, presets=lambda: None)
    room.shown(page)
    page.model.put(many(5))
    room.qtbot.waitUntil(lambda: not page.model.is_taking)
    return page.view.table


def inbox(room: Room) -> QAbstractItemView:
    room.inbox.keep([message(1)])
    model = InboxModel(room.tasks)
    table = InboxTable(model)
    model.setParent(table)
    room.shown(table)
    with room.qtbot.waitSignal(model.loaded):
        model.show(room.inbox, InboxQuery(is_folded=True))
    return table


def message_of_inbox(room: Room) -> QAbstractItemView:
    room.inbox.keep([message(1)])
    found = room.inbox.message(1)
    assert found is not None
    details = InboxDetails()
    room.shown(details)
    details.show_message(found)
    return details.table.table


def places(room: Room) -> QAbstractItemView:
    place = parse_destination(Transport.SQS, QUEUE)
    assert isinstance(place, QueueAddress)
    return shown_places(room, place)


def shown_places(room: Room, place: QueueAddress | TopicAddress | ReceiverPlace | OpenedPlace) -> PlaceList:
    made = PlaceList()
    room.shown(made)
    made.show_places([Following(cast("OpenAccount", None), place, room.inbox, since_now=False)], None)
    return made


def result(room: Room, *events: EventType) -> ResultView:
    made = ResultView(as_aws_cli=lambda _: "", as_python=lambda _: "")
    room.shown(made)
    made.begin(events)
    made.finish([replace(outcome(event), message=decode(TESTS), raw=TESTS) for event in events])
    return made


def message_of_test(room: Room) -> QAbstractItemView:
    return result(room, EventType.ASSIGNMENT_SUBMITTED).message.table


def run_of_tests(room: Room) -> QAbstractItemView:
    made = result(room, *SUBSCRIBABLE)
    room.qtbot.waitUntil(made.message.isVisible)
    return made.sweep.tree


def delivery(room: Room, *requests: DeliveryRequest) -> DeliveryResult:
    made = DeliveryResult(copied_as=lambda *_: "")
    room.shown(made)
    made.begin(requests)
    made.finish(
        [
            (
                number,
                0,
                Delivered(
                    what="One",
                    scenario=None,
                    draft=Draft(form=one.form, what="One"),
                    accepted=YES,
                    arrived=YES,
                    raw=REAL,
                ),
            )
            for number, one in enumerate(requests)
        ]
    )
    return made


def message_from_here(room: Room) -> QAbstractItemView:
    made = delivery(room, request_to(QUEUE, DeliveryForm.SQS))
    room.qtbot.waitUntil(made.message.isVisible)
    return made.message.table


def run_from_here(room: Room) -> QAbstractItemView:
    return delivery(room, *(request_to(QUEUE, DeliveryForm.SQS) for _ in range(2))).sweep.tree


def alone(room: Room) -> QAbstractItemView:
    made = MessageTable()
    room.shown(made)
    made.show_message(decode(TESTS), TESTS)
    return made.table


ALONE = "it stands nowhere by itself: whoever shows it says what it offers"

TABLES: dict[str, tuple[Callable[[Room], QAbstractItemView] | None, dict[Entry, str]]] = {
    "accounts/dialog.py QListWidget": (
        accounts,
        {
            FILTER: NO_FILTER,
            INBOX: "an account has many places, which the Inbox shows once it is open",
            HISTORY: "the history has a choice of accounts for that",
        },
    ),
    "checkup/throwaways_dialog.py QTreeWidget": (
        throwaways,
        {
            FILTER: NO_FILTER,
            INBOX: "who reads there takes what a test is waiting for",
            HISTORY: "which test made it is not known: whatever computer made it, it is listed",
        },
    ),
    "help/help_dialog.py QListWidget": (
        chapters,
        dict.fromkeys(Entry, "it is the contents of a book, and copies nothing but names of chapters"),
    ),
    "history/details.py MessageTable": (message_of_history, {HISTORY: BESIDE}),
    "history/page.py HistoryTable": (history, {HISTORY: "it is the history"}),
    "hit_types/bulk_preview.py CalmTable": (preview, {}),
    "hit_types/bulk_run.py CalmTable": (results, {}),
    "hit_types/view.py HitTypesTable": (hit_types, {}),
    "inbox/details.py MessageTable": (message_of_inbox, {INBOX: BESIDE}),
    "inbox/page.py InboxTable": (inbox, {INBOX: "it is the Inbox"}),
    "inbox/places.py PlaceList": (places, {FILTER: NO_FILTER, INBOX: "it is the Inbox"}),
    "notification/message_table.py PlainTable": (
        alone,
        dict.fromkeys((FILTER, INBOX, HISTORY), ALONE),
    ),
    "notification/preset_menu.py QListWidget": (
        presets,
        {FILTER: NO_FILTER, INBOX: NO_EVENT, HISTORY: NO_EVENT},
    ),
    "sending/delivery_result.py MessageTable": (message_from_here, {FILTER: NO_FILTER}),
    "sending/delivery_result.py SweepList": (run_from_here, {FILTER: NO_FILTER}),
    "sending/result_view.py MessageTable": (message_of_test, {FILTER: NO_FILTER}),
    "sending/result_view.py SweepList": (run_of_tests, {FILTER: NO_FILTER}),
    "sending/scenario_list.py QTreeWidget": (
        scenarios,
        {FILTER: NO_FILTER, INBOX: NO_EVENT, HISTORY: NO_EVENT},
    ),
    "sending/sweep_list.py QTreeWidget": (None, {}),
}
"""By file and what is made there: how the table comes into sight, and why an entry is not in its menus."""


def made_in_code() -> set[str]:
    """Every table, list and tree that the window makes, by file and class."""
    for module in pkgutil.walk_packages(notification_tester.qt.__path__, "notification_tester.qt."):
        importlib.import_module(module.name)

    def kinds_of(kind: type[QAbstractItemView]) -> Iterator[type[QAbstractItemView]]:
        yield kind
        for one in kind.__subclasses__():
            yield from kinds_of(one)

    names = {one.__name__ for one in kinds_of(QAbstractItemView)} | {MessageTable.__name__, SweepList.__name__}
    root = Path(notification_tester.qt.__path__[0])
    return {
        f"{path.relative_to(root).as_posix()} {node.func.id}"
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    }


def test_every_table_is_named_here() -> None:
    assert made_in_code() == set(TABLES)


def menu_of(qtbot: QtBot, view: QAbstractItemView, row: int, column: int) -> list[QAction]:
    """What the menu of a cell offers and can be pressed, by the keyboard's key; nothing where there is no menu."""
    index = view.model().index(row, column)
    view.setCurrentIndex(index)
    view.scrollTo(index)
    place = view.visualRect(index).center()
    before = set(view.findChildren(QMenu))
    QApplication.sendEvent(
        view.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, view.viewport().mapToGlobal(place)),
    )
    made = [one for one in view.findChildren(QMenu) if one not in before and isinstance(one, CellMenu)]
    actions = [one for menu in made for one in menu.actions() if one.isVisible() and one.isEnabled() and one.text()]
    for menu in made:
        qtbot.waitUntil(menu.isVisible)
        menu.close()
    return actions


def entries_of(qtbot: QtBot, view: QAbstractItemView) -> set[Entry]:
    """What the menus of all cells of a table offer together."""
    model = view.model()
    columns = 1 if isinstance(view, QListView) else model.columnCount()
    cells = [(row, column) for row in range(model.rowCount()) for column in range(columns)]
    words = [one.text().replace("&", "") for cell in cells for one in menu_of(qtbot, view, *cell)]
    return {entry for entry in Entry if any(entry.value in text for text in words)}


@pytest.mark.parametrize("name", [name for name, (make, _) in TABLES.items() if make is not None])
def test_a_table_offers_all_that_it_has_no_reason_not_to(room: Room, name: str) -> None:
    make, missing = TABLES[name]
    assert make is not None
    assert all(missing.values())
    assert entries_of(room.qtbot, make(room)) == set(Entry) - set(missing)


def press(qtbot: QtBot, view: QAbstractItemView, row: int, column: int, entry: Entry) -> None:
    """Press an entry of the menu of a cell."""
    (wanted,) = [one for one in menu_of(qtbot, view, row, column) if entry.value in one.text().replace("&", "")]
    wanted.trigger()


def test_a_result_leads_to_what_the_inbox_and_the_history_have_of_it(room: Room) -> None:
    shown = result(room, EventType.ASSIGNMENT_SUBMITTED)
    with room.qtbot.waitSignal(shown.inbox_requested) as told:
        press(room.qtbot, shown.message.table, 0, 0, INBOX)
    assert told.args == [parse_destination(Transport.SQS, QUEUE), "AssignmentSubmitted"]
    with room.qtbot.waitSignal(shown.history_requested) as told:
        press(room.qtbot, shown.message.table, 0, 2, HISTORY)
    assert told.args == [f"AssignmentSubmitted {QUEUE}"]


def test_a_line_of_a_run_leads_to_its_own_test(room: Room) -> None:
    shown = result(room, *SUBSCRIBABLE)
    with room.qtbot.waitSignal(shown.history_requested) as told:
        press(room.qtbot, shown.sweep.tree, 2, 1, HISTORY)
    assert told.args == [f"{SUBSCRIBABLE[2].value} {QUEUE}"]
    with room.qtbot.waitSignal(shown.inbox_requested) as told:
        press(room.qtbot, shown.sweep.tree, 3, 0, INBOX)
    assert told.args == [parse_destination(Transport.SQS, QUEUE), SUBSCRIBABLE[3].value]


def test_a_mailbox_and_a_queue_that_went_with_its_test_are_not_in_the_inbox(room: Room) -> None:
    shown = result(room, EventType.ASSIGNMENT_SUBMITTED)
    shown.begin([EventType.ASSIGNMENT_SUBMITTED], is_throwaway=True)
    shown.finish([replace(outcome(EventType.ASSIGNMENT_SUBMITTED), message=decode(TESTS), raw=TESTS)])
    assert entries_of(room.qtbot, shown.message.table) == {COPY, HISTORY}
    shown.begin([EventType.ASSIGNMENT_SUBMITTED])
    mailed = replace(outcome(EventType.ASSIGNMENT_SUBMITTED), spec=mailbox(), message=decode(TESTS), raw=TESTS)
    shown.finish([mailed])
    assert entries_of(room.qtbot, shown.message.table) == {COPY, HISTORY}


def test_what_was_sent_from_here_is_found_where_it_went(room: Room) -> None:
    here, elsewhere = "http://127.0.0.1:8431/hook?key=secret", "https://receiver.example.org/hook"
    requests = [request_to(one, DeliveryForm.SNS) for one in (here, elsewhere)]
    shown = delivery(room, *requests)
    with room.qtbot.waitSignal(shown.inbox_requested) as told:
        press(room.qtbot, shown.sweep.tree, 0, 0, INBOX)
    assert told.args == [requests[0].target, "AssignmentSubmitted"]
    with room.qtbot.waitSignal(shown.history_requested) as told:
        press(room.qtbot, shown.sweep.tree, 0, 0, HISTORY)
    assert "secret" not in told.args[0]
    assert told.args[0].startswith("AssignmentSubmitted http://127.0.0.1:8431/hook")
    assert not [
        one for one in menu_of(room.qtbot, shown.sweep.tree, 1, 0) if INBOX.value in one.text().replace("&", "")
    ]


def test_the_details_of_a_message_filter_the_list_beside_them(room: Room) -> None:
    room.inbox.keep([message(1)])
    found = room.inbox.message(1)
    assert found is not None
    details = InboxDetails()
    room.shown(details)
    details.show_message(found)
    for column, wanted in ((EventColumn.EVENT, "HITCreated"), (EventColumn.HIT, "Hd1")):
        with room.qtbot.waitSignal(details.filter_requested) as told:
            press(room.qtbot, details.table.table, 0, column, FILTER)
        assert told.args == [column, wanted]
    names = [one.text() for one in menu_of(room.qtbot, details.table.table, 0, EventColumn.WHEN)]
    assert not [one for one in names if FILTER.value in one.replace("&", "")]
    with room.qtbot.waitSignal(details.history_requested) as told:
        press(room.qtbot, details.table.table, 0, 0, HISTORY)
    assert told.args == ["HT1"]


def test_results_are_filtered_by_what_a_cell_says(room: Room) -> None:
    dialog = BulkResultsDialog(result_rows(bulk_outcome(2, 1, 0), lambda one: f"Task {one}"))
    room.shown(dialog)
    dialog.ending.setCurrentIndex(0)
    refused = dialog.model.rows_in_sight()[0].hit_type_id
    press(room.qtbot, dialog.table, 1, 1, FILTER)
    assert [dialog.model.word(row.ending) for row in dialog.model.rows_in_sight()] == ["Applied"] * 2
    dialog.ending.setCurrentIndex(0)
    press(room.qtbot, dialog.table, 0, 2, FILTER)
    assert [row.hit_type_id for row in dialog.model.rows_in_sight()] == [refused]
    dialog.search.clear()
    with room.qtbot.waitSignal(dialog.history_requested) as told:
        press(room.qtbot, dialog.table, 0, 0, HISTORY)
    assert told.args == [refused]
    assert dialog.isVisible()


def test_a_preview_is_left_with_nothing_sent(room: Room) -> None:
    dialog = opened(room.qtbot, [*some(2), planned(5, None, why_not="Nothing to undo.")])
    sent: list[object] = []
    dialog.confirmed.connect(sent.append)
    press(room.qtbot, dialog.table, 0, PreviewColumn.EFFECT, FILTER)
    assert [row.why_not for row in dialog.model.rows_in_sight()] == ["Nothing to undo."]
    wanted = dialog.model.rows_in_sight()[0].hit_type_id
    with room.qtbot.waitSignal(dialog.inbox_requested) as told:
        press(room.qtbot, dialog.table, 0, 0, INBOX)
    assert told.args == [wanted]
    assert not dialog.isVisible()
    assert sent == []


def test_a_receiver_and_opened_messages_are_no_places_that_were_sent_to(room: Room) -> None:
    topic = parse_destination(Transport.SNS, "arn:aws:sns:us-east-1:123456789012:lab")
    assert isinstance(topic, TopicAddress)
    shown = shown_places(room, topic)
    with room.qtbot.waitSignal(shown.history_requested) as told:
        press(room.qtbot, shown, 0, 0, HISTORY)
    assert told.args == [topic.text]
    for place in (ReceiverPlace(port=8000), OpenedPlace(name="afternoon.mbox")):
        assert HISTORY not in entries_of(room.qtbot, shown_places(room, place))
