# SPDX-License-Identifier: MIT
"""Reading the notifications of the legacy API."""

from __future__ import annotations

import pytest

from notification_tester.domain.messages.message import DecodedEvent, Format, decode

QUERY = (
    "method=Notify&Signature=ab%2Bc%3D&Timestamp=2012-09-01T00:00:00Z&Version=2006-05-05"
    "&Event.1.EventType=AssignmentAccepted&Event.1.EventTime=2012-09-01T00:00:00Z&Event.1.HITTypeId=T&Event.1.HITId=H"
    "&Event.1.AssignmentId=A&Event.2.EventType=HITReviewable&Event.2.EventTime=2012-09-01T00:00:01Z"
    "&Event.2.HITTypeId=T&Event.2.HITId=H&Event.2.New=n&more=m"
)
EVENTS = (
    DecodedEvent("AssignmentAccepted", "2012-09-01T00:00:00Z", "T", "H", "A", {}),
    DecodedEvent("HITReviewable", "2012-09-01T00:00:01Z", "T", "H", None, {"New": "n"}),
)

SOAP = """<?xml version="1.0" encoding="UTF-16"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
<Notify xmlns="http://requester.mturk.amazonaws.com/doc/2006-05-05">
  <Signature>ab+c=</Signature><Timestamp>2012-09-01T00:00:00Z</Timestamp><Version>2006-05-05</Version>
  <Event><EventType>AssignmentAccepted</EventType><EventTime>2012-09-01T00:00:00Z</EventTime><HITTypeId>T</HITTypeId>
    <HITId>H</HITId><AssignmentId>A</AssignmentId></Event>
  <Event><EventType>HITReviewable</EventType><EventTime>2012-09-01T00:00:01Z</EventTime><HITTypeId>T</HITTypeId>
    <HITId>H</HITId><New>n</New></Event>
  <more>m</more>
</Notify></soapenv:Body></soapenv:Envelope>"""

QUERIES = {
    "bare": QUERY,
    "question mark": f"?{QUERY}",
    "URL": f"https://example.org/notify?{QUERY}",
    "request": f"GET /notify?{QUERY} HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "log": f'192.0.2.1 - - [01/Sep/2012] "GET /notify?{QUERY} HTTP/1.1" 200 5',
    "line breaks": QUERY.replace("&Event", "\r\n&Event"),
    "small notify": QUERY.replace("Notify", "notify"),
    "plus forgotten": QUERY.replace("%2B", "+"),
    "events first": "&".join(sorted(QUERY.split("&"))),
}


@pytest.mark.parametrize("text", QUERIES.values(), ids=QUERIES)
def test_rest(text: str) -> None:
    message = decode(text)
    assert message.problem is None
    assert (message.format, message.version, message.event_doc_id) == (Format.REST, "2006-05-05", None)
    assert message.events == EVENTS
    assert message.extra["Signature"] == "ab+c="
    assert message.extra["Timestamp"] == "2012-09-01T00:00:00Z"
    assert message.extra["more"] == "m"


def test_rest_without_events_says_so() -> None:
    message = decode("method=Notify&Signature=DEPRECATED&Event.1.EventTime=2012-09-01T00:00:00+02:00")
    assert message.problem is not None
    assert message.problem.code == "message.incomplete"
    assert message.events[0].event_timestamp == "2012-09-01T00:00:00+02:00"


def test_events_are_in_the_order_of_their_numbers() -> None:
    message = decode("&".join(f"Event.{number}.EventType=E{number}" for number in (10, 9, 1)))
    assert [event.event_type for event in message.events] == ["E1", "E9", "E10"]


@pytest.mark.parametrize("raw", [SOAP, SOAP.encode(), SOAP.encode("utf-16")], ids=["text", "bytes", "utf-16"])
def test_soap(raw: str | bytes) -> None:
    message = decode(raw)
    assert message.problem is None
    assert (message.format, message.version) == (Format.SOAP, "2006-05-05")
    assert message.events == EVENTS
    assert message.extra == {"Signature": "ab+c=", "Timestamp": "2012-09-01T00:00:00Z", "more": "m"}


BOMB = '<!DOCTYPE a [<!ENTITY b "' + "x" * 1000 + '">]><Notify>&b;</Notify>'
UNREAD = {
    "entities": (BOMB, "message.doctype", "document type"),
    "small letters": (BOMB.replace("DOCTYPE", "doctype"), "message.doctype", "document type"),
    "behind a declaration and a comment": (f"<?xml version='1.0'?>\n<!-- -->\n{BOMB}", "message.doctype", "document"),
    "a file": (BOMB.replace('"' + "x" * 1000, 'SYSTEM "file:///etc/hostname'), "message.doctype", "document type"),
    "parameter": ('<!DOCTYPE a [<!ENTITY % b "c"> %b;]><Notify/>', "message.doctype", "document type"),
    "a type elsewhere": ('<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><Notify/>', "message.doctype", "document type"),
    "within": (f"<Notify>{BOMB}</Notify>", "message.not-xml", "not well-formed"),
    "web page": ("<!doctype html><p>404", "message.not-a-notification", "HTML"),
    "other XML": ("<a><b/></a>", "message.not-a-notification", "Notify"),
    "cut": (SOAP[:500], "message.not-xml", "ends in the middle, after 500 characters"),
    "cut in a tag": ("<Notify><Ev", "message.not-xml", "ends in the middle"),
    "crossed": ("<Notify>\n<a></b></Notify>", "message.not-xml", "line 2, column 6: mismatched tag"),
    "unknown entity": ("<Notify>&b;</Notify>", "message.not-xml", "undefined entity"),
    "deep": ("<Notify>" + "<a>" * 64, "message.too-deep", "64 deep"),
}


@pytest.mark.parametrize(("text", "code", "detail"), UNREAD.values(), ids=UNREAD)
def test_other_xml_is_explained(text: str, code: str, detail: str) -> None:
    message = decode(text)
    assert message.problem is not None
    assert (message.problem.code, message.format) == (code, Format.UNKNOWN)
    assert detail in message.problem.detail


def test_a_document_type_that_is_only_text_is_no_danger() -> None:
    message = decode(SOAP.replace("<HITId>H<", "<!-- <!DOCTYPE a> --><HITId><![CDATA[<!ENTITY b 'c'>]]><", 1))
    assert message.problem is None
    assert message.events[0].hit_id == "<!ENTITY b 'c'>"


def test_the_first_field_behind_a_question_mark_counts() -> None:
    decoded = decode("https://example.com/notify?Event.1.EventType=HITReviewable&Event.1.HITId=3ABC")
    assert [(one.event_type, one.hit_id) for one in decoded.events] == [("HITReviewable", "3ABC")]
