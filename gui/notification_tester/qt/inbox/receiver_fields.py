# SPDX-License-Identifier: MIT
"""How to receive on this computer: at which port, with which answer, and whether subscriptions are confirmed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QWidget

from notification_tester.domain.receiver_place import FIRST_PORT, LATE_SECONDS, Answer, ReceiverPlace
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.widgets.fields import ChoiceField, NumberField

ANY_PORT = FIRST_PORT - 1
"""What the spin box counts down to, and shows as words."""


class ReceiverFields(QWidget):
    """Reads and shows a :class:`ReceiverPlace`; every state of it is a valid one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.port = NumberField(self)
        self.port.setRange(ANY_PORT, 65535)
        self.port.setSpecialValueText(self.tr("any free one"))
        self.port.setValue(ANY_PORT)
        self.answer = ChoiceField(self)
        self.answer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.answer.setMinimumContentsLength(24)
        late = count_text(
            round(LATE_SECONDS),
            self.tr("OK (200), but late: after 1 second"),
            self.tr("OK (200), but late: after {count} seconds"),
        )
        for answer, text in (
            (Answer.OK, self.tr("OK (200), at once")),
            (Answer.LATE, late),
            (Answer.ERROR, self.tr("An error (500)")),
            (Answer.REDIRECT, self.tr("A redirect to another host (302)")),
            (Answer.HALF, self.tr("Half an answer, and then the end")),
            (Answer.NOTHING, self.tr("No answer at all")),
        ):
            self.answer.addItem(text, answer.value)
        self.confirm = QCheckBox(self.tr("Con&firm a subscription of Amazon SNS when asked to"), self)
        self.confirm.setToolTip(
            self.tr("The address in the message is visited, if it is Amazon SNS's own or one of this computer.")
        )
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        rows.setFormAlignment(Qt.AlignmentFlag.AlignLeft)
        rows.addRow(self.tr("Po&rt"), self.port)
        rows.addRow(self.tr("Ans&wer"), self.answer)
        rows.addRow(self.confirm)
        self.port.valueChanged.connect(self.changed)
        self.answer.currentIndexChanged.connect(self.changed)
        self.confirm.toggled.connect(self.changed)

    def place(self) -> ReceiverPlace:
        """What is chosen."""
        port = self.port.value()
        return ReceiverPlace(
            port=0 if port == ANY_PORT else port,
            answer=Answer(self.answer.currentData()),
            confirms=self.confirm.isChecked(),
        )

    def show_place(self, place: ReceiverPlace) -> None:
        """Put one in, as remembered."""
        self.port.setValue(place.port or ANY_PORT)
        self.answer.setCurrentIndex(self.answer.findData(place.answer.value))
        self.confirm.setChecked(place.confirms)
