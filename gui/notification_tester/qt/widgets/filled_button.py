# SPDX-License-Identifier: MIT
"""The one button of a page that is the next thing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QPushButton

from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.colours import readable

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget


class FilledButton(QPushButton):
    """A default button in the accent colour, with the system's own shape.

    Windows and macOS fill a default button themselves; Fusion only frames it, so there the palette does it.
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

    @property
    def is_filled(self) -> bool:
        """Whether it asks to be pressed."""
        return self._filled

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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ring for the keyboard: Fusion frames a default button as it frames one that has the focus."""
        super().paintEvent(event)
        if self.hasFocus() and self._is_coloured:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.ButtonText), 1.4))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), 2, 2)

    @property
    def _is_coloured(self) -> bool:
        return self._filled and self.style().name().casefold() == "fusion"

    def _colour(self) -> None:
        system = QApplication.palette(self)
        palette = QPalette()
        if self._is_coloured:
            ink = QColor("white")
            # Fusion draws a button lighter than it is told to.
            fill = readable(system.color(QPalette.ColorRole.Highlight), ink, least=9)
            for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
                palette.setColor(group, QPalette.ColorRole.Button, fill)
                palette.setColor(group, QPalette.ColorRole.ButtonText, ink)
        self._colouring = True
        self.setPalette(palette)
        self._colouring = False
        if self._icon_name:
            # Not the application's colours: this button has a palette of its own. Active, because it may be disabled
            # just now, and what is drawn for that is another matter.
            ink = self.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText)
            self.setIcon(icons.icon_in(self._icon_name, ink))
