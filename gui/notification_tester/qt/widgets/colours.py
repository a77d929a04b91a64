# SPDX-License-Identifier: MIT
"""Colours made of those of the system's palette."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

STEPPED_BACK = 0.3
"""The share of the background in text that steps back."""


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
