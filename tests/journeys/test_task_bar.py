# SPDX-License-Identifier: MIT
"""What a dock of Linux hears on the session bus while tests and changes are under way, until nothing is any more."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from conftest import SESSION_BUS
from journeys.test_hit_types import HitTypesUser
from notification_tester.domain.events import EventType
from notification_tester.practice.faults import Faults
from notification_tester.qt.app.task_bar import TaskBar
from notification_tester.qt.hit_types.view import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from journeys.person import Person

jeepney = pytest.importorskip("jeepney", reason="docks with a bus are those of Linux")
blocking = pytest.importorskip("jeepney.io.blocking", reason="docks with a bus are those of Linux")

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon")


class Dock:
    """Listens as a dock does; notes per cent, and None where a bar is to go."""

    def __init__(self) -> None:
        self.heard: list[int | None] = []
        self.programs: set[str] = set()
        self._is_over = threading.Event()
        self._connection = blocking.open_dbus_connection(f"unix:path={SESSION_BUS}")
        rule = jeepney.MatchRule(type="signal", interface="com.canonical.Unity.LauncherEntry", member="Update")
        self._connection.send_and_get_reply(jeepney.message_bus.AddMatch(rule))
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while not self._is_over.is_set():
            with suppress(TimeoutError):
                message = self._connection.receive(timeout=0.05)
                if message.header.message_type is jeepney.MessageType.signal and len(message.body) == 2:
                    self._take(*message.body)

    def _take(self, program: str, properties: dict[str, tuple[str, Any]]) -> None:
        assert {key: kind for key, (kind, _) in properties.items()} == {"progress": "d", "progress-visible": "b"}
        self.programs.add(program)
        is_visible = properties["progress-visible"][1]
        self.heard.append(round(100 * properties["progress"][1]) if is_visible else None)

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
        self._connection.close()


@pytest.fixture
def dock() -> Iterator[Dock]:
    """A session bus, and somebody who listens on it."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:path={SESSION_BUS}"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline()
        made = Dock()
        yield made
        made.close()
        daemon.terminate()
    SESSION_BUS.unlink(missing_ok=True)


def rises_and_goes(heard: list[int | None]) -> bool:
    """Whether a bar rose and went."""
    *shown, last = heard
    return last is None and len(shown) > 1 and shown == sorted(one for one in shown if one is not None)


def test_what_is_under_way_at_once_shares_one_bar(qapp: QApplication, qtbot: QtBot, dock: Dock) -> None:
    qapp.setDesktopFileName("mturk-notification-tester")
    window = QWidget()
    qtbot.addWidget(window)
    bar = TaskBar(window)
    bar.clear("test")  # of one event: nothing was shown
    bar.show("test", 0.0)
    bar.show("test", 0.5)
    bar.show("test", 0.501)  # not to be seen
    bar.show("changes", 0.1)
    bar.clear("test")
    bar.clear("changes")
    bar.show("changes", 1.0)  # another run
    bar.clear("changes")
    qtbot.waitUntil(lambda: len(dock.heard) == 7)
    assert dock.heard == [0, 50, 30, 10, None, 100, None]
    assert dock.programs == {"application://mturk-notification-tester.desktop"}


def test_a_test_of_several_events_is_seen_and_one_of_a_single_event_is_not(person: Person, dock: Dock) -> None:
    person.test_alone(EventType.HIT_EXPIRED)
    for box in person.form.events.boxes.values():
        box.setChecked(True)
    person.send()
    person.until(lambda: dock.heard[-1:] == [None])
    assert rises_and_goes(dock.heard), dock.heard
    assert dock.heard[-2] == 100


def test_no_bar_stays_of_a_test_that_was_cancelled(person: Person, dock: Dock) -> None:
    for box in person.form.events.boxes.values():
        box.setChecked(True)
    person.cloud.set_faults(Faults(lose_next=1))
    person.click(person.form.send)
    person.until(lambda: len(dock.heard) > 1)  # Cancel stands only where the event in sight is the one that was lost
    assert dock.heard[-1] is not None
    QTest.keyClick(person.page, Qt.Key.Key_Escape)
    person.until(lambda: dock.heard[-1:] == [None])
    assert rises_and_goes(dock.heard), dock.heard


def test_changes_are_seen_and_no_bar_stays_of_those_that_were_cancelled_or_failed(person: Person, dock: Dock) -> None:
    user = HitTypesUser(person).go().choose(4)
    user.send(user.press(Command.APPLY))
    person.until(lambda: dock.heard[-2:] == [100, None])

    dock.heard.clear()
    dialog = user.press(Command.OFF)
    person.cloud.set_faults(Faults(denied_actions=("mechanicalturk:UpdateNotificationSettings",)))
    user.send(dialog)
    person.until(lambda: dock.heard[-1:] == [None])
    assert len(dock.heard) > 1

    dock.heard.clear()
    person.cloud.set_faults(Faults())
    person.cloud.add_hits(hits=30, hit_types=30)
    person.click(user.page.view.refresh)
    user.settle()
    person.click(user.page.view.buttons.all_shown)
    dialog = user.press(Command.APPLY)
    person.cloud.set_faults(Faults(slow_seconds=1))
    person.click(dialog.go)
    person.until(lambda: bool(dock.heard))
    person.click(user.page.view.panel.cancel)
    person.until(lambda: dock.heard[-1:] == [None])
    assert rises_and_goes(dock.heard), dock.heard
    assert dock.heard[-2] is not None
    assert dock.heard[-2] < 100
