# SPDX-License-Identifier: MIT
"""One run of the program: its files, its accounts, its tests, put together once and closed in the right order."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Self

from notification_tester.aws.settings import environment_secrets
from notification_tester.domain.account import ENVIRONMENT, PRACTICE
from notification_tester.domain.problem import ProblemError
from notification_tester.services.accounts import Accounts, OpenAccount, must_be_sandbox
from notification_tester.services.changes import Changes
from notification_tester.services.hit_types.settings import HitTypes
from notification_tester.services.leftover_removal import LeftoverRemoval
from notification_tester.services.readers import Readers
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
from notification_tester.storage.rows import MEND_KIND
from notification_tester.storage.tested import Tested
from notification_tester.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from notification_tester.domain.account import Account, Credentials
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.events import EventType
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.known_secrets import KnownSecrets
    from notification_tester.domain.problem import Problem
    from notification_tester.services.changes import Replaced
    from notification_tester.services.checkup.checkup import Checkup
    from notification_tester.services.checkup.mend import Mend
    from notification_tester.services.inbox.listening import Listening
    from notification_tester.services.sending.deliver import Deliveries
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_lists import InboxLists
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
        recorded: Callable[[int], object] = lambda _: None,
    ) -> None:
        """``secrets`` hears of every key; ``ask_code`` asks a person for the code of an MFA device.

        ``noticed`` is called, on any thread, when there is one more in ``notices``; ``recorded`` when a change has a
        row in the history that is new or another, with its id.
        """
        self.places = places
        self.history_problem: Problem | None = None
        self.history: History | None = None
        self.notices: list[tuple[Problem, Account]] = []
        """What is to be told beside the answers, and the account that it is about."""
        self._noticed = noticed
        self._database: Database | None = None
        self.leftovers: Leftovers | None = None
        self.ledger: Ledger | None = None
        self.presets: Presets | None = None
        self.tested: Tested | None = None
        remove_abandoned_in(places.config)
        try:
            self._database = Database(places.database)
            self.history = History(self._database)
            self.history.close_interrupted()
            self.leftovers = Leftovers(self._database)
            self.ledger = Ledger(self._database)
            self.presets = Presets(self._database)
            self.tested = Tested(
                self._database, write_out=self.history.write_out, in_memory=self.history.rows_in_memory
            )
        except ProblemError as error:
            self.history_problem = error.problem
            self.history = self.leftovers = self.ledger = self.presets = self.tested = None
            if self._database is not None:  # not kept open: a damaged file can then be renamed, on Windows too
                self._database.close()
                self._database = None
        except BaseException:
            if self._database is not None:
                self._database.close()
            raise
        self._vault = Vault(service=places.keyring_service)
        self.accounts = Accounts(
            AccountList(places.accounts), self._vault, notice=self._note, secrets=secrets, ask_code=ask_code
        )
        self.accounts.listed = self._name_accounts
        self.readers = Readers()
        self.tests = TestSend(history=self.history, leftovers=self.leftovers, notice=self._note, readers=self.readers)
        self._removal = None if self.leftovers is None else LeftoverRemoval(self.accounts, self.leftovers)
        self.throwaway = Throwaway(tests=self.tests, leftovers=self.leftovers)
        self.changes = Changes(self.history, recorded=recorded)
        self.hit_types = HitTypes(
            ledger=self.ledger, tested=self.tested, record_problem=self.history_problem, changes=self.changes
        )

    def _note(self, problem: Problem, account: Account = PRACTICE) -> None:
        # Of accounts only practice, which is started again by itself, has something to tell.
        self.notices.append((problem, account))
        self._noticed()

    def _name_accounts(self, accounts: Sequence[Account]) -> None:
        """The history shows each account under the name that it has by now."""
        if self.history is not None:
            self.history.account_names = {one.kept_as: one.name for one in accounts if one.kept_as != one.name}

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

        return Checkup(readers=self.readers)

    @cached_property
    def mend(self) -> Mend:
        """What changes policies after a yes; its code is read when first wanted."""
        from notification_tester.services.checkup.mend import Mend

        return Mend(changes=self.changes)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What sends from this computer; its code is read when first wanted."""
        from notification_tester.services.sending.deliver import Deliveries

        return Deliveries(
            history=self.history,
            leftovers=self.leftovers,
            vault=self._vault,
            notice=self._note,
            readers=self.readers,
        )

    @cached_property
    def listening(self) -> Listening:
        """What follows queues and topics; its code is read when first wanted."""
        from notification_tester.services.inbox.listening import Listening

        return Listening(leftovers=self.leftovers, readers=self.readers)

    @cached_property
    def inbox_lists(self) -> InboxLists:
        """The lists of what was seen, those of earlier starts too; its code is read when first wanted."""
        from notification_tester.storage.inbox_lists import InboxLists

        return InboxLists(self.places.data, self.owner, self.secrets)

    def secrets(self) -> tuple[str, ...]:
        """Every secret that is known: of the accounts, and in variables of the environment."""
        return (*self.accounts.secrets(), *environment_secrets(os.environ))

    def seen_live(self, opened: OpenAccount, destination: Destination) -> Mapping[EventType, datetime]:
        """When each event was last seen there that was no test, as the lists of the inbox have it."""
        if opened.practice is not None and "inbox_lists" not in vars(self):
            return {}  # nothing was followed in this start, and practice has no lists of earlier ones
        from notification_tester.services.inbox.seen import seen_live

        return seen_live(self.inbox_lists, opened, destination)

    def new_inbox(self) -> Inbox:
        """An empty inbox for what is followed; it lasts until :meth:`drop_inbox`, at the longest as long as this.

        Raises ProblemError.
        """
        return self.inbox_lists.new()

    def drop_inbox(self, inbox: Inbox) -> None:
        """Nobody looks at this inbox any more; a worker that still reads it may finish, and with that it is gone."""
        self.inbox_lists.drop(inbox)

    def open_named(self, name: str, *, sandbox: bool) -> OpenAccount:
        """Open an account by the name that a script gives. Raises ProblemError."""
        account = self.accounts.named(name)
        if account is ENVIRONMENT:
            return self.accounts.open_environment(sandbox=sandbox)
        if sandbox:
            must_be_sandbox(account)
        return self.accounts.open(account)

    def forget_account(self, seen: Account) -> None:
        """Remove the account that was ``seen``, its lists of messages and its keys.

        What is still to be sent with them is not sent. Raises ProblemError.
        """
        account = self.accounts.as_it_is(seen)
        self.hit_types.stop_for(account.kept_as)
        self.accounts.forget(account)
        self._remove_lists(account)

    def replace_keys(self, seen: Account, credentials: Credentials) -> Account:
        """Give the account that was ``seen`` other keys; what is still to be sent with the old ones is not sent.

        It is another account from then on: the lists of messages that the old keys saw are removed, once they are old.
        Raises ProblemError.
        """
        account = self.accounts.as_it_is(seen)
        self.hit_types.stop_for(account.kept_as)
        replaced = self.accounts.replace_keys(account, credentials)
        self._remove_lists(account)
        return replaced

    def change_account(self, seen: Account, wanted: Account) -> Account:
        """Change name, addresses or profile; nothing more is sent where it was until now. Raises ProblemError."""
        before = self.accounts.as_it_is(seen)
        is_another = not before.is_renamed(wanted)
        if is_another:
            self.hit_types.stop_for(before.kept_as)
        changed = self.accounts.change(before, wanted)
        if is_another:
            self._remove_lists(before)
        return changed

    def _remove_lists(self, account: Account) -> None:
        """What an account saw that is another by now, or gone; a disk that refuses is no reason to say that failed."""
        try:
            self.inbox_lists.remove_of(account)
        except ProblemError as error:
            self._note(error.problem, account)

    def replaced(self, opened: OpenAccount, row_ids: Sequence[int]) -> dict[int, Replaced]:
        """Of these changes of the history, those that have no way back any more, and why. Raises ProblemError."""
        if self.history is None:
            return {}
        rows = [row for row_id in row_ids if (row := self.history.row(row_id)) is not None]
        found = self.hit_types.replaced(opened, [row for row in rows if row.kind != MEND_KIND])
        for row in rows:
            if row.kind == MEND_KIND and (one := self.changes.replaced(opened, row)) is not None:
                found[row.id] = one
        return found

    def set_hit_types(self, account: Account) -> tuple[HitTypeId, ...]:
        """The HIT types of which the record of a stored account knows a notification. Raises ProblemError."""
        if self.ledger is None:
            return ()
        known = self.ledger.known(account.kept_as, account.environment.value)
        return tuple(hit_type_id for hit_type_id, one in known.items() if one.setting.spec is not None)

    def forget_seen(self, *, before: datetime | None = None) -> int:
        """Remove what the history has from before a moment, or all of it; returns how much. Raises ProblemError."""
        return 0 if self.history is None else self.history.remove(before=before)

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
        if "inbox_lists" in vars(self):  # else nothing was followed
            self.inbox_lists.close()
        self.accounts.close()
        if self._database is not None:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
