# SPDX-License-Identifier: MIT
"""In practice something has to happen before anything can arrive: have the made-up workers begin."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from notification_tester.domain.events import EventType
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import VERSIONS, NotificationSpec
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.setting import Action, Change, Setting

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.settings import HitTypes


def start_workers(hit_types: HitTypes, opened: OpenAccount, destination: Destination) -> None:
    """Have one practice HIT type tell ``destination`` of everything, which starts an afternoon of work around it.

    The change goes into the record like any other. A HIT type that tells this place already begins anew; one that
    tells another place is left alone. Raises ProblemError.
    """
    practice = opened.practice
    if practice is None:
        raise ValueError("only practice has workers of its own")
    spec = NotificationSpec(
        destination=destination,
        version=VERSIONS[0],
        events=tuple(event for event in EventType if not event.is_test_only),
    )
    known = dict.fromkeys(hit.hit_type_id for hit in opened.requester.list_hits().hits)
    settings = practice.settings()
    free = [one for one in known if one not in settings]
    here = [
        one for one in known if settings.get(one, {}).get("notification", {}).get("Destination") == destination.text
    ]
    chosen = next(iter([*free, *here]), None)
    if chosen is None:
        raise ProblemError(_nobody_free())
    hit_type_id = HitTypeId(chosen)
    change = Change(
        hit_type_id=hit_type_id, action=Action.APPLY, spec=spec, active=True, after=Setting(spec=spec, active=True)
    )
    outcome = hit_types.run(opened, [change], progress=lambda _: None, stop=threading.Event())
    failed = next((one.problem for one in outcome.results if one.problem is not None), None)
    if failed is not None:
        raise ProblemError(failed)


def _nobody_free() -> Problem:
    return Problem(
        title="No practice worker is free.",
        detail="Every practice HIT type tells another place already.",
        remedy="Follow that place, or set a HIT type's notification to this one under HIT types.",
        code="practice.no-free-hit-type",
        cause=Cause.REFUSED,
    )
