# SPDX-License-Identifier: MIT
"""The form in which a place to follow is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.destination import Transport
from notification_tester.domain.receiver_place import Answer, ReceiverPlace
from notification_tester.qt.inbox.controller import RECEIVER, Remembered
from notification_tester.qt.inbox.form import InboxBar, InboxForm
from notification_tester.services.inbox.reading import Followed, FollowNews

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab-results"


@pytest.mark.parametrize(("chosen", "is_offered"), [(Transport.SQS, True), (Transport.SNS, False)])
def test_places_that_come_late_are_not_offered_for_the_other_kind(
    qtbot: QtBot, chosen: Transport, is_offered: bool
) -> None:
    form = InboxForm()
    qtbot.addWidget(form)
    form.set_transport(chosen)
    form.set_choices(Transport.SQS, [("lab-results", QUEUE)])
    offered = [action.text() for action in form.destination.choose.menu().actions()]
    assert ("lab-results" in offered) is is_offered


@pytest.fixture
def form(qtbot: QtBot) -> InboxForm:
    form = InboxForm()
    qtbot.addWidget(form)
    form.set_open(True)
    return form


class TestThisComputer:
    def test_every_choice_is_a_place(self, form: InboxForm) -> None:
        form.set_kind(RECEIVER)
        assert form.chosen() == ReceiverPlace()
        assert form.follow.isEnabled()
        form.receiver.port.setValue(8080)
        form.receiver.answer.setCurrentIndex(form.receiver.answer.count() - 1)
        form.receiver.confirm.setChecked(True)
        assert form.chosen() == ReceiverPlace(port=8080, answer=Answer.NOTHING, confirms=True)

    def test_a_port_of_the_system_cannot_be_chosen(self, form: InboxForm) -> None:
        form.receiver.port.setValue(80)
        assert form.receiver.place().port == 0
        assert form.receiver.port.text() == "any free one"

    def test_what_was_typed_for_a_queue_is_there_again(self, form: InboxForm) -> None:
        form.destination.set_text(QUEUE)
        form.set_kind(RECEIVER)
        form.set_kind(Transport.SNS.value)
        form.set_kind(Transport.SQS.value)
        assert form.destination.text() == QUEUE
        assert form.receiver.isHidden()

    @pytest.mark.parametrize(
        "kept",
        [
            None,
            "8080",
            {},
            {"port": 80, "answer": "200", "confirms": True},
            {"port": "x", "answer": "200", "confirms": 1},
            {"port": 8080, "answer": "301", "confirms": False},
            {"port": float("inf"), "answer": "200", "confirms": False},
        ],
    )
    def test_a_file_may_hold_anything(self, kept: object) -> None:
        assert ReceiverPlace.from_json(kept) == ReceiverPlace()

    def test_what_is_remembered_is_there_again(self, form: InboxForm) -> None:
        place = ReceiverPlace(port=8080, answer=Answer.HALF, confirms=True)
        form.remember(Remembered(texts={}, receiver=ReceiverPlace.from_json(place.as_json()), kind=RECEIVER))
        assert form.chosen() == place


class TestWhatIsSaidOfThePlace:
    def test_before_it_is_followed_the_same_is_said_as_after(self, form: InboxForm) -> None:
        form.set_transport(Transport.SQS)
        before = form.promise.text()
        assert before.startswith("Nothing is removed. While you follow, other programs that read this queue do not get")
        assert before.endswith("they get them when you pause.")

    @pytest.mark.parametrize(
        ("is_queue", "held", "said"),
        [
            (True, 0, "Nothing is kept from other readers."),
            (
                True,
                1,
                "Nothing is removed. Other programs get this message only when you pause.",
            ),
            (
                True,
                3,
                "Nothing is removed. Other programs get these 3 messages only when you pause.",
            ),
            (False, 3, "A temporary queue listens; it is removed when you pause."),
        ],
    )
    def test_while_it_is_followed(self, qtbot: QtBot, is_queue: bool, held: int, said: str) -> None:
        bar = InboxBar()
        qtbot.addWidget(bar)
        bar.show_news(FollowNews(held=held), is_queue=is_queue)
        assert bar.state.text() == said

    @pytest.mark.parametrize(
        ("is_queue", "late", "said"),
        [
            (True, 0, "Everything was given back to the queue."),
            (True, 2, "2 messages could not be given back now; the queue does so by itself soon."),
            (False, 0, "The temporary queue was removed."),
        ],
    )
    def test_when_it_has_ended(self, qtbot: QtBot, is_queue: bool, late: int, said: str) -> None:
        bar = InboxBar()
        qtbot.addWidget(bar)
        bar.show_ended(Followed(shown=3, late=late), is_queue=is_queue, was_left=False)
        assert bar.state.text() == said

    @pytest.mark.parametrize("kind", Transport)
    def test_only_a_queue_has_messages_from_before(self, form: InboxForm, kind: Transport) -> None:
        if kind is not Transport.EMAIL:
            form.set_kind(kind.value)
            assert form.since_now.isVisibleTo(form) is (kind is Transport.SQS)

    def test_what_is_chosen_while_an_account_is_opened_stays(self, form: InboxForm) -> None:
        form.set_kind(RECEIVER)
        form.receiver.port.setValue(8080)
        form.remember(Remembered(texts={Transport.SQS: QUEUE}, receiver=ReceiverPlace(), kind=Transport.SQS.value))
        assert form.chosen() == ReceiverPlace(port=8080)
        form.set_kind(Transport.SQS.value)
        assert form.destination.text() == QUEUE
