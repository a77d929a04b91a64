# SPDX-License-Identifier: MIT
"""Where botocore gets keys from, made so that it never hangs, never asks on a terminal, and never tells a secret.

The order is botocore's own (``botocore.credentials.create_credential_resolver``); of its parts these are replaced:

- ``credential_process`` is run by :mod:`notification_tester.aws.credential_process`;
- the code of an MFA device is asked for by a function of ours, which may refuse, in the place of ``getpass``; after
  a code that was not taken, or once the keys have run out, it is asked for again, where botocore would give up;
- every call by which keys are got has a time as a whole: a service that gives them, the metadata service of a machine,
  an agent of a container;
- before a call is signed, the keys are looked at for what no service takes, and remembered as secrets.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from typing import TYPE_CHECKING, Any

from botocore.credentials import (
    AssumeRoleProvider,
    CanonicalNameCredentialSourcer,
    CredentialProvider,
    CredentialResolver,
    EnvProvider,
    ProfileProviderBuilder,
    create_credential_resolver,
)
from botocore.exceptions import RefreshWithMFAUnsupportedError
from botocore.session import Session

from notification_tester.aws.credential_process import ProcessProvider, Programs
from notification_tester.aws.settings import kind_at
from notification_tester.aws.wire import WholeCall, bound, bound_each
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from notification_tester.aws.settings import Settings

IMDS_SECONDS = 3
IMDS_ATTEMPTS = 2
"""At most, for the metadata service of a machine at Amazon: elsewhere nobody answers at its address."""

METADATA_SECONDS = 5.0
"""For a request to the metadata service or a container's agent, from its first byte to its last."""

NOTHING_SECONDS = 10.0
"""How long it is believed that there are no keys: to ask the metadata service takes seconds, and each client asks."""

REFUSED_SECONDS = 3.0
"""How long a person's "no" counts for the other calls of the same moment."""

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
        self._programs = Programs(settings)
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
        process = ProcessProvider(session, profile, self._programs)
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
                            remedies=(Remedy.CHANGE_KEYS,),
                        )
                    )
        profile = str(profiles[profile].get("source_profile", ""))


def _refuse_what_has_no_end(profile: dict[str, str]) -> None:
    """Refuse a token file that botocore would read, or wait for, without an end: a pipe, a device."""
    variables = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    named = {name: os.environ.get(name) for name in variables}
    named["web_identity_token_file in the AWS configuration"] = profile.get("web_identity_token_file")
    for name, path in named.items():
        if path and kind_at(path) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise ProblemError(
                Problem(
                    title="The token of this account cannot be read.",
                    detail=f"{path}, named in {name}, is not a file.",
                    remedy="Have the token written into a file, and name that.",
                    code="keys.token-file",
                    cause=Cause.KEYS,
                    remedies=(Remedy.CHANGE_KEYS,),
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
        remedies=(Remedy.CHANGE_KEYS,),
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
                    remedies=(Remedy.CHANGE_KEYS,),
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
                    remedies=(Remedy.CHANGE_KEYS,),
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

    def __init__(self, session: Session, programs: Programs) -> None:
        super().__init__(session)
        self._bare = session
        self._programs = programs

    def _create_process_provider(self, profile_name: str) -> CredentialProvider:
        return ProcessProvider(self._bare, profile_name, self._programs)
