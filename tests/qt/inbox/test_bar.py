# SPDX-License-Identifier: MIT
"""The bar above what came: its buttons beside the texts, or below them where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.inbox.form import InboxBar
from notification_tester.services.inbox.reading import FollowNews

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("width", [420, 1400])
def test_no_button_is_wider_than_its_words(qtbot: QtBot, width: int) -> None:
    bar = InboxBar()
    qtbot.addWidget(bar)
    bar.show_following(ReceiverPlace(), ending=False, url="http://127.0.0.1:1/")
    bar.resize(width, 200)
    bar.show()
    QApplication.processEvents()
    assert bar.pause.isVisible()
    assert bar.pause.width() == bar.pause.sizeHint().width()


@pytest.mark.parametrize("available", [True, False], ids=["here", "not here"])
@pytest.mark.parametrize("width", [544, 240, 190])
def test_in_a_narrow_window_nothing_in_it_is_cut(qtbot: QtBot, width: int, available: bool) -> None:
    """As in a window of 900 points, and as with the text twice as large; why it cannot notify is in the tip."""
    address = "https://sqs.us-east-1.amazonaws.com/123456789012/practice-results"
    page = QWidget()
    qtbot.addWidget(page)
    bar = InboxBar(page)
    rows = QVBoxLayout(page)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(bar)
    rows.addStretch(1)
    bar.set_notifications(why_not="" if available else "There is no place for it.", on=False)
    bar.show_following(parse_destination(Transport.SQS, address), ending=False, url="")
    bar.show_news(FollowNews(shown=61, held=61), is_queue=True)
    page.resize(width, 600)
    page.show()

    buttons, texts = (bar.notifications, bar.pause), (bar.title, bar.state)
    qtbot.waitUntil(lambda: all(one.width() >= one.sizeHint().width() for one in buttons), timeout=5000)
    qtbot.waitUntil(lambda: all(one.height() >= one.heightForWidth(one.width()) for one in texts), timeout=5000)
    assert bar.width() == width
    assert width < 200 or ("desktop" if available else "(not on this system)") in bar.notifications.text()
    assert width < 544 or bar.height() <= 5 * bar.fontMetrics().height() + 20
    assert bool(bar.notifications.toolTip()) is not available
    assert bar.notifications.accessibleDescription() == bar.notifications.toolTip()
