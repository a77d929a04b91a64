# SPDX-License-Identifier: MIT
"""A page with a long list: a filter above it, one row whole beside or below it, and a file of what it shows.

Reading a row is numbered: what a person chose first may be answered last, and must not replace the newer answer. The
widgets for the whole row are made when a row is first chosen: many looks at a page need none of them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from notification_tester.qt.lists.row_details import RowDetails
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import BETWEEN_CARDS, PAGE_MARGIN, QuietLabel, heading
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.saved_file import SavedNote
from notification_tester.qt.widgets.scroll_page import AsHighAsNeeded, ScrollPage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.lists.list_files import ListFiles
    from notification_tester.qt.lists.row_filter import RowFilter
    from notification_tester.qt.lists.row_model import RowModel
    from notification_tester.qt.lists.tables import RowTable

WIDE = 1240
"""Points from which the details stand beside the list instead of below it."""

Details = TypeVar("Details", bound=RowDetails)


class ListPage(QWidget, Generic[Details]):
    """Subclasses make model, filter, table and files, then call ``_lay_out``."""

    model: RowModel[Any, Any, Any]
    filter: RowFilter[Any]
    table: RowTable
    files: ListFiles
    scrolls = False
    """Whether the page scrolls as a whole where there is no room for all of it, rather than cut its parts."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._details: Details | None = None
        self._details_number = 0
        self._shown: int | None = None  # which row is whole in the details
        self._divided = False  # whether list and details have their shares of the room
        self.status = QuietLabel("", self)
        self.status.setWordWrap(False)
        self.problem = ProblemCard(self)
        self.note = SavedNote(self)
        self.export = QPushButton(self.tr("&Export…"), self)
        self.export.setIcon(icons.icon("export"))
        self.export.setAutoDefault(False)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._details_place = QWidget(self.splitter)
        self._details_place.hide()
        self._stack = QStackedWidget(self)
        self._below = AsHighAsNeeded(self) if self.scrolls else QWidget(self)

    @property
    def details(self) -> Details:
        """One row, whole."""
        if self._details is None:
            self._details = self._make_details(self._details_place)
            inside = QVBoxLayout(self._details_place)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(self._details)
        return self._details

    def prepare(self) -> None:
        """Make the details ahead, so that the first row that is chosen is shown at once."""
        self._details = self.details

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the details where there is room for them."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Horizontal if self.width() >= WIDE else Qt.Orientation.Vertical
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)
            self._share_room()

    def changeEvent(self, event: QEvent) -> None:
        """Have room for how many there are in another size of text, too."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.status.setFixedSize(self.status.sizeHint())

    def _make_details(self, parent: QWidget) -> Details:
        raise NotImplementedError

    def _number_of(self, row: Any) -> int:
        """What a row is read by."""
        raise NotImplementedError

    def _read_whole(self, number: int) -> Callable[[], Any]:
        """How one is read, on a worker; None where it is gone."""
        raise NotImplementedError

    def _show_whole(self, found: Any) -> None:
        """Show what was read in the details."""
        raise NotImplementedError

    def _ask(self) -> None:
        """Show what the filter lets through."""
        raise NotImplementedError

    def _show_state(self) -> None:
        """Show the list, or why there is none."""
        raise NotImplementedError

    def _choose_file(self) -> None:
        """Ask where to export to."""
        raise NotImplementedError

    def _actions_of(self, problem: Problem) -> list[tuple[str, str]]:
        """What the page can do about a problem, as the text and the key of a button each."""
        raise NotImplementedError

    def _show_failure(self, problem: Problem) -> None:
        self.problem.show_problem(problem, self._actions_of(problem))
        self._show_state()

    def _say_status(self, text: str) -> None:
        """Say how many there are; the label only ever gets wider, as each new size has the whole page laid out anew."""
        self.status.setText(text)
        needed = self.status.sizeHint()
        if needed.width() > self.status.minimumWidth() or needed.height() > self.status.minimumHeight():
            self.status.setFixedSize(needed)

    def _show_chosen(self) -> None:
        row = self.model.row_at(self.table.currentIndex())
        if row is None:
            self._details_number += 1
            self._show_details(visible=False)
        elif self._details_place.isHidden() or self._shown != self._number_of(row):
            self._read_details(self._number_of(row))

    def _read_details(self, number: int) -> None:
        self._details_number += 1
        self._tasks.run(
            self._read_whole(number),
            done=partial(self._details_read, self._details_number, number),
            failed=self._show_failure,
        )

    def _details_read(self, asked: int, number: int, found: object | None) -> None:
        if asked != self._details_number:
            return
        if found is not None:
            self._shown = number
            self._show_whole(found)
        self._show_details(visible=found is not None)

    def _show_details(self, *, visible: bool) -> None:
        if self._details_place.isHidden() is visible:
            self._details_place.setVisible(visible)
            if visible and not self._divided:
                self._divided = True
                self._share_room()

    def _copy_details(self) -> None:
        if self._shown is not None:
            self.details.copy_all()

    def _lay_out(
        self,
        title: str,
        *,
        instead: Sequence[QWidget],
        above: QWidget | None = None,
        over_list: QWidget | None = None,
        beside: QWidget | None = None,
    ) -> None:
        """Put everything in its place; ``instead`` are what may stand where the list would.

        ``above`` stands above all of it, ``over_list`` between that and the filter, ``beside`` at the left of both.
        """
        self.splitter.insertWidget(0, self.table)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(BETWEEN_CARDS)
        self._share_room()
        for page in (self.splitter, *instead):
            self._stack.addWidget(page)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.export)
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(BETWEEN_CARDS)
        if over_list is not None:
            below.addWidget(over_list)
        below.addLayout(tools)
        below.addWidget(self.note)
        below.addWidget(self._stack, 1)
        top = QHBoxLayout()
        top.addWidget(heading(title, self, scale=1.7), 1)
        top.addWidget(self.status, 0, Qt.AlignmentFlag.AlignBottom)
        body = QVBoxLayout(self._scrolled() if self.scrolls else self)
        body.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        body.setSpacing(BETWEEN_CARDS)
        body.addLayout(top)
        body.addWidget(self.problem)
        right: QBoxLayout = body
        if beside is not None:
            right = QVBoxLayout()
            right.setSpacing(BETWEEN_CARDS)
            sides = QHBoxLayout()
            sides.setSpacing(BETWEEN_CARDS)
            sides.addWidget(beside)
            sides.addLayout(right, 1)
            body.addLayout(sides, 1)
        if above is not None:
            right.addWidget(above)
        right.addWidget(self._below, 1)
        self._connect()

    def _scrolled(self) -> QWidget:
        """What is in the page, where it scrolls."""
        content = AsHighAsNeeded(self)
        page = ScrollPage(content, self)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(page)
        return content

    def _connect(self) -> None:
        self.model.failed.connect(self._show_failure)
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.filter.changed.connect(self._ask)
        self.export.clicked.connect(self._choose_file)
        self.files.busy.connect(self.export.setDisabled)
        self.files.written.connect(self.note.say_saved)
        self.files.failed.connect(self._show_failure)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.filter.search.setFocus)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, self._copy_details)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)  # as an argument it is passed over

    def _share_room(self) -> None:
        beside = self.splitter.orientation() is Qt.Orientation.Horizontal
        room = self.width() if beside else self.height()
        self.splitter.setSizes([room * 11 // 20, room * 9 // 20])
