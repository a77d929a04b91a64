# SPDX-License-Identifier: MIT
"""In practice something has to happen before anything can arrive: have the made-up workers begin."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from notification_tester.domain.events import EventType
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import VERSIONS, NotificationSpec
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.setting import Action, Change, Setting
from notification_tester.storage.rows import PRACTICE_WORKERS

if TYPE_CHECKING:
    from notification_tester.aws.requester import SeenHit
    from notification_tester.domain.destination import Destination
    from notification_tester.practice.cloud import PracticeCloud, WorkersAt
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.settings import HitTypes


@dataclass(frozen=True, kw_only=True)
class PracticeWork:
    """What the workers do for one place, and what would be changed to have them begin."""

    at: WorkersAt
    would_set: str = ""
    """The title of the HIT type that :func:`start_workers` would set; empty where it would set none."""


def work_at(opened: OpenAccount, destination: Destination) -> PracticeWork:
    """Find out what the workers do for a place. Raises ProblemError."""
    practice = _practice_of(opened)
    at = practice.workers_at(destination.text)
    chosen = None if at.hit_types else _to_set(opened, destination)
    return PracticeWork(at=at, would_set="" if chosen is None else chosen.title or chosen.hit_type_id)


def start_workers(hit_types: HitTypes, opened: OpenAccount, destination: Destination) -> None:
    """Have the workers begin, or begin again, around the HIT types that tell ``destination``.

    Where none does, one is set to tell it of everything, which the record has like any other change, and the history as
    one that was made for the workers. One that tells another place is left alone. Raises ProblemError.
    """
    if _practice_of(opened).work_again(destination.text).hit_types:
        return
    chosen = _to_set(opened, destination)
    if chosen is None:
        raise ProblemError(_nobody_free())
    spec = NotificationSpec(
        destination=destination,
        version=VERSIONS[0],
        events=tuple(event for event in EventType if not event.is_test_only),
    )
    change = Change(
        hit_type_id=HitTypeId(chosen.hit_type_id),
        action=Action.APPLY,
        spec=spec,
        active=True,
        after=Setting(spec=spec, active=True),
    )
    outcome = hit_types.run(opened, [change], progress=lambda _: None, stop=threading.Event(), made_by=PRACTICE_WORKERS)
    failed = next((one.problem for one in outcome.results if one.problem is not None), None)
    if failed is not None:
        raise ProblemError(failed)


def _practice_of(opened: OpenAccount) -> PracticeCloud:
    if opened.practice is None:
        raise ValueError("only practice has workers of its own")
    return opened.practice


def _to_set(opened: OpenAccount, destination: Destination) -> SeenHit | None:
    """A HIT of the type to set: the first that was never set, else one that tells this place and is off."""
    settings = _practice_of(opened).settings()
    hits = opened.requester.list_hits().hits
    free = (one for one in hits if one.hit_type_id not in settings)
    here = (
        one
        for one in hits
        if settings.get(one.hit_type_id, {}).get("notification", {}).get("Destination") == destination.text
    )
    return next(chain(free, here), None)


def _nobody_free() -> Problem:
    return Problem(
        title="No practice worker is free.",
        detail="Every practice HIT type tells another place already.",
        remedy="Follow that place, or set a HIT type's notification to this one under HIT types.",
        code="practice.no-free-hit-type",
        cause=Cause.REFUSED,
    )
