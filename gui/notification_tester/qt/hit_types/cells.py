# SPDX-License-Identifier: MIT
"""What each cell of the table of HIT types has: text, shape, colour, tip, and what a screen reader says.

A table asks for the same cells with each paint. What is drawn is therefore put together once and kept until the row,
the colours or the time make another of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QIcon

from notification_tester.qt.hit_types.texts import (
    SHAPES,
    TONES,
    Column,
    in_parts,
    newest_text,
    notification_meaning,
    notification_text,
    reward_text,
    set_text,
    state_word,
    tested_text,
)
from notification_tester.qt.lists.row_model import ROW_ROLE
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.names import (
    TRANSPORT_ICONS,
    destination_and_kind,
    destination_name,
    events_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from PySide6.QtGui import QColor

    from notification_tester.qt.hit_types.rows import Entry

MOST_KEPT = 500
"""Rows; more than any screen shows."""

_RIGHT = frozenset({Column.REWARD, Column.HITS})
ALIGNMENTS = tuple(
    (Qt.AlignmentFlag.AlignTrailing if column in _RIGHT else Qt.AlignmentFlag.AlignLeading)
    | Qt.AlignmentFlag.AlignVCenter
    for column in Column
)
_DRAWN = tuple(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ForegroundRole,
    )
)


class HitTypeCells:
    """Answers for a role of a cell. ``clock`` tells the moment that "2 min ago" counts from."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: dict[Entry, dict[Column, Mapping[int, Any]]] = {}
        self._icons: dict[tuple[str, Tone], QIcon] = {}
        self._inks: dict[Tone, QColor] = {}
        self._answers: dict[int, Callable[[Entry, Column], Any]] = {
            int(Qt.ItemDataRole.DisplayRole): self._text,
            int(Qt.ItemDataRole.ToolTipRole): self._tool_tip,
            int(Qt.ItemDataRole.TextAlignmentRole): lambda _, column: ALIGNMENTS[column],
            int(Qt.ItemDataRole.DecorationRole): self._icon_of,
            int(Qt.ItemDataRole.ForegroundRole): self._colour,
            int(Qt.ItemDataRole.AccessibleTextRole): self._spoken,
            ROW_ROLE: lambda entry, _: entry.row,
        }

    def answer(self, entry: Entry, column: Column, role: int) -> Any:
        """What a cell has for a role; None for roles that say nothing here."""
        answer = self._answers.get(role)
        return None if answer is None else answer(entry, column)

    def drawn(self, entry: Entry, column: Column) -> Mapping[int, Any]:
        """All that a paint needs of a cell, by role."""
        row = self._kept.get(entry)
        if row is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            row = self._kept[entry] = {}
        cell = row.get(column)
        if cell is None:
            cell = row[column] = {role: self._answers[role](entry, column) for role in _DRAWN}
        return cell

    def changed(self, entry: Entry) -> None:
        """Put this row together anew when it is next drawn."""
        self._kept.pop(entry, None)

    def time_passed(self) -> None:
        """Put every text together anew; rows that are gone are forgotten with it."""
        self._kept.clear()

    def palette_changed(self) -> None:
        """Draw every shape anew, in the colours of now."""
        self._kept.clear()
        self._icons.clear()
        self._inks.clear()

    def _text(self, entry: Entry, column: Column) -> str:
        row = entry.row
        match column:
            case Column.TITLE:
                return one_line(row.title) or QCoreApplication.translate("HitTypesModel", "(no title known)")
            case Column.ID:
                return row.id
            case Column.REWARD:
                return reward_text(row.reward)
            case Column.HITS:
                return QLocale().toString(entry.hits) if row.hits_by_status else ""
            case Column.NEWEST:
                return newest_text(row.newest)
            case Column.NOTIFICATION:
                return in_parts(notification_text(row, self._clock()))
            case Column.DESTINATION:
                return destination_name(row.setting.spec)
            case Column.EVENTS:
                return events_text(row.setting.spec.events) if row.setting.spec else ""
            case Column.SET:
                return set_text(row, self._clock())
            case Column.TESTED:
                return tested_text(row, self._clock())

    def _more(self, entry: Entry, column: Column) -> str:
        """What a tool tip adds."""
        row = entry.row
        spec = row.setting.spec
        match column:
            case Column.TITLE if entry.title:
                return row.title
            case Column.NOTIFICATION:
                return notification_meaning(row, self._clock())
            case Column.HITS:
                return ", ".join(
                    f"{status}: {QLocale().toString(count)}" for status, count in sorted(row.hits_by_status.items())
                )
            case Column.DESTINATION if spec:
                return f"{spec.destination.text} ({spec.destination.place})"
            case Column.EVENTS if spec:
                return ", ".join(event.value for event in spec.events)
            case Column.NEWEST:
                return row.newest
            case _:
                return self._text(entry, column)

    def _tool_tip(self, entry: Entry, column: Column) -> str:
        return tooltip(self._more(entry, column))

    def _spoken(self, entry: Entry, column: Column) -> str | None:
        """What a screen reader says, where the cell's shape is a part of it."""
        spec = entry.row.setting.spec
        if column is Column.NOTIFICATION:
            text = notification_text(entry.row, self._clock())
            word = state_word(entry.state)
            return text if text.startswith(word) else f"{word}: {text}"
        return destination_and_kind(spec) if spec is not None and column is Column.DESTINATION else None

    def _icon_of(self, entry: Entry, column: Column) -> QIcon | None:
        if column is Column.NOTIFICATION and SHAPES[entry.state]:
            return self._icon(SHAPES[entry.state], TONES[entry.state])
        if column is Column.DESTINATION and entry.row.setting.spec is not None:
            return self._icon(TRANSPORT_ICONS[entry.row.setting.spec.transport], Tone.PLAIN)
        return None

    def _colour(self, entry: Entry, column: Column) -> QColor | None:
        if column is Column.NOTIFICATION:
            return self._ink(TONES[entry.state])
        if column is Column.TITLE and not entry.title:
            return self._ink(Tone.UNKNOWN)
        if column is Column.TESTED and entry.row.tested_at is None:
            return self._ink(Tone.BEWARE)
        return None

    def _ink(self, tone: Tone) -> QColor:
        if tone not in self._inks:
            self._inks[tone] = tone_colours(QGuiApplication.palette(), tone).text
        return self._inks[tone]

    def _icon(self, name: str, tone: Tone) -> QIcon:
        """The same in a chosen row: the state's colour stays."""
        icon = self._icons.get((name, tone))
        if icon is None:
            icon = self._icons[name, tone] = QIcon()
            colour = self._ink(tone)
            for ratio in (1, 2, 3):
                drawing = icons.pixmap(name, colour, size=16, ratio=ratio)
                for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                    icon.addPixmap(drawing, mode)
        return icon
