# SPDX-License-Identifier: MIT
"""E-mails are handed to a real SMTP server; what it refuses, and what is no such server, each has its own sentence."""

from __future__ import annotations

import errno
import re
import socket
import ssl
import threading
from base64 import b64encode
from contextlib import contextmanager, suppress
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.delivery import State
from notification_tester.domain.messages.message import decode
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.domain.smtp import SmtpSecurity, SmtpSettings
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.sending.deliver import Deliveries
from notification_tester.services.sending.delivery_request import asks_first
from notification_tester.services.sending.mail_carrier import MailStoppedError, send_mail
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.rows import Outcome
from notification_tester.storage.vault import Vault
from services.parts import LONG, SHORT, MemoryKeyring
from services.sending.test_deliver import lamps, request_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from notification_tester.domain.problem import Problem
    from notification_tester.storage.places import Places

USER, PASSWORD, TO = "requester@university.edu", "a-password-of-the-mail-server", "receiver@example.org"
MAIL = b"From: requester@university.edu\r\nTo: receiver@example.org\r\nSubject: Hello\r\n\r\nEvent Type: Ping\r\n"


class Mailbox:
    """What a server took, and what it refuses."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.users: list[str] = []
        self.refuses: dict[str, str] = {}

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
        del mechanism
        self.users.append(data.login.decode())
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        if not is_right and "sign in" in self.refuses:
            return AuthResult(success=False, handled=False, message=self.refuses["sign in"])
        return AuthResult(success=is_right, handled=False)

    async def handle_MAIL(  # noqa: N802 - the library's own name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from, envelope.mail_options = address, options
        return self.refuses.get("sender", "250 OK")

    async def handle_RCPT(  # noqa: N802 - the library's own name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.refuses.get("recipient", "250 OK")

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's
        if "message" in self.refuses:
            return self.refuses["message"]
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 Taken as 4711"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer trusts the authority."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def context_of(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@contextmanager
def serving(mailbox: Mailbox, **how: Any) -> Iterator[int]:
    """A server of aiosmtpd's on a port of this computer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=LONG, **how)
    server.start()
    try:
        yield port
    finally:
        server.stop()


@contextmanager
def saying(talk: Callable[[socket.socket], object]) -> Iterator[int]:
    """Something that listens and says what it likes to one caller."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            try:
                with listening.accept()[0] as connection:
                    talk(connection)
            except OSError:
                pass  # the caller has left

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        with suppress(OSError):  # Windows: what listens is not connected, and closing wakes who waits there
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def settings(port: int, security: SmtpSecurity, *, user: str = USER, host: str = "127.0.0.1") -> SmtpSettings:
    return SmtpSettings(host=host, port=port, security=security, user=user)


def send(one: SmtpSettings, *, password: str = PASSWORD, seconds: float = LONG, to: str = TO) -> str:
    return send_mail(one, MAIL, to, password=password, stop=threading.Event(), seconds=seconds)


def refused(one: SmtpSettings, *, password: str = PASSWORD, seconds: float = LONG, to: str = TO) -> Problem:
    with pytest.raises(ProblemError) as caught:
        send(one, password=password, seconds=seconds, to=to)
    assert not caught.value.perhaps_done
    problem = caught.value.problem
    assert password not in f"{problem!r}{problem.as_json()}"
    return problem


def test_starttls_and_a_right_password(mailbox: Mailbox, authority: trustme.CA, trusted: None) -> None:
    how = {"tls_context": context_of(authority), "authenticator": mailbox.authenticate, "auth_required": True}
    with serving(mailbox, **how) as port:
        assert send(settings(port, SmtpSecurity.STARTTLS)) == "250 2.0.0 Taken as 4711"
    ((sender, recipients, content),) = mailbox.taken
    assert (sender, recipients, mailbox.users) == (USER, [TO], [USER])
    assert message_from_bytes(content)["Subject"] == "Hello"


def test_tls_from_the_first_byte(mailbox: Mailbox, authority: trustme.CA, trusted: None) -> None:
    how = {"ssl_context": context_of(authority), "authenticator": mailbox.authenticate, "auth_require_tls": False}
    with serving(mailbox, **how) as port:
        assert "Taken" in send(settings(port, SmtpSecurity.TLS))


def test_nobody_signs_in_on_this_computer(mailbox: Mailbox) -> None:
    with serving(mailbox) as port:
        assert "Taken" in send(settings(port, SmtpSecurity.NONE, user=""))


def test_a_wrong_password(mailbox: Mailbox, authority: trustme.CA, trusted: None) -> None:
    how = {"tls_context": context_of(authority), "authenticator": mailbox.authenticate}
    with serving(mailbox, **how) as port:
        problem = refused(settings(port, SmtpSecurity.STARTTLS), password="not the right one")
    assert problem.title == "The mail server does not accept the name or the password."
    assert (problem.code, problem.cause, problem.answer.code) == ("smtp.sign-in", Cause.KEYS, "535")
    assert mailbox.taken == []


@pytest.mark.parametrize(
    "said",
    [
        "534 5.7.9 Application-specific password required.",
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "534 5.7.14 Please log in with your web browser and then try again.",
        "504 5.5.4 Unrecognized authentication mechanism",
    ],
)
def test_a_server_that_says_it_wants_another_way_to_sign_in(
    mailbox: Mailbox, authority: trustme.CA, trusted: None, said: str
) -> None:
    mailbox.refuses["sign in"] = said
    how = {"tls_context": context_of(authority), "authenticator": mailbox.authenticate}
    with serving(mailbox, **how) as port:
        problem = refused(settings(port, SmtpSecurity.STARTTLS), password="not the right one")
    assert (problem.title, problem.cause) == ("The mail server wants another way to sign in.", Cause.KEYS)
    assert said[4:30] in problem.detail


@pytest.mark.parametrize("offered", [b"250-here\r\n250 AUTH XOAUTH2 OAUTHBEARER\r\n", b"250 here\r\n"])
def test_a_server_that_offers_no_way_that_we_have(offered: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"220 here\r\n")
        connection.recv(1000)
        connection.sendall(offered)
        while connection.recv(1000):
            connection.sendall(b"250 fine\r\n")

    with saying(talk) as port:
        problem = refused(settings(port, SmtpSecurity.NONE))
    assert problem.title == "The mail server wants another way to sign in."


def test_no_starttls_is_offered(mailbox: Mailbox) -> None:
    with serving(mailbox) as port:
        problem = refused(settings(port, SmtpSecurity.STARTTLS))
    assert problem.title == "The mail server offers no STARTTLS."
    assert problem.remedy == "A server on this computer may do without: choose None."
    assert mailbox.taken == []


def leads_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name leads to this computer."""
    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *more, **named: found("127.0.0.1", *more, **named))


def test_nobody_is_told_to_do_without_tls_to_another_computer(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(mailbox) as port:
        leads_here(monkeypatch)
        problem = refused(settings(port, SmtpSecurity.STARTTLS, host="mail.university.example"))
    assert problem.title == "The mail server offers no STARTTLS."
    assert problem.remedy.startswith("Try TLS, usually at port 465")


@pytest.mark.parametrize(
    ("security", "how"), [(SmtpSecurity.STARTTLS, "tls_context"), (SmtpSecurity.TLS, "ssl_context")]
)
def test_a_certificate_that_is_not_trusted(
    mailbox: Mailbox, authority: trustme.CA, security: SmtpSecurity, how: str
) -> None:
    given: dict[str, Any] = {how: context_of(authority), "authenticator": mailbox.authenticate}
    with serving(mailbox, **given) as port:
        problem = refused(settings(port, security))
    assert problem.title == "The mail server's certificate is not trusted."
    assert "unable to get local issuer certificate" in problem.detail
    assert mailbox.users == []


def test_a_certificate_for_another_name(mailbox: Mailbox, trusted: None, authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.example.org").configure_cert(context)
    with serving(mailbox, tls_context=context) as port:
        problem = refused(settings(port, SmtpSecurity.STARTTLS))
    assert problem.code == "smtp.certificate"
    assert "127.0.0.1" in problem.detail


def test_no_tls_where_it_was_to_be(mailbox: Mailbox) -> None:
    with serving(mailbox) as port:
        problem = refused(settings(port, SmtpSecurity.TLS))
    assert problem.title == "The mail server speaks no TLS there."
    assert re.search(r"is not TLS \([A-Z_ ]{9,}\)", problem.detail)  # in OpenSSL's word


def test_a_port_that_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    problem = refused(settings(port, SmtpSecurity.STARTTLS))
    assert (problem.title, problem.cause) == ("The mail server does not listen there.", Cause.UNREACHABLE)


def test_a_host_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # no test asks the network
    problem = refused(settings(587, SmtpSecurity.STARTTLS, host="mail.university.invalid"))
    assert problem.title == "There is no mail server of this name."
    assert "mail.university.invalid" in problem.detail


def test_a_network_that_has_no_way_there_is_told_with_the_systems_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_way(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", no_way)  # no test asks the network
    problem = refused(settings(587, SmtpSecurity.STARTTLS, host="mail.university.example"))
    assert (problem.title, problem.cause) == ("The mail server cannot be reached.", Cause.UNREACHABLE)
    assert "Network is unreachable" in problem.detail


@pytest.mark.parametrize(("user", "password"), [("jürgen@university.edu", PASSWORD), (USER, "ein-Paßwort")])
def test_letters_that_cannot_be_signed_in_with_are_told_before_anything_is_sent(user: str, password: str) -> None:
    came: list[bytes] = []
    with saying(lambda connection: came.append(connection.recv(1))) as port:
        problem = refused(settings(port, SmtpSecurity.NONE, user=user), password=password)
    assert problem.title == "There are letters in the name or the password that cannot be sent."
    assert came == []


@pytest.mark.parametrize(
    ("step", "said", "title", "cause"),
    [
        ("recipient", "550 5.1.1 No such mailbox", "The mail server refused the recipient.", Cause.DESTINATION),
        ("recipient", "554 5.7.1 Relay access denied", "The mail server refused the recipient.", Cause.DESTINATION),
        ("sender", "553 5.7.1 Not your address", "The mail server refused the sender.", Cause.REFUSED),
        ("sender", "552 5.3.4 Too big", "The message is too large for the mail server.", Cause.REFUSED),
        ("message", "554 5.7.1 Looks like spam", "The mail server refused the message.", Cause.REFUSED),
        ("message", "550 5.7.1 Not like this", "The mail server refused the message.", Cause.REFUSED),
        ("message", "000 of no kind", "The mail server refused the message.", Cause.REFUSED),
    ],
)
def test_what_it_refuses_is_told_with_its_own_words(
    mailbox: Mailbox, step: str, said: str, title: str, cause: Cause
) -> None:
    mailbox.refuses[step] = said
    with serving(mailbox) as port:
        problem = refused(settings(port, SmtpSecurity.NONE, user=""))
    assert (problem.title, problem.cause) == (title, cause)
    if said[:3] != "000":
        assert said[4:] in problem.detail
        assert problem.answer.code == said[:3]


def test_it_wants_somebody_to_sign_in(mailbox: Mailbox) -> None:
    mailbox.refuses["sender"] = "530 5.7.0 Authentication required"
    with serving(mailbox) as port:
        problem = refused(settings(port, SmtpSecurity.NONE, user=""))
    assert (problem.title, problem.cause) == ("The mail server wants you to sign in.", Cause.KEYS)


def _endless(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"220-and more\r\n" * 1000)


TALKS: dict[str, tuple[Callable[[socket.socket], object], str, str, Cause]] = {
    "silent": (
        lambda connection: connection.recv(1),
        "The mail server does not answer.",
        "Check the port",
        Cause.UNREACHABLE,
    ),
    "hangs up": (lambda _: None, "The mail server hung up.", "Try again", Cause.UNREACHABLE),
    "endless": (_endless, "The mail server talks without an end.", "Check the server's name", Cause.UNREACHABLE),
    "HTTP": (
        lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n"),
        "There is no mail server there.",
        "Check the server's name",
        Cause.REFUSED,
    ),
    "news": (
        lambda connection: connection.sendall(b"200 news here\r\n"),
        "There is no mail server there.",
        "Check the server's name",
        Cause.REFUSED,
    ),
    "busy": (
        lambda connection: connection.sendall(b"421 4.3.2 Too busy\r\n"),
        "The mail server takes no mail now.",
        "Try again later",
        Cause.REFUSED,
    ),
}


@pytest.mark.parametrize("kind", TALKS)
def test_what_is_no_mail_server_harms_nothing(kind: str) -> None:
    talk, title, remedy, cause = TALKS[kind]
    with saying(talk) as port:
        seconds = SHORT if kind == "silent" else LONG
        problem = refused(settings(port, SmtpSecurity.NONE, user=""), seconds=seconds)
    assert (problem.title, problem.cause) == (title, cause)
    assert problem.remedy.startswith(remedy)
    assert ("turned us away" in problem.detail) is (problem.code == "smtp.turned-away") is (kind == "busy")
    is_another = kind in {"HTTP", "news"}
    assert ("not what a mail server says" in problem.detail) is (problem.code == "smtp.no-mail-server") is is_another
    assert ("It said: “4.3.2 Too busy”." in problem.detail) is (kind == "busy")


def to_a_server(connection: socket.socket, answers: dict[bytes, bytes]) -> None:
    """Speak as a mail server on this computer does, and answer some commands as a test wants; nothing is to hang up."""
    usual = {b"EHLO": b"250-hello\r\n250 AUTH PLAIN CRAM-MD5\r\n", b"AUTH": b"235 in\r\n", b"DATA": b"354 go on\r\n"}
    connection.sendall(b"220 hello\r\n")
    for line in connection.makefile("rb"):
        word = line[:4].upper().strip()
        if word in {b"EHLO", b"AUTH", b"MAIL", b"RCPT", b"RSET", b"DATA", b"QUIT", b"."}:
            if not (answer := answers.get(word, usual.get(word, b"250 fine\r\n"))):
                return
            connection.sendall(answer)
            if word == b"QUIT":
                answers[b"was told goodbye"] = b""


@pytest.mark.parametrize(
    ("word", "title"),
    [
        (b"EHLO", "The mail server hung up."),
        (b"AUTH", "The mail server hung up while signing in."),
        (b"MAIL", "The mail server hung up."),
    ],
)
def test_a_server_that_hangs_up_is_told_by_when_it_did(word: bytes, title: str) -> None:
    with saying(lambda connection: to_a_server(connection, {word: b""})) as port:
        problem = refused(settings(port, SmtpSecurity.NONE))
    assert problem.title == title
    assert "It said" not in problem.detail  # that is the library's word for it


def test_a_server_that_hangs_up_once_it_is_private_has_not_been_given_the_password(
    authority: trustme.CA, trusted: None
) -> None:
    def talk(connection: socket.socket) -> None:
        for said in (b"220 hello", b"250-hello\r\n250 STARTTLS", b"220 go on"):
            connection.sendall(said + b"\r\n")
            if said[-2:] != b"on":
                connection.recv(4000)
        with context_of(authority).wrap_socket(connection, server_side=True) as private:
            private.recv(4000)

    with saying(talk) as port:
        assert refused(settings(port, SmtpSecurity.STARTTLS)).title == "The mail server hung up."


def test_an_address_that_the_server_cannot_write_is_told() -> None:
    with saying(lambda connection: to_a_server(connection, {})) as port:
        problem = refused(settings(port, SmtpSecurity.NONE), to="jürgen@example.org")
    assert problem.title == "The mail server does not take this address."


def test_who_has_signed_in_is_not_told_to_sign_in() -> None:
    with saying(lambda connection: to_a_server(connection, {b"MAIL": b"550 not you\r\n"})) as port:
        problem = refused(settings(port, SmtpSecurity.NONE))
    assert (problem.title, problem.cause) == ("The mail server refused the sender.", Cause.REFUSED)
    assert USER in problem.detail


def test_the_talk_ends_with_a_goodbye_which_needs_no_answer() -> None:
    answers: dict[bytes, bytes] = {}
    with saying(lambda connection: to_a_server(connection, answers)) as port:
        assert send(settings(port, SmtpSecurity.NONE)) == "250 fine"
    assert b"was told goodbye" in answers
    with saying(lambda connection: to_a_server(connection, {b"QUIT": b""})) as port:
        assert send(settings(port, SmtpSecurity.NONE)) == "250 fine"


def test_what_a_server_says_is_bounded_in_all() -> None:
    much = b"".join(b"250-" + b"x" * 70 + b"\r\n" for _ in range(400))
    answers = {b"EHLO": much + b"250 AUTH PLAIN\r\n", b"MAIL": much + b"250 fine\r\n", b"RCPT": much + b"250 fine\r\n"}
    with saying(lambda connection: to_a_server(connection, answers)) as port:
        problem = refused(settings(port, SmtpSecurity.NONE))
    assert problem.title == "The mail server talks without an end."


def test_a_challenge_that_cannot_be_read_is_a_sentence() -> None:
    answers = {b"AUTH": b"334 abcde\r\n", b"EHLO": b"250-hello\r\n250 AUTH CRAM-MD5\r\n"}
    with saying(lambda connection: to_a_server(connection, answers)) as port:
        problem = refused(settings(port, SmtpSecurity.NONE))
    assert problem.title == "What the mail server says cannot be understood."


def test_a_page_behind_its_yes_is_told_as_a_sentence() -> None:
    long = b"".join(b"250-" + b"taken " * 80 + b"\r\n" for _ in range(100)) + b"250 done\r\n"
    with saying(lambda connection: to_a_server(connection, {b".": long})) as port:
        assert len(send(settings(port, SmtpSecurity.NONE))) <= 300


def test_the_password_is_taken_out_of_whatever_a_server_repeats() -> None:
    coded = b64encode(f"\0{USER}\0{PASSWORD}".encode())
    with saying(lambda connection: to_a_server(connection, {b"AUTH": b"535 no: " + coded + b"\r\n"})) as port:
        problem = refused(settings(port, SmtpSecurity.NONE))
    assert coded.decode()[-20:] not in str(problem.as_json())


@pytest.mark.parametrize("is_on_its_way", [False, True])
def test_cancel_is_at_once(is_on_its_way: bool) -> None:
    """And whether the message was on its way already is told."""
    stop = threading.Event()

    def talk(connection: socket.socket) -> None:
        if is_on_its_way:
            to_a_server(connection, {b".": b""})
        stop.set()
        with suppress(ConnectionError):
            while connection.recv(4000):
                pass

    with saying(talk) as port, pytest.raises(MailStoppedError) as stopped:
        send_mail(settings(port, SmtpSecurity.NONE), MAIL, TO, password=PASSWORD, stop=stop, seconds=LONG)
    assert stopped.value.perhaps_done is is_on_its_way


def test_a_connection_that_comes_about_after_cancel_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, has_left, ended = threading.Event(), threading.Event(), threading.Event()
    connect = socket.create_connection

    def late(*words: Any) -> socket.socket:
        connection = connect(*words)
        stop.set()
        has_left.wait(LONG)
        return connection

    def talk(connection: socket.socket) -> None:
        assert connection.recv(1) == b""
        ended.set()

    monkeypatch.setattr(socket, "create_connection", late)
    with saying(talk) as port:
        with pytest.raises(MailStoppedError):
            send_mail(settings(port, SmtpSecurity.NONE), MAIL, TO, password=PASSWORD, stop=stop, seconds=LONG)
        left = [one.daemon for one in threading.enumerate() if one.name == "smtp"]
        assert set(left) == {True}, "the program may end before it does"
        has_left.set()
        assert ended.wait(LONG / 2)


@pytest.mark.parametrize("security", [SmtpSecurity.TLS, SmtpSecurity.STARTTLS])
def test_cancel_ends_the_connection_while_it_becomes_private(security: SmtpSecurity) -> None:
    stop, ended = threading.Event(), threading.Event()

    def talk(connection: socket.socket) -> None:
        if security is SmtpSecurity.STARTTLS:
            for said in (b"220 hello", b"250-hello\r\n250 STARTTLS", b"220 go on"):
                connection.sendall(said + b"\r\n")
                if said[-2:] != b"on":
                    connection.recv(4000)
        connection.recv(1)
        stop.set()
        while connection.recv(4000):
            pass
        ended.set()

    with saying(talk) as port:
        with pytest.raises(MailStoppedError):
            send_mail(settings(port, security), MAIL, TO, password=PASSWORD, stop=stop, seconds=LONG)
        assert ended.wait(LONG / 2)


def says_nothing_to_the_message(connection: socket.socket) -> None:
    """Talk as a mail server that takes a message and hangs up without a word."""
    connection.sendall(b"220 here\r\n")
    while (said := connection.recv(4000)) and not said.startswith(b"data"):
        connection.sendall(b"250 fine\r\n")
    connection.sendall(b"354 go on\r\n")
    connection.recv(4000)


def test_no_answer_to_the_message_is_not_called_a_refusal() -> None:
    with saying(says_nothing_to_the_message) as port, pytest.raises(ProblemError) as lost:
        send(settings(port, SmtpSecurity.NONE, user=""))
    assert lost.value.perhaps_done
    assert lost.value.problem.title == "Whether the mail server took the e-mail is not known."


@pytest.fixture
def history(places: Places) -> Iterator[History]:
    with Database(places.database) as database:
        kept = History(database)
        yield kept
        kept.close()


def test_a_delivery_by_mail_with_the_password_of_the_keyring(
    mailbox: Mailbox, history: History, authority: trustme.CA, trusted: None
) -> None:
    keyring = MemoryKeyring()
    vault = Vault(keyring)
    deliveries = Deliveries(history=history, leftovers=None, vault=vault)
    how = {"tls_context": context_of(authority), "authenticator": mailbox.authenticate}
    with serving(mailbox, **how) as port:
        one = settings(port, SmtpSecurity.STARTTLS)
        request = request_to(TO, DeliveryForm.EMAIL, smtp=one)
        assert asks_first(None, request) is None
        with pytest.raises(ProblemError, match="password of the mail server is missing"):
            deliveries.run(None, request, stop=threading.Event())
        assert not vault.mail_password(one.host, one.user)
        deliveries.keep_password(SmtpSettings(**{**vars(one), "password": PASSWORD}))
        assert vault.mail_password(one.host, one.user)
        (delivered,) = deliveries.run(None, request, stop=threading.Event())

    assert lamps(delivered) == (State.YES, State.UNKNOWN, State.UNKNOWN)
    assert delivered.accepted.detail == f"The mail server {one.text} took it: 250 2.0.0 Taken as 4711"
    assert 0 < (delivered.accepted.seconds or 0) < LONG
    assert f"cannot look into the mailbox of {TO}." in delivered.arrived.detail
    assert delivered.arrived.detail.endswith(f" for an e-mail from {USER}.")
    assert any("only Amazon may send" in note for note in delivered.notes)
    ((sender, _, content),) = mailbox.taken
    assert (sender, message_from_bytes(content)["From"]) == (USER, USER)
    assert decode(content.decode()).tested_event == "AssignmentSubmitted"
    assert delivered.history_id is not None
    row = history.row(delivered.history_id)
    assert row is not None
    assert (row.outcome, row.transport, row.destination) == (Outcome.UNKNOWN, "Email", TO)
    assert PASSWORD not in str(row.as_json())
    answered = deliveries.answer_for(delivered, arrived=True)
    assert lamps(answered) == (State.YES, State.YES, State.UNKNOWN)
    assert answered.arrived.detail == "You said that it arrived."
    assert answered.as_expected.detail.startswith("Compare the e-mail's Event Type")
    assert answered.accepted == delivered.accepted
    assert answered.problem is None
    row = history.row(delivered.history_id)
    assert row is not None
    assert row.arrived == answered.arrived
    missing = deliveries.answer_for(delivered, arrived=False)
    assert lamps(missing) == (State.YES, State.NO, State.UNKNOWN)
    assert missing.arrived.detail == "You said that it did not arrive."
    assert missing.as_expected.detail == "There is nothing to look at."
    assert missing.problem is not None
    assert missing.problem.title == "The e-mail did not come."
    row = history.row(delivered.history_id)
    assert row is not None
    assert row.problem == missing.problem
    deliveries.forget_password(one)
    assert keyring.entries == {}
    deliveries.close()


@pytest.mark.parametrize(("environment", "is_named"), [(Environment.SANDBOX, True), (Environment.PRODUCTION, False)])
def test_an_e_mail_of_a_sandbox_says_so_in_its_subject(
    mailbox: Mailbox, history: History, environment: Environment, *, is_named: bool
) -> None:
    clients = Clients(Connection(from_environment=True))
    account = Account(name="Lab", environment=environment, source=KeySource.SESSION)
    deliveries = Deliveries(history=history, leftovers=None, vault=Vault(MemoryKeyring()))
    with serving(mailbox) as port:
        request = request_to(TO, DeliveryForm.EMAIL, smtp=settings(port, SmtpSecurity.NONE, user=""))
        deliveries.run(OpenAccount(account, clients, Requester(clients)), request, stop=threading.Event())
    deliveries.close()
    clients.close()
    ((_, _, content),) = mailbox.taken
    assert message_from_bytes(content)["Subject"].startswith("SANDBOX: ") is is_named


def test_an_e_mail_of_which_no_answer_came_is_what_the_person_says_of_it(history: History) -> None:
    deliveries = Deliveries(history=history, leftovers=None, vault=Vault(MemoryKeyring()))
    with saying(says_nothing_to_the_message) as port:
        request = request_to(TO, DeliveryForm.EMAIL, smtp=settings(port, SmtpSecurity.NONE, user=""))
        (delivered,) = deliveries.run(None, request, stop=threading.Event())
    assert lamps(delivered) == (State.UNKNOWN,) * 3
    assert "cannot look into the mailbox" in delivered.arrived.detail
    assert delivered.arrived.detail.endswith(f" for an e-mail from {TO}."), "who does not sign in writes to oneself"
    assert delivered.problem is not None
    came = deliveries.answer_for(delivered, arrived=True)
    assert lamps(came) == (State.YES, State.YES, State.UNKNOWN)
    assert "though no answer said so" in came.accepted.detail
    assert came.problem is None
    missing = deliveries.answer_for(delivered, arrived=False)
    assert lamps(missing) == (State.UNKNOWN, State.NO, State.UNKNOWN)
    assert missing.problem == delivered.problem
    deliveries.close()


def test_what_the_mail_server_refuses_is_not_waited_for(mailbox: Mailbox, history: History) -> None:
    mailbox.refuses["recipient"] = "550 5.1.1 No such mailbox"
    deliveries = Deliveries(history=history, leftovers=None, vault=Vault(MemoryKeyring()))
    with serving(mailbox) as port:
        request = request_to(TO, DeliveryForm.EMAIL, smtp=settings(port, SmtpSecurity.NONE, user=""))
        (delivered,) = deliveries.run(None, request, stop=threading.Event())
    deliveries.close()
    assert lamps(delivered) == (State.NO, State.UNKNOWN, State.UNKNOWN)
    assert delivered.arrived.detail == "Not waited for: the message was not accepted."
    assert delivered.problem is not None
    assert delivered.accepted.detail == delivered.problem.title == "The mail server refused the recipient."


@pytest.mark.parametrize("is_handed_over", [True, False])
def test_who_stops_an_e_mail_is_told_whether_it_was_handed_over(history: History, *, is_handed_over: bool) -> None:
    stop = threading.Event()

    def talk(connection: socket.socket) -> None:
        if is_handed_over:
            connection.sendall(b"220 here\r\n")
            while (said := connection.recv(4000)) and not said.startswith(b"data"):
                connection.sendall(b"250 fine\r\n")
            connection.sendall(b"354 go on\r\n")
            while b"\r\n.\r\n" not in said and (more := connection.recv(4000)):
                said += more
        stop.set()
        connection.recv(1)

    deliveries = Deliveries(history=history, leftovers=None, vault=Vault(MemoryKeyring()))
    with saying(talk) as port:
        request = request_to(TO, DeliveryForm.EMAIL, smtp=settings(port, SmtpSecurity.NONE, user=""))
        (delivered,) = deliveries.run(None, request, stop=stop)
    deliveries.close()
    assert lamps(delivered) == (State.UNKNOWN,) * 3
    assert delivered.accepted.detail == (
        "You stopped; whether the server took it is not known."
        if is_handed_over
        else "You stopped; it was not handed over."
    )


def test_a_keyring_that_refuses_is_told_as_that_of_a_password() -> None:
    keyring = MemoryKeyring()
    keyring.refuses = RuntimeError("locked")
    deliveries = Deliveries(history=None, leftovers=None, vault=Vault(keyring))
    with pytest.raises(ProblemError) as raised:
        deliveries.keep_password(
            SmtpSettings(host="mail.example", port=587, security=SmtpSecurity.STARTTLS, user=USER, password=PASSWORD)
        )
    deliveries.close()
    assert raised.value.problem.remedy.endswith("Or give the password for this once: it is kept nowhere.")
    assert "the keys for this session" not in raised.value.problem.remedy
