# SPDX-License-Identifier: MIT
"""Which events to show: words to search for, one kind of event, one HIT type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from notification_tester.domain.events import EventType
from notification_tester.qt.event_names import name_of
from notification_tester.storage.inbox_rows import InboxQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

PAUSE = 200
"""Milliseconds without a key before the search is asked."""


class InboxFilter(QWidget):
    """``changed`` after a pause in typing, at once for Return and for a choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search ids, events, workers"))
        self.search.setAccessibleName(self.tr("Search the inbox"))
        self.search.setClearButtonEnabled(True)
        self.event_type = QComboBox(self)
        self.event_type.setAccessibleName(self.tr("Event"))
        self.event_type.addItem(self.tr("Every event"), "")
        for event in EventType:
            self.event_type.addItem(name_of(event.value), event.value)
        self.hit_type = QComboBox(self)
        self.hit_type.setAccessibleName(self.tr("HIT type"))
        self.hit_type.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.hit_type.setMinimumContentsLength(14)
        self.set_hit_types(())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.event_type)
        row.addWidget(self.hit_type)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.changed)
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._at_once)
        self.event_type.activated.connect(self._at_once)
        self.hit_type.activated.connect(self._at_once)

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
        if [self.hit_type.itemData(place) for place in range(self.hit_type.count())] == wanted:
            return
        self.hit_type.clear()
        for one in wanted:
            self.hit_type.addItem(one or self.tr("Every HIT type"), one)
        self.hit_type.setCurrentIndex(max(0, self.hit_type.findData(chosen)))

    def clear(self) -> None:
        """Leave nothing out."""
        self.search.clear()
        self.event_type.setCurrentIndex(0)
        self.hit_type.setCurrentIndex(0)
        self._at_once()

    def _typed(self) -> None:
        self._pause.start()

    def _at_once(self) -> None:
        self._pause.stop()
        self.changed.emit()
