# SPDX-License-Identifier: MIT
"""Reads the code of pages and dialogs one module at a time, and between two of them everything else comes first.

Each start has to read it once. What the first page needs is read as soon as the window is painted, what the end of a
test shows as soon as an account is open, the rest when nobody wants anything, so that opening it later is quick.

Seen on two cores, as the longest pause, median of five starts: without the first part 36 ms in place of 26 while an
account is opened; without the second 79 in place of 44 in the first tests, 33 in place of 24 when HIT types are opened
first, and 36 in place of 18 for the inbox. Who presses the button at once: 52 ms of the main thread's own time in place
of 32 for the first end of a test (medians of five and seven starts), where its table waits for an idle moment.
"""

from __future__ import annotations

import builtins
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
    "qt.looks.visible_text",
    "qt.looks.theme",
    "qt.looks.icons",
    "qt.widgets.pill_badge",
    "qt.app.top_bar",
    "qt.looks.formatting",
    "qt.app.navigation",
    "qt.looks.tone_mark",
    "qt.app.problem_bar",
    "qt.app.late_page",
    "qt.looks.outlines",
    "qt.app.workspace",
)
FIRST_PAGE = (
    "domain.notification",
    "qt.notification.form_state",
    "domain.delivery",
    "domain.finding",
    "domain.way",
    "domain.checkup_report",
    "qt.widgets.link_button",
    "qt.widgets.segmented_choice",
    "qt.notification.delivery_lamps",
    "qt.notification.destination_field",
    "domain.coverage",
    "qt.notification.event_boxes",
    "qt.sending.event_rows",
    "qt.sending.sender_choice",
    "qt.sending.form",
    "storage.whole_file",
    "qt.checkup.verdict",
    "qt.checkup.quiet",
    "qt.checkup.destinations",
    "qt.checkup.controller",
    "qt.sending.controller",
    "qt.widgets.drops",
    "qt.sending.older_forms",
    "qt.widgets.two_columns",
    "qt.sending.standing",
    "qt.sending.place_lookup",
    "qt.sending.page",
    "qt.app.page_links",
    "qt.app.remedies",
    "qt.app.window_dialogs",
)
RESULT = (
    "qt.notification.way_view",
    "qt.sending.mail_question",
    "qt.widgets.field_note",
    "qt.sending.result_view",
    "qt.widgets.fitting_dialog",
    "qt.notification.remedy_dialog",
    "qt.notification.preset_menu",
)
WHAT_ARRIVED = (
    "domain.messages.sender",
    "domain.messages.decoded",
    "qt.widgets.problem_card",
    "qt.lists.cell_menu",
    "qt.sending.sweep_list",
    "domain.messages.message",
    "qt.lists.table_model",
    "qt.lists.row_model",
    "qt.lists.painted_rows",
    "qt.lists.tables",
    "qt.notification.message_table",
)
LATER = (
    "storage.queries",
    "storage.export",
    "services.history_export",
    "services.snippets",
    "domain.messages.draft",
    "domain.messages.scenarios",
    "domain.smtp",
    "services.sending.delivery_request",
    "services.sending.deliver",
    "qt.sending.delivery_result",
    "qt.sending.delivery_form",
    "qt.sending.delivery_guard",
    "domain.specifications.reading",
    "services.saved_forms",
    "qt.sending.import_dialog",
    "qt.widgets.saved_file",
    "qt.sending.save_dialog",
    "qt.checkup.findings_list",
    "qt.checkup.view",
    "qt.checkup.writing_dialog",
    "qt.checkup.mend_dialog",
    "services.checkup.administrator",
    "qt.checkup.administrator_dialog",
    "services.checkup.new_destination",
    "qt.checkup.new_destination_dialog",
    "services.sending.throwaway",
    "qt.checkup.throwaways_dialog",
    "qt.widgets.empty_state",
    "domain.setting",
    "services.hit_types.bulk_types",
    "qt.hit_types.texts",
    "qt.hit_types.rows",
    "qt.hit_types.model",
    "qt.hit_types.table",
    "qt.hit_types.details",
    "qt.hit_types.setting_form",
    "qt.hit_types.bulk_preview",
    "qt.hit_types.bulk_run",
    "qt.widgets.question",
    "qt.hit_types.dialogs",
    "qt.hit_types.view",
    "qt.hit_types.controller",
    "storage.ledger.file",
    "qt.hit_types.page",
    "qt.lists.row_filter",
    "qt.lists.row_details",
    "qt.lists.list_files",
    "qt.lists.list_page",
    "qt.history.model",
    "qt.history.lines",
    "qt.history.filter",
    "qt.history.table",
    "qt.history.strip",
    "qt.history.details",
    "qt.history.controller",
    "qt.history.page",
    "services.standing",
    "services.report",
    "qt.widgets.local_page",
    "qt.history.report_dialog",
    "storage.inbox_rows",
    "domain.messages.pasted_message",
    "storage.inbox",
    "storage.inbox_lists",
    "services.inbox.export",
    "qt.inbox.model",
    "qt.inbox.table",
    "qt.widgets.time_bars",
    "qt.widgets.count_chips",
    "qt.inbox.funnel",
    "qt.inbox.overview",
    "qt.inbox.places",
    "services.inbox.opened",
    "qt.inbox.opening",
    "qt.inbox.notifications",
    "qt.inbox.details",
    "qt.inbox.receiver_fields",
    "qt.inbox.form",
    "qt.inbox.page",
    "qt.accounts.environment_choice",
    "qt.accounts.key_fields",
    "qt.accounts.identity_panel",
    "qt.accounts.form",
    "qt.accounts.view",
    "qt.accounts.dialog",
    "qt.help.preferences_dialog",
    "domain.specifications.successors",
    "qt.help.chapters",
    "qt.help.help_dialog",
    "qt.app.tour",
)
PAUSE_MILLISECONDS = 10


def read_once() -> None:
    """Have Python import modules by itself again, as before Qt for Python was imported; to be called at the start.

    Qt for Python puts a function of its own in that place, for its ``__feature__``, which nothing here uses. After each
    import that reads the module's source, to see whether it names PySide6, and keeps all its lines (its
    ``shibokensupport/feature.py``, ``feature_imported``). Seen on two cores: 12 of the 320 ms to the whole first page,
    and 60 of the 270 that reading boto3 takes for the first account, with 14 MiB of memory.
    """
    places = vars(builtins)
    places["__import__"] = places.get("__orig_import__", places["__import__"])


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
        self._has_ended = False

    @property
    def is_over(self) -> bool:
        """Whether everything was read."""
        return not self._left

    def start(self) -> None:
        """Begin, or go on; nothing where it is under way, or ended."""
        if self._left and not self._has_ended:
            self._clock.start()

    def stop(self) -> None:
        """Leave the rest for when it is wanted."""
        self._clock.stop()

    def end(self) -> None:
        """Read nothing any more, whoever begins it again."""
        self._has_ended = True
        self._clock.stop()

    def _read_one(self) -> None:
        importlib.import_module(f"{PACKAGE}.{self._left.pop(0)}")
        if not self._left:
            self._clock.stop()
            self.over.emit()
