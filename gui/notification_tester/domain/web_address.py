# SPDX-License-Identifier: MIT
"""The address of a web receiver: a person's text becomes an address, or a reason.

Format followed: RFC 3986, "URI: Generic Syntax", with the schemes ``http`` and ``https``; international host names are
turned into what the name service knows by the library idna (UTS 46).

Deliberate deviations: what follows a ``#`` is left out, as it is never sent; a name and password before the host are
refused, because they would come to stand in logs and in the history; ports other than 80 and 443 are taken, although
Mechanical Turk's older API reached those two alone.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

from notification_tester.domain.pasted_text import cleaned
from notification_tester.domain.problem import ProblemError, input_problem

_SHORTEST_SECRET = 6
"""Characters from which on a value may be a secret; shorter ones stand in every text."""
_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,254}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
_EXAMPLE = "It looks like https://example.org/notifications, or http://127.0.0.1:8080/ on this computer."


@dataclass(frozen=True, kw_only=True)
class WebAddress:
    """Where a web receiver listens. ``host`` has no brackets and is ASCII; ``port`` is the scheme's own where none is.

    ``url`` may hold a secret in its query, so it is for the call alone, and ``shown`` for every text.
    """

    url: str
    scheme: str
    host: str
    port: int
    is_loopback: bool
    """Whether it is on this computer for certain: an address of its own loopback, or ``localhost``."""

    def __repr__(self) -> str:
        return f"WebAddress({self.shown!r})"

    @property
    def text(self) -> str:
        """The same as ``url``, as every destination has it."""
        return self.url

    @property
    def shown(self) -> str:
        """The address without the values of its query."""
        return without_query(self.url)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What of the query may be a secret, to be taken out of what comes back: all of it, and each of its values."""
        query = urlsplit(self.url).query
        found = (query, *(value for _, value in parse_qsl(query)))
        return tuple(one for one in found if len(one) >= _SHORTEST_SECRET)

    @property
    def name(self) -> str:
        """The short name to show."""
        return self.shown.partition("://")[2].removesuffix("/")

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        return "a web receiver on this computer" if self.is_loopback else f"a web receiver at {self.host}"

    def with_query(self, query: str) -> str:
        """The URL to call, with more in its query."""
        if not query:
            return self.url
        return f"{self.url}{'&' if '?' in self.url else '?'}{query}"


def without_query(address: str) -> str:
    """An address, or its path and query alone, as it is shown: what stands in a query may be a secret."""
    shown, question_mark, _ = address.partition("?")
    return f"{shown}?…" if question_mark else shown


def parse_web_address(text: str) -> WebAddress:
    """Read what a person typed or pasted as the address of a web receiver.

    Blanks, quotes and line breaks around it are taken off. Raises ProblemError with a sentence that names the first
    thing that is wrong, and that quotes neither a password nor a query.
    """
    address = cleaned(text)
    if not address:
        raise _refused("empty", "The destination is still empty.", "The address of your web receiver is needed.")
    scheme = _SCHEME.match(address)
    if scheme is None or (address[scheme.end() :][:2] != "//" and scheme[1].casefold() not in {*_PORTS, "mailto"}):
        raise _refused(
            "scheme",
            "This web address has no beginning.",
            "Whether it is called with http:// or with https:// has to be said.",
            "Put https:// before it, or http:// where your receiver has no certificate.",
        )
    if scheme[1].casefold() not in _PORTS:
        raise _refused(
            "scheme",
            f"A message cannot be sent to “{scheme[1][:20].casefold()}:”.",
            "A web receiver is called with http:// or with https://, and in no other way.",
        )
    if blank := re.search(r"\s", address):
        raise _refused(
            "blank-inside",
            "There is a blank inside the web address.",
            f"Behind character {blank.start()} stands a blank or a line break, and addresses have none.",
            "Take the blank out, or write %20 where one is meant.",
        )
    if strange := next((one for one in address if not one.isprintable() or one in '\\"<>^`{|}'), None):
        raise _refused(
            "character",
            "There is a character in the web address that cannot stand there.",
            f"It is {f'“{strange}”' if strange.isprintable() else f'invisible (U+{ord(strange):04X})'}.",
            "Take it out, or write its percent signs.",
        )
    try:
        parts = urlsplit(address)
    except ValueError as error:  # square brackets without an address in them
        raise _bad_host("What stands in square brackets is no address.") from error
    if "@" in parts.netloc:
        raise _refused(
            "password",
            "This web address has a name or a password in it.",
            "What stands before the @ would be kept in the history and in your receiver's log.",
            "Take out what stands between // and @. A secret can stand in its query, which is not shown.",
        )
    return _address(parts)


def _address(parts: SplitResult) -> WebAddress:
    host = _host(parts)
    try:
        port = parts.port
    except ValueError as error:
        raise _bad_port() from error
    if port == 0 or parts.netloc.endswith(":"):
        raise _bad_port()
    scheme = parts.scheme.casefold()
    shown_host = f"[{host}]" if ":" in host else host
    netloc = shown_host if port is None or port == _PORTS[scheme] else f"{shown_host}:{port}"
    return WebAddress(
        url=urlunsplit((scheme, netloc, parts.path or "/", parts.query, "")),
        scheme=scheme,
        host=host,
        port=port or _PORTS[scheme],
        is_loopback=is_this_computer(host),
    )


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host:
        raise _bad_host("Behind // stands no host.")
    if ":" in host or parts.netloc.startswith("["):
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError as error:
            raise _bad_host("What stands in square brackets is no address of IPv6.") from error
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise _bad_host(f"“{host[:60]}” cannot be the name of a host.") from error
    if not _HOST.fullmatch(host):
        raise _bad_host(f"“{host[:60]}” cannot be the name of a host.")
    if _ENDS_IN_NUMBER.fullmatch(host):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:  # 127.1 and the like mean one place here and another elsewhere
            raise _bad_host(f"“{host[:60]}” is no address: that has four numbers up to 255.") from error
    return host


def is_this_computer(host: str) -> bool:
    """Whether a host's name or address means this very computer, without asking anybody."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.rstrip(".").casefold() == "localhost"


def _bad_host(why: str) -> ProblemError:
    return _refused("host", "This web address names no host.", why)


def _bad_port() -> ProblemError:
    return _refused(
        "port",
        "This web address has no port behind its colon.",
        "A port is a number from 1 to 65,535.",
        "Put the number there, or take the colon out.",
    )


def _refused(code: str, title: str, detail: str, remedy: str = _EXAMPLE) -> ProblemError:
    return input_problem(f"web-address.{code}", title=title, detail=detail, remedy=remedy)
