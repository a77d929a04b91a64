# SPDX-License-Identifier: MIT
"""What every dialog is made of: never larger than the screen, with its buttons in sight while the rest scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QVBoxLayout, QWidget

from notification_tester.qt.widgets.scroll_page import AsHighAsNeeded, ScrollPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent


class FittingDialog(QDialog):
    """An heir lays out its rows in a ``QVBoxLayout`` of the dialog, the last of which has the buttons.

    When it is shown first, all but that last row becomes what scrolls. An heir that changes its size while it is shown
    calls :meth:`fit`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page: _Page | None = None
        self._foot = QVBoxLayout()

    def setVisible(self, visible: bool) -> None:
        """Make what is in it scroll, and give the dialog a size that fits, before it is in sight."""
        if visible and not self.isVisible():
            self._make_it_scroll()
            self.ensurePolished()
            if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
                self.adjustSize()
            self.fit(self.size())
        super().setVisible(visible)

    def fit(self, size: QSize) -> None:
        """Take that size, or the height that what is in it needs at that width, as far as the screen has room."""
        room, height = self._room(), size.height()
        width = min(size.width(), room.width())
        if self._page is not None:
            height = max(height, self._page.needed_height(width) + self._height_of_foot(width))
        self.resize(width, min(height, room.height()))
        self._come_in_sight()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay on the screen where what came in sight made the dialog higher."""
        super().resizeEvent(event)
        if self.height() == self.minimumHeight() > event.oldSize().height():
            self._come_in_sight()

    def _come_in_sight(self) -> None:
        screen, frame = self.screen().availableGeometry(), self.frameGeometry()
        if self.isVisible() and frame.bottom() > screen.bottom():
            self.move(frame.x(), max(screen.top(), screen.bottom() + 1 - frame.height()))

    def _room(self) -> QSize:
        """How large the dialog can be without its frame, which is as thick as that of the window below."""
        parent = self.parentWidget()
        window = self if parent is None else parent.window()
        return self.screen().availableGeometry().size() - (window.frameGeometry().size() - window.size())

    def _room_for_page(self) -> QSize:
        room = self._room()
        return QSize(room.width(), room.height() - self._height_of_foot(room.width()))

    def _height_of_foot(self, width: int) -> int:
        foot = self._foot
        return foot.minimumHeightForWidth(width) if foot.hasHeightForWidth() else foot.minimumSize().height()

    def _make_it_scroll(self) -> None:
        rows = self.layout()
        if self._page is not None or not isinstance(rows, QVBoxLayout):
            return
        focus: QWidget | None = self.focusWidget()
        if focus is None:
            focus = self._first_field()
        margins = rows.contentsMargins()
        self._foot.setContentsMargins(margins.left(), rows.spacing(), margins.right(), margins.bottom())
        self._foot.setSpacing(rows.spacing())
        buttons = rows.takeAt(rows.count() - 1)
        part, row = (None, None) if buttons is None else (buttons.widget(), buttons.layout())
        if part is not None:
            self._foot.addWidget(part)
        elif row is not None:
            self._foot.addLayout(row)
        margins.setBottom(0)
        rows.setContentsMargins(margins)
        self._page = _Page(rows, self, self._room_for_page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._page, 1)
        whole.addLayout(self._foot)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._page.follow)
        if focus is not None:  # which a widget loses where it is put into another, and with it its place in the row
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def _first_field(self) -> QWidget | None:
        """To which the keyboard comes first; None for a button, as Qt takes the one that Return presses then."""
        first = self.nextInFocusChain()
        while first is not None and first is not self:
            is_stop = bool(first.focusPolicy() & Qt.FocusPolicy.TabFocus) and first.isEnabled()
            if is_stop and first.isVisibleTo(self):
                return None if isinstance(first, QPushButton) else first
            first = first.nextInFocusChain()
        return None


class _Page(ScrollPage):
    """Asks for as much as its rows need, up to ``room``; with less it scrolls, by keyboard too."""

    def __init__(self, rows: QVBoxLayout, dialog: QDialog, room: Callable[[], QSize]) -> None:
        content = AsHighAsNeeded()
        content.setLayout(rows)
        super().__init__(content, dialog)
        self._content = content
        self._rows = rows
        self._room = room
        self.setAccessibleName(dialog.windowTitle())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._range_changed)

    def needed_height(self, width: int) -> int:
        """What the rows need at that width."""
        return self._content.heightForWidth(width)

    def follow(self, before: QWidget | None, focus: QWidget | None) -> None:
        """Have in sight what gets the keyboard from elsewhere in the program; what is clicked stays where it is."""
        if before is not None and focus is not None and self.isAncestorOf(focus) and not QApplication.mouseButtons():
            self.ensureWidgetVisible(focus)

    def minimumSizeHint(self) -> QSize:
        """What the rows need, as far as there is room."""
        needed, room = self._rows.totalMinimumSize(), self._room()
        if needed.height() > room.height():
            needed += QSize(self.verticalScrollBar().sizeHint().width(), 0)
        return needed.boundedTo(room)

    def sizeHint(self) -> QSize:
        """What the rows would like."""
        return self._rows.totalSizeHint()

    def event(self, event: QEvent) -> bool:
        """Ask for more, or less, with what is shown in it."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)

    def _range_changed(self, _: int, most: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus)
