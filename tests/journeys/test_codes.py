# SPDX-License-Identifier: MIT
"""A profile whose role wants the code of an MFA device: asked for in the window, and never without an end."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QTest

from journeys.person import end
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.notification import parse_spec
from notification_tester.qt.widgets import code_dialog
from notification_tester.qt.widgets.code_dialog import CodeDialog
from recording_proxy import recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journeys.person import Person
    from recording_proxy import Recorder

DEVICE = "arn:aws:iam::123456789012:mfa/ann"
LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.PROFILE, profile="corp")
SANDBOX = "mturk-requester-sandbox.us-east-1.amazonaws.com"


@pytest.fixture
def amazon(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A profile that takes a role with a code, and somebody on this computer who answers for Amazon."""
    folder = own_home / ".aws"
    folder.mkdir()
    (folder / "config").write_text(
        f"[profile corp]\nrole_arn=arn:aws:iam::123456789012:role/turk\nsource_profile=ann\nmfa_serial={DEVICE}\n"
        "[profile ann]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=" + "s" * 40 + "\n",
        "utf-8",
    )
    with recording(tmp_path) as recorder:
        for name, value in recorder.variables.items():
            monkeypatch.setenv(name, value)
        yield recorder


def open_lab(person: Person) -> None:
    problems: list[object] = []
    person.desktop.program.add_account(LAB, None, done=lambda: None, failed=problems.append)
    person.until_open("Lab")
    assert problems == []
    person.page.fill(parse_spec(transport=Transport.EMAIL, destination="me@lab.example.org", events=["HITExpired"]))


def question(person: Person) -> CodeDialog:
    found: list[CodeDialog] = []

    def is_there() -> bool:
        found[:] = [one for one in person.window.findChildren(CodeDialog) if one.isVisible()]
        return bool(found)

    person.until(is_there)
    return found[0]


def test_the_code_is_asked_for_and_serves_until_the_keys_run_out(person: Person, amazon: Recorder) -> None:
    open_lab(person)
    person.click(person.form.send)
    asked = question(person)
    assert asked.device.text() == DEVICE
    assert not asked.send.isEnabled()
    QTest.keyClicks(asked.code, "12345x")
    assert not asked.send.isEnabled()
    QTest.keyClicks(asked.code, "6")
    person.click(asked.send)
    person.until(lambda: person.result.shown_outcome() is not None and person.form.send.isEnabled())
    assert person.outcome().accepted.state is State.YES
    assert person.send().accepted.state is State.YES
    assert person.window.findChildren(CodeDialog) == []
    assert [one.host for one in amazon.calls] == ["sts.us-east-1.amazonaws.com", SANDBOX, SANDBOX]
    assert "123456" in person.desktop.program.secrets()


def test_closing_the_question_sends_nothing_and_says_so(person: Person, amazon: Recorder) -> None:
    open_lab(person)
    person.click(person.form.send)
    person.click(question(person).cancel)
    person.until(lambda: person.result.shown_outcome() is not None and person.form.send.isEnabled())
    problem = person.outcome().problem
    assert problem is not None
    assert (problem.code, problem.title) == ("keys.mfa", "The MFA code was not given.")
    assert DEVICE in problem.detail
    assert amazon.calls == []


def test_the_question_ends_by_itself(person: Person, amazon: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_dialog, "SECONDS", 0.5)
    open_lab(person)
    person.click(person.form.send)
    person.until(lambda: person.result.shown_outcome() is not None and person.form.send.isEnabled())
    person.until(lambda: not [one for one in person.window.findChildren(CodeDialog) if one.isVisible()])
    problem = person.outcome().problem
    assert problem is not None
    assert problem.code == "keys.mfa"
    assert amazon.calls == []


def test_closing_the_program_does_not_wait_for_the_code(person: Person, amazon: Recorder) -> None:
    open_lab(person)
    person.click(person.form.send)
    question(person)
    assert end(person.desktop)
    assert not [one for one in threading.enumerate() if one.name.startswith(("task", "send"))]
    assert amazon.calls == []


def test_a_program_for_keys_that_talks_nonsense_is_no_mistake_of_this_one(
    person: Person, own_home: Path, amazon: Recorder
) -> None:
    command = f'"{sys.executable}" -IS -c "print(12)"'
    (own_home / ".aws" / "config").write_text(f"[profile corp]\ncredential_process={command}\n", "utf-8")
    open_lab(person)
    problem = person.send().problem
    assert problem is not None
    assert problem.code == "keys.unavailable"
    assert f"{sys.executable} printed something else" in problem.detail
    assert person.desktop.crashes.open_report is None
    assert amazon.calls == []
