# SPDX-License-Identifier: MIT
"""Lists of HIT types on standard input, as they are piped there on different systems."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from warm import WARM

CASES = Path(__file__).parent.parent / "cases"
BOTH = ["3TYPEAAAAAAAAAAAAAAAAAAAAAAAAA", "3TYPEBBBBBBBBBBBBBBBBBBBBBBBBB"]
APPLY = ("hit-types", "apply", "--transport", "SQS", "--events", "HITReviewable", "--json", "-")


def apply(given: bytes, *, encoding: str = "utf-8:strict") -> dict[str, list[dict[str, str]]]:
    done = WARM.run(APPLY, given=given, environment=os.environ | {"PYTHONIOENCODING": encoding})
    assert done.stderr == b""
    answer: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("case", "encoding"),
    [
        ("ids-excel-sep-line.csv", "utf-8:strict"),
        ("ids-list-bom-piped-on-windows.txt", "cp1252"),
        ("ids-list-bom-piped-on-windows.txt", "cp932"),
        ("ids-list-hits.json", "ascii:strict"),
        ("ids-results-cp1252.csv", "utf-8:strict"),
        ("ids-results-huge-answer.csv", "utf-8:strict"),
    ],
)
def test_what_tools_write_is_read(case: str, encoding: str) -> None:
    answer = apply((CASES / case).read_bytes(), encoding=encoding)
    # practice has no such HIT types: each is asked for, and refused by its own id
    assert [row["hit_type_id"] for row in answer["results"]] == BOTH


def test_a_list_as_powershell_pipes_it() -> None:
    answer = apply("\r\n".join(BOTH).encode("utf-16"), encoding="cp850")
    assert [row["hit_type_id"] for row in answer["results"]] == BOTH


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(b"", "hit-type.no-ids", id="nothing"),
        pytest.param(b"\xff\x00\x80", "hit-type.id", id="no text"),
        pytest.param(b"PK\x03\x04\x14\0\x06\0", "file.not-text", id="a workbook"),
        pytest.param(b'["3TYPEAAAA', "hit-type.cut-off", id="cut off"),
        pytest.param(b"null", "hit-type.no-ids", id="null"),
        pytest.param(b"3" * 50_000_001, "ids.too-large", id="fifty megabytes"),
    ],
)
def test_what_is_no_list_is_said_before_anything_is_sent(given: bytes, code: str) -> None:
    answer = apply(given)
    assert answer["problem"]["code"] == code  # type: ignore[call-overload]
    assert "results" not in answer
