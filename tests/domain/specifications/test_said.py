# SPDX-License-Identifier: MIT
"""Everything that is said of a specification that was opened: what was carried over, changed and dropped, and no more.

Of the older texts it stands in ``said.txt``, as a person reads it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from domain.specifications import older
from domain.specifications.older import QUEUE, TOPIC
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.specifications.reading import read_specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notification_tester.domain.specifications.imported import ImportedSpecification

SAID = dict(
    re.findall(r"^\[([\w-]+)\]\n(.+?)\n(?:\n|\Z)", Path(__file__).with_name("said.txt").read_text("utf-8"), re.M | re.S)
)


def _said(found: ImportedSpecification) -> str:
    lines = [f"= {found.what}; became: {', '.join(re.findall('([A-Za-z]+): ', found.became))}"]
    for sign, sentences in (("+", found.carried_over), ("~", found.changed), ("-", found.dropped)):
        lines += [f"{sign} {one}" for one in sentences]
    return "\n".join(lines)


@pytest.mark.parametrize("name", older.EVERY)
def test_all_that_is_said_of_it(name: str) -> None:
    assert _said(read_specification(older.EVERY[name])) == SAID[name]


class Odd(NamedTuple):
    """A text with something odd in it; ``carried`` has the beginnings of those sentences."""

    name: str
    text: str
    carried: str = "Transport, Destination, Event, Message version"
    changed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    is_like: Mapping[str, Any] = MappingProxyType({})


NO_DESTINATION = "Destination: none was given. It is for you to fill in."
NO_VERSION = "Message version: 2006-05-05, because none was given and one is required today."
NO_EVENTS = "Events: none was given that can be set. Choose them."
LEFT_OUT = "Active: it was left out, which left it as it was. Set from here, it is switched on."
RENAMED = "Operation: SetHITTypeNotification is called UpdateNotificationSettings today."
BOTO_2 = "Active: boto 2 always sent it along, within the Notification; its place is beside it."
TAKES_NONE = "HIT type: a test takes none. It is kept, as one to set the notification for."
REST = (
    "Transport: REST has no successor at Mechanical Turk. The nearest is a topic (SNS) with an HTTPS subscription of "
    "the same address; or send the old form from this computer."
)
ALL, WITHOUT_DESTINATION = "Transport, Destination, Event, Message version", "Transport, Event, Message version"
WITHOUT_TRANSPORT, WITH_TYPE = "Destination, Event, Message version", f"{ALL}, HIT type, Active"
WEB = "Destination, as a web receiver, Event, Message version, Test event"
FORM = (
    f"Notification.1.Transport=SQS&Notification.1.Destination={QUEUE}&Notification.1.Version=2006-05-05"
    "&Notification.1.EventType=HITExpired"
)
ON = f"{FORM}&Active=on"
WRITTEN = f"""{{"Destination": "{QUEUE}", "Transport": "SQS", "Version": "2006-05-05", "EventTypes": ["HITExpired"]}}"""
CALL = f"mtc.set_sqs_notification('3ABC', '{QUEUE}', ['HITExpired'])\n"
LONGEST = "https://sqs.us-east-1.amazonaws.com/123456789012/".ljust(2000, "q")
ROW = f'{{"transport": "SQS", "destination": "{QUEUE}", "version": "2006-05-05", "events": [], "event": "Ping"}}'


def _json(destination: str = QUEUE, **others: Any) -> str:
    given = {"Destination": destination, "Transport": "SQS", "Version": "2006-05-05", "EventTypes": ["HITExpired"]}
    return json.dumps({name: value for name, value in {**given, **others}.items() if value})


def _web(address: str) -> str:
    request = "Operation=SendTestEventNotification&TestEventType=HITExpired&Notification.1.Version=2006-05-05"
    what = "Notification.1.EventType=HITExpired&Notification.1.Transport=REST"
    return f"{request}&{what}&Notification.1.Destination={address}"


def _events(count: int) -> str:
    return ", ".join(f"“Event{number}”" for number in range(count))


ODD = (
    Odd(
        "destination-twice",
        f"{ON}&Notification.1.Destination=other",
        f"{ALL}, Active",
        (RENAMED,),
        ("Destination: it was there more than once, and the first one was taken.",),
        {"destination": QUEUE},
    ),
    Odd("twice-the-same", f"{ON}&Notification.1.Destination={QUEUE}", f"{ALL}, Active", (RENAMED,)),
    *(
        Odd(
            f"placeholder-{text[0]}",
            _json(text),
            WITHOUT_DESTINATION,
            (NO_DESTINATION,),
            (f"Destination: “{text}” stands in place of a value.",),
            {"destination": None},
        )
        for text in ("<your queue>", "[your queue]", "{{queue}}")
    ),
    Odd(
        "too-long",
        _json(f"{LONGEST}q"),
        WITHOUT_DESTINATION,
        (NO_DESTINATION,),
        ("Destination: it has 2,001 characters, and no address is that long.",),
        {"destination": None},
    ),
    Odd(
        "as-long-as-may-be",
        _json(LONGEST),
        WITHOUT_DESTINATION,
        ("Destination: it was kept as it is and will not do. This is not a queue URL.",),
        is_like={"destination": LONGEST},
    ),
    Odd(
        "another-transport",
        _json(Transport="Pigeon"),
        WITHOUT_TRANSPORT,
        ("Transport: SQS, as the destination tells.",),
        ("Transport: there is no “Pigeon”; there are Email, SQS and SNS.",),
    ),
    Odd("no-transport", _json(Transport=""), WITHOUT_TRANSPORT, ("Transport: SQS, as the destination tells.",)),
    Odd(
        "nowhere",
        _json("the lab", Transport=""),
        "Event, Message version",
        ("Destination: “the lab” was kept, and it is not known how to send there.",),
        is_like={"destination": "the lab", "transport": None},
    ),
    Odd(
        "a-topic-for-a-queue",
        _json(TOPIC),
        WITHOUT_TRANSPORT,
        ("Transport: SNS, as the destination tells.",),
        is_like={"destination": TOPIC, "transport": "SNS"},
    ),
    Odd(
        "a-queue-by-its-arn",
        _json("arn:aws:sqs:us-east-1:123456789012:my-queue"),
        WITHOUT_DESTINATION,
        (f"Destination: {QUEUE}, where “arn:aws:sqs:us-east-1:123456789012:my-queue” stood.",),
        is_like={"destination": QUEUE},
    ),
    Odd(
        "no-address",
        _json("the lab", Transport="Email"),
        WITHOUT_DESTINATION,
        ("Destination: it was kept as it is and will not do. There is a blank inside the destination.",),
        is_like={"destination": "the lab", "transport": "Email"},
    ),
    Odd("no-destination", _json(Destination="", Transport="sns"), WITHOUT_DESTINATION, (NO_DESTINATION,)),
    Odd(
        "transport-alone",
        '{"Transport": "SQS"}',
        "Transport",
        (NO_DESTINATION, NO_EVENTS, NO_VERSION),
        is_like={"transport": "SQS"},
    ),
    Odd(
        "destination-alone",
        '{"Destination": "the lab"}',
        "",
        ("Destination: “the lab” was kept, and it is not known how to send there.", NO_EVENTS, NO_VERSION),
        is_like={"destination": "the lab"},
    ),
    Odd(
        "receiver-alone",
        '{"Transport": "REST", "Destination": "https://lab.org/n"}',
        "Destination, as a web receiver",
        (REST, NO_EVENTS, NO_VERSION),
    ),
    Odd(
        "a-key-in-the-query",
        f"{_web('https%3A%2F%2Flab.org%2Fn%3Ftoken%3Dhunter2')}",
        WEB,
        (REST,),
        ("Destination: what stood behind the question mark, as it held a key.",),
    ),
    Odd(
        "a-key-for-an-address",
        _json("AKIAIOSFODNN7EXAMPLE"),
        WITHOUT_DESTINATION,
        (NO_DESTINATION,),
        (
            "Destination: it held a key. Give it again without one.",
            "An access key: keys and signatures are neither stored nor shown.",
        ),
    ),
    Odd("neither-of-the-two", _json(Destination="", Transport=""), "Event, Message version"),
    Odd(
        "a-name-in-the-address",
        _web("https://ada@lab.org/n"),
        WEB,
        (REST,),
        ("Destination: the name and password in the address.",),
    ),
    Odd("no-query", _web("https://lab.org/n"), WEB, (REST,)),
    Odd(
        "no-address-of-the-web",
        _web("http://ada@[lab.org/n%3Fcourse=7"),
        WEB,
        (REST,),
        ("Destination: the name and password in the address.",),
    ),
    Odd(
        "twelve-unknown-events",
        _json(EventTypes=[f"Event{number}" for number in range(12)]),
        "Transport, Destination, Message version",
        (NO_EVENTS,),
        (f"Events: there is no {_events(12)}.",),
    ),
    Odd(
        "thirteen-unknown-events",
        _json(EventTypes=[f"Event{number}" for number in range(13)]),
        "Transport, Destination, Message version",
        (NO_EVENTS,),
        (f"Events: there is no {_events(12)} and others.",),
    ),
    Odd(
        "no-such-test-in-sixty-signs",
        f"{FORM}&Operation=SendTestEventNotification&TestEventType={'x' * 60}",
        ALL,
        ("Test event: Ping. One is required.",),
        (f"Test event: there is no “{'x' * 60}”.",),
    ),
    Odd(
        "no-such-test-in-more",
        _json(Notification="", TestEventType=f"a\tb\u200bc{'x' * 56}"),
        ALL,
        ("Test event: Ping. One is required.",),
        (f"Test event: there is no “a�b�c{'x' * 55}…”.",),
    ),
    Odd(
        "no-such-test",
        f"{FORM}&Operation=SendTestEventNotification&TestEventType=Party",
        ALL,
        ("Test event: Ping. One is required.",),
        ("Test event: there is no “Party”.",),
        {"test_event": "Ping"},
    ),
    Odd(
        "no-hit-type",
        f"{ON}&HITTypeId=no%20id",
        f"{ALL}, Active",
        (RENAMED,),
        ("HIT type: An id has only capital letters from A to Z and the digits 0 to 9; “no id” has “n” in it.",),
        {"hit_type_id": None},
    ),
    Odd(
        "neither-on-nor-off",
        f"{FORM}&Active=perhaps",
        ALL,
        (RENAMED, LEFT_OUT),
        ("Active: “perhaps” is neither true nor false.",),
    ),
    Odd(
        "on-and-off",
        f"{FORM}&Active=no&Notification.1.Active=yes",
        f"{ALL}, Active",
        (RENAMED,),
        is_like={"active": False},
    ),
    Odd(
        "one-field-more",
        f"{ON}&Colour=x",
        f"{ALL}, Active",
        (RENAMED,),
        ("Colour: today's request has no place for it.",),
    ),
    Odd(
        "twelve-fields-more",
        ON + "".join(f"&F{number}=x" for number in range(12)),
        f"{ALL}, Active",
        (RENAMED,),
        ("F0, F1, F2, F3, F4, F5, F6, F7, F8, F9, F10 and F11: today's request has no place for them.",),
    ),
    Odd(
        "fourteen-fields-more",
        ON + "".join(f"&F{number}=x" for number in range(14)),
        f"{ALL}, Active",
        (RENAMED,),
        ("F0, F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11 and 2 more: today's request has no place for them.",),
    ),
    Odd(
        "no-version",
        _json(Version="1999-01-01"),
        "Transport, Destination, Event",
        ("Message version: 2006-05-05, because “1999-01-01” is no version of messages.",),
    ),
    Odd(
        "a-version-of-2006",
        _json(Version="2006-08-23"),
        "Transport, Destination, Event",
        ("Message version: 2006-05-05, because “2006-08-23” is no longer offered.",),
    ),
    Odd(
        "another-operation",
        f"{ON}&Operation=GetHIT",
        f"{ALL}, Active",
        (),
        ("Operation: “GetHIT” has nothing to do with notifications.",),
        {"operation": None},
    ),
    Odd(
        "a-test-that-is-on",
        f"{ON}&Operation=SendTestEventNotification&TestEventType=Ping",
        f"{ALL}, Test event, Active",
        is_like={"active": True, "test_event": "Ping"},
    ),
    Odd(
        "a-test-of-a-hit-type",
        "Operation=SendTestEventNotification&TestEventType=Ping&HITTypeId=3ABC&Active=on",
        "Test event, HIT type, Active",
        (TAKES_NONE,),
    ),
    Odd(
        "a-test-of-a-hit-type-alone",
        "Operation=SendTestEventNotification&TestEventType=Ping&HITTypeId=3ABC",
        "Test event, HIT type",
        (TAKES_NONE,),
    ),
    Odd(
        "curl-of-today",
        "curl -H 'X-Amz-Target: MTurkRequesterServiceV20170117.SendTestEventNotification' http://localhost:5000 "
        f"-d '{{\"Notification\": {WRITTEN}}}'",
        ALL,
        ("Test event: Ping. None was given, which meant a Ping alone; today one is required.",),
        is_like={"operation": "SendTestEventNotification", "what": "a command of curl"},
    ),
    Odd(
        "curl-without-target",
        f'curl -d \'{{"Notification": {WRITTEN}, "HITTypeId": "3ABC", "Active": true}}\' http://localhost:5000',
        WITH_TYPE,
        is_like={"operation": "UpdateNotificationSettings", "what": "a command of curl"},
    ),
    Odd(
        "curl-in-its-spellings",
        f"curl -dNotification.1.Transport=SQS --data=Notification.1.Destination={QUEUE} -F Notification.1.Version="
        "2006-05-05 'https://mechanicalturk.amazonaws.com/?Operation=SetHITTypeNotification&HITTypeId=3ABC&Active=on"
        "&Notification.1.EventType=HITExpired' -o -d",
        WITH_TYPE,
        (RENAMED,),
    ),
    Odd(
        "curl-without-scheme",
        f"curl 'mechanicalturk.sandbox.amazonaws.com/?{ON}'",
        f"{ALL}, Active",
        (RENAMED,),
        is_like={"what": "a command of curl"},
    ),
    Odd(
        "cli-with-options",
        f"aws mturk update-notification-settings --no-active --hit-type-id=3ABC --notification Destination={QUEUE},"
        "Transport=SQS,Version=2006-05-05,EventTypes=HITExpired --profile lab word --debug | tee --active "
        "--hit-type-id 4ABC",
        WITH_TYPE,
        (),
        ("--profile and --debug: today's request has no place for them.",),
        {"hit_type_id": "3ABC", "active": False},
    ),
    Odd(
        "cli-with-json",
        f"aws mturk send-test-event-notification --notification '{WRITTEN}' --test-event-type HITExpired --hit-type-id",
        f"{ALL}, Test event",
        is_like={"hit_type_id": None, "test_event": "HITExpired"},
    ),
    Odd(
        "cli-with-all-in-json",
        "aws mturk update-notification-settings --cli-input-json "
        f'\'{{"Notification": {WRITTEN}, "HITTypeId": "3ABC", "Active": true}}\'',
        WITH_TYPE,
    ),
    Odd(
        "xml-in-a-letter",
        f"We used <Notification><Destination>{QUEUE}</Destination><Transport>SQS</Transport><Version>2006-05-05"
        "</Version><EventType>HITExpired</EventType></Notification> for it.",
        is_like={"what": "a <Notification> structure of the older API"},
    ),
    Odd("object-in-a-letter", f"We {{as ever}} and {{so on}} used {WRITTEN} for it."),
    Odd(
        "two-calls",
        CALL * 2,
        WITH_TYPE,
        (BOTO_2, RENAMED),
        ("One more call in the same text: the first one was opened.",),
    ),
    Odd(
        "three-calls",
        CALL * 3,
        WITH_TYPE,
        (BOTO_2, RENAMED),
        ("2 more calls in the same text: the first one was opened.",),
    ),
    Odd(
        "inside-of-boto-2",
        f"mtc._set_notification('3ABC', 'SQS', '{QUEUE}', 'SendTestEventNotification', ['HITExpired'], 'HITExpired')",
        f"{ALL}, Test event, HIT type",
        (TAKES_NONE,),
        is_like={"test_event": "HITExpired"},
    ),
    Odd(
        "several-arguments",
        f"given = {{'HITTypeId': '3ABC', 'Active': True, 'Notification': {WRITTEN}}}\n"
        "client.update_notification_settings(**given)",
        WITH_TYPE,
    ),
    Odd(
        "mturkr-alone",
        'n <- GenerateNotification("jane@example.com", event.type = "HITExpired")',
        "Transport, Destination, Event",
        (NO_VERSION,),
        is_like={"transport": "Email"},
    ),
    Odd(
        "two-older-rows",
        f"[{ROW}, {ROW}, {ROW}]",
        "Transport, Destination, Message version, Test event",
        (NO_EVENTS,),
        ("2 older entries: the newest one was opened.",),
    ),
    Odd(
        "record-without-specifications",
        '{"format": "mturk-notification-tester record", "lines": [{"hit_type_id": "3OLD", "after": {"active": true}}, '
        '{"hit_type_id": "3NEW", "after": {"active": false}}]}',
        "HIT type, Active",
        ("It has no Notification: it only switches what is set already, which works where a specification is set.",),
        ("1 older entry: the newest one was opened.",),
        {"hit_type_id": "3NEW"},
    ),
)


@pytest.mark.parametrize("odd", [pytest.param(one, id=one.name) for one in ODD])
def test_what_is_odd_is_said_once_and_nothing_else(odd: Odd) -> None:
    found = read_specification(odd.text)
    assert ", ".join(one.partition(": ")[0] for one in found.carried_over) == odd.carried
    assert found.changed == odd.changed
    assert found.dropped == odd.dropped
    value = found.as_json()
    value |= {name.lower(): one for name, one in (value["specification"] or {}).items()}
    assert {name: value[name] for name in odd.is_like} == odd.is_like


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("[]", "There is no specification in this text.", id="no-rows"),
        pytest.param(
            '{"format": "mturk-notification-tester record", "lines": []}',
            "There is no specification in this text.",
            id="no-lines",
        ),
        pytest.param('{"HITTypeId": "", "Active": true}', "Nothing in this can be used.", id="active-alone"),
        pytest.param('{"Transport": "REST", "Destination": ""}', "Nothing in this can be used.", id="receiver-nowhere"),
        pytest.param("update_notification_settings(**given)", "What this call sends cannot be read", id="computed"),
        pytest.param(
            f"Of {{a b}}, {{c d}}, {{e f}} and {WRITTEN} it is the last.",
            "There is no specification",
            id="fourth-object",
        ),
    ],
)
def test_where_nothing_is_found(text: str, title: str) -> None:
    with pytest.raises(ProblemError) as raised:
        read_specification(text)
    assert raised.value.problem.title.startswith(title)
