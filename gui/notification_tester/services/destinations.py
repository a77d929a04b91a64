# SPDX-License-Identifier: MIT
"""Which queues, topics and mailboxes there are to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.aws.queues import NAME_PREFIX, Queue, list_queues
from notification_tester.aws.topics import list_topics
from notification_tester.domain.account import REGION
from notification_tester.domain.destination import EmailAddress, Transport
from notification_tester.domain.policy.judgement import Answer, Question, judge
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination, QueueAddress
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
            return tuple(Choice(destination=queue, remark=_remark(opened, queue)) for queue in queues)
        case Transport.SNS:
            return tuple(Choice(destination=topic) for topic in list_topics(opened.clients))


def _remark(opened: OpenAccount, queue: QueueAddress) -> str:
    if opened.practice is None:
        return ""
    details = opened.practice.details
    if queue.url in {details.blocked_queue_url, details.queue_url}:
        return _what_it_is_for(opened, queue, is_blocked=queue.url == details.blocked_queue_url)
    return "listens to the practice topic" if queue.url.endswith("/practice-topic-archive") else ""


def _what_it_is_for(opened: OpenAccount, queue: QueueAddress, *, is_blocked: bool) -> str:
    """What a queue of practice shows, as its policy is now: anybody may mend it, or shut it."""
    try:
        policy = Queue(opened.clients, queue).state().policy
    except ProblemError:
        return ""
    if judge(policy, Question(resource_arn=queue.arn(REGION))).answer is Answer.ALLOWED:
        return "let nobody in when practice began, and was mended" if is_blocked else "works"
    return "lets nobody in, to see what that looks like" if is_blocked else "lets nobody in"
