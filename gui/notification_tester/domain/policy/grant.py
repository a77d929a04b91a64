# SPDX-License-Identifier: MIT
"""Let Mechanical Turk in: the statement that does, and the smallest change of a policy that has it."""

from __future__ import annotations

import json
import re
from enum import Enum, auto
from typing import Any

from notification_tester.domain.account import REGION
from notification_tester.domain.destination import QueueAddress, TopicAddress
from notification_tester.domain.policy.question import OUTDATED, SERVICE, Question, Weighed, weigh
from notification_tester.domain.policy.statement import (
    CURRENT_VERSION,
    MalformedPolicyError,
    Statement,
    read_document,
    read_policy,
    statements_of,
)
from notification_tester.domain.policy.truth import Truth
from notification_tester.domain.problem import Cause, Problem, ProblemError

OUR_SID = "AllowMechanicalTurk"


class GrantChange(Enum):
    """What the smallest change of a policy is."""

    NEW_POLICY = auto()  # there was none
    ADDED = auto()  # a statement more
    PUT_RIGHT = auto()  # our own, where it stands


def granting_statement(resource_arn: str, source_account: str) -> dict[str, Any]:
    """Make the statement that AWS asks for; for topics limited to ``source_account`` where that is known ("" if not).

    A queue's has no such condition: that Mechanical Turk sends the key to queues is documented nowhere.
    """
    question = Question(resource_arn=resource_arn, source_account=source_account)
    condition: dict[str, Any] = {"Bool": {"aws:SecureTransport": "true"}}
    if question.is_topic and source_account:
        condition["StringEquals"] = {"aws:SourceAccount": source_account}
    return {
        "Sid": OUR_SID,
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": question.action,
        "Resource": resource_arn,
        "Condition": condition,
    }


def statement_for(destination: QueueAddress | TopicAddress) -> dict[str, Any]:
    """That statement for an address alone: its own account stands for the one that is linked to Mechanical Turk."""
    if isinstance(destination, QueueAddress):
        return granting_statement(destination.arn(REGION), "")
    return granting_statement(destination.text, destination.account_id)


def with_grant(policy: str | None, resource_arn: str, source_account: str) -> str:
    """Make the smallest change after which a statement lets Mechanical Turk in; the new policy as JSON text.

    A policy in which one does already comes back letter for letter. Otherwise our own statement (by its Sid, and for
    Mechanical Turk alone) is put right where it stands, or a new one is added at the end; all others stay as they are.
    A Deny is never touched, so judge what comes back. Raises ProblemError where the policy is malformed.
    """
    grant = granting_statement(resource_arn, source_account)
    question = Question(resource_arn=resource_arn, source_account=source_account)
    if policy is None or not policy.strip():
        return _as_text({"Version": CURRENT_VERSION, "Statement": [grant]})
    try:
        document = read_document(policy)
        found = read_policy(document)
    except MalformedPolicyError as error:
        raise ProblemError(
            Problem(
                title="The policy cannot be mended, because it is malformed.",
                detail=error.sentence,
                remedy="Put this right by hand first, or replace the whole policy.",
                code="policy.malformed",
                cause=Cause.DESTINATION,
            )
        ) from error
    weighed = weigh(found, question)
    if any(_is_enough(one, question) for one in weighed):
        return policy
    statements = list(statements_of(document))
    repairable = next((one.statement.number for one in weighed if _is_ours(one.statement)), None)
    if repairable is not None:
        grant["Sid"] = found.statements[repairable - 1].sid
        statements[repairable - 1] = grant
    else:
        taken = {statement.sid for statement in found.statements}
        sids = (f"{OUR_SID}{number if number > 1 else ''}" for number in range(1, len(taken) + 2))
        grant["Sid"] = next(sid for sid in sids if sid not in taken)
        statements.append(grant)
    return _as_text({**document, "Statement": statements})


def grant_change(before: str, after: str) -> GrantChange:
    """What :func:`with_grant`, which made ``after`` of ``before``, changed in it."""
    if not before.strip():
        return GrantChange.NEW_POLICY
    had, has = (len(statements_of(read_document(policy))) for policy in (before, after))
    return GrantChange.ADDED if has > had else GrantChange.PUT_RIGHT


def _is_enough(one: Weighed, question: Question) -> bool:
    if not one.statement.allows:
        return False
    if one.whole.truth is Truth.TRUE:
        return True
    # Without the account we cannot see whether our own limit to it is right: that is no reason to take it away.
    unjudged = {name.lower() for name in one.whole.unknown}
    return (
        _is_ours(one.statement)
        and one.whole.truth is Truth.UNKNOWN
        and question.is_topic
        and not question.source_account
        and unjudged == {"aws:sourceaccount"}
    )


def _is_ours(statement: Statement) -> bool:
    """Whether it has our Sid and is for nobody but Mechanical Turk, so that replacing it takes nothing from others."""
    return (
        re.fullmatch(rf"{OUR_SID}[0-9]*", statement.sid) is not None
        and statement.allows
        and not statement.everyone
        and not statement.except_principals
        and all(principal == ("Service", SERVICE) or principal[1] in OUTDATED for principal in statement.principals)
    )


def _as_text(document: dict[str, Any]) -> str:
    # Without blanks: the service counts bytes.
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only as an escape can it travel
        return json.dumps(document, separators=(",", ":"))
    return text
