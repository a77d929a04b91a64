# SPDX-License-Identifier: MIT
"""The frames of check boxes and fields, strong enough to be seen on a card.

Fusion draws them somewhat darker than the window, which on a dark window is next to nothing, and on a light one faint.
It takes the window's colour from the palette of what it draws, so that a palette for these classes alone mends both.
Other styles have frames of their own and are left alone. Least contrast: WCAG 2.2, 1.4.11 (3 : 1).
"""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from notification_tester.qt.looks.colours import mixed, seen

CLASSES = ("QCheckBox", "QRadioButton", "QLineEdit", "QAbstractSpinBox")
DARKER_PERCENT = 140
"""How much darker than the window Fusion makes a frame."""
SHARE = 0.52
"""Of the window in the colour of a frame; the rest is of the text."""


def strengthen() -> None:
    """Have frames suit the application's palette; to be called again when that changes."""
    palette = QPalette()  # the application's
    if strengthen_in(palette):
        for name in CLASSES:
            QApplication.setPalette(palette, name)  # type: ignore[arg-type] # its stubs want bytes, which it refuses


def strengthen_in(palette: QPalette) -> bool:
    """Have frames drawn with this palette be seen, such as that of a box in a table; whether the style needs it."""
    if QApplication.style().name().casefold() != "fusion":
        return False
    text, window = seen(palette, QPalette.ColorRole.WindowText), seen(palette, QPalette.ColorRole.Window)
    palette.setColor(QPalette.ColorRole.Window, mixed(text, window, SHARE).lighter(DARKER_PERCENT))
    return True
