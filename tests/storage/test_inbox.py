# SPDX-License-Identifier: MIT
"""The inbox on disk: each message once, rows of events found again, and little memory."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.sender import Sender
from notification_tester.domain.problem import ProblemError
from notification_tester.services.inbox.export import export_inbox, save_message
from notification_tester.storage.inbox import Inbox
from notification_tester.storage.inbox_rows import InboxMessage, InboxQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as made:
        yield made


def body(*events: str, document: str = "d1", hit_type: str = "HT1", **extra: Any) -> str:
    found = [
        {"EventType": event, "EventTimestamp": "2026-01-31T12:00:00Z", "HITTypeId": hit_type, "HITId": f"H{n}", **extra}
        for n, event in enumerate(events)
    ]
    return json.dumps({"EventDocId": document, "EventDocVersion": "2006-05-05", "CustomerId": "C1", "Events": found})


def message(message_id: str, raw: str) -> InboxMessage:
    return InboxMessage(
        message_id=message_id, seen_at=NOW, sent_at=NOW, decoded=decode(raw), raw=raw, sender=Sender.MTURK
    )


def ids(inbox: Inbox, **query: Any) -> list[tuple[int, int]]:
    return [(row.message, row.place) for row in inbox.page(InboxQuery(**query))]


def test_each_message_is_kept_once_and_duplicates_are_marked(inbox: Inbox) -> None:
    first = inbox.keep([message("m1", body("HITCreated")), message("m1", body("HITCreated"))])
    assert [(one.number, one.duplicate_of) for one in first] == [(1, None)]
    assert inbox.keep([message("m1", body("HITCreated"))]) == []
    again = inbox.keep([message("m2", body("HITCreated")), message("m3", "no json"), message("m4", "no json")])
    assert [(one.number, one.duplicate_of) for one in again] == [(2, 1), (3, None), (4, None)]
    assert inbox.count(InboxQuery()) == (4, 4)


def test_a_batch_is_split_into_its_events(inbox: Inbox) -> None:
    inbox.keep([message("m1", body("HITCreated", "HITExtended")), message("m2", "hello")])
    rows = inbox.page(InboxQuery())
    assert [(row.message, row.place, row.events, row.event_type) for row in rows] == [
        (2, 1, 0, ""),
        (1, 2, 2, "HITExtended"),
        (1, 1, 2, "HITCreated"),
    ]
    assert rows[0].problem_title
    found = inbox.message(1)
    assert found is not None
    assert found.raw == body("HITCreated", "HITExtended")
    assert len(found.decoded.events) == 2
    assert inbox.message(99) is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [(3, 1), (2, 1), (1, 2), (1, 1)]),
        ({"event": "HITCreated"}, [(2, 1), (1, 1)]),
        ({"hit_type": "HT2"}, [(2, 1)]),
        ({"text": "h1"}, [(1, 2)]),
        ({"text": "hitCREATED ht2"}, [(2, 1)]),
        ({"text": "w-ÄRGER"}, [(2, 1)]),
        ({"text": "%"}, []),
        ({"text": "hello"}, [(3, 1)]),
        ({"text": "hello hitcreated"}, []),
        ({"before": 3}, [(1, 2), (1, 1)]),
        ({"after": 2}, [(2, 1), (3, 1)]),
        ({"after": 0, "limit": 2}, [(1, 1), (1, 2)]),
        ({"limit": 1}, [(3, 1)]),
    ],
    ids=str,
)
def test_queries(inbox: Inbox, query: dict[str, Any], found: list[tuple[int, int]]) -> None:
    inbox.keep(
        [
            message("m1", body("HITCreated", "HITExtended")),
            message("m2", body("HITCreated", document="d2", hit_type="HT2", WorkerId="W-ärger")),
            message("m3", "hello"),
        ]
    )
    assert ids(inbox, **query) == found
    assert inbox.hit_types() == ["HT1", "HT2"]


@pytest.mark.parametrize(
    "text", ["m-one", "d7", "C1", "AIDASENDER", "2026-01-31T12:00:00Z", "HITCreated", "HT1", "H0", "A-1", "W-1"]
)
def test_a_message_is_found_by_whatever_is_known_of_it(inbox: Inbox, text: str) -> None:
    one = message("m-one", body("HITCreated", document="d7", AssignmentId="A-1", WorkerId="W-1"))
    inbox.keep([replace(one, sender_id="AIDASENDER"), message("m-two", "hello")])
    assert ids(inbox, text=text) == [(1, 1)]


@settings(max_examples=50)
@given(raw=st.text(alphabet=st.characters(), max_size=200), message_id=st.text(max_size=30))
def test_any_text_is_kept_as_it_came(raw: str, message_id: str) -> None:
    with Inbox() as inbox:
        (kept,) = inbox.keep([message(message_id, raw)])
        found = inbox.message(kept.number)
        assert found is not None
        assert found.raw == raw
        assert found.as_json()


def test_many_readers_and_one_writer(inbox: Inbox) -> None:
    stop = threading.Event()

    def read() -> int:
        seen = 0
        while not stop.is_set():
            seen = max(seen, *(row.id for row in inbox.page(InboxQuery())), 0) if inbox.page(InboxQuery()) else seen
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for number in range(300):
            inbox.keep([message(f"m{number}", body("HITCreated", document=str(number)))])
        stop.set()
        assert all(reader.result(10) <= 300 for reader in readers)
    assert inbox.count(InboxQuery()) == (300, 300)


def test_most_of_it_is_on_disk(inbox: Inbox) -> None:
    big = body("HITCreated", padding="x" * 50_000)
    for number in range(200):
        inbox.keep([message(f"m{number}", big)])
    connection = inbox._connection
    assert connection.execute("PRAGMA page_count").fetchone()[0] * 4096 > 10 * 2**20
    assert connection.execute("PRAGMA cache_size").fetchone()[0] == -4096  # KiB


IN_A_CHILD = """
import sys
import psutil
sys.path.insert(0, sys.argv[1])
from notification_tester.storage.inbox import Inbox
from storage.test_inbox import body, message

with Inbox() as inbox:
    big = body("HITCreated", padding="x" * 60_000)
    inbox.keep([message("first", big)])
    before = psutil.Process().memory_info().rss
    for number in range(1000):
        inbox.keep([message(f"m{number}", big)])
    print((psutil.Process().memory_info().rss - before) // 2**20)
"""


def test_sixty_megabytes_of_messages_need_little_memory() -> None:
    command = [sys.executable, "-c", IN_A_CHILD, str(Path(__file__).parents[1])]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    assert int(done.stdout) < 25, "MiB"


def test_a_full_disk_is_a_problem(inbox: Inbox) -> None:
    inbox._connection.execute("PRAGMA max_page_count = 20")
    with pytest.raises(ProblemError) as caught:
        inbox.keep([message("m1", "x" * 200_000)])
    assert caught.value.problem.code == "storage.full"
    assert inbox.keep([message("m1", "x")])[0].number == 1


def test_a_bug_of_ours_is_not_hidden(inbox: Inbox) -> None:
    inbox._connection.execute("DROP TABLE events")
    with pytest.raises(sqlite3.OperationalError):
        inbox.page(InboxQuery())


def test_export(inbox: Inbox, tmp_path: Path) -> None:
    raw = body("HITCreated", "HITExtended", WorkerId="=cmd()")
    inbox.keep([message("m1", raw), message("m2", "=1+1"), message("m3", body("HITCreated", document="d3"))])
    assert export_inbox(inbox, InboxQuery(event="HITCreated"), tmp_path / "some.json") == 2
    exported = json.loads((tmp_path / "some.json").read_text())
    assert [one["number"] for one in exported] == [1, 3]
    assert exported[0]["raw"] == raw
    assert export_inbox(inbox, InboxQuery(), tmp_path / "all.csv") == 3
    rows = list(csv.reader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["1", "1", "2", "3"]
    assert rows[3][-1] == "'=1+1"
    found = inbox.message(2)
    assert found is not None
    save_message(found, tmp_path / "one.json")
    assert (tmp_path / "one.json").read_text() == "=1+1"
    with pytest.raises(ProblemError):
        export_inbox(inbox, InboxQuery(), tmp_path / "missing" / "x.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"some.json", "all.csv", "one.json"}


def test_clearing_begins_anew(inbox: Inbox) -> None:
    inbox.keep([message("m1", body("HITCreated"))])
    inbox.clear()
    assert inbox.page(InboxQuery()) == []
    assert inbox.keep([message("m1", body("HITCreated"))])[0].number == 1
