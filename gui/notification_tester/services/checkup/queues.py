# SPDX-License-Identifier: MIT
"""What the queues that are subscribed to a topic say about whether the topic gets in there. No call is made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.aws.error_table import folded
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.policy.judgement import Answer
from notification_tester.domain.policy.question import SNS_SERVICE
from notification_tester.domain.problem import Cause, Problem
from notification_tester.services.checkup.subscriber_access import judge_key_for_sns, topic_may_send
from notification_tester.services.key_findings import standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.aws.queues import QueueState
    from notification_tester.domain.destination import TopicAddress
    from notification_tester.services.key_findings import AskedKey


_GONE = frozenset({folded("NonExistentQueue"), folded("QueueDoesNotExist")})


@dataclass(frozen=True, kw_only=True)
class SubscribedQueue:
    """A subscribed queue with what it said, and its key where it has one."""

    arn: str
    state: QueueState | Problem
    key: AskedKey | None = None

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        return f"the queue “{self.arn.rpartition(':')[2][:100]}”"


def subscribed_queues_finding(address: TopicAddress, queues: Sequence[SubscribedQueue]) -> Finding:
    """Judge whether all of them take what the topic passes on."""
    found = [_standing(address, one) for one in queues]
    refused = [because for level, because in found if level is Level.BROKEN]
    doubtful = [because for level, because in found if level is Level.UNKNOWN]
    if not refused and not doubtful:
        return Finding(id="topic.queues", level=Level.GOOD, title="The subscribed queues let the topic in.")
    return Finding(
        id="topic.queues",
        level=Level.BROKEN if refused else Level.UNKNOWN,
        title="A subscribed queue turns the topic away."
        if refused
        else "Whether every subscribed queue lets the topic in cannot be told.",
        detail=" ".join([*refused[:5], *doubtful[:5]]),
        why="What a subscribed queue refuses is dropped, and nothing says so.",
        remedy=f"The queue's access policy has to allow the service {SNS_SERVICE} sqs:SendMessage, on the condition "
        f"ArnEquals aws:SourceArn {address.text}; subscribing the queue from the SQS console adds that. A queue with a "
        f"KMS key also needs a key whose policy lets {SNS_SERVICE} use it.",
    )


def _standing(address: TopicAddress, one: SubscribedQueue) -> tuple[Level, str]:
    name = f"{one.name[0].upper()}{one.name[1:]}"
    if isinstance(one.state, Problem):
        if one.state.cause is Cause.DESTINATION and folded(one.state.code) in _GONE:
            return Level.BROKEN, f"{name} does not exist."
        return Level.UNKNOWN, f"{name} could not be read."
    judgement = topic_may_send(one.state.policy, queue_arn=one.arn, topic=address)
    if judgement.answer not in {Answer.ALLOWED, Answer.UNKNOWN}:
        return Level.BROKEN, f"{name} does not let this topic in. {judgement.because}"
    if one.key is not None:
        key = standing(one.key, judge_key_for_sns, sender=SNS_SERVICE)
        if key.level is not Level.GOOD:
            return key.level, f"{name} is encrypted, and its KMS key {key.because.rstrip('.')}."
    if judgement.answer is Answer.UNKNOWN:
        return Level.UNKNOWN, f"The policy of {one.name} cannot be judged. {judgement.because}"
    return Level.GOOD, ""
