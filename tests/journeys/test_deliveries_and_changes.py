# SPDX-License-Identifier: MIT
"""What this computer sends while account, address or signature change: nothing unasked, and nothing stands wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from journeys.person import PATIENCE
from journeys.test_accounts import add_for_session
from journeys.test_from_here import choose_here, send, type_receiver
from journeys.web_receiver import WebReceiver
from notification_tester.qt.sending import delivery_result
from notification_tester.qt.sending.delivery_guard import DeliveryGuard
from notification_tester.services.sending.deliver import DeliveryProgress
from notification_tester.services.sending.test_send import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QIcon
    from pytestqt.qtbot import QtBot

    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.sending.scenario_list import ScenarioList


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with WebReceiver() as started:
        yield started


def outside(receiver: WebReceiver) -> str:
    """An address that leads to this computer, and that nobody can know to."""
    return receiver.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - nothing listens there


def scenarios(person: Person) -> ScenarioList:
    found = person.form.delivery.scenarios
    person.click(found.fold)
    return found


def guard(person: Person) -> DeliveryGuard | None:
    return next((one for one in person.window.findChildren(DeliveryGuard) if one.isVisible()), None)


def answers(listed: ScenarioList) -> list[str]:
    """What stands beside scenarios; a shape alone is an answer, too."""
    items = [listed.tree.topLevelItem(number) for number in range(listed.tree.topLevelItemCount())]
    return [one.text(1) for one in items if one is not None and (one.text(1) or is_seen(one.icon(1)))]


def is_seen(icon: QIcon) -> bool:
    image = icon.pixmap(16, 16).toImage()
    return any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height()))


def test_while_its_account_is_opened_again_nothing_goes_out_unasked(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    receiver.status = 500
    choose_here(person)
    type_receiver(person, outside(receiver))
    person.click(scenarios(person).one)
    asked = guard(person)
    assert asked is not None
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(asked.go)
    assert len(receiver.came) == 1
    again = person.page.deliveries.problem.buttons["again"]
    program = person.desktop.program
    assert program.current is not None
    with qtbot.waitSignal(program.opened, timeout=PATIENCE):
        program.open(program.current.account)
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
        assert person.form.send.isEnabled() is False
    assert not person.page.deliveries.lamps.cancel.isVisible()
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert guard(person) is not None
    assert len(receiver.came) == 1


def test_the_question_closes_with_its_account(person: Person, cloud: PracticeCloud, receiver: WebReceiver) -> None:
    add_for_session(person, "Elsewhere", cloud)
    choose_here(person)
    type_receiver(person, outside(receiver))
    person.click(scenarios(person).one)
    assert guard(person) is not None
    person.desktop.program.open(person.desktop.program.accounts[0])
    assert guard(person) is None
    assert QApplication.activeModalWidget() is None
    person.until_open("Practice")
    assert not receiver.came


def test_the_question_names_every_message_that_goes_out(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    choose_here(person)
    type_receiver(person, outside(receiver))
    person.click(scenarios(person).all)
    asked = guard(person)
    assert asked is not None
    words = asked.go.text()
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(asked.go)
    assert words == f"&Send {len(receiver.came)} messages"


def test_an_answer_that_comes_late_does_not_stand_beside_another_address(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    receiver.goes_on.clear()
    choose_here(person)
    type_receiver(person, receiver.url)
    listed = scenarios(person)
    person.click(listed.one)
    person.until(lambda: bool(receiver.came))
    type_receiver(person, "http://127.0.0.1:9/other")
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        receiver.goes_on.set()
    assert answers(listed) == []
    assert person.page.deliveries.receipt.status.text() == "200 OK"


def test_what_one_queue_did_does_not_stand_beside_another(person: Person, qtbot: QtBot) -> None:
    choose_here(person, "SQS")
    listed = scenarios(person)
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(listed.one)
    assert len(answers(listed)) == 1
    person.type_destination(person.cloud.details.blocked_queue_url)
    assert answers(listed) == []


def test_a_result_is_of_before_a_change_of_how_it_is_signed(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    person.click(person.form.delivery.web.way.button("rest"))
    send(person, qtbot)
    title = person.page.findChild(QLabel, "result-title")
    assert isinstance(title, QLabel)
    assert title.text() == "Result"
    signature = person.form.delivery.web.signature
    signature.setCurrentIndex(signature.findData("wrong"))
    assert title.text() == "Result before your changes"


def test_all_is_shown_at_the_end_also_where_it_comes_at_once_after_the_last_news(
    person: Person, qtbot: QtBot, receiver: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    delivered, result = send(person, qtbot), person.page.deliveries
    request = result.shown_request()
    assert request is not None
    later: list[Callable[[], object]] = []
    monkeypatch.setattr(delivery_result, "in_next_turn", lambda _, step: later.append(step))
    result.begin([request])
    result.show_progress(0, DeliveryProgress(stage=Stage.DONE, delivered=delivered, number=0, count=1))
    person.until(lambda: bool(later))
    later.pop()()  # the lamps are shown, and the rest is to come in the next turn
    assert len(later) == 1
    assert not result.receipt.isVisible()
    result.finish([(0, 0, delivered)])
    assert result.receipt.isVisible()
    assert result.copies.isVisible()


def test_a_button_that_goes_leaves_the_keyboard_on_its_page(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    receiver.status = 500
    choose_here(person)
    type_receiver(person, receiver.url)
    send(person, qtbot)
    receiver.goes_on.clear()
    again = person.page.deliveries.problem.buttons["again"]
    again.setFocus()
    QTest.keyClick(again, Qt.Key.Key_Space)
    person.until(lambda: len(receiver.came) == 2)
    stop = person.page.deliveries.lamps.cancel
    assert_keyboard_is_on_the_page(person)
    stop.setFocus()
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        QTest.keyClick(stop, Qt.Key.Key_Space)
    person.until(lambda: not stop.isVisible())
    assert_keyboard_is_on_the_page(person)
    receiver.goes_on.set()


def assert_keyboard_is_on_the_page(person: Person) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus is person.page or person.page.isAncestorOf(focus), focus.accessibleName()
