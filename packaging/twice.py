# SPDX-License-Identifier: MIT
"""Two builds of one commit are the same: builds and archives again, from a copy elsewhere, and compares every byte."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from product import ARCHIVES, BUILD, DIST, ROOT, source_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DIFFERENCES: Mapping[str, str] = {}
"""Files that may differ, each with the reason. There are none."""

SOURCES = ("gui", "resources", "packaging", "pyproject.toml", "LICENSE", "CHANGELOG.md")
_BUILD = """
import sys
sys.path.insert(0, "packaging")
import archive, build
from product import ARCHIVES, DIST
build.build()
sys.exit(not archive.make(DIST, ARCHIVES))
"""


def compare() -> bool:
    """Build a second time and print what differs; returns whether all of it was expected."""
    place = BUILD / "again"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, place / name)
    environment = {
        **os.environ,
        "PYTHONPATH": str(place / "gui"),  # before the checkout, which is installed
        "SOURCE_DATE_EPOCH": str(source_time()),
    }
    subprocess.run(
        [sys.executable, "-P", "-c", _BUILD], check=True, cwd=place, env=environment, stdout=subprocess.DEVNULL
    )
    inside = place / "build"
    pairs = {"program": (DIST, inside / DIST.relative_to(BUILD)), "archives": (ARCHIVES, inside / ARCHIVES.name)}
    unexpected = 0
    for what, (first, second) in pairs.items():
        ours, theirs = contents(first), contents(second)
        different = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        for name in different:
            reason = DIFFERENCES.get(name)
            unexpected += reason is None
            print(f"{'expected' if reason else 'DIFFERS'}  {name}{f': {reason}' if reason else ''}")
        print(f"{what}: {len(ours)} files and links, {len(different)} differ between two builds")
    if not unexpected:
        shutil.rmtree(place)
    return not unexpected


def contents(folder: Path) -> dict[str, str]:
    """Every file and link below a folder, each with a word for what it holds."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return found
