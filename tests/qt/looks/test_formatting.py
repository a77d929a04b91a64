# SPDX-License-Identifier: MIT
"""Dates and times as the system writes them, and where it does not say how."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale

from notification_tester.qt.looks.formatting import (
    count_text,
    day_text,
    is_the_number,
    moment_text,
    number_text,
    seconds_text,
    when,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAY = datetime(2026, 11, 9, 13, 4, 55, tzinfo=UTC)


@pytest.fixture
def locale() -> Iterator[Callable[[str], None]]:
    before = QLocale()
    yield lambda name: QLocale.setDefault(QLocale(name))
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("name", "written"), [("C", "2026-11-09"), ("de_DE", "09.11.26"), ("en_GB", "09/11/2026"), ("sv_SE", "2026-11-09")]
)
def test_a_date_is_written_as_the_system_does_or_so_that_it_is_one_day(
    locale: Callable[[str], None], name: str, written: str
) -> None:
    locale(name)
    assert day_text(DAY) == written
    later = datetime(2026, 11, 29, tzinfo=UTC)
    assert moment_text(DAY, later).startswith(f"{written}, ")
    assert when(DAY.isoformat(), today=later).startswith(f"{written}, ")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(None, ""), (0.0, "under 0,01"), (0.0099, "under 0,01"), (0.01, "0,01"), (0.8, "0,80"), (12.0, "12,00")],
)
def test_what_was_quick_is_not_said_to_have_taken_no_time(
    locale: Callable[[str], None], seconds: float | None, written: str
) -> None:
    locale("de_DE")
    assert seconds_text(seconds) == written


@pytest.mark.parametrize(
    ("name", "written"), [("C", "1,000,001"), ("en_GB", "1,000,001"), ("de_DE", "1.000.001"), ("en_IN", "10,00,001")]
)
def test_a_large_number_has_its_digits_in_groups(locale: Callable[[str], None], name: str, written: str) -> None:
    locale(name)
    assert number_text(1_000_001) == written
    assert count_text(1_000_001, "1 entry", "{count} entries") == f"{written} entries"
    assert is_the_number(written, 1_000_001)
    assert is_the_number("1000001", 1_000_001)
