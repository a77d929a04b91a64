# SPDX-License-Identifier: MIT
"""The menu bar that macOS has, by roles and keys: how it looks there has not been seen."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from notification_tester import qt
from notification_tester.qt.app import main_window
from notification_tester.qt.looks.formatting import keys_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMainWindow
    from pytestqt.qtbot import QtBot

    from journeys.person import Person

_ROLE = QAction.MenuRole


@pytest.fixture
def window(sit_down: Callable[[], Person], monkeypatch: pytest.MonkeyPatch) -> QMainWindow:
    monkeypatch.setattr(main_window, "sys", SimpleNamespace(platform="darwin"))
    return sit_down().window


def menus(window: QMainWindow) -> dict[str, list[QAction]]:
    found = {}
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        found[action.text().replace("&", "")] = menu.actions()
    return found


def entry(window: QMainWindow, menu: str, text: str) -> QAction:
    (found,) = [one for one in menus(window)[menu] if text in one.text().replace("&", "")]
    return found


def test_the_application_menu_gets_what_people_look_for_there(window: QMainWindow) -> None:
    every = [one for actions in menus(window).values() for one in actions]
    moved = {one.menuRole(): one.text().replace("&", "") for one in every if one.menuRole() is not _ROLE.NoRole}
    assert moved[_ROLE.AboutRole] == "About"
    assert moved[_ROLE.PreferencesRole] == "Preferences…"
    assert moved[_ROLE.QuitRole] == "Quit"
    # What has no role stays; by its words alone Qt would guess, and nothing is left to that.
    assert {
        name: [one.text() for one in actions if one.menuRole() is _ROLE.NoRole]
        for name, actions in menus(window).items()
    } == {
        "View": ["Test", "HIT types", "Inbox", "History"],
        "Window": ["&Minimise", "&Zoom", "&Close"],
        "Help": ["&Help"],
    }
    assert not any(one.menuRole() is _ROLE.TextHeuristicRole for one in every)


def test_keys_are_those_of_the_system(window: QMainWindow) -> None:
    key = QKeySequence.StandardKey
    assert entry(window, "Window", "Close").shortcut() == QKeySequence(key.Close)
    assert entry(window, "Window", "Minimise").shortcut() == QKeySequence("Ctrl+M")
    assert entry(window, "Help", "Preferences").shortcut() == QKeySequence("Ctrl+,")
    assert entry(window, "Help", "Quit").shortcut() == QKeySequence("Ctrl+Q")
    (of_help,) = [one for one in menus(window)["Help"] if one.menuRole() is _ROLE.NoRole]
    assert of_help.shortcut() == QKeySequence(key.HelpContents)
    every = [one.shortcut().toString() for actions in menus(window).values() for one in actions]
    assert [keys for keys, count in Counter(every).items() if keys and count > 1] == []


def test_view_goes_to_the_pages(window: QMainWindow) -> None:
    pages = menus(window)["View"]
    assert [one.shortcut().toString() for one in pages] == [f"Ctrl+{number}" for number in range(1, len(pages) + 1)]
    entry(window, "View", "Inbox").trigger()
    assert isinstance(window, main_window.MainWindow)
    assert window.workspace.navigation.buttons["inbox"].isChecked()


def test_minimise_and_zoom(qtbot: QtBot, window: QMainWindow) -> None:
    window.show()
    entry(window, "Window", "Zoom").trigger()
    qtbot.waitUntil(window.isMaximized)
    entry(window, "Window", "Zoom").trigger()
    qtbot.waitUntil(lambda: not window.isMaximized())
    entry(window, "Window", "Minimise").trigger()
    qtbot.waitUntil(window.isMinimized)


CLOSE = """
import sys, tempfile
from pathlib import Path
from types import SimpleNamespace
from PySide6.QtCore import QTimer
from notification_tester.qt.app import main_window
from notification_tester.qt.app.application import Desktop, make_application
from notification_tester.storage.places import Places

main_window.sys = SimpleNamespace(platform="darwin")
application = make_application(["close"])
with tempfile.TemporaryDirectory() as home:
    desktop = Desktop(application, Places.under(Path(home)))

    def close():
        for menu in desktop.window.menuBar().actions():
            for one in menu.menu().actions() if menu.text().replace("&", "") == "Window" else ():
                if "Close" in one.text().replace("&", ""):
                    once_there.stop()
                    one.trigger()

    once_there = QTimer(interval=20)
    once_there.timeout.connect(close)
    once_there.start()
    QTimer.singleShot(60000, desktop.window, lambda: application.exit(7))
    desktop.begin()
    code = application.exec()
    print(code, desktop.window.isVisible())
    desktop.end()
"""


def test_close_ends_the_program_and_leaves_nothing_in_the_dock() -> None:
    # In a process of its own: an application whose loop has ended holds back the loops of whatever is tested after it.
    done = subprocess.run([sys.executable, "-P", "-c", CLOSE], capture_output=True, timeout=100, check=True, text=True)
    assert done.stdout == "0 False\n"


def test_keys_in_sentences_are_written_as_the_keyboard_has_them() -> None:
    assert keys_text("Ctrl+1") == QKeySequence("Ctrl+1").toString(QKeySequence.SequenceFormat.NativeText)
    for path in Path(qt.__path__[0]).rglob("*.py"):
        for text in re.findall(r'tr\(\s*((?:"[^"]*"\s*)+)\)', path.read_text(encoding="utf-8")):
            assert not re.search(r"\b(Ctrl\+|F\d\b)", text), f"{path.name}: {text}"
