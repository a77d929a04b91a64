# SPDX-License-Identifier: MIT
"""A queue of our own behind a topic, for as long as a test waits or a topic is followed; and how such queues, and those
that tests are sent through (:mod:`services.sending.throwaway`), are removed.

Where the disk allows it each is written down before it is made, with all that is needed to find it again by name. Queue
and subscription are removed each for itself, and the record goes when it is confirmed that both are gone. What could
not be removed is left to a later start (:mod:`services.leftover_removal`).
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from notification_tester.aws.queues import (
    NAME_PREFIX,
    OURS,
    Queue,
    create_queue,
    delete_by_name,
    policy_for_topic,
)
from notification_tester.aws.topics import Topic
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from notification_tester.domain.destination import TopicAddress
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.leftovers import Leftover, Leftovers

KIND = "topic-test-queue"

ATTRIBUTES = {"MessageRetentionPeriod": "3600", "SqsManagedSseEnabled": "true"}
"""Should the queue stay behind, what is in it is gone after an hour."""


@dataclass(frozen=True, kw_only=True)
class TemporaryQueue:
    """The queue, its subscription, and its record."""

    opened: OpenAccount
    queue: Queue
    topic: Topic
    subscription_arn: str
    record: Record

    @classmethod
    def create(cls, opened: OpenAccount, topic: Topic, leftovers: Leftovers | None) -> TemporaryQueue:
        """Make the queue, let the topic in, subscribe. Raises ProblemError with nothing left behind where possible."""
        name = f"{NAME_PREFIX}{secrets.token_hex(6)}"
        record = written_down(leftovers, opened, kind=KIND, region=topic.address.region, name=name, topic=topic.address)
        queue: Queue | None = None
        is_subscribing = is_pending = False
        try:
            queue = create_queue(
                opened.clients, name=name, region=topic.address.region, attributes=ATTRIBUTES, tags=OURS
            )
            arn = queue.address.arn(topic.address.region)
            queue.set_policy(policy_for_topic(arn, topic.address.text))
            is_subscribing = True
            subscription = topic.subscribe_queue(arn)
            is_pending = not subscription.startswith("arn:")
            if is_pending:
                raise _not_confirmed(name, topic.address)
        except ProblemError as error:
            is_gone = [partial(take_back_queue, opened, error, name, topic.address.region, queue)]
            unsubscribe = partial(Topic(opened.clients.once, topic.address).unsubscribe_queue, name)
            if is_subscribing and error.perhaps_done:
                # Its answer was lost, so that it may yet appear: not to find it now proves nothing.
                is_gone.insert(0, unsubscribe)
            elif is_pending:
                # One that was confirmed meanwhile has an ARN by now. SNS removes no other, and deletes it by itself
                # after 48 hours (SNS Developer Guide, "Deleting an Amazon SNS topic and subscription").
                is_gone.insert(0, partial(_tried, unsubscribe))
            # What cannot be removed now stays in the record for a later start.
            answers, problem = each_for_itself(is_gone)
            if problem is None and all(answers):
                record.removed()
            raise
        record.made(queue.address.url)
        return cls(opened=opened, queue=queue, topic=topic, subscription_arn=subscription, record=record)

    def remove(self) -> Problem | None:
        """Remove subscription and queue; why one of them stays, which is then left to a later start."""
        once = self.opened.clients.once
        region = self.topic.address.region
        steps = (
            partial(Topic(once, self.topic.address).unsubscribe, self.subscription_arn),
            partial(delete_by_name, once, name=self.queue.address.name, region=region, url=self.queue.address.url),
        )
        _, problem = each_for_itself(steps)
        if problem is None:
            self.record.removed()
            return None
        return stays(self.queue.address.name, region, problem)


@dataclass(frozen=True)
class Record:
    """What is written down of a queue of ours; without ``leftovers``, because the disk is broken, nothing is."""

    leftovers: Leftovers | None
    id: int | None

    def made(self, url: str) -> None:
        """The queue is there."""
        if self.leftovers is not None and self.id is not None:
            with suppress(ProblemError):  # it is found by its name as well
                self.leftovers.made(self.id, address=url)

    def removed(self) -> None:
        """It is confirmed that nothing of it is left."""
        if self.leftovers is not None and self.id is not None:
            with suppress(ProblemError):  # the next start looks for it in vain, and forgets it then
                self.leftovers.removed(self.id)


def written_down(
    leftovers: Leftovers | None, opened: OpenAccount, *, kind: str, region: str, name: str, topic: TopicAddress | None
) -> Record:
    """Write down a queue that is about to be made. Raises ProblemError where that cannot be done."""
    if leftovers is None:
        return Record(None, None)
    row_id = leftovers.planned(
        kind=kind,
        account=opened.account.kept_as,
        region=region,
        name=name,
        topic_arn="" if topic is None else topic.text,
        now=datetime.now(tz=UTC),
    )
    return Record(leftovers, row_id)


def each_for_itself(steps: Iterable[Callable[[], bool]]) -> tuple[list[bool], Problem | None]:
    """Carry out all steps, whether or not one fails: their answers, and the problem of the first that failed.

    Where nothing answers, the steps that are left would wait in vain.
    """
    answers: list[bool] = []
    first: Problem | None = None
    for step in steps:
        try:
            answers.append(step())
        except ProblemError as error:
            first = first or error.problem
            if error.problem.cause in {Cause.NO_NETWORK, Cause.UNREACHABLE}:
                break
    return answers, first


def _tried(step: Callable[[], bool]) -> bool:
    """Carry out a step after which nothing of ours is left, whether it found something or not."""
    step()
    return True


def _not_confirmed(name: str, topic: TopicAddress) -> ProblemError:
    return ProblemError(
        Problem(
            title="The topic waits for a confirmation before it passes anything on to the program.",
            detail=f"Amazon SNS took the subscription of the temporary queue “{name}” to “{topic.name}”, and wants it "
            "confirmed first, which the program does not do for somebody else's topic. The queue is removed again, at "
            "the latest by the program's next start. The subscription nobody can remove while it waits: the topic's "
            "list may show it as pending for 48 hours, after which Amazon SNS deletes it.",
            remedy="Test with a queue instead, or ask the topic's owner to let these keys subscribe to it.",
            code="topic.not-confirmed",
            cause=Cause.DESTINATION,
        )
    )


def stays(name: str, region: str, why: Problem) -> Problem:
    """Say that something temporary could not be removed, and what comes next."""
    return replace(
        why,
        title="A temporary queue could not be removed.",
        detail=f"“{name}” in {region}, or its subscription, may still be there. {why.title} {why.detail}",
        remedy=f"The next start of this program tries again. {why.remedy}",
    )


def remove_leftover(opened: OpenAccount, leftover: Leftover, *, is_own_account: bool) -> None:
    """Remove queue and subscription that an earlier start left; what is gone already is no error.

    ``is_own_account`` is as for :func:`aws.queues.delete_by_name`. Raises ProblemError once both were tried.
    """
    once = opened.clients.once
    steps: list[Callable[[], bool]] = []
    if leftover.topic_arn:
        topic = cast("TopicAddress", parse_destination(Transport.SNS, leftover.topic_arn))
        steps.append(partial(Topic(once, topic).unsubscribe_queue, leftover.name))
    steps.append(
        partial(
            delete_by_name,
            once,
            name=leftover.name,
            region=leftover.region,
            url=leftover.address,
            is_own_account=is_own_account,
        )
    )
    _, problem = each_for_itself(steps)
    if problem is not None:
        raise ProblemError(problem)


def take_back_queue(opened: OpenAccount, failed: ProblemError, name: str, region: str, made: Queue | None) -> bool:
    """Remove a queue that could not be made as it should be; whether it is certain that there is none.

    Where the answer to its making was lost it may yet appear, so that not to find it now proves nothing.
    """
    if made is None and not failed.perhaps_done:
        return True
    return delete_by_name(opened.clients.once, name=name, region=region) or made is not None


def topic_behind(policy: str) -> str:
    """The ARN of the topic that a queue of ours listens to, by the policy that it was made with; empty for none."""
    try:
        (statement,) = json.loads(policy)["Statement"]
        arn = str(statement["Condition"]["ArnEquals"]["aws:SourceArn"])
        parse_destination(Transport.SNS, arn)
    except (ValueError, KeyError, TypeError, ProblemError):
        return ""
    return arn
