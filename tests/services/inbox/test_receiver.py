# SPDX-License-Identifier: MIT
"""The receiver on this computer: takes what senders send, answers as told, and is harmed by none of them."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notification_tester.domain.problem import ProblemError
from notification_tester.domain.receiver_place import Answer, ReceiverPlace, check_port
from notification_tester.practice.listener import Limits, Listener, Request, Response
from notification_tester.services.inbox import receiver as receiver_module
from notification_tester.services.inbox.listening import Followed, FollowNews, Listening
from notification_tester.services.inbox.receiver import Received, Receiver, address_to_visit
from notification_tester.services.sns_signature import SignatureCheck
from notification_tester.storage.inbox import Inbox
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.inbox_rows import InboxMessage

NOTIFICATION = {
    "EventDocId": "a" * 40,
    "EventDocVersion": "2006-05-05",
    "Events": [
        {"EventType": "HITReviewable", "EventTimestamp": "2026-01-31T23:59:59Z", "HITId": "3X", "HITTypeId": "3T"}
    ],
}
REST = (
    "/hook?method=Notify&Signature=x&Timestamp=2026-01-31T23%3A59%3A59Z&Version=2006-05-05"
    "&Event.1.EventType=HITReviewable&Event.1.EventTime=2026-01-31T23%3A59%3A59Z&Event.1.HITTypeId=3T&Event.1.HITId=3X"
)
SOAP = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<Notify xmlns="http://requester.mturk.amazonaws.com/doc/2006-05-05"><Signature>x</Signature>'
    "<Timestamp>2026-01-31T23:59:59Z</Timestamp><Version>2006-05-05</Version><Event><EventType>HITReviewable</EventType>"
    "<EventTime>2026-01-31T23:59:59Z</EventTime><HITTypeId>3T</HITTypeId><HITId>3X</HITId></Event></Notify>"
    "</soapenv:Body></soapenv:Envelope>"
)
ENVELOPE = json.dumps({"Type": "Notification", "Message": json.dumps(NOTIFICATION), "TopicArn": "arn:aws:sns:r:1:t"})


@contextmanager
def receiving(**place: Any) -> Iterator[tuple[Receiver, list[Received]]]:
    came: list[Received] = []
    with Receiver(ReceiverPlace(**place), came.append) as receiver:
        yield receiver, came


def ask(
    receiver: Receiver, method: str = "POST", target: str = "/", body: str | bytes = "", **headers: str
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=60)
    try:
        connection.request(method, target, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def is_closed(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize(
    ("method", "target", "body", "format_"),
    [
        pytest.param("POST", "/", ENVELOPE, "sns", id="sns"),
        pytest.param("POST", "/any/path", json.dumps(NOTIFICATION), "sqs", id="raw delivery"),
        pytest.param("GET", REST, "", "rest", id="rest"),
        pytest.param("POST", "/hook", REST.partition("?")[2], "rest", id="rest as a form"),
        pytest.param("POST", "/soap", SOAP, "soap", id="soap"),
    ],
)
def test_what_comes_is_read(method: str, target: str, body: str, format_: str) -> None:
    with receiving() as (receiver, came):
        assert ask(receiver, method, target, body)[0] == 200
    [message] = came
    assert (message.decoded.format.value, message.method, message.target) == (format_, method, target)
    assert [event.event_type for event in message.decoded.events] == ["HITReviewable"]
    assert message.decoded.events[0].hit_id == "3X"


def test_what_is_no_notification_is_shown_as_well() -> None:
    with receiving() as (receiver, came):
        assert ask(receiver, "POST", "/", "not JSON \u00e9".encode("latin-1"))[0] == 200
        assert ask(receiver, "GET", "/favicon.ico")[0] == 200
    assert [message.decoded.problem is not None for message in came] == [True, True]


def test_a_password_among_the_headers_is_not_kept() -> None:
    with receiving() as (receiver, came):
        ask(receiver, "POST", "/", ENVELOPE, Authorization="Basic c2VjcmV0", Cookie="secret", **{"x-amz-sns-x": "kept"})
    assert came[0].headers == {"x-amz-sns-x": "kept"}
    assert "c2VjcmV0" not in json.dumps(came[0].as_json())


@pytest.mark.parametrize(
    ("method", "target", "body", "shown"),
    [
        pytest.param("POST", "/hook?token=grey-mare-7", ENVELOPE, "/hook?…", id="sns"),
        pytest.param("POST", "/hook?grey-mare-7", SOAP, "/hook?…", id="soap"),
        pytest.param("POST", "/hook?key=grey-mare-7", REST.partition("?")[2], "/hook?…", id="rest as a form"),
        pytest.param("GET", "/hook?token=grey-mare-7", "", "/hook?…", id="no notification"),
        pytest.param("GET", "/hook?grey-mare-7", "", "/hook?…", id="no name"),
        pytest.param("GET", f"{REST}&token=grey-mare-7", "", f"{REST}&token=…", id="rest"),
        pytest.param(
            "GET", REST.replace("?", "?X-Api-Key=grey-mare-7&"), "", REST.replace("?", "?X-Api-Key=…&"), id="key"
        ),
        pytest.param("GET", REST.replace("?", "?grey-mare-7&"), "", REST.replace("?", "?…&"), id="rest, no name"),
        pytest.param("GET", f"http://me:grey-mare-7@HOST{REST}", "", f"http://HOST{REST}", id="user-info"),
    ],
)
def test_a_secret_in_the_address_that_the_sender_was_given_is_not_kept(
    method: str, target: str, body: str, shown: str
) -> None:
    with receiving() as (receiver, came):
        host = f"127.0.0.1:{receiver.port}"
        given = target.replace("HOST", host)
        assert ask(receiver, method, given, body, **{"Host": host, "X-Api-Key": "grey-mare-7"})[0] == 200
    [message] = came
    assert message.target == shown.replace("HOST", host)
    kept = message.for_inbox(SignatureCheck(lambda _: b""))
    everything = json.dumps([message.as_json(), kept.as_json()]) + repr(message) + repr(kept)
    assert "grey-mare" not in everything
    if body or "method=Notify" in target:
        assert [event.hit_id for event in message.decoded.events] == ["3X"]


class TestAnswers:
    def test_500(self) -> None:
        with receiving(answer=Answer.ERROR) as (receiver, came):
            assert ask(receiver)[0] == 500
        assert len(came) == 1

    def test_a_redirect_leads_to_a_name_that_nobody_has(self) -> None:
        with receiving(answer=Answer.REDIRECT) as (receiver, _):
            connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=60)
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
            connection.close()
        assert (answer.status, answer.headers["Location"]) == (302, "https://elsewhere.invalid/")

    def test_half(self) -> None:
        with receiving(answer=Answer.HALF) as (receiver, _), pytest.raises(http.client.IncompleteRead) as caught:
            ask(receiver)
        assert len(caught.value.partial) == pytest.approx(caught.value.expected or 0, abs=1)

    def test_late(self) -> None:
        with receiving(answer=Answer.LATE, late_seconds=0.3) as (receiver, came):
            began = time.monotonic()
            assert ask(receiver)[0] == 200
            assert time.monotonic() - began >= 0.3
        assert len(came) == 1

    def test_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(receiver_module, "LONGEST_SECONDS", 0.3)
        with receiving(answer=Answer.NOTHING) as (receiver, came):
            began = time.monotonic()
            with pytest.raises((OSError, http.client.HTTPException)):
                ask(receiver)
            assert time.monotonic() - began >= 0.3
        assert len(came) == 1

    @pytest.mark.alone
    @pytest.mark.parametrize("answer", [Answer.NOTHING, Answer.LATE])
    def test_whoever_waits_is_let_go_at_once_when_it_ends(self, answer: Answer) -> None:
        faults: list[Exception] = []

        def wait(receiver: Receiver) -> None:
            try:
                ask(receiver)
            except (OSError, http.client.HTTPException) as error:
                faults.append(error)

        came = threading.Event()
        with Receiver(ReceiverPlace(answer=answer, late_seconds=60), lambda _: came.set()) as receiver:
            sender = threading.Thread(target=wait, args=[receiver])
            sender.start()
            assert came.wait(60)
            began = time.monotonic()
        sender.join(60)
        assert time.monotonic() - began < 1
        assert len(faults) == 1


class TestItEnds:
    def test_by_its_event(self) -> None:
        stop = threading.Event()
        receiver = Receiver(ReceiverPlace(), lambda _: stop.set())
        running = threading.Thread(target=receiver.run, args=[stop])
        running.start()
        assert ask(receiver)[0] == 200
        running.join(60)
        assert not running.is_alive()

    @pytest.mark.parametrize(("answer", "status"), [(Answer.OK, 200), (Answer.ERROR, 500)])
    def test_what_was_received_is_answered_before(self, answer: Answer, status: int) -> None:
        """Its sender would send it again otherwise."""
        stop = threading.Event()

        def take(_: Received) -> None:
            stop.set()
            assert until(lambda: is_closed(receiver.port))

        receiver = Receiver(ReceiverPlace(answer=answer), take)
        running = threading.Thread(target=receiver.run, args=[stop])
        running.start()
        assert ask(receiver)[0] == status
        running.join(60)
        assert not running.is_alive()

    def test_what_waits_for_its_turn_then_is_neither_shown_nor_answered(self) -> None:
        """Its sender sends it again, and whoever follows again sees it then."""
        shown: list[Received] = []
        is_first, is_next = threading.Event(), threading.Event()

        def visited(_: Request) -> Response:
            is_next.set()
            return Response()

        def take(received: Received) -> None:
            shown.append(received)
            is_first.set()
            assert until(lambda: is_closed(receiver.port))

        with Listener(port=0) as sns, ThreadPoolExecutor(2) as senders:
            sns.answer = visited
            sns.start()
            with Receiver(ReceiverPlace(confirms=True), take) as receiver:
                first = senders.submit(ask, receiver, body=ENVELOPE)
                assert is_first.wait(60)
                second = senders.submit(ask, receiver, body=confirmation(f"http://127.0.0.1:{sns.port}/"))
                assert is_next.wait(60)  # it is confirmed before it is shown
            assert first.result(60)[0] == 200
            with pytest.raises((OSError, http.client.HTTPException)):
                second.result(60)
            sns.stop()
        assert len(shown) == 1

    def test_when_a_message_cannot_be_kept(self) -> None:
        def refuse(_: Received) -> None:
            raise ValueError("full")

        receiver = Receiver(ReceiverPlace(), refuse)
        answers: list[int] = []
        sender = threading.Thread(target=lambda: answers.append(ask(receiver)[0]))
        sender.start()
        with pytest.raises(ValueError, match="full"):
            receiver.run(threading.Event())
        sender.join()
        assert answers == [500]


class TestPorts:
    @pytest.mark.parametrize(
        ("port", "title"),
        [(80, "Port 80 is the system's."), (65536, "There is no port 65536."), (-1, "There is no port -1.")],
    )
    def test_one_that_cannot_be(self, port: int, title: str) -> None:
        for take in (check_port, lambda one: Receiver(ReceiverPlace(port=one), lambda _: None)):
            with pytest.raises(ProblemError) as caught:
                take(port)
            assert caught.value.problem.title == title

    def test_one_in_use(self) -> None:
        with receiving() as (receiver, _), pytest.raises(ProblemError) as caught:
            Receiver(ReceiverPlace(port=receiver.port), lambda _: None)
        assert caught.value.problem.title == f"Port {receiver.port} is in use."


class TestBounds:
    def test_it_is_on_this_computer_alone(self) -> None:
        with receiving() as (receiver, _):
            places = [one.laddr.ip for one in psutil.Process().net_connections() if one.laddr.port == receiver.port]
        assert places == ["127.0.0.1"]

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.2", ""])
    def test_another_name_is_refused_and_said(self, host: str) -> None:
        with receiving() as (receiver, came):
            status, said = ask(receiver, "POST", "/", ENVELOPE, Host=host)
            assert status == 421
            assert b"127.0.0.1 or localhost" in said
            assert ask(receiver, Host=f"localhost:{receiver.port}")[0] == 200
        assert len(came) == 1

    def test_a_large_body_is_refused_before_it_is_read(self) -> None:
        with receiving() as (receiver, came):
            with socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as sender:
                sender.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n")
                assert sender.recv(1000).startswith(b"HTTP/1.1 413 ")
            assert ask(receiver, body=b"x" * 1048576)[0] == 200
        assert len(came) == 1

    def test_headers_without_end_are_refused(self) -> None:
        with (
            receiving() as (receiver, came),
            socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as sender,
        ):
            with suppress(OSError):  # it closes before all of them are sent
                sender.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
                for number in range(90):
                    sender.sendall(b"X-%d: %s\r\n" % (number, b"y" * 60_000))
            with suppress(OSError):
                assert sender.recv(1000).startswith(b"HTTP/1.1 431 ")
        assert not came

    def test_a_slow_sender_is_given_up_and_harms_nobody_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(receiver_module, "LIMITS", Limits(connections=2, request_seconds=2))
        with (
            receiving() as (receiver, came),
            socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as slow,
        ):
            slow.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhal")
            assert ask(receiver)[0] == 200
            assert slow.recv(1000) == b""
        assert len(came) == 1

    def test_more_connections_than_it_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(receiver_module, "LIMITS", Limits(connections=2))
        with receiving(answer=Answer.NOTHING) as (receiver, _):
            waiting = [socket.create_connection(("127.0.0.1", receiver.port), timeout=60) for _ in range(2)]
            with socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as one_too_many:
                assert one_too_many.recv(1000).startswith(b"HTTP/1.1 503 ")
            for one in waiting:
                one.close()

    def test_who_has_left_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Or the first few that give up would keep everybody else out for minutes."""
        monkeypatch.setattr(receiver_module, "LIMITS", Limits(connections=1))
        with receiving(answer=Answer.NOTHING) as (receiver, came):

            def is_let_in() -> bool:
                before = len(came)
                with socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as sender:
                    with suppress(ConnectionError):  # who is refused may see the connection end hard
                        sender.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
                    sender.setblocking(False)

                    def is_refused() -> bool:
                        try:
                            sender.recv(1000)
                        except BlockingIOError:
                            return False
                        except ConnectionError:
                            return True
                        return True

                    assert until(lambda: len(came) > before or is_refused())
                return len(came) > before

            assert is_let_in()
            assert until(is_let_in)


class TestAnything:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        sent=st.one_of(st.binary(max_size=300), st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
    )
    def test_whatever_bytes_come_it_goes_on(self, open_one: tuple[Receiver, list[Received]], sent: bytes) -> None:
        receiver, came = open_one
        before = len(came)
        for start in (b"", b"POST / HTTP/1.1\r\nHost: localhost\r\n", b"GET "):
            with socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as sender, suppress(OSError):
                sender.sendall(start + sent)
                sender.shutdown(socket.SHUT_WR)
                while sender.recv(4096):
                    pass
        assert ask(receiver, body=sent)[0] == 200
        assert len(came) > before

    @pytest.fixture
    def open_one(self) -> Iterator[tuple[Receiver, list[Received]]]:
        with receiving() as both:
            yield both


def confirmation(url: str) -> str:
    return json.dumps({"Type": "SubscriptionConfirmation", "TopicArn": "arn:aws:sns:r:1:t", "SubscribeURL": url})


class TestConfirming:
    @pytest.fixture
    def sns(self) -> Iterator[tuple[str, list[str]]]:
        """Something on this computer that has a subscription to be confirmed."""
        asked: list[str] = []

        def answer(request: Request) -> Response:
            asked.append(f"{request.path}?{request.query}")
            return Response(status=302, headers=(("Location", "/other"),)) if request.path == "/moved" else Response()

        with Listener(port=0) as listener:
            listener.answer = answer
            listener.start()
            yield f"http://127.0.0.1:{listener.port}", asked

    def test_it_is_asked_to(self, sns: tuple[str, list[str]]) -> None:
        url, asked = sns
        with receiving(confirms=True) as (receiver, came):
            ask(receiver, body=confirmation(f"{url}/?Action=ConfirmSubscription&Token=1"))
        assert asked == ["/?Action=ConfirmSubscription&Token=1"]
        assert came[0].confirmation == "The subscription was confirmed."

    def test_it_is_not_asked_to(self, sns: tuple[str, list[str]]) -> None:
        url, asked = sns
        with receiving() as (receiver, came):
            ask(receiver, body=confirmation(url))
        assert (asked, came[0].confirmation) == ([], "")

    def test_whoever_follows_it_hears_of_its_address_and_of_what_was_confirmed(
        self, sns: tuple[str, list[str]], opened: OpenAccount
    ) -> None:
        url, asked = sns
        stop = threading.Event()
        news: list[FollowNews] = []
        seen: list[InboxMessage] = []

        def send(port: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("POST", "/", body=confirmation(url))
            connection.getresponse().read()
            connection.close()
            stop.set()

        with Inbox() as inbox, ThreadPoolExecutor(1) as sender:

            def told(one: FollowNews) -> None:
                news.append(one)
                if not one.confirmation:
                    sender.submit(send, urlsplit(one.url).port or 0)

            followed = Listening(leftovers=None).follow(
                opened, ReceiverPlace(confirms=True), inbox=inbox, received=seen.extend, stop=stop, news=told
            )
        assert asked == ["/?"]
        assert [(one.shown, one.confirmation) for one in news] == [(0, ""), (1, "The subscription was confirmed.")]
        assert {(one.url, one.held, one.is_full, one.trouble) for one in news} == {(followed.url, 0, False, None)}
        assert followed == Followed(shown=1, late=0, url=news[0].url)
        assert len(seen) == 1

    @pytest.mark.parametrize("body", ["not JSON", "[" * 100_000, "[]", ENVELOPE], ids=["text", "deep", "list", "other"])
    def test_what_asks_for_none_is_received_as_it_is(self, body: str) -> None:
        with receiving(confirms=True) as (receiver, came):
            assert ask(receiver, body=body)[0] == 200
        assert [message.confirmation for message in came] == [""]

    def test_it_follows_nowhere(self, sns: tuple[str, list[str]]) -> None:
        url, asked = sns
        with receiving(confirms=True) as (receiver, came):
            ask(receiver, body=confirmation(f"{url}/moved"))
        assert asked == ["/moved?"]
        assert came[0].confirmation == "The subscription was not confirmed: its address answered 302."

    def test_nobody_there(self) -> None:
        with receiving(confirms=True) as (receiver, came):
            ask(receiver, body=confirmation("http://127.0.0.1:1/"))
        assert came[0].confirmation.startswith("The subscription was not confirmed: ")
        assert "127.0.0.1:1" in came[0].confirmation
        assert "Amazon" not in came[0].confirmation, "it was not asked"

    def test_another_host_is_never_visited(self) -> None:
        with receiving(confirms=True) as (receiver, came):
            ask(receiver, body=confirmation("https://receiver.example/?Action=ConfirmSubscription"))
            ask(receiver, body=json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": 5}))
        assert all("no other is visited" in message.confirmation for message in came)

    @pytest.mark.parametrize(
        ("url", "is_one"),
        [
            ("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1", True),
            ("https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription", True),
            ("http://localhost:8080/confirm", True),
            ("https://[::1]:8443/", True),
            ("http://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription", False),
            ("http://sns.us-east-1.amazonaws.com:443/?Action=ConfirmSubscription", False),
            ("https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe", False),
            ("https://sns.us-east-1.amazonaws.com:8443/?Action=ConfirmSubscription", False),
            ("https://sns.us-east-1.amazonaws.com@evil.example/?Action=ConfirmSubscription", False),
            ("https://sns.us-east-1.amazonaws.com.evil.example/?Action=ConfirmSubscription", False),
            ("https://evil.amazonaws.com/?Action=ConfirmSubscription", False),
            ("https://bucket.s3.amazonaws.com/?Action=ConfirmSubscription", False),
            ("http://127.0.0.1.evil.example/", False),
            ("ftp://127.0.0.1/", False),
            ("http://[/", False),
            ("", False),
        ],
    )
    def test_which_addresses(self, url: str, is_one: bool) -> None:
        assert (address_to_visit(url) is not None) is is_one
