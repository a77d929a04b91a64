# SPDX-License-Identifier: MIT
"""Can notifications arrive at this destination? All questions are asked side by side, then the answers are judged.

Only a topic's subscriptions need a second round (who is subscribed, then what each of them says), so a checkup takes as
long as its slowest call, or its slowest two for a topic. No call changes anything, and no message is read.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from notification_tester.domain.destination import EmailAddress, QueueAddress
from notification_tester.domain.finding import CheckupReport, Finding, Level
from notification_tester.services.checkup_calls import Calls, StoppedError
from notification_tester.services.checkup_parts import (
    AccountPart,
    MailPart,
    Part,
    QueuePart,
    TopicPart,
    another_answers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dns.resolver import Resolver

    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount


class Checkup:
    """Looks at accounts and destinations. Safe to call from any thread.

    ``now`` is this computer's clock, and ``resolver`` who is asked about mail domains; both are for tests.
    """

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(tz=UTC), resolver: Resolver | None = None
    ) -> None:
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
        found: list[Finding] = []

        def tell(findings: Iterable[Finding]) -> None:
            for finding in findings:
                found.append(finding)
                if progress is not None:
                    progress(finding)

        about = f"Account {opened.account.name} ({opened.account.environment.badge.lower()})"
        if destination is not None:
            about += f", {destination.transport.value} to {destination.text}"
        calls = Calls(stop)
        try:
            account = AccountPart(calls, opened, now=self._now, ask_permissions=ask_permissions)
            match destination:
                case None:
                    part: Part | None = None
                case QueueAddress():
                    part = QueuePart(calls, opened, destination)
                case EmailAddress():
                    part = MailPart(calls, opened, destination, self._resolver)
                case _:
                    part = TopicPart(calls, opened, destination)
            if part is not None:
                tell(part.findings(account.caller_id()))
            another = part.another_answers if part is not None else partial(another_answers, opened)
            tell(account.findings(another))
        except StoppedError:
            tell([_STOPPED])
        finally:
            calls.close()
        return CheckupReport.of(found, about=about)


_STOPPED = Finding(
    id="checkup.stopped",
    level=Level.UNKNOWN,
    title="The checkup was stopped before its end.",
    detail="What is not listed was not looked at.",
    remedy="Check again.",
)
