# SPDX-License-Identifier: MIT
"""What the history keeps of one test: the values that go in, and those that come out."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State
from notification_tester.domain.problem import Cause, Problem
from notification_tester.storage.stored_values import UNREADABLE, moment_of, problem_from_text, raw_from_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.account import Account

Value = TypeVar("Value")

TEST_KIND = "test"
"""The kind of a row of a test that Mechanical Turk was asked for."""

DELIVERY_KIND = "delivery"
"""The kind of a row of a message that this computer sent."""

MEND_KIND = "mend"
"""The kind of a row of an access policy that was changed; its event is LET_IN or TAKEN_BACK."""

MADE_KIND = "made"
"""The kind of a row of a queue or topic that was made."""

HIT_TYPES_KIND = "hit-types"
"""The kind of a row of settings that were sent to HIT types; its event is their Action or PRACTICE_WORKERS, a blank,
and how many."""

CHANGE_KINDS = (MEND_KIND, MADE_KIND, HIT_TYPES_KIND)
"""The kinds of what was changed, and not sent to be seen arriving."""

PRACTICE_WORKERS = "practice-workers"
"""What stands as the event of a row, where an action would, when practice's workers were started, and a HIT type was
set so that they have something to tell."""

OTHER_PLACES = "other places"
"""What a request has, beside the row's own, of a change of HIT types that is about several destinations: a list of
objects, each a ``transport`` and a ``destination``. All of them: each finds the row.
"""

LET_IN, TAKEN_BACK = "let-in", "taken-back"

DAMAGED_KIND = "damaged"
"""The kind of a row that cannot be read whole: there is nothing in it to be done again."""

ENDED_EARLY = "How this test ended was not written down."
"""All that an open row of an earlier start tells: a program that crashed and a disk that refused leave the same."""


class Outcome(StrEnum):
    """How a test ended, in one word."""

    RUNNING = "running"
    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What is known before the call. No secret belongs in ``request``."""

    account: str
    environment: str
    transport: str
    destination: str
    version: str
    events: tuple[str, ...]
    event: str
    request: dict[str, Any] = field(default_factory=dict)
    kind: str = TEST_KIND


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What is known after it. ``raw`` is the message as it came.

    ``seconds``: of a test, until it was seen to arrive or refused, how long was waited in vain, or, where it cannot be
    known whether it arrived, how long it took; of a change, how long it took. Rows
    that older versions wrote have how long the whole took.
    """

    outcome: Outcome
    accepted: Lamp
    arrived: Lamp = NOT_TRIED
    as_expected: Lamp = NOT_TRIED
    seconds: float | None = None
    problem: Problem | None = None
    message: dict[str, Any] | None = None
    raw: str = ""
    answer: str = ""


class HistorySummary(NamedTuple):
    """One row as the list shows it. ``started`` is UTC, ISO 8601 with milliseconds and a Z.

    ``account`` is what the account is kept as, ``account_name`` what it is called by now where that is something else.
    ``more_places``: how many destinations it is about beside the one that it has.
    """

    id: int
    started: str
    kind: str
    account: str
    environment: str
    transport: str
    destination: str
    event: str
    seconds: float | None
    problem_title: str
    problem_code: str
    outcome: Outcome
    accepted: State
    arrived: State
    as_expected: State
    more_places: int = 0
    account_name: str = ""

    @property
    def called(self) -> str:
        """What a person calls the account."""
        return self.account_name or self.account

    @property
    def is_from_here(self) -> bool:
        """Whether this computer sent it, and not Mechanical Turk."""
        return self.kind == DELIVERY_KIND

    @property
    def is_change(self) -> bool:
        """Whether something was changed, and nothing was sent to be seen arriving."""
        return self.kind in CHANGE_KINDS


class Arrival(NamedTuple):
    """A test of a place: when it began (seconds since 1970), and seconds until it came, None where nothing came."""

    id: int
    at: float
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """Everything about one row. ``raw_is_cut`` says that the message was longer than RAW_LIMIT.

    ``is_unwritten``: how it ended is only in memory, because the disk has not taken it yet. ``account`` and
    ``account_name`` are as in :class:`HistorySummary`.
    """

    id: int
    started: str
    kind: str
    account: str
    environment: str
    transport: str
    destination: str
    version: str
    events: tuple[str, ...]
    event: str
    outcome: Outcome
    accepted: Lamp
    arrived: Lamp
    as_expected: Lamp
    seconds: float | None
    problem: Problem | None
    message: dict[str, Any] | None
    raw: str
    raw_is_cut: bool
    request: dict[str, Any]
    answer: str
    is_unwritten: bool
    account_name: str = ""

    @property
    def called(self) -> str:
        """What a person calls the account."""
        return self.account_name or self.account

    @property
    def is_from_here(self) -> bool:
        """Whether this computer sent it, and not Mechanical Turk."""
        return self.kind == DELIVERY_KIND

    @property
    def is_change(self) -> bool:
        """Whether something was changed, and nothing was sent to be seen arriving."""
        return self.kind in CHANGE_KINDS

    @property
    def other_places(self) -> list[tuple[str, str]]:
        """Transport and destination of each place that it is about, beside its own."""
        found = self.request.get(OTHER_PLACES)
        return [
            (str(one.get("transport", "")), str(one.get("destination", "")))
            for one in (found if isinstance(found, list) else ())
            if isinstance(one, dict)
        ]

    @property
    def more_places(self) -> int:
        """How many those are."""
        return len(self.other_places)

    def as_json(self) -> dict[str, Any]:
        """As it is exported: exact, with nothing left out."""
        return {
            "id": self.id,
            "started": self.started,
            "kind": self.kind,
            "account": self.called,
            "environment": self.environment,
            "transport": self.transport,
            "destination": self.destination,
            "version": self.version,
            "events": list(self.events),
            "event": self.event,
            "outcome": self.outcome.value,
            "accepted": self.accepted.as_json(),
            "arrived": self.arrived.as_json(),
            "as_expected": self.as_expected.as_json(),
            "seconds": self.seconds,
            "problem": None if self.problem is None else self.problem.as_json(),
            "message": self.message,
            "raw": self.raw,
            "raw_is_cut": self.raw_is_cut,
            "request": self.request,
            "answer": self.answer,
        }


def is_of(row: HistorySummary | HistoryRow, account: Account) -> bool:
    """Whether it was done with this very account: a name alone may have belonged to other keys, or to another place."""
    if (row.account, row.environment) != (account.kept_as, account.environment.value):
        return False
    try:
        return account.had(moment_of(row.started))
    except UNREADABLE:
        return False


INTERRUPTED = Problem(
    title=ENDED_EARLY,
    detail="The program was closed, or crashed, before the answer came, or the disk took nothing more when it came. "
    "Whether the message was sent, and arrived, is not known from here.",
    remedy="Look at the destination, or send the test again.",
    code="history.interrupted",
    cause=Cause.PROGRAM,
)

INTERRUPTED_CHANGE = Problem(
    title="How this change ended was not written down.",
    detail="The program was closed, or crashed, before the answer came, or the disk took nothing more when it came. "
    "Whether anything was changed is not known from here.",
    remedy="Look at what was to be changed as it is now.",
    code="history.change-interrupted",
    cause=Cause.PROGRAM,
)


DAMAGED = Problem(
    title="This entry is damaged.",
    detail="A part of it can no longer be read; a failing disk or another program may have done that. What can be read "
    "is shown. The other entries are not concerned.",
    remedy="Nothing needs to be done.",
    code="history.damaged",
    cause=Cause.STORAGE,
)

_WORDS = {  # every way in which a summary can end, looked up at once: a list has thousands of them
    tuple(word.value for word in words): words for words in product(Outcome, State, State, State)
}
_TEXTS = (int, *[str] * 7)
_SECONDS_KINDS = frozenset({float, int, type(None)})
_KINDS = frozenset((*_TEXTS, seconds, str, str) for seconds in _SECONDS_KINDS)
_MAKE = partial(tuple.__new__, HistorySummary)
_NOT_READ = Lamp(state=State.UNKNOWN, detail=DAMAGED.title)


def summary_from(values: tuple[Any, ...]) -> HistorySummary:
    """A row of the list, from its columns; one that is damaged says so, and has what can be read of it."""
    words = _WORDS.get(values[11:15])
    if words is not None and tuple(map(type, values[:11])) in _KINDS:
        return HistorySummary._make((*values[:11], *words, values[15] or 0, ""))
    row_id, started, _, *texts = (one if isinstance(one, str | int) else "" for one in values[:8])
    unknown = (Outcome.UNKNOWN, *[State.UNKNOWN] * 3)
    about = (None, DAMAGED.title, DAMAGED.code)
    return HistorySummary._make((row_id, str(started), DAMAGED_KIND, *map(str, texts), *about, *unknown, 0, ""))


def arrival_from(values: tuple[Any, ...]) -> Arrival | None:
    """A test of a place from its columns: id, when, arrived, outcome, seconds. None where nothing is known of it."""
    row_id, at, arrived, outcome, took = values
    if not isinstance(at, float):
        return None
    if arrived == State.YES.value:
        return Arrival(row_id, at, float(took)) if isinstance(took, int | float) else None
    return Arrival(row_id, at, None) if outcome == Outcome.BAD.value else None


def summaries_from(rows: Sequence[tuple[Any, ...]]) -> list[HistorySummary]:
    """Every row of a page; where none is damaged, all of them at once, column by column: most of it is not Python's."""
    columns = list(zip(*rows, strict=True))
    with suppress(KeyError, TypeError):
        if columns and _SECONDS_KINDS.issuperset(map(type, columns[8])):
            for column in (*columns[1:8], *columns[9:11]):
                "".join(column)  # a TypeError where one is no text; no quicker way is known
            words = zip(*map(_WORDS.__getitem__, zip(*columns[11:15], strict=True)), strict=True)
            more = [count or 0 for count in columns[15]]
            return list(map(_MAKE, zip(*columns[:11], *words, more, [""] * len(rows), strict=True)))
    return [summary_from(row) for row in rows]


def row_from(row: dict[str, Any]) -> HistoryRow:
    """Everything about one row, from its columns by their names; each part that is damaged is left empty."""
    damaged: list[str] = []

    def read(name: str, decode: Callable[[Any], Value], otherwise: Value) -> Value:
        try:
            return decode(row[name])
        except UNREADABLE:
            damaged.append(name)
            return otherwise

    texts = {name: read(name, _text, "") for name in ("started", "account", "environment", "transport", "destination")}
    texts |= {name: read(name, _text, "") for name in ("version", "event", "answer", "kind")}
    accepted, arrived, as_expected = read("lamps", lamps_from_text, (_NOT_READ,) * 3)
    problem = read("problem", problem_from_text, None)
    whole = HistoryRow(
        **texts,
        id=row["id"],
        seconds=read("seconds", _seconds, None),
        events=read("events", events_from_text, ()),
        outcome=read("outcome", Outcome, Outcome.UNKNOWN),
        accepted=accepted,
        arrived=arrived,
        as_expected=as_expected,
        problem=problem,
        message=read("message", lambda text: None if text is None else _object(text), None),
        raw=read("raw", raw_from_bytes, ""),
        raw_is_cut=bool(row["raw_is_cut"]),
        request=read("request", _object, {}),
        is_unwritten=False,
    )
    return replace(whole, kind=DAMAGED_KIND, problem=DAMAGED) if damaged else whole


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, float | int):
        raise TypeError("no number")
    return value


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value


def events_from_text(text: str) -> tuple[str, ...]:
    """The subscribed events again. Raises ValueError or TypeError where they are damaged."""
    value = json.loads(text)
    if not isinstance(value, list):
        raise TypeError("no list")
    return tuple(map(_text, value))


def lamps_to_text(accepted: Lamp, arrived: Lamp, as_expected: Lamp) -> str:
    """Three lamps as the database keeps them, seconds unrounded."""
    return json.dumps([[lamp.state.value, lamp.detail, lamp.seconds] for lamp in (accepted, arrived, as_expected)])


def lamps_from_text(text: str) -> tuple[Lamp, Lamp, Lamp]:
    """The three lamps again. Raises ValueError or TypeError where they are damaged."""
    accepted, arrived, as_expected = (
        Lamp(state=State(state), detail=_text(detail), seconds=_seconds(seconds))
        for state, detail, seconds in json.loads(text)
    )
    return accepted, arrived, as_expected
