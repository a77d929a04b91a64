# SPDX-License-Identifier: MIT
"""Reading messages as queues, topics and Lambda functions hold them, and everything that is not one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, TEST_HIT_TYPE_ID
from notification_tester.domain.messages.message import MAX_SIZE, DecodedEvent, DecodedMessage, Format, decode
from notification_tester.domain.messages.remarks import read_time

EVENT = {
    "EventType": "AssignmentSubmitted",
    "EventTimestamp": "2026-01-31T23:59:59Z",
    "HITTypeId": "3TYPE",
    "HITId": "3HIT",
    "AssignmentId": "3ASSIGNMENT",
}
TEST_EVENT = {**EVENT, "HITTypeId": TEST_HIT_TYPE_ID, "HITId": TEST_HIT_ID, "AssignmentId": TEST_ASSIGNMENT_IDS[0]}
PING = {"EventType": "Ping", "EventTimestamp": "2026-01-31T23:59:59Z"}


def body(*events: Any, **fields: Any) -> dict[str, Any]:
    return {
        "EventDocVersion": "2006-05-05",
        "EventDocId": "a" * 40,
        "CustomerId": "AREQUESTER",
        "SourceAccount": "123456789012",
        "Events": list(events or (EVENT,)),
        **fields,
    }


def without(event: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in names}


def sns(message: Any, **fields: Any) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "22b80b92",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:t",
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Signature": "c2lnbmF0dXJl",
        **fields,
    }


def sqs(content: Any) -> dict[str, Any]:
    return {"MessageId": "059f36b4", "ReceiptHandle": "AQEB", "Body": json.dumps(content)}


def lambda_sqs(content: Any) -> dict[str, Any]:
    return {"messageId": "059f36b4", "body": json.dumps(content), "eventSource": "aws:sqs"}


def lambda_sns(content: Any) -> dict[str, Any]:
    return {"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": sns(content)}


def problem_of(message: DecodedMessage) -> str:
    return message.problem.code if message.problem else ""


WRAPPED = {
    "bare": (body(), Format.SQS, set()),
    "sns": (sns(body()), Format.SNS, {"envelope"}),
    "sns, Message as an object": ({**sns(""), "Message": body()}, Format.SNS, {"envelope"}),
    "sns, only the Message": ({"Message": json.dumps(body())}, Format.SNS, {"envelope"}),
    "aws sqs receive-message": ({"Messages": [sqs(body())]}, Format.SQS, {"message"}),
    "one SQS message": (sqs(body()), Format.SQS, {"message"}),
    "SQS message with a Body as an object": ({"MessageId": "1", "Body": body()}, Format.SQS, {"message"}),
    "a list of SQS messages": ([sqs(body())], Format.SQS, {"message"}),
    "sns within an SQS message": ({"Messages": [sqs(sns(body()))]}, Format.SNS, {"message", "envelope"}),
    "lambda, sqs": ({"Records": [lambda_sqs(body())]}, Format.LAMBDA, {"record"}),
    "lambda, sqs, sns": ({"Records": [lambda_sqs(sns(body()))]}, Format.LAMBDA, {"record", "envelope"}),
    "lambda, sns": ({"Records": [lambda_sns(body())]}, Format.LAMBDA, {"record", "envelope"}),
    "more beside Records": ({"Records": [lambda_sqs(body())], "more": 1}, Format.LAMBDA, {"batch", "record"}),
    "JSON in quotes": (json.dumps(body()), Format.SQS, set()),
}


@pytest.mark.parametrize(("value", "format_", "kept"), WRAPPED.values(), ids=WRAPPED)
def test_every_wrapping_is_taken_off_and_kept(value: Any, format_: Format, kept: set[str]) -> None:
    message = decode(json.dumps(value))
    assert message.problem is None
    assert message.format is format_
    assert message.event_doc_id == "a" * 40
    assert message.version == "2006-05-05"
    assert message.customer_id == "AREQUESTER"
    assert message.source_account == "123456789012"
    assert message.events == (
        DecodedEvent("AssignmentSubmitted", "2026-01-31T23:59:59Z", "3TYPE", "3HIT", "3ASSIGNMENT", {}),
    )
    assert set(message.extra) == kept
    assert message.is_test is False


def test_an_envelope_keeps_its_signature_and_gives_its_message_away() -> None:
    message = decode(json.dumps(sns(body())))
    assert message.extra["envelope"] == without(sns(body()), "Message")


def test_a_field_called_like_a_wrapping_stays() -> None:
    message = decode(json.dumps(sns(body(envelope="mine"))))
    assert message.extra["envelope"] == "mine"
    assert message.extra["envelope (around)"]["Signature"] == "c2lnbmF0dXJl"


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_bytes_of_any_unicode_encoding(encoding: str) -> None:
    raw = json.dumps(body(Note="Müller"), ensure_ascii=False).encode(encoding)
    message = decode(raw)
    assert (message.format, message.extra, message.problem) == (Format.SQS, {"Note": "Müller"}, None)


@pytest.mark.parametrize(
    "around", ["\n  %s\n", "\ufeff%s", "%s\0\0\0", "\0%s"], ids=["blanks", "mark", "zeros", "zero"]
)
def test_what_stands_around_a_message_does_not_matter(around: str) -> None:
    assert decode(around % json.dumps(body())) == decode(json.dumps(body()))


TESTS = {
    "two made-up assignments": ([TEST_EVENT, {**TEST_EVENT, "AssignmentId": TEST_ASSIGNMENT_IDS[1]}], True),
    "made-up HIT without assignment": ([without(TEST_EVENT, "AssignmentId")], True),
    "ping": ([PING], True),
    "numbers": ([{**without(TEST_EVENT, "AssignmentId"), "HITId": 12345678901234567890}], True),
    "one real after a test": ([TEST_EVENT, EVENT], False),
    "one real before a test": ([EVENT, TEST_EVENT], False),
    "one between a test and a ping": ([TEST_EVENT, EVENT, PING], True),
    "a test of the older API": ([PING, EVENT], True),
    "real": ([EVENT], False),
    "only the HIT is made up": ([{**EVENT, "HITId": TEST_HIT_ID}], False),
    "a real assignment": ([{**TEST_EVENT, "AssignmentId": "3REAL"}], False),
    "no HIT type": ([without(TEST_EVENT, "HITTypeId")], False),
}


@pytest.mark.parametrize(("events", "is_test"), TESTS.values(), ids=TESTS)
def test_a_test_is_told_from_the_real_thing(events: list[Any], is_test: bool) -> None:
    message = decode(json.dumps(body(*events)))
    assert message.problem is None
    assert message.is_test is is_test


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(body(TEST_EVENT, 5), id="one that is no event"),
        pytest.param(body(TEST_EVENT, without(TEST_EVENT, "EventType")), id="one without a type"),
        pytest.param({"Messages": [sqs(body(TEST_EVENT)), sqs(body())]}, id="a real message after it"),
        pytest.param({"Messages": [sqs(body()), sqs(body(TEST_EVENT))]}, id="a real message before it"),
        pytest.param({"Messages": [sqs(body(TEST_EVENT)), {"Body": "{"}]}, id="a message that cannot be read"),
        pytest.param({"Messages": [{"Body": "{"}, sqs(body(TEST_EVENT))]}, id="such a message before it"),
        pytest.param({"Messages": [sqs(body(TEST_EVENT)), sqs(body(Events=[]))]}, id="a message without events"),
    ],
)
def test_where_anything_may_be_real_nothing_is_called_a_test(value: Any) -> None:
    message = decode(json.dumps(value))
    assert any(event.is_test for event in message.events)
    assert not message.is_test
    assert ["This is a test" in one.assessment() for one in message.each()] == [one.is_test for one in message.each()]
    assert not all(one.is_test for one in message.each())


def test_unknown_fields_and_events_are_kept() -> None:
    event = {**EVENT, "EventType": "AssignmentAutoApproved", "WorkerId": "A1", "HITGroupId": ["x"], "NaN": float("nan")}
    message = decode(json.dumps(body(event, New={"a": [1.5]})))
    assert message.problem is None
    assert message.events[0].event_type == "AssignmentAutoApproved"
    assert message.events[0].extra == {"WorkerId": "A1", "HITGroupId": ["x"], "NaN": "NaN"}
    assert message.extra == {"New": {"a": [1.5]}}


def test_event_time_is_read_like_event_timestamp() -> None:
    event = {**without(EVENT, "EventTimestamp"), "EventTime": "2012-01-01T00:00:00Z"}
    assert decode(json.dumps(body(event))).events[0].event_timestamp == "2012-01-01T00:00:00Z"
    both = decode(json.dumps(body({**EVENT, "EventTime": "other"}))).events[0]
    assert (both.event_timestamp, both.extra) == (EVENT["EventTimestamp"], {"EventTime": "other"})


def test_values_of_wrong_types_become_text_or_stay_where_they_were() -> None:
    event = {"EventType": 5, "EventTimestamp": 1.5, "HITTypeId": None, "HITId": ["x"], "AssignmentId": True}
    message = decode(json.dumps(body(event, EventDocId=7, CustomerId={"a": 1})))
    assert message.events == (DecodedEvent("5", "1.5", None, None, None, {"HITId": ["x"], "AssignmentId": True}),)
    assert (message.event_doc_id, message.customer_id, message.extra) == ("7", None, {"CustomerId": {"a": 1}})


INCOMPLETE: dict[str, tuple[Any, str, int]] = {
    "Events is one event": (body(Events=EVENT), "", 1),
    "Events is another object": (body(Events={"a": 1}), "message.no-events", 0),
    "Events is a text": (body(Events="x"), "message.no-events", 0),
    "Events is null": (body(Events=None), "message.no-events", 0),
    "no Events": (without(body(), "Events"), "message.no-events", 0),
    "empty": (body(Events=[]), "message.no-events", 0),
    "some are no events": (body(EVENT, 5, None), "message.incomplete", 1),
    "an event of no type": (body(without(EVENT, "EventType")), "message.incomplete", 1),
}


@pytest.mark.parametrize(("value", "code", "count"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_what_can_be_read_of_a_damaged_notification_is(value: Any, code: str, count: int) -> None:
    message = decode(json.dumps(value))
    assert message.format is Format.SQS
    assert problem_of(message) == code
    assert len(message.events) == count
    assert message.event_doc_id == "a" * 40


def test_what_is_no_event_is_kept() -> None:
    assert decode(json.dumps(body(EVENT, 5, None))).extra == {"Events": [5, None]}
    assert decode(json.dumps(body(Events={"a": 1}))).extra == {"Events": {"a": 1}}


def test_several_records_are_one_message_with_all_events() -> None:
    message = decode(
        json.dumps({"Records": [lambda_sqs(body(TEST_EVENT)), lambda_sns(body(PING, EventDocId="b" * 40))]})
    )
    assert message.problem is None
    assert message.format is Format.LAMBDA
    assert [event.event_type for event in message.events] == ["AssignmentSubmitted", "Ping"]
    assert message.is_test
    assert message.event_doc_id is None
    assert message.extra["EventDocIds"] == ["a" * 40, "b" * 40]
    assert message.version == "2006-05-05"
    assert [set(record) for record in message.extra["records"]] == [{"record"}, {"record", "envelope"}]


def test_the_same_document_twice_has_one_id() -> None:
    message = decode(json.dumps({"Messages": [sqs(body()), sqs(body())]}))
    assert message.format is Format.SQS
    assert (message.event_doc_id, len(message.events)) == ("a" * 40, 2)
    assert message.extra["EventDocIds"] == ["a" * 40] * 2


def test_a_foreign_record_does_not_hide_the_others() -> None:
    message = decode(json.dumps({"Records": [{"s3": {}}, lambda_sqs(body())]}))
    assert message.format is Format.LAMBDA
    assert len(message.events) == 1
    assert problem_of(message) == "message.not-a-notification"
    assert message.problem is not None
    assert message.problem.detail.startswith("Message 1 of 2: ")
    assert message.extra["records"][0] == {"unread": {"s3": {}}}


UNREAD: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "message.empty", "empty"),
    "blank": (b" \r\n\t", "message.empty", "4 characters"),
    "zeros": (b"\0" * 5, "message.empty", "5 characters"),
    "prose": ("hello", "message.not-a-notification", "neither JSON"),
    "invalid UTF-8": (b"\xff\xfehello\xff", "message.not-a-notification", "neither JSON"),
    "number": ("5", "message.not-a-notification", "neither JSON"),
    "object": ("{}", "message.not-a-notification", "Events"),
    "list of a number": ("[1]", "message.not-a-notification", "Events"),
    "empty list": ('{"Messages": []}', "message.empty", "empty list"),
    "s3": ('{"Records":[{"eventSource":"aws:s3","s3":{}}]}', "message.not-a-notification", "Events"),
    "cloudtrail": ('{"Events":[{"EventName":"x"}]}', "message.not-a-notification", "Events"),
    "aws error": ('{"__type":"X","Message":"no"}', "message.not-a-notification", "Events"),
    "foreign text in SNS": (json.dumps(sns("hello")), "message.not-a-notification", "Events"),
    "cut in a text": ('{"Events":[{"Eve', "message.not-json", "ends in the middle, after 16 characters"),
    "cut after a comma": ('{"a":1,', "message.not-json", "ends in the middle, after 7 characters"),
    "cut in a word": ('{"a":tru', "message.not-json", "ends in the middle, after 8 characters"),
    "cut in an escape": ('{"a":"\\u12', "message.not-json", "ends in the middle"),
    "cut in SNS": (json.dumps(sns('{"Events":')), "message.not-json", "Inside its Message: It ends in the middle"),
    "comma missing": ('{"a":1\n "b":2}', "message.not-json", 'At line 2, column 2, a comma is missing: “"b":2}”'),
    "quotes missing": ("{Events:[]}", "message.not-json", "line 1, column 2"),
    "override": ("{\u202eabc}", "message.not-json", "“�abc}”"),
    "two messages": ('{"a":1}\n{"b":2}', "message.not-json", 'at line 2, column 1, follows “{"b":2}”'),
    "wrapped ten times": (json.dumps([[[[[[[[[[body()]]]]]]]]]]), "message.too-deep", "8 times"),
    "65 deep": ('{"Events":' + "[" * 64 + "]" * 64 + "}", "message.too-deep", "64 deep"),
}


@pytest.mark.parametrize(("raw", "code", "detail"), UNREAD.values(), ids=UNREAD)
def test_what_cannot_be_read_is_explained(raw: str | bytes, code: str, detail: str) -> None:
    message = decode(raw)
    assert message.problem is not None
    assert (message.problem.code, message.format, message.events) == (code, Format.UNKNOWN, ())
    assert detail in message.problem.detail
    assert message.problem.remedy


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_a_confirmation_is_no_notification(kind: str) -> None:
    message = decode(json.dumps(sns("You have chosen to …", Type=kind, SubscribeURL="https://example.org")))
    assert message.format is Format.SNS
    assert problem_of(message).endswith("subscription-confirmation" if kind[0] == "S" else "unsubscribe-confirmation")
    assert message.extra["envelope"]["SubscribeURL"] == "https://example.org"


SUBSCRIBE = {
    "SNS": ("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1", True),
    "SNS in China": ("https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription", True),
    "another host": ("https://sns.us-east-1.amazonaws.com.example.org/", False),
    "a user before the host": ("https://sns.us-east-1.amazonaws.com@example.org/", False),
    "a port": ("https://sns.us-east-1.amazonaws.com:8443/", False),
    "not encrypted": ("http://sns.us-east-1.amazonaws.com/", False),
    "a bucket": ("https://s3.us-east-1.amazonaws.com/x", False),
    "none": ("", False),
}


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
@pytest.mark.parametrize(("url", "may_open"), SUBSCRIBE.values(), ids=SUBSCRIBE)
def test_only_an_address_of_sns_is_said_to_be_opened(url: str, may_open: bool, kind: str) -> None:
    problem = decode(json.dumps(sns("You have chosen to …", Type=kind, SubscribeURL=url))).problem
    assert problem is not None
    assert ("Do not open the address" in problem.remedy) is not may_open
    assert ("open the address under SubscribeURL" in problem.remedy) is may_open


def test_json_is_unwrapped_to_a_bound() -> None:
    text = json.dumps(body())
    for _ in range(8):
        text = json.dumps(text)
    assert decode(text).format is Format.SQS
    assert problem_of(decode(json.dumps(text))) == "message.too-deep"


@pytest.mark.parametrize("letter", ["x", "é"])
@pytest.mark.parametrize("is_text", [True, False], ids=["text", "bytes"])
def test_the_largest_message_that_a_queue_carries_is_read(letter: str, is_text: bool) -> None:
    small = json.dumps(body(Note=""), ensure_ascii=False)
    count, rest = divmod(MAX_SIZE - len(small.encode()), len(letter.encode()))
    text = small.replace('"Note": ""', f'"Note": "{letter * count}{"x" * rest}"')
    assert len(text.encode()) == MAX_SIZE
    message = decode(text if is_text else text.encode())
    assert (message.problem, len(message.events)) == (None, 1)


@pytest.mark.parametrize("value", ["x" * (MAX_SIZE + 1), b"x" * (MAX_SIZE + 1), "é" * (MAX_SIZE // 2 + 1)])
def test_more_than_a_mebibyte_is_refused(value: str | bytes) -> None:
    assert problem_of(decode(value)) == "message.too-large"


def test_strange_data_is_kept_as_data() -> None:
    strange = {"rtl": "\u202eabc", "null": "a\0b", "lone": "\ud800", "html": "<b>&amp;</b>" * 20_000}
    message = decode(json.dumps(body(**strange)))
    assert message.problem is None
    assert message.extra == strange


def test_numbers_beyond_bounds_stay_text() -> None:
    digits = "9" * 5000
    message = decode(f'{{"EventDocId":{digits},"Events":[{{"EventType":"Ping","x":1e999,"y":{digits}}}]}}')
    assert message.event_doc_id == digits
    assert message.events[0].extra == {"x": "1e999", "y": digits}


def test_of_a_key_that_is_there_twice_the_last_counts() -> None:
    assert decode('{"EventDocId":"1","EventDocId":"2","Events":[]}').event_doc_id == "2"


MTURK = {"Attributes": {"SenderId": "AIDAIXO4EZE6RHVSXIN4E"}}
ASSESSED: dict[str, tuple[Any, list[str]]] = {
    "a test": (body(TEST_EVENT), ["This is a test: its ids are made up."]),
    "a ping has no ids that could be made up": (body(PING), ["This is a test: a Ping is sent by tests alone."]),
    "ordinary": (body(), ["It has no mark of a test.", "are Mechanical Turk's.", "right form", "no signature"]),
    "one of two": (body(EVENT, TEST_EVENT), ["Of its 2 events 1 is marked as a test", "is not known"]),
    "as the older API tested": (
        body(PING, EVENT),
        ["This is a test as the older API sent it", "beside the event", "not those of the known test"],
    ),
    "the known test with a ping": (body(PING, TEST_EVENT), ["This is a test: its ids are made up. A Ping stands"]),
    "a ping, and what cannot be read": (body(PING, 5), ["A Ping is in it, which is sent by tests alone; but not all"]),
    "another assignment": (
        body({**TEST_EVENT, "AssignmentId": "3REAL"}),
        ["parts of the known test: its HITId and HITTypeId are as there, AssignmentId is not.", "is not known"],
    ),
    "only the HIT type of a test": (
        body({**TEST_EVENT, "HITId": "3REAL", "AssignmentId": None}),
        ["its HITTypeId is as there, HITId is not."],
    ),
    "the assignment of a test, no HIT": (
        body(without(TEST_EVENT, "HITId")),
        ["its HITTypeId and AssignmentId are as there, HITId is not."],
    ),
    "parts of a test in one of two": (
        body(EVENT, {**EVENT, "HITId": TEST_HIT_ID}),
        ["parts of the known test: an event's HITId is as there, HITTypeId and AssignmentId are not."],
    ),
    "foreign type": (body({**EVENT, "EventType": "Nonsense"}), ["“Nonsense” is no event type"]),
    "no ids": (body(without(EVENT, "HITId", "HITTypeId")), ["no ids of HITs"]),
    "odd ids": (body({**EVENT, "HITId": "a-b"}), ["Not every event has an id"]),
    "signed": (sns(body()), ["carries a signature, which was not checked"]),
    "sender in print": ({"Messages": [{**sqs(body()), **MTURK}]}, ["around it names Mechanical Turk"]),
    "other sender": (
        {"Records": [{**lambda_sqs(body()), "attributes": {"SenderId": "AROA:x"}}]},
        ["names somebody else"],
    ),
    "two messages": ({"Messages": [{**sqs(body()), **MTURK}, {**sqs(body()), **MTURK}]}, ["names Mechanical Turk"]),
    "signature of a strange kind": (sns(body(), Signature=["x"]), ["no signature"]),
    "nothing": ({"a": 1}, []),
}


SENT_BY = {"mturk": MTURK, "other": {"Attributes": {"SenderId": "AIDAOTHER"}}, "nobody": {}}
SAID_OF = {"mturk": "names Mechanical Turk", "other": "names somebody else", "nobody": "No sender was read"}


@pytest.mark.parametrize("order", [("mturk", "other", "nobody"), ("other", "nobody", "mturk")], ids="-".join)
def test_of_several_messages_each_has_a_verdict_of_its_own(order: tuple[str, ...]) -> None:
    message = decode(json.dumps({"Messages": [{**sqs(body()), **SENT_BY[one]} for one in order]}))
    said = message.assessment().splitlines()
    assert [part.assessment() for part in message.each()] == [one.partition(": ")[2] for one in said]
    for number, (line, sender) in enumerate(zip(said, order, strict=True), start=1):
        assert line.startswith(f"Message {number} of 3: ")
        assert SAID_OF[sender] in line
        assert not any(SAID_OF[other] in line for other in order if other != sender)


def test_what_is_around_several_is_said_of_each() -> None:
    message = decode(json.dumps({**sqs([body(), body(EventDocId="b" * 40)]), **MTURK}))
    assert ["names Mechanical Turk" in one.assessment() for one in message.each()] == [True, True]
    assert [set(one.extra) for one in message.each()] == [{"message"}, set()]


def test_a_foreign_message_beside_others_is_not_left_out_of_the_count() -> None:
    message = decode(json.dumps({"Messages": [sqs(body()), {"Body": "{"}, sqs(body(TEST_EVENT))]}))
    assert [one.split(": ")[0] for one in message.assessment().splitlines()] == [f"Message {n} of 3" for n in (1, 2, 3)]
    assert "no event that could be read" in message.assessment().splitlines()[1]
    assert [one.is_test for one in message.each()] == [False, False, True]


def test_messages_of_several_forms_are_called_mixed() -> None:
    assert decode(json.dumps([body(), sns(body())])).format is Format.MIXED


FORGED: dict[str, tuple[Any, str]] = {
    "an envelope hides nothing": (
        {
            "Messages": [
                {**sqs(body(envelope={"TopicArn": "arn:aws:sns:us-east-1:123456789012:t"})), **SENT_BY["other"]}
            ]
        },
        "names somebody else",
    ),
    "a field is no wrapping": (body(message=MTURK), "No sender was read around it, and no signature."),
    "nor is one within a wrapping": (sqs(body(record=MTURK, message=MTURK)), "No sender was read around it"),
    "nor is an envelope": (body(envelope={"Signature": "x"}), "No sender was read around it, and no signature."),
    "nor are headers": (body(headers={"From": "mturk-noreply@amazon.com"}), "No sender was read around it"),
    "nor is a signature": (body(Signature="x"), "no signature."),
}


@pytest.mark.parametrize(("value", "says"), FORGED.values(), ids=FORGED)
def test_what_the_sender_wrote_is_not_taken_for_what_stands_around_it(value: Any, says: str) -> None:
    assert says in decode(json.dumps(value)).assessment()


NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TIMES: dict[str, tuple[Any, str]] = {
    "ordinary": ("2026-01-31T23:59:59Z", ""),
    "parts of a second": ("2026-01-31T23:59:59.123Z", ""),
    "another zone": ("2026-01-31T23:59:59+01:00", ""),
    "a zone without a colon": ("2026-01-31T23:59:59-0800", ""),
    "leap second": ("2016-12-31T23:59:60Z", ""),
    "a clock that is a little ahead": ("2026-06-01T12:09:59Z", ""),
    "a clock that is just as far ahead as goes unsaid": ("2026-06-01T12:10:00Z", ""),
    "a clock that is a second further ahead": ("2026-06-01T12:10:01Z", "in the future"),
    "the first moment that there was anything": ("2006-05-05T00:00:00Z", ""),
    "month 13": ("2026-13-01T00:00:00Z", "is no time that exists"),
    "30 February": ("2026-02-30T00:00:00Z", "is no time that exists"),
    "hour 25": ("2026-02-03T25:00:00Z", "is no time that exists"),
    "year 0": ("0000-01-01T00:00:00Z", "is no time that exists"),
    "year 1": ("0001-01-01T00:00:00Z", "before May 2006"),
    "year 1 in the east": ("0001-01-01T00:00:00+14:00", "before May 2006"),
    "year 9999": ("9999-12-31T23:59:59Z", "in the future by this computer's clock"),
    "year 9999 in the west": ("9999-12-31T23:59:59-12:00", "in the future"),
    "tomorrow": ("2026-06-02T12:00:00Z", "in the future"),
    "the future by its zone": ("2026-06-01T12:00:00-05:00", "in the future"),
    "before there were any": ("2006-05-04T23:59:59Z", "before May 2006"),
    "zone 99": ("2026-01-31T23:59:59+99:00", "a time zone that no place has"),
    "no zone": ("2026-01-31T23:59:59", "tells no time zone"),
    "no zone and the future": ("2027-01-31 23:59:59", "It lies in the future"),
    "seconds": (1767225599, "if it counts seconds since 1970, it means 2025-12-31 23:59:59 UTC"),
    "seconds and parts": (1767225599.5, "seconds since 1970"),
    "milliseconds": (1767225599000, "milliseconds since 1970, it means 2025-12-31 23:59:59 UTC"),
    "milliseconds as a text": ("1767225599000", "milliseconds"),
    "microseconds": ("1767225599000000", "microseconds"),
    "seconds in the future": ("9999999999", "That lies in the future"),
    "words": ("yesterday", "is not written as Mechanical Turk was seen to write times"),
    "a date alone": ("2026-01-31", "is not written as"),
    "five digits of a year": ("12026-01-31T23:59:59Z", "is not written as"),
    "Arabic digits": ("٢٠٢٦-٠١-٣١T٢٣:٥٩:٥٩Z", "is not written as"),
    "a long text": ("9" * 500, "9…” is not written as"),
    "an object": ({"$date": "2026"}, "The time of an event is neither a text nor a number."),
    "true": (True, "The time of an event is neither a text nor a number."),
    "blank": (" ", "An event has no time."),
    "none": (None, "An event has no time."),
}


@pytest.mark.parametrize(("time", "says"), TIMES.values(), ids=TIMES)
@pytest.mark.parametrize("event", [EVENT, TEST_EVENT], ids=["an event", "a test"])
def test_a_time_that_cannot_be_is_remarked_on(event: dict[str, str], time: Any, says: str) -> None:
    message = decode(json.dumps(body({**event, "EventTimestamp": time})))
    remarks = message.remarks(now=NOW)
    assert [says in one for one in remarks] == ([True] if says else [])
    assert all(one in message.assessment(now=NOW) for one in remarks)
    is_read = time is not None and not isinstance(time, (bool, dict))
    assert message.events[0].event_timestamp == (str(time) if is_read else None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (" 2026-01-31T23:59:59Z ", "2026-01-31T23:59:59+00:00"),
        ("2026-01-31 23:59:60", "2026-01-31T23:59:59+00:00"),
        ("2026-01-31T23:59:59+02:30", "2026-01-31T21:29:59+00:00"),
        ("2026-01-31T23:59:59-0800", "2026-02-01T07:59:59+00:00"),
        ("2026-01-31T23:59:59+14:59", "2026-01-31T09:00:59+00:00"),
        ("2026-01-31T23:59:59+15:00", None),
        ("2026-01-31T23:59:59+01:60", None),
        ("2026-02-30T23:59:59Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("1767225599000", "2025-12-31T23:59:59+00:00"),
        ("yesterday", None),
    ],
)
def test_the_moment_that_a_time_means(text: str, moment: str | None) -> None:
    read = read_time(text)
    assert (read and read.isoformat()) == moment


def test_a_name_with_an_invisible_character_is_named_where_there_is_no_event_at_all() -> None:
    value = {**without(body(), "Events"), "Events\u00a0": [EVENT]}
    assert "looks like “Events” holds an invisible character, No-Break Space" in decode(json.dumps(value)).assessment()


def test_of_many_odd_times_a_few_are_said_and_the_rest_counted() -> None:
    events = [{**EVENT, "EventTimestamp": f"2026-13-{day:02}T00:00:00Z"} for day in range(1, 31)]
    remarks = decode(json.dumps(body(*events, *events))).remarks(now=NOW)
    assert len(remarks) == 4
    assert remarks[-1].startswith("27 more")
    few = decode(json.dumps(body(*events[:3]))).remarks(now=NOW)
    assert few == remarks[:3]
    assert decode(json.dumps(body(*events[:4]))).remarks(now=NOW)[3:] == ["1 more of its times are odd in such a way."]


@pytest.mark.parametrize(("length", "shown"), [(60, "x" * 60), (61, "x" * 60 + "…")])
def test_an_odd_time_is_quoted_up_to_a_length(length: int, shown: str) -> None:
    (remark,) = decode(json.dumps(body({**EVENT, "EventTimestamp": "x" * length}))).remarks(now=NOW)
    assert remark.startswith(f"The time “{shown}” is not written as")


UNSEEN: dict[str, tuple[dict[str, Any], str]] = {
    "zero width in an id": (body({**EVENT, "HITId": "3\u200bHIT"}), "“HITId” holds an invisible character, Zero Width"),
    "soft hyphen in a type": (body({**EVENT, "EventType": "Ping\u00ad"}), "“EventType” holds"),
    "no-break space in the document's id": (body(EventDocId="a\u00a0b"), "“EventDocId” holds"),
    "mark in a requester": (body(CustomerId="\ufeffA1"), "“CustomerId” holds"),
    "override in a time": (body({**EVENT, "EventTimestamp": "\u202e2026"}), "“EventTimestamp” holds"),
    "line feed": (body({**EVENT, "AssignmentId": "3A\n"}), "“AssignmentId” holds"),
    "unreadable": (body({**EVENT, "HITTypeId": "3\ufffd"}), "“HITTypeId” holds the sign for what could not be read"),
    "in a name": (body({**EVENT, "Worker\u200bId": "A1"}), "looks like “WorkerId” holds an invisible character"),
    "in a name of the message": (body(**{"Customer\u00a0Id": "A1"}), "looks like “CustomerId”"),
    "a letter that is drawn as a blank": (body(CustomerId="A1\u3164"), "Hangul Filler (U+3164)"),
    "a variation selector": (body(CustomerId="A\ufe0f1"), "Variation Selector-16 (U+FE0F)"),
    "half a surrogate": (body({**EVENT, "HITId": "3\ud800"}), "“HITId” holds half a character, U+D800"),
    "none": (body(), ""),
    "letters of other languages": (body(Note="Müller 件名"), ""),
}


@pytest.mark.parametrize(("value", "says"), UNSEEN.values(), ids=UNSEEN)
def test_characters_that_nobody_sees_stay_and_are_named(value: dict[str, Any], says: str) -> None:
    message = decode(json.dumps(value))
    assert message.problem is None
    remarks = [one for one in message.remarks(now=NOW) if "time" not in one]
    assert [says in one for one in remarks] == ([True] if says else [])
    assert all(one in message.assessment(now=NOW) for one in remarks)
    assert [event[:5] for event in message.events] == [
        tuple(event.get(name) for name in ("EventType", "EventTimestamp", "HITTypeId", "HITId", "AssignmentId"))
        for event in value["Events"]
    ]


@pytest.mark.parametrize(("value", "says"), ASSESSED.values(), ids=ASSESSED)
def test_what_a_text_shows_and_cannot_show_is_said(value: Any, says: list[str]) -> None:
    message = decode(json.dumps(value))
    said = message.assessment()
    assert all(one in said for one in says)
    assert bool(said) is bool(says)
    assert "real notification" not in said
    assert ("cannot be known" in said) is (bool(message.events) and not message.is_test)


def test_as_json_has_exactly_the_promised_keys() -> None:
    assert decode(json.dumps(sns(body(PING)))).as_json() == {
        "format": "sns",
        "is_test": True,
        "event_doc_id": "a" * 40,
        "version": "2006-05-05",
        "customer_id": "AREQUESTER",
        "source_account": "123456789012",
        "events": [
            {
                "event_type": "Ping",
                "event_timestamp": "2026-01-31T23:59:59Z",
                "hit_type_id": None,
                "hit_id": None,
                "assignment_id": None,
                "extra": {},
            }
        ],
        "extra": {"envelope": without(sns(""), "Message")},
        "problem": None,
    }
    problem = decode("x").as_json()["problem"]
    assert {"title", "detail", "remedy", "code"} <= set(problem)


def mebibyte(pattern: str, *, begin: str = "", end: str = "") -> str:
    size = len(pattern.encode("utf-8", "surrogatepass"))
    return begin + pattern * ((MAX_SIZE - len(begin) - len(end)) // size) + end


HOSTILE = {
    name: mebibyte(pattern, begin=begin, end=end)
    for name, (begin, pattern, end) in {
        "lists": ("", "[", ""),
        "objects": ("", '{"a":', ""),
        "events in events": ("", '{"Events":[', ""),
        "empty objects": ('{"Records":[', "{},", "{}]}"),
        "broken bodies": ('{"Records":[', '{"body":"{"},', "{}]}"),
        "small notifications": ('{"Records":[', '{"Events":{"EventType":1}},', "{}]}"),
        "rest beside many": ('{"x":"' + "y" * 500_000 + '","Records":[', "{},", "{}]}"),
        "shallow lists": ('{"EventDocId":1,"Events":[', "[],", "[]]}"),
        "backslashes": ('{"a":"', "\\", ""),
        "quotes": ("", '"', ""),
        "escaped quotes": ('"', '\\"', '"'),
        "digits": ('{"a":', "9", "}"),
        "exponents": ('{"a":1e', "9", "}"),
        "nulls": ("", "\0", ""),
        "blanks": ("", " ", ""),
        "blank, then a letter": ("", " ", "x"),
        "line breaks": ("", "\n", "x"),
        "less than": ("", "<", ""),
        "elements": ("", "<a>", ""),
        "siblings": ("<Notify>", "<Event/>", "</Notify>"),
        "leaves": ("<Notify><Event>", "<a/>", "</Event></Notify>"),
        "attributes": ("<a ", 'b="" ', "/>"),
        "comments": ("<a>", "<!--", ""),
        "exclamation marks": ("<", "! ", ""),
        "ampersands": ("", "&", ""),
        "ampersands in a query": ("method=Notify", "&", ""),
        "equal fields": ("method=Notify", "&a=b", ""),
        "equal events": ("method=Notify", "&Event.1.EventType=x", ""),
        "percents": ("method=Notify&a=", "%", ""),
        "escapes": ("method=Notify&a=", "%41", ""),
        "numbers of events": ("Event.", "1", ".EventType="),
        "requests": ("method=Notify ", "GET ", ""),
        "event types": ("", "Event Type:\n", ""),
        "event lines": ("", " Event Type: X\n  HIT ID: 1\n", ""),
        "other labels": ("Event Type: X\n", " a: b\n", ""),
        "quote marks": ("", ">", "Event Type:"),
        "headers": ("", "X-A: b\n", "\n\nEvent Type: Ping"),
        "one long header": ("Subject: ", "=?a?q?", "\n\nEvent Type: Ping"),
        "semicolons": ("Content-Type: multipart/mixed", ";", "\n\nEvent Type: Ping"),
        "parts": ("Content-Type: multipart/mixed; boundary=a\n\n", "--a\n", "\nEvent Type: Ping"),
        "parts in parts": ("", "Content-Type: multipart/mixed; boundary=a\n\n--a\n", ""),
        "mails in mails": ("", "Content-Type: message/rfc822\n\n", ""),
        "base64": ("Content-Transfer-Encoding: base64\n\n", "A", ""),
        "quoted-printable": ("Content-Transfer-Encoding: quoted-printable\n\n", "=", ""),
        "html": ("Content-Type: text/html\n\nEvent Type:", "<", ""),
        "entities": ("Content-Type: text/html\n\nEvent Type:", "&#", ""),
        "huge entity": ("Content-Type: text/html\n\nEvent Type:&#", "9", ";"),
        "surrogates": ("Subject: x\n\nEvent Type: X\n", "\ud800", ""),
    }.items()
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mebibyte_is_answered_within_two_seconds(text: str) -> None:
    assert MAX_SIZE - 100 < len(text.encode("utf-8", "surrogatepass")) <= MAX_SIZE
    begin = process_time()
    message = decode(text)
    assert process_time() - begin < 2
    printed = json.dumps(message.as_json(), allow_nan=False)
    assert len(printed) < 20 * MAX_SIZE


def check(raw: str | bytes) -> None:
    message = decode(raw)
    json.loads(json.dumps(message.as_json(), allow_nan=False))
    assert message.problem or message.events
    assert message.format is not Format.UNKNOWN or message.problem


@given(st.binary())
def test_no_bytes_raise(raw: bytes) -> None:
    check(raw)


@given(
    st.sampled_from(
        ["", "{", "[", '"', "<", "<Notify>", "From: a\n\n", "Event Type: ", "method=Notify&", "Content-Type: text/html"]
    ),
    st.text(st.characters()),
)
def test_no_text_raises(begin: str, text: str) -> None:
    check(begin + text)


NAMES = st.sampled_from(
    [
        "Events",
        "EventType",
        "EventTime",
        "HITId",
        "EventDocId",
        "EventDocVersion",
        "CustomerId",
        "TopicArn",
        "Type",
        "Records",
        "Messages",
        "Message",
        "Body",
        "body",
        "Sns",
        "envelope",
        "record",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["Notification", "Ping"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4) | inner.map(json.dumps),
    max_leaves=20,
)


@given(VALUES)
def test_no_json_raises(value: Any) -> None:
    check(json.dumps(value))
    check(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
EXTRAS = st.dictionaries(TEXTS.map("x-".__add__), TEXTS | st.integers() | st.lists(st.booleans()), max_size=3)
EVENTS = st.builds(
    DecodedEvent,
    TEXTS.filter(bool),
    TEXTS,
    TEXTS | st.none(),
    TEXTS | st.none(),
    TEXTS | st.none(),
    EXTRAS,
)


@given(
    events=st.lists(EVENTS, min_size=1, max_size=12),
    extra=EXTRAS,
    heads=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS),
    wrap=st.sampled_from([lambda value: value, sns, sqs, lambda value: {"Records": [lambda_sqs(sns(value))]}]),
)
def test_whatever_was_sent_is_read_whole(
    events: list[DecodedEvent], extra: dict[str, Any], heads: tuple[str, str, str, str], wrap: Any
) -> None:
    names = ("EventType", "EventTimestamp", "HITTypeId", "HITId", "AssignmentId")
    sent = {
        **extra,
        **dict(zip(("EventDocId", "EventDocVersion", "CustomerId", "SourceAccount"), heads, strict=True)),
        "Events": [
            {**event.extra, **{name: text for name, text in zip(names, event, strict=False) if text is not None}}
            for event in events
        ],
    }
    message = decode(json.dumps(wrap(sent)))
    assert message.problem is None
    assert message.events == tuple(events)
    assert (message.event_doc_id, message.version, message.customer_id, message.source_account) == heads
    assert {name: value for name, value in message.extra.items() if name.startswith("x-")} == extra


def test_more_messages_than_any_batch_are_read_up_to_that() -> None:
    one = '{"body":"{\\"Events\\":[{\\"EventType\\":\\"Ping\\"}],\\"EventDocId\\":\\"a\\"}"}'
    within = decode('{"Records":[' + ",".join([one] * 10_000) + "]}")
    assert (len(within.events), within.problem) == (10_000, None)
    beyond = decode('{"Records":[' + ",".join([one] * 10_001) + "]}")
    assert len(beyond.events) == 10_000
    assert beyond.problem is not None
    assert beyond.problem.code == "message.too-many"
