# SPDX-License-Identifier: MIT
"""How this very specification fared in its last test, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.coverage import Result, SpecTest
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Code, Problem
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.rows import LET_IN, MEND_KIND, Beginning, Ending, Outcome
from notification_tester.storage.tested import Tested

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.storage.places import Places

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SPEC = parse_spec(transport=Transport.EMAIL, destination="lab@example.org", events=["HITExpired", "HITReviewable"])
YES, NO, UNKNOWN = (Lamp(state=state, detail="") for state in (State.YES, State.NO, State.UNKNOWN))


@dataclass
class Past:
    """Tests that were made."""

    history: History
    tested: Tested
    database: Database

    @staticmethod
    def entry(spec: NotificationSpec) -> Beginning:
        """A test of all of a specification, as it is written down."""
        return Beginning(
            account="Lab",
            environment="sandbox",
            transport=spec.transport.value,
            destination=spec.destination.text,
            version=spec.version,
            events=tuple(event.value for event in spec.events),
            event="Ping",
        )

    def add(
        self,
        spec: NotificationSpec = SPEC,
        *,
        arrived: Lamp = YES,
        hours: int = 0,
        account: str = "Lab",
        environment: str = "sandbox",
        outcome: Outcome = Outcome.GOOD,
        kind: str = "test",
        event: str = "Ping",
        code: str = "",
    ) -> None:
        entry = replace(self.entry(spec), kind=kind, account=account, environment=environment, event=event)
        row = self.history.begin(entry, now=NOON + timedelta(hours=hours))
        problem = Problem(title="No.", detail="", remedy="", code=code, cause=Cause.DESTINATION) if code else None
        self.history.complete(row, Ending(outcome=outcome, accepted=YES, arrived=arrived, problem=problem))

    def last_test(self, spec: NotificationSpec = SPEC) -> SpecTest | None:
        return self.tested.last_of_spec(spec, account="Lab", environment="sandbox")

    def last(self, spec: NotificationSpec = SPEC) -> datetime | None:
        found = self.last_test(spec)
        return None if found is None else found.at


@pytest.fixture
def past(places: Places) -> Iterator[Past]:
    with Database(places.database) as database:
        history = History(database)
        yield Past(history, Tested(database), database)


def test_the_newest_that_arrived(past: Past) -> None:
    assert past.last() is None
    past.add()
    past.add(hours=2)
    past.add(hours=3, arrived=NO)
    assert past.last() == NOON + timedelta(hours=2)


@pytest.mark.parametrize(
    ("last", "result"),
    [
        pytest.param([{}], Result.ARRIVED, id="arrived"),
        pytest.param([{"outcome": Outcome.BAD, "arrived": NO}], Result.NOT_ARRIVED, id="not arrived"),
        pytest.param([{"outcome": Outcome.BAD, "code": "arrival.unexpected"}], Result.NOT_AS_EXPECTED, id="another"),
        pytest.param([{"outcome": Outcome.BAD, "code": Code.NOBODY_SUBSCRIBED}], Result.NOT_AS_EXPECTED, id="nobody"),
        pytest.param([{"outcome": Outcome.UNKNOWN, "code": Code.SUBSCRIBERS_UNSEEN}], Result.NOT_KNOWN, id="unseen"),
        pytest.param([{"outcome": Outcome.BAD, "code": Code.NOT_SUBSCRIBED}], Result.ARRIVED, id="of another event"),
        pytest.param([{"outcome": Outcome.BAD, "arrived": NO}, {}], Result.NOT_ARRIVED, id="one of a run"),
    ],
)
def test_the_last_test_counts_whatever_was_before(past: Past, last: list[dict[str, Any]], result: Result) -> None:
    past.add(outcome=Outcome.BAD, arrived=NO)
    past.add(hours=1)
    for one in last:
        past.add(hours=2, **one)
    past.add(hours=3, arrived=UNKNOWN, outcome=Outcome.UNKNOWN)  # tells nothing
    assert past.last_test() == SpecTest(NOON + timedelta(hours=2), result)
    past.add(hours=4)
    assert past.last_test() == SpecTest(NOON + timedelta(hours=4), Result.ARRIVED)


@pytest.mark.parametrize(
    ("run", "outcome"),
    [
        pytest.param([{"outcome": Outcome.BAD, "arrived": NO}, {}], Outcome.BAD, id="the first failed"),
        pytest.param([{}, {"outcome": Outcome.BAD, "arrived": NO}], Outcome.BAD, id="the last failed"),
        pytest.param([{}, {}], Outcome.GOOD, id="none failed"),
        pytest.param([{"outcome": Outcome.BAD, "code": Code.NOT_SUBSCRIBED}], Outcome.GOOD, id="of another event"),
        pytest.param(
            [{"outcome": Outcome.UNKNOWN, "arrived": UNKNOWN}, {"outcome": Outcome.BAD, "code": Code.NOT_SUBSCRIBED}],
            Outcome.UNKNOWN,
            id="not known, and of another event",
        ),
        pytest.param([{"outcome": Outcome.BAD, "code": "arrival.unexpected"}, {}], Outcome.BAD, id="not as expected"),
    ],
)
def test_where_the_newest_test_went_all_that_were_sent_together_count(
    past: Past, run: list[dict[str, Any]], outcome: Outcome
) -> None:
    past.add(outcome=Outcome.GOOD if outcome is Outcome.BAD else Outcome.BAD)  # does not count any more
    for one in run:
        past.add(hours=1, **one)
    found = past.tested.newest_places(account="Lab", environment="sandbox", most=5, had=lambda _: True)
    assert found == [(SPEC.transport.value, SPEC.destination.text, outcome)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"account": "Another"}, id="account"),
        pytest.param({"environment": "production"}, id="environment"),
        pytest.param({"kind": "delivery"}, id="sent from here"),
        pytest.param({"arrived": NO}, id="did not arrive"),
        pytest.param({"spec": replace(SPEC, version="2014-08-15")}, id="version"),
        pytest.param({"spec": replace(SPEC, events=SPEC.events[:1])}, id="events"),
        pytest.param(
            {"spec": parse_spec(transport=Transport.EMAIL, destination="x@example.org", events=["HITExpired"])},
            id="destination",
        ),
    ],
)
def test_what_is_not_quite_the_same_does_not_count(past: Past, other: dict[str, Any]) -> None:
    past.add(**other)
    assert past.last() is None


def green(past: Past) -> list[tuple[str, datetime, datetime | None]]:
    return [
        (one.destination, one.at, one.failed_since) for one in past.tested.greens(account="Lab", environment="sandbox")
    ]


def test_green_tests_of_this_account_come_newest_first(past: Past) -> None:
    other = replace(SPEC, version="2014-08-15")
    past.add()
    past.add(other, hours=1)
    past.add(hours=2, account="Other lab")
    past.add(hours=3, environment="production")
    past.add(hours=4, outcome=Outcome.BAD, arrived=NO)
    past.add(hours=5, outcome=Outcome.UNKNOWN)
    past.add(hours=6, kind="another")
    found = list(past.tested.greens(account="Lab", environment="sandbox"))
    assert [(one.version, one.at.hour, one.failed_since and one.failed_since.hour) for one in found] == [
        ("2014-08-15", 13, None),
        ("2006-05-05", 12, 16),
    ]
    past.add(hours=7)
    assert next(one[2] for one in green(past)) is None, "green again"


def test_many_green_tests_are_all_there(past: Past) -> None:
    for hours in range(45):
        past.add(hours=hours)
    assert len(green(past)) == 45


def test_a_damaged_row_tells_nothing_of_when(past: Past) -> None:
    older = parse_spec(transport=Transport.EMAIL, destination="older@example.org", events=["HITExpired"])
    account, place = {"account": "Lab", "environment": "sandbox"}, (SPEC.transport.value, SPEC.destination.text)
    past.add(older)
    past.add(hours=1)
    past.add(hours=2, kind=MEND_KIND, event=LET_IN)
    assert past.tested.last_change(place) == NOON + timedelta(hours=2)
    past.history.begin(replace(past.entry(SPEC), event="HITExpired"), now=NOON + timedelta(hours=3))  # not answered yet
    newest = partial(past.tested.newest_places, **account, most=5, had=lambda _: True)
    assert newest() == [(*place, Outcome.GOOD), (older.transport.value, older.destination.text, Outcome.GOOD)]
    with past.database.transaction() as connection:
        connection.execute("UPDATE history SET started = 'then' WHERE destination = ?", (SPEC.destination.text,))
    assert past.tested.last_change(place) is None
    assert past.last_test() is None
    assert past.tested.last_of(place, ["Ping"], **account, kind="test") == {}
    assert newest() == [(older.transport.value, older.destination.text, Outcome.GOOD)]
    assert [one[0] for one in green(past)] == [older.destination.text]
