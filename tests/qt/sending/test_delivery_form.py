# SPDX-License-Identifier: MIT
"""What the form asks where this computer sends: read into requests, kept without a secret, pointed at where wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QSpinBox

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.outgoing import DeliveryForm, SignatureKind
from notification_tester.domain.receipt import Receipt
from notification_tester.domain.smtp import SmtpSecurity
from notification_tester.domain.web_address import WebAddress
from notification_tester.qt.notification.form_state import DeliveryState, FormState, Sender
from notification_tester.qt.sending.delivery_form import DeliveryOrder
from notification_tester.qt.sending.form import NotificationForm
from notification_tester.qt.sending.receipt_view import ReceiptView
from qt.widgets.test_fields import turn_the_wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab-results"
TOPIC = "arn:aws:sns:us-east-1:123456789012:hit-events"
RECEIVER = "http://127.0.0.1:8000/hook"
THREE = (EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_REVIEWABLE, EventType.HIT_EXPIRED)
WEB = FormState(sender=Sender.THIS_COMPUTER, delivery=DeliveryState(to_web=True, web_address=RECEIVER))


@pytest.fixture
def form(qtbot: QtBot) -> NotificationForm:
    form = NotificationForm()
    qtbot.addWidget(form)
    form.resize(600, 760)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


def sent(qtbot: QtBot, form: NotificationForm) -> DeliveryOrder:
    with qtbot.waitSignal(form.delivery_requested) as told:
        QTest.mouseClick(form.send, Qt.MouseButton.LeftButton)
    (order,) = told.args
    assert isinstance(order, DeliveryOrder)
    return order


@pytest.mark.parametrize(
    ("transport", "destination", "way"),
    [(Transport.SQS, QUEUE, DeliveryForm.SQS), (Transport.SNS, TOPIC, DeliveryForm.SNS)],
)
def test_a_queue_and_a_topic(
    qtbot: QtBot, form: NotificationForm, transport: Transport, destination: str, way: DeliveryForm
) -> None:
    form.set_state(FormState(sender=Sender.THIS_COMPUTER, transport=transport, destinations={transport: destination}))
    (request,) = sent(qtbot, form).requests
    assert (request.form, request.target.text) == (way, destination)
    assert [event.event_type for event in request.notification.events] == ["AssignmentSubmitted"] * 2
    assert not request.notification.has_real_ids


def test_an_e_mail_goes_through_a_common_server(qtbot: QtBot, form: NotificationForm) -> None:
    form.set_state(
        FormState(
            sender=Sender.THIS_COMPUTER, transport=Transport.EMAIL, destinations={Transport.EMAIL: "me@lab.example.org"}
        )
    )
    mail = form.delivery.mail
    gmail = mail.host.findText("smtp.gmail.com")
    mail.host.setCurrentIndex(gmail)
    mail.host.activated.emit(gmail)
    QTest.keyClicks(mail.user, "me@gmail.com")
    QTest.keyClicks(mail.password, "an-app-password")
    order = sent(qtbot, form)
    smtp = order.requests[0].smtp
    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.security) == ("smtp.gmail.com", 465, SmtpSecurity.TLS)
    assert (smtp.user, smtp.password) == ("me@gmail.com", "an-app-password")
    assert order.keeps_password
    assert "an-app-password" not in repr(order)
    assert "an-app-password" not in json.dumps(form.state().as_json())


def test_a_sender_is_asked_for_where_the_name_is_no_address(form: NotificationForm) -> None:
    form.set_state(FormState(sender=Sender.THIS_COMPUTER, transport=Transport.EMAIL))
    mail = form.delivery.mail
    QTest.keyClicks(mail.user, "me@lab.example.org")
    assert not mail.mail_from.isVisible()
    mail.user.clear()
    QTest.keyClicks(mail.user, "apikey")
    assert mail.mail_from.isVisible()


def test_whatever_is_changed_of_the_mail_server_is_told(form: NotificationForm) -> None:
    form.set_state(FormState(sender=Sender.THIS_COMPUTER, transport=Transport.EMAIL))
    mail = form.delivery.mail
    told: list[int] = []
    mail.changed.connect(lambda: told.append(1))
    changes: tuple[Callable[[], object], ...] = (
        lambda: mail.host.setEditText("smtp.lab.example.org"),
        lambda: mail.port.setValue(2525),
        lambda: mail.security.setCurrentIndex(mail.security.findData(SmtpSecurity.TLS.value)),
        lambda: QTest.keyClicks(mail.user, "x"),
        lambda: QTest.keyClicks(mail.mail_from, "m"),
        lambda: QTest.keyClicks(mail.password, "p"),
    )
    for change in changes:
        told.clear()
        change()
        assert told, change
    kept = form.state().delivery
    assert (kept.smtp_host, kept.smtp_port, kept.smtp_security) == ("smtp.lab.example.org", 2525, "tls")


@pytest.mark.parametrize("kind", [SignatureKind.RIGHT, SignatureKind.WRONG, SignatureKind.DEPRECATED])
def test_the_signature_of_the_older_forms(qtbot: QtBot, form: NotificationForm, kind: SignatureKind) -> None:
    form.set_state(WEB)
    web = form.delivery.web
    QTest.mouseClick(web.way.button("rest"), Qt.MouseButton.LeftButton)
    web.signature.setCurrentIndex(web.signature.findData(kind.value))
    assert web.secret.isVisible() == (kind is SignatureKind.RIGHT)
    if kind is SignatureKind.RIGHT:
        QTest.keyClicks(web.secret, "known-to-both")
    (request,) = sent(qtbot, form).requests
    assert isinstance(request.target, WebAddress)
    assert request.form is DeliveryForm.REST
    assert request.signature.kind is kind
    assert request.signature.secret == ("known-to-both" if kind is SignatureKind.RIGHT else "")
    assert EventType.PING.value in [event.event_type for event in request.notification.events]


def test_confirming_and_the_version_are_sns_own(qtbot: QtBot, form: NotificationForm) -> None:
    form.set_state(WEB)
    web = form.delivery.web
    QTest.keyClick(web.confirm, Qt.Key.Key_Space)
    web.sns_version.setCurrentIndex(1)
    (request,) = sent(qtbot, form).requests
    assert request.confirm_subscription
    assert request.sns_signature_version == "2"
    QTest.mouseClick(web.way.button("soap"), Qt.MouseButton.LeftButton)
    assert not web.confirm.isVisible()
    assert not sent(qtbot, form).requests[0].confirm_subscription


def test_events_that_look_real_take_the_checked_ones_in_turn(qtbot: QtBot, form: NotificationForm) -> None:
    form.set_state(
        FormState(
            sender=Sender.THIS_COMPUTER,
            events=THREE,
            delivery=DeliveryState(
                to_web=True,
                web_address=RECEIVER,
                looks_real=True,
                number=4,
                each_checked=True,
                hits="3FIRST, 3SECOND",
                workers="A1WORKER",
            ),
        )
    )
    (request,) = sent(qtbot, form).requests
    events = request.notification.events
    assert [one.event_type for one in events] == [one.value for one in (*THREE, THREE[0])]
    assert {one.hit_id for one in events} == {"3FIRST", "3SECOND"}
    assert {one.worker_id for one in events if one.assignment_id} == {"A1WORKER"}
    assert request.notification.has_real_ids


def test_sends_one_message_for_each_checked_event(qtbot: QtBot, form: NotificationForm) -> None:
    form.set_state(FormState(sender=Sender.THIS_COMPUTER, events=THREE, destinations={Transport.SQS: QUEUE}))
    with qtbot.waitSignal(form.delivery_requested) as told:
        QTest.mouseClick(form.send, Qt.MouseButton.LeftButton)
    assert told.args is not None
    asked = [request.notification.events[0].event_type for request in told.args[0].requests]
    assert asked == [event.value for event in THREE]


@pytest.mark.parametrize(
    ("delivery", "code", "guilty"),
    [
        (DeliveryState(to_web=True), "web-address.empty", "edit"),
        (DeliveryState(to_web=True, web_address="http://lab:80:80/"), "web-address.", "edit"),
        (DeliveryState(to_web=True, web_address=QUEUE), "destination.wrong-kind", "edit"),
        (DeliveryState(to_web=True, web_address=TOPIC), "destination.wrong-kind", "edit"),
        (DeliveryState(to_web=True, web_address=f"https://console.aws.amazon.com/{TOPIC}"), "web-address.", "edit"),
        (DeliveryState(to_web=True, web_address=RECEIVER, web_form="soap", signature="right"), "signature.", "secret"),
        (DeliveryState(to_web=True, web_address=RECEIVER, looks_real=True, hits="no id"), "made-events.hits", "hits"),
        (DeliveryState(to_web=True, web_address=RECEIVER, looks_real=True, hit_type="abc"), "hit-type.", "hit_type"),
    ],
)
def test_a_wrong_answer_is_pointed_at(
    qtbot: QtBot, form: NotificationForm, delivery: DeliveryState, code: str, guilty: str
) -> None:
    form.set_state(FormState(sender=Sender.THIS_COMPUTER, delivery=delivery))
    nothing = Mock()
    form.delivery_requested.connect(nothing)
    form.test_requested.connect(nothing)
    with qtbot.waitSignal(form.problem) as told:
        QTest.mouseClick(form.send, Qt.MouseButton.LeftButton)
    assert told.args is not None
    assert told.args[0].code.startswith(code)
    nothing.assert_not_called()
    parts = form.delivery
    fields = {
        "edit": parts.web.edit,
        "secret": parts.web.secret,
        "hits": parts.events.hits,
        "hit_type": parts.events.hit_type,
    }
    assert QApplication.focusWidget() is fields[guilty]


def test_the_other_sender_keeps_the_place(form: NotificationForm) -> None:
    form.set_state(FormState(destinations={Transport.SQS: QUEUE}))
    QTest.mouseClick(form.where.who.button("this-computer"), Qt.MouseButton.LeftButton)
    assert form.destination.text() == QUEUE
    QTest.mouseClick(form.choice.button("Web"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(form.delivery.web.edit, RECEIVER)
    assert not form.destination.isVisible()
    QTest.mouseClick(form.where.who.button("mechanical-turk"), Qt.MouseButton.LeftButton)
    assert form.destination.text() == QUEUE
    assert not form.choice.button("Web").isVisible()
    assert not form.delivery.web.isVisible()
    assert not form.delivery.scenarios.isVisible()
    QTest.mouseClick(form.where.who.button("this-computer"), Qt.MouseButton.LeftButton)
    assert form.where.is_web
    assert form.delivery.web.text() == RECEIVER


def test_a_form_with_a_web_receiver_is_no_preset(form: NotificationForm) -> None:
    form.set_state(WEB)
    with pytest.raises(Exception, match="no longer sends to a web receiver"):
        form.spec()


STATE = FormState(
    sender=Sender.THIS_COMPUTER,
    transport=Transport.SNS,
    destinations={Transport.SNS: TOPIC},
    delivery=DeliveryState(
        to_web=True,
        web_address=RECEIVER,
        web_form="soap",
        confirm_subscription=True,
        sns_version="2",
        signature="wrong",
        looks_real=True,
        number=7,
        each_checked=True,
        hit_type="3TYPE",
        hits="3HIT",
        assignments="3ASSIGNMENT",
        workers="A1WORKER",
        smtp_host="smtp.gmail.com",
        smtp_port=465,
        smtp_security="tls",
        smtp_user="apikey",
        smtp_sender="me@lab.example.org",
    ),
)


def test_state_is_what_was_set_also_after_another_start(form: NotificationForm) -> None:
    form.set_state(STATE)
    assert form.state() == STATE
    assert FormState.from_json(json.loads(json.dumps(form.state().as_json()))) == STATE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"{RECEIVER}?key=hidden", RECEIVER),
        (f"{RECEIVER}#hidden", RECEIVER),
        ("http://name:hidden@lab.example.org/", ""),
        ("name:hidden@lab.example.org/", ""),
        ("lab.example.org/a?hidden", "lab.example.org/a"),
    ],
)
def test_what_may_be_secret_in_an_address_is_not_kept(typed: str, kept: str) -> None:
    state = FormState(delivery=DeliveryState(web_address=typed))
    assert "hidden" not in json.dumps(state.as_json())
    assert FormState.from_json(state.as_json()).delivery.web_address == kept


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda one: st.lists(one, max_size=3))
)
def test_whatever_was_kept_is_read(value: object) -> None:
    for name in (*DeliveryState().as_json(), "other"):
        DeliveryState.from_json({name: value})
    DeliveryState.from_json(value)
    assert FormState.from_json({"delivery": value, "sender": value}) == FormState()


def test_the_wheel_changes_nothing_unseen(form: NotificationForm) -> None:
    form.set_state(STATE)
    web, events = form.delivery.web, form.delivery.events
    fields: list[QComboBox | QSpinBox] = [web.sns_version, web.signature, events.number, events.types]
    for field in fields:
        before = form.state()
        form.send.setFocus()
        assert not turn_the_wheel(field, -120)
        assert form.state() == before


def test_an_answer_shows_no_cookie_and_no_key_of_the_receivers(qtbot: QtBot) -> None:
    shown = ReceiptView()
    qtbot.addWidget(shown)
    headers = (("Set-Cookie", "session=grey-mare"), ("X-Api-Key", "grey-mare"), ("Server", "Werkzeug"))
    shown.show_receipt(Receipt(status=200, headers=headers))
    shown.show()
    shown.headers_link.click()
    assert shown.headers.view.toPlainText() == "Set-Cookie: …\nX-Api-Key: …\nServer: Werkzeug"


def test_a_sender_that_is_not_in_sight_does_not_send(qtbot: QtBot, form: NotificationForm) -> None:
    form.set_state(FormState(sender=Sender.THIS_COMPUTER, transport=Transport.EMAIL))
    mail = form.delivery.mail
    mail.host.setEditText("smtp.university.edu")
    mail.user.setText("apikey")
    mail.mail_from.setText("lab@university.edu")
    assert mail.settings().mailbox == "lab@university.edu"
    mail.user.setText("me@university.edu")
    assert not mail.mail_from.isVisible()
    assert mail.settings().mailbox == "me@university.edu"


def test_what_is_said_of_e_mail_is_said_of_who_sends_it(form: NotificationForm) -> None:
    email = form.where.transports.button(Transport.EMAIL.value)
    assert email.accessibleDescription() == "may no longer work"
    QTest.mouseClick(form.where.who.button("this-computer"), Qt.MouseButton.LeftButton)
    assert email.accessibleDescription() == "by a mail server"
    QTest.mouseClick(form.where.who.button("mechanical-turk"), Qt.MouseButton.LeftButton)
    assert email.accessibleDescription() == "may no longer work"
