# SPDX-License-Identifier: MIT
"""This computer sends in Mechanical Turk's place: one form, the same lamps, and what the receiver answered."""

from __future__ import annotations

import ast
import json
import socket
import ssl
import sys
from typing import TYPE_CHECKING

import pytest
import trustme
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLineEdit, QSpinBox, QTreeWidget

from journeys.person import GREEN, PATIENCE, in_sight
from journeys.test_keyboard import taken_twice
from journeys.web_receiver import WebReceiver
from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.practice.faults import Faults
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.sending.delivery_guard import DeliveryGuard
from qt.test_menus_of_tables import INBOX, press

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from journeys.person import Person
    from notification_tester.services.sending.deliver import Delivered

YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with WebReceiver() as started:
        yield started


def choose_here(person: Person, transport: str = "Web") -> None:
    person.click(person.form.where.who.button("this-computer"))
    person.click(person.form.choice.button(transport))


def type_receiver(person: Person, url: str) -> None:
    edit = person.form.delivery.web.edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, url)


def send(person: Person, qtbot: QtBot) -> Delivered:
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(person.form.send)
    delivered = person.page.deliveries.shown_delivered()
    assert delivered is not None
    return delivered


def verdicts(delivered: Delivered) -> tuple[State, ...]:
    return delivered.accepted.state, delivered.arrived.state, delivered.as_expected.state


def test_a_web_receiver_gets_what_sns_would_deliver(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    assert verdicts(send(person, qtbot)) == GREEN
    result = person.page.deliveries
    assert result.isVisible()
    assert not person.result.isVisible()
    assert result.receipt.status.text() == "200 OK"
    assert "first byte after" in result.receipt.times.text().lower()
    assert "not from Mechanical Turk" in result.notes.words.text()
    assert not result.problem.isVisible()
    (came,) = receiver.came
    assert came.method == "POST"
    assert came.headers["x-amz-sns-message-type"] == "Notification"
    message = json.loads(json.loads(came.body)["Message"])
    assert [one["EventType"] for one in message["Events"]] == ["AssignmentSubmitted"] * 2
    person.click(result.receipt.body_link)
    assert result.receipt.text.view.toPlainText() == "taken, thank you"
    person.click(result.sent_link)
    assert "AssignmentSubmitted" in result.sent_text.view.toPlainText()
    person.click(result.copy_buttons["curl"])
    if sys.platform == "win32":  # a command there has one line, what SNS delivers has several
        assert "on Windows, it has several lines" in result.not_copied.text()
        assert result.not_copied.isVisible()
    else:
        assert person.clipboard().startswith("curl ")
        assert receiver.url in person.clipboard()
    person.click(result.copy_buttons["python"])
    assert str(receiver.server_port) in person.clipboard()
    ast.parse(person.clipboard())


def test_a_queue_gets_it_though_its_policy_keeps_mechanical_turk_out(person: Person, qtbot: QtBot) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    choose_here(person, "SQS")
    assert verdicts(send(person, qtbot)) == GREEN
    result = person.page.deliveries
    assert result.message.isVisible()
    assert result.message.model.rowCount() == 2
    assert "policy" in result.notes.words.text()
    assert not result.copy_buttons["curl"].isVisible()
    person.click(result.copy_buttons["python"])
    assert "boto3" in person.clipboard()
    person.click(person.form.where.who.button("mechanical-turk"))
    person.send()
    assert person.outcome().arrived.state is NO
    assert person.result.isVisible()
    assert not result.isVisible()


def test_a_web_address_is_sent_to_only_where_a_web_receiver_is_chosen(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    choose_here(person, "SNS")
    person.type_destination(receiver.url)
    QTest.keyClick(person.form.destination.edit, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    person.until(lambda: "is the address of a web receiver" in person.result.problem.title.text())
    said = person.form.destination.verdict()
    assert said.startswith("This is the address of a web receiver, and “Topic (SNS)” is chosen.")
    assert "Mechanical Turk" not in said
    assert receiver.came == []
    assert person.form.destination.web.text() == "Choose Web receiver"
    person.click(person.form.destination.web)
    assert person.form.where.is_web
    assert person.form.delivery.web.text() == receiver.url
    assert verdicts(send(person, qtbot)) == GREEN
    assert len(receiver.came) == 1


def test_a_receiver_that_fails_is_told_with_its_answer(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    receiver.status = 500
    choose_here(person)
    type_receiver(person, receiver.url)
    delivered = send(person, qtbot)
    assert delivered.as_expected.state is NO
    assert person.page.deliveries.receipt.status.text() == "500 Internal Server Error"
    receiver.status = 200
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(person.form.send)
    after = person.page.deliveries.shown_delivered()
    assert after is not None
    assert verdicts(after) == GREEN


def test_a_redirect_is_named_and_not_followed(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    receiver.status, receiver.location = 302, "https://elsewhere.example/hook"
    choose_here(person)
    type_receiver(person, receiver.url)
    send(person, qtbot)
    redirect = person.page.deliveries.receipt.redirect
    assert redirect.isVisible()
    assert "https://elsewhere.example/hook" in redirect.text()
    assert len(receiver.came) == 1


def test_a_closed_port_has_its_own_sentence(person: Person, qtbot: QtBot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    choose_here(person)
    type_receiver(person, f"http://127.0.0.1:{port}/hook")
    delivered = send(person, qtbot)
    assert delivered.accepted.state is not YES
    card = person.page.deliveries.problem
    assert card.isVisible()
    assert card.tone is Tone.BAD
    assert str(port) in f"{card.title.text()} {card.detail.text()}"
    assert card.remedy.text()
    assert "again" in card.buttons
    person.click(card.buttons["copy-problem"])
    assert card.title.text() in person.clipboard()
    assert card.remedy.text() in person.clipboard()


def test_a_receiver_on_this_computer_without_a_list_is_offered_to_be_followed(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    person.click(person.form.events.all_link)
    send(person, qtbot)
    press(qtbot, person.page.deliveries.sweep.tree, 0, 0, INBOX)
    page = person.seen(person.window.workspace.inbox)
    assert page.form.isVisible()
    assert page.form.receiver.port.isVisible()
    assert page.form.receiver.place().port == receiver.server_port


def test_stop_waiting_ends_it_at_once(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    receiver.goes_on.clear()
    choose_here(person)
    type_receiver(person, receiver.url)
    person.click(person.form.send)
    person.until(lambda: bool(receiver.came))
    with qtbot.waitSignal(person.page.test_finished, timeout=15_000):
        QTest.keyClick(person.form.send, Qt.Key.Key_Escape)
    assert person.form.send.isEnabled()


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("lab.example.org/hook", "This web address has no beginning."),
        ("ftp://lab.example.org/hook", "A message cannot be sent to “ftp:”."),
        ("http://name:pass@lab.example.org/", "This web address has a name or a password in it."),
        ("", "The destination is still empty."),
    ],
)
def test_what_is_no_address_is_not_sent_to(person: Person, address: str, title: str) -> None:
    choose_here(person)
    if address:
        type_receiver(person, address)
    person.click(person.form.send)
    assert person.result.problem.title.text() == title
    assert person.form.delivery.web.edit.hasFocus()
    type_receiver(person, "http://127.0.0.1:9/")
    assert not person.result.problem.isVisible()


def items(tree: QTreeWidget, column: int) -> list[str]:
    found = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return [one.text(column) for one in found if one is not None]


def test_the_scenarios_run_all_and_one_by_one_with_the_answer_beside_each(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    scenarios = person.form.delivery.scenarios
    person.click(scenarios.fold)
    number = scenarios.tree.topLevelItemCount()
    assert number >= 12
    assert scenarios.why.text()
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(scenarios.one)
    assert items(scenarios.tree, 1)[:2] == ["200 OK", ""]
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(scenarios.all)
    assert all(items(scenarios.tree, 1))
    sweep = person.page.deliveries.sweep
    assert sweep.isVisible()
    assert sweep.tree.topLevelItemCount() >= number
    assert set(items(sweep.tree, 4)) == {"200 OK"}
    (wrong,) = sweep.tree.findItems("A wrong signature", Qt.MatchFlag.MatchExactly)
    assert wrong.text(3) == "No"  # it was taken, and should have been refused
    sweep.tree.setCurrentItem(wrong)
    delivered = person.page.deliveries.shown_delivered()
    assert delivered is not None
    assert delivered.scenario is not None
    assert delivered.scenario.name == "wrong-signature"
    type_receiver(person, "http://127.0.0.1:9/")
    assert not any(items(scenarios.tree, 1))


def test_real_ids_and_scenarios_outside_this_computer_ask_first(person: Person) -> None:
    choose_here(person)
    type_receiver(person, "http://192.0.2.1/hook")
    scenarios = person.form.delivery.scenarios
    person.click(scenarios.fold)
    person.click(scenarios.one)
    (dialog,) = person.window.findChildren(DeliveryGuard)
    assert dialog.isVisible()
    assert "192.0.2.1" in dialog.words.text()
    assert dialog.cancel.isDefault()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not person.page.deliveries.isVisible()
    events = person.form.delivery.events
    person.click(events.kind.button("real"))
    QTest.keyClicks(events.hits, "3ABCDEFGHIJ")
    person.click(person.form.send)
    dialog = next(one for one in person.window.findChildren(DeliveryGuard) if one.isVisible())
    assert "may exist" in dialog.words.text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_events_that_look_real(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    person.click(person.form.delivery.web.way.button("rest"))
    events = person.form.delivery.events
    person.click(events.kind.button("real"))
    events.choose.menu().aboutToShow.emit()
    person.until(lambda: len(events.choose.menu().actions()) > 3)
    chosen = events.choose.menu().actions()[-1]
    chosen.trigger()
    assert events.hit_type.text()
    events.number.setValue(3)
    QTest.keyClicks(events.workers, "A1WORKER")
    assert verdicts(send(person, qtbot)) == GREEN
    (came,) = receiver.came
    assert came.method == "GET"
    assert came.path.count("EventType=AssignmentSubmitted") == 3
    assert events.hit_type.text() in came.path


def test_nothing_of_it_stays_with_another_account(
    person: Person, qtbot: QtBot, receiver: WebReceiver, sit_down: Callable[[], Person]
) -> None:
    choose_here(person)
    type_receiver(person, f"{receiver.url}?key=query-secret")
    person.click(person.form.delivery.web.way.button("soap"))
    signature = person.form.delivery.web.signature
    signature.setCurrentIndex(signature.findData("right"))
    QTest.keyClicks(person.form.delivery.web.secret, "the-secret-of-it")
    send(person, qtbot)
    assert len(receiver.came) == 1
    again = sit_down()
    again.start()
    web = again.form.delivery.web
    assert again.form.where.is_here
    assert again.form.where.is_web
    assert web.text() == receiver.url
    assert web.way.choice() == "soap"
    assert web.signature.currentData() == "right"
    assert web.secret.text() == ""
    again.click(again.form.send)
    assert again.result.problem.title.text() == "The secret is still empty."
    assert web.secret.hasFocus()


def test_repeating_from_the_history_fills_the_form(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    person.click(person.form.delivery.web.way.button("rest"))
    person.click(person.form.delivery.events.kind.button("real"))
    person.form.delivery.events.number.setValue(4)
    QTest.keyClicks(person.form.delivery.events.hits, "3ABCDEFGHIJ")
    send(person, qtbot)
    type_receiver(person, "http://127.0.0.1:9/other")
    person.click(person.form.where.who.button("mechanical-turk"))
    page = person.history()
    person.until(lambda: page.model.rowCount() == 1)
    page.table.selectRow(1)  # below the heading of its day
    person.until(lambda: page.details.repeat.isVisible() and page.details.repeat.isEnabled())
    person.click(page.details.repeat)
    person.until(person.page.isVisible)
    form = person.form
    assert form.where.is_web
    assert form.delivery.web.text() == receiver.url
    assert form.delivery.web.way.choice() == "rest"
    assert form.delivery.events.number.value() == 4
    assert not form.delivery.events.takes_each_checked, "one kind was sent, and others may be ticked"
    assert form.delivery.events.hits.text() == "3ABCDEFGHIJ"
    send(person, qtbot)
    assert len(receiver.came) == 2
    assert receiver.came[1].path.count("HITId=3ABCDEFGHIJ") == 4


@pytest.mark.parametrize("by_menu", [False, True], ids=["button", "menu"])
def test_a_scenario_of_two_messages_is_sent_again_alone(
    person: Person, qtbot: QtBot, receiver: WebReceiver, by_menu: bool
) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    scenarios = person.form.delivery.scenarios
    scenarios.choose("twice")
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(scenarios.one)
    assert len(receiver.came) == 2
    page = person.history()
    person.until(lambda: page.model.rowCount() == 2)
    page.table.choose_first()
    person.until(page.details.run.isVisible)
    line = page.table.line()
    assert line is not None
    assert line.is_run
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        if by_menu:
            page.table.again_wanted.emit(line.rows)
        else:
            person.click(page.details.again)
    assert len(receiver.came) == 4


def test_of_a_run_of_some_scenarios_those_are_sent_again_and_no_others(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    choose_here(person)
    type_receiver(person, receiver.url)
    scenarios = person.form.delivery.scenarios
    some = tuple(one for one in scenarios.offered() if one.name in {"twice", "unknown-event"})
    assert len(some) == 2
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        scenarios.send(some)  # as the command line can
    came = [one.body for one in receiver.came]
    page = person.history()
    person.until(lambda: page.model.rowCount() == len(came))
    page.table.choose_first()
    person.until(page.details.run.isVisible)
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(page.details.again)
    assert len(receiver.came) == 2 * len(came)
    page = person.history()
    person.until(lambda: page.model.rowCount() == 2 * len(came))
    rows = page.model.rows_between(0, 2 * len(came))
    assert [one.event for one in rows[: len(came)]] == [one.event for one in rows[len(came) :]]
    line = page.table.line()
    assert line is not None
    strange = tuple(one._replace(event="Of another version") for one in line.rows)
    row = page.details.row
    assert row is not None
    page.again_requested.emit(row, strange)
    person.until(lambda: "Not all of these" in person.result.problem.title.text())
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert len(receiver.came) == 2 * len(came)


def test_an_address_without_its_query_is_not_sent_to_again_by_itself(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    choose_here(person)
    type_receiver(person, f"{receiver.url}?code=hidden")
    send(person, qtbot)
    assert len(receiver.came) == 1
    page = person.history()
    person.until(lambda: page.model.rowCount() == 1 and page.details.again.isVisible())
    person.click(page.details.again)
    person.until(person.page.isVisible)
    person.until(lambda: "query" in person.result.problem.title.text() and person.result.problem.isVisible())
    assert "Nothing was sent" in person.result.problem.detail.text()
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert len(receiver.came) == 1
    assert person.form.delivery.web.edit.text() == receiver.url


def test_repeating_a_scenario_leads_to_what_sends_it(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    person.window.resize(900, 600)
    choose_here(person)
    type_receiver(person, receiver.url)
    scenarios = person.form.delivery.scenarios
    person.click(scenarios.fold)
    height = scenarios.tree.height()
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(scenarios.one)
    assert scenarios.tree.height() == height  # nothing moves below the pointer
    came = len(receiver.came)
    page = person.history()
    person.until(lambda: page.model.rowCount() == came)
    page.table.selectRow(1)  # below the heading of its day
    person.until(lambda: page.details.repeat.isVisible() and page.details.repeat.isEnabled())
    person.click(page.details.repeat)
    person.until(lambda: scenarios.one.hasFocus() and is_whole_in_sight(scenarios.one))
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        QTest.keyClick(scenarios.one, Qt.Key.Key_Space)
    again = person.page.deliveries.shown_delivered()
    assert again is not None
    assert again.scenario is not None
    assert again.scenario is scenarios.offered()[0]


def test_mechanical_turk_is_gone_and_this_computer_sends_instead(person: Person, qtbot: QtBot) -> None:
    person.cloud.set_faults(Faults(unlinked=True))
    person.send()
    card = person.result.problem
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(card.buttons["from-here"])
    delivered = person.page.deliveries.shown_delivered()
    assert delivered is not None
    assert verdicts(delivered) == GREEN
    assert person.form.where.is_here


def test_no_letter_is_taken_twice_and_every_field_has_a_name(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    for transport in ("Email", "SQS", "SNS", "Web"):
        choose_here(person, transport)
        assert taken_twice(person) == {}, transport
    type_receiver(person, receiver.url)
    person.click(person.form.delivery.events.kind.button("real"))
    person.click(person.form.delivery.scenarios.fold)
    for way in ("sns", "rest", "soap"):
        person.click(person.form.delivery.web.way.button(way))
        assert taken_twice(person) == {}, way
    receiver.status = 500
    send(person, qtbot)
    assert taken_twice(person) == {}
    fields = [
        one
        for kind in (QLineEdit, QComboBox, QSpinBox, QTreeWidget, QCheckBox, QAbstractButton)
        for one in person.page.findChildren(kind)
        if one.isVisible() and not isinstance(one.parent(), QComboBox | QSpinBox) and one.focusPolicy()
    ]
    named = [one.accessibleName() or (one.text() if isinstance(one, QAbstractButton) else "") for one in fields]
    assert all(named), [one for one, name in zip(fields, named, strict=True) if not name]


def test_the_whole_by_keyboard_alone(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    who = person.form.where.who
    who.setFocus()
    QTest.keyClick(who.button("mechanical-turk"), Qt.Key.Key_Right)
    assert person.form.where.is_here
    tab_to(person, person.form.choice.button("SQS"))
    for _ in range(3):
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Right)
    assert person.form.where.is_web
    tab_to(person, person.form.delivery.web.edit)
    QTest.keyClicks(person.form.delivery.web.edit, receiver.url)
    tab_to(person, person.form.delivery.web.way.button("sns"))
    tab_to(person, person.form.delivery.web.confirm)
    tab_to(person, person.form.events.tests[EventType.PING])
    tab_to(person, person.form.delivery.events.kind.button("test"))
    tab_to(person, person.form.send)
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        QTest.keyClick(person.form.send, Qt.Key.Key_Space)
    assert len(receiver.came) == 1
    tab_to(person, person.form.delivery.scenarios.fold)
    QTest.keyClick(person.form.delivery.scenarios.fold, Qt.Key.Key_Space)
    tab_to(person, person.form.delivery.scenarios.tree)
    QTest.keyClick(person.form.delivery.scenarios.tree, Qt.Key.Key_Down)
    tab_to(person, person.form.delivery.scenarios.one)
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        QTest.keyClick(person.form.delivery.scenarios.one, Qt.Key.Key_Space)
    assert len(receiver.came) == 3  # the same message twice


def tab_to(person: Person, wanted: QWidget) -> None:
    """Press Tab until the keyboard is there; from where it is no further than once around."""
    for _ in range(60):
        focus = person.window.focusWidget()
        if focus is wanted:
            return
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
    pytest.fail(f"the keyboard does not come to {wanted}")


def test_a_web_address_among_queues_is_sent_to_from_here(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    person.type_destination(receiver.url)
    person.click(person.form.send)
    person.click(person.form.destination.web)
    assert person.form.where.is_here
    assert person.form.delivery.web.text() == receiver.url
    assert person.form.delivery.web.edit.hasFocus()
    assert verdicts(send(person, qtbot)) == GREEN
    person.click(person.form.where.who.button("mechanical-turk"))
    assert person.form.destination.text() == ""


def test_a_certificate_that_is_not_trusted_is_told_and_sent_to_when_wished(
    person: Person, qtbot: QtBot, receiver: WebReceiver
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    choose_here(person)
    type_receiver(person, receiver.url.replace("http:", "https:"))
    delivered = send(person, qtbot)
    assert delivered.accepted.state is NO
    assert receiver.came == []
    result = person.page.deliveries
    assert "not trusted" in result.problem.title.text()
    assert "not trusted" in result.receipt.trust.text()
    person.click(result.receipt.tls_link)
    assert "TLSv1.3" in result.receipt.connection.text()
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(result.problem.buttons["trust"])
    taken = result.shown_delivered()
    assert taken is not None
    assert verdicts(taken) == GREEN
    assert "not trusted" in result.receipt.trust.text()
    assert len(receiver.came) == 1
    send(person, qtbot)  # it was wished for that one alone
    assert len(receiver.came) == 1


def test_where_nobody_listens_this_computer_receives_itself(person: Person, qtbot: QtBot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    choose_here(person)
    assert person.form.delivery.web.receive.isVisible()
    type_receiver(person, f"http://127.0.0.1:{port}/hook")
    assert not person.form.delivery.web.receive.isVisible()
    send(person, qtbot)
    person.click(person.page.deliveries.problem.buttons["receive"])
    inbox = person.window.workspace.inbox.page
    assert inbox is not None
    assert inbox.form.receiver.place().port == port
    person.until(lambda: inbox.form.follow.isVisible() and inbox.form.follow.isEnabled())
    person.click(inbox.form.follow)
    person.until(lambda: inbox.waiting.button.isVisible() and inbox.waiting.button.isEnabled())
    person.click(person.window.workspace.navigation.buttons["test"])
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(person.page.deliveries.problem.buttons["again"])
    again = person.page.deliveries.shown_delivered()
    assert again is not None
    assert verdicts(again) == GREEN
    person.until(lambda: inbox.model.rowCount() > 0)


def test_the_history_tells_it_apart(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    person.send()
    choose_here(person)
    type_receiver(person, f"{receiver.url}?key=query-secret")
    send(person, qtbot)
    page = person.history()
    person.until(lambda: page.model.rowCount() == 2)
    texts = [[str(page.model.index(row, column).data()) for column in range(5)] for row in range(2)]
    assert texts[0][2] == f"127.0.0.1:{receiver.server_port}/hook?… (SNS HTTPS)"
    assert texts[0][3] == "This computer"
    assert texts[1][3] == "Practice"
    page.table.selectRow(1)  # below the heading of its day
    person.until(lambda: "not from Mechanical Turk" in page.details.subtitle.text())
    assert not page.details.badge.isVisible()
    assert page.details.message.title.text() == "What was sent"
    person.click(page.details.copy)
    assert "Sent by: this computer" in person.clipboard()
    assert "query-secret" not in person.clipboard()
    page.table.selectRow(2)
    person.until(lambda: page.details.message.title.text() == "What arrived")
    assert page.details.badge.isVisible()


def bring_to_the_end(person: Person) -> None:
    """Scroll the page Test down as far as it goes."""
    person.until(lambda: in_sight(person.form.delivery.scenarios))
    bar = person.page.verticalScrollBar()
    bar.setValue(bar.maximum())


def is_whole_in_sight(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect() == widget.rect()


def test_what_came_of_it_is_seen_where_send_was_pressed(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    person.window.resize(900, 600)
    choose_here(person)
    type_receiver(person, receiver.url)
    bring_to_the_end(person)
    send(person, qtbot)
    lamps = person.page.deliveries.lamps
    person.until(lambda: is_whole_in_sight(lamps))
    place = person.page.verticalScrollBar().value()
    assert is_whole_in_sight(person.form.send)
    assert person.form.send.hasFocus()  # so that a key sends once more
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        QTest.keyClick(person.form.send, Qt.Key.Key_Space)
    assert len(receiver.came) == 2
    assert person.form.send.hasFocus()
    assert person.page.verticalScrollBar().value() == place  # and nothing jumps


def test_what_came_of_a_scenario_is_seen_beside_it(person: Person, qtbot: QtBot, receiver: WebReceiver) -> None:
    person.window.resize(900, 600)
    choose_here(person)
    type_receiver(person, receiver.url)
    scenarios, lamps = person.form.delivery.scenarios, person.page.deliveries.lamps
    person.click(scenarios.fold)
    bring_to_the_end(person)
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(scenarios.one)
    assert scenarios.one.hasFocus()
    person.until(lambda: is_whole_in_sight(lamps))
    assert is_whole_in_sight(scenarios.one)
    person.page.verticalScrollBar().setValue(0)
    person.until(lambda: is_whole_in_sight(lamps))

    def is_seen_at_the_end() -> bool:
        bring_to_the_end(person)  # which is further down once all of it is laid out
        return is_whole_in_sight(person.page.deliveries.copies)

    person.until(is_seen_at_the_end)  # the end of what came of it, too


def test_what_will_not_do_is_said_where_send_was_pressed(person: Person) -> None:
    person.window.resize(900, 600)
    choose_here(person)
    bring_to_the_end(person)
    person.click(person.form.send)
    problem, address = person.result.problem, person.form.delivery.web.edit
    person.until(lambda: is_whole_in_sight(problem) and is_whole_in_sight(address))
    assert address.hasFocus()
    QTest.keyClicks(address, "x")
    assert not problem.isVisible(), "it is over as soon as something is typed"
    address.clear()
    scenarios = person.form.delivery.scenarios
    person.click(scenarios.fold)
    for button in (scenarios.one, scenarios.all):
        person.click(button)
        assert problem.isVisible()
        assert address.hasFocus()
        QTest.keyClicks(address, "x")
        address.clear()
