# SPDX-License-Identifier: MIT
"""The record of settings as a file that a person chose: written whole or not at all, read whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notification_tester.domain.problem import ProblemError
from notification_tester.services.hit_types.refusals import NO_RECORD
from notification_tester.storage.ledger_file import export_csv, export_json, import_lines, read_file
from notification_tester.storage.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from notification_tester.services.hit_types.setting_record import SettingRecord
    from notification_tester.storage.ledger import Ledger
    from notification_tester.storage.ledger_file import ImportSummary


def export_record(record: SettingRecord, path: Path) -> int:
    """Write every line to ``path``, CSV where it ends in ``.csv``, else JSON; returns how many. Raises ProblemError."""
    ledger = _ledger(record)
    is_csv = path.suffix.casefold() == ".csv"
    encoding = "utf-8-sig" if is_csv else "utf-8"
    with whole_file(path, what="the record", encoding=encoding, owner=ledger.owner) as file:
        return (export_csv if is_csv else export_json)(ledger, record.account, record.environment, file)


def import_record(record: SettingRecord, path: Path) -> ImportSummary:
    """Put the lines of a file that was exported into the record. Raises ProblemError, with the line that is wrong."""
    return import_lines(_ledger(record), record.account, record.environment, read_file(path), now=datetime.now(tz=UTC))


def _ledger(record: SettingRecord) -> Ledger:
    if record.ledger is None:
        raise ProblemError(NO_RECORD)
    return record.ledger
