# SPDX-License-Identifier: MIT
"""What a command says: lines for people, one JSON value for scripts."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from notification_tester.cli.own_words import for_a_command

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem

YES, NO, WRONG = 0, 1, 2
"""Exit codes: yes; no (refused, not arrived, unreadable); the words or values given are wrong."""


def say_problem(problem: Problem, *, as_json: bool) -> None:
    """Say what is wrong: as JSON on standard output, in words on standard error."""
    problem = for_a_command(problem)
    if as_json:
        print_json({"problem": problem.as_json()})
    else:
        sys.stderr.write(f"\n{problem.title}\n{problem.detail}\nWhat to do: {problem.remedy}\n")
        if exact := problem.answer.as_text():
            sys.stderr.write(f"The exact answer:\n{exact}\n")


def print_line(line: str) -> None:
    """Say a line on standard output."""
    # A message may hold what a terminal would obey or cannot show.
    visible = "".join(one if one.isprintable() else f"⟨U+{ord(one):04X}⟩" for one in line)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(visible.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()


def print_json(value: dict[str, Any]) -> None:
    """Say the one value of this command."""
    # Plain ASCII: it passes through every terminal and pipe as it is.
    sys.stdout.write(json.dumps(value, indent=2) + "\n")
    sys.stdout.flush()  # a full disk is noticed here, and not when the interpreter ends
