# SPDX-License-Identifier: MIT
"""What the history of an account tells of a destination, from tests that were really sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.coverage import Standing
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.events import EventType
from notification_tester.services.sending.coverage import coverage, recent
from notification_tester.storage.database import Database
from notification_tester.storage.rows import MEND_KIND, TAKEN_BACK, Outcome
from notification_tester.storage.tested import Tested
from storage.conftest import NOW, beginning, ending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.storage.places import Places
    from services.parts import Desk

SUBMITTED, EXPIRED = EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_EXPIRED


@pytest.fixture
def tested(desk: Desk, places: Places) -> Iterator[Tested]:
    with Database(places.database) as database:
        yield Tested(database, write_out=desk.history.write_out)


def add(
    desk: Desk,
    *,
    seconds: float = 0.8,
    outcome: Outcome = Outcome.GOOD,
    as_expected: Lamp | None = None,
    when: datetime = NOW,
    **changes: Any,
) -> None:
    """A test that ended earlier, at the queue of practice and by its account unless said otherwise."""
    usual = {
        "account": desk.opened.account.name,
        "environment": desk.opened.account.environment.value,
        "destination": desk.cloud.details.queue_url,
    }
    seen = Lamp(state=State.YES, detail="", seconds=seconds)
    row = desk.history.begin(beginning(**{**usual, **changes}), now=when)
    more = {} if as_expected is None else {"as_expected": as_expected}
    desk.history.complete(row, ending(outcome=outcome, arrived=seen, **more))


def test_the_last_test_of_each_event(desk: Desk, tested: Tested) -> None:
    spec = desk.spec(events=[SUBMITTED])
    desk.sweep(spec, [SUBMITTED, EXPIRED])
    found = coverage(tested, desk.opened, spec.destination, is_from_here=False)
    assert set(found.last) == {SUBMITTED, EXPIRED}
    assert found.standing(SUBMITTED, is_asked_for=True) is Standing.ARRIVED
    assert found.standing(EXPIRED, is_asked_for=False) is Standing.ARRIVED_UNASKED
    assert found.standing(EventType.HIT_CREATED, is_asked_for=True) is Standing.NEVER_TESTED
    assert found.last[SUBMITTED].seconds is not None
    assert found.usual is not None


def test_of_this_account_this_destination_and_this_sender_alone(desk: Desk, tested: Tested) -> None:
    queue = desk.spec().destination
    add(desk, account="Lab")
    add(desk, environment="sandbox")
    add(desk, destination=desk.cloud.details.blocked_queue_url)
    add(desk, kind="delivery")
    assert coverage(tested, desk.opened, queue, is_from_here=False).last == {}
    assert set(coverage(tested, desk.opened, queue, is_from_here=True).last) == {SUBMITTED}


def test_what_other_keys_of_its_name_did_says_nothing_of_an_account(desk: Desk, tested: Tested) -> None:
    queue = desk.spec().destination
    add(desk)
    add(desk, kind="delivery")
    given_since = replace(desk.opened.account, since=(NOW + timedelta(days=1)).isoformat())
    other = replace(desk.opened, account=given_since)
    for is_from_here in (False, True):
        assert coverage(tested, desk.opened, queue, is_from_here=is_from_here).usual is not None
        found = coverage(tested, other, queue, is_from_here=is_from_here)
        assert (found.last, found.usual) == ({}, None)
    assert [one.destination for one in recent(tested, desk.opened)] == [queue]
    assert recent(tested, other) == ()


@pytest.mark.parametrize(
    ("outcome", "is_changed"), [(Outcome.GOOD, True), (Outcome.UNKNOWN, True), (Outcome.BAD, False)]
)
def test_a_test_before_the_access_was_changed_says_nothing_of_now(
    desk: Desk, tested: Tested, outcome: Outcome, is_changed: bool
) -> None:
    spec = desk.spec(events=[SUBMITTED])
    desk.sweep(spec, [SUBMITTED])
    change = beginning(kind=MEND_KIND, event=TAKEN_BACK, destination=spec.destination.text)
    row = desk.history.begin(change, now=datetime.now(tz=UTC))
    desk.history.complete(row, ending(outcome=outcome))
    found = coverage(tested, desk.opened, spec.destination, is_from_here=False)
    assert found.summary([SUBMITTED]).is_changed is is_changed
    desk.sweep(spec, [SUBMITTED])
    found = coverage(tested, desk.opened, spec.destination, is_from_here=False)
    assert not found.summary([SUBMITTED]).is_changed


def test_usual_is_the_one_in_the_middle(desk: Desk, tested: Tested) -> None:
    for seconds in (0.5, 0.9, 30.0):
        add(desk, seconds=seconds)
    found = coverage(tested, desk.opened, desk.spec().destination, is_from_here=False)
    assert found.usual == 0.9
    assert found.last[SUBMITTED].seconds == 30.0


def test_one_that_is_under_way_has_no_verdict(desk: Desk, tested: Tested) -> None:
    desk.history.begin(
        beginning(
            account=desk.opened.account.name,
            environment=desk.opened.account.environment.value,
            destination=desk.cloud.details.queue_url,
        ),
        now=NOW,
    )
    assert coverage(tested, desk.opened, desk.spec().destination, is_from_here=False).last == {}


def test_recent_destinations_newest_first_with_their_last_outcome(desk: Desk, tested: Tested) -> None:
    blocked = desk.cloud.details.blocked_queue_url
    add(desk)
    add(desk, destination=blocked, outcome=Outcome.BAD)
    add(desk, destination=blocked, outcome=Outcome.UNKNOWN, when=NOW + timedelta(seconds=1))
    add(desk, destination="nonsense", when=NOW + timedelta(seconds=2))
    add(desk, transport="Pigeon", when=NOW + timedelta(seconds=3))
    add(desk, account="Lab", destination="https://sqs.us-east-1.amazonaws.com/123456789012/of-the-lab")
    found = recent(tested, desk.opened)
    assert [(one.destination.name, one.state) for one in found] == [
        (parse_destination(Transport.SQS, blocked).name, State.UNKNOWN),
        (desk.spec().destination.name, State.YES),
    ]


def test_of_many_recent_destinations_the_newest_are_offered(desk: Desk, tested: Tested) -> None:
    emails = [f"{name}@practice.example" for name in "abcdefg"]
    for seconds, email in enumerate(emails):
        add(desk, transport="Email", destination=email, when=NOW + timedelta(seconds=seconds))
    assert [one.destination.text for one in recent(tested, desk.opened)] == emails[:1:-1]


def test_what_was_tested_in_an_earlier_start_of_practice_is_offered_where_it_is_now(desk: Desk, tested: Tested) -> None:
    now = desk.cloud.details.queue_url
    earlier = now.replace(f":{desk.cloud.port}/", ":1/")
    assert earlier != now
    add(desk, destination=earlier)
    add(desk, destination=earlier, when=NOW - timedelta(days=1))
    assert [one.destination.text for one in recent(tested, desk.opened)] == [now]


def test_without_a_history_nothing_is_known(desk: Desk) -> None:
    assert coverage(None, desk.opened, desk.spec().destination, is_from_here=False).last == {}
    assert recent(None, desk.opened) == ()


def test_what_arrived_and_was_not_as_expected_is_told_apart_from_what_did_not_arrive(
    desk: Desk, tested: Tested
) -> None:
    add(desk, outcome=Outcome.BAD, as_expected=Lamp(state=State.NO, detail="Another version."))
    queue = desk.spec().destination
    summary = coverage(tested, desk.opened, queue, is_from_here=False).summary([SUBMITTED])
    assert (summary.arrived, summary.failed, summary.spoiled) == (0, 1, 1)
