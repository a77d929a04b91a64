# SPDX-License-Identifier: MIT
"""Can notifications arrive at this destination? All questions are asked side by side, then the answers are judged.

Only a topic's subscriptions need a second round (who is subscribed, then what each of them says), so a checkup takes as
long as its slowest call, or its slowest two for a topic. No call changes anything, and no message is read.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from notification_tester.aws import probes
from notification_tester.aws.queues import Queue
from notification_tester.aws.reachability import another_service_answers
from notification_tester.aws.topics import Topic
from notification_tester.domain.destination import EmailAddress, QueueAddress, Transport, parse_destination
from notification_tester.domain.finding import CheckupReport, Finding, Level
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.services.checkup_account import AccountAnswers, account_findings
from notification_tester.services.checkup_mail import look_up_domain, mail_findings, practice_domain
from notification_tester.services.checkup_queue import queue_findings
from notification_tester.services.checkup_topic import LOOKED_INTO, Listener, subscriber_findings, topic_findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dns.resolver import Resolver

    from notification_tester.aws.queues import QueueState
    from notification_tester.aws.topics import Subscriber
    from notification_tester.domain.destination import Destination, TopicAddress
    from notification_tester.services.accounts import OpenAccount

Answer = TypeVar("Answer")

SIDE_BY_SIDE = 2 * LOOKED_INTO + 8
"""Calls at the same time at most: everything there is to ask."""

LISTEN_SECONDS = 0.05
"""How soon Cancel is noticed."""


class Checkup:
    """Looks at accounts and destinations. Safe to call from any thread.

    ``now`` is this computer's clock, and ``resolver`` who is asked about mail domains; both are for tests.
    """

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(tz=UTC), resolver: Resolver | None = None
    ) -> None:
        self._now = now
        self._resolver = resolver

    def run(
        self,
        opened: OpenAccount,
        destination: Destination,
        *,
        progress: Callable[[Finding], None] | None = None,
        stop: threading.Event,
        ask_permissions: bool = True,
    ) -> CheckupReport:
        """Look at the account and one destination.

        ``progress`` hears of every finding as soon as it is made, from this thread. Without ``ask_permissions`` the
        calls that ask Mechanical Turk what these keys may do are left out, for a checkup that nobody asked for. When
        ``stop`` is set, the report has what was found until then and says so. A failed call is a finding, never an
        exception.
        """
        return self._run(opened, destination, progress=progress, stop=stop, ask_permissions=ask_permissions)

    def account(
        self,
        opened: OpenAccount,
        *,
        progress: Callable[[Finding], None] | None = None,
        stop: threading.Event | None = None,
    ) -> CheckupReport:
        """Look at the account alone."""
        return self._run(opened, None, progress=progress, stop=stop or threading.Event(), ask_permissions=True)

    def _run(
        self,
        opened: OpenAccount,
        destination: Destination | None,
        *,
        progress: Callable[[Finding], None] | None,
        stop: threading.Event,
        ask_permissions: bool,
    ) -> CheckupReport:
        found: list[Finding] = []

        def tell(findings: Iterable[Finding]) -> None:
            for finding in findings:
                found.append(finding)
                if progress is not None:
                    progress(finding)

        about = f"Account {opened.account.name} ({opened.account.environment.badge.lower()})"
        if destination is not None:
            about += f", {destination.transport.value} to {destination.text}"
        calls = _Calls(stop)
        try:
            account = _AccountPart(calls, opened, now=self._now, ask_permissions=ask_permissions)
            match destination:
                case None:
                    part: _Part | None = None
                case QueueAddress():
                    part = _QueuePart(calls, opened, destination)
                case EmailAddress():
                    part = _MailPart(calls, opened, destination, self._resolver)
                case _:
                    part = _TopicPart(calls, opened, destination)
            if part is not None:
                tell(part.findings(account.caller_id()))
            another_answers = part.another_answers if part is not None else partial(_another, opened)
            tell(account.findings(another_answers))
        except _StoppedError:
            tell([_STOPPED])
        finally:
            calls.close()
        return CheckupReport.of(found, about=about)


_STOPPED = Finding(
    id="checkup.stopped",
    level=Level.UNKNOWN,
    title="The checkup was stopped before its end.",
    detail="What is not listed was not looked at.",
    remedy="Check again.",
)


class _StoppedError(Exception):
    """The person has had enough."""


class _Calls:
    """Calls that run side by side; each becomes its answer, or the Problem that it met."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._pool = ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="checkup")

    def ask(self, call: Callable[[], Answer]) -> Future[Answer | Problem]:
        """Begin one call."""
        return self._pool.submit(_answer_or_problem, call)

    def wait(self, future: Future[Answer]) -> Answer:
        """Wait for it, unless the person stops. Raises _StoppedError."""
        while not self._stop.is_set():
            try:
                return future.result(timeout=LISTEN_SECONDS)
            except NotYet:
                if future.done():
                    raise
        raise _StoppedError

    def close(self) -> None:
        """Begin nothing more; what is under way ends by itself and is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _answer_or_problem(call: Callable[[], Answer]) -> Answer | Problem:
    try:
        return call()
    except ProblemError as error:
        return error.problem


def _another(opened: OpenAccount) -> bool:
    return another_service_answers(opened.clients.connection.aws_endpoint)


class _AccountPart:
    """The questions about the account."""

    def __init__(
        self, calls: _Calls, opened: OpenAccount, *, now: Callable[[], datetime], ask_permissions: bool
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


class _Part:
    """The questions about a destination."""

    def findings(self, caller: str) -> list[Finding]:
        """Wait for the answers and judge them."""
        raise NotImplementedError

    def another_answers(self) -> bool:
        """Whether the destination's service gave any answer, or else any other of Amazon's does."""
        raise NotImplementedError


class _QueuePart(_Part):
    def __init__(self, calls: _Calls, opened: OpenAccount, address: QueueAddress) -> None:
        self._calls = calls
        self._address = address
        self._state = calls.ask(Queue(opened.clients, address).state)

    def findings(self, caller: str) -> list[Finding]:
        return queue_findings(self._address, self._calls.wait(self._state), caller=caller)

    def another_answers(self) -> bool:
        return _answered(self._calls.wait(self._state))


class _TopicPart(_Part):
    def __init__(self, calls: _Calls, opened: OpenAccount, address: TopicAddress) -> None:
        self._calls = calls
        self._opened = opened
        self._address = address
        self._topic = Topic(opened.clients, address)
        self._state = calls.ask(self._topic.state)
        self._subscribers = calls.ask(self._topic.subscribers)

    def findings(self, caller: str) -> list[Finding]:
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
        return _answered(self._calls.wait(self._state))

    def _ask_each(self, subscribers: Sequence[Subscriber]) -> list[tuple[Subscriber, Future, Future | None]]:
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


class _MailPart(_Part):
    def __init__(self, calls: _Calls, opened: OpenAccount, address: EmailAddress, resolver: Resolver | None) -> None:
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
        del caller  # a mailbox belongs to no AWS account
        domain = self._calls.wait(self._domain)
        if isinstance(domain, Problem):
            raise TypeError(domain)
        return mail_findings(self._address, domain=domain)

    def another_answers(self) -> bool:
        return _another(self._opened)


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
