# SPDX-License-Identifier: MIT
"""``decode`` as a script meets it: everything that is in a message, and an answer whatever the bytes are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from notification_tester.__main__ import main
from test_cli import run

if TYPE_CHECKING:
    from pathlib import Path

REAL_EVENT = {
    "EventType": "AssignmentSubmitted",
    "EventTimestamp": "2026-01-31T23:59:59Z",
    "HITTypeId": "3TYPE",
    "HITId": "3HIT",
    "AssignmentId": "3ASSIGNMENT",
    "WorkerId": "A1WORKER",
}
REAL = {
    "EventDocId": "f" * 40,
    "EventDocVersion": "2014-08-15",
    "CustomerId": "A1REQUESTER",
    "SourceAccount": "123456789012",
    "Events": [REAL_EVENT, {key: value for key, value in REAL_EVENT.items() if key != "AssignmentId"}],
}


def test_decode_tells_everything(tmp_path: Path) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps(REAL), "utf-8")
    for ran in (run("decode", str(file), "--json"), run("decode", "--json", given=file.read_text("utf-8"))):
        answer = ran.json()
        assert (ran.code, ran.errors) == (0, "")
        assert answer["format"] == "sqs"
        assert answer["is_test"] is False
        assert answer["event_doc_id"] == "f" * 40
        assert answer["version"] == "2014-08-15"
        assert answer["customer_id"] == "A1REQUESTER"
        assert answer["source_account"] == "123456789012"
        assert [list(event) for event in answer["events"]] == [
            ["event_type", "event_timestamp", "hit_type_id", "hit_id", "assignment_id", "extra"]
        ] * 2
        assert [event["assignment_id"] for event in answer["events"]] == ["3ASSIGNMENT", None]
        assert answer["events"][0]["extra"] == {"WorkerId": "A1WORKER"}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="nothing"),
        pytest.param("\x00\udcff\udcfe", id="bytes"),
        pytest.param("[" * 500_000, id="deep"),
        pytest.param('{"Hello": 1}', id="something-else"),
        pytest.param(" " * (1024 * 1024 + 5), id="too-long"),
    ],
)
def test_what_cannot_be_read_is_a_no_with_a_problem(given: str) -> None:
    ran = run("decode", "-", "--json", given=given)
    assert ran.code == 1
    assert {"title", "detail", "remedy", "code"} <= set(ran.json()["problem"])
    assert ran.json()["events"] == []


def test_decode_in_words_shows_what_a_terminal_would_obey(tmp_path: Path) -> None:
    odd = {**REAL, "Events": [{**REAL_EVENT, "EventType": "\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}ABC", "HITId": "\ud800"}]}
    file = tmp_path / "message.json"
    file.write_text(json.dumps(odd), "utf-8")
    ran = run("decode", str(file), PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert ran.output.isascii()
    assert "\x1b" not in ran.output
    assert "cannot be known from the text alone" in ran.output
    assert "real notification" not in ran.output


def test_a_file_that_is_not_there_is_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "missing", tmp_path):
        assert main(["decode", str(path), "--json"]) == 2
        assert json.loads(capsys.readouterr().out)["problem"]["code"] == "file.unreadable"


def test_a_reader_that_leaves_early_is_no_accident() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "notification_tester", "decode", "-"],
            input=json.dumps(REAL).encode(),
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)
    assert done.stderr == b""
    assert done.returncode == 1
