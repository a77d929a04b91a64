# SPDX-License-Identifier: MIT
"""``report``: the page that is written after a test, as HTML and as PDF."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from notification_tester import cli
from notification_tester.cli.report import place_of
from notification_tester.domain.problem import ProblemError
from notification_tester.services.standing import PlaceKey

if TYPE_CHECKING:
    from pathlib import Path

    from notification_tester.practice.cloud import PracticeCloud


@pytest.fixture
def tested(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile of its own in which two tests were sent."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    home = tmp_path / "home"
    queue = f"{environment['AWS_ENDPOINT_URL_SQS']}/111122223333/practice-results"
    words = ["--account", "environment", "--transport", "SQS", "--destination", queue, "--event"]
    for event in ("AssignmentSubmitted", "HITReviewable"):
        assert cli.main(["--home", str(home), "send", *words, event], self_check=lambda _: 99) == 0
    return home


def test_it_writes_a_page_and_says_what_is_in_it(tested: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tested / "tests.html"
    capsys.readouterr()
    words = ["--home", str(tested), "report", str(page), "--account", "environment", "--json"]
    assert cli.main(words, self_check=lambda _: 99) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"file": str(page), "headline": "Everything arrived: 2 tests.", "tests": 2}
    text = page.read_text(encoding="utf-8")
    assert "Assignment submitted" in text
    assert "HIT reviewable" in text


def test_it_writes_one_page_of_pdf_without_a_display(tested: Path) -> None:
    page = tested / "last.pdf"
    words = ["--home", str(tested), "report", str(page), "--account", "environment", "--last"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "notification_tester", *words],
        env={name: value for name, value in os.environ.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Everything arrived: 1 test.", f"The report was written to {page}."]
    written = page.read_bytes()
    assert written.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b(?!s)", written)) == 1


def test_one_destination_is_chosen_by_its_address_or_its_last_part(
    tested: Path, cloud: PracticeCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    topic = cloud.details.topic_arn
    words = ["--account", "environment", "--transport", "SNS", "--destination", topic, "--event", "Ping"]
    assert cli.main(["--home", str(tested), "send", *words], self_check=lambda _: 99) == 0
    page = tested / "one.html"
    write = ["--home", str(tested), "report", str(page), "--account", "environment", "--destination"]
    for destination, number in (
        (topic, 1),
        (topic.rpartition(":")[2], 1),
        (cloud.details.queue_url, 2),
        ("practice-results", 2),
    ):
        capsys.readouterr()
        assert cli.main([*write, destination, "--json"], self_check=lambda _: 99) == 0
        assert json.loads(capsys.readouterr().out)["tests"] == number
        text = page.read_text(encoding="utf-8")
        assert ("practice-results" in text, topic in text) == (number == 2, number == 1)
    page.unlink()
    assert cli.main([*write, "elsewhere"], self_check=lambda _: 99) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "No test was sent to “elsewhere”." in said
    assert "practice-results" in said
    assert topic in said
    assert not page.exists()


def test_a_last_part_that_several_have_is_not_guessed_at() -> None:
    topic, queue = (
        f"{start}practice-results" for start in ("arn:aws:sns:us-east-1:111122223333:", "https://sqs.example/1/")
    )
    keys = PlaceKey("SNS", topic), PlaceKey("SQS", queue)
    assert place_of(keys, queue, account="Lab") == keys[1]
    with pytest.raises(ProblemError, match="several addresses") as raised:
        place_of(keys, "practice-results", account="Lab")
    assert topic in raised.value.problem.detail
    assert queue in raised.value.problem.detail


def test_the_last_test_has_its_own_destination(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["report", str(tmp_path / "a.pdf"), "--last", "--destination", "lab"], self_check=lambda _: 99)
    assert left.value.code == 2
    assert "not allowed with argument --last" in capsys.readouterr().err


def test_another_ending_is_refused_before_anything_is_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", str(tmp_path / "report.doc")], self_check=lambda _: 99) == 2
    assert "neither in .html nor in .pdf" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_account_without_tests_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--home", str(tmp_path / "home"), "report", str(tmp_path / "a.html")]
    for more in ([], ["--destination", "lab"]):
        assert cli.main([*words, *more], self_check=lambda _: 9) == 1
        assert "nothing to report yet" in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()
