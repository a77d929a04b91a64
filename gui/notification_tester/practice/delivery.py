# SPDX-License-Identifier: MIT
"""Whether what the practice Mechanical Turk sends reaches its destination; what is sent, :mod:`domain.outgoing` says.

**Assumption**: a queue or topic whose KMS key keeps Mechanical Turk out fares like one whose policy does, because SQS
and SNS refuse both while the sender waits. Mails and the older API's messages name neither a worker nor a HIT group, as
none was ever seen that did.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notification_tester.domain.messages.writing import MAIL_SUBJECT, mail_text, sqs_body, time_text
from notification_tester.domain.outgoing import DeliveryForm, MadeEvent, MadeNotification, service_test
from notification_tester.domain.policy.judgement import SERVICE, Answer, Question, judge
from notification_tester.practice.faults import FaultPlan, Handling
from notification_tester.practice.mailbox import Mailbox, PracticeMail
from notification_tester.practice.receivers import Receivers, Report, receiver_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notification_tester.domain.events import EventType
    from notification_tester.practice.aws_services import Services

MAIL_SENDER = "mturk-noreply@amazon.com"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who the messages are from: the requester's made-up id and the AWS account that is linked to it."""

    customer_id: str
    source_account: str


class Courier:
    """Takes messages to queues, topics, the mailbox and receivers, with the faults that were asked for on the way."""

    def __init__(
        self, *, services: Services, mailbox: Mailbox, receivers: Receivers, plan: FaultPlan, sender: Sender
    ) -> None:
        self._services = services
        self._mailbox = mailbox
        self._receivers = receivers
        self._plan = plan
        self._sender = sender
        self._lock = threading.Lock()
        self._held: list[Callable[[], None]] = []

    def accepts(self, notification: Mapping[str, Any]) -> bool:
        """Whether the destination exists and lets Mechanical Turk in, and so does its key; every mailbox does.

        A web receiver has to be on this computer.
        """
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
            case "REST" | "SOAP":
                return receiver_at(destination) is not None
        return True

    def _may_send(self, arn: str, policy: str | None, key_id: str | None) -> bool:
        is_let_in = _lets_mturk_in(arn, policy, self._sender.source_account)
        return is_let_in and self._services.key_admits(key_id or "", SERVICE)

    def send_test(self, notification: Mapping[str, Any], event: EventType) -> None:
        """Send a test event to a destination that was found to accept it."""
        made = service_test(event, str(notification["Version"]), datetime.now(UTC))
        self._send(notification, made.events)

    def ask_receiver(self, notification: Mapping[str, Any], events: Sequence[MadeEvent]) -> Report:
        """Send to a web receiver that was found to be on this computer, and wait. Raises UnreachableError."""
        form = DeliveryForm(str(notification["Transport"]).lower())
        message = _as_of_old(self._message(notification, events))
        return self._receivers.ask(form, str(notification["Destination"]), message)

    def notify(self, notification: Mapping[str, Any], events: Sequence[MadeEvent], *, twice: bool = False) -> bool:
        """Send what really happened, in one message; False where the destination does not let it in.

        ``twice`` sends the very same message once more, as the real service does now and then.
        """
        if not self.accepts(notification):
            return False
        self._send(notification, events, times=2 if twice else 1)
        return True

    def _message(self, notification: Mapping[str, Any], events: Sequence[MadeEvent]) -> MadeNotification:
        return MadeNotification(
            events=tuple(events),
            version=str(notification["Version"]),
            doc_id=secrets.token_hex(20),
            customer_id=self._sender.customer_id,
            source_account=self._sender.source_account,
        )

    def _send(self, notification: Mapping[str, Any], events: Sequence[MadeEvent], *, times: int = 1) -> None:
        destination = str(notification["Destination"])
        message = self._message(notification, events)
        moment = datetime.now(UTC)

        def deliver() -> None:
            match notification["Transport"]:
                case "SQS":
                    self._services.send(queue_name(destination, self._sender.source_account), sqs_body(message))
                case "SNS":
                    subject = str(int(moment.timestamp() * 1000))  # digits, as captured ones have
                    self._services.publish(destination, sqs_body(message), subject=subject)
                case "REST" | "SOAP" as transport:
                    self._receivers.tell(DeliveryForm(transport.lower()), destination, _as_of_old(message))
                case _:
                    self._mailbox.put(
                        PracticeMail(
                            sender=MAIL_SENDER,
                            recipient=destination,
                            subject=MAIL_SUBJECT,
                            sent_at=time_text(moment),
                            body=mail_text(_as_of_old(message)),
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


def _as_of_old(message: MadeNotification) -> MadeNotification:
    return replace(message, events=tuple(replace(one, worker_id=None, extra={}) for one in message.events))


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
