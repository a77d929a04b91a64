# SPDX-License-Identifier: MIT
"""What this program sends and what its receiver takes are the same: every form, every scenario, and the handshake."""

from __future__ import annotations

import json
import socket
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.domain.messages.scenarios import SCENARIOS
from notification_tester.domain.outgoing import (
    DeliveryForm,
    LegacySignature,
    SignatureKind,
    parse_target,
    service_test,
)
from notification_tester.domain.receiver_place import Answer, ReceiverPlace
from notification_tester.services.inbox.receiver import Received, Receiver
from notification_tester.services.sending.delivery_request import DeliveryRequest
from notification_tester.services.session import Session

if TYPE_CHECKING:
    from notification_tester.storage.places import Places

FORMS = (DeliveryForm.SNS, DeliveryForm.REST, DeliveryForm.SOAP)
RIGHT = LegacySignature(kind=SignatureKind.RIGHT, secret="a secret")


def request_to(receiver: Receiver, form: DeliveryForm, *scenarios: str) -> DeliveryRequest:
    target = parse_target(f"{receiver.url}hook?token=1", form)
    return DeliveryRequest(
        target=target,
        form=form,
        notification=service_test(EventType.HIT_CREATED, "2006-05-05", datetime.now(UTC), form=form),
        scenarios=tuple(
            one for one in SCENARIOS if one.fits(form, target) and (one.name in scenarios or not scenarios)
        ),
        signature=RIGHT,
    )


@pytest.mark.parametrize("form", FORMS)
def test_every_scenario_comes_and_is_answered(session: Session, form: DeliveryForm) -> None:
    came: list[Received] = []
    with Receiver(ReceiverPlace(confirms=True), came.append) as receiver:
        done = session.deliveries.run(None, request_to(receiver, form), stop=threading.Event())
    assert len(came) == len(done) >= 14
    assert all(one.target.startswith(("/hook?…", "/hook?token=…")) for one in came)  # what it was called by is a key
    assert {one.receipt.status if one.receipt else 0 for one in done} == {200}
    # The receiver takes whatever comes: a wrong signature, too, which is no good sign, and is said.
    unexpected = {one.scenario.name for one in done if one.scenario and one.as_expected.state is not State.YES}
    assert unexpected == {"wrong-signature"}
    read = {event.event_type for one in came for event in one.decoded.events}
    assert {"HITCreated" if form is DeliveryForm.SNS else "Ping", "AssignmentReconsidered"} <= read
    assert [one.confirmation for one in came if one.confirmation] == (
        ["The subscription was confirmed."] if form is DeliveryForm.SNS else []
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("answer", [Answer.ERROR, Answer.REDIRECT, Answer.HALF])
def test_what_a_receiver_does_wrong_is_noticed(session: Session, form: DeliveryForm, answer: Answer) -> None:
    with Receiver(ReceiverPlace(answer=answer), lambda _: None) as receiver:
        (done, *_) = session.deliveries.run(None, request_to(receiver, form, "twice"), stop=threading.Event())
    assert done.as_expected.state is not State.YES
    assert ("It would rather have it at " in done.as_expected.detail) is (answer is Answer.REDIRECT)
    assert done.as_expected.detail.startswith("The answer did not come whole. ") is (answer is Answer.HALF)
    assert done.problem is not None


def test_the_certificate_of_what_was_sent_is_there_until_the_program_ends(places: Places) -> None:
    came: list[Received] = []
    with Receiver(ReceiverPlace(), came.append) as receiver, Session(places) as session:
        session.deliveries.run(None, request_to(receiver, DeliveryForm.SNS, "twice"), stop=threading.Event())
        address = urlsplit(json.loads(came[0].text)["SigningCertURL"])
        there = (address.hostname or "", address.port or 0)
        socket.create_connection(there, timeout=60).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(there, timeout=60)
