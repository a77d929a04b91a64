# SPDX-License-Identifier: MIT
"""Where to send: an address, known ones to choose from, and a verdict in plain words under it."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport, guess_transport, likely, parse_destination
from notification_tester.domain.pasted_text import cleaned
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.qt.looks.theme import QuietLabel, Tone, set_tooltip
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.delivery_lamps import state_icon
from notification_tester.qt.notification.destination_edit import AddressWords, DestinationEdit, beside
from notification_tester.qt.notification.names import TRANSPORT_ICONS
from notification_tester.qt.widgets.flow_layout import FlowLayout, discard
from notification_tester.qt.widgets.link_button import FoldButton, LinkButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.destination import Destination

PAUSE = 600
"""Milliseconds without a key after which a wrong address is spoken of; before that it is only half typed."""


class DestinationField(QWidget):
    """Reads the address at each key, and speaks of what is wrong with it only after a pause.

    Emits ``changed`` for each change of the text, ``choose_requested`` when the list of known destinations is opened
    (it may be filled while it is open), ``switch_requested(Transport)`` when the address, or the one that was most
    likely meant, belongs to another transport and the person wants that one, ``findings_requested`` when all that a
    verdict rests on is to be seen, ``mend_requested`` and ``look_again_requested`` for what can be done about it,
    ``create_requested(Transport)`` and ``throwaways_requested`` for what stands below the known destinations,
    ``web_requested`` when the address is a web receiver's and somebody here sends there.
    """

    changed = Signal()
    choose_requested = Signal()
    switch_requested = Signal(object)
    findings_requested = Signal()
    mend_requested = Signal()
    look_again_requested = Signal()
    undo_requested = Signal()
    create_requested = Signal(object)
    throwaways_requested = Signal()
    web_requested = Signal()
    _unread: Problem | None = None  # why the list could not be read

    def __init__(self, transport: Transport = Transport.SQS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transport = transport
        self._destination: Destination | None = None
        self._problem: Problem | None = None
        self._meant: Destination | None = None
        self._choices: tuple[tuple[str, str], ...] = ()
        self._opening = ""
        self._offers_making = False
        self._is_checking = False
        self._offers_web = self._sends_here = False
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._pause.timeout.connect(self.show_problem)

        self.label = QLabel(self)
        self.edit = DestinationEdit(self)
        self.label.setBuddy(self.edit)
        self.edit.setClearButtonEnabled(True)
        self.edit.textChanged.connect(self._read)
        self.edit.left.connect(self._left)
        self.edit.editingFinished.connect(self.show_problem)
        self.choose = QPushButton(self.tr("C&hoose…"), self)
        self.choose.setAutoDefault(False)
        self.choose.setAccessibleName(self.tr("Choose a known destination"))
        self._menu = QMenu(self.choose)
        self._menu.aboutToShow.connect(self.choose_requested)
        self.choose.setMenu(self._menu)

        self._words = AddressWords(self)
        self.switch = QPushButton(self)
        self.switch.setAutoDefault(False)
        self.switch.clicked.connect(self._switch)
        self.web = QPushButton(self)
        self.web.setAutoDefault(False)
        self.web.clicked.connect(self.web_requested)
        self._outside = QWidget(self)
        self._outside_mark = ToneMark()
        self._outside_words = ToneLabel()
        self._details = QuietLabel(parent=self)
        self.details_link = FoldButton(self.tr("&Details"), self._details)
        self.findings_link = LinkButton(self.tr("&Details"))
        self.findings_link.setAccessibleDescription(self.tr("Shows everything that was looked at."))
        self.findings_link.clicked.connect(self.findings_requested)
        self._make_remedies()
        self._change = QWidget(self)
        self._change_words = QuietLabel()
        self.undo_link = LinkButton(self.tr("Take it &back…"))
        self.undo_link.clicked.connect(self.undo_requested)
        self._make_chips()
        self._set_out()
        self.set_choices(())
        self.set_transport(transport)

    def _make_remedies(self) -> None:
        """What can be done about the verdict."""
        self._remedies = QWidget()
        self.mend_link = LinkButton(self.tr("Mend…"))
        self.mend_link.setAccessibleDescription(self.tr("Shows the change first; it is written after a yes."))
        self.mend_link.clicked.connect(self.mend_requested)
        self.again_link = LinkButton(self.tr("Look again"))
        self.again_link.setAccessibleDescription(self.tr("Somebody may have mended it elsewhere meanwhile."))
        self.again_link.clicked.connect(self.look_again_requested)
        line = QHBoxLayout(self._remedies)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.mend_link)
        line.addWidget(self.again_link)
        line.addStretch(1)

    def _make_chips(self) -> None:
        """What stands under the address: destinations that were tested last, and the making of one."""
        self._recent: list[tuple[QPushButton, str, State]] = []
        self.make_link = LinkButton(self.tr("I have none: make one…"), self)
        self.make_link.setToolTip(self.tr("Made in your AWS account after a preview, which says what it costs."))
        self.make_link.setAccessibleDescription(self.make_link.toolTip())
        self.make_link.clicked.connect(lambda: self.create_requested.emit(self._transport))
        self._before = QuietLabel(self.tr("Tested before:"), self)
        self._before.setWordWrap(False)
        self._around = FlowLayout(spacing=8)
        self._around.addWidget(self._before)

    def text(self) -> str:
        """What stands in the field, without blanks and quotes around it."""
        return cleaned(self.edit.text())

    def set_text(self, text: str) -> None:
        """Put an address in, as chosen or remembered: what is wrong with it is said at once."""
        self.edit.setText(cleaned(text))
        self._bring_name_in_sight()
        self.show_problem()

    def _left(self) -> None:
        self._bring_name_in_sight()
        self.show_problem()

    def _bring_name_in_sight(self) -> None:
        """Where there is no room for the whole, show what tells it from others: a queue and a topic end with that."""
        if self._transport is Transport.EMAIL:
            self.edit.home(False)
        else:
            self.edit.end(False)

    @property
    def transport(self) -> Transport:
        """Which kind of address is wanted."""
        return self._transport

    def set_transport(self, transport: Transport) -> None:
        """Want another kind of address; the text stays."""
        self._transport = transport
        self.label.setText(
            {
                Transport.EMAIL: self.tr("E-mail &address"),
                Transport.SQS: self.tr("&Address of the queue (its URL)"),
                Transport.SNS: self.tr("&Address of the topic (its ARN)"),
            }[transport]
        )
        self.edit.setAccessibleName(self.label.text().replace("&", ""))
        self.edit.setPlaceholderText(
            {
                Transport.EMAIL: "name@university.edu",
                Transport.SQS: "https://sqs.us-east-1.amazonaws.com/123456789012/my-queue",
                Transport.SNS: "arn:aws:sns:us-east-1:123456789012:my-topic",
            }[transport]
        )
        self._fill_menu()
        self._read()
        self.show_problem()

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer known destinations: what each is called, and its address. They are grouped by kind."""
        self._choices, self._unread = tuple(choices), None
        self._fill_menu()

    def show_opening(self, text: str) -> None:
        """Say in the list why nothing can be known yet; empty once the account is open."""
        self._opening = text
        self._fill_menu()

    def show_no_choices(self, problem: Problem) -> None:
        """Say in the list why it could not be read; of what was known before, nothing is offered any more."""
        self._choices, self._unread = (), problem
        self._fill_menu()

    def offer_making(self) -> None:
        """Have the list end with making a destination and with throw-away queues, which somebody here sees to."""
        self._offers_making = True
        self._fill_menu()
        self._show_chips()

    def show_recent(self, places: Sequence[tuple[Destination, State]]) -> None:
        """Offer the destinations that were tested last, each with how its last test ended."""
        if [(address, state) for _, address, state in self._recent] == [(one.text, state) for one, state in places]:
            return
        discard(self._around, [chip for chip, *_ in self._recent])
        self._recent = []
        self._around.removeWidget(self.make_link)
        several = Counter(destination.name for destination, _ in places)
        kinds = {
            Transport.EMAIL: self.tr("{name} (e-mail)"),
            Transport.SQS: self.tr("{name} (queue)"),
            Transport.SNS: self.tr("{name} (topic)"),
        }
        for destination, state in places:
            name = one_line(destination.name, longest=40)
            is_alone = several[destination.name] == 1
            shown = name if is_alone else kinds[destination.transport].format(name=name)
            chip = QPushButton(shown.replace("&", "&&"), self)
            chip.setAutoDefault(False)
            chip.setIcon(state_icon(state))
            words = {
                State.YES: self.tr("the last test there went well"),
                State.NO: self.tr("the last test there failed"),
                State.UNKNOWN: self.tr("how the last test there ended is not known"),
            }[state]
            name = one_line(destination.name)
            name = name if is_alone else kinds[destination.transport].format(name=name)
            chip.setAccessibleName(self.tr("Use {name}: {words}").format(name=name, words=words))
            set_tooltip(chip, f"{destination.text}:\n{words}")
            chip.clicked.connect(partial(self._take, destination.text))
            self._around.addWidget(chip)
            self._recent.append((chip, destination.text, state))
        self._around.addWidget(self.make_link)
        self._show_chips()

    def recent(self) -> tuple[QPushButton, ...]:
        """The buttons of the destinations that were tested last, and are not in the field."""
        return tuple(chip for chip, *_ in self._recent if not chip.isHidden())

    def _show_chips(self) -> None:
        for chip, address, _ in self._recent:
            chip.setVisible(address != self.text())
        self._before.setVisible(bool(self.recent()))
        self.make_link.setVisible(self._offers_making and self._transport is not Transport.EMAIL)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the verdicts' shapes in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for chip, _, state in self._recent:
                chip.setIcon(state_icon(state))

    def offer_web(self, *, sends_here: bool) -> None:
        """Offer to send to a web receiver where its address was given, which somebody here sees to.

        ``sends_here``: this computer is to send already, and only the kind of place is another one.
        """
        self._offers_web, self._sends_here = True, sends_here
        if sends_here:
            self.web.setText(self.tr("Choose Web receiver"))
            self.web.setToolTip(self.tr("This computer sends to this address then."))
        else:
            self.web.setText(self.tr("Send it from this computer"))
            self.web.setToolTip(self.tr("Mechanical Turk sends to no web address any more; this program can."))
        self.web.setAccessibleDescription(self.web.toolTip())

    def destination(self) -> Destination | None:
        """The address, when it is one."""
        return self._destination

    def problem(self) -> Problem | None:
        """Why it is not an address; also while nothing is said about it yet."""
        if self._problem is not None and self._sends_here and _is_web_receiver(self.text()):
            return _of_a_receiver(self._transport)
        return self._problem

    def set_verdict(
        self,
        tone: Tone,
        text: str,
        details: str = "",
        *,
        has_findings: bool = False,
        can_mend: bool = False,
        may_change: bool = False,
    ) -> None:
        """Show what somebody found out about this address; it goes when the address changes.

        ``details`` fold out below it; where it ``has_findings``, a link asks for those instead. Where somebody here
        ``can_mend`` it, a link asks for that; where it ``may_change`` by itself, one asks to have it looked at again.
        """
        self._is_checking = False
        self._outside.setVisible(bool(text))
        self._outside_mark.set_tone(tone)
        self._outside_words.set_tone(tone)
        self._outside_words.setText(text)
        self._details.setText(details)
        self.details_link.setChecked(False)
        self.details_link.setVisible(bool(details))
        self.findings_link.setVisible(has_findings)
        self.mend_link.setVisible(can_mend)
        self.again_link.setVisible(may_change)
        self._remedies.setVisible(can_mend or may_change)
        self._describe()

    def show_looking_again(self) -> None:
        """Say that it is being looked at again, until the next verdict; the links stay, and with them the keyboard."""
        self._outside_mark.set_tone(Tone.UNKNOWN, "clock")
        self._outside_words.set_tone(Tone.UNKNOWN)
        self._outside_words.setText(self.tr("Checking…"))
        self._describe()

    def show_checking(self, is_checking: bool) -> None:
        """Say that somebody is finding out about this address, until the verdict comes or it is given up."""
        if is_checking:
            self.set_verdict(Tone.UNKNOWN, self.tr("Checking…"))
            self._outside_mark.set_tone(Tone.UNKNOWN, "clock")
        elif self._is_checking:
            self.set_verdict(Tone.PLAIN, "")
        self._is_checking = is_checking

    def show_change(self, text: str) -> None:
        """Say what was changed at this address and can be taken back; nothing where ``text`` is empty."""
        self._change_words.setText(text)
        self.undo_link.setAccessibleDescription(self._change_words.text())
        self._change.setVisible(bool(text))

    def verdict(self) -> str:
        """Every word of the verdict, as a screen reader gets it."""
        words = (*self._words.words(), self._outside_words.text(), self._details.text())
        return " ".join(one for one in words if one)

    def show_problem(self) -> None:
        """Say now what is wrong, if anything is and anything was typed."""
        self._pause.stop()
        problem = self.problem()
        if problem is None or not self.text():
            return
        self._words.show_problem(problem)
        self._offer(likely(self.text()))
        self.web.setVisible(self._offers_web and _is_web_receiver(self.text()))
        self._describe()

    def _offer(self, meant: Destination | None) -> None:
        """Offer what was most likely meant: the same text by another transport, or another text."""
        if meant is not None and meant.text == self.text() and meant.transport is self._transport:
            meant = None
        self._meant = meant
        self.switch.setVisible(meant is not None)
        if meant is None:
            return
        names = {
            Transport.EMAIL: self.tr("S&witch to E-mail"),
            Transport.SQS: self.tr("S&witch to Queue (SQS)"),
            Transport.SNS: self.tr("S&witch to Topic (SNS)"),
        }
        is_same = meant.text == self.text()
        self.switch.setText(names[meant.transport] if is_same else self.tr("&Use the likely address"))
        set_tooltip(self.switch, "" if is_same else meant.text)
        self.switch.setAccessibleDescription("" if is_same else one_line(meant.text))

    def _set_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self.label)
        entry = QHBoxLayout()
        entry.setSpacing(8)
        entry.addWidget(self.edit, 1)
        entry.addWidget(self.choose)
        rows.addLayout(entry)
        self._around.addWidget(self.make_link)
        self.make_link.hide()
        rows.addLayout(self._around)
        buttons = FlowLayout()
        buttons.addWidget(self.switch)
        buttons.addWidget(self.web)
        buttons.setContentsMargins(0, 4, 0, 0)
        self._words.rows.addLayout(buttons)
        rows.addWidget(self._words)
        verdict = QVBoxLayout()
        verdict.setSpacing(2)
        line = QHBoxLayout()
        line.addWidget(self._outside_words, 1)
        line.addWidget(self.details_link)
        line.addWidget(self.findings_link)
        verdict.addLayout(line)
        verdict.addWidget(self._details)
        verdict.addWidget(self._remedies)
        self._outside.setLayout(beside(self._outside_mark, verdict))
        self._outside.hide()
        rows.addWidget(self._outside)
        change = QHBoxLayout(self._change)
        change.setContentsMargins(0, 0, 0, 0)
        change.addWidget(self._change_words, 1)
        change.addWidget(self.undo_link)
        self._change.hide()
        rows.addWidget(self._change)

    def _read(self) -> None:
        if self._outside_words.text():
            self.set_verdict(Tone.PLAIN, "")
        self._offer(None)
        self.web.hide()
        self._show_chips()
        try:
            self._destination = parse_destination(self._transport, self.edit.text())
            self._problem = None
        except ProblemError as error:
            self._destination = None
            self._problem = error.problem
        found = self._destination
        set_tooltip(self.edit, found.text if found else "")
        if found is not None:
            text = self.tr("{name} · {place}").format(name=found.name, place=found.place)
            self._words.show_address(TRANSPORT_ICONS[found.transport], text, tip=found.text)
        else:
            self._words.show_hint(self._hint())
            self._pause.start()
        self._describe()
        self.changed.emit()

    def _hint(self) -> str:
        return {
            Transport.EMAIL: self.tr("An e-mail address looks like name@university.edu."),
            Transport.SQS: self.tr("A queue's URL begins with https:// and ends with the queue's name."),
            Transport.SNS: self.tr("A topic's ARN begins with arn:aws:sns: and ends with the topic's name."),
        }[self._transport]

    def _describe(self) -> None:
        self.edit.setAccessibleDescription(self.verdict())

    def _switch(self) -> None:
        meant = self._meant
        if meant is None:
            return
        if meant.text != self.text():
            self.set_text(meant.text)
            self.edit.setFocus()
        if meant.transport is not self._transport:
            self.switch_requested.emit(meant.transport)

    def _fill_menu(self) -> None:
        self._menu.clear()
        titles = {
            Transport.EMAIL: self.tr("E-mail addresses"),
            Transport.SQS: self.tr("Queues"),
            Transport.SNS: self.tr("Topics"),
        }
        order = sorted(Transport, key=lambda kind: kind is not self._transport)
        for kind in order:
            members = [choice for choice in self._choices if guess_transport(choice[1]) is kind]
            if members:
                self._menu.addSection(titles[kind])
            for name, address in members:
                action = self._menu.addAction(one_line(name).replace("&", "&&"))
                action.setToolTip(tooltip(address))
                action.triggered.connect(lambda _=False, address=address: self._take(address))
        if self._unread is not None:
            words = self.tr("The list could not be read: {why} Type one.").format(why=one_line(self._unread.title))
            unread = self._menu.addAction(words.replace("&", "&&"))
            unread.setToolTip(tooltip(self._unread.detail))
            unread.setEnabled(False)
        elif self._menu.isEmpty():
            self._menu.addAction(self._opening or self.tr("No destination is known yet; type one.")).setEnabled(False)
        if self._offers_making:
            self._add_making()
        self._menu.setToolTipsVisible(True)
        if self._menu.isVisible():
            self._keep_on_screen()

    def _keep_on_screen(self) -> None:
        """The list was put where it had room when it was short; names that came later must not be cut."""
        screen, size = self._menu.screen().availableGeometry(), self._menu.sizeHint()
        self._menu.resize(size)
        self._menu.move(
            max(screen.left(), min(self._menu.x(), screen.right() + 1 - size.width())),
            max(screen.top(), min(self._menu.y(), screen.bottom() + 1 - size.height())),
        )

    def _add_making(self) -> None:
        self._menu.addSeparator()
        if self._transport is not Transport.EMAIL:
            is_queue = self._transport is Transport.SQS
            create = self._menu.addAction(self.tr("&Create a queue…") if is_queue else self.tr("&Create a topic…"))
            create.triggered.connect(lambda: self.create_requested.emit(self._transport))
        throwaways = self._menu.addAction(self.tr("&Throw-away queues…"))
        throwaways.setToolTip(self.tr("Temporary queues, each made for one test; here is what was left behind."))
        throwaways.triggered.connect(self.throwaways_requested)

    def _take(self, address: str, _: bool = False) -> None:
        self.set_text(address)
        kind = guess_transport(address)
        if kind is not None and kind is not self._transport:
            self.switch_requested.emit(kind)
        self.edit.setFocus()


def _of_a_receiver(transport: Transport) -> Problem:
    """What was given while this computer is to send to something else."""
    wanted = {
        Transport.EMAIL: _tr("This is the address of a web receiver, and “E-mail” is chosen."),
        Transport.SQS: _tr("This is the address of a web receiver, and “Queue (SQS)” is chosen."),
        Transport.SNS: _tr("This is the address of a web receiver, and “Topic (SNS)” is chosen."),
    }
    return Problem(
        title=wanted[transport],
        detail=_tr("Nothing is sent to it as long as that is so."),
        remedy=_tr("Choose “Web receiver” to have this computer send there, or give another address."),
        code="destination.web-receiver",
        cause=Cause.INPUT,
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("DestinationField", text)


def _is_web_receiver(text: str) -> bool:
    """Whether it is a web address, and neither a queue's nor a page of Amazon's console."""
    if not text.lower().startswith(("http://", "https://")) or "amazonaws.com" in text or ".aws.amazon.com" in text:
        return False
    from notification_tester.domain.web_address import parse_web_address

    try:
        parse_web_address(text)
    except ProblemError:
        return False
    return guess_transport(text) is None
