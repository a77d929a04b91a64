# SPDX-License-Identifier: MIT
"""What the page Inbox asks, and what it is told: of the place that is shown, and of the account that is open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, QTimer

from journeys.test_inbox_lists import body
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import QueueAddress, Transport, parse_destination
from notification_tester.domain.events import EventType
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.practice.faults import Faults
from notification_tester.qt.inbox.controller import RECEIVER, InboxController, OpenedPlace
from notification_tester.services.inbox import reading
from notification_tester.storage.inbox_rows import InboxQuery
from notification_tester.storage.preferences import INBOX_ADDRESSES, Preferences

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from notification_tester.domain.problem import Problem
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.inbox.controller import Following
    from notification_tester.qt.session import Program
    from notification_tester.services.inbox.listening import Place
    from notification_tester.storage.places import Places

SIGNALS = (
    *("account_changed", "left", "came", "places_changed", "shown", "changed", "arrived", "arrived_elsewhere"),
    *("news", "ended", "failed", "hit_types_found", "overview_found", "notes_found", "choices_found"),
    *("choices_failed", "proposed", "messages_opened", "workers_began", "workers_failed", "work_found"),
)


class Heard(QObject):
    """Notes what a controller tells, in its order."""

    def __init__(self, controller: InboxController) -> None:
        super().__init__(controller)
        self.told: list[tuple[str, tuple[Any, ...]]] = []
        for name in SIGNALS:
            getattr(controller, name).connect(lambda *words, name=name: self.told.append((name, words)))

    def of(self, name: str) -> list[tuple[Any, ...]]:
        return [words for told, words in self.told if told == name]

    def has(self, times: int, name: str) -> bool:
        return len(self.of(name)) == times

    def take(self) -> list[str]:
        """What was told since the last time."""
        names, self.told = [name for name, _ in self.told], []
        return names


@pytest.fixture
def controller(program: Program, places: Places, monkeypatch: pytest.MonkeyPatch) -> InboxController:
    """As the window has it, with practice open, which it heard of."""
    monkeypatch.setattr(reading, "POLL_SECONDS", 1)
    made = InboxController(program, Preferences(places.preferences))
    program.opened.emit(program.current)
    return made


@pytest.fixture
def heard(controller: InboxController) -> Heard:
    return Heard(controller)


def opened(program: Program) -> tuple[Any, PracticeCloud]:
    current = program.current
    assert current is not None
    assert current.practice is not None
    return current, current.practice


def queue_of(program: Program, name: str = "") -> QueueAddress:
    """Practice's own queue, or a new one."""
    current, cloud = opened(program)
    url = current.clients.sqs().create_queue(QueueName=name)["QueueUrl"] if name else cloud.details.queue_url
    found = parse_destination(Transport.SQS, url)
    assert isinstance(found, QueueAddress)
    return found


def put(program: Program, place: Place, *documents: str) -> None:
    for one in documents:
        opened(program)[0].clients.sqs().send_message(QueueUrl=place.text, MessageBody=body(one))


def ticks(controller: InboxController) -> bool:
    """Whether something wakes the window again and again."""
    return any(one.isActive() for one in controller.findChildren(QTimer))


def shown(controller: InboxController) -> Following:
    assert controller.following is not None
    return controller.following


def asked_for(following: Following) -> tuple[bool, bool, object]:
    """Whether only what is new, whether though looking costs, and how it ended before."""
    return following.since_now, following.read_anyway, following.ended


def test_a_place_is_followed_paused_cleared_and_removed(
    qtbot: QtBot, program: Program, controller: InboxController, heard: Heard
) -> None:
    place = queue_of(program)
    assert controller.is_open
    assert controller.is_practice
    assert controller.places == []
    controller.again()
    controller.pause()
    assert heard.take() == [], "there is nothing yet"
    assert not ticks(controller)
    controller.follow(place, since_now=False)
    following = shown(controller)
    assert (controller.destination, controller.places) == (place, [following])
    assert (controller.is_following, controller.is_ending, following.since_now) == (True, False, False)
    assert heard.take() == ["places_changed", "shown", "places_changed", "changed"]
    put(program, place, "d1", "d2")
    qtbot.waitUntil(lambda: sum(one.count for (one,) in heard.of("arrived")) == 2)
    assert [one for one in heard.take() if one != "news"][-2:] == ["arrived", "places_changed"]
    assert controller.inbox is following.inbox
    assert following.inbox.messages == 2
    controller.follow(place, since_now=True)
    assert asked_for(following) == (False, False, None), "it is followed already"
    heard.take()

    controller.pause()
    assert (controller.is_following, controller.is_ending, following.is_live) == (True, True, False)
    assert heard.take() == ["places_changed", "changed"]
    controller.pause()
    controller.again()
    assert heard.take() == [], "it is ending already"
    qtbot.waitUntil(lambda: not controller.is_following)
    assert (following.news, controller.is_ending) == (None, False)
    assert heard.take()[-3:] == ["places_changed", "changed", "ended"]
    assert following.ended is not None
    assert not ticks(controller), "while nothing is followed nothing comes"

    following.read_anyway = True
    controller.follow(place, since_now=True)
    assert controller.places == [following], "with the list that it has"
    assert asked_for(following) == (True, False, None)
    heard.take()
    controller.clear(following, with_place=True)
    qtbot.waitUntil(lambda: bool(heard.of("shown")))
    assert controller.places == [following], "it is followed, and what was given back may come again"
    controller.pause()
    qtbot.waitUntil(lambda: not controller.is_following)
    heard.take()
    controller.clear(following, with_place=True)
    assert (controller.places, controller.following, controller.is_following) == ([], None, False)
    assert heard.take() == ["shown", "places_changed"]


def test_of_two_places_one_is_shown_and_the_other_goes_on(
    qtbot: QtBot, program: Program, controller: InboxController, heard: Heard
) -> None:
    first, second = queue_of(program, "first"), queue_of(program, "second")
    controller.follow(first, since_now=False)
    controller.follow(second, since_now=False)
    one, other = controller.places
    assert controller.following is other
    assert one.is_live
    put(program, first, "d1")
    qtbot.waitUntil(lambda: bool(heard.of("arrived_elsewhere")))
    assert not heard.of("arrived")
    put(program, second, "d2")
    qtbot.waitUntil(lambda: bool(heard.of("arrived")))
    heard.take()
    controller.show(one)
    assert heard.take() == ["places_changed", "shown"]
    assert controller.following is one
    controller.pause()
    qtbot.waitUntil(lambda: not one.is_in_use)
    assert other.is_live
    assert ticks(controller)
    put(program, second, "d3")
    qtbot.waitUntil(lambda: bool(heard.of("arrived_elsewhere")))
    controller.clear(one, with_place=True)
    assert controller.following is other, "what is left is shown"


def test_no_more_than_four_at_once_and_none_once_the_window_closes(
    qtbot: QtBot, program: Program, controller: InboxController, heard: Heard
) -> None:
    for number in range(4):
        controller.follow(queue_of(program, f"q{number}"), since_now=False)
    assert heard.of("failed") == []
    controller.follow(queue_of(program, "q4"), since_now=False)
    ((problem,),) = heard.of("failed")
    assert problem.code == "inbox.too-many"
    assert not controller.is_following
    assert len(controller.places) == 5, "it is kept, to be followed later"
    program.closing.emit()
    assert not ticks(controller)
    assert not any(one.is_live for one in controller.places)
    heard.take()
    controller.follow(queue_of(program, "q5"), since_now=False)
    controller.open_text(body("d1"))
    assert heard.take() == []
    qtbot.waitUntil(lambda: not any(one.is_in_use for one in controller.places))
    controller.again()
    assert not controller.is_following


def test_what_leaves_with_an_account_comes_back_with_it(
    qtbot: QtBot, program: Program, controller: InboxController, heard: Heard
) -> None:
    told: list[tuple[Problem, object]] = []
    program.account_notice.connect(lambda problem, account: told.append((problem, account)))
    controller.open_text(body("d1"))
    qtbot.waitUntil(lambda: bool(heard.of("messages_opened")))
    controller.follow(queue_of(program), since_now=False)
    followed, files = shown(controller), controller.places[0]
    controller.show(files)
    heard.take()
    program.left.emit(PRACTICE)
    assert not ticks(controller)
    assert heard.take() == ["account_changed", "left", "places_changed"]
    assert controller.following is None
    assert (followed.was_left, followed.is_live, files.was_left) == (True, False, False)
    ((problem, wanted),) = told
    assert problem.title == "The Inbox follows practice-results no more."
    assert wanted is PRACTICE
    program.opened.emit(program.current)
    assert ticks(controller) is followed.is_in_use, "what still comes of it is told"
    assert heard.take() == ["account_changed", "came", "places_changed"]
    assert shown(controller) is files, "what was looked at"
    program.opened.emit(program.current)
    assert heard.take() == ["account_changed"], "practice had to be started again"
    qtbot.waitUntil(lambda: not followed.is_in_use)
    controller.show(followed)
    controller.again()
    assert (followed.is_live, followed.was_left) == (True, False)
    program.open_failed.emit(PRACTICE, problem)
    assert heard.take()[-1] == "account_changed"

    program.forgotten.emit("Another")
    assert controller.places == [files, followed]
    program.forgotten.emit(PRACTICE.kept_as)
    assert controller.places == [followed], "what is shown leaves with the account"


def test_opened_messages_have_one_list_and_what_is_none_leaves_no_list(
    qtbot: QtBot, program: Program, controller: InboxController, heard: Heard
) -> None:
    controller.open_text("milk")
    qtbot.waitUntil(lambda: bool(heard.of("messages_opened")))
    assert controller.places == []
    assert heard.take() == ["places_changed", "messages_opened"]
    for number, text in enumerate((body("d1"), body("d2")), start=1):
        controller.open_text(text)
        qtbot.waitUntil(partial(heard.has, number, "messages_opened"))
    (files,) = controller.places
    assert isinstance(files.destination, OpenedPlace)
    assert (files.inbox.messages, files.openings, controller.following) == (2, 0, files)
    assert heard.take()[:4] == ["places_changed", "places_changed", "shown", "messages_opened"]
    controller.again()
    assert not controller.is_following, "nothing is asked anywhere"
    controller.ask_work()
    assert heard.of("work_found") == [(None,)]
    controller.start_workers()
    controller.ask_overview(InboxQuery())
    controller.ask_hit_types()
    qtbot.waitUntil(lambda: {"overview_found", "hit_types_found"} <= {name for name, _ in heard.told})
    ((titles, is_new),) = heard.of("hit_types_found")
    assert titles == {"3TYPE": ""}
    assert not is_new
    ((overview,),) = heard.of("overview_found")
    assert overview.kinds[EventType.ASSIGNMENT_SUBMITTED.value] == 2
    assert not {"workers_began", "workers_failed"} & {name for name, _ in heard.told}
    controller.clear(files, with_place=False)
    qtbot.waitUntil(lambda: heard.take()[-2:] == ["places_changed", "shown"])
    assert files.inbox.messages == 0
    cleared: list[int] = []
    controller.clear_all(done=cleared.append, failed=print)
    qtbot.waitUntil(lambda: bool(cleared))
    assert cleared == [1]
    assert controller.places == []


def test_what_a_place_is_asked_about_is_answered(
    qtbot: QtBot, tasks: Tasks, program: Program, controller: InboxController, heard: Heard
) -> None:
    place, cloud = queue_of(program), opened(program)[1]
    controller.ask_notes(place)
    controller.ask_choices(Transport.SQS)
    controller.ask_proposals()
    qtbot.waitUntil(lambda: {"notes_found", "choices_found", "proposed"} <= {name for name, _ in heard.told})
    assert heard.of("notes_found")[0][0] == place
    ((transport, choices),) = heard.of("choices_found")
    assert transport is Transport.SQS
    assert place.text in {text for _, text in choices}
    ((proposed,),) = heard.of("proposed")
    assert proposed.texts == {Transport.SQS: place.text, Transport.SNS: cloud.details.topic_arn}
    cloud.set_faults(Faults(denied_actions=("sqs:ListQueues",)))
    controller.ask_choices(Transport.SQS)
    qtbot.waitUntil(lambda: bool(heard.of("choices_failed")))
    cloud.set_faults(Faults())

    controller.follow(place, since_now=False)
    heard.take()
    controller.ask_proposals()
    controller.ask_work()
    qtbot.waitUntil(lambda: {"proposed", "work_found"} <= {name for name, _ in heard.told})
    assert heard.of("proposed")[0][0].texts[Transport.SQS] == "", "it stands at the left"
    assert heard.of("work_found")[0][0].at.hit_types == 0
    controller.start_workers()
    qtbot.waitUntil(lambda: bool(heard.of("workers_began")) and len(heard.of("work_found")) == 2)
    assert heard.of("work_found")[1][0].at.hit_types == 1
    controller.pause()
    qtbot.waitUntil(lambda: not controller.is_following and not tasks.is_busy)


def test_where_a_place_cannot_be_read_that_is_said_where_it_is_looked_for(
    qtbot: QtBot, program: Program, controller: InboxController, heard: Heard
) -> None:
    said: list[Problem] = []
    program.notice.connect(said.append)
    gone, there = queue_of(program, "gone"), queue_of(program, "there")
    opened(program)[0].clients.sqs().delete_queue(QueueUrl=gone.text)
    controller.follow(gone, since_now=False)
    qtbot.waitUntil(lambda: bool(heard.of("failed")))
    assert not controller.is_following
    assert said == []
    controller.again()
    controller.follow(there, since_now=False)
    qtbot.waitUntil(lambda: bool(said))
    assert len(heard.of("failed")) == 1, "it is not on the page any more"
    controller.say(said[0])
    assert len(said) == 2


def test_what_was_followed_is_remembered_of_each_account(
    qtbot: QtBot, tasks: Tasks, program: Program, controller: InboxController, places: Places
) -> None:
    assert controller.remembered().kind == Transport.SQS.value
    here = ReceiverPlace(confirms=True)
    controller.follow(here, since_now=False)
    assert (controller.remembered().kind, controller.remembered().receiver) == (RECEIVER, here)
    controller.set_wants_notifications(True)
    qtbot.waitUntil(lambda: shown(controller).news is not None)
    port = shown(controller).destination
    assert isinstance(port, ReceiverPlace)
    assert port.port > 0, "the one that the system chose"
    controller.pause()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    controller.follow(parse_destination(Transport.SNS, opened(program)[1].details.topic_arn), since_now=False)
    controller.pause()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    another = InboxController(program, Preferences(places.preferences))
    assert another.wants_notifications
    assert (another.remembered().kind, another.remembered().receiver) == (Transport.SNS.value, here)
    another.deleteLater()
    program.forgotten.emit(PRACTICE.kept_as)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert Preferences(places.preferences).get(INBOX_ADDRESSES) == {}
