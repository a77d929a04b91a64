# SPDX-License-Identifier: MIT
"""The link to the practice mailbox: to the browser with one press, and a way on where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from notification_tester.qt.sending.result_view import MailboxLink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

ADDRESS = "http://127.0.0.1:41234/practice/mailbox/a-b_c"

TAKE: Any = "take"  # the stubs of PySide ask for bytes, and only text is taken


class Browser(QObject):
    """Takes what would go to the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser()
    QDesktopServices.setUrlHandler("http", made, TAKE)
    yield made
    QDesktopServices.unsetUrlHandler("http")


def test_one_press_opens_the_address_of_now(qtbot: QtBot, browser: Browser) -> None:
    addresses = [ADDRESS]
    link = MailboxLink(lambda: addresses[-1])
    qtbot.addWidget(link)
    link.offer(wanted=True)
    assert link.isVisible()
    addresses.append(ADDRESS + "-anew")  # practice was started again meanwhile
    QTest.mouseClick(link.link, Qt.MouseButton.LeftButton)
    assert browser.opened == [ADDRESS + "-anew"]
    assert link.state.text() == ""


def test_it_is_out_of_sight_where_there_is_none(qtbot: QtBot) -> None:
    link = MailboxLink(lambda: "")
    qtbot.addWidget(link)
    link.offer(wanted=True)
    assert link.isHidden()
    link = MailboxLink(lambda: ADDRESS)
    qtbot.addWidget(link)
    link.offer(wanted=False)
    assert link.isHidden()


@pytest.mark.qt_log_ignore("does not support")
def test_without_a_browser_the_address_is_copied(qtbot: QtBot) -> None:
    link = MailboxLink(lambda: ADDRESS)
    qtbot.addWidget(link)
    link.offer(wanted=True)
    QTest.mouseClick(link.link, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == ADDRESS
    assert "copied" in link.state.text()
    link.offer(wanted=True)
    assert link.state.text() == ""
