# SPDX-License-Identifier: MIT
"""How far assignments came, per HIT type: accepted, submitted, approved, as bars below each other's titles.

It counts what was told of, and nothing else: where an event is not subscribed, none of its kind were seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.qt.looks.colours import VISIBLE, mixed, readable, secondary, seen
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.theme import QuietLabel
from notification_tester.qt.looks.visible_text import tooltip
from notification_tester.qt.notification.names import hit_type_name
from notification_tester.qt.widgets.field_note import as_high_as_needed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from notification_tester.storage.inbox_rows import Funnel

_GAP = 10


class FunnelView(QScrollArea):
    """A row for each HIT type, the most told of first; emits ``chosen`` with the id of one that is pressed."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[FunnelRow] = []
        self.nothing = as_high_as_needed(
            QuietLabel(
                self.tr("No message about an assignment came yet, and tests do not count: there is nothing to draw."),
                self,
            )
        )
        inner = QWidget()
        self._below = QVBoxLayout(inner)
        self._below.setContentsMargins(0, 0, 4, 0)
        self._below.setSpacing(4)
        self._below.addWidget(self.nothing)
        self._below.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("How far assignments came, per HIT type"))
        inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def show_funnels(self, funnels: Sequence[Funnel]) -> None:
        """Show these."""
        for number, funnel in enumerate(funnels):
            if number == len(self.rows):
                row = FunnelRow(self.widget())
                row.clicked.connect(lambda _=False, row=row: self.chosen.emit(row.hit_type_id))
                self.rows.append(row)
                self._below.insertWidget(number, row)
            self.rows[number].show_funnel(funnel)
        for number, row in enumerate(self.rows):
            if row.isHidden() is (number < len(funnels)):
                row.setVisible(number < len(funnels))
        self.nothing.setVisible(not funnels)

    def sizeHint(self) -> QSize:
        """As high as bars over time are; more is scrolled to."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 60, metrics.height() * 6)

    def minimumSizeHint(self) -> QSize:
        """As high; as narrow as it must be."""
        return QSize(self.fontMetrics().averageCharWidth() * 24, self.sizeHint().height())


class FunnelRow(QAbstractButton):
    """One HIT type: its title, and three bars with their counts. Pressed, it asks for that HIT type alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._funnel: Funnel | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def hit_type_id(self) -> str:
        """Whose row it is."""
        return "" if self._funnel is None else self._funnel.hit_type_id

    def show_funnel(self, funnel: Funnel) -> None:
        """Show another."""
        if funnel == self._funnel:
            return
        self._funnel = funnel
        title = _title(funnel)
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(funnel_text(funnel))
        self.setToolTip(tooltip(f"{title}\n{funnel.hit_type_id}\n{funnel_text(funnel)}"))
        self.update()

    def sizeHint(self) -> QSize:
        """The title above the bars."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 60, metrics.height() * 2 + 16)

    def minimumSizeHint(self) -> QSize:
        """As high; as narrow as three bars with their words must be."""
        return QSize(self.fontMetrics().averageCharWidth() * 24, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the title and the bars, each as long as its share of the most."""
        del event
        funnel = self._funnel
        if funnel is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, metrics = self.palette(), self.fontMetrics()
        ground, text = seen(palette, QPalette.ColorRole.Window), seen(palette, QPalette.ColorRole.WindowText)
        accent = readable(seen(palette, QPalette.ColorRole.Highlight), ground, least=VISIBLE)
        area = self.rect().adjusted(2, 2, -2, -2)
        if self.underMouse() or self.hasFocus():
            painter.setPen(accent if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(mixed(ground, accent, 0.08))
            painter.drawRoundedRect(QRectF(area).adjusted(-1.5, -1.5, 1.5, 1.5), 4, 4)
        painter.setPen(text)
        line = QRect(area.left() + 2, area.top(), area.width() - 4, metrics.height())
        painter.drawText(
            line,
            Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, line.width()),
        )
        steps = _steps(funnel)
        most = max(1, *(count for count, _ in steps))
        width = (line.width() - _GAP * (len(steps) - 1)) // len(steps)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for number, (count, words) in enumerate(steps):
            place = len(steps) - 1 - number if mirrored else number
            cell = QRect(line.left() + place * (width + _GAP), line.bottom() + 3, width, metrics.height())
            track = QRectF(cell.left(), cell.bottom() + 2, cell.width(), 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(ground, text, 0.12))
            painter.drawRoundedRect(track, 2, 2)
            if count:
                filled = QRectF(track)
                filled.setWidth(max(4.0, track.width() * count / most))
                if mirrored:
                    filled.moveRight(track.right())
                painter.setBrush(accent)
                painter.drawRoundedRect(filled, 2, 2)
            painter.setPen(secondary(palette))
            painter.drawText(
                cell,
                Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(words, Qt.TextElideMode.ElideRight, cell.width()),
            )


def _title(funnel: Funnel) -> str:
    return hit_type_name(funnel.hit_type_id, funnel.title) or QCoreApplication.translate("Inbox", "Without a HIT type")


def _steps(funnel: Funnel) -> list[tuple[int, str]]:
    """The three steps; of one that was not told of nobody knows whether it was taken, so none were seen."""
    translate = QCoreApplication.translate
    return [
        (count, count_text(count, one, many) if count else none)
        for count, one, many, none in (
            (
                funnel.accepted,
                translate("Inbox", "1 accepted"),
                translate("Inbox", "{count} accepted"),
                translate("Inbox", "accepted: none seen"),
            ),
            (
                funnel.submitted,
                translate("Inbox", "1 submitted"),
                translate("Inbox", "{count} submitted"),
                translate("Inbox", "submitted: none seen"),
            ),
            (
                funnel.approved,
                translate("Inbox", "1 approved"),
                translate("Inbox", "{count} approved"),
                translate("Inbox", "approved: none seen"),
            ),
        )
    ]


def funnel_text(funnel: Funnel) -> str:
    """The same in words, with what left the way."""
    translate = QCoreApplication.translate
    parts = [words for _, words in _steps(funnel)]
    for count, one, many in (
        (funnel.rejected, translate("Inbox", "1 rejected"), translate("Inbox", "{count} rejected")),
        (
            funnel.given_up,
            translate("Inbox", "1 returned or abandoned"),
            translate("Inbox", "{count} returned or abandoned"),
        ),
    ):
        if count:
            parts.append(count_text(count, one, many))
    return translate("Inbox", "Seen here: {counts}.").format(counts=", ".join(parts))
