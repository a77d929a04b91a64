# SPDX-License-Identifier: MIT
"""What a command is given to read: a file, or standard input. A file of its own because several commands read."""

from __future__ import annotations

import sys
from pathlib import Path

from notification_tester.domain.problem import ProblemError, input_problem


def read_given(name: str, *, most: int) -> bytes:
    """Read the file of that name, or standard input for ``-``; at most ``most`` bytes and one, to tell more from that.

    Bytes and never text: the encoding is found from what they are, not from how this system is set up. Raises
    ProblemError.
    """
    try:
        if name != "-":
            with Path(name).open("rb") as file:
                return file.read(most + 1)
        if sys.stdin is None:  # as "<&-" leaves it
            raise _unreadable("Standard input is closed.", remedy="Give a file, or something on standard input.")
        return sys.stdin.buffer.read(most + 1)
    except (OSError, ValueError) as error:  # a name may have a zero in it
        what = "Standard input" if name == "-" else name
        reason = getattr(error, "strerror", None) or error
        raise _unreadable(f"{what}: {reason}.", remedy="Check its name and whether you may read it.") from error


def _unreadable(detail: str, *, remedy: str) -> ProblemError:
    return input_problem("file.unreadable", title="The file cannot be read.", detail=detail, remedy=remedy)
