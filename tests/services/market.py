# SPDX-License-Identifier: MIT
"""What the tests of HIT types share: a practice marketplace of their own, a fresh record, and short ways to ask."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import PRACTICE, Credentials
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.setting import Action
from notification_tester.practice.cloud import PracticeCloud
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.changes import Changes
from notification_tester.services.hit_types.bulk_types import BulkRequest
from notification_tester.services.hit_types.settings import HitTypes
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.tested import Tested

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.setting import Change, Setting
    from notification_tester.practice.cloud import PracticeDetails
    from notification_tester.services.hit_types.bulk_types import BulkOutcome, BulkProgress, HitTypeRow
    from notification_tester.storage.places import Places


def clients_of(details: PracticeDetails, *, secret: str = "") -> Clients:
    """Clients of a practice cloud; with a ``secret`` that is wrong, where one is given."""
    return Clients(
        Connection(
            mturk_endpoint=details.mturk_endpoint,
            aws_endpoint=details.aws_endpoint,
            credentials=Credentials(
                access_key_id=details.access_key_id, secret_access_key=secret or details.secret_access_key
            ),
            is_local=True,
        )
    )


@contextmanager
def marketplace(*, hits: int, hit_types: int) -> Iterator[OpenAccount]:
    """A practice account with that many HITs more, whose workers do nothing."""
    with PracticeCloud.start() as cloud:
        cloud.set_workers(running=False)
        cloud.add_hits(hits=hits, hit_types=hit_types)
        clients = clients_of(cloud.details)
        yield OpenAccount(PRACTICE, clients, Requester(clients), cloud)
        clients.close()


@dataclass
class Market:
    """HIT types with an empty record, at a cloud that other tests have used before."""

    opened: OpenAccount
    database: Database
    ledger: Ledger
    hit_types: HitTypes
    news: list[BulkProgress] = field(default_factory=list)

    @property
    def cloud(self) -> PracticeCloud:
        assert self.opened.practice is not None
        return self.opened.practice

    def spec(self, *, transport: Transport = Transport.SQS, events: Sequence[EventType] = ()) -> NotificationSpec:
        details = self.cloud.details
        where = {Transport.SQS: details.queue_url, Transport.SNS: details.topic_arn, Transport.EMAIL: details.email}
        names = [event.value for event in events or (EventType.ASSIGNMENT_SUBMITTED,)]
        return parse_spec(transport=transport, destination=where[transport], events=names)

    def changes(
        self, ids: Sequence[HitTypeId], action: Action = Action.APPLY, spec: NotificationSpec | None = None
    ) -> tuple[Change, ...]:
        """What a request comes to; to apply is to apply the usual specification."""
        wanted = spec or (self.spec() if action is Action.APPLY else None)
        return self.hit_types.preview(
            self.opened, BulkRequest(action=action, hit_type_ids=tuple(ids), spec=wanted)
        ).changes

    def run(
        self, changes: Sequence[Change], *, opened: OpenAccount | None = None, stop: threading.Event | None = None
    ) -> BulkOutcome:
        return self.hit_types.run(
            opened or self.opened, changes, progress=self.news.append, stop=stop or threading.Event()
        )

    def do(
        self, ids: Sequence[HitTypeId], action: Action = Action.APPLY, spec: NotificationSpec | None = None
    ) -> BulkOutcome:
        return self.run(self.changes(ids, action, spec))

    def row(self, hit_type_id: HitTypeId) -> HitTypeRow:
        return next(row for row in self.hit_types.rows(self.opened) if row.id == hit_type_id)

    def recorded(self, ids: Sequence[HitTypeId]) -> dict[str, tuple[Any, bool | None] | None]:
        """What the record says is set."""
        known = self.ledger.known(*self.hit_types.recorded_as(self.opened))
        return {one: as_told(known[one].setting) if one in known else None for one in ids}

    def real(self, ids: Sequence[HitTypeId]) -> dict[str, tuple[Any, bool | None] | None]:
        """What the practice Mechanical Turk itself has, which the real one never tells."""
        settings = self.cloud.settings()
        return {
            one: (settings[one]["notification"], settings[one]["active"]) if one in settings else None for one in ids
        }


def as_told(setting: Setting) -> tuple[Any, bool | None] | None:
    """A setting as the practice Mechanical Turk tells it."""
    return None if setting.spec is None else (cast("Any", setting.spec.to_request()), setting.active)


@contextmanager
def market_at(opened: OpenAccount, places: Places) -> Iterator[Market]:
    """A market with an empty record."""
    with Database(places.database) as database:
        ledger = Ledger(database)
        hit_types = HitTypes(ledger=ledger, tested=Tested(database))
        yield Market(opened, database, ledger, hit_types)
        hit_types.close()


@contextmanager
def market_with_history_at(opened: OpenAccount, places: Places) -> Iterator[Market]:
    """A market with an empty record, whose changes are written to the history too."""
    with market_at(opened, places) as found:
        changes = Changes(History(found.database))
        found.hit_types = HitTypes(ledger=found.ledger, tested=Tested(found.database), changes=changes)
        yield found


def new_ids(opened: OpenAccount, count: int) -> list[HitTypeId]:
    """Ids of HIT types that nothing was set for yet."""
    assert opened.practice is not None
    taken = set(opened.practice.settings())
    found: dict[str, None] = {}
    token = ""
    while True:
        page = opened.requester.list_hits(token)
        found.update(dict.fromkeys(hit.hit_type_id for hit in page.hits if hit.hit_type_id not in taken))
        token = page.next_token
        if len(found) >= count or not token:
            break
    if len(found) < count:
        raise AssertionError(f"the marketplace is too small: {len(found)} of {count}")
    return cast("list[HitTypeId]", list(found)[:count])


@contextmanager
def set_after(stop: threading.Event, seconds: float) -> Iterator[None]:
    """Set ``stop`` after a while, from another thread, as a press on Cancel does."""
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


class Watch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began
