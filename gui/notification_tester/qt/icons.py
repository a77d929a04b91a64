# SPDX-License-Identifier: MIT
"""Icons that follow the text colour.

The drawings are ``resources/icons/*.svg`` with ``currentColor`` as their only colour. Qt draws that as black, so each
is drawn here in the colour of the palette, for each state of a button and for screens of one to three pixels a point.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QDir, QFile, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from notification_tester import resources

if TYPE_CHECKING:
    from collections.abc import Iterator


def register() -> None:
    """Make ``icons:NAME.svg`` known to Qt; called once by the application."""
    QDir.setSearchPaths("icons", [str(resources.folder() / "icons")])


def names() -> Iterator[str]:
    """Every icon there is."""
    for path in sorted((resources.folder() / "icons").glob("*.svg")):
        yield path.stem


def icon(name: str, palette: QPalette) -> QIcon:
    """The icon in the colours of ``palette``. Raises FileNotFoundError for a name that is not there."""
    result = QIcon()
    for mode, group, role in (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText),
        (QIcon.Mode.Selected, QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText),
    ):
        colour = palette.color(group, role)
        for size in (16, 20, 24):
            for ratio in (1, 2, 3):
                result.addPixmap(pixmap(name, colour, size=size, ratio=ratio), mode)
    return result


def pixmap(name: str, colour: QColor, *, size: int, ratio: float = 1) -> QPixmap:
    """The drawing in one colour; ``size`` in points, ``ratio`` pixels each."""
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    source = _source(name).replace(b"currentColor", colour.name().encode())
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


@cache
def _source(name: str) -> bytes:
    file = QFile(f"icons:{name}.svg")
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise FileNotFoundError(name)
    data = bytes(file.readAll().data())
    if not QSvgRenderer(QByteArray(data)).isValid():
        message = f"{name}.svg cannot be drawn"
        raise ValueError(message)
    return data
