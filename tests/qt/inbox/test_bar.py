# SPDX-License-Identifier: MIT
"""The bar above what came: its buttons beside the texts, or below them where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.inbox.form import InboxBar

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
