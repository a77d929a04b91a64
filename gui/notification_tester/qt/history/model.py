# SPDX-License-Identifier: MIT
"""The history as Qt's views want it; a test that begins or ends changes its own row alone."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence

from notification_tester.domain.account import Environment
from notification_tester.domain.delivery import State
from notification_tester.qt.lists.row_model import Pages, RowModel
from notification_tester.qt.lists.table_model import LEADING, TRAILING, Mark
from notification_tester.qt.looks.formatting import (
    count_text,
    day_text,
    keys_text,
    moment_text,
    now_utc,
    seconds_text,
    when,
    when_exactly,
)
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import name_of
from notification_tester.storage.queries import HistoryQuery, Sort, following
from notification_tester.storage.rows import (
    CHANGE_KINDS,
    DELIVERY_KIND,
    HIT_TYPES_KIND,
    MADE_KIND,
    MEND_KIND,
    PRACTICE_WORKERS,
    TAKEN_BACK,
    HistorySummary,
    Outcome,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notification_tester.qt.background import Tasks
    from notification_tester.services.changes import Replaced
    from notification_tester.storage.rows import HistoryRow

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
    ACTION = 6


SORTS = {
    Column.WHEN: Sort.TIME,
    Column.EVENT: Sort.EVENT,
    Column.DESTINATION: Sort.DESTINATION,
    Column.ACCOUNT: Sort.ACCOUNT,
    Column.OUTCOME: Sort.OUTCOME,
    Column.SECONDS: Sort.SECONDS,
}
"""What a press on the name of a column sorts by."""


class HistoryModel(RowModel[HistorySummary, Column, HistoryQuery]):
    """Rows that a query finds. ``history`` may be None: then there are none.

    In a list that is sorted, and not by time, a row that is new has no place of its own: the list is asked anew.
    """

    undo_changed = Signal(object)  # ids of rows of which it is known now that they have no way back, or have one

    def __init__(
        self, tasks: Tasks, history: Pages[HistorySummary, HistoryQuery] | None, parent: QObject | None = None
    ) -> None:
        super().__init__(tasks, Column, HistoryQuery(), parent)
        self._source = history
        self._waiting: list[int] = []  # rows that changed while the first page was being read
        self._tickets: dict[int, int] = {}  # of the newest look at a row
        self._looks = 0
        self._places: dict[int, int] = {}  # of a list that is sorted
        self._replaced: dict[int, Replaced] = {}  # changes that have no way back any more
        self._refused: dict[int, str] = {}  # what became of those of which that was found out when it was asked for

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
        if not self.query.is_by_time and row_id not in self._places:
            self.set_query(self.query)
            return
        self._looks += 1
        self._tickets[row_id] = self._looks
        about_it = replace(self.query, before=row_id + 1, limit=1, sort=Sort.TIME, is_rising=False)
        self._read(partial(self._show_row, row_id, self._looks), about_it)

    def asked_for_undo(self) -> list[int]:
        """The newest changes in memory that seem to have a way back."""
        return list(islice((row.id for row in self._rows if may_be_undone(row)), MOST_ASKED))

    def show_replaced(self, row_ids: Sequence[int], replaced: Mapping[int, Replaced]) -> None:
        """Of these rows, those that have a way back no more, and why."""
        changed = {one for one in row_ids if self._replaced.get(one) != replaced.get(one)}
        self._replaced = {one: why for one, why in self._replaced.items() if one not in changed} | dict(replaced)
        for place, row in enumerate(self._rows):
            if row.id in changed:
                self._forget(row)
                self._changed(place, place)
        if changed:
            self.undo_changed.emit(changed)

    def show_refused(self, row_id: int, became: str) -> None:
        """It was asked for a way back, and there is none any more: ``became`` says why, in a word or two."""
        self._refused[row_id] = became
        self._undo_changed(row_id)

    def show_way_back(self, row_id: int) -> None:
        """It was asked for once more, and there is a way back: what was found before is so no longer."""
        if self._refused.pop(row_id, None) is not None:
            self._undo_changed(row_id)

    def _undo_changed(self, row_id: int) -> None:
        place = self.place_of(row_id)
        if place < len(self._rows) and self._rows[place].id == row_id:
            self._forget(self._rows[place])
            self._changed(place, place)
        self.undo_changed.emit({row_id})

    def may_be_asked_again(self, row: HistorySummary | HistoryRow) -> bool:
        """Whether somebody else was found to have changed a policy, who may have put it back by now."""
        return row.kind == MEND_KIND and row.id in self._refused and row.id not in self._replaced

    def can_be_undone(self, row: HistorySummary | HistoryRow) -> bool:
        """Whether a way back is on offer; what is not known here is found out when it is asked for."""
        return may_be_undone(row) and row.id not in self._replaced and row.id not in self._refused

    def undone_text(self, row: HistorySummary | HistoryRow) -> str:
        """What became of a change that has no way back any more; empty for others."""
        replaced = self._replaced.get(row.id)
        if replaced is None or replaced.at is None:
            return self._refused.get(row.id, "")
        text = self.tr("Undone at {time}") if replaced.is_undone else self.tr("Changed since, at {time}")
        return text.format(time=moment_text(replaced.at, now_utc()))

    def _undone_cell(self, row: HistorySummary) -> str:
        """The same in as few words as a narrow column has room for; its tip and the details have the rest."""
        replaced = self._replaced.get(row.id)
        if replaced is None or replaced.at is None:
            return self._refused.get(row.id, "")
        if not replaced.is_undone:
            return self.tr("Changed since")
        here = replaced.at.astimezone()
        if here.date() == now_utc().astimezone().date():
            return self.undone_text(row)
        return self.tr("Undone {day}").format(day=day_text(here))

    def title(self, column: Column) -> str:
        """The name of a column."""
        return {
            Column.WHEN: self.tr("When"),
            Column.EVENT: self.tr("What happened"),
            Column.DESTINATION: self.tr("Goes to"),
            Column.ACCOUNT: self.tr("Account"),
            Column.OUTCOME: self.tr("Outcome"),
            Column.SECONDS: self.tr("Seconds"),
            Column.ACTION: self.tr("Undo"),
        }[column]

    def text(self, row: HistorySummary, column: Column) -> str:
        """What a cell shows."""
        match column:
            case Column.WHEN:
                return when(row.started)
            case Column.EVENT:
                return what_happened(row)
            case Column.DESTINATION:
                return goes_to(row)
            case Column.ACCOUNT:
                return one_line(row.called) or (self.tr("This computer") if row.is_from_here else "")
            case Column.OUTCOME:
                return outcome_text(row)
            case Column.SECONDS:
                return "" if row.is_change else seconds_text(row.seconds)
            case Column.ACTION:
                return self.tr("Undo…") if self.can_be_undone(row) else self._undone_cell(row)

    def tip(self, row: HistorySummary, column: Column) -> str | None:
        """Its tool tip."""
        match column:
            case Column.WHEN:
                return when_exactly(row.started)
            case Column.DESTINATION:
                return and_more(one_line(row.destination), row.more_places)
            case Column.EVENT if row.is_from_here:
                return self.tr("Sent from this computer, and not by Mechanical Turk.")
            case Column.EVENT if row.is_change:
                return what_happened(row)
            case Column.OUTCOME:
                return outcome_text(row)
            case Column.SECONDS if not row.is_change and row.seconds is not None:
                return of_its_seconds(row).tip
            case Column.ACTION if self.can_be_undone(row):
                return self.tr("Shows first what would be put back ({keys}).").format(
                    keys=keys_text(QKeySequence.StandardKey.Undo)
                )
            case Column.ACTION:
                return self.undone_text(row) or None
            case _:
                return None

    def mark(self, row: HistorySummary, column: Column) -> Mark | None:
        """The outcome's colour and shape; what this computer sent is told apart by its own."""
        if column is Column.OUTCOME:
            return Mark(OUTCOME_TONES[row.outcome], OUTCOME_ICONS[row.outcome])
        if column is Column.ACTION:
            return Mark(Tone.ACCENT, "repeat") if self.can_be_undone(row) else None
        if column is Column.EVENT and row.is_change:
            return Mark(Tone.PLAIN, CHANGE_ICONS[row.kind])
        return Mark(Tone.PLAIN, "computer") if column is Column.EVENT and row.is_from_here else None

    def alignment(self, column: Column) -> Qt.AlignmentFlag:
        """Numbers end below each other."""
        return TRAILING if column is Column.SECONDS else LEADING

    def rows_between(self, first: int, last: int) -> list[HistorySummary]:
        """Rows that are in memory, from ``first`` to before ``last``."""
        return self._rows[first:last]

    def place_of(self, row_id: float) -> int:
        """Where a row of this id stands, or, in a list by time, belongs."""
        return super().place_of(row_id) if self.query.is_by_time else self._places.get(int(row_id), len(self._rows))

    def _after(self, last: HistorySummary) -> HistoryQuery:
        return following(self._query, last)

    def _show_first_page(self, rows: list[HistorySummary]) -> None:
        self._tickets.clear()
        self._places = {} if self.query.is_by_time else {row.id: place for place, row in enumerate(rows)}
        super()._show_first_page(rows)
        waiting, self._waiting = self._waiting, []
        for row_id in dict.fromkeys(waiting):
            self.refresh(row_id)

    def _show_older(self, rows: list[HistorySummary]) -> None:
        if self.query.is_by_time:
            super()._show_older(rows)
            return
        self._is_fetching = False
        new = [row for row in rows if row.id not in self._places]
        self._at_end = len(rows) < self._query.limit or not new
        self._places.update((row.id, place) for place, row in enumerate(new, start=len(self._rows)))
        self._insert(len(self._rows), new)

    def _show_row(self, row_id: int, ticket: int, found: list[HistorySummary]) -> None:
        if self._tickets.get(row_id) != ticket:
            return
        del self._tickets[row_id]
        number = self.place_of(row_id)
        is_here = number < len(self._rows) and self._rows[number].id == row_id
        if not found or found[0].id != row_id:  # the filter leaves it out now
            if is_here and self.query.is_by_time:
                self._remove(number, 1)
        elif is_here:
            self._replace(number, found[0])
        elif number < len(self._rows) or self._at_end:  # else it comes with its page
            self._insert(number, found)


CHANGE_ICONS = {MEND_KIND: "key", MADE_KIND: "plus", HIT_TYPES_KIND: "hit-types"}
"""What stands before a change, by its kind."""


MOST_ASKED = 100
"""Changes of which it is found out together whether they still have a way back."""


def may_be_undone(row: HistorySummary | HistoryRow) -> bool:
    """Whether it is a change that may have a way back; whether it still has one is found out later."""
    may_stand = row.outcome in {Outcome.GOOD, Outcome.UNKNOWN, Outcome.INTERRUPTED}
    return (row.kind == MEND_KIND and may_stand) or (
        row.kind == HIT_TYPES_KIND and (may_stand or row.outcome is Outcome.BAD)
    )


def why_not_again() -> str:
    """Why nothing can be sent again while a test is under way."""
    return QCoreApplication.translate("HistoryModel", "A test is under way. This can be sent again when that is over.")


class OfSeconds(NamedTuple):
    """Of what the seconds of a test are: as a sentence, and behind its outcome, with ``{seconds}``."""

    tip: str
    behind: str


def of_its_seconds(row: HistorySummary) -> OfSeconds:
    """Nobody waited for what was refused, nor for what cannot be known to have arrived: a mail, or no time to wait."""
    translate = QCoreApplication.translate
    if row.arrived is State.YES:
        tip = translate("HistorySeconds", "Until it was seen to arrive, as on the page Test.")
        return OfSeconds(tip, translate("HistorySeconds", ", {seconds} s"))
    if row.accepted is State.NO:
        return OfSeconds(
            translate("HistorySeconds", "Until it was refused."), translate("HistorySeconds", ", after {seconds} s")
        )
    if row.arrived is State.NO:
        tip = translate("HistorySeconds", "So long was waited: it was not seen to arrive.")
        return OfSeconds(tip, translate("HistorySeconds", ", waited {seconds} s"))
    tip = translate("HistorySeconds", "How long it took; whether it arrived is not known.")
    return OfSeconds(tip, translate("HistorySeconds", ", took {seconds} s"))


def can_be_followed(row: HistorySummary | HistoryRow) -> bool:
    """Whether the Inbox can follow where it went, a queue or a topic."""
    return row.transport in {"SQS", "SNS"} and row.destination.startswith(("http://", "https://", "arn:"))


def kind_word(kind: str) -> str:
    """Who sent, or that something was changed."""
    translate = QCoreApplication.translate
    if kind in CHANGE_KINDS:
        return translate("HistoryKind", "Changes")
    if kind == DELIVERY_KIND:
        return translate("HistoryKind", "This computer")
    return translate("HistoryKind", "Mechanical Turk")


def what_happened(row: HistorySummary | HistoryRow) -> str:
    """The event of a test, or what was changed."""
    translate = QCoreApplication.translate
    match row.kind:
        case "mend":
            if row.event == TAKEN_BACK:
                return translate("HistoryChange", "Access put back as it was")
            return translate("HistoryChange", "Mended the access policy")
        case "made" if row.transport == "SNS":
            return translate("HistoryChange", "Made this topic")
        case "made":
            return translate("HistoryChange", "Made this queue")
        case "hit-types":
            return _hit_types_text(row.event)
    return one_line(name_of(row.event))


def _hit_types_text(event: str) -> str:
    translate = QCoreApplication.translate
    action, _, number = event.partition(" ")
    count = int(number) if number.isascii() and number.isdigit() else 0
    one, many = {
        "apply": (translate("HistoryChange", "Set 1 HIT type"), translate("HistoryChange", "Set {count} HIT types")),
        PRACTICE_WORKERS: (
            translate("HistoryChange", "Practice's workers set 1 HIT type"),
            translate("HistoryChange", "Practice's workers set {count} HIT types"),
        ),
        "on": (
            translate("HistoryChange", "Switched on the notification of 1 HIT type"),
            translate("HistoryChange", "Switched on the notification of {count} HIT types"),
        ),
        "off": (
            translate("HistoryChange", "Switched off the notification of 1 HIT type"),
            translate("HistoryChange", "Switched off the notification of {count} HIT types"),
        ),
        "undo": (
            translate("HistoryChange", "Undid the last change of 1 HIT type"),
            translate("HistoryChange", "Undid the last change of {count} HIT types"),
        ),
        "reapply": (
            translate("HistoryChange", "Re-applied to 1 HIT type"),
            translate("HistoryChange", "Re-applied to {count} HIT types"),
        ),
    }.get(
        action,
        (translate("HistoryChange", "Changed 1 HIT type"), translate("HistoryChange", "Changed {count} HIT types")),
    )
    return count_text(count, one, many)


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


def goes_to(row: HistorySummary | HistoryRow) -> str:
    """The place that a row is about; of several, the first, and how many more there are."""
    return and_more(short_destination(row.transport, row.destination), row.more_places)


def and_more(first: str, more: int) -> str:
    """The first of several, and how many there are beside it."""
    translate = QCoreApplication.translate
    if not more:
        return first
    one = translate("HistoryDestination", "{{first}} and 1 more")
    many = translate("HistoryDestination", "{{first}} and {count} more")
    return count_text(more, one, many).format(first=first)


def outcome_text(row: HistorySummary) -> str:
    """The word, and what the problem was."""
    word = outcome_word(row.outcome)
    if row.is_change and row.outcome is Outcome.GOOD:
        return QCoreApplication.translate("HistoryOutcome", "Done")
    if row.outcome is Outcome.INTERRUPTED or not row.problem_title:
        return word
    return f"{word}: {one_line(row.problem_title)}"
