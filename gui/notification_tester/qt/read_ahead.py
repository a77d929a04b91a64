# SPDX-License-Identifier: MIT
"""Reads the code of pages and dialogs while nobody wants anything, so that opening one of them later is quick.

Each start has to read it only once, and it is not needed for the first window: so it is read after that, one module
at a time, and between two of them everything else comes first.
"""

from __future__ import annotations

import importlib

from PySide6.QtCore import QObject, QTimer, Signal

PACKAGE = "notification_tester"
# What others need comes before them, so that each step is a short one.
MODULES = (
    "storage.queries",
    "storage.export",
    "services.history_export",
    "services.snippets",
    "qt.field_note",
    "qt.empty_state",
    "qt.history_words",
    "qt.history_model",
    "qt.history_table",
    "qt.history_filter",
    "qt.history_details",
    "qt.history_page",
    "qt.environment_choice",
    "qt.key_fields",
    "qt.identity_panel",
    "qt.account_form",
    "qt.account_view",
    "qt.account_dialog",
    "qt.preferences_dialog",
)
PAUSE_MILLISECONDS = 10


class ReadAhead(QObject):
    """Begins with :meth:`start`; emits ``over`` when everything was read."""

    over = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = list(MODULES)
        self._clock = QTimer(self, interval=PAUSE_MILLISECONDS)
        self._clock.timeout.connect(self._read_one)

    @property
    def is_over(self) -> bool:
        """Whether everything was read."""
        return not self._left

    def start(self) -> None:
        """Begin; a second time does nothing."""
        if self._left:
            self._clock.start()

    def stop(self) -> None:
        """Leave the rest for when it is wanted."""
        self._clock.stop()

    def _read_one(self) -> None:
        importlib.import_module(f"{PACKAGE}.{self._left.pop(0)}")
        if not self._left:
            self._clock.stop()
            self.over.emit()
