# SPDX-License-Identifier: MIT
"""What can be done with a cell of a table: copy it, copy its row, filter by it, and find its row on other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QTableView, QTreeView, QWidget

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.visible_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint


COPIED_ROLE = int(Qt.ItemDataRole.UserRole) + 20
"""What is copied of a cell that shows less, or something else."""


class CellMenu(QMenu):
    """Gone once it is closed. A row is copied as spreadsheets take it: cells with tabs between them.

    Where a row has one cell alone, it is offered once. Keys of what is in it are always shown.
    """

    def __init__(self, cell: str, row: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._calls: dict[QAction, Callable[[], object]] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.triggered.connect(self._do)
        self.copy_cell = self.add(self.tr("&Copy cell"), lambda: copy_text(cell), icon_name="copy")
        self.copy_cell.setEnabled(bool(cell))
        self.copy_row = self.add(self.tr("Copy &row"), lambda: copy_text("\t".join(row)))
        if len(row) < 2:
            self.copy_cell.setText(self.tr("&Copy"))
            self.copy_row.setVisible(False)
        self.aboutToShow.connect(self._show_keys)

    def add(self, text: str, call: Callable[[], object], *, icon_name: str = "") -> QAction:
        """One thing more that can be done."""
        action = QAction(text, self)
        if icon_name:
            action.setIcon(icons.icon(icon_name))
        self._calls[action] = call
        self.addAction(action)
        return action

    def event(self, event: QEvent) -> bool:
        """Let go of what it calls once it is gone: a dialog held by that alone would end in the middle of its end."""
        calls = self._calls
        if event.type() == QEvent.Type.DeferredDelete:
            self._calls = {}
        is_done = super().event(event)
        del calls
        return is_done

    def add_filter(self, value: str, call: Callable[[], object]) -> QAction:
        """Offer to show only what has this value; in grey where there is none to tell rows apart by."""
        shown = one_line(value, longest=40).replace("&", "&&").strip()
        named = self.tr("&Filter by “{text}”").format(text=shown)
        action = self.add(named if shown else self.tr("&Filter by this"), call, icon_name="filter")
        action.setEnabled(bool(shown))
        return action

    def add_inbox(self, call: Callable[[], object]) -> QAction:
        """Offer to see in the Inbox what belongs to the row."""
        return self.add(self.tr("Open in &Inbox"), call, icon_name="inbox")

    def add_history(self, call: Callable[[], object]) -> QAction:
        """Offer to see in the history what belongs to the row."""
        return self.add(self.tr("Open in &History"), call, icon_name="history")

    def _do(self, action: QAction) -> None:
        call = self._calls.get(action)
        if call is not None:
            call()

    def _show_keys(self) -> None:
        for action in self.actions():
            action.setShortcutVisibleInContextMenu(True)


def copied_text(index: QModelIndex | QPersistentModelIndex) -> str:
    """What is copied of a cell, with ordinary blanks."""
    copied = index.data(COPIED_ROLE)
    return str(index.data() or "" if copied is None else copied).replace("\u00a0", " ")


def menu_of(view: QTableView | QTreeView | QListView, index: QModelIndex) -> CellMenu:
    """The menu of a cell, whose row is that of the columns in sight, in their order."""
    header = (
        view.horizontalHeader()
        if isinstance(view, QTableView)
        else view.header()
        if isinstance(view, QTreeView)
        else None
    )
    columns = [0] if header is None else [header.logicalIndex(place) for place in range(header.count())]
    shown = [one for one in columns if header is None or not header.isSectionHidden(one)]
    return CellMenu(copied_text(index), [copied_text(index.siblingAtColumn(one)) for one in shown], view)


def offer_menu(view: QTreeView | QListView, more: Callable[[CellMenu, QModelIndex], object] | None = None) -> None:
    """Have a list or tree of Qt's own offer it, by the pointer and by the keyboard's key for menus.

    ``more`` adds what else can be done with a cell.
    """

    def open_menu(place: QPoint) -> None:
        index = view.indexAt(place)
        if index.isValid():
            menu = menu_of(view, index)
            if more is not None:
                more(menu, index)
            menu.popup(view.viewport().mapToGlobal(place))

    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.customContextMenuRequested.connect(open_menu)


def place_of_menu(view: QAbstractItemView, event: QContextMenuEvent) -> tuple[QModelIndex, QPoint]:
    """For which cell a menu is asked, and where it opens: under the pointer, or at the keyboard's own cell."""
    if event.reason() is QContextMenuEvent.Reason.Mouse:
        return view.indexAt(event.pos()), event.globalPos()
    index = view.currentIndex()
    view.scrollTo(index)
    return index, view.viewport().mapToGlobal(view.visualRect(index).center())


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
