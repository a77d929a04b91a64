# SPDX-License-Identifier: MIT
"""The page Inbox: choose a queue or a topic, follow it, and see what arrives, decoded, as it comes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal

from notification_tester.domain.delivery import READING_COSTS
from notification_tester.domain.destination import QueueAddress, Transport
from notification_tester.qt.inbox.addresses import InboxAddresses
from notification_tester.qt.inbox.details import InboxDetails
from notification_tester.qt.inbox.files import InboxFiles
from notification_tester.qt.inbox.filter import InboxFilter
from notification_tester.qt.inbox.model import InboxModel
from notification_tester.qt.inbox.notices import InboxNotices, are_available
from notification_tester.qt.inbox.table import InboxTable
from notification_tester.qt.inbox.top import InboxTop
from notification_tester.qt.inbox.waiting import InboxWaiting
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.list_page import ListPage
from notification_tester.qt.widgets.theme import Tone
from notification_tester.services.inbox.export import export_inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background.tasks import Tasks
    from notification_tester.qt.inbox.desk import Arrived, InboxDesk
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.inbox.reading import Followed, FollowNews
    from notification_tester.storage.inbox_rows import InboxMessage, InboxRow

HIT_TYPES_EVERY = 2_000
"""Milliseconds between two looks at which HIT types were seen."""


class InboxPage(ListPage[InboxDetails]):
    """Decides nothing about messages: shows what the desk has."""

    model: InboxModel
    filter: InboxFilter
    table: InboxTable
    files: InboxFiles
    go_to_test_requested = Signal()
    come_forward_requested = Signal()
    remembered = Signal(dict)  # account name to places, to be kept
    notices_changed = Signal(bool)

    def __init__(self, desk: InboxDesk, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._desk = desk
        self._account: OpenAccount | None = None
        self._addresses = InboxAddresses({})
        self._blames_the_place = False  # what is said is why a place could not be followed
        self.notices = InboxNotices(self)
        self.model = InboxModel(tasks, self)
        self.filter = InboxFilter(self)
        self.table = InboxTable(self.model, self)
        self.files = InboxFiles(tasks, self)
        self._top = InboxTop(self)
        self.setup, self.bar = self._top.setup, self._top.bar
        self.bar.set_notices(available=are_available(), on=False)
        self.waiting = InboxWaiting(self)
        self.nothing_found = EmptyState(
            self,
            icon_name="search",
            title=self.tr("Nothing matches"),
            text=self.tr("No event has all of these words, this kind and this HIT type."),
            button=self.tr("C&lear the filter"),
        )
        self._more = QTimer(self, singleShot=True, interval=50)
        self._hit_types_pause = QTimer(self, singleShot=True, interval=HIT_TYPES_EVERY)
        self._lay_out(self.tr("Inbox"), instead=[self.waiting, self.nothing_found], above=self._top)
        self._follow_the_desk()
        self._follow_the_parts()
        self._show_state()

    def restore(self, places: dict[str, Any], *, notices: bool) -> None:
        """Take up what was remembered."""
        self._addresses = InboxAddresses(places)
        self.notices.set_on(notices)
        self.bar.set_notices(available=are_available(), on=notices)

    def leave(self, wanted: Account) -> None:
        """Another account was asked for: what is followed ends, and nothing of the one before stays in sight."""
        self._account = None
        self.setup.set_open(False)
        self._desk.leave(wanted)
        self.notices.rest()
        self.problem.clear()
        self.files.leave()
        for timer in (self._more, self._hit_types_pause):
            timer.stop()
        self.filter.set_hit_types(())
        self.filter.clear()  # which asks anew, and finds nothing
        self.setup.fill({}, Transport.SQS)
        self.setup.since_now.setChecked(False)
        self.setup.destination.set_choices(())
        self._other()
        self._show_count()

    def show_account(self, opened: OpenAccount | None) -> None:
        """Work with this account, or with none; what it had followed before is there again, and paused."""
        is_back = opened is not None and self._account is not None  # practice, which had to be started again
        self._account = opened
        self.setup.set_open(opened is not None)
        if opened is None or is_back:
            return
        self.setup.remember(*self._addresses.of(opened))
        self._desk.come(opened)
        now = self._desk.now
        if now is not None:
            self._top.set_in_setup(False)
            if now.ended is not None:
                self._ended(now.ended)
            self._ask()
            self._ask_hit_types()
            self._show_count()

    def forget_account(self, name: str) -> None:
        """An account was forgotten, and with it the places that it followed."""
        if self._addresses.forget(name):
            self.remembered.emit(self._addresses.kept)

    def follow(self) -> None:
        """Follow what stands in the form."""
        place = self.setup.place()
        if place is None or self._account is None:
            return
        self.problem.clear()
        if self._addresses.remember(self._account, place):
            self.remembered.emit(self._addresses.kept)
        self._desk.follow(place, since_now=self.setup.since_now.isChecked() and isinstance(place, QueueAddress))
        self._show_count()
        self._ask()

    def _again(self, *, read_anyway: bool = False) -> None:
        """Follow what the bar names, whatever stands in the form meanwhile."""
        self.problem.clear()
        self._desk.again(read_anyway=read_anyway)
        self._ask()

    def _state_changed(self) -> None:
        desk = self._desk
        if desk.destination is not None:
            if desk.is_following:
                self.bar.show_following(desk.destination, ending=desk.is_ending)
                self._top.set_in_setup(False)
            else:
                self.bar.show_paused(desk.destination)  # whichever of the two is in sight
        self._show_state()

    def _show_state(self) -> None:
        has_rows = self.model.rowCount() > 0
        narrow = self.filter.query().is_narrow
        self._below.setVisible(not self._top.is_in_setup)
        self.filter.setVisible(has_rows or narrow)
        self.export.setVisible(has_rows or narrow)
        self.export.setEnabled(has_rows)
        if has_rows:
            self._stack.setCurrentWidget(self.splitter)
        elif narrow:
            self._stack.setCurrentWidget(self.nothing_found)
        else:
            self._stack.setCurrentWidget(self.waiting)
            self.waiting.show_state(practice=self._is_practice(), following=self._desk.is_following)

    def _is_practice(self) -> bool:
        return self._account is not None and self._account.practice is not None

    def _next_step(self) -> None:
        if self._is_practice():
            self.waiting.show_workers_asked()
            self._desk.start_workers(done=self.waiting.show_workers_begin, failed=self._show_failure)
        else:
            self.go_to_test_requested.emit()

    def _arrived(self, news: Arrived) -> None:
        self.model.look()
        self.notices.arrived(news)
        if not self._hit_types_pause.isActive():
            self._hit_types_pause.start()
        self._show_count()

    def _show_count(self) -> None:
        number = 0 if self._desk.now is None else self._desk.now.messages
        self._say_status(count_text(number, self.tr("1 message"), self.tr("{count} messages")) if number else "")

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
        now = self._desk.now
        if now is not None:
            is_queue = isinstance(now.destination, QueueAddress)
            self.bar.show_ended(followed, is_queue=is_queue, was_left=now.was_left)

    def _failed(self, problem: Problem) -> None:
        self.notices.rest()
        if not self.model.rowCount():
            self._top.set_in_setup(True)
        self._blames_the_place = True
        if problem.code == READING_COSTS:
            actions = [(self.tr("Follow it all the same"), "anyway")]
            self.problem.show_problem(problem, actions, tone=Tone.BEWARE)
        else:
            self.problem.show_problem(problem)
        self._show_state()

    def _act(self, key: str) -> None:
        if key == "anyway":
            self._again(read_anyway=True)

    def _place_edited(self) -> None:
        """What was said of another place is over, and so is the offer to follow it all the same."""
        if self._blames_the_place and self.setup.place() != self._desk.destination:
            self._blames_the_place = False
            self.problem.clear()

    def _back(self) -> None:
        self._top.set_in_setup(False)
        self._show_state()

    def _other(self) -> None:
        self.setup.set_has_list(self.model.rowCount() > 0)
        self._top.set_in_setup(True)
        self._show_state()

    def _ask(self) -> None:
        self.note.clear()
        self.model.show(self._desk.inbox, self.filter.query())

    def _loaded(self) -> None:
        self._show_state()
        if self.model.rowCount() and self.filter.query().is_narrow:
            self.table.choose(0)
        self._show_chosen()

    def _ask_hit_types(self) -> None:
        now = self._desk.now

        def found(hit_types: Sequence[str]) -> None:
            if self._desk.now is now:
                self.filter.set_hit_types(hit_types)

        if now is not None:
            self._tasks.run(now.inbox.hit_types, done=found, failed=lambda _: None)

    def _choose_file(self) -> None:
        inbox = self._desk.inbox
        if inbox is not None:
            self.files.choose_export(partial(export_inbox, inbox, self.model.query))

    def _make_details(self, parent: QWidget) -> InboxDetails:
        details = InboxDetails(parent)
        details.save_requested.connect(self.files.choose_save)
        return details

    def _number_of(self, row: InboxRow) -> int:
        return row.message

    def _read_whole(self, number: int) -> Callable[[], InboxMessage | None]:
        inbox = self._desk.inbox
        return partial(inbox.message, number) if inbox is not None else lambda: None

    def _show_whole(self, found: InboxMessage) -> None:
        self.details.show_message(found)

    def _notices_wanted(self, on: bool) -> None:
        self.notices.set_on(on)
        self.notices_changed.emit(on)

    def _follow_the_desk(self) -> None:
        desk = self._desk
        desk.changed.connect(self._state_changed)
        desk.arrived.connect(self._arrived)
        desk.news.connect(self._show_news)
        desk.ended.connect(self._ended)
        desk.failed.connect(self._failed)

    def _follow_the_parts(self) -> None:
        desk, setup, bar = self._desk, self.setup, self.bar
        self.model.loaded.connect(self._loaded)
        self.model.inserted.connect(self._inserted)
        self._more.timeout.connect(self.model.look)
        self._hit_types_pause.timeout.connect(self._ask_hit_types)
        setup.follow_requested.connect(self.follow)
        setup.back_requested.connect(self._back)
        setup.destination.changed.connect(self._place_edited)
        setup.choose_requested.connect(lambda kind: desk.choices(kind, done=partial(setup.set_choices, kind)))
        setup.look_requested.connect(lambda place: desk.notes(place, done=partial(setup.set_notes, place)))
        bar.pause_requested.connect(desk.pause)
        bar.resume_requested.connect(self._again)
        bar.other_requested.connect(self._other)
        bar.other_requested.connect(setup.destination.edit.setFocus)
        bar.notices_wanted.connect(self._notices_wanted)
        self.notices.pressed.connect(self.come_forward_requested)
        self.files.late.connect(desk.tell)
        self.problem.action.connect(self._act)
        self.waiting.pressed.connect(self._next_step)
        self.nothing_found.pressed.connect(self.filter.clear)
