# SPDX-License-Identifier: MIT
"""Runs in a process of its own and prints one JSON object: how the window fared with 100,000 HITs of 3,000 HIT types.

Not a test by itself: test_hit_types_pauses.py starts it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from journeys.heartbeat import Heartbeat, turn, until
from notification_tester.qt.app import collecting
from notification_tester.qt.app.application import Desktop, make_application
from notification_tester.qt.hit_types.texts import Column
from notification_tester.qt.hit_types.view import Command
from notification_tester.storage.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.qt.hit_types.page import HitTypesPage

HITS, HIT_TYPES = 100_000, 3_000


class Memory:
    """How much this process has grown at most."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self.megabytes = 0.0

    def watched(self, is_over: Callable[[], bool]) -> bool:
        """Whether it is over; looks at the memory each time that it is asked."""
        self.megabytes = max(self.megabytes, (self._process.memory_info().rss - self._before) / 2**20)
        return is_over()


def measure(desktop: Desktop) -> dict[str, Any]:
    """Open the page, let it collect everything, and look around in it."""
    workspace, program = desktop.window.workspace, desktop.program
    until(lambda: program.current is not None and workspace.test_page.form.send.isEnabled())
    until(lambda: workspace.read_ahead.is_over)
    current = program.current
    assert current is not None
    assert current.practice is not None
    current.practice.set_workers(running=False)
    elsewhere(partial(current.practice.add_hits, hits=HITS, hit_types=HIT_TYPES))
    collecting.freeze_what_stays()
    beat, memory = Heartbeat(), Memory()
    with beat.during("opening"):
        workspace.go_to("hit-types")
        until(lambda: workspace.hit_types.page is not None and workspace.hit_types.page.model.total > 0)
    page = workspace.hit_types.page
    assert page is not None
    is_over = partial(settled, desktop, page)
    with beat.during("listing"):
        until(partial(memory.watched, is_over))
    listed = page.model.total
    with beat.during("choosing, sorting and filtering"):
        page.view.buttons.all_shown.click()
        turn(100)
        for column in (Column.TITLE, Column.HITS, Column.NOTIFICATION):
            page.view.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
            turn(100)
        for text in ("1", "12", "123"):
            page.view.filter.search.setText(text)
            turn(100)
        page.view.filter.clear()
        turn(100)
        for segment in ("on", "unknown", "all"):
            page.view.filter.segments.button(segment).click()
            turn(100)
    with beat.during("ticking, a menu, columns and the sheet"):
        look_around(page)
    with beat.during("listing once more"):
        page.view.refresh.click()
        until(partial(memory.watched, is_over))
    return {
        "longest": beat.longest,
        "computing": beat.computing,
        "hit_types": [listed, page.model.total],
        "hits": sum(row.hits for row in page.model.rows()),
        "is_finished": "read at" in page.view.status.text(),
        "megabytes": memory.megabytes,
    }


def look_around(page: HitTypesPage) -> None:
    """Tick some, have a menu, choose columns, and see what applying to all would change."""
    table = page.view.table
    table.untick()
    turn(100)
    for number in range(0, 12, 2):
        table.setCurrentIndex(page.model.index(number, Column.TITLE))
        QTest.keyClick(table, Qt.Key.Key_Space)
        turn(50)
    for wanted in (True, False):
        table.want_column(Column.EVENTS, wanted=wanted)
        turn(100)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(table.viewport(), asked)
    turn(100)
    if page.menu is not None:
        page.menu.close()
    page.view.buttons.all_shown.click()
    turn(100)
    page.view.buttons.by_command[Command.APPLY].click()
    until(lambda: page.preview is not None)
    dialog = page.preview
    if dialog is not None and dialog.form is not None:
        dialog.choice.setCurrentIndex(0)
        until(lambda: dialog.model.rowCount() >= HIT_TYPES)
        dialog.form.events.none_link.click()
        turn(400)
        dialog.reject()
    turn(100)


def settled(desktop: Desktop, page: HitTypesPage) -> bool:
    """Whether everything was collected, and is shown."""
    return not (page.controller.is_listing or page.model.is_taking or desktop.tasks.is_busy)


def elsewhere(work: Callable[[], object]) -> None:
    """Do it on a thread, and turn Qt's loop meanwhile."""
    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: not thread.is_alive())


def main() -> None:
    """Measure once."""
    collecting.hold_back()
    application = make_application(["test"])
    with tempfile.TemporaryDirectory() as folder:
        desktop = Desktop(application, Places.under(Path(folder)))
        desktop.window.painted.connect(collecting.Collector(desktop.window).begin)  # as the program itself does
        desktop.begin()
        result = measure(desktop)
        desktop.end()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
