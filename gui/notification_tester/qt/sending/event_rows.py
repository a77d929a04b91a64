# SPDX-License-Identifier: MIT
"""A row an event: whether it is asked for, what it means, how its last test went and whether it was seen live."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from notification_tester.domain.coverage import Coverage, Lookup, Standing
from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType, Group
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import secondary
from notification_tester.qt.looks.formatting import ago_text, now_utc, seconds_text
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.looks.tone_mark import paint_mark
from notification_tester.qt.notification.event_boxes import EventBoxes
from notification_tester.qt.notification.names import event_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QPaintEvent, QResizeEvent

_BETWEEN = 10
"""Points between the parts of a row."""

_TONES = {
    Standing.UNTOUCHED: (Tone.PLAIN, ""),
    Standing.NEVER_TESTED: (Tone.UNKNOWN, "minus"),
    Standing.ARRIVED: (Tone.GOOD, "check"),
    Standing.ARRIVED_UNASKED: (Tone.BEWARE, "warning"),
    Standing.ARRIVED_BEFORE: (Tone.UNKNOWN, "question"),
    Standing.BEFORE_CHANGE: (Tone.UNKNOWN, "question"),
    Standing.SEEN_LIVE: (Tone.GOOD, "check"),
    Standing.FAILED: (Tone.BAD, "cross"),
    Standing.UNKNOWN: (Tone.UNKNOWN, "question"),
}


class EventRows(EventBoxes):
    """Emits ``test_requested`` for one event alone, too.

    The last tests are those of :meth:`show_coverage`; whoever fills the form sees to it that they are of its account
    and its destination.
    """

    test_requested = Signal(object)  # EventType

    def __init__(self, parent: QWidget | None = None, *, title: QWidget | None = None) -> None:
        super().__init__(parent, title=title)
        self.tests: dict[EventType, QToolButton] = {}
        self._event = EventType.ASSIGNMENT_SUBMITTED
        self._coverage = Coverage()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._top)
        rows.addSpacing(6)
        self._rows: dict[EventType, _Row] = {}
        group: Group | None = None
        for event in EventType:
            if group is not None and event.group is not group:
                rows.addSpacing(6)
            group = event.group
            row = _Row(event, self)
            row.test.clicked.connect(partial(self._test, event))
            if row.box is not None:
                self._add(event, row.box)
            self.tests[event] = row.test
            self._rows[event] = row
            rows.addWidget(row)
        rows.addStretch(1)
        self._align()

    def set_checked(self, events: Iterable[EventType]) -> None:
        """Check these and no others, without telling."""
        super().set_checked(events)
        self._tell_standings()

    def event_type(self) -> EventType:
        """The event that was tested by itself last, or is to be."""
        return self._event

    def set_event(self, event: EventType) -> None:
        """Have another be the one that is tested by itself, without telling."""
        self._event = event

    def standing(self, event: EventType) -> Standing:
        """What the row of an event says."""
        return self._rows[event].standing

    def words(self, event: EventType) -> str:
        """What the row of an event says, in words."""
        return self._rows[event].words

    def show_coverage(self, coverage: Coverage) -> None:
        """Show the last test of each event."""
        self._coverage = coverage
        self._tell_standings()

    def set_busy(self, busy: bool) -> None:
        """While something is under way nothing else can be sent."""
        for test in self.tests.values():
            test.setEnabled(not busy)

    def changeEvent(self, event: QEvent) -> None:
        """Another text size."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and self._rows:
            self._align()

    def _align(self) -> None:
        """Have all meanings begin below one another."""
        indent = max(row.label_width() for row in self._rows.values())
        for row in self._rows.values():
            row.set_indent(indent)

    def _toggled(self) -> None:
        self._tell_standings()
        super()._toggled()

    def _tell_standings(self) -> None:
        asked_for = set(self.checked())
        for event, row in self._rows.items():
            standing = self._coverage.standing(event, is_asked_for=event in asked_for)
            row.show_standing(standing, self._words(event, standing), is_live=event in self._coverage.seen)

    def _words(self, event: EventType, standing: Standing) -> tuple[str, ...]:
        """What a row says, in full first and shortest last; nothing where nothing is known."""
        test, live = self._words_of_test(event, standing), self._words_of_life(event)
        if not live:
            return test
        if standing is Standing.SEEN_LIVE:
            return (*(self.tr("{live} · {test}").format(live=live, test=one) for one in test), live)
        if standing is Standing.FAILED and self._coverage.seen[event] <= self._coverage.last[event].at:
            live = self.tr("before that, {live}").format(live=live)
        return (*(self.tr("{test} · {live}").format(live=live, test=one) for one in test), *test) or (live,)

    def _words_of_life(self, event: EventType) -> str:
        seen = self._coverage.seen.get(event)
        return "" if seen is None else self.tr("seen live {ago}").format(ago=ago_text(seen, now_utc()))

    def _words_of_test(self, event: EventType, standing: Standing) -> tuple[str, ...]:
        last = self._coverage.last.get(event)
        if last is None:
            return self._words_without_test() if event in self.checked() else ()
        ago = ago_text(last.at, now_utc())
        seconds = ""
        if last.seconds is not None:
            number = seconds_text(last.seconds, places=2 if last.seconds < 10 else 1, locale=self.locale())
            seconds = self.tr("{seconds} s").format(seconds=number)
        match standing:
            case Standing.ARRIVED:
                short = seconds or self.tr("arrived")
            case Standing.ARRIVED_UNASKED:
                short = self.tr("arrives, not asked for")
            case Standing.ARRIVED_BEFORE:
                short = self.tr("arrived before it was asked for")
            case Standing.BEFORE_CHANGE:
                short = self.tr("tested before the change")
            case Standing.FAILED if last.arrived is State.YES:
                short = self.tr("not as expected")
            case Standing.FAILED:
                short = self.tr("did not arrive")
            case Standing.SEEN_LIVE:
                return (self.tr("tested before, {ago}").format(ago=ago),)
            case _:
                short = self.tr("not known")
        return f"{short} · {ago}", short

    def _words_without_test(self) -> tuple[str, ...]:
        """Of an event that is asked for and of which no test is known."""
        match self._coverage.lookup:
            case Lookup.DONE:
                return (self.tr("not tested"),)
            case Lookup.UNDER_WAY:
                return ()
            case Lookup.FAILED:
                return self.tr("not known whether tested"), self.tr("not known")

    def _test(self, event: EventType) -> None:
        self._event = event
        self.test_requested.emit(event)


class _Row(QWidget):
    """One event. What is not pressed is painted: a page of labels would take long to make."""

    def __init__(self, event: EventType, parent: QWidget) -> None:
        super().__init__(parent)
        self._event = event
        self._indent = 0
        self._forms: tuple[str, ...] = ()  # what it says, the longest first
        self._is_live = False
        self.standing = Standing.UNTOUCHED
        self.box: QCheckBox | None = None
        if not event.is_test_only:
            self.box = QCheckBox(event_name(event), self)
        self.test = QToolButton(self)
        self.test.setIcon(icons.icon("play"))
        self.test.setAutoRaise(True)
        self.test.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.test.setAccessibleName(self.tr("Test {event} alone").format(event=event_name(event)))
        self.test.setToolTip(self.tr("Send one test of this event alone"))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._describe()

    @property
    def words(self) -> str:
        """The last test, and what was seen live, as it is read out."""
        return self._forms[0] if self._forms else ""

    def label_width(self) -> int:
        """What the box and the name of the event take."""
        if self.box is not None:
            return self.box.sizeHint().width()
        return self.fontMetrics().horizontalAdvance(self._event.label)

    def set_indent(self, indent: int) -> None:
        """Where the meaning begins."""
        self._indent = indent
        self.updateGeometry()
        self._arrange()

    def show_standing(self, standing: Standing, forms: tuple[str, ...], *, is_live: bool) -> None:
        """Show how the last test went, by the first of ``forms`` for which there is room."""
        if (standing, forms, is_live) == (self.standing, self._forms, self._is_live):
            return
        self.standing, self._forms, self._is_live = standing, forms, is_live
        self._describe()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All in one line."""
        side = self._side()
        width = self._indent + self._words_width(self._event.meaning) + self._state_width(self.words) + side
        return QSize(width + 3 * _BETWEEN, side)

    def minimumSizeHint(self) -> QSize:
        """The name and the button; the rest stands below."""
        side = self._side()
        return QSize(self._indent + side + _BETWEEN, side)

    def hasHeightForWidth(self) -> bool:
        """Where there is little room the meaning stands in a second line."""
        return True

    def heightForWidth(self, width: int) -> int:
        """One line or two."""
        metrics = self.fontMetrics()
        side = self._side(metrics)
        return side if self._is_one_line(width, side, metrics) else side + metrics.height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put box and button at their ends."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what stands between them."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        line = self._side(metrics)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        if self.box is None:
            painter.setPen(self.palette().windowText().color())
            painter.drawText(self._placed(0, 0, self._indent, line), int(align), self._event.label)
        end = self.width() - line - _BETWEEN
        one_line = self._is_one_line(self.width(), line, metrics)
        tone, shape = _TONES[self.standing]
        words = self._fitting(self.width())
        if words:
            side = metrics.height()
            wide = metrics.horizontalAdvance(words)
            # A state that is longer than the room beside the name goes to the line of the meaning.
            beside = one_line or self._indent + _BETWEEN + self._state_width(words) <= end
            top = 0 if beside else line
            left = max(0, end - wide)
            if not beside:
                words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, end - side)
                left = side + 6
            high = side if top else line
            mark = self._placed(left - side - 6, top + (high - side) // 2, side, side)
            paint_mark(painter, QRectF(mark), self.palette(), tone, shape, ratio=self.devicePixelRatioF())
            painter.setPen(tone_colours(self.palette(), tone).text)
            painter.drawText(self._placed(left, top, wide, high), int(align), words)
            if not beside:
                return
        painter.setPen(secondary(self.palette()))
        if one_line:
            place = self._placed(self._indent + _BETWEEN, 0, end - self._indent, line)
            painter.drawText(place, int(align), self._event.meaning)
        else:
            left = self._text_left()
            shown = metrics.elidedText(self._event.meaning, Qt.TextElideMode.ElideRight, self.width() - left)
            painter.drawText(self._placed(left, line - 2, self.width() - left, metrics.height()), int(align), shown)

    def _arrange(self) -> None:
        side = self._side()
        if self.box is not None:
            self.box.setGeometry(self._placed(0, 0, min(self.box.sizeHint().width(), self.width()), side))
        self.test.setGeometry(self._placed(self.width() - side, 0, side, side))

    def _placed(self, left: int, top: int, width: int, height: int) -> QRect:
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        return QRect(self.width() - left - width if mirrored else left, top, width, height)

    def _side(self, metrics: QFontMetrics | None = None) -> int:
        """Of the button, and so the height of a line. Qt asks for heights hundreds of times before it shows a page."""
        least = self.test.minimumSizeHint()
        return max(round((metrics or self.fontMetrics()).height() * 1.5), least.width(), least.height())

    def _text_left(self) -> int:
        if self.box is None:
            return 0
        plain = QFontMetrics(QFont(self.font())).horizontalAdvance(self.box.text())
        return max(0, self.box.sizeHint().width() - plain - 4)

    def _words_width(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words)

    def _state_width(self, words: str) -> int:
        return self._words_width(words) + self.fontMetrics().height() + 6 if words else 0

    def _fitting(self, width: int) -> str:
        side, metrics = self._side(), self.fontMetrics()
        room = width - self._indent - side - 3 * _BETWEEN
        if self._is_one_line(width, side, metrics):
            room -= self._words_width(self._event.meaning)
        last = self._forms[-1] if self._forms else ""
        return next((one for one in self._forms if self._state_width(one) <= room), last)

    def _is_one_line(self, width: int, side: int, metrics: QFontMetrics) -> bool:
        room = width - self._indent - side - 3 * _BETWEEN
        # Decided for all rows alike, so that they do not change their height with each test.
        return room >= metrics.averageCharWidth() * 52

    def _describe(self) -> None:
        meaning, words = self._event.meaning, self.words
        told = self.tr("{meaning}. Last test: {words}").format(meaning=meaning, words=words)
        if self.standing is Standing.NEVER_TESTED:
            told = self.tr("{meaning}. Asked for, and never tested here").format(meaning=meaning)
        if self._is_live:
            told = self.tr("{meaning}. {words}. Live is a real message, no test, that the Inbox has").format(
                meaning=meaning, words=words
            )
        if not words:
            told = meaning
        if self.box is not None:
            self.box.setAccessibleDescription(told)
        self.test.setAccessibleDescription(words)
        self.setToolTip(told)
