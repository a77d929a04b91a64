# SPDX-License-Identifier: MIT
"""The record to a file and back, as a person does it: through the dialog that asks for the file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit

from notification_tester.domain.setting import LineState, apply
from notification_tester.qt.background import Tasks
from notification_tester.qt.hit_types.page import HitTypesPage
from notification_tester.qt.hit_types.view import Command
from notification_tester.services.hit_types.record import recorded_as
from storage.ledger.test_ledger import ONE, A

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QFileDialog
    from pytestqt.qtbot import QtBot

    from notification_tester.domain.problem import Problem
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.session import Session

PATIENCE = 20_000


class Person:
    """Somebody at the page HIT types."""

    def __init__(self, session: Session, opened: OpenAccount) -> None:
        self.tasks = Tasks()
        self.page = HitTypesPage(self.tasks, session.hit_types, form_spec=lambda: None, presets=lambda: None)
        self.page.show_account(opened)
        self.opened = opened
        self.problems: list[Problem] = []
        self.page.controller.failed.connect(self.problems.append)

    @property
    def told(self) -> str:
        """What the page says of what was done."""
        return self.page.view.note.text

    def open(self, command: Command) -> QFileDialog:
        self.page.view.buttons.record_actions[command].trigger()
        assert self.page.file_dialog is not None
        return self.page.file_dialog

    def choose(self, command: Command, path: Path) -> None:
        """Open the dialog, type the name of a file, and press its button."""
        dialog = self.open(command)
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        assert name is not None
        name.setText(str(path))
        (buttons,) = dialog.findChildren(QDialogButtonBox)
        (press,) = [one for one in buttons.buttons() if buttons.buttonRole(one) is buttons.ButtonRole.AcceptRole]
        QTest.mouseClick(press, Qt.MouseButton.LeftButton)


@pytest.fixture
def person(qtbot: QtBot, session: Session, practice: OpenAccount) -> Iterator[Person]:
    made = Person(session, practice)
    qtbot.addWidget(made.page)
    yield made
    made.tasks.close()


def one_change(session: Session, opened: OpenAccount) -> None:
    assert session.ledger is not None
    now = datetime.now(tz=UTC)
    (line,) = session.ledger.plan(*recorded_as(opened), [apply(ONE, A)], now=now)
    session.ledger.answer([(line, LineState.APPLIED, None)], now=now)


@pytest.mark.parametrize("name", ["record.csv", "record.json"])
def test_the_record_goes_to_the_file_that_was_chosen_and_comes_back(
    qtbot: QtBot, person: Person, session: Session, tmp_path: Path, name: str
) -> None:
    one_change(session, person.opened)
    path = tmp_path / name
    person.choose(Command.EXPORT, path)
    qtbot.waitUntil(lambda: "1 change is in the file." in person.told, timeout=PATIENCE)
    assert ONE in path.read_text(encoding="utf-8-sig")
    person.choose(Command.IMPORT, path)
    qtbot.waitUntil(lambda: "1 line was there already." in person.told, timeout=PATIENCE)
    assert person.problems == []


def test_a_name_without_an_ending_gets_that_of_a_table(
    qtbot: QtBot, person: Person, session: Session, tmp_path: Path
) -> None:
    one_change(session, person.opened)
    person.choose(Command.EXPORT, tmp_path / "record")
    qtbot.waitUntil(lambda: "1 change is in the file." in person.told, timeout=PATIENCE)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("record")] == ["record.csv"]


def test_a_file_that_is_no_record_is_said(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n")
    person.choose(Command.IMPORT, path)
    qtbot.waitUntil(lambda: bool(person.problems), timeout=PATIENCE)
    assert person.problems[0].code == "ledger-file.foreign"
    assert person.told == ""


def test_closing_the_dialog_does_nothing(qtbot: QtBot, person: Person) -> None:
    person.open(Command.EXPORT).reject()
    qtbot.waitUntil(lambda: person.page.file_dialog is None, timeout=PATIENCE)
    assert not person.tasks.is_busy
    assert person.told == ""
