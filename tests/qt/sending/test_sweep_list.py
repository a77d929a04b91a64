# SPDX-License-Identifier: MIT
"""A line for each test of one go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State, TestOutcome
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.qt.looks import colour_scheme
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.sending.sweep_list import SweepList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QColor
    from pytestqt.qtbot import QtBot

SPEC = parse_spec(
    transport=Transport.SQS,
    destination="https://sqs.us-east-1.amazonaws.com/123456789012/lab",
    events=[event.value for event in SUBSCRIBABLE],
    version="2006-05-05",
)
YES = Lamp(state=State.YES, detail="It did.", seconds=0.25)
NO = Lamp(state=State.NO, detail="It did not.")


def outcome(event: EventType, *, arrived: Lamp = YES) -> TestOutcome:
    as_expected = YES if arrived is YES else NOT_TRIED
    return TestOutcome(spec=SPEC, event=event, accepted=YES, arrived=arrived, as_expected=as_expected)


@pytest.fixture
def sweep(qapp: QApplication, qtbot: QtBot) -> Iterator[SweepList]:
    shown = SweepList()
    qtbot.addWidget(shown)
    shown.resize(560, 500)
    shown.begin(SUBSCRIBABLE)
    shown.show()
    yield shown
    colour_scheme.apply(qapp, "system")


@pytest.mark.parametrize("width", [300, 420, 560, 900])
def test_every_line_is_in_sight(sweep: SweepList, width: int) -> None:
    sweep.resize(width, 500)
    QApplication.processEvents()
    for event in SUBSCRIBABLE:
        sweep.show_outcomes([outcome(event)])
    sweep.finish([outcome(event) for event in SUBSCRIBABLE])
    QApplication.processEvents()
    assert not sweep.tree.verticalScrollBar().isVisible()
    last = sweep.tree.topLevelItem(len(SUBSCRIBABLE) - 1)
    assert last is not None
    assert sweep.tree.visualItemRect(last).bottom() <= sweep.tree.viewport().rect().bottom()


def test_an_answer_is_in_sight_also_after_the_window_was_made_smaller(qtbot: QtBot) -> None:
    long = {event: f"A message whose name takes more room than there is: {event}" for event in SUBSCRIBABLE}
    sweep = SweepList(title=long.__getitem__, answer=lambda _: "200 OK")
    qtbot.addWidget(sweep)
    sweep.resize(900, 500)
    sweep.show()
    sweep.begin(SUBSCRIBABLE)
    sweep.finish([outcome(event) for event in SUBSCRIBABLE])
    sweep.resize(400, 500)
    QApplication.processEvents()
    header = sweep.tree.header()
    assert header.sectionViewportPosition(4) + header.sectionSize(4) <= sweep.tree.viewport().width()


@pytest.mark.parametrize("width", [312, 900])
def test_each_result_is_whole_however_narrow_it_is(sweep: SweepList, width: int) -> None:
    """The narrow one is as wide as beside the form in a window of 900 by 600."""
    sweep.resize(width, 500)
    refused = replace(outcome(SUBSCRIBABLE[1], arrived=NOT_TRIED), accepted=NO)
    strange = replace(outcome(SUBSCRIBABLE[2]), as_expected=NO)
    unseen = Lamp(state=State.UNKNOWN, detail="")
    lost = replace(outcome(SUBSCRIBABLE[3], arrived=unseen), as_expected=unseen)
    ended = [
        outcome(SUBSCRIBABLE[0]),
        refused,
        strange,
        lost,
        replace(outcome(SUBSCRIBABLE[4], arrived=NO), accepted=unseen),
    ]
    sweep.show_outcomes(ended)
    QApplication.processEvents()
    assert sweep.tree.horizontalScrollBar().maximum() == 0
    header = sweep.tree.header()
    shown = [column for column in range(header.count()) if not header.isSectionHidden(column)]
    words = [[item.text(column) for column in shown] for item in map(sweep.tree.topLevelItem, range(6)) if item]
    if width < 500:
        assert [one[1] for one in words] == [
            "Yes, 0.25 s",
            "Not accepted",
            "Not as expected",
            "Not known",
            "Did not arrive",
            "Waiting",
        ]
    else:
        assert words[1][1:] == ["No", "Waiting", "Waiting"]
    for column in shown:
        assert header.sectionSize(column) >= sweep.tree.sizeHintForColumn(column)


def test_the_first_that_failed_is_chosen(sweep: SweepList, qtbot: QtBot) -> None:
    outcomes = [outcome(event, arrived=NO if number == 3 else YES) for number, event in enumerate(SUBSCRIBABLE)]
    with qtbot.waitSignal(sweep.chosen) as told:
        sweep.finish(outcomes)
    assert told.args == [SUBSCRIBABLE[3]]
    assert sweep.title.text() == f"{len(SUBSCRIBABLE) - 1} of {len(SUBSCRIBABLE)} tests are well"
    item = sweep.tree.topLevelItem(3)
    assert item is not None
    assert [item.text(column) for column in (1, 2, 3)] == ["Yes, 0.25 s", "No", "Waiting"]


def test_what_went_wrong_is_chosen_before_what_is_not_known(sweep: SweepList, qtbot: QtBot) -> None:
    lamps = {2: Lamp(state=State.UNKNOWN, detail="Nobody can tell."), 5: NO}
    with qtbot.waitSignal(sweep.chosen) as told:
        sweep.finish([outcome(event, arrived=lamps.get(number, YES)) for number, event in enumerate(SUBSCRIBABLE)])
    assert told.args == [SUBSCRIBABLE[5]]


def test_all_well(sweep: SweepList) -> None:
    sweep.finish([outcome(event) for event in SUBSCRIBABLE])
    assert sweep.title.text() == f"All {len(SUBSCRIBABLE)} tests are well"


def ink(sweep: SweepList) -> QColor:
    """The strongest colour of the first verdict's shape."""
    item = sweep.tree.topLevelItem(0)
    assert item is not None
    image = item.icon(1).pixmap(16, 16).toImage()
    return max(
        (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())), key=lambda c: c.alpha()
    )


def test_shapes_follow_light_and_dark(qapp: QApplication, sweep: SweepList) -> None:
    sweep.show_outcomes([outcome(SUBSCRIBABLE[0])])
    for scheme in ("dark", "light", "dark", "light"):
        colour_scheme.apply(qapp, scheme)
        QApplication.processEvents()
        wanted = tone_colours(qapp.palette(), Tone.GOOD).text
        assert (ink(sweep).rgb() & 0xFFFFFF) == (wanted.rgb() & 0xFFFFFF), scheme
