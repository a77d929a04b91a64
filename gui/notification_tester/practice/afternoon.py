# SPDX-License-Identifier: MIT
"""What goes on around one HIT type in an afternoon: workers come and go, the requester looks at their work.

The script is ``resources/scenarios/afternoon.json``. It is about one HIT that is there already ("running") and a few
that the requester creates and deletes again, so that the list of HITs is the same afterwards. What is told agrees with
what ListHITs and GetHIT answer meanwhile.

Shape of the events: messages seen in 2025, which had ``HITGroupId`` and ``WorkerId``. That events about a HIT have the
former is an assumption.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, assert_never

from notification_tester.domain.events import EventType
from notification_tester.domain.outgoing import MadeEvent
from notification_tester.practice import scenario
from notification_tester.practice.hits import entity_id, worker_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notification_tester.practice.hits import Hit, HitType
    from notification_tester.practice.marketplace import Marketplace

SCRIPT = "afternoon.json"
RUNNING = "running"
_LIFETIME = 4 * 3600  # seconds; of the HITs made for an afternoon, and what an extension adds
_ASSIGNMENTS = 3  # of a HIT that the script does not say it of


@dataclass(frozen=True, kw_only=True)
class Step:
    """One event of the script. ``hit`` and ``worker`` are names that only the script knows."""

    event: EventType
    hit: str
    worker: str = ""
    assignments: int = _ASSIGNMENTS


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What happens at once and is told in one message; ``twice``: that message comes a second time."""

    steps: tuple[Step, ...]
    twice: bool = False


@dataclass(frozen=True)
class Script:
    """An afternoon's moments, and the ids of the people in it, who are the same in every afternoon of a cloud."""

    moments: tuple[Moment, ...]
    people: Mapping[str, str]

    @property
    def length(self) -> int:
        """How many events there are."""
        return sum(len(moment.steps) for moment in self.moments)


def load_script() -> Script:
    """Read the script. Raises OSError, ValueError, KeyError or TypeError, which mean a broken installation."""
    moments = tuple(
        Moment(
            steps=tuple(Step(**{**step, "event": EventType(step["event"])}) for step in moment["steps"]),
            twice=bool(moment.get("twice", False)),
        )
        for moment in scenario.load(SCRIPT)["moments"]
    )
    names = {step.worker for moment in moments for step in moment.steps if step.worker}
    return Script(moments, {name: worker_id() for name in sorted(names)})


def event_of(kind: EventType, hit: Hit, *, assignment_id: str = "", worker: str = "") -> MadeEvent:
    """Make one event that happens now."""
    return MadeEvent(
        event_type=kind.value,
        hit_type_id=hit.hit_type.hit_type_id,
        hit_id=hit.hit_id,
        assignment_id=assignment_id or None,
        worker_id=worker or None,
        at=datetime.now(UTC),
        extra={"HITGroupId": hit.hit_type.group_id},
    )


class Afternoon:
    """One afternoon of one HIT type, played moment by moment. For one thread."""

    def __init__(self, hit_type: HitType, *, script: Script, marketplace: Marketplace) -> None:
        self.hit_type = hit_type
        self._people = script.people
        self._marketplace = marketplace
        self._coming = deque(script.moments)
        self._hits: dict[str, Hit] = {}
        self._assignments: dict[tuple[str, str], str] = {}
        self._began = False

    def next_moment(self, *, most: int | None = None) -> tuple[list[MadeEvent], bool]:
        """Let the next moment happen: its events, and whether their message comes twice. No events: it is over.

        Of a moment with more than ``most`` events the rest is left for the next time.
        """
        if not self._began:
            self._began = True
            self._find_running()
        if not self._coming:
            return [], False
        moment = self._coming.popleft()
        if rest := moment.steps[most:] if most else ():
            self._coming.appendleft(replace(moment, steps=rest))
        return [self._happen(step) for step in moment.steps[:most]], moment.twice

    def _find_running(self) -> None:
        hit = self._marketplace.open_hit(self.hit_type)
        if hit is None:
            self._coming.appendleft(Moment(steps=(Step(event=EventType.HIT_CREATED, hit=RUNNING),)))
        else:
            self._hits[RUNNING] = hit

    def _happen(self, step: Step) -> MadeEvent:
        if step.event is EventType.HIT_CREATED:
            hit = self._hits[step.hit] = self._create(step)
        else:
            hit = self._hits[step.hit]
            self._change(hit, step)
        if not step.worker:
            return event_of(step.event, hit)
        place = (step.hit, step.worker)
        if step.event is EventType.ASSIGNMENT_ACCEPTED:
            self._assignments[place] = entity_id()
        return event_of(step.event, hit, assignment_id=self._assignments[place], worker=self._people[step.worker])

    def _create(self, step: Step) -> Hit:
        details: dict[str, Any] = {
            "LifetimeInSeconds": _LIFETIME,
            "MaxAssignments": step.assignments,
            "Question": scenario.QUESTION,
            "RequesterAnnotation": f"afternoon-{step.hit}",
        }
        return self._marketplace.create_hit(self.hit_type, details)

    def _change(self, hit: Hit, step: Step) -> None:
        change = self._marketplace.change
        match step.event:
            case EventType.ASSIGNMENT_ACCEPTED:
                change(hit, lambda hit: hit.accept())
            case EventType.ASSIGNMENT_SUBMITTED:
                change(hit, lambda hit: hit.submit())
            case EventType.ASSIGNMENT_RETURNED | EventType.ASSIGNMENT_ABANDONED:
                change(hit, lambda hit: hit.give_back())
            case EventType.ASSIGNMENT_APPROVED | EventType.ASSIGNMENT_REJECTED:
                change(hit, lambda hit: hit.decide())
            case EventType.HIT_EXTENDED:
                change(hit, lambda hit: hit.extend(assignments=step.assignments, seconds=_LIFETIME))
            case EventType.HIT_EXPIRED:
                change(hit, lambda hit: hit.expire(time.time()))
            case EventType.HIT_DISPOSED:
                self._marketplace.dispose(hit)
            case EventType.HIT_REVIEWABLE | EventType.HIT_CREATED | EventType.PING:
                pass  # told, and nothing of a HIT that is there is another than before
            case never:
                assert_never(never)
