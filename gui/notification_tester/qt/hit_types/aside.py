# SPDX-License-Identifier: MIT
"""One HIT type beside the table: opened for the row where the keyboard is, and following it from row to row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from notification_tester.qt.hit_types.details import HitTypeDetails

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSplitter

    from notification_tester.domain.setting import LedgerLine
    from notification_tester.qt.hit_types.model import HitTypesModel
    from notification_tester.qt.hit_types.table import HitTypesTable
    from notification_tester.qt.hit_types.work import HitTypesWork


class HitTypesAside(QObject):
    """Puts the details into ``splitter`` when they are first wanted; ``changed`` when they come or go."""

    changed = Signal()

    def __init__(
        self,
        table: HitTypesTable,
        splitter: QSplitter,
        model: HitTypesModel,
        work: HitTypesWork,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._table = table
        self._splitter = splitter
        self._model = model
        self._work = work
        self.details: HitTypeDetails | None = None
        table.opened.connect(self.open)
        table.selectionModel().currentRowChanged.connect(self._follow)

    @property
    def is_open(self) -> bool:
        """Whether it is in sight."""
        return self.details is not None and not self.details.isHidden()

    @property
    def can_open(self) -> bool:
        """Whether there is a row to be shown."""
        return self._table.current_row() is not None or self._table.chosen_count() > 0

    def toggle(self) -> None:
        """Open it, or close it."""
        if self.is_open:
            self.close()
        else:
            self.open()

    def open(self) -> None:
        """Show the row where the keyboard is, or else the first chosen one."""
        row = self._table.current_row()
        if row is None:
            chosen = self._table.chosen()
            row = chosen[0] if chosen else None
        if row is not None:
            details = self._made()
            details.show()
            details.show_row(row)
        self.changed.emit()

    def close(self) -> None:
        """Leave the room to the table."""
        if self.details is not None:
            focus = QApplication.focusWidget()
            had_focus = focus is not None and self.details.isAncestorOf(focus)
            self.details.hide()
            if had_focus:
                self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def rows_changed(self) -> None:
        """Bring what is shown up to date."""
        shown = self.details.row if self.details is not None and self.is_open else None
        row = None if shown is None else self._model.row_of(shown.id)
        if self.details is not None and row is not None and row != shown:
            self.details.show_row(row)

    def _follow(self) -> None:
        row = self._table.current_row()
        if row is not None and self.details is not None and self.is_open:
            shown = self.details.row
            if shown is None or shown.id != row.id:
                self.details.show_row(row)
        self.changed.emit()

    def _made(self) -> HitTypeDetails:
        if self.details is None:
            self.details = HitTypeDetails(self._splitter)
            self.details.story_wanted.connect(self._read_story)
            self.details.closed.connect(self.close)
            self._splitter.addWidget(self.details)
            self._splitter.setStretchFactor(1, 2)
        return self.details

    def _read_story(self, hit_type_id: str) -> None:
        row = self._model.row_of(hit_type_id)
        if row is not None:
            self._work.story(row.id, done=lambda lines: self._show_story(hit_type_id, lines))

    def _show_story(self, hit_type_id: str, lines: list[LedgerLine]) -> None:
        if self.details is not None:
            self.details.show_story(hit_type_id, lines)
