# SPDX-License-Identifier: MIT
"""Can notifications arrive at this destination? All questions are asked side by side, and each answer is judged as soon
as it is there.

Some questions need another's answer: a key is known once its queue has named it, subscribed queues once the topic has.
So a checkup takes as long as its slowest chain of calls: one call for an account or a mailbox, one for a queue or two
where it has a key of KMS (three where that is named by an alias), and for a topic one more than for its slowest queue.
No call changes anything, and no message is read.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.destination import EmailAddress, QueueAddress
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.way import way_of_findings
from notification_tester.services.calls import Calls, CheckupStoppedError
from notification_tester.services.checkup.parts import AccountPart, MailPart, NoPart, Part, QueuePart
from notification_tester.services.checkup.topic_part import TopicPart
from notification_tester.services.readers import Readers
from notification_tester.services.refusals import refuse_what_practice_cannot_reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from dns.resolver import Resolver

    from notification_tester.domain.destination import Destination
    from notification_tester.domain.problem import Problem
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.checkup.parts import Question


_BEFORE_ALL, _AFTER_ALL = -inf, inf
"""The places of what no question found."""


class Checkup:
    """Looks at accounts and destinations. Safe to call from any thread.

    ``readers`` of this program are nobody else. ``now`` is this computer's clock, and ``resolver`` who is asked about
    mail domains; both are for tests.
    """

    def __init__(
        self,
        *,
        readers: Readers | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
        resolver: Resolver | None = None,
    ) -> None:
        self._readers = Readers() if readers is None else readers
        self._now = now
        self._resolver = resolver

    def run(
        self,
        opened: OpenAccount,
        destination: Destination,
        *,
        progress: Callable[[Finding], None] | None = None,
        stop: threading.Event,
        ask_permissions: bool = True,
    ) -> CheckupReport:
        """Look at the account and one destination.

        ``progress`` hears of every finding as soon as it is made, from this thread. Without ``ask_permissions`` the
        calls that ask Mechanical Turk what these keys may do are left out, for a checkup that nobody asked for. When
        ``stop`` is set, the report has what was found until then and says so. A failed call is a finding, never an
        exception.
        """
        return self._run(opened, destination, progress=progress, stop=stop, ask_permissions=ask_permissions)

    def account(
        self,
        opened: OpenAccount,
        *,
        progress: Callable[[Finding], None] | None = None,
        stop: threading.Event | None = None,
    ) -> CheckupReport:
        """Look at the account alone."""
        return self._run(opened, None, progress=progress, stop=stop or threading.Event(), ask_permissions=True)

    def _run(
        self,
        opened: OpenAccount,
        destination: Destination | None,
        *,
        progress: Callable[[Finding], None] | None,
        stop: threading.Event,
        ask_permissions: bool,
    ) -> CheckupReport:
        found, asked_for = _Found(progress), destination
        about = f"Account {opened.account.name} ({opened.account.environment.badge.lower()})"
        if destination is not None:
            about += f", {destination.transport.value} to {destination.text}"
            try:
                refuse_what_practice_cannot_reach(opened, destination)
            except ProblemError as error:
                found.take(_BEFORE_ALL, [_not_looked_at(error.problem)])
                destination = None
        calls = Calls(stop)
        try:
            account = AccountPart(calls, opened, now=self._now, ask_permissions=ask_permissions)
            part = self._part(calls, opened, destination, account)
            questions: list[Question] = [*part.questions(), partial(account.findings, part.another_answers)]
            for place, findings in calls.each_answer([calls.begin(question) for question in questions]):
                found.take(place, findings)
        except CheckupStoppedError:
            found.take(_AFTER_ALL, [_STOPPED])
        finally:
            calls.close()
        findings = found.in_order()
        way = None if asked_for is None else way_of_findings(asked_for.transport, asked_for.name, findings)
        return CheckupReport.of(findings, about=about, way=way)

    def _part(self, calls: Calls, opened: OpenAccount, destination: Destination | None, account: AccountPart) -> Part:
        match destination:
            case None:
                return NoPart(calls, opened)
            case QueueAddress():
                return QueuePart(calls, opened, destination, account.caller_id, self._readers)
            case EmailAddress():
                return MailPart(calls, opened, destination, self._resolver)
            case _:
                return TopicPart(calls, opened, destination, account.caller_id)


class _Found:
    """What was found until now. Its order is that of the questions, whichever answer came first."""

    def __init__(self, progress: Callable[[Finding], None] | None) -> None:
        self._progress = progress
        self._findings: dict[float, list[Finding]] = {}

    def take(self, place: float, findings: list[Finding]) -> None:
        """Take down what one question found, by its place among them."""
        self._findings[place] = findings
        for finding in findings:
            if self._progress is not None:
                self._progress(finding)

    def in_order(self) -> list[Finding]:
        """Everything."""
        return [finding for place in sorted(self._findings) for finding in self._findings[place]]


def _not_looked_at(problem: Problem) -> Finding:
    return Finding.of_problem(problem, "destination.readable", Level.UNKNOWN)


_STOPPED = Finding(
    id="checkup.stopped",
    level=Level.UNKNOWN,
    title="The checkup was stopped before its end.",
    detail="What is not listed was not looked at.",
    remedy="Check again.",
)
