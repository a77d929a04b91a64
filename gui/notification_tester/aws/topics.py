# SPDX-License-Identifier: MIT
"""The calls to Amazon SNS: looking at a topic's subscribers, and a subscription of our own for a test."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated
from notification_tester.aws.queues import FIFO_GROUP, NAME_PREFIX, must_be_about
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from notification_tester.aws.clients import Clients
    from notification_tester.domain.destination import TopicAddress


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """One subscription of a topic."""

    protocol: str
    endpoint: str
    is_confirmed: bool
    arn: str = ""  # empty while it is not confirmed


@dataclass(frozen=True, kw_only=True)
class SubscriptionState:
    """What one subscription says about itself. ``filter_scope`` is ``MessageAttributes`` or ``MessageBody``."""

    filter_policy: str = ""
    filter_scope: str = "MessageAttributes"
    is_raw: bool = False


@dataclass(frozen=True, kw_only=True)
class TopicState:
    """What a topic says about itself. ``key_id`` is of KMS, as the topic names it."""

    policy: str
    key_id: str = ""


class Topic:
    """One topic, as one account sees it. Every method raises ProblemError."""

    def __init__(self, clients: Clients, address: TopicAddress) -> None:
        self.address = address
        self._clients = clients
        self._client = clients.sns(address.region)

    def policy(self) -> str:
        """The access policy as JSON text; empty where there is none."""
        return self.state().policy

    def state(self) -> TopicState:
        """Ask for the attributes."""
        with self._translated("GetTopicAttributes"):
            found = self._client.get_topic_attributes(TopicArn=self.address.text).get("Attributes", {})
            must_be_about(self.address.name, found.get("TopicArn", ""))
        return TopicState(policy=found.get("Policy", ""), key_id=found.get("KmsMasterKeyId", ""))

    def set_policy(self, policy: str) -> None:
        """Replace the access policy and nothing else."""
        with self._translated("SetTopicAttributes"):
            self._client.set_topic_attributes(TopicArn=self.address.text, AttributeName="Policy", AttributeValue=policy)

    def publish(self, text: str, *, subject: str = "") -> str:
        """Publish a message, with these keys; returns the id that SNS gave it.

        On a FIFO topic each is a message of its own, also where the same text is published twice.
        """
        more: Any = {"Subject": subject} if subject else {}
        if self.address.is_fifo:
            more |= {"MessageGroupId": FIFO_GROUP, "MessageDeduplicationId": secrets.token_hex(16)}
        with self._translated("Publish"):
            answer = self._client.publish(TopicArn=self.address.text, Message=text, **more)
        return str(answer.get("MessageId", ""))

    def subscription(self, subscription_arn: str) -> SubscriptionState:
        """Ask one confirmed subscription for its attributes."""
        with self._translated("GetSubscriptionAttributes"):
            found = self._client.get_subscription_attributes(SubscriptionArn=subscription_arn).get("Attributes", {})
        return SubscriptionState(
            filter_policy=found.get("FilterPolicy", ""),
            filter_scope=found.get("FilterPolicyScope", "") or "MessageAttributes",
            is_raw=found.get("RawMessageDelivery", "").lower() == "true",
        )

    def subscribers(self) -> tuple[Subscriber, ...]:
        """The first hundred subscriptions, without queues of this program: a test is over, or will be in a moment."""
        with self._translated("ListSubscriptionsByTopic"):
            found = self._client.list_subscriptions_by_topic(TopicArn=self.address.text).get("Subscriptions", [])
        return tuple(
            Subscriber(
                protocol=str(one.get("Protocol", "")),
                endpoint=str(one.get("Endpoint", "")),
                is_confirmed=(arn := one.get("SubscriptionArn", "")).startswith("arn:"),
                arn=arn if arn.startswith("arn:") else "",
            )
            for one in found
            if f":{NAME_PREFIX}" not in str(one.get("Endpoint", ""))
        )

    def subscribe_queue(self, queue_arn: str) -> str:
        """Subscribe a queue, with SNS's envelope; returns the subscription's ARN, or a word where it has none yet."""
        with self._translated("Subscribe"):
            arn = self._client.subscribe(
                TopicArn=self.address.text, Protocol="sqs", Endpoint=queue_arn, ReturnSubscriptionArn=True
            )["SubscriptionArn"]
            if arn.startswith("arn:"):
                must_be_about(self.address.name, arn.rpartition(":")[0])
        return arn

    def unsubscribe(self, subscription_arn: str) -> bool:
        """Remove a subscription of ours; False where SNS says that there is none."""
        with self._translated("Unsubscribe"):
            try:
                self._client.unsubscribe(SubscriptionArn=subscription_arn)
            except self._client.exceptions.NotFoundException:
                return False
        return True

    def unsubscribe_queue(self, name: str) -> bool:
        """Remove the subscriptions of queues with the name of one of ours; False when there are none.

        Where the topic is gone its subscriptions are too. Raises ProblemError once each was tried.
        """
        with self._translated("ListSubscriptionsByTopic"):
            pages = self._client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=self.address.text)
            try:
                arns = [
                    one["SubscriptionArn"]
                    for page in pages
                    for one in page.get("Subscriptions", [])
                    # One that is pending or deleted has a word in the place of its ARN.
                    if one.get("Endpoint", "").rpartition(":")[2] == name
                    and one.get("SubscriptionArn", "").startswith("arn:")
                ]
            except self._client.exceptions.NotFoundException:
                return False
        refused: ProblemError | None = None
        for arn in arns:
            try:
                self.unsubscribe(arn)
            except ProblemError as error:
                refused = refused or error
        if refused is not None:
            raise refused
        return bool(arns)

    def _translated(self, operation: str) -> Any:
        call = Call(service="sns", operation=operation, endpoint=self._client.meta.endpoint_url)
        return translated(call, self._clients.settings)


def list_topics(clients: Clients) -> tuple[TopicAddress, ...]:
    """The first hundred topics of the account in Mechanical Turk's region. Raises ProblemError."""
    client = clients.sns()
    call = Call(service="sns", operation="ListTopics", endpoint=client.meta.endpoint_url)
    with translated(call, clients.settings):
        found = client.list_topics().get("Topics", [])
    return tuple(cast("TopicAddress", parse_destination(Transport.SNS, one.get("TopicArn", ""))) for one in found)


def create_topic(clients: Clients, *, name: str, region: str) -> Topic:
    """Make a topic; one of that name comes back as it is. Raises ProblemError."""
    client = clients.sns(region)
    call = Call(service="sns", operation="CreateTopic", endpoint=client.meta.endpoint_url)
    with translated(call, clients.settings):
        arn = client.create_topic(Name=name)["TopicArn"]
        must_be_about(name, arn)
    return Topic(clients, cast("TopicAddress", parse_destination(Transport.SNS, arn)))
