# SPDX-License-Identifier: MIT
"""The left side of Test: three numbered questions and the button that asks Mechanical Turk."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import VERSIONS, NotificationSpec, parse_spec
from notification_tester.domain.problem import Problem, ProblemError
from notification_tester.qt.notification.destination_field import DestinationField
from notification_tester.qt.notification.form_state import WAIT_LONGEST, WAIT_SHORTEST, FormState
from notification_tester.qt.sending.event_picker import EventPicker
from notification_tester.qt.sending.simulation_picker import SimulationPicker
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.question_heading import question_heading
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, Card, QuietLabel
from notification_tester.qt.widgets.tone_mark import ToneMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.services.sending.test_send import Options


@dataclass(frozen=True, kw_only=True)
class TestRequest:
    """All that is asked of one press: a test of each of ``events``, which need not be among those of ``spec``.

    ``is_throwaway``: through a queue that is made for it and removed, with one event.
    """

    __test__ = False  # not a test class of pytest's

    spec: NotificationSpec
    events: tuple[EventType, ...]
    options: Options
    is_throwaway: bool = False


class NotificationForm(QWidget):
    """Reads the three answers into a TestRequest, or says which one will not do.

    ``send_requested(TestRequest)`` for one test or a test of each checked event, ``problem(Problem)`` when an answer
    will not do (the guilty field has the focus then), ``changed()`` for each change.
    """

    send_requested = Signal(object)
    changed = Signal()
    problem = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[Transport, str] = {}
        self._busy = False
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addWidget(self._where())
        rows.addWidget(self._which())
        rows.addWidget(self._pretend())
        rows.addStretch(1)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self._send)
        for field in (self.simulation.combo, self.version, self.wait):
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(self)
        self.set_state(FormState())
        self.choice.chosen.connect(self._switched)
        self.destination.changed.connect(self.changed)
        self.destination.switch_requested.connect(self._move)
        self.events.changed.connect(self._events_changed)
        self.simulation.changed.connect(self.changed)
        self.version.currentIndexChanged.connect(self.changed)
        self.wait.valueChanged.connect(self.changed)
        self.remove.toggled.connect(self.changed)

    def state(self) -> FormState:
        """What stands in the form, right or wrong."""
        texts = {**self._texts, self.transport: self.destination.text()}
        return FormState(
            transport=self.transport,
            destinations=MappingProxyType({kind: texts[kind] for kind in Transport if texts.get(kind)}),
            events=self.events.checked(),
            version=self.version.currentText(),
            event=self.simulation.event_type(),
            wait_seconds=self.wait.value(),
            remove_afterwards=self.remove.isChecked(),
        )

    def set_state(self, state: FormState) -> None:
        """Fill the form; ``changed`` is emitted once, at the end."""
        blocked = self.blockSignals(True)
        self._texts = dict(state.destinations)
        self.choice.set_choice(state.transport.value)
        self._show_transport(state.transport)
        self.events.set_checked(state.events)
        self.simulation.set_event(state.event)
        self.version.setCurrentIndex(max(0, self.version.findText(state.version)))
        self.wait.setValue(state.wait_seconds)
        self.remove.setChecked(state.remove_afterwards)
        self._count()
        self.blockSignals(blocked)
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the page: over a field that has not the focus it would change the answer unseen."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    @property
    def transport(self) -> Transport:
        """The chosen way to send."""
        return Transport(self.choice.choice())

    def spec(self) -> NotificationSpec:
        """Read the form. Raises ProblemError for the first thing that will not do, from top to bottom."""
        return parse_spec(
            transport=self.transport,
            destination=self.destination.text(),
            events=[event.value for event in self.events.checked()],
            version=self.version.currentText(),
        )

    def options(self) -> Options:
        """How long to wait, and what becomes of the test message."""
        from notification_tester.services.sending.test_send import Options  # read long before anything is sent

        return Options(wait_seconds=self.wait.value(), remove_afterwards=self.remove.isChecked())

    def set_busy(self, busy: bool) -> None:
        """While a test is under way nothing else can be sent; everything else stays usable."""
        self._busy = busy
        self._count()

    def _where(self) -> Card:
        card = Card(self)
        card.body.addWidget(question_heading("1", self.tr("Where should Mechanical Turk send it?")))
        self.choice = SegmentedChoice(
            [
                (Transport.EMAIL.value, self.tr("&E-mail"), "mail"),
                (Transport.SQS.value, self.tr("&Queue (SQS)"), "queue"),
                (Transport.SNS.value, self.tr("&Topic (SNS)"), "topic"),
            ],
            card,
        )
        self.choice.setAccessibleName(self.tr("Where should Mechanical Turk send it?"))
        self.destination = DestinationField(Transport.SQS, card)
        self._email_note = QWidget(card)
        line = QHBoxLayout(self._email_note)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(ToneMark(), 0, Qt.AlignmentFlag.AlignTop)
        self._email_words = QuietLabel(
            self.tr(
                "AWS's reference no longer lists e-mail; it was last seen working in 2017. "
                "In practice the message comes to a mailbox inside this program."
            )
        )
        line.addWidget(self._email_words, 1)
        card.body.addWidget(self.choice)
        card.body.addWidget(self.destination)
        card.body.addWidget(self._email_note)
        return card

    def _which(self) -> Card:
        card = Card(self)
        title = question_heading("2", self.tr("Which events should it tell you about?"))
        self.events = EventPicker(card, title=title)
        card.body.addWidget(self.events)
        return card

    def _pretend(self) -> Card:
        card = Card(self)
        title = question_heading("3", self.tr("Pretend that this happened"))
        self.simulation = SimulationPicker(card)
        self.send = FilledButton(self.tr("&Send test"), card, icon_name="send")
        self.send.setAccessibleDescription(self.tr("Sends one test of the chosen event. Ctrl+Return does the same."))
        self.send.setToolTip(self.tr("Ctrl+Return"))
        self.send_all = QPushButton(card)
        self.send_all.setAutoDefault(False)
        self.send_all.setAccessibleDescription(self.tr("Sends one test for each checked event, one after the other."))
        self.send.clicked.connect(self._send)
        self.send_all.clicked.connect(self._send_all)
        advanced = QWidget(card)
        self.advanced = FoldButton(self.tr("Ad&vanced"), advanced, card)
        self._fill_advanced(advanced)
        buttons = QWidget(card)
        flow = FlowLayout(buttons, end_from=1)
        flow.addWidget(self.advanced)
        flow.addWidget(self.send_all)
        flow.addWidget(self.send)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        buttons.setSizePolicy(policy)
        card.body.addWidget(title)
        card.body.addWidget(self.simulation)
        card.body.addWidget(buttons)
        card.body.addWidget(advanced)
        order = (self.simulation.combo, self.advanced, self.send_all, self.send, self.version, self.wait, self.remove)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        return card

    def _fill_advanced(self, frame: QWidget) -> None:
        self.version = QComboBox(frame)
        self.version.addItems(VERSIONS)
        self.version.setToolTip(self.tr("Amazon's pages name both; use the first unless your receiver asks otherwise."))
        self.wait = QSpinBox(frame)
        self.wait.setRange(WAIT_SHORTEST, WAIT_LONGEST)
        self.wait.setSingleStep(5)
        self.wait.setSuffix(self.tr(" seconds"))
        self.remove = QCheckBox(self.tr("&Remove the test message afterwards"), frame)
        self.remove.setToolTip(self.tr("Only this test's own message is taken out; others are never touched."))
        for field in (self.version, self.wait, self.remove):
            field.setAccessibleDescription(field.toolTip())
        form = QFormLayout(frame)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.setFormAlignment(Qt.AlignmentFlag.AlignLeft)
        for text, field in (
            (self.tr("&Message version"), self.version),
            (self.tr("Wait &for it at most"), self.wait),
        ):
            label = QLabel(text, frame)
            label.setBuddy(field)
            field.setAccessibleName(text.replace("&", ""))
            form.addRow(label, field)
        form.addRow(self.remove)

    def _switched(self) -> None:
        before = self.destination.transport
        if before is not self.transport:
            self._texts[before] = self.destination.text()
        self._show_transport(self.transport)
        self.changed.emit()

    def _move(self, transport: Transport) -> None:
        """Take the address along to the transport it belongs to."""
        self._texts.pop(self.destination.transport, None)
        self._texts[transport] = self.destination.text()
        self.choice.set_choice(transport.value)
        self._show_transport(transport)
        self.destination.edit.setFocus()
        self.changed.emit()

    def _show_transport(self, transport: Transport) -> None:
        blocked = self.destination.blockSignals(True)
        self.destination.edit.clear()
        self.destination.set_transport(transport)
        self.destination.set_text(self._texts.get(transport, ""))
        self.destination.blockSignals(blocked)
        self._email_note.setVisible(transport is Transport.EMAIL)

    def _events_changed(self) -> None:
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        checked = self.events.checked()
        self.simulation.set_checked(checked)
        self.send_all.setText(self.tr("Send all {number} chec&ked").format(number=len(checked)))
        self.send_all.setVisible(len(checked) > 1)
        self.send_all.setEnabled(not self._busy)
        self.send.setEnabled(not self._busy)

    def _send(self) -> None:
        self._request(lambda _: (self.simulation.event_type(),))

    def _send_all(self) -> None:
        self._request(lambda spec: spec.events)

    def _request(self, events: Callable[[NotificationSpec], tuple[EventType, ...]]) -> None:
        if self._busy:
            return
        try:
            spec = self.spec()
        except ProblemError as error:
            self._point_at(error.problem)
            self.problem.emit(error.problem)
        else:
            self.send_requested.emit(TestRequest(spec=spec, events=events(spec), options=self.options()))

    def _point_at(self, problem: Problem) -> None:
        part = problem.code.partition(".")[0]
        if part == "events":
            # As if by a key: only then does a style show which box has the focus.
            self.events.boxes[EventType.ASSIGNMENT_SUBMITTED].setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif part == "version":
            self.advanced.setChecked(True)
            self.version.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.destination.show_problem()
            self.destination.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.destination.edit.selectAll()
