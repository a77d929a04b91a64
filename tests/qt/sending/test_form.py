# SPDX-License-Identifier: MIT
"""The form as a person fills it in, keeps it and sends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QWidget,
)

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import NotificationSpec
from notification_tester.qt.notification.form_state import FormState
from notification_tester.qt.sending.form import NotificationForm
from qt.widgets.test_fields import turn_the_wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab-results"
TOPIC = "arn:aws:sns:us-east-1:123456789012:hit-events"
THREE = (EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_REVIEWABLE, EventType.HIT_EXPIRED)


@pytest.fixture
def form(qtbot: QtBot) -> NotificationForm:
    form = NotificationForm()
    qtbot.addWidget(form)
    form.resize(600, 760)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


def test_filling_in_and_sending(qtbot: QtBot, form: NotificationForm) -> None:
    QTest.mouseClick(form.choice.button("SNS"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(form.destination.edit, TOPIC)
    QTest.mouseClick(form.events.none_link, Qt.MouseButton.LeftButton)
    QTest.keyClick(form.events.boxes[EventType.HIT_EXPIRED], Qt.Key.Key_Space)
    with qtbot.waitSignal(form.test_requested) as told:
        QTest.mouseClick(form.send, Qt.MouseButton.LeftButton)
    (request,) = told.args
    spec, (event,) = request.spec, request.events
    assert isinstance(spec, NotificationSpec)
    assert spec.to_request() == {
        "Destination": TOPIC,
        "Transport": "SNS",
        "Version": "2006-05-05",
        "EventTypes": ["HITExpired"],
    }
    assert event is EventType.HIT_EXPIRED


@pytest.mark.parametrize("keys", ["Ctrl+Return", "Ctrl+Enter"])
def test_ctrl_return_sends_from_any_field(qtbot: QtBot, form: NotificationForm, keys: str) -> None:
    form.set_state(FormState(destinations={Transport.SQS: QUEUE}))
    form.destination.edit.setFocus()
    with qtbot.waitSignal(form.test_requested):
        QTest.keySequence(form.destination.edit, keys)


def test_the_button_counts_what_is_checked(qtbot: QtBot, form: NotificationForm) -> None:
    form.set_state(FormState(destinations={Transport.SQS: QUEUE}, events=THREE))
    assert form.send.text().replace("&", "") == "Test the 3 ticked"
    with qtbot.waitSignal(form.test_requested) as told:
        QTest.mouseClick(form.send, Qt.MouseButton.LeftButton)
    assert told.args is not None
    assert told.args[0].events == told.args[0].spec.events == THREE
    QTest.keyClick(form.events.boxes[EventType.HIT_EXPIRED], Qt.Key.Key_Space)
    assert form.send.text().replace("&", "") == "Test the 2 ticked"
    QTest.mouseClick(form.events.none_link, Qt.MouseButton.LeftButton)
    assert form.send.text().replace("&", "") == "Send a test"


def test_one_event_can_be_tested_alone(qtbot: QtBot, form: NotificationForm) -> None:
    form.set_state(FormState(destinations={Transport.SQS: QUEUE}, events=THREE))
    with qtbot.waitSignal(form.test_requested) as told:
        QTest.mouseClick(form.events.tests[EventType.HIT_DISPOSED], Qt.MouseButton.LeftButton)
    assert told.args is not None
    assert told.args[0].events == (EventType.HIT_DISPOSED,)
    assert told.args[0].spec.events == THREE
    assert form.state().event is EventType.HIT_DISPOSED


def test_a_live_test_is_called_so(form: NotificationForm) -> None:
    form.set_state(FormState(destinations={Transport.SQS: QUEUE}, events=THREE))
    plain = form.foot.grab().toImage()
    form.set_live(True)
    assert form.send.text().replace("&", "") == "Send 3 live tests"
    assert form.foot.is_live
    assert form.foot.grab().toImage() != plain
    form.set_state(FormState(destinations={Transport.SQS: QUEUE}))
    assert form.send.text().replace("&", "") == "Send a live test"
    form.where.choose_here()
    assert not form.foot.is_live, "this computer sends, and not the live Mechanical Turk"


@pytest.mark.parametrize(
    ("state", "code", "guilty"),
    [
        pytest.param(FormState(), "destination.empty", "edit", id="empty"),
        pytest.param(FormState(destinations={Transport.SQS: TOPIC}), "destination.wrong-kind", "edit", id="kind"),
        pytest.param(FormState(destinations={Transport.SQS: QUEUE}, events=()), "events.none", "box", id="no-event"),
    ],
)
def test_a_wrong_answer_is_pointed_at(
    qtbot: QtBot, form: NotificationForm, state: FormState, code: str, guilty: str
) -> None:
    form.set_state(state)
    sent = Mock()
    form.test_requested.connect(sent)
    form.delivery_requested.connect(sent)
    with qtbot.waitSignal(form.problem) as told:
        QTest.mouseClick(form.send, Qt.MouseButton.LeftButton)
    assert told.args is not None
    assert told.args[0].code == code
    sent.assert_not_called()
    box = form.events.boxes[EventType.ASSIGNMENT_SUBMITTED]
    assert QApplication.focusWidget() is (box if guilty == "box" else form.destination.edit)


def test_each_transport_keeps_its_own_address(qtbot: QtBot, form: NotificationForm) -> None:
    QTest.keyClicks(form.destination.edit, QUEUE)
    QTest.mouseClick(form.choice.button("Email"), Qt.MouseButton.LeftButton)
    assert form.destination.text() == ""
    QTest.keyClicks(form.destination.edit, "me@lab.example.org")
    QTest.mouseClick(form.choice.button("SQS"), Qt.MouseButton.LeftButton)
    assert form.destination.text() == QUEUE
    assert dict(form.state().destinations) == {Transport.EMAIL: "me@lab.example.org", Transport.SQS: QUEUE}


def test_switching_takes_the_address_along(qtbot: QtBot, form: NotificationForm) -> None:
    form.destination.set_text(TOPIC)
    QTest.mouseClick(form.destination.switch, Qt.MouseButton.LeftButton)
    assert form.transport is Transport.SNS
    assert form.destination.text() == TOPIC
    assert dict(form.state().destinations) == {Transport.SNS: TOPIC}


def test_email_is_explained_beside_it(qtbot: QtBot, form: NotificationForm) -> None:
    (words,) = [one for one in form.findChildren(QLabel) if "no longer lists e-mail" in one.text()]
    assert not words.isVisible()
    QTest.mouseClick(form.choice.button("Email"), Qt.MouseButton.LeftButton)
    assert words.isVisible()


def test_busy_disables_the_send_buttons_alone(qtbot: QtBot, form: NotificationForm) -> None:
    form.set_state(FormState(destinations={Transport.SQS: QUEUE}, events=THREE))
    form.set_busy(True)
    assert not form.send.isEnabled()
    assert not any(test.isEnabled() for test in form.events.tests.values())
    assert form.destination.edit.isEnabled()
    sent = Mock()
    form.test_requested.connect(sent)
    form.delivery_requested.connect(sent)
    QTest.keySequence(form.destination.edit, "Ctrl+Return")
    QTest.keyClick(form.events.boxes[EventType.HIT_CREATED], Qt.Key.Key_Space)
    sent.assert_not_called()
    assert not form.send.isEnabled()
    form.set_busy(False)
    assert form.send.isEnabled()
    assert all(test.isEnabled() for test in form.events.tests.values())


def test_state_is_what_was_set(form: NotificationForm) -> None:
    state = FormState(
        transport=Transport.SNS,
        destinations={Transport.SNS: TOPIC, Transport.EMAIL: "me@lab.example.org"},
        events=THREE,
        version="2014-08-15",
        event=EventType.PING,
        wait_seconds=120,
        remove_afterwards=False,
    )
    heard = Mock()
    form.changed.connect(heard)
    form.set_state(state)
    assert form.state() == state
    assert heard.call_count == 1


def test_every_change_is_told(qtbot: QtBot, form: NotificationForm) -> None:
    heard = Mock()
    form.changed.connect(heard)
    form.advanced.setChecked(True)
    heard.assert_not_called()
    changes: tuple[Callable[[], object], ...] = (
        lambda: QTest.keyClick(form.version, Qt.Key.Key_Down),
        lambda: QTest.keyClick(form.wait, Qt.Key.Key_Up),
        lambda: QTest.keyClick(form.remove, Qt.Key.Key_Space),
        lambda: QTest.keyClick(form.events.boxes[EventType.HIT_EXPIRED], Qt.Key.Key_Space),
        lambda: QTest.keyClicks(form.destination.edit, "x"),
        lambda: QTest.keyClick(form.choice.button("SQS"), Qt.Key.Key_Right),
    )
    form.choice.button("SQS").setFocus()
    for number, change in enumerate(changes, start=1):
        change()
        assert heard.call_count == number
    assert form.state().version == "2014-08-15"
    assert form.state().wait_seconds == 65


@pytest.mark.parametrize("name", ["wait", "version"])
def test_the_wheel_scrolls_the_page_and_changes_nothing(form: NotificationForm, name: str) -> None:
    form.advanced.setChecked(True)
    field = {"wait": form.wait, "version": form.version}[name]
    form.destination.edit.setFocus()
    before = form.state()
    assert not turn_the_wheel(field, -120)
    assert form.state() == before


def test_scrolls_before_squeezing(qtbot: QtBot) -> None:
    form = NotificationForm()
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setWidget(form)
    area.resize(346, 480)
    area.show()
    form.advanced.setChecked(True)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 100)
    assert area.horizontalScrollBar().maximum() == 0

    def squeezed() -> list[str]:
        labels = [label for label in form.findChildren(QLabel) if label.isVisible() and label.text()]
        return [label.text() for label in labels if label.height() < label.fontMetrics().height()]

    qtbot.waitUntil(lambda: squeezed() == [])


def test_everything_has_a_name_and_can_be_reached(form: NotificationForm) -> None:
    form.advanced.setChecked(True)
    for kind in (QAbstractButton, QComboBox, QSpinBox, QLineEdit):
        for widget in form.findChildren(kind):
            if isinstance(widget.parentWidget(), (QSpinBox, QLineEdit)) or not widget.isVisible():
                continue
            named = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            assert named, widget


def test_tab_goes_from_top_to_bottom(qtbot: QtBot, form: NotificationForm) -> None:
    form.choice.button("SQS").setFocus()
    order: list[QWidget] = []
    for _ in range(60):
        current = QApplication.focusWidget()
        assert current is not None
        if current in order:
            break
        order.append(current)
        QTest.keyClick(current, Qt.Key.Key_Tab)
    wanted: list[QWidget] = [
        form.destination.edit,
        form.destination.choose,
        form.events.all_link,
        form.events.boxes[EventType.ASSIGNMENT_ACCEPTED],
        form.events.boxes[EventType.HIT_DISPOSED],
        form.events.tests[EventType.PING],
        form.send,
        form.advanced,
    ]
    assert [order.index(widget) for widget in wanted] == sorted(order.index(widget) for widget in wanted)


def test_mnemonics_are_not_taken_twice(form: NotificationForm) -> None:
    form.advanced.setChecked(True)
    texts = [button.text() for button in form.findChildren(QAbstractButton) if button.isVisible()]
    texts += [form.destination.label.text(), "&Message version", "Wait &for it at most"]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(letters) == len(set(letters)), sorted(letters)


def test_narrow_window_and_long_words(form: NotificationForm) -> None:
    form.set_state(FormState(events=THREE))
    form.advanced.setChecked(True)
    assert form.minimumSizeHint().width() <= 330
    form.send.setText("Testbenachrichtigung jetzt absenden")
    form.setFixedSize(360, form.heightForWidth(360))
    QApplication.processEvents()
    for button in (form.send, *form.events.tests.values(), *form.events.boxes.values()):
        parent = button.parentWidget()
        assert parent is not None
        assert button.width() >= button.minimumSizeHint().width()
        assert parent.rect().contains(button.geometry())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(list(FormState().as_json()))


@given(st.dictionaries(keys, json_values) | json_values)
def test_damaged_state_is_read_as_far_as_it_goes(value: object) -> None:
    state = FormState.from_json(value)
    assert 5 <= state.wait_seconds <= 600
    assert EventType.PING not in state.events
    assert FormState.from_json(json.loads(json.dumps(state.as_json()))) == state


def test_one_damaged_value_costs_only_itself() -> None:
    kept = FormState(transport=Transport.SNS, destinations={Transport.SNS: TOPIC}, events=THREE).as_json()
    kept.update(version="1999", wait_seconds=10**9, events=["HITExpired", "Ping", 7, {}], event=[])
    state = FormState.from_json(kept)
    assert state.transport is Transport.SNS
    assert state.destination == TOPIC
    assert state.version == "2006-05-05"
    assert state.wait_seconds == 600
    assert state.events == (EventType.HIT_EXPIRED,)
    assert state.event is EventType.ASSIGNMENT_SUBMITTED


def test_the_box_to_begin_with_is_shown_where_no_event_is_checked(form: NotificationForm) -> None:
    form.destination.set_text(QUEUE)
    form.events.none_link.click()
    box = form.events.boxes[EventType.ASSIGNMENT_SUBMITTED]
    without = box.grab().toImage()
    QTest.mouseClick(form.send, Qt.MouseButton.LeftButton)
    assert box.hasFocus()
    assert box.grab().toImage() != without
