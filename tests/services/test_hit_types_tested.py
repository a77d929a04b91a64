# SPDX-License-Identifier: MIT
"""Whether this very specification arrived in a test, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.notification import parse_spec
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.rows import Beginning, Ending, Outcome
from notification_tester.storage.tested import Tested

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.storage.places import Places

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SPEC = parse_spec(transport=Transport.EMAIL, destination="lab@example.org", events=["HITExpired", "HITReviewable"])
YES, NO = Lamp(state=State.YES, detail=""), Lamp(state=State.NO, detail="")


@dataclass
class Past:
    """Tests that were made."""

    history: History
    tested: Tested

    def add(
        self,
        spec: NotificationSpec = SPEC,
        *,
        arrived: Lamp = YES,
        hours: int = 0,
        account: str = "Lab",
        environment: str = "sandbox",
    ) -> None:
        entry = Beginning(
            account=account,
            environment=environment,
            transport=spec.transport.value,
            destination=spec.destination.text,
            version=spec.version,
            events=tuple(event.value for event in spec.events),
            event="Ping",
        )
        row = self.history.begin(entry, now=NOON + timedelta(hours=hours))
        self.history.complete(row, Ending(outcome=Outcome.GOOD, accepted=YES, arrived=arrived))

    def last(self, spec: NotificationSpec = SPEC) -> datetime | None:
        return self.tested.last_arrived(spec, account="Lab", environment="sandbox")


@pytest.fixture
def past(places: Places) -> Iterator[Past]:
    with Database(places.database) as database:
        history = History(database)
        yield Past(history, Tested(database))


def test_the_newest_that_arrived(past: Past) -> None:
    assert past.last() is None
    past.add()
    past.add(hours=2)
    past.add(hours=3, arrived=NO)
    assert past.last() == NOON + timedelta(hours=2)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"account": "Another"}, id="account"),
        pytest.param({"environment": "production"}, id="environment"),
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
