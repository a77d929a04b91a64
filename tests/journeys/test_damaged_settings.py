# SPDX-License-Identifier: MIT
"""Whatever stands in the program's small files, it starts: what is damaged is ignored, and the rest holds."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.storage.preferences import SETTINGS, WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journeys.person import Person
    from notification_tester.storage.places import Places

HALF = "\\ud83d"
GEOMETRY = b"\x01\xd9\xd0\xcb\x00\x03\x00\x00"
"""How Qt's own value begins: its mark and its version."""


def encoded(data: bytes) -> str:
    return json.dumps(base64.b64encode(data).decode())


VALUES = [
    pytest.param(f'"{HALF}"', id="half a surrogate"),
    pytest.param(
        '{"Practice": {"events": [{}, []], "wait_seconds": [], "destinations": {"SQS": []}}}', id="wrong kinds"
    ),
    pytest.param(encoded(GEOMETRY + b"\x7f" * 58), id="a window too large"),
    pytest.param(encoded(b"\x00\x00\x00\xff" + b"\xff" * 400), id="columns of no order"),
]
"""What is more than a value of the wrong kind, of which storage/test_files.py has many."""


def visit_every_page(person: Person) -> None:
    workspace = person.window.workspace
    for name, button in workspace.navigation.buttons.items():
        person.click(button)
        person.until(lambda button=button: button.isChecked())  # type: ignore[misc] # one for each
        assert name
    person.history()


@pytest.mark.parametrize("value", VALUES)
def test_a_damaged_setting_is_ignored_and_the_others_hold(
    sit_down: Callable[[], Person], places: Places, value: str
) -> None:
    places.config.mkdir(parents=True)
    names = ", ".join(
        f'"{setting.key}": {value}' for setting in (*SETTINGS, *_unknown()) if setting is not WAIT_SECONDS
    )
    places.preferences.write_text(f'{{{names}, "{WAIT_SECONDS.key}": 33}}')
    person = sit_down()
    person.start()
    assert person.desktop.preferences.get(WAIT_SECONDS) == 33
    visit_every_page(person)
    assert person.window.width() <= 4000


def _unknown() -> list[Any]:
    return [type("Unknown", (), {"key": "of a later version"})]


def deep(path: Path) -> None:
    path.write_text('{"last_form":' * 100_000)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'{"last_account": "')
        file.truncate(100 * 1024 * 1024)


def pipe(path: Path) -> None:
    os.mkfifo(path)


needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipe that is a file")


@pytest.mark.parametrize(
    "make",
    [deep, huge, pytest.param(pipe, marks=needs_pipes)],
    ids=["deep", "a hundred megabytes", "a pipe"],
)
def test_a_damaged_file_does_not_keep_the_window_from_opening(
    sit_down: Callable[[], Person], places: Places, make: Callable[[Path], None]
) -> None:
    places.config.mkdir(parents=True)
    make(places.preferences)
    make(places.accounts)
    person = sit_down()
    person.start()
    assert person.window.workspace.problems.isVisible()


def test_settings_that_cannot_be_read_have_the_button_to_set_them_again(
    sit_down: Callable[[], Person], places: Places
) -> None:
    places.config.mkdir(parents=True)
    places.preferences.write_text("{")
    person = sit_down()
    person.start()
    bar = person.window.workspace.problems
    assert bar.title.text() == "Your settings could not be read."
    assert bar.act.text() == "Open Preferences…"
    person.click(bar.act)
    (dialog,) = person.window.findChildren(PreferencesDialog)
    assert dialog.isVisible()
    dialog.close()


def test_an_account_with_half_a_character_in_its_name_is_damage(sit_down: Callable[[], Person], places: Places) -> None:
    places.config.mkdir(parents=True)
    entry = {"name": "Lab\ud83d", "environment": "sandbox", "source": "keyring"}
    places.accounts.write_text(json.dumps({"version": 1, "accounts": [entry]}))
    person = sit_down()
    person.start()
    assert person.window.workspace.problems.isVisible()
