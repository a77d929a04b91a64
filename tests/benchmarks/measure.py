# SPDX-License-Identifier: MIT
"""Measure ours against a reference, in turn and in one process, so that a busy machine slows both alike."""

from __future__ import annotations

import os
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from notification_tester.storage.places import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


def as_installed(folder: Path) -> dict[str, str]:
    """An environment for a process of its own: no screen, an empty home, and bytecode kept, as an installation has it.

    Everything is beneath ``folder``; the first process to use it pays for the bytecode.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    names = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", HOME_VARIABLE)
    homes = {name: str(folder / name) for name in names}
    return {**kept, **homes, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
