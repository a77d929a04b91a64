# SPDX-License-Identifier: MIT
"""Somebody in front of a part of the window, with practice open behind it; and all that the part tells others.

class Reader(Somebody):
    def __init__(self, program: Program, qtbot: QtBot) -> None:
        super().__init__(program, qtbot)
        self.controller = ...
        self.hear(self.controller, "changed", "refused")

reader.press(button)
assert reader.take() == [("changed", 5)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton, QWidget
    from pytestqt.qtbot import QtBot

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.session import Program


class Somebody(QObject):
    """``told``: what was heard, each the name of a signal and what came with it; notices with their titles."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        super().__init__()
        self.program = program
        self._qtbot = qtbot
        self.told: list[tuple[Any, ...]] = []
        program.notice.connect(lambda problem: self.told.append(("notice", problem.title)))

    @property
    def cloud(self) -> PracticeCloud:
        """The practice behind the window, to make trouble in it."""
        assert self.program.current is not None
        assert self.program.current.practice is not None
        return self.program.current.practice

    def open(self, page: QWidget) -> None:
        """Have a page before oneself, in a window of a usual size."""
        self._qtbot.addWidget(page)
        page.resize(1200, 900)
        page.show()
        page.activateWindow()
        self._qtbot.waitUntil(page.isActiveWindow)

    def hear(self, source: QObject, *names: str) -> None:
        """Note these signals of a part from now on."""
        for name in names:
            getattr(source, name).connect(lambda *words, name=name: self.told.append((name, *words)))

    def take(self) -> list[tuple[Any, ...]]:
        """What was told since the last time."""
        told, self.told = self.told, []
        return told

    def press(self, button: QAbstractButton) -> None:
        """Click a button, once it can be seen."""
        self._qtbot.waitUntil(button.isVisible)
        assert button.isEnabled(), button.text()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
