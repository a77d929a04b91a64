# SPDX-License-Identifier: MIT
"""Where a page will be: light, so that the window is there at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

Page = TypeVar("Page", bound=QWidget)


class LatePage(QWidget, Generic[Page]):
    """Has ``make`` make the page when it is first seen. That may answer None: then it is asked again later."""

    def __init__(self, make: Callable[[], Page | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self.page: Page | None = None
        self._around = QVBoxLayout(self)
        self._around.setContentsMargins(0, 0, 0, 0)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.made)

    def made(self) -> Page | None:
        """The page, made now where it was not; None where that cannot be yet."""
        if self.page is None:
            self.page = self._make()
            if self.page is not None:
                self._around.addWidget(self.page)
        return self.page

    def make_if_seen(self) -> None:
        """What was missing may be here: make the page now where somebody looks at its place."""
        if self.isVisible():
            self.made()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page once its place is in sight, so that neither keeps the window for long."""
        super().showEvent(event)
        self._soon.start()
