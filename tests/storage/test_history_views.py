# SPDX-License-Identifier: MIT
"""The history narrowed and sorted, page after page; the places that it knows; how long tests of a place took."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.delivery import Lamp, State
from notification_tester.storage.database import Database
from notification_tester.storage.history import MOST_ARRIVALS, History
from notification_tester.storage.queries import (
    CHANGES,
    HistoryQuery,
    Place,
    Sort,
    arrivals_statement,
    following,
    page_statements,
)
from notification_tester.storage.rows import (
    CHANGE_KINDS,
    DELIVERY_KIND,
    HIT_TYPES_KIND,
    INTERRUPTED_CHANGE,
    MADE_KIND,
    MEND_KIND,
    OTHER_PLACES,
    TEST_KIND,
    Outcome,
    is_of,
)
from notification_tester.storage.stored_values import stamp
from storage.conftest import NOW, YES, beginning, ending

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = "https://sqs.us-east-1.amazonaws.com/123456789012/results"
THERE = "https://sqs.us-east-1.amazonaws.com/123456789012/others"
PRACTICE = ("Practice", "practice")
SOME = [  # queue, account, outcome, seconds
    ("results", "Lab", Outcome.GOOD, 0.5),
    ("others", "Lab", Outcome.BAD, 60.0),
    ("results", "Zoo", Outcome.GOOD, None),
    ("others", "Art", Outcome.UNKNOWN, 0.5),
    ("results", "Lab", Outcome.BAD, 2.0),
    ("others", "Zoo", Outcome.GOOD, 1.0),
]


@pytest.fixture
def rows(add: Callable[..., int]) -> list[int]:
    """Six tests, oldest first."""
    return [
        add(
            end=ending(outcome=outcome, seconds=seconds),
            destination=f"https://sqs.us-east-1.amazonaws.com/123456789012/{queue}",
            account=account,
            environment="sandbox",
        )
        for queue, account, outcome, seconds in SOME
    ]


def page_by_page(history: History, query: HistoryQuery, limit: int = 2) -> list[int]:
    """Every row, as a list asks for it."""
    found: list[int] = []
    query = replace(query, limit=limit)
    while page := history.page(query):
        found += [row.id for row in page]
        query = following(query, page[-1])
    return found


@pytest.mark.parametrize("is_rising", [True, False], ids=["rising", "falling"])
@pytest.mark.parametrize("sort", list(Sort), ids=[one.name for one in Sort])
@pytest.mark.parametrize("text", ["", "amazonaws"], ids=["all", "by a word"])
def test_pages_of_a_sorted_list_have_each_row_once(
    history: History, rows: list[int], sort: Sort, text: str, *, is_rising: bool
) -> None:
    whole = {row.id: row for row in history.page(HistoryQuery())}

    def key(row_id: int) -> str | float:
        row = whole[row_id]
        told: dict[Sort, str | float] = {
            Sort.TIME: row_id,
            Sort.EVENT: row.event,
            Sort.DESTINATION: row.destination,
            Sort.ACCOUNT: row.account,
            Sort.OUTCOME: row.outcome.value,
            Sort.SECONDS: row.seconds or -1,
        }
        return told[sort]

    expected = sorted(sorted(rows, reverse=True), key=key, reverse=not is_rising)
    assert page_by_page(history, HistoryQuery(text=text, sort=sort, is_rising=is_rising)) == expected


def test_a_sorted_list_of_some_outcomes_is_whole(history: History, rows: list[int]) -> None:
    query = HistoryQuery(outcomes=frozenset({Outcome.GOOD, Outcome.BAD}), sort=Sort.SECONDS, is_rising=True)
    assert page_by_page(history, query) == [rows[2], rows[0], rows[5], rows[4], rows[1]]


def test_account_place_and_outcome_narrow_the_list(history: History, rows: list[int]) -> None:
    lab, here = ("Lab", "sandbox"), Place("SQS", HERE, "sandbox")
    for query, expected in (
        (HistoryQuery(account=lab), [rows[4], rows[1], rows[0]]),
        (HistoryQuery(account=("Lab", "live")), []),
        (HistoryQuery(place=here), [rows[4], rows[2], rows[0]]),
        (HistoryQuery(place=here, account=lab, outcomes=frozenset({Outcome.BAD})), [rows[4]]),
        (HistoryQuery(place=here, text="results", account=lab), [rows[4], rows[0]]),
    ):
        assert query.is_narrow
        assert page_by_page(history, query) == expected
        assert history.count(query) == len(expected)


def test_a_day_narrows_the_list(history: History) -> None:
    ids = [history.begin(beginning(), now=NOW + timedelta(days=day)) for day in range(4)]
    first, last = stamp(NOW + timedelta(days=1)), stamp(NOW + timedelta(days=3))
    assert page_by_page(history, HistoryQuery(since=first, until=last)) == [ids[2], ids[1]]
    assert history.count(HistoryQuery(since=first)) == 3
    assert history.count(HistoryQuery(until=first)) == 1


def test_a_row_is_of_the_account_that_had_its_keys_then(history: History, add: Callable[..., int]) -> None:
    add(account="Lab", environment="sandbox")
    row = history.row(1)
    assert row is not None
    (summary,) = history.page(HistoryQuery())
    lab = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING, since=row.started)
    later = (NOW + timedelta(seconds=1)).isoformat()
    for account, expected in (
        (lab, True),
        (replace(lab, since=""), True),
        (replace(lab, name="Renamed", kept_as="Lab"), True),
        (replace(lab, name="Lab", kept_as="Another"), False),
        (replace(lab, environment=Environment.PRODUCTION), False),
        (replace(lab, since=later), False),
    ):
        assert is_of(row, account) is is_of(summary, account) is expected
    assert not is_of(replace(row, started="then"), lab), "when that was cannot be read"


def test_changes_are_found_apart_from_tests(history: History, add: Callable[..., int]) -> None:
    test, changes = add(), [add(kind=kind) for kind in CHANGE_KINDS]
    assert page_by_page(history, HistoryQuery(kind=CHANGES)) == changes[::-1]
    assert page_by_page(history, HistoryQuery(kind="test")) == [test]
    for kind, change in zip(CHANGE_KINDS, changes, strict=True):
        assert page_by_page(history, HistoryQuery(kind=kind)) == [change]
    assert [row.is_change for row in history.page(HistoryQuery())] == [True, True, True, False]


def test_practice_has_another_port_at_each_start_and_the_same_places(history: History, add: Callable[..., int]) -> None:
    ids = [
        add(destination=f"http://127.0.0.1:{port}/123456789012/{name}", environment=environment)
        for port, name, environment in (
            (4001, "practice-results", "practice"),
            (4002, "practice-results", "practice"),
            (4002, "more-practice-results", "practice"),
            (4003, "practice-results", "other"),
        )
    ]
    place = Place("SQS", "http://127.0.0.1:4002/123456789012/practice-results", "practice")
    assert page_by_page(history, HistoryQuery(place=place)) == ids[1::-1]
    other = Place("SQS", "http://127.0.0.1:4003/123456789012/practice-results", "other")
    assert page_by_page(history, HistoryQuery(place=other)) == [ids[3]]


def other_places(*names: str) -> dict[str, object]:
    """A request of a change that is about these queues, too."""
    return {
        OTHER_PLACES: [{"transport": "SQS", "destination": f"{THERE.removesuffix('others')}{one}"} for one in names]
    }


@pytest.mark.parametrize("environment", ["sandbox", "practice"])
@pytest.mark.parametrize("sort", [Sort.TIME, Sort.OUTCOME], ids=["by time", "sorted"])
@pytest.mark.parametrize("text", ["", "amazonaws"], ids=["all", "by a word"])
def test_a_change_of_several_places_is_found_by_each(
    history: History, add: Callable[..., int], environment: str, sort: Sort, text: str
) -> None:
    kinds = {"kind": HIT_TYPES_KIND, "environment": environment, "event": "off 3"}
    one = add(destination=HERE, request=other_places("others", "third"), **kinds)
    add(destination=HERE, environment=environment, request=other_places("others"))  # a test, and no change
    two = add(destination=THERE, request=other_places("results"), **kinds)
    add(destination=HERE, request={OTHER_PLACES: [{"transport": "SNS", "destination": THERE}, THERE, 3]}, **kinds)
    add(destination=HERE, request={OTHER_PLACES: "others"}, **kinds)
    query = HistoryQuery(place=Place("SQS", THERE, environment), text=text, sort=sort)
    assert page_by_page(history, query, limit=1) == [two, one]
    assert history.count(query) == 2
    narrow = replace(query, outcomes=frozenset({Outcome.GOOD, Outcome.BAD}), kind=CHANGES)
    assert page_by_page(history, narrow) == [two, one]
    assert [row.more_places for row in history.page(query)] == [1, 2]
    three = add(destination=HERE, request=other_places("others"), **kinds)
    last = add(destination=THERE, end=ending(outcome=Outcome.BAD), **kinds)
    in_order = [last, three, two, one] if sort is Sort.TIME else [three, two, one, last]
    assert page_by_page(history, query) == page_by_page(history, query, limit=9) == in_order, "wherever each was found"


def test_an_index_leads_to_changes_of_several_places(database: Database) -> None:
    _, others = page_statements(HistoryQuery(place=Place("SQS", THERE, "sandbox")), indexed=True)
    with database.reading() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {others.sql}", others.values).fetchall()
    steps = [str(row[3]) for row in plan]
    assert any("history_of_hit_types" in step for step in steps), steps
    assert not any(step.startswith("USE TEMP B-TREE") for step in steps), steps


@pytest.mark.parametrize("is_rising", [False, True])
@pytest.mark.parametrize("environment", ["sandbox", "practice"])
def test_an_index_leads_to_the_changes_of_a_policy(database: Database, environment: str, is_rising: bool) -> None:
    query = HistoryQuery(kind=MEND_KIND, place=Place("SQS", THERE, environment), before=7, is_rising=is_rising)
    for asked in page_statements(query, indexed=True):
        with database.reading() as connection:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {asked.sql}", asked.values).fetchall()
        steps = [str(row[3]) for row in plan]
        assert any("history_of_mends" in step for step in steps), steps
        assert not any(step.startswith("USE TEMP B-TREE") for step in steps), steps


def test_a_damaged_request_of_a_change_tells_of_no_other_place(
    history: History, database: Database, add: Callable[..., int]
) -> None:
    add(kind=HIT_TYPES_KIND, request=other_places("others"))
    with database.transaction() as connection:
        connection.execute("UPDATE history_body SET request = '{'")
    assert history.page(HistoryQuery(place=Place("SQS", THERE, "practice"))) == []
    assert [row.more_places for row in history.page(HistoryQuery())] == [0]


def test_the_places_are_told_the_newest_first(history: History, rows: list[int]) -> None:
    assert [(account, place.name) for account, place in history.places()] == [
        ("Zoo", "others"),
        ("Lab", "results"),
        ("Art", "others"),
        ("Zoo", "results"),
        ("Lab", "others"),
    ]


def test_how_long_tests_of_a_place_took_is_told_oldest_first(history: History, add: Callable[..., int]) -> None:
    late = Lamp(state=State.YES, detail="It came.", seconds=7.25)
    no = Lamp(state=State.NO, detail="Nothing came.")
    unknown = Lamp(state=State.UNKNOWN, detail="Not looked for.")
    came = add(end=ending(arrived=late, seconds=9.0))
    lost = add(end=ending(outcome=Outcome.BAD, arrived=no, seconds=60.0))
    refused = add(end=ending(outcome=Outcome.BAD, accepted=no, arrived=unknown))
    add(end=ending(outcome=Outcome.UNKNOWN, arrived=unknown))
    add(destination=THERE)
    add(kind=MEND_KIND)
    sent_here = add(kind=DELIVERY_KIND)
    history.begin(beginning(), now=NOW)
    place = Place("SQS", HERE, "practice")
    found = history.arrivals(place, PRACTICE)
    assert [(one.id, one.seconds) for one in found] == [(came, 7.25), (lost, None), (refused, None)]
    assert found[0].at == pytest.approx(NOW.timestamp(), abs=0.01)
    assert [one.id for one in history.arrivals(place, PRACTICE, limit=3)] == [refused]
    assert [one.seconds for one in history.arrivals(place, PRACTICE, kind=DELIVERY_KIND)] == [YES.seconds]
    assert [one.id for one in history.arrivals(place, PRACTICE, kind=DELIVERY_KIND)] == [sent_here]


def test_another_account_at_the_same_place_tells_nothing_of_how_long_tests_took(
    history: History, add: Callable[..., int]
) -> None:
    ids = {
        (account, environment): add(destination=THERE, account=account, environment=environment)
        for account in ("Lab", "Zoo")
        for environment in ("sandbox", "production")
    }
    place = Place("SQS", THERE, "sandbox")
    for account, row_id in ids.items():
        assert [one.id for one in history.arrivals(place, account)] == [row_id]


def test_an_index_leads_to_how_long_tests_of_a_place_took(database: Database) -> None:
    asked = arrivals_statement(Place("SQS", THERE, "sandbox"), ("Lab", "sandbox"), TEST_KIND, MOST_ARRIVALS)
    with database.reading() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {asked.sql}", asked.values).fetchall()
    steps = [str(row[3]) for row in plan]
    assert any(step.startswith("SEARCH h USING INDEX history_newest_at_place (destination=?") for step in steps), steps
    assert not any(step.startswith(("SCAN", "USE TEMP B-TREE")) for step in steps), steps


def test_a_damaged_row_says_nothing_of_how_long_it_took(history: History, database: Database) -> None:
    ids = [history.begin(beginning(), now=NOW) for _ in range(3)]
    for row_id in ids:
        history.complete(row_id, ending())
    with database.transaction() as connection:
        connection.execute("UPDATE history_body SET lamps = 'x' WHERE id = ?", (ids[0],))
        connection.execute("UPDATE history SET started = 'then' WHERE id = ?", (ids[1],))
    assert [one.id for one in history.arrivals(Place("SQS", HERE, "practice"), PRACTICE)] == [ids[2]]


@pytest.mark.parametrize("kind", [MEND_KIND, MADE_KIND, HIT_TYPES_KIND])
def test_a_change_that_a_crash_left_open_is_no_test(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "crashed.sqlite3"
    with Database(path) as database:
        History(database).begin(beginning(kind=kind), now=NOW)
    with Database(path) as database:
        history = History(database)
        assert history.close_interrupted() == 1
        (summary,) = history.page(HistoryQuery())
        row = history.row(summary.id)
    assert row is not None
    assert (row.outcome, row.problem) == (Outcome.INTERRUPTED, INTERRUPTED_CHANGE)
