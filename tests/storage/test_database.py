# SPDX-License-Identifier: MIT
"""Opening the database: new, shared, newer, damaged, and on disks that refuse."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.storage import database as database_module
from notification_tester.storage import disk
from notification_tester.storage.database import Database, set_aside
from notification_tester.storage.disk import reachable, read_ordinary
from notification_tester.storage.history import History
from notification_tester.storage.migrations import MIGRATIONS
from notification_tester.storage.places import Places
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.whole_file import whole_file
from storage.conftest import NOW, beginning, ending

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal(path: Path) -> str:
    """The code of the problem with which opening fails; every such problem says what and what to do."""
    with pytest.raises(ProblemError) as caught:
        Database(path)
    problem = caught.value.problem
    assert problem.cause is Cause.STORAGE
    assert problem.title.endswith(".")
    assert problem.remedy
    assert str(path.parent) in problem.detail
    return problem.code


def filled(path: Path, rows: int = 50) -> Path:
    with Database(path) as database:
        history = History(database)
        for _ in range(rows):
            history.complete(history.begin(beginning(), now=NOW), ending(raw="x" * 500))
    return path


def test_a_new_database_is_private_durable_and_keeps_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "history.sqlite3"
    with Database(path) as database:
        with database.transaction() as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
            assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        row_id = History(database).begin(beginning(), now=NOW)
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.parent.parent.stat().st_mode & 0o777 == 0o700
    with Database(path) as database:
        assert History(database).row(row_id) is not None


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    history = History(database)

    def fail() -> None:
        with database.transaction() as connection:
            connection.execute("DELETE FROM migrations")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM migrations").fetchone() == (len(MIGRATIONS),)
    assert history.count(HistoryQuery()) == 0


def test_readers_cannot_write_and_do_not_wait_for_the_writer(database: Database) -> None:
    with database.transaction() as writer:
        writer.execute("DELETE FROM migrations")
        with database.reading() as reader:
            assert reader.execute("SELECT count(*) FROM migrations").fetchone() == (len(MIGRATIONS),)
    with pytest.raises(ProblemError), database.reading() as reader:
        reader.execute("DELETE FROM migrations")


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    def seen(reader: sqlite3.Connection) -> int:
        return int(reader.execute("SELECT count(*) FROM migrations").fetchone()[0])

    with database.reading() as reader:
        before = seen(reader)
        with database.transaction() as writer:
            writer.execute("DELETE FROM migrations")
        assert seen(reader) == before > 0
    with database.reading() as reader:
        assert seen(reader) == 0


def mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_a_history_on_a_drive_of_the_network_is_kept_without_shared_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "history.sqlite3")
    assert mode(path) == "wal"
    monkeypatch.setattr(database_module, "is_on_network", lambda _: True)
    with Database(path) as one, Database(path) as other:
        rows = [History(one), History(other)]
        threads = [
            threading.Thread(target=rows[number % 2].begin, args=[beginning()], kwargs={"now": NOW})
            for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [one.count(HistoryQuery()) for one in rows] == [58, 58]
        assert {file.name for file in tmp_path.iterdir()} == {path.name, "running"}
    assert mode(path) == "delete"
    monkeypatch.undo()
    Database(path).close()
    assert mode(path) == "wal", "and brought home it is as it was"


def test_a_history_far_down_is_kept(tmp_path: Path) -> None:
    far = tmp_path.joinpath(*["a folder with a long name of Zoë’s, and more"] * 5)
    places = Places.under(reachable(far))
    with Database(places.database) as database:
        History(database).begin(beginning(), now=NOW)
    assert places.database.stat().st_size
    with whole_file(far / "exported.csv", what="the history") as file:
        file.write("all of it")
    assert read_ordinary(far / "exported.csv", 100) == b"all of it"


def test_a_bug_in_a_statement_is_not_dressed_up_as_a_problem_of_the_disk(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError), database.reading() as connection:
        connection.execute("SELEC 1")


def test_many_threads_write_and_read(database: Database) -> None:
    history = History(database)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                history.complete(history.begin(beginning(), now=NOW), ending())
                history.page(HistoryQuery(text="results"))
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert history.count(HistoryQuery()) == history.count(HistoryQuery(text="results")) == 80


def test_what_comes_after_the_end_is_a_problem_and_no_bug(database: Database) -> None:
    """A call that hung is answered when the program has ended, and its thread wants to write that down."""
    database.close()
    for use in (database.transaction, database.reading):
        with pytest.raises(ProblemError) as raised, use():
            pass
        assert raised.value.problem.code == "storage.closed"


def test_who_still_reads_when_it_is_closed_reads_to_the_end_and_leaves_no_file_open(tmp_path: Path) -> None:
    database = Database(filled(tmp_path / "history.sqlite3"))
    with database.reading() as reader:
        database.close()
        assert reader.execute("SELECT count(*) FROM history").fetchone() == (50,)
    assert open_files(tmp_path) == []


def test_processes_that_open_a_new_database_at_once_all_succeed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC;"
        "sys.path.insert(0, sys.argv[2]);"
        "from storage.conftest import beginning, NOW;"
        "from notification_tester.storage.database import Database;"
        "from notification_tester.storage.history import History;"
        "print('ready', flush=True); sys.stdin.readline();"
        "history = History(Database(Path(sys.argv[1])));"
        "[history.begin(beginning(), now=NOW) for _ in range(20)]"
    )
    path = tmp_path / "data" / "history.sqlite3"
    tests = str(Path(__file__).parents[1])
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path), tests], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.communicate("go\n", timeout=60)
        assert child.returncode == 0
    with Database(path) as database:
        assert History(database).count(HistoryQuery()) == 80


@pytest.mark.parametrize("logged", [False, True], ids=["in the file", "in its log alone"])
def test_a_newer_database_is_not_touched(tmp_path: Path, logged: bool) -> None:
    path = filled(tmp_path / "history.sqlite3")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    if not logged:
        connection.close()
    before = path.read_bytes()
    assert refusal(path) == "storage.newer"
    assert path.read_bytes() == before
    connection.close()


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(data)


def with_odd_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[16:18] = b"\x00\x03"
    path.write_bytes(data)


def without_its_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'history'").fetchone()
    data = bytearray(path.read_bytes())
    data[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"Dear diary, " * 100), id="a text"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:50]), id="fifty bytes"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-4096]), id="cut off"),
        pytest.param(flipped, id="its list of tables overwritten"),
        pytest.param(with_odd_pages, id="pages of a size that there is not"),
        pytest.param(without_its_table, id="the pages of the list"),
    ],
)
def test_a_damaged_database_is_kept_and_can_be_set_aside(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = filled(tmp_path / "history.sqlite3")
    damage(path)
    before = path.read_bytes()
    assert refusal(path) == "storage.damaged"
    assert path.read_bytes() == before
    kept = set_aside(path, now=NOW)
    assert kept.read_bytes() == before
    assert kept.name == "history.damaged-20260131-235959.sqlite3"
    with Database(path) as database:
        assert History(database).count(HistoryQuery()) == 0


def test_what_cannot_be_set_aside_whole_has_the_names_that_it_had(tmp_path: Path) -> None:
    names = {f"history.sqlite3{ending}": ending.encode() or b"the file" for ending in ("", "-wal", "-shm")}
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
    in_the_way = tmp_path / "history.damaged-20260131-235959.sqlite3-shm"
    (in_the_way / "mine").mkdir(parents=True)
    with pytest.raises(ProblemError) as caught:
        set_aside(tmp_path / "history.sqlite3", now=NOW)
    assert caught.value.problem.cause is Cause.STORAGE
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == names


def test_damage_that_shows_later_is_told_too(tmp_path: Path) -> None:
    path = filled(tmp_path / "history.sqlite3", rows=200)
    data = bytearray(path.read_bytes())
    with sqlite3.connect(path) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'history_body'").fetchone()
    connection.close()
    data[(root - 1) * 4096 : root * 4096] = os.urandom(4096)
    path.write_bytes(data)
    with Database(path) as database, pytest.raises(ProblemError) as caught:
        History(database).row(1)
    assert caught.value.problem.code == "storage.damaged"


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite3").mkdir()
    assert refusal(tmp_path / "history.sqlite3") == "storage.in-the-way"


def test_a_file_in_the_place_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    assert refusal(tmp_path / "data" / "history.sqlite3") == "storage.in-the-way"
    assert (tmp_path / "data").read_text() == "mine"


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are those of POSIX systems")
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(pipe, id="a pipe"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), id="a link to /dev/zero"),
        pytest.param(lambda path: path.symlink_to("/dev/full"), id="a link to /dev/full"),
        pytest.param(lambda path: path.symlink_to(path), id="a link to itself"),
        pytest.param(lambda path: path.mkdir(), id="a folder"),
    ],
)
@pytest.mark.parametrize("name", ["history.sqlite3", "history.sqlite3-wal", "history.sqlite3-shm", "running"])
def test_what_is_no_file_in_its_place_is_not_waited_for(
    tmp_path: Path, make: Callable[[Path], None], name: str
) -> None:
    path = tmp_path / "history.sqlite3"
    if name != path.name:
        filled(path)
    for one in (tmp_path / name, tmp_path / "running" if name == "running" else None):
        if one is not None and one.is_dir():
            one.rmdir()
    make(tmp_path / name)
    if name == "running" and (tmp_path / name).is_dir():
        Database(path).close()
        return
    assert refusal(path) == "storage.in-the-way"
    assert open_files(tmp_path) == []


def open_files(folder: Path) -> list[str]:
    """Which files below ``folder`` this process has open."""
    return [one.path for one in psutil.Process().open_files() if one.path.startswith(str(folder))]


@pytest.mark.parametrize("number", [-1, -(2**31), 2**31 - 1, len(MIGRATIONS) + 1])
def test_a_number_of_its_shape_that_there_is_not(tmp_path: Path, number: int) -> None:
    path = filled(tmp_path / "history.sqlite3")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {number}")
    before = path.read_bytes()
    assert refusal(path) == ("storage.damaged" if number < 0 else "storage.newer")
    assert path.read_bytes() == before


def test_a_log_without_its_database_is_not_thrown_away(tmp_path: Path) -> None:
    path = filled(tmp_path / "data" / "history.sqlite3")
    kept = tmp_path / "data" / "history.sqlite3-wal"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("INSERT INTO presets VALUES ('a', 'a', 'a')")
    log = kept.read_bytes()
    connection.close()
    path.write_bytes(b"")
    kept.write_bytes(log)
    assert log
    assert refusal(path) == "storage.damaged"
    assert kept.read_bytes() == log
    aside = set_aside(path, now=NOW)
    assert aside.with_name(aside.name + "-wal").read_bytes() == log, "what it holds goes with the damaged file"
    with Database(path) as database, database.reading() as reader:
        assert reader.execute("SELECT count(*) FROM presets").fetchone() == (0,)


def test_a_log_that_cannot_be_renamed_leaves_its_database_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"Dear diary")
    (tmp_path / "history.sqlite3-wal").write_bytes(b"more")
    (tmp_path / "history.damaged-20260131-235959.sqlite3-wal").mkdir()
    with pytest.raises(ProblemError):
        set_aside(path, now=NOW)
    assert path.read_bytes() == b"Dear diary"
    assert (tmp_path / "history.sqlite3-wal").read_bytes() == b"more"


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE history",
        "DROP TABLE ledger_answers",
        "ALTER TABLE history RENAME COLUMN outcome TO end",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 2",
        f"PRAGMA user_version = {len(MIGRATIONS) - 1}",
    ],
)
def test_a_database_that_lacks_a_part_is_damaged(tmp_path: Path, statement: str) -> None:
    path = filled(tmp_path / "history.sqlite3")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
    assert refusal(path) == "storage.damaged"
    assert open_files(tmp_path) == []


def test_a_shape_that_is_no_text_any_more_is_damaged(tmp_path: Path) -> None:
    path = filled(tmp_path / "history.sqlite3")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'destination', CAST(x'64ff' AS TEXT)) WHERE name = 'history'"
        )
    assert refusal(path) == "storage.damaged"
    assert open_files(tmp_path) == []


def test_the_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE history (a)")
    assert refusal(path) == "storage.damaged"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("history",)]


def test_an_empty_file_is_a_new_history(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"")
    with Database(path) as database:
        assert History(database).count(HistoryQuery()) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no open file")
@pytest.mark.parametrize("what", ["deleted", "moved", "replaced", "folder deleted"])
def test_a_file_that_is_gone_while_the_program_runs_is_said(tmp_path: Path, what: str) -> None:
    path = filled(tmp_path / "data" / "history.sqlite3")
    with Database(path) as database:
        history = History(database)
        row_id = history.begin(beginning(), now=NOW)
        match what:
            case "deleted":
                path.unlink()
            case "moved":
                path.rename(tmp_path / "elsewhere")
            case "replaced":
                path.unlink()
                path.write_bytes(b"")
            case _:
                shutil.rmtree(path.parent)
        for call in (
            lambda: history.begin(beginning(), now=NOW),
            lambda: history.complete(row_id, ending()),
            lambda: history.page(HistoryQuery()),
            lambda: history.row(row_id),
        ):
            with pytest.raises(ProblemError) as caught:
                call()
            assert caught.value.problem.code == "storage.gone"
            assert str(path) in caught.value.problem.detail
    assert what == "replaced" or not path.exists()


@pytest.mark.parametrize("mode", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_history_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    path = filled(tmp_path / "history.sqlite3")
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"BEGIN {mode}")
        assert refusal(path) == "storage.busy"
    assert open_files(tmp_path) == []
    with Database(path) as database:
        assert History(database).count(HistoryQuery()) == 50


def test_control_c_in_a_transaction_leaves_nothing_and_can_be_gone_on_from(database: Database) -> None:
    def interrupted() -> None:
        with database.transaction() as connection:
            connection.execute("DELETE FROM migrations")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM migrations").fetchone() == (len(MIGRATIONS),)


@pytest.mark.parametrize("exists", [True, False], ids=["an old database", "a new one"])
def test_a_read_only_disk(tmp_path: Path, make_read_only: Callable[[Path], str], exists: bool) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if exists:
        filled(folder / "history.sqlite3")
    expected = make_read_only(folder)
    assert refusal(folder / "history.sqlite3") == expected


def test_a_read_only_file_system_from_the_start() -> None:
    path = Path("/proc/mturk-notification-tester/history.sqlite3")
    if not path.parents[1].is_dir():
        pytest.skip("no /proc here")
    with pytest.raises(ProblemError) as caught:
        Database(path)
    assert caught.value.problem.cause is Cause.STORAGE


def fill_up(folder: Path, leave: int) -> None:
    with (folder / "others").open("wb") as file:
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        file.write(b"\0" * max(free - leave, 0))


@pytest.mark.parametrize(
    ("exists", "leave"),
    [
        pytest.param(True, 0, id="an old database, nothing left"),
        pytest.param(True, 8192, id="an old database, two pages left"),
        pytest.param(False, 0, id="a new one, nothing left"),
        pytest.param(False, 8192, id="a new one, two pages left"),
        pytest.param(False, 40960, id="a new one, ten pages left"),
    ],
)
def test_opening_on_a_full_disk(small_disk: Path, exists: bool, leave: int) -> None:
    path = small_disk / "history.sqlite3"
    if exists:
        filled(path, rows=5)
    fill_up(small_disk, leave)
    assert refusal(path) == "storage.full"


def test_a_disk_that_fills_up_later_loses_nothing_that_was_written(small_disk: Path) -> None:
    with Database(small_disk / "history.sqlite3") as database:
        history = History(database)
        row_id = history.begin(beginning(), now=NOW)
        fill_up(small_disk, 0)
        with pytest.raises(ProblemError) as caught:
            history.complete(row_id, ending(raw="x" * 900_000))
        assert caught.value.problem.code == "storage.full"
        assert history.count(HistoryQuery()) == 1
        (small_disk / "others").unlink()
        history.complete(row_id, ending(raw="at last"))
        row = history.row(row_id)
        assert row is not None
        assert row.raw == "at last"


def test_a_disk_is_full_also_below_a_folder_that_is_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "not yet" / "history.sqlite3"
    assert not disk.is_nearly_full(new)
    monkeypatch.setattr(disk, "SCARCE_BYTES", 2**70)
    assert disk.is_nearly_full(new)


def test_a_full_database_without_the_right_to_mount(database: Database) -> None:
    history = History(database)
    row_id = history.begin(beginning(), now=NOW)
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to what is in use
    with pytest.raises(ProblemError) as caught:
        history.complete(row_id, ending(raw="x" * 100_000))
    assert caught.value.problem.code == "storage.full"
    assert history.count(HistoryQuery()) == 1
