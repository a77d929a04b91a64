# SPDX-License-Identifier: MIT
"""A table by transport, event or remedy has a line for each, or a reason here: whoever adds one finds every place."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import notification_tester
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.problem import Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

PACKAGE = Path(notification_tester.__file__).parent
KINDS: dict[str, type[StrEnum]] = {kind.__name__: kind for kind in (Transport, EventType, DeliveryForm, Remedy)}
REASONS = {
    ("services/checkup/new_destination.py", "Transport"): "a mailbox is not made",
    ("qt/inbox/controller.py", "Transport"): "a mailbox cannot be followed",
    ("services/sending/delivery_request.py", "DeliveryForm"): "only a web receiver is called",
    ("qt/sending/web_receiver.py", "DeliveryForm"): "only a web receiver is called",
    ("qt/inbox/overview.py", "EventType"): "a HIT's events keep their whole name",
    ("qt/accounts/dialog.py", "Remedy"): "its own dialog does these; the others lead out of it",
}
"""Tables that leave some out, by file and what they are by."""


def keys_of(table: ast.Dict) -> set[tuple[str, str]]:
    """Kind and member of each key; nothing where there are others among them."""
    found = set()
    for key in table.keys:
        kind, _, member = ast.unparse(key).removesuffix(".value").partition(".") if key else ("", "", "")
        if kind not in KINDS:
            return set()
        found.add((kind, member))
    return found


def found_in_the_program() -> Iterator[tuple[str, int, str, set[str]]]:
    """File, line, what it is by and the members that it has."""
    for source in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict) and (keys := keys_of(node)):
                (kind,) = {kind for kind, _ in keys}
                yield source.relative_to(PACKAGE).as_posix(), node.lineno, kind, {member for _, member in keys}


@pytest.fixture(scope="module")
def tables() -> list[tuple[str, int, str, set[str]]]:
    """All of them: reading the whole program takes a second, which each process that only collects tests would need."""
    return list(found_in_the_program())


def test_there_are_tables(tables: list[tuple[str, int, str, set[str]]]) -> None:
    assert {kind for _, _, kind, _ in tables} == set(KINDS)


def test_a_table_has_a_line_for_each(tables: list[tuple[str, int, str, set[str]]]) -> None:
    missing = {(where, line, kind): set(KINDS[kind].__members__) - members for where, line, kind, members in tables}
    without = {(where, kind) for (where, _, kind), left_out in missing.items() if left_out}
    assert {at: out for at, out in missing.items() if out and (at[0], at[2]) not in REASONS} == {}
    assert without == set(REASONS)
