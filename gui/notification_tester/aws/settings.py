# SPDX-License-Identifier: MIT
"""How an account's services are reached, and what this computer says of AWS beside it: variables, files, proxies.

Nothing is called here, and nothing is decided: botocore finds all of it by itself. This is for the sentences about a
call that failed, which name the variable or the file that a person has to look at, and for the secrets among it.
"""

from __future__ import annotations

import configparser
import contextlib
import os
import re
import shlex
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from notification_tester.domain.known_secrets import KnownSecrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import botocore.session

    from notification_tester.domain.account import Credentials

_SECRET_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
_PROFILE_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
"""In botocore's order."""

_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSW|PASSPHRASE|API_?KEY|ACCESS_?KEY|CREDENTIAL")
_IS_PLACE = re.compile(r"[/~.]|[A-Za-z]:[\\/]|[a-z]+://")
_LEAST = 8
"""Characters from which on what stands in a variable of such a name is taken for a secret, unless it is a path."""

_FILES = (("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), ("AWS_CONFIG_FILE", "~/.aws/config"))
_LARGEST_FILE = 4 * 1024 * 1024
_INDENTED_WITHOUT_VALUE = re.compile(r"^\s+[^\s=#;][^=]*$")


class Named(NamedTuple):
    """A value, and the variable or setting that it stands in."""

    value: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How to reach one account's services. Empty endpoints mean Amazon's own.

    ``credentials`` is None where a profile or boto3's own chain supplies them; ``from_environment`` lets boto3 follow
    the addresses that its variables and configuration files give, which stored accounts never do. ``has_ended`` tells
    of a practice cloud whether its process is gone: another one may answer in its place by then.
    """

    mturk_endpoint: str = ""
    aws_endpoint: str = ""
    credentials: Credentials | None = None
    profile: str = ""
    from_environment: bool = False
    is_local: bool = False
    has_ended: Callable[[], bool] | None = None


class Settings:
    """The settings by which the calls of one connection are made. ``session`` is botocore's, once there is one."""

    def __init__(self, connection: Connection | None = None, secrets: KnownSecrets | None = None) -> None:
        self._connection = connection
        self.session: botocore.session.Session | None = None
        self.secrets = KnownSecrets() if secrets is None else secrets
        self._own = KnownSecrets()
        self.secrets.add(*environment_secrets(os.environ))
        if connection is not None and (keys := connection.credentials) is not None:
            self.know(*keys.secrets)

    def know(self, *secrets: str) -> None:
        """Know keys of this connection, for as long as it is used: its account may be forgotten during a call."""
        self._own.add(*secrets)
        self.secrets.add(*secrets)

    def clean(self, text: str) -> str:
        """The text without what is known to be secret, here and anywhere, and without what looks like it."""
        return self.secrets.clean(self._own.without_known(text))

    @property
    def profile(self) -> str:
        """The AWS profile that is in force; empty for the default one, or where keys were typed."""
        if self._connection is None or self._connection.credentials is not None:
            return ""
        return self._connection.profile or next(
            (os.environ[one] for one in _PROFILE_VARIABLES if one in os.environ), ""
        )

    def sign_in(self, command: str, setting: str = "") -> str:
        """The words that sign in again, such as ``aws sso login --profile lab``.

        A role is signed in to by the profile that it takes its keys from: the one that has ``setting``.
        """
        profile = self._profile_with(setting)
        return command if profile in {"", "default"} else f"{command} --profile {shlex.quote(profile)}"

    def export_for_process(self, setting: str) -> str:
        """The words by which the AWS CLI hands the keys of that profile on to a program that cannot sign in itself."""
        profile = self._profile_with(setting) or "default"
        return f"aws configure export-credentials --profile {shlex.quote(profile)} --format process"

    def endpoint(self, service: str, url: str) -> Named | None:
        """Why calls go to the host of ``url``, where it is not Amazon's: a variable, the configuration, the account."""
        if not url or is_amazons(url):
            return None
        connection = self._connection
        if connection is not None:
            given = connection.mturk_endpoint if service == "mturk" else connection.aws_endpoint
            if given and _place(given) == _place(url):
                return Named(url, "the endpoint of this account")
        named = endpoint_variable(service)
        if named is not None and _place(named.value) == _place(url):
            return named
        return Named(url, "endpoint_url in the AWS configuration")

    def ca_bundle(self) -> Named | None:
        """The file of certificates that is trusted in the place of the usual ones, where one is named."""
        for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
            if value := os.environ.get(name):
                return Named(value, name)
        value = self._variable("ca_bundle")
        return Named(value, "ca_bundle in the AWS configuration") if value else None

    @property
    def practice_has_ended(self) -> bool:
        """Whether this leads to a practice cloud whose process is gone."""
        has_ended = None if self._connection is None else self._connection.has_ended
        return has_ended is not None and has_ended()

    def proxy(self, url: str) -> Named | None:
        """The proxy by which ``url`` is called."""
        if self._connection is not None and self._connection.is_local:
            return None
        from botocore.utils import get_environ_proxies

        scheme = urlsplit(url).scheme
        value = get_environ_proxies(url).get(scheme)
        if not value:
            return None
        wanted = f"{scheme}_proxy"
        # As somebody set it: where both are there the small one counts, and Windows knows capital letters alone.
        names = sorted((name for name, text in os.environ.items() if text and name.lower() == wanted), reverse=True)
        return Named(value, next(iter(names), "the system's settings"))

    def what_is_wrong_with_files(self) -> str:
        """A sentence for each file of the configuration that is there and that botocore passes over without a word."""
        if self._connection is not None and self._connection.credentials is not None:
            return ""
        found = []
        for name, default in _FILES:
            named = os.environ.get(name)
            path = Path(os.path.expandvars(named or default))
            with contextlib.suppress(RuntimeError):  # a process without a home
                path = path.expanduser()
            try:
                kind = stat.S_IFMT(path.stat().st_mode)
            except (FileNotFoundError, NotADirectoryError):
                if named:
                    found.append(f"{path}, named in {name}, is not there.")
            except (OSError, ValueError) as error:  # in a folder that may not be opened, for one
                found.append(f"{path} cannot be looked at ({getattr(error, 'strerror', None) or error}).")
            else:
                if kind == stat.S_IFDIR:
                    found.append(f"{path} is a folder, not a file.")
                elif kind != stat.S_IFREG:
                    found.append(f"{path} is not a file that can be read.")
                elif not os.access(path, os.R_OK):
                    found.append(f"{path} is there, and you may not read it.")
        return " ".join(found)

    def _profile_with(self, setting: str) -> str:
        """The profile in force, or the one that it takes its keys from that has a setting of that name."""
        profiles: dict[str, dict[str, str]] = {}
        if self.session is not None:
            with contextlib.suppress(Exception):  # a file that cannot be read is told of elsewhere
                profiles = self.session.full_config.get("profiles", {})
        seen: list[str] = []
        name = self.profile or "default"
        while name in profiles and name not in seen:
            seen.append(name)
            if setting in profiles[name]:
                return name
            name = str(profiles[name].get("source_profile", ""))
        return self.profile

    def _variable(self, name: str) -> str:
        with contextlib.suppress(Exception):  # as above
            return str(self.session.get_config_variable(name) or "") if self.session is not None else ""
        return ""


def endpoint_variable(service: str) -> Named | None:
    """The variable that leads calls of a service elsewhere, in botocore's order; an empty one does not."""
    for name in (f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}", "AWS_ENDPOINT_URL"):
        if value := os.environ.get(name):
            return Named(value, name)
    return None


def _place(url: str) -> str:
    """The host and port of an address; the address itself where it has none."""
    try:
        return urlsplit(url).netloc.lower().rpartition("@")[2] or url
    except ValueError:  # half an IPv6 address
        return url


def is_amazons(url: str) -> bool:
    """Whether an address is one of Amazon's own."""
    host = _place(url).partition(":")[0]
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws"))


def kind_at(path: str) -> int:
    """What stands at a path (``stat.S_IFMT``), 0 where nothing can be seen: pathlib raises where it may not look."""
    try:
        return stat.S_IFMT(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return 0


def variable_of(path: object) -> str:
    """The variable of the environment that names a file, such as SSLKEYLOGFILE; empty where none does."""
    return next((name for name, value in os.environ.items() if path and value == path), "")


def environment_secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """Every secret in variables of the environment: keys, tokens, and passwords in addresses."""
    for name, value in environment.items():
        upper = name.upper()
        if upper in _SECRET_VARIABLES or upper.startswith("AWS_BEARER_TOKEN"):
            yield value
        elif upper.endswith("_PROXY") or upper.startswith("AWS_ENDPOINT_URL"):
            yield from _passwords(value)
        elif _SECRET_NAME.search(upper) and len(value) >= _LEAST and not _IS_PLACE.match(value):
            yield value


def _passwords(address: str) -> Iterator[str]:
    """The password in an address and the values of its query, as they stand there and as they are meant."""
    name_and_password, at, _ = address.rpartition("@")
    password = name_and_password.rpartition("//")[2].partition(":")[2] if at else ""
    if password:
        yield password
        yield unquote(password)
    for _, _, value in (one.partition("=") for one in address.partition("?")[2].split("&")):
        if value:
            yield value
            yield unquote(value)


def what_is_wrong_in(path: str, error: Exception) -> str:
    """Why a configuration file cannot be read, with the line and the option and never with what stands there."""
    path = str(Path(path))  # botocore's own defaults have slashes on Windows, too
    beginning = _bytes(path)[:4]
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"{path} is written in UTF-16; save it as UTF-8."
    if beginning.startswith(b"\xef\xbb\xbf"):
        return f"{path} begins with a byte order mark; save it as UTF-8 without one (without “BOM”)."
    match error:
        case configparser.DuplicateOptionError():
            return f"{path}, line {error.lineno}: {error.option} a second time in [{error.section}]."
        case configparser.DuplicateSectionError():
            return f"{path}, line {error.lineno}: [{error.section}] a second time."
        case configparser.MissingSectionHeaderError():
            return f"{path}, line {error.lineno}: no profile is named before it, as in [default]."
        case configparser.ParsingError():
            lines = ", ".join(str(number) for number, _ in error.errors[:5])
            return f"{path}, line {lines}: it is neither the name of a profile in brackets nor “name = value”."
        case UnicodeDecodeError():
            return f"{path}{_line_not_utf8(path)}: a sign there is not UTF-8; save the file as UTF-8."
        case ValueError():
            where = _line_without_value(path)
            return f"{path}{where}: an indented line has to be “name = value”."
    return f"{path} cannot be read ({type(error).__name__})."


def _bytes(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_LARGEST_FILE)
    except OSError:
        return b""


def _line_not_utf8(path: str) -> str:
    raw = _bytes(path)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return f", line {raw[: error.start].count(bytes([10])) + 1}"
    return ""


def _line_without_value(path: str) -> str:
    for number, line in enumerate(_bytes(path).decode("utf-8", "replace").splitlines(), start=1):
        if _INDENTED_WITHOUT_VALUE.match(line):
            return f", line {number}"
    return ""
