# SPDX-License-Identifier: MIT
"""A problem: what, why, what to do, and the buttons that do it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from notification_tester.domain.problem import Cause, Problem, ServiceAnswer
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.problem_card import ProblemCard

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PROBLEM = Problem(
    title="The queue does not let Mechanical Turk in.",
    detail="Its policy <b>allows</b> only \u202eyour account.",
    remedy="Add one permission.",
    code="RequestError",
    cause=Cause.DESTINATION,
    answer=ServiceAnswer(code="RequestError", message="No <i>entry</i>", http_status=400),
)


@pytest.fixture
def card(qtbot: QtBot) -> ProblemCard:
    card = ProblemCard()
    qtbot.addWidget(card)
    card.resize(440, 300)
    return card


def test_a_name_that_is_to_be_copied_is_not_cut_off(qtbot: QtBot, card: ProblemCard) -> None:
    name = "mechanicalturk:SendTestEventNotification"
    card.show_problem(replace(PROBLEM, remedy=f"Ask the administrator to allow {name}."))
    card.resize(200, 300)
    qtbot.waitExposed(card)
    assert card.remedy.width() >= card.remedy.fontMetrics().horizontalAdvance(name)


def _shown(card: ProblemCard) -> str:
    return " ".join(label.text() for label in card.findChildren(QLabel) if label.isVisible())


def test_says_what_why_and_what_to_do(card: ProblemCard) -> None:
    assert not card.isVisible()
    card.show_problem(PROBLEM)
    assert card.isVisible()
    assert PROBLEM.title in _shown(card)
    assert "<b>allows</b> only ⟨U+202E⟩your" in _shown(card)
    assert "What to do" in _shown(card)
    assert PROBLEM.remedy in _shown(card)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in card.findChildren(QLabel))
    assert card.mark.shape_name == "cross"
    assert card.accessibleName() == f"Problem: {PROBLEM.title}"
    assert PROBLEM.remedy in card.accessibleDescription()


def test_offers_to_do_it(qtbot: QtBot, card: ProblemCard) -> None:
    card.show_problem(PROBLEM, [("Mend it…", "mend"), ("Text for your administrator", "text")], fill_first=True)
    assert isinstance(card.buttons["mend"], FilledButton)
    assert not isinstance(card.buttons["text"], FilledButton)
    with qtbot.waitSignal(card.action) as told:
        QTest.mouseClick(card.buttons["text"], Qt.MouseButton.LeftButton)
    assert told.args == ["text"]
    with qtbot.waitSignal(card.action) as told:
        QTest.keyClick(card.buttons["mend"], Qt.Key.Key_Space)
    assert told.args == ["mend"]
    card.show_problem(PROBLEM, [("Again", "again")])
    assert list(card.buttons) == ["again"]
    assert not isinstance(card.buttons["again"], FilledButton)


def test_the_exact_answer_is_one_click_away(qtbot: QtBot, card: ProblemCard) -> None:
    card.show_problem(PROBLEM)
    assert not card.exact.isVisible()
    QTest.mouseClick(card.exact_link, Qt.MouseButton.LeftButton)
    assert card.exact.view.toPlainText() == PROBLEM.answer.as_text()
    QTest.mouseClick(card.exact.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == PROBLEM.answer.as_text()


def test_without_an_answer_there_is_no_link(card: ProblemCard) -> None:
    card.show_problem(Problem(title="T", detail="", remedy="", code="c", cause=Cause.INPUT), tone=Tone.BEWARE)
    assert not card.exact_link.isVisible()
    assert "What to do" not in _shown(card)
    assert card.mark.shape_name == "warning"
    assert card.tone is Tone.BEWARE
    card.clear()
    assert not card.isVisible()


def test_long_words_wrap_in_a_narrow_column(card: ProblemCard) -> None:
    card.show_problem(
        Problem(title="Überschrift " * 9, detail="Wort " * 90, remedy="Rat " * 40, code="c", cause=Cause.SERVICE),
        [("Die Änderung zeigen und beheben…", "a"), ("Text für die Verwaltung", "b")],
    )
    card.setFixedWidth(320)
    QApplication.processEvents()
    assert card.minimumSizeHint().width() <= 320
    layout = card.layout()
    assert layout is not None
    card.resize(320, layout.totalHeightForWidth(320))
    QApplication.processEvents()
    for label in (card.title, card.detail, card.remedy):
        assert label.height() >= label.heightForWidth(label.width())
