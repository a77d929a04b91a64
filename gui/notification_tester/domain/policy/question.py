# SPDX-License-Identifier: MIT
"""What a service of AWS's asks of a queue or topic, and one statement held against it, element by element.

See judgement.py for the documents followed and for the readings that are our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from notification_tester.domain.policy.conditions import judge_condition
from notification_tester.domain.policy.context import Context
from notification_tester.domain.policy.pattern import matches
from notification_tester.domain.policy.statement import Policy, Statement, quoted
from notification_tester.domain.policy.truth import FAILS, HOLDS, Finding, Truth, all_of, any_of, cannot_tell, opposite
from notification_tester.domain.problem import input_problem

SERVICE = "mturk-requester.amazonaws.com"
SNS_SERVICE = "sns.amazonaws.com"
# The user, its account in both spellings, and its unique id (also the SenderId of MTurk's messages).
OUTDATED = frozenset(
    {
        "arn:aws:iam::755651556756:user/MTurk-SQS",
        "arn:aws:iam::755651556756:root",
        "755651556756",
        "AIDAIXO4EZE6RHVSXIN4E",
    }
)
_NAMES = {SERVICE: "Mechanical Turk", SNS_SERVICE: "Amazon SNS"}
_REGION_IN_A_NAME = r"\.[a-z]{2}(-[a-z]+)+-[0-9]+\.amazonaws\.com"
_ARN = re.compile(r"arn:aws[a-z-]*:(?P<service>sqs|sns):[a-z0-9-]*:[0-9]{12}:[A-Za-z0-9_-]+(\.fifo)?")


def _now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Who is to be let in where. Raises ProblemError for what is no ARN of a queue or topic, or no account id.

    ``service``: the name of the service that calls. ``source_account``: the twelve digits of the AWS account on whose
    behalf it does, for Mechanical Turk the one that is linked to it, empty where not known; ``source_arn``: likewise,
    where it is known that one is sent. ``is_account_sent``: whether the account comes with the call; None as far as it
    is documented. ``now``: when it calls.
    """

    resource_arn: str
    source_account: str = ""
    source_arn: str = ""
    service: str = SERVICE
    is_account_sent: bool | None = None
    now: datetime = field(default_factory=_now, compare=False)

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
    def who(self) -> str:
        """The service in words."""
        return _NAMES.get(self.service, self.service)

    @property
    def is_topic(self) -> bool:
        """Whether the resource is a topic rather than a queue."""
        return self.resource_arn.split(":")[2] == "sns"

    @property
    def action(self) -> str:
        """What the service has to be allowed."""
        return "sns:Publish" if self.is_topic else "sqs:SendMessage"

    @property
    def place(self) -> str:
        """What the resource is called in a sentence."""
        return "topic" if self.is_topic else "queue"

    @property
    def to_do(self) -> str:
        """What is to be allowed, in a sentence."""
        return f"send to this {self.place}"

    @property
    def outdated(self) -> frozenset[str]:
        """Under which principals of older instructions the service may be known."""
        return OUTDATED if self.service == SERVICE else frozenset()

    @cached_property
    def context(self) -> Context:
        """The condition keys of the call that something is known of."""
        region, owner = (self.resource_arn.split(":", 5) + [""] * 5)[3:5]
        is_sent = self.is_topic if self.is_account_sent is None else self.is_account_sent
        return Context(
            service=self.service,
            place=self.place,
            region=region,
            owner=owner,
            now=self.now.timestamp(),
            source_account=self.source_account,
            is_account_sent=Truth.TRUE if is_sent else Truth.UNKNOWN if self.is_account_sent is None else Truth.FALSE,
            source_arn=self.source_arn,
            own_names=self.outdated,
        )


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """One statement, held against the question element by element."""

    statement: Statement
    principal: Finding
    action: Finding
    resource: Finding
    condition: Finding
    names_the_service: bool  # by name, rather than by letting everyone in
    misses_the_service: bool  # it means the service and does not name it rightly

    @property
    def parts(self) -> tuple[Finding, ...]:
        """The four elements that a statement needs to apply."""
        return (self.principal, self.action, self.resource, self.condition)

    @cached_property
    def whole(self) -> Finding:
        """Whether the statement applies."""
        return all_of(self.parts)


def weigh(policy: Policy, question: Question) -> list[Weighed]:
    """Hold every statement against the question, in the policy's order."""
    return [weigh_one(statement, question, variables=policy.has_variables) for statement in policy.statements]


def weigh_one(statement: Statement, question: Question, *, variables: bool) -> Weighed:
    """Hold one statement against the question. ``variables``: whether its policy knows them."""
    service, context = question.service, question.context
    resources = statement.resources
    shown = f"{'all except ' if statement.except_resources else ''}{_first(resources)}"
    return Weighed(
        statement=statement,
        principal=_principal(statement, question),
        action=_listed(
            any_of(matches(action, question.action, variables=False, ignore_case=True) for action in statement.actions),
            is_except=statement.except_actions,
            failing=f"it is not for {question.action}",
        ),
        resource=_listed(
            any_of(matches(name, question.resource_arn, variables=variables) for name in resources),
            is_except=statement.except_resources,
            failing=f"it is not for this {question.place}, but for {shown}",
        ),
        condition=all_of(judge_condition(one, context, variables=variables) for one in statement.conditions),
        names_the_service=not statement.except_principals and ("Service", service) in statement.principals,
        misses_the_service=any(_misses(kind, name, service) for kind, name in statement.principals),
    )


def _listed(found: Finding, *, is_except: bool, failing: str) -> Finding:
    finding = opposite(found) if is_except else found
    return Finding(truth=Truth.FALSE, because=failing) if finding.truth is Truth.FALSE else finding


def _first(names: tuple[str, ...]) -> str:
    return quoted(names[0]) + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _principal(statement: Statement, question: Question) -> Finding:
    principals = statement.principals
    found = HOLDS if statement.everyone else any_of(_one_principal(*one, question) for one in principals)
    failing = f"it is not for the service {question.service}, but for {_principals(principals)}"
    if statement.except_principals:
        failing = f"it leaves out {question.service}"
    elif missed := next((one for one in principals if _misses(*one, question.service)), None):
        failing = _missed(*missed, question.service)
    return _listed(found, is_except=statement.except_principals, failing=failing)


def _principals(principals: tuple[tuple[str, str], ...]) -> str:
    if not principals:
        return "nobody"
    kind, name = principals[0]
    more = f" and {len(principals) - 1} more" if len(principals) > 1 else ""
    return f"{quoted(name)} (given as {kind}){more}"


def _one_principal(kind: str, name: str, question: Question) -> Finding:
    if (kind, name) in {("AWS", "*"), ("Service", question.service)}:
        return HOLDS
    if kind == "AWS" and name in question.outdated:
        return cannot_tell(name)
    if kind != "Service":
        return FAILS
    stem = re.escape(question.service.removesuffix(".amazonaws.com"))
    if name == "*" or name.lower() == question.service or re.fullmatch(stem + _REGION_IN_A_NAME, name, re.IGNORECASE):
        return cannot_tell(f"Service {name}")
    # A principal has no wildcards and no variables, so that a placeholder is all that can make a name of it.
    return matches(name, question.service, variables=False, wildcards=False)


def _misses(kind: str, name: str, service: str) -> bool:
    """Whether a principal means the service, and is not it."""
    cleaned = name.strip().strip("\u200b\ufeff\"'").lower().removeprefix("https://").rstrip("/.")
    stem = service.removesuffix(".amazonaws.com")
    is_meant = cleaned == service or (kind == "Service" and cleaned in {stem, f"{service}.cn"})
    return is_meant and (kind != "Service" or name.lower() != service)


def _missed(kind: str, name: str, service: str) -> str:
    as_it_should = f'{{"Service": "{service}"}}'
    if kind != "Service":
        return f"{service} is named wrongly: it is given as {kind} and has to be given as Service, {as_it_should}"
    return f"it names {quoted(name)}, and the service has to be given in just these letters: {as_it_should}"
