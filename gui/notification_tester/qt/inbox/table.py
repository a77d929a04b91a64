# SPDX-License-Identifier: MIT
"""The list of events that arrived, the filter of what it shows, and the file that it is exported to."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QComboBox

from notification_tester.domain.events import EventType
from notification_tester.qt.inbox.model import Column
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.list_files import ListFiles
from notification_tester.qt.widgets.row_filter import RowFilter
from notification_tester.qt.widgets.tables import RowTable
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.services.inbox.export import export_inbox, save_message
from notification_tester.storage.inbox_rows import InboxQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.qt.inbox.model import InboxModel
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage

WIDTHS = {Column.WHEN: 18, Column.EVENT: 25}
OTHER_WIDTHS = 22

TYPING_PAUSE = 200
"""Milliseconds without a key, after which the list is asked anew."""


class InboxTable(RowTable):
    """At the top it shows what comes in; further down it stands still under the eyes of whoever reads in it."""

    def __init__(self, model: InboxModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent, widths=[WIDTHS.get(column, OTHER_WIDTHS) for column in Column])
        self._inbox = model
        self.setAccessibleName(self.tr("Events that arrived, newest first"))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        header = self.horizontalHeader()
        header.moveSection(header.visualIndex(Column.SENDER), 2)  # in sight in a narrow window too
        header.moveSection(header.visualIndex(Column.REMARK), 3)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        model.inserted.connect(self._stay)

    @property
    def is_at_top(self) -> bool:
        """Whether the newest rows are in sight."""
        return self.verticalScrollBar().value() == 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the last column fill what is over."""
        super().resizeEvent(event)
        header = self.horizontalHeader()
        header.setStretchLastSection(header.length() <= self.viewport().width())

    def _scrolled(self, value: int) -> None:
        self._inbox.set_at_top(value == 0)

    def _stay(self, inserted: int) -> None:
        bar = self.verticalScrollBar()
        if not self.is_at_top:
            bar.setValue(bar.value() + inserted)


class InboxFilter(RowFilter[InboxQuery]):
    """A field and two lists."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, pause=TYPING_PAUSE)
        self.search.setPlaceholderText(self.tr("Search ids, events, workers"))
        self.search.setAccessibleName(self.tr("Search the inbox"))
        self.event_type = self._add_choice(self.tr("Event"))
        self.event_type.addItem(self.tr("Every event"), "")
        for event in EventType:
            self.event_type.addItem(name_of(event.value), event.value)
        self.hit_type = self._add_choice(self.tr("HIT type"))
        self.hit_type.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.hit_type.setMinimumContentsLength(14)
        self.set_hit_types(())

    def query(self) -> InboxQuery:
        """The question as it stands."""
        return InboxQuery(
            text=self.search.text().strip(),
            event=str(self.event_type.currentData()),
            hit_type=str(self.hit_type.currentData()),
        )

    def set_hit_types(self, hit_types: Sequence[str]) -> None:
        """Offer these, unless the list is open; what is chosen stays chosen, and nothing is told."""
        if self.hit_type.view().isVisible():
            return
        chosen = str(self.hit_type.currentData() or "")
        wanted = ["", *hit_types, *([chosen] if chosen and chosen not in hit_types else [])]
        if [self.hit_type.itemData(index) for index in range(self.hit_type.count())] == wanted:
            return
        self.hit_type.clear()
        for one in wanted:
            self.hit_type.addItem(one_line(one, longest=64) or self.tr("Every HIT type"), one)
        self.hit_type.setCurrentIndex(max(0, self.hit_type.findData(chosen)))


class InboxFiles(ListFiles):
    """Writes messages: many, or one exactly as it came."""

    def export_to(self, inbox: Inbox, query: InboxQuery, path: str) -> None:
        """Write what ``query`` finds: JSON where the name ends in .json, else CSV."""
        self.export(partial(export_inbox, inbox, query), path)

    def choose_save(self, message: InboxMessage) -> None:
        """Ask where one message shall go."""
        dialog = self._dialog(self.tr("Save this message"), f"notification-{message.number}")
        dialog.setNameFilters([self.tr("Message as it came (*.json)"), self.tr("Every file (*)")])
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(partial(self.save_to, message))
        dialog.open()

    def save_to(self, message: InboxMessage, path: str) -> None:
        """Write one message exactly as it came."""
        self._tasks.run(
            partial(save_message, message, Path(path)),
            done=partial(self._saved, self._stay, path),
            failed=partial(self._not_written, self._stay),
        )

    def _saved(self, stay: int, path: str, _: object) -> None:
        if stay == self._stay:
            self.written.emit(self.tr("The message was saved."), path)

    def asked(self) -> tuple[str, str]:
        """The title of the dialog, and the name that it offers."""
        return self.tr("Export what the list shows"), "mturk-notifications"

    def said(self, count: int) -> tuple[str, str]:
        """What was done."""
        many = self.tr("{count} messages are in {{path}}")
        return self.tr("The messages were exported."), count_text(count, self.tr("1 message is in {{path}}"), many)
