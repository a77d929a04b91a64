# SPDX-License-Identifier: MIT
"""The one button of a page that is the next thing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QPushButton, QStyle, QStyleOptionButton, QStylePainter

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import mixed, readable, seen

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

_RADIUS = 4
_GAP = 5
"""Between icon and text, in points."""
_INSIDE = 12
"""Beside both, at least."""


class FilledButton(QPushButton):
    """A default button in the accent colour.

    macOS fills a default button itself. Fusion takes a button's colour from the palette. The styles of Windows take
    none, whatever the palette says: there the whole button is painted here.
    ``set_filled(False)`` steps back when something else is the next thing to do.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None, *, icon_name: str = "") -> None:
        super().__init__(text, parent)
        self._icon_name = icon_name
        self._filled = True
        self._colouring = False
        self.setAutoDefault(False)
        self.setDefault(True)
        self._colour()

    def set_filled(self, filled: bool) -> None:
        """Ask to be pressed, or look like the other buttons."""
        self._filled = filled
        self.setDefault(filled)
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark, and another style."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange} and not self._colouring:
            self._colour()

    def sizeHint(self) -> QSize:
        """With air beside the words: a ground that is filled shows where it ends."""
        size = super().sizeHint()
        if self._is_painted_here:
            room = self.iconSize().width() + _GAP if self._icon_name else 0
            words = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
            size.setWidth(max(size.width(), words + room + 2 * _INSIDE))
        return size

    def minimumSizeHint(self) -> QSize:
        """No smaller than that where it is painted here."""
        return self.sizeHint() if self._is_painted_here else super().minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ring for the keyboard: Fusion frames a default button as it frames one that has the focus."""
        if self._is_painted_here:
            self._paint()
            return
        super().paintEvent(event)
        if self.hasFocus() and self._is_coloured:
            self._paint_ring(QPainter(self), seen(self.palette(), QPalette.ColorRole.ButtonText), 2)

    @property
    def _is_coloured(self) -> bool:
        return self._filled and self.style().name().casefold() == "fusion"

    @property
    def _is_painted_here(self) -> bool:
        return self._filled and self.style().name().casefold() not in {"fusion", "macos"}

    def _paint(self) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        fill, ink = self._fill_and_ink()
        if option.state & QStyle.StateFlag.State_Sunken:
            fill = mixed(fill, ink, 0.2)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            fill = mixed(fill, ink, 0.1)
        painter = QStylePainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
        place, room = option.rect, option.iconSize.width() + _GAP
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
        if not self.style().styleHint(QStyle.StyleHint.SH_UnderlineShortcut, option, self):
            flags |= Qt.TextFlag.TextHideMnemonic
        if self._icon_name:
            words = option.fontMetrics.size(Qt.TextFlag.TextShowMnemonic, option.text).width()
            icon = QRect(QPoint(0, 0), option.iconSize)
            icon.moveCenter(place.center())
            icon.moveLeft(place.center().x() + 1 - (words + room) // 2)
            mirrored = option.direction == Qt.LayoutDirection.RightToLeft
            painter.drawPixmap(
                QStyle.visualRect(option.direction, place, icon),
                icons.pixmap(self._icon_name, ink, size=icon.width(), ratio=self.devicePixelRatioF()),
            )
            place = place.adjusted(0, 0, -room, 0) if mirrored else place.adjusted(room, 0, 0, 0)
        painter.setPen(ink)
        painter.drawText(place, flags, option.text)
        if enabled and option.state & QStyle.StateFlag.State_HasFocus:
            self._paint_ring(painter, ink, 3)

    def _paint_ring(self, painter: QPainter, ink: QColor, radius: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), radius, radius)

    def _fill_and_ink(self) -> tuple[QColor, QColor]:
        """Of the palette's own colours those that go together: with high contrast they are what a person chose."""
        system = QApplication.palette(self)
        if not self.isEnabled():
            ground, text = seen(system, QPalette.ColorRole.Window), seen(system, QPalette.ColorRole.WindowText)
            return mixed(ground, text, 0.14), mixed(ground, text, 0.5)
        ink = seen(system, QPalette.ColorRole.HighlightedText, QPalette.ColorGroup.Active)
        return readable(seen(system, QPalette.ColorRole.Highlight, QPalette.ColorGroup.Active), ink), ink

    def _colour(self) -> None:
        system = QApplication.palette(self)
        palette = QPalette()
        if self._is_coloured:
            ink = QColor("white")
            # Fusion draws a button lighter than it is told to.
            fill = readable(seen(system, QPalette.ColorRole.Highlight), ink, least=9)
            for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
                palette.setColor(group, QPalette.ColorRole.Button, fill)
                palette.setColor(group, QPalette.ColorRole.ButtonText, ink)
        self._colouring = True
        self.setPalette(palette)
        self._colouring = False
        if self._icon_name:
            # Not the application's colours: this button has a palette of its own. Active, because it may be disabled
            # just now, and what is drawn for that is another matter.
            ink = seen(self.palette(), QPalette.ColorRole.ButtonText, QPalette.ColorGroup.Active)
            self.setIcon(icons.icon_in(self._icon_name, ink))
