# SPDX-License-Identifier: MIT
"""The command line: the same services without a window, for scripts, support and smoke tests.

With ``--json`` standard output has one JSON value and nothing else. Exit codes: 0 yes; 1 no (refused, not arrived,
unreadable), with a ``problem`` object; 2 the words or values given are wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notification_tester import __version__
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport, parse_transport
from notification_tester.domain.events import EventType, parse_event
from notification_tester.domain.message import decode
from notification_tester.domain.notification import VERSIONS, parse_spec
from notification_tester.domain.problem import Cause, Problem, ProblemError, input_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.session import Session

YES, NO, WRONG = 0, 1, 2
LONGEST_MESSAGE = 1024 * 1024


def main(words: Sequence[str], *, self_check: Callable[[str], int]) -> int:
    """Run one command; returns the exit code. ``self_check`` is what needs a window, handed in from above."""
    arguments = _parser().parse_args(words)
    try:
        match arguments.command:
            case "practice":
                return _practice(arguments)
            case "decode":
                return _decode(arguments)
            case "send":
                return _send(arguments)
            case _:
                return self_check(arguments.screenshot)
    except ProblemError as error:
        _say_problem(error.problem, as_json=getattr(arguments, "json", False))
        return WRONG if error.problem.cause is Cause.INPUT else NO
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more may be written there, not even at exit.
        sys.stdout = None  # what the interpreter itself has where there is none
        return NO
    except KeyboardInterrupt:
        return NO


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mturk-notification-tester",
        description="Test the notifications of Amazon Mechanical Turk. Without a word it opens its window.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    practice = commands.add_parser("practice", help="run the practice cloud until Ctrl-C or the end of input")
    practice.add_argument("--port", type=int, default=0, help="the port to use (default: any free one)")
    practice.add_argument("--hit-types", type=int, metavar="N", help="begin with so many made-up HIT types")
    practice.add_argument("--hits", type=int, metavar="M", help="begin with so many made-up HITs")

    send = commands.add_parser("send", help="send a test event and see whether it arrives")
    send.add_argument("--transport", required=True, help="Email, SQS or SNS")
    send.add_argument("--destination", default="", help="the e-mail address, queue URL or topic ARN (not in practice)")
    send.add_argument("--event", required=True, help="the event to simulate")
    send.add_argument("--events", default="", help="the events to subscribe, with commas (default: the simulated one)")
    send.add_argument("--version", default=VERSIONS[0], help=f"the message version (default: {VERSIONS[0]})")
    send.add_argument("--wait", type=_seconds, default=60.0, metavar="S", help="seconds to look for it; 0: do not look")
    send.add_argument("--account", default="practice", help="practice, environment, or the name of a stored account")
    send.add_argument("--sandbox", action="store_true", help="with --account environment: the sandbox")
    send.add_argument("--keep", action="store_true", help="leave the test message in the queue")
    send.add_argument("--read-anyway", action="store_true", help="look also where reading may move messages away")
    send.add_argument("--json", action="store_true", help="print one JSON object")

    read = commands.add_parser("decode", help="read a notification from a file or standard input")
    read.add_argument("file", nargs="?", default="-", help="the file, or - for standard input")
    read.add_argument("--json", action="store_true", help="print one JSON object")

    check = commands.add_parser("self-check", help="prove that this installation works, without a display")
    check.add_argument("--screenshot", default="", metavar="FILE", help="save a picture of the window there")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 3600:
        raise ValueError(text)
    return value


def _practice(arguments: argparse.Namespace) -> int:
    from notification_tester.practice.server import serve

    return serve(port=arguments.port, output=sys.stdout, hit_types=arguments.hit_types, hits=arguments.hits)


def _decode(arguments: argparse.Namespace) -> int:
    decoded = decode(_read_bytes(arguments.file))
    if arguments.json:
        _print_json(decoded.as_json())
    else:
        for event in decoded.events:
            ids = " ".join(one for one in (event.hit_type_id, event.hit_id, event.assignment_id) if one)
            _print(f"{event.event_type}  {event.event_timestamp or ''}  {ids}")
        if decoded.events:
            _print("This is a test: its ids are made up." if decoded.is_test else "This is a real notification.")
        if decoded.problem is not None:
            _say_problem(decoded.problem, as_json=False)
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


def _send(arguments: argparse.Namespace) -> int:
    from notification_tester.services.session import Session
    from notification_tester.services.test_send import Options

    transport = parse_transport(arguments.transport)
    event = parse_event(arguments.event)
    subscribed = arguments.events.split(",") if arguments.events else _subscribed_for(event)
    if arguments.destination or arguments.account.strip().casefold() != "practice":
        # Before anything is started: what is wrong in the words is said at once.
        parse_spec(transport=transport, destination=arguments.destination, events=subscribed, version=arguments.version)
    with Session.for_command() as session:
        opened = session.open_named(arguments.account, sandbox=arguments.sandbox)
        spec = parse_spec(
            transport=transport,
            destination=arguments.destination or _practice_destination(opened, transport),
            events=subscribed,
            version=arguments.version,
        )
        options = Options(
            wait_seconds=arguments.wait, remove_afterwards=not arguments.keep, read_anyway=arguments.read_anyway
        )
        stop = threading.Event()
        try:
            (outcome,) = session.tests.run(opened, spec, [event], options, progress=lambda _: None, stop=stop)
        finally:
            stop.set()
        _report(outcome, session, as_json=arguments.json)
        session.remove_leftovers()
    return NO if outcome.problem is not None or _any_no(outcome) else YES


def _subscribed_for(event: EventType) -> list[str]:
    return [EventType.ASSIGNMENT_SUBMITTED.value if event.is_test_only else event.value]


def _practice_destination(opened: OpenAccount, transport: Transport) -> str:
    if opened.practice is None:
        return ""
    details = opened.practice.details
    return {
        Transport.EMAIL: details.email,
        Transport.SQS: details.queue_url,
        Transport.SNS: details.topic_arn,
    }[transport]


def _any_no(outcome: TestOutcome) -> bool:
    return State.NO in {lamp.state for lamp in (outcome.accepted, outcome.arrived, outcome.as_expected)}


def _report(outcome: TestOutcome, session: Session, *, as_json: bool) -> None:
    if as_json:
        _print_json(
            {
                "accepted": outcome.accepted.as_json(),
                "arrived": outcome.arrived.as_json(),
                "as_expected": outcome.as_expected.as_json(),
                "message": outcome.message.as_json() if outcome.message else None,
                "problem": outcome.problem.as_json() if outcome.problem else None,
                "notes": [*outcome.notes, *(one.title for one in session.notices)],
            }
        )
        return
    for name, lamp in (
        ("Accepted", outcome.accepted),
        ("Arrived", outcome.arrived),
        ("As expected", outcome.as_expected),
    ):
        _print(_lamp_line(name, lamp))
    for note in outcome.notes:
        _print(f"Note: {note}")
    if outcome.problem is not None:
        _say_problem(outcome.problem, as_json=False)


def _lamp_line(name: str, lamp: Lamp) -> str:
    word = {State.YES: "yes", State.NO: "no", State.UNKNOWN: "not known"}[lamp.state]
    seconds = "" if lamp.seconds is None else f" after {lamp.seconds:.2f} s"
    return f"{name}: {word}{seconds}. {lamp.detail}"


def _say_problem(problem: Problem, *, as_json: bool) -> None:
    if as_json:
        _print_json({"problem": problem.as_json()})
    else:
        sys.stderr.write(f"\n{problem.title}\n{problem.detail}\nWhat to do: {problem.remedy}\n")
        if exact := problem.answer.as_text():
            sys.stderr.write(f"The exact answer:\n{exact}\n")


def _print(line: str) -> None:
    # A message may hold what a terminal would obey or cannot show.
    visible = "".join(one if one.isprintable() else f"⟨U+{ord(one):04X}⟩" for one in line)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(visible.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _print_json(value: dict[str, Any]) -> None:
    # Plain ASCII: it passes through every terminal and pipe as it is.
    sys.stdout.write(json.dumps(value, indent=2) + "\n")
