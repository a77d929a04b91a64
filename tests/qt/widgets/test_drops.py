# SPDX-License-Identifier: MIT
"""What is dropped on a widget is handed out: the files of this computer, or else the text; all else goes its way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from notification_tester.qt.widgets.drops import Drops

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def data(*, text: str = "", addresses: tuple[str, ...] = ()) -> QMimeData:
    made = QMimeData()
    if text:
        made.setText(text)
    if addresses:
        made.setUrls([QUrl(address) for address in addresses])
    return made


@pytest.mark.parametrize(
    ("dropped", "expected"),
    [
        pytest.param(data(text="a\nb"), ["a\nb"], id="text"),
        pytest.param(
            data(addresses=("file:///home/ada/a", "file:///home/ada/b")),
            [[Path("/home/ada/a"), Path("/home/ada/b")]],
            id="files",
        ),
        pytest.param(
            data(text="/home/ada/a", addresses=("file:///home/ada/a",)), [[Path("/home/ada/a")]], id="file-before-text"
        ),
        pytest.param(data(), [], id="nothing"),
    ],
)
def test_files_come_before_text_and_are_copied(
    qtbot: QtBot, dropped: QMimeData, expected: list[str | list[Path]]
) -> None:
    target, given = QWidget(), list[str | list[Path]]()
    qtbot.addWidget(target)
    drops = Drops(target)
    drops.text_given.connect(given.append)
    drops.files_given.connect(given.append)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    actions = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    entering = QDragEnterEvent(QPoint(5, 5), actions, dropped, buttons, keys)
    QApplication.sendEvent(target, entering)
    assert entering.isAccepted() is bool(expected)
    if expected:
        drop = QDropEvent(QPointF(5, 5), actions, dropped, buttons, keys)
        QApplication.sendEvent(target, drop)
        assert drop.dropAction() is Qt.DropAction.CopyAction
    assert given == expected
