# SPDX-License-Identifier: MIT
"""What stands above the list: how many of each kind, and what is drawn of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from notification_tester.domain.events import EventType
from notification_tester.qt.inbox.funnel import FunnelRow, FunnelView, funnel_text
from notification_tester.qt.inbox.overview import FUNNEL, NOTHING, ROOM, TIME, InboxOverview, kind_text
from notification_tester.qt.looks.colours import VISIBLE, readable, seen
from notification_tester.storage.inbox_rows import EMPTY, Funnel, Overview

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SUBMITTED, EXPIRED = EventType.ASSIGNMENT_SUBMITTED.value, EventType.HIT_EXPIRED.value
CATS = Funnel("3CATS", "Find cats", accepted=2, submitted=1, approved=0, rejected=1, given_up=2)
DOGS = Funnel("3DOGS", "", accepted=1, submitted=0, approved=1, rejected=0, given_up=1)
SEEN = Overview(begin=0, step=1000, bars=(1, 0, 2), kinds={"Foreign": 1, EXPIRED: 1, SUBMITTED: 2}, funnels=(CATS,))


@pytest.fixture
def overview(qtbot: QtBot) -> InboxOverview:
    overview = InboxOverview()
    qtbot.addWidget(overview)
    overview.fit(ROOM, short=False)
    overview.show_overview(SEEN)
    return overview


def chips(overview: InboxOverview) -> list[str]:
    return [key for key, chip in overview.chips.chips.items() if chip.isVisibleTo(overview)]


def drawn(overview: InboxOverview) -> tuple[bool, bool]:
    return overview.bars.isVisibleTo(overview), overview.funnel.isVisibleTo(overview)


def test_what_is_drawn_is_filled_when_it_comes(overview: InboxOverview) -> None:
    assert set(chips(overview)) == {SUBMITTED, EXPIRED, "Foreign"}
    assert drawn(overview) == (True, False)
    assert list(overview.bars.counts) == [1, 0, 2]
    overview.drawing.button(FUNNEL).click()
    assert drawn(overview) == (False, True)
    assert [row.hit_type_id for row in overview.funnel.rows] == ["3CATS"]
    overview.show_overview(SEEN._replace(bars=(5,), funnels=(DOGS,)))
    assert [row.hit_type_id for row in overview.funnel.rows] == ["3DOGS"]
    overview.drawing.button(NOTHING).click()
    assert drawn(overview) == (False, False)
    overview.drawing.button(TIME).click()
    assert drawn(overview) == (True, False)
    assert list(overview.bars.counts) == [5]


def test_bars_are_drawn_where_there_is_room_until_a_person_says_otherwise(overview: InboxOverview) -> None:
    overview.fit(ROOM - 1, short=False)
    assert (overview.drawing.choice(), drawn(overview)) == (NOTHING, (False, False))
    overview.fit(ROOM, short=False)
    assert (overview.drawing.choice(), drawn(overview)) == (TIME, (True, False))
    overview.drawing.button(FUNNEL).click()
    overview.fit(ROOM - 1, short=False)
    assert (overview.drawing.choice(), drawn(overview)) == (FUNNEL, (False, True))


def test_on_a_short_page_all_is_folded_away_and_what_is_filtered_by_is_in_sight(overview: InboxOverview) -> None:
    assert not overview.fold.isVisibleTo(overview)
    overview.fit(ROOM, short=True)
    assert overview.fold.isVisibleTo(overview)
    assert chips(overview) == []
    overview.set_filter(frozenset(), None)
    assert chips(overview) == []
    overview.set_filter(frozenset({SUBMITTED}), None)
    assert SUBMITTED in chips(overview)
    overview.fit(ROOM, short=True)
    assert SUBMITTED in chips(overview)
    overview.fold.click()
    assert chips(overview) == []
    overview.set_filter(frozenset(), (0, 1000))
    assert SUBMITTED in chips(overview)
    overview.fold.click()
    overview.fit(ROOM, short=False)
    assert SUBMITTED in chips(overview)


def test_a_stretch_of_time_is_cleared_and_the_keyboard_stays_at_the_bars(overview: InboxOverview) -> None:
    told: list[object] = []
    overview.changed.connect(lambda: told.append(overview.bars.span))
    overview.set_filter(frozenset({SUBMITTED}), (0, 1000))
    assert overview.clear_span.isVisibleTo(overview)
    assert overview.bars.span == (0, 1000)
    assert overview.chips.chosen() == {SUBMITTED}
    assert told == [], "it is shown, and not asked for"
    overview.show()
    overview.activateWindow()
    QApplication.processEvents()
    overview.clear_span.setFocus()
    overview.clear_span.click()
    assert told == [None]
    assert not overview.clear_span.isVisibleTo(overview)
    assert overview.focusWidget() is overview.bars
    overview.chips.chips[SUBMITTED].click()
    assert told == [None, None]
    assert overview.chips.chosen() == frozenset()


def test_another_is_asked_for_once_while_messages_arrive_and_not_where_it_rests(
    overview: InboxOverview, qtbot: QtBot
) -> None:
    wanted: list[str] = []
    overview.wanted.connect(lambda: wanted.append("first"))
    for _ in range(5):
        overview.look()
    qtbot.waitUntil(lambda: bool(wanted))
    overview.set_filter(frozenset({SUBMITTED}), (0, 1000))
    overview.look()
    overview.rest()
    assert chips(overview) == []
    assert list(overview.bars.counts) == []
    assert (overview.bars.span, overview.chips.chosen()) == (None, frozenset())
    assert not overview.clear_span.isVisibleTo(overview)
    other = InboxOverview()  # which asks later than the one that rests would have
    qtbot.addWidget(other)
    with qtbot.waitSignal(other.wanted):
        other.look()
    assert wanted == ["first"]


def test_a_funnel_has_a_row_for_each_hit_type_and_asks_for_it_alone(qtbot: QtBot) -> None:
    view = FunnelView()
    qtbot.addWidget(view)
    chosen: list[str] = []
    view.chosen.connect(chosen.append)
    view.show_funnels([CATS, DOGS])
    assert not view.nothing.isVisibleTo(view)
    assert [row.accessibleName() for row in view.rows] == ["Find cats", "3DOGS"]
    assert [row.accessibleDescription() for row in view.rows] == [funnel_text(CATS), funnel_text(DOGS)]
    assert "3CATS" in view.rows[0].toolTip()
    QTest.keyClick(view.rows[1], Qt.Key.Key_Space)
    view.show_funnels([DOGS])
    assert [row.isVisibleTo(view) for row in view.rows] == [True, False]
    assert view.rows[0].accessibleName() == "3DOGS"
    view.rows[0].click()
    assert chosen == ["3DOGS", "3DOGS"]
    view.show_funnels([DOGS, CATS])
    assert [row.isVisibleTo(view) for row in view.rows] == [True, True]
    view.show_funnels(EMPTY.funnels)
    assert view.nothing.isVisibleTo(view)
    assert [row.isVisibleTo(view) for row in view.rows] == [False, False]


def test_a_funnel_in_words() -> None:
    assert funnel_text(CATS) == (
        "Seen here: 2 accepted, 1 submitted, approved: none seen, 1 rejected, 2 returned or abandoned."
    )
    assert funnel_text(DOGS) == "Seen here: 1 accepted, submitted: none seen, 1 approved, 1 returned or abandoned."
    only = Funnel("", "", accepted=0, submitted=2, approved=2, rejected=2, given_up=0)
    assert funnel_text(only) == "Seen here: accepted: none seen, 2 submitted, 2 approved, 2 rejected."


def test_kinds_have_short_names() -> None:
    assert kind_text(SUBMITTED) == "Submitted"
    assert kind_text(EXPIRED) == "HIT expired"
    assert kind_text("") == "No event in it"


def test_each_bar_is_as_long_as_its_share_and_from_the_end_where_one_reads_so(qtbot: QtBot) -> None:
    row = FunnelRow()
    qtbot.addWidget(row)
    row.resize(600, row.sizeHint().height())
    assert row.hit_type_id == ""
    row.show_funnel(Funnel("3CATS", "Find cats", accepted=8, submitted=4, approved=0, rejected=0, given_up=0))
    assert (row.hit_type_id, row.text(), row.accessibleName()) == ("3CATS", "Find cats", "Find cats")
    assert row.minimumSizeHint().height() == row.sizeHint().height()
    palette = row.palette()
    accent = readable(
        seen(palette, QPalette.ColorRole.Highlight), seen(palette, QPalette.ColorRole.Window), least=VISIBLE
    )

    def lengths() -> list[int]:
        """Of the accent, in the thirds of the row, where it is longest."""
        image = row.grab().toImage()
        third = image.width() // 3
        return [
            max(
                sum(image.pixelColor(x, y) == accent for x in range(part * third, (part + 1) * third))
                for y in range(image.height())
            )
            for part in range(3)
        ]

    first, second, third = lengths()
    assert third == 0, "nobody was paid"
    assert 0.4 < second / first < 0.6
    row.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert lengths()[0] == 0
    assert abs(lengths()[2] - first) < 9
    row.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    plain = row.grab().toImage()
    row.show()
    row.activateWindow()
    row.setFocus()
    qtbot.waitUntil(row.hasFocus)
    assert row.grab().toImage() != plain, "the keyboard is seen"


def test_the_title_and_the_words_of_each_step_are_drawn(qtbot: QtBot) -> None:
    row = FunnelRow()
    qtbot.addWidget(row)
    row.resize(600, row.sizeHint().height())
    line = row.fontMetrics().height() + 2

    def lines(funnel: Funnel) -> tuple[QImage, QImage]:
        """The one of the title, and the one of the words below it."""
        row.show_funnel(funnel)
        image = row.grab().toImage()
        return image.copy(0, 0, 600, line), image.copy(0, line, 600, line)

    cats, dogs = lines(CATS), lines(CATS._replace(title="Find dogs"))
    assert cats[0] != dogs[0]
    assert cats[1] == dogs[1]
    for other in (CATS._replace(accepted=37), CATS._replace(submitted=37), CATS._replace(approved=37)):
        title, words = lines(other)
        assert (title == cats[0], words == cats[1]) == (True, False), other
    assert lines(CATS._replace(title=""))[0] != lines(DOGS._replace(hit_type_id="3CATS2", title=""))[0]
