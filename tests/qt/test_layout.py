# SPDX-License-Identifier: MIT
"""What is shown covers nothing else and is not cut, Enter does what is meant, and the keyboard begins in its place."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from qt.small_screen import MORE_MAKERS, make
from qt.test_plain_text import MAKERS
from qt.widgets.test_fields import turn_the_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notification_tester.qt.background import Tasks

OF_QT = (QLineEdit, QComboBox, QAbstractSpinBox, QAbstractScrollArea, QSplitter, QStackedWidget)
"""What Qt lays out by itself."""
BY_THEMSELVES = {"SegmentedChoice", "_Row"}
"""What puts its parts in their places without a layout."""
USUAL = QSize(700, 500)

DIALOGS = {
    "guard of a delivery": ("Cancel", "Cancel"),
    "mend": ("Close", "Close"),
    "new destination": ("Create it", "Name of the queue"),
    "throw-aways": ("", "Throw-away queues"),
    "accounts": ("", "Accounts"),
    "names of presets": ("", "Presets"),
    "name of a preset": ("Save", "Name"),
    "preview": ("Cancel", "Cancel"),
    "results": ("Close", "Filter results"),
    "crash": ("Copy the report", "The report"),
    "code": ("Use this code", "MFA code"),
    "adding an account": ("Keep typing", "Keep typing"),
    "about": ("Close", "Close"),
    "administrator": ("Copy all for the administrator", "Copy all for the administrator"),
    "help": ("", "Search in all chapters"),
    "import": ("Fill the form", "The older specification"),
    "licence": ("Close", "The licence"),
    "paste": ("Add", "Ids of HIT types"),
    "preferences": ("Close", "Close"),
    "report": ("Save as PDF…", "The last test of this account"),
    "save": ("Save…", "Form"),
    "works of others": ("Close", "Works of others"),
    "checkup": ("Mend…", "Findings, the worst first"),
}
"""What Enter presses in a field of each, nothing that cannot be taken back, and where the keyboard is when it opens."""


@pytest.fixture(params=[*MAKERS, *MORE_MAKERS])
def shown(request: pytest.FixtureRequest, qapp: QApplication, tasks: Tasks, tmp_path: Path) -> Iterator[QWidget]:
    widget = make(request.param, tasks, tmp_path)
    widget.setObjectName(request.param)
    widget.resize(widget.sizeHint().expandedTo(USUAL))
    widget.show()
    for _ in range(5):  # layouts tell each other
        qapp.processEvents()
    yield widget
    widget.hide()
    widget.deleteLater()


def parts(widget: QWidget) -> list[QWidget]:
    return [one for one in widget.findChildren(QWidget) if one.isVisible()]


OF_ANOTHER = {"identity"}
"""Has a button that stands in what is around it; there it is looked at as well."""


def covered(shown: QWidget) -> list[str]:
    """Pairs of parts of which one stands on the other, each with the room that is common to both."""
    found = []
    for whole in [shown, *parts(shown)]:
        beside = [
            one for one in whole.children() if isinstance(one, QWidget) and one.isVisible() and not one.isWindow()
        ]
        for one, other in combinations(() if isinstance(whole, OF_QT) else beside, 2):
            common = one.geometry().intersected(other.geometry())
            if not common.isEmpty():
                found.append(f"{one} and {other}: {common}")
    return found


def placed(layout: QLayout) -> Iterator[QWidget]:
    """What a layout lays out, and those in it."""
    for number in range(layout.count()):
        item = layout.itemAt(number)
        widget, inner = (None, None) if item is None else (item.widget(), item.layout())
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from placed(inner)


def astray(shown: QWidget) -> list[str]:
    """Parts that nothing lays out, in sight or not: where they come in sight they stand on others."""
    found = []
    for whole in [shown, *shown.findChildren(QWidget)]:
        if isinstance(whole, OF_QT) or isinstance(whole.parent(), QAbstractScrollArea):
            continue
        if type(whole).__name__ in BY_THEMSELVES:
            continue
        layout = whole.layout()
        known = set() if layout is None else set(placed(layout))
        strays = [
            one for one in whole.children() if isinstance(one, QWidget) and not one.isWindow() and one not in known
        ]
        found += [f"{type(whole).__name__}: {type(one).__name__} “{words(one)}”" for one in strays]
    return found


def cut(shown: QWidget) -> list[str]:
    """Texts that have too few lines."""
    labels = [one for one in parts(shown) if isinstance(one, QLabel) and one.wordWrap()]
    return [one.text() for one in labels if one.height() < one.heightForWidth(one.width())]


def test_nothing_covers_another_and_no_words_are_cut(shown: QWidget) -> None:
    assert covered(shown) == [] or shown.objectName() in OF_ANOTHER
    assert astray(shown) == (
        ["IdentityPanel: QPushButton “Check these keys”"] if shown.objectName() in OF_ANOTHER else []
    )
    assert cut(shown) == []


def fields(widget: QWidget) -> list[QComboBox | QAbstractSpinBox]:
    found: list[QComboBox | QAbstractSpinBox] = [
        *widget.findChildren(QComboBox),
        *widget.findChildren(QAbstractSpinBox),
    ]
    return [one for one in found if one.isVisible() and one.isEnabled()]


def moved_by_the_wheel(shown: QWidget) -> list[QComboBox | QAbstractSpinBox]:
    """Fields that are another once somebody has scrolled past them."""
    found = []
    for field in fields(shown):
        field.clearFocus()
        before = field.currentIndex() if isinstance(field, QComboBox) else field.text()
        took = [turn_the_wheel(field, by) for by in (120, -120, -120)]
        now = field.currentIndex() if isinstance(field, QComboBox) else field.text()
        if any(took) or now != before or field.hasFocus():
            found.append(field)
    return found


def test_the_wheel_scrolls_and_changes_nothing(shown: QWidget) -> None:
    assert moved_by_the_wheel(shown) == []


def test_enter_does_what_is_meant_and_the_keyboard_begins_where_it_is_needed(shown: QWidget) -> None:
    name = shown.objectName()
    assert (isinstance(shown, QDialog), name in DIALOGS) in {(True, True), (False, False)}
    if not isinstance(shown, QDialog):
        return
    enter, first = DIALOGS[name]
    buttons = [one for one in parts(shown) if isinstance(one, QPushButton)]
    default = [words(one) for one in buttons if one.isDefault()]
    assert default == [enter] * bool(enter)
    others = {words(one) for one in buttons if one.autoDefault()} - set(default)
    assert others <= {"Close", "Cancel", "Discard and close"}, "each would be pressed where it is the next"
    shown.activateWindow()
    QApplication.processEvents()
    focus = shown.focusWidget()
    assert focus is not None
    assert words(focus) == first


def words(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return (widget.accessibleName() or text).replace("&", "")
