# SPDX-License-Identifier: MIT
"""One run of the program: its files, its accounts, its tests, put together once and closed in the right order."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from notification_tester.domain.account import ENVIRONMENT, Environment, KeySource
from notification_tester.domain.problem import ProblemError, input_problem
from notification_tester.services.accounts import Accounts, OpenAccount, environment_account
from notification_tester.services.hit_types import HitTypes
from notification_tester.services.test_send import TestSend
from notification_tester.services.throwaway import Throwaway, remove_leftover
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.places import Places, system_places
from notification_tester.storage.presets import Presets
from notification_tester.storage.tested import Tested
from notification_tester.storage.vault import Vault

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem
    from notification_tester.services.checkup import Checkup
    from notification_tester.services.mend import Mend


class Session:
    """Everything that a window or a command works with.

    A history that cannot be kept is no reason to stop: ``history_problem`` says why, and all else goes on without.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self.history_problem: Problem | None = None
        self.history: History | None = None
        self.notices: list[Problem] = []
        self._database: Database | None = None
        self.leftovers: Leftovers | None = None
        self.ledger: Ledger | None = None
        self.presets: Presets | None = None
        tested: Tested | None = None
        try:
            self._database = Database(places.database)
            self.history = History(self._database)
            self.history.close_interrupted()
            self.leftovers = Leftovers(self._database)
            self.ledger = Ledger(self._database)
            self.presets = Presets(self._database)
            tested = Tested(self._database)
        except ProblemError as error:
            self.history_problem = error.problem
            self.history = None
        self.accounts = Accounts(AccountList(places.accounts), Vault(), notice=self.notices.append)
        self.tests = TestSend(history=self.history, leftovers=self.leftovers)
        self.throwaway = Throwaway(tests=self.tests, leftovers=self.leftovers)
        self.hit_types = HitTypes(ledger=self.ledger, tested=tested)

    @classmethod
    def for_command(cls) -> Session:
        """The session of one command, with the person's own files."""
        return cls(system_places())

    @cached_property
    def checkup(self) -> Checkup:
        """What looks at accounts and destinations; its code is read when first wanted."""
        from notification_tester.services.checkup import Checkup

        return Checkup()

    @cached_property
    def mend(self) -> Mend:
        """What changes policies after a yes; its code is read when first wanted."""
        from notification_tester.services.mend import Mend

        return Mend()

    def open_named(self, name: str, *, sandbox: bool) -> OpenAccount:
        """Open an account by the name that a script gives. Raises ProblemError."""
        account = self.accounts.named(name)
        if (
            sandbox
            and account is not ENVIRONMENT
            and account.environment in {Environment.PRODUCTION, Environment.OTHER}
        ):
            raise input_problem(
                "account.not-sandbox",
                title="This account is not the sandbox.",
                detail=f"“{account.name}” was stored for {account.environment.badge}; --sandbox cannot change that.",
                remedy="Leave --sandbox out, or name an account of the sandbox, or use --account environment.",
            )
        if account is ENVIRONMENT:
            account = environment_account(sandbox=sandbox)
        return self.accounts.open(account)

    def remove_leftovers(self) -> tuple[int, tuple[Problem, ...]]:
        """Remove what earlier starts had to leave behind in somebody's account; how many, and what failed.

        What belonged to a practice cloud is gone with it.
        """
        if self.leftovers is None:
            return 0, ()
        removed, problems = 0, []
        for leftover in self.leftovers.open_ones():
            try:
                account = self.accounts.named(leftover.account)
                if account.source is not KeySource.PRACTICE:
                    remove_leftover(self.accounts.open(account), leftover)
                self.leftovers.removed(leftover.id)
                removed += 1
            except ProblemError as error:
                problems.append(error.problem)
        return removed, tuple(problems)

    def close(self) -> None:
        """Give everything back, end practice, close the files."""
        self.tests.close()
        self.hit_types.close()
        self.accounts.close()
        if self._database is not None:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
