# SPDX-License-Identifier: MIT
"""Queues and topics with every fault, made for one test and removed after it, and accounts that are in trouble."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import Account, Credentials, Environment, KeySource
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.checkup.checkup import Checkup
from practice.clients import connect

if TYPE_CHECKING:
    from notification_tester.domain.checkup_report import CheckupReport
    from notification_tester.domain.destination import Destination
    from notification_tester.practice.cloud import PracticeDetails
    from notification_tester.services.checkup.mend import Mend, Mended
    from services.parts import Desk

MTURK = {"Service": "mturk-requester.amazonaws.com"}
ANOTHER_ACCOUNT = "999988887777"


def statement(action: str, resource: str, **changes: Any) -> dict[str, Any]:
    """What lets Mechanical Turk in, with something wrong; None takes an element away."""
    whole = {"Effect": "Allow", "Principal": MTURK, "Action": action, "Resource": resource, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def take_back(mend: Mend, opened: OpenAccount, mended: Mended) -> Mended:
    """As the window does: the way back is looked for and shown, and then applied."""
    return mend.apply(opened, mend.proposal_of_way_back(opened, mended))


@dataclass
class Site:
    """Makes places in the shared cloud and takes them away again."""

    desk: Desk
    queues: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)

    def queue_arn(self, name: str) -> str:
        return f"arn:aws:sqs:us-east-1:{self.desk.cloud.details.account_id}:{name}"

    def queue(self, *statements: dict[str, Any], name: str = "", **attributes: str) -> Destination:
        """A queue with these statements; ``HERE`` in one becomes its ARN."""
        name = name or f"checked-{secrets.token_hex(4)}"
        settings: Any = dict(attributes)
        if statements:
            document = {"Version": "2012-10-17", "Statement": list(statements)}
            settings["Policy"] = json.dumps(document).replace("HERE", self.queue_arn(name))
        url = self.desk.outside.sqs.create_queue(QueueName=name, Attributes=settings)["QueueUrl"]
        self.queues.append(url)
        return parse_destination(Transport.SQS, url)

    def open_queue(self, **attributes: str) -> Destination:
        return self.queue(statement("sqs:SendMessage", "HERE"), **attributes)

    def topic(self, *statements: dict[str, Any], subscribed: bool = True) -> Destination:
        """A topic with these statements, or the policy that a new one has; a queue of its own is subscribed to it."""
        name = f"checked-{secrets.token_hex(4)}"
        arn = self.desk.outside.sns.create_topic(Name=name)["TopicArn"]
        self.topics.append(arn)
        if statements:
            text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}).replace("HERE", arn)
            self.desk.outside.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=text)
        if subscribed:
            self.subscribe(arn, self.listening_queue(arn))
        return parse_destination(Transport.SNS, arn)

    def open_topic(self, *, subscribed: bool = True) -> Destination:
        return self.topic(statement("sns:Publish", "HERE"), subscribed=subscribed)

    def listening_queue(self, topic_arn: str, **attributes: str) -> str:
        """The ARN of a new queue that lets a topic in."""
        made = self.queue(
            statement(
                "sqs:SendMessage",
                "HERE",
                Principal={"Service": "sns.amazonaws.com"},
                Condition={"ArnEquals": {"aws:SourceArn": topic_arn}},
            ),
            **attributes,
        )
        return self.queue_arn(made.name)

    def subscribe(self, topic_arn: str, endpoint: str, protocol: str = "sqs", **attributes: str) -> None:
        settings: Any = attributes
        self.desk.outside.sns.subscribe(TopicArn=topic_arn, Protocol=protocol, Endpoint=endpoint, Attributes=settings)

    def policy(self, destination: Destination) -> Any:
        """The policy as somebody else sees it, read."""
        if destination.transport is Transport.SQS:
            found: Any = self.desk.outside.sqs.get_queue_attributes(
                QueueUrl=destination.text, AttributeNames=["Policy"]
            )
        else:
            found = self.desk.outside.sns.get_topic_attributes(TopicArn=destination.text)
        text = found.get("Attributes", {}).get("Policy", "")
        return json.loads(text) if text else None

    def set_policy(self, destination: Destination, policy: str) -> None:
        if destination.transport is Transport.SQS:
            self.desk.outside.sqs.set_queue_attributes(QueueUrl=destination.text, Attributes={"Policy": policy})
        else:
            self.desk.outside.sns.set_topic_attributes(
                TopicArn=destination.text, AttributeName="Policy", AttributeValue=policy
            )

    @cached_property
    def kms(self) -> Any:
        """KMS as somebody else sees it."""
        return connect(self.desk.cloud.details).kms

    def key(self, *services: str, **changes: Any) -> str:
        """The ARN of a new key that its account may use, and these services; ``changes`` are of their statements."""
        owner = {"AWS": f"arn:aws:iam::{self.desk.cloud.details.account_id}:root"}
        statements = [statement("kms:*", "*", Principal=owner)]
        uses: Any = ["kms:GenerateDataKey*", "kms:Decrypt"]
        statements += [statement(uses, "*", Principal={"Service": one}, **changes) for one in services]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return str(self.kms.create_key(Policy=policy)["KeyMetadata"]["Arn"])

    def encrypt_topic(self, topic_arn: str, key_id: str) -> None:
        self.desk.outside.sns.set_topic_attributes(
            TopicArn=topic_arn, AttributeName="KmsMasterKeyId", AttributeValue=key_id
        )

    def check(self, destination: Destination, *, opened: OpenAccount | None = None) -> CheckupReport:
        return Checkup().run(opened or self.desk.opened, destination, stop=threading.Event())

    def tear_down(self) -> None:
        sns, sqs = self.desk.outside.sns, self.desk.outside.sqs
        for arn in self.topics:
            for one in sns.list_subscriptions_by_topic(TopicArn=arn).get("Subscriptions", []):
                if one["SubscriptionArn"].startswith("arn:"):
                    sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
            sns.delete_topic(TopicArn=arn)
        left = set(sqs.list_queues().get("QueueUrls", []))
        for url in self.queues:
            if url in left:
                sqs.delete_queue(QueueUrl=url)


def strange_account(
    details: PracticeDetails, *, mturk: str = "", aws: str = "", key: str = "", environment: str = "other"
) -> OpenAccount:
    """An account of the person's own over the practice cloud, with something else put in place of a part."""
    clients = Clients(
        Connection(
            mturk_endpoint=mturk or details.mturk_endpoint,
            aws_endpoint=aws or details.aws_endpoint,
            credentials=Credentials(
                access_key_id=key or details.access_key_id, secret_access_key=details.secret_access_key
            ),
            is_local=True,
        )
    )
    account = Account(name="Lab", environment=Environment(environment), source=KeySource.SESSION)
    return OpenAccount(account, clients, Requester(clients))
