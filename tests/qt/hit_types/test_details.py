# SPDX-License-Identifier: MIT
"""All that the record says of one HIT type, in plain words, newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.setting import LedgerLine, LineState, apply, switch
from notification_tester.qt.hit_types.details import MOST_AT_ONCE, HitTypeDetails
from notification_tester.qt.looks.formatting import now_utc
from notification_tester.qt.looks.theme import Card
from qt.hit_type_rows import queue, row

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

REFUSED = Problem(
    title="There is no <b>such</b> HIT type.", detail="It is unknown.", remedy="Look.", code="x", cause=Cause.REFUSED
)


@pytest.fixture
def details(qtbot: QtBot) -> HitTypeDetails:
    made = HitTypeDetails()
    qtbot.addWidget(made)
    made.resize(420, 700)
    made.show()
    return made


def test_a_name_to_be_copied_is_whole_however_little_room_there_is(details: HitTypeDetails) -> None:
    refused = replace(REFUSED, remedy="Have mechanicalturk:UpdateNotificationSettings allowed.", cause=Cause.PERMISSION)
    details.resize(100, 700)
    details.show_row(replace(row(1), problem=refused, line_state=LineState.FAILED))
    QApplication.processEvents()
    (area,) = details.findChildren(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0


def line(number: int, state: LineState, *, imported: bool = False) -> LedgerLine:
    at = now_utc() - timedelta(minutes=number)
    change = apply(row(1).id, queue()) if number % 2 else switch(row(1).id, None, on=False)
    return LedgerLine(
        id=number,
        at=at,
        account="Lab",
        environment="sandbox",
        change=change,
        state=state,
        answered=at if state in {LineState.APPLIED, LineState.FAILED} else None,
        problem=REFUSED if state is LineState.FAILED else None,
        imported=imported,
    )


def words(details: HitTypeDetails) -> list[str]:
    """What each line of the record says that is shown, from top to bottom."""
    QApplication.processEvents()  # Qt shows what was put into a layout in the next turn
    cards = [one for one in details.findChildren(Card) if one is not details.problem and one.isVisible()]
    return [one.accessibleName() for one in cards]


def test_the_record_is_told_newest_first(qtbot: QtBot, details: HitTypeDetails) -> None:
    with qtbot.waitSignal(details.lines_wanted) as asked:
        details.show_row(row(1, spec=queue(), active=True))
    assert asked.args == [row(1).id]
    details.show_lines(
        row(1).id,
        [
            line(1, LineState.APPLIED),
            line(2, LineState.FAILED),
            line(3, LineState.UNKNOWN),
            line(500, LineState.APPLIED, imported=True),
        ],
    )
    told = words(details)
    assert len(told) == 4
    assert not details.no_lines.isVisible()
    assert not details.older.isVisible()
    assert "Applied" in told[0]
    assert "it takes effect by" in told[0]
    assert "Notification switched off" in told[1]
    assert "Not applied. There is no <b>such</b> HIT type." in told[1]
    assert "Not known whether applied" in told[2]
    assert "From an imported record." in told[3]
    assert told[3].endswith("From an imported record. Mechanical Turk took it."), "which holds by now"
    assert not any("imported" in one for one in told[:3])
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in details.findChildren(QLabel) if label.text())


@pytest.mark.parametrize(
    ("state", "why", "said"),
    [
        (LineState.PENDING, None, "Being sent just now."),
        (LineState.NOT_SENT, None, "Not sent: it was stopped before. What was set before still holds."),
        (LineState.FAILED, None, "Not applied. No reason was given."),
        (LineState.UNKNOWN, None, "Not known whether applied: the program ended before the answer came."),
        (LineState.UNKNOWN, REFUSED, "Not known whether applied. There is no <b>such</b> HIT type. It is unknown."),
    ],
)
def test_how_a_change_ended_is_said_in_a_sentence(
    details: HitTypeDetails, state: LineState, why: Problem | None, said: str
) -> None:
    details.show_row(row(1, spec=queue(), active=True))
    details.show_lines(row(1).id, [replace(line(1, state), problem=why)])
    (told,) = words(details)
    assert told.endswith(f". {said}")


def test_the_lines_of_another_row_are_gone_before_its_own_are_read(details: HitTypeDetails) -> None:
    details.show_row(row(1, spec=queue(), active=True))
    assert details.no_lines.isVisible()
    assert details.no_lines.text() == "Reading the record…"
    many = [line(number, LineState.APPLIED) for number in range(MOST_AT_ONCE + 1)]
    details.show_lines(row(1).id, many)
    assert details.older.text() == "Show the older one"
    assert details.older.isVisible()
    details.show_row(row(1, spec=queue(), active=False))
    assert len(words(details)) == MOST_AT_ONCE, "of the same they stay until there are newer ones"
    assert not details.no_lines.isVisible()
    details.show_row(row(2, spec=queue(), active=True))
    assert words(details) == []
    assert not details.older.isVisible()
    assert details.no_lines.text() == "Reading the record…"
    assert details.no_lines.isVisible()


def test_only_what_is_known_of_a_hit_type_has_a_line(details: HitTypeDetails) -> None:
    def known() -> dict[str, str]:
        grid = details.facts
        pairs = [(grid.itemAtPosition(at, 0), grid.itemAtPosition(at, 1)) for at in range(grid.rowCount())]
        labels = [(name.widget(), value.widget()) for name, value in pairs if name and value]
        told = {}
        for name, value in labels:
            assert isinstance(name, QLabel)
            assert isinstance(value, QLabel)
            assert name.isVisible() is value.isVisible() is bool(value.text())
            if name.isVisible():
                told[name.text()] = value.text()
        return told

    details.show_row(row(3, spec=queue(), active=True))
    first = known()
    assert first["Goes to"].startswith("lab-results (queue)")
    assert first["HITs"] == "Assignable: 3\nReviewable: 2"
    assert {"Events", "Version", "Newest HIT", "Reward"} <= set(first)
    assert "Whole title" not in first
    details.show_row(row(4))
    assert not {"Goes to", "Events", "Version"} & set(known()), "nothing of the one before"


def test_nothing_set_from_here_is_not_none(details: HitTypeDetails) -> None:
    details.show_row(row(1))
    details.show_lines(row(1).id, [])
    assert details.no_lines.isVisible()
    assert "does not mean that nothing is set" in details.no_lines.text()
    assert details.state.text() == "Not set from here"


def test_the_record_of_another_row_is_dropped(details: HitTypeDetails) -> None:
    details.show_row(row(1))
    details.show_row(row(2))
    details.show_lines(row(1).id, [line(1, LineState.APPLIED)])
    assert words(details) == []


def test_a_long_record_is_shown_in_parts(details: HitTypeDetails) -> None:
    details.show_row(row(1))
    details.show_lines(row(1).id, [line(number, LineState.APPLIED) for number in range(MOST_AT_ONCE + 7)])
    assert len(words(details)) == MOST_AT_ONCE
    assert details.older.text() == "Show 7 older ones"
    QTest.mouseClick(details.older, Qt.MouseButton.LeftButton)
    assert len(words(details)) == MOST_AT_ONCE + 7
    assert not details.older.isVisible()


def test_a_failed_change_shows_its_problem_and_the_id_can_be_copied(details: HitTypeDetails) -> None:
    details.show_row(replace(row(1, line_state=LineState.FAILED), problem=REFUSED))
    assert details.problem.isVisible()
    assert "What was set before still holds." in details.meaning.text()
    QTest.mouseClick(details.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == row(1).id
    details.show_row(row(2))
    assert not details.problem.isVisible()
    details.show_row(replace(row(3, line_state=LineState.APPLIED), problem=REFUSED))
    assert not details.problem.isVisible(), "it went well since"


ROWS = {
    "cross": row(1, spec=queue(), active=True, line_state=LineState.FAILED),
    "question": row(1, spec=queue(), active=True, line_state=LineState.UNKNOWN),
    "clock": row(1, spec=queue(), active=True, line_state=LineState.PENDING),
    "check": row(1, spec=queue(), active=True),
    "minus": row(1, spec=queue(), active=False),
}


@pytest.mark.parametrize("shape", ROWS)
def test_the_mark_beside_the_title_is_that_of_its_row(details: HitTypeDetails, shape: str) -> None:
    """Whatever was shown before it."""
    details.show_row(ROWS["cross" if shape == "check" else "check"])
    details.show_row(ROWS[shape])
    assert (details.mark.isVisible(), details.mark.shape_name) == (True, shape)


def test_a_hit_type_leads_to_what_the_inbox_and_the_history_have_of_it(qtbot: QtBot, details: HitTypeDetails) -> None:
    details.show_row(row(1, spec=queue(), active=True))
    with qtbot.waitSignal(details.inbox_requested) as told:
        QTest.mouseClick(details.inbox_link, Qt.MouseButton.LeftButton)
    assert told.args == [row(1).id]
    with qtbot.waitSignal(details.history_requested) as told:
        QTest.keyClick(details.history_link, Qt.Key.Key_Space)
    assert told.args == [queue().destination.text]
    details.show_row(row(2))
    with qtbot.waitSignal(details.history_requested) as told:
        QTest.mouseClick(details.history_link, Qt.MouseButton.LeftButton)
    assert told.args == [row(2).id]


@pytest.mark.parametrize("title", ["A long title, " * 70, "x" * 1000], ids=["words", "one word"])
def test_a_title_of_any_size_is_whole_and_makes_nothing_wider(details: HitTypeDetails, title: str) -> None:
    details.show_row(row(1, title="Short"))
    QApplication.processEvents()
    usual = details.copy.geometry()
    details.show_row(row(1, title=title))
    QApplication.processEvents()
    said = [one.text() for one in details.findChildren(QLabel) if one.isVisible()]
    assert title.strip() in said
    assert len(details.title.text()) < 400
    assert details.title.width() + details.close_link.width() <= details.width()
    assert details.copy.x() == usual.x()
    assert details.minimumSizeHint().width() <= details.minimumWidth()
