# SPDX-License-Identifier: MIT
"""Somebody receives on this computer: chooses a port, sends to it, and reads what came in the list of the Inbox."""

from __future__ import annotations

import http.client
import json
import socket
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from journeys.test_inbox import inbox, is_following
from notification_tester.domain.messages.sender import DEPRECATED, NOTIFICATION_SERVICE, legacy_signature
from notification_tester.domain.receiver_place import Answer, ReceiverPlace
from notification_tester.qt.inbox.controller import RECEIVER
from notification_tester.qt.inbox.model import Column
from notification_tester.services.inbox.export import export_inbox

if TYPE_CHECKING:
    from pathlib import Path

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
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    try:
        connection.request("POST", "/", body=body)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


SECRET = "a-secret-that-nobody-has/0123456789+abcd"
TIME = "2011-03-04T05:06:07Z"
SIGNED = legacy_signature(SECRET, service=NOTIFICATION_SERVICE, operation="Notify", timestamp=TIME)


def legacy(signature: str | None) -> str:
    fields = {"method": "Notify", "Version": "2006-05-05", "Timestamp": TIME, "Signature": signature}
    event = {"Event.1.EventType": "HITReviewable", "Event.1.EventTime": TIME, "Event.1.HITId": "3X"}
    return urlencode({name: value for name, value in {**fields, **event}.items() if value is not None})


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
    person.until(lambda: str(inbox.model.index(0, Column.EVENT).data()).endswith("2 times"))
    person.until(lambda: inbox.status.text() == "2 messages")
    assert inbox.model.index(0, Column.HIT).data() == "3X"
    inbox.table.selectRow(0)
    QTest.keyClick(inbox.table, Qt.Key.Key_Right)
    person.until(lambda: inbox.model.rowCount() == 2)
    assert inbox.model.index(1, Column.REMARK).data() == "Duplicate of 1"
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
    assert not inbox.waiting.button.isEnabled(), "there is no address yet"
    assert not inbox.bar.copy.isVisible()
    person.until(lambda: inbox.waiting.button.isVisible() and inbox.waiting.button.isEnabled())
    assert inbox.bar.url
    assert inbox.bar.copy.isVisible()
    person.click(inbox.waiting.button)
    person.until(person.form.isVisible)
    assert person.form.where.is_web
    person.click(person.form.send)
    person.until(lambda: inbox.model.rowCount() > 0)
    assert inbox.model.index(0, Column.REMARK).data().startswith("Test")


def test_the_signature_of_an_older_message_is_checked_with_a_key_that_is_not_kept(
    person: Person, inbox: InboxPage, own_home: Path, tmp_path: Path
) -> None:
    person.click(inbox.form.choice.button(RECEIVER))
    person.click(inbox.form.follow)
    person.until(lambda: bool(inbox.bar.url))
    for body in (legacy(SIGNED), legacy(DEPRECATED), legacy(None), NOTIFICATION):
        post(inbox.bar.url, body)
    person.until(lambda: inbox.model.rowCount() == 4)

    def shown(number: int) -> None:
        inbox.table.selectRow(4 - number)
        person.until(lambda: (whole := inbox.details.message) is not None and whole.number == number)

    shown(1)
    part = inbox.details.legacy_signature
    person.until(part.secret.isVisible)
    assert part.secret.echoMode() is part.secret.EchoMode.Password
    assert not part.check.isEnabled()
    assert not part.verdict.isVisible()
    QTest.keyClicks(part.secret, SECRET[:-1])
    person.click(part.check)
    assert part.verdict.label.text().startswith("The signature does not fit this secret")
    QTest.keyClicks(part.secret, SECRET[-1])
    assert not part.verdict.isVisible(), "what was said of another key is said of this one no more"
    QTest.keyClick(part.secret, Qt.Key.Key_Return)
    assert part.verdict.label.text().startswith("The signature fits this secret")

    person.click(inbox.details.copy)
    assert SECRET not in person.clipboard()
    assert inbox.controller.inbox is not None
    inbox.files.export(partial(export_inbox, inbox.controller.inbox, inbox.model.query), str(tmp_path / "all.json"))
    person.until(inbox.note.isVisible)

    shown(2)
    assert part.secret.text() == ""
    assert not part.secret.isVisible()
    assert "DEPRECATED" in part.verdict.label.text()
    assert "says nothing of who sent the message" in part.verdict.label.text()
    shown(3)
    assert not part.secret.isVisible()
    assert part.verdict.label.text() == "Not checked: it has no Signature or no Timestamp."
    shown(4)
    assert not part.isVisible()

    shown(1)
    QTest.keyClicks(part.secret, SECRET)
    person.click(person.window.workspace.navigation.buttons["history"])
    person.click(person.window.workspace.navigation.buttons["inbox"])
    person.until(part.secret.isVisible)
    part.secret.setEchoMode(part.secret.EchoMode.Normal)
    part.secret.undo()
    assert part.secret.text() == "", "nothing brings it back once it was out of sight"
    for folder in (own_home, tmp_path):
        files = [file for file in folder.rglob("*") if file.is_file()]
        assert not [file for file in files if SECRET.encode() in file.read_bytes()]
