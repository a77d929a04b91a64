# SPDX-License-Identifier: MIT
"""``receive``: a web receiver on this computer that prints what is sent to it, until the time is over or Ctrl-C.

Where it receives is said on standard error. With ``--json`` every line of standard output is one JSON object, one for
each message, and is there as soon as the message is: what ``listen`` prints of a message, with ``method``, ``target``,
``headers`` (those that say what it is), the ``answer`` that it was told to give, and what came of confirming a
subscription.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.cli.decode import print_message
from notification_tester.cli.listen import seconds
from notification_tester.cli.output import YES, must_be_read, print_json, print_line, say
from notification_tester.cli.stoppable import until_stopped
from notification_tester.domain.receiver_place import LATE_SECONDS, Answer, ReceiverPlace

if TYPE_CHECKING:
    import argparse

    from notification_tester.services.inbox.receiver import Received
    from notification_tester.storage.inbox_rows import InboxMessage


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    receive = commands.add_parser("receive", help="receive what is sent to this computer, from this computer alone")
    receive.add_argument("--port", type=int, default=0, help="the port to use (default: any free one)")
    receive.add_argument(
        "--answer", choices=[one.value for one in Answer], default="200", help="what to answer (default: 200)"
    )
    receive.add_argument("--late-seconds", type=seconds, metavar="S", help="with --answer late: after so many seconds")
    receive.add_argument("--confirm", action="store_true", help="confirm a subscription of SNS when asked to")
    receive.add_argument("--seconds", type=seconds, metavar="S", help="stop after so many seconds (default: at Ctrl-C)")
    receive.add_argument("--json", action="store_true", help="print one JSON object for each message, each on a line")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    from notification_tester.aws.sns_addresses import fetch_certificate
    from notification_tester.services.inbox.receiver import Receiver
    from notification_tester.services.sns_signature import SignatureCheck
    from notification_tester.storage.inbox import Inbox

    check = SignatureCheck(fetch_certificate)

    def show(received: Received) -> None:
        for message in inbox.keep([received.for_inbox(check)]):
            if arguments.json:
                print_json({**message.as_json(), **received.as_json()}, indent=None)
            else:
                _print(received, message)
        must_be_read()

    place = ReceiverPlace(
        port=arguments.port,
        answer=Answer(arguments.answer),
        late_seconds=LATE_SECONDS if arguments.late_seconds is None else arguments.late_seconds,
        confirms=arguments.confirm,
    )
    with Inbox() as inbox:
        receiver = Receiver(place, show)
        say(f"Receiving at {receiver.url} from this computer alone; Ctrl-C ends it.\n")
        until_stopped(receiver.run, seconds=arguments.seconds)
    return YES


def _print(received: Received, message: InboxMessage) -> None:
    print_line(f"{received.at:%H:%M:%S} UTC  {received.method} {received.target.partition('?')[0]}")
    print_message(received.decoded)
    if message.duplicate_of is not None:
        print_line(f"It has the EventDocId of message {message.duplicate_of}: count the two as one.")
    for sentence in (message.signature.because, received.confirmation):
        if sentence:
            print_line(sentence)
    if (problem := received.decoded.problem) is not None:
        print_line(f"{problem.title} {problem.detail}")
