# SPDX-License-Identifier: MIT
"""What can be done with the chosen HIT types: the buttons under the table, each saying why it cannot be pressed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.theme import QuietLabel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notification_tester.services.hit_types.bulk_types import HitTypeRow


class Deed(StrEnum):
    """What a button asks for."""

    APPLY = "apply"
    ON = "on"
    OFF = "off"
    UNDO = "undo"
    TEST = "test"
    DETAILS = "details"
    REAPPLY = "reapply"
    EXPORT = "export"
    IMPORT = "import"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the buttons depend on: numbers of chosen rows, and whether anything can be done at all."""

    chosen: int = 0
    shown: int = 0
    can_undo: int = 0
    has_spec: int = 0
    specs_in_all: bool = False
    hindered: str = ""  # why nothing can be done now

    @classmethod
    def of(
        cls, chosen: Iterable[HitTypeRow], *, shown: int, specs_in_all: bool = False, hindered: str = ""
    ) -> Standing:
        """Count."""
        count = can_undo = has_spec = 0
        for row in chosen:  # thousands of them, each time that one is chosen
            count += 1
            can_undo += row.set_by is not None
            has_spec += row.setting.spec is not None
        return cls(
            chosen=count,
            shown=shown,
            can_undo=can_undo,
            has_spec=has_spec,
            specs_in_all=specs_in_all,
            hindered=hindered,
        )


class HitTypesActions(QWidget):
    """``wanted(Deed)`` when a button is pressed, ``choose_all`` for all that are shown."""

    wanted = Signal(object)
    choose_all = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel(self)
        self.all_shown = QPushButton(self.tr("All s&hown"), self)
        self.all_shown.setToolTip(self.tr("Chooses every row of the table, as Ctrl+A does. A filter narrows it first."))
        self.all_shown.clicked.connect(self.choose_all)
        self.buttons: dict[Deed, QPushButton] = {
            Deed.APPLY: FilledButton(self.tr("&Apply…"), self),
            Deed.ON: QPushButton(self.tr("Switch o&n"), self),
            Deed.OFF: QPushButton(self.tr("Switch o&ff"), self),
            Deed.UNDO: QPushButton(self.tr("&Undo"), self),
            Deed.TEST: QPushButton(self.tr("&Test"), self),
            Deed.DETAILS: QPushButton(self.tr("&Details"), self),
            Deed.REAPPLY: QPushButton(self.tr("&Re-apply all…"), self),
        }
        self.record = QPushButton(self.tr("Re&cord"), self)
        self.record.setToolTip(self.tr("Takes the record of what was set to another computer, or from there."))
        menu = QMenu(self.record)
        self.record_actions = {
            Deed.EXPORT: QAction(self.tr("&Export…"), menu),
            Deed.IMPORT: QAction(self.tr("&Import…"), menu),
        }
        for deed, action in self.record_actions.items():
            action.triggered.connect(self._teller(deed))
            menu.addAction(action)
        self.record.setMenu(menu)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        line = QWidget(self)
        line.setSizePolicy(policy)
        flow = FlowLayout(line, end_from=8)
        flow.addWidget(self.count)
        flow.addWidget(self.all_shown)
        for deed, button in self.buttons.items():
            button.setAutoDefault(False)
            button.clicked.connect(self._teller(deed))
            flow.addWidget(button)
        flow.addWidget(self.record)
        self.buttons[Deed.DETAILS].setCheckable(True)
        self.all_shown.setAutoDefault(False)
        self.record.setAutoDefault(False)
        self.why = QuietLabel("", self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(line)
        rows.addWidget(self.why)
        self.show_standing(Standing())

    def show_standing(self, now: Standing) -> None:
        """Enable what makes sense, and say why where it does not."""
        self.count.setText(
            self.tr("{chosen} of {all} chosen").format(
                chosen=self.locale().toString(now.chosen), all=self.locale().toString(now.shown)
            )
        )
        self.all_shown.setEnabled(now.chosen < now.shown)
        none = self.tr("Choose one or more HIT types in the table first.")
        nothing = "" if now.chosen else none
        self._set(
            Deed.APPLY,
            now.hindered or nothing,
            self.tr("Sets where notifications go, and shows first what it replaces."),
        )
        self._set(
            Deed.ON,
            now.hindered or nothing,
            self.tr("Sends Active alone; destination and events stay as they are."),
        )
        self._set(
            Deed.OFF,
            now.hindered or nothing,
            self.tr("No notifications any more; destination and events stay as they are."),
        )
        self._set(
            Deed.UNDO,
            now.hindered
            or nothing
            or ("" if now.can_undo else self.tr("The record has no change of these to be undone.")),
            self.tr("Puts back what the record says was there before."),
        )
        self._set(Deed.TEST, self._why_no_test(now, nothing), self.tr("Fills the Test page with what is set here."))
        self._set(
            Deed.REAPPLY,
            now.hindered
            or ("" if now.specs_in_all else self.tr("The record has no specification that could be sent again.")),
            self.tr("Sends everything in the record again, as is needed after a change of keys."),
        )
        apply = self.buttons[Deed.APPLY]
        if isinstance(apply, FilledButton):
            apply.set_filled(apply.isEnabled())
        self.record.setEnabled(not now.hindered)
        self.why.setText(now.hindered)
        self.why.setVisible(bool(now.hindered))
        self.setAccessibleName(
            count_text(now.chosen, self.tr("1 HIT type chosen"), self.tr("{count} HIT types chosen"))
        )

    def show_details(self, *, is_open: bool, can_open: bool) -> None:
        """Whether the details are beside the table, and whether there is a row that they could show."""
        self.buttons[Deed.DETAILS].setChecked(is_open)
        self.buttons[Deed.DETAILS].setEnabled(is_open or can_open)

    def _why_no_test(self, now: Standing, nothing: str) -> str:
        if nothing:
            return nothing
        if now.chosen > 1:
            return self.tr("Choose a single HIT type: a test is of one specification.")
        return "" if now.has_spec else self.tr("It is not known what is set here, so there is nothing to test.")

    def _set(self, deed: Deed, why_not: str, meaning: str) -> None:
        button = self.buttons[deed]
        button.setEnabled(not why_not)
        button.setToolTip(why_not or meaning)
        button.setAccessibleDescription(why_not or meaning)

    def _teller(self, deed: Deed) -> _Teller:
        return _Teller(self, deed)


class _Teller:
    def __init__(self, actions: HitTypesActions, deed: Deed) -> None:
        self._actions = actions
        self._deed = deed

    def __call__(self) -> None:
        self._actions.wanted.emit(self._deed)
