# SPDX-License-Identifier: MIT
"""The record of one account and environment: what was set, what became of it, and the same as a file.

Where no record can be kept (a damaged database, one from a newer version), nothing is known of what is set, and nothing
is changed: what is not written down could neither be told nor undone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notification_tester.domain.account import Environment, KeySource
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.setting import send_again
from notification_tester.services.hit_types.refusals import NO_RECORD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notification_tester.domain.destination import Destination
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.setting import Change, Known, LedgerLine, LineState
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.ledger import Ledger
    from notification_tester.storage.ledger.file import ImportSummary

Answer = tuple[int, "LineState", "Problem | None"]


def recorded_as(opened: OpenAccount) -> tuple[str, str]:
    """Under which account and environment the record is kept.

    Each start of practice is a new Mechanical Turk with HIT types of its own, so a sign of its key, which is new each
    time, belongs to the name (the key itself is written nowhere). So does the address where boto3's own chain leads to
    another service.
    """
    account = opened.account
    name = account.kept_as
    if account.source is KeySource.PRACTICE and (keys := opened.clients.connection.credentials) is not None:
        name = f"{name} {hashlib.sha256(keys.access_key_id.encode()).hexdigest()[:12]}"
    elif account.source is KeySource.ENVIRONMENT and account.environment is Environment.OTHER:
        name = f"{name} at {opened.clients.mturk_bulk.meta.endpoint_url}"
    return name, account.environment.value


@dataclass(frozen=True)
class SettingRecord:
    """The ledger, seen from one account and environment. Every method may raise ProblemError."""

    ledger: Ledger | None
    account: str
    environment: str

    @classmethod
    def of(cls, opened: OpenAccount, ledger: Ledger | None) -> SettingRecord:
        """The record of an open account."""
        return cls(ledger, *recorded_as(opened))

    def plan(self, changes: Sequence[Change]) -> list[int]:
        """Write down, durably, what is about to be sent."""
        return self._kept().plan(self.account, self.environment, changes, now=datetime.now(tz=UTC))

    def answer(self, answers: Sequence[Answer]) -> None:
        """Write down what became of lines."""
        if self.ledger is not None and answers:
            self.ledger.answer(answers, now=datetime.now(tz=UTC))

    def known(self) -> dict[HitTypeId, Known]:
        """What is known of every HIT type."""
        return {} if self.ledger is None else self.ledger.known(self.account, self.environment)

    def is_told(self, destination: Destination) -> bool:
        """Whether some HIT type is set to tell ``destination`` and is not off; True without a record."""
        return self.ledger is None or self.ledger.is_told(self.account, self.environment, destination)

    def told(self) -> list[Destination]:
        """The destinations that some HIT type is set to tell and is not off, the one that was set last first."""
        return [] if self.ledger is None else self.ledger.told(self.account, self.environment)

    def lines_of(self, hit_type_id: HitTypeId) -> list[LedgerLine]:
        """Every line about one HIT type, newest first."""
        return [] if self.ledger is None else self.ledger.lines(self.account, self.environment, hit_type_id)

    def hit_types_of(self, spans: Sequence[tuple[int, int]]) -> list[HitTypeId]:
        """The HIT types of lines from the first to the last of each span."""
        return [] if self.ledger is None else self.ledger.hit_types_of(self.account, self.environment, spans)

    def hit_types_that_may_have_changed(self, spans: Sequence[tuple[int, int]]) -> list[HitTypeId]:
        """The same of lines that did not fail, each as often as it has one there."""
        if self.ledger is None:
            return []
        return self.ledger.hit_types_that_may_have_changed(self.account, self.environment, spans)

    def unknown(self) -> tuple[Change, ...]:
        """What to send so that nothing is left of which it is not known whether it was applied."""
        if self.ledger is None:
            return ()
        lines = self.ledger.unknown_lines(self.account, self.environment)
        return tuple(send_again(lines, self.known())) if lines else ()

    def export_to(self, path: Path) -> int:
        """Write every line to ``path``, whole or not at all; how many. CSV where it ends in ``.csv``, else JSON."""
        # files are read in when one is wanted: every start has the record, and ten milliseconds less without them
        from notification_tester.storage.ledger.file import export_csv, export_json
        from notification_tester.storage.whole_file import whole_file

        ledger = self._kept()
        is_csv = path.suffix.casefold() == ".csv"
        encoding = "utf-8-sig" if is_csv else "utf-8"
        with whole_file(path, what="the record", encoding=encoding, owner=ledger.owner) as file:
            return (export_csv if is_csv else export_json)(ledger, self.account, self.environment, file)

    def import_from(self, path: Path) -> ImportSummary:
        """Take in the lines of an exported file, whole or not at all; a refusal names the line that is wrong."""
        from notification_tester.storage.ledger.file import import_lines, read_file

        lines = read_file(path)
        return import_lines(self._kept(), self.account, self.environment, lines, now=datetime.now(tz=UTC))

    def _kept(self) -> Ledger:
        if self.ledger is None:
            raise ProblemError(NO_RECORD)
        return self.ledger
