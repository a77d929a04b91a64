# SPDX-License-Identifier: MIT
"""What every kind of fault has in common: cases that are tried one by one, and a word for what did not survive."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

Try = Callable[[int, Random], object]
"""One case: its number, and the chance that everything in it is drawn from. It raises where something is lost."""


class LostError(AssertionError):
    """Something did not survive: harm, an untrue word, a secret outside, a traceback."""


class Kind(Protocol):
    """One module of faults."""

    FULL: int
    """How many cases are tried in full,"""
    SHORT: int
    """and how many in the gate."""

    def trying(self, folder: Path, *, planted: bool = False) -> AbstractContextManager[Try]:
        """Make ready for cases; files go beneath ``folder``. With ``planted`` the program has a fault on purpose, which
        a look at what survived must notice.
        """


@dataclass
class Tally:
    """What became of the cases of one kind."""

    kind: str
    tried: int = 0
    lost: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0


def chance_of(seed: int, kind: str, case: int) -> Random:
    """The same for each run of one case, whatever was tried before it."""
    return Random(f"{seed} {kind} {case}")


def run(
    kind: str,
    attempt: Try,
    cases: range,
    *,
    seed: int,
    progress: Callable[[Tally], None] = lambda _: None,
    patience: float = 10.0,
) -> Tally:
    """Try all the cases. Progress is told of every ``patience`` seconds."""
    tally, began = Tally(kind), time.monotonic()
    told = began
    for case in cases:
        try:
            attempt(case, chance_of(seed, kind, case))
        except Exception as error:  # noqa: BLE001 - whatever comes out of a case is what was lost
            why = str(error) if isinstance(error, LostError) else f"{type(error).__name__}: {error}"
            tally.lost.append((case, why))
        tally.tried += 1
        now = time.monotonic()
        tally.seconds = now - began
        if now - told > patience:
            told = now
            progress(tally)
    return tally
