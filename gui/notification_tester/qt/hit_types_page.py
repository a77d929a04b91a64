# SPDX-License-Identifier: MIT
"""The page HIT types: see, apply, switch and undo notification settings, for one or ten thousand.

Mechanical Turk cannot be asked what is set. So the page shows the record of this program, and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from notification_tester.domain.problem import Cause
from notification_tester.qt import icons
from notification_tester.qt.bulk_panel import BulkPanel
from notification_tester.qt.empty_state import EmptyState
from notification_tester.qt.field_note import FieldNote
from notification_tester.qt.hit_type_details import HitTypeDetails
from notification_tester.qt.hit_types_actions import Deed, HitTypesActions, Standing
from notification_tester.qt.hit_types_desk import HitTypesDesk
from notification_tester.qt.hit_types_filter import HitTypesFilter
from notification_tester.qt.hit_types_model import HitTypesModel
from notification_tester.qt.hit_types_table import HitTypesTable
from notification_tester.qt.hit_types_words import RowState, count_text, moment_text, now_utc
from notification_tester.qt.hit_types_work import HitTypesWork
from notification_tester.qt.paste_ids_dialog import PasteIdsDialog
from notification_tester.qt.problem_card import ProblemCard
from notification_tester.qt.record_files import RecordExchange
from notification_tester.qt.scroll_page import ScrollContent, ScrollPage
from notification_tester.qt.theme import BETWEEN_CARDS, PAGE_MARGIN, QuietLabel, Tone, heading
from notification_tester.qt.unknown_changes import UnknownChanges

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.hit_types_work import HitTypeService
    from notification_tester.qt.preset_menu import PresetStore
    from notification_tester.qt.record_files import RecordFiles
    from notification_tester.qt.tasks import Tasks
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.bulk_types import HitTypeRow, Listing


class HitTypesPage(ScrollPage):
    """The page of one window. ``record_problem`` says why no record can be kept.

    ``test_requested(NotificationSpec)`` leads to the Test page, ``accounts_requested`` to the accounts;
    ``columns_changed(str)`` hands out the state of the columns, to be remembered.
    """

    test_requested = Signal(object)
    accounts_requested = Signal()
    columns_changed = Signal(str)

    def __init__(
        self,
        tasks: Tasks,
        service: HitTypeService,
        *,
        form_spec: Callable[[], NotificationSpec | None],
        presets: Callable[[], PresetStore | None],
        files: RecordFiles | None = None,
        record_problem: Problem | None = None,
        parent: QWidget | None = None,
    ) -> None:
        content = ScrollContent()
        super().__init__(content, parent)
        self._tasks = tasks
        self._record_problem = record_problem
        self._asked = False
        self._listed: Listing | None = None
        self._listing: Listing | None = None
        self.work = HitTypesWork(tasks, service, self)
        self.model = HitTypesModel(self)
        self._make_parts()
        self.desk = HitTypesDesk(tasks, self.work, self.model, self.panel, self, form_spec=form_spec, presets=presets)
        self.exchange = RecordExchange(tasks, files, self.note, self)
        self._lay_out(content)
        self._connect()
        if record_problem is not None:
            self.record_card.show_problem(record_problem, tone=Tone.BEWARE)
        self._show_state()

    def show_account(self, opened: OpenAccount | None) -> None:
        """Work for this account now; None while another is being opened."""
        self.work.set_account(opened)
        self._asked = False
        self._listed = self._listing = None
        self.problem.clear()
        self.note.clear()
        self.unknown.show_changes(())
        self.model.clear()
        self._close_details()
        if opened is not None and self.isVisible():
            self._ask()
        self._show_state()

    def offer(self, spec: NotificationSpec) -> None:
        """A specification was just tested: it is the first to be applied."""
        self.desk.offer(spec)
        self.note.say(
            self.tr("The notification that you tested is ready to be applied."),
            self.tr("Choose the HIT types in the table, then press Apply: it shows first what that replaces."),
        )
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_running(self) -> bool:
        """Whether changes are being sent; then closing asks."""
        return self.work.is_running

    def ask_to_stop(self, then: Callable[[], object]) -> None:
        """Ask whether to stop the run; ``then`` is called once it has ended."""
        self.desk.ask_to_stop(then)

    def save_columns(self) -> str:
        """Widths, order and sorting of the columns."""
        return self.table.save_columns()

    def restore_columns(self, state: str) -> None:
        """Take up what ``save_columns`` gave."""
        self.table.restore_columns(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the record each time the page is seen, and collect HIT types the first time."""
        super().showEvent(event)
        if self._asked:
            self.work.read_known()  # a test on another page may have arrived meanwhile
        elif self.work.can_work:
            self._ask()
        self._show_state()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the shapes in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange and hasattr(self, "model"):
            self.model.palette_changed()
            for state in (self.nothing_yet, self.nothing_found, self.collecting):
                state.set_palette(QGuiApplication.palette())

    def _ask(self) -> None:
        self._asked = True
        self.work.read_known()
        self._refresh()

    def _refresh(self) -> None:
        if self.work.is_listing:
            self.work.stop_listing()
            self.status.setText(self.tr("Stopping…"))
            return
        self.problem.clear()
        self._listing = None
        self.work.refresh()
        self._show_state()

    def _listing_goes_on(self, news: Listing) -> None:
        self._listing = news
        self._show_state()

    def _was_listed(self, news: Listing) -> None:
        self._listed = self._listing = news
        self._show_state()

    def _listing_failed(self, problem: Problem) -> None:
        actions = [(self.tr("&Try again"), "again")]
        if problem.cause in {Cause.KEYS, Cause.PERMISSION, Cause.KEYRING}:
            actions.append((self.tr("Open &Accounts…"), "accounts"))
        actions.append((self.tr("Add i&ds by hand…"), "ids"))
        self.problem.show_problem(problem, actions)
        self._show_state()

    def _failed(self, problem: Problem) -> None:
        self.problem.show_problem(problem)
        self._show_state()

    def _act(self, key: str) -> None:
        if key == "again":
            self._refresh()
        elif key == "accounts":
            self.accounts_requested.emit()
        else:
            self._add_ids()

    def _add_ids(self) -> None:
        dialog = PasteIdsDialog(self._tasks, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.ids_given.connect(self._ids_given)
        dialog.open()

    def _ids_given(self, ids: tuple[HitTypeId, ...]) -> None:
        before = {one for one in ids if self.model.row_of(one) is not None}

        def added(rows: tuple[HitTypeRow, ...]) -> None:
            new = len(rows) - len(before)
            self.filter.clear()
            self._choose_when_there = {row.id for row in rows}
            title = count_text(new, self.tr("1 HIT type was added."), self.tr("{count} HIT types were added."))
            if not new:
                title = self.tr("No HIT type was added.")
            text = self.tr("They are chosen in the table.")
            if before:
                known = count_text(
                    len(before),
                    self.tr("1 was in the table before."),
                    self.tr("{count} were in the table before."),
                )
                text = f"{known} {self.tr('They are chosen in the table.')}"
            self.note.say(title, text)

        self.work.add_ids(ids, done=added)

    def _taken_in(self) -> None:
        wanted, self._choose_when_there = self._choose_when_there, set()
        if wanted:
            self.table.choose(wanted)
        shown = self.details.row
        if shown is not None and not self.details.isHidden():
            row = self.model.row_of(shown.id)
            if row is not None and row != shown:
                self.details.show_row(row)
        self._show_state()

    def _do(self, deed: Deed) -> None:
        match deed:
            case Deed.DETAILS:
                self._toggle_details()
            case Deed.EXPORT | Deed.IMPORT:
                if self.work.opened is not None:
                    self.exchange.begin(deed, self.work.opened)
            case Deed.REAPPLY:
                self.desk.do(deed, [row for row in self.model.rows() if row.setting.spec is not None])
            case _:
                self.desk.do(deed, self.table.chosen())
        self._show_standing()

    def _toggle_details(self) -> None:
        if self.details.isHidden():
            self._open_details()
        else:
            self._close_details()

    def _open_details(self) -> None:
        row = self.table.current_row()
        if row is None:
            chosen = self.table.chosen()
            row = chosen[0] if chosen else None
        if row is not None:
            self.details.show()
            self.details.show_row(row)
        self._show_standing()

    def _close_details(self) -> None:
        had_focus = self.details.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.details.hide()
        if had_focus:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_standing()

    def _current_changed(self) -> None:
        row = self.table.current_row()
        if (
            row is not None
            and not self.details.isHidden()
            and (self.details.row is None or self.details.row.id != row.id)
        ):
            self.details.show_row(row)
        self._show_standing()

    def _read_story(self, hit_type_id: str) -> None:
        row = self.model.row_of(hit_type_id)
        if row is not None:
            self.work.story(row.id, done=lambda lines: self.details.show_story(hit_type_id, lines))

    def _narrow(self, text: str, state: RowState | None) -> None:
        self.model.narrow(text, state)
        self._show_state()

    def _clear_filter(self) -> None:
        self.filter.clear()
        self.filter.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what is in sight

    def _show_state(self) -> None:
        listing, total = self.work.is_listing, self.model.total
        self.refresh.setText(self.tr("&Cancel") if listing else self.tr("Re&fresh"))
        self.refresh.setIcon(icons.icon("stop" if listing else "refresh"))
        self.refresh.setEnabled(self.work.can_work)
        self.add.setEnabled(self.work.can_work)
        self.filter.setEnabled(total > 0)
        self.status.setText(self._status())
        if total == 0 and not self.model.is_taking:
            self._show_empty(listing=listing)
        elif self.model.rowCount() == 0 and self.model.is_narrow:
            self._stack.setCurrentWidget(self.nothing_found)
        else:
            self._stack.setCurrentWidget(self.splitter)
        self._show_standing()

    def _show_empty(self, *, listing: bool) -> None:
        self._stack.setCurrentWidget(self.collecting if listing else self.nothing_yet)
        if not self.work.can_work:
            title, text = self.tr("No account is open"), self.tr("As soon as one is, its HIT types appear here.")
        elif self._listed is not None and self._listed.is_finished:
            title = self.tr("No HIT types were found")
            text = self.tr(
                "HIT types are known by their HITs, and this account has none just now. You can add ids by hand."
            )
        else:
            title = self.tr("No HIT types are here yet")
            text = self.tr("Press Refresh to collect them from your HITs, or add their ids by hand.")
        self.nothing_yet.title.setText(title)
        self.nothing_yet.text.setText(text)
        self.nothing_yet.button.setVisible(self.work.can_work)

    def _status(self) -> str:
        number = self.locale().toString
        if self.work.is_listing:
            if self._listing is None:
                return self.tr("Asking for HITs…")
            return self.tr("{hits} HITs, {types} HIT types so far").format(
                hits=number(self._listing.hits), types=number(self._listing.hit_types)
            )
        total = self.model.total
        if not total:
            return ""
        if self.model.is_narrow:
            return self.tr("{shown} of {all} HIT types shown").format(
                shown=number(self.model.rowCount()), all=number(total)
            )
        text = count_text(total, self.tr("1 HIT type"), self.tr("{count} HIT types"))
        if self._listed is not None and self._listed.was_stopped:
            text += self.tr(", stopped before the end")
        elif self._listed is not None:
            text += ", " + count_text(self._listed.hits, self.tr("1 HIT"), self.tr("{count} HITs"))
            text += self.tr(", read at {time}").format(time=self._read_at)
        return text

    def _show_standing(self) -> None:
        hindered = ""
        if not self.work.can_work:
            hindered = self.tr("No account is open.")
        elif self.work.is_running:
            hindered = self.tr("Changes are being sent. What can be done next is offered when they have ended.")
        self.actions.show_standing(
            Standing.of(
                self.table.chosen(),
                shown=self.model.rowCount(),
                specs_in_all=self.model.has_specs,
                hindered=hindered,
            )
        )
        details = self.actions.buttons[Deed.DETAILS]
        details.setChecked(not self.details.isHidden())
        details.setEnabled(self.table.current_row() is not None or not self.details.isHidden())

    def _columns_changed(self) -> None:
        self.columns_changed.emit(self.table.save_columns())

    def _make_parts(self) -> None:
        self._choose_when_there: set[str] = set()
        self._read_at = ""
        self.status = QuietLabel("", self)
        self.status.setWordWrap(False)
        self.filter = HitTypesFilter(self)
        self.refresh = QPushButton(self.tr("Re&fresh"), self)
        self.add = QPushButton(icons.icon("plus"), self.tr("Add i&ds…"), self)
        for button in (self.refresh, self.add):
            button.setAutoDefault(False)
        self.refresh.setToolTip(self.tr("Collects HIT types from the HITs of the account. F5"))
        self.add.setToolTip(self.tr("HIT types whose HITs were all deleted are found by their ids alone."))
        self.record_card = ProblemCard(self)
        self.problem = ProblemCard(self)
        self.unknown = UnknownChanges(self)
        self.note = FieldNote(self, tone=Tone.GOOD)
        self.panel = BulkPanel(self)
        self.table = HitTypesTable(self.model, self)
        self.details = HitTypeDetails(self)
        self.details.hide()
        self.splitter = _TableAndDetails(Qt.Orientation.Horizontal, self)
        self.collecting = EmptyState(
            self,
            icon_name="hit-types",
            title=self.tr("Collecting HIT types"),
            text=self.tr("They appear here as their HITs come in, a hundred at a time."),
            button=self.tr("&Cancel"),
        )
        self.nothing_yet = EmptyState(self, icon_name="hit-types", title="", text="", button=self.tr("Add i&ds…"))
        self.nothing_found = EmptyState(
            self,
            icon_name="search",
            title=self.tr("Nothing matches"),
            text=self.tr("No HIT type has all of these words and this state."),
            button=self.tr("C&lear the filter"),
        )
        self._stack = QStackedWidget(self)
        self.actions = HitTypesActions(self)

    def _connect(self) -> None:
        work = self.work
        work.came.connect(self.model.put)
        work.listing.connect(self._listing_goes_on)
        work.listed.connect(self._note_time)
        work.listed.connect(self._was_listed)
        work.listing_failed.connect(self._listing_failed)
        work.failed.connect(self._failed)
        work.unknown_found.connect(self.unknown.show_changes)
        self.model.counted.connect(self._show_state)
        self.model.taken_in.connect(self._taken_in)
        self.table.chosen_changed.connect(self._show_standing)
        self.table.opened.connect(self._open_details)
        self.table.columns_changed.connect(self._columns_changed)
        self.table.selectionModel().currentRowChanged.connect(self._current_changed)
        self.filter.changed.connect(self._narrow)
        self.refresh.clicked.connect(self._refresh)
        self.add.clicked.connect(self._add_ids)
        self.actions.wanted.connect(self._do)
        self.actions.choose_all.connect(self.table.selectAll)
        self.problem.action.connect(self._act)
        self.unknown.send_requested.connect(self.desk.send_again)
        self.unknown.look_requested.connect(lambda: self.filter.show_state(RowState.UNKNOWN))
        self.desk.test_requested.connect(self.test_requested)
        self.desk.problem.connect(self._failed)
        self.desk.standing_changed.connect(self._run_changed)
        self.exchange.imported.connect(work.read_known)
        self.exchange.failed.connect(self._failed)
        self.details.story_wanted.connect(self._read_story)
        self.details.closed.connect(self._close_details)
        self.collecting.pressed.connect(self._refresh)
        self.nothing_yet.pressed.connect(self._add_ids)
        self.nothing_found.pressed.connect(self._clear_filter)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.filter.search.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, self._refresh)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self._close_details,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def _note_time(self) -> None:
        now = now_utc()
        self._read_at = moment_text(now, now)

    def _run_changed(self) -> None:
        if self.work.is_running:
            self.note.clear()
            self.unknown.show_changes(())
        self._show_standing()

    def _lay_out(self, content: QWidget) -> None:
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.details)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(BETWEEN_CARDS)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        for page in (self.splitter, self.collecting, self.nothing_yet, self.nothing_found):
            self._stack.addWidget(page)
        title = QHBoxLayout()
        title.addWidget(heading(self.tr("HIT types"), self, scale=1.6), 1)
        title.addWidget(self.status, 0, Qt.AlignmentFlag.AlignBottom)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.refresh)
        tools.addWidget(self.add)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addLayout(title)
        head.addWidget(
            QuietLabel(
                self.tr(
                    "Mechanical Turk cannot be asked what is set: this is the record of this program. "
                    "“Not set from here” does not mean “none”."
                ),
                self,
            )
        )
        rows = QVBoxLayout(content)
        rows.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addLayout(head)
        for part in (self.record_card, self.problem, self.unknown, self.panel, self.note):
            rows.addWidget(part)
        rows.addLayout(tools)
        rows.addWidget(self._stack, 1)
        rows.addWidget(self.actions)


class _TableAndDetails(QSplitter):
    """Asks for the height of a few rows: more is given where there is room, and the page scrolls where not."""

    def sizeHint(self) -> QSize:
        """As wide as its parts, and some rows high."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() * 13)

    def minimumSizeHint(self) -> QSize:
        """No less than a few rows."""
        return QSize(super().minimumSizeHint().width(), self.fontMetrics().height() * 10)
