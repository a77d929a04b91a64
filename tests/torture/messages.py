# SPDX-License-Identifier: MIT
"""Every form of a message, written by the program and spoiled: it is read, or refused with a problem, soon.

The forms take turns, so that so many cases are the same number of each. Entities that a document declares give a word
that stands nowhere in it: it must be in nothing that was read.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from notification_tester.domain.events import EventType
from notification_tester.domain.messages import writing
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.pasted_message import decode_pasted
from notification_tester.domain.outgoing import LegacySignature, SignatureKind, service_test
from torture.inputs import PLANTED, Parser, bounded, must, read_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from notification_tester.domain.messages.decoded import DecodedMessage
    from torture.trial import Try

FULL, SHORT = 700_000, 7_000

_NOW = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
_SIGNED = LegacySignature(kind=SignatureKind.RIGHT, secret="a secret")
_ENTITIES = """<!DOCTYPE a [<!ENTITY b "EXPAN"><!ENTITY c "&b;DED"><!ENTITY d SYSTEM "file:///etc/hostname">]>"""
_EXPANDED = "EXPANDED"


def _forms() -> list[tuple[str, list[str]]]:
    """Each form with whole messages to begin with."""
    made = [
        service_test(event, "2006-05-05", _NOW) for event in (EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_REVIEWABLE)
    ]
    bodies = [writing.sqs_body(one) for one in made]
    about = {"topic_arn": writing.MADE_UP_TOPIC, "message_id": "1"}
    confirming = {**about, "token": "0" * 64, "subscribe_url": "https://sns.us-east-1.amazonaws.com/?Token=0"}
    envelopes = [json.dumps(writing.sns_envelope(one, now=_NOW, **about)) for one in made]
    soap = [writing.soap_body(one, _SIGNED, _NOW) for one in made]
    bomb = soap[0].replace("<soapenv:Envelope", _ENTITIES + "<soapenv:Envelope", 1).replace("<HITId>", "<HITId>&c;&d;")
    return [
        ("queue", bodies),
        ("topic", envelopes),
        (
            "confirmation",
            [
                json.dumps(writing.subscription_confirmation(now=_NOW, **confirming)),
                json.dumps(writing.unsubscribe_confirmation(now=_NOW, **confirming)),
            ],
        ),
        ("Lambda", [json.dumps({"Records": [{"body": one}]}) for one in (*bodies, *envelopes)]),
        ("REST", [writing.rest_query(one, _SIGNED, _NOW) for one in made]),
        ("SOAP", [*soap, bomb]),
        ("mail", [writing.mail(one, "ada@example.org", is_sandbox=False, now=_NOW).as_string() for one in made]),
    ]


def _checked(read: Callable[[str], DecodedMessage], text: str) -> DecodedMessage:
    message = read(text)
    must(_EXPANDED not in json.dumps(message.as_json()) or _EXPANDED in text, "an entity was expanded")
    return message


@contextmanager
def trying(folder: Path, *, planted: bool = False) -> Iterator[Try]:
    """One message a case; each form also looked for in a text, as people paste it, once in ten times."""
    word = partial(read_message, partial(_checked, decode))
    pasted = partial(read_message, partial(_checked, decode_pasted))
    forms = [(Parser(name, texts, word), Parser(f"{name}, pasted", texts, pasted)) for name, texts in _forms()]
    with bounded() as call:
        yield lambda case, chance: call(
            PLANTED if planted else forms[case % len(forms)][case // len(forms) % 10 == 9], chance
        )
