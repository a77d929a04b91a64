# SPDX-License-Identifier: MIT
"""``make test-debian13``: what README.md tells a person to call, on Debian 13 with its own Python, below ``build/``.

The root is made once and kept, with what was installed in it; the checkout is copied into it as it stands, but for
git. Steps can be named; without a name all of ``STEPS`` run but "fast", which is a part of "test". ``DEBIAN=14`` in the
environment takes the Debian that is still being made, for a newer Python.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import debian_root
from product import BUILD, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NUMBER = os.environ.get("DEBIAN", "13")
SUITES = {"13": "trixie", "14": "testing"}
"""The name of each Debian; of one that is still being made it is "testing", which every debootstrap knows."""

CHECKOUT = "/root/checkout"
FAST = ("domain", "storage", "services", "aws", "practice", "journeys", "test_*.py")
"""The part of the tests, below tests/, that another Python can break: all but what draws and what packages."""

STEPS = {
    "run": "make run",
    "fast": f"make test TESTS='{' '.join(f'tests/{name}' for name in FAST)}'",
    "test": "make test",
    "package": "make package-gate",
}
"""What is called in the checkout. The first of them installs, as it does at a reader's home."""


def main(words: Sequence[str]) -> int:
    """Run the steps named, or all; returns the exit code."""
    if unknown := set(words) - STEPS.keys():
        print(f"Unknown: {', '.join(sorted(unknown))}. There are {', '.join(STEPS)}.")
        return 2
    if NUMBER not in SUITES:
        print(f"DEBIAN={NUMBER} is unknown. There are {', '.join(SUITES)}.")
        return 2
    settings = debian_root.settings_of_pip()
    if os.geteuid() != 0 and shutil.which("sudo"):
        BUILD.mkdir(exist_ok=True)  # what else is made there is this person's
        os.environ.update(settings)
        os.execvp("sudo", ["sudo", "--preserve-env", sys.executable, __file__, *words])
    if not debian_root.can_be_made():
        print("A Debian of its own takes Linux, debootstrap and root.")
        return 1
    inside, lent = debian_root.lent_to_a_root(settings)
    inside |= {name: os.environ[name] for name in ("CI", "SEED") if name in os.environ}
    root = debian_root.DebianRoot(BUILD / f"debian-{NUMBER}", SUITES[NUMBER], inside, lent)
    begin = perf_counter()
    root.make()
    if SUITES[NUMBER] == "testing":  # its list ends to be valid within days, and a mirror may be behind
        late = root.folder / "etc" / "apt" / "apt.conf.d" / "91-behind"
        late.write_text('Acquire::Check-Valid-Until "false";\n', encoding="utf-8")
    root.install("make", "python3")
    copy_checkout(ROOT, root.folder / CHECKOUT.lstrip("/"))
    print(f"Debian {NUMBER} is there after {perf_counter() - begin:.0f} s", flush=True)
    good = [_step(root, name) for name in STEPS if name in (words or STEPS.keys() - {"fast"})]
    return 0 if all(good) else 1


def _step(root: debian_root.DebianRoot, name: str) -> bool:
    print(f"Debian {NUMBER}, {name}: {STEPS[name]}", flush=True)
    begin = perf_counter()
    is_good = root.show("sh", "-c", f"cd {CHECKOUT} && {STEPS[name]}") == 0
    print(f"Debian {NUMBER}, {name}: {'done' if is_good else 'FAILED'} in {perf_counter() - begin:.0f} s", flush=True)
    return is_good


def copy_checkout(source: Path, target: Path) -> None:
    """Bring a copy up to date: what .gitignore names is neither copied nor deleted there.

    A file of the same content is left alone, with its time, so that make installs again only what has changed.
    """
    patterns = [line.strip("/") for line in (source / ".gitignore").read_text(encoding="utf-8").split()]
    wanted = set(_files(source, [*patterns, ".git"]))
    for path in set(_files(target, patterns)) - wanted:
        (target / path).unlink()
    for path in wanted:
        ours, theirs = source / path, target / path
        if theirs.is_file() and theirs.read_bytes() == ours.read_bytes():
            continue
        theirs.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ours, theirs)


def _files(folder: Path, ignored: Sequence[str]) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        for found in (folders, names):
            found[:] = [name for name in found if not any(fnmatch.fnmatch(name, one) for one in ignored)]
        yield from (Path(place, name).relative_to(folder) for name in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
