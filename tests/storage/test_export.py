# SPDX-License-Identifier: MIT
"""Exports: complete, exact as JSON, harmless as a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.problem import Cause, Problem
from notification_tester.storage import export
from notification_tester.storage.export import export_csv, export_json
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome
from storage.conftest import NOW, beginning, ending

if TYPE_CHECKING:
    from collections.abc import Callable

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
    assert set(row) == set(asdict(whole))
    assert row["accepted"] == {"state": "yes", "detail": "It did.", "seconds": 0.123}


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"],
    ids=["equals", "plus", "minus", "at", "tab", "return", "line break", "blanks before", "full-width"],
)
def test_no_cell_is_a_formula(history: History, text: str) -> None:
    problem = Problem(title=text, detail=text, remedy=text, code=text, cause=Cause.REFUSED)
    row_id = history.begin(beginning(account=text, destination=text, event=text, events=(text,)), now=NOW)
    history.complete(row_id, ending(raw=text, problem=problem))
    (row,) = as_csv(history, HistoryQuery())
    for column in ("account", "destination", "simulated event", "events", "message", "problem", "problem: code"):
        assert row[column] == "'" + text


@given(st.text())
def test_no_text_whatever_begins_a_formula(text: str) -> None:
    cell = export.cell(text)
    assert isinstance(cell, str)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert not cell.startswith(("\t", "\r", "\n"))
    cell.encode()


def test_a_long_message_fits_a_cell_and_says_so(history: History, add: Callable[..., int]) -> None:
    add(end=ending(raw='a,"b"\n' + "x" * 40_000 + "\0"))
    (row,) = as_csv(history, HistoryQuery())
    assert len(row["message"]) < 32_767
    assert row["message"].startswith('a,"b"\nxxx')
    assert row["message"].endswith("(cut here; the JSON export has all of it)")
