# SPDX-License-Identifier: MIT
"""Specifications and problems as they are written down: letter for letter as an older program did, and nothing else."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from notification_tester.storage.stored_values import (
    UNREADABLE,
    DamagedValueError,
    SpecReader,
    problem_from_entry,
    problem_from_text,
    problem_to_entry,
    problem_to_text,
    spec_from_text,
    spec_to_entry,
    spec_to_text,
)
from storage.old.write_step_4 import EMAIL, PROBLEM, QUEUE, TOPIC


def kept_texts(folder: Path, *statements: str) -> list[str]:
    """Texts of the database that an older program wrote."""
    path = folder / "history.sqlite3"
    path.write_bytes(gzip.decompress((Path(__file__).parent / "old" / "step_4.sqlite3.gz").read_bytes()))
    with closing(sqlite3.connect(path)) as connection:
        return [text for statement in statements for (text,) in connection.execute(statement)]


def test_kept_problems_are_read_and_written_letter_for_letter(tmp_path: Path) -> None:
    texts = kept_texts(
        tmp_path,
        "SELECT problem FROM history_body WHERE problem IS NOT NULL",
        "SELECT problem FROM ledger_answers WHERE problem IS NOT NULL",
    )
    assert len(texts) == 2
    for text in texts:
        assert problem_from_text(text) == PROBLEM
        assert problem_to_text(problem_from_text(text)) == text


def test_kept_specifications_are_read_and_written_letter_for_letter(tmp_path: Path) -> None:
    texts = kept_texts(tmp_path, "SELECT spec FROM presets ORDER BY name", "SELECT spec FROM ledger_specs ORDER BY id")
    assert [spec_from_text(text) for text in texts] == [EMAIL, QUEUE, TOPIC, QUEUE, TOPIC, EMAIL]
    assert [spec_to_text(spec_from_text(text)) for text in texts] == texts


def test_what_a_file_has_of_them_is_read_again() -> None:
    assert problem_from_entry(json.loads(json.dumps(problem_to_entry(PROBLEM)))) == PROBLEM
    for spec in (QUEUE, TOPIC, EMAIL):
        assert SpecReader().read(json.loads(json.dumps(spec_to_entry(spec)))) == spec


@pytest.mark.parametrize(
    ("change", "because"),
    [
        pytest.param({"title": 7}, "the problem is not text", id="a number for a text"),
        pytest.param({"cause": "weather"}, "the cause cannot be “weather”", id="no such cause"),
        pytest.param({"more": ""}, "the problem does not have the parts that belong to it", id="a part too many"),
        pytest.param({"answer": {}}, "the service's answer does not have the parts", id="a part missing"),
        pytest.param(
            {"answer": {**PROBLEM.answer.__dict__, "http_status": True}}, "the HTTP status is not a number", id="status"
        ),
    ],
)
def test_a_damaged_problem_says_what_is_wrong(change: dict[str, Any], because: str) -> None:
    entry = {**(problem_to_entry(PROBLEM) or {}), **change}
    with pytest.raises(DamagedValueError, match=because):
        problem_from_entry(entry)
    with pytest.raises(UNREADABLE):
        problem_from_text(json.dumps(entry))


def test_a_problem_that_is_kept_as_none_is_damaged() -> None:
    with pytest.raises(UNREADABLE):
        problem_from_text("null")
