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

if TYPE_CHECKING:
    from pathlib import Path


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
    assert done.stdout.startswith("Everything arrived: 1 test.")
    written = page.read_bytes()
    assert written.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b(?!s)", written)) == 1


def test_another_ending_is_refused_before_anything_is_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", str(tmp_path / "report.doc")], self_check=lambda _: 99) == 2
    assert "neither in .html nor in .pdf" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_account_without_tests_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--home", str(tmp_path / "home"), "report", str(tmp_path / "a.html")], self_check=lambda _: 9) == 1
    assert "nothing to report yet" in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()
