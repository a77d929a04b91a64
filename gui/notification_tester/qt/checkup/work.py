# SPDX-License-Identifier: MIT
"""What the windows of the checkup ask the services, each call off the main thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.qt.background.gathering import Gathering
from notification_tester.storage.whole_file import save_bytes

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from notification_tester.domain.destination import Destination
    from notification_tester.domain.finding import CheckupReport, Finding
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.checkup.mend import Mended, Proposal
    from notification_tester.services.session import Session


class CheckupWork:
    """Every method answers with ``done`` or ``failed`` on the main thread; before there is a session, not at all."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def check(
        self,
        opened: OpenAccount,
        destination: Destination,
        *,
        ask_permissions: bool,
        stop: threading.Event,
        done: Callable[[CheckupReport], None],
        failed: Callable[[Problem], None],
        found: Callable[[Sequence[Finding]], None] | None = None,
    ) -> None:
        """Look at an account and a destination; ``found`` hears of findings on the way, a few at a time."""
        gathering = None if found is None else Gathering(self._program.tasks, found)

        def work(session: Session) -> CheckupReport:
            return session.checkup.run(
                opened,
                destination,
                progress=None if gathering is None else gathering.add,
                stop=stop,
                ask_permissions=ask_permissions,
            )

        session = self._program.session
        if session is not None:
            self._program.tasks.run(partial(work, session), done=done, failed=failed)

    def propose(
        self,
        opened: OpenAccount,
        destination: Destination,
        *,
        done: Callable[[Proposal | None], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Find out what would have to change."""
        session = self._program.session
        if session is not None:
            self._program.tasks.run(lambda: session.mend.proposal(opened, destination), done=done, failed=failed)

    def apply(
        self,
        opened: OpenAccount,
        proposal: Proposal,
        *,
        done: Callable[[Mended], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Write a change."""
        session = self._program.session
        if session is not None:
            self._program.tasks.run(lambda: session.mend.apply(opened, proposal), done=done, failed=failed)

    def undo(
        self,
        opened: OpenAccount,
        mended: Mended,
        *,
        done: Callable[[Mended], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Take a change back."""
        session = self._program.session
        if session is not None:
            self._program.tasks.run(lambda: session.mend.undo(opened, mended), done=done, failed=failed)

    def save(self, path: str, text: str, *, done: Callable[[None], None], failed: Callable[[Problem], None]) -> None:
        """Write a report to a file."""
        session = self._program.session
        owner = None if session is None else session.owner
        write = partial(save_bytes, Path(path), text.encode("utf-8", "replace"), what="the report", owner=owner)
        self._program.tasks.run(write, done=done, failed=failed)
