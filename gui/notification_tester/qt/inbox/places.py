# SPDX-License-Identifier: MIT
"""The places of an account at the left of the page: what each is called, how many messages it has, which are live."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.inbox.controller import OpenedPlace
from notification_tester.qt.lists.cell_menu import COPIED_ROLE, menu_of, place_of_menu
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import chosen_ink, secondary, seen
from notification_tester.qt.looks.formatting import count_text, number_text
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.names import TRANSPORT_ICONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QContextMenuEvent

    from notification_tester.qt.inbox.controller import Following

    Index = QModelIndex | QPersistentModelIndex

NARROW, WIDE = 23, 33
"""Of the list, in average characters: where the page is narrow, and where it is not."""

_PLACE, _NAME, _COUNT, _STATE = (Qt.ItemDataRole.UserRole + number for number in range(4))
_LIVE, _TROUBLE, _PAUSED, _FILES = "live", "trouble", "paused", "files"


class InboxPlaces(QWidget):
    """Emits ``chosen`` with the Following whose list is to be shown, and ``clear_requested`` with one to be cleared."""

    chosen = Signal(object)  # Following
    clear_requested = Signal(object)  # Following
    history_requested = Signal(str)  # words by which the history finds what was sent to a place
    other_requested = Signal()
    open_requested = Signal()
    paste_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = PlaceList(self)
        self.other = QPushButton(self.tr("Follow another…"), self)
        self.other.setIcon(icons.icon("plus"))
        self.open = QPushButton(self.tr("Open messages…"), self)
        self.open.setToolTip(
            self.tr("Files with notifications: JSON, mails (.eml, mbox), texts. They can be dropped here, too.")
        )
        self.paste = QPushButton(self.tr("Paste a message"), self)
        self.paste.setToolTip(self.tr("What is on the clipboard is read as a notification, whatever stands around it."))
        self.lent = (self.open, self.paste)
        """What stands elsewhere while no place has a list."""
        self.clear = QPushButton(self.tr("Clear this list…"), self)
        self.clear.setIcon(icons.icon("trash"))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self.list, 1)
        rows.addStretch(0)
        for button in (self.other, self.open, self.paste, self.clear):
            button.setAutoDefault(False)
            rows.addWidget(button)
        self._rows = rows
        self.list.chosen.connect(self.chosen)
        self.list.clear_requested.connect(self.clear_requested)
        self.list.history_requested.connect(self.history_requested)
        self.other.clicked.connect(self.other_requested)
        self.open.clicked.connect(self.open_requested)
        self.paste.clicked.connect(self.paste_requested)
        self.clear.clicked.connect(self._clear_shown)

    def take_back(self) -> None:
        """Have the buttons that open messages here again."""
        first = self._rows.indexOf(self.other) + 1
        for number, button in enumerate(self.lent):
            self._rows.insertWidget(first + number, button)

    def fit(self, page_width: int) -> None:
        """Take a share of the page's width."""
        character = self.fontMetrics().averageCharWidth()
        wanted = max(character * NARROW, min(character * WIDE, page_width // 6))
        buttons = (self.other, self.open, self.paste, self.clear)
        self.setFixedWidth(max(wanted, *(one.sizeHint().width() for one in buttons)))

    def show_places(self, places: Sequence[Following], shown: Following | None, *, is_open: bool) -> None:
        """Show these, and which of them is shown; ``is_open``: there is an account to follow and to open with."""
        self.list.show_places(places, shown)
        for part, wanted in ((self.list, bool(places)), (self.clear, shown is not None)):
            if part.isHidden() is wanted:
                part.setVisible(wanted)
        for button in (self.other, self.open, self.paste):
            button.setEnabled(is_open)

    def _clear_shown(self) -> None:
        shown = self.list.shown()
        if shown is not None:
            self.clear_requested.emit(shown)


class PlaceList(QListView):
    """One line a place: a live dot or the kind's icon, its name, its count."""

    chosen = Signal(object)  # Following
    clear_requested = Signal(object)  # Following
    history_requested = Signal(str)  # words by which the history finds what was sent to a place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = QStandardItemModel(self)
        self._places: list[Following] = []
        self._is_filling = False
        self.setModel(self._items)
        self.setItemDelegate(_PlaceDelegate(self))
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Places, each with its list"))
        self.selectionModel().currentChanged.connect(self._current_changed)

    def shown(self) -> Following | None:
        """The place that is chosen."""
        return self._at(self.currentIndex())

    def show_places(self, places: Sequence[Following], shown: Following | None) -> None:
        """Show these."""
        self._is_filling = True
        self._places = list(places)
        while self._items.rowCount() > len(places):
            self._items.removeRow(self._items.rowCount() - 1)
        while self._items.rowCount() < len(places):
            self._items.appendRow(QStandardItem())
        for number, place in enumerate(places):
            self._fill(self._items.item(number), place)
        current = places.index(shown) if shown is not None and shown in places else -1
        if current >= 0:
            if self.currentIndex().row() != current:
                self.setCurrentIndex(self._items.index(current, 0))
        elif self.currentIndex().isValid():
            self.clearSelection()
            self.selectionModel().clearCurrentIndex()
        self._is_filling = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy the address, to see what was sent there, and to clear the list."""
        index, point = place_of_menu(self, event)
        place = self._at(index)
        if place is None:
            return
        menu = menu_of(self, index)
        if not isinstance(place.destination, OpenedPlace | ReceiverPlace):
            menu.addSeparator()
            menu.add_history(partial(self.history_requested.emit, place.destination.text))
        menu.addSeparator()
        menu.add(self.tr("C&lear this list…"), partial(self.clear_requested.emit, place), icon_name="trash")
        menu.popup(point)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the colours of the system."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    def _at(self, index: Index) -> Following | None:
        return self._places[index.row()] if index.isValid() and index.row() < len(self._places) else None

    def _current_changed(self, index: QModelIndex) -> None:
        place = self._at(index)
        if place is not None and not self._is_filling:
            self.chosen.emit(place)

    def _fill(self, item: QStandardItem, following: Following) -> None:
        place = following.destination
        name = one_line(place.name, longest=80)
        state = _state_of(following)
        count = following.inbox.messages
        copied = name if isinstance(place, OpenedPlace) else place.text
        values = (_kind_of(following), name, number_text(count), state, copied)
        roles = (_PLACE, _NAME, _COUNT, _STATE, COPIED_ROLE)
        if values == tuple(item.data(role) for role in roles):
            return
        for role, value in zip(roles, values, strict=True):
            item.setData(value, role)
        words = {
            _LIVE: self.tr("followed now"),
            _TROUBLE: self.tr("followed, with trouble"),
            _PAUSED: self.tr("paused"),
            _FILES: self.tr("opened from files"),
        }[state]
        messages = count_text(count, self.tr("1 message"), self.tr("{count} messages"))
        item.setText(name)
        item.setData(f"{name}, {messages}, {words}", Qt.ItemDataRole.AccessibleTextRole)
        item.setToolTip(tooltip(f"{place.text}\n{messages}, {words}"))


class _PlaceDelegate(QStyledItemDelegate):
    """Paints a line; the dot of a live one is filled, so that it is told without its colour."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del index
        return QSize(10, option.fontMetrics.height() + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        view = option.widget
        style = view.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, view)
        palette = option.palette
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        group = QPalette.ColorGroup.Active if option.state & QStyle.StateFlag.State_Active else _INACTIVE
        text = chosen_ink(palette, seen(palette, QPalette.ColorRole.Text), group) if is_chosen else None
        text = text or seen(palette, QPalette.ColorRole.Text)
        quiet = text if is_chosen else secondary(palette)
        area = option.rect.adjusted(8, 0, -8, 0)
        state = index.data(_STATE)
        size = option.fontMetrics.height()
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        mark = QRect(area.right() - size + 1 if mirrored else area.left(), area.center().y() - size // 2, size, size)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state == _LIVE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(text if is_chosen else tone_colours(palette, Tone.GOOD).text)
            side = size * 0.55
            painter.drawEllipse(QRectF(mark.center().x() - side / 2, mark.center().y() - side / 2, side, side))
        else:
            name = "warning" if state == _TROUBLE else index.data(_PLACE)
            ink = tone_colours(palette, Tone.BEWARE).text if state == _TROUBLE and not is_chosen else quiet
            ratio = view.devicePixelRatioF()
            painter.drawPixmap(mark, icons.pixmap(name, ink, size=size, ratio=ratio))
        count = str(index.data(_COUNT))
        metrics = option.fontMetrics
        wide = metrics.horizontalAdvance(count)
        start, end = area.left() + size + 8, area.right() - wide - 8
        words = QRect(start, area.top(), max(0, end - start), area.height())
        number = QRect(area.right() - wide, area.top(), wide + 1, area.height())
        if mirrored:
            words.moveLeft(area.left() + wide + 8)
            number.moveLeft(area.left())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(text)
        name = metrics.elidedText(str(index.data(_NAME)), Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeading | middle, name)
        painter.setPen(quiet)
        painter.drawText(number, Qt.AlignmentFlag.AlignTrailing | middle, count)
        painter.restore()


_INACTIVE = QPalette.ColorGroup.Inactive


def _kind_of(following: Following) -> str:
    """The icon of its kind."""
    place = following.destination
    if isinstance(place, OpenedPlace):
        return "inbox"
    if isinstance(place, ReceiverPlace):
        return "computer"
    return TRANSPORT_ICONS[place.transport]


def _state_of(following: Following) -> str:
    if isinstance(following.destination, OpenedPlace):
        return _FILES
    if not following.is_live:
        return _PAUSED
    return _TROUBLE if following.has_trouble else _LIVE
