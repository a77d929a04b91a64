# SPDX-License-Identifier: MIT
"""Does the policy of an encryption key of AWS KMS let Mechanical Turk, or another service, use the key?

SQS Developer Guide, "Key management": who sends to a queue that is encrypted with a KMS key has to be allowed
``kms:GenerateDataKey`` and ``kms:Decrypt`` with that key, and a service of AWS's is allowed by the key's own policy.
SNS Developer Guide, "Managing encryption keys", says the same of topics. That this holds for Mechanical Turk too is
inferred from there; nothing is published about it.

Judged by the rules of judgement.py. A statement for the account (``…:root``) hands the matter to IAM, which decides
about users and roles, and never about a service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.domain.policy.judgement import Answer, Judgement, judge
from notification_tester.domain.policy.question import SERVICE, Question

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

KEY_USES = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a sender has to be allowed with the key."""

_WORST_FIRST = (Answer.MALFORMED, Answer.DENIED, Answer.NOT_ALLOWED, Answer.UNKNOWN, Answer.ALLOWED)


@dataclass(frozen=True, kw_only=True)
class _KeyQuestion(Question):
    """May the service do ``use`` with the key ``resource_arn``? The ARN is the service's own word."""

    use: str

    def __post_init__(self) -> None:
        """A key's ARN is not that of a queue or topic, and nobody typed it."""

    @property
    def is_topic(self) -> bool:
        return False

    @property
    def action(self) -> str:
        return self.use

    @property
    def place(self) -> str:
        return "key"

    @property
    def to_do(self) -> str:
        return "use this key"


def judge_key(
    policy: str | Mapping[str, Any],
    key_arn: str,
    *,
    service: str = SERVICE,
    source_account: str = "",
    source_arn: str = "",
    is_account_sent: bool | None = None,
) -> Judgement:
    """Judge a key's policy for everything that a sender needs; the answer is the worst of them.

    What can be said of the sender is as in :class:`Question`.
    """
    judged = [
        judge(
            policy,
            _KeyQuestion(
                resource_arn=key_arn,
                use=use,
                service=service,
                source_account=source_account,
                source_arn=source_arn,
                is_account_sent=is_account_sent,
            ),
        )
        for use in KEY_USES
    ]
    return min(judged, key=lambda one: _WORST_FIRST.index(one.answer))
