# SPDX-License-Identifier: MIT
"""What the page HIT types consists of, from top to bottom, and what stands in place of the table when it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from notification_tester.qt.hit_types.bulk_run import BulkPanel
from notification_tester.qt.hit_types.controls import HitTypesButtons, HitTypesFilter, UnknownChanges
from notification_tester.qt.hit_types.table import HitTypesTable
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.qt.widgets.field_note import FieldNote
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.scroll_page import ScrollContent
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, PAGE_MARGIN, QuietLabel, Tone, heading

if TYPE_CHECKING:
    from notification_tester.qt.hit_types.model import HitTypesModel


class HitTypesView(ScrollContent):
    """The widgets, in their places. It decides nothing."""

    def __init__(self, model: HitTypesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_parts(model)
        self._lay_out()

    def show_page(self, page: QWidget) -> None:
        """Show the table, or what stands in its place."""
        self._stack.setCurrentWidget(page)

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
        self.splitter = _TableAndDetails(Qt.Orientation.Horizontal, self)
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
        self.splitter.addWidget(self.table)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(BETWEEN_CARDS)
        self.splitter.setStretchFactor(0, 3)
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


class _TableAndDetails(QSplitter):
    """Asks for the height of a few rows: more is given where there is room, and the page scrolls where not."""

    def sizeHint(self) -> QSize:
        """As wide as its parts, and some rows high."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() * 13)

    def minimumSizeHint(self) -> QSize:
        """No less than a few rows."""
        return QSize(super().minimumSizeHint().width(), self.fontMetrics().height() * 10)
