# SPDX-License-Identifier: MIT
"""What the window finds again at its next start: its place, its account, and the form of each account."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QMainWindow

from notification_tester.qt.app.window_state import MOST_FORMS, WindowState
from notification_tester.qt.notification.form_state import FormState
from notification_tester.storage.preferences import REMOVE_TEST_MESSAGE, WAIT_SECONDS, WINDOW_GEOMETRY, Preferences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "preferences.json"


def next_start(path: Path, tasks: Tasks) -> WindowState:
    return WindowState(Preferences(path), tasks)


@contextmanager
def written(qtbot: QtBot, tasks: Tasks) -> Iterator[None]:
    """Wait at the end until what was to be remembered inside is in the file."""
    busy: list[bool] = []
    tasks.busy_changed.connect(busy.append)
    yield
    qtbot.waitUntil(lambda: busy[-1:] == [False])
    tasks.busy_changed.disconnect(busy.append)


def test_the_form_of_each_account_is_there_again(qtbot: QtBot, tasks: Tasks, path: Path) -> None:
    Preferences(path).set(REMOVE_TEST_MESSAGE, False)
    state = next_start(path, tasks)
    assert state.form("Lab") == FormState(remove_afterwards=False), "as the person wants forms to begin"
    lab = FormState(wait_seconds=77)
    with written(qtbot, tasks):
        state.remember_form("Lab", lab)
        state.remember_form("Other", replace(lab, wait_seconds=88))
        assert state.form("Lab") == lab
    again = next_start(path, tasks)
    assert (again.form("Lab"), again.form("Other").wait_seconds) == (lab, 88)
    again.forget_form("Nobody")
    with written(qtbot, tasks):
        again.forget_form("Lab")
        assert again.form("Lab") == FormState(remove_afterwards=False)
    assert next_start(path, tasks).form("Lab") == FormState(remove_afterwards=False)
    assert next_start(path, tasks).form("Other").wait_seconds == 88
    Preferences(path).set(WAIT_SECONDS, 33)
    assert next_start(path, tasks).form("Lab").wait_seconds == 33


def test_of_more_accounts_than_are_kept_the_form_goes_that_was_changed_first(tasks: Tasks, path: Path) -> None:
    state = next_start(path, tasks)
    for number in range(MOST_FORMS):
        state.remember_form(f"A{number}", FormState(wait_seconds=100 + number))
    assert state.form("A0").wait_seconds == 100
    state.remember_form("A0", FormState(wait_seconds=200))
    state.remember_form("One more", FormState(wait_seconds=300))
    assert state.form("A0").wait_seconds == 200
    assert state.form("A1") == FormState()
    assert state.form("A2").wait_seconds == 102


def test_place_account_and_what_was_not_written_yet_are_written_at_the_end(
    qtbot: QtBot, tasks: Tasks, path: Path
) -> None:
    window, state = QMainWindow(), next_start(path, tasks)
    qtbot.addWidget(window)
    assert not state.restore_window(window)
    assert (state.last_account, state.history_layout) == ("", "")
    with written(qtbot, tasks):
        state.remember_account("Lab")
    assert next_start(path, tasks).last_account == "Lab"
    state.remember_form("Lab", FormState(wait_seconds=77))
    state.history_layout = "{}"
    window.resize(555, 444)
    state.finish(window)
    again, another = next_start(path, tasks), QMainWindow()
    qtbot.addWidget(another)
    assert again.restore_window(another)
    assert another.size() == window.size()
    assert (again.form("Lab").wait_seconds, again.history_layout) == (77, "{}")


def test_a_disk_that_refuses_does_not_keep_the_window_from_closing(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("in the way of a folder", "utf-8")
    window, state = QMainWindow(), next_start(folder / "preferences.json", tasks)
    qtbot.addWidget(window)
    state.remember_account("Lab")
    state.finish(window)
    assert folder.is_file()
    assert Preferences(folder / "preferences.json").get(WINDOW_GEOMETRY) == ""
