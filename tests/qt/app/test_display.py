# SPDX-License-Identifier: MIT
"""A screen is there when somebody answers."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from notification_tester.qt.app import display

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")


@pytest.mark.parametrize(
    "environment",
    [{}, {"DISPLAY": ""}, {"DISPLAY": ":4711"}, {"DISPLAY": ":4711.0"}, {"DISPLAY": "127.0.0.1:471"}],
    ids=["nothing", "empty", "nobody answers", "nobody answers on screen 0", "nobody answers over TCP"],
)
def test_no_screen(environment: dict[str, str]) -> None:
    assert not display.is_there(environment)


def test_a_plugin_asked_for_by_name_is_the_persons_choice() -> None:
    assert display.is_there({"QT_QPA_PLATFORM": "offscreen"})


def test_an_x_server_that_answers_is_a_screen() -> None:
    number = 100_000 + os.getpid()  # nobody else's
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        assert display.is_there({"DISPLAY": f":{number}"})
        assert display.is_there({"DISPLAY": f"unix:{number}.0"})


def test_a_wayland_server_that_answers_is_a_screen(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-1"))
        server.listen()
        assert display.is_there({"WAYLAND_DISPLAY": "wayland-1", "XDG_RUNTIME_DIR": str(tmp_path)})
        assert not display.is_there({"WAYLAND_DISPLAY": "wayland-2", "XDG_RUNTIME_DIR": str(tmp_path)})
