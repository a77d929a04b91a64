# SPDX-License-Identifier: MIT
"""Desktop notifications: only where there is a place for them, only if wished, and never one for each message."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from notification_tester.domain.messages.message import decode
from notification_tester.qt.inbox import notifications
from notification_tester.qt.inbox.controller import Arrived
from notification_tester.qt.inbox.form import InboxBar
from notification_tester.qt.inbox.notifications import DesktopNotifications
from notification_tester.qt.looks.icons import application_icon
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
    monkeypatch.setattr(notifications, "are_available", lambda: True)
    monkeypatch.setattr(notifications, "PAUSE", 50)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _: None)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _, title, text, *__: lines.append((title, text)))
    return lines


def test_the_first_at_once_and_the_others_together(said: list[tuple[str, str]], qtbot: QtBot) -> None:
    shown = DesktopNotifications()
    shown.set_on(True)
    for _ in range(100):
        shown.arrived(arrived(3))
    assert said == [("3 notifications arrived", "The newest: HIT created")]
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1][0] == "297 notifications arrived"


def test_what_waits_goes_with_the_account_and_with_the_wish(
    said: list[tuple[str, str]], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden: list[str] = []
    monkeypatch.setattr(QSystemTrayIcon, "hide", lambda _: hidden.append("it"))
    shown = DesktopNotifications()
    shown.set_on(True)
    for end in (shown.rest, lambda: shown.set_on(False)):
        shown.arrived(arrived(1))
        shown.arrived(arrived(7))
        end()
        assert len(hidden) == 1, "its icon is away"
        hidden.clear()
        shown.set_on(True)
        shown.arrived(arrived(1))  # at once: no pause goes on
        assert said == [("A notification arrived", "HIT created")] * 2
        said.clear()
        shown.rest()
        hidden.clear()
    assert shown.is_on


def test_a_press_comes_to_the_program(said: list[tuple[str, str]], qtbot: QtBot) -> None:
    shown = DesktopNotifications()
    shown.set_on(True)
    shown.arrived(arrived(1))
    assert said
    (tray,) = shown.findChildren(QSystemTrayIcon)
    with qtbot.waitSignal(shown.pressed):
        tray.messageClicked.emit()
    with qtbot.waitSignal(shown.pressed):
        tray.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)


def test_one_is_named(said: list[tuple[str, str]]) -> None:
    shown = DesktopNotifications()
    shown.set_on(True)
    shown.arrived(arrived(1))
    assert said == [("A notification arrived", "HIT created")]


def test_nothing_is_said_unasked(said: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    shown = DesktopNotifications()
    shown.arrived(arrived(1))
    monkeypatch.setattr(notifications, "are_available", lambda: False)
    shown.set_on(True)
    shown.arrived(arrived(1))
    assert said == []
    assert not shown.is_on


def test_where_there_is_no_place_for_them_that_is_said(qtbot: QtBot) -> None:
    """Nothing is replaced here: the platform of the tests is one without such a place."""
    assert not notifications.are_available()
    bar = InboxBar()
    qtbot.addWidget(bar)
    bar.set_notifications(why_not=notifications.why_not(), on=True)
    assert not bar.notifications.isEnabled()
    assert not bar.notifications.isChecked()
    assert "no place" in bar.notifications.toolTip()
    assert "not on this system" in bar.notifications.text()
    shown = DesktopNotifications()
    shown.set_on(True)
    shown.arrived(arrived(3))
    shown.rest()
    assert not shown.is_on


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # what the platform of the tests says of any such icon
def test_a_place_that_went_away_since_is_no_trouble(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The icon and the message are real, with nowhere to go."""
    QApplication.setWindowIcon(application_icon())
    with monkeypatch.context() as there:
        there.setattr(notifications, "are_available", lambda: True)
        shown = DesktopNotifications()
        shown.set_on(True)
    shown.arrived(arrived(3))
    shown.arrived(arrived(2))
    shown.rest()
    shown.arrived(arrived(1))
    assert shown.is_on
