# SPDX-License-Identifier: MIT
"""How many of something there were over time, as bars; a stretch of them can be chosen with the mouse or the keyboard.

What is drawn is told in plain text, too, for those who do not see it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from notification_tester.qt.looks.colours import VISIBLE, mixed, readable, secondary, seen
from notification_tester.qt.looks.formatting import day_text, moment_text, now_utc, number_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent

Span = tuple[int, int]
"""From one moment up to another one, that left out; in milliseconds since 1970."""

_DAY = 86_400_000
_LEAST_BAR = 3
"""Pixels that a bar is high at least, so that one of a thousand is seen."""
_WIDEST_BAR = 28


class TimeBars(QWidget):
    """Bars side by side, each for as long as the others. Emits ``span_chosen`` with a Span, or None for all of it.

    Left and Right move a mark, with Shift they choose from there on, Space chooses the bar at the mark, and Escape all.
    """

    span_chosen = Signal(object)  # Span | None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._begin = 0
        self._step = 1000
        self._counts: Sequence[int] = ()
        self._span: Span | None = None
        self._mark = 0
        self._anchor: int | None = None  # where choosing began
        self._is_dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(False)
        self._describe()

    @property
    def span(self) -> Span | None:
        """What is chosen; None for all of it."""
        return self._span

    @property
    def counts(self) -> Sequence[int]:
        """What the bars stand for, from the oldest."""
        return self._counts

    def set_bars(self, begin: int, step: int, counts: Sequence[int]) -> None:
        """Show others: the first from ``begin`` (milliseconds since 1970), each for ``step`` milliseconds."""
        if (begin, step, counts) == (self._begin, self._step, self._counts):
            return
        at = self._begin + self._mark * self._step
        self._begin, self._step, self._counts = begin, step, counts
        self._mark = max(0, min(len(counts) - 1, (at - begin) // step)) if self.hasFocus() else len(counts) - 1
        if not self._is_dragging:
            self._anchor = None
        self._describe()
        self.update()

    def set_span(self, span: Span | None) -> None:
        """Show another stretch as chosen, without telling."""
        if span != self._span:
            self._span = span
            self._describe()
            self.update()

    def sizeHint(self) -> QSize:
        """Room for bars and the line of times below them."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 60, metrics.height() * 4)

    def minimumSizeHint(self) -> QSize:
        """As high; as narrow as it must be."""
        return QSize(self.fontMetrics().averageCharWidth() * 24, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the system's text size and colours."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.PaletteChange}:
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars, what is chosen, the keyboard's mark, and when it began and ended."""
        del event
        painter = QPainter(self)
        palette, area = self.palette(), self._area()
        ground, text = seen(palette, QPalette.ColorRole.Window), seen(palette, QPalette.ColorRole.WindowText)
        accent = readable(seen(palette, QPalette.ColorRole.Highlight), ground, least=VISIBLE)
        painter.setPen(QPen(mixed(ground, text, 0.25), 1))
        painter.drawLine(area.bottomLeft() + QPoint(0, 1), area.bottomRight() + QPoint(0, 1))
        if not self._counts:
            return
        chosen = self._chosen_bars()
        if chosen is not None:
            left, right = self._bar_rect(chosen[0]), self._bar_rect(chosen[1])
            band = QRectF(left.left(), 0, right.right() - left.left(), area.bottom() + 1)
            painter.fillRect(band, mixed(ground, accent, 0.18))
        quiet = mixed(ground, text, 0.45) if chosen is not None else accent
        most = max(self._counts)
        for number, count in enumerate(self._counts):
            if count:
                is_chosen = chosen is not None and chosen[0] <= number <= chosen[1]
                painter.fillRect(self._filled(number, count, most), accent if is_chosen else QColor(quiet))
        if self.hasFocus():
            painter.setPen(QPen(text, 1, Qt.PenStyle.DotLine))
            painter.drawRect(self._bar_rect(self._mark).adjusted(0, 0.5, -0.5, 0))
        painter.setPen(secondary(palette))
        line = QRect(area.left(), area.bottom() + 3, area.width(), self.fontMetrics().height())
        first, last = self._time(0), self._time(len(self._counts) - 1)
        metrics = self.fontMetrics()
        painter.drawText(line, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, first)
        if first != last and metrics.horizontalAdvance(first + last) + 12 < line.width():
            end = self._bar_rect(len(self._counts) - 1).right()
            line.setRight(round(min(line.right(), max(end, metrics.horizontalAdvance(first + last) + 24))))
            painter.drawText(line, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter, last)

    def event(self, event: QEvent) -> bool:
        """Tell of the bar under a pointer that rests."""
        if event.type() == QEvent.Type.ToolTip:
            help_event: QHelpEvent = event  # type: ignore[assignment]
            bar = self._bar_at(help_event.pos().x())
            QToolTip.showText(help_event.globalPos(), "" if bar is None else self._bar_text(bar), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to choose."""
        bar = self._bar_at(event.position().x())
        if event.button() is Qt.MouseButton.LeftButton and bar is not None:
            self._is_dragging = True
            self._anchor = self._mark = bar
            self._show_stretch()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose as far as the pointer goes."""
        if self._is_dragging and self._counts:
            self._mark = self._nearest(event.position().x())
            self._show_stretch()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """That much is chosen."""
        if self._is_dragging and event.button() is Qt.MouseButton.LeftButton:
            self._is_dragging = False
            self.span_chosen.emit(self._span)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the mark, choose, or choose all."""
        key, last = event.key(), len(self._counts) - 1
        if last < 0:
            super().keyPressEvent(event)
            return
        steps = {
            Qt.Key.Key_Left: self._mark - 1,
            Qt.Key.Key_Right: self._mark + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in steps:
            self._move(max(0, min(last, steps[Qt.Key(key)])), event.modifiers())
        elif key in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._anchor = self._mark
            self._choose_stretch()
        elif key == Qt.Key.Key_Escape and self._span is not None:
            self.choose_all()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the mark."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it."""
        super().focusOutEvent(event)
        self._anchor = None
        self.update()

    def choose_all(self) -> None:
        """Choose no stretch any more, and tell so."""
        self._anchor = None
        self.set_span(None)
        self.span_chosen.emit(None)

    def _move(self, to: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = self._mark if self._anchor is None else self._anchor
            self._mark = to
            self._choose_stretch()
        else:
            self._anchor = None
            self._mark = to
            self._describe()
            self.update()

    def _choose_stretch(self) -> None:
        self._show_stretch()
        self.span_chosen.emit(self._span)

    def _show_stretch(self) -> None:
        first, last = sorted((self._mark if self._anchor is None else self._anchor, self._mark))
        self.set_span((self._begin + first * self._step, self._begin + (last + 1) * self._step))

    def _chosen_bars(self) -> tuple[int, int] | None:
        """The first and the last bar that is chosen, as far as they are there."""
        if self._span is None or not self._counts:
            return None
        first = (self._span[0] - self._begin) // self._step
        last = -((self._begin - self._span[1]) // self._step) - 1
        first, last = max(0, first), min(len(self._counts) - 1, last)
        return (first, last) if first <= last else None

    def _area(self) -> QRect:
        return self.rect().adjusted(0, 2, 0, -self.fontMetrics().height() - 5)

    def _width(self) -> float:
        return min(_WIDEST_BAR, self._area().width() / max(1, len(self._counts)))

    def _bar_rect(self, number: int) -> QRectF:
        """The whole height of a bar's place."""
        area, width = self._area(), self._width()
        left = area.left() + number * width
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left = area.right() + 1 - (number + 1) * width
        return QRectF(left, area.top(), width, area.height())

    def _filled(self, number: int, count: int, most: int) -> QRectF:
        place = self._bar_rect(number)
        height = max(float(_LEAST_BAR), place.height() * count / most)
        gap = 1.0 if place.width() > 4 else 0.0
        return QRectF(place.left(), place.bottom() - height, max(1.0, place.width() - gap), height)

    def _nearest(self, x: float) -> int:
        width = self._width()
        area = self._area()
        at = x - area.left()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            at = area.right() + 1 - x
        return max(0, min(len(self._counts) - 1, int(at // width)))

    def _bar_at(self, x: float) -> int | None:
        if not self._counts:
            return None
        bar = self._nearest(x)
        place = self._bar_rect(bar)
        return bar if place.left() <= x <= place.right() else None

    def _time(self, number: int) -> str:
        return _time_text(self._begin + number * self._step, self._step)

    def _bar_text(self, number: int) -> str:
        return f"{self._time(number)}: {number_text(self._counts[number])}"

    def _describe(self) -> None:
        """Say in plain text what is seen."""
        if not self._counts:
            said = self.tr("There is nothing to draw yet.")
        else:
            most = max(self._counts)
            said = self.tr("{count} from {first} to {last}; the most at once, {most}, at {peak}.").format(
                count=number_text(sum(self._counts)),
                first=self._time(0),
                last=self._time(len(self._counts) - 1),
                most=number_text(most),
                peak=self._time(self._counts.index(most)),
            )
            chosen = self._chosen_bars()
            if chosen is not None:
                said += " " + self.tr("Chosen: {first} to {last}, {count}.").format(
                    first=self._time(chosen[0]),
                    last=self._time(chosen[1]),
                    count=number_text(sum(self._counts[chosen[0] : chosen[1] + 1])),
                )
            if self.hasFocus():
                said += " " + self.tr("The mark is at {bar}.").format(bar=self._bar_text(self._mark))
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)
            if self.hasFocus():
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))


def _time_text(moment: int, step: int) -> str:
    """When a bar begins, as exactly as bars of this width need."""
    try:
        here = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)).astimezone()
    except (OverflowError, ValueError, OSError):  # at the very beginning or end of a calendar
        return str(1970 + moment // (365 * _DAY))
    if step >= _DAY:
        return day_text(here)
    return moment_text(here, now_utc(), to_the_second=step < 60_000)
