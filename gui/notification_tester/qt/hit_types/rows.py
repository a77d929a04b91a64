# SPDX-License-Identifier: MIT
"""The rows of HIT types in memory: found by id, put in order, and narrowed by words and a segment.

Why not QSortFilterProxyModel: asked row by row from Python it needs a second for 20,000 rows. Here the words of a row
are put together once, when the row comes; a key pressed is then one pass over ready texts, a few milliseconds.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.setting import LineState
from notification_tester.qt.hit_types.texts import Column, state_word
from notification_tester.qt.notification.names import transport_word
from notification_tester.services.hit_types.bulk_types import RowState, setting_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from notification_tester.services.hit_types.bulk_types import HitTypeRow

LONG_TITLES = 8
"""So many of the longest titles are measured to find how much room titles need: the longest is not always widest."""


class Segment(StrEnum):
    """Which rows are shown. On, off and unknown are by what holds, and together all; the others cut across them."""

    ALL = "all"
    UNKNOWN = "unknown"  # nothing was set from here, or it is not known what holds
    ON = "on"
    OFF = "off"
    NOT_TESTED = "not-tested"  # what is set is not known to have gone as expected, as it is now
    FAILED = "failed"  # the last change failed


class Kind(NamedTuple):
    """What rows are counted by: their segments, and the columns in which they say something."""

    segments: tuple[Segment, ...]
    filled: tuple[Column, ...]


def kind_of(row: HitTypeRow) -> Kind:
    """What a row is counted as."""
    spec, held = row.setting.spec, setting_state(row.setting)
    in_force = {RowState.ON: Segment.ON, RowState.OFF: Segment.OFF}.get(held, Segment.UNKNOWN)
    segments = [Segment.UNKNOWN if row.is_in_doubt or not row.has_record else in_force]
    if spec is not None and not row.is_tested:
        segments.append(Segment.NOT_TESTED)
    if row.line_state is LineState.FAILED:
        segments.append(Segment.FAILED)
    filled = [
        column
        for column, says in (
            (Column.REWARD, row.reward),
            (Column.HITS, row.hits_by_status),
            (Column.NEWEST, row.newest),
            (Column.TESTED, spec),
            (Column.DESTINATION, spec),
            (Column.EVENTS, spec),
            (Column.SET, row.set_at),
        )
        if says
    ]
    return Kind(tuple(segments), tuple(filled))


class Entry:
    """A row with what is asked of it again and again."""

    __slots__ = (
        "events",
        "goes_to",
        "hits",
        "id",
        "kind",
        "newest",
        "reward",
        "row",
        "set_at",
        "state",
        "tested_at",
        "title",
        "words",
    )

    def __init__(self, row: HitTypeRow) -> None:
        self.set_row(row)

    def set_row(self, row: HitTypeRow) -> None:
        """Take the row as it is now."""
        self.row = row
        self.id = row.id
        self.hits = row.hits
        self.newest = row.newest
        self.reward = _number(row.reward)
        self.set_at = row.set_at.timestamp() if row.set_at else 0.0
        last = row.last_test
        self.tested_at = 0.0 if last is None else last.at.timestamp() if row.is_tested else 1.0
        self.state = row.state
        self.title = row.title.casefold()
        self.kind = kind_of(row)
        spec = row.setting.spec
        words = [self.title, row.id, state_word(self.state)]
        if spec is None:
            self.goes_to = self.events = ""
            self.tested_at = -1.0
        else:
            self.goes_to = spec.destination.name.casefold()
            self.events = " ".join([event.label for event in spec.events])
            words += (spec.destination.text, transport_word(spec.transport), self.events)
            words += [event.value for event in spec.events]
        self.words = "\n".join(words).casefold()


class Taken(NamedTuple):
    """What became of rows that were taken in: more HITs were counted and nothing else; changed otherwise; new."""

    counted: list[Entry]
    changed: list[Entry]
    new: list[Entry]


_WIDE_FROM = "\u2e7f"
"""Letters after this one are about twice as wide as Latin ones: Chinese, Japanese, Korean."""


def _only_counted(before: HitTypeRow, now: HitTypeRow) -> bool:
    return replace(before, hits_by_status=now.hits_by_status, newest=now.newest) == now


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


_KEYS: dict[Column, Callable[[Entry], Any]] = {
    Column.TITLE: attrgetter("title"),
    Column.ID: attrgetter("id"),
    Column.REWARD: attrgetter("reward"),
    Column.HITS: attrgetter("hits"),
    Column.NEWEST: attrgetter("newest"),
    Column.NOTIFICATION: attrgetter("state"),
    Column.DESTINATION: attrgetter("goes_to"),
    Column.EVENTS: attrgetter("events"),
    Column.SET: attrgetter("set_at"),
    Column.TESTED: attrgetter("tested_at"),
}


class Entries:
    """All rows in the order asked for, and those of them that are shown."""

    def __init__(self) -> None:
        self._by_id: dict[str, Entry] = {}
        self._ordered: list[Entry] = []
        self.shown: list[Entry] = []
        self._kinds: Counter[Kind] = Counter()
        self._long: list[tuple[int, str]] = []  # a heap: the shortest of them first
        self._column = Column.NEWEST
        self._falling = True
        self._words: tuple[str, ...] = ()
        self._segment = Segment.ALL

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, hit_type_id: object) -> bool:
        return hit_type_id in self._by_id

    def get(self, hit_type_id: str) -> Entry | None:
        """The entry of an id; None where there is none."""
        return self._by_id.get(hit_type_id)

    def all(self) -> list[Entry]:
        """Every entry, shown or not, in the order asked for."""
        return self._ordered

    @property
    def is_narrow(self) -> bool:
        """Whether words or a segment leave anything out."""
        return bool(self._words) or self._segment is not Segment.ALL

    @property
    def has_specs(self) -> bool:
        """Whether any entry has a specification."""
        return Column.EVENTS in self.filled()

    def filled(self) -> set[Column]:
        """The columns in which some row says something, of those that may be empty."""
        return {column for kind, count in self._kinds.items() if count for column in kind.filled}

    def counts(self) -> Counter[Segment]:
        """How many rows there are of each segment, whatever is shown."""
        found = Counter({Segment.ALL: len(self)})
        for kind, count in self._kinds.items():
            found.update(dict.fromkeys(kind.segments, count))
        return found

    def long_titles(self) -> list[str]:
        """Some of the longest titles."""
        return [title for _, title in self._long]

    def clear(self) -> None:
        """Forget all rows; order and words stay."""
        self._by_id, self._ordered, self.shown = {}, [], []
        self._kinds.clear()
        self._long.clear()

    def take(self, rows: Iterable[HitTypeRow]) -> Taken:
        """Take rows in. New ones are not in the order yet: ``put`` or ``insert`` does that."""
        counted: list[Entry] = []
        changed: list[Entry] = []
        new: list[Entry] = []
        for row in rows:
            entry = self._by_id.get(row.id)
            if entry is None:
                entry = self._by_id[row.id] = Entry(row)
                new.append(entry)
            elif entry.row is not row and entry.row != row:
                self._kinds[entry.kind] -= 1
                (counted if _only_counted(entry.row, row) else changed).append(entry)
                entry.set_row(row)
            else:
                continue
            self._kinds[entry.kind] += 1
            self._note_title(row.title)
        return Taken(counted, changed, new)

    def put(self, new: list[Entry]) -> None:
        """Put new entries among all, in order; what is shown is made anew."""
        self._ordered.extend(new)
        self.arrange()

    def insert(self, entry: Entry) -> int | None:
        """Put one new entry in order, and say where it belongs among the shown; None where it is not shown."""
        self._ordered.insert(self._where(self._ordered, entry), entry)
        if not self._matches(entry):
            return None
        return self._where(self.shown, entry)

    def arrange(self, column: Column | None = None, *, falling: bool | None = None) -> None:
        """Put all in order, by another column where one is given; equals keep the order that they had."""
        if column is not None:
            self._column = column
        if falling is not None:
            self._falling = falling
        self._ordered.sort(key=_KEYS[self._column], reverse=self._falling)
        self._narrow()

    def narrow(self, text: str, segment: Segment) -> bool:
        """Show rows of the segment that have all the words; whether that is another question than before."""
        words = tuple(text.casefold().split())
        if (words, segment) == (self._words, self._segment):
            return False
        self._words, self._segment = words, segment
        self._narrow()
        return True

    def _narrow(self) -> None:
        shown = self._ordered
        for word in self._words:
            shown = [entry for entry in shown if word in entry.words]
        if self._segment is not Segment.ALL:
            shown = [entry for entry in shown if self._segment in entry.kind.segments]
        self.shown = list(shown) if shown is self._ordered else shown

    def _matches(self, entry: Entry) -> bool:
        of_segment = self._segment is Segment.ALL or self._segment in entry.kind.segments
        return of_segment and all(word in entry.words for word in self._words)

    def _note_title(self, title: str) -> None:
        size = len(title) if title.isascii() else sum(1 + (sign > _WIDE_FROM) for sign in title)
        if len(self._long) < LONG_TITLES:
            heapq.heappush(self._long, (size, title))
        elif size > self._long[0][0]:
            heapq.heapreplace(self._long, (size, title))

    def _where(self, entries: list[Entry], entry: Entry) -> int:
        key = _KEYS[self._column]
        if not self._falling:
            return bisect_right(entries, key(entry), key=key)
        # Falling: as if read from the end, where keys rise.
        low, high, wanted = 0, len(entries), key(entry)
        while low < high:
            middle = (low + high) // 2
            if key(entries[middle]) < wanted:
                high = middle
            else:
                low = middle + 1
        return low


def runs(numbers: list[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours in rising numbers."""
    if numbers and numbers[-1] - numbers[0] == len(numbers) - 1:
        return [(numbers[0], numbers[-1])]
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
