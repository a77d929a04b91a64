# SPDX-License-Identifier: MIT
"""Proofs that the built program bears bad surroundings; ``smoke.py`` makes them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from proving import (
    PATIENCE_SECONDS,
    NotHereError,
    ProofFailedError,
    is_running,
    offscreen,
    practices_of,
    run,
    self_check,
    surroundings,
    tool,
    until,
    window,
    with_window,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEND = ("send", "--transport", "SQS", "--event", "AssignmentSubmitted", "--json")


def no_display(program: Path, home: Path) -> str:
    """Started without a word where there is no display: it proves itself, and does not crash."""
    if sys.platform in {"win32", "darwin"}:
        raise NotHereError("this system always has one")
    said = self_check([program], surroundings(home))
    if "There is no display here" not in said:
        raise ProofFailedError("it does not say that there is no display")
    return ""


def no_keyring(program: Path, home: Path) -> str:
    """Where there is no keyring it says so, and everything else works."""
    if sys.platform != "linux":
        raise NotHereError("this system always has one")
    said = self_check([program, "self-check"], offscreen(home))
    if "not here  keyring" not in said or "Keys are kept in the system's keyring or not at all" not in said:
        raise ProofFailedError(f"it does not say that there is no keyring\n{said}")
    return ""


def odd_path(program: Path, home: Path) -> str:
    """From a folder with spaces and letters of other alphabets, in a home of the same kind."""
    folder = home / "Prüfung der 通知 ’x y’"
    shutil.copytree(program.parent, folder / "program", symlinks=True)
    self_check([folder / "program" / program.name, "self-check"], offscreen(folder) | {"LANG": "C.UTF-8"})
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
        who = [tool("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"]
    try:
        self_check([*who, folder / program.name, "self-check"], offscreen(own))
    finally:
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
    if _names_and_times(folder) != before:
        raise ProofFailedError("something was written into the program's folder")
    return ""


def _names_and_times(folder: Path) -> dict[str, float]:
    return {str(path): path.lstat().st_mtime for path in folder.rglob("*")}


def full_disk(program: Path, home: Path) -> str:
    """A home without a byte left: a test goes through and says what was not kept; the window stays and ends well."""
    with _small_disk(home / "home") as own:
        environment = offscreen(own)
        with (own / "everything").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 1024)
            except OSError:
                pass  # full, as wanted
        said = json.loads(run([program, *SEND], environment).stdout)
        if said["arrived"]["state"] != "yes" or "disk is full" not in json.dumps(said):
            raise ProofFailedError(json.dumps(said))
        with window(program, environment) as (process, children):
            time.sleep(1)
            if process.poll() is not None or not all(map(is_running, children)):
                raise ProofFailedError("the window did not stay")
    return ""


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotHereError("a small disk is lent by Linux, and to root only")
    made = subprocess.run(
        [tool("mount"), "-t", "tmpfs", "-o", "size=256k,mode=700", "smoke", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise NotHereError(f"no small disk can be made: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([tool("umount"), "--lazy", folder], check=True)


def two_versions(program: Path, home: Path) -> str:
    """Two copies at the same time, each with settings of its own, and neither notices the end of the other."""
    folders = [home / "old", home / "new"]
    for folder in folders:
        shutil.copytree(program.parent, folder / "program", symlinks=True)
        (folder / "home").mkdir()
    old, new = (folder / "program" / program.name for folder in folders)
    with window(new, offscreen(folders[1] / "home")) as (_, new_children):
        with window(old, offscreen(folders[0] / "home")) as (_, old_children):
            for which, folder in ((old, folders[0]), (new, folders[1])):
                run([which, *SEND], offscreen(folder / "home"))
        until(lambda: not any(map(is_running, old_children)), "the practice of the one that was closed goes on")
        if not all(map(is_running, new_children)):
            raise ProofFailedError("closing one ended the practice of the other")
    return ""


def second_start(program: Path, home: Path) -> str:
    """A second start, of another copy too, finds the first window, asks it to come forward, and ends."""
    copy = home / "copy"
    shutil.copytree(program.parent, copy, symlinks=True)
    own = home / "home"
    own.mkdir()
    with window(program, offscreen(own)) as (process, children):
        begin = time.perf_counter()
        for which in (program, copy / program.name):
            run([with_window(which)], offscreen(own))
        seconds = (time.perf_counter() - begin) / 2
        if process.poll() is not None or practices_of(process.pid) != children:
            raise ProofFailedError("the first window did not stay as it was")
    return f"{seconds:.1f} s"


def comes_forward(program: Path, home: Path) -> str:
    """On a real X server the second start puts the first window above another that covers it."""
    if sys.platform != "linux":
        raise NotHereError("which window lies above is asked of an X server")
    server, pointer = tool("Xvfb"), tool("xdotool")
    homes = [home / "below", home / "above"]
    for own in homes:
        own.mkdir()
    reading, writing = os.pipe()
    # without -noreset it begins anew, and refuses who comes just then, each time its last client has gone
    command = [server, "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as screen:
        os.close(writing)
        with os.fdopen(reading, encoding="ascii") as numbers:
            display = f":{numbers.readline().strip()}"
        try:
            below, above = (surroundings(own) | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"} for own in homes)

            def on_top() -> int:
                words = [pointer, "mousemove", "300", "300", "getmouselocation", "--shell"]
                said = subprocess.run(words, env={"DISPLAY": display}, capture_output=True, text=True, check=True)
                asked = [pointer, "getwindowpid", said.stdout.partition("WINDOW=")[2].strip()]
                found = subprocess.run(asked, env={"DISPLAY": display}, capture_output=True, text=True, check=False)
                return int(found.stdout) if found.returncode == 0 else 0

            with window(program, below) as (first, _), window(program, above) as (second, _):
                until(lambda: on_top() == second.pid, "the window that opened last is not on top")
                run([program], below)
                until(lambda: on_top() == first.pid, "the first window did not come forward")
        finally:
            screen.terminate()
            screen.wait(timeout=PATIENCE_SECONDS)
    return ""


PROOFS: dict[str, Callable[[Path, Path], str]] = {
    "without a display": no_display,
    "without a keyring": no_keyring,
    "a path with spaces and other letters": odd_path,
    "a read-only folder, an ordinary user": read_only,
    "a home on a full disk": full_disk,
    "two versions side by side": two_versions,
    "a second start": second_start,
    "a second start brings the window forward": comes_forward,
}
