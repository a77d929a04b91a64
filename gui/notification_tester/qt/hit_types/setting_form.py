# SPDX-License-Identifier: MIT
"""What is to be set, as on the page Test: by which transport, where to, for which events, in which version."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from notification_tester.domain.destination import Transport
from notification_tester.domain.notification import VERSIONS, NotificationSpec, parse_spec
from notification_tester.qt.looks.theme import heading, set_tooltip
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.destination_field import DestinationField
from notification_tester.qt.notification.event_picker import EventPicker
from notification_tester.qt.widgets.field_note import buddy_label
from notification_tester.qt.widgets.fields import ChoiceField
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent


class SettingForm(QWidget):
    """``changed`` for each change that a person makes. ``known`` are destinations to choose from."""

    changed = Signal()

    def __init__(self, known: Iterable[NotificationSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self.transports = SegmentedChoice(
            [
                (Transport.SQS.value, self.tr("Queue"), ""),
                (Transport.SNS.value, self.tr("Topic"), ""),
                (Transport.EMAIL.value, self.tr("E-mail"), ""),
            ],
            self,
        )
        self.transports.setAccessibleName(self.tr("How to send it"))
        self.transports.set_choice(Transport.SQS.value)
        self.destination = DestinationField(Transport.SQS, self)
        places = {spec.destination.text: spec.destination.name for spec in known}
        self.destination.set_choices([(name, address) for address, name in places.items()])
        self.events = EventPicker(self, title=heading(self.tr("Events"), self))
        self.version = ChoiceField(self)
        for one in VERSIONS:
            self.version.addItem(one, one)
        self.version.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        rows.addWidget(self.transports)
        rows.addWidget(self.destination)
        rows.addWidget(self.events)
        version = QHBoxLayout()
        version.addWidget(buddy_label(self.tr("Message &version"), self.version, self))
        version.addWidget(self.version)
        version.addStretch(1)
        rows.addLayout(version)
        self.transports.chosen.connect(lambda key: self._want(Transport(key)))
        self.destination.switch_requested.connect(self._want)
        self.destination.changed.connect(self._tell)
        self.destination.edit.textChanged.connect(partial(set_tooltip, self.destination.edit))
        self.events.changed.connect(self._tell)
        self.version.currentIndexChanged.connect(self._tell)

    def spec(self) -> NotificationSpec:
        """Read it. Raises ProblemError for the first thing that will not do."""
        return parse_spec(
            transport=self.destination.transport,
            destination=self.destination.text(),
            events=[event.value for event in self.events.checked()],
            version=self.version.currentData(),
        )

    def set_spec(self, spec: NotificationSpec) -> None:
        """Fill it in, without telling."""
        self._is_filling = True
        self.transports.set_choice(spec.transport.value)
        self.destination.set_transport(spec.transport)
        self.destination.set_text(spec.destination.text)
        self.destination.edit.end(False)  # addresses differ in their ends
        self.events.set_checked(spec.events)
        if self.version.findData(spec.version) < 0:
            self.version.addItem(one_line(spec.version), spec.version)
        self.version.setCurrentIndex(self.version.findData(spec.version))
        self._is_filling = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Return here: what it would press closes the window, with all that was filled in."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()
        else:
            super().keyPressEvent(event)

    def _want(self, transport: Transport) -> None:
        self.transports.set_choice(transport.value)
        self.destination.set_transport(transport)
        self._tell()

    def _tell(self) -> None:
        if not self._is_filling:
            self.changed.emit()
