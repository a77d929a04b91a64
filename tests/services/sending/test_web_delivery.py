# SPDX-License-Identifier: MIT
"""One message to a web receiver: what it answered, or a sentence; within the limit, and stopped at once."""

from __future__ import annotations

import errno
import logging
import random
import socket
import ssl
import sys
import threading
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any

import httpcore
import psutil
import pytest
import trustme
from flask import Flask, Response, request
from werkzeug.serving import make_server

from aws.parts import nobody
from hostile_receiver import answering, full_house, read_request
from notification_tester.domain.messages.draft import Draft
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.problem import Cause
from notification_tester.domain.receipt import LARGEST_BODY, Receipt
from notification_tester.domain.web_address import parse_web_address
from notification_tester.services.sending import connection as connection_module
from notification_tester.services.sending.carriers import judged
from notification_tester.services.sending.certificate import trusting_context, why_not_trusted
from notification_tester.services.sending.web_delivery import WebDelivery
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from werkzeug.serving import BaseWSGIServer

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NEVER = threading.Event()
PATIENCE = 60.0
"""Seconds that pass where something is wrong alone."""


@pytest.fixture(autouse=True)
def a_busy_machine_may_be_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends by itself is waited for: here receivers answer later than elsewhere."""
    monkeypatch.setattr(connection_module, "ASKING_SECONDS", PATIENCE)


MESSAGE = Draft(form=DeliveryForm.SNS, what="a message", body=b'{"a": 1}', headers={"Content-Type": "text/plain"})
QUERY = Draft(form=DeliveryForm.REST, what="a message", query="method=Notify&Version=2006-05-05")


def deliver(
    port: int,
    *,
    scheme: str = "http",
    path: str = "/",
    draft: Draft = MESSAGE,
    limit: float = PATIENCE,
    host: str = "127.0.0.1",
    trust: bool = False,
) -> Receipt:
    with WebDelivery(timeout_seconds=limit) as delivery:
        address = parse_web_address(f"{scheme}://{host}:{port}{path}")
        return delivery.deliver(address, draft, trust_untrusted=trust, stop=NEVER)


def code(receipt: Receipt) -> str:
    return receipt.problem.code if receipt.problem is not None else ""


@contextmanager
def serving(server: HTTPServer | BaseWSGIServer, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Plain(BaseHTTPRequestHandler):
    """What a person writes with the standard library: HTTP/1.0, a connection a message."""

    came: list[tuple[str, str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.came.append((self.command, self.path, self.headers["Content-Type"], body))
        self.send_response(202, "Taken")
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write("Danke für nichts".encode())

    def do_GET(self) -> None:
        self.came.append((self.command, self.path, "", b""))
        self.send_response(204)
        self.end_headers()

    def handle(self) -> None:
        """Who leaves while it is encrypted is no news."""
        with suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Nobody reads it."""


@contextmanager
def standard_library(
    *, version: str = "HTTP/1.0", tls: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[tuple[str, str, str, bytes]]]]:
    came: list[tuple[str, str, str, bytes]] = []
    handler = type("Handler", (Plain,), {"came": came, "protocol_version": version, "timeout": PATIENCE})
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler), tls) as port:
        yield port, came


# Receivers that take it


def test_a_receiver_of_the_standard_library_takes_a_message_and_its_answer_is_told() -> None:
    with standard_library() as (port, came):
        receipt = deliver(port, path="/hook?key=value")
    assert came == [("POST", "/hook?key=value", "text/plain", b'{"a": 1}')]
    assert (receipt.status, receipt.reason, receipt.text) == (202, "Taken", "Danke für nichts")
    assert receipt.header("content-type") == "text/plain; charset=utf-8"
    assert receipt.is_success
    assert receipt.tls is None
    assert receipt.seconds_to_connect is not None
    assert receipt.seconds_to_first_byte is not None
    assert 0 < receipt.seconds_to_connect < receipt.seconds_to_first_byte < receipt.seconds < PATIENCE


def test_a_legacy_message_goes_in_the_query_behind_what_is_there_already() -> None:
    with standard_library() as (port, came):
        receipt = deliver(port, path="/hook?key=value", draft=QUERY)
    assert came == [("GET", "/hook?key=value&method=Notify&Version=2006-05-05", "", b"")]
    assert receipt.status == 204


def test_a_flask_receiver_sees_what_was_sent_and_how_it_answers_is_told() -> None:
    app = Flask("receiver")
    seen: list[tuple[str, Any, str | None]] = []

    @app.post("/straße/hook")
    def take() -> Response:
        seen.append((request.host, request.get_json(force=True), request.headers.get("User-Agent")))
        return Response("no", status=422, headers={"X-Why": "because", "Set-Cookie": "session=grey-mare"})

    with serving(make_server("127.0.0.1", 0, app, threaded=True)) as port:
        receipt = deliver(port, path="/straße/hook", host="localhost")
    assert seen == [(f"localhost:{port}", {"a": 1}, "MTurk-Notification-Tester")]
    assert (receipt.status, receipt.text, receipt.header("x-why"), code(receipt)) == (422, "no", "because", "")
    assert not receipt.is_success


@pytest.mark.parametrize(
    "answer",
    [OK, b"HTTP/1.1 204 No\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
    ids=["with its length", "without a body", "in pieces"],
)
def test_each_message_has_a_connection_of_its_own_which_ends_with_its_answer(answer: bytes) -> None:
    came: list[bytes] = []

    def answer_all(connection: socket.socket) -> None:
        while one := read_request(connection):
            came.append(one)
            connection.sendall(answer)
        came.append(b"the end")

    with answering(answer_all, read_first=False) as port, WebDelivery() as delivery:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        receipts = []
        for _ in range(3):
            receipts.append(delivery.deliver(address, MESSAGE, stop=NEVER))
            assert until(lambda: came.count(b"the end") == len(receipts))
    assert [receipt.is_success for receipt in receipts] == [True] * 3
    assert all(receipt.seconds_to_connect is not None for receipt in receipts)
    assert len(came) == 6


@pytest.mark.parametrize("draft", [MESSAGE, QUERY], ids=["posted", "in the query"])
@pytest.mark.parametrize("when", ["at once", "as the next one comes", "at the end"])
def test_a_receiver_that_closes_behind_each_answer_gets_every_message_once(when: str, draft: Draft) -> None:
    """As many do that never say so, and read nothing more until they do."""
    came: list[bytes] = []
    numbers = count()
    came_in = [threading.Event() for _ in range(21)]  # the last one is the end

    def answer_one(connection: socket.socket) -> None:
        came.append(read_request(connection))
        number = next(numbers)
        came_in[number].set()
        connection.sendall(OK)
        if when != "at once":
            came_in[number + 1 if when == "as the next one comes" else -1].wait(PATIENCE)

    with answering(answer_one, read_first=False) as port, WebDelivery() as delivery:
        address = parse_web_address(f"http://127.0.0.1:{port}/")

        def send_some() -> list[Receipt]:
            return [delivery.deliver(address, draft, stop=NEVER) for _ in range(5)]

        with ThreadPoolExecutor(4) as pool:
            receipts = [one for done in [pool.submit(send_some) for _ in range(4)] for one in done.result()]
        for one in came_in:
            one.set()
    assert [(receipt.status, code(receipt)) for receipt in receipts] == [(200, "")] * 20
    assert len(came) == 20


def test_a_receiver_that_serves_one_caller_at_a_time_gets_all_that_go_out_side_by_side() -> None:
    """Python's own server of HTTP/1.1, without threads: it waits for more on a connection before it takes the next."""
    came: list[tuple[str, str, str, bytes]] = []
    handler = type("Handler", (Plain,), {"came": came, "protocol_version": "HTTP/1.1", "timeout": PATIENCE})
    with serving(HTTPServer(("127.0.0.1", 0), handler)) as port, WebDelivery() as delivery:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        with ThreadPoolExecutor(8) as pool:
            receipts = list(pool.map(lambda _: delivery.deliver(address, QUERY, stop=NEVER), range(24)))
    assert [(receipt.status, code(receipt)) for receipt in receipts] == [(204, "")] * 24
    assert len(came) == 24


def test_a_message_without_an_answer_is_not_sent_twice() -> None:
    came: list[bytes] = []

    def answer_every_other(connection: socket.socket) -> None:
        if connection.recv(4, socket.MSG_PEEK) == b"POST":  # and not a question whether it encrypts
            came.append(read_request(connection))
            if len(came) % 2:
                connection.sendall(OK)

    with answering(answer_every_other, read_first=False) as port, WebDelivery() as delivery:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        receipts = [delivery.deliver(address, MESSAGE, stop=NEVER) for _ in range(5)]
    assert [code(receipt) for receipt in receipts] == ["", "delivery.closed", "", "delivery.closed", ""]
    assert [receipt.was_sent for receipt in receipts] == [True] * 5
    assert len(came) == 5


def test_no_two_messages_share_a_pool_of_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """One for all ends for one thread what it just gave to another: "Bad file descriptor", once in some 7,000."""
    used: list[httpcore.ConnectionPool] = []
    handle = httpcore.ConnectionPool.handle_request

    def noted(pool: httpcore.ConnectionPool, asked: httpcore.Request) -> httpcore.Response:
        used.append(pool)
        return handle(pool, asked)

    monkeypatch.setattr(httpcore.ConnectionPool, "handle_request", noted)
    with standard_library() as (port, came), WebDelivery() as delivery, ThreadPoolExecutor(4) as threads:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        receipts = list(threads.map(lambda _: delivery.deliver(address, MESSAGE, stop=NEVER), range(8)))
    assert [one.status for one in receipts] == [202] * 8
    assert len(came) == len({id(pool) for pool in used}) == len(used) == 8
    assert not [pool for pool in used if pool.connections]


def test_messages_go_out_side_by_side() -> None:
    together = threading.Barrier(4, timeout=60)

    def answer(connection: socket.socket) -> None:
        together.wait()
        connection.sendall(OK)

    with answering(answer) as port, WebDelivery() as delivery:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        receipts: list[Receipt] = []
        threads = [
            threading.Thread(target=lambda: receipts.append(delivery.deliver(address, MESSAGE, stop=NEVER)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [receipt.status for receipt in receipts] == [200] * 4


# What is not trusted


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """This system trusts the authority."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_what_amazon_is_called_with_is_trusted_here_too(
    name: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "company.pem").write_bytes(authority.cert_pem.bytes())
    with standard_library(tls=context(authority.issue_cert("127.0.0.1"))) as (port, _):
        monkeypatch.setenv(name, str(tmp_path / "company.pem"))
        assert deliver(port, scheme="https").status == 202
        monkeypatch.setenv(name, str(tmp_path / "missing.pem"))
        assert code(deliver(port, scheme="https")) == "delivery.untrusted-certificate"


def test_a_certificate_that_is_trusted_is_told(trusted: trustme.CA) -> None:
    with standard_library(tls=context(trusted.issue_cert("127.0.0.1", "localhost"))) as (port, came):
        receipt = deliver(port, scheme="https")
    assert len(came) == 1
    assert receipt.tls is not None
    assert receipt.tls.version == "TLSv1.3"
    assert receipt.tls.cipher.startswith("TLS_")
    assert receipt.tls.names == ("localhost", "127.0.0.1")
    assert "trustme" in receipt.tls.issuer
    assert receipt.tls.valid_until is not None
    assert receipt.tls.why_not_trusted == ""


def self_signed(folder: Path, *, days: int = 30) -> ssl.SSLContext:
    """What ``openssl req -x509`` makes."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "my receiver")])
    until = datetime.now(tz=UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(until - timedelta(days=400))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "own.pem").write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(folder / "own.pem")
    return found


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("self-signed", "It is self-signed"),
        ("self-signed and old", "Besides, it expired on"),
        ("unknown authority", "Nobody whom this computer knows vouches for it"),
        ("unknown authority with its own", "An authority vouches for it that this computer does not know"),
    ],
)
def test_a_certificate_that_nobody_vouches_for_is_told_and_nothing_is_sent_unless_wished(
    kind: str, why: str, authority: trustme.CA, tmp_path: Path
) -> None:
    if "authority" in kind:
        chain = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.bytes()
        (tmp_path / "chain.pem").write_bytes(chain + (authority.cert_pem.bytes() if "with its own" in kind else b""))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(tmp_path / "chain.pem")
    else:
        tls = self_signed(tmp_path, days=-3 if "old" in kind else 30)
    with standard_library(tls=tls) as (port, came):
        refused = deliver(port, scheme="https")
        assert came == []
        taken = deliver(port, scheme="https", trust=True)
        assert len(came) == 1
    assert code(refused) == "delivery.untrusted-certificate"
    assert refused.problem is not None
    assert why in refused.problem.detail
    assert refused.tls is not None
    assert taken.tls is not None
    assert why in taken.tls.why_not_trusted
    assert (taken.tls.subject, taken.status) == (refused.tls.subject, 202)
    assert taken.problem is None
    if "authority" not in kind:
        assert (refused.tls.subject, refused.tls.issuer, refused.tls.names) == ("CN=my receiver", "CN=my receiver", ())


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (9, "A certificate that vouches for it is not valid yet, by the clock of this computer."),
        (10, "A certificate that vouches for it has expired."),
        (2, "Nobody whom this computer knows vouches for it"),
        (20, "Nobody whom this computer knows vouches for it"),
        (62, "It is not for receiver.example.org."),
        (23, "OpenSSL says of it: certificate revoked."),
    ],
)
def test_why_a_certificate_is_refused_is_told_where_it_could_not_be_looked_at(number: int, why: str) -> None:
    refused = ssl.SSLCertVerificationError(1, "certificate verify failed")
    refused.verify_code, refused.verify_message = number, "certificate revoked"
    assert why_not_trusted(refused, "receiver.example.org").startswith(why)


def test_what_mozilla_trusts_is_trusted_where_the_system_knows_nobody(
    trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    assert len(trusting_context().get_ca_certs()) > 50


@pytest.mark.parametrize("kind", ["expired", "other host", "not yet valid"])
def test_a_certificate_of_a_known_authority_may_not_be_good_either(kind: str, trusted: trustme.CA) -> None:
    now = datetime.now(tz=UTC)
    if kind == "other host":
        certificate, why = trusted.issue_cert("example.org"), "It is not for 127.0.0.1 but for example.org."
    elif kind == "expired":
        certificate = trusted.issue_cert(
            "127.0.0.1", not_before=now - timedelta(days=9), not_after=now - timedelta(days=2)
        )
        why = f"It expired on {now - timedelta(days=2):%Y-%m-%d}."
    else:
        certificate = trusted.issue_cert("127.0.0.1", not_before=now + timedelta(days=2))
        why = f"It is valid only from {now + timedelta(days=2):%Y-%m-%d} on, by the clock of this computer."
    with standard_library(tls=context(certificate)) as (port, came):
        receipt = deliver(port, scheme="https")
    assert came == []
    assert receipt.tls is not None
    assert receipt.tls.why_not_trusted == why


def test_a_message_that_wants_trust_does_not_use_a_connection_without_it(tmp_path: Path) -> None:
    with standard_library(version="HTTP/1.1", tls=self_signed(tmp_path)) as (port, came), WebDelivery() as delivery:
        address = parse_web_address(f"https://127.0.0.1:{port}/")
        for _ in range(2):
            assert delivery.deliver(address, QUERY, trust_untrusted=True, stop=NEVER).problem is None
        receipt = delivery.deliver(address, QUERY, stop=NEVER)
    assert len(came) == 2
    assert code(receipt) == "delivery.untrusted-certificate"


def test_of_several_messages_only_the_first_asks_whether_the_certificate_is_trusted(tmp_path: Path) -> None:
    connections, tls = count(), self_signed(tmp_path)

    def answer(connection: socket.socket) -> None:
        next(connections)
        with suppress(ssl.SSLError, ConnectionError), tls.wrap_socket(connection, server_side=True) as private:
            if read_request(private):
                private.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")

    with answering(answer, read_first=False) as port, WebDelivery() as delivery:
        address = parse_web_address(f"https://127.0.0.1:{port}/")
        receipts = [delivery.deliver(address, MESSAGE, trust_untrusted=True, stop=NEVER) for _ in range(3)]
        assert next(connections) == 4, "one is refused, three carry"
        refused = delivery.deliver(address, MESSAGE, stop=NEVER)
        assert next(connections) == 7, "one is refused, one looks"
    assert [receipt.status for receipt in receipts] == [204, 204, 204]
    whys = [receipt.tls and receipt.tls.why_not_trusted for receipt in (*receipts, refused)]
    assert whys == [whys[0]] * 4
    assert whys[0]
    assert code(refused) == "delivery.untrusted-certificate"


# Receivers that break


def send_slowly(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    trickle(connection)


def send_body_slowly(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n")
    trickle(connection)


def trickle(connection: socket.socket) -> None:
    """A minute long, or until nobody listens."""
    left = threading.Event()
    for _ in range(600):
        connection.sendall(b"x")
        left.wait(0.1)


def stay(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def say(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(answer)


def say_for_ever(answer: bytes) -> Callable[[socket.socket], None]:
    def script(connection: socket.socket) -> None:
        while True:
            connection.sendall(answer * 1000)

    return script


@pytest.mark.parametrize(
    ("script", "expected", "status"),
    [
        pytest.param(say(b"SSH-2.0-OpenSSH_9.9\r\n"), "delivery.not-http", 0, id="another protocol"),
        pytest.param(say(bytes(range(256)) * 10), "delivery.not-http", 0, id="garbage"),
        pytest.param(say(b"HTTP/1.1 abc\r\n\r\n"), "delivery.bad-http", 0, id="a status that is none"),
        pytest.param(say(OK[:-20]), "delivery.bad-http", 0, id="ends among the headers"),
        pytest.param(say(OK[:-1]), "delivery.half-answer", 200, id="ends half-way"),
        pytest.param(
            say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            "delivery.half-answer",
            200,
            id="pieces that are none",
        ),
        pytest.param(
            say(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 4_000_000), "delivery.endless-headers", 0, id="a header of MB"
        ),
        pytest.param(
            say(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 500_000), "delivery.endless-headers", 0, id="headers without end"
        ),
    ],
)
def test_a_receiver_that_breaks_off_or_breaks_the_rules_gets_a_sentence(
    script: Callable[[socket.socket], None], expected: str, status: int
) -> None:
    with answering(script) as port:
        receipt = deliver(port, limit=PATIENCE)
    is_told(receipt, expected, status)


@pytest.mark.parametrize(
    ("script", "expected", "status"),
    [
        pytest.param(stay, "took the message and did not answer", 0, id="never answers"),
        pytest.param(send_slowly, "did not finish the beginning of its answer", 0, id="a byte now and then"),
        pytest.param(send_body_slowly, "did not finish its answer", 200, id="a byte of the body now and then"),
        pytest.param(
            say_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n"),
            "did not finish the beginning of its answer",
            0,
            id="go on, and on",
        ),
    ],
)
def test_a_receiver_that_does_not_come_to_its_end_gets_a_sentence_within_the_limit(
    script: Callable[[socket.socket], None], expected: str, status: int
) -> None:
    limit = 2  # what comes at all comes in this time also on a busy machine
    with answering(script) as port:
        began = time.monotonic()
        receipt = deliver(port, limit=limit)
        assert time.monotonic() - began < limit + 20  # without one it were a minute
    is_told(receipt, "delivery.no-answer" if script is stay else "delivery.slow-answer", status)
    assert receipt.problem is not None
    assert expected in receipt.problem.title


def is_told(receipt: Receipt, expected: str, status: int) -> None:
    assert code(receipt) == expected
    assert receipt.status == status
    assert receipt.problem is not None
    assert receipt.problem.title
    assert not receipt.is_success
    assert ("is shown" in receipt.problem.detail) is bool(receipt.status)  # of headers that broke off nothing is kept


ANSWERS = (
    OK,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n",
    b"HTTP/1.0 302 Found\r\nLocation: http://[::1]:80/a?b#c\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\nSet-Cookie: a=b\r\n\r\n",
    b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nxx",
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=latin-1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
)
STRANGE = (b"\r\n", b"\n", b"\x00", b"\xff", b"9" * 30, b"-1", b":", b"\r\n\r\n", b" ", b"\t", b"HTTP/1.1 ")


def damaged(answer: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(answer) + 1)
        put_in = chance.choice([*STRANGE, bytes([chance.randrange(256)]), b""])
        answer = answer[:place] + put_in + answer[place + chance.choice([0, 0, 1, 8]) :]
    return answer


def test_whatever_is_answered_becomes_a_receipt() -> None:
    chance = random.Random(1)  # noqa: S311 - the same each time
    with answering(lambda connection: connection.sendall(damaged(chance.choice(ANSWERS), chance))) as port:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        with WebDelivery(timeout_seconds=PATIENCE) as delivery:
            receipts = [delivery.deliver(address, MESSAGE, stop=NEVER) for _ in range(400)]
    assert all(receipt.status or receipt.problem is not None for receipt in receipts)
    assert len({code(receipt) for receipt in receipts}) > 3
    assert all(isinstance(receipt.as_json()["body"], str) for receipt in receipts)


def test_what_had_come_of_a_broken_answer_is_kept() -> None:
    with answering(say(b"HTTP/1.1 500 Oh\r\nContent-Length: 99\r\n\r\nTraceback")) as port:
        receipt = deliver(port)
    assert (receipt.status, receipt.reason, receipt.text) == (500, "Oh", "Traceback")


def test_a_receiver_that_closes_at_once_is_told_of() -> None:
    with answering(lambda _: None, read_first=False) as port:
        receipt = deliver(port)
    assert code(receipt) == "delivery.closed"
    assert receipt.seconds_to_first_byte is None, "none came"


def test_a_receiver_that_does_not_read_is_told_of() -> None:
    is_over = threading.Event()
    with answering(lambda _: is_over.wait(60), read_first=False) as port:
        large = Draft(form=DeliveryForm.SNS, what="large", body=b"x" * 30_000_000)
        receipt = deliver(port, draft=large, limit=1.5)
        is_over.set()
    assert code(receipt) == "delivery.not-read"


def test_an_answer_before_the_message_was_read_is_told() -> None:
    """As proxies refuse what is too large: they answer and close, and the rest of the message meets a closed door."""

    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 20):
            pass

    with answering(refuse, read_first=False) as port:
        assert deliver(port, draft=Draft(form=DeliveryForm.SNS, what="large", body=b"x" * 3_000_000)).status == 413


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(OK + b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", id="two answers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more", id="more than it said"),
        pytest.param(b"HTTP/1.1 204 No\r\n\r\nok", id="a body where there is none"),
        pytest.param(b"HTTP/1.1 204 No\r\n\r\nHTTP/1.1 500 No\r\n\r\n", id="two without a body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 500 No\r\n\r\n",
            id="two, the first in pieces",
        ),
    ],
)
def test_what_comes_behind_an_answer_is_not_taken_for_the_next_ones(first: bytes) -> None:
    answers = iter([first, OK])

    def answer_on(connection: socket.socket) -> None:
        connection.sendall(next(answers))
        while read_request(connection):
            connection.sendall(next(answers, OK))

    with answering(answer_on) as port, WebDelivery(timeout_seconds=PATIENCE) as delivery:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        one, other = (delivery.deliver(address, MESSAGE, stop=NEVER) for _ in range(2))
    assert one.is_success
    assert (other.status, other.text, code(other)) == (200, "ok", "")


def send_64_mb(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n")
    for _ in range(1024):
        connection.sendall(b"x" * 65536)


def test_an_answer_of_64_mb_is_cut_and_takes_no_memory() -> None:
    with answering(send_64_mb) as port:
        deliver(port)
        before = psutil.Process().memory_info().rss
        for _ in range(5):
            receipt = deliver(port)
        grown = psutil.Process().memory_info().rss - before
    assert (receipt.status, len(receipt.body), receipt.is_cut, code(receipt)) == (200, LARGEST_BODY, True, "")
    assert grown < 16 * 1024 * 1024  # of 320


@pytest.mark.parametrize(("more", "is_cut"), [(0, False), (1, True)])
def test_a_body_is_cut_only_where_it_is_longer(more: int, is_cut: bool) -> None:
    size = LARGEST_BODY + more
    with answering(say(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + b"x" * size)) as port:
        receipt = deliver(port)
    assert len(receipt.body) == LARGEST_BODY
    assert receipt.is_cut is is_cut


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://elsewhere.invalid/a/b?key=grey-mare#c", "https://elsewhere.invalid/a/b"),
        ("http://user:grey-mare@elsewhere.invalid:81/", "http://elsewhere.invalid:81/"),
        ("/login?next=/hook", "http://127.0.0.1:{port}/login"),
        ("http://[broken?grey-mare", "http://[broken"),
        ("http://[::1]:81/a?grey-mare", "http://[::1]:81/a"),
        ("", ""),
    ],
)
def test_a_redirect_is_named_and_not_followed(location: str, named: str) -> None:
    calls: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        calls.append(b"")
        connection.sendall(f"HTTP/1.1 307 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())

    with answering(answer) as port:
        receipt = deliver(port)
    assert receipt.redirect == named.format(port=port)
    assert len(calls) == 1
    assert not receipt.is_success
    assert "grey-mare" not in str(receipt.as_json())


@pytest.mark.parametrize(
    "status", ["500 " + "no " * 30_000, f"302 Found\r\nLocation: https://elsewhere.invalid/{'a' * 90_000}"]
)
def test_words_that_stand_in_sentences_are_no_longer_than_can_be_read(status: str) -> None:
    with answering(say(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())) as port:
        receipt = deliver(port)
    carried = judged(receipt, MESSAGE)
    assert carried.problem is not None
    for words in (receipt.reason, receipt.redirect, carried.problem.detail, carried.accepted.detail):
        assert len(words) < 3_000


# What cannot be reached


def test_a_port_that_is_closed_has_its_own_sentence() -> None:
    with nobody() as nowhere:
        receipt = deliver(port := int(nowhere.rpartition(":")[2]))
    assert code(receipt) == "delivery.port-closed"
    assert receipt.problem is not None
    assert receipt.problem.title == f"Nothing listens at 127.0.0.1:{port}."
    assert receipt.problem.detail.startswith("The connection was refused on this computer")


def test_a_host_that_does_not_exist_has_its_own_sentence() -> None:
    receipt = deliver(80, host="no-such-host.invalid")
    assert code(receipt) == "delivery.no-such-host"
    assert receipt.problem is not None
    assert "no-such-host.invalid" in receipt.problem.title


@pytest.mark.parametrize(
    ("number", "cause"), [(socket.EAI_NONAME, Cause.INPUT), (socket.EAI_AGAIN, Cause.NO_NETWORK)], ids=["none", "later"]
)
def test_a_name_that_cannot_be_asked_for_is_not_called_mistyped(
    number: int, cause: Cause, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(number, "")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # no test asks the network
    receipt = deliver(80, host="receiver.example.org")
    assert receipt.problem is not None
    assert (receipt.problem.code, receipt.problem.cause) == ("delivery.no-such-host", cause)


def test_a_network_that_has_no_way_there_has_its_own_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_way(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", no_way)  # no test asks the network
    assert code(deliver(80, host="receiver.example.org")) == "delivery.no-way"


def test_a_receiver_that_takes_nobody_in_has_its_own_sentence() -> None:
    with full_house() as port:
        receipt = deliver(port, limit=0.4)
    assert code(receipt) == "delivery.no-connection"
    assert 0.4 <= receipt.seconds < 0.4 + 20  # the system tries for minutes


def test_http_to_a_receiver_that_encrypts_has_its_own_sentence(authority: trustme.CA) -> None:
    with standard_library(tls=context(authority.issue_cert("127.0.0.1"))) as (port, came):
        receipt = deliver(port)
    assert code(receipt) == "delivery.wants-https"
    assert came == []
    assert not receipt.was_sent


def test_a_receiver_that_closes_is_asked_once_whether_it_encrypts() -> None:
    came: list[bytes] = []
    with answering(lambda connection: came.append(connection.recv(9)), read_first=False) as port:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        with WebDelivery(timeout_seconds=PATIENCE) as delivery:
            receipts = [delivery.deliver(address, MESSAGE, stop=NEVER) for _ in range(3)]
    assert {code(receipt) for receipt in receipts} == {"delivery.closed"}
    assert came.count(b"POST / HT") == 3
    assert len(came) == 4


@pytest.mark.parametrize("how", ["it never says", "the time is over", "somebody cancels"])
def test_a_receiver_that_closes_and_does_not_tell_whether_it_encrypts_is_told_as_one_that_closed(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "ASKING_SECONDS", PATIENCE if how != "it never says" else 0.2)
    numbers, stop = count(), threading.Event()

    def close_the_first(connection: socket.socket) -> None:
        if next(numbers):
            if how == "somebody cancels":
                stop.set()
            stay(connection)

    limit = 2.0 if how == "the time is over" else PATIENCE  # what comes at all comes in this time
    with answering(close_the_first, read_first=False) as port, WebDelivery(timeout_seconds=limit) as delivery:
        receipt = delivery.deliver(parse_web_address(f"http://127.0.0.1:{port}/"), MESSAGE, stop=stop)
    assert code(receipt) == "delivery.closed"
    assert receipt.was_sent


def test_https_to_a_receiver_that_does_not_encrypt_has_its_own_sentence() -> None:

    def refuse(connection: socket.socket) -> None:
        connection.recv(65536)  # what is not read ends the connection hard, and Windows forgets what came before
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with answering(refuse, read_first=False) as port:
        assert code(deliver(port, scheme="https")) == "delivery.wants-http"
    with answering(lambda connection: connection.recv(65536), read_first=False) as port:
        assert code(deliver(port, scheme="https")) == "delivery.tls-broken"
    with answering(stay, read_first=False) as port:
        receipt = deliver(port, scheme="https", limit=1.5)
    assert code(receipt) == "delivery.no-tls"
    assert receipt.problem is not None
    assert "http://" in receipt.problem.remedy


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows forgets the reason that came before a connection was ended hard"
)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_receiver_that_wants_a_certificate_of_ours_has_its_own_sentence(
    version: ssl.TLSVersion, trusted: trustme.CA
) -> None:
    tls = context(trusted.issue_cert("127.0.0.1"))
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.maximum_version = version
    with standard_library(tls=tls) as (port, came):
        receipt = deliver(port, scheme="https")
    assert code(receipt) == "delivery.tls-refused"
    assert came == []


# Proxies


TO_THE_PROXY = b64encode(b"me:grey-mare").decode()


class Proxy:
    """A proxy of a company: passes on what it is asked to, to ``receiver.invalid``, whose part it plays itself."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, refuses: bool = False) -> None:
        self.asked: list[str] = []
        self.is_told_who_asks: list[bool] = []
        self.came: list[bytes] = []
        self._tls = tls
        self._refuses = refuses

    def __call__(self, connection: socket.socket) -> None:
        request_ = read_request(connection)
        self.asked.append(request_.partition(b"\r\n")[0].decode())
        self.is_told_who_asks.append(f"\r\nProxy-Authorization: Basic {TO_THE_PROXY}\r\n".encode() in request_)
        if self._refuses:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        if self._tls is not None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with self._tls.wrap_socket(connection, server_side=True) as inside:
                request_ = read_request(inside)
                if request_:
                    self.came.append(request_)
                    inside.sendall(OK)
        else:
            self.came.append(request_)
            connection.sendall(OK)


def through(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str, *, trust: bool = False) -> Receipt:
    with answering(proxy, read_first=False) as port:
        monkeypatch.setenv(f"{scheme}_proxy", f"http://me:grey-mare@127.0.0.1:{port}")
        return deliver(443 if scheme == "https" else 80, scheme=scheme, host="receiver.invalid", trust=trust)


def test_other_computers_are_reached_through_the_proxy_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy()
    receipt = through(proxy, monkeypatch, "http")
    assert proxy.asked == ["POST http://receiver.invalid/ HTTP/1.1"]
    assert proxy.is_told_who_asks == [True]
    assert (receipt.status, receipt.text) == (200, "ok")


def test_what_is_encrypted_goes_through_a_proxy_unread(trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy(context(trusted.issue_cert("receiver.invalid")))
    receipt = through(proxy, monkeypatch, "https")
    assert proxy.asked == ["CONNECT receiver.invalid:443 HTTP/1.1"]
    assert proxy.is_told_who_asks == [True]
    assert len(proxy.came) == 1
    assert b"grey-mare" not in proxy.came[0]
    assert receipt.tls is not None
    assert (receipt.status, receipt.tls.names, receipt.tls.why_not_trusted) == (200, ("receiver.invalid",), "")


@pytest.mark.parametrize("trust", [True, False])
def test_a_certificate_is_judged_behind_a_proxy_too(
    trust: bool, trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Proxy(context(trusted.issue_cert("example.org")))
    receipt = through(proxy, monkeypatch, "https", trust=trust)
    assert len(proxy.came) == trust
    assert receipt.tls is not None
    assert receipt.tls.why_not_trusted == "It is not for receiver.invalid but for example.org."
    assert code(receipt) == ("" if trust else "delivery.untrusted-certificate")
    assert receipt.was_sent is trust


def test_a_proxy_that_refuses_or_is_gone_has_its_own_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = through(Proxy(refuses=True), monkeypatch, "https")
    gone = deliver(443, scheme="https", host="receiver.invalid")  # its port is closed by now
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1")
    unknown = deliver(443, scheme="https", host="receiver.invalid")
    assert [code(one) for one in (refused, gone, unknown)] == [
        "delivery.proxy-refused",
        "delivery.no-proxy",
        "delivery.proxy-refused",
    ]
    with answering(stay, read_first=False) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        silent = deliver(443, scheme="https", host="receiver.invalid", limit=0.3)
    assert code(silent) == "delivery.no-proxy"
    assert not any(one.was_sent for one in (refused, gone, unknown, silent))
    assert "grey-mare" not in repr((refused, gone)) + str(refused.as_json()) + str(gone.as_json())


@pytest.mark.parametrize("odd", ["http://proxy.example:port", "http://proxy..example:80", "http://:80"])
def test_a_proxy_whose_address_cannot_be_read_is_named(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", odd)
    receipt = deliver(443, scheme="https", host="receiver.invalid")
    assert code(receipt) == "delivery.proxy-refused"
    assert receipt.problem is not None
    assert "https_proxy" in receipt.problem.as_text().lower()  # Windows knows capital letters alone
    assert not receipt.was_sent


# Cancel


@contextmanager
def blocked(where: str, folder: Path) -> Iterator[tuple[str, threading.Event]]:
    """An address at which a delivery hangs, and what is set as soon as it does."""
    hangs, is_over = threading.Event(), threading.Event()

    def hang(connection: socket.socket) -> None:
        hangs.set()
        stay(connection)

    def do_not_read(_: socket.socket) -> None:
        hangs.set()
        is_over.wait(60)

    def hang_in_the_body(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
        hang(connection)

    if where == "connecting":
        with full_house() as port:
            hangs.set()
            yield f"http://127.0.0.1:{port}/", hangs
    elif where == "encrypting":
        with answering(hang, read_first=False) as port:
            yield f"https://127.0.0.1:{port}/", hangs
    elif where == "writing":
        with answering(do_not_read, read_first=False) as port:
            yield f"http://127.0.0.1:{port}/", hangs
            is_over.set()
    elif where == "reading over TLS":
        with answering(hang, tls=self_signed(folder)) as port:
            yield f"https://127.0.0.1:{port}/", hangs
    else:
        with answering(hang if where == "reading" else hang_in_the_body) as port:
            yield f"http://127.0.0.1:{port}/", hangs


BECAME = {
    "connecting": "It had not been sent yet.",
    "encrypting": "It had not been sent yet.",
    "reading the body": "The receiver had begun to answer.",
}


@pytest.mark.alone
@pytest.mark.parametrize(
    "where", ["connecting", "encrypting", "writing", "reading", "reading the body", "reading over TLS"]
)
def test_cancel_is_heard_at_once_wherever_it_hangs(
    where: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "httpcore.http11")  # what a receiver wrote need not have been read yet
    stop = threading.Event()
    receipts: list[Receipt] = []
    draft = Draft(form=DeliveryForm.SNS, what="x", body=b"x" * (30_000_000 if where == "writing" else 10))
    with blocked(where, tmp_path) as (url, hangs), WebDelivery(timeout_seconds=30) as delivery:
        address = parse_web_address(url)
        thread = threading.Thread(
            target=lambda: receipts.append(delivery.deliver(address, draft, trust_untrusted=True, stop=stop))
        )
        thread.start()
        assert hangs.wait(60)
        if where == "reading the body":
            assert until(lambda: "receive_response_body.started" in caplog.text)
        stop.set()
        began = time.monotonic()
        thread.join(5)
        assert time.monotonic() - began < 0.5
    assert code(receipts[0]) == "delivery.stopped"
    assert receipts[0].problem is not None
    assert receipts[0].problem.detail == BECAME.get(where, "Whether the receiver took it is not known.")


def test_cancel_is_heard_while_a_receiver_reads_no_further() -> None:
    stop, is_over = threading.Event(), threading.Event()

    def read_a_little(connection: socket.socket) -> None:
        connection.recv(1)
        stop.set()
        is_over.wait(PATIENCE)

    large = Draft(form=DeliveryForm.SNS, what="large", body=b"x" * 30_000_000)
    with answering(read_a_little, read_first=False) as port, WebDelivery(timeout_seconds=PATIENCE) as delivery:
        began = time.monotonic()
        receipt = delivery.deliver(parse_web_address(f"http://127.0.0.1:{port}/"), large, stop=stop)
        is_over.set()
    assert time.monotonic() - began < PATIENCE / 2
    assert code(receipt) == "delivery.stopped"
    assert receipt.was_sent


@pytest.mark.parametrize("when", ["cancelled before", "cancelled meanwhile", "the time is over"])
def test_a_receiver_that_does_not_begin_to_encrypt_sees_the_connection_end(
    when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, has_ended = threading.Event(), threading.Event()
    connect, made = socket.create_connection, []

    def noted(*words: Any, **named: Any) -> socket.socket:
        made.append(connect(*words, **named))
        if when == "cancelled before":
            stop.set()
        return made[-1]

    def hang(connection: socket.socket) -> None:
        with suppress(ConnectionError):
            if connection.recv(1) and when == "cancelled meanwhile":
                stop.set()
            stay(connection)
        has_ended.set()

    monkeypatch.setattr(socket, "create_connection", noted)
    with answering(hang, read_first=False) as port:
        delivery = WebDelivery(timeout_seconds=1.0 if when == "the time is over" else PATIENCE)
        receipt = delivery.deliver(parse_web_address(f"https://127.0.0.1:{port}/"), MESSAGE, stop=stop)
        assert has_ended.wait(PATIENCE / 2)
    assert code(receipt) == ("delivery.no-tls" if when == "the time is over" else "delivery.stopped")
    assert [one.fileno() for one in made] == [-1]


@pytest.mark.parametrize("why", ["cancelled", "the time is over"])
def test_a_connection_that_comes_about_when_nobody_waits_for_it_is_ended(
    monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    stop, has_left, has_ended = threading.Event(), threading.Event(), threading.Event()
    connect, kept = socket.create_connection, []

    def late(*words: Any, **named: Any) -> socket.socket:
        kept.append(connect(*words, **named))  # nobody forgets it
        if why == "cancelled":
            stop.set()
        has_left.wait(PATIENCE)
        return kept[0]

    def listen(connection: socket.socket) -> None:
        assert connection.recv(1) == b""
        has_ended.set()

    monkeypatch.setattr(socket, "create_connection", late)
    limit = PATIENCE if why == "cancelled" else 0.3
    with answering(listen, read_first=False) as port, WebDelivery(timeout_seconds=limit) as delivery:
        receipt = delivery.deliver(parse_web_address(f"http://localhost:{port}/"), MESSAGE, stop=stop)
        connecting = [one.daemon for one in threading.enumerate() if one.name == "delivery-connects"]
        assert set(connecting) == {True}, "the program may end before it does"
        has_left.set()
        assert has_ended.wait(PATIENCE / 2)
    assert code(receipt) == ("delivery.stopped" if why == "cancelled" else "delivery.no-connection")
    assert not receipt.was_sent


def test_cancel_is_told_while_a_certificate_that_is_not_trusted_is_looked_at(tmp_path: Path) -> None:
    stop, numbers = threading.Event(), count()
    tls = self_signed(tmp_path)

    def encrypt_once(connection: socket.socket) -> None:
        if next(numbers):
            stop.set()
            stay(connection)
        tls.wrap_socket(connection, server_side=True).close()

    with answering(encrypt_once, read_first=False) as port, WebDelivery(timeout_seconds=PATIENCE) as delivery:
        receipt = delivery.deliver(parse_web_address(f"https://127.0.0.1:{port}/"), MESSAGE, stop=stop)
    assert code(receipt) == "delivery.stopped"


def test_a_certificate_that_cannot_be_looked_at_is_told_with_what_is_known(tmp_path: Path) -> None:
    numbers, tls = count(), self_signed(tmp_path)

    def encrypt_once(connection: socket.socket) -> None:
        if not next(numbers):
            tls.wrap_socket(connection, server_side=True).close()

    with answering(encrypt_once, read_first=False) as port:
        receipt = deliver(port, scheme="https")
    assert code(receipt) == "delivery.untrusted-certificate"
    assert receipt.problem is not None
    assert "It is self-signed" in receipt.problem.detail
    assert receipt.tls is None


def test_what_is_open_still_ends_with_the_delivery() -> None:
    has_begun, has_ended, numbers = threading.Event(), threading.Event(), count()

    def hang(connection: socket.socket) -> None:
        if next(numbers):  # a question whether it encrypts
            return
        read_request(connection)  # who has sent it has a connection to close
        has_begun.set()
        with suppress(ConnectionError):
            stay(connection)
        has_ended.set()

    receipts: list[Receipt] = []
    with answering(hang, read_first=False) as port, WebDelivery(timeout_seconds=PATIENCE) as delivery:
        address = parse_web_address(f"http://127.0.0.1:{port}/")
        thread = threading.Thread(target=lambda: receipts.append(delivery.deliver(address, MESSAGE, stop=NEVER)))
        thread.start()
        assert has_begun.wait(PATIENCE)
        delivery.close()
        thread.join(PATIENCE / 2)
        assert has_ended.wait(PATIENCE / 2)
    assert [receipt.is_success for receipt in receipts] == [False]


def test_what_was_stopped_before_it_began_was_not_sent() -> None:
    stop = threading.Event()
    stop.set()
    with standard_library() as (port, came), WebDelivery() as delivery:
        receipt = delivery.deliver(parse_web_address(f"http://127.0.0.1:{port}/"), MESSAGE, stop=stop)
    assert came == []
    assert receipt.problem is not None
    assert receipt.problem.detail == "It had not been sent yet."


# Nothing of one's own goes along, and nothing secret comes back


def test_no_proxy_and_no_keys_of_the_surroundings_are_used(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        connection.sendall(OK)

    def keep(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        answer(connection)

    (own_home / ".netrc").write_text("machine 127.0.0.1 login me password grey-mare\n")
    (own_home / ".netrc").chmod(0o600)
    with answering(keep, read_first=False) as port, nobody() as nowhere:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, nowhere)
        assert deliver(port).status == 200
    [request_] = seen
    assert request_.startswith(b"POST / HTTP/1.1\r\n")
    assert b"authorization" not in request_.lower()


def test_a_secret_of_the_address_is_in_no_answer_problem_log_or_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "grey-mare-7"

    def echo(connection: socket.socket) -> None:
        page = b"not found: /hook?key=grey-mare-7&more=1 (grey%2Dmare-7)"
        head = "HTTP/1.1 302 grey-mare-7\r\nLocation: /hook/?key=grey-mare-7\r\nX-Was: grey-mare-7\r\n"
        connection.sendall(f"{head}Content-Length: {len(page)}\r\n\r\n".encode() + page)

    for script in (echo, stay, say(b"grey-mare-7"), lambda _: None):
        with answering(script) as port:
            address = parse_web_address(f"http://127.0.0.1:{port}/hook?key={secret}")
            with WebDelivery(timeout_seconds=0.3) as delivery:
                receipt = delivery.deliver(address, MESSAGE, stop=NEVER)
        for text in (repr(receipt), str(receipt.as_json()), repr(address), repr(delivery)):
            assert secret not in text
            assert "grey%2Dmare" not in text
    assert secret not in caplog.text


def test_a_header_that_http_does_not_allow_is_a_sentence() -> None:
    draft = Draft(form=DeliveryForm.SNS, what="x", headers={"x-amz-sns-topic-arn": "grey\r\nmare: 1"})
    with standard_library() as (port, came):
        receipt = deliver(port, draft=draft)
    assert came == []
    assert code(receipt) == "delivery.cannot-be-sent"
    assert "grey" not in str(receipt)
