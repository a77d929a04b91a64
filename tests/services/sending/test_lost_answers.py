# SPDX-License-Identifier: MIT
"""A test whose answer was lost may have been taken: it is sent once, looked for, and never called refused.

Nor is it called taken because a message came: nothing in one says who asked for it.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from breaking_proxy import (
    JSON,
    PAGE,
    Break,
    Exchange,
    Gateway,
    answer_with,
    be_silent,
    cut,
    lose_answer,
    reset,
    trickle,
)
from notification_tester.aws import clients as made_by
from notification_tester.aws.clients import ATTEMPTS, Clients
from notification_tester.aws.requester import Requester
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.problem import Cause
from notification_tester.practice.faults import Faults
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.sending import queue_watch, test_send, watchers
from notification_tester.services.sending.test_send import Options, Stage, TestSend
from notification_tester.services.sending.throwaway import Throwaway
from notification_tester.storage.rows import Outcome
from services.parts import LONG, SHORT, SUBMITTED, behind_a_gateway, body_of_test, until
from services.relay import Passed, Relay, Said, opened_through, relay_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.problem import Problem
    from notification_tester.services.sending.test_send import Progress
    from services.parts import Desk

YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN
SEND = "SendTestEventNotification"


def error(code: str, **more: str) -> bytes:
    return json.dumps({"__type": code, **more}).encode()


LOST = {
    "hangs up": lose_answer,
    "reset": reset,
    "silent": be_silent,
    "trickles": trickle(0.1, after=20),
    "half of it": cut(0.5),
    "headers alone": cut(0),
    "InternalFailure": answer_with(500, JSON, error("InternalFailure")),
    "InternalFailure with a status of the other kind": answer_with(400, JSON, error("InternalFailure")),
    "ServiceFault": answer_with(500, JSON, error("ServiceFault", Message="No. (1)", TurkErrorCode="AWS.Service")),
    "ServiceUnavailableException": answer_with(503, JSON, error("ServiceUnavailableException")),
    "an unknown code of a fault": answer_with(500, JSON, error("TeapotFault")),
    "500 without a word": answer_with(500),
    "502 of a gateway": answer_with(502, "text/html", PAGE),
    "503 of a gateway": answer_with(503, "text/html", PAGE),
    "504 of a gateway": answer_with(504, "text/plain", b"upstream timed out"),
    "403 of a gateway": answer_with(403, "text/html", PAGE),
    "404 of a gateway": answer_with(404, "text/plain", b"not here"),
    "407 of a proxy": answer_with(407, "text/html", PAGE),
    "429 of a gateway": answer_with(429, "text/html", PAGE),
    "503 that asks to slow down": answer_with(503, JSON, error("SlowDown")),
    "408": answer_with(408, JSON, error("RequestTimeout")),
    "302 to a sign-in": answer_with(302, "text/html", b""),
    "a page with a good status": answer_with(200, "text/html", PAGE),
    "hello": answer_with(200, "text/plain", b"hello"),
    "half of JSON": answer_with(200, JSON, b'{"a'),
    "another's JSON": answer_with(200, JSON, b'{"sign": "in"}'),
}  # fmt: skip


@pytest.fixture
def gateway(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """What stands between the desk and Mechanical Turk; everything else is reached directly."""
    monkeypatch.setattr(made_by, "READ_SECONDS", 2)
    monkeypatch.setattr(made_by, "CALL_SECONDS", 4)
    monkeypatch.setattr(watchers, "SECOND_MESSAGE_SECONDS", 0.1)
    with behind_a_gateway(desk, "mturk") as between:
        yield between


def lamps(outcome: TestOutcome) -> tuple[State, State, State]:
    return outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state


@pytest.mark.parametrize("how", LOST.values(), ids=LOST)
def test_what_arrives_is_taken_out_and_was_sent_once(desk: Desk, gateway: Gateway, how: Break) -> None:
    gateway.breaks(SEND, how)
    outcome = desk.send()
    desk.tests.close()
    assert gateway.count(SEND) == 1
    assert lamps(outcome) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert outcome.accepted.detail.startswith("Whether it was taken is not known: no clear answer came. ")
    assert outcome.arrived.detail == (
        "A test message of this event came: seen in practice-results, and taken out again. Mechanical Turk's answer "
        "was lost, and nothing in a message says who asked for it, so whether it is yours is not known."
    )
    assert outcome.as_expected.detail.startswith("Of the message that came: It tells of the event that was tested")
    assert (outcome.matching, outcome.perhaps_not_yours) == (1, True)
    assert outcome.problem is not None
    assert outcome.problem.title in outcome.accepted.detail
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)
    row = desk.row(outcome)
    assert (row.outcome, row.accepted, row.arrived) == (Outcome.UNKNOWN, outcome.accepted, outcome.arrived)


def test_in_a_queue_made_for_it_alone_it_is_ours(desk: Desk, gateway: Gateway) -> None:
    gateway.breaks(SEND, lose_answer)
    throwaway = Throwaway(tests=desk.tests, leftovers=desk.leftovers)
    outcome = throwaway.run(
        desk.opened, desk.spec(), SUBMITTED, Options(wait_seconds=LONG), progress=lambda _: None, stop=threading.Event()
    )
    assert lamps(outcome) == (YES, YES, YES)
    assert not outcome.perhaps_not_yours
    assert outcome.accepted.detail == (
        "It came into a place made for it alone, so it was taken, though the answer was lost."
    )
    assert outcome.problem is None
    assert outcome.notes[0].startswith("Mechanical Turk works: ")


def test_somebody_elses_test_is_not_called_ours_where_the_answer_was_lost(desk: Desk, gateway: Gateway) -> None:
    """And ours was never sent."""

    def put(news: Progress) -> None:
        if news.stage is Stage.SENDING:
            desk.outside.sqs.send_message(QueueUrl=desk.cloud.details.queue_url, MessageBody=body_of_test())

    gateway.breaks(SEND, answer_with(502, "text/html", PAGE, carried_out=False))
    outcome = desk.send(progress=put)
    assert lamps(outcome) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert "whether it is yours is not known" in outcome.arrived.detail
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


def test_what_was_seen_before_the_answer_came_has_arrived(
    desk: Desk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the answer to the call takes longer than the time to wait."""
    monkeypatch.setattr(made_by, "READ_SECONDS", LONG)
    monkeypatch.setattr(made_by, "CALL_SECONDS", LONG)
    gateway.breaks(SEND, trickle(0.01))
    outcome = desk.send(wait=0.3)
    desk.tests.close()
    assert lamps(outcome) == (YES, YES, YES)
    assert outcome.accepted.seconds is not None
    assert outcome.accepted.seconds > 0.3
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


@pytest.mark.parametrize("transport", [Transport.SNS, Transport.EMAIL])
def test_it_is_looked_for_wherever_it_was_to_arrive(desk: Desk, gateway: Gateway, transport: Transport) -> None:
    gateway.breaks(SEND, lose_answer)
    outcome = desk.send(desk.spec(transport))
    assert lamps(outcome) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert outcome.arrived.detail.startswith("A test message of this event came: ")
    assert outcome.message is not None
    assert gateway.count(SEND) == 1


NOT_TAKEN = {
    "502 of a gateway": answer_with(502, "text/html", PAGE, carried_out=False),
    "InternalFailure": answer_with(500, JSON, error("InternalFailure"), carried_out=False),
    "ServiceFault": answer_with(500, JSON, error("ServiceFault"), carried_out=False),
    "hello": answer_with(200, "text/plain", b"hello", carried_out=False),
}


def seconds_of(outcome: TestOutcome) -> float:
    """How long it is said to have been looked for where nothing came."""
    said = re.fullmatch(r"Not seen within (\S+) s\. Perhaps it was never sent\.", outcome.arrived.detail)
    assert said is not None
    return float(said[1])


@pytest.mark.parametrize("how", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_what_does_not_arrive_is_not_known_to_have_been_taken(desk: Desk, gateway: Gateway, how: Break) -> None:
    gateway.breaks(SEND, how)
    outcome = desk.send(wait=SHORT)
    assert gateway.count(SEND) == 1
    assert lamps(outcome) == (UNKNOWN, NO, UNKNOWN)
    assert SHORT <= seconds_of(outcome) < LONG
    assert outcome.as_expected.detail == "There is nothing to look at."
    assert outcome.accepted.detail.startswith("Whether it was taken is not known: no clear answer came. ")
    assert outcome.problem is not None
    assert outcome.problem.title in outcome.accepted.detail
    row = desk.row(outcome)
    assert (row.accepted, row.arrived, row.problem) == (outcome.accepted, outcome.arrived, outcome.problem)


def test_while_it_is_looked_for_it_is_told_why(desk: Desk, gateway: Gateway) -> None:
    gateway.breaks(SEND, answer_with(502, "text/html", PAGE, carried_out=False))
    desk.send(wait=SHORT)
    (waiting,) = [one for one in desk.news if one.stage is Stage.WAITING]
    assert waiting.outcome.accepted.state is UNKNOWN
    assert waiting.outcome.problem is not None
    assert waiting.outcome.problem.code == "unreachable.http-502"


def test_without_looking_nothing_is_known(desk: Desk, gateway: Gateway) -> None:
    gateway.breaks(SEND, lose_answer)
    outcome = desk.send(wait=0)
    assert lamps(outcome) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert desk.row(outcome).outcome is Outcome.UNKNOWN
    assert len(desk.outside.bodies(desk.cloud.details.queue_url)) == 1


def test_a_place_that_keeps_it_out_is_not_watched_for_long(desk: Desk, gateway: Gateway) -> None:
    spec = desk.spec(destination=desk.cloud.details.blocked_queue_url)
    outcome = desk.send(spec, wait=10 * LONG)
    assert outcome.problem is not None
    assert outcome.problem.code == "destination.closed"
    assert lamps(outcome) == (UNKNOWN, NO, UNKNOWN)
    assert 0 < seconds_of(outcome) < LONG
    seconds = desk.row(outcome).seconds
    assert seconds is not None
    assert seconds < LONG


REFUSED = {
    "denied": (error("AccessDeniedException", Message="No."), Cause.PERMISSION),
    "malformed": (error("ValidationException", message="1 error"), Cause.REFUSED),
    "RequestError": (error("RequestError", Message="No. (1)", TurkErrorCode="AWS.MechanicalTurk.No"), Cause.REFUSED),
    "keys": (error("UnrecognizedClientException", message="?"), Cause.KEYS),
    "a code that nobody knows": (error("TeapotException", message="?"), Cause.REFUSED),
}


@pytest.mark.parametrize(("body", "cause"), REFUSED.values(), ids=REFUSED)
def test_a_definite_refusal_is_a_no(desk: Desk, gateway: Gateway, body: bytes, cause: Cause) -> None:
    gateway.breaks(SEND, answer_with(400, JSON, body, carried_out=False))
    outcome = desk.send()
    assert gateway.count(SEND) == 1
    assert lamps(outcome) == (NO, UNKNOWN, UNKNOWN)
    assert outcome.problem is not None
    assert outcome.problem.cause is cause
    assert desk.row(outcome).outcome is Outcome.BAD


THROTTLED = {
    "its own word": answer_with(400, JSON, error("ThrottlingException", message="Rate exceeded"), carried_out=False),
    "429": answer_with(429, JSON, error("TooManyRequestsException"), carried_out=False),
}


@pytest.mark.parametrize("how", THROTTLED.values(), ids=THROTTLED)
def test_what_was_turned_away_is_tried_again(
    desk: Desk, gateway: Gateway, how: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_by, "CALL_SECONDS", LONG)
    gateway.breaks(SEND, how, times=ATTEMPTS - 1)
    outcome = desk.send()
    assert outcome.is_good
    assert gateway.count(SEND) == ATTEMPTS


def test_a_call_that_found_nobody_is_tried_again_and_then_a_no(desk: Desk, gateway: Gateway) -> None:
    from aws.parts import nobody

    with nobody() as endpoint:
        clients = Clients(replace(desk.opened.clients.connection, mturk_endpoint=endpoint))
        tried: list[str] = []
        clients.mturk.meta.events.register("before-send.mturk.*", lambda request, **_: tried.append(request.url))
        desk.opened = OpenAccount(PRACTICE, clients, Requester(clients), desk.cloud)
        outcome = desk.send()
        clients.close()
    assert len(tried) == ATTEMPTS
    assert lamps(outcome) == (NO, UNKNOWN, UNKNOWN)
    assert outcome.problem is not None
    assert outcome.problem.cause is Cause.UNREACHABLE


def test_reading_is_repeated_as_ever(desk: Desk, gateway: Gateway) -> None:
    for how in (lose_answer, answer_with(500), answer_with(200, "text/html", PAGE), cut(0.5)):
        gateway.breaks("GetAccountBalance", how, times=ATTEMPTS - 1)
        before = gateway.count("GetAccountBalance")
        assert desk.opened.requester.balance()
        assert gateway.count("GetAccountBalance") - before == ATTEMPTS


def test_each_event_of_a_sweep_is_sent_once(desk: Desk, gateway: Gateway) -> None:
    from notification_tester.domain.events import SUBSCRIBABLE

    gateway.breaks(SEND, lose_answer)
    outcomes = desk.sweep(desk.spec(events=SUBSCRIBABLE), SUBSCRIBABLE)
    desk.tests.close()
    assert gateway.count(SEND) == len(SUBSCRIBABLE)
    assert [lamps(one) for one in outcomes] == [(UNKNOWN, UNKNOWN, UNKNOWN)] * len(SUBSCRIBABLE)
    assert all(", and taken out again. " in one.arrived.detail for one in outcomes)
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


def test_the_person_is_asked_about_an_e_mail_too(desk: Desk, gateway: Gateway) -> None:
    gateway.breaks(SEND, lose_answer)
    outcome = desk.send(desk.spec(Transport.EMAIL), wait=0)
    completed = desk.tests.answer_for(outcome, arrived=True)
    assert completed.accepted.state is YES
    assert completed.accepted.detail == "You said that it arrived, so it was taken, though the answer was lost."
    assert completed.problem is None
    assert desk.row(completed).accepted.state is YES
    missing = desk.tests.answer_for(outcome, arrived=False)
    assert lamps(missing) == (UNKNOWN, NO, UNKNOWN)
    assert missing.problem == outcome.problem is not None
    assert desk.row(missing).problem == outcome.problem


def test_an_e_mail_outside_practice_of_which_no_answer_came_is_told_with_that(desk: Desk, gateway: Gateway) -> None:
    gateway.breaks(SEND, lose_answer)
    desk.opened = replace(desk.opened, practice=None)
    outcome = desk.send(desk.spec(Transport.EMAIL, "ada@example.com"))
    assert lamps(outcome) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert outcome.arrived.detail.startswith("This program cannot look into your mailbox.")
    assert outcome.problem is not None
    assert outcome.accepted.detail.endswith(outcome.problem.title)


def test_one_that_was_sent_twice_on_its_way_is_taken_out_twice(
    desk: Desk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And told of as soon as both are out."""
    monkeypatch.setattr(test_send, "REMOVAL_SECONDS", LONG)

    def twice(exchange: Exchange) -> None:
        exchange.carried_out()
        exchange.carried_out()

    gateway.breaks(SEND, twice)
    began = time.perf_counter()
    outcome = desk.send()
    assert time.perf_counter() - began < LONG / 2
    desk.tests.close()
    assert outcome.arrived.detail == (
        "2 test messages of this event came: seen in practice-results, and 2 of 2 taken out again. Mechanical "
        "Turk's answer was lost, and nothing in a message says who asked for it, so whether it is yours is not known."
    )
    assert (outcome.matching, outcome.perhaps_not_yours) == (2, True)
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


def test_a_second_message_that_comes_later_is_taken_out_too(
    desk: Desk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchers, "SECOND_MESSAGE_SECONDS", 6)
    is_told, is_there_again = threading.Event(), threading.Event()

    def again_later(exchange: Exchange) -> None:
        lose_answer(exchange)
        exchange.client.shutdown(socket.SHUT_RDWR)
        assert is_told.wait(LONG)
        exchange.carried_out()
        is_there_again.set()

    told: list[Problem] = []
    desk.tests = TestSend(history=desk.history, leftovers=None, notice=lambda problem, _: told.append(problem))
    gateway.breaks(SEND, again_later)
    assert desk.send().matching == 1
    is_told.set()
    assert is_there_again.wait(LONG)
    desk.tests.close()
    assert [one.code for one in told] == ["arrival.taken-out-late"]
    assert told[0].detail == (
        "1 test message was seen in practice-results and taken out (AssignmentSubmitted). Nothing in a message says "
        "who asked for it, so whether it is yours is not known."
    )
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


def test_one_that_was_not_seen_in_time_and_comes_later_is_taken_out_and_told(
    desk: Desk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchers, "SECOND_MESSAGE_SECONDS", LONG)
    is_told, is_there = threading.Event(), threading.Event()

    def later(exchange: Exchange) -> None:
        exchange.client.shutdown(socket.SHUT_RDWR)
        assert is_told.wait(LONG)
        exchange.carried_out()
        is_there.set()

    told: list[str] = []
    desk.tests = TestSend(
        history=desk.history, leftovers=None, notice=lambda problem, _: told.append(problem.detail.partition(". ")[0])
    )
    gateway.breaks(SEND, later, times=1)
    assert lamps(desk.send(wait=SHORT)) == (UNKNOWN, NO, UNKNOWN)
    is_told.set()
    assert is_there.wait(LONG)
    assert until(lambda: desk.outside.counts(desk.cloud.details.queue_url) == (0, 0))
    assert desk.send().is_good  # the first one looks no more
    desk.cloud.set_faults(Faults(lose_next=1))
    assert lamps(desk.send(wait=SHORT)) == (YES, NO, UNKNOWN)
    desk.tests.close()
    assert told == ["1 test message was seen in practice-results and taken out (AssignmentSubmitted)"], "and no more"


def test_a_second_message_is_somebody_elses_where_the_answer_came(desk: Desk, gateway: Gateway) -> None:
    for document in ("a" * 40, "b" * 40):  # a moment before, which nothing tells from a moment after
        desk.outside.sqs.send_message(
            QueueUrl=desk.cloud.details.queue_url, MessageBody=body_of_test(document=document)
        )
    desk.cloud.set_faults(Faults(lose_next=1))
    outcome = desk.send()
    desk.tests.close()
    assert lamps(outcome) == (YES, YES, YES)
    assert (outcome.matching, outcome.perhaps_not_yours) == (2, True)
    assert outcome.arrived.detail.startswith("Seen in practice-results, and 1 of 2 taken out again. ")
    assert outcome.arrived.detail.endswith(
        "2 test messages of this event came where one test was sent, and nothing in a message says who asked for it: "
        "some are perhaps not yours."
    )
    assert desk.outside.counts(desk.cloud.details.queue_url) == (1, 0)


def test_of_two_that_are_not_what_was_asked_for_it_is_not_said_that_ours_is_not(desk: Desk, gateway: Gateway) -> None:
    for document in ("a" * 40, "b" * 40):
        body = body_of_test(document=document, version="2014-08-15")
        desk.outside.sqs.send_message(QueueUrl=desk.cloud.details.queue_url, MessageBody=body)
    desk.cloud.set_faults(Faults(lose_next=1))
    outcome = desk.send()
    desk.tests.close()
    assert lamps(outcome) == (YES, YES, UNKNOWN)
    assert outcome.as_expected.detail.startswith("Of the message that came first: ")
    assert "2014-08-15" in outcome.as_expected.detail
    assert outcome.problem is None
    assert len(desk.outside.bodies(desk.cloud.details.queue_url)) == 1


def test_the_next_test_gets_its_own_message(desk: Desk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchers, "SECOND_MESSAGE_SECONDS", LONG)
    gateway.breaks(SEND, lose_answer, times=1)
    began = time.perf_counter()
    assert desk.send().matching == 1
    for _ in range(3):  # while the first one still looks for more
        assert desk.send().is_good
    desk.tests.close()
    assert time.perf_counter() - began < LONG / 2
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


@contextmanager
def given_up_while_it_hangs(
    desk: Desk, transport: Transport, operation: str
) -> Iterator[tuple[Relay, Callable[[], None]]]:
    """A test whose first call of ``operation`` gets no answer: its relay, and what has it answered and all others."""
    hangs, goes_on, stop = threading.Event(), threading.Event(), threading.Event()

    def hang(_: Passed) -> Said | None:
        hangs.set()
        goes_on.wait(LONG)
        return Said() if operation == SEND else None

    with relay_before(desk.cloud.details) as relay, opened_through(relay, desk.opened) as behind:
        relay.rules[operation] = hang
        run = threading.Thread(
            target=desk.tests.run,
            args=(behind, desk.spec(transport), [SUBMITTED], Options(wait_seconds=LONG)),
            kwargs={"progress": lambda _: None, "stop": stop},
        )
        run.start()
        assert hangs.wait(LONG)
        stop.set()
        try:
            yield relay, goes_on.set
        finally:
            goes_on.set()
            run.join()
            desk.tests.close()


@pytest.mark.parametrize("transport", [Transport.SQS, Transport.SNS])
def test_a_test_that_was_given_up_while_its_call_hangs_takes_nothing_from_the_next(
    desk: Desk, transport: Transport
) -> None:
    """Its call never came to Mechanical Turk, and it still looks when the next test is sent."""
    taken = threading.Event()

    def note(_: Passed) -> None:
        taken.set()

    def wait_for_the_first(_: Passed) -> None:
        taken.wait(2 * queue_watch.POLL_SECONDS)  # nothing is taken where it looks no more

    with (
        given_up_while_it_hangs(desk, transport, SEND) as (first, _),
        relay_before(desk.cloud.details) as second,
        opened_through(second, desk.opened) as opened,
    ):
        for operation in ("DeleteMessageBatch", "ChangeMessageVisibilityBatch", "DeleteQueue"):
            first.rules[operation] = note
        second.rules["ReceiveMessage"] = wait_for_the_first
        desk.opened = opened
        assert lamps(desk.send(desk.spec(transport))) == (YES, YES, YES)
        desk.tests.close()  # through the second relay too


@pytest.mark.parametrize("transport", [Transport.SQS, Transport.SNS])
def test_a_test_that_was_given_up_before_it_looked_does_not_look_beside_the_next(
    desk: Desk, transport: Transport
) -> None:
    with given_up_while_it_hangs(desk, transport, "GetQueueAttributes") as (relay, answer):
        assert desk.send(desk.spec(transport)).is_good
        answer()
    assert (relay.count("ReceiveMessage"), relay.count(SEND)) == (0, 0)
