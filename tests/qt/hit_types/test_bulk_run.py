# SPDX-License-Identifier: MIT
"""What a run says while it lasts and when it has ended, and what each result is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.domain.setting import Action, LineState
from notification_tester.qt.hit_types import bulk_run
from notification_tester.qt.hit_types.bulk_run import BulkPanel, BulkResultsDialog, Ending, result_rows
from notification_tester.qt.looks.formatting import number_text
from notification_tester.qt.looks.theme import Tone
from notification_tester.services.hit_types.bulk_types import BulkOutcome, BulkProgress, BulkResult
from notification_tester.services.hit_types.refusals import CANCELLED, not_known
from qt.hit_type_rows import row

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

REFUSED = Problem(title="No such HIT type.", detail="It is unknown.", remedy="", code="x", cause=Cause.REFUSED)


NOT_KNOWN = not_known(
    Action.APPLY, Problem(title="No answer.", detail="", remedy="", code="x", cause=Cause.UNREACHABLE)
)
NO_KEYS = Problem(title="The keys were refused.", detail="x", remedy="Type them again.", code="x", cause=Cause.KEYS)
FULL = Problem(
    title="The disk is full.", detail="x", remedy="Free some space.", code="storage.full", cause=Cause.STORAGE
)


def outcome(
    applied: int, failed: int, rest: int, stopped_by: Problem | None = None, *, unknown: int = 0
) -> BulkOutcome:
    results = [BulkResult(hit_type_id=row(number).id, state=LineState.APPLIED) for number in range(applied)]
    results += [
        BulkResult(hit_type_id=row(100 + number).id, state=LineState.FAILED, problem=REFUSED)
        for number in range(failed)
    ]
    results += [
        BulkResult(hit_type_id=row(300 + number).id, state=LineState.UNKNOWN, problem=NOT_KNOWN)
        for number in range(unknown)
    ]
    not_begun = tuple(row(200 + number).id for number in range(rest))
    return BulkOutcome(results=tuple(results), not_begun=not_begun, seconds=3, stopped_by=stopped_by)


@pytest.fixture
def panel(qtbot: QtBot) -> BulkPanel:
    made = BulkPanel()
    qtbot.addWidget(made)
    made.show()
    made.begin(1204, account="Lab")
    return made


def test_while_it_runs(panel: BulkPanel) -> None:
    panel.show_progress(BulkProgress(done=204, failed=0, total=1204, rate=50, newest=()))
    assert panel.status.text() == f"204 of {number_text(1204)} · 50 a second · about 20 seconds left"
    assert not panel.failures.isVisible()
    assert not panel.slow.isVisible()
    panel.show_progress(BulkProgress(done=300, failed=2, total=1204, rate=4.5, newest=(), is_throttled=True))
    assert "4.5 a second · about 3 minutes left" in panel.status.text()
    assert panel.failures.text() == "2 failed so far"
    assert "Slowed down, because Mechanical Turk asked for it." in panel.slow.text()
    assert panel.bar.value() == 300
    panel.show_progress(BulkProgress(done=300, failed=2, unknown=1, total=1204, rate=4.5, newest=()))
    assert panel.failures.text() == "2 failed so far, 1 not known so far"
    panel.show_progress(BulkProgress(done=300, failed=0, unknown=4, total=1204, rate=4.5, newest=()))
    assert panel.failures.text() == "4 not known so far"


def test_a_screen_reader_is_told_what_the_bar_counts(panel: BulkPanel) -> None:
    assert panel.bar.accessibleName() == "How many changes were sent"


def test_what_is_not_known_is_not_said_to_have_left_things_as_they_were(panel: BulkPanel) -> None:
    panel.show_outcome(outcome(0, 0, 0, unknown=1))
    assert panel.status.text() == "What is not known may have been applied: no clear answer came."


def test_by_when_it_takes_effect_is_the_same_whenever_it_is_shown(
    panel: BulkPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = datetime(2026, 1, 31, 12, tzinfo=UTC).astimezone().replace(hour=12)  # noon, wherever this is
    by = replace(outcome(2, 0, 0), takes_effect_by=ended + timedelta(minutes=5))

    def said(minutes: int) -> str:
        monkeypatch.setattr(bulk_run, "now_utc", lambda: ended + timedelta(minutes=minutes))
        panel.show_outcome(by)
        return panel.status.text()

    first = said(0)
    assert "What was applied takes effect by " in first
    assert said(2) == first
    assert said(6).endswith("What was applied is in effect, unless it was changed since.")


def test_a_wait_without_end_is_said(qtbot: QtBot) -> None:
    now = [100.0]
    panel = BulkPanel(clock=lambda: now[0])
    qtbot.addWidget(panel)
    panel.begin(10, account="Lab")

    def news(done: int, *, throttled: bool, after: float) -> str:
        now[0] += after
        panel.show_progress(BulkProgress(done=done, failed=0, total=10, rate=0, newest=(), is_throttled=throttled))
        return panel.slow.text() if panel.slow.isVisibleTo(panel) else ""

    assert news(0, throttled=False, after=1) == ""
    assert "Slowed down" in news(0, throttled=True, after=1)
    assert "has taken nothing for 40 seconds" in news(0, throttled=True, after=38)
    assert "asks to wait" in news(0, throttled=False, after=3), "between two refusals it waits all the same"
    assert "has taken nothing for 3 minutes" in news(0, throttled=True, after=120)
    assert news(1, throttled=False, after=1) == ""
    assert "Nothing was answered for 30 seconds." in news(1, throttled=False, after=30)


def test_stopping_is_said_at_once_and_stays_said(panel: BulkPanel) -> None:
    panel.show_stopping()
    panel.show_progress(BulkProgress(done=301, failed=0, total=1204, rate=4.5, newest=()))
    assert panel.status.text().startswith("Stopping")
    assert not panel.cancel.isEnabled()


ENDS = {
    "all well": (outcome(12, 0, 0), Tone.GOOD, "All 12 changes were applied.", set()),
    "some failed": (outcome(12, 2, 0), Tone.BEWARE, "12 changes were applied, 2 were not.", {"retry"}),
    "all failed": (outcome(0, 2, 0), Tone.BAD, "0 changes were applied, 2 were not.", {"retry"}),
    "some not known": (
        outcome(12, 2, 0, unknown=3),
        Tone.BEWARE,
        "12 changes were applied, 2 were not, 3 are not known.",
        {"retry"},
    ),
    "one not known": (outcome(1, 0, 0, unknown=1), Tone.BEWARE, "1 change was applied, 1 is not known.", {"retry"}),
    "stopped": (outcome(3, 0, 9), Tone.BEWARE, "3 changes were applied, 9 were not sent.", {"rest"}),
    "stopped and failed": (
        outcome(3, 1, 9),
        Tone.BEWARE,
        "3 changes were applied, 1 was not, 9 were not sent.",
        {"retry", "rest"},
    ),
}


@pytest.mark.parametrize(("end", "tone", "title", "offered"), ENDS.values(), ids=ENDS)
def test_how_it_ended(panel: BulkPanel, end: BulkOutcome, tone: Tone, title: str, offered: set[str]) -> None:
    panel.show_outcome(end)
    assert panel.tone is tone
    assert panel.title.text() == title
    assert {name for name in ("retry", "rest") if getattr(panel, name).isVisible()} == offered
    assert not panel.cancel.isVisible()


REASONS = {
    "came to its end": (None, 0, ""),
    "cancelled": (CANCELLED, 9, "You stopped it. What was sent before stays as it was sent, and is in the record."),
    "wrong keys": (
        NO_KEYS,
        9,
        "It ended early, because the others would have met the same. The keys were refused. Type them again.",
    ),
    "wrong keys at the last one": (NO_KEYS, 0, "The keys were refused. Type them again."),
    "a full disk": (
        FULL,
        9,
        "It ended early, because a change that cannot be written down is not sent. The disk is full. Free some space.",
    ),
}


@pytest.mark.parametrize(("reason", "rest", "said"), REASONS.values(), ids=REASONS)
def test_why_it_ended_is_said(panel: BulkPanel, reason: Problem | None, rest: int, said: str) -> None:
    panel.show_outcome(outcome(3, 1, rest, reason))
    assert panel.why.isVisible() is bool(said)
    assert panel.why.text() == said
    assert said in panel.accessibleName()
    panel.begin(4, account="Lab")
    assert not panel.why.isVisible()


def test_a_refused_run_is_not_crowded(panel: BulkPanel) -> None:
    """As wide as it is in a window of 900 by 600."""
    refused = Problem(
        title="These keys may not do this.",
        detail="",
        remedy="Ask the administrator of the AWS account to allow mechanicalturk:UpdateNotificationSettings.",
        code="x",
        cause=Cause.PERMISSION,
        remedies=(Remedy.ASK_ADMINISTRATOR, Remedy.CHOOSE_ACCOUNT),
    )
    panel.show_outcome(outcome(0, 1, 4, refused))
    panel.resize(682, 300)
    QApplication.processEvents()
    below = [panel.retry, panel.rest, *panel.remedies]
    assert len({one.y() for one in below}) == 1, "one line of buttons"
    assert panel.close_button.geometry().bottom() < panel.why.y(), "to read it away stands beside the title"


def test_results_lead_with_what_failed_and_can_be_filtered(qtbot: QtBot) -> None:
    rows = result_rows(outcome(50, 2, 3), lambda one: f"Title of {one}")
    assert [one.ending for one in rows[:6]] == [Ending.FAILED] * 2 + [Ending.NOT_SENT] * 3 + [Ending.APPLIED]
    dialog = BulkResultsDialog(rows)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.model.rowCount() == 2
    assert dialog.model.index(0, 2).data() == "No such HIT type. It is unknown."
    dialog.ending.setCurrentIndex(0)
    assert dialog.model.rowCount() == 55
    dialog.search.setText(f"title {row(7).id}".upper())
    assert dialog.model.rowCount() == 1
    dialog.copy.click()
    assert QApplication.clipboard().text().splitlines() == [
        "HITTypeId\tTitle\tResult\tReason",
        f"{row(7).id}\tTitle of {row(7).id}\t{dialog.model.index(0, 1).data()}\t",
    ]


def test_what_was_read_is_put_away(qtbot: QtBot) -> None:
    panel = BulkPanel()
    qtbot.addWidget(panel)
    panel.show_outcome(outcome(2, 0, 0), workers_begin=False)
    panel.show()
    with qtbot.waitSignal(panel.dismissed):
        panel.close_button.click()
    assert not panel.isVisible()
