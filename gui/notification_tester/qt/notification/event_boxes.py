# SPDX-License-Identifier: MIT
"""Which events to be told about: a check box for each that can be subscribed to, and All and None."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.qt.notification.names import event_name
from notification_tester.qt.widgets.link_button import LinkButton

if TYPE_CHECKING:
    from collections.abc import Iterable


class EventBoxes(QWidget):
    """Emits ``changed`` once for whatever a person changed, All and None too.

    Where the boxes stand, and what stands beside them, is of those who inherit it: they hand each to
    :meth:`_add`, in the service's order, and put ``_top`` over them. ``title`` is put at the left of All and None.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, title: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[EventType, QCheckBox] = {}
        self.all_link = LinkButton(self.tr("A&ll"), self)
        self.all_link.setAccessibleName(self.tr("Tick all events"))
        self.none_link = LinkButton(self.tr("&None"), self)
        self.none_link.setAccessibleName(self.tr("Tick no event"))
        self.all_link.clicked.connect(lambda: self._check(SUBSCRIBABLE))
        self.none_link.clicked.connect(lambda: self._check(()))
        self._top = QHBoxLayout()
        if title is not None:
            self._top.addWidget(title, 1, Qt.AlignmentFlag.AlignVCenter)
        else:
            self._top.addStretch(1)
        self._top.addWidget(self.all_link)
        self._top.addWidget(self.none_link)

    def checked(self) -> tuple[EventType, ...]:
        """The checked events in the service's order."""
        return tuple(event for event, box in self.boxes.items() if box.isChecked())

    def set_checked(self, events: Iterable[EventType]) -> None:
        """Check these and no others, without telling."""
        wanted = set(events)
        for event, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(event in wanted)
            box.blockSignals(False)

    def _add(self, event: EventType, box: QCheckBox) -> None:
        box.setAccessibleName(event_name(event))
        box.setToolTip(event.meaning)
        box.toggled.connect(self._toggled)
        self.boxes[event] = box

    def _toggled(self) -> None:
        self.changed.emit()

    def _check(self, events: Iterable[EventType]) -> None:
        before = self.checked()
        self.set_checked(events)
        if self.checked() != before:
            self.changed.emit()
