# SPDX-License-Identifier: MIT
"""What a key of AWS KMS means for whoever sends to the queue or topic that is encrypted with it.

SQS Developer Guide, "Key management": the policy of an AWS-managed key cannot be changed, and for a service to send the
queue needs a customer-managed key whose policy lets that service in. SNS's guide says the same of topics.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from notification_tester.aws.keys import Key
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.policy.judgement import SERVICE, Answer
from notification_tester.domain.policy.key import KEY_USES, judge_key
from notification_tester.domain.problem import Cause, Problem
from notification_tester.services.calls import Calls

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.aws.clients import Clients
    from notification_tester.aws.keys import KeyDescription
    from notification_tester.domain.policy.judgement import Judgement

_MANAGED_BY_AWS = ("alias/aws/sqs", "alias/aws/sns")
_IN_USE = frozenset({"Enabled", "Updating"})
"""The states in which a key encrypts (KMS Developer Guide, "Key states of AWS KMS keys")."""


@dataclass(frozen=True, kw_only=True)
class AskedKey:
    """A key as a queue or topic names it, and what KMS said of it; None where that was not asked."""

    key_id: str
    description: KeyDescription | Problem | None = None
    policy: str | Problem | None = None


@dataclass(frozen=True, kw_only=True)
class KeyStanding:
    """Whether somebody may use the key: good, broken or cannot tell; ``because`` goes on after "The KMS key …".

    ``can_be_allowed``: another policy of the key would help. ``unread`` is why it could not be looked at.
    """

    level: Level
    because: str
    can_be_allowed: bool = False
    unread: Problem | None = None


def asked_key(calls: Calls, clients: Clients, key_id: str, *, region: str) -> AskedKey | None:
    """Ask KMS about a key, both questions side by side where it is not named by an alias; None where there is none."""
    if not key_id:
        return None
    key = Key(clients, key_id, region)
    if _names_aws_key(key_id):
        return AskedKey(key_id=key_id)
    described = calls.ask(key.description)
    read = None if key.is_alias else calls.ask(key.policy)
    description = described.result()
    if read is None:
        if isinstance(description, Problem):
            return AskedKey(key_id=key_id, description=description, policy=description)
        read = calls.ask(partial(key.policy, description.arn))
    return AskedKey(key_id=key_id, description=description, policy=read.result())


def look_at_key(clients: Clients, key_id: str, *, region: str) -> AskedKey | None:
    """Ask KMS about one key and wait for it."""
    calls = Calls(threading.Event())
    try:
        return asked_key(calls, clients, key_id, region=region)
    finally:
        calls.close()


def standing(key: AskedKey, judged: Callable[[str, str], Judgement], *, sender: str) -> KeyStanding:
    """Whether ``sender`` may use the key; ``judged`` judges its policy and ARN for them."""
    description, policy = key.description, key.policy
    if (
        description is None
        or policy is None
        or (not isinstance(description, Problem) and description.is_managed_by_aws)
    ):
        return KeyStanding(level=Level.BROKEN, because="is AWS's own, whose policy nobody can change")
    for one in (description, policy):
        if isinstance(one, Problem) and one.cause is Cause.DESTINATION:
            return KeyStanding(level=Level.BROKEN, because="does not exist")
    if not isinstance(description, Problem) and description.state not in _IN_USE:
        return KeyStanding(level=Level.BROKEN, because=f"cannot be used now: its state is “{description.state[:40]}”")
    if isinstance(policy, Problem):
        return KeyStanding(level=Level.UNKNOWN, because=_unread("policy", policy), unread=policy)
    arn = key.key_id if isinstance(description, Problem) else description.arn
    judgement = judged(policy, arn)
    if judgement.answer is Answer.UNKNOWN:
        because = f"may let {sender} use it or not. {judgement.because}"
        return KeyStanding(level=Level.UNKNOWN, because=because, can_be_allowed=True)
    if judgement.answer is not Answer.ALLOWED:
        because = f"does not let {sender} use it. {judgement.because}"
        return KeyStanding(level=Level.BROKEN, because=because, can_be_allowed=True)
    if isinstance(description, Problem):
        because = f"lets {sender} use it, but {_unread('state', description)}"
        return KeyStanding(level=Level.UNKNOWN, because=because, unread=description)
    return KeyStanding(level=Level.GOOD, because=f"lets {sender} use it")


def encryption_finding(*, place: str, key: AskedKey | None, is_by_sqs: bool = False) -> Finding:
    """What the encryption of a queue or topic means for Mechanical Turk."""
    finding_id = f"{place}.encryption"
    if key is None:
        how = "It is encrypted with a key of Amazon SQS's own." if is_by_sqs else "It is not encrypted with a KMS key."
        return Finding(
            id=finding_id,
            level=Level.GOOD,
            title="Its encryption asks no sender for a key.",
            detail=f"{how} Who may send and read is said by policies.",
        )
    found = standing(key, judge_key, sender="Mechanical Turk")
    titles = {
        Level.GOOD: f"The {place}'s key lets Mechanical Turk use it.",
        Level.BROKEN: f"The {place} is encrypted with a key that Mechanical Turk cannot use.",
    }
    return Finding(
        id=finding_id,
        level=found.level,
        title=titles.get(found.level, f"Whether Mechanical Turk may use the {place}'s key cannot be told."),
        detail=f"The KMS key {key.key_id[:200]} {found.because.rstrip('.')}.",
        why=f"Whoever sends to an encrypted {place} needs to use its key. So says AWS's guide of its services; of "
        "Mechanical Turk nothing is published.",
        remedy="" if found.level is Level.GOOD else _remedy(place, found),
    )


def _remedy(place: str, found: KeyStanding) -> str:
    other = "“Amazon SQS key (SSE-SQS)” as its encryption" if place == "queue" else "no encryption"
    if found.unread is not None and found.unread.cause is not Cause.PERMISSION:
        return found.unread.remedy
    if found.unread is not None:
        return (
            "Ask the administrator of the AWS account to allow kms:DescribeKey and kms:GetKeyPolicy on this key, or "
            f"to look whether its policy allows {SERVICE} {' and '.join(KEY_USES)}."
        )
    if found.can_be_allowed:
        return (
            f"Have whoever looks after the key allow the service {SERVICE} {' and '.join(KEY_USES)} in its policy, or "
            f"choose {other}."
        )
    return f"Choose {other}, or a KMS key of your own whose policy lets {SERVICE} use it."


def _unread(what: str, problem: Problem) -> str:
    return f"cannot be looked at: its {what} could not be read. {problem.answer.message or problem.detail}"


def _names_aws_key(key_id: str) -> bool:
    return key_id.rpartition(":")[2] in _MANAGED_BY_AWS
