# SPDX-License-Identifier: MIT
"""What Mechanical Turk asks of a queue or topic, and one statement held against it, element by element.

See policy.py for the documents followed and for the readings that are our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from notification_tester.domain.policy_conditions import (
    FAILS,
    HOLDS,
    ContextKey,
    Finding,
    Truth,
    all_of,
    any_of,
    cannot_tell,
    judge_condition,
    matches,
    opposite,
)
from notification_tester.domain.policy_statement import Policy, Statement, quoted
from notification_tester.domain.problem import input_problem

SERVICE = "mturk-requester.amazonaws.com"
# The user, its account in both spellings, and its unique id (also the SenderId of MTurk's messages).
OUTDATED = frozenset(
    {
        "arn:aws:iam::755651556756:user/MTurk-SQS",
        "arn:aws:iam::755651556756:root",
        "755651556756",
        "AIDAIXO4EZE6RHVSXIN4E",
    }
)
_SERVICE_IN_A_REGION = re.compile(r"mturk-requester\.[a-z]{2}(-[a-z]+)+-[0-9]+\.amazonaws\.com", re.IGNORECASE)
_ARN = re.compile(r"arn:aws[a-z-]*:(?P<service>sqs|sns):[a-z0-9-]*:[0-9]{12}:[A-Za-z0-9_-]+(\.fifo)?")


@dataclass(frozen=True, kw_only=True)
class Question:
    """Who is to be let in where. Raises ProblemError for what is no ARN of a queue or topic, or no account id.

    ``source_account``: the twelve digits of the AWS account linked to Mechanical Turk, empty where not known;
    ``source_arn``: likewise, where it is known that one is sent.
    """

    resource_arn: str
    source_account: str = ""
    source_arn: str = ""

    def __post_init__(self) -> None:
        if not _ARN.fullmatch(self.resource_arn):
            raise input_problem(
                "policy.resource",
                title="This is not the ARN of a queue or topic.",
                detail=f"A policy is judged for a queue or a topic, and {quoted(self.resource_arn)} is neither.",
                remedy="Give an ARN such as arn:aws:sqs:us-east-1:123456789012:my-queue.",
            )
        if self.source_account and not re.fullmatch(r"[0-9]{12}", self.source_account):
            raise input_problem(
                "policy.account",
                title="This is not an AWS account id.",
                detail=f"An account id is twelve digits without hyphens, and this is {quoted(self.source_account)}.",
                remedy="Copy it from the Developer page of Mechanical Turk, or leave it out.",
            )

    @property
    def is_topic(self) -> bool:
        """Whether the resource is a topic rather than a queue."""
        return self.resource_arn.split(":")[2] == "sns"

    @property
    def action(self) -> str:
        """What Mechanical Turk has to be allowed."""
        return "sns:Publish" if self.is_topic else "sqs:SendMessage"

    @property
    def place(self) -> str:
        """What the resource is called in a sentence."""
        return "topic" if self.is_topic else "queue"

    @property
    def deed(self) -> str:
        """What is to be allowed, in a sentence."""
        return f"send to this {self.place}"

    @property
    def context(self) -> dict[str, ContextKey]:
        """The condition keys of the request that something is known of."""
        return {
            "aws:securetransport": ContextKey(sent=Truth.TRUE, value="true"),
            "aws:principalisawsservice": ContextKey(sent=Truth.TRUE, value="true"),
            "aws:principalservicename": ContextKey(sent=Truth.TRUE, value=SERVICE),
            "aws:sourceaccount": ContextKey(
                sent=Truth.TRUE if self.is_topic else Truth.UNKNOWN,
                value=self.source_account or None,
                never=r"(?![0-9]{12}\Z)[^*?$]*",
            ),
            "aws:sourcearn": ContextKey(
                sent=Truth.TRUE if self.source_arn else Truth.UNKNOWN,
                value=self.source_arn or None,
                never=r"arn:[^:]*:(?!mturk|mechanicalturk)[^:*?$]+:.*",
            ),
        }


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """One statement, held against the question element by element."""

    statement: Statement
    principal: Finding
    action: Finding
    resource: Finding
    condition: Finding

    @property
    def parts(self) -> tuple[Finding, ...]:
        """The four elements that a statement needs to apply."""
        return (self.principal, self.action, self.resource, self.condition)

    @property
    def whole(self) -> Finding:
        """Whether the statement applies."""
        return all_of(self.parts)

    @property
    def names_the_service(self) -> bool:
        """Whether it is for Mechanical Turk by name, rather than for everyone."""
        return not self.statement.except_principals and ("Service", SERVICE) in self.statement.principals


def weigh(policy: Policy, question: Question) -> list[Weighed]:
    """Hold every statement against the question, in the policy's order."""
    context, variables = question.context, policy.has_variables
    return [
        Weighed(
            statement=statement,
            principal=_principal(statement),
            action=_listed(
                any_of(
                    matches(action, question.action, variables=False, ignore_case=True) for action in statement.actions
                ),
                is_except=statement.except_actions,
                failing=f"it is not for {question.action}",
            ),
            resource=_listed(
                any_of(matches(name, question.resource_arn, variables=variables) for name in statement.resources),
                is_except=statement.except_resources,
                failing=f"it is not for this {question.place}, "
                f"but for {'all except ' if statement.except_resources else ''}{quoted(statement.resources[0])}",
            ),
            condition=all_of(
                judge_condition(condition, context, variables=variables) for condition in statement.conditions
            ),
        )
        for statement in policy.statements
    ]


def _listed(found: Finding, *, is_except: bool, failing: str) -> Finding:
    finding = opposite(found) if is_except else found
    return Finding(truth=Truth.FALSE, failing=failing) if finding.truth is Truth.FALSE else finding


def _principal(statement: Statement) -> Finding:
    found = HOLDS if statement.everyone else any_of(_one_principal(*principal) for principal in statement.principals)
    shown = quoted(statement.principals[0][1]) if statement.principals else "nobody"
    failing = f"it is not for the service {SERVICE}, but for {shown}"
    if statement.except_principals:
        failing = f"it leaves out {SERVICE}"
    return _listed(found, is_except=statement.except_principals, failing=failing)


def _one_principal(kind: str, name: str) -> Finding:
    if (kind, name) in {("AWS", "*"), ("Service", SERVICE)}:
        return HOLDS
    if kind == "AWS" and name in OUTDATED:
        return cannot_tell(name)
    if kind == "Service" and (name == "*" or name.lower() == SERVICE or _SERVICE_IN_A_REGION.fullmatch(name)):
        return cannot_tell(f"Service {name}")
    return FAILS
