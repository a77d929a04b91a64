# SPDX-License-Identifier: MIT
"""What arrived: the events of a message as a table, what to make of it, and its raw text folded away."""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QHeaderView, QWidget

from notification_tester.qt.lists.tables import PlainTable
from notification_tester.qt.looks.theme import INSIDE_CARD, Card, QuietLabel, Tone, heading
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line, paragraph
from notification_tester.qt.notification.event_model import Column, EventModel
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.raw_text import RawText

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QResizeEvent

    from notification_tester.domain.messages.message import DecodedEvent, DecodedMessage
    from notification_tester.qt.lists.cell_menu import CellMenu

MOST_ROWS = 8
"""Rows that are seen at once; more scroll."""


class Lead(Enum):
    """Where an event of a message leads to, besides the clipboard."""

    FILTER = auto()  # of the list that the message was chosen from
    INBOX = auto()
    HISTORY = auto()


class MessageTable(Card):
    """Shows one message; opens empty and says so. Its cells offer the ``leads`` that whoever shows it can follow.

    ``filter_requested`` with a column and the text of its cell; ``inbox_requested`` and ``history_requested`` with
    words by which what belongs to an event is found there.
    """

    filter_requested = Signal(object, str)
    inbox_requested = Signal(str)
    history_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, leads: Collection[Lead] = ()) -> None:
        self._is_made = False
        super().__init__(parent)
        self.leads = leads
        self.raw = RawText(accessible_name=self.tr("Raw text of the message"))
        self.raw_link = FoldButton(self.tr("Ra&w text"), self.raw)
        top = QHBoxLayout()
        self.title = heading(self.tr("What arrived"), scale=1.1)
        top.addWidget(self.title, 1)
        top.addWidget(self.raw_link)
        self._problem = QWidget()
        self._problem_words = ToneLabel(tone=Tone.BEWARE)
        line = QHBoxLayout(self._problem)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(ToneMark(Tone.BEWARE), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._problem_words, 1)
        self.model = EventModel(self)
        self.table = PlainTable(self.model, air=12)
        self.table.menu_made.connect(self._add_leads)
        self._set_up_table()
        self.note = QuietLabel()
        self.body.addLayout(top)
        self.body.addWidget(self._problem)
        self.body.addWidget(self.table)
        self.body.addWidget(self.note)
        self.body.addWidget(self.raw)
        self.clear()
        self._is_made = True

    def clear(self) -> None:
        """Show that nothing arrived yet."""
        self._fill(None, "")
        self.note.setText(self.tr("Nothing yet. The events of the message will stand here."))

    def show_message(self, message: DecodedMessage | None, raw: str = "") -> None:
        """Show a message as it was read, and its raw text."""
        self._fill(message, raw)
        if message is None:
            self.note.setText(self.tr("There is a text, but no message in it.") if raw else self.tr("Nothing arrived."))
            return
        parts = []
        for one in message.each()[:MOST_ROWS]:
            about_test = "" if message.is_known_test else one.about_test()
            parts += [paragraph(said) for said in (about_test, *one.remarks()) if said]
        if message.is_known_test:
            parts.append(
                self.tr(
                    "A test carries made-up events: the HIT and the assignments in it do not exist. That is normal."
                )
            )
        if message.version:
            parts.append(self.tr("Message version {version}.").format(version=one_line(message.version, longest=40)))
        if message.problem is None and not message.events:
            parts.append(self.tr("There is no event in it."))
        self.note.setText(" ".join(parts))
        self.note.setVisible(bool(parts))

    def _fill(self, message: DecodedMessage | None, raw: str) -> None:
        self.model.set_rows(message.events if message else ())
        self.table.setVisible(bool(message and message.events))
        self._fit()
        problem = message.problem if message else None
        self._problem.setVisible(problem is not None)
        self._problem_words.setText(
            paragraph(f"{problem.title} {problem.detail} {problem.remedy}") if problem is not None else ""
        )
        self.raw_link.setChecked(False)
        self.raw_link.setVisible(bool(raw))
        self.raw.set_text(raw)
        self.note.show()

    def _add_leads(self, menu: CellMenu, index: QModelIndex) -> None:
        event, column = self.model.rows_in_sight()[index.row()], Column(index.column())
        words = event_words(event)
        if Lead.FILTER in self.leads:
            wanted = told_apart_by(event, column)
            menu.add_filter(
                self.model.text(event, column) if wanted else "", partial(self.filter_requested.emit, column, wanted)
            )
        menu.addSeparator()
        if Lead.INBOX in self.leads:
            menu.add_inbox(partial(self.inbox_requested.emit, words)).setEnabled(bool(words))
        if Lead.HISTORY in self.leads:
            menu.add_history(partial(self.history_requested.emit, words)).setEnabled(bool(words))

    def _set_up_table(self) -> None:
        table = self.table
        table.setAccessibleName(self.tr("Events of the message"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.viewport().setAutoFillBackground(False)
        header = table.horizontalHeader()
        header.setResizeContentsPrecision(2 * MOST_ROWS)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the last column fill what is over; where there is no room, ids that a test makes up are left out."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Have as many rows in sight in another size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._is_made:
            self._fit()

    def _fit(self) -> None:
        table = self.table
        header = table.horizontalHeader()
        for column in Column:
            header.setSectionHidden(column, False)  # Qt measures none that is hidden
        widths = {column: max(table.sizeHintForColumn(column), header.sectionSizeHint(column)) for column in Column}
        room = self.contentsRect().width() - 2 * INSIDE_CARD
        if self.model.rowCount() > MOST_ROWS:
            room -= table.verticalScrollBar().sizeHint().width()
        if sum(widths.values()) > room and self.model.has_only_test_ids():
            for column in (Column.HIT, Column.ASSIGNMENT):
                header.setSectionHidden(column, True)
                del widths[column]
        needed = sum(widths.values())
        widths[list(widths)[-1]] += max(0, room - needed)
        for column, width in widths.items():  # left to Qt, it keeps the last column of another message
            header.resizeSection(column, width)
        rows = min(MOST_ROWS, max(1, self.model.rowCount()))
        height = table.horizontalHeader().sizeHint().height() + rows * table.verticalHeader().defaultSectionSize()
        if needed > room:
            height += table.horizontalScrollBar().sizeHint().height()
        table.setFixedHeight(height + 2)


def event_words(event: DecodedEvent) -> str:
    """Words by which an event is found: its HIT type; of a test, whose ids are made up, its kind."""
    return (event.event_type if event.is_test else event.hit_type_id or event.event_type) or ""


def told_apart_by(event: DecodedEvent, column: Column) -> str:
    """What a list is searched for to show only what has the same in this column; empty where that tells nothing."""
    return {Column.EVENT: event.event_type, Column.HIT: event.hit_id, Column.ASSIGNMENT: event.assignment_id}.get(
        column
    ) or ""
