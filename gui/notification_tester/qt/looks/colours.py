# SPDX-License-Identifier: MIT
"""Colours made of those of the system's palette, and whether one can be read on another.

Formula and threshold of contrast: WCAG 2.2, "contrast ratio" and success criterion 1.4.3 (4.5 : 1 for text).
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

STEPPED_BACK = 0.3
"""The share of the background in text that steps back."""
READABLE = 4.5
VISIBLE = 3.0
"""The least contrast of a shape (WCAG 2.2, 1.4.11)."""


def seen(palette: QPalette, role: QPalette.ColorRole, group: QPalette.ColorGroup | None = None) -> QColor:
    """The colour of a role as it is seen: opaque, on the window's ground where the palette's lets that through.

    The style ``windows11`` has such colours for text and fields, and leaves what scrolls without a colour of its own:
    there the application's is seen.
    """
    group = palette.currentColorGroup() if group is None else group
    colour = palette.color(group, role)
    if colour.alpha() == 255:
        return colour
    whole = QGuiApplication.palette()
    if colour.alpha() == 0:
        colour = whole.color(group, role)
    ground = whole.color(QPalette.ColorRole.Window)
    ground.setAlpha(255)
    share = colour.alphaF()
    colour.setAlpha(255)
    return mixed(ground, colour, share)


def is_dark(palette: QPalette) -> bool:
    """Whether the palette's text is lighter than its background."""
    ground, text = seen(palette, QPalette.ColorRole.Window), seen(palette, QPalette.ColorRole.WindowText)
    return ground.lightness() < text.lightness()


def chosen_ink(palette: QPalette, own: QColor, group: QPalette.ColorGroup = QPalette.ColorGroup.Active) -> QColor:
    """The colour of a shape in a chosen row; it is ``own`` in others.

    Most styles fill a chosen row with the accent. ``windows11`` gives it a ground that is hardly another, and
    ``windowsvista`` does the one or the other, as Windows' theme is: there the colour of text suits both.
    """
    style = QApplication.style().name().casefold()
    if style == "windows11":
        return own
    text = seen(palette, QPalette.ColorRole.Text, group)
    if style == "windowsvista" and contrast(text, seen(palette, QPalette.ColorRole.Highlight, group)) >= VISIBLE:
        return text
    return seen(palette, QPalette.ColorRole.HighlightedText, group)


def wants_contrast() -> bool:
    """Whether the person has asked the system for more contrast, as Windows' contrast themes do."""
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):
        return False  # Qt before 6.10, which Wine still needs
    from PySide6.QtCore import Qt

    return bool(hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast)


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """``share`` of ``other`` in ``one``, 0 to 1."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


def secondary(palette: QPalette) -> QColor:
    """Text that steps back a little and stays readable."""
    ground = seen(palette, QPalette.ColorRole.Window)
    return readable(mixed(seen(palette, QPalette.ColorRole.WindowText), ground, STEPPED_BACK), ground)


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
