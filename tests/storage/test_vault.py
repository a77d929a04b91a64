# SPDX-License-Identifier: MIT
"""The vault against keyrings that refuse: real implementations of keyring's interface, made for the case."""

from __future__ import annotations

import base64
import importlib.util
import json
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import Windows, chainer, fail, null

from notification_tester.domain.account import Credentials
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.storage.keyring_problems import PATIENCE_SECONDS
from notification_tester.storage.places import APP_NAME as SERVICE
from notification_tester.storage.vault import MOST_COPIES, WINDOWS_LIMIT, Vault

if TYPE_CHECKING:
    from collections.abc import Callable

OF_SECRET_SERVICE: list[tuple[Exception, str]] = []
if importlib.util.find_spec("secretstorage"):  # which Windows and macOS have not
    import secretstorage.exceptions

    OF_SECRET_SERVICE = [
        (secretstorage.exceptions.LockedException("locked"), "keyring.locked"),
        (secretstorage.exceptions.PromptDismissedException("dismissed"), "keyring.refused"),
        (secretstorage.exceptions.SecretServiceNotAvailableException("gone"), "keyring.none"),
        (secretstorage.exceptions.ItemNotFoundException("gone"), "keyring.failed"),
    ]

OLD = Credentials(access_key_id="AKIAOLDOLDOLDOLDOLD1", secret_access_key="o" * 40, session_token="old-token")
NEW = Credentials(access_key_id="AKIANEWNEWNEWNEWNEW1", secret_access_key="n" * 40)


class Memory(KeyringBackend):
    """A keyring that keeps secrets in memory, counts questions and can be told to fail."""

    priority: float = 9

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.fail_on_set: Callable[[str], BaseException | None] = lambda _: None
        self.fail_on_get: BaseException | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        if self.fail_on_get is not None:
            raise self.fail_on_get
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if error := self.fail_on_set(username):
            raise error
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError(username)
        del self.entries[service, username]


class WindowsLike(Memory, Windows.WinVaultKeyring):
    """What keyring takes for Windows' store."""

    priority = 5


class PlaintextKeyring(Memory):
    """Stands for the one of the package keyrings.alt."""

    priority = 0.5


PlaintextKeyring.__module__ = "keyrings.alt.file"


class EncryptedKeyring(Memory):
    """Stands for the one of keyrings.alt that asks for a password on the terminal; told to be important."""

    priority = 7


EncryptedKeyring.__module__ = "keyrings.alt.file"


class CryptFileKeyring(Memory):
    """Stands for the one of the package keyrings.cryptfile, which asks for a password on the terminal."""

    priority = 5


CryptFileKeyring.__module__ = "keyrings.cryptfile.cryptfile"


class DerivedKeyring(CryptFileKeyring):
    """One that somebody derived from it."""


class OddPriority(Memory):
    """One whose priority is no number."""

    priority: Any = None


class Broken(Memory):
    """One that cannot even say whether it works."""

    @property
    def priority(self) -> float:  # type: ignore[override] # keyring's own type differs between its versions
        raise KeyError("no such service")


class NotRecommended(Memory):
    """One that keyring itself advises against."""

    priority = 0.9


class NotWorkingHere(Memory):
    """One that says that it does not work on this system."""

    @property
    def priority(self) -> float:  # type: ignore[override] # keyring's own type differs between its versions
        raise RuntimeError("no bus")


def bus_error() -> Exception:
    """As the session bus answers when the service does not."""
    jeepney: Any = importlib.import_module("jeepney")  # it has no types
    call = jeepney.new_method_call(jeepney.DBusAddress("/", "org.freedesktop.secrets"), "Ping")
    call.header.serial = 1
    error: Exception = jeepney.DBusErrorResponse(jeepney.new_error(call, "org.freedesktop.DBus.Error.Failed"))
    return error


def refusal(call: Callable[[], object]) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        call()
    problem = caught.value.problem
    assert problem.cause is Cause.KEYRING
    assert "for this session only" in problem.remedy
    for secret in (NEW.secret_access_key, OLD.secret_access_key, OLD.session_token):
        assert secret not in problem.as_text()
        assert secret not in repr(caught.value)
    return caught.value


def test_the_keyring_is_asked_once_per_start() -> None:
    backend = Memory()
    Vault(backend).store("Lab", OLD)
    vault = Vault(backend)
    backend.asked = 0
    assert vault.load("Lab") == OLD
    asked = backend.asked
    assert asked == 3
    assert vault.load("Lab") == OLD
    assert backend.asked == asked
    assert OLD.secret_access_key not in repr(vault) + str(vars(vault)["_read"])


def test_accounts_do_not_mix() -> None:
    vault = Vault(Memory())
    vault.store("A", OLD)
    vault.store("A / session token", NEW)
    vault.forget("A / session token")
    assert vault.load("A") == OLD
    vault.forget("A")
    assert vault.load("A") is None
    vault.forget("A")


@pytest.mark.parametrize("part", ["access key id", "secret access key", "session token"])
@pytest.mark.parametrize("before", [OLD, None], ids=["over others", "for the first time"])
def test_a_set_that_is_stored_in_part_is_taken_back(part: str, before: Credentials | None) -> None:
    backend = Memory()
    if before is not None:
        Vault(backend).store("Lab", before)
    entries = dict(backend.entries)
    failures = iter([keyring.errors.PasswordSetError(f"no {NEW.secret_access_key}")])
    backend.fail_on_set = lambda username: next(failures, None) if username.endswith(part) else None
    new = Credentials(access_key_id="ASIANEWNEWNEWNEWNEW1", secret_access_key="n" * 40, session_token="new-token")
    vault = Vault(backend)
    assert refusal(lambda: vault.store("Lab", new)).problem.code == "keyring.refused"
    assert backend.entries == entries
    assert vault.load("Lab") == before


def test_an_old_secret_is_never_paired_with_a_new_key() -> None:
    backend = Memory()
    Vault(backend).store("Lab", OLD)
    written: list[str] = []

    def fail_from_the_second(username: str) -> BaseException | None:
        written.append(username)
        return keyring.errors.KeyringLocked("closed in between") if len(written) > 1 else None

    backend.fail_on_set = fail_from_the_second
    new = Credentials(access_key_id="ASIANEWNEWNEWNEWNEW1", secret_access_key="n" * 40, session_token="new-token")
    refusal(lambda: Vault(backend).store("Lab", new))
    assert Vault(backend).load("Lab") == OLD


def test_keys_of_which_a_part_is_gone() -> None:
    backend = Memory()
    Vault(backend).store("Lab", OLD)
    backend.delete_password(SERVICE, "Lab / secret access key")
    assert refusal(lambda: Vault(backend).load("Lab")).problem.code == "keyring.incomplete"
    Vault(backend).forget("Lab")
    assert backend.entries == {}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (keyring.errors.NoKeyringError("none"), "keyring.none"),
        (keyring.errors.KeyringLocked("locked"), "keyring.locked"),
        (keyring.errors.InitError("refused"), "keyring.refused"),
        (keyring.errors.PasswordSetError("refused"), "keyring.refused"),
        (keyring.errors.KeyringError("?"), "keyring.failed"),
        *OF_SECRET_SERVICE,
        *([(bus_error(), "keyring.failed")] if OF_SECRET_SERVICE else []),
        (ConnectionResetError("the service died"), "keyring.failed"),
        (TimeoutError("no answer"), "keyring.failed"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value,
)
def test_what_keyrings_raise_is_put_into_words(error: BaseException, code: str) -> None:
    backend = Memory()
    backend.fail_on_get = error
    raised = refusal(lambda: Vault(backend).load("Lab"))
    assert raised.problem.code == code
    assert type(error).__name__ in raised.problem.answer.message
    assert raised.__cause__ is error


class NoWordsError(Exception):
    """An error that fails to say what it is."""

    def __str__(self) -> str:
        raise ValueError("no words")


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        RuntimeError("no bus"),
        AttributeError("'NoneType' object has no attribute 'x'"),
        RecursionError("too deep"),
        MemoryError(),
        StopIteration(),
        SystemExit(3),
        KeyboardInterrupt(),
        GeneratorExit(),
        ExceptionGroup("several", [ValueError("one")]),
        NoWordsError(),
        Exception("x" * 1_000_000),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_keyring_raises_is_a_problem(error: BaseException) -> None:
    backend = Memory()
    Vault(backend).store("Lab", OLD)
    backend.fail_on_get = error
    vault = Vault(backend)
    for call in (vault.check, lambda: vault.load("Lab"), lambda: vault.store("Lab", NEW), lambda: vault.forget("Lab")):
        problem = refusal(call).problem
        assert problem.code == "keyring.failed"
        assert type(error).__name__ in problem.answer.message
        assert len(problem.answer.message) < 1000
    backend.fail_on_get = None
    backend.fail_on_set = lambda _: error
    assert refusal(lambda: vault.store("Lab", NEW)).problem.code == "keyring.failed"


def test_a_fault_of_ours_is_not_taken_for_the_keyrings() -> None:
    nothing: Any = None
    with pytest.raises(AttributeError):
        Vault(Memory()).store("Lab", nothing)


@pytest.mark.parametrize("part", ["access key id", "secret access key", "session token"])
@pytest.mark.parametrize(
    "found", [b"bytes", 7, ["list"], object(), "two\nlines", "half\ud800", "null\0", "\u202etrojan"]
)
def test_an_entry_that_is_no_text_of_ours_can_be_replaced_and_forgotten(part: str, found: Any) -> None:
    backend = Memory()
    Vault(backend).store("Lab", OLD)
    backend.entries[SERVICE, f"Lab / {part}"] = found
    assert refusal(lambda: Vault(backend).load("Lab")).problem.code == "keyring.unreadable"
    kept = dict(backend.entries)
    Vault(backend).store("Lab", NEW)
    assert Vault(backend).load("Lab") == NEW
    backend.entries = kept
    Vault(backend).forget("Lab")
    assert backend.entries == {}


class Bytes(Memory):
    """Decodes what it has, as the Secret Service's backend does."""

    def get_password(self, service: str, username: str) -> str | None:
        found: Any = super().get_password(service, username)
        return found.decode("utf-8") if isinstance(found, bytes) else found


@pytest.mark.parametrize("part", ["access key id", "secret access key", "session token"])
def test_an_entry_that_is_no_text_at_all_is_told_and_can_be_replaced_and_forgotten(part: str) -> None:
    backend = Bytes()
    Vault(backend).store("Lab", OLD)
    broken: Any = b"\xff\xfe" + OLD.secret_access_key.encode()
    backend.entries[SERVICE, f"Lab / {part}"] = broken
    raised = refusal(lambda: Vault(backend).load("Lab"))
    assert (raised.problem.code, raised.problem.answer.message) == ("keyring.unreadable", "")
    assert "Type the keys in again." in raised.problem.remedy
    kept = dict(backend.entries)
    Vault(backend).store("Lab", NEW)
    assert Vault(backend).load("Lab") == NEW
    backend.entries = kept
    Vault(backend).forget("Lab")
    assert backend.entries == {}


class Hanging(Memory):
    """One that answers once somebody has closed its window."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.closed.wait(60)
        return super().get_password(service, username)


def test_a_keyring_that_does_not_answer_is_waited_for_so_long() -> None:
    backend = Hanging()
    vault = Vault(backend, patience=0.05)
    try:
        for call in (vault.check, lambda: vault.load("Lab"), lambda: vault.store("Lab", NEW)):
            problem = refusal(call).problem
            assert problem.code == "keyring.silent"
            assert "no answer within" in problem.answer.message
        asking = [thread for thread in threading.enumerate() if thread.name == "keyring"]
        assert len(asking) >= 3
        assert all(thread.daemon for thread in asking), "the program ends all the same"
    finally:
        backend.closed.set()
    vault = Vault(backend, patience=20)
    vault.store("Lab", NEW)
    assert vault.load("Lab") == NEW
    assert 30 <= PATIENCE_SECONDS <= 120, "long enough to type a password, short enough for a script"


class Dying(Memory):
    """One whose process ends after so many changes, or questions of any kind; what comes after it does nothing."""

    def __init__(self, entries: dict[tuple[str, str], str], *, changes: int, counts_reading: bool = False) -> None:
        super().__init__()
        self.entries = entries
        self.left = changes
        self.counts_reading = counts_reading

    def get_password(self, service: str, username: str) -> str | None:
        if self.counts_reading:
            self._change()
        return super().get_password(service, username)

    def _change(self) -> None:
        if not self.left:
            raise ConnectionResetError("the service died")
        self.left -= 1

    def set_password(self, service: str, username: str, password: str) -> None:
        self._change()
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._change()
        super().delete_password(service, username)


TEMPORARY = Credentials(access_key_id="ASIANEWNEWNEWNEWNEW1", secret_access_key="m" * 40, session_token="new-token")


@pytest.mark.parametrize("counts_reading", [False, True], ids=["locked for writing", "gone"])
@pytest.mark.parametrize(("before", "after"), [(OLD, TEMPORARY), (OLD, NEW), (NEW, TEMPORARY), (NEW, OLD)])
def test_at_every_moment_the_old_keys_or_the_new_ones_are_there(
    before: Credentials, after: Credentials, counts_reading: bool
) -> None:
    was_stored = []
    for changes in range(40):
        kept = Memory()
        Vault(kept).store("Lab", before)
        dying = Vault(Dying(kept.entries, changes=changes, counts_reading=counts_reading))
        try:
            dying.store("Lab", after)
        except ProblemError:
            was_stored.append(False)
        else:
            was_stored.append(True)
        assert Vault(kept).load("Lab") == (after if was_stored[-1] else before)
        Vault(kept).store("Lab", after)  # it can be done again, and then nothing else is left
        assert Vault(kept).load("Lab") == after
        assert len(kept.entries) == (3 if after.session_token else 2)
        Vault(kept).forget("Lab")
        assert kept.entries == {}
    assert was_stored == sorted(was_stored)
    assert {was_stored[0], was_stored[-1]} == {False, True}


@pytest.mark.parametrize("changes", range(12))
def test_keys_that_are_replaced_half_way_are_forgotten_whole(changes: int) -> None:
    kept = Memory()
    Vault(kept).store("Lab", OLD)
    with suppress(ProblemError):
        Vault(Dying(kept.entries, changes=changes)).store("Lab", TEMPORARY)
    Vault(kept).forget("Lab")
    assert kept.entries == {}


@pytest.mark.parametrize("changes", range(4))
def test_a_half_forgotten_account_has_no_keys_left(changes: int) -> None:
    entries: dict[tuple[str, str], str] = {}
    kept = Memory()
    kept.entries = entries
    Vault(kept).store("Lab", OLD)
    if changes < 3:
        refusal(lambda: Vault(Dying(entries, changes=changes)).forget("Lab"))
    else:
        Vault(Dying(entries, changes=changes)).forget("Lab")
    assert Vault(kept).load("Lab") == (None if changes else OLD)


def test_an_error_that_quotes_the_secret_is_not_passed_on() -> None:
    backend = Memory()
    backend.fail_on_set = lambda _: keyring.errors.PasswordSetError(f"could not store {NEW.secret_access_key}")
    raised = refusal(lambda: Vault(backend).store("Lab", NEW))
    assert raised.problem.answer.message == "PasswordSetError: could not store …"
    assert raised.__cause__ is None


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda secret: base64.b64encode(f"{secret}".encode()).decode(), id="base64"),
        pytest.param(lambda secret: quote(secret, safe=""), id="percent"),
        pytest.param(lambda secret: repr(secret.encode()), id="bytes"),
        pytest.param(lambda secret: "x" * 480 + secret, id="cut-off"),
    ],
)
def test_a_secret_in_any_form_is_not_handed_on(written: Callable[[str], str]) -> None:
    backend = Memory()
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    told = written(secret)
    backend.fail_on_set = lambda _: keyring.errors.PasswordSetError(f"could not store {told}")
    with pytest.raises(ProblemError) as raised:
        Vault(backend).store("Lab", Credentials(access_key_id="AKIANEWNEWNEWNEWNEW1", secret_access_key=secret))
    assert told[-30:] not in raised.value.problem.answer.message
    assert "wJalrXUtnFEM" not in raised.value.problem.answer.message
    assert raised.value.__cause__ is None


def test_windows_limit_is_told_before_anything_is_written() -> None:
    backend = WindowsLike()
    vault = Vault(backend)
    fits = Credentials(access_key_id="ASIANEWNEWNEWNEWNEW1", secret_access_key="n" * 40, session_token="t" * 1280)
    vault.store("Lab", fits)
    entries = dict(backend.entries)
    longer = Credentials(access_key_id="ASIANEWNEWNEWNEWNEW2", secret_access_key="n" * 40, session_token="t" * 1281)
    problem = refusal(lambda: vault.store("Lab", longer)).problem
    assert problem.code == "keyring.too-long"
    assert "session token" in problem.title
    assert "1,281" in problem.detail
    assert "permanent access key" in problem.remedy
    assert backend.entries == entries
    Vault(Memory()).store("Lab", longer)


def test_windows_limit_is_told_of_a_password_and_the_one_that_was_kept_stays() -> None:
    vault = Vault(WindowsLike())
    vault.keep_mail_password("mail.example.org", "me", "p" * 1280)
    for longer, size in (("p" * 1281, "1,281"), ("🔑" * 641, "1,282")):
        problem = refusal(partial(vault.keep_mail_password, "mail.example.org", "me", longer)).problem
        assert size in problem.detail
        assert problem.code == "keyring.too-long"
        assert problem.title == "The password is too long for Windows."
        assert "access key" not in problem.remedy
    assert vault.mail_password("mail.example.org", "me") == "p" * 1280


def test_of_more_mailboxes_than_an_entry_of_windows_holds_the_first_are_named_and_all_passwords_kept() -> None:
    backend = WindowsLike()
    vault, server = Vault(backend), "smtp.university.example"
    users = [f"user-{number:02}@university.example" for number in range(40)]
    for user in users:
        vault.keep_mail_password(server, user, f"of {user}")
    named = vault.mailboxes()
    assert named == tuple((server, user) for user in users[: len(named)])
    told = backend.entries[SERVICE, "mail / whose passwords are kept"]
    one_more = json.dumps([*named, (server, users[len(named)])])
    assert len(told.encode("utf-16-le")) <= WINDOWS_LIMIT < len(one_more.encode("utf-16-le"))
    assert [vault.mail_password(server, user) for user in users] == [f"of {user}" for user in users]
    vault.forget_mail_password(server, users[0])
    assert vault.mailboxes() == named[1:]
    for user in users:
        vault.forget_mail_password(server, user)
    assert backend.entries == {}


@pytest.mark.parametrize("told", ["{", "7", "[7]"])
def test_a_list_of_mailboxes_that_another_program_changed_names_none(told: str) -> None:
    backend = Memory()
    vault = Vault(backend)
    vault.keep_mail_password("mail.example.org", "me", "a password")
    assert vault.mailboxes() == (("mail.example.org", "me"),)
    backend.entries[SERVICE, "mail / whose passwords are kept"] = told
    assert vault.mailboxes() == ()
    assert vault.mail_password("mail.example.org", "me") == "a password"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (fail.Keyring, "keyring.none"),
        (null.Keyring, "keyring.none"),
        (PlaintextKeyring, "keyring.unsafe"),
        (EncryptedKeyring, "keyring.unsafe"),
        (CryptFileKeyring, "keyring.unsafe"),
        (DerivedKeyring, "keyring.unsafe"),
        (OddPriority, "keyring.none"),
        (Broken, "keyring.none"),
        (NotRecommended, "keyring.unsafe"),
        (NotWorkingHere, "keyring.none"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.__module__}.{value.__qualname__}",
)
def test_keyrings_that_will_not_do(kind: Callable[[], KeyringBackend], code: str) -> None:
    backend = kind()
    assert refusal(Vault(backend).check).problem.code == code
    assert refusal(lambda: Vault(backend).store("Lab", NEW)).problem.code == code
    assert not getattr(backend, "entries", {})


class JustRecommended(Memory):
    """One that keyring itself calls good enough, and no more than that."""

    priority = 1


def test_a_keyring_that_is_just_recommended_is_used() -> None:
    backend = JustRecommended()
    Vault(backend).store("Lab", NEW)
    assert len(backend.entries) == 2


def chain(*backends: KeyringBackend) -> KeyringBackend:
    make: Any = type(chainer.ChainerBackend)
    made: KeyringBackend = make("Chain", (chainer.ChainerBackend,), {"backends": list(backends)})()
    return made


def test_of_a_chain_the_first_safe_one_is_used() -> None:
    unsafe, safe = EncryptedKeyring(), Memory()
    Vault(chain(unsafe, safe)).store("Lab", NEW)
    assert len(safe.entries) == 2
    assert not unsafe.entries


class PackageIndex(Memory):
    """Stands for those that hand out passwords of a package index, are the most important, and keep nothing."""

    priority = 9.9

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


def test_of_a_chain_the_systems_own_keyring_is_used() -> None:
    class Own(Memory):
        """Stands for one of keyring's own."""

        priority = 5

    Own.__module__ = "keyring.backends.SecretService"
    own = Own()
    Vault(chain(PackageIndex(), own)).store("Lab", NEW)
    assert len(own.entries) == 2


@pytest.mark.parametrize(
    ("kinds", "code"), [((), "keyring.none"), ((PlaintextKeyring, fail.Keyring), "keyring.unsafe")]
)
def test_a_chain_of_none(kinds: tuple[Callable[[], KeyringBackend], ...], code: str) -> None:
    assert refusal(Vault(chain(*(kind() for kind in kinds))).check).problem.code == code


def test_a_keyring_that_removes_and_reports_a_failure_leaves_keys_that_can_be_read() -> None:
    class Untrue(Memory):
        fails = False

        def delete_password(self, service: str, username: str) -> None:
            super().delete_password(service, username)
            if self.fails:
                self.fails = False
                raise keyring.errors.PasswordDeleteError("no answer in time")

    ring = Untrue()
    vault = Vault(ring)
    vault.store("Lab", OLD)
    ring.fails = True
    vault.store("Lab", NEW)
    assert not ring.fails
    assert Vault(ring).load("Lab") == NEW
    assert vault.load("Lab") == NEW


class Copied(KeyringBackend):
    """One in which another program copies every entry: the first is read and removed, the last is replaced."""

    priority: float = 5

    def __init__(self, copies: int) -> None:
        self.entries: list[tuple[str, str]] = []
        self.copies = copies

    def copy_all(self) -> None:
        self.entries *= self.copies

    def get_password(self, service: str, username: str) -> str | None:
        return next((secret for name, secret in self.entries if (service, name) == (SERVICE, username)), None)

    def set_password(self, service: str, username: str, password: str) -> None:
        places = [place for place, (name, _) in enumerate(self.entries) if (service, name) == (SERVICE, username)]
        if places:
            self.entries[places[-1]] = (username, password)
        else:
            self.entries.append((username, password))

    def delete_password(self, service: str, username: str) -> None:
        self.entries.remove((username, str(self.get_password(service, username))))


def test_keys_that_were_copied_are_replaced_and_forgotten_with_their_copies() -> None:
    backend = Copied(2)
    Vault(backend).store("Lab", OLD)
    backend.copy_all()
    Vault(backend).store("Lab", NEW)
    assert Vault(backend).load("Lab") == NEW
    backend.copy_all()
    Vault(backend).forget("Lab")
    assert backend.entries == []
    assert Vault(backend).load("Lab") is None


def test_a_password_that_was_copied_is_replaced_and_forgotten_with_its_copies() -> None:
    backend = Copied(2)
    vault = Vault(backend)
    vault.keep_mail_password("mail.example.org", "me", "old")
    backend.copy_all()
    vault.keep_mail_password("mail.example.org", "me", "new")
    assert vault.mail_password("mail.example.org", "me") == "new"
    vault.keep_mail_password("mail.example.org", "you", "other")
    backend.copy_all()
    vault.keep_mail_password("mail.example.org", "she", "another")
    named = [("mail.example.org", user) for user in ("me", "she", "you")]
    assert list(vault.mailboxes()) == named
    for server, user in named:
        vault.forget_mail_password(server, user)
    assert backend.entries == []


def test_as_many_copies_as_are_looked_for_are_removed_and_one_more_is_said_to_be_there() -> None:
    for copies in (MOST_COPIES, MOST_COPIES + 1):
        backend = Copied(copies)
        Vault(backend).store("Lab", NEW)
        backend.copy_all()
        if copies == MOST_COPIES:
            Vault(backend).forget("Lab")
            assert backend.entries == []
        else:
            assert refusal(partial(Vault(backend).forget, "Lab")).problem.code == "keyring.stays"
            assert [name for name, _ in backend.entries].count("Lab / access key id") == 1


def test_keys_that_stay_whatever_the_keyring_answers_are_not_said_to_be_forgotten() -> None:
    backend = Copied(50)
    Vault(backend).store("Lab", OLD)
    backend.copy_all()
    assert refusal(lambda: Vault(backend).forget("Lab")).problem.code == "keyring.stays"
