# SPDX-License-Identifier: MIT
"""The history as Qt's views want it; a test that begins or ends changes its own row alone."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from notification_tester.domain.account import Environment
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.widgets.formatting import local_moment, seconds_text, when, when_exactly
from notification_tester.qt.widgets.row_model import LEADING, ROW_ROLE, TRAILING, Index, Mark, Pages, RowModel
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import HistorySummary, Outcome

if TYPE_CHECKING:
    from notification_tester.domain.account import Account
    from notification_tester.qt.background import Tasks
    from notification_tester.storage.rows import HistoryRow

SORT_ROLE = ROW_ROLE + 1
"""Hands out a value that sorts as the column means it."""


OUTCOME_TONES = {
    Outcome.GOOD: Tone.GOOD,
    Outcome.BAD: Tone.BAD,
    Outcome.UNKNOWN: Tone.UNKNOWN,
    Outcome.RUNNING: Tone.PLAIN,
    Outcome.INTERRUPTED: Tone.BEWARE,
}
OUTCOME_ICONS = {
    Outcome.GOOD: "check",
    Outcome.BAD: "cross",
    Outcome.UNKNOWN: "question",
    Outcome.RUNNING: "clock",
    Outcome.INTERRUPTED: "warning",
}
"""Each has a shape of its own, so that it is told without its colour."""


class Column(IntEnum):
    """The columns, in the order in which they are shown."""

    WHEN = 0
    EVENT = 1
    DESTINATION = 2
    ACCOUNT = 3
    OUTCOME = 4
    SECONDS = 5


class HistoryModel(RowModel[HistorySummary, Column, HistoryQuery]):
    """Rows that a query finds. ``history`` may be None: then there are none."""

    def __init__(
        self, tasks: Tasks, history: Pages[HistorySummary, HistoryQuery] | None, parent: QObject | None = None
    ) -> None:
        super().__init__(tasks, Column, HistoryQuery(), parent)
        self._source = history
        self._waiting: list[int] = []  # rows that changed while the first page was being read
        self._tickets: dict[int, int] = {}  # of the newest look at a row
        self._looks = 0

    def set_history(self, history: Pages[HistorySummary, HistoryQuery] | None) -> None:
        """Read from another history from now on; the rows of the one before are forgotten."""
        self.show(None, self.query)
        self._source = history

    def set_query(self, query: HistoryQuery) -> None:
        """Show what ``query`` finds; the rows of before stay until the answer is here."""
        self.show(self._source, query)

    def refresh(self, row_id: int) -> None:
        """Look at one row again: it began, or it ended."""
        if self._is_loading:
            self._waiting.append(row_id)
            return
        self._looks += 1
        self._tickets[row_id] = self._looks
        about_it = replace(self.query, before=row_id + 1, limit=1)
        self._read(partial(self._show_row, row_id, self._looks), about_it)

    def title(self, column: Column) -> str:
        """The name of a column."""
        return {
            Column.WHEN: self.tr("When"),
            Column.EVENT: self.tr("What happened"),
            Column.DESTINATION: self.tr("Goes to"),
            Column.ACCOUNT: self.tr("Account"),
            Column.OUTCOME: self.tr("Outcome"),
            Column.SECONDS: self.tr("Seconds"),
        }[column]

    def text(self, row: HistorySummary, column: Column) -> str:
        """What a cell shows."""
        match column:
            case Column.WHEN:
                return when(row.started)
            case Column.EVENT:
                return one_line(name_of(row.event))
            case Column.DESTINATION:
                return short_destination(row.transport, row.destination)
            case Column.ACCOUNT:
                return one_line(row.account) or (self.tr("This computer") if row.is_from_here else "")
            case Column.OUTCOME:
                return outcome_text(row)
            case Column.SECONDS:
                return seconds_text(row.seconds)

    def tip(self, row: HistorySummary, column: Column) -> str | None:
        """Its tool tip."""
        match column:
            case Column.WHEN:
                return when_exactly(row.started)
            case Column.DESTINATION:
                return one_line(row.destination)
            case Column.EVENT if row.is_from_here:
                return self.tr("Sent from this computer, and not by Mechanical Turk.")
            case Column.OUTCOME:
                return outcome_text(row)
            case _:
                return None

    def mark(self, row: HistorySummary, column: Column) -> Mark | None:
        """The outcome's colour and shape; what this computer sent is told apart by its own."""
        if column is Column.OUTCOME:
            return Mark(OUTCOME_TONES[row.outcome], OUTCOME_ICONS[row.outcome])
        return Mark(Tone.PLAIN, "computer") if column is Column.EVENT and row.is_from_here else None

    def alignment(self, column: Column) -> Qt.AlignmentFlag:
        """Numbers end below each other."""
        return TRAILING if column is Column.SECONDS else LEADING

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As any list has it, and a value to sort by."""
        if role != SORT_ROLE:
            return super().data(index, role)
        row = self.row_at(index)
        return None if row is None else _sort_value(row, self.columns[index.column()])

    def _show_first_page(self, rows: list[HistorySummary]) -> None:
        self._tickets.clear()
        super()._show_first_page(rows)
        waiting, self._waiting = self._waiting, []
        for row_id in dict.fromkeys(waiting):
            self.refresh(row_id)

    def _show_row(self, row_id: int, ticket: int, found: list[HistorySummary]) -> None:
        if self._tickets.get(row_id) != ticket:
            return
        del self._tickets[row_id]
        number = self.place_of(row_id)
        is_here = number < len(self._rows) and self._rows[number].id == row_id
        if not found or found[0].id != row_id:  # the filter leaves it out now
            if is_here:
                self._remove(number, 1)
        elif is_here:
            self._replace(number, found[0])
        elif number < len(self._rows) or self._at_end:  # else it comes with its page
            self._insert(number, found)


def _sort_value(row: HistorySummary, column: Column) -> str | float | int:
    match column:
        case Column.WHEN:
            return row.id
        case Column.EVENT:
            return row.event
        case Column.DESTINATION:
            return row.destination
        case Column.ACCOUNT:
            return row.account.casefold()
        case Column.OUTCOME:
            return row.outcome.value
        case Column.SECONDS:
            return -1.0 if row.seconds is None else row.seconds


def outcome_word(outcome: Outcome) -> str:
    """The word beside the shape."""
    translate = QCoreApplication.translate
    return {
        Outcome.GOOD: translate("HistoryOutcome", "All well"),
        Outcome.BAD: translate("HistoryOutcome", "Problem"),
        Outcome.UNKNOWN: translate("HistoryOutcome", "Not known"),
        Outcome.RUNNING: translate("HistoryOutcome", "Under way"),
        Outcome.INTERRUPTED: translate("HistoryOutcome", "Interrupted"),
    }[outcome]


def environment_of(word: str) -> Environment:
    """The environment that a row names; one that this version does not know is another service."""
    return next((one for one in Environment if one.value == word), Environment.OTHER)


def is_of(row: HistoryRow, account: Account) -> bool:
    """Whether a test was sent with this very account: a name alone may have belonged to another before."""
    same = (row.account, row.environment) == (account.name, account.environment.value)
    moment = local_moment(row.started)
    return same and moment is not None and account.had(moment)


def short_destination(transport: str, destination: str) -> str:
    """The name by which a person knows the queue, topic or mailbox."""
    translate = QCoreApplication.translate
    match transport:
        case "SQS":
            return translate("HistoryDestination", "{name} (queue)").format(
                name=one_line(destination.rstrip("/").rpartition("/")[2] or destination)
            )
        case "SNS":
            return translate("HistoryDestination", "{name} (topic)").format(
                name=one_line(destination.rpartition(":")[2] or destination)
            )
        case "SNS HTTPS" | "REST" | "SOAP":
            return translate("HistoryDestination", "{address} ({transport})").format(
                address=one_line(destination.partition("://")[2] or destination), transport=transport
            )
        case _:
            return one_line(destination)


def outcome_text(row: HistorySummary) -> str:
    """The word, and what the problem was."""
    word = outcome_word(row.outcome)
    if row.outcome is Outcome.INTERRUPTED or not row.problem_title:
        return word
    return f"{word}: {one_line(row.problem_title)}"
