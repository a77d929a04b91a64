# SPDX-License-Identifier: MIT
"""What a checkup says about things that queues and topics have in common: policy, key, place, and being there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notification_tester.domain.account import REGION
from notification_tester.domain.destination import grouped_account
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.policy.grant import GrantChange, grant_change
from notification_tester.domain.policy.judgement import SERVICE, Answer, Question, judge, with_grant
from notification_tester.domain.policy.limits import excesses
from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from notification_tester.domain.policy.judgement import Judgement
    from notification_tester.domain.policy.limits import Excess


def question_about(arn: str, *, caller: str) -> Question:
    """Ask about a queue or topic for the account of the keys, where what a service calls an account is one."""
    return Question(resource_arn=arn, source_account=caller if re.fullmatch(r"[0-9]{12}", caller) else "")


def repaired(policy: str, question: Question) -> str | Problem:
    """The policy with the smallest change that lets Mechanical Turk in, or why no addition can."""
    try:
        after = with_grant(policy, question.resource_arn, question.source_account)
    except ProblemError as error:
        return error.problem
    then = judge(after, question)
    if then.answer is not Answer.ALLOWED:
        return _no_addition_helps(then, question.place)
    # What the service has taken once is no reason for it to refuse now, whatever its pages say.
    taken = {over.what for over in excesses(policy, is_topic=question.is_topic)}
    for over in excesses(after, is_topic=question.is_topic):
        if over.what not in taken:
            return _no_room(over, question.place)
    return after


def policy_findings(policy: str, question: Question) -> list[Finding]:
    """Whether the policy lets Mechanical Turk in, and what to beware of in it."""
    judgement = judge(policy, question)
    findings = [_policy_finding(judgement, policy, question)]
    if judgement.notes:
        findings.append(
            Finding(
                id=f"{question.place}.policy-notes",
                level=Level.BEWARE,
                title=f"The {question.place}'s access policy has something to know about.",
                detail=" ".join(judgement.notes),
                why="A policy that is too wide lets others send as well; one with doubtful parts may stop working.",
                remedy="Show it to whoever wrote the policy; notifications do not depend on it today.",
            )
        )
    return findings


def _mend_in_words(change: GrantChange, place: str) -> str:
    match change:
        case GrantChange.NEW_POLICY:
            return f"Have the program give the {place} an access policy with one statement; it has none yet."
        case GrantChange.ADDED:
            return f"Have the program add one statement to the {place}'s access policy; all else in it stays as it is."
        case GrantChange.PUT_RIGHT:
            return (
                f"Have the program put its own statement in the {place}'s access policy right; all else stays as it is."
            )


def _policy_finding(judgement: Judgement, policy: str, question: Question) -> Finding:
    place = question.place
    finding_id = f"{place}.policy"
    why = f"Mechanical Turk is a stranger to your {place}: AWS's instructions ask for a statement that lets it in."
    if judgement.answer is Answer.ALLOWED:
        title = f"The {place} lets Mechanical Turk in."
        return Finding(id=finding_id, level=Level.GOOD, title=title, detail=judgement.because, why=why)
    mended = repaired(policy, question)
    fixable = isinstance(mended, str)
    remedy = _mend_in_words(grant_change(policy, mended), place) if isinstance(mended, str) else mended.remedy
    if judgement.answer is Answer.UNKNOWN:
        title, level = f"Whether the {place} lets Mechanical Turk in cannot be told.", Level.UNKNOWN
    elif judgement.answer is Answer.MALFORMED:
        title, level = f"The {place}'s access policy is malformed.", Level.BROKEN
    elif judgement.answer is Answer.DENIED:
        title, level = f"The {place} shuts Mechanical Turk out.", Level.BROKEN
    else:
        title, level = f"The {place} does not let Mechanical Turk in.", Level.BROKEN
    return Finding(
        id=finding_id, level=level, title=title, detail=judgement.because, why=why, remedy=remedy, fixable=fixable
    )


def _no_addition_helps(judgement: Judgement, place: str) -> Problem:
    if judgement.answer is not Answer.DENIED:
        return Problem(
            title="It cannot be told what would help.",
            detail=judgement.because,
            remedy=f"Ask whoever looks after the {place} what that part of the policy is for."
            + (f" To be sure: {judgement.helps}" if judgement.helps else ""),
            code="mend.unknown",
            cause=Cause.DESTINATION,
        )
    change = judgement.helps.rstrip(".") or f"change it so that it does not concern {SERVICE}"
    return Problem(
        title="No addition to the policy lets Mechanical Turk in.",
        detail=judgement.because,
        remedy=f"Ask whoever looks after the {place} about statement {judgement.statement}: {change}. The program does "
        "not touch what somebody forbade on purpose.",
        code="mend.denied",
        cause=Cause.DESTINATION,
    )


def _no_room(over: Excess, place: str) -> Problem:
    service = "Amazon SNS" if place == "topic" else "Amazon SQS"
    return Problem(
        title=f"The {place}'s access policy has no room for another statement.",
        detail=f"A {place}'s policy may have {over.at_most:,} {over.what}. With the statement that lets Mechanical "
        f"Turk in it would have {over.found:,}, and {service} would refuse it. Nothing was written.",
        remedy=f"In the {place}'s access policy, take out a statement that nobody needs any more, or merge statements "
        "that differ in one place only: a list may stand there. Then have it mended again.",
        code="mend.no-room",
        cause=Cause.DESTINATION,
    )


def absence_finding(problem: Problem, *, place: str, action: str) -> Finding:
    """What it means that the attributes could not be read."""
    if problem.cause is Cause.DESTINATION:
        why = f"Mechanical Turk cannot send to a {place} that is not there."
        return Finding.of_problem(problem, f"{place}.exists", Level.BROKEN, why=why)
    if problem.cause is Cause.PERMISSION:
        return Finding(
            id=f"{place}.readable",
            level=Level.UNKNOWN,
            title=f"The {place} cannot be looked at with these keys.",
            detail=f"Nothing about it is known. {problem.answer.message or problem.detail}",
            why="Policy, encryption and all else that can keep a notification out are among its attributes.",
            remedy=f"Ask the administrator of the AWS account to allow {action} on this {place}.",
        )
    return Finding.of_problem(
        problem,
        f"{place}.readable",
        Level.UNKNOWN,
        title=f"The {place} could not be looked at.",
        detail=f"{problem.title} {problem.detail}",
    )


def kind_finding(*, place: str, is_fifo: bool) -> Finding:
    """Standard or FIFO."""
    if not is_fifo:
        return Finding(id=f"{place}.kind", level=Level.GOOD, title=f"It is a standard {place}.")
    return Finding(
        id=f"{place}.kind",
        level=Level.BEWARE,
        title=f"This is a FIFO {place}.",
        detail="FIFO wants a group named with each message. Whether Mechanical Turk does that is not known.",
        why=f"If it does not, the {place} refuses every notification.",
        remedy=f"Use a standard {place}, unless you have seen notifications arrive in this one.",
    )


def place_finding(*, place: str, region: str, owner: str, caller: str) -> Finding:
    """Region and account. An empty ``region`` is that of a service that is not Amazon's."""
    odd, right = {}, []
    if region == REGION:
        right.append("in Mechanical Turk's region")
    elif region:
        odd["region"] = f"It is in {region}, and Mechanical Turk is in {REGION} alone."
    if caller == owner:
        right.append("in the account of your keys")
    elif caller:
        odd["account"] = f"It belongs to account {grouped_account(owner)}; your keys to {grouped_account(caller)}."
    if odd:
        return Finding(
            id=f"{place}.place",
            level=Level.BEWARE,
            title=f"The {place} is in another {' and '.join(odd)}.",
            detail=" ".join(odd.values()),
            why="Whether Mechanical Turk delivers across regions or accounts is documented nowhere.",
            remedy=f"If nothing arrives, use a {place} in {REGION}, in the account that is linked to Mechanical Turk.",
        )
    if right:
        return Finding(id=f"{place}.place", level=Level.GOOD, title=f"The {place} is {' and '.join(right)}.")
    return Finding(
        id=f"{place}.place",
        level=Level.UNKNOWN,
        title=f"In which region and account the {place} is cannot be told.",
        detail="Its address names no region, and whose keys these are is not known.",
    )
