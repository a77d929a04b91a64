# SPDX-License-Identifier: MIT
"""Messages that a person has as files or texts: each by itself in the list, and what cannot be read is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.messages.sender import SignatureState
from notification_tester.services.inbox import opened as opened_module
from notification_tester.services.inbox.export import export_inbox
from notification_tester.services.inbox.opened import Opened, open_files, open_text
from notification_tester.storage.inbox import Inbox
from notification_tester.storage.inbox_rows import InboxQuery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HITS = {"HITTypeId": "3T", "HITId": "3H"}
MAIL = """\
From: mturk-noreply@amazon.com
Subject: Your Event Notification
Date: Sat, 31 Jan 2026 12:00:00 +0000

  Event Type: {event}
  Event Time: 2026-01-31T12:00:00Z
  HIT Type ID: 3T
  HIT ID: {hit}
"""


def body(document: str = "d1", event: str = "HITCreated") -> dict[str, Any]:
    told = {"EventType": event, "EventTimestamp": "2026-01-31T12:00:00Z", **HITS}
    return {"EventDocId": document, "EventDocVersion": "2006-05-05", "Events": [told]}


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as made:
        yield made


def events(inbox: Inbox) -> list[str]:
    return [row.event_type for row in inbox.page(InboxQuery())][::-1]


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


MBOX = "".join(
    f"From mturk-noreply@amazon.com Sat Jan 31 12:00:0{number} 2026\n{MAIL.format(event=event, hit=number)}\n"
    for number, event in enumerate(("HITCreated", "HITExtended", "HITExpired"))
)
RECEIVED = {
    "Messages": [
        {"MessageId": "m1", "Body": json.dumps(body("d1")), "Attributes": {"SenderId": "AIDAIXO4EZE6RHVSXIN4E"}},
        {"MessageId": "m2", "Body": json.dumps(body("d2", "HITExtended"))},
    ]
}
ENVELOPE = {"Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:111122223333:t", "Message": json.dumps(body())}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("one.json", json.dumps(body()), ["HITCreated"]),
        ("western.txt", ("Grüße\n" + json.dumps(body())).encode("cp1252"), ["HITCreated"]),
        ("log.txt", f"12:00 INFO received {json.dumps(body())} ok", ["HITCreated"]),
        ("mail.eml", MAIL.format(event="HITExpired", hit="3H"), ["HITExpired"]),
        ("mails.mbox", MBOX, ["HITCreated", "HITExtended", "HITExpired"]),
        ("lines.jsonl", "\n".join(json.dumps(body(one)) for one in "ab"), ["HITCreated", "HITCreated"]),
        ("list.json", json.dumps([body("a"), body("b", "HITExpired")]), ["HITCreated", "HITExpired"]),
        ("spread.json", f" [ {json.dumps(body('a'))}\t,\r\n{json.dumps(body('b'))} ]\n", ["HITCreated", "HITCreated"]),
        ("received.json", json.dumps(RECEIVED), ["HITCreated", "HITExtended"]),
        ("envelope.json", json.dumps(ENVELOPE), ["HITCreated"]),
        ("rest.txt", "method=Notify&Event.1.EventType=HITExpired&Event.1.HITId=3H&Version=2006-05-05", ["HITExpired"]),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_whatever_can_be_decoded_is_opened(
    inbox: Inbox, tmp_path: Path, name: str, text: str | bytes, told: list[str]
) -> None:
    done = open_files(inbox, [write(tmp_path, name, text)])
    assert done == Opened(added=len(told))
    assert events(inbox) == told
    for number in range(1, len(told) + 1):
        found = inbox.message(number)
        assert found is not None
        assert [event.event_type for event in found.decoded.events] == [told[number - 1]], "it is read anew as it was"
    assert open_files(inbox, [tmp_path / name]) == Opened(known=len(told)), "the same file, opened again"
    assert inbox.messages == len(told)


@pytest.mark.parametrize(
    ("text", "raw", "letters"),
    [
        pytest.param(
            ("Content-Type: text/plain; charset=koi8-r\n" + MAIL.format(event="HITExpired", hit="3H")).encode()
            + "\nПривет\n".encode("koi8-r"),
            "\udcf0\udcd2\udcc9\udcd7\udcc5\udcd4",
            "Привет",
            id="mail",
        ),
        pytest.param(("Grüße\n" + json.dumps(body())).encode("cp1252"), "Grüße", "Grüße", id="western table"),
    ],
)
def test_letters_are_kept_so_that_they_are_read_anew_as_they_were(
    inbox: Inbox, tmp_path: Path, text: bytes, raw: str, letters: str
) -> None:
    """Of a mail its bytes, as its head tells the charset; of all else the letters themselves."""
    open_files(inbox, [write(tmp_path, "letters", text)])
    found = inbox.message(1)
    assert found is not None
    assert raw in found.raw
    assert letters in str(found.decoded.extra)


def test_what_was_exported_is_opened_as_it_came(inbox: Inbox, tmp_path: Path) -> None:
    open_text(inbox, json.dumps([body("a"), body("b", "HITExpired")]))
    export_inbox(inbox, InboxQuery(), tmp_path / "all.json")
    with Inbox() as other:
        assert open_files(other, [tmp_path / "all.json"]) == Opened(added=2)
        raws = [[one.message(number).raw for number in (1, 2)] for one in (inbox, other)]  # type: ignore[union-attr]
        assert raws[0] == raws[1]


def test_one_unreadable_file_holds_up_nothing(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    paths = [
        write(tmp_path, "one.json", json.dumps(body("a"))),
        write(tmp_path, "shopping.txt", "milk, bread"),
        tmp_path / "gone.json",
        tmp_path / "folder",
        write(tmp_path, "picture.json", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        write(tmp_path, "empty.txt", ""),
        write(tmp_path, "cut.json", json.dumps(body("x"))[:-20]),
        write(tmp_path, "two.json", json.dumps(body("b"))),
    ]
    done = open_files(inbox, paths)
    assert done.added == 2
    assert [name for name, _ in done.unreadable] == [
        "shopping.txt",
        "gone.json",
        "folder",
        "picture.json",
        "empty.txt",
        "cut.json",
    ]
    assert all(problem.title and problem.remedy for _, problem in done.unreadable)


def test_one_unreadable_mail_among_others_is_named(inbox: Inbox, tmp_path: Path) -> None:
    other = (
        "From someone@university.edu Sat Jan 31 12:00:09 2026\nFrom: someone@university.edu\nSubject: Lunch\n\nNoon?\n"
    )
    done = open_files(inbox, [write(tmp_path, "mails.mbox", MBOX + other)])
    assert done.added == 3
    assert [name for name, _ in done.unreadable] == ["mails.mbox (4 of 4)"]


def test_of_many_that_cannot_be_read_the_first_are_named_and_the_others_counted(inbox: Inbox, tmp_path: Path) -> None:
    """A file may have millions of pieces that are no message: what is told of them does not grow with them."""
    pieces = ["{}"] * 5000
    pieces.insert(2000, json.dumps(body("a")))
    paths = [write(tmp_path, "one.txt", "nothing"), write(tmp_path, "rows.jsonl", "\n".join(pieces))]
    done = open_files(inbox, [*paths, paths[1], tmp_path / "gone.json"])
    assert (done.added, done.known) == (1, 1)
    assert len(done.unreadable) == opened_module.MOST_UNREADABLE
    assert [name for name, _ in done.unreadable[:3]] == ["one.txt", "rows.jsonl (1 of 5001)", "rows.jsonl (2 of 5001)"]
    assert done.count_unreadable == 2 * 5000 + 2


@pytest.mark.parametrize(("more", "named"), [(-1, -1), (0, 0), (1, 0)])
def test_as_many_are_named_as_may_be(inbox: Inbox, tmp_path: Path, more: int, named: int) -> None:
    most = opened_module.MOST_UNREADABLE
    rows = write(tmp_path, "rows.jsonl", "\n".join(["{}"] * (most + more)))
    done = open_files(inbox, [rows])
    assert [name for name, _ in done.unreadable] == [
        f"rows.jsonl ({number} of {most + more})" for number in range(1, most + named + 1)
    ]
    assert done.count_unreadable == most + more
    assert done.more_unreadable == more - named


def test_files_that_are_too_large_are_named(inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path, "one.txt", "x" * (2**20 + 1))
    assert [problem.code for _, problem in open_files(inbox, [one]).unreadable] == ["message.too-large"]
    lines = write(
        tmp_path, "many.jsonl", "\n".join(json.dumps(body(str(n)) | {"pad": "x" * 1000}) for n in range(1100))
    )
    assert open_files(inbox, [lines]).added == 1100, "a file of many may be longer than a message"
    monkeypatch.setattr(opened_module, "LARGEST_FILE", 2**20 + 1)
    assert [problem.code for _, problem in open_files(inbox, [one]).unreadable] == ["message.too-large"]
    monkeypatch.setattr(opened_module, "LARGEST_FILE", 2**20)
    ((name, problem),) = open_files(inbox, [one]).unreadable
    assert (name, problem.code, problem.detail) == ("one.txt", "message.file-too-large", "It has more than 1 MiB.")


@pytest.mark.parametrize("rest", ["", ",", ",]", "] more"])
def test_what_is_no_whole_array_is_opened_as_one_message(inbox: Inbox, rest: str) -> None:
    assert open_text(inbox, f"[{json.dumps(body('a'))}, {json.dumps(body('b'))}{rest}") == Opened(added=1)
    assert events(inbox) == ["HITCreated", "HITCreated"]


def test_what_is_pasted_is_opened(inbox: Inbox) -> None:
    assert (
        open_text(inbox, f"here it is:\n{json.dumps(ENVELOPE | {'Signature': 'x', 'SignatureVersion': '1'})}").added
        == 1
    )
    assert open_text(inbox, "nothing of the kind").unreadable[0][0] == ""
    found = inbox.message(1)
    assert found is not None
    assert found.is_pasted
    assert found.signature.state in {SignatureState.NOT_CHECKED, SignatureState.NONE}


def test_a_signature_of_what_is_only_opened_is_not_checked_and_it_is_as_old_as_its_oldest_event(inbox: Inbox) -> None:
    told = [body(event=event)["Events"][0] for event in ("HITExpired", "HITCreated", "HITExtended")]
    told[0]["EventTimestamp"], told[2]["EventTimestamp"] = "2026-01-31T13:00:00Z", "soon"
    signed = {
        **ENVELOPE,
        "Message": json.dumps({**body(), "Events": told}),
        "MessageId": "m-1",
        "Timestamp": "2026-01-31T23:59:59.000Z",
        "Signature": "AAAA",
        "SignatureVersion": "1",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    }
    assert open_text(inbox, json.dumps(signed)) == Opened(added=1)
    found = inbox.message(1)
    assert found is not None
    assert found.signature.state is SignatureState.NOT_CHECKED
    assert "no certificate is fetched" in found.signature.because
    assert found.sent_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
