# SPDX-License-Identifier: MIT
"""Real databases, and disks that refuse for real."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.delivery import Lamp, State
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.rows import Beginning, Ending, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 1, 31, 23, 59, 59, 123456, tzinfo=UTC)
YES = Lamp(state=State.YES, detail="It did.", seconds=0.1234567)


def beginning(**changes: Any) -> Beginning:
    """A test of a queue."""
    values: dict[str, Any] = {
        "account": "Practice",
        "environment": "practice",
        "transport": "SQS",
        "destination": "https://sqs.us-east-1.amazonaws.com/123456789012/results",
        "version": "2006-05-05",
        "events": ("AssignmentSubmitted", "HITReviewable"),
        "event": "AssignmentSubmitted",
        "request": {"Transport": "SQS"},
    }
    return Beginning(**{**values, **changes})


def ending(**changes: Any) -> Ending:
    """It went well."""
    values: dict[str, Any] = {"outcome": Outcome.GOOD, "accepted": YES, "arrived": YES, "as_expected": YES}
    return Ending(**{**values, "seconds": 0.25, **changes})


needs_strace = pytest.mark.skipif(sys.platform != "linux" or not shutil.which("strace"), reason="needs strace")


def system_calls(names: str, code: str, *words: Path, folder: Path) -> str:
    """The calls of these names that a Python running ``code`` makes, a line each, with the paths they are about."""
    said = folder / "calls"
    watched = subprocess.run(
        ["strace", "-f", "-y", "-e", f"trace={names}", "-o", said, sys.executable, "-c", code, *words],
        capture_output=True,
        check=False,
        timeout=100,
    )
    if watched.returncode and b"ptrace" in watched.stderr:
        pytest.skip("strace may not watch here")
    assert watched.returncode == 0, watched.stderr
    return said.read_text()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "data" / "history.sqlite3") as opened:
        yield opened


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


@pytest.fixture
def add(history: History) -> Callable[..., int]:
    """Put a finished row in: ``add(text changes of the beginning, ending=Ending)``."""

    def add_row(*, end: Ending | None = None, now: datetime = NOW, **changes: Any) -> int:
        row_id = history.begin(beginning(**changes), now=now)
        history.complete(row_id, end or ending())
        return row_id

    return add_row


def _mount(*words: str) -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"):
        return False
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one mebibyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _mount("-t", "tmpfs", "-o", "size=1m", "none", str(folder)):
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def make_read_only(tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Make a folder read-only, as a disk or, without the right to mount, by its mode; returns the code to expect."""
    undo: list[Callable[[], object]] = []

    def make(folder: Path) -> str:
        if _mount("--bind", str(folder), str(folder)):
            undo.append(lambda: subprocess.run(["umount", "--lazy", str(folder)], check=True))
            assert _mount("-o", "remount,bind,ro", str(folder))
            return "storage.read-only"
        if os.name != "posix" or os.geteuid() == 0:
            pytest.skip("nothing here makes a folder read-only")
        for path in (folder, *folder.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode & ~0o222)
            undo.append(partial(path.chmod, mode))
        return "storage.not-allowed"

    yield make
    for step in undo:
        step()
