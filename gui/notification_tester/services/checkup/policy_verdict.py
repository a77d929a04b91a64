# SPDX-License-Identifier: MIT
"""Judge a policy by itself, without asking any service: for a file that somebody has written, was sent, or printed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from notification_tester.domain.finding import Level
from notification_tester.domain.policy.judgement import Answer, Judgement, Question, judge
from notification_tester.domain.policy.limits import excesses
from notification_tester.domain.policy.statement import MalformedPolicyError, quoted
from notification_tester.domain.policy.text import FoundPolicy, find_policy
from notification_tester.services.policy_findings import repaired

LONGEST_JUDGED = 96 * 1024
"""Bytes. The largest that Amazon takes has a third of that (SNS), and to judge more would take seconds."""


@dataclass(frozen=True, kw_only=True)
class PolicyVerdict:
    """The verdict on a policy with its reason.

    ``mended`` is the policy that would let MTurk in, empty if none does; ``where`` the policy was found, in a sentence,
    where it did not stand by itself.
    """

    verdict: Level
    judgement: Judgement
    mended: str = ""
    where: str = ""

    def as_json(self) -> dict[str, Any]:
        """The object of the command line."""
        value: dict[str, Any] = {"verdict": self.verdict.value, "because": self.judgement.because}
        if self.judgement.statement is not None:
            value["statement"] = self.judgement.statement
        if self.judgement.unknown:
            value["unknown"] = list(self.judgement.unknown)
        if self.judgement.helps:
            value["helps"] = self.judgement.helps
        if self.where:
            value["where"] = self.where
        value["notes"] = list(self.judgement.notes)
        return value


def _about_the_place(found: FoundPolicy, question: Question) -> list[str]:
    """Why a policy may not be in force at this queue or topic, whatever it says."""
    notes = []
    if found.arn and found.arn != question.resource_arn:
        notes.append(
            f"It stands beside {quoted(found.arn)}, and the {question.place} asked about is another: whether that one "
            "has this policy is not known."
        )
    service = "Amazon SNS" if question.is_topic else "Amazon SQS"
    packed = json.dumps(json.loads(found.policy), separators=(",", ":")) if found.policy else ""
    for over in excesses(packed, is_topic=question.is_topic):
        whose = f"a statement of a {question.place}'s policy" if over.of_statement else f"a {question.place}'s policy"
        notes.append(
            f"It has {over.found:,} {over.what}{' in one statement' if over.of_statement else ''}; {whose} may have "
            f"{over.at_most:,}, and {service} refuses more."
        )
    return notes


def policy_verdict(text: str, *, resource_arn: str, source_account: str = "") -> PolicyVerdict:
    """Judge the policy in ``text``. Raises ProblemError for what is no ARN of a queue or topic, or no account id."""
    question = Question(resource_arn=resource_arn, source_account=source_account)
    try:
        found = find_policy(text)
    except MalformedPolicyError as error:
        judgement = Judgement(answer=Answer.MALFORMED, because=error.sentence)
        return PolicyVerdict(verdict=Level.BROKEN, judgement=judgement)
    size = len(found.policy.encode("utf-8", "surrogatepass"))
    if size > LONGEST_JUDGED:
        because = (
            f"The policy has {size:,} bytes. No queue or topic can have one of that size, so it was not judged. Give "
            "the policy of one queue or topic alone."
        )
        judgement = Judgement(answer=Answer.MALFORMED, because=because)
        return PolicyVerdict(verdict=Level.BROKEN, judgement=judgement, where=found.where)
    judgement = judge(found.policy, question)
    if judgement.answer is not Answer.MALFORMED:
        judgement = replace(judgement, notes=(*judgement.notes, *_about_the_place(found, question)))
    if judgement.answer is Answer.ALLOWED:
        level = Level.BEWARE if judgement.notes else Level.GOOD
        return PolicyVerdict(verdict=level, judgement=judgement, where=found.where)
    level = Level.UNKNOWN if judgement.answer is Answer.UNKNOWN else Level.BROKEN
    mended = repaired(found.policy, question)
    return PolicyVerdict(
        verdict=level, judgement=judgement, mended=mended if isinstance(mended, str) else "", where=found.where
    )
