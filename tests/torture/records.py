# SPDX-License-Identifier: MIT
"""The records of a home: filled, and told at the next start as one JSON object. Runs in forks of the nursery."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from notification_tester.cli.hit_types import _row_json as row_as_json
from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.setting import LineState, apply
from notification_tester.services.hit_types.record import SettingRecord
from notification_tester.services.session import Session
from notification_tester.storage.queries import HistoryQuery
from storage.conftest import NOW, beginning, ending

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/filled"


def next_start() -> None:
    """Start again with the same home, tidy up as every start does, and tell."""
    with Session.for_command() as session:
        opened = session.open_named("environment", sandbox=False)
        gone, left = session.remove_leftovers(tell=True)
        found: dict[str, Any] = {
            "left": [one.as_json() for one in left],
            "removed": gone,
            "hit_types": [],
            "history": [],
        }
        problem = session.history_problem
        try:
            found["hit_types"] = [row_as_json(row) for row in session.hit_types.rows(opened)]
            if session.history is not None:
                for summary in session.history.page(HistoryQuery()):
                    row = session.history.row(summary.id)
                    found["history"].append(None if row is None else {**row.as_json(), "outcome": row.outcome.value})
        except ProblemError as error:
            problem = error.problem
        found["history_problem"] = None if problem is None else problem.as_json()
    json.dump(found, sys.stdout)


def fill(lines: str) -> None:
    """Write so many changes of HIT types, and a tenth as many tests, into the records of a home."""
    with Session.for_command() as session:
        _fill(session, int(lines))


def _fill(session: Session, lines: int) -> None:
    opened = session.open_named("environment", sandbox=False)
    record = SettingRecord.of(opened, session.ledger)
    assert record.ledger is not None
    assert session.history is not None
    spec = parse_spec(transport=Transport.SQS, destination=QUEUE, events=["HITExpired"])
    changes = [apply(HitTypeId(f"3FILLED{number:05}"), spec) for number in range(lines)]
    planned = record.ledger.plan(record.account, record.environment, changes, now=NOW)
    record.ledger.answer([(one, LineState.APPLIED, None) for one in planned], now=NOW)
    for _ in range(lines // 10):
        session.history.complete(session.history.begin(beginning(), now=NOW), ending())


def fill_and_crash(lines: str) -> None:
    """The same by a program that is ended in the middle: its log lies beside the database, and its mark is left."""
    _fill(Session.for_command(), int(lines))
    os._exit(0)
