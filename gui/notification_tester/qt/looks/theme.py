# SPDX-License-Identifier: MIT
"""Our own frames on the system's look: distances, tones and cards.

Colours come from the widget's palette, so that dark mode, high contrast and the system's accent keep working; the few
that a palette has no role for (good, bad, beware) are chosen once for a light and once for a dark background, with a
contrast of at least 4.5 : 1 for text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.qt.looks.colours import STEPPED_BACK, mixed, readable, secondary, seen, wants_contrast
from notification_tester.qt.looks.visible_text import one_line, paragraph, tooltip

PAGE_MARGIN = 24
BETWEEN_CARDS = 14
INSIDE_CARD = 16
RADIUS = 8
_IN_TOOLTIP = "saidInTooltip"


class Tone(StrEnum):
    """What a frame says by its colour; a word and a shape always say it too."""

    PLAIN = "plain"
    GOOD = "good"
    BEWARE = "beware"
    BAD = "bad"
    UNKNOWN = "unknown"
    ACCENT = "accent"


@dataclass(frozen=True, kw_only=True)
class ToneColours:
    """Fill, border and text of a frame."""

    fill: QColor
    border: QColor
    text: QColor


_LIGHT = {
    Tone.GOOD: ("#e6f4ea", "#a9d5b5", "#14652f"),
    Tone.BEWARE: ("#fdf3d8", "#e3c877", "#6d4c00"),
    Tone.BAD: ("#fcebea", "#eab0ab", "#9f1f17"),
}
_DARK = {
    Tone.GOOD: ("#16301f", "#2f6a43", "#8fdcaa"),
    Tone.BEWARE: ("#352b10", "#7a6220", "#f0cf7a"),
    Tone.BAD: ("#3b1a18", "#84403b", "#ffb4ab"),
}


def tone_colours(palette: QPalette, tone: Tone) -> ToneColours:
    """The colours of ``tone`` on this palette; shared, so whoever wants to change one makes a copy."""
    return _colours(
        tone,
        wants_contrast(),
        seen(palette, QPalette.ColorRole.Window).rgb(),
        seen(palette, QPalette.ColorRole.WindowText).rgb(),
        seen(palette, QPalette.ColorRole.Base).rgb(),
        seen(palette, QPalette.ColorRole.Highlight).rgb(),
    )


@lru_cache(maxsize=64)  # each frame asks for its own at each painting
def _colours(tone: Tone, strong: bool, *roles: int) -> ToneColours:
    window, text, base, accent = (QColor(role) for role in roles)
    if strong and tone is not Tone.ACCENT:
        # The person's own pair of colours and none of ours; the shape and the word beside it say the rest.
        return ToneColours(fill=window, border=text, text=text)
    dark = window.lightness() < text.lightness()
    match tone:
        case Tone.PLAIN:
            # On dark, lighter than the window and than the fields on it, whose outlines would vanish otherwise.
            fill = mixed(window, text, 0.05) if dark else mixed(window, base, 0.8)
            return ToneColours(fill=fill, border=mixed(window, text, 0.16), text=text)
        case Tone.UNKNOWN:
            fill = mixed(window, text, 0.05)
            quiet = readable(mixed(text, window, STEPPED_BACK), fill)
            return ToneColours(fill=fill, border=mixed(window, text, 0.18), text=quiet)
        case Tone.ACCENT:
            return ToneColours(fill=mixed(base, accent, 0.14), border=mixed(base, accent, 0.6), text=text)
        case _:
            tinted = (_DARK if dark else _LIGHT)[tone]
            return ToneColours(fill=QColor(tinted[0]), border=QColor(tinted[1]), text=QColor(tinted[2]))


def fill(painter: QPainter, area: QRect, colour: QColor) -> None:
    """Fill an area; for ``QPainter.fillRect`` Qt for Python makes all that gradients have, 2 ms of a start."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRect(area)


class Card(QFrame):
    """A rounded frame with room inside; everything in it is laid out top to bottom in ``body``."""

    def __init__(self, parent: QWidget | None = None, *, tone: Tone = Tone.PLAIN) -> None:
        super().__init__(parent)
        self._tone = tone
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        self.body.setSpacing(10)

    @property
    def tone(self) -> Tone:
        """What the frame says by its colour."""
        return self._tone

    def set_tone(self, tone: Tone) -> None:
        """Say something else."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw fill and border."""
        del event
        colours = tone_colours(self.palette(), self._tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.border, 1))
        painter.setBrush(colours.fill)
        painter.drawRoundedRect(QRectF(self.contentsRect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class PlainLabel(QLabel):
    """Shows any text as it is: never as markup, with nothing hidden in it, and no longer than can be laid out."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(paragraph(text))


class HeadingLabel(PlainLabel):
    """A bold line; ``scale`` is relative to the application's text size."""

    def __init__(self, scale: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        font = QFont(self.font())
        font.setBold(True)
        usual = QApplication.font(self).pointSizeF()
        if scale != 1.0 and usual > 0:
            font.setPointSizeF(usual * scale)
        self.setFont(font)


def set_tooltip(widget: QWidget, text: str) -> None:
    """A tooltip of any text. A screen reader is given its words: it would read out the markup that Qt needs there.

    What the widget is described as otherwise stays its description.
    """
    said = widget.property(_IN_TOOLTIP) or ""
    widget.setToolTip(tooltip(text))
    if widget.accessibleDescription() in {"", said}:
        words = one_line(text, longest=2_000)
        widget.setAccessibleDescription(words)
        widget.setProperty(_IN_TOOLTIP, words)


def plain_label(text: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> QLabel:
    """A label for any text, which can be selected with the mouse."""
    return _laid_out(PlainLabel(text, parent), wrap=wrap)


def _laid_out(label: QLabel, *, wrap: bool) -> QLabel:
    label.setWordWrap(wrap)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if wrap:
        policy = label.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        policy.setHorizontalStretch(1)
        label.setSizePolicy(policy)
    return label


def heading(text: str, parent: QWidget | None = None, *, scale: float = 1.0) -> QLabel:
    """A bold line; ``scale`` is relative to the system's text size."""
    label = HeadingLabel(scale, parent)
    label.setText(text)
    return _laid_out(label, wrap=True)


class QuietLabel(PlainLabel):
    """A label for any text in the secondary text colour, in light and dark."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._stepping_back = False
        self.setWordWrap(True)
        self._step_back()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark, which reaches a child as a change of its own palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._stepping_back:
            self._step_back()

    def _step_back(self) -> None:
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, secondary(QApplication.palette()))
        self._stepping_back = True
        self.setPalette(palette)
        self._stepping_back = False
