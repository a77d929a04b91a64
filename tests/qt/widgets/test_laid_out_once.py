# SPDX-License-Identifier: MIT
"""Parts that are shown together are laid out together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from notification_tester.domain.delivery import Lamp, State, TestOutcome
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.messages.message import decode
from notification_tester.domain.notification import parse_spec
from notification_tester.qt.sending.result_view import ResultView
from notification_tester.qt.widgets.laid_out_once import laid_out_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect
    from pytestqt.qtbot import QtBot


class Counted(QVBoxLayout):
    """Knows how often it was laid out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.times = 0

    def setGeometry(self, rect: QRect) -> None:
        self.times += 1
        super().setGeometry(rect)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A window that is shown, and ten parts in it that are not."""
    window = QWidget()
    qtbot.addWidget(window)
    layout = Counted(window)
    for number in range(10):
        part = QLabel(str(number), window)
        part.hide()
        layout.addWidget(part)
    window.resize(200, 400)
    window.show()
    qtbot.waitExposed(window)
    layout.activate()
    layout.times = 0
    return window


def counted(window: QWidget) -> Counted:
    layout = window.layout()
    assert isinstance(layout, Counted)
    assert layout.isEnabled()
    return layout


def show_all(window: QWidget, then: Callable[[], object] = lambda: None) -> list[QLabel]:
    parts = window.findChildren(QLabel)
    with laid_out_once(window), laid_out_once(window):
        for part in parts:
            part.show()
        then()
    return parts


def test_each_part_alone_costs_a_layout(window: QWidget) -> None:
    for part in window.findChildren(QLabel):
        part.show()
    assert counted(window).times >= 10


def test_all_together_cost_one_and_have_their_places(window: QWidget) -> None:
    tops = [part.y() for part in show_all(window)]
    assert counted(window).times == 1
    assert tops == sorted(set(tops))


def test_it_is_laid_out_though_something_went_wrong(window: QWidget) -> None:
    with pytest.raises(ValueError, match="odd"):
        show_all(window, lambda: int("odd"))
    assert counted(window).times == 1


def test_what_has_no_layout_is_left_as_it_is(qtbot: QtBot) -> None:
    alone = QWidget()
    qtbot.addWidget(alone)
    with laid_out_once(alone):
        alone.show()
    assert alone.isVisible()


def test_a_test_that_begins_or_ends_lays_its_page_out_no_more_than_once(qtbot: QtBot) -> None:
    """Lamps, seconds, what arrived and what can be done with it come together."""
    page = QWidget()
    qtbot.addWidget(page)
    layout = Counted(page)
    result = ResultView(as_aws_cli=lambda _: "", as_python=lambda _: "")
    layout.addWidget(result)
    page.resize(500, 900)
    page.show()
    qtbot.waitExposed(page)
    assert result.message.isHidden()
    raw = '{"Events": [{"EventType": "HITReviewable", "HITTypeId": "3T", "HITId": "3H"}]}'
    event, address = EventType.HIT_REVIEWABLE, "https://sqs.us-east-1.amazonaws.com/123456789012/lab"
    spec = parse_spec(transport=Transport.SQS, destination=address, events=[event])
    good = Lamp(state=State.YES, detail="Seen.", seconds=0.5)
    ended = TestOutcome(
        spec=spec, event=event, accepted=good, arrived=good, as_expected=good, message=decode(raw), raw=raw
    )
    for step in (partial(result.begin, [event]), partial(result.finish, [ended])):
        layout.activate()
        layout.times = 0
        step()
        assert layout.times <= 1
    assert result.message.isVisible()
    assert result.lamps.isVisible()
