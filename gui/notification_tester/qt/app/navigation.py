# SPDX-License-Identifier: MIT
"""The pages, at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import mixed, seen
from notification_tester.qt.looks.formatting import keys_text
from notification_tester.qt.looks.theme import RADIUS, Tone, fill, tone_colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

TEST, HIT_TYPES, INBOX, HISTORY = "test", "hit-types", "inbox", "history"
"""The keys of the pages."""


class Navigation(QWidget):
    """Emits ``chosen`` with the key of a page. Ctrl+1, Ctrl+2, … go to the pages, and so do ``actions()``."""

    chosen = Signal(str)

    def __init__(self, pages: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, _PageButton] = {}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 12, 8, 12)
        rows.setSpacing(4)
        for number, (key, text, icon_name) in enumerate(pages, start=1):
            button = _PageButton(text, icon_name, self)
            action = QAction(text, self)
            keys = f"Ctrl+{number}"
            action.setShortcut(QKeySequence(keys))
            action.setMenuRole(QAction.MenuRole.NoRole)
            action.triggered.connect(button.click)
            self.addAction(action)
            button.setToolTip(keys_text(keys))
            self._group.addButton(button)
            self.buttons[key] = button
            rows.addWidget(button)
            button.clicked.connect(self._teller(key))
        rows.addStretch(1)
        self._rows = rows
        next(iter(self.buttons.values())).setChecked(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def add_below(self, widget: QWidget, first: QWidget) -> None:
        """Put something at the foot of the column, no wider than that is; ``first`` of it follows the last page."""
        widget.setFixedWidth(self.sizeHint().width() - 16)
        self._rows.addWidget(widget)
        self.setTabOrder(list(self.buttons.values())[-1], first)

    def go_to(self, key: str) -> None:
        """Show the page of ``key`` as the chosen one, and say so."""
        self.buttons[key].click()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground of its own, a little darker than the page."""
        del event
        painter = QPainter(self)
        window = seen(self.palette(), QPalette.ColorRole.Window)
        fill(painter, self.rect(), mixed(window, seen(self.palette(), QPalette.ColorRole.WindowText), 0.04))

    def _teller(self, key: str) -> _Teller:
        return _Teller(self, key)


class _Teller:
    def __init__(self, navigation: Navigation, key: str) -> None:
        self._navigation = navigation
        self._key = key

    def __call__(self) -> None:
        self._navigation.chosen.emit(self._key)


class _PageButton(QPushButton):
    """A wide button that says by its ground that it is the chosen one.

    A push button, of which Qt tells a screen reader that it is one of several to choose from; of a tool button it says
    that it is a check box.
    """

    def __init__(self, text: str, icon_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text.replace("&", ""))

    def sizeHint(self) -> QSize:
        """Room for icon, text and air."""
        metrics = self.fontMetrics()
        words = self.text().replace("&", "")
        return QSize(max(140, metrics.horizontalAdvance(words) + 60), metrics.height() + 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, icon, text, and a ring for the keyboard."""
        del event
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().adjusted(1, 1, -1, -1)
        colours = tone_colours(palette, Tone.ACCENT)
        ink = seen(palette, QPalette.ColorRole.WindowText)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(colours.fill)
            painter.drawRoundedRect(area, RADIUS, RADIUS)
        elif self.underMouse():
            painter.setBrush(mixed(seen(palette, QPalette.ColorRole.Window), ink, 0.08))
            painter.drawRoundedRect(area, RADIUS, RADIUS)
        if self.hasFocus():
            painter.setPen(seen(palette, QPalette.ColorRole.Highlight))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, RADIUS, RADIUS)
        size = 18
        image = icons.pixmap(self._icon_name, ink, size=size, ratio=self.devicePixelRatioF())
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = area.right() + 1 - 12 - size if mirrored else area.left() + 12
        painter.drawPixmap(left, area.center().y() - size // 2 + 1, image)
        font = self.font()
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(ink)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        lead, end = 12 + size + 10, 6
        words = area.adjusted(end, 0, -lead, 0) if mirrored else area.adjusted(lead, 0, -end, 0)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, int(flags | side | Qt.AlignmentFlag.AlignAbsolute), self.text())
