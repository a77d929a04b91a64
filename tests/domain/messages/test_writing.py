# SPDX-License-Identifier: MIT
"""What is written is read again as it was, in every form and with whatever characters."""

from __future__ import annotations

import email
import json
import re
from datetime import UTC, datetime
from email.policy import SMTP
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.events import EventType
from notification_tester.domain.messages.message import DecodedMessage, Format, decode
from notification_tester.domain.messages.pasted_message import decode_pasted
from notification_tester.domain.messages.sender import NOTIFICATION_SERVICE, legacy_signature
from notification_tester.domain.messages.writing import (
    MADE_UP_TOPIC,
    mail,
    message_id,
    rest_query,
    sns_envelope,
    soap_body,
    sqs_body,
    subscription_confirmation,
    time_text,
    unsubscribe_confirmation,
)
from notification_tester.domain.outgoing import (
    DEPRECATED,
    LegacySignature,
    MadeEvent,
    MadeNotification,
    SignatureKind,
    service_test,
)

NOW = datetime(2012, 8, 31, 23, 59, 59, 5000, tzinfo=UTC)
RIGHT = LegacySignature(kind=SignatureKind.RIGHT, secret="s3cr3t+/")

ODD = st.sampled_from(list("+:&%=;,?#'\"\\<>[]{}()\n\r\t é€😀\u202e\xa0\u200b"))


def texts(*, without: tuple[Any, ...] = ("Cs",)) -> st.SearchStrategy[str]:
    """Any characters that the form can hold; blanks around a value are nobody's."""
    odd = st.text(ODD, min_size=1, max_size=8)
    if "Cc" in without:
        odd = odd.map(lambda one: re.sub(r"[\n\r\t]", "", one))
    any_ = st.text(st.characters(codec="utf-8", exclude_categories=without), min_size=1, max_size=8)
    return (odd | any_).map(str.strip).filter(bool)


def notifications(text: st.SearchStrategy[str], *, most_events: int = 4) -> st.SearchStrategy[MadeNotification]:
    event = st.builds(
        MadeEvent,
        event_type=text | st.sampled_from([one.value for one in EventType]),
        hit_type_id=text,
        hit_id=text,
        assignment_id=st.none() | text,
        worker_id=st.none() | text,
        at=st.datetimes(min_value=datetime(2006, 5, 5), max_value=datetime(2038, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    )
    return st.builds(
        MadeNotification,
        events=st.lists(event, min_size=1, max_size=most_events).map(tuple),
        version=text | st.sampled_from(["2006-05-05", "2014-08-15"]),
        doc_id=st.text("0123456789abcdef", min_size=40, max_size=40),
        customer_id=text,
        source_account=st.none() | text,
    )


def assert_same(message: DecodedMessage, made: MadeNotification, form: Format) -> None:
    assert message.problem is None
    assert message.format is form
    assert [event.event_type for event in message.events] == [event.event_type for event in made.events]
    for read, event in zip(message.events, made.events, strict=True):
        assert read.event_timestamp == time_text(event.at)
        assert (read.hit_type_id, read.hit_id, read.assignment_id) == (
            event.hit_type_id,
            event.hit_id,
            event.assignment_id,
        )
        assert read.extra == ({} if event.worker_id is None else {"WorkerId": event.worker_id})


def assert_same_json(message: DecodedMessage, made: MadeNotification, form: Format) -> None:
    assert_same(message, made, form)
    assert (message.event_doc_id, message.version, message.customer_id, message.source_account) == (
        made.doc_id,
        made.version,
        made.customer_id,
        made.source_account,
    )


@given(notifications(texts()))
def test_queue(made: MadeNotification) -> None:
    assert_same_json(decode(sqs_body(made)), made, Format.SQS)
    assert_same_json(decode(sqs_body(made, time_name="EventTime").encode()), made, Format.SQS)


@given(notifications(texts()))
def test_topic(made: MadeNotification) -> None:
    envelope = sns_envelope(made, topic_arn=MADE_UP_TOPIC, now=NOW, message_id=message_id(made))
    assert_same_json(decode(json.dumps(envelope)), made, Format.SNS)


@given(notifications(texts()))
def test_query(made: MadeNotification) -> None:
    query = rest_query(made, RIGHT, NOW)
    assert re.fullmatch(r"[A-Za-z0-9._~%&=-]+", query)
    for text in (query, f"https://example.org/n?{query}", f"GET /n?a=b&{query} HTTP/1.1\r\nHost: example.org\r\n\r\n"):
        message = decode(text)
        assert_same(message, made, Format.REST)
        assert message.version == made.version
        assert message.extra["Signature"] == legacy_signature(
            RIGHT.secret, service=NOTIFICATION_SERVICE, operation="Notify", timestamp="2012-08-31T23:59:59Z"
        )


@given(notifications(texts(without=("Cs", "Cc"))))
def test_soap(made: MadeNotification) -> None:
    message = decode(soap_body(made, RIGHT, NOW).encode())
    assert_same(message, made, Format.SOAP)
    assert message.version == made.version
    assert message.extra["Timestamp"] == "2012-08-31T23:59:59Z"


@given(notifications(texts(without=("Cs", "Cc", "Zl", "Zp"))))
def test_mail(made: MadeNotification) -> None:
    whole = mail(made, "ada@example.org", is_sandbox=True, now=NOW).as_bytes()
    message = decode(whole)
    assert_same(message, made, Format.EMAIL)
    assert message.extra["headers"]["Subject"] == "SANDBOX: Your Event Notification"
    assert_same(decode_pasted(whole), made, Format.EMAIL)


def test_a_mail_is_written_as_it_was_seen() -> None:
    made = service_test(EventType.HIT_REVIEWABLE, "2006-05-05", NOW)
    whole = mail(made, "ada@example.org", is_sandbox=False, sender="bob@example.net", now=NOW).as_bytes()
    read = email.message_from_bytes(whole, policy=SMTP)
    assert (read["From"], read["To"], read["Subject"]) == (
        "bob@example.net",
        "ada@example.org",
        "Your Event Notification",
    )
    assert b"amazon.com" not in whole
    assert (
        "\n    Event Type: HITReviewable\n    Event Time: 2012-08-31T23:59:59Z\n"
        "    HIT Type ID: 09876543210987654321\n    HIT ID: 12345678901234567890\n"
    ) in read.get_content().replace("\r\n", "\n")
    assert b"\n" not in whole.replace(b"\r\n", b"")


def test_a_value_can_add_no_line_to_a_mail_and_no_field_to_a_query() -> None:
    made = service_test(EventType.PING, "2006-05-05", NOW)
    odd = "x\r\nBcc: eve@example.org\n\n    Event Type: Fake&Event.9.EventType=Fake</HITId><Event/>"
    made = MadeNotification(
        events=(MadeEvent(event_type="Ping", hit_type_id=odd, hit_id=odd, at=NOW),), version=odd, doc_id=made.doc_id
    )
    whole = mail(made, "ada@example.org", is_sandbox=False).as_bytes()
    assert [name for name, _ in email.message_from_bytes(whole, policy=SMTP).items() if name == "Bcc"] == []
    for text in (whole, rest_query(made, RIGHT, NOW), soap_body(made, RIGHT, NOW), sqs_body(made)):
        assert [event.event_type for event in decode(text).events] == ["Ping"]
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        mail(made, "ada@example.org\r\nBcc: eve@example.org", is_sandbox=False)


def test_what_no_form_can_hold_does_not_stop_it() -> None:
    event = MadeEvent(event_type="Ping", hit_type_id="a\ud800\0b", hit_id="\x1b\ufffe", at=NOW)
    made = MadeNotification(events=(event,), version="2006-05-05", doc_id="d" * 40)
    for text in (
        sqs_body(made),
        rest_query(made, RIGHT, NOW),
        soap_body(made, RIGHT, NOW).encode(),
        mail(made, "ada@example.org", is_sandbox=False).as_bytes(),
    ):
        assert [one.event_type for one in decode(text).events] == ["Ping"]


def test_signatures_of_the_legacy_forms() -> None:
    made = service_test(EventType.PING, "2006-05-05", NOW)

    def signature(how: LegacySignature) -> list[str]:
        return [value for name, value in parse_qsl(rest_query(made, how, NOW)) if name == "Signature"]

    # the legacy pages' way of signing, computed with: printf … | openssl dgst -sha1 -hmac s3cr3t+/ -binary | base64
    assert signature(RIGHT) == ["nk9Dn0ngoP9K3xXlAO16SLfGdus="]
    assert signature(DEPRECATED) == ["DEPRECATED"]
    assert signature(LegacySignature(kind=SignatureKind.NONE)) == []
    (wrong,) = signature(LegacySignature(kind=SignatureKind.WRONG, secret="s3cr3t+/"))
    assert wrong not in {"nk9Dn0ngoP9K3xXlAO16SLfGdus=", "DEPRECATED", ""}
    assert "s3cr3t" not in rest_query(made, RIGHT, NOW) + soap_body(made, RIGHT, NOW)


def test_confirmations() -> None:
    about = {"topic_arn": MADE_UP_TOPIC, "message_id": "1", "token": "t", "subscribe_url": "http://127.0.0.1:1/c"}
    asked = subscription_confirmation(now=NOW, **about)
    ended = unsubscribe_confirmation(now=NOW, **about)
    for envelope, code in ((asked, "message.subscription-confirmation"), (ended, "message.unsubscribe-confirmation")):
        problem = decode(json.dumps(envelope)).problem
        assert problem is not None
        assert problem.code == code
        assert envelope["SubscribeURL"] == "http://127.0.0.1:1/c"
        assert envelope["Timestamp"] == "2012-08-31T23:59:59.005Z"
