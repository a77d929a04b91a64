# SPDX-License-Identifier: MIT
"""A nursery of programs that are killed in the middle of a bulk run.

Reads one line of JSON for each: where the cloud, the record and the HIT types are, and what to do. Everything is loaded
before the first, so that a fork begins its run at once. Answers with the process's number, with "call" for every call
that changes a setting, before it is made, and with "gone" once the process has ended.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notification_tester.aws.requester import Requester
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.setting import Action
from notification_tester.practice.cloud import PracticeDetails
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.hit_types.bulk_types import BulkRequest
from notification_tester.services.hit_types.settings import HitTypes
from notification_tester.storage.database import Database
from notification_tester.storage.ledger import Ledger
from services.market import clients_of

if TYPE_CHECKING:
    from notification_tester.domain.notification import NotificationSpec


class TellingRequester(Requester):
    """Says on standard output when it changes a setting, so that the moment to kill it does not depend on its speed."""

    def update_notification_settings(
        self, hit_type_id: HitTypeId, *, spec: NotificationSpec | None, active: bool
    ) -> None:
        os.write(sys.stdout.fileno(), b"call\n")
        super().update_notification_settings(hit_type_id, spec=spec, active=active)


def main() -> None:
    """Serve until the end of input."""
    details = PracticeDetails.from_json(sys.stdin.readline())
    clients = clients_of(details)
    clients.mturk_bulk.meta  # noqa: B018 - made here once, before any connection, for all
    while line := sys.stdin.readline():
        process_id = os.fork()
        if process_id == 0:
            _run(OpenAccount(PRACTICE, clients, TellingRequester(clients)), json.loads(line))
            os._exit(0)
        sys.stdout.write(f"{process_id}\n")
        sys.stdout.flush()
        os.waitpid(process_id, 0)
        sys.stdout.write("gone\n")
        sys.stdout.flush()


def _run(opened: OpenAccount, task: dict[str, Any]) -> None:
    hit_types = HitTypes(ledger=Ledger(Database(Path(task["database"]))), tested=None)
    spec = None
    if task["destination"]:
        spec = parse_spec(transport=Transport.SQS, destination=task["destination"], events=task["events"])
    request = BulkRequest(action=Action(task["action"]), hit_type_ids=tuple(map(HitTypeId, task["ids"])), spec=spec)
    changes = hit_types.preview(opened, request).changes
    hit_types.run(opened, changes, progress=lambda _: None, stop=threading.Event())


if __name__ == "__main__":
    main()
