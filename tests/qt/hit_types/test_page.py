# SPDX-License-Identifier: MIT
"""The page HIT types with a live account, and with a disk that is full: what is asked, what is sent, what is said.

Calls go to a practice cloud, by an account that the page takes for a live one.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from journeys.person import drop
from notification_tester.aws.requester import Requester
from notification_tester.domain.account import PRACTICE, Account, Environment, KeySource
from notification_tester.domain.events import EventType
from notification_tester.domain.hit_type import parse_hit_type_id
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy
from notification_tester.domain.setting import LineState
from notification_tester.practice.faults import Faults
from notification_tester.qt.background import Tasks
from notification_tester.qt.hit_types.bulk_preview import PreviewDialog
from notification_tester.qt.hit_types.bulk_run import BulkResultsDialog
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog
from notification_tester.qt.hit_types.page import HitTypesPage
from notification_tester.qt.hit_types.texts import Column, state_word
from notification_tester.qt.hit_types.view import Command
from notification_tester.qt.looks.formatting import number_text
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.hit_types.bulk_types import LeftOut, RowState, Undoable
from notification_tester.services.hit_types.settings import HitTypes
from services.market import Market, clients_of, market_at, marketplace
from services.relay import opened_through, relay_before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.domain.setting import Change
    from notification_tester.services.hit_types.bulk_types import HitTypeRow
    from notification_tester.storage.database import Database
    from notification_tester.storage.places import Places
    from services.relay import Passed

LIVE = Account(name="Lab", environment=Environment.PRODUCTION, source=KeySource.KEYRING)
TYPES = 400
PATIENCE = 60_000
NOW = datetime(2026, 1, 31, tzinfo=UTC)


DAMAGED = Problem(
    title="The history is damaged.", detail="Why.", remedy="Do.", code="storage.damaged", cause=Cause.STORAGE
)


@pytest.fixture(scope="module")
def practising() -> Iterator[OpenAccount]:
    with marketplace(hits=TYPES, hit_types=TYPES) as opened:
        yield opened


@pytest.fixture
def market(practising: OpenAccount, places: Places) -> Iterator[Market]:
    with market_at(practising, places) as found:
        yield found
        found.cloud.set_faults(Faults())


class HitTypesUser:
    """A page, and somebody who uses it."""

    def __init__(
        self, qtbot: QtBot, market: Market, account: Account, *, record_problem: Problem | None = None
    ) -> None:
        self.market = market
        self._qtbot = qtbot
        self.tasks = Tasks()
        self.clients = clients_of(market.cloud.details)
        self.opened = OpenAccount(account, self.clients, Requester(self.clients), None)
        self.spec = market.spec()
        self.page = HitTypesPage(
            self.tasks,
            market.hit_types,
            form_spec=lambda: self.spec,
            presets=lambda: None,
            record_problem=record_problem,
        )
        qtbot.addWidget(self.page)
        self.page.resize(1200, 900)
        self.page.show()
        self.page.show_account(self.opened)
        self.settle()

    def settle(self) -> None:
        page = self.page
        self._qtbot.waitUntil(
            lambda: not (page.controller.is_running or page.model.is_taking or self.tasks.is_busy), timeout=PATIENCE
        )

    def until_open(self) -> PreviewDialog:
        page = self.page
        self._qtbot.waitUntil(lambda: page.preview is not None, timeout=PATIENCE)
        if page.preview is not None and page.preview.choice.isVisible():
            page.preview.choice.setCurrentIndex(0)
        self._qtbot.waitUntil(
            lambda: page.preview is not None and bool(page.preview.model.rowCount()), timeout=PATIENCE
        )
        assert page.preview is not None
        return page.preview

    def preview(self) -> PreviewDialog:
        """The one that is open."""
        assert self.page.preview is not None
        return self.page.preview

    def apply(self, count: int) -> PreviewDialog:
        """Choose so many rows and press Apply."""
        table = self.page.view.table
        table.choose({str(row.id) for row in self.page.model.rows()[:count]})
        self._qtbot.waitUntil(self.page.view.buttons.by_command[Command.APPLY].isEnabled, timeout=PATIENCE)
        self.page.view.buttons.by_command[Command.APPLY].click()
        return self.until_open()

    def send(self, dialog: PreviewDialog, number: int | None = None) -> None:
        if number is not None:
            dialog.number.clear()
            QTest.keyClicks(dialog.number, str(number))
        assert dialog.go.isEnabled()
        dialog.go.click()
        self.settle()

    def rows(self, state: RowState) -> list[HitTypeRow]:
        return [row for row in self.page.model.rows() if row.state is state]

    def sent(self) -> int:
        """How many HIT types have a setting at the service."""
        return len(self.market.cloud.settings())

    def close(self) -> None:
        self.page.controller.stop_all()
        self.tasks.close()
        self.clients.close()


@pytest.fixture
def live(qtbot: QtBot, market: Market) -> Iterator[HitTypesUser]:
    user = HitTypesUser(qtbot, market, LIVE)
    yield user
    user.close()


@pytest.fixture
def user(qtbot: QtBot, market: Market) -> Iterator[HitTypesUser]:
    user = HitTypesUser(qtbot, market, PRACTICE)
    yield user
    user.close()


def test_without_a_record_nothing_is_sent_nothing_is_claimed_and_a_new_one_is_a_button(
    qtbot: QtBot, market: Market
) -> None:
    market.hit_types = HitTypes(ledger=None, tested=None, record_problem=DAMAGED)
    user = HitTypesUser(qtbot, market, PRACTICE, record_problem=DAMAGED)
    before = market.cloud.settings()
    assert user.page.model.total == len(user.rows(RowState.NO_RECORD)) > 0
    card = user.page.view.record_card
    assert card.title.text() == DAMAGED.title
    with qtbot.waitSignal(user.page.new_history_requested):
        (button,) = [one for one in card.findChildren(QPushButton) if one.text() == "Start a new history"]
        button.click()
    user.page.view.table.choose({str(user.page.model.rows()[0].id)})
    for command in (Command.OFF, Command.APPLY):
        qtbot.waitUntil(user.page.view.buttons.by_command[command].isEnabled, timeout=PATIENCE)
        user.page.view.buttons.by_command[command].click()
        qtbot.waitUntil(lambda: user.page.preview is not None, timeout=PATIENCE)
        dialog = user.page.preview
        assert dialog is not None
        if dialog.choice.isVisible():
            dialog.choice.setCurrentIndex(0)
        qtbot.waitUntil(dialog.problem.isVisible, timeout=PATIENCE)
        assert dialog.problem.title.text() == "Nothing was sent, because it cannot be recorded."
        assert not dialog.go.isEnabled()
        dialog.done(0)
    user.settle()
    assert market.cloud.settings() == before
    user.close()


def test_live_asks_for_the_number_before_anything_is_sent(live: HitTypesUser) -> None:
    before = live.sent()
    dialog = live.apply(3)
    assert dialog.number.isVisible()
    assert "LIVE" in dialog.number_label.text()
    for wrong in ("", "2", "33", "three"):
        dialog.number.setText(wrong)
        assert not dialog.go.isEnabled(), wrong
    assert live.sent() == before
    live.send(dialog, 3)
    assert len(live.rows(RowState.ON)) == 3


def test_trying_the_failed_ones_again_asks_for_the_number_once_more_in_live(live: HitTypesUser) -> None:
    live.market.cloud.set_faults(Faults(internal_failure_rate=1.0))
    live.send(live.apply(4), 4)
    assert len(live.rows(RowState.UNKNOWN)) == 4  # a service in trouble may have done it all the same
    before = live.market.cloud.settings()
    live.market.cloud.set_faults(Faults())
    live.page.view.panel.retry.click()
    dialog = live.until_open()
    assert dialog.windowTitle() == "Send 4 changes again"
    assert dialog.number.isVisible()
    assert not dialog.go.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    live.settle()
    assert live.market.cloud.settings() == before
    assert live.page.view.panel.retry.isVisible()  # as often as one likes
    live.page.view.panel.retry.click()
    live.send(live.until_open(), 4)
    assert len(live.rows(RowState.ON)) == 4
    assert live.page.view.panel.title.text() == "All 4 changes were applied."


def test_the_rest_after_a_stop_asks_for_its_own_number_in_live(live: HitTypesUser) -> None:
    live.market.cloud.set_faults(Faults(access_denied=True))
    live.send(live.apply(5), 5)
    panel = live.page.view.panel
    assert panel.title.text() == "0 changes were applied, 1 was not, 4 were not sent."
    assert panel.why.text().startswith("It ended early, because the others would have met the same. ")
    live.market.cloud.set_faults(Faults())
    panel.rest.click()
    dialog = live.until_open()
    dialog.number.setText("5")
    assert not dialog.go.isEnabled()
    live.send(dialog, 4)
    assert len(live.rows(RowState.ON)) == 4


def test_what_is_not_known_is_sent_again_in_live_with_the_number_alone(live: HitTypesUser) -> None:
    changes = live.market.changes([row.id for row in live.page.model.rows()[:2]])
    live.page.view.unknown.show_changes(changes)
    live.page.view.unknown.buttons["send"].click()
    dialog = live.until_open()
    assert not dialog.go.isEnabled()
    live.send(dialog, 2)
    assert len(live.rows(RowState.ON)) == 2


def fill_up(database: Database) -> None:
    """From now on nothing more fits into the file; what is written at the moment may still."""
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to what is in use


def fill_to_the_brim(market: Market) -> None:
    """Not even one more line fits."""
    fill_up(market.database)
    (change,) = market.changes([row.id for row in market.hit_types.rows(market.opened)[:1]])
    for lines in (20, 1):
        while fits(market, [change] * lines):
            pass


def fits(market: Market, changes: list[Change]) -> bool:
    try:
        market.ledger.plan("somebody else", "sandbox", changes, now=NOW)
    except ProblemError:
        return False
    return True


def make_room(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")


def test_nothing_is_sent_where_the_disk_is_full_from_the_start(user: HitTypesUser) -> None:
    dialog = user.apply(3)
    fill_to_the_brim(user.market)
    before = user.market.cloud.settings()
    user.send(dialog)
    card = user.page.view.problem
    assert card.isVisible()
    assert card.title.text() == "The disk is full."
    assert "Not sent: every change is written down before it is sent, and that failed." in card.detail.text()
    assert not user.page.view.panel.isVisible()
    assert user.market.cloud.settings() == before
    assert not user.rows(RowState.ON)
    make_room(user.market.database)
    user.send(user.apply(3))
    assert len(user.rows(RowState.ON)) == 3
    assert not card.isVisible()


def test_a_disk_that_fills_up_while_changes_are_sent_ends_the_run_and_says_so(qtbot: QtBot, user: HitTypesUser) -> None:
    before = user.market.cloud.settings()
    user.spec = user.market.spec(events=[EventType.HIT_DISPOSED])
    user.market.cloud.set_faults(Faults(slow_seconds=0.1))
    user.apply(TYPES).go.click()
    panel = user.page.view.panel
    qtbot.waitUntil(lambda: panel.bar.value() > 20, timeout=PATIENCE)
    fill_up(user.market.database)
    user.settle()
    assert "not sent" in panel.title.text()
    assert panel.why.text().startswith(
        "It ended early, because a change that cannot be written down is not sent. The disk is full."
    )
    real = user.market.cloud.settings()
    sent = {one for one, setting in real.items() if setting != before.get(one)}
    told = {str(row.id): row.line_state for row in user.market.hit_types.rows(user.opened)}
    assert 20 < len(sent) < TYPES
    assert all(told[one] is not None for one in sent)  # nothing was sent that is not written down
    assert {one for one, state in told.items() if state is LineState.APPLIED} <= sent  # and nothing claimed
    make_room(user.market.database)
    user.market.cloud.set_faults(Faults())
    panel.rest.click()
    user.settle()
    assert panel.title.text().startswith("All ")
    assert not panel.why.isVisible()


def test_a_run_of_another_account_shows_nothing_here(qtbot: QtBot, user: HitTypesUser) -> None:
    """Two accounts may see the same HIT types, and each has a record of its own."""
    user.spec = user.market.spec(events=[EventType.HIT_EXPIRED])
    user.market.cloud.set_faults(Faults(slow_seconds=0.3))
    user.apply(TYPES).go.click()
    page = user.page
    qtbot.waitUntil(lambda: page.view.panel.bar.value() > 5, timeout=PATIENCE)
    page.show_account(OpenAccount(LIVE, user.clients, Requester(user.clients), None))
    qtbot.waitUntil(lambda: page.model.total >= TYPES and not page.model.is_taking, timeout=PATIENCE)
    user.market.cloud.set_faults(Faults())  # the rest goes quickly
    user.settle()
    assert {row.state for row in page.model.rows()} == {RowState.NOT_SET}


def test_the_segment_that_is_chosen_is_shown_alone_and_says_how_many(qtbot: QtBot, user: HitTypesUser) -> None:
    user.spec = user.market.spec(events=[EventType.HIT_DISPOSED])
    user.send(user.apply(3))
    page = user.page
    segments, total = page.view.filter.segments, page.model.total
    assert segments.button("not-tested").toolTip() == (
        "What is set here was not tested, did not go as expected in its last test or is not known to have, or where it "
        "goes was changed since."
    )
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    segments.button("all").setFocus()
    told: list[tuple[str, int, set[RowState]]] = []
    for _ in range(5):
        qtbot.waitUntil(lambda: not page.model.is_taking, timeout=PATIENCE)
        shown = [page.model.row_at(page.model.index(at, 0)) for at in range(page.model.rowCount())]
        told.append(
            (segments.button(segments.choice()).text(), len(shown), {row.state for row in shown if row is not None})
        )
        QTest.keyClick(segments.button(segments.choice()), Qt.Key.Key_Right)
    assert told == [
        (f"All {total}", total, {RowState.ON, RowState.NOT_SET}),
        (f"Not set or not known {total - 3}", total - 3, {RowState.NOT_SET}),
        ("On 3", 3, {RowState.ON}),
        ("Off 0", 0, set()),
        ("Not tested 3", 3, {RowState.ON}),
    ]
    assert not segments.button("failed").isVisible()
    page.view.filter.show_state(RowState.NOT_SET)
    assert page.view.filter.search.text() == state_word(RowState.NOT_SET)
    assert page.model.rowCount() == total - 3

    QTest.keyClicks(page.view.filter.search, " no-such-word")
    qtbot.waitUntil(page.view.nothing_found.isVisible)
    QTest.mouseClick(page.view.nothing_found.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.rowCount() == total and page.view.table.isVisible())
    assert (page.view.filter.search.text(), segments.choice()) == ("", "all")
    assert page.view.filter.search.hasFocus()


def test_an_answer_of_another_account_that_comes_late_changes_no_row_here(qtbot: QtBot, user: HitTypesUser) -> None:
    """The rows are there at once, and what was under way for the account before is answered after them."""
    user.spec = user.market.spec(events=[EventType.HIT_REVIEWABLE])
    page, clients = user.page, user.clients
    under_way, answer = threading.Event(), threading.Event()

    def hold(_: Passed) -> None:
        under_way.set()
        answer.wait(PATIENCE / 1000)

    assert user.market.opened.practice is not None
    with (
        relay_before(user.market.opened.practice.details) as relay,
        opened_through(relay, user.market.opened) as opened,
    ):
        page.show_account(opened)
        user.settle()
        relay.rules["UpdateNotificationSettings"] = hold
        user.apply(TYPES).go.click()
        qtbot.waitUntil(under_way.is_set, timeout=PATIENCE)
        page.show_account(OpenAccount(LIVE, clients, Requester(clients), None))
        qtbot.waitUntil(lambda: page.model.total >= TYPES and not page.model.is_taking, timeout=PATIENCE)
        answer.set()
        user.settle()
        assert {row.state for row in page.model.rows()} == {RowState.NOT_SET}


def test_a_run_that_is_being_stopped_is_waited_for_without_a_question(qtbot: QtBot, user: HitTypesUser) -> None:
    user.spec = user.market.spec(events=[EventType.HIT_REVIEWABLE])
    user.market.cloud.set_faults(Faults(slow_seconds=0.2))
    user.apply(TYPES).go.click()
    page, closed = user.page, []
    page.view.panel.cancel.click()
    assert not page.may_close(lambda: closed.append(True))
    assert page.question is None
    qtbot.waitUntil(lambda: bool(closed), timeout=PATIENCE)
    assert page.may_close(lambda: None)


def test_an_undo_that_is_asked_for_during_a_run_says_that_it_waits(qtbot: QtBot, user: HitTypesUser) -> None:
    user.spec = user.market.spec(events=[EventType.HIT_REVIEWABLE])
    user.market.cloud.set_faults(Faults(slow_seconds=1.5))
    user.apply(20).go.click()
    page = user.page
    qtbot.waitUntil(lambda: page.preview is None, timeout=PATIENCE)
    ids = tuple(row.id for row in page.model.rows()[:2])
    others = page.model.rows()[2:5]
    out = tuple(LeftOut(hit_type_id=row.id, title=row.title, why="It was changed again since.") for row in others)
    page.undo_for(Undoable(hit_type_ids=ids, left_out=out), cancelled=lambda: None)
    assert page.preview is None
    assert "Nothing was taken back: changes are still being sent." in page.view.note.text
    user.settle()
    cancelled: list[bool] = []
    page.undo_for(Undoable(hit_type_ids=ids, left_out=out), cancelled=lambda: cancelled.append(True))
    dialog = user.until_open()
    qtbot.waitUntil(lambda: "3 HIT types are left out." in dialog.summary.text(), timeout=PATIENCE)
    assert dialog.windowTitle() == "Undo for 2 HIT types"
    cells = [[dialog.model.index(place, column).data() for column in range(2)] for place in range(3)]
    assert cells == [[row.title, "Left out: It was changed again since."] for row in others]
    assert not cancelled
    dialog.reject()
    assert cancelled == [True]
    user.settle()


def test_what_escape_unticked_is_ticked_again_with_one_press(qtbot: QtBot, user: HitTypesUser) -> None:
    table, bar = user.page.view.table, user.page.view.buttons
    ids = {str(row.id) for row in user.page.model.rows()[:2]}
    table.choose(ids)
    qtbot.waitUntil(bar.none.isVisible, timeout=PATIENCE)
    assert not bar.again.isVisible()
    splitter = user.page.view.splitter
    splitter.open_details()
    assert splitter.details is not None
    assert splitter.details.isVisible()
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert not splitter.details.isVisible()
    assert {str(row.id) for row in table.chosen()} == ids, "one thing at a time"
    QTest.keyClick(table, Qt.Key.Key_Escape)
    qtbot.waitUntil(bar.again.isVisible, timeout=PATIENCE)
    assert (bar.count.text(), bar.again.text()) == ("Nothing is ticked.", "Tick the 2 again")
    QTest.mouseClick(bar.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(bar.none.isVisible, timeout=PATIENCE)
    assert {str(row.id) for row in table.chosen()} == ids
    assert not bar.again.isVisible()


def test_what_another_page_hands_over_is_previewed_and_sent_only_after_a_yes(qtbot: QtBot, user: HitTypesUser) -> None:
    page, spec, before = user.page, user.spec, user.sent()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.offer("lab & more")
    assert page.view.note.text.startswith("The notification to lab & more that you tested is ready")
    assert page.view.table.hasFocus()
    new = parse_hit_type_id("3NEWTYPE0000000000000000000001")
    page.set_opened(new, None, active=None)
    assert page.preview is None, "it says nothing of what to set"
    qtbot.waitUntil(lambda: page.model.row_of(str(new)) is not None, timeout=PATIENCE)
    for given, active, title in (
        (None, True, "Switch on"),
        (None, False, "Switch off"),
        (spec, None, "Set the notification"),
        (spec, False, "Set the notification"),
    ):
        page.set_opened(new, given, active=active)
        dialog = user.preview()
        assert dialog.windowTitle().startswith(title)
        assert (dialog.request.hit_type_ids, dialog.request.active) == ((new,), active is not False)
        if given is not None:
            assert dialog.choice.currentText().startswith("As it was opened: ")
        user.settle()
        page.reapply((new,))
        assert user.preview() is dialog, "one at a time"
        dialog.reject()
        qtbot.waitUntil(lambda: page.preview is None, timeout=PATIENCE)
    page.reapply(())
    assert page.preview is None
    page.reapply((new,))
    assert user.preview().request.hit_type_ids == (new,)
    user.settle()
    page.show_account(None)
    assert page.preview is None, "it was of the account that was left"
    assert user.sent() == before


def test_where_the_list_is_refused_it_is_tried_again_or_ids_are_added_by_hand(qtbot: QtBot, user: HitTypesUser) -> None:
    page, view = user.page, user.page.view

    def asked() -> list[PasteIdsDialog]:
        return [one for one in page.window().findChildren(PasteIdsDialog) if one.isVisible()]

    user.market.cloud.set_faults(Faults(denied_actions=("mechanicalturk:ListHITs",)))
    view.refresh.click()
    qtbot.waitUntil(lambda: not view.problem.isHidden(), timeout=PATIENCE)
    view.problem.action.emit("ids")
    (dialog,) = asked()
    page.show_account(None)
    assert asked() == []
    page.show_account(user.opened)
    qtbot.waitUntil(lambda: not view.problem.isHidden(), timeout=PATIENCE)
    with qtbot.waitSignal(page.remedy_requested) as told:
        view.problem.action.emit(Remedy.ASK_ADMINISTRATOR)
    assert told.args == [Remedy.ASK_ADMINISTRATOR]
    user.market.cloud.set_faults(Faults(slow_seconds=0.3))
    view.problem.action.emit("again")
    assert view.problem.isHidden()
    assert page.controller.is_listing
    view.refresh.click()
    assert view.status.text() == "Stopping…"
    user.settle()
    user.market.cloud.set_faults(Faults())
    assert dialog is not None


def test_the_details_follow_the_row_of_the_keyboard_and_what_becomes_of_it(qtbot: QtBot, user: HitTypesUser) -> None:
    page, table, splitter = user.page, user.page.view.table, user.page.view.splitter
    table.setCurrentIndex(table.model().index(0, 0))
    splitter.open_details()
    details = splitter.details
    assert details is not None
    first = details.row
    assert first is not None
    assert first.state is RowState.NOT_SET
    table.choose({str(first.id)})
    qtbot.waitUntil(page.view.buttons.by_command[Command.APPLY].isEnabled, timeout=PATIENCE)
    page.view.buttons.by_command[Command.APPLY].click()
    user.send(user.until_open())
    qtbot.waitUntil(lambda: details.row is not None and details.row.state is RowState.ON, timeout=PATIENCE)
    table.setCurrentIndex(table.model().index(1, 0))
    shown = details.row
    assert shown is not None
    assert shown.id != first.id
    splitter.close_details()
    table.setCurrentIndex(table.model().index(2, 0))
    assert details.row is shown, "nobody looks"


@pytest.mark.parametrize(
    ("is_open", "failed", "all_listed", "title"),
    [
        (False, True, True, "No account is open"),
        (True, True, True, "No HIT types could be collected"),
        (True, False, True, "No HIT types were found"),
        (True, False, False, "No HIT types are here yet"),
    ],
)
def test_where_there_is_no_hit_type_it_is_said_why(
    user: HitTypesUser, is_open: bool, failed: bool, all_listed: bool, title: str
) -> None:
    view = user.page.view
    view.show_empty(listing=False, can_work=is_open, all_listed=all_listed, failed=failed)
    assert view.nothing_yet.isVisible()
    assert view.nothing_yet.title.text() == title
    assert view.nothing_yet.text.text()
    assert view.nothing_yet.button.isVisible() is is_open
    view.show_empty(listing=True, can_work=is_open, all_listed=all_listed, failed=failed)
    assert view.collecting.isVisible()


def test_the_results_of_a_run_are_shown_once_and_go_with_its_account(qtbot: QtBot, user: HitTypesUser) -> None:
    page = user.page

    def shown() -> list[BulkResultsDialog]:
        return [one for one in page.window().findChildren(BulkResultsDialog) if one.isVisible()]

    user.send(user.apply(2))
    assert page.view.panel.isVisible()
    for _ in range(2):
        page.view.panel.results_requested.emit()
        (results,) = shown()
    titles = {row.title for row in user.rows(RowState.ON)}
    with qtbot.waitSignal(page.inbox_requested):
        results.inbox_requested.emit("3HIT")
    with qtbot.waitSignal(page.history_requested):
        results.history_requested.emit("3HIT")
    assert titles
    results.close()
    assert page.results is None
    page.view.panel.results_requested.emit()
    assert len(shown()) == 1
    page.show_account(None)
    assert shown() == []
    assert not page.view.panel.isVisible()


def test_apply_pressed_twice_opens_one_preview(qtbot: QtBot, user: HitTypesUser) -> None:
    page = user.page
    page.view.table.choose({str(page.model.rows()[0].id)})
    button = page.view.buttons.by_command[Command.APPLY]
    qtbot.waitUntil(button.isEnabled, timeout=PATIENCE)
    button.click()
    button.click()
    user.settle()
    assert len([one for one in page.window().findChildren(PreviewDialog) if one.isVisible()]) == 1


def test_without_a_record_its_export_says_why(qtbot: QtBot, market: Market, tmp_path: Path) -> None:
    market.hit_types = HitTypes(ledger=None, tested=None, record_problem=DAMAGED)
    user = HitTypesUser(qtbot, market, PRACTICE, record_problem=DAMAGED)
    user.page.view.buttons.record_actions[Command.EXPORT].trigger()
    assert user.page.file_dialog is not None
    user.page.file_dialog.fileSelected.emit(str(tmp_path / "record.csv"))
    qtbot.waitUntil(user.page.view.problem.isVisible, timeout=PATIENCE)
    assert user.page.view.problem.title.text() == DAMAGED.title
    assert not (tmp_path / "record.csv").exists()
    user.page.file_dialog.done(0)
    user.close()


def test_a_table_that_is_dropped_adds_its_ids_and_names_what_is_none(
    qtbot: QtBot, user: HitTypesUser, tmp_path: Path
) -> None:
    view, before = user.page.view, user.page.model.total
    path = tmp_path / "Batch results.csv"
    path.write_text("Title,HITTypeId\na,3NEW1\nb,not-one\nc,3NEW2\n", encoding="utf-8")
    assert not view.table.viewport().acceptDrops()  # so that what is dropped there comes to the page
    assert drop(view, path=path)
    qtbot.waitUntil(lambda: view.table.chosen_count() == 2, timeout=PATIENCE)
    assert {row.id for row in view.table.chosen()} == {"3NEW1", "3NEW2"}
    assert user.page.model.total == before + 2
    assert view.note.text.startswith("2 HIT types were added.")
    assert "1 is no id of a HIT type and is left out. Line 3: " in view.note.text
    assert drop(view, text="3NEW2 3NEW3")
    qtbot.waitUntil(lambda: view.note.text.startswith("1 HIT type was added."), timeout=PATIENCE)
    assert "left out" not in view.note.text
    assert drop(view, path=tmp_path / "gone.csv")
    qtbot.waitUntil(view.problem.isVisible, timeout=PATIENCE)
    assert "cannot be read" in view.problem.title.text()
    assert drop(view, text="3NEW4")
    qtbot.waitUntil(lambda: not view.problem.isVisible(), timeout=PATIENCE)
    user.settle()


def open_menu(user: HitTypesUser, number: int, column: Column) -> dict[str, QAction]:
    """Ask for the menu of a cell with the keyboard; its entries, and those of the menus in it, by their texts."""
    table, page = user.page.view.table, user.page
    here = page.model.index(number, column)
    table.selectionModel().setCurrentIndex(here, QItemSelectionModel.SelectionFlag.NoUpdate)
    user.settle()
    QApplication.sendEvent(table.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint()))
    assert page.menu is not None
    actions = {one.text().replace("&", ""): one for one in page.menu.actions()}
    for one in list(actions.values()):
        inner = one.menu()
        if isinstance(inner, QMenu):
            actions |= {each.text().replace("&", ""): each for each in inner.actions()}
    return actions


def test_a_cell_has_a_menu_with_what_can_be_done_and_its_keys(qtbot: QtBot, user: HitTypesUser) -> None:
    user.spec = user.market.spec(events=[EventType.HIT_DISPOSED])
    user.send(user.apply(2))
    page, table = user.page, user.page.view.table
    row = page.model.row_at(page.model.index(0, 0))
    assert row is not None
    assert row.setting.spec is not None
    clipboard = QApplication.clipboard()
    table.untick()
    found = open_menu(user, 0, Column.NOTIFICATION)
    assert found["Copy cell"].shortcut() == QKeySequence(QKeySequence.StandardKey.Copy)
    found["Copy cell"].trigger()
    assert clipboard.text().startswith(f"{row.setting.spec.destination.name} · 1 event · on since ")
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text().startswith(f"{row.setting.spec.destination.name} · 1 event")
    assert "\u00a0" not in clipboard.text()
    found["Copy row"].trigger()
    assert clipboard.text().split("\t")[0] == row.title
    assert row.id in clipboard.text().split("\t")
    table.selectAll()
    rows = page.model.rowCount()
    open_menu(user, 0, Column.ID)[f"Copy the {number_text(rows)} ticked rows"].trigger()
    assert len(clipboard.text().splitlines()) == rows
    clipboard.clear()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert len(clipboard.text().splitlines()) == rows
    for text, signal, words in (
        ("Open in Inbox", page.inbox_requested, row.id),
        ("Open in History", page.history_requested, row.setting.spec.destination.text),
    ):
        with qtbot.waitSignal(signal) as told:
            open_menu(user, 0, Column.ID)[text].trigger()
        assert told.args == [words]
    open_menu(user, 0, Column.ID)[f"Filter by “{row.id}”"].trigger()
    assert [one.id for one in page.model.rows_in_sight(0, rows)] == [row.id]
    page.view.filter.clear()
    assert not open_menu(user, 0, Column.HITS)["Filter by this"].isEnabled()
    open_menu(user, 0, Column.HITS)["Filter by this"].trigger()
    assert page.model.rowCount() == rows
    open_menu(user, 0, Column.ID)["Details"].trigger()
    assert page.view.splitter.is_open
    table.choose({row.id})
    user.settle()
    open_menu(user, 0, Column.ID)["Off"].trigger()
    assert user.until_open().windowTitle() == "Switch off the notification of 1 HIT type"
    user.until_open().reject()
    user.settle()


def test_columns_are_chosen_from_a_menu_and_come_back_as_they_were(qtbot: QtBot, user: HitTypesUser) -> None:
    table = user.page.view.table
    assert not table.isColumnHidden(Column.REWARD)
    with qtbot.waitSignal(user.page.columns_changed):
        open_menu(user, 0, Column.ID)["Reward"].trigger()
    assert table.isColumnHidden(Column.REWARD)
    assert not open_menu(user, 0, Column.ID)["Reward"].isChecked()
    with qtbot.waitSignal(user.page.columns_changed):
        open_menu(user, 0, Column.ID)["As they were at first"].trigger()
    with qtbot.waitSignal(user.page.columns_changed):
        table.horizontalHeader().resizeSection(Column.REWARD, table.columnWidth(Column.REWARD) + 20)
    assert not table.isColumnHidden(Column.REWARD)
