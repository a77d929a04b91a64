# SPDX-License-Identifier: MIT
"""Questions to a long list, a page at a time, and the SQL that answers those to the history quickly.

Pages are found by key ("older than this id") and never by offset, so the thousandth page costs what the first does.
Where a question is answered from several places, each gives at most one page, and the best of them is the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.storage import search
from notification_tester.storage.search import Condition

if TYPE_CHECKING:
    from notification_tester.storage.rows import Outcome

_COLUMNS = (
    "h.id, h.started, h.kind, h.account, h.environment, h.transport, h.destination, h.event, h.seconds,"
    " h.problem_title, h.problem_code, h.outcome, h.accepted, h.arrived, h.as_expected"
)
_TOP = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class PageQuery:
    """At most ``limit`` rows of a list, newest first. Every word of ``text`` must occur in a row.

    ``before`` asks for rows older than that id: that of the last row of the page before.
    """

    text: str = ""
    before: int | None = None
    limit: int = 200

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text.split())


@dataclass(frozen=True, kw_only=True)
class HistoryQuery(PageQuery):
    """Which tests. A word may occur in any part of the row; no ``outcomes`` means all of them, and no ``kind`` too."""

    outcomes: frozenset[Outcome] = frozenset()
    kind: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return super().is_narrow or bool(self.outcomes) or bool(self.kind)


class _Source(NamedTuple):
    """Tables to look in, the key that orders them, and what must hold."""

    tables: str
    key: str
    conditions: tuple[Condition, ...]


def page_statements(query: HistoryQuery, *, indexed: bool) -> list[Condition]:
    """Statements whose answers together hold the page, each newest first and at most ``limit`` rows long."""
    statements = []
    for source in _sources(query, indexed=indexed, counting=False):
        older = Condition(f"{source.key} < ?", (_TOP if query.before is None else query.before,))
        conditions = (*source.conditions, older)
        sql = ("SELECT", _COLUMNS, "FROM", source.tables, "WHERE", _all_of(conditions), "ORDER BY", source.key)
        statements.append(Condition(" ".join((*sql, "DESC LIMIT ?")), (*_values(conditions), query.limit)))
    return statements


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
    long_words, short_words = search.words_of(query.text)
    shown = (*_of_kind(query.kind), *search.in_shown_columns(short_words))
    if not long_words:
        if counting or not query.outcomes:
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


def _of_kind(kind: str) -> tuple[Condition, ...]:
    return (Condition("h.kind = ?", (kind,)),) if kind else ()


def _all_of(conditions: tuple[Condition, ...]) -> str:
    return " AND ".join(condition.sql for condition in conditions) or "1"


def _values(conditions: tuple[Condition, ...]) -> tuple[object, ...]:
    return tuple(value for condition in conditions for value in condition.values)
