# SPDX-License-Identifier: MIT
"""Off the main thread and back: a task always answers, whatever becomes of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication

from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

PATIENCE = 20_000
KNOWN = Problem(title="No.", detail="", remedy="", code="test", cause=Cause.PROGRAM)


def test_work_is_elsewhere_and_the_answer_is_here(tasks: Tasks, qtbot: QtBot) -> None:
    where: list[threading.Thread] = []
    answers: list[tuple[threading.Thread, str]] = []

    def work() -> str:
        where.append(threading.current_thread())
        return "value"

    tasks.run(work, done=lambda value: answers.append((threading.current_thread(), value)), failed=unexpected)
    assert tasks.is_busy
    assert not answers, "never at once: the caller is not ready for the answer yet"
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    assert answers == [(threading.main_thread(), "value")]
    assert where[0] is not threading.main_thread()
    assert not tasks.is_busy


def unexpected(answer: object) -> None:
    pytest.fail(f"this must not be answered: {answer}")


def refuse() -> None:
    raise ProblemError(KNOWN)


def exit_inside() -> None:
    raise SystemExit(3)


def make_a_mistake() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("work", "code", "crashes"),
    [
        pytest.param(refuse, "test", 0, id="known"),
        pytest.param(make_a_mistake, "program.bug", 1, id="bug"),
        pytest.param(exit_inside, "program.bug", 1, id="exit"),
    ],
)
def test_failures_are_answered(tasks: Tasks, qtbot: QtBot, work: object, code: str, crashes: int) -> None:
    problems: list[Problem] = []
    bugs: list[object] = []
    tasks.crashed.connect(bugs.append)
    assert callable(work)
    tasks.run(work, done=unexpected, failed=problems.append)
    qtbot.waitUntil(lambda: bool(problems), timeout=PATIENCE)
    assert problems[0].code == code
    assert len(bugs) == crashes
    assert not tasks.is_busy


def test_progress_comes_in_order_and_before_the_end(tasks: Tasks, qtbot: QtBot) -> None:
    seen: list[object] = []

    def work() -> str:
        for number in range(50):
            tasks.on_main_thread(lambda number=number: seen.append(number))  # type: ignore[misc]  # a default is typed
        return "end"

    tasks.run(work, done=seen.append, failed=unexpected)
    qtbot.waitUntil(lambda: "end" in seen, timeout=PATIENCE)
    assert seen == [*range(50), "end"]


def test_after_the_end_nothing_is_taken_or_told(tasks: Tasks) -> None:
    begun, go_on = threading.Event(), threading.Event()
    told: list[object] = []

    def work() -> None:
        begun.set()
        go_on.wait(60)

    tasks.run(work, done=told.append, failed=told.append)
    assert begun.wait(60)
    threading.Timer(0.1, go_on.set).start()
    tasks.close()
    tasks.run(work, done=told.append, failed=told.append)
    QCoreApplication.processEvents()  # what a thread that has ended told is here by now
    assert told == []
