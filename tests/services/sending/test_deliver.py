# SPDX-License-Identifier: MIT
"""Sent from this computer: a queue, a topic, and what their lamps then say."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from breaking_proxy import answer_with, lose_answer
from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import ENVIRONMENT, Account, Environment, KeySource
from notification_tester.domain.delivery import NOT_TRIED, State
from notification_tester.domain.events import EventType
from notification_tester.domain.messages.draft import LARGEST
from notification_tester.domain.messages.scenarios import SCENARIOS, parse_scenario
from notification_tester.domain.outgoing import DeliveryForm, parse_target, service_test
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.domain.smtp import parse_smtp
from notification_tester.practice.faults import Faults
from notification_tester.services import holding
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.sending import deliver, queue_watch, watcher, watchers
from notification_tester.services.sending.deliver import Deliveries
from notification_tester.services.sending.delivery_request import (
    DeliveryRequest,
    account_name,
    asks_first,
    environment_of,
    what_it_proves,
)
from notification_tester.services.sending.test_send import Stage
from notification_tester.storage import database
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome
from notification_tester.storage.vault import Vault
from services.parts import LONG, SHORT, MemoryKeyring, behind_a_gateway, until
from services.relay import Passed, Said, opened_through, relay_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from breaking_proxy import Exchange
    from notification_tester.domain.messages.scenarios import Scenario
    from notification_tester.domain.outgoing import MadeNotification
    from notification_tester.services.sending.deliver import Delivered, DeliveryProgress
    from notification_tester.storage.places import Places
    from notification_tester.storage.rows import HistoryRow
    from services.parts import Desk

NOW = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
VERSION = "2006-05-05"
YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN


@pytest.fixture
def deliveries(desk: Desk) -> Iterator[Deliveries]:
    made = Deliveries(history=desk.history, leftovers=desk.leftovers, vault=Vault(MemoryKeyring()))
    yield made
    made.close()


def request_to(address: str, form: DeliveryForm, **more: Any) -> DeliveryRequest:
    """One test of AssignmentSubmitted, as the service sends it."""
    about: dict[str, Any] = {"wait_seconds": LONG, **more}
    made = service_test(EventType.ASSIGNMENT_SUBMITTED, VERSION, NOW, form=form)
    return DeliveryRequest(target=parse_target(address, form), form=form, notification=made, **about)


def row_of(desk: Desk, delivered: Delivered) -> HistoryRow:
    """What the history has of it."""
    assert delivered.history_id is not None
    row = desk.history.row(delivered.history_id)
    assert row is not None
    return row


def lamps(delivered: Delivered) -> tuple[State, State, State]:
    return delivered.accepted.state, delivered.arrived.state, delivered.as_expected.state


@pytest.fixture
def queue_url(desk: Desk) -> Iterator[str]:
    """A queue that lets nobody in but its owner."""
    url = desk.outside.sqs.create_queue(QueueName="from-here")["QueueUrl"]
    yield url
    desk.outside.sqs.delete_queue(QueueUrl=url)


def test_a_queue_takes_it_though_its_policy_does_not_let_mechanical_turk_in(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    (delivered,) = deliveries.run(desk.opened, request_to(queue_url, DeliveryForm.SQS), stop=threading.Event())
    deliveries.close()

    assert lamps(delivered) == (YES, YES, YES)
    assert "not from Mechanical Turk" in delivered.notes[0]
    assert "checkup judges that" in delivered.notes[1]
    assert delivered.accepted.detail == "The practice queue took it from this computer."
    assert 0 < (delivered.accepted.seconds or 0) < LONG
    assert 0 < (delivered.arrived.seconds or 0) < LONG
    assert delivered.arrived.detail == "Seen in from-here, and taken out again."
    assert delivered.as_expected.detail == "It is exactly what was sent."
    assert desk.outside.bodies(queue_url) == []
    row = row_of(desk, delivered)
    assert (row.kind, row.outcome, row.transport, row.destination) == ("delivery", Outcome.GOOD, "SQS", queue_url)
    assert row.seconds == delivered.arrived.seconds is not None
    assert row.raw == delivered.raw
    assert row.request["scenarios"] == []
    assert json.loads(row.raw)["Events"][0]["EventType"] == row.event == "AssignmentSubmitted"


def test_each_message_is_told_of_as_it_goes(desk: Desk, deliveries: Deliveries, queue_url: str) -> None:
    news: list[DeliveryProgress] = []
    request = request_to(queue_url, DeliveryForm.SQS, scenarios=(parse_scenario("twice"),))
    found = deliveries.run(desk.opened, request, progress=news.append, stop=threading.Event())
    deliveries.close()
    assert len(found) == 2
    for number, delivered in enumerate(found):
        own = [one for one in news if one.number == number]
        assert [one.stage for one in own] == [
            Stage.PREPARING,
            Stage.SENDING,
            Stage.WAITING,
            Stage.REMOVING,
            Stage.DONE,
        ]
        assert {one.count for one in own} == {2}
        assert own[2].deadline is not None
        assert own[2].deadline > time.perf_counter()
        assert own[2].delivered.accepted.state is YES
        assert own[4].delivered == delivered


def scenarios_for(address: str, form: DeliveryForm) -> tuple[Scenario, ...]:
    """All that make sense there, as the window and “all” of the command line have them."""
    return tuple(one for one in SCENARIOS if one.fits(form, parse_target(address, form)))


def test_every_scenario_to_a_queue_is_seen_there_exactly_as_it_was_sent(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    """The same text twice is two messages, and the largest is as large as the queue's attributes say."""
    limit = 4096
    attributes: Any = {"MaximumMessageSize": str(limit)}
    desk.outside.sqs.set_queue_attributes(QueueUrl=queue_url, Attributes=attributes)
    others = ["somebody's work", '["a list"]', '{"Message": ["no text"], "MessageId": "1"}', '{"Message": "theirs"}']
    for body in others:
        desk.outside.sqs.send_message(QueueUrl=queue_url, MessageBody=body)
    scenarios = scenarios_for(queue_url, DeliveryForm.SQS)
    request = request_to(queue_url, DeliveryForm.SQS, scenarios=scenarios)
    found = deliveries.run(desk.opened, request, stop=threading.Event())
    deliveries.close()

    assert list(dict.fromkeys(one.scenario for one in found)) == list(scenarios)
    assert [(one.what, lamps(one)) for one in found if not one.is_good] == []
    assert len([one for one in found if one.scenario == parse_scenario("twice")]) == 2
    assert {len(one.raw) for one in found if one.scenario == parse_scenario("largest")} == {limit}
    assert sorted(desk.outside.bodies(queue_url)) == sorted(others)  # what is not ours stays
    assert desk.row_count() == len(found)


def test_every_scenario_to_a_topic_comes_out_of_it_in_an_envelope(desk: Desk, deliveries: Deliveries) -> None:
    arn = desk.outside.sns.create_topic(Name="from-here")["TopicArn"]
    receiver = f"arn:aws:sqs:us-east-1:{desk.cloud.details.account_id}:practice-results"
    desk.outside.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=receiver)
    request = request_to(arn, DeliveryForm.SNS, scenarios=scenarios_for(arn, DeliveryForm.SNS))
    found = deliveries.run(desk.opened, request, stop=threading.Event())
    deliveries.close()
    desk.outside.sns.delete_topic(TopicArn=arn)

    assert [(one.what, lamps(one)) for one in found if not one.is_good] == []
    assert "temporary queue" in found[0].arrived.detail
    assert "in its envelope" in found[0].as_expected.detail
    assert found[0].accepted.detail == "The practice topic took it from this computer."
    assert row_of(desk, found[0]).transport == "SNS"


def test_what_comes_out_of_a_topic_without_subscribers_reached_nobody(desk: Desk, deliveries: Deliveries) -> None:
    arn = desk.outside.sns.create_topic(Name="lonely-from-here")["TopicArn"]
    [delivered] = deliveries.run(desk.opened, request_to(arn, DeliveryForm.SNS), stop=threading.Event())
    deliveries.close()
    desk.outside.sns.delete_topic(TopicArn=arn)

    assert lamps(delivered) == (YES, YES, NO)
    assert delivered.problem is not None
    assert delivered.problem.title == "It comes out of the topic; nobody is subscribed to it."
    assert row_of(desk, delivered).outcome is Outcome.BAD


def test_messages_are_left_in_the_queue_where_that_is_wished(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    request = request_to(queue_url, DeliveryForm.SQS, remove_afterwards=False)
    (delivered,) = deliveries.run(desk.opened, request, stop=threading.Event())
    deliveries.close()
    assert delivered.is_good
    assert desk.outside.bodies(queue_url) == [delivered.raw]


def test_what_the_queue_has_not_answered_in_the_end_is_not_called_taken_out_and_is_told_later(
    desk: Desk, queue_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "REMOVAL_SECONDS", 0.3)
    told: list[tuple[str, str, Account]] = []
    deliveries = Deliveries(
        history=desk.history,
        leftovers=None,
        vault=Vault(MemoryKeyring()),
        notice=lambda problem, account: told.append((problem.code, problem.detail.partition(". ")[0], account)),
    )
    answers = threading.Event()

    def delete_later(_: Passed) -> None:
        answers.wait(LONG)

    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened) as opened:
        relay.rules["DeleteMessageBatch"] = delete_later
        (delivered,) = deliveries.run(opened, request_to(queue_url, DeliveryForm.SQS), stop=threading.Event())
        assert told == []
        answers.set()
        deliveries.close()
    assert delivered.is_good
    assert delivered.arrived.detail == (
        "Seen in from-here; whether it was taken out again is not known: the queue had not answered when the test "
        "ended."
    )
    assert row_of(desk, delivered).arrived == delivered.arrived
    said = "1 test message was seen in from-here and taken out (message 1)"
    assert told == [("arrival.taken-out-late", said, desk.opened.account)]
    assert desk.outside.bodies(queue_url) == []


def test_nobody_looks_where_that_is_not_wished(desk: Desk, deliveries: Deliveries, queue_url: str) -> None:
    request = request_to(queue_url, DeliveryForm.SQS, wait_seconds=0)
    (delivered,) = deliveries.run(desk.opened, request, stop=threading.Event())
    assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
    assert delivered.problem is None
    assert row_of(desk, delivered).outcome is Outcome.UNKNOWN
    assert desk.outside.bodies(queue_url) == [delivered.raw]


@pytest.fixture
def late_url(desk: Desk) -> Iterator[str]:
    """A queue that hands nothing out while a test lasts."""
    attributes: Any = {"DelaySeconds": "900"}
    url = desk.outside.sqs.create_queue(QueueName="held-back-from-here", Attributes=attributes)["QueueUrl"]
    yield url
    desk.outside.sqs.delete_queue(QueueUrl=url)


def test_what_a_queue_holds_back_is_told_with_that_reason(desk: Desk, deliveries: Deliveries, late_url: str) -> None:
    request = request_to(late_url, DeliveryForm.SQS, wait_seconds=SHORT)
    (delivered,) = deliveries.run(desk.opened, request, stop=threading.Event())
    deliveries.close()
    assert lamps(delivered) == (YES, NO, UNKNOWN)
    assert delivered.problem is not None
    assert delivered.problem.title == "The message was taken, and was not seen to arrive."
    assert delivered.problem.detail.startswith("This queue holds every message back for 900 seconds")
    row = row_of(desk, delivered)
    assert row.outcome is Outcome.BAD
    assert SHORT <= (row.seconds or 0) < LONG, "how long was waited"


def test_where_the_answer_was_lost_what_is_not_seen_is_told_with_that(
    desk: Desk, deliveries: Deliveries, late_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchers, "SECOND_MESSAGE_SECONDS", 0.1)
    with behind_a_gateway(desk, "aws") as gateway:
        gateway.breaks("SendMessage", lose_answer)
        request = request_to(late_url, DeliveryForm.SQS, wait_seconds=SHORT)
        (delivered,) = deliveries.run(desk.opened, request, stop=threading.Event())
        deliveries.close()
    assert lamps(delivered) == (UNKNOWN, NO, UNKNOWN)
    assert delivered.problem is not None
    assert delivered.accepted.detail.endswith(delivered.problem.title)
    assert delivered.problem.cause in {Cause.UNREACHABLE, Cause.SERVICE}


def test_who_stops_waiting_is_told_that_it_is_not_known(desk: Desk, deliveries: Deliveries, late_url: str) -> None:
    stop = threading.Event()

    def press_cancel(one: DeliveryProgress) -> None:
        news.append(one)
        if one.stage is Stage.WAITING:
            stop.set()

    news: list[DeliveryProgress] = []
    request = request_to(late_url, DeliveryForm.SQS)
    (delivered,) = deliveries.run(desk.opened, request, progress=press_cancel, stop=stop)
    deliveries.close()
    assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
    assert delivered.arrived.detail.startswith("You stopped waiting after ")
    assert delivered.problem is None
    assert news[-1].stage is Stage.DONE
    assert news[-1].delivered == delivered
    assert row_of(desk, delivered).arrived == delivered.arrived


def test_a_queue_too_full_to_be_looked_through_tells_nothing(
    desk: Desk, deliveries: Deliveries, queue_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "MOST_HELD", 10)
    monkeypatch.setattr(watcher, "LAST_LOOK_SECONDS", 1.0)  # nothing more is looked at
    for number in range(3):
        entries: Any = [{"Id": str(n), "MessageBody": f"work {number} {n}"} for n in range(10)]
        desk.outside.sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)

    def until_held(news: DeliveryProgress) -> None:
        if news.stage is Stage.WAITING:
            assert until(lambda: desk.outside.counts(queue_url)[1] == 10)

    request = request_to(queue_url, DeliveryForm.SQS, wait_seconds=SHORT)
    (delivered,) = deliveries.run(desk.opened, request, progress=until_held, stop=threading.Event())
    deliveries.close()
    assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
    assert delivered.arrived.detail.startswith("Not looked for long enough: So many messages wait in this queue")
    assert delivered.problem is not None
    assert delivered.problem.code == "arrival.not-looked"
    assert desk.outside.counts(queue_url) == (31, 0)


def test_a_queue_that_answered_no_look_is_not_said_to_be_empty(
    desk: Desk, deliveries: Deliveries, queue_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "LAST_LOOK_SECONDS", 0.1)
    told = threading.Event()

    def answer_late(_: Passed) -> None:
        told.wait(LONG)

    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened) as opened:
        relay.rules["ReceiveMessage"] = answer_late
        request = request_to(queue_url, DeliveryForm.SQS, wait_seconds=SHORT)
        (delivered,) = deliveries.run(opened, request, stop=threading.Event())
        told.set()
        deliveries.close()
    assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
    assert delivered.arrived.detail.startswith("Not looked for long enough: the time was over")
    assert delivered.problem is not None
    assert delivered.problem.code == "arrival.not-looked"


def test_who_may_send_and_not_look_sends_the_largest_all_the_same(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    desk.cloud.set_faults(Faults(denied_actions=("sqs:GetQueueAttributes",)))
    request = request_to(queue_url, DeliveryForm.SQS, scenarios=(parse_scenario("largest"),))
    (delivered,) = deliveries.run(desk.opened, request, stop=threading.Event())
    desk.cloud.set_faults(Faults())
    assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
    assert len(delivered.raw) == LARGEST[DeliveryForm.SQS]
    assert delivered.arrived.detail.startswith("It cannot be seen from here. ")
    assert delivered.problem is not None
    assert delivered.problem.cause is Cause.PERMISSION
    assert delivered.problem.title in delivered.arrived.detail


def test_where_a_queue_does_not_say_how_much_it_takes_the_usual_largest_is_sent(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    """As one of a service that is not Amazon's."""
    few: Any = {"QueueArn": f"arn:aws:sqs:us-east-1:{desk.cloud.details.account_id}:from-here"}
    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened) as opened:
        relay.fail("GetQueueAttributes", said=Said(200, {"Attributes": few}))
        request = request_to(queue_url, DeliveryForm.SQS, scenarios=(parse_scenario("largest"),), wait_seconds=0)
        (delivered,) = deliveries.run(opened, request, stop=threading.Event())
    assert delivered.accepted.state is YES
    assert len(delivered.raw) == LARGEST[DeliveryForm.SQS]


def test_what_the_disk_refuses_to_write_down_is_sent_and_said(
    desk: Desk, queue_url: str, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with Database(places.database) as opened, closing(sqlite3.connect(places.database)) as another_program:
        history = History(opened)
        deliveries = Deliveries(history=history, leftovers=None, vault=Vault(MemoryKeyring()))
        another_program.execute("BEGIN IMMEDIATE")
        (delivered,) = deliveries.run(desk.opened, request_to(queue_url, DeliveryForm.SQS), stop=threading.Event())
        another_program.rollback()
        deliveries.close()
        history.close()
    assert delivered.is_good
    assert delivered.history_id is None
    assert "This is not in the history. Another program is holding the history." in delivered.notes
    assert desk.row_count() == 0


def test_a_queue_that_is_gone_is_a_sentence_and_a_row(desk: Desk, deliveries: Deliveries) -> None:
    url = f"http://127.0.0.1:{desk.cloud.port}/{desk.cloud.details.account_id}/never-made"
    (delivered,) = deliveries.run(desk.opened, request_to(url, DeliveryForm.SQS), stop=threading.Event())
    assert lamps(delivered) == (NO, UNKNOWN, UNKNOWN)
    assert delivered.problem is not None
    assert delivered.problem.title.startswith("The queue does not exist")
    row = row_of(desk, delivered)
    assert row.problem == delivered.problem
    assert row.answer == delivered.problem.answer.as_text() != ""


def test_a_real_queue_is_not_filled_from_practice(desk: Desk, deliveries: Deliveries) -> None:
    request = request_to("https://sqs.us-east-1.amazonaws.com/123456789012/real", DeliveryForm.SQS)
    with pytest.raises(ProblemError, match="You are practising"):
        deliveries.run(desk.opened, request, stop=threading.Event())
    assert desk.row_count() == 0


def test_an_answer_that_was_lost_does_not_hide_that_it_came(desk: Desk, deliveries: Deliveries, queue_url: str) -> None:
    with behind_a_gateway(desk, "aws") as gateway:
        gateway.breaks("SendMessage", lose_answer)
        (delivered,) = deliveries.run(desk.opened, request_to(queue_url, DeliveryForm.SQS), stop=threading.Event())
        deliveries.close()
        assert gateway.count("SendMessage") == 1
    assert lamps(delivered) == (YES, YES, YES)
    assert "the answer was lost" in delivered.accepted.detail
    assert delivered.problem is None


def test_one_that_was_sent_twice_on_its_way_is_taken_out_twice(
    desk: Desk, deliveries: Deliveries, queue_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(exchange: Exchange) -> None:
        exchange.carried_out()
        exchange.carried_out()

    with behind_a_gateway(desk, "aws") as gateway:
        gateway.breaks("SendMessage", twice)
        (delivered,) = deliveries.run(desk.opened, request_to(queue_url, DeliveryForm.SQS), stop=threading.Event())
        deliveries.close()
    assert lamps(delivered) == (YES, YES, YES)
    assert desk.outside.bodies(queue_url) == []


def test_while_one_still_looks_for_a_second_message_the_next_gets_its_own(
    desk: Desk, deliveries: Deliveries, queue_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchers, "SECOND_MESSAGE_SECONDS", LONG)
    with behind_a_gateway(desk, "aws") as gateway:
        gateway.breaks("SendMessage", lose_answer, times=1)
        began = time.perf_counter()
        for _ in range(3):
            (delivered,) = deliveries.run(desk.opened, request_to(queue_url, DeliveryForm.SQS), stop=threading.Event())
            assert delivered.is_good
        deliveries.close()
        assert time.perf_counter() - began < LONG / 2
    assert desk.outside.bodies(queue_url) == []


def test_of_a_run_that_breaks_off_it_is_written_down_what_is_known(
    desk: Desk, deliveries: Deliveries, late_url: str
) -> None:
    def break_off(news: DeliveryProgress) -> None:
        if news.stage is Stage.WAITING:
            raise RuntimeError("the window is gone")

    request = request_to(late_url, DeliveryForm.SQS, scenarios=(parse_scenario("twice"),))
    with pytest.raises(RuntimeError):
        deliveries.run(desk.opened, request, progress=break_off, stop=threading.Event())
    deliveries.close()
    rows = desk.history.page(HistoryQuery())
    assert [(row.outcome, row.accepted) for row in rows] == [(Outcome.UNKNOWN, YES)] * 2
    assert all(0 < (row.seconds or 0) < LONG for row in rows)


def test_one_that_was_given_up_while_its_call_hangs_takes_nothing_from_the_next(
    desk: Desk, deliveries: Deliveries, queue_url: str
) -> None:
    """Its call never came to the queue, and it still looks when the next message is sent."""
    hangs, goes_on, stop, taken = threading.Event(), threading.Event(), threading.Event(), threading.Event()

    def hang(_: Passed) -> Said:
        hangs.set()
        goes_on.wait(LONG)
        return Said()

    def note(_: Passed) -> None:
        taken.set()

    def wait_for_the_first(_: Passed) -> None:
        taken.wait(2 * queue_watch.POLL_SECONDS)  # nothing is taken where it looks no more

    request = request_to(queue_url, DeliveryForm.SQS)
    with (
        relay_before(desk.cloud.details) as first,
        opened_through(first, desk.opened) as hanging,
        relay_before(desk.cloud.details) as second,
        opened_through(second, desk.opened) as opened,
    ):
        first.rules["SendMessage"] = hang
        for operation in ("DeleteMessageBatch", "ChangeMessageVisibilityBatch"):
            first.rules[operation] = note
        second.rules["ReceiveMessage"] = wait_for_the_first
        run = threading.Thread(target=deliveries.run, args=(hanging, request), kwargs={"stop": stop})
        run.start()
        assert hangs.wait(LONG)
        stop.set()
        (delivered,) = deliveries.run(opened, request, stop=threading.Event())
        goes_on.set()
        run.join()
        deliveries.close()
    assert lamps(delivered) == (YES, YES, YES)


def test_a_topic_that_cannot_be_listened_to_is_told_with_the_reason(desk: Desk, deliveries: Deliveries) -> None:
    arn = desk.outside.sns.create_topic(Name="unheard")["TopicArn"]
    refusal = b'{"__type": "com.amazonaws.sqs#AccessDeniedException", "message": "not authorized to sqs:createqueue"}'
    with behind_a_gateway(desk, "aws") as gateway:
        gateway.breaks("CreateQueue", answer_with(403, body=refusal, carried_out=False))
        (delivered,) = deliveries.run(desk.opened, request_to(arn, DeliveryForm.SNS), stop=threading.Event())
        deliveries.close()
    desk.outside.sns.delete_topic(TopicArn=arn)
    assert lamps(delivered) == (YES, UNKNOWN, UNKNOWN)
    assert delivered.arrived.detail != NOT_TRIED.detail
    assert delivered.problem is not None
    assert delivered.problem.answer.code == "AccessDeniedException"


def test_a_topic_that_passes_nothing_on_is_not_told_as_a_queue_that_others_read(
    desk: Desk, deliveries: Deliveries
) -> None:
    def cut_off(news: DeliveryProgress) -> None:
        if news.stage is Stage.SENDING:
            for one in desk.outside.sns.list_subscriptions()["Subscriptions"]:
                if one["TopicArn"] == arn:
                    desk.outside.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])

    arn = desk.outside.sns.create_topic(Name="cut-off")["TopicArn"]
    request = request_to(arn, DeliveryForm.SNS, wait_seconds=SHORT)
    (delivered,) = deliveries.run(desk.opened, request, progress=cut_off, stop=threading.Event())
    deliveries.close()
    desk.outside.sns.delete_topic(TopicArn=arn)
    assert lamps(delivered) == (YES, NO, UNKNOWN)
    assert delivered.problem is not None
    assert delivered.problem.title == "The topic took the message, and was not seen to pass it on."
    assert "another program" not in delivered.problem.detail


def test_an_account_whose_addresses_lead_to_this_computer_is_not_asked(
    desk: Desk, queue_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By boto3's own settings, of which the account itself has no address."""
    scenarios = (parse_scenario("twice"),)
    here, outside = desk.cloud.details.aws_endpoint, "https://aws.example.org"
    for of_queues, of_topics, asks in (
        (here, here, (False, False)),
        (here, outside, (False, True)),
        ("", "", (True, True)),
        ("no address", "no address", (True, True)),
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL", of_topics)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", of_queues)
        clients = Clients(Connection(from_environment=True))
        opened = OpenAccount(ENVIRONMENT, clients, Requester(clients))
        places = ((queue_url, DeliveryForm.SQS), (desk.cloud.details.topic_arn, DeliveryForm.SNS))
        problems = [asks_first(opened, request_to(target, form, scenarios=scenarios)) for target, form in places]
        assert tuple(problem is not None for problem in problems) == asks
        clients.close()


def made_events(event: EventType, *, form: DeliveryForm = DeliveryForm.SQS, **changed: Any) -> MadeNotification:
    """The service's test of this event, with one thing of each event changed."""
    made = service_test(event, VERSION, NOW, form=form)
    return replace(made, events=tuple(replace(one, **changed) for one in made.events))


LIVE_ACCOUNT = Account(name="Lab", environment=Environment.PRODUCTION, source=KeySource.SESSION)
TO_A_QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab"
TO_THE_WEB = "https://receiver.example.org/hook"


def test_before_it_goes_outside_it_is_told_what_could_do_harm_there(opened: OpenAccount) -> None:
    def asked(address: str, form: DeliveryForm, *, ids: bool, scenario: bool, account: OpenAccount | None) -> str:
        request = request_to(address, form, scenarios=(parse_scenario("twice"),) if scenario else ())
        made = replace(request.notification, has_real_ids=ids)
        problem = asks_first(account, replace(request, notification=made))
        return "" if problem is None else problem.detail

    live = replace(opened, account=LIVE_ACCOUNT, clients=Clients(Connection()), practice=None)
    told = asked(TO_A_QUEUE, DeliveryForm.SQS, ids=True, scenario=False, account=live)
    assert TO_A_QUEUE in told
    assert ("ids that may exist" in told, "break receivers" in told, "LIVE" in told) == (True, False, True)
    told = asked(TO_THE_WEB, DeliveryForm.SOAP, ids=False, scenario=True, account=live)
    assert ("ids that may exist" in told, "break receivers" in told, "LIVE" in told) == (False, True, False)
    sandbox = replace(live, account=replace(LIVE_ACCOUNT, environment=Environment.SANDBOX))
    told = asked(TO_A_QUEUE, DeliveryForm.SQS, ids=True, scenario=True, account=sandbox)
    assert ("ids that may exist" in told, "break receivers" in told, "LIVE" in told) == (True, True, False)
    assert asked(TO_A_QUEUE, DeliveryForm.SQS, ids=False, scenario=False, account=live) == ""
    assert asked(TO_A_QUEUE, DeliveryForm.SQS, ids=False, scenario=True, account=None)
    live.clients.close()


def test_what_nobody_has_published_is_told_as_assumed_and_nothing_else(opened: OpenAccount) -> None:
    def assumed(made: MadeNotification, address: str = TO_A_QUEUE, form: DeliveryForm = DeliveryForm.SQS) -> list[str]:
        request = replace(request_to(address, form), notification=made)
        return [note for note in what_it_proves(opened, request) if "assumed" in note]

    (a_hit,) = assumed(made_events(EventType.HIT_REVIEWABLE))
    assert ("about a HIT" in a_hit, "Ping stands" in a_hit, "WorkerId" in a_hit) == (True, False, False)
    (a_worker,) = assumed(made_events(EventType.ASSIGNMENT_SUBMITTED, worker_id="A1"))
    assert ("about a HIT" in a_worker, "WorkerId" in a_worker) == (False, True)
    older = made_events(EventType.ASSIGNMENT_SUBMITTED, form=DeliveryForm.REST)
    (a_ping,) = assumed(older, TO_THE_WEB, DeliveryForm.REST)
    assert "about a HIT, or of Ping, looks, and that a Ping stands behind" in a_ping
    (behind_one,) = assumed(
        made_events(EventType.HIT_REVIEWABLE, form=DeliveryForm.REST), TO_THE_WEB, DeliveryForm.REST
    )
    assert "Ping stands behind" in behind_one
    assert assumed(made_events(EventType.ASSIGNMENT_SUBMITTED)) == []
    alone = replace(older, events=older.events[:1])
    assert assumed(alone, TO_THE_WEB, DeliveryForm.REST) == []
    assert assumed(made_events(EventType.ASSIGNMENT_SUBMITTED, event_type="Nonsense")) == []


def test_whose_keys_put_it_there_is_told(opened: OpenAccount) -> None:
    of_practice = what_it_proves(opened, request_to(TO_A_QUEUE, DeliveryForm.SQS))
    of_a_person = what_it_proves(replace(opened, practice=None), request_to(TO_A_QUEUE, DeliveryForm.SQS))
    assert ("with practice's keys" in of_practice[1], "with the account's own keys" in of_a_person[1]) == (True, True)
    assert len(what_it_proves(opened, request_to(TO_THE_WEB, DeliveryForm.SOAP))) == 2  # and that a Ping is behind it


def test_what_was_wished_is_kept_as_it_was(opened: OpenAccount) -> None:
    """The page Test is filled with it when the row is sent once more."""
    older = made_events(EventType.HIT_REVIEWABLE, form=DeliveryForm.REST)
    kept = replace(request_to(TO_THE_WEB, DeliveryForm.REST), notification=older).as_kept()
    assert kept == {
        "target": TO_THE_WEB,
        "form": "rest",
        "event": "HITReviewable",
        "version": VERSION,
        "looks_real": False,
        "has_real_ids": False,
        "number": 2,
        "signature": "deprecated",
    }
    server = parse_smtp("mail.example.org:587", user="me@example.org", password="grey-mare")
    mail = request_to("me@example.org", DeliveryForm.EMAIL, smtp=server)
    kept = replace(mail, notification=made_events(EventType.PING, hit_id="3MADEUP")).as_kept()
    assert (kept["event"], kept["looks_real"], kept["number"]) == (None, True, 1)
    assert kept["smtp"] == {"server": server.text, "security": "starttls", "user": "me@example.org"}
    assert "signature" not in kept
    assert "smtp" not in request_to(TO_A_QUEUE, DeliveryForm.SQS, smtp=server).as_kept()
    assert "smtp" not in request_to("me@example.org", DeliveryForm.EMAIL).as_kept()
    for account, address, form, whose in (
        (opened, TO_A_QUEUE, DeliveryForm.SQS, (opened.account.kept_as, Environment.PRACTICE)),
        (opened, TO_THE_WEB, DeliveryForm.SOAP, ("", Environment.OTHER)),
        (None, TO_A_QUEUE, DeliveryForm.SQS, ("", Environment.OTHER)),
    ):
        request = request_to(address, form)
        assert (account_name(account, request), environment_of(account, request)) == whose


def test_a_web_receiver_alone_is_asked_whether_it_subscribes_and_only_once() -> None:
    twice, question = parse_scenario("twice"), parse_scenario("subscription-confirmation")
    for address, form, scenarios, wanted in (
        (TO_THE_WEB, DeliveryForm.SNS, (), (question, None)),
        (TO_THE_WEB, DeliveryForm.SNS, (twice, question), (question, twice)),
        (TO_THE_WEB, DeliveryForm.SOAP, (), (None,)),
        ("arn:aws:sns:us-east-1:123456789012:lab", DeliveryForm.SNS, (twice,), (twice,)),
    ):
        request = request_to(address, form, scenarios=scenarios, confirm_subscription=True)
        assert request.all_scenarios == wanted
        assert replace(request, confirm_subscription=False).all_scenarios == (scenarios or (None,))
    assert request_to(TO_THE_WEB, DeliveryForm.SNS, scenarios=(twice,), confirm_subscription=True).count_messages() == 3
