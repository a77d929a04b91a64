# SPDX-License-Identifier: MIT
"""A page of HTML as PDF: one page of paper where that can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from notification_tester.qt.widgets.local_page import POINTS, as_pdf

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def pages(lines: int) -> int:
    """On how many pages so many paragraphs stand."""
    text = "".join(f"<p>Line {number}</p>" for number in range(lines))
    return len(re.findall(rb"/Type /Page\b(?!s)", as_pdf(f"<html><body>{text}</body></html>")))


@pytest.fixture
def most(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of them are one page in the largest size."""
    del qapp
    with monkeypatch.context() as patched:
        patched.setattr("notification_tester.qt.widgets.local_page.POINTS", POINTS[:1])
        return next(number for number in range(20, 200) if pages(number + 1) > 1)


def test_what_is_a_little_too_long_is_one_page_in_smaller_text(most: int) -> None:
    assert most > 20
    assert pages(most) == pages(most + most // 10) == 1


def test_what_is_far_too_long_is_as_large_as_ever(most: int) -> None:
    assert pages(2 * most) == 2
    assert pages(2 * most + 1) == 3
