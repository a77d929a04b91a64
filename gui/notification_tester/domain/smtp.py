# SPDX-License-Identifier: MIT
"""The server that hands an e-mail on: how it is reached, and the common ones.

SMTP and its submission ports are RFC 6409 (587, with STARTTLS of RFC 3207) and RFC 8314 (465, TLS from the first byte).
The list of servers follows their providers' own pages for mail programs; each says which password it takes, as hardly
one of them takes that of its web page.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from notification_tester.domain.pasted_text import cleaned
from notification_tester.domain.problem import ProblemError, input_problem
from notification_tester.domain.web_address import is_this_computer

TLS_PORT = 465
STARTTLS_PORT = 587
PLAIN_PORT = 25

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?\.?")
_LONGEST = 500
_ATOM = r"[!#-\'*+\-./-9=?A-Z^-~]+"  # what may stand there without quotation marks, in plain letters
_MAILBOX = re.compile(f"{_ATOM}@{_ATOM}")


class SmtpSecurity(StrEnum):
    """How the connection is kept private. NONE is for a server on this computer alone."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """A server and who signs in to it; ``user`` is empty where nobody has to.

    ``password`` is one that was typed for this once, and empty where the keyring has it. ``sender`` is whose mail it
    is, where ``user`` is no e-mail address (:func:`is_mailbox`).
    """

    host: str
    port: int
    security: SmtpSecurity
    user: str = ""
    sender: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is this very computer."""
        return is_this_computer(self.host)

    @property
    def text(self) -> str:
        """The server as it is shown: host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def mailbox(self) -> str:
        """Whose mail it is; empty where that is not told."""
        return self.sender or (self.user if is_mailbox(self.user) else "")


def is_mailbox(name: str) -> bool:
    """Whether a name with which somebody signs in is an e-mail address as well; mail can be from it then."""
    return _MAILBOX.fullmatch(name.strip()) is not None


class SmtpServer(NamedTuple):
    """A common server, and what its provider wants as a password."""

    name: str
    host: str
    port: int
    security: SmtpSecurity
    hint: str


SMTP_SERVERS = (
    SmtpServer(
        "Gmail",
        "smtp.gmail.com",
        TLS_PORT,
        SmtpSecurity.TLS,
        "Takes an app password, made in the Google account under Security once 2-Step Verification is on.",
    ),
    SmtpServer(
        "Microsoft 365",
        "smtp.office365.com",
        STARTTLS_PORT,
        SmtpSecurity.STARTTLS,
        "Many organisations have switched signing in with a password off; ask whoever administers yours.",
    ),
    SmtpServer(
        "Outlook.com, Hotmail",
        "smtp-mail.outlook.com",
        STARTTLS_PORT,
        SmtpSecurity.STARTTLS,
        "Microsoft takes no passwords here any more, so it will most likely refuse; use another server.",
    ),
    SmtpServer(
        "Yahoo Mail",
        "smtp.mail.yahoo.com",
        TLS_PORT,
        SmtpSecurity.TLS,
        "Takes an app password, made in the Yahoo account under Security.",
    ),
    SmtpServer(
        "iCloud Mail",
        "smtp.mail.me.com",
        STARTTLS_PORT,
        SmtpSecurity.STARTTLS,
        "Takes an app-specific password, made in the Apple account under Sign-In and Security.",
    ),
    SmtpServer(
        "Fastmail",
        "smtp.fastmail.com",
        TLS_PORT,
        SmtpSecurity.TLS,
        "Takes an app password, made under Settings, Privacy & Security.",
    ),
    SmtpServer(
        "GMX",
        "mail.gmx.com",
        STARTTLS_PORT,
        SmtpSecurity.STARTTLS,
        "Other programs must be allowed first, in GMX's settings under POP3 & IMAP.",
    ),
    SmtpServer(
        "Zoho Mail",
        "smtp.zoho.com",
        TLS_PORT,
        SmtpSecurity.TLS,
        "Takes an app password where two-factor authentication is on.",
    ),
    SmtpServer(
        "Amazon SES (us-east-1)",
        "email-smtp.us-east-1.amazonaws.com",
        STARTTLS_PORT,
        SmtpSecurity.STARTTLS,
        "Takes SMTP credentials made in the SES console, which are no access keys; the sender must be verified.",
    ),
    SmtpServer(
        "SendGrid",
        "smtp.sendgrid.net",
        STARTTLS_PORT,
        SmtpSecurity.STARTTLS,
        "The name is the word “apikey”, and the password an API key; the sender must be verified.",
    ),
)
"""What is offered, in its order; any other is typed."""


def no_mail_server() -> ProblemError:
    """Make the error for an e-mail without a server."""
    return input_problem(
        "smtp.none",
        title="No mail server is given.",
        detail="From this computer an e-mail goes through a server that hands it on (SMTP).",
        remedy="Name the one of your mail provider, for example smtp.gmail.com.",
    )


def parse_smtp(
    server: str,
    *,
    security: SmtpSecurity | None = None,
    user: str = "",
    sender: str = "",
    password: str = "",
) -> SmtpSettings:
    """Read a server as ``HOST`` or ``HOST:PORT``. Raises ProblemError.

    Where ``security`` is not given the port decides, as providers use it: 465 is TLS, any other STARTTLS; nothing on
    this computer, where hardly a server has a certificate. Where the port is not given, ``security`` decides.
    """
    text = cleaned(server)
    if not text:
        raise no_mail_server()
    host, port = _host_and_port(text)
    is_local = is_this_computer(host)
    if security is None:
        security = SmtpSecurity.TLS if port == TLS_PORT else SmtpSecurity.NONE if is_local else SmtpSecurity.STARTTLS
    if security is SmtpSecurity.NONE and not is_local:
        raise input_problem(
            "smtp.not-private",
            title="Without TLS nothing is sent to another computer.",
            detail=f"“{host}” is not this computer, and whoever is on the way could read the message and the password.",
            remedy="Choose STARTTLS or TLS; nearly every server has one of them.",
        )
    if not port:
        port = {SmtpSecurity.TLS: TLS_PORT, SmtpSecurity.STARTTLS: STARTTLS_PORT, SmtpSecurity.NONE: PLAIN_PORT}[
            security
        ]
    if not is_local and not user and not sender:
        raise input_problem(
            "smtp.no-sender",
            title="Whose mail it is is not told.",
            detail=f"“{host}” hands on mail of its own users, and only Amazon may send as Mechanical Turk.",
            remedy="Give the name with which you sign in there, mostly your e-mail address.",
        )
    for given in (user, sender, password):
        if not given.isprintable() or len(given) > _LONGEST:
            raise input_problem(
                "smtp.not-printable",
                title="The name or the password of the mail server was not copied cleanly.",
                detail="Each is one line of at most 500 characters, without control characters.",
                remedy="Type or copy it once more, without what is around it.",
            )
    if sender.strip() and not is_mailbox(sender):
        raise input_problem(
            "smtp.sender",
            title="The sender is no e-mail address.",
            detail=f"“{sender.strip()[:80]}” was given as the one whose mail it is.",
            remedy="Give the address alone, in plain letters and without a name before it: name@university.edu.",
        )
    return SmtpSettings(
        host=host, port=port, security=security, user=user.strip(), sender=sender.strip(), password=password
    )


def _host_and_port(text: str) -> tuple[str, int]:
    """The port is 0 where none is given."""
    if "://" in text:
        raise input_problem(
            "smtp.address",
            title="A mail server has no web address.",
            detail="Its name alone is wanted, with its port where it is an unusual one.",
            remedy="Give it as smtp.university.edu or smtp.university.edu:465.",
        )
    host, colon, port = text, "", ""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        colon, port = rest[:1], rest[1:]
    elif text.count(":") == 1:
        host, colon, port = text.partition(":")
    is_address = False
    with suppress(ValueError):
        is_address = bool(ipaddress.ip_address(host))
    if colon not in {"", ":"} or len(text) > _LONGEST or not (is_address or _HOST.fullmatch(host)):
        raise input_problem(
            "smtp.host",
            title="This is not the name of a mail server.",
            detail=f"“{text[:80]}” has a character in it that no computer's name has, or none at all.",
            remedy="Give it as smtp.university.edu, or smtp.university.edu:465 with its port.",
        )
    if not colon:
        return host, 0
    if not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise input_problem(
            "smtp.port",
            title="This is no port.",
            detail=f"After the colon stands “{port[:20]}”, and ports are numbers from 1 to 65535.",
            remedy="Leave it out, or give 587 or 465, which mail servers use.",
        )
    return host, int(port)
