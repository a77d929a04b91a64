# SPDX-License-Identifier: MIT
"""The checkup that nobody asked for: after a pause, one at a time, never during a test, and no stale answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QTimer

from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.checkup.quiet import QuietCheck

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount

PROBLEM = Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PROGRAM)
ACCOUNT: Any = object()
ANOTHER: Any = object()
ONE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/one")
TWO = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/two")


def report(title: str) -> CheckupReport:
    return CheckupReport.of([Finding(id="queue.exists", level=Level.GOOD, title=title)])


@dataclass
class Asked:
    """A service that answers when the test says so."""

    calls: list[tuple[Destination, threading.Event, Callable[[CheckupReport], None], bool]] = field(
        default_factory=list
    )
    refusals: list[Callable[[Problem], None]] = field(default_factory=list)

    def __call__(
        self,
        opened: OpenAccount,
        destination: Destination,
        *,
        ask_permissions: bool,
        stop: threading.Event,
        done: Callable[[CheckupReport], None],
        failed: Callable[[Problem], None],
    ) -> None:
        del opened
        self.refusals.append(failed)
        self.calls.append((destination, stop, done, ask_permissions))

    def answer(self, number: int, title: str) -> None:
        self.calls[number][2](report(title))

    def fail(self, number: int) -> None:
        self.refusals[number](PROBLEM)


def is_waiting(quiet: QuietCheck) -> bool:
    return any(timer.isActive() for timer in quiet.findChildren(QTimer))


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def quiet(qtbot: QtBot, asked: Asked, seen: list[str]) -> QuietCheck:
    made = QuietCheck(asked, pause=20)
    made.checked.connect(lambda found: seen.append(found.findings[0].title))
    return made


def test_it_waits_until_the_typing_is_over(quiet: QuietCheck, asked: Asked, seen: list[str], qtbot: QtBot) -> None:
    quiet.want(ACCOUNT, ONE)
    quiet.want(ACCOUNT, TWO)
    assert not asked.calls
    qtbot.waitUntil(lambda: bool(asked.calls))
    (call,) = asked.calls
    assert call[0] == TWO
    assert call[3] is False, "nobody asked, so permissions are not asked"
    asked.answer(0, "two")
    assert seen == ["two"]
    quiet.want(ACCOUNT, TWO)
    assert not is_waiting(quiet), "the same once more"
    quiet.want(ANOTHER, TWO)
    assert quiet.report is None
    assert is_waiting(quiet)


def test_a_stale_answer_is_dropped_and_the_next_begins_after_it(
    quiet: QuietCheck, asked: Asked, seen: list[str], qtbot: QtBot
) -> None:
    quiet.want(ACCOUNT, ONE)
    qtbot.waitUntil(lambda: len(asked.calls) == 1)
    quiet.want(ACCOUNT, TWO)
    assert asked.calls[0][1].is_set()
    qtbot.waitUntil(lambda: not is_waiting(quiet))
    assert len(asked.calls) == 1, "one at a time"
    asked.answer(0, "one")
    assert seen == []
    assert [call[0] for call in asked.calls] == [ONE, TWO]
    asked.answer(1, "two")
    assert seen == ["two"]


def test_nothing_is_asked_during_a_test(quiet: QuietCheck, asked: Asked, seen: list[str], qtbot: QtBot) -> None:
    quiet.want(ACCOUNT, ONE)
    quiet.hold(True)
    assert not is_waiting(quiet)
    quiet.want(ACCOUNT, TWO)
    assert not is_waiting(quiet)
    quiet.hold(False)
    qtbot.waitUntil(lambda: len(asked.calls) == 1)
    asked.answer(0, "two")
    quiet.hold(True)
    quiet.hold(False)
    assert not is_waiting(quiet), "it is known"
    quiet.hold(True)
    quiet.refresh()
    assert quiet.report is not None, "it stays until there is a newer one"
    quiet.hold(False)
    qtbot.waitUntil(lambda: len(asked.calls) == 2)


def test_nothing_is_wanted_without_account_or_destination(quiet: QuietCheck, asked: Asked) -> None:
    for opened, destination in ((None, ONE), (ACCOUNT, None)):
        quiet.want(opened, destination)
        assert quiet.wanted is None
        assert not is_waiting(quiet)
    quiet.want(ACCOUNT, ONE)
    quiet.stop()
    assert not is_waiting(quiet)
    assert not asked.calls


@pytest.fixture
def told(quiet: QuietCheck) -> list[str]:
    """What is said of the look itself, while nothing is known."""
    words: list[str] = []
    quiet.begun.connect(lambda: words.append("begun"))
    quiet.given_up.connect(lambda: words.append("given up"))
    return words


def test_that_it_looks_is_said_while_nothing_is_known(
    quiet: QuietCheck, asked: Asked, seen: list[str], told: list[str], qtbot: QtBot
) -> None:
    quiet.want(ACCOUNT, ONE)
    assert told == []
    qtbot.waitUntil(lambda: len(asked.calls) == 1)
    assert told == ["begun"]
    quiet.hold(True)
    assert told == ["begun", "given up"]
    asked.answer(0, "one")
    assert len(asked.calls) == 1, "not before the test is over"
    quiet.hold(False)
    qtbot.waitUntil(lambda: len(asked.calls) == 2)
    asked.answer(1, "one")
    assert told == ["begun", "given up", "begun"]
    quiet.refresh(at_once=True)
    assert len(asked.calls) == 3
    assert not is_waiting(quiet)
    quiet.stop()
    assert asked.calls[2][1].is_set()
    assert told == ["begun", "given up", "begun"], "what was found before stands there"
    assert seen == ["one"]
    asked.answer(2, "late")
    assert (len(asked.calls), seen) == (3, ["one"])


def test_a_look_that_failed_is_over_and_what_was_found_before_is_said_again(
    quiet: QuietCheck, asked: Asked, seen: list[str], told: list[str], qtbot: QtBot
) -> None:
    quiet.want(ACCOUNT, ONE)
    qtbot.waitUntil(lambda: len(asked.calls) == 1)
    asked.fail(0)
    assert told == ["begun", "given up"]
    assert not is_waiting(quiet)
    quiet.refresh(at_once=True)
    asked.answer(1, "one")
    quiet.refresh(at_once=True)
    asked.fail(2)
    assert seen == ["one", "one"]
    quiet.refresh(at_once=True)
    quiet.refresh(at_once=True)
    assert len(asked.calls) == 4, "one at a time"
    asked.fail(3)
    assert len(asked.calls) == 5, "the next begins after one that failed, too"


def test_what_somebody_asked_for_stands_in_place_of_what_is_looked_for(
    quiet: QuietCheck, asked: Asked, seen: list[str], qtbot: QtBot
) -> None:
    quiet.want(ACCOUNT, ONE)
    qtbot.waitUntil(lambda: len(asked.calls) == 1)
    quiet.take(report("all of it"))
    assert asked.calls[0][1].is_set()
    asked.answer(0, "less")
    assert seen == ["all of it"]
    assert quiet.report == report("all of it")
    assert len(asked.calls) == 1
    assert not is_waiting(quiet)
