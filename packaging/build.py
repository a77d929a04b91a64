# SPDX-License-Identifier: MIT
"""``make package``: build the program, measure it against a bare one of the same run, prove it, and archive it.

Everything is made below ``build/``. The exit code is 1 when a goal is missed or a proof fails. Steps can be named;
without a name all of them run, in the order of ``STEPS``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import archive
import bill
import debian_package
import elf
import other_systems
import ratios
import smoke
import twice
from product import ARCHIVES, BILL, BUILD, DIST, NAME, ROOT
from proving import not_here, prove

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent


def main(words: Sequence[str]) -> int:
    """Run the steps named, or all; returns the exit code."""
    if unknown := set(words) - STEPS.keys():
        print(f"Unknown: {', '.join(sorted(unknown))}. There are {', '.join(STEPS)}.")
        return 2
    results = [_step(name) for name in STEPS if not words or name in words]
    return 0 if all(results) else 1


def _step(name: str) -> bool:
    print(f"{name} …", flush=True)
    begin = perf_counter()
    is_good = STEPS[name]()
    print(f"{name}: {'done' if is_good else 'FAILED'} in {perf_counter() - begin:.0f} s", flush=True)
    return is_good


def build() -> bool:
    """Make the program, with the probes that measure it put aside: they are no part of what is handed out."""
    pyinstaller(HERE / f"{NAME}.spec", DIST.parent, BUILD / "work", {"PACKAGING_PROBES": str(HERE / "probes")})
    shutil.rmtree(ratios.PROBES, ignore_errors=True)
    ratios.PROBES.mkdir()
    for probe in (HERE / "probes").glob("*.py"):
        shutil.move(DIST / f"{probe.stem}{ratios.ENDING}", ratios.PROBES)
    if sys.platform == "linux":
        for path in DIST.rglob("*.so*"):
            if path.is_file() and not path.is_symlink() and elf.is_one(path):
                elf.forget_search_path(path)
    return True


def bare() -> bool:
    """Make, with the same PyInstaller, what ours is measured against."""
    loads = [word for module in ("boto3", "keyring") for word in ("--hidden-import", module)]
    words = ["--name", "bare", "--specpath", str(BUILD), *loads]
    pyinstaller(HERE / "bare.py", ratios.BARE.parent, BUILD / "work-bare", {}, *words)
    return True


def pyinstaller(what: Path, into: Path, work: Path, extra: dict[str, str], *words: str) -> None:
    """Package a script or what a specification says."""
    command = [sys.executable, "-P", "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    command += ["--distpath", str(into), "--workpath", str(work), *words, str(what)]
    # Without a hash that differs from run to run, two builds of one commit order their parts alike.
    environment = {**os.environ, "PYTHONHASHSEED": "0", **extra}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def size() -> bool:
    """Print what is installed, as a ratio."""
    row = ratios.size()
    print(row)
    return row.holds


def proofs() -> bool:
    """Run the smoke test on the built program, and compare what it finds with the unfrozen one."""
    program = DIST / f"{NAME}{ratios.COMMAND_ENDING}"
    is_good = smoke.main([str(program)]) == 0
    if sys.platform == "darwin":
        inside = other_systems.bundle(DIST) / "Contents" / "MacOS" / NAME
        is_good = prove("self-check of the bundle", smoke.without_display, inside) and is_good
    if found := bill.problems(BILL, DIST):
        print(*found, sep="\n")
        is_good = False
    return prove("finds the keyrings that it finds unfrozen", ratios.keyrings, program) and is_good


def archives() -> bool:
    """Make what is handed out."""
    return archive.make(DIST, ARCHIVES)


def debian() -> bool:
    """Install, run and remove the ``.deb`` on a bare Debian of this kind, where one can be made."""
    packages = sorted(ARCHIVES.glob("*.deb"))
    if not packages or not debian_package.can_be_proved():
        return not_here("a bare Debian of this kind: that takes Debian, a .deb, debootstrap and root")
    return debian_package.main([str(packages[0])]) == 0


def again() -> bool:
    """Build and archive a second time, elsewhere, and compare."""
    return twice.compare()


def times() -> bool:
    """Print how long starts take, as ratios."""
    rows = ratios.times()
    print(*rows, sep="\n")
    return all(row.holds for row in rows)


STEPS = {
    "build": build,
    "bare": bare,
    "size": size,
    "prove": proofs,
    "archive": archives,
    "debian": debian,
    "again": again,
    "times": times,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
