# SPDX-License-Identifier: MIT
"""Messages that a person opens or pastes: files of whatever kind, each message in them by itself, in a list.

What cannot be read is named, and holds up nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notification_tester.domain.json_text import plain_text
from notification_tester.domain.messages import email_message
from notification_tester.domain.messages.decoded import Format
from notification_tester.domain.messages.pasted_message import decode_pasted
from notification_tester.domain.messages.remarks import read_time
from notification_tester.domain.messages.sender import SignatureState, SignatureVerdict, read_envelope
from notification_tester.domain.problem import Problem, ProblemError, input_problem
from notification_tester.services.inbox.splitting import split
from notification_tester.storage.disk import read_chosen
from notification_tester.storage.inbox_rows import InboxMessage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notification_tester.storage.inbox import Inbox

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes: a mail folder or an export; of one message a mebibyte is read."""

MOST_UNREADABLE = 100
"""Files and messages that could not be read, of which each is told by its name; of more it is told how many."""

_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Opened:
    """How it went: messages that are new in the list, others that were in it, and what could not be read, and why.

    ``unreadable`` has the first of those, at most :data:`MOST_UNREADABLE`, ``more_unreadable`` is how many more.
    """

    added: int = 0
    known: int = 0
    unreadable: tuple[tuple[str, Problem], ...] = ()
    more_unreadable: int = 0

    @property
    def count_unreadable(self) -> int:
        """How many could not be read, whether they are named or not."""
        return len(self.unreadable) + self.more_unreadable


def open_files(inbox: Inbox, paths: Sequence[Path]) -> Opened:
    """Put the messages in files into ``inbox``. Raises ProblemError only where that cannot be written."""
    done = Opened()
    for path in paths:
        try:
            raw = read_chosen(path, LARGEST_FILE + 1, code="message.file")
            if len(raw) > LARGEST_FILE:
                raise _too_large()
        except ProblemError as error:
            done = _with_unreadable(done, [(path.name, error.problem)], 1)
        else:
            done = _put(inbox, path.name, raw, done)
    return done


def open_text(inbox: Inbox, text: str) -> Opened:
    """Put the messages in a text that was pasted into ``inbox``. Raises ProblemError where that cannot be written."""
    return _put(inbox, "", text.encode("utf-8", "surrogatepass"), Opened())


def _put(inbox: Inbox, name: str, raw: bytes, done: Opened) -> Opened:
    added = known = failed = 0
    unreadable: list[tuple[str, Problem]] = []
    parts = split(raw)
    waiting: list[InboxMessage] = []
    for number, part in enumerate(parts.messages, start=1):
        read = _read(part)
        if isinstance(read, Problem):
            failed += 1
            if failed <= MOST_UNREADABLE:
                unreadable.append((name if parts.total == 1 else f"{name} ({number} of {parts.total})".strip(), read))
        else:
            waiting.append(read)
        if waiting and (number == parts.total or len(waiting) == _AT_ONCE):
            new = len(inbox.keep(waiting))
            added, known, waiting = added + new, known + len(waiting) - new, []
    done = replace(done, added=done.added + added, known=done.known + known)
    return _with_unreadable(done, unreadable, failed)


def _with_unreadable(done: Opened, named: Sequence[tuple[str, Problem]], count: int) -> Opened:
    """Add ``count`` that could not be read, of which ``named`` are the first."""
    unreadable = (*done.unreadable, *named)[:MOST_UNREADABLE]
    return replace(done, unreadable=unreadable, more_unreadable=done.count_unreadable + count - len(unreadable))


def _read(part: str | bytes) -> InboxMessage | Problem:
    decoded = decode_pasted(part)
    if not decoded.events and (decoded.format is Format.UNKNOWN or decoded.problem is not None):
        return decoded.problem or _nothing_in_it()
    raw = part if isinstance(part, str) else _as_text(part)
    now = datetime.now(tz=UTC)
    told = [moment for one in decoded.events if (moment := read_time(one.event_timestamp or "")) is not None]
    return InboxMessage(
        # the same message, opened again, is the same
        message_id=f"opened {hashlib.sha256(raw.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}",
        seen_at=now,
        sent_at=min(told, default=now),
        decoded=decoded,
        raw=raw,
        is_pasted=True,
        signature=_signature(raw),
    )


def _as_text(part: bytes) -> str:
    """Its characters; of a mail the bytes, as its head tells the charset."""
    text = plain_text(part)  # it is one: it was decoded
    return part.decode("utf-8", "surrogateescape") if email_message.is_whole_message(text) else text


def _signature(raw: str) -> SignatureVerdict:
    """That of an envelope of SNS is not checked: nobody is asked about a message that was only opened."""
    found = read_envelope(raw)
    if isinstance(found, SignatureVerdict):
        return found
    return SignatureVerdict(
        state=SignatureState.NOT_CHECKED,
        because="Not checked: for a message that was opened or pasted no certificate is fetched.",
    )


def _nothing_in_it() -> Problem:
    return input_problem(
        "message.not-a-notification",
        title="This is not a notification of Mechanical Turk.",
        detail="It tells of no event.",
        remedy="Copy the whole message: JSON begins with {, and the mail has lines that begin with “Event Type:”.",
    ).problem


def _too_large() -> ProblemError:
    return input_problem(
        "message.file-too-large",
        title="This file is too large.",
        detail=f"It has more than {LARGEST_FILE // 2**20} MiB.",
        remedy="Split it, or export a part of what it holds.",
    )
