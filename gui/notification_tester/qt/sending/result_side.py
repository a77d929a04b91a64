# SPDX-License-Identifier: MIT
"""The right column of Test: of Mechanical Turk's tests, or of what this computer sent, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notification_tester.domain.destination import EmailAddress, Transport
from notification_tester.domain.way import turk_stations
from notification_tester.qt.looks.theme import BETWEEN_CARDS, heading
from notification_tester.qt.sending.form import TestRequest

if TYPE_CHECKING:
    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.way import Station
    from notification_tester.qt.sending.controller import SendingController, TestAnswer
    from notification_tester.qt.sending.delivery_form import DeliveryOrder
    from notification_tester.qt.sending.delivery_result import DeliveryResult
    from notification_tester.qt.sending.result_view import ResultView
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.deliver import Delivered
    from notification_tester.services.sending.delivery_request import DeliveryRequest


class ResultSide(QWidget):
    """Makes each result when it is first wanted, as the window can be seen without. Emits what a person wants next."""

    action = Signal(str, object)  # key of a problem's button, TestOutcome or None
    delivery_action = Signal(str, object)  # the same, Delivered or None
    cleared = Signal()
    inbox_requested = Signal(object, str)  # where it was sent to, and words by which the Inbox has it
    history_requested = Signal(str)  # words by which the history has it

    def __init__(self, controller: SendingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opened: OpenAccount | None = None
        """The account that commands to be copied are for."""
        self._controller = controller
        self._tests: ResultView | None = None
        self._deliveries: DeliveryResult | None = None
        self._expected = turk_stations(Transport.SQS, "")
        self._usual: float | None = None
        self._tested = ""
        self.title = heading("", scale=1.6)
        self.title.setObjectName("result-title")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(BETWEEN_CARDS)
        self._rows.addWidget(self.title)
        self._rows.addStretch(1)

    @property
    def tests(self) -> ResultView:
        """What came of Mechanical Turk's tests; empty, it tells what will stand here, whoever sends."""
        if self._tests is None:
            from notification_tester.qt.sending.result_view import ResultView

            made = self._tests = ResultView(
                as_aws_cli=self._as_aws_cli, as_python=self._as_python, practice_mailbox=self._practice_mailbox
            )
            made.expect(self._expected, self._usual, self._tested)
            made.cleared.connect(self.cleared)
            made.inbox_requested.connect(self.inbox_requested)
            made.history_requested.connect(self.history_requested)
            made.cancel_requested.connect(self._controller.cancel)
            made.mail_answered.connect(self._controller.take_word)
            made.action.connect(self.action)
            self._controller.progress.connect(made.show_progress)
            self._rows.insertWidget(1, made)
        return self._tests

    @property
    def deliveries(self) -> DeliveryResult:
        """What came of what this computer sent."""
        if self._deliveries is None:
            from notification_tester.qt.sending.delivery_result import DeliveryResult

            made = self._deliveries = DeliveryResult(copied_as=self._delivery_as)
            made.expect(self._usual)
            made.hide()
            made.cancel_requested.connect(self._controller.cancel)
            made.mail_answered.connect(self._controller.take_word)
            made.action.connect(self.delivery_action)
            made.inbox_requested.connect(self.inbox_requested)
            made.history_requested.connect(self.history_requested)
            self._controller.delivery_progress.connect(made.show_progress)
            self._rows.insertWidget(1, made)
        return self._deliveries

    @property
    def shown(self) -> object:
        """What is in sight; None where nothing is."""
        shown: object = None if self._tests is None else self._tests.shown_outcome()
        return self._deliveries.shown_delivered() if self._deliveries is not None and shown is None else shown

    @property
    def offers_next(self) -> bool:
        """Whether the next thing to do is a button here."""
        return self._tests is not None and self._tests.isVisibleTo(self) and self._tests.offers_next

    @property
    def is_before_a_change(self) -> bool:
        """Whether what is in sight was tested before something was changed at its destination."""
        return self._tests is not None and self._tests.is_before_a_change

    def step_back(self, *, is_over: bool) -> None:
        """Whether what is in sight is of another form, so that none of its buttons is the next thing to do."""
        if self._tests is not None:
            self._tests.step_back(is_over=is_over)

    def expect(self, stations: tuple[Station, ...], usual: float | None = None, tested: str = "") -> None:
        """Show, while nothing was sent, where a message will pass, and know how many seconds that usually takes.

        ``tested`` is the address there, where it was tested before.
        """
        self._expected, self._usual, self._tested = stations, usual, tested
        if self._tests is not None:
            self._tests.expect(stations, usual, tested)
        if self._deliveries is not None:
            self._deliveries.expect(usual)

    def forget_blame(self) -> None:
        """The form was changed: what would not do in it is over."""
        if self._tests is not None and self._tests.blames_the_form:
            self._tests.clear()

    def clear(self) -> None:
        """Back to how it is before anything was sent."""
        self._show(is_delivery=False)
        if self._tests is not None:
            self._tests.clear()

    def begin(self, request: TestRequest | DeliveryOrder) -> None:
        """This is being sent."""
        if isinstance(request, TestRequest):
            self._show(is_delivery=False)
            self.tests.begin(request.events, is_throwaway=request.is_throwaway)
        else:
            self._show(is_delivery=True)
            self.deliveries.begin(request.requests)

    def finish(self, answer: TestAnswer) -> None:
        """Show what came of it; a problem where nothing could begin."""
        if answer.delivered:
            self.deliveries.finish(answer.delivered)
        elif answer.problem is not None:
            self.show_problem(answer.problem)
        elif answer.outcomes:
            self.tests.finish(answer.outcomes)
        else:
            self.clear()

    def replace(self, before: TestOutcome | Delivered, completed: TestOutcome | Delivered) -> None:
        """Show what a person completed, where it is still the one that is shown."""
        from notification_tester.domain.delivery import TestOutcome

        if isinstance(before, TestOutcome) and isinstance(completed, TestOutcome):
            self.tests.replace_outcome(before, completed)
        elif not isinstance(before, TestOutcome) and not isinstance(completed, TestOutcome):
            self.deliveries.replace_delivered(before, completed)

    def show_problem(self, problem: Problem) -> None:
        """Show why nothing could begin."""
        self._show(is_delivery=False)
        self.tests.show_problem(problem)

    def show_changed(self, destination: Destination, *, back: bool) -> None:
        """Something was written at a destination since the result came, or was taken ``back``."""
        if self._tests is not None:
            self._tests.show_changed(destination, back=back)

    def show_mended(self, destination: Destination, found: str) -> None:
        """What stood in the way at a destination is seen to be mended, not from here."""
        if self._tests is not None:
            self._tests.show_mended(destination, found)

    def _show(self, *, is_delivery: bool) -> None:
        if is_delivery:
            self.tests.clear()
            self.tests.hide()
            self.deliveries.show()
        elif self._deliveries is not None:
            self._deliveries.clear()
            self._deliveries.hide()
            self.tests.show()

    def _practice_mailbox(self, outcome: TestOutcome) -> str:
        practice = None if self.opened is None else self.opened.practice
        is_email = isinstance(outcome.spec.destination, EmailAddress)
        return practice.details.mailbox_url if practice is not None and is_email else ""

    def _as_aws_cli(self, outcome: TestOutcome) -> str:
        from notification_tester.services.snippets import as_aws_cli

        return "" if self.opened is None else as_aws_cli(self.opened, outcome.spec, outcome.event)

    def _as_python(self, outcome: TestOutcome) -> str:
        from notification_tester.services.snippets import as_python

        return "" if self.opened is None else as_python(self.opened, outcome.spec, outcome.event)

    def _delivery_as(self, form: str, request: DeliveryRequest, delivered: Delivered) -> str:
        from notification_tester.services.sending.delivery_snippets import delivery_as_curl, delivery_as_python

        if form == "curl":
            return delivery_as_curl(request, delivered)
        return delivery_as_python(self.opened, request, delivered)
