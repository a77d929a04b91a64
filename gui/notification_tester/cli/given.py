# SPDX-License-Identifier: MIT
"""What a command is given beside its words: a file, standard input, or a secret in a variable."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.domain.problem import ProblemError, input_problem
from notification_tester.storage.disk import reachable

if TYPE_CHECKING:
    from typing import BinaryIO

    from notification_tester.domain.known_secrets import KnownSecrets


def read_given(name: str, *, most: int) -> bytes:
    """Read the file of that name, or standard input for ``-``; at most ``most`` bytes and one, to tell more from that.

    Bytes and never text: the encoding is found from what they are, not from how this system is set up. Raises
    ProblemError.
    """
    try:
        if name != "-":
            with _open_file(name) as file:
                return file.read(most + 1)
        if sys.stdin is None:  # as "<&-" leaves it
            raise unreadable("Standard input is closed.", remedy="Give a file, or something on standard input.")
        return sys.stdin.buffer.read(most + 1)
    except (OSError, ValueError) as error:  # a name may have a zero in it
        what = "Standard input" if name == "-" else name
        raise unreadable(f"{what}: {getattr(error, 'strerror', None) or error}.") from error


def secret_in_variable(name: str | None, secrets: KnownSecrets) -> str:
    """A secret: never a word of the command, which every program on this computer can read; empty without a name.

    Raises ProblemError where there is nothing in that variable.
    """
    if name is None:
        return ""
    value = os.environ.get(name, "")
    if not value:
        raise input_problem(
            "words.no-variable",
            title="There is no secret in that variable.",
            detail="The variable that was named is not set, or empty.",
            remedy="Set it in the shell, without quotes around its name, and give its name and not the secret.",
        )
    secrets.add(value)
    return value


def unreadable(detail: str, *, remedy: str = "Check its name and whether you may read it.") -> ProblemError:
    """The error for something that was given and cannot be read."""
    return input_problem("file.unreadable", title="The file cannot be read.", detail=detail, remedy=remedy)


def _open_file(name: str) -> BinaryIO:
    """Open a file, and no pipe, device or folder: whoever opens a pipe that nobody writes to waits for ever."""
    path = reachable(Path(name))
    kind = path.stat().st_mode
    # What the shell has opened for <(…) is a pipe too, and somebody writes to it.
    is_from_shell = stat.S_ISFIFO(kind) and name.startswith(("/dev/fd/", "/dev/stdin", "/proc/self/fd/"))
    if not stat.S_ISREG(kind) and not is_from_shell:
        what = "a folder" if stat.S_ISDIR(kind) else "a pipe" if stat.S_ISFIFO(kind) else "no file but a device"
        raise unreadable(f"{name} is {what}.", remedy="Give a file, or - and the same on standard input: - < FILE")
    return path.open("rb")
