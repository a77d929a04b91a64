# SPDX-License-Identifier: MIT
"""Does a resource policy let Mechanical Turk send here, and what is the smallest change so that it does?

Documents followed:

- IAM User Guide, "Policy evaluation logic": an explicit Deny wins over every Allow; without an Allow the answer is no;
- IAM User Guide, "JSON policy elements reference" (the single pages are named in statement.py and
  conditions.py);
- MTurk API Reference, "Notification Handling Using Amazon SQS" and "… Using Amazon SNS": the principal is the service
  ``mturk-requester.amazonaws.com``; ask for ``aws:SecureTransport``; for topics also for ``aws:SourceAccount``, the
  AWS account that is linked to Mechanical Turk.

What is known of the call (who, what, where, when, and with which condition keys) is in question.py and
context.py. A condition that compares the time is judged for the moment of the question; where a later moment
brings another answer, that is told.

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

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from notification_tester.domain.policy.conditions import moments_of
from notification_tester.domain.policy.context import IS_SERVICE, NOT_LIMITING
from notification_tester.domain.policy.grant import OUR_SID, granting_statement, with_grant
from notification_tester.domain.policy.moments import shown_moment
from notification_tester.domain.policy.question import SERVICE, Question, Weighed, weigh, weigh_one
from notification_tester.domain.policy.statement import (
    MalformedPolicyError,
    Policy,
    Statement,
    quoted,
    read_document,
    read_policy,
)
from notification_tester.domain.policy.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OUR_SID", "SERVICE", "Answer", "Judgement", "Question", "granting_statement", "judge", "with_grant"]

_MOMENTS_AHEAD = 50
"""How many later moments are looked at for another answer; a policy that AWS takes has far fewer."""

_SOURCE_OWNER = "aws:sourceowner"
_OF_A_NEW_TOPIC = "__default_statement_ID"
"""The Sid of the statement with which Amazon SNS begins the policy of each topic that is made."""


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

    ``because``: sentences for a person, with what helps where that is known; ``helps`` is that part alone.
    ``statement``: the one that decided, or that came nearest; counted from 1. ``unknown``: the operators, keys,
    variables and principals that could not be judged, sorted. ``notes``: what to beware of, whatever the answer.
    """

    answer: Answer
    because: str
    helps: str = ""
    statement: int | None = None
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge(policy: str | Mapping[str, Any] | None, question: Question) -> Judgement:
    """Judge a policy, as JSON text or read already; None or an empty text is no policy. Never raises on its content."""
    if policy is None or (isinstance(policy, str) and not policy.strip()):
        return Judgement(
            answer=Answer.NOT_ALLOWED,
            because=f"There is no policy. A {question.place} without one lets in its owner's account alone.",
        )
    try:
        found = read_policy(read_document(policy) if isinstance(policy, str) else policy)
    except MalformedPolicyError as error:
        return Judgement(answer=Answer.MALFORMED, because=error.sentence, statement=error.statement)
    weighed = weigh(found, question)
    judgement = _judge(weighed, question)
    if judgement.answer is Answer.ALLOWED:
        judgement = replace(judgement, because=judgement.because + _kept_to_its_owner(weighed, question))
    notes = _notes(weighed, question)
    if change := _next_change(found, weighed, question, judgement.answer):
        moment, after = change
        when = shown_moment(moment)
        if judgement.answer is Answer.ALLOWED:
            then = {
                Answer.DENIED: "then it is forbidden",
                Answer.NOT_ALLOWED: "then nothing lets it in any more",
            }.get(after.answer, "what is then cannot be told")
            notes = (*notes, f"This will end: {question.who} is let in until {when}, and {then}.")
        elif after.answer is Answer.ALLOWED:
            judgement = replace(judgement, because=f"{judgement.because} From {when} on, {question.who} is let in.")
    return replace(judgement, notes=notes)


def _judge(weighed: list[Weighed], question: Question) -> Judgement:
    """Judge as of the moment of the question; notes are for others."""
    who = question.who
    allows = _those(weighed, Truth.TRUE, allows=True)
    may_allow = _those(weighed, Truth.UNKNOWN, allows=True)
    denies = _those(weighed, Truth.TRUE, allows=False)
    may_deny = _those(weighed, Truth.UNKNOWN, allows=False)
    if denies:
        decided = denies[0]
        because = f"{_capital(decided.statement.name)} forbids it to {who}, and a Deny wins over every Allow"
        because += f": {decided.condition.because}." if decided.condition.because else "."
        if others := [one.statement.name for one in denies[1:3]]:
            more = f" and {len(denies) - 3} more" if len(denies) > 3 else ""
            because += f" So {'does' if len(denies) == 2 else 'do'} {', '.join(others)}{more}."
        return _judgement(Answer.DENIED, because, decided, helps=_sparing(decided, question))
    if allows and may_deny:
        doubt, unknown = _doubt(may_deny)
        because = (
            f"{_capital(allows[0].statement.name)} lets {who} {question.to_do}, but "
            f"{may_deny[0].statement.name} may forbid it: that depends on {doubt}."
        )
        return _judgement(Answer.UNKNOWN, because, may_deny[0], unknown, helps=_sparing(may_deny[0], question))
    if allows:
        best = next((one for one in allows if one.names_the_service), allows[0])
        how = "by the name of its service" if best.names_the_service else "because it lets everyone in"
        if best.statement.except_principals:
            how = "because it lets everyone in but those it names"
        elif not best.names_the_service and not _is_open(best.statement):
            how = "because it names everyone, and its conditions hold"
        because = f"{_capital(best.statement.name)} lets {who} {question.to_do}, {how}."
        return _judgement(Answer.ALLOWED, because, best)
    if may_allow:
        doubt, unknown = _doubt([*may_allow, *may_deny])
        because = f"{_capital(may_allow[0].statement.name)} may let {who} {question.to_do}: that depends on {doubt}."
        return _judgement(Answer.UNKNOWN, because, may_allow[0], unknown)
    return _not_allowed(weighed, question)


def _next_change(
    policy: Policy, weighed: list[Weighed], question: Question, answer: Answer
) -> tuple[float, Judgement] | None:
    """When the answer will be another because of the time, and which one then."""
    timed: dict[int, list[float]] = {}
    for one in weighed:
        if Truth.FALSE not in {one.principal.truth, one.action.truth, one.resource.truth}:
            moments = [at for condition in one.statement.conditions for at in moments_of(condition, question.context)]
            if moments:
                timed[one.statement.number] = moments
    now = question.now.timestamp()
    ahead = sorted({at + more for moments in timed.values() for at in moments for more in (0, 1) if at + more > now})
    for at in ahead[:_MOMENTS_AHEAD]:
        try:
            then = replace(question, now=datetime.fromtimestamp(at, tz=UTC))
        except (ValueError, OverflowError, OSError):  # beyond the year 9999
            return None
        later = [
            weigh_one(one.statement, then, variables=policy.has_variables) if one.statement.number in timed else one
            for one in weighed
        ]
        judgement = _judge(later, then)
        if judgement.answer is not answer:
            return at, judgement
    return None


def _those(weighed: list[Weighed], truth: Truth, *, allows: bool) -> list[Weighed]:
    return [one for one in weighed if one.statement.allows is allows and one.whole.truth is truth]


def _doubt(doubtful: list[Weighed]) -> tuple[str, tuple[str, ...]]:
    """What cannot be judged, in words and by its names."""
    unknown = frozenset[str]().union(*(one.whole.unknown for one in doubtful))
    unfilled = frozenset[str]().union(*(one.whole.unfilled for one in doubtful))
    parts = []
    if blanks := sorted(unfilled):
        what = "a placeholder of a template that was" if len(blanks) == 1 else "placeholders of a template that were"
        parts.append(f"{_listing(blanks)}, {what} not filled in")
    if others := sorted(unknown - unfilled):
        parts.append(f"{_listing(others)}, which cannot be judged from here")
    return ", and on ".join(parts), tuple(sorted(unknown))


def _listing(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(quoted(name) for name in names[:5]) + more


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _judgement(
    answer: Answer, because: str, decided: Weighed, unknown: tuple[str, ...] = (), *, helps: str = ""
) -> Judgement:
    whole = f"{because} What helps: {helps}" if helps else because
    return Judgement(answer=answer, because=whole, helps=helps, statement=decided.statement.number, unknown=unknown)


def _sparing(denying: Weighed, question: Question) -> str:
    """How a Deny that is meant for others would spare the service; empty where it is not known to be."""
    statement = denying.statement
    keys = [question.context.key(condition.key) for condition in statement.conditions]
    is_for_people = any(key is not None and key.is_of_people for key in keys)
    if statement.except_principals and not is_for_people:
        return f'name {{"Service": "{question.service}"}} in the NotPrincipal of the Deny as well.'
    if not is_for_people or not _is_for_everyone(statement) or statement.asks_for(IS_SERVICE):
        return ""
    return (
        f'add {IS_SERVICE} false to the Deny (in its Condition: "BoolIfExists": {{"{IS_SERVICE}": "false"}}), so that '
        "it spares the services of AWS and still holds for everybody else."
    )


def _not_allowed(weighed: list[Weighed], question: Question) -> Judgement:
    """Name the Allow that comes nearest: one for the service first, then the fewest elements in the way."""

    def distance(one: Weighed) -> tuple[bool, int]:
        return (
            one.principal.truth is Truth.FALSE and not one.misses_the_service,
            sum(part.truth is Truth.FALSE for part in one.parts),
        )

    because = f"No statement lets {question.who} {question.to_do}."
    near = [one for one in weighed if one.statement.allows]
    if not near:
        return Judgement(answer=Answer.NOT_ALLOWED, because=because)
    nearest = min(near, key=distance)
    failing = " and ".join(part.because for part in nearest.parts if part.truth is Truth.FALSE)
    because += f" {_capital(nearest.statement.name)} comes nearest, but {failing}."
    return _judgement(Answer.NOT_ALLOWED, because, nearest)


def _notes(weighed: list[Weighed], question: Question) -> tuple[str, ...]:
    """What to beware of in the statements that concern this resource and action."""
    notes = []
    concerned = [one for one in weighed if Truth.FALSE not in {one.action.truth, one.resource.truth}]
    allowing = [one for one in concerned if one.statement.allows]
    in_force = [one for one in allowing if one.whole.truth is Truth.TRUE]
    denying = [one for one in concerned if not one.statement.allows]
    if any(name in question.outdated for one in allowing for _, name in one.statement.principals):
        notes.append(
            "It names the IAM user MTurk-SQS of older instructions. AWS now names the service "
            f"{SERVICE}; whether the old user still works is not known."
        )
    if any(one.statement.except_principals for one in allowing):
        notes.append("It uses NotPrincipal with Allow, which AWS no longer supports and which lets in everyone else.")
    # Beside a statement with the name of the service, or where a condition spares it, it plays no part.
    is_named = any(one.names_the_service for one in in_force)
    decisive = [
        one for one in concerned if one.whole.truth is not Truth.FALSE and not (is_named and one.statement.allows)
    ]
    if any(("AWS", "*") in one.statement.principals and not one.statement.except_principals for one in decisive):
        notes.append(
            'It says {"AWS": "*"}. That this includes AWS\'s services is common practice; '
            "AWS's page only promises it for anonymous senders."
        )
    if any(_is_open(one.statement) for one in allowing):
        notes.append(
            f"Anyone at all may send to this {question.place}, so that one is in it does not show who sent it."
        )
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
    sids = Counter(one.statement.sid for one in weighed if one.statement.sid)
    if twice := sorted(sid for sid, count in sids.items() if count > 1):
        more = f" and {len(twice) - 1} more" if len(twice) > 1 else ""
        notes.append(f"More than one statement has the Sid {quoted(twice[0])}{more}; a Sid may occur only once.")
    return tuple(notes)


def _kept_to_its_owner(weighed: list[Weighed], question: Question) -> str:
    """A sentence about the statement that a new topic has for its owner, as its principal looks like everyone."""
    if not question.is_topic:
        return ""
    wanted = ("StringEquals", _SOURCE_OWNER, (question.context.owner,))
    for one in (each.statement for each in weighed if each.statement.allows and _is_for_everyone(each.statement)):
        keys = [each.key for each in one.conditions if (each.operator, each.key.lower(), each.values) == wanted]
        if keys:
            keeps = f"its condition on {quoted(keys[0])[1:-1]} keeps it to the topic's own account"
            made = "; Amazon SNS gives it to every new topic" if one.sid == _OF_A_NEW_TOPIC else ""
            return f" {_capital(one.name)} names everyone, and {keeps}{made}."
    return ""


def _is_for_everyone(statement: Statement) -> bool:
    is_everyone = statement.everyone or ("AWS", "*") in statement.principals
    return is_everyone is not statement.except_principals


def _is_open(statement: Statement) -> bool:
    is_limited = any(condition.key.lower() not in NOT_LIMITING for condition in statement.conditions)
    return _is_for_everyone(statement) and not is_limited
