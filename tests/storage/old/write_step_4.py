# SPDX-License-Identifier: MIT
"""Writes ``step_4.sqlite3.gz``: a history, leftovers, a ledger and presets as the program of November 2026 wrote them.

That program's database had four steps, and its indexes of words and of tests that arrived were made outside of them.
Run with that program, the file is made anew; with a newer one it is not the same file any more::

    python tests/storage/old/write_step_4.py tests/storage/old/step_4.sqlite3.gz
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import NotificationSpec, parse_spec
from notification_tester.domain.problem import Cause, Problem, ServiceAnswer
from notification_tester.domain.setting import LineState, apply, switch
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.presets import Presets
from notification_tester.storage.rows import Beginning, Ending, Outcome
from notification_tester.storage.tested import Tested

NOW = datetime(2026, 11, 29, 1, 30, 15, 250000, tzinfo=UTC)
HERE = ("Lab “Köln”", "sandbox")
QUEUE = parse_spec(
    transport=Transport.SQS,
    destination="https://sqs.us-east-1.amazonaws.com/123456789012/results",
    events=("AssignmentSubmitted", "HITReviewable"),
)
TOPIC = parse_spec(
    transport=Transport.SNS,
    destination="arn:aws:sns:us-east-1:123456789012:results",
    events=("HITExpired",),
    version="2014-08-15",
)
EMAIL = parse_spec(transport=Transport.EMAIL, destination="lab@example.org", events=("AssignmentReturned",))
PROBLEM = Problem(
    title="The queue is closed to Mechanical Turk.",
    detail="Its policy names nobody, “Köln” excepted.",
    remedy="Mend the policy.",
    code="RequestError",
    cause=Cause.DESTINATION,
    answer=ServiceAnswer(
        code="RequestError",
        turk_error_code="AWS.MechanicalTurk.InvalidDestination",
        message="no\n日本語",
        request_id="0f1e2d3c",
        http_status=400,
    ),
)
YES = Lamp(state=State.YES, detail="It did.", seconds=0.1234567)
NO = Lamp(state=State.NO, detail="It did not.")


def _test(spec: NotificationSpec) -> Beginning:
    return Beginning(
        account=HERE[0],
        environment=HERE[1],
        transport=spec.transport.value,
        destination=spec.destination.text,
        version=spec.version,
        events=tuple(spec.events),
        event="AssignmentSubmitted",
        request={"Notification": spec.to_request(), "TestEventType": "AssignmentSubmitted"},
    )


def _write(path: Path) -> None:
    with Database(path) as database:
        history, ledger, presets, leftovers = (
            History(database),
            Ledger(database),
            Presets(database),
            Leftovers(database),
        )
        good = Ending(
            outcome=Outcome.GOOD,
            accepted=YES,
            arrived=YES,
            as_expected=YES,
            seconds=0.75,
            message={"EventDocId": "aa0f1e2d3c4b", "Events": [{"EventType": "AssignmentSubmitted"}]},
            raw='{"EventDocId": "aa0f1e2d3c4b", "Worker": "GRÜSSE \ud800"}',
            answer="{}",
        )
        for number, (spec, ending) in enumerate(
            (
                (QUEUE, good),
                (QUEUE, Ending(outcome=Outcome.BAD, accepted=NO, problem=PROBLEM)),
                (TOPIC, Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES, as_expected=YES, raw="topical")),
                (EMAIL, Ending(outcome=Outcome.UNKNOWN, accepted=YES, answer="asked")),
                (TOPIC, None),
            )
        ):
            row_id = history.begin(_test(spec), now=NOW + timedelta(minutes=number))
            if ending is not None:
                history.complete(row_id, ending)
        one, two, three, four = (HitTypeId(f"3{name}") for name in ("ONE", "TWO", "THREE", "FOUR"))
        changes = [apply(one, QUEUE), apply(two, TOPIC), switch(three, None, on=False), apply(four, EMAIL)]
        lines = ledger.plan(*HERE, changes, now=NOW)
        states = (LineState.APPLIED, LineState.FAILED, LineState.UNKNOWN)
        ledger.answer(
            [
                (line, state, PROBLEM if state is LineState.FAILED else None)
                for line, state in zip(lines, states, strict=False)
            ],
            now=NOW + timedelta(seconds=1),
        )
        for name, spec in (("Queue", QUEUE), ("Topic", TOPIC), ("E-mail für Köln", EMAIL)):
            presets.save(name, spec)
        for name in ("notification-tester-1", "notification-tester-2"):
            row_id = leftovers.planned(
                kind="queue", account=HERE[0], region="us-east-1", name=name, topic_arn=TOPIC.destination.text, now=NOW
            )
        leftovers.made(row_id, "https://sqs.us-east-1.amazonaws.com/123456789012/notification-tester-2")
        leftovers.told([row_id])
        Tested(database).last_of_spec(QUEUE, account=HERE[0], environment=HERE[1])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "history.sqlite3"
        _write(made)
        Path(sys.argv[1]).write_bytes(gzip.compress(made.read_bytes(), mtime=0))
