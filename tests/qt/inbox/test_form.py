# SPDX-License-Identifier: MIT
"""The form in which a place to follow is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.receiver_place import Answer, ReceiverPlace
from notification_tester.qt.inbox.controller import NOTHING, RECEIVER, Remembered
from notification_tester.qt.inbox.form import InboxBar, InboxForm
from notification_tester.services.inbox.reading import Followed, FollowNews

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab-results"
OTHER_QUEUE = f"{QUEUE}-2"
TOPIC = "arn:aws:sns:us-east-1:123456789012:lab-topic"


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


class TestWhatIsProposed:
    """Where nothing was chosen or typed, and nowhere else."""

    def proposed(self, kind: Transport = Transport.SQS) -> Remembered:
        texts = {Transport.SQS: OTHER_QUEUE, Transport.SNS: f"{TOPIC}-2"}
        return Remembered(texts=texts, receiver=ReceiverPlace(), kind=kind.value)

    def remembered(self) -> Remembered:
        return Remembered(texts={Transport.SQS: QUEUE}, receiver=ReceiverPlace(), kind=Transport.SQS.value)

    def test_it_takes_the_place_of_what_was_remembered(self, form: InboxForm) -> None:
        form.remember(self.remembered())
        form.propose(self.proposed(Transport.SNS))
        assert (form.choice.choice(), form.destination.transport) == (Transport.SNS.value, Transport.SNS)
        assert form.destination.text() == f"{TOPIC}-2"
        assert form.follow.isEnabled()
        assert form.since_now.isHidden()
        form.set_kind(Transport.SQS.value)
        assert form.destination.text() == OTHER_QUEUE

    def test_what_was_handed_over_stays_until_it_is_followed(self, form: InboxForm) -> None:
        form.remember(self.remembered())
        form.offer(Transport.SNS, TOPIC)
        form.propose(self.proposed())
        assert form.chosen() == parse_destination(Transport.SNS, TOPIC)
        form.take_chosen()
        form.propose(self.proposed())
        assert form.chosen() == parse_destination(Transport.SQS, OTHER_QUEUE)
        form.set_kind(Transport.SNS.value)
        assert form.destination.text() == f"{TOPIC}-2"

    def test_a_kind_that_was_chosen_stays_and_is_filled(self, form: InboxForm) -> None:
        form.remember(self.remembered())
        form.choice.button(Transport.SNS.value).click()
        form.propose(self.proposed())
        assert form.chosen() == parse_destination(Transport.SNS, f"{TOPIC}-2")
        form.choice.button(RECEIVER).click()
        form.propose(self.proposed())
        assert form.chosen() == ReceiverPlace()

    def test_what_was_typed_before_the_account_was_open_stays(self, form: InboxForm) -> None:
        form.destination.set_text(QUEUE)
        form.remember(NOTHING)
        form.propose(self.proposed(Transport.SNS))
        assert form.chosen() == parse_destination(Transport.SQS, QUEUE)
        form.set_kind(Transport.SNS.value)
        assert form.destination.text() == f"{TOPIC}-2"
        form.fill(NOTHING)  # that account was left
        assert form.chosen() is None
        form.propose(self.proposed(Transport.SNS))
        assert form.chosen() == parse_destination(Transport.SNS, f"{TOPIC}-2")


class TestWhatIsSaidBesideIt:
    def test_that_mail_cannot_be_followed_until_something_else_stands_there(self, form: InboxForm) -> None:
        form.set_transport(Transport.EMAIL)
        assert form.no_mail.text.startswith("E-mail cannot be followed.")
        assert form.destination.transport is Transport.SQS
        form.destination.set_text(QUEUE)
        assert form.no_mail.text == ""

    def test_what_to_bear_in_mind_is_of_the_place_that_stands_there(self, form: InboxForm) -> None:
        place, other = (parse_destination(Transport.SQS, text) for text in (QUEUE, OTHER_QUEUE))
        form.destination.set_text(QUEUE)
        form.set_notes(other, ["It is another."])
        assert form.notes.text == ""
        form.set_notes(place, ["It is slow.", "It is shared."])
        assert form.notes.text == "Bear in mind It is slow. It is shared."
        form.set_notes(other, [])
        assert form.notes.text != ""
        form.set_notes(place, [])
        assert form.notes.text == ""
        form.set_notes(place, ["It is slow."])
        form.destination.set_text(OTHER_QUEUE)
        assert form.notes.text == ""

    def test_only_a_whole_queue_is_looked_at_and_with_an_account_alone(self, form: InboxForm, qtbot: QtBot) -> None:
        looked: list[object] = []
        form.look_requested.connect(looked.append)
        form.destination.set_text(QUEUE)
        form.destination.set_text("https://sqs")
        form.set_transport(Transport.SNS)
        form.destination.set_text(TOPIC)
        form.set_open(False)
        form.set_transport(Transport.SQS)
        form.destination.set_text(QUEUE)
        assert not form.follow.isEnabled()
        assert form.follow.toolTip() == "No account is open yet."
        later = InboxForm()  # whose pause begins after every one of those before
        qtbot.addWidget(later)
        later.set_open(True)
        with qtbot.waitSignal(later.look_requested):
            later.destination.set_text(OTHER_QUEUE)
        assert looked == []
        with qtbot.waitSignal(form.look_requested):
            form.set_open(True)
        assert looked == [parse_destination(Transport.SQS, QUEUE)]
        assert form.follow.isEnabled()
        assert form.follow.toolTip() == ""

    def test_each_kind_is_promised_and_begun_in_its_own_words(self, form: InboxForm) -> None:
        form.set_kind(Transport.SNS.value)
        assert form.promise.text() == "Nothing is removed, and nobody who receives from the topic notices."
        assert form.follow.text() == "&Follow"
        form.set_kind(RECEIVER)
        assert form.promise.text() == "Nothing leaves this computer."
        assert form.follow.text() == "Recei&ve"
        assert form.destination.isHidden()
        form.set_kind(Transport.SQS.value)
        assert not form.destination.isHidden()
        assert form.follow.text() == "&Follow"

    def test_a_list_to_go_back_to(self, form: InboxForm) -> None:
        assert form.back.isHidden()
        assert form.anew.isHidden()
        form.set_has_list(True)
        assert form.back.isVisibleTo(form)
        assert form.anew.isVisibleTo(form)
