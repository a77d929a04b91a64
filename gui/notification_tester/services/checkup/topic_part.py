# SPDX-License-Identifier: MIT
"""The questions about a topic, then about each of its subscriptions, and about the queues and keys behind them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from notification_tester.aws.queues import Queue
from notification_tester.aws.topics import Topic
from notification_tester.domain.destination import QueueAddress, Transport, parse_destination
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.services.calls import answer_or_problem
from notification_tester.services.checkup.parts import Part, answered
from notification_tester.services.checkup.queues import SubscribedQueue, subscribed_queues_finding
from notification_tester.services.checkup.topic import (
    LOOKED_INTO,
    Listener,
    filter_findings,
    subscriber_findings,
    topic_access_findings,
    topic_findings,
)
from notification_tester.services.key_findings import asked_key, encryption_finding

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from notification_tester.aws.topics import Subscriber
    from notification_tester.domain.destination import TopicAddress
    from notification_tester.domain.finding import Finding
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.calls import Calls
    from notification_tester.services.checkup.parts import Question


class TopicPart(Part):
    """Begins with the topic and the list of its subscriptions; the rest begins as soon as that list is there."""

    def __init__(self, calls: Calls, opened: OpenAccount, address: TopicAddress, caller_id: Callable[[], str]) -> None:
        self._calls = calls
        self._opened = opened
        self._address = address
        self._caller_id = caller_id
        self._topic = Topic(opened.clients, address)
        self._state = calls.ask(self._topic.state)
        self._subscribers = calls.ask(self._topic.subscribers)
        self._listeners = calls.begin(self._ask_listeners)

    def questions(self) -> list[Question]:
        """The topic itself, who may send to it, its encryption, its subscriptions, their filters, their queues."""
        return [
            self._itself,
            self._access,
            self._encryption,
            self._subscriptions,
            self._filters,
            self._queues,
        ]

    def another_answers(self) -> bool:
        """Whether this destination's own service answered."""
        return answered(self._state.result())

    def _itself(self) -> list[Finding]:
        return topic_findings(self._address, self._state.result())

    def _access(self) -> list[Finding]:
        state = self._state.result()
        if isinstance(state, Problem):
            return []
        return topic_access_findings(self._address, state, caller=self._caller_id())

    def _encryption(self) -> list[Finding]:
        state = self._state.result()
        if isinstance(state, Problem):
            return []
        key = asked_key(self._calls, self._opened.clients, state.key_id, region=self._address.region)
        return [encryption_finding(place="topic", key=key)]

    def _subscriptions(self) -> list[Finding]:
        if not self._is_there():
            return []
        return subscriber_findings(self._subscribers.result())

    def _filters(self) -> list[Finding]:
        if not self._is_there():
            return []
        listeners = []
        for subscriber, said, _ in self._listeners.result():
            listeners.append(Listener(subscriber=subscriber, state=said.result()))
        return filter_findings(listeners)

    def _queues(self) -> list[Finding]:
        if not self._is_there():
            return []
        queues = []
        for _, _, queue in self._listeners.result():
            if queue is not None:
                queues.append(queue.result())
        return [subscribed_queues_finding(self._address, queues)] if queues else []

    def _is_there(self) -> bool:
        """Whether there is a topic: one that is not there has no subscribers to speak of."""
        state = self._state.result()
        return not isinstance(state, Problem) or state.cause is not Cause.DESTINATION

    def _ask_listeners(self) -> list[_Asked]:
        subscribers = self._subscribers.result()
        if isinstance(subscribers, Problem):
            return []
        return [
            (
                one,
                self._calls.ask(partial(self._topic.subscription, one.arn)),
                self._calls.begin(partial(self._subscribed_queue, one.endpoint)) if one.protocol == "sqs" else None,
            )
            for one in [one for one in subscribers if one.is_confirmed][:LOOKED_INTO]
        ]

    def _subscribed_queue(self, arn: str) -> SubscribedQueue:
        try:
            address = queue_of_arn(arn, endpoint=self._opened.clients.connection.aws_endpoint)
        except ProblemError as error:
            return SubscribedQueue(arn=arn, state=error.problem)
        state = answer_or_problem(Queue(self._opened.clients, address).state)
        if isinstance(state, Problem):
            return SubscribedQueue(arn=arn, state=state)
        key = asked_key(self._calls, self._opened.clients, state.key_id, region=arn.split(":")[3])
        return SubscribedQueue(arn=arn, state=state, key=key)


if TYPE_CHECKING:
    from typing import TypeAlias

    from notification_tester.aws.topics import SubscriptionState

    _Asked: TypeAlias = tuple[Subscriber, Future[SubscriptionState | Problem], Future[SubscribedQueue] | None]


def queue_of_arn(arn: str, *, endpoint: str) -> QueueAddress:
    """The address of a queue that a subscription names by its ARN. Raises ProblemError where it is none.

    ``endpoint`` is that of a service that is not Amazon's, empty otherwise.
    """
    parts = arn.split(":")
    region, account_id, name = parts[3:6] if len(parts) == 6 else ("", "", "")
    suffix = ".cn" if region.startswith("cn-") else ""
    host = endpoint or f"https://sqs.{region}.amazonaws.com{suffix}"
    address = parse_destination(Transport.SQS, f"{host.rstrip('/')}/{account_id}/{name}")
    if not isinstance(address, QueueAddress):
        raise TypeError(address)
    return address
