# SPDX-License-Identifier: MIT
"""The accounts that the program remembers, without their secrets."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from notification_tester.domain.account import RESERVED_NAMES, Account, Environment, KeySource
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, ServiceAnswer, input_problem
from notification_tester.storage.json_file import DamagedFileError, is_text, read_json_object, write_json_object

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 2
_OLDEST = 1
"""Without ``kept_as``. Written as long as no account was renamed, so that an earlier program can read it too."""
_WHAT = "the list of accounts"
_KEPT_SOURCES = frozenset({KeySource.KEYRING, KeySource.PROFILE})
_TEXTS = ("name", "profile", "endpoint", "aws_endpoint", "since", "kept_as")


class AccountList:
    """Read from the file each time, so that two windows see the same; names differ by more than case.

    So do those that they are kept under, by which an account is found and replaced.

    A file that is damaged or from a newer version is neither used nor touched: every method raises ProblemError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def all(self) -> list[Account]:
        """Every account, in the order in which they were added."""
        with self._lock:
            return self._read()

    def add(self, account: Account) -> None:
        """Remember a new account. A name that is taken is refused."""
        _must_be_kept(account)
        with self._lock:
            accounts = self._read()
            _must_be_free(account, accounts)
            self._write([*accounts, account])

    def replace(self, account: Account) -> None:
        """Put ``account`` in the place of the one that is kept as it is. Raises KeyError where there is none."""
        _must_be_kept(account)
        with self._lock:
            accounts = self._read()
            if (place := _place_of(account.kept_as, accounts)) is None:
                raise KeyError(account.name)
            _must_be_free(account, [one for number, one in enumerate(accounts) if number != place])
            accounts[place] = account
            self._write(accounts)

    def remove(self, kept_as: str) -> None:
        """Forget an account; nothing to do where it is not there. Its keys are the vault's to forget."""
        with self._lock:
            accounts = self._read()
            if (place := _place_of(kept_as, accounts)) is not None:
                del accounts[place]
                self._write(accounts)

    def _read(self) -> list[Account]:
        try:
            value = read_json_object(self._path, what=_WHAT)
            if value is None:
                return []
            version = value.get("version")
            if isinstance(version, int) and version > VERSION:
                raise self._newer()
            return _accounts_in(value)
        except DamagedFileError as error:
            raise self._damaged(error) from error

    def _write(self, accounts: list[Account]) -> None:
        entries = [asdict(account) for account in accounts]
        is_new = any(account.kept_as != account.name for account in accounts)
        for entry in [] if is_new else entries:
            del entry["kept_as"]
        value = {"version": VERSION if is_new else _OLDEST, "accounts": entries}
        write_json_object(self._path, value, what=_WHAT)

    def _newer(self) -> ProblemError:
        return ProblemError(
            Problem(
                title="The list of accounts comes from a newer version of the program.",
                detail=f"This version cannot read {self._path}. It was not touched.",
                remedy="Use the newer program, or go on with practice.",
                code="storage.accounts-newer",
                cause=Cause.STORAGE,
                remedies=(Remedy.PRACTICE,),
            )
        )

    def _damaged(self, error: DamagedFileError) -> ProblemError:
        return ProblemError(
            Problem(
                title="The list of accounts is damaged.",
                detail=f"The file {self._path} cannot be read. It is kept as it is, and your keys are still in the "
                "system's keyring.",
                remedy="Put a copy from your backup in its place, or rename it and add your accounts again under the "
                "same names.",
                code="storage.accounts-damaged",
                cause=Cause.STORAGE,
                answer=ServiceAnswer(message=str(error)),
            )
        )


def _accounts_in(value: dict[str, Any]) -> list[Account]:
    if (
        type(value.get("version")) is not int
        or not _OLDEST <= value["version"] <= VERSION
        or not isinstance(value.get("accounts"), list)
    ):
        raise DamagedFileError("no version or no accounts")
    accounts = [_account_from(entry) for entry in value["accounts"]]
    for names in ([one.name.casefold() for one in accounts], [one.kept_as.casefold() for one in accounts]):
        if len({*names, *RESERVED_NAMES}) < len(names) + len(RESERVED_NAMES):
            raise DamagedFileError("two accounts of one name, or a name that is the program's own")
    return accounts


def _account_from(entry: object) -> Account:
    if not isinstance(entry, dict) or not entry.get("name"):
        raise DamagedFileError("an account without a name")
    texts = {name: entry.get(name, "") for name in _TEXTS}
    if not all(isinstance(text, str) and is_text(text) for text in texts.values()):
        raise DamagedFileError("an account with a value of the wrong kind")
    try:
        environment, source = Environment(str(entry.get("environment"))), KeySource(str(entry.get("source")))
    except ValueError as error:
        raise DamagedFileError(str(error)) from error
    if source not in _KEPT_SOURCES:
        raise DamagedFileError(f"an account whose keys are of the kind “{source.value}”, which none is kept with")
    return Account(environment=environment, source=source, **texts)


def _place_of(kept_as: str, accounts: list[Account]) -> int | None:
    wanted = kept_as.casefold()
    return next((place for place, one in enumerate(accounts) if one.kept_as.casefold() == wanted), None)


def _must_be_free(account: Account, others: list[Account]) -> None:
    if any(
        one.name.casefold() == account.name.casefold() or one.kept_as.casefold() == account.kept_as.casefold()
        for one in others
    ):
        raise input_problem(
            "account.name-taken",
            title="There is already an account of this name.",
            detail=f"“{account.name}” is in the list; capital letters make no difference.",
            remedy="Choose another name, or change the account that is there.",
        )


def _must_be_kept(account: Account) -> None:
    if account.source not in _KEPT_SOURCES:  # practice and session keys are new at each start
        raise ValueError(f"an account whose keys are of the kind “{account.source.value}” is not remembered")
