# SPDX-License-Identifier: MIT
"""Reading messages as queues, topics and Lambda functions hold them, and everything that is not one."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.message import (
    MAX_SIZE,
    TEST_ASSIGNMENT_IDS,
    TEST_HIT_ID,
    TEST_HIT_TYPE_ID,
    DecodedEvent,
    DecodedMessage,
    Format,
    decode,
)

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
    "one real between tests": ([TEST_EVENT, EVENT, PING], False),
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
    assert "This is a test" not in message.assessment()


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


def test_json_is_unwrapped_to_a_bound() -> None:
    text = json.dumps(body())
    for _ in range(8):
        text = json.dumps(text)
    assert decode(text).format is Format.SQS
    assert problem_of(decode(json.dumps(text))) == "message.too-deep"


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
    "ordinary": (body(), ["Nothing marks this as a test.", "are Mechanical Turk's.", "right form", "no signature"]),
    "one of two": (body(EVENT, TEST_EVENT), ["Of its 2 events 1 is marked as a test", "this is not a test"]),
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
