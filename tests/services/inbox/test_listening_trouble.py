# SPDX-License-Identifier: MIT
"""``listen`` through an outage: no message and no service look different, and time is kept."""

from __future__ import annotations

import json
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester import cli
from notification_tester.aws import clients
from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.services import holding as inbox_holding
from notification_tester.services import polls as inbox_polls
from notification_tester.services.inbox import listening
from notification_tester.services.inbox import reading as inbox_reading
from notification_tester.services.inbox.listening import FollowNews, Listening
from notification_tester.storage.database import Database
from notification_tester.storage.inbox import Inbox
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.places import system_places
from services.parts import body_of_test, until
from services.relay import Passed, Relay, Said, opened_through, refusal, relay_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.practice.cloud import PracticeCloud
    from services.parts import Desk, Outside

Listened = tuple[int, list[dict[str, Any]], str]


@pytest.fixture
def relay(cloud: PracticeCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """What boto3's own variables lead to."""
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    monkeypatch.setattr(inbox_polls, "FIRST_PAUSE", 0.1)
    with relay_before(cloud.details) as made:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", cloud.details.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", cloud.details.secret_access_key)
        for service in ("MTURK", "SQS", "SNS", "STS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", made.url)
        yield made


@pytest.fixture
def url(outside: Outside) -> Iterator[str]:
    made = outside.open_queue("listened-to")
    yield made
    outside.sqs.delete_queue(QueueUrl=made)


@pytest.fixture
def listen(capfd: pytest.CaptureFixture[str]) -> Callable[..., Listened]:
    def run(*words: str) -> Listened:
        code = cli.main(["listen", "--account", "environment", *words], self_check=lambda _: 1)
        captured = capfd.readouterr()
        lines = captured.out.splitlines()
        return (
            code,
            [json.loads(line) for line in lines] if "--json" in words else [{"line": one} for one in lines],
            (captured.err),
        )

    return run


NO_ANSWER = Said()


def fail_after(
    relay: Relay, polls: int, *, until_poll: float = float("inf"), said: Said = NO_ANSWER, end_at: int = 0
) -> None:
    """Let so many polls pass, and then fail until a later one; whoever runs is ended at ``end_at``, however slowly."""

    def rule(_: Passed) -> Said | None:
        poll = relay.count("ReceiveMessage")
        if poll == end_at:
            signal.raise_signal(signal.SIGTERM)
        return said if polls < poll <= until_poll else None

    relay.rules["ReceiveMessage"] = rule


FAILURES = {
    "no answer": NO_ANSWER,
    "throttled": refusal("RequestThrottled", status=400),
}


@pytest.mark.parametrize("said", FAILURES.values(), ids=FAILURES.keys())
def test_an_outage_is_said_once_and_ends_in_a_no(
    relay: Relay, url: str, listen: Callable[..., Listened], said: Said
) -> None:
    fail_after(relay, 1, said=said, end_at=6)
    code, lines, err = listen("--transport", "SQS", "--destination", url, "--json")
    assert code == 1
    (line,) = lines
    assert line["problem"]["title"]
    assert err.count(line["problem"]["title"]) == 1
    assert "read again" not in err
    assert relay.count("ReceiveMessage") < 12  # with pauses


@pytest.fixture
def short_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came with a lost answer is in sight again after a second."""
    monkeypatch.setattr(inbox_holding, "SHORTEST_HOLD", 1)


@pytest.mark.usefixtures("short_hold")
def test_an_outage_that_passes_is_told_to_be_over(relay: Relay, url: str, listen: Callable[..., Listened]) -> None:
    fail_after(relay, 1, until_poll=3, end_at=6)
    code, lines, err = listen("--transport", "SQS", "--destination", url, "--json")
    assert code == 0
    assert [one["problem"] is None for one in lines] == [False, True]
    assert err.count("It is read again.") == 1


@pytest.mark.usefixtures("short_hold")
def test_each_outage_is_told_and_so_is_its_end(relay: Relay, url: str, listen: Callable[..., Listened]) -> None:
    def rule(_: Passed) -> Said | None:
        poll = relay.count("ReceiveMessage")
        if poll == 10:
            signal.raise_signal(signal.SIGTERM)
        return NO_ANSWER if poll in {2, 3, 6, 7} else None

    relay.rules["ReceiveMessage"] = rule
    code, lines, err = listen("--transport", "SQS", "--destination", url)
    assert (code, lines) == (0, [])
    assert err.count("What to do:") == err.count("It is read again.") == 2


@pytest.mark.usefixtures("short_hold")
def test_a_single_call_that_fails_is_not_worth_a_word(relay: Relay, url: str, listen: Callable[..., Listened]) -> None:
    fail_after(relay, 1, until_poll=2, end_at=5)
    assert listen("--transport", "SQS", "--destination", url, "--json") == (0, [], "")


def test_what_a_lost_answer_may_have_hidden_is_said_at_the_end(
    relay: Relay, url: str, listen: Callable[..., Listened]
) -> None:
    fail_after(relay, 1, until_poll=2, end_at=4)
    code, lines, err = listen("--transport", "SQS", "--destination", url, "--json")
    assert code == 1
    assert [one["problem"]["code"] for one in lines] == ["inbox.perhaps-hidden"]
    assert err.count("Not all that came may have been shown.") == 1


def test_holds_that_cannot_be_renewed_are_trouble_to_the_end(
    relay: Relay, url: str, outside: Outside, listen: Callable[..., Listened], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is held is given back at the end; that does not make the place readable again."""
    monkeypatch.setattr(inbox_holding, "SHORTEST_HOLD", 1)
    monkeypatch.setattr(inbox_holding, "LOOK_SECONDS", 0.2)
    outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test())

    def fail_and_end(_: Passed) -> Said:
        if relay.count("ChangeMessageVisibilityBatch") == 4:  # long after it was told
            signal.raise_signal(signal.SIGTERM)
        return NO_ANSWER

    relay.rules["ChangeMessageVisibilityBatch"] = fail_and_end
    code, lines, err = listen("--transport", "SQS", "--destination", url, "--json")
    assert code == 1
    assert [one["problem"] is None for one in lines if "problem" in one] == [False]
    assert "read again" not in err


def test_without_json_trouble_is_on_standard_error_alone(
    relay: Relay, url: str, listen: Callable[..., Listened]
) -> None:
    fail_after(relay, 1, end_at=6)
    code, lines, err = listen("--transport", "SQS", "--destination", url)
    assert (code, lines) == (1, [])
    assert "What to do:" in err


def test_no_service_from_the_start(relay: Relay, url: str, listen: Callable[..., Listened]) -> None:
    relay.fail()
    code, lines, err = listen("--transport", "SQS", "--destination", url, "--seconds", "2", "--json")
    assert code == 1
    assert [list(one) for one in lines] == [["problem"]]
    assert lines[0]["problem"]["title"] in err


def test_a_queue_that_is_deleted_meanwhile(relay: Relay, outside: Outside, listen: Callable[..., Listened]) -> None:
    url = outside.open_queue("deleted-meanwhile")
    outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test())

    def delete(_: Passed) -> None:
        if relay.count("ReceiveMessage") == 2:
            outside.sqs.delete_queue(QueueUrl=url)

    relay.rules["ReceiveMessage"] = delete
    code, lines, err = listen("--transport", "SQS", "--destination", url, "--seconds", "20", "--json")
    assert code == 1
    assert [next(iter(one)) for one in lines] == ["number", "problem"]
    assert lines[1]["problem"]["code"].endswith("NonExistentQueue")
    assert lines[1]["problem"]["title"] in err


@pytest.mark.alone
def test_time_is_kept_where_nothing_answers(relay: Relay, url: str, listen: Callable[..., Listened]) -> None:
    def cut(_: Passed) -> Said:
        relay.pass_all()
        relay.fail()
        return NO_ANSWER

    relay.rules["ReceiveMessage"] = cut
    began = time.monotonic()
    assert listen("--transport", "SQS", "--destination", url, "--seconds", "1")[0] == 1
    assert time.monotonic() - began < 5


@pytest.mark.alone
def test_time_is_kept_where_answers_drip(
    relay: Relay, url: str, listen: Callable[..., Listened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "CALL_SECONDS", 1)
    relay.fail("ReceiveMessage", said=Said(200, {"Messages": []}, drips=0.5))
    began = time.monotonic()
    code, lines, err = listen("--transport", "SQS", "--destination", url, "--seconds", "0.5", "--json")
    assert (code, len(lines)) == (1, 1)
    assert lines[0]["problem"]["title"] in err
    assert time.monotonic() - began < 6  # a long poll of a second, and the second in which its answer has to be whole


def test_messages_that_could_not_be_given_back_are_counted(
    relay: Relay, url: str, outside: Outside, listen: Callable[..., Listened]
) -> None:
    outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test())
    relay.fail("ChangeMessageVisibilityBatch", said=refusal("InternalError", status=500))
    fail_after(relay, 10, end_at=2)  # behind the one with the message
    code, lines, err = listen("--transport", "SQS", "--destination", url, "--json")
    assert (code, len(lines)) == (0, 1)
    assert "1 message could not be given back; the queue does so by itself soon." in err


def test_a_temporary_queue_that_stays_is_told(relay: Relay, outside: Outside, listen: Callable[..., Listened]) -> None:
    arn = outside.open_topic("left-topic")
    relay.fail("DeleteQueue", said=refusal("AccessDenied", status=403))
    code, _, err = listen("--transport", "SNS", "--destination", arn, "--seconds", "1")
    assert code == 0
    (left,) = outside.temporary_queues()
    assert left.rpartition("/")[2] in err
    outside.sqs.delete_queue(QueueUrl=left)
    outside.sns.delete_topic(TopicArn=arn)


class TestTheInbox:
    @pytest.fixture
    def through(self, desk: Desk, relay: Relay) -> Iterator[Relay]:
        with opened_through(relay, desk.opened) as opened:
            desk.opened = opened
            yield relay

    def follow(self, desk: Desk, url: str, told: Callable[[FollowNews, threading.Event], None]) -> list[FollowNews]:
        news: list[FollowNews] = []
        stop = threading.Event()

        def hear(one: FollowNews) -> None:
            news.append(one)
            told(one, stop)

        place = parse_destination(Transport.SQS, url)
        with Inbox() as inbox:
            Listening(leftovers=None).follow(
                desk.opened, place, inbox=inbox, received=lambda _: None, stop=stop, news=hear
            )
        return news

    def test_hears_of_an_outage_and_of_its_end(self, desk: Desk, through: Relay, url: str) -> None:
        fail_after(through, 1, until_poll=3)

        def told(one: FollowNews, stop: threading.Event) -> None:
            if one.trouble is None and any(before.trouble for before in heard):
                stop.set()
            heard.append(one)

        heard: list[FollowNews] = []
        self.follow(desk, url, told)
        assert [one.trouble is not None for one in heard] == [True, False, True]
        assert heard[2].trouble is not None
        assert heard[2].trouble.code == "inbox.perhaps-hidden", "stopped before it was in sight again"

    def test_a_pause_grows_while_it_lasts_and_is_short_again_after_it(
        self, desk: Desk, through: Relay, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = 0.4
        monkeypatch.setattr(inbox_polls, "FIRST_PAUSE", first)
        stop = threading.Event()

        def rule(_: Passed) -> Said | None:
            number = through.count("ReceiveMessage")
            if number == 7:
                stop.set()
            return NO_ANSWER if number in {2, 3, 4, 6} else None

        through.rules["ReceiveMessage"] = rule
        place = parse_destination(Transport.SQS, url)
        with Inbox() as inbox:
            Listening(leftovers=None).follow(desk.opened, place, inbox=inbox, received=lambda _: None, stop=stop)
        moments = [one.moment for one in through.calls if one.operation == "ReceiveMessage"]
        pauses = [after - before for before, after in pairwise(moments)]
        assert [pauses[place] >= least * first for place, least in ((1, 1), (2, 2), (3, 4))] == [True] * 3
        assert first <= pauses[5] < 8 * first  # after the sixth: short again

    def test_of_a_topic_a_lost_answer_ends_nothing(self, desk: Desk, through: Relay) -> None:
        """Its queue is ours: to read a copy once more moves nothing away."""
        stop = threading.Event()

        def rule(_: Passed) -> Said | None:
            number = through.count("ReceiveMessage")
            if number == 4:
                stop.set()
            return NO_ANSWER if number == 2 else None

        through.rules["ReceiveMessage"] = rule
        place = parse_destination(Transport.SNS, desk.cloud.details.topic_arn)
        with Inbox() as inbox:
            followed = Listening(leftovers=desk.leftovers).follow(
                desk.opened, place, inbox=inbox, received=lambda _: None, stop=stop
            )
        assert followed.left_behind is None
        assert through.count("ReceiveMessage") >= 4

    def test_a_refused_renewal_ends_it(
        self, desk: Desk, through: Relay, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inbox_holding, "SHORTEST_HOLD", 1)
        monkeypatch.setattr(inbox_holding, "LOOK_SECONDS", 0.1)
        desk.outside.sqs.send_message(QueueUrl=url, MessageBody="x")
        through.fail("ChangeMessageVisibilityBatch", said=refusal("AccessDenied", status=403))
        with pytest.raises(Exception, match="These keys may not do this"):
            self.follow(desk, url, lambda *_: None)
        assert until(lambda: desk.outside.counts(url) == (1, 0))


@pytest.mark.usefixtures("relay")
class TestWords:
    def test_what_was_waiting_is_passed_over_where_that_is_wished(
        self, url: str, outside: Outside, listen: Callable[..., Listened], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listening, "CLOCK_TOLERANCE", timedelta(0))
        outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test())
        put_at = int(time.time())
        assert until(lambda: int(time.time()) > put_at)  # the queue tells its clock to the second
        words = ("--transport", "SQS", "--destination", url, "--seconds", "1", "--json")
        assert listen(*words, "--since-now") == (0, [], "")
        assert until(
            lambda: (said := listen(*words))[0] == 0 and len(said[1]) == 1
        )  # a second may be short on a busy machine

    def test_a_line_has_what_is_known_of_a_message(
        self, relay: Relay, url: str, outside: Outside, listen: Callable[..., Listened]
    ) -> None:
        event = {"EventType": "HITExpired", "HITId": "3HIT"}
        real = json.dumps({"EventDocId": "r" * 40, "EventDocVersion": "2014-08-15", "Events": [event]})
        for body in (body_of_test(), body_of_test(), real, "hello"):
            outside.sqs.send_message(QueueUrl=url, MessageBody=body)
        fail_after(relay, 10, end_at=2)  # behind the one with the messages
        code, lines, err = listen("--transport", "SQS", "--destination", url)
        assert (code, err) == (0, "")
        said = [one["line"] for one in lines]
        sender = said[2].partition("(")[2].rstrip(")")
        assert sender.startswith("sender: ")
        submitted = "2026-01-31T23:59:59Z  AssignmentSubmitted  09876543210987654321 12345678901234567890"
        assert said[:3] == [
            f"{submitted}  (test, {sender})",
            f"{submitted}  (test, duplicate of message 1, {sender})",
            f"  HITExpired  3HIT  ({sender})",
        ]
        assert said[3].endswith(f" ({sender}) hello")
        assert len(said) == 4

    def test_a_costly_queue_is_read_where_that_is_wished(
        self, relay: Relay, outside: Outside, listen: Callable[..., Listened]
    ) -> None:
        dead = outside.open_queue("dead-of-listen")
        redrive = {
            "deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{outside.details.account_id}:dead-of-listen",
            "maxReceiveCount": 20,
        }
        costly = outside.open_queue("costly-to-listen", RedrivePolicy=json.dumps(redrive))
        outside.sqs.send_message(QueueUrl=costly, MessageBody=body_of_test())
        words = ("--transport", "SQS", "--destination", costly, "--json")
        fail_after(relay, 10, end_at=2)  # behind the one with the message
        code, lines, err = listen(*words)
        assert (code, lines[0]["problem"]["code"]) == (1, "arrival.reading-costs")
        assert "--read-anyway" in lines[0]["problem"]["remedy"]
        assert "--read-anyway" in err
        assert outside.counts(costly) == (1, 0)
        code, lines, err = listen(*words, "--read-anyway")
        assert (code, len(lines), err) == (0, 1, "")
        for one in (costly, dead):
            outside.sqs.delete_queue(QueueUrl=one)

    def test_what_a_crash_left_is_removed(self, url: str, outside: Outside, listen: Callable[..., Listened]) -> None:
        name = f"{NAME_PREFIX}0123456789ab"
        outside.sqs.create_queue(QueueName=name)
        with Database(system_places().database) as database:
            Leftovers(database).planned(
                kind="throwaway-queue",
                account="environment",
                region="us-east-1",
                name=name,
                topic_arn="",
                now=datetime.now(tz=UTC),
            )
        assert listen("--transport", "SQS", "--destination", url, "--seconds", "0.5")[0] == 0
        assert outside.temporary_queues() == []
