# SPDX-License-Identifier: MIT
"""Whose Mechanical Turk is asked, in which environment, and with what kind of keys."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from notification_tester.domain.counts import counted
from notification_tester.domain.problem import Code, input_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "us-east-1"
"""Mechanical Turk is in this region alone, and calls are always signed for it."""


class Environment(StrEnum):
    """Which Mechanical Turk; decides the badge."""

    PRACTICE = "practice"
    SANDBOX = "sandbox"
    PRODUCTION = "production"
    OTHER = "other"

    @property
    def badge(self) -> str:
        """The word that stays in sight."""
        return {"practice": "PRACTICE", "sandbox": "SANDBOX", "production": "LIVE", "other": "OTHER"}[self.value]


MTURK_ENDPOINTS = {
    Environment.PRODUCTION: "https://mturk-requester.us-east-1.amazonaws.com",
    Environment.SANDBOX: "https://mturk-requester-sandbox.us-east-1.amazonaws.com",
}

LINKING_PAGES = {
    Environment.PRODUCTION: "https://requester.mturk.com/developer",
    Environment.SANDBOX: "https://requestersandbox.mturk.com/developer",
}
"""Where an AWS account and a requester's account are joined, each environment on its own."""

_SERVICE = re.compile(r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]+)?(?:/[!\"$->@-~]*)?", re.IGNORECASE)
"""Looked at as it was written, because :func:`urlsplit` passes over line breaks, and over what follows a bracket."""
_AUTHORITY = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)")
_AMAZONS = (".amazonaws.com", ".api.aws")
_MTURKS = ("mturk-requester", "mechanicalturk")
"""How a part of the name of Mechanical Turk's hosts begins at Amazon: of the two of ``MTURK_ENDPOINTS``, of those for
FIPS, for IPv6 and in a private network (the service's endpoint rules in botocore; AWS PrivateLink), in any region, and
of the older API's."""
_SANDBOXES = frozenset({"mturk-requester-sandbox.us-east-1.amazonaws.com", "mechanicalturk.sandbox.amazonaws.com"})


def environment_at(address: str) -> Environment:
    """Which Mechanical Turk answers at an address: the one place where LIVE is told from the rest.

    Judged by the host alone, in whatever way it is written. What is Amazon's and not surely the sandbox is LIVE, and
    where an address can be read in two ways each of them counts.
    """
    hosts = set(_hosts(address))
    if hosts <= _SANDBOXES:
        return Environment.SANDBOX
    return Environment.PRODUCTION if any(map(_is_amazons, hosts)) else Environment.OTHER


def has_one_reading(address: str) -> bool:
    """Whether an address names its host plainly, with no user name before it and no backslash in it."""
    found = _AUTHORITY.match(address)
    return found is None or not set("@\\") & set(found[1])


def _is_amazons(host: str) -> bool:
    return host.endswith(_AMAZONS) and any(part.startswith(_MTURKS) for part in host.split("."))


def _hosts(address: str) -> Iterator[str]:
    """The host as it is looked up. Two where a backslash stands in it: it ends the name for urllib3, not for Python."""
    found = _AUTHORITY.match(address)
    authority = "" if found is None else found[1]
    for reading in (authority, authority.partition("\\")[0]):
        named = reading.rpartition("@")[2]
        host = named[1:].partition("]")[0] if named.startswith("[") else named.partition(":")[0]
        # As IDNA has it (RFC 3491): look-alikes such as U+212A become letters, U+3002 a dot, what is invisible goes.
        host = unicodedata.normalize("NFKC", unquote(host)).casefold().replace("\u3002", ".")
        yield "".join(one for one in host if unicodedata.category(one) != "Cf").strip(".")


class KeySource(StrEnum):
    """Where an account's keys come from."""

    PRACTICE = "practice"  # made by the practice cloud at each start
    KEYRING = "keyring"  # typed in once, kept by the system
    PROFILE = "profile"  # named in this computer's AWS configuration
    SESSION = "session"  # typed in, forgotten when the program ends
    ENVIRONMENT = "environment"  # boto3's own chain, for the command line


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """An access key. The secret parts are in no ``repr``."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be told to nobody; the id of the key is among it, because it names its owner."""
        return tuple(text for text in (self.secret_access_key, self.session_token, self.access_key_id) if text)


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account as the program remembers it: no secret in it.

    ``endpoint`` serves MTurk and, for OTHER, also ``aws_endpoint`` serves SQS, SNS and STS where it is not empty.
    Where there is an ``endpoint``, ``environment`` is what its host is (:func:`environment_at`), whatever was given.
    ``since`` is when its keys and addresses were given (UTC, ISO 8601); empty where an earlier version did not write it
    down. Under the same name with another ``since`` it is another account: nothing seen before belongs to it.
    ``kept_as`` is the name that it was given first: history, record, keyring and settings have it under that one, and
    a person never sees it. So a new ``name`` moves nothing.
    """

    name: str
    environment: Environment
    source: KeySource
    profile: str = ""
    endpoint: str = ""
    aws_endpoint: str = ""
    since: str = ""
    kept_as: str = ""

    def __post_init__(self) -> None:
        if not self.kept_as:
            object.__setattr__(self, "kept_as", self.name)
        if self.endpoint and self.source is not KeySource.PRACTICE:
            object.__setattr__(self, "environment", environment_at(self.endpoint))

    @property
    def is_live(self) -> bool:
        """Whether what is done here reaches workers and costs money."""
        return self.environment is Environment.PRODUCTION

    @property
    def as_it_was_given(self) -> tuple[str, str]:
        """What tells it from what had its name before, with other keys or at another address."""
        return self.kept_as, self.since

    @property
    def mturk_endpoint(self) -> str:
        """Where its Mechanical Turk is asked; empty for practice, and for another service of unknown address."""
        return self.endpoint or MTURK_ENDPOINTS.get(self.environment, "")

    def is_renamed(self, other: Account) -> bool:
        """Whether ``other`` is this very account, whatever either is called: with the same keys, at the same place."""
        return replace(self, name=other.name) == other

    def had(self, moment: datetime) -> bool:
        """Whether what was done under its name at ``moment``, which has a time zone, was done with these keys."""
        try:
            return not self.since or datetime.fromisoformat(self.since) <= moment
        except (ValueError, TypeError):  # somebody wrote in the file
            return False


PRACTICE = Account(name="Practice", environment=Environment.PRACTICE, source=KeySource.PRACTICE)
ENVIRONMENT = Account(name="environment", environment=Environment.PRODUCTION, source=KeySource.ENVIRONMENT)
"""Taken for LIVE until it is open: then it has the address to which boto3's own chain led."""
RESERVED_NAMES = frozenset({"practice", "environment"})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The answer to "Who am I?". ``balance`` is MTurk's own text in US dollars, such as ``10000.00``."""

    account_id: str
    user: str
    arn: str
    balance: str
    environment: Environment


def parse_account_name(text: str) -> str:
    """Read a name for an account: one to sixty visible characters. Raises ProblemError."""
    from notification_tester.domain.known_secrets import without_shapes

    name = " ".join(text.split())
    if not name or len(name) > 60 or not name.isprintable():
        raise input_problem(
            "account.name",
            title="The account needs a name." if not name else "This name will not do.",
            detail="It is what you will see at the top of the window: one to sixty letters, digits or blanks.",
            remedy="Type a short name, for example “Lab, sandbox”.",
        )
    if without_shapes(name) != name:
        raise input_problem(
            "account.name-secret",
            title="This looks like a key, not like a name.",
            detail="A name stands in sight at the top of the window, in the history and in a file. It was not kept.",
            remedy="Type a name of your own here; the parts of the key belong into their fields.",
        )
    if name.casefold() in RESERVED_NAMES:
        raise input_problem(
            "account.name-reserved",
            title="This name is taken.",
            detail=f"“{name}” always means the program's own.",
            remedy="Choose another name.",
        )
    return name


def parse_credentials(*, access_key_id: str, secret_access_key: str, session_token: str = "") -> Credentials:
    """Read typed or pasted keys; blanks, quotes and line breaks around them are taken off.

    Lengths and alphabets: IAM API reference, ``AccessKey`` (16 to 128 of ``\\w``; Amazon's have 20), secrets have 40 of
    base64's characters; tokens have no fixed length. Raises ProblemError, which never quotes a secret.
    """
    key = _pasted(access_key_id)
    secret = _pasted(secret_access_key)
    token = re.sub(r"\s+", "", _pasted(session_token))
    if not key or not secret:
        missing = "access key" if not key else "secret access key"
        raise input_problem(
            "keys.missing",
            title=f"The {missing} is missing.",
            detail="An access key has two parts: the key itself, and its secret.",
            remedy="Paste both, as they stood when the key was made.",
        )
    if re.fullmatch(r"[A-Za-z0-9/+=]{40}", key) and re.fullmatch(r"[A-Z0-9]{20}", secret):
        raise input_problem(
            Code.KEYS_SWAPPED,
            title="The two parts seem to be swapped.",
            detail="The short part of twenty capital letters and digits is the access key; the long one is the secret.",
            remedy="Exchange them.",
        )
    if stray := _stray(key, r"[A-Za-z0-9_]"):
        raise _bad_key("access key", f"It has {stray} in it; an access key has only letters from A to Z and digits.")
    if not 16 <= len(key) <= 128:
        raise _bad_key(
            "access key", f"It has {counted(len(key), 'character')}; Amazon's have 20 and begin with AKIA or ASIA."
        )
    if stray := _stray(secret, r"[A-Za-z0-9/+=]"):
        raise _bad_key(
            "secret access key", f"It has {stray} in it; a secret has only letters from A to Z, digits, /, + and =."
        )
    if len(secret) != 40:
        raise _bad_key("secret access key", f"It has {counted(len(secret), 'character')}, and Amazon's have 40.")
    if stray := _stray(token, r"[A-Za-z0-9/+=_.:-]"):
        raise _bad_key("session token", f"It has {stray} in it.")
    if key.startswith("ASIA") and not token:
        raise input_problem(
            "keys.token-missing",
            title="The session token is missing.",
            detail="Keys that begin with ASIA are temporary and work only with their session token.",
            remedy="Paste the token too, or use a permanent key that begins with AKIA.",
        )
    return Credentials(access_key_id=key, secret_access_key=secret, session_token=token)


def parse_endpoint(text: str) -> str:
    """Read the address of an MTurk-compatible service. Raises ProblemError, also where it is Amazon's own."""
    address = _pasted(text).rstrip("/")
    if (amazons := environment_at(address)) is not Environment.OTHER:
        which = {Environment.SANDBOX: "Sandbox", Environment.PRODUCTION: "Live"}[amazons]
        raise input_problem(
            "endpoint.amazon",
            title="This is Amazon's own Mechanical Turk.",
            detail="The host in this address is Amazon's, so what answers there is no other service.",
            remedy=f"Choose “{which}” in the place of another compatible service.",
        )
    with suppress(ValueError):  # no port, or half an IPv6 address
        parts = urlsplit(address)
        local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        usable = (
            _SERVICE.fullmatch(address) is not None
            and re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:.]+", parts.hostname or "") is not None
            and parts.port != 0
        )
        if usable and (parts.scheme == "https" or (parts.scheme == "http" and local)):
            return address
    raise input_problem(
        "endpoint.malformed",
        title="This is not the address of a service.",
        detail="It begins with https:// and the name of a host; http:// is accepted on this computer alone, because "
        "what is asked and answered travels along.",
        remedy="Type it as the service's documentation gives it, for example https://mturk.example.org.",
    )


def _pasted(text: str) -> str:
    return text.strip().strip("\"'“”‘’`,;").strip().strip("\u200b\ufeff")


def _stray(text: str, allowed: str) -> str:
    """Name the first character outside ``allowed`` by kind and place, without quoting the text around it."""
    for position, character in enumerate(text, start=1):
        if not re.fullmatch(allowed, character):
            if character.isspace():
                return f"a blank or line break at place {position}"
            if character.isprintable():
                return f"“{character}” at place {position}"
            return f"an invisible character at place {position}"
    return ""


def _bad_key(which: str, why: str) -> Exception:
    return input_problem(
        "keys.malformed",
        title=f"This is not a {which}." if which[0] not in "aeiou" else f"This is not an {which}.",
        detail=why,
        remedy="Copy it again, whole; if it is lost, make a new key in the AWS console.",
    )
