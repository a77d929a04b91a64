# SPDX-License-Identifier: MIT
"""Before anything is sent: what to set, what would change for each HIT type, and a button that says how many are sent.

Escape and Return both leave everything as it is. In LIVE the number of HIT types has to be typed first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.coverage import Result
from notification_tester.domain.problem import ProblemError, Remedy
from notification_tester.domain.setting import Action, takes_effect_within
from notification_tester.qt.hit_types.setting_form import SettingForm
from notification_tester.qt.hit_types.table import CalmTable
from notification_tester.qt.hit_types.texts import effect_text, setting_text
from notification_tester.qt.lists.cell_menu import COPIED_ROLE
from notification_tester.qt.lists.table_model import ListModel, Mark
from notification_tester.qt.looks.formatting import ago_text, count_text, is_the_number, now_utc, number_text
from notification_tester.qt.looks.theme import (
    BETWEEN_CARDS,
    QuietLabel,
    Tone,
    heading,
    plain_label,
    set_tooltip,
)
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.names import destination_and_kind, events_text, spec_text
from notification_tester.qt.notification.remedies import remedy_buttons, remedy_text
from notification_tester.qt.widgets.field_note import as_high_as_needed, buddy_label
from notification_tester.qt.widgets.fields import ChoiceField
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.pill_badge import PillBadge
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.scroll_page import ScrollContent
from notification_tester.services.hit_types.bulk_types import Effect, PreviewRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QModelIndex, SignalInstance
    from PySide6.QtGui import QPaintEvent

    from notification_tester.domain.account import Account
    from notification_tester.domain.coverage import SpecTest
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.hit_types.controller import SpecChoice
    from notification_tester.qt.lists.cell_menu import CellMenu
    from notification_tester.services.hit_types.bulk_types import BulkRequest, Preview


PAUSE = 300
"""Milliseconds after a change of the form, until it is found out what it would change."""
_FIRST = {Effect.LEFT_OUT: 0, Effect.DOUBTFUL: 1}


class PreviewColumn(IntEnum):
    """The columns, in the order in which they are shown."""

    HIT_TYPE = 0
    EFFECT = 1
    BEFORE = 2
    AFTER = 3


class PreviewModel(ListModel[PreviewRow, PreviewColumn]):
    """The rows of a preview, all of them or those of one effect; those that need a look come first."""

    is_calm = True

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(PreviewColumn, parent=parent)

    def set_rows(self, rows: Iterable[PreviewRow]) -> None:
        """Show other rows."""
        super().set_rows(sorted(rows, key=lambda row: _FIRST.get(row.effect, 2)))

    def counts(self) -> Counter[Effect]:
        """How many rows there are of each effect."""
        return Counter(row.effect for row in self._all)

    def title(self, column: PreviewColumn) -> str:
        """The name of a column."""
        return {
            PreviewColumn.HIT_TYPE: self.tr("HIT type"),
            PreviewColumn.EFFECT: self.tr("What happens"),
            PreviewColumn.BEFORE: self.tr("Now"),
            PreviewColumn.AFTER: self.tr("Afterwards"),
        }[column]

    def text(self, row: PreviewRow, column: PreviewColumn) -> str:
        """What a cell shows."""
        match column:
            case PreviewColumn.HIT_TYPE:
                return one_line(row.title) or row.hit_type_id
            case PreviewColumn.EFFECT:
                return effect_text(row, whole=False)
            case PreviewColumn.BEFORE:
                known = setting_text(row.before, most=2)
                if not row.is_in_doubt:
                    return known
                return self.tr("Not known whether the last change was applied. Before it: {known}").format(known=known)
            case PreviewColumn.AFTER:
                return "" if row.change is None else setting_text(row.change.after, most=2)

    def tip(self, row: PreviewRow, column: PreviewColumn) -> str:
        """The whole of it."""
        match column:
            case PreviewColumn.HIT_TYPE:
                return f"{one_line(row.title)} {row.hit_type_id}".strip()
            case PreviewColumn.EFFECT:
                return effect_text(row)
            case PreviewColumn.BEFORE if row.before.spec:
                return f"{spec_text(row.before.spec, most=12)} — {row.before.spec.destination.text}"
            case PreviewColumn.AFTER if row.change is not None and row.change.after.spec:
                return f"{spec_text(row.change.after.spec, most=12)} — {row.change.after.spec.destination.text}"
            case _:
                return self.text(row, column)

    def mark(self, row: PreviewRow, column: PreviewColumn) -> Mark | None:
        """The colour of what is left out."""
        return Mark(Tone.BEWARE) if column is PreviewColumn.EFFECT and row.effect in _FIRST else None

    def more(self, row: PreviewRow, column: PreviewColumn, role: int) -> Any:
        """All of what happens, to be copied."""
        if role == COPIED_ROLE and column is PreviewColumn.EFFECT:
            return effect_text(row)
        return super().more(row, column, role)


class PreviewDialog(FittingDialog):
    """Asks for previews by ``preview_wanted(BulkRequest)`` and gets them by ``show_preview``.

    Where something is to be set, a form stands beside the preview. It is filled by what is chosen above it: the last
    green test, a preset, what others have; and a person may fill it in, or change it, by hand.

    ``confirmed(tuple of Change)`` once, when a person wants them sent; ``test_wanted(NotificationSpec)`` when the
    specification is to be tested first; ``inbox_requested`` and ``history_requested`` with the id of a HIT type, to see
    there what belongs to it; ``remedy_requested(Remedy)`` for what the window can do about a problem. Each of them ends
    the preview.
    """

    preview_wanted = Signal(object)
    confirmed = Signal(object)
    test_wanted = Signal(object)
    remedy_requested = Signal(object)
    inbox_requested = Signal(str)
    history_requested = Signal(str)

    def __init__(
        self, account: Account, request: BulkRequest, choices: Sequence[SpecChoice] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._account = account
        self._request = request
        self._choices = tuple(choices)
        self._has_form = request.action is Action.APPLY
        self._preview: Preview | None = None
        self.setWindowTitle(self._title())
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._make_parts()
        self._lay_out()
        self.resize(self.sizeHint())
        self._show_waiting()

    def sizeHint(self) -> QSize:
        """Wide enough to compare before and after, and never larger than a small screen."""
        width = self.fontMetrics().averageCharWidth()
        return QSize(min(170 * width, 1000), 600)

    def begin(self) -> None:
        """Ask for the first preview, where it is clear of what, and come into sight."""
        self._choice_changed()
        self.open()
        if self.choice.isVisible() and self.choice.currentIndex() < 0:
            self.choice.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def request(self) -> BulkRequest:
        """What is previewed."""
        return self._request

    def show_preview(self, preview: Preview) -> None:
        """Show what would change; a preview of another request than the newest is left aside."""
        if preview.request is not self._request:
            return
        self._preview = preview
        self.problem.clear()
        self.model.set_rows(preview.rows)
        self._fill_shown()
        self._show_tested(preview)
        self._show_summary(preview)
        self.table.show()
        self._enable()

    def show_problem(self, problem: Problem, request: BulkRequest) -> None:
        """It could not be found out what ``request``, if that is the newest, would change; then nothing can be sent."""
        if request is not self._request:
            return
        self._preview = None
        self.model.set_rows(())
        again = [(remedy_text(Remedy.TRY_AGAIN), "look")] if Remedy.TRY_AGAIN in problem.remedies else []
        self.problem.show_problem(problem, [*again, *remedy_buttons(problem)])
        self.summary.setText("")
        self._enable()

    def _title(self) -> str:
        number = len(self._request.hit_type_ids)
        texts = {
            Action.APPLY: (
                self.tr("Set the notification of 1 HIT type"),
                self.tr("Set the notification of {count} HIT types"),
            ),
            Action.SWITCH_ON: (
                self.tr("Switch on the notification of 1 HIT type"),
                self.tr("Switch on the notification of {count} HIT types"),
            ),
            Action.SWITCH_OFF: (
                self.tr("Switch off the notification of 1 HIT type"),
                self.tr("Switch off the notification of {count} HIT types"),
            ),
            Action.UNDO: (self.tr("Undo for 1 HIT type"), self.tr("Undo for {count} HIT types")),
            Action.REAPPLY: (self.tr("Re-apply to 1 HIT type"), self.tr("Re-apply to {count} HIT types")),
        }
        one, many = texts.get(
            self._request.action, (self.tr("Send 1 change again"), self.tr("Send {count} changes again"))
        )
        return count_text(number, one, many)

    def _make_parts(self) -> None:
        self.heading = heading(self._title(), self, scale=1.4)
        self.badge = PillBadge(self._account.environment, self)
        self.choice = _Choice(self)
        self.choice.setAccessibleName(self.tr("What to apply"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(24)
        self.choice.setPlaceholderText(self.tr("Choose, or fill in below…"))
        for number, one in enumerate(self._choices):
            self.choice.addItem(one.label)
            self.choice.setItemData(number, tooltip(one.label), Qt.ItemDataRole.ToolTipRole)
        # What was not tested is a person's own choice.
        self.choice.setCurrentIndex(0 if self._choices and self._choices[0].is_green else -1)
        self.choice.currentIndexChanged.connect(self._choice_changed)
        beware = next((one.beware for one in self._choices if one.beware), "")
        self.newest = ToneLabel(beware, self, tone=Tone.BEWARE)
        as_high_as_needed(self.newest)
        self.choice.setAccessibleDescription(self.newest.text())
        self.form = SettingForm([one.spec for one in self._choices], self) if self._has_form else None
        self._typing = QTimer(self, singleShot=True, interval=PAUSE)
        self._typing.timeout.connect(self._take_form)
        if self.form is not None:
            self.form.changed.connect(self._form_changed)
        self.destination = plain_label("", self)
        self.events = plain_label("", self)
        self.tested_mark = ToneMark(Tone.UNKNOWN, self)
        self.tested = ToneLabel("", self)
        self.test_first = QPushButton(self.tr("&Test it first"), self)
        self.test_first.setAutoDefault(False)
        self.test_first.clicked.connect(self._test_first)
        self.problem = ProblemCard(self)
        self.problem.remedy_requested.connect(partial(self._leave, self.remedy_requested))
        self.problem.action.connect(self._act)
        self.summary = heading("", self)
        self.shown = ChoiceField(self)
        self.shown.setAccessibleName(self.tr("Rows to show"))
        self.shown.currentIndexChanged.connect(self._narrow)
        self.model = PreviewModel(self)
        self.table = CalmTable(self.model, self, air=12)
        self.table.menu_made.connect(self._add_to_menu)
        self._style_table()
        self.number = QLineEdit(self)
        self.number.setAccessibleName(self.tr("Number of HIT types"))
        self.number.setMaximumWidth(self.fontMetrics().averageCharWidth() * 14)
        self.number.textChanged.connect(self._enable)
        self.number_label = QLabel(self)
        self.number_label.setTextFormat(Qt.TextFormat.PlainText)
        self.number_label.setWordWrap(True)
        self.number_label.setBuddy(self.number)
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.cancel.clicked.connect(self.reject)
        self.go = FilledButton("", self)
        self.go.clicked.connect(self._confirm)

    def _style_table(self) -> None:
        self.table.setAccessibleName(self.tr("What would change"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setMinimumHeight(self.table.verticalHeader().defaultSectionSize() * 4)
        self.table.recoloured.connect(self.model.palette_changed)
        self.table.setWordWrap(True)  # titles and reasons are sentences
        self.table.verticalHeader().setDefaultSectionSize(2 * self.fontMetrics().lineSpacing() + 10)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        width = self.fontMetrics().averageCharWidth()
        characters = (34, 22, 30, 0) if self._has_form else (40, 44, 38, 0)
        for column in PreviewColumn:
            header.resizeSection(column, characters[column] * width)
        if self._has_form:  # which takes half of the width, and tells what holds afterwards
            header.setSectionHidden(PreviewColumn.AFTER, True)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        self._tested_line = QWidget(self)
        tested = QHBoxLayout(self._tested_line)
        tested.setContentsMargins(0, 0, 0, 0)
        tested.addWidget(self.tested_mark)
        tested.addWidget(self.tested, 1)
        tested.addWidget(self.test_first)
        counted = QHBoxLayout()
        counted.addWidget(self.summary, 1)
        counted.addWidget(self.shown)
        self._number_line = QWidget(self)
        numbers = QHBoxLayout(self._number_line)
        numbers.setContentsMargins(0, 0, 0, 0)
        numbers.addWidget(self.number_label, 1)
        numbers.addWidget(self.number)
        self._number_line.setVisible(self._account.is_live)
        buttons = QHBoxLayout()
        effect = QuietLabel(self.tr("A change may take up to five minutes to take effect."), self)
        if not takes_effect_within(self._account.environment.value):
            effect.setText(self.tr("In practice a change takes effect at once."))
        buttons.addWidget(effect, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        preview = QVBoxLayout()
        preview.setSpacing(BETWEEN_CARDS)
        for part in (self.destination, self.events, self._tested_line, self.problem):
            preview.addWidget(part)
        preview.addLayout(counted)
        preview.addWidget(self.table, 1)
        both = QHBoxLayout()
        both.setSpacing(BETWEEN_CARDS)
        if self.form is not None:
            both.addWidget(self._what_to_set(self.form), 4)
        both.addLayout(preview, 5)
        self.choice.setVisible(self._has_form)
        self.destination.setVisible(self._has_form)
        self.events.setVisible(self._has_form)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addLayout(top)
        rows.addWidget(QuietLabel(self.tr("Account: {name}").format(name=one_line(self._account.name)), self))
        rows.addLayout(both, 1)
        rows.addWidget(self._number_line)
        rows.addLayout(buttons)
        # what does no harm is what Return does
        self.go.setDefault(False)
        self.cancel.setDefault(True)
        self.cancel.setFocus()

    def _what_to_set(self, form: SettingForm) -> QScrollArea:
        inside = ScrollContent()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(6)
        rows.addWidget(self.newest)
        self.newest.setVisible(bool(self.newest.text()))
        rows.addWidget(buddy_label(self.tr("Start &from"), self.choice, inside))
        self.choice.setAccessibleName(self.tr("What to apply"))
        rows.addWidget(self.choice)
        rows.addSpacing(8)
        rows.addWidget(form)
        rows.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setMinimumWidth(inside.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
        return area

    def _form_changed(self) -> None:
        """It was filled in by hand: that is what is to be set, and no more what was chosen."""
        blocked = self.choice.blockSignals(True)
        self.choice.setPlaceholderText(self.tr("As filled in below"))
        self.choice.setCurrentIndex(-1)
        self.choice.blockSignals(blocked)
        set_tooltip(self.choice, "")
        self._request = replace(self._request)  # what is answered for the one before is late
        self._show_waiting()
        self._typing.start()

    def _take_form(self) -> None:
        if self.form is None:
            return
        try:
            spec = self.form.spec()
        except ProblemError as error:
            self._show_nothing_chosen(error.problem)
        else:
            self._want(spec)

    def _choice_changed(self) -> None:
        self._typing.stop()
        number = self.choice.currentIndex()
        set_tooltip(self.choice, self.choice.currentText())
        if self.form is None:
            self._want(None)
        elif number < 0:
            self._show_nothing_chosen()
        else:
            self.form.set_spec(self._choices[number].spec)
            self._want(self._choices[number].spec)

    def _want(self, spec: NotificationSpec | None) -> None:
        if spec is not None:
            self._request = replace(self._request, spec=spec)
            self.destination.setText(f"{destination_and_kind(spec)}, {one_line(spec.destination.place)}")
            set_tooltip(self.destination, spec.destination.text)
            said = self.tr("Events: {events}. Message version {version}. Switched on.")
            if not self._request.active:
                said = self.tr("Events: {events}. Message version {version}. Switched off.")
            self.events.setText(said.format(events=events_text(spec.events, most=12), version=spec.version))
        self._show_waiting()
        self.preview_wanted.emit(self._request)

    def _show_nothing_chosen(self, why: Problem | None = None) -> None:
        self._preview = None
        said = self.tr("Nothing is chosen yet. What never arrived in a test is better tested first.")
        self.destination.setText(said if why is None else f"{why.title} {self.tr('Complete the form.')}")
        self.destination.setToolTip("")
        self.model.set_rows(())
        self.events.clear()
        self.summary.clear()
        self.shown.hide()
        self._tested_line.hide()
        self._enable()

    def _show_waiting(self) -> None:
        self._preview = None
        self.number.clear()  # it was typed for what is not shown any more
        self.summary.setText(self.tr("Finding out what would change…"))
        self.shown.hide()
        self._tested_line.hide()
        self._enable()

    def _show_summary(self, preview: Preview) -> None:
        changed = len(preview.changes)
        left = len(preview.rows) - changed
        parts = [count_text(changed, self.tr("1 change will be sent"), self.tr("{count} changes will be sent"))]
        if not changed:
            parts = [self.tr("Nothing would be sent")]
        if left:
            parts.append(count_text(left, self.tr("1 HIT type is left out"), self.tr("{count} HIT types are left out")))
        doubtful = self.model.counts()[Effect.DOUBTFUL]
        if doubtful:
            parts.append(count_text(doubtful, self.tr("1 may be refused"), self.tr("{count} may be refused")))
        self.summary.setText(", ".join(parts) + ".")
        self.number_label.setText(
            self.tr(
                "This is LIVE: real workers, real money. Type {count}, the numbe&r of HIT types that change:"
            ).format(count=number_text(changed))
        )

    def _fill_shown(self) -> None:
        counts = self.model.counts()
        self.shown.blockSignals(True)
        self.shown.clear()
        self.shown.addItem(self.tr("All rows"), None)
        names = {
            Effect.LEFT_OUT: self.tr("Left out ({count})"),
            Effect.DOUBTFUL: self.tr("May be refused ({count})"),
            Effect.NEW: self.tr("Set for the first time ({count})"),
            Effect.REPLACED: self.tr("Replaced ({count})"),
            Effect.SWITCHED: self.tr("Switched ({count})"),
            Effect.SAME: self.tr("Sent again ({count})"),
        }
        for effect, text in names.items():
            if counts[effect]:
                self.shown.addItem(text.format(count=number_text(counts[effect])), effect.value)
        self.shown.blockSignals(False)
        self.shown.setVisible(self.shown.count() > 2)

    def _narrow(self) -> None:
        wanted = self.shown.currentData()
        self.model.show_only(lambda row: wanted is None or row.effect == wanted)

    def _add_to_menu(self, menu: CellMenu, index: QModelIndex) -> None:
        row = self.model.rows_in_sight()[index.row()]
        if index.column() == PreviewColumn.HIT_TYPE:
            menu.add(self.tr("Copy the &id"), partial(QGuiApplication.clipboard().setText, row.hit_type_id))
        place = self.shown.findData(row.effect.value)
        is_kind = index.column() == PreviewColumn.EFFECT and self.shown.count() > 2
        kind = self.shown.itemText(place).rpartition(" (")[0] if is_kind else ""
        menu.add_filter(kind, partial(self.shown.setCurrentIndex, place))
        menu.addSeparator()
        menu.add_inbox(partial(self._leave, self.inbox_requested, row.hit_type_id)).setText(
            self.tr("Leave this and open in &Inbox")
        )
        menu.add_history(partial(self._leave, self.history_requested, row.hit_type_id)).setText(
            self.tr("Leave this and open in &History")
        )

    def _act(self, key: str) -> None:
        if key == "look":
            self.problem.clear()
            self._show_waiting()
            self.preview_wanted.emit(self._request)

    def _leave(self, wanted: SignalInstance, what: object) -> None:
        """Close with nothing sent, as the window behind cannot be used before, and have it do something."""
        self.reject()
        wanted.emit(what)

    def _show_tested(self, preview: Preview) -> None:
        sent = [row for row in preview.rows if row.change is not None and row.change.spec is not None]
        self._tested_line.setVisible(bool(sent))
        if not sent:
            return
        untested = sum(1 for row in sent if not row.is_tested)
        self.test_first.setVisible(bool(untested) and self._has_form)
        tone = Tone.BAD if _failed(sent) else Tone.BEWARE if untested else Tone.GOOD
        self.tested_mark.set_tone(tone)
        self.tested.set_tone(tone)
        self.tested.setText(self._tested_text(sent))

    def _tested_text(self, sent: Sequence[PreviewRow]) -> str:
        """How far what is to be sent is tested, as it is now."""
        changed = sum(1 for row in sent if row.is_changed)
        never = sum(1 for row in sent if row.last_test is None)
        failed = _failed(sent)
        unknown = sum(1 for row in sent if not row.is_tested) - changed - never - len(failed)
        if not changed and not never and not failed and not unknown:
            oldest = ago_text(min(row.last_test.at for row in sent if row.last_test is not None), now_utc())
            if self._has_form:
                return self.tr("This very specification arrived in a test {ago}.").format(ago=oldest)
            return self.tr("Everything that is sent arrived in a test; the oldest was {ago}.").format(ago=oldest)
        if self._has_form:
            if changed:
                return self.tr("Where it goes was changed since the test. It can be applied all the same.")
            if failed:
                return self._failed_text(failed[0])
            if unknown:
                return self.tr("Its last test did not show whether it arrives. It can be applied all the same.")
            return self.tr("This specification never arrived in a test. It can be applied all the same.")
        texts = []
        if failed:
            texts.append(
                count_text(
                    len(failed),
                    self.tr("The last test of 1 of these failed. It can be sent all the same."),
                    self.tr("The last tests of {count} of these failed. They can be sent all the same."),
                )
            )
        if unknown:
            texts.append(
                count_text(
                    unknown,
                    self.tr("The last test of 1 of these did not show whether it arrives."),
                    self.tr("The last tests of {count} of these did not show whether they arrive."),
                )
            )
        if changed:
            texts.append(
                count_text(
                    changed,
                    self.tr("Where 1 of these goes was changed since the test. It can be sent all the same."),
                    self.tr("Where {count} of these go was changed since the test. They can be sent all the same."),
                )
            )
        if never:
            texts.append(
                count_text(
                    never,
                    self.tr("1 of these never arrived in a test. It can be sent all the same."),
                    self.tr("{count} of these never arrived in a test. They can be sent all the same."),
                )
            )
        return " ".join(texts)

    def _failed_text(self, test: SpecTest) -> str:
        """What became of what is to be sent when it was tested last."""
        text = self.tr("This specification did not arrive in its last test, {ago}. It can be applied all the same.")
        if test.result is Result.NOT_AS_EXPECTED:
            text = self.tr(
                "This specification arrived in its last test, {ago}, but not as expected. It can be applied all the "
                "same."
            )
        return text.format(ago=ago_text(test.at, now_utc()))

    def _enable(self) -> None:
        number = len(self._preview.changes) if self._preview else 0
        self.go.setText(
            count_text(number, self.tr("&Send 1 change"), self.tr("&Send {count} changes"))
            if number
            else self.tr("&Send")
        )
        ready = number > 0 and (not self._account.is_live or is_the_number(self.number.text(), number))
        self.go.setEnabled(ready)
        self._number_line.setVisible(self._account.is_live and number > 0)
        self.go.setToolTip("" if ready or not number else self.tr("Type the number of HIT types first."))

    def _test_first(self) -> None:
        if self._request.spec is not None:
            self.test_wanted.emit(self._request.spec)
            self.reject()

    def _confirm(self) -> None:
        if self._preview is not None and self._preview.changes:
            self.confirmed.emit(self._preview.changes)
            self.accept()


class _Choice(ChoiceField):
    """Cut in the middle where it is too narrow, as choices differ in their ends, too."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it as Qt does, with as much of both ends as fits."""
        del event
        option, painter = QStyleOptionComboBox(), QStylePainter(self)
        self.initStyleOption(option)
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
            option.palette.setBrush(QPalette.ColorRole.ButtonText, option.palette.placeholderText())
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width() - 4
        option.currentText = option.fontMetrics.elidedText(option.currentText, Qt.TextElideMode.ElideMiddle, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def _failed(sent: Sequence[PreviewRow]) -> list[SpecTest]:
    """The last tests that failed of what is to be sent, where nothing was changed since."""
    last = [row.last_test for row in sent if row.last_test is not None and not row.is_changed]
    return [test for test in last if test.has_failed]
