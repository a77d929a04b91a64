# SPDX-License-Identifier: MIT
"""A choice of a few, side by side: radio buttons that are painted as the parts of one frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QStyle, QWidget

from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.colours import readable, secondary
from notification_tester.qt.widgets.link_button import link_colour
from notification_tester.qt.widgets.theme import Tone, tone_colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPaintEvent, QResizeEvent

_RADIUS = 6
_INSIDE = 12
_GAP = 7


class SegmentedChoice(QWidget):
    """Emits ``chosen`` with the key when a person chooses.

    Stands in a row; where that is too narrow the icons go, and then it stands in a column.

    Being radio buttons, the parts are one tab stop, the arrow keys move in them, and a screen reader calls them so.
    ``options`` are key, text (``&`` marks the mnemonic) and the name of an icon.
    """

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._segments: dict[str, _Segment] = {}
        for key, text, icon_name in options:
            segment = _Segment(text, icon_name, self)
            self._group.addButton(segment)
            self._segments[key] = segment
            segment.toggled.connect(self._repaint_all)
        if self._segments:
            self._segments[options[0][0]].setChecked(True)
        self._group.buttonToggled.connect(self._tell)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if self._segments:
            self.setFocusProxy(self._segments[self.choice()])

    def choice(self) -> str:
        """The key of the chosen part; empty where there are none."""
        return next((key for key, segment in self._segments.items() if segment.isChecked()), "")

    def set_choice(self, key: str) -> None:
        """Choose without telling. Raises KeyError for a key that is not there."""
        blocked = self._group.blockSignals(True)
        self._segments[key].setChecked(True)
        self._group.blockSignals(blocked)
        self.setFocusProxy(self._segments[key])

    def offer(self, key: str, offered: bool) -> None:
        """Have a part among the others, or not; one that is chosen stays chosen. Raises KeyError."""
        self._segments[key].setVisible(offered)
        self.updateGeometry()
        self._arrange()

    def button(self, key: str) -> QRadioButton:
        """One of the parts, for a label's buddy or a tooltip."""
        return self._segments[key]

    def sizeHint(self) -> QSize:
        """All parts in one row."""
        return QSize(sum(s.sizeHint().width() for s in self._offered()), self._row_height())

    def minimumSizeHint(self) -> QSize:
        """The widest part alone, without its icon."""
        return QSize(max((s.narrow_width() for s in self._offered()), default=0), self._row_height())

    def hasHeightForWidth(self) -> bool:
        """A column is higher than a row."""
        return True

    def heightForWidth(self, width: int) -> int:
        """One line, or one for each part."""
        return self._row_height() * (1 if self._fits(width) else max(1, len(self._offered())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the parts."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        place = 0
        offered = self._offered()
        for segment in offered:
            segment.show_icon(self.width() >= self.sizeHint().width())
        row = self._fits(self.width())
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        width = max((s.size_now().width() for s in offered), default=0)
        for segment in offered:
            size = segment.size_now()
            if row:
                left = self.width() - place - size.width() if mirrored else place
                segment.setGeometry(QRect(left, 0, size.width(), size.height()))
                place += size.width()
            else:
                across = min(width, self.width())
                segment.setGeometry(QRect(self.width() - across if mirrored else 0, place, across, size.height()))
                place += size.height()

    def outline(self) -> QRectF:
        """The frame around all parts."""
        whole = QRect()
        for segment in self._offered():
            whole = whole.united(segment.geometry())
        return QRectF(whole).adjusted(0.5, 0.5, -0.5, -0.5)

    def _fits(self, width: int) -> bool:
        return width >= sum(s.narrow_width() for s in self._offered())

    def _offered(self) -> list[_Segment]:
        return [segment for segment in self._segments.values() if not segment.isHidden()]

    def _row_height(self) -> int:
        return max((s.sizeHint().height() for s in self._offered()), default=0)

    def _repaint_all(self) -> None:
        for segment in self._segments.values():
            segment.update()

    def _tell(self, segment: QRadioButton, checked: bool) -> None:
        if checked:
            self.setFocusProxy(segment)
            self.chosen.emit(self.choice())


class _Segment(QRadioButton):
    """One part; draws its share of the frame that its parent outlines."""

    def __init__(self, text: str, icon_name: str, parent: SegmentedChoice) -> None:
        super().__init__(text, parent)
        self._choice = parent
        self._icon_name = icon_name
        self._has_icon = bool(icon_name)
        self._narrow: int | None = None  # until the font changes; layouts ask for both again and again
        self._hint: QSize | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        if self._hint is None:
            icon = self._icon_size() + _GAP if self._icon_name else 0
            self._hint = QSize(self.narrow_width() + icon, max(self.fontMetrics().height() + 14, 32))
        return self._hint

    def narrow_width(self) -> int:
        if self._narrow is None:
            # Measured in bold, so that choosing moves nothing.
            text = QFontMetrics(self._bold()).size(Qt.TextFlag.TextShowMnemonic, self.text())
            self._narrow = text.width() + 2 * _INSIDE
        return self._narrow

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._narrow = self._hint = None

    def size_now(self) -> QSize:
        size = self.sizeHint()
        return size if self._has_icon else QSize(self.narrow_width(), size.height())

    def show_icon(self, shown: bool) -> None:
        self._has_icon = shown and bool(self._icon_name)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._choice.palette()  # a radio button's own may have what its circle needs
        chosen = self.isChecked()
        plain = tone_colours(palette, Tone.PLAIN)
        accent = tone_colours(palette, Tone.ACCENT)
        frame = QPainterPath()
        frame.addRoundedRect(self._choice.outline().translated(QPointF(-self.pos())), _RADIUS, _RADIUS)
        own = QPainterPath()
        own.addRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        shape = frame.intersected(own)
        fill = palette.color(QPalette.ColorRole.Base)
        if chosen:
            fill = accent.fill
        elif self.underMouse() and self.isEnabled():
            fill = QColor(plain.border)
            fill.setAlphaF(0.5)
        painter.setPen(QPen(accent.border if chosen else plain.border, 1))
        painter.setBrush(fill)
        painter.drawPath(shape)
        if self.hasFocus():
            painter.setPen(QPen(accent.border, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), _RADIUS - 2, _RADIUS - 2)
        ink = secondary(palette)
        if chosen:
            ink = readable(link_colour(palette), accent.fill)
        if not self.isEnabled():
            ink = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        painter.setPen(ink)
        painter.setFont(self._bold() if chosen else self.font())
        text = painter.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        used = text + (self._icon_size() + _GAP if self._has_icon else 0)
        side = max(0, (self.width() - used) // 2)
        place = self.rect().adjusted(side, 0, -side, 0)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if self._has_icon:
            size = self._icon_size()
            drawing = icons.pixmap(self._icon_name, ink, size=size, ratio=self.devicePixelRatioF())
            left = place.right() + 1 - size if mirrored else place.left()
            painter.drawPixmap(QPointF(left, (self.height() - size) / 2), drawing)
            lead = size + _GAP
            place = place.adjusted(0, 0, -lead, 0) if mirrored else place.adjusted(lead, 0, 0, 0)
        mnemonic = (
            Qt.TextFlag.TextShowMnemonic
            if self.style().styleHint(QStyle.StyleHint.SH_UnderlineShortcut, None, self)
            else Qt.TextFlag.TextHideMnemonic
        )
        painter.drawText(
            place,
            mnemonic | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextDontClip,
            self.text(),
        )

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _icon_size(self) -> int:
        return round(self.fontMetrics().height() * 1.1)
