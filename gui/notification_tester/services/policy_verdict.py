# SPDX-License-Identifier: MIT
"""Judge a policy by itself, without asking any service: for a file that somebody has written, was sent, or printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from notification_tester.domain.finding import Level
from notification_tester.domain.policy import Answer, Judgement, Question, judge
from notification_tester.domain.policy_statement import MalformedPolicyError
from notification_tester.domain.policy_text import find_policy
from notification_tester.services.checkup_policy import repaired


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


def policy_verdict(text: str, *, resource_arn: str, source_account: str = "") -> PolicyVerdict:
    """Judge the policy in ``text``. Raises ProblemError for what is no ARN of a queue or topic, or no account id."""
    question = Question(resource_arn=resource_arn, source_account=source_account)
    try:
        found = find_policy(text)
    except MalformedPolicyError as error:
        judgement = Judgement(answer=Answer.MALFORMED, because=error.sentence)
        return PolicyVerdict(verdict=Level.BROKEN, judgement=judgement)
    judgement = judge(found.policy, question)
    if judgement.answer is Answer.ALLOWED:
        level = Level.BEWARE if judgement.notes else Level.GOOD
        return PolicyVerdict(verdict=level, judgement=judgement, where=found.where)
    level = Level.UNKNOWN if judgement.answer is Answer.UNKNOWN else Level.BROKEN
    mended = repaired(found.policy, question)
    return PolicyVerdict(
        verdict=level, judgement=judgement, mended=mended if isinstance(mended, str) else "", where=found.where
    )
