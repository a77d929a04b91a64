# SPDX-License-Identifier: MIT
"""Files that are damaged, and disks that are full, read-only or held: nothing is made up, or lost in silence.

A home with a record of three hundred changes and thirty tests is damaged in one way. Then a person lists, sends a test
and changes two HIT types, and starts again when the disk is well.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notification_tester.domain.notification import VERSIONS
from notification_tester.storage.places import APP_NAME
from storage.conftest import _mount as mount
from torture.records import QUEUE
from torture.scene import RECEIVE, SEND, SET, Scene, is_test, members, must, scene, well_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from random import Random

    from torture.nursery import Home
    from torture.trial import Try

FULL, SHORT = 200, 40
LINES = 300
IMPATIENT = "from notification_tester.storage import database\ndatabase.BUSY_SECONDS = 0.2\n"
LYING = """
from notification_tester.cli import hit_types
from notification_tester.services import session
honest = hit_types.print_json
hit_types.print_json = lambda told, **more: honest({**told, "results": told["results"][1:], "notes": []}, **more)
"""


@dataclass
class Case:
    """A home whose disk is in a bad way.

    ``is_exact``: whatever is missing shows. ``is_flipped``: a text may read as another, which nothing can notice.
    """

    scene: Scene
    chance: Random
    home: Home
    before: str
    is_exact: bool = True
    is_flipped: bool = False
    undo: ExitStack = field(default_factory=ExitStack)

    @property
    def database(self) -> Path:
        """The file of the history."""
        return self.home.folder / "xdg_data_home" / APP_NAME / "history.sqlite3"

    def run(self, *words: str) -> dict[str, Any]:
        """A command with ``--json``, which must end well; what it told."""
        ran = self.scene.nursery.run(self.home, *words, "--account", "environment", "--json", before=self.before)
        well_ended(self.scene, self.home, ran)
        return {**ran.json(), "code": ran.code}


def cut(case: Case) -> None:
    """Cut off somewhere, as a copy is that did not end."""
    path = case.database
    size = case.chance.choice((0, 1, 99, 100, 4096, case.chance.randrange(path.stat().st_size)))
    os.truncate(path, size)
    case.is_exact = size > 0  # an empty file is taken for a new history


def flip(case: Case) -> None:
    """Bits that have turned over."""
    data = bytearray(case.database.read_bytes())
    for _ in range(case.chance.choice((1, 2, 10, 100))):
        data[case.chance.randrange(len(data))] ^= 1 << case.chance.randrange(8)
    case.database.write_bytes(data)
    case.is_exact, case.is_flipped = False, True


def smash(case: Case) -> None:
    """Blocks that come back as zeros, as noise, or as another block."""
    data = bytearray(case.database.read_bytes())
    blocks = len(data) // 4096
    for _ in range(case.chance.choice((1, 1, 3))):
        at = case.chance.randrange(blocks) * 4096
        other = case.chance.randrange(blocks) * 4096
        data[at : at + 4096] = case.chance.choice(
            (bytes(4096), case.chance.randbytes(4096), b"\xff" * 4096, bytes(data[other : other + 4096]))
        )
    case.database.write_bytes(data)
    case.is_exact = False


def spoil_log(case: Case) -> None:
    """A log of a killed program that is cut off or has bits turned over: what was in it may be gone, and no more."""
    path = case.database.with_name(case.database.name + "-wal")
    if not path.exists():
        flip(case)
        return
    data = bytearray(path.read_bytes())
    if case.chance.random() < 0.5:
        data = data[: case.chance.randrange(len(data))]
    else:
        for _ in range(case.chance.choice((1, 10))):
            data[case.chance.randrange(len(data))] ^= 1 << case.chance.randrange(8)
    path.write_bytes(data)
    case.is_exact, case.is_flipped = False, True


def replace(case: Case) -> None:
    """Something else in the place of the file."""
    path = case.database
    path.unlink()
    for beside in path.parent.glob("history.sqlite3-*"):
        if case.chance.random() < 0.5:
            beside.unlink()
    how: tuple[Callable[[], object], ...] = (
        path.mkdir,
        lambda: os.mkfifo(path),
        lambda: path.symlink_to(path),
        lambda: path.write_bytes(case.chance.randbytes(5000)),
        lambda: path.write_text("[Shared cookies]\n" * 100, "utf-8"),
        lambda: path.symlink_to("/dev/full"),
    )
    case.chance.choice(how)()
    case.is_exact = False


def renumber(case: Case) -> None:
    """A shape from a newer program, or one that there is not."""
    with closing(sqlite3.connect(case.database)) as connection:
        connection.execute(f"PRAGMA user_version = {case.chance.choice((-1, 0, 1, 99, 2**31 - 1))}")
        connection.commit()


def odd_values(case: Case) -> None:
    """Rows with values that the program never writes."""
    value = case.chance.choice(("''", "NULL", "x'ff00'", "7", "-1e999", "'[[['", "'\ud7ff'", "char(0)"))
    column = case.chance.choice(
        ("history.started", "history.outcome", "history.seconds", "history_body.lamps", "history_body.problem",
         "history_body.message", "history_body.events", "history_body.request", "ledger.at", "ledger.action",
         "ledger.active", "ledger_specs.spec", "ledger_answers.answered", "ledger_answers.problem")
    )  # fmt: skip
    table, _, name = column.partition(".")
    with closing(sqlite3.connect(case.database)) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(f"UPDATE OR IGNORE {table} SET {name} = {value} WHERE rowid % 3 = 0")
        connection.commit()
    case.is_exact = False


def settings(case: Case) -> None:
    """The small files of settings and accounts."""
    for name in ("accounts.json", "preferences.json"):
        path = case.database.parents[2] / "xdg_config_home" / case.database.parent.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = json.dumps({"version": 1, "accounts": [], "wait_seconds": 7}).encode()
        path.write_bytes(
            case.chance.choice((whole[: case.chance.randrange(len(whole))], b"\xff\xfe", b"[]", b"null", b"{" * 99))
        )
    told = case.scene.nursery.run(case.home, "hit-types", "list", "--account", "Lab", "--json", before=case.before)
    must(told.code in {1, 2} and "problem" in told.json(), f"a damaged list of accounts: {told.output}{told.errors}")


@contextmanager
def read_only(case: Case) -> Iterator[None]:
    """A disk that nothing can be written to; by its mode, where nobody may mount."""
    folder = case.database.parent
    if mount("--bind", str(folder), str(folder)) and mount("-o", "remount,bind,ro", str(folder)):
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextmanager
def full(case: Case) -> Iterator[None]:
    """A disk with hardly any room left; read-only, where nobody may mount one."""
    folder = case.database.parent
    kept = shutil.copytree(folder, case.home.folder.with_suffix(".kept"))
    if not mount("-t", "tmpfs", "-o", "size=4m", "none", str(folder)):
        with read_only(case):
            yield
        return
    case.undo.callback(lambda: subprocess.run(["umount", "--lazy", str(folder)], check=True))
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(4096))
        with suppress(OSError):
            file.truncate(max(0, file.tell() - case.chance.choice((0, 4096, 40_960, 409_600))))
    yield
    ballast.unlink()


@contextmanager
def held(case: Case) -> Iterator[None]:
    """Another program that holds the database."""
    with closing(sqlite3.connect(case.database, isolation_level=None)) as connection:
        connection.execute(case.chance.choice(("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE")))
        yield


DAMAGES: tuple[Callable[[Case], AbstractContextManager[object] | None], ...] = (
    cut, flip, smash, spoil_log, replace, renumber, odd_values, settings, read_only, full, held, smash, flip, cut,
)  # fmt: skip


def use(case: Case, *, is_over: Callable[[], object]) -> None:
    """What a person does meanwhile, and afterwards, when ``is_over`` has ended what passes."""
    scene, ids = case.scene, case.chance.sample(case.scene.ids, 2)
    queue = scene.queue(strangers=["theirs"])
    listed = case.run("hit-types", "list")
    rows = {row["hit_type_id"]: row for row in listed.get("results", ())}
    is_told = listed.get("notes") or "problem" in listed
    must(is_told or not case.is_exact or len(rows) == LINES, f"{len(rows)} of {LINES} lines, and no word")
    if not case.is_flipped:
        for its, row in rows.items():
            shown = (row["setting"], row["active"]) if row["state"] == "applied" else None
            must(shown is None or (_is_filled(its) and shown == WRITTEN), f"a change that nobody made: {row}")
    sent = case.run(
        "send", "--transport", "SQS", "--destination", queue, "--event", "AssignmentSubmitted", "--wait", "5"
    )
    changed = case.run(
        "hit-types", "apply", "--transport", "SQS", "--destination", queue, "--events", "HITExpired", *ids
    )
    carried = scene.carried()
    done = {members(one)["HITTypeId"] for one in carried if one.operation == SET and one.answer.status == 200}
    for row in changed.get("results", ()):
        must(row["state"] != "applied" or row["hit_type_id"] in done, "told as applied, and it was not carried out")
        must(row["state"] == "applied" or row["hit_type_id"] not in done, f"carried out, and told as {row['state']}")
    must("results" in changed or not done, "carried out, and nothing is told of it")
    was_sent = any(one.operation == SEND and one.answer.status == 200 for one in carried)
    seen = any(one.operation == RECEIVE and is_test(one.answer.body.decode()) for one in carried)
    must((sent["accepted"]["state"] == "yes") is was_sent, "accepted is not as it was")
    must((sent["arrived"]["state"] == "yes") is seen, "arrived is not as it was")
    must(scene.contents(queue, carried) == ["theirs"], "other people's messages, or a test message is left")
    is_over()
    told = scene.start_again(case.home)
    if (
        told["history_problem"] is None
        and _is_sound(case.database)
        and not changed.get("notes")
        and not listed.get("notes")
    ):
        recorded = {row["hit_type_id"]: row["state"] for row in told["hit_types"]}
        must(all(recorded.get(its) == "applied" for its in done), f"applied, and recorded: {recorded}")
        kept = [row for row in told["history"] if row and row["destination"] == queue]
        must(kept or sent["notes"], "a test was sent, and it is neither in the history nor said not to be")


def _is_sound(database: Path) -> bool:
    """Whether SQLite can find every row again. In a tree with a turned bit it reads past some, and nobody is told."""
    with closing(sqlite3.connect(database)) as connection:
        try:
            return connection.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            return False


WRITTEN = ({"Transport": "SQS", "Destination": QUEUE, "Version": VERSIONS[0], "EventTypes": ["HITExpired"]}, True)


def _is_filled(hit_type_id: str) -> bool:
    return hit_type_id.startswith("3FILLED") and int(hit_type_id[7:]) < LINES


@contextmanager
def trying(folder: Path, *, planted: bool = False) -> Iterator[Try]:
    """One damage a case, in turn, to the home of a program that ended well or was killed."""
    with scene(folder) as found:
        filled = []
        for call in ("fill", "fill_and_crash"):
            home = found.home()
            must(found.nursery.run(home, str(LINES), call=f"torture.records:{call}").code == 0, "no record is filled")
            filled.append(home.folder)

        def attempt(number: int, chance: Random) -> None:
            found.carried()
            case = Case(found, chance, found.home(), IMPATIENT + (LYING if planted else ""))
            shutil.copytree(chance.choice(filled), case.home.folder, dirs_exist_ok=True)
            lasting = DAMAGES[number % len(DAMAGES)](case) or nullcontext()
            lasting.__enter__()
            is_over = [False]

            def over() -> None:
                if not is_over[0]:
                    is_over[0] = True
                    lasting.__exit__(None, None, None)

            try:
                use(case, is_over=over)
            finally:
                over()
                case.undo.close()

        yield attempt
