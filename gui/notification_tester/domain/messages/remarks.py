# SPDX-License-Identifier: MIT
"""What is odd in a message though it could be read: times that cannot be, and characters that nobody sees.

Sources: messages seen in real traffic, whose times look like ``2026-01-31T23:59:59Z``; ISO 8601; the oldest version of
the notification schema, 2006-05-05. A remark never changes what is shown: it stands beside it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from notification_tester.domain.joined_signs import belongs_to_a_sign
from notification_tester.domain.json_text import character_name, is_invisible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_REMARKS = 3
"""Of one kind; of more it is only said how many there are."""
CLOCKS_DIFFER = timedelta(minutes=10)
"""How far a time may lie ahead of this computer's clock before it is remarked on."""

_OLDEST = datetime(2006, 5, 5, tzinfo=UTC)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,][0-9]{1,9})?"
    r" ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE | re.ASCII,
)
_EPOCHS = {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}
_NUMBER = re.compile(r"([0-9]{10}|[0-9]{13}|[0-9]{16}|[0-9]{19})(?:\.[0-9]{1,9})?", re.ASCII)
_PLAIN = re.compile(r"[\x20-\x7e]*")


def about_times(times: Sequence[str | None], *, now: datetime) -> list[str]:
    """Say what cannot be or is not known of the times of a message's events; ``now`` has a zone."""
    distinct = list(dict.fromkeys(one or "" for one in times))
    remarks = [remark for one in distinct if (remark := _about_time(one, now))]
    return _bounded(remarks, "of its times are odd in such a way")


def _about_time(text: str, now: datetime) -> str:
    if not text.strip():
        return "An event has no time."
    shown = f"The time “{text[:60]}{'…' if len(text) > 60 else ''}”"
    if number := _NUMBER.fullmatch(text):
        unit = _EPOCHS[len(number[1])]
        moment = _since_1970(number)
        return (
            f"{shown} is a number; if it counts {unit} since 1970, it means {moment:%Y-%m-%d %H:%M:%S} UTC. Mechanical "
            f"Turk was seen to write times like 2026-01-31T23:59:59Z.{_when(moment, now, 'That')}"
        )
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return f"{shown} is not written as Mechanical Turk was seen to write times, like 2026-01-31T23:59:59Z."
    try:
        moment = _on_the_clock(found)
    except ValueError:
        return f"{shown} is no time that exists."
    if found[7] is None:
        return f"{shown} tells no time zone, so which moment it means is not known.{_when(moment, now, 'It')}"
    ahead = _ahead_of_utc(found[7])
    if ahead is None:
        return f"{shown} has a time zone that no place has."
    with suppress(OverflowError):  # at the very beginning or end of a calendar, where hours do not matter
        moment -= ahead
    return _when(moment, now, shown).strip()


def read_time(text: str) -> datetime | None:
    """The moment that the time of an event means, in UTC; None where that cannot be told.

    One without a zone is taken for UTC, in which Mechanical Turk writes its times.
    """
    text = text.strip()
    if number := _NUMBER.fullmatch(text):
        return _since_1970(number)
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    ahead = timedelta() if found[7] is None else _ahead_of_utc(found[7])
    if ahead is None:
        return None
    try:
        return _on_the_clock(found) - ahead
    except (ValueError, OverflowError):
        return None


def _since_1970(number: re.Match[str]) -> datetime:
    return datetime.fromtimestamp(int(number[1]) // 10 ** (len(number[1]) - 10), tz=UTC)


def _on_the_clock(found: re.Match[str]) -> datetime:
    """What date and clock say, as if it were UTC. Raises ValueError for a time that does not exist."""
    year, month, day, hour, minute, second = (int(one) for one in found.groups()[:6])
    # Python has no leap seconds
    return datetime(year, month, day, hour, minute, 59 if second == 60 else second, tzinfo=UTC)


def _ahead_of_utc(zone: str) -> timedelta | None:
    """How far a zone is ahead; None where no place has it."""
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:  # no place is further from Greenwich
        return None
    return timedelta(hours=hours, minutes=minutes) * (1 if zone[0] == "+" else -1)


def _when(moment: datetime, now: datetime, what: str) -> str:
    if moment < _OLDEST:
        return f" {what} lies before May 2006, when the oldest known version of these messages was made."
    if moment - now > CLOCKS_DIFFER:
        return f" {what} lies in the future by this computer's clock."
    return ""


def about_characters(fields: Iterable[tuple[str, str]], names: Iterable[str]) -> list[str]:
    """Say where characters that nobody sees, or that stand for unreadable ones, are within a message's own texts.

    ``fields`` have a name and a value; ``names`` are those of fields that have no place of their own.
    """
    remarks: dict[str, None] = {}
    for name, value in fields:
        if strange := _strange(value):
            remarks[f"“{name}” holds {strange}. It was kept, so this is another text than the one that is seen."] = None
    for name in names:
        if strange := _strange(name):
            seen = "".join(one for one in name if not is_invisible(one))
            remarks[
                f"The name of a field that looks like “{seen[:40]}” holds {strange}, so it was not read as that."
            ] = None
    return _bounded(list(remarks), "of its texts hold such characters")


def _strange(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return ""
    for place, character in enumerate(text):
        if character == "\ufffd":
            return "the sign for what could not be read, “�”: it was written in another encoding, or damaged"
        if "\ud800" <= character <= "\udfff":
            return f"half a character, {character_name(character)}, which cannot be shown"
        if character in "\r\n\t" or (is_invisible(character) and not belongs_to_a_sign(text, place)):
            return f"an invisible character, {character_name(character)}"
    return ""


def _bounded(remarks: list[str], more: str) -> list[str]:
    if len(remarks) <= MOST_REMARKS:
        return remarks
    return [*remarks[:MOST_REMARKS], f"{len(remarks) - MOST_REMARKS:,} more {more}."]
