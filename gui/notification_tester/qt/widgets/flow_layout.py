# SPDX-License-Identifier: MIT
"""Widgets in a row that goes on in the next line where the width ends, as words do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class FlowLayout(QLayout):
    """Lays out each widget at its own size, centred in its line.

    The widgets from number ``end_from`` on stand at the far side of their line.
    """

    def __init__(self, parent: QWidget | None = None, *, end_from: int | None = None, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        # Both until something changes, because Qt asks for the same again and again.
        self._heights: dict[int, int] = {}  # by width
        self._measured: list[_Measured] | None = None
        self._end_from = end_from
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Take one item more."""
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One of them; None beyond the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give one back."""
        self._heights.clear()
        self._measured = None
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It wants no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at this width; none where nothing is shown."""
        height = self._heights.get(width)
        if height is None:
            margins = self.contentsMargins()
            inner = self._arrange(QRect(0, 0, width - margins.left() - margins.right(), 0), apply=False)
            height = self._heights[width] = inner + margins.top() + margins.bottom() if inner else 0
        return height

    def invalidate(self) -> None:
        """Something in it is of another size now, or was hidden or shown."""
        self._heights.clear()
        self._measured = None
        super().invalidate()

    def sizeHint(self) -> QSize:
        """Everything in one line."""
        sizes = [one.wanted for one in self._shown()]
        width = sum(size.width() for size in sizes) + self.spacing() * max(0, len(sizes) - 1)
        return self._with_margins(QSize(width, max((size.height() for size in sizes), default=0)))

    def minimumSize(self) -> QSize:
        """The widest alone in its line."""
        smallest = QSize()
        for one in self._shown():
            smallest = smallest.expandedTo(one.least)
        return self._with_margins(smallest)

    def setGeometry(self, rect: QRect) -> None:
        """Put everything in its place."""
        super().setGeometry(rect)
        self._arrange(rect.marginsRemoved(self.contentsMargins()), apply=True)

    def isEmpty(self) -> bool:
        """Whether nothing is shown: then it takes no room, and none around it."""
        return not self._shown()

    def _with_margins(self, size: QSize) -> QSize:
        return size.grownBy(self.contentsMargins()) if self._shown() else QSize(0, 0)

    def _shown(self) -> list[_Measured]:
        if self._measured is None:
            self._measured = [
                _Measured(item, item.sizeHint(), item.minimumSize(), number)
                for number, item in enumerate(self._items)
                if not item.isEmpty()
            ]
        return self._measured

    def _arrange(self, rect: QRect, *, apply: bool) -> int:
        lines: list[list[tuple[_Measured, QSize]]] = []
        used, spacing = 0, self.spacing()
        for one in self._shown():
            size = QSize(min(one.wanted.width(), max(rect.width(), one.least.width())), one.wanted.height())
            if lines and used + spacing + size.width() <= rect.width():
                lines[-1].append((one, size))
                used += spacing + size.width()
            else:
                lines.append([(one, size)])
                used = size.width()
        if not lines:
            return 0
        top = rect.top()
        for line in lines:
            height = max(size.height() for _, size in line)
            if apply:
                self._place(line, QRect(rect.left(), top, rect.width(), height))
            top += height + spacing
        return top - rect.top() - spacing

    def _place(self, line: list[tuple[_Measured, QSize]], place: QRect) -> None:
        parent = self.parentWidget()
        mirrored = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        apart = place.width() - sum(size.width() for _, size in line) - self.spacing() * (len(line) - 1)
        x = place.left()
        for one, size in line:
            if apart > 0 and self._end_from is not None and one.number >= self._end_from:
                x += apart
                apart = 0
            left = place.left() + place.right() - (x + size.width() - 1) if mirrored else x
            one.item.setGeometry(QRect(QPoint(left, place.top() + (place.height() - size.height()) // 2), size))
            x += size.width() + self.spacing()


def discard(layout: QLayout, widgets: Iterable[QWidget]) -> None:
    """Take widgets out of any layout for good: they are out of sight at once, and gone in the next turn."""
    for widget in widgets:
        layout.removeWidget(widget)
        widget.hide()
        widget.deleteLater()


def discard_all(layout: QLayout) -> None:
    """The same with all that is in it, blanks as well."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            discard(layout, [widget])


class FlowRow(QWidget):
    """Widgets in such a row, which takes as many lines as its width asks for."""

    def __init__(
        self, widgets: Sequence[QWidget], parent: QWidget | None = None, *, end_from: int | None = None
    ) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        layout = FlowLayout(self, end_from=end_from)
        for widget in widgets:
            layout.addWidget(widget)


class _Measured(NamedTuple):
    """What is shown, with its sizes and its number among all."""

    item: QLayoutItem
    wanted: QSize
    least: QSize
    number: int
