# SPDX-License-Identifier: MIT
"""Everything that the program keeps of a person on this computer: what that is, and removing it.

Only what the program makes is removed, by name: whatever else lies in its folders stays, and is told. The keys go
first, since the list of accounts says which there are; where one of them stays, so does all the rest.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.domain.account import KeySource
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.database import Database
from notification_tester.storage.disk import disk_error
from notification_tester.storage.inbox_lists import BEGINNING
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.ownership import RUNNING, WINDOW_LOCK, HeldFile, is_part, others_in
from notification_tester.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.storage.leftovers import Leftover
    from notification_tester.storage.places import Places

_WHAT = "its files"


@dataclass(frozen=True, kw_only=True)
class KeptData:
    """What there is: files, the accounts with keys in the keyring, and whose mail passwords are there (server, user).

    ``strangers`` are files in the program's folders that it did not make. ``at_amazon`` is what tests left in AWS
    accounts: nobody knows of it any more once the history is gone.
    """

    files: tuple[Path, ...]
    strangers: tuple[Path, ...]
    accounts: tuple[str, ...]
    mailboxes: tuple[tuple[str, str], ...]
    at_amazon: tuple[Leftover, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to remove: without a file no key is known of, and no password looked for."""
        return not self.files


class DataRemoval:
    """Of one profile. Every method raises ProblemError."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._running = places.data / RUNNING
        self._vault = Vault(service=places.keyring_service)

    def look(self) -> KeptData:
        """What is kept; a list of accounts that cannot be read is a reason to keep all."""
        try:
            files = tuple(sorted(set(self._files())))  # on Windows both folders are one
            known = {*files, *self._marks()}
            there = {path for folder in self._folders() for path in folder.rglob("*") if not path.is_dir()}
        except OSError as error:
            raise disk_error(error, what=_WHAT, path=Path(error.filename or self._places.data)) from error
        accounts = AccountList(self._places.accounts).all()
        return KeptData(
            files=files,
            strangers=tuple(sorted(there - known)),
            accounts=tuple(account.kept_as for account in accounts if account.source is KeySource.KEYRING),
            mailboxes=self._mailboxes() if files else (),  # a keyring is not unlocked for nothing
            at_amazon=self._at_amazon(),
        )

    def remove(self) -> KeptData:
        """Remove it all; returns what there was. Raises ProblemError while another window or command works with it."""
        if others_in(self._running) or self._has_window():
            raise ProblemError(_IN_USE)
        kept = self.look()
        for server, user in kept.mailboxes:
            self._vault.forget_mail_password(server, user)
        for name in kept.accounts:
            self._vault.forget(name)
        for path in (*kept.files, *self._marks()):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise disk_error(error, what=_WHAT, path=path) from error
        for folder in (self._running, *self._folders(), self._places.home):
            _remove_if_empty(folder)
        return kept

    def _has_window(self) -> bool:
        """Whether a window is open, one without a history too."""
        path = self._places.data / WINDOW_LOCK
        if not path.exists():
            return False
        try:
            held = HeldFile.hold(path)
        except OSError as error:
            raise disk_error(error, what=_WHAT, path=path) from error
        if held is not None:
            held.close()
        return held is None

    def _folders(self) -> list[Path]:
        """On some systems two of them are one."""
        found = dict.fromkeys((self._places.config, self._places.data, self._places.log))
        return [folder for folder in found if folder.is_dir()]

    def _files(self) -> Iterator[Path]:
        """By name: each file, what stands beside it, what a damaged one was renamed to, and what was half written."""
        places = self._places
        settings = (places.preferences.name, places.accounts.name)
        seen = (places.database.name, f"{places.database.stem}.damaged-", BEGINNING, WINDOW_LOCK)
        for folder, names in ((places.config, settings), (places.data, seen)):
            for path in folder.iterdir() if folder.is_dir() else ():
                if (path.name.startswith(names) or is_part(path.name)) and not path.is_dir():
                    yield path

    def _marks(self) -> list[Path]:
        return list(self._running.glob("*.lock"))

    def _mailboxes(self) -> tuple[tuple[str, str], ...]:
        try:
            return self._vault.mailboxes()
        except ProblemError as error:
            if error.problem.code == "keyring.none":
                return ()  # nothing can have been put there
            raise

    def _at_amazon(self) -> tuple[Leftover, ...]:
        if not self._places.database.exists():
            return ()
        try:
            database = Database(self._places.database)
        except ProblemError:
            return ()  # a history that cannot be read tells nobody what was left
        try:
            return tuple(Leftovers(database).open_ones())
        except ProblemError:
            return ()
        finally:
            database.close()


def _remove_if_empty(folder: Path | None) -> None:
    if folder is not None:
        with suppress(OSError):  # something of somebody else's is in it
            folder.rmdir()


_IN_USE = Problem(
    title="The program is open.",
    detail="A window or a command of it works with what would be removed.",
    remedy="Close its windows, end its commands, and try again. Nothing was removed.",
    code="data.in-use",
    cause=Cause.STORAGE,
)
