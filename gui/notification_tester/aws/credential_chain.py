# SPDX-License-Identifier: MIT
"""Where botocore gets keys from, made so that it never hangs, never asks on a terminal, and never tells a secret.

The order is botocore's own (``botocore.credentials.create_credential_resolver``); of its parts these are replaced:

- ``credential_process`` gets nothing to read and no terminal, has :data:`PROCESS_SECONDS`, and may say at most
  :data:`PROCESS_BYTES`. Shape of its answer: AWS SDKs and Tools Reference Guide, "Process credential provider".
- the code of an MFA device is asked for by a function of ours, which may refuse, in the place of ``getpass``; after
  a code that was not taken, or once the keys have run out, it is asked for again, where botocore would give up;
- every call by which keys are got has a time as a whole: a service that gives them, the metadata service of a machine,
  an agent of a container;
- before a call is signed, the keys are looked at for what no service takes, and remembered as secrets.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from botocore.compat import compat_shell_split
from botocore.credentials import (
    AssumeRoleProvider,
    CanonicalNameCredentialSourcer,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    EnvProvider,
    ProfileProviderBuilder,
    RefreshableCredentials,
    create_credential_resolver,
)
from botocore.exceptions import RefreshWithMFAUnsupportedError
from botocore.session import Session

from notification_tester.aws.wire import WholeCall, bound, bound_each
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from notification_tester.aws.settings import Settings

PROCESS_SECONDS = 15.0
PROCESS_BYTES = 256 * 1024
SAID = 600
"""Characters that are kept of what such a process says on its standard error."""

IMDS_SECONDS = 3
IMDS_ATTEMPTS = 2
"""At most, for the metadata service of a machine at Amazon: elsewhere nobody answers at its address."""

METADATA_SECONDS = 5.0
"""For a request to the metadata service or a container's agent, from its first byte to its last."""

NOTHING_SECONDS = 10.0
"""How long it is believed that there are no keys: to ask the metadata service takes seconds, and each client asks."""

REFUSED_SECONDS = 3.0
"""How long a person's "no" counts for the other calls of the same moment."""

_SECRET_WORD = re.compile(
    r"(?:-{1,2}[\w-]*(?:pass|pwd|secret|token|key|pin|auth|credential|code|cookie)[\w-]*|-p)(?:=(.+))?", re.IGNORECASE
)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.+)", re.DOTALL)
_MIXED_WORD = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[^\s/\\:.]{8,}")
"""A word of letters and digits, of which nobody can say that it is no password: no path, address or file."""

_ONE_VALUE = (
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "credential_process",
    "credential_source",
    "duration_seconds",
    "external_id",
    "login_session",
    "mfa_serial",
    "role_arn",
    "role_session_name",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
)
"""The settings of a profile by which keys are got. Each is one value; botocore reads indented lines as a table."""


class SignInSession(Session):
    """A session whose own calls to ``services``, by which keys are got, take at most ``seconds`` each."""

    def __init__(self, services: Collection[str], *, seconds: float) -> None:
        super().__init__()
        self._services = services
        self._seconds = seconds

    def create_client(self, service_name: str, *arguments: Any, **options: Any) -> Any:
        """Make a client; botocore makes those by itself that it gets keys with."""
        client: Any = super().create_client(service_name, *arguments, **options)
        if service_name in self._services:
            whole = WholeCall()
            bound(client._endpoint.http_session, whole)  # noqa: SLF001 - botocore takes no other from its caller
            client.meta.events.register("before-parameter-build", lambda **_: whole.begin(self._seconds))
            client.meta.events.register("before-send", lambda **_: whole.begin_attempt())
        return client


class CredentialChain:
    """The component ``credential_provider`` of a botocore session.

    ``ask_code`` gets the name of an MFA device and answers with a code, or raises ProblemError; None where there is
    nobody to ask.
    """

    def __init__(self, session: Session, settings: Settings, ask_code: Callable[[str], str] | None) -> None:
        self._session = session
        self._settings = settings
        self._ask_code = ask_code
        self._refused: tuple[float, Problem] | None = None
        self._programs = _Programs(settings)
        self._watched: _Watched | None = None
        self._nothing_until = 0.0

    def load_credentials(self) -> Any:
        """Get the keys, or None where there are none. Raises ProblemError, and whatever botocore raises."""
        if self._watched is None and time.monotonic() >= self._nothing_until:
            found = self._load()
            if found is None:
                self._nothing_until = time.monotonic() + NOTHING_SECONDS
            else:
                self._watched = _Watched(found, self._load, self._settings)
        return self._watched

    def _load(self) -> Any:
        session = self._session
        for name, most in (
            ("metadata_service_timeout", IMDS_SECONDS),
            ("metadata_service_num_attempts", IMDS_ATTEMPTS),
        ):
            session.set_config_variable(name, min(session.get_config_variable(name), most))
        profile = str(session.get_config_variable("profile") or "default")
        _refuse_tables(session.full_config, profile)
        _refuse_what_has_no_end(session.full_config.get("profiles", {}).get(profile, {}))
        made = create_credential_resolver(session)
        by_name: dict[str | None, Any] = {provider.METHOD: provider for provider in made.providers}
        for name, fetcher in (("iam-role", "_role_fetcher"), ("container-role", "_fetcher")):
            bound_each(getattr(by_name[name], fetcher)._session, METADATA_SECONDS)  # noqa: SLF001 - as above
        role = AssumeRoleProvider(
            load_config=lambda: session.full_config,
            client_creator=session.create_client,
            cache={},
            profile_name=profile,
            prompter=self._asked,
            credential_sourcer=CanonicalNameCredentialSourcer(
                [EnvProvider(), by_name["container-role"], by_name["iam-role"]]
            ),
            profile_provider_builder=_Profiles(session, self._programs),
        )
        process = _ProcessProvider(session, profile, self._programs)
        replaced: dict[str | None, CredentialProvider] = {one.METHOD: one for one in (role, process)}
        return CredentialResolver([replaced.get(one.METHOD, one) for one in made.providers]).load_credentials()

    def _asked(self, prompt: str) -> str:
        device = prompt.removeprefix("Enter MFA code for ").removesuffix(": ")
        if self._ask_code is None:
            raise ProblemError(_nobody_to_ask(device, self._settings))
        refused = self._refused
        if refused is not None and time.monotonic() - refused[0] < REFUSED_SECONDS:
            raise ProblemError(refused[1])
        try:
            code = self._ask_code(device)
        except ProblemError as error:
            self._refused = time.monotonic(), error.problem
            raise
        self._settings.secrets.add(code)
        return code


def _refuse_tables(configuration: dict[str, Any], profile: str) -> None:
    """Refuse a table in the place of a value, in the profile or in one that it takes its keys from."""
    profiles, seen = configuration.get("profiles", {}), set[str]()
    while profile in profiles and profile not in seen:
        seen.add(profile)
        sso = configuration.get("sso_sessions", {}).get(str(profiles[profile].get("sso_session", "")), {})
        for where, section in ((f"the profile “{profile}”", profiles[profile]), ("its sso-session", sso)):
            for name in _ONE_VALUE:
                if isinstance(section.get(name), dict):
                    raise ProblemError(
                        Problem(
                            title="This AWS profile cannot be used as it is.",
                            detail=f"In {where} “{name}” has no value behind its equal sign, and indented lines after "
                            "it. It has to be one value on one line.",
                            remedy="Mend it in the AWS configuration of this computer, or enter the keys themselves.",
                            code="profile.incomplete",
                            cause=Cause.KEYS,
                        )
                    )
        profile = str(profiles[profile].get("source_profile", ""))


def _refuse_what_has_no_end(profile: dict[str, str]) -> None:
    """Refuse a token file that botocore would read, or wait for, without an end: a pipe, a device."""
    variables = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    named = {name: os.environ.get(name) for name in variables}
    named["web_identity_token_file in the AWS configuration"] = profile.get("web_identity_token_file")
    for name, path in named.items():
        if path and Path(path).exists() and not (Path(path).is_file() or Path(path).is_dir()):
            raise ProblemError(
                Problem(
                    title="The token of this account cannot be read.",
                    detail=f"{path}, named in {name}, is not a file.",
                    remedy="Have the token written into a file, and name that.",
                    code="keys.token-file",
                    cause=Cause.KEYS,
                )
            )


def _nobody_to_ask(device: str, settings: Settings) -> Problem:
    export = settings.sign_in("aws configure export-credentials")
    return Problem(
        title="This profile asks for an MFA code.",
        detail=f"Its role is given only with a code of the device “{device}”, and there is nobody here to type one.",
        remedy=f"Get temporary keys first, and use those: “{export} --format env” in a terminal asks for the code and "
        "prints them. Or choose the profile in the window, which asks for the code.",
        code="keys.mfa",
        cause=Cause.KEYS,
    )


class _Watched:
    """Keys of botocore's that are looked at, and known as secrets, before a call is signed with them."""

    def __init__(self, found: Any, load: Callable[[], Any], settings: Settings) -> None:
        self._found = found
        self._load = load
        self._settings = settings
        self._lock = threading.Lock()

    def get_frozen_credentials(self) -> Any:
        """The keys as they are now, fetched anew where that is due."""
        found = self._found
        try:
            frozen = found.get_frozen_credentials()
        except RefreshWithMFAUnsupportedError:
            with self._lock:
                if self._found is found:
                    self._found = self._load()
            frozen = self._found.get_frozen_credentials()
        self._settings.secrets.add(frozen.secret_key, frozen.token, frozen.access_key)
        _refuse_stray(frozen, self._found.method, self._settings)
        return frozen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found, name)


_WHERE = {
    "container-role": "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "iam-role": "the metadata service of this computer",
}
"""Where keys of botocore's methods come from, if not from a profile."""


def _refuse_stray(keys: Any, method: str, settings: Settings) -> None:
    """Refuse keys with a sign in them that no header can carry, or a blank that was copied along, and half of them."""
    profile = _WHERE.get(method, f"the profile “{settings.profile or 'default'}”")
    for which, variable, value in (
        ("access key id", "AWS_ACCESS_KEY_ID", str(keys.access_key or "")),
        ("secret access key", "AWS_SECRET_ACCESS_KEY", str(keys.secret_key or "")),
        ("session token", "AWS_SESSION_TOKEN", str(keys.token or "")),
    ):
        where = variable if method == "env" else profile
        if not value and which != "session token":
            raise ProblemError(
                Problem(
                    title="Half of the keys is missing.",
                    detail=f"The {which} is empty ({where}). Nothing was sent.",
                    remedy=f"Set it in {where}, or enter the keys in the program.",
                    code="keys.partial",
                    cause=Cause.KEYS,
                )
            )
        if stray := _stray(value):
            raise ProblemError(
                Problem(
                    title=f"The {which} was not copied cleanly.",
                    detail=f"The {which} has {stray} in it ({where}), and no service takes it like that. Nothing was "
                    "sent.",
                    remedy=f"Copy the {which} again, whole and alone, and set it anew in {where}.",
                    code="keys.malformed",
                    cause=Cause.KEYS,
                )
            )


def _stray(value: str) -> str:
    if "\n" in value or "\r" in value:
        return "a line break"
    if value != value.strip():
        return "a blank at its beginning or end"
    if not value.isprintable():
        return "an invisible character"
    return ""


class _Profiles(ProfileProviderBuilder):
    """What a role's ``source_profile`` is read by."""

    def __init__(self, session: Session, programs: _Programs) -> None:
        super().__init__(session)
        self._bare = session
        self._programs = programs

    def _create_process_provider(self, profile_name: str) -> CredentialProvider:
        return _ProcessProvider(self._bare, profile_name, self._programs)


class _ProcessProvider(CredentialProvider):
    METHOD = "custom-process"

    def __init__(self, session: Session, profile: str, programs: _Programs) -> None:
        super().__init__(session)
        self._bare = session
        self._profile = profile
        self._programs = programs

    def load(self) -> Any:
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


class _Programs:
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
            **_alone(),
        )
    except (OSError, ValueError) as error:
        raise _ProgramError(_why_it_cannot_be_run(name, error)) from error
    output, complaints = _Reader(process.stdout, full=partial(_end, process)), _Reader(process.stderr)
    code: int | None = None
    with contextlib.suppress(subprocess.TimeoutExpired):
        code = process.wait(PROCESS_SECONDS)
    if code is None:
        _end(process)
        process.wait()
    output.finish()
    complaints.finish()
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
    found = shutil.which(name) or (name if Path(name).exists() else "")
    match error:
        case FileNotFoundError() if not found:
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


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and, where the system can, what it started."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _alone() -> dict[str, Any]:
    """No terminal to ask on, no Ctrl-C that was meant for us, no window of its own."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
