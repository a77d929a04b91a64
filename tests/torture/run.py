# SPDX-License-Identifier: MIT
"""``make torture``: faults on purpose, and a table of what survived them. The exit code is 1 when anything is lost.

Each case is drawn from the seed, its kind and its number alone, so that one that was lost can be tried again alone::

    PYTHONPATH=tests .venv/bin/python -P -m torture.run --seed 7 --case 12 answers
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, cast

from notification_tester.practice.loopback import keep_here
from torture.trial import Kind, Tally, run

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("inputs", "messages", "answers", "kills", "disks", "keyrings", "pages")
SEED = 20_260_131
_MOST_TOLD = 20
"""Of what was lost of one kind; the table has the whole number."""


def main(words: Sequence[str]) -> int:
    """Try everything, or only the kinds named."""
    parser = argparse.ArgumentParser(prog="torture.run", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--seed", type=int, default=SEED, help=f"what chance begins with (default: {SEED})")
    parser.add_argument("--short", action="store_true", help="as many as the gate has time for")
    parser.add_argument("--case", type=int, help="try this case alone")
    parser.add_argument("--cases", type=int, help="try so many of each kind")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes side by side (default: 2)")
    parser.add_argument("--planted", action="store_true", help="try a program with a fault on purpose")
    given = parser.parse_args(words)
    if unknown := set(given.kinds) - set(KINDS):
        print(f"Unknown: {', '.join(sorted(unknown))}. There are {', '.join(KINDS)}.")
        return 2
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # nothing of the developer's own is called
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    tallies = [_try(kind, given) for kind in KINDS if not given.kinds or kind in given.kinds]
    print(table(tallies, seed=given.seed))
    return 1 if any(tally.lost for tally in tallies) else 0


def _try(name: str, given: argparse.Namespace) -> Tally:
    """Try the cases of a kind, side by side in as many processes as there are jobs."""
    kind = cast("Kind", import_module(f"torture.{name}"))
    count = given.cases or (kind.SHORT if given.short else kind.FULL)
    if given.case is not None or given.jobs == 1:
        return _part(name, range(count) if given.case is None else range(given.case, given.case + 1), given)
    began = time.monotonic()
    parts = [range(first, count, given.jobs) for first in range(given.jobs)]
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as processes:
        tallies = list(processes.map(partial(_part, name, given=given), parts))
    lost = sorted(one for tally in tallies for one in tally.lost)
    return Tally(name, sum(tally.tried for tally in tallies), lost, time.monotonic() - began)


def _part(name: str, cases: range, given: argparse.Namespace) -> Tally:
    kind = cast("Kind", import_module(f"torture.{name}"))
    called_out: list[str] = []
    keep_here(called_out.append)

    def progress(tally: Tally) -> None:
        lost = f"{len(tally.lost):,} lost" + (f"; the newest: {tally.lost[-1]}" if tally.lost else "")
        print(f"{name}: {tally.tried:,} of {len(cases):,}, {lost}", file=sys.stderr, flush=True)

    with (
        tempfile.TemporaryDirectory(prefix="torture-", ignore_cleanup_errors=True) as folder,
        kind.trying(Path(folder), planted=given.planted) as attempt,
    ):
        tally = run(name, attempt, cases, seed=given.seed, progress=progress)
    tally.lost += [
        (case, f"somebody outside was called: {host}") for case, host in zip(cases, called_out, strict=False)
    ]
    return tally


def table(tallies: Sequence[Tally], *, seed: int) -> str:
    """One line for each kind, in columns, and below what was lost, with the words that try it again."""
    lines = [("kind", "tried", "survived", "lost", "seconds")]
    lines += [
        (one.kind, f"{one.tried:,}", f"{one.tried - len(one.lost):,}", f"{len(one.lost):,}", f"{one.seconds:.0f}")
        for one in tallies
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = [
        "  ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(line, widths, strict=True)) for line in lines)
    ]
    text.insert(1, "-" * max(len(line) for line in text))
    for one in tallies:
        text += [
            f"LOST {one.kind} {case}: {why}\n"
            f"  again: PYTHONPATH=tests .venv/bin/python -P -m torture.run --seed {seed} --case {case} {one.kind}"
            for case, why in one.lost[:_MOST_TOLD]
        ]
        if (more := len(one.lost) - _MOST_TOLD) > 0:
            text.append(f"LOST {one.kind}: {more:,} more")
    return "\n".join(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
