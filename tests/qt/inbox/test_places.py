# SPDX-License-Identifier: MIT
"""The places at the left: what is told of each, which is chosen, and what is asked of it."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.inbox.controller import Following, OpenedPlace
from notification_tester.qt.inbox.places import InboxPlaces
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.services.inbox.reading import FollowNews
from notification_tester.storage.inbox import Inbox
from storage.test_inbox import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.inbox.listening import Place

QUEUE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/lab")
OPENED = OpenedPlace(name="Opened messages")
TROUBLE = Problem(title="Away.", detail="So.", remedy="Look.", code="x", cause=Cause.DESTINATION)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as made:
        yield made


@pytest.fixture
def places(qtbot: QtBot) -> InboxPlaces:
    places = InboxPlaces()
    qtbot.addWidget(places)
    return places


def following(inbox: Inbox, place: Place | OpenedPlace, *, is_live: bool = False) -> Following:
    made = Following(cast("OpenAccount", None), place, inbox, since_now=False)  # nothing is asked of the account
    made.stop = threading.Event() if is_live else None
    return made


def spoken(places: InboxPlaces) -> list[str]:
    model = places.list.model()
    return [str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(model.rowCount())]


def test_how_following_goes_is_told_of_each(places: InboxPlaces, inbox: Inbox) -> None:
    queue, files = following(inbox, QUEUE, is_live=True), following(inbox, OPENED)

    def told() -> str:
        places.show_places([queue, files], queue, is_open=True)
        said, others = spoken(places)
        assert others.endswith("opened from files")
        tip = str(places.list.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole))
        assert said.partition(", ")[2] in tip
        return said

    assert told() == "lab, 0 messages, followed now"
    inbox.keep([message("one", "one")])
    assert told() == "lab, 1 message, followed now"
    news = FollowNews()
    for trouble in (replace(news, trouble=TROUBLE), replace(news, is_full=True)):
        queue.news = trouble
        assert told() == "lab, 1 message, followed, with trouble"
        queue.news = news
        assert told() == "lab, 1 message, followed now"
    assert queue.stop is not None
    queue.stop.set()
    assert told() == "lab, 1 message, paused", "it is being given back"
    queue.stop = None
    assert told() == "lab, 1 message, paused"


def test_what_a_person_chooses_is_told_and_what_is_shown_is_not(places: InboxPlaces, inbox: Inbox) -> None:
    first, second, third = (following(inbox, place) for place in (QUEUE, ReceiverPlace(), OPENED))
    chosen: list[object] = []
    places.chosen.connect(chosen.append)
    places.show_places([first, second, third], second, is_open=True)
    assert places.list.shown() is second
    places.show_places([first, second, third], None, is_open=True)
    assert places.list.shown() is None
    assert not places.list.selectedIndexes()
    places.show_places([first, second, third], first, is_open=True)
    assert places.list.shown() is first
    places.show_places([second, third], third, is_open=True)
    assert [one.partition(",")[0] for one in spoken(places)] == [second.destination.name, "Opened messages"]
    assert places.list.shown() is third
    assert chosen == []
    QTest.keyClick(places.list, Qt.Key.Key_Home)
    assert chosen == [second]
    places.show_places([], None, is_open=True)
    assert spoken(places) == []
    assert chosen == [second]


def test_what_is_asked_of_the_list_that_is_shown(places: InboxPlaces, inbox: Inbox, qtbot: QtBot) -> None:
    queue = following(inbox, QUEUE)
    cleared: list[object] = []
    places.clear_requested.connect(cleared.append)
    places.show_places([queue], None, is_open=False)
    assert not places.clear.isVisibleTo(places)
    assert places.list.isVisibleTo(places)
    buttons = (places.other, places.open, places.paste)
    assert [one.isEnabled() for one in buttons] == [False] * 3
    places.clear.click()
    assert cleared == []
    places.show_places([queue], queue, is_open=True)
    assert places.clear.isVisibleTo(places)
    places.clear.click()
    assert cleared == [queue]
    signals = (places.other_requested, places.open_requested, places.paste_requested)
    for button, signal in zip(buttons, signals, strict=True):
        with qtbot.waitSignal(signal):
            button.click()
    places.show_places([], None, is_open=True)
    assert not places.clear.isVisibleTo(places)
    assert not places.list.isVisibleTo(places)


def test_every_letter_of_its_buttons_has_room(places: InboxPlaces, inbox: Inbox) -> None:
    buttons = (places.other, places.open, places.paste, places.clear)
    for page_width in (100, 900, 4000):
        places.fit(page_width)
        assert places.width() >= max(one.sizeHint().width() for one in buttons)
    wide = places.width()
    places.fit(100)
    assert places.width() <= wide


def colours(image: QImage, first: int, last: int) -> Counter[int]:
    """Of the points between two columns."""
    return Counter(image.pixel(x, y) for x in range(first, last) for y in range(image.height()))


def line(places: InboxPlaces, number: int) -> QImage:
    """How a place is drawn."""
    return places.list.viewport().grab(places.list.visualRect(places.list.model().index(number, 0))).toImage()


def test_each_state_is_drawn_otherwise_with_name_and_count_at_their_ends(places: InboxPlaces, inbox: Inbox) -> None:
    queue, other = following(inbox, QUEUE, is_live=True), following(inbox, OPENED)
    inbox.keep([message("one", "one")])
    places.resize(300, 400)
    places.show()
    places.list.clearFocus()
    size, green = places.fontMetrics().height(), tone_colours(places.palette(), Tone.GOOD).text.rgb()

    def drawn(*, trouble: Problem | None = None) -> QImage:
        queue.news = replace(FollowNews(), trouble=trouble)
        places.show_places([queue, other], other, is_open=True)
        return line(places, 0)

    live = drawn()
    mark = 8 + size
    assert colours(live, 0, mark)[green] > size * size // 8, "a filled dot"
    trouble = drawn(trouble=TROUBLE)
    assert queue.stop is not None
    queue.stop.set()
    paused = drawn()
    assert len({bytes(one.constBits()) for one in (live, trouble, paused)}) == 3
    assert colours(trouble, 0, mark)[green] == colours(paused, 0, mark)[green] == 0
    ground = live.pixel(2, 2)
    wide = live.width()
    named = range(mark + 8, mark + 8 + places.fontMetrics().horizontalAdvance("lab"))
    counted = range(wide - 8 - places.fontMetrics().horizontalAdvance("1"), wide - 7)
    for part in (named, counted):
        assert len(colours(live, part.start, part.stop)) > 1
    assert set(colours(live, named.stop + 2, counted.start - 2)) == {ground}
    places.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    turned = drawn()
    assert len(colours(turned, wide - mark, wide)) > 1
    assert len(colours(turned, 8, 8 + len(counted))) > 1
    chosen = line(places, 1)
    assert chosen.pixel(wide // 2, chosen.height() // 2) != ground
    assert len(colours(chosen, wide - mark, wide)) > 1
