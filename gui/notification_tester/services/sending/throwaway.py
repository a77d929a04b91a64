# SPDX-License-Identifier: MIT
"""Test without touching anybody's queue: a temporary one that lets Mechanical Turk in, used for one test, removed.

Whether the test arrives there tells whether Mechanical Turk works at all, apart from one's own queue. Each queue is
written down before it is made; a later start removes what a crash left, and what is there can be listed and removed by
hand.
"""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from notification_tester.aws.queues import NAME_PREFIX, OURS, Queue, create_queue, delete_by_name, list_ours
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import REGION
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import TopicAddress, Transport, parse_destination
from notification_tester.domain.policy.judgement import with_grant
from notification_tester.domain.problem import ProblemError
from notification_tester.services import temporary_queue
from notification_tester.services.refusals import source_account
from notification_tester.services.temporary_queue import Record, written_down

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.destination import QueueAddress
    from notification_tester.domain.events import EventType
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.test_send import Options, Progress, TestSend
    from notification_tester.storage.leftovers import Leftovers

KIND = "throwaway-queue"
RETENTION_SECONDS = 3600
"""Should the queue stay behind, what is in it is gone after an hour."""


SIDE_BY_SIDE = 8
"""Queues that are looked at at the same time."""


@dataclass(frozen=True, kw_only=True)
class TemporaryFound:
    """A queue of this program that is there now; ``waiting`` and ``age`` are None where that could not be read.

    ``is_left``: an earlier start on this computer made it and has ended. Any other may be in use, here or elsewhere.
    ``topic_arn`` is the topic that it was made to listen to, empty where there is none.
    """

    address: QueueAddress
    waiting: int | None = None
    age: timedelta | None = None
    is_left: bool = False
    topic_arn: str = ""


class Removed(NamedTuple):
    """The queues that are left, and what was in the way of the first that could not be removed."""

    left: Sequence[TemporaryFound]
    problem: Problem | None


class Throwaway:
    """Tests through queues of our own. Every method may raise ProblemError, but for ``remove_all``."""

    def __init__(self, *, tests: TestSend, leftovers: Leftovers | None) -> None:
        self._tests = tests
        self._leftovers = leftovers

    def run(
        self,
        opened: OpenAccount,
        spec: NotificationSpec,
        event: EventType,
        options: Options,
        *,
        progress: Callable[[Progress], None],
        stop: threading.Event,
    ) -> TestOutcome:
        """Make a queue, test ``event`` through it with the version and events of ``spec``, and remove it.

        The outcome's specification has the temporary queue as its destination, and its first note says what the
        outcome tells. ProblemError is raised only where the queue could not be made.
        """
        queue, record = self._create(opened)
        try:
            (outcome,) = self._tests.run(
                opened,
                replace(spec, destination=queue.address),
                [event],
                replace(options, remove_afterwards=True, read_anyway=True, is_for_it_alone=True),
                progress=progress,
                stop=stop,
            )
        finally:
            left = self._remove(opened, queue, record)
        stays = () if left is None else (f"{left.title} {left.detail} {left.remedy}",)
        return replace(outcome, notes=(conclusion(outcome), *stays, *outcome.notes))

    def found(self, opened: OpenAccount) -> tuple[TemporaryFound, ...]:
        """List every queue in the account that this program made, whichever computer did; some may be in use.

        Looked for in Mechanical Turk's region, and where this computer has left one.
        """
        left = [] if self._leftovers is None else self._leftovers.open_ones()
        regions = {REGION, *(one.region for one in left if one.account == opened.account.kept_as)}
        addresses = [one for region in sorted(regions) for one in list_ours(opened.clients, region=region)]
        names = frozenset(one.name for one in left)
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="throwaway") as pool:
            return tuple(pool.map(partial(_look, opened, names), addresses))

    def remove(self, opened: OpenAccount, found: TemporaryFound) -> bool:
        """Remove one of them by hand, its subscription as well; False where it is gone already.

        Raises ValueError for one that is not ours.
        """
        name, region = found.address.name, found.address.region or REGION
        once = opened.clients.once
        records = [] if self._leftovers is None else [one for one in self._leftovers.open_ones() if one.name == name]
        topics = {one for one in (found.topic_arn, *(record.topic_arn for record in records)) if one}
        steps: list[Callable[[], bool]] = []
        for arn in topics:
            topic = cast("TopicAddress", parse_destination(Transport.SNS, arn))
            steps.append(partial(Topic(once, topic).unsubscribe_queue, name))
        steps.append(partial(delete_by_name, once, name=name, region=region, url=found.address.url))
        answers, problem = temporary_queue.each_for_itself(steps)
        if problem is not None:
            raise ProblemError(temporary_queue.stays(name, region, problem))
        if self._leftovers is not None:
            for record in records:
                self._leftovers.removed(record.id)
        return answers[-1]

    def remove_all(self, opened: OpenAccount, queues: Sequence[TemporaryFound]) -> Removed:
        """Remove some of them, as far as it goes; nothing is raised."""
        problem: Problem | None = None
        gone: list[TemporaryFound] = []
        for one in queues:
            try:
                self.remove(opened, one)
                gone.append(one)
            except ProblemError as error:
                problem = problem or error.problem
        left: Sequence[TemporaryFound] = [one for one in queues if one not in gone]
        try:
            # SQS lists a queue for up to a minute after it was deleted.
            addresses = {one.address for one in gone}
            left = [one for one in self.found(opened) if one.address not in addresses]
        except ProblemError as error:
            problem = problem or error.problem
        return Removed(left=left, problem=problem)

    def _create(self, opened: OpenAccount) -> tuple[Queue, Record]:
        name = f"{NAME_PREFIX}{secrets.token_hex(6)}"
        record = written_down(self._leftovers, opened, kind=KIND, region=REGION, name=name, topic=None)
        queue: Queue | None = None
        try:
            queue, policy = _make(opened, name)
            if policy:
                queue.set_policy(policy)
        except ProblemError as error:
            with suppress(ProblemError):  # what cannot be removed now stays in the record for a later start
                if temporary_queue.take_back_queue(opened, error, name, REGION, queue):
                    record.removed()
            raise
        record.made(queue.address.url)
        return queue, record

    def _remove(self, opened: OpenAccount, queue: Queue, record: Record) -> Problem | None:
        """Remove the queue; why it stays, which is then left to a later start."""
        name, url = queue.address.name, queue.address.url
        _, problem = temporary_queue.each_for_itself(
            [partial(delete_by_name, opened.clients.once, name=name, region=REGION, url=url)]
        )
        if problem is not None:
            return temporary_queue.stays(name, REGION, problem)
        record.removed()
        return None


def conclusion(outcome: TestOutcome) -> str:
    """What a test through a throw-away queue tells about Mechanical Turk and one's own queue."""
    if outcome.arrived.state is State.YES:
        return (
            "Mechanical Turk works: the test came through a queue made for it. If it does not come through your own, "
            "the reason is most likely there."
        )
    if outcome.accepted.state is State.NO:
        return (
            "Mechanical Turk did not take a test even toward a queue made for it, so your own queue alone is not the "
            "reason. AWS may need up to a minute until a new queue's policy counts everywhere: if in doubt, try once "
            "more."
        )
    if outcome.accepted.state is State.UNKNOWN and outcome.arrived.state is State.NO:
        return (
            "Mechanical Turk gave no clear answer even toward a queue made for it, and no test was seen there. Your "
            "own queue alone is hardly the reason."
        )
    if outcome.arrived.state is State.NO:
        return (
            "The test was not seen in time in a queue that was made for it, lets Mechanical Turk in, and is read by "
            "this program alone. It was lost on the way or is late; your own queue alone is hardly the reason."
        )
    return "This test tells nothing about Mechanical Turk or your own queue: whether it arrived is not known."


def _make(opened: OpenAccount, name: str) -> tuple[Queue, str]:
    """Make the queue; the policy that it has yet to get, empty where it has one from the first moment."""
    owner = source_account(opened)
    attributes = {"MessageRetentionPeriod": str(RETENTION_SECONDS), "SqsManagedSseEnabled": "true"}
    if owner:  # with its policy from the first moment: later changes take up to a minute to count everywhere
        attributes["Policy"] = _policy(f"arn:aws:sqs:{REGION}:{owner}:{name}", owner)
    queue = create_queue(opened.clients, name=name, region=REGION, attributes=attributes, tags=OURS)
    return queue, "" if owner else _policy(queue.address.arn(REGION), "")


def _policy(arn: str, owner: str) -> str:
    return json.dumps(json.loads(with_grant(None, arn, owner)))


def _look(opened: OpenAccount, left: frozenset[str], address: QueueAddress) -> TemporaryFound:
    try:
        state = Queue(opened.clients, address).state()
    except ProblemError:
        return TemporaryFound(address=address, is_left=address.name in left)
    return TemporaryFound(
        address=address,
        waiting=state.waiting,
        age=None if state.created_at is None else max(timedelta(0), state.server_time - state.created_at),
        is_left=address.name in left,
        topic_arn=temporary_queue.topic_behind(state.policy),
    )
