# SPDX-License-Identifier: MIT
"""Archive the built program: on Linux a ``.tar.gz`` and a ``.deb``; elsewhere the folder as a ``.zip``, with checksums.

Two archives of the same files are the same bytes: every time in them is that of the last commit.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import debian
import desktop_files
import notices
from product import BUILD, DIST, NAME, ROOT, VERSION

if TYPE_CHECKING:
    from pathlib import Path

ARCHIVES = BUILD / "archives"


def run() -> bool:
    """Make what is handed out on this system, and a file of checksums; returns whether all of it could be made."""
    shutil.rmtree(ARCHIVES, ignore_errors=True)
    ARCHIVES.mkdir(parents=True)
    shutil.copy2(ROOT / "LICENSE", DIST / "LICENSE.txt")
    (DIST / "THIRD-PARTY.txt").write_text(notices.text(DIST), encoding="utf-8")
    machine = platform.machine().lower()
    stem = f"{NAME}-{VERSION}-{sys.platform}-{machine}"
    moment = source_time()
    if sys.platform == "linux":
        tree = desktop_files.files(BUILD / "linux-files")
        if problems := desktop_files.problems(tree):
            print("\n".join(problems))
            return False
        _tar(DIST, ARCHIVES / f"{stem}.tar.gz", moment)
        if shutil.which("dpkg-deb"):
            debian.build(program=DIST, files=tree, into=ARCHIVES, moment=moment)
        else:
            print("not here  the .deb: there is no dpkg-deb")
    else:
        shutil.make_archive(str(ARCHIVES / stem), "zip", DIST.parent, DIST.name)
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(ARCHIVES.iterdir())]
    (ARCHIVES / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")
    for path in sorted(ARCHIVES.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.relative_to(ROOT)}")
    return True


def source_time() -> int:
    """Seconds since 1970 of the last commit, or what ``SOURCE_DATE_EPOCH`` says (reproducible-builds.org)."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(asked.stdout) if asked.returncode == 0 and asked.stdout.strip() else 0


def _tar(folder: Path, archive: Path, moment: int) -> None:
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = moment
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with (
        archive.open("wb") as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.add(folder, arcname=f"{NAME}-{VERSION}", recursive=False, filter=plain)
        for path in sorted(folder.rglob("*")):
            tar.add(path, f"{NAME}-{VERSION}/{path.relative_to(folder)}", recursive=False, filter=plain)
