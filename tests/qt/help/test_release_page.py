# SPDX-License-Identifier: MIT
"""The page of newer versions opens on request, and only where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester import resources
from notification_tester.qt.help import release_page
from notification_tester.qt.help.release_page import ReleasePage, known_address

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from qt.help.conftest import Browser

PAGE = "https://releases.example/newest"


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
