# SPDX-License-Identifier: MIT
"""Sent from this computer to a web receiver: its answer beside each message, and nothing secret kept of it."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from hostile_receiver import answering, read_request
from notification_tester.domain.delivery import State
from notification_tester.domain.messages.scenarios import SCENARIOS, parse_scenario
from notification_tester.domain.outgoing import DeliveryForm, LegacySignature, SignatureKind
from notification_tester.domain.smtp import parse_smtp
from notification_tester.services.sending import carriers
from notification_tester.services.sending.deliver import Deliveries
from notification_tester.services.sending.delivery_request import asks_first
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome
from notification_tester.storage.vault import Vault
from services.parts import LONG, MemoryKeyring
from services.sending.test_deliver import lamps, request_to

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from notification_tester.services.sending.deliver import Delivered
    from notification_tester.services.sending.delivery_request import DeliveryRequest
    from notification_tester.storage.places import Places
    from notification_tester.storage.rows import HistoryRow

YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN
SECRET = "a-secret-of-the-receiver"


class Receiver(ThreadingHTTPServer):
    """Somebody's web receiver: a few lines of Python's own library."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: Callable[[str, str, dict[str, str], bytes], tuple[int, bytes]] = lambda *_: (200, b"thanks")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        one = (self.command, self.path, headers, body)
        self.server.seen.append(one)
        status, answer = self.server.answer(*one)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Silence."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def history(places: Places) -> Iterator[History]:
    with Database(places.database) as database:
        kept = History(database)
        yield kept
        kept.close()


@pytest.fixture
def deliveries(history: History) -> Iterator[Deliveries]:
    made = Deliveries(history=history, leftovers=None, vault=Vault(MemoryKeyring()))
    yield made
    made.close()


def run(deliveries: Deliveries, request: DeliveryRequest) -> Any:
    return deliveries.run(None, request, stop=threading.Event())


def kept_of(history: History, delivered: Delivered) -> HistoryRow:
    assert delivered.history_id is not None
    row = history.row(delivered.history_id)
    assert row is not None
    return row


@pytest.mark.parametrize(("scenario", "is_signed"), [(None, True), ("raw", False)])
def test_only_of_what_is_signed_is_told_by_whose_key(
    deliveries: Deliveries, receiver: Receiver, scenario: str | None, *, is_signed: bool
) -> None:
    request = request_to(receiver.url, DeliveryForm.SNS)
    if scenario is not None:
        request = replace(request, scenarios=(parse_scenario(scenario),))
    (delivered,) = run(deliveries, request)
    assert any("a key of this program's own" in note for note in delivered.notes) is is_signed


@pytest.mark.parametrize("form", [DeliveryForm.SNS, DeliveryForm.REST, DeliveryForm.SOAP])
def test_a_receiver_takes_each_form_and_the_history_has_its_answer(
    deliveries: Deliveries, history: History, receiver: Receiver, form: DeliveryForm
) -> None:
    receiver.answer = lambda *_: (200, "thanks, Zoë".encode())
    (delivered,) = run(deliveries, request_to(receiver.url, form))

    assert lamps(delivered) == (YES, YES, YES)
    assert "not from Mechanical Turk" in delivered.notes[0]
    ((method, path, headers, body),) = receiver.seen
    sent = path.partition("?")[2] if form is DeliveryForm.REST else body.decode()
    assert sent == delivered.raw
    assert (method, "x-amz-sns-message-type" in headers) == (
        "GET" if form is DeliveryForm.REST else "POST",
        form is DeliveryForm.SNS,
    )
    row = kept_of(history, delivered)
    assert (row.kind, row.outcome, row.destination, row.raw) == ("delivery", Outcome.GOOD, receiver.url, sent)
    assert row.account == ""
    assert row.seconds == delivered.arrived.seconds is not None
    assert json.loads(row.answer)["body"] == "thanks, Zoë"
    assert '\n  "body": "thanks, Zoë"' in row.answer, "laid out for people to read"
    assert row.message is not None


@pytest.mark.parametrize("form", [DeliveryForm.SNS, DeliveryForm.REST, DeliveryForm.SOAP])
def test_all_scenarios_of_a_form_each_with_the_answer_beside_it(
    deliveries: Deliveries,
    history: History,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    form: DeliveryForm,
) -> None:
    monkeypatch.setattr("notification_tester.services.sending.deliver.ASKED_SECONDS", 0.1)
    receiver.answer = lambda _, path, __, body: (400, b"no") if len(path + body.decode()) < 300 else (200, b"")
    request = request_to(receiver.url, form)
    fitting = tuple(one for one in SCENARIOS if one.fits(form, request.target))
    found = run(deliveries, request_to(receiver.url, form, scenarios=fitting))

    assert list(dict.fromkeys(one.scenario for one in found)) == list(fitting)
    assert len(receiver.seen) == len(found) > len(fitting)
    for one in found:
        assert one.receipt is not None
        assert f"{one.receipt.status}" in one.as_expected.detail or "SubscribeURL" in one.as_expected.detail
    (wrong,) = [one for one in found if one.scenario.name == "wrong-signature"]
    assert wrong.as_expected.state is NO
    assert "wrong signature" in wrong.problem.title
    assert history.count(HistoryQuery()) == len(found)
    for one in found:
        row = kept_of(history, one)
        assert (row.event, row.request["scenarios"]) == (one.scenario.title, [one.scenario.name])


def test_two_scenarios_go_out_side_by_side(deliveries: Deliveries, receiver: Receiver) -> None:
    together = threading.Barrier(2, timeout=LONG)

    def answer(*_: object) -> tuple[int, bytes]:
        together.wait()
        return 200, b""

    receiver.answer = answer
    scenarios = (parse_scenario("late"), parse_scenario("unknown-event"))
    found = run(deliveries, request_to(receiver.url, DeliveryForm.SOAP, scenarios=scenarios))
    assert [one.scenario for one in found] == list(scenarios)
    assert [one.accepted.state for one in found] == [YES, YES]


def test_a_wrong_signature_that_is_refused_is_well(deliveries: Deliveries, receiver: Receiver) -> None:
    receiver.answer = lambda *_: (403, b"wrong signature")
    (delivered,) = run(
        deliveries,
        request_to(receiver.url, DeliveryForm.REST, scenarios=(parse_scenario("wrong-signature"),)),
    )
    assert lamps(delivered) == (NO, YES, YES)
    assert delivered.is_good
    assert delivered.problem is None


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (500, "The receiver failed (500)."),
        (404, "The receiver refused the message (404)."),
        (400, "The receiver refused the message (400)."),
        (302, "The receiver points"),
        (300, "The receiver points"),
    ],
)
def test_an_answer_that_says_no_is_a_sentence(
    deliveries: Deliveries, receiver: Receiver, status: int, title: str
) -> None:
    receiver.answer = lambda *_: (status, b"")
    (delivered,) = run(deliveries, request_to(receiver.url, DeliveryForm.SOAP))
    assert lamps(delivered) == (NO, YES, NO)
    assert delivered.problem.title.startswith(title)
    assert delivered.outcome is Outcome.BAD


def test_nobody_listens(deliveries: Deliveries, history: History, receiver: Receiver) -> None:
    url = receiver.url
    receiver.shutdown()
    receiver.server_close()
    (delivered,) = run(deliveries, request_to(url, DeliveryForm.SNS))
    assert lamps(delivered)[:2] == (NO, NO)
    assert delivered.problem.code.startswith("delivery.")
    assert kept_of(history, delivered).problem == delivered.problem


def test_an_answer_that_was_lost_is_not_told_as_a_refusal(deliveries: Deliveries) -> None:
    came: list[bytes] = []

    def answer_the_first(connection: socket.socket) -> None:
        came.append(read_request(connection))
        if len(came) == 1:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with answering(answer_the_first, read_first=False) as port:
        request = request_to(f"http://127.0.0.1:{port}/", DeliveryForm.REST, scenarios=(parse_scenario("twice"),))
        first, second = run(deliveries, request)
    assert first.accepted.state is YES
    assert lamps(second) == (UNKNOWN, UNKNOWN, NO)
    assert second.problem.code == "delivery.closed"


def test_what_was_not_sent_because_of_a_certificate_is_told_so(deliveries: Deliveries) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with answering(read_request, tls=tls) as port:
        (delivered,) = run(deliveries, request_to(f"https://127.0.0.1:{port}/", DeliveryForm.SOAP))
    assert lamps(delivered) == (NO, NO, UNKNOWN)
    assert delivered.problem.code == "delivery.untrusted-certificate"


@pytest.mark.parametrize(
    ("status", "is_told"), [(302, False), (400, True), (403, True), (499, True), (500, False), (503, False)]
)
def test_who_checks_signatures_is_right_and_is_told_how_to_let_it_through(
    deliveries: Deliveries, receiver: Receiver, status: int, *, is_told: bool
) -> None:
    receiver.answer = lambda *_: (status, b"bad signature")
    (delivered,) = run(deliveries, request_to(receiver.url, DeliveryForm.SNS))
    assert delivered.as_expected.state is NO
    assert ("Only Amazon can sign" in delivered.problem.remedy) is is_told


def test_who_checks_a_signature_of_the_older_service_is_told_that_it_may(
    deliveries: Deliveries, receiver: Receiver
) -> None:
    signature = LegacySignature(kind=SignatureKind.RIGHT, secret="the-secret-of-the-older-days")
    for status, is_told in ((401, True), (403, True), (407, True), (404, False)):
        receiver.answer = lambda *_, said=status: (said, b"no")
        (delivered,) = run(deliveries, request_to(receiver.url, DeliveryForm.REST, signature=signature))
        assert delivered.problem.title == f"The receiver refused the message ({status})."
        assert delivered.problem.remedy.startswith("If it checks signatures, it is right to") is is_told


@pytest.mark.parametrize("visits", [True, False])
def test_a_receiver_is_asked_first_whether_it_subscribes(
    deliveries: Deliveries, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, *, visits: bool
) -> None:
    from urllib.request import urlopen

    monkeypatch.setattr("notification_tester.services.sending.deliver.CONFIRM_SECONDS", LONG if visits else 0.1)

    def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        message = json.loads(body)
        if visits and message["Type"] == "SubscriptionConfirmation":
            with urlopen(message["SubscribeURL"]) as answered:  # noqa: S310 - our own, of the loopback
                answered.read()
        return 200, b""

    receiver.answer = answer
    asked, told = run(deliveries, request_to(receiver.url, DeliveryForm.SNS, confirm_subscription=True))
    assert [one[2]["x-amz-sns-message-type"] for one in receiver.seen] == ["SubscriptionConfirmation", "Notification"]
    assert asked.as_expected.state is (YES if visits else UNKNOWN)
    assert told.is_good


def test_no_secret_is_in_the_history(deliveries: Deliveries, history: History, receiver: Receiver) -> None:
    """Neither that of the address, which the receiver says back, nor that of the signature."""
    receiver.answer = lambda _, path, *__: (200, f"you called {path}".encode())
    signature = LegacySignature(kind=SignatureKind.RIGHT, secret="the-secret-of-the-older-days")
    (delivered,) = run(deliveries, request_to(f"{receiver.url}?token={SECRET}", DeliveryForm.REST, signature=signature))
    assert delivered.is_good
    assert SECRET in receiver.seen[0][1]
    assert delivered.raw not in repr(delivered), "it is signed"
    row = kept_of(history, delivered)
    kept = json.dumps(row.as_json())
    assert "Notify" in kept
    for secret in (SECRET, signature.secret):
        assert secret not in kept
        assert secret not in repr(delivered)
        assert secret not in json.dumps(delivered.as_json())


def test_stopped_before_its_turn_is_not_sent(deliveries: Deliveries, history: History, receiver: Receiver) -> None:
    stop = threading.Event()
    stop.set()
    (delivered,) = deliveries.run(None, request_to(receiver.url, DeliveryForm.SOAP), stop=stop)
    assert receiver.seen == []
    assert lamps(delivered) == (UNKNOWN,) * 3
    assert delivered.accepted.detail.startswith("Not sent")
    assert kept_of(history, delivered).outcome is Outcome.UNKNOWN


def test_a_place_outside_is_asked_about_first(receiver: Receiver) -> None:
    scenarios = (parse_scenario("twice"),)
    for url, given, asks in (
        (receiver.url, scenarios, False),
        ("https://example.org/hook?token=abc", scenarios, True),
        ("https://example.org/hook?token=abc", (), False),
    ):
        problem = asks_first(None, request_to(url, DeliveryForm.SOAP, scenarios=given))
        assert (problem is not None) is asks
        assert problem is None or "token" not in problem.detail


def test_a_receiver_that_repeats_the_secret_tells_it_to_nobody(deliveries: Deliveries, history: History) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(
            f"HTTP/1.1 403 Not {SECRET}\r\nX-Why: {SECRET}\r\nContent-Length: 24\r\n\r\n{SECRET}".encode()
        )

    signature = LegacySignature(kind=SignatureKind.RIGHT, secret=SECRET)
    with answering(answer) as port:
        request = request_to(f"http://127.0.0.1:{port}/", DeliveryForm.REST, signature=signature)
        (delivered,) = run(deliveries, request)
    assert delivered.receipt is not None
    assert (delivered.receipt.status, len(SECRET)) == (403, 24)
    row = history.row(delivered.history_id or 0)
    assert row is not None
    for told in (repr(delivered), str(delivered.as_json()), delivered.receipt.text, str(row.as_json())):
        assert SECRET not in told


def test_a_mail_server_on_this_computer_hands_on_to_others_so_it_is_asked() -> None:
    request = request_to(
        "me@example.org", DeliveryForm.EMAIL, smtp=parse_smtp("127.0.0.1:25"), scenarios=(parse_scenario("twice"),)
    )
    problem = asks_first(None, request)
    assert problem is not None
    assert "me@example.org" in problem.detail


def test_a_receiver_that_subscribes_again_is_told(
    deliveries: Deliveries, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from urllib.request import urlopen

    monkeypatch.setattr(carriers, "UNSUBSCRIBED_SECONDS", LONG)

    def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        with urlopen(json.loads(body)["SubscribeURL"]) as answered:  # noqa: S310 - our own, of the loopback
            answered.read()
        return 200, b""

    receiver.answer = answer
    scenarios = (parse_scenario("unsubscribe-confirmation"),)
    (delivered,) = run(deliveries, request_to(receiver.url, DeliveryForm.SNS, scenarios=scenarios))
    assert delivered.as_expected.state is NO
    assert "subscribes again" in delivered.problem.title
