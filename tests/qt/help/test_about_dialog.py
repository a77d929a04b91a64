# SPDX-License-Identifier: MIT
"""About says what runs, and its links only ask."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from notification_tester.qt.help.about_dialog import AboutDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_it_says_what_runs_and_its_links_ask(qtbot: QtBot) -> None:
    dialog = AboutDialog("1.2.3")
    qtbot.addWidget(dialog)
    dialog.show()
    text = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for part in ("1.2.3", "MIT", qVersion(), platform.python_version(), "Mechanical Turk", "Lesser General Public"):
        assert part in text
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel) if label.text())
    for label in dialog.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()), label.text()
    for button, link in (
        (dialog.help, "help"),
        (dialog.licence, "licence"),
        (dialog.works_of_others, "works-of-others"),
    ):
        with qtbot.waitSignal(dialog.link_requested) as asked:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert asked.args == [link]
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert "1.2.3" in QGuiApplication.clipboard().text()
