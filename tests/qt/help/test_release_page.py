# SPDX-License-Identifier: MIT
"""The page of newer versions opens on request, and only where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QDesktopServices

from notification_tester import resources
from notification_tester.qt.help import release_page
from notification_tester.qt.help.release_page import ReleasePage, known_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtCore import QUrl
    from pytestqt.qtbot import QtBot

PAGE = "https://releases.example/newest"


class Browser(QObject):
    """Takes what would open in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot("QUrl")
    def take(self, url: QUrl) -> None:
        """Remember an address."""
        self.opened.append(url.toString())


@pytest.fixture
def browser(qtbot: QtBot) -> Iterator[Browser]:
    del qtbot  # Qt has to run
    taking = Browser()
    QDesktopServices.setUrlHandler("https", taking, "take")  # type: ignore[arg-type]  # PySide's types say bytes, and it takes none
    yield taking
    QDesktopServices.unsetUrlHandler("https")


def test_the_page_opens_in_the_browser(browser: Browser) -> None:
    assert ReleasePage(PAGE).open() is None
    assert browser.opened == [PAGE]


def test_a_copy_made_from_its_source_says_so(browser: Browser) -> None:
    problem = ReleasePage("").open()
    assert problem is not None
    assert problem.code == "release.unknown"
    assert browser.opened == []


@pytest.mark.qt_log_ignore("QPlatformServices::openUrl")
def test_without_a_browser_the_address_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    del qtbot
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing that could open one is there
    problem = ReleasePage(PAGE).open()
    assert problem is not None
    assert problem.code == "release.no-browser"
    assert PAGE in problem.detail


@pytest.mark.parametrize(
    ("written", "known"),
    [
        (f"{PAGE}\n", PAGE),
        ("http://releases.example/", ""),
        ("file:///etc/passwd", ""),
        ("", ""),
        (None, ""),
        (b"\xff", ""),
    ],
)
def test_only_a_safe_address_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | bytes | None, known: str
) -> None:
    monkeypatch.setattr(resources, "folder", lambda: tmp_path)
    if written is not None:
        data = written if isinstance(written, bytes) else written.encode()
        (tmp_path / release_page.FILE).write_bytes(data)
    assert known_address() == known
