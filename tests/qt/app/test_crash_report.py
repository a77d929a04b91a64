# SPDX-License-Identifier: MIT
"""The report of a bug: one at a time, without secrets, and never a second crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from notification_tester.qt.app.crash_report import CrashReports

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytestqt.qtbot import QtBot


@pytest.fixture
def reports(qtbot: QtBot) -> CrashReports:
    return CrashReports(version="1.2.3", secrets=lambda: ["hunter2"])


def test_it_shows_what_happened_without_secrets_and_copies_it(qtbot: QtBot, reports: CrashReports) -> None:
    reports.offer(ValueError("the password was hunter2"))
    report = reports.open_report
    assert report is not None
    qtbot.addWidget(report)
    shown = report.text.toPlainText()
    assert "1.2.3" in shown
    assert "ValueError" in shown
    assert "hunter2" not in shown
    assert report.text.isReadOnly()
    QTest.mouseClick(report.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == shown


def test_a_second_one_is_counted_and_after_closing_there_is_a_new_one(qtbot: QtBot, reports: CrashReports) -> None:
    reports.offer(ValueError("first"))
    report = reports.open_report
    assert report is not None
    for _ in range(2):
        reports.offer(KeyError("second"))
    assert reports.open_report is report
    assert "2 more" in report.more.text()
    QTest.mouseClick(report.close_button, Qt.MouseButton.LeftButton)
    assert reports.open_report is not report
    reports.offer(KeyError("third"))
    third = reports.open_report
    assert third is not None
    assert "third" in third.text.toPlainText()
    third.close()


def test_it_never_raises(qtbot: QtBot) -> None:

    def broken() -> Collection[str]:
        raise OSError("no secrets to be had")

    reports = CrashReports(version="1", secrets=broken)
    reports.offer(ValueError("a secret that could not be taken out"))
    assert reports.open_report is not None
    assert reports.open_report.text.toPlainText() == "MTurk Notification Tester 1\nValueError, then OSError"
    reports.open_report.close()


def test_markup_stays_text(qtbot: QtBot, reports: CrashReports) -> None:
    reports.offer(ValueError("<h1>x</h1>"))
    assert reports.open_report is not None
    assert "<h1>x</h1>" in reports.open_report.text.toPlainText()
    reports.open_report.close()
