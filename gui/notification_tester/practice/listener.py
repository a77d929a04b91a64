# SPDX-License-Identifier: MIT
"""The practice cloud's HTTP door: one listener on 127.0.0.1, a thread for each connection, connections kept open.

The standard library's server is used rather than werkzeug's, whose development server closes every connection after
one answer; a client that waits for a test event would pay for a new connection each time.
"""

from __future__ import annotations

import os
import select
import socket
import socketserver
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from notification_tester.practice.loopback import LOOPBACK

BODY_LIMIT = 4 * 1024 * 1024
"""In bytes; the largest real request is a batch of messages, 1 MiB before its encoding."""

NO_ANSWER = 0
"""The status that ends the connection without a word, as a network does that fails on the way."""


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

    ``moment`` is what it says the time is, in seconds since 1970; None is this computer's own.
    """

    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    moment: float | None = None


Answer = Callable[[Request], Response]


class PortTakenError(Exception):
    """The port that was asked for cannot be had."""


class Listener(socketserver.ThreadingMixIn, HTTPServer):
    """Takes connections from the moment it is made; from ``serve_forever`` on, ``answer`` answers on their threads."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    # On Windows this option would let a second program take over a port in use; elsewhere it only ends the wait
    # for connections of a former run.
    allow_reuse_address = os.name != "nt"
    allow_reuse_port = False

    answer: Answer

    def __init__(self, *, port: int) -> None:
        try:
            super().__init__((LOOPBACK, port), _Connection)
        except (OSError, OverflowError) as error:
            raise PortTakenError(str(error)) from error

    @property
    def port(self) -> int:
        """The port that was given, chosen by the system where 0 was asked for."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without looking up this computer's name, which can take seconds where DNS is slow."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = LOOPBACK
        self.server_port = self.port

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let bugs of ours reach standard error, and say nothing of clients that left."""
        if sys.stderr and not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    server: Listener
    protocol_version = "HTTP/1.1"
    server_version = "PracticeCloud"
    sys_version = ""
    disable_nagle_algorithm = True  # an answer is small and somebody waits for it
    wbufsize = -1  # headers and body leave in one packet
    timeout = 300  # seconds; a connection that nobody uses is given up

    def handle_one_request(self) -> None:
        """Read a request, have it answered, write the answer."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
            return
        if not self.parse_request():
            return
        body = self._read_body()
        if body is None:
            return
        path, _, query = self.path.partition("?")
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]},{value}" if key in headers else value
        response = self.server.answer(
            Request(
                method=self.command,
                path=path,
                query=query,
                headers=headers,
                body=body,
                is_still_wanted=self._is_still_wanted,
            )
        )
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
            self.wfile.write(response.body)
        self.wfile.flush()

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
        if length > BODY_LIMIT:
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
