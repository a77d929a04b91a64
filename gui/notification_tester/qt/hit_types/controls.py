# SPDX-License-Identifier: MIT
"""What stands around the table of HIT types: the filter, how far collecting is, the buttons, and what is not known."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.hit_types.texts import SHAPES, state_word
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.formatting import count_text, moment_text, now_utc
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.theme import QuietLabel, Tone
from notification_tester.services.hit_types.bulk_types import RowState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from notification_tester.domain.setting import Change
    from notification_tester.services.hit_types.bulk_types import HitTypeRow, Listing

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
STANDS_STILL_SECONDS = 10
"""Without an answer after which that is said."""


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
        self.search.textChanged.connect(self._tell)
        self.state.currentIndexChanged.connect(self._tell)

    def chosen_state(self) -> RowState | None:
        """The state that alone is shown; None for every state."""
        place = self.state.currentIndex()
        return OFFERED[place - 1] if place > 0 else None

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
        self._tell()

    def _tell(self) -> None:
        self.changed.emit(self.search.text(), self.chosen_state())


class CollectionStatus:
    """What is known of collecting for the account that is open."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # in seconds
        self._heard_at = 0.0
        self._under_way: Listing | None = None
        self._last: Listing | None = None
        self._read_at = ""

    @property
    def all_listed(self) -> bool:
        """Whether the last collection came to its end."""
        return self._last is not None and self._last.is_finished

    def forget(self) -> None:
        """Another account is open."""
        self._under_way = self._last = None

    def begin(self) -> None:
        """A collection begins."""
        self._under_way = None
        self._heard_at = self._clock()

    def goes_on(self, news: Listing) -> None:
        """So much was collected."""
        self._heard_at = self._clock()
        self._under_way = news

    def ended(self, last: Listing) -> None:
        """It came to its end, or was stopped."""
        self._last = last
        now = now_utc()
        self._read_at = moment_text(now, now)

    def text(self, *, is_listing: bool, total: int, shown: int, is_narrow: bool) -> str:
        """The line: ``total`` HIT types are known, ``shown`` are in the table."""
        translate = QCoreApplication.translate
        if is_listing:
            quiet = int(self._clock() - self._heard_at)
            if quiet >= STANDS_STILL_SECONDS:
                return count_text(
                    quiet,
                    translate("CollectionStatus", "No answer for 1 second; it is asked again by itself"),
                    translate("CollectionStatus", "No answer for {count} seconds; it is asked again by itself"),
                )
            if self._under_way is None:
                return translate("CollectionStatus", "Asking for HITs…")
            so_far = (_hits(self._under_way.hits), _types(self._under_way.hit_types))
            return translate("CollectionStatus", "{hits}, {types} so far").format(hits=so_far[0], types=so_far[1])
        if not total:
            return ""
        if is_narrow:
            return translate("CollectionStatus", "{shown} of {all} shown").format(
                shown=QLocale().toString(shown), all=_types(total)
            )
        text = _types(total)
        if self._last is None:
            return text
        if self._last.was_stopped:
            return text + translate("CollectionStatus", ", stopped before the end")
        return f"{text}, {_hits(self._last.hits)}" + translate("CollectionStatus", ", read at {time}").format(
            time=self._read_at
        )


def _hits(count: int) -> str:
    translate = QCoreApplication.translate
    return count_text(count, translate("CollectionStatus", "1 HIT"), translate("CollectionStatus", "{count} HITs"))


def _types(count: int) -> str:
    translate = QCoreApplication.translate
    return count_text(
        count, translate("CollectionStatus", "1 HIT type"), translate("CollectionStatus", "{count} HIT types")
    )


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
