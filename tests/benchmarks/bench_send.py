# SPDX-License-Identifier: MIT
"""One test send, with its row in the history, against the same call made with boto3 and with the AWS CLI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Row, in_turn
from benchmarks.practice_cloud import bench
from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.practice.cloud import clean_environment
from notification_tester.services.sending.test_send import Options

if TYPE_CHECKING:
    from benchmarks.practice_cloud import Bench

GOAL = 1.1
CLI_GOAL = 1 / 20
_REPEATS = 201
_CLI_REPEATS = 5
_EVENT = EventType.ASSIGNMENT_SUBMITTED


def rows(*, repeats: int = _REPEATS, cli_repeats: int = _CLI_REPEATS) -> list[Row]:
    """Measure one warm send: ours with both of its rows in the history; nobody waits for the message."""
    with bench() as at:
        ours, bare = in_turn(
            lambda: _send(at), lambda: at.send_bare(_EVENT), repeats=repeats, warm_up=5, between=at.settle
        )
        note = "until the outcome is there, its row of history before the call included (the row is completed after "
        note += "the outcome is shown, outside of this time); reference: the call of a warm client"
        found = [Row(what="one test send, warm", ours=ours, reference=bare, goal=GOAL, note=note)]
        at.empty_queue()
        if _aws() is not None and cli_repeats:
            ours, cli = in_turn(lambda: _send(at), lambda: _send_by_cli(at), repeats=cli_repeats, between=at.settle)
            note = "the goal is a minimum: at least 20 times faster"
            what = "one test send, against the AWS CLI"
            found.append(Row(what=what, ours=ours, reference=cli, goal=CLI_GOAL, note=note))
    return found


def _send(at: Bench) -> None:
    outcomes = at.session.tests.run(
        at.opened,
        at.spec,
        [_EVENT],
        Options(wait_seconds=0),
        progress=lambda _: None,
        stop=threading.Event(),
    )
    if outcomes[0].accepted.state is not State.YES or outcomes[0].history_id is None:
        raise AssertionError(f"not sent, or not written down: {outcomes[0]}")


def _aws() -> Path | None:
    """The AWS CLI beside this Python; ``make bench`` installs it."""
    found = [Path(sys.executable).with_name(name) for name in ("aws", "aws.exe", "aws.cmd")]
    return next((path for path in found if path.exists()), None)


def _send_by_cli(at: Bench) -> None:
    details = at.details
    environment = {
        **clean_environment(os.environ),
        "AWS_ACCESS_KEY_ID": details.access_key_id,
        "AWS_SECRET_ACCESS_KEY": details.secret_access_key,
        "AWS_DEFAULT_REGION": details.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    words = [str(_aws()), "mturk", "send-test-event-notification", "--endpoint-url", details.mturk_endpoint]
    words += ["--notification", json.dumps(at.spec.to_request()), "--test-event-type", _EVENT.value]
    done = subprocess.run(words, env=environment, capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(f"aws ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
