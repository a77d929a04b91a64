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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notification_tester.domain.events import TEST_HIT_ID, TEST_HIT_TYPE_ID
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.sender import Sender, SignatureState
from notification_tester.domain.problem import ProblemError
from notification_tester.services.inbox import export as export_module
from notification_tester.services.inbox.export import export_inbox, save_message
from notification_tester.storage import inbox as inbox_module
from notification_tester.storage.inbox import MOST_BARS, Inbox
from notification_tester.storage.inbox_rows import Funnel, InboxMessage, InboxQuery

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
        ({"events": frozenset({"HITCreated"})}, [(2, 1), (1, 1)]),
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
    "text",
    [
        "m-one",
        "d7",
        "C1",
        "210987654321",
        "AIDASENDER",
        "2026-01-31T12:00:00Z",
        "HITCreated",
        "HT1",
        "H0",
        "A-1",
        "W-1",
    ],
)
def test_a_message_is_found_by_whatever_is_known_of_it(inbox: Inbox, text: str) -> None:
    told = json.loads(body("HITCreated", document="d7", AssignmentId="A-1", WorkerId="W-1"))
    one = message("m-one", json.dumps({**told, "SourceAccount": "210987654321"}))
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

    def read() -> float:
        seen = 0.0
        while not stop.is_set():
            seen = max(seen, *(row.id for row in inbox.page(InboxQuery())), 0) if inbox.page(InboxQuery()) else seen
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for number in range(300):
            inbox.keep([message(f"m{number}", body("HITCreated", document=str(number)))])
        stop.set()
        assert all(reader.result(60) <= 300 for reader in readers)
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


@pytest.mark.parametrize("at_once", [1, 500])
def test_export(inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(export_module, "_PAGE", at_once)
    raw = body("HITCreated", "HITExtended", WorkerId="=cmd()")
    inbox.keep([message("m1", raw), message("m2", "=1+1"), message("m3", body("HITCreated", document="d3"))])
    assert export_inbox(inbox, InboxQuery(events=frozenset({"HITCreated"})), tmp_path / "some.json") == 2
    exported = json.loads((tmp_path / "some.json").read_text())
    assert [one["number"] for one in exported] == [1, 3]
    assert exported[0]["raw"] == raw
    assert export_inbox(inbox, InboxQuery(), tmp_path / "all.csv") == 3
    rows = list(csv.reader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["1", "1", "2", "3"]
    assert rows[3][-1] == "'=1+1"
    first, second, *_ = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert (first["event"], first["HIT"], first["worker"], first["message"]) == ("HITCreated", "H0", "'=cmd()", raw)
    assert [one["event of message"] for one in (first, second)] == ["1", "2"]
    alike = ("seen (UTC)", "HIT type", "events in message", "test", "duplicate of message", "sender", "message")
    assert [first[name] for name in alike] == [second[name] for name in alike]
    assert [first[name] for name in alike[2:6]] == ["2", "not marked", "", "mturk"]
    assert export_inbox(inbox, InboxQuery(text="nobody wrote this"), tmp_path / "NONE.JSON") == 0
    assert json.loads((tmp_path / "NONE.JSON").read_text()) == []
    (tmp_path / "NONE.JSON").unlink()
    found = inbox.message(2)
    assert found is not None
    save_message(found, tmp_path / "one.json")
    assert (tmp_path / "one.json").read_text() == "=1+1"
    with pytest.raises(ProblemError):
        export_inbox(inbox, InboxQuery(), tmp_path / "missing" / "x.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"some.json", "all.csv", "one.json"}


def test_copies_are_folded_under_the_first(inbox: Inbox) -> None:
    raw = body("HITCreated", "HITExtended")
    inbox.keep([message("m1", raw), message("m2", raw), message("m3", raw)])
    inbox.keep([message("m4", body("HITCreated", "HITExpired"))])  # the same id, and not all the same events
    folded = inbox.page(InboxQuery(is_folded=True))
    assert [(row.message, row.event_type, row.copies) for row in folded] == [
        (4, "HITExpired", 0),
        (1, "HITExtended", 2),
        (1, "HITCreated", 3),
    ], "what differs from the first is shown by itself: nothing is hidden"
    below = inbox.copies(folded[2].id)
    assert [row.message for row in below] == [2, 3, 4]
    assert [folded[2].id, *(row.id for row in below)] == sorted({folded[2].id, *(row.id for row in below)})[::-1]
    assert {row.duplicate_of for row in below} == {1}
    assert ids(inbox, text="m3", is_folded=True) == [(1, 2), (1, 1)], "a copy's own id leads to the first"
    assert inbox.count(InboxQuery()) == (4, 8)
    new = inbox.page(InboxQuery(is_folded=True, after=folded[1].id))
    assert [(row.under, row.copies) for row in new] == [(1, 3), (2, 2), (1, 3), (2, 2), (1, 3), (None, 0)]


def test_events_are_placed_by_their_own_time(inbox: Inbox) -> None:
    inbox.keep(
        [
            message("m1", body("HITCreated", EventTimestamp="2026-01-31T10:00:00Z")),
            message("m2", body("HITCreated", document="d2", EventTimestamp="2026-01-31T12:00:30+01:00")),
            message("m3", body("HITExpired", document="d3", EventTimestamp="yesterday")),
        ]
    )
    at = {row.message: datetime.fromtimestamp(row.at / 1000, UTC).isoformat() for row in inbox.page(InboxQuery())}
    assert at == {1: "2026-01-31T10:00:00+00:00", 2: "2026-01-31T11:00:30+00:00", 3: "2026-01-31T12:00:00+00:00"}
    seen = inbox.overview(InboxQuery())
    assert seen.step == 120_000
    assert datetime.fromtimestamp(seen.begin / 1000, UTC).isoformat() == "2026-01-31T10:00:00+00:00"
    assert (len(seen.bars), seen.bars[0], seen.bars[30], seen.bars[60], sum(seen.bars)) == (61, 1, 1, 1, 3)
    assert seen.kinds == {"HITCreated": 2, "HITExpired": 1}
    until = seen.begin + 31 * seen.step
    assert ids(inbox, since=seen.begin + seen.step, until=until) == [(2, 1)]
    narrow = inbox.overview(InboxQuery(since=seen.begin, until=until, events=frozenset({"HITExpired"})))
    assert sum(narrow.bars) == 1, "bars know the events that were chosen, and not the time"
    assert narrow.kinds == {"HITCreated": 2}, "kinds know the time, and not the events"


@pytest.mark.parametrize(("last", "step"), [("2026-01-31T10:00:00Z", 1_000), ("9999-12-31T23:59:59Z", 10**10)])
def test_there_are_never_too_many_bars(inbox: Inbox, last: str, step: int) -> None:
    inbox.keep([message("m1", body("HITCreated", EventTimestamp="2026-01-31T10:00:00Z"))])
    inbox.keep([message("m2", body("HITCreated", document="d2", EventTimestamp=last))])
    seen = inbox.overview(InboxQuery())
    assert seen.step >= step
    assert 1 <= len(seen.bars) <= MOST_BARS


@pytest.mark.parametrize(
    ("last", "step", "bars"),
    [("12:00:00", 1_000, 1), ("12:01:39", 1_000, 100), ("12:01:40", 2_000, 51), ("12:03:20", 5_000, 41)],
)
def test_a_bar_stands_for_as_little_as_a_hundred_of_them_allow(inbox: Inbox, last: str, step: int, bars: int) -> None:
    inbox.keep([message("m1", body("HITCreated"))])
    inbox.keep([message("m2", body("HITCreated", document="d2", EventTimestamp=f"2026-01-31T{last}Z"))])
    seen = inbox.overview(InboxQuery())
    assert (seen.step, len(seen.bars), sum(seen.bars)) == (step, bars, 2)


def test_a_funnel_counts_assignments_and_no_tests(inbox: Inbox) -> None:
    def told(number: str, event: str, assignment: str, hit_type: str = "HT1") -> InboxMessage:
        return message(number, body(event, document=number, hit_type=hit_type, AssignmentId=assignment))

    inbox.keep([told(f"a{n}", "AssignmentAccepted", f"A{n}") for n in range(4)])
    inbox.keep([told("a9", "AssignmentAccepted", "A0")])  # told twice, with another id
    inbox.keep([told("s0", "AssignmentSubmitted", "A0"), told("s1", "AssignmentSubmitted", "A1")])
    inbox.keep([told("p0", "AssignmentApproved", "A0"), told("r1", "AssignmentRejected", "A1")])
    inbox.keep([told("x2", "AssignmentReturned", "A2"), told("other", "AssignmentSubmitted", "B0", "HT2")])
    inbox.keep([message("test", body("Ping", "AssignmentSubmitted", document="t", hit_type="HT3", AssignmentId="T"))])
    inbox.set_titles({"HT1": "Find pictures"})
    assert inbox.overview(InboxQuery()).funnels == (
        Funnel("HT1", "Find pictures", 4, 2, 1, 1, 1),
        Funnel("HT2", "", 0, 1, 0, 0, 0),
    )


def test_titles_are_found_shown_and_exported(inbox: Inbox, tmp_path: Path) -> None:
    inbox.keep([message("m1", body("HITCreated", WorkerId="W1")), message("m2", body("HITCreated", document="d2"))])
    inbox.keep([message("m3", body("HITCreated", document="d3", hit_type="HT2"))])
    assert inbox.set_titles({"HT1": "Fragebogen über Äpfel", "HT9": "Not seen here"})
    assert not inbox.set_titles({"HT1": "Fragebogen über Äpfel"}), "nothing new"
    assert inbox.titles() == {"HT1": "Fragebogen über Äpfel"}
    assert ids(inbox, text="äpfel hitcreated") == [(2, 1), (1, 1)]
    assert inbox.page(InboxQuery())[2].title == "Fragebogen über Äpfel"
    export_inbox(inbox, InboxQuery(text="ÄPFEL"), tmp_path / "some.csv")
    first = next(csv.DictReader(io.StringIO((tmp_path / "some.csv").read_text(encoding="utf-8-sig"))))
    assert (first["title"], first["worker"]) == ("Fragebogen über Äpfel", "W1")
    export_inbox(inbox, InboxQuery(), tmp_path / "all.json")
    titles = [one["titles"] for one in json.loads((tmp_path / "all.json").read_text())]
    assert titles == [{"HT1": "Fragebogen über Äpfel"}, {"HT1": "Fragebogen über Äpfel"}, {}]


def test_a_test_is_told_in_the_column_of_titles(inbox: Inbox, tmp_path: Path) -> None:
    inbox.keep([message("m1", body("HITCreated", hit_type=TEST_HIT_TYPE_ID)), message("m2", body("HITExpired"))])
    export_inbox(inbox, InboxQuery(), tmp_path / "all.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8-sig"))))
    found = [(row["HIT type"], row["title"]) for row in rows]
    assert found == [(TEST_HIT_TYPE_ID, "(a test: no HIT type)"), ("HT1", "")]


def test_hit_types_without_a_title_are_named_with_a_hit(inbox: Inbox) -> None:
    other = replace(message("m3", body("HITCreated", document="d3", hit_type="HT3")), sender=Sender.OTHER)
    inbox.keep([message("m1", body("HITCreated", "HITExpired")), other])
    inbox.keep([message("m2", body("HITCreated", document="d2", hit_type="HT2"))])
    inbox.keep([message("m4", body("Ping", document="d4", hit_type="HT4"))])
    assert inbox.untitled(9) == {"HT2": "H0", "HT1": "H1"}
    assert inbox.untitled(1) == {"HT2": "H0"}
    inbox.set_titles({"HT2": "Fragebogen"})
    assert inbox.untitled(9) == {"HT1": "H1"}


def test_the_oldest_make_room_and_are_not_shown_again(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "MOST_MESSAGES", 40)
    same = body("HITCreated", document="same")
    inbox.keep([message("m0", same)])
    later = [message(f"m{n}", same if n > 37 else body("HITCreated", document=str(n))) for n in range(1, 41)]
    inbox.keep(later[:-1])
    assert inbox.messages == 40, "so many there may be"
    inbox.keep(later[-1:])
    assert inbox.messages == 39
    rows = inbox.page(InboxQuery(is_folded=True))
    assert [(row.message, row.copies, row.duplicate_of) for row in rows[:2]] == [(39, 2, None), (38, 0, None)]
    assert [(row.message, row.duplicate_of) for row in inbox.copies(rows[0].id)] == [(40, 39), (41, 39)]
    assert rows[-1].message == 3
    assert inbox.keep([message("m0", same)]) == [], "it was shown already"


def test_long_messages_make_room_too_and_the_ids_of_the_last_of_them_are_known(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "MOST_BYTES", 900)
    monkeypatch.setattr(inbox_module, "MOST_DROPPED", 2)
    long = [message(f"m{number}", str(number) * 300) for number in range(6)]
    for one in long[:3]:
        inbox.keep([one])
    assert inbox.messages == 3, "so long they may be"
    for one in long[3:]:
        inbox.keep([one])
        assert inbox.messages == 3
    assert [row.message for row in inbox.page(InboxQuery())] == [6, 5, 4]
    assert inbox.keep(long[1:3]) == []
    assert [one.number for one in inbox.keep(long[:1])] == [7], "two are known, and this one is not any more"


def test_a_message_that_cannot_be_kept_takes_those_beside_it_along(inbox: Inbox) -> None:
    whole = message("m1", body("HITCreated"))
    with pytest.raises(ValueError, match="time zone"):
        inbox.keep([whole, replace(message("m2", "hello"), seen_at=NOW.replace(tzinfo=None))])
    assert (inbox.count(InboxQuery()), inbox.messages) == ((0, 0), 0)
    assert [one.number for one in inbox.keep([whole])] == [1], "it goes on"


def test_a_list_that_was_closed_before_anybody_wanted_it_makes_no_file(tmp_path: Path) -> None:
    late = Inbox(path=tmp_path / "inbox-late.sqlite3")
    late.close()
    with pytest.raises(sqlite3.ProgrammingError):
        late.label()
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_was_dropped_before_a_worker_opened_it_leaves_no_file(tmp_path: Path) -> None:
    late = Inbox(path=tmp_path / "inbox-late.sqlite3")
    late.discard()
    assert late.keep([message("m1", "hello")])
    late.close()
    assert list(tmp_path.iterdir()) == []


def test_clearing_begins_anew(inbox: Inbox) -> None:
    inbox.keep([message("m1", body("HITCreated"))])
    inbox.set_titles({"HT1": "Fragebogen"})
    inbox.clear()
    assert inbox.page(InboxQuery()) == []
    assert (inbox.messages, inbox.titles()) == (0, {})
    assert inbox.keep([message("m1", body("HITCreated"))])[0].number == 1


LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("raw", "changes"),
    [
        (body("HITCreated", hit_type=TEST_HIT_TYPE_ID), {}),
        (body("HITCreated", HITId=TEST_HIT_ID), {}),
        (body("HITCreated", "Ping"), {}),
        (body("HITCreated")[:-1], {}),
        (body("HITCreated"), {"sender": Sender.OTHER}),
        (body("HITCreated"), {"sender": Sender.UNKNOWN}),
        (body("HITCreated"), {"is_pasted": True}),
    ],
    ids=["type-of-tests", "hit-of-tests", "ping", "not-whole", "of-another", "of-nobody", "pasted"],
)
def test_what_is_no_real_message_is_not_the_last_real_one(inbox: Inbox, raw: str, changes: dict[str, Any]) -> None:
    inbox.keep([message("real", body("HITCreated", "HITExtended")), message("another", body("HITCreated"))])
    inbox.keep([replace(message("later", raw), sent_at=LATER, **changes)])
    found = inbox.last_real({Sender.MTURK}, {SignatureState.NONE})
    assert found == {"HITCreated": NOW, "HITExtended": NOW}


def test_the_last_real_message_is_the_one_that_was_sent_last(inbox: Inbox) -> None:
    inbox.keep([replace(message("m1", body("HITCreated", document="d1")), sent_at=LATER)])
    inbox.keep([message("m2", body("HITCreated", document="d2"))])
    assert inbox.last_real({Sender.MTURK}, {SignatureState.NONE}) == {"HITCreated": LATER}
    assert inbox.last_real({Sender.MTURK}, {SignatureState.GENUINE}) == {}
    inbox.clear()
    assert inbox.last_real({Sender.MTURK}, {SignatureState.NONE}) == {}
