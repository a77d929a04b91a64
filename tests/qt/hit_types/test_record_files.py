# SPDX-License-Identifier: MIT
"""The record to a file and back, as a person does it: through the dialog that asks for the file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QWidget

from notification_tester.domain.setting import LineState, apply
from notification_tester.qt.background.tasks import Tasks
from notification_tester.qt.hit_types.controls import Command
from notification_tester.qt.hit_types.record_files import LedgerFiles, RecordExchange
from notification_tester.qt.widgets.field_note import FieldNote
from notification_tester.services.hit_types.record import recorded_as
from storage.test_ledger import ONE, A

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.domain.problem import Problem
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.session import Session

PATIENCE = 20_000


class Page:
    """As much of the page HIT types as the exchange of files needs."""

    def __init__(self, session: Session, opened: OpenAccount) -> None:
        assert session.ledger is not None
        self.opened = opened
        self.window = QWidget()
        self.tasks = Tasks()
        self.note = FieldNote(self.window)
        self.exchange = RecordExchange(self.tasks, LedgerFiles(session.ledger), self.note, self.window)
        self.problems: list[Problem] = []
        self.exchange.failed.connect(self.problems.append)
        self.window.show()

    def choose(self, command: Command, path: Path) -> None:
        """Open the dialog, type the name of a file, and press its button."""
        self.exchange.begin(command, self.opened)
        dialog = self.exchange.dialog
        assert dialog is not None
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        assert name is not None
        name.setText(str(path))
        (buttons,) = dialog.findChildren(QDialogButtonBox)
        (press,) = [one for one in buttons.buttons() if buttons.buttonRole(one) is buttons.ButtonRole.AcceptRole]
        QTest.mouseClick(press, Qt.MouseButton.LeftButton)


@pytest.fixture
def page(qtbot: QtBot, session: Session, practice: OpenAccount) -> Iterator[Page]:
    made = Page(session, practice)
    qtbot.addWidget(made.window)
    yield made
    made.tasks.close()


def one_change(session: Session, opened: OpenAccount) -> None:
    assert session.ledger is not None
    now = datetime.now(tz=UTC)
    (line,) = session.ledger.plan(*recorded_as(opened), [apply(ONE, A)], now=now)
    session.ledger.answer([(line, LineState.APPLIED, None)], now=now)


@pytest.mark.parametrize("name", ["record.csv", "record.json"])
def test_the_record_goes_to_the_file_that_was_chosen_and_comes_back(
    qtbot: QtBot, page: Page, session: Session, tmp_path: Path, name: str
) -> None:
    one_change(session, page.opened)
    path = tmp_path / name
    page.choose(Command.EXPORT, path)
    qtbot.waitUntil(lambda: "1 change is in the file." in page.note.text, timeout=PATIENCE)
    assert ONE in path.read_text(encoding="utf-8-sig")
    page.choose(Command.IMPORT, path)
    qtbot.waitUntil(lambda: "1 line was there already." in page.note.text, timeout=PATIENCE)
    assert page.problems == []


def test_a_name_without_an_ending_gets_that_of_a_table(
    qtbot: QtBot, page: Page, session: Session, tmp_path: Path
) -> None:
    one_change(session, page.opened)
    page.choose(Command.EXPORT, tmp_path / "record")
    qtbot.waitUntil(lambda: "1 change is in the file." in page.note.text, timeout=PATIENCE)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("record")] == ["record.csv"]


def test_a_file_that_is_no_record_is_said(qtbot: QtBot, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n")
    page.choose(Command.IMPORT, path)
    qtbot.waitUntil(lambda: bool(page.problems), timeout=PATIENCE)
    assert page.problems[0].code == "ledger-file.foreign"
    assert page.note.text == ""


def test_closing_the_dialog_does_nothing(qtbot: QtBot, page: Page) -> None:
    page.exchange.begin(Command.EXPORT, page.opened)
    assert page.exchange.dialog is not None
    page.exchange.dialog.reject()
    qtbot.waitUntil(lambda: page.exchange.dialog is None, timeout=PATIENCE)
    assert not page.tasks.is_busy
    assert page.note.text == ""
