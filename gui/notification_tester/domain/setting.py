# SPDX-License-Identifier: MIT
"""The notification setting of a HIT type, as far as the record of this program knows it, and changes to it.

Mechanical Turk cannot be asked what is set (no operation reads settings back), so what is known is what was sent from
here or imported. "Not in the record" means "not set from here", never "none".

Source of the rules: ``UpdateNotificationSettings`` of the API reference and the legacy page ``SetHITTypeNotification``:
a new specification replaces the old one; Active left out stays as it was; a new specification starts inactive; Active
alone works only where a specification exists; a change takes up to five minutes to take effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from notification_tester.domain.account import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem

TAKES_EFFECT_WITHIN = timedelta(minutes=5)


def takes_effect_within(environment: str) -> timedelta:
    """How long a change may take until it holds: five minutes, and no time at all in practice."""
    return timedelta() if environment == Environment.PRACTICE.value else TAKES_EFFECT_WITHIN


class Action(StrEnum):
    """What a change is for."""

    APPLY = "apply"
    SWITCH_ON = "on"
    SWITCH_OFF = "off"
    UNDO = "undo"
    REAPPLY = "reapply"
    IMPORT = "import"


class LineState(StrEnum):
    """How far a change got. PENDING of a program that is gone is UNKNOWN: not known whether applied.

    NOT_SENT was planned and stopped before its call, so what was set before stays in force.
    """

    PENDING = "pending"
    APPLIED = "applied"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_SENT = "not-sent"


NOT_SENT_CODE = "hit-type.stopped"
"""The code of the Problem of a line that is NOT_SENT."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is set: ``spec`` is None where only Active is known; ``active`` is None where it is not known."""

    spec: NotificationSpec | None = None
    active: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change to one HIT type: what is sent, and what will hold when it was applied.

    ``spec`` None means that Active alone is sent. ``after`` is the setting that then holds.
    """

    hit_type_id: HitTypeId
    action: Action
    spec: NotificationSpec | None
    active: bool
    after: Setting


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One line of the record. ``at`` and ``answered`` are UTC; ``answered`` is None while the answer is not known."""

    id: int
    at: datetime
    account: str
    environment: str
    change: Change
    state: LineState
    answered: datetime | None
    problem: Problem | None
    imported: bool = False

    @property
    def takes_effect_by(self) -> datetime | None:
        """When an applied change holds for certain; None for others."""
        if self.state is not LineState.APPLIED or self.answered is None:
            return None
        return self.answered + takes_effect_within(self.environment)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the record says of one HIT type.

    The setting that holds, the line that set it, the setting before that, and the newest line, which may be another
    (pending, failed, unknown or not sent). ``in_doubt`` is the newest line of which it is not known whether it was
    applied and that no later one settled: where there is one, ``setting`` is only what held before it.
    """

    hit_type_id: HitTypeId
    setting: Setting
    set_by: LedgerLine | None
    before: Setting | None
    newest: LedgerLine
    in_doubt: LedgerLine | None = None


def switch(hit_type_id: HitTypeId, known: Known | None, *, on: bool) -> Change:
    """Active alone; what is set otherwise stays."""
    spec = known.setting.spec if known else None
    return Change(
        hit_type_id=hit_type_id,
        action=Action.SWITCH_ON if on else Action.SWITCH_OFF,
        spec=None,
        active=on,
        after=Setting(spec=spec, active=on),
    )


def apply(
    hit_type_id: HitTypeId, spec: NotificationSpec, *, action: Action = Action.APPLY, active: bool = True
) -> Change:
    """A specification, usually switched on: left out, a new one would start inactive."""
    return Change(
        hit_type_id=hit_type_id, action=action, spec=spec, active=active, after=Setting(spec=spec, active=active)
    )


def reapply(known: Known) -> Change | None:
    """The same again, as the legacy page demands after a change of keys; None where no specification is known."""
    if known.setting.spec is None:
        return None
    spec, active = known.setting.spec, known.setting.active is not False
    return Change(
        hit_type_id=known.hit_type_id,
        action=Action.REAPPLY,
        spec=spec,
        active=active,
        after=Setting(spec=spec, active=active),
    )


def undo(known: Known) -> Change | None:
    """Put back what the record says was there before; where nothing is known, off is the only honest offer.

    Where the last change is in doubt, that is what was set before it. None where there is nothing to undo, or nothing
    to put back.
    """
    if known.set_by is None:
        return None
    if known.in_doubt is not None:
        return _undo_in_doubt(known, known.set_by, known.in_doubt)
    before = known.before
    if before is not None and before.active is not None and known.set_by.change.spec is None and before.spec is None:
        # Active alone was sent, so what it was before is all there is to put back.
        return Change(
            hit_type_id=known.hit_type_id,
            action=Action.UNDO,
            spec=None,
            active=before.active,
            after=Setting(spec=known.setting.spec, active=before.active),
        )
    if before is not None and before.spec is not None:
        active = before.active is not False
        return Change(
            hit_type_id=known.hit_type_id,
            action=Action.UNDO,
            spec=before.spec,
            active=active,
            after=Setting(spec=before.spec, active=active),
        )
    return Change(
        hit_type_id=known.hit_type_id,
        action=Action.UNDO,
        spec=None,
        active=False,
        after=Setting(spec=known.setting.spec, active=False),
    )


def _undo_in_doubt(known: Known, set_by: LedgerLine, in_doubt: LedgerLine) -> Change | None:
    """Undo the last change where that one, or a specification before it, is in doubt."""
    if in_doubt.state is LineState.PENDING:
        return None
    spec, active = None, None
    if is_newer(set_by, in_doubt):  # it sent Active alone: a specification would have settled the other
        active = None if known.before is None else known.before.active
    elif in_doubt.change.spec is None:
        active = known.setting.active
    elif known.setting.spec is not None:
        spec, active = known.setting.spec, known.setting.active is not False
    if active is None:
        return None
    return Change(
        hit_type_id=known.hit_type_id,
        action=Action.UNDO,
        spec=spec,
        active=active,
        after=Setting(spec=known.setting.spec, active=active),
    )


def send_again(unknown: Iterable[LedgerLine], known: Mapping[HitTypeId, Known]) -> list[Change]:
    """One change for each HIT type with lines of which it is not known whether they were applied.

    ``unknown`` is newest first. What is sent makes hold what would hold if all of them had been applied: the newest
    specification among them, and on or off as the newest line of all says, which may be an applied one.
    """
    by_type: dict[HitTypeId, list[LedgerLine]] = {}
    for line in unknown:
        by_type.setdefault(line.change.hit_type_id, []).append(line)
    return [_again(lines, known[hit_type_id]) for hit_type_id, lines in by_type.items()]


def _again(lines: list[LedgerLine], known: Known) -> Change:
    newest = lines[0]
    spec = next((line.change.spec for line in lines if line.change.spec is not None), None)
    active = newest.change.active
    if known.set_by is not None and is_newer(known.set_by, newest):
        active = known.set_by.change.active
    return Change(
        hit_type_id=known.hit_type_id,
        action=newest.change.action,
        spec=spec,
        active=active,
        after=Setting(spec=known.setting.spec if spec is None else spec, active=active),
    )


def is_newer(line: LedgerLine, other: LedgerLine) -> bool:
    """Lines of our own count in the order in which they were written, whatever the clock said."""
    if line.imported or other.imported:
        return (line.at, not line.imported, line.id) > (other.at, not other.imported, other.id)
    return line.id > other.id
