# SPDX-License-Identifier: MIT
"""What is sent has the real shapes, and reaches a destination only if that lets Mechanical Turk in."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from notification_tester.domain.messages.message import decode
from practice.clients import Clients, notification

if TYPE_CHECKING:
    from notification_tester.practice.cloud import PracticeCloud

ASSIGNMENT_IDS = ["1234567890123456789012345678901234567890", "1234567890123456789012345678900987654321"]


def send(clients: Clients, destination: str, transport: str = "SQS", event: Any = "AssignmentSubmitted") -> None:
    clients.mturk.send_test_event_notification(Notification=notification(destination, transport), TestEventType=event)


def new_queue(clients: Clients, name: str, policy: object = None) -> str:
    """Make a queue anew; its policy's resource and account are filled in."""
    clients.sqs.create_queue(QueueName=name)
    url = clients.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    clients.sqs.delete_queue(QueueUrl=url)
    clients.sqs.create_queue(QueueName=name)
    if policy is not None:
        arn = f"arn:aws:sqs:us-east-1:{clients.details.account_id}:{name}"
        text = json.dumps(policy).replace("ARN", arn).replace("ACCOUNT", clients.details.account_id)
        clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})
    return url


def allow(**changes: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "mturk-requester.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "ARN",
        **changes,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_test_of_an_assignment_event_in_a_queue(cloud: PracticeCloud, clients: Clients) -> None:
    send(clients, cloud.details.queue_url)
    answer = clients.sqs.receive_message(
        QueueUrl=cloud.details.queue_url, WaitTimeSeconds=5, MessageSystemAttributeNames=["All"]
    )
    (message,) = answer["Messages"]
    clients.sqs.delete_message(QueueUrl=cloud.details.queue_url, ReceiptHandle=message["ReceiptHandle"])
    assert message["Attributes"]["SenderId"] == "AIDAIXO4EZE6RHVSXIN4E"
    body = json.loads(message["Body"])
    assert set(body) == {"EventDocId", "EventDocVersion", "SourceAccount", "CustomerId", "Events"}
    assert re.fullmatch(r"[0-9a-f]{40}", body["EventDocId"])
    assert body["EventDocVersion"] == "2006-05-05"
    assert body["SourceAccount"] == cloud.details.account_id
    assert [event.pop("AssignmentId") for event in body["Events"]] == ASSIGNMENT_IDS
    assert body["Events"][0] == body["Events"][1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["Events"][0].pop("EventTimestamp"))
    assert body["Events"][0] == {
        "EventType": "AssignmentSubmitted",
        "HITId": "12345678901234567890",
        "HITTypeId": "09876543210987654321",
    }


@pytest.mark.parametrize("event", ["Ping", "HITReviewable", "HITDisposed"])
def test_a_test_without_an_assignment_is_one_event(cloud: PracticeCloud, clients: Clients, event: str) -> None:
    send(clients, cloud.details.queue_url, event=event)
    (body,) = clients.bodies(cloud.details.queue_url)
    (found,) = json.loads(body)["Events"]
    assert found["EventType"] == event
    assert "AssignmentId" not in found


def test_the_version_is_repeated(cloud: PracticeCloud, clients: Clients) -> None:
    clients.mturk.send_test_event_notification(
        Notification=notification(cloud.details.queue_url, Version="2014-08-15"), TestEventType="Ping"
    )
    (body,) = clients.bodies(cloud.details.queue_url)
    assert json.loads(body)["EventDocVersion"] == "2014-08-15"


def test_a_topic_wraps_it_in_an_envelope(cloud: PracticeCloud, clients: Clients) -> None:
    archive = clients.sqs.get_queue_url(QueueName="practice-topic-archive")["QueueUrl"]
    while clients.bodies(archive, wait=0):  # what other tests sent
        pass
    send(clients, cloud.details.topic_arn, "SNS")
    (body,) = clients.bodies(archive)
    envelope = json.loads(body)
    assert list(envelope) == [
        "Type",
        "MessageId",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
    ]
    assert envelope["TopicArn"] == cloud.details.topic_arn
    assert envelope["Subject"].isdigit()
    assert json.loads(envelope["Message"])["Events"][0]["AssignmentId"] == ASSIGNMENT_IDS[0]


def test_an_e_mail(cloud: PracticeCloud, clients: Clients) -> None:
    send(clients, "someone@practice.example", "Email")
    mail = cloud.mailbox()[-1]
    assert mail.sender == "mturk-noreply@amazon.com"
    assert mail.recipient == "someone@practice.example"
    assert mail.subject == "Your Event Notification"
    assert mail.body.count("    Event Type: AssignmentSubmitted\n") == 2
    assert f"    Assignment ID: {ASSIGNMENT_IDS[1]}\n" in mail.body
    assert mail.text.startswith("From: mturk-noreply@amazon.com\n")


def test_what_is_sent_is_recognised_as_a_test(cloud: PracticeCloud, clients: Clients) -> None:
    archive = clients.sqs.get_queue_url(QueueName="practice-topic-archive")["QueueUrl"]
    while clients.bodies(archive, wait=0):
        pass
    send(clients, cloud.details.queue_url)
    send(clients, cloud.details.topic_arn, "SNS")
    send(clients, cloud.details.email, "Email")
    texts = [*clients.bodies(cloud.details.queue_url), *clients.bodies(archive), cloud.mailbox()[-1].text]
    decoded = [decode(text) for text in texts]
    assert [message.format for message in decoded] == ["sqs", "sns", "email"]
    assert all(message.is_test and not message.problem and len(message.events) == 2 for message in decoded)


def refused(clients: Clients, destination: str, transport: str = "SQS") -> bool:
    try:
        send(clients, destination, transport)
    except ClientError as error:
        answer = error.response
    else:
        return False
    assert (answer["Error"]["Code"], answer["Error"]["Message"]) == ("InternalFailure", ""), "or it is a bug of ours"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 500
    return True


def test_the_blocked_queue_refuses_and_stays_empty(cloud: PracticeCloud, clients: Clients) -> None:
    assert refused(clients, cloud.details.blocked_queue_url)
    assert clients.bodies(cloud.details.blocked_queue_url, wait=0) == []


@pytest.mark.parametrize(
    "destination",
    [
        pytest.param("QUEUE-missing", id="no-such-queue"),
        pytest.param("http://127.0.0.1/000000000000/practice-results", id="another-account"),
        pytest.param("practice-results", id="only-a-name"),
        pytest.param("nonsense", id="nonsense"),
    ],
)
def test_a_queue_that_is_not_ours_refuses(cloud: PracticeCloud, clients: Clients, destination: str) -> None:
    assert refused(clients, destination.replace("QUEUE", cloud.details.queue_url))


@pytest.mark.parametrize(
    ("policy", "is_open"),
    [
        pytest.param(allow(), True, id="plain"),
        pytest.param(allow(Action="SQS:*"), True, id="wildcard-action"),
        pytest.param(allow(Principal="*"), True, id="everyone"),
        pytest.param(allow(Condition={"StringEquals": {"aws:SourceAccount": "ACCOUNT"}}), True, id="our-account"),
        pytest.param(allow(Condition={"StringEquals": {"aws:SourceAccount": "1" * 12}}), False, id="foreign-account"),
        pytest.param(allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), False, id="address"),
        pytest.param(allow(Principal={"Service": "sns.amazonaws.com"}), False, id="another-service"),
        pytest.param(allow(Action="sqs:ReceiveMessage"), False, id="another-action"),
        pytest.param(allow(Resource="ARN-other"), False, id="another-queue"),
        pytest.param(allow(Effect="Deny"), False, id="deny"),
        pytest.param(
            {"Version": "2012-10-17", "Statement": [*allow()["Statement"], *allow(Effect="Deny")["Statement"]]},
            False,
            id="deny-wins",
        ),
    ],
)
def test_a_queue_s_policy_decides(clients: Clients, policy: object, is_open: bool) -> None:
    url = new_queue(clients, "policy-test", policy)
    assert refused(clients, url) is not is_open
    assert len(clients.bodies(url, wait=0)) == is_open


def test_a_topic_s_policy_decides(cloud: PracticeCloud, clients: Clients) -> None:
    arn = clients.sns.create_topic(Name="policy-test")["TopicArn"]
    foreign = allow(Action="sns:Publish", Resource=arn, Condition={"StringEquals": {"aws:SourceAccount": "1" * 12}})
    clients.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(foreign))
    assert refused(clients, arn, "SNS")
    ours = json.dumps(foreign).replace("1" * 12, cloud.details.account_id)
    clients.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=ours)
    assert not refused(clients, arn, "SNS")
    assert refused(clients, arn + "-missing", "SNS")


@pytest.mark.parametrize("policy", ["{", "[]", '"x"', ""])
def test_a_topic_s_policy_that_is_none_is_refused(cloud: PracticeCloud, clients: Clients, policy: str) -> None:
    arn = cloud.details.topic_arn
    with pytest.raises(clients.sns.exceptions.InvalidParameterException):
        clients.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    with pytest.raises(clients.sns.exceptions.InvalidParameterException):
        clients.sns.create_topic(Name="bad-policy", Attributes={"Policy": policy})
    assert "mturk-requester" in clients.sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]


class TestTopicToQueue:
    """What a subscribed queue gets depends on its own policy, its filter and the kind of delivery."""

    def subscribe(self, clients: Clients, name: str, source: str, **attributes: str) -> str:
        policy = allow(Principal={"Service": "sns.amazonaws.com"}, Condition={"ArnEquals": {"aws:SourceArn": source}})
        url = new_queue(clients, name, policy)
        arn = f"arn:aws:sqs:us-east-1:{clients.details.account_id}:{name}"
        clients.sns.subscribe(TopicArn=clients.details.topic_arn, Protocol="sqs", Endpoint=arn, Attributes=attributes)
        return url

    def test_a_queue_that_lets_the_topic_in_gets_it(self, clients: Clients) -> None:
        url = self.subscribe(clients, "open-to-topic", clients.details.topic_arn)
        send(clients, clients.details.topic_arn, "SNS")
        assert len(clients.bodies(url)) == 1

    def test_a_queue_that_does_not_gets_nothing(self, clients: Clients) -> None:
        url = self.subscribe(clients, "shut-to-topic", clients.details.topic_arn + "-other")
        send(clients, clients.details.topic_arn, "SNS")
        assert clients.bodies(url, wait=0) == []

    def test_raw_delivery_is_the_bare_body(self, clients: Clients) -> None:
        url = self.subscribe(clients, "raw", clients.details.topic_arn, RawMessageDelivery="true")
        send(clients, clients.details.topic_arn, "SNS")
        assert "EventDocId" in json.loads(clients.bodies(url)[0])

    def test_raw_delivery_switched_off_is_an_envelope(self, clients: Clients) -> None:
        url = self.subscribe(clients, "not-raw", clients.details.topic_arn, RawMessageDelivery="false")
        send(clients, clients.details.topic_arn, "SNS")
        assert json.loads(clients.bodies(url)[0])["Type"] == "Notification"

    def test_a_filter_drops_it_silently(self, clients: Clients) -> None:
        url = self.subscribe(clients, "filtered", clients.details.topic_arn, FilterPolicy='{"kind": ["none"]}')
        send(clients, clients.details.topic_arn, "SNS")
        assert clients.bodies(url, wait=0) == []

    def test_publish_by_the_api_goes_the_same_way(self, clients: Clients) -> None:
        url = self.subscribe(clients, "published", clients.details.topic_arn)
        clients.sns.publish(TopicArn=clients.details.topic_arn, Message="hello", Subject="s")
        assert json.loads(clients.bodies(url)[0])["Message"] == "hello"

    @pytest.mark.parametrize("by", ["Mechanical Turk", "the API"])
    def test_what_comes_through_a_topic_wakes_a_long_poll(self, clients: Clients, by: str) -> None:
        topic = clients.details.topic_arn
        url = self.subscribe(clients, f"woken-by-{by.replace(' ', '-')}", topic)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(clients.bodies, url, wait=20)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)  # it waits, and the message below is not there before it
            if by == "the API":
                clients.sns.publish(TopicArn=topic, Message="hello")
            else:
                send(clients, topic, "SNS")
            assert len(waiting.result(10)) == 1

    def test_a_mail_or_web_subscriber_stays_unconfirmed_and_is_never_called(self, clients: Clients) -> None:
        arn = clients.sns.create_topic(Name="pending")["TopicArn"]
        clients.sns.subscribe(TopicArn=arn, Protocol="http", Endpoint="http://192.0.2.1/never")
        clients.sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@practice.example")
        clients.sns.publish(TopicArn=arn, Message="hello")
        listed = clients.sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
        assert [entry["SubscriptionArn"] for entry in listed] == ["PendingConfirmation"] * 2
        attributes = clients.sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        assert (attributes["SubscriptionsConfirmed"], attributes["SubscriptionsPending"]) == ("0", "2")

    def test_the_scenario_s_topic_has_a_confirmed_subscriber(self, clients: Clients) -> None:
        listed = clients.sns.list_subscriptions_by_topic(TopicArn=clients.details.topic_arn)["Subscriptions"]
        archive = next(entry for entry in listed if entry["Endpoint"].endswith(":practice-topic-archive"))
        assert archive["SubscriptionArn"].startswith(clients.details.topic_arn)
        assert (archive["Protocol"], archive["Owner"]) == ("sqs", clients.details.account_id)
        attributes = clients.sns.get_subscription_attributes(SubscriptionArn=archive["SubscriptionArn"])["Attributes"]
        assert attributes["PendingConfirmation"].lower() == "false"
