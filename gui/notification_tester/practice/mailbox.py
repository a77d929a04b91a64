# SPDX-License-Identifier: MIT
"""The practice mailbox: every message that Mechanical Turk would have sent by e-mail, whoever it was for.

The page is for a person's browser. What it shows came over the wire, so it is escaped, and the page may load nothing.
"""

from __future__ import annotations

import html
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = 1000
"""How many messages are kept; older ones are forgotten."""


@dataclass(frozen=True, kw_only=True)
class PracticeMail:
    """One e-mail. ``sent_at`` is UTC, as ``2026-01-31T23:59:59Z``."""

    sender: str
    recipient: str
    subject: str
    sent_at: str
    body: str

    @property
    def text(self) -> str:
        """The whole message as a mail program would save it as text."""
        headers = {"From": self.sender, "To": self.recipient, "Subject": self.subject, "Date": self.sent_at}
        lines = [
            f"{name}: {' '.join(value.split())}" for name, value in headers.items()
        ]  # a line each, whatever is in it
        return "\n".join([*lines, "", self.body])

    def as_json(self) -> dict[str, str]:
        """As the mailbox answers it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PracticeMail:
        """Read what :meth:`as_json` wrote. Raises KeyError."""
        return cls(
            sender=str(value["sender"]),
            recipient=str(value["recipient"]),
            subject=str(value["subject"]),
            sent_at=str(value["sent_at"]),
            body=str(value["body"]),
        )


class Mailbox:
    """The last :data:`KEPT` messages, the newest last. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: deque[PracticeMail] = deque(maxlen=KEPT)

    def put(self, mail: PracticeMail) -> None:
        """Keep one message."""
        with self._lock:
            self._messages.append(mail)

    def messages(self) -> tuple[PracticeMail, ...]:
        """Everything that is kept, the oldest first."""
        with self._lock:
            return tuple(self._messages)


_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
article { border: 1px solid #8888; border-radius: .5rem; padding: .5rem 1rem; margin: 1rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; } h2 { font-size: 1rem; margin: .25rem 0; }
:root { color-scheme: light dark; }
"""

PAGE_HEADERS = (
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)


def page(messages: tuple[PracticeMail, ...]) -> str:
    """Show the messages as a page of HTML, the newest first; it loads itself anew every five seconds."""
    articles = "".join(
        f"<article><h2>{html.escape(mail.subject)}</h2>"
        f"<p>From {html.escape(mail.sender)} to {html.escape(mail.recipient)}, {html.escape(mail.sent_at)}</p>"
        f"<pre>{html.escape(mail.body)}</pre></article>"
        for mail in reversed(messages)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
        f"<title>Practice mailbox</title><style>{_STYLE}</style></head><body><h1>Practice mailbox</h1>"
        "<p>Nothing here was really sent. It is forgotten when the practice cloud ends.</p>"
        f"{articles or '<p>No message yet.</p>'}</body></html>"
    )
