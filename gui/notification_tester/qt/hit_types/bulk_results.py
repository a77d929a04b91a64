# SPDX-License-Identifier: MIT
"""The result of a bulk run for each HIT type, with its reason: a list to be filtered and copied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.setting import LineState
from notification_tester.qt.hit_types.table import KeepsItsColour, calm_selection
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.theme import QuietLabel, Tone, heading, tone_colours
from notification_tester.qt.widgets.visible_text import one_line, tooltip
from notification_tester.services.hit_types.refusals import STOPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.problem import Problem
    from notification_tester.services.hit_types.bulk_types import BulkOutcome

Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()


class Ending(IntEnum):
    """How it ended for one HIT type; what needs a person first."""

    FAILED = 0
    UNKNOWN = 1
    NOT_SENT = 2
    APPLIED = 3


_ENDINGS = {
    LineState.APPLIED: Ending.APPLIED,
    LineState.FAILED: Ending.FAILED,
    LineState.UNKNOWN: Ending.UNKNOWN,
    LineState.PENDING: Ending.UNKNOWN,
    LineState.NOT_SENT: Ending.NOT_SENT,
}
_LOOKS = {
    Ending.APPLIED: ("check", Tone.GOOD),
    Ending.FAILED: ("cross", Tone.BAD),
    Ending.UNKNOWN: ("question", Tone.BEWARE),
    Ending.NOT_SENT: ("minus", Tone.UNKNOWN),
}


@dataclass(frozen=True, kw_only=True)
class ResultRow:
    """One HIT type and how it ended."""

    hit_type_id: str
    title: str
    ending: Ending
    problem: Problem | None = None

    @property
    def reason(self) -> str:
        """Why it failed, in one line; empty where nothing went wrong."""
        return "" if self.problem is None else one_line(f"{self.problem.title} {self.problem.detail}")

    @property
    def words(self) -> str:
        """What a filter looks in."""
        return f"{self.hit_type_id} {self.title} {self.reason}".casefold()


def result_rows(outcome: BulkOutcome, title_of: Callable[[str], str]) -> list[ResultRow]:
    """Every row of a run, those that need a person first."""
    rows = [
        ResultRow(
            hit_type_id=one.hit_type_id,
            title=title_of(one.hit_type_id),
            ending=_ENDINGS[one.state],
            problem=one.problem,
        )
        for one in outcome.results
    ]
    rows += [
        ResultRow(hit_type_id=one, title=title_of(one), ending=Ending.NOT_SENT, problem=STOPPED)
        for one in outcome.not_begun
    ]
    return sorted(rows, key=lambda row: row.ending)


class ResultsModel(QAbstractTableModel):
    """Three columns: the HIT type, how it ended, and why."""

    def __init__(self, rows: Sequence[ResultRow], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all = list(rows)
        self._shown = self._all
        self._icons: dict[Ending, QIcon] = {}

    def row_at(self, number: int) -> ResultRow:
        """A shown row."""
        return self._shown[number]

    def narrow(self, text: str, ending: Ending | None) -> None:
        """Show rows that have all the words, and this ending."""
        words = text.casefold().split()
        self.beginResetModel()
        self._shown = [
            row
            for row in self._all
            if (ending is None or row.ending is ending) and (not words or all(word in row.words for word in words))
        ]
        self.endResetModel()

    def count_of(self, ending: Ending) -> int:
        """How many rows ended so."""
        return sum(1 for row in self._all if row.ending is ending)

    def rowCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _TOP_LEVEL) -> int:
        """Three."""
        return 0 if parent.isValid() else 3

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
        return (self.tr("HIT type"), self.tr("Result"), self.tr("Reason"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row, column = self._shown[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (one_line(row.title) or row.hit_type_id, self.word(row.ending), row.reason)[column]
            case Qt.ItemDataRole.ToolTipRole:
                answer = row.problem.as_text() if row.problem else ""
                return tooltip((f"{one_line(row.title)} {row.hit_type_id}", self.word(row.ending), answer)[column])
            case Qt.ItemDataRole.ForegroundRole if column == 1:
                return tone_colours(QGuiApplication.palette(), _LOOKS[row.ending][1]).text
            case Qt.ItemDataRole.DecorationRole if column == 1:
                return self._icon(row.ending)
        return None

    def palette_changed(self) -> None:
        """Draw the shapes again, in the colours of now."""
        self._icons.clear()
        if self._shown:
            self.dataChanged.emit(self.index(0, 1), self.index(len(self._shown) - 1, 1))

    def word(self, ending: Ending) -> str:
        """The word beside the shape."""
        return {
            Ending.APPLIED: self.tr("Applied"),
            Ending.FAILED: self.tr("Failed"),
            Ending.UNKNOWN: self.tr("Not known whether applied"),
            Ending.NOT_SENT: self.tr("Not sent"),
        }[ending]

    def _icon(self, ending: Ending) -> QIcon:
        if ending not in self._icons:
            name, tone = _LOOKS[ending]
            icon = self._icons[ending] = QIcon()
            colour = tone_colours(QGuiApplication.palette(), tone).text
            for ratio in (1, 2, 3):
                for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                    icon.addPixmap(icons.pixmap(name, colour, size=16, ratio=ratio), mode)
        return self._icons[ending]


class BulkResultsDialog(QDialog):
    """Stays beside the window while one goes on working."""

    def __init__(self, rows: Sequence[ResultRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Results"))
        self.model = ResultsModel(rows, self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Filter by title, id, reason"))
        self.search.setAccessibleName(self.tr("Filter results"))
        self.search.setClearButtonEnabled(True)
        self.ending = QComboBox(self)
        self.ending.setAccessibleName(self.tr("Result"))
        self.ending.addItem(self.tr("Every result ({count})").format(count=self.locale().toString(len(rows))))
        self._offered = [one for one in Ending if self.model.count_of(one)]
        for one in self._offered:
            count = self.locale().toString(self.model.count_of(one))
            self.ending.addItem(f"{self.model.word(one)} ({count})")
        self.table = QTableView(self)
        self._style_table()
        self.copy = QPushButton(icons.icon("copy"), self.tr("Cop&y as a table"), self)
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        self.close_button = QPushButton(self.tr("C&lose"), self)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.ending)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(QuietLabel(self.tr("The same stands in the record of each HIT type."), self), 1)
        buttons.addWidget(self.close_button)
        body = QVBoxLayout(self)
        body.setContentsMargins(20, 20, 20, 20)
        body.setSpacing(10)
        body.addWidget(heading(self.tr("The result for each HIT type"), self, scale=1.3))
        body.addLayout(top)
        body.addWidget(self.table, 1)
        body.addLayout(buttons)
        self.resize(self.sizeHint())
        self.search.textChanged.connect(self._narrow)
        self.ending.currentIndexChanged.connect(self._narrow)
        if len(self._offered) > 1 and self._offered[0] is not Ending.APPLIED:
            self.ending.setCurrentIndex(1)  # what failed is what one came for

    def sizeHint(self) -> QSize:
        """Room for a reason."""
        return QSize(min(self.fontMetrics().averageCharWidth() * 150, 980), 540)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.table.setPalette(calm_selection(self.palette()))
            self.model.palette_changed()

    def _style_table(self) -> None:
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Results"))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setAlternatingRowColors(True)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setItemDelegateForColumn(1, KeepsItsColour(self.table))
        self.table.setPalette(calm_selection(self.palette()))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        width = self.fontMetrics().averageCharWidth()
        header.resizeSection(0, 36 * width)
        header.resizeSection(1, 26 * width)

    def _narrow(self) -> None:
        place = self.ending.currentIndex()
        self.model.narrow(self.search.text(), self._offered[place - 1] if place > 0 else None)

    def _copy(self) -> None:
        lines = ["HITTypeId\tTitle\tResult\tReason"]
        for number in range(self.model.rowCount()):
            row = self.model.row_at(number)
            cells = (row.hit_type_id, one_line(row.title), self.model.word(row.ending), row.reason)
            lines.append("\t".join(cell.replace("\t", " ") for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines))
