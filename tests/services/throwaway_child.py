# SPDX-License-Identifier: MIT
"""A program that is killed while a throw-away queue exists. Its one word is the queue that the form would hold."""

from __future__ import annotations

import sys
import threading

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.services.sending.test_send import Options
from notification_tester.services.session import Session


def main() -> None:
    """Wait for a test that never arrives."""
    event = EventType.ASSIGNMENT_SUBMITTED
    spec = parse_spec(transport=Transport.SQS, destination=sys.argv[1], events=[event.value])
    with Session.for_command() as session:
        opened = session.open_named("environment", sandbox=False)
        options = Options(wait_seconds=60)
        session.throwaway.run(opened, spec, event, options, progress=lambda _: None, stop=threading.Event())


if __name__ == "__main__":
    main()
