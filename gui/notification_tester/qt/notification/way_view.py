# SPDX-License-Identifier: MIT
"""The way of a message, drawn: stations and arrows, the seconds at them, and where it broke, with the reason."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QLineF, QLocale, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.domain.way import MADE_TO_LOOK, Passage, Place, Station, Way, untravelled
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import secondary
from notification_tester.qt.looks.formatting import seconds_text
from notification_tester.qt.looks.theme import RADIUS, Card, QuietLabel, Tone, set_tooltip, tone_colours
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark, paint_mark
from notification_tester.qt.looks.visible_text import one_line, paragraph

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QPaintEvent, QResizeEvent, QShowEvent

STEP_MILLISECONDS = 120
_STEPS = 10
_TONES = {
    Passage.KNOWN: Tone.GOOD,
    Passage.BROKEN: Tone.BAD,
    Passage.UNKNOWN: Tone.UNKNOWN,
    Passage.UNDER_WAY: Tone.ACCENT,
    Passage.NOT_YET: Tone.PLAIN,
    Passage.OPEN: Tone.GOOD,
}
_ICONS = {
    Place.MECHANICAL_TURK: "send",
    Place.THIS_COMPUTER: "computer",
    Place.QUEUE: "queue",
    Place.TOPIC: "topic",
    Place.MAIL_SERVER: "mail",
    Place.MAILBOX: "mail",
    Place.RECEIVER: "web",
    Place.YOU: "account",
}


class WayView(QWidget):
    """Shows one way. Side by side where there is room, one below the other where there is not; nothing is cut off.

    Each state has a line, a shape and a colour of its own. What is drawn is told to a screen reader word by word.
    Where the reason stands beside it anyway, the view is made without it.
    """

    def __init__(self, parent: QWidget | None = None, *, tells_reason: bool = True) -> None:
        super().__init__(parent)
        self._tells_reason = tells_reason
        self._way = untravelled((Station(place=Place.MECHANICAL_TURK), Station(place=Place.YOU)))
        self._drawing = _Drawing(self)
        self._drawing.setObjectName("way-drawing")
        self.reason = ToneLabel(tone=Tone.BAD)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self._drawing)
        rows.addWidget(self.reason)
        self.reason.hide()

    @property
    def way(self) -> Way:
        """What is shown."""
        return self._way

    def show_way(self, way: Way, *, is_past: bool = False) -> None:
        """Show another, or the same further on; what broke one that ``is_past`` is not said, as it may be mended."""
        self._way = way
        broken = way.broken
        why = "" if broken is None or is_past else broken.reason
        self.reason.setText(why)
        self.reason.setVisible(bool(why) and self._tells_reason)
        self.setAccessibleName(one_line(way.headline))
        self.setAccessibleDescription(paragraph(" ".join(way.lines())))
        self._drawing.show_way(way)


class WayCard(Card):
    """A headline with its mark, the way below it, and while a message is under way how long already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = ToneMark(Tone.UNKNOWN, scale=1.6)
        self.headline = ToneLabel()
        font = QFont(self.headline.font())
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.3)
        self.headline.setFont(font)
        self.running = QuietLabel()
        self.running.hide()
        self.view = WayView(self)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.headline, 1)
        self.body.addLayout(line)
        self._waiting = QHBoxLayout()
        self._waiting.addWidget(self.running, 1)
        self.body.addLayout(self._waiting)
        self.body.addWidget(self.view)

    def take_cancel(self, button: QWidget) -> None:
        """Have the button that ends the waiting stand beside how long it takes."""
        self._waiting.addWidget(button)

    def show_way(self, way: Way, headline: str = "", *, running: str = "", is_past: bool = False) -> None:
        """Show a way under its headline, or under one over several; ``running`` is told while it is under way.

        One that ``is_past`` may be another by now, and is no trouble.
        """
        passages = {part.passage for part in way.parts}
        if is_past:
            tone, shape = Tone.PLAIN, "minus"
        elif Passage.BROKEN in passages:
            tone, shape = Tone.BAD, ""
        elif Passage.UNDER_WAY in passages:
            tone, shape = Tone.ACCENT, "clock"
        elif Passage.UNKNOWN in passages:
            tone, shape = Tone.UNKNOWN, ""
        elif Passage.KNOWN in passages:
            tone, shape = Tone.GOOD, ""
        else:
            tone, shape = Tone.PLAIN, "minus"
        self.mark.set_tone(tone, shape)
        self.headline.set_tone(tone)
        self.headline.setText(headline or way.headline)
        self.running.setText(running)
        self.running.setVisible(bool(running))
        self.view.show_way(way, is_past=is_past)


def running_text(began: float, usual: float | None) -> str:
    """How long it takes already, since ``began`` on the clock of perf_counter, and how long it usually takes."""
    locale, translate = QLocale(), QCoreApplication.translate
    passed = locale.toString(max(0.0, time.perf_counter() - began), "f", 1)
    if usual is None:
        return translate("WayCard", "{seconds} s so far").format(seconds=passed)
    most = locale.toString(max(usual, 0.1), "f", 1)
    return translate("WayCard", "{seconds} s so far · usually {usual} s here").format(seconds=passed, usual=most)


class _Spot(NamedTuple):
    """Where a station stands."""

    box: QRectF
    station: Station


class _Drawing(QWidget):
    """The stations and the arrows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._way: Way | None = None
        self._step = 0
        self._clock = QTimer(self, interval=STEP_MILLISECONDS)
        self._clock.timeout.connect(self._move)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_way(self, way: Way) -> None:
        """Draw it; a message that is under way moves."""
        self._way = way
        self._run_clock()
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Below one another it is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What the stations and the arrows take."""
        count = 0 if self._way is None else len(self._way.stations)
        if self._is_row(width):
            return round(self._box_height()) + 2
        return round(count * self._flat_height() + max(0, count - 1) * self._drop()) + 2

    def sizeHint(self) -> QSize:
        """All side by side."""
        count = 2 if self._way is None else len(self._way.stations)
        width = math.ceil(count * self._widest() + (count - 1) * self._arrow())
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One station: the others stand below it."""
        return QSize(round(self._widest() + self._unit() * 4), round(self._box_height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may want another height."""
        super().resizeEvent(event)
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Another palette or text size: draw anew."""
        super().changeEvent(event)
        self.updateGeometry()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Move only while somebody looks."""
        super().showEvent(event)
        self._run_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._clock.stop()

    def event(self, event: QEvent) -> bool:
        """Tell the whole name of the station under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = QPointF(event.pos())
            found = next((spot.station for spot in self._spots() if spot.box.contains(place)), None)
            set_tooltip(self, "" if found is None else f"{self._title(found)}\n{found.reason}".strip())
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all of it."""
        del event
        if self._way is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spots = self._spots()
        for number, link in enumerate(self._way.links):
            seconds = "" if link.seconds is None else self._seconds(link.seconds)
            self._paint_link(painter, spots[number].box, spots[number + 1].box, link.passage, seconds)
        for spot in spots:
            self._paint_station(painter, spot)

    def _run_clock(self) -> None:
        moves = self._way is not None and any(link.passage is Passage.UNDER_WAY for link in self._way.links)
        if moves and self.isVisible():
            self._clock.start()
        else:
            self._clock.stop()

    def _move(self) -> None:
        self._step = (self._step + 1) % _STEPS
        self.update()

    def _unit(self) -> float:
        return float(self.fontMetrics().height())

    def _widest(self) -> float:
        bold = QFont(self.font())
        bold.setBold(True)
        return QFontMetrics(bold).horizontalAdvance(self._place(Place.MECHANICAL_TURK)) + self._unit()

    def _arrow(self) -> float:
        return self._unit() * 3.1

    def _drop(self) -> float:
        return self._unit() * 2.4

    def _box_height(self) -> float:
        return self._unit() * 4.5

    def _flat_height(self) -> float:
        return self._unit() * 2.8

    def _is_row(self, width: int) -> bool:
        count = 0 if self._way is None else len(self._way.stations)
        return width >= count * self._widest() + (count - 1) * self._arrow()

    def _spots(self) -> list[_Spot]:
        if self._way is None:
            return []
        stations, width = self._way.stations, float(self.width())
        if not self._is_row(self.width()):
            high, drop = self._flat_height(), self._drop()
            return [
                _Spot(QRectF(0.5, number * (high + drop) + 0.5, width - 1, high), station)
                for number, station in enumerate(stations)
            ]
        most = self._unit() * 12
        arrows = (len(stations) - 1) * self._arrow()
        wide = min(most, (width - arrows) / len(stations))
        between = (width - wide * len(stations)) / max(1, len(stations) - 1)
        boxes = [
            QRectF(number * (wide + between) + 0.5, 0.5, wide - 1, self._box_height())
            for number in range(len(stations))
        ]
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            boxes.reverse()
        return [_Spot(box, station) for box, station in zip(boxes, stations, strict=True)]

    def _paint_station(self, painter: QPainter, spot: _Spot) -> None:
        box, station = spot
        tone = _TONES[station.passage]
        colours = tone_colours(self.palette(), tone)
        plain = tone_colours(self.palette(), Tone.PLAIN)
        is_toned = station.passage in {Passage.KNOWN, Passage.BROKEN, Passage.OPEN}
        painter.setPen(QPen((colours if is_toned else plain).border, 1.4))
        painter.setBrush((colours if is_toned else plain).fill)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        unit, ratio = self._unit(), self.devicePixelRatioF()
        ink = colours.text if is_toned else plain.text
        side = round(unit * 1.4)
        drawing = icons.pixmap(_ICONS[station.place], ink, size=side, ratio=ratio)
        inner = box.adjusted(unit * 0.3, unit * 0.4, -unit * 0.3, -unit * 0.4)
        if self._is_row(self.width()):
            painter.drawPixmap(QPointF(box.center().x() - side / 2, inner.top()), drawing)
            text = inner.adjusted(0, side + unit * 0.15, 0, 0)
            align = Qt.AlignmentFlag.AlignHCenter
        else:
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            left = inner.right() - side if mirrored else inner.left()
            painter.drawPixmap(QPointF(left, box.center().y() - side / 2), drawing)
            gap = side + unit * 0.6
            text = inner.adjusted(0, 0, -gap, 0) if mirrored else inner.adjusted(gap, 0, 0, 0)
            align = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        if station.passage in {Passage.BROKEN, Passage.UNKNOWN}:
            mark = QRectF(box.right() - unit * 1.1, box.top() + unit * 0.15, unit, unit)
            paint_mark(painter, mark, self.palette(), tone, ratio=ratio)
        bold = QFont(self.font())
        bold.setBold(True)
        below = self._below(station)
        painter.setFont(bold)
        painter.setPen(ink)
        title = self._title(station)
        lines = _in_lines(title, QFontMetrics(bold), int(text.width()), 1 if below else 2)
        top = text.top() if self._is_row(self.width()) else box.center().y() - unit * (len(lines) + bool(below)) / 2
        for line in lines:
            painter.drawText(QRectF(text.left(), top, text.width(), unit), int(align), line)
            top += unit
        painter.setFont(self.font())
        if below:
            painter.setPen(ink if is_toned else secondary(self.palette()))
            shown = self.fontMetrics().elidedText(below, Qt.TextElideMode.ElideRight, int(text.width()))
            painter.drawText(QRectF(text.left(), top, text.width(), unit), int(align), shown)

    def _paint_link(self, painter: QPainter, one: QRectF, other: QRectF, passage: Passage, words: str) -> None:
        unit = self._unit()
        tone = _TONES[passage]
        colours = tone_colours(self.palette(), tone)
        is_plain = passage in {Passage.UNKNOWN, Passage.NOT_YET}
        ink = QColor(colours.border if is_plain else colours.text)
        if is_plain:
            ink = secondary(self.palette())
        if self._is_row(self.width()):
            forward = one.x() < other.x()
            start = QPointF(one.right() if forward else one.left(), one.center().y())
            end = QPointF(other.left() if forward else other.right(), other.center().y())
        else:
            across = unit * 1.1
            x = self.width() - across if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else across
            start, end = QPointF(x, one.bottom()), QPointF(x, other.top())
        path = QLineF(start, end)
        room = unit * 0.25 / max(1.0, path.length())
        path = QLineF(path.pointAt(room), path.pointAt(1 - room))
        pen = QPen(ink, 2 if passage is Passage.BROKEN else 1.6)
        if is_plain or passage in {Passage.UNDER_WAY, Passage.OPEN}:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        middle = path.pointAt(0.5)
        side = unit * 1.15
        mark = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        if passage in {Passage.BROKEN, Passage.UNKNOWN}:
            gap = side * 0.65 / max(1.0, path.length())
            painter.drawLine(QLineF(path.p1(), path.pointAt(0.5 - gap)))
            painter.drawLine(QLineF(path.pointAt(0.5 + gap), path.p2()))
            paint_mark(painter, mark, self.palette(), tone, ratio=self.devicePixelRatioF())
        else:
            painter.drawLine(path)
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(ink)
        painter.drawPolygon(_head(path, unit * 0.42))
        if passage is Passage.UNDER_WAY:
            dot = path.pointAt((self._step + 0.5) / _STEPS)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(dot, unit * 0.28, unit * 0.28)
        painter.setPen(ink)
        if words and self._is_row(self.width()):
            place = QRectF(start.x(), middle.y() - unit * 1.45, end.x() - start.x(), unit).normalized()
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextDontClip), words)
        elif words:
            place = QRectF(middle.x() + unit, middle.y() - unit / 2, self.width(), unit)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)

    def _title(self, station: Station) -> str:
        if station.name and station.name != MADE_TO_LOOK:
            return one_line(station.name)
        return self._place(station.place)

    def _below(self, station: Station) -> str:
        if station.place is Place.MECHANICAL_TURK and station.seconds is not None:
            return self.tr("took it, {seconds}").format(seconds=self._seconds(station.seconds))
        if station.name == MADE_TO_LOOK:
            return self.tr("made to look")
        if station.place is Place.YOU and station.passage is Passage.KNOWN:
            return self.tr("as expected")
        return self._place(station.place) if station.name else ""

    def _place(self, place: Place) -> str:
        return {
            Place.MECHANICAL_TURK: self.tr("Mechanical Turk"),
            Place.THIS_COMPUTER: self.tr("This computer"),
            Place.QUEUE: self.tr("Queue"),
            Place.TOPIC: self.tr("Topic"),
            Place.MAIL_SERVER: self.tr("Mail server"),
            Place.MAILBOX: self.tr("Mailbox"),
            Place.RECEIVER: self.tr("Web receiver"),
            Place.YOU: self.tr("You"),
        }[place]

    def _seconds(self, seconds: float) -> str:
        number = seconds_text(seconds, places=2 if seconds < 10 else 1, locale=self.locale())
        return self.tr("{seconds} s").format(seconds=number)


def _head(path: QLineF, size: float) -> QPolygonF:
    """The arrow's head at the end of ``path``."""
    along = path.unitVector()
    dx, dy = along.dx() * size, along.dy() * size
    tip = path.p2()
    back = QPointF(tip.x() - dx * 1.4, tip.y() - dy * 1.4)
    return QPolygonF([tip, back + QPointF(-dy, dx), back + QPointF(dy, -dx)])


def _in_lines(text: str, measure: QFontMetrics, width: int, most: int) -> list[str]:
    """At most ``most`` lines, broken where words or parts of a name end; the last one without its middle if it must."""
    if most == 1 or measure.horizontalAdvance(text) <= width:
        return [measure.elidedText(text, Qt.TextElideMode.ElideMiddle, width)]
    breaks = [place + 1 for place, letter in enumerate(text) if letter in " -_./@" and place > 0]
    fitting = [place for place in breaks if measure.horizontalAdvance(text[:place]) <= width]
    if not fitting:
        return [measure.elidedText(text, Qt.TextElideMode.ElideMiddle, width)]
    first = text[: fitting[-1]]
    return [first.rstrip(), measure.elidedText(text[fitting[-1] :], Qt.TextElideMode.ElideMiddle, width)]
