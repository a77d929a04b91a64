# SPDX-License-Identifier: MIT
"""Older specifications are opened whatever language they are in; what is foreign or damaged is a Problem."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from domain.specifications import older
from domain.specifications.older import ACCESS_KEY, QUEUE, SECRET_KEY, SIGNATURE, TOPIC
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.domain.specifications.imported import WebReceiver, WebTransport
from notification_tester.domain.specifications.keys import without_keys
from notification_tester.domain.specifications.reading import MAX_SIZE, read_specification
from torture.mutations import spoiled

OTHER_FORMS = (
    "conn.set_rest_notification(x/*,",
    "aws mturk send-test-event-notification --notification file://n.json",
    "{'Destination': queue, 'Transport': 'SQS'}",
)


class Case(NamedTuple):
    """A text, and what is opened of it: the members of its JSON that are named."""

    name: str
    expected: dict[str, Any]
    destination: str | None = None
    transport: str | None = None
    events: tuple[str, ...] = ()
    version: str = "2006-05-05"
    changed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


SUBMITTED, REVIEWABLE, EXPIRED = "AssignmentSubmitted", "HITReviewable", "HITExpired"
KEYS = "keys and signatures are neither stored nor shown"
CASES = (
    Case("structure", {"hit_type_id": None, "active": None}, "janedoe@example.com", "Email", (SUBMITTED, REVIEWABLE)),
    Case(
        "page",
        {"hit_type_id": "T100CN9P324W00EXAMPLE", "active": None, "operation": "SetHITTypeNotification"},
        "janedoe@example.com",
        "Email",
        (SUBMITTED, REVIEWABLE),
        changed=("is called UpdateNotificationSettings today",),
        dropped=(KEYS, "Version and Timestamp"),
    ),
    Case(
        "url",
        {"hit_type_id": "3ABC", "active": False},
        "jane+turk@example.com",
        "Email",
        (EXPIRED,),
        changed=("none was given and one is required today",),
        dropped=("there is no “AssignmentAutoApproved”", KEYS),
    ),
    Case(
        "log", {"hit_type_id": "3ABC", "active": False}, "jane+turk@example.com", "Email", (EXPIRED,), dropped=(KEYS,)
    ),
    Case("form", {"test_event": REVIEWABLE}, QUEUE, "SQS", (REVIEWABLE,), "2014-08-15", dropped=(KEYS,)),
    Case(
        "curl",
        {
            "test_event": "Ping",
            "receiver": {"transport": "REST", "address": "https://lab.org/notify?course=7"},
            "operation": "SendTestEventNotification",
        },
        None,
        None,
        (SUBMITTED,),
        changed=("REST has no successor", "which meant a Ping alone", "“2006-10-31” is no longer offered"),
        dropped=("name and password in an address",),
    ),
    Case(
        "soap",
        {"hit_type_id": "3ABC", "active": True, "receiver": {"transport": "SOAP", "address": "http://lab.org/soap"}},
        None,
        None,
        (EXPIRED,),
        changed=("SOAP has no successor",),
        dropped=("Ping, which is for tests only", KEYS),
    ),
    Case(
        "boto2-email",
        {"hit_type_id": "3ABC", "active": True, "what": "a call of boto 2"},
        "jane@example.com",
        "Email",
        (SUBMITTED, EXPIRED),
        changed=("boto 2 always sent it along",),
    ),
    Case(
        "boto2-rest",
        {"hit_type_id": None, "receiver": {"transport": "REST", "address": ""}},
        None,
        None,
        (REVIEWABLE,),
        dropped=("the name “hit_type” there", "Destination: the text has the name"),
    ),
    Case("boto2-sqs", {"hit_type_id": "3ABC"}, QUEUE, "SQS", (), changed=("none was given that can be set",)),
    Case(
        "boto2-test",
        {"test_event": "Ping", "receiver": {"transport": "REST", "address": "http://lab.org/n"}, "active": None},
        None,
        None,
        (REVIEWABLE,),
        changed=("a test takes none",),
    ),
    Case("boto3", {"hit_type_id": "3ABC", "active": False}, QUEUE, "SQS", (SUBMITTED,), "2014-08-15"),
    Case("cli", {"hit_type_id": "3ABC", "active": True}, QUEUE, "SQS", (SUBMITTED, REVIEWABLE)),
    Case("javascript-2", {"hit_type_id": "3ABC", "active": True}, TOPIC, "SNS", (EXPIRED,), "2014-08-15"),
    Case("javascript-3", {"test_event": "Ping"}, TOPIC, "SNS", (EXPIRED,), "2014-08-15"),
    Case("skeleton", {"hit_type_id": None, "active": True}, None, "SQS", ("AssignmentRejected",)),
    Case(
        "braces",
        {"test_event": SUBMITTED, "operation": "SendTestEventNotification"},
        "janedoe@example.com",
        "Email",
        (SUBMITTED,),
        dropped=("AWSAccessKeyId and Signature", "Timestamp"),
    ),
    Case("one-line", {"test_event": SUBMITTED, "operation": "SendTestEventNotification"}, QUEUE, "SQS", (SUBMITTED,)),
    Case("words", {"test_event": "Ping", "operation": "SendTestEventNotification"}, QUEUE, "SQS", (REVIEWABLE,)),
    Case(
        "dictionary",
        {"receiver": {"transport": "REST", "address": "http://lab.org/n"}, "active": True},
        None,
        None,
        (SUBMITTED, EXPIRED),
        changed=("it stood within the Notification",),
        dropped=("“hit_type_id”", KEYS),
    ),
    Case("php", {"hit_type_id": None}, "jane@example.com", "Email", (), dropped=("“$hitTypeId”",)),
    Case("ruby", {"hit_type_id": "3ABC", "active": True}, "jane@example.com", "Email", (SUBMITTED,)),
    Case("mturkr", {"hit_type_id": "3ABC", "active": True}, QUEUE, "SQS", (SUBMITTED, EXPIRED)),
    Case(
        "wrapper", {"receiver": {"transport": "REST", "address": "http://lab.org/n"}}, None, None, (SUBMITTED, EXPIRED)
    ),
    Case("broken", {"hit_type_id": "3ABC", "operation": "SetHITTypeNotification"}, QUEUE, "SQS", (EXPIRED,)),
    Case("escaped", {"hit_type_id": None}, "janedoe@example.com", "Email", (SUBMITTED,)),
    Case("arguments", {"hit_type_id": "3ABC", "active": True}, TOPIC, "SNS", (EXPIRED,)),
    Case("history", {"test_event": "Ping"}, TOPIC, "SNS", (EXPIRED,), dropped=("1 older entry",)),
    Case("record", {"hit_type_id": "3ABC", "active": False}, QUEUE, "SQS", (EXPIRED,)),
)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_it_is_opened(case: Case) -> None:
    found = read_specification(older.EVERY[case.name])
    value = found.as_json()
    assert {name: value[name] for name in case.expected} == case.expected
    assert value["specification"] == {
        "Destination": case.destination,
        "Transport": case.transport,
        "Version": case.version,
        "EventTypes": list(case.events),
    }
    for wanted, sentences in ((case.changed, found.changed), (case.dropped, found.dropped)):
        for part in wanted:
            assert any(part in sentence for sentence in sentences), (part, sentences)
    assert all(sentence[0].isupper() or sentence[0] in "-a" for sentence in found.changed)
    assert found.became.startswith("The older API was shut on 1 June 2019.")


def test_every_text_has_a_case() -> None:
    assert set(older.EVERY) == {case.name for case in CASES}


@pytest.mark.parametrize("name", older.EVERY)
def test_no_key_comes_through(name: str) -> None:
    found = read_specification(older.EVERY[name])
    said = repr(found) + repr(found.as_json())
    for secret in (ACCESS_KEY, SECRET_KEY, SIGNATURE, SIGNATURE[:10], "hunter2"):
        assert secret not in said


@pytest.mark.parametrize(
    ("text", "destination"),
    [
        pytest.param(f"Destination={QUEUE}?AWSAccessKeyId={ACCESS_KEY}", QUEUE, id="in-the-address"),
        pytest.param(
            f"{{'Destination': '{ACCESS_KEY}', 'EventTypes': ['Ping', 'HITExpired']}}", None, id="as-the-address"
        ),
        pytest.param(
            '{"Destination": "secret=abc@example.org", "Transport": "Email"}', "secret=abc@example.org", id="not-one"
        ),
    ],
)
def test_a_key_within_an_address(text: str, destination: str | None) -> None:
    text = text if text.startswith("{") else f"Notification.1.Transport=SQS&Notification.1.{text}"
    found = read_specification(text)
    assert (found.destination or None) == destination
    assert ACCESS_KEY not in repr(found)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://me:hunter2@lab.org/n", id="as it is"),
        pytest.param("https%3A%2F%2Fme%3Ahunter2%40lab.org%2Fn", id="encoded"),
        pytest.param("https%3A%2F%2Flab.org%2Fn%3Ftoken%3Dhunter2%26course%3D7", id="in its encoded query"),
        pytest.param("https://lab.org/n?Signature=hunter2", id="in its query"),
    ],
)
def test_a_key_of_a_receiver_is_dropped_and_its_address_kept(address: str) -> None:
    found = read_specification(f"Notification.1.Transport=REST&Notification.1.Destination={address}")
    assert found.receiver == WebReceiver(transport=WebTransport.REST, address="https://lab.org/n")
    assert "hunter2" not in repr(found)
    assert "hunter2" not in without_keys(address).text or "token%3D" in address


@pytest.mark.parametrize("name", [f"Secret{ACCESS_KEY}AccessKey", f"Ti{ACCESS_KEY}me", f"SIGNATURE{ACCESS_KEY}X"])
def test_a_key_within_a_name_is_not_said(name: str) -> None:
    found = read_specification(f"Operation=SetHITTypeNotification&{name}=x&Notification.1.EventType=HITExpired")
    assert ACCESS_KEY not in repr(found)
    assert any("another field" in sentence for sentence in found.dropped)


@pytest.mark.parametrize("name", ["nature", "Sig", "X"])
def test_a_signature_is_known_by_its_looks_where_its_name_is_gone(name: str) -> None:
    text = f"Operation=SetHITTypeNotification{name}={SIGNATURE.replace('+', '%2B')}&Notification.1.EventType=HITExpired"
    assert SIGNATURE not in repr(read_specification(text))


def test_active_alone() -> None:
    found = read_specification('{"HITTypeId": "3ABC", "Active": false}')
    assert (found.hit_type_id, found.active, found.has_specification) == ("3ABC", False, False)
    assert found.as_json()["specification"] is None
    assert "only switches what is set already" in found.changed[-1]


def test_neither_a_notification_nor_active() -> None:
    found = read_specification("Operation=SetHITTypeNotification&HITTypeId=3ABC")
    assert (found.hit_type_id, found.active, found.has_specification) == ("3ABC", None, False)
    assert "neither a Notification nor Active" in found.changed[-1]
    assert not any("only switches" in sentence for sentence in found.changed)


def test_the_quotation_marks_of_powershell() -> None:
    request = (
        '{\\"Destination\\":\\"jane@example.com\\",\\"Transport\\":\\"Email\\",\\"EventTypes\\":[\\"HITExpired\\"]}'
    )
    found = read_specification(
        f"aws mturk send-test-event-notification --notification '{request}' --test-event-type Ping"
    )
    assert found.specification().destination.text == "jane@example.com"


def test_a_command_that_names_a_file_says_which_word_is_not_read() -> None:
    found = read_specification(
        f"aws mturk update-notification-settings --hit-type-id 3HT --notification Destination={QUEUE},Transport=SQS,"
        "EventTypes=HITExpired --cli-input-json file://more.json"
    )
    assert found.specification().destination.text == QUEUE
    assert "--cli-input-json: it names a file, which is not read from here. Open that file itself." in found.dropped


def test_a_queue_named_by_its_arn() -> None:
    found = read_specification(
        '{"Destination": "arn:aws:sqs:us-east-1:123456789012:my-queue", "EventTypes": ["HITExpired"]}'
    )
    assert found.specification().destination.text == QUEUE
    assert any(QUEUE in sentence for sentence in found.changed)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("", "There is nothing to open.", id="empty"),
        pytest.param(" \n", "There is nothing to open.", id="blank"),
        pytest.param("Dear all, see you on Monday.", "There is no specification in this text.", id="prose"),
        pytest.param(
            "method=Notify&Event.1.EventType=Ping", "This is a message, and not a specification.", id="message"
        ),
        pytest.param('{"EventDocVersion": "2006-05-05", "Events": []}', "This is a message", id="sqs-message"),
        pytest.param('{"Transport": ', "This begins like JSON and cannot be read.", id="cut"),
        pytest.param("<Notification><Destination>a", "This begins like XML and cannot be read.", id="cut-xml"),
        pytest.param("<!DOCTYPE a [<!ENTITY b 'c'>]><Notification/>", "This XML is not read, for safety.", id="entity"),
        pytest.param("id,started (UTC),kind\r\n1,2,3", "This is a table for a spreadsheet.", id="history as CSV"),
        pytest.param("mturk-notification-tester record,2,Lab,live,0", "This is a table", id="record as CSV"),
        pytest.param("<html><body/></html>", "There is no specification in this text.", id="web-page"),
        pytest.param("conn.set_rest_notification(a, b, c)", "Nothing in this can be used.", id="computed"),
        pytest.param("aws mturk send-test-event-notification --x 'a", "This command cannot be read.", id="open-quote"),
        pytest.param("Operation=GetAccountBalance&Service=X", "There is no specification in this text.", id="other"),
        pytest.param("x" * (MAX_SIZE + 1), "This is too large for a specification.", id="large"),
        pytest.param("x" * MAX_SIZE, "There is no specification in this text.", id="as large as may be"),
        pytest.param(b"PK\x03\x04", "This is not a text.", id="zip"),
    ],
)
def test_what_is_none_is_said(text: str | bytes, title: str) -> None:
    with pytest.raises(ProblemError) as raised:
        read_specification(text)
    problem = raised.value.problem
    assert problem.title.startswith(title)
    assert problem.cause is Cause.INPUT


def test_an_error_quotes_no_key() -> None:
    with pytest.raises(ProblemError) as raised:
        read_specification('{"Transport": "SQS", ' + ACCESS_KEY)
    assert ACCESS_KEY not in raised.value.problem.as_text()


def spoil(count: int) -> None:
    texts = [*older.EVERY.values(), *OTHER_FORMS]
    chance = random.Random(count)  # noqa: S311 - nothing secret comes of it
    for _ in range(count):
        text = spoiled(chance.choice(texts), texts, chance)
        given = text.encode("utf-8", "surrogatepass") if chance.random() < 0.2 else text
        before = time.process_time()
        try:
            read_specification(given).as_json()
        except ProblemError:
            pass
        except Exception as error:
            raise AssertionError(f"{error!r} for {given!r}") from error
        assert time.process_time() - before < 2, given


def test_spoiled_texts_are_opened_or_refused() -> None:
    spoil(1_500)


@pytest.mark.parametrize(
    "piece",
    ["x/*,", '"', "&a=b", "a=b\n", "<a>", "{", "Signature=\nab", "set_rest_notification(", "://a:", "secret=", "[AKIA"],
)
def test_a_large_text_takes_no_longer_than_its_size(piece: str) -> None:
    text = ("conn.set_rest_notification(" + piece * MAX_SIZE)[: MAX_SIZE // 8]
    before = time.process_time()
    with suppress(ProblemError):
        read_specification(text)
    assert time.process_time() - before < 2
