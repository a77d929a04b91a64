# SPDX-License-Identifier: MIT
"""The inbox as a file that a person chose: what the list shows, or one message; whole, or the file as it was before.

**CSV** has a line for each event, for reading in a spreadsheet, with the care that :mod:`storage.export` describes.
**JSON** has an array with one message on each line, exact, each once, with all of its events, and beside it the titles
of its HIT types as far as they are known.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from notification_tester.domain.events import TEST_HIT_TYPE_ID
from notification_tester.storage.export import cell
from notification_tester.storage.whole_file import save_bytes, whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage, InboxQuery, InboxRow

_PAGE = 500
_A_TEST = "(a test: no HIT type)"
_COLUMNS = (
    "message number",
    "seen (UTC)",
    "event",
    "event time",
    "HIT type",
    "title",
    "HIT",
    "assignment",
    "worker",
    "event of message",
    "events in message",
    "test",
    "duplicate of message",
    "sender",
    "signature",
    "message",
)


def export_inbox(inbox: Inbox, query: InboxQuery, path: Path) -> int:
    """Write what ``query`` finds to ``path``, the oldest first; returns how many messages. Raises ProblemError."""
    is_json = path.suffix.casefold() == ".json"
    encoding = "utf-8" if is_json else "utf-8-sig"
    with whole_file(path, what="the inbox", errors="surrogatepass", encoding=encoding, owner=inbox.owner) as file:
        return (_write_json if is_json else _write_csv)(inbox, query, file)


def save_message(message: InboxMessage, path: Path) -> None:
    """Write one message exactly as it came. Raises ProblemError."""
    save_bytes(path, message.raw.encode("utf-8", "surrogatepass"), what="the message")


def _rows(inbox: Inbox, query: InboxQuery) -> Iterator[InboxRow]:
    query = replace(query, before=None, after=0, limit=_PAGE)
    while page := inbox.page(query):
        yield from page
        query = replace(query, after=page[-1].id)


def _write_csv(inbox: Inbox, query: InboxQuery, file: TextIO) -> int:
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    message: InboxMessage | None = None
    written = 0
    for row in _rows(inbox, query):
        if message is None or message.number != row.message:
            message = inbox.message(row.message)
            written += 1
        writer.writerow(
            [
                cell(value)
                for value in (
                    row.message,
                    row.seen_at,
                    row.event_type,
                    row.event_timestamp,
                    row.hit_type_id,
                    row.title or (_A_TEST if row.hit_type_id == TEST_HIT_TYPE_ID else ""),
                    row.hit_id,
                    row.assignment_id,
                    row.worker_id,
                    row.place,
                    row.events,
                    "yes" if row.is_test else "not marked",
                    row.duplicate_of,
                    row.sender.value,
                    row.signature.value,
                    message.raw if message else "",
                )
            ]
        )
    return written


def _write_json(inbox: Inbox, query: InboxQuery, file: TextIO) -> int:
    written = 0
    last = 0
    titles = inbox.titles()
    file.write("[")
    for row in _rows(inbox, query):
        if row.message != last and (message := inbox.message(row.message)) is not None:
            told = {event.hit_type_id or "" for event in message.decoded.events}
            known = {one: titles[one] for one in sorted(told) if one in titles}
            file.write(",\n" if written else "\n")
            file.write(json.dumps({**message.as_json(), "titles": known}))
            written += 1
        last = row.message
    file.write("\n]\n" if written else "]\n")
    return written
