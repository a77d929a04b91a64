# SPDX-License-Identifier: MIT
"""The right side of Test where this computer sent: how far it got, what was answered, what was sent."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.delivery import NOT_TRIED, State
from notification_tester.domain.destination import EmailAddress
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.way import Place, own_stations, travelled, under_way
from notification_tester.domain.web_address import WebAddress
from notification_tester.qt.background import in_next_turn
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import BETWEEN_CARDS, Card, QuietLabel, Tone
from notification_tester.qt.looks.tone_mark import ToneMark
from notification_tester.qt.looks.visible_text import paragraph
from notification_tester.qt.notification.delivery_lamps import DeliveryLamps, Stage
from notification_tester.qt.notification.message_table import Lead, MessageTable
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.notification.remedies import remedy_buttons
from notification_tester.qt.notification.way_view import WayCard, running_text
from notification_tester.qt.sending.mail_question import MailQuestion, may_be_in_a_mailbox
from notification_tester.qt.sending.receipt_view import ReceiptView, answer_in_words
from notification_tester.qt.sending.sweep_list import SweepList
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.laid_out_once import laid_out_once
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.raw_text import RawText

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.way import Station
    from notification_tester.services.sending.deliver import Delivered, DeliveryProgress
    from notification_tester.services.sending.delivery_request import DeliveryRequest

COUNT_MILLISECONDS = 250
NEWS_MILLISECONDS = 40
UNTRUSTED = "delivery.untrusted-certificate"
NOBODY_LISTENS = "delivery.port-closed"

Key = tuple[int, int]
"""Which message: the number of its request in the order, and its own within that."""


class DeliveryResult(QWidget):
    """Shows one message, or several of one order. Emits what a person wants next."""

    cancel_requested = Signal()
    mail_answered = Signal(object, bool)  # Delivered, whether it arrived
    action = Signal(str, object)  # key of a problem's button, Delivered or None
    inbox_requested = Signal(object, str)  # where it was sent to, and words by which the Inbox has it
    history_requested = Signal(str)  # words by which the history has it

    def __init__(
        self, *, copied_as: Callable[[str, DeliveryRequest, Delivered], str], parent: QWidget | None = None
    ) -> None:
        """``copied_as`` writes a message as ``curl`` or ``python`` that sends it once more; empty where it cannot."""
        super().__init__(parent)
        self._copied_as = copied_as
        self._requests: Sequence[DeliveryRequest] = ()
        self._delivered: dict[Key, Delivered] = {}
        self._deadlines: dict[Key, float] = {}
        self._shown: Key | None = None
        self._in_sight: tuple[Delivered, bool] | None = None
        self._is_running = False
        self._is_rest_to_come = False
        self._fresh: set[Key] = set()
        self._news = QTimer(self, singleShot=True, interval=NEWS_MILLISECONDS)
        self._news.timeout.connect(self._tell_news)
        self._clock = QTimer(self, interval=COUNT_MILLISECONDS)
        self._clock.timeout.connect(self._count_down)

        self.sweep = SweepList(
            self,
            key=self._key_of,
            title=self._title_of,
            answer=answer_of,
            first_column=self.tr("Message"),
            is_in_inbox=self._is_in_inbox,
        )
        self.sweep.chosen.connect(self._show)
        self.lamps = DeliveryLamps(is_from_here=True)
        self.lamps.cancel_requested.connect(self.cancel_requested)
        self.way = WayCard(self)
        self.way.take_cancel(self.lamps.cancel)
        self._stations = own_stations(Place.RECEIVER, "")
        self._began = 0.0
        self._usual: float | None = None
        self._lamp_card = Card(self)
        self._lamp_card.body.addWidget(self.lamps)
        self.mail = MailQuestion(self)
        self.mail.answered.connect(self._answer_about_mail)
        self._lamp_card.body.addWidget(self.mail)
        self.problem = ProblemCard(self)
        self.problem.action.connect(self._act)
        self.receipt = ReceiptView(self)
        self.notes = _Notes()
        self._lamp_card.body.addWidget(self.notes)
        self.message = MessageTable(self, leads=(Lead.INBOX, Lead.HISTORY))  # shown of queues and topics alone
        self.sent = Card(self)
        self.sent_text = RawText(accessible_name=self.tr("What was sent"), lines=14)
        self.sent_link = FoldButton(self.tr("What was sent"), self.sent_text, self.sent)
        self.sent.body.addWidget(self.sent_link)
        self.sent.body.addWidget(self.sent_text)
        self.copies = self._copy_buttons()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(BETWEEN_CARDS)
        parts: tuple[QWidget, ...] = (self.way, self.sweep, self.problem, self._lamp_card, self.receipt, self.message)
        for part in (*parts, self.sent, self.copies):
            rows.addWidget(part)
        rows.addStretch(1)
        self._connect_leads()
        self.clear()

    def clear(self) -> None:
        """Nothing was sent, or what was is another account's."""
        self._clock.stop()
        self._forget_news()
        self._requests, self._delivered, self._deadlines = (), {}, {}
        self._shown = self._in_sight = None
        self._is_running = self._is_rest_to_come = False
        self.lamps.clear()
        self.problem.clear()
        self.receipt.clear()
        self.sent_text.set_text("")
        for part in (self.sweep, self.mail, self.receipt, self.message, self.notes, self.sent, self.copies):
            part.hide()

    def expect(self, usual: float | None) -> None:
        """How many seconds what is sent next usually takes there."""
        self._usual = usual

    def begin(self, requests: Sequence[DeliveryRequest]) -> None:
        """These are being sent."""
        self.clear()
        self._requests = requests
        self._is_running = True
        self._shown = (0, 0)
        if len(requests) > 1 or (requests and len(requests[0].scenarios) > 1):
            self.sweep.begin(())
            self.sweep.show()
        self.lamps.show_waiting(Stage.ACCEPTED, None)
        self._stations, self._began = _stations(requests[0]), time.perf_counter()
        self._show_way(None, is_done=False)
        self._clock.start()

    def show_progress(self, number: int, news: DeliveryProgress) -> None:
        """News about one message of the request of that number; late news of an earlier order is ignored."""
        if not self._is_running:
            return
        key = (number, news.number)
        self._delivered[key] = news.delivered
        if news.deadline is None:
            self._deadlines.pop(key, None)
        else:
            self._deadlines[key] = news.deadline
        self._fresh.add(key)
        if not self._news.isActive():
            self._news.start()

    def finish(self, answers: Sequence[tuple[int, int, Delivered]]) -> None:
        """Everything is known."""
        self._is_running = False
        self._clock.stop()
        self._forget_news()
        self._deadlines = {}
        self._delivered.update({(number, place): one for number, place, one in answers})
        with laid_out_once(self):
            if len(self._delivered) > 1:
                self._show_list(self._delivered)
                self.sweep.finish(list(self._delivered.values()))
            if self._shown not in self._delivered and self._delivered:
                self._shown = next(iter(self._delivered))
            if self._shown is not None:
                self._show(self._shown)

    def replace_delivered(self, before: Delivered, after: Delivered) -> None:
        """Show what a person completed, where it is still there."""
        key = next((key for key, one in self._delivered.items() if one is before), None)
        if key is not None:
            self._delivered[key] = after
            if key == self._shown:
                self._show(key)

    def shown_request(self) -> DeliveryRequest | None:
        """The request that what is in sight belongs to."""
        return None if self._shown is None or not self._requests else self._requests[self._shown[0]]

    def shown_delivered(self) -> Delivered | None:
        """What is in sight."""
        return None if self._shown is None else self._delivered.get(self._shown)

    def _connect_leads(self) -> None:
        self.sweep.inbox_requested.connect(self._open_inbox)
        self.sweep.history_requested.connect(self._open_history)
        self.message.inbox_requested.connect(lambda words: self._open_inbox(self._shown, words))
        self.message.history_requested.connect(lambda _: self._open_history(self._shown))

    def _is_in_inbox(self, key: Key) -> bool:
        """Whether the Inbox can follow where it went: a queue, a topic, a receiver on this computer."""
        target = self._requests[key[0]].target
        return target.is_loopback if isinstance(target, WebAddress) else not isinstance(target, EmailAddress)

    def _event_of(self, key: Key) -> str:
        events = self._requests[key[0]].notification.events
        return "" if not events else events[0].event_type

    def _open_inbox(self, key: Key | None, words: str = "") -> None:
        if key is not None:
            self.inbox_requested.emit(self._requests[key[0]].target, words or self._event_of(key))

    def _open_history(self, key: Key | None) -> None:
        if key is not None:
            scenario = self._delivered[key].scenario
            what = self._event_of(key) if scenario is None else scenario.title
            self.history_requested.emit(f"{what} {self._requests[key[0]].shown_target}".strip())

    def _key_of(self, delivered: Delivered) -> Key | None:
        return next((key for key, one in self._delivered.items() if one is delivered), None)

    def _title_of(self, key: Key) -> str:
        delivered = self._delivered[key]
        if delivered.scenario is not None:
            return delivered.scenario.title
        events = self._requests[key[0]].notification.events
        return name_of(events[-1].event_type) if len(self._requests) > 1 and events else delivered.what

    def _show_list(self, keys: Sequence[Key] | dict[Key, Delivered]) -> None:
        if not self.sweep.isVisibleTo(self):
            self.sweep.begin(())
            self.sweep.show()
        for key in keys:
            self.sweep.add([key], at=sum(one < key for one in self._delivered if self.sweep.has(one)))
        self.sweep.show_outcomes([self._delivered[key] for key in keys])

    def _tell_news(self) -> None:
        fresh = sorted(self._fresh)
        self._forget_news()
        if len(self._delivered) > 1 or self.sweep.isVisibleTo(self):
            self._show_list(fresh)
        if self._shown in fresh:
            in_next_turn(self, self._show_chosen)  # the list first, then the one that is chosen in it

    def _show_chosen(self) -> None:
        if self._shown is not None:
            self._show(self._shown)

    def _forget_news(self) -> None:
        self._news.stop()
        self._fresh.clear()

    def _show(self, key: Key) -> None:
        self._shown = key
        delivered = self._delivered.get(key)
        if delivered is None:
            return
        is_done = not self._is_running or _is_decided(delivered)
        if self._in_sight == (delivered, is_done):
            if not self._is_running:  # the last news and the end are told one after the other
                self._show_rest(key)
            return
        self._in_sight = (delivered, is_done)
        with laid_out_once(self):
            if is_done:
                self.lamps.show_outcome(delivered)
                self._show_way(delivered, is_done=True)
            else:
                self._show_waiting(key, delivered)
            self._show_problem(delivered)
            self._is_rest_to_come = True
            if self._is_running:  # what a person waits for first; the rest is as much work again
                in_next_turn(self, partial(self._show_rest, key))
            else:
                self._show_rest(key)

    def _show_rest(self, key: Key) -> None:
        """What is below the lamps, where it is still the one in sight."""
        if key != self._shown or self._in_sight is None or not self._is_rest_to_come:
            return
        self._is_rest_to_come = False
        delivered, is_done = self._in_sight
        with laid_out_once(self):
            if delivered.receipt is not None:
                self.receipt.show_receipt(delivered.receipt)
            came = delivered.receipt is not None and bool(delivered.receipt.status or delivered.receipt.tls)
            self.receipt.setVisible(came)
            self._show_arrived(key, delivered)
            self.notes.show_notes(delivered.notes)
            self.notes.setVisible(is_done)
            self.sent_text.set_text(delivered.raw)
            self.sent.setVisible(bool(delivered.raw))
            self._offer_copies(wanted=is_done)
            self.mail.setVisible(is_done and self._asks_about_mail(key, delivered))

    def _show_arrived(self, key: Key, delivered: Delivered) -> None:
        """What was seen at a queue or a topic: it was known again by its text, so it is what was sent."""
        is_seen = delivered.arrived.state is State.YES and delivered.receipt is None
        is_seen = is_seen and self._requests[key[0]].form in {DeliveryForm.SQS, DeliveryForm.SNS}
        if is_seen:
            from notification_tester.domain.messages.message import decode

            self.message.show_message(decode(delivered.raw), delivered.raw)
        self.message.setVisible(is_seen)

    def _show_problem(self, delivered: Delivered) -> None:
        problem = delivered.problem
        if problem is None:
            self.problem.clear()
            return
        is_bad = State.NO in {delivered.accepted.state, delivered.arrived.state}
        self.problem.show_problem(problem, self._actions(problem), tone=Tone.BAD if is_bad else Tone.BEWARE)

    def _actions(self, problem: Problem) -> list[tuple[str, str]]:
        actions = []
        if problem.code == UNTRUSTED:
            actions.append((self.tr("Send it all the sa&me"), "trust"))
        request = self.shown_request()
        target = None if request is None else request.target
        if problem.code == NOBODY_LISTENS and isinstance(target, WebAddress) and target.is_loopback:
            actions.append((self.tr("Receive on this computer…"), "receive"))
        if request is not None and request.needs_account:
            actions += remedy_buttons(problem)
        if problem.cause is not Cause.INPUT:
            actions.append((self.tr("Send a&gain"), "again"))
        return [*actions, (self.tr("Co&py this text"), "copy-problem")]

    def _act(self, key: str) -> None:
        delivered = self.shown_delivered()
        if key == "copy-problem":
            if delivered is not None and delivered.problem is not None:
                QApplication.clipboard().setText(delivered.problem.as_text())
            return
        self.action.emit(key, delivered)

    def _show_way(self, delivered: Delivered | None, *, is_done: bool) -> None:
        way = under_way(self._stations) if delivered is None else travelled(self._stations, delivered)
        self.way.show_way(way, running="" if is_done else running_text(self._began, self._usual))

    def _show_waiting(self, key: Key, delivered: Delivered) -> None:
        self._show_way(delivered, is_done=False)
        if delivered.accepted is NOT_TRIED:
            self.lamps.show_waiting(Stage.ACCEPTED, None)
            return
        deadline = self._deadlines.get(key)
        left = None if deadline is None else max(0, math.ceil(deadline - time.perf_counter()))
        self.lamps.show_waiting(Stage.ARRIVED, left, accepted=delivered.accepted)

    def _count_down(self) -> None:
        delivered = self.shown_delivered()
        if delivered is None and self._is_running:
            self._show_way(None, is_done=False)
        elif self._shown is not None and delivered is not None and self._is_running and not _is_decided(delivered):
            self._show_waiting(self._shown, delivered)

    def _asks_about_mail(self, key: Key, delivered: Delivered) -> bool:
        return self._requests[key[0]].form is DeliveryForm.EMAIL and may_be_in_a_mailbox(delivered, delivered.problem)

    def _answer_about_mail(self, arrived: bool) -> None:
        delivered = self.shown_delivered()
        if delivered is not None:
            self.mail_answered.emit(delivered, arrived)

    def _copy_buttons(self) -> QWidget:
        frame = QWidget(self)
        flow = FlowLayout(frame)
        self.copy_buttons: dict[str, QPushButton] = {}
        for key, text in (("curl", self.tr("Copy as &curl")), ("python", self.tr("Copy as P&ython"))):
            button = QPushButton(icons.icon("copy"), text, frame)
            button.setAutoDefault(False)
            button.setToolTip(
                self.tr(
                    "Sends the same without this program. The address is in it as you typed it; no key or password is."
                )
            )
            button.clicked.connect(partial(self._copy, key))
            flow.addWidget(button)
            self.copy_buttons[key] = button
        self.not_copied = QuietLabel(
            self.tr(
                "This message cannot be written like that: it is too long, not all of it is text, or, on Windows, it"
                " has several lines."
            ),
            frame,
        )
        flow.addWidget(self.not_copied)
        return frame

    def _offer_copies(self, *, wanted: bool) -> None:
        request = self.shown_request()
        self.copies.setVisible(wanted and request is not None)
        self.not_copied.hide()
        # curl speaks HTTP: queues and topics take signed calls, and mail servers something else
        is_web = request is not None and isinstance(request.target, WebAddress)
        self.copy_buttons["curl"].setVisible(is_web)

    def _copy(self, key: str) -> None:
        request, delivered = self.shown_request(), self.shown_delivered()
        if request is not None and delivered is not None:
            text = self._copied_as(key, request, delivered)
            self.not_copied.setVisible(not text)
            if text:
                QApplication.clipboard().setText(text)


class _Notes(QWidget):
    """That Mechanical Turk did not send it, and what else is to be known of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QuietLabel()
        line = QHBoxLayout(self)
        line.setContentsMargins(2, 2, 2, 0)
        line.setSpacing(8)
        line.addWidget(ToneMark(), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1)

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show them, one after the other."""
        self.words.setText(" ".join(paragraph(note) for note in notes))


def _stations(request: DeliveryRequest) -> tuple[Station, ...]:
    if isinstance(request.target, WebAddress):
        return own_stations(Place.RECEIVER, request.target.host)
    if request.form is DeliveryForm.EMAIL:
        return own_stations(Place.MAIL_SERVER, "" if request.smtp is None else request.smtp.host)
    return own_stations(Place.TOPIC if request.form is DeliveryForm.SNS else Place.QUEUE, request.target.name)


def answer_of(delivered: Delivered) -> str:
    """What was answered to a message, in a few words; empty while nothing was."""
    if delivered.receipt is not None:
        return answer_in_words(delivered.receipt)
    return "" if delivered.problem is None else delivered.problem.title


def _is_decided(delivered: Delivered) -> bool:
    return delivered.accepted.state is State.NO or (
        delivered.arrived is not NOT_TRIED and delivered.as_expected is not NOT_TRIED
    )
