# SPDX-License-Identifier: MIT
"""What a bulk change would do, row by row, as Qt's views want it."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication

from notification_tester.domain.setting import Action
from notification_tester.qt.hit_types.words import setting_text
from notification_tester.qt.notification.words import spec_text
from notification_tester.qt.widgets.theme import Tone, tone_colours
from notification_tester.qt.widgets.visible_text import one_line, tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.setting import Change
    from notification_tester.services.hit_types.bulk_types import PreviewRow

Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    REPLACED = "replaced"
    SWITCHED = "switched"
    SAME = "same"
    DOUBTFUL = "doubtful"  # it is sent, and may be refused
    LEFT_OUT = "left-out"


_FIRST = {Fate.LEFT_OUT: 0, Fate.DOUBTFUL: 1}


class PreviewColumn(IntEnum):
    """The columns, in the order in which they are shown."""

    HIT_TYPE = 0
    FATE = 1
    BEFORE = 2
    AFTER = 3


def fate_of(row: PreviewRow) -> Fate:
    """Compare what is known with what would hold."""
    change = row.change
    if change is None:
        return Fate.LEFT_OUT
    if row.why_not:
        return Fate.DOUBTFUL
    if row.is_in_doubt:
        return Fate.SWITCHED if change.spec is None else Fate.REPLACED
    if change.spec is None:
        return Fate.SAME if row.before.active == change.active else Fate.SWITCHED
    if row.before.spec is None:
        return Fate.NEW
    if row.before.spec == change.spec:
        return Fate.SAME if row.before.active == change.after.active else Fate.SWITCHED
    return Fate.REPLACED


def fate_text(row: PreviewRow) -> str:
    """What happens, in a few words; for a row that is left out or may be refused, why."""
    translate = QCoreApplication.translate
    match fate_of(row):
        case Fate.LEFT_OUT:
            return translate("PreviewFate", "Left out: {why}").format(why=one_line(row.why_not))
        case Fate.DOUBTFUL:
            return translate("PreviewFate", "May be refused: {why}").format(why=one_line(row.why_not))
        case Fate.NEW:
            return translate("PreviewFate", "Set for the first time from here")
        case Fate.REPLACED:
            return translate("PreviewFate", "Replaces what was set")
        case Fate.SAME:
            return translate("PreviewFate", "Sent again, stays as it is")
        case Fate.SWITCHED:
            return _switch_text(row.change, is_in_doubt=row.is_in_doubt)


def _switch_text(change: Change | None, *, is_in_doubt: bool) -> str:
    translate = QCoreApplication.translate
    if (
        change is not None
        and change.action is Action.UNDO
        and change.spec is None
        and not (change.active or is_in_doubt)
    ):
        return translate("PreviewFate", "Switched off: nothing is known of before")
    on = change is not None and change.active
    return (
        translate("PreviewFate", "Switched on, the rest stays")
        if on
        else translate("PreviewFate", "Switched off, the rest stays")
    )


class PreviewModel(QAbstractTableModel):
    """The rows of a preview, all of them or those of one fate; those that need a look come first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[tuple[Fate, PreviewRow]] = []
        self._shown: list[tuple[Fate, PreviewRow]] = []

    def set_rows(self, rows: Sequence[PreviewRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        found = [(fate_of(row), row) for row in rows]
        self._all = sorted(found, key=lambda one: _FIRST.get(one[0], 2))
        self._shown = self._all
        self.endResetModel()

    def counts(self) -> dict[Fate, int]:
        """How many rows there are of each fate."""
        counted = dict.fromkeys(Fate, 0)
        for fate, _ in self._all:
            counted[fate] += 1
        return counted

    def show_only(self, fate: Fate | None) -> None:
        """Show the rows of one fate; None shows all."""
        self.beginResetModel()
        self._shown = [one for one in self._all if fate is None or one[0] is fate]
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(PreviewColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("HIT type"), self.tr("What happens"), self.tr("Now"), self.tr("Afterwards"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, the whole of it as a tool tip, and the colour of what is left out."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        fate, row = self._shown[index.row()]
        column = PreviewColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._whole(row, column))
            case Qt.ItemDataRole.ForegroundRole if column is PreviewColumn.FATE and fate in _FIRST:
                return tone_colours(QGuiApplication.palette(), Tone.BEWARE).text
        return None

    @staticmethod
    def _text(row: PreviewRow, column: PreviewColumn) -> str:
        match column:
            case PreviewColumn.HIT_TYPE:
                return one_line(row.title) or row.hit_type_id
            case PreviewColumn.FATE:
                return fate_text(row)
            case PreviewColumn.BEFORE:
                known = setting_text(row.before, most=2)
                if not row.is_in_doubt:
                    return known
                return QCoreApplication.translate(
                    "PreviewModel", "Not known whether the last change was applied. Before it: {known}"
                ).format(known=known)
            case PreviewColumn.AFTER:
                return "" if row.change is None else setting_text(row.change.after, most=2)

    def _whole(self, row: PreviewRow, column: PreviewColumn) -> str:
        match column:
            case PreviewColumn.HIT_TYPE:
                return f"{one_line(row.title)} {row.hit_type_id}".strip()
            case PreviewColumn.BEFORE if row.before.spec:
                return f"{spec_text(row.before.spec, most=12)} — {row.before.spec.destination.text}"
            case PreviewColumn.AFTER if row.change is not None and row.change.after.spec:
                return f"{spec_text(row.change.after.spec, most=12)} — {row.change.after.spec.destination.text}"
            case _:
                return self._text(row, column)
