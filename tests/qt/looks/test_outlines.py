# SPDX-License-Identifier: MIT
"""Boxes and fields can be told from the card they stand on, in light and dark, and what has the focus still differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QRadioButton, QSpinBox, QWidget

from notification_tester.qt.looks import colour_scheme, outlines
from notification_tester.qt.looks.colours import contrast
from notification_tester.qt.looks.theme import Tone, tone_colours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

LEAST = 3.0
"""WCAG 2.2, 1.4.11."""


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    assert qapp.style().name().casefold() == "fusion"
    yield
    colour_scheme.apply(qapp, "system")
    outlines.strengthen()


def frame_of(widget: QWidget, ground: QColor) -> QColor:
    """The colour of the frame halfway down, where it is the strongest; a round one is blurred at its edge."""
    QApplication.processEvents()
    widget.resize(widget.sizeHint())
    image = widget.grab().toImage()
    return max((image.pixelColor(x, image.height() // 2) for x in range(3)), key=lambda one: contrast(one, ground))


@pytest.mark.parametrize("make", [QCheckBox, QRadioButton, QLineEdit, QSpinBox])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_frame_can_be_seen(qapp: QApplication, qtbot: QtBot, make: Callable[[], QWidget], scheme: str) -> None:
    colour_scheme.apply(qapp, scheme)
    outlines.strengthen()
    widget = make()
    qtbot.addWidget(widget)
    for ground in (tone_colours(qapp.palette(), Tone.PLAIN).fill, qapp.palette().color(QPalette.ColorRole.Base)):
        frame = frame_of(widget, ground)
        assert contrast(frame, ground) >= LEAST, (frame.name(), ground.name())


def test_one_that_is_there_follows_and_nothing_else_of_it_changes(qapp: QApplication, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    for scheme in ("dark", "light", "dark"):
        colour_scheme.apply(qapp, scheme)
        outlines.strengthen()
        ground = qapp.palette().color(QPalette.ColorRole.Base)
        assert contrast(frame_of(field, ground), ground) >= LEAST
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.Base, QPalette.ColorRole.Highlight):
            assert field.palette().color(role) == qapp.palette().color(role)


def test_what_is_a_button_stays_as_it_is(qapp: QApplication, qtbot: QtBot) -> None:
    outlines.strengthen()
    combo = QComboBox()
    qtbot.addWidget(combo)
    assert combo.palette().color(QPalette.ColorRole.Window) == qapp.palette().color(QPalette.ColorRole.Window)
