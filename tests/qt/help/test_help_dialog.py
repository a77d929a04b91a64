# SPDX-License-Identifier: MIT
"""The licences are shown word for word, where they came with the program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from notification_tester import resources
from notification_tester.domain.specifications.successors import CHAPTERS
from notification_tester.qt.help.help_dialog import HelpDialog, LicenceDialog

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[3]


def test_help_names_a_key_for_each_page(qtbot: QtBot) -> None:
    dialog = HelpDialog(pages=7)
    qtbot.addWidget(dialog)
    assert any("Ctrl+1 to Ctrl+7" in label.text() for label in dialog.findChildren(QLabel))


def test_help_tells_what_became_of_each_part_of_the_older_api(qtbot: QtBot) -> None:
    dialog = HelpDialog(pages=4, of_older_api=True)
    qtbot.addWidget(dialog)
    dialog.show()
    said = [label.text() for label in dialog.tabs.currentWidget().findChildren(QLabel)]
    for chapter in CHAPTERS:
        for row in chapter.rows:
            assert {chapter.title, row.name, row.had, row.today} <= set(said)
    assert "shut on 1 June 2019" in said[0]
    for name in ("SetHITTypeNotification", "SendTestEventNotification", "Email", "REST", "SOAP", "SQS", "SNS"):
        assert name in said


def test_from_its_source_it_shows_its_own_licence_and_says_where_the_others_are(qtbot: QtBot) -> None:
    ours, others = LicenceDialog(), LicenceDialog(of_others=True)
    for dialog in (ours, others):
        qtbot.addWidget(dialog)
    assert ours.text.toPlainText().strip() == (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    assert "runs from its source" in others.text.toPlainText()


def test_packaged_it_shows_every_licence(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = {"LICENSE.txt": "ours", "THIRD-PARTY.txt": "theirs", "LGPL-3.txt": "lesser", "GPL-3.txt": "general"}
    (tmp_path / "licences").mkdir()
    for name, text in texts.items():
        (tmp_path / "licences" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(resources, "folder", lambda: tmp_path)
    ours, others = LicenceDialog(), LicenceDialog(of_others=True)
    for dialog in (ours, others):
        qtbot.addWidget(dialog)
    assert ours.text.toPlainText() == "ours"
    assert others.text.toPlainText().split() == ["theirs", "lesser", "general"]
