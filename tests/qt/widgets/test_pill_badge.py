# SPDX-License-Identifier: MIT
"""The badge can be read on every palette, by eye and by screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QPalette

from notification_tester.domain.account import Environment
from notification_tester.qt.looks.colours import READABLE, contrast
from notification_tester.qt.widgets.pill_badge import PillBadge, badge_colours

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def palette(window: str, text: str, accent: str) -> QPalette:
    result = QPalette()
    for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base):
        result.setColor(role, QColor(window))
    result.setColor(QPalette.ColorRole.WindowText, QColor(text))
    result.setColor(QPalette.ColorRole.Highlight, QColor(accent))
    return result


@pytest.mark.parametrize("environment", Environment, ids=str)
@pytest.mark.parametrize("accent", ["#308cc6", "#ffd400", "#7a7a7a", "#001a66"], ids=str)
@pytest.mark.parametrize(("window", "text"), [("#f6f7f9", "#15181d"), ("#1e2127", "#e6e8eb")], ids=["light", "dark"])
def test_it_can_be_read(qapp: object, environment: Environment, accent: str, window: str, text: str) -> None:
    colours = badge_colours(palette(window, text, accent), environment)
    assert contrast(colours.text, colours.fill) >= READABLE


@pytest.mark.parametrize("environment", Environment, ids=str)
def test_a_screen_reader_gets_the_same_word(qtbot: QtBot, environment: Environment) -> None:
    badge = PillBadge(environment)
    qtbot.addWidget(badge)
    assert badge.accessibleName() == badge.word == environment.badge
    assert badge.accessibleDescription()


def test_live_is_a_filled_pill_unlike_the_others(qtbot: QtBot) -> None:
    badge = PillBadge(Environment.SANDBOX)
    qtbot.addWidget(badge)
    badge.show()

    def edge() -> QColor:
        image = badge.grab().toImage()
        return image.pixelColor(image.width() // 2, 3)

    quiet = edge()
    badge.set_environment(Environment.PRODUCTION)
    badge.resize(badge.sizeHint())
    loud = edge()
    assert loud.red() > 150 > max(loud.green(), loud.blue())
    assert contrast(loud, quiet) > 3
