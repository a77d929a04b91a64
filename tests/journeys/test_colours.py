# SPDX-License-Identifier: MIT
"""Light and dark, changed while the window is open: every text stays readable on what it stands on."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from notification_tester.qt.looks import colour_scheme
from notification_tester.qt.looks.colours import contrast

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


def shot(person: Person) -> QImage:
    QApplication.processEvents()
    return person.window.grab().toImage()


def is_still(person: Person, seen: list[QImage]) -> bool:
    """Whether nothing is under way, and ten pictures in a row were the same; ``seen`` is for the pictures."""
    now = shot(person)
    if person.desktop.tasks.is_busy or (seen and seen[-1] != now):
        seen.clear()
    seen.append(now)
    return len(seen) > 10


def leaves(person: Person) -> list[tuple[QWidget, QRect]]:
    """What can be seen and has nothing in it, with its place in the window."""
    found = []
    for one in person.window.findChildren(QWidget):
        if one.isVisible() and not any(child.isVisible() for child in one.findChildren(QWidget)):
            seen = one.visibleRegion().boundingRect()
            if seen.width() > 8 and seen.height() > 8:
                found.append((one, QRect(one.mapTo(person.window, seen.topLeft()), seen.size())))
    return found


def test_every_page_looks_another_way_in_the_dark_and_as_before_in_the_light(
    person: Person, qapp: QApplication
) -> None:
    workspace = person.window.workspace
    flash = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(0)
    person.window.resize(1400, 900)
    person.send()
    person.until(lambda: workspace.checkup is not None and workspace.checkup.quiet.report is not None)
    person.until(lambda: workspace.tour is not None and workspace.tour.isVisible())
    for key in ("test", "hit-types", "inbox", "history"):
        person.click(workspace.navigation.buttons[key])
        if key == "hit-types":
            person.until(lambda: workspace.hit_types.page is not None and workspace.hit_types.page.model.total > 0)
        if key == "history":
            person.until(lambda: workspace.history.page is not None and workspace.history.page.details.isVisible())
        person.until(lambda: not person.desktop.tasks.is_busy)
        colour_scheme.apply(qapp, "light")
        seen: list[QImage] = []
        person.until(partial(is_still, person, seen))
        pictures = []
        for scheme in ("light", "dark", "light", "dark"):
            colour_scheme.apply(qapp, scheme)
            pictures.append(shot(person))
            assert unreadable(person) == [], (key, scheme)
        light, dark, light_again, dark_again = pictures
        stale = [
            f"{type(one).__name__} “{one.accessibleName() or one.objectName()}” in {type(one.parent()).__name__}"
            for one, place in leaves(person)
            if light.copy(place) == dark.copy(place)
        ]
        assert stale == [], key
        changed = [
            f"{type(one).__name__} “{one.accessibleName() or one.objectName()}” in {type(one.parent()).__name__}"
            for one, place in leaves(person)
            for before, after in ((light, light_again), (dark, dark_again))
            if before.copy(place) != after.copy(place)
        ]
        assert changed == [], key
    qapp.setCursorFlashTime(flash)
