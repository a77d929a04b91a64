# SPDX-License-Identifier: MIT
"""Frames, headings and quiet words: what they say by their colour, their size, and to a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSizePolicy

from notification_tester.qt.looks import colour_scheme
from notification_tester.qt.looks import theme as theme_module
from notification_tester.qt.looks.colours import contrast, is_dark
from notification_tester.qt.looks.theme import (
    Card,
    HeadingLabel,
    PlainLabel,
    QuietLabel,
    Tone,
    heading,
    plain_label,
    set_tooltip,
    tone_colours,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    font = qapp.font()
    yield
    qapp.setFont(font)
    colour_scheme.apply(qapp, "system")


def test_a_tooltip_that_is_another_is_read_out_as_another(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    for text in ("Sends <b>one</b> test.", "Nothing is ticked.", ""):
        set_tooltip(button, text)
        assert button.accessibleDescription() == text
        assert text.replace("<", "&lt;").replace(">", "&gt;") in button.toolTip()
    set_tooltip(button, "Sends it.")
    button.setAccessibleDescription("may no longer work")
    set_tooltip(button, "Sends it again.")
    assert (button.accessibleDescription(), "again" in button.toolTip()) == ("may no longer work", True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tone", Tone)
def test_the_words_of_each_tone_can_be_read_on_it_and_its_frame_is_seen(
    qapp: QApplication, scheme: str, tone: Tone
) -> None:
    colour_scheme.apply(qapp, scheme)
    palette = qapp.palette()
    assert is_dark(palette) is (scheme == "dark")
    colours = tone_colours(palette, tone)
    assert contrast(colours.text, colours.fill) >= 4.5
    assert colours.border != colours.fill != palette.color(QPalette.ColorRole.Window)
    assert (colours.fill.lightness() < colours.text.lightness()) is (scheme == "dark")


def test_who_asks_for_more_contrast_gets_their_own_two_colours(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = {tone: tone_colours(qapp.palette(), tone) for tone in Tone}
    monkeypatch.setattr(theme_module, "wants_contrast", lambda: True)
    window, text = (
        qapp.palette().color(role).rgb() for role in (QPalette.ColorRole.Window, QPalette.ColorRole.WindowText)
    )
    for tone in Tone:
        found = tone_colours(qapp.palette(), tone)
        if tone is Tone.ACCENT:
            assert found == usual[tone], "what is chosen stays the accent's"
        else:
            assert [one.rgb() for one in (found.fill, found.border, found.text)] == [window, text, text]


def test_a_card_is_rounded_framed_and_filled_in_its_tone(qtbot: QtBot) -> None:
    card = Card(tone=Tone.GOOD)
    card.setAutoFillBackground(True)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, QColor("white"))
    card.setPalette(palette)
    qtbot.addWidget(card)
    card.resize(80, 60)
    for tone in (Tone.GOOD, Tone.BAD):
        card.set_tone(tone)
        assert card.tone is tone
        colours = tone_colours(palette, tone)
        image = card.grab().toImage()
        middle, corner = QPoint(40, 30), QPoint(0, 0)
        assert image.pixelColor(middle) == colours.fill
        assert image.pixelColor(corner) == QColor("white")
        assert image.pixelColor(0, 30) == image.pixelColor(79, 30) == colours.border
        assert image.pixelColor(40, 0) == image.pixelColor(40, 59) == colours.border
        around = {image.pixelColor(x, y).name() for x in range(8) for y in range(8)}
        assert len(around) > 3, "the corner is smooth"


def test_a_heading_is_bold_and_as_large_as_it_is_said(qapp: QApplication, qtbot: QtBot) -> None:
    font = qapp.font()
    font.setPointSizeF(10.0)
    qapp.setFont(font)
    large, usual = heading("Large", scale=1.5), HeadingLabel()
    for one in (large, usual):
        qtbot.addWidget(one)
    assert (large.text(), usual.text()) == ("Large", "")
    assert [one.font().bold() for one in (large, usual)] == [True, True]
    assert [one.font().pointSizeF() for one in (large, usual)] == [15.0, 10.0]


@pytest.mark.parametrize("made", [heading, plain_label])
def test_what_is_said_is_plain_wraps_and_can_be_copied(qtbot: QtBot, made: type[QLabel]) -> None:
    label = made("One word <b>after</b> another, and more of them than one line takes")
    qtbot.addWidget(label)
    assert isinstance(label, PlainLabel)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert label.wordWrap()
    assert label.heightForWidth(120) > label.heightForWidth(1_000)
    policy = label.sizePolicy()
    assert policy.hasHeightForWidth()
    assert (policy.horizontalPolicy(), policy.verticalPolicy(), policy.horizontalStretch()) == (
        QSizePolicy.Policy.Ignored,
        QSizePolicy.Policy.Minimum,
        1,
    ), "it never makes its window wider, and takes what room there is"


def test_what_must_not_wrap_keeps_its_own_width(qtbot: QtBot) -> None:
    label = plain_label("One line", wrap=False)
    qtbot.addWidget(label)
    assert not label.wordWrap()
    assert label.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Preferred
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


def test_quiet_words_step_back_and_stay_so_in_the_dark(qapp: QApplication, qtbot: QtBot) -> None:
    colour_scheme.apply(qapp, "light")
    label = QuietLabel("By the way")
    qtbot.addWidget(label)
    assert label.wordWrap()
    label.show()
    for scheme in ("light", "dark", "light"):
        colour_scheme.apply(qapp, scheme)
        qapp.processEvents()
        ground, text = (
            qapp.palette().color(role) for role in (QPalette.ColorRole.Window, QPalette.ColorRole.WindowText)
        )
        own = label.palette().color(QPalette.ColorRole.WindowText)
        assert 4.5 <= contrast(own, ground) < contrast(text, ground)
