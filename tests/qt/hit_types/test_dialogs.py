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
from PySide6.QtWidgets import QLabel, QWidget

from journeys.person import give_file
from notification_tester.domain.problem import ProblemError
from notification_tester.qt.background import Tasks
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog, stop_question
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
    assert dialog.good.text == "2 ids were found. 1 was there more than once and counts once."
    assert not dialog.problem.text
    with qtbot.waitSignal(dialog.ids_given) as told:
        QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert told.args == [("3ABC", "3DEF")]
    assert not dialog.isVisible()


def test_what_was_found_counts_until_the_next_key(qtbot: QtBot, dialog: PasteIdsDialog, tmp_path: Path) -> None:
    dialog.edit.setPlainText("3ABC")
    qtbot.waitUntil(dialog.add.isEnabled)
    assert dialog.add.text() == "&Add 1 HIT type"
    QTest.keyClick(dialog.edit, Qt.Key.Key_Space)
    assert not dialog.add.isEnabled()
    assert dialog.add.text() == "&Add"
    assert not dialog.good.isVisible()
    qtbot.waitUntil(dialog.add.isEnabled)
    path = tmp_path / "ids.txt"
    path.write_text("3DEF\n3GHI\n", encoding="utf-8")
    dialog.read_file(str(path))
    qtbot.waitUntil(lambda: dialog.add.text() == "&Add 2 HIT types")
    assert dialog.edit.toPlainText() == "", "what is added is of the file"
    assert dialog.good.text.endswith("From the file ids.txt.")
    assert dialog.add.isEnabled()
    dialog.edit.setPlainText("   ")
    assert not dialog.add.isEnabled()
    dialog.edit.setPlainText("3ABC 3ABC 3ABC")
    qtbot.waitUntil(dialog.add.isEnabled)
    assert dialog.good.text == "1 id was found. 2 were there more than once and count once."
    with qtbot.assertNotEmitted(dialog.ids_given):
        QTest.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


@pytest.mark.parametrize(("bad", "more"), [(3, ""), (4, "And 1 more."), (5, "And 2 more.")])
def test_the_first_of_what_is_no_id_are_told(qtbot: QtBot, dialog: PasteIdsDialog, bad: int, more: str) -> None:
    dialog.edit.setPlainText(
        "\n".join(["3ABC", *(f"3def{number}" for number in range(bad)), *(f"3DEF{number}" for number in range(9))])
    )
    qtbot.waitUntil(dialog.add.isEnabled)
    assert dialog.problem.text.startswith(f"{bad} are no ids of HIT types and are left out. Line 2: ")
    assert "Line 4: " in dialog.problem.text
    assert "Line 5: " not in dialog.problem.text
    assert dialog.problem.text.endswith(more)
    assert ("And " in dialog.problem.text) is bool(more)


@pytest.mark.parametrize(
    ("left", "said"),
    [(1, "1 HIT type has not been changed yet."), (2, "2 HIT types have not been changed yet.")],
)
def test_a_run_goes_on_unless_it_is_stopped_with_a_press(qtbot: QtBot, left: int, said: str) -> None:
    told: list[str] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    question = stop_question(left, parent, stop=lambda: told.append("stop"), keep=lambda: told.append("keep"))
    question.open()
    assert said in " ".join(one.text() for one in question.findChildren(QLabel))
    QTest.mouseClick(question.keep, Qt.MouseButton.LeftButton)
    assert told == ["keep"]
    assert not question.isVisible()


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
        read_ids_file(tmp_path / "gone.csv", leave_out_bad=True)


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are those of POSIX systems")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ids.csv")
    with pytest.raises(ProblemError, match="is a pipe, and no ordinary file"):
        read_ids_file(tmp_path / "ids.csv", leave_out_bad=True)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(ProblemError, match="too large"):
        read_ids_file(path, leave_out_bad=True)


def test_the_answer_to_an_earlier_text_is_dropped(qtbot: QtBot, dialog: PasteIdsDialog, tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("3ABC", encoding="utf-8")
    dialog.read_file(str(path))
    dialog.edit.setPlainText("3DEF 3GHI")
    qtbot.waitUntil(dialog.add.isEnabled)
    assert dialog.add.text() == "&Add 2 HIT types"
