# SPDX-License-Identifier: MIT
"""Which HIT types to show: words to find, and a state. Answers with each key, as the model needs no pause."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from notification_tester.qt.hit_types.words import SHAPES, state_word
from notification_tester.qt.widgets import icons
from notification_tester.services.hit_types.bulk_types import RowState

OFFERED = (
    RowState.ON,
    RowState.OFF,
    RowState.NOT_SET,
    RowState.UNKNOWN,
    RowState.FAILED,
    RowState.NOT_SENT,
    RowState.PENDING,
)
"""What is offered below "Every state", in its order."""


class HitTypesFilter(QWidget):
    """A field and a list; ``changed(str, RowState or None)`` with each change."""

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Filter by title, id, destination, event"))
        self.search.setAccessibleName(self.tr("Filter HIT types"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 16)
        self.state = QComboBox(self)
        self.state.setAccessibleName(self.tr("State"))
        self.state.addItem(self.tr("Every state"))
        for state in OFFERED:
            if SHAPES[state]:
                self.state.addItem(icons.icon(SHAPES[state]), state_word(state))
            else:
                self.state.addItem(state_word(state))
        self.state.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.state)
        self.search.textChanged.connect(self._tell)
        self.state.currentIndexChanged.connect(self._tell)

    def chosen_state(self) -> RowState | None:
        """The state that alone is shown; None for every state."""
        place = self.state.currentIndex()
        return OFFERED[place - 1] if place > 0 else None

    def show_state(self, state: RowState) -> None:
        """Show only this state."""
        self.search.clear()
        self.state.setCurrentIndex(OFFERED.index(state) + 1)

    def clear(self) -> None:
        """Leave nothing out."""
        blocked = self.blockSignals(True)
        self.search.clear()
        self.state.setCurrentIndex(0)
        self.blockSignals(blocked)
        self._tell()

    def _tell(self) -> None:
        self.changed.emit(self.search.text(), self.chosen_state())
