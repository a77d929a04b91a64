# SPDX-License-Identifier: MIT
"""The ``.deb``: the program below ``/usr/lib``, a link below ``/usr/bin``, and what a desktop wants.

The packages that it depends on are found, not listed by hand: whatever library a file of the program names and the
program does not bring along is looked up in dpkg's own table on the machine that builds, which is the oldest Debian
that the package is for.
"""

from __future__ import annotations

import gzip
import os
import platform
import shutil
import subprocess
from email.utils import formatdate
from typing import TYPE_CHECKING

import elf
from desktop_files import TEMPLATES
from product import BUILD, NAME, PUBLISHER, ROOT, VERSION
from proving import not_here

if TYPE_CHECKING:
    from pathlib import Path

MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
ALSO = ("fonts-dejavu-core | fonts-freefont-ttf | fonts-noto-core", "libc6")
"""Without a font there are no letters; the C library is named by everything."""

MAINTAINER = f"{PUBLISHER} <{NAME}@users.noreply.github.com>"

RECOMMENDED = ("gnome-keyring | kwalletmanager | keepassxc",)
"""Keys are kept in a Secret Service or not at all; without one everything else works."""

WITHOUT_A_HOME_PAGE = "appstream-metadata-validation-failed"
"""Where it is published is known only to a build with an address; the rest of these files is looked at when they are
made."""
SYNOPSIS = "test and mend the notifications of Amazon Mechanical Turk"
"""Debian wants less than 80 characters, and no article or capital at the beginning."""


def build(*, program: Path, files: Path, into: Path, moment: int) -> Path:
    """Make the package; returns it. Raises OSError or CalledProcessError with dpkg's own words."""
    machine = MACHINES.get(platform.machine(), platform.machine())
    root = BUILD / "deb"
    shutil.rmtree(root, ignore_errors=True)
    home = root / "usr" / "lib" / NAME
    shutil.copytree(program, home, symlinks=True)
    shutil.copytree(files, root / "usr", dirs_exist_ok=True)
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    papers = root / "usr" / "share" / "doc" / NAME
    papers.mkdir(parents=True)
    inside = home / "_internal/notification_tester/resources/licences"
    shutil.copyfile(inside / "LICENSE.txt", papers / "copyright")
    (papers / "THIRD-PARTY.txt").symlink_to(f"../../../lib/{NAME}/{(inside / 'THIRD-PARTY.txt').relative_to(home)}")
    # The form is Debian's own (Debian Policy, 4.4); ours goes beside it.
    when = formatdate(moment)
    entry = f"{NAME} ({VERSION}) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- {MAINTAINER}  {when}\n"
    (papers / "changelog.gz").write_bytes(gzip.compress(entry.encode(), mtime=0))
    (papers / "CHANGELOG.md.gz").write_bytes(gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), mtime=0))
    overrides = root / "usr" / "share" / "lintian" / "overrides" / NAME
    overrides.parent.mkdir(parents=True)
    shutil.copyfile(TEMPLATES / "lintian-overrides", overrides)
    for paper in ("LICENSE.txt", "THIRD-PARTY.txt"):
        (home / paper).unlink()
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    (root / "DEBIAN").mkdir()
    lines = {
        "Package": NAME,
        "Version": VERSION,
        "Section": "net",
        "Priority": "optional",
        "Architecture": machine,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(-(-size // 1024)),
        "Depends": ", ".join(sorted({*depends(home), *ALSO})),
        "Recommends": ", ".join(RECOMMENDED),
        "Description": SYNOPSIS + "\n It sends a test, looks for it where it should arrive, and says in plain\n"
        " words how far it got. A practice cloud on this computer needs no account\n and no network.",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    (root / "DEBIAN" / "control").write_text(text, encoding="utf-8")
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or (path.stat().st_mode & 0o100 and ".so" not in path.name)
            path.chmod(0o755 if runs else 0o644)
    package = into / f"{NAME}_{VERSION}_{machine}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(package)]
    subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(moment)}, stdout=subprocess.DEVNULL)
    return package


def depends(program: Path) -> set[str]:
    """The Debian packages with the libraries that the program names and does not bring along."""
    packages = set()
    for library in sorted(missing_libraries(program)):
        asked = subprocess.run(["dpkg-query", "-S", f"*/{library}"], capture_output=True, text=True, check=False)
        owners = {line.partition(":")[0] for line in asked.stdout.splitlines() if "diversion" not in line}
        if not owners:
            raise FileNotFoundError(f"{library} is needed, and no installed package has it")
        packages.add(min(owners))
    return packages


def missing_libraries(program: Path) -> set[str]:
    """Names of libraries that a file of the program names and that are not among its files."""
    files = [path for path in program.rglob("*") if path.is_file() and not path.is_symlink()]
    there = {path.name for path in files}
    return {name for path in files if elf.is_one(path) for name in elf.names(path) if name not in there}


def problems(package: Path) -> list[str]:
    """What Debian's own checker, where it is installed, finds wrong with a package."""
    if shutil.which("lintian") is None:
        return [] if not_here("lintian") else ["lintian is not here"]
    command = ["lintian", "--fail-on", "error,warning", "--allow-root", "--info", str(package)]
    known = subprocess.run(["lintian-explain-tags", "--list-tags"], capture_output=True, text=True, check=True)
    if WITHOUT_A_HOME_PAGE in known.stdout.split():  # not Debian 12's, which takes an override of it for a fault
        command[1:1] = ["--suppress-tags", WITHOUT_A_HOME_PAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [f"lintian:\n{done.stdout}{done.stderr}"] if done.returncode != 0 else []
