# SPDX-License-Identifier: MIT
"""Buttons that look like a link: for what is rarely needed, and to fold something out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import readable, seen

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

_AROUND = 3
"""Room for the focus ring, in points."""


def link_colour(palette: QPalette) -> QColor:
    """The palette's link colour, made strong enough to be read.

    Pure blue is what Qt puts in when no system chose a colour; the accent suits the rest better.
    """
    link = seen(palette, QPalette.ColorRole.Link)
    if link == QColor(Qt.GlobalColor.blue):
        link = seen(palette, QPalette.ColorRole.Highlight)
    return readable(link, seen(palette, QPalette.ColorRole.Window))


class LinkButton(QPushButton):
    """A flat button in the link colour, underlined under the pointer, with a ring when it has the focus."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFlat(True)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """The text and the room for its ring."""
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(text.width() + 2 * _AROUND + self._lead(), text.height() + 2 * _AROUND)

    def minimumSizeHint(self) -> QSize:
        """A link is never cut off."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw text and, with the focus, a ring."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._colour()
        painter.setPen(colour)
        font = self.font()
        font.setUnderline(self.isEnabled() and self.underMouse())
        painter.setFont(font)
        self._paint_lead(painter, colour)
        mnemonic = (
            Qt.TextFlag.TextShowMnemonic
            if self.style().styleHint(QStyle.StyleHint.SH_UnderlineShortcut, None, self)
            else Qt.TextFlag.TextHideMnemonic
        )
        place = self.rect().adjusted(_AROUND + self._lead(), 0, -_AROUND, 0)
        painter.drawText(place, mnemonic | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, self.text())
        if self.hasFocus():
            painter.setPen(QPen(colour, 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.7, 0.7, -0.7, -0.7), 4, 4)

    def _colour(self) -> QColor:
        if not self.isEnabled():
            return seen(self.palette(), QPalette.ColorRole.ButtonText, QPalette.ColorGroup.Disabled)
        return link_colour(self.palette())

    def _lead(self) -> int:
        return 0

    def _paint_lead(self, painter: QPainter, colour: QColor) -> None:
        """Draw what stands before the text; nothing here."""


def tell_folded(button: QPushButton, about: str, *, is_open: bool) -> None:
    """Have a screen reader told whether what a button folds out is in sight, before what it is told about it."""
    state = button.tr("Expanded.") if is_open else button.tr("Collapsed.")
    button.setAccessibleDescription(f"{state} {about}")


class FoldButton(LinkButton):
    """A link that folds one widget out and away again; its arrow tells which.

    It is checked while that is folded out, and yet not checkable for Qt, which would tell a screen reader of a check
    box. Of no button can Qt tell that it is expanded, so the description begins with that.
    """

    toggled = Signal(bool)

    def __init__(self, text: str, folded: QWidget, parent: QWidget | None = None, *, about: str = "") -> None:
        """``about``: what a screen reader is told of what is folded."""
        super().__init__(text, parent)
        self.folded = folded
        self._is_open = False
        self._about = about or self.tr("Shows or hides more below.")
        folded.setVisible(False)
        self.toggled.connect(folded.setVisible)
        tell_folded(self, self._about, is_open=False)

    def isChecked(self) -> bool:
        """Whether it is folded out."""
        return self._is_open

    def setChecked(self, is_open: bool, /) -> None:
        """Fold it out, or away."""
        if is_open != self._is_open:
            self._is_open = is_open
            tell_folded(self, self._about, is_open=is_open)
            self.update()
            self.toggled.emit(is_open)

    def nextCheckState(self) -> None:
        """It was pressed."""
        self.setChecked(not self._is_open)

    def _lead(self) -> int:
        return self.fontMetrics().height()

    def _paint_lead(self, painter: QPainter, colour: QColor) -> None:
        size = self.fontMetrics().height() - 2
        drawing = icons.pixmap("chevron-down", colour, size=size, ratio=self.devicePixelRatioF())
        painter.save()
        painter.translate(_AROUND + size / 2 - 2, self.height() / 2)
        if not self.isChecked():
            painter.rotate(-90 if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else 90)
        painter.drawPixmap(QRect(-size // 2, -size // 2, size, size), drawing)
        painter.restore()
