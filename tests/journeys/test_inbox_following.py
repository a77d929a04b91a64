# SPDX-License-Identifier: MIT
"""What the Inbox proposes to follow, and how it is followed, looked through and cleared by keyboard alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from journeys.test_history_changes import set_hit_types
from journeys.test_inbox_accounts import put
from journeys.test_inbox_lists import body
from notification_tester.practice.faults import Faults
from notification_tester.qt.widgets.scroll_page import ScrollPage
from notification_tester.storage.preferences import TEXT_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QLabel
    from pytestqt.qtbot import QtBot

    from journeys.person import Person


def test_where_hit_types_are_set_to_tell_is_proposed_first(person: Person, qtbot: QtBot) -> None:
    """Before what was tested last and did arrive, and that before practice's own; what a person typed stays."""
    opened, session = person.desktop.program.current, person.desktop.program.session
    assert opened is not None
    assert session is not None
    set_place, tested, newer = (session.mend.create_queue(opened, one).text for one in ("study-7", "pilot", "study-8"))
    buttons = person.window.workspace.navigation.buttons
    person.click(buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    assert page.form.destination.text() == person.cloud.details.queue_url
    person.click(buttons["test"])
    person.type_destination(tested)
    assert person.send().is_good
    person.click(buttons["inbox"])
    person.until(lambda: page.form.destination.text() == tested)
    person.click(buttons["test"])
    person.type_destination(set_place)
    set_hit_types(person, 1)
    person.click(buttons["inbox"])
    person.until(lambda: page.form.destination.text() == set_place)
    person.click(page.form.follow)
    person.until(lambda: page.bar.title.text() == "Following study-7")

    person.click(buttons["test"])
    person.type_destination(newer)
    person.click(buttons["inbox"])
    person.click(page.places.other)
    page.form.destination.edit.selectAll()
    QTest.keyClicks(page.form.destination.edit, tested)
    person.click(buttons["test"])
    set_hit_types(person, 1)
    with qtbot.waitSignal(page.controller.proposed):
        person.click(buttons["inbox"])
    assert page.form.destination.text() == tested, "what was typed stays"


@pytest.fixture
def usual_text(person: Person) -> Iterator[None]:
    """The size of text belongs to the whole application: the next test has the usual one again."""
    yield
    person.window.setting_changed.emit(TEXT_SIZE, "100")


@pytest.mark.parametrize("percent", ["100", "200"])
@pytest.mark.usefixtures("usual_text")
def test_in_a_small_window_in_trouble_four_rows_stay_in_sight(person: Person, percent: str) -> None:
    """With the red card above them: what has no room is scrolled to, and nothing is cut or lies over another."""
    person.click(person.window.workspace.navigation.buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    events = ["AssignmentSubmitted", "AssignmentAccepted", "AssignmentApproved", "HITCreated", "HITExpired"]
    for number, event in enumerate(events):
        put(person, person.cloud.details.queue_url, body(f"d{number}", event))
    person.click(page.form.follow)
    person.until(lambda: page.model.rowCount() == 5)
    person.click(page.bar.pause)
    person.until(lambda: not page.controller.is_following)
    person.window.resize(900, 600)
    person.window.setting_changed.emit(TEXT_SIZE, percent)
    person.cloud.set_faults(Faults(denied_actions=("sqs:*",)))
    person.click(page.bar.resume)
    person.until(page.problem.isVisible)
    rows = page.table.verticalHeader().defaultSectionSize()
    person.until(lambda: page.table.viewport().height() >= 4 * rows)
    for label in (page.problem.title, page.problem.detail, page.problem.remedy, page.bar.title):
        person.until(partial(is_whole, label))
    (scrolled,) = [one for one in page.findChildren(ScrollPage) if one.isAncestorOf(page.table)]
    assert scrolled.horizontalScrollBar().maximum() == 0, "not sideways"
    parts = [page.problem, page.bar, page.overview.chips, page.overview.drawing, page.filter, page.table]
    places = [one.mapTo(page, QPoint(0, 0)).y() for one in parts]
    ends = [place + one.height() for place, one in zip(places, parts, strict=True)]
    assert all(end <= begin for end, begin in zip(ends, places[1:], strict=False)), list(zip(places, ends, strict=True))


def is_whole(label: QLabel) -> bool:
    return label.height() >= label.heightForWidth(label.width())
