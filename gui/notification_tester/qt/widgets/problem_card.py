# SPDX-License-Identifier: MIT
"""A problem where the eye is: what happened, why, what to do, and the offer to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.domain.problem import remedy_of
from notification_tester.qt.looks.theme import Card, Tone, heading, plain_label
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import paragraph
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout, discard
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.raw_text import RawText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.problem import Problem


WIDEST_WORD = 300
"""Pixels; a longer word may be cut off, rather than push the other column out of the window."""


class ProblemCard(Card):
    """Hidden until there is a problem.

    Emits ``action`` with the key of the button that was pressed and, where that is a remedy's,
    ``remedy_requested(Remedy)`` as well.
    """

    action = Signal(str)
    remedy_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.BAD)
        self.mark = ToneMark(Tone.BAD, scale=1.4)
        self.title = ToneLabel(tone=Tone.BAD)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.detail = plain_label()
        self.what_to_do = heading(self.tr("What to do"))
        self.remedy = plain_label()
        self.buttons: dict[str, QPushButton] = {}
        self._actions = QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._actions.setSizePolicy(policy)
        self._flow = FlowLayout(self._actions)
        self._rest = QWidget()
        self._rest.setSizePolicy(policy)
        self._rest_flow = FlowLayout(self._rest)
        self.more = FoldButton(self.tr("Mo&re"), self._rest, self._actions)
        self.exact = RawText(accessible_name=self.tr("Exact answer of the service"), lines=8)
        self.exact_link = FoldButton(self.tr("E&xact answer"), self.exact)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self.title)
        words.addWidget(self.detail)
        advice = QVBoxLayout()
        advice.setSpacing(2)
        advice.addWidget(self.what_to_do)
        advice.addWidget(self.remedy)
        words.addLayout(advice)
        words.addWidget(self._actions)
        words.addWidget(self._rest)
        words.addWidget(self.exact_link, 0, Qt.AlignmentFlag.AlignLeft)
        words.addWidget(self.exact)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.body.addLayout(row)
        self.hide()

    def show_problem(
        self,
        problem: Problem,
        actions: Sequence[tuple[str, str]] = (),
        *,
        tone: Tone = Tone.BAD,
        fill_first: bool = False,
        folds_rest: bool = False,
    ) -> None:
        """Show ``problem``; ``actions`` are the buttons as text and key.

        ``fill_first`` makes the first of them the page's one filled button; ``folds_rest`` leaves the first alone in
        sight, and the others behind “More”.
        """
        self.set_tone(tone)
        self.mark.set_tone(tone)
        self.title.set_tone(tone)
        self.title.setText(problem.title)
        self.detail.setText(problem.detail)
        self.detail.setVisible(bool(problem.detail))
        self.remedy.setText(problem.remedy)
        self.remedy.setMinimumWidth(self._widest_word(problem.remedy))
        self.remedy.setVisible(bool(problem.remedy))
        self.what_to_do.setVisible(bool(problem.remedy))
        self._offer(actions, fill_first=fill_first, folds_rest=folds_rest)
        answer = problem.answer.as_text()
        self.exact.set_text(answer)
        self.exact_link.setChecked(False)
        self.exact_link.setVisible(bool(answer))
        self.setAccessibleName(self.tr("Problem: {title}").format(title=self.title.text()))
        self.setAccessibleDescription(paragraph(f"{problem.detail} {problem.remedy}"))
        self.show()

    def clear(self) -> None:
        """There is no problem any more."""
        self.hide()
        self._offer((), fill_first=False, folds_rest=False)
        self.exact.set_text("")

    def _widest_word(self, text: str) -> int:
        """The room that a name to be copied needs, such as that of a permission: a label breaks no word."""
        measure = self.remedy.fontMetrics()
        return max((min(measure.horizontalAdvance(word), WIDEST_WORD) for word in text.split()), default=0)

    def _offer(self, actions: Sequence[tuple[str, str]], *, fill_first: bool, folds_rest: bool) -> None:
        is_open = self.more.isChecked() and [key for _, key in actions] == list(self.buttons)
        for flow in (self._flow, self._rest_flow):
            discard(flow, [one for one in self.buttons.values() if one.parentWidget() is flow.parentWidget()])
        self._flow.removeWidget(self.more)
        self.buttons = {}
        folds_rest = folds_rest and len(actions) > 2
        for text, key in actions:
            is_folded = folds_rest and bool(self.buttons)
            parent = self._rest if is_folded else self._actions
            filled = fill_first and not self.buttons
            button = FilledButton(text, parent) if filled else QPushButton(text, parent)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, key=key: self._press(key))
            (self._rest_flow if is_folded else self._flow).addWidget(button)
            button.show()
            self.buttons[key] = button
        self._flow.addWidget(self.more)
        self._put_in_order()
        self.more.setVisible(folds_rest)
        self.more.setChecked(folds_rest and is_open)
        self._rest.setVisible(folds_rest and is_open)
        self._actions.setVisible(bool(actions))

    @property
    def stops(self) -> Sequence[QWidget]:
        """Where the keyboard stops in it, as they are seen."""
        rest = [one for one in self.buttons.values() if one.parentWidget() is self._rest]
        first = [one for one in self.buttons.values() if one not in rest]
        return [*first, self.more, *rest, self.exact_link, self.exact.view, self.exact.copy]

    def _put_in_order(self) -> None:
        """What is made last would be the last stop of the whole window."""
        before = self.more.previousInFocusChain()
        for one in self.stops:
            if before is not None:
                self.setTabOrder(before, one)
            before = one

    def _press(self, key: str) -> None:
        self.action.emit(key)
        if (remedy := remedy_of(key)) is not None:
            self.remedy_requested.emit(remedy)
