# SPDX-License-Identifier: MIT
"""Somebody whose keyring gets into a state, and who reads, replaces and forgets keys all the same.

Runs in a session bus of its own with a real Secret Service, and prints what was lost as one JSON object.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import keyring.errors
import secretstorage
import secretstorage.exceptions
from jeepney import DBusAddress, new_method_call  # type: ignore[import-untyped]
from keyring.backend import KeyringBackend
from keyring.backends import SecretService

from notification_tester.domain.account import Credentials
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.storage.places import APP_NAME
from notification_tester.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PASSWORD = "password"
OLD = Credentials(
    access_key_id="AKIAOLDOLDOLDOLDOLD1", secret_access_key="o" * 20 + "EXCRET/+xyz01234567O", session_token=""
)
NEW = Credentials(
    access_key_id="ASIANEWNEWNEWNEWNEW1",
    secret_access_key="n" * 20 + "EXCRET/+xyz01234567N",
    session_token="token-of-the-new",
)
PATIENCE = 1.5
ACCOUNT = "Lab"


@dataclass
class Person:
    """One person: what they do, and what was lost by it."""

    chance: Random
    lost: list[str] = field(default_factory=list)
    act: str = ""
    refused: str = ""
    backend: KeyringBackend | None = None

    def vault(self) -> Vault:
        """As a new start of the program has it."""
        return Vault(self.backend, patience=PATIENCE)

    def tries(self, name: str, call: Callable[[], object]) -> tuple[bool, object]:
        """Whether it went well, and what came. Anything but a problem of the keyring's is lost."""
        began = time.monotonic()
        try:
            return True, call()
        except ProblemError as error:
            self.refused = error.problem.as_text()
            text = f"{error.problem.as_text()} {error.__cause__!r} {error.__context__!r}"
            if error.problem.cause is not Cause.KEYRING:
                self.lost.append(f"{name}: not told as the keyring's: {error.problem.as_text()}")
            if any(one in text for keys in (OLD, NEW) for one in (keys.secret_access_key, keys.session_token) if one):
                self.lost.append(f"{name}: a secret was told")
        except BaseException as error:  # noqa: BLE001 - whatever comes through raw is lost
            self.lost.append(f"{name}: {type(error).__name__}: {error}")
        finally:
            if time.monotonic() - began > 12 * PATIENCE:
                self.lost.append(f"{name}: it took {time.monotonic() - began:.0f} seconds")
        return False, None


def collection() -> secretstorage.Collection:
    return secretstorage.get_default_collection(secretstorage.dbus_init())


def items(part: str = "") -> list[secretstorage.Item]:
    """The entries of the account, or the one of a part of its keys."""
    found = collection().search_items({"service": APP_NAME})
    wanted = f"{ACCOUNT} / {part}"
    return [one for one in found if one.get_attributes()["username"].startswith(wanted)]


def service() -> int:
    """The number of the keyring's process."""
    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    asked = new_method_call(bus, "GetConnectionUnixProcessID", "s", ("org.freedesktop.secrets",))
    return int(secretstorage.dbus_init().send_and_get_reply(asked).body[0])


def start_again() -> None:
    """End the keyring, however it is, and begin it again with its password."""
    with suppress(Exception):
        number = service()
        os.kill(number, signal.SIGKILL)
        while Path(f"/proc/{number}").exists() and " Z " not in Path(f"/proc/{number}/stat").read_text("utf-8"):
            time.sleep(0.01)
    daemon = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
    subprocess.run(daemon, input=PASSWORD.encode(), capture_output=True, check=False, timeout=20)
    # It comes to the bus only afterwards.
    subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", "org.freedesktop.secrets"], check=False)


@contextmanager
def healthy(person: Person) -> Iterator[None]:
    yield


@contextmanager
def locked(person: Person) -> Iterator[None]:
    collection().lock()
    yield
    start_again()


@contextmanager
def gone(part: str) -> Iterator[None]:
    for item in items(part):
        item.delete()
    yield


@contextmanager
def damaged(part: str, secret: bytes) -> Iterator[None]:
    for item in items(part):
        item.set_secret(secret)
    yield


@contextmanager
def doubled(person: Person) -> Iterator[None]:
    """Two entries of one name, as other programs make them."""
    for item in items():
        collection().create_item("a copy", item.get_attributes(), item.get_secret(), replace=False)
    yield


@contextmanager
def killed(person: Person) -> Iterator[None]:
    os.kill(service(), signal.SIGKILL)
    yield
    start_again()


@contextmanager
def silent(person: Person) -> Iterator[None]:
    number = service()
    os.kill(number, signal.SIGSTOP)
    yield
    os.kill(number, signal.SIGCONT)


@contextmanager
def soon(person: Person, strike: Callable[[], object], seconds: float) -> Iterator[None]:
    """Strike in the middle of what is done."""
    timer = threading.Timer(person.chance.uniform(0, seconds), strike)
    timer.start()
    yield
    timer.join()


@contextmanager
def slow(person: Person) -> Iterator[None]:
    number = service()
    os.kill(number, signal.SIGSTOP)
    with soon(person, lambda: os.kill(number, signal.SIGCONT), PATIENCE / 2):
        yield


@contextmanager
def killed_meanwhile(person: Person) -> Iterator[None]:
    number = service()
    with soon(person, lambda: os.kill(number, signal.SIGKILL), 0.1):
        yield
    start_again()


@contextmanager
def locked_meanwhile(person: Person) -> Iterator[None]:
    whole = collection()
    with soon(person, whole.lock, 0.1):
        yield
    start_again()


@contextmanager
def silent_meanwhile(person: Person) -> Iterator[None]:
    number = service()
    with soon(person, lambda: os.kill(number, signal.SIGSTOP), 0.1):
        yield
    os.kill(number, signal.SIGCONT)


@contextmanager
def unreachable(person: Person) -> Iterator[None]:
    before = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    yield
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = before


@contextmanager
def another(person: Person, backend: str) -> Iterator[None]:
    """Another keyring chosen by name."""
    os.environ["PYTHON_KEYRING_BACKEND"] = backend
    keyring.core._keyring_backend = None
    yield
    del os.environ["PYTHON_KEYRING_BACKEND"]
    keyring.core._keyring_backend = None


class Refusing(KeyringBackend):
    """The real keyring, which refuses one call in so many words, done or not done."""

    priority: float = 5

    def __init__(self, left: int, *, error: BaseException, is_done: bool) -> None:
        self._real: Any = SecretService.Keyring()  # type: ignore[no-untyped-call]
        self._left, self._error, self._is_done = left, error, is_done

    def _refuse(self, call: Callable[[], Any]) -> Any:
        self._left -= 1
        if self._left != 0:
            return call()
        if self._is_done:
            call()
        raise self._error

    def get_password(self, service: str, username: str) -> str | None:
        found: str | None = self._refuse(lambda: self._real.get_password(service, username))
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        self._refuse(lambda: self._real.set_password(service, username, password))

    def delete_password(self, service: str, username: str) -> None:
        self._refuse(lambda: self._real.delete_password(service, username))


@contextmanager
def refusing(person: Person) -> Iterator[None]:
    """One call among many is refused, by a person who closes the question or by what a library raises."""
    secret = NEW.secret_access_key if person.act == "store" else ""
    error = person.chance.choice(
        (
            keyring.errors.KeyringLocked(f"closed {secret}"),
            keyring.errors.PasswordSetError(secret),
            keyring.errors.PasswordDeleteError("no"),
            secretstorage.exceptions.PromptDismissedException("dismissed"),
            secretstorage.exceptions.ItemNotFoundException("gone"),
            OSError(5, secret),
            SystemExit(3),
            RecursionError(),
        )
    )
    is_done = person.chance.random() < 0.5
    person.backend = Refusing(person.chance.randint(1, 22), error=error, is_done=is_done)
    yield
    person.backend = None


STATES: dict[str, Callable[[Person], Any]] = {
    "healthy": healthy,
    "locked": locked,
    "the access key is gone": lambda _: gone("access key id"),
    "the secret is gone": lambda _: gone("secret access key"),
    "all is gone": lambda _: gone(""),
    "the access key is damaged": lambda _: damaged("access key id", b"two\nlines"),
    "the secret is no text": lambda _: damaged("secret access key", b"\xff\xfe\x00"),
    "the secret is empty": lambda _: damaged("secret access key", b""),
    "doubled": doubled,
    "killed": killed,
    "silent": silent,
    "slow": slow,
    "killed meanwhile": killed_meanwhile,
    "locked meanwhile": locked_meanwhile,
    "silent meanwhile": silent_meanwhile,
    "no bus": unreachable,
    "none chosen": lambda person: another(person, "keyring.backends.null.Keyring"),
    "one that fails chosen": lambda person: another(person, "keyring.backends.fail.Keyring"),
    "what is none chosen": lambda person: another(person, "json.JSONDecoder"),
    "refusing": refusing,
    "refusing again": refusing,
    "dismissed": refusing,
}
SPOILING = ("the access key", "the secret", "all is gone")
"""States in which what was kept is no longer there, whatever the program does."""


def go(person: Person, state: str) -> None:
    """Keep keys, let the keyring get into the state, do one thing, and look when all is well again."""
    person.vault().store(ACCOUNT, OLD)
    person.act = act = person.chance.choice(("load", "store", "store", "forget"))
    with STATES[state](person):
        went_well, came = person.tries(act, acts(person)[act])
    there, now = person.tries("look", lambda: Vault(patience=20).load(ACCOUNT))
    look = f"{now!r}" if there else f"it cannot be read: {person.refused}"
    is_spoiled = state.startswith(SPOILING)
    if act == "load":
        person.lost += [] if not went_well or came == OLD or is_spoiled else [f"read: {came!r}"]
        person.lost += [] if is_spoiled or now == OLD else [f"after reading: {look}"]
    if act == "store":
        wanted = [NEW] if went_well else [OLD, None] if is_spoiled else [OLD, NEW]
        person.lost += [] if now in wanted and (there or is_spoiled) else [f"after store ({went_well}): {look}"]
    if act == "forget":
        person.lost += [] if not went_well or now is None else ["forgotten, and still there"]
        person.lost += [] if went_well or is_spoiled or now in {OLD, None} else [f"after forget: {look}"]
        person.lost += [] if not went_well or not items() else [f"forgotten, and entries are left: {len(items())}"]
    if went_well and state in {"locked", "killed", "silent", "no bus"} and act != "load":
        person.lost.append(f"{act} is said to have gone well")


def acts(person: Person) -> dict[str, Callable[[], object]]:
    """What a person does."""
    return {
        "load": lambda: person.vault().load(ACCOUNT),
        "store": lambda: person.vault().store(ACCOUNT, NEW),
        "forget": lambda: person.vault().forget(ACCOUNT),
    }


def main() -> None:
    """Go, and tell."""
    state, seed, planted = sys.argv[1:]
    person = Person(Random(int(seed)))
    if planted:
        Vault.store = lambda *_: None  # type: ignore[method-assign]
    with suppress(BrokenPipeError):
        go(person, state)
    json.dump({"lost": "; ".join(person.lost)}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # a question to a keyring that hangs is left behind


if __name__ == "__main__":
    main()
