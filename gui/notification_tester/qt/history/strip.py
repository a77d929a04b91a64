# SPDX-License-Identifier: MIT
"""How long the tests of a place took, over days: a dot a test, the middle of them, and a cross where nothing came.

What is drawn is worked out off the main thread and drawn into a picture once. Where many tests fall on one point of the
window, one dot stands for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.domain.counts import SHORTEST_SECONDS
from notification_tester.qt.looks.colours import seen
from notification_tester.qt.looks.formatting import count_text, day_text, number_text, seconds_text
from notification_tester.qt.looks.theme import Tone, set_tooltip, tone_colours
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.link_button import FoldButton, LinkButton
from notification_tester.qt.widgets.saved_file import save_dialog
from notification_tester.storage.history import MOST_ARRIVALS
from notification_tester.storage.whole_file import save_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QFileDialog

    from notification_tester.qt.background import Tasks
    from notification_tester.storage.ownership import Ownership
    from notification_tester.storage.rows import Arrival

DOT = 5.0
"""Points across a dot, and along the lines of a cross."""

PICTURE = QSize(1000, 260)
"""Points of a picture that is saved; a PNG has two pixels a point."""

AT_ONCE = 500
"""Dots that are drawn on the main thread."""

_CHUNK = 200

TALL = 850
"""Points of a window in which the drawing is in sight from the beginning."""

_LEAST_SPAN = 3600.0
"""Seconds: tests of a minute are not drawn as if they were of days."""


@dataclass(frozen=True)
class Latency:
    """Tests of a place, oldest first, with what is said of them; ``typical`` and ``slow`` are seconds.

    ``typical`` is the median of those that came, and ``slow`` what 95 of 100 did not exceed.
    """

    name: str
    arrivals: tuple[Arrival, ...]
    typical: float | None
    slow: float | None
    lost: int

    @classmethod
    def of(cls, name: str, arrivals: Sequence[Arrival]) -> Latency:
        """Work out what is said."""
        took = sorted(one.seconds for one in arrivals if one.seconds is not None)
        return cls(
            name=name,
            arrivals=tuple(arrivals),
            typical=median(took) if took else None,
            slow=took[ceil(len(took) * 0.95) - 1] if took else None,
            lost=len(arrivals) - len(took),
        )

    @property
    def sentence(self) -> str:
        """All that the drawing says, in words."""
        return _tr("{name}: {said}").format(name=self.name, said=self.said)

    @property
    def said(self) -> str:
        """The same without whose it is: what never came first, as it is what must not be overlooked."""
        count = len(self.arrivals)
        many = _tr("{count} tests") if count < MOST_ARRIVALS else _tr("the newest {count} tests")
        tests = count_text(count, _tr("1 test"), many)
        if not count:
            return _tr("{tests}.").format(tests=tests)
        what_came = self._what_came(count)
        first, last = (datetime.fromtimestamp(self.arrivals[end].at).astimezone() for end in (0, -1))
        if count > 1 and first.date() != last.date():
            what_came = _tr("{what_came}; from {first} to {last}").format(
                what_came=what_came, first=day_text(first), last=day_text(last)
            )
        return _tr("{tests}: {what_came}.").format(tests=tests, what_came=what_came)

    def _what_came(self, count: int) -> str:
        if self.typical is None or self.slow is None:
            return _tr("it never came") if count == 1 else _tr("none came")
        median, slow = _rounded_up(self.typical), _rounded_up(self.slow)
        if count == 1:
            return _tr("it came within {seconds} s").format(seconds=median)
        came = count - self.lost
        if came == 1:
            told = _tr("1 came, within {seconds} s").format(seconds=median)
        else:
            those = _tr("all came") if not self.lost else _tr("{count} came").format(count=number_text(came))
            told = _tr("{those}, half of those within {median} s, 95 % within {slow} s").format(
                those=those, median=median, slow=slow
            )
        if not self.lost:
            return told
        lost = count_text(self.lost, _tr("1 never came"), _tr("{count} never came"))
        return _tr("{lost}; {told}").format(lost=lost, told=told)


def _rounded_up(seconds: float) -> str:
    return seconds_text(max(seconds, SHORTEST_SECONDS))  # within so long it came, however quick it was


def _tr(text: str) -> str:
    return QApplication.translate("LatencyStrip", text)


def draw(painter: QPainter, size: QSize, latency: Latency, palette: QPalette, font: QFont) -> None:
    """Draw all of it into ``size``, in points; on any thread."""
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = seen(palette, QPalette.ColorRole.Text)
    pale = QColor(ink)
    pale.setAlphaF(0.3)
    faint = QPen(pale, 1)
    metrics = painter.fontMetrics()
    left = metrics.horizontalAdvance("0000.00 s") + 6
    line = metrics.height()
    plot = QRectF(left, line + 8, size.width() - left - 14, size.height() - 2 * line - 16)
    if not latency.arrivals or plot.width() < 20 or plot.height() < 10:
        return
    moments = [one.at for one in latency.arrivals]  # a clock may have been set back in between
    first, last = min(moments), max(moments)
    span = max(last - first, _LEAST_SPAN)
    begin = first - (span - (last - first)) / 2
    came = [one for one in latency.arrivals if one.seconds is not None]
    most = max((one.seconds or 0.0 for one in came), default=1.0) * 1.05 or 1.0

    def x(at: float) -> float:
        return plot.left() + (at - begin) / span * plot.width()

    def y(seconds: float) -> float:
        return plot.bottom() - seconds / most * plot.height()

    painter.setPen(faint)
    painter.drawLine(QLineF(plot.bottomLeft(), plot.bottomRight()))
    for at, text in _days(
        begin, begin + span, most=int(plot.width() // (metrics.horizontalAdvance("00 00 0000") + 24))
    ):
        painter.setPen(faint)
        painter.drawLine(QLineF(x(at), plot.top(), x(at), plot.bottom() + 3))
        painter.setPen(ink)
        painter.drawText(QPointF(x(at) + 3, size.height() - metrics.descent() - 1), text)
    _draw_lines(painter, latency, plot, ink, y)
    dots = {(round(x(one.at)), round(y(one.seconds or 0.0))) for one in came}
    painter.setPen(
        QPen(seen(palette, QPalette.ColorRole.Highlight), DOT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    )
    places = list(dots)
    for start in range(0, len(places), _CHUNK):  # one call for all would hold Python's lock for as long as it takes
        painter.drawPoints(QPolygonF([QPointF(*one) for one in places[start : start + _CHUNK]]))
    painter.setPen(QPen(tone_colours(palette, Tone.BAD).text, 1.6))
    half, above = DOT / 2 + 0.5, line / 2 + 1
    lost = {round(x(one.at)) for one in latency.arrivals if one.seconds is None}
    painter.drawLines(
        [
            QLineF(place - half, above - way * half, place + half, above + way * half)
            for place in lost
            for way in (1, -1)
        ]
    )
    if lost:
        label = QRectF(0, 0, left - 6, line + 2)
        painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _tr("never"))


def _draw_lines(painter: QPainter, latency: Latency, plot: QRectF, ink: QColor, y: Callable[[float], float]) -> None:
    """The median, and what 95 of 100 did not exceed, each with its seconds; where they meet, the first alone."""
    line = painter.fontMetrics().height()
    taken: list[float] = []
    for seconds, style in ((latency.typical, Qt.PenStyle.SolidLine), (latency.slow, Qt.PenStyle.DashLine)):
        if seconds is None:
            continue
        height = y(seconds)
        painter.setPen(QPen(ink, 1, style))
        painter.drawLine(QLineF(plot.left(), height, plot.right(), height))
        if all(abs(height - one) >= line for one in taken):
            taken.append(height)
            text = QRectF(0, height - line / 2, plot.left() - 6, line)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(text, side, _tr("{seconds} s").format(seconds=_rounded_up(seconds)))


def _days(begin: float, end: float, *, most: int) -> list[tuple[float, str]]:
    """Midnights in between, as many as have room, with their names; the beginning where there is none."""
    start = datetime.fromtimestamp(begin).astimezone()
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    days = max(1, int((end - begin) // 86400) + 1)
    step = ceil(days / max(1, most))
    found = []
    for number in range(1, days + 1, step):
        midnight = (day + timedelta(days=number)).replace(tzinfo=None).astimezone()
        if midnight.timestamp() <= end:
            found.append((midnight.timestamp(), day_text(midnight)))
    return found or [(begin, day_text(start))]


def as_png(latency: Latency, palette: QPalette, font: QFont) -> bytes:
    """The picture, two pixels a point."""
    image = QImage(PICTURE * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2)
    image.fill(seen(palette, QPalette.ColorRole.Base))
    painter = QPainter(image)
    _draw_titled(painter, latency, palette, font)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def as_svg(latency: Latency, palette: QPalette, font: QFont) -> bytes:
    """The same as a drawing."""
    buffer = QBuffer()
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setSize(PICTURE)
    made.setViewBox(QRectF(0, 0, PICTURE.width(), PICTURE.height()))
    made.setTitle(latency.name)
    made.setDescription(latency.sentence)
    painter = QPainter(made)
    painter.fillRect(QRectF(0, 0, PICTURE.width(), PICTURE.height()), seen(palette, QPalette.ColorRole.Base))
    _draw_titled(painter, latency, palette, font)
    painter.end()
    return bytes(buffer.data().data())


def _draw_titled(painter: QPainter, latency: Latency, palette: QPalette, font: QFont) -> None:
    """With its sentence above: a picture goes where nobody else says what it is of."""
    painter.setFont(font)
    painter.setPen(seen(palette, QPalette.ColorRole.Text))
    line = painter.fontMetrics().height()
    painter.drawText(
        QPointF(8, line + 2),
        painter.fontMetrics().elidedText(latency.sentence, Qt.TextElideMode.ElideRight, PICTURE.width() - 16),
    )
    painter.translate(0, line + 8)
    draw(painter, QSize(PICTURE.width(), PICTURE.height() - line - 8), latency, palette, font)


def _picture(latency: Latency, size: QSize, ratio: float, palette: QPalette, font: QFont) -> QImage:
    image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(seen(palette, QPalette.ColorRole.Base))
    painter = QPainter(image)
    draw(painter, size, latency, palette, font)
    painter.end()
    return image


class LatencyStrip(QWidget):
    """The drawing alone; a screen reader is told its sentence."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._latency: Latency | None = None
        self._picture: QPixmap | None = None
        self._is_asked = False
        self._number = 0  # of the newest picture that was asked for
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def latency(self) -> Latency | None:
        """What is drawn."""
        return self._latency

    def show_latency(self, latency: Latency) -> None:
        """Draw this from now on."""
        self._latency = latency
        self.setAccessibleName(latency.sentence)
        self._draw_anew()

    def sizeHint(self) -> QSize:
        """Eight lines high."""
        return QSize(400, self.fontMetrics().height() * 8)

    def minimumSizeHint(self) -> QSize:
        """As high, and as narrow as anybody likes."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Put the picture there; it is drawn when something is another."""
        del event
        if self._latency is None:
            return
        if not self._is_asked:
            self._ask_for_picture(self._latency)
        painter = QPainter(self)
        painter.fillRect(self.rect(), seen(self.palette(), QPalette.ColorRole.Base))
        if self._picture is not None:
            painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it for the new size."""
        super().resizeEvent(event)
        self._draw_anew()

    def changeEvent(self, event: QEvent) -> None:
        """Follow colours and text size."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.updateGeometry()
            self._draw_anew()

    def _draw_anew(self) -> None:
        self._is_asked = False
        self.update()

    def _ask_for_picture(self, latency: Latency) -> None:
        """Have it drawn: few dots at once, many on a worker, and what was there stays in sight until that is done."""
        self._is_asked = True
        self._number += 1
        ratio = self.devicePixelRatioF()
        make = partial(_picture, latency, QSize(self.size()), ratio, QPalette(self.palette()), QFont(self.font()))
        if len(latency.arrivals) <= AT_ONCE:
            self._picture = QPixmap.fromImage(make())
        else:
            self._tasks.run(make, done=partial(self._take, self._number), failed=lambda _: None)

    def _take(self, number: int, image: QImage) -> None:
        if number == self._number:
            self._picture = QPixmap.fromImage(image)
            self.update()


class LatencyPanel(QWidget):
    """The sentence, which folds the drawing out, and a link that saves it. Hidden until there is something to tell.

    ``saved(title, text, Path)`` and ``failed(Problem)`` of a picture.
    """

    saved = Signal(str, str, object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._owner: Ownership | None = None
        self.strip = LatencyStrip(tasks, self)
        about = self.tr("Shows or hides a drawing of it.")
        self.fold = FoldButton(self.tr("&How long it took"), self.strip, self, about=about)
        self.sentence = _OneLine(self)
        self.save = LinkButton(self.tr("Save &picture…"), self)
        self.save.clicked.connect(self._choose_file)
        self.dialog: QFileDialog | None = None
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.fold)
        top.addWidget(self.sentence, 1)
        top.addWidget(self.save)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(top)
        rows.addWidget(self.strip)
        self.fold.toggled.connect(lambda _: self._offer())
        self._offer()
        self.hide()

    def show_latency(self, latency: Latency | None, owner: Ownership | None = None) -> None:
        """Tell this from now on; nothing where no test of the place is known to have come or not."""
        self._owner = owner
        if latency is not None and latency.arrivals:
            if self.strip.latency is None and self.window().height() >= TALL:
                self.fold.setChecked(True)
            self.strip.show_latency(latency)
            self.sentence.set_text(latency.name, latency.said)
        self.setVisible(latency is not None and bool(latency.arrivals))

    def save_to(self, path: str) -> None:
        """Write the picture: SVG where the name ends in .svg, else PNG."""
        latency = self.strip.latency
        if latency is None:
            return
        make = as_svg if path.casefold().endswith(".svg") else as_png
        self._tasks.run(
            partial(
                _write, Path(path), partial(make, latency, QPalette(self.palette()), QFont(self.font())), self._owner
            ),
            done=self._was_saved,
            failed=self.failed.emit,
        )

    def _was_saved(self, path: Path) -> None:
        text = self.tr("It is in {path}").format(path=path)
        self.saved.emit(self.tr("The picture was saved."), text, path)

    def _choose_file(self) -> None:
        self.dialog = dialog = save_dialog(self, self.tr("Save the picture"), "mturk-notification-times")
        png, svg = self.tr("Picture (*.png)"), self.tr("Drawing that can be enlarged (*.svg)")
        dialog.setNameFilters([png, svg])
        dialog.setDefaultSuffix("png")
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("svg" if name == svg else "png"))
        dialog.fileSelected.connect(self.save_to)
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _offer(self) -> None:
        self.save.setVisible(self.fold.isChecked())


class _OneLine(QWidget):
    """The sentence, as far as there is room; all of it is told by the tool tip and to a screen reader.

    Where there is little, the name is cut first, as what comes after it is what is new.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = self._said = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_text(self, name: str, said: str) -> None:
        """Say this."""
        self._name, self._said = one_line(name, longest=300), said
        self.setAccessibleName(self.text())
        set_tooltip(self, self.text())
        self.update()

    def text(self) -> str:
        """What is said."""
        return _tr("{name}: {said}").format(name=self._name, said=self._said)

    def seen(self) -> str:
        """What of it there is room for."""
        metrics = self.fontMetrics()
        room = self.width() - metrics.horizontalAdvance(_tr("{name}: {said}").format(name="", said=self._said))
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, max(room, self.width() // 4))
        text = _tr("{name}: {said}").format(name=name, said=self._said) if self._said else ""
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """One line, however short."""
        return QSize(40, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write it, cut at its end."""
        del event
        painter = QPainter(self)
        painter.setPen(seen(self.palette(), QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, self.seen())
        painter.end()


def _write(path: Path, make: Callable[[], bytes], owner: Ownership | None) -> Path:
    save_bytes(path, make(), what="the picture", owner=owner)
    return path
