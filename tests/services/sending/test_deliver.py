# SPDX-License-Identifier: MIT
"""Sent from this computer: a queue, a topic, and what their lamps then say."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.domain.outgoing import DeliveryForm, parse_target, service_test
from notification_tester.services.sending.deliver import Deliveries, DeliveryRequest
from notification_tester.storage.rows import Outcome
from notification_tester.storage.vault import Vault
from services.parts import LONG, MemoryKeyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.services.sending.deliver import Delivered
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
    assert desk.outside.bodies(queue_url) == []  # taken out again
    row = row_of(desk, delivered)
    assert (row.kind, row.outcome, row.transport, row.destination) == ("delivery", Outcome.GOOD, "SQS", queue_url)
    assert row.raw == delivered.raw
    assert json.loads(row.raw)["Events"][0]["EventType"] == row.event == "AssignmentSubmitted"
