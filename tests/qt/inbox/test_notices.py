# SPDX-License-Identifier: MIT
"""Desktop notifications: only where there is a place for them, only if wished, and never one for each message."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from notification_tester.domain.messages.message import decode
from notification_tester.qt.inbox import notices as inbox_notices
from notification_tester.qt.inbox.bar import InboxBar
from notification_tester.qt.inbox.desk import Arrived
from notification_tester.qt.inbox.notices import InboxNotices
from notification_tester.qt.widgets.icons import application_icon
from notification_tester.storage.inbox_rows import InboxMessage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def arrived(count: int) -> Arrived:
    raw = json.dumps({"EventDocId": "d", "Events": [{"EventType": "HITCreated"}]})
    now = datetime(2026, 1, 31, tzinfo=UTC)
    newest = InboxMessage(message_id="m", seen_at=now, sent_at=now, decoded=decode(raw), raw=raw)
    return Arrived(count=count, newest=newest)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    monkeypatch.setattr(inbox_notices, "are_available", lambda: True)
    monkeypatch.setattr(inbox_notices, "PAUSE", 50)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _: None)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _, title, text, *__: lines.append((title, text)))
    return lines


def test_the_first_at_once_and_the_others_together(said: list[tuple[str, str]], qtbot: QtBot) -> None:
    notices = InboxNotices()
    notices.set_on(True)
    for _ in range(100):
        notices.arrived(arrived(3))
    assert said == [("3 notifications arrived", "The newest: HIT created")]
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1][0] == "297 notifications arrived"


def test_one_is_named(said: list[tuple[str, str]]) -> None:
    notices = InboxNotices()
    notices.set_on(True)
    notices.arrived(arrived(1))
    assert said == [("A notification arrived", "HIT created")]


def test_nothing_is_said_unasked(said: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    notices = InboxNotices()
    notices.arrived(arrived(1))
    monkeypatch.setattr(inbox_notices, "are_available", lambda: False)
    notices.set_on(True)
    notices.arrived(arrived(1))
    assert said == []
    assert not notices.is_on


def test_where_there_is_no_place_for_them_that_is_said(qtbot: QtBot) -> None:
    """Nothing is replaced here: the platform of the tests is one without such a place."""
    assert not inbox_notices.are_available()
    bar = InboxBar()
    qtbot.addWidget(bar)
    bar.set_notices(available=inbox_notices.are_available(), on=True)
    assert not bar.notices.isEnabled()
    assert not bar.notices.isChecked()
    assert "no place" in bar.notices.toolTip()
    notices = InboxNotices()
    notices.set_on(True)
    notices.arrived(arrived(3))
    notices.rest()
    assert not notices.is_on


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # what the platform of the tests says of any such icon
def test_a_place_that_went_away_since_is_no_trouble(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The icon and the message are real, with nowhere to go."""
    QApplication.setWindowIcon(application_icon())
    with monkeypatch.context() as there:
        there.setattr(inbox_notices, "are_available", lambda: True)
        notices = InboxNotices()
        notices.set_on(True)
    notices.arrived(arrived(3))
    notices.arrived(arrived(2))
    notices.rest()
    notices.arrived(arrived(1))
    assert notices.is_on
