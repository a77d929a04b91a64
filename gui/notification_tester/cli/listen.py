# SPDX-License-Identifier: MIT
"""``listen``: print what arrives at a queue or a topic, until the time is over or Ctrl-C.

With ``--json`` every line of standard output is one JSON object, and is there as soon as what it tells of: a script can
read along. There is one for each message; one with a ``problem`` where the place can no longer be read, and one with a
``problem`` of null once it is read again. Trouble is told on standard error as well, once. Exit code 1: it ended in
trouble, so that what is missing in the output may have been sent all the same.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from notification_tester.cli.output import NO, YES, must_be_read, print_json, print_line, say, say_problem
from notification_tester.cli.own_words import for_a_command
from notification_tester.cli.send import practice_destination
from notification_tester.cli.stoppable import session_for, until_stopped
from notification_tester.domain.counts import counted
from notification_tester.domain.destination import Transport, parse_destination, parse_transport
from notification_tester.domain.problem import Cause, ProblemError

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from notification_tester.domain.problem import Problem
    from notification_tester.services.inbox.reading import Followed, FollowNews
    from notification_tester.storage.inbox_rows import InboxMessage

MOST_SECONDS = 7 * 86_400


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    listen = commands.add_parser("listen", help="print what arrives at a queue or topic, and take nothing away")
    listen.add_argument("--transport", required=True, help="SQS or SNS")
    listen.add_argument("--destination", default="", help="the queue URL or topic ARN (not in practice)")
    listen.add_argument("--seconds", type=seconds, metavar="S", help="stop after so many seconds (default: at Ctrl-C)")
    listen.add_argument("--since-now", action="store_true", help="show only what arrives from now on")
    listen.add_argument("--read-anyway", action="store_true", help="follow also where reading may move messages away")
    listen.add_argument("--account", default="practice", help="practice, environment, or the name of a stored account")
    listen.add_argument("--sandbox", action="store_true", help="with --account environment: the sandbox")
    listen.add_argument("--json", action="store_true", help="print one JSON object for each message, each on a line")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    from notification_tester.services.hit_types.practice_workers import start_workers
    from notification_tester.services.inbox.listening import not_followed

    transport = parse_transport(arguments.transport)
    if transport is Transport.EMAIL:
        raise not_followed()
    if arguments.destination or arguments.account.strip().casefold() != "practice":
        # Before anything is started: what is wrong in the words is said at once.
        parse_destination(transport, arguments.destination)
    with session_for(arguments.secrets) as session:
        opened = session.open_named(arguments.account, sandbox=arguments.sandbox)
        destination = parse_destination(transport, arguments.destination or practice_destination(opened, transport))
        if opened.practice is not None and not arguments.destination:
            start_workers(session.hit_types, opened, destination)

        trouble = _Trouble(as_json=arguments.json)

        def follow(stop: threading.Event) -> Followed:
            return session.listening.follow(
                opened,
                destination,
                inbox=session.new_inbox(),
                received=_print_json_lines if arguments.json else _print_lines,
                stop=stop,
                since_now=arguments.since_now,
                read_anyway=arguments.read_anyway,
                news=trouble.hear,
            )

        try:
            followed = until_stopped(follow, seconds=arguments.seconds)
        except ProblemError as error:
            if error.problem.cause is Cause.INPUT:
                raise
            trouble.say(error.problem)
            return NO
        if followed.late:
            say(f"{counted(followed.late, 'message')} could not be given back; the queue does so by itself soon.\n")
        if followed.left_behind is not None:
            say_problem(followed.left_behind, as_json=False)
        session.remove_leftovers()
    return YES if followed.trouble is None else NO


class _Trouble:
    """Says once that the place can no longer be read, and once that it is read again."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._is_said = self._is_full_said = False

    def hear(self, news: FollowNews) -> None:
        """News of how it goes."""
        if news.trouble is not None and not self._is_said:
            self.say(news.trouble)
            self._is_said = True
        elif news.trouble is None and self._is_said:
            self._is_said = False
            say("It is read again.\n")
            if self._as_json:
                print_json({"problem": None}, indent=None)
        if news.is_full and not self._is_full_said:
            self._is_full_said = True
            say("No more can be held: what waits behind these messages cannot be seen.\n")

    def say(self, problem: Problem) -> None:
        """Say it, in words and for a script."""
        say_problem(problem, as_json=False)
        if self._as_json:
            print_json({"problem": for_a_command(problem).as_json()}, indent=None)


def _print_json_lines(messages: Sequence[InboxMessage]) -> None:
    for message in messages:
        print_json(message.as_json(), indent=None)
    must_be_read()


def _print_lines(messages: Sequence[InboxMessage]) -> None:
    from notification_tester.domain.messages.sender import SignatureState

    unsigned = SignatureState.NONE
    for message in messages:
        marks = [
            *(["test"] if message.decoded.is_test else []),
            *([] if message.duplicate_of is None else [f"duplicate of message {message.duplicate_of}"]),
            f"sender: {message.sender.value}",
            *([] if message.signature.state is unsigned else [f"signature: {message.signature.state.value}"]),
        ]
        for event in message.decoded.events:
            ids = " ".join(one for one in (event.hit_type_id, event.hit_id, event.assignment_id) if one)
            print_line(f"{event.event_timestamp or ''}  {event.event_type}  {ids}  ({', '.join(marks)})")
        if message.decoded.problem is not None:
            print_line(f"{message.decoded.problem.title} ({', '.join(marks)}) {message.raw[:200]}")
    must_be_read()


def seconds(text: str) -> float:
    """Read how long a command is to go on."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= MOST_SECONDS:
        message = f"{text!r} is no number of seconds above 0 and up to {MOST_SECONDS} (a week)"
        raise argparse.ArgumentTypeError(message)
    return value
