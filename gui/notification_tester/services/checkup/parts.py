# SPDX-License-Identifier: MIT
"""The parts of a checkup: each begins its calls when it is made, and its questions judge their answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from notification_tester.aws import probes
from notification_tester.aws.queues import Queue
from notification_tester.aws.reachability import another_service_answers
from notification_tester.domain.problem import Cause, Problem
from notification_tester.services.checkup.account import AccountAnswers, account_findings
from notification_tester.services.checkup.mail import look_up_domain, mail_findings, practice_domain
from notification_tester.services.checkup.queue import queue_access_findings, queue_findings
from notification_tester.services.key_findings import asked_key, encryption_finding

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from datetime import datetime

    from dns.resolver import Resolver

    from notification_tester.domain.destination import EmailAddress, QueueAddress
    from notification_tester.domain.finding import Finding
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.calls import Calls
    from notification_tester.services.readers import Readers

    Question: TypeAlias = Callable[[], list[Finding]]


class Part(ABC):
    """The questions about a destination."""

    @abstractmethod
    def questions(self) -> list[Question]:
        """What is to be found out, in the order in which it is told; each waits for its own answers."""

    @abstractmethod
    def another_answers(self) -> bool:
        """Whether the destination's service gave any answer, or else any other of Amazon's does."""


class AccountPart:
    """The questions about the account."""

    def __init__(
        self, calls: Calls, opened: OpenAccount, *, now: Callable[[], datetime], ask_permissions: bool
    ) -> None:
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
        answer = self._who.result()
        return "" if isinstance(answer, Problem) else answer[0].caller.account_id

    def findings(self, another_answers: Callable[[], bool]) -> list[Finding]:
        """Judge keys, clock, service, link and permissions: each of them rests on all answers.

        ``another_answers`` is asked only where neither Mechanical Turk nor STS gave any answer.
        """
        answer = self._who.result()
        who, asked_at = (answer, self._now()) if isinstance(answer, Problem) else answer
        tests, sets, lists = [one.result() for one in self._probes] if self._are_asked else (None, None, None)
        answers = AccountAnswers(
            who=who,
            asked_at=asked_at,
            balance=self._balance.result(),
            tests=tests,
            sets=sets,
            lists=lists,
            are_asked=self._are_asked,
        )
        others_answer = another_answers() if answers.nobody_answered else True
        return account_findings(answers, environment=self._opened.account.environment, others_answer=others_answer)


class QueuePart(Part):
    """The questions about a queue, then about its key where it has one."""

    def __init__(
        self,
        calls: Calls,
        opened: OpenAccount,
        address: QueueAddress,
        caller_id: Callable[[], str],
        readers: Readers,
    ) -> None:
        self._readers = readers
        self._calls = calls
        self._opened = opened
        self._address = address
        self._caller_id = caller_id
        self._state = calls.ask(Queue(opened.clients, address).state)

    def questions(self) -> list[Question]:
        """The queue itself, who may send to it, and its encryption."""
        return [self._itself, self._access, self._encryption]

    def another_answers(self) -> bool:
        """Whether this destination's own service answered."""
        return answered(self._state.result())

    def _itself(self) -> list[Finding]:
        return queue_findings(self._address, self._state.result(), ours=self._readers.held(self._address))

    def _access(self) -> list[Finding]:
        state = self._state.result()
        if isinstance(state, Problem):
            return []
        return queue_access_findings(self._address, state, caller=self._caller_id())

    def _encryption(self) -> list[Finding]:
        state = self._state.result()
        if isinstance(state, Problem):
            return []
        key = asked_key(self._calls, self._opened.clients, state.key_id, region=self._address.region)
        return [encryption_finding(place="queue", key=key, is_by_sqs=state.is_encrypted_by_sqs)]


class MailPart(Part):
    """The one question about a mailbox."""

    def __init__(self, calls: Calls, opened: OpenAccount, address: EmailAddress, resolver: Resolver | None) -> None:
        self._address = address
        look_up = (
            partial(practice_domain, address)
            if opened.practice is not None
            else partial(look_up_domain, address, resolver=resolver)
        )
        self._domain = calls.ask(look_up)
        self._another = _another_answers(calls, opened)

    def questions(self) -> list[Question]:
        """The address and its domain."""
        return [self._itself]

    def another_answers(self) -> bool:
        """Whether any other service answers; a mailbox has none of its own here."""
        return self._another.result() is True

    def _itself(self) -> list[Finding]:
        domain = self._domain.result()
        if isinstance(domain, Problem):
            raise TypeError(domain)
        return mail_findings(self._address, domain=domain)


class NoPart(Part):
    """No destination: the account alone."""

    def __init__(self, calls: Calls, opened: OpenAccount) -> None:
        self._another = _another_answers(calls, opened)

    def questions(self) -> list[Question]:
        """There is nothing to find out."""
        return []

    def another_answers(self) -> bool:
        """Whether any other service answers."""
        return self._another.result() is True


def answered(answer: object) -> bool:
    """Whether an answer, or the Problem in its place, shows that the service was reached."""
    return not isinstance(answer, Problem) or answer.cause not in {Cause.UNREACHABLE, Cause.NO_NETWORK}


def _another_answers(calls: Calls, opened: OpenAccount) -> Future[bool | Problem]:
    """Ask beside all else, although it matters only where nobody else answers: then it has not to be waited for."""
    return calls.ask(partial(another_service_answers, opened.clients))
