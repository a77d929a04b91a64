# SPDX-License-Identifier: MIT
"""Changes of which it is not known whether they were applied, and the one thing to do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.theme import Tone

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.setting import Change


class UnknownChanges(ProblemCard):
    """Out of sight while there are none. ``send_requested`` with the changes, ``look_requested`` to see their rows."""

    send_requested = Signal(object)
    look_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._changes: tuple[Change, ...] = ()
        self.action.connect(self._act)

    def show_changes(self, changes: tuple[Change, ...]) -> None:
        """Say how many there are."""
        if changes == self._changes and bool(changes) is self.isVisible():
            return
        self._changes = changes
        if not changes:
            self.clear()
            return
        self.show_problem(
            Problem(
                title=count_text(
                    len(changes),
                    self.tr("1 change is not known to have been applied."),
                    self.tr("{count} changes are not known to have been applied."),
                ),
                detail=self.tr(
                    "No clear answer came: the service was in trouble, or the program ended before. They were written "
                    "down first, so none is forgotten."
                ),
                remedy=self.tr("Send them again: the same change twice does no harm."),
                code="hit-types.unknown",
                cause=Cause.PROGRAM,
            ),
            [(self.tr("S&end them again"), "send"), (self.tr("Sho&w them in the table"), "look")],
            tone=Tone.BEWARE,
            fill_first=True,
        )

    def _act(self, key: str) -> None:
        if key == "send":
            self.send_requested.emit(self._changes)
        else:
            self.look_requested.emit()
