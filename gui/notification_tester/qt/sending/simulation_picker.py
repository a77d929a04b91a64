# SPDX-License-Identifier: MIT
"""Which event the test pretends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from notification_tester.domain.events import EventType
from notification_tester.qt.notification.names import event_name
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.tone_mark import ToneLabel, ToneMark

if TYPE_CHECKING:
    from collections.abc import Iterable


class SimulationPicker(QWidget):
    """Offers every event, Ping too; says quietly when the chosen one is not among the checked ones."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._checked: frozenset[EventType] = frozenset()
        self.combo = QComboBox(self)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(22)
        self.combo.setMaxVisibleItems(len(EventType))
        self.combo.setAccessibleName(self.tr("Pretend that this happened"))
        for event in EventType:
            if event.is_test_only:
                self.combo.insertSeparator(self.combo.count())
            self.combo.addItem(event_name(event), event)
        self.combo.currentIndexChanged.connect(self._event_chosen)
        self._note = QWidget(self)
        self._mark = ToneMark(Tone.BEWARE)
        self._words = ToneLabel(
            self.tr(
                "This event is not checked above: the test will be sent all the same, but real ones would not come."
            ),
            tone=Tone.BEWARE,
        )
        note = QHBoxLayout(self._note)
        note.setContentsMargins(0, 0, 0, 0)
        note.setSpacing(8)
        column = QVBoxLayout()
        column.addWidget(self._mark)
        column.addStretch()
        note.addLayout(column)
        note.addWidget(self._words, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.combo)
        rows.addWidget(self._note)
        self.set_event(EventType.ASSIGNMENT_SUBMITTED)

    def event_type(self) -> EventType:
        """The chosen event."""
        return EventType(self.combo.currentData())

    def set_event(self, event: EventType) -> None:
        """Choose an event, without telling."""
        self.combo.blockSignals(True)
        self.combo.setCurrentIndex(self.combo.findText(event_name(event)))
        self.combo.blockSignals(False)
        self._judge()

    def set_checked(self, events: Iterable[EventType]) -> None:
        """Which events are checked; decides the note."""
        self._checked = frozenset(events)
        self._judge()

    @property
    def has_warning(self) -> bool:
        """Whether real events of this type would not come."""
        event = self.event_type()
        return not event.is_test_only and event not in self._checked

    def _event_chosen(self) -> None:
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        warning = self.has_warning
        self._words.setText(
            self.tr(
                "This event is not checked above: the test will be sent all the same, but real ones would not come."
            )
            if self._checked
            else self.tr("No event is checked above; at least one is needed.")
        )
        self._note.setVisible(warning)
        self.combo.setAccessibleDescription(self._words.text() if warning else "")
