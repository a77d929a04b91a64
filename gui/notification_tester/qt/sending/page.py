# SPDX-License-Identifier: MIT
"""The page Test: what I ask on the left, what happened on the right; below one another where the window is narrow."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from notification_tester.domain.account import KeySource
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import EmailAddress, Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, remedy_of
from notification_tester.qt.background import in_next_turn
from notification_tester.qt.looks.theme import BETWEEN_CARDS, PAGE_MARGIN, Tone, heading
from notification_tester.qt.notification.remedies import EVERYWHERE
from notification_tester.qt.sending.form import NotificationForm, TestRequest
from notification_tester.qt.sending.older_forms import OlderForms, filled
from notification_tester.qt.sending.place_lookup import PlaceLookup
from notification_tester.qt.sending.result_side import ResultSide
from notification_tester.qt.sending.standing import StandingLine, refused_text, standing_text
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage
from notification_tester.qt.widgets.two_columns import TwoColumns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from notification_tester.domain.account import Account
    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.smtp import SmtpSettings
    from notification_tester.domain.specifications.imported import ImportedSpecification
    from notification_tester.qt.notification.form_state import FormState
    from notification_tester.qt.notification.preset_menu import PresetMenu
    from notification_tester.qt.sending.controller import SendingController, TestAnswer
    from notification_tester.qt.sending.delivery_form import DeliveryOrder
    from notification_tester.qt.sending.delivery_guard import DeliveryGuard
    from notification_tester.qt.sending.delivery_result import DeliveryResult
    from notification_tester.qt.sending.result_view import ResultView
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import HitTypeRow
    from notification_tester.services.sending.deliver import Delivered
    from notification_tester.storage.rows import HistoryRow, HistorySummary

TWO_COLUMNS_FROM = 52
"""Width of the page, in widths of an average character times two, from which both columns stand side by side."""


class _Content(ScrollContent):
    def sizeHint(self) -> QSize:
        """The layout's, at no width: Qt asks at each change, and uses nothing of what it lays out for the answer."""
        layout = self.layout()
        return super().sizeHint() if layout is None else layout.sizeHint()


class TestPage(ScrollPage):
    """Puts form and result together and asks the program."""

    __test__ = False  # not a test class of pytest's

    remedy_requested = Signal(object)  # one of those that the window can do
    form_changed = Signal(str, object)  # what the account is kept as, FormState
    hit_types_requested = Signal(object)  # Destination, which was tested
    report_requested = Signal()
    inbox_requested = Signal(object, str)  # Destination or WebAddress, and words by which it has what arrived there
    history_requested = Signal(str)  # words by which the history has what was sent
    changes_requested = Signal(object)  # Destination, of which the history has what was changed
    account_shown = Signal(object)  # the OpenAccount with which the form is read now, or None
    mend_requested = Signal(object)  # Destination
    receiver_requested = Signal(int)  # the port at which to receive on this computer, or 0 for any
    set_requested = Signal(object)  # ImportedSpecification, for its HIT type
    keys_taken = Signal(object)  # the Account whose keys a service took
    test_finished = Signal()
    escaped = Signal()  # Escape, where nothing is under way that it could end

    def __init__(self, program: Program, controller: SendingController, parent: QWidget | None = None) -> None:
        content = _Content()
        super().__init__(content, parent)
        self.setAccessibleName(self.tr("Test"))
        self._program = program
        self._controller = controller
        self._opened: OpenAccount | None = None
        self._asked: TestRequest | DeliveryOrder | None = None  # what the shown result answers, of this account
        self._repeated: HistoryRow | None = None
        self._draft: FormState | None = None  # as it stood when the shown result was sent from History
        self._next_draft: FormState | None = None  # the same, of what is about to begin
        # When the keys of an account were refused, as far as somebody knows.
        self.refused_at: Callable[[Account], datetime | None] = lambda _: None
        self._guard: DeliveryGuard | None = None  # asks about an order of this account
        self._is_filling = False
        self.presets: PresetMenu | None = None
        self._columns = TwoColumns(self)
        content.setLayout(self._columns)
        self._columns.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        self._columns.setSpacing(PAGE_MARGIN)
        self.form = NotificationForm()
        self._tell_opening()
        self._untouched = self.form.state()  # as it was when the account to come was asked for
        self.standing = StandingLine()
        self._lookup = PlaceLookup(program, self.form, self)
        self._lookup.found.connect(self._show_coverage)
        self._lookup.still_known.connect(self._tell_standing)
        self._lookup.recent_found.connect(self.form.destination.show_recent)
        self._left = _column(self.tr("Test a notification"), self.standing, self.form)
        self.form.foot.setParent(self)
        self.form.advanced.toggled.connect(
            lambda shown: QTimer.singleShot(0, self._bring_advanced_in_sight) if shown else None
        )
        self._below_bar = QWidget(self)  # the scroll bar ends above the foot
        self.addScrollBarWidget(self._below_bar, Qt.AlignmentFlag.AlignBottom)
        self.form.foot.show()
        self._right = ResultSide(controller)
        self._right.action.connect(self._act)
        self._right.delivery_action.connect(self._act_on_delivery)
        self._right.cleared.connect(self._title_result)
        self._right.inbox_requested.connect(self.inbox_requested)
        self._right.history_requested.connect(self.history_requested)
        self._title_result()
        self._columns.put(self._left, self._right)

        self.older = OlderForms(program.tasks, self, content)
        self.older.fill_requested.connect(self._fill_with_opened)
        self.older.set_requested.connect(self.set_requested)
        self._connect_form(controller)
        controller.hit_types_found.connect(self._offer_hit_types)
        controller.begun.connect(self._begun)
        controller.finished.connect(self._finished)
        controller.completed.connect(self._completed)
        self.form.set_busy(True)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._escape)  # wherever the keyboard is meanwhile

    def _escape(self) -> None:
        if self._controller.is_testing:
            self._controller.cancel()
        else:
            self.escaped.emit()

    def _connect_form(self, controller: SendingController) -> None:
        self.standing.change_keys.clicked.connect(partial(self.remedy_requested.emit, Remedy.CHANGE_KEYS))
        self.form.open_requested.connect(self.older.open)
        self.form.save_requested.connect(self._save_as)
        self.form.test_requested.connect(controller.send)
        self.form.delivery_requested.connect(self._deliver)
        self.form.receiver_wanted.connect(partial(self.receiver_requested.emit, 0))
        self.form.hit_types_wanted.connect(controller.find_hit_types)
        self.form.forget_password_requested.connect(self._forget_password)
        self.form.problem.connect(self._refused)
        self.form.changed.connect(self._form_changed)
        self.form.destination.choose_requested.connect(self._find_choices)

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
            why_none=lambda: None if self._program.session is None else self._program.session.history_problem,
        )
        menu.remedy_requested.connect(self.remedy_requested)
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
        self._opened = self._right.opened = self._lookup.opened = None
        self.form.set_live(False)
        self._lookup.look_up()
        self.account_shown.emit(None)
        self._tell_opening()
        self.form.set_busy(True)

    def show_not_open(self) -> None:
        """The account could not be opened, and what it has is not known."""
        self.form.destination.show_opening(self.tr("No account is open; type an address."))

    def _tell_opening(self) -> None:
        is_practice = self._program.wanted.source is KeySource.PRACTICE
        self.form.destination.show_opening(
            self.tr("Practice is starting: its queue and topic are here in a moment.")
            if is_practice
            else self.tr("The account is being opened: what it has is here in a moment.")
        )

    def leave(self, next_form: FormState) -> None:
        """Another account was asked for: nothing of the one before stays, as buttons of a result send with its account.

        ``next_form`` is how the form was left with the next one.
        """
        self._opened = self._right.opened = self._asked = self._repeated = self._draft = self._next_draft = None
        self.older.leave()
        if self._guard is not None:
            self._guard.reject()
        self._right.clear()
        self._lookup.leave()
        self._is_filling = True
        self.form.set_state(next_form)
        self._is_filling = False
        self._untouched = self.form.state()
        self.form.destination.set_choices([])
        self.form.destination.show_recent([])

    def show_account(self, opened: OpenAccount, remembered: FormState) -> None:
        """Work for this account now, with the form as it was left there, and what was edited while it was opened."""
        self._opened = self._right.opened = self._lookup.opened = opened
        from notification_tester.qt.sending.repeated import brought_up_to_date

        state = brought_up_to_date(self.form.state().since(self._untouched, remembered), opened)
        self._is_filling = True
        self.form.set_state(state)
        self._is_filling = False
        self.form.set_busy(self._controller.is_testing)
        self.form.set_live(opened.account.is_live)
        self.form.destination.show_opening("")
        self._lookup.find_recent()
        row, self._repeated = self._repeated, None
        if row is not None and row.account == opened.account.kept_as:
            self.repeat(row)
        self._form_changed()

    def repeat_when_open(self, row: HistoryRow) -> None:
        """Fill the form as soon as the account of that test, which is being opened, is open."""
        self._repeated = row

    def repeat(self, row: HistoryRow) -> bool:
        """Fill the form as it was for something in the history; whether that tells enough for it."""
        from notification_tester.qt.sending.repeated import brought_up_to_date, repeated

        wanted = repeated(row, self.form.state())
        if wanted is None:
            self._say(
                Problem(
                    title=self.tr("The form cannot be filled with this."),
                    detail=self.tr("The history does not tell all that was asked. Nothing was sent."),
                    remedy=self.tr("Fill in the form, and send it from there."),
                    code="history.not-told",
                    cause=Cause.INPUT,
                )
            )
            return False
        self.form.set_state(brought_up_to_date(wanted, self._opened) if self._opened else wanted)
        names = row.request.get("scenarios", ()) if row.is_from_here else ()
        for name in names:
            self.form.delivery.scenarios.choose(str(name))
        self._form_was_filled()
        self.form.focus_on_test(wanted.event)
        if names:  # the blue button would send the message alone
            QTimer.singleShot(0, self._offer_scenario)
        return True

    def send_again(self, row: HistoryRow, *, run: Sequence[HistorySummary] = ()) -> None:
        """Send something of the history once more, with all that is asked before; with a ``run``, all of that.

        Once it is sent, what stood in the form before stands there again: a person may not be done with it.
        While something else is under way nothing is done; the form is filled alone where the history has not the whole
        address.
        """
        from notification_tester.qt.sending.repeated import query_is_missing

        draft = self.form.state()
        if self._controller.is_testing or not self.repeat(row):
            return
        if query_is_missing(row):
            self._say(
                Problem(
                    title=self.tr("The query of this address was not kept."),
                    detail=self.tr(
                        "It may hold a secret, so the history has the address without it. Nothing was sent."
                    ),
                    remedy=self.tr("Add what stood behind “?” to the address, and send it."),
                    code="history.no-query",
                    cause=Cause.INPUT,
                )
            )
            return
        send: Callable[[], object]
        if row.is_from_here and row.request.get("scenarios"):
            titles = [one.event for one in reversed(run)] or [row.event]
            wanted = self.form.delivery.scenarios.called(titles)
            if wanted is None:
                self._say(
                    Problem(
                        title=self.tr("Not all of these messages can be sent again together."),
                        detail=self.tr("This version does not have each of them for this place. Nothing was sent."),
                        remedy=self.tr("Choose those that you want under “What breaks receivers”, and send them."),
                        code="history.no-scenario",
                        cause=Cause.INPUT,
                    )
                )
                return
            send = partial(self.form.delivery.scenarios.send, wanted)
        elif run or row.is_from_here:
            send = self.form.send.click
        else:
            send = partial(self.form.send_event, self.form.state().event)
        in_next_turn(self, partial(self._send_and_put_back, send, draft))  # the form is whole by then

    def _send_and_put_back(self, send: Callable[[], object], draft: FormState) -> None:
        self._next_draft = draft
        send()
        if self._controller.is_testing or self._guard is not None:  # else the form has what was not in order
            self.form.set_state(draft)
        else:
            self._next_draft = None

    def _offer_scenario(self) -> None:
        button = self.form.delivery.scenarios.one
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(button)

    def showEvent(self, event: QShowEvent) -> None:
        """How long ago a test was, and what was seen live, is told anew while somebody looks."""
        super().showEvent(event)
        self._lookup.begin()

    def look_for_others(self) -> None:
        """A person comes back to the window, and may have tested from elsewhere meanwhile."""
        if self.isVisible():
            self._lookup.look_for_others()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._lookup.pause()

    def changeEvent(self, event: QEvent) -> None:
        """Another text size makes another foot."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            QTimer.singleShot(0, self._place_foot)

    def _bring_advanced_in_sight(self) -> None:
        if self.form.advanced.isChecked():
            self.ensureWidgetVisible(self.form.advanced.folded)

    def _place_foot(self) -> None:
        """The foot stands below what is scrolled, and is in sight whatever the height of the window."""
        foot = self.form.foot
        height = max(foot.heightForWidth(self.width()), foot.minimumSizeHint().height())
        if self.viewportMargins().bottom() != height:
            self.setViewportMargins(0, 0, 0, height)
            self._below_bar.setFixedHeight(height)
        foot.setGeometry(0, self.viewport().geometry().bottom() + 1, self.width(), height)
        foot.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room for both."""
        super().resizeEvent(event)
        self._place_foot()
        character = self.fontMetrics().averageCharWidth()
        wide = self.viewport().width() >= TWO_COLUMNS_FROM * 2 * character
        wanted = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._columns.direction() != wanted:
            self._columns.turn(wanted)
        self._columns.follow()

    def send_form(self) -> None:
        """Send what the form says, as if its button had been pressed."""
        self.form.send.click()

    def _deliver(self, order: DeliveryOrder) -> None:
        """Have it sent from here; what may do harm outside this computer, not before a person said yes."""
        if self._opened is not None:  # else one is being opened, perhaps the same once more, and nothing is sent
            from notification_tester.qt.sending.delivery_guard import ask_before

            self._guard = ask_before(self._opened, order, self._controller.send, self.window())
            if self._guard is not None:
                self._guard.finished.connect(self._guard_closed)

    def _guard_closed(self) -> None:
        self._guard = self._next_draft = None

    def _begun(self, request: TestRequest | DeliveryOrder) -> None:
        self.form.set_busy(True)
        self._asked = request
        self._draft, self._next_draft = self._next_draft, None
        self._right.begin(request)
        QTimer.singleShot(0, self._bring_result_in_sight)

    def _bring_result_in_sight(self) -> None:
        if self._columns.direction() is QBoxLayout.Direction.TopToBottom:
            self.verticalScrollBar().setValue(self._right.y())
        else:
            self._columns.follow(from_its_top=True)

    def _finished(self, answer: TestAnswer) -> None:
        self.form.set_busy(self._opened is None)
        if answer.request is self._asked:
            self._right.finish(answer)
            if answer.delivered:
                if self._stands_in_form():
                    self.form.delivery.show_answers(answer.delivered)
                if answer.problem is not None:  # what could not go on after them
                    self._program.notice.emit(answer.problem)
            if self._opened is not None and any(one.accepted.state is State.YES for one in answer.outcomes):
                self.keys_taken.emit(self._opened.account)
            for one in answer.outcomes:
                self._lookup.was_tested(one.spec.destination)
                self._lookup.count_unwritten(one)
        self._lookup.look_again()
        self._lookup.find_recent()
        self._title_result()
        self.test_finished.emit()

    def _completed(self, before: TestOutcome | Delivered, completed: TestOutcome | Delivered) -> None:
        self._right.replace(before, completed)
        self._lookup.look_again()
        self.test_finished.emit()

    def _refused(self, problem: Problem) -> None:
        """Nothing was sent: say why where the answer would stand, as the guilty field may be out of sight."""
        self._say(problem)
        guilty: QWidget | None = self.focusWidget()
        if guilty is not None:
            self.ensureWidgetVisible(guilty)

    def show_destination_changed(self, destination: Destination, back: bool) -> None:
        """Something was written at ``destination`` since the result came; ``back`` where a change was taken back."""
        self._right.show_changed(destination, back=back)
        self._lookup.was_changed(destination)
        self._title_result()

    def show_found_mended(self, destination: Destination, found: str) -> None:
        """What stood in the way at ``destination`` was mended elsewhere: ``found`` is so now, nothing was tried.

        With an empty ``found`` it is not so any more.
        """
        self._right.show_mended(destination, found)
        if found:
            self._lookup.was_changed(destination)
        else:
            self._lookup.was_tested(destination)
            self._lookup.look_again()
        self._title_result()

    def _act(self, key: str, outcome: TestOutcome | None) -> None:
        match key:
            case Remedy.ADD_EVENT if outcome is not None:
                self.add_event(outcome.event)
            case Remedy.TICK_SUBMITTED:
                self._tick(EventType.ASSIGNMENT_SUBMITTED)
            case "again" if outcome is not None:
                self._send_again(outcome)
            case "read-anyway" if outcome is not None:
                self._send_again(outcome, read_anyway=True)
            case "hit-types" if outcome is not None:
                self.hit_types_requested.emit(outcome.spec.destination)
            case "report" if outcome is not None:
                self.report_requested.emit()
            case "from-here":
                self.form.where.choose_here()
                self.form.send_event(self.form.events.event_type() if outcome is None else outcome.event)
            case "throw-away" if outcome is not None and isinstance(self._asked, TestRequest):
                # The outcome of one names the queue that is gone.
                self._send_again(replace(outcome, spec=self._asked.spec), is_throwaway=True)
            case "mend" if outcome is not None:
                self.mend_requested.emit(outcome.spec.destination)
            case "changes" if outcome is not None:
                self.changes_requested.emit(outcome.spec.destination)
            case "copy-statement" if outcome is not None:
                self._copy_statement(outcome)
            case _ if (remedy := remedy_of(key)) is not None:
                self.remedy_requested.emit(remedy)
            case _:
                return

    def _forget_password(self, settings: SmtpSettings) -> None:
        self._controller.forget_password(settings, done=self.form.delivery.mail.show_forgotten)

    def _tick(self, event: EventType) -> None:
        """Ask for one event too, and have the next key or click send; what would not do in the form is over."""
        state = self.form.state()
        self.form.set_state(replace(state, events=(*state.events, event)))
        self.form.send.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_event(self, event: EventType) -> None:
        """Ask for the event that was tested too, and test it again."""
        state = self.form.state()
        self.form.set_state(replace(state, events=(*state.events, event)))
        self.form.send_event(event)

    def _act_on_delivery(self, key: str, delivered: Delivered | None) -> None:
        from notification_tester.domain.web_address import WebAddress

        request = self.deliveries.shown_request()
        asked = self._asked
        if (remedy := remedy_of(key)) in EVERYWHERE:
            self.remedy_requested.emit(remedy)
        elif key == "receive" and request is not None:
            self.receiver_requested.emit(request.target.port if isinstance(request.target, WebAddress) else 0)
        elif request is not None and delivered is not None and not isinstance(asked, TestRequest | None):
            scenarios = () if delivered.scenario is None else (delivered.scenario,)
            again = replace(request, scenarios=scenarios, trust_untrusted=request.trust_untrusted or key == "trust")
            self._deliver(replace(asked, requests=(again,)))

    def _send_again(self, outcome: TestOutcome, *, read_anyway: bool = False, is_throwaway: bool = False) -> None:
        """Test one event once more, waiting as long as the form says now."""
        if self._opened is None:
            return
        self._next_draft = None if self._draft is None else self.form.state()
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

        def failed(problem: Problem) -> None:
            if self.form.transport is transport:
                self.form.destination.show_no_choices(problem)
            self._say(problem)

        self._program.choices(transport, done=found, failed=failed)

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
        self._expect()
        if self._is_filling:
            return
        self._lookup.look_up()
        self.account_shown.emit(self._opened)
        self._right.forget_blame()
        self._title_result()
        if self._opened is not None:
            self.form_changed.emit(self._opened.account.kept_as, self.form.state())

    def _expect(self) -> None:
        """Tell the other side where a message will pass, and whether one was tested there."""
        where, coverage = self.form.where, self._lookup.coverage
        destination = where.destination.destination()
        was_tested = not where.is_web and coverage.summary(self.form.events.checked()).oldest is not None
        self._right.expect(
            where.stations(), coverage.usual, destination.text if was_tested and destination is not None else ""
        )

    def _show_coverage(self) -> None:
        self._expect()
        self._tell_standing()

    def _tell_standing(self) -> None:
        """Say in each row and on top where things stand; on top nothing without an account, or for a web receiver."""
        self.form.events.show_coverage(self._lookup.coverage)  # how long ago it was
        where = self.form.where
        if self._opened is None or where.is_web:
            self.standing.clear()
            return
        refused_at = self.refused_at(self._opened.account)
        if refused_at is not None and not (where.is_here and where.transport is Transport.EMAIL):
            self.standing.show_text(Tone.BAD, refused_text(refused_at), offers_keys=True)
            return
        destination = where.destination.destination()
        tone, text = standing_text(
            destination,
            self._lookup.coverage.summary(self.form.events.checked()),
            is_from_here=where.is_here,
            is_practice=self._opened.practice is not None,
        )
        self.standing.show_text(tone, text)

    def _title_result(self) -> None:
        """Say so when what is shown is not of what stands in the form; sent from History, it never stood there."""
        is_older = self._right.shown is not None and not self._controller.is_testing and not self._stands_in_form()
        is_before_a_change = self._right.is_before_a_change
        title = self.tr("Result before your changes") if is_older else self.tr("Result")
        if is_older and self._draft is not None and not is_before_a_change:
            title = self.tr("Result of what was sent again")
        self._right.title.setText(title)
        is_over = is_older and not is_before_a_change and self._draft != self.form.state()
        self.form.send.set_filled(is_over or not self._right.offers_next)
        self._right.step_back(is_over=is_over)

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


def _column(title: str, *contents: QWidget) -> QWidget:
    column = QWidget()
    rows = QVBoxLayout(column)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(BETWEEN_CARDS)
    rows.addWidget(heading(title, scale=1.6))
    for content in contents:
        rows.addWidget(content)
    rows.addStretch(1)
    return column
