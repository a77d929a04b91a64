# SPDX-License-Identifier: MIT
"""A desktop notification when something arrives, where the system has a place for it and the person wishes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from notification_tester.domain.events import EventType
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.notification.names import name_of

if TYPE_CHECKING:
    from notification_tester.qt.inbox.controller import Arrived

PAUSE = 5_000
"""Milliseconds between two notifications; what arrives meanwhile is in the next."""


_KNOWN = frozenset(event.value for event in EventType)


def are_available() -> bool:
    """Whether the system can show them."""
    return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()


def why_not() -> str:
    """Why the system cannot show them; empty where it can."""
    if are_available():
        return ""
    return QCoreApplication.translate("Inbox", "This system has no place on the desktop where programs can notify.")


class DesktopNotifications(QObject):
    """Says what arrived; emits ``pressed`` when a person clicks the notification."""

    pressed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = False
        self._tray: QSystemTrayIcon | None = None
        self._waiting: Arrived | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._say)

    def set_on(self, on: bool) -> None:
        """Wish for notifications, or do without."""
        self.is_on = on and are_available()
        if not self.is_on:
            self.rest()

    def arrived(self, arrived: Arrived) -> None:
        """Something arrived: say so now, or with the next notification."""
        if not self.is_on:
            return
        before = 0 if self._waiting is None else self._waiting.count
        self._waiting = replace(arrived, count=before + arrived.count)
        if not self._pause.isActive():
            self._say()

    def rest(self) -> None:
        """Nothing is followed any more: take the icon away."""
        self._pause.stop()
        self._waiting = None
        if self._tray is not None:
            self._tray.hide()

    def _say(self) -> None:
        if self._waiting is None:
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.messageClicked.connect(self.pressed)
            self._tray.activated.connect(lambda _: self.pressed.emit())
        self._tray.show()
        title, text = texts(self._waiting)
        self._tray.showMessage(title, text, QApplication.windowIcon())
        self._waiting = None
        self._pause.start()


def texts(arrived: Arrived) -> tuple[str, str]:
    """Title and text of a notification.

    Desktops take markup in them, each in its own way: only words of ours are handed over.
    """
    translate = QCoreApplication.translate
    one, many = translate("Inbox", "A notification arrived"), translate("Inbox", "{count} notifications arrived")
    events = arrived.newest.decoded.events
    event = name_of(events[0].event_type) if events and events[0].event_type in _KNOWN else ""
    if event and arrived.count > 1:
        event = translate("Inbox", "The newest: {event}").format(event=event)
    return count_text(arrived.count, one, many), event
