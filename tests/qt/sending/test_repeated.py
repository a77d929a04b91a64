# SPDX-License-Identifier: MIT
"""The form as it was for a row of the history: what the row tells, and of the rest what stands there now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from notification_tester.domain.delivery import NOT_TRIED
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.outgoing import MADE_UP
from notification_tester.qt.notification.form_state import DeliveryState, FormState, Sender
from notification_tester.qt.sending.repeated import query_is_missing, repeated
from notification_tester.storage.rows import DELIVERY_KIND, TEST_KIND, HistoryRow, Outcome

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab"
TOPIC = "arn:aws:sns:us-east-1:123456789012:lab"
WEB = "https://lab.example.org/notify"
NOW = FormState(
    destinations={Transport.SQS: f"{QUEUE}-now", Transport.EMAIL: "me@example.org"},
    events=(EventType.HIT_CREATED,),
    wait_seconds=77,
    remove_afterwards=False,
    delivery=DeliveryState(web_address="http://127.0.0.1:1/", hit_type="3NOW", number=7, smtp_host="now.example.org"),
)


def row(destination: str = QUEUE, *, kind: str = TEST_KIND, transport: str = "SQS", **request: Any) -> HistoryRow:
    return HistoryRow(
        id=1,
        started="2026-01-31T12:00:00+00:00",
        kind=kind,
        account="Lab",
        environment="sandbox",
        transport=transport,
        destination=destination,
        version="2014-08-15",
        events=("HITExpired", "HITDisposed"),
        event="HITDisposed",
        outcome=Outcome.GOOD,
        accepted=NOT_TRIED,
        arrived=NOT_TRIED,
        as_expected=NOT_TRIED,
        seconds=1.0,
        problem=None,
        message=None,
        raw="",
        raw_is_cut=False,
        request=request,
        answer="",
        is_unwritten=False,
    )


def sent_from_here(destination: str, form: str, **request: Any) -> FormState:
    found = repeated(row(destination, kind=DELIVERY_KIND, form=form, **request), NOW)
    assert found is not None
    assert (found.sender, found.wait_seconds, found.events) == (Sender.THIS_COMPUTER, 77, NOW.events)
    return found


def test_a_test_of_mechanical_turk_is_asked_as_it_was_with_the_wait_of_now() -> None:
    found = repeated(row(), NOW)
    assert found == FormState(
        transport=Transport.SQS,
        destinations={Transport.SQS: QUEUE, Transport.EMAIL: "me@example.org"},
        events=(EventType.HIT_EXPIRED, EventType.HIT_DISPOSED),
        version="2014-08-15",
        event=EventType.HIT_DISPOSED,
        wait_seconds=77,
        remove_afterwards=False,
        delivery=NOW.delivery,
    )
    assert repeated(row(transport="Pigeon"), NOW) is None


@pytest.mark.parametrize(
    ("form", "to", "is_web", "transport"),
    [
        ("rest", WEB, True, Transport.SQS),
        ("soap", WEB, True, Transport.SQS),
        ("sns", WEB, True, Transport.SQS),
        ("sns", TOPIC, False, Transport.SNS),
        ("sqs", QUEUE, False, Transport.SQS),
        ("email", "lab@example.org", False, Transport.EMAIL),
    ],
)
def test_what_this_computer_sent_goes_to_where_it_went(form: str, to: str, is_web: bool, transport: Transport) -> None:
    found = sent_from_here(to, form, event="HITExpired")
    assert (found.is_to_web, found.transport, found.event) == (is_web, transport, EventType.HIT_EXPIRED)
    if is_web:
        assert (found.delivery.web_address, found.delivery.web_form) == (to, form)
        assert dict(found.destinations) == dict(NOW.destinations)
    else:
        assert found.destinations[transport] == to
        assert found.delivery.web_address == NOW.delivery.web_address
        assert found.destinations[Transport.EMAIL] == (to if form == "email" else "me@example.org")


def test_what_is_not_told_is_not_made_up() -> None:
    assert repeated(row(kind=DELIVERY_KIND, form="pigeon"), NOW) is None
    assert repeated(row(kind=DELIVERY_KIND), NOW) is None
    assert sent_from_here(QUEUE, "sqs").event is EventType.PING


def test_an_address_without_its_query_is_filled_in_as_far_as_it_is_known() -> None:
    missing = row(f"{WEB}?…", kind=DELIVERY_KIND, form="rest")
    assert query_is_missing(missing)
    assert not query_is_missing(replace(missing, destination=WEB))
    assert not query_is_missing(replace(missing, kind=TEST_KIND))
    assert sent_from_here(f"{WEB}?…", "rest").delivery.web_address == WEB


def test_ids_that_a_person_chose_are_chosen_again_and_others_made_up_again() -> None:
    events = [
        {"hit_type_id": "3TYPE", "hit_id": "3HIT", "assignment_id": "3ASSIGNMENT", "extra": {"WorkerId": "A1"}},
        "rubbish",
        {"hit_type_id": "3OTHER", "hit_id": "4HIT", "assignment_id": f"3{MADE_UP}", "extra": None},
        {"hit_id": "3HIT"},
    ]
    told = row(QUEUE, kind=DELIVERY_KIND, form="sqs", looks_real=True, has_real_ids=True, number=3, signature="wrong")
    found = repeated(replace(told, message={"events": events}), NOW)
    assert found is not None
    delivery = found.delivery
    assert (delivery.looks_real, delivery.number, delivery.signature, delivery.each_checked) == (
        True,
        3,
        "wrong",
        False,
    )
    assert (delivery.hit_type, delivery.hits) == ("3TYPE", "3HIT, 4HIT")
    assert (delivery.assignments, delivery.workers) == ("3ASSIGNMENT", "A1")
    made_up = replace(told, message={"events": events}, request={**told.request, "has_real_ids": False})
    for other in (made_up, replace(told, message={"events": "rubbish"}), replace(told, message=None)):
        found = repeated(other, NOW)
        assert found is not None
        assert (found.delivery.hit_type, found.delivery.hits, found.delivery.workers) == ("", "", "")
    plain = sent_from_here(QUEUE, "sqs", number=3).delivery
    assert (plain.looks_real, plain.number, plain.hit_type) == (False, 7, "")


@pytest.mark.parametrize(
    ("server", "host", "port"),
    [
        ("mail.example.org:587", "mail.example.org", 587),
        ("[::1]:2525", "::1", 2525),
        ("mail.example.org:x", "mail.example.org", 0),
    ],
)
def test_the_mail_server_is_the_one_that_took_it(server: str, host: str, port: int) -> None:
    smtp = {"server": server, "security": "tls", "user": "me"}
    found = sent_from_here("lab@example.org", "email", smtp=smtp).delivery
    assert (found.smtp_host, found.smtp_port, found.smtp_security, found.smtp_user) == (host, port, "tls", "me")
    assert sent_from_here("lab@example.org", "email", smtp="x").delivery.smtp_host == "now.example.org"
