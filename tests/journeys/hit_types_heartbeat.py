# SPDX-License-Identifier: MIT
"""Runs in a process of its own and prints one JSON object: how the window fared with 100,000 HITs of 2,000 HIT types.

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
from PySide6.QtCore import Qt

from journeys.heartbeat import Heartbeat, turn, until
from notification_tester.qt.app import collecting
from notification_tester.qt.app.application import Desktop, make_application
from notification_tester.qt.hit_types.texts import Column
from notification_tester.storage.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.qt.hit_types.page import HitTypesPage

HITS, HIT_TYPES = 100_000, 2_000


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
        for column in (Column.TITLE, Column.HITS, Column.STATE):
            page.view.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
            turn(100)
        for text in ("1", "12", "123"):
            page.view.filter.search.setText(text)
            turn(100)
        page.view.filter.clear()
        turn(100)
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
