# SPDX-License-Identifier: MIT
"""Measure ours against a reference, in turn and in one process, so that a busy machine slows both alike."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: seconds of ours and of the reference, and how many times as long ours may take."""

    what: str
    ours: float
    reference: float
    goal: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.reference

    @property
    def holds(self) -> bool:
        return self.ratio <= self.goal


def in_turn(
    ours: Callable[[], object],
    reference: Callable[[], object],
    *,
    repeats: int,
    warm_up: int = 1,
    between: Callable[[], object] = lambda: None,
) -> tuple[float, float]:
    """Run both alternately, each first as often as second; medians in seconds, without the ``warm_up`` runs.

    ``between`` is called after each run and not measured: neither pays for what the other left to be done.
    """
    for _ in range(warm_up):
        ours()
        reference()
        between()
    times: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(repeats):
        for is_ours in (True, False) if turn % 2 == 0 else (False, True):
            run = ours if is_ours else reference
            start = perf_counter()
            run()
            times[is_ours].append(perf_counter() - start)
            between()
    return median(times[True]), median(times[False])
