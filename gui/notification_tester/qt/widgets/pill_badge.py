# SPDX-License-Identifier: MIT
"""The word that says which Mechanical Turk is meant: PRACTICE, SANDBOX, LIVE or OTHER.

LIVE differs from the others in word, in fill and in weight, so that it is seen without being read and read without
colours being seen. Every pair of colours has a contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3) on any palette.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from notification_tester.domain.account import Environment
from notification_tester.qt.looks.colours import mixed, readable, seen
from notification_tester.qt.looks.theme import Tone, ToneColours, tone_colours

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_LIVE_FILL = QColor("#b3261e")
_LIVE_TINT = 0.14
"""The share of it in the ground of a bar: seen at once, and text on it keeps its contrast."""


def badge_colours(palette: QPalette, environment: Environment) -> ToneColours:
    """Fill, border and text of the badge on this palette."""
    if environment is Environment.PRODUCTION:
        return ToneColours(fill=_LIVE_FILL, border=_LIVE_FILL, text=QColor("#ffffff"))
    tone = {Environment.PRACTICE: Tone.ACCENT, Environment.SANDBOX: Tone.BEWARE, Environment.OTHER: Tone.UNKNOWN}
    colours = tone_colours(palette, tone[environment])
    wanted = seen(palette, QPalette.ColorRole.Highlight) if environment is Environment.PRACTICE else colours.text
    return ToneColours(fill=colours.fill, border=colours.border, text=readable(wanted, colours.fill))


def ground_and_line(palette: QPalette, environment: Environment) -> tuple[QColor, QColor]:
    """The ground of a bar about this Mechanical Turk, and the line below it: quiet, and red for LIVE."""
    base = seen(palette, QPalette.ColorRole.Base)
    if environment is Environment.PRODUCTION:
        return mixed(base, _LIVE_FILL, _LIVE_TINT), _LIVE_FILL
    return base, mixed(seen(palette, QPalette.ColorRole.Window), seen(palette, QPalette.ColorRole.WindowText), 0.16)


def badge_word(environment: Environment) -> str:
    """The word for a Mechanical Turk, the same in the badge and in sentences."""
    translate = QCoreApplication.translate
    return {
        Environment.PRACTICE: translate("PillBadge", "PRACTICE"),
        Environment.SANDBOX: translate("PillBadge", "SANDBOX"),
        Environment.PRODUCTION: translate("PillBadge", "LIVE"),
        Environment.OTHER: translate("PillBadge", "OTHER"),
    }[environment]


class PillBadge(QWidget):
    """A painted pill with one word."""

    def __init__(self, environment: Environment = Environment.PRACTICE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._environment = environment
        self.set_environment(environment)

    @property
    def environment(self) -> Environment:
        """Which Mechanical Turk the badge names."""
        return self._environment

    @property
    def word(self) -> str:
        """The word that is painted."""
        return badge_word(self._environment)

    def set_environment(self, environment: Environment) -> None:
        """Name another one."""
        self._environment = environment
        meaning = {
            Environment.PRACTICE: self.tr("Practice: a cloud on this computer in Amazon's place."),
            Environment.SANDBOX: self.tr("Sandbox: Amazon's playground, where nothing costs money."),
            Environment.PRODUCTION: self.tr("Live: the real Mechanical Turk, with real workers and real money."),
            Environment.OTHER: self.tr("Other: a service that is not Amazon's own."),
        }[environment]
        self.setToolTip(meaning)
        self.setAccessibleName(self.word)
        self.setAccessibleDescription(meaning)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the word and the round ends need."""
        metrics = QFontMetrics(self._lettering())
        height = metrics.height() + 6
        return QSize(metrics.horizontalAdvance(self.word) + height, height)

    def minimumSizeHint(self) -> QSize:
        """The word is never cut."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the system's text size."""
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill and its word."""
        del event
        colours = badge_colours(self.palette(), self._environment)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colours.border, 1))
        painter.setBrush(colours.fill)
        painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2)
        painter.setPen(colours.text)
        painter.setFont(self._lettering())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.word)

    def _lettering(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.Bold if self._environment is Environment.PRODUCTION else QFont.Weight.DemiBold)
        font.setPointSizeF(max(font.pointSizeF() * 0.9, 1.0))
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
        return font
