# SPDX-License-Identifier: MIT
"""The right side of Test: how far the test got, what went wrong, what arrived, and the same test as a command."""

from __future__ import annotations

import math
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.delivery import NOT_TRIED, State
from notification_tester.domain.destination import EmailAddress, Transport
from notification_tester.domain.problem import Cause, Code, Problem, Remedy
from notification_tester.domain.way import headline_of_all, turk_stations, under_way, untravelled, way_of_test
from notification_tester.qt.background import in_next_turn
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import BETWEEN_CARDS, Card, QuietLabel, Tone
from notification_tester.qt.looks.visible_text import paragraph
from notification_tester.qt.notification.delivery_lamps import DeliveryLamps, Stage
from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_buttons
from notification_tester.qt.notification.way_view import WayCard, running_text
from notification_tester.qt.sending.mail_question import MailQuestion, may_be_in_a_mailbox
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.laid_out_once import laid_out_once
from notification_tester.qt.widgets.link_button import FoldButton, LinkButton

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.events import EventType
    from notification_tester.domain.way import Station
    from notification_tester.qt.notification.message_table import MessageTable
    from notification_tester.qt.sending.sweep_list import SweepList
    from notification_tester.qt.widgets.problem_card import ProblemCard
    from notification_tester.services.sending.test_send import Progress

COUNT_MILLISECONDS = 250
NEWS_MILLISECONDS = 40
_MAY_BE_GONE = frozenset({Cause.UNREACHABLE, Cause.NOT_LINKED, Cause.SERVICE, Cause.NO_NETWORK})
_MAY_BE_THE_DESTINATION = frozenset({Cause.DESTINATION, Cause.PERMISSION, Cause.SERVICE, Cause.REFUSED})


class MailboxLink(QWidget):
    """One press opens the practice mailbox in the browser; its address is asked then, as practice may start again."""

    def __init__(self, address: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self.link = LinkButton(self.tr("Open the practice mail&box"), self)
        self.link.setToolTip(self.tr("Shows the e-mails in your browser. The page is on this computer."))
        self.state = QuietLabel("", self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.link)
        line.addWidget(self.state, 1)
        self.link.clicked.connect(self._open)

    def offer(self, *, wanted: bool) -> None:
        """Show the link where it is wanted and there is such a mailbox."""
        self.state.clear()
        self.setVisible(wanted and bool(self._address()))

    def _open(self) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        address = self._address()
        if QDesktopServices.openUrl(QUrl(address)):
            self.state.clear()
            return
        QApplication.clipboard().setText(address)
        self.state.setText(self.tr("No browser could be opened. The address was copied: paste it into one."))


class ResultView(QWidget):
    """Shows one test, or several in one go. Emits what a person wants next."""

    cancel_requested = Signal()
    cleared = Signal()
    mail_answered = Signal(object, bool)  # TestOutcome, whether it arrived
    action = Signal(str, object)  # key of a problem's button, TestOutcome or None
    inbox_requested = Signal(object, str)  # Destination, words by which the Inbox has what arrived there
    history_requested = Signal(str)  # words by which the history has a test

    def __init__(
        self,
        *,
        as_aws_cli: Callable[[TestOutcome], str],
        as_python: Callable[[TestOutcome], str],
        practice_mailbox: Callable[[TestOutcome], str] = lambda _: "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._snippets = {"cli": as_aws_cli, "python": as_python}
        self._practice_mailbox = practice_mailbox
        self._outcomes: dict[EventType, TestOutcome] = {}
        self._deadlines: dict[EventType, float] = {}
        self._shown: EventType | None = None
        self._refusal: Problem | None = None
        self._in_sight: tuple[TestOutcome, bool] | None = None
        self._changed: Counter[Destination] = Counter()  # changes less those taken back, since this was tested
        self._mended: dict[Destination, str] = {}  # what is found there now, where that was not changed from here
        self._is_running = False
        self._is_throwaway = False
        self._is_over = False
        # Many tests at once tell more than one can read: their news is shown together.
        self._fresh: set[EventType] = set()
        self._news = QTimer(self, singleShot=True, interval=NEWS_MILLISECONDS)
        self._news.timeout.connect(self._tell_news)
        self._clock = QTimer(self, interval=COUNT_MILLISECONDS)
        self._clock.timeout.connect(self._count_down)

        self.way = WayCard(self)
        self._expected = turk_stations(Transport.SQS, "")
        self._began = 0.0
        self._usual: float | None = None
        self._tested: str = ""
        self._sweep: SweepList | None = None
        self._lamps: DeliveryLamps | None = None
        self._lamp_card = Card(self)
        self.empty = QuietLabel(self.tr("Send a test, and this shows step by step how far it gets."), self)
        self.past = LinkButton(self.tr("The last tests there are in History"), self)
        self.past.hide()
        self.past.clicked.connect(lambda: self.history_requested.emit(self._tested))
        self.mail = MailQuestion(self)
        self.mail.answered.connect(self._answer_about_mail)
        self._lamp_card.body.addWidget(self.mail)
        self._problem: ProblemCard | None = None
        self.notes = QuietLabel()
        self.mailbox = MailboxLink(lambda: "" if (one := self.shown_outcome()) is None else practice_mailbox(one))
        self._message: MessageTable | None = None
        self.copies = self._copy_buttons()

        self._rows = rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(BETWEEN_CARDS)
        self.way.body.addWidget(self.copies)
        for part in (self.way, self.empty, self.past, self._lamp_card, self.notes, self.mailbox):
            rows.addWidget(part)
        rows.addStretch(1)
        self.clear()

    @property
    def lamps(self) -> DeliveryLamps:
        """How far a test got; made when first wanted."""
        if self._lamps is None:
            made = self._lamps = DeliveryLamps()
            made.cancel_requested.connect(self.cancel_requested)
            self._lamp_card.body.insertWidget(0, made)
            self.way.take_cancel(made.cancel)
            self.setTabOrder(self.more, made.cancel)
        return self._lamps

    @property
    def sweep(self) -> SweepList:
        """Several tests, a line each; made when first wanted."""
        if self._sweep is None:
            from notification_tester.qt.sending.sweep_list import SweepList

            made = self._sweep = SweepList(self, is_in_inbox=self._is_in_inbox)
            made.hide()
            made.chosen.connect(self._show_event)
            made.inbox_requested.connect(self._open_inbox)
            made.history_requested.connect(self._open_history)
            self._rows.insertWidget(self._rows.indexOf(self.past) + 1, made)
            self.setTabOrder(self.more, made.tree)
        return self._sweep

    @property
    def problem(self) -> ProblemCard:
        """Why a test failed, or could not begin; made when first wanted."""
        if self._problem is None:
            from notification_tester.qt.widgets.problem_card import ProblemCard

            made = self._problem = ProblemCard(self)
            made.action.connect(self._act)
            self._rows.insertWidget(self._rows.indexOf(self._lamp_card), made)
            self._order([self.more, *made.stops])
        return self._problem

    @property
    def message(self) -> MessageTable:
        """What arrived; made when first wanted, because a table takes long to make."""
        if self._message is None:
            from notification_tester.qt.notification.message_table import MessageTable

            self._message = MessageTable(self)
            self._message.inbox_requested.connect(lambda words: self._open_inbox(self._shown, words))
            self._message.history_requested.connect(lambda _: self._open_history(self._shown))
            self._message.hide()
            self._rows.insertWidget(self._rows.indexOf(self.mailbox) + 1, self._message)
        return self._message

    def prepare(self) -> None:
        """Make what is shown once something has arrived, or not, so that its first sight is quick."""
        _ = self.message
        # As they stand below one another, the last first: each comes right behind the buttons for the keyboard.
        in_next_turn(self, lambda: (self.problem, self.sweep, self.lamps))

    def clear(self) -> None:
        """Back to how it is before anything was sent."""
        self._clock.stop()
        self._forget_news()
        self._outcomes, self._deadlines, self._shown, self._refusal = {}, {}, None, None
        self._in_sight = None
        self._changed, self._mended = Counter(), {}
        self._is_running = False
        if self._lamps is not None:
            self._lamps.clear()
        if self._problem is not None:
            self._problem.clear()
        for part in (self._sweep, self.mail, self.notes, self.mailbox, self._message, self.copies):
            if part is not None:
                part.hide()
        self.empty.show()
        self._lamp_card.hide()
        self.expect(self._expected, self._usual, self._tested)
        self.way.show()
        self.cleared.emit()

    def expect(self, stations: tuple[Station, ...], usual: float | None = None, tested: str = "") -> None:
        """Show, while nothing was sent, where a message will pass; ``usual`` is how many seconds it takes there.

        Of a place that was ``tested``, by its address, a link leads to what came of that.
        """
        self._expected, self._usual, self._tested = stations, usual, tested
        is_empty = not self.empty.isHidden()
        self.past.setVisible(is_empty and bool(tested))
        if is_empty:
            self.way.show_way(untravelled(stations, was_tested=bool(tested)))

    def begin(self, events: Sequence[EventType], *, is_throwaway: bool = False) -> None:
        """A test of each of these is beginning.

        One through a throw-away queue offers no buttons that name its destination, as that is gone when it ends.
        """
        with laid_out_once(self):
            self.clear()
            self._is_throwaway = is_throwaway
            self.empty.hide()
            self.past.hide()
            lamps = self.lamps
            self._lamp_card.show()
            self._is_running = True
            self._shown = events[0]
            if len(events) > 1:
                self.sweep.begin(events)
                self.sweep.show()
            lamps.show_waiting(Stage.ACCEPTED, None)
            self._began = time.perf_counter()
            self._show_way_under_way(None)
        self._clock.start()

    def show_progress(self, news: Progress) -> None:
        """News about one event; late news of an earlier run is ignored."""
        if not self._is_running:
            return
        event = news.outcome.event
        self._outcomes[event] = news.outcome
        if news.deadline is None:
            self._deadlines.pop(event, None)
        else:
            self._deadlines[event] = news.deadline
        self._fresh.add(event)
        if not self._news.isActive():
            self._news.start()

    def finish(self, outcomes: Sequence[TestOutcome]) -> None:
        """Every outcome is known."""
        self._is_running = False
        self._clock.stop()
        self._forget_news()
        self._deadlines = {}
        for outcome in outcomes:
            self._outcomes[outcome.event] = outcome
        if len(outcomes) > 1:
            self.sweep.finish(outcomes)
            codes = {"" if one.problem is None else one.problem.code for one in outcomes}
            if codes != {""}:
                self._place_problem(is_of_all=len(codes) == 1)
            in_next_turn(self, self._show_chosen)  # the list first, then the one that is chosen in it
        else:
            self._show_chosen()

    def _place_problem(self, *, is_of_all: bool) -> None:
        """What stands in the way of every test comes before their list, else below it with what is chosen there."""
        self._rows.removeWidget(self.problem)
        below = self.sweep if is_of_all else self._lamp_card
        self._rows.insertWidget(self._rows.indexOf(below), self.problem)
        stops, tree = self.problem.stops, self.sweep.tree
        self._order([self.more, *stops, tree] if is_of_all else [self.more, tree, *stops])

    def _order(self, stops: Sequence[QWidget]) -> None:
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)

    def _show_chosen(self) -> None:
        if self._shown is not None:
            self._show_event(self._shown)

    def show_problem(self, problem: Problem) -> None:
        """Show why nothing could begin."""
        self.clear()
        self._refusal = problem
        self.problem.show_problem(problem, self._actions(problem, None))
        self.empty.hide()
        self.past.hide()
        self.way.hide()

    def replace_outcome(self, before: TestOutcome, outcome: TestOutcome) -> None:
        """Show an outcome that a person completed, where it is still the one that is shown."""
        if self._outcomes.get(outcome.event) is before:
            self._outcomes[outcome.event] = outcome
            if outcome.event is self._shown:
                self._show_event(outcome.event)

    def show_changed(self, destination: Destination, *, back: bool) -> None:
        """Something was mended or made at a destination after what is shown was tested, or was taken ``back``."""
        self._changed[destination] += -1 if back else 1
        self._mended.pop(destination, None)
        self._in_sight = None
        self._show_chosen()

    def show_mended(self, destination: Destination, found: str) -> None:
        """What stood in the way there is seen to be mended, not from here; ``found`` is what is found now.

        An empty ``found`` says that it is broken once more.
        """
        failed = [one for one in self._outcomes.values() if one.problem is not None]
        if self._is_running or not any(one.spec.destination == destination for one in failed):
            return
        if found and self._changed[destination] == 0:
            self._changed[destination] = 1
        elif not found and destination in self._mended:
            self._changed[destination] = 0
        self._mended.pop(destination, None)
        if found:
            self._mended[destination] = paragraph(found)
        self._in_sight = None
        self._show_chosen()

    @property
    def is_before_a_change(self) -> bool:
        """Whether what is in sight was tested before something was changed at its destination."""
        outcome = self.shown_outcome()
        return outcome is not None and self._changed[outcome.spec.destination] != 0

    @property
    def blames_the_form(self) -> bool:
        """Whether all that is shown is what will not do in the form, which is over when the form changes."""
        return self._refusal is not None and self._refusal.cause is Cause.INPUT

    @property
    def offers_next(self) -> bool:
        """Whether the next thing to do is a button here."""
        outcome = self.shown_outcome()
        if self._is_running or outcome is None:
            return False
        return outcome.problem is not None or (outcome.is_good and not self.is_before_a_change)

    def shown_outcome(self) -> TestOutcome | None:
        """The outcome that is in sight."""
        return None if self._shown is None else self._outcomes.get(self._shown)

    def step_back(self, *, is_over: bool) -> None:
        """Whether what is in sight is of another form, so that no button here is the next thing to do."""
        self._is_over = is_over
        self._fill_next()

    def _fill_next(self) -> None:
        of_problem = () if self._problem is None else self._problem.buttons.values()
        for button in (self.use, *of_problem):
            if isinstance(button, FilledButton):
                button.set_filled(not self._is_over)

    def _tell_news(self) -> None:
        fresh = set(self._fresh)
        self._forget_news()
        if len(self._outcomes) > 1:
            self.sweep.show_outcomes([self._outcomes[event] for event in fresh])
        if self._shown in fresh:
            in_next_turn(self, self._show_chosen)

    def _forget_news(self) -> None:
        self._news.stop()
        self._fresh.clear()

    def _show_event(self, event: EventType) -> None:
        self._shown = event
        outcome = self._outcomes.get(event)
        if outcome is None:
            return
        is_done = not self._is_running or self._is_decided(outcome)
        state = (outcome, is_done)
        if is_done and self._in_sight == state:
            return  # the last news of a test and its end are told one after the other
        self._in_sight = state
        with laid_out_once(self):
            self._lay_out_event(outcome, is_done=is_done)

    def _lay_out_event(self, outcome: TestOutcome, *, is_done: bool) -> None:
        if is_done:
            self.lamps.show_outcome(outcome)
            self._show_way(outcome)
        else:
            self._show_waiting(outcome)
        if outcome.problem is not None and self.is_before_a_change:
            again = [(self.tr("Send a&gain"), "again")]
            found = self._mended.get(outcome.spec.destination)
            if found is None:  # else it was changed elsewhere, and the history has nothing to take back
                again.append((self.tr("Sho&w the change in History"), "changes"))
            since = _changed_since(outcome.problem) if found is None else _mended_since(outcome.problem, found)
            self.problem.show_problem(since, again, tone=Tone.ACCENT, fill_first=True)
        elif outcome.problem is not None:
            # What was found wrong at the destination is so, whether or not the test was taken.
            is_bad = State.NO in {outcome.accepted.state, outcome.arrived.state} or (
                outcome.accepted.state is State.UNKNOWN and outcome.problem.cause is Cause.DESTINATION
            )
            tone = Tone.BAD if is_bad else Tone.BEWARE
            actions = self._actions(outcome.problem, outcome)
            self.problem.show_problem(outcome.problem, actions, tone=tone, fill_first=is_done, folds_rest=True)
            if (copies := self.problem.buttons.get("copy-statement")) is not None:
                copies.setToolTip(self._what_a_statement_is())
                copies.setAccessibleDescription(copies.toolTip())
        elif self._problem is not None:
            self._problem.clear()
        self.notes.setText("\n".join(paragraph(note) for note in outcome.notes))
        self.notes.setVisible(is_done and bool(outcome.notes))
        self.mailbox.offer(wanted=is_done and outcome.accepted.state is State.YES)
        if outcome.message is not None:
            from notification_tester.qt.notification.message_table import Lead

            self.message.leads = (Lead.INBOX, Lead.HISTORY) if self._is_in_inbox(outcome.event) else (Lead.HISTORY,)
            self.message.show_message(outcome.message, outcome.raw)
            self.message.show()
        elif self._message is not None:
            self._message.hide()
        self.mail.setVisible(is_done and self._asks_about_mail(outcome))
        self.copies.setVisible(is_done and not self._is_throwaway)
        for part in (self.use, self.sets_nothing):
            part.setVisible(outcome.is_good and not self.is_before_a_change)
        self._fill_next()

    def _is_decided(self, outcome: TestOutcome) -> bool:
        return outcome.accepted.state is State.NO or (
            outcome.arrived is not NOT_TRIED and outcome.as_expected is not NOT_TRIED
        )

    def _show_way(self, outcome: TestOutcome) -> None:
        way, several = way_of_test(outcome), len(self._outcomes) > 1 and not self._is_running
        shown = list(self._outcomes.values()) if several else [outcome]
        headline = headline_of_all(shown) if several else way.headline
        if self._practice_mailbox(outcome) and all(one.arrived.state is State.YES for one in shown):
            words = self.tr("{headline}, in practice’s mailbox; no e-mail left this computer")
            headline = words.format(headline=headline)
        is_past = self.is_before_a_change and outcome.problem is not None
        if is_past:
            headline = self.tr("Before the change: {headline}").format(headline=way.headline)
        self.way.show_way(way, headline, is_past=is_past)

    def _show_way_under_way(self, outcome: TestOutcome | None) -> None:
        way = under_way(self._expected) if outcome is None else way_of_test(outcome)
        self.way.show_way(way, running=running_text(self._began, self._usual))

    def _show_waiting(self, outcome: TestOutcome) -> None:
        self._show_way_under_way(outcome)
        if outcome.accepted is NOT_TRIED:
            self.lamps.show_waiting(Stage.ACCEPTED, None)
            return
        deadline = self._deadlines.get(outcome.event)
        left = None if deadline is None else max(0, math.ceil(deadline - time.perf_counter()))
        self.lamps.show_waiting(Stage.ARRIVED, left, accepted=outcome.accepted)

    def _count_down(self) -> None:
        outcome = self.shown_outcome()
        if outcome is None and self._is_running:
            self._show_way_under_way(None)
        elif outcome is not None and self._is_running and not self._is_decided(outcome):
            self._show_waiting(outcome)

    def _asks_about_mail(self, outcome: TestOutcome) -> bool:
        return (
            isinstance(outcome.spec.destination, EmailAddress)
            and outcome.message is None  # seen in the practice mailbox
            and may_be_in_a_mailbox(outcome, outcome.problem)
        )

    def _what_a_statement_is(self) -> str:
        return self.tr(
            "The rule to add to its access policy, which lets Mechanical Turk in: for whoever may change that policy."
        )

    def _actions(self, problem: Problem, outcome: TestOutcome | None) -> list[tuple[str, str]]:
        """What the program can do about it, as text and key."""
        actions = []
        if problem.code == Code.READING_COSTS:
            return [(self.tr("Look all the sa&me"), "read-anyway")]
        if problem.code == Code.CLOSED and not self._is_throwaway:
            actions.append((self.tr("Sho&w the change and mend it…"), "mend"))
            actions.append((self.tr("Copy the statement"), "copy-statement"))
        able = EVERYWHERE | {Remedy.TICK_SUBMITTED if outcome is None else Remedy.ADD_EVENT}
        actions += remedy_buttons(problem, able)
        if outcome is not None and not self._is_throwaway and problem.cause in _MAY_BE_THE_DESTINATION:
            actions.append((self.tr("Try with a throw-away q&ueue"), "throw-away"))
        if problem.cause is not Cause.INPUT and outcome is not None:
            actions.append((self.tr("Send a&gain"), "throw-away" if self._is_throwaway else "again"))
        if problem.cause in _MAY_BE_GONE and outcome is not None:
            actions.append((self.tr("Send it from this computer"), "from-here"))
        return [*actions, (self.tr("Co&py this text"), "copy-problem")]

    def _act(self, key: str) -> None:
        outcome = self.shown_outcome()
        if key == "copy-problem":
            problem = self._refusal if outcome is None else outcome.problem
            if problem is not None:
                QApplication.clipboard().setText(problem.as_text())
            return
        self.action.emit(key, outcome)

    def _answer_about_mail(self, arrived: bool) -> None:
        outcome = self.shown_outcome()
        if outcome is not None:
            self.mail_answered.emit(outcome, arrived)

    def _copy_buttons(self) -> QWidget:
        """What can be done with a test that ended: the next thing, and the rest folded away."""
        frame = QWidget(self)
        rows = QVBoxLayout(frame)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rest = QWidget(frame)
        flow = FlowLayout(rest)
        self.copy_buttons: dict[str, QPushButton] = {}
        for key, text in (("cli", self.tr("Copy as AWS &CLI")), ("python", self.tr("Copy as P&ython"))):
            button = QPushButton(icons.icon("copy"), text, rest)
            button.setAutoDefault(False)
            button.setToolTip(
                self.tr("The same test as a command to repeat it without this program; no key of yours is in it.")
            )
            button.clicked.connect(self._copier(key))
            flow.addWidget(button)
            self.copy_buttons[key] = button
        self.report = QPushButton(self.tr("Report of tests…"), rest)
        self.report.setAutoDefault(False)
        self.report.setToolTip(self.tr("One page for people who were not there, as PDF or web page."))
        self.report.clicked.connect(lambda: self._act("report"))
        flow.addWidget(self.report)
        self.use = FilledButton(self.tr("Use for HIT ty&pes…"), frame, icon_name="hit-types")
        self.use.setToolTip(self.tr("Goes to your HIT types, where this can be applied to as many as you like."))
        self.use.clicked.connect(lambda: self._act("hit-types"))
        self.sets_nothing = QuietLabel(
            self.tr("A test sets nothing: next, choose the HIT types that are to tell this place."), frame
        )
        self.use.setAccessibleDescription(f"{self.sets_nothing.text()} {self.use.toolTip()}")
        rows.addWidget(as_high_as_needed(self.sets_nothing))
        self.more = FoldButton(self.tr("More"), rest, frame)
        line = QHBoxLayout()
        line.addWidget(self.use)
        line.addWidget(self.more)
        line.addStretch(1)
        rows.addLayout(line)
        rows.addWidget(rest)
        return frame

    def _is_in_inbox(self, event: EventType) -> bool:
        """Whether the Inbox can follow where a test went: no mailbox, and no queue that went with the test."""
        outcome = self._outcomes.get(event)
        return outcome is not None and not self._is_throwaway and not isinstance(outcome.spec.destination, EmailAddress)

    def _open_inbox(self, event: EventType | None, words: str = "") -> None:
        outcome = None if event is None else self._outcomes.get(event)
        if outcome is not None:
            self.inbox_requested.emit(outcome.spec.destination, words or outcome.event.value)

    def _open_history(self, event: EventType | None) -> None:
        outcome = None if event is None else self._outcomes.get(event)
        if outcome is not None:
            self.history_requested.emit(f"{outcome.event.value} {outcome.spec.destination.text}")

    def _copier(self, key: str) -> Callable[[], None]:
        def copy() -> None:
            outcome = self.shown_outcome()
            if outcome is not None:
                QApplication.clipboard().setText(self._snippets[key](outcome))

        return copy


def _mended_since(problem: Problem, found: str) -> Problem:
    translate = QCoreApplication.translate
    return Problem(
        title=translate("ResultView", "What stood in the way was mended since this test."),
        detail=translate(
            "ResultView", "The test found: {what} Looked at again, it was found: {found} No test was sent since."
        ).format(what=problem.title, found=found),
        remedy=translate("ResultView", "Send the test again to see whether it arrives now."),
        code="result.mended-elsewhere",
        cause=Cause.DESTINATION,
        answer=problem.answer,
    )


def _changed_since(problem: Problem) -> Problem:
    translate = QCoreApplication.translate
    return Problem(
        title=translate("ResultView", "The destination was changed after this test."),
        detail=translate("ResultView", "The test found: {what} What was changed since is not tested yet.").format(
            what=problem.title
        ),
        remedy=translate("ResultView", "Send the test again to see whether it arrives now."),
        code="result.before-a-change",
        cause=Cause.DESTINATION,
        answer=problem.answer,
    )
