# SPDX-License-Identifier: MIT
"""Destinations that are gone, closed, costly to read, or that nobody listens to."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
import pytest

from notification_tester.aws.queues import NAME_PREFIX, delete_by_name, list_queues
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Code, ProblemError
from notification_tester.domain.way import Passage, way_of_test
from notification_tester.practice.faults import Faults
from notification_tester.services.destinations import choices
from notification_tester.services.sending.test_send import Progress, Stage, TestSend
from notification_tester.services.sending.watchers import PATIENCE_SECONDS
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome
from services.parts import SHORT, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.services.accounts import OpenAccount

YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN


@pytest.fixture
def costly_queue(desk: Desk) -> Iterator[str]:
    """A queue that moves messages away after two looks."""
    dead = desk.outside.sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{desk.cloud.details.account_id}:dead-letters"
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
    url = desk.outside.open_queue("costly", RedrivePolicy=redrive)
    yield url
    desk.tests.close()
    for one in (url, dead):
        desk.outside.sqs.delete_queue(QueueUrl=one)


def test_a_queue_that_is_costly_to_read_is_not_read(desk: Desk, costly_queue: str) -> None:
    desk.outside.sqs.send_message(QueueUrl=costly_queue, MessageBody="somebody's work")
    outcome = desk.send(desk.spec(destination=costly_queue))
    assert (outcome.accepted.state, outcome.arrived.state) == (YES, UNKNOWN)
    assert "“dead-letters”" in outcome.arrived.detail
    assert "twice" in outcome.arrived.detail
    assert outcome.problem is not None
    assert outcome.problem.code == "arrival.reading-costs"
    assert desk.outside.counts(costly_queue) == (2, 0)
    message = desk.outside.sqs.receive_message(
        QueueUrl=costly_queue, MessageSystemAttributeNames=["ApproximateReceiveCount"]
    )["Messages"][0]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"  # ours just now was the first


def test_a_costly_queue_is_read_when_that_is_wished(desk: Desk, costly_queue: str) -> None:
    outcome = desk.send(desk.spec(destination=costly_queue), read_anyway=True)
    assert outcome.is_good
    assert any("you chose to look" in note for note in outcome.notes)


@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_where_there_is_nothing_nothing_can_have_arrived(desk: Desk, kind: str) -> None:
    queue = f"{desk.cloud.details.queue_url.rpartition('/')[0]}/my-old-queue"
    topic = f"{desk.cloud.details.topic_arn}-gone"
    spec = desk.spec(destination=queue) if kind == "queue" else desk.spec(Transport.SNS, topic)
    outcome = desk.send(spec)
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == (UNKNOWN, NO, UNKNOWN)
    assert outcome.arrived.detail == f"It cannot have arrived: the {kind} does not exist."
    assert outcome.as_expected.detail == "There is nothing to look at."
    assert outcome.problem is not None
    assert outcome.problem.title == f"The {kind} does not exist."
    assert outcome.problem.code == Code.GONE
    assert outcome.problem.answer.code == "InternalFailure"  # what Mechanical Turk said, word for word
    way = way_of_test(outcome)
    assert way.headline == f"The {kind} does not exist"
    assert way.links[0].passage is Passage.BROKEN
    assert desk.row(outcome).outcome is Outcome.BAD
    assert desk.send(spec, wait=0).arrived.state is NO, "looked up without a search, too"


@pytest.mark.parametrize("action", ["sqs:ReceiveMessage", "sqs:GetQueueAttributes"])
def test_a_queue_that_may_not_be_read_leaves_arrival_unknown(desk: Desk, action: str) -> None:
    desk.cloud.set_faults(Faults(denied_actions=(action,)))
    outcome = desk.send()
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == (YES, UNKNOWN, UNKNOWN)
    assert outcome.problem is not None
    assert outcome.problem.cause is Cause.PERMISSION
    assert action in outcome.problem.remedy
    assert desk.row(outcome).outcome is Outcome.UNKNOWN


def test_messages_are_given_back_even_where_ours_may_not_be_deleted(desk: Desk) -> None:
    url = desk.cloud.details.queue_url
    desk.outside.sqs.send_message(QueueUrl=url, MessageBody="somebody's work")
    desk.cloud.set_faults(Faults(denied_actions=("sqs:DeleteMessage",)))
    assert desk.send().arrived.state is YES
    desk.tests.close()
    assert desk.outside.counts(url)[1] <= 1  # at most our own is still held
    desk.cloud.set_faults(Faults())
    assert "somebody's work" in desk.outside.bodies(url)


@pytest.mark.parametrize(
    "denied",
    [
        pytest.param(("sns:Subscribe",), id="subscribe"),
        pytest.param(("sns:Subscribe", "sns:ListSubscriptionsByTopic"), id="subscribe-and-list"),
        pytest.param(("sqs:SetQueueAttributes",), id="set-policy"),
        pytest.param(("sqs:CreateQueue",), id="create-queue"),
    ],
)
def test_a_topic_that_cannot_be_listened_to_leaves_arrival_unknown(desk: Desk, denied: tuple[str, ...]) -> None:
    desk.cloud.set_faults(Faults(denied_actions=denied))
    outcome = desk.send(desk.spec(Transport.SNS))
    assert (outcome.accepted.state, outcome.arrived.state) == (YES, UNKNOWN)
    assert outcome.problem is not None
    assert outcome.problem.cause is Cause.PERMISSION
    assert denied[0] in outcome.problem.remedy


def test_who_is_subscribed_may_stay_unseen(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(denied_actions=("sns:ListSubscriptionsByTopic",)))
    outcome = desk.send(desk.spec(Transport.SNS))
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == (YES, YES, UNKNOWN)
    assert outcome.problem is not None
    assert outcome.problem.code == Code.SUBSCRIBERS_UNSEEN
    assert "sns:ListSubscriptionsByTopic" in outcome.problem.remedy
    assert "not known" in outcome.as_expected.detail
    assert way_of_test(outcome).links[-1].passage is Passage.UNKNOWN
    assert desk.history is not None
    assert desk.history.page(HistoryQuery())[0].outcome is Outcome.UNKNOWN


def test_a_topic_without_subscribers_gets_through_to_nobody(desk: Desk) -> None:
    arn = desk.outside.open_topic("lonely")
    outcome = desk.send(desk.spec(Transport.SNS, arn))
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == (YES, YES, NO)
    assert outcome.problem is not None
    assert outcome.problem.code == Code.NOBODY_SUBSCRIBED
    way = way_of_test(outcome)
    assert way.headline == "It comes out of the topic; nobody is subscribed to it"
    assert [link.passage for link in way.links] == [Passage.KNOWN, Passage.KNOWN, Passage.BROKEN]
    assert way.links[-1].reason == "Nobody is subscribed to this topic."
    assert way.stations[-1].passage is Passage.NOT_YET
    assert way.as_text().count("obody is subscribed") == 2, "the headline and the broken link say it, and nothing else"
    assert desk.history is not None
    assert desk.history.page(HistoryQuery())[0].outcome is Outcome.BAD
    desk.outside.sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ada@example.com")
    outcome = desk.send(desk.spec(Transport.SNS, arn))
    assert outcome.as_expected.state is NO
    assert way_of_test(outcome).headline == "It comes out of the topic; no subscription of it is confirmed"
    desk.tests.close()
    desk.outside.sns.delete_topic(TopicArn=arn)


def test_that_nobody_gets_it_is_told_of_an_event_that_was_not_asked_for_too(desk: Desk) -> None:
    arn = desk.outside.open_topic("lonely")
    lonely = desk.spec(Transport.SNS, arn)
    outcomes = [desk.send(spec, EventType.HIT_EXPIRED) for spec in (lonely, desk.spec(Transport.SNS))]
    codes = [None if one.problem is None else one.problem.code for one in outcomes]
    assert codes == [Code.NOBODY_SUBSCRIBED, Code.NOT_SUBSCRIBED]
    assert [one.as_expected.state for one in outcomes] == [NO, NO]
    desk.cloud.set_faults(Faults(denied_actions=("sns:ListSubscriptionsByTopic",)))
    unseen = desk.send(lonely, EventType.HIT_EXPIRED)
    assert unseen.problem is not None
    assert (unseen.as_expected.state, unseen.problem.code) == (UNKNOWN, Code.SUBSCRIBERS_UNSEEN)
    desk.tests.close()
    desk.outside.sns.delete_topic(TopicArn=arn)


def test_a_topic_with_subscribers_needs_no_note_and_keeps_them(desk: Desk) -> None:
    before = desk.outside.subscriptions()
    outcome = desk.send(desk.spec(Transport.SNS))
    assert outcome.notes == ()
    desk.tests.close()
    assert desk.outside.subscriptions() == before
    assert desk.outside.temporary_queues() == []


def test_a_topic_with_raw_delivery_subscribers_is_read_through_an_envelope(desk: Desk) -> None:
    outcome = desk.send(desk.spec(Transport.SNS))
    assert json.loads(outcome.raw)["Type"] == "Notification"
    assert outcome.message is not None
    assert outcome.message.format == "sns"


def test_only_queues_of_this_program_are_ever_deleted(desk: Desk) -> None:
    with pytest.raises(ValueError, match="was not made by this program"):
        delete_by_name(desk.opened.clients, name="practice-results", region="us-east-1")
    assert not delete_by_name(desk.opened.clients, name=f"{NAME_PREFIX}0", region="us-east-1")
    assert "practice-results" in [one.name for one in list_queues(desk.opened.clients)]


def test_what_there_is_to_choose_from(desk: Desk) -> None:
    details = desk.cloud.details
    own = desk.outside.sqs.create_queue(QueueName=f"{NAME_PREFIX}of-another-window")["QueueUrl"]
    theirs = desk.outside.sqs.create_queue(QueueName="of-somebody")["QueueUrl"]
    queues = {one.destination.text: one.remark for one in choices(desk.opened, Transport.SQS)}
    for url in (own, theirs):
        desk.outside.sqs.delete_queue(QueueUrl=url)
    assert own not in queues
    start = details.queue_url.rpartition("/")[0]
    assert queues[f"{start}/practice-topic-archive"] == "listens to the practice topic"
    assert queues[theirs] == ""
    assert queues[details.queue_url] == "works"
    assert "lets nobody in" in queues[details.blocked_queue_url]
    assert [one.destination.text for one in choices(desk.opened, Transport.SNS)] == [details.topic_arn]
    assert [one.destination.text for one in choices(desk.opened, Transport.EMAIL)] == [details.email]


def test_of_each_queue_of_practice_is_said_what_is_so_now(desk: Desk) -> None:
    details, set_policy = desk.cloud.details, desk.outside.sqs.set_queue_attributes

    def remarks() -> list[str]:
        found = {one.destination.text: one.remark for one in choices(desk.opened, Transport.SQS)}
        return [found[details.queue_url], found[details.blocked_queue_url]]

    assert remarks() == ["works", "lets nobody in, to see what that looks like"]
    read = desk.outside.sqs.get_queue_attributes(QueueUrl=details.queue_url, AttributeNames=["Policy"])
    works = read["Attributes"]["Policy"]
    try:
        set_policy(QueueUrl=details.queue_url, Attributes={"Policy": ""})
        assert remarks()[0] == "lets nobody in"
        set_policy(QueueUrl=details.blocked_queue_url, Attributes={"Policy": works.replace("results", "blocked")})
        assert remarks() == ["lets nobody in", "let nobody in when practice began, and was mended"]
        desk.cloud.set_faults(Faults(denied_actions=("sqs:GetQueueAttributes",)))
        assert remarks() == ["", ""], "what cannot be seen is not said"
    finally:
        desk.cloud.set_faults(Faults())
        set_policy(QueueUrl=details.queue_url, Attributes={"Policy": works})
        set_policy(QueueUrl=details.blocked_queue_url, Attributes={"Policy": ""})
    assert remarks() == ["works", "lets nobody in, to see what that looks like"]


@pytest.fixture
def sandbox(desk: Desk) -> OpenAccount:
    """The same cloud, taken for the sandbox: nothing of practice is known about it."""
    account = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.SESSION)
    return replace(desk.opened, account=account, practice=None)


def test_an_email_outside_practice_is_the_persons_to_look_for(desk: Desk, sandbox: OpenAccount) -> None:
    desk.opened = sandbox
    outcome = desk.send(desk.spec(Transport.EMAIL, "ada@example.com"))
    assert (outcome.accepted.state, outcome.arrived.state) == (YES, UNKNOWN)
    for hint in ("mturk-noreply@amazon.com", "“SANDBOX: Your Event Notification”", "spam"):
        assert hint in outcome.arrived.detail
    assert choices(sandbox, Transport.EMAIL) == ()
    assert {one.remark for one in choices(sandbox, Transport.SQS)} == {""}

    assert outcome.accepted.detail == "Mechanical Turk took the test."
    came = desk.tests.answer_for(outcome, arrived=True)
    assert (came.arrived.state, came.as_expected.state) == (YES, UNKNOWN)
    assert came.accepted == outcome.accepted
    assert desk.row(came).arrived.detail == "You said that it arrived."
    missing = desk.tests.answer_for(outcome, arrived=False)
    assert missing.arrived.state is NO
    assert missing.problem is not None
    assert missing.problem.code == "arrival.no-mail"
    assert desk.row(missing).arrived.detail == "You said that it did not arrive."


@pytest.mark.parametrize("transport", [Transport.SQS, Transport.EMAIL])
def test_practice_that_ends_while_waiting_breaks_the_search_off(practice: OpenAccount, transport: Transport) -> None:
    assert practice.practice is not None
    cloud = practice.practice
    desk = Desk.without_records(practice)
    cloud.set_faults(Faults(lose_next=1))

    def kill(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            psutil.Process(cloud.process_id).kill()

    began = time.perf_counter()
    outcome = desk.send(desk.spec(transport), progress=kill)
    desk.tests.close()
    assert time.perf_counter() - began < PATIENCE_SECONDS / 2, "it does not come back"
    assert (outcome.accepted.state, outcome.arrived.state) == (YES, UNKNOWN)
    assert outcome.problem is not None
    assert outcome.arrived.detail == f"The search broke off. {outcome.problem.title}"
    assert transport is Transport.EMAIL or outcome.problem.cause is Cause.UNREACHABLE
    again = desk.send()
    assert again.accepted.state is NO
    assert again.problem is not None
    assert again.problem.code == "practice.ended"


def test_a_send_that_breaks_a_search_does_not_hide_it(desk: Desk) -> None:
    desk.tests = TestSend(history=desk.history, leftovers=desk.leftovers)
    desk.cloud.set_faults(Faults(denied_actions=("sqs:CreateQueue",), closed=True))
    outcome = desk.send(desk.spec(Transport.SNS), wait=SHORT)
    assert outcome.accepted.state is UNKNOWN
    assert outcome.problem is not None
    assert outcome.problem.cause is Cause.UNREACHABLE  # closed comes before what could not be looked at
    with pytest.raises(ProblemError):
        desk.opened.requester.balance()
