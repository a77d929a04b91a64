# SPDX-License-Identifier: MIT
"""What every proof of the built program stands on: whom it is run as, how, and what may come of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PATIENCE_SECONDS = 180
_KNOWN = re.compile("This plugin does not support|^Xlib:|xkbcomp|^dbus-daemon|_XSERVTransmkdir")
"""What Qt's offscreen plugin, Xvfb and the bus say of themselves."""

_Found = TypeVar("_Found")
_KEPT = ("LANG", "LC_ALL", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "TMPDIR", "TEMP", "TMP", "PATHEXT")


IN_THE_GATE = os.environ.get("CI") == "true" and sys.platform == "linux"
"""Where everything that packaging uses can be installed, so that what cannot be done is missing."""

MAY_BE_MISSING: dict[str, str] = {}
"""What may be missing in the gate all the same, by the words that say so; and why. Nothing is."""


class ProofFailedError(Exception):
    """What was to be proved does not hold; the message says why."""


class NotHereError(Exception):
    """This system lacks what the proof needs; the message says what."""


def prove(name: str, proof: Callable[[Path, Path], str], program: Path) -> bool:
    """Make a proof in an empty home, print a line about it, and return whether the program passed.

    Where the proof cannot be made at all, ``not_here`` says so and decides.
    """
    with tempfile.TemporaryDirectory(prefix="smoke-", ignore_cleanup_errors=True) as home:
        try:
            word, remark = "ok", proof(program, Path(home))
        except NotHereError as missing:
            return not_here(f"{name}: {missing}")
        except (ProofFailedError, subprocess.SubprocessError, OSError, ValueError) as failure:
            word, remark = "FAILED", f"{type(failure).__name__}: {failure}"
    print(f"{word:8}  {name}{f': {remark}' if remark else ''}", flush=True)
    return word != "FAILED"


def not_here(what: str) -> bool:
    """Say what cannot be made or looked at on this system. Returns whether that is well, as it is but in the gate."""
    if IN_THE_GATE and what not in MAY_BE_MISSING:
        print(f"FAILED    not here, in the gate, where nothing may be missing: {what}", flush=True)
        return False
    print(f"not here  {what}{f' ({MAY_BE_MISSING[what]})' if what in MAY_BE_MISSING else ''}", flush=True)
    return True


def surroundings(home: Path) -> dict[str, str]:
    """The environment of somebody who has never had Python: an empty home, and only the system's own programs."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in _KEPT}
    empty = home / "no-programs"
    empty.mkdir(exist_ok=True)
    system = os.path.expandvars(r"%SYSTEMROOT%\System32") if sys.platform == "win32" else str(empty)
    folders = {"HOME": home, "USERPROFILE": home, "APPDATA": home / "roaming", "LOCALAPPDATA": home / "local"}
    folders["MTURK_NOTIFICATION_TESTER_HOME"] = home / "profile"  # where the system asks none of those, as Windows does
    return {**kept, "PATH": system, **{name: str(folder) for name, folder in folders.items()}}


def offscreen(home: Path) -> dict[str, str]:
    """The same, where a window is drawn without a display of any kind."""
    return surroundings(home) | {"QT_QPA_PLATFORM": "offscreen"}


def run(
    command: Sequence[str | Path], environment: Mapping[str, str], *, codes: Sequence[int] = (0,)
) -> subprocess.CompletedProcess[str]:
    """Run to the end. Raises ProofFailedError, with what was said, for another exit code than ``codes``."""
    done = subprocess.run(
        command,
        env=dict(environment),
        cwd=environment["HOME"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode not in codes:
        raise ProofFailedError(f"exit code {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-1500:]}")
    return done


def self_check(command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    """Run the program's own check to a good end without a complaint; returns what it said."""
    done = run(command, environment)
    complaints = complaints_in(done.stderr)
    if "All is well." not in done.stdout or complaints:
        raise ProofFailedError("\n".join(["", done.stdout[-3000:], *complaints[-12:]]))
    return done.stdout


def complaints_in(said: str) -> list[str]:
    """The lines of standard error that somebody has to answer for."""
    return [line for line in said.splitlines() if line.strip() and not _KNOWN.search(line)]


@contextmanager
def window(program: Path, environment: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """The program with its window and its practice cloud running; gives the process and the numbers of its children.

    Afterwards it is asked to end, where it still runs, and must do so well and without a complaint.
    """
    own = dict(environment)
    if sys.platform == "win32":  # there is always a display, and only a real window can be asked to close
        own.pop("QT_QPA_PLATFORM", None)
    process = subprocess.Popen(
        [with_window(program)],
        env=own,
        cwd=environment["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, until(lambda: practices_of(process.pid), "it never started its practice cloud")
        was_ended = process.poll() is not None
        _ask_to_end(process)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
    complaints = complaints_in(said)
    if complaints or (process.returncode != 0 and not was_ended):
        raise ProofFailedError("\n".join([f"exit code {process.returncode}", *complaints[-12:]]))


def with_window(program: Path) -> Path:
    """The executable that opens the window: on Windows another than that of the command line, which has a console."""
    return program.with_stem(program.stem.removesuffix("-cli"))


def _ask_to_end(process: subprocess.Popen[str]) -> None:
    if sys.platform != "win32":
        process.terminate()
    elif process.poll() is None:  # to terminate would be to kill: its windows are closed instead
        asked = ["taskkill", "/PID", str(process.pid)]
        until(lambda: subprocess.run(asked, capture_output=True, check=False).returncode == 0, "it has no window")


def practices_of(parent: int) -> list[int]:
    """The practice clouds that a window has as children."""
    found = []
    for child in psutil.Process(parent).children():
        with suppress(psutil.Error, OSError):  # it ended meanwhile, or has only begun
            if "practice" in child.cmdline():
                found.append(child.pid)
    return found


def is_running(number: int) -> bool:
    """Whether there is a process of this number that has not ended."""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE  # ended, and nobody has asked how yet
    except psutil.NoSuchProcess:
        return False


def until(look: Callable[[], _Found], otherwise: str) -> _Found:
    """Look until something is there. Raises ProofFailedError with ``otherwise`` when it takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            raise ProofFailedError(otherwise)
        time.sleep(0.05)
    return found


def tool(name: str) -> str:
    """Where a program of the system is. Raises NotHereError where it is missing."""
    found = shutil.which(name)
    if found is None:
        raise NotHereError(f"there is no {name}")
    return found


def in_session(home: Path, script: str, *words: str) -> list[str]:
    """The command that runs a shell script, with ``words``, on a bus of its own with an open, empty keyring on it."""
    session, daemon = tool("dbus-run-session"), tool("gnome-keyring-daemon")
    home.chmod(0o700)
    opened = f'echo | "{daemon}" --unlock --components=secrets >/dev/null 2>&1; '
    return [session, "--", "/bin/sh", "-c", opened + script, "sh", *words]
