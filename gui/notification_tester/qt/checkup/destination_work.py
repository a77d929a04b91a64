# SPDX-License-Identifier: MIT
"""Making a queue or topic, and looking after throw-away queues: each call off the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.destination import Transport
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.destination import QueueAddress, TopicAddress
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.throwaway import TemporaryFound
    from notification_tester.services.session import Session


class Removed(NamedTuple):
    """The throw-away queues that are left, and what was in the way of the first that could not be removed."""

    left: Sequence[TemporaryFound]
    problem: Problem | None


class DestinationWork:
    """Every method answers with ``done`` or ``failed`` on the main thread; before there is a session, not at all."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def create(
        self,
        opened: OpenAccount,
        transport: Transport,
        name: str,
        *,
        done: Callable[[QueueAddress | TopicAddress], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Make a queue or topic that lets Mechanical Turk in."""

        def work(session: Session) -> QueueAddress | TopicAddress:
            make = session.mend.create_queue if transport is Transport.SQS else session.mend.create_topic
            return make(opened, name)

        session = self._program.session
        if session is not None:
            self._program.tasks.run(lambda: work(session), done=done, failed=failed)

    def throwaways(
        self,
        opened: OpenAccount,
        *,
        done: Callable[[Sequence[TemporaryFound]], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Find every queue that this program has made for a test and that is still there."""
        session = self._program.session
        if session is not None:
            self._program.tasks.run(lambda: session.throwaway.found(opened), done=done, failed=failed)

    def remove(
        self,
        opened: OpenAccount,
        queues: Sequence[TemporaryFound],
        *,
        done: Callable[[Removed], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Remove some of them, as far as it goes."""

        def work(session: Session) -> Removed:
            problem: Problem | None = None
            gone: list[TemporaryFound] = []
            for one in queues:
                try:
                    session.throwaway.remove(opened, one)
                    gone.append(one)
                except ProblemError as error:
                    problem = problem or error.problem
            left: Sequence[TemporaryFound] = [one for one in queues if one not in gone]
            try:
                # SQS lists a queue for up to a minute after it was deleted.
                addresses = {one.address for one in gone}
                left = [one for one in session.throwaway.found(opened) if one.address not in addresses]
            except ProblemError as error:
                problem = problem or error.problem
            return Removed(left=left, problem=problem)

        session = self._program.session
        if session is not None:
            self._program.tasks.run(lambda: work(session), done=done, failed=failed)
