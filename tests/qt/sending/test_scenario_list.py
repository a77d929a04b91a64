# SPDX-License-Identifier: MIT
"""Messages that break receivers: offered for a form of message, sent one or all, each with its answer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from notification_tester.domain.delivery import State
from notification_tester.domain.messages.scenarios import SCENARIOS
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.qt.sending.scenario_list import ScenarioList

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def shown(qtbot: QtBot) -> ScenarioList:
    made = ScenarioList()
    qtbot.addWidget(made)
    made.resize(500, 600)
    made.show_form(DeliveryForm.SNS, to_web=True)
    made.show()
    return made


def titles(shown: ScenarioList, column: int = 0) -> list[str]:
    items = [shown.tree.topLevelItem(number) for number in range(shown.tree.topLevelItemCount())]
    return [item.text(column) for item in items if item is not None]


def test_each_form_of_message_has_its_own(shown: ScenarioList) -> None:
    everywhere = [one.title for one in SCENARIOS if DeliveryForm.SNS in one.forms]
    assert titles(shown) == everywhere == [one.title for one in shown.offered()]
    assert shown.all.text() == f"Send all {len(everywhere)}"
    shown.show_answers({shown.offered()[0].name: (State.YES, "200 OK")})
    shown.show_form(DeliveryForm.SNS, to_web=False)
    assert titles(shown) == [
        one.title for one in SCENARIOS if DeliveryForm.SNS in one.forms and not one.is_for_web_only
    ]
    assert len(titles(shown)) < len(everywhere)
    assert set(titles(shown, 1)) == {""}, "what was answered is of another form"
    assert shown.tree.currentItem() is shown.tree.topLevelItem(0)
    assert shown.why.text() == shown.offered()[0].why == shown.tree.accessibleDescription()


def test_one_or_all_are_sent_and_none_while_something_is_under_way(qtbot: QtBot, shown: ScenarioList) -> None:
    sent: list[object] = []
    shown.send_requested.connect(sent.append)
    assert not shown.inside.isVisible()
    assert shown.fold.text() == "Show them"
    third = shown.offered()[2]
    shown.choose(third.name)
    assert shown.inside.isVisible()
    assert shown.fold.text() == "Hide them"
    assert shown.why.text() == third.why
    shown.choose("of another version")
    QTest.mouseClick(shown.one, Qt.MouseButton.LeftButton)
    shown.tree.setFocus()
    QTest.keyClick(shown.tree, Qt.Key.Key_Return)
    QTest.mouseClick(shown.all, Qt.MouseButton.LeftButton)
    assert sent == [(third,), (third,), shown.offered()]
    shown.set_busy(True)
    assert not shown.one.isEnabled()
    assert not shown.all.isEnabled()
    QTest.keyClick(shown.tree, Qt.Key.Key_Return)
    shown.send((third,))
    assert len(sent) == 3
    shown.set_busy(False)
    assert shown.one.isEnabled()
    assert shown.all.isEnabled()
    assert not QKeySequence(shown.one.shortcut()).toString()
    shown.fold.click()
    assert not shown.inside.isVisible()


def test_answers_stand_beside_their_messages_until_they_are_of_another_place(shown: ScenarioList) -> None:
    shown.choose(shown.offered()[0].name)
    first, second = shown.offered()[:2]
    height = shown.tree.height()
    empty = shown.tree.grab().toImage()
    shown.show_answers({second.name: (State.NO, "500 Broken\nbadly"), "unknown": (State.YES, "x")})
    assert titles(shown, 1)[:3] == ["", "500 Broken badly", ""]
    item = shown.tree.topLevelItem(1)
    assert item is not None
    assert "500 Broken badly" in item.toolTip(1)
    assert shown.tree.height() == height, "the list stays where it is pressed"
    shown.show_answers({first.name: (State.YES, "200 OK")})
    assert titles(shown, 1)[:3] == ["200 OK", "500 Broken badly", ""]
    shown.forget_answers()
    assert set(titles(shown, 1)) == {""}
    assert item.toolTip(1) == ""
    assert shown.tree.grab().toImage() == empty


def test_messages_are_found_by_their_titles(shown: ScenarioList) -> None:
    first, second = shown.offered()[:2]
    assert shown.called([second.title, first.title, second.title]) == (second, first)
    assert shown.called([]) == ()
    assert shown.called([first.title, "of another version"]) is None
