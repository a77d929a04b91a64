# SPDX-License-Identifier: MIT
"""Migrations, in memory and on files: each whole with its record, or not at all."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.coverage import Result, SpecTest
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.setting import LineState
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.migrations import MIGRATIONS, Migration, migrate, version_of
from notification_tester.storage.presets import Presets
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome
from notification_tester.storage.tested import Tested
from storage.conftest import NOW, beginning, ending
from storage.old import write_step_4 as step_4

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@pytest.fixture(params=["as it was left", "its indexes not made yet", "an SQLite without FTS5 wrote it"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database that the program wrote when it had four steps, and made some indexes outside of them."""
    path = tmp_path / "history.sqlite3"
    path.write_bytes(gzip.decompress((Path(__file__).parent / "old" / "step_4.sqlite3.gz").read_bytes()))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if request.param != "as it was left":
            connection.execute("DROP INDEX history_arrived")
            connection.execute("DROP INDEX history_green")
        if request.param == "an SQLite without FTS5 wrote it":
            connection.execute("DROP TABLE history_search")
            connection.execute("UPDATE history SET searchable = 0")
    return path


def columns(path: Path) -> dict[str, str]:
    """The columns of every table but those of the index of words."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for name in tables(connection) if not name.startswith("history_search") and name != "migrations"]
        ask = "SELECT group_concat(name) FROM pragma_table_info(?)"
        return {name: connection.execute(ask, (name,)).fetchone()[0] for name in names}


def contents(path: Path, shape: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """Every row of these columns of these tables, each value as it is kept; names cannot be parameters."""
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(f"SELECT {of} FROM {name}").fetchall() for name, of in shape.items()}  # noqa: S608 - the database's own names


def test_a_database_of_an_older_program_loses_nothing(old: Path) -> None:
    was = columns(old)
    assert len(was) > 2
    before = contents(old, was)
    for _ in range(2):
        with Database(old):
            pass
        assert contents(old, was) == before
    with closing(sqlite3.connect(old)) as connection, closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        migrate(new)
        shape = "SELECT type, name, tbl_name FROM sqlite_master ORDER BY name"
        assert connection.execute(shape).fetchall() == new.execute(shape).fetchall()
        assert version_of(connection) == version_of(new)


def test_what_an_older_program_wrote_is_read_and_found(old: Path) -> None:
    with Database(old) as database:
        history, ledger, presets = History(database), Ledger(database), Presets(database)
        history.close_interrupted()
        assert [row.outcome for row in history.page(HistoryQuery())] == [
            Outcome.INTERRUPTED,
            Outcome.UNKNOWN,
            Outcome.GOOD,
            Outcome.BAD,
            Outcome.GOOD,
        ]
        for text, rows in (("grÜsse", [1]), ("InvalidDestination", []), ("köln", [5, 4, 3, 2, 1]), ("topical", [3])):
            assert [row.id for row in history.page(HistoryQuery(text=text))] == rows
        first, second = history.rows([1, 2])
        assert first.raw == '{"EventDocId": "aa0f1e2d3c4b", "Worker": "GRÜSSE \ud800"}'
        assert (first.accepted, first.message) == (
            step_4.YES,
            {"EventDocId": "aa0f1e2d3c4b", "Events": [{"EventType": "AssignmentSubmitted"}]},
        )
        assert (second.problem, second.events) == (step_4.PROBLEM, tuple(step_4.QUEUE.events))
        states = {kind: (known.newest.state, known.setting.spec) for kind, known in ledger.known(*step_4.HERE).items()}
        assert states == {
            "3ONE": (LineState.APPLIED, step_4.QUEUE),
            "3TWO": (LineState.FAILED, None),
            "3THREE": (LineState.UNKNOWN, None),
            "3FOUR": (LineState.UNKNOWN, None),
        }
        (failed,) = ledger.lines(*step_4.HERE, HitTypeId("3TWO"))
        assert (failed.problem, failed.change.spec) == (step_4.PROBLEM, step_4.TOPIC)
        assert presets.all() == {"E-mail für Köln": step_4.EMAIL, "Queue": step_4.QUEUE, "Topic": step_4.TOPIC}
        assert [(one.name, one.is_told) for one in Leftovers(database).open_ones()] == [
            ("notification-tester-1", False),
            ("notification-tester-2", True),
        ]
        tested = Tested(database)
        account, environment = step_4.HERE
        found = tested.last_of_spec(step_4.QUEUE, account=account, environment=environment)
        assert found == SpecTest(step_4.NOW + timedelta(minutes=1), Result.NOT_ARRIVED), "the last one, which failed"
        assert [row.transport for row in tested.greens(account=account, environment=environment)] == ["SNS", "SQS"]


def test_nothing_makes_a_part_of_the_database_beside_the_steps(tmp_path: Path) -> None:
    shape = "SELECT name, sql FROM sqlite_master ORDER BY name"
    with Database(tmp_path / "history.sqlite3") as database, database.reading() as reader:
        before = reader.execute(shape).fetchall()
        history = History(database)
        row_id = history.begin(beginning(), now=NOW)
        history.complete(row_id, ending())
        Tested(database).last_of_spec(step_4.QUEUE, account="Lab", environment="sandbox")
        history.close()
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as connection:
        assert connection.execute(shape).fetchall() == before
    assert "history_search" in dict(before)
