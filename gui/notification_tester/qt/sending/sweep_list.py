# SPDX-License-Identifier: MIT
"""Several messages sent in one go: a line each, with its three verdicts; the chosen one is shown in full below."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State
from notification_tester.qt.lists.cell_menu import offer_menu
from notification_tester.qt.looks.formatting import count_text, seconds_text
from notification_tester.qt.looks.theme import INSIDE_CARD, Card, heading
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.delivery_lamps import state_icon
from notification_tester.qt.notification.names import event_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QIcon, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.delivery import Verdicts
    from notification_tester.qt.lists.cell_menu import CellMenu

_KEY = Qt.ItemDataRole.UserRole
_VERDICTS, _LAST = (1, 2, 3), 4
"""Columns. Where there is no room for a verdict each, the last one stands for them."""
MOST_LINES = 12
"""Lines in sight without scrolling: every event, and the Ping."""


class SweepList(Card):
    """Emits ``chosen`` with the key of the line that a person goes to; of a test that is its event.

    ``key`` and ``title`` tell what the line of something sent is known by, and called; ``answer`` what was answered to
    it, in a column of its own. ``inbox_requested`` and ``history_requested`` with the key of a line, to see there what
    belongs to it; the Inbox is offered where ``is_in_inbox`` says that it can have it.
    """

    chosen = Signal(object)
    inbox_requested = Signal(object)
    history_requested = Signal(object)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        key: Callable[[Any], object] = attrgetter("event"),
        title: Callable[[Any], str] = event_name,
        answer: Callable[[Any], str] | None = None,
        first_column: str = "",
        is_in_inbox: Callable[[Any], bool] = lambda _: True,
    ) -> None:
        self._items: dict[object, QTreeWidgetItem] = {}
        super().__init__(parent)
        self._key, self._title, self._answer, self._is_in_inbox = key, title, answer, is_in_inbox
        self.title = heading("", scale=1.1)
        self.tree = QTreeWidget(self)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        columns = [first_column or self.tr("Event"), self.tr("Accepted"), self.tr("Arrived"), self.tr("As expected")]
        columns.append(self.tr("Result") if answer is None else self.tr("Answer"))
        self.tree.setHeaderLabels(columns)
        if answer is not None:
            self.tree.header().moveSection(_LAST, 1)  # in sight also where not all of them are
        # Fitted once for many changes: the header's own fitting looks at every line after each of them.
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.header().setStretchLastSection(True)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.tree.setAccessibleName(self.tr("Tests of this run"))
        offer_menu(self.tree, self._add_leads)
        self.tree.currentItemChanged.connect(self._tell)
        self.body.addWidget(self.title)
        self.body.addWidget(self.tree)
        self._outcomes: dict[object, Verdicts] = {}
        self._icons: dict[State | None, QIcon] = {}
        self._needed = 0  # the width of all columns

    def begin(self, keys: Sequence[object]) -> None:
        """Show a line for each, all of them waiting; the first is chosen."""
        blocked = self.tree.blockSignals(True)
        self.tree.clear()
        self._items = {}
        self._outcomes = {}
        self._draw_icons()
        self.add(keys)
        self.tree.blockSignals(blocked)
        self.title.setText(count_text(len(keys), self.tr("1 test under way"), self.tr("{count} tests under way")))
        if keys:
            self.tree.setCurrentItem(self._items[keys[0]])
        self._fit_columns()
        self._fit()

    def show_outcomes(self, outcomes: Iterable[Verdicts]) -> None:
        """Show how far some of them are."""
        for outcome in outcomes:
            self._show_outcome(outcome)
        self._fit_columns()
        self._fit()

    def has(self, key: object) -> bool:
        """Whether there is a line for this."""
        return key in self._items

    def add(self, keys: Iterable[object], *, at: int | None = None) -> None:
        """Add a waiting line for each that has none, at the end or ``at`` a place."""
        for key in keys:
            if key in self._items:
                continue
            item = QTreeWidgetItem([one_line(self._title(key))])
            item.setData(0, _KEY, key)
            for column in (1, _LAST):
                item.setText(column, self.tr("Waiting"))
                item.setIcon(column, self._icons[None])  # also keeps the room for the shapes of the verdicts
            self.tree.insertTopLevelItem(self.tree.topLevelItemCount() if at is None else at, item)
            self._items[key] = item

    def _fit_columns(self) -> None:
        header = self.tree.header()
        for column in range(header.count()):
            header.setSectionHidden(column, False)  # Qt measures none that is hidden
        wanted = [
            max(self.tree.sizeHintForColumn(column), header.sectionSizeHint(column)) for column in range(header.count())
        ]
        least = wanted[0] if self._answer is None else wanted[0] // 2  # what was sent is a sentence
        each = sum(wanted[column] for column in _VERDICTS)
        last = 0 if self._answer is None else wanted[_LAST]
        is_narrow = least + each + last > self._room()
        for column in _VERDICTS if is_narrow else (() if last else (_LAST,)):
            header.setSectionHidden(column, True)
        shown = [column for column in range(header.count()) if not header.isSectionHidden(column)]
        beside = sum(wanted[column] for column in shown[1:])
        wanted[0] = max(least, min(wanted[0], self._room() - beside))
        for column in shown:
            if column != shown[-1] or last:
                header.resizeSection(column, wanted[column])
        self._needed = wanted[0] + beside

    def _room(self) -> int:
        return self.contentsRect().width() - 2 * INSIDE_CARD - 2 * self.tree.frameWidth()

    def _show_outcome(self, outcome: Verdicts) -> None:
        key = self._key(outcome)
        item = self._items.get(key)
        if item is None:
            return
        before = self._outcomes.get(key)
        self._outcomes[key] = outcome
        known = () if before is None else (before.accepted, before.arrived, before.as_expected)
        for column, lamp in enumerate((outcome.accepted, outcome.arrived, outcome.as_expected), start=1):
            if lamp in known[column - 1 : column]:
                continue
            item.setText(column, self._words(lamp))
            item.setIcon(column, self._icons[None if lamp is NOT_TRIED else lamp.state])
            item.setToolTip(column, tooltip(lamp.detail))
        if self._answer is None:
            state, words = self._result(outcome)
            told = " ".join(lamp.detail for lamp in (outcome.accepted, outcome.arrived, outcome.as_expected))
        else:
            state = None if outcome.as_expected is NOT_TRIED else outcome.as_expected.state
            words = told = self._answer(outcome)
        item.setText(_LAST, one_line(words))
        item.setIcon(_LAST, self._icons[state])
        item.setToolTip(_LAST, tooltip(told))

    def finish(self, outcomes: Sequence[Verdicts]) -> None:
        """Say how many were well; the first that went wrong is chosen, or else the first that was not well."""
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
        wrong = [outcome for outcome in outcomes if _went_wrong(outcome)]
        first = next((outcome for outcome in (*wrong, *outcomes) if not outcome.is_good), outcomes[0])
        self.tree.setCurrentItem(self._items[self._key(first)])

    def _result(self, outcome: Verdicts) -> tuple[State | None, str]:
        """All three verdicts in a word or two: what went wrong, or else that it is not known."""
        lamps = (outcome.accepted, outcome.arrived, outcome.as_expected)
        refused = (self.tr("Not accepted"), self.tr("Did not arrive"), self.tr("Not as expected"))
        for lamp, words in zip(lamps, refused, strict=True):
            if lamp.state is State.NO:
                return State.NO, words
        if any(lamp is NOT_TRIED for lamp in lamps):
            return None, self.tr("Waiting")
        if all(lamp.state is State.YES for lamp in lamps):
            return State.YES, self._words(outcome.arrived)
        return State.UNKNOWN, self.tr("Not known")

    def _words(self, lamp: Lamp) -> str:
        if lamp is NOT_TRIED:
            return self.tr("Waiting")
        word = {State.YES: self.tr("Yes"), State.NO: self.tr("No"), State.UNKNOWN: self.tr("Not known")}[lamp.state]
        if lamp.seconds is None:
            return word
        return self.tr("{word}, {seconds} s").format(
            word=word, seconds=seconds_text(lamp.seconds, locale=self.locale())
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep every line in sight, whether the columns have to be scrolled or not."""
        super().resizeEvent(event)
        self._fit_columns()
        self._fit()

    def _fit(self) -> None:
        header = self.tree.header()
        lines = min(self.tree.topLevelItemCount(), MOST_LINES)
        height = header.sizeHint().height() + lines * self.tree.sizeHintForRow(0) + 2 * self.tree.frameWidth() + 4
        if self._needed > self._room():
            height += self.tree.horizontalScrollBar().sizeHint().height()
        self.tree.setFixedHeight(height)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the verdicts' shapes in the colours of a new palette; give text of another size its room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._items:
            self._fit_columns()
            self._fit()
        if event.type() == QEvent.Type.PaletteChange and self._items:
            self._draw_icons()
            known, self._outcomes = self._outcomes, {}
            self.show_outcomes(known.values())

    def _draw_icons(self) -> None:
        self._icons = {state: state_icon(state) for state in (*State, None)}

    def _add_leads(self, menu: CellMenu, index: QModelIndex) -> None:
        key = index.siblingAtColumn(0).data(_KEY)
        menu.addSeparator()
        if self._is_in_inbox(key):
            menu.add_inbox(partial(self.inbox_requested.emit, key))
        menu.add_history(partial(self.history_requested.emit, key))

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(0, _KEY))


def _went_wrong(outcome: Verdicts) -> bool:
    """Whether something is known to have gone wrong, which is more than that something is not known."""
    return State.NO in {outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state}
