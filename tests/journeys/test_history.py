# SPDX-License-Identifier: MIT
"""What was tested is in the history: seen, searched, exported, and repeated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtTest import QTest

from journeys.person import give_file
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.qt.history.model import Column
from notification_tester.storage.rows import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journeys.person import Person
    from notification_tester.storage.places import Places


def test_rows_search_export_and_repeat(person: Person, tmp_path: Path) -> None:
    blocked = person.cloud.details.blocked_queue_url
    person.send()
    person.type_destination(blocked)
    person.send()
    person.click(person.form.choice.button(Transport.SNS.value))
    person.click(person.form.events.boxes[EventType.HIT_DISPOSED])
    person.test_alone(EventType.HIT_DISPOSED)

    page = person.history()
    person.until(lambda: page.model.rowCount() == 3 and page.details.isVisible())
    outcomes = [page.model.row_at(page.model.index(row, 0)) for row in range(3)]
    assert [one.outcome for one in outcomes if one] == [Outcome.GOOD, Outcome.BAD, Outcome.GOOD]
    events = [page.model.index(row, Column.EVENT).data() for row in range(3)]
    assert events == ["HIT disposed", "Assignment submitted", "Assignment submitted"]

    QTest.keyClicks(page.filter.search, blocked.rpartition("/")[2])
    person.until(lambda: page.model.rowCount() == 1 and page.details.isVisible())
    row = page.model.row_at(page.model.index(0, 0))
    assert row is not None
    assert row.destination == blocked
    file = tmp_path / "history.json"
    person.click(page.export)
    give_file(file, person.window)
    person.until(lambda: str(file) in page.note.text)
    (exported,) = json.loads(file.read_text())
    assert exported["destination"] == blocked
    assert person.cloud.details.secret_access_key not in file.read_text()

    person.until(lambda: page.details.row is not None and page.details.row.destination == blocked)
    person.click(page.details.repeat)
    assert person.page.isVisible()
    assert person.form.transport is Transport.SQS
    assert person.form.destination.text() == blocked
    assert person.window.focusWidget() is person.form.send
    person.send()
    assert person.outcome().accepted.state is State.UNKNOWN
    assert person.outcome().arrived.state is State.NO
    page = person.history()
    person.until(lambda: page.model.rowCount() == 2)


def test_a_test_under_way_is_seen_to_end(person: Person) -> None:
    page = person.history()
    person.click(person.window.workspace.navigation.buttons["test"])
    let_go = person.hold_next()
    person.click(person.form.send)
    person.until(person.result.lamps.cancel.isVisible)
    person.history()
    person.until(lambda: page.model.rowCount() == 1)
    row = page.model.row_at(page.model.index(0, 0))
    assert row is not None
    assert row.outcome is Outcome.RUNNING

    def has_ended() -> bool:
        now = page.model.row_at(page.model.index(0, 0))
        return now is not None and now.outcome is Outcome.GOOD

    let_go()
    person.until(has_ended)


def test_history_is_there_at_the_next_start(sit_down: Callable[[], Person], places: Places) -> None:
    person = sit_down()
    person.start()
    person.send()
    again = sit_down()
    again.start()
    page = again.history()
    again.until(lambda: page.model.rowCount() == 1)
    assert places.database.exists()


def test_widths_of_columns_are_remembered(sit_down: Callable[[], Person]) -> None:
    person = sit_down()
    person.start()
    header = person.history().table.horizontalHeader()
    width = header.sectionSize(0) + 37
    header.resizeSection(0, width)
    again = sit_down()
    again.start()
    assert again.history().table.horizontalHeader().sectionSize(0) == width
