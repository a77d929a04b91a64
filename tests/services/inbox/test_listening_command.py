# SPDX-License-Identifier: MIT
"""``listen``: a line for each message until the time is over, and nothing taken away."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from notification_tester import cli
from notification_tester.domain.account import PRACTICE
from notification_tester.services import holding
from notification_tester.services.inbox import reading as inbox_reading
from notification_tester.storage.database import Database
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.places import system_places


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


def test_where_no_more_can_be_held_it_says_so_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    monkeypatch.setattr(holding, "MOST_HELD", 1)
    assert run("--transport", "SQS", "--seconds", "4") == 0
    said = capsys.readouterr().err
    assert said.count("No more can be held: what waits behind these messages cannot be seen.") == 1


@pytest.mark.usefixtures("own_home")
def test_what_an_earlier_start_left_is_removed() -> None:
    database = system_places().database
    with Database(database) as opened:
        Leftovers(opened).planned(
            kind="topic-test-queue",
            account=PRACTICE.kept_as,
            region="us-east-1",
            name="left",
            topic_arn="arn:aws:sns:us-east-1:111122223333:t",
            now=datetime.now(tz=UTC),
        )
    assert run("--transport", "SQS", "--seconds", "1") == 0
    with Database(database) as opened:
        assert list(Leftovers(opened).open_ones()) == []


def test_wrong_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--transport", "Email", "--json") == 2
    assert json.loads(capsys.readouterr().out)["problem"]["code"] == "listening.e-mail"
    assert run("--transport", "SQS", "--destination", "arn:aws:sns:us-east-1:1:t", "--json") == 2


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "inf", "604801"])
def test_seconds_that_are_none(capsys: pytest.CaptureFixture[str], seconds: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run("--transport", "SQS", f"--seconds={seconds}")
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"'{seconds}' is no number of seconds above 0" in said
    assert "_seconds" not in said


def test_a_line_of_a_topic_tells_of_its_signature(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    assert run("--transport", "SNS", "--seconds", "12") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all("signature: not-checked" in line for line in lines)
    assert all(re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ  [A-Z]", line) for line in lines), (
        "each begins with its time"
    )


def test_another_account_needs_a_destination(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--transport", "SNS", "--account", "environment", "--json") == 2
    assert json.loads(capsys.readouterr().out)["problem"]["cause"] == "input"
