# SPDX-License-Identifier: MIT
"""Every style that is there, and the palettes of Windows: what is filled is filled, and what is said can be read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QStyleFactory, QVBoxLayout, QWidget

from notification_tester.qt.lists.table_model import Mark
from notification_tester.qt.lists.tables import RowTable
from notification_tester.qt.looks import colour_scheme
from notification_tester.qt.looks.colours import contrast, is_dark, secondary
from notification_tester.qt.looks.theme import Card, Tone, tone_colours
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.link_button import link_colour
from qt.test_colour_changes import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

Role, Group = QPalette.ColorRole, QPalette.ColorGroup
STYLES: list[str] = QStyleFactory().keys()
READ, SHAPE = 4.5, 3.0
"""WCAG 2.2, 1.4.3 and 1.4.11."""

WINDOWS_11 = {
    Role.Window: "#fff3f3f3",
    Role.WindowText: "#e4000000",
    Role.Base: "#b3ffffff",
    Role.Text: "#e4000000",
    Role.Button: "#b3ffffff",
    Role.ButtonText: "#e4000000",
    Role.Highlight: "#ff005a9e",
    Role.HighlightedText: "#ffffffff",
    Role.Link: "#ff004275",
}
"""What Qt's style of this name has, as it was read there."""
CONTRAST_THEMES = {
    "Aquatic": ("#202020", "#ffffff", "#8ee3f0", "#263b50", "#75e9fc"),
    "Desert": ("#fffaef", "#3d3d3d", "#903909", "#fff5e3", "#1c5e75"),
    "Dusk": ("#2d3236", "#ffffff", "#a1bfde", "#212d3b", "#70ebde"),
    "Night sky": ("#000000", "#ffffff", "#d6b4fd", "#2b2b2b", "#8080ff"),
}
"""Of Windows 11: window, text, ground and text of what is chosen, link."""


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    yield
    colour_scheme.apply(qapp, "system")


def windows_11() -> QPalette:
    palette = QPalette()
    for role, colour in WINDOWS_11.items():
        palette.setColor(role, QColor(colour))
    return palette


def theme(name: str) -> QPalette:
    window, text, chosen, chosen_text, link = map(QColor, CONTRAST_THEMES[name])
    palette = QPalette()
    for role in (Role.Window, Role.Base, Role.Button, Role.AlternateBase):
        palette.setColor(role, window)
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        palette.setColor(role, text)
    palette.setColor(Role.Highlight, chosen)
    palette.setColor(Role.HighlightedText, chosen_text)
    palette.setColor(Role.Link, link)
    return palette


def colours_of(image: QImage) -> Counter[str]:
    return Counter(image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height()))


def most(widget: QWidget) -> QColor:
    """The colour that most of it has."""
    return QColor(colours_of(widget.grab().toImage()).most_common(1)[0][0])


def button(qtbot: QtBot, style: str) -> FilledButton:
    made = FilledButton("Send it now", icon_name="send")
    qtbot.addWidget(made)
    made.setStyle(QStyleFactory.create(style))
    made.resize(made.sizeHint())
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("style", STYLES)
def test_the_filled_button_is_filled(qapp: QApplication, qtbot: QtBot, style: str, scheme: str) -> None:
    colour_scheme.apply(qapp, scheme)
    filled = button(qtbot, style)
    fill, accent = most(filled), qapp.palette().color(Role.Highlight)
    assert abs(fill.hslHue() - accent.hslHue()) < 15, (fill.name(), accent.name())
    assert fill.hslSaturation() > 90
    ink = max(map(QColor, colours_of(filled.grab().toImage())), key=lambda one: contrast(one, fill))
    assert contrast(ink, fill) >= READ
    filled.set_filled(False)
    assert most(filled).hslSaturation() < 90
    filled.set_filled(True)
    filled.setEnabled(False)
    assert most(filled).hslSaturation() < 90 or most(filled) != fill


@pytest.mark.parametrize("style", STYLES)
def test_a_filled_button_has_room_for_its_words_and_shows_the_focus(qtbot: QtBot, style: str) -> None:
    frame = QWidget()
    qtbot.addWidget(frame)
    filled = button(qtbot, style)
    QVBoxLayout(frame).addWidget(filled)
    with qtbot.waitActive(frame):
        frame.show()
    filled.clearFocus()
    qtbot.waitUntil(lambda: not filled.hasFocus())
    before = filled.grab().toImage()
    fill = most(filled)
    for x in (*range(1, 6), *range(before.width() - 6, before.width() - 1)):
        for y in range(before.height() // 3, before.height() * 2 // 3):
            assert contrast(before.pixelColor(x, y), fill) < SHAPE, (x, y)
    filled.setFocus()
    qtbot.waitUntil(filled.hasFocus)
    assert filled.grab().toImage() != before


def test_a_card_that_scrolls_in_a_window_of_windows_11_is_no_darker_than_the_window(
    qapp: QApplication, qtbot: QtBot
) -> None:
    qapp.setPalette(windows_11())
    area = QScrollArea()
    qtbot.addWidget(area)
    clear = area.palette()  # as that style has what scrolls: the ground below is seen
    clear.setColor(Role.Window, QColor(0, 0, 0, 0))
    clear.setColor(Role.Base, QColor(0, 0, 0, 0))
    area.setPalette(clear)
    window = QColor(WINDOWS_11[Role.Window])
    for tone in Tone:
        card = Card(tone=tone)
        card.resize(200, 100)
        area.setWidget(card)
        colours = tone_colours(card.palette(), tone)
        assert contrast(colours.text, colours.fill) >= READ, tone
        assert contrast(most(card), window) < 1.4, (tone, most(card).name())
        assert contrast(colours.border, window) < 3, (tone, colours.border.name())


@pytest.mark.parametrize("name", CONTRAST_THEMES)
def test_nothing_is_lost_in_a_contrast_theme(qapp: QApplication, qtbot: QtBot, name: str) -> None:
    palette = theme(name)
    qapp.setPalette(palette)
    window = palette.color(Role.Window)
    for tone in Tone:
        colours = tone_colours(palette, tone)
        assert contrast(colours.text, colours.fill) >= READ, tone
        assert contrast(palette.color(Role.WindowText), colours.fill) >= READ, tone
    assert contrast(secondary(palette), window) >= READ
    assert contrast(link_colour(palette), window) >= READ
    for style in STYLES:
        filled = button(qtbot, style)
        fill = most(filled)
        inks = map(QColor, colours_of(filled.grab().toImage()))
        assert contrast(max(inks, key=lambda one: contrast(one, fill)), fill) >= READ, style
        if style.casefold() not in {"fusion", "macos"}:
            assert fill == palette.color(Role.Highlight), style
    empty = EmptyState(icon_name="inbox", title="Nothing", text="At all.", button="Go")
    qtbot.addWidget(empty)
    for label in empty.findChildren(QLabel):
        assert contrast(label.palette().color(Role.WindowText), window) >= READ, label.text()


def test_the_shape_in_a_chosen_row_is_seen_in_a_window_that_is_not_in_use(qapp: QApplication, qtbot: QtBot) -> None:
    palette = QPalette(qapp.palette())
    palette.setColor(Group.Inactive, Role.Highlight, QColor("#f5f5f5"))  # as Windows has it
    palette.setColor(Group.Inactive, Role.HighlightedText, QColor("black"))
    qapp.setPalette(palette)
    table, other = rows(), QWidget()
    for one in (table, other):
        qtbot.addWidget(one)
        one.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        one.resize(500, 300)
        one.show()
    assert isinstance(table, RowTable)
    assert shape(table) == "#000000"  # that of a window which was never in use
    for window, colour in ((table, "#ffffff"), (other, "#000000"), (table, "#ffffff")):
        with qtbot.waitActive(window):
            window.activateWindow()
        assert shape(table) == colour


@pytest.mark.parametrize("style", STYLES)
def test_the_shape_in_a_chosen_row_is_seen_in_every_style(qapp: QApplication, qtbot: QtBot, style: str) -> None:
    before = qapp.style().name()
    qapp.setStyle(style)
    try:
        table = rows()
        assert isinstance(table, RowTable)
        qtbot.addWidget(table)
        table.resize(500, 300)
        with qtbot.waitActive(table):
            table.show()
        place = next(
            number
            for number in range(9)
            if (found := table._rows.row_at(table._rows.index(number, 0))) is not None and found.word == "bad"
        )
        table.choose(place)
        cell = table.visualRect(table.model().index(place, 0))
        drawn = table.viewport().grab(cell.adjusted(2, 2, 22 - cell.width(), -2)).toImage()
        ground, *others = (QColor(name) for name, _ in colours_of(drawn).most_common())
        assert max(contrast(one, ground) for one in others) >= SHAPE
    finally:
        qapp.setStyle(before)


def shape(table: RowTable) -> str:
    """The colour of the shape in a chosen row."""
    drawing = table._rows.icon(Mark(Tone.GOOD, "cross")).pixmap(16, 16, QIcon.Mode.Selected).toImage()
    solid = [drawing.pixelColor(x, y) for x in range(drawing.width()) for y in range(drawing.height())]
    return max(solid, key=lambda one: one.alpha()).name()


@pytest.mark.skipif("windowsvista" not in STYLES, reason="Windows has this style, other systems do not")
def test_a_style_that_is_always_light_is_replaced_in_the_dark_and_comes_back(qapp: QApplication) -> None:
    before = qapp.style().name()
    try:
        qapp.setStyle("windowsvista")
        for _ in range(2):
            colour_scheme.apply(qapp, "dark")
            assert is_dark(qapp.palette())
            assert qapp.style().name() == "fusion"
            colour_scheme.apply(qapp, "light")
            assert not is_dark(qapp.palette())
            assert qapp.style().name() == "windowsvista"
    finally:
        qapp.setStyle(before)
