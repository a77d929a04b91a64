# SPDX-License-Identifier: MIT
"""Marks as they are drawn: each its own shape, in its tone's colours, in its place and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import Tone, fill, tone_colours
from notification_tester.qt.looks.tone_mark import ToneMark, paint_mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

SIDE = 64
GROUND = QColor("white")


def on_white() -> QPalette:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, GROUND)
    return palette


def drawn(draw: Callable[[QPainter], object], *, ratio: int = 1) -> QImage:
    """What is drawn on white, 64 points wide and high."""
    image = QImage(SIDE * ratio, SIDE * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(GROUND)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return image


def mark(qtbot: QtBot, tone: Tone, shape: str = "") -> QImage:
    shown = ToneMark(tone)
    qtbot.addWidget(shown)
    shown.set_tone(tone, shape)
    shown.setPalette(on_white())
    shown.resize(SIDE, SIDE)
    return shown.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def inked(image: QImage) -> int:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixelColor(x, y) != GROUND for x, y in points)


def test_each_is_told_without_its_colour(qtbot: QtBot) -> None:
    shapes = [(tone, "") for tone in (Tone.GOOD, Tone.BAD, Tone.BEWARE, Tone.UNKNOWN, Tone.PLAIN)]
    shapes += [(Tone.GOOD, "cross"), (Tone.GOOD, "minus"), (Tone.PLAIN, "mail"), (Tone.PLAIN, "queue")]
    pictures = [mark(qtbot, *one).convertToFormat(QImage.Format.Format_Mono) for one in shapes]
    assert len({bytes(one.constBits()) for one in pictures}) == len(shapes)
    assert all(inked(mark(qtbot, *one)) > 100 for one in shapes)


@pytest.mark.parametrize("tone", [Tone.GOOD, Tone.BAD])
def test_what_is_decided_is_a_disc_with_a_light_stroke(qtbot: QtBot, tone: Tone) -> None:
    image, colours = mark(qtbot, tone), tone_colours(on_white(), tone)
    assert [image.pixelColor(x, y) for x, y in ((32, 5), (32, 58), (5, 32), (58, 32))] == [colours.text] * 4
    assert [image.pixelColor(x, y) for x, y in ((1, 1), (62, 1), (1, 62), (62, 62))] == [GROUND] * 4
    stroke = (28, 42) if tone is Tone.GOOD else (32, 32)
    assert image.pixelColor(*stroke) == colours.fill
    around = {image.pixelColor(x, y).name() for x in range(16) for y in range(16)}
    assert len(around) > 4, "its edge is smooth"


def test_what_is_open_is_a_ring_with_a_dark_sign(qtbot: QtBot) -> None:
    image, colours = mark(qtbot, Tone.UNKNOWN), tone_colours(on_white(), Tone.UNKNOWN)
    assert image.pixelColor(32, 5).name() == image.pixelColor(5, 32).name() == colours.text.name()
    assert image.pixelColor(12, 32) == GROUND, "it is not filled"
    middle = image.copy(16, 16, 32, 32)
    assert inked(middle) > 20, "the sign in it"
    ring = drawn(lambda painter: paint_mark(painter, QRectF(0, 0, SIDE, SIDE), on_white(), Tone.UNKNOWN, "minus"))
    assert ring.pixelColor(32, 32).name() == colours.text.name()


@pytest.mark.parametrize("shape", ["", "minus", "mail"])
def test_it_is_drawn_in_its_place_and_leaves_the_painter_as_it_was(qapp: QApplication, shape: str) -> None:
    del qapp
    place = QRectF(20, 30, 16, 16)
    after: list[tuple[QPen, QPointF]] = []

    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(QColor("red"), 3))
        paint_mark(painter, place, QPalette(), Tone.BEWARE if shape else Tone.GOOD, shape)
        after.append((painter.pen(), painter.transform().map(QPointF(1, 1))))

    image = drawn(draw)
    assert after == [(QPen(QColor("red"), 3), QPointF(1, 1))]
    points = [(x, y) for x in range(SIDE) for y in range(SIDE) if image.pixelColor(x, y) != GROUND]
    assert len(points) > 20
    assert all(place.adjusted(-1, -1, 1, 1).contains(QPointF(*one)) for one in points)


@pytest.mark.parametrize("ratio", [1, 2])
def test_an_icon_is_drawn_into_its_room_as_sharp_as_the_screen(qapp: QApplication, ratio: int) -> None:
    del qapp
    room = QRect(8, 8, 24, 24)
    image = drawn(lambda painter: icons.icon_in("mail", QColor("#c00000")).paint(painter, room), ratio=ratio)
    assert inked(image) > 30
    assert inked(image.copy(0, 0, 8 * ratio, SIDE * ratio)) == inked(image.copy(32 * ratio, 0, 8, SIDE * ratio)) == 0
    sharp = icons.pixmap("mail", QColor("#c00000"), size=24, ratio=ratio)
    assert (sharp.size(), sharp.devicePixelRatio()) == (QSize(24 * ratio, 24 * ratio), ratio)
    plain = drawn(lambda painter: painter.drawPixmap(room.topLeft(), sharp), ratio=ratio)
    assert image == plain


def test_an_area_is_filled_without_an_outline(qapp: QApplication) -> None:
    del qapp

    def draw(painter: QPainter) -> None:
        painter.setPen(QColor("red"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        fill(painter, QRect(10, 20, 30, 5), QColor("#123456"))

    image = drawn(draw)
    points = {(x, y) for x in range(SIDE) for y in range(SIDE) if image.pixelColor(x, y) != GROUND}
    assert points == {(x, y) for x in range(10, 40) for y in range(20, 25)}
    assert {image.pixelColor(*one).name() for one in points} == {"#123456"}
