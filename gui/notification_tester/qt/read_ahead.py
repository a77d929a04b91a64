# SPDX-License-Identifier: MIT
"""Reads the code of pages and dialogs one module at a time, and between two of them everything else comes first.

Each start has to read it once. What the first page needs is read as soon as the window is painted, the rest when nobody
wants anything, so that opening it later is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGE = "notification_tester"
# What others need comes before them, so that each step is a short one.
WORKSPACE = (
    "domain.problem",
    "domain.account",
    "qt.theme",
    "qt.icons",
    "qt.visible_text",
    "qt.contrast",
    "qt.pill_badge",
    "qt.top_bar",
    "qt.navigation",
    "qt.tone_mark",
    "qt.problem_bar",
    "qt.hit_types_place",
    "qt.inbox_place",
    "qt.accounts_desk",
    "qt.outlines",
    "qt.workspace",
)
FIRST_PAGE = (
    "domain.notification",
    "domain.decoded",
    "qt.form_state",
    "domain.finding",
    "qt.segmented_choice",
    "qt.link_button",
    "qt.destination_field",
    "qt.event_picker",
    "qt.simulation_picker",
    "qt.notification_form",
    "qt.checkup_words",
    "qt.checkup_quiet",
    "qt.checkup_work",
    "qt.checkup_desk",
    "qt.test_page",
)
RESULT = (
    "domain.message",
    "domain.delivery",
    "domain.setting",
    "services.bulk_types",
    "qt.delivery_lamps",
    "qt.plain_table",
    "qt.message_table",
    "qt.problem_card",
    "qt.sweep_list",
    "qt.mailbox_link",
    "qt.result_view",
    "qt.field_note",
    "qt.hit_types_words",
    "qt.preset_menu",
)
LATER = (
    "storage.queries",
    "storage.export",
    "services.history_export",
    "services.snippets",
    "qt.findings_list",
    "qt.checkup_view",
    "qt.policy_difference",
    "qt.mend_dialog",
    "services.administrator",
    "qt.administrator_dialog",
    "services.new_destination",
    "qt.new_destination_dialog",
    "services.throwaway",
    "qt.throwaways_dialog",
    "qt.empty_state",
    "qt.hit_types_entries",
    "qt.hit_types_cells",
    "qt.hit_types_model",
    "qt.hit_types_table",
    "qt.hit_types_filter",
    "qt.hit_types_actions",
    "qt.hit_type_details",
    "qt.preview_dialog",
    "qt.bulk_panel",
    "qt.bulk_results",
    "qt.unknown_changes",
    "qt.paste_ids_dialog",
    "qt.hit_types_status",
    "qt.hit_types_aside",
    "qt.hit_types_desk",
    "qt.hit_types_view",
    "storage.ledger_file",
    "qt.record_files",
    "qt.hit_types_page",
    "qt.row_model",
    "qt.row_sheet",
    "qt.row_table",
    "qt.row_filter",
    "qt.row_details",
    "qt.list_files",
    "qt.list_page",
    "qt.history_words",
    "qt.history_model",
    "qt.history_table",
    "qt.history_filter",
    "qt.history_details",
    "qt.history_page",
    "domain.sender",
    "storage.inbox_rows",
    "storage.inbox",
    "services.inbox_export",
    "qt.inbox_words",
    "qt.inbox_model",
    "qt.inbox_table",
    "qt.inbox_filter",
    "qt.inbox_files",
    "qt.inbox_notices",
    "qt.inbox_bar",
    "qt.inbox_details",
    "qt.inbox_setup",
    "qt.inbox_top",
    "qt.inbox_waiting",
    "qt.inbox_desk",
    "qt.inbox_page",
    "qt.environment_choice",
    "qt.key_fields",
    "qt.identity_panel",
    "qt.account_form",
    "qt.account_view",
    "qt.discard_question",
    "qt.account_dialog",
    "qt.preferences_dialog",
)
PAUSE_MILLISECONDS = 10


class ReadAhead(QObject):
    """Begins with :meth:`start`; emits ``over`` when everything was read."""

    over = Signal()

    def __init__(
        self, modules: Sequence[str], parent: QObject | None = None, *, pause: int = PAUSE_MILLISECONDS
    ) -> None:
        super().__init__(parent)
        self._left = list(modules)
        self._clock = QTimer(self, interval=pause)
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
