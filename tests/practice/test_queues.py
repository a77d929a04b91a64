# SPDX-License-Identifier: MIT
"""Queues behave as Amazon's where this program depends on it: long polls, many readers, nothing lost, policies kept."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from practice.clients import Clients, connect, notification, signed

if TYPE_CHECKING:
    from notification_tester.practice.cloud import PracticeCloud

READERS = 14


@pytest.mark.alone
def test_a_long_poll_sees_a_message_at_once(cloud: PracticeCloud, clients: Clients) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(clients.bodies, cloud.details.queue_url, wait=20)
        with pytest.raises(TimeoutError):
            waiting.result(0.3)  # it waits, and the message below is not there before it
        began = time.monotonic()
        clients.mturk.send_test_event_notification(
            Notification=notification(cloud.details.queue_url), TestEventType="Ping"
        )
        assert len(waiting.result(10)) == 1
        assert time.monotonic() - began < 1.0  # some 10 ms on an idle machine


def test_what_mechanical_turk_sends_wakes_a_long_poll(cloud: PracticeCloud, clients: Clients) -> None:
    url = cloud.details.queue_url
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(clients.bodies, url, wait=20)
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        clients.mturk.send_test_event_notification(Notification=notification(url), TestEventType="Ping")
        assert len(waiting.result(10)) == 1


def test_a_long_poll_for_nothing_takes_its_time(cloud: PracticeCloud, clients: Clients) -> None:
    began = time.monotonic()
    assert clients.bodies(cloud.details.queue_url, wait=1) == []
    assert 0.9 <= time.monotonic() - began < 15  # the longest that can be asked for is twenty


def test_a_message_that_was_held_wakes_a_long_poll_when_it_is_given_back(clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName="given-back")["QueueUrl"]
    clients.sqs.send_message(QueueUrl=url, MessageBody="x")
    (held,) = clients.sqs.receive_message(QueueUrl=url, VisibilityTimeout=1)["Messages"]
    began = time.monotonic()
    assert clients.bodies(url, wait=20) == ["x"]
    assert time.monotonic() - began < 15  # it was held for one second
    clients.sqs.send_message(QueueUrl=url, MessageBody="y")
    (held,) = clients.sqs.receive_message(QueueUrl=url, VisibilityTimeout=30)["Messages"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(clients.bodies, url, wait=20)
        clients.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=held["ReceiptHandle"], VisibilityTimeout=0)
        assert waiting.result(10) == ["y"]


def test_a_message_that_is_moved_to_the_dead_letters_wakes_who_waits_there(clients: Clients) -> None:
    dead = clients.sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    arn = clients.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    url = clients.sqs.create_queue(QueueName="of-the-living", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    clients.sqs.send_message(QueueUrl=url, MessageBody="x")
    assert len(clients.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]) == 1
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(clients.bodies, dead, wait=20)
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        assert clients.bodies(url, wait=0) == []
        assert waiting.result(10) == ["x"]


def test_where_a_call_does_not_say_how_long_it_waits_the_queue_does(clients: Clients) -> None:
    attributes: Any = {"ReceiveMessageWaitTimeSeconds": "20"}
    url = clients.sqs.create_queue(QueueName="patient", Attributes=attributes)["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(clients.sqs.receive_message, QueueUrl=url)
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        clients.sqs.send_message(QueueUrl=url, MessageBody="x")
        assert len(waiting.result(10)["Messages"]) == 1
    began = time.monotonic()
    assert "Messages" not in clients.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)
    assert time.monotonic() - began < 15


def test_many_readers_and_writers_lose_and_double_nothing(cloud: PracticeCloud) -> None:
    clients = connect(cloud.details)
    url = clients.sqs.create_queue(QueueName="crowded")["QueueUrl"]
    wanted = {f"m{number}" for number in range(100)}
    seen: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.extend(clients.bodies(url, wait=1))
            if len(seen) >= len(wanted):
                done.set()

    with ThreadPoolExecutor(READERS + 2) as pool:
        readers = [pool.submit(read) for _ in range(READERS)]
        list(pool.map(lambda body: clients.sqs.send_message(QueueUrl=url, MessageBody=body), sorted(wanted)))
        for reader in readers:
            reader.result(60)
    assert sorted(seen) == sorted(wanted)


def test_a_reader_that_left_takes_no_message_along(cloud: PracticeCloud, clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName="left")["QueueUrl"]
    members = {"QueueUrl": url, "WaitTimeSeconds": 20, "VisibilityTimeout": 600}
    request = signed(cloud.details, "sqs", "AmazonSQS.ReceiveMessage", json.dumps(members).encode())
    assert isinstance(request.body, bytes)
    reader = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=0.3)
    reader.request("POST", "/", body=request.body, headers=dict(request.headers))
    with pytest.raises(TimeoutError):
        reader.getresponse()
    reader.close()
    clients.sqs.send_message(QueueUrl=url, MessageBody="x")
    assert clients.bodies(url, wait=5) == ["x"]


def test_setting_another_attribute_keeps_the_policy(cloud: PracticeCloud, clients: Clients) -> None:
    url = cloud.details.queue_url
    before = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "31"})
    after = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert json.loads(after["Policy"]) == json.loads(before)
    assert after["VisibilityTimeout"] == "31"
    clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})


@pytest.mark.parametrize("policy", ["{", "[]", '"x"'])
def test_a_policy_that_is_none_is_refused(cloud: PracticeCloud, clients: Clients, policy: str) -> None:
    with pytest.raises(clients.sqs.exceptions.InvalidAttributeValue):
        clients.sqs.set_queue_attributes(QueueUrl=cloud.details.queue_url, Attributes={"Policy": policy})
    attributes = clients.sqs.get_queue_attributes(QueueUrl=cloud.details.queue_url, AttributeNames=["Policy"])
    assert "mturk-requester" in attributes["Attributes"]["Policy"]


def statements(count: int, **changes: Any) -> list[dict[str, Any]]:
    made = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", **changes}
    return [{**made, "Sid": f"S{number}"} for number in range(count)]


LIMITS = [
    pytest.param(statements(20), "", id="20-statements"),
    pytest.param(
        statements(21), "21 statements were found in the submitted policy, max allowed is 20", id="statements"
    ),
    pytest.param(statements(1, Action=[f"sqs:A{n}" for n in range(7)]), "", id="7-actions"),
    pytest.param(
        statements(1, Action=[f"sqs:A{n}" for n in range(8)]),
        "8 actions were found in a statement from the submitted policy, max allowed is 7",
        id="actions",
    ),
    pytest.param(
        [*statements(1, Principal={"AWS": ["1"] * 25}), *statements(1, Principal={"AWS": ["1"] * 26})],
        "51 principals were found in the submitted policy, max allowed is 50",
        id="principals",
    ),
    pytest.param(statements(20, Condition={"Bool": {"a:b": "x"}}), "", id="20-conditions"),
    pytest.param(
        statements(1, Condition={"Bool": {f"a:{n}": "x" for n in range(11)}}),
        "11 conditions were found in a statement from the submitted policy, max allowed is 10",
        id="conditions",
    ),
    pytest.param(statements(1, Resource="x" * 8192), "Submitted policy is over max allowed size.", id="bytes"),
]


@pytest.mark.parametrize(("found", "refusal"), LIMITS)
def test_a_policy_that_is_too_large_is_refused_as_amazon_does(
    clients: Clients, found: list[dict[str, Any]], refusal: str
) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": found})
    name = f"limited-{secrets.token_hex(4)}"
    url = clients.sqs.create_queue(QueueName=name)["QueueUrl"]
    if not refusal:
        clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return
    with pytest.raises(ClientError) as caught:
        clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    assert caught.value.response["Error"]["Code"] == "OverLimit"
    assert caught.value.response["Error"]["Message"] == refusal
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "Policy" not in clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    with pytest.raises(ClientError, match="OverLimit"):
        clients.sqs.create_queue(QueueName=f"{name}-2", Attributes={"Policy": policy})


def test_a_statement_too_many_is_not_added_either(clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName="full-of-statements")["QueueUrl"]
    for number in range(20):
        clients.sqs.add_permission(QueueUrl=url, Label=f"L{number}", AWSAccountIds=["1"], Actions=["SendMessage"])
    with pytest.raises(ClientError, match="21 statements"):
        clients.sqs.add_permission(QueueUrl=url, Label="L20", AWSAccountIds=["1"], Actions=["SendMessage"])
    policy = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    assert len(json.loads(policy)["Statement"]) == 20


@pytest.mark.parametrize(("count", "is_taken"), [(100, True), (101, False)])
def test_a_topics_policy_has_limits_of_its_own(clients: Clients, count: int, is_taken: bool) -> None:
    arn = clients.sns.create_topic(Name=f"limited-{secrets.token_hex(4)}")["TopicArn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements(count, Action="sns:Publish", Resource=arn)})
    if is_taken:
        clients.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
        return
    with pytest.raises(ClientError, match="101 statements"):
        clients.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


def test_a_policy_can_be_taken_away(clients: Clients) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    url = clients.sqs.create_queue(QueueName="taken-away", Attributes={"Policy": policy})["QueueUrl"]
    clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert "Policy" not in clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_counts_tell_waiting_from_held(clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName="counted")["QueueUrl"]
    for number in range(3):
        clients.sqs.send_message(QueueUrl=url, MessageBody=str(number))
    clients.sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=60)
    clients.sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)
    answer = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    attributes: dict[Any, str] = dict(answer["Attributes"])
    names = ["", "NotVisible", "Delayed"]
    assert [attributes[f"ApproximateNumberOfMessages{name}"] for name in names] == ["2", "1", "1"]


def test_five_hundred_messages_are_looked_through_quickly(cloud: PracticeCloud, clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName="full")["QueueUrl"]
    for start in range(0, 500, 10):
        entries: list[Any] = [{"Id": str(n), "MessageBody": f"m{n}"} for n in range(start, start + 10)]
        clients.sqs.send_message_batch(QueueUrl=url, Entries=entries)
    began = psutil.Process(cloud.process_id).cpu_times()
    seen = 0
    while seen < 500:
        answer = clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60)
        seen += len(answer["Messages"])
    took = psutil.Process(cloud.process_id).cpu_times()
    # under a second on an idle machine; moto alone takes a quarter of a minute
    assert took.user + took.system - began.user - began.system < 10


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("{endpoint}/{account}/missing", id="missing"),
        pytest.param("{endpoint}/000000000000/practice-results", id="another-account"),
    ],
)
def test_a_queue_that_is_not_there(cloud: PracticeCloud, clients: Clients, url: str) -> None:
    place = url.format(endpoint=cloud.details.aws_endpoint, account=cloud.details.account_id)
    with pytest.raises(ClientError) as caught:
        clients.sqs.receive_message(QueueUrl=place)
    assert isinstance(caught.value, clients.sqs.exceptions.QueueDoesNotExist)
    with pytest.raises(clients.sqs.exceptions.QueueDoesNotExist):
        clients.sqs.get_queue_attributes(QueueUrl=place)


def test_the_older_query_protocol_works_too(cloud: PracticeCloud, clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName="older")["QueueUrl"]
    values = {"Action": "ReceiveMessage", "Version": "2012-11-05", "QueueUrl": url, "WaitTimeSeconds": "20"}
    request = AWSRequest(
        "POST",
        f"{cloud.details.aws_endpoint}/",
        data=urlencode(values),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    credentials = Credentials(cloud.details.access_key_id, cloud.details.secret_access_key)
    SigV4Auth(credentials, "sqs", cloud.details.region).add_auth(request)
    session = URLLib3Session(proxies={}, timeout=60)
    try:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(session.send, request.prepare())
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
            clients.sqs.send_message(QueueUrl=url, MessageBody="x")
            answer = waiting.result(10)
    finally:
        session.close()
    assert answer.status_code == 200
    assert b"<Body>x</Body>" in answer.content


def test_a_wait_that_is_too_long_is_refused(cloud: PracticeCloud, clients: Clients) -> None:
    with pytest.raises(ClientError, match="WaitTimeSeconds"):
        clients.sqs.receive_message(QueueUrl=cloud.details.queue_url, WaitTimeSeconds=21)


def test_a_message_that_is_visible_again_is_not_hidden_by_an_old_receipt(
    clients: Clients, cloud: PracticeCloud
) -> None:
    url, sqs = cloud.details.queue_url, clients.sqs
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"]
    receipt = message["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
    entries: Any = [{"Id": "0", "ReceiptHandle": receipt, "VisibilityTimeout": 60}]
    (failed,) = sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)["Failed"]
    assert failed["SenderFault"]
    with pytest.raises(ClientError, match="MessageNotInflight"):
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=60)
    assert clients.bodies(url, wait=0) == ["x"]
