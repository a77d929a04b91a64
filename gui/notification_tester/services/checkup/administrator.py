# SPDX-License-Identifier: MIT
"""For the administrator of the AWS account: the least that these keys have to be allowed, as an IAM policy to copy.

Actions and the resources that they can be limited to: Service Authorization Reference, "Amazon Mechanical Turk" (no
resources), "Amazon SQS", "AWS KMS", "Amazon SNS" (Unsubscribe, GetSubscriptionAttributes and the lists know no
resources). sts:GetCallerIdentity needs no permission.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.domain.account import REGION
from notification_tester.domain.destination import QueueAddress, TopicAddress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notification_tester.domain.destination import Destination


class Use(StrEnum):
    """What a person wants to do."""

    CHECK = "check"  # have account and destination looked at
    TEST = "test"  # send test events and see them arrive
    THROW_AWAY = "throw-away"  # test through a temporary queue
    SET = "set"  # set notifications of HIT types
    LIST = "list"  # choose HIT types, queues and topics from lists
    WATCH = "watch"  # follow a destination live
    MEND = "mend"  # have the destination's policy put right
    CREATE = "create"  # have a queue or topic made


class _Need(NamedTuple):
    action: str
    resource: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """An IAM policy as JSON text, and a sentence for each of its actions: what the program needs it for."""

    policy: str
    sentences: tuple[tuple[str, str], ...]

    def as_text(self) -> str:
        """Everything, to send to the administrator."""
        rows = "\n".join(f"- {action}: {sentence}" for action, sentence in self.sentences)
        return f"Please allow this user the following, as an IAM policy:\n\n{self.policy}\n\n{rows}\n"


def iam_policy(uses: Iterable[Use], destination: Destination | None = None) -> Permissions:
    """Write the least permissions for ``uses``, limited to ``destination`` wherever the service can limit them."""
    wanted = sorted(set(uses), key=list(Use).index)
    needs: dict[tuple[str, str], _Need] = {}
    for use in wanted:
        for need in _needs(use, destination):
            needs.setdefault((need.action, need.resource), need)
    actions: dict[str, list[str]] = {}
    for need in needs.values():
        actions.setdefault(need.resource, []).append(need.action)
    statements = [
        {
            "Sid": f"NotificationTester{number}",
            "Effect": "Allow",
            "Action": sorted(named),
            "Resource": resource,
        }
        for number, (resource, named) in enumerate(actions.items(), start=1)
    ]
    sentences: dict[str, str] = {}
    for need in needs.values():
        sentences.setdefault(need.action, need.sentence)
    return Permissions(
        policy=json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2),
        sentences=tuple(sentences.items()),
    )


def _needs(use: Use, destination: Destination | None) -> Iterator[_Need]:
    queue = destination.arn(REGION) if isinstance(destination, QueueAddress) else ""
    topic = destination.text if isinstance(destination, TopicAddress) else ""
    match use:
        case Use.CHECK:
            yield _Need("mechanicalturk:GetAccountBalance", "*", "To see that keys and link work.")
            if queue:
                yield _look_at_queue(queue)
            if topic:
                yield from _look_at_topic(topic)
                yield _Need("sns:GetSubscriptionAttributes", "*", "To see filters that drop notifications.")
            if queue or topic:
                yield from _look_at_key(queue or topic)
        case Use.TEST:
            yield _send_test()
            if queue:
                yield _look_at_queue(queue)
                yield from _read(queue)
                yield _Need("sqs:DeleteMessage", queue, "To take the test message out again; no other is deleted.")
            if topic:
                yield from _through_temporary_queue(topic, destination)
        case Use.THROW_AWAY:
            yield _send_test()
            yield from _temporary_queue(destination)
            yield _Need("sqs:ListQueues", "*", "To list temporary queues that were left behind.")
        case Use.SET:
            yield _Need("mechanicalturk:UpdateNotificationSettings", "*", "To set what a HIT type tells, and to whom.")
        case Use.LIST:
            yield _Need("mechanicalturk:ListHITs", "*", "To list the HIT types to choose from.")
            yield _Need("sqs:ListQueues", "*", "To list the queues to choose from.")
            yield _Need("sns:ListTopics", "*", "To list the topics to choose from.")
        case Use.WATCH:
            if queue:
                yield _look_at_queue(queue)
                yield from _read(queue)
            if topic:
                yield from _through_temporary_queue(topic, destination)
        case Use.MEND:
            if queue:
                yield _look_at_queue(queue)
                yield _Need("sqs:SetQueueAttributes", queue, "To let Mechanical Turk in, after you said yes.")
            if topic:
                yield _Need("sns:GetTopicAttributes", topic, "To read the topic's access policy.")
                yield _Need("sns:SetTopicAttributes", topic, "To let Mechanical Turk in, after you said yes.")
        case Use.CREATE:
            yield from _make(destination)


def _send_test() -> _Need:
    return _Need("mechanicalturk:SendTestEventNotification", "*", "To have Mechanical Turk send a test event.")


def _look_at_queue(queue: str) -> _Need:
    return _Need("sqs:GetQueueAttributes", queue, "To read the queue's access policy and settings.")


def _look_at_key(arn: str) -> Iterator[_Need]:
    _, partition, _, region, account, _ = arn.split(":")
    keys = f"arn:{partition}:kms:{region}:{account}:key/*"
    yield _Need("kms:DescribeKey", keys, "To see whether the key of an encrypted queue or topic can be used.")
    yield _Need("kms:GetKeyPolicy", keys, "To see whether that key lets Mechanical Turk in.")


def _make(destination: Destination | None) -> Iterator[_Need]:
    account = destination.account_id if isinstance(destination, QueueAddress | TopicAddress) else "*"
    for service, actions in (
        ("sqs", ("GetQueueUrl", "CreateQueue", "GetQueueAttributes", "SetQueueAttributes")),
        ("sns", ("CreateTopic", "GetTopicAttributes", "SetTopicAttributes")),
    ):
        for action in actions:
            kind = "queue" if service == "sqs" else "topic"
            sentence = f"To make a {kind} that lets Mechanical Turk in; one that is there is never touched."
            yield _Need(f"{service}:{action}", f"arn:aws:{service}:{REGION}:{account}:*", sentence)


def _look_at_topic(topic: str) -> Iterator[_Need]:
    yield _Need("sns:GetTopicAttributes", topic, "To read the topic's access policy.")
    yield _Need("sns:ListSubscriptionsByTopic", topic, "To see whether anybody receives what the topic takes.")


def _read(queue: str) -> Iterator[_Need]:
    yield _Need("sqs:ReceiveMessage", queue, "To see messages arrive.")
    yield _Need("sqs:ChangeMessageVisibility", queue, "To give messages of others back at once.")


def _through_temporary_queue(topic: str, destination: Destination | None) -> Iterator[_Need]:
    yield _Need("sns:ListSubscriptionsByTopic", topic, "To see whether anybody receives what the topic takes.")
    yield _Need("sns:Subscribe", topic, "To join a temporary queue of the program to the topic.")
    yield _Need("sns:Unsubscribe", "*", "To take that queue off the topic again.")
    yield from _temporary_queue(destination)


def _temporary_queue(destination: Destination | None) -> Iterator[_Need]:
    partition, region, account = "aws", REGION, "*"
    if isinstance(destination, TopicAddress):
        partition, region, account = destination.partition, destination.region, destination.account_id
    elif isinstance(destination, QueueAddress):
        partition, account = destination.arn(REGION).split(":")[1], destination.account_id
    ours = f"arn:{partition}:sqs:{region}:{account}:{NAME_PREFIX}*"
    for action, sentence in (
        ("CreateQueue", "To make a temporary queue, whose name says whose it is."),
        ("TagQueue", "To mark the temporary queue as made by this program."),
        ("SetQueueAttributes", "To let the sender into the temporary queue."),
        ("GetQueueAttributes", "To read the settings of the temporary queue."),
        ("GetQueueUrl", "To find a temporary queue that a crash left behind."),
        ("ReceiveMessage", "To see messages arrive in the temporary queue."),
        ("ChangeMessageVisibility", "To give back what was read in the temporary queue."),
        ("DeleteMessage", "To take the test message out of the temporary queue."),
        ("DeleteQueue", "To remove the temporary queue."),
    ):
        yield _Need(f"sqs:{action}", ours, sentence)
