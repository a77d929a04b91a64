# SPDX-License-Identifier: MIT
"""``decode``: a notification from a file or standard input, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.cli.given import read_given
from notification_tester.cli.output import NO, YES, print_json, print_line, say_problem
from notification_tester.domain.message import MAX_SIZE
from notification_tester.domain.pasted_message import decode_pasted

if TYPE_CHECKING:
    import argparse


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    read = commands.add_parser("decode", help="read a notification from a file or standard input")
    read.add_argument("file", nargs="?", default="-", help="the file, or - for standard input")
    read.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    decoded = decode_pasted(read_given(arguments.file, most=MAX_SIZE))
    if arguments.json:
        print_json({**decoded.as_json(), "reading": list(decoded.reading), "assessment": decoded.assessment()})
    else:
        for event in decoded.events:
            ids = " ".join(one for one in (event.hit_type_id, event.hit_id, event.assignment_id) if one)
            print_line(f"{event.event_type}  {event.event_timestamp or ''}  {ids}")
        for note in decoded.reading:
            print_line(note)
        if assessment := decoded.assessment():
            print_line(assessment)
        if decoded.problem is not None:
            say_problem(decoded.problem, as_json=False)
    return YES if decoded.problem is None else NO
