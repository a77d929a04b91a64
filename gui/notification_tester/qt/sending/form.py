# SPDX-License-Identifier: MIT
"""The left side of Test: numbered questions and the button that has a test sent, whoever sends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.account import Environment
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import VERSIONS, NotificationSpec, parse_spec
from notification_tester.domain.problem import Problem, ProblemError, input_problem
from notification_tester.qt.looks.formatting import count_text, keys_text
from notification_tester.qt.looks.theme import BETWEEN_CARDS, PAGE_MARGIN, Card, fill
from notification_tester.qt.notification.form_state import (
    WAIT_LONGEST,
    WAIT_SHORTEST,
    FormState,
)
from notification_tester.qt.sending.event_rows import EventRows
from notification_tester.qt.sending.sender_choice import SenderChoice
from notification_tester.qt.widgets.fields import ChoiceField, NumberField
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.laid_out_once import laid_out_once
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.pill_badge import ground_and_line
from notification_tester.qt.widgets.question_heading import question_heading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QPaintEvent

    from notification_tester.domain.destination import Transport
    from notification_tester.domain.messages.scenarios import Scenario
    from notification_tester.qt.sending.delivery_form import DeliveryFields, DeliveryOrder
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


class Foot(QWidget):
    """What stands below a form wherever that is scrolled to: a line above it, and a tint where it sends live."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_live = False
        self.flow = FlowLayout(self)
        self.flow.setContentsMargins(PAGE_MARGIN, 10, PAGE_MARGIN, 10)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def is_live(self) -> bool:
        """Whether it is tinted."""
        return self._is_live

    def set_live(self, is_live: bool) -> None:
        """Tint it, or not."""
        self._is_live = is_live
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and line, as the bar on top has them."""
        del event
        environment = Environment.PRODUCTION if self._is_live else Environment.OTHER
        ground, line = ground_and_line(self.palette(), environment)
        painter = QPainter(self)
        fill(painter, self.rect(), ground)
        fill(painter, QRect(0, 0, self.width(), 2 if self._is_live else 1), line)


class NotificationForm(QWidget):
    """Reads the answers into a TestRequest, or a DeliveryOrder where this computer sends, or says which will not do.

    ``test_requested`` or ``delivery_requested``, of one event or of each checked one; ``problem(Problem)`` when an
    answer will not do (the guilty field has the focus then), ``changed()`` for each change. ``open_requested()`` and
    ``save_requested()``: in other words than those of the form.
    """

    test_requested = Signal(object)  # TestRequest
    delivery_requested = Signal(object)  # DeliveryOrder
    changed = Signal()
    problem = Signal(object)
    hit_types_wanted = Signal()
    forget_password_requested = Signal(object)  # SmtpSettings
    receiver_wanted = Signal()
    open_requested = Signal()
    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._pressed: QAbstractButton | None = None
        self._is_live = False
        self._delivery: DeliveryFields | None = None
        self._rows = rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(BETWEEN_CARDS)
        self.where = SenderChoice(self)
        self.choice, self.destination = self.where.transports, self.where.destination
        rows.addWidget(self.where)
        rows.addWidget(self._which())
        rows.addWidget(self._rarely_needed())
        rows.addStretch(1)
        rows.addWidget(self.foot)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self._send)
        self.where.place_shown.connect(self._place_shown)
        self.set_state(FormState())
        self.where.changed.connect(self.changed)
        self.where.web_wanted.connect(self.send_to_web)
        self.events.changed.connect(self._events_changed)
        self.events.test_requested.connect(self.send_event)
        self.version.currentIndexChanged.connect(self.changed)
        self.wait.valueChanged.connect(self.changed)
        self.remove.toggled.connect(self.changed)
        self.changed.connect(self._tell_place)

    def state(self) -> FormState:
        """What stands in the form, right or wrong."""
        return FormState(
            transport=self.transport,
            destinations=self.where.texts(),
            events=self.events.checked(),
            version=self.version.currentText(),
            event=self.events.event_type(),
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
        self.events.set_event(state.event)
        self.version.setCurrentIndex(max(0, self.version.findText(state.version)))
        self.wait.setValue(state.wait_seconds)
        self.remove.setChecked(state.remove_afterwards)
        self._count()
        self.blockSignals(blocked)
        self.changed.emit()

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
            made.mail.forget_requested.connect(self.forget_password_requested)
            made.set_state(self._kept)
            made.set_busy(self._busy)
            made.changed.connect(self._delivery_changed)
            made.scenarios_wanted.connect(self._send_scenarios)
            made.events.hit_types_wanted.connect(self.hit_types_wanted)
            made.web.receiver_wanted.connect(self.receiver_wanted)
            self.where.more.addWidget(made.web)
            self.where.more.addWidget(made.mail)
            self._around_events.addWidget(made.events)
            self._rows.insertWidget(self._rows.count() - 2, made.scenarios)
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
        """While a test is under way nothing else can be sent; everything else stays usable.

        The button that was pressed has the keyboard again afterwards: disabled, it would hand it to whatever comes
        next, which is not what the next key is meant for, and the page would scroll there.
        """
        focus = QApplication.focusWidget()
        is_ours = focus is not None and (self.isAncestorOf(focus) or self.foot.isAncestorOf(focus))
        if busy and not self._busy and is_ours and isinstance(focus, QAbstractButton):
            self._pressed = focus
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._busy = busy
        if self._delivery is not None:
            self._delivery.set_busy(busy)
        self._count()
        if not busy and self._pressed is not None:
            if self.hasFocus() and self._pressed.isVisible():
                self._pressed.setFocus(Qt.FocusReason.OtherFocusReason)
            self._pressed = None

    def _which(self) -> Card:
        card = Card(self)
        title = question_heading("2", self.tr("Which events should it tell you about?"))
        self.events = EventRows(card, title=title)
        card.body.addWidget(self.events)
        self._around_events = QVBoxLayout()
        card.body.addLayout(self._around_events)
        return card

    def _rarely_needed(self) -> Card:
        """The fields that are folded away, and the foot with what unfolds them and the button that sends."""
        card = Card(self)
        self.foot = Foot(self)
        self.send = FilledButton("", self.foot, icon_name="send")
        self.advanced = FoldButton(self.tr("Ad&vanced"), card, self.foot)
        self.send.setAccessibleDescription(
            self.tr("Sends one test for each event that is ticked. {keys} does the same.").format(
                keys=keys_text("Ctrl+Return")
            )
        )
        self.send.setToolTip(keys_text("Ctrl+Return"))
        self.send.clicked.connect(self._send)
        self.foot.flow.addWidget(self.send)
        self.foot.flow.addWidget(self.advanced)
        fields = QWidget(card)
        card.body.addWidget(fields)
        self._fill_advanced(fields)
        return card

    def _fill_advanced(self, frame: QWidget) -> None:
        self.version = ChoiceField(frame)
        self.version.addItems(VERSIONS)
        self.version.setToolTip(self.tr("Amazon's pages name both; use the first unless your receiver asks otherwise."))
        self.wait = NumberField(frame)
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
        with laid_out_once(self):
            if self.where.is_here or self._delivery is not None:
                self.delivery.show_place(None if self.where.is_web else self.where.transport, here=self.where.is_here)
            self._count()

    def _tell_place(self) -> None:
        if self._delivery is not None:
            from notification_tester.qt.sending.delivery_form import place_of

            self._delivery.show_answers_of(place_of(self.state()))

    def _delivery_changed(self) -> None:
        self._count()
        self.changed.emit()

    def _events_changed(self) -> None:
        self._count()
        self.changed.emit()

    def set_live(self, is_live: bool) -> None:
        """Say it on the button, and tint the foot, where a test goes out from the live Mechanical Turk."""
        self._is_live = is_live
        self._count()

    def focus_on_test(self, event: EventType) -> None:
        """Have the next key or click send what was asked for: one test of ``event``."""
        alone = self.events.checked() == (event,)
        button: QAbstractButton = self.send if alone else self.events.tests[event]
        button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _count(self) -> None:
        number = len(self.events.checked())
        is_live = self._is_live and not self.where.is_here
        self.foot.set_live(is_live)
        if number == 0:
            text = self.tr("&Send a test")
        elif is_live:
            text = count_text(number, self.tr("&Send a live test"), self.tr("&Send {count} live tests"))
        else:
            text = count_text(number, self.tr("Te&st the one ticked"), self.tr("Te&st the {count} ticked"))
        self.send.setText(text)
        self.send.setEnabled(not self._busy)
        self.events.set_busy(self._busy)

    def _send(self) -> None:
        self._request(self.events.checked)

    def send_event(self, event: EventType) -> None:
        """Ask for one message of this event, as if the button in its row had been pressed."""
        self._request(lambda: (event,))
        self.changed.emit()

    def _request(self, events: Callable[[], tuple[EventType, ...]]) -> None:
        if self._busy:
            return
        is_here = self.where.is_here
        try:
            request: object = (
                self._order(events())
                if is_here
                else TestRequest(spec=self.spec(), events=events(), options=self.options())
            )
        except ProblemError as error:
            self._refuse(error.problem)
        else:
            (self.delivery_requested if is_here else self.test_requested).emit(request)

    def _order(self, events: Sequence[EventType], scenarios: tuple[Scenario, ...] = ()) -> DeliveryOrder:
        """What this computer is to send, to the kind of place that is chosen. Raises ProblemError."""
        problem = None if self.where.is_web else self.destination.problem()
        if problem is not None:
            raise ProblemError(problem)
        return self.delivery.order(self.state(), events, scenarios)

    def _send_scenarios(self, scenarios: tuple[Scenario, ...]) -> None:
        if self._busy:
            return
        try:
            order = self._order((self.events.event_type(),), scenarios)
        except ProblemError as error:
            self._refuse(error.problem)
        else:
            self.delivery_requested.emit(order)

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
