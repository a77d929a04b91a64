# SPDX-License-Identifier: MIT
"""A queue that does not wait is not asked a thousand times a second, and tidying up keeps nobody waiting."""

from __future__ import annotations

import hashlib
import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.events import EventType
from notification_tester.practice.faults import Faults
from notification_tester.services import polls
from notification_tester.services.inbox import reading as inbox_reading
from notification_tester.services.inbox.listening import Followed, Listening
from notification_tester.services.polls import READERS
from notification_tester.services.sending.test_send import Progress, Stage
from notification_tester.storage.inbox import Inbox
from services.parts import SUBMITTED, body_of_test, until
from services.relay import Passed, Relay, Said, opened_through, relay_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from services.parts import Desk

SECONDS = 1.5
MOST_POLLS = 8
"""With pauses of 0.1, 0.2, 0.4 and 0.8 seconds there are five polls in that time; without, over a thousand."""

POLLS = 4
PAUSES = (0.1, 0.2, 0.4)
"""Seconds between the first of them, at the least."""


@pytest.fixture
def relay(desk: Desk) -> Iterator[Relay]:
    with relay_before(desk.cloud.details) as made, opened_through(made, desk.opened) as opened:
        desk.opened = opened
        yield made
        made.pass_all()
        desk.tests.close()


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    made = desk.outside.open_queue("quick")
    yield made
    desk.tests.close()
    desk.outside.sqs.delete_queue(QueueUrl=made)


def follow_until(desk: Desk, url: str, is_enough: Callable[[int], bool]) -> Followed:
    """Follow until enough were shown, or enough else has happened."""
    stop, over = threading.Event(), threading.Event()
    shown = 0

    def received(some: Sequence[object]) -> None:
        nonlocal shown
        shown += len(some)

    def watch() -> None:
        until(lambda: over.is_set() or is_enough(shown))
        stop.set()

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        with Inbox() as inbox:
            place = parse_destination(Transport.SQS, url)
            return Listening(leftovers=None).follow(
                desk.opened, place, inbox=inbox, received=received, stop=stop, read_anyway=True
            )
    finally:
        over.set()
        watching.join()


def paused(relay: Relay) -> bool:
    """Whether there were pauses between the first polls, each longer than the one before."""
    at = [one.moment for one in relay.calls if one.operation == "ReceiveMessage"]
    assert len(at) > len(PAUSES)
    return all(later - earlier >= least for (earlier, later), least in zip(pairwise(at), PAUSES, strict=False))


@pytest.mark.parametrize("transport", [Transport.SQS, Transport.SNS])
def test_a_search_pauses_where_the_queue_does_not_wait(desk: Desk, relay: Relay, transport: Transport) -> None:
    desk.cloud.set_faults(Faults(no_long_polling=True, lose_next=1))
    stop = threading.Event()

    def stop_after_some(_: Passed) -> None:
        if relay.count("ReceiveMessage") >= POLLS:
            stop.set()

    relay.rules["ReceiveMessage"] = stop_after_some
    outcome = desk.send(desk.spec(transport), stop=stop)
    desk.tests.close()
    assert outcome.arrived.state is not State.YES
    assert paused(relay)


def test_what_does_not_come_to_a_queue_that_does_not_wait_is_not_seen(desk: Desk, relay: Relay) -> None:
    desk.cloud.set_faults(Faults(no_long_polling=True, lose_next=1))
    outcome = desk.send(wait=SECONDS)
    desk.tests.close()
    assert outcome.arrived.state is State.NO
    assert relay.count("ReceiveMessage") <= MOST_POLLS


def test_a_test_is_still_seen_there(desk: Desk, relay: Relay) -> None:
    desk.cloud.set_faults(Faults(no_long_polling=True, late_seconds=1.0))
    assert desk.send().is_good
    assert relay.count("ReceiveMessage") <= MOST_POLLS + 1


def test_following_pauses_where_the_queue_does_not_wait(desk: Desk, relay: Relay, url: str) -> None:
    desk.cloud.set_faults(Faults(no_long_polling=True))
    follow_until(desk, url, lambda _: relay.count("ReceiveMessage") >= POLLS)
    assert paused(relay)


def test_a_queue_that_hands_out_the_same_again_is_not_asked_without_end(desk: Desk, relay: Relay, url: str) -> None:
    """As one does that knows nothing of hiding what it has handed out."""
    message = {
        "MessageId": "0" * 8,
        "ReceiptHandle": "r",
        "Body": "x",
        "MD5OfBody": hashlib.md5(b"x", usedforsecurity=False).hexdigest(),
        "Attributes": {"SentTimestamp": "1700000000000", "ApproximateReceiveCount": "1", "SenderId": "A"},
    }
    relay.rules["ReceiveMessage"] = lambda _: Said(200, {"Messages": [message] * 10})
    followed = follow_until(desk, url, lambda _: relay.count("ReceiveMessage") >= MOST_POLLS + 3)
    assert followed.shown == 1
    at = [one.moment for one in relay.calls if one.operation == "ReceiveMessage"]
    assert at[MOST_POLLS + 2] - at[0] >= SECONDS


def test_a_queue_that_hands_out_what_was_deleted_is_not_asked_without_end(desk: Desk, relay: Relay) -> None:
    body = body_of_test()
    message = {
        "MessageId": "0" * 8,
        "ReceiptHandle": "r",
        "Body": body,
        "MD5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "Attributes": {"SentTimestamp": "4000000000000", "ApproximateReceiveCount": "1", "SenderId": "A"},
    }
    relay.rules["ReceiveMessage"] = lambda _: Said(200, {"Messages": [message]})
    relay.rules["DeleteMessageBatch"] = lambda call: Said(
        200, {"Successful": [{"Id": one["Id"]} for one in call.members["Entries"]], "Failed": []}
    )
    desk.cloud.set_faults(Faults(lose_next=2))
    events = (SUBMITTED, EventType.HIT_CREATED)
    submitted, _ = desk.sweep(desk.spec(events=events), events, wait=SECONDS)
    desk.tests.close()
    assert submitted.arrived.detail.endswith(", and taken out again.")
    assert relay.count("ReceiveMessage") <= MOST_POLLS + 3


def test_after_a_lost_answer_fewer_messages_are_asked_for(
    desk: Desk, relay: Relay, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten messages of a mebibyte each may be more than the line carries in time."""
    monkeypatch.setattr(polls, "FIRST_PAUSE", 0.05)
    for number in range(3):
        entries: Any = [{"Id": str(n), "MessageBody": f"work {number} {n}"} for n in range(10)]
        desk.outside.sqs.send_message_batch(QueueUrl=url, Entries=entries)
    relay.rules["ReceiveMessage"] = lambda _: Said() if relay.count("ReceiveMessage") == 1 else None
    assert follow_until(desk, url, lambda shown: shown >= 30).shown == 30
    asked = [one.members["MaxNumberOfMessages"] for one in relay.calls if one.operation == "ReceiveMessage"]
    assert asked[:6] == [10, 1, 2, 4, 8, 10]


def test_long_polls_follow_each_other_at_once(desk: Desk, relay: Relay, url: str) -> None:
    messages = 30

    def put(_: Passed) -> None:
        entries: Any = [{"Id": str(n), "MessageBody": body_of_test(document=f"{n:040}")} for n in range(10)]
        if relay.count("ReceiveMessage") <= messages // 10:
            desk.outside.sqs.send_message_batch(QueueUrl=url, Entries=entries)

    relay.rules["ReceiveMessage"] = put
    stop = threading.Event()
    seen: list[Any] = []

    def received(some: Any) -> None:
        seen.extend(some)
        if len(seen) >= messages:
            stop.set()

    began = time.monotonic()
    with Inbox() as inbox:
        place = parse_destination(Transport.SQS, url)
        Listening(leftovers=None).follow(desk.opened, place, inbox=inbox, received=received, stop=stop)
    assert time.monotonic() - began < 6


class TestTheNetworkIsGoneAtTheEnd:
    def cut_when_held(self, desk: Desk, relay: Relay, url: str, number: int) -> None:
        assert until(lambda: desk.outside.counts(url)[1] >= number)
        relay.calls.clear()
        relay.fail()

    def test_of_a_search(self, desk: Desk, relay: Relay, url: str) -> None:
        for _ in range(3):
            entries: Any = [{"Id": str(n), "MessageBody": "somebody's work"} for n in range(10)]
            desk.outside.sqs.send_message_batch(QueueUrl=url, Entries=entries)
        desk.cloud.set_faults(Faults(lose_next=1))
        stop = threading.Event()

        def cut(news: Progress) -> None:
            if news.stage is Stage.WAITING:
                self.cut_when_held(desk, relay, url, 30)
                stop.set()

        desk.send(desk.spec(destination=url), stop=stop, progress=cut)
        began = time.monotonic()
        desk.tests.close()
        assert time.monotonic() - began < 5
        assert relay.count("ReceiveMessage") <= READERS  # those that were about to be asked side by side
        assert relay.count("ChangeMessageVisibilityBatch") <= 3  # those that were asked side by side, once each

    def test_of_a_test_through_a_topic(self, desk: Desk, relay: Relay) -> None:
        desk.cloud.set_faults(Faults(lose_next=1))
        stop = threading.Event()

        def cut(news: Progress) -> None:
            if news.stage is Stage.WAITING:
                relay.calls.clear()
                relay.fail()
                stop.set()

        desk.send(desk.spec(Transport.SNS), stop=stop, progress=cut)
        began = time.monotonic()
        desk.tests.close()
        assert time.monotonic() - began < 5
        assert relay.count("Unsubscribe") == 1
        assert relay.count("DeleteQueue") == 0
        relay.pass_all()
        for one in desk.outside.sns.list_subscriptions()["Subscriptions"]:
            if "mturk-notification-tester-" in one["Endpoint"]:
                desk.outside.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
        for left in desk.outside.temporary_queues():
            desk.outside.sqs.delete_queue(QueueUrl=left)
        with desk.leftovers._database.transaction() as connection:
            assert connection.execute("DELETE FROM leftovers").rowcount == 1

    def test_of_following(self, desk: Desk, relay: Relay, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
        for _ in range(3):
            entries: Any = [{"Id": str(n), "MessageBody": f"work {n}"} for n in range(10)]
            desk.outside.sqs.send_message_batch(QueueUrl=url, Entries=entries)

        def cut(_: int) -> bool:
            self.cut_when_held(desk, relay, url, 30)
            return True

        followed = follow_until(desk, url, cut)
        assert followed.late == 30
        assert relay.count("ChangeMessageVisibilityBatch") <= 3
