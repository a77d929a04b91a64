# SPDX-License-Identifier: MIT
"""A file that was written: the question begins in Documents, and the note leads to the folder."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from notification_tester.qt.widgets.saved_file import SavedNote, save_dialog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

TAKE: Any = "take"  # the stubs of PySide ask for bytes, and only text is taken


class FileManager(QObject):
    """Takes what would go to the system's window of a folder."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def files() -> Iterator[FileManager]:
    made = FileManager()
    QDesktopServices.setUrlHandler("file", made, TAKE)
    yield made
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def note(qtbot: QtBot) -> SavedNote:
    made = SavedNote()
    qtbot.addWidget(made)
    return made


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the system's own program is started there")
def test_the_button_shows_the_folder_of_the_file(note: SavedNote, files: FileManager, tmp_path: Path) -> None:
    path = tmp_path / "a b #1 ü.csv"
    path.touch()
    note.say_saved("The record was exported.", "1 change.", path)
    assert note.button.isVisible()
    assert note.button.text() == "Show in folder"
    QTest.keyClick(note.button, Qt.Key.Key_Space)
    assert files.opened == [str(tmp_path)]
    note.say("Something else.", "")
    assert not note.button.isVisible()


def test_a_file_that_is_gone_is_said_with_its_place(note: SavedNote, files: FileManager, tmp_path: Path) -> None:
    path = tmp_path / "gone.csv"
    note.say_saved("The record was exported.", "", path)
    note.button.click()
    assert note.text == f"The folder could not be opened. The file was written to {path}"
    assert not note.button.isVisible()
    assert files.opened == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says where documents are, whatever the home is")
def test_the_question_begins_in_documents_or_at_home(qtbot: QtBot, own_home: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    assert save_dialog(parent, "Save", "report.html").directory().absolutePath() == own_home.as_posix()
    (own_home / "Documents").mkdir()
    dialog = save_dialog(parent, "Save", "report.html")
    assert dialog.directory().absolutePath() == (own_home / "Documents").as_posix()
    assert [name.rpartition("/")[2] for name in dialog.selectedFiles()] == ["report.html"]
