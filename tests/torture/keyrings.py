# SPDX-License-Identifier: MIT
"""A real keyring that is locked, half empty, damaged, slow, silent, killed or refusing, and keys that must survive it.

Each case has a session bus and a keyring of its own, and a home that nobody used before. What happens there is in
:mod:`torture.keyring_person`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from torture.keyring_person import NEW, OLD, PASSWORD, STATES
from torture.nursery import modules
from torture.scene import must

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from torture.trial import Try

FULL, SHORT = 60, len(STATES)
SECONDS = 60
_UNLOCKED = (
    f"printf {PASSWORD} | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;"
    'gdbus wait --session --timeout 30 org.freedesktop.secrets; exec "$@"'  # it comes to the bus only afterwards
)


def person(home: Path, *words: str) -> str:
    """What somebody with a keyring of their own was told."""
    (home / "run").mkdir(parents=True, mode=0o700)
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "XDG_RUNTIME_DIR": str(home / "run"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": modules(),
    }
    command = ["dbus-run-session", "--", "sh", "-c", _UNLOCKED, "sh"]
    child = subprocess.Popen(
        [*command, sys.executable, "-P", "-m", "torture.keyring_person", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that the bus and the keyring end with it
    )
    try:
        output, errors = child.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        output, errors = "", "it did not end"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    must(child.returncode == 0, f"it ended with {child.returncode}: {errors[-1500:]}")
    must("Traceback" not in errors, errors[-1500:])
    return output


@contextmanager
def trying(folder: Path, *, planted: bool = False) -> Iterator[Try]:
    """One state of a keyring a case, in turn."""

    def attempt(number: int, chance: Random) -> None:
        there = shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")
        must(there, "there is neither dbus-run-session nor gnome-keyring-daemon here")
        state = list(STATES)[number % len(STATES)]
        home = folder / str(number)
        told = json.loads(person(home, state, str(chance.randrange(2**32)), "planted" if planted else ""))
        must(not told["lost"], f"{state}: {told['lost']}")
        secrets = [one for keys in (OLD, NEW) for one in (keys.secret_access_key, keys.session_token) if one]
        files = [path for path in home.rglob("*") if path.is_file() and path.suffix != ".keyring"]
        found = [str(path) for path in files if any(one.encode() in path.read_bytes() for one in secrets)]
        must(not found, f"{state}: a secret is in {found}")

    yield attempt
