# SPDX-License-Identifier: MIT
"""One test of the history, whole: lamps, problem, message, and word for word what was asked and answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from notification_tester.domain.account import Environment
from notification_tester.domain.counts import seconds_words
from notification_tester.domain.problem import Code, Remedy
from notification_tester.qt.history.lines import is_several, run_outcome, run_text
from notification_tester.qt.history.model import (
    and_more,
    can_be_followed,
    environment_of,
    goes_to,
    may_be_undone,
    of_its_seconds,
    outcome_text,
    outcome_word,
    short_destination,
    what_happened,
    why_not_again,
)
from notification_tester.qt.lists.row_details import RowDetails
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import (
    count_text,
    moment_text,
    now_utc,
    number_text,
    seconds_text,
    when,
    when_exactly,
)
from notification_tester.qt.looks.theme import BETWEEN_CARDS, Tone, plain_label, set_tooltip
from notification_tester.qt.looks.tone_mark import ToneLabel
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.delivery_lamps import DeliveryLamps
from notification_tester.qt.notification.message_table import Lead, MessageTable
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.notification.remedies import EVERYWHERE, remedies_of_the_past, remedy_buttons, remedy_text
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.pill_badge import PillBadge
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.raw_text import RawText
from notification_tester.storage.rows import DELIVERY_KIND, MEND_KIND, PRACTICE_WORKERS, TEST_KIND, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.messages.decoded import DecodedMessage
    from notification_tester.domain.problem import Problem
    from notification_tester.services.hit_types.bulk_types import LeftOut
    from notification_tester.storage.rows import HistoryRow, HistorySummary


MOST_OF_A_RUN = 15
"""Tests of a run, or HIT types of a change, that are named one by one."""


class HistoryDetails(RowDetails):
    """Shows a row, or a run by its newest; emits ``repeat_requested`` to fill the form with it, ``again_requested`` to
    send it again (with the rows of its run, where that is several), ``undo_requested`` to take a change back, and
    ``mend_requested`` to do something about its problem: "mend" or a remedy's key. Of the events of its message,
    ``filter_requested`` has the words that the list is to be searched for, and ``inbox_requested`` those for the Inbox.
    """

    repeat_requested = Signal(object)  # HistoryRow
    again_requested = Signal(object, object)  # HistoryRow, tuple of HistorySummary
    undo_requested = Signal(object)  # HistoryRow
    mend_requested = Signal(object, str)  # HistoryRow
    filter_requested = Signal(str)
    inbox_requested = Signal(object, str)  # HistoryRow

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: HistoryRow | None = None
        self._is_run = False
        self._run: tuple[HistorySummary, ...] = ()  # what is sent again together
        self._became = self._left_out = ""  # of the change that is shown
        self._is_sending = False
        self.badge = PillBadge(Environment.PRACTICE, self)
        self.problem = ProblemCard(self)
        self.unwritten = ToneLabel("", self, tone=Tone.BEWARE)
        self.lamps = DeliveryLamps(self)
        self.message = MessageTable(self)
        self.message.filter_requested.connect(lambda _, text: self.filter_requested.emit(text))
        self.message.inbox_requested.connect(lambda words: self.inbox_requested.emit(self._row, words))
        self.no_message = plain_label("", self)
        self.request = RawText(self, accessible_name=self.tr("What was asked"), lines=10)
        self.request_link = FoldButton(self.tr("What was &asked"), self.request, self)
        self.answer = RawText(self, accessible_name=self.tr("What the service answered"), lines=10)
        self.answer_link = FoldButton(self.tr("What the &service answered"), self.answer, self)
        self.change = plain_label("", self)
        self.run = plain_label("", self)
        self.again = FilledButton(self.tr("Send a&gain"), self, icon_name="send")
        self.repeat = QPushButton(self.tr("Open in &Test"), self)
        self.repeat.setIcon(icons.icon("test"))
        self.repeat.setToolTip(self.tr("Fills the form of the Test page with this test, to be changed and sent again."))
        self.undo = QPushButton(self.tr("&Undo…"), self)
        self.undo.setIcon(icons.icon("repeat"))
        self.undo.setToolTip(self.tr("Shows first what would be put back."))
        self.look_again = QPushButton(self.tr("&Look again"), self)
        self.look_again.setIcon(icons.icon("repeat"))
        self.look_again.setToolTip(
            self.tr("Reads the policy once more: this change can be taken back where nothing else was changed.")
        )
        for button in (self.repeat, self.undo, self.look_again):
            button.setAutoDefault(False)
        self.copy.setText(self.tr("&Copy details"))
        parts = (self.unwritten, self.problem, self.change, self.run, self.lamps, self.message, self.no_message)
        asked = (self.request_link, self.request, self.answer_link, self.answer)
        buttons = (self.again, self.repeat, self.undo, self.look_again)
        self._lay_out([*parts, *asked], *buttons, beside_title=[self.badge], space=BETWEEN_CARDS)
        self.repeat.clicked.connect(self._repeat)
        self.again.clicked.connect(self._send_again)
        self.undo.clicked.connect(self._undo)
        self.look_again.clicked.connect(self._undo)
        self.problem.action.connect(self._mend)
        self.show_sending(is_sending=False)

    def show_sending(self, *, is_sending: bool) -> None:
        """A test is under way, or over: there is one at a time."""
        self._is_sending = is_sending
        sends = self.tr("Sends it once more, with the account that it was sent with.")
        set_tooltip(self.again, why_not_again() if is_sending else sends)
        self._enable_again()

    @property
    def row(self) -> HistoryRow | None:
        """The row that is shown."""
        return self._row

    def show_row(self, row: HistoryRow, message: DecodedMessage | None) -> None:
        """Show another row."""
        if self._row is None or self._row.id != row.id:
            self._became = self._left_out = ""
        self._row, self._is_run, self._run = row, False, ()
        self.title.setText(what_happened(row))
        self.run.hide()
        self._show_buttons(row)
        match bool(row.destination), bool(row.account):
            case True, True:
                text = self.tr("{when}, to {destination}, with the account {account}")
            case True, False:
                text = self.tr("{when}, to {destination}")
            case False, True:  # HIT types of which the record knew no place
                text = self.tr("{when}, with the account {account}")
            case _:
                text = "{when}"
        if row.is_from_here:
            text = self.tr("From this computer, and not from Mechanical Turk: {text}").format(text=text)
        self.subtitle.setText(
            text.format(
                when=when(row.started),
                destination=goes_to(row),
                account=one_line(row.called),
            )
        )
        set_tooltip(self.subtitle, and_more(row.destination, row.more_places))
        self._show_environment(row.environment)
        self.badge.setVisible(bool(row.account) or not row.is_from_here)
        self._show_problem(row)
        self.unwritten.setVisible(row.is_unwritten)
        self.unwritten.setText(
            self.tr("How this test ended is not in the file of the history yet: the disk has not taken it.")
            if row.is_unwritten
            else ""
        )
        self.change.setVisible(row.is_change)
        self.change.setText(change_text(row) if row.is_change else "")
        self.lamps.setVisible(not row.is_change)
        # of an outcome it reads the three lamps alone, and a row has those under the same names
        self.lamps.show_outcome(cast("TestOutcome", row))
        self.message.setVisible(bool(row.raw))
        self.no_message.setVisible(not row.raw and not row.is_change)
        if row.raw:
            self.message.leads = (Lead.FILTER, Lead.INBOX) if can_be_followed(row) else (Lead.FILTER,)
            self.message.show_message(message, row.raw)
        if row.outcome is Outcome.RUNNING:
            self.no_message.setText(self.tr("The answer has not come yet."))
        elif row.is_from_here:
            self.no_message.setText(self.tr("The message was empty."))
        else:
            self.no_message.setText(self.tr("No message was seen, so there is none to show."))
        self.message.title.setText(self.tr("What was sent") if row.is_from_here else self.tr("What arrived"))
        self.answer_link.setText(
            self.tr("What was an&swered") if row.is_from_here else self.tr("What the &service answered")
        )
        self.request_link.setText(self.tr("What was change&d") if row.is_change else self.tr("What was &asked"))
        self.request.set_text(_asked_text(row))
        self.request_link.setVisible(bool(row.request))
        self.request.setVisible(bool(row.request) and self.request_link.isChecked())
        self.answer.set_text(row.answer)
        self.answer_link.setVisible(bool(row.answer))
        self.answer.setVisible(bool(row.answer) and self.answer_link.isChecked())

    def show_replaced(self, *, can_be_undone: bool, became: str, may_be_asked_again: bool) -> None:
        """Whether the change that is shown still has a way back, and what became of it else."""
        if self._row is not None and self._row.is_change:
            self.undo.setVisible(can_be_undone)
            self.look_again.setVisible(may_be_asked_again)
            self._became = became
            self._show_change(self._row)

    def show_left_out(self, left_out: Sequence[LeftOut]) -> None:
        """Which HIT types of the change that is shown an undo would leave as they are, and why."""
        self._left_out = left_out_text(left_out)
        if self._row is not None and self._row.is_change:
            self._show_change(self._row)

    def _show_change(self, row: HistoryRow) -> None:
        told = (self._became, change_text(row), "" if self.undo.isHidden() else self._left_out)
        self.change.setText("\n\n".join(part for part in told if part))

    def show_run(self, row: HistoryRow, rows: Sequence[HistorySummary]) -> None:
        """Show what was begun together, in short, and what stopped it; ``row`` is the newest of them, whole."""
        self.show_row(row, None)
        self._is_run, self._run = True, tuple(rows) if is_several(rows) else ()
        self.title.setText(run_text(rows))
        lines = [
            f"{what_happened(one)}: {outcome_text(one)}{self._time_text(one)}"
            for one in reversed(rows[-MOST_OF_A_RUN:])
        ]
        if len(rows) > MOST_OF_A_RUN:
            more = len(rows) - MOST_OF_A_RUN
            lines.append(count_text(more, self.tr("and 1 more"), self.tr("and {count} more")))
        self.run.setText(f"{run_outcome(rows)}.\n\n" + "\n".join(lines))
        self.run.show()
        for part in (self.unwritten, self.lamps, self.message, self.no_message):
            part.hide()
        if len({one.problem_title for one in rows if one.problem_title}) > 1:  # then none of them tells of all
            self.problem.hide()
        for folded in (self.request_link, self.request, self.answer_link, self.answer):
            folded.hide()

    def _time_text(self, row: HistorySummary) -> str:
        if row.seconds is None:
            return ""
        return of_its_seconds(row).behind.format(seconds=seconds_text(row.seconds))

    def copy_all(self) -> None:
        """Put everything on the clipboard, as text."""
        if self._row is not None:
            text = f"{self.title.text()}\n{self.run.text()}" if self._is_run else row_as_text(self._row)
            QGuiApplication.clipboard().setText(text)

    def _show_environment(self, name: str) -> None:
        self.badge.set_environment(environment_of(name))

    def _show_problem(self, row: HistoryRow) -> None:
        self.problem.clear()
        if row.problem is not None:
            self.problem.show_problem(row.problem, _remedies(row, row.problem))
            tone = Tone.BEWARE if row.outcome is Outcome.INTERRUPTED else Tone.BAD
            self.problem.set_tone(tone)
            self.problem.mark.set_tone(tone)
            self.problem.title.set_tone(tone)

    def _show_buttons(self, row: HistoryRow) -> None:
        was_sent = row.kind in {TEST_KIND, DELIVERY_KIND}
        self.repeat.setEnabled(was_sent)
        self._enable_again()
        for button in (self.again, self.repeat):
            button.setVisible(not row.is_change)
        self.undo.setVisible(may_be_undone(row))
        self.look_again.hide()

    def _enable_again(self) -> None:
        was_sent = self._row is not None and self._row.kind in {TEST_KIND, DELIVERY_KIND}
        self.again.setEnabled(was_sent and not self._is_sending)

    def _repeat(self) -> None:
        if self._row is not None:
            self.repeat_requested.emit(self._row)

    def _send_again(self) -> None:
        if self._row is not None:
            self.again_requested.emit(self._row, self._run)

    def _mend(self, key: str) -> None:
        if self._row is not None:
            self.mend_requested.emit(self._row, key)

    def _undo(self) -> None:
        if self._row is not None:
            self.undo_requested.emit(self._row)


def _remedies(row: HistoryRow, problem: Problem) -> list[tuple[str, str]]:
    """Buttons for what can be done about the problem of a row now, where that is known to be of its account."""
    if row.kind == DELIVERY_KIND or not row.account:  # a receiver's, or a mail server's
        return []
    actions = []
    if row.kind == TEST_KIND and problem.code == Code.CLOSED:
        actions.append((QCoreApplication.translate("HistoryDetails", "Show the change and &mend it…"), "mend"))
    if row.kind == TEST_KIND and problem.code == Code.NOT_SUBSCRIBED:
        actions.append((remedy_text(Remedy.ADD_EVENT), Remedy.ADD_EVENT.value))
    able = EVERYWHERE if row.kind == TEST_KIND else {Remedy.CHANGE_KEYS, Remedy.LINK_ACCOUNT}
    return [*actions, *remedy_buttons(replace(problem, remedies=remedies_of_the_past(problem)), able)]


def change_text(row: HistoryRow) -> str:
    """What was changed, in sentences."""
    translate = QCoreApplication.translate
    told = row.message or {}
    match row.kind:
        case "mend":
            text = translate(
                "HistoryChange", "The access policy of {name} was changed. Nothing else of it was touched."
            )
            return text.format(name=short_destination(row.transport, row.destination))
        case "made":
            return translate(
                "HistoryChange", "It lets Mechanical Turk in from the start. Its address: {address}"
            ).format(address=one_line(row.destination))
    first = [str(one) for one in row.request.get("first", ()) if isinstance(one, str)]
    titles = row.request.get("titles")
    titles = titles if isinstance(titles, dict) else {}  # rows of before have none
    count = row.request.get("HIT types")
    lines = []
    if row.event.startswith(PRACTICE_WORKERS):
        lines.append(
            translate(
                "HistoryChange", "Made when the practice workers were started in Inbox: they need a place to tell."
            )
        )
    if row.events:
        lines.append(
            translate("HistoryChange", "{destination}, events: {events}").format(
                destination=short_destination(row.transport, row.destination),
                events=", ".join(one_line(name_of(event)) for event in row.events),
            )
        )
    elif row.destination:
        text = {
            "apply": translate("HistoryChange", "Set to tell: {places}"),
            "on": translate("HistoryChange", "Set to tell: {places}"),
            "off": translate("HistoryChange", "Set to tell until then: {places}"),
        }.get(row.event.partition(" ")[0], translate("HistoryChange", "Destination: {places}"))  # an undo may be either
        lines.append(text.format(places=_places_text(row)))
    for name, text in (
        ("applied", translate("HistoryChange", "Applied: {count}")),
        ("failed", translate("HistoryChange", "Failed: {count}")),
        ("not known", translate("HistoryChange", "Not known: {count}")),
        ("not sent", translate("HistoryChange", "Not sent: {count}")),
    ):
        number = told.get(name)
        if isinstance(number, int) and (number or name == "applied"):
            lines.append(text.format(count=number_text(number)))
    shown = "\n".join(_named(one, titles.get(one)) for one in first[:MOST_OF_A_RUN])
    if isinstance(count, int) and count > len(first[:MOST_OF_A_RUN]):
        more = count - len(first[:MOST_OF_A_RUN])
        shown += "\n" + count_text(
            more, translate("HistoryChange", "and 1 more"), translate("HistoryChange", "and {count} more")
        )
    return "\n".join([*lines, "", shown])


def left_out_text(left_out: Sequence[LeftOut]) -> str:
    """Which HIT types an undo leaves as they are, and why, the first of them by name; empty where it is none."""
    if not left_out:
        return ""
    translate, now = QCoreApplication.translate, now_utc()
    lines = [
        count_text(
            len(left_out),
            translate("HistoryChange", "An undo leaves out 1 of them:"),
            translate("HistoryChange", "An undo leaves out {count} of them:"),
        )
    ]
    for one in left_out[:MOST_OF_A_RUN]:
        name = _named(one.hit_type_id, one.title)
        line = translate("HistoryChange", "{name}: {why}")
        if one.at is not None:
            line = translate("HistoryChange", "{name}, {time}: {why}")
        lines.append(line.format(name=name, why=one.why, time="" if one.at is None else moment_text(one.at, now)))
    if len(left_out) > MOST_OF_A_RUN:
        more = len(left_out) - MOST_OF_A_RUN
        lines.append(
            count_text(more, translate("HistoryChange", "and 1 more"), translate("HistoryChange", "and {count} more"))
        )
    return "\n".join(lines)


def _places_text(row: HistoryRow) -> str:
    """The destinations that a change of HIT types is about, the first of them by name."""
    places = [(row.transport, row.destination), *row.other_places]
    shown = ", ".join(short_destination(*one) for one in places[:MOST_OF_A_RUN])
    return and_more(shown, max(0, len(places) - MOST_OF_A_RUN))


def _named(hit_type_id: str, title: object) -> str:
    """The title of a HIT type with its id; the id alone where no title was known."""
    if not isinstance(title, str) or not title:
        return one_line(hit_type_id)
    return QCoreApplication.translate("HistoryChange", "{title} ({id})").format(
        title=one_line(title), id=one_line(hit_type_id)
    )


def _asked_text(row: HistoryRow) -> str:
    """What was asked, or the policies before and after as text with lines."""
    if row.kind != MEND_KIND:
        return json.dumps(row.request, ensure_ascii=False, indent=2) if row.request else ""
    from notification_tester.services.checkup.mend import laid_out

    return "\n\n".join(f"{name}\n{laid_out(str(policy)) or '-'}" for name, policy in row.request.items())


def row_as_text(row: HistoryRow) -> str:
    """Everything that the details show, for copying into a message to someone who helps."""
    translate = QCoreApplication.translate
    lines = [
        (translate("HistoryCopy", "When"), when_exactly(row.started)),
        (translate("HistoryCopy", "Changed"), what_happened(row) if row.is_change else ""),
        (translate("HistoryCopy", "Simulated event"), "" if row.is_change else row.event),
        (translate("HistoryCopy", "Sent by"), translate("HistoryCopy", "this computer") if row.is_from_here else ""),
        (translate("HistoryCopy", "Sent through"), row.transport),
        (translate("HistoryCopy", "Goes to"), and_more(row.destination, row.more_places)),
        (translate("HistoryCopy", "Account"), f"{row.called} ({row.environment})" if row.account else ""),
        (translate("HistoryCopy", "Subscribed events"), ", ".join(row.events)),
        (translate("HistoryCopy", "Version"), row.version),
        (translate("HistoryCopy", "Outcome"), outcome_word(row.outcome)),
    ]
    for name, lamp in (
        ()
        if row.is_change
        else (
            (translate("HistoryCopy", "Accepted"), row.accepted),
            (translate("HistoryCopy", "Arrived"), row.arrived),
            (translate("HistoryCopy", "As expected"), row.as_expected),
        )
    ):
        after = "" if lamp.seconds is None else f", {seconds_words(lamp.seconds)}"
        lines.append((name, f"{lamp.state.value}{after}. {lamp.detail}"))
    text = "\n".join(f"{name}: {value}" for name, value in lines if value)
    parts = [text]
    if row.is_change:
        parts += [part for part in (change_text(row), _asked_text(row)) if part]
    if row.problem is not None:
        parts.append(row.problem.as_text())
    if row.answer:
        parts.append(f"{translate('HistoryCopy', 'Answer of the service')}\n{row.answer}")
    if row.raw:
        parts.append(f"{translate('HistoryCopy', 'Message as it came')}\n{row.raw}")
    return "\n\n".join(parts)
