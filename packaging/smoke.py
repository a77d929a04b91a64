# SPDX-License-Identifier: MIT
"""Proves a built program by running it, as people will find it: ``python packaging/smoke.py PROGRAM``.

Every proof has an empty home of its own, no Python on the path and none of the caller's settings. A proof that cannot
be made here (no Xvfb, no Secret Service) is printed as such and counts as neither good nor bad, but in the gate, where
it fails.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import bad_surroundings
from proving import (
    PATIENCE_SECONDS,
    NotHereError,
    ProofFailedError,
    in_session,
    is_running,
    offscreen,
    prove,
    run,
    self_check,
    surroundings,
    tool,
    until,
    window,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


KEYRING_LINE = "ok        keyring keeps, gives back and forgets a secret"


def main(words: Sequence[str]) -> int:
    """Run every proof on the program named; returns the exit code."""
    if len(words) != 1:
        print("Usage: python packaging/smoke.py PROGRAM")
        return 2
    program = Path(words[0]).resolve()
    good = [prove(name, proof, program) for name, proof in PROOFS.items()]
    return 0 if all(good) else 1


def version(program: Path, home: Path) -> str:
    """It knows which it is."""
    return run([program, "--version"], surroundings(home)).stdout.strip()


def without_display(program: Path, home: Path) -> str:
    """The self-check, drawn nowhere."""
    self_check([program, "self-check"], offscreen(home))
    return ""


def under_x(program: Path, home: Path) -> str:
    """The self-check in a real window of a real X server, through the xcb plugin."""
    xvfb = tool("xvfb-run")
    picture = home / "picture.png"
    environment = surroundings(home)
    command = [xvfb, "-a", "-s", "-screen 0 1280x900x24", "env", f"PATH={environment['PATH']}"]
    command += [str(program), "self-check", "--screenshot", str(picture)]
    self_check(command, environment | {"PATH": os.environ["PATH"], "QT_QPA_PLATFORM": "xcb"})
    if not picture.read_bytes().startswith(b"\x89PNG"):
        raise ProofFailedError("no picture was saved")
    return f"picture of {picture.stat().st_size // 1024} kB"


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


def secret_service(program: Path, home: Path) -> str:
    """A secret kept in a real Secret Service, on a bus of its own; elsewhere in the system's own keyring."""
    if sys.platform == "win32":
        said = self_check([program, "self-check"], offscreen(home))
        if KEYRING_LINE not in said:
            raise ProofFailedError(f"\n{said}")
        return ""
    environment = offscreen(home) | {"XDG_RUNTIME_DIR": str(home)}
    shell = in_session(home, 'PATH="$1" exec "$2" self-check', environment["PATH"], str(program))
    said = self_check(shell, environment | {"PATH": os.environ["PATH"]})
    if KEYRING_LINE not in said:
        raise ProofFailedError(f"\n{said}")
    return ""


def killed(program: Path, home: Path) -> str:
    """Killed in the middle, its practice cloud goes with it."""
    with window(program, offscreen(home)) as (process, children):
        process.kill()
        process.wait(timeout=PATIENCE_SECONDS)
    begin = time.perf_counter()
    until(lambda: not any(map(is_running, children)), f"{children} are still there")
    seconds = time.perf_counter() - begin
    # What was killed leaves its lock and its files behind: a second start must not mind.
    with window(program, offscreen(home)):
        pass
    return f"{len(children)} child gone after {seconds:.1f} s, and it starts again"


def starts_others(program: Path, home: Path) -> str:
    """What it starts gets the person's own surroundings: a browser must not load the libraries of our folder."""
    if sys.platform != "linux":
        raise NotHereError("only on Linux does the system look for libraries where a variable says")
    said, keys = home / "said", home / "keys.sh"
    keys.write_text(f'#!/bin/sh\necho "<$LD_LIBRARY_PATH>" > "{said}"\nexit 1\n', encoding="utf-8")
    keys.chmod(0o755)
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(f"[default]\ncredential_process = {keys}\n", encoding="utf-8")
    words = ["send", "--account", "environment", "--transport", "Email", "--event", "Ping"]
    for own in ("", "/of/the/person"):
        environment = surroundings(home) | ({"LD_LIBRARY_PATH": own} if own else {})
        run([program, *words, "--destination", "someone@practice.example"], environment, codes=(1,))
        if said.read_text(encoding="utf-8").strip() != f"<{own}>":
            raise ProofFailedError(said.read_text(encoding="utf-8"))
    return ""


PROOFS: dict[str, Callable[[Path, Path], str]] = {
    "says its version": version,
    "self-check, offscreen": without_display,
    "self-check, X server": under_x,
    "sends by the command line": sends,
    "keeps a secret in the keyring": secret_service,
    "killed, leaves nothing running": killed,
    "starts other programs as the person would": starts_others,
    **bad_surroundings.PROOFS,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
