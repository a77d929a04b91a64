# SPDX-License-Identifier: MIT
"""The part of Qt for Python that is written in Python, compiled ahead.

Shiboken carries it inside of its library as source, and compiles all of it at each start, which is a tenth of a second
on a slow computer. Where a folder ``files.dir`` stands beside that library it reads from there instead; this is its
own switch (``SBK_EMBED``, see ``find_incarnated_files`` in its ``signature_bootstrap.py``). Without the folder,
everything works as before and more slowly.
"""

from __future__ import annotations

import py_compile
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PLACE = "shiboken6/files.dir"

_UNPACK = """
import sys
import PySide6.QtCore
import shibokensupport
shibokensupport.__loader__.zfile.extractall(sys.argv[1])
"""


def files(folder: Path) -> list[tuple[str, str]]:
    """Write the compiled files anew below ``folder``; returns each with the folder of the program that it goes into."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run([sys.executable, "-P", "-c", _UNPACK, str(folder)], check=True)
    found = []
    for source in sorted((folder / "shibokensupport").rglob("*.py")):
        place = source.relative_to(folder)
        compiled = source.with_suffix(".pyc")
        py_compile.compile(
            str(source),
            str(compiled),
            str(place),
            doraise=True,
            optimize=2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        found.append((str(compiled), f"{PLACE}/{place.parent.as_posix()}"))
    return found
