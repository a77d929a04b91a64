# SPDX-License-Identifier: MIT
"""Queues that move a message away once it was read too often: a test brings nobody's message there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from notification_tester.aws.queues import Queue, QueueState
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import QueueAddress, Transport, parse_destination
from notification_tester.domain.finding import Level
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.problem import Code, ProblemError
from notification_tester.practice.faults import Faults
from notification_tester.services import holding as inbox_holding
from notification_tester.services.checkup.queue import queue_findings
from notification_tester.services.holding import cost_of_looking, is_costly
from notification_tester.services.inbox.listening import Listening
from notification_tester.services.readers import INBOX, Readers
from notification_tester.services.sending import watcher
from notification_tester.services.sending.deliver import Deliveries
from notification_tester.services.sending.test_send import Progress, Stage, TestSend
from notification_tester.storage.inbox import Inbox
from notification_tester.storage.vault import Vault
from services.parts import LONG, MemoryKeyring, behind_a_gateway, body_of_test, until
from services.relay import LOST, Said, opened_through, refusal, relay_before
from services.sending.test_deliver import lamps, request_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from breaking_proxy import Exchange
    from notification_tester.services.sending.deliver import DeliveryProgress
    from services.parts import Desk, Outside
    from services.relay import Passed

YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN
LIMITS = (1, 3, 10, 20)
STRANGERS = 4
HOLD = 6
"""Seconds of a hold; the program's own are fifteen, for which nobody wants to wait here."""


class Places:
    """Queues with a redrive policy each, and the dead-letter queue that they share."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.dead = outside.sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
        self.made = [self.dead]

    def queue(self, limit: int, *, strangers: int = STRANGERS, reads: int = 0) -> str:
        """Make one with messages of others, all of which have been read so often before."""
        arn = f"arn:aws:sqs:us-east-1:{self.outside.details.account_id}:dead-letters"
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": limit})
        url = self.outside.open_queue(f"driven-{limit}-{len(self.made)}", RedrivePolicy=redrive)
        self.made.append(url)
        for number in range(strangers):
            self.outside.sqs.send_message(QueueUrl=url, MessageBody=f"somebody's work {number}")
        for _ in range(reads):
            self.outside.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return url

    def reads(self, url: str) -> set[int]:
        """How often the messages have been read, this time not counted; takes them out."""
        found: list[int] = []
        names: Any = ["ApproximateReceiveCount"]
        while messages := self.outside.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=names
        ).get("Messages"):
            for one in messages:
                found.append(int(one["Attributes"]["ApproximateReceiveCount"]) - 1)
                self.outside.sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        assert len(found) == STRANGERS
        return set(found)


@pytest.fixture
def driven(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    monkeypatch.setattr(inbox_holding, "SHORTEST_HOLD", HOLD)
    monkeypatch.setattr(inbox_holding, "LOOK_SECONDS", 0.1)
    made = Places(desk.outside)
    yield made
    desk.tests.close()
    for url in made.made:
        desk.outside.sqs.delete_queue(QueueUrl=url)


def test_waiting_far_longer_than_a_hold_reads_each_message_once(desk: Desk, driven: Places) -> None:
    urls = {limit: driven.queue(limit) for limit in LIMITS}
    desk.cloud.set_faults(Faults(lose_next=len(LIMITS)))
    with ThreadPoolExecutor(len(LIMITS)) as pool:
        sent = {
            limit: pool.submit(desk.send, desk.spec(destination=url), wait=1.7 * HOLD, read_anyway=True)
            for limit, url in urls.items()
        }
    desk.tests.close()
    for limit, outcome in sent.items():
        assert outcome.result().arrived.state is NO, limit
        assert until(partial(all_visible, desk.outside, urls[limit])), limit
    assert desk.outside.counts(driven.dead) == (0, 0)
    assert {limit: driven.reads(url) for limit, url in urls.items() if limit > 1} == {3: {1}, 10: {1}, 20: {1}}


def all_visible(outside: Outside, url: str) -> bool:
    return outside.counts(url) == (STRANGERS, 0)


def test_what_is_held_comes_back_at_once_when_a_person_stops(desk: Desk, driven: Places) -> None:
    url = driven.queue(3)
    desk.cloud.set_faults(Faults(lose_next=1))
    stop = threading.Event()

    def cancel_later(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            threading.Thread(target=until_held, args=(desk.outside, url, stop)).start()

    outcome = desk.send(desk.spec(destination=url), stop=stop, progress=cancel_later, read_anyway=True)
    desk.tests.close()
    assert outcome.arrived.state is UNKNOWN
    assert desk.outside.counts(url) == (STRANGERS, 0)
    assert driven.reads(url) == {1}


def until_held(outside: Outside, url: str, stop: threading.Event) -> None:
    until(lambda: outside.counts(url) == (0, STRANGERS))
    stop.set()


PROGRAM = f"""
from notification_tester import cli
from notification_tester.services import holding as inbox_holding
inbox_holding.SHORTEST_HOLD, inbox_holding.LOOK_SECONDS = {HOLD}, 0.1
cli.main(["send", "--account", "environment", "--transport", "SQS", "--destination", PLACE, "--event", "HITCreated",
          "--wait", "60", "--read-anyway"], self_check=lambda _: 1)
"""


def test_what_is_held_comes_back_after_a_kill(desk: Desk, driven: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    details = desk.cloud.details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", details.mturk_endpoint)
    for service in ("SQS", "SNS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", details.aws_endpoint)
    url = driven.queue(3)
    desk.cloud.set_faults(Faults(lose_next=1))
    command = [sys.executable, "-c", PROGRAM.replace("PLACE", repr(url))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ) as process:
        assert until(lambda: desk.outside.counts(url) == (0, STRANGERS) or process.poll() is not None)
        held_until = time.monotonic() + 1.5 * HOLD
        while time.monotonic() < held_until:  # renewed, so longer than one hold
            assert desk.outside.counts(url) == (0, STRANGERS)
        process.kill()
    assert until(lambda: desk.outside.counts(url) == (STRANGERS, 0), seconds=HOLD + 10)
    assert driven.reads(url) == {1}
    assert desk.outside.counts(driven.dead) == (0, 0)


@pytest.mark.parametrize(
    ("faults", "title"),
    [
        pytest.param(
            Faults(denied_actions=("sqs:ChangeMessageVisibility",)), "These keys may not do this.", id="denied"
        ),
        pytest.param(Faults(entries_fail_next=100_000), "SQS at {host} has trouble of its own.", id="entries-fail"),
    ],
)
def test_a_search_that_cannot_hold_ends_before_anything_is_read_twice(
    desk: Desk, driven: Places, monkeypatch: pytest.MonkeyPatch, faults: Faults, title: str
) -> None:
    monkeypatch.setattr(inbox_holding, "SHORTEST_HOLD", 4)  # as the real one, far longer than a poll
    url = driven.queue(3)

    def forbid(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            desk.cloud.set_faults(Faults(**{**faults.as_json(), "lose_next": 0}))

    desk.cloud.set_faults(Faults(lose_next=1))
    began = time.monotonic()
    outcome = desk.send(desk.spec(destination=url), progress=forbid, read_anyway=True)
    assert time.monotonic() - began < LONG / 2
    desk.tests.close()
    desk.cloud.set_faults(Faults())
    assert (outcome.accepted.state, outcome.arrived.state) == (YES, UNKNOWN)
    assert "broke off" in outcome.arrived.detail
    assert outcome.problem is not None
    assert outcome.problem.title == title.format(host=urlsplit(url).netloc)
    assert until(lambda: desk.outside.counts(url) == (STRANGERS, 0))
    assert driven.reads(url) == {1}


def test_while_the_answer_to_the_call_is_long_in_coming_holds_are_renewed(desk: Desk, driven: Places) -> None:
    """The message itself is there, so nothing more is looked for."""
    url = driven.queue(3)
    in_sight: list[bool] = []

    def answer_late(exchange: Exchange) -> None:
        answer = exchange.carried_out()
        assert until(lambda: desk.outside.counts(url) == (0, STRANGERS))
        in_sight.append(until(lambda: desk.outside.counts(url)[0] > 0, seconds=1.2 * HOLD))
        exchange.say(answer.whole())

    with behind_a_gateway(desk, "mturk") as gateway:
        gateway.breaks("SendTestEventNotification", answer_late)
        outcome = desk.send(desk.spec(destination=url), read_anyway=True)
        desk.tests.close()
    assert outcome.is_good
    assert in_sight == [False]
    assert desk.outside.counts(url) == (STRANGERS, 0)
    assert driven.reads(url) == {1}


def test_a_renewal_that_fails_once_is_tried_again_in_time(desk: Desk, driven: Places) -> None:
    url = driven.queue(3)

    def trouble(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            desk.cloud.set_faults(Faults(entries_fail_next=STRANGERS))

    desk.cloud.set_faults(Faults(lose_next=1))
    outcome = desk.send(desk.spec(destination=url), progress=trouble, wait=1.5 * HOLD, read_anyway=True)
    desk.tests.close()
    assert outcome.arrived.state is NO
    assert desk.outside.counts(url) == (STRANGERS, 0)
    assert driven.reads(url) == {1}


def test_a_network_that_is_gone_for_a_while_raises_no_count(desk: Desk, driven: Places) -> None:
    url = driven.queue(3)
    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened, is_practice=False) as opened:
        desk.opened = opened
        desk.cloud.set_faults(Faults(lose_next=1))

        def cut(news: Progress) -> None:
            if news.stage is Stage.WAITING:
                assert until(lambda: desk.outside.counts(url) == (0, STRANGERS))
                relay.fail()

        outcome = desk.send(desk.spec(destination=url), progress=cut, wait=4 * HOLD, read_anyway=True)
        relay.pass_all()
        desk.tests.close()
    assert (outcome.accepted.state, outcome.arrived.state) == (YES, UNKNOWN)
    assert until(lambda: desk.outside.counts(url) == (STRANGERS, 0))
    assert driven.reads(url) == {1}


@pytest.mark.parametrize("said", [LOST, refusal("InternalError", status=500)], ids=["lost", "trouble"])
def test_a_poll_whose_answer_was_lost_is_not_repeated(desk: Desk, driven: Places, said: Said) -> None:
    url = driven.queue(3)
    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened, is_practice=False) as opened:
        desk.opened = opened
        desk.cloud.set_faults(Faults(lose_next=1))
        relay.fail("ReceiveMessage", said=said)
        outcome = desk.send(desk.spec(destination=url), wait=2 * HOLD, read_anyway=True)
        desk.tests.close()
        assert relay.count("ReceiveMessage") == 1
    assert (outcome.accepted.state, outcome.arrived.state) == (YES, UNKNOWN)
    assert "broke off" in outcome.arrived.detail
    assert until(lambda: desk.outside.counts(url) == (STRANGERS, 0))
    assert driven.reads(url) <= {0, 1}


def test_a_poll_that_was_turned_away_is_repeated(desk: Desk, driven: Places) -> None:
    url = driven.queue(3)
    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened, is_practice=False) as opened:
        desk.opened = opened
        relay.rules["ReceiveMessage"] = lambda _: (
            refusal("RequestThrottled") if relay.count("ReceiveMessage") == 1 else None
        )
        outcome = desk.send(desk.spec(destination=url), read_anyway=True)
        desk.tests.close()
    assert outcome.is_good
    assert driven.reads(url) == {1}


def test_following_ends_where_a_polls_answer_was_lost(desk: Desk, driven: Places) -> None:
    url = driven.queue(3)
    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened) as opened, Inbox() as inbox:
        relay.fail("ReceiveMessage", said=LOST)
        with pytest.raises(ProblemError) as raised:
            Listening(leftovers=None).follow(
                opened,
                parse_destination(Transport.SQS, url),
                inbox=inbox,
                received=lambda _: None,
                stop=threading.Event(),
                read_anyway=True,
            )
        assert relay.count("ReceiveMessage") == 1
    assert "to read them once more would count again" in raised.value.problem.detail
    assert until(partial(all_visible, desk.outside, url))
    assert driven.reads(url) == {1}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows cannot stop a process and let it go on")
def test_a_computer_that_sleeps_meanwhile_reads_nothing_twice(
    desk: Desk, driven: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    details = desk.cloud.details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details.secret_access_key)
    for service in ("MTURK", "SNS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", details.aws_endpoint)
    url = driven.queue(3)
    desk.cloud.set_faults(Faults(lose_next=1))
    program = PROGRAM.replace("PLACE", repr(url)).replace(f"= {HOLD}, 0.1", "= 8, 0.1")  # far longer than a poll
    waits, awake = threading.Event(), threading.Event()
    with relay_before(details) as relay:

        def second_waits(_: Passed) -> Said | None:
            if relay.count("ReceiveMessage") != 2:
                return None
            waits.set()
            awake.wait(LONG)
            return Said(200)

        relay.rules["ReceiveMessage"] = second_waits
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", relay.url)
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ) as process:
            # It sleeps while its second poll waits: one that was about to be sent would be sent when it wakes.
            assert waits.wait(LONG)
            assert desk.outside.counts(url) == (0, STRANGERS)
            process.send_signal(signal.SIGSTOP)
            over_at = time.monotonic() + 8  # by the clock of the program too, which saw them come a little later
            # The queue gives them back by itself.
            assert until(lambda: time.monotonic() > over_at and all_visible(desk.outside, url))
            process.send_signal(signal.SIGCONT)
            awake.set()
            said = process.communicate(timeout=LONG)[0].decode()
    assert "Arrived: not known." in said
    assert driven.reads(url) == {1}


@pytest.mark.parametrize(
    ("limit", "strangers", "is_looked_at"),
    [(1, 0, False), (1, STRANGERS, False), (2, 0, True), (3, STRANGERS, False), (20, 0, True), (20, STRANGERS, False)],
)
def test_what_looking_would_cost_is_counted_first(
    desk: Desk, driven: Places, limit: int, strangers: int, is_looked_at: bool
) -> None:
    url = driven.queue(limit, strangers=strangers)
    outcome = desk.send(desk.spec(destination=url))
    said = " ".join([outcome.arrived.detail, *outcome.notes])
    assert outcome.arrived.state is (YES if is_looked_at else UNKNOWN)
    assert "“dead-letters”" in said
    assert "reads every message in it once" in said
    assert "you chose to look" not in said
    if strangers and limit > 1:
        assert "4 messages are in it now" in said
        assert outcome.problem is not None
        assert outcome.problem.code == "arrival.reading-costs"


def state(*, limit: int | None, waiting: int = 0, in_flight: int = 0) -> QueueState:
    return QueueState(
        arn="arn:aws:sqs:us-east-1:123456789012:q",
        waiting=waiting,
        in_flight=in_flight,
        policy="",
        max_receive_count=limit,
        dead_letter_arn="arn:aws:sqs:us-east-1:123456789012:dead",
        server_time=datetime.now(tz=UTC),
    )


@pytest.mark.parametrize(
    ("about", "costly", "says"),
    [
        pytest.param(state(limit=None, waiting=5), False, "", id="no-policy"),
        pytest.param(state(limit=1), True, "would not get it any more", id="one-read"),
        pytest.param(state(limit=2), False, "loses one read of 2", id="empty"),
        pytest.param(state(limit=2, waiting=1), True, "any that has been read once before", id="two-reads"),
        pytest.param(state(limit=3, in_flight=1), True, "one message is in it now", id="in-other-hands"),
        pytest.param(state(limit=11, waiting=7), True, "has been read 10 times before", id="above-ten"),
        pytest.param(state(limit=1000, waiting=1), True, "has been read 999 times before", id="most"),
    ],
)
def test_the_sentence_counts(about: QueueState, costly: bool, says: str) -> None:
    assert is_costly(about) is costly
    assert says in cost_of_looking(about, "looking")
    assert bool(says) is bool(cost_of_looking(about, "looking"))


@pytest.mark.parametrize("limit", [*LIMITS, 1000])
def test_the_checkup_says_beware_of_any_limit(limit: int) -> None:
    address = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/q")
    assert isinstance(address, QueueAddress)
    (found,) = [one for one in queue_findings(address, state(limit=limit)) if one.id == "queue.redrive"]
    assert found.level is Level.BEWARE
    assert "“dead”" in found.detail
    assert found.remedy


def test_messages_that_a_look_brought_to_their_limit_are_told(desk: Desk, driven: Places) -> None:
    url = driven.queue(3, reads=2)
    outcome = desk.send(desk.spec(destination=url), read_anyway=True)
    assert outcome.is_good
    assert f"{STRANGERS} other messages were left alone." in outcome.arrived.detail
    assert "now been read as often as the queue allows" in outcome.arrived.detail
    assert outcome.notes[0].endswith("; you chose to look all the same.")
    assert "“dead-letters”" in outcome.arrived.detail
    desk.tests.close()
    assert desk.outside.counts(url) == (STRANGERS, 0)
    fresh = driven.queue(3)
    assert "as often as" not in desk.send(desk.spec(destination=fresh), read_anyway=True).arrived.detail


@pytest.mark.parametrize("is_given", [True, False], ids=["Inbox got it", "Inbox got nothing"])
def test_a_costly_queue_that_inbox_follows_is_left_to_inbox(
    desk: Desk, driven: Places, monkeypatch: pytest.MonkeyPatch, is_given: bool
) -> None:
    """The test hears from Inbox what came, and reads nothing itself; unseen is not known, and never no."""
    monkeypatch.setattr(watcher, "LAST_LOOK_SECONDS", 0.1)  # it does not look at all
    url, elsewhere = driven.queue(3), desk.outside.open_queue("in-the-hands-of-inbox")
    driven.made.append(elsewhere)
    readers = Readers()
    desk.tests = TestSend(history=desk.history, leftovers=desk.leftovers, readers=readers)
    address, other = (parse_destination(Transport.SQS, one) for one in (url, elsewhere))
    assert isinstance(address, QueueAddress)
    assert isinstance(other, QueueAddress)
    inbox = readers.join(address, INBOX)
    desk.cloud.set_faults(Faults(lose_next=1))
    told: list[Progress] = []

    def given_to_inbox(news: Progress) -> None:
        if news.stage is Stage.WAITING and not told:
            told.append(news)
            desk.outside.sqs.send_message(QueueUrl=elsewhere, MessageBody=body_of_test())
            came = Queue(desk.opened.clients, other).receive(wait_seconds=5, hold_seconds=30)
            inbox.tell(came if is_given else [], came_at=time.perf_counter())

    wait = LONG if is_given else 1.0
    outcome = desk.send(desk.spec(destination=url), progress=given_to_inbox, remove_afterwards=False, wait=wait)
    desk.tests.close()
    assert outcome.notes[0].startswith("Inbox follows this queue")
    if is_given:
        assert outcome.is_good
        assert outcome.arrived.detail.endswith("by Inbox, and left there. Inbox has it in its list.")
    else:
        assert outcome.arrived.state is UNKNOWN
        assert outcome.arrived.detail.startswith("Inbox, which followed this queue, did not get it in that time.")
        assert outcome.problem is not None
        assert outcome.problem.code == Code.READING_COSTS
    assert desk.outside.counts(url) == (STRANGERS, 0)
    assert driven.reads(url) == {0}, "nothing was read"


@pytest.mark.parametrize("follows", ["nobody", "Inbox, which gets it", "Inbox, which gets nothing"])
def test_what_is_sent_from_here_into_a_costly_queue_is_not_looked_for_there(
    desk: Desk, driven: Places, monkeypatch: pytest.MonkeyPatch, follows: str
) -> None:
    """As a test: what Inbox, which follows the queue, is given counts; what nobody saw is not known, and never no."""
    monkeypatch.setattr(watcher, "LAST_LOOK_SECONDS", 0.1)  # it does not look at all
    url, elsewhere = driven.queue(3), desk.outside.open_queue("in-the-hands-of-inbox")
    driven.made.append(elsewhere)
    address, other = (parse_destination(Transport.SQS, one) for one in (url, elsewhere))
    assert isinstance(address, QueueAddress)
    assert isinstance(other, QueueAddress)
    readers = Readers()
    deliveries = Deliveries(
        history=desk.history, leftovers=desk.leftovers, vault=Vault(MemoryKeyring()), readers=readers
    )
    inbox = None if follows == "nobody" else readers.join(address, INBOX)
    news: list[DeliveryProgress] = []

    def given_to_inbox(one: DeliveryProgress) -> None:
        news.append(one)
        if one.stage is Stage.WAITING and inbox is not None and follows == "Inbox, which gets it":
            desk.outside.sqs.send_message(QueueUrl=elsewhere, MessageBody=one.delivered.raw)
            came = Queue(desk.opened.clients, other).receive(wait_seconds=5, hold_seconds=30)
            inbox.tell(came, came_at=time.perf_counter())

    wait = 1.0 if follows == "Inbox, which gets nothing" else LONG
    request = request_to(url, DeliveryForm.SQS, wait_seconds=wait, remove_afterwards=False)
    (delivered,) = deliveries.run(desk.opened, request, progress=given_to_inbox, stop=threading.Event())
    deliveries.close()
    assert news[-1].delivered == delivered
    if follows == "Inbox, which gets it":
        assert lamps(delivered) == (YES, YES, YES)
        assert delivered.arrived.detail.endswith("by Inbox, and left there. Inbox has it in its list.")
        assert delivered.problem is None
    else:
        assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
        assert "any that has been read twice before would be moved away" in delivered.arrived.detail
        assert delivered.arrived.detail.startswith("Inbox, which followed this queue, did not get it") is bool(inbox)
        assert delivered.problem is not None
        assert delivered.problem.code == Code.READING_COSTS
    assert any(note.startswith("Inbox follows this queue") for note in delivered.notes) is bool(inbox)
    stages = [Stage.PREPARING, Stage.SENDING, Stage.WAITING, Stage.DONE]
    assert [one.stage for one in news] == [one for one in stages if inbox is not None or one is not Stage.WAITING]
    if inbox is not None:
        inbox.leave()
    assert readers.of(address) == (), "who looked has left"
    sent = desk.outside.counts(url)
    assert sent == (STRANGERS + 1, 0)
    names: Any = ["ApproximateReceiveCount"]
    found = desk.outside.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=names)
    assert {one["Attributes"]["ApproximateReceiveCount"] for one in found["Messages"]} == {"1"}, "nothing was read"
