# SPDX-License-Identifier: MIT
"""What stands above the list of the inbox: the form of what to follow, or the bar that says how following goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.domain.destination import EmailAddress, QueueAddress, Transport
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.inbox.controller import RECEIVER
from notification_tester.qt.inbox.receiver_fields import ReceiverFields
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.theme import BETWEEN_CARDS, Card, QuietLabel, Tone, heading, plain_label
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line, paragraph
from notification_tester.qt.notification.destination_field import DestinationField
from notification_tester.qt.notification.names import TRANSPORT_ICONS
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed, hint
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.link_button import FoldButton, LinkButton
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.inbox.controller import Remembered
    from notification_tester.services.hit_types.practice_workers import PracticeWork
    from notification_tester.services.inbox.listening import Place
    from notification_tester.services.inbox.reading import Followed, FollowNews

LOOK_PAUSE = 400
"""Milliseconds after the address became complete, before it is looked at."""

TEXTS_FROM = 45
"""Width, in widths of an average character, that the texts have where the buttons stand beside them."""


class InboxForm(QWidget):
    """A queue, a topic or a receiver on this computer; ``follow_requested`` when a person wants to begin.

    ``look_requested(Destination)`` asks what is to be said of it; :meth:`set_notes` takes the answer.
    """

    follow_requested = Signal()
    choose_requested = Signal(object)  # Transport
    look_requested = Signal(object)  # Destination
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[Transport, str] = {}
        self._proposed: dict[Transport, str] = {}  # what stands there without a person's doing
        self._is_chosen = False  # by a person: the kind, or a place that was handed over
        self.choice = SegmentedChoice(
            [
                (Transport.SQS.value, self.tr("&Queue (SQS)"), "queue"),
                (Transport.SNS.value, self.tr("&Topic (SNS)"), "topic"),
                (RECEIVER, self.tr("This co&mputer"), "computer"),
            ],
            self,
        )
        self.choice.setAccessibleName(self.tr("What to follow"))
        self.destination = DestinationField(Transport.SQS, self)
        self.receiver = ReceiverFields(self)
        self.no_mail = FieldNote(self, tone=Tone.BEWARE)
        self.since_now = QCheckBox(self.tr("Sho&w only what arrives from now on"), self)
        self.promise = plain_label("", self)
        as_high_as_needed(self.promise)
        self.meaning = QuietLabel("", self)
        as_high_as_needed(self.meaning)
        self.is_safe = FoldButton(self.tr("Is thi&s safe?"), self.meaning, self)
        self.notes = FieldNote(self, tone=Tone.BEWARE)
        self.follow = FilledButton(self.tr("&Follow"), self, icon_name="inbox")
        self.back = QPushButton(self.tr("&Back to the list"), self)
        self.back.setAutoDefault(False)
        self.anew = QuietLabel(self.tr("Each place has a list of its own: those that you have stay at the left."), self)
        self.messages = Card(self)
        self.messages.hide()
        self._messages_row = QHBoxLayout()
        self.set_has_list(False)
        self._pause = QTimer(self, singleShot=True, interval=LOOK_PAUSE)
        self._pause.timeout.connect(self._look)
        self._is_open = False
        self._lay_out()
        self.choice.chosen.connect(self._choose_kind)
        self.destination.changed.connect(self._changed)
        self.receiver.changed.connect(self._changed)
        self.destination.switch_requested.connect(self.set_transport)
        self.destination.choose_requested.connect(lambda: self.choose_requested.emit(self.destination.transport))
        self.follow.clicked.connect(self.follow_requested)
        self.back.clicked.connect(self.back_requested)
        self._changed()

    @property
    def is_receiver(self) -> bool:
        """Whether it is to be received on this computer."""
        return self.choice.choice() == RECEIVER

    def chosen(self) -> Place | None:
        """The place that stands in the form; None where there is none."""
        if self.is_receiver:
            return self.receiver.place()
        found = self.destination.destination()
        return None if isinstance(found, EmailAddress) else found

    def set_kind(self, kind: str) -> None:
        """Follow a place of that kind: a transport's value, or RECEIVER."""
        if kind == RECEIVER:
            self.choice.set_choice(kind)
            self._changed()
        else:
            self.set_transport(Transport(kind))

    def set_transport(self, transport: Transport) -> None:
        """Follow the other kind; each keeps its own text. E-mail cannot be followed, and that is said."""
        if transport is Transport.EMAIL:
            self.no_mail.say(
                self.tr("E-mail cannot be followed."),
                self.tr(
                    "The program cannot look into a mailbox; only you can. Follow a queue or a topic here. To see "
                    "whether e-mail arrives, send a test on the page Test and look into the mailbox."
                ),
            )
            return
        before = self.destination.transport
        text = self.destination.text()
        if transport is not before:
            if self.destination.destination() is not None or not text:
                self._texts[before] = text
                text = self._texts.get(transport, "")
            self.destination.set_transport(transport)
            self.destination.set_text(text)
        self.choice.set_choice(transport.value)
        self._changed()

    def offer(self, transport: Transport, text: str) -> None:
        """Put in a place that is wanted, which no proposal replaces."""
        self._is_chosen = True
        self.set_transport(transport)
        self.destination.set_text(text)

    def propose(self, remembered: Remembered) -> None:
        """Put in what may be followed, where nothing was chosen or typed."""
        shown = self.destination.transport
        self._texts[shown] = self.destination.text()
        is_typed = self._texts[shown] != self._proposed.get(shown, "")
        for kind, text in remembered.texts.items():
            if self._texts.get(kind, "") == self._proposed.get(kind, ""):
                self._texts[kind] = self._proposed[kind] = text
        if not (is_typed or self._is_chosen or self.is_receiver or remembered.kind == RECEIVER):
            shown = Transport(remembered.kind)
            self.choice.set_choice(remembered.kind)
        if (shown, text := self._texts.get(shown, "")) != (self.destination.transport, self.destination.text()):
            self.destination.set_transport(shown)
            self.destination.set_text(text)
            self._changed()

    def take_chosen(self) -> None:
        """What stands there is followed now: another may be proposed in its place."""
        self._is_chosen = False
        self._proposed[self.destination.transport] = self.destination.text()

    def _choose_kind(self, kind: str) -> None:
        self._is_chosen = True
        self.set_kind(kind)

    def fill(self, remembered: Remembered) -> None:
        """Put in what is remembered of an account, or what practice has."""
        transport = Transport.SQS if remembered.kind == RECEIVER else Transport(remembered.kind)
        self._texts, self._proposed = dict(remembered.texts), dict(remembered.texts)
        self._is_chosen = False
        self.destination.set_transport(transport)
        self.destination.set_text(remembered.texts.get(transport, ""))
        self.receiver.show_place(remembered.receiver)
        self.choice.set_choice(remembered.kind)
        self._changed()

    def remember(self, remembered: Remembered) -> None:
        """The same for an account that is open now; what was typed while it was being opened stays."""
        kind, typed = self.destination.transport, self.destination.text()
        if typed:
            remembered = replace(remembered, texts={**remembered.texts, kind: typed}, kind=kind.value)
        if self.is_receiver:
            remembered = replace(remembered, receiver=self.receiver.place(), kind=RECEIVER)
        self.fill(remembered)
        if typed:
            self._is_chosen = True
            del self._proposed[kind]

    def set_open(self, is_open: bool) -> None:
        """Whether an account is open to follow with."""
        self._is_open = is_open
        self._changed()

    def set_has_list(self, has_list: bool) -> None:
        """Whether there is a list to go back to."""
        self.back.setVisible(has_list)
        self.anew.setVisible(has_list)

    def take(self, buttons: Sequence[QWidget]) -> None:
        """Have the buttons that open messages here, while no place has a list that they could stand below."""
        for number, button in enumerate(buttons):
            self._messages_row.insertWidget(number, button)
        self.messages.show()

    def set_choices(self, transport: Transport, choices: Sequence[tuple[str, str]]) -> None:
        """Offer known destinations, as label and text, unless the other transport was chosen meanwhile."""
        if self.destination.transport is transport:
            self.destination.set_choices(choices)

    def show_no_choices(self, transport: Transport, problem: Problem) -> None:
        """Say why they cannot be listed, unless the other transport was chosen meanwhile."""
        if self.destination.transport is transport:
            self.destination.show_no_choices(problem)

    def set_notes(self, destination: Place, notes: Sequence[str]) -> None:
        """Say what is special about a destination, unless another was typed meanwhile."""
        if self.chosen() != destination:
            return
        if notes:
            self.notes.say(self.tr("Bear in mind"), " ".join(notes))
        else:
            self.notes.clear()

    def _changed(self) -> None:
        self.notes.clear()
        if self.chosen() is not None or not self.destination.text():
            self.no_mail.clear()
        is_queue = self.choice.choice() == Transport.SQS.value
        self.since_now.setVisible(is_queue)
        self.destination.setVisible(not self.is_receiver)
        self.receiver.setVisible(self.is_receiver)
        self.follow.setText(self.tr("Recei&ve") if self.is_receiver else self.tr("&Follow"))
        self.promise.setText(
            self.tr("Nothing leaves this computer.")
            if self.is_receiver
            else self.tr(
                "Nothing is removed. While you follow, other programs that read this queue do not get its messages; "
                "they get them when you pause."
            )
            if is_queue
            else self.tr("Nothing is removed, and nobody who receives from the topic notices.")
        )
        self.meaning.setText(
            self.tr(
                "A small web receiver on this computer takes whatever is sent to it, at any path: what SNS delivers, "
                "and the older REST and SOAP notifications. It is reachable from this computer alone: not for "
                "Mechanical Turk, not for Amazon SNS, and for nobody else in your network. Send to it from the page "
                "Test, or from a program of your own."
            )
            if self.is_receiver
            else self.tr(
                "Nothing is taken out of the queue. What was seen stays out of other programs' sight while you follow, "
                "and is given back when you pause or stop. If the program dies, the queue gives it back by itself: "
                "within 15 seconds, with thousands of messages within five minutes. Following counts as one read of "
                "each message; a queue with a dead-letter queue moves what was read too often there."
            )
            if is_queue
            else self.tr(
                "The topic passes a copy of everything to a temporary queue of this program, which is removed when "
                "you pause or stop. Nobody who receives from the topic notices. What is published while you do not "
                "follow is not seen."
            )
        )
        chosen = self.chosen()
        self.follow.setEnabled(self._is_open and chosen is not None)
        self.follow.setToolTip("" if self._is_open else self.tr("No account is open yet."))
        if isinstance(chosen, QueueAddress) and self._is_open:
            self._pause.start()
        else:
            self._pause.stop()

    def _look(self) -> None:
        chosen = self.chosen()
        if chosen is not None:
            self.look_requested.emit(chosen)

    def _lay_out(self) -> None:
        card = Card(self)
        card.body.setSpacing(12)
        card.body.addWidget(heading(self.tr("Watch notifications as they come in"), self, scale=1.15))
        row = QHBoxLayout()
        row.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        card.body.addLayout(row)
        card.body.addWidget(self.destination)
        card.body.addWidget(self.receiver)
        card.body.addWidget(self.no_mail)
        safety = QHBoxLayout()
        safety.addWidget(self.promise, 1)
        safety.addWidget(self.is_safe, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(safety)
        card.body.addWidget(self.meaning)
        card.body.addWidget(self.notes)
        card.body.addWidget(self.since_now, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addWidget(self.anew)
        buttons = QHBoxLayout()
        buttons.addWidget(self.follow)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        self.messages.body.setSpacing(8)
        self.messages.body.addWidget(heading(self.tr("Or look at messages that you have"), self, scale=1.15))
        self.messages.body.addWidget(
            hint(self.tr("Files with notifications, or what is on the clipboard. They can be dropped here, too."), self)
        )
        self.messages.body.addLayout(self._messages_row)
        self._messages_row.addStretch(1)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(BETWEEN_CARDS)
        body.addWidget(card)
        body.addWidget(self.messages)
        body.addStretch(1)


class InboxBar(Card):
    """One line while all goes well; more where there is trouble."""

    pause_requested = Signal()
    resume_requested = Signal()
    notifications_wanted = Signal(bool)
    workers_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body.setContentsMargins(14, 10, 14, 10)
        self.body.setSpacing(4)
        self._parts: tuple[QWidget, ...] = ()
        self._mark = ToneMark(parent=self)
        self.title = heading("", self)
        self.state = as_high_as_needed(QuietLabel("", self))
        self.trouble = as_high_as_needed(ToneLabel("", self, tone=Tone.BEWARE))
        self.trouble.hide()
        self.work = as_high_as_needed(QuietLabel("", self))
        self.work_again = LinkButton("", self)
        self._about = QWidget(self)
        self.fold = FoldButton(
            self.tr("What this does"), self._about, self, about=self.tr("Shows or hides what following does.")
        )
        self.set_short(short=False)
        self.show_work(None)
        self.url = ""
        self._destination: Place | None = None
        self.copy = QPushButton(self.tr("&Copy the address"), self)
        self.copy.setIcon(icons.icon("copy"))
        self.copy.setAutoDefault(False)
        self.copy.hide()
        self.pause = QPushButton(self.tr("&Pause"), self)
        self.pause.setIcon(icons.icon("stop"))
        self.pause.setAutoDefault(False)
        self.resume = FilledButton(self.tr("&Follow again"), self, icon_name="repeat")
        self._notify_words = self.tr("&Notify me on the desktop")
        self.notifications = QCheckBox(self._notify_words, self)
        self.notifications.setAccessibleName(self._notify_words.replace("&", ""))
        for label in (self.state, self.trouble, self.work):
            policy = label.sizePolicy()
            policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)  # fixed, it is as high as Qt guesses
            label.setSizePolicy(policy)
        self._lay_out()
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.url))
        self.pause.clicked.connect(self.pause_requested)
        self.resume.clicked.connect(self.resume_requested)
        self.notifications.toggled.connect(self.notifications_wanted)
        self.work_again.clicked.connect(self.workers_wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons where there is room for them."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """The same when there are others, or they have other words."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def set_short(self, *, short: bool) -> None:
        """Fold away what following does where there is hardly room for what arrives; trouble is always told."""
        self.fold.setVisible(short)
        self._about.setVisible(self.fold.isChecked() or not short)

    def _fit(self) -> None:
        """Put the buttons beside the texts where there is room for both, else below; the last below the others."""
        parts = [one for one in self._parts if not one.isHidden()]
        if not parts:
            return
        needed = sum(one.sizeHint().width() for one in parts) + self._buttons.spacing() * len(parts)
        around = self.body.contentsMargins()
        room = self.contentsRect().width() - around.left() - around.right()
        if not self.notifications.isHidden():
            needed += self._fit_words(room)
        beside = room - needed >= self.fontMetrics().averageCharWidth() * TEXTS_FROM
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        for row, fits in ((self._sides, beside), (self._buttons, needed <= room)):
            if row.direction() is not (wanted := across if fits else down):
                row.setDirection(wanted)

    def _fit_words(self, room: int) -> int:
        """Have the tick box say as much as fits into a line; how much wider that makes it."""
        before, metrics = self.notifications.text(), self.fontMetrics()
        wider = metrics.horizontalAdvance(self._notify_words) - metrics.horizontalAdvance(before)
        words = self._notify_words if self.notifications.sizeHint().width() + wider <= room else self.tr("&Notify me")
        if words != before:
            self.notifications.setText(words)
        return metrics.horizontalAdvance(words) - metrics.horizontalAdvance(before)

    def set_notifications(self, *, why_not: str, on: bool) -> None:
        """Why the system cannot notify, empty where it can, and whether that is wished."""
        available, why = not why_not, why_not
        self.notifications.setEnabled(available)
        if not available:
            self._notify_words = self.tr("&Notify me (not on this system)")
            self.notifications.setText(self._notify_words)
        self.notifications.setToolTip(why)
        self.notifications.setAccessibleDescription(why)
        blocked = self.notifications.blockSignals(True)
        self.notifications.setChecked(on and available)
        self.notifications.blockSignals(blocked)

    def show_following(self, destination: Place, *, ending: bool, url: str) -> None:
        """Something is followed, or has just been paused and is being given back.

        ``url`` is the address at which this computer receives, empty until it does.
        """
        if isinstance(destination, ReceiverPlace):
            self.title.setText(self.tr("The receiver ends…") if ending else self.tr("Receiving on this computer"))
            self._mark.set_tone(Tone.ACCENT, "computer")
        else:
            name = one_line(destination.name, longest=80)
            self.title.setText(
                self.tr("Giving the messages back to {name}…").format(name=name)
                if ending
                else self.tr("Following {name}").format(name=name)
            )
            self._mark.set_tone(Tone.ACCENT, TRANSPORT_ICONS[destination.transport])
        self._offer_address("" if ending else url)
        self.notifications.show()
        if not self.pause.isVisibleTo(self) or ending or destination != self._destination:
            self.state.clear()
            self.trouble.hide()
        self._destination = destination
        self.pause.setVisible(True)
        self.pause.setEnabled(not ending)
        self.resume.hide()

    def show_work(self, work: PracticeWork | None, *, is_queue: bool = True, may_begin: bool = False) -> None:
        """In practice: what the made-up workers do, and a button by which they begin."""
        self.work.setVisible(work is not None)
        self.work_again.setVisible(work is not None and may_begin and not work.at.working)
        if work is not None:
            self.work.setText(work_text(work, is_queue=is_queue))
            self.work_again.setText(workers_button(work))

    def _offer_address(self, url: str) -> None:
        self.url = url
        self.copy.setVisible(bool(url))

    def show_opened(self, name: str) -> None:
        """A list of messages that a person opened: nothing is followed there."""
        self.title.setText(name)
        self._mark.set_tone(Tone.PLAIN, "inbox")
        self.state.setText(self.tr("What you opened or pasted. Nobody was asked anything, and nothing was sent."))
        for part in (self.trouble, self.pause, self.copy, self.resume, self.notifications):
            part.hide()

    def show_paused(self, destination: Place) -> None:
        """Nothing is followed now."""
        self._destination = destination
        self.notifications.show()
        self.title.setText(self.tr("Paused: {name}").format(name=one_line(destination.name, longest=80)))
        self._mark.set_tone(Tone.PLAIN, "clock")
        self.state.clear()  # how it went is over; what became of the messages, show_ended says
        self.trouble.hide()
        self.pause.hide()
        self.copy.hide()
        self.resume.show()

    def show_ended(self, followed: Followed, *, is_queue: bool, was_left: bool) -> None:
        """What became of the messages when following ended; ``was_left``: because another account was opened."""
        left = followed.left_behind
        if left is not None:
            self.fold.setChecked(True)
            self.state.setText(f"{left.title} {left.detail} {left.remedy}")
        elif followed.url:
            self.state.setText(self.tr("Nothing is received at {url} any more.").format(url=followed.url))
        elif not is_queue:
            self.state.setText(self.tr("The temporary queue was removed."))
        elif not followed.late:
            self.state.setText(self.tr("Everything was given back to the queue."))
        else:
            self.state.setText(
                count_text(
                    followed.late,
                    self.tr("1 message could not be given back now; the queue does so by itself soon."),
                    self.tr("{count} messages could not be given back now; the queue does so by itself soon."),
                )
            )
        if was_left:
            why = self.tr("Following ended when another account was opened.")
            self.state.setText(f"{why} {self.state.text()}")
        if followed.trouble is not None:
            self.trouble.setText(
                paragraph(
                    self.tr("It could not be read any more when that ended: {what}").format(
                        what=f"{followed.trouble.title} {followed.trouble.detail}"
                    )
                )
            )
            self.trouble.show()

    def show_news(self, news: FollowNews, *, is_queue: bool) -> None:
        """How it goes."""
        if news.url:
            self._offer_address(news.url)
            text = self.tr("At {url}, from this computer alone.").format(url=news.url)
            self.state.setText(" ".join(one for one in (text, news.confirmation) if one))
        elif is_queue:
            text = count_text(
                news.held,
                self.tr("Nothing is removed. Other programs get this message only when you pause."),
                self.tr("Nothing is removed. Other programs get these {count} messages only when you pause."),
            )
            if not news.held:
                text = self.tr("Nothing is kept from other readers.")
            if news.back_within > 60:
                text += " " + self.tr("If the program died, the queue would give them back within {minutes}.").format(
                    minutes=self.tr("two minutes") if news.back_within <= 120 else self.tr("five minutes")
                )
            self.state.setText(text)
        else:
            self.state.setText(self.tr("A temporary queue listens; it is removed when you pause."))
        if news.trouble is not None:
            self.trouble.setText(
                paragraph(
                    self.tr("{what} It is tried again by itself.").format(
                        what=f"{news.trouble.title} {news.trouble.detail}"
                    )
                )
            )
        elif news.is_full:
            self.trouble.setText(
                self.tr(
                    "No more can be held: what waits behind these messages cannot be seen. Take messages out of the "
                    "queue, or show only what arrives from now on."
                )
            )
        self.trouble.setVisible(news.trouble is not None or news.is_full)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._mark)
        line.addWidget(self.title, 1)
        texts.addLayout(line)
        texts.addWidget(self.trouble)
        texts.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        texts.addWidget(self._about)
        about = QVBoxLayout(self._about)
        about.setContentsMargins(0, 0, 0, 0)
        about.setSpacing(2)
        about.addWidget(self.state)
        about.addWidget(self.work)
        about.addWidget(self.work_again, 0, Qt.AlignmentFlag.AlignLeft)
        buttons = self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        buttons.setSpacing(8)
        self._parts = (self.notifications, self.copy, self.pause, self.resume)
        for part in self._parts:
            part.setMinimumWidth(
                1
            )  # side by side they keep nothing from being narrower, which puts them below each other
            buttons.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft)
        buttons.addStretch(1)  # below the texts, none is wider than its words
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(10)
        self._sides.addLayout(texts, 1)
        self._sides.addLayout(buttons)
        self.body.addLayout(self._sides)
        self.setAccessibleName(self.tr("What is followed"))
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)


def work_text(work: PracticeWork, *, is_queue: bool) -> str:
    """What practice's workers do for a place, or what would be changed if they were started."""
    translate = QCoreApplication.translate
    if not work.at.hit_types:
        if not work.would_set:
            return translate("InboxBar", "No practice HIT type is set to tell this place.")
        text = (
            translate(
                "InboxBar",
                "No HIT type tells this queue yet. Starting the practice workers sets the practice HIT type “{title}” "
                "to tell it; then they work on that. History has the change, with Undo.",
            )
            if is_queue
            else translate(
                "InboxBar",
                "No HIT type tells this topic yet. Starting the practice workers sets the practice HIT type “{title}” "
                "to tell it; then they work on that. History has the change, with Undo.",
            )
        )
        return text.format(title=one_line(work.would_set, longest=80))
    hit_types = count_text(
        work.at.hit_types, translate("InboxBar", "1 HIT type"), translate("InboxBar", "{count} HIT types")
    )
    events = count_text(work.at.told, translate("InboxBar", "1 event"), translate("InboxBar", "{count} events"))
    text = (
        translate("InboxBar", "The practice workers are at work: {hit_types}, {events} so far.")
        if work.at.working
        else translate("InboxBar", "The practice workers have done their work: {hit_types}, {events}.")
    )
    text = text.format(hit_types=hit_types, events=events)
    if not work.at.kept_out:
        return text
    kept_out = count_text(
        work.at.kept_out,
        translate("InboxBar", "1 event since then did not come: it was not let in."),
        translate("InboxBar", "{count} events since then did not come: they were not let in."),
    )
    return f"{text} {kept_out}"


def workers_button(work: PracticeWork | None) -> str:
    """What the button says by which they begin."""
    translate = QCoreApplication.translate
    if work is None or not work.at.hit_types:
        return translate("InboxBar", "&Start the practice workers")
    return translate("InboxBar", "Let them &work again")


class InboxTop(QWidget):
    """One of the two at a time, and as high as that one; a stack would be as high as the higher."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content = ScrollContent()
        self._form_page = ScrollPage(content, self)  # before it is filled: Qt lays out what it is given
        self._form_page.setAccessibleName(self.tr("What to follow"))
        self.form = InboxForm(content)
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.form)
        self.bar = InboxBar(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._form_page)
        rows.addWidget(self.bar)
        self.set_in_form(True)

    @property
    def is_in_form(self) -> bool:
        """Whether it is asked what to follow."""
        return self._is_in_form

    def set_in_form(self, in_form: bool) -> None:
        """Ask what to follow, which may take all the room, or show how following goes."""
        self._is_in_form = in_form
        for part, wanted in ((self._form_page, in_form), (self.bar, not in_form)):
            if part.isHidden() is wanted:  # showing what is not hidden has Qt lay out everything
                part.setVisible(wanted)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Expanding if in_form else QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)
