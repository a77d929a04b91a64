# SPDX-License-Identifier: MIT
"""What of the history is shown: account, place, kind, outcome and day; what is on offer, and what stays chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from notification_tester.qt.history import filter as filter_module
from notification_tester.qt.history.filter import FILTERS, HistoryFilter
from notification_tester.storage.queries import CHANGES, HistoryQuery, Place, Sort
from notification_tester.storage.rows import MEND_KIND, Outcome

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LAB = Place("SQS", "https://sqs.us-east-1.amazonaws.com/123456789012/lab", "sandbox")
OLD, NOW = (Place("SQS", f"http://127.0.0.1:{port}/1/practice-results", "practice") for port in (4001, 4002))
FOUND = [("Practice", NOW), ("Lab", LAB), ("Lab", LAB._replace(environment="production")), ("Practice", OLD)]


@pytest.fixture
def chooser(qtbot: QtBot) -> HistoryFilter:
    made = HistoryFilter()
    qtbot.addWidget(made)
    made.show()
    made.set_choices(FOUND)
    return made


def texts(choice: object) -> list[str]:
    return [choice.itemText(index) for index in range(choice.count())]  # type: ignore[attr-defined]


def test_it_leaves_nothing_out_at_first(chooser: HistoryFilter) -> None:
    assert chooser.query() == HistoryQuery()


def test_it_offers_each_account_with_its_environment_and_each_place_once(chooser: HistoryFilter) -> None:
    assert texts(chooser.account) == ["Every account", "Practice", "Lab (SANDBOX)", "Lab (LIVE)"]
    assert texts(chooser.place) == ["Every place", "practice-results (queue)", "lab (queue)"]


def test_each_choice_narrows_and_one_press_clears_all(chooser: HistoryFilter, qtbot: QtBot) -> None:
    for choice, steps in ((chooser.account, 2), (chooser.place, 1), (chooser.who_sent, 3), (chooser.outcome, 2)):
        for _ in range(steps):
            with qtbot.waitSignal(chooser.changed):
                QTest.keyClick(choice, Qt.Key.Key_Down)
    asked = chooser.query()
    assert (asked.account, asked.place, asked.kind) == (("Lab", "sandbox"), NOW, CHANGES)
    assert asked.outcomes == {Outcome.BAD}
    chooser.clear()
    assert chooser.query() == HistoryQuery()


@pytest.mark.parametrize("found", [FOUND[:1], FOUND[1:3], []], ids=["without it", "it alone", "nothing"])
def test_what_is_chosen_stays_when_others_are_offered(
    chooser: HistoryFilter, found: list[tuple[str, Place]], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(chooser.changed):
        chooser.choose_place(LAB)
    with qtbot.waitSignal(chooser.changed):
        chooser.choose_account("Gone", "sandbox")
    with qtbot.assertNotEmitted(chooser.changed):
        chooser.set_choices(found)
    asked = chooser.query()
    assert (asked.place, asked.account) == (LAB, ("Gone", "sandbox"))
    assert (chooser.place.currentText(), chooser.account.currentText()) == ("lab (queue)", "Gone (SANDBOX)")


@pytest.mark.parametrize("clock", [time(0), time(12), time(23, 59, 59, 999_999)], ids=str)
def test_days_begin_at_midnight_of_this_computer(
    chooser: HistoryFilter, clock: time, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnight = datetime(2026, 1, 31).astimezone()
    now = datetime.combine(midnight.date(), clock).astimezone(UTC)
    monkeypatch.setattr(filter_module, "now_utc", lambda: now)
    spans = []
    for index in range(1, 5):
        chooser.day.setCurrentIndex(index)
        asked = chooser.query()
        spans.append((moment(asked.since), moment(asked.until)))
    today, yesterday, week, month = spans
    assert today == (midnight, None)
    assert yesterday[1] == midnight
    assert yesterday[0] is not None
    assert yesterday[0].date() == midnight.date() - timedelta(days=1)
    assert week[0] is not None
    assert week[0].date() == midnight.date() - timedelta(days=6)
    assert month[0] is not None
    assert month[0].date() == midnight.date() - timedelta(days=29)


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone() if text else None


def test_one_day_is_chosen_in_a_field_that_is_there_only_then(chooser: HistoryFilter, qtbot: QtBot) -> None:
    assert not chooser.one_day.isVisible()
    told: list[HistoryQuery] = []
    chooser.changed.connect(lambda: told.append(chooser.query()))
    chooser.choose_day(date(2026, 2, 10))
    assert len(told) == 1, "nothing is asked of the day that stood there before"
    assert chooser.one_day.isVisible()
    asked = chooser.query()
    since, until = moment(asked.since), moment(asked.until)
    assert since is not None
    assert until is not None
    assert (since.date(), until.date()) == (date(2026, 2, 10), date(2026, 2, 11))
    with qtbot.waitSignal(chooser.changed):
        QTest.keyClick(chooser.one_day, Qt.Key.Key_Up)
    assert chooser.query() != asked


def test_a_list_that_is_open_stays_as_it_is(chooser: HistoryFilter, qtbot: QtBot) -> None:
    for choice in (chooser.account, chooser.place):
        before = texts(choice)
        choice.showPopup()
        qtbot.waitUntil(choice.view().isVisible)
        chooser.set_choices(FOUND[:1])
        assert texts(choice) == before
        choice.hidePopup()
    chooser.set_choices(FOUND[:1])
    assert (texts(chooser.account)[1:], texts(chooser.place)[1:]) == (["Practice"], ["practice-results (queue)"])
    assert NOW.destination in chooser.place.itemData(1, Qt.ItemDataRole.ToolTipRole)


def test_a_change_of_any_kind_is_a_change(chooser: HistoryFilter, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chooser.changed):
        chooser.choose_kind(MEND_KIND)
    with qtbot.waitSignal(chooser.changed):
        chooser.choose_outcome(Outcome.BAD)
    chooser.choose_outcome(FILTERS[0])
    assert chooser.query().outcomes == {FILTERS[0]}
    with qtbot.waitSignal(chooser.changed):
        chooser.set_sort(Sort.SECONDS, True)
    asked = chooser.query()
    assert (asked.kind, asked.sort, asked.is_rising) == (CHANGES, Sort.SECONDS, True)
