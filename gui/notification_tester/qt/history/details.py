# SPDX-License-Identifier: MIT
"""One test of the history, whole: lamps, problem, message, and word for word what was asked and answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QGuiApplication

from notification_tester.domain.account import Environment
from notification_tester.domain.messages.message import decode
from notification_tester.qt.history.model import environment_of, outcome_word, short_destination
from notification_tester.qt.notification.delivery_lamps import DeliveryLamps
from notification_tester.qt.notification.message_table import MessageTable
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.formatting import when, when_exactly
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.pill_badge import PillBadge
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.raw_text import RawText
from notification_tester.qt.widgets.row_details import RowDetails
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, Tone, plain_label
from notification_tester.qt.widgets.tone_mark import ToneLabel
from notification_tester.qt.widgets.visible_text import one_line, tooltip
from notification_tester.storage.rows import DELIVERY_KIND, TEST_KIND, Outcome

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.messages.decoded import DecodedMessage
    from notification_tester.storage.history import History
    from notification_tester.storage.rows import HistoryRow


def read_row(history: History, row_id: int) -> tuple[HistoryRow, DecodedMessage | None] | None:
    """A row and its message, decoded; for a worker, as a message may be a mebibyte long. None where it is gone."""
    row = history.row(row_id)
    if row is None:
        return None
    return row, decode(row.raw) if row.raw else None


class HistoryDetails(RowDetails):
    """Shows a row; emits ``repeat_requested`` with it."""

    repeat_requested = Signal(object)  # HistoryRow

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: HistoryRow | None = None
        self.badge = PillBadge(Environment.PRACTICE, self)
        self.problem = ProblemCard(self)
        self.unwritten = ToneLabel("", self, tone=Tone.BEWARE)
        self.lamps = DeliveryLamps(self)
        self.message = MessageTable(self)
        self.no_message = plain_label("", self)
        self.request = RawText(self, accessible_name=self.tr("What was asked"), lines=10)
        self.request_link = FoldButton(self.tr("What was &asked"), self.request, self)
        self.answer = RawText(self, accessible_name=self.tr("What the service answered"), lines=10)
        self.answer_link = FoldButton(self.tr("What the &service answered"), self.answer, self)
        self.repeat = FilledButton(self.tr("&Repeat this test"), self, icon_name="repeat")
        self.repeat.setToolTip(self.tr("Fills the form of the Test page with this test, to be sent again."))
        self.copy.setText(self.tr("&Copy details"))
        parts = (self.unwritten, self.problem, self.lamps, self.message, self.no_message)
        asked = (self.request_link, self.request, self.answer_link, self.answer)
        self._lay_out([*parts, *asked], self.repeat, beside_title=[self.badge], space=BETWEEN_CARDS)
        self.repeat.clicked.connect(self._repeat)

    @property
    def row(self) -> HistoryRow | None:
        """The row that is shown."""
        return self._row

    def show_row(self, row: HistoryRow, message: DecodedMessage | None) -> None:
        """Show another row."""
        self._row = row
        self.title.setText(one_line(name_of(row.event)))
        if row.account:
            text = self.tr("{when}, to {destination}, with the account {account}")
        else:
            text = self.tr("{when}, to {destination}")
        if row.is_from_here:
            text = self.tr("From this computer, and not from Mechanical Turk: {text}").format(text=text)
        self.subtitle.setText(
            text.format(
                when=when(row.started),
                destination=short_destination(row.transport, row.destination),
                account=one_line(row.account),
            )
        )
        self.subtitle.setToolTip(tooltip(row.destination))
        self._show_environment(row.environment)
        self.badge.setVisible(bool(row.account) or not row.is_from_here)
        self._show_problem(row)
        self.unwritten.setVisible(row.is_unwritten)
        self.unwritten.setText(
            self.tr("How this test ended is not in the file of the history yet: the disk has not taken it.")
            if row.is_unwritten
            else ""
        )
        # of an outcome it reads the three lamps alone, and a row has those under the same names
        self.lamps.show_outcome(cast("TestOutcome", row))
        self.message.setVisible(bool(row.raw))
        self.no_message.setVisible(not row.raw)
        if row.raw:
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
        self.request.set_text(json.dumps(row.request, ensure_ascii=False, indent=2) if row.request else "")
        self.request_link.setVisible(bool(row.request))
        self.request.setVisible(bool(row.request) and self.request_link.isChecked())
        self.answer.set_text(row.answer)
        self.answer_link.setVisible(bool(row.answer))
        self.answer.setVisible(bool(row.answer) and self.answer_link.isChecked())
        self.repeat.setEnabled(row.kind in {TEST_KIND, DELIVERY_KIND})

    def copy_all(self) -> None:
        """Put everything on the clipboard, as text."""
        if self._row is not None:
            QGuiApplication.clipboard().setText(row_as_text(self._row))

    def _show_environment(self, name: str) -> None:
        self.badge.set_environment(environment_of(name))

    def _show_problem(self, row: HistoryRow) -> None:
        self.problem.clear()
        if row.problem is not None:
            self.problem.show_problem(row.problem)
            tone = Tone.BEWARE if row.outcome is Outcome.INTERRUPTED else Tone.BAD
            self.problem.set_tone(tone)
            self.problem.mark.set_tone(tone)
            self.problem.title.set_tone(tone)

    def _repeat(self) -> None:
        if self._row is not None:
            self.repeat_requested.emit(self._row)


def row_as_text(row: HistoryRow) -> str:
    """Everything that the details show, for copying into a message to someone who helps."""
    translate = QCoreApplication.translate
    lines = [
        (translate("HistoryCopy", "When"), when_exactly(row.started)),
        (translate("HistoryCopy", "Simulated event"), row.event),
        (translate("HistoryCopy", "Sent by"), translate("HistoryCopy", "this computer") if row.is_from_here else ""),
        (translate("HistoryCopy", "Sent through"), row.transport),
        (translate("HistoryCopy", "Goes to"), row.destination),
        (translate("HistoryCopy", "Account"), f"{row.account} ({row.environment})" if row.account else ""),
        (translate("HistoryCopy", "Subscribed events"), ", ".join(row.events)),
        (translate("HistoryCopy", "Version"), row.version),
        (translate("HistoryCopy", "Outcome"), outcome_word(row.outcome)),
    ]
    for name, lamp in (
        (translate("HistoryCopy", "Accepted"), row.accepted),
        (translate("HistoryCopy", "Arrived"), row.arrived),
        (translate("HistoryCopy", "As expected"), row.as_expected),
    ):
        after = "" if lamp.seconds is None else f", {lamp.seconds:.2f} s"
        lines.append((name, f"{lamp.state.value}{after}. {lamp.detail}"))
    text = "\n".join(f"{name}: {value}" for name, value in lines if value)
    parts = [text]
    if row.problem is not None:
        parts.append(row.problem.as_text())
    if row.answer:
        parts.append(f"{translate('HistoryCopy', 'Answer of the service')}\n{row.answer}")
    if row.raw:
        parts.append(f"{translate('HistoryCopy', 'Message as it came')}\n{row.raw}")
    return "\n\n".join(parts)
