# SPDX-License-Identifier: MIT
"""Judge a policy by itself, without asking any service: for a file that somebody has written or was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notification_tester.domain.finding import Level
from notification_tester.domain.policy import Answer, Question, judge
from notification_tester.services.checkup_policy import repaired

if TYPE_CHECKING:
    from notification_tester.domain.policy import Judgement


@dataclass(frozen=True, kw_only=True)
class PolicyVerdict:
    """The verdict on a policy with its reason; ``mended`` is the policy that would let MTurk in, empty if none does."""

    verdict: Level
    judgement: Judgement
    mended: str = ""

    def as_json(self) -> dict[str, Any]:
        """The object of the command line."""
        value: dict[str, Any] = {"verdict": self.verdict.value, "because": self.judgement.because}
        if self.judgement.statement is not None:
            value["statement"] = self.judgement.statement
        if self.judgement.unknown:
            value["unknown"] = list(self.judgement.unknown)
        value["notes"] = list(self.judgement.notes)
        return value


def policy_verdict(policy: str, *, resource_arn: str, source_account: str = "") -> PolicyVerdict:
    """Judge ``policy`` for a queue or topic. Raises ProblemError for what is no such ARN or no account id."""
    question = Question(resource_arn=resource_arn, source_account=source_account)
    judgement = judge(policy, question)
    if judgement.answer is Answer.ALLOWED:
        return PolicyVerdict(verdict=Level.BEWARE if judgement.notes else Level.GOOD, judgement=judgement)
    level = Level.UNKNOWN if judgement.answer is Answer.UNKNOWN else Level.BROKEN
    return PolicyVerdict(verdict=level, judgement=judgement, mended=repaired(policy, question) or "")
