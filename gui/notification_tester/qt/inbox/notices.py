# SPDX-License-Identifier: MIT
"""A desktop notification when something arrives, where the system has a place for it and the person wishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from notification_tester.domain.events import EventType
from notification_tester.qt.notification.words import name_of
from notification_tester.qt.widgets.formatting import count_text

if TYPE_CHECKING:
    from notification_tester.qt.inbox.desk import Arrived

PAUSE = 5_000
"""Milliseconds between two notifications; what arrives meanwhile is in the next."""


_KNOWN = frozenset(event.value for event in EventType)


def are_available() -> bool:
    """Whether the system can show them."""
    return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()


class InboxNotices(QObject):
    """Says what arrived; emits ``pressed`` when a person clicks the notification."""

    pressed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = False
        self._tray: QSystemTrayIcon | None = None
        self._waiting = 0
        self._newest = ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._say)

    def set_on(self, on: bool) -> None:
        """Wish for notifications, or do without."""
        self.is_on = on and are_available()
        if not self.is_on:
            self.rest()

    def arrived(self, news: Arrived) -> None:
        """Something arrived: say so now, or with the next notification."""
        if not self.is_on:
            return
        self._waiting += news.count
        events = news.newest.decoded.events
        # Desktops take markup in it, each in its own way: only words of ours are handed to them.
        self._newest = name_of(events[0].event_type) if events and events[0].event_type in _KNOWN else ""
        if not self._pause.isActive():
            self._say()

    def rest(self) -> None:
        """Nothing is followed any more: take the icon away."""
        self._pause.stop()
        self._waiting = 0
        if self._tray is not None:
            self._tray.hide()

    def words(self) -> tuple[str, str]:
        """Title and text of the next notification."""
        if self._waiting == 1:
            return self.tr("A notification arrived"), self._newest
        title = count_text(self._waiting, self.tr("A notification arrived"), self.tr("{count} notifications arrived"))
        return title, self.tr("The newest: {event}").format(event=self._newest) if self._newest else ""

    def _say(self) -> None:
        if not self._waiting:
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.messageClicked.connect(self.pressed)
            self._tray.activated.connect(lambda _: self.pressed.emit())
        self._tray.show()
        title, text = self.words()
        self._tray.showMessage(title, text, QApplication.windowIcon())
        self._waiting = 0
        self._pause.start()
