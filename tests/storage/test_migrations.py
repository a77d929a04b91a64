# SPDX-License-Identifier: MIT
"""Migrations, in memory and on files: each whole with its record, or not at all."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from notification_tester.storage.migrations import MIGRATIONS, Migration, migrate, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STEPS = (
    Migration("first", ("CREATE TABLE one (a)",)),
    Migration("second", ("CREATE TABLE two (b)", "INSERT INTO two VALUES (1)")),
)
BROKEN = (*STEPS, Migration("third", ("CREATE TABLE three (c)", "INSERT INTO nowhere VALUES (1)")))


@pytest.fixture(params=["memory", "file"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    where = ":memory:" if request.param == "memory" else tmp_path / "a.sqlite3"
    opened = sqlite3.connect(where, isolation_level=None)
    yield opened
    opened.close()


def tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_new_database_takes_every_step_once(connection: sqlite3.Connection) -> None:
    assert migrate(connection, STEPS) == 2
    assert migrate(connection, STEPS) == 0
    assert version_of(connection) == 2
    assert connection.execute("SELECT number, name FROM migrations").fetchall() == [(1, "first"), (2, "second")]
    ((taken,),) = connection.execute("SELECT taken FROM migrations WHERE number = 1").fetchall()
    assert taken.endswith("Z")
    assert connection.execute("SELECT count(*) FROM two").fetchone() == (1,)


def test_an_older_database_takes_what_is_missing(connection: sqlite3.Connection) -> None:
    migrate(connection, STEPS[:1])
    assert migrate(connection, STEPS) == 1
    assert version_of(connection) == 2


def test_a_step_that_fails_leaves_the_version_before_it(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, BROKEN)
    assert version_of(connection) == 2
    assert tables(connection) == {"one", "two", "migrations"}
    assert connection.execute("SELECT max(number) FROM migrations").fetchone() == (2,)
    assert not connection.in_transaction


def test_a_crash_in_the_middle_leaves_the_version_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    code = (
        "import os, signal, sqlite3, sys;"
        "from notification_tester.storage.migrations import Migration, migrate;"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "connection.create_function('crash', 0, lambda: os._exit(9));"
        "connection.execute('PRAGMA journal_mode = WAL');"
        "migrate(connection, [Migration('a', ('CREATE TABLE one (a)',)),"
        " Migration('b', ('CREATE TABLE two (b)', 'SELECT crash()'))])"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=60).returncode == 9
    opened = sqlite3.connect(path, isolation_level=None)
    assert version_of(opened) == 1
    assert tables(opened) == {"one", "migrations"}
    opened.close()


def test_the_real_steps_use_nothing_that_sqlite_3_34_lacks() -> None:
    """RHEL 9 has 3.34; STRICT tables came with 3.37, dropping columns with 3.35."""
    text = " ".join(statement for step in MIGRATIONS for statement in step.statements).upper()
    assert "STRICT" not in text
    assert "DROP COLUMN" not in text
    assert "RETURNING" not in text
