# SPDX-License-Identifier: MIT
"""What a run of the program gives back and writes down before it is over."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from notification_tester.domain.account import PRACTICE, Account, Credentials, Environment, KeySource
from notification_tester.domain.destination import Transport
from notification_tester.domain.notification import parse_spec
from notification_tester.practice.faults import Faults
from notification_tester.services.session import Session
from notification_tester.services.test_send import Options
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.rows import Outcome
from recording_proxy import recording
from services.parts import SUBMITTED

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.storage.places import Places
    from services.parts import Outside


def test_at_the_end_what_a_test_made_is_removed_and_its_row_is_written(
    places: Places, cloud: PracticeCloud, outside: Outside
) -> None:
    details = cloud.details
    account = Account(name="Lab", environment=Environment.OTHER, source=KeySource.SESSION,
                      endpoint=details.mturk_endpoint, aws_endpoint=details.aws_endpoint)  # fmt: skip
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    spec = parse_spec(transport=Transport.SNS, destination=details.topic_arn, events=[SUBMITTED.value])
    before = outside.subscriptions()
    with Session(places) as session:
        session.accounts.add(account, keys)
        opened = session.accounts.open(account)
        (outcome,) = session.tests.run(
            opened, spec, [SUBMITTED], Options(), progress=lambda _: None, stop=threading.Event()
        )
        assert outcome.history_id is not None
        cloud.set_faults(Faults(slow_elsewhere_seconds=0.5))  # so that removing takes longer than ending
    cloud.set_faults(Faults())
    assert outside.temporary_queues() == []
    assert outside.subscriptions() == before
    with Database(places.database) as database:
        row = History(database).row(outcome.history_id)
    assert row is not None
    assert row.outcome is Outcome.GOOD


def test_practice_is_asked_without_the_proxy(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recording(tmp_path) as recorder:
        for name, value in recorder.variables.items():
            monkeypatch.setenv(name, value)
        assert session.accounts.who_am_i(PRACTICE).user == "practice"
        assert session.accounts.open(PRACTICE).clients.sqs().list_queues()["QueueUrls"]
        assert recorder.calls == []
