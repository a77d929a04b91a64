# SPDX-License-Identifier: MIT
"""``listen``: a line for each message until the time is over, and nothing taken away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from notification_tester import cli
from notification_tester.services import inbox_reading

if TYPE_CHECKING:
    import pytest


def run(*words: str) -> int:
    return cli.main(["listen", *words], self_check=lambda _: 1)


def test_practice_workers_are_heard(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    assert run("--transport", "SQS", "--seconds", "4", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["sender"] for line in lines} == {"mturk"}
    assert lines[0]["message"]["events"][0]["event_type"]


def test_wrong_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--transport", "Email", "--json") == 2
    assert json.loads(capsys.readouterr().out)["problem"]["code"] == "listening.e-mail"
    assert run("--transport", "SQS", "--destination", "arn:aws:sns:us-east-1:1:t", "--json") == 2


def test_another_account_needs_a_destination(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--transport", "SNS", "--account", "environment", "--json") == 2
    assert json.loads(capsys.readouterr().out)["problem"]["cause"] == "input"
