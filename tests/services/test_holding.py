# SPDX-License-Identifier: MIT
"""Holding messages of a queue: what is held is known, comes back when it should, and is hidden by nobody afterwards."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest

from notification_tester.aws.queues import Queue
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.practice.faults import Faults
from notification_tester.services import holding as inbox_holding
from notification_tester.services import polls as inbox_polls
from notification_tester.services.holding import Holding, elapsed
from notification_tester.services.inbox import reading as inbox_reading
from notification_tester.services.inbox.listening import FollowNews, Listening
from notification_tester.services.polls import Polls
from notification_tester.services.readers import Readers
from notification_tester.storage.inbox import Inbox
from services.parts import LONG, body_of_test, until
from services.relay import Passed, Relay, Said, opened_through, refusal, relay_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from notification_tester.aws.queues import ReceivedMessage
    from notification_tester.domain.destination import QueueAddress
    from services.parts import Desk

MANY = 30


@pytest.fixture(autouse=True)
def short_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_holding, "SHORTEST_HOLD", 6)
    monkeypatch.setattr(inbox_holding, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    made = desk.outside.open_queue("held")
    yield made
    desk.outside.sqs.delete_queue(QueueUrl=made)


@pytest.fixture
def relay(desk: Desk) -> Iterator[Relay]:
    with relay_before(desk.cloud.details) as made, opened_through(made, desk.opened) as opened:
        desk.opened = opened
        yield made


def fill(desk: Desk, url: str) -> None:
    for start in range(0, MANY, 10):
        entries: Any = [{"Id": str(n), "MessageBody": f"work {start + n}"} for n in range(10)]
        desk.outside.sqs.send_message_batch(QueueUrl=url, Entries=entries)


def follow(
    desk: Desk, url: str, told: Callable[[FollowNews, threading.Event], None], readers: Readers | None = None
) -> list[FollowNews]:
    news: list[FollowNews] = []
    stop = threading.Event()

    def hear(one: FollowNews) -> None:
        news.append(one)
        told(one, stop)

    with Inbox() as inbox:
        place = parse_destination(Transport.SQS, url)
        Listening(leftovers=None, readers=readers).follow(
            desk.opened, place, inbox=inbox, received=lambda _: None, stop=stop, news=hear
        )
    return news


def test_more_than_the_most_is_not_held(desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_holding, "MOST_HELD", 10)
    fill(desk, url)

    def told(one: FollowNews, stop: threading.Event) -> None:
        if one.is_full:
            assert desk.outside.counts(url) == (MANY - 10, 10)
            stop.set()

    news = follow(desk, url, told)
    assert (news[-1].is_full, news[-1].held) == (False, 0)  # all given back
    assert any(one.is_full and one.held == 10 for one in news)
    assert desk.outside.counts(url) == (MANY, 0)


def test_messages_that_are_gone_are_held_no_longer(desk: Desk, url: str) -> None:
    fill(desk, url)
    readers, place = Readers(), cast("QueueAddress", parse_destination(Transport.SQS, url))
    in_our_hands: list[int] = []

    def told(one: FollowNews, stop: threading.Event) -> None:
        if one.held == MANY and desk.outside.counts(url) == (0, MANY):
            in_our_hands.append(readers.held(place))
            desk.outside.sqs.purge_queue(QueueUrl=url)
        elif one.shown == MANY and not one.held:
            stop.set()

    news = follow(desk, url, told, readers)
    assert news[-1].held == 0
    assert in_our_hands[0] == MANY
    assert readers.of(place) == (), "nobody reads it any more"
    assert desk.outside.counts(url) == (0, 0)


def test_a_renewal_under_way_hides_nothing_that_was_given_back(desk: Desk, relay: Relay, url: str) -> None:
    fill(desk, url)
    renewing, released = threading.Event(), threading.Event()

    def hold_up(call: Passed) -> None:
        if call.members["Entries"][0]["VisibilityTimeout"]:
            renewing.set()
            released.wait(LONG)
        else:  # it is being given back, though a renewal is under way
            threading.Timer(0.2, released.set).start()

    relay.rules["ChangeMessageVisibilityBatch"] = hold_up

    def end_while_renewing(stop: threading.Event) -> None:
        renewing.wait(LONG)
        stop.set()
        threading.Timer(2.0, released.set).start()

    def told(one: FollowNews, stop: threading.Event) -> None:
        if one.held == MANY:
            threading.Thread(target=end_while_renewing, args=(stop,)).start()

    follow(desk, url, told)
    assert released.wait(LONG)
    assert desk.outside.counts(url) == (MANY, 0)


@pytest.mark.slow
def test_while_holds_cannot_be_renewed_nothing_is_received(
    desk: Desk, relay: Relay, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_holding, "SHORTEST_HOLD", 4)  # as the real one, far longer than a poll
    fill(desk, url)
    seen_back: list[bool] = []

    def stop_when_back(stop: threading.Event) -> None:
        seen_back.append(until(lambda: desk.outside.counts(url) == (MANY, 0)))
        stop.set()

    def told(one: FollowNews, stop: threading.Event) -> None:
        if one.held == MANY and not relay.rules:
            relay.fail("ChangeMessageVisibilityBatch", said=refusal("InternalError", status=500))
            threading.Thread(target=stop_when_back, args=(stop,)).start()

    news = follow(desk, url, told)
    assert any(one.trouble is not None for one in news)
    assert seen_back == [True]
    relay.pass_all()
    names: Any = ["ApproximateReceiveCount"]
    (message, *_) = desk.outside.sqs.receive_message(
        QueueUrl=url, VisibilityTimeout=0, MessageSystemAttributeNames=names
    )["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"  # the Inbox's, and this one


def test_copies_in_a_queue_of_ours_are_hidden_until_they_are_deleted(desk: Desk, relay: Relay) -> None:
    arn = desk.outside.open_topic("copied")
    stop = threading.Event()
    slow = threading.Event()

    def delete_later(_: Passed) -> None:
        slow.wait(2.5)

    relay.rules["DeleteMessageBatch"] = delete_later

    def publish(call: Passed) -> None:
        if relay.count("ReceiveMessage") == 1:
            desk.outside.sns.publish(TopicArn=arn, Message=body_of_test())

    relay.rules["ReceiveMessage"] = publish
    shown: list[int] = []
    with Inbox() as inbox:

        def received(some: Any) -> None:
            shown.append(len(some))
            threading.Timer(2.0, stop.set).start()

        place = parse_destination(Transport.SNS, arn)
        Listening(leftovers=desk.leftovers).follow(desk.opened, place, inbox=inbox, received=received, stop=stop)
    assert shown == [1]
    assert relay.count("DeleteMessageBatch") == 1  # handed out once
    assert {one.members["VisibilityTimeout"] for one in relay.calls if one.operation == "ReceiveMessage"} == {60}
    desk.outside.sns.delete_topic(TopicArn=arn)


@contextmanager
def held(desk: Desk, url: str, *, seconds: int) -> Iterator[tuple[Holding, Sequence[ReceivedMessage], list[float]]]:
    """The messages of a full queue, held for so long, and the clock by which that is, which may be set."""
    fill(desk, url)
    queue = Queue(desk.opened.clients, cast("QueueAddress", parse_destination(Transport.SQS, url)))
    now = [elapsed()]
    with ThreadPoolExecutor(2) as calls:
        holding = Holding(queue, calls, clock=lambda: now[0])
        messages = queue.receive(wait_seconds=0, hold_seconds=seconds)
        holding.take(messages, hidden_since=now[0], came_at=now[0], seconds=seconds)
        yield holding, messages, now


def test_a_computer_that_slept_knows_that_its_holds_are_over(desk: Desk, url: str) -> None:
    with held(desk, url, seconds=20) as (holding, messages, now):
        assert holding.ran_out == 0
        assert holding.knows(messages[0].message_id)
        now[0] += 3600
        assert holding.ran_out == len(messages)
        assert not holding.knows(messages[0].message_id)
        assert holding.give_back(within=5) == 0  # nothing is in our hands, as far as we know


def test_what_ran_out_while_a_computer_slept_is_not_hidden_again(desk: Desk, url: str) -> None:
    with held(desk, url, seconds=20) as (holding, messages, now):
        now[0] += 3600
        holding.renew()
    assert (holding.count, holding.ran_out) == (0, len(messages))


def test_what_somebody_removed_did_not_run_out(desk: Desk, url: str) -> None:
    with held(desk, url, seconds=60) as (holding, messages, now):
        desk.outside.sqs.purge_queue(QueueUrl=url)
        now[0] += 45
        holding.renew()
    assert messages
    assert (holding.count, holding.ran_out, holding.trouble) == (0, 0, None)


def test_a_renewal_under_way_is_asked_for_again_only_where_no_answer_comes(desk: Desk, relay: Relay, url: str) -> None:
    answered = threading.Event()

    def keep_waiting(_: Passed) -> None:
        answered.wait(LONG)

    def asked(times: int) -> bool:
        return relay.count("ChangeMessageVisibilityBatch") >= times

    relay.rules["ChangeMessageVisibilityBatch"] = keep_waiting
    with held(desk, url, seconds=60) as (holding, _, now):
        for later, calls in ((41.0, 1), (0.2, 1), (1.2, 2)):
            now[0] += later
            holding.renew()
            assert until(partial(asked, calls))
        answered.set()
    assert relay.count("ChangeMessageVisibilityBatch") == 2
    assert (holding.trouble, holding.ran_out) == (None, 0)


def test_a_renewal_that_failed_is_tried_again_a_moment_later(desk: Desk, relay: Relay, url: str) -> None:
    with held(desk, url, seconds=60) as (holding, messages, now):
        relay.fail("ChangeMessageVisibilityBatch", said=refusal("InternalError", status=500))
        now[0] += 41
        holding.renew()
        assert until(lambda: holding.trouble is not None)
        relay.pass_all()
        now[0] += 0.2
        holding.renew()
    assert holding.trouble is None
    assert (holding.count, holding.ran_out) == (len(messages), 0)


def test_what_ran_out_while_it_could_not_be_renewed_is_counted_though_it_is_gone(
    desk: Desk, relay: Relay, url: str
) -> None:
    with held(desk, url, seconds=20) as (holding, messages, now):
        relay.fail("ChangeMessageVisibilityBatch", said=refusal("InternalError", status=500))
        now[0] += 14
        holding.renew()
        assert until(lambda: holding.trouble is not None)
        desk.outside.sqs.purge_queue(QueueUrl=url)
        relay.pass_all()
        now[0] += 10
        holding.renew()
    assert (holding.count, holding.ran_out) == (0, len(messages))


def test_one_that_is_taken_out_while_all_are_renewed_keeps_no_other_from_it(desk: Desk, relay: Relay, url: str) -> None:
    renewing, released = threading.Event(), threading.Event()

    def keep_waiting(_: Passed) -> None:
        renewing.set()
        released.wait(LONG)

    relay.rules["ChangeMessageVisibilityBatch"] = keep_waiting
    with held(desk, url, seconds=6) as (holding, messages, now):
        now[0] += 4.5
        holding.renew()
        assert renewing.wait(LONG)
        assert holding.take_out(messages[:1]) == {}
        released.set()
    now[0] += 3
    assert (holding.count, holding.ran_out) == (len(messages) - 1, 0)
    assert all(holding.knows(one.message_id) for one in messages)


def test_what_fails_once_is_given_back_at_the_second_try(desk: Desk, relay: Relay, url: str) -> None:
    with held(desk, url, seconds=60) as (holding, messages, _):
        desk.cloud.set_faults(Faults(entries_fail_next=len(messages)))
        assert holding.give_back(within=5) == 0
    assert relay.count("ChangeMessageVisibilityBatch") == 2
    assert desk.outside.counts(url) == (MANY, 0)


@pytest.mark.parametrize("seconds", [0.0, 10.0], ids=["not permitted", "too late"])
def test_what_cannot_be_given_back_is_not_tried_again(desk: Desk, relay: Relay, url: str, seconds: float) -> None:
    with held(desk, url, seconds=60) as (holding, messages, now):

        def refuse(_: Passed) -> Said:
            now[0] += seconds
            return refusal("Odd" if seconds else "AccessDenied", status=403)

        relay.rules["ChangeMessageVisibilityBatch"] = refuse
        assert holding.give_back(within=5) == len(messages)
    assert relay.count("ChangeMessageVisibilityBatch") == 1


def test_a_poll_whose_turn_comes_after_a_sleep_is_not_made(
    desk: Desk, relay: Relay, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was held may be back by then, and would be read once more."""
    slept: list[int] = []
    real, stop, turns = elapsed, threading.Event(), iter(range(3))
    monkeypatch.setattr(inbox_polls, "elapsed", lambda: real() + sum(slept))

    class Sleeping(ThreadPoolExecutor):
        def submit(self, work: Callable[..., Any], /, *arguments: Any, **others: Any) -> Future[Any]:
            slept.append(3600)
            return super().submit(work, *arguments, **others)

    def turn() -> None:
        if next(turns, None) is None:
            stop.set()

    queue = Queue(desk.opened.clients, cast("QueueAddress", parse_destination(Transport.SQS, url)))
    with Sleeping(2) as calls:
        polls = Polls(queue, calls, Holding(queue, calls), lambda *_: None, wait_seconds=0)
        polls.run(stop, turn=turn)
    assert relay.count("ReceiveMessage") == 0


def test_the_clock_of_holds_follows_the_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    before, real = elapsed(), time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3600)
    assert elapsed() - before >= 3600
