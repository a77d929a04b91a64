# SPDX-License-Identifier: MIT
"""``decode``: a notification, or several, from a file or standard input, read.

With ``--json`` it prints what all of them say together (``format`` is "mixed" where they differ in it), with
``assessment``, ``reading`` (what had to be changed before it could be read) and ``messages``: each message by itself,
with an ``assessment`` of its own, the ``signature`` of a REST or SOAP message where a secret is given, and
``duplicate_of``, the number, from 1, of the first one with the same EventDocId. ``is_test`` means that it is marked as
a test; without a mark it may be one all the same, as the assessment says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.cli.given import read_given, secret_in_variable
from notification_tester.cli.output import NO, YES, print_json, print_line, say_problem
from notification_tester.domain.messages.message import MAX_SIZE
from notification_tester.domain.messages.pasted_message import decode_pasted
from notification_tester.domain.messages.sender import SignatureState

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from notification_tester.domain.messages.decoded import DecodedMessage


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    read = commands.add_parser("decode", help="read a notification from a file or standard input")
    read.add_argument("file", nargs="?", default="-", help="the file, or - for standard input")
    read.add_argument(
        "--secret-env", metavar="VAR", help="rest, soap: whether the signature fits the secret in this variable"
    )
    read.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    secret = secret_in_variable(arguments.secret_env, arguments.secrets)
    decoded = decode_pasted(read_given(arguments.file, most=MAX_SIZE))
    each = decoded.each()
    first_with_its_id = _duplicates(each)
    if arguments.json:
        print_json(
            {
                **decoded.as_json(),
                "reading": list(decoded.reading),
                "assessment": decoded.assessment(),
                "messages": [
                    {
                        **one.as_json(),
                        "assessment": one.assessment(),
                        "duplicate_of": first_with_its_id.get(number),
                        **_signature(one, secret),
                    }
                    for number, one in enumerate(each, start=1)
                ],
            }
        )
        return YES if decoded.problem is None else NO
    for number, one in enumerate(each, start=1):
        if len(each) > 1:
            print_line(f"Message {number} of {len(each)} ({one.format.value})")
        print_message(one)
        for verdict in _signature(one, secret).values():
            print_line(verdict["because"])
        if number in first_with_its_id:
            print_line(f"It has the EventDocId of message {first_with_its_id[number]}: count the two as one.")
        if one is not decoded and one.problem is not None:
            print_line(f"{one.problem.title} {one.problem.detail}")
    for note in decoded.reading:
        print_line(note)
    if decoded.problem is not None:
        say_problem(decoded.problem, as_json=False)
    return YES if decoded.problem is None else NO


def _signature(message: DecodedMessage, secret: str) -> dict[str, dict[str, str]]:
    """The member ``signature``, where a secret was given and the message is of a form that is signed with it."""
    if not secret:
        return {}
    verdict = message.signature_verdict(secret)
    if verdict.state is SignatureState.NONE:
        return {}
    return {"signature": {"state": verdict.state.value, "because": verdict.because}}


def _duplicates(messages: Sequence[DecodedMessage]) -> dict[int, int]:
    """The number of each message that has the EventDocId of an earlier one, with the number of the first of them."""
    seen: dict[str, int] = {}
    found: dict[int, int] = {}
    for number, message in enumerate(messages, start=1):
        if message.event_doc_id and (first := seen.setdefault(message.event_doc_id, number)) != number:
            found[number] = first
    return found


def print_message(message: DecodedMessage) -> None:
    """Say what is in it, a line for each event."""
    for event in message.events:
        ids = " ".join(one for one in (event.hit_type_id, event.hit_id, event.assignment_id) if one)
        print_line(f"{event.event_type}  {event.event_timestamp or ''}  {ids}")
    if assessment := message.assessment():
        print_line(assessment)
