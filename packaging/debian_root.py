# SPDX-License-Identifier: MIT
"""Proves a ``.deb`` on a bare Debian 12: ``python packaging/debian_root.py PACKAGE [ROOT]``, as root.

``ROOT`` is a folder made by ``debootstrap --variant=minbase bookworm ROOT``; without it one is made below ``build/``.
The package is installed there with what it depends on and nothing recommended, started by a person who has never been
root, from its menu entry and by its command, and removed, after which only the person's own files may be left.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_files import DESKTOP
from product import BUILD, NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

PERSON = "person"
DATA = f"/home/{PERSON}/.local/share/{NAME}/history.sqlite3"
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}

_INSIDE = 'mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'
"""What is mounted for a command is seen by that command only, and gone with it, however it ends."""


def main(words: Sequence[str]) -> int:
    """Install, run, remove; returns the exit code."""
    if len(words) not in {1, 2} or os.geteuid() != 0:
        print("Usage, as root: python packaging/debian_root.py PACKAGE [ROOT]")
        return 2
    package = Path(words[0]).resolve()
    root = Path(words[1]).resolve() if len(words) == 2 else BUILD / "debian-root"
    if not (root / "etc" / "debian_version").exists():
        shutil.rmtree(root, ignore_errors=True)
        command = ["unshare", "--mount", "debootstrap", "--variant=minbase", "bookworm", str(root)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            print(f"FAILED    debootstrap: {made.stdout[-2000:]}{made.stderr[-500:]}")
            return 1
    return _prove(package, root)


def can_be_made() -> bool:
    """Whether this system can make a bare Debian to prove on."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


def _prove(package: Path, root: Path) -> int:
    _run(root, "apt-get", "update", "-qq")
    _run(root, "sh", "-c", f"id {PERSON} >/dev/null 2>&1 || useradd --create-home {PERSON}")
    before = _packages(root)
    shutil.copy2(package, root / "tmp" / "program.deb")
    _run(root, "apt-get", "install", "-qq", "-y", "--no-install-recommends", "/tmp/program.deb")
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
    _run(
        root, "apt-get", "install", "-qq", "-y", "--no-install-recommends", "xvfb", "xauth", "xdotool", "libglib2.0-bin"
    )
    started = (
        f"rm -f {DATA}; xvfb-run -a sh -c 'gio launch /usr/{DESKTOP} & timeout 60 xdotool search --sync --onlyvisible "
        f'--name "Notification Tester" >/dev/null && sleep 5 && test -e {DATA} && pkill -x {NAME[:15]}\''
    )
    _run(root, "apt-get", "install", "-qq", "-y", "--no-install-recommends", "procps")
    _say(root, "starts from its menu entry, and keeps a history", started)
    _run(root, "apt-get", "purge", "-qq", "-y", NAME)
    left = f"find / -xdev -path /proc -prune -o -path /dev -prune -o -path /home -prune -o -name '*{NAME}*' -print"
    _say(root, "removed without a trace but the person's data", f'test -z "$({left} 2>/dev/null)" && test -e {DATA}')
    return 0


def _packages(root: Path) -> set[str]:
    asked = _run(root, "dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n")
    return {line.split()[0] for line in asked.splitlines() if line.endswith(" installed")}


def _say(root: Path, what: str, script: str) -> None:
    """Run a script as the person; raises when it fails, and prints ``what`` when not."""
    _run(root, "runuser", "-u", PERSON, "--", "sh", "-c", f"cd && export HOME=/home/{PERSON} && {script}")
    print(f"ok        {what}", flush=True)


def _run(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", _INSIDE, str(root), *words],
        env=_ENVIRONMENT | {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout[-4000:])
        raise subprocess.CalledProcessError(done.returncode, words)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
