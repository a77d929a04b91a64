# SPDX-License-Identifier: MIT
"""Every test that was made: search, filter, look at one, repeat it, export them.

Questions are numbered: what a person typed first may be answered last, and must not replace the newer answer. The page
asks the database nothing before it is seen.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from notification_tester.qt import icons
from notification_tester.qt.empty_state import EmptyState
from notification_tester.qt.field_note import FieldNote
from notification_tester.qt.history_details import HistoryDetails, read_row
from notification_tester.qt.history_filter import PAUSE, HistoryFilter
from notification_tester.qt.history_model import HistoryModel
from notification_tester.qt.history_table import HistoryTable
from notification_tester.qt.problem_card import ProblemCard
from notification_tester.qt.theme import BETWEEN_CARDS, PAGE_MARGIN, QuietLabel, Tone, heading
from notification_tester.services.history_export import export_history

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from notification_tester.domain.decoded import DecodedMessage
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.tasks import Tasks
    from notification_tester.storage.history import History
    from notification_tester.storage.rows import HistoryRow

WIDE = 1240
"""Points from which the details stand beside the list instead of below it."""


class HistoryPage(QWidget):
    """The page; ``problem`` says why the history cannot be kept, and then ``history`` is None."""

    repeat_requested = Signal(object)  # HistoryRow
    go_to_test_requested = Signal()

    def __init__(
        self,
        tasks: Tasks,
        history: History | None,
        parent: QWidget | None = None,
        *,
        problem: Problem | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._history = history
        self._problem = problem
        self._asked = False
        self._divided = False  # whether list and details have their shares of the room
        self._details_number = 0
        self._count_number = 0
        self.model = HistoryModel(tasks, history, self)
        self._make_parts()
        self._lay_out()
        self._connect()
        if problem is not None:
            self.problem.show_problem(problem)
        self._show_state()

    def set_history(self, history: History | None, problem: Problem | None = None) -> None:
        """Take the history that was opened meanwhile, or learn why there is none."""
        self._history = history
        self._problem = problem
        self.model.set_history(history)
        self.problem.clear()
        if problem is not None:
            self.problem.show_problem(problem)
        self._asked = False
        if self.isVisible():
            self._ask()
        self._show_state()

    def row_changed(self, row_id: int) -> None:
        """A test began or ended; its row, and nothing else, is looked at again."""
        if self._asked:
            self.model.refresh(row_id)
            self._count_pause.start()
            if self.details.row is not None and self.details.row.id == row_id:
                self._show_details(row_id)

    def save_state(self) -> str:
        """The widths of the columns and the place of the divider, for ``restore_state``."""
        return json.dumps(
            {
                "columns": self.table.save_widths(),
                "divider": bytes(self.splitter.saveState().toBase64().data()).decode(),
            }
        )

    def restore_state(self, state: str) -> None:
        """Take up what ``save_state`` gave; anything else is ignored, as it was only a convenience."""
        try:
            value = json.loads(state)
            columns, divider = str(value["columns"]), str(value["divider"]).encode()
        except (ValueError, TypeError, KeyError):
            return
        self.table.restore_widths(columns)
        orientation = self.splitter.orientation()
        self.splitter.restoreState(QByteArray.fromBase64(QByteArray(divider)))
        self.splitter.setOrientation(orientation)
        self._divided = True

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the first page when the page is first seen."""
        super().showEvent(event)
        if not self._asked:
            self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the details where there is room for them."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Horizontal if self.width() >= WIDE else Qt.Orientation.Vertical
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)
            self._share_room()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the shapes in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self.model.palette_changed()
            for state in (self.nothing_yet, self.nothing_found):
                state.set_palette(QGuiApplication.palette())

    def _ask(self) -> None:
        self._asked = True
        self.note.clear()
        self.model.set_query(self.filter.query())
        self._show_state()

    def _loaded(self) -> None:
        self._show_state()
        self._count()
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._show_chosen()

    def _show_state(self) -> None:
        is_empty = self.model.rowCount() == 0 and not self.model.is_loading and self._asked
        filtered = self.filter.is_narrow()
        usable = self._history is not None
        self.filter.setEnabled(usable and (filtered or not is_empty))
        self.export.setEnabled(usable and not is_empty)
        for shown in (self.filter, self.export):
            shown.setVisible(usable or self._problem is None)
        if self._problem is not None and not usable:
            self._stack.setCurrentWidget(self._blank)
        elif is_empty:
            self._stack.setCurrentWidget(self.nothing_found if filtered else self.nothing_yet)
        else:
            self._stack.setCurrentWidget(self.splitter)
        if is_empty:
            self.status.clear()

    def _count(self) -> None:
        if self._history is None:
            return
        self._count_number += 1
        self._tasks.run(
            partial(self._history.count, self.model.query),
            done=partial(self._show_count, self._count_number),
            failed=self._show_failure,
        )

    def _show_count(self, number: int, count: int) -> None:
        if number == self._count_number and self.model.rowCount():
            text = self.tr("1 test") if count == 1 else self.tr("{count} tests")
            self.status.setText(text.format(count=self.locale().toString(count)))

    def _show_chosen(self) -> None:
        row = self.model.row_at(self.table.currentIndex())
        if row is None:
            self._details_number += 1
            self.details.hide()
        elif self.details.isHidden() or self.details.row is None or self.details.row.id != row.id:
            self._show_details(row.id)

    def _show_details(self, row_id: int) -> None:
        if self._history is None:
            return
        self._details_number += 1
        self._tasks.run(
            partial(read_row, self._history, row_id),
            done=partial(self._details_read, self._details_number),
            failed=self._show_failure,
        )

    def _details_read(self, number: int, found: tuple[HistoryRow, DecodedMessage | None] | None) -> None:
        if number != self._details_number:
            return
        if found is not None:
            self.details.show_row(*found)
        if self.details.isHidden() is (found is not None):
            self.details.setVisible(found is not None)
            if not self._divided:
                self._divided = True
                self._share_room()

    def _changed(self, first: int, last: int) -> None:
        chosen = self.table.currentIndex().row()
        row = self.model.row_at(self.table.currentIndex())
        if row is not None and first <= chosen <= last:
            self._show_details(row.id)

    def _show_failure(self, problem: Problem) -> None:
        self.problem.show_problem(problem)
        self._show_state()

    def _clear_search(self) -> None:
        self.filter.clear()
        self.filter.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Export the history"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        csv, exact = self.tr("Table for a spreadsheet (*.csv)"), self.tr("JSON, exact (*.json)")
        dialog.setNameFilters([csv, exact])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("json" if name == exact else "csv"))
        dialog.selectFile("mturk-notification-history")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write what the list shows, all of it, to a file: JSON where the name ends in .json, else CSV."""
        if self._history is None:
            return
        self.export.setEnabled(False)
        self.note.clear()
        self._tasks.run(
            partial(export_history, self._history, replace(self.model.query, before=None), Path(path)),
            done=partial(self._exported, path),
            failed=self._export_failed,
        )

    def _exported(self, path: str, count: int) -> None:
        self.export.setEnabled(True)
        self.note.say(
            self.tr("The history was exported."),
            self.tr("{count} tests are in {path}").format(count=self.locale().toString(count), path=path),
        )

    def _export_failed(self, problem: Problem) -> None:
        self.export.setEnabled(True)
        self._show_failure(problem)

    def _make_parts(self) -> None:
        self.filter = HistoryFilter(self)
        self.export = QPushButton(self.tr("&Export…"), self)
        self.export.setIcon(icons.icon("export"))
        self.export.setAutoDefault(False)
        self.status = QuietLabel("", self)
        self.status.setWordWrap(False)
        self.problem = ProblemCard(self)
        self.note = FieldNote(self, tone=Tone.GOOD)
        self.table = HistoryTable(self.model, self)
        self.details = HistoryDetails(self)
        self.details.hide()
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.nothing_yet = EmptyState(
            self,
            icon_name="history",
            title=self.tr("Nothing has been tested yet"),
            text=self.tr("Every test is kept here, with what was asked, what was answered and what arrived."),
            button=self.tr("&Go to Test"),
        )
        self.nothing_found = EmptyState(
            self,
            icon_name="search",
            title=self.tr("Nothing matches"),
            text=self.tr("No test has all of these words and this outcome."),
            button=self.tr("C&lear the search"),
        )
        self._blank = QWidget(self)
        self._stack = QStackedWidget(self)
        self._count_pause = QTimer(self)
        self._count_pause.setSingleShot(True)
        self._count_pause.setInterval(PAUSE * 2)

    def _connect(self) -> None:
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._show_failure)
        self.model.rowsInserted.connect(self._show_state)
        self.model.rowsRemoved.connect(self._show_state)
        self.model.dataChanged.connect(lambda first, last: self._changed(first.row(), last.row()))
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.filter.changed.connect(self._ask)
        self._count_pause.timeout.connect(self._count)
        self.export.clicked.connect(self._choose_file)
        self.nothing_yet.pressed.connect(self.go_to_test_requested)
        self.nothing_found.pressed.connect(self._clear_search)
        self.details.repeat_requested.connect(self.repeat_requested)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.filter.search.setFocus)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Copy),
            self.table,
            self.details.copy_all,
            context=Qt.ShortcutContext.WidgetShortcut,
        )

    def _lay_out(self) -> None:
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.details)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(BETWEEN_CARDS)
        self._share_room()
        for page in (self.splitter, self.nothing_yet, self.nothing_found, self._blank):
            self._stack.addWidget(page)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.filter, 1)
        top.addWidget(self.export)
        title = QHBoxLayout()
        title.addWidget(heading(self.tr("History"), self, scale=1.7), 1)
        title.addWidget(self.status, 0, Qt.AlignmentFlag.AlignBottom)
        body = QVBoxLayout(self)
        body.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        body.setSpacing(BETWEEN_CARDS)
        body.addLayout(title)
        body.addWidget(self.problem)
        body.addLayout(top)
        body.addWidget(self.note)
        body.addWidget(self._stack, 1)

    def _share_room(self) -> None:
        beside = self.splitter.orientation() is Qt.Orientation.Horizontal
        room = self.width() if beside else self.height()
        self.splitter.setSizes([room * 11 // 20, room * 9 // 20])
