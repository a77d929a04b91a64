# SPDX-License-Identifier: MIT
"""The inbox as Qt's views want it: what comes in is put on top, and what is far below is let go again.

Rows come in by :meth:`InboxModel.look`, called about ten times a second while messages arrive, never by one signal for
each message; they are read on a worker, so ten thousand of them cost the window no more than a few inserts. What was
let go is read anew when somebody scrolls to it. Duplicates are folded under their first, which counts them, until
somebody unfolds it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from enum import IntEnum
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID
from notification_tester.domain.messages.sender import Sender, SignatureState
from notification_tester.qt.lists.row_model import Pages, RowModel
from notification_tester.qt.lists.table_model import Mark
from notification_tester.qt.looks.formatting import count_text, when, when_exactly
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import assignment_name, hit_name, hit_type_name, name_of
from notification_tester.storage.inbox import below
from notification_tester.storage.inbox_rows import InboxQuery, InboxRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.storage.inbox import Inbox

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
    WORKER = 3
    SENDER = 4
    REMARK = 5
    HIT = 6
    ASSIGNMENT = 7
    SEEN = 8


class InboxModel(RowModel[InboxRow, Column, InboxQuery]):
    """Events that a query finds, newest first."""

    inserted = Signal(int)  # so many rows came in at the top
    filled_changed = Signal()  # a column that was empty is not so any more

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(tasks, Column, InboxQuery(), parent)
        self._is_looking = False
        self._may_let_go = True
        self._has_more = False
        self._seen_to = 0.0  # the newest row that was read, a copy that is folded among them
        self._is_another = True  # list than the one whose rows were seen
        self.filled: set[Column] = set()  # in which a row of this list said something, whatever is shown by now
        self._unfolded: dict[float, int] = {}  # by the id of a first: how many copies stand below it

    @property
    def is_up_to_date(self) -> bool:
        """Whether nothing is being read, and nothing is known to be new."""
        return not (self._is_loading or self._is_looking or self._has_more)

    def show(self, source: Pages[InboxRow, InboxQuery] | None, query: InboxQuery) -> None:
        """Show what ``query`` finds in ``source``; the rows of before stay until the answer is here."""
        self._is_looking = self._has_more = False
        self._is_another = self._is_another or source is not self._source
        super().show(source, replace(query, after=None))

    def is_unfolded(self, row: InboxRow) -> bool:
        """Whether the copies of a first stand below it."""
        return row.id in self._unfolded

    def has_copies(self, row: InboxRow) -> bool:
        """Whether it is a first whose copies are folded under it, or stand below it."""
        return self.query.is_folded and row.under is None and row.copies > 0

    def unfold(self, row: InboxRow, inbox: Inbox) -> None:
        """Show the copies of a first below it."""
        if self.has_copies(row) and not self.is_unfolded(row):
            self._tasks.run(
                partial(inbox.copies, row.id),
                done=partial(self._answer, self._number, partial(self._show_copies, row)),
                failed=partial(self._answer, self._number, self._fail),
            )

    def fold(self, row: InboxRow) -> None:
        """Fold them under it again."""
        count = self._unfolded.pop(row.id, 0)
        place = self.place_of(row.id)
        if count:
            self._remove(place + 1, count)
        self._changed(place, place)

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Show the titles of HIT types, by their ids, in rows that have none or another; the rows stay."""
        changed = [
            (place, row._replace(title=title))
            for place, row in enumerate(self._rows)
            if (title := titles.get(row.hit_type_id)) and title != row.title
        ]
        for place, row in changed:
            self._rows[place] = row
        if changed:
            self._changed(changed[0][0], changed[-1][0])

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
        self._read(self._show_new, replace(self.query, after=self._seen_to, limit=NEW_AT_ONCE))

    def title(self, column: Column) -> str:
        """The name of a column."""
        return {
            Column.WHEN: self.tr("Time"),
            Column.EVENT: self.tr("Event"),
            Column.HIT_TYPE: self.tr("HIT type"),
            Column.WORKER: self.tr("Worker"),
            Column.SENDER: self.tr("Sender"),
            Column.REMARK: self.tr("Remark"),
            Column.HIT: self.tr("HIT"),
            Column.ASSIGNMENT: self.tr("Assignment"),
            Column.SEEN: self.tr("Seen here"),
        }[column]

    def text(self, row: InboxRow, column: Column) -> str:
        """What a cell shows."""
        match column:
            case Column.WHEN:
                return when(time_of(row))
            case Column.EVENT:
                return self._event(row)
            case Column.HIT_TYPE:
                return hit_type_name(row.hit_type_id, row.title)
            case Column.WORKER:
                return one_line(row.worker_id, longest=64)
            case Column.SEEN:
                return when(row.seen_at)
            case Column.HIT:
                return hit_name(row.hit_id)
            case Column.ASSIGNMENT:
                return assignment_name(row.assignment_id)
            case Column.SENDER:
                return sender_word(row.sender, row.signature)
            case Column.REMARK:
                return remark(row)

    def tip(self, row: InboxRow, column: Column) -> str | None:
        """Its tool tip."""
        match column:
            case Column.WHEN:
                return self._times(row)
            case Column.SEEN:
                return when_exactly(row.seen_at)
            case Column.HIT_TYPE:
                return "\n".join(one for one in (row.title, row.hit_type_id) if one)
            case Column.EVENT:
                return event_text(row)
            case Column.WORKER:
                return self.text(row, column)
            case Column.HIT | Column.ASSIGNMENT:
                return exact_id(row, column)
            case _:
                return None

    def mark(self, row: InboxRow, column: Column) -> Mark | None:
        """How far the sender is to be trusted, and that there is no event."""
        if column is Column.SENDER:
            tone = sender_tone(row.sender, row.signature)
            return Mark(tone, TONE_ICONS[tone])
        return Mark(Tone.BEWARE) if column is Column.EVENT and not row.event_type else None

    def _event(self, row: InboxRow) -> str:
        if row.under is not None and self.query.is_folded:
            return f"\u2003\u2003{event_text(row)}"
        if not self.has_copies(row):
            return event_text(row)
        mark = "\u25be" if self.is_unfolded(row) else "\u25b8"
        times = count_text(row.copies + 1, self.tr("once"), self.tr("{count} times"))
        return f"{mark} {event_text(row)}, {times}"

    def _times(self, row: InboxRow) -> str:
        seen = self.tr("Seen here: {moment}").format(moment=when_exactly(row.seen_at))
        if not row.event_timestamp:
            return self.tr("The event tells no time: this is when its message was sent.") + f"\n{seen}"
        told = when_exactly(time_of(row))
        return self.tr("Time of the event: {moment}").format(moment=told) + f"\n{seen}"

    def _show_first_page(self, rows: list[InboxRow]) -> None:
        self._unfolded.clear()
        self._seen_to = max((row.id for row in rows), default=0.0)
        if self._is_another:
            self.filled, self._is_another = set(), False
        self._note_filled(rows)
        super()._show_first_page(rows)
        if self._has_more:
            self.look()

    def _show_new(self, rows: list[InboxRow]) -> None:
        self._is_looking = False
        if rows:
            self._seen_to = rows[-1].id
            folded = [row for row in rows if row.under is not None] if self.query.is_folded else []
            tops = [row for row in rows if row.under is None] if folded else rows
            self._insert(0, tops[::-1])
            for row in folded:
                self._count_copy(row)
            self._let_go()
            self.inserted.emit(len(tops))
        if len(rows) == NEW_AT_ONCE:
            self._has_more = True  # at the next look

    def _insert(self, place: int, rows: Sequence[InboxRow]) -> None:
        super()._insert(place, rows)
        if self._note_filled(rows):
            self.filled_changed.emit()

    def _note_filled(self, rows: Sequence[InboxRow]) -> bool:
        """Find out which columns are no longer empty; says whether any."""
        before = len(self.filled)
        for column, says in _SAYS.items():
            if column not in self.filled and any(map(says, rows)):
                self.filled.add(column)
        return len(self.filled) > before

    def _count_copy(self, copy: InboxRow) -> None:
        """A copy came: its first counts it, where that is in memory."""
        if copy.under is None:
            return
        place = self.place_of(copy.under)
        first = self._rows[place] if place < len(self._rows) else None
        if first is None or first.id != copy.under:
            return
        if first.copies != copy.copies:
            self._replace(place, first._replace(copies=copy.copies))
        count = self._unfolded.get(first.id, 0)
        if count and copy.message not in {row.message for row in self._rows[place + 1 : place + 1 + count]}:
            self._unfolded[first.id] = count + 1
            self._insert(place + count + 1, [below(copy, count + 1)])

    def _show_copies(self, first: InboxRow, rows: list[InboxRow]) -> None:
        place = self.place_of(first.id)
        if self.is_unfolded(first) or place >= len(self._rows) or self._rows[place].id != first.id:
            return
        self._unfolded[first.id] = len(rows)
        self._replace(place, self._rows[place]._replace(copies=len(rows)))
        self._insert(place + 1, rows)

    def _let_go(self) -> None:
        """Forget what is far below; by then it is on disk."""
        if self._may_let_go and len(self._rows) > MOST_ROWS and not self._is_fetching:
            end = MOST_ROWS
            while self.query.is_folded and self._rows[end].under is not None:
                end -= 1  # a first that goes takes along what stands below it
            for row in self._rows[end:]:
                self._unfolded.pop(row.id, None)
            self._remove(end, len(self._rows) - end)
            self._at_end = False

    def _fail(self, problem: Problem) -> None:
        self._is_looking = self._has_more = False
        super()._fail(problem)


_SAYS: dict[Column, Callable[[InboxRow], object]] = {
    Column.WORKER: attrgetter("worker_id"),
    Column.HIT: lambda row: row.hit_id not in {"", TEST_HIT_ID},
    Column.ASSIGNMENT: lambda row: row.assignment_id not in {"", *TEST_ASSIGNMENT_IDS},
    Column.REMARK: lambda row: row.is_test or row.duplicate_of is not None or row.events > 1,
}
"""Whether a row says something in a column that may be empty; the made-up ids of tests say nothing."""


def exact_id(row: InboxRow, column: Column) -> str:
    """The id of a HIT or an assignment as it came, also where the cell says that it is that of a test."""
    return one_line(row.hit_id if column is Column.HIT else row.assignment_id, longest=64)


def time_of(row: InboxRow) -> str:
    """The moment of the event, UTC, ISO 8601; of one that tells none, when its message was sent."""
    return datetime.fromtimestamp(row.at / 1000, UTC).isoformat()


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
            SignatureState.EXPIRED: translate("Inbox", "Certificate too old"),
            SignatureState.NOT_CHECKED: translate("Inbox", "Not checked"),
        }[signature]
    return {
        Sender.MTURK: translate("Inbox", "Mechanical Turk"),
        Sender.OTHER: translate("Inbox", "Somebody else"),
        Sender.UNKNOWN: translate("Inbox", "Not told"),
    }[sender]
