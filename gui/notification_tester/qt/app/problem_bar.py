# SPDX-License-Identifier: MIT
"""The bar under the top: what concerns the whole window, in plain text, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.qt.looks.theme import Card, Tone, plain_label, set_tooltip
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import paragraph

if TYPE_CHECKING:
    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem


LONGEST = 400
"""Characters that the bar has room for without pushing the page out of sight; all of it is in the tool tip."""


class _Saying(NamedTuple):
    """Something to be read; ``owner`` is the account that it is about, None where it is about the program.

    ``topic`` is by what it can be taken back.
    """

    problem: Problem
    tone: Tone
    action: str
    key: str
    owner: Account | None
    topic: str

    def is_about(self, account: Account | None) -> bool:
        """Whether it is to be read while ``account`` is on top of the window."""
        return self.owner is None or _is_one(self.owner, account)


class ProblemBar(Card):
    """Hidden while there is nothing to say. What it says stays until it is read away.

    What is about an account is in sight while that one is on top of the window, and waits for it where it is not.
    """

    action = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.BEWARE)
        self._waiting: list[_Saying] = []
        self._account: Account | None = None
        self.mark = ToneMark(Tone.BEWARE, scale=1.3)
        self.title = ToneLabel(tone=Tone.BEWARE)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.detail = plain_label()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.detail)
        self.act = QPushButton(self)
        self.act.setAutoDefault(False)
        self.act.clicked.connect(self._acted)
        self.dismiss = QPushButton(self.tr("&Understood"), self)
        self.dismiss.setAutoDefault(False)
        self.dismiss.clicked.connect(self._next)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.act, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.setContentsMargins(14, 10, 14, 10)
        self.body.addLayout(row)
        self.hide()

    def say(
        self,
        problem: Problem,
        owner: Account | None = None,
        *,
        tone: Tone = Tone.BEWARE,
        action: str = "",
        key: str = "",
        topic: str = "",
    ) -> None:
        """Show ``problem`` after those that are not read yet; the same one twice is shown once."""
        if not any(one.problem == problem and _is_one(one.owner, owner) for one in self._waiting):
            self._waiting.append(_Saying(problem, tone, action, key, owner, topic or key))
            self._show()

    def show_account(self, account: Account) -> None:
        """This one is on top of the window now."""
        if account != self._account:
            self._account = account
            self._show()

    def take_back(self, topic: str, owner: Account | None) -> None:
        """What was said with this topic, or key, is over."""
        self._waiting = [one for one in self._waiting if one.topic != topic or not _is_one(one.owner, owner)]
        self._show()

    def clear(self) -> None:
        """Nothing concerns the window any more."""
        self._waiting.clear()
        self.hide()

    def _first(self) -> _Saying | None:
        return next((one for one in self._waiting if one.is_about(self._account)), None)

    def _next(self) -> None:
        read = self._first()
        if read is not None:
            self._waiting.remove(read)
        self._show()

    def _show(self) -> None:
        first = self._first()
        if first is None:
            self.hide()
            return
        problem, tone, action = first.problem, first.tone, first.action
        self.set_tone(tone)
        self.mark.set_tone(tone)
        self.title.set_tone(tone)
        self.title.setText(problem.title)
        self.detail.setText(_in_short(paragraph(f"{problem.detail} {problem.remedy}"), problem.remedy))
        set_tooltip(self.detail, problem.as_text())
        self.act.setText(action)
        self.act.setVisible(bool(action))
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(self.detail.text())
        self.show()

    def _acted(self) -> None:
        first = self._first()
        self._next()
        if first is not None:
            self.action.emit(first.key)


def _is_one(owner: Account | None, other: Account | None) -> bool:
    """Whether both are the program, or one account, whatever that was called when it was spoken of."""
    return owner is other or (owner is not None and other is not None and owner.is_renamed(other))


def _in_short(text: str, remedy: str) -> str:
    """What a process that died said may be a page long: its middle is left out, never the remedy."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    end = paragraph(remedy)
    return f"{text[: max(80, LONGEST - len(end))].rstrip()} … {end}"
