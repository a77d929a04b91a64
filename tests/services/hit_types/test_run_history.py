# SPDX-License-Identifier: MIT
"""A run over HIT types is one row of the history, and is taken back from there while the record knows it to stand."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.setting import Action, LineState
from notification_tester.practice.faults import Faults
from notification_tester.services.hit_types.bulk_types import BulkRequest, Effect
from notification_tester.services.hit_types.preview import NOT_KNOWN
from notification_tester.services.hit_types.refusals import NO_RECORD
from notification_tester.services.hit_types.undoing import CHANGED_SINCE, NOT_REACHED, UNDONE, as_spans
from notification_tester.storage.history import History
from notification_tester.storage.queries import CHANGES, HistoryQuery, Place
from notification_tester.storage.rows import HIT_TYPES_KIND, HistoryRow, Outcome
from services.market import Market, market_with_history_at, marketplace, new_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.places import Places

NOW = datetime.now(tz=UTC)
STRANGER = HitTypeId("3STRANGER00000000000000000000")


@pytest.fixture(scope="module")
def account() -> Iterator[OpenAccount]:
    with marketplace(hits=300, hit_types=60) as opened:
        yield opened


@pytest.fixture
def market(account: OpenAccount, places: Places) -> Iterator[Market]:
    with market_with_history_at(account, places) as found:
        yield found


def newest(market: Market) -> HistoryRow:
    return rows(market)[0]


def rows(market: Market) -> list[HistoryRow]:
    history = History(market.database)
    return list(history.rows([one.id for one in history.page(HistoryQuery(kind=CHANGES))]))


def test_a_run_is_one_row_with_what_was_sent_and_what_came_of_it(market: Market) -> None:
    ids = new_ids(market.opened, 3)
    market.do(ids)
    (row,) = rows(market)
    assert (row.kind, row.event, row.outcome, row.account) == (HIT_TYPES_KIND, "apply 3", Outcome.GOOD, "Practice")
    assert (row.transport, row.destination) == ("SQS", market.spec().destination.text)
    assert row.events == ("AssignmentSubmitted",)
    assert row.request == {"HIT types": 3, "first": ids}
    assert row.message is not None
    assert (row.message["applied"], row.message["failed"]) == (3, 0)


def test_a_switch_tells_where_the_hit_types_were_set_to_tell(market: Market) -> None:
    ids = new_ids(market.opened, 2)
    market.do(ids)
    place = Place("SQS", market.spec().destination.text, "practice")
    for action in (Action.SWITCH_OFF, Action.SWITCH_ON):
        market.do(ids, action)
        row = newest(market)
        assert (row.transport, row.destination, row.other_places) == ("SQS", place.destination, [])
        assert row.events == (), "Active alone was sent"
    found = History(market.database).page(HistoryQuery(place=place))
    assert [one.event for one in found] == ["on 2", "off 2", "apply 2"]


def test_a_switch_of_several_places_is_found_by_each_of_them(market: Market) -> None:
    ids = new_ids(market.opened, 4)
    topic = market.spec(transport=Transport.SNS)
    market.do(ids[:1], spec=topic)
    market.do(ids[1:3])
    market.do(ids, Action.SWITCH_OFF)
    row, history = newest(market), History(market.database)
    assert row.destination == market.spec().destination.text, "of most of them"
    assert row.other_places == [("SNS", topic.destination.text)]
    for spec in (market.spec(), topic):
        place = Place(spec.transport.value, spec.destination.text, "practice")
        assert history.page(HistoryQuery(place=place))[0].id == row.id


def test_a_switch_of_which_the_record_knows_no_place_tells_none(market: Market) -> None:
    market.do(new_ids(market.opened, 1), Action.SWITCH_OFF)
    row = newest(market)
    assert (row.transport, row.destination, row.more_places) == ("", "", 0)


def test_what_failed_is_told_with_its_reason(market: Market) -> None:
    ids = [*new_ids(market.opened, 1), STRANGER]
    market.do(ids)
    row = newest(market)
    assert row.outcome is Outcome.BAD
    assert row.problem is not None
    assert row.message is not None
    assert (row.message["applied"], row.message["failed"]) == (1, 1)


def test_a_run_that_was_stopped_before_its_first_call_is_no_change(market: Market) -> None:
    stop = threading.Event()
    stop.set()
    market.run(market.changes(new_ids(market.opened, 2)), stop=stop)
    assert rows(market) == []


def test_the_run_is_undone_for_all_of_its_hit_types(market: Market) -> None:
    ids = new_ids(market.opened, 3)
    market.do(ids)
    market.do(ids, spec=market.spec(transport=Transport.SNS))
    found = market.hit_types.undo_of(market.opened, newest(market))
    assert (found.hit_type_ids, found.left_out) == (tuple(ids), ())
    market.do(found.hit_type_ids, Action.UNDO)
    assert newest(market).event == "undo 3"
    assert market.real(ids) == dict.fromkeys(ids, (market.spec().to_request(), True))
    back = market.hit_types.undo_of(market.opened, newest(market))
    assert back.hit_type_ids == tuple(ids), "the undo is a change like another"


def test_what_is_left_out_is_named_with_its_reason(market: Market) -> None:
    ids = new_ids(market.opened, 4)
    market.do([*ids, STRANGER])
    row = newest(market)
    assert market.hit_types.left_out(market.opened, row) == market.hit_types.undo_of(market.opened, row).left_out
    market.do(ids[:1], Action.SWITCH_OFF)
    market.do(ids[1:2], Action.UNDO)
    market.do(ids[2:3], spec=market.spec(transport=Transport.SNS))
    market.do(ids[2:3], Action.UNDO)  # of the later change: what this run set holds, by another change
    found = market.hit_types.undo_of(market.opened, row)
    assert found.hit_type_ids == (ids[3],)
    assert [(one.hit_type_id, one.why) for one in found.left_out] == [
        (ids[0], CHANGED_SINCE),
        (ids[1], UNDONE),
        (ids[2], CHANGED_SINCE),
        (STRANGER, NOT_REACHED),
    ]
    assert [one.at is not None for one in found.left_out] == [True, True, True, False]
    assert market.hit_types.left_out(market.opened, row) == found.left_out
    assert market.hit_types.left_out(market.opened, replace(row, account="Lab")) == ()
    market.do(ids[3:], Action.UNDO)
    assert market.hit_types.left_out(market.opened, row) == (), "there is nothing to undo"


def test_a_preview_of_an_undo_names_what_is_left_out(market: Market) -> None:
    ids = new_ids(market.opened, 3)
    market.do(ids)
    row = newest(market)
    market.do(ids[:1], Action.SWITCH_OFF)
    found = market.hit_types.undo_of(market.opened, row)
    request = BulkRequest(action=Action.UNDO, hit_type_ids=found.hit_type_ids, left_out=found.left_out)
    preview = market.hit_types.preview(market.opened, request)
    assert [one.hit_type_id for one in preview.changes] == ids[1:]
    assert [(one.hit_type_id, one.effect, one.why_not) for one in preview.rows[2:]] == [
        (ids[0], Effect.LEFT_OUT, CHANGED_SINCE)
    ]


def test_an_undo_of_a_later_change_is_none_of_the_one_before(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    first = newest(market)
    market.do([one], spec=market.spec(transport=Transport.SNS))
    later = newest(market)
    market.do([one], Action.UNDO)
    found = market.hit_types.replaced(market.opened, (first, later))
    assert [found[row.id].is_undone for row in (first, later)] == [False, True]
    assert market.hit_types.replaced(market.opened, ()) == {}


def test_a_run_is_undone_once_all_that_came_about_is(market: Market) -> None:
    """What was refused then, and an undo that failed first, are no change."""
    ids = new_ids(market.opened, 2)
    market.do([*ids, STRANGER])
    row = newest(market)
    market.do(ids[:1], Action.UNDO)
    assert market.hit_types.replaced(market.opened, [row]) == {}
    undo_of_other = market.changes(ids[1:], Action.UNDO)
    (line,) = market.ledger.plan(*market.hit_types.recorded_as(market.opened), undo_of_other, now=NOW)
    market.ledger.answer([(line, LineState.FAILED, NO_RECORD)], now=NOW)
    assert market.hit_types.undo_of(market.opened, row).hit_type_ids == (ids[1],)
    market.do(ids[1:], Action.UNDO)
    assert market.hit_types.replaced(market.opened, [row])[row.id].is_undone


def test_an_undo_without_an_answer_has_undone_nothing_for_certain(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    row = newest(market)
    (line,) = market.ledger.plan(
        *market.hit_types.recorded_as(market.opened), market.changes([one], Action.UNDO), now=NOW
    )
    market.ledger.answer([(line, LineState.UNKNOWN, None)], now=NOW)
    assert not market.hit_types.replaced(market.opened, [row])[row.id].is_undone


def test_what_is_undone_is_the_newest_change_though_one_before_it_is_in_doubt(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    (line,) = market.ledger.plan(*market.hit_types.recorded_as(market.opened), market.changes([one]), now=NOW)
    market.ledger.answer([(line, LineState.UNKNOWN, None)], now=NOW)
    doubted = replace(newest(market), message={"lines": [[line, line]]})
    market.do([one], Action.SWITCH_OFF)
    assert market.hit_types.undo_of(market.opened, newest(market)).hit_type_ids == (one,)
    with pytest.raises(ProblemError) as raised:
        market.hit_types.undo_of(market.opened, doubted)
    assert raised.value.problem.code == "undo.changed-since"


def test_what_a_run_sent_after_another_that_went_on_beside_it_is_its_own(market: Market) -> None:
    """Its lines in the record are not in a row then."""
    one, doubted = new_ids(market.opened, 2)
    market.do([one])
    first = market.hit_types.lines_of(market.opened, one)[0].id
    (last,) = market.ledger.plan(*market.hit_types.recorded_as(market.opened), market.changes([doubted]), now=NOW)
    market.ledger.answer([(last, LineState.UNKNOWN, None)], now=NOW)
    row = replace(newest(market), message={"lines": [[first, first], [last, last]]})
    found = market.hit_types.undo_of(market.opened, row)
    assert found.hit_type_ids == (one,)
    assert [(left.hit_type_id, left.why, left.at) for left in found.left_out] == [(doubted, NOT_KNOWN, None)]


def test_what_failed_since_changed_nothing(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    market.do([one])
    row = newest(market)
    (line,) = market.ledger.plan(*market.hit_types.recorded_as(market.opened), market.changes([one]), now=NOW)
    market.ledger.answer([(line, LineState.FAILED, NO_RECORD)], now=NOW)
    assert market.hit_types.undo_of(market.opened, row).hit_type_ids == (one,)


def test_where_all_were_changed_since_it_says_so(market: Market) -> None:
    ids = new_ids(market.opened, 2)
    market.do(ids)
    row = newest(market)
    market.do(ids, Action.SWITCH_OFF)
    with pytest.raises(ProblemError) as raised:
        market.hit_types.undo_of(market.opened, row)
    assert raised.value.problem.code == "undo.changed-since"


def test_where_nothing_was_applied_there_is_nothing_to_undo(market: Market) -> None:
    market.do([STRANGER])
    with pytest.raises(ProblemError) as raised:
        market.hit_types.undo_of(market.opened, newest(market))
    assert raised.value.problem.code == "undo.nothing"


def test_where_nothing_is_known_that_could_be_put_back_it_says_so(market: Market) -> None:
    (one,) = new_ids(market.opened, 1)
    changes = market.changes([one])
    market.cloud.set_faults(Faults(internal_failure_rate=1.0))
    market.run(changes)
    market.cloud.set_faults(Faults())
    row = newest(market)
    with pytest.raises(ProblemError) as raised:
        market.hit_types.undo_of(market.opened, row)
    assert raised.value.problem.detail.startswith("The record knows nothing that was set before")
    assert "on the page HIT types" in raised.value.problem.remedy
    replaced = market.hit_types.replaced(market.opened, [row])[row.id]
    assert (replaced.at, replaced.is_undone) == (None, False)


def test_of_runs_at_the_same_time_each_knows_its_own_lines() -> None:
    assert as_spans([]) == []
    assert as_spans([1, 2, 4, 5, 6, 8, 2]) == [[1, 2], [4, 6], [8, 8], [2, 2]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"account": "Lab"}, "undo.another-account", id="another account"),
        pytest.param({"message": None}, "undo.not-known", id="the program ended before it was written down"),
        pytest.param({"message": {"lines": [[7], "x", [1, 2, 3]]}}, "undo.not-known", id="damaged"),
        pytest.param({"message": {"lines": [["a", "b"]]}}, "undo.not-known", id="damaged numbers"),
    ],
)
def test_what_cannot_be_undone_says_why(market: Market, change: dict[str, object], code: str) -> None:
    market.do(new_ids(market.opened, 1))
    with pytest.raises(ProblemError) as raised:
        market.hit_types.undo_of(market.opened, replace(newest(market), **change))  # type: ignore[arg-type]
    assert raised.value.problem.code == code
