# SPDX-License-Identifier: MIT
"""Which rows of a list to show: words to search for, and choices beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from notification_tester.qt.widgets.fields import ChoiceField

if TYPE_CHECKING:
    from notification_tester.storage.queries import PageQuery

Query = TypeVar("Query", bound="PageQuery")


class RowFilter(QWidget, Generic[Query]):
    """``changed`` after a ``pause`` in typing (milliseconds without a key), at once for Return and for a choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, pause: int) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self._choices: list[QComboBox] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.search, 1)
        self._pause = QTimer(self, singleShot=True, interval=pause)
        self._pause.timeout.connect(self.changed)
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self._at_once)

    def query(self) -> Query:
        """The question as it stands."""
        raise NotImplementedError

    def clear(self) -> None:
        """Leave nothing out."""
        self.search.clear()
        for choice in self._choices:
            choice.setCurrentIndex(0)
        self._at_once()

    def _add_choice(self, name: str) -> QComboBox:
        """A list to choose from; its first entry leaves nothing out."""
        choice = ChoiceField(self)
        choice.setAccessibleName(name)
        choice.activated.connect(self._at_once)
        self._choices.append(choice)
        self._row.addWidget(choice)
        return choice

    def _at_once(self) -> None:
        self._pause.stop()
        self.changed.emit()
