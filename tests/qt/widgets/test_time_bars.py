# SPDX-License-Identifier: MIT
"""Bars over time: chosen with the mouse and with keys alone, told in plain text, drawn in the colours of the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QTest

from notification_tester.qt.looks.colours import VISIBLE, mixed, readable, seen
from notification_tester.qt.widgets.time_bars import Span, TimeBars

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

BEGIN, STEP = 1_769_860_800_000, 60_000  # 2026-01-31 12:00 UTC, minutes


@pytest.fixture
def bars(qtbot: QtBot) -> TimeBars:
    made = TimeBars()
    qtbot.addWidget(made)
    made.resize(200, 90)
    made.set_bars(BEGIN, STEP, (1, 0, 5, 2, 0, 0, 0, 0, 0, 4))
    made.show()
    return made


def told(bars: TimeBars) -> list[Span | None]:
    spans: list[Span | None] = []
    bars.span_chosen.connect(spans.append)
    return spans


def bar(number: int) -> QPoint:
    return QPoint(number * 20 + 10, 20)


def span(first: int, last: int) -> Span:
    return BEGIN + first * STEP, BEGIN + (last + 1) * STEP


def test_a_stretch_is_dragged_either_way(bars: TimeBars) -> None:
    spans = told(bars)
    for first, last in ((2, 4), (4, 2), (3, 3)):
        QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=bar(first))
        QTest.mouseMove(bars, bar(last))
        assert bars.span == span(*sorted((first, last))), "it is seen while it is dragged"
        QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=bar(last))
    assert spans == [span(2, 4), span(2, 4), span(3, 3)]
    QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=bar(8))
    QTest.mouseMove(bars, QPoint(900, 20))
    QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=QPoint(900, 20))
    assert spans[-1] == span(8, 9), "no further than there are bars"


def test_a_stretch_is_chosen_with_keys(bars: TimeBars) -> None:
    spans = told(bars)
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Home)
    QTest.keyClick(bars, Qt.Key.Key_Right)
    assert spans == [], "the mark alone chooses nothing"
    QTest.keyClick(bars, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(bars, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert spans == [span(1, 2), span(1, 3)]
    QTest.keyClick(bars, Qt.Key.Key_End)
    QTest.keyClick(bars, Qt.Key.Key_Space)
    assert spans[-1] == span(9, 9)
    QTest.keyClick(bars, Qt.Key.Key_Escape)
    assert spans[-1:] == [None]


def test_it_says_what_is_seen(bars: TimeBars) -> None:
    said = bars.accessibleDescription()
    assert said.startswith("12 from ")
    assert "the most at once, 5, at" in said
    bars.set_span(span(2, 3))
    assert ":03, 7." in bars.accessibleDescription()
    bars.set_bars(BEGIN, STEP, ())
    assert bars.accessibleDescription() == "There is nothing to draw yet."
    bars.grab()


def test_a_stretch_stays_while_bars_come_and_get_wider(bars: TimeBars) -> None:
    bars.set_span(span(2, 3))
    bars.set_bars(BEGIN - 300_000, 300_000, (7, 12, 1))
    assert bars.span == span(2, 3)
    assert "Chosen:" in bars.accessibleDescription()
    bars.set_bars(BEGIN + 10 * STEP, STEP, (1, 1))
    assert "Chosen:" not in bars.accessibleDescription(), "nothing of it is in sight"
    bars.grab()


@pytest.mark.parametrize("moment", [-62_135_596_800_000, 253_402_300_799_000, 10**17])
def test_any_time_can_be_drawn(bars: TimeBars, moment: int) -> None:
    bars.set_bars(moment, 86_400_000, (3,))
    bars.grab()
    assert bars.accessibleDescription()


def test_it_is_drawn_in_the_colours_of_now(bars: TimeBars) -> None:
    def pixels() -> set[str]:
        shot = bars.grab().toImage()
        return {QColor(shot.pixel(x, y)).name() for x in range(0, 200, 3) for y in range(0, 60, 3)}

    accent = QColor("#c03080")
    palette = QPalette(bars.palette())
    palette.setColor(QPalette.ColorRole.Highlight, accent)
    bars.setPalette(palette)
    assert accent.name() in pixels()
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#308030"))
    bars.setPalette(palette)
    assert accent.name() not in pixels()


def heights(image: QImage, colour: QColor) -> list[int]:
    """Of each bar, the points of this colour below one another."""
    return [sum(image.pixel(number * 20 + 8, y) == colour.rgb() for y in range(image.height())) for number in range(10)]


def ink(image: QImage, ground: QColor, *, first: int, last: int, above: int) -> int:
    """How many points between two columns, from a line on, are not of the ground."""
    return sum(image.pixel(x, y) != ground.rgb() for x in range(first, last) for y in range(above, image.height()))


def test_bars_are_as_high_as_their_share_and_those_that_are_chosen_stand_out(qtbot: QtBot, bars: TimeBars) -> None:
    bars.setPalette(QPalette(QColor("#efefef")))
    palette, below = bars.palette(), 90 - 5 - bars.fontMetrics().height()
    ground, text = (seen(palette, role) for role in (QPalette.ColorRole.Window, QPalette.ColorRole.WindowText))
    accent = readable(seen(palette, QPalette.ColorRole.Highlight), ground, least=VISIBLE)
    bars.clearFocus()
    qtbot.waitUntil(lambda: not bars.hasFocus())
    plain = bars.grab().toImage()
    high = heights(plain, accent)
    assert high[2] > high[9] > high[3] > high[0] > 0
    assert {high[number] for number in (1, 4, 5, 6, 7, 8)} == {0}
    assert abs(high[9] / high[2] - 0.8) < 0.06
    assert plain.pixel(100, below) == mixed(ground, text, 0.25).rgb(), "the line that they stand on"
    assert ink(plain, ground, first=0, last=60, above=below + 3) > 0, "when the first was"

    bars.set_span(span(2, 3))
    chosen = bars.grab().toImage()
    assert [number for number, count in enumerate(heights(chosen, accent)) if count] == [2, 3]
    assert heights(chosen, mixed(ground, text, 0.45))[9] == high[9]
    assert chosen.pixel(68, 4) == mixed(ground, accent, 0.18).rgb(), "and from where to where that is"
    assert chosen.pixel(88, 4) == chosen.pixel(28, 4) == ground.rgb()
    bars.set_span(None)
    assert bars.grab().toImage() == plain

    bars.activateWindow()
    bars.setFocus()
    qtbot.waitUntil(bars.hasFocus)
    marked = bars.grab().toImage()
    assert ink(marked, ground, first=180, last=200, above=0) > ink(plain, ground, first=180, last=200, above=0)
    assert ink(marked, ground, first=0, last=180, above=0) == ink(plain, ground, first=0, last=180, above=0)
    bars.resize(600, 90)
    wide = bars.grab().toImage()
    assert ink(wide, ground, first=180, last=300, above=below + 3) > 0, "when the last was, where there is room"
    bars.set_bars(BEGIN, STEP, ())
    empty = bars.grab().toImage()
    assert ink(empty, ground, first=0, last=600, above=below + 3) == 0
    assert empty.pixel(100, below) == mixed(ground, text, 0.25).rgb()
