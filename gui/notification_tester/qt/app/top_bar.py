# SPDX-License-Identifier: MIT
"""The top of the window: whose Mechanical Turk this is, always in sight; LIVE tints all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy

from notification_tester.domain.account import PRACTICE, Environment
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import PAGE_MARGIN, QuietLabel, fill, set_tooltip
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.fields import ChoiceField
from notification_tester.qt.widgets.pill_badge import PillBadge, ground_and_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.account import Account


class TopBar(QFrame):
    """Account and badge at the left, the menu at the right."""

    account_chosen = Signal(object)  # Account
    add_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts: list[Account] = [PRACTICE]
        self.combo = ChoiceField(self)
        self.combo.setAccessibleName(self.tr("Account"))
        self.combo.setMinimumContentsLength(24)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.combo.setMaximumWidth(self.fontMetrics().averageCharWidth() * 60)
        self.combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        label = QLabel(self.tr("Acc&ount"), self)
        label.setBuddy(self.combo)
        self.badge = PillBadge(parent=self)
        self.state = QuietLabel("", self)
        self.state.setWordWrap(False)
        self.menu = QMenu(self)
        self.menu_button = QPushButton(icons.icon("settings"), self.tr("Help and sett&ings"), self)
        self.menu_button.setFlat(True)
        self.menu_button.setAutoDefault(False)
        self.menu_button.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(PAGE_MARGIN, 9, PAGE_MARGIN, 10)
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self.combo)
        row.addWidget(self.badge)
        row.addWidget(self.state)
        row.addStretch(1)
        row.addWidget(self.menu_button)
        self.combo.activated.connect(self._activated)
        self.set_accounts([PRACTICE], PRACTICE)

    def set_accounts(self, accounts: Sequence[Account], current: Account) -> None:
        """Offer these, with ``current`` chosen."""
        self._accounts = list(accounts)
        self.combo.clear()
        for account in self._accounts:
            name = one_line(account.name)
            if account == PRACTICE:
                name = self.tr("Practice (a cloud on this computer)")
            self.combo.addItem(name)
        self.combo.insertSeparator(self.combo.count())
        self.combo.addItem(icons.icon("plus"), self.tr("Add or change accounts…"))
        self.show_current(current)

    def show_current(self, current: Account) -> None:
        """Show which account is in use; word and colour are those of this one, whatever the list has by now."""
        for number, account in enumerate(self._accounts):
            if account.kept_as == current.kept_as:
                self.combo.setCurrentIndex(number)
        set_tooltip(self.combo, current.name)
        self.badge.set_environment(current.environment)
        self.update()

    def add_action(self, action: QAction) -> None:
        """Put an entry into the menu."""
        self.menu.addAction(action)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet ground and a line below, from the palette; both red where it is LIVE."""
        del event
        painter = QPainter(self)
        ground, line = ground_and_line(self.palette(), self.badge.environment)
        thickness = 2 if self.badge.environment is Environment.PRODUCTION else 1
        fill(painter, self.rect(), ground)
        fill(painter, QRect(0, self.height() - thickness, self.width(), thickness), line)

    def _activated(self, number: int) -> None:
        if number < len(self._accounts):
            self.account_chosen.emit(self._accounts[number])
        else:
            self.add_requested.emit()
