# SPDX-License-Identifier: MIT
"""Does a resource policy let Mechanical Turk send here, and what is the smallest change so that it does?

Documents followed:

- IAM User Guide, "Policy evaluation logic": an explicit Deny wins over every Allow; without an Allow the answer is no;
- IAM User Guide, "JSON policy elements reference" (the single pages are named in policy_statement.py and
  policy_conditions.py);
- MTurk API Reference, "Notification Handling Using Amazon SQS" and "… Using Amazon SNS": the principal is the service
  ``mturk-requester.amazonaws.com``; ask for ``aws:SecureTransport``; for topics also for ``aws:SourceAccount``, the
  AWS account that is linked to Mechanical Turk.

What is taken as known of the request: the principal and the action, that it travels encrypted
(``aws:SecureTransport``), that an AWS service makes it itself (``aws:PrincipalIsAWSService``,
``aws:PrincipalServiceName``), and for topics that ``aws:SourceAccount`` is sent. For queues the last is documented
nowhere, and ``aws:SourceArn`` for neither: whether they are sent is unknown. Every other key is unknown.

Readings of our own, where the documents are silent or not plain:

- ``{"AWS": "*"}`` is everyone, like ``"*"``. The page "Principal" calls the two equivalent (older edition: for
  resource-based policies; newer: for anonymous users), and policies with it that let S3 and SNS send to queues are in
  wide use. A note says so;
- ``{"Service": "*"}``, the service's name in another case or with a region in it, and the outdated IAM user
  ``MTurk-SQS`` (its account, its id) may or may not work: "cannot tell", never "no";
- ``NotPrincipal`` with ``Allow`` lets in all but the named, as the page said until it called the pair unsupported;
- a source ARN of another service (``arn:aws:sns:…``) is never the source of what Mechanical Turk sends;
- ``*`` in a resource also matches colons, wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from notification_tester.domain.policy_conditions import Truth
from notification_tester.domain.policy_grant import OUR_SID, granting_statement, with_grant
from notification_tester.domain.policy_question import OUTDATED, SERVICE, Question, Weighed, weigh
from notification_tester.domain.policy_statement import (
    MalformedPolicyError,
    Statement,
    quoted,
    read_document,
    read_policy,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OUR_SID", "SERVICE", "Answer", "Judgement", "Question", "granting_statement", "judge", "with_grant"]


class Answer(StrEnum):
    """What a policy says to Mechanical Turk."""

    ALLOWED = "allowed"
    DENIED = "denied"  # a Deny says so
    NOT_ALLOWED = "not-allowed"  # nothing allows it
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The answer with its reason.

    ``because``: sentences for a person. ``statement``: the one that decided, or that came nearest; counted from 1.
    ``unknown``: the operators, keys, variables and principals that could not be judged, sorted. ``notes``: what to
    beware of, whatever the answer.
    """

    answer: Answer
    because: str
    statement: int | None = None
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge(policy: str | Mapping[str, Any] | None, question: Question) -> Judgement:
    """Judge a policy, as JSON text or read already; None or an empty text is no policy. Never raises on its content."""
    if policy is None or (isinstance(policy, str) and not policy.strip()):
        return Judgement(
            answer=Answer.NOT_ALLOWED,
            because=f"The {question.place} has no policy, so only its owner's account may use it.",
        )
    try:
        found = read_policy(read_document(policy) if isinstance(policy, str) else policy)
    except MalformedPolicyError as error:
        return Judgement(answer=Answer.MALFORMED, because=error.sentence, statement=error.statement)
    weighed = weigh(found, question)
    notes = _notes(weighed, question)
    allows = _those(weighed, Truth.TRUE, allows=True)
    may_allow = _those(weighed, Truth.UNKNOWN, allows=True)
    denies = _those(weighed, Truth.TRUE, allows=False)
    may_deny = _those(weighed, Truth.UNKNOWN, allows=False)
    if denies:
        name = denies[0].statement.name
        because = f"{_capital(name)} forbids it to Mechanical Turk, and a Deny wins over every Allow."
        return _judgement(Answer.DENIED, because, denies[0], notes)
    if allows and may_deny:
        unknown = _unknown(may_deny)
        because = (
            f"{_capital(allows[0].statement.name)} lets Mechanical Turk {question.deed}, but "
            f"{may_deny[0].statement.name} may forbid it: that depends on {_listing(unknown)}, which cannot be judged "
            "from here."
        )
        return _judgement(Answer.UNKNOWN, because, may_deny[0], notes, unknown)
    if allows:
        best = next((one for one in allows if one.names_the_service), allows[0])
        how = "by the name of its service" if best.names_the_service else "because it lets everyone in"
        if best.statement.except_principals:
            how = "because it lets everyone in but those it names"
        because = f"{_capital(best.statement.name)} lets Mechanical Turk {question.deed}, {how}."
        return _judgement(Answer.ALLOWED, because, best, notes)
    if may_allow:
        unknown = _unknown([*may_allow, *may_deny])
        because = (
            f"{_capital(may_allow[0].statement.name)} may let Mechanical Turk {question.deed}: that depends on "
            f"{_listing(unknown)}, which cannot be judged from here."
        )
        return _judgement(Answer.UNKNOWN, because, may_allow[0], notes, unknown)
    return _not_allowed(weighed, question, notes)


def _those(weighed: list[Weighed], truth: Truth, *, allows: bool) -> list[Weighed]:
    return [one for one in weighed if one.statement.allows is allows and one.whole.truth is truth]


def _unknown(doubtful: list[Weighed]) -> tuple[str, ...]:
    return tuple(sorted({name for one in doubtful for name in one.whole.unknown}))


def _listing(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(quoted(name) for name in names[:5]) + more


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _judgement(
    answer: Answer, because: str, decided: Weighed, notes: tuple[str, ...], unknown: tuple[str, ...] = ()
) -> Judgement:
    return Judgement(answer=answer, because=because, statement=decided.statement.number, unknown=unknown, notes=notes)


def _not_allowed(weighed: list[Weighed], question: Question, notes: tuple[str, ...]) -> Judgement:
    """Name the Allow that comes nearest: one for Mechanical Turk first, then the fewest elements in the way."""

    def distance(one: Weighed) -> tuple[bool, int]:
        return (
            one.principal.truth is Truth.FALSE,
            sum(part.truth is Truth.FALSE for part in one.parts),
        )

    because = f"No statement lets Mechanical Turk {question.deed}."
    near = [one for one in weighed if one.statement.allows]
    if not near:
        return Judgement(answer=Answer.NOT_ALLOWED, because=because, notes=notes)
    nearest = min(near, key=distance)
    failing = " and ".join(part.failing for part in nearest.parts if part.truth is Truth.FALSE)
    because += f" {_capital(nearest.statement.name)} comes nearest, but {failing}."
    return _judgement(Answer.NOT_ALLOWED, because, nearest, notes)


def _notes(weighed: list[Weighed], question: Question) -> tuple[str, ...]:
    """What to beware of in the statements that concern this resource and action."""
    notes = []
    concerned = [one for one in weighed if Truth.FALSE not in {one.action.truth, one.resource.truth}]
    allowing = [one for one in concerned if one.statement.allows]
    in_force = [one for one in allowing if one.whole.truth is Truth.TRUE]
    denying = [one for one in concerned if not one.statement.allows]
    if any(name in OUTDATED for one in allowing for _, name in one.statement.principals):
        notes.append(
            "It names the IAM user MTurk-SQS of older instructions. AWS now names the service "
            f"{SERVICE}; whether the old user still works is not known."
        )
    if any(one.statement.except_principals for one in allowing):
        notes.append("It uses NotPrincipal with Allow, which AWS no longer supports and which lets in everyone else.")
    if any(("AWS", "*") in one.statement.principals and not one.statement.except_principals for one in concerned):
        notes.append(
            'It says {"AWS": "*"}. That this includes AWS\'s services is common practice; '
            "AWS's page only promises it for anonymous senders."
        )
    if any(_is_open(one.statement) for one in allowing):
        notes.append(f"Anyone at all may send to this {question.place}, so a message in it proves nothing.")
    # To deny what is not encrypted is the other usual way to ask for it.
    if any(not one.statement.asks_for("aws:SecureTransport") for one in in_force) and not any(
        one.statement.asks_for("aws:SecureTransport") for one in denying
    ):
        notes.append("It does not ask for an encrypted connection (aws:SecureTransport), as AWS's instructions do.")
    if question.is_topic and any(not one.statement.asks_for("aws:SourceAccount") for one in in_force):
        notes.append(
            "It is not limited to your AWS account (aws:SourceAccount), as AWS's instructions ask for topics: "
            "other requesters' notifications could be sent here."
        )
    if not question.is_topic and any(one.statement.asks_for("aws:SourceAccount") for one in concerned):
        notes.append(
            "It has a condition on aws:SourceAccount. AWS's instructions mention it for topics only; "
            "whether Mechanical Turk sends it to queues is not known."
        )
    return tuple(notes)


def _is_open(statement: Statement) -> bool:
    is_everyone = statement.everyone or ("AWS", "*") in statement.principals
    is_limited = any(condition.key.lower() != "aws:securetransport" for condition in statement.conditions)
    return is_everyone is not statement.except_principals and not is_limited
