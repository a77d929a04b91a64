# SPDX-License-Identifier: MIT
"""What the ledger keeps of one change: as text in the database, and as the values that come out."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.setting import (
    NOT_SENT_CODE,
    Action,
    Change,
    Known,
    LedgerLine,
    LineState,
    Setting,
)
from notification_tester.storage.database import each_row
from notification_tester.storage.stored_values import (
    UNREADABLE,
    moment_of,
    problem_from_text,
    spec_from_text,
    spec_to_text,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from notification_tester.domain.destination import Destination
    from notification_tester.domain.notification import NotificationSpec

_BOTH = " FROM ledger l LEFT JOIN ledger_answers a ON a.line = l.id"
_OF_ACCOUNT = " WHERE l.account = ? AND l.environment = ?"
_WHOLE = (
    "SELECT l.id, l.at, l.place, l.hit_type_id, l.action, l.spec, l.active, l.after_spec, l.after_active, l.owner,"
    " l.imported, a.state, a.answered, a.problem"
)
LINES_OF = _WHOLE + _BOTH + _OF_ACCOUNT
STEPS_OF = "SELECT l.hit_type_id, l.id, l.spec, l.active, l.after_spec, a.state" + _BOTH + _OF_ACCOUNT
OLDEST_FIRST = "l.place, l.imported DESC, l.id"
"""Of two lines of one moment the one of our own is the newer: NULL comes last in falling order."""

_LINE = _WHOLE + _BOTH + " WHERE l.id = ?"
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_HIT_TYPE_ID = re.compile(r"[A-Z0-9]{1,64}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


DAMAGED_LINE = Problem(
    title="This line of the record is damaged.",
    detail="What was changed then can no longer be read; a failing disk or another program may have done that. So what "
    "is set for this HIT type is not known.",
    remedy="Apply a specification to this HIT type again: then it is known.",
    code="record.damaged",
    cause=Cause.STORAGE,
)


class Row(NamedTuple):
    """A line and its answer as the database has them; the last three are None where there is no answer."""

    id: int
    at: str
    place: str
    hit_type_id: str
    action: str
    spec: int | None
    active: int
    after_spec: int | None
    after_active: int | None
    owner: str
    imported: str | None
    state: str | None
    answered: str | None
    problem: str | None


class Step(NamedTuple):
    """As much of a line as says what holds after it: all lines of all HIT types are read for that."""

    hit_type_id: str
    id: int
    spec: int | None
    active: int
    after_spec: int | None
    state: str | None


@dataclass(frozen=True, kw_only=True)
class ImportedLine:
    """One line of a file. ``number`` is its place in the file's text; ``place`` is what lines are ordered by.

    ``answered`` is None where it was not known whether the change was applied.
    """

    number: int
    account: str
    environment: str
    at: datetime
    place: datetime
    change: Change
    state: LineState
    answered: datetime | None
    problem: Problem | None


class Story(NamedTuple):
    """What the lines of one HIT type come to; the lines without a settled end are oldest first."""

    newest: Step
    set_by: Step | None
    setting: tuple[int | None, bool | None]
    before: tuple[int | None, bool | None] | None
    unsettled: list[Step]


def fold(steps: Iterable[Step]) -> Story:
    """Read the lines of one HIT type, oldest first.

    What holds is what the applied lines sent, one upon the other: a line that sent Active alone keeps the
    specification. A line whose end is not known is settled by a later applied one, but a specification that may have
    been set is not settled by Active alone.
    """
    newest: Step | None = None
    set_by: Step | None = None
    setting: tuple[int | None, bool | None] = (None, None)
    before: tuple[int | None, bool | None] | None = None
    unsettled: list[Step] = []
    for step in steps:
        newest = step
        if step.state == "applied":
            before = setting if set_by is not None else None
            set_by = step
            setting = (step.spec or setting[0] or step.after_spec, bool(step.active))
            if unsettled:
                unsettled = [] if step.spec else [line for line in unsettled if line.spec]
        elif step.state != "failed":
            unsettled.append(step)
    if newest is None:
        raise ValueError("a HIT type without lines has no story")
    return Story(newest, set_by, setting, before, unsettled)


class Reader:
    """Turns rows of one account and environment into values, as long as the connection is in the same transaction."""

    def __init__(
        self, connection: sqlite3.Connection, account: str, environment: str, is_alive: Callable[[str], bool]
    ) -> None:
        self._connection = connection
        self._account = account
        self._environment = environment
        self._is_alive = is_alive
        self._alive: dict[str, bool] = {}
        self._settings: dict[tuple[int | None, bool | None], Setting] = {}
        self._specs: dict[int | None, NotificationSpec | None] = {None: None}

    def known(self, steps: Iterable[Step]) -> Known:
        """What the lines of one HIT type, oldest first, come to."""
        story = fold(steps)
        newest = self.line(self.row(story.newest.id))

        def line_of(step: Step | None) -> LedgerLine | None:
            return newest if step is story.newest else None if step is None else self.line(self.row(step.id))

        set_by = line_of(story.set_by)
        damaged = next((line for line in (newest, set_by) if line is not None and is_damaged(line)), None)
        if damaged is not None:
            return Known(
                hit_type_id=newest.change.hit_type_id,
                setting=Setting(),
                set_by=None,
                before=None,
                newest=newest,
                in_doubt=damaged,
            )
        return Known(
            hit_type_id=newest.change.hit_type_id,
            setting=self._setting_or_unknown(*story.setting),
            set_by=set_by,
            before=None if story.before is None else self._setting_or_unknown(*story.before),
            newest=newest,
            in_doubt=line_of(story.unsettled[-1] if story.unsettled else None),
        )

    def specs_by_destination(self) -> dict[Destination, list[int]]:
        """The numbers of the specifications that name a destination; what is damaged names none."""
        found: dict[Destination, list[int]] = {}
        for number, text in each_row(self._connection, "SELECT id, spec FROM ledger_specs"):
            with suppress(*UNREADABLE):
                found.setdefault(spec_from_text(text).destination, []).append(int(number))
        return found

    def row(self, line_id: int) -> Row:
        """All of a line that is there."""
        return Row._make(next(each_row(self._connection, _LINE, (line_id,))))

    def line(self, row: Row) -> LedgerLine:
        """One line. One that is damaged says so (see :func:`is_damaged`), and holds what was asked to nothing."""
        try:
            return self._line(row)
        except UNREADABLE:
            return self._damaged(row)

    def _line(self, row: Row) -> LedgerLine:
        texts: tuple[object, ...] = (row.hit_type_id, row.place)
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a part of the line is no text")
        return LedgerLine(
            id=row.id,
            at=moment_of(row.at),
            account=self._account,
            environment=self._environment,
            change=Change(
                hit_type_id=HitTypeId(row.hit_type_id),
                action=Action(row.action),
                spec=self._spec(row.spec),
                active=bool(row.active),
                after=self._setting(row.after_spec, None if row.after_active is None else bool(row.after_active)),
            ),
            state=self.state(row),
            answered=None if row.answered is None else moment_of(row.answered),
            problem=problem_from_text(row.problem),
            imported=row.imported is not None,
        )

    def _damaged(self, row: Row) -> LedgerLine:
        at = next((found for found in map(_moment_or_none, (row.at, row.place)) if found is not None), _NO_TIME)
        return LedgerLine(
            id=row.id,
            at=at,
            account=self._account,
            environment=self._environment,
            change=Change(
                hit_type_id=HitTypeId(str(row.hit_type_id)),
                action=Action.IMPORT,
                spec=None,
                active=False,
                after=Setting(),
            ),
            state=LineState.UNKNOWN,
            answered=None,
            problem=DAMAGED_LINE,
            imported=row.imported is not None,
        )

    def state(self, row: Row) -> LineState:
        """How far it got: without an answer, that depends on whether the program that would write it still runs.

        Raises ValueError for what is no state.
        """
        if row.state == LineState.FAILED and _code_of(row.problem) == NOT_SENT_CODE:
            return LineState.NOT_SENT
        if row.state is not None:
            return LineState(row.state)
        alive = self._alive.get(row.owner)
        if alive is None:
            alive = self._alive[row.owner] = self._is_alive(row.owner)
        return LineState.PENDING if alive else LineState.UNKNOWN

    def _setting(self, spec: int | None, active: bool | None) -> Setting:
        known = self._settings.get((spec, active))
        if known is None:
            known = self._settings[spec, active] = Setting(spec=self._spec(spec), active=active)
        return known

    def _setting_or_unknown(self, spec: int | None, active: bool | None) -> Setting:
        try:
            return self._setting(spec, active)
        except UNREADABLE:
            return Setting()

    def _spec(self, spec_id: int | None) -> NotificationSpec | None:
        if spec_id not in self._specs:
            found = next(each_row(self._connection, "SELECT spec FROM ledger_specs WHERE id = ?", (spec_id,)), (None,))
            self._specs[spec_id] = spec_from_text(found[0])
        return self._specs[spec_id]


def kept_as(state: LineState) -> str:
    """How the database keeps a state: NOT_SENT as a failure with its own code, as it did before there was that state.

    So lines that are there are told rightly too, and none of them is changed.
    """
    return (LineState.FAILED if state is LineState.NOT_SENT else state).value


def tells_not_sent(state: LineState, problem: Problem | None) -> bool:
    """Whether a state and its problem say the same of whether it was sent."""
    return (state is LineState.NOT_SENT) is (problem is not None and problem.code == NOT_SENT_CODE)


def _code_of(problem: str | None) -> str:
    found = problem_from_text(problem)
    return "" if found is None else found.code


def is_sound(row: Row, line: LedgerLine) -> bool:
    """Whether a line can be handed on, to a file or to be sent again: every part of it is as the program writes it."""
    return (
        not is_damaged(line)
        and _HIT_TYPE_ID.fullmatch(row.hit_type_id) is not None
        and all(_MOMENT.fullmatch(moment) for moment in (row.at, row.place, row.answered or row.at))
        and row.at <= row.place
        and (row.spec is None or row.after_spec is not None)
    )


def is_damaged(line: LedgerLine) -> bool:
    """Whether what the line was about can no longer be read."""
    return line.problem is DAMAGED_LINE


def values_of_changes(
    connection: sqlite3.Connection, changes: Iterable[Change]
) -> list[tuple[str, str, int | None, int, int | None, int | None]]:
    """HIT type, action, spec, active, after_spec and after_active as the database keeps them; new specs are kept."""
    ids: dict[NotificationSpec | None, int | None] = {None: None}

    def id_of(spec: NotificationSpec | None) -> int | None:
        if spec is not None and spec not in ids:
            text = (spec_to_text(spec),)
            connection.execute("INSERT OR IGNORE INTO ledger_specs (spec) VALUES (?)", text)
            ids[spec] = connection.execute("SELECT id FROM ledger_specs WHERE spec = ?", text).fetchone()[0]
        return ids[spec]

    return [
        (
            change.hit_type_id,
            change.action.value,
            id_of(change.spec),
            int(change.active),
            id_of(change.after.spec),
            None if change.after.active is None else int(change.after.active),
        )
        for change in changes
    ]


def _moment_or_none(text: object) -> datetime | None:
    try:
        return moment_of(text) if isinstance(text, str) else None
    except ValueError:
        return None
