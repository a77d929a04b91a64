# SPDX-License-Identifier: MIT
"""Why a test was refused, once more is known than the service said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notification_tester.aws.identity import caller
from notification_tester.aws.queues import Queue
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import REGION
from notification_tester.domain.destination import QueueAddress, TopicAddress
from notification_tester.domain.policy import Answer, Question, judge
from notification_tester.domain.problem import Cause, Problem, ProblemError, input_problem

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount


def explained(opened: OpenAccount, destination: Destination, refused: Problem, blind: Problem | None) -> Problem:
    """Say more about a refusal, by looking at the destination; the service's own words are kept.

    ``blind`` is why the destination could not be looked at before the send, if it could not.
    """
    if opened.practice is not None and not opened.practice.is_running():
        return Problem(
            title="The practice cloud was ended from outside.",
            detail="Its process is gone, and with it the practice queues and what was in them.",
            remedy="Press Send once more: practice starts again by itself.",
            code="practice.ended",
            cause=Cause.PROGRAM,
            answer=refused.answer,
        )
    if refused.cause is not Cause.DESTINATION:
        return refused
    if blind is not None and blind.cause is Cause.DESTINATION:
        return replace(blind, answer=refused.answer)
    try:
        closed = _closed_because(opened, destination)
    except ProblemError as error:
        return replace(error.problem, answer=refused.answer) if error.problem.cause is Cause.DESTINATION else refused
    if not closed:
        return refused
    kind = "queue" if isinstance(destination, QueueAddress) else "topic"
    return Problem(
        title=f"The {kind} does not let Mechanical Turk in.",
        detail=f"Mechanical Turk answered “{refused.answer.code}” and nothing else; the {kind}'s access policy says "
        f"why: {closed}",
        remedy=f"Whoever looks after the {kind} has to add one statement to its access policy. The button below "
        "copies it, ready to paste.",
        code="destination.closed",
        cause=Cause.DESTINATION,
        answer=refused.answer,
    )


def refuse_what_practice_cannot_reach(opened: OpenAccount, destination: Destination) -> None:
    """Practice has queues and topics of its own; a real one is not looked for in it. Raises ProblemError."""
    if opened.practice is None:
        return
    is_real_queue = isinstance(destination, QueueAddress) and bool(destination.region)
    is_real_topic = (
        isinstance(destination, TopicAddress) and destination.account_id != opened.practice.details.account_id
    )
    if is_real_queue or is_real_topic:
        kind = "queue" if is_real_queue else "topic"
        raise input_problem(
            "destination.not-practice",
            title=f"You are practising, and this is a real {kind}.",
            detail=f"Practice never leaves this computer, so “{destination.name}” at Amazon cannot be reached from it.",
            remedy=f"Choose or add an account of your own to test it, or press Choose… and take a {kind} of practice.",
        )


def _closed_because(opened: OpenAccount, destination: Destination) -> str:
    """The policy's reason for keeping MTurk out; empty when it lets it in or cannot be judged."""
    match destination:
        case QueueAddress():
            policy, arn = Queue(opened.clients, destination).state().policy, destination.arn(REGION)
        case TopicAddress():
            policy, arn = Topic(opened.clients, destination).policy(), destination.text
        case _:
            return ""
    judgement = judge(policy, Question(resource_arn=arn, source_account=source_account(opened)))
    return judgement.because if judgement.answer in {Answer.DENIED, Answer.NOT_ALLOWED, Answer.MALFORMED} else ""


def source_account(opened: OpenAccount) -> str:
    """The AWS account that MTurk is linked to, as far as the keys tell; empty when they do not."""
    if opened.practice is not None:
        return opened.practice.details.account_id
    try:
        return caller(opened.clients).account_id
    except ProblemError:
        return ""
