# SPDX-License-Identifier: MIT
"""What a killed program leaves behind is told from what a running one is doing."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.delivery import State
from notification_tester.domain.problem import ProblemError
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.ownership import HeldFile, Ownership
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome
from storage.conftest import NOW, beginning, ending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OTHER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from storage.conftest import beginning, ending, NOW
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.leftovers import Leftovers

database = Database(Path(sys.argv[1]))
history = History(database)
history.complete(history.begin(beginning(), now=NOW), ending())
row_id = history.begin(beginning(), now=NOW)
leftovers = Leftovers(database)
made = leftovers.planned(kind="queue", account="Lab", region="us-east-1", name="n-1", topic_arn="arn:t", now=NOW)
leftovers.made(made, "https://q/1/n-1")
leftovers.planned(kind="queue", account="Lab", region="us-east-1", name="n-2", topic_arn="arn:t", now=NOW)
gone = leftovers.planned(kind="queue", account="Lab", region="us-east-1", name="n-3", topic_arn="arn:t", now=NOW)
leftovers.removed(gone)
leftovers.removed(gone)
sys.stdout.write(f"{row_id}\\n")
sys.stdout.flush()
sys.stdin.readline()
"""


class OtherProgram:
    """Another instance in the middle of a test."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(path), str(Path(__file__).parents[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.row_id = int(self.process.stdout.readline())

    def kill(self) -> None:
        self.process.kill()  # SIGKILL on POSIX systems
        self.process.communicate(timeout=60)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[OtherProgram]:
    program = OtherProgram(tmp_path / "data" / "history.sqlite3")
    yield program
    program.kill()


def test_a_killed_program_is_seen_by_the_next_and_a_running_one_is_left_alone(
    other: OtherProgram, database: Database
) -> None:
    history, leftovers = History(database), Leftovers(database)
    mine = history.begin(beginning(), now=NOW)
    assert history.close_interrupted() == 0
    assert leftovers.open_ones() == []
    other.kill()
    assert [(left.name, left.address) for left in leftovers.open_ones()] == [("n-1", "https://q/1/n-1"), ("n-2", "")]
    assert history.close_interrupted() == 1
    assert history.close_interrupted() == 0
    row = history.row(other.row_id)
    assert row is not None
    assert row.outcome is Outcome.INTERRUPTED
    assert row.problem is not None
    assert row.problem.title == "How this test ended was not written down."
    assert row.accepted.state is row.arrived.state is State.UNKNOWN
    found = history.page(HistoryQuery(text="not written down", outcomes=frozenset({Outcome.INTERRUPTED})))
    assert [summary.id for summary in found] == [other.row_id]
    running = history.row(mine)
    assert running is not None
    assert running.outcome is Outcome.RUNNING


def test_what_was_left_is_seen_until_it_is_removed(other: OtherProgram, database: Database) -> None:
    other.kill()
    leftovers = Leftovers(database)
    first, second = leftovers.open_ones()
    assert (first.kind, first.account, first.region, first.topic_arn) == ("queue", "Lab", "us-east-1", "arn:t")
    assert first.planned == "2026-01-31T23:59:59.123Z"
    leftovers.removed(first.id)
    assert leftovers.open_ones() == [second]
    with pytest.raises(KeyError):
        leftovers.made(first.id, "again")


def test_a_program_that_ended_properly_leaves_its_open_rows_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with Database(path) as database:
        row_id = History(database).begin(beginning(), now=NOW)
    with Database(path) as database:
        history = History(database)
        assert history.close_interrupted() == 1
        history.complete(row_id, ending())  # a late answer still counts
        row = history.row(row_id)
        assert row is not None
        assert row.outcome is Outcome.GOOD
        assert row.problem is None


def test_a_token_is_alive_as_long_as_its_owner(tmp_path: Path) -> None:
    first, second = Ownership(tmp_path / "running"), Ownership(tmp_path / "running")
    assert first.token != second.token
    assert second.is_alive(first.token)
    assert first.is_alive(first.token)
    first.close()
    first.close()
    assert not second.is_alive(first.token)
    assert not first.is_alive(first.token)
    second.close()
    assert list((tmp_path / "running").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX systems lock a file, whatever its names are")
def test_who_gave_its_token_up_holds_nothing_any_more(tmp_path: Path) -> None:
    owner, other = Ownership(tmp_path), Ownership(tmp_path)
    same = "1234-0123456789abcdef"
    (tmp_path / f"{same}.lock").hardlink_to(tmp_path / f"{owner.token}.lock")
    assert other.is_alive(same)
    owner.close()
    assert not other.is_alive(same)
    other.close()
    assert list(tmp_path.iterdir()) == []


def test_two_who_ask_at_once_whether_a_dead_one_lives_are_told_the_same(tmp_path: Path) -> None:
    """Who asks tries the lock, and must not be taken for its owner by whoever asks just then."""
    owners = [Ownership(tmp_path) for _ in range(1 if sys.platform == "win32" else 4)]  # there one program alone asks
    tokens = [f"1234-{number:016x}" for number in range(300)]
    for token in tokens:
        (tmp_path / f"{token}.lock").write_bytes(b" ")
    asked = threading.Barrier(4)

    def ask(owner: Ownership) -> list[str]:
        alive = []
        for token in tokens:
            asked.wait(60)
            if owner.is_alive(token):
                alive.append(token)
        return alive

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, owners[number % len(owners)]) for number in range(4)]
        assert [one.result() for one in asking] == [[]] * 4
    for owner in owners:
        owner.close()


def test_a_held_file_has_words_for_others_as_long_as_it_is_held(tmp_path: Path) -> None:
    path, folder = tmp_path / "window.lock", tmp_path / "folder"
    folder.mkdir()
    assert HeldFile.words_in(path) == HeldFile.words_in(folder) == ""
    held = HeldFile.hold(path)
    assert held is not None
    for words in ("it listens at a place with a long name", "it listens here"):
        held.write(words)
        assert HeldFile.words_in(path) == words
    assert HeldFile.hold(path) is None
    held.close()
    held.close()
    held.write("too late")
    assert list(tmp_path.iterdir()) == [folder]
    again = HeldFile.hold(path)
    assert again is not None
    again.close()


@pytest.mark.parametrize("token", ["", "../../etc/passwd", "1-0123456789abcdef", "x" * 300, "\0"])
def test_a_token_that_nobody_took_is_dead(tmp_path: Path, token: str) -> None:
    owner = Ownership(tmp_path)
    assert not owner.is_alive(token)
    owner.close()


def test_a_folder_that_cannot_be_written_to_is_a_problem(tmp_path: Path, make_read_only: Callable[[Path], str]) -> None:
    expected = make_read_only(tmp_path)
    with pytest.raises(ProblemError) as caught:
        Ownership(tmp_path)
    assert caught.value.problem.code == expected


def test_whoever_cannot_be_asked_is_taken_for_alive(tmp_path: Path) -> None:
    owner = Ownership(tmp_path)
    (tmp_path / "1234-0123456789abcdef.lock").mkdir()  # cannot be opened to be locked, whoever asks
    assert owner.is_alive("1234-0123456789abcdef"), "taking a living program for dead does harm"
    owner.tidy_up()
    assert (tmp_path / "1234-0123456789abcdef.lock").is_dir()
    owner.close()


def test_marks_of_killed_programs_go_with_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "data" / "history.sqlite3"
    killed = [OtherProgram(path) for _ in range(3)]
    running = OtherProgram(path)
    try:
        for one in killed:
            one.kill()
        assert len(list((path.parent / "running").iterdir())) == 4
        with Database(path):
            marks = [mark.name for mark in (path.parent / "running").iterdir()]
            assert len(marks) == 2, "that of the running one and ours"
            assert f"{running.process.pid}-" in " ".join(marks)
    finally:
        running.kill()
