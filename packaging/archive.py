# SPDX-License-Identifier: MIT
"""Archive a built program, with a bill of materials and checksums.

On Linux that is a ``.tar.gz`` and a ``.deb``; elsewhere what people expect there.

Two archives of the same files are the same bytes: every time in them is that of the last commit.
"""

from __future__ import annotations

import gzip
import hashlib
import platform
import shutil
import sys
import tarfile
from typing import TYPE_CHECKING

import debian
import desktop_files
import other_systems
from product import BILL, BUILD, NAME, VERSION, source_time
from proving import not_here

if TYPE_CHECKING:
    from pathlib import Path

SYSTEMS = {"win32": "windows", "darwin": "macos"}
MACHINES = {"amd64": "x86_64"}
"""What people call the systems and machines whose names Python takes from elsewhere."""

PAPERS = ("LICENSE.txt", "THIRD-PARTY.txt")
LICENCES = "_internal/notification_tester/resources/licences"


def make(program: Path, into: Path, *, system: str = sys.platform, bill: Path = BILL) -> bool:
    """Make what is handed out on ``system``, and a file of checksums; returns whether all of it could be made.

    ``bill`` is the list of what is inside. What is for Windows can be archived on Linux as well.
    """
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    _show_papers(program, system)
    machine = MACHINES.get(platform.machine().lower(), platform.machine().lower())
    stem = f"{NAME}-{VERSION}-{SYSTEMS.get(system, system)}-{machine}"
    moment = source_time()
    if system == "linux":
        tree = desktop_files.files(BUILD / "linux-files")
        problems = desktop_files.problems(tree)
        _tar(program, into / f"{stem}.tar.gz", moment)
        if shutil.which("dpkg-deb"):
            problems += debian.problems(debian.build(program=program, files=tree, into=into, moment=moment))
        elif not not_here("the .deb: there is no dpkg-deb"):
            problems.append("there is no .deb")
        if problems:
            print("\n".join(problems))
            return False
    elif system == "win32":
        if not other_systems.for_windows(program, into, stem):
            return False
    else:
        other_systems.for_macos(program, into, stem)
    shutil.copyfile(bill, into / f"{stem}.cdx.json")
    write_sums(into)
    for path in sorted(into.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.relative_to(into.parent)}")
    return True


def write_sums(folder: Path) -> None:
    """Write ``SHA256SUMS`` anew, in the form that ``sha256sum --check`` reads."""
    sums = folder / "SHA256SUMS"
    sums.unlink(missing_ok=True)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())]
    sums.write_text("".join(lines), encoding="utf-8", newline="\n")


def _show_papers(program: Path, system: str) -> None:
    """The licences are inside, for the program to show; who opens the folder sees them too."""
    for name in PAPERS:
        paper = program / name
        paper.unlink(missing_ok=True)
        if system == "win32":
            shutil.copyfile(program / LICENCES / name, paper)
        else:
            paper.symlink_to(f"{LICENCES}/{name}")


def _tar(folder: Path, archive: Path, moment: int) -> None:
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = moment
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with (
        archive.open("wb") as file,
        # The last levels take four times as long, for a hundredth of the size.
        gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.add(folder, arcname=f"{NAME}-{VERSION}", recursive=False, filter=plain)
        for path in sorted(folder.rglob("*")):
            tar.add(path, f"{NAME}-{VERSION}/{path.relative_to(folder)}", recursive=False, filter=plain)
