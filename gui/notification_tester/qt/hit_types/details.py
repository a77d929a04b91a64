# SPDX-License-Identifier: MIT
"""One HIT type, whole: what it is, what is set as far as the record knows, and all that it says, newest first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.problem import Remedy
from notification_tester.domain.setting import LineState
from notification_tester.qt.hit_types.texts import (
    action_text,
    history_words,
    newest_text,
    reward_text,
    row_shape,
    row_tone,
    setting_text,
    state_meaning,
    state_word,
    tested_meaning,
)
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import count_text, exact_text, moment_text, now_utc, number_text
from notification_tester.qt.looks.theme import (
    BETWEEN_CARDS,
    Card,
    QuietLabel,
    Tone,
    heading,
    plain_label,
    set_tooltip,
)
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import destination_and_kind, events_text
from notification_tester.qt.notification.remedies import remedies_of_the_past, remedy_buttons
from notification_tester.qt.widgets.flow_layout import discard_all
from notification_tester.qt.widgets.link_button import LinkButton
from notification_tester.qt.widgets.problem_card import ProblemCard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.setting import LedgerLine
    from notification_tester.qt.hit_types.table import HitTypesTable
    from notification_tester.services.hit_types.bulk_types import HitTypeRow

MOST_AT_ONCE = 40
"""Lines of the record that are shown before one asks for more."""

LONGEST_TITLE = 2_000
"""Characters of a title that is told as a whole below its beginning; Mechanical Turk takes 128."""

_ABLE = frozenset({Remedy.CHANGE_KEYS, Remedy.LINK_ACCOUNT})
"""Of what stands in the record, as of what the history has: all else is about the destination in the form of Test."""

_TONES = {
    LineState.APPLIED: Tone.GOOD,
    LineState.FAILED: Tone.BAD,
    LineState.PENDING: Tone.BEWARE,
    LineState.UNKNOWN: Tone.BEWARE,
    LineState.NOT_SENT: Tone.UNKNOWN,
}
_MARKS = {LineState.PENDING: "clock", LineState.UNKNOWN: "question", LineState.NOT_SENT: "minus"}


class HitTypeDetails(QWidget):
    """Shows a row at once, and its lines of the record when they were read.

    ``lines_wanted`` with the id of the HIT type, ``closed`` to be hidden; ``inbox_requested`` and
    ``history_requested`` with words by which what belongs to it is found there; ``remedy_requested(Remedy)`` for what
    the window can do about why a change failed.
    """

    lines_wanted = Signal(str)
    inbox_requested = Signal(str)
    history_requested = Signal(str)
    remedy_requested = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: HitTypeRow | None = None
        self._lines: list[LedgerLine] = []
        self.title = heading("", self, scale=1.2)
        self.id = QuietLabel("", self)
        self.id.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton(icons.icon("copy"), "", self)
        self.copy.setToolTip(self.tr("Copy the id"))
        self.copy.setAccessibleName(self.tr("Copy the id"))
        self.copy.setAutoDefault(False)
        self.copy.setFlat(True)
        self.copy.clicked.connect(self._copy_id)
        self.close_link = LinkButton(self.tr("Close"), self)
        self.close_link.setToolTip(self.tr("Esc"))
        self.close_link.clicked.connect(self.closed)
        self.inbox_link = LinkButton(self.tr("Open in Inbox"), self)
        self.inbox_link.clicked.connect(self._open_inbox)
        self.history_link = LinkButton(self.tr("Open in History"), self)
        self.history_link.clicked.connect(self._open_history)
        self.mark = ToneMark(Tone.UNKNOWN, self)
        self.state = ToneLabel("", self)
        self.meaning = QuietLabel("", self)
        self.problem = ProblemCard(self)
        self.problem.remedy_requested.connect(self.remedy_requested)
        self.facts = QGridLayout()
        self._facts: dict[str, QWidget] = {}
        self.no_lines = QuietLabel("", self)
        self.older = LinkButton("", self)
        self.older.clicked.connect(self._show_all)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        self._lay_out()
        self._least = self.fontMetrics().horizontalAdvance("3ABCDEFGHIJKLMNOPQRSTUVWXYZ012") + 76
        self.setMinimumWidth(self._least)

    @property
    def row(self) -> HitTypeRow | None:
        """The row that is shown."""
        return self._row

    def show_row(self, row: HitTypeRow) -> None:
        """Show a row; its lines are asked for anew, as there may be more by now."""
        is_other = self._row is None or self._row.id != row.id
        self._row = row
        self.title.setText(one_line(row.title) or self.tr("(no title known)"))
        self.id.setText(row.id)
        state = row.state
        tone, shape = row_tone(row), row_shape(row)
        self.mark.setVisible(bool(shape))
        self.mark.set_tone(tone, shape if shape in {"question", "clock", "check"} else "")
        if shape in {"stop", "dot", "minus"}:
            self.mark.set_tone(tone, "minus")
        self.state.set_tone(tone)
        self.state.setText(state_word(state))
        self.meaning.setText(state_meaning(row))
        if row.problem is not None and row.line_state is LineState.FAILED:
            now = replace(row.problem, remedies=remedies_of_the_past(row.problem))
            self.problem.show_problem(row.problem, remedy_buttons(now, _ABLE))
        else:
            self.problem.clear()
        self._show_facts(row)
        self._keep_whole()
        if is_other:
            self._clear_lines()
            self.no_lines.setText(self.tr("Reading the record…"))
            self.no_lines.show()
        if row.has_record:
            self.lines_wanted.emit(row.id)
        else:
            self.no_lines.setText(state_meaning(row))

    def _keep_whole(self) -> None:
        """Be as wide as a name to be copied needs, such as that of a permission: it scrolls in one direction only."""
        inner = self._area.widget()
        layout = None if inner is None else inner.layout()
        if layout is not None:
            layout.activate()
            wanted = layout.minimumSize().width() + self._area.verticalScrollBar().sizeHint().width()
            self.setMinimumWidth(max(self._least, wanted))

    def show_lines(self, hit_type_id: str, lines: Sequence[LedgerLine]) -> None:
        """Show the lines of the row; those of another one are left aside."""
        if self._row is None or self._row.id != hit_type_id:
            return
        self._lines = list(lines)
        self._fill(self._lines[:MOST_AT_ONCE])

    def _lay_out(self) -> None:
        inner = QWidget(self)
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(BETWEEN_CARDS)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.close_link, 0, Qt.AlignmentFlag.AlignTop)
        line = QHBoxLayout()
        line.addWidget(self.id, 1)
        line.addWidget(self.copy)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addLayout(top)
        head.addLayout(line)
        links = QHBoxLayout()
        links.setSpacing(16)
        links.addWidget(self.inbox_link)
        links.addWidget(self.history_link)
        links.addStretch(1)
        head.addLayout(links)
        rows.addLayout(head)
        state = QHBoxLayout()
        state.addWidget(self.mark)
        state.addWidget(self.state, 1)
        rows.addLayout(state)
        rows.addWidget(self.meaning)
        rows.addWidget(self.problem)
        self.facts.setHorizontalSpacing(12)
        self.facts.setVerticalSpacing(4)
        self.facts.setColumnStretch(1, 1)
        for number, (key, text) in enumerate(
            (
                ("destination", self.tr("Goes to")),
                ("events", self.tr("Events")),
                ("version", self.tr("Version")),
                ("tested", self.tr("Tested")),
                ("hits", self.tr("HITs")),
                ("newest", self.tr("Newest HIT")),
                ("reward", self.tr("Reward")),
                ("title", self.tr("Whole title")),
            )
        ):
            name, value = QuietLabel(text, inner), plain_label("", inner)
            self.facts.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            self.facts.addWidget(value, number, 1)
            self._facts[f"{key}-name"], self._facts[key] = name, value
        rows.addLayout(self.facts)
        rows.addWidget(heading(self.tr("What the record says, newest first"), inner))
        rows.addWidget(self.no_lines)
        rows.addLayout(self._cards)
        rows.addWidget(self.older, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch(1)
        area = self._area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(area)

    def _show_facts(self, row: HitTypeRow) -> None:
        spec = row.setting.spec
        values = {
            "destination": "" if spec is None else f"{destination_and_kind(spec)}\n{one_line(spec.destination.place)}",
            "events": "" if spec is None else events_text(spec.events, most=12),
            "version": "" if spec is None else spec.version,
            "tested": tested_meaning(row, now_utc()),
            "hits": "\n".join(
                f"{one_line(status)}: {number_text(count)}" for status, count in sorted(row.hits_by_status.items())
            ),
            "newest": newest_text(row.newest),
            "reward": reward_text(row.reward),
            "title": whole if (whole := one_line(row.title, longest=LONGEST_TITLE)) != one_line(row.title) else "",
        }
        for key, value in values.items():
            label = self._facts[key]
            if hasattr(label, "setText"):
                label.setText(value)
            label.setVisible(bool(value))
            self._facts[f"{key}-name"].setVisible(bool(value))
        set_tooltip(self._facts["destination"], "" if spec is None else spec.destination.text)

    def _fill(self, lines: Sequence[LedgerLine]) -> None:
        self._clear_lines()
        for line in lines:
            self._cards.addWidget(_LineCard(line, self))
        left = len(self._lines) - len(lines)
        self.older.setText(count_text(left, self.tr("Show the older one"), self.tr("Show {count} older ones")))
        self.older.setVisible(left > 0)
        self.no_lines.setText(
            self.tr("Nothing was set from here. That does not mean that nothing is set: somebody else may have set it.")
        )
        self.no_lines.setVisible(not lines)

    def _show_all(self) -> None:
        self._fill(self._lines)

    def _clear_lines(self) -> None:
        self.older.hide()
        discard_all(self._cards)

    def _open_inbox(self) -> None:
        if self._row is not None:
            self.inbox_requested.emit(self._row.id)

    def _open_history(self) -> None:
        if self._row is not None:
            self.history_requested.emit(history_words(self._row))

    def _copy_id(self) -> None:
        if self._row is not None:
            QGuiApplication.clipboard().setText(self._row.id)


class _LineCard(Card):
    """One change: when, what, how it ended."""

    def __init__(self, line: LedgerLine, parent: QWidget) -> None:
        super().__init__(parent)
        self.body.setContentsMargins(12, 10, 12, 10)
        self.body.setSpacing(4)
        now = now_utc()
        tone = _TONES[line.state]
        mark = ToneMark(tone, self)
        mark.set_tone(tone, _MARKS.get(line.state, ""))
        title = heading(action_text(line.change.action), self)
        when = QuietLabel(moment_text(line.at, now), self)
        when.setToolTip(exact_text(line.at))
        when.setWordWrap(False)
        top = QHBoxLayout()
        top.addWidget(mark)
        top.addWidget(title, 1)
        top.addWidget(when)
        self.body.addLayout(top)
        what = plain_label(setting_text(line.change.after, most=12), self)
        self.body.addWidget(what)
        end = ToneLabel(self._ending(line), self, tone=tone if tone is not Tone.GOOD else Tone.PLAIN)
        self.body.addWidget(end)
        self.setAccessibleName(f"{when.text()}: {title.text()}. {what.text()}. {end.text()}")

    def _ending(self, line: LedgerLine) -> str:
        imported = self.tr("From an imported record. ") if line.imported else ""
        match line.state:
            case LineState.APPLIED:
                later = line.takes_effect_by
                if later is not None and later > now_utc():
                    return imported + self.tr("Mechanical Turk took it; it takes effect by {later}.").format(
                        later=moment_text(later, now_utc())
                    )
                return imported + self.tr("Mechanical Turk took it.")
            case LineState.FAILED:
                why = f"{line.problem.title} {line.problem.detail}" if line.problem else self.tr("No reason was given.")
                return imported + self.tr("Not applied. {why}").format(why=one_line(why, longest=600))
            case LineState.PENDING:
                return imported + self.tr("Being sent just now.")
            case LineState.NOT_SENT:
                return imported + self.tr("Not sent: it was stopped before. What was set before still holds.")
            case LineState.UNKNOWN if line.problem is not None:
                why = one_line(f"{line.problem.title} {line.problem.detail}", longest=600)
                return imported + self.tr("Not known whether applied. {why}").format(why=why)
            case LineState.UNKNOWN:
                return imported + self.tr("Not known whether applied: the program ended before the answer came.")


class TableAndDetails(QSplitter):
    """The table, and one HIT type beside it: that of the row where the keyboard is, from row to row.

    It asks for the height of a few rows: more is given where there is room, and the page scrolls where not.
    """

    lines_wanted = Signal(str)
    inbox_requested = Signal(str)
    history_requested = Signal(str)
    remedy_requested = Signal(object)
    changed = Signal()  # the details came or went, or another row may be shown

    def __init__(self, table: HitTypesTable, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table = table
        self.details: HitTypeDetails | None = None  # made when first wanted
        self.addWidget(table)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(BETWEEN_CARDS)
        self.setStretchFactor(0, 3)
        table.opened.connect(self.open_details)
        table.selectionModel().currentRowChanged.connect(self._follow)

    def sizeHint(self) -> QSize:
        """As wide as its parts, and some rows high."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() * 13)

    def minimumSizeHint(self) -> QSize:
        """No less than a few rows."""
        return QSize(super().minimumSizeHint().width(), self.fontMetrics().height() * 10)

    @property
    def is_open(self) -> bool:
        """Whether the details are in sight."""
        return self.details is not None and not self.details.isHidden()

    @property
    def can_open(self) -> bool:
        """Whether there is a row to be shown."""
        return self._table.current_row() is not None or self._table.chosen_count() > 0

    def toggle_details(self) -> None:
        """Open them, or close them."""
        if self.is_open:
            self.close_details()
        else:
            self.open_details()

    def open_details(self) -> None:
        """Show the row where the keyboard is, or else the first chosen one."""
        row = self._table.current_row() or next(iter(self._table.chosen()), None)
        if row is not None:
            if self.details is None:
                self.details = HitTypeDetails(self)
                self.details.lines_wanted.connect(self.lines_wanted)
                self.details.inbox_requested.connect(self.inbox_requested)
                self.details.history_requested.connect(self.history_requested)
                self.details.remedy_requested.connect(self.remedy_requested)
                self.details.closed.connect(self.close_details)
                self.addWidget(self.details)
                self.setStretchFactor(1, 2)
            self.details.show()
            self.details.show_row(row)
        self.changed.emit()

    def close_details(self) -> None:
        """Leave the room to the table."""
        if self.details is not None:
            focus = QApplication.focusWidget()
            had_focus = focus is not None and self.details.isAncestorOf(focus)
            self.details.hide()
            if had_focus:
                self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def rows_changed(self) -> None:
        """Bring the details up to date."""
        if self.details is not None and self.details.row is not None and self.is_open:
            row = self._table.row_of(self.details.row.id)
            if row is not None and row != self.details.row:
                self.details.show_row(row)

    def show_lines(self, hit_type_id: str, lines: Sequence[LedgerLine]) -> None:
        """Show the lines of the record, where they are those of the HIT type that is shown."""
        if self.details is not None:
            self.details.show_lines(hit_type_id, lines)

    def _follow(self) -> None:
        row = self._table.current_row()
        if row is not None and self.details is not None and self.is_open:
            shown = self.details.row
            if shown is None or shown.id != row.id:
                self.details.show_row(row)
        self.changed.emit()
