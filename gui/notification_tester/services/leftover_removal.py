# SPDX-License-Identifier: MIT
"""Removing what earlier starts had to leave behind: with the account that made it, or with another of the same owner.

An account may be gone since: its keys lived for one session, or it was forgotten. What it left is then told of once, by
name, and kept in mind until an account of the same AWS account is opened, which removes it.
"""

from __future__ import annotations

import threading
from itertools import groupby
from typing import TYPE_CHECKING

from notification_tester.domain.account import PRACTICE, KeySource
from notification_tester.domain.destination import grouped_account
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.services.holding import PASSING
from notification_tester.services.refusals import source_account
from notification_tester.services.temporary_queue import remove_leftover, stays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notification_tester.services.accounts import Accounts, OpenAccount
    from notification_tester.storage.leftovers import Leftover, Leftovers

Removed = tuple[int, tuple[Problem, ...]]


class LeftoverRemoval:
    """Both ways answer how many were removed, and what a person should hear. Safe to call from any thread."""

    def __init__(self, accounts: Accounts, leftovers: Leftovers) -> None:
        self._accounts = accounts
        self._leftovers = leftovers
        self._lock = threading.Lock()

    def at_start(self, *, tell: bool) -> Removed:
        """Remove with the account of the same name. What belonged to a practice cloud is gone with it.

        Each is removed for itself. With ``tell`` what could not be removed is told of, unless it was before.
        """
        with self._lock:
            removed = 0
            problems: list[Problem] = []
            homeless: list[Leftover] = []
            unreachable: set[str] = set()
            try:
                for leftover in self._leftovers.open_ones():
                    if leftover.account in unreachable:
                        continue
                    try:
                        if self._remove_with_its_account(leftover):
                            removed += 1
                        else:
                            homeless.append(leftover)
                    except ProblemError as error:
                        if error.problem.cause in PASSING:
                            unreachable.add(leftover.account)  # nobody need hear of it: it is tried again
                        else:
                            problems += self._refused(leftover, error.problem, tell=tell)
                if tell:
                    problems += self._not_removed_yet([one for one in homeless if not one.is_told])
            except ProblemError as error:  # the record itself cannot be read or written
                problems.append(error.problem)
        return removed, tuple(problems)

    def when_opened(self, opened: OpenAccount) -> Removed:
        """Remove what is in the AWS account of ``opened``, whichever account here has left it."""
        if opened.practice is not None:
            return 0, ()
        gone: list[Leftover] = []
        problems: list[Problem] = []
        with self._lock:
            try:
                left = [one for one in self._leftovers.open_ones() if one.aws_account and one.account != PRACTICE.name]
                owner = source_account(opened) if left else ""
                for leftover in [one for one in left if one.aws_account == owner]:
                    try:
                        self._remove(opened, leftover, is_own_account=True)
                        gone.append(leftover)
                    except ProblemError as error:
                        if error.problem.cause in PASSING:
                            break
                        problems += self._refused(leftover, error.problem, tell=True)
            except ProblemError as error:
                problems.append(error.problem)
        if told := [one for one in gone if one.is_told]:
            problems.append(_gone(told))
        return len(gone), tuple(problems)

    def _remove_with_its_account(self, leftover: Leftover) -> bool:
        """Whether it is gone; False where no account of that name has the keys to it. Raises ProblemError."""
        account = self._accounts.kept_under(leftover.account)
        if account is None:
            return False
        if account.source is KeySource.PRACTICE:
            self._leftovers.removed(leftover.id)
            return True
        try:
            opened = self._accounts.open(account)
            owner = source_account(opened) if leftover.aws_account else ""
            if owner and owner != leftover.aws_account:
                return False  # a new account under an old name
            self._remove(opened, leftover, is_own_account=owner == leftover.aws_account)
        except ProblemError as error:
            if account.source is KeySource.ENVIRONMENT and error.problem.cause is Cause.KEYS:
                return False  # the variables of a command that has ended
            raise
        return True

    def _remove(self, opened: OpenAccount, leftover: Leftover, *, is_own_account: bool) -> None:
        remove_leftover(opened, leftover, is_own_account=is_own_account)
        self._leftovers.removed(leftover.id)

    def _refused(self, leftover: Leftover, why: Problem, *, tell: bool) -> list[Problem]:
        """What a person should hear of it: once, as long as it is the same thing."""
        if leftover.is_told:
            return []
        if tell:
            self._leftovers.told([leftover.id])
        return [stays(leftover.name, leftover.region, why)]

    def _not_removed_yet(self, homeless: Sequence[Leftover]) -> Iterator[Problem]:
        """One sentence for each AWS account and region. What can never be recognised is forgotten with it."""
        for (aws_account, region), group in groupby(sorted(homeless, key=_place), _place):
            some = list(group)
            if aws_account:
                self._leftovers.told(one.id for one in some)
            else:
                for one in some:
                    self._leftovers.removed(one.id)
            yield _left_behind(some, aws_account, region)


def _place(leftover: Leftover) -> tuple[str, str]:
    return leftover.aws_account, leftover.region


def _left_behind(some: Sequence[Leftover], aws_account: str, region: str) -> Problem:
    names = ", ".join(f"“{one.name}”" for one in some)
    accounts = ", ".join(sorted({f"“{one.account}”" for one in some}))
    one = len(some) == 1
    where = f"the AWS account {grouped_account(aws_account)}" if aws_account else f"the AWS account of {accounts}"
    return Problem(
        title="A temporary queue of an earlier test was left behind."
        if one
        else "Temporary queues of earlier tests were left behind.",
        detail=f"{names} in {region}, in {where}: the program ended before removing what it had made for a test, and "
        f"has no keys of {accounts} any more. It costs nothing, and what comes in is gone after an hour.",
        remedy="Open any account of that AWS account here and this is removed at once, or delete it in the SQS console."
        if aws_account
        else "If it is there, delete it in the SQS console.",
        code="leftover.no-account",
        cause=Cause.DESTINATION,
    )


def _gone(some: Sequence[Leftover]) -> Problem:
    names = ", ".join(f"“{one.name}”" for one in some)
    return Problem(
        title="What an earlier test had left behind is removed.",
        detail=f"{names} in {some[0].region}: this account has the keys to it.",
        remedy="Nothing needs to be done.",
        code="leftover.removed",
        cause=Cause.DESTINATION,
    )
