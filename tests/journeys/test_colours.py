# SPDX-License-Identifier: MIT
"""Light and dark, changed while the window is open: every text stays readable on what it stands on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from notification_tester.qt.widgets import colour_scheme
from notification_tester.qt.widgets.colours import contrast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys.person import Person

LEAST = 4.5
"""WCAG 2.2, 1.4.3."""


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    yield
    colour_scheme.apply(qapp, "system")


def ground(image: QImage, label: QLabel, corner: QPoint) -> QColor:
    """The colour that most of the label's place has."""
    counted: Counter[int] = Counter()
    for x in range(corner.x(), min(corner.x() + label.width(), image.width()), 2):
        for y in range(corner.y(), min(corner.y() + label.height(), image.height()), 2):
            counted[image.pixel(x, y)] += 1
    return QColor.fromRgb(counted.most_common(1)[0][0]) if counted else QColor()


def unreadable(person: Person) -> list[str]:
    image = person.window.grab().toImage()
    found = []
    for label in person.window.findChildren(QLabel):
        corner = label.mapTo(person.window, QPoint(0, 0))
        if not label.isVisible() or not label.text() or label.visibleRegion().isEmpty() or not label.isEnabled():
            continue
        if not image.rect().contains(corner):
            continue
        ink = label.palette().color(QPalette.ColorRole.WindowText)
        behind = ground(image, label, corner)
        if behind.isValid() and contrast(ink, behind) < LEAST:
            found.append(f"{label.text()!r}: {ink.name()} on {behind.name()}")
    return found


def test_every_text_is_readable_in_light_and_dark(person: Person, qapp: QApplication) -> None:
    person.window.resize(1240, 900)
    person.send()
    person.type_destination(person.cloud.details.blocked_queue_url)
    for page in ("good", "blocked", "history"):
        if page == "blocked":
            person.send()
        if page == "history":
            history = person.history()
            person.until(history.details.isVisible)
        for scheme in ("dark", "light", "dark", "system"):
            colour_scheme.apply(qapp, scheme)
            QApplication.processEvents()
            assert unreadable(person) == [], (page, scheme)
