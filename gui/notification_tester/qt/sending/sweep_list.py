# SPDX-License-Identifier: MIT
"""Several tests sent in one go: a line for each, with its three verdicts; the chosen one is shown in full below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTreeWidget, QTreeWidgetItem

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State
from notification_tester.qt.notification.names import event_name
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.theme import INSIDE_CARD, Card, Tone, heading, tone_colours
from notification_tester.qt.widgets.visible_text import tooltip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.events import EventType

_EVENT = Qt.ItemDataRole.UserRole
MOST_LINES = 12
"""Lines in sight without scrolling: every event, and the Ping."""


class SweepList(Card):
    """Emits ``chosen`` with the event of the line that a person goes to."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = heading("", scale=1.1)
        self.tree = QTreeWidget(self)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setHeaderLabels([self.tr("Event"), self.tr("Accepted"), self.tr("Arrived"), self.tr("As expected")])
        # Fitted once for many changes: the header's own fitting looks at every line after each of them.
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.header().setStretchLastSection(True)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.tree.setAccessibleName(self.tr("Tests of this run"))
        self.tree.currentItemChanged.connect(self._tell)
        self.body.addWidget(self.title)
        self.body.addWidget(self.tree)
        self._items: dict[EventType, QTreeWidgetItem] = {}
        self._outcomes: dict[EventType, TestOutcome] = {}
        self._icons: dict[State, QIcon] = {}
        self._waiting = QIcon()
        self._needed = 0  # the width of all columns

    def begin(self, events: Sequence[EventType]) -> None:
        """Show a line for each event, all of them waiting; the first is chosen."""
        blocked = self.tree.blockSignals(True)
        self.tree.clear()
        self._items = {}
        self._outcomes = {}
        self._draw_icons()
        for event in events:
            item = QTreeWidgetItem([event_name(event), self.tr("Waiting"), "", ""])
            item.setData(0, _EVENT, event)
            item.setIcon(1, self._waiting)  # also keeps the room for the shapes of the verdicts
            self.tree.addTopLevelItem(item)
            self._items[event] = item
        self.tree.blockSignals(blocked)
        self.title.setText(count_text(len(events), self.tr("1 test under way"), self.tr("{count} tests under way")))
        self.tree.setCurrentItem(self._items[events[0]])
        self._fit_columns()
        self._fit()

    def show_outcomes(self, outcomes: Iterable[TestOutcome]) -> None:
        """Show how far some of them are."""
        for outcome in outcomes:
            self._show_outcome(outcome)
        self._fit_columns()

    def _fit_columns(self) -> None:
        header = self.tree.header()
        wanted = [
            max(self.tree.sizeHintForColumn(column), header.sectionSizeHint(column)) for column in range(header.count())
        ]
        for column, width in enumerate(wanted[:-1]):
            header.resizeSection(column, width)
        self._needed = sum(wanted)

    def _show_outcome(self, outcome: TestOutcome) -> None:
        item = self._items.get(outcome.event)
        if item is None:
            return
        before = self._outcomes.get(outcome.event)
        self._outcomes[outcome.event] = outcome
        known = () if before is None else (before.accepted, before.arrived, before.as_expected)
        for column, lamp in enumerate((outcome.accepted, outcome.arrived, outcome.as_expected), start=1):
            if lamp in known[column - 1 : column]:
                continue
            item.setText(column, self._words(lamp))
            item.setIcon(column, self._waiting if lamp is NOT_TRIED else self._icons[lamp.state])
            item.setToolTip(column, tooltip(lamp.detail))

    def finish(self, outcomes: Sequence[TestOutcome]) -> None:
        """Say how many were well; the first that was not is chosen."""
        self.show_outcomes(outcomes)
        self._fit()
        good = sum(outcome.is_good for outcome in outcomes)
        if good == len(outcomes):
            self.title.setText(count_text(good, self.tr("The test is well"), self.tr("All {count} tests are well")))
        else:
            words = count_text(
                good, self.tr("1 of {{all}} tests is well"), self.tr("{count} of {{all}} tests are well")
            )
            self.title.setText(words.format(all=len(outcomes)))
        first = next((outcome for outcome in outcomes if not outcome.is_good), outcomes[0])
        self.tree.setCurrentItem(self._items[first.event])

    def _words(self, lamp: Lamp) -> str:
        if lamp is NOT_TRIED:
            return self.tr("Waiting")
        word = {State.YES: self.tr("Yes"), State.NO: self.tr("No"), State.UNKNOWN: self.tr("Not known")}[lamp.state]
        if lamp.seconds is None:
            return word
        return self.tr("{word}, {seconds} s").format(word=word, seconds=self.locale().toString(lamp.seconds, "f", 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep every line in sight, whether the columns have to be scrolled or not."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        header = self.tree.header()
        lines = min(self.tree.topLevelItemCount(), MOST_LINES)
        height = header.sizeHint().height() + lines * self.tree.sizeHintForRow(0) + 2 * self.tree.frameWidth() + 4
        if self._needed > self.contentsRect().width() - 2 * INSIDE_CARD - 2 * self.tree.frameWidth():
            height += self.tree.horizontalScrollBar().sizeHint().height()
        self.tree.setFixedHeight(height)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the verdicts' shapes in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._items:
            self._draw_icons()
            known, self._outcomes = self._outcomes, {}
            self.show_outcomes(known.values())

    def _draw_icons(self) -> None:
        def drawn(name: str, tone: Tone) -> QIcon:
            return icons.icon_in(name, tone_colours(QApplication.palette(), tone).text)

        self._icons = {
            State.YES: drawn("check", Tone.GOOD),
            State.NO: drawn("cross", Tone.BAD),
            State.UNKNOWN: drawn("question", Tone.UNKNOWN),
        }
        self._waiting = drawn("clock", Tone.UNKNOWN)

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(0, _EVENT))
