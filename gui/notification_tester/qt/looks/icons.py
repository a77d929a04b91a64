# SPDX-License-Identifier: MIT
"""Icons that follow the text colour.

The drawings are ``resources/icons/*.svg`` with ``currentColor`` as their only colour. Qt draws that as black, so each
is drawn here in the colour of the palette, for each state of a button and for screens of one to three pixels a point.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from notification_tester import resources
from notification_tester.qt.looks.colours import chosen_ink, seen

if TYPE_CHECKING:
    from collections.abc import Iterator


def names() -> Iterator[str]:
    """Every icon there is."""
    for path in sorted((resources.folder() / "icons").glob("*.svg")):
        yield path.stem


def application_icon() -> QIcon:
    """The program's own picture, in its own colours."""
    return QIcon(str(resources.folder() / "icons" / "app.svg"))


def icon(name: str) -> QIcon:
    """The icon, drawn in the application's colours of the moment. Raises FileNotFoundError for an unknown name."""
    _source(name)
    return QIcon(_Drawing(name))


class _Drawing(QIconEngine):
    """Draws when asked, so that nothing is drawn in vain and a change between light and dark needs no new icon."""

    def __init__(self, name: str, colour: QColor | None = None) -> None:
        super().__init__()
        self._name = name
        self._own_colour = colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into ``rect``."""
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, self.pixmap(rect.size() * ratio, mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw on nothing; ``size`` is in pixels."""
        del state
        return _drawn(self._name, _colour(mode, self._own_colour), size)

    def clone(self) -> QIconEngine:
        """Another of the same."""
        return _Drawing(self._name, self._own_colour)


def _colour(mode: QIcon.Mode, own: QColor | None) -> QColor:
    palette = QGuiApplication.palette()
    if mode is QIcon.Mode.Disabled:
        return seen(palette, QPalette.ColorRole.ButtonText, QPalette.ColorGroup.Disabled)
    colour = own or seen(palette, QPalette.ColorRole.ButtonText)
    return chosen_ink(palette, colour) if mode is QIcon.Mode.Selected else colour


def pixmap(name: str, colour: QColor, *, size: int, ratio: float = 1) -> QPixmap:
    """The drawing in one colour; ``size`` in points, ``ratio`` pixels each."""
    image = _drawn(name, colour, QSize(round(size * ratio), round(size * ratio)))
    image.setDevicePixelRatio(ratio)
    return image


def icon_in(name: str, colour: QColor) -> QIcon:
    """The icon in one colour whatever the palette says, as a verdict's shape has it; except when chosen or disabled."""
    _source(name)
    return QIcon(_Drawing(name, colour))


def _drawn(name: str, colour: QColor, size: QSize) -> QPixmap:
    """The drawing, ``size`` pixels large; kept by Qt, because the same few are painted again and again."""
    key = f"{name} {colour.name()} {size.width()}x{size.height()}"
    image = QPixmap()
    if not QPixmapCache.find(key, image):
        source = _source(name).replace(b"currentColor", colour.name().encode())
        image = QPixmap(size)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(QByteArray(source)).render(painter, QRectF(image.rect()))
        painter.end()
        QPixmapCache.insert(key, image)
    return image


@cache
def _source(name: str) -> bytes:
    data = (resources.folder() / "icons" / f"{name}.svg").read_bytes()
    if not QSvgRenderer(QByteArray(data)).isValid():
        message = f"{name}.svg cannot be drawn"
        raise ValueError(message)
    return data
