# SPDX-License-Identifier: MIT
"""What counts as the arrival of a test, and what only looks like it."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from notification_tester.aws.queues import CLOCK_TOLERANCE, Queue
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, EventType
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.messages.message import decode
from notification_tester.practice.faults import Faults
from notification_tester.practice.mailbox import KEPT
from notification_tester.services import holding as inbox_holding
from notification_tester.services.hit_types.practice_workers import start_workers
from notification_tester.services.readers import INBOX, Readers
from notification_tester.services.sending import watcher
from notification_tester.services.sending.queue_watch import AlreadySeen, QueueWatch, Tally
from notification_tester.services.sending.test_send import Progress, Stage, TestSend
from services.parts import LONG, SUBMITTED, Desk, body_of_test, until
from services.relay import Passed, opened_through, relay_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.domain.destination import QueueAddress
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.session import Session

WAIT = 0.7


class TestAMailbox:
    def lost_while(self, desk: Desk, happens: Callable[[], object]) -> State:
        """Send a test that never comes, and have something else happen meanwhile; whether it was taken for it."""
        desk.cloud.set_faults(Faults(lose_next=1))

        def meanwhile(news: Progress) -> None:
            if news.stage is Stage.WAITING:
                desk.cloud.set_faults(Faults())
                happens()

        return desk.send(desk.spec(Transport.EMAIL), wait=WAIT, progress=meanwhile).arrived.state

    def test_mail_to_another_address_does_not_count(self, desk: Desk) -> None:
        others = desk.spec(Transport.EMAIL, "somebody.else@practice.example")
        happened = self.lost_while(desk, lambda: desk.opened.requester.send_test_event(others, SUBMITTED))
        assert happened is State.NO

    def test_mail_of_another_event_does_not_count(self, desk: Desk) -> None:
        spec = desk.spec(Transport.EMAIL)
        happened = self.lost_while(desk, lambda: desk.opened.requester.send_test_event(spec, EventType.HIT_DISPOSED))
        assert happened is State.NO

    def test_mail_of_an_earlier_test_does_not_count(self, desk: Desk) -> None:
        desk.opened.requester.send_test_event(desk.spec(Transport.EMAIL), SUBMITTED)
        assert self.lost_while(desk, lambda: None) is State.NO

    def test_the_same_mail_once_more_counts(self, desk: Desk) -> None:
        spec = desk.spec(Transport.EMAIL)
        desk.opened.requester.send_test_event(spec, SUBMITTED)
        happened = self.lost_while(desk, lambda: desk.opened.requester.send_test_event(spec, SUBMITTED))
        assert happened is State.YES

    def test_mail_of_what_really_happened_does_not_count(self, session: Session, practice: OpenAccount) -> None:
        assert practice.practice is not None
        cloud = practice.practice
        desk = Desk.without_records(practice)
        start_workers(session.hit_types, practice, desk.spec(Transport.EMAIL).destination)
        event = EventType.ASSIGNMENT_ACCEPTED
        spec = desk.spec(Transport.EMAIL, events=(event,))
        cloud.set_faults(Faults(lose_next=1))

        def work(news: Progress) -> None:
            if news.stage is Stage.WAITING:
                cloud.set_workers(speed=50.0, events=20)
                assert until(lambda: any(event.value in mail.text for mail in cloud.mailbox()))

        outcome = desk.send(spec, event, wait=WAIT, progress=work)
        desk.tests.close()
        assert (outcome.accepted.state, outcome.arrived.state) == (State.YES, State.NO)

    @pytest.mark.slow
    def test_a_full_mailbox_hides_nothing(self, practice: OpenAccount) -> None:
        desk = Desk.without_records(practice)
        spec = desk.spec(Transport.EMAIL)
        for _ in range(KEPT):
            practice.requester.send_test_event(spec, EventType.HIT_DISPOSED)
        assert desk.send(spec).is_good


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    made = desk.outside.open_queue("looked-into")
    yield made
    desk.tests.close()
    desk.outside.sqs.delete_queue(QueueUrl=made)


def queue_at(desk: Desk, url: str) -> Queue:
    return Queue(desk.opened.clients, cast("QueueAddress", parse_destination(Transport.SQS, url)))


def sent_at(desk: Desk, url: str) -> datetime:
    """When the one message in a queue was put there, by the queue's clock."""
    names: Any = ["SentTimestamp"]
    (message,) = desk.outside.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, MessageSystemAttributeNames=names)[
        "Messages"
    ]
    return datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, tz=UTC)


class TestAQueue:
    @pytest.mark.parametrize(
        ("in_their_hands", "detail"),
        [
            pytest.param(
                2,
                "Another program reads this queue: 2 messages were in its hands when the search began, and it may have "
                "taken the test too.",
                id="somebody-reads-it",
            ),
            pytest.param(0, "If another program reads this queue", id="nobody-is-seen"),
        ],
    )
    def test_a_lost_test_names_who_may_have_taken_it(
        self, desk: Desk, url: str, in_their_hands: int, detail: str
    ) -> None:
        for _ in range(in_their_hands):
            desk.outside.sqs.send_message(QueueUrl=url, MessageBody="somebody's work")
            desk.outside.sqs.receive_message(QueueUrl=url)
        desk.cloud.set_faults(Faults(lose_next=1))
        outcome = desk.send(desk.spec(destination=url), wait=WAIT)
        assert outcome.arrived.state is State.NO
        assert outcome.problem is not None
        assert detail in outcome.problem.detail

    @pytest.mark.parametrize("remove", [True, False])
    def test_a_test_that_inbox_was_given_has_arrived(self, desk: Desk, url: str, remove: bool) -> None:
        readers = Readers()
        desk.tests = TestSend(history=desk.history, leftovers=desk.leftovers, readers=readers)
        inbox = readers.join(cast("QueueAddress", parse_destination(Transport.SQS, url)), INBOX)
        # The search sees nothing by itself: what comes is in the hands of Inbox when it looks.
        desk.cloud.set_faults(Faults(lose_next=1))

        def given_to_inbox(news: Progress) -> None:
            if news.stage is Stage.WAITING and not given:
                given.append(time.perf_counter())
                desk.outside.sqs.send_message(QueueUrl=hidden, MessageBody=body_of_test())
                inbox.tell(queue_at(desk, hidden).receive(wait_seconds=5, hold_seconds=30), came_at=time.perf_counter())

        given: list[float] = []
        hidden = desk.outside.open_queue("in-the-hands-of-inbox")
        outcome = desk.send(desk.spec(destination=url), progress=given_to_inbox, remove_afterwards=remove)
        desk.tests.close()
        desk.outside.sqs.delete_queue(QueueUrl=hidden)
        assert outcome.is_good
        assert outcome.arrived.detail.startswith("Seen in looked-into by Inbox")
        assert outcome.arrived.detail.endswith("Inbox has it in its list.")
        assert outcome.arrived.seconds is not None
        assert 0 < outcome.arrived.seconds < time.perf_counter() - given[0] + LONG

    def test_inbox_is_no_other_program(self, desk: Desk, url: str) -> None:
        readers = Readers()
        desk.tests = TestSend(history=desk.history, leftovers=desk.leftovers, readers=readers)
        desk.outside.sqs.send_message(QueueUrl=url, MessageBody="held by Inbox")
        desk.outside.sqs.receive_message(QueueUrl=url)
        readers.join(cast("QueueAddress", parse_destination(Transport.SQS, url)), INBOX).held = 1
        desk.cloud.set_faults(Faults(lose_next=1))
        outcome = desk.send(desk.spec(destination=url), wait=WAIT)
        assert outcome.problem is not None
        assert outcome.problem.detail.startswith("Inbox follows this queue and did not see it either.")

    @pytest.mark.parametrize(
        ("search_began_after", "counts"),
        [
            pytest.param(timedelta(seconds=-1), True, id="put-there-later"),
            pytest.param(timedelta(0), True, id="at-the-same-moment"),
            pytest.param(timedelta(milliseconds=999), True, id="within-the-same-second"),
            pytest.param(CLOCK_TOLERANCE, True, id="as-far-as-clocks-may-differ"),
            pytest.param(CLOCK_TOLERANCE + timedelta(milliseconds=1), False, id="a-moment-further"),
            pytest.param(timedelta(seconds=10), False, id="ten-seconds-old"),
        ],
    )
    def test_what_was_there_before_does_not_count(
        self, desk: Desk, url: str, search_began_after: timedelta, counts: bool
    ) -> None:
        desk.outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test())
        since = sent_at(desk, url) + search_began_after
        watch = QueueWatch(queue_at(desk, url), events=[SUBMITTED], since=since, seen=AlreadySeen(), remove=True)
        watch.start()
        assert until(lambda: watch.arrival(SUBMITTED).done() or watch.others == 1)
        watch.stop()
        watch.join()
        assert watch.arrival(SUBMITTED).done() is counts
        assert desk.outside.counts(url) == (0 if counts else 1, 0)

    @pytest.mark.parametrize(
        ("assignment_id", "is_taken"),
        [pytest.param(TEST_ASSIGNMENT_IDS[0], True, id="the-known-test"), pytest.param("3REAL", False, id="other-ids")],
    )
    def test_beside_a_ping_only_the_known_test_is_taken_out(
        self, desk: Desk, url: str, assignment_id: str, is_taken: bool
    ) -> None:
        body = json.loads(body_of_test())
        body["Events"][0]["AssignmentId"] = assignment_id
        body["Events"].insert(0, {"EventType": "Ping"})
        assert decode(json.dumps(body)).is_test
        desk.outside.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
        since = sent_at(desk, url)
        watch = QueueWatch(queue_at(desk, url), events=[SUBMITTED], since=since, seen=AlreadySeen(), remove=True)
        watch.start()
        assert until(lambda: watch.arrival(SUBMITTED).done() or watch.others == 1)
        watch.stop()
        watch.join()
        assert watch.arrival(SUBMITTED).done() is is_taken
        assert desk.outside.counts(url) == (0 if is_taken else 1, 0)

    @pytest.mark.slow
    def test_what_was_there_before_a_test_is_no_arrival(self, desk: Desk, url: str) -> None:
        queue = queue_at(desk, url)
        desk.outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test())
        put_at = queue.state().server_time
        assert until(lambda: queue.state().server_time > put_at + CLOCK_TOLERANCE + timedelta(seconds=1))
        desk.cloud.set_faults(Faults(lose_next=1))
        outcome = desk.send(desk.spec(destination=url), wait=WAIT)
        assert outcome.arrived.state is State.NO
        desk.tests.close()
        assert desk.outside.counts(url) == (1, 0)

    def test_the_answer_to_an_earlier_test_does_not_count(self, desk: Desk, url: str) -> None:
        seen = AlreadySeen()
        assert seen.claim("d" * 40)
        desk.outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test(document="d" * 40))
        since = sent_at(desk, url)
        watch = QueueWatch(queue_at(desk, url), events=[SUBMITTED], since=since, seen=seen, remove=True)
        watch.start()
        assert until(lambda: watch.others == 1)
        watch.stop()
        watch.join()
        assert not watch.arrival(SUBMITTED).done()
        assert desk.outside.counts(url) == (1, 0)

    @pytest.mark.parametrize(
        ("is_lost", "left"), [pytest.param(False, 1, id="answered"), pytest.param(True, 0, id="the-answer-was-lost")]
    )
    def test_whose_a_second_message_is_shows_once_the_call_has_ended(
        self, desk: Desk, url: str, is_lost: bool, left: int
    ) -> None:
        for document in ("a" * 40, "b" * 40):
            desk.outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test(document=document))
        since = queue_at(desk, url).state().server_time
        watch = QueueWatch(queue_at(desk, url), events=[SUBMITTED], since=since, seen=AlreadySeen(), remove=True)
        watch.start()
        assert until(lambda: watch.tally(SUBMITTED) == Tally(seen=2, taken_out=1))
        assert watch.others == 0
        watch.called(SUBMITTED, is_lost=is_lost)
        assert until(lambda: watch.others == left and watch.tally(SUBMITTED).taken_out == 2 - left)
        watch.stop()
        watch.join()
        assert desk.outside.counts(url) == (left, 0)

    def test_so_many_messages_that_not_all_can_be_held(
        self, desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inbox_holding, "MOST_HELD", 10)
        monkeypatch.setattr(watcher, "LAST_LOOK_SECONDS", 1.0)  # nothing more is looked at
        for number in range(3):
            entries: Any = [{"Id": str(n), "MessageBody": f"work {number} {n}"} for n in range(10)]
            desk.outside.sqs.send_message_batch(QueueUrl=url, Entries=entries)

        def until_held(news: Progress) -> None:
            if news.stage is Stage.WAITING:
                assert until(lambda: desk.outside.counts(url)[1] == 10)

        outcome = desk.send(desk.spec(destination=url), wait=WAIT, progress=until_held)
        assert outcome.arrived.state is State.UNKNOWN
        assert outcome.problem is not None
        assert "not all of them could be looked at" in outcome.problem.detail
        desk.tests.close()
        assert desk.outside.counts(url) == (31, 0)

    def test_trouble_at_the_end_tells_nothing(self, desk: Desk, url: str) -> None:
        with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened, is_practice=False) as opened:
            desk.opened = opened
            desk.cloud.set_faults(Faults(lose_next=1))

            def cut(news: Progress) -> None:
                if news.stage is Stage.WAITING:
                    relay.fail("ReceiveMessage")

            outcome = desk.send(desk.spec(destination=url), wait=6, progress=cut)
            desk.tests.close()
        assert (outcome.accepted.state, outcome.arrived.state) == (State.YES, State.UNKNOWN)
        assert outcome.problem is not None
        assert outcome.problem.title in outcome.arrived.detail

    def test_trouble_that_passes_is_waited_out(self, desk: Desk, url: str) -> None:
        with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened, is_practice=False) as opened:
            desk.opened = opened
            relay.fail("ReceiveMessage")

            def mend_later(call: Passed) -> None:
                if call.operation == "SendTestEventNotification":
                    threading.Timer(0.5, relay.pass_all).start()

            relay.rules["SendTestEventNotification"] = mend_later
            outcome = desk.send(desk.spec(destination=url), wait=LONG)
            desk.tests.close()
        assert outcome.is_good


def test_what_was_seen_is_forgotten_in_time() -> None:
    seen = AlreadySeen()
    assert all(seen.claim(str(number)) for number in range(1001))
    assert not seen.claim("1000")
    assert not seen.claim("1")
    assert seen.claim("0")  # the oldest of a thousand and one


def test_workers_tell_the_place_and_the_record_says_so(session: Session, practice: OpenAccount) -> None:
    assert practice.practice is not None
    cloud = practice.practice
    place = parse_destination(Transport.SQS, cloud.details.queue_url)
    before = cloud.settings()
    start_workers(session.hit_types, practice, place)
    changed = {one: setting for one, setting in cloud.settings().items() if setting != before.get(one)}
    ((hit_type_id, setting),) = changed.items()
    assert setting["active"]
    assert setting["notification"]["Destination"] == place.text
    (line,) = session.hit_types.lines_of(practice, HitTypeId(hit_type_id))
    assert line.change.active
    assert line.change.after.active
    assert line.change.after.spec is not None
    assert line.change.after.spec.destination.text == place.text
    assert cloud.workers()["running"]
