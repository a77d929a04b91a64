# SPDX-License-Identifier: MIT
"""Which keyrings are good enough, and what their errors mean to a person.

The errors come from whatever library stands behind the keyring, and several let their own exceptions through where
keyring's documentation promises a KeyringError. The table names them as text: a class can only have been raised if its
module was imported, and importing them here would cost time and fail elsewhere.

Sources: keyring.errors and the backends of keyring 25; secretstorage.exceptions; CredWrite in Microsoft's Win32
reference for the limit of a secret.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyring.backend import KeyringBackend

SESSION_ONLY = "You can also use the keys for this session only: they are then kept nowhere."

_NONE, _LOCKED, _REFUSED, _FAILED = "none", "locked", "refused", "failed"

_FOREIGN = (
    # the first line that fits decides, so the narrower stand first
    ("keyring.errors", "NoKeyringError", _NONE),
    ("keyring.errors", "KeyringLocked", _LOCKED),
    ("keyring.errors", "InitError", _REFUSED),
    ("keyring.errors", "PasswordSetError", _REFUSED),
    ("keyring.errors", "PasswordDeleteError", _REFUSED),
    ("keyring.errors", "KeyringError", _FAILED),
    ("secretstorage.exceptions", "SecretServiceNotAvailableException", _NONE),
    ("secretstorage.exceptions", "LockedException", _LOCKED),
    ("secretstorage.exceptions", "PromptDismissedException", _REFUSED),
    ("secretstorage.exceptions", "SecretStorageException", _FAILED),
    ("jeepney.wrappers", "DBusErrorResponse", _FAILED),
    ("jeepney.io.common", "RouterClosed", _FAILED),
    ("dbus.exceptions", "DBusException", _FAILED),
    ("gi.repository.GLib", "Error", _FAILED),
    ("win32ctypes.pywin32.pywintypes", "error", _FAILED),
    ("pywintypes", "error", _FAILED),
    ("builtins", "OSError", _FAILED),  # the connection to the keyring's process, time-outs among it
    ("builtins", "UnicodeDecodeError", _FAILED),  # an entry that another program wrote
)

_REFUSED_MODULES = ("keyrings.alt", "keyrings.cryptfile")
"""Plain files, files behind a fixed or asked-for password, and spreadsheets in the cloud."""


@contextmanager
def translated(hidden: tuple[str, ...] = ()) -> Iterator[None]:
    """Turn what a keyring raises into ProblemError; the texts in ``hidden`` are in no word of it."""
    try:
        yield
    except _classes() as error:
        raise _translate(error, hidden) from None if hidden and _tells(error, hidden) else error


@contextmanager
def ignored(hidden: tuple[str, ...]) -> Iterator[None]:
    """Let the keyring fail without a word: for undoing, while an earlier failure is on its way to the person."""
    try:
        with translated(hidden):
            yield
    except ProblemError:
        return


def system_backend() -> KeyringBackend:
    """The keyring that this system offers; imports the library, which takes a while. Raises ProblemError."""
    import keyring

    try:
        return keyring.get_keyring()
    except (ImportError, AttributeError) as error:  # a setting of keyring's that names what is not installed
        raise _problem(_NONE, said=f"{type(error).__name__}: {error}") from error


def usable(backend: KeyringBackend) -> KeyringBackend:
    """The keyring to use: ``backend``, or the first good one that it stands for. Raises ProblemError.

    A chain would write to whichever of its keyrings accepts, so one is picked out of it.
    """
    from keyring.backends.chainer import ChainerBackend

    candidates = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
    verdicts = [(candidate, _verdict(candidate)) for candidate in candidates]
    for candidate, verdict in verdicts:
        if not verdict:
            return candidate
    names = ", ".join(_name(candidate) for candidate in candidates)
    if any(verdict == "unsafe" for _, verdict in verdicts):
        raise ProblemError(
            Problem(
                title="The keyring that is set up here is not a safe one.",
                detail="It keeps secrets in a file or in another place of its own, and not in the system's keyring. "
                "The program does not put keys there.",
                remedy="Set up the system's keyring (GNOME Keyring, KWallet, the macOS Keychain or Windows' Credential "
                f"Manager) for the Python library “keyring”. {SESSION_ONLY}",
                code="keyring.unsafe",
                cause=Cause.KEYRING,
                answer=ServiceAnswer(message=names),
            )
        )
    raise _problem(_NONE, said=names)


def is_windows(backend: KeyringBackend) -> bool:
    """Whether secrets go to Windows' Credential Manager."""
    return any(parent.__module__ == "keyring.backends.Windows" for parent in type(backend).__mro__)


def too_long(part: str, length: int, limit: int) -> ProblemError:
    """The error for a secret that Windows does not take."""
    return ProblemError(
        Problem(
            title=f"The {part} is too long for Windows.",
            detail=f"It has {length:,} characters, and Windows keeps at most {limit:,} of a secret.",
            remedy=f"Use a permanent access key, which has no token. {SESSION_ONLY}",
            code="keyring.too-long",
            cause=Cause.KEYRING,
        )
    )


def incomplete(account_name: str) -> ProblemError:
    """The error for an account of which a part is gone."""
    return ProblemError(
        Problem(
            title="A part of these keys is missing.",
            detail=f"The system's keyring has the access key of “{account_name}”, but not its secret; someone may "
            "have removed the entry.",
            remedy=f"Type the keys in again. {SESSION_ONLY}",
            code="keyring.incomplete",
            cause=Cause.KEYRING,
        )
    )


def _verdict(backend: KeyringBackend) -> str:
    """Empty for a good keyring, "none" for one that keeps nothing, "unsafe" for one that keeps secrets badly."""
    parents = [parent for parent in type(backend).__mro__ if parent.__module__ != "builtins"]
    if any(parent.__module__ in {"keyring.backends.fail", "keyring.backends.null"} for parent in parents):
        return "none"
    names = [f"{parent.__module__}.{parent.__qualname__}" for parent in parents]
    if any(name.startswith(_REFUSED_MODULES) or "plain" in name.rpartition(".")[2].casefold() for name in names):
        return "unsafe"
    try:
        recommended = backend.priority >= 1  # below one, keyring itself advises against it
    except (RuntimeError, NotImplementedError):  # how a keyring says that it does not work here
        return "none"
    return "" if recommended else "unsafe"


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _classes() -> tuple[type[BaseException], ...]:
    return tuple(
        getattr(sys.modules[module], name) for module, name, _ in _FOREIGN if hasattr(sys.modules.get(module), name)
    )


def _translate(error: BaseException, hidden: tuple[str, ...]) -> ProblemError:
    kind = next(
        kind for module, name, kind in _FOREIGN if isinstance(error, getattr(sys.modules.get(module), name, ()))
    )
    said = f"{type(error).__name__}: {error}"
    for secret in hidden:
        if secret:
            said = said.replace(secret, "…")
    return _problem(kind, said=said)


def _tells(error: BaseException, hidden: tuple[str, ...]) -> bool:
    return any(secret and secret in f"{error}{error.args}" for secret in hidden)


def _problem(kind: str, *, said: str) -> ProblemError:
    title, detail, remedy = {
        _NONE: (
            "This computer has no keyring that the program can use.",
            "Keys are kept in the system's keyring or not at all, and no keyring answered.",
            "On Linux, start GNOME Keyring, KWallet or KeePassXC's Secret Service, and then this program again.",
        ),
        _LOCKED: (
            "The keyring is locked.",
            "The system keeps your keys in it, and it was not opened.",
            "Unlock it with its password, often that of your login, and try again.",
        ),
        _REFUSED: (
            "The keyring refused.",
            "The system's question may have been closed or answered with no, or there was no way to ask it.",
            "Try again and allow it; a keyring that was never used asks for a new password first.",
        ),
        _FAILED: (
            "The keyring did not answer as it should.",
            "The system's own store of secrets reported an error.",
            "Try again; if it stays, sign out of the computer and in again.",
        ),
    }[kind]
    return ProblemError(
        Problem(
            title=title,
            detail=detail,
            remedy=f"{remedy} {SESSION_ONLY}",
            code=f"keyring.{kind}",
            cause=Cause.KEYRING,
            answer=ServiceAnswer(message=said),
        )
    )
