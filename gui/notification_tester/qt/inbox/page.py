# SPDX-License-Identifier: MIT
"""The page Inbox: choose a queue, a topic or this computer, follow it, and see what arrives, decoded, as it comes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from notification_tester.domain.destination import QueueAddress
from notification_tester.domain.problem import Code
from notification_tester.domain.receiver_place import FIRST_PORT, ReceiverPlace
from notification_tester.qt.inbox.controller import NOTHING, RECEIVER
from notification_tester.qt.inbox.details import InboxDetails
from notification_tester.qt.inbox.form import InboxTop
from notification_tester.qt.inbox.model import InboxModel
from notification_tester.qt.inbox.notifications import DesktopNotifications, are_available
from notification_tester.qt.inbox.table import InboxFiles, InboxFilter, InboxTable
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.list_page import ListPage
from notification_tester.qt.widgets.theme import Tone
from notification_tester.services.inbox.export import export_inbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.inbox.controller import Arrived, InboxController
    from notification_tester.services.inbox.reading import Followed, FollowNews
    from notification_tester.storage.inbox_rows import InboxMessage, InboxRow

HIT_TYPES_EVERY = 2_000
"""Milliseconds between two looks at which HIT types were seen."""


class InboxPage(ListPage[InboxDetails]):
    """Shows what the controller follows, and hands it what a person wants."""

    model: InboxModel
    filter: InboxFilter
    table: InboxTable
    files: InboxFiles
    go_to_test_requested = Signal()
    send_here_requested = Signal(str)  # the address of the receiver on this computer
    come_forward_requested = Signal()

    def __init__(self, controller: InboxController, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self.controller = controller
        self._blames_destination = False  # the problem that is shown is why a destination could not be followed
        self.notifications = DesktopNotifications(self)
        self.model = InboxModel(tasks, self)
        self.filter = InboxFilter(self)
        self.table = InboxTable(self.model, self)
        self.files = InboxFiles(tasks, self)
        self._top = InboxTop(self)
        self.form, self.bar = self._top.form, self._top.bar
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
        wanted = controller.wants_notifications
        self.notifications.set_on(wanted)
        self.bar.set_notifications(available=are_available(), on=wanted)
        self._connect_controller()
        self._connect_parts()
        self._account_changed()
        if controller.is_open:
            self._came()
        self._show_state()

    def follow(self) -> None:
        """Follow what stands in the form."""
        chosen = self.form.chosen()
        if chosen is None or not self.controller.is_open:
            return
        self.problem.clear()
        since_now = self.form.since_now.isChecked() and isinstance(chosen, QueueAddress)
        self.controller.follow(chosen, since_now=since_now)
        self._show_count()
        self._ask()

    def _again(self, *, read_anyway: bool = False) -> None:
        """Follow what the bar names, whatever stands in the form meanwhile."""
        self.problem.clear()
        self.controller.again(read_anyway=read_anyway)
        self._ask()

    def _account_changed(self) -> None:
        self.form.set_open(self.controller.is_open)

    def _came(self) -> None:
        """An account is open; what it had followed before is there again, and paused."""
        self.form.remember(self.controller.remembered())
        following = self.controller.following
        if following is not None:
            self._following_changed()
            self._top.set_in_form(False)
            if following.ended is not None:
                self._ended(following.ended)
            self._ask()
            self.controller.ask_hit_types()
        self._show_count()
        self._show_state()

    def _left(self) -> None:
        """Another account was asked for: nothing of the one before stays in sight."""
        self.notifications.rest()
        self.problem.clear()
        self.files.leave()
        for timer in (self._more, self._hit_types_pause):
            timer.stop()
        self.filter.set_hit_types(())
        self.filter.clear()  # which asks anew, and finds nothing
        self.form.fill(NOTHING)
        self.form.since_now.setChecked(False)
        self.form.destination.set_choices(())
        self._other()
        self._show_count()

    def _following_changed(self) -> None:
        controller = self.controller
        if controller.destination is not None:
            if controller.is_following:
                self.bar.show_following(controller.destination, ending=controller.is_ending)
                self._top.set_in_form(False)
            else:
                self.bar.show_paused(controller.destination)  # whichever of the two is in sight
        self._show_state()

    def _show_state(self) -> None:
        has_rows = self.model.rowCount() > 0
        narrow = self.filter.query().is_narrow
        self._below.setVisible(not self._top.is_in_form)
        self.filter.setVisible(has_rows or narrow)
        self.export.setVisible(has_rows or narrow)
        self.export.setEnabled(has_rows)
        if has_rows:
            self._stack.setCurrentWidget(self.splitter)
        elif narrow:
            self._stack.setCurrentWidget(self.nothing_found)
        else:
            self._stack.setCurrentWidget(self.waiting)
            following = self.controller.is_following
            if isinstance(self.controller.destination, ReceiverPlace):
                self.waiting.show_receiver(following=following)
            else:
                self.waiting.show_state(practice=self.controller.is_practice, following=following)

    def _next_step(self) -> None:
        if isinstance(self.controller.destination, ReceiverPlace):
            self.send_here_requested.emit(self.bar.url)
        elif self.controller.is_practice:
            self.waiting.show_workers_asked()
            self.controller.start_workers()
        else:
            self.go_to_test_requested.emit()

    def _arrived(self, arrived: Arrived) -> None:
        self.model.look()
        self.notifications.arrived(arrived)
        if not self._hit_types_pause.isActive():
            self._hit_types_pause.start()
        self._show_count()

    def _show_count(self) -> None:
        following = self.controller.following
        number = 0 if following is None else following.messages
        self._say_status(count_text(number, self.tr("1 message"), self.tr("{count} messages")) if number else "")

    def _inserted(self) -> None:
        self._show_state()
        if not self.model.is_up_to_date:
            self._more.start()

    def _show_news(self, news: FollowNews) -> None:
        controller = self.controller
        if controller.is_following and not controller.is_ending:
            self.bar.show_news(news, is_queue=isinstance(controller.destination, QueueAddress))

    def _ended(self, followed: Followed) -> None:
        self.notifications.rest()
        self.model.look()
        following = self.controller.following
        if following is not None:
            is_queue = isinstance(following.destination, QueueAddress)
            self.bar.show_ended(followed, is_queue=is_queue, was_left=following.was_left)

    def _failed(self, problem: Problem) -> None:
        self.notifications.rest()
        if not self.model.rowCount():
            self._top.set_in_form(True)
        self._blames_destination = True
        if problem.code == Code.READING_COSTS:
            actions = [(self.tr("Follow it all the same"), "anyway")]
            self.problem.show_problem(problem, actions, tone=Tone.BEWARE)
        else:
            self.problem.show_problem(problem)
        self._show_state()

    def _act(self, key: str) -> None:
        if key == "anyway":
            self._again(read_anyway=True)

    def _destination_edited(self) -> None:
        """A problem of another destination is over, and so is the offer to follow that all the same."""
        if self._blames_destination and self.form.chosen() != self.controller.destination:
            self._blames_destination = False
            self.problem.clear()

    def offer_receiver(self, port: int) -> None:
        """Have the form ready to receive on this computer, at ``port``, or at any free one where that is 0."""
        if not self.controller.is_following:
            self._other()
            self.form.set_kind(RECEIVER)
            self.form.receiver.show_place(replace(self.form.receiver.place(), port=port if port >= FIRST_PORT else 0))
            self.form.follow.setFocus()

    def _back(self) -> None:
        self._top.set_in_form(False)
        self._show_state()

    def _other(self) -> None:
        self.form.set_has_list(self.model.rowCount() > 0)
        self._top.set_in_form(True)
        self._show_state()

    def _ask(self) -> None:
        self.note.clear()
        self.model.show(self.controller.inbox, self.filter.query())

    def _loaded(self) -> None:
        self._show_state()
        if self.model.rowCount() and self.filter.query().is_narrow:
            self.table.choose(0)
        self._show_chosen()

    def _choose_file(self) -> None:
        inbox = self.controller.inbox
        if inbox is not None:
            self.files.choose_export(partial(export_inbox, inbox, self.model.query))

    def _make_details(self, parent: QWidget) -> InboxDetails:
        details = InboxDetails(parent)
        details.save_requested.connect(self.files.choose_save)
        return details

    def _number_of(self, row: InboxRow) -> int:
        return row.message

    def _read_whole(self, number: int) -> Callable[[], InboxMessage | None]:
        inbox = self.controller.inbox
        return partial(inbox.message, number) if inbox is not None else lambda: None

    def _show_whole(self, found: InboxMessage) -> None:
        self.details.show_message(found)

    def _connect_controller(self) -> None:
        controller = self.controller
        controller.account_changed.connect(self._account_changed)
        controller.left.connect(self._left)
        controller.came.connect(self._came)
        controller.changed.connect(self._following_changed)
        controller.arrived.connect(self._arrived)
        controller.news.connect(self._show_news)
        controller.ended.connect(self._ended)
        controller.failed.connect(self._failed)
        controller.hit_types_found.connect(self.filter.set_hit_types)
        controller.notes_found.connect(self.form.set_notes)
        controller.choices_found.connect(self.form.set_choices)
        controller.workers_began.connect(self.waiting.show_workers_begin)
        controller.workers_failed.connect(self._show_failure)

    def _connect_parts(self) -> None:
        controller, form, bar = self.controller, self.form, self.bar
        self.model.loaded.connect(self._loaded)
        self.model.inserted.connect(self._inserted)
        self._more.timeout.connect(self.model.look)
        self._hit_types_pause.timeout.connect(controller.ask_hit_types)
        form.follow_requested.connect(self.follow)
        form.back_requested.connect(self._back)
        form.destination.changed.connect(self._destination_edited)
        form.choose_requested.connect(controller.ask_choices)
        form.look_requested.connect(controller.ask_notes)
        bar.pause_requested.connect(controller.pause)
        bar.resume_requested.connect(self._again)
        bar.other_requested.connect(self._other)
        bar.other_requested.connect(form.destination.edit.setFocus)
        bar.notifications_wanted.connect(self.notifications.set_on)
        bar.notifications_wanted.connect(controller.set_wants_notifications)
        self.notifications.pressed.connect(self.come_forward_requested)
        self.files.late.connect(controller.say)
        self.problem.action.connect(self._act)
        self.waiting.pressed.connect(self._next_step)
        self.nothing_found.pressed.connect(self.filter.clear)


class InboxWaiting(EmptyState):
    """Stands where the list will be until something arrives, and leads on: to the practice workers, or to a test."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, icon_name="inbox", title="", text="", button="")

    def show_state(self, *, practice: bool, following: bool) -> None:
        """Say why there is nothing, and what can be done."""
        self.title.setText(self.tr("Nothing has arrived yet") if following else self.tr("Nothing arrived"))
        self.text.setText(
            self.tr("Whatever comes in stands here at once. In practice, made-up workers can begin to work now.")
            if practice
            else self.tr(
                "Whatever comes in stands here at once. Send a test to see whether anything arrives; real events come "
                "when workers work on your HITs."
            )
        )
        self.button.setText(self.tr("&Start the practice workers") if practice else self.tr("&Go to Test"))
        self.button.setEnabled(following or not practice)

    def show_receiver(self, *, following: bool) -> None:
        """Say the same of a receiver on this computer."""
        self.title.setText(self.tr("Nothing has arrived yet") if following else self.tr("Nothing arrived"))
        self.text.setText(
            self.tr("Whatever is sent to this address stands here at once. This computer can send to it itself.")
        )
        self.button.setText(self.tr("&Send a test to it"))
        self.button.setEnabled(following)

    def show_workers_asked(self) -> None:
        """The workers were called, and did not answer yet."""
        self.button.setEnabled(False)

    def show_workers_begin(self) -> None:
        """They come."""
        self.title.setText(self.tr("The workers begin"))
        self.text.setText(self.tr("The first of them accepts an assignment in a moment."))
