# SPDX-License-Identifier: MIT
"""What every HTTP door of the program takes, word for word as it comes over the wire, and what it refuses."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from notification_tester.practice.listener import NO_ANSWER, Limits, Listener, PortTakenError, Request, Response
from practice.clients import until

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = b"HTTP/1.1\r\nHost: localhost\r\n"
LAST = HEAD + b"Connection: close\r\n"


class Door:
    """A listener whose answers a test gives, and what it was asked."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.asked: list[Request] = []
        self.response = Response(body=b"hello")
        listener.answer = self._answer
        listener.start()

    def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        return self.response

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.listener.port), timeout=60)

    def says(self, *sent: bytes, ends: bool = False) -> bytes:
        """All that comes back until it closes the connection; with ``ends`` no more is sent."""
        with self.connect() as sender:
            with suppress(ConnectionError):  # it may have closed before
                for piece in sent:
                    sender.sendall(piece)
                if ends:
                    sender.shutdown(socket.SHUT_WR)
            return everything(sender)


def everything(sender: socket.socket) -> bytes:
    said = b""
    with suppress(ConnectionError):
        while piece := sender.recv(65536):
            said += piece
    return said


def answer_in(sender: socket.socket, *, end: bytes) -> bytes:
    """What comes until it ends so, on a connection that stays open."""
    said = b""
    while not said.endswith(end):
        piece = sender.recv(65536)
        assert piece, said
        said += piece
    return said


@contextmanager
def opened(limits: Limits | None = None) -> Iterator[Door]:
    with Listener(port=0, limits=limits, name="Door") as listener:
        yield Door(listener)


def test_a_request_is_handed_on_whole_and_answered() -> None:
    with opened() as door:
        said = door.says(b"POST /a%20b?c=%26 " + LAST + b"X-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nabcde")
        head, _, body = said.partition(b"\r\n\r\n")
        [request] = door.asked
    assert (request.method, request.path, request.query, request.body) == ("POST", "/a%20b", "c=%26", b"abcde")
    assert request.headers["x-a"] == "1,2"
    assert head.startswith(b"HTTP/1.1 200 OK\r\nServer: Door")
    assert b"\r\nContent-Length: 5" in head
    assert body == b"hello"


def test_a_connection_serves_one_request_after_the_other() -> None:
    with opened() as door, door.connect() as sender:
        for number in range(3):
            sender.sendall(b"GET /%d " % number + HEAD + b"\r\n")
            assert answer_in(sender, end=b"\r\n\r\nhello")
    assert [request.path for request in door.asked] == ["/0", "/1", "/2"]


def test_head_is_answered_without_a_body() -> None:
    with opened() as door:
        head, _, body = door.says(b"HEAD / " + LAST + b"\r\n").partition(b"\r\n\r\n")
    assert b"Content-Length: 5" in head
    assert body == b""


def test_whoever_waits_for_a_go_on_gets_it_at_once() -> None:
    with opened() as door, door.connect() as sender:
        sender.sendall(b"POST / " + LAST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert answer_in(sender, end=b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        sender.sendall(b"ok")
        assert everything(sender).endswith(b"hello")
    assert door.asked[0].body == b"ok"


def test_an_answer_may_end_in_the_middle_or_be_none() -> None:
    with opened() as door:
        door.response = Response(body=b"hello!", is_cut=True)
        said = door.says(b"GET / " + HEAD + b"\r\n")
        assert b"Content-Length: 6" in said
        assert said.endswith(b"\r\n\r\nhel")
        door.response = Response(status=NO_ANSWER, body=b"hello")
        assert door.says(b"GET / " + HEAD + b"\r\n") == b""
        door.response = Response(moment=0.0, headers=(("X-More", "yes"),))
        said = door.says(b"GET / " + LAST + b"\r\n")
    assert b"Date: Thu, 01 Jan 1970 00:00:00 GMT" in said
    assert b"X-More: yes" in said


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"x" * 1000 + b" " + HEAD + b"\r\n", 414),
        (b"GET / " + HEAD + b"X: " + b"y" * 1000 + b"\r\n\r\n", 431),
        (b"POST / " + HEAD + b"Transfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / " + HEAD + b"Content-Length: many\r\n\r\n", 400),
        (b"POST / " + HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (b"POST / " + HEAD + b"Content-Length: \xb2\r\n\r\n", 400),
        (b"POST / " + HEAD + b"Content-Length: 11\r\n\r\n", 413),
        (b"POST / " + HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 431),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_what_is_too_much_or_no_request_is_refused_and_the_connection_closed(sent: bytes, status: int) -> None:
    with opened(Limits(head=500, body=10)) as door:
        said = door.says(sent)
        assert (b" %d " % status) in said.partition(b"\r\n")[0] or (b"Error code: %d" % status) in said, said
        assert not door.asked
        assert door.says(b"POST / " + LAST + b"Content-Length: 10\r\n\r\n0123456789").endswith(b"hello")


def test_a_head_may_be_as_large_as_its_limit() -> None:
    line, rest = b"GET / HTTP/1.1\r\n", b"Host: localhost\r\nConnection: close\r\nX: "
    fills = b"y" * (200 - len(rest) - 4) + b"\r\n\r\n"
    with opened(Limits(head=200)) as door:
        assert door.says(line + rest + fills).endswith(b"hello")
        assert b"Error code: 431" in door.says(line + rest + b"y" + fills)
        path = b"/" + b"x" * (200 - len(b"GET / HTTP/1.1\r\n"))
        assert door.says(b"GET " + path + b" " + LAST + b"\r\n").endswith(b"hello")
        assert b"Error code: 414" in door.says(b"GET " + path + b"x " + LAST + b"\r\n")


def test_half_a_body_is_no_request() -> None:
    with opened() as door:
        assert door.says(b"POST / " + HEAD + b"Content-Length: 10\r\n\r\nhalf", ends=True) == b""
    assert not door.asked


@pytest.mark.parametrize(
    "limits", [Limits(idle_seconds=0.2), Limits(request_seconds=0.2)], ids=["nothing more", "not done"]
)
def test_who_is_too_slow_is_given_up(limits: Limits) -> None:
    with opened(limits) as door:
        assert door.says(b"POST / " + HEAD + b"Content-Length: 10\r\n\r\nhalf") == b""
        if limits.idle_seconds < 1:
            assert door.says() == b""
    assert not door.asked


def test_it_can_be_told_whether_the_client_is_still_there() -> None:
    has_looked, has_left, is_over = threading.Event(), threading.Event(), threading.Event()
    seen: list[bool] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        seen.append(request.is_still_wanted())
        has_looked.set()
        assert has_left.wait(60)
        seen.append(until(lambda: not request.is_still_wanted()))
        is_over.set()
        return Response()

    asked: list[Request] = []
    with opened() as door:
        door.listener.answer = answer
        with door.connect() as sender:
            sender.sendall(b"GET / " + LAST + b"\r\n")
            assert has_looked.wait(60)
        has_left.set()
        assert is_over.wait(60)
    assert seen == [True, True]
    assert not asked[0].is_still_wanted()  # of a connection that is closed


def test_there_is_room_again_once_a_connection_is_over() -> None:
    with opened(Limits(connections=1)) as door:
        with door.connect() as first:
            first.sendall(b"GET / " + HEAD + b"\r\n")
            answer_in(first, end=b"hello")
            busy = door.says()
        assert busy == b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        while not (said := door.says(b"GET / " + LAST + b"\r\n")).endswith(b"hello"):
            assert said in {busy, b""}  # where a connection is ended hard Windows forgets what was said in it


def test_a_fault_of_ours_is_told_on_standard_error_and_a_client_that_left_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(request: Request) -> Response:
        raise ZeroDivisionError if request.path == "/ours" else BrokenPipeError

    with opened() as door:
        door.listener.answer = fails
        assert door.says(b"GET / " + HEAD + b"\r\n") == b""
        assert capsys.readouterr().err == ""
        assert door.says(b"GET /ours " + HEAD + b"\r\n") == b""
        assert "ZeroDivisionError" in capsys.readouterr().err


def test_an_end_waits_for_the_answers_that_are_being_given_and_no_longer() -> None:
    begun, may_answer = threading.Event(), threading.Event()

    def slowly(_: Request) -> Response:
        begun.set()
        assert may_answer.wait(60)
        return Response(body=b"hello")

    for seconds, said in ((60.0, b"hello"), (0.0, b"")):
        begun.clear()
        may_answer.clear()
        with opened(Limits(last_seconds=seconds)) as door:
            door.listener.answer = slowly
            with door.connect() as sender:
                sender.sendall(b"GET / " + LAST + b"\r\n")
                assert begun.wait(60)
                if seconds:
                    threading.Timer(0.1, may_answer.set).start()
                door.listener.stop()
                assert everything(sender)[-5:] == said
                may_answer.set()


def test_a_port_in_use_is_not_shared() -> None:
    with opened() as door, pytest.raises(PortTakenError):
        Listener(port=door.listener.port)
    with pytest.raises(PortTakenError):
        Listener(port=70_000)
