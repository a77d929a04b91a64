# SPDX-License-Identifier: MIT
"""The inbox as Qt's views want it: what comes in is put on top, and what is far below is let go again.

Rows come in by :meth:`InboxModel.look`, called about ten times a second while messages arrive, never by one signal for
each message; they are read on a worker, so ten thousand of them cost the window no more than a few inserts. What was
let go is read anew when somebody scrolls to it.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from notification_tester.domain.messages.sender import Sender, SignatureState
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.widgets.formatting import when, when_exactly
from notification_tester.qt.widgets.row_model import Mark, Pages, RowModel
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.storage.inbox_rows import InboxQuery, InboxRow

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks

NEW_AT_ONCE = 500
"""Rows that one look takes in; at ten looks a second no queue is faster."""

MOST_ROWS = 2_000
"""Rows that are kept in memory while new ones come in at the top."""


SENDER_TONES = {Sender.MTURK: Tone.GOOD, Sender.OTHER: Tone.BEWARE, Sender.UNKNOWN: Tone.UNKNOWN}
SIGNATURE_TONES = {
    SignatureState.NONE: Tone.UNKNOWN,
    SignatureState.GENUINE: Tone.GOOD,
    SignatureState.OTHER_TOPIC: Tone.BEWARE,
    SignatureState.EXPIRED: Tone.BEWARE,
    SignatureState.FALSE: Tone.BAD,
    SignatureState.NOT_CHECKED: Tone.UNKNOWN,
}
TONE_ICONS = {Tone.GOOD: "check", Tone.BEWARE: "warning", Tone.BAD: "cross", Tone.UNKNOWN: "question"}
"""Each has a shape of its own, so that it is told without its colour."""


class Column(IntEnum):
    """The columns, in the order in which they are shown."""

    WHEN = 0
    EVENT = 1
    HIT_TYPE = 2
    HIT = 3
    ASSIGNMENT = 4
    SENDER = 5
    REMARK = 6


class InboxModel(RowModel[InboxRow, Column, InboxQuery]):
    """Events that a query finds, newest first."""

    inserted = Signal(int)  # so many rows came in at the top

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(tasks, Column, InboxQuery(), parent)
        self._is_looking = False
        self._may_let_go = True
        self._has_more = False

    @property
    def is_up_to_date(self) -> bool:
        """Whether nothing is being read, and nothing is known to be new."""
        return not (self._is_loading or self._is_looking or self._has_more)

    def show(self, source: Pages[InboxRow, InboxQuery] | None, query: InboxQuery) -> None:
        """Show what ``query`` finds in ``source``; the rows of before stay until the answer is here."""
        self._is_looking = self._has_more = False
        super().show(source, replace(query, after=None))

    def set_at_top(self, at_top: bool) -> None:
        """Say whether the newest rows are in sight: only then are those far below let go."""
        self._may_let_go = at_top

    def look(self) -> None:
        """Take in what is new; one question at a time."""
        if self._source is None:
            return
        if self._is_loading or self._is_looking:
            self._has_more = True
            return
        self._is_looking = True
        self._has_more = False
        newest = self._rows[0].id if self._rows else 0
        self._read(self._show_new, replace(self.query, after=newest, limit=NEW_AT_ONCE))

    def title(self, column: Column) -> str:
        """The name of a column."""
        return {
            Column.WHEN: self.tr("Seen"),
            Column.EVENT: self.tr("Event"),
            Column.HIT_TYPE: self.tr("HIT type"),
            Column.HIT: self.tr("HIT"),
            Column.ASSIGNMENT: self.tr("Assignment"),
            Column.SENDER: self.tr("Sender"),
            Column.REMARK: self.tr("Remark"),
        }[column]

    def text(self, row: InboxRow, column: Column) -> str:
        """What a cell shows."""
        match column:
            case Column.WHEN:
                return when(row.seen_at)
            case Column.EVENT:
                return event_text(row)
            case Column.HIT_TYPE:
                return one_line(row.hit_type_id, longest=64)
            case Column.HIT:
                return one_line(row.hit_id, longest=64)
            case Column.ASSIGNMENT:
                return one_line(row.assignment_id, longest=64)
            case Column.SENDER:
                return sender_word(row.sender, row.signature)
            case Column.REMARK:
                return remark(row)

    def tip(self, row: InboxRow, column: Column) -> str | None:
        """Its tool tip."""
        match column:
            case Column.WHEN:
                return when_exactly(row.seen_at)
            case Column.EVENT | Column.HIT_TYPE | Column.HIT | Column.ASSIGNMENT:
                return self.text(row, column)
            case _:
                return None

    def mark(self, row: InboxRow, column: Column) -> Mark | None:
        """How far the sender is to be trusted, and that there is no event."""
        if column is Column.SENDER:
            tone = sender_tone(row.sender, row.signature)
            return Mark(tone, TONE_ICONS[tone])
        return Mark(Tone.BEWARE) if column is Column.EVENT and not row.event_type else None

    def _show_first_page(self, rows: list[InboxRow]) -> None:
        super()._show_first_page(rows)
        if self._has_more:
            self.look()

    def _show_new(self, rows: list[InboxRow]) -> None:
        self._is_looking = False
        if rows:
            self._insert(0, rows[::-1])
            self._let_go()
            self.inserted.emit(len(rows))
        if len(rows) == NEW_AT_ONCE:
            self._has_more = True  # at the next look

    def _let_go(self) -> None:
        """Forget what is far below; by then it is on disk."""
        if self._may_let_go and len(self._rows) > MOST_ROWS and not self._is_fetching:
            self._remove(MOST_ROWS, len(self._rows) - MOST_ROWS)
            self._at_end = False

    def _fail(self, problem: Problem) -> None:
        self._is_looking = self._has_more = False
        super()._fail(problem)


def event_text(row: InboxRow) -> str:
    """The event's readable name; for a message without events, why."""
    if row.event_type:
        return one_line(name_of(row.event_type), longest=80)
    translate = QCoreApplication.translate
    return one_line(row.problem_title) or translate("Inbox", "No event in it")


def remark(row: InboxRow) -> str:
    """What sets a row apart: a test, a duplicate, one of several in a message."""
    translate = QCoreApplication.translate
    parts = []
    if row.is_test:
        parts.append(translate("Inbox", "Test"))
    if row.duplicate_of is not None:
        parts.append(translate("Inbox", "Duplicate of {number}").format(number=row.duplicate_of))
    if row.events > 1:
        parts.append(translate("Inbox", "{place} of {all}").format(place=row.place, all=row.events))
    return " · ".join(parts)


def sender_tone(sender: Sender, signature: SignatureState) -> Tone:
    """A signature of which something is to be said outweighs all else; one that fits tells nothing of who published."""
    tone = SIGNATURE_TONES[signature]
    return tone if tone in {Tone.BAD, Tone.BEWARE} else SENDER_TONES[sender]


def sender_word(sender: Sender, signature: SignatureState) -> str:
    """The word of a cell."""
    translate = QCoreApplication.translate
    if signature is not SignatureState.NONE:
        return {
            SignatureState.FALSE: translate("Inbox", "Not genuine"),
            SignatureState.GENUINE: translate("Inbox", "Through SNS"),
            SignatureState.OTHER_TOPIC: translate("Inbox", "Another topic"),
            SignatureState.EXPIRED: translate("Inbox", "Expired"),
            SignatureState.NOT_CHECKED: translate("Inbox", "Not checked"),
        }[signature]
    return {
        Sender.MTURK: translate("Inbox", "Mechanical Turk"),
        Sender.OTHER: translate("Inbox", "Somebody else"),
        Sender.UNKNOWN: translate("Inbox", "Not told"),
    }[sender]
