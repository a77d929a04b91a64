# SPDX-License-Identifier: MIT
"""Servers on this computer that answer as they are told, and services that ask them."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import Credentials
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.domain.problem import Problem

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEYS = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SECRET)
JSON = "application/x-amz-json-1.1"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: tuple[int, str, bytes]
    headers: dict[str, str]
    date = ""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        status, kind, body = self.server.answer
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_CONNECT = do_POST  # noqa: N815 - the names that http.server calls

    def date_time_string(self, timestamp: float | None = None) -> str:
        """What the server says the time is, where it was told to; else what it is."""
        return getattr(self.server, "date", "") or super().date_time_string(timestamp)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives
        """Say nothing."""


class Told:
    """A server that gives everybody the answer that it was told last."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self.endpoint = f"http://127.0.0.1:{server.server_address[1]}"

    def say(self, status: int, kind: str, body: bytes, *, has_id: bool = True, date: str = "", **headers: Any) -> None:
        """Answer so from now on, with these ``headers``, in which ``_`` is read as ``-``; an empty kind tells none.

        ``date`` is told in the place of the time that it is.
        """
        self._server.answer = (status, kind, body)
        self._server.date = date
        self._server.headers = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        self._server.headers |= {"x-amzn-RequestId": "0f0f0f0f-request-id"} if has_id else {}


@contextmanager
def telling() -> Iterator[Told]:
    """A server that answers as it is told."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield Told(server)
        finally:
            server.shutdown()
            thread.join()


class Asked(NamedTuple):
    """One request: the path, the headers, the body."""

    path: str
    headers: dict[str, str]
    body: str


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    say: Callable[[Asked], tuple[int, str, str]]


class _Listener(_Handler):
    server: _Listening  # type: ignore[assignment]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        status, kind, text = self.server.say(asked)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_PUT = do_CONNECT = do_POST  # noqa: N815 - the names that http.server calls


@contextmanager
def listening(say: Callable[[Asked], tuple[int, str, str]]) -> Iterator[str]:
    """A server that answers each request as ``say`` does: status, content type and text; its address."""
    with _Listening(("127.0.0.1", 0), _Listener) as server:
        server.say = say
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def quoting(asked: Asked) -> tuple[int, str, str]:
    """A service that quotes the request back, as AWS does of a signature that does not match."""
    quoted = "\n".join(f"{name}:{value}" for name, value in asked.headers.items())
    token = asked.headers.get("x-amz-security-token", "")
    more = f"{quote(token, safe='')} {base64.b64encode(token.encode()).decode()} {token!r} {json.dumps(token)}"
    message = f"The Canonical String for this request should have been\n'POST\n{quoted}\n{more}'"
    return 403, JSON, json.dumps({"__type": "InvalidSignatureException", "message": message})


@contextmanager
def answering(status: int, kind: str, body: bytes, **headers: str) -> Iterator[str]:
    """A server that gives everybody the same answer; its address."""
    with telling() as told:
        told.say(status, kind, body, has_id=True, **headers)
        yield told.endpoint


@contextmanager
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def hanging_up() -> Iterator[str]:
    """A server that ends every connection once it was asked something."""
    ended = threading.Event()

    def serve(server: socket.socket) -> None:
        while not ended.is_set():
            connection, _ = server.accept()
            with connection:
                connection.settimeout(10)
                if not ended.is_set():
                    with contextlib.suppress(TimeoutError):  # asked nothing, by a busy machine
                        connection.recv(65536)

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(target=serve, args=[server])
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            ended.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


@contextmanager
def nobody() -> Iterator[str]:
    """A port that nobody listens at; it is kept, so that nobody else begins to."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{kept.getsockname()[1]}"


def connection(endpoint: str, *, aws_endpoint: str = "", is_local: bool = False) -> Connection:
    """Keys that a person typed, for an endpoint."""
    return Connection(mturk_endpoint=endpoint, aws_endpoint=aws_endpoint, credentials=KEYS, is_local=is_local)


def problem_of(call: Callable[[], object]) -> Problem:
    """The problem that a call ends with; it never holds the secret."""
    try:
        call()
    except ProblemError as error:
        found = error.problem
        said = f"{found.as_json()} {found.as_text()} {error}"
        assert SECRET not in said
        assert all((found.title, found.detail, found.remedy, found.code))
        assert "{" not in found.title + found.detail.replace(found.answer.message, "") + found.remedy
        return found
    raise AssertionError("it was answered")


def balance_problem(made: Connection) -> Problem:
    """What a question to Mechanical Turk ends with."""
    clients = Clients(made)
    try:
        return problem_of(Requester(clients).balance)
    finally:
        clients.close()
