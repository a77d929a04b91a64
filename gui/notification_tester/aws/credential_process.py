# SPDX-License-Identifier: MIT
"""The program that a profile names as its ``credential_process``: started, read and ended, and never in its hands.

It gets nothing to read and no terminal, has :data:`PROCESS_SECONDS`, and may say at most :data:`PROCESS_BYTES`. Shape
of its answer: AWS SDKs and Tools Reference Guide, "Process credential provider".
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import stat
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING, Any

from botocore.compat import compat_shell_split
from botocore.credentials import CredentialProvider, Credentials, RefreshableCredentials

from notification_tester.aws.settings import kind_at
from notification_tester.child_process import Kin, apart
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, ServiceAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session

    from notification_tester.aws.settings import Settings

PROCESS_SECONDS = 15.0
PROCESS_BYTES = 256 * 1024
SAID = 600
"""Characters that are kept of what such a process says on its standard error."""

_SECRET_WORD = re.compile(
    r"(?:-{1,2}[\w-]*(?:pass|pwd|secret|token|key|pin|auth|credential|code|cookie)[\w-]*|-p)(?:=(.+))?", re.IGNORECASE
)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.+)", re.DOTALL)
_MIXED_WORD = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[^\s/\\:.]{8,}")
"""A word of letters and digits, of which nobody can say that it is no password: no path, address or file."""


class ProcessProvider(CredentialProvider):
    """One profile's program, as botocore asks for it."""

    METHOD = "custom-process"

    def __init__(self, session: Session, profile: str, programs: Programs) -> None:
        super().__init__(session)
        self._bare = session
        self._profile = profile
        self._programs = programs

    def load(self) -> Any:
        """The keys that it gives, which are asked for again before they run out; None where the profile names none."""
        profile = self._bare.full_config.get("profiles", {}).get(self._profile, {})
        command = profile.get("credential_process")
        if command is None:
            return None

        def ask() -> dict[str, Any]:
            return self._programs.keys(str(command), self._profile)

        found = ask()
        if found["expiry_time"] is None:
            return Credentials(found["access_key"], found["secret_key"], found["token"], method=self.METHOD)
        return RefreshableCredentials.create_from_metadata(found, ask, self.METHOD)


class Programs:
    """Runs the programs that profiles name as their ``credential_process``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._late: dict[str, tuple[float, Problem]] = {}

    def keys(self, command: str, profile: str) -> dict[str, Any]:
        """What the program gives, in the way of botocore's refreshable credentials. Raises ProblemError."""
        late = self._late.get(command)
        if late is not None and time.monotonic() - late[0] < PROCESS_SECONDS:
            raise ProblemError(late[1])  # the calls of one moment do not wait for it one after the other
        try:
            return self._keys(command)
        except _ProgramError as failed:
            secrets = self._settings.secrets
            said = secrets.clean(failed.said.strip())[:SAID]
            problem = Problem(
                title="The keys of this profile could not be fetched.",
                detail=secrets.clean(str(failed)) + (f" It said: {said}" if said else ""),
                remedy=f"Try in a terminal what stands as credential_process of the profile “{profile}”, and mend it "
                "in the AWS configuration; or enter the keys in this program.",
                code="keys.unavailable",
                cause=Cause.KEYS,
                answer=ServiceAnswer(message=said),
                remedies=(Remedy.CHANGE_KEYS,),
            )
            if failed.is_late:
                self._late[command] = time.monotonic(), problem
            raise ProblemError(problem) from None

    def _keys(self, command: str) -> dict[str, Any]:
        try:
            words = compat_shell_split(command)
        except ValueError as error:
            raise _ProgramError("In credential_process a quotation mark is not closed.") from error
        if not words or not words[0]:
            raise _ProgramError("No program is named in credential_process.")
        self._settings.secrets.add(*_secret_words(words))
        if (assigned := _ASSIGNMENT.fullmatch(words[0])) and shutil.which(words[0]) is None:
            raise _ProgramError(
                f"credential_process begins with “{assigned[1]}=”, which only a shell understands, and it is run "
                "without one. A program has to stand first."
            )
        text, said = _output_of(words)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            what = "something else than the JSON object that is asked of it" if text.strip() else "nothing"
            raise _ProgramError(f"{words[0]} printed {what}.", said=said)
        given = {name: value.get(name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")}
        self._settings.secrets.add(*(one for one in given.values() if isinstance(one, str)))
        if value.get("Version") != 1:
            raise _ProgramError(f"The answer of {words[0]} is not of version 1, the only one that there is.")
        for name, one in given.items():
            if one is None and name in {"AccessKeyId", "SecretAccessKey"}:
                raise _ProgramError(f"In the answer of {words[0]} there is no {name}.")
            if not isinstance(one, str | None):
                raise _ProgramError(f"In the answer of {words[0]} {name} is not a text.")
        found = {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"],
        }
        _refuse_time(found, words[0])
        return found


class _ProgramError(Exception):
    """Why a program gave no keys; ``said`` is what it wrote on its standard error."""

    def __init__(self, why: str, *, said: str = "", is_late: bool = False) -> None:
        super().__init__(why)
        self.said = said
        self.is_late = is_late


def _refuse_time(found: dict[str, Any], program: str) -> None:
    if found["expiry_time"] is None:
        return
    try:
        made = RefreshableCredentials.create_from_metadata(found, lambda: found, "custom-process")
        is_over = made.refresh_needed(0)
    except (ValueError, TypeError, OverflowError) as error:
        raise _ProgramError(f"In the answer of {program} Expiration is not a time with its zone.") from error
    if is_over:
        raise _ProgramError(f"{program} gives keys that have run out already.")


def _secret_words(words: list[str]) -> list[str]:
    """What stands behind words such as ``--password`` and ``NAME=``, and whatever else may be a password."""
    found = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if match := _SECRET_WORD.fullmatch(word):
            found.append(match.group(1) or following)
        elif match := _ASSIGNMENT.fullmatch(word):
            found.append(match.group(2))
        elif _MIXED_WORD.fullmatch(word) and word is not words[0]:
            found.append(word)
        elif len(inner := word.split()) > 1:  # as in sh -c "…"
            found += _secret_words(["", *(one.strip("\"';") for one in inner)])
    return found


def _output_of(words: list[str]) -> tuple[str, str]:
    """Run a program and read what it prints, and what it says on its standard error. Raises _ProgramError."""
    name = words[0]
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **apart(),
        )
    except (OSError, ValueError) as error:
        raise _ProgramError(_why_it_cannot_be_run(name, error)) from error
    kin = Kin(process)
    output, complaints = _Reader(process.stdout, full=kin.kill), _Reader(process.stderr)
    code: int | None = None
    with contextlib.suppress(subprocess.TimeoutExpired):
        code = process.wait(PROCESS_SECONDS)
    if code is None:
        kin.kill()
        process.wait()
    output.finish()
    complaints.finish()
    kin.close()
    if output.is_too_long:
        raise _ProgramError(f"{name} printed without an end, and was ended.", is_late=True)
    said = complaints.text
    if code is None:
        raise _ProgramError(
            f"{name} did not answer within {PROCESS_SECONDS:g} seconds, and was ended. Perhaps it waits for something "
            "to be typed; it has no keyboard here.",
            said=said,
            is_late=True,
        )
    if code:
        ended = f"ended with the code {code}" if code > 0 else f"was ended by the signal {-code}"
        raise _ProgramError(f"{name} {ended}" + ("." if said.strip() else " and did not say why."), said=said)
    return output.text, said


def _why_it_cannot_be_run(name: str, error: Exception) -> str:
    kind = kind_at(name)
    match error:
        case OSError() if kind == stat.S_IFDIR:  # Windows may say that it is not there
            return f"The program named in credential_process may not be run: {name}."
        case OSError(errno=errno.ENOEXEC):
            return f"What is named in credential_process is no program of this system: {name}."
        case FileNotFoundError() if not kind and shutil.which(name) is None:
            return f"The program named in credential_process is not there: {name}."
        case FileNotFoundError():
            return f"The program named in credential_process needs another one that is not there: {name}."
        case PermissionError():
            return f"The program named in credential_process may not be run: {name}."
    why = getattr(error, "strerror", None) or error
    return f"The program named in credential_process cannot be run: {name} ({why})."


class _Reader:
    """Reads a stream to its end on a thread of its own, and keeps the beginning. What is more calls ``full``."""

    def __init__(self, stream: IO[bytes] | None, *, full: Callable[[], None] = lambda: None) -> None:
        self._stream = stream
        self._full = full
        self._read = bytearray()
        self._thread = threading.Thread(target=self._run, name="credential-process", daemon=True)
        self._thread.start()

    @property
    def is_too_long(self) -> bool:
        return len(self._read) > PROCESS_BYTES

    @property
    def text(self) -> str:
        return bytes(self._read).decode("utf-8-sig", "replace")

    def finish(self) -> None:
        """Wait for the end; a child of the program may keep the stream open, and what was read until then counts."""
        self._thread.join(1.0)

    def _run(self) -> None:
        if self._stream is None:
            return
        with self._stream, contextlib.suppress(OSError):
            while read := os.read(self._stream.fileno(), 65536):
                if self.is_too_long:
                    self._full()
                else:
                    self._read += read
