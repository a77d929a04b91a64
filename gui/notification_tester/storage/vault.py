# SPDX-License-Identifier: MIT
"""The one door to secrets: the keyring of the system, or nowhere.

The library keyring finds the system's own store (Secret Service or KWallet, the macOS Keychain, Windows' Credential
Manager). Others that it may have been told to use keep secrets in plain files, ask for a password on a terminal that
is not there, or forget everything without a word; they are refused.

An account's keys are three entries, because Windows takes at most 2,560 bytes each and only session tokens are
longer. The access key id is written last and taken out first: an account is there when its id is, and a crash in
between never pairs an old secret with a new key. Keys that take the place of others are written beside them first, and
count from the moment at which the former id is gone: whatever happens on the way, one of the two sets can be read.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from notification_tester.domain.account import Credentials
from notification_tester.domain.problem import ProblemError
from notification_tester.storage import keyring_problems
from notification_tester.storage.keyring_problems import PATIENCE_SECONDS, asked
from notification_tester.storage.places import APP_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

Value = TypeVar("Value")

WINDOWS_LIMIT = 2560
"""Bytes that Windows keeps of a secret (``CRED_MAX_CREDENTIAL_BLOB_SIZE``), which keyring writes as UTF-16."""

MOST_COPIES = 5
"""How many entries of one name are removed; a keyring that has more still has them, whatever it answers."""

_KEY_ID = "access key id"
_SECRET = "secret access key"  # noqa: S105 - the name of an entry
_TOKEN = "session token"  # noqa: S105 - the name of an entry
_PASSWORD = "password"  # noqa: S105 - the name of an entry
_MAILBOXES = ("mail", "whose passwords are kept")
"""The entry that lists the mailboxes: no account's, as those have other parts."""

_BESIDE = "new "
"""Before the name of an entry: of keys that are about to take the place of others."""


class Vault:
    """Keys by the account's name, asked of the keyring once per start. Every method may raise ProblemError (KEYRING).

    The system may ask the person to unlock the keyring, and waits for the answer: never call this on the main thread.
    ``service`` is the name that the keyring has them under (``Places.keyring_service``). ``patience`` is for how many
    seconds each question to the keyring is waited for.
    """

    def __init__(
        self, backend: KeyringBackend | None = None, *, service: str = APP_NAME, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._given = backend
        self._service = service
        self._patience = patience
        self._chosen: KeyringBackend | None = None
        self._read: dict[str, Credentials] = {}
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Vault with the keys of {len(self._read)} accounts>"

    def check(self) -> None:
        """Find out whether secrets can be kept here; a locked keyring is asked to open, as it would be later."""
        with self._lock:
            self._get("check", _KEY_ID)

    def load(self, account_name: str) -> Credentials | None:
        """The keys of an account, or None where there are none."""
        with self._lock:
            if known := self._read.get(account_name):
                return known
            keys = self._load(account_name) or self._load(account_name, _BESIDE)
            if keys is not None:
                self._read[account_name] = keys
            return keys

    def store(self, account_name: str, credentials: Credentials) -> None:
        """Keep the keys of an account in place of those that it had. All or nothing: a failure puts the old back."""
        with self._lock:
            secrets = _entries(credentials)
            for part, secret in secrets.items():
                self._must_fit(part, secret)
            found = {part: self._get(account_name, part) for part in secrets}
            before = {part: text if isinstance(text, str) else "" for part, text in found.items()}
            hidden = (*secrets.values(), *before.values())
            if before[_KEY_ID]:
                self._write_beside(account_name, secrets, hidden)
                with suppress(ProblemError):  # they are kept, and found where they are
                    self._write(account_name, secrets, hidden)
                    self._forget(account_name, _BESIDE)
            else:
                try:
                    self._write(account_name, secrets, hidden)
                    self._forget(account_name, _BESIDE)
                except BaseException:
                    with suppress(ProblemError):  # undone as far as the keyring lets us
                        self._write(account_name, before, hidden)
                    raise
            self._read[account_name] = credentials

    def forget(self, account_name: str) -> None:
        """Remove every entry of an account, whatever there is of it."""
        with self._lock:
            self._read.pop(account_name, None)
            self._forget(account_name)
            self._forget(account_name, _BESIDE)

    def mail_password(self, server: str, user: str) -> str:
        """The password with which ``user`` signs in to a mail server; empty where none is kept."""
        with self._lock:
            return self._read_text(_mailbox(server, user), _PASSWORD)

    def keep_mail_password(self, server: str, user: str, password: str) -> None:
        """Keep it, in place of the one that is kept."""
        with self._lock:
            self._must_fit(_PASSWORD, password)
            entry, backend = _entry(_mailbox(server, user), _PASSWORD), self._backend()
            self._write_mailboxes(
                {*self.mailboxes(), (server, user)}
            )  # first: what no list names cannot be found again
            self._remove(_mailbox(server, user), _PASSWORD, (password,))
            self._ask(partial(backend.set_password, self._service, entry, password), (password,))

    def forget_mail_password(self, server: str, user: str) -> None:
        """Remove it, whether it is there or not."""
        with self._lock:
            self._remove(_mailbox(server, user), _PASSWORD)
            if (server, user) in (known := self.mailboxes()):
                self._write_mailboxes({*known} - {(server, user)})

    def mailboxes(self) -> tuple[tuple[str, str], ...]:
        """The servers and the names of whom a password was kept; a keyring is not asked what it has."""
        with self._lock:
            text = self._read_text(*_MAILBOXES)
        with suppress(ValueError, TypeError):
            return tuple((str(server), str(user)) for server, user in json.loads(text or "[]"))
        return ()

    def _write_mailboxes(self, known: set[tuple[str, str]]) -> None:
        """As many as Windows keeps in one entry: beyond that the last ones in order are not named."""
        text = _listed(known)
        while len(text.encode("utf-16-le")) > WINDOWS_LIMIT:
            known = set(sorted(known)[:-1])
            text = _listed(known)
        self._remove(*_MAILBOXES)
        if known:
            entry, backend = _entry(*_MAILBOXES), self._backend()
            self._ask(partial(backend.set_password, self._service, entry, text))

    def _load(self, account_name: str, where: str = "") -> Credentials | None:
        key_id = self._read_text(account_name, where + _KEY_ID)
        if not key_id:
            return None
        secret = self._read_text(account_name, where + _SECRET)
        if not secret:
            raise keyring_problems.incomplete(account_name)
        token = self._read_text(account_name, where + _TOKEN, (secret,))
        return Credentials(access_key_id=key_id, secret_access_key=secret, session_token=token)

    def _write(self, account_name: str, secrets: dict[str, str], hidden: tuple[str, ...], where: str = "") -> None:
        self._remove(account_name, where + _KEY_ID, hidden)
        for part, secret in secrets.items():
            self._remove(account_name, where + part, hidden)  # or one of two entries of that name would stay as it was
            if secret:
                entry, backend = _entry(account_name, where + part), self._backend()
                self._ask(partial(backend.set_password, self._service, entry, secret), hidden)

    def _write_beside(self, account_name: str, secrets: dict[str, str], hidden: tuple[str, ...]) -> None:
        """Write new keys beside those that are there, and take the former id away: from then on the new ones count."""
        try:
            self._write(account_name, secrets, hidden, _BESIDE)
        except BaseException:
            with suppress(ProblemError):  # undone as far as the keyring lets us
                self._forget(account_name, _BESIDE)
            raise
        try:
            self._remove(account_name, _KEY_ID, hidden)
        except BaseException:
            # A keyring may remove an entry and still report a failure: what it has now tells which keys count.
            if self._get(account_name, _KEY_ID, hidden) is None:
                return
            with suppress(ProblemError):
                self._forget(account_name, _BESIDE)
            raise

    def _forget(self, account_name: str, where: str = "") -> None:
        for part in (_KEY_ID, _TOKEN, _SECRET):
            self._remove(account_name, where + part)

    def _must_fit(self, part: str, secret: str) -> None:
        """Raise ProblemError before Windows would refuse it: keyring spreads nothing over several entries."""
        size = len(secret.encode("utf-16-le", "surrogatepass"))
        if size > WINDOWS_LIMIT and keyring_problems.is_windows(self._backend()):
            raise keyring_problems.too_long(part, size // 2, WINDOWS_LIMIT // 2)

    def _read_text(self, account_name: str, part: str, hidden: tuple[str, ...] = ()) -> str:
        text = self._get(account_name, part, hidden)
        if text is None:
            return ""
        if not isinstance(text, str) or not text.isprintable():
            raise keyring_problems.unreadable(account_name)
        return text

    def _get(self, account_name: str, part: str, hidden: tuple[str, ...] = ()) -> object:
        """None where there is no such entry; else what the keyring has, a text where nobody else wrote it."""
        backend, entry = self._backend(), _entry(account_name, part)

        def read() -> object:
            try:
                return backend.get_password(self._service, entry)
            except UnicodeDecodeError as error:  # the keyring is well: what is in it is no text
                return error.object

        return self._ask(read, hidden)

    def _remove(self, account_name: str, part: str, hidden: tuple[str, ...] = ()) -> None:
        """Remove an entry, and every other of its name: another program may have made a copy, and either can be read.

        Raises ProblemError also where it is still there afterwards.
        """
        for removed in range(MOST_COPIES + 1):
            try:
                if self._get(account_name, part, hidden) is None:
                    return
            except ProblemError:
                if removed:  # it was there once, and is gone
                    return
                raise
            if removed < MOST_COPIES:
                backend = self._backend()
                self._ask(partial(backend.delete_password, self._service, _entry(account_name, part)), hidden)
        raise keyring_problems.stays(account_name)

    def _backend(self) -> KeyringBackend:
        if self._chosen is None:
            given = self._given
            self._chosen = self._ask(lambda: keyring_problems.usable(given or keyring_problems.system_backend()))
        return self._chosen

    def _ask(self, call: Callable[[], Value], hidden: tuple[str, ...] = ()) -> Value:
        return asked(call, hidden, patience=self._patience)


def _entries(credentials: Credentials) -> dict[str, str]:
    """What is written, in the order in which it is."""
    return {
        _SECRET: credentials.secret_access_key,
        _TOKEN: credentials.session_token,
        _KEY_ID: credentials.access_key_id,
    }


def _entry(account_name: str, part: str) -> str:
    return f"{account_name} / {part}"


def _mailbox(server: str, user: str) -> str:
    return f"mail of {user} at {server}"


def _listed(mailboxes: set[tuple[str, str]]) -> str:
    return json.dumps(sorted(mailboxes), ensure_ascii=True)
