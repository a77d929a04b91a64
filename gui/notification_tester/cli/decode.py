# SPDX-License-Identifier: MIT
"""``decode``: a notification from a file or standard input, read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.cli.output import NO, YES, print_json, print_line, say_problem
from notification_tester.domain.message import decode
from notification_tester.domain.problem import input_problem

if TYPE_CHECKING:
    import argparse

LONGEST_MESSAGE = 1024 * 1024


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    read = commands.add_parser("decode", help="read a notification from a file or standard input")
    read.add_argument("file", nargs="?", default="-", help="the file, or - for standard input")
    read.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    decoded = decode(_read_bytes(arguments.file))
    if arguments.json:
        print_json({**decoded.as_json(), "assessment": decoded.assessment()})
    else:
        for event in decoded.events:
            ids = " ".join(one for one in (event.hit_type_id, event.hit_id, event.assignment_id) if one)
            print_line(f"{event.event_type}  {event.event_timestamp or ''}  {ids}")
        if assessment := decoded.assessment():
            print_line(assessment)
        if decoded.problem is not None:
            say_problem(decoded.problem, as_json=False)
    return YES if decoded.problem is None else NO


def _read_bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(LONGEST_MESSAGE + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(LONGEST_MESSAGE + 1)
    except OSError as error:
        raise input_problem(
            "file.unreadable",
            title="The file cannot be read.",
            detail=f"{name}: {error.strerror or error}.",
            remedy="Check its name and whether you may read it.",
        ) from error
