# SPDX-License-Identifier: MIT
"""What a web receiver answered to one message: when, with what status, over which TLS, and what it wanted besides.

All of it is text of somebody else's, kept as it came and shown as plain text. What could hold a secret (headers, body,
the address of a redirect) is left out of a ``repr``, and thereby of every log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from notification_tester.domain.problem import Problem

LARGEST_BODY = 64 * 1024
"""Bytes of an answer's body that are kept, and asked for."""

_CHARSET = re.compile(r"charset=\"?([\w.:-]{1,40})", re.IGNORECASE)
_OF_A_SESSION = {
    "authentication-info",
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "set-cookie2",
    "x-amz-security-token",
    "x-api-key",
    "x-auth-token",
    "x-csrf-token",
}


@dataclass(frozen=True, kw_only=True)
class TlsFacts:
    """What was agreed upon, and the receiver's own certificate.

    Subject and issuer are as RFC 4514 writes names; ``names`` are the hosts that the certificate is for.
    ``why_not_trusted`` is a sentence, empty where the certificate is trusted for the host that was called.
    """

    version: str  # as OpenSSL names it: TLSv1.2, TLSv1.3
    cipher: str
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    valid_until: datetime | None = None
    why_not_trusted: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "version": self.version,
            "cipher": self.cipher,
            "subject": self.subject,
            "issuer": self.issuer,
            "names": list(self.names),
            "valid_until": None if self.valid_until is None else self.valid_until.isoformat(),
            "why_not_trusted": self.why_not_trusted,
        }


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One answer, or as much of it as came. Times are in seconds from the beginning of the call.

    ``seconds_to_connect`` counts name, connection and TLS, and is None where a connection of an earlier message was
    still open, or none came about; ``seconds_to_first_byte`` is when the answer's headers were there. ``status`` is 0
    where none came; ``was_sent`` is whether anything of the message was handed to the network in a form that the
    receiver can read, so that it may have it although no answer came. ``redirect`` is where the receiver would rather
    have the message, without a query; it was not followed. ``problem`` says why there is no whole answer: a status that
    says no is none.
    """

    status: int = 0
    reason: str = ""
    was_sent: bool = False
    seconds_to_connect: float | None = None
    seconds_to_first_byte: float | None = None
    seconds: float = 0.0
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    is_cut: bool = False
    tls: TlsFacts | None = None
    redirect: str = field(default="", repr=False)
    problem: Problem | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the status says that the receiver took the message, however the rest of its answer came."""
        return 200 <= self.status < 300

    @property
    def is_success(self) -> bool:
        """Whether the receiver took the message, as SNS and the older service judged it: a status of 2xx."""
        return self.is_taken and self.problem is None

    @property
    def text(self) -> str:
        """The body, to be read: in the encoding that the receiver names, else in UTF-8; what fits neither is marked."""
        named = _CHARSET.search(self.header("content-type"))
        try:
            return self.body.decode(named[1] if named else "utf-8", "replace")
        except (LookupError, ValueError):  # no such encoding, or one that is none of text
            return self.body.decode("utf-8", "replace")

    @property
    def shown_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers as they are shown and kept: cookies and the like are named, without a value."""
        return tuple((name, "…" if name.lower() in _OF_A_SESSION else value) for name, value in self.headers)

    def header(self, name: str) -> str:
        """The first value of a header, whatever its spelling; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def as_json(self) -> Mapping[str, Any]:
        """As the command line prints it and the history keeps it."""
        return {
            "status": self.status,
            "reason": self.reason,
            "was_sent": self.was_sent,
            "seconds_to_connect": _rounded(self.seconds_to_connect),
            "seconds_to_first_byte": _rounded(self.seconds_to_first_byte),
            "seconds": _rounded(self.seconds),
            "headers": [list(pair) for pair in self.shown_headers],
            "body": self.text,
            "is_cut": self.is_cut,
            "tls": None if self.tls is None else self.tls.as_json(),
            "redirect": self.redirect,
            "problem": None if self.problem is None else self.problem.as_json(),
        }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)
