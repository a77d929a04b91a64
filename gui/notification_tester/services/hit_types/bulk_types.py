# SPDX-License-Identifier: MIT
"""What the HIT types page and its command pass to and fro: rows, requests, previews and results, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from notification_tester.domain.coverage import Result
from notification_tester.domain.setting import Action, Change, LineState, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from notification_tester.domain.coverage import SpecTest
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem


class RowState(IntEnum):
    """What a row says first, in the order in which they sort: what needs a person before what does not."""

    FAILED = 0
    UNKNOWN = 1
    PENDING = 2
    NOT_SENT = 3
    ON = 4
    SET = 5  # something is set, and whether it is on is not known
    OFF = 6
    NOT_SET = 7
    NO_RECORD = 8  # the record cannot be read


def setting_state(setting: Setting) -> RowState:
    """On, off, or nothing known."""
    if setting.active is None:
        return RowState.NOT_SET if setting.spec is None else RowState.SET
    return RowState.ON if setting.active else RowState.OFF


class Source(StrEnum):
    """By what a setting is known."""

    HERE = "here"  # this program set it
    IMPORTED = "imported"
    NOT_KNOWN = "not-known"  # not in the record: not set from here, which is not the same as none


@dataclass(frozen=True, kw_only=True)
class HitTypeRow:
    """One HIT type as the page shows it.

    ``newest`` is UTC, ISO 8601, or empty. ``line_state`` is of the line of the record that counts: the newest of which
    it is not known whether it was applied, else the newest of all, None where there is none; ``problem`` is its reason
    where it was not applied. ``last_test`` is of this very specification; ``is_changed``: the access to where it goes
    was changed from here since, so that the test says nothing of how it is now.
    """

    id: HitTypeId
    title: str = ""
    reward: str = ""
    newest: str = ""
    hits_by_status: Mapping[str, int] = field(default_factory=dict)
    setting: Setting = field(default_factory=Setting)
    source: Source = Source.NOT_KNOWN
    set_at: datetime | None = None
    set_by: Action | None = None
    takes_effect_by: datetime | None = None
    line_state: LineState | None = None
    problem: Problem | None = None
    last_test: SpecTest | None = None
    is_changed: bool = False
    has_record: bool = True

    @property
    def hits(self) -> int:
        """How many HITs were seen."""
        return sum(self.hits_by_status.values())

    @property
    def is_tested(self) -> bool:
        """Whether this very specification arrived in its last test, and where it goes is as it was then."""
        return self.last_test is not None and self.last_test.result is Result.ARRIVED and not self.is_changed

    @property
    def is_in_doubt(self) -> bool:
        """Whether a change may have been applied of which no answer is known."""
        return self.line_state in {LineState.UNKNOWN, LineState.PENDING}

    @property
    def state(self) -> RowState:
        """What is said first: without a record nothing is known, and what is not certain must not look like a fact."""
        if not self.has_record:
            return RowState.NO_RECORD
        match self.line_state:
            case LineState.FAILED:
                return RowState.FAILED
            case LineState.UNKNOWN:
                return RowState.UNKNOWN
            case LineState.PENDING:
                return RowState.PENDING
            case LineState.NOT_SENT:
                return RowState.NOT_SENT
            case LineState.APPLIED | None:
                return setting_state(self.setting)

    def after(self, change: Change, result: BulkResult, now: datetime, *, within: timedelta) -> HitTypeRow:
        """The row as it will be read from the record, to be shown while the run goes on; it holds ``within`` a time."""
        if result.state is not LineState.APPLIED:
            return replace(self, line_state=result.state, problem=result.problem)
        is_same = change.spec in {None, self.setting.spec}
        return replace(
            self,
            setting=change.after,
            source=Source.HERE,
            set_at=now,
            set_by=change.action,
            takes_effect_by=now + within,
            line_state=result.state,
            problem=None,
            last_test=self.last_test if is_same else None,
            is_changed=is_same and self.is_changed,
        )


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How far collecting HIT types is: rows that are new or changed since the last report, and counts so far."""

    changed: tuple[HitTypeRow, ...]
    hits: int
    hit_types: int
    pages: int
    seconds: float
    is_finished: bool = False
    was_stopped: bool = False


@dataclass(frozen=True, kw_only=True)
class GreenTest:
    """A specification all of whose lamps were green in a test, and when that was begun.

    ``failed_since`` is when a later test of the same failed, ``changed_since`` when the access to where it goes was
    changed after it from here; None where that did not happen. ``newest_failed``: where the newest test of all went,
    where that is another and failed.
    """

    spec: NotificationSpec
    at: datetime
    failed_since: datetime | None = None
    changed_since: datetime | None = None
    newest_failed: Destination | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing is known that speaks against it since."""
        return self.failed_since is None and self.changed_since is None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A HIT type of a run that is not taken back with the others, and the reason, a sentence; ``at`` is since when."""

    hit_type_id: HitTypeId
    title: str
    why: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class BulkRequest:
    """What is to be done to some HIT types. ``spec`` is needed for APPLY alone, and ``active`` counts for it alone.

    ``left_out`` are others that belong to them and stay as they are, which the preview is to tell.
    """

    action: Action
    hit_type_ids: tuple[HitTypeId, ...]
    spec: NotificationSpec | None = None
    active: bool = True
    left_out: tuple[LeftOut, ...] = ()


class Effect(StrEnum):
    """What a change comes to for one HIT type, as far as the record knows what holds there."""

    NEW = "new"
    REPLACED = "replaced"
    SWITCHED = "switched"
    SAME = "same"
    DOUBTFUL = "doubtful"  # it is sent, and may be refused
    LEFT_OUT = "left-out"


@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    """What would happen to one HIT type. ``change`` None: nothing is sent, and ``why_not`` says why.

    ``is_in_doubt``: it is not known whether the last change was applied, and ``before`` is what held before that one.
    ``last_test`` is of the specification to be sent, ``is_changed`` as of :class:`HitTypeRow`; ``newest`` the
    newest line of the record that was there then, 0 without any.
    """

    hit_type_id: HitTypeId
    title: str
    before: Setting
    change: Change | None
    why_not: str = ""
    is_in_doubt: bool = False
    last_test: SpecTest | None = None
    is_changed: bool = False
    newest: int = 0

    @property
    def is_tested(self) -> bool:
        """Whether what is to be sent arrived in its last test, and where it goes is as it was then."""
        return self.last_test is not None and self.last_test.result is Result.ARRIVED and not self.is_changed

    @property
    def effect(self) -> Effect:
        """What is known compared with what would hold."""
        change = self.change
        if change is None:
            return Effect.LEFT_OUT
        if self.why_not:
            return Effect.DOUBTFUL
        if self.is_in_doubt:
            return Effect.SWITCHED if change.spec is None else Effect.REPLACED
        if change.spec is None:
            return Effect.SAME if self.before.active == change.active else Effect.SWITCHED
        if self.before.spec is None:
            return Effect.NEW
        if self.before.spec == change.spec:
            return Effect.SAME if self.before.active == change.after.active else Effect.SWITCHED
        return Effect.REPLACED


@dataclass(frozen=True, kw_only=True)
class Preview:
    """All of it, before anything is sent."""

    request: BulkRequest
    rows: tuple[PreviewRow, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """What will be sent."""
        return tuple(row.change for row in self.rows if row.change is not None)


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """How it ended for one HIT type: APPLIED, FAILED with ``problem``, or UNKNOWN where no clear answer came."""

    hit_type_id: HitTypeId
    state: LineState
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class BulkProgress:
    """How far a bulk run is: counts so far, calls a second over the last seconds, and the newest results.

    ``done`` counts ``failed`` and ``unknown`` too; ``unknown`` are those of which it is not known whether they hold.
    """

    done: int
    failed: int
    total: int
    rate: float
    newest: tuple[BulkResult, ...]
    unknown: int = 0
    is_throttled: bool = False


@dataclass(frozen=True, kw_only=True)
class BulkOutcome:
    """The end of a bulk run: a result for each row that was begun, and how many were not.

    ``stopped_by`` is what ended it before its time: a person, or what would have failed for every other row as well.
    ``takes_effect_by`` is when what was applied holds for certain; None where it did at once.
    """

    results: tuple[BulkResult, ...]
    not_begun: tuple[HitTypeId, ...]
    seconds: float
    stopped_by: Problem | None = None
    takes_effect_by: datetime | None = None

    @property
    def failed(self) -> tuple[HitTypeId, ...]:
        """Those to try again: what failed, and what is not known to have been applied."""
        return tuple(one.hit_type_id for one in self.results if one.state is not LineState.APPLIED)


@dataclass(frozen=True, kw_only=True)
class Undoable:
    """The HIT types of a run whose change can be taken back, and the others of it with the reason."""

    hit_type_ids: tuple[HitTypeId, ...]
    left_out: tuple[LeftOut, ...] = ()
