# SPDX-License-Identifier: MIT
"""A window for each journey, taken down whatever becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.resolver
import email_validator
import pytest

from journeys.person import Person, end
from notification_tester.qt.app.application import Desktop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from notification_tester.storage.places import Places


@pytest.fixture
def sit_down(qapp: QApplication, qtbot: QtBot, places: Places, impatient: None) -> Iterator[Callable[[], Person]]:
    """Make another start of the program on the same files; the one before is ended first."""
    desktops: list[Desktop] = []

    def start() -> Person:
        for desktop in desktops:
            assert end(desktop)
        desktop = Desktop(qapp, places)
        desktops[:] = [desktop]
        return Person(desktop, qtbot)

    yield start
    for desktop in desktops:
        end(desktop)
        desktop.window.deleteLater()


@pytest.fixture
def person(sit_down: Callable[[], Person]) -> Person:
    """Somebody in front of the window of a first start, with practice open."""
    somebody = sit_down()
    somebody.start()
    return somebody


@pytest.fixture(autouse=True)
def no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can be asked whether a domain takes mail: an address in the form is looked at by itself after a while."""
    nobody = dns.resolver.Resolver(configure=False)
    monkeypatch.setattr(email_validator, "caching_resolver", lambda **_: nobody)
