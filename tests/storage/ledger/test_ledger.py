# SPDX-License-Identifier: MIT
"""The ledger: durable before the call, only ever growing, and true about what it does not know."""

from __future__ import annotations

import io
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import NotificationSpec, parse_spec
from notification_tester.domain.problem import Cause, Problem, ServiceAnswer
from notification_tester.domain.setting import Action, Change, LineState, Setting, apply, send_again, switch, undo
from notification_tester.storage.database import Database
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.ledger.file import export_json, import_lines, read_file
from storage.conftest import NOW, needs_strace, system_calls

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ONE, TWO = HitTypeId("3ONE"), HitTypeId("3TWO")
HERE = ("Lab", "sandbox")
FAILED = Problem(
    title="No.",
    detail="=1+1",
    remedy="Try.",
    code="RequestError",
    cause=Cause.REFUSED,
    answer=ServiceAnswer(code="RequestError", message="-x \ud800\0\n", http_status=400),
)


def spec(name: str = "a", *events: str) -> NotificationSpec:
    return parse_spec(
        transport=Transport.SQS,
        destination=f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}",
        events=events or ("AssignmentSubmitted",),
    )


A, B = spec("a"), spec("b", "HITExpired", "AssignmentReturned")


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def send(ledger: Ledger, change: Change, state: LineState | None = LineState.APPLIED, *, minutes: int = 0) -> int:
    """Plan a change and answer it; None leaves it without an answer."""
    (line,) = ledger.plan(*HERE, [change], now=NOW + timedelta(minutes=minutes))
    if state is not None:
        problem = FAILED if state is LineState.FAILED else None
        ledger.answer([(line, state, problem)], now=NOW + timedelta(minutes=minutes, seconds=1))
    return line


def test_a_line_is_pending_until_it_is_answered(ledger: Ledger) -> None:
    first, second = ledger.plan(*HERE, [apply(ONE, A), switch(TWO, None, on=False)], now=NOW)
    (line,) = ledger.lines(*HERE, ONE)
    assert (line.id, line.state, line.answered, line.problem, line.imported) == (
        first,
        LineState.PENDING,
        None,
        None,
        False,
    )
    assert line.change == apply(ONE, A)
    assert (line.account, line.environment) == HERE
    assert line.at == NOW.replace(microsecond=123000)
    assert line.takes_effect_by is None
    ledger.answer([(second, LineState.FAILED, FAILED), (first, LineState.APPLIED, None)], now=NOW)
    (line,) = ledger.lines(*HERE, TWO)
    assert (line.state, line.problem) == (LineState.FAILED, FAILED)
    assert line.change.after == Setting(spec=None, active=False)
    (line,) = ledger.lines(*HERE, ONE)
    assert line.state is LineState.APPLIED
    assert line.takes_effect_by == line.at + timedelta(minutes=5)
    assert ledger.unknown_lines(*HERE) == []


def test_what_holds_is_what_was_applied(ledger: Ledger) -> None:
    assert ledger.known(*HERE) == {}
    send(ledger, apply(ONE, A), LineState.FAILED)
    known = ledger.known(*HERE)[ONE]
    assert (known.setting, known.set_by, known.before) == (Setting(), None, None)
    assert known.newest.state is LineState.FAILED
    send(ledger, apply(ONE, A))
    send(ledger, apply(ONE, B), LineState.FAILED)
    set_by = send(ledger, switch(ONE, None, on=False))
    newest = send(ledger, apply(ONE, B), None)
    known = ledger.known(*HERE)[ONE]
    assert (known.setting, known.before) == (Setting(spec=A, active=False), Setting(spec=A, active=True))
    assert known.set_by is not None
    assert (known.set_by.id, known.newest.id) == (set_by, newest)
    assert known.in_doubt == known.newest
    doubted = send(ledger, apply(ONE, A), LineState.UNKNOWN)
    send(ledger, apply(ONE, B), LineState.FAILED)
    in_doubt = ledger.known(*HERE)[ONE].in_doubt
    assert in_doubt is not None
    assert in_doubt.id == doubted, "the last of the two that nobody knows of"


def test_a_destination_is_told_as_long_as_a_hit_type_is_set_to_it_and_on(ledger: Ledger) -> None:
    def told(account: tuple[str, str] = HERE) -> tuple[bool, bool]:
        return ledger.is_told(*account, A.destination), ledger.is_told(*account, B.destination)

    assert told() == (False, False)
    send(ledger, apply(ONE, A), LineState.FAILED)
    assert told() == (False, False)
    send(ledger, apply(TWO, A), LineState.UNKNOWN)
    assert told() == (True, False), "it may be"
    send(ledger, apply(TWO, B))
    send(ledger, switch(TWO, None, on=False))
    assert told() == (False, False)
    send(ledger, apply(ONE, A))
    assert told() == (True, False)
    assert ledger.count_told(A.destination) == 1
    ledger.plan("Other", "production", [apply(TWO, A)], now=NOW)
    assert (ledger.count_told(A.destination), ledger.count_told(B.destination)) == (2, 0), "of every account"
    assert told(("Other", "sandbox")) == told(("Lab", "production")) == (False, False)
    send(ledger, switch(ONE, None, on=False))
    assert told() == (False, False)
    send(ledger, switch(ONE, None, on=True))
    assert told() == (True, False)
    send(ledger, apply(TWO, B))
    assert told() == (True, True)
    send(ledger, apply(ONE, B))
    assert told() == (False, True)
    send(ledger, apply(ONE, A))
    send(ledger, switch(ONE, None, on=False))
    send(ledger, apply(ONE, B), LineState.UNKNOWN)
    assert told() == (False, True), "off, or at the other one"
    send(ledger, apply(ONE, A, active=False), LineState.UNKNOWN)
    assert told() == (False, True), "what may have been set is off in either case"


def test_who_was_ever_set_to_a_place_is_found_without_a_look_at_all_others(ledger: Ledger, database: Database) -> None:
    send(ledger, apply(ONE, A))
    send(ledger, apply(ONE, B))

    def steps_of_asking() -> int:
        """What SQLite does for the answer, in steps of its own machine."""
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        with database.reading() as connection:  # which is lent to who reads next
            connection.set_progress_handler(step, 1)
        assert not ledger.is_told(*HERE, A.destination)
        with database.reading() as connection:
            connection.set_progress_handler(None, 0)
        return steps

    few = steps_of_asking()
    ledger.plan(*HERE, [apply(HitTypeId(f"3OTHER{number}"), B) for number in range(1000)], now=NOW)
    assert 0 < steps_of_asking() < 2 * few


def test_the_destinations_that_are_told_are_those_of_set_hit_types_the_newest_first(ledger: Ledger) -> None:
    assert ledger.told(*HERE) == []
    send(ledger, apply(ONE, A), LineState.FAILED)
    assert ledger.told(*HERE) == []
    send(ledger, apply(ONE, A))
    send(ledger, apply(TWO, B))
    assert ledger.told(*HERE) == [B.destination, A.destination]
    send(ledger, apply(ONE, spec("a", "HITExpired")))
    assert ledger.told(*HERE) == [A.destination, B.destination], "each once"
    send(ledger, switch(ONE, None, on=False))
    assert ledger.told(*HERE) == [B.destination]
    send(ledger, apply(TWO, A))
    assert ledger.told(*HERE) == [A.destination], "nobody tells the other any more"
    assert ledger.told("Other", "sandbox") == []


def test_a_damaged_specification_tells_nobody(ledger: Ledger, database: Database) -> None:
    send(ledger, apply(TWO, B))
    with database.transaction() as connection:
        connection.execute("INSERT INTO ledger_specs (spec) VALUES ('{')")
    assert ledger.is_told(*HERE, B.destination)
    assert ledger.told(*HERE) == [B.destination]
    assert not ledger.is_told(*HERE, A.destination)


def test_accounts_and_environments_are_apart(ledger: Ledger) -> None:
    for account, environment in (HERE, ("Lab", "production"), ("lab", "sandbox")):
        ledger.plan(account, environment, [apply(ONE, A)], now=NOW)
        assert len(ledger.lines(account, environment, ONE)) == 1
        assert ledger.known(account, environment)[ONE].newest.account == account
    assert ledger.known("Other", "sandbox") == {}


def test_an_undo_is_undone(ledger: Ledger) -> None:
    def undone() -> Setting:
        known = ledger.known(*HERE)[ONE]
        change = undo(known)
        assert change is not None
        send(ledger, change)
        return ledger.known(*HERE)[ONE].setting

    send(ledger, apply(ONE, A))
    assert undone() == Setting(spec=A, active=False)  # nothing was known before, so off
    assert undone() == Setting(spec=A, active=True)
    send(ledger, apply(ONE, B))
    assert undone() == Setting(spec=A, active=True)
    assert undone() == Setting(spec=B, active=True)
    assert [line.change.action for line in ledger.lines(*HERE, ONE)][:2] == [Action.UNDO, Action.UNDO]


def test_nothing_is_changed_or_deleted(database: Database, ledger: Ledger) -> None:
    line = send(ledger, apply(ONE, A))
    for statement in (
        "DELETE FROM ledger",
        "DELETE FROM ledger_answers",
        "DELETE FROM ledger_specs",
        "UPDATE ledger SET active = 0",
        "UPDATE ledger_answers SET state = 'failed'",
        "UPDATE ledger_specs SET spec = ''",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"), database.transaction() as connection:
            connection.execute(statement)
    pending = send(ledger, apply(TWO, A), None)
    for wrong in (line, 99):  # answered already, not there
        with pytest.raises(sqlite3.IntegrityError):
            ledger.answer([(pending, LineState.APPLIED, None), (wrong, LineState.FAILED, FAILED)], now=NOW)
    with pytest.raises(ValueError, match="pending"):
        ledger.answer([(pending, LineState.PENDING, None)], now=NOW)
    assert ledger.known(*HERE)[ONE].setting.active is True
    assert ledger.lines(*HERE, TWO)[0].state is LineState.PENDING
    assert ledger.plan(*HERE, [], now=NOW) == []
    ledger.answer([], now=NOW)


def test_a_clock_that_was_set_back_does_not_turn_the_order_round(ledger: Ledger) -> None:
    send(ledger, apply(ONE, A), minutes=4)
    newest = send(ledger, switch(ONE, None, on=False), minutes=0)
    known = ledger.known(*HERE)[ONE]
    assert known.newest.id == newest
    assert known.setting == Setting(spec=A, active=False)
    assert [line.id for line in ledger.lines(*HERE, ONE)] == [newest, newest - 1]
    assert ledger.lines(*HERE, ONE)[0].at < ledger.lines(*HERE, ONE)[1].at  # as the clock said it


@pytest.mark.parametrize(
    ("later", "settled"),
    [
        pytest.param([(apply(ONE, B), LineState.APPLIED)], True, id="another specification was applied"),
        pytest.param([(apply(ONE, B), LineState.FAILED)], False, id="another one failed"),
        pytest.param([(apply(ONE, B), LineState.UNKNOWN)], False, id="another one is unknown too"),
        pytest.param([(switch(ONE, None, on=False), LineState.APPLIED)], False, id="off says nothing of the spec"),
        pytest.param([], False, id="nothing came after"),
    ],
)
def test_a_line_that_is_not_known_is_settled_by_a_later_one(
    ledger: Ledger, later: Sequence[tuple[Change, LineState]], settled: bool
) -> None:
    unknown = send(ledger, apply(ONE, A), LineState.UNKNOWN)
    for change, state in later:
        send(ledger, change, state)
    lines = ledger.unknown_lines(*HERE)
    assert (unknown not in [line.id for line in lines]) == settled
    known = ledger.known(*HERE)
    for change in send_again(lines, known):
        send(ledger, change)
    assert ledger.unknown_lines(*HERE) == []
    assert ledger.lines(*HERE, ONE)[-1].state is LineState.UNKNOWN  # its own story stays as it is


def test_active_alone_is_settled_by_active_alone(ledger: Ledger) -> None:
    send(ledger, switch(ONE, None, on=True), LineState.UNKNOWN)
    send(ledger, switch(ONE, None, on=False))
    assert ledger.unknown_lines(*HERE) == []


SENT = st.tuples(
    st.sampled_from([ONE, TWO]),
    st.sampled_from([A, B, None]),
    st.booleans(),
    st.sampled_from([LineState.APPLIED, LineState.FAILED, LineState.UNKNOWN, None]),
)


class Service:
    """One HIT type as Mechanical Turk keeps it."""

    def __init__(self) -> None:
        self.spec: NotificationSpec | None = None
        self.active: bool | None = None

    def take(self, change: Change) -> None:
        self.spec, self.active = change.spec or self.spec, change.active


@settings(max_examples=40)
@given(sent=st.lists(st.tuples(SENT, st.booleans()), max_size=12), data=st.data())
def test_what_holds_is_the_fold_of_what_was_sent(sent: list[tuple[Any, bool]], data: st.DataObject) -> None:
    """Whatever became of calls without an answer: after "send again" the ledger and the service agree."""
    with tempfile.TemporaryDirectory() as folder:
        path, service = Path(folder) / "h.sqlite3", {ONE: Service(), TWO: Service()}
        stories: list[list[int]] = []
        with Database(path) as database:
            ledger = Ledger(database)
            for (hit_type_id, chosen, active, state), arrived in sent:
                known = ledger.known(*HERE).get(hit_type_id)
                change = switch(hit_type_id, known, on=active) if chosen is None else apply(hit_type_id, chosen)
                stories.append([line.id for line in ledger.lines(*HERE, hit_type_id)])
                send(ledger, change, state, minutes=data.draw(st.integers(-3, 3)))
                if state is LineState.APPLIED or (arrived and state is not LineState.FAILED):
                    service[hit_type_id].take(change)
                assert [line.id for line in ledger.lines(*HERE, hit_type_id)][1:] == stories[-1]
        with Database(path) as database:  # the next start
            ledger = Ledger(database)
            for change in send_again(ledger.unknown_lines(*HERE), ledger.known(*HERE)):
                service[change.hit_type_id].take(change)
                send(ledger, change)
            assert ledger.unknown_lines(*HERE) == []
            for hit_type_id, known in ledger.known(*HERE).items():
                real = service[hit_type_id]
                if known.setting.spec is not None or known.set_by is None:
                    assert known.setting.spec == real.spec
                assert known.setting.active == real.active


OTHER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from storage.ledger.test_ledger import A, HERE, NOW, ONE, TWO, HitTypeId, Ledger, LineState, Database, apply

ledger = Ledger(Database(Path(sys.argv[1])))
ids = ledger.plan(*HERE, [apply(ONE, A), apply(TWO, A)], now=NOW)
ledger.answer([(ids[0], LineState.APPLIED, None)], now=NOW)
print(*ids, flush=True)
for number in range(int(sys.stdin.readline())):
    (line,) = ledger.plan(*HERE, [apply(HitTypeId(f"{sys.argv[3]}{number}"), A)], now=NOW)
    ledger.answer([(line, LineState.APPLIED, None)], now=NOW)
print("done", flush=True)
sys.stdin.readline()
"""


class OtherProgram:
    """Another instance, in the middle of a change."""

    def __init__(self, path: Path, letter: str = "X") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(path), str(Path(__file__).parents[2]), letter],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ids = [int(word) for word in self.read().split()]

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def go(self, rounds: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{rounds}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()  # SIGKILL on POSIX systems
        self.process.communicate(timeout=60)


@pytest.fixture
def others(tmp_path: Path) -> Iterator[list[OtherProgram]]:
    programs = [OtherProgram(tmp_path / "data" / "history.sqlite3", letter) for letter in "XY"]
    yield programs
    for program in programs:
        program.kill()


def test_what_a_killed_program_sent_is_not_known(others: list[OtherProgram], ledger: Ledger) -> None:
    first, second = others
    assert ledger.unknown_lines(*HERE) == []
    first.kill()
    (line,) = ledger.unknown_lines(*HERE)
    assert (line.id, line.state, line.change) == (first.ids[1], LineState.UNKNOWN, apply(TWO, A))
    story = ledger.lines(*HERE, TWO)
    assert {line.id: line.state for line in story} == {
        first.ids[1]: LineState.UNKNOWN,
        second.ids[1]: LineState.PENDING,
    }
    (again,) = send_again([line], ledger.known(*HERE))
    send(ledger, again)
    assert ledger.unknown_lines(*HERE) == []


def test_programs_that_write_at_once_wait_for_each_other(others: list[OtherProgram], ledger: Ledger) -> None:
    for other in others:
        other.go(60)
    for _ in range(30):
        send(ledger, apply(ONE, B))
    assert [other.read().strip() for other in others] == ["done", "done"]
    known = ledger.known(*HERE)
    assert len(known) == 2 + 2 * 60
    assert all(one.newest.state is LineState.APPLIED for name, one in known.items() if name != TWO)
    ids = [line.id for name in known for line in ledger.lines(*HERE, name)]
    assert sorted(ids) == list(range(1, 4 + 120 + 30 + 1))


def test_a_plan_waits_for_the_disk_after_a_test_that_did_not(database: Database, ledger: Ledger) -> None:
    with database.transaction(survives_power_cut=False) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (1,)
    with ledger._durably() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


WATCHED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from storage.ledger.test_ledger import A, HERE, NOW, ONE, Ledger, Database, apply

database = Database(Path(sys.argv[1]))
ledger = Ledger(database)
with database.transaction(survives_power_cut=False) as connection:
    connection.execute("CREATE TABLE felt (a)")
for _ in range(3):
    os.write(2, b"BEFORE")
    ledger.plan(*HERE, [apply(ONE, A)] * 250, now=NOW)
    os.write(2, b"CALL")
"""


@needs_strace
def test_the_log_is_brought_to_the_disk_before_the_call(tmp_path: Path) -> None:
    calls = "write,pwrite64,fsync,fdatasync"
    traced = system_calls(calls, WATCHED, tmp_path / "h.sqlite3", Path(__file__).parents[2], folder=tmp_path)
    rounds = re.findall(r"BEFORE(.*?)CALL", traced, re.DOTALL)
    assert len(rounds) == 3
    for one in rounds:
        log = re.findall(r"(\w+)\(\d+<[^>]*-wal>", one)
        assert log[0] == "pwrite64"
        assert log[-1] in {"fsync", "fdatasync"}


@pytest.mark.slow
def test_twenty_thousand_hit_types(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = [HitTypeId(f"3{number:029d}") for number in range(20_000)]
    specs = [spec(f"q{number}") for number in range(10)]
    with Database(tmp_path / "h.sqlite3") as database:
        ledger = Ledger(database)
        began = time.thread_time()
        for turn in range(5):
            for first in range(0, len(ids), 1000):
                changes = [apply(one, specs[(turn + first) % 10]) for one in ids[first : first + 1000]]
                lines = ledger.plan(*HERE, changes, now=NOW)
                ledger.answer([(line, LineState.APPLIED, None) for line in lines], now=NOW)
        written = time.thread_time() - began
        began = time.thread_time()
        known = ledger.known(*HERE)
        read = time.thread_time() - began
        began = time.thread_time()
        assert ledger.unknown_lines(*HERE) == []
        asked = time.thread_time() - began
    with capsys.disabled():
        sys.stdout.write(
            f"\n20,000 HIT types with 5 lines each: 10,000 lines planned and answered in {written / 10:.2f} s,"
            f" all known in {read:.2f} s, unknown ones in {asked:.3f} s\n"
        )
    assert len(known) == 20_000
    assert read < 5  # seconds of this thread, so that it matters to nobody what else runs; several times what it takes


def test_a_change_is_kept_as_it_is(ledger: Ledger) -> None:
    mail = parse_spec(transport=Transport.EMAIL, destination="name@university.edu", events=["HITCreated"])
    topic = parse_spec(
        transport=Transport.SNS,
        destination="arn:aws:sns:us-east-1:123456789012:t.fifo",
        events=["HITExpired"],
        version="2014-08-15",
    )
    for one in (mail, topic, A):
        change = replace(apply(ONE, one, action=Action.REAPPLY), active=False, after=Setting(spec=one, active=None))
        send(ledger, change)
        assert ledger.lines(*HERE, ONE)[0].change == change


def test_what_is_not_known_is_told_newest_first_and_the_newest_is_sent_again(ledger: Ledger) -> None:
    first = send(ledger, apply(ONE, A), LineState.UNKNOWN, minutes=0)
    second = send(ledger, apply(TWO, A), LineState.UNKNOWN, minutes=1)
    third = send(ledger, apply(ONE, B), LineState.UNKNOWN, minutes=2)
    lines = ledger.unknown_lines(*HERE)
    assert [line.id for line in lines] == [third, second, first]
    assert {change.hit_type_id: change.spec for change in send_again(lines, ledger.known(*HERE))} == {ONE: B, TWO: A}


def test_an_import_does_not_answer_a_line_of_a_running_program(ledger: Ledger, tmp_path: Path) -> None:
    (mine,) = ledger.plan(*HERE, [apply(ONE, A)], now=NOW)
    with Database(tmp_path / "elsewhere" / "history.sqlite3") as database:
        elsewhere = Ledger(database)
        (theirs,) = elsewhere.plan(*HERE, [apply(ONE, A)], now=NOW)
        elsewhere.answer([(theirs, LineState.FAILED, FAILED)], now=NOW)
        file = io.StringIO()
        export_json(elsewhere, *HERE, file)
    import_lines(ledger, *HERE, read_file(file.getvalue()), now=NOW)
    (line,) = ledger.lines(*HERE, ONE)
    assert (line.id, line.state, line.answered) == (mine, LineState.PENDING, None)
    ledger.answer([(mine, LineState.APPLIED, None)], now=NOW)
    assert ledger.lines(*HERE, ONE)[0].state is LineState.APPLIED
