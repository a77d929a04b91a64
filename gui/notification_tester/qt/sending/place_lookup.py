# SPDX-License-Identifier: MIT
"""What is known of the destination in the form and of where was tested last, asked for while the form is in sight."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from notification_tester.domain.coverage import Coverage, LastTest, Lookup, last_test
from notification_tester.domain.problem import ProblemError
from notification_tester.qt.looks.formatting import now_utc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from notification_tester.domain.delivery import State, TestOutcome
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.events import EventType
    from notification_tester.qt.sending.form import NotificationForm
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.session import Session

PASSING_MILLISECONDS = 1_000
"""How often what is known is told anew, as it is longer ago by then; nothing is asked for that."""

AGES_MILLISECONDS = 20_000
"""How often it is looked up anew how long ago the last tests were, and what the inbox and others saw meanwhile."""


class PlaceLookup(QObject):
    """Has history and Inbox tell, for the account that is :attr:`opened`; an answer to an older question is dropped.

    ``found`` with each new :attr:`coverage`, ``still_known`` where nothing had to be asked, and
    ``recent_found(Sequence[tuple[Destination, State]])``.
    """

    found = Signal()
    still_known = Signal()
    recent_found = Signal(object)

    def __init__(self, program: Program, form: NotificationForm, parent: QObject) -> None:
        super().__init__(parent)
        self._program = program
        self._form = form
        self.opened: OpenAccount | None = None
        self.coverage = Coverage()
        self._covered: tuple[object, ...] = ()  # what the coverage is of: account, destination, who sends
        self._asked = 0  # the newest question for it; an answer to an older one tells what was before a test
        self._asked_recent = 0  # the same of where was tested last
        self._changed: dict[Destination, datetime] = {}  # whose last test was before a change, and its time
        self._unwritten: dict[Destination, dict[EventType, LastTest]] = {}  # tests that are not in the history
        self._last_unwritten: dict[Destination, State] = {}  # of places whose last test is such a one, the newest last
        self._ages = QTimer(self, interval=AGES_MILLISECONDS)
        self._ages.timeout.connect(self.look_for_others)
        self._passing = QTimer(self, interval=PASSING_MILLISECONDS)
        self._passing.timeout.connect(self.still_known)

    def begin(self) -> None:
        """Somebody sees it: look now, and from time to time."""
        self._ages.start()
        self._passing.start()
        self.look_for_others()

    def pause(self) -> None:
        """Nobody sees it."""
        self._ages.stop()
        self._passing.stop()

    def leave(self) -> None:
        """Another account was asked for."""
        self.opened = None
        self._changed = {}
        self._unwritten = {}
        self._last_unwritten = {}

    def was_changed(self, destination: Destination) -> None:
        """Something was written at ``destination``: what was tested before tells little."""
        self._changed[destination] = now_utc()
        self._take(self.coverage)

    def was_tested(self, destination: Destination) -> None:
        """It was tested since, or is as it was before the change."""
        self._changed.pop(destination, None)

    def count_unwritten(self, outcome: TestOutcome) -> None:
        """A test that could not be written down counts as long as its account is open."""
        destination = outcome.spec.destination
        self._last_unwritten.pop(destination, None)
        if outcome.history_id is None:
            test = last_test(outcome, now_utc())
            self._unwritten.setdefault(destination, {})[outcome.event] = test
            self._last_unwritten[destination] = test.state

    def look_for_others(self) -> None:
        """A command, or another window of this person, may have tested meanwhile, here or elsewhere."""
        self.look_again()
        self.find_recent()

    def look_again(self) -> None:
        """Ask also where the same was asked before."""
        self.look_up(again=True)

    def look_up(self, *, again: bool = False) -> None:
        """Have the history tell what was tested at the destination in the form, unless that is known."""
        where = self._form.where
        opened, destination = self.opened, None if where.is_web else self._form.destination.destination()
        is_from_here = where.is_here
        covered = (opened, destination, is_from_here)
        if covered != self._covered:
            self._covered = covered
            is_asked = opened is not None and destination is not None
            self._take(Coverage(lookup=Lookup.UNDER_WAY if is_asked else Lookup.DONE))
        elif not again:
            self.still_known.emit()
            return
        self._asked = number = self._asked + 1
        if opened is None or destination is None:
            return

        def answered(coverage: Coverage) -> None:
            if number == self._asked:
                self._take(coverage)

        self._program.ask(
            partial(_coverage_of, opened, destination, is_from_here),
            done=answered,
            failed=lambda _: answered(Coverage(lookup=Lookup.FAILED)),
        )

    def find_recent(self) -> None:
        """Ask where this account tested last."""
        opened = self.opened
        if opened is None:
            return
        self._asked_recent = number = self._asked_recent + 1

        def answered(places: Sequence[tuple[Destination, State]]) -> None:
            if self.opened is opened and number == self._asked_recent:
                self.recent_found.emit(self._with_unwritten(places))

        self._program.ask(partial(_recent_of, opened), done=answered, failed=lambda _: None)

    def _with_unwritten(self, places: Sequence[tuple[Destination, State]]) -> Sequence[tuple[Destination, State]]:
        """The places that were tested last, those first whose tests are not in the history."""
        from notification_tester.services.sending.coverage import MOST_PLACES

        first = self._last_unwritten
        written = [(one, state) for one, state in places if one not in first]
        return [*reversed(first.items()), *written][:MOST_PLACES]

    def _take(self, coverage: Coverage) -> None:
        destination = self._form.destination.destination()
        changed = None if destination is None else self._changed.get(destination)
        if changed is not None and (coverage.changed is None or coverage.changed < changed):
            coverage = replace(coverage, changed=changed)
        if destination is not None and not self._form.where.is_here:
            coverage = coverage.with_tests(self._unwritten.get(destination, {}))
        self.coverage = coverage
        self.found.emit()


def _recent_of(opened: OpenAccount, session: Session) -> Sequence[tuple[Destination, State]]:
    from notification_tester.services.sending.coverage import recent

    return recent(session.tested, opened)


def _coverage_of(opened: OpenAccount, destination: Destination, is_from_here: bool, session: Session) -> Coverage:
    from notification_tester.services.sending.coverage import coverage

    try:
        found = coverage(session.tested, opened, destination, is_from_here=is_from_here)
    except ProblemError:  # which the window says elsewhere; what the Inbox saw is known all the same
        found = Coverage(lookup=Lookup.FAILED)
    if is_from_here:
        return found
    is_used = True
    with suppress(ProblemError):  # then nothing is said of it
        is_used = session.hit_types.is_used(opened, destination)
    return replace(found, seen=session.seen_live(opened, destination), is_used=is_used)
