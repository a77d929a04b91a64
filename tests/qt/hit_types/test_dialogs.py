# SPDX-License-Identifier: MIT
"""Ids by hand: pasted, from a spreadsheet's file in any of its encodings, and what is wrong with them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from journeys.person import give_file
from notification_tester.domain.problem import ProblemError
from notification_tester.qt.background import Tasks
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog
from notification_tester.services.hit_types.listing import read_ids_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[PasteIdsDialog]:
    tasks = Tasks()
    made = PasteIdsDialog(tasks)
    qtbot.addWidget(made)
    made.show()
    yield made
    tasks.close()


def test_a_pasted_table_is_read_and_added(qtbot: QtBot, dialog: PasteIdsDialog) -> None:
    assert not dialog.add.isEnabled()
    dialog.edit.setPlainText("Title,HITTypeId\n“Label, signs”,3ABC\n")
    dialog.edit.setPlainText('Title,HITTypeId\n"Label, signs",3ABC\nRate,3DEF\nRate,3DEF\n')
    qtbot.waitUntil(dialog.add.isEnabled)
    assert dialog.add.text() == "&Add 2 HIT types"
    with qtbot.waitSignal(dialog.ids_given) as told:
        QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert told.args == [("3ABC", "3DEF")]


def test_what_is_no_id_is_named_with_its_line(qtbot: QtBot, dialog: PasteIdsDialog) -> None:
    dialog.edit.setPlainText("\n3abd")
    qtbot.waitUntil(lambda: bool(dialog.problem.text))
    assert "Line 2" in dialog.problem.text
    assert not dialog.add.isEnabled()
    dialog.edit.setPlainText("3ABC")
    qtbot.waitUntil(dialog.add.isEnabled)
    assert not dialog.problem.text


def test_a_bad_id_does_not_hold_up_the_others(qtbot: QtBot, dialog: PasteIdsDialog) -> None:
    dialog.edit.setPlainText("3ABC\n3def\n3GHI\n")
    qtbot.waitUntil(dialog.add.isEnabled)
    assert dialog.add.text() == "&Add 2 HIT types"
    assert dialog.problem.text.startswith("1 is no id of a HIT type and is left out. Line 2: ")
    with qtbot.waitSignal(dialog.ids_given) as told:
        QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert told.args == [("3ABC", "3GHI")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_in_any_encoding_of_a_spreadsheet(
    qtbot: QtBot, dialog: PasteIdsDialog, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "Straßen.csv"
    path.write_text("HITTypeId,Title\n3ABC,Straße\n3DEF,Weg\n", encoding=encoding)
    QTest.mouseClick(dialog.file, Qt.MouseButton.LeftButton)
    give_file(path, dialog)
    qtbot.waitUntil(dialog.add.isEnabled)
    assert dialog.add.text() == "&Add 2 HIT types"
    assert "Straßen.csv" in dialog.good.text


CASES = Path(__file__).parent.parent.parent / "cases"


@pytest.mark.parametrize("case", sorted(CASES.glob("ids-*")), ids=lambda case: case.name)
def test_what_tools_write_is_read_from_a_file(qtbot: QtBot, dialog: PasteIdsDialog, case: Path) -> None:
    dialog.read_file(str(case))
    qtbot.waitUntil(dialog.add.isEnabled)
    with qtbot.waitSignal(dialog.ids_given) as told:
        QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert told.args == [("3TYPEAAAAAAAAAAAAAAAAAAAAAAAAA", "3TYPEBBBBBBBBBBBBBBBBBBBBBBBBB")]


def test_a_list_of_one_page_says_that_there_are_more(qtbot: QtBot, dialog: PasteIdsDialog) -> None:
    dialog.edit.setPlainText('{"NextToken": "p1", "HITs": [{"HITTypeId": "3ABC"}]}')
    qtbot.waitUntil(dialog.add.isEnabled)
    assert "further pages" in dialog.good.text


def test_a_workbook_is_named_for_what_it_is(qtbot: QtBot, dialog: PasteIdsDialog, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    path.write_bytes(b"PK\x03\x04\x14\0\x06\0")
    dialog.read_file(str(path))
    qtbot.waitUntil(lambda: "Excel" in dialog.problem.text)
    assert not dialog.add.isEnabled()


def test_a_file_that_is_gone_is_a_known_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="cannot be read"):
        read_ids_file(tmp_path / "gone.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are those of POSIX systems")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ids.csv")
    with pytest.raises(ProblemError, match="is a pipe, and no ordinary file"):
        read_ids_file(tmp_path / "ids.csv")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(ProblemError, match="too large"):
        read_ids_file(path)


def test_the_answer_to_an_earlier_text_is_dropped(qtbot: QtBot, dialog: PasteIdsDialog, tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("3ABC", encoding="utf-8")
    dialog.read_file(str(path))
    dialog.edit.setPlainText("3DEF 3GHI")
    qtbot.waitUntil(dialog.add.isEnabled)
    assert dialog.add.text() == "&Add 2 HIT types"
