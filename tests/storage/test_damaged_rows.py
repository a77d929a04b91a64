# SPDX-License-Identifier: MIT
"""A damaged value in the database: that entry says so, or is left out, and everything else goes on."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.delivery import State
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.setting import LineState, Setting, apply, reapply, send_again, switch, undo
from notification_tester.services.session import Session
from notification_tester.storage.database import Database
from notification_tester.storage.export import export_csv, export_json
from notification_tester.storage.history import History
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.ledger.file import export_csv as record_as_csv
from notification_tester.storage.ledger.file import export_json as record_as_json
from notification_tester.storage.ledger.file import read_file
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.places import Places
from notification_tester.storage.presets import Presets
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import HIT_TYPES_KIND, OTHER_PLACES, Outcome
from notification_tester.storage.tested import Tested
from storage.conftest import NOW, beginning, ending
from storage.ledger.test_ledger import FAILED, HERE, A, spec

if TYPE_CHECKING:
    from pathlib import Path

VALUES = (
    *(
        "words",
        "",
        " ",
        "{",
        "[]",
        "{}",
        "null",
        "[null]",
        "[[]]",
        '["a", {}]',
        "7",
        "[" * 5000,
        "9" * 5000,
        "\0",
        "=1+1",
    ),
    *(b"", b"\xff\xfe", b"bytes", 7, -1, 2**62, 1.5, float("inf"), None, "RUNNING", "pending", "\u202e"),
    *("9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "2026-01-31T23:59:59.123", '[["yes", 7, "x"], 1, 2]'),
    *(
        '{"title": 7}',
        '["SQS", {"url": 7}, "2006-05-05", ["Ping"]]',
        '["SQS", {}, "2006-05-05", []]',
        '["SQS", [7], 7, 7]',
    ),
)
"""What a failing disk, another version or a person with a database browser may leave in any place."""
NO_UTF8 = "CAST(x'61ff62' AS TEXT)"
"""A text that is no UTF-8, which Python refuses to read."""

PLACES = {
    "history": "started kind account environment transport destination event outcome accepted arrived as_expected"
    " seconds problem_title problem_code searchable owner",
    "history_body": "version events request lamps problem message raw raw_is_cut answer",
    "ledger": "at place account environment hit_type_id action spec active after_spec after_active owner imported",
    "ledger_specs": "spec",
    "ledger_answers": "state answered problem",
    "presets": "folded name spec",
    "leftovers": "kind account region name topic_arn address owner planned told",
}
COLUMNS = [(table, column) for table, columns in PLACES.items() for column in columns.split()]


MANY = len(VALUES) + 1


def types(number: int) -> HitTypeId:
    return HitTypeId(f"3T{number}")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one more of everything than there are damages; the last of each stays whole."""
    path = tmp_path_factory.mktemp("filled") / "history.sqlite3"
    later = NOW + timedelta(hours=1)
    with Database(path) as database:
        history, ledger, presets, leftovers = (
            History(database),
            Ledger(database),
            Presets(database),
            Leftovers(database),
        )
        whole = ending(problem=FAILED, raw="{}", message={})
        for number in range(MANY + 1):
            history.complete(history.begin(beginning(event=f"event {number}"), now=NOW), whole)
            (line,) = ledger.plan(*HERE, [apply(types(number), spec(f"q{number}"))], now=NOW)
            ledger.answer([(line, LineState.APPLIED, None)], now=NOW)
            presets.save(f"preset {number:02}", spec(f"q{number}"))
            row = leftovers.planned(
                kind="queue", account="Lab", region="us-east-1", name=f"n-{number}", topic_arn="", now=NOW
            )
            leftovers.made(row, f"https://sqs.us-east-1.amazonaws.com/123456789012/n-{number}")
        for number in range(MANY + 1):
            (line,) = ledger.plan(*HERE, [switch(types(number), None, on=False)], now=later)
            ledger.answer([(line, LineState.APPLIED if number % 2 else LineState.FAILED, FAILED)], now=later)
            ledger.plan(*HERE, [apply(types(number), spec(f"q{number}"))], now=later)
        history.begin(beginning(event="running"), now=NOW)
    return path


def damage(path: Path, statement: str, *values: object) -> int:
    """Change something that the program itself never would; how many rows, 0 where SQLite refuses it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        try:
            return connection.execute(statement, values).rowcount
        except sqlite3.IntegrityError:
            return 0


class Read:
    """Everything that the program reads of a database, as its pages and commands do."""

    def __init__(self, path: Path) -> None:
        with Session(Places(config=path.parent / "config", data=path.parent, log=path.parent)) as session:
            assert session.history_problem is None, session.history_problem
            assert session.history
            assert session.ledger
            assert session.presets
            assert session.leftovers
            self.history = session.history.page(HistoryQuery())
            assert session.history.count(HistoryQuery()) == len(self.history)
            for text in ("results", "ab", "event 0"):
                session.history.page(HistoryQuery(text=text))
                session.history.page(HistoryQuery(text=text, outcomes=frozenset({Outcome.GOOD})))
            self.rows = list(session.history.rows([one.id for one in self.history]))
            table, exact = io.StringIO(newline=""), io.StringIO()
            assert export_csv(session.history, HistoryQuery(), table) == len(self.history)
            assert export_json(session.history, HistoryQuery(), exact) == len(self.history)
            assert len(json.loads(exact.getvalue())) == len(self.history)
            table.getvalue().encode()
            for row in self.rows:
                session.history.complete(row.id, ending())
            self.known = session.ledger.known(*HERE)
            self.lines = {one: session.ledger.lines(*HERE, one) for one in self.known}
            self.unknown = session.ledger.unknown_lines(*HERE)
            self.again = send_again(self.unknown, self.known)
            for write in (record_as_csv, record_as_json):
                file = io.StringIO(newline="")
                count = write(session.ledger, *HERE, file)
                assert len(read_file(file.getvalue())) == count, "what is exported can be imported"
            tested = Tested(session.ledger._database)
            spec_there = spec("results", "AssignmentSubmitted", "HITReviewable")
            tested.last_of_spec(spec_there, account="Practice", environment="practice")
            list(tested.greens(account="Practice", environment="practice"))
            self.presets = session.presets.all()
            self.damaged_presets = session.presets.damaged()
            self.leftovers = session.leftovers.open_ones()
            session.remove_leftovers(tell=True)


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    made = tmp_path / "data" / "history.sqlite3"
    made.parent.mkdir()
    shutil.copy(filled, made)
    return made


def test_what_is_whole_is_read_whole(path: Path) -> None:
    read = Read(path)
    assert [(one.event, one.outcome.value) for one in read.history[:2]] == [
        ("running", "interrupted"),
        (f"event {MANY}", "good"),
    ]
    assert len(read.known) == len(read.presets) == len(read.leftovers) == MANY + 1
    assert read.known[types(0)].setting == Setting(spec=spec("q0"), active=True)
    assert not read.damaged_presets


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda value: value)
def test_whatever_stands_in_a_place_the_rest_is_read(path: Path, table: str, column: str) -> None:
    change = ("UPDATE", table, "SET", column, "= {} WHERE rowid = (SELECT min(rowid) + {} FROM", table, ")")
    damaged = damage(path, " ".join(change).format(NO_UTF8, len(VALUES)))
    for number, value in enumerate(VALUES):
        damaged += damage(path, " ".join(change).format("?", number), value)
    assert damaged > 20, "SQLite itself keeps some out, such as NULL"
    read = Read(path)
    assert len(read.history) == len(read.rows) == MANY + 2
    assert [one.event for one in read.history[:2]] == ["running", f"event {MANY}"]
    assert read.rows[1].event == f"event {MANY}"
    assert read.rows[1].outcome is Outcome.GOOD
    assert read.known[types(MANY)].setting.spec == spec(f"q{MANY}")
    assert read.presets[f"preset {MANY:02}"] == spec(f"q{MANY}")
    assert len(read.presets) + len(read.damaged_presets) >= MANY, "of two of one name one is read"
    assert f"n-{MANY}" in [one.name for one in read.leftovers]


HISTORY = [
    ("UPDATE history SET outcome = 'wonderful' WHERE id = 1", "its outcome"),
    ("UPDATE history SET accepted = x'ff' WHERE id = 1", "a lamp"),
    ("UPDATE history SET destination = CAST(x'61ff62' AS TEXT) WHERE id = 1", "no UTF-8 in the list"),
    ("UPDATE history SET seconds = 'soon' WHERE id = 1", "seconds"),
]


@pytest.mark.parametrize(("statement", "what"), HISTORY, ids=[what for _, what in HISTORY])
def test_a_damaged_row_of_the_history_is_shown_as_damaged(path: Path, statement: str, what: str) -> None:
    damage(path, statement)
    read = Read(path)
    (one,) = [one for one in read.history if one.id == 1]
    if what == "no UTF-8 in the list":
        assert one.destination == "a\ufffdb"
        return
    assert one.problem_title == "This entry is damaged."
    assert one.kind == "damaged"
    assert one.event == "event 0"
    assert one.outcome is Outcome.UNKNOWN


BODY = [
    *("lamps = '[1]'", "events = '{}'", "request = '['", "problem = '7'", "raw = x'ff'", "answer = x'ff'"),
    *("events = '[7]'", "request = '[]'", "message = '[]'", "message = '7'", "version = x'37'"),
    """lamps = '[["yes", "It did.", "soon"], ["yes", "It did.", 1], ["yes", "It did.", 1]]'""",
    """lamps = '[["yes", 7, 1], ["yes", "It did.", 1], ["yes", "It did.", 1]]'""",
]


@pytest.mark.parametrize("part", BODY)
def test_damaged_details_are_shown_as_damaged(path: Path, part: str) -> None:
    damage(path, " ".join(("UPDATE history_body SET", part, "WHERE id = 1")))
    (row,) = [row for row in Read(path).rows if row.id == 1]
    assert row.problem is not None
    assert row.problem.code == "history.damaged"
    assert row.kind == "damaged", "which cannot be sent again"
    assert row.event == "event 0"


def test_a_row_without_details_is_shown_as_damaged(path: Path) -> None:
    damage(path, "DELETE FROM history_body WHERE id = 1")
    (row,) = [row for row in Read(path).rows if row.id == 1]
    assert row.problem is not None
    assert row.problem.code == "history.damaged"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_specs SET spec = '{' WHERE id = 1",
        "DELETE FROM ledger_specs WHERE id = 1",
        "UPDATE ledger SET action = 'dance' WHERE id = 1",
        "UPDATE ledger SET at = 'once' WHERE id = 1",
        "UPDATE ledger_answers SET answered = 'once' WHERE line = 1",
        "UPDATE ledger_answers SET problem = '{' WHERE line = 1",
    ],
)
def test_of_a_damaged_line_nothing_is_claimed_and_nothing_made(path: Path, statement: str) -> None:
    damage(path, "DELETE FROM ledger_answers WHERE line > 2")
    damage(path, "DELETE FROM ledger WHERE id > 2")
    damage(path, statement)
    read = Read(path)
    known = read.known[types(0)]
    assert (known.setting.spec, known.setting.active, known.set_by, known.before) == (None, None, None, None)
    assert undo(known) is None
    assert reapply(known) is None
    damaged = [
        line for line in read.lines[types(0)] if line.problem is not None and line.problem.code == "record.damaged"
    ]
    assert [line.id for line in damaged] == [1]
    assert damaged[0].at == NOW.replace(microsecond=123000), "as far as that can be read"
    assert (damaged[0].imported, damaged[0].change.active, damaged[0].answered) == (False, False, None)
    assert damaged[0].state is LineState.UNKNOWN
    assert types(0) not in {change.hit_type_id for change in read.again}


def test_a_damaged_preset_can_be_replaced_and_removed(path: Path) -> None:
    damage(path, "UPDATE presets SET spec = '{' WHERE name IN ('preset 00', 'preset 01')")
    assert Read(path).damaged_presets == ("preset 00", "preset 01")
    with Database(path) as database:
        presets = Presets(database)
        presets.save("preset 00", A, replace=True)
        presets.remove("preset 01")
        assert presets.damaged() == ()
        assert presets.all()["preset 00"] == A


def index_damages() -> list[Any]:
    return [
        pytest.param("UPDATE history_search_data SET block = x'ffffffffffffffff'", id="its data"),
        pytest.param("DELETE FROM history_search_data", id="its data is gone"),
        pytest.param("DROP TABLE history_search_data", id="a table of its own is gone"),
        pytest.param("DROP TABLE history_search", id="it is gone"),
        pytest.param("UPDATE history SET event = 'other'", id="it does not fit"),
    ]


@pytest.mark.parametrize("statement", index_damages())
def test_a_damaged_index_is_done_without(path: Path, statement: str) -> None:
    damage(path, statement)
    for _ in range(2):
        with Database(path) as database:
            history = History(database)
            history.close_interrupted()
            for row in history.page(HistoryQuery()):
                history.complete(row.id, ending(raw="found again"))
            assert (
                len(history.page(HistoryQuery(text="again"))) == history.count(HistoryQuery(text="again")) == MANY + 2
            )


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("DELETE FROM history_search_data WHERE id > 10", id="what it holds is gone"),
        pytest.param("UPDATE history_search_data SET block = x'ffffffffffffffff' WHERE id > 10", id="what it holds"),
        pytest.param("DROP TABLE history_search", id="it is gone"),
    ],
)
def test_an_index_that_is_damaged_meanwhile_is_done_without_and_made_anew_at_the_next_start(
    tmp_path: Path, statement: str
) -> None:
    path = tmp_path / "history.sqlite3"
    with Database(path) as database:
        history = History(database)
        history.complete(history.begin(beginning(), now=NOW), ending(raw="the first words"))
        damage(path, statement)
        assert history.count(HistoryQuery(text="first")) == 1
        history.complete(history.begin(beginning(), now=NOW), ending(raw="the second words"))
        assert [row.id for row in history.page(HistoryQuery(text="words"))] == [2, 1]
    with Database(path) as database:
        history = History(database)
        history.complete(history.begin(beginning(), now=NOW), ending(raw="KÖLN and the third words"))
        assert [row.id for row in history.page(HistoryQuery(text="words"))] == [3, 2, 1]
        assert history.count(HistoryQuery(text="köln")) == 1, "only an index knows both cases of that letter"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE history_search_data SET block = x'ffffffffffffffff' WHERE id > 10", id="what it holds"),
        pytest.param("DELETE FROM history_search_data WHERE id > 10", id="what it holds is gone"),
    ],
)
def test_an_index_that_is_damaged_at_a_start_is_made_anew(path: Path, statement: str) -> None:
    damage(path, statement)
    for number in (1, 2):
        with Database(path) as database:
            history = History(database)
            history.complete(history.begin(beginning(), now=NOW), ending(raw="KÖLN"))
            assert history.count(HistoryQuery(text="köln")) == number, "only an index knows both cases of that letter"
            assert history.count(HistoryQuery(text="results")) == MANY + 2 + number


def test_an_index_that_is_too_damaged_even_to_be_dropped_is_done_without(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    for words in ("first", "second"):
        with Database(path) as database:
            history = History(database)
            history.complete(history.begin(beginning(), now=NOW), ending(raw=f"the {words} words"))
            damage(path, "DROP TABLE IF EXISTS history_search_data")
            assert history.count(HistoryQuery(text=words)) == 1
            history.complete(1, ending(raw="the last words"))
            assert history.count(HistoryQuery(text="last words")) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows renames no open file")
def test_for_another_trouble_the_index_is_not_given_up(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with Database(path) as database:
        history = History(database)
        history.complete(history.begin(beginning(), now=NOW), ending(raw="KÖLN"))
        path.rename(tmp_path / "elsewhere")
        with pytest.raises(ProblemError) as caught:
            history.count(HistoryQuery(text="köln"))
        assert caught.value.problem.code == "storage.gone"
        (tmp_path / "elsewhere").rename(path)
        assert history.count(HistoryQuery(text="köln")) == 1


def test_beside_a_damaged_row_all_others_are_shown_as_before(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with Database(path) as database:
        history = History(database)
        places = {OTHER_PLACES: [{"transport": "SQS", "destination": "x"}] * 2}
        for kind, end in (
            ("test", ending()),
            (HIT_TYPES_KIND, ending(seconds=None)),
            ("test", ending(outcome=Outcome.BAD, problem=FAILED)),
            ("test", ending(problem=FAILED)),
        ):
            history.complete(history.begin(beginning(kind=kind, request=places), now=NOW), end)
        before = history.page(HistoryQuery())
        assert [row.more_places for row in before] == [0, 0, 2, 0]
        damage(path, "UPDATE history SET accepted = 'perhaps' WHERE id = 4")
        after = history.page(HistoryQuery())
    assert after[1:] == before[1:]
    assert after[0] == before[0]._replace(
        kind="damaged",
        seconds=None,
        problem_title="This entry is damaged.",
        problem_code="history.damaged",
        outcome=Outcome.UNKNOWN,
        accepted=State.UNKNOWN,
        arrived=State.UNKNOWN,
        as_expected=State.UNKNOWN,
    )


def test_rows_of_an_index_that_is_gone_are_found_all_the_same(path: Path) -> None:
    damage(path, "DROP TABLE history_search")
    with Database(path) as database:
        assert History(database).count(HistoryQuery(text="results")) == MANY + 2
