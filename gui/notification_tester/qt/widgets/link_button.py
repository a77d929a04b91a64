# SPDX-License-Identifier: MIT
"""Buttons that look like a link: for what is rarely needed, and to fold something out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleStateChangeEvent,
    QColor,
    QKeySequence,
    QPainter,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QAccessibleWidget, QPushButton, QSizePolicy, QStyle

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


class FoldingButton(QPushButton):
    """A button that folds something out, of which whoever does that tells whether it is in sight (:func:`tell_folded`).

    Of a class of its own, because Qt asks nobody about its own kinds of buttons.
    """

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _make_folding(self, text)


def _make_folding(button: QPushButton, text: str) -> None:
    """Give a button that is to fold something out its first words.

    As soon as it has some, Qt asks what a screen reader is told of it, and never again.
    """
    button.setProperty(_IS_OPEN, False)
    button.setText(text)


def tell_folded(button: QPushButton, about: str, *, is_open: bool) -> None:
    """Have a screen reader told whether what a folding button folds out is in sight, as its state and in words.

    In words too, before what it is told about it, because Qt hands the state on to some systems alone.
    """
    said = button.tr("Expanded.") if is_open else button.tr("Collapsed.")
    button.setAccessibleDescription(f"{said} {about}")
    button.setProperty(_IS_OPEN, is_open)
    if QAccessible.isActive():
        changed = QAccessible.State()
        changed.expanded = changed.collapsed = True
        QAccessible.updateAccessibility(QAccessibleStateChangeEvent(button, changed))


_IS_OPEN = "isFoldedOut"
"""The property of a button that folds something out: whether that is in sight."""


class _ToldFold(QAccessibleWidget):
    """What a screen reader is told of a button that folds something out: what Qt tells of a button, and its state.

    Qt's own, which is not to be had here, knows no state of that kind.
    """

    def __init__(self, button: QPushButton) -> None:
        super().__init__(button, QAccessible.Role.Button)
        self._button = button

    def state(self) -> QAccessible.State:
        """With whether what it folds out is in sight."""
        state, is_open = super().state(), bool(self._button.property(_IS_OPEN))
        state.pressed = self._button.isDown()
        state.expandable, state.expanded, state.collapsed = True, is_open, not is_open
        return state

    def text(self, kind: QAccessible.Text, /) -> str:
        """Its words without the sign for the underlined letter, where it was given no other name; and its keys."""
        if kind == QAccessible.Text.Accelerator:
            return self._button.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if kind == QAccessible.Text.Name and not self._button.accessibleName():
            return re.sub("&(.)", r"\1", self._button.text())
        return super().text(kind)

    def actionNames(self) -> list[str]:
        """It can be pressed, first of all."""
        press = [QAccessibleActionInterface.pressAction()] if self._button.isEnabled() else []
        return [*press, *super().actionNames()]

    def doAction(self, name: str, /) -> None:
        """Press it, once whoever asks has an answer, as Qt does."""
        if name == QAccessibleActionInterface.pressAction():
            QTimer.singleShot(0, self._button, self._button.click)
        else:
            super().doAction(name)

    def keyBindingsForAction(self, name: str, /) -> list[str]:
        """The keys that press it."""
        keys = self._button.shortcut().toString()
        return [keys] if keys and name == QAccessibleActionInterface.pressAction() else []


def _told(_kind: str, thing: QObject) -> QAccessibleWidget | None:
    """What Qt asks about each object once, while a screen reader listens; it has an answer for all others itself."""
    if isinstance(thing, QPushButton) and thing.property(_IS_OPEN) is not None:
        return _ToldFold(thing)
    return None


QAccessible.installFactory(_told)  # of the whole process, as the kinds of widgets are; Qt cannot take it back


class FoldButton(LinkButton):
    """A link that folds one widget out and away again; its arrow tells which.

    It is checked while that is folded out, and yet not checkable for Qt, which would tell a screen reader of a check
    box.
    """

    toggled = Signal(bool)

    def __init__(self, text: str, folded: QWidget, parent: QWidget | None = None, *, about: str = "") -> None:
        """``about``: what a screen reader is told of what is folded."""
        super().__init__("", parent)
        _make_folding(self, text)
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
