# SPDX-License-Identifier: MIT
"""The page Inbox: choose a queue, a topic or this computer, follow it, and see what arrives, decoded, as it comes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal

from notification_tester.domain.destination import QueueAddress
from notification_tester.domain.problem import Code, Remedy, remedy_of
from notification_tester.domain.receiver_place import FIRST_PORT, ReceiverPlace
from notification_tester.qt.inbox.controller import NOTHING, RECEIVER, OpenedPlace
from notification_tester.qt.inbox.details import InboxDetails
from notification_tester.qt.inbox.form import InboxTop, work_text, workers_button
from notification_tester.qt.inbox.model import Column, InboxModel
from notification_tester.qt.inbox.notifications import DesktopNotifications, why_not
from notification_tester.qt.inbox.opening import OpenMessages, clear_question, opened_texts
from notification_tester.qt.inbox.overview import InboxOverview
from notification_tester.qt.inbox.places import InboxPlaces
from notification_tester.qt.inbox.table import InboxFiles, InboxFilter, InboxTable, wanted_alone
from notification_tester.qt.lists.list_page import ListPage
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.event_model import Column as EventColumn
from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_buttons
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.services.inbox.export import export_inbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.destination import Transport
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.inbox.controller import Arrived, Following, InboxController
    from notification_tester.services.hit_types.practice_workers import PracticeWork
    from notification_tester.services.inbox.listening import Place
    from notification_tester.services.inbox.opened import Opened
    from notification_tester.services.inbox.reading import Followed, FollowNews
    from notification_tester.storage.inbox_rows import InboxMessage, InboxRow

HIT_TYPES_EVERY = 2_000
"""Milliseconds between two looks at which HIT types were seen."""

WORK_EVERY = 1_000
"""Milliseconds between two looks at what the practice workers do, while they work and the page is in sight."""

SHORT = 28
"""Lines of text: where the page has not as many, what is not needed to read the list is folded away."""


class InboxPage(ListPage[InboxDetails]):
    """Shows what the controller follows, and hands it what a person wants."""

    model: InboxModel
    filter: InboxFilter
    table: InboxTable
    files: InboxFiles
    scrolls = True
    go_to_test_requested = Signal()
    remedy_requested = Signal(object)  # one of those that the window can do
    send_here_requested = Signal(str)  # the address of the receiver on this computer
    come_forward_requested = Signal()
    history_requested = Signal(str)  # words by which the history finds what belongs to a row

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
        self.places = InboxPlaces(self)
        self.overview = InboxOverview(self)
        self.opening = OpenMessages(self)
        self.waiting = InboxWaiting(self)
        self.nothing_found = EmptyState(
            self,
            icon_name="search",
            title=self.tr("Nothing matches"),
            text=self.tr("No event has all of these words, this kind, this HIT type and this time."),
            button=self.tr("C&lear the filter"),
        )
        self._more = QTimer(self, singleShot=True, interval=50)
        self._hit_types_pause = QTimer(self, singleShot=True, interval=HIT_TYPES_EVERY)
        self._work: PracticeWork | None = None  # of the place that is shown
        self._work_pause = QTimer(self, singleShot=True, interval=WORK_EVERY)
        self._lay_out(
            self.tr("Inbox"),
            instead=[self.waiting, self.nothing_found],
            above=self._top,
            over_list=self.overview,
            beside=self.places,
        )
        wanted = controller.wants_notifications
        self.notifications.set_on(wanted)
        self.bar.set_notifications(why_not=why_not(), on=wanted)
        self._connect_controller()
        self._connect_parts()
        self._account_changed()
        if controller.is_open:
            self._came()
        self._show_places()
        self._show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw bars where there is room for them."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """The same in another size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        short = self.height() < self.fontMetrics().height() * SHORT
        self.overview.fit(self.height(), short=short)
        self.bar.set_short(short=short)
        self.places.fit(self.width())

    def showEvent(self, event: QShowEvent) -> None:
        """Titles may be known by now: the page HIT types collects them, and sets HIT types to tell a place."""
        super().showEvent(event)
        self.controller.ask_hit_types()
        self.controller.ask_proposals()
        self.controller.ask_work()

    def follow(self) -> None:
        """Follow what stands in the form."""
        chosen = self.form.chosen()
        if chosen is None or not self.controller.is_open:
            return
        self.problem.clear()
        since_now = self.form.since_now.isChecked() and isinstance(chosen, QueueAddress)
        self.form.take_chosen()
        self.controller.follow(chosen, since_now=since_now)

    def show_place(self, transport: Transport, destination: str, words: str) -> None:
        """Show what has arrived at a queue or topic with these words; where it has no list, the form to follow it."""
        if not self._show_found(lambda place: place.text == destination, words):
            self.offer_place(transport, destination)

    def show_receiver(self, port: int, words: str) -> None:
        """The same of a receiver on this computer, at a port."""
        if not self._show_found(lambda place: isinstance(place, ReceiverPlace) and place.port == port, words):
            self.offer_receiver(port)

    def _show_found(self, is_wanted: Callable[[Place | OpenedPlace], bool], words: str) -> bool:
        found = next((one for one in self.controller.places if is_wanted(one.destination)), None)
        if found is not None:
            self.controller.show(found)
            self.filter.search.setText(words)
        return found is not None

    def show_list(self) -> None:
        """Show the list in the place of the form, where there is one."""
        if self.controller.following is not None:
            self._top.set_in_form(False)
        self._show_state()

    def _again(self, *, read_anyway: bool = False) -> None:
        """Follow what the bar names, whatever stands in the form meanwhile."""
        self.problem.clear()
        self.controller.again(read_anyway=read_anyway)

    def _account_changed(self) -> None:
        self.form.set_open(self.controller.is_open)

    def _came(self) -> None:
        """An account is open; what it had followed before is there again, and paused."""
        self.form.remember(self.controller.remembered())
        if self.isVisible():
            self.controller.ask_proposals()
        if self.controller.following is not None:
            self._place_shown()
        self._show_state()

    def _place_shown(self) -> None:
        """Another place's list is shown, or this one from its beginning."""
        following = self.controller.following
        self.problem.clear()
        self.note.clear()
        self.filter.set_hit_types({})
        self.filter.hit_type.setCurrentIndex(0)
        self.filter.events, self.filter.span = frozenset(), None
        self.overview.rest()
        self._work = None
        self._workers_answered()
        self.controller.ask_work()
        if following is None:
            self.model.show(None, self.filter.query())
            self._other()
        else:
            self._top.set_in_form(False)
            self._following_changed()
            if following.ended is not None:
                self._say_ended(following.ended)
            if following.news is not None:
                self._show_news(following.news)
            self._ask()
            self.controller.ask_hit_types()

    def _show_places(self) -> None:
        controller = self.controller
        places = controller.places
        self.places.show_places(places, controller.following, is_open=controller.is_open)
        if self.places.isHidden() is bool(places):
            self.places.setVisible(bool(places))
            if places:
                self.form.messages.hide()
                self.places.take_back()
            else:
                self.form.take(self.places.lent)
        self._show_count()

    def _left(self) -> None:
        """Another account was asked for: nothing of the one before stays in sight."""
        self.notifications.rest()
        self.problem.clear()
        self.files.leave()
        self._work = None
        self._workers_answered()  # what they answer now is nobody's any more
        for timer in (self._more, self._hit_types_pause, self._work_pause):
            timer.stop()
        self.opening.leave()
        self.filter.set_hit_types({})
        self.filter.clear()  # which asks anew, and finds nothing
        self.overview.rest()
        self.form.fill(NOTHING)
        self.form.since_now.setChecked(False)
        self.form.destination.set_choices(())
        self._other()

    def _following_changed(self) -> None:
        controller = self.controller
        place = controller.destination
        if isinstance(place, OpenedPlace):
            self.bar.show_opened(place.name)
        elif place is not None:
            if controller.is_following:
                self.bar.show_following(place, ending=controller.is_ending, url=self._receives_at())
                self._top.set_in_form(False)
            else:
                self.bar.show_paused(place)  # whichever of the two is in sight
        self._show_state()

    def _show_state(self) -> None:
        has_rows = self.model.rowCount() > 0
        narrow = self.filter.query().is_narrow
        self._below.setVisible(not self._top.is_in_form)
        self.filter.setVisible(has_rows or narrow)
        self.overview.setVisible(has_rows or narrow)
        self.export.setVisible(has_rows or narrow)
        self.export.setEnabled(has_rows)
        if has_rows:
            self._stack.setCurrentWidget(self.splitter)
        elif narrow:
            self._stack.setCurrentWidget(self.nothing_found)
        else:
            self._stack.setCurrentWidget(self.waiting)
            following = self.controller.is_following
            if isinstance(self.controller.destination, OpenedPlace):
                self.waiting.show_opened()
            elif isinstance(self.controller.destination, ReceiverPlace):
                self.waiting.show_receiver(following=following, is_open=bool(self._receives_at()))
            else:
                self.waiting.show_state(
                    practice=self.controller.is_practice,
                    following=following,
                    work=self._work,
                    is_queue=isinstance(self.controller.destination, QueueAddress),
                )
        self._show_work_in_bar(in_list=has_rows or narrow)

    def _show_work_in_bar(self, *, in_list: bool) -> None:
        """Say what the practice workers do where the list is; where there is none, it stands in its place."""
        controller = self.controller
        self.bar.show_work(
            self._work if in_list else None,
            is_queue=isinstance(controller.destination, QueueAddress),
            may_begin=controller.is_following and not controller.is_ending,
        )

    def _work_found(self, work: PracticeWork | None) -> None:
        is_new, self._work = work != self._work, work
        if work is not None and work.at.working and self.isVisible():
            self._work_pause.start()
        if is_new:
            self._show_state()

    def _next_step(self) -> None:
        if isinstance(self.controller.destination, OpenedPlace):
            self.opening.ask()
        elif isinstance(self.controller.destination, ReceiverPlace):
            self.send_here_requested.emit(self.bar.url)
        elif self.controller.is_practice:
            self._start_workers()
        else:
            self.go_to_test_requested.emit()

    def _start_workers(self) -> None:
        self.waiting.show_workers_asked()
        self.bar.work_again.setEnabled(False)
        self.controller.start_workers()

    def _workers_answered(self) -> None:
        self.bar.work_again.setEnabled(True)

    def _arrived(self, arrived: Arrived) -> None:
        self.model.look()
        self.notifications.arrived(arrived)
        self.overview.look()
        if not self._hit_types_pause.isActive():
            self._hit_types_pause.start()

    def _show_count(self) -> None:
        following = self.controller.following
        number = 0 if following is None else following.inbox.messages
        self._say_status(count_text(number, self.tr("1 message"), self.tr("{count} messages")) if number else "")

    def _inserted(self) -> None:
        self._show_state()
        if not self.model.is_up_to_date:
            self._more.start()

    def _show_news(self, news: FollowNews) -> None:
        controller = self.controller
        if controller.is_following and not controller.is_ending:
            self.bar.show_news(news, is_queue=isinstance(controller.destination, QueueAddress))
            if isinstance(controller.destination, ReceiverPlace):
                self._show_state()  # it has its address by now

    def _receives_at(self) -> str:
        following = self.controller.following
        return "" if following is None or following.news is None else following.news.url

    def _ended(self, followed: Followed) -> None:
        self.notifications.rest()
        self.model.look()
        self.overview.look()
        self._say_ended(followed)

    def _say_ended(self, followed: Followed) -> None:
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
            self.problem.show_problem(problem, remedy_buttons(problem, EVERYWHERE | {Remedy.TRY_AGAIN}))
        self._show_state()

    def _actions_of(self, problem: Problem) -> list[tuple[str, str]]:
        return remedy_buttons(problem)

    def _act(self, key: str) -> None:
        remedy = remedy_of(key)
        if key == "anyway":
            self._again(read_anyway=True)
        elif remedy is Remedy.TRY_AGAIN:
            self._again()
        elif remedy is not None:
            self.remedy_requested.emit(remedy)

    def _destination_edited(self) -> None:
        """A problem of another destination is over, and so is the offer to follow that all the same."""
        if self._blames_destination and self.form.chosen() != self.controller.destination:
            self._blames_destination = False
            self.problem.clear()

    def offer_place(self, transport: Transport, destination: str) -> None:
        """Fill in where to follow; what is followed already goes on."""
        self._other()
        self.form.offer(transport, destination)

    def offer_receiver(self, port: int) -> None:
        """Have the form ready to receive on this computer, at ``port``, or at any free one where that is 0."""
        self._other()
        self.form.set_kind(RECEIVER)
        self.form.receiver.show_place(replace(self.form.receiver.place(), port=port if port >= FIRST_PORT else 0))
        self.form.follow.setFocus()

    def _back(self) -> None:
        self._top.set_in_form(False)
        self._show_state()

    def _other(self) -> None:
        self.form.set_has_list(self.controller.following is not None)
        self._top.set_in_form(True)
        self._show_state()

    def _ask(self) -> None:
        self.note.clear()
        query = self.filter.query()
        self.overview.set_filter(query.events, self.filter.span)
        self.model.show(self.controller.inbox, query)
        self._ask_overview()

    def _ask_work(self) -> None:
        if self.isVisible():  # else it is asked when the page is seen again
            self.controller.ask_work()

    def _ask_overview(self) -> None:
        self.controller.ask_overview(self.filter.query())

    def _filter_changed(self) -> None:
        self.filter.choose(self.overview.chips.chosen(), self.overview.bars.span)

    def _only(self, column: Column, row: InboxRow) -> None:
        """Show only what has the same as a cell."""
        if column is Column.EVENT:
            self.filter.choose(frozenset({row.event_type}), self.filter.span)
        elif column is Column.HIT_TYPE:
            self.filter.choose_hit_type(row.hit_type_id)
        else:
            self.filter.search.setText(wanted_alone(row, column))
            self.filter.changed.emit()

    def _only_event(self, column: EventColumn, text: str) -> None:
        """Show only what has the same as a cell of the message in the details."""
        if column is EventColumn.EVENT:
            self.filter.choose(frozenset({text}), self.filter.span)
        else:
            self.filter.search.setText(text)
            self.filter.changed.emit()

    def _fold(self, row: InboxRow) -> None:
        inbox = self.controller.inbox
        if self.model.is_unfolded(row):
            self.model.fold(row)
        elif inbox is not None:
            self.model.unfold(row, inbox)

    def _hit_types_found(self, titles: dict[str, str], is_new: bool) -> None:
        self.filter.set_hit_types(titles)
        if is_new and self.filter.query().text:  # which may be in a title
            self._ask()
        elif is_new:
            self.model.set_titles(titles)
            self._ask_overview()

    def _messages_opened(self, opened: Opened) -> None:
        said, problem = opened_texts(opened)
        if said:
            self.note.say(*said)
        if problem is not None:
            self._show_failure(problem)

    def _ask_to_clear(self, following: Following) -> None:
        clear = partial(self.controller.clear, following)
        clear_question(
            following, self, clear=partial(clear, with_place=False), remove=partial(clear, with_place=True)
        ).open()

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
        details.filter_requested.connect(self._only_event)
        details.history_requested.connect(self.history_requested)
        return details

    def _number_of(self, row: InboxRow) -> int:
        return row.message

    def _read_whole(self, number: int) -> Callable[[], InboxMessage | None]:
        inbox = self.controller.inbox
        return partial(inbox.message, number) if inbox is not None else lambda: None

    def _show_whole(self, found: InboxMessage) -> None:
        row = self.model.row_at(self.table.currentIndex())
        titles = {row.hit_type_id: row.title} if row is not None and row.title else {}
        self.details.show_message(found, titles, is_practice=self.controller.is_practice)

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
        controller.places_changed.connect(self._show_places)
        controller.shown.connect(self._place_shown)
        controller.arrived_elsewhere.connect(self.notifications.arrived)
        controller.overview_found.connect(self.overview.show_overview)
        controller.messages_opened.connect(self._messages_opened)
        controller.hit_types_found.connect(self._hit_types_found)
        controller.notes_found.connect(self.form.set_notes)
        controller.choices_found.connect(self.form.set_choices)
        controller.choices_failed.connect(self.form.show_no_choices)
        controller.proposed.connect(self.form.propose)
        controller.workers_failed.connect(self._show_failure)
        controller.workers_began.connect(self._workers_answered)
        controller.workers_failed.connect(self._workers_answered)
        controller.work_found.connect(self._work_found)

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
        bar.workers_wanted.connect(self._start_workers)
        self._work_pause.timeout.connect(self._ask_work)
        self.places.other_requested.connect(self._other)
        self.places.other_requested.connect(form.destination.edit.setFocus)
        self.places.other_requested.connect(controller.ask_proposals)
        self.places.chosen.connect(controller.show)
        self.places.clear_requested.connect(self._ask_to_clear)
        self.places.history_requested.connect(self.history_requested)
        self.places.open_requested.connect(self.opening.ask)
        self.places.paste_requested.connect(self.opening.paste)
        self.opening.files_given.connect(controller.open_files)
        self.opening.text_given.connect(controller.open_text)
        self.overview.wanted.connect(self._ask_overview)
        self.overview.changed.connect(self._filter_changed)
        self.overview.hit_type_chosen.connect(self.filter.choose_hit_type)
        self.table.fold_requested.connect(self._fold)
        self.table.filter_requested.connect(self._only)
        self.table.history_requested.connect(self.history_requested)
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

    def show_state(
        self, *, practice: bool, following: bool, work: PracticeWork | None = None, is_queue: bool = True
    ) -> None:
        """Say why there is nothing, and what can be done; ``work``: what the practice workers do."""
        self.title.setText(self.tr("Nothing has arrived yet") if following else self.tr("Nothing arrived"))
        self.text.setText(
            " ".join(
                (
                    self.tr("Whatever comes in stands here at once."),
                    self.tr("In practice, made-up workers work on made-up HITs.")
                    if work is None
                    else work_text(work, is_queue=is_queue),
                )
            )
            if practice
            else self.tr(
                "Whatever comes in stands here at once. Send a test to see whether anything arrives; real events come "
                "when workers work on your HITs."
            )
        )
        self.button.setText(workers_button(work) if practice else self.tr("&Go to Test"))
        is_known = work is not None and not work.at.working  # what pressing it would change is said before
        self.button.setEnabled((following and is_known) or not practice)

    def show_receiver(self, *, following: bool, is_open: bool) -> None:
        """Say the same of a receiver on this computer; ``is_open``: it can be sent to."""
        self.title.setText(self.tr("Nothing has arrived yet") if following else self.tr("Nothing arrived"))
        self.text.setText(
            self.tr("Whatever is sent to this address stands here at once. This computer can send to it itself.")
        )
        self.button.setText(self.tr("&Send a test to it"))
        self.button.setEnabled(following and is_open)

    def show_opened(self) -> None:
        """Say the same of messages that a person opens."""
        self.title.setText(self.tr("No message is in this list"))
        self.text.setText(self.tr("Open files with notifications, drop them here, or paste a message."))
        self.button.setText(self.tr("Open messages…"))
        self.button.setEnabled(True)

    def show_workers_asked(self) -> None:
        """The workers were called, and did not answer yet."""
        self.button.setEnabled(False)
