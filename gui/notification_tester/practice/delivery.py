# SPDX-License-Identifier: MIT
"""What the practice Mechanical Turk sends, and whether it reaches its destination.

Shapes: two captured test messages of AssignmentSubmitted, years apart, and an e-mail of 2013. A test carries two events
of the chosen type with made-up ids. **Assumption**: a test of an event about a HIT, or of Ping, is one event with the
same HIT ids and no AssignmentId; nobody has published one. **Assumption**: a queue or topic whose KMS key keeps
Mechanical Turk out fares like one whose policy does, because SQS and SNS refuse both while the sender waits.
"""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notification_tester.domain.events import EventType, Group
from notification_tester.domain.messages.message import TEST_HIT_ID, TEST_HIT_TYPE_ID
from notification_tester.domain.policy.judgement import SERVICE, Answer, Question, judge
from notification_tester.practice.faults import FaultPlan, Handling
from notification_tester.practice.mailbox import Mailbox, PracticeMail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notification_tester.practice.aws_services import Services

TEST_ASSIGNMENT_IDS = (
    "1234567890123456789012345678901234567890",
    "1234567890123456789012345678900987654321",
)
MAIL_SENDER = "mturk-noreply@amazon.com"
MAIL_SUBJECT = "Your Event Notification"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who the messages are from: the requester's made-up id and the AWS account that is linked to it."""

    customer_id: str
    source_account: str


def test_events(event: EventType, *, moment: datetime) -> list[dict[str, str]]:
    """Make the events of a test, as they stand in the message."""
    common = {
        "EventType": event.value,
        "EventTimestamp": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "HITId": TEST_HIT_ID,
        "HITTypeId": TEST_HIT_TYPE_ID,
    }
    if event.group is not Group.ASSIGNMENT:
        return [common]
    return [{**common, "AssignmentId": assignment_id} for assignment_id in TEST_ASSIGNMENT_IDS]


def message_body(events: list[dict[str, str]], *, version: str, sender: Sender) -> str:
    """Write the message that goes into a queue, and as a string into a topic's envelope."""
    return json.dumps(
        {
            "EventDocId": secrets.token_hex(20),
            "EventDocVersion": version,
            "SourceAccount": sender.source_account,
            "CustomerId": sender.customer_id,
            "Events": events,
        }
    )


def mail_body(events: list[dict[str, str]]) -> str:
    """Write the text of the e-mail."""
    labels = {
        "EventType": "Event Type",
        "EventTimestamp": "Event Time",
        "HITTypeId": "HIT Type ID",
        "HITId": "HIT ID",
        "AssignmentId": "Assignment ID",
    }
    blocks = [
        "\n".join(f"    {label}: {event[name]}" for name, label in labels.items() if name in event) for event in events
    ]
    return "Greetings from Amazon Mechanical Turk,\n\nThe following events occurred:\n\n" + "\n\n".join(blocks) + "\n"


class Courier:
    """Takes messages to queues, topics and the mailbox, with the faults that were asked for on the way."""

    def __init__(self, *, services: Services, mailbox: Mailbox, plan: FaultPlan, sender: Sender) -> None:
        self._services = services
        self._mailbox = mailbox
        self._plan = plan
        self._sender = sender
        self._lock = threading.Lock()
        self._held: list[Callable[[], None]] = []

    def accepts(self, notification: Mapping[str, Any]) -> bool:
        """Whether the destination exists and lets Mechanical Turk in, and so does its key; every mailbox does."""
        destination = str(notification["Destination"])
        match notification["Transport"]:
            case "SQS":
                queue = self._services.queue(queue_name(destination, self._sender.source_account))
                if queue is None or queue.fifo_queue:  # how FIFO queues fare is not known: shut here
                    return False
                return self._may_send(queue.queue_arn, queue.policy, queue.kms_master_key_id)
            case "SNS":
                topic = self._services.topic(destination)
                return topic is not None and self._may_send(topic.arn, topic.policy, topic.kms_master_key_id)
        return True

    def _may_send(self, arn: str, policy: str | None, key_id: str | None) -> bool:
        is_let_in = _lets_mturk_in(arn, policy, self._sender.source_account)
        return is_let_in and self._services.key_admits(key_id or "", SERVICE)

    def send_test(self, notification: Mapping[str, Any], event: EventType) -> None:
        """Send a test event to a destination that was found to accept it."""
        moment = datetime.now(UTC)
        self._send(notification, test_events(event, moment=moment), moment=moment)

    def notify(self, notification: Mapping[str, Any], events: list[dict[str, str]], *, twice: bool = False) -> bool:
        """Send what really happened, in one message; False where the destination does not let it in.

        ``twice`` sends the very same message once more, as the real service does now and then.
        """
        if not self.accepts(notification):
            return False
        self._send(notification, events, moment=datetime.now(UTC), times=2 if twice else 1)
        return True

    def _send(
        self, notification: Mapping[str, Any], events: list[dict[str, str]], *, moment: datetime, times: int = 1
    ) -> None:
        destination = str(notification["Destination"])
        body = message_body(events, version=str(notification["Version"]), sender=self._sender)

        def deliver() -> None:
            match notification["Transport"]:
                case "SQS":
                    self._services.send(queue_name(destination, self._sender.source_account), body)
                case "SNS":
                    subject = str(int(moment.timestamp() * 1000))  # digits, as captured ones have
                    self._services.publish(destination, body, subject=subject)
                case _:
                    self._mailbox.put(
                        PracticeMail(
                            sender=MAIL_SENDER,
                            recipient=destination,
                            subject=MAIL_SUBJECT,
                            sent_at=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
                            body=mail_body(events),
                        )
                    )

        for _ in range(times):
            self._handle(deliver)

    def _handle(self, deliver: Callable[[], None]) -> None:
        handling = self._plan.for_message()
        late = self._plan.current.late_seconds
        with self._lock:
            if handling is Handling.LOSE:
                return
            if handling is Handling.HOLD:
                self._held.append(deliver)
                return
            jobs = [deliver, *([deliver] if handling is Handling.DOUBLE else []), *self._held]
            self._held.clear()
        if late > 0:
            timer = threading.Timer(late, _run_all, [jobs])
            timer.daemon = True
            timer.start()
        else:
            _run_all(jobs)


def _run_all(jobs: list[Callable[[], None]]) -> None:
    for job in jobs:
        job()


def queue_name(url: str, account_id: str) -> str:
    """Find the name in a queue URL; empty where the URL is no queue of this account."""
    account, _, name = urlsplit(url).path.strip("/").rpartition("/")
    return name if account == account_id else ""


def _lets_mturk_in(resource_arn: str, policy: str | None, account_id: str) -> bool:
    """Ask the policy. Whether MTurk tells queues its SourceAccount is not known; here it does.

    Whatever is in doubt even then, such as the outdated principal, stays shut.
    """
    question = Question(resource_arn=resource_arn, source_account=account_id, is_account_sent=True)
    return judge(policy, question).answer is Answer.ALLOWED
