# SPDX-License-Identifier: MIT
"""The parts of a checkup: each begins its calls when it is made, and judges their answers when it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from notification_tester.aws import probes
from notification_tester.aws.queues import Queue
from notification_tester.aws.reachability import another_service_answers
from notification_tester.aws.topics import Topic
from notification_tester.domain.destination import EmailAddress, QueueAddress, Transport, parse_destination
from notification_tester.domain.problem import Cause, Problem
from notification_tester.services.checkup_account import AccountAnswers, account_findings
from notification_tester.services.checkup_mail import look_up_domain, mail_findings, practice_domain
from notification_tester.services.checkup_queue import queue_findings
from notification_tester.services.checkup_topic import LOOKED_INTO, Listener, subscriber_findings, topic_findings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from dns.resolver import Resolver

    from notification_tester.aws.queues import QueueState
    from notification_tester.aws.topics import Subscriber, SubscriptionState
    from notification_tester.domain.destination import TopicAddress
    from notification_tester.domain.finding import Finding
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.checkup_calls import Calls


def another_answers(opened: OpenAccount) -> bool:
    """Whether any other service of Amazon's, or of this account's own, gives any answer."""
    return another_service_answers(opened.clients.connection.aws_endpoint)


class AccountPart:
    """The questions about the account."""

    def __init__(
        self, calls: Calls, opened: OpenAccount, *, now: Callable[[], datetime], ask_permissions: bool
    ) -> None:
        self._calls = calls
        self._opened = opened
        self._are_asked = ask_permissions
        clients = opened.clients

        def who() -> tuple[probes.WhoAndWhen, datetime]:
            answer = probes.who_and_when(clients)
            return answer, now()

        self._now = now
        self._who = calls.ask(who)
        self._balance = calls.ask(partial(probes.ask_balance, clients))
        self._probes = [
            calls.ask(partial(probe, clients))
            for probe in (probes.ask_to_test, probes.ask_to_set, probes.ask_to_list)
            if ask_permissions
        ]

    def caller_id(self) -> str:
        """The AWS account of the keys, empty where it cannot be told."""
        if self._opened.practice is not None:
            return self._opened.practice.details.account_id
        answer = self._calls.wait(self._who)
        return "" if isinstance(answer, Problem) else answer[0].caller.account_id

    def findings(self, another_answers: Callable[[], bool]) -> list[Finding]:
        """Wait for the answers and judge them."""
        answer = self._calls.wait(self._who)
        who, asked_at = (answer, self._now()) if isinstance(answer, Problem) else answer
        balance = self._calls.wait(self._balance)
        tests, sets, lists = [self._calls.wait(one) for one in self._probes] if self._are_asked else (None, None, None)
        answers = AccountAnswers(
            who=who,
            asked_at=asked_at,
            balance=balance,
            tests=tests,
            sets=sets,
            lists=lists,
            are_asked=self._are_asked,
        )
        environment = self._opened.account.environment
        return account_findings(answers, environment=environment, another_answers=another_answers)


class Part(ABC):
    """The questions about a destination."""

    @abstractmethod
    def findings(self, caller: str) -> list[Finding]:
        """Wait for the answers and judge them."""

    @abstractmethod
    def another_answers(self) -> bool:
        """Whether the destination's service gave any answer, or else any other of Amazon's does."""


class QueuePart(Part):
    """The questions about a queue."""

    def __init__(self, calls: Calls, opened: OpenAccount, address: QueueAddress) -> None:
        self._calls = calls
        self._address = address
        self._state = calls.ask(Queue(opened.clients, address).state)

    def findings(self, caller: str) -> list[Finding]:
        """Wait for the answers and judge them."""
        return queue_findings(self._address, self._calls.wait(self._state), caller=caller)

    def another_answers(self) -> bool:
        """Whether this destination's own service answered."""
        return _answered(self._calls.wait(self._state))


class TopicPart(Part):
    """The questions about a topic, then about each of its subscriptions."""

    def __init__(self, calls: Calls, opened: OpenAccount, address: TopicAddress) -> None:
        self._calls = calls
        self._opened = opened
        self._address = address
        self._topic = Topic(opened.clients, address)
        self._state = calls.ask(self._topic.state)
        self._subscribers = calls.ask(self._topic.subscribers)

    def findings(self, caller: str) -> list[Finding]:
        """Wait for the answers and judge them."""
        subscribers = self._calls.wait(self._subscribers)
        asked = [] if isinstance(subscribers, Problem) else self._ask_each(subscribers)
        state = self._calls.wait(self._state)
        findings = topic_findings(self._address, state, caller=caller)
        if isinstance(state, Problem) and state.cause is Cause.DESTINATION:
            return findings  # a topic that is not there has no subscribers to speak of
        listeners = [
            Listener(
                subscriber=subscriber,
                state=self._calls.wait(said),
                queue=None if queue is None else self._calls.wait(queue),
            )
            for subscriber, said, queue in asked
        ]
        return findings + subscriber_findings(self._address, subscribers, listeners)

    def another_answers(self) -> bool:
        """Whether this destination's own service answered."""
        return _answered(self._calls.wait(self._state))

    def _ask_each(self, subscribers: Sequence[Subscriber]) -> list[_Asked]:
        confirmed = [one for one in subscribers if one.is_confirmed][:LOOKED_INTO]
        return [
            (
                one,
                self._calls.ask(partial(self._topic.subscription, one.arn)),
                self._calls.ask(partial(self._queue_state, one.endpoint)) if one.protocol == "sqs" else None,
            )
            for one in confirmed
        ]

    def _queue_state(self, arn: str) -> QueueState:
        address = queue_of_arn(arn, endpoint=self._opened.clients.connection.aws_endpoint)
        return Queue(self._opened.clients, address).state()


_Asked: TypeAlias = "tuple[Subscriber, Future[SubscriptionState | Problem], Future[QueueState | Problem] | None]"


class MailPart(Part):
    """The one question about a mailbox."""

    def __init__(self, calls: Calls, opened: OpenAccount, address: EmailAddress, resolver: Resolver | None) -> None:
        self._calls = calls
        self._opened = opened
        self._address = address
        look_up = (
            partial(practice_domain, address)
            if opened.practice is not None
            else partial(look_up_domain, address, resolver=resolver)
        )
        self._domain = calls.ask(look_up)

    def findings(self, caller: str) -> list[Finding]:
        """Wait for the answers and judge them."""
        del caller  # a mailbox belongs to no AWS account
        domain = self._calls.wait(self._domain)
        if isinstance(domain, Problem):
            raise TypeError(domain)
        return mail_findings(self._address, domain=domain)

    def another_answers(self) -> bool:
        """Whether any other service answers; a mailbox has none of its own here."""
        return another_answers(self._opened)


def _answered(answer: object) -> bool:
    return not isinstance(answer, Problem) or answer.cause not in {Cause.UNREACHABLE, Cause.NO_NETWORK}


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
