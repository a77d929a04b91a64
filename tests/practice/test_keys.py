# SPDX-License-Identifier: MIT
"""A key of the practice KMS keeps out whom its policy does not name, as SQS and SNS would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from practice.clients import Clients, notification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.practice.cloud import PracticeCloud

MTURK, SNS = "mturk-requester.amazonaws.com", "sns.amazonaws.com"
TOPIC_ALONE = {"ArnEquals": {"aws:SourceArn": "HERE"}}


@pytest.fixture
def set_key(clients: Clients, cloud: PracticeCloud) -> Iterator[Callable[[str], None]]:
    """Encrypts the queue that works, and takes that away again."""

    def encrypt(key_id: str) -> None:
        clients.sqs.set_queue_attributes(QueueUrl=cloud.details.queue_url, Attributes={"KmsMasterKeyId": key_id})

    yield encrypt
    encrypt("")


def policy(service: str, **changes: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": "*",
        **changes,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def takes_a_test(clients: Clients, cloud: PracticeCloud) -> bool:
    try:
        clients.mturk.send_test_event_notification(
            Notification=notification(cloud.details.queue_url), TestEventType="AssignmentSubmitted"
        )
    except clients.mturk.exceptions.ClientError as error:
        return error.response["Error"]["Code"] != "InternalFailure"
    return True


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        pytest.param(policy(MTURK), True, id="named"),
        pytest.param(policy(SNS), False, id="another-service"),
        pytest.param(policy(MTURK, Action="kms:Decrypt"), False, id="half-of-it"),
        pytest.param(policy(MTURK, Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}}), True, id="own"),
        pytest.param(policy(MTURK, Condition={"StringEquals": {"kms:ViaService": "x"}}), False, id="in-doubt"),
    ],
)
def test_mturk_needs_the_key_of_a_queue(
    clients: Clients, cloud: PracticeCloud, kms: Any, set_key: Callable[[str], None], text: str, is_taken: bool
) -> None:
    key = kms.create_key(Policy=text)["KeyMetadata"]
    set_key(key["Arn"])
    assert takes_a_test(clients, cloud) is is_taken
    assert bool(clients.bodies(cloud.details.queue_url, wait=0)) is is_taken
    kms.disable_key(KeyId=key["KeyId"])
    assert not takes_a_test(clients, cloud)


@pytest.mark.parametrize("key_id", ["alias/aws/sqs", "alias/not-there", "not-there"])
def test_a_key_that_cannot_be_opened(
    clients: Clients, cloud: PracticeCloud, set_key: Callable[[str], None], key_id: str
) -> None:
    set_key(key_id)
    assert not takes_a_test(clients, cloud)


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        pytest.param(policy(SNS), True, id="named"),
        pytest.param(policy(SNS, Condition=TOPIC_ALONE), True, id="for-the-topic-alone"),
        pytest.param(policy(MTURK), False, id="another-service"),
    ],
)
def test_sns_needs_the_key_of_a_subscribed_queue(
    clients: Clients, cloud: PracticeCloud, kms: Any, text: str, arrives: bool
) -> None:
    topic = cloud.details.topic_arn
    archive = clients.sqs.get_queue_url(QueueName="practice-topic-archive")["QueueUrl"]
    while clients.bodies(archive, wait=0):  # what other tests sent to the topic
        pass
    key = kms.create_key(Policy=text.replace("HERE", topic))["KeyMetadata"]["Arn"]
    clients.sqs.set_queue_attributes(QueueUrl=archive, Attributes={"KmsMasterKeyId": key})
    clients.mturk.send_test_event_notification(
        Notification=notification(topic, "SNS"), TestEventType="AssignmentSubmitted"
    )
    assert bool(clients.bodies(archive, wait=0)) is arrives
    clients.sqs.set_queue_attributes(QueueUrl=archive, Attributes={"KmsMasterKeyId": ""})
