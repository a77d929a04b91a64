# SPDX-License-Identifier: MIT
"""Which events to show: words to search for, one kind of event, one HIT type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

from notification_tester.domain.events import EventType
from notification_tester.qt.notification.words import name_of
from notification_tester.qt.widgets.row_filter import RowFilter
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.storage.inbox_rows import InboxQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

PAUSE = 200


class InboxFilter(RowFilter[InboxQuery]):
    """A field and two lists."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, pause=PAUSE)
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
        if [self.hit_type.itemData(place) for place in range(self.hit_type.count())] == wanted:
            return
        self.hit_type.clear()
        for one in wanted:
            self.hit_type.addItem(one_line(one, longest=64) or self.tr("Every HIT type"), one)
        self.hit_type.setCurrentIndex(max(0, self.hit_type.findData(chosen)))
