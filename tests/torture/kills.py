# SPDX-License-Identifier: MIT
"""The program killed at random moments: what the records say afterwards is so, and nothing is left behind.

Half of the kills come after a random time, half at a random call, before or after the service carried it out: the
moments that matter are short.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from breaking_proxy import pass_on
from notification_tester.domain.problem import ProblemError
from notification_tester.storage.ledger.file import read_file
from notification_tester.storage.migrations import MIGRATIONS, migrate, version_of
from torture.scene import RECEIVE, SEND, SET, Scene, is_test, members, must, scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from random import Random

    from breaking_proxy import Exchange
    from torture.nursery import Home, Ran
    from torture.trial import Try

FULL, SHORT = 200, 30
LINES = 4_000
"""Of a record that is exported, so that writing it takes a while."""

HASTY = """
from notification_tester.domain.setting import LineState
from notification_tester.storage.ledger import Ledger
honest = Ledger.plan
def hasty(self, account, environment, changes, *, now):
    planned = honest(self, account, environment, changes, now=now)
    self.answer([(one, LineState.APPLIED, None) for one in planned], now=now)
    return planned
Ledger.plan = hasty
"""
KILLED_IN_SQL = """
import os, signal
from notification_tester.storage import database, migrations
honest, left = database.migrate, [{steps}]
def step():
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
def migrate(connection, *more):
    if connection.execute("PRAGMA database_list").fetchone()[2]:
        connection.set_progress_handler(step, 20)
    return honest(connection, *more)
database.migrate = migrate
"""


@dataclass
class Case:
    """One command that is killed."""

    scene: Scene
    chance: Random
    home: Home
    before: str
    filled: Path
    was_killed: bool = False

    def killed(self, *words: str, calls: int, seconds: float) -> Ran:
        """Run a command and kill it; it makes about so many calls, or takes so long."""
        number, ends = [0], threading.Event()
        last = self.chance.randint(1, calls)
        carried_out_first = self.chance.random() < 0.5

        def at_a_call(exchange: Exchange) -> object:
            number[0] += 1
            if number[0] != last or not running:
                return pass_on(exchange)
            if carried_out_first:
                exchange.carried_out()
            self._kill(running[0])
            return False

        running: list[int] = []
        if is_at_a_call := self.chance.random() < 0.5:
            self.scene.gateway.breaks("*", at_a_call)
        running.append(self.scene.nursery.begin(self.home, *words, "--account", "environment", before=self.before))
        if not is_at_a_call:
            ends.wait(self.chance.uniform(0, seconds))
            self._kill(running[0])
        ran = self.scene.nursery.end()
        must(ran.code in {0, 1, -signal.SIGKILL}, f"it ended with {ran.code}: {ran.errors[-600:]}")
        return ran

    def _kill(self, process_id: int) -> None:
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(process_id, signal.SIGKILL)
            self.was_killed = True


def send(case: Case) -> None:
    """In the middle of a test."""
    scene, chance = case.scene, case.chance
    strangers = [f"theirs {n}" for n in range(chance.randint(0, 3))]
    queue = scene.queue(strangers=strangers)
    through_topic = chance.random() < 0.4
    where = ("SNS", scene.topic()) if through_topic else ("SQS", queue)
    words = ("--transport", where[0], "--destination", where[1], "--event", "AssignmentSubmitted", "--wait", "3")
    case.killed("send", *words, calls=9 if through_topic else 6, seconds=0.6)
    carried = scene.carried()
    sent = any(one.operation == SEND and one.answer.status == 200 for one in carried)
    seen = any(one.operation == RECEIVE and is_test(one.answer.body.decode()) for one in carried)
    bodies = scene.contents(queue, carried)
    rows = scene.start_again(case.home)["history"]
    must(sorted(body for body in bodies if not is_test(body)) == strangers, "other people's messages are gone")
    must(len(rows) == 1 or not sent, "a test was sent, and no history tells of it")
    for row in rows:
        accepted, arrived = row["accepted"]["state"], row["arrived"]["state"]
        must(accepted != "yes" or sent, "accepted: yes, and it was not carried out")
        must(accepted != "no" or not sent, "accepted: no, and it was carried out")
        must(arrived != "yes" or seen, "arrived: yes, and no queue gave it out")
        must(row["outcome"] != "running", "a test that ended is said to run")


def bulk(case: Case) -> None:
    """In the middle of many changes."""
    scene, chance = case.scene, case.chance
    ids = chance.sample(scene.ids, 60)
    queue = scene.queue()
    before = scene.settings(ids)
    events = chance.choice(["HITExpired", "HITReviewable", "AssignmentReturned"])
    case.killed(
        "hit-types",
        "apply",
        "--transport",
        "SQS",
        "--destination",
        queue,
        "--events",
        events,
        *ids,
        calls=60,
        seconds=0.8,
    )
    done = {members(one)["HITTypeId"] for one in scene.carried() if one.operation == SET and one.answer.status == 200}
    after = scene.settings(ids)
    rows = {row["hit_type_id"]: row for row in scene.start_again(case.home)["hit_types"]}
    scene.outside.sqs.delete_queue(QueueUrl=queue)
    must(done <= set(rows), "a HIT type was changed, and the record has no line of it")
    for its, row in rows.items():
        state = row["state"]
        must(state != "applied" or its in done, "recorded as applied, and it was not carried out")
        must(state != "failed" or after[its] == before[its], "recorded as failed, and it was changed")
        if state == "applied":
            must((row["setting"], row["active"]) == after[its], "recorded in another way than it is set")


def export(case: Case) -> None:
    """In the middle of writing a file over another one."""
    _fill(case)
    name = f"record.{case.chance.choice(('csv', 'json'))}"
    path = case.home.folder / name
    path.write_text("the file before", "utf-8")
    case.killed("hit-types", "export", str(path), calls=1, seconds=0.5)
    case.scene.start_again(case.home)
    if path.read_bytes() != b"the file before":
        try:
            lines = read_file(path)
        except ProblemError as error:
            must(False, f"half a file: {error.problem.detail}")
        else:
            must(len(lines) == LINES, f"{len(lines)} of {LINES} lines")


def migration(case: Case) -> None:
    """In the middle of bringing an older database to today's shape."""
    database = _database_of(case.home)
    database.parent.mkdir(parents=True)
    old = case.chance.randint(1, len(MIGRATIONS) - 1)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        migrate(connection, MIGRATIONS[:old])
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO history VALUES (?, '2026-01-31T23:59:59.123Z', 'test', 'Lab', 'other', 'SQS', 'q', 'Ping',"
            " 'good', 'yes', 'yes', 'yes', 1.5, '', '', 1, '')",
            [(number,) for number in range(1, 301)],
        )
        connection.execute("COMMIT")
    case.before += KILLED_IN_SQL.format(steps=case.chance.randint(0, 60))
    words = ("hit-types", "list", "--account", "environment")
    ran = case.scene.nursery.run(case.home, *words, before=case.before)
    must(ran.code in {0, -signal.SIGKILL}, f"it ended with {ran.code}: {ran.errors[-600:]}")
    case.was_killed = ran.code == -signal.SIGKILL
    told = case.scene.start_again(case.home)
    must(told["history_problem"] is None, f"the database cannot be opened: {told['history_problem']}")
    with closing(sqlite3.connect(database)) as connection:
        must(version_of(connection) == len(MIGRATIONS), "a step is missing")
        (rows,) = connection.execute("SELECT count(*) FROM history WHERE destination = 'q'").fetchone()
        must(rows == 300, f"{rows} of 300 rows are there")
        steps = [number for (number,) in connection.execute("SELECT number FROM migrations ORDER BY number")]
        must(steps == list(range(1, len(MIGRATIONS) + 1)), f"the steps taken are said to be {steps}")


def follow(case: Case) -> None:
    """In the middle of following a queue or a topic."""
    scene, chance = case.scene, case.chance
    strangers = [f"theirs {n:02}" for n in range(chance.randint(1, 15))]
    queue = scene.queue(strangers=strangers)
    through_topic = chance.random() < 0.5
    where = ("SNS", scene.topic()) if through_topic else ("SQS", queue)
    words = ("--transport", where[0], "--destination", where[1], "--seconds", "1")
    case.killed("listen", *words, calls=8, seconds=1.4)
    carried = scene.carried()
    must(sorted(scene.contents(queue, carried)) == strangers, "other people's messages are gone")
    scene.start_again(case.home)


def _database_of(home: Home) -> Path:
    from notification_tester.storage.places import APP_NAME

    return home.folder / "xdg_data_home" / APP_NAME / "history.sqlite3"


def _fill(case: Case) -> None:
    """Give a home the records that were filled once."""
    shutil.copytree(case.filled, case.home.folder, dirs_exist_ok=True)


WORDS: tuple[Callable[[Case], None], ...] = (send, bulk, export, migration, follow)


@contextmanager
def trying(folder: Path, *, planted: bool = False) -> Iterator[Try]:
    """One command a case, the kinds in turn."""
    with scene(folder) as found:
        filled = found.home()
        must(found.nursery.run(filled, str(LINES), call="torture.records:fill").code == 0, "no record could be filled")

        def attempt(number: int, chance: Random) -> None:
            found.carried()
            case = Case(found, chance, found.home(), HASTY if planted else "", filled.folder)
            WORDS[number % len(WORDS)](case)

        yield attempt
