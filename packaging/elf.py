# SPDX-License-Identifier: MIT
"""What a Linux program or library says of the libraries that it needs.

The names are read by ``objdump``; PyInstaller needs that tool too.
"""

from __future__ import annotations

import struct
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LOADED, _DYNAMIC = 1, 2
_STRING_TABLE = 5
_SEARCH_PATHS = (15, 29)  # RPATH, RUNPATH


def is_one(path: Path) -> bool:
    """Whether the file is a program or a library of Linux."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def names(path: Path) -> list[str]:
    """The libraries that it names itself; not those that they name in turn, as ``ldd`` would have it."""
    said = subprocess.run(["objdump", "-p", str(path)], check=True, capture_output=True, text=True).stdout
    return [line.split()[1] for line in said.splitlines() if line.startswith("  NEEDED ")]


def forget_search_path(path: Path) -> bool:
    """Take out where a library looks for others, if that is a place on the machine that built it; returns whether.

    A Python that was built by hand names its own folder in each of its modules. Paths beside the library itself
    (``$ORIGIN``) stay. Source: "Tool Interface Standard, ELF Specification 1.2", "Dynamic Section"; 64 bits,
    little-endian, which all machines are that this is built on.
    """
    data = bytearray(path.read_bytes())
    if data[4:6] != b"\x02\x01":
        return False
    table, entry_size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQ", data, table + index * entry_size) for index in range(count)]
    dynamic = next(((start, length) for kind, _, start, _, _, length in segments if kind == _DYNAMIC), None)
    if dynamic is None:
        return False
    entries = [struct.unpack_from("<QQ", data, dynamic[0] + at) for at in range(0, dynamic[1], 16)]
    strings = next(value for tag, value in entries if tag == _STRING_TABLE)
    # The table of strings is named by its place in memory.
    offset = next(
        strings - memory + start
        for kind, _, start, memory, _, length in segments
        if kind == _LOADED and memory <= strings < memory + length
    )
    kept = [
        (tag, value)
        for tag, value in entries
        if tag not in _SEARCH_PATHS or data[offset + value : offset + value + 7] == b"$ORIGIN"
    ]
    if len(kept) == len(entries):
        return False
    kept += [(0, 0)] * (len(entries) - len(kept))
    for index, entry in enumerate(kept):
        struct.pack_into("<QQ", data, dynamic[0] + index * 16, *entry)
    path.write_bytes(data)
    return True
