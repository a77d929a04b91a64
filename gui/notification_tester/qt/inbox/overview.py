# SPDX-License-Identifier: MIT
"""What stands above the list: a chip for each kind of event, and bars over time or a funnel per HIT type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from notification_tester.domain.events import EventType
from notification_tester.qt.inbox.funnel import FunnelView
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.widgets.count_chips import CountChips
from notification_tester.qt.widgets.link_button import FoldButton, LinkButton
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice
from notification_tester.qt.widgets.time_bars import TimeBars
from notification_tester.storage.inbox_rows import EMPTY

if TYPE_CHECKING:
    from notification_tester.storage.inbox_rows import Overview

TIME, FUNNEL, NOTHING = "time", "funnel", "nothing"
PAUSE = 400
"""Milliseconds between two looks while messages arrive."""
ROOM = 620
"""Height of the page, in points, from which bars are drawn without being asked for."""

_ORDER = {event.value: place for place, event in enumerate(EventType)}


class InboxOverview(QWidget):
    """Shows an Overview. ``wanted`` when another one is to be asked for; ``changed`` when a person filters with it.

    ``hit_type_chosen`` with the id of a HIT type of the funnel.
    """

    wanted = Signal()
    changed = Signal()
    hit_type_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips = CountChips(self)
        self.chips.setAccessibleName(self.tr("Kinds of events"))
        self.drawing = SegmentedChoice(
            [
                (TIME, self.tr("Over ti&me"), ""),
                (FUNNEL, self.tr("Per HIT t&ype"), ""),
                (NOTHING, self.tr("No &drawing"), ""),
            ],
            self,
        )
        self.drawing.setAccessibleName(self.tr("What is drawn"))
        self.bars = TimeBars(self)
        self.bars.setAccessibleName(self.tr("Events over time"))
        self.clear_span = LinkButton(self.tr("Clear the st&retch of time"), self)
        self.clear_span.hide()
        self.funnel = FunnelView(self)
        self._shown = EMPTY
        self._was_chosen = False  # a person said what is to be drawn
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.wanted)
        line = QHBoxLayout()
        line.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignLeft)
        line.addWidget(self.clear_span)
        line.addStretch(1)
        self._all = QWidget(self)
        self.fold = FoldButton(
            self.tr("Kinds of events"),
            self._all,
            self,
            about=self.tr("Shows or hides how many of each kind came, and when."),
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        whole.addWidget(self._all)
        rows = QVBoxLayout(self._all)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.chips)
        rows.addLayout(line)
        rows.addWidget(self.bars)
        rows.addWidget(self.funnel)
        self._draw(TIME)
        self.drawing.chosen.connect(self._choose)
        self.chips.chosen_changed.connect(self.changed)
        self.bars.span_chosen.connect(self._span_chosen)
        self.clear_span.clicked.connect(self._clear_span)
        self.funnel.chosen.connect(self.hit_type_chosen)

    def look(self) -> None:
        """Something is new: ask for another overview soon."""
        if not self._pause.isActive():
            self._pause.start()

    def rest(self) -> None:
        """Nothing is shown any more, and nothing is chosen."""
        self._pause.stop()
        self.set_filter(frozenset(), None)
        self.show_overview(EMPTY)

    def show_overview(self, overview: Overview) -> None:
        """Show what was found."""
        kinds = sorted(overview.kinds, key=lambda one: (_ORDER.get(one, len(_ORDER)), one))
        self.chips.set_counts([(one, kind_text(one), overview.kinds[one]) for one in kinds])
        self._shown = overview
        self._fill()

    def set_filter(self, events: frozenset[str], span: tuple[int, int] | None) -> None:
        """Show what is filtered by, without telling."""
        if events or span is not None:
            self.fold.setChecked(True)  # what is filtered by is in sight
        self.chips.set_chosen(events)
        self.bars.set_span(span)
        self.clear_span.setVisible(span is not None)

    def fit(self, height: int, *, short: bool) -> None:
        """Draw where the page is high enough, until a person says what is to be drawn; fold all away on a short one."""
        self.fold.setVisible(short)
        self._all.setVisible(self.fold.isChecked() or not short)
        wanted = TIME if height >= ROOM else NOTHING
        if not self._was_chosen and self.drawing.choice() != wanted:
            self.drawing.set_choice(wanted)
            self._draw(wanted)

    def _choose(self, key: str) -> None:
        self._was_chosen = True
        self._draw(key)

    def _draw(self, key: str) -> None:
        self.bars.setVisible(key == TIME)
        self.funnel.setVisible(key == FUNNEL)
        self._fill()

    def _fill(self) -> None:
        """Fill what is drawn; what is away is filled when it comes."""
        overview, drawn = self._shown, self.drawing.choice()
        if drawn == FUNNEL:
            self.funnel.show_funnels(overview.funnels)
        else:
            self.bars.set_bars(overview.begin, overview.step, overview.bars)

    def _span_chosen(self, span: tuple[int, int] | None) -> None:
        self.clear_span.setVisible(span is not None)
        self.changed.emit()

    def _clear_span(self) -> None:
        self.bars.choose_all()
        self.bars.setFocus()


def kind_text(event_type: str) -> str:
    """A short name of a kind of event: most are of assignments, which is said where it is not so."""
    translate = QCoreApplication.translate
    short = {
        EventType.ASSIGNMENT_ACCEPTED: translate("Inbox", "Accepted"),
        EventType.ASSIGNMENT_SUBMITTED: translate("Inbox", "Submitted"),
        EventType.ASSIGNMENT_ABANDONED: translate("Inbox", "Abandoned"),
        EventType.ASSIGNMENT_RETURNED: translate("Inbox", "Returned"),
        EventType.ASSIGNMENT_APPROVED: translate("Inbox", "Approved"),
        EventType.ASSIGNMENT_REJECTED: translate("Inbox", "Rejected"),
    }
    known = next((text for event, text in short.items() if event.value == event_type), "")
    return known or one_line(name_of(event_type), longest=60) or translate("Inbox", "No event in it")
