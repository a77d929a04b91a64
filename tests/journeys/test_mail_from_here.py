# SPDX-License-Identifier: MIT
"""This computer sends an e-mail through a mail server, and the person says whether it arrived."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from journeys.person import PATIENCE
from journeys.test_from_here import choose_here, send
from notification_tester.domain.delivery import State
from notification_tester.storage.vault import Vault
from services.parts import MemoryKeyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from journeys.person import Person
    from notification_tester.qt.sending.mail_server import MailServerFields

YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN


class Mailbox:
    """What a mail server on this computer took."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope.content)
        return "250 OK"


def at_a_mail_server(person: Person, port: int) -> MailServerFields:
    """Have an e-mail sent from here through a mail server on this computer; the fields that ask for it."""
    choose_here(person, "Email")
    person.type_destination("receiver@example.org")
    fields = person.form.delivery.mail
    QTest.keyClicks(fields.host, "127.0.0.1")
    fields.port.setValue(port)
    fields.security.setCurrentIndex(fields.security.findData("none"))
    return fields


@pytest.fixture
def mailbox() -> Iterator[tuple[int, Mailbox]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    taking = Mailbox()
    server = Controller(taking, hostname="127.0.0.1", port=port, ready_timeout=60)
    server.start()
    yield port, taking
    server.stop()


def test_an_e_mail_goes_through_a_mail_server_and_the_person_says_whether_it_arrived(
    person: Person, qtbot: QtBot, mailbox: tuple[int, Mailbox]
) -> None:
    port, taking = mailbox
    choose_here(person, "Email")
    person.type_destination("receiver@example.org")
    fields = person.form.delivery.mail
    person.click(person.form.send)
    assert "No mail server" in person.result.problem.title.text()
    assert fields.host.hasFocus()
    QTest.keyClicks(fields.host, "127.0.0.1")
    fields.port.setValue(port)
    fields.security.setCurrentIndex(fields.security.findData("none"))
    delivered = send(person, qtbot)
    assert delivered.accepted.state is YES
    assert delivered.arrived.state is UNKNOWN
    assert b"AssignmentSubmitted" in taking.taken[0]
    result = person.page.deliveries
    assert result.mail.isVisible()
    arrived = next(one for one in result.mail.findChildren(QAbstractButton) if one.text() == "It arrived")
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(arrived)
    after = result.shown_delivered()
    assert after is not None
    assert after.arrived.state is YES
    assert not result.mail.isVisible()


@pytest.mark.parametrize("name", ["me@", "me@bücher.example", "Me <me@example.org>"])
def test_a_name_that_is_no_address_does_not_become_the_sender(
    person: Person, qtbot: QtBot, mailbox: tuple[int, Mailbox], name: str
) -> None:
    port, taking = mailbox
    fields = at_a_mail_server(person, port)
    fields.user.setText(name)
    QTest.keyClicks(fields.password, "a-password")
    assert fields.mail_from.isVisible()
    fields.mail_from.setText(name)
    person.click(person.form.send)
    assert person.result.problem.title.text() == "The sender is no e-mail address."
    assert fields.mail_from.hasFocus()
    fields.mail_from.clear()
    delivered = send(person, qtbot)
    assert delivered.problem is not None
    assert taking.taken == []
    assert "accounts" not in person.page.deliveries.problem.buttons, "no account of ours signs in there"


def test_a_password_that_its_server_took_is_kept_for_the_next_time(person: Person, qtbot: QtBot) -> None:
    session = person.desktop.program.session
    assert session is not None
    ring = MemoryKeyring()
    session._vault = Vault(ring)  # there is none where tests run
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(
        Mailbox(),
        hostname="127.0.0.1",
        port=port,
        ready_timeout=60,
        authenticator=lambda *_: AuthResult(success=True),
        auth_require_tls=False,
    )
    server.start()
    try:
        fields = at_a_mail_server(person, port)
        QTest.keyClicks(fields.user, "me@example.org")
        QTest.keyClicks(fields.password, "a-password")
        person.click(fields.keep)
        assert not fields.keep.isChecked()
        assert send(person, qtbot).accepted.state is YES
        assert "a-password" not in ring.entries.values()
        person.click(fields.keep)
        assert send(person, qtbot).accepted.state is YES
        assert "a-password" in ring.entries.values()
    finally:
        server.stop()


def test_another_mail_server_is_not_given_the_password_of_the_one_before(person: Person) -> None:
    choose_here(person, "Email")
    fields = person.form.delivery.mail
    QTest.keyClicks(fields.host, "smtp.university.edu")
    QTest.keyClicks(fields.password, "a-password")
    fields.host.setCurrentIndex(0)
    assert fields.password.text() == ""


def test_a_kept_password_can_be_forgotten_by_itself(person: Person) -> None:
    session = person.desktop.program.session
    assert session is not None
    ring = MemoryKeyring()
    session._vault = Vault(ring)  # there is none where tests run
    session._vault.keep_mail_password("smtp.university.edu", "me@university.edu", "a-password")
    choose_here(person, "Email")
    fields = person.form.delivery.mail
    assert not fields.forget.isEnabled()
    QTest.keyClicks(fields.host, "smtp.university.edu")
    QTest.keyClicks(fields.user, "me@university.edu")
    person.click(fields.forget)
    person.until(lambda: bool(fields.forgotten.text))
    assert "me@university.edu" in fields.forgotten.text
    assert session._vault.mail_password("smtp.university.edu", "me@university.edu") == ""
    assert "a-password" not in ring.entries.values()
    QTest.keyClicks(fields.user, "x")
    assert not fields.forgotten.text
