# SPDX-License-Identifier: MIT
"""``make mutants``: wrong programs made on purpose, and how many of them the tests notice.

Each of a sample is made in a copy of the checkout, where the tests that run the changed line have to fail. The sample
is always the same for a seed and a program. Which tests run which line is measured first, with the whole suite, and
kept below ``build/mutants``, as are the answers; both are thrown away once the program has changed.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import queue
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mutants.copies import Copy, Measured, measure
from mutants.places import PACKAGE, SHARES, Mutant, all_places, change, sample

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
SEED = 20261128
GOAL = 0.9
FIRST = 20
"""Seconds of tests that are run in a first go, as most mutants are noticed at once."""
LONGEST = 150
"""Seconds of tests that are run for one mutant. What only slower ones would notice is said to be not noticed."""


@dataclass(frozen=True)
class Answer:
    """What was changed, how many tests ran, and the one that noticed; empty where none did."""

    mutant: Mutant
    changed: str
    tests: int
    noticed_by: str


def main(words: Sequence[str]) -> int:
    """Try a sample, or one by its name; the exit code is 1 when fewer than the goal are noticed."""
    parser = argparse.ArgumentParser(prog="make mutants", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", metavar="NAME", help="one of those that were not noticed")
    given = parser.parse_args(words)
    program = hashlib.sha256(b"".join(path.read_bytes() for path in sorted((ROOT / PACKAGE).rglob("*.py")))).hexdigest()
    below = ROOT / "build" / "mutants"
    folder = below / program[:12]
    for other in below.glob("*"):
        if other != folder:
            shutil.rmtree(other)
    folder.mkdir(parents=True, exist_ok=True)

    places = all_places(ROOT / PACKAGE)
    chosen = [one for one in places if one.name == given.only] if given.only else sample(places, given.seed)
    if not chosen:
        print(f"There is no {given.only}.")
        return 2
    print("making copies, and measuring which tests run which line …", file=sys.stderr, flush=True)
    copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    made = [Copy.of(ROOT, folder / f"copy-{number}") for number in range(min(len(chosen), os.cpu_count() or 1))]
    measured = measure(made[0], folder)
    for one in made:
        copies.put(one)

    def attempt(mutant: Mutant) -> Answer:
        copy = copies.get()
        try:
            answer = try_one(copy, mutant, measured)
        finally:
            copies.put(copy)
        print(f"{answer.noticed_by or 'NOT NOTICED'}  {mutant.name}", file=sys.stderr, flush=True)
        return answer

    with ThreadPoolExecutor(len(made)) as pool:
        answers = without_chance(made[0], list(pool.map(attempt, chosen)))
    (folder / "answers.json").write_text(json.dumps([asdict(one) for one in answers], indent=1), "utf-8")
    print(table(answers))
    return 0 if sum(1 for one in answers if one.noticed_by) >= GOAL * len(answers) else 1


def try_one(copy: Copy, mutant: Mutant, measured: Measured) -> Answer:
    """Make the program wrong, run the tests of the line until one fails, and put it right."""
    path = copy.package / mutant.path
    right = path.read_bytes()
    lines = right.decode().splitlines()
    change(copy.package, mutant)
    wrong = path.read_text("utf-8").splitlines()
    changed = "\n".join(line for line in difflib.unified_diff(lines, wrong, n=0, lineterm="") if line[:3] not in _HEAD)
    tests = measured.tests(mutant.path, mutant.line, "\n".join(lines))
    ran = 0
    try:
        for some in in_two(tests, measured):
            (copy.folder / "tests.txt").write_text("\n".join(some), "utf-8")
            patience = 60 + 4 * sum(measured.seconds[test] for test in some)
            try:
                came = copy.pytest(["-x", "@tests.txt"], timeout=patience)
            except subprocess.TimeoutExpired:
                return Answer(mutant, changed, ran, f"{OVER} after {patience:.0f} seconds")
            ran += len(some)
            if failed := next((test for test, (_, passed) in came.items() if not passed), None):
                return Answer(mutant, changed, ran, failed)
        return Answer(mutant, changed, ran, "")
    finally:
        path.write_bytes(right)


_HEAD = ("---", "+++", "@@ ")
OVER = "(no end)"


def in_two(tests: Sequence[str], measured: Measured) -> list[list[str]]:
    """The quickest, and then what else there is time for; without what is empty."""
    first: list[str] = []
    then: list[str] = []
    seconds = 0.0
    for test in tests:
        seconds += measured.seconds[test]
        if seconds < LONGEST:
            (first if seconds < FIRST else then).append(test)
    return [some for some in (first, then) if some]


def without_chance(copy: Copy, answers: Sequence[Answer]) -> list[Answer]:
    """Run what noticed on the program as it is: a test that fails there as well has noticed nothing."""
    tests = sorted({one.noticed_by for one in answers if "::" in one.noticed_by})
    if not tests:
        return list(answers)
    (copy.folder / "tests.txt").write_text("\n".join(tests), "utf-8")
    came = copy.pytest(["@tests.txt"], timeout=60 * 60)
    return [
        Answer(one.mutant, one.changed, one.tests, "")
        if "::" in one.noticed_by and not came.get(one.noticed_by, (0, False))[1]
        else one
        for one in answers
    ]


def table(answers: Sequence[Answer]) -> str:
    """How many were made and noticed in each layer, and each that was not, with the command that tries it alone."""
    text = [f"{'layer':<10}{'made':>6}{'noticed':>9}{'not':>5}{'per cent':>10}", "-" * 40]
    for layer in (*SHARES, "all"):
        these = [one for one in answers if layer in {one.mutant.layer, "all"}]
        noticed = sum(1 for one in these if one.noticed_by)
        if these:
            share = 100 * noticed / len(these)
            text.append(f"{layer:<10}{len(these):>6}{noticed:>9}{len(these) - noticed:>5}{share:>10.0f}")
    for one in answers:
        if not one.noticed_by:
            where = f"{PACKAGE}/{one.mutant.path}:{one.mutant.line}"
            text += ["", f"not noticed by {one.tests} tests: {where}", one.changed]
            text.append(f"    make mutants ONLY={one.mutant.name}")
    return "\n".join(text)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
