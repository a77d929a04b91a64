# SPDX-License-Identifier: MIT
"""All 12 events sent, seen arriving in the queue and taken out again, against bare boto3 calls.

The reference does the least that shows the same: 12 threads make one call each while another receives by long
polling, ten messages a call, until it has seen 12, and deletes them ten a call. It decodes nothing, tells nobody's
messages apart, and writes nothing down.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from benchmarks.measure import Row, in_turn
from benchmarks.practice_cloud import bench
from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.services.holding import SHORTEST_HOLD
from notification_tester.services.sending.queue_watch import POLL_SECONDS
from notification_tester.services.sending.test_send import Options

if TYPE_CHECKING:
    from benchmarks.practice_cloud import Bench

GOAL = 1.5
_REPEATS = 21
_EVENTS = tuple(EventType)


def rows(*, repeats: int = _REPEATS) -> list[Row]:
    """Measure from the first call until every message was seen and is out of the queue."""
    with bench() as at:
        ours, bare = in_turn(lambda: _sweep(at), lambda: _bare(at), repeats=repeats, warm_up=2)
    note = "seen, deleted, 24 rows of history; reference: 12 threads send, one receives and deletes in tens"
    what = f"all {len(_EVENTS)} events sent and seen through SQS"
    return [Row(what=what, ours=ours, reference=bare, goal=GOAL, note=note)]


def _sweep(at: Bench) -> None:
    outcomes = at.session.tests.run(
        at.opened,
        at.spec,
        _EVENTS,
        Options(wait_seconds=30, remove_afterwards=True),
        progress=lambda _: None,
        stop=threading.Event(),
    )
    at.session.tests.close()  # the messages are taken out of the queue
    if any(one.arrived.state is not State.YES or one.history_id is None for one in outcomes):
        raise AssertionError(f"not seen, or not written down: {outcomes}")


def _bare(at: Bench) -> None:
    seen: dict[str, str] = {}
    with ThreadPoolExecutor(max_workers=len(_EVENTS) + 1) as pool:
        receiver = pool.submit(_receive, at, seen)
        for sent in [pool.submit(at.send_bare, event) for event in _EVENTS]:
            sent.result()
        receiver.result()
    receipts = list(seen.values())
    for start in range(0, len(receipts), 10):
        entries = [
            {"Id": str(number), "ReceiptHandle": receipt} for number, receipt in enumerate(receipts[start : start + 10])
        ]
        at.sqs.delete_message_batch(QueueUrl=at.details.queue_url, Entries=cast("Any", entries))


def _receive(at: Bench, seen: dict[str, str]) -> None:
    while len(seen) < len(_EVENTS):
        answer = at.sqs.receive_message(
            QueueUrl=at.details.queue_url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=POLL_SECONDS,
            VisibilityTimeout=SHORTEST_HOLD,
            AttributeNames=["All"],
        )
        for message in answer.get("Messages", []):
            seen[message["MessageId"]] = message["ReceiptHandle"]
