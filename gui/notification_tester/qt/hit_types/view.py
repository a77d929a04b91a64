# SPDX-License-Identifier: MIT
"""What the page HIT types consists of: filter, bar of actions, what is not known, and how they are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
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
from notification_tester.qt.hit_types.rows import Segment
from notification_tester.qt.hit_types.table import HitTypesTable
from notification_tester.qt.hit_types.texts import state_word
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import count_text, keys_text, number_text
from notification_tester.qt.looks.theme import BETWEEN_CARDS, PAGE_MARGIN, QuietLabel, Tone, heading
from notification_tester.qt.widgets.drops import Drops
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowLayout, FlowRow
from notification_tester.qt.widgets.link_button import FoldingButton, LinkButton, tell_folded
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.saved_file import SavedNote
from notification_tester.qt.widgets.scroll_page import ScrollContent
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.setting import Change
    from notification_tester.qt.hit_types.model import HitTypesModel
    from notification_tester.services.hit_types.bulk_types import HitTypeRow, RowState


class HitTypesFilter(QWidget):
    """Words to find, and a segment; ``changed(str, Segment)`` with each key, as the model needs no pause.

    Each segment says how many there are in it, whatever the words.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Filter by title, id, destination, event"))
        self.search.setAccessibleName(self.tr("Filter HIT types"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 16)
        self.segments = SegmentedChoice([(one.value, self._name(one), "") for one in Segment], self)
        self.segments.setAccessibleName(self.tr("Which HIT types to show"))
        for one, meaning in (
            (Segment.UNKNOWN, self.tr("Nothing was set from here, or it is not known whether it was applied.")),
            (Segment.ON, self.tr("Mechanical Turk was told from here to send notifications.")),
            (Segment.OFF, self.tr("Mechanical Turk was told from here not to send notifications.")),
            (
                Segment.NOT_TESTED,
                self.tr(
                    "What is set here was not tested, did not go as expected in its last test or is not known to "
                    "have, or where it goes was changed since."
                ),
            ),
            (Segment.FAILED, self.tr("The last change failed; what was set before still holds.")),
        ):
            self.segments.button(one.value).setToolTip(meaning)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.segments)
        row.addWidget(self.search, 1)
        self.search.textChanged.connect(self._emit)
        self.segments.chosen.connect(self._emit)
        self.show_counts({})

    def segment(self) -> Segment:
        """The segment that is shown."""
        return Segment(self.segments.choice())

    def show_counts(self, counts: Mapping[Segment, int]) -> None:
        """Say how many there are in each; what failed has a segment where there is any."""
        for one in Segment:
            number = counts.get(one, 0)
            self.segments.set_text(one.value, f"{self._name(one)} {number_text(number)}")
            if one is Segment.FAILED:
                self.segments.offer(one.value, bool(number) or self.segment() is one)

    def show_state(self, state: RowState) -> None:
        """Show only rows of this state."""
        self.segments.set_choice(Segment.ALL.value)
        self.search.setText(state_word(state))
        self._emit()

    def clear(self) -> None:
        """Leave nothing out."""
        blocked = self.blockSignals(True)
        self.search.clear()
        self.segments.set_choice(Segment.ALL.value)
        self.blockSignals(blocked)
        self._emit()

    def _name(self, segment: Segment) -> str:
        return {
            Segment.ALL: self.tr("All"),
            Segment.UNKNOWN: self.tr("Not set or not known"),
            Segment.ON: self.tr("On"),
            Segment.OFF: self.tr("Off"),
            Segment.NOT_TESTED: self.tr("Not tested"),
            Segment.FAILED: self.tr("Failed"),
        }[segment]

    def _emit(self) -> None:
        self.changed.emit(self.search.text(), self.segment())


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
    """How many rows are chosen, of how many of them there is something to undo, and their specifications, each once."""

    chosen: int = 0
    can_undo: int = 0
    specs: frozenset[NotificationSpec] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[HitTypeRow]) -> Selection:
        """Counted in one pass: there may be thousands of them, each time that one is chosen."""
        chosen = can_undo = 0
        specs: set[NotificationSpec] = set()
        last: NotificationSpec | None = None
        for row in rows:
            chosen += 1
            can_undo += row.set_by is not None
            spec = row.setting.spec
            if spec is not None and spec is not last:  # neighbours mostly share one object, and hashing takes time
                specs.add(spec)
                last = spec
        return cls(chosen=chosen, can_undo=can_undo, specs=frozenset(specs))


ON_TICKED = (Command.APPLY, Command.ON, Command.OFF, Command.UNDO, Command.TEST)
"""What is done to the ticked HIT types."""


class HitTypesButtons(QWidget):
    """The bar under the table: what can be done to the ticked, where any are, and what is there always.

    Each button says why it cannot be pressed. ``choose_all`` ticks all that are shown, ``choose_none`` none, and
    ``choose_again`` those that Escape unticked. Its place stays where it is, so that the table does not move when the
    first row is ticked.
    """

    pressed = Signal(object)  # Command
    choose_all = Signal()
    choose_none = Signal()
    choose_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel(self)
        self.all_shown = LinkButton(self.tr("Tick a&ll"), self)
        self.all_shown.setToolTip(
            self.tr("Ticks every row of the table, as {keys} does. A filter narrows it first.").format(
                keys=keys_text(QKeySequence.StandardKey.SelectAll)
            )
        )
        self.all_shown.clicked.connect(self.choose_all)
        self.none = LinkButton(self.tr("Untic&k"), self)
        self.none.setToolTip(self.tr("Ticks nothing any more; what is set stays."))
        self.none.clicked.connect(self.choose_none)
        self.again = LinkButton("", self)
        self.again.setToolTip(self.tr("Escape unticked them; what is set stays."))
        self.again.clicked.connect(self.choose_again)
        self.again.hide()
        self.by_command: dict[Command, QPushButton] = {
            Command.APPLY: FilledButton(self.tr("Set notific&ation…"), self),
            Command.ON: QPushButton(self.tr("O&n"), self),
            Command.OFF: QPushButton(self.tr("O&ff"), self),
            Command.UNDO: QPushButton(self.tr("&Undo"), self),
            Command.TEST: QPushButton(self.tr("Open in &Test"), self),
            Command.DETAILS: FoldingButton(self.tr("&Details"), self),
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
        flow = FlowLayout(line, end_from=9)
        for part in (self.count, self.all_shown, self.none, self.again):
            flow.addWidget(part)
        for command, button in self.by_command.items():
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, command=command: self.pressed.emit(command))
            flow.addWidget(button)
        flow.addWidget(self.record)
        self.record.setAutoDefault(False)
        self.why = QuietLabel("", self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(line)
        rows.addWidget(self.why)
        self.show_selection(Selection(), shown=0)

    def offer_again(self, number: int) -> None:
        """Where nothing is ticked: say so, and offer to tick so many again that Escape unticked; 0 offers nothing."""
        self.again.setVisible(number > 0)
        if number:
            self.count.setText(self.tr("Nothing is ticked."))
            self.again.setText(count_text(number, self.tr("Tick it again"), self.tr("Tick the {count} again")))

    def show_selection(self, now: Selection, *, shown: int, can_reapply: bool = False, hindered: str = "") -> None:
        """Enable what makes sense, and say why where it does not.

        ``shown`` counts the rows of the table, ``can_reapply`` is whether any row, shown or not, has a specification,
        and ``hindered`` says why nothing can be done now.
        """
        told = self.tr("{chosen} of {all} ticked").format(chosen=number_text(now.chosen), all=number_text(shown))
        self.count.setText(told if now.chosen else self.tr("Tick HIT types to set or switch their notifications."))
        for command in ON_TICKED:
            self.by_command[command].setVisible(bool(now.chosen))
        self.none.setVisible(bool(now.chosen))
        self.all_shown.setVisible(now.chosen < shown)
        none = self.tr("Tick one or more HIT types in the table first.")
        nothing = "" if now.chosen else none
        self._set(
            Command.APPLY,
            hindered or nothing,
            self.tr("Sets where notifications go, and shows first what it replaces."),
        )
        self._set(
            Command.ON,
            hindered or nothing,
            self.tr("Notifications are sent; destination and events stay as they are."),
        )
        self._set(
            Command.OFF,
            hindered or nothing,
            self.tr("No notifications any more. The HITs go on; destination and events stay as they are."),
        )
        self._set(
            Command.UNDO,
            hindered or nothing or ("" if now.can_undo else self.tr("The record has no change of these to be undone.")),
            self.tr("Puts back what the record says was there before."),
        )
        self._set(
            Command.TEST,
            self._why_no_test(now, nothing),
            self.tr("Fills the Test page with what is set here, and sends nothing."),
        )
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
            count_text(now.chosen, self.tr("1 HIT type ticked"), self.tr("{count} HIT types ticked"))
        )

    def show_details(self, *, is_open: bool, can_open: bool) -> None:
        """Whether the details are beside the table, and whether there is a row that they could show."""
        details = self.by_command[Command.DETAILS]
        details.setText(self.tr("Hide &details") if is_open else self.tr("&Details"))
        tell_folded(details, self.tr("Shows or hides all that is known of one HIT type."), is_open=is_open)
        details.setEnabled(is_open or can_open)

    def _why_no_test(self, now: Selection, nothing: str) -> str:
        if nothing:
            return nothing
        if len(now.specs) > 1:
            return self.tr("These have different notifications, and a test is of one. Tick those that have the same.")
        return "" if now.specs else self.tr("It is not known what is set here, so there is nothing to test.")

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
            [(self.tr("Send the&m again"), "send"), (self.tr("Sho&w them in the table"), "look")],
            tone=Tone.BEWARE,
            fill_first=True,
        )

    def _act(self, key: str) -> None:
        if key == "send":
            self.send_requested.emit(self._changes)
        else:
            self.look_requested.emit()


class HitTypesView(ScrollContent):
    """The widgets, from top to bottom. It decides nothing; ``drops`` hands out what is dropped on it."""

    def __init__(self, model: HitTypesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drops = Drops(self)
        self._make_parts(model)
        self._lay_out()

    def show_part(self, part: QWidget) -> None:
        """Show the table, or what stands in its place."""
        self._stack.setCurrentWidget(part)

    def show_listing(self, is_listing: bool) -> None:
        """While HIT types are collected, the button ends that."""
        self.refresh.setText(self.tr("Canc&el") if is_listing else self.tr("R&efresh"))
        self.refresh.setIcon(icons.icon("stop" if is_listing else "refresh"))

    def show_empty(self, *, listing: bool, can_work: bool, all_listed: bool, failed: bool) -> None:
        """There is no HIT type: say why, and what to do."""
        self._stack.setCurrentWidget(self.collecting if listing else self.nothing_yet)
        if not can_work:
            title, text = self.tr("No account is open"), self.tr("As soon as one is, its HIT types appear here.")
        elif failed:
            title = self.tr("No HIT types could be collected")
            text = self.tr("What stands in the way is said above.")
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
        self.refresh.setToolTip(
            self.tr("Collects HIT types from the HITs of the account. {keys}").format(
                keys=keys_text(QKeySequence.StandardKey.Refresh)
            )
        )
        self.add.setToolTip(
            self.tr(
                "HIT types whose HITs were all deleted are found by their ids alone. Files with ids can be dropped."
            )
        )
        self.record_card = ProblemCard(self)
        self.problem = ProblemCard(self)
        self.unknown = UnknownChanges(self)
        self.note = SavedNote(self)
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
            text=self.tr("No HIT type of this kind has all of these words."),
            button=self.tr("C&lear the filter"),
        )
        self._stack = QStackedWidget(self)
        self.buttons = HitTypesButtons(self)

    def _lay_out(self) -> None:
        for page in (self.splitter, self.collecting, self.nothing_yet, self.nothing_found):
            self._stack.addWidget(page)
        self.heading = heading(self.tr("HIT types"), self, scale=1.6)
        self.heading.setWordWrap(False)
        self.heading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(FlowRow([self.heading, self.status, self.refresh, self.add], self, end_from=1))
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
        rows.addWidget(self.filter)
        rows.addWidget(self._stack, 1)
        rows.addWidget(self.buttons)
