# SPDX-License-Identifier: MIT
"""The throw-away queues that are there now, to look at and to remove by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from notification_tester.qt.lists.cell_menu import COPIED_ROLE, offer_menu
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.theme import BETWEEN_CARDS, QuietLabel, Tone, heading, plain_label
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.remedies import remedy_buttons
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.pill_badge import PillBadge
from notification_tester.qt.widgets.problem_card import ProblemCard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem
    from notification_tester.services.sending.throwaway import TemporaryFound

MEASURED = 20
"""Rows by which the columns are fitted; all of many would be felt."""

_ROLE = Qt.ItemDataRole.UserRole


class ThrowawaysDialog(FittingDialog):
    """Emits ``look_requested`` to have the list made anew, and ``remove_requested`` with the queues that were checked.

    Only what an earlier start has left is checked beforehand: anything else may be in use by a test right now.
    """

    look_requested = Signal()
    remove_requested = Signal(object)
    remedy_requested = Signal(object)  # one of those that the window can do

    def __init__(self, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Throw-away queues"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._is_busy = False
        self.heading = as_high_as_needed(heading(self.tr("Throw-away queues"), self, scale=1.4))
        self.badge = PillBadge(account.environment, self)
        self.about = as_high_as_needed(
            QuietLabel(
                self.tr(
                    "This program makes a queue for a test where it needs one, and removes it afterwards. What a crash "
                    "left is removed at the next start. Here is what is in the AWS account of “{account}” now, "
                    "whichever computer made it. A test or the Inbox, here or elsewhere, may be using one: tick only "
                    "what you know to be left behind."
                ).format(account=one_line(account.name)),
                self,
            )
        )
        self.state = as_high_as_needed(plain_label("", self))
        self.list = QTreeWidget(self)
        offer_menu(self.list)
        self.list.setHeaderLabels([self.tr("Queue"), self.tr("Made"), self.tr("Messages"), self.tr("In use?")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setAccessibleName(self.tr("Throw-away queues"))
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setResizeContentsPrecision(MEASURED)
        self.list.itemChanged.connect(self._count)
        self.note = FieldNote(self, tone=Tone.GOOD)
        self.problem = ProblemCard(self)
        self.problem.remedy_requested.connect(self.remedy_requested)
        self.look = QPushButton(icons.icon("refresh"), self.tr("&Look again"), self)
        self.look.setAutoDefault(False)
        self.look.clicked.connect(self._look)
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.reject)
        self.remove = FilledButton("", self)
        self.remove.setDefault(False)  # Return does no harm
        self.remove.clicked.connect(self._remove)
        self._lay_out()
        self.resize(self.sizeHint())
        self.show_waiting()

    def sizeHint(self) -> QSize:
        """Wide enough for a name and what is known of it."""
        return QSize(min(110 * self.fontMetrics().averageCharWidth(), 900), 460)

    def checked(self) -> list[TemporaryFound]:
        """What is to be removed."""
        items = [self.list.topLevelItem(place) for place in range(self.list.topLevelItemCount())]
        return [item.data(0, _ROLE) for item in items if item and item.checkState(0) is Qt.CheckState.Checked]

    def show_waiting(self) -> None:
        """The list is being made."""
        self.problem.clear()
        self._say(self.tr("Looking…"))
        self._busy(True)

    def show_queues(self, queues: Sequence[TemporaryFound], *, removed: int = 0) -> None:
        """Show what is there now."""
        self._busy(False)
        self.problem.clear()
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addTopLevelItems([self._row(one) for one in queues])
        self.list.blockSignals(False)
        self.list.setVisible(bool(queues))
        self._say("" if queues else self.tr("There is none. Nothing was left behind."))
        self.note.clear()
        if removed:
            self.note.say(self.tr("Removed: {number}.").format(number=removed), "")
        self._count()

    def show_problem(self, problem: Problem) -> None:
        """They could not be listed, or not all of them removed."""
        self._busy(False)
        self._say("")
        self.problem.show_problem(problem, remedy_buttons(problem))
        self._count()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.addWidget(self.look)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.remove)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addLayout(top)
        rows.addWidget(self.about)
        rows.addWidget(self.state)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.note)
        rows.addWidget(self.problem)
        rows.addStretch()
        rows.addLayout(buttons)

    def _row(self, one: TemporaryFound) -> QTreeWidgetItem:
        unknown = self.tr("not known")
        item = QTreeWidgetItem(
            [
                one_line(one.address.name),
                unknown if one.age is None else self._ago(one.age),
                unknown if one.waiting is None else str(one.waiting),
                self.tr("No: left by an earlier start") if one.is_left else self.tr("Perhaps"),
            ]
        )
        item.setData(0, _ROLE, one)
        item.setData(0, COPIED_ROLE, one.address.text)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(0, Qt.CheckState.Checked if one.is_left else Qt.CheckState.Unchecked)
        item.setSizeHint(3, QSize(0, self.fontMetrics().lineSpacing() + 8))
        item.setToolTip(0, tooltip(one.address.text))
        return item

    def _ago(self, age: timedelta) -> str:
        minutes = max(0, int(age.total_seconds() // 60))
        if minutes < 1:
            return self.tr("just now")
        if minutes < 60:
            return count_text(minutes, self.tr("1 minute ago"), self.tr("{count} minutes ago"))
        if minutes < 48 * 60:
            hours = minutes // 60
            return count_text(hours, self.tr("1 hour ago"), self.tr("{count} hours ago"))
        return count_text(minutes // (24 * 60), self.tr("1 day ago"), self.tr("{count} days ago"))

    def _say(self, text: str) -> None:
        self.state.setText(text)
        self.state.setVisible(bool(text))

    def _busy(self, busy: bool) -> None:
        self._is_busy = busy
        for part in (self.list, self.look):
            part.setEnabled(not busy)
        self._count()

    def _count(self) -> None:
        number = len(self.checked())
        self.remove.setText(
            self.tr("&Remove the ticked {n}").format(n=number) if number > 1 else self.tr("&Remove the ticked one")
        )
        self.remove.setVisible(self.list.topLevelItemCount() > 0)
        self.remove.setEnabled(number > 0 and not self._is_busy)

    def _look(self) -> None:
        self.note.clear()
        self.show_waiting()
        self.look_requested.emit()

    def _remove(self) -> None:
        queues = self.checked()
        self.note.clear()
        self.problem.clear()
        self._say(self.tr("Removing…"))
        self._busy(True)
        self.remove_requested.emit(queues)
