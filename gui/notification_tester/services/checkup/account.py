# SPDX-License-Identifier: MIT
"""What the answers to a checkup's questions say about the account: keys, clock, link, permissions, the service itself.

No call is made here. ``None`` in the place of an answer's Problem means that the call was taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notification_tester.aws.error_table import folded
from notification_tester.aws.errors import NO_CONNECTION, is_of_sign_in, without_network
from notification_tester.aws.probes import WhoAndWhen
from notification_tester.domain.account import MTURK_ENDPOINTS, Environment
from notification_tester.domain.counts import counted
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.problem import Cause, Problem

if TYPE_CHECKING:
    from datetime import datetime

CLOCK_BEWARE_SECONDS = 60
CLOCK_BROKEN_SECONDS = 300
"""Amazon refuses calls that are signed five minutes off or more (Signature Version 4)."""

_SILENT = frozenset({Cause.UNREACHABLE, Cause.NO_NETWORK})
_UNKNOWN_OPERATION = frozenset({folded("UnknownOperation"), folded("InvalidAction")})


@dataclass(frozen=True, kw_only=True)
class AccountAnswers:
    """What the services said. ``asked_at`` is this computer's time when STS answered.

    ``tests``, ``sets`` and ``lists`` are what the calls without effect met; ``are_asked`` is whether they were made.
    """

    who: WhoAndWhen | Problem
    asked_at: datetime
    balance: Problem | None
    tests: Problem | None = None
    sets: Problem | None = None
    lists: Problem | None = None
    are_asked: bool = True

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that was refused."""
        found = (self.who, self.balance, self.tests, self.sets, self.lists)
        return tuple(one for one in found if isinstance(one, Problem))

    @property
    def of_mturk(self) -> tuple[Problem | None, ...]:
        """What Mechanical Turk said to each call."""
        return (self.balance, self.tests, self.sets, self.lists) if self.are_asked else (self.balance,)

    @property
    def mturk_answered(self) -> bool:
        """Whether Mechanical Turk said anything; a call that failed before, or at the sign-in, never came to it."""
        return any(
            one is None or (one.cause not in _SILENT and one.answer.http_status and not is_of_sign_in(one))
            for one in self.of_mturk
        )

    @property
    def silence(self) -> Problem | None:
        """How Mechanical Turk's silence showed, where none of the calls that went out was answered."""
        silent = next((one for one in self.of_mturk if one is not None and one.cause in _SILENT), None)
        return None if self.mturk_answered else silent

    @property
    def nobody_answered(self) -> bool:
        """Whether STS was as silent as Mechanical Turk."""
        return self.silence is not None and isinstance(self.who, Problem) and self.who.cause in _SILENT

    def first(self, *causes: Cause) -> Problem | None:
        """The first refusal for one of these causes, Mechanical Turk's before that of STS."""
        found = [one for one in self.of_mturk if one is not None] + [one for one in self.problems if one is self.who]
        return next((one for one in found if one.cause in causes), None)


def account_findings(answers: AccountAnswers, *, environment: Environment, others_answer: bool) -> list[Finding]:
    """Judge the answers. ``others_answer``: where neither Mechanical Turk nor STS did, whether another service does."""
    findings = [_keys(answers, environment), _clock(answers)]
    if (silence := answers.silence) is not None:
        is_alone = not answers.nobody_answered or others_answer
        findings.append(_silence(silence, is_alone=is_alone, is_amazons=environment in MTURK_ENDPOINTS))
    elif trouble := answers.first(Cause.SERVICE, Cause.SLOW_DOWN):
        findings.append(_of(trouble, "account.service", Level.UNKNOWN, why=_WHY_SERVICE))
    else:
        findings.append(
            Finding(id="account.service", level=Level.GOOD, title="Mechanical Turk is there and answers.")
            if answers.mturk_answered
            else _unasked("account.service", "Whether Mechanical Turk answers")
        )
    findings.append(_link(answers))
    findings += _permissions(answers)
    return findings


_WHY_SERVICE = "Without Mechanical Turk nothing is sent."


def _of(problem: Problem, finding_id: str, level: Level, *, why: str = "") -> Finding:
    """A problem as a finding, with the code that Mechanical Turk gave."""
    exact = f" ({problem.answer.code})" if problem.answer.code and problem.answer.code not in problem.detail else ""
    return Finding.of_problem(problem, finding_id, level, detail=f"{problem.detail}{exact}", why=why)


def _unasked(finding_id: str, what: str, because: str = "the calls before it did not come through") -> Finding:
    return Finding(
        id=finding_id,
        level=Level.UNKNOWN,
        title=f"{what} cannot be told.",
        detail=f"It is not known, because {because}.",
    )


def _silence(silent: Problem, *, is_alone: bool, is_amazons: bool) -> Finding:
    if silent.code.startswith("network.") and silent.cause is not Cause.NO_NETWORK:  # a proxy, a certificate
        return _of(silent, "account.network", Level.BROKEN, why=_WHY_SERVICE)
    if is_alone and silent.cause is not Cause.NO_NETWORK:
        finding = _of(silent, "account.service", Level.BROKEN, why=_WHY_SERVICE)
        return replace(
            finding, detail=f"{finding.detail} Other services do answer, so it is not this computer's network."
        )
    why = "Nothing can be asked without one."
    if silent.cause is Cause.NO_NETWORK:
        return _of(silent, "account.network", Level.BROKEN, why=why)
    if is_amazons and silent.code in NO_CONNECTION:
        return _of(without_network(silent), "account.network", Level.BROKEN, why=why)
    finding = _of(silent, "account.network", Level.BROKEN, why=_WHY_SERVICE)
    return replace(finding, detail=f"{finding.detail} No other service of this account answers either.")


def _clock(answers: AccountAnswers) -> Finding:
    why = "Every call carries the time, and Amazon refuses those that are five minutes off."
    if (refused := answers.first(Cause.CLOCK)) is not None:
        return _of(refused, "account.clock", Level.BROKEN, why=why)
    if not isinstance(answers.who, WhoAndWhen) or answers.who.server_time is None:
        if _keys_were_read(answers):
            return Finding(
                id="account.clock",
                level=Level.GOOD,
                title="This computer's clock is right enough.",
                detail="Mechanical Turk takes the time that it tells.",
            )
        return _unasked("account.clock", "Whether this computer's clock is right", "no service told its time")
    off = (answers.asked_at - answers.who.server_time).total_seconds()
    level = Level.GOOD
    if abs(off) > CLOCK_BEWARE_SECONDS:
        level = Level.BROKEN if abs(off) >= CLOCK_BROKEN_SECONDS else Level.BEWARE
    if level is Level.GOOD:
        return Finding(id="account.clock", level=level, title="This computer's clock is right.")
    return Finding(
        id="account.clock",
        level=level,
        title="This computer's clock is wrong.",
        detail=f"It is {counted(round(abs(off)), 'second')} {'ahead of' if off > 0 else 'behind'} Amazon's.",
        why=why,
        remedy="Let the system set date, time and time zone by itself.",
    )


def _keys(answers: AccountAnswers, environment: Environment) -> Finding:
    why = "Every call is signed with them."
    who = answers.who
    taken = _keys_were_read(answers)
    refused = answers.first(Cause.KEYS)
    if refused is not None and not taken:
        return _of(refused, "account.keys", Level.BROKEN, why=why)
    if isinstance(who, WhoAndWhen):
        return Finding(
            id="account.keys",
            level=Level.GOOD,
            title=f"The keys are valid: {who.caller.user}, account {who.caller.account_id}.",
        )
    if environment is Environment.OTHER and taken:
        return Finding(
            id="account.keys",
            level=Level.GOOD,
            title="The service takes the keys.",
            detail="Whose they are is not known: this service has no sign-in service that tells.",
        )
    return Finding(
        id="account.keys",
        level=Level.UNKNOWN,
        title="Whose keys these are cannot be told.",
        detail=f"{who.title} {who.detail}",
        why=why,
        remedy=who.remedy,
        remedies=who.remedies,
    )


def _keys_were_read(answers: AccountAnswers) -> bool:
    """Whether Mechanical Turk took keys and time of a call, whatever it then said to it."""
    passed = {Cause.PERMISSION, Cause.NOT_LINKED}
    return any(one is None or one.cause in passed for one in answers.of_mturk)


def _link(answers: AccountAnswers) -> Finding:
    why = "Mechanical Turk works for an AWS account only once it is linked to a requester account, here."
    if (unlinked := answers.first(Cause.NOT_LINKED)) is not None:
        return _of(unlinked, "account.link", Level.BROKEN, why=why)
    if answers.balance is None or (answers.are_asked and answers.lists is None):
        return Finding(
            id="account.link", level=Level.GOOD, title="The AWS account is linked to Mechanical Turk here.", why=why
        )
    return _unasked("account.link", "Whether the AWS account is linked to Mechanical Turk")


@dataclass(frozen=True, kw_only=True)
class _Permission:
    id: str
    may: str
    may_not: str
    action: str
    level: Level
    why: str


_PERMISSIONS = (
    _Permission(
        id="account.test",
        may="These keys may send test events.",
        may_not="These keys may not send test events.",
        action="mechanicalturk:SendTestEventNotification",
        level=Level.BROKEN,
        why="A test is how one sees whether notifications arrive.",
    ),
    _Permission(
        id="account.set",
        may="These keys may set notifications.",
        may_not="These keys may not set notifications.",
        action="mechanicalturk:UpdateNotificationSettings",
        level=Level.BEWARE,
        why="A HIT type tells of its events only once that is set; somebody with other keys has to do it.",
    ),
    _Permission(
        id="account.list",
        may="These keys may list HITs.",
        may_not="These keys may not list HITs.",
        action="mechanicalturk:ListHITs",
        level=Level.BEWARE,
        why="Without the list, HIT types have to be typed in by their id.",
    ),
)


def _permissions(answers: AccountAnswers) -> list[Finding]:
    if not answers.are_asked:
        return []
    pairs = zip(_PERMISSIONS, (answers.tests, answers.sets, answers.lists), strict=True)
    findings = [_permission(permission, met) for permission, met in pairs]
    if all(finding.level is Level.UNKNOWN for finding in findings):
        return [_unasked("account.permissions", "What these keys may do")]
    return findings


def _permission(permission: _Permission, met: Problem | None) -> Finding:
    if met is not None and folded(met.code) in _UNKNOWN_OPERATION:
        return _of(met, permission.id, permission.level, why=permission.why)
    if met is None or met.cause is Cause.REFUSED:
        return Finding(id=permission.id, level=Level.GOOD, title=permission.may)
    if met.cause is Cause.PERMISSION:
        return Finding(
            id=permission.id,
            level=permission.level,
            title=permission.may_not,
            detail=f"Mechanical Turk answered: {met.answer.message or met.answer.code}",
            why=permission.why,
            remedy=f"Ask the administrator of the AWS account to allow {permission.action}; the program writes the "
            "policy to send along.",
        )
    return Finding.of_problem(
        met,
        permission.id,
        Level.UNKNOWN,
        title=f"Whether {permission.may[0].lower()}{permission.may[1:-1]} cannot be told.",
        detail=f"{met.title} {met.detail}",
        why=permission.why,
    )
