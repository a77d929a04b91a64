# SPDX-License-Identifier: MIT
"""Questions to a long list, a page at a time, and the SQL that answers those to the history quickly.

Pages are found by key ("older than this id") and never by offset, so the thousandth page costs what the first does.
Where a question is answered from several places, each gives at most one page, and the best of them is the page. Sorted
by anything but time, a page costs a look at every row: an index for each column would cost every test instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.account import Environment
from notification_tester.storage import search
from notification_tester.storage.rows import CHANGE_KINDS, HIT_TYPES_KIND, MEND_KIND, OTHER_PLACES
from notification_tester.storage.search import Condition

if TYPE_CHECKING:
    from notification_tester.storage.rows import HistorySummary, Outcome

_OTHER_PLACES = f"CASE WHEN json_valid(b.request) THEN b.request END, '$.\"{OTHER_PLACES}\"'"
_MORE_PLACES = ("(SELECT json_array_length(", _OTHER_PLACES, ") FROM history_body b WHERE b.id = h.id)")
_COLUMNS = (
    "h.id, h.started, h.kind, h.account, h.environment, h.transport, h.destination, h.event, h.seconds,"
    " h.problem_title, h.problem_code, h.outcome, h.accepted, h.arrived, h.as_expected,"
    f" CASE h.kind WHEN '{HIT_TYPES_KIND}' THEN {''.join(_MORE_PLACES)} END"
)
_ARRIVALS = (
    "SELECT h.id, (julianday(h.started) - 2440587.5) * 86400.0, h.arrived, h.outcome,"
    " CASE h.arrived WHEN 'yes' THEN (SELECT json_extract(b.lamps, '$[1][2]') FROM history_body b"
    " WHERE b.id = h.id AND json_valid(b.lamps)) END FROM history h"
)
_TOP = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class PageQuery:
    """At most ``limit`` rows of a list, newest first. Every word of ``text`` must occur in a row.

    ``before`` asks for rows older than that id: that of the last row of the page before.
    """

    text: str = ""
    before: float | None = None
    limit: int = 200

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text.split())


CHANGES = "change"
"""The ``kind`` of a query that asks for whatever was changed."""


class Place(NamedTuple):
    """Where tests went. In practice the address has another port at each start, and the name alone counts."""

    transport: str
    destination: str
    environment: str = ""

    @property
    def name(self) -> str:
        """What is the same at each start of practice."""
        return self.destination.rpartition("/")[2]


class Sort(StrEnum):
    """What a list is sorted by, and the SQL that has it."""

    TIME = "h.id"
    EVENT = "h.event"
    DESTINATION = "h.destination"
    ACCOUNT = "h.account"
    OUTCOME = "h.outcome"
    SECONDS = "coalesce(h.seconds, -1.0)"


@dataclass(frozen=True, kw_only=True)
class HistoryQuery(PageQuery):
    """Which rows. A word may occur in any part of the row; what is empty leaves nothing out.

    ``account`` is a name and an environment. ``since`` and ``until`` are moments as the rows have them, the second not
    included. Sorted by anything but falling time, a page goes on after ``before`` and its value, ``beyond``.
    """

    outcomes: frozenset[Outcome] = frozenset()
    kind: str = ""
    account: tuple[str, str] | None = None
    place: Place | None = None
    since: str = ""
    until: str = ""
    sort: Sort = Sort.TIME
    is_rising: bool = False
    beyond: str | float | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        chosen = (self.outcomes, self.kind, self.account, self.place, self.since, self.until)
        return super().is_narrow or any(chosen)

    @property
    def is_by_time(self) -> bool:
        """Whether the newest come first, as they do where nobody sorts."""
        return self.sort is Sort.TIME and not self.is_rising


class _Source(NamedTuple):
    """Tables to look in, the key that orders them, and what must hold."""

    tables: str
    key: str
    conditions: tuple[Condition, ...]


def page_statements(query: HistoryQuery, *, indexed: bool) -> list[Condition]:
    """Statements whose answers together hold the page, each newest first and at most ``limit`` rows long."""
    statements = []
    for source in _sources(query, indexed=indexed, counting=False):
        conditions = (*source.conditions, *_after(query, source.key))
        columns = _COLUMNS if query.is_by_time else f"{_COLUMNS}, {query.sort}"
        sql = ("SELECT", columns, "FROM", source.tables, "WHERE", _all_of(conditions), "ORDER BY")
        order = f"{source.key} DESC" if query.is_by_time else f"{query.sort} {_way(query)}, h.id DESC"
        statements.append(Condition(" ".join((*sql, order, "LIMIT ?")), (*_values(conditions), query.limit)))
    return statements


def following(query: HistoryQuery, last: HistorySummary) -> HistoryQuery:
    """The question for the page after the one that ended with ``last``."""
    return replace(query, before=last.id, beyond=sorted_by(last, query.sort))


def sorted_by(row: HistorySummary, sort: Sort) -> str | float:
    """The value of a row that a list is sorted by, as SQL has it."""
    match sort:
        case Sort.TIME:
            return row.id
        case Sort.EVENT:
            return row.event
        case Sort.DESTINATION:
            return row.destination
        case Sort.ACCOUNT:
            return row.account
        case Sort.OUTCOME:
            return row.outcome.value
        case Sort.SECONDS:
            return -1.0 if row.seconds is None else row.seconds


def merged(query: HistoryQuery, answers: list[list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """The page out of what several statements answered, with the columns that are shown."""
    if query.is_by_time:
        if len(answers) == 1:
            return answers[0]
        found = {row[0]: row for answer in answers for row in answer}
        return [found[row_id] for row_id in sorted(found, reverse=True)[: query.limit]]
    rows = [row for answer in answers for row in answer]
    if len(answers) > 1:
        rows.sort(key=itemgetter(0), reverse=True)
        rows.sort(key=itemgetter(-1), reverse=not query.is_rising)
    return [row[:-1] for row in rows[: query.limit]]


PLACES = (
    "SELECT account, environment, transport, destination, max(id) FROM"
    " (SELECT id, account, environment, transport, destination FROM history ORDER BY id DESC LIMIT ?)"
    " GROUP BY account, environment, transport, destination ORDER BY 5 DESC"
)
"""The accounts and places of the newest rows, the newest first: to look at a million rows for a list to choose from
takes seconds, and what is older is found by its words and from its row.
"""


def arrivals_statement(place: Place, account: tuple[str, str], kind: str, limit: int) -> Condition:
    """The newest tests of an account at a place: id, when (seconds since 1970), arrived, outcome, seconds it took.

    How long it took is in the details alone, and SQLite itself takes it out of them.
    """
    conditions = (Condition("h.kind = ?", (kind,)), *_at_place(place), _by(account))
    sql = f"{_ARRIVALS} WHERE {_all_of(conditions)} ORDER BY h.id DESC LIMIT ?"
    return Condition(sql, (*_values(conditions), limit))


def count_statements(query: HistoryQuery, *, indexed: bool) -> list[Condition]:
    """Statements that each count a part of the answer; ``before`` and ``limit`` play no part."""
    return [
        Condition(
            " ".join(("SELECT count(*) FROM", source.tables, "WHERE", _all_of(source.conditions))),
            _values(source.conditions),
        )
        for source in _sources(query, indexed=indexed, counting=True)
    ]


def _sources(query: HistoryQuery, *, indexed: bool, counting: bool) -> list[_Source]:
    """Where to look; no two places hold the same row."""
    if query.place is None:
        return _sources_where(query, (), indexed=indexed, counting=counting)
    return [
        source
        for where in (_at_place(query.place), _also_at_place(query.place))
        for source in _sources_where(query, where, indexed=indexed, counting=counting)
    ]


def _sources_where(
    query: HistoryQuery, where: tuple[Condition, ...], *, indexed: bool, counting: bool
) -> list[_Source]:
    """Where to look for those of which ``where`` holds, too."""
    long_words, short_words = search.words_of(query.text)
    shown = (*where, *_chosen(query), *search.in_shown_columns(short_words))
    if not long_words:
        if counting or not query.outcomes or not query.is_by_time:
            return [_Source("history h", "h.id", (*_outcome_in(query.outcomes), *shown))]
        return [  # newest first out of each outcome's own index; one IN would have to sort all that it finds
            _Source("history h", "h.id", (*_outcome_in(frozenset({outcome})), *shown)) for outcome in query.outcomes
        ]
    sources = []
    if indexed:
        tables = "history_search s"
        if shown or not counting:
            tables += " CROSS JOIN history h ON h.id = s.rowid"  # CROSS keeps the order: the index first
        asked = Condition("s.history_search MATCH ?", (search.match(long_words, query.outcomes),))
        sources.append(_Source(tables, "s.rowid", (asked, *shown)))
    outside = (Condition("h.searchable = 0", ()),) if indexed else ()
    anywhere = (*outside, *_outcome_in(query.outcomes), *search.in_all_text(long_words), *shown)
    return [*sources, _Source("history h", "h.id", anywhere)]


def _outcome_in(outcomes: frozenset[Outcome]) -> tuple[Condition, ...]:
    if not outcomes:
        return ()
    marks = ", ".join("?" * len(outcomes))
    return (Condition(f"h.outcome IN ({marks})", tuple(outcome.value for outcome in sorted(outcomes))),)


def _chosen(query: HistoryQuery) -> tuple[Condition, ...]:
    """What is neither a word, nor an outcome, nor a place."""
    found = []
    if query.kind == CHANGES:
        found.append(Condition(f"h.kind IN ({', '.join('?' * len(CHANGE_KINDS))})", CHANGE_KINDS))
    elif query.kind == MEND_KIND:
        found.append(Condition(f"h.kind = '{MEND_KIND}'", ()))  # as the index has it
    elif query.kind:
        found.append(Condition("h.kind = ?", (query.kind,)))
    if query.account is not None:
        found.append(_by(query.account))
    if query.since:
        found.append(Condition("h.started >= ?", (query.since,)))
    if query.until:
        found.append(Condition("h.started < ?", (query.until,)))
    return tuple(found)


def _by(account: tuple[str, str]) -> Condition:
    return Condition("h.account = ? AND h.environment = ?", account)


def _at_place(place: Place) -> tuple[Condition, ...]:
    return (_is(place, "h.transport", "h.destination"),)


def _also_at_place(place: Place) -> tuple[Condition, ...]:
    """Changes of HIT types that are about several places, and of which this is one of the others."""
    first = _is(place, "h.transport", "h.destination")
    other = _is(place, "json_extract(p.value, '$.transport')", "json_extract(p.value, '$.destination')")
    among = ("EXISTS (SELECT 1 FROM history_body b, json_each(", _OTHER_PLACES, ") p WHERE b.id = h.id AND")
    found = ("".join(among), "CASE p.type WHEN 'object' THEN", other.sql, "END)")
    return (
        Condition(f"h.kind = '{HIT_TYPES_KIND}'", ()),  # as the index has it
        Condition(f"NOT ({first.sql})", first.values),
        Condition(" ".join(found), other.values),
    )


def _is(place: Place, transport: str, destination: str) -> Condition:
    """Whether what these columns have is the place."""
    if place.environment != Environment.PRACTICE.value or "/" not in place.destination:
        return Condition(f"{destination} = ? AND {transport} = ?", (place.destination, place.transport))
    ending = f"/{place.name}"
    return Condition(
        f"{transport} = ? AND h.environment = ? AND substr({destination}, ?) = ?",
        (place.transport, place.environment, -len(ending), ending),
    )


def _after(query: HistoryQuery, key: str) -> tuple[Condition, ...]:
    """Where a page begins."""
    before = _TOP if query.before is None else query.before
    if query.is_by_time:
        return (Condition(f"{key} < ?", (before,)),)
    if query.before is None:
        return ()
    further = ">" if query.is_rising else "<"
    if query.sort is Sort.TIME:
        return (Condition(f"{key} {further} ?", (before,)),)
    sort = query.sort
    return (Condition(f"({sort} {further} ? OR ({sort} = ? AND h.id < ?))", (query.beyond, query.beyond, before)),)


def _way(query: HistoryQuery) -> str:
    return "ASC" if query.is_rising else "DESC"


def _all_of(conditions: tuple[Condition, ...]) -> str:
    return " AND ".join(condition.sql for condition in conditions) or "1"


def _values(conditions: tuple[Condition, ...]) -> tuple[object, ...]:
    return tuple(value for condition in conditions for value in condition.values)
