# SPDX-License-Identifier: MIT
"""What of the history is shown: words, account, place, kind, outcome and day.

The accounts and places on offer are those that the history has; they are read when the page has its first rows, and
what is chosen stays on offer.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from notification_tester.domain.account import Environment
from notification_tester.qt.history.model import (
    OUTCOME_ICONS,
    environment_of,
    kind_word,
    outcome_word,
    short_destination,
)
from notification_tester.qt.lists.row_filter import RowFilter
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import now_utc
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.widgets.fields import DayField
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.pill_badge import badge_word
from notification_tester.storage.queries import CHANGES, HistoryQuery, Place, Sort
from notification_tester.storage.rows import DELIVERY_KIND, MEND_KIND, TEST_KIND, Outcome
from notification_tester.storage.stored_values import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QWidget

TYPING_PAUSE = 150
"""Milliseconds without a key, after which the list is asked anew."""

FILTERS = (Outcome.GOOD, Outcome.BAD, Outcome.UNKNOWN, Outcome.RUNNING, Outcome.INTERRUPTED)
"""What is offered below "Every outcome", in its order."""

KINDS = ("", TEST_KIND, DELIVERY_KIND, CHANGES)
"""What is offered of who sent, and what was changed, in its order."""

MOST_CHOICES = 300
"""Accounts and places on offer, the newest; others are found by their words."""

_DAYS_BACK = (None, 0, 1, 7, 30)  # today, yesterday, and the last so many days


class HistoryFilter(RowFilter[HistoryQuery]):
    """A field, and lists below it, as many in a line as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, pause=TYPING_PAUSE)
        self._sort, self._is_rising = Sort.TIME, False
        self._accounts: list[tuple[str, str] | None] = [None]
        self.account_names: Mapping[str, str] = {}
        """Of accounts that were renamed: what they are kept as, and what they are called."""
        self._places: list[Place | None] = [None]
        self.search.setPlaceholderText(self.tr("Search destinations, accounts, problems, messages"))
        self.search.setAccessibleName(self.tr("Search the history"))
        self.account = self._add_choice(self.tr("Account"))
        self.account.addItem(self.tr("Every account"))
        self.place = self._add_choice(self.tr("Place"))
        self.place.addItem(self.tr("Every place"))
        self.who_sent = self._add_choice(self.tr("Kind"))
        self.who_sent.addItem(self.tr("Every kind"))
        for kind in (TEST_KIND, DELIVERY_KIND, MEND_KIND):
            self.who_sent.addItem(kind_word(kind))
        self.outcome = self._add_choice(self.tr("Outcome"))
        self.outcome.addItem(self.tr("Every outcome"))
        for outcome in FILTERS:
            self.outcome.addItem(icons.icon(OUTCOME_ICONS[outcome]), outcome_word(outcome))
        self.day = self._add_choice(self.tr("Day"))
        for text in (
            self.tr("Every day"),
            self.tr("Today"),
            self.tr("Yesterday"),
            self.tr("Last 7 days"),
            self.tr("Last 30 days"),
            self.tr("One day…"),
        ):
            self.day.addItem(text)
        for choice in (self.account, self.place):
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(10)
        self.one_day = DayField(QDate.currentDate(), self)
        self.one_day.setCalendarPopup(True)
        self.one_day.setAccessibleName(self.tr("Which day"))
        self.one_day.hide()
        self.one_day.dateChanged.connect(lambda _: self._at_once())
        self.day.currentIndexChanged.connect(self._day_chosen)
        self._lay_out_in_lines()

    def query(self) -> HistoryQuery:
        """The question as it stands."""
        index = self.outcome.currentIndex()  # not its data: Qt would give back a plain str
        outcomes = frozenset({FILTERS[index - 1]}) if index > 0 else frozenset()
        since, until = self._span()
        return HistoryQuery(
            text=self.search.text().strip(),
            outcomes=outcomes,
            kind=KINDS[max(0, self.who_sent.currentIndex())],
            account=self._accounts[max(0, self.account.currentIndex())],
            place=self._places[max(0, self.place.currentIndex())],
            since=since,
            until=until,
            sort=self._sort,
            is_rising=self._is_rising,
        )

    def set_sort(self, sort: Sort, is_rising: bool) -> None:
        """Sort by this from now on."""
        self._sort, self._is_rising = sort, is_rising
        self._at_once()

    def set_choices(self, found: Sequence[tuple[str, Place]]) -> None:
        """Offer these accounts and places, unless a list is open; what is chosen stays chosen, and nothing is told."""
        if self.account.view().isVisible() or self.place.view().isVisible():
            return
        accounts = dict.fromkeys((name, place.environment) for name, place in found if name)
        places: dict[tuple[str, str], Place] = {}
        for _, place in found:
            if place.destination:
                places.setdefault(_same(place), place)
        self._offer_accounts([*accounts][:MOST_CHOICES])
        self._offer_places([*places.values()][:MOST_CHOICES])

    def choose_account(self, name: str, environment: str) -> None:
        """Leave out what is of others."""
        if (name, environment) not in self._accounts:
            self._offer_accounts([*filter(None, self._accounts), (name, environment)])
        self.account.setCurrentIndex(self._accounts.index((name, environment)))
        self._at_once()

    def choose_place(self, place: Place) -> None:
        """Leave out what went elsewhere."""
        known = next((one for one in self._places if one is not None and _same(one) == _same(place)), None)
        if known is None:
            self._offer_places([*filter(None, self._places), place])
            known = place
        self.place.setCurrentIndex(self._places.index(known))
        self._at_once()

    def choose_kind(self, kind: str) -> None:
        """Leave out the other kinds."""
        self.who_sent.setCurrentIndex(KINDS.index(kind) if kind in KINDS else KINDS.index(CHANGES))
        self._at_once()

    def choose_outcome(self, outcome: Outcome) -> None:
        """Leave out the other outcomes."""
        self.outcome.setCurrentIndex(FILTERS.index(outcome) + 1)
        self._at_once()

    def choose_day(self, day: date) -> None:
        """Leave out the other days."""
        self.one_day.blockSignals(True)
        self.one_day.setDate(QDate(day.year, day.month, day.day))
        self.one_day.blockSignals(False)
        self.day.setCurrentIndex(self.day.count() - 1)
        self._at_once()

    @property
    def chosen_place(self) -> Place | None:
        """The place that alone is shown."""
        return self._places[max(0, self.place.currentIndex())]

    def put_beside(self, button: QWidget) -> None:
        """Have a button stand at the end of the line of the words."""
        self._beside.addWidget(button)

    def _lay_out_in_lines(self) -> None:
        lines = QVBoxLayout()
        lines.setSpacing(8)
        self._row.removeWidget(self.search)
        choices = FlowLayout()
        for choice in self._choices:
            self._row.removeWidget(choice)
            choices.addWidget(choice)
        choices.addWidget(self.one_day)
        self._beside = QHBoxLayout()
        self._beside.addWidget(self.search, 1)
        lines.addLayout(self._beside)
        lines.addLayout(choices)
        self._row.addLayout(lines, 1)

    def _day_chosen(self, index: int) -> None:
        self.one_day.setVisible(index == self.day.count() - 1)

    def _span(self) -> tuple[str, str]:
        index = self.day.currentIndex()
        if index <= 0:
            return "", ""
        if index == self.day.count() - 1:
            chosen = self.one_day.date()
            day = date(chosen.year(), chosen.month(), chosen.day())
            return _midnight(day), _midnight(day + timedelta(days=1))
        today = now_utc().astimezone().date()
        back = _DAYS_BACK[index] or 0
        since = today - timedelta(days=back if back <= 1 else back - 1)
        return _midnight(since), _midnight(today) if back == 1 else ""

    def _offer_accounts(self, accounts: Sequence[tuple[str, str]]) -> None:
        chosen = self._accounts[max(0, self.account.currentIndex())]
        wanted: list[tuple[str, str] | None] = [None, *accounts]
        if chosen not in wanted:
            wanted.append(chosen)
        if wanted == self._accounts:
            return
        self._accounts = wanted
        called = self.account_names
        texts = [_account_text(called.get(one[0], one[0]), one[1]) for one in wanted if one is not None]
        _fill(self.account, texts)
        self.account.setCurrentIndex(wanted.index(chosen))

    def _offer_places(self, places: Sequence[Place]) -> None:
        chosen = self._places[max(0, self.place.currentIndex())]
        wanted: list[Place | None] = [None, *places]
        if chosen is not None and chosen not in wanted:
            same = [one for one in wanted if one is None or _same(one) != _same(chosen)]
            wanted = [*same, chosen]
        if wanted == self._places:
            return
        self._places = wanted
        _fill(self.place, [short_destination(one.transport, one.destination) for one in wanted if one is not None])
        for index, one in enumerate(wanted):
            if one is not None:
                self.place.setItemData(index, tooltip(one.destination), Qt.ItemDataRole.ToolTipRole)
        self.place.setCurrentIndex(wanted.index(chosen))


def _fill(choice: QComboBox, texts: Sequence[str]) -> None:
    """Leave the first entry, which leaves nothing out, and put these below it."""
    first = choice.itemText(0)
    choice.clear()
    choice.addItem(first)
    choice.addItems([one_line(text, longest=64) for text in texts])
    choice.view().setMinimumWidth(choice.view().sizeHintForColumn(0) + 32)  # the field itself is short


def _account_text(name: str, environment: str) -> str:
    return name if environment == Environment.PRACTICE.value else f"{name} ({badge_word(environment_of(environment))})"


def _same(place: Place) -> tuple[str, str]:
    """What two places have in common that are one: in practice the name alone."""
    is_practice = place.environment == Environment.PRACTICE.value
    return place.transport, f"practice {place.name}" if is_practice else place.destination


def _midnight(day: date) -> str:
    """The begin of a day on this computer, as rows have moments."""
    return stamp(datetime(day.year, day.month, day.day).astimezone())
