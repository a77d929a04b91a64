# SPDX-License-Identifier: MIT
"""A row that goes on in the next line, in both directions of writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from notification_tester.qt.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def row(qtbot: QtBot) -> QWidget:
    """Three boxes of 100 points."""
    row = QWidget()
    qtbot.addWidget(row)
    flow = FlowLayout(row, spacing=10, end_from=2)
    for _ in range(3):
        box = QWidget(row)
        box.setFixedSize(100, 20)
        flow.addWidget(box)
    row.resize(400, 60)
    row.show()
    return row


def flow_of(row: QWidget) -> FlowLayout:
    flow = row.layout()
    assert isinstance(flow, FlowLayout)
    return flow


def places(row: QWidget) -> list[tuple[int, int]]:
    QApplication.processEvents()
    return [(box.x(), box.y()) for box in row.findChildren(QWidget)]


def test_the_last_stands_at_the_far_side(row: QWidget) -> None:
    assert places(row) == [(0, 0), (110, 0), (300, 0)]
    row.resize(220, 60)
    assert places(row) == [(0, 0), (110, 0), (120, 30)]


def test_from_right_to_left(row: QWidget) -> None:
    row.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert places(row) == [(300, 0), (190, 0), (0, 0)]
    row.resize(220, 60)
    assert places(row) == [(120, 0), (10, 0), (0, 30)]


def test_what_is_taken_away_needs_no_height(row: QWidget) -> None:
    flow = flow_of(row)
    assert flow.heightForWidth(220) == 50
    assert flow.takeAt(2) is not None
    assert flow.heightForWidth(220) == 20
    assert flow.takeAt(2) is None


def test_what_is_hidden_needs_no_height(row: QWidget) -> None:
    flow = flow_of(row)
    assert flow.heightForWidth(220) == 50
    for box in row.findChildren(QWidget)[1:]:
        box.hide()
    assert flow.heightForWidth(220) == 20
