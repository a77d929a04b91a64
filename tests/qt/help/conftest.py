# SPDX-License-Identifier: MIT
"""A browser that opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QUrl
    from pytestqt.qtbot import QtBot


class Browser(QObject):
    """Takes what would open in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot("QUrl")
    def take(self, url: QUrl) -> None:
        """Remember an address."""
        self.opened.append(url.toString())


@pytest.fixture
def browser(qtbot: QtBot) -> Iterator[Browser]:
    del qtbot  # Qt has to run
    taking = Browser()
    QDesktopServices.setUrlHandler("https", taking, "take")  # type: ignore[arg-type]  # PySide's types say bytes, and it takes none
    yield taking
    QDesktopServices.unsetUrlHandler("https")
