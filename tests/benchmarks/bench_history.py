# SPDX-License-Identifier: MIT
"""A history of a million rows: its first page, a filter, scrolling, sorting and how long tests took, against the SQL
alone; and the longest pause of the window while a person does that.

The reference runs the very statements on a connection of its own and takes all rows; ours gives them their shape too.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measure import Row, in_turn
from notification_tester.storage.database import Database
from notification_tester.storage.history import MOST_ARRIVALS, History
from notification_tester.storage.queries import (
    HistoryQuery,
    Place,
    Sort,
    arrivals_statement,
    following,
    page_statements,
)
from notification_tester.storage.rows import TEST_KIND, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.qt.background import Tasks
    from notification_tester.qt.history.page import HistoryPage
    from notification_tester.storage.search import Condition

ROWS = 1_000_000
PAGES = 50
LIMIT_SECONDS = 0.050
_QUEUES = "https://sqs.us-east-1.amazonaws.com/123456789012/queue-"
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
_FILL_LIST = (
    f"INSERT INTO history (id, started, kind, account, environment, transport, destination, event, outcome, accepted,"
    f" arrived, as_expected, seconds, owner) {_NUMBERS}"
    " SELECT i, strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + i * 60, 'unixepoch'), 'test', 'Lab ' || (i % 3), 'sandbox',"
    f" 'SQS', '{_QUEUES}' || (i % 20), 'AssignmentSubmitted', CASE WHEN i % 9 THEN 'good' ELSE 'bad' END, 'yes',"
    " CASE WHEN i % 9 THEN 'yes' ELSE 'no' END, 'yes', (i * 7919 % 1000) / 500.0, '' FROM n"
)
_FILL_DETAILS = (
    f"INSERT INTO history_body (id, version, events, request, lamps) {_NUMBERS}"
    " SELECT i, '2006-05-05', '[]', '{}', '[[\"yes\", \"It did.\", 0.1], [\"yes\", \"It did.\", '"
    ' || ((i * 7919 % 1000) / 500.0) || \'], ["yes", "It did.", null]]\' FROM n'
)
_PLACE = Place("SQS", f"{_QUEUES}7", "sandbox")
_ACCOUNT = ("Lab 1", "sandbox")


def fill(path: Path, rows: int) -> None:
    """Make a history with so many rows, one a minute, at twenty places."""
    with Database(path) as database, database.transaction() as connection:
        for statement in (_FILL_LIST, _FILL_DETAILS):
            connection.execute(statement, (rows,))


def rows(*, count: int = ROWS, repeats: int = 9, scrolls: int = 20, rounds: int = 5) -> list[Row]:
    """Measure each of them, and the window once."""
    with tempfile.TemporaryDirectory(prefix="bench-history-") as folder:
        path = Path(folder) / "history.sqlite3"
        fill(path, count)
        with Database(path) as database, closing(sqlite3.connect(path, isolation_level=None)) as bare:
            history = History(database)
            bare.execute("PRAGMA query_only = ON")
            found = [
                _row(f"history of {count:,} rows: {what}", ours, reference, repeats)
                for what, ours, reference in _subjects(history, bare)
            ]
            found.append(_pause(history, count, scrolls, rounds))
    return found


def _row(what: str, ours: Callable[[], object], reference: Callable[[], object], repeats: int) -> Row:
    mine, bare = in_turn(ours, reference, repeats=repeats)
    return Row(what=what, ours=mine, reference=bare, goal=1.5, note="reference: the same SQL alone, all rows taken")


def _subjects(
    history: History, bare: sqlite3.Connection
) -> Sequence[tuple[str, Callable[[], object], Callable[[], object]]]:
    newest = HistoryQuery()
    narrow = HistoryQuery(place=_PLACE, account=_ACCOUNT, outcomes=frozenset({Outcome.BAD}))
    by_seconds = HistoryQuery(sort=Sort.SECONDS)
    pages = [newest]
    while len(pages) < PAGES and (page := history.page(pages[-1])):
        pages.append(following(pages[-1], page[-1]))
    times = arrivals_statement(_PLACE, _ACCOUNT, TEST_KIND, MOST_ARRIVALS)
    return [
        ("first page", partial(history.page, newest), partial(_all, bare, _sql(newest))),
        ("filter", partial(history.page, narrow), partial(_all, bare, _sql(narrow))),
        ("scroll 50 pages", partial(_each, history, pages), partial(_all, bare, [_sql(one)[0] for one in pages])),
        ("sort by seconds", partial(history.page, by_seconds), partial(_all, bare, _sql(by_seconds))),
        ("latency strip", partial(history.arrivals, _PLACE, _ACCOUNT), partial(_all, bare, [times])),
    ]


def _sql(query: HistoryQuery) -> list[Condition]:
    return page_statements(query, indexed=True)


def _each(history: History, pages: Sequence[HistoryQuery]) -> None:
    for page in pages:
        history.page(page)


def _all(bare: sqlite3.Connection, statements: Sequence[Condition]) -> None:
    for statement in statements:
        bare.execute(statement.sql, statement.values).fetchall()


def _pause(history: History, count: int, scrolls: int, rounds: int) -> Row:
    """Visit the page several times; of each visit the longest pause, and of those the median."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication(["bench"])
    _visit(history, scrolls)
    found = [_visit(history, scrolls) for _ in range(rounds)]
    application.processEvents()
    worst = {what: max(one[what] for one in found) for what in found[0]}
    note = ", ".join(f"{what} {seconds * 1000:.0f} ms" for what, seconds in worst.items())
    return Row(
        what=f"history of {count:,} rows: longest pause",
        ours=median(max(one.values()) for one in found),
        reference=LIMIT_SECONDS,
        goal=1.0,
        note=f"the reference is the limit; longest in {rounds} rounds: {note}",
    )


def _visit(history: History, scrolls: int) -> dict[str, float]:
    """Open the page, scroll, filter, unfold the drawing and sort, and watch how late a timer comes."""
    from benchmarks.bench_pause import Heartbeat, until
    from notification_tester.qt.background import Tasks as Workers
    from notification_tester.qt.history.page import HistoryPage as Page

    tasks = Workers()
    page = Page(tasks, history)
    page.resize(1200, 840)
    page.prepare()
    pauses: dict[str, float] = {}

    def watched(what: str, begin: Callable[[], object], *, loads: bool = True) -> None:
        with Heartbeat() as heart:
            if loads:
                until(page.model.loaded, begin)
            else:
                begin()
            _settle(tasks)
        pauses[what] = heart.longest

    try:
        watched("open", page.show)
        watched("scroll", partial(_scroll, page, tasks, scrolls), loads=False)
        watched("filter", partial(page.filter.choose_place, _PLACE))
        watched("strip", partial(page.latency.fold.setChecked, True), loads=False)
        watched("sort", partial(page.table.sort_by, Sort.SECONDS, is_rising=False))
    finally:
        page.hide()
        page.deleteLater()
        tasks.close()
    return pauses


def _scroll(page: HistoryPage, tasks: Tasks, times: int) -> None:
    bar = page.table.verticalScrollBar()
    for _ in range(times):
        bar.setValue(bar.maximum())
        _settle(tasks)


def _settle(tasks: Tasks) -> None:
    """Until nothing is under way, a pause of typing included."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    quiet = QTimer(interval=40)
    calm = [0]

    def look() -> None:
        calm[0] = 0 if tasks.is_busy else calm[0] + 1
        if calm[0] >= 5:
            loop.quit()

    quiet.timeout.connect(look)
    quiet.start()
    loop.exec()
