# SPDX-License-Identifier: MIT
"""What stands where the list of the inbox will be, until something arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.qt.widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class InboxWaiting(EmptyState):
    """Leads on: to the practice workers, or to a test."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, icon_name="inbox", title="", text="", button="")

    def show_state(self, *, practice: bool, following: bool) -> None:
        """Say why there is nothing, and what can be done."""
        self.title.setText(self.tr("Nothing has arrived yet") if following else self.tr("Nothing arrived"))
        self.text.setText(
            self.tr("Whatever comes in stands here at once. In practice, made-up workers can begin to work now.")
            if practice
            else self.tr(
                "Whatever comes in stands here at once. Send a test to see whether anything arrives; real events come "
                "when workers work on your HITs."
            )
        )
        self.button.setText(self.tr("&Start the practice workers") if practice else self.tr("&Go to Test"))
        self.button.setEnabled(following or not practice)

    def show_workers_asked(self) -> None:
        """The workers were called, and did not answer yet."""
        self.button.setEnabled(False)

    def show_workers_begin(self) -> None:
        """They come."""
        self.title.setText(self.tr("The workers begin"))
        self.text.setText(self.tr("The first of them accepts an assignment in a moment."))
