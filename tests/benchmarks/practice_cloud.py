# SPDX-License-Identifier: MIT
"""What the benchmarks of calls stand on: the program's services and a bare boto3 client, at one practice cloud."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from notification_tester.aws.clients import Clients
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import NotificationSpec, parse_spec
from notification_tester.services.session import Session
from notification_tester.storage.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_mturk import MTurkClient
    from types_boto3_sqs import SQSClient

    from notification_tester.practice.cloud import PracticeDetails
    from notification_tester.services.accounts import OpenAccount

SUBSCRIBED = [event.value for event in EventType if not event.is_test_only]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Ours, with a history on the disk, and the reference: boto3 clients with the same settings as ours."""

    session: Session
    opened: OpenAccount
    spec: NotificationSpec  # every event but Ping, to the practice queue that works
    mturk: MTurkClient
    sqs: SQSClient

    @property
    def details(self) -> PracticeDetails:
        assert self.opened.practice is not None
        return self.opened.practice.details

    def send_bare(self, event: EventType) -> None:
        """Make the call as somebody would who writes nothing down."""
        self.mturk.send_test_event_notification(
            Notification=cast("Any", self.spec.to_request()), TestEventType=event.value
        )

    def settle(self) -> None:
        """Wait until what ours left to the background is done."""
        assert self.session.history is not None
        self.session.history.write_out()

    def empty_queue(self) -> None:
        self.sqs.purge_queue(QueueUrl=self.details.queue_url)


@contextmanager
def bench() -> Iterator[Bench]:
    """Start practice and end it; files are in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Session(Places.under(Path(folder))) as session:
        opened = session.accounts.open(PRACTICE)
        assert opened.practice is not None
        queue = opened.practice.details.queue_url
        spec = parse_spec(transport=Transport.SQS, destination=queue, events=SUBSCRIBED)
        bare = Clients(opened.clients.connection)  # other connections, the same configuration
        try:
            yield Bench(session=session, opened=opened, spec=spec, mturk=bare.mturk, sqs=bare.sqs())
        finally:
            bare.close()
