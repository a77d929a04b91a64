# SPDX-License-Identifier: MIT
"""What the form asks only where this computer sends: the web receiver, the mail server, the events, what breaks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from notification_tester.domain.destination import Transport
from notification_tester.domain.outgoing import DEPRECATED, DeliveryForm, parse_target, real_looking, service_test
from notification_tester.domain.problem import Remedy, input_problem
from notification_tester.qt.notification.form_state import DeliveryState
from notification_tester.qt.sending.delivery_result import answer_of
from notification_tester.qt.sending.made_events import MadeEventsFields
from notification_tester.qt.sending.mail_server import MailServerFields
from notification_tester.qt.sending.scenario_list import ScenarioList
from notification_tester.qt.sending.web_receiver import WebReceiverFields
from notification_tester.services.sending.delivery_request import DeliveryRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.events import EventType
    from notification_tester.domain.messages.scenarios import Scenario
    from notification_tester.domain.outgoing import LegacySignature, MadeNotification, Target
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.smtp import SmtpSettings
    from notification_tester.qt.notification.form_state import FormState
    from notification_tester.services.sending.deliver import Delivered


@dataclass(frozen=True, kw_only=True)
class DeliveryOrder:
    """All that is asked of one press where this computer sends: a message a request, or the scenarios of one.

    ``place`` is what the form said about where, to tell later whether it still does.
    """

    requests: tuple[DeliveryRequest, ...]
    place: tuple[object, ...]
    keeps_password: bool = False


def place_of(state: FormState) -> tuple[object, ...]:
    """Where and how a form sends from this computer."""
    delivery = state.delivery
    if state.is_to_web:
        signed = delivery.sns_version if delivery.web_form == DeliveryForm.SNS else delivery.signature
        return ("web", delivery.web_address, delivery.web_form, signed, state.version)
    if state.transport is Transport.EMAIL:
        server = (delivery.smtp_host, delivery.smtp_port, delivery.smtp_security)
        return (state.transport, state.destination, state.version, *server, delivery.smtp_user, delivery.smtp_sender)
    return (state.transport, state.destination, state.version)


class DeliveryFields(QObject):
    """The parts and their answers together. The form puts ``place``, ``events`` and ``scenarios`` into its cards.

    ``changed`` for each change; ``scenarios_wanted`` with what is to be sent of the scenarios.
    """

    changed = Signal()
    scenarios_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.web = WebReceiverFields(parent)
        self.mail = MailServerFields(parent)
        self.events = MadeEventsFields(parent)
        self.scenarios = ScenarioList(parent)
        for part in (self.web, self.mail, self.events, self.scenarios):
            part.hide()  # until it is known what is to be seen
        self.web.changed.connect(self._changed)
        self.mail.changed.connect(self.changed)
        self.events.changed.connect(self.changed)
        self.scenarios.send_requested.connect(self.scenarios_wanted)
        self._transport: Transport | None = None
        self._shown: tuple[object, ...] = ()
        self._place: tuple[object, ...] = ()

    def state(self, *, to_web: bool) -> DeliveryState:
        """What stands in all of it."""
        return self.events.state(self.mail.state(self.web.state(DeliveryState(to_web=to_web))))

    def set_state(self, state: DeliveryState) -> None:
        """Fill all of it, without telling; what was answered before is of another account, or of another form."""
        self._shown = ()
        for part in (self.web, self.mail, self.events):
            part.set_state(state)

    def show_place(self, transport: Transport | None, *, here: bool) -> None:
        """Show what belongs to a transport, or to a web receiver (None), while this computer sends (``here``)."""
        self.web.setVisible(here and transport is None)
        self.mail.setVisible(here and transport is Transport.EMAIL)
        self.events.setVisible(here)
        self.scenarios.setVisible(here)
        self._transport = transport
        self._offer_scenarios()

    def show_answers_of(self, place: tuple[object, ...]) -> None:
        """The form says this place now: what another one answered is not this one's."""
        if place != self._place:
            self._place = place
            self.scenarios.forget_answers()

    def set_busy(self, busy: bool) -> None:
        """While something is under way nothing else can be sent."""
        self.scenarios.set_busy(busy)

    def order(
        self, state: FormState, events: Sequence[EventType], scenarios: tuple[Scenario, ...] = ()
    ) -> DeliveryOrder:
        """Read all of it into requests: one for each of ``events``, or one of ``scenarios``. Raises ProblemError."""
        form = self.web.form if state.is_to_web else DeliveryForm.of(state.transport)
        target = self.web.address() if state.is_to_web else parse_target(state.destination, form)
        smtp = self.mail.settings() if form is DeliveryForm.EMAIL else None
        signature = self.web.legacy_signature() if state.is_to_web else DEPRECATED
        if not events:
            raise input_problem(
                "events.none",
                title="No event is ticked.",
                detail="A message is sent for each event that is ticked.",
                remedy="Tick at least one, or press the button beside an event to send that one alone.",
                remedies=(Remedy.TICK_SUBMITTED,),
            )
        if scenarios or (state.delivery.looks_real and self.events.takes_each_checked):
            events = events[:1]
        requests = tuple(
            self._request(state, target, form, self._notification(state, event, form), scenarios, signature, smtp)
            for event in events
        )
        return DeliveryOrder(requests=requests, place=place_of(state), keeps_password=self.mail.keep.isChecked())

    def is_of(self, order: DeliveryOrder, state: FormState) -> bool:
        """Whether the form still says the place that was sent to."""
        return order.place == place_of(state)

    def point_at(self, problem: Problem) -> None:
        """Put the keyboard where ``problem`` comes from."""
        part = problem.code.partition(".")[0]
        if part == "smtp":
            self.mail.point_at(problem)
        elif part in {"made-events", "hit-type"}:
            self.events.point_at(problem)
        else:
            self.web.point_at(problem)

    def show_answers(self, answers: Sequence[tuple[int, int, Delivered]]) -> None:
        """Say beside each scenario what was answered to its messages."""
        from notification_tester.services.sending.deliver import by_scenario

        self.scenarios.show_answers(
            {
                row.scenario.name: (row.as_expected.state, ", ".join(answer_of(one) for one in row.messages))
                for row in by_scenario(one for *_, one in answers)
                if row.scenario is not None
            }
        )

    def _request(
        self,
        state: FormState,
        target: Target,
        form: DeliveryForm,
        notification: MadeNotification,
        scenarios: tuple[Scenario, ...],
        signature: LegacySignature,
        smtp: SmtpSettings | None,
    ) -> DeliveryRequest:
        return DeliveryRequest(
            target=target,
            form=form,
            notification=notification,
            scenarios=scenarios,
            signature=signature,
            sns_signature_version=state.delivery.sns_version,
            confirm_subscription=state.is_to_web and form is DeliveryForm.SNS and self.web.confirm.isChecked(),
            smtp=smtp,
            wait_seconds=float(state.wait_seconds),
            remove_afterwards=state.remove_afterwards,
        )

    def _notification(self, state: FormState, event: EventType, form: DeliveryForm) -> MadeNotification:
        now = datetime.now(tz=UTC)
        wanted = self.events.wanted()
        if wanted is None:
            return service_test(event, state.version, now, form=form)
        kinds = state.events if wanted.each_checked else (event,)
        if not kinds:
            raise input_problem(
                "events.none",
                title="No event is ticked.",
                detail="The events of the message are to be those that are ticked, in turn.",
                remedy="Tick at least one, or choose “of the event that is tested”.",
                remedies=(Remedy.TICK_SUBMITTED,),
            )
        return real_looking(
            tuple(islice(cycle(kinds), wanted.number)),
            state.version,
            hit_types=wanted.hit_types,
            hits=wanted.hits,
            assignments=wanted.assignments,
            workers=wanted.workers,
            now=now,
            chance=random.SystemRandom(),
        )

    def _changed(self) -> None:
        self._offer_scenarios()
        self.changed.emit()

    def _offer_scenarios(self) -> None:
        form = self.web.form if self._transport is None else DeliveryForm.of(self._transport)
        shown = (self._transport, form)
        if shown != self._shown:
            self._shown = shown
            self.scenarios.show_form(form, to_web=self._transport is None)
