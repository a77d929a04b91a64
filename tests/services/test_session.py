# SPDX-License-Identifier: MIT
"""What is handed over is written before the files close, and what fails while they open is given back."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil
import pytest

from notification_tester.domain.messages.message import decode
from notification_tester.domain.problem import ProblemError
from notification_tester.services.session import Session
from notification_tester.storage.history import History
from notification_tester.storage.inbox_rows import InboxMessage
from notification_tester.storage.rows import DAMAGED, Ending, Outcome
from storage.conftest import NOW, beginning, ending

if TYPE_CHECKING:
    from notification_tester.storage.places import Places


def test_what_was_handed_over_is_written_before_the_files_close(places: Places) -> None:
    going_on = threading.Event()

    def slow_ending() -> Ending:
        going_on.wait(20)
        return ending()

    session = Session(places)
    assert session.history is not None
    rows = [session.history.begin(beginning(), now=NOW) for _ in range(3)]
    session.history.complete_soon(rows[0], slow_ending)
    for row in rows[1:]:
        session.history.complete_soon(row, ending)
    going_on.set()
    session.close()
    with Session(places) as again:
        assert again.history is not None
        found = {row.id: row.outcome for row in again.history.rows(rows)}
    assert found == dict.fromkeys(rows, Outcome.GOOD), "and none is called interrupted"


def open_files(places: Places) -> list[str]:
    return [one.path for one in psutil.Process().open_files() if str(places.data) in one.path]


def test_a_bug_while_it_opens_leaves_no_file_open(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: History) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(History, "close_interrupted", broken)
    with pytest.raises(ZeroDivisionError):
        Session(places)
    assert open_files(places) == []


def test_a_history_that_fails_while_it_opens_is_said_and_closed_with_the_rest(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: History) -> int:
        raise ProblemError(DAMAGED)

    monkeypatch.setattr(History, "close_interrupted", refused)
    session = Session(places)
    assert session.history is None
    assert session.history_problem == DAMAGED
    session.close()
    assert open_files(places) == []


def test_what_is_followed_is_the_sessions_and_ends_with_it(places: Places) -> None:
    now = datetime(2026, 1, 31, tzinfo=UTC)
    message = InboxMessage(message_id="m", seen_at=now, sent_at=now, decoded=decode("hello"), raw="hello")
    with Session(places) as session:
        kept, dropped = session.new_inbox(), session.new_inbox()
        session.drop_inbox(dropped)
        for inbox in (kept, dropped):
            inbox.keep([message])
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        kept.message(1)
    found = dropped.message(1)  # whoever still reads it may finish
    assert found is not None
    assert found.raw == "hello"
