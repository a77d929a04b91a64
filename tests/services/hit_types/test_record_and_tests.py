# SPDX-License-Identifier: MIT
"""What is known of HIT types beside their list: tests, titles, other windows; and what is said without a record."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.aws.requester import Requester
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.domain.setting import Action, LineState, Setting
from notification_tester.practice.faults import Faults
from notification_tester.services.hit_types import listing
from notification_tester.services.hit_types import settings as hit_type_settings
from notification_tester.services.hit_types.bulk_types import (
    BulkRequest,
    BulkResult,
    Effect,
    HitTypeRow,
    PreviewRow,
    RowState,
)
from notification_tester.services.hit_types.listing import read_ids_files
from notification_tester.services.hit_types.practice_workers import start_workers, work_at
from notification_tester.services.hit_types.preview import DAMAGED, NOT_KNOWN, UNDER_WAY, why_no_undo
from notification_tester.services.hit_types.refusals import CANCELLED, CHANGED_MEANWHILE, NO_RECORD, explained
from notification_tester.services.hit_types.settings import HitTypes
from notification_tester.storage.history import History
from notification_tester.storage.queries import CHANGES, HistoryQuery
from notification_tester.storage.rows import LET_IN, MEND_KIND, PRACTICE_WORKERS, Beginning, Ending, HistoryRow, Outcome
from notification_tester.storage.tested import Tested
from services.market import Market, market_with_history_at, marketplace, new_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.places import Places

YES, NO = (Lamp(state=state, detail="") for state in (State.YES, State.NO))
DAMAGED_DATABASE = Problem(title="Damaged", detail="It is.", remedy="", code="storage.damaged", cause=Cause.STORAGE)
STRANGER = HitTypeId("3STRANGER00000000000000000000")
ELSEWHERE = "https://sqs.us-east-1.amazonaws.com/123456789012/elsewhere"


@pytest.fixture(scope="module")
def account() -> Iterator[OpenAccount]:
    with marketplace(hits=300, hit_types=60) as opened:
        yield opened


@pytest.fixture
def market(account: OpenAccount, places: Places) -> Iterator[Market]:
    with market_with_history_at(account, places) as found:
        yield found
        found.cloud.set_faults(Faults())


# What was tested


def now() -> datetime:
    """To the millisecond, as the history has it."""
    return datetime.now(tz=UTC).replace(microsecond=0) + timedelta(seconds=1)


def was_tested(market: Market, when: datetime, *, outcome: Outcome = Outcome.GOOD, **changes: Any) -> None:
    spec = market.spec()
    entry = Beginning(
        account="Practice",
        environment="practice",
        transport="SQS",
        destination=spec.destination.text,
        version=spec.version,
        events=tuple(event.value for event in spec.events),
        event="Ping",
    )
    history = History(market.database)
    row = history.begin(replace(entry, **changes), now=when)
    arrived = YES if outcome is Outcome.GOOD else NO
    history.complete(row, Ending(outcome=outcome, accepted=YES, arrived=arrived))


def test_the_newest_test_that_went_well_is_told_with_what_speaks_against_it(market: Market) -> None:
    last_green, opened, began = market.hit_types.last_green, market.opened, now()
    assert last_green(opened) is None
    was_tested(market, began)
    found = last_green(opened)
    assert found is not None
    assert (found.spec, found.at, found.newest_failed) == (market.spec(), began, None)
    assert found.holds
    was_tested(market, began + timedelta(seconds=1), outcome=Outcome.BAD, destination=ELSEWHERE)
    found = last_green(opened)
    assert found is not None
    assert found.holds
    assert found.newest_failed is not None
    assert found.newest_failed.text == ELSEWHERE
    was_tested(market, began + timedelta(seconds=2), outcome=Outcome.BAD)
    found = last_green(opened)
    assert found is not None
    assert found.failed_since == began + timedelta(seconds=2)
    assert not found.holds


@pytest.mark.parametrize(("seconds", "counts"), [(-1, False), (0, True), (1, True)])
def test_a_change_of_the_access_counts_from_the_moment_of_the_test_on(
    market: Market, seconds: int, counts: bool
) -> None:
    began = now()
    was_tested(market, began)
    changed = began + timedelta(seconds=seconds)
    was_tested(market, changed, kind=MEND_KIND, event=LET_IN)
    found = market.hit_types.last_green(market.opened)
    assert found is not None
    assert found.changed_since == (changed if counts else None)
    assert found.holds is not counts
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    row = market.row(one)
    assert row.last_test is not None
    assert row.is_changed is counts
    assert row.is_tested is not counts
    (shown,) = market.hit_types.preview(
        market.opened, BulkRequest(action=Action.APPLY, hit_type_ids=(one,), spec=market.spec())
    ).rows
    assert (shown.is_changed, shown.is_tested) == (counts, not counts)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"transport": "Owl"}, id="a transport of another version"),
        pytest.param({"events": ("Owl",)}, id="an event of another version"),
        pytest.param({"destination": "nowhere"}, id="a damaged address"),
        pytest.param({"destination": ELSEWHERE.replace("elsewhere", f"{NAME_PREFIX}1")}, id="a throw-away queue"),
    ],
)
def test_what_cannot_be_applied_any_more_is_passed_over(market: Market, odd: dict[str, Any]) -> None:
    began = now()
    was_tested(market, began)
    was_tested(market, began + timedelta(seconds=1), **odd)
    was_tested(market, began + timedelta(seconds=2), outcome=Outcome.BAD, **odd)
    found = market.hit_types.last_green(market.opened)
    assert found is not None
    assert (found.spec, found.at) == (market.spec(), began)
    is_known = "events" in odd  # the place is one to which a test may go
    assert (found.newest_failed is not None) is is_known


def test_a_test_of_an_earlier_start_of_practice_is_none_of_this_one(market: Market) -> None:
    was_tested(market, datetime(2020, 1, 1, tzinfo=UTC))
    assert market.hit_types.last_green(market.opened) is None
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    assert market.row(one).last_test is None


def test_a_history_that_cannot_be_read_knows_of_no_test_and_holds_up_nothing(market: Market) -> None:
    class Unreadable(Tested):
        only_changes = False

        def last_of_spec(self, *arguments: Any, **how: Any) -> Any:
            if not self.only_changes:
                raise ProblemError(DAMAGED_DATABASE)
            return super().last_of_spec(*arguments, **how)

        def last_change(self, *_: Any) -> datetime | None:
            raise ProblemError(DAMAGED_DATABASE)

    was_tested(market, now())
    unreadable = Unreadable(market.database)
    market.hit_types = HitTypes(ledger=market.ledger, tested=unreadable)
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    assert market.row(one).last_test is None
    unreadable.only_changes = True
    row = market.row(one)
    assert row.last_test is not None
    assert not row.is_changed


# Rows


def test_a_row_is_shown_after_a_change_as_it_is_read_later(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    began = now()
    was_tested(market, began)
    was_tested(market, began, kind=MEND_KIND, event=LET_IN)
    market.do([one])
    assert market.row(one).is_changed
    within = timedelta(minutes=5)
    for action, spec in (
        (Action.SWITCH_OFF, None),
        (Action.REAPPLY, None),
        (Action.APPLY, market.spec(transport=Transport.SNS)),
        (Action.UNDO, None),
    ):
        (change,) = market.changes([one], action, spec)
        shown = market.row(one).after(
            change, BulkResult(hit_type_id=one, state=LineState.APPLIED), began, within=within
        )
        assert (shown.set_at, shown.takes_effect_by) == (began, began + within)
        market.run([change])
        read = market.row(one)
        times: dict[str, Any] = {"set_at": read.set_at, "takes_effect_by": read.takes_effect_by}
        if action is Action.UNDO:  # of what was there before a last test is known only to who looks it up
            times |= {"last_test": read.last_test, "is_changed": read.is_changed}
        assert replace(shown, **times) == read
    before = market.row(one)
    result = BulkResult(hit_type_id=one, state=LineState.FAILED, problem=NO_RECORD)
    failed = before.after(change, result, began, within=within)
    assert failed == replace(before, line_state=LineState.FAILED, problem=NO_RECORD)


@pytest.mark.parametrize(
    ("state", "is_in_doubt"),
    [
        (RowState.NOT_SET, False),
        (RowState.SET, False),
        (RowState.ON, False),
        (RowState.OFF, False),
        (RowState.FAILED, False),
        (RowState.UNKNOWN, True),
        (RowState.PENDING, True),
        (RowState.NOT_SENT, False),
        (RowState.NO_RECORD, False),
    ],
)
def test_what_a_row_says_first(market: Market, state: RowState, is_in_doubt: bool) -> None:
    spec = market.spec()
    changes: dict[RowState, dict[str, Any]] = {
        RowState.NOT_SET: {},
        RowState.SET: {"setting": Setting(spec=spec)},
        RowState.ON: {"setting": Setting(spec=spec, active=True), "line_state": LineState.APPLIED},
        RowState.OFF: {"setting": Setting(active=False)},
        RowState.NO_RECORD: {"has_record": False, "line_state": LineState.FAILED},
        **{one: {"line_state": LineState[one.name], "setting": Setting(spec=spec, active=True)} for one in LINES},
    }
    row = HitTypeRow(id=STRANGER, **changes[state])
    assert (row.state, row.is_in_doubt) == (state, is_in_doubt)


LINES = (RowState.FAILED, RowState.UNKNOWN, RowState.PENDING, RowState.NOT_SENT)


@pytest.mark.parametrize(
    ("action", "before", "is_in_doubt", "effect"),
    [
        (Action.SWITCH_OFF, Setting(active=True), True, Effect.SWITCHED),
        (Action.SWITCH_OFF, Setting(active=False), True, Effect.SWITCHED),
        (Action.SWITCH_OFF, Setting(active=False), False, Effect.SAME),
        (Action.APPLY, Setting(), True, Effect.REPLACED),
        (Action.APPLY, Setting(), False, Effect.NEW),
    ],
)
def test_what_is_in_doubt_is_never_called_the_same(
    market: Market, action: Action, before: Setting, is_in_doubt: bool, effect: Effect
) -> None:
    (change,) = market.changes([STRANGER], action)
    row = PreviewRow(hit_type_id=STRANGER, title="", before=before, change=change, is_in_doubt=is_in_doubt)
    assert row.effect is effect


# Titles


def hits_of(market: Market) -> dict[str, tuple[str, str]]:
    """By HIT type the first of its HITs, and its title."""
    found: dict[str, tuple[str, str]] = {}
    for hit in market.opened.clients.mturk.list_hits(MaxResults=100)["HITs"]:
        found.setdefault(hit["HITTypeId"], (hit["HITId"], hit["Title"]))
    return found


def test_a_title_is_asked_for_another_time_where_the_service_had_trouble(market: Market) -> None:
    (one, (first, title)), (another, (second, _)), *_ = hits_of(market).items()
    find, opened = market.hit_types.find_titles, market.opened
    for trouble in (Faults(throttle_rate=1.0), Faults(internal_failure_rate=1.0)):
        market.cloud.set_faults(trouble)
        assert find(opened, {one: first, another: second}) == {}
    market.cloud.set_faults(Faults())
    assert find(opened, {one: first}) == {one: title}


def test_only_failures_in_a_row_end_the_questions_for_titles(market: Market) -> None:
    (one, (first, title)), (another, (second, other)), *_ = hits_of(market).items()
    gone = [{f"3GONE{number}": f"3NONE{number}" for number in range(start, start + 2)} for start in (0, 2)]
    asked = {**gone[0], one: first, **gone[1], another: second}
    assert market.hit_types.find_titles(market.opened, asked) == {one: title, another: other}


def test_so_many_titles_are_asked_for_and_no_more(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hit_type_settings, "_MOST_TITLES", 2)
    hits = {hit_type: hit for hit_type, (hit, _) in list(hits_of(market).items())[:3]}
    assert list(market.hit_types.find_titles(market.opened, hits)) == list(hits)[:2]


# Another window


def test_what_another_window_changed_meanwhile_is_not_sent(market: Market) -> None:
    ids = new_ids(market.opened, 3)
    market.do(ids[:1])
    preview = market.hit_types.preview(
        market.opened, BulkRequest(action=Action.APPLY, hit_type_ids=tuple(ids), spec=market.spec())
    )
    seen = {row.hit_type_id: row.newest for row in preview.rows}
    assert [number > 0 for number in seen.values()] == [True, False, False]

    def run(only: int | None = None) -> Any:
        changes = preview.changes[:only]
        given = {one.hit_type_id: seen[one.hit_type_id] for one in changes}
        return market.hit_types.run(
            market.opened, changes, progress=market.news.append, stop=threading.Event(), seen=given
        )

    market.do(ids[:1], Action.SWITCH_OFF)  # another window
    before = market.real(ids)
    outcome = run(1)
    assert (outcome.results, outcome.not_begun, outcome.stopped_by) == ((), (ids[0],), CHANGED_MEANWHILE)
    assert market.real(ids) == before
    outcome = run()
    assert [one.hit_type_id for one in outcome.results] == ids[1:]
    assert (outcome.not_begun, outcome.stopped_by) == ((ids[0],), CHANGED_MEANWHILE)
    assert market.real(ids[:1]) == {ids[0]: before[ids[0]]}
    market.cloud.set_faults(Faults(access_denied=True))
    known = market.ledger.known(*market.hit_types.recorded_as(market.opened))
    seen.update({one: known[one].newest.id for one in ids[1:]})
    outcome = run()
    assert outcome.stopped_by is not None
    assert outcome.stopped_by.cause is Cause.PERMISSION, "the reason that holds for all is told first"
    assert set(outcome.not_begun) == {ids[0], ids[2]}


def test_nothing_to_send_is_no_run_that_was_cancelled(market: Market) -> None:
    outcome = market.run(())
    assert (outcome.results, outcome.not_begun, outcome.stopped_by) == ((), (), None)


# The row of the history


def rows(market: Market) -> list[HistoryRow]:
    history = History(market.database)
    return list(history.rows([one.id for one in history.page(HistoryQuery(kind=CHANGES))]))


def test_a_run_of_which_it_is_not_known_what_came_of_it_is_told_so(market: Market) -> None:
    changes = market.changes(new_ids(market.opened, 1))
    market.cloud.set_faults(Faults(internal_failure_rate=1.0))
    market.run(changes)
    (row,) = rows(market)
    assert row.outcome is Outcome.UNKNOWN
    assert row.message is not None
    counts = {name: row.message[name] for name in ("applied", "failed", "not known", "not sent")}
    assert counts == {"applied": 0, "failed": 0, "not known": 1, "not sent": 0}
    assert row.problem is not None
    assert row.problem.title == "It is not known whether this was applied."


def test_a_run_that_was_cut_short_is_told_with_how_many_were_not_sent(market: Market) -> None:
    ids = new_ids(market.opened, 6)
    stop = threading.Event()
    market.cloud.set_faults(Faults(throttle_rate=1.0))

    def cancel(_: object) -> None:
        stop.set()

    outcome = market.hit_types.run(market.opened, market.changes(ids), progress=cancel, stop=stop)
    (row,) = rows(market)
    assert (outcome.stopped_by, row.problem) == (CANCELLED, CANCELLED)
    assert row.outcome is Outcome.BAD
    assert row.message is not None
    assert (row.message["applied"], row.message["not sent"]) == (0, 6)


def test_the_history_keeps_titles_and_no_more_of_them_than_a_title_may_have(market: Market) -> None:
    ids = new_ids(market.opened, 2)
    market.do(ids)
    assert "titles" not in rows(market)[0].request, "none is known yet"
    market.hit_types.refresh(market.opened, progress=lambda _: None, stop=threading.Event())
    market.do(ids)
    assert rows(market)[0].request["titles"] == {one: market.row(one).title for one in ids}
    assert rows(market)[0].event == "apply 2"


def test_what_a_program_asked_for_is_not_called_what_a_person_did(market: Market) -> None:
    market.hit_types.run(
        market.opened,
        market.changes(new_ids(market.opened, 1)),
        progress=lambda _: None,
        stop=threading.Event(),
        made_by=PRACTICE_WORKERS,
    )
    assert rows(market)[0].event == f"{PRACTICE_WORKERS} 1"


def test_what_an_earlier_start_of_practice_changed_is_over(market: Market) -> None:
    market.do(new_ids(market.opened, 1))
    row = replace(rows(market)[0], started="2020-01-01T00:00:00.000Z")
    found = market.hit_types.replaced(market.opened, [row])
    assert (found[row.id].at, found[row.id].is_undone) == (None, False)
    assert market.hit_types.left_out(market.opened, row) == ()
    assert market.hit_types.replaced(market.opened, [replace(rows(market)[0], account="Lab")]) == {}


# Without a record


def test_without_a_record_the_reason_is_told_and_nothing_is_claimed(market: Market, tmp_path: Path) -> None:
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    row, opened = rows(market)[0], market.opened
    destination = market.spec().destination
    assert market.hit_types.is_used(opened, destination)
    assert market.hit_types.on_at(destination) == 1
    assert market.hit_types.told(opened) == [destination]
    market.do([one], Action.SWITCH_OFF)
    assert not market.hit_types.is_used(opened, destination)
    assert market.hit_types.on_at(destination) == 0
    assert market.hit_types.told(opened) == []
    bare = HitTypes(ledger=None, tested=None, record_problem=DAMAGED_DATABASE)
    assert bare.is_used(opened, destination), "nothing is known"
    assert (bare.on_at(destination), bare.told(opened), bare.unknown(opened)) == (0, [], ())
    assert (bare.left_out(opened, row), bare.replaced(opened, [row])) == ((), {})
    assert bare.last_green(opened) is None
    asked: tuple[Callable[[], object], ...] = (
        lambda: bare.lines_of(opened, one),
        lambda: bare.undo_of(opened, row),
        lambda: bare.export_record(opened, tmp_path / "record.json"),
        lambda: bare.import_record(opened, tmp_path / "record.json"),
    )
    for ask in asked:
        with pytest.raises(ProblemError) as raised:
            ask()
        assert raised.value.problem == DAMAGED_DATABASE
    with pytest.raises(ProblemError) as raised:
        bare.must_record()
    assert raised.value.problem.detail.endswith("Damaged It is.")
    with pytest.raises(ProblemError) as raised:
        HitTypes(ledger=None, tested=None).lines_of(opened, one)
    assert raised.value.problem == NO_RECORD
    assert list(tmp_path.glob("record*")) == []


# The list


def test_a_page_that_waits_for_the_one_before_it_is_not_lost(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """While what was collected is shown, fetching goes on for a few pages, and then waits."""
    monkeypatch.setattr(listing, "_TICK", 0.001)
    monkeypatch.setattr(listing, "_AHEAD", 1)
    asked, is_ahead = [0], threading.Event()

    def count(**_: object) -> None:
        asked[0] += 1
        if asked[0] == 3:
            is_ahead.set()

    def hold(_: object) -> None:
        assert is_ahead.wait(30)
        threading.Event().wait(0.1)  # what shows it takes its time, in which a page finds no room a hundred times

    events = market.opened.clients.mturk_bulk.meta.events
    events.register("after-call.mturk.ListHITs", count, "counted")
    try:
        last = market.hit_types.refresh(market.opened, progress=hold, stop=threading.Event())
    finally:
        events.unregister("after-call.mturk.ListHITs", unique_id="counted")
    assert last.is_finished
    assert last.pages == asked[0] >= 4
    assert last.hits == sum(row.hits for row in market.hit_types.rows(market.opened)) >= 300


def test_a_fault_of_ours_while_pages_are_fetched_is_raised_and_not_waited_for(market: Market) -> None:
    class Broken(Requester):
        def list_hits(self, token: str = "") -> Any:
            raise KeyError(token)

    opened = replace(market.opened, requester=Broken(market.opened.clients))
    with pytest.raises(KeyError):
        market.hit_types.refresh(opened, progress=lambda _: None, stop=threading.Event())


def test_of_several_files_one_that_gives_none_holds_up_no_other(tmp_path: Path) -> None:
    good, other, same = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "deeper" / "a.txt"
    same.parent.mkdir()
    for path, text in ((good, "3ABC"), (same, "3DEF 3ABC")):
        path.write_text(text, "utf-8")
    assert [str(one) for one in read_ids_files([good], leave_out_bad=True).ids] == ["3ABC"]
    with pytest.raises(ProblemError):
        read_ids_files([other], leave_out_bad=True)
    found = read_ids_files([good, other, same], leave_out_bad=True)
    assert [str(one) for one in found.ids] == ["3ABC", "3DEF"]
    with pytest.raises(ProblemError):
        read_ids_files([other, tmp_path / "c.txt"], leave_out_bad=True)


# Practice's workers


def test_workers_begin_where_a_hit_type_is_free_and_say_so_where_none_is(market: Market) -> None:
    opened, place = market.opened, market.spec().destination
    with marketplace(hits=2, hit_types=2) as other:
        practice = other.practice
        assert practice is not None
        destination = market.spec().destination
        before = work_at(other, destination)
        assert before.at.hit_types == 0
        assert before.would_set, "the title of the HIT type that would be set"
        known = {hit.title for hit in other.requester.list_hits().hits}
        assert before.would_set in known
        start_workers(market.hit_types, other, destination)
        after = work_at(other, destination)
        assert after.at.hit_types > 0
        assert after.would_set == ""
        every = [hit.hit_type_id for hit in other.requester.list_hits().hits]
        topic = market.spec(transport=Transport.SNS)
        changes = market.hit_types.preview(
            other,
            BulkRequest(
                action=Action.APPLY, hit_type_ids=tuple(HitTypeId(one) for one in dict.fromkeys(every)), spec=topic
            ),
        ).changes
        market.hit_types.run(other, changes, progress=lambda _: None, stop=threading.Event())
        with pytest.raises(ProblemError) as raised:
            start_workers(market.hit_types, other, destination)
        assert raised.value.problem.code == "practice.no-free-hit-type"
        assert work_at(other, destination).would_set == ""
        off = [replace(one, active=False) for one in changes]
        market.hit_types.run(other, off, progress=lambda _: None, stop=threading.Event())
        assert work_at(other, topic.destination).would_set, "one that tells this place and is off"
        practice.set_faults(Faults(denied_actions=("mechanicalturk:UpdateNotificationSettings",)))
        with pytest.raises(ProblemError) as raised:
            start_workers(market.hit_types, other, topic.destination)
        assert raised.value.problem.cause is Cause.PERMISSION
    with pytest.raises(ValueError, match="only practice"):
        work_at(replace(opened, practice=None), place)


# Why not


def test_why_there_is_nothing_to_put_back(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    key = market.hit_types.recorded_as(market.opened)
    (line,) = market.ledger.plan(*key, market.changes([one]), now=datetime.now(tz=UTC))

    def why() -> str:
        (row,) = market.hit_types.preview(market.opened, BulkRequest(action=Action.UNDO, hit_type_ids=(one,))).rows
        assert row.change is None
        assert row.is_in_doubt
        return row.why_not

    assert why() == UNDER_WAY
    market.ledger.answer([(line, LineState.UNKNOWN, None)], now=datetime.now(tz=UTC))
    assert why() == NOT_KNOWN
    known = market.ledger.known(*key)[one]
    assert known.in_doubt is not None
    assert why_no_undo(known) != DAMAGED


def test_an_import_is_not_previewed(market: Market) -> None:
    with pytest.raises(ValueError, match="not previewed"):
        market.hit_types.preview(
            market.opened, BulkRequest(action=Action.IMPORT, hit_type_ids=(HitTypeId("3A"),), spec=market.spec())
        )


@pytest.mark.parametrize(
    ("cause", "code", "turk", "action", "title"),
    [
        (Cause.DESTINATION, "InternalFailure", "", Action.APPLY, "Mechanical Turk has trouble of its own."),
        (Cause.DESTINATION, "RequestError", "", Action.APPLY, "No."),
        (Cause.SERVICE, "InternalFailure", "", Action.APPLY, "No."),
        (Cause.REFUSED, "RequestError", "X.HITTypeDoesNotExist", Action.APPLY, "There is no such HIT type here."),
        (Cause.REFUSED, "RequestError", "", Action.APPLY, "No."),
        (Cause.REFUSED, "Other", "X.HITTypeDoesNotExist", Action.APPLY, "No."),
        (Cause.REFUSED, "RequestError", "", Action.SWITCH_ON, "There is nothing to switch on or off."),
        (Cause.PERMISSION, "RequestError", "", Action.SWITCH_ON, "No."),
    ],
)
def test_a_refusal_is_explained_only_where_more_is_known(
    market: Market, cause: Cause, code: str, turk: str, action: Action, title: str
) -> None:
    (change,) = market.changes([STRANGER], action)
    answer = ServiceAnswer(code=code, turk_error_code=turk, message="Said.")
    problem = Problem(title="No.", detail="Why.", remedy="", code=code, cause=cause, answer=answer)
    found = explained(change, problem)
    assert found.title == title
    assert found.answer == answer
