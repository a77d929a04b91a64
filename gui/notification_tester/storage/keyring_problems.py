# SPDX-License-Identifier: MIT
"""The one door to the library keyring: which keyrings are good enough, and what their answers mean to a person.

What stands behind the keyring is somebody else's library, a service on a bus, or whatever a setting names. It may raise
what it likes, answer with what is no text, or never answer, and none of that is a fault of ours: each call is made on a
thread of its own, is waited for so long, and whatever comes out of it is a Problem. Faults of ours happen outside of
these calls and stay what they are.

The table names errors as text: a class can only have been raised if its module was imported, and importing them here
would cost time and fail elsewhere.

Sources: keyring.errors, keyring.core and the backends of keyring 25; secretstorage.exceptions; CredWrite in Microsoft's
Win32 reference for the limit of a secret.
"""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from notification_tester.domain.known_secrets import REMOVED, KnownSecrets
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, ServiceAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

Value = TypeVar("Value")

PATIENCE_SECONDS = 60.0
"""How long one call may take: the system may ask the person for a password meanwhile, and nobody may be there."""

SESSION_ONLY = "You can also use the keys for this session only: they are then kept nowhere."

_NONE, _LOCKED, _REFUSED, _FAILED, _SILENT = "none", "locked", "refused", "failed", "silent"

_FOREIGN = (
    # the first line that fits decides, so the narrower stand first; what is in no line has failed
    ("keyring.errors", "NoKeyringError", _NONE),
    ("keyring.errors", "KeyringLocked", _LOCKED),
    ("keyring.errors", "InitError", _REFUSED),
    ("keyring.errors", "PasswordSetError", _REFUSED),
    ("keyring.errors", "PasswordDeleteError", _REFUSED),
    ("secretstorage.exceptions", "SecretServiceNotAvailableException", _NONE),
    ("secretstorage.exceptions", "LockedException", _LOCKED),
    ("secretstorage.exceptions", "PromptDismissedException", _REFUSED),
)

_REFUSED_MODULES = ("keyrings.alt", "keyrings.cryptfile")
"""Plain files, files behind a fixed or asked-for password, and spreadsheets in the cloud."""

_LONGEST = 500
"""Characters of an error's text that are kept."""

_SETTING = "PYTHON_KEYRING_BACKEND"


def asked(call: Callable[[], Value], hidden: tuple[str, ...] = (), *, patience: float = PATIENCE_SECONDS) -> Value:
    """What ``call`` answers, which asks the keyring. Raises ProblemError; the texts in ``hidden`` are in no word of it.

    It is waited for ``patience`` seconds. A call that hangs is left behind and keeps the program from nothing.
    """
    answer: Future[Value] = Future()

    def work() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the library's
            answer.set_exception(error)

    threading.Thread(target=work, name="keyring", daemon=True).start()
    wait([answer], timeout=patience)
    if not answer.done():
        raise _problem(_SILENT, said=f"no answer within {patience:.0f} seconds")
    error = answer.exception()
    if isinstance(error, ProblemError):
        raise error
    if error is not None:
        raise _translate(error, hidden) from None if hidden and _tells(error, hidden) else error
    return answer.result()


def system_backend() -> KeyringBackend:
    """The keyring that this system offers or a setting names; importing the library takes a while.

    For :func:`asked`. Raises ProblemError.
    """
    try:
        import keyring

        return keyring.get_keyring()
    except BaseException as error:  # a setting of keyring's may name anything, and anything may come of it
        raise _problem(_NONE, said=f"{type(error).__name__}: {_text(error)[:_LONGEST]}", named=_named()) from error


def usable(backend: KeyringBackend) -> KeyringBackend:
    """The keyring to use: ``backend``, or the best good one that it stands for. Raises ProblemError.

    A chain would write to whichever of its keyrings accepts, so one is picked out of it: one of keyring's own before
    those that other packages bring, some of which only ever hand out passwords of a package index. For :func:`asked`.
    """
    from keyring.backends.chainer import ChainerBackend

    candidates = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
    verdicts = [(candidate, _verdict(candidate)) for candidate in candidates]
    good = [candidate for candidate, verdict in verdicts if not verdict]
    if good:
        return min(good, key=lambda one: not type(one).__module__.startswith("keyring.backends."))
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
    raise _problem(_NONE, said=names, named=_named())


def unreadable(account_name: str) -> ProblemError:
    """The error for an entry that is there and is no text, or one with line breaks or other invisible characters."""
    return ProblemError(
        Problem(
            title="These keys cannot be read.",
            detail=f"What the system's keyring has for “{account_name}” is not what the program wrote; another program "
            "may have changed the entry.",
            remedy=f"Type the keys in again. {SESSION_ONLY}",
            code="keyring.unreadable",
            cause=Cause.KEYRING,
            remedies=(Remedy.CHANGE_KEYS,),
        )
    )


def is_windows(backend: KeyringBackend) -> bool:
    """Whether secrets go to Windows' Credential Manager."""
    return any(parent.__module__ == "keyring.backends.Windows" for parent in type(backend).__mro__)


def too_long(part: str, length: int, limit: int) -> ProblemError:
    """The error for a secret that Windows does not take."""
    shorter = {
        "session token": "Use a permanent access key, which has no token. ",
        "password": "Have the mail server give you a shorter one. ",
    }
    return ProblemError(
        Problem(
            title=f"The {part} is too long for Windows.",
            detail=f"It has {length:,} characters, and Windows keeps at most {limit:,} of a secret.",
            remedy=f"{shorter.get(part, '')}{SESSION_ONLY}",
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
            remedies=(Remedy.CHANGE_KEYS,),
        )
    )


def stays(account_name: str) -> ProblemError:
    """The error for an entry that the keyring still has, though it said that it was removed."""
    return ProblemError(
        Problem(
            title="The keyring still has these keys.",
            detail=f"It was asked to remove an entry of “{account_name}”, said yes, and has it still.",
            remedy="Remove the entries of “mturk-notification-tester” with the system's own program for the keyring. "
            f"{SESSION_ONLY}",
            code="keyring.stays",
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
    except Exception:  # noqa: BLE001 - how a keyring says that it does not work here: RuntimeError, and what it likes
        return "none"
    return "" if recommended else "unsafe"


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _translate(error: BaseException, hidden: tuple[str, ...]) -> ProblemError:
    kind = next(
        (kind for module, name, kind in _FOREIGN if isinstance(error, getattr(sys.modules.get(module), name, ()))),
        _FAILED,
    )
    said = KnownSecrets(hidden).clean(_text(error)).replace(REMOVED, "…")
    return _problem(kind, said=f"{type(error).__name__}: {said[:_LONGEST]}")


def _tells(error: BaseException, hidden: tuple[str, ...]) -> bool:
    text = f"{_text(error)}{error.args!r}"
    return KnownSecrets(hidden).without_known(text) != text


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - another library's own words for its error
        return ""


def _named() -> str:
    """What names a keyring by itself, in place of the system's; empty where nothing does."""
    if name := os.environ.get(_SETTING):
        return f"The variable {_SETTING} names “{name[:100]}”"
    if _SETTING in os.environ:
        return f"The variable {_SETTING} is set and empty"
    from keyring.util import platform_

    path = platform_.config_root() / "keyringrc.cfg"
    return f"The file {path} names one" if path.exists() else ""


def _problem(kind: str, *, said: str, named: str = "") -> ProblemError:
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
        _SILENT: (
            "The keyring does not answer.",
            "The system's store of secrets was asked, and nothing came. Its question for a password may be hidden.",
            "Look for such a window and answer it, and try again; if it stays, sign out of the computer and in again.",
        ),
    }[kind]
    if named:
        detail = f"Keys are kept in the system's keyring or not at all. {named}, and that does not work here."
        remedy = "Remove that setting, so that the system's own keyring is used."
    return ProblemError(
        Problem(
            title=title,
            detail=detail,
            remedy=f"{remedy} {SESSION_ONLY}",
            code=f"keyring.{kind}",
            cause=Cause.KEYRING,
            answer=ServiceAnswer(message=said),
            remedies=(Remedy.TRY_AGAIN,),
        )
    )
