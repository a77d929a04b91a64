# SPDX-License-Identifier: MIT
"""Two columns on a page that scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QScrollArea, QWidget


class TwoColumns(QBoxLayout):
    """Two side by side where there is room, of which the second goes along while the first is scrolled.

    It goes as far as the first goes; where there is no room for both they stand below one another.
    """

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight)
        self._area = area
        self._lower = 0  # pixels by which the second stands below its place
        area.verticalScrollBar().valueChanged.connect(lambda _: self.follow())

    def put(self, first: QWidget, second: QWidget) -> None:
        """Take both in."""
        self._second = second
        self.addWidget(first, 11)
        self.addWidget(second, 10)
        self.setAlignment(second, Qt.AlignmentFlag.AlignTop)

    def turn(self, direction: QBoxLayout.Direction) -> None:
        """Side by side, or below one another; there the second has the height that is left."""
        is_beside = direction is QBoxLayout.Direction.LeftToRight
        self.setAlignment(self._second, Qt.AlignmentFlag.AlignTop if is_beside else Qt.AlignmentFlag(0))
        self._lower = 0
        self.setDirection(direction)

    def heightForWidth(self, width: int) -> int:
        """As high as both need, and as the second needs where it stands."""
        natural = super().heightForWidth(width)
        if not self._lower:
            return natural
        around = self.contentsMargins()
        needed = self._lower + self._second.heightForWidth(self._second.width())
        return max(natural, around.top() + needed + around.bottom())

    def setGeometry(self, rect: QRect) -> None:
        """Lay both out, and leave the second where it is seen."""
        super().setGeometry(rect)
        self.follow()

    def follow(self, *, from_its_top: bool = False) -> None:
        """Move the second no more than it takes to be seen; one that is higher than the window ``from_its_top``.

        What came is seen from its top wherever the first is scrolled to, even where the page must become longer for it.
        """
        if self.direction() is not QBoxLayout.Direction.LeftToRight:
            return
        around, height = self.contentsMargins(), self._second.height()
        above = self._area.verticalScrollBar().value()
        beyond = max(0, around.top() + height + around.bottom() - self._area.viewport().height())
        free = super().heightForWidth(self.geometry().width()) - around.top() - around.bottom() - height
        lower = above if from_its_top else max(self._lower, min(above - beyond, free))
        lower = max(0, min(lower, above))
        is_height_other = max(lower, free) != max(self._lower, free)
        self._lower = lower
        if is_height_other:
            self.update()
        self._second.move(self._second.x(), around.top() + lower)
