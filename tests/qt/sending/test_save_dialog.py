# SPDX-License-Identifier: MIT
"""The notification of the form, seen in the words of others, and saved whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from journeys.person import give_file
from notification_tester.qt.background import Tasks
from notification_tester.qt.sending.save_dialog import SaveDialog
from notification_tester.services.saved_forms import SavedForm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

FORMS = (
    SavedForm(title="Request (JSON)", file_name="send-test.json", text='{"a": 1}\n'),
    SavedForm(title="Policy (Terraform)", file_name="policy.tf", text='resource "a" "b" {}\n'),
)


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[SaveDialog]:
    tasks = Tasks()
    made = SaveDialog(tasks, FORMS)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    yield made
    tasks.close()


def test_the_form_in_sight_is_copied_and_saved_exactly(qtbot: QtBot, dialog: SaveDialog, tmp_path: Path) -> None:
    QTest.keyClick(dialog.choice, Qt.Key.Key_Down)
    assert dialog.text.view.toPlainText().strip() == FORMS[1].text.strip()
    QTest.mouseClick(dialog.text.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == FORMS[1].text
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    give_file(tmp_path / "policy.tf", dialog)
    qtbot.waitUntil(lambda: bool(dialog.good.text))
    assert (tmp_path / "policy.tf").read_bytes() == FORMS[1].text.encode()
    QTest.keyClick(dialog.choice, Qt.Key.Key_Up)
    assert not dialog.good.text, "another was saved"
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_a_long_line_is_read_without_scrolling(qtbot: QtBot) -> None:
    tasks = Tasks()
    text = "aws mturk send-test-event-notification " + "--notification " + "x" * 900
    dialog = SaveDialog(tasks, [SavedForm(title="Command of the AWS CLI", file_name="send-test.sh", text=text)])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    view = dialog.text.view
    qtbot.waitUntil(lambda: view.toPlainText() == text)
    assert view.horizontalScrollBar().maximum() == 0
    assert view.verticalScrollBar().maximum() == 0
    assert view.height() > dialog.height() / 2
    tasks.close()


def test_a_file_that_cannot_be_written_is_said(qtbot: QtBot, dialog: SaveDialog, tmp_path: Path) -> None:
    dialog.save_to(str(tmp_path / "b.json"))
    qtbot.waitUntil(lambda: bool(dialog.good.text))
    dialog.save_to(str(tmp_path / "missing" / "a.json"))
    qtbot.waitUntil(lambda: bool(dialog.bad.text))
    assert not dialog.good.text
    dialog.save_to(str(tmp_path / "b.json"))
    qtbot.waitUntil(lambda: bool(dialog.good.text))
    assert not dialog.bad.text
    dialog.save_to(str(tmp_path / "missing" / "a.json"))
    qtbot.waitUntil(lambda: bool(dialog.bad.text))
    QTest.keyClick(dialog.choice, Qt.Key.Key_Down)
    assert not dialog.bad.text


@pytest.mark.parametrize("folder", ["", "not-there"])
def test_closed_while_it_writes_it_closes_once_that_is_done_and_stays_where_it_is_refused(
    qtbot: QtBot, tmp_path: Path, folder: str
) -> None:
    tasks = Tasks()
    mistakes: list[BaseException] = []
    closed: list[int] = []
    tasks.crashed.connect(mistakes.append)
    dialog = SaveDialog(tasks, FORMS)
    dialog.finished.connect(closed.append)
    dialog.show()
    dialog.save_to(str(tmp_path / folder / "send-test.json"))
    dialog.reject()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    if folder:
        assert dialog.bad.text
        dialog.reject()
    qtbot.waitUntil(lambda: bool(closed))
    assert (tmp_path / "send-test.json").exists() is (not folder)
    assert not mistakes
    tasks.close()
