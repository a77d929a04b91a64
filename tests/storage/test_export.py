# SPDX-License-Identifier: MIT
"""Exports: complete, exact as JSON, harmless as a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import time
import unicodedata
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.specifications.imported import WebReceiver, WebTransport
from notification_tester.domain.specifications.reading import read_specification
from notification_tester.services.history_export import export_history
from notification_tester.storage import export
from notification_tester.storage.export import export_csv, export_json
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import HIT_TYPES_KIND, OTHER_PLACES, Outcome
from storage.conftest import NOW, beginning, ending

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notification_tester.storage.history import History


def as_csv(history: History, query: HistoryQuery) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    written = export_csv(history, query, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert len(rows) == written
    return rows


def test_every_row_of_the_question_is_written_however_many_pages(
    history: History, add: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_PAGE", 4)
    rows = [add(end=ending(outcome=Outcome.GOOD if number % 2 else Outcome.BAD)) for number in range(23)]
    query = HistoryQuery(text="results", outcomes=frozenset({Outcome.GOOD}), limit=1)
    wanted = rows[1::2][::-1]
    assert [int(row["id"]) for row in as_csv(history, query)] == wanted
    file = io.StringIO()
    assert export_json(history, query, file) == len(wanted)
    assert [row["id"] for row in json.loads(file.getvalue())] == wanted
    first, *each, last = file.getvalue().split("\n")
    assert (first, each[-1], last) == ("[", "]", "")
    assert [json.loads(line.removesuffix(","))["id"] for line in each[:-1]] == wanted, "one row on each line"


@pytest.mark.parametrize("transport", ["SQS", "SNS HTTPS", "REST", "SOAP"])
def test_what_is_exported_is_opened_as_a_specification(
    history: History, add: Callable[..., int], transport: str
) -> None:
    add(destination="https://sqs.us-east-1.amazonaws.com/123456789012/older")
    address = beginning().destination if transport == "SQS" else "http://127.0.0.1:8000/n"
    add(transport=transport, destination=address, event="HITReviewable")
    file = io.StringIO()
    export_json(history, HistoryQuery(), file)
    found = read_specification(file.getvalue())
    assert (found.what, found.test_event) == ("an exported row of the history", EventType.HIT_REVIEWABLE)
    assert found.events == (EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_REVIEWABLE)
    if transport == "SQS":
        assert found.specification().destination.text == address
    else:
        assert found.receiver == WebReceiver(transport=WebTransport(transport), address=address)


def test_the_name_of_a_file_says_what_is_in_it(history: History, add: Callable[..., int], tmp_path: Path) -> None:
    row = add()
    for name in ("history.json", "history.JSON"):
        assert export_history(history, HistoryQuery(), tmp_path / name) == 1
        assert [one["id"] for one in json.loads((tmp_path / name).read_text("utf-8"))] == [row]
    for name in ("history.csv", "history"):
        assert export_history(history, HistoryQuery(), tmp_path / name) == 1
        written = (tmp_path / name).read_bytes()
        assert written.startswith(b"\xef\xbb\xbf"), "as spreadsheets want it"
        assert [one["id"] for one in csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline=""))] == [str(row)]


def test_every_column_of_a_table_has_what_it_says(history: History, add: Callable[..., int]) -> None:
    refused = Problem(title="Not let in.", detail="D.", remedy="Open it.", code="queue.closed", cause=Cause.REFUSED)
    no, unknown = Lamp(state=State.NO, detail="No.", seconds=7.5), Lamp(state=State.UNKNOWN, detail="Unsure.")
    places = {OTHER_PLACES: [{"transport": "SNS", "destination": "arn:x"}, {"transport": "SQS", "destination": "y"}]}
    add(kind=HIT_TYPES_KIND, request=places)
    add(
        account="Lab",
        end=ending(outcome=Outcome.BAD, arrived=no, as_expected=unknown, problem=refused, raw="{}", seconds=None),
    )
    bad, good = as_csv(history, HistoryQuery())
    assert bad == {
        "id": "2",
        "started (UTC)": "2026-01-31T23:59:59.123Z",
        "kind": "test",
        "account": "Lab",
        "environment": "practice",
        "transport": "SQS",
        "destination": beginning().destination,
        "version": "2006-05-05",
        "events": "AssignmentSubmitted HITReviewable",
        "simulated event": "AssignmentSubmitted",
        "outcome": "bad",
        "accepted": "yes",
        "accepted: detail": "It did.",
        "arrived": "no",
        "arrived: detail": "No.",
        "arrived: seconds": "7.5",
        "as expected": "unknown",
        "as expected: detail": "Unsure.",
        "seconds": "",
        "problem": "Not let in.",
        "problem: code": "queue.closed",
        "problem: what to do": "Open it.",
        "message": "{}",
    }
    assert (good["kind"], good["seconds"], good["message"]) == ("hit-types", "0.25", "")
    assert good["destination"] == f"{beginning().destination} arn:x y"
    assert {good[name] for name in good if name.startswith("problem")} == {""}


def test_nothing_found_is_still_a_file(history: History) -> None:
    file = io.StringIO()
    assert export_json(history, HistoryQuery(), file) == 0
    assert json.loads(file.getvalue()) == []
    assert as_csv(history, HistoryQuery()) == []


def test_json_is_exact(history: History, add: Callable[..., int]) -> None:
    raw = "=1+1\0\ud800\u202e\n" + "x" * 40_000
    row_id = add(end=ending(raw=raw, message={"a": ["=1+1", None]}))
    file = io.StringIO()
    export_json(history, HistoryQuery(), file)
    (row,) = json.loads(file.getvalue())
    whole = history.row(row_id)
    assert whole is not None
    assert row["raw"] == raw
    assert row["message"] == {"a": ["=1+1", None]}
    # whether a row is only in memory so far is no matter of its file, and it has one name of its account
    assert set(row) == set(asdict(whole)) - {"is_unwritten", "account_name"}
    assert row["accepted"] == {"state": "yes", "detail": "It did.", "seconds": 0.123}


SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"
UNSEEN = (
    *(
        "",
        " ",
        "   ",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\x0b",
        "\x0c",
        "\x00",
        "\x1f",
        "\x7f",
        "\x85",
        "\xa0",
        "\xad",
        "\u034f",
    ),
    *("\u115f", "\u180e", "\u2003", "\u200b", "\u200d", "\u200f", "\u2028", "\u2029", "\u202e", "\u2060", "\u2066"),
    *("\u2800", "\u3000", "\u3164", "\ufe0f", "\ufeff", "\ufff9", "\U000e0041", "\ud800", "\u200b\xa0\ufeff"),
    *('"', '""', '" "'),
)
BEFORE = (
    "",
    ";",
    "a;",
    "a;;",
    "x\ty;",
    "a\t",
    "\ta\t",
    "a\r",
    "a\n",
    "a\r\n",
    "a\u2028",
    ";;",
    'a"b;',
    '{"k": "v";',
    "a;\t\n",
)
"""What may stand before a formula: the end of a cell, for whoever takes semicolons, tabs or line breaks for that."""


def is_seen(character: str) -> bool:
    """Whether somebody sees a character at all, as far as Unicode tells."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}


def cells_for_every_reader(written: str) -> list[str]:
    """What spreadsheets make of a file that have commas, semicolons or tabs between cells, or none."""
    cells: list[str] = []
    for delimiter in (",", ";", "\t"):
        for lines in (io.StringIO(written, newline=""), written.splitlines(keepends=True)):
            with suppress(csv.Error):  # one that such a reader refuses altogether
                for row in csv.reader(lines, delimiter=delimiter):
                    cells += row
    return cells


def is_a_formula(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for one: what nobody sees before it does not count."""
    rest = cell
    while rest and (not is_seen(rest[0]) or rest[0] in '\u034f\u115f\u2800\u3164\ufe0f"'):
        rest = rest[1:]
    return rest[:1] != "" and rest[0] in SIGNS


@pytest.mark.parametrize("before", BEFORE, ids=ascii)
@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_no_cell_is_a_formula_for_any_reader(before: str, unseen: str) -> None:
    for sign in SIGNS:
        text = f"{before}{unseen}{sign}cmd|' /C calc'!A0"
        file = io.StringIO(newline="")
        csv.writer(file).writerow([1, export.cell(text), "end"])
        formulas = [cell for cell in cells_for_every_reader(file.getvalue()) if is_a_formula(cell)]
        assert formulas == [], ascii(text)


@given(st.text(alphabet=st.sampled_from([*SIGNS, *"".join(UNSEEN), *";,'ab1|{}"])))
def test_no_text_whatever_is_a_formula_for_any_reader(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow([1, export.cell(text), "end"])
    assert [cell for cell in cells_for_every_reader(file.getvalue()) if is_a_formula(cell)] == []


def test_every_character_that_nobody_sees_is_looked_behind() -> None:
    drawn = {"\0", *map(chr, range(0xD800, 0xE000))}  # are replaced by what is seen
    unseen = [one for one in map(chr, range(0x110000)) if not is_seen(one) and one not in drawn]
    assert [ascii(one) for one in unseen if not str(export.cell(f"{one}=1")).startswith("'")] == []


def test_what_is_guarded_stays_readable() -> None:
    for text in (
        "2026-01-31T12:00:00Z",
        "a+b@example.com",
        '{"a": [1, -2], "b": "c=d"}',
        "x; y; z",
        "one - two",
        "it's",
    ):
        assert export.cell(text) == text
    assert export.cell("a;=1") == "a;'=1"
    assert export.cell("a;;\t =1") == "a;;\t' =1", "nothing between is lost"
    assert export.cell("line\n-1") == "line\n'-1"


@pytest.mark.parametrize(
    "text", [" " * 1_000_000, "\n" * 1_000_000, ';\n"' * 300_000, "-" * 1_000_000, "; =" * 300_000]
)
def test_the_guard_of_a_long_text_is_quick(text: str) -> None:
    began = time.process_time()
    assert len(str(export.cell(text))) < 33_000
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "  =1", "＝1", "\u200b=1", "\ufeff+1"],
    ids=["equals", "plus", "minus", "at", "blanks before", "full-width", "a blank of no width", "a mark"],
)
def test_no_cell_is_a_formula(history: History, text: str) -> None:
    problem = Problem(title=text, detail=text, remedy=text, code=text, cause=Cause.REFUSED)
    row_id = history.begin(beginning(account=text, destination=text, event=text, events=(text,)), now=NOW)
    history.complete(row_id, ending(raw=text, problem=problem))
    (row,) = as_csv(history, HistoryQuery())
    for column in ("account", "destination", "simulated event", "events", "message", "problem", "problem: code"):
        assert row[column] == "'" + text


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1"], ids=["tab", "return", "line break"])
def test_a_cell_that_begins_with_the_end_of_one_is_guarded_on_both_sides(text: str) -> None:
    assert export.cell(text) == f"'{text[0]}'=1"


@given(st.text())
def test_no_text_whatever_begins_a_formula(text: str) -> None:
    cell = export.cell(text)
    assert isinstance(cell, str)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert not cell.startswith(("\t", "\r", "\n"))
    cell.encode()


def test_a_cell_is_cut_only_where_it_is_longer_than_its_limit() -> None:
    exactly = "x" * export.CELL_LIMIT
    assert export.cell(exactly) == exactly
    assert str(export.cell(exactly + "x")).startswith(exactly + "… (cut here")


def test_a_long_message_fits_a_cell_and_says_so(history: History, add: Callable[..., int]) -> None:
    add(end=ending(raw='a,"b"\n' + "x" * 40_000 + "\0"))
    (row,) = as_csv(history, HistoryQuery())
    assert len(row["message"]) < 32_767
    assert row["message"].startswith('a,"b"\nxxx')
    assert row["message"].endswith("(cut here; the JSON export has all of it)")
