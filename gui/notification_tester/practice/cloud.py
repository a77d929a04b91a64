# SPDX-License-Identifier: MIT
"""The practice cloud as the program holds it: a process of its own, started, spoken to, and ended.

It is a process so that its imports and its server never make the window stutter. It ends with this one however this
one ends: its standard input is a pipe that only this process holds open.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from notification_tester.child_process import Kin, apart
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, ServiceAnswer
from notification_tester.practice.mailbox import PracticeMail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notification_tester.practice.faults import Faults

_TAIL = 2000
"""How many characters of what the process complained about are quoted."""

START_SECONDS = 120.0
"""A slow computer takes long where a virus scanner reads each file for the first time. A process that ends instead is
told at once."""

_PATIENCE = 3.0
"""Seconds that the process has to end by itself."""


@dataclass(frozen=True, kw_only=True)
class PracticeDetails:
    """Where the cloud is and how to be let in: the first line that it prints, in this order."""

    mturk_endpoint: str
    aws_endpoint: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str
    account_id: str
    queue_url: str
    blocked_queue_url: str
    topic_arn: str
    mailbox_url: str = field(repr=False)  # whoever has it can read the mail
    email: str

    def as_json(self) -> dict[str, str]:
        """As the object that is printed."""
        return asdict(self)

    @classmethod
    def from_json(cls, text: str) -> PracticeDetails:
        """Read the first line. Raises ValueError."""
        value = json.loads(text)
        names = {item.name for item in fields(cls)}
        if not isinstance(value, dict) or not names.issubset(value):
            message = "This is not the first line of a practice cloud."
            raise ValueError(message)
        return cls(**{name: str(value[name]) for name in names})


@dataclass(frozen=True, kw_only=True)
class WorkersAt:
    """What the workers do and did for one queue, topic or mailbox."""

    hit_types: int
    """That are set to tell it, and on."""
    working: int
    """Of these, where the work is not over."""
    told: int
    """Events, since practice was started."""
    kept_out: int
    """Events that were not let in, since the last that was."""


_START = "import sys; sys.path += {places!a}; from notification_tester.__main__ import main; sys.exit(main())"


def practice_command(port: int = 0, *, hit_types: int | None = None, hits: int | None = None) -> list[str]:
    """How the process is started: by this Python, or by this program itself where it is packaged.

    Python is told to look neither at the current folder nor at its variables (``-I``): with ``-m`` alone a ``json.py``
    that lies about where somebody stands would be run.
    """
    words = ["practice", *(["--port", str(port)] if port else [])]
    words += [] if hit_types is None else ["--hit-types", str(hit_types)]
    words += [] if hits is None else ["--hits", str(hits)]
    if getattr(sys, "frozen", False):
        return [sys.executable, *words]
    return [sys.executable, "-I", "-c", _START.format(places=_places_of_modules()), *words]


def _places_of_modules() -> list[str]:
    """Where this process finds modules; they go behind the other's own, so that none of Python's is replaced.

    What leads to the folder where somebody happens to stand is left out, except for this very package.
    """
    try:
        here = Path.cwd()
    except OSError:  # it was deleted
        here = None
    places = [place for place in sys.path if Path(place).is_absolute() and Path(place) != here]
    return [*places, str(Path(__file__).resolve().parents[2])]


_OF_OTHERS = ("AWS_", "BOTO_", "MOTO_", "FLASK_", "WERKZEUG_", "PYTHON", "TEST_SERVER_MODE", "TEST_PROXY_MODE")
_OF_OTHERS_TOO = ("_PROXY", "_NO_AUTH_ACTION_COUNT")


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would lead AWS's libraries to the person's own keys or settings, or through a proxy, and what
    Python, moto and its server read.
    """
    return {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(_OF_OTHERS) and not name.upper().endswith(_OF_OTHERS_TOO)
    }


class PracticeCloud:
    """A running practice cloud. Also a context manager, which ends it."""

    def __init__(
        self, *, process: subprocess.Popen[str], kin: Kin, details: PracticeDetails, complaints: IO[bytes]
    ) -> None:
        self.details = details
        self.started = datetime.now(tz=UTC)
        self._process = process
        self._kin = kin
        self._complaints = complaints
        self._lock = threading.Lock()

    @classmethod
    def start(
        cls, *, port: int = 0, timeout: float = START_SECONDS, hit_types: int | None = None, hits: int | None = None
    ) -> PracticeCloud:
        """Start one and wait until it answers, at most ``timeout`` seconds. Raises ProblemError.

        ``port`` is for starting again where one was before; 0 lets the system choose. ``hit_types`` and ``hits`` ask
        for so many made-up ones in the place of the few that it begins with.
        """
        try:
            complaints = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        except OSError as error:  # a full disk, for example
            raise _start_problem(f"It cannot make a temporary file: {error.strerror or error}.") from error
        try:
            process = subprocess.Popen(
                practice_command(port, hit_types=hit_types, hits=hits),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=clean_environment(os.environ),
                encoding="utf-8",
                **apart(),
            )
        except OSError as error:
            complaints.close()
            raise _start_problem(f"Its process could not be started: {error.strerror or error}.") from error
        kin = Kin(process)
        first_line = _first_line(process, timeout=timeout)
        try:
            details = PracticeDetails.from_json(first_line or "")
        except ValueError as error:
            _end(process, kin)
            said = _tail(complaints)
            complaints.close()
            late = f"It gave no sign of life within {timeout:g} seconds."
            why = late if first_line is None else "It ended before it was ready."
            raise _start_problem(why if said else f"{why} It did not say why.", said) from error
        return cls(process=process, kin=kin, details=details, complaints=complaints)

    def is_running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    @property
    def port(self) -> int:
        """Where it listens."""
        return urlsplit(self.details.mturk_endpoint).port or 0

    @property
    def process_id(self) -> int:
        """The process's number, for tests and reports."""
        return self._process.pid

    def stop(self) -> None:
        """End the process; its queues, messages and keys are gone with it. May be called twice."""
        with self._lock:
            _end(self._process, self._kin)
            self._complaints.close()

    def set_faults(self, faults: Faults) -> None:
        """Have the cloud make trouble from now on, instead of any asked for before. Raises ProblemError."""
        self.control("POST", "/practice/faults", faults.as_json())

    def settings(self) -> dict[str, dict[str, Any]]:
        """Read the notification settings by HIT type, which the real service never tells. Raises ProblemError."""
        answer: dict[str, dict[str, Any]] = self.control("GET", "/practice/settings")
        return answer

    def add_hits(self, *, hits: int, hit_types: int) -> None:
        """Add many HITs of new HIT types at once, for measuring. Raises ProblemError."""
        self.control("POST", "/practice/hits", {"hits": hits, "hit_types": hit_types})

    def set_workers(
        self, *, running: bool = True, speed: float | None = None, events: int | None = None, batches: bool = True
    ) -> None:
        """Have the workers play in another way from now on. Raises ProblemError.

        ``speed`` is in events per second over all HIT types, None for the gentle pace. ``events`` is how many shall
        happen from now on, around the HIT types whose notifications are on, one afternoon after the other; None is
        one afternoon for each. Without ``batches`` every event has a message of its own and none comes twice, so that
        a HIT type with all events gets as many messages as ``events``.
        """
        self.control(
            "POST",
            "/practice/workers",
            {"running": running, "speed": speed, "events": events, "batches": batches},
        )

    def workers(self) -> dict[str, Any]:
        """Read how the workers play, and what they did: ``happened``, ``told``, ``messages``. Raises ProblemError."""
        answer: dict[str, Any] = self.control("GET", "/practice/workers")
        return answer

    def workers_at(self, destination: str) -> WorkersAt:
        """Read what the workers do and did for one place. Raises ProblemError."""
        return WorkersAt(**self.control("POST", "/practice/workers/at", {"destination": destination}))

    def work_again(self, destination: str) -> WorkersAt:
        """Have them begin again around the HIT types that tell a place, where they are done. Raises ProblemError."""
        return WorkersAt(**self.control("POST", "/practice/workers/again", {"destination": destination}))

    def mailbox(self) -> tuple[PracticeMail, ...]:
        """Read the practice mailbox, the oldest message first. Raises ProblemError."""
        path = urlsplit(self.details.mailbox_url).path
        return tuple(PracticeMail.from_json(mail) for mail in self.control("GET", path))

    def control(self, method: str, path: str, value: object = None) -> Any:
        """Call one of the cloud's own pages and read the JSON that it answers. Raises ProblemError."""
        place = urlsplit(self.details.mturk_endpoint)
        headers = {"Authorization": f"Bearer {self.details.secret_access_key}", "Accept": "application/json"}
        body = None if value is None else json.dumps(value)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            if answer.status != 200:
                raise _control_problem(f"It answered {answer.status}: {text.strip()[:200]}")
            return json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _control_problem(f"{str(error) or type(error).__name__}.") from error
        finally:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _first_line(process: subprocess.Popen[str], *, timeout: float) -> str | None:
    """Read a line, empty when the process ends without one; None, and the process killed, when the time is over.

    A thread waits for it, because on Windows a pipe cannot be waited for in another way.
    """
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        with contextlib.suppress(OSError, ValueError):
            lines.put(process.stdout.readline() if process.stdout else "")

    reader = threading.Thread(target=read, name="practice-first-line", daemon=True)
    reader.start()
    try:
        return lines.get(timeout=timeout)
    except queue.Empty:
        process.kill()  # which ends the reader as well
        process.wait()
        return None
    finally:
        reader.join(_PATIENCE)


def _end(process: subprocess.Popen[str], kin: Kin) -> None:
    if process.stdin:
        with contextlib.suppress(OSError):  # it may have ended before
            process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    kin.close()
    if process.stdout:
        process.stdout.close()


def _tail(complaints: IO[bytes]) -> str:
    size = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, size - _TAIL))
    return complaints.read().decode("utf-8", "replace").strip()


def _start_problem(detail: str, said: str = "") -> ProblemError:
    return ProblemError(
        Problem(
            title="The practice cloud did not start.",
            detail=detail,
            remedy="Try again; if it keeps failing, install the program again, or use one of your own accounts.",
            code="practice.start",
            cause=Cause.PROGRAM,
            answer=ServiceAnswer(message=said),
            remedies=(Remedy.PRACTICE,),
        )
    )


def _control_problem(detail: str) -> ProblemError:
    return ProblemError(
        Problem(
            title="The practice cloud does not answer.",
            detail=detail,
            remedy="Start practising again; what was in the practice queues and mailbox is gone.",
            code="practice.control",
            cause=Cause.PROGRAM,
            remedies=(Remedy.PRACTICE,),
        )
    )
