# SPDX-License-Identifier: MIT
"""``make mutants``: wrong programs made on purpose, and how many of them the tests notice.

Each of a sample is made in a copy of the checkout, where a test has to fail that passes on the program as it is. Which
tests run which line is seen first, once for all (it takes twice as long as the tests); those that run what was changed
are tried, the likeliest first, and no longer than a limit. The sample is always the same for a seed and a program. Each
answer is kept below ``build/mutants`` until the program changes, so a run that is stopped goes on where it was; what
was not noticed is tried again once the tests have changed. They are tried in no order: a part of a sample is one, too.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from mutants.copies import COLLECTING, DIED, STUCK_SECONDS, Copy
from mutants.covering import Covering
from mutants.places import PACKAGE, SHARES, Mutant, all_places, change, sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
SEED = 20261205
GOAL = 0.9
LIMIT = 120
"""Seconds of tests for one mutant. What only later ones would notice is said to be not noticed."""
FIRST = 16
"""How many tests or files are read and run at first, then four times as many: to read them all takes half a minute."""
JUDGED = Path(__file__).with_name("equivalent.json")
"""What nobody can notice, as it changes nothing that anybody meets: each with its reason, judged by reading."""


@dataclass(frozen=True)
class Answer:
    """What was changed, the test that noticed (empty where none did), and of which tests that is said."""

    mutant: Mutant
    changed: str
    noticed_by: str
    time_over: bool
    tests: str

    @property
    def place(self) -> str:
        """By which it is found in the list of what changes nothing; a line may move in its file."""
        return f"{self.mutant.path}\n{self.changed}"


def main(words: Sequence[str]) -> int:
    """Try a sample, or one by its name; the exit code is 1 when fewer than the goal are noticed, or none was tried."""
    parser = argparse.ArgumentParser(prog="make mutants", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", metavar="NAME", help="one of those that were not noticed")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin none after so long")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds of tests for one mutant")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many are tried at a time")
    given = parser.parse_args(words)
    folder = ROOT / "build/mutants" / _digest(ROOT / PACKAGE)
    for other in folder.parent.glob("*"):
        if other != folder:
            shutil.rmtree(other)
    folder.mkdir(parents=True, exist_ok=True)
    places = all_places(ROOT / PACKAGE)
    chosen = [one for one in places if one.name == given.only] if given.only else sample(places, given.seed)
    if not chosen:
        print(f"There is no {given.only}.")
        return 2
    end = time.monotonic() + 60 * given.minutes
    answers = attempts(folder, chosen, end, given.limit, anew=bool(given.only), jobs=given.jobs)
    print(table(answers, judged := judgements()))
    if len(answers) < len(chosen):
        print(f"\n{len(chosen) - len(answers)} of {len(chosen)} were not tried; the same command goes on.")
    return 0 if is_reached(answers, judged) else 1


def attempts(
    folder: Path, chosen: Sequence[Mutant], end: float, limit: float, *, anew: bool, jobs: int = 1
) -> list[Answer]:
    """Try those that have no answer yet, ``jobs`` at a time, and begin none after ``end`` by the monotonic clock.

    All answers there are, in the order of ``chosen``.
    """
    kept = folder / "answers.jsonl"
    tests = _digest(ROOT / "tests")
    answers = {one.mutant: one for one in _read(kept)}
    settled = set() if anew else {one.mutant for one in answers.values() if one.noticed_by or one.tests == tests}
    waiting = [one for one in chosen if one not in settled]
    if not waiting or time.monotonic() > end:
        return [answers[one] for one in chosen if one in answers]
    copies = [Copy.of(ROOT, folder / f"copy-{number}") for number in range(min(jobs, len(waiting)))]
    covering = Covering(folder)
    if not anew and not covering.is_there:
        covering.look(copies[0])
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)
    right: dict[str, bool] = {}
    writing = threading.Lock()

    def attempt(mutant: Mutant) -> None:
        if time.monotonic() > end:
            return
        copy, began = free.get(), time.monotonic()
        try:
            answer = try_one(copy, covering, mutant, limit, right, tests)
        finally:
            free.put(copy)
        said = answer.noticed_by or ("NOT NOTICED, time is over" if answer.time_over else "NOT NOTICED")
        with writing, kept.open("a", encoding="utf-8") as stream:
            answers[mutant] = answer
            stream.write(json.dumps(asdict(answer)) + "\n")
            print(f"{time.monotonic() - began:4.0f} s  {mutant.name}  {said}", file=sys.stderr, flush=True)

    pool = ThreadPoolExecutor(len(copies))
    try:
        list(pool.map(attempt, waiting))
    except BaseException:
        for copy in copies:
            copy.give_up()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return [answers[one] for one in chosen if one in answers]


def try_one(copy: Copy, covering: Covering, mutant: Mutant, limit: float, right: dict[str, bool], tests: str) -> Answer:
    """Make the program wrong, run tests until one fails that passes on the right one, and put it right.

    ``right`` has what passes there, and is added to.
    """
    path = copy.package / mutant.path
    text = path.read_bytes()
    waiting = covering.tests(copy.folder, mutant.path, mutant.line)
    changed, end, many = "", time.monotonic() + limit, FIRST
    while waiting:
        change(copy.package, mutant)
        changed = changed or _difference(text.decode(), path.read_text("utf-8"))
        try:
            failed = copy.failing(waiting[:many], seconds=max(1.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            return Answer(mutant, changed, "", time_over=True, tests=tests)
        finally:
            path.write_bytes(text)
        if not failed:
            waiting, many = waiting[many:], 4 * many
            continue
        if failed in {COLLECTING, DIED}:
            passes = _passes(copy, waiting[:many], failed)  # of these tests, which says nothing of others
        else:
            passes = right[failed] = right[failed] if failed in right else _passes(copy, [failed], failed)
        if passes:
            return Answer(mutant, changed, failed, time_over=False, tests=tests)
        given = failed if failed in waiting else failed.partition("::")[0]
        waiting = waiting[waiting.index(given) + 1 :] if given in waiting else []  # the rest of a file is passed over
    return Answer(mutant, changed, "", time_over=False, tests=tests)


def judgements() -> dict[str, str]:
    """Reasons by :attr:`Answer.place`."""
    return {f"{path}\n{changed}": reason for path, changed, reason in json.loads(JUDGED.read_text("utf-8"))}


def is_reached(answers: Sequence[Answer], judged: Mapping[str, str]) -> bool:
    """Whether as many as the goal are noticed; of none nothing is known."""
    counted = [one for one in answers if one.noticed_by or one.place not in judged]
    return bool(counted) and sum(1 for one in counted if one.noticed_by) >= GOAL * len(counted)


def table(answers: Sequence[Answer], judged: Mapping[str, str]) -> str:
    """How many were made and noticed in each layer, and each that was not, with the command that tries it alone."""
    text = [f"{'layer':<10}{'made':>6}{'noticed':>9}{'not':>5}{'per cent':>10}", "-" * 40]
    equivalent = [one for one in answers if not one.noticed_by and one.place in judged]
    counted = [one for one in answers if one not in equivalent]
    for layer in (*SHARES, "all"):
        these = [one for one in counted if layer in {one.mutant.layer, "all"}]
        noticed = sum(1 for one in these if one.noticed_by)
        if these:
            share = 100 * noticed / len(these)
            text.append(f"{layer:<10}{len(these):>6}{noticed:>9}{len(these) - noticed:>5}{share:>10.0f}")
    for one in counted:
        if not one.noticed_by:
            text += ["", f"not noticed{' in time' * one.time_over}: {PACKAGE}/{one.mutant.path}:{one.mutant.line}"]
            text += [one.changed, f"    make mutants ONLY={one.mutant.name}"]
    for one in equivalent:
        text += ["", f"not counted: {PACKAGE}/{one.mutant.path}:{one.mutant.line}", one.changed, judged[one.place]]
    return "\n".join(text)


def _passes(copy: Copy, tests: Sequence[str], failed: str) -> bool:
    """Whether the right program passes; what is broken or comes by chance has noticed nothing."""
    try:
        return not copy.failing(tests, seconds=10 * STUCK_SECONDS, only_collected=failed == COLLECTING)
    except subprocess.TimeoutExpired:
        return failed in {COLLECTING, DIED}  # it came further than the wrong one


def _difference(right: str, wrong: str) -> str:
    lines = difflib.unified_diff(right.splitlines(), wrong.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if line[:3] not in {"---", "+++", "@@ "})


def _digest(folder: Path) -> str:
    texts = (path.read_bytes() for path in sorted(folder.rglob("*.py")))
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


def _read(path: Path) -> list[Answer]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [Answer(Mutant(**one.pop("mutant")), **one) for one in map(json.loads, lines)]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
