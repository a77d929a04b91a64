# SPDX-License-Identifier: MIT
"""The keys of the practice KMS, and whom they let in when a message is sent to an encrypted queue or topic.

Followed: SQS Developer Guide, "Key management" (see domain/policy/key.py). moto keeps keys and their policies and
never asks them. **Assumptions**: that Mechanical Turk needs the key like any other sender, which nobody has published,
and that a service tells its source account with the key's use. Whatever is in doubt stays shut here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.domain.policy.judgement import Answer
from notification_tester.domain.policy.key import judge_key

if TYPE_CHECKING:
    from moto.kms.models import Key


def key_admits(key_id: str, *, account_id: str, region: str, service: str, source_arn: str = "") -> bool:
    """Whether a service may encrypt with the key that a queue or topic names; every service may where it names none."""
    if not key_id:
        return True
    if key_id.rpartition(":")[2].startswith("alias/aws/"):
        return False  # AWS's own key, whose policy nobody can change
    key = _find(key_id, account_id=account_id, region=region)
    if key is None or key.key_state != "Enabled":
        return False
    judgement = judge_key(
        key.policy,
        key.arn,
        service=service,
        source_account=account_id,
        source_arn=source_arn,
        is_account_sent=True,
    )
    return judgement.answer is Answer.ALLOWED


def _find(key_id: str, *, account_id: str, region: str) -> Key | None:
    from moto.kms.models import kms_backends  # read only where somebody has a key

    backend = kms_backends[account_id][region]
    plain = backend.get_key_id(backend.get_alias_name(key_id))
    if plain.startswith("alias/"):
        plain = backend.get_key_id_from_alias(plain) or ""
    found: Key | None = backend.keys.get(plain)
    return found
