# SPDX-License-Identifier: MIT
"""The program as it is started by a person, on a screen of its own, pressed by the keyboard, and killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest

from notification_tester.storage.rows import ENDED_EARLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from notification_tester.storage.places import Places

PATIENCE = 60.0
"""Seconds; far more than anything here takes, even on a busy machine."""
TITLE = "MTurk Notification Tester"

pytestmark = pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool")


def until(condition: Callable[[], object], what: str) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.05)


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """An X server of the test's own; gives the value for DISPLAY.

    Without -noreset it begins anew each time its last client has gone, and refuses who comes just then.
    """
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as numbers:
        number = numbers.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


class Program:
    """The running program, seen from outside: its window, its process, its file."""

    def __init__(self, home: Path, screen: str) -> None:
        self.environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "DISPLAY": screen,
            "XDG_RUNTIME_DIR": str(home),
            "LANG": "C.UTF-8",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.said = home / "said.txt"
        self.database = home / ".local" / "share" / "mturk-notification-tester" / "history.sqlite3"
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        with self.said.open("a") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "notification_tester"],
                env=self.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def x(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False, timeout=20
        )
        return done.stdout.strip()

    def window(self) -> str:
        assert self.process.poll() is None, self.said.read_text()
        return self.x("search", "--onlyvisible", "--name", f"^{TITLE}$").partition("\n")[0]

    def topmost(self) -> str:
        """The window above the others: they are told from the lowest up."""
        return self.x("search", "--onlyvisible", "--maxdepth", "1", "--name", f"^{TITLE}$").rpartition("\n")[2]

    def press(self, *keys: str) -> None:
        self.x("windowfocus", "--sync", self.window())
        self.x("key", *keys)

    def practice(self) -> list[psutil.Process]:
        """The processes that it started."""
        try:
            return [
                one
                for one in psutil.Process(self.process.pid).children(recursive=True)
                if "practice" in one.cmdline() and one.status() != psutil.STATUS_ZOMBIE
            ]
        except psutil.NoSuchProcess:
            return []

    def rows(self) -> list[tuple[str, str]]:
        """Outcome and the title of the problem of each test, the oldest first."""
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            try:
                rows = connection.execute("SELECT outcome, problem_title FROM history ORDER BY id").fetchall()
            except sqlite3.OperationalError:  # not made yet
                return []
        return [(str(outcome), str(title or "")) for outcome, title in rows]

    def press_until_sent(self) -> None:
        """Press Ctrl+Return once practice is there, as nothing is sent before."""
        before = len(self.rows())

        def sent() -> bool:
            self.press("ctrl+Return")
            time.sleep(0.2)
            return len(self.rows()) > before

        until(lambda: self.window() and self.practice(), "window and practice")
        until(sent, "a test in the history")

    def end(self) -> str:
        """Take everything down; returns what was printed."""
        children = self.practice()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for child in children:
            with_suppressed_kill(child)
        return self.said.read_text()


def with_suppressed_kill(process: psutil.Process) -> None:
    try:
        process.wait(10)
    except psutil.TimeoutExpired:
        process.kill()


@pytest.fixture
def program(own_home: Path, screen: str) -> Iterator[Program]:
    started = Program(own_home, screen)
    yield started
    started.end()


def test_keyboard_alone_gets_to_three_green_lamps(program: Program) -> None:
    program.press_until_sent()
    until(lambda: program.rows()[0][0] == "good", "three green lamps")
    program.press("ctrl+q")
    assert program.process.wait(30) == 0
    assert program.end() == "", "nothing is said on the terminal"


def test_a_second_start_raises_the_first(program: Program) -> None:
    until(program.window, "the window")
    until(program.practice, "practice")
    window = program.window()
    with covered(program):
        until(lambda: program.topmost() not in {"", window}, "another window lies above")
        second = program.start()
        _, status, used = os.wait4(second.pid, 0)
        second.returncode = os.waitstatus_to_exitcode(status)
        assert second.returncode == 0
        assert used.ru_utime + used.ru_stime < 10, "seconds of a processor: by the clock a busy machine takes longer"
        until(lambda: program.topmost() == window, "the window is above again")
    assert program.process.poll() is None
    assert len(program.practice()) == 1


@pytest.mark.usefixtures("signals_are_heard")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_as_a_person_would(program: Program, number: str) -> None:
    """As a service manager does, and a terminal that is closed."""
    until(program.window, "the window")
    until(program.practice, "practice")
    (practice,) = program.practice()
    program.process.send_signal(signal.Signals[number])
    assert program.process.wait(30) == 0
    until(lambda: not practice.is_running() or practice.status() == psutil.STATUS_ZOMBIE, "practice has ended")


def test_killed_in_the_middle_of_a_test(program: Program) -> None:
    until(program.practice, "practice")
    with stopped(program):
        until(lambda: program.rows() and program.rows()[-1][0] == "running", "a test under way")
        children = program.practice()
        program.process.kill()
        program.process.wait()
    gone, alive = psutil.wait_procs(children, timeout=20)
    assert gone
    assert not alive, "practice ends with its parent"
    program.process = program.start()
    until(lambda: ("interrupted", ENDED_EARLY) in program.rows(), "the next start says that the answer never came")
    program.press_until_sent()
    until(lambda: program.rows()[-1][0] == "good", "and works")


@contextmanager
def covered(program: Program) -> Iterator[None]:
    """A foreign window of the same name above everything."""
    script = (
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        f"a = QApplication([]); w = QWidget(); w.setWindowTitle({TITLE!r}); w.resize(1300, 850); w.show(); a.exec()\n"
    )
    other = subprocess.Popen([sys.executable, "-c", script], env=program.environment)
    try:
        yield
    finally:
        other.kill()
        other.wait()


@contextmanager
def stopped(program: Program) -> Iterator[None]:
    """Begin a test whose answer does not come, because practice is held still."""
    before = len(program.rows())
    (practice,) = program.practice()
    until(program.window, "the window")

    def begun() -> bool:
        practice.resume()
        program.press("ctrl+Return")
        practice.suspend()
        time.sleep(0.1)
        rows = program.rows()
        return len(rows) > before and rows[-1][0] == "running"

    until(begun, "a test that hangs")
    yield
    practice.resume()


def test_places_are_the_system_s_own(program: Program, places: Places) -> None:
    until(program.database.exists, "the history's file")
    assert program.database.stat().st_mode & 0o077 == 0
