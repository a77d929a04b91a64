# SPDX-License-Identifier: MIT
"""Why a test was refused, once more is known than the service said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.aws.error_table import folded
from notification_tester.aws.identity import caller
from notification_tester.aws.queues import Queue
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import REGION
from notification_tester.domain.destination import QueueAddress, TopicAddress
from notification_tester.domain.finding import Level
from notification_tester.domain.policy.judgement import Answer, judge
from notification_tester.domain.problem import Cause, Code, Problem, ProblemError, Remedy, input_problem

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.finding import Finding
    from notification_tester.services.accounts import OpenAccount


def explained(opened: OpenAccount, destination: Destination, refused: Problem, cannot_watch: Problem | None) -> Problem:
    """Say more about a refusal, by looking at the destination; the service's own words are kept.

    ``cannot_watch`` is why the destination could not be looked at before the send, if it could not.
    """
    if refused.cause is not Cause.DESTINATION:
        return refused
    if cannot_watch is not None and cannot_watch.cause is Cause.DESTINATION:
        return _named(cannot_watch, refused)
    try:
        seen = _seen(opened, destination)
        closed = None if seen is None else _closed(opened, seen)
        key = None if seen is None or closed else _key_finding(opened, seen)
    except ProblemError as error:
        return _named(error.problem, refused) if error.problem.cause is Cause.DESTINATION else refused
    if key is not None:
        return Problem(
            title=key.title,
            detail=f"Mechanical Turk answered “{refused.answer.code}” and nothing else. {key.detail}",
            remedy=key.remedy,
            code=Code.ENCRYPTED,
            cause=Cause.DESTINATION,
            answer=refused.answer,
            remedies=(Remedy.CHECK,),
        )
    if closed is None:
        return refused
    kind = destination.kind
    return Problem(
        title=f"The {kind} does not let Mechanical Turk in.",
        detail=f"Mechanical Turk answered “{refused.answer.code}” and nothing else{closed.because}",
        remedy=closed.remedy,
        code=Code.CLOSED,
        cause=Cause.DESTINATION,
        answer=refused.answer,
    )


def _named(found: Problem, refused: Problem) -> Problem:
    """What was found at the destination, with the words in which Mechanical Turk refused."""
    is_gone = folded(found.code) in _SAYS_GONE
    return replace(found, answer=refused.answer, code=Code.GONE if is_gone else found.code)


_SAYS_GONE = frozenset(map(folded, ("NonExistentQueue", "QueueDoesNotExist", "NotFound", "ResourceNotFound")))
"""How SQS and SNS say it; what may as well be hidden from these keys has another cause than the destination."""


def refuse_what_practice_cannot_reach(opened: OpenAccount, destination: Destination) -> None:
    """Practice has queues and topics of its own; a real one is not looked for in it. Raises ProblemError."""
    if opened.practice is None:
        return
    is_real_queue = isinstance(destination, QueueAddress) and bool(destination.region)
    is_real_topic = (
        isinstance(destination, TopicAddress) and destination.account_id != opened.practice.details.account_id
    )
    if is_real_queue or is_real_topic:
        kind = destination.kind
        raise input_problem(
            Code.NOT_PRACTICE,
            title=f"You are practising, and this is a real {kind}.",
            detail=f"Practice never leaves this computer, so “{destination.name}” at Amazon cannot be reached from it.",
            remedy=f"Choose or add an account of your own to test it, or take a {kind} of practice.",
            remedies=(Remedy.CHOOSE_ACCOUNT,),
        )


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What a queue or topic says about itself, as far as it can keep a sender out."""

    place: str
    arn: str
    region: str
    policy: str
    key_id: str


def _seen(opened: OpenAccount, destination: Destination) -> _Seen | None:
    match destination:
        case QueueAddress():
            queue = Queue(opened.clients, destination).state()
            place, arn, policy, key_id = "queue", destination.arn(REGION), queue.policy, queue.key_id
        case TopicAddress():
            topic = Topic(opened.clients, destination).state()
            place, arn, policy, key_id = "topic", destination.text, topic.policy, topic.key_id
        case _:
            return None
    return _Seen(place=place, arn=arn, region=destination.region, policy=policy, key_id=key_id)


class _Closed(NamedTuple):
    """Why, as the end of a sentence that tells what was answered, and what to do."""

    because: str
    remedy: str


def _closed(opened: OpenAccount, seen: _Seen) -> _Closed | None:
    """Why the policy keeps MTurk out, and what to do; None when it lets it in or cannot be judged."""
    from notification_tester.services.policy_findings import question_about, repaired

    question = question_about(seen.arn, caller=source_account(opened))
    judgement = judge(seen.policy, question)
    because = f"; the {seen.place}'s access policy says why: {judgement.because}"
    if not seen.policy.strip():
        because = f". The {seen.place} has no access policy, and without one it lets in its owner's account alone."
    if judgement.answer not in {Answer.DENIED, Answer.NOT_ALLOWED, Answer.MALFORMED}:
        return None
    mended = repaired(seen.policy, question)
    if isinstance(mended, Problem):
        return _Closed(because, mended.remedy)
    remedy = (
        f"Have this program mend the {seen.place}'s access policy: it shows the change first, and can make it where "
        f"your keys may. Or whoever looks after the {seen.place} adds the statement that is missing."
    )
    return _Closed(because, remedy)


def _key_finding(opened: OpenAccount, seen: _Seen) -> Finding | None:
    """What is wrong with the key that it is encrypted with; None where nothing is, or nothing can be told."""
    if not seen.key_id:
        return None
    from notification_tester.services.key_findings import encryption_finding, look_at_key

    key = look_at_key(opened.clients, seen.key_id, region=seen.region)
    finding = encryption_finding(place=seen.place, key=key)
    return finding if finding.level is Level.BROKEN else None


def source_account(opened: OpenAccount) -> str:
    """The AWS account that MTurk is linked to, as far as the keys tell; empty when they do not."""
    if opened.practice is not None:
        return opened.practice.details.account_id
    try:
        return caller(opened.clients).account_id
    except ProblemError:
        return ""
