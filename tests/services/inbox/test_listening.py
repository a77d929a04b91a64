# SPDX-License-Identifier: MIT
"""Following: each message once, nothing taken away, everything given back, nothing left behind."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import pytest

from notification_tester.aws.queues import Queue
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.messages.sender import Sender, SignatureState
from notification_tester.domain.problem import Code, ProblemError
from notification_tester.services import holding as inbox_holding
from notification_tester.services.hit_types.practice_workers import start_workers
from notification_tester.services.holding import LONGEST_HOLD, MOST_HELD, SHORTEST_HOLD, hold_seconds
from notification_tester.services.inbox import listening
from notification_tester.services.inbox import reading as inbox_reading
from notification_tester.services.inbox.listening import Followed, FollowNews, Listening, notes_about
from notification_tester.services.readers import INBOX, SEARCH, Heard, Readers
from notification_tester.storage.inbox import Inbox
from services.parts import Desk, body_of_test, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notification_tester.domain.destination import QueueAddress
    from notification_tester.services.session import Session
    from notification_tester.storage.inbox_rows import InboxMessage

MANY = 60


class Follower:
    """Somebody who follows a place on a thread of their own."""

    def __init__(self, desk: Desk, text: str, transport: Transport = Transport.SQS, **options: bool) -> None:
        self.desk = desk
        self.readers = Readers()
        self.inbox = Inbox()
        self.seen: list[InboxMessage] = []
        self.news: list[FollowNews] = []
        self.told_at: list[float] = []
        self._stop = threading.Event()
        self._place = parse_destination(transport, text)
        self._options = options
        self._threads = ThreadPoolExecutor(1)
        self.following: Future[Followed] = self.begin()

    def begin(self) -> Future[Followed]:
        self._stop.clear()
        self.following = self._threads.submit(
            Listening(leftovers=self.desk.leftovers, readers=self.readers).follow,
            self.desk.opened,
            self._place,
            inbox=self.inbox,
            received=self._received,
            stop=self._stop,
            news=self._told,
            **self._options,
        )
        return self.following

    def _received(self, messages: Sequence[InboxMessage]) -> None:
        self.seen += messages

    def _told(self, news: FollowNews) -> None:
        self.news.append(news)
        self.told_at.append(time.monotonic())

    def bodies(self) -> list[str]:
        return [one.raw for one in self.seen]

    def until_seen(self, count: int) -> None:
        assert until(lambda: len(self.seen) >= count or self.following.done())
        assert len(self.seen) == count

    def end(self) -> Followed:
        self._stop.set()
        return self.following.result(60)

    def close(self) -> None:
        self._stop.set()
        self._threads.shutdown()
        self.inbox.close()


@pytest.fixture
def follow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    followers: list[Follower] = []

    def begin(text: str, transport: Transport = Transport.SQS, **options: bool) -> Follower:
        followers.append(Follower(desk, text, transport, **options))
        return followers[-1]

    yield begin
    for one in followers:
        one.close()


def put(desk: Desk, url: str, bodies: Sequence[str]) -> None:
    for start in range(0, len(bodies), 10):
        entries: Any = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + 10])]
        desk.outside.sqs.send_message_batch(QueueUrl=url, Entries=entries)


def test_each_is_shown_once_held_and_given_back_untouched(
    desk: Desk, follow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_holding, "SHORTEST_HOLD", 6)  # so that holds must be renewed, and often
    monkeypatch.setattr(inbox_holding, "LOOK_SECONDS", 0.1)
    url = desk.outside.open_queue("followed")
    put(desk, url, [f"old {n}" for n in range(MANY)])
    follower = follow(url)
    follower.until_seen(MANY)
    assert desk.outside.counts(url) == (0, MANY)
    hidden = desk.outside.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=8).get("Messages", [])
    assert hidden == []  # longer than a hold: renewed, and never handed out again
    put(desk, url, ["new"])
    follower.until_seen(MANY + 1)
    assert follower.end() == Followed(shown=MANY + 1, late=0)
    assert desk.outside.counts(url) == (MANY + 1, 0)
    assert sorted(follower.bodies()) == sorted([*(f"old {n}" for n in range(MANY)), "new"])
    assert {one.receive_count for one in follower.seen} == {1}
    names: Any = ["All"]
    found: Any = desk.outside.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, AttributeNames=names
    )["Messages"]
    assert {one["Attributes"]["ApproximateReceiveCount"] for one in found} == {"2"}  # ours, and this one
    desk.outside.sqs.delete_queue(QueueUrl=url)


def test_how_it_goes_is_told_once_a_second_and_at_the_end(desk: Desk, follow: Any) -> None:
    """Whoever shows it is not kept busy by every batch."""
    url = desk.outside.open_queue("many")
    put(desk, url, [body_of_test(document=f"{number:040}") for number in range(MANY)])
    follower = follow(url)
    follower.until_seen(MANY)
    follower.end()
    assert follower.news[-1].shown == MANY
    assert all(after - before >= 0.95 for before, after in pairwise(follower.told_at[:-1]))


def test_following_again_shows_only_what_is_new(desk: Desk, follow: Any) -> None:
    url = desk.outside.open_queue("again")
    put(desk, url, ["one", "two"])
    follower = follow(url)
    follower.until_seen(2)
    follower.end()
    put(desk, url, ["three"])
    follower.begin()
    follower.until_seen(3)
    follower.end()
    assert desk.outside.counts(url) == (3, 0)
    desk.outside.sqs.delete_queue(QueueUrl=url)


def test_what_was_waiting_is_passed_over_if_wished(desk: Desk, follow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "CLOCK_TOLERANCE", timedelta(0))
    url = desk.outside.open_queue("since-now")
    put(desk, url, ["old"])
    queue = Queue(desk.opened.clients, cast("QueueAddress", parse_destination(Transport.SQS, url)))
    put_at = queue.state().server_time
    assert until(lambda: queue.state().server_time > put_at)  # its clock is told to the second
    follower = follow(url, since_now=True)
    assert until(lambda: desk.outside.counts(url) == (0, 1))
    put(desk, url, ["new"])
    follower.until_seen(1)
    assert follower.bodies() == ["new"]
    follower.end()
    assert desk.outside.counts(url) == (2, 0)
    desk.outside.sqs.delete_queue(QueueUrl=url)


def test_duplicates_tests_and_senders_are_told_apart(desk: Desk, follow: Any) -> None:
    url = desk.cloud.details.queue_url
    desk.opened.requester.send_test_event(desk.spec(), desk.spec().events[0])
    put(desk, url, [body_of_test(), body_of_test()])
    follower = follow(url)
    follower.until_seen(3)
    follower.end()
    by_mturk = [one for one in follower.seen if one.sender is Sender.MTURK]
    assert len(by_mturk) == 1
    assert by_mturk[0].decoded.is_test
    assert [one.sender for one in follower.seen].count(Sender.OTHER) == 2
    first, second = sorted((one for one in follower.seen if one.sender is Sender.OTHER), key=lambda one: one.number)
    assert (first.duplicate_of, second.duplicate_of) == (None, first.number)


def test_a_topic_is_followed_through_a_queue_of_ours(desk: Desk, follow: Any) -> None:
    arn = desk.outside.open_topic("followed-topic")
    follower = follow(arn, Transport.SNS)
    assert until(lambda: len(desk.outside.subscriptions()) == 2)
    (temporary,) = desk.outside.temporary_queues()
    for number in range(3):
        desk.outside.sns.publish(TopicArn=arn, Message=body_of_test(document=str(number) * 40))
    follower.until_seen(3)
    assert {one.signature.state for one in follower.seen} == {SignatureState.NOT_CHECKED}
    assert {one.sender for one in follower.seen} == {Sender.UNKNOWN}
    assert until(lambda: desk.outside.counts(temporary) == (0, 0))  # ours, so what was seen is deleted
    assert follower.end() == Followed(shown=3, late=0)
    assert {(one.held, one.is_full) for one in follower.news} == {(0, False)}, "ours is nobody else's to read"
    assert desk.outside.temporary_queues() == []
    assert len(desk.outside.subscriptions()) == 1  # practice's own
    desk.outside.sns.delete_topic(TopicArn=arn)


def test_what_a_test_of_this_program_was_given_is_seen_as_well(desk: Desk, follow: Any) -> None:
    url = desk.outside.open_queue("read-by-two")
    place = cast("QueueAddress", parse_destination(Transport.SQS, url))
    follower = follow(url)
    with follower.readers.join(place, SEARCH) as search:
        put(desk, url, ["for whoever is first"])
        follower.until_seen(1)
        (held,) = search.others
        heard: list[Heard] = []

        def hears() -> bool:
            heard.extend(search.heard())
            return bool(heard)

        assert until(hears), "told a moment after it was shown"
        assert (held.name, held.held) == (INBOX, 1)
        assert [([one.body for one in each.messages], each.reader) for each in heard] == [
            (["for whoever is first"], INBOX)
        ]
        queue = Queue(desk.opened.clients, place)
        assert notes_about(desk.opened, place, follower.readers) == ()
        follower.end()
        taken = queue.receive(wait_seconds=1, hold_seconds=30)
        follower.begin()
        assert until(lambda: len(follower.readers.of(place)) == 2)
        put(desk, url, ["another"])
        follower.until_seen(2)
        search.tell([replace(taken[0], message_id="not-seen-yet", body="what the test got")], came_at=0.0)
        follower.until_seen(3)
    assert follower.bodies()[2] == "what the test got"
    follower.end()
    assert follower.readers.of(place) == ()
    assert follower.readers.held(place) == 0
    desk.outside.sqs.delete_queue(QueueUrl=url)


def test_a_redrive_policy_is_warned_of_first(desk: Desk, follow: Any) -> None:
    dead = desk.outside.open_queue("dead")
    arn = f"arn:aws:sqs:us-east-1:{desk.cloud.details.account_id}:dead"
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    url = desk.outside.open_queue("driven", RedrivePolicy=redrive)
    put(desk, url, ["x"])
    refused = follow(url)
    with pytest.raises(ProblemError) as caught:
        refused.following.result(60)
    assert caught.value.problem.code == Code.READING_COSTS
    assert "“dead”" in caught.value.problem.detail
    assert desk.outside.counts(url) == (1, 0)
    assert any("3 times" in note for note in notes_about(desk.opened, parse_destination(Transport.SQS, url), Readers()))
    anyway = follow(url, read_anyway=True)
    anyway.until_seen(1)
    anyway.end()
    assert desk.outside.counts(url) == (1, 0)
    for one in (url, dead):
        desk.outside.sqs.delete_queue(QueueUrl=one)


def test_who_else_reads_a_queue_and_what_cannot_be_seen_of_it_is_said_first(desk: Desk) -> None:
    url = desk.outside.open_queue("read-by-others")
    put(desk, url, ["one", "two"])
    place = parse_destination(Transport.SQS, url)
    assert notes_about(desk.opened, place, Readers()) == ()
    for held in ("one message is", "2 messages are"):
        desk.outside.sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)
        (note,) = notes_about(desk.opened, place, Readers())
        assert note.startswith(f"Another program seems to read this queue: {held} in its hands.")
    ordered = desk.outside.sqs.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    (note,) = notes_about(desk.opened, parse_destination(Transport.SQS, ordered), Readers())
    assert note.startswith("In a FIFO queue")
    assert notes_about(desk.opened, parse_destination(Transport.SNS, desk.cloud.details.topic_arn), Readers()) == ()
    for one in (url, ordered):
        desk.outside.sqs.delete_queue(QueueUrl=one)


def test_an_email_address_is_not_followed(desk: Desk, follow: Any) -> None:
    with pytest.raises(ProblemError) as caught:
        follow("me@example.org", Transport.EMAIL).following.result(60)
    assert caught.value.problem.code == "listening.e-mail"


def test_a_queue_that_is_gone_is_a_problem(desk: Desk, follow: Any) -> None:
    url = desk.outside.open_queue("short-lived")
    put(desk, url, ["x"])
    follower = follow(url)
    follower.until_seen(1)
    desk.outside.sqs.delete_queue(QueueUrl=url)
    with pytest.raises(ProblemError):
        follower.following.result(60)


def test_what_the_reader_throws_gives_everything_back(desk: Desk) -> None:
    url = desk.outside.open_queue("thrown")
    put(desk, url, ["x"] * 5)

    def received(_: object) -> None:
        raise BrokenPipeError

    with Inbox() as inbox, pytest.raises(BrokenPipeError):
        Listening(leftovers=None).follow(
            desk.opened, parse_destination(Transport.SQS, url), inbox=inbox, received=received, stop=threading.Event()
        )
    assert desk.outside.counts(url) == (5, 0)
    desk.outside.sqs.delete_queue(QueueUrl=url)


@pytest.mark.parametrize(
    ("held", "seconds"),
    [(0, SHORTEST_HOLD), (2_000, SHORTEST_HOLD), (10_000, 75), (MOST_HELD, LONGEST_HOLD)],
    ids=["none", "some", "ten thousand", "most"],
)
def test_the_more_is_held_the_longer(held: int, seconds: int) -> None:
    assert hold_seconds(held) == seconds
    assert held / 10 / (seconds * 2 / 3) <= 30  # calls a second


def test_practice_workers_come_alive(session: Session) -> None:
    from notification_tester.domain.account import PRACTICE

    opened = session.accounts.open(PRACTICE)
    assert opened.practice is not None
    place = parse_destination(Transport.SQS, opened.practice.details.queue_url)
    start_workers(session.hit_types, opened, place)
    seen: list[InboxMessage] = []
    stop = threading.Event()

    def received(messages: Sequence[InboxMessage]) -> None:
        seen.extend(messages)
        stop.set()

    opened.practice.set_workers(speed=50.0, events=20)
    with Inbox() as inbox:
        Listening(leftovers=None).follow(opened, place, inbox=inbox, received=received, stop=stop)
    assert seen[0].sender is Sender.MTURK
    assert not seen[0].decoded.is_test
