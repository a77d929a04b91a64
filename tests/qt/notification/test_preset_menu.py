# SPDX-License-Identifier: MIT
"""Presets: kept under a name, refused under a taken one, replaced, renamed and removed, in a real database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.qt.notification.form_state import FormState
from notification_tester.qt.notification.preset_menu import PresetNameDialog, PresetsDialog, with_spec
from notification_tester.storage.database import Database
from notification_tester.storage.presets import Presets
from qt.hit_type_rows import mailbox, queue
from qt.test_layout import astray

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks


@pytest.fixture
def presets(tmp_path: Path) -> Iterator[Presets]:
    with Database(tmp_path / "history.sqlite3") as database:
        yield Presets(database)


def test_a_taken_name_is_refused_and_can_be_replaced(qtbot: QtBot, tasks: Tasks, presets: Presets) -> None:
    presets.save("Lab", queue())
    dialog = PresetNameDialog(tasks, presets, mailbox())
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "still empty" in dialog.note.text)
    QTest.keyClicks(dialog.name, "lab")
    assert not dialog.note.text
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.replace_button.isVisible)
    assert astray(dialog) == []
    assert presets.all() == {"Lab": queue()}
    assert dialog.save.isEnabled()
    QTest.keyClicks(dialog.name, "s")
    assert not dialog.replace_button.isVisible(), "that name is free"
    assert not dialog.note.text
    QTest.keyClick(dialog.name, Qt.Key.Key_Backspace)
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.replace_button.isVisible)
    with qtbot.waitSignal(dialog.saved):
        QTest.mouseClick(dialog.replace_button, Qt.MouseButton.LeftButton)
    assert presets.all() == {"lab": mailbox()}
    assert not dialog.isVisible()


def test_renamed_and_removed(qtbot: QtBot, tasks: Tasks, presets: Presets) -> None:
    presets.save("Lab", queue())
    presets.save("Mail", mailbox())
    dialog = PresetsDialog(tasks, presets, presets.all())
    qtbot.addWidget(dialog)
    dialog.show()
    item = dialog.list.item(0)
    assert item is not None
    with qtbot.waitSignal(dialog.changed):
        item.setText("Results")
    assert set(presets.all()) == {"Results", "Mail"}
    first = dialog.list.item(0)
    assert first is not None
    first.setText("Results" if first.text() == "Mail" else "Mail")
    qtbot.waitUntil(lambda: "already" in dialog.note.text)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert set(presets.all()) == {"Results", "Mail"}
    mail = next(row for row in range(2) if dialog.list.model().index(row, 0).data() == "Mail")
    dialog.list.setCurrentRow(mail)
    QTest.mouseClick(dialog.rename, Qt.MouseButton.LeftButton)
    edit = dialog.list.viewport().findChild(QLineEdit)
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    QTest.keyClicks(edit, "Mailbox")
    with qtbot.waitSignal(dialog.changed):
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert set(presets.all()) == {"Results", "Mailbox"}
    dialog.list.setCurrentRow(next(row for row in range(2) if dialog.list.model().index(row, 0).data() == "Mailbox"))
    with qtbot.waitSignal(dialog.changed):
        QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert set(presets.all()) == {"Results"}
    assert dialog.list.count() == 1
    assert dialog.rename.isEnabled(), "the first of those left is chosen"
    with qtbot.waitSignal(dialog.changed):
        QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert not presets.all()
    assert not dialog.list.count()
    assert not dialog.remove.isEnabled()
    assert not dialog.rename.isEnabled()


def test_a_refused_name_is_taken_back_and_a_damaged_one_can_only_be_removed(
    qtbot: QtBot, tasks: Tasks, presets: Presets
) -> None:
    presets.save("Lab", queue())
    presets.save("Mail", mailbox())
    dialog = PresetsDialog(tasks, presets, presets.all(), damaged=["Broken"])
    qtbot.addWidget(dialog)
    dialog.show()
    rows = dialog.list.model()
    assert [rows.index(row, 0).data() for row in range(3)] == ["Lab", "Mail", "Broken (damaged)"]
    for row in range(3):
        dialog.list.setCurrentRow(row)
        assert dialog.remove.isEnabled()
        assert dialog.rename.isEnabled() is (row < 2)
    told: list[bool] = []
    dialog.changed.connect(lambda: told.append(True))
    first = dialog.list.item(0)
    assert first is not None
    first.setText("Mail")
    qtbot.waitUntil(lambda: "already" in dialog.note.text and not tasks.is_busy)
    qtbot.waitUntil(lambda: rows.index(0, 0).data() == "Lab")
    assert not told
    again = dialog.list.item(0)
    assert again is not None
    with qtbot.waitSignal(dialog.changed):
        again.setText("Results")
    assert not dialog.note.text, "what was wrong is over"


def test_a_specification_fills_the_form_and_keeps_the_rest() -> None:
    before = FormState(destinations={Transport.EMAIL: "me@example.org"}, wait_seconds=33)
    after = with_spec(before, queue())
    assert after.transport is Transport.SQS
    assert after.destination == queue().destination.text
    assert after.destinations[Transport.EMAIL] == "me@example.org"
    assert after.events == queue().events
    assert after.wait_seconds == 33
    assert with_spec(before, mailbox()).event is EventType.HIT_EXPIRED


def test_a_preset_that_is_being_saved_is_saved_and_told_of_though_its_dialog_is_cancelled(
    qtbot: QtBot, tasks: Tasks, presets: Presets
) -> None:
    mistakes: list[BaseException] = []
    tasks.crashed.connect(mistakes.append)
    dialog = PresetNameDialog(tasks, presets, mailbox())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    told: list[bool] = []
    dialog.saved.connect(lambda: told.append(True))
    dialog.open()
    QTest.keyClicks(dialog.name, "Mailbox")
    dialog.save.click()
    dialog.reject()
    qtbot.waitUntil(lambda: not tasks.is_busy and bool(told))
    assert "Mailbox" in presets.all()
    assert not mistakes


def test_who_does_what_is_advised_leaves_the_dialog(qtbot: QtBot, tasks: Tasks, presets: Presets) -> None:
    """Here for each dialog that says problems as this one does (RemedyDialog): the report, Preferences."""
    dialog = PresetNameDialog(tasks, presets, queue())
    qtbot.addWidget(dialog)
    dialog.show()
    problem = Problem(
        title="The history cannot be read.",
        detail="Its file is damaged.",
        remedy="Start a new one.",
        code="history.damaged",
        cause=Cause.STORAGE,
        remedies=(Remedy.TRY_AGAIN, Remedy.NEW_HISTORY),
    )
    dialog.show_problem(problem)
    assert dialog.note.button.text() == "Start a new history", "the first that the window can do"
    with qtbot.waitSignal(dialog.remedy_requested) as asked:
        QTest.mouseClick(dialog.note.button, Qt.MouseButton.LeftButton)
    assert asked.args == [Remedy.NEW_HISTORY]
    assert not dialog.isVisible(), "it would keep the window from being used"


def test_presets_close_once_what_was_asked_for_is_done(qtbot: QtBot, tasks: Tasks, presets: Presets) -> None:
    mistakes: list[BaseException] = []
    tasks.crashed.connect(mistakes.append)
    presets.save("Mailbox", mailbox())
    dialog = PresetsDialog(tasks, presets, presets.all())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    closed: list[int] = []
    dialog.finished.connect(closed.append)
    dialog.open()
    dialog.remove.click()
    dialog.reject()
    qtbot.waitUntil(lambda: bool(closed))
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert not presets.all()
    assert not mistakes
