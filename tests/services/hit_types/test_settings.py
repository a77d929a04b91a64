# SPDX-License-Identifier: MIT
"""HIT types: collected, given by hand, previewed, changed, put back."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.aws.requester import Requester
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.domain.setting import Action, LineState
from notification_tester.practice.faults import Faults
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.hit_types import listing
from notification_tester.services.hit_types.bulk_types import BulkRequest, RowState, Source
from notification_tester.services.hit_types.pace import Pace
from notification_tester.services.hit_types.preview import NOTHING_TO_REAPPLY, NOTHING_TO_UNDO
from notification_tester.services.hit_types.refusals import NOTHING_TO_SWITCH
from notification_tester.services.hit_types.settings import HitTypes
from services.market import Market, Watch, clients_of, market_at, marketplace, new_ids, set_after
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.services.hit_types.bulk_types import Listing
    from notification_tester.storage.places import Places

HITS, TYPES = 1200, 100
STRANGER = HitTypeId("3STRANGER00000000000000000000")


@pytest.fixture(scope="module")
def account() -> Iterator[OpenAccount]:
    with marketplace(hits=HITS, hit_types=TYPES) as opened:
        yield opened


@pytest.fixture
def market(account: OpenAccount, places: Places) -> Iterator[Market]:
    with market_at(account, places) as found:
        yield found
        found.cloud.set_faults(Faults())


def refresh(market: Market, opened: OpenAccount | None = None, **how: Any) -> tuple[Listing, list[Listing]]:
    reports: list[Listing] = []
    how = {"progress": reports.append, "stop": threading.Event(), **how}
    return market.hit_types.refresh(opened or market.opened, **how), reports


def test_collects_what_the_hits_tell(market: Market) -> None:
    last, _ = refresh(market)
    counted: Counter[tuple[str, str]] = Counter()
    newest: dict[str, str] = {}
    about: dict[str, tuple[str, str]] = {}
    for page in market.opened.clients.mturk.get_paginator("list_hits").paginate():
        for hit in page["HITs"]:
            one = hit["HITTypeId"]
            counted[one, hit["HITStatus"]] += 1
            newest[one] = max(newest.get(one, ""), f"{hit['CreationTime'].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
            about[one] = hit["Title"], hit["Reward"]
    rows = {row.id: row for row in market.hit_types.rows(market.opened)}
    assert {(row.id, status): hits for row in rows.values() for status, hits in row.hits_by_status.items()} == counted
    assert {row.id: row.newest for row in rows.values()} == newest
    assert {row.id: (row.title, row.reward) for row in rows.values()} == about
    assert (last.hits, last.hit_types, last.is_finished, last.was_stopped) == (
        counted.total(),
        len(newest),
        True,
        False,
    )


def test_first_rows_come_with_the_first_page_and_each_change_is_told(market: Market) -> None:
    market.cloud.set_faults(Faults(slow_seconds=0.06))
    last, reports = refresh(market)
    assert (reports[0].pages, reports[0].hits) == (1, 100)
    assert reports[0].changed
    assert len(reports) > 3
    assert reports[-1] is last
    shown = {row.id: row for report in reports for row in report.changed}
    assert shown == {row.id: row for row in market.hit_types.rows(market.opened)}
    assert sum(row.hits for row in shown.values()) == last.hits


def test_collecting_again_counts_anew(market: Market) -> None:
    first, _ = refresh(market)
    again, _ = refresh(market)
    rows = market.hit_types.rows(market.opened)
    assert first.hits == again.hits == sum(row.hits for row in rows)


@pytest.mark.alone
def test_cancel_is_heard_while_a_page_does_not_come(market: Market) -> None:
    stop = threading.Event()
    market.cloud.set_faults(Faults(slow_seconds=3))
    with set_after(stop, 0.1):
        watch = Watch()
        last, _ = refresh(market, stop=stop)
    assert watch.seconds < 1
    assert (last.was_stopped, last.is_finished) == (True, False)


def test_what_was_collected_is_kept(market: Market) -> None:
    stop = threading.Event()
    last, _ = refresh(market, progress=lambda _: stop.set(), stop=stop)
    assert last.was_stopped
    assert 0 < last.hits < HITS
    assert sum(row.hits for row in market.hit_types.rows(market.opened)) == last.hits
    assert until(lambda: "list-hits" not in [one.name for one in threading.enumerate()]), (
        "no page is asked for any more"
    )


def test_trouble_of_the_service_costs_no_page(market: Market) -> None:
    market.cloud.set_faults(Faults(throttle_rate=0.2, internal_failure_rate=0.1))
    last, _ = refresh(market)
    assert last.is_finished
    assert last.hits >= HITS


def test_after_a_refusal_pages_are_asked_for_at_the_pace_that_was_taken(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    made: list[Pace] = []

    class Clocked(Pace):
        def __init__(self) -> None:
            super().__init__(clock=lambda: now[0])
            made.append(self)

    class Later(Requester):
        def list_hits(self, token: str = "") -> Any:
            now[0] += 0.3
            return super().list_hits(token)

    monkeypatch.setattr(listing, "Pace", Clocked)
    market.cloud.set_faults(Faults(throttle_next=1))
    last, _ = refresh(market, replace(market.opened, requester=Later(market.opened.clients)))
    (pace,) = made
    assert (last.is_finished, last.pages >= HITS // 100) == (True, True)
    assert pace.limit is not None, "slower after the refusal"
    assert pace.limit > 10, "and faster again, as the others were taken"


def test_wrong_keys_are_the_reason_and_nothing_is_lost(market: Market) -> None:
    refresh(market)
    before = market.hit_types.rows(market.opened)
    clients = clients_of(market.cloud.details, secret="x" * 40)
    try:
        with pytest.raises(ProblemError) as caught:
            refresh(market, OpenAccount(PRACTICE, clients, Requester(clients), market.opened.practice))
    finally:
        clients.close()
    assert caught.value.problem.cause is Cause.KEYS
    assert market.hit_types.rows(market.opened) == before


def test_ids_by_hand_and_the_record_are_rows_too(market: Market) -> None:
    (row,) = market.hit_types.add_ids(market.opened, [STRANGER])
    assert (row.id, row.source, row.setting.spec, row.hits) == (STRANGER, Source.NOT_KNOWN, None, 0)
    (recorded,) = new_ids(market.opened, 1)
    market.do([recorded])
    assert [one.id for one in market.hit_types.rows(market.opened)] == [STRANGER, recorded]


def test_an_applied_setting_is_in_row_story_and_service(market: Market) -> None:
    ids = new_ids(market.opened, 3)
    outcome = market.do(ids)
    assert [one.state for one in outcome.results] == [LineState.APPLIED] * 3
    assert market.recorded(ids) == market.real(ids)
    row = market.row(ids[0])
    (line,) = market.hit_types.lines_of(market.opened, ids[0])
    assert (row.source, row.set_by, row.line_state) == (Source.HERE, Action.APPLY, LineState.APPLIED)
    assert row.setting.spec == market.spec()
    assert row.setting.active is True
    assert row.set_at == line.answered
    assert row.set_at is not None
    assert row.takes_effect_by == row.set_at, "in practice it holds at once"
    assert outcome.takes_effect_by is None


def test_undo_puts_back_what_was_there(market: Market) -> None:
    ids = new_ids(market.opened, 2)
    first, second = market.spec(), market.spec(transport=Transport.SNS, events=[EventType.HIT_EXPIRED])
    market.do(ids, spec=first)
    market.do(ids[:1], Action.SWITCH_OFF)
    market.do(ids, spec=second)
    market.do(ids, Action.UNDO)
    told = first.to_request()
    assert market.real(ids) == market.recorded(ids) == {ids[0]: (told, False), ids[1]: (told, True)}


def test_undo_of_the_first_is_off(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    market.do([one], Action.UNDO)
    assert market.real([one]) == market.recorded([one]) == {one: (market.spec().to_request(), False)}


def test_applying_again_keeps_on_and_off(market: Market) -> None:
    ids = new_ids(market.opened, 2)
    market.do(ids)
    market.do(ids[:1], Action.SWITCH_OFF)
    outcome = market.do(ids, Action.REAPPLY)
    assert not outcome.failed
    assert [active for _, active in filter(None, market.real(ids).values())] == [False, True]


@pytest.mark.parametrize(
    ("action", "why_not", "is_sent"),
    [
        pytest.param(Action.SWITCH_ON, NOTHING_TO_SWITCH, True, id="on"),
        pytest.param(Action.SWITCH_OFF, NOTHING_TO_SWITCH, True, id="off"),
        pytest.param(Action.UNDO, NOTHING_TO_UNDO, False, id="undo"),
        pytest.param(Action.REAPPLY, NOTHING_TO_REAPPLY, False, id="reapply"),
        pytest.param(Action.APPLY, "", True, id="apply"),
    ],
)
def test_preview_where_nothing_is_known(market: Market, action: Action, why_not: str, *, is_sent: bool) -> None:
    request = BulkRequest(
        action=action, hit_type_ids=(STRANGER,), spec=market.spec() if action is Action.APPLY else None
    )
    (row,) = market.hit_types.preview(market.opened, request).rows
    assert (row.why_not, row.change is not None, row.before.spec) == (why_not, is_sent, None)


def test_preview_counts_a_repeated_id_once_and_tells_what_is_replaced(market: Market) -> None:
    refresh(market)
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    other = market.spec(transport=Transport.SNS)
    preview = market.hit_types.preview(
        market.opened, BulkRequest(action=Action.APPLY, hit_type_ids=(one, STRANGER, one), spec=other)
    )
    assert [row.hit_type_id for row in preview.rows] == [one, STRANGER]
    assert preview.rows[0].before.spec == market.spec()
    assert preview.rows[0].title == market.row(one).title != ""
    assert [change.spec for change in preview.changes] == [other, other]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param(BulkRequest(action=Action.UNDO, hit_type_ids=()), "hit-types.none-chosen", id="empty"),
        pytest.param(
            BulkRequest(action=Action.APPLY, hit_type_ids=(STRANGER,)),
            "hit-types.no-specification",
            id="nothing to apply",
        ),
    ],
)
def test_a_request_for_nothing_is_refused(market: Market, asked: BulkRequest, code: str) -> None:
    with pytest.raises(ProblemError) as caught:
        market.hit_types.preview(market.opened, asked)
    assert (caught.value.problem.code, caught.value.problem.cause) == (code, Cause.INPUT)


def test_an_id_of_another_environment_fails_with_its_reason(market: Market) -> None:
    outcome = market.do([STRANGER])
    (result,) = outcome.results
    assert result.state is LineState.FAILED
    assert result.problem is not None
    assert result.problem.title == "There is no such HIT type here."
    assert "does not exist" in result.problem.answer.message
    row = market.row(STRANGER)
    assert (row.line_state, row.problem, row.source) == (LineState.FAILED, result.problem, Source.NOT_KNOWN)


def test_switching_where_nothing_is_set_fails_with_its_reason(market: Market) -> None:
    (result,) = market.do(new_ids(market.opened, 1), Action.SWITCH_ON).results
    assert result.state is LineState.FAILED
    assert result.problem is not None
    assert result.problem.title == "There is nothing to switch on or off."


def test_without_a_record_nothing_is_changed_and_nothing_is_claimed(market: Market) -> None:
    bare = HitTypes(ledger=None, tested=None)
    ids = new_ids(market.opened, 5)
    request = BulkRequest(action=Action.APPLY, hit_type_ids=tuple(ids), spec=market.spec())
    changes = market.changes(ids)
    for call in (
        lambda: bare.preview(market.opened, request),
        lambda: bare.run(market.opened, changes, progress=lambda _: None, stop=threading.Event()),
    ):
        with pytest.raises(ProblemError) as caught:
            call()
        assert caught.value.problem.title == "Nothing was sent, because it cannot be recorded."
    assert set(market.real(ids).values()) == {None}
    assert {row.state for row in bare.add_ids(market.opened, ids)} == {RowState.NO_RECORD}
    with pytest.raises(ProblemError):
        bare.lines_of(market.opened, ids[0])


def test_each_practice_cloud_has_a_record_of_its_own(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    with marketplace(hits=1, hit_types=1) as other:
        assert market.hit_types.rows(other) == ()
        assert market.hit_types.recorded_as(other) != market.hit_types.recorded_as(market.opened)


def test_a_title_is_asked_for_once_and_no_more_than_is_needed(market: Market) -> None:
    about: dict[str, tuple[str, str]] = {}  # id and title of the first HIT of each HIT type
    for hit in market.opened.clients.mturk.list_hits(MaxResults=100)["HITs"]:
        about.setdefault(hit["HITTypeId"], (hit["HITId"], hit["Title"]))
    (one, (first, title)), (another, (second, _)), *_ = about.items()
    asked: list[str] = []
    events = market.opened.clients.mturk_bulk.meta.events
    events.register("before-parameter-build.mturk", lambda params, **_: asked.append(params["HITId"]), "counted")
    try:
        find = market.hit_types.find_titles
        assert find(market.opened, {one: first}) == {one: title}
        assert market.hit_types.titles(market.opened) == {one: title}
        assert find(market.opened, {one: first, "3OTHER": second, "3BAD": "../x"}) == {}, "a HIT of another HIT type"
        assert asked == [first, second]
        gone = {f"3GONE{number}": f"3NONE{number}" for number in range(9)}
        assert find(market.opened, gone | {another: second}) == {}
        assert find(market.opened, gone) == {}
        assert asked[2:] == ["3NONE0", "3NONE1", "3NONE2"], "after three in a row that failed"
    finally:
        events.unregister("before-parameter-build.mturk", unique_id="counted")
    refresh(market)
    assert market.hit_types.titles(market.opened)[another] == about[another][1]
