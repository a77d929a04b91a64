# SPDX-License-Identifier: MIT
"""What a message from this computer tells: the service's own test, or events that look real."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.hit_type import parse_hit_type_id
from notification_tester.domain.problem import input_problem
from notification_tester.qt.looks.theme import QuietLabel
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.form_state import MOST_EVENTS
from notification_tester.qt.widgets.fields import ChoiceField, NumberField
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.notification.form_state import DeliveryState

TEST, REAL = "test", "real"


@dataclass(frozen=True, kw_only=True)
class RealLooking:
    """Events to be made up: how many, of which ids. What is empty is made up."""

    number: int
    each_checked: bool
    hit_types: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()


class MadeEventsFields(QWidget):
    """``changed`` for each change; ``hit_types_wanted`` when the list of the account's HIT types is opened."""

    changed = Signal()
    hit_types_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = SegmentedChoice(
            [(TEST, self.tr("The service’s own test"), ""), (REAL, self.tr("Events that look real"), "")], self
        )
        self.kind.setAccessibleName(self.tr("What the message tells"))
        self._words = QuietLabel(parent=self)
        self._fields = QWidget(self)
        self.number = NumberField(self._fields)
        self.number.setRange(1, MOST_EVENTS)
        self.types = ChoiceField(self._fields)
        self.types.addItem(self.tr("of the event that is tested"), False)
        self.types.addItem(self.tr("of the ticked events, in turn"), True)
        self.hit_type = QLineEdit(self._fields)
        self.choose = QPushButton(self.tr("Choose…"), self._fields)
        self.choose.setAutoDefault(False)
        self.choose.setAccessibleName(self.tr("Choose one of the account’s HIT types"))
        self._menu = QMenu(self.choose)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self.hit_types_wanted)
        self.choose.setMenu(self._menu)
        self.hits = QLineEdit(self._fields)
        self.assignments = QLineEdit(self._fields)
        self.workers = QLineEdit(self._fields)
        self._set_out()
        self.set_hit_types((), is_complete=False)
        self.kind.chosen.connect(self._show_kind)
        self.kind.chosen.connect(self.changed)
        self.number.valueChanged.connect(self.changed)
        self.types.currentIndexChanged.connect(self.changed)
        for line in (self.hit_type, self.hits, self.assignments, self.workers):
            line.textChanged.connect(self.changed)
        self._show_kind()

    @property
    def looks_real(self) -> bool:
        """Whether events are to be made that look real."""
        return self.kind.choice() == REAL

    @property
    def takes_each_checked(self) -> bool:
        """Whether one message has the checked events in turn."""
        return bool(self.types.currentData())

    def state(self, before: DeliveryState) -> DeliveryState:
        """``before`` with what stands here."""
        return replace(
            before,
            looks_real=self.looks_real,
            number=self.number.value(),
            each_checked=bool(self.types.currentData()),
            hit_type=self.hit_type.text().strip(),
            hits=self.hits.text().strip(),
            assignments=self.assignments.text().strip(),
            workers=self.workers.text().strip(),
        )

    def set_state(self, state: DeliveryState) -> None:
        """Fill all of it, without telling."""
        blocked = self.blockSignals(True)
        self.kind.set_choice(REAL if state.looks_real else TEST)
        self.number.setValue(state.number)
        self.types.setCurrentIndex(int(state.each_checked))
        self.hit_type.setText(state.hit_type)
        self.hits.setText(state.hits)
        self.assignments.setText(state.assignments)
        self.workers.setText(state.workers)
        self._show_kind()
        self.blockSignals(blocked)

    def wanted(self) -> RealLooking | None:
        """What is to be made up; None for the service's own test. Raises ProblemError."""
        if not self.looks_real:
            return None
        hit_type = self.hit_type.text().strip()
        return RealLooking(
            number=self.number.value(),
            each_checked=bool(self.types.currentData()),
            hit_types=(parse_hit_type_id(hit_type),) if hit_type else (),
            hits=_ids(self.hits),
            assignments=_ids(self.assignments),
            workers=_ids(self.workers),
        )

    def point_at(self, problem: Problem) -> None:
        """Put the keyboard where ``problem`` comes from."""
        guilty = {"made-events.hits": self.hits, "made-events.assignments": self.assignments}
        line = self.hit_type if problem.code.startswith("hit-type.") else guilty.get(problem.code, self.workers)
        line.setFocus()
        line.selectAll()

    def set_hit_types(self, found: Sequence[tuple[str, str]], *, is_complete: bool = True) -> None:
        """Offer HIT types of the account: title and id. Until it ``is_complete``, more may come."""
        self._menu.clear()
        self._menu.addAction(self.tr("Made up")).triggered.connect(self.hit_type.clear)
        if found:
            self._menu.addSection(self.tr("HIT types of this account"))
        for title, hit_type_id in found:
            action = self._menu.addAction(one_line(title or hit_type_id).replace("&", "&&"))
            action.setToolTip(tooltip(hit_type_id))
            action.triggered.connect(lambda _=False, one=hit_type_id: self.hit_type.setText(one))
        if not found:
            text = self.tr("No HIT type is known in this account.") if is_complete else self.tr("Looking for them…")
            self._menu.addAction(text).setEnabled(False)

    def _set_out(self) -> None:
        form = QFormLayout(self._fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setFormAlignment(Qt.AlignmentFlag.AlignLeft)
        count = QHBoxLayout()
        count.setSpacing(8)
        count.addWidget(self.number)
        count.addWidget(self.types, 1)
        self.types.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.types.setMinimumContentsLength(16)
        choose = QHBoxLayout()
        choose.setSpacing(8)
        choose.addWidget(self.hit_type, 1)
        choose.addWidget(self.choose)
        made_up = self.tr("made up")
        for text, field, row in (
            (self.tr("Events in the message"), self.number, count),
            (self.tr("HIT type"), self.hit_type, choose),
            (self.tr("HITs"), self.hits, None),
            (self.tr("Assignments"), self.assignments, None),
            (self.tr("Workers"), self.workers, None),
        ):
            label = QLabel(text, self._fields)
            label.setBuddy(field)
            field.setAccessibleName(text)
            if isinstance(field, QLineEdit):
                field.setPlaceholderText(made_up)
                field.setAccessibleDescription(self.tr("Empty: made up."))
            form.addRow(label, field if row is None else row)
        self.types.setAccessibleName(self.tr("Which events they are"))
        for line, name in ((self.hits, "hits"), (self.assignments, "assignments"), (self.workers, "workers")):
            line.setObjectName(name)
            line.setToolTip(self.tr("Several ids are used in turn; put a comma or a blank between them."))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.kind)
        rows.addWidget(self._words)
        rows.addWidget(self._fields)

    def _show_kind(self) -> None:
        self._fields.setVisible(self.looks_real)
        self._words.setText(
            self.tr(
                "They look like real ones. With ids that are made up no receiver finds anything to pay or reject; "
                "with ids of yours it may."
            )
            if self.looks_real
            else self.tr("Made-up events of the chosen kind, with ids that belong to no HIT.")
        )


def _ids(line: QLineEdit) -> tuple[str, ...]:
    """The ids in a line, of one or several; they have capital letters and digits. Raises ProblemError."""
    words = tuple(filter(None, re.split(r"[\s,;]+", line.text())))
    for word in words:
        if not re.fullmatch("[A-Z0-9]{1,64}", word):
            raise input_problem(
                f"made-events.{line.objectName()}",
                title="This is no id of Mechanical Turk's.",
                detail=f"Ids have capital letters from A to Z and digits alone, at most 64; here stands “{word[:40]}”.",
                remedy="Correct it, or empty the field: then ids are made up.",
            )
    return words
