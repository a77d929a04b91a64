# SPDX-License-Identifier: MIT
"""Every HTTP door of this program, the practice cloud's and others': a listener on 127.0.0.1, a thread a connection.

Nothing on another computer reaches it, and no page of a browser does that leads a name of its own to 127.0.0.1. What
comes in is bounded (:class:`Limits`), so that no sender, however many, slow or talkative, takes more than that.

The standard library's server is used rather than werkzeug's, whose development server closes every connection after
one answer; a client that waits for a test event would pay for a new connection each time.
"""

from __future__ import annotations

import http.client
import io
import os
import select
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, Self

from notification_tester.practice.loopback import LOOPBACK

if TYPE_CHECKING:
    import ssl

SHUTDOWN_CHECK = 0.05
"""Seconds until a listener notices that it is to end."""

NO_ANSWER = 0
"""The status that ends the connection without a word, as a network does that fails on the way."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a listener takes at most; whoever wants more is refused, and the connection closed.

    ``body`` and ``head`` (all headers, the request line apart, which has as much) are in bytes: the largest request to
    the practice cloud is a batch of messages, 1 MiB before its encoding. A whole request may take ``request_seconds``
    from its first byte on; a connection on which nothing happens is given up after ``idle_seconds``. An end waits
    ``last_seconds`` for answers that are being given.
    """

    body: int = 4 * 1024 * 1024
    head: int = 64 * 1024
    connections: int = 512
    request_seconds: float = 60.0
    idle_seconds: float = 300.0
    last_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it came over the wire; header names are lower case, repeated ones joined by commas."""

    method: str
    path: str  # still percent-encoded
    query: str
    headers: Mapping[str, str]
    body: bytes
    is_still_wanted: Callable[[], bool] = field(repr=False, default=lambda: True)


@dataclass(frozen=True, kw_only=True)
class Response:
    """One answer. ``Content-Length`` is added when it is written.

    ``moment`` is what it says the time is, in seconds since 1970; None is this computer's own. ``is_cut`` ends the
    connection in the middle of the body.
    """

    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    moment: float | None = None
    is_cut: bool = False


Answer = Callable[[Request], Response]


class PortTakenError(Exception):
    """The port that was asked for cannot be had."""


class Listener(socketserver.ThreadingMixIn, HTTPServer):
    """Takes connections from the moment it is made; answers them on their threads from ``start`` until ``stop``.

    Raises PortTakenError. ``answer`` may be called on several threads at a time. With ``tls`` it speaks HTTPS.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    # On Windows this option would let a second program take over a port in use; elsewhere it only ends the wait
    # for connections of a former run.
    allow_reuse_address = os.name != "nt"
    allow_reuse_port = False

    answer: Answer

    def __init__(
        self,
        *,
        port: int,
        limits: Limits | None = None,
        name: str = "PracticeCloud",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.name = name
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._answering = 0
        self._answered = threading.Condition()
        self._thread: threading.Thread | None = None
        try:
            super().__init__((LOOPBACK, port), _Connection)
        except (OSError, OverflowError) as error:
            raise PortTakenError(str(error)) from error
        if tls is not None:  # each connection begins to encrypt on its own thread
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def port(self) -> int:
        """The port that was given, chosen by the system where 0 was asked for."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread = threading.Thread(
            target=self.serve_forever, args=[SHUTDOWN_CHECK], name=f"{self.name}-listener", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End at once, or after the last answers (:class:`Limits`): whatever is still open is cut."""
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
            self._thread = None
        self.server_close()
        with self._answered:
            self._answered.wait_for(lambda: not self._answering, self.limits.last_seconds)
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            with suppress(OSError):  # it ended by itself
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """An answer is found and written."""
        with self._answered:
            self._answering += 1
        try:
            yield
        finally:
            with self._answered:
                self._answering -= 1
                self._answered.notify_all()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin with a connection, unless there are too many."""
        with self._lock:
            has_room = len(self._open) < self.limits.connections
            if has_room:
                self._open.add(request)
        if has_room:
            super().process_request(request, client_address)
            return
        with suppress(OSError):
            request.settimeout(0)  # this thread waits for nobody
            request.send(_BUSY)
        self.shutdown_request(request)

    def close_request(self, request: Any) -> None:
        """Forget a connection that is over."""
        with self._lock:
            self._open.discard(request)
        super().close_request(request)

    def server_bind(self) -> None:
        """Bind without looking up this computer's name, which can take seconds where DNS is slow."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = LOOPBACK
        self.server_port = self.port

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let bugs of ours reach standard error, and say nothing of clients that left."""
        if sys.stderr and not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

_NOT_THIS_HOST = (
    "This is not the host that was asked for. Whoever asks has to call it 127.0.0.1 or localhost, because a page of a "
    "browser can reach this port under a name of its own that leads here.\n"
)


class _Incoming(io.RawIOBase):
    """What comes over a connection, waited for no longer than ``idle_seconds``, and not beyond ``until``.

    Each wait is bounded by itself: Windows leaves a thread waiting whose socket another one shuts down for reading.
    """

    def __init__(self, connection: socket.socket, idle_seconds: float) -> None:
        self.until: float | None = None
        self._connection = connection
        self._idle_seconds = idle_seconds

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises TimeoutError, as every wait does after it."""
        left = self._idle_seconds if self.until is None else self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(min(left, self._idle_seconds))
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(self._idle_seconds)


class _Head:
    """Reads the lines of a request's head, up to a limit for all of them together."""

    def __init__(self, file: Any, most: int) -> None:
        self._file = file
        self._left = most

    def readline(self, limit: int) -> bytes:
        """Raises LineTooLong, which the base class answers."""
        line: bytes = self._file.readline(min(limit, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise http.client.LineTooLong("head")
        return line


class _Connection(BaseHTTPRequestHandler):
    server: Listener
    protocol_version = "HTTP/1.1"
    sys_version = ""
    disable_nagle_algorithm = True  # an answer is small and somebody waits for it
    wbufsize = -1  # headers and body leave in one packet

    def setup(self) -> None:
        """Wait no longer than the listener wants to."""
        self.server_version = self.server.name
        super().setup()
        self.connection.settimeout(self.server.limits.idle_seconds)
        self.rfile.close()
        self._incoming = _Incoming(self.connection, self.server.limits.idle_seconds)
        self.rfile = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        """Read a request, have it answered, write the answer."""
        if not self.rfile.peek(1):  # type: ignore[attr-defined] # what the base class makes has it
            self.close_connection = True
            return
        self._incoming.until = time.monotonic() + self.server.limits.request_seconds
        request = self._read()
        self._incoming.until = None
        if request is None:
            return
        if request.headers.get("host", "").partition(":")[0] in {LOOPBACK, "localhost"}:
            with self.server.answering():
                self._write(self.server.answer(request))
        else:  # DNS rebinding
            self._write(Response(status=421, body=_NOT_THIS_HOST.encode()))

    def _read(self) -> Request | None:
        """Read a whole request; None where there is none, which is answered then as far as it can be."""
        most = self.server.limits.head
        self.raw_requestline = self.rfile.readline(most + 1)
        if len(self.raw_requestline) > most:
            self.close_connection = True
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
            return None
        file: Any = self.rfile
        head: Any = _Head(file, most)
        self.rfile = head
        try:
            is_understood = self.parse_request()
        finally:
            self.rfile = file
        body = self._read_body() if is_understood else None
        if body is None:
            return None
        path, _, query = self.path.partition("?")
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]},{value}" if key in headers else value
        return Request(
            method=self.command,
            path=path,
            query=query,
            headers=headers,
            body=body,
            is_still_wanted=self._is_still_wanted,
        )

    def _write(self, response: Response) -> None:
        if response.status == NO_ANSWER:
            self.close_connection = True
            return
        self.send_response_only(response.status)
        self.send_header("Server", self.version_string())
        self.send_header("Date", self.date_time_string(response.moment))
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body[: len(response.body) // 2] if response.is_cut else response.body)
        self.wfile.flush()
        if response.is_cut:
            self.close_connection = True

    def handle_expect_100(self) -> bool:
        """Answer "go on" at once: the buffer would hold it back."""
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep no record of requests: it costs time, and headers are nobody's business."""

    def _read_body(self) -> bytes | None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self._refuse(411)
            return None
        stated = self.headers.get("Content-Length", "0")
        if not (stated.isascii() and stated.isdigit()):
            self._refuse(400)
            return None
        length = int(stated[:20])
        if length > self.server.limits.body:
            self._refuse(413)
            return None
        body = self.rfile.read(length) if length else b""
        if len(body) < length:
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self.send_error(status)
        self.wfile.flush()

    def _is_still_wanted(self) -> bool:
        """Whether the client is still there; asked before something is taken out of a queue for it."""
        try:
            if not select.select([self.connection], [], [], 0)[0]:
                return True
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except (OSError, ValueError):
            return False
