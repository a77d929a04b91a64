# SPDX-License-Identifier: MIT
"""``import``: a specification of the older API, of a script or of an export, from a file or standard input, opened.

With ``--json`` it prints one object. ``specification`` is what today's operations take, with null for what is not
known, or null where the text only switches something on or off; ``receiver`` is the web receiver of REST or SOAP, which
Mechanical Turk no longer reaches; ``carried_over``, ``changed``, ``dropped`` and ``became`` are sentences. Nothing is
kept, sent or changed, and no key or signature of the text is printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.cli.given import read_given
from notification_tester.cli.output import NO, YES, print_json, print_line, say_problem
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.specifications.reading import MAX_SIZE, read_specification

if TYPE_CHECKING:
    import argparse


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    read = commands.add_parser("import", help="open an older specification from a file or standard input")
    read.add_argument("file", nargs="?", default="-", help="the file, or - for standard input")
    read.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError where the file cannot be read."""
    given = read_given(arguments.file, most=MAX_SIZE)
    try:
        found = read_specification(given)
    except ProblemError as error:
        say_problem(error.problem, as_json=arguments.json)
        return NO
    if arguments.json:
        print_json(found.as_json())
        return YES
    print_line(f"This is {found.what}.")
    for title, sentences in (
        ("Carried over", found.carried_over),
        ("Changed", found.changed),
        ("Dropped", found.dropped),
        ("What became of it", (found.became,)),
    ):
        if sentences:
            print_line(f"{title}:")
        for sentence in sentences:
            print_line(f"  {sentence}")
    return YES
