# SPDX-License-Identifier: MIT
"""One test and its three lamps, against a cloud that behaves and one that does not."""

from __future__ import annotations

import json
import math
import re
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Remedy
from notification_tester.practice.faults import Faults
from notification_tester.services.sending import watcher
from notification_tester.services.sending.test_send import Progress, Stage, TestSend
from notification_tester.storage import database
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome
from services.parts import LONG, SHORT, SUBMITTED, body_of_test
from services.relay import Passed, opened_through, relay_before

if TYPE_CHECKING:
    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.storage.places import Places
    from services.parts import Desk

YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN


def lamps(outcome: TestOutcome) -> tuple[State, State, State]:
    return outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state


def code(outcome: TestOutcome) -> str:
    return outcome.problem.code if outcome.problem else ""


@pytest.mark.parametrize("transport", list(Transport))
def test_three_green_lamps(desk: Desk, transport: Transport) -> None:
    outcome = desk.send(desk.spec(transport))
    assert lamps(outcome) == (YES, YES, YES)
    assert outcome.is_good
    assert outcome.problem is None
    assert outcome.accepted.detail == "The practice Mechanical Turk took the test."
    assert outcome.accepted.seconds is not None
    assert outcome.arrived.seconds is not None
    assert 0 < outcome.accepted.seconds < LONG
    assert 0 < outcome.arrived.seconds < LONG
    assert outcome.message is not None
    assert outcome.message.is_test
    assert {event.event_type for event in outcome.message.events} == {SUBMITTED.value}
    assert outcome.raw
    assert [one.stage for one in desk.news] == [Stage.PREPARING, Stage.SENDING, Stage.WAITING, Stage.DONE]
    row = desk.row(outcome)
    assert row.outcome is Outcome.GOOD
    assert row.raw == outcome.raw
    assert row.message == outcome.message.as_json()
    assert row.request["TestEventType"] == SUBMITTED.value
    assert row.request["Notification"]["Transport"] == transport.value


def test_the_test_message_is_taken_out_afterwards(desk: Desk) -> None:
    outcome = desk.send()
    desk.tests.close()
    assert "taken out" in outcome.arrived.detail
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


def test_the_test_message_may_be_left_and_is_visible_at_once(desk: Desk) -> None:
    outcome = desk.send(remove_afterwards=False)
    desk.tests.close()
    assert "left there" in outcome.arrived.detail
    assert desk.outside.counts(desk.cloud.details.queue_url) == (1, 0)
    assert desk.outside.bodies(desk.cloud.details.queue_url) == [outcome.raw]


def test_a_message_left_by_one_test_is_no_answer_to_the_next(desk: Desk) -> None:
    assert desk.send(remove_afterwards=False).is_good
    desk.tests.close()
    desk.cloud.set_faults(Faults(lose_next=1))
    assert lamps(desk.send(wait=SHORT)) == (YES, NO, UNKNOWN)


def test_a_wait_in_which_nothing_could_be_looked_at_tells_nothing(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(lose_next=1))
    outcome = desk.send(wait=0.001)
    assert lamps(outcome) == (YES, UNKNOWN, UNKNOWN)
    assert outcome.arrived.detail.startswith("Not looked for long enough: ")
    assert code(outcome) == "arrival.not-looked"


def test_a_place_that_answered_no_look_is_not_said_to_be_empty(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "LAST_LOOK_SECONDS", 0.1)
    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened) as opened:
        told = threading.Event()

        def answer_late(_: Passed) -> None:
            told.wait(LONG)

        relay.rules["ReceiveMessage"] = answer_late
        desk.opened = opened
        desk.cloud.set_faults(Faults(lose_next=1))
        outcome = desk.send(wait=SHORT)
        told.set()
        desk.tests.close()
    assert lamps(outcome) == (YES, UNKNOWN, UNKNOWN)


def test_a_queue_that_lets_nobody_in_is_explained(desk: Desk) -> None:
    outcome = desk.send(desk.spec(destination=desk.cloud.details.blocked_queue_url), wait=SHORT)
    assert lamps(outcome) == (UNKNOWN, NO, UNKNOWN)
    assert outcome.problem is not None
    assert outcome.problem.code == "destination.closed"
    assert outcome.problem.cause is Cause.DESTINATION
    assert outcome.problem.answer.code == "InternalFailure"
    assert outcome.problem.answer.request_id
    assert outcome.problem.detail == (
        "Mechanical Turk answered “InternalFailure” and nothing else. The queue has no access policy, and without one "
        "it lets in its owner's account alone."
    )
    assert outcome.problem.answer.http_status == 500
    row = desk.row(outcome)
    assert row.outcome is Outcome.BAD
    assert "InternalFailure" in row.answer


def test_a_topic_that_lets_nobody_in_is_explained(desk: Desk) -> None:
    arn = desk.outside.sns.create_topic(Name="closed-topic")["TopicArn"]
    closed = json.dumps({"Version": "2012-10-17", "Statement": []})
    desk.outside.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=closed)
    outcome = desk.send(desk.spec(Transport.SNS, arn), wait=SHORT)
    assert lamps(outcome) == (UNKNOWN, NO, UNKNOWN)
    assert outcome.problem is not None
    assert outcome.problem.code == "destination.closed"
    assert "topic" in outcome.problem.title
    assert "; the topic's access policy says why: No statement lets" in outcome.problem.detail
    desk.outside.sns.delete_topic(TopicArn=arn)


def test_an_event_that_is_not_subscribed_arrives_and_is_told(desk: Desk) -> None:
    outcome = desk.send(event=EventType.HIT_REVIEWABLE)
    assert lamps(outcome) == (YES, YES, NO)
    assert outcome.problem is not None
    assert outcome.problem.title == "It arrived, and is not subscribed."
    assert outcome.problem.detail == outcome.as_expected.detail
    assert outcome.problem.remedy.startswith("Add the event to those that you want to be told about")
    assert (outcome.problem.code, outcome.problem.cause) == ("arrival.not-subscribed", Cause.INPUT)
    assert outcome.problem.remedies == (Remedy.ADD_EVENT,)
    assert desk.row(outcome).outcome is Outcome.BAD


def test_ping_is_good_without_being_subscribed(desk: Desk) -> None:
    assert desk.send(event=EventType.PING).is_good


@pytest.mark.parametrize("transport", list(Transport))
def test_a_lost_message_is_not_seen(desk: Desk, transport: Transport) -> None:
    desk.cloud.set_faults(Faults(lose_next=1))
    outcome = desk.send(desk.spec(transport), wait=SHORT)
    assert lamps(outcome) == (YES, NO, UNKNOWN)
    assert outcome.arrived.detail == f"Not seen within {SHORT} s."
    assert outcome.as_expected.detail == "There is nothing to look at."
    assert code(outcome) == "arrival.not-seen"
    assert desk.row(outcome).outcome is Outcome.BAD


def test_a_queue_that_holds_back_is_the_reason(desk: Desk) -> None:
    url = desk.outside.open_queue("held-back", DelaySeconds="900")
    outcome = desk.send(desk.spec(Transport.SQS, url), wait=SHORT)
    assert lamps(outcome) == (YES, NO, UNKNOWN)
    assert outcome.problem is not None
    assert "holds every message back for 900 seconds" in outcome.problem.detail
    assert "lost" not in outcome.problem.detail
    assert (desk.row(outcome).seconds or 0) >= SHORT, "how long was waited"


@pytest.mark.parametrize("transport", list(Transport))
def test_a_late_message_is_waited_for(desk: Desk, transport: Transport) -> None:
    desk.cloud.set_faults(Faults(late_seconds=0.7))
    outcome = desk.send(desk.spec(transport))
    assert outcome.is_good
    assert outcome.arrived.seconds is not None
    assert outcome.arrived.seconds >= 0.7


def test_a_message_delivered_twice_is_taken_out_twice(desk: Desk) -> None:
    for _ in range(5):  # whether both copies come with one look is chance
        desk.cloud.set_faults(Faults(double_next=1))
        assert desk.send().is_good
        desk.tests.close()
        assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


def test_messages_in_another_order_find_their_tests(desk: Desk) -> None:
    events = (SUBMITTED, EventType.HIT_CREATED, EventType.HIT_EXPIRED)
    desk.cloud.set_faults(Faults(reorder_next=1))
    outcomes = desk.sweep(desk.spec(events=events), events)
    assert [one.event for one in outcomes] == list(events)
    assert all(one.is_good for one in outcomes)


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(throttle_next=1), id="throttled-once"),
        pytest.param(Faults(slow_seconds=0.3), id="slow"),
    ],
)
def test_a_passing_trouble_passes(desk: Desk, faults: Faults) -> None:
    desk.cloud.set_faults(faults)
    assert desk.send().is_good


@pytest.mark.parametrize(
    ("faults", "cause", "expected"),
    [
        pytest.param(Faults(throttle_next=9), Cause.SLOW_DOWN, "ThrottlingException", id="throttled"),
        pytest.param(Faults(unlinked=True), Cause.NOT_LINKED, "RequestError", id="not-linked"),
        pytest.param(Faults(access_denied=True), Cause.PERMISSION, "AccessDeniedException", id="denied"),
    ],
)
def test_a_refusal_tells_who_has_to_act(desk: Desk, faults: Faults, cause: Cause, expected: str) -> None:
    desk.cloud.set_faults(faults)
    outcome = desk.send(wait=0)
    assert lamps(outcome) == (NO, UNKNOWN, UNKNOWN)
    assert outcome.arrived.detail == "Not waited for: the test was not accepted."
    assert outcome.as_expected.detail == "There is nothing to look at."
    assert outcome.problem is not None
    assert (outcome.problem.cause, outcome.problem.code) == (cause, expected)
    assert outcome.problem.remedy
    assert desk.row(outcome).outcome is Outcome.BAD


@pytest.mark.parametrize(
    ("faults", "cause", "expected"),
    [
        pytest.param(Faults(service_fault_next=9), Cause.SERVICE, "ServiceFault", id="service-fault"),
        pytest.param(Faults(internal_failure_next=9), Cause.DESTINATION, "InternalFailure", id="internal-failure"),
        pytest.param(Faults(closed=True), Cause.UNREACHABLE, "unreachable.http-403", id="closed"),
    ],
)
def test_what_is_no_refusal_tells_who_has_to_act_and_not_that_it_was_refused(
    desk: Desk, faults: Faults, cause: Cause, expected: str
) -> None:
    desk.cloud.set_faults(faults)
    outcome = desk.send(wait=0)
    assert lamps(outcome) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert "not known" in outcome.accepted.detail
    assert outcome.problem is not None
    assert (outcome.problem.cause, outcome.problem.code) == (cause, expected)
    assert outcome.problem.remedy
    assert desk.row(outcome).outcome is Outcome.UNKNOWN


def test_not_linked_keeps_every_word_of_the_answer(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(unlinked=True))
    answer = desk.send(wait=0).problem
    assert answer is not None
    assert answer.answer.turk_error_code == "AWS.AccountNotLinked"
    assert "must be linked" in answer.answer.message
    assert len(answer.answer.request_id) == 36


def test_cancel_says_that_it_is_not_known(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(lose_next=1))
    stop = threading.Event()

    def press_cancel(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            stop.set()

    began = time.perf_counter()
    outcome = desk.send(stop=stop, progress=press_cancel)
    assert lamps(outcome) == (YES, UNKNOWN, UNKNOWN)
    said = re.fullmatch(r"You stopped waiting after (\d+) s\.", outcome.arrived.detail)
    assert said is not None
    assert int(said[1]) <= math.ceil(time.perf_counter() - began)
    assert outcome.problem is None
    assert desk.row(outcome).outcome is Outcome.UNKNOWN


def test_what_was_not_sent_yet_is_not_sent_after_cancel(desk: Desk) -> None:
    stop = threading.Event()

    def press_cancel(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            stop.set()

    outcomes = desk.sweep(desk.spec(events=SUBSCRIBABLE), SUBSCRIBABLE, stop=stop, progress=press_cancel)
    unsent = [one for one in outcomes if one.accepted.state is UNKNOWN]
    assert 0 < len(unsent) <= len(SUBSCRIBABLE) - 1
    assert {lamps(one) for one in unsent} == {(UNKNOWN, UNKNOWN, UNKNOWN)}
    assert all("Not sent" in one.accepted.detail and one.problem is None for one in unsent)
    assert {one.arrived.detail for one in unsent} == {"Not waited for: the test was not sent."}
    assert {desk.row(one).outcome for one in unsent} == {Outcome.UNKNOWN}


def test_without_a_wait_nothing_is_looked_at(desk: Desk) -> None:
    outcome = desk.send(wait=0)
    assert lamps(outcome) == (YES, UNKNOWN, UNKNOWN)
    assert outcome.arrived.detail == "Not looked for."
    assert [one.stage for one in desk.news] == [Stage.SENDING, Stage.DONE]
    assert desk.outside.counts(desk.cloud.details.queue_url) == (1, 0)


def test_of_a_test_that_breaks_off_it_is_written_down_what_is_known(desk: Desk) -> None:
    def break_off(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            raise RuntimeError("the window is gone")

    with pytest.raises(RuntimeError):
        desk.send(progress=break_off)
    desk.tests.close()
    (row,) = desk.history.page(HistoryQuery())
    assert (row.outcome, row.accepted) == (Outcome.UNKNOWN, YES)


def test_the_row_stands_in_the_history_before_the_call(desk: Desk) -> None:
    seen: list[Outcome] = []

    def look(news: Progress) -> None:
        if news.stage is Stage.SENDING:
            seen.append(desk.row(news.outcome).outcome)

    desk.send(progress=look, wait=0)
    assert seen == [Outcome.RUNNING]


@pytest.mark.parametrize("wait", [0, LONG])
def test_a_test_that_the_disk_refuses_to_write_down_says_so(
    desk: Desk, places: Places, monkeypatch: pytest.MonkeyPatch, wait: float
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with Database(places.database) as opened, closing(sqlite3.connect(places.database)) as another_program:
        desk.tests = TestSend(history=History(opened), leftovers=None)
        another_program.execute("BEGIN IMMEDIATE")
        outcome = desk.send(wait=wait)
        another_program.rollback()
        desk.tests.close()
    assert outcome.accepted.state is YES
    assert outcome.history_id is None
    assert "This test is not in the history. Another program is holding the history." in outcome.notes


def test_it_goes_on_without_a_history(desk: Desk) -> None:
    desk.tests = TestSend(history=None, leftovers=None)
    outcome = desk.send(desk.spec(Transport.SNS))
    desk.tests.close()
    assert outcome.is_good
    assert outcome.history_id is None


@pytest.mark.parametrize("transport", list(Transport))
def test_every_event_at_once_has_a_result_each(desk: Desk, transport: Transport) -> None:
    outcomes = desk.sweep(desk.spec(transport, events=SUBSCRIBABLE), [*SUBSCRIBABLE, EventType.PING])
    assert [one.event for one in outcomes] == [*SUBSCRIBABLE, EventType.PING]
    assert all(one.is_good for one in outcomes)
    assert len({one.history_id for one in outcomes}) == len(outcomes) == desk.row_count()
    for one in outcomes:
        assert one.message is not None
        assert {event.event_type for event in one.message.events} == {one.event.value}
        assert desk.row(one).outcome is Outcome.GOOD


def test_one_lost_message_of_many_is_named(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(lose_next=1))
    outcomes = desk.sweep(desk.spec(events=SUBSCRIBABLE), SUBSCRIBABLE, wait=6)
    assert sorted(lamps(one)[1] for one in outcomes) == [NO] + [YES] * (len(SUBSCRIBABLE) - 1)


def test_a_message_of_another_version_is_not_as_expected(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(lose_next=1))

    def put(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            body = body_of_test(version="2014-08-15")
            desk.outside.sqs.send_message(QueueUrl=desk.cloud.details.queue_url, MessageBody=body)

    outcome = desk.send(progress=put)
    assert lamps(outcome) == (YES, YES, NO)
    assert outcome.problem is not None
    assert outcome.problem.title == "It arrived, and is not what was asked for."
    assert outcome.problem.remedy.startswith("Look at the message that came")
    assert (outcome.problem.code, outcome.problem.cause) == ("arrival.unexpected", Cause.DESTINATION)
    assert outcome.problem.remedies == (Remedy.TRY_AGAIN,)
    assert "2014-08-15" in outcome.as_expected.detail


def test_the_newer_version_is_asked_for_and_comes(desk: Desk) -> None:
    spec = parse_spec(
        transport=Transport.SQS,
        destination=desk.cloud.details.queue_url,
        events=[SUBMITTED.value],
        version="2014-08-15",
    )
    outcome = desk.send(spec)
    assert outcome.is_good
    assert outcome.message is not None
    assert outcome.message.version == "2014-08-15"
