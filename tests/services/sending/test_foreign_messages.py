# SPDX-License-Identifier: MIT
"""Other people's messages: after every test they are all there, visible and unchanged."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.practice.faults import Faults
from notification_tester.services.holding import SHORTEST_HOLD
from notification_tester.services.sending.test_send import Options, Progress, Stage
from notification_tester.services.session import Session
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.places import Places
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome
from services.parts import LONG, body_of_test, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notification_tester.domain.delivery import TestOutcome
    from services.parts import Desk, Outside

FOREIGN = 500
RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\N{POP DIRECTIONAL FORMATTING}\N{FIRST STRONG ISOLATE}"
REAL = {
    "EventDocVersion": "2006-05-05",
    "EventDocId": "a" * 40,
    "CustomerId": "A1REQUESTER",
    "Events": [
        {
            "EventType": "AssignmentSubmitted",
            "EventTimestamp": "2026-01-31T23:59:59Z",
            "HITId": "3REALHITREALHITREALHITREALHITR",
            "HITTypeId": "3REALTYPEREALTYPEREALTYPEREALT",
            "AssignmentId": "3REALASSIGNMENTREALASSIGNMENTR",
        }
    ],
}
ODD = {
    "markup": "<html><script>alert(1)</script><img src=x onerror=alert(2)>&amp;</html>",
    "256 KB": "x" * 262_144,
    "256 KB of JSON": json.dumps({"padding": "y" * 262_000}),
    "deep list": "[" * 100_000,
    "deep object": '{"Events":' * 20_000,
    "deep and closed": "[" * 5_000 + "]" * 5_000,
    "null escapes": '{"Events": "\\u0000\\u0000", "EventDocId": null}',
    "lone surrogate escape": '{"Events": [{"EventType": "\\ud800"}]}',
    "right to left": RIGHT_TO_LEFT,
    "right to left event": json.dumps({"Events": [{"EventType": RIGHT_TO_LEFT}]}),
    "big number": "[" + "9" * 6_000 + "]",
    "not a number": '{"Events": [NaN, Infinity, 1e999]}',
    "blank": " ",
    "a real notification": json.dumps(REAL),
    "a test of another event": body_of_test(EventType.HIT_DISPOSED),
    "an envelope of nothing": json.dumps({"Type": "Notification", "Message": ""}),
}


@pytest.fixture
def queue_url(desk: Desk) -> Iterator[str]:
    url = desk.outside.open_queue("crowded")
    yield url
    desk.tests.close()
    desk.outside.sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def calls(desk: Desk) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every call that the program makes to SQS, as boto3 is about to send it."""
    made: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        made.append((model.name, dict(params)))

    clients = desk.opened.clients
    emitters = [one.sqs().meta.events for one in (clients, clients.once)]
    for events in emitters:
        events.register("provide-client-params.sqs.*", note)
    yield made
    for events in emitters:
        events.unregister("provide-client-params.sqs.*", note)


def put(outside: Outside, url: str, bodies: list[str]) -> None:
    small = [body for body in bodies if len(body) < 10_000]
    for body in bodies:
        if len(body) >= 10_000:
            outside.sqs.send_message(QueueUrl=url, MessageBody=body)
    for start in range(0, len(small), 10):
        entries: Any = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(small[start : start + 10])]
        assert not outside.sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed")


@pytest.mark.slow
def test_five_hundred_messages_are_untouched_by_ten_tests(
    desk: Desk, queue_url: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    bodies = [*ODD.values(), *(f"somebody's work, number {n}" for n in range(FOREIGN - len(ODD)))]
    put(desk.outside, queue_url, bodies)
    assert desk.outside.counts(queue_url) == (FOREIGN, 0)

    for _ in range(10):
        outcome = desk.send(desk.spec(destination=queue_url))
        assert outcome.is_good
        desk.tests.close()
        assert until(lambda: desk.outside.counts(queue_url) == (FOREIGN, 0), seconds=12)

    assert "other messages were left alone" in outcome.arrived.detail
    received = [params for name, params in calls if name == "ReceiveMessage"]
    assert received
    assert {params["VisibilityTimeout"] for params in received} == {SHORTEST_HOLD}
    batches = [(name, entry) for name, params in calls if "Batch" in name for entry in params["Entries"]]
    given_back = [entry for name, entry in batches if name == "ChangeMessageVisibilityBatch"]
    assert {entry["VisibilityTimeout"] for entry in given_back} == {0}
    deleted = [entry for name, entry in batches if name == "DeleteMessageBatch"]
    assert len(deleted) == 10  # one of ours for each test
    known = {"ReceiveMessage", "ChangeMessageVisibilityBatch", "DeleteMessageBatch", "GetQueueAttributes"}
    assert {name for name, _ in calls} == known
    assert Counter(desk.outside.bodies(queue_url)) == Counter(bodies)


def test_a_hold_is_short() -> None:
    assert SHORTEST_HOLD <= 15  # a crash gives everything back within seconds


def test_another_reader_gets_the_messages_as_soon_as_the_test_is_over(desk: Desk, queue_url: str) -> None:
    put(desk.outside, queue_url, [f"work {n}" for n in range(25)])
    desk.cloud.set_faults(Faults(lose_next=1))
    outcome = desk.send(desk.spec(destination=queue_url), wait=0.5)
    assert outcome.arrived.state is State.NO
    desk.tests.close()
    assert len(desk.outside.bodies(queue_url)) == 25


def test_when_the_program_has_ended_what_was_borrowed_is_back_and_the_history_written(
    desk: Desk, queue_url: str, tmp_path: Path
) -> None:
    places = Places.under(tmp_path / "another")
    put(desk.outside, queue_url, [f"work {n}" for n in range(25)])
    desk.cloud.set_faults(Faults(lose_next=1))
    stop = threading.Event()

    def cancel(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            assert until(lambda: desk.outside.counts(queue_url) == (0, 25))
            stop.set()

    spec = desk.spec(destination=queue_url)
    with Session(places) as session:
        session.tests.run(desk.opened, spec, [spec.events[0]], Options(wait_seconds=LONG), progress=cancel, stop=stop)
    assert desk.outside.counts(queue_url) == (25, 0)
    with Database(places.database) as database:
        (row,) = History(database).page(HistoryQuery())
        assert row.outcome is Outcome.UNKNOWN


def test_two_tests_at_once_do_not_take_each_others_message(desk: Desk, queue_url: str) -> None:
    spec = desk.spec(destination=queue_url)
    inner: list[TestOutcome] = []
    began = threading.Event()

    def send_another(news: Progress) -> None:
        if news.stage is Stage.WAITING and not began.is_set():
            began.set()
            inner.append(desk.send(spec, wait=LONG))

    outer = desk.send(spec, wait=LONG, progress=send_another)
    assert outer.is_good
    assert inner[0].is_good
    assert outer.raw != inner[0].raw
    desk.tests.close()
    assert desk.outside.counts(queue_url) == (0, 0)


@pytest.mark.parametrize("body", [pytest.param(body, id=name.replace(" ", "-")) for name, body in ODD.items()])
def test_no_message_stops_the_search(desk: Desk, queue_url: str, body: str) -> None:
    put(desk.outside, queue_url, [body])
    assert desk.send(desk.spec(destination=queue_url)).is_good
    desk.tests.close()
    assert desk.outside.bodies(queue_url) == [body]
