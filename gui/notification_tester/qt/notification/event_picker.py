# SPDX-License-Identifier: MIT
"""Which events to be told about: two groups of check boxes, each with its meaning in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.domain.events import SUBSCRIBABLE, Group
from notification_tester.qt.looks.theme import QuietLabel
from notification_tester.qt.notification.event_boxes import EventBoxes
from notification_tester.qt.notification.names import event_name

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_BETWEEN = 24


class EventPicker(EventBoxes):
    """The meanings stand beside the boxes where there is width; where there is not, one line below tells the meaning of
    the box under the pointer or the keyboard. In a narrow window the groups stand one below the other.
    """

    def __init__(self, parent: QWidget | None = None, *, title: QWidget | None = None) -> None:
        super().__init__(parent, title=title)
        self._meanings: dict[QCheckBox, QLabel] = {}
        self._headings: list[QLabel] = []
        self._groups = [
            self._group(self.tr("An assignment was"), Group.ASSIGNMENT),
            self._group(self.tr("A HIT was or became"), Group.HIT),
        ]
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(_BETWEEN)
        self._grid.setVerticalSpacing(12)
        self._line = QuietLabel(parent=self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(self._top)
        rows.addLayout(self._grid)
        rows.addWidget(self._line)
        self._is_column: bool | None = None
        self._explain(None)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """The wider group alone: below the width of both they stand one below the other."""
        hint = super().minimumSizeHint()
        return QSize(max(group.minimumSizeHint().width() for group in self._groups), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make use of the width."""
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell the meaning of the box under the pointer or the keyboard."""
        if isinstance(watched, QCheckBox) and event.type() in {QEvent.Type.Enter, QEvent.Type.FocusIn}:
            self._explain(watched)
        return super().eventFilter(watched, event)

    def _group(self, title: str, group: Group) -> QWidget:
        frame = QWidget(self)
        frame.setAccessibleName(title)
        frame.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(frame)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        heading = QuietLabel(title, frame)
        heading.setWordWrap(False)
        self._headings.append(heading)
        grid.addWidget(heading, 0, 0, 1, 2)
        for row, event in enumerate((event for event in SUBSCRIBABLE if event.group is group), start=1):
            box = QCheckBox(event.label, frame)
            self._add(event, box)
            box.setAccessibleDescription(event.meaning)
            box.installEventFilter(self)
            meaning = QuietLabel(event.meaning, frame)
            meaning.setWordWrap(False)
            meaning.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            meaning.setBuddy(box)
            grid.addWidget(box, row, 0)
            grid.addWidget(meaning, row, 1)
            self._meanings[box] = meaning
        grid.setColumnStretch(1, 1)
        return frame

    def _explain(self, box: QCheckBox | None) -> None:
        if box is None:
            self._line.setText(self.tr("Point at an event to read what it means."))
            return
        event = next(event for event, other in self.boxes.items() if other is box)
        self._line.setText(self.tr("{event}: {meaning}.").format(event=event_name(event), meaning=event.meaning))

    def _arrange(self) -> None:
        boxes = [
            max(
                self._headings[number].sizeHint().width(),
                *(self.boxes[event].sizeHint().width() for event in SUBSCRIBABLE if event.group is group),
            )
            for number, group in enumerate((Group.ASSIGNMENT, Group.HIT))
        ]
        meanings = [
            max(self._meanings[self.boxes[event]].sizeHint().width() for event in SUBSCRIBABLE if event.group is group)
            for group in (Group.ASSIGNMENT, Group.HIT)
        ]
        column = self.width() < sum(boxes) + _BETWEEN
        if column != self._is_column:
            self._is_column = column
            for number, group in enumerate(self._groups):
                self._grid.addWidget(group, *((number, 0) if column else (0, number)), Qt.AlignmentFlag.AlignTop)
            self.updateGeometry()
        needed = (
            max(box + meaning for box, meaning in zip(boxes, meanings, strict=True))
            if column
            else sum(boxes) + sum(meanings) + _BETWEEN
        )
        wide = self.width() >= needed + 24
        for meaning in self._meanings.values():
            meaning.setVisible(wide)
        self._line.setVisible(not wide)
        for number in (0, 1):
            self._grid.setColumnStretch(number, 1 if wide else 0)
        self._grid.setColumnStretch(2, 0 if wide else 1)
