# SPDX-License-Identifier: MIT
"""A bulk run that is killed at any moment: afterwards the record and the service agree, line by line."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.setting import Action, LineState
from services.market import Market, market_at, marketplace, new_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.storage.places import Places

ROUNDS = 50
TYPES = 40

EVENTS = ("AssignmentSubmitted", "AssignmentReturned", "HITExpired", "HITReviewable", "AssignmentAccepted")


@dataclass
class Nursery:
    """Programs that begin a bulk run when they are told to."""

    process: subprocess.Popen[str]
    calls: int = 0

    def begin(self, task: object) -> int:
        """Start one; returns its number."""
        self.calls = 0
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        return int(self._line_that_is_no_call())

    def wait_for_calls(self, count: int) -> None:
        """Until it is about to make its call number ``count``."""
        while self.calls < count:
            assert self._line() == "call"

    def wait(self) -> None:
        assert self._line_that_is_no_call() == "gone"

    def _line_that_is_no_call(self) -> str:
        while (line := self._line()) == "call":
            pass
        return line

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        self.calls += line == "call"
        return line


@pytest.fixture
def market(places: Places) -> Iterator[Market]:
    with marketplace(hits=TYPES, hit_types=TYPES) as opened, market_at(opened, places) as found:
        yield found


@pytest.fixture
def nursery(market: Market) -> Iterator[Nursery]:
    here = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(here.parent)}
    process = subprocess.Popen(
        [sys.executable, str(here / "bulk_child.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    )
    with process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(market.cloud.details.as_json()) + "\n")
        process.stdin.flush()
        yield Nursery(process)
        process.stdin.close()
        process.wait()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="there is neither fork nor SIGKILL")
def test_killed_at_fifty_moments(market: Market, nursery: Nursery) -> None:
    ids = new_ids(market.opened, TYPES)
    chance = random.Random(20260131)  # noqa: S311 - so that a failure can be repeated, as far as moments can
    pause = threading.Event()
    call_seconds = 0.01  # about as long as one takes, with all that are made at the same time
    left_open = 0
    whole = market.do(ids)  # first all of them, or to switch would be refused with reason
    assert whole.failed == ()
    for _ in range(ROUNDS):
        action = chance.choice([Action.APPLY] * 3 + list(Action)[1:5])
        is_apply = action is Action.APPLY
        task = {
            "database": str(market.database.path),
            "action": action.value,
            "destination": market.cloud.details.queue_url if is_apply else "",
            "events": chance.sample(EVENTS, chance.randint(1, 4)) if is_apply else [],
            "ids": ids,
        }
        process_id = nursery.begin(task)
        nursery.wait_for_calls(chance.randint(0, TYPES - 1))
        pause.wait(chance.uniform(0, call_seconds))
        with contextlib.suppress(ProcessLookupError):  # it was quicker
            os.kill(process_id, signal.SIGKILL)
        nursery.wait()
        changes = market.hit_types.unknown(market.opened)
        left_open += bool(changes)
        outcome = market.run(changes)
        assert outcome.failed == ()
        assert market.hit_types.unknown(market.opened) == ()
        agree(market, ids)
    assert left_open > ROUNDS / 3, "the kills came too early or too late to show anything"


def agree(market: Market, ids: list[HitTypeId]) -> None:
    """The record and the service, of which each HIT type has its line."""
    recorded, real = market.recorded(ids), market.real(ids)
    assert {one: (recorded[one], real[one]) for one in ids if recorded[one] != real[one]} == {}
    known = market.ledger.known(*market.hit_types.recorded_as(market.opened))
    assert {one.newest.state for one in known.values()} <= {LineState.APPLIED, LineState.FAILED}
