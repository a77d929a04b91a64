# SPDX-License-Identifier: MIT
"""A verdict's shape and its words, both in the colour of their tone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import PlainLabel, Tone, tone_colours

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_SHAPES = {
    Tone.GOOD: "check",
    Tone.BAD: "cross",
    Tone.BEWARE: "warning",
    Tone.UNKNOWN: "question",
    Tone.PLAIN: "info",
    Tone.ACCENT: "info",
}
# Inside a disc the icons' one weight is too thin at the size of a text.
_STROKES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "check": (((0.29, 0.52), (0.44, 0.67), (0.72, 0.36)),),
    "cross": (((0.34, 0.34), (0.66, 0.66)), ((0.66, 0.34), (0.34, 0.66))),
    "minus": (((0.32, 0.5), (0.68, 0.5)),),
}
_WITH_OWN_OUTLINE = frozenset({"warning", "info", "clock", "mail", "queue", "topic"})


class ToneMark(QWidget):
    """A filled disc with a tick or a cross, a triangle, or a ring with a question mark.

    Each tone has its own shape, so that it can be told without its colour. The words stand beside it, and a screen
    reader reads those.
    """

    def __init__(self, tone: Tone = Tone.PLAIN, parent: QWidget | None = None, *, scale: float = 1.2) -> None:
        super().__init__(parent)
        self._tone = tone
        self._shape = ""
        self._scale = scale
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def shape_name(self) -> str:
        """The name of the icon that is drawn."""
        return self._shape or _SHAPES[self._tone]

    def set_tone(self, tone: Tone, shape: str = "") -> None:
        """Show a tone; ``shape`` is the name of an icon, or ``minus``, when the tone's own does not say enough."""
        self._tone = tone
        self._shape = shape
        self.update()

    def sizeHint(self) -> QSize:
        """A little higher than a line of text."""
        side = round(self.fontMetrics().height() * self._scale)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height())
        ratio = self.devicePixelRatioF()
        paint_mark(painter, QRectF(0, 0, side, side), self.palette(), self._tone, self.shape_name, ratio=ratio)


def paint_mark(
    painter: QPainter, place: QRectF, palette: QPalette, tone: Tone, shape: str = "", *, ratio: float = 1
) -> None:
    """Draw the mark of a tone, or another ``shape`` in its colour, into a square; ``ratio`` is pixels a point."""
    shape = shape or _SHAPES[tone]
    colours = tone_colours(palette, tone)
    side = place.width()
    painter.save()
    painter.translate(place.topLeft())
    if shape in _WITH_OWN_OUTLINE:
        painter.drawPixmap(QPointF(0, 0), icons.pixmap(shape, colours.text, size=round(side), ratio=ratio))
        painter.restore()
        return
    ring = tone not in {Tone.GOOD, Tone.BAD}
    line = side / 13
    painter.setPen(QPen(colours.text, line) if ring else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if ring else colours.text)
    whole = QRectF(0, 0, side, side)
    painter.drawEllipse(whole.adjusted(line, line, -line, -line) if ring else whole.adjusted(0.5, 0.5, -0.5, -0.5))
    strokes = _STROKES.get(shape)
    if strokes:
        pen = QPen(colours.text if ring else colours.fill, side / 10)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in strokes:
            painter.drawPolyline([QPointF(x * side, y * side) for x, y in stroke])
    else:
        inner = round(side * 0.72)
        at = (side - inner) / 2
        drawing = icons.pixmap(shape, colours.text if ring else colours.fill, size=inner, ratio=ratio)
        painter.drawPixmap(QPointF(at, at), drawing)
    painter.restore()


class ToneLabel(PlainLabel):
    """Any text in the colour of a tone; wraps, and can be selected."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, tone: Tone = Tone.PLAIN) -> None:
        super().__init__(text, parent)
        self._tone = tone
        self._colouring = False
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        policy.setHorizontalStretch(1)
        self.setSizePolicy(policy)
        self._colour()

    @property
    def tone(self) -> Tone:
        """What its colour says."""
        return self._tone

    def set_tone(self, tone: Tone) -> None:
        """Say something else by colour."""
        self._tone = tone
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._colouring:
            self._colour()

    def _colour(self) -> None:
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, tone_colours(QApplication.palette(), self._tone).text)
        self._colouring = True
        self.setPalette(palette)
        self._colouring = False
