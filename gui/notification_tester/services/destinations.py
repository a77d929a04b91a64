# SPDX-License-Identifier: MIT
"""Which queues, topics and mailboxes there are to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.aws.queues import NAME_PREFIX, list_queues
from notification_tester.aws.topics import list_topics
from notification_tester.domain.destination import EmailAddress, Transport

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One destination to offer, and a word about it where there is one."""

    destination: Destination
    remark: str = ""


def choices(opened: OpenAccount, transport: Transport) -> tuple[Choice, ...]:
    """What the account can see; for e-mail only practice knows a mailbox. Raises ProblemError."""
    match transport:
        case Transport.EMAIL:
            if opened.practice is None:
                return ()
            address = EmailAddress(address=opened.practice.details.email)
            return (Choice(destination=address, remark="practice mailbox"),)
        case Transport.SQS:
            queues = [one for one in list_queues(opened.clients) if not one.name.startswith(NAME_PREFIX)]
            return tuple(Choice(destination=queue, remark=_remark(opened, queue.url)) for queue in queues)
        case Transport.SNS:
            return tuple(Choice(destination=topic) for topic in list_topics(opened.clients))


def _remark(opened: OpenAccount, url: str) -> str:
    if opened.practice is None:
        return ""
    details = opened.practice.details
    if url == details.blocked_queue_url:
        return "lets nobody in, to see what that looks like"
    if url == details.queue_url:
        return "works"
    return "listens to the practice topic" if url.endswith("/practice-topic-archive") else ""
