# SPDX-License-Identifier: MIT
"""The findings in sight: worst first, each with shape, word and colour, as plain text, and ready to be sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.domain.way import way_of_findings
from notification_tester.qt.checkup.findings_list import AT_ONCE, FindingCard
from notification_tester.qt.checkup.verdict import level_tone, verdict_line
from notification_tester.qt.checkup.view import CheckupView
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.remedies import remedy_text
from notification_tester.qt.widgets.filled_button import FilledButton

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

QUEUE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/results")
FINDINGS = (
    Finding(id="queue.size", level=Level.GOOD, title="Fits.", detail="All <b>sizes</b>.", why="Why not."),
    Finding(id="queue.readers", level=Level.BEWARE, title="Others read.", detail="One.", why="W1.", remedy="R1."),
    Finding(id="account.clock", level=Level.UNKNOWN, title="The clock cannot be told.", detail="No time."),
    Finding(
        id="queue.policy",
        level=Level.BROKEN,
        title="It is \u202eclosed.",
        detail="No policy.",
        why="Nothing arrives.",
        remedy="Add a statement.",
        fixable=True,
    ),
)


@pytest.fixture
def view(qtbot: QtBot) -> CheckupView:
    view = CheckupView()
    qtbot.addWidget(view)
    view.show_report(CheckupReport.of(FINDINGS, about="Account <i>Lab</i>"))
    view.show()
    qtbot.waitUntil(lambda: view.findings.is_complete)
    return view


def texts(card: FindingCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if not label.isHidden()]


def test_the_way_is_drawn_where_a_destination_was_looked_at(view: CheckupView) -> None:
    assert not view.way.isVisible(), "of no destination"
    view.show_report(CheckupReport.of(FINDINGS, way=way_of_findings(Transport.SQS, "results", FINDINGS)))
    assert view.way.isVisible()
    assert view.way.accessibleName() == "A message would stop at the door of results"
    assert "Mechanical Turk to Queue results: stopped here." in view.way.accessibleDescription()
    assert not view.way.reason.isVisible(), "it stands below, with what to do"
    view.show_waiting()
    assert not view.way.isVisible()


def test_the_worst_comes_first_with_shape_word_and_colour(view: CheckupView) -> None:
    cards = view.findings.cards
    assert [card.word.text() for card in cards] == ["Broken", "Cannot tell", "Beware", "Good"]
    assert [card.mark.shape_name for card in cards] == ["cross", "question", "warning", "check"]
    assert [card.word.tone for card in cards] == [Tone.BAD, Tone.UNKNOWN, Tone.BEWARE, Tone.GOOD]
    assert view.verdict.text().startswith("Broken.")
    assert view.verdict.tone is Tone.BAD


def test_each_says_what_why_and_what_to_do_in_plain_text(view: CheckupView) -> None:
    broken, unknown, _, good = view.findings.cards
    expected = ["No policy.", "Why it matters", "Nothing arrives.", "What to do", "Add a statement."]
    assert [text for text in texts(broken) if text in expected] == expected
    assert "It is ⟨U+202E⟩closed." in texts(broken)
    assert broken.accessibleName() == "Broken: It is ⟨U+202E⟩closed."
    assert "Add a statement." in broken.accessibleDescription()
    assert "What to do" not in texts(unknown)
    assert "All <b>sizes</b>." in texts(good)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in view.findChildren(QLabel))


def test_only_what_the_program_can_mend_has_a_button(view: CheckupView, qtbot: QtBot) -> None:
    broken, *others = view.findings.cards
    assert isinstance(broken.button, FilledButton)
    assert not any(card.button for card in others)
    with qtbot.waitSignal(view.mend_requested):
        broken.button.click()


def test_a_long_list_is_set_out_in_steps(view: CheckupView, qtbot: QtBot) -> None:
    many = [Finding(id=f"queue.n{number}", level=Level.GOOD, title=f"Number {number}.") for number in range(20)]
    view.show_report(CheckupReport.of(many))
    assert len(view.findings.cards) == AT_ONCE
    qtbot.waitUntil(lambda: view.findings.is_complete)
    assert [card.finding.id for card in view.findings.cards] == [one.id for one in many]


def test_what_is_missing_can_be_made(view: CheckupView, qtbot: QtBot) -> None:
    title, remedies = "The queue does not exist.", (Remedy.MAKE_DESTINATION, Remedy.CHANGE_KEYS)
    missing = Finding(id="queue.exists", level=Level.BROKEN, title=title, remedies=remedies)
    view.show_report(CheckupReport.of([missing, *FINDINGS]))
    qtbot.waitUntil(lambda: view.findings.is_complete)
    (card,) = [card for card in view.findings.cards if card.finding is missing]
    assert card.button is not None
    with qtbot.waitSignal(view.create_requested):
        card.button.click()
    assert [button.text() for button in card.remedies] == [remedy_text(Remedy.CHANGE_KEYS)]  # it is made by the other
    there = Finding(id="queue.exists", level=Level.GOOD, title="The queue exists.")
    assert FindingCard(there).button is None


def test_findings_come_one_after_the_other_and_stay(view: CheckupView, qtbot: QtBot) -> None:
    view.show_waiting()
    assert view.findings.cards == []
    view.show_findings(FINDINGS[:2])
    qtbot.waitUntil(lambda: view.findings.is_complete)
    before = {card.finding.id: card for card in view.findings.cards}
    assert list(before) == ["queue.readers", "queue.size"]
    assert "2" in view.verdict.text()
    view.show_findings(FINDINGS[2:])
    qtbot.waitUntil(lambda: view.findings.is_complete)
    view.show_report(CheckupReport.of(FINDINGS))
    qtbot.waitUntil(lambda: view.findings.is_complete)
    assert [card.finding for card in view.findings.cards] == list(CheckupReport.of(FINDINGS).findings)
    assert all(card in view.findings.cards for card in before.values())
    heights = [card.y() for card in view.findings.cards]
    assert heights == sorted(heights)
    view.show_waiting()
    view.show_problem(Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PROGRAM))
    qtbot.waitUntil(lambda: view.findings.is_complete)
    assert len(view.findings.cards) == len(FINDINGS), "what was found before is back"


def test_before_the_first_report_there_is_nothing_to_copy_or_save(qtbot: QtBot) -> None:
    view = CheckupView()
    qtbot.addWidget(view)
    view.show()
    view.show_waiting()
    view.show_findings(FINDINGS[:1])
    assert view.mark.shape_name == "clock"
    assert not any(button.isEnabled() for button in (view.copy, view.save, view.check))
    view.show_problem(Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PROGRAM))
    assert view.check.isEnabled()
    assert not any(button.isEnabled() for button in (view.copy, view.save))
    view.show_report(CheckupReport.of(FINDINGS, about="Account Lab"))
    assert all(button.isEnabled() for button in (view.copy, view.save, view.check))
    assert not view.problem.isVisible()
    assert view.about.text() == "Account Lab"
    assert view.mark.shape_name == "cross"


def test_the_way_back_is_offered_while_there_is_one(view: CheckupView, qtbot: QtBot) -> None:
    assert not view.undo.isVisible()
    assert not view.changed.isVisible()
    view.show_change(datetime(2026, 1, 31, 12, tzinfo=UTC))
    assert view.changed.isVisible()
    assert view.changed.text()
    with qtbot.waitSignal(view.undo_requested):
        view.undo.click()
    view.show_change(None)
    assert not view.undo.isVisible()
    assert not view.changed.isVisible()


def test_that_it_was_saved_is_said_until_something_else_is(view: CheckupView, tmp_path: Path) -> None:
    problem = Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PROGRAM)
    view.show_problem(problem)
    view.show_saved(str(tmp_path / "report.html"))
    assert not view.problem.isVisible()
    assert "report.html" in view.note.text
    view.show_problem(problem)
    assert not view.note.text
    view.show_saved(str(tmp_path / "report.html"))
    view.show_problem(problem)
    view.show_waiting()
    assert not view.problem.isVisible()
    view.show_saved(str(tmp_path / "report.html"))
    view.show_waiting()
    assert not view.note.text


def test_it_is_copied_and_a_problem_is_in_place(view: CheckupView) -> None:
    view.show_report(CheckupReport.of(FINDINGS, way=way_of_findings(Transport.SQS, "results", FINDINGS)))
    view.copy.click()
    assert "[broken] It is" in QGuiApplication.clipboard().text()
    assert "copied" in view.note.text
    view.show_waiting()
    assert not view.check.isEnabled()
    view.show_problem(Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PROGRAM))
    assert view.problem.isVisible()
    assert view.check.isEnabled()
    assert view.way.isVisible(), "as what was found before"
    assert view.verdict.text().startswith("Broken.")


def test_the_dialog_for_the_file_is_asked_for(view: CheckupView, qtbot: QtBot) -> None:
    view.save.click()
    dialog = view.file_dialog
    assert dialog is not None
    assert dialog.selectedFiles()[0].endswith("mturk-checkup.html")
    with qtbot.waitSignal(view.save_requested):
        dialog.fileSelected.emit("x.html")
    dialog.reject()
    assert view.file_dialog is None


@pytest.mark.parametrize(
    ("findings", "text", "tone"),
    [
        pytest.param(
            FINDINGS[:1], "Queue found in your account, and Mechanical Turk may write to it", Tone.GOOD, id="good"
        ),
        pytest.param(FINDINGS[:2], "Others read.", Tone.BEWARE, id="beware"),
        pytest.param(FINDINGS[:3], "Cannot tell: The clock cannot be told.", Tone.UNKNOWN, id="unknown"),
        pytest.param(FINDINGS, "It is \u202eclosed.", Tone.BAD, id="broken"),
        pytest.param((), "Cannot tell: ", Tone.UNKNOWN, id="nothing"),
    ],
)
def test_the_line_under_the_destination(findings: tuple[Finding, ...], text: str, tone: Tone) -> None:
    found = CheckupReport.of(findings)
    assert verdict_line(found, QUEUE) == text
    assert level_tone(found.verdict) is tone
