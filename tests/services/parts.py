# SPDX-License-Identifier: MIT
"""What the tests of services share: a desk with everything on it, and a look at the cloud from outside."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import psutil
from keyring.backend import KeyringBackend

from breaking_proxy import breaking
from notification_tester.aws.clients import Clients
from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.aws.requester import Requester
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import VERSIONS, parse_spec
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.sending.test_send import Options, Progress, TestSend
from notification_tester.storage.queries import HistoryQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

    from breaking_proxy import Gateway
    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.practice.cloud import PracticeCloud, PracticeDetails
    from notification_tester.storage.history import History
    from notification_tester.storage.leftovers import Leftovers
    from notification_tester.storage.rows import HistoryRow

SUBMITTED = EventType.ASSIGNMENT_SUBMITTED
LONG = 60.0
"""Seconds that are plenty; a test that needs them has failed."""

SHORT = 0.4
"""Seconds after which what was lost is given up."""


class MemoryKeyring(KeyringBackend):
    """A keyring that works, or refuses every secret from the moment ``refuses`` is set."""

    priority: float = 9

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.refuses: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@dataclass(frozen=True)
class Outside:
    """The cloud as somebody else's program sees it, through clients of its own."""

    details: PracticeDetails
    sqs: SQSClient
    sns: SNSClient

    def temporary_queues(self) -> list[str]:
        """URLs of what this program makes for a test."""
        return self.sqs.list_queues(QueueNamePrefix=NAME_PREFIX).get("QueueUrls", [])

    def subscriptions(self) -> list[str]:
        """Endpoints of all subscriptions."""
        return [one["Endpoint"] for one in self.sns.list_subscriptions()["Subscriptions"]]

    def counts(self, url: str) -> tuple[int, int]:
        """How many messages are visible, and how many are in somebody's hands."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def bodies(self, url: str) -> list[str]:
        """Take everything out of a queue."""
        found: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in messages]
            entries: Any = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(messages)]
            self.sqs.delete_message_batch(QueueUrl=url, Entries=entries)
        return found

    def open_queue(self, name: str, **attributes: str) -> str:
        """Make a queue that lets Mechanical Turk in; returns its URL."""
        arn = f"arn:aws:sqs:us-east-1:{self.details.account_id}:{name}"
        policy = json.dumps({"Version": "2012-10-17", "Statement": [_statement("sqs:SendMessage", arn)]})
        settings: Any = {"Policy": policy, **attributes}
        return self.sqs.create_queue(QueueName=name, Attributes=settings)["QueueUrl"]

    def open_topic(self, name: str) -> str:
        """Make a topic that lets Mechanical Turk in; returns its ARN."""
        arn = self.sns.create_topic(Name=name)["TopicArn"]
        policy = json.dumps({"Version": "2012-10-17", "Statement": [_statement("sns:Publish", arn)]})
        self.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
        return arn


def _statement(action: str, arn: str) -> dict[str, Any]:
    principal = {"Service": "mturk-requester.amazonaws.com"}
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": arn}


@dataclass
class Desk:
    """A practice account that is open, and what sends tests from it."""

    cloud: PracticeCloud
    opened: OpenAccount
    tests: TestSend
    history: History
    leftovers: Leftovers
    outside: Outside
    news: list[Progress] = field(default_factory=list)

    @classmethod
    def without_records(cls, opened: OpenAccount) -> Desk:
        """A desk for a cloud of its own, with nothing written down."""
        assert opened.practice is not None
        nothing: Any = None
        return cls(opened.practice, opened, TestSend(history=None, leftovers=None), nothing, nothing, nothing)

    def spec(
        self, transport: Transport = Transport.SQS, destination: str = "", *, events: Sequence[EventType] = (SUBMITTED,)
    ) -> NotificationSpec:
        details = self.cloud.details
        usual = {Transport.SQS: details.queue_url, Transport.SNS: details.topic_arn, Transport.EMAIL: details.email}
        names = [event.value for event in events]
        return parse_spec(transport=transport, destination=destination or usual[transport], events=names)

    def send(
        self,
        spec: NotificationSpec | None = None,
        event: EventType = SUBMITTED,
        *,
        wait: float = LONG,
        stop: threading.Event | None = None,
        progress: Callable[[Progress], None] | None = None,
        **options: bool,
    ) -> TestOutcome:
        (outcome,) = self.sweep(spec, [event], wait=wait, stop=stop, progress=progress, **options)
        return outcome

    def sweep(
        self,
        spec: NotificationSpec | None,
        events: Sequence[EventType],
        *,
        wait: float = LONG,
        stop: threading.Event | None = None,
        progress: Callable[[Progress], None] | None = None,
        **options: bool,
    ) -> tuple[TestOutcome, ...]:
        chosen = Options(wait_seconds=wait, **options)
        return self.tests.run(
            self.opened,
            spec or self.spec(),
            events,
            chosen,
            progress=progress or self.news.append,
            stop=stop or threading.Event(),
        )

    def row(self, outcome: TestOutcome) -> HistoryRow:
        """What the history has of an outcome."""
        assert outcome.history_id is not None
        found = self.history.row(outcome.history_id)
        assert found is not None
        return found

    def row_count(self) -> int:
        return self.history.count(HistoryQuery())


@contextmanager
def behind_a_gateway(desk: Desk, service: Literal["mturk", "aws"]) -> Iterator[Gateway]:
    """Let a gateway stand between the desk and one half of practice; the other is reached directly."""
    with breaking(desk.cloud.port) as between:
        connection = desk.opened.clients.connection
        there = (
            replace(connection, mturk_endpoint=between.endpoint)
            if service == "mturk"
            else replace(connection, aws_endpoint=between.endpoint)
        )
        clients = Clients(there)
        desk.opened = OpenAccount(desk.opened.account, clients, Requester(clients), desk.cloud)
        yield between
        desk.tests.close()
        clients.close()


def damage(database: Path, name: str) -> None:
    """Overwrite the first page of a table or an index in a database that nobody has open."""
    with closing(sqlite3.connect(database)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def connected(cloud: PracticeCloud) -> set[int]:
    """Our ports of the connections that this process has to the cloud, or had until that was killed."""
    return {
        one.laddr.port
        for one in psutil.Process().net_connections()
        if one.raddr[1:] == (cloud.port,) and one.status in {"ESTABLISHED", "CLOSE_WAIT"}
    }


def body_of_test(event: EventType = SUBMITTED, *, version: str = VERSIONS[0], document: str = "d" * 40) -> str:
    """A test message as Mechanical Turk writes it."""
    found = {"EventType": event.value, "EventTimestamp": "2026-01-31T23:59:59Z"}
    ids = {"HITId": "12345678901234567890", "HITTypeId": "09876543210987654321"}
    return json.dumps({"EventDocId": document, "EventDocVersion": version, "Events": [{**found, **ids}]})


def until(condition: Callable[[], bool], *, seconds: float = LONG) -> bool:
    """Look again and again whether something holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True
