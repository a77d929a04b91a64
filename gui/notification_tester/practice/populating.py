# SPDX-License-Identifier: MIT
"""As many HIT types and HITs as are asked for, as a busy requester has them after some weeks.

The same numbers give the same titles, rewards and states; ids and moments are new each time. What the types are made of
is in ``resources/scenarios/busy-requester.json``.
"""

from __future__ import annotations

import math
import random
import time
from string import Template
from typing import TYPE_CHECKING, Any

from notification_tester.practice import scenario
from notification_tester.practice.hits import Hit, details_json

if TYPE_CHECKING:
    from notification_tester.practice.hits import HitType
    from notification_tester.practice.marketplace import Marketplace

REQUESTER = "busy-requester.json"
MOST_HITS = 1_000_000
MOST_HIT_TYPES = 100_000
_HITS_A_TYPE = 5  # where only the number of HIT types is asked for
_DAY = 86_400.0
_BATCH = 6 * 3600.0  # seconds within which the HITs of one type are put up


def sizes(*, hit_types: int | None, hits: int | None) -> tuple[int, int]:
    """Fill in the number that was left out. Raises ValueError for numbers that cannot be, with the reason."""
    if hit_types is None:
        hit_types = min(math.ceil((hits or 0) / _HITS_A_TYPE), MOST_HIT_TYPES)
    if hits is None:
        hits = hit_types * _HITS_A_TYPE
    if not (0 <= hit_types <= MOST_HIT_TYPES and 0 <= hits <= MOST_HITS):
        message = f"There can be 0 to {MOST_HIT_TYPES:,} HIT types and 0 to {MOST_HITS:,} HITs."
        raise ValueError(message)
    if hits and not hit_types:
        message = "HITs need at least one HIT type."
        raise ValueError(message)
    return hit_types, hits


def populate(marketplace: Marketplace, *, hits: int, hit_types: int) -> None:
    """Add so many new HIT types with so many HITs, spread evenly over them. Raises ValueError."""
    sizes(hit_types=hit_types, hits=hits)
    if not hit_types:
        return
    requester = scenario.load(REQUESTER)
    chance = random.Random(hit_types)  # noqa: S311 - variety that repeats, nothing secret
    first = marketplace.number_of_types
    now, span = time.time(), requester["weeks"] * 7 * _DAY
    batches = [
        _Batch(requester, number, marketplace, chance, launch=now - span * chance.random())
        for number in range(first, first + hit_types)
    ]
    marketplace.add_hits(batches[number % hit_types].hit(chance, now) for number in range(hits))


class _Batch:
    """A HIT type and what its HITs have in common."""

    def __init__(
        self, requester: dict[str, Any], number: int, marketplace: Marketplace, chance: random.Random, *, launch: float
    ) -> None:
        tasks, subjects = requester["tasks"], requester["subjects"]
        task = tasks[number % len(tasks)]
        wave, subject = divmod(number // len(tasks), len(subjects))
        title = Template(task["title"]).substitute(subject=subjects[subject])
        reward: str = chance.choice(task["rewards"])
        self._type: HitType = marketplace.register_type(
            {
                "Title": f"{title}, batch {wave + 1}" if wave else title,
                "Description": task["description"],
                "Keywords": task["keywords"],
                "Reward": reward,
                "AssignmentDurationInSeconds": task["minutes"] * 60,
                "AutoApprovalDelayInSeconds": int(3 * _DAY),
            }
        )
        self._launch = launch
        self._most: int = chance.choice(task["assignments"])
        self._lifetime: float = task["days"] * _DAY
        self._pace = chance.uniform(0.5, 3.0)  # lifetimes' worth of work done in one lifetime
        self._details = details_json({"Question": scenario.QUESTION, "RequesterAnnotation": f"batch-{number + 1}"})

    def hit(self, chance: random.Random, now: float) -> Hit:
        """Make one HIT, as far along as its age and some luck have it."""
        hit = Hit(
            self._type,
            details=self._details,
            created_at=self._launch + min(_BATCH, now - self._launch) * chance.random(),
            lifetime=self._lifetime,
            max_assignments=self._most,
        )
        age = (now - hit.created_at) / self._lifetime
        taken = min(self._most, int(self._most * min(age, 1.0) * self._pace * (0.5 + chance.random())))
        hit.available -= taken
        hit.is_expired = age >= 1.0
        if not hit.is_expired and taken:
            hit.pending = 1 if chance.random() < 0.1 else 0
        done = taken - hit.pending
        hit.completed = done if age > 0.5 and chance.random() < 0.7 else done // 2
        hit.submitted = done - hit.completed
        hit.is_reviewing = chance.random() < 0.1
        return hit
