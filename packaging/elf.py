# SPDX-License-Identifier: MIT
"""Which libraries a Linux program or library names itself, as ``objdump`` reads it; PyInstaller needs that tool too."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def is_one(path: Path) -> bool:
    """Whether the file is a program or a library of Linux."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def names(path: Path) -> list[str]:
    """The libraries that it names itself; not those that they name in turn, as ``ldd`` would have it."""
    said = subprocess.run(["objdump", "-p", str(path)], check=True, capture_output=True, text=True).stdout
    return [line.split()[1] for line in said.splitlines() if line.startswith("  NEEDED ")]
