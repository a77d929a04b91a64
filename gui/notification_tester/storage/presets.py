# SPDX-License-Identifier: MIT
"""Notification specifications that a person gave a name, to use them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.domain.problem import Code, input_problem
from notification_tester.storage.database import each_row
from notification_tester.storage.stored_values import UNREADABLE, spec_from_text, spec_to_text

if TYPE_CHECKING:
    import sqlite3

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import ProblemError
    from notification_tester.storage.database import Database

LONGEST_NAME = 60


class Presets:
    """Named specifications; names differ by more than case. Every method may raise ProblemError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, NotificationSpec]:
        """Every preset by its name, in alphabetical order; those that are damaged are left out."""
        return {name: spec for name, spec in self._read() if spec is not None}

    def damaged(self) -> tuple[str, ...]:
        """The names of those whose specification can no longer be read; they can be replaced and removed."""
        return tuple(name for name, spec in self._read() if spec is None)

    def _read(self) -> list[tuple[str, NotificationSpec | None]]:
        with self._database.reading() as connection:
            rows = list(each_row(connection, "SELECT name, spec FROM presets ORDER BY folded"))
        return [(str(name), _spec_or_none(spec)) for name, spec in rows]

    def save(self, name: str, spec: NotificationSpec, *, replace: bool = False) -> str:
        """Keep a specification; returns the name as it is kept. A name that is taken is refused, or replaced."""
        kept = parse_preset_name(name)
        with self._database.transaction() as connection:
            taken = _name_there(connection, kept)
            if taken is not None and not replace:
                raise _taken(taken)
            connection.execute(
                "INSERT OR REPLACE INTO presets (folded, name, spec) VALUES (?, ?, ?)",
                (kept.casefold(), kept, spec_to_text(spec)),
            )
        return kept

    def rename(self, name: str, new_name: str) -> str:
        """Give a preset another name; returns it as it is kept."""
        kept = parse_preset_name(new_name)
        with self._database.transaction() as connection:
            before = _existing(connection, name)
            taken = _name_there(connection, kept)
            if taken is not None and taken != before:
                raise _taken(taken)
            connection.execute(
                "UPDATE presets SET folded = ?, name = ? WHERE folded = ?", (kept.casefold(), kept, before.casefold())
            )
        return kept

    def remove(self, name: str) -> None:
        """Forget a preset."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM presets WHERE folded = ?", (_existing(connection, name).casefold(),))


def parse_preset_name(text: str) -> str:
    """Read a name for a preset: one to sixty visible characters, blanks between words. Raises ProblemError."""
    name = " ".join(text.split())
    if name and len(name) <= LONGEST_NAME and name.isprintable():
        return name
    if not name:
        detail = "A saved notification is found again by its name."
    elif len(name) > LONGEST_NAME:
        detail = f"It has {len(name)} characters, and at most {LONGEST_NAME} fit."
    else:
        place = next(place for place, character in enumerate(name, start=1) if not character.isprintable())
        detail = f"There is an invisible character at place {place}."
    raise input_problem(
        "preset.name",
        title="This name will not do." if name else "The name is still empty.",
        detail=detail,
        remedy="Type a short name, for example “Submitted, to the lab's queue”.",
    )


def _spec_or_none(text: str) -> NotificationSpec | None:
    try:
        return spec_from_text(text)
    except UNREADABLE:
        return None


def _name_there(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT name FROM presets WHERE folded = ?", (name.casefold(),)).fetchone()
    return None if row is None else str(row[0])


def _existing(connection: sqlite3.Connection, name: str) -> str:
    found = _name_there(connection, " ".join(name.encode("utf-8", "replace").decode().split()))
    if found is None:
        raise input_problem(
            "preset.unknown",
            title="There is no saved notification of this name.",
            detail=f"“{name[:LONGEST_NAME]}” is not in the list; another window may have removed or renamed it.",
            remedy="Choose one from the list.",
        )
    return found


def _taken(name: str) -> ProblemError:
    return input_problem(
        Code.PRESET_NAME_TAKEN,
        title="There is already a saved notification of this name.",
        detail=f"“{name}” is in the list; capital letters make no difference.",
        remedy="Choose another name, or replace the one that is there.",
    )
