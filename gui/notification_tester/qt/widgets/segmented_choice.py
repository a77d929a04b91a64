# SPDX-License-Identifier: MIT
"""A choice of a few, side by side: radio buttons that are painted as the parts of one frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QStyle, QWidget

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import readable, secondary, seen
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.widgets.link_button import link_colour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPaintEvent, QResizeEvent

_RADIUS = 6
_INSIDE = 12
_GAP = 7


class SegmentedChoice(QWidget):
    """Emits ``chosen`` with the key when a person chooses.

    Stands in a row; where that is too narrow the icons go, and then it stands in a column.

    Being radio buttons, the parts are one tab stop, the arrow keys move in them, and a screen reader calls them so.
    ``options`` are key, text (``&`` marks the mnemonic) and the name of an icon. ``notes`` are a few words about some
    of them, by their keys: below the text in a row, beside it in a column.
    """

    chosen = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str, str]],
        parent: QWidget | None = None,
        *,
        notes: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        notes = notes or {}
        self.has_notes = bool(notes)
        self._group = QButtonGroup(self)
        self._segments: dict[str, _Segment] = {}
        for key, text, icon_name in options:
            segment = _Segment(text, icon_name, self, note=notes.get(key, ""))
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

    def set_text(self, key: str, text: str) -> None:
        """Say something else on a part, such as another count. Raises KeyError."""
        segment = self._segments[key]
        if segment.text() != text:
            segment.setText(text)
            segment.forget_size()
            self.updateGeometry()
            self._arrange()

    def set_note(self, key: str, note: str) -> None:
        """Say something else beside a part of a choice that has notes. Raises KeyError."""
        self._segments[key].set_note(note)
        self.updateGeometry()
        self._arrange()

    def sizeHint(self) -> QSize:
        """All parts in one row."""
        return QSize(sum(s.sizeHint().width() for s in self._offered()), self._row_height())

    def minimumSizeHint(self) -> QSize:
        """The widest part alone, without its icon and its note."""
        return QSize(max((s.narrow_width() for s in self._offered()), default=0), self._row_height())

    def hasHeightForWidth(self) -> bool:
        """A column is higher than a row."""
        return True

    def heightForWidth(self, width: int) -> int:
        """One line, or one for each part."""
        if self._fits(width):
            return self._row_height()
        return sum(segment.flat_size().height() for segment in self._offered())

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
        for segment in offered:
            segment.be_flat(not row)
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
        return width >= sum(max(s.narrow_width(), s.note_width()) for s in self._offered())

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

    def __init__(self, text: str, icon_name: str, parent: SegmentedChoice, *, note: str = "") -> None:
        super().__init__(text, parent)
        self._is_flat = False
        self._choice = parent
        self._icon_name = icon_name
        self._has_icon = bool(icon_name)
        self._narrow: int | None = None  # until the font changes; layouts ask for both again and again
        self._hint: QSize | None = None
        self.set_note(note)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        if self._hint is None:
            icon = self._icon_size() + _GAP if self._icon_name else 0
            lines = 2 if self._choice.has_notes else 1
            height = max(lines * self.fontMetrics().height() + 14, 32)
            self._hint = QSize(max(self.narrow_width() + icon, self.note_width()), height)
        return self._hint

    def set_note(self, note: str) -> None:
        self._note = note
        self.setAccessibleDescription(note)
        self.forget_size()
        self.update()

    def note_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self._note) + 2 * _INSIDE if self._note else 0

    def flat_size(self) -> QSize:
        """In a column: the note beside the text, where there is room for it."""
        icon = self._icon_size() + _GAP if self._has_icon else 0
        width = self.narrow_width() + icon + (self.note_width() - _INSIDE if self._note else 0)
        return QSize(
            min(width, max(self.narrow_width(), self._choice.width())), max(self.fontMetrics().height() + 14, 32)
        )

    def be_flat(self, is_flat: bool) -> None:
        self._is_flat = is_flat

    def narrow_width(self) -> int:
        if self._narrow is None:
            # Measured in bold, so that choosing moves nothing.
            text = QFontMetrics(self._bold()).size(Qt.TextFlag.TextShowMnemonic, self.text())
            self._narrow = text.width() + 2 * _INSIDE
        return self._narrow

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.forget_size()

    def forget_size(self) -> None:
        self._narrow = self._hint = None

    def size_now(self) -> QSize:
        if self._is_flat:
            return self.flat_size()
        size = self.sizeHint()
        return size if self._has_icon else QSize(max(self.narrow_width(), self.note_width()), size.height())

    def show_icon(self, shown: bool) -> None:
        self._has_icon = shown and bool(self._icon_name)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        other = {Qt.Key.Key_Right: Qt.Key.Key_Down, Qt.Key.Key_Left: Qt.Key.Key_Up}.get(Qt.Key(event.key()))
        if self._is_flat and other is not None:  # in a column Qt finds nothing at the right or left
            super().keyPressEvent(QKeyEvent(event.type(), other, event.modifiers()))
        else:
            super().keyPressEvent(event)

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._choice.palette()  # a radio button's own may have what its circle needs
        self._paint_ground(painter, palette)
        chosen, accent = self.isChecked(), tone_colours(palette, Tone.ACCENT)
        ink = secondary(palette)
        if chosen:
            ink = readable(link_colour(palette), accent.fill)
        if not self.isEnabled():
            ink = seen(palette, QPalette.ColorRole.Text, QPalette.ColorGroup.Disabled)
        painter.setPen(ink)
        painter.setFont(self._bold() if chosen else self.font())
        text = painter.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        used = text + (self._icon_size() + _GAP if self._has_icon else 0)
        side = max(0, (self.width() - used) // 2)
        place = self.rect().adjusted(side, 0, -side, 0)
        if self._note:
            side = _INSIDE
            place = self.rect().adjusted(side, 0, -side, 0)
            place = self._paint_note(painter, place, ink)
            painter.setPen(ink)
            painter.setFont(self._bold() if chosen else self.font())
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if self._has_icon:
            size = self._icon_size()
            drawing = icons.pixmap(self._icon_name, ink, size=size, ratio=self.devicePixelRatioF())
            left = place.right() + 1 - size if mirrored else place.left()
            painter.drawPixmap(QPointF(left, place.top() + (place.height() - size) / 2), drawing)
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

    def _paint_ground(self, painter: QPainter, palette: QPalette) -> None:
        """Draw its share of the frame, and the ring of the keyboard."""
        chosen = self.isChecked()
        plain = tone_colours(palette, Tone.PLAIN)
        accent = tone_colours(palette, Tone.ACCENT)
        frame = QPainterPath()
        frame.addRoundedRect(self._choice.outline().translated(QPointF(-self.pos())), _RADIUS, _RADIUS)
        own = QPainterPath()
        own.addRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        shape = frame.intersected(own)
        fill = seen(palette, QPalette.ColorRole.Base)
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

    def _paint_note(self, painter: QPainter, place: QRect, ink: QColor) -> QRect:
        """Draw the note; returns what is left for the text."""
        painter.setPen(ink)
        painter.setFont(self.font())
        metrics = self.fontMetrics()
        if not self._is_flat:
            top = (self.height() - 2 * metrics.height()) // 2
            line = QRect(place.left(), top + metrics.height(), place.width(), metrics.height())
            painter.drawText(line, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), self._note)
            return QRect(place.left(), top, place.width(), metrics.height())
        used = self.narrow_width() - 2 * _INSIDE + (self._icon_size() + _GAP if self._has_icon else 0) + _INSIDE
        if used + metrics.horizontalAdvance(self._note) <= place.width():
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            line = place.adjusted(0, 0, -used, 0) if mirrored else place.adjusted(used, 0, 0, 0)
            painter.drawText(line, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), self._note)
        return place

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _icon_size(self) -> int:
        return round(self.fontMetrics().height() * 1.1)
