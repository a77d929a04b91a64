# SPDX-License-Identifier: MIT
"""Kinds of something with their counts, in a row that goes on in the next line; each can be switched on and off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from notification_tester.qt.looks.colours import mixed, readable, secondary, seen
from notification_tester.qt.looks.formatting import number_text
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

_INSIDE = 10
_GAP = 7


class CountChips(QWidget):
    """Emits ``chosen_changed`` when a person switches one; none that is on means all of them."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: dict[str, Chip] = {}
        self._flow = FlowLayout(self, spacing=6)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many lines as this width asks for, however little room there is."""
        super().resizeEvent(event)
        self._need_lines()

    def _need_lines(self) -> None:
        needed = self._flow.heightForWidth(self.width())
        if needed != self.minimumHeight():
            self.setMinimumHeight(needed)

    def chosen(self) -> frozenset[str]:
        """The keys of those that are on."""
        return frozenset(key for key, chip in self.chips.items() if chip.isChecked())

    def set_chosen(self, keys: frozenset[str]) -> None:
        """Switch on these alone, without telling; one that is not there is made, and counts nothing."""
        for key in sorted(keys - self.chips.keys()):
            self._chip(key, key)
        for key, chip in self.chips.items():
            chip.blockSignals(True)
            chip.setChecked(key in keys)
            chip.blockSignals(False)
            chip.update()
            chip.setVisible(chip.count > 0 or chip.isChecked())

    def set_counts(self, kinds: Sequence[tuple[str, str, int]]) -> None:
        """Show these, as key, text and count, in this order as they come; what counts nothing and is off is away."""
        counts = {key: count for key, _, count in kinds}
        for key, text, count in kinds:
            self._chip(key, text).show_count(text, count)
        for key, chip in self.chips.items():
            if key not in counts:
                chip.show_count(chip.text(), 0)
            wanted = chip.count > 0 or chip.isChecked()
            if chip.isHidden() is wanted:
                chip.setVisible(wanted)
        self._need_lines()

    def _chip(self, key: str, text: str) -> Chip:
        chip = self.chips.get(key)
        if chip is None:
            chip = self.chips[key] = Chip(text, self)
            chip.toggled.connect(lambda _: self.chosen_changed.emit())
            self._flow.addWidget(chip)
        return chip


class Chip(QPushButton):
    """A kind and its count."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.count = 0
        self._widest = 0
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_count(self, text: str, count: int) -> None:
        """Show another count."""
        if (text, count) == (self.text(), self.count) and self.accessibleName():
            return
        self.count = count
        if text != self.text():
            self.setText(text)
        self.setAccessibleName(f"{text}: {number_text(count)}")
        wanted = self.sizeHint().width()
        if wanted > self._widest:  # it only ever gets wider: each other size has all of the page laid out anew
            self._widest = wanted
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Both, side by side."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text()) + _GAP + metrics.horizontalAdvance("0") * len(self._number())
        return QSize(max(self._widest, width + 2 * _INSIDE), metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        """Neither is cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, its words, and a ring with the focus."""
        del event
        palette, is_on = self.palette(), self.isChecked()
        colours = tone_colours(palette, Tone.ACCENT if is_on else Tone.PLAIN)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        fill = mixed(colours.fill, colours.text, 0.06) if self.underMouse() or self.isDown() else colours.fill
        accent = readable(seen(palette, QPalette.ColorRole.Highlight), fill, least=3.0)
        painter.setPen(QPen(accent if is_on or self.hasFocus() else colours.border, 2 if self.hasFocus() else 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2)
        inside = self.rect().adjusted(_INSIDE, 0, -_INSIDE, 0)
        painter.setPen(colours.text)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeading | middle, self.text())
        painter.setPen(colours.text if is_on else readable(secondary(palette), fill))
        painter.drawText(inside, Qt.AlignmentFlag.AlignTrailing | middle, self._number())

    def _number(self) -> str:
        return number_text(self.count)
