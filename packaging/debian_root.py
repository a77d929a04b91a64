# SPDX-License-Identifier: MIT
"""A Debian of its own in a folder: made by debootstrap, kept for the next time, and entered as root.

What a command needs mounted is mounted for that command alone and gone with it, however it ends, and so is every
process that it started: nothing of it is seen from outside, and the folder can be deleted at any time.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
_INSIDE = """
root=$0
mount --bind "$root" "$root" && mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" || exit
while [ "$1" != -- ]; do
    if [ -d "$1" ]; then mkdir -p "$root/mnt$1"; else mkdir -p "$root/mnt${1%/*}" && : >> "$root/mnt$1"; fi
    mount --bind -o ro "$1" "$root/mnt$1" || exit
    shift
done
shift
chroot "$root" "$@"
exit "$?"
"""
"""The root is mounted on itself, so that another can be made and entered in it. The shell stays: it is the first
process there, and whatever loses its parent is its child, to be waited for."""

_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_PATHS = re.compile(r"(?<!\S)(file://|)(/\S+)")


@dataclass(frozen=True)
class DebianRoot:
    """A folder with a bare Debian; ``suite`` is its name, as "bookworm".

    ``environment`` is what every command gets beside the plain; ``lent`` are files and folders of this system that
    are there below /mnt, to be read only.
    """

    folder: Path
    suite: str
    environment: Mapping[str, str] = field(default_factory=dict)
    lent: tuple[str, ...] = ()

    def make(self) -> None:
        """Make it, unless it is there. Raises CalledProcessError, with debootstrap's last words printed."""
        if self.folder.exists():
            return
        # It gets its name when it is whole: what was interrupted is made anew.
        begun = self.folder.with_name(f"{self.folder.name}.part")
        shutil.rmtree(begun, ignore_errors=True)
        begun.parent.mkdir(parents=True, exist_ok=True)
        command = ["unshare", "--mount", "debootstrap", "--variant=minbase", self.suite, str(begun), *_mirror()]
        made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if made.returncode != 0:
            print(f"debootstrap: {made.stdout[-2500:]}")
            raise subprocess.CalledProcessError(made.returncode, command)
        (begun / "etc/apt/apt.conf.d/90-as-outside").write_text(_proxies_of_apt(), encoding="utf-8")
        (begun / "etc/hosts").write_text("127.0.0.1 localhost\n", encoding="utf-8")  # which debootstrap leaves out
        begun.rename(self.folder)

    def install(self, *packages: str) -> None:
        """Install packages, and nothing that they only recommend. Raises as ``run`` does."""
        self.run("apt-get", "update", "-qq")
        self.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages)

    def run(self, *words: str) -> str:
        """Run to the end; returns what was said. Raises CalledProcessError, and prints it, for another end than 0."""
        done = subprocess.run(
            self.command(*words),
            env=self.surroundings(),
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

    def show(self, *words: str) -> int:
        """Run to the end, with everything that is said shown as it comes; returns the exit code."""
        command = self.command(*words)
        return subprocess.run(command, env=self.surroundings(), stdin=subprocess.DEVNULL, check=False).returncode

    def command(self, *words: str) -> list[str]:
        """What runs a command there, from here, with ``surroundings`` as its environment."""
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        return [*apart, "sh", "-c", _INSIDE, str(self.folder), *self.lent, "--", *words]

    def surroundings(self) -> dict[str, str]:
        """The environment that a command there gets."""
        return _ENVIRONMENT | _proxies() | dict(self.environment)


def can_be_made() -> bool:
    """Whether this system can make a bare Debian to prove on."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        return False
    command = ["unshare", "--mount", "--pid", "--fork", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def settings_of_pip() -> dict[str, str]:
    """What this system's and this person's files say to pip (where packages come from, through what), as variables.

    That a system trusts a certificate of its own is a setting too; a root made a moment ago does not know it.
    """
    asked = [sys.executable, "-m", "pip", "config", "list"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    found = {"PIP_CERT": str(_CERTIFICATES)} if _CERTIFICATES.exists() else {}
    for kind in ("global", "install", ":env:"):
        for name, value in re.findall(rf"^{kind}\.([\w-]+)=(.*)$", said, re.MULTILINE):
            found[f"PIP_{name.upper().replace('-', '_')}"] = " ".join(ast.literal_eval(value).split())
    return found


def lent_to_a_root(settings: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The same settings for a command inside of a root, and the files and folders that they name."""
    named = {path: url for value in settings.values() for url, path in _PATHS.findall(value) if Path(path).exists()}
    inside = {
        name: _PATHS.sub(lambda found: f"{found[1]}/mnt{found[2]}" if found[2] in named else found[0], value)
        for name, value in settings.items()
    }
    # What an index lists lies beside it.
    return inside, tuple(sorted({str(Path(path).parent) if url else path for path, url in named.items()}))


def _mirror() -> list[str]:
    """Where this system's own packages come from, if it is a Debian; else debootstrap knows a place."""
    wanted = ["--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian", "Label: Debian"]
    asked = subprocess.run(["apt-get", "indextargets", *wanted], capture_output=True, text=True, check=False)
    return [word for word in asked.stdout.split() if word.startswith("http")][:1]


def _proxies() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}


def _proxies_of_apt() -> str:
    asked = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False)
    return "".join(re.findall(r"^Acquire::https?::(?:Proxy|Proxy::\S+) .*\n", asked.stdout, re.MULTILINE))
