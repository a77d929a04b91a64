# SPDX-License-Identifier: MIT
"""Proves a built program by running it, as people will find it: ``python packaging/smoke.py PROGRAM``.

Every proof has an empty home of its own, no Python on the path and none of the caller's settings. A proof that cannot
be made here (no Xvfb, no Secret Service) is printed as such and counts as neither good nor bad.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PATIENCE_SECONDS = 180
_KNOWN = re.compile("This plugin does not support|^Xlib:|xkbcomp|^dbus-daemon|_XSERVTransmkdir")
"""What Qt's offscreen plugin, Xvfb and the bus say of themselves."""

_Found = TypeVar("_Found")
_KEPT = ("LANG", "LC_ALL", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "TMPDIR", "TEMP", "TMP", "PATHEXT")


class ProofFailedError(Exception):
    """What was to be proved does not hold; the message says why."""


class NotHereError(Exception):
    """This system lacks what the proof needs; the message says what."""


def main(words: Sequence[str]) -> int:
    """Run every proof on the program named; returns the exit code."""
    if len(words) != 1:
        print("Usage: python packaging/smoke.py PROGRAM")
        return 2
    program = Path(words[0]).resolve()
    good = [_prove(name, proof, program) for name, proof in PROOFS.items()]
    return 0 if all(good) else 1


def _prove(name: str, proof: Callable[[Path, Path], str], program: Path) -> bool:
    with tempfile.TemporaryDirectory(prefix="smoke-", ignore_cleanup_errors=True) as home:
        try:
            word, remark = "ok", proof(program, Path(home))
        except NotHereError as missing:
            word, remark = "not here", str(missing)
        except (ProofFailedError, subprocess.SubprocessError, OSError, ValueError) as failure:
            word, remark = "FAILED", f"{type(failure).__name__}: {failure}"
    print(f"{word:8}  {name}{f': {remark}' if remark else ''}", flush=True)
    return word != "FAILED"


def surroundings(home: Path) -> dict[str, str]:
    """The environment of somebody who has never had Python: an empty home, and only the system's own programs."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in _KEPT}
    empty = home / "no-programs"
    empty.mkdir(exist_ok=True)
    system = os.path.expandvars(r"%SYSTEMROOT%\System32") if sys.platform == "win32" else str(empty)
    folders = {"HOME": home, "USERPROFILE": home, "APPDATA": home / "roaming", "LOCALAPPDATA": home / "local"}
    return {**kept, "PATH": system, **{name: str(folder) for name, folder in folders.items()}}


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


def _self_check(command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    done = run(command, environment)
    complaints = [line for line in done.stderr.splitlines() if line.strip() and not _KNOWN.search(line)]
    if "All is well." not in done.stdout or complaints:
        raise ProofFailedError("\n".join(["", done.stdout[-3000:], *complaints[-12:]]))
    return done.stdout


def offscreen(program: Path, home: Path) -> str:
    """The self-check, without a display of any kind."""
    _self_check([program, "self-check"], surroundings(home) | {"QT_QPA_PLATFORM": "offscreen"})
    return ""


def no_display(program: Path, home: Path) -> str:
    """Started without a word where there is no display: it proves itself, and does not crash."""
    if sys.platform in {"win32", "darwin"}:
        raise NotHereError("this system always has one")
    said = _self_check([program], surroundings(home))
    if "There is no display here" not in said:
        raise ProofFailedError("it does not say that there is no display")
    return ""


def under_x(program: Path, home: Path) -> str:
    """The self-check in a real window of a real X server, through the xcb plugin."""
    xvfb = _tool("xvfb-run")
    picture = home / "picture.png"
    environment = surroundings(home)
    command = [xvfb, "-a", "-s", "-screen 0 1280x900x24", "env", f"PATH={environment['PATH']}"]
    command += [str(program), "self-check", "--screenshot", str(picture)]
    _self_check(command, environment | {"PATH": os.environ["PATH"], "QT_QPA_PLATFORM": "xcb"})
    if not picture.read_bytes().startswith(b"\x89PNG"):
        raise ProofFailedError("no picture was saved")
    return f"picture of {picture.stat().st_size // 1024} kB"


def secret_service(program: Path, home: Path) -> str:
    """A secret kept in a real Secret Service, on a bus of its own."""
    session, keyring = _tool("dbus-run-session"), _tool("gnome-keyring-daemon")
    script = f'echo | "{keyring}" --unlock --components=secrets >/dev/null 2>&1; PATH="$1" exec "$2" self-check'
    environment = surroundings(home) | {"XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen"}
    home.chmod(0o700)
    shell = [session, "--", "/bin/sh", "-c", script, "sh", environment["PATH"], str(program)]
    said = _self_check(shell, environment | {"PATH": os.environ["PATH"]})
    if "ok        keyring keeps, gives back and forgets a secret" not in said:
        raise ProofFailedError(f"\n{said}")
    return ""


def sends(program: Path, home: Path) -> str:
    """A test of each transport through the command line, and through practice in a process of its own."""
    seconds = []
    for transport in ("SQS", "SNS", "Email"):
        begin = time.perf_counter()
        words = ["send", "--transport", transport, "--event", "AssignmentSubmitted", "--json"]
        said = json.loads(run([program, *words], surroundings(home)).stdout)
        seconds.append(time.perf_counter() - begin)
        lamps = [said[lamp]["state"] for lamp in ("accepted", "arrived", "as_expected")]
        if lamps != ["yes"] * 3 or said["problem"] is not None:
            raise ProofFailedError(json.dumps(said))
    return "start to end " + ", ".join(f"{second:.1f} s" for second in seconds)


def version(program: Path, home: Path) -> str:
    """It knows which it is."""
    return run([program, "--version"], surroundings(home)).stdout.strip()


def killed(program: Path, home: Path) -> str:
    """Killed in the middle, its practice cloud goes with it."""
    if not Path("/proc/self/stat").exists():
        raise NotHereError("only Linux lists the processes in /proc")
    environment = surroundings(home) | {"QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen([program], env=environment, cwd=home, stdin=subprocess.DEVNULL) as process:
        children = _until(lambda: _practice_of(program, process.pid), "it never started its practice cloud")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=PATIENCE_SECONDS)
    begin = time.perf_counter()
    _until(lambda: not any(_is_running(child) for child in children), f"{children} are still there")
    # What was killed leaves its lock and its files behind: a second start must not mind.
    _self_check([program, "self-check"], environment)
    return f"{len(children)} child gone after {time.perf_counter() - begin:.1f} s, and it starts again"


def _practice_of(program: Path, parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != parent:
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                above = int((folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue  # ended meanwhile
            if above == parent and words[0] == os.fsencode(program):
                found.append(int(folder.name))
    return found


def _is_running(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # ended, and nobody has asked how yet


def _until(look: Callable[[], _Found], otherwise: str) -> _Found:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            raise ProofFailedError(otherwise)
        time.sleep(0.05)
    return found


def odd_path(program: Path, home: Path) -> str:
    """From a folder with spaces and letters of other alphabets, in a home of the same kind."""
    folder = home / "Prüfung der 通知 ’x y’"
    shutil.copytree(program.parent, folder / "program", symlinks=True)
    environment = surroundings(folder) | {"QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
    _self_check([folder / "program" / program.name, "self-check"], environment)
    return ""


def read_only(program: Path, home: Path) -> str:
    """From a folder that nobody may write to, as an ordinary user where we can be one."""
    if sys.platform == "win32":
        raise NotHereError("folders have no such mark here")
    folder = home / "program"
    shutil.copytree(program.parent, folder, symlinks=True)
    own = home / "home"
    own.mkdir()
    before = _names_and_times(folder)
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o555)
    home.chmod(0o755)
    who: list[str | Path] = []
    if os.geteuid() == 0:  # to root everything is writable
        os.chown(own, 65534, 65534)
        who = [_tool("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"]
    environment = surroundings(own) | {"QT_QPA_PLATFORM": "offscreen"}
    try:
        _self_check([*who, folder / program.name, "self-check"], environment)
    finally:
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
    if _names_and_times(folder) != before:
        raise ProofFailedError("something was written into the program's folder")
    return ""


def _names_and_times(folder: Path) -> dict[str, float]:
    return {str(path): path.lstat().st_mtime for path in folder.rglob("*")}


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotHereError(f"there is no {name}")
    return found


PROOFS: dict[str, Callable[[Path, Path], str]] = {
    "says its version": version,
    "self-check, offscreen": offscreen,
    "without a display": no_display,
    "self-check, X server": under_x,
    "sends by the command line": sends,
    "keeps a secret in the Secret Service": secret_service,
    "killed, leaves nothing running": killed,
    "a path with spaces and other letters": odd_path,
    "a read-only folder, an ordinary user": read_only,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
