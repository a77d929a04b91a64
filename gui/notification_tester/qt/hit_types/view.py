# SPDX-License-Identifier: MIT
"""What the page HIT types consists of: the filter, the buttons, what is not known, and how they are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.hit_types.bulk_run import BulkPanel
from notification_tester.qt.hit_types.details import TableAndDetails
from notification_tester.qt.hit_types.table import HitTypesTable
from notification_tester.qt.hit_types.texts import SHAPES, state_word
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.qt.widgets.field_note import FieldNote
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.scroll_page import ScrollContent
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, PAGE_MARGIN, QuietLabel, Tone, heading
from notification_tester.services.hit_types.bulk_types import RowState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notification_tester.domain.setting import Change
    from notification_tester.qt.hit_types.model import HitTypesModel
    from notification_tester.services.hit_types.bulk_types import HitTypeRow

OFFERED = (
    RowState.ON,
    RowState.OFF,
    RowState.NOT_SET,
    RowState.UNKNOWN,
    RowState.FAILED,
    RowState.NOT_SENT,
    RowState.PENDING,
)
"""What is offered below "Every state", in its order."""


class HitTypesFilter(QWidget):
    """Words to find, and a state; ``changed(str, RowState or None)`` with each key, as the model needs no pause."""

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Filter by title, id, destination, event"))
        self.search.setAccessibleName(self.tr("Filter HIT types"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 16)
        self.state = QComboBox(self)
        self.state.setAccessibleName(self.tr("State"))
        self.state.addItem(self.tr("Every state"))
        for state in OFFERED:
            if SHAPES[state]:
                self.state.addItem(icons.icon(SHAPES[state]), state_word(state))
            else:
                self.state.addItem(state_word(state))
        self.state.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.state)
        self.search.textChanged.connect(self._emit)
        self.state.currentIndexChanged.connect(self._emit)

    def chosen_state(self) -> RowState | None:
        """The state that alone is shown; None for every state."""
        number = self.state.currentIndex()
        return OFFERED[number - 1] if number > 0 else None

    def show_state(self, state: RowState) -> None:
        """Show only this state."""
        self.search.clear()
        self.state.setCurrentIndex(OFFERED.index(state) + 1)

    def clear(self) -> None:
        """Leave nothing out."""
        blocked = self.blockSignals(True)
        self.search.clear()
        self.state.setCurrentIndex(0)
        self.blockSignals(blocked)
        self._emit()

    def _emit(self) -> None:
        self.changed.emit(self.search.text(), self.chosen_state())


class Command(StrEnum):
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
class Selection:
    """How many rows are chosen, and of how many of them there is something to undo, or a specification."""

    chosen: int = 0
    can_undo: int = 0
    has_spec: int = 0

    @classmethod
    def of(cls, rows: Iterable[HitTypeRow]) -> Selection:
        """Counted in one pass: there may be thousands of them, each time that one is chosen."""
        chosen = can_undo = has_spec = 0
        for row in rows:
            chosen += 1
            can_undo += row.set_by is not None
            has_spec += row.setting.spec is not None
        return cls(chosen=chosen, can_undo=can_undo, has_spec=has_spec)


class HitTypesButtons(QWidget):
    """The buttons under the table, each saying why it cannot be pressed. ``choose_all`` chooses all that are shown."""

    pressed = Signal(object)  # Command
    choose_all = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel(self)
        self.all_shown = QPushButton(self.tr("All s&hown"), self)
        self.all_shown.setToolTip(self.tr("Chooses every row of the table, as Ctrl+A does. A filter narrows it first."))
        self.all_shown.clicked.connect(self.choose_all)
        self.by_command: dict[Command, QPushButton] = {
            Command.APPLY: FilledButton(self.tr("&Apply…"), self),
            Command.ON: QPushButton(self.tr("Switch o&n"), self),
            Command.OFF: QPushButton(self.tr("Switch o&ff"), self),
            Command.UNDO: QPushButton(self.tr("&Undo"), self),
            Command.TEST: QPushButton(self.tr("&Test"), self),
            Command.DETAILS: QPushButton(self.tr("&Details"), self),
            Command.REAPPLY: QPushButton(self.tr("&Re-apply all…"), self),
        }
        self.record = QPushButton(self.tr("Re&cord"), self)
        self.record.setToolTip(self.tr("Takes the record of what was set to another computer, or from there."))
        menu = QMenu(self.record)
        self.record_actions = {
            Command.EXPORT: QAction(self.tr("&Export…"), menu),
            Command.IMPORT: QAction(self.tr("&Import…"), menu),
        }
        for command, action in self.record_actions.items():
            action.triggered.connect(lambda _=False, command=command: self.pressed.emit(command))
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
        for command, button in self.by_command.items():
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, command=command: self.pressed.emit(command))
            flow.addWidget(button)
        flow.addWidget(self.record)
        self.by_command[Command.DETAILS].setCheckable(True)
        self.all_shown.setAutoDefault(False)
        self.record.setAutoDefault(False)
        self.why = QuietLabel("", self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(line)
        rows.addWidget(self.why)
        self.show_selection(Selection(), shown=0)

    def show_selection(self, now: Selection, *, shown: int, can_reapply: bool = False, hindered: str = "") -> None:
        """Enable what makes sense, and say why where it does not.

        ``shown`` counts the rows of the table, ``can_reapply`` is whether any row, shown or not, has a specification,
        and ``hindered`` says why nothing can be done now.
        """
        self.count.setText(
            self.tr("{chosen} of {all} chosen").format(
                chosen=self.locale().toString(now.chosen), all=self.locale().toString(shown)
            )
        )
        self.all_shown.setEnabled(now.chosen < shown)
        none = self.tr("Choose one or more HIT types in the table first.")
        nothing = "" if now.chosen else none
        self._set(
            Command.APPLY,
            hindered or nothing,
            self.tr("Sets where notifications go, and shows first what it replaces."),
        )
        self._set(
            Command.ON,
            hindered or nothing,
            self.tr("Sends Active alone; destination and events stay as they are."),
        )
        self._set(
            Command.OFF,
            hindered or nothing,
            self.tr("No notifications any more; destination and events stay as they are."),
        )
        self._set(
            Command.UNDO,
            hindered or nothing or ("" if now.can_undo else self.tr("The record has no change of these to be undone.")),
            self.tr("Puts back what the record says was there before."),
        )
        self._set(Command.TEST, self._why_no_test(now, nothing), self.tr("Fills the Test page with what is set here."))
        self._set(
            Command.REAPPLY,
            hindered or ("" if can_reapply else self.tr("The record has no specification that could be sent again.")),
            self.tr("Sends everything in the record again, as is needed after a change of keys."),
        )
        apply = self.by_command[Command.APPLY]
        if isinstance(apply, FilledButton):
            apply.set_filled(apply.isEnabled())
        self.record.setEnabled(not hindered)
        self.why.setText(hindered)
        self.why.setVisible(bool(hindered))
        self.setAccessibleName(
            count_text(now.chosen, self.tr("1 HIT type chosen"), self.tr("{count} HIT types chosen"))
        )

    def show_details(self, *, is_open: bool, can_open: bool) -> None:
        """Whether the details are beside the table, and whether there is a row that they could show."""
        self.by_command[Command.DETAILS].setChecked(is_open)
        self.by_command[Command.DETAILS].setEnabled(is_open or can_open)

    def _why_no_test(self, now: Selection, nothing: str) -> str:
        if nothing:
            return nothing
        if now.chosen > 1:
            return self.tr("Choose a single HIT type: a test is of one specification.")
        return "" if now.has_spec else self.tr("It is not known what is set here, so there is nothing to test.")

    def _set(self, command: Command, why_not: str, meaning: str) -> None:
        button = self.by_command[command]
        button.setEnabled(not why_not)
        button.setToolTip(why_not or meaning)
        button.setAccessibleDescription(why_not or meaning)


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


class HitTypesView(ScrollContent):
    """The widgets, from top to bottom. It decides nothing."""

    def __init__(self, model: HitTypesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_parts(model)
        self._lay_out()

    def show_part(self, part: QWidget) -> None:
        """Show the table, or what stands in its place."""
        self._stack.setCurrentWidget(part)

    def show_listing(self, is_listing: bool) -> None:
        """While HIT types are collected, the button ends that."""
        self.refresh.setText(self.tr("Canc&el") if is_listing else self.tr("R&efresh"))
        self.refresh.setIcon(icons.icon("stop" if is_listing else "refresh"))

    def show_empty(self, *, listing: bool, can_work: bool, all_listed: bool) -> None:
        """There is no HIT type: say why, and what to do."""
        self._stack.setCurrentWidget(self.collecting if listing else self.nothing_yet)
        if not can_work:
            title, text = self.tr("No account is open"), self.tr("As soon as one is, its HIT types appear here.")
        elif all_listed:
            title = self.tr("No HIT types were found")
            text = self.tr(
                "HIT types are known by their HITs, and this account has none just now. You can add ids by hand."
            )
        else:
            title = self.tr("No HIT types are here yet")
            text = self.tr("Press Refresh to collect them from your HITs, or add their ids by hand.")
        self.nothing_yet.title.setText(title)
        self.nothing_yet.text.setText(text)
        self.nothing_yet.button.setVisible(can_work)

    def _make_parts(self, model: HitTypesModel) -> None:
        self.status = QuietLabel("", self)
        self.status.setWordWrap(False)
        self.filter = HitTypesFilter(self)
        self.refresh = QPushButton(self.tr("R&efresh"), self)
        self.add = QPushButton(icons.icon("plus"), self.tr("Add id&s…"), self)
        for button in (self.refresh, self.add):
            button.setAutoDefault(False)
        self.refresh.setToolTip(self.tr("Collects HIT types from the HITs of the account. F5"))
        self.add.setToolTip(self.tr("HIT types whose HITs were all deleted are found by their ids alone."))
        self.record_card = ProblemCard(self)
        self.problem = ProblemCard(self)
        self.unknown = UnknownChanges(self)
        self.note = FieldNote(self, tone=Tone.GOOD)
        self.panel = BulkPanel(self)
        self.table = HitTypesTable(model, self)
        self.splitter = TableAndDetails(self.table, self)
        self.collecting = EmptyState(
            self,
            icon_name="hit-types",
            title=self.tr("Collecting HIT types"),
            text=self.tr("They appear here as their HITs come in, a hundred at a time."),
            button=self.tr("Cancel"),
        )
        self.nothing_yet = EmptyState(self, icon_name="hit-types", title="", text="", button=self.tr("Add ids…"))
        self.nothing_found = EmptyState(
            self,
            icon_name="search",
            title=self.tr("Nothing matches"),
            text=self.tr("No HIT type has all of these words and this state."),
            button=self.tr("C&lear the filter"),
        )
        self._stack = QStackedWidget(self)
        self.buttons = HitTypesButtons(self)

    def _lay_out(self) -> None:
        for page in (self.splitter, self.collecting, self.nothing_yet, self.nothing_found):
            self._stack.addWidget(page)
        title = QHBoxLayout()
        title.addWidget(heading(self.tr("HIT types"), self, scale=1.6), 1)
        title.addWidget(self.status, 0, Qt.AlignmentFlag.AlignBottom)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.refresh)
        tools.addWidget(self.add)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addLayout(title)
        head.addWidget(
            QuietLabel(
                self.tr(
                    "Mechanical Turk cannot be asked what is set: this is the record of this program. "
                    "“Not set from here” does not mean “none”."
                ),
                self,
            )
        )
        rows = QVBoxLayout(self)
        rows.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addLayout(head)
        for part in (self.record_card, self.problem, self.unknown, self.panel, self.note):
            rows.addWidget(part)
        rows.addLayout(tools)
        rows.addWidget(self._stack, 1)
        rows.addWidget(self.buttons)
