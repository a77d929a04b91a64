# SPDX-License-Identifier: MIT
"""Whether words stand in a picture of a widget that draws them itself, wherever in it.

They are drawn once more, alone, in the same letters and colours, and looked for point by point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QFont


def says(picture: QImage, words: str, font: QFont, ink: QColor, ground: QColor) -> bool:
    """Whether ``words`` stand in one line on one colour. ``picture`` has a pixel a point."""
    wanted = _rows(_alone(words, font, ink, ground))
    there = _rows(picture)
    for top in range(len(there) - len(wanted) + 1):
        at = there[top].find(wanted[0])
        while at >= 0:
            if at % 3 == 0 and all(there[top + n][at : at + len(row)] == row for n, row in enumerate(wanted)):
                return True
            at = there[top].find(wanted[0], at + 1)
    return False


def _alone(words: str, font: QFont, ink: QColor, ground: QColor) -> QImage:
    """The words and nothing around them."""
    image = QImage(1_200, 60, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(ground)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(QRect(20, 0, 1_180, 60), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
    painter.end()
    rows = _rows(image)
    empty = rows[0][:3]
    inked = [
        QPoint(x, y)
        for y, row in enumerate(rows)
        if row != empty * image.width()
        for x in range(image.width())
        if row[3 * x : 3 * x + 3] != empty
    ]
    assert inked, words
    columns, lines = [one.x() for one in inked], [one.y() for one in inked]
    return image.copy(QRect(QPoint(min(columns), min(lines)), QPoint(max(columns), max(lines))))


def _rows(image: QImage) -> list[bytes]:
    points = image.convertToFormat(QImage.Format.Format_RGB888)
    data = bytes(memoryview(points.constBits()))
    return [data[row * points.bytesPerLine() :][: 3 * points.width()] for row in range(points.height())]
