# SPDX-License-Identifier: MIT
"""What concerns the whole window: one at a time, none lost, none too long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from notification_tester.domain.account import PRACTICE, Account, Environment, KeySource
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.app.problem_bar import LONGEST, ProblemBar
from notification_tester.qt.looks.theme import Tone

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def problem(title: str, detail: str = "It is so.") -> Problem:
    return Problem(title=title, detail=detail, remedy="Do this.", code="test", cause=Cause.PROGRAM)


@pytest.fixture
def bar(qapp: QApplication, qtbot: QtBot) -> ProblemBar:
    shown = ProblemBar()
    qtbot.addWidget(shown)
    return shown


def test_one_after_the_other(bar: ProblemBar) -> None:
    assert not bar.isVisible()
    for title in ("First.", "Second.", "First."):
        bar.say(problem(title))
    assert bar.isVisible()
    assert bar.title.text() == "First."
    assert bar.detail.text() == "It is so. Do this."
    bar.dismiss.click()
    assert bar.title.text() == "Second."
    bar.dismiss.click()
    assert not bar.isVisible(), "the same one twice is shown once"


def test_the_offer_is_told_and_read_away(bar: ProblemBar, qtbot: QtBot) -> None:
    bar.say(problem("First."), action="Start again", key="again")
    bar.say(problem("Second."))
    assert bar.act.text() == "Start again"
    with qtbot.waitSignal(bar.action) as told:
        bar.act.click()
    assert told.args == ["again"]
    assert bar.title.text() == "Second."
    assert not bar.act.isVisible()


def test_a_page_of_words_does_not_push_the_window_away(bar: ProblemBar) -> None:
    bar.resize(800, 100)
    bar.say(problem("It ended.", "It said: " + "Traceback\n  File\n" * 200))
    assert len(bar.detail.text()) <= LONGEST + 10
    assert bar.detail.text().endswith("Do this.")
    assert "\n" not in bar.detail.text()
    assert bar.heightForWidth(800) < 200 or bar.sizeHint().height() < 200


def test_markup_is_shown_as_it_is(bar: ProblemBar) -> None:
    bar.say(problem("<b>bold</b>", "<img src=x>\u202etxt"))
    assert bar.title.text() == "<b>bold</b>"
    assert "<img src=x>" in bar.detail.text()
    assert "\u202e" not in bar.detail.text()


def test_room_around_it_goes_when_it_is_hidden(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    rows = QVBoxLayout(window)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    bar, page = ProblemBar(), QWidget()
    bar.setContentsMargins(0, 12, 0, 0)
    rows.addWidget(bar)
    rows.addWidget(page, 1)
    window.resize(400, 300)
    window.show()
    assert page.y() == 0
    bar.say(problem("Something."))
    QApplication.processEvents()
    image = window.grab().toImage()
    ground, frame = image.pixelColor(200, 2), image.pixelColor(200, 16)
    assert ground == window.palette().color(QPalette.ColorRole.Window), "its frame begins below the room"
    assert frame != ground


LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING, since="2026-01-31T12:00:00+00:00")


def test_what_is_about_an_account_waits_for_it(bar: ProblemBar) -> None:
    bar.show_account(PRACTICE)
    bar.say(problem("Of the lab."), LAB)
    assert not bar.isVisible()
    bar.say(problem("Of the program."))
    bar.say(problem("Of the lab."), PRACTICE)
    bar.say(problem("Of the lab."), LAB)
    assert bar.title.text() == "Of the program."
    bar.dismiss.click()
    assert bar.title.text() == "Of the lab.", "of two accounts, it is said twice"
    bar.dismiss.click()
    assert not bar.isVisible()
    bar.show_account(replace(LAB, name="Laboratory"))
    assert bar.isVisible(), "it is the same account under another name"
    bar.show_account(PRACTICE)
    assert not bar.isVisible()
    bar.show_account(LAB)
    assert bar.isVisible()
    bar.dismiss.click()
    assert not bar.isVisible()


def test_what_is_over_is_taken_back_and_nothing_else(bar: ProblemBar) -> None:
    bar.show_account(LAB)
    bar.say(problem("First."), action="Start again", key="again")
    bar.say(problem("Second."), LAB, topic="again")
    bar.say(problem("Third."), topic="other")
    bar.take_back("again", PRACTICE)
    bar.take_back("nothing", None)
    assert bar.title.text() == "First."
    bar.take_back("again", None)
    assert bar.title.text() == "Second."
    assert not bar.act.isVisible()
    bar.take_back("again", LAB)
    assert bar.title.text() == "Third."
    bar.take_back("other", None)
    assert not bar.isVisible()
    bar.say(problem("Fourth."))
    bar.say(problem("Fifth."))
    bar.clear()
    assert not bar.isVisible()
    bar.say(problem("Sixth."))
    assert bar.title.text() == "Sixth."


def test_all_of_it_is_told_to_a_screen_reader_and_in_the_tip(bar: ProblemBar) -> None:
    bar.say(problem("First."), tone=Tone.BAD)
    assert (bar.accessibleName(), bar.accessibleDescription()) == ("First.", "It is so. Do this.")
    assert "It is so." in bar.detail.toolTip()
    bar.say(problem("Second.", "x" * LONGEST))
    bar.dismiss.click()
    assert bar.accessibleName() == "Second."
    assert bar.accessibleDescription() == bar.detail.text() != "It is so. Do this."
    assert "x" * LONGEST in bar.detail.toolTip().replace("\n", "").replace("\u200b", "")
