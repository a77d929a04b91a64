# SPDX-License-Identifier: MIT
"""The events of a message as rows."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID
from notification_tester.domain.messages.message import DecodedEvent
from notification_tester.qt.lists.cell_menu import COPIED_ROLE
from notification_tester.qt.lists.table_model import ListModel
from notification_tester.qt.looks.formatting import local_moment, moment_text, now_utc
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import assignment_name, hit_name, name_of


class Column(IntEnum):
    """In the order in which they are shown."""

    EVENT = 0
    WHEN = 1
    HIT = 2
    ASSIGNMENT = 3


class EventModel(ListModel[DecodedEvent, Column]):
    """The events of one message; what stands in a cell is short, its tooltip has all of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(Column, parent=parent)

    def title(self, column: Column) -> str:
        """The name of a column."""
        return {
            Column.EVENT: self.tr("Event"),
            Column.WHEN: self.tr("When"),
            Column.HIT: self.tr("HIT"),
            Column.ASSIGNMENT: self.tr("Assignment"),
        }[column]

    def text(self, row: DecodedEvent, column: Column) -> str:
        """What a cell shows."""
        match column:
            case Column.EVENT:
                return one_line(name_of(row.event_type), longest=80) or self.tr("(no name)")
            case Column.WHEN:
                return self._when(row.event_timestamp)
            case Column.HIT:
                return hit_name(row.hit_id or "—")
            case Column.ASSIGNMENT:
                return assignment_name(row.assignment_id or "—")

    def has_only_test_ids(self) -> bool:
        """Whether no id of a HIT or an assignment is a real one."""
        return all(
            row.hit_id in {None, "", TEST_HIT_ID} and row.assignment_id in {None, "", *TEST_ASSIGNMENT_IDS}
            for row in self.rows_in_sight()
        )

    def tip(self, row: DecodedEvent, column: Column) -> str:
        """All of it, as it came."""
        return {
            Column.EVENT: row.event_type,
            Column.WHEN: row.event_timestamp,
            Column.HIT: row.hit_id,
            Column.ASSIGNMENT: row.assignment_id,
        }[column] or ""

    def more(self, row: DecodedEvent, column: Column, role: int) -> Any:
        """What is copied, and what a screen reader says."""
        if role == COPIED_ROLE:
            return self.tip(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.title(column)}: {self.text(row, column)}"
        return super().more(row, column, role)

    def _when(self, text: str | None) -> str:
        if not text:
            return "—"
        moment = local_moment(text) if "T" in text else None
        return one_line(text, longest=40) if moment is None else moment_text(moment, now_utc(), to_the_second=True)
