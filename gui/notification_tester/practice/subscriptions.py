# SPDX-License-Identifier: MIT
"""Subscriptions of a topic, stricter than moto's: put in the place of its class by :func:`install`.

moto hands messages to any queue whatever its policy, calls http(s) subscribers over the network, counts every
subscription as confirmed, and makes a new RSA key for each. Here a queue's policy is asked, nothing leaves this
computer, and only queues are confirmed.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.sns import models
from moto.sqs.models import sqs_backends

from notification_tester.domain.policy.judgement import Answer, judge
from notification_tester.domain.policy.question import SNS_SERVICE, Question
from notification_tester.domain.problem import ProblemError
from notification_tester.practice.keys import key_admits

if TYPE_CHECKING:
    from moto.sns.models import SNSBackend, Topic


def install() -> None:
    """Have moto make our kind from now on; its backend looks the class up by name in its module."""
    vars(models)["Subscription"] = Subscription


def fill_in(backend: SNSBackend) -> None:
    """Count what is confirmed and what is pending, for GetTopicAttributes; moto's counts stay at nought."""
    for topic in backend.topics.values():
        topic.subscriptions_confimed = topic.subscriptions_pending = 0
    for subscription in backend.subscriptions.values():
        if subscription.confirmed:
            subscription.topic.subscriptions_confimed += 1
        else:
            subscription.topic.subscriptions_pending += 1
            subscription.attributes["PendingConfirmation"] = True


class Subscription(models.Subscription):
    """A subscription that respects the queue's policy and never leaves this computer."""

    def __init__(self, account_id: str, topic: Topic, endpoint: str, protocol: str) -> None:
        super().__init__(account_id, topic, endpoint, protocol)
        self.confirmed = protocol == "sqs"

    @property
    def subscription_arn(self) -> str:
        """As lists show it: SNS tells no ARN of what is not confirmed."""
        return self.arn if self.confirmed else "PendingConfirmation"

    def publish(
        self,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> None:
        """Hand a message to the queue, unless a filter or the queue's policy is against it."""
        matcher = self._filter_policy_matcher
        if self.protocol != "sqs" or (matcher and not matcher.matches(message_attributes, message)):
            return
        region, account_id, name = self.endpoint.split(":")[3:6]
        queue = sqs_backends[account_id][region].queues.get(name)
        if (
            queue is None
            or not self._may_send(queue.policy)
            or not self._may_encrypt(getattr(queue, "kms_master_key_id", None))
        ):
            return
        if str(self.attributes.get("RawMessageDelivery")).lower() == "true":
            super().publish(
                message,
                message_id,
                subject,
                message_attributes,
                group_id,
                deduplication_id,
                message_structure,
            )
            return
        if message_structure == "json":
            message = self._parse_message_structure(message, self.protocol)
        body = json.dumps(self.get_post_data(message, message_id, subject, message_attributes))
        sqs_backends[account_id][region].send_message(
            name, body, group_id=group_id, deduplication_id=deduplication_id, validate_group_id=False
        )

    def _may_send(self, policy: str | None) -> bool:
        """Whether the queue lets the topic in; whatever is in doubt stays shut."""
        try:
            question = Question(
                resource_arn=self.endpoint,
                service=SNS_SERVICE,
                source_account=self.topic.account_id,
                source_arn=self.topic.arn,
                is_account_sent=True,
            )
        except ProblemError:  # no ARN of a queue
            return False
        return judge(policy, question).answer is Answer.ALLOWED

    def _may_encrypt(self, key_id: str | None) -> bool:
        return key_admits(
            key_id or "",
            account_id=self.account_id,
            region=self.topic.sns_backend.region_name,
            service=SNS_SERVICE,
            source_arn=self.topic.arn,
        )

    def get_post_data(
        self, message: str, message_id: str, subject: str | None, message_attributes: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Wrap a message as SNS does.

        The signature is made up: a receiver would look for its certificate at Amazon, where none of ours can be,
        and moto's would cost a new RSA key for each subscription.
        """
        place = f"https://sns.{self.topic.sns_backend.region_name}.amazonaws.com"
        moment = datetime.now(UTC)
        envelope: dict[str, Any] = {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": self.topic.arn,
            "Subject": subject,
            "Message": message,
            "Timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z",
            "SignatureVersion": "1",
            "Signature": base64.b64encode(secrets.token_bytes(256)).decode(),
            "SigningCertURL": f"{place}/SimpleNotificationService-{secrets.token_hex(16)}.pem",
            "UnsubscribeURL": f"{place}/?Action=Unsubscribe&SubscriptionArn={self.arn}",
            "MessageAttributes": message_attributes,
        }
        return {name: value for name, value in envelope.items() if value}
