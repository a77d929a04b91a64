# SPDX-License-Identifier: MIT
"""Colours made of those of the system's palette, and whether one can be read on another.

Formula and threshold of contrast: WCAG 2.2, "contrast ratio" and success criterion 1.4.3 (4.5 : 1 for text).
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

STEPPED_BACK = 0.3
"""The share of the background in text that steps back."""
READABLE = 4.5


def is_dark(palette: QPalette) -> bool:
    """Whether the palette's text is lighter than its background."""
    return (
        palette.color(QPalette.ColorRole.Window).lightness() < palette.color(QPalette.ColorRole.WindowText).lightness()
    )


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """``share`` of ``other`` in ``one``, 0 to 1."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


def secondary(palette: QPalette) -> QColor:
    """Text that steps back a little and stays readable."""
    return mixed(palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window), STEPPED_BACK)


def contrast(one: QColor, other: QColor) -> float:
    """The ratio of the two luminances, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: QColor, background: QColor, *, least: float = READABLE) -> QColor:
    """``colour``, moved towards black or white only as far as it must be to be read on ``background``.

    ``least`` is the ratio that will do. A system's accent or link colour is chosen for looks,
    and may be too faint on a card.
    """
    goal = max((QColor("black"), QColor("white")), key=lambda end: contrast(end, background))
    for step in range(11):
        tried = mixed(colour, goal, step / 10)
        if contrast(tried, background) >= least:
            return tried
    return goal


def _luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())
