# SPDX-License-Identifier: MIT
"""The self-check: it fails where something fails, leaves nothing behind, and takes its picture when all is in place."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QWidget

from journeys.person import end
from notification_tester.domain.destination import Transport
from notification_tester.practice.faults import Faults
from notification_tester.qt.app import self_check

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from journeys.person import Person

CHILD = """
import sys
from PySide6.QtWidgets import QApplication
from notification_tester.qt.looks import icons
from notification_tester.qt.app import self_check
if {spoil!r} == "icons":
    icons.names = lambda: iter(["no-such-drawing"])
if {spoil!r} == "practice":
    from notification_tester.practice import cloud
    cloud.practice_command = lambda *_, **__: [sys.executable, "-c", "raise SystemExit(3)"]
code = self_check.self_check()
print("in sight:", sum(one.isVisible() for one in QApplication.topLevelWidgets()))
sys.exit(code)
"""


def run(home: Path, spoil: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD.format(spoil=spoil)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


def test_all_is_well_and_no_window_stays(tmp_path: Path) -> None:
    ran = run(tmp_path, "")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "FAILED" not in ran.stdout
    assert "All is well." in ran.stdout
    assert "in sight: 0" in ran.stdout


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        ("icons", "FAILED    icons are drawn: no-such-drawing"),
        ("practice", "FAILED    practice cloud starts: "),
    ],
)
def test_what_does_not_work_fails_it(tmp_path: Path, spoil: str, line: str) -> None:
    ran = run(tmp_path, spoil)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert line in ran.stdout
    assert "All is well." not in ran.stdout
    assert "in sight: 0" in ran.stdout


def test_a_test_that_is_not_green_fails_its_line(person: Person) -> None:
    send = self_check._send_check(person.desktop, Transport.SQS)
    assert send().endswith(" s")
    person.cloud.set_faults(Faults(access_denied=True))
    with pytest.raises(self_check.CheckFailedError):
        send()


def test_what_still_runs_is_found(person: Person) -> None:
    with pytest.raises(self_check.CheckFailedError):
        self_check._nothing_left(person.desktop)
    assert end(person.desktop)
    assert self_check._nothing_left(person.desktop) == ""


def test_what_never_happens_fails(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_check, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(self_check.CheckFailedError):
        self_check.wait_for(lambda: None, person.page.test_finished)


class Restless(QWidget):
    """Is laid out in several turns, as a page is."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.resize(200, 100)
        self._left = turns
        self._words = QLabel("0", self)
        self._turn = QTimer(self, interval=60)
        self._turn.timeout.connect(self._step)
        self._turn.start()

    def _step(self) -> None:
        self._left -= 1
        self._words.setText(str(self._left))
        self._words.adjustSize()
        if not self._left:
            self._turn.stop()


def test_the_picture_is_taken_when_all_is_in_place(qtbot: QtBot) -> None:
    window = Restless(8)
    qtbot.addWidget(window)
    window.show()
    picture = self_check.painted(window)
    assert window._left == 0
    assert picture == window.grab().toImage()


def test_a_busy_moment_is_not_taken_for_rest(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = Restless(8)
    qtbot.addWidget(window)
    window.show()
    busy = QTimer(window, interval=0)
    busy.timeout.connect(lambda: time.sleep(0.19))  # both timers are late then, each by another time
    busy.start()
    self_check.painted(window)
    assert window._left == 0


def test_a_window_that_never_rests_has_its_picture_taken(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_check, "RESTLESS_SECONDS", 0.5)
    window = Restless(1_000_000)
    qtbot.addWidget(window)
    window.show()
    assert not self_check.painted(window).isNull()
