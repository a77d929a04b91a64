# SPDX-License-Identifier: MIT
"""Fields that the wheel changes only while they have the keyboard; the program has no others."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

import notification_tester.qt
from notification_tester.qt.widgets.fields import ChoiceField, DayField, NumberField

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

MOVED_BY_THE_WHEEL = {"QComboBox", "QSpinBox", "QDoubleSpinBox", "QDateEdit", "QTimeEdit", "QDateTimeEdit", "QSlider"}


def turn_the_wheel(field: QWidget, by: int) -> bool:
    """Over a field, in eighths of a degree; whether it took that for itself."""
    middle = QPointF(field.rect().center())
    turned = QWheelEvent(
        middle,
        QPointF(field.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, turned)
    return turned.isAccepted()


def choice() -> ChoiceField:
    field = ChoiceField()
    field.addItems(["2006-05-05", "2014-08-15"])
    return field


def number() -> NumberField:
    field = NumberField()
    field.setValue(60)
    return field


@pytest.mark.parametrize(
    ("field", "said"),
    [
        pytest.param(choice, ("2006-05-05", "2014-08-15"), id="a choice"),
        pytest.param(number, ("60", "59"), id="a number"),
        pytest.param(lambda: DayField(QDate(2026, 1, 31)), ("31", "30"), id="a day"),
    ],
)
def test_the_wheel_changes_only_what_has_the_keyboard(
    qtbot: QtBot, field: Callable[[], QWidget], said: tuple[str, str]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    rows = QVBoxLayout(window)
    elsewhere, one = QLineEdit(), field()
    assert isinstance(one, ChoiceField | NumberField | DayField)

    def text() -> str:
        return one.currentText() if isinstance(one, ChoiceField) else one.text()

    rows.addWidget(elsewhere)
    rows.addWidget(one)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    elsewhere.setFocus()
    before = text()
    assert said[0] in before
    assert not turn_the_wheel(one, -120)
    assert (text(), elsewhere.hasFocus()) == (before, True)
    one.setFocus()
    assert turn_the_wheel(one, -120)
    assert said[1] in text()


def test_there_are_no_others_in_the_window() -> None:
    found = []
    for path in Path(notification_tester.qt.__path__[0]).rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        called = [one.func for one in ast.walk(tree) if isinstance(one, ast.Call)]
        bases = [base for one in ast.walk(tree) if isinstance(one, ast.ClassDef) for base in one.bases]
        names = {one.id for one in (*called, *bases) if isinstance(one, ast.Name)} & MOVED_BY_THE_WHEEL
        found += [(path.name, name) for name in names]
    assert sorted(found) == [("fields.py", "QComboBox"), ("fields.py", "QDateEdit"), ("fields.py", "QSpinBox")]
