# SPDX-License-Identifier: MIT
"""What is said beside one field: why its text will not do, or what to bear in mind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from notification_tester.domain.problem import remedy_of
from notification_tester.qt.looks.theme import Card, QuietLabel, Tone, plain_label
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.problem import Problem


class FieldNote(Card):
    """A small frame under a field; out of sight while there is nothing to say.

    What is said can come with a button that does what is advised (:meth:`offer`); ``remedy_requested(Remedy)`` for one
    of those that a problem came with.
    """

    remedy_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, tone: Tone = Tone.BAD) -> None:
        super().__init__(parent, tone=tone)
        self.body.setContentsMargins(12, 8, 12, 8)
        self._title = ToneLabel("", self, tone=tone)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._text = plain_label("", self)
        as_high_as_needed(self._title)
        as_high_as_needed(self._text)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(ToneMark(tone, self), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._title, 0, 1)
        grid.addWidget(self._text, 1, 1)
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.hide()
        self.button.clicked.connect(self._do)
        grid.addWidget(self.button, 2, 1, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(grid)
        self._doing: Callable[[], object] | None = None
        self._field: QWidget | None = None
        self.hide()

    @property
    def text(self) -> str:
        """All that is said, for a screen reader and for tests; empty when out of sight."""
        return "" if self.isHidden() else f"{self._title.text()} {self._text.text()}"

    def watch(self, field: QWidget) -> None:
        """Tell the screen reader about the problem where the keyboard is: at ``field``."""
        self._field = field

    def show_problem(self, problem: Problem, actions: Sequence[tuple[str, str]] = ()) -> None:
        """Say what is wrong, why, and what to do; ``actions`` are texts and keys of remedies: the first is offered."""
        self.say(problem.title, f"{problem.detail} {problem.remedy}")
        for text, key in actions[:1]:
            self.offer(text, partial(self.remedy_requested.emit, remedy_of(key)))

    def say(self, title: str, text: str) -> None:
        """Show both; a mark before the title tells the tone to those who do not see its colour."""
        self.button.hide()
        self._title.setText(title)
        self._text.setText(text)
        said = f"{self._title.text()} {self._text.text()}"
        self.setAccessibleName(said)
        if self._field is not None:
            self._field.setAccessibleDescription(said)
        self.show()

    def offer(self, text: str, do: Callable[[], object]) -> None:
        """Have a button below what is said now."""
        self._doing = do
        self.button.setText(text)
        self.button.setAccessibleDescription(self.accessibleName())
        self.button.show()

    def _do(self) -> None:
        if self._doing is not None:
            self._doing()

    def clear(self) -> None:
        """Say nothing."""
        self.hide()
        self._title.clear()
        self._text.clear()
        self.setAccessibleName("")
        if self._field is not None:
            self._field.setAccessibleDescription("")


def as_high_as_needed(label: QLabel) -> QLabel:
    """Let a wrapped label take exactly the lines that its width asks for.

    Qt guesses a least height from a narrow width, which in a scroll area becomes a gap below the words.
    """
    policy = label.sizePolicy()
    policy.setVerticalPolicy(QSizePolicy.Policy.Fixed)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    label.setMinimumHeight(1)
    return label


def hint(text: str, parent: QWidget, *, indent: int = 0) -> QLabel:
    """A quiet sentence under a choice, as far in as the choice's own words."""
    label = QuietLabel(text, parent)
    label.setContentsMargins(indent, 0, 0, 6)
    return as_high_as_needed(label)


def buddy_label(text: str, field: QWidget, parent: QWidget | None = None) -> QLabel:
    """A field's name above it; Alt and the underlined letter lead there, and a screen reader reads it."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setBuddy(field)
    field.setAccessibleName(text.replace("&", ""))
    return label
