# SPDX-License-Identifier: MIT
"""The history as a file that a person chooses."""

from __future__ import annotations

from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.list_files import ListFiles


class HistoryFiles(ListFiles):
    """What is said of it."""

    def asked(self) -> tuple[str, str]:
        """The title of the dialog, and the name that it offers."""
        return self.tr("Export the history"), "mturk-notification-history"

    def said(self, count: int) -> tuple[str, str]:
        """What was done."""
        many = self.tr("{count} tests are in {{path}}")
        return self.tr("The history was exported."), count_text(count, self.tr("1 test is in {{path}}"), many)
