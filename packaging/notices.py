# SPDX-License-Identifier: MIT
"""The third-party notice, made from the metadata of what is installed and what really goes into the program."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from product import NAME, ROOT, TITLE

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXTS = Path(__file__).resolve().parent / "licences"
"""The GNU licences, word for word: Qt's own packages come without them, and other systems than Debian too."""

_LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_RULE = "=" * 80

_QT = """
Qt {version} and Qt for Python (PySide6, Shiboken) {version}
Licence: GNU Lesser General Public License, version 3

The text of that licence and of the GNU General Public License, version 3, which it builds upon, are beside this file:
LGPL-3.txt and GPL-3.txt.

Where: separate files in the folders PySide6 and shiboken6 of this program (below _internal; in the bundle of macOS
below Contents/Frameworks). They are as their makers published them, but for symbols that only debuggers read.

You may change these libraries and use your own in their place: put other builds that offer the same interface there,
under the same names. The program checks no signature of them. On macOS the bundle wants to be signed again
afterwards, by "codesign --force --deep --sign -". If you replace Shiboken's library, remove the folder
shiboken6/files.dir as well: it has the part of Shiboken that is written in Python, compiled ahead, and without it the
new library uses its own. Nothing in the licence of this program keeps you from studying how it works together with
your change.

Source: what corresponds to exactly these versions is offered by their makers to everybody, without charge:
    Qt              https://download.qt.io/official_releases/qt/{series}/{version}/submodules/
                    (qtbase, qtsvg, qtwayland; of older versions below https://download.qt.io/archive/qt/)
                    and the tag v{version} of https://code.qt.io/cgit/qt/qtbase.git, qtsvg.git and qtwayland.git
    Qt for Python   https://download.qt.io/official_releases/QtForPython/pyside6/PySide6-{version}-src/
                    and the tag v{version} of https://code.qt.io/cgit/pyside/pyside-setup.git

Qt contains works of others, named with their licences in its source and at
https://doc.qt.io/qt-6/licenses-used-in-qt.html
"""

_PYINSTALLER = """
PyInstaller {version}
Licence: GPL 2 or later, with an exception: programs that were packaged with it may be under any licence. Only the small
program that loads ours, and the Python files that prepare it, are part of what is handed out.
https://pyinstaller.org/en/stable/license.html
"""


def write(folder: Path, libraries: Iterable[Path]) -> Path:
    """Write every licence anew into ``folder``; returns it. ``libraries`` are the system's own that go in."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TEXTS, folder)
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE.txt")
    (folder / "THIRD-PARTY.txt").write_text(text(libraries), encoding="utf-8")
    return folder


def text(libraries: Iterable[Path]) -> str:
    """The whole notice."""
    parts = [f"{TITLE} is made with the works below, each under its own licence."]
    found = distributions()
    qt = next(one.version for one in found if _is_qt(one))
    parts += [_RULE, _QT.format(version=qt, series=qt.rpartition(".")[0]).strip()]
    parts += [_RULE, _PYINSTALLER.format(version=metadata.version("pyinstaller")).strip()]
    parts += [_RULE, f"Python {sys.version.split()[0]}\nLicence: Python Software Foundation License", _of_python()]
    for one in found:
        parts += [_RULE, f"{one.name} {one.version}\nLicence: {licence(one)}"]
        for file in one.files or []:
            if ".dist-info/" in str(file) and _LICENCE_FILE.search(str(file)):
                parts.append(file.read_text(encoding="utf-8").strip())
    for words, names in sorted(of_the_system(libraries).items(), key=lambda entry: entry[1]):
        parts += [_RULE, "From the system that this was built on: " + ", ".join(sorted(names)), words]
    return "\n\n".join(parts) + "\n"


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


def of_the_system(libraries: Iterable[Path]) -> dict[str, list[str]]:
    """The notices that Debian keeps of its packages, each with the names of the libraries that it is about."""
    found: dict[str, list[str]] = {}
    for library in libraries:
        package = package_of(library)
        paper = Path("/usr/share/doc", package.partition(":")[0], "copyright")
        words = paper.read_text(encoding="utf-8").strip() if package and paper.exists() else "Its licence is unknown."
        found.setdefault(words, []).append(library.name)
    return found


def package_of(library: Path) -> str:
    """The package of Debian that a file belongs to, or nothing. Some are listed under a link of their folder."""
    if shutil.which("dpkg-query") is None:
        return ""
    for place in (library, library.resolve(), Path("/", *library.resolve().parts[2:])):
        asked = subprocess.run(["dpkg-query", "-S", str(place)], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.partition(": ")[0]
    return ""


def _of_python() -> str:
    """The text that came with this Python."""
    places = [Path(sysconfig.get_path("stdlib"), "LICENSE.txt"), Path(sys.base_prefix, "LICENSE.txt")]
    places.append(Path(f"/usr/share/doc/python3.{sys.version_info.minor}/copyright"))
    return next(
        (place.read_text(encoding="utf-8").strip() for place in places if place.exists()),
        "https://docs.python.org/3/license.html",
    )
