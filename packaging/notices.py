# SPDX-License-Identifier: MIT
"""The third-party notice, made from the metadata of what is installed and what really went into the program."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from product import NAME, TITLE

if TYPE_CHECKING:
    from pathlib import Path

_LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_RULE = "=" * 100

_QT = """
This program uses Qt and PySide6 (Qt for Python), which are free software under the GNU Lesser General Public License,
version 3 (https://www.gnu.org/licenses/lgpl-3.0.html). They are separate files in the folder _internal/PySide6 and
_internal/shiboken6, unchanged but for symbols that only debuggers read, and may be replaced there by other builds of
the same version's interface. Their source is at https://download.qt.io/official_releases/ and
https://code.qt.io/cgit/pyside/pyside-setup.git; for three years from the day you received this program, its makers
will also hand it out to anybody who asks, for no more than what sending it costs.
"""


def distributions() -> list[metadata.Distribution]:
    """The installed distributions that the program is made of: its own dependencies, and theirs, with Qt's first."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [NAME]
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            found[key] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or another Python
        waiting += [required(line) for line in found[key].requires or [] if "extra ==" not in line]
    del found[NAME]
    return sorted(found.values(), key=lambda one: (not _is_qt(one), one.name.lower()))


def required(line: str) -> str:
    """The name at the beginning of a requirement (PEP 508)."""
    name = re.match(r"[A-Za-z0-9._-]+", line)
    if name is None:
        raise ValueError(line)
    return name[0]


def _is_qt(distribution: metadata.Distribution) -> bool:
    return distribution.name.lower().startswith(("pyside6", "shiboken6"))


def licence(distribution: metadata.Distribution) -> str:
    """What its metadata says it is under: the expression, else the classifiers, else the first line of the field."""
    about = distribution.metadata
    if "License-Expression" in about:
        return about["License-Expression"]
    classes = [value.rpartition(" :: ")[2] for value in about.get_all("Classifier") or [] if "License ::" in value]
    written = about["License"].strip().splitlines() if "License" in about else []
    return ", ".join(classes) or (written[0] if written else "see below")


def text(program: Path) -> str:
    """The whole notice. ``program`` is the built folder, whose system libraries are named at the end."""
    parts = [f"{TITLE} is made with the works below, each under its own licence.", _RULE, _QT.strip()]
    python = (
        f"Python {sys.version.split()[0]}, Python Software Foundation License, https://docs.python.org/3/license.html"
    )
    parts += [_RULE, python]
    for one in distributions():
        parts += [_RULE, f"{one.name} {one.version}\nLicence: {licence(one)}"]
        for file in one.files or []:
            if ".dist-info/" in str(file) and _LICENCE_FILE.search(str(file)):
                parts.append(file.read_text(encoding="utf-8").strip())
    libraries = sorted(
        path.name for path in (program / "_internal").glob("lib*.so*") if path.is_file() and not path.is_symlink()
    )
    if libraries:
        parts += [_RULE, "Libraries of the system that this was built on, under the licences in /usr/share/doc there:"]
        parts.append("\n".join(libraries))
    return "\n\n".join(parts) + "\n"
