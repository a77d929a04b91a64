# SPDX-License-Identifier: MIT
"""What a test makes in somebody's AWS account for a while, written down before it is made.

A crash between the two leaves a record of something that may not exist, never something without a record; the next
start finds it by its name and removes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.storage.database import each_row
from notification_tester.storage.stored_values import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from notification_tester.storage.database import Database

_OPEN = "SELECT owner, id, kind, account, region, name, topic_arn, address, planned, told FROM leftovers ORDER BY id"
_ACCOUNT_IN_URL = re.compile(r"/([0-9]{12})/[^/]+$")


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """Something temporary. ``address`` is its URL or ARN, empty while it is not known to exist.

    ``kind`` is a word of the service that makes it, such as "queue" or "subscription"; ``name`` is the name under
    which it can be looked for; ``planned`` is UTC, ISO 8601. ``is_told`` says that the person has heard of it.
    """

    id: int
    kind: str
    account: str
    region: str
    name: str
    topic_arn: str
    address: str
    planned: str
    is_told: bool

    @property
    def aws_account(self) -> str:
        """The AWS account that it is in; empty while it is not known to exist."""
        found = _ACCOUNT_IN_URL.search(self.address)
        return found[1] if found else ""


class Leftovers:
    """The record. Every method may raise ProblemError with the cause STORAGE."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def planned(self, *, kind: str, account: str, region: str, name: str, topic_arn: str, now: datetime) -> int:
        """Write down what is about to be made, before it is; returns the record's id."""
        with self._database.transaction() as connection:
            row_id = connection.execute(
                "INSERT INTO leftovers (kind, account, region, name, topic_arn, owner, planned)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (kind, account, region, name, topic_arn, self._database.owner.token, stamp(now)),
            ).lastrowid
        if row_id is None:
            raise AssertionError("an INSERT has an id")
        return row_id

    def made(self, row_id: int, address: str) -> None:
        """Write down the URL or ARN that it got. Raises KeyError where there is no such record."""
        with self._database.transaction() as connection:
            if not connection.execute("UPDATE leftovers SET address = ? WHERE id = ?", (address, row_id)).rowcount:
                raise KeyError(row_id)

    def removed(self, row_id: int) -> None:
        """Forget it: it is gone, or was never made. A second time does nothing."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM leftovers WHERE id = ?", (row_id,))

    def told(self, row_ids: Iterable[int]) -> None:
        """Write down that the person has heard of these."""
        with self._database.transaction() as connection:
            connection.executemany("UPDATE leftovers SET told = 1 WHERE id = ?", [(row_id,) for row_id in row_ids])

    def open_ones(self) -> list[Leftover]:
        """What programs that no longer run left behind, oldest first. What a running one uses is not among it.

        Nor is a record that is damaged: by it the wrong thing could be removed.
        """
        with self._database.reading() as connection:
            rows = [
                row for row in each_row(connection, _OPEN) if all(isinstance(text, str) for text in (row[0], *row[2:9]))
            ]
        alive = {owner: self._database.owner.is_alive(owner) for owner in {row[0] for row in rows}}
        return [
            Leftover(
                id=row_id,
                kind=kind,
                account=account,
                region=region,
                name=name,
                topic_arn=topic_arn,
                address=address,
                planned=planned,
                is_told=bool(told),
            )
            for owner, row_id, kind, account, region, name, topic_arn, address, planned, told in rows
            if not alive[owner]
        ]
