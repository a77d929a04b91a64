# SPDX-License-Identifier: MIT
"""The history: rows before and after, found again by page, outcome and text."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notification_tester.domain.coverage import Result, SpecTest
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Problem, ServiceAnswer
from notification_tester.storage import migrations, search
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import HistoryQuery, Place
from notification_tester.storage.rows import Outcome
from notification_tester.storage.stored_values import RAW_LIMIT, stamp
from notification_tester.storage.tested import Tested
from storage.conftest import NOW, YES, beginning, ending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROBLEM = Problem(
    title="The queue is closed to MTurk.",
    detail="Its policy does not let it in.",
    remedy="Open it.",
    code="InternalFailure",
    cause=Cause.DESTINATION,
    answer=ServiceAnswer(code="InternalFailure", turk_error_code="X", message="м", request_id="1-2", http_status=500),
)

QUEUE = parse_spec(
    transport=Transport.SQS,
    destination=beginning().destination,
    events=["AssignmentSubmitted", "HITReviewable"],
)
PLACE = ("SQS", QUEUE.destination.text)
PRACTICE = {"account": "Practice", "environment": "practice"}


def ids(history: History, text: str = "", *outcomes: Outcome, before: int | None = None, limit: int = 200) -> list[int]:
    query = HistoryQuery(text=text, outcomes=frozenset(outcomes), before=before, limit=limit)
    found = [summary.id for summary in history.page(query)]
    if before is None and len(found) < limit:
        assert history.count(query) == len(found)
    return found


def test_a_row_is_there_before_its_answer(history: History) -> None:
    row = history.row(history.begin(beginning(), now=NOW))
    assert row is not None
    assert row.outcome is Outcome.RUNNING
    assert row.started == "2026-01-31T23:59:59.123Z"
    assert row.events == ("AssignmentSubmitted", "HITReviewable")
    assert row.request == {"Transport": "SQS"}
    assert row.accepted.state is row.arrived.state is row.as_expected.state is State.UNKNOWN
    assert ids(history, "results") == ids(history, "", Outcome.RUNNING) == [row.id]


def test_everything_comes_back_as_it_went_in(history: History) -> None:
    row_id = history.begin(beginning(), now=NOW)
    no = Lamp(state=State.NO, detail="<b>No</b>", seconds=None)
    message = {"a": ["\ud800", "\0", "\u202e", 1.5]}
    raw = 'x\0y \ud800 \u202e <img src="x"> ü'
    history.complete(
        row_id,
        ending(outcome=Outcome.BAD, arrived=no, problem=PROBLEM, message=message, raw=raw, answer="{}", seconds=0.1),
    )
    row = history.row(row_id)
    assert row is not None
    assert (row.outcome, row.accepted, row.arrived, row.as_expected) == (Outcome.BAD, YES, no, YES)
    assert (row.problem, row.message, row.raw, row.raw_is_cut) == (PROBLEM, message, raw, False)
    assert (row.answer, row.seconds) == ("{}", 0.1)
    (summary,) = history.page(HistoryQuery())
    assert (summary.outcome, summary.accepted, summary.arrived) == (Outcome.BAD, State.YES, State.NO)
    assert (summary.problem_title, summary.problem_code) == (PROBLEM.title, PROBLEM.code)
    assert summary.destination == row.destination


def test_a_message_is_cut_between_characters_and_marked(history: History) -> None:
    row_id = history.begin(beginning(), now=NOW)
    history.complete(row_id, ending(raw="x" + "ü" * RAW_LIMIT))
    row = history.row(row_id)
    assert row is not None
    assert row.raw_is_cut
    assert row.raw == "x" + "ü" * ((RAW_LIMIT - 1) // 2)
    history.complete(row_id, ending(raw="x" * RAW_LIMIT))
    row = history.row(row_id)
    assert row is not None
    assert (row.raw, row.raw_is_cut) == ("x" * RAW_LIMIT, False), "so long it may be"


def test_a_row_that_is_not_there(history: History) -> None:
    assert history.row(7) is None
    with pytest.raises(KeyError):
        history.complete(7, ending())


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        stamp(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_pages_go_on_where_the_last_one_ended(history: History, add: Callable[..., int]) -> None:
    rows = [add(end=ending(outcome=Outcome.BAD if number % 3 else Outcome.GOOD)) for number in range(25)]
    newest = rows[::-1]
    assert ids(history, limit=10) == newest[:10]
    assert ids(history, limit=10, before=newest[9]) == newest[10:20]
    assert ids(history, limit=10, before=newest[19]) == newest[20:]
    assert ids(history, limit=10, before=newest[-1]) == []
    good = [row for number, row in enumerate(rows) if number % 3 == 0][::-1]
    assert ids(history, "", Outcome.GOOD) == ids(history, "results", Outcome.GOOD) == good
    assert ids(history, "", Outcome.GOOD, Outcome.BAD, limit=10, before=newest[9]) == newest[10:20]
    assert ids(history, "results", Outcome.GOOD, limit=3, before=good[2]) == good[3:6]
    assert history.count(HistoryQuery(outcomes=frozenset({Outcome.GOOD}), before=3, limit=1)) == len(good)


def test_what_this_computer_sent_is_found_apart(history: History, add: Callable[..., int]) -> None:
    tests = [add() for _ in range(3)]
    from_here = [add(kind="delivery", end=ending(outcome=Outcome.BAD)), add(kind="delivery")]
    bad = frozenset({Outcome.BAD})
    for query, expected in (
        (HistoryQuery(kind="delivery"), from_here[::-1]),
        (HistoryQuery(kind="test"), tests[::-1]),
        (HistoryQuery(kind="delivery", outcomes=bad), from_here[:1]),
        (HistoryQuery(kind="delivery", text="results"), from_here[::-1]),
        (HistoryQuery(kind="delivery", text="results ql", outcomes=bad), []),
        (HistoryQuery(kind="test", text="re", limit=2), tests[:0:-1]),
    ):
        assert query.is_narrow
        assert [one.id for one in history.page(query)] == expected
        assert history.count(query) == (3 if query.limit == 2 else len(expected))


NO_SUCH_INDEX = "CREATE VIRTUAL TABLE history_search USING no_such_module (text)"


@pytest.fixture(params=["with the index", "without it"])
def either(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[History]:
    """A history on an SQLite that can keep an index of text, and on one that cannot."""
    if request.param == "without it":
        monkeypatch.setattr(migrations, "SEARCH_INDEX", NO_SUCH_INDEX)
    with Database(tmp_path / "either.sqlite3") as database:
        yield History(database)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("results", id="part of the destination"),
        pytest.param("RESULTS", id="upper case"),
        pytest.param("lab 7", id="account, one word too short for the index"),
        pytest.param("7 results", id="words in any order"),
        pytest.param("q", id="one letter"),
        pytest.param("Submitted", id="event"),
        pytest.param("HITReviewable", id="subscribed event"),
        pytest.param("closed to", id="problem's title"),
        pytest.param("InternalFailure", id="problem's code"),
        pytest.param("0f1e2d3c4b", id="an id in the message"),
        pytest.param('"eventdocid":', id="quotes"),
        pytest.param("100%", id="percent sign"),
        pytest.param("a_b", id="underscore"),
        pytest.param("c:\\d", id="backslash"),
        pytest.param("(OR)", id="brackets"),
        pytest.param("日本語", id="another script"),
        pytest.param("  results\t\n ", id="blanks around"),
        pytest.param("results\0", id="null byte"),
    ],
)
def test_text_is_found(either: History, text: str) -> None:
    raw = '{"EventDocId": "aa0f1e2d3c4b", "x": "100% a_b c:\\d (OR) 日本語"}'
    row_id = either.begin(beginning(account="Lab 7"), now=NOW)
    either.complete(row_id, ending(raw=raw, problem=PROBLEM))
    other = either.begin(
        beginning(account="B", destination="https://elsewhere/1/abc", event="Ping", events=()), now=NOW
    )
    either.complete(other, ending(raw="{}"))
    running = either.begin(beginning(destination="arn:x:y", account="C", event="HITExpired", events=()), now=NOW)
    assert ids(either, text) == [row_id]
    assert ids(either, text, Outcome.GOOD) == [row_id]
    assert ids(either, text, Outcome.BAD) == []
    assert ids(either, "arn:x") == [running]


@pytest.mark.parametrize(
    "text",
    [
        "nothing-like-it",
        "100x",
        "axb",
        "results elsewhere",
        "AND",
        "NEAR(results)",
        "text:results",
        "res*",
        '"""',
        "1%0",
        "\ud800",
    ],
)
def test_text_that_is_not_there_is_not_found(either: History, text: str) -> None:
    row_id = either.begin(beginning(), now=NOW)
    either.complete(row_id, ending(raw="100% a_b"))
    assert ids(either, text) == []


def test_letters_beyond_a_to_z_are_alike_in_both_cases(history: History, add: Callable[..., int]) -> None:
    row_id = add(end=ending(raw="GRÜSSE aus Köln, Ελλάδα"))
    assert ids(history, "grüsse") == ids(history, "KÖLN") == ids(history, "ελλάδα") == [row_id]


def test_text_after_a_null_byte_is_found(history: History, add: Callable[..., int]) -> None:
    row_id = add(end=ending(raw="one\0two three"))
    assert ids(history, "two") == ids(history, "one\0two") == [row_id]


def test_an_amended_row_is_found_by_its_new_text_only(history: History, add: Callable[..., int]) -> None:
    row_id = add(end=ending(outcome=Outcome.UNKNOWN, raw="before"))
    history.complete(row_id, ending(raw="after"))
    assert ids(history, "before") == []
    assert ids(history, "after", Outcome.UNKNOWN) == []
    assert ids(history, "after", Outcome.GOOD) == [row_id]


def test_rows_from_an_sqlite_without_the_index_are_found_beside_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "SEARCH_INDEX", NO_SUCH_INDEX)
        with Database(tmp_path / "history.sqlite3") as database:
            without = History(database)
            first = without.begin(beginning(), now=NOW)
            without.complete(first, ending(raw="some text"))
    with Database(tmp_path / "history.sqlite3") as database:
        both = History(database)
        second = both.begin(beginning(), now=NOW)
        both.complete(second, ending(raw="some text"))
        assert ids(both, "some text") == [second, first]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.text(max_size=30), start=st.integers(0, 25), length=st.integers(3, 30))
def test_any_part_of_any_message_finds_it(history: History, raw: str, start: int, length: int) -> None:
    row_id = history.begin(beginning(), now=NOW)
    history.complete(row_id, ending(raw=raw))
    part = raw[start : start + length]
    if all(len(word) >= 3 for word in search.words_of(part)[0] + search.words_of(part)[1]):
        assert row_id in [summary.id for summary in history.page(HistoryQuery(text=part, limit=1))]
    row = history.row(row_id)
    assert row is not None
    assert row.raw == raw


def test_several_are_begun_together_in_their_order(history: History) -> None:
    events = ("HITCreated", "HITExpired", "Ping")
    rows = history.begin_all([beginning(event=event) for event in events], now=NOW)
    assert rows == sorted(rows)
    assert [row.event for row in history.rows(rows)] == list(events)
    assert {row.outcome for row in history.rows(rows)} == {Outcome.RUNNING}
    for row_id in rows:
        history.complete_soon(row_id, ending)
    assert {row.outcome for row in history.rows(rows)} == {ending().outcome}
    history.close()


class Asked(History):
    """Tells whether somebody waits for what was handed over."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked = threading.Event()

    def write_out(self) -> None:
        self.asked.set()
        super().write_out()


def amended(history: History) -> bool:
    history.complete(1, ending(answer="amended"))
    return [row.answer for row in history.rows([1])] == ["amended"]


LOOKS: dict[str, Callable[[History, Tested], object]] = {
    "a page": lambda history, _: history.page(HistoryQuery(outcomes=frozenset({Outcome.GOOD}))),
    "a count": lambda history, _: history.count(HistoryQuery(outcomes=frozenset({Outcome.GOOD}))),
    "a row": lambda history, _: [row for row in history.rows([1]) if row.outcome is Outcome.GOOD],
    "how long it took": lambda history, _: history.arrivals(Place(*PLACE, "practice"), ("Practice", "practice")),
    "removal": lambda history, _: history.remove(),
    "what a person says later": lambda history, _: amended(history),
    "the last of a specification": lambda _, tested: tested.last_of_spec(QUEUE, **PRACTICE),
    "the last of an event": lambda _, tested: tested.last_of(PLACE, ["AssignmentSubmitted"], **PRACTICE, kind="test"),
    "the times": lambda _, tested: tested.seconds_at(PLACE, **PRACTICE, kind="test", most=1, had=lambda _: True),
    "the newest places": lambda _, tested: tested.newest_places(**PRACTICE, most=1, had=lambda _: True),
    "green tests": lambda _, tested: list(tested.greens(**PRACTICE)),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_who_looks_waits_for_a_test_that_has_just_ended(
    database: Database, look: Callable[[History, Tested], object]
) -> None:
    history = Asked(database)
    row_id = history.begin(beginning(), now=NOW)
    assert row_id == 1
    history.complete_soon(row_id, lambda: ending() if history.asked.wait(60) else ending(outcome=Outcome.UNKNOWN))
    try:
        assert look(history, Tested(database, write_out=history.write_out))
    finally:
        history.asked.set()
        history.close()


def fill(disk: Path) -> Path:
    """Take all room of a small disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler


def refused(history: History) -> str:
    return history.refusal.code if history.refusal else ""


def test_a_test_whose_ending_the_disk_refuses_is_shown_as_it_ended_and_written_later(small_disk: Path) -> None:
    with Database(small_disk / "history.sqlite3") as database:
        history = History(database)
        row_id = history.begin(beginning(), now=NOW)
        filler = fill(small_disk)
        history.complete_soon(row_id, lambda: ending(raw="r" * 100_000))
        assert refused(history) == "storage.full"
        row = history.row(row_id)
        assert row is not None
        assert (row.outcome, row.accepted, row.raw) == (Outcome.GOOD, YES, "r" * 100_000)
        (summary,) = history.page(HistoryQuery())
        assert (summary.outcome, summary.arrived, summary.seconds) == (Outcome.GOOD, State.YES, 0.25)
        filler.unlink()
        history.close()
        assert refused(history) == ""
    with Database(small_disk / "history.sqlite3") as database:
        history = History(database)
        assert history.close_interrupted() == 0
        kept = history.row(row_id)
        assert kept is not None
        assert (kept.outcome, kept.raw) == (Outcome.GOOD, "r" * 100_000)


def test_who_looks_tests_up_finds_one_whose_ending_the_disk_refuses(small_disk: Path) -> None:
    began = NOW.replace(microsecond=123_000)  # as exactly as it is written down
    with Database(small_disk / "history.sqlite3") as database:
        history = History(database)
        tested = Tested(database, write_out=history.write_out, in_memory=history.rows_in_memory)
        before = history.begin(beginning(), now=NOW - timedelta(hours=1))
        history.complete(before, ending(outcome=Outcome.BAD, arrived=Lamp(state=State.NO, detail="")))
        row_id = history.begin(beginning(), now=NOW)
        filler = fill(small_disk)
        history.complete_soon(row_id, lambda: ending(raw="r" * 100_000))
        for is_full in (True, False):
            assert (history.unwritten() is not None) is is_full
            last = tested.last_of(PLACE, ["AssignmentSubmitted"], **PRACTICE, kind="test")["AssignmentSubmitted"]
            assert (last.at, last.outcome, last.arrived) == (began, Outcome.GOOD, YES)
            assert tested.last_of(PLACE, ["AssignmentSubmitted"], **PRACTICE, kind="delivery") == {}
            assert tested.last_of_spec(QUEUE, **PRACTICE) == SpecTest(began, Result.ARRIVED)
            assert tested.newest_places(**PRACTICE, most=5, had=lambda _: True) == [(*PLACE, Outcome.GOOD)]
            assert tested.seconds_at(PLACE, **PRACTICE, kind="test", most=5, had=lambda _: True) == [YES.seconds]
            assert tested.seconds_at(PLACE, **PRACTICE, kind="test", most=5, had=lambda _: False) == []
            if is_full:
                filler.unlink()
        history.close()


def take_nothing_more(database: Database) -> None:
    """From now on the database is full, as far as anything long goes."""
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to what is in use


def test_of_tests_that_are_in_memory_alone_those_count_that_tell_something(
    history: History, database: Database, add: Callable[..., int]
) -> None:
    tested = Tested(database, write_out=history.write_out, in_memory=history.rows_in_memory)
    no = Lamp(state=State.NO, detail="", seconds=60.0)
    unknown, untimed = Lamp(state=State.UNKNOWN, detail=""), Lamp(state=State.YES, detail="")
    began = NOW.replace(microsecond=123_000)
    add(event="HITExpired", events=("HITExpired",), now=NOW + timedelta(hours=9))
    add(event="HITCreated", events=("HITCreated",))
    ends = [
        (beginning(event="Ping"), 0, ending(outcome=Outcome.BAD, arrived=no, problem=PROBLEM)),
        (beginning(), 1, ending(outcome=Outcome.UNKNOWN, arrived=unknown)),
        (beginning(version="2014-08-15"), 2, ending(arrived=untimed)),
        (beginning(events=("HITReviewable",)), 3, ending()),
        (beginning(event="HITExpired", events=("HITExpired",)), 4, ending(arrived=untimed)),
        (beginning(event="HITCreated", events=("HITCreated",)), 0, ending(arrived=untimed)),
    ]
    rows = [history.begin(began_as, now=NOW + timedelta(hours=hours)) for began_as, hours, _ in ends]
    take_nothing_more(database)
    for row_id, (_, _, end) in zip(rows, ends, strict=True):
        history.complete_soon(row_id, partial(replace, end, raw="r" * 100_000))
    kept = history.unwritten()
    assert kept is not None
    assert kept[0] == len(ends)
    assert [row.id for row in history.rows_in_memory()] == rows[::-1]
    assert tested.last_of_spec(QUEUE, **PRACTICE) == SpecTest(began, Result.NOT_ARRIVED)
    times = tested.seconds_at(PLACE, **PRACTICE, kind="test", most=9, had=lambda _: True)
    assert times == [YES.seconds] * 3, "two that are written, and one that is not"
    last = tested.last_of(PLACE, ["Ping", "HITExpired", "HITCreated"], **PRACTICE, kind="test")
    assert (last["Ping"].at, last["Ping"].problem_code) == (began, PROBLEM.code)
    assert (last["HITExpired"].at, last["HITExpired"].arrived) == (began + timedelta(hours=9), YES), "the written one"
    assert (last["HITCreated"].at, last["HITCreated"].arrived) == (began, untimed), "the one that began after it"
    assert list(tested.last_of(PLACE, ["Ping"], **PRACTICE, kind="test")) == ["Ping"]
    (listed,) = [row for row in history.page(HistoryQuery()) if row.id == rows[0]]
    assert (listed.outcome, listed.problem_title, listed.problem_code) == (Outcome.BAD, PROBLEM.title, PROBLEM.code)
    history.close()


def test_an_ending_in_memory_of_a_row_that_somebody_removed_keeps_no_other_from_being_written(
    history: History, database: Database
) -> None:
    rows = history.begin_all([beginning(), beginning()], now=NOW)
    take_nothing_more(database)
    for row_id in rows:
        history.complete_soon(row_id, lambda: ending(raw="r" * 100_000))
    kept = history.unwritten()
    assert kept is not None
    assert (kept[0], kept[1].code) == (2, "storage.full")
    with database.transaction() as connection:
        connection.execute("DELETE FROM history WHERE id = ?", rows[:1])
        assert connection.execute("SELECT id FROM history_body").fetchall() == [(rows[1],)]
        connection.execute("PRAGMA max_page_count = 100000")
    assert history.unwritten() is None
    assert [(row.id, row.is_unwritten) for row in history.rows(rows)] == [(rows[1], False)]
    history.close()


def test_of_a_test_whose_ending_was_never_written_nothing_is_said_that_is_not_so(small_disk: Path) -> None:
    with Database(small_disk / "history.sqlite3") as database:
        history = History(database)
        row_id = history.begin(beginning(), now=NOW)
        filler = fill(small_disk)
        history.complete_soon(row_id, lambda: ending(raw="r" * 100_000))
        history.close()
    filler.unlink()
    with Database(small_disk / "history.sqlite3") as database:
        history = History(database)
        assert history.close_interrupted() == 1
        row = history.row(row_id)
        assert row is not None
        assert row.problem is not None
        said = f"{row.problem.title} {row.problem.detail} {row.accepted.detail} {row.arrived.detail}"
        assert "ended before the answer came" not in said
        assert "or the disk took nothing more" in said


def test_what_a_disk_takes_again_goes_with_the_next_test(small_disk: Path) -> None:
    with Database(small_disk / "history.sqlite3") as database:
        history = History(database)
        first, second = history.begin_all([beginning(), beginning()], now=NOW)
        filler = fill(small_disk)
        history.complete_soon(first, lambda: ending(raw="r" * 100_000))
        assert refused(history) == "storage.full"
        filler.unlink()
        history.complete_soon(second, ending)
        assert refused(history) == ""
        history.close()
        assert ids(history, "", Outcome.GOOD) == [second, first]


def test_what_is_older_than_wanted_is_removed_from_the_list_the_index_and_the_file(
    history: History, add: Callable[..., int]
) -> None:
    secret = "worker-A1B2C3D4E5F6"
    old = [add(end=ending(raw=f"{secret} {number}"), now=NOW - timedelta(days=40)) for number in range(250)]
    running = history.begin(beginning(), now=NOW - timedelta(days=41))
    new = add(end=ending(raw="kept"))
    assert history.remove(before=NOW - timedelta(days=30)) == len(old)
    assert ids(history) == [new, running]
    assert ids(history, secret) == []
    assert history.row(old[0]) is None
    with history._database.reading() as connection:
        assert connection.execute("SELECT id FROM history_body ORDER BY id").fetchall() == [(running,), (new,)]
    assert history.remove(before=NOW - timedelta(days=30)) == 0
    path = history._database.path
    history._database.close()
    files = [file for file in path.parent.iterdir() if file.is_file()]
    assert not [file for file in files if secret.encode() in file.read_bytes()]


def test_a_row_after_all_were_removed_is_found_by_its_own_words_alone(
    history: History, add: Callable[..., int]
) -> None:
    before = add(end=ending(raw="the first one"))
    assert history.remove() == 1
    after = add(end=ending(raw="the second one"))
    assert after == before, "SQLite gives the number again"
    assert ids(history, "first") == []
    assert ids(history, "second") == [after]
