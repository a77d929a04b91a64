# SPDX-License-Identifier: MIT
"""The lists of the inbox that outlive the program: a file for each place of an account, until a person clears it.

Only lists of accounts that outlive it too are kept: those of practice, and of keys that were typed in for this start
alone, end with the program, for nobody could look at them again. What is secret is taken out before it is kept: keys of
this person, and the token with which anybody could confirm a subscription (SNS Developer Guide, "HTTP/HTTPS
subscription confirmation JSON format").
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sys
import threading
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, TypeGuard
from urllib.parse import quote

from notification_tester.domain.account import KeySource
from notification_tester.domain.known_secrets import REMOVED, KnownSecrets
from notification_tester.domain.problem import ProblemError
from notification_tester.storage.database import BESIDE
from notification_tester.storage.disk import disk_error, private_folder
from notification_tester.storage.inbox import Inbox, Label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem
    from notification_tester.storage.ownership import Ownership

BEGINNING = "inbox-"
"""How the names of the files begin, in the program's folder for data."""

_TOKEN = re.compile(
    r"""([Tt]oken(?:=3D|=|(?:%25)*%3D|\\+u003[dD]|&#61;|&#[xX]3[dD];|\\*"\s*:\s*\\*"))(?:=\r?\n)?[0-9A-Za-z]{40,}"""
)
_LONG_DIGITS = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]|=\r?\n){160,}")
"""What such a token looks like, also where a mail breaks it, or its name, over lines; no checksum is as long."""
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
_ENOUGH = 8
"""Letters and digits side by side in a secret that are looked for before it is searched for thoroughly."""


class InboxLists:
    """The lists of one profile; ``known`` tells the secrets of now. Usable from any thread."""

    def __init__(self, folder: Path, owner: Ownership | None, known: Callable[[], Sequence[str]]) -> None:
        self._folder = folder
        self._owner = owner
        self._known = known
        self._lock = threading.Lock()
        self._reading = threading.Lock()  # held while files are opened: each can be open once
        self._open: list[Inbox] = []
        self._dropped: weakref.WeakSet[Inbox] = weakref.WeakSet()  # Windows keeps their files while a worker reads them

    def new(self, account: Account | None = None, place: str = "") -> Inbox:
        """An empty list; kept where it is of an account that is, else until the program ends. Raises ProblemError."""
        if account is None or not outlives(account):
            clean, label = (None, None) if account is None else (self._clean, _label(account, place))
            return self._add(Inbox(self._owner, clean=clean, label=label))
        name = f"{_beginning(account)}{time.time_ns():016x}{secrets.token_hex(2)}.sqlite3"  # by name they are by age
        path = private_folder(self._folder) / name
        return self._add(Inbox(self._owner, path, clean=self._clean, label=_label(account, place)))

    def of(self, account: Account) -> tuple[list[tuple[str, Inbox]], list[Problem]]:
        """The kept lists of an account with their places, oldest first, and why others cannot be read.

        Those that are open already are not among them.
        """
        found: list[tuple[str, Inbox]] = []
        problems: list[Problem] = []
        with self._reading:
            for path in self._closed_files(account):
                inbox = Inbox(self._owner, path, clean=self._clean)
                try:
                    label = inbox.label()
                except ProblemError as error:
                    problems.append(error.problem)
                    continue
                if not _is_of(label, account):
                    inbox.close()  # its label was not written any more, or another account has the same mark
                    continue
                found.append((label.place, self._add(inbox)))
        return found, problems

    def remove_older(self, before: datetime) -> tuple[int, list[Problem]]:
        """Remove what was seen before a moment from the kept lists of every account, and lists that are empty then.

        Returns how many messages that were, and what went wrong, but for lists that cannot be read, of which their
        account is told. A list that is open stays, however little is in it.
        """
        removed = 0
        problems: list[Problem] = []
        with self._reading:
            with self._lock:
                open_ones = [inbox for inbox in self._open if inbox.path is not None]
            for inbox in (*open_ones, *(Inbox(self._owner, path) for path in self._closed_files())):
                is_open = inbox in open_ones
                try:
                    count = inbox.remove(before)
                    if not is_open:
                        inbox.close()
                    if count and not inbox.messages and not is_open and inbox.path is not None:
                        _unlink(inbox.path)
                except ProblemError as error:
                    if error.problem.code != "inbox.unreadable":
                        problems.append(error.problem)
                else:
                    removed += count
        return removed, problems

    def look_into(self, account: Account, look: Callable[[str, Inbox], None]) -> None:
        """Hand every list of an account, kept or not, to ``look`` with its place; one that cannot be read is left out.

        Those that nobody has open are open for that long alone.
        """
        with self._reading:
            with self._lock:
                open_ones = list(self._open)
            for inbox in open_ones:
                _look_into(inbox, account, look)
            for path in self._closed_files(account):
                with Inbox(self._owner, path, clean=self._clean) as inbox:
                    _look_into(inbox, account, look)

    def drop(self, inbox: Inbox) -> None:
        """Nobody looks at it any more: its file goes, once a worker that still reads it is ready."""
        with self._lock:
            self._open.remove(inbox)
            self._dropped.add(inbox)
        inbox.discard()

    def remove_of(self, account: Account) -> None:
        """Remove every list of an account. Raises ProblemError where the disk refuses.

        Windows keeps a file that is open; whoever has it open drops it.
        """
        for path in self._files(account):
            _unlink(path)

    def remove_closed(self) -> int:
        """Remove every list, of whatever account, that is not open here; how many. Raises ProblemError."""
        with self._reading:
            paths = self._closed_files()
            for path in paths:
                _unlink(path)
        return len(paths)

    def close(self) -> None:
        """Close all that are open; what is kept stays on the disk."""
        with self._lock:
            for inbox in self._open:
                inbox.close()

    def _add(self, inbox: Inbox) -> Inbox:
        with self._lock:
            self._open.append(inbox)
        return inbox

    def _files(self, account: Account | None = None) -> list[Path]:
        """Of an account, or of all there are; the oldest first."""
        beginning = BEGINNING if account is None else _beginning(account)
        with suppress(OSError):
            found = [one for one in self._folder.iterdir() if one.name.startswith(beginning)]
            return sorted(one for one in found if one.suffix == ".sqlite3")
        return []

    def _closed_files(self, account: Account | None = None) -> list[Path]:
        with self._lock:
            open_ones = {inbox.path for inbox in (*self._open, *self._dropped)}
        return [path for path in self._files(account) if path not in open_ones]

    def _clean(self, text: str) -> str:
        """The thorough search takes a hundredth of a second: it is made where a quick one finds something."""
        known = self._known()
        if known and _may_have(text, known):
            text = KnownSecrets(known).without_known(text)
        if "oken" in text:
            text = _TOKEN.sub(rf"\g<1>{REMOVED}", text)
        return _LONG_DIGITS.sub(REMOVED, text)


def _unlink(path: Path) -> None:
    try:
        for ending in ("", *BESIDE):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    except OSError as error:
        if sys.platform != "win32" or not isinstance(error, PermissionError):
            raise disk_error(error, what="the inbox", path=path) from error


def _may_have(text: str, known: Sequence[str]) -> bool:
    """Whether a secret may stand in a text, as it is, escaped, broken over lines, or in a mail that is coded."""
    if any(spelling in text for secret in known for spelling in (secret, quote(secret, safe=""))):
        return True
    letters = text.encode("ascii", "ignore").translate(None, _NO_LETTERS)
    longest = (max(re.split(rb"[^A-Za-z0-9]+", secret.encode("ascii", "ignore")), key=len) for secret in known)
    return any(len(part) >= _ENOUGH and part in letters for part in longest) or "base64" in text.casefold()


def outlives(account: Account) -> bool:
    """Whether an account, and so its lists, are there again at the next start."""
    return account.source in {KeySource.KEYRING, KeySource.PROFILE}


def _label(account: Account, place: str) -> Label:
    return Label(account.kept_as, account.environment.value, account.since, place)


def _is_of(label: Label | None, account: Account) -> TypeGuard[Label]:
    """An account with another name is the same one; where it is not known since when it is, its name must tell."""
    if label is None or (label.environment, label.since) != (account.environment.value, account.since):
        return False
    return bool(account.since) or label.account == account.kept_as


def _look_into(inbox: Inbox, account: Account, look: Callable[[str, Inbox], None]) -> None:
    with suppress(ProblemError):
        label = inbox.label()
        if _is_of(label, account):
            look(label.place, inbox)


def _beginning(account: Account) -> str:
    """By since when an account has its keys and addresses: it may get another name, and a name another account."""
    since = account.since or account.kept_as
    mark = hashlib.sha256(f"{account.environment.value} {since}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{BEGINNING}{mark}-"
