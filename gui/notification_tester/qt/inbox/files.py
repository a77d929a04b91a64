# SPDX-License-Identifier: MIT
"""The inbox, or one message of it, as a file that a person chooses."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.list_files import ListFiles
from notification_tester.services.inbox.export import export_inbox, save_message

if TYPE_CHECKING:
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage, InboxQuery


class InboxFiles(ListFiles):
    """Writes messages: many, or one exactly as it came."""

    def export_to(self, inbox: Inbox, query: InboxQuery, path: str) -> None:
        """Write what ``query`` finds: JSON where the name ends in .json, else CSV."""
        self.export(partial(export_inbox, inbox, query), path)

    def choose_save(self, message: InboxMessage) -> None:
        """Ask where one message shall go."""
        dialog = self._dialog(self.tr("Save this message"), f"notification-{message.number}")
        dialog.setNameFilters([self.tr("Message as it came (*.json)"), self.tr("Every file (*)")])
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(partial(self.save_to, message))
        dialog.open()

    def save_to(self, message: InboxMessage, path: str) -> None:
        """Write one message exactly as it came."""
        self._tasks.run(
            partial(save_message, message, Path(path)),
            done=partial(self._saved, self._stay, path),
            failed=partial(self._not_written, self._stay),
        )

    def _saved(self, stay: int, path: str, _: object) -> None:
        if stay == self._stay:
            self.written.emit(self.tr("The message was saved."), path)

    def asked(self) -> tuple[str, str]:
        """The title of the dialog, and the name that it offers."""
        return self.tr("Export what the list shows"), "mturk-notifications"

    def said(self, count: int) -> tuple[str, str]:
        """What was done."""
        many = self.tr("{count} messages are in {{path}}")
        return self.tr("The messages were exported."), count_text(count, self.tr("1 message is in {{path}}"), many)
