# SPDX-License-Identifier: MIT
"""Sent from this computer: a queue, a topic, and what their lamps then say."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from breaking_proxy import answer_with, lose_answer
from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import ENVIRONMENT
from notification_tester.domain.delivery import NOT_TRIED, State
from notification_tester.domain.events import EventType
from notification_tester.domain.messages.scenarios import SCENARIOS, parse_scenario
from notification_tester.domain.outgoing import DeliveryForm, parse_target, service_test
from notification_tester.domain.problem import ProblemError
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.sending.deliver import Deliveries
from notification_tester.services.sending.delivery_request import DeliveryRequest, asks_first
from notification_tester.services.sending.test_send import Stage
from notification_tester.storage.rows import Outcome
from notification_tester.storage.vault import Vault
from services.parts import LONG, SHORT, MemoryKeyring, behind_a_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.messages.scenarios import Scenario
    from notification_tester.services.sending.deliver import Delivered, DeliveryProgress
    from notification_tester.storage.rows import HistoryRow
    from services.parts import Desk

NOW = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
VERSION = "2006-05-05"
YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN


@pytest.fixture
def deliveries(desk: Desk) -> Iterator[Deliveries]:
    made = Deliveries(history=desk.history, leftovers=desk.leftovers, vault=Vault(MemoryKeyring()))
    yield made
    made.close()


def request_to(address: str, form: DeliveryForm, **more: Any) -> DeliveryRequest:
    """One test of AssignmentSubmitted, as the service sends it."""
    about: dict[str, Any] = {"wait_seconds": LONG, **more}
    made = service_test(EventType.ASSIGNMENT_SUBMITTED, VERSION, NOW, form=form)
    return DeliveryRequest(target=parse_target(address, form), form=form, notification=made, **about)


def row_of(desk: Desk, delivered: Delivered) -> HistoryRow:
    """What the history has of it."""
    assert delivered.history_id is not None
    row = desk.history.row(delivered.history_id)
    assert row is not None
    return row


def lamps(delivered: Delivered) -> tuple[State, State, State]:
    return delivered.accepted.state, delivered.arrived.state, delivered.as_expected.state


@pytest.fixture
def queue_url(desk: Desk) -> Iterator[str]:
    """A queue that lets nobody in but its owner."""
    url = desk.outside.sqs.create_queue(QueueName="from-here")["QueueUrl"]
    yield url
    desk.outside.sqs.delete_queue(QueueUrl=url)


def test_a_queue_takes_it_though_its_policy_does_not_let_mechanical_turk_in(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    (delivered,) = deliveries.run(desk.opened, request_to(queue_url, DeliveryForm.SQS), stop=threading.Event())
    deliveries.close()

    assert lamps(delivered) == (YES, YES, YES)
    assert "not from Mechanical Turk" in delivered.notes[0]
    assert "checkup judges that" in delivered.notes[1]
    assert desk.outside.bodies(queue_url) == []  # taken out again
    row = row_of(desk, delivered)
    assert (row.kind, row.outcome, row.transport, row.destination) == ("delivery", Outcome.GOOD, "SQS", queue_url)
    assert row.seconds == delivered.arrived.seconds is not None
    assert row.raw == delivered.raw
    assert json.loads(row.raw)["Events"][0]["EventType"] == row.event == "AssignmentSubmitted"


def scenarios_for(address: str, form: DeliveryForm) -> tuple[Scenario, ...]:
    """All that make sense there, as the window and “all” of the command line have them."""
    return tuple(one for one in SCENARIOS if one.fits(form, parse_target(address, form)))


def test_every_scenario_to_a_queue_is_seen_there_exactly_as_it_was_sent(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    """The same text twice is two messages, and the largest is as large as the queue's attributes say."""
    limit = 4096
    attributes: Any = {"MaximumMessageSize": str(limit)}
    desk.outside.sqs.set_queue_attributes(QueueUrl=queue_url, Attributes=attributes)
    desk.outside.sqs.send_message(QueueUrl=queue_url, MessageBody="somebody's work")
    scenarios = scenarios_for(queue_url, DeliveryForm.SQS)
    request = request_to(queue_url, DeliveryForm.SQS, scenarios=scenarios)
    found = deliveries.run(desk.opened, request, stop=threading.Event())
    deliveries.close()

    assert list(dict.fromkeys(one.scenario for one in found)) == list(scenarios)
    assert [(one.what, lamps(one)) for one in found if not one.is_good] == []
    assert len([one for one in found if one.scenario == parse_scenario("twice")]) == 2
    assert {len(one.raw) for one in found if one.scenario == parse_scenario("largest")} == {limit}
    assert desk.outside.bodies(queue_url) == ["somebody's work"]  # what is not ours stays
    assert desk.row_count() == len(found)


def test_every_scenario_to_a_topic_comes_out_of_it_in_an_envelope(desk: Desk, deliveries: Deliveries) -> None:
    arn = desk.outside.sns.create_topic(Name="from-here")["TopicArn"]
    receiver = f"arn:aws:sqs:us-east-1:{desk.cloud.details.account_id}:practice-results"
    desk.outside.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=receiver)
    request = request_to(arn, DeliveryForm.SNS, scenarios=scenarios_for(arn, DeliveryForm.SNS))
    found = deliveries.run(desk.opened, request, stop=threading.Event())
    deliveries.close()
    desk.outside.sns.delete_topic(TopicArn=arn)

    assert [(one.what, lamps(one)) for one in found if not one.is_good] == []
    assert "temporary queue" in found[0].arrived.detail
    assert "in its envelope" in found[0].as_expected.detail
    assert row_of(desk, found[0]).transport == "SNS"


def test_what_comes_out_of_a_topic_without_subscribers_reached_nobody(desk: Desk, deliveries: Deliveries) -> None:
    arn = desk.outside.sns.create_topic(Name="lonely-from-here")["TopicArn"]
    [delivered] = deliveries.run(desk.opened, request_to(arn, DeliveryForm.SNS), stop=threading.Event())
    deliveries.close()
    desk.outside.sns.delete_topic(TopicArn=arn)

    assert lamps(delivered) == (YES, YES, NO)
    assert delivered.problem is not None
    assert delivered.problem.title == "It comes out of the topic; nobody is subscribed to it."
    assert row_of(desk, delivered).outcome is Outcome.BAD


def test_messages_are_left_in_the_queue_where_that_is_wished(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    request = request_to(queue_url, DeliveryForm.SQS, remove_afterwards=False)
    (delivered,) = deliveries.run(desk.opened, request, stop=threading.Event())
    deliveries.close()
    assert delivered.is_good
    assert desk.outside.bodies(queue_url) == [delivered.raw]


def test_nobody_looks_where_that_is_not_wished(desk: Desk, deliveries: Deliveries, queue_url: str) -> None:
    request = request_to(queue_url, DeliveryForm.SQS, wait_seconds=0)
    (delivered,) = deliveries.run(desk.opened, request, stop=threading.Event())
    assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
    assert delivered.problem is None
    assert row_of(desk, delivered).outcome is Outcome.UNKNOWN
    assert desk.outside.bodies(queue_url) == [delivered.raw]


def test_a_queue_that_is_gone_is_a_sentence_and_a_row(desk: Desk, deliveries: Deliveries) -> None:
    url = f"http://127.0.0.1:{desk.cloud.port}/{desk.cloud.details.account_id}/never-made"
    (delivered,) = deliveries.run(desk.opened, request_to(url, DeliveryForm.SQS), stop=threading.Event())
    assert lamps(delivered) == (NO, UNKNOWN, UNKNOWN)
    assert delivered.problem is not None
    assert delivered.problem.title.startswith("The queue does not exist")
    assert row_of(desk, delivered).problem == delivered.problem


def test_a_real_queue_is_not_filled_from_practice(desk: Desk, deliveries: Deliveries) -> None:
    request = request_to("https://sqs.us-east-1.amazonaws.com/123456789012/real", DeliveryForm.SQS)
    with pytest.raises(ProblemError, match="You are practising"):
        deliveries.run(desk.opened, request, stop=threading.Event())
    assert desk.row_count() == 0


def test_an_answer_that_was_lost_does_not_hide_that_it_came(desk: Desk, deliveries: Deliveries, queue_url: str) -> None:
    with behind_a_gateway(desk, "aws") as gateway:
        gateway.breaks("SendMessage", lose_answer)
        (delivered,) = deliveries.run(desk.opened, request_to(queue_url, DeliveryForm.SQS), stop=threading.Event())
        deliveries.close()
        assert gateway.count("SendMessage") == 1
    assert lamps(delivered) == (YES, YES, YES)
    assert "the answer was lost" in delivered.accepted.detail


def test_a_topic_that_cannot_be_listened_to_is_told_with_the_reason(desk: Desk, deliveries: Deliveries) -> None:
    arn = desk.outside.sns.create_topic(Name="unheard")["TopicArn"]
    refusal = b'{"__type": "com.amazonaws.sqs#AccessDeniedException", "message": "not authorized to sqs:createqueue"}'
    with behind_a_gateway(desk, "aws") as gateway:
        gateway.breaks("CreateQueue", answer_with(403, body=refusal, carried_out=False))
        (delivered,) = deliveries.run(desk.opened, request_to(arn, DeliveryForm.SNS), stop=threading.Event())
        deliveries.close()
    desk.outside.sns.delete_topic(TopicArn=arn)
    assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
    assert delivered.arrived.detail != NOT_TRIED.detail
    assert delivered.problem is not None
    assert delivered.problem.answer.code == "AccessDeniedException"


def test_a_topic_that_passes_nothing_on_is_not_told_as_a_queue_that_others_read(
    desk: Desk, deliveries: Deliveries
) -> None:
    def cut_off(news: DeliveryProgress) -> None:
        if news.stage is Stage.SENDING:
            for one in desk.outside.sns.list_subscriptions()["Subscriptions"]:
                if one["TopicArn"] == arn:
                    desk.outside.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])

    arn = desk.outside.sns.create_topic(Name="cut-off")["TopicArn"]
    request = request_to(arn, DeliveryForm.SNS, wait_seconds=SHORT)
    (delivered,) = deliveries.run(desk.opened, request, progress=cut_off, stop=threading.Event())
    deliveries.close()
    desk.outside.sns.delete_topic(TopicArn=arn)
    assert lamps(delivered) == (YES, NO, UNKNOWN)
    assert delivered.problem is not None
    assert delivered.problem.title == "The topic took the message, and was not seen to pass it on."
    assert "another program" not in delivered.problem.detail


def test_an_account_whose_addresses_lead_to_this_computer_is_not_asked(
    desk: Desk, queue_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By boto3's own settings, of which the account itself has no address."""
    scenarios = (parse_scenario("twice"),)
    for address, asks in ((desk.cloud.details.aws_endpoint, False), ("", True), ("https://sqs.example.org", True)):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        clients = Clients(Connection(from_environment=True))
        opened = OpenAccount(ENVIRONMENT, clients, Requester(clients))
        for target, form in ((queue_url, DeliveryForm.SQS), (desk.cloud.details.topic_arn, DeliveryForm.SNS)):
            problem = asks_first(opened, request_to(target, form, scenarios=scenarios))
            assert (problem is not None) is asks
        clients.close()
