# SPDX-License-Identifier: MIT
"""A queue of our own behind a topic, for the time of one test, and what a crash left of such queues.

Each is written down before it is made, with all that is needed to find it again by name; the record goes when the queue
and its subscription are gone. A later start removes what earlier ones could not.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from notification_tester.aws.queues import NAME_PREFIX, Queue, create_for_topic, delete_by_name
from notification_tester.aws.topics import Topic
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.services.refusals import source_account

if TYPE_CHECKING:
    from notification_tester.domain.destination import TopicAddress
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.leftovers import Leftover, Leftovers

KIND = "topic-test-queue"


@dataclass(frozen=True, kw_only=True)
class TemporaryQueue:
    """The queue, its subscription, and the number of its record."""

    queue: Queue
    topic: Topic
    subscription_arn: str
    record: int | None
    leftovers: Leftovers | None

    @classmethod
    def create(cls, opened: OpenAccount, topic: Topic, leftovers: Leftovers | None) -> TemporaryQueue:
        """Make the queue, let the topic in, subscribe. Raises ProblemError with nothing left behind where possible."""
        name = f"{NAME_PREFIX}{secrets.token_hex(6)}"
        address = topic.address
        record = None
        if leftovers is not None:
            record = leftovers.planned(
                kind=KIND,
                account=opened.account.name,
                region=address.region,
                name=name,
                topic_arn=address.text,
                now=datetime.now(tz=UTC),
            )
        try:
            queue, arn = create_for_topic(opened.clients, name=name, topic_arn=address.text, region=address.region)
            subscription = topic.subscribe_queue(arn)
        except ProblemError as error:
            with suppress(ProblemError):  # what cannot be removed now stays in the record for a later start
                if error.problem.cause is Cause.PERMISSION:  # refused, so nothing can be subscribed
                    delete_by_name(opened.clients, name=name, region=address.region)
                else:
                    remove_by_name(opened, name=name, topic=address)
                if leftovers is not None and record is not None:
                    leftovers.removed(record)
            raise
        if leftovers is not None and record is not None:
            leftovers.made(record, address=queue.address.url)
        return cls(queue=queue, topic=topic, subscription_arn=subscription, record=record, leftovers=leftovers)

    def remove(self) -> None:
        """Remove subscription and queue; what cannot be removed stays in the record for a later start."""
        try:
            self.topic.unsubscribe(self.subscription_arn)
            self.queue.delete_queue()
        except ProblemError as error:
            if error.problem.cause is not Cause.DESTINATION:
                return
        if self.leftovers is not None and self.record is not None:
            self.leftovers.removed(self.record)


def remove_leftover(opened: OpenAccount, leftover: Leftover) -> None:
    """Remove what an earlier start left. Raises ProblemError."""
    topic = cast("TopicAddress", parse_destination(Transport.SNS, leftover.topic_arn))
    remove_by_name(opened, name=leftover.name, topic=topic)


def remove_by_name(opened: OpenAccount, *, name: str, topic: TopicAddress) -> None:
    """Remove a queue of ours behind a topic, and its subscription; what is gone already is no error.

    Raises ProblemError.
    """
    try:
        remove_subscription(opened, name=name, topic=topic)
    finally:
        # Also where the subscription may not be looked for: without its queue it leads nowhere.
        delete_by_name(opened.clients, name=name, region=topic.region)


def remove_subscription(opened: OpenAccount, *, name: str, topic: TopicAddress) -> None:
    """Take a queue of ours off a topic; where either is gone already, that is no error. Raises ProblemError."""
    # Queues are made in the account of the keys, which need not be the topic's.
    queue_arn = f"arn:{topic.partition}:sqs:{topic.region}:{source_account(opened) or topic.account_id}:{name}"
    try:
        Topic(opened.clients, topic).unsubscribe_queue(queue_arn)
    except ProblemError as error:
        if error.problem.cause is not Cause.DESTINATION:
            raise


def topic_behind(policy: str) -> str:
    """The ARN of the topic that a queue of ours listens to, by the policy that it was made with; empty for none."""
    try:
        (statement,) = json.loads(policy)["Statement"]
        arn = str(statement["Condition"]["ArnEquals"]["aws:SourceArn"])
        parse_destination(Transport.SNS, arn)
    except (ValueError, KeyError, TypeError, ProblemError):
        return ""
    return arn
