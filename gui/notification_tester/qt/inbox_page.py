# SPDX-License-Identifier: MIT
"""The page Inbox: choose a queue or a topic, follow it, and see what arrives, decoded, as it comes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from notification_tester.domain.destination import QueueAddress, Transport
from notification_tester.qt import icons
from notification_tester.qt.empty_state import EmptyState
from notification_tester.qt.field_note import FieldNote
from notification_tester.qt.inbox_bar import InboxBar
from notification_tester.qt.inbox_details import InboxDetails
from notification_tester.qt.inbox_files import InboxFiles
from notification_tester.qt.inbox_filter import InboxFilter
from notification_tester.qt.inbox_model import InboxModel
from notification_tester.qt.inbox_notices import InboxNotices, are_available
from notification_tester.qt.inbox_setup import InboxSetup
from notification_tester.qt.inbox_table import InboxTable
from notification_tester.qt.problem_card import ProblemCard
from notification_tester.qt.scroll_page import ScrollContent, ScrollPage
from notification_tester.qt.theme import BETWEEN_CARDS, PAGE_MARGIN, QuietLabel, Tone, heading
from notification_tester.services.lookouts import READING_COSTS

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.inbox_desk import Arrived, InboxDesk
    from notification_tester.qt.tasks import Tasks
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.inbox_reading import Followed, FollowNews
    from notification_tester.storage.inbox_rows import InboxMessage

WIDE = 1240
"""Points from which the details stand beside the list instead of below it."""

HIT_TYPES_EVERY = 2_000
"""Milliseconds between two looks at which HIT types were seen."""


class InboxPage(QWidget):
    """Decides nothing about messages: shows what the desk has."""

    go_to_test_requested = Signal()
    come_forward_requested = Signal()
    remembered = Signal(dict)  # account name to places, to be kept
    notices_changed = Signal(bool)

    def __init__(self, desk: InboxDesk, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = tasks
        self._account: OpenAccount | None = None
        self._shown_for = ""  # the name of the account that was open last
        self._places: dict[str, Any] = {}
        self.messages = 0  # seen so far
        self._details_number = 0
        self._divided = False
        self.model = InboxModel(tasks, self)
        self.notices = InboxNotices(self)
        self.files = InboxFiles(tasks, self)
        self._make_parts()
        self._lay_out()
        self._connect()
        self._show_state()

    def restore(self, places: dict[str, Any], *, notices: bool) -> None:
        """Take up what was remembered."""
        self._places = places
        self.notices.set_on(notices)
        self.bar.set_notices(available=are_available(), on=notices)

    def show_account(self, opened: OpenAccount | None) -> None:
        """Work with another account, or with none; what is followed with the one before is paused."""
        same = opened is not None and self._account is not None and opened.account == self._account.account
        self._account = opened
        self.setup.set_open(opened is not None)
        if same:
            return
        self._desk.pause()
        if opened is not None:
            if self._shown_for not in {"", opened.account.name}:
                self._other()  # what was followed belongs to the account before
            self._shown_for = opened.account.name
            kept = self._places.get(opened.account.name, {})
            texts = {kind: str(kept[kind.value]) for kind in Transport if isinstance(kept, dict) and kind.value in kept}
            if opened.practice is not None:
                details = opened.practice.details
                texts = {Transport.SQS: details.queue_url, Transport.SNS: details.topic_arn}
            wanted = kept.get("transport") if isinstance(kept, dict) else None
            self.setup.fill(texts, Transport.SNS if wanted == Transport.SNS.value else Transport.SQS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the details where there is room for them."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Horizontal if self.width() >= WIDE else Qt.Orientation.Vertical
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)
            self._share_room()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the shapes in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self.model.palette_changed()
            for state in (self.waiting, self.nothing_found):
                state.set_palette(QGuiApplication.palette())

    def follow(self, *, read_anyway: bool = False) -> None:
        """Follow what stands in the form."""
        place = self.setup.place()
        if place is None or self._account is None:
            return
        self.problem.clear()
        self.note.clear()
        self._remember()
        if place != self._desk.destination:
            self.messages = 0
            self._show_count()
        self._desk.follow(
            place,
            since_now=self.setup.since_now.isChecked() and isinstance(place, QueueAddress),
            read_anyway=read_anyway,
        )
        self.model.show(self._desk.inbox, self.filter.query())

    def _state_changed(self) -> None:
        desk = self._desk
        if desk.destination is not None:
            if desk.is_following:
                self.bar.show_following(desk.destination, ending=desk.is_ending)
                self._top.setCurrentWidget(self.bar)
            else:
                self.bar.show_paused(desk.destination)  # whichever of the two is in sight
        self._show_state()

    def _show_state(self) -> None:
        in_setup = self._top.currentWidget() is self._setup_page
        has_rows = self.model.rowCount() > 0
        narrow = self.filter.query().is_narrow
        self._below.setVisible(not in_setup)
        self._top.setSizePolicy(
            self._top.sizePolicy().horizontalPolicy(),
            self._top.sizePolicy().Policy.Expanding if in_setup else self._top.sizePolicy().Policy.Maximum,
        )
        self.filter.setVisible(has_rows or narrow)
        self.export.setVisible(has_rows or narrow)
        self.export.setEnabled(has_rows)
        if has_rows:
            self._stack.setCurrentWidget(self.splitter)
        elif narrow:
            self._stack.setCurrentWidget(self.nothing_found)
        else:
            self._stack.setCurrentWidget(self.waiting)
            self._show_waiting()

    def _show_waiting(self) -> None:
        practice = self._account is not None and self._account.practice is not None
        following = self._desk.is_following
        self.waiting.title.setText(self.tr("Nothing has arrived yet") if following else self.tr("Nothing arrived"))
        self.waiting.text.setText(
            self.tr("Whatever comes in stands here at once. In practice, made-up workers can begin to work now.")
            if practice
            else self.tr(
                "Whatever comes in stands here at once. Send a test to see whether anything arrives; real events come "
                "when workers work on your HITs."
            )
        )
        self.waiting.button.setText(self.tr("&Start the practice workers") if practice else self.tr("&Go to Test"))
        self.waiting.button.setEnabled(following or not practice)

    def _next_step(self) -> None:
        if self._account is None or self._account.practice is None:
            self.go_to_test_requested.emit()
            return
        self.waiting.button.setEnabled(False)
        self._desk.start_workers(done=self._workers_begin, failed=self._show_failure)

    def _workers_begin(self) -> None:
        self.waiting.title.setText(self.tr("The workers begin"))
        self.waiting.text.setText(self.tr("The first of them accepts an assignment in a moment."))

    def _arrived(self, news: Arrived) -> None:
        self.messages += news.count
        self.model.look()
        self.notices.arrived(news)
        if not self._hit_types_pause.isActive():
            self._hit_types_pause.start()
        self._show_count()

    def _show_count(self) -> None:
        number = self.locale().toString(self.messages)
        self.status.setText(
            ""
            if not self.messages
            else self.tr("1 message")
            if self.messages == 1
            else self.tr("{count} messages").format(count=number)
        )

    def _inserted(self) -> None:
        self._show_state()
        if not self.model.is_settled:
            self._more.start()

    def _show_news(self, news: FollowNews) -> None:
        if self._desk.is_following and not self._desk.is_ending and self._desk.destination is not None:
            self.bar.show_news(news, is_queue=isinstance(self._desk.destination, QueueAddress))

    def _ended(self, followed: Followed) -> None:
        self.notices.rest()
        self.model.look()
        if isinstance(self._desk.destination, QueueAddress):
            late = self.locale().toString(followed.late)
            self.bar.show_ended(
                self.tr("Everything was given back to the queue.")
                if not followed.late
                else self.tr("{count} messages could not be given back now; the queue does so by itself soon.").format(
                    count=late
                )
            )
        else:
            self.bar.show_ended(self.tr("The temporary queue was removed."))

    def _failed(self, problem: Problem) -> None:
        self.notices.rest()
        if not self.model.rowCount():
            self._top.setCurrentWidget(self._setup_page)
        if problem.code == READING_COSTS:
            actions = [(self.tr("Follow it all the same"), "anyway")]
            self.problem.show_problem(problem, actions, tone=Tone.BEWARE)
        else:
            self.problem.show_problem(problem)
        self._show_state()

    def _show_failure(self, problem: Problem) -> None:
        self.problem.show_problem(problem)
        self.waiting.button.setEnabled(True)
        self.export.setEnabled(True)

    def _act(self, key: str) -> None:
        if key == "anyway":
            self.follow(read_anyway=True)

    def _back(self) -> None:
        self._top.setCurrentWidget(self.bar)
        self._show_state()

    def _other(self) -> None:
        self.setup.set_has_list(self.model.rowCount() > 0)
        self._top.setCurrentWidget(self._setup_page)
        self._show_state()

    def _ask(self) -> None:
        self.note.clear()
        self.model.show(self._desk.inbox, self.filter.query())

    def _loaded(self) -> None:
        self._show_state()
        if self.model.rowCount() and self.filter.query().is_narrow:
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._show_chosen()

    def _ask_hit_types(self) -> None:
        self._tasks.run(self._desk.inbox.hit_types, done=self.filter.set_hit_types, failed=lambda _: None)

    def _show_chosen(self) -> None:
        row = self.model.row_at(self.table.currentIndex())
        if row is None:
            self._details_number += 1
            self.details.hide()
        elif self.details.isHidden() or self.details.message is None or self.details.message.number != row.message:
            self._details_number += 1
            self._tasks.run(
                partial(self._desk.inbox.message, row.message),
                done=partial(self._details_read, self._details_number),
                failed=self._show_failure,
            )

    def _details_read(self, number: int, message: InboxMessage | None) -> None:
        if number != self._details_number or message is None:
            return
        self.details.show_message(message)
        if self.details.isHidden():
            self.details.show()
            if not self._divided:
                self._divided = True
                self._share_room()

    def _remember(self) -> None:
        place = self.setup.place()
        if place is None or self._account is None or self._account.practice is not None:
            return
        name = self._account.account.name
        kept = self._places.get(name)
        kept = dict(kept) if isinstance(kept, dict) else {}
        self._places[name] = {**kept, "transport": place.transport.value, place.transport.value: place.text}
        self.remembered.emit(self._places)

    def _notices_wanted(self, on: bool) -> None:
        self.notices.set_on(on)
        self.notices_changed.emit(on)

    def _make_parts(self) -> None:
        self.status = QuietLabel("", self)
        self.status.setWordWrap(False)
        self.problem = ProblemCard(self)
        self.note = FieldNote(self, tone=Tone.GOOD)
        content = ScrollContent()
        self.setup = InboxSetup(content)
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.setup)
        self._setup_page = ScrollPage(content, self)
        self.bar = InboxBar(self)
        self.bar.set_notices(available=are_available(), on=False)
        self._top = _Top(self)
        self.filter = InboxFilter(self)
        self.export = QPushButton(self.tr("&Export…"), self)
        self.export.setIcon(icons.icon("export"))
        self.export.setAutoDefault(False)
        self.table = InboxTable(self.model, self)
        self.details = InboxDetails(self)
        self.details.hide()
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.waiting = EmptyState(self, icon_name="inbox", title="", text="", button="")
        self.nothing_found = EmptyState(
            self,
            icon_name="search",
            title=self.tr("Nothing matches"),
            text=self.tr("No event has all of these words, this kind and this HIT type."),
            button=self.tr("C&lear the filter"),
        )
        self._stack = QStackedWidget(self)
        self._below = QWidget(self)
        self._more = QTimer(self, singleShot=True, interval=50)
        self._hit_types_pause = QTimer(self, singleShot=True, interval=HIT_TYPES_EVERY)

    def _connect(self) -> None:
        desk, model = self._desk, self.model
        desk.changed.connect(self._state_changed)
        desk.arrived.connect(self._arrived)
        desk.news.connect(self._show_news)
        desk.ended.connect(self._ended)
        desk.failed.connect(self._failed)
        model.loaded.connect(self._loaded)
        model.inserted.connect(self._inserted)
        model.failed.connect(self._show_failure)
        self._more.timeout.connect(model.look)
        self._hit_types_pause.timeout.connect(self._ask_hit_types)
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.setup.follow_requested.connect(self.follow)
        self.setup.back_requested.connect(self._back)
        self.setup.choose_requested.connect(
            lambda transport: desk.choices(transport, done=self.setup.destination.set_choices)
        )
        self.setup.look_requested.connect(lambda place: desk.notes(place, done=partial(self.setup.set_notes, place)))
        self.bar.pause_requested.connect(desk.pause)
        self.bar.resume_requested.connect(self.follow)
        self.bar.other_requested.connect(self._other)
        self.bar.other_requested.connect(self.setup.destination.edit.setFocus)
        self.bar.notices_wanted.connect(self._notices_wanted)
        self.notices.pressed.connect(self.come_forward_requested)
        self.problem.action.connect(self._act)
        self.filter.changed.connect(self._ask)
        self.export.clicked.connect(lambda: self.files.choose_export(desk.inbox, model.query))
        self.files.busy.connect(lambda busy: self.export.setEnabled(not busy))
        self.files.written.connect(self.note.say)
        self.files.failed.connect(self._show_failure)
        self.waiting.pressed.connect(self._next_step)
        self.nothing_found.pressed.connect(self.filter.clear)
        self.details.save_requested.connect(self.files.choose_save)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.filter.search.setFocus)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Copy),
            self.table,
            self.details.copy_all,
            context=Qt.ShortcutContext.WidgetShortcut,
        )

    def _lay_out(self) -> None:
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.details)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(BETWEEN_CARDS)
        self._share_room()
        for page in (self.splitter, self.waiting, self.nothing_found):
            self._stack.addWidget(page)
        self._top.addWidget(self._setup_page)
        self._top.addWidget(self.bar)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.export)
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(BETWEEN_CARDS)
        below.addLayout(tools)
        below.addWidget(self.note)
        below.addWidget(self._stack, 1)
        title = QHBoxLayout()
        title.addWidget(heading(self.tr("Inbox"), self, scale=1.7), 1)
        title.addWidget(self.status, 0, Qt.AlignmentFlag.AlignBottom)
        body = QVBoxLayout(self)
        body.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        body.setSpacing(BETWEEN_CARDS)
        body.addLayout(title)
        body.addWidget(self.problem)
        body.addWidget(self._top)
        body.addWidget(self._below, 1)

    def _share_room(self) -> None:
        beside = self.splitter.orientation() is Qt.Orientation.Horizontal
        room = self.width() if beside else self.height()
        self.splitter.setSizes([room * 11 // 20, room * 9 // 20])


class _Top(QWidget):
    """Shows one of its widgets and is as high as that one; a stack would be as high as the highest."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._current: QWidget | None = None

    def addWidget(self, widget: QWidget) -> None:  # noqa: N802 - as QStackedWidget has it
        self._rows.addWidget(widget)
        widget.setVisible(self._current is None)
        self._current = self._current or widget

    def currentWidget(self) -> QWidget | None:  # noqa: N802 - as QStackedWidget has it
        return self._current

    def setCurrentWidget(self, widget: QWidget) -> None:  # noqa: N802 - as QStackedWidget has it
        if self._current is not None:
            self._current.hide()
        self._current = widget
        widget.show()
