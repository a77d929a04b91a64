# SPDX-License-Identifier: MIT
"""One run of the program: its files, its accounts, its tests, put together once and closed in the right order."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from notification_tester.domain.account import ENVIRONMENT, PRACTICE
from notification_tester.domain.problem import ProblemError
from notification_tester.services.accounts import Accounts, OpenAccount, must_be_sandbox
from notification_tester.services.hit_types.settings import HitTypes
from notification_tester.services.leftover_removal import LeftoverRemoval
from notification_tester.services.sending.test_send import TestSend
from notification_tester.services.sending.throwaway import Throwaway
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.ownership import remove_abandoned_in
from notification_tester.storage.places import Places, system_places
from notification_tester.storage.presets import Presets
from notification_tester.storage.tested import Tested
from notification_tester.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.account import Account, Credentials
    from notification_tester.domain.known_secrets import KnownSecrets
    from notification_tester.domain.problem import Problem
    from notification_tester.services.checkup.checkup import Checkup
    from notification_tester.services.checkup.mend import Mend
    from notification_tester.services.inbox.listening import Listening
    from notification_tester.services.sending.deliver import Deliveries
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.ownership import Ownership


class Session:
    """Everything that a window or a command works with.

    A history that cannot be kept is no reason to stop: ``history_problem`` says why, and all else goes on without, but
    for changes of HIT types.
    """

    def __init__(
        self,
        places: Places,
        *,
        secrets: KnownSecrets | None = None,
        ask_code: Callable[[str], str] | None = None,
        noticed: Callable[[], None] = lambda: None,
    ) -> None:
        """``secrets`` hears of every key; ``ask_code`` asks a person for the code of an MFA device.

        ``noticed`` is called, on any thread, when there is one more in ``notices``.
        """
        self.places = places
        self.history_problem: Problem | None = None
        self.history: History | None = None
        self.notices: list[tuple[Problem, Account]] = []
        """What is to be told beside the answers, and the account that it is about."""
        self._noticed = noticed
        self._inboxes: list[Inbox] = []
        self._database: Database | None = None
        self.leftovers: Leftovers | None = None
        self.ledger: Ledger | None = None
        self.presets: Presets | None = None
        tested: Tested | None = None
        remove_abandoned_in(places.config)
        try:
            self._database = Database(places.database)
            self.history = History(self._database)
            self.history.close_interrupted()
            self.leftovers = Leftovers(self._database)
            self.ledger = Ledger(self._database)
            self.presets = Presets(self._database)
            tested = Tested(self._database, write_out=self.history.write_out)
        except ProblemError as error:
            self.history_problem = error.problem
            self.history = None
        except BaseException:
            if self._database is not None:
                self._database.close()
            raise
        self._vault = Vault()
        self.accounts = Accounts(
            AccountList(places.accounts), self._vault, notice=self._note, secrets=secrets, ask_code=ask_code
        )
        self.tests = TestSend(history=self.history, leftovers=self.leftovers, notice=self._note)
        self._removal = None if self.leftovers is None else LeftoverRemoval(self.accounts, self.leftovers)
        self.throwaway = Throwaway(tests=self.tests, leftovers=self.leftovers)
        self.hit_types = HitTypes(ledger=self.ledger, tested=tested, record_problem=self.history_problem)

    def _note(self, problem: Problem, account: Account = PRACTICE) -> None:
        # Of accounts only practice, which is started again by itself, has something to tell.
        self.notices.append((problem, account))
        self._noticed()

    @property
    def owner(self) -> Ownership | None:
        """Who began what is under way in this start; None where no record of that can be kept."""
        return None if self._database is None else self._database.owner

    @classmethod
    def for_command(cls, secrets: KnownSecrets | None = None) -> Session:
        """The session of one command, with the person's own files."""
        return cls(system_places(), secrets=secrets)

    @cached_property
    def checkup(self) -> Checkup:
        """What looks at accounts and destinations; its code is read when first wanted."""
        from notification_tester.services.checkup.checkup import Checkup

        return Checkup()

    @cached_property
    def mend(self) -> Mend:
        """What changes policies after a yes; its code is read when first wanted."""
        from notification_tester.services.checkup.mend import Mend

        return Mend()

    @cached_property
    def deliveries(self) -> Deliveries:
        """What sends from this computer; its code is read when first wanted."""
        from notification_tester.services.sending.deliver import Deliveries

        return Deliveries(history=self.history, leftovers=self.leftovers, vault=self._vault, notice=self._note)

    @cached_property
    def listening(self) -> Listening:
        """What follows queues and topics; its code is read when first wanted."""
        from notification_tester.services.inbox.listening import Listening

        return Listening(leftovers=self.leftovers)

    def new_inbox(self) -> Inbox:
        """An empty inbox for what is followed; it lasts until :meth:`drop_inbox`, at the longest as long as this.

        Raises ProblemError.
        """
        from notification_tester.storage.inbox import Inbox

        inbox = Inbox(self.owner)
        self._inboxes.append(inbox)
        return inbox

    def drop_inbox(self, inbox: Inbox) -> None:
        """Nobody looks at this inbox any more; a worker that still reads it may finish, and with that it is gone."""
        self._inboxes.remove(inbox)

    def open_named(self, name: str, *, sandbox: bool) -> OpenAccount:
        """Open an account by the name that a script gives. Raises ProblemError."""
        account = self.accounts.named(name)
        if account is ENVIRONMENT:
            return self.accounts.open_environment(sandbox=sandbox)
        if sandbox:
            must_be_sandbox(account)
        return self.accounts.open(account)

    def forget_account(self, name: str) -> None:
        """Remove an account and its keys; what is still to be sent with them is not sent. Raises ProblemError."""
        self.hit_types.stop_for(self.accounts.named(name).name)
        self.accounts.forget(name)

    def replace_keys(self, name: str, credentials: Credentials) -> Account:
        """Give an account other keys; what is still to be sent with the old ones is not sent. Raises ProblemError."""
        self.hit_types.stop_for(self.accounts.named(name).name)
        return self.accounts.replace_keys(name, credentials)

    def remove_leftovers(self, *, tell: bool = False) -> tuple[int, tuple[Problem, ...]]:
        """Remove what earlier starts had to leave behind in somebody's account; how many, and what failed.

        With ``tell`` the answer says, once, what no account of today can remove.
        """
        return (0, ()) if self._removal is None else self._removal.at_start(tell=tell)

    def remove_leftovers_of(self, opened: OpenAccount) -> tuple[int, tuple[Problem, ...]]:
        """Remove what any account of the same AWS account left behind; how many, and what is to be told."""
        return (0, ()) if self._removal is None else self._removal.when_opened(opened)

    def close(self) -> None:
        """Give everything back, end practice, close the files."""
        if "deliveries" in vars(self):  # else nothing was sent from here
            self.deliveries.close()
        self.tests.close()
        self.hit_types.close()
        for inbox in self._inboxes:
            inbox.close()
        self.accounts.close()
        if self._database is not None:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
