# SPDX-License-Identifier: MIT
"""Light, dark, or as the system has it.

Qt asks the desktop to change (``QStyleHints.setColorScheme``), and where the desktop cannot, as on a plain X server,
nothing happens. There the application gets a palette of its own. ``windowsvista``, the style on Windows 10, is light
whatever is asked for, with parts that Windows draws: in the dark Fusion stands in for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from notification_tester.qt.looks.colours import is_dark

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_Role = QPalette.ColorRole
_DARK = {
    _Role.Window: "#202124",
    _Role.WindowText: "#e8eaed",
    _Role.Base: "#292a2d",
    _Role.AlternateBase: "#2f3034",
    _Role.Text: "#e8eaed",
    _Role.PlaceholderText: "#9aa0a6",
    _Role.Button: "#35363a",
    _Role.ButtonText: "#e8eaed",
    _Role.BrightText: "#ffffff",
    _Role.ToolTipBase: "#35363a",
    _Role.ToolTipText: "#e8eaed",
    _Role.Highlight: "#3b78c4",
    _Role.HighlightedText: "#ffffff",
    _Role.Link: "#8ab4f8",
    _Role.LinkVisited: "#c58af9",
    _Role.Light: "#4a4b50",
    _Role.Midlight: "#404146",
    _Role.Mid: "#2a2b2e",
    _Role.Dark: "#17181a",
    _Role.Shadow: "#000000",
}
_DISABLED = "#85888d"


_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


_ONLY_LIGHT = "windowsvista"


def apply(application: QApplication, scheme: str) -> None:
    """Use ``scheme``, which is "system", "light" or "dark", from now on."""
    application.setPalette(QPalette())  # back to the style's own
    hints = application.styleHints()
    hints.setColorScheme(_SCHEMES[scheme])
    _have_style_for(application, dark=Qt.ColorScheme.Dark in {_SCHEMES[scheme], hints.colorScheme()})
    if scheme == "dark" and not is_dark(application.palette()):
        application.setPalette(dark_palette())


def _have_style_for(application: QApplication, *, dark: bool) -> None:
    name = application.style().name().casefold()
    if dark and name == _ONLY_LIGHT:
        application.setStyle("fusion")
        application.setProperty(_ONLY_LIGHT, True)
    elif not dark and application.property(_ONLY_LIGHT):
        application.setStyle(_ONLY_LIGHT)
        application.setProperty(_ONLY_LIGHT, False)


def dark_palette() -> QPalette:
    """A dark palette with a contrast of at least 4.5 : 1 for every text that is not disabled."""
    palette = QPalette()
    for role, colour in _DARK.items():
        palette.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, QColor("#505357"))
    return palette
