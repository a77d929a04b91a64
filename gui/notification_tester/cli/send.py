# SPDX-License-Identifier: MIT
"""``send``: a test event, and whether it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.cli.output import NO, YES, print_json, print_line, say_problem
from notification_tester.cli.own_words import for_a_command
from notification_tester.cli.stoppable import session_for, until_stopped
from notification_tester.domain.counts import seconds_words
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport, parse_transport
from notification_tester.domain.events import EventType, parse_event
from notification_tester.domain.notification import VERSIONS, parse_spec

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Sequence

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.session import Session


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    send = commands.add_parser("send", help="send a test event and see whether it arrives")
    send.add_argument("--transport", required=True, help="Email, SQS or SNS")
    send.add_argument("--destination", help="the e-mail address, queue URL or topic ARN (not in practice)")
    send.add_argument("--event", required=True, help="the event to simulate")
    send.add_argument("--events", help="the events to subscribe, with commas (default: the simulated one)")
    send.add_argument("--version", default=VERSIONS[0], help=f"the message version (default: {VERSIONS[0]})")
    send.add_argument("--wait", type=seconds, default=60.0, metavar="S", help="seconds to look for it; 0: do not look")
    send.add_argument("--account", default="practice", help="practice, environment, or the name of a stored account")
    send.add_argument("--sandbox", action="store_true", help="with --account environment: the sandbox")
    send.add_argument("--keep", action="store_true", help="leave the test message in the queue")
    send.add_argument("--read-anyway", action="store_true", help="look also where reading may move messages away")
    send.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    from notification_tester.services.sending.test_send import Options

    transport = parse_transport(arguments.transport)
    event = parse_event(arguments.event)
    subscribed = arguments.events.split(",") if arguments.events is not None else _subscribed_for(event)
    given: str | None = arguments.destination
    if given is not None or arguments.account.strip().casefold() != "practice":
        # Before anything is started: what is wrong in the words is said at once.
        parse_spec(transport=transport, destination=given or "", events=subscribed, version=arguments.version)
    with session_for(arguments.secrets) as session:
        opened = session.open_named(arguments.account, sandbox=arguments.sandbox)
        spec = parse_spec(
            transport=transport,
            destination=practice_destination(opened, transport) if given is None else given,
            events=subscribed,
            version=arguments.version,
        )
        options = Options(
            wait_seconds=arguments.wait, remove_afterwards=not arguments.keep, read_anyway=arguments.read_anyway
        )

        def test(stop: threading.Event) -> tuple[TestOutcome, bool]:
            (outcome,) = session.tests.run(opened, spec, [event], options, progress=lambda _: None, stop=stop)
            return outcome, stop.is_set()

        outcome, is_stopped = until_stopped(test)
        session.tests.close()  # what cannot be removed again is told as well
        _, left = session.remove_leftovers(tell=True)
        notes = [*outcome.notes, *beside(session), *(f"{one.title} {one.detail} {one.remedy}" for one in left)]
        _report(outcome, notes, as_json=arguments.json)
    return NO if outcome.problem is not None or is_stopped else YES


def _subscribed_for(event: EventType) -> list[str]:
    return [EventType.ASSIGNMENT_SUBMITTED.value if event.is_test_only else event.value]


def practice_destination(opened: OpenAccount, transport: Transport) -> str:
    """Where practice has a destination of that transport that works; empty for other accounts."""
    if opened.practice is None:
        return ""
    details = opened.practice.details
    return {
        Transport.EMAIL: details.email,
        Transport.SQS: details.queue_url,
        Transport.SNS: details.topic_arn,
    }[transport]


def beside(session: Session) -> list[str]:
    """What else a person should hear of, such as a history that cannot be kept."""
    why = session.history_problem
    unkept = [] if why is None else [f"This test is not in the history. {why.title}"]
    refusal = None if session.history is None else session.history.refusal
    if refusal is not None:
        unkept = [f"How this test ended could not be written into the history. {refusal.title}"]
    return [*unkept, *(f"{one.title} {one.detail} {one.remedy}" for one, _ in session.notices)]


def _report(outcome: TestOutcome, notes: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "accepted": outcome.accepted.as_json(),
                "arrived": outcome.arrived.as_json(),
                "as_expected": outcome.as_expected.as_json(),
                "message": outcome.message.as_json() if outcome.message else None,
                "problem": for_a_command(outcome.problem).as_json() if outcome.problem else None,
                "matching_messages": outcome.matching,
                "perhaps_not_yours": outcome.perhaps_not_yours,
                "notes": list(notes),
            }
        )
        return
    for name, lamp in (
        ("Accepted", outcome.accepted),
        ("Arrived", outcome.arrived),
        ("As expected", outcome.as_expected),
    ):
        print_line(lamp_line(name, lamp))
    for note in notes:
        print_line(f"Note: {note}")
    if outcome.problem is not None:
        say_problem(outcome.problem, as_json=False)


def lamp_line(name: str, lamp: Lamp) -> str:
    """A lamp in a line."""
    word = {State.YES: "yes", State.NO: "no", State.UNKNOWN: "not known"}[lamp.state]
    seconds = "" if lamp.seconds is None else f" after {seconds_words(lamp.seconds)}"
    return f"{name}: {word}{seconds}. {lamp.detail}"


def seconds(text: str) -> float:
    """How long, as a word of a command. Raises ArgumentTypeError."""
    import argparse

    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 3600:
        message = f"“{text}” is not a number of seconds from 0 to 3600"
        raise argparse.ArgumentTypeError(message)
    return value
