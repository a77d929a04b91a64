# SPDX-License-Identifier: MIT
"""The left side of Test: numbered questions and the button that has a test sent, whoever sends it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.notification import VERSIONS, NotificationSpec, parse_spec
from notification_tester.domain.problem import Problem, ProblemError, input_problem
from notification_tester.qt.notification.form_state import (
    WAIT_LONGEST,
    WAIT_SHORTEST,
    FormState,
)
from notification_tester.qt.sending.event_picker import EventPicker
from notification_tester.qt.sending.sender_choice import SenderChoice
from notification_tester.qt.sending.simulation_picker import SimulationPicker
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.question_heading import question_heading
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, Card

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.destination import Transport
    from notification_tester.domain.messages.scenarios import Scenario
    from notification_tester.qt.sending.delivery_form import DeliveryFields
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
    """Reads the answers into a TestRequest, or a DeliveryOrder where this computer sends, or says which will not do.

    ``send_requested`` with either, for one test or a test of each checked event, ``problem(Problem)`` when an answer
    will not do (the guilty field has the focus then), ``changed()`` for each change. ``open_requested()`` and
    ``save_requested()``: in other words than those of the form.
    """

    send_requested = Signal(object)
    changed = Signal()
    problem = Signal(object)
    hit_types_wanted = Signal()
    receiver_wanted = Signal()
    open_requested = Signal()
    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._delivery: DeliveryFields | None = None
        self._rows = rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(BETWEEN_CARDS)
        self.where = SenderChoice(self)
        self.choice, self.destination = self.where.transports, self.where.destination
        rows.addWidget(self.where)
        rows.addWidget(self._which())
        rows.addWidget(self._pretend())
        rows.addStretch(1)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self._send)
        for field in (self.simulation.combo, self.version, self.wait):
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(self)
        self.where.place_shown.connect(self._place_shown)
        self.set_state(FormState())
        self.where.changed.connect(self.changed)
        self.where.web_wanted.connect(self.send_to_web)
        self.events.changed.connect(self._events_changed)
        self.simulation.changed.connect(self.changed)
        self.version.currentIndexChanged.connect(self.changed)
        self.wait.valueChanged.connect(self.changed)
        self.remove.toggled.connect(self.changed)

    def state(self) -> FormState:
        """What stands in the form, right or wrong."""
        return FormState(
            transport=self.transport,
            destinations=self.where.texts(),
            events=self.events.checked(),
            version=self.version.currentText(),
            event=self.simulation.event_type(),
            wait_seconds=self.wait.value(),
            remove_afterwards=self.remove.isChecked(),
            sender=self.where.sends,
            delivery=self._kept if self._delivery is None else self._delivery.state(to_web=self.where.prefers_web),
        )

    def set_state(self, state: FormState) -> None:
        """Fill the form; ``changed`` is emitted once, at the end."""
        blocked = self.blockSignals(True)
        self._kept = state.delivery
        if self._delivery is not None:
            self._delivery.set_state(state.delivery)
        self.where.set_state(state)
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
        """The chosen way to send; the one that was chosen before a web receiver was."""
        return self.where.transport

    @property
    def delivery(self) -> DeliveryFields:
        """What is asked only where this computer sends; made when that is first chosen."""
        if self._delivery is None:
            from notification_tester.qt.sending.delivery_form import DeliveryFields

            self._delivery = made = DeliveryFields(self)
            made.set_state(self._kept)
            made.set_busy(self._busy)
            made.changed.connect(self._delivery_changed)
            made.scenarios_wanted.connect(self._send_scenarios)
            made.events.hit_types_wanted.connect(self.hit_types_wanted)
            made.web.receiver_wanted.connect(self.receiver_wanted)
            for part in (made.web, made.mail, made.events):
                for field in (*part.findChildren(QComboBox), *part.findChildren(QSpinBox)):
                    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                    field.installEventFilter(self)
            self.where.more.addWidget(made.web)
            self.where.more.addWidget(made.mail)
            self._around_events.addWidget(made.events)
            self._rows.insertWidget(self._rows.count() - 1, made.scenarios)
        return self._delivery

    def send_to_web(self, address: str) -> None:
        """Have this computer send to a web receiver at ``address``."""
        self.delivery.web.edit.setText(address)
        self.where.choose_web()
        self.delivery.web.edit.setFocus()

    def spec(self) -> NotificationSpec:
        """Read what Mechanical Turk can be told. Raises ProblemError for the first thing that will not do."""
        if self.where.is_web:
            raise input_problem(
                "destination.web",
                title="Mechanical Turk no longer sends to a web receiver.",
                detail="Only this computer does; presets and HIT types take an e-mail address, a queue or a topic.",
                remedy="Choose a topic: it can pass its messages on to the receiver, by a subscription.",
            )
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
        if self._delivery is not None:
            self._delivery.set_busy(busy)
        self._count()

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
        self._around_events = QVBoxLayout()
        card.body.addLayout(self._around_events)
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
        form.addRow(self._other_words(frame))

    def _other_words(self, parent: QWidget) -> QWidget:
        """The form in older and in other words: rarely needed, and found beside what is."""
        buttons = QWidget(parent)
        flow = FlowLayout(buttons)
        self.open_older = QPushButton(self.tr("Open or paste an older specification…"), buttons)
        self.open_older.setToolTip(
            self.tr("A request of the older API, a call of boto, a command, or an export; it can be dropped here, too.")
        )
        self.save_as = QPushButton(self.tr("Save as…"), buttons)
        self.save_as.setToolTip(
            self.tr("As a command, Python, JavaScript, JSON, Terraform, CloudFormation, or as the older API had it.")
        )
        for button, signal in ((self.open_older, self.open_requested), (self.save_as, self.save_requested)):
            button.setAutoDefault(False)
            button.setAccessibleDescription(button.toolTip())
            button.clicked.connect(signal)
            flow.addWidget(button)
        return buttons

    def _place_shown(self) -> None:
        if self.where.is_here or self._delivery is not None:
            self.delivery.show_place(None if self.where.is_web else self.where.transport, here=self.where.is_here)
        self._count()

    def _delivery_changed(self) -> None:
        self._count()
        self.changed.emit()

    def _events_changed(self) -> None:
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        checked = self.events.checked()
        # What is not checked is not subscribed at Mechanical Turk, which is not asked where this computer sends.
        self.simulation.set_checked(SUBSCRIBABLE if self.where.is_here else checked)
        self.send_all.setText(self.tr("Send all {number} chec&ked").format(number=len(checked)))
        self.send_all.setVisible(len(checked) > 1)
        self.send_all.setEnabled(not self._busy)
        self.send.setEnabled(not self._busy)

    def _send(self) -> None:
        self._request(lambda: (self.simulation.event_type(),))

    def _send_all(self) -> None:
        self._request(self.events.checked)

    def _request(self, events: Callable[[], tuple[EventType, ...]]) -> None:
        if self._busy:
            return
        try:
            if self.where.is_here:
                request: object = self.delivery.order(self.state(), events())
            else:
                request = TestRequest(spec=self.spec(), events=events(), options=self.options())
        except ProblemError as error:
            self._refuse(error.problem)
        else:
            self.send_requested.emit(request)

    def _send_scenarios(self, scenarios: tuple[Scenario, ...]) -> None:
        if self._busy:
            return
        try:
            order = self.delivery.order(self.state(), (self.simulation.event_type(),), scenarios)
        except ProblemError as error:
            self._refuse(error.problem)
        else:
            self.send_requested.emit(order)

    def _refuse(self, problem: Problem) -> None:
        self._point_at(problem)
        self.problem.emit(problem)

    def _point_at(self, problem: Problem) -> None:
        part = problem.code.partition(".")[0]
        if part == "events":
            # As if by a key: only then does a style show which box has the focus.
            self.events.boxes[EventType.ASSIGNMENT_SUBMITTED].setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif part == "version":
            self.advanced.setChecked(True)
            self.version.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.where.is_here and (self.where.is_web or part != "destination"):
            self.delivery.point_at(problem)
        else:
            self.destination.show_problem()
            self.destination.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.destination.edit.selectAll()
