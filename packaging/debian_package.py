# SPDX-License-Identifier: MIT
"""Proves a ``.deb`` on a bare Debian of the kind that built it, as root: ``python packaging/debian_package.py DEB``.

The package is installed there with what it depends on and nothing recommended, started by a person who has never been
root, from its menu entry and by its command, and removed, after which only the person's own files may be left.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import debian_root
from desktop_files import DESKTOP
from product import BUILD, NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

PERSON = "person"
DATA = f"/home/{PERSON}/.local/share/{NAME}/history.sqlite3"


def main(words: Sequence[str]) -> int:
    """Install, run, remove; returns the exit code."""
    if len(words) != 1 or not can_be_proved():
        print("Usage, as root, on Debian, with debootstrap: python packaging/debian_package.py PACKAGE")
        return 2
    suite = suite_of_this_system()
    root = debian_root.DebianRoot(BUILD / f"bare-debian-{suite}", suite)
    try:
        root.make()
        _prove(Path(words[0]).resolve(), root)
    except subprocess.SubprocessError as failure:
        print(f"FAILED    {failure}")
        return 1
    return 0


def can_be_proved() -> bool:
    """Whether this system is a Debian that can make another of its kind."""
    return bool(suite_of_this_system()) and debian_root.can_be_made()


def suite_of_this_system() -> str:
    """The name of this Debian, as "bookworm"; empty where this is none: a ``.deb`` is for what it was built on."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    return release.get("VERSION_CODENAME", "") if release["ID"] == "debian" else ""


def _prove(package: Path, root: debian_root.DebianRoot) -> None:
    root.run("apt-get", "update", "-qq")
    root.run("sh", "-c", f"id {PERSON} >/dev/null 2>&1 || useradd --create-home {PERSON}")
    before = _packages(root)
    shutil.copy2(package, root.folder / "tmp" / "program.deb")
    root.install("/tmp/program.deb")
    added = len(_packages(root) - before - {NAME})
    print(f"ok        installed, with {added} packages that it depends on and that were missing")
    inside = f"/usr/lib/{NAME}/_internal"
    search = f"LD_LIBRARY_PATH={inside}:{inside}/PySide6/Qt/lib find {inside} -name '*.so*' -exec ldd {{}} +"
    _say(root, "finds every library", f"! {search} | grep 'not found'")
    _say(
        root, "self-check by its command, no display", f"{NAME} self-check | tee /tmp/said && grep -q 'well' /tmp/said"
    )
    _say(root, "sends by the command line", f"{NAME} send --transport SQS --event AssignmentSubmitted")
    _say(root, "has its manual page", f"zcat /usr/share/man/man1/{NAME}.1.gz | grep -q SYNOPSIS")
    # Only for the proof: an X server, and something that starts menu entries.
    root.install("xvfb", "xauth", "xdotool", "libglib2.0-bin", "procps")
    started = (
        f"rm -f {DATA}; xvfb-run -a sh -c 'gio launch /usr/{DESKTOP} & timeout 60 xdotool search --sync --onlyvisible "
        f'--name "Notification Tester" >/dev/null && sleep 5 && test -e {DATA} && pkill -x {NAME[:15]}\''
    )
    _say(root, "starts from its menu entry, and keeps a history", started)
    root.run("apt-get", "purge", "-qq", "-y", NAME)
    left = f"find / -xdev -path /proc -prune -o -path /dev -prune -o -path /home -prune -o -name '*{NAME}*' -print"
    _say(root, "removed without a trace but the person's data", f'test -z "$({left} 2>/dev/null)" && test -e {DATA}')


def _packages(root: debian_root.DebianRoot) -> set[str]:
    asked = root.run("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n")
    return {line.split()[0] for line in asked.splitlines() if line.endswith(" installed")}


def _say(root: debian_root.DebianRoot, what: str, script: str) -> None:
    """Run a script as the person; raises when it fails, and prints ``what`` when not."""
    root.run("runuser", "-u", PERSON, "--", "sh", "-c", f"cd && export HOME=/home/{PERSON} && {script}")
    print(f"ok        {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
