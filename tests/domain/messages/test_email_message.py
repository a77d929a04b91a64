# SPDX-License-Identifier: MIT
"""Reading the e-mail, as a text and as a whole message."""

from __future__ import annotations

import base64
import quopri
from email.message import EmailMessage

import pytest

from notification_tester.domain.events import TEST_HIT_ID, TEST_HIT_TYPE_ID
from notification_tester.domain.messages.message import DecodedEvent, Format, decode

TEXT = """Dear requester,

The following events happened:

    Event Type: AssignmentSubmitted
    Event Time: 2013-05-01T10:00:00Z
    HIT Type ID: T
    HIT ID: H
    Assignment ID: A

    Event Type: HITReviewable
    Event Time: 2013-05-01T10:00:01Z
    HIT Type ID: T
    HIT ID: H
    Worker Name: =?x é

Regards: Amazon
"""
EVENTS = (
    DecodedEvent("AssignmentSubmitted", "2013-05-01T10:00:00Z", "T", "H", "A", {}),
    DecodedEvent("HITReviewable", "2013-05-01T10:00:01Z", "T", "H", None, {"Worker Name": "=?x é"}),
)
HEAD = "From: mturk-noreply@amazon.com\nSubject: SANDBOX: Your Event Notification\n"


def whole(*, encoding: str = "8bit", html: bool = False, alternative: bool = False) -> bytes:
    mail = EmailMessage()
    mail["From"] = "mturk-noreply@amazon.com"
    mail["Subject"] = "SANDBOX: Your Event Notification"
    if html:
        page = "<html><body>" + "<br>".join(TEXT.split("\n")) + "</body></html>"
        mail.set_content(page, subtype="html", cte=encoding)
    else:
        mail.set_content(TEXT, cte=encoding)
    if alternative:
        mail.add_alternative("<p>see the text</p>", subtype="html")
        mail.add_attachment(b"picture", maintype="image", subtype="png")
    return mail.as_bytes()


def forwarded() -> bytes:
    inner = EmailMessage()
    inner["From"] = "mturk-noreply@amazon.com"
    inner.set_content(TEXT)
    outer = EmailMessage()
    outer["From"] = "mturk-noreply@amazon.com"
    outer["Subject"] = "SANDBOX: Your Event Notification"
    outer.set_content("see below")
    outer.add_attachment(inner)
    return outer.as_bytes()


WHOLE = {
    "plain": (HEAD + "\n" + TEXT).encode(),
    "line ends of the wire": (HEAD + "\n" + TEXT).replace("\n", "\r\n").encode(),
    "blank before": (b"\n\n" + HEAD.encode() + b"\n" + TEXT.encode()),
    "mbox": (b"From x Wed May  1 10:00:00 2013\n" + HEAD.encode() + b"\n" + TEXT.encode()),
    "base64": whole(encoding="base64"),
    "quoted-printable": whole(encoding="quoted-printable"),
    "latin": (HEAD + "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n").encode()
    + base64.encodebytes(TEXT.encode("latin-1")),
    "unknown charset": (
        HEAD + "Content-Type: text/plain; charset=x\nContent-Transfer-Encoding: quoted-printable\n\n"
    ).encode()
    + quopri.encodestring(TEXT.encode()),
    "multipart": whole(alternative=True),
    "html alone": whole(html=True),
    "html, quoted-printable": whole(html=True, encoding="quoted-printable"),
    "forwarded": forwarded(),
}


@pytest.mark.parametrize("raw", WHOLE.values(), ids=WHOLE)
def test_a_whole_message(raw: bytes) -> None:
    message = decode(raw)
    assert message.problem is None
    assert message.format is Format.EMAIL
    assert (message.version, message.event_doc_id, message.is_test) == (None, None, False)
    assert message.extra["headers"]["Subject"] == "SANDBOX: Your Event Notification"
    assert message.events == EVENTS


TEXTS = {
    "as it is": TEXT,
    "quoted": "\n".join(f"> {line}" for line in TEXT.split("\n")),
    "capitals": TEXT.replace("Event Type", "EVENT TYPE").replace("HIT ID", "Hit Id"),
    "unindented": TEXT.replace("    ", "").replace("Worker", "  Worker"),
    "wrapped": TEXT.replace("Event Time: ", "Event Time:\n      "),
    "with a head and no empty line": HEAD + TEXT.replace("Dear requester,\n\n", ""),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text(text: str) -> None:
    message = decode(text)
    assert message.problem is None
    assert message.format is Format.EMAIL
    assert message.events == EVENTS


def test_lines_that_belong_to_no_event_are_kept() -> None:
    message = decode(TEXT)
    assert message.extra == {"text": "Dear requester,\nThe following events happened:\nRegards: Amazon"}


def test_encoded_headers_are_read_and_repeated_ones_kept() -> None:
    head = "Subject: =?utf-8?B?w6k=?= x\nReceived: a\nReceived: b\nX-Bad: =?utf-8?B?w?=\n"
    assert decode(f"{head}\n{TEXT}").extra["headers"] == {
        "Subject": "é x",
        "Received": ["a", "b"],
        "X-Bad": "=?utf-8?B?w?=",
    }


def test_a_test_by_mail() -> None:
    text = f"  Event Type: HITExpired\n  HIT Type ID: {TEST_HIT_TYPE_ID}\n  HIT ID: {TEST_HIT_ID}\n  Assignment ID:\n"
    message = decode(text)
    assert message.is_test
    assert message.events[0].assignment_id is None


def test_another_mail_is_explained() -> None:
    message = decode(HEAD + "\nhello")
    assert message.problem is not None
    assert (message.problem.code, message.format) == ("message.not-a-notification", Format.UNKNOWN)
    assert "Event Type:" in message.problem.detail


@pytest.mark.parametrize("digits", ["SGk", "SGk=", "SGkh\nSGkhS", "%%%", ""])
def test_damaged_base64_does_not_raise(digits: str) -> None:
    assert decode(f"{HEAD}Content-Transfer-Encoding: base64\n\n{digits}").format is Format.UNKNOWN
