# SPDX-License-Identifier: MIT
"""The page Test: what I ask on the left, what happened on the right; below one another where the window is narrow."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from notification_tester.domain.destination import EmailAddress
from notification_tester.domain.problem import Problem, ProblemError
from notification_tester.qt.background import in_next_turn
from notification_tester.qt.sending.form import NotificationForm, TestRequest
from notification_tester.qt.sending.older_forms import OlderForms, filled
from notification_tester.qt.sending.result_side import ResultSide
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, PAGE_MARGIN, heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.specifications.imported import ImportedSpecification
    from notification_tester.qt.notification.form_state import FormState
    from notification_tester.qt.notification.preset_menu import PresetMenu
    from notification_tester.qt.sending.controller import SendingController, TestAnswer
    from notification_tester.qt.sending.delivery_form import DeliveryOrder
    from notification_tester.qt.sending.delivery_result import DeliveryResult
    from notification_tester.qt.sending.result_view import ResultView
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import HitTypeRow
    from notification_tester.services.sending.deliver import Delivered
    from notification_tester.storage.rows import HistoryRow

TWO_COLUMNS_FROM = 52
"""Width of the page, in widths of an average character times two, from which both columns stand side by side."""


class TestPage(ScrollPage):
    """Puts form and result together and asks the program."""

    __test__ = False  # not a test class of pytest's

    accounts_requested = Signal()
    form_changed = Signal(str, object)  # account name, FormState
    hit_types_requested = Signal()
    account_shown = Signal(object)  # the OpenAccount with which the form is read now, or None
    mend_requested = Signal(object)  # Destination
    receiver_requested = Signal(int)  # the port at which to receive on this computer, or 0 for any
    set_requested = Signal(object)  # ImportedSpecification, for its HIT type
    test_finished = Signal()

    def __init__(self, program: Program, controller: SendingController, parent: QWidget | None = None) -> None:
        content = ScrollContent()
        super().__init__(content, parent)
        self._program = program
        self._controller = controller
        self._opened: OpenAccount | None = None
        self._asked: TestRequest | DeliveryOrder | None = None  # what the shown result answers, of this account
        self._repeated: HistoryRow | None = None
        self._is_filling = False
        self.presets: PresetMenu | None = None
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        self._columns.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        self._columns.setSpacing(PAGE_MARGIN)
        self.form = NotificationForm()
        self._untouched = self.form.state()  # as it was when the account to come was asked for
        self._left = _column(self.tr("Test a notification"), self.form)
        self._right = ResultSide(controller)
        self._right.action.connect(self._act)
        self._right.delivery_action.connect(self._act_on_delivery)
        self._right.cleared.connect(self._title_result)
        self._title_result()
        self._columns.addWidget(self._left, 11)
        self._columns.addWidget(self._right, 10)

        self.older = OlderForms(program.tasks, self, content)
        self.older.fill_requested.connect(self._fill_with_opened)
        self.older.set_requested.connect(self.set_requested)
        self.form.open_requested.connect(self.older.open)
        self.form.save_requested.connect(self._save_as)
        self.form.send_requested.connect(self._send)
        self.form.receiver_wanted.connect(partial(self.receiver_requested.emit, 0))
        self.form.hit_types_wanted.connect(controller.find_hit_types)
        controller.hit_types_found.connect(self._offer_hit_types)
        self.form.problem.connect(self._refused)
        self.form.changed.connect(self._form_changed)
        self.form.destination.choose_requested.connect(self._find_choices)
        controller.begun.connect(self._begun)
        controller.finished.connect(self._finished)
        controller.completed.connect(self._completed)
        self.form.set_busy(True)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            controller.cancel,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    @property
    def result(self) -> ResultView:
        """What came of Mechanical Turk's tests."""
        return self._right.tests

    @property
    def deliveries(self) -> DeliveryResult:
        """What came of what this computer sent."""
        return self._right.deliveries

    def prepare(self) -> None:
        """Make what only this computer's sending needs, in steps too short to be felt."""
        in_next_turn(self, lambda: self.form.delivery.scenarios)
        in_next_turn(self, lambda: in_next_turn(self, lambda: self.deliveries))

    def add_presets(self) -> None:
        """Make the menu of presets, if it is not there."""
        if self.presets is not None:
            return
        from notification_tester.qt.notification.preset_menu import PresetMenu

        self.presets = menu = PresetMenu(
            self._program.tasks,
            lambda: None if self._program.session is None else self._program.session.presets,
            self._spec_or_problem,
        )
        menu.chosen.connect(self.fill)
        menu.problem.connect(self._say)
        rows = self._left.layout()
        title = None if rows is None else rows.takeAt(0)
        if isinstance(rows, QVBoxLayout) and title is not None:
            line = QHBoxLayout()
            line.addItem(title)
            line.addWidget(menu)
            rows.insertLayout(0, line)

    def fill(self, spec: NotificationSpec) -> None:
        """Fill the form with a specification: a preset, or what is set for a HIT type."""
        from notification_tester.qt.notification.preset_menu import with_spec

        self.form.set_state(with_spec(self.form.state(), spec))
        self._form_was_filled()

    def send_to(self, url: str) -> None:
        """Fill the form so that this computer sends to a web receiver."""
        self.form.send_to_web(url)
        self._form_was_filled()

    def _fill_with_opened(self, found: ImportedSpecification) -> None:
        self.form.set_state(filled(self.form.state(), found))
        self._form_was_filled()

    def _save_as(self) -> None:
        if self._opened is None:
            return
        try:
            self.older.save(self._opened, self.form)
        except ProblemError as error:
            self._refused(error.problem)

    def _spec_or_problem(self) -> NotificationSpec | None:
        try:
            return self.form.spec()
        except ProblemError as error:
            self._refused(error.problem)
            return None

    def show_opening(self) -> None:
        """An account is being opened: nothing can be sent until it is."""
        if self._opened is not None:
            self._untouched = self.form.state()
        self._opened = self._right.opened = None
        self.account_shown.emit(None)
        self.form.set_busy(True)

    def leave(self, next_form: FormState) -> None:
        """Another account was asked for: nothing of the one before stays, as buttons of a result send with its account.

        ``next_form`` is how the form was left with the next one.
        """
        self._opened = self._right.opened = self._asked = self._repeated = None
        self.older.leave()
        self._right.clear()
        self._is_filling = True
        self.form.set_state(next_form)
        self._is_filling = False
        self._untouched = self.form.state()
        self.form.destination.set_choices([])

    def show_account(self, opened: OpenAccount, remembered: FormState) -> None:
        """Work for this account now, with the form as it was left there, and what was edited while it was opened."""
        self._opened = self._right.opened = opened
        from notification_tester.qt.sending.repeated import brought_up_to_date

        state = brought_up_to_date(self.form.state().since(self._untouched, remembered), opened)
        self._is_filling = True
        self.form.set_state(state)
        self._is_filling = False
        self.form.set_busy(self._controller.is_testing)
        row, self._repeated = self._repeated, None
        if row is not None and row.account == opened.account.name:
            self.repeat(row)
        self._form_changed()

    def repeat_when_open(self, row: HistoryRow) -> None:
        """Fill the form as soon as the account of that test, which is being opened, is open."""
        self._repeated = row

    def repeat(self, row: HistoryRow) -> None:
        """Fill the form as it was for something in the history."""
        from notification_tester.qt.sending.repeated import brought_up_to_date, repeated

        wanted = repeated(row, self.form.state())
        if wanted is None:
            return
        self.form.set_state(brought_up_to_date(wanted, self._opened) if self._opened else wanted)
        for name in row.request.get("scenarios", ()) if row.is_from_here else ():
            self.form.delivery.scenarios.choose(str(name))
        self._form_was_filled()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room for both."""
        super().resizeEvent(event)
        character = self.fontMetrics().averageCharWidth()
        wide = self.viewport().width() >= TWO_COLUMNS_FROM * 2 * character
        wanted = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._columns.direction() != wanted:
            self._columns.setDirection(wanted)

    def send_form(self) -> None:
        """Send what the form says, as if its button had been pressed."""
        self.form.send.click()

    def _send(self, request: TestRequest | DeliveryOrder) -> None:
        """Have it sent; what may do harm outside this computer, not before a person said yes."""
        if isinstance(request, TestRequest) or self._opened is None:
            self._controller.send(request)
            return
        from notification_tester.qt.sending.delivery_guard import ask_before

        ask_before(self._opened, request, self._controller.send, self.window())

    def _begun(self, request: TestRequest | DeliveryOrder) -> None:
        self.form.set_busy(True)
        self._asked = request
        self._right.begin(request)
        if self._columns.direction() is QBoxLayout.Direction.TopToBottom:
            QTimer.singleShot(0, self._scroll_to_result)

    def _scroll_to_result(self) -> None:
        self.verticalScrollBar().setValue(self._right.y())

    def _finished(self, answer: TestAnswer) -> None:
        self.form.set_busy(self._opened is None)
        if answer.request is self._asked:
            self._right.finish(answer)
            if answer.delivered:
                self.form.delivery.show_answers(answer.delivered)
                if answer.problem is not None:  # what could not go on after them
                    self._program.notice.emit(answer.problem)
        self._title_result()
        self.test_finished.emit()

    def _completed(self, before: TestOutcome | Delivered, completed: TestOutcome | Delivered) -> None:
        self._right.replace(before, completed)
        self.test_finished.emit()

    def _refused(self, problem: Problem) -> None:
        """Nothing was sent: say why where the answer would stand, as the guilty field may be out of sight."""
        self._say(problem)
        if self._columns.direction() is QBoxLayout.Direction.TopToBottom:
            guilty: QWidget | None = self.focusWidget()
            if guilty is not None:
                self.ensureWidgetVisible(guilty)

    def show_destination_changed(self, destination: Destination, back: bool) -> None:
        """Something was written at ``destination`` since the result came; ``back`` where a change was taken back."""
        self._right.show_changed(destination, back=back)
        self._title_result()

    def _act(self, key: str, outcome: TestOutcome | None) -> None:
        match key:
            case "accounts":
                self.accounts_requested.emit()
            case "again" if outcome is not None:
                self._send_again(outcome)
            case "read-anyway" if outcome is not None:
                self._send_again(outcome, read_anyway=True)
            case "hit-types" if outcome is not None:
                self.hit_types_requested.emit()
            case "from-here":
                self.form.where.choose_here()
                self.send_form()
            case "throw-away" if outcome is not None and isinstance(self._asked, TestRequest):
                # The outcome of one names the queue that is gone.
                self._send_again(replace(outcome, spec=self._asked.spec), is_throwaway=True)
            case "mend" if outcome is not None:
                self.mend_requested.emit(outcome.spec.destination)
            case "copy-statement" if outcome is not None:
                self._copy_statement(outcome)
            case _:
                return

    def _act_on_delivery(self, key: str, delivered: Delivered | None) -> None:
        from notification_tester.domain.web_address import WebAddress

        request = self.deliveries.shown_request()
        asked = self._asked
        if key == "accounts":
            self.accounts_requested.emit()
        elif key == "receive" and request is not None:
            self.receiver_requested.emit(request.target.port if isinstance(request.target, WebAddress) else 0)
        elif request is not None and delivered is not None and not isinstance(asked, TestRequest | None):
            scenarios = () if delivered.scenario is None else (delivered.scenario,)
            again = replace(request, scenarios=scenarios, trust_untrusted=request.trust_untrusted or key == "trust")
            self._send(replace(asked, requests=(again,)))

    def _send_again(self, outcome: TestOutcome, *, read_anyway: bool = False, is_throwaway: bool = False) -> None:
        """Test one event once more, waiting as long as the form says now."""
        if self._opened is None:
            return
        options = replace(self.form.options(), read_anyway=read_anyway)
        self._controller.send(
            TestRequest(spec=outcome.spec, events=(outcome.event,), options=options, is_throwaway=is_throwaway)
        )

    def _copy_statement(self, outcome: TestOutcome) -> None:
        import json

        from notification_tester.domain.policy.grant import statement_for

        destination = outcome.spec.destination
        if not isinstance(destination, EmailAddress):
            QApplication.clipboard().setText(json.dumps(statement_for(destination), indent=2))

    def _find_choices(self) -> None:
        transport = self.form.transport

        def found(choices: list[tuple[str, str]]) -> None:
            if self.form.transport is transport:
                self.form.destination.set_choices(choices)

        self._program.choices(transport, done=found, failed=self._say)

    def _offer_hit_types(self, rows: Sequence[HitTypeRow], is_complete: bool) -> None:
        self.form.delivery.events.set_hit_types([(row.title, row.id) for row in rows], is_complete=is_complete)

    def _say(self, problem: Problem) -> None:
        """Say it where the answer would stand; on top while a test is under way there, which it does not displace."""
        if self._controller.is_testing:
            self._program.notice.emit(problem)
        else:
            self._right.show_problem(problem)

    def _form_was_filled(self) -> None:
        """What is shown is of another form; but a test under way stays in sight, with its Cancel, until it ends."""
        if not self._controller.is_testing:
            self._right.clear()
        self.form.send.setFocus()

    def _form_changed(self) -> None:
        self._right.expect(is_from_here=self.form.where.is_here)
        if self._is_filling:
            return
        self.account_shown.emit(self._opened)
        self._right.forget_blame()
        self._title_result()
        if self._opened is not None:
            self.form_changed.emit(self._opened.account.name, self.form.state())

    def _title_result(self) -> None:
        """Say so when what is shown is not of what stands in the form."""
        is_older = self._right.shown is not None and not self._controller.is_testing and not self._stands_in_form()
        self._right.title.setText(self.tr("Result before your changes") if is_older else self.tr("Result"))

    def _stands_in_form(self) -> bool:
        """Whether what was asked is still what the form says, and nothing was changed at its destination since."""
        asked = self._asked
        if asked is None or self._right.is_before_a_change:
            return False
        if not isinstance(asked, TestRequest):
            return self.form.where.is_here and self.form.delivery.is_of(asked, self.form.state())
        try:
            return not self.form.where.is_here and self.form.spec() == asked.spec
        except ProblemError:
            return False


def _column(title: str, content: QWidget) -> QWidget:
    column = QWidget()
    rows = QVBoxLayout(column)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(BETWEEN_CARDS)
    rows.addWidget(heading(title, scale=1.6))
    rows.addWidget(content)
    rows.addStretch(1)
    return column
