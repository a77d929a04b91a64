# SPDX-License-Identifier: MIT
"""``make package``: build the program, measure it against a bare one of the same run, prove it, and archive it.

Everything is made below ``build/``. The exit code is 1 when a goal is missed or a proof fails. Steps can be named
(``build``, ``measure``, ``prove``, ``archive``); without a name all of them run, in this order.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import archive
import smoke
from product import BUILD, DIST, NAME, ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
BARE = BUILD / "bare" / "bare"
STOPWATCH = BUILD / "stopwatch"
SIZE_GOAL, START_GOAL = 0.65, 1.3
REPEATS = 11
_ENDING = ".exe" if sys.platform == "win32" else ""


def main(words: Sequence[str]) -> int:
    """Run the steps named, or all; returns the exit code."""
    steps = {"build": build, "measure": measure, "prove": prove, "archive": archive.run}
    if unknown := set(words) - steps.keys():
        print(f"Unknown: {', '.join(sorted(unknown))}. There are {', '.join(steps)}.")
        return 2
    results = [step() for name, step in steps.items() if not words or name in words]
    return 0 if all(results) else 1


def build() -> bool:
    """Make the program and, with the same PyInstaller, a bare one without our cuts."""
    print("building the program …", flush=True)
    _pyinstaller(DIST.parent, HERE / f"{NAME}.spec", {"PACKAGING_STOPWATCH": str(HERE / "stopwatch.py")})
    # What measures is no part of what is handed out.
    STOPWATCH.unlink(missing_ok=True)
    shutil.move(DIST / f"stopwatch{_ENDING}", STOPWATCH)
    print("building the bare one …", flush=True)
    loads = [word for module in ("boto3", "keyring") for word in ("--hidden-import", module)]
    _pyinstaller(BARE.parent, HERE / "bare.py", {}, "--name", "bare", "--specpath", str(BUILD), *loads)
    return True


def _pyinstaller(into: Path, what: Path, extra: dict[str, str], *words: str) -> None:
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    command += ["--distpath", str(into), "--workpath", str(BUILD / "work"), *words, str(what)]
    # Without a hash that differs from run to run, two builds of one commit order their parts alike.
    environment = {**os.environ, "PYTHONHASHSEED": "0", **extra}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def measure() -> bool:
    """Print what is installed and how long a start takes, each as a ratio."""
    ours, bare = installed_size(DIST), installed_size(BARE)
    rows = [("installed size", ours / 1e6, bare / 1e6, "MB", SIZE_GOAL)]
    stopwatch = DIST / f"stopwatch{_ENDING}"
    shutil.copy2(STOPWATCH, stopwatch)
    try:
        started, started_bare = _starts(stopwatch, BARE / f"bare{_ENDING}")
    finally:
        stopwatch.unlink()
    rows.append(("start to painted window", started * 1e3, started_bare * 1e3, "ms", START_GOAL))
    good = True
    for what, mine, reference, unit, goal in rows:
        ratio = mine / reference
        word = "holds" if ratio <= goal else "MISSED"
        print(f"{what:24} {mine:7.1f} {unit}  bare {reference:7.1f} {unit}  {ratio:.2f} ×  goal {goal} ×  {word}")
        good = good and ratio <= goal
    return good


def installed_size(folder: Path) -> int:
    """Bytes in the files of a folder; a link counts as nothing."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _starts(ours: Path, bare: Path) -> tuple[float, float]:
    """Medians in seconds, both in turn and each first as often as second, so that a busy machine slows both alike."""
    times: dict[Path, list[float]] = {ours: [], bare: []}
    with tempfile.TemporaryDirectory(prefix="start-") as home:
        environment = smoke.surroundings(Path(home)) | {"QT_QPA_PLATFORM": "offscreen"}
        for turn in range(-2, REPEATS):
            for program in (ours, bare) if turn % 2 else (bare, ours):
                begin = perf_counter()
                subprocess.run([program], env=environment, check=True, timeout=120, capture_output=True)
                if turn >= 0:
                    times[program].append(perf_counter() - begin)
    return median(times[ours]), median(times[bare])


def prove() -> bool:
    """Run the smoke test on the built program."""
    return smoke.main([str(DIST / f"{NAME}{_ENDING}")]) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
