# SPDX-License-Identifier: MIT
"""Real commands, each in a process of its own, without the second that each would take to import everything.

A child imports the program once and forks for each command. The fork has its own home, environment and output, and
can be killed at any moment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from notification_tester.storage.places import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeDetails

SECONDS = 60
"""After which a command that has not ended is ended, which its case is told."""


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code, less than zero where a signal ended it, and what it wrote."""

    code: int
    output: str
    errors: str

    def json(self) -> dict[str, Any]:
        """The one value on standard output. Raises ValueError where there is none."""
        value = json.loads(self.output)
        if not isinstance(value, dict):
            raise TypeError("no object")
        return value


@dataclass(frozen=True)
class Home:
    """The home of one person, empty at first, and the variables that lead to a cloud."""

    folder: Path
    variables: dict[str, str]

    @classmethod
    def at(cls, folder: Path, details: PracticeDetails, endpoint: str) -> Home:
        """A person with the keys of a cloud, who reaches it through ``endpoint``."""
        folder.mkdir(parents=True, exist_ok=True)
        names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        variables = {
            "HOME": str(folder),
            **{name: str(folder / name.lower()) for name in names},
            HOME_VARIABLE: "",  # the system's folders, which the variables above move
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "AWS_ACCESS_KEY_ID": details.access_key_id,
            "AWS_SECRET_ACCESS_KEY": details.secret_access_key,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": endpoint,
        }
        return cls(folder, variables)

    def files_with(self, *secrets: str) -> list[str]:
        """Files that hold one of these."""
        found = [path for path in self.folder.rglob("*") if path.is_file()]
        return [str(path) for path in found if any(one.encode() in path.read_bytes() for one in secrets)]

    def left(self) -> list[str]:
        """What a program that has ended must not leave: marks of a start, and files half written."""
        return [str(path) for path in self.folder.rglob("*") if path.suffix in {".lock", ".part"}]


class Nursery:
    """The child that forks."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._home: Home | None = None

    def begin(self, home: Home, *words: str, call: str = "", before: str = "") -> int:
        """Begin a command, or ``call`` a function by its "module:name" with the words; its number once it runs.

        ``before`` is Python that is run first, in the place of what a person cannot wait for.
        """
        self._home = home
        task = {"words": words, "call": call, "before": before, "env": home.variables, "folder": str(home.folder)}
        self._stdin.write(json.dumps(task) + "\n")
        self._stdin.flush()
        return int(self._line())

    def end(self) -> Ran:
        """Wait for the end of what was begun."""
        code = int(self._line())
        assert self._home is not None
        output, errors = ((self._home.folder / name).read_bytes().decode() for name in ("stdout", "stderr"))
        return Ran(code, output, errors)

    def run(self, home: Home, *words: str, call: str = "", before: str = "") -> Ran:
        """Begin, and wait for the end."""
        self.begin(home, *words, call=call, before=before)
        return self.end()

    @property
    def _stdin(self) -> IO[str]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def modules() -> str:
    """``PYTHONPATH`` for a child that finds the modules that this process finds."""
    return os.pathsep.join(place for place in sys.path if place)


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Have one, until the end of the block."""
    environment = {**os.environ, "PYTHONPATH": modules(), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-P", "-m", "torture.nursery"]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen(command, encoding="utf-8", env=environment, **pipes) as process:
        try:
            yield Nursery(process)
        finally:
            assert process.stdin is not None
            with suppress(OSError):
                process.stdin.close()
            process.wait()


def main() -> None:
    """Serve until the end of input."""
    _import_everything()
    while line := sys.stdin.readline():
        process_id = os.fork()
        if process_id == 0:
            _run(json.loads(line))
        sys.stdout.write(f"{process_id}\n")
        sys.stdout.flush()
        code = os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _import_everything() -> None:
    import boto3
    import keyring.backends.fail  # noqa: F401

    from notification_tester.aws import answers, identity  # noqa: F401
    from notification_tester.cli import check, decode, hit_types, listen, send  # noqa: F401
    from notification_tester.services import session  # noqa: F401
    from notification_tester.services.checkup import checkup, mend  # noqa: F401
    from notification_tester.services.inbox import listening  # noqa: F401

    made = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    for name in ("mturk", "sqs", "sns", "sts"):
        made.client(name)  # what a first client imports


def _run(task: dict[str, Any]) -> None:
    """In the fork: never returns."""
    signal.alarm(SECONDS)
    os.environ.update(task["env"])
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(Path(task["folder"]) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 99
    try:
        exec(task["before"], {})
        if task["call"]:
            module, _, name = task["call"].partition(":")
            getattr(__import__(module, fromlist=[name]), name)(*task["words"])
            code = 0
        else:
            from notification_tester.__main__ import main as program

            code = program(task["words"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 99
    except BaseException:  # noqa: BLE001 - what Python itself would do, at the end of a process
        import traceback

        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
