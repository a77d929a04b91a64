# SPDX-License-Identifier: MIT
"""The findings of a checkup below one another, the worst first, each with shape, word and colour."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.finding import Level
from notification_tester.domain.problem import Remedy
from notification_tester.qt.checkup.verdict import level_tone, level_word
from notification_tester.qt.looks.theme import Card, QuietLabel, Tone, heading, plain_label
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import paragraph
from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_buttons
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowRow
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.finding import Finding

_ABLE = EVERYWHERE - {Remedy.CHECK, Remedy.ASK_ADMINISTRATOR}
"""What the dialog around the findings has no button for."""

AT_ONCE = 3
"""Findings that are set out before the window may do something else."""


def can_be_made(finding: Finding) -> bool:
    """Whether it is about a place that is not there and that the program can make."""
    return finding.id in {"queue.exists", "topic.exists"} and finding.level is Level.BROKEN


class FindingCard(Card):
    """One finding; ``mend_requested(Finding)`` where the program can put it right, ``create_requested(Finding)`` where
    it can make what is missing, ``remedy_requested(Remedy)`` for what the window can do about it.

    What is good says why it matters in quiet; all else also says what to do.
    """

    mend_requested = Signal(object)
    create_requested = Signal(object)
    remedy_requested = Signal(object)

    def __init__(self, finding: Finding, parent: QWidget | None = None, *, fill: bool = False) -> None:
        tone = level_tone(finding.level)
        is_good = finding.level is Level.GOOD
        super().__init__(parent, tone=Tone.PLAIN if is_good else tone)
        self.finding = finding
        self.body.setContentsMargins(12, 8 if is_good else 12, 12, 8 if is_good else 12)
        self.mark = ToneMark(tone, self)
        self.word = ToneLabel(level_word(finding.level), self, tone=tone)
        self.word.setWordWrap(False)
        policy = self.word.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Preferred)
        policy.setHorizontalStretch(0)
        self.word.setSizePolicy(policy)
        self.title = as_high_as_needed(heading(finding.title, self))
        words = QVBoxLayout()
        words.setSpacing(6)
        line = QHBoxLayout()
        line.addWidget(self.title, 1)
        line.addWidget(self.word, 0, Qt.AlignmentFlag.AlignTop)
        words.addLayout(line)
        for text in (finding.detail, finding.why) if is_good else (finding.detail,):
            if text:
                label = QuietLabel(text, self) if is_good else plain_label(text, self)
                words.addWidget(as_high_as_needed(label))
        if not is_good:
            for name, text in (
                (self.tr("Why it matters"), finding.why),
                (self.tr("What to do"), finding.remedy),
            ):
                if text:
                    part = QVBoxLayout()
                    part.setSpacing(1)
                    part.addWidget(as_high_as_needed(heading(name, self)))
                    part.addWidget(as_high_as_needed(plain_label(text, self)))
                    words.addLayout(part)
        self.button = self._mending(fill=fill)
        if self.button is not None:
            words.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        able = _ABLE - {Remedy.MAKE_DESTINATION} if can_be_made(finding) else _ABLE
        self.remedies = [self._remedy(text, Remedy(key)) for text, key in remedy_buttons(finding, able)]
        if self.remedies:
            words.addWidget(FlowRow(self.remedies, self))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.body.addLayout(row)
        self.setAccessibleName(f"{level_word(finding.level)}: {self.title.text()}")
        self.setAccessibleDescription(paragraph(" ".join(filter(None, (finding.detail, finding.why, finding.remedy)))))

    def _mending(self, *, fill: bool) -> QPushButton | None:
        finding, button = self.finding, None
        if finding.fixable:
            button = FilledButton("", self) if fill else QPushButton(self)
            button.setText(self.tr("&Mend…"))
            button.setAccessibleDescription(self.tr("Shows the change first; nothing is written before you say so."))
            button.clicked.connect(lambda: self.mend_requested.emit(finding))
        elif can_be_made(finding):
            button = QPushButton(self.tr("C&reate it…"), self)
            button.setAccessibleDescription(self.tr("Asks for a name first; nothing is made before that."))
            button.clicked.connect(lambda: self.create_requested.emit(finding))
        if button is not None:
            button.setAutoDefault(False)
        return button

    def _remedy(self, text: str, remedy: Remedy) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.remedy_requested.emit(remedy))
        return button


class FindingsList(ScrollPage):
    """Scrolls; passes on ``mend_requested(Finding)``, ``create_requested(Finding)`` and ``remedy_requested(Remedy)``.

    A long list is set out in steps too short to be felt, and what is in sight already stays.
    """

    mend_requested = Signal(object)
    create_requested = Signal(object)
    remedy_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        content = ScrollContent()
        super().__init__(content, parent)
        self.setAccessibleName(self.tr("Findings, the worst first"))
        self.cards: list[FindingCard] = []
        self._positions: dict[Finding, int] = {}
        self._left: list[Finding] = []
        self._rows = QVBoxLayout(content)
        self._rows.setContentsMargins(0, 0, 6, 0)
        self._rows.setSpacing(8)
        self._rows.addStretch(1)
        self._step = QTimer(self, interval=0)
        self._step.timeout.connect(self._set_out_some)

    @property
    def number(self) -> int:
        """How many findings there are, set out or not."""
        return len(self._positions)

    @property
    def is_complete(self) -> bool:
        """Whether every finding is in sight, or would be by scrolling."""
        return not self._left

    def set_report(self, report: CheckupReport | None) -> None:
        """Show these findings and no others."""
        self._show(() if report is None else report.findings)

    def add(self, findings: Sequence[Finding]) -> None:
        """Show these as well, each at its place."""
        self._show(CheckupReport.of([*self._positions, *findings]).findings)

    def _show(self, findings: Sequence[Finding]) -> None:
        self._step.stop()
        self._positions = {finding: position for position, finding in enumerate(findings)}
        kept = [card for card in self.cards if card.finding in self._positions]
        for card in self.cards:
            self._rows.removeWidget(card)
            if card.finding not in self._positions:
                card.hide()
                card.deleteLater()
        if not kept:
            self.verticalScrollBar().setValue(0)
        self.cards = sorted(kept, key=self._position)
        for position, card in enumerate(self.cards):
            self._rows.insertWidget(position, card)
        shown = {card.finding for card in kept}
        self._left = [finding for finding in findings if finding not in shown]
        self._set_out_some()
        if self._left:
            self._step.start()

    def _position(self, card: FindingCard) -> int:
        return self._positions[card.finding]

    def _set_out_some(self) -> None:
        content = self.widget()
        for finding in self._left[:AT_ONCE]:
            fill = finding.fixable and not any(card.button for card in self.cards)
            card = FindingCard(finding, content, fill=fill)
            card.mend_requested.connect(self.mend_requested)
            card.create_requested.connect(self.create_requested)
            card.remedy_requested.connect(self.remedy_requested)
            position = bisect(self.cards, self._positions[finding], key=self._position)
            self._rows.insertWidget(position, card)
            self.cards.insert(position, card)
        del self._left[:AT_ONCE]
        if not self._left:
            self._step.stop()
