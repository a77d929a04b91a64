# SPDX-License-Identifier: MIT
"""Bulk runs: everything is written down before it is sent, trouble ends in a reason, and Cancel is heard."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.aws.requester import Requester
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.setting import Action, LineState
from notification_tester.practice.faults import Faults
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.hit_types.bulk_run import THREADS, TRIES, BulkRun
from notification_tester.services.hit_types.pace import Pace
from notification_tester.services.hit_types.record import SettingRecord
from notification_tester.services.hit_types.refusals import CANCELLED, STOPPED, no_answer_yet, not_written
from notification_tester.services.hit_types.settings import HitTypes
from notification_tester.storage.database import Database
from notification_tester.storage.ledger import Ledger
from services.market import Market, Watch, clients_of, market_at, marketplace, new_ids, set_after
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.setting import Change
    from notification_tester.storage.places import Places

TYPES = 1100
FEW = 60
"""HIT types more, so that a test may set some of its own before all the others are asked for."""
DISK_FULL = Problem(title="Full", detail="", remedy="", code="storage.full", cause=Cause.STORAGE)

TOO_MANY = Problem(title="Too many calls", detail="", remedy="", code="ThrottlingException", cause=Cause.SLOW_DOWN)


@pytest.fixture(scope="module")
def account() -> Iterator[OpenAccount]:
    with marketplace(hits=TYPES + FEW, hit_types=TYPES + FEW) as opened:
        yield opened


@pytest.fixture(scope="module")
def all_ids(account: OpenAccount) -> list[HitTypeId]:
    return new_ids(account, TYPES)


@pytest.fixture
def market(account: OpenAccount, places: Places) -> Iterator[Market]:
    with market_at(account, places) as found:
        yield found
        found.cloud.set_faults(Faults())


class Listening(Requester):
    """Passes every change on, and hears of it."""

    def __init__(self, market: Market) -> None:
        super().__init__(market.opened.clients)
        self.lock = threading.Lock()
        self.at_once = self.most_at_once = self.calls = 0
        self.opened = OpenAccount(PRACTICE, market.opened.clients, self, market.opened.practice)

    def before(self, hit_type_id: HitTypeId, /) -> None:
        """What to do before a call."""

    def update_notification_settings(
        self, hit_type_id: HitTypeId, *, spec: NotificationSpec | None, active: bool
    ) -> None:
        self.before(hit_type_id)
        with self.lock:
            self.calls += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            super().update_notification_settings(hit_type_id, spec=spec, active=active)
        finally:
            with self.lock:
                self.at_once -= 1


def states(market: Market) -> list[str | None]:
    """How far every line of the record is; None where there is no answer."""
    with market.database.reading() as connection:
        return [
            state
            for (state,) in connection.execute(
                "SELECT a.state FROM ledger l LEFT JOIN ledger_answers a ON a.line = l.id ORDER BY l.id"
            )
        ]


def test_a_thousand_with_trouble_all_end_applied_or_with_the_true_reason(
    market: Market, all_ids: list[HitTypeId]
) -> None:
    strangers = [HitTypeId(f"3STRANGER{number:021}") for number in range(20)]
    ids = all_ids[:980] + strangers
    changes = market.changes(ids[::7] + [one for place, one in enumerate(ids) if place % 7])
    market.cloud.set_faults(Faults(throttle_rate=0.2, internal_failure_rate=0.05, seed=7))
    outcome = market.run(changes)
    assert outcome.not_begun == ()
    assert [one.hit_type_id for one in outcome.results] == [one.hit_type_id for one in changes]
    ended = {one.hit_type_id: one for one in outcome.results}
    for one in strangers:
        problem = ended[one].problem
        # A refusal says nothing of a try before it whose answer was lost, which one in twenty is here.
        assert problem is not None
        assert (ended[one].state is LineState.UNKNOWN) is ("no clear answer came" in problem.detail)
        assert problem.answer.turk_error_code == "AWS.MechanicalTurk.HITTypeDoesNotExist"
    assert [ended[one].state for one in strangers].count(LineState.FAILED) > len(strangers) / 2
    applied = [one for one in all_ids[:980] if ended[one].state is LineState.APPLIED]
    reasons = [ended[one].problem for one in all_ids[:980] if ended[one].state is not LineState.APPLIED]
    assert len(applied) >= 975  # five failures of the service in a row happen to one in three million
    assert {problem.answer.code for problem in reasons if problem} <= {"InternalFailure"}
    assert market.recorded(ids) == market.real(ids)
    assert None not in states(market)
    assert any(news.is_throttled for news in market.news)


def test_progress_adds_up(market: Market, all_ids: list[HitTypeId]) -> None:
    outcome = market.run(market.changes([*all_ids[:600], HitTypeId("3STRANGER")]))
    told = [one for news in market.news for one in news.newest]
    assert sorted(told, key=lambda one: one.hit_type_id) == sorted(outcome.results, key=lambda one: one.hit_type_id)
    last = market.news[-1]
    assert (last.done, last.total, last.failed) == (601, 601, 1)
    assert len(market.news) <= outcome.seconds / 0.1 + 2
    assert market.news[-1].rate > 0


def test_waiting_for_answers_takes_no_processor_time(market: Market, all_ids: list[HitTypeId]) -> None:
    class Slow(Listening):
        def before(self, _hit_type_id: HitTypeId, /) -> None:
            threading.Event().wait(0.5)  # a service that takes its time

    changes = market.changes(all_ids[:2])
    slow = Slow(market).opened
    begin = process_time()
    outcome = market.run(changes, opened=slow)
    used = process_time() - begin
    assert [one.state for one in outcome.results] == [LineState.APPLIED] * 2
    assert used < 0.15


def test_every_line_is_on_the_disk_before_its_call(market: Market, all_ids: list[HitTypeId]) -> None:
    class Reading(Listening):
        missing: list[str]

        def before(self, hit_type_id: HitTypeId, /) -> None:
            other = sqlite3.connect(market.database.path)  # as another program, or the next start, sees it
            try:
                row = other.execute("SELECT 1 FROM ledger WHERE hit_type_id = ?", (hit_type_id,)).fetchone()
            finally:
                other.close()
            if row is None:
                self.missing.append(hit_type_id)

    reading = Reading(market)
    reading.missing = []
    outcome = market.run(market.changes(all_ids[:400]), opened=reading.opened)
    assert reading.calls == len(outcome.results) == 400
    assert reading.missing == []


def test_a_few_threads_and_no_more(market: Market, all_ids: list[HitTypeId]) -> None:
    listening = Listening(market)
    market.cloud.set_faults(Faults(slow_seconds=0.05))
    market.run(market.changes(all_ids[:60]), opened=listening.opened)
    assert listening.most_at_once == THREADS


def test_throttling_alone_fails_nothing(market: Market, all_ids: list[HitTypeId]) -> None:
    market.cloud.set_faults(Faults(throttle_next=4))
    outcome = market.run(market.changes(all_ids[:40]))
    assert (len(outcome.results), outcome.failed, outcome.stopped_by) == (40, (), None)
    assert any(news.is_throttled for news in market.news)


@pytest.mark.alone
def test_a_limit_is_found_and_kept_to(market: Market, all_ids: list[HitTypeId]) -> None:
    a_second = 100

    class Limited(Listening):
        refused = 0
        taken = 0
        watch = Watch()

        def before(self, _: HitTypeId, /) -> None:
            with self.lock:
                if self.taken >= 20 + self.watch.seconds * a_second:
                    self.refused += 1
                    raise ProblemError(TOO_MANY)
                self.taken += 1

    limited = Limited(market)
    limited.watch = Watch()
    outcome = market.run(market.changes(all_ids[:400]), opened=limited.opened)
    assert not outcome.failed
    assert limited.refused < 400
    assert outcome.seconds < 3 * 400 / a_second


def test_what_is_refused_for_another_reason_was_not_turned_away(market: Market) -> None:
    """A list of wrong ids is gone through at the pace at which the service answers, after a refusal as well."""
    clock = [100.0]

    class Busy(Listening):
        asked: int = 0

        def before(self, _: HitTypeId, /) -> None:
            self.asked += 1
            if self.asked == 1:
                raise ProblemError(TOO_MANY)
            clock[0] += 0.3

    ids = [HitTypeId(f"3STRANGER{number}") for number in range(2)]
    pace = Pace(clock=lambda: clock[0])
    record = SettingRecord(market.ledger, *market.hit_types.recorded_as(market.opened))
    run = BulkRun(Busy(market), record, market.changes(ids), market.news.append, threading.Event(), pace)
    assert [one.state for one in run.run().results] == [LineState.FAILED] * 2
    assert pace.limit == pytest.approx(1.3 * 2 / 0.6), "both were dealt with"


@pytest.mark.parametrize("action", list(Action))
def test_what_is_not_known_is_told_with_what_may_be_done_again(
    market: Market, all_ids: list[HitTypeId], action: Action
) -> None:
    """The same again does no harm; undone once more, an undo that was done would be taken back."""
    market.do(all_ids[:1])
    changes = [replace(one, action=action) for one in market.changes(all_ids[:1])]
    market.cloud.set_faults(Faults(internal_failure_rate=1.0))
    (result,) = market.run(changes).results
    assert result.problem is not None
    for told in (result.problem, no_answer_yet(action)):
        assert ("Send it again" in told.remedy) is (action is not Action.UNDO)
        assert ("to undo once more would take this one back" in told.remedy) is (action is Action.UNDO)


def test_trouble_that_stays_is_tried_a_few_times_and_told(market: Market, all_ids: list[HitTypeId]) -> None:
    listening = Listening(market)
    market.cloud.set_faults(Faults(internal_failure_rate=1.0))
    outcome = market.run(market.changes(all_ids[:4]), opened=listening.opened)
    assert listening.calls == 4 * TRIES
    assert outcome.seconds > 0.7, "each pause is longer than the one before"
    assert {one.state for one in outcome.results} == {LineState.UNKNOWN}
    assert {one.problem.title for one in outcome.results if one.problem} == {
        "It is not known whether this was applied."
    }
    assert {one.problem.answer.code for one in outcome.results if one.problem} == {"InternalFailure"}
    assert {one.problem.cause for one in outcome.results if one.problem} == {Cause.SERVICE}
    assert outcome.stopped_by is None


@pytest.mark.parametrize(
    ("faults", "cause", "state"),
    [
        pytest.param(Faults(access_denied=True), Cause.PERMISSION, LineState.FAILED, id="not allowed"),
        pytest.param(Faults(unlinked=True), Cause.NOT_LINKED, LineState.FAILED, id="not linked"),
        pytest.param(Faults(closed=True), Cause.UNREACHABLE, LineState.UNKNOWN, id="closed"),
    ],
)
def test_what_is_the_same_for_all_ends_the_run_at_once(
    market: Market, all_ids: list[HitTypeId], faults: Faults, cause: Cause, state: LineState
) -> None:
    market.cloud.set_faults(faults)
    outcome = market.run(market.changes(all_ids))
    (result,) = outcome.results
    assert result.problem is not None
    assert (result.state, result.problem.cause) == (state, cause)
    assert outcome.stopped_by is not None
    assert outcome.stopped_by.title in f"{result.problem.title} {result.problem.detail}"
    assert outcome.not_begun == tuple(all_ids[1:])
    assert states(market) == [state.value]


def test_wrong_keys_end_the_run_at_once(market: Market, all_ids: list[HitTypeId]) -> None:
    changes = market.changes(all_ids[:50])
    clients = clients_of(market.cloud.details, secret="x" * 40)
    try:
        outcome = market.run(changes, opened=OpenAccount(PRACTICE, clients, Requester(clients), None))
    finally:
        clients.close()
    (result,) = outcome.results
    assert result.problem is not None
    assert result.problem.cause is Cause.KEYS
    assert len(outcome.not_begun) == 49


def test_permission_that_is_taken_away_on_the_way_ends_the_run(market: Market, all_ids: list[HitTypeId]) -> None:
    class Revoking(Listening):
        def before(self, _: HitTypeId, /) -> None:
            if self.calls == 100:
                market.cloud.set_faults(Faults(access_denied=True))

    outcome = market.run(market.changes(all_ids), opened=Revoking(market).opened)
    assert 1 <= len(outcome.failed) <= THREADS
    assert outcome.stopped_by is not None
    assert outcome.stopped_by.cause is Cause.PERMISSION
    assert len(outcome.results) + len(outcome.not_begun) == TYPES
    assert len(outcome.not_begun) > 500
    assert None not in states(market)


@pytest.mark.alone
def test_cancel_is_heard_within_a_second_and_late_answers_are_recorded(
    market: Market, all_ids: list[HitTypeId]
) -> None:
    stop = threading.Event()
    slow = threading.Event()

    class Slowing(Listening):
        def before(self, _: HitTypeId, /) -> None:
            if self.calls >= 20 and not slow.is_set():
                slow.set()
                market.cloud.set_faults(Faults(slow_seconds=2))
                stopper.start()

    watch = Watch()
    heard: list[float] = []

    def cancel() -> None:
        heard.append(watch.seconds)
        stop.set()

    stopper = threading.Timer(0.3, cancel)
    outcome = market.run(market.changes(all_ids[:500]), opened=Slowing(market).opened, stop=stop)
    stopper.join()
    assert watch.seconds - heard[0] < 1
    unknown = [one for one in outcome.results if one.state is LineState.UNKNOWN]
    assert 1 <= len(unknown) <= THREADS
    assert {one.problem for one in unknown} == {no_answer_yet(Action.APPLY)}
    assert outcome.stopped_by == CANCELLED
    assert len(outcome.results) + len(outcome.not_begun) == 500
    assert states(market).count(None) <= len(unknown)
    assert until(lambda: None not in states(market))
    begun = [one.hit_type_id for one in outcome.results]
    assert market.recorded(begun) == market.real(begun)
    assert market.hit_types.unknown(market.opened) == ()


def test_lines_that_were_planned_and_not_sent_say_so(market: Market, all_ids: list[HitTypeId]) -> None:
    stop = threading.Event()

    class Stopped(Listening):
        def before(self, _: HitTypeId, /) -> None:
            if self.calls >= 2 * THREADS:
                stop.set()

    market.cloud.set_faults(Faults(slow_seconds=0.1))
    outcome = market.run(market.changes(all_ids[:300]), opened=Stopped(market).opened, stop=stop)
    assert outcome.not_begun
    assert until(lambda: None not in states(market))
    planned = [one for one in outcome.not_begun if market.hit_types.lines_of(market.opened, one)]
    assert planned
    for one in planned:
        (line,) = market.hit_types.lines_of(market.opened, one)
        assert (line.state, line.problem) == (LineState.NOT_SENT, STOPPED)


def test_a_run_ends_with_its_account_and_the_record_is_true(market: Market) -> None:
    ids = new_ids(market.opened, FEW)
    market.cloud.set_faults(Faults(slow_seconds=0.5))
    name, _ = market.hit_types.recorded_as(market.opened)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(market.run, market.changes(ids))
        assert until(lambda: list(market.real(ids).values()).count(None) < 55)
        market.hit_types.stop_for("somebody else")
        assert not run.done()
        market.hit_types.stop_for(name)
        sent = {one for one, state in market.real(ids).items() if state is not None}
        outcome = run.result()
    assert until(lambda: None not in states(market))
    known = market.ledger.known(name, market.opened.account.environment.value)
    assert {found.newest.state for found in known.values()} <= {LineState.APPLIED, LineState.NOT_SENT}
    assert outcome.not_begun
    assert {one for one, state in market.real(ids).items() if state is not None} == sent
    assert {one for one, found in known.items() if found.newest.state is LineState.APPLIED} == sent


def test_stop_after_the_last_call_cut_nothing_short(market: Market, all_ids: list[HitTypeId]) -> None:
    stop = threading.Event()

    class Last(Listening):
        def before(self, _: HitTypeId, /) -> None:
            if self.calls == 9:
                stop.set()

    outcome = market.run(market.changes(all_ids[:10]), opened=Last(market).opened, stop=stop)
    assert (len(outcome.results), outcome.failed, outcome.stopped_by) == (10, (), None)


def test_stop_before_the_start_sends_nothing(market: Market, all_ids: list[HitTypeId]) -> None:
    stop = threading.Event()
    stop.set()
    outcome = market.run(market.changes(all_ids[:5]), stop=stop)
    assert (outcome.results, outcome.not_begun) == ((), tuple(all_ids[:5]))
    assert outcome.stopped_by == CANCELLED
    assert states(market) == []


@pytest.mark.alone
def test_cancel_is_heard_while_the_service_refuses_everything(market: Market, all_ids: list[HitTypeId]) -> None:
    stop = threading.Event()
    market.cloud.set_faults(Faults(throttle_rate=1.0))
    with set_after(stop, 1.5):
        watch = Watch()
        outcome = market.run(market.changes(all_ids[:50]), stop=stop)
    assert watch.seconds < 2.5
    assert len(outcome.not_begun) == 50
    assert set(states(market)) == {"failed"}


def test_the_next_run_waits_for_calls_that_are_still_under_way(market: Market, all_ids: list[HitTypeId]) -> None:
    one = all_ids[0]
    market.do([one])
    stop = threading.Event()

    class Stopped(Listening):
        def before(self, _: HitTypeId, /) -> None:
            stop.set()

    market.cloud.set_faults(Faults(slow_seconds=3))
    first = market.run(market.changes([one], Action.SWITCH_OFF), opened=Stopped(market).opened, stop=stop)
    market.cloud.set_faults(Faults())
    assert [result.state for result in first.results] == [LineState.UNKNOWN]
    market.run(market.changes([one], Action.SWITCH_ON))
    assert until(lambda: None not in states(market))
    setting = market.real([one])[one]
    assert setting is not None
    assert setting[1] is True
    assert market.recorded([one]) == market.real([one])


def test_a_repeated_hit_type_is_a_mistake_of_the_caller(market: Market, all_ids: list[HitTypeId]) -> None:
    changes = market.changes(all_ids[:1])
    with pytest.raises(ValueError, match="twice"):
        market.run([*changes, *changes])


class FullDisk(Ledger):
    """A ledger whose disk is full after a while."""

    plans_left = 0
    answers_left = 1000

    def plan(self, *arguments: Any, **how: Any) -> list[int]:
        self.plans_left -= 1
        if self.plans_left < 0:
            raise ProblemError(DISK_FULL)
        return super().plan(*arguments, **how)

    def answer(self, *arguments: Any, **how: Any) -> None:
        self.answers_left -= 1
        if self.answers_left < 0:
            raise ProblemError(DISK_FULL)
        super().answer(*arguments, **how)


def full_disk(market: Market, *, plans: int, answers: int) -> None:
    ledger = FullDisk(market.database)
    ledger.plans_left, ledger.answers_left = plans, answers
    market.hit_types = HitTypes(ledger=ledger, tested=None)


def test_what_cannot_be_written_down_is_not_sent(market: Market, all_ids: list[HitTypeId]) -> None:
    listening = Listening(market)
    full_disk(market, plans=2, answers=1000)
    outcome = market.run(market.changes(all_ids), opened=listening.opened)
    written = len(states(market))
    assert listening.calls <= written < TYPES
    assert {one.state for one in outcome.results} == {LineState.APPLIED}
    assert outcome.stopped_by == not_written(DISK_FULL)
    assert len(outcome.results) + len(outcome.not_begun) == TYPES


def test_nothing_begins_where_nothing_can_be_written(market: Market, all_ids: list[HitTypeId]) -> None:
    listening = Listening(market)
    full_disk(market, plans=0, answers=0)
    with pytest.raises(ProblemError) as caught:
        market.run(market.changes(all_ids[:5]), opened=listening.opened)
    assert caught.value.problem == not_written(DISK_FULL)
    assert listening.calls == 0


def test_answers_that_cannot_be_written_are_not_claimed(market: Market, all_ids: list[HitTypeId]) -> None:
    full_disk(market, plans=1000, answers=0)
    outcome = market.run(market.changes([HitTypeId("3STRANGER"), *all_ids[:30]]))  # the first is refused
    assert outcome.results
    assert {(one.state, one.problem) for one in outcome.results} == {(LineState.UNKNOWN, DISK_FULL)}
    assert outcome.stopped_by == DISK_FULL
    assert (market.news[-1].failed, market.news[-1].unknown) == (0, len(outcome.results))


def test_a_bug_in_a_call_is_raised_and_leaves_no_thread(market: Market, all_ids: list[HitTypeId]) -> None:
    broken: list[HitTypeId] = []

    class Broken(Listening):
        def before(self, hit_type_id: HitTypeId, /) -> None:
            if self.calls == 5:
                broken.append(hit_type_id)
                raise KeyError(hit_type_id)

    before = threading.active_count()
    with pytest.raises(KeyError):
        market.run(market.changes(all_ids[:100]), opened=Broken(market).opened)
    assert until(lambda: threading.active_count() <= before)
    assert None not in states(market)
    assert {market.row(one).line_state for one in broken} == {LineState.UNKNOWN}  # it may have been sent


def only(changes: Sequence[Change]) -> Change:
    (change,) = changes
    return change


def test_what_a_dead_program_left_open_is_sent_again(market: Market, all_ids: list[HitTypeId], places: Places) -> None:
    one = all_ids[1]
    market.do([one], Action.APPLY, market.spec())
    with Database(places.database) as gone:  # another program, which ends without an answer
        key = market.hit_types.recorded_as(market.opened)
        Ledger(gone).plan(*key, market.changes([one], Action.SWITCH_OFF), now=datetime.now(tz=UTC))
        assert market.row(one).line_state is LineState.PENDING
    assert market.row(one).line_state is LineState.UNKNOWN
    again = only(market.hit_types.unknown(market.opened))
    assert (again.hit_type_id, again.spec, again.active) == (one, None, False)
    market.run([again])
    assert market.hit_types.unknown(market.opened) == ()
    assert market.recorded([one]) == market.real([one]) == {one: (market.spec().to_request(), False)}
