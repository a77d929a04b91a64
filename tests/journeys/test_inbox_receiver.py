# SPDX-License-Identifier: MIT
"""Somebody receives on this computer: chooses a port, sends to it, and reads what came in the list of the Inbox."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from journeys.test_inbox import inbox, is_following
from notification_tester.domain.receiver_place import Answer, ReceiverPlace
from notification_tester.qt.inbox.controller import RECEIVER
from notification_tester.qt.inbox.model import Column

if TYPE_CHECKING:
    from journeys.person import Person
    from notification_tester.qt.inbox.page import InboxPage

__all__ = ["inbox"]

NOTIFICATION = json.dumps(
    {
        "EventDocId": "d1",
        "EventDocVersion": "2006-05-05",
        "Events": [
            {"EventType": "HITReviewable", "EventTimestamp": "2026-01-31T12:00:00Z", "HITTypeId": "3T", "HITId": "3X"}
        ],
    }
)


def post(url: str, body: str) -> int:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        connection.request("POST", "/", body=body)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def test_what_is_sent_here_stands_in_the_list(person: Person, inbox: InboxPage) -> None:
    person.click(inbox.form.choice.button(RECEIVER))
    assert "from this computer alone" in inbox.form.meaning.text()
    assert inbox.form.receiver.isVisible()
    assert not inbox.form.destination.isVisible()
    inbox.form.receiver.answer.setCurrentIndex(inbox.form.receiver.answer.findData(Answer.ERROR.value))
    inbox.form.receiver.confirm.setChecked(True)
    person.click(inbox.form.follow)
    person.until(lambda: "http://127.0.0.1:" in inbox.bar.state.text())
    assert inbox.bar.title.text() == "Receiving on this computer"
    person.click(inbox.bar.copy)
    url = person.clipboard()
    assert url in inbox.bar.state.text()

    assert post(url, NOTIFICATION) == 500
    assert post(url, NOTIFICATION) == 500
    person.until(lambda: inbox.model.rowCount() == 2)
    person.until(lambda: inbox.status.text() == "2 messages")
    assert inbox.model.index(0, Column.HIT).data() == "3X"
    assert inbox.model.index(0, Column.REMARK).data() == "Duplicate of 1"
    post(url, '{"Type": "SubscriptionConfirmation", "SubscribeURL": "https://receiver.example/"}')
    person.until(lambda: inbox.model.rowCount() == 3)
    person.until(lambda: "The subscription was not confirmed" in inbox.bar.state.text())

    person.click(inbox.bar.pause)
    person.until(lambda: not is_following(person))
    assert inbox.bar.state.text() == f"Nothing is received at {url} any more."
    with socket.socket() as one:
        assert one.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) != 0
    assert not inbox.bar.copy.isVisible()
    person.click(inbox.bar.resume)
    person.until(lambda: inbox.bar.state.text() == f"At {url}, from this computer alone.")
    assert inbox.model.rowCount() == 3
    remembered = inbox.controller.remembered()
    assert (remembered.kind, remembered.receiver) == (RECEIVER, ReceiverPlace(answer=Answer.ERROR, confirms=True))


def test_a_port_in_use_has_a_sentence(person: Person, inbox: InboxPage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        person.click(inbox.form.choice.button(RECEIVER))
        inbox.form.receiver.port.setValue(port)
        person.click(inbox.form.follow)
        person.until(inbox.problem.isVisible)
        assert f"Port {port} is in use." in inbox.problem.title.text()
    assert inbox.form.follow.isVisible(), "another can be chosen at once"


def test_a_test_is_sent_to_it_from_the_page_test(person: Person, inbox: InboxPage) -> None:
    person.click(inbox.form.choice.button(RECEIVER))
    person.click(inbox.form.follow)
    person.until(inbox.waiting.button.isVisible)
    person.until(lambda: bool(inbox.bar.url))
    person.click(inbox.waiting.button)
    person.until(person.form.isVisible)
    assert person.form.where.is_web
    person.click(person.form.send)
    person.until(lambda: inbox.model.rowCount() > 0)
    assert inbox.model.index(0, Column.REMARK).data().startswith("Test")
