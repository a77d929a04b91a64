# SPDX-License-Identifier: MIT
"""The drawn way: what a screen reader is told, that nothing is cut off, and that it can be told without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QWidget

from domain.test_way import LOST, RIGHT, SEEN, UNSEEN, YES, outcome
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.problem import Cause, Code, Problem
from notification_tester.domain.way import Place, own_stations, under_way, untravelled, way_of_test
from notification_tester.qt.looks import colour_scheme
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.way_view import WayCard, WayView

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CLOSED = Problem(
    title="The queue does not let Mechanical Turk in.", detail="", remedy="", code=Code.CLOSED, cause=Cause.DESTINATION
)


@pytest.fixture
def view(qtbot: QtBot) -> WayView:
    view = WayView()
    qtbot.addWidget(view)
    view.resize(640, 200)
    view.show()
    return view


def test_a_screen_reader_is_told_all_of_it(view: WayView) -> None:
    view.show_way(way_of_test(outcome(LOST, UNSEEN, why=CLOSED)))
    assert view.accessibleName() == "lab-queue does not let Mechanical Turk in"
    assert "Mechanical Turk to Queue lab-queue: stopped here. The queue does not let" in view.accessibleDescription()
    assert view.reason.text() == CLOSED.title
    assert view.reason.isVisible()
    view.show_way(way_of_test(outcome(YES, SEEN, RIGHT)))
    assert not view.reason.isVisible(), "a reason that is over"


def test_side_by_side_where_there_is_room_and_below_one_another_where_not(view: WayView) -> None:
    view.show_way(untravelled(own_stations(Place.TOPIC, "lab-topic")))
    drawing = view.findChild(QWidget, "way-drawing")
    assert drawing is not None
    assert drawing.heightForWidth(1200) < drawing.heightForWidth(300) / 3
    view.resize(300, 600)
    QApplication.processEvents()
    assert drawing.height() >= drawing.heightForWidth(drawing.width())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [700, 280])
def test_each_state_is_drawn_otherwise(qapp: QApplication, view: WayView, scheme: str, width: int) -> None:
    colour_scheme.apply(qapp, scheme)
    view.resize(width, 420)
    ways = [
        untravelled(way_of_test(outcome(YES, SEEN)).stations),
        way_of_test(outcome(YES, SEEN, RIGHT)),
        way_of_test(outcome(YES, UNSEEN)),
        way_of_test(outcome(YES, LOST)),
        way_of_test(outcome(LOST, UNSEEN, why=CLOSED)),
    ]
    pictures = set()
    for way in ways:
        view.show_way(way)
        grey = view.grab().toImage().convertToFormat(view.grab().toImage().Format.Format_Grayscale8)
        pictures.add(bytes(grey.constBits()))  # also without its colours
    colour_scheme.apply(qapp, "system")
    assert len(pictures) == len(ways)


@pytest.mark.parametrize("width", [900, 280], ids=["side by side", "below one another"])
def test_every_frame_is_whole(qtbot: QtBot, view: WayView, width: int) -> None:
    view.show_way(way_of_test(outcome(YES, SEEN, RIGHT)))
    drawing = view.findChild(QWidget, "way-drawing")
    assert drawing is not None
    drawing.setParent(None)
    qtbot.addWidget(drawing)
    drawing.resize(width, drawing.heightForWidth(width))
    image = drawing.grab().toImage()
    column = [image.pixelColor(30, y).name() for y in range(image.height())]
    fill, ground = column[4], drawing.palette().color(drawing.backgroundRole()).name()
    assert column[0] not in {fill, ground}
    assert set(column[-3:]) - {fill, ground}, "the last frame ends within"
    assert fill not in column[-2:], "and nothing is cut off"
    assert column[-4] != ground, "nor is there a gap below"


def test_what_is_under_way_moves_only_while_it_is_seen(qtbot: QtBot, view: WayView) -> None:
    view.show_way(under_way(own_stations(Place.RECEIVER, "lab.example")))
    before = view.grab().toImage()
    qtbot.waitUntil(lambda: view.grab().toImage() != before)
    view.hide()
    view.show_way(way_of_test(outcome(YES, SEEN, RIGHT)))


def test_text_from_outside_is_plain(view: WayView) -> None:
    view.show_way(untravelled(own_stations(Place.RECEIVER, "<b>lab</b>\nsecond")))
    assert "<b>lab</b>" in view.accessibleDescription()


def test_a_headline_has_the_mark_of_the_worst(qtbot: QtBot) -> None:
    card = WayCard()
    qtbot.addWidget(card)
    for found, shape, tone in (
        (outcome(YES, SEEN, RIGHT), "check", Tone.GOOD),
        (outcome(YES, UNSEEN), "cross", Tone.BAD),
        (outcome(YES, Lamp(state=State.UNKNOWN, detail="Stopped.")), "question", Tone.UNKNOWN),
    ):
        card.show_way(way_of_test(found))
        assert (card.mark.shape_name, card.headline.tone) == (shape, tone)
    card.show_way(way_of_test(found), "2 of 3 arrived", running="1.4 s so far")
    assert card.headline.text() == "2 of 3 arrived"
    assert not card.running.isHidden()
    card.show_way(way_of_test(found))
    assert card.running.isHidden(), "it is over"
    for way, shape, tone in (
        (under_way(own_stations(Place.QUEUE, "lab")), "clock", Tone.ACCENT),
        (untravelled(own_stations(Place.QUEUE, "lab")), "minus", Tone.PLAIN),
    ):
        card.show_way(way)
        assert (card.mark.shape_name, card.headline.tone) == (shape, tone)
        assert card.headline.text() == way.headline
    lost = way_of_test(outcome(LOST, UNSEEN, why=CLOSED))
    card.show_way(lost, is_past=True)
    assert (card.mark.shape_name, card.headline.tone) == ("minus", Tone.PLAIN)
    assert card.view.reason.isHidden(), "it may be mended by now"
    card.show_way(lost)
    assert not card.view.reason.isHidden()


@pytest.mark.parametrize("width", [1200, 280])
def test_the_station_under_the_pointer_is_told_whole_with_its_reason(view: WayView, width: int) -> None:
    view.resize(width, 600)
    view.show_way(way_of_test(outcome(LOST, UNSEEN, why=CLOSED)))
    QApplication.processEvents()
    drawing = view.findChild(QWidget, "way-drawing")
    assert drawing is not None

    def told(place: QPoint) -> str:
        QApplication.sendEvent(drawing, QHelpEvent(QEvent.Type.ToolTip, place, drawing.mapToGlobal(place)))
        return drawing.toolTip()

    first, last = QPoint(5, 5), QPoint(drawing.width() - 5, drawing.heightForWidth(drawing.width()) - 5)
    assert "Mechanical Turk" in told(first)
    assert "You" in told(last)
    assert told(QPoint(drawing.width() + 50, 5)) == "", "there is no station"
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert ("You" in told(first)) is (width == 1200), "side by side it begins at the right"
