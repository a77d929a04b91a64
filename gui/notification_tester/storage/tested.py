# SPDX-License-Identifier: MIT
"""When a specification last arrived in a test, as the history has it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from notification_tester.storage.rows import plain

if TYPE_CHECKING:
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.storage.database import Database

_INDEX = "CREATE INDEX IF NOT EXISTS history_arrived ON history (destination) WHERE arrived = 'yes'"
_LAST = (
    "SELECT h.started FROM history h INDEXED BY history_arrived JOIN history_body b ON b.id = h.id"
    " WHERE h.arrived = 'yes' AND h.destination = ? AND h.transport = ? AND h.account = ? AND h.environment = ?"
    " AND b.version = ? AND b.events = ? ORDER BY h.id DESC LIMIT 1"
)


class Tested:
    """Looks tests up by their specification. Every method may raise ProblemError with the cause STORAGE."""

    __test__ = False  # not a test class of pytest's

    def __init__(self, database: Database) -> None:
        self._database = database
        self._has_index = False

    def last_arrived(self, spec: NotificationSpec, *, account: str, environment: str) -> datetime | None:
        """When the newest test of this very specification was begun that arrived; None where none did.

        The same destination, events and version, by the same account in the same environment: a test in the sandbox
        says little about the live service's permission to deliver.
        """
        if not self._has_index:
            # Made when first asked, not at the start: a history of a million rows takes a moment.
            with self._database.transaction() as connection:
                connection.execute(_INDEX)
            self._has_index = True
        asked = (
            plain(spec.destination.text),
            spec.transport.value,
            plain(account),
            environment,
            plain(spec.version),
            json.dumps([event.value for event in spec.events]),
        )
        with self._database.reading() as connection:
            found = connection.execute(_LAST, asked).fetchone()
        return None if found is None else datetime.fromisoformat(found[0])
