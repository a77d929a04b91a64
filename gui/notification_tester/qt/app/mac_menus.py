# SPDX-License-Identifier: MIT
"""The menus at the top of the screen, where macOS has them and people look for them.

A file of its own, as only macOS reads it. Source of what belongs where: "The menu bar" in Apple's Human Interface
Guidelines; of how an entry comes into the application menu: ``QAction.MenuRole``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QMainWindow


def fill(window: QMainWindow, pages: Sequence[QAction], own: Sequence[QAction]) -> QMenuBar:
    """Give ``window`` the menus View (``pages``), Window and Help.

    Those of ``own`` that have a role are moved by Qt into the application menu; the rest is Help.
    """
    bar = QMenuBar(window)
    bar.addMenu(window.tr("&View")).addActions(pages)
    windows = bar.addMenu(window.tr("&Window"))
    for text, keys, slot in (
        (window.tr("&Minimise"), QKeySequence("Ctrl+M"), window.showMinimized),
        (window.tr("&Zoom"), QKeySequence(), lambda: _zoom(window)),
        (window.tr("&Close"), QKeySequence(QKeySequence.StandardKey.Close), window.close),
    ):
        windows.addAction(_action(window, text, keys, slot))
    bar.addMenu(window.tr("&Help")).addActions(own)
    window.setMenuBar(bar)
    return bar


def _action(window: QMainWindow, text: str, keys: QKeySequence, slot: Callable[[], object]) -> QAction:
    action = QAction(text, window)
    action.setShortcut(keys)
    action.setMenuRole(QAction.MenuRole.NoRole)
    action.triggered.connect(lambda _checked=False: slot())
    return action


def _zoom(window: QMainWindow) -> None:
    if window.isMaximized():
        window.showNormal()
    else:
        window.showMaximized()
