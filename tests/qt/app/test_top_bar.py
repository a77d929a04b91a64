# SPDX-License-Identifier: MIT
"""The bar tells LIVE from the rest by word, place and colour, judged by where the account calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QPalette

from notification_tester.domain.account import PRACTICE, Account, Environment, KeySource
from notification_tester.qt.app.top_bar import TopBar
from notification_tester.qt.looks.colours import READABLE, contrast
from notification_tester.qt.widgets.pill_badge import ground_and_line

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LIVE_HOST = "mturk-requester.us-east-1.amazonaws.com"


def account(name: str, environment: Environment, endpoint: str = "") -> Account:
    return Account(name=name, environment=environment, source=KeySource.KEYRING, endpoint=endpoint)


def ground(bar: TopBar) -> QColor:
    image = bar.grab().toImage()
    return image.pixelColor(2, image.height() // 2)


@pytest.mark.parametrize(
    ("chosen", "word"),
    [
        (account("a", Environment.PRODUCTION), "LIVE"),
        (account("a", Environment.OTHER, f"https://{LIVE_HOST}"), "LIVE"),
        (account("a", Environment.SANDBOX, f"https://{LIVE_HOST.upper()}.:443/"), "LIVE"),
        (account("a", Environment.SANDBOX), "SANDBOX"),
        (account("a", Environment.OTHER, "https://mturk.example.org"), "OTHER"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.environment} {value.endpoint}",
)
def test_word_and_colour_are_those_of_the_host(qtbot: QtBot, chosen: Account, word: str) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.resize(900, bar.sizeHint().height())
    bar.set_accounts([PRACTICE, chosen], PRACTICE)
    quiet = ground(bar)
    bar.show_current(chosen)
    assert bar.badge.word == bar.badge.accessibleName() == word
    seen = ground(bar)
    assert (seen != quiet) == (word == "LIVE")
    if word == "LIVE":
        assert seen.red() > max(seen.green(), seen.blue()) + 15
    bar.show_current(PRACTICE)
    assert ground(bar) == quiet


@pytest.mark.parametrize(("window", "text"), [("#ffffff", "#15181d"), ("#1e2127", "#e6e8eb")], ids=["light", "dark"])
def test_text_on_the_red_ground_can_be_read(qapp: object, window: str, text: str) -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor(window))
    tinted, _ = ground_and_line(palette, Environment.PRODUCTION)
    assert contrast(QColor(text), tinted) >= READABLE
    assert tinted.red() > tinted.green() + 15


def test_the_bar_shows_what_is_open_whatever_the_list_says_by_now(qtbot: QtBot) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    live = account("Lab", Environment.PRODUCTION)
    bar.set_accounts([PRACTICE, account("Lab", Environment.SANDBOX)], live)
    assert bar.badge.word == "LIVE"
    assert bar.combo.currentText() == "Lab"


def test_what_is_chosen_in_the_list_is_told(qtbot: QtBot) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    lab, other = account("Lab", Environment.SANDBOX), account("Other\nlab", Environment.PRODUCTION)
    bar.set_accounts([PRACTICE, lab, other], other)
    texts = [bar.combo.itemText(place) for place in range(bar.combo.count())]
    assert texts[0] == "Practice (a cloud on this computer)"
    assert texts[1] == "Lab"
    assert "\n" not in texts[2]
    assert texts[-1] == "Add or change accounts…"
    assert bar.combo.currentIndex() == 2
    assert bar.combo.toolTip()
    chosen: list[Account | None] = []
    bar.account_chosen.connect(chosen.append)
    bar.add_requested.connect(lambda: chosen.append(None))
    for place in (0, 2, len(texts) - 1):
        bar.combo.activated.emit(place)
    assert chosen == [PRACTICE, other, None]
    bar.show_current(lab)
    assert bar.combo.currentText() == "Lab"
    assert "Lab" in bar.combo.toolTip()
    assert len(chosen) == 3, "what is shown is not chosen"
    bar.set_accounts([PRACTICE], PRACTICE)
    assert bar.combo.count() == 3
