# SPDX-License-Identifier: MIT
"""A gateway on this computer that stands before a real service and breaks what goes through it, when it is told to.

It passes every call on, and every answer back, but for those that a test wants broken::

    with breaking(cloud.port) as gateway:
        gateway.breaks("SendTestEventNotification", lose_answer)
        ... calls to gateway.endpoint ...
        assert gateway.count("SendTestEventNotification") == 1

What was broken may have been carried out all the same, as in life: that is up to the break. Nothing leaves this
computer.
"""

from __future__ import annotations

import http.client
import socket
import socketserver
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPMessage, parse_headers
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = "application/x-amz-json-1.1"
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to this network</body></html>"
FOREVER = 10**6


@dataclass
class Exchange:
    """One call on its way, as a break gets it."""

    gateway: Gateway
    client: socket.socket
    method: str
    target: str
    headers: HTTPMessage
    body: bytes
    operation: str

    def carried_out(self) -> Answer:
        """Pass the call on; what the service answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.behind, timeout=60)
        connection.connect()
        with self.gateway.under_way(connection):
            connection.request(self.method, self.target, self.body, dict(self.headers.items()))
            came = connection.getresponse()
            answer = Answer(came.status, came.getheader("content-type") or "", came.read(), came.headers)
            self.gateway.carried_out.append(Carried(self.operation, self.body, answer))
            return answer

    def say(self, piece: bytes) -> None:
        """Send some bytes."""
        self.client.sendall(piece)

    def say_slowly(self, pieces: Iterator[bytes], seconds: float) -> None:
        """Send piece by piece, with a pause after each, until whoever listens has hung up or the gateway closes."""
        try:
            for piece in pieces:
                self.say(piece)
                if self.gateway.closing.wait(seconds):
                    return
        except OSError:
            return

    def keep_silent(self) -> None:
        """Say nothing until the gateway closes."""
        self.gateway.closing.wait(FOREVER)


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    kind: str
    body: bytes
    headers: HTTPMessage = field(default_factory=HTTPMessage, repr=False)

    def head(self, *, length: int | None = -1) -> bytes:
        """Status line and headers; ``length`` as told, where it is not the true one, or None to tell none."""
        lines = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, 'Odd')}"]
        lines += [f"Content-Type: {self.kind}"] if self.kind else []
        if length is not None:
            lines.append(f"Content-Length: {len(self.body) if length < 0 else length}")
        passed = ("date", "x-amzn-requestid")
        lines += [f"{name}: {value}" for name, value in self.headers.items() if name.lower() in passed]
        return "\r\n".join([*lines, "", ""]).encode()

    def whole(self) -> bytes:
        """All of it, as it goes over the wire."""
        return self.head() + self.body


@dataclass(frozen=True)
class Carried:
    """A call that the service carried out, and what it answered, whatever became of that on the way back."""

    operation: str
    body: bytes
    answer: Answer


Break = Callable[[Exchange], object]
"""What is done with a call in the place of passing it on. It returns True where the connection stays open."""


class Gateway:
    """The gateway, as a test sees it."""

    def __init__(self, port: int, behind: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.behind = behind
        self.closing = threading.Event()
        self.seen: list[str] = []
        self.carried_out: list[Carried] = []
        self._lock = threading.Condition(threading.Lock())
        self._asked: set[http.client.HTTPConnection] = set()
        self._breaks: dict[str, deque[Break]] = defaultdict(deque)

    def breaks(self, operation: str, how: Break, *, times: int = FOREVER) -> None:
        """Break the next calls of an operation; ``*`` is for all that have no break of their own."""
        with self._lock:
            self._breaks[operation].extend([how] * min(times, 1000))

    def mend(self) -> None:
        """Break nothing more."""
        with self._lock:
            self._breaks.clear()

    def count(self, operation: str) -> int:
        """How many calls of an operation came."""
        with self._lock:
            return self.seen.count(operation)

    @contextmanager
    def under_way(self, connection: http.client.HTTPConnection) -> Iterator[None]:
        """While inside, the service is asked."""
        with self._lock:
            self._asked.add(connection)
        try:
            yield
        finally:
            connection.close()
            with self._lock:
                self._asked.discard(connection)
                self._lock.notify_all()

    def settle(self, seconds: float) -> None:
        """Wait so long for the answers of the service; hang up on it where it waits for messages for somebody gone."""
        with self._lock:
            if not self._lock.wait_for(lambda: not self._asked, seconds):
                for connection in self._asked:
                    connection.sock.shutdown(socket.SHUT_RDWR)
                self._lock.wait_for(lambda: not self._asked, FOREVER)

    def take(self, operation: str) -> Break:
        """What to do with the call that comes now."""
        with self._lock:
            self.seen.append(operation)
            for name in (operation, "*"):
                if self._breaks[name]:
                    return self._breaks[name].popleft()
        return pass_on


@contextmanager
def breaking(behind: int) -> Iterator[Gateway]:
    """Stand before what listens at the port ``behind``."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.gateway = gateway = Gateway(server.server_address[1], behind)
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield gateway
        finally:
            gateway.closing.set()
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64
    gateway: Gateway


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            while line := self.rfile.readline():
                method, target, _ = line.decode().split(" ")
                headers = parse_headers(self.rfile)
                body = self.rfile.read(int(headers["Content-Length"] or 0))
                operation = (headers["X-Amz-Target"] or "").rpartition(".")[2]
                operation = operation or parse_qs(body.decode()).get("Action", [""])[0]
                how = self.server.gateway.take(operation)
                if not how(Exchange(self.server.gateway, self.connection, method, target, headers, body, operation)):
                    return
        except (OSError, http.client.HTTPException):  # whoever asked has hung up
            return


def pass_on(exchange: Exchange) -> bool:
    """Break nothing."""
    exchange.say(exchange.carried_out().whole())
    return True


def answer_with(status: int, kind: str = JSON, body: bytes = b"", *, carried_out: bool = True) -> Break:
    """Answer with something else; the call is ``carried_out`` all the same, or not."""

    def how(exchange: Exchange) -> bool:
        if carried_out:
            exchange.carried_out()
        exchange.say(Answer(status, kind, body).whole())
        return True

    return how


def lose_answer(exchange: Exchange) -> None:
    """Carry it out, and hang up without a word."""
    exchange.carried_out()


def reset(exchange: Exchange) -> None:
    """Carry it out, and end the connection as a crash does (RST)."""
    exchange.carried_out()
    exchange.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.client.close()


def be_silent(exchange: Exchange) -> None:
    """Carry it out, and never answer."""
    exchange.carried_out()
    exchange.keep_silent()


def cut(share: float) -> Break:
    """Send the true headers and a share of the body from 0 to 1, and hang up."""

    def how(exchange: Exchange) -> None:
        answer = exchange.carried_out()
        exchange.say(answer.head() + answer.body[: int(len(answer.body) * share)])

    return how


def cut_where_no_length_is_told(share: float) -> Break:
    """The same from a server that ends its answers by hanging up."""

    def how(exchange: Exchange) -> None:
        answer = exchange.carried_out()
        exchange.say(answer.head(length=None) + answer.body[: int(len(answer.body) * share)])

    return how


def trickle(seconds: float, *, after: int = 0) -> Break:
    """Send the true answer byte by byte, with a pause after each; the first ``after`` bytes at once."""

    def how(exchange: Exchange) -> None:
        whole = exchange.carried_out().whole()
        exchange.say(whole[:after])
        exchange.say_slowly((whole[place : place + 1] for place in range(after, len(whole))), seconds)

    return how
