# SPDX-License-Identifier: MIT
"""A relay before the practice cloud: every call passes through it and is noted, and it can fail as networks do.

Signatures hold, because they are made for the relay's own address and the header that names it is passed on.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from notification_tester.practice.cloud import PracticeDetails
    from notification_tester.services.accounts import OpenAccount


NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Passed:
    """A call that came: its operation, what it asked for, when, and for which region it was signed."""

    operation: str
    members: dict[str, Any]
    moment: float
    region: str


@dataclass(frozen=True)
class Said:
    """An answer to give in the place of practice's own; without a status the connection ends with no word."""

    status: int = 0
    body: dict[str, Any] | str = field(default_factory=dict)
    drips: float = 0.0  # seconds between two letters of it


LOST = Said(-1)
"""Let the call pass, and end the connection in the place of its answer."""


class Relay:
    """``rules`` are by operation, with ``*`` for all: each may answer itself, or let the call pass with None."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls: list[Passed] = []
        self.rules: dict[str, Callable[[Passed], Said | None]] = {}

    def count(self, operation: str) -> int:
        """How often it was called."""
        return sum(one.operation == operation for one in self.calls)

    def fail(self, *operations: str, said: Said = Said()) -> None:
        """Answer these operations so from now on; all of them where none is named."""
        for operation in operations or ("*",):
            self.rules[operation] = lambda _: said

    def pass_all(self) -> None:
        """Let everything pass again."""
        self.rules.clear()


def refusal(code: str, message: str = "Practised.", *, status: int = 400) -> Said:
    """An error as SQS words it."""
    return Said(status, {"__type": f"com.amazonaws.sqs#{code}", "message": message})


@contextmanager
def relay_before(details: PracticeDetails) -> Iterator[Relay]:
    """A relay before the cloud with these details."""
    behind = urlsplit(details.aws_endpoint)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            call = _passed(dict(self.headers.items()), body)
            relay.calls.append(call)
            rule = relay.rules.get(call.operation) or relay.rules.get("*")
            said = rule(call) if rule else None
            if said is None or said is LOST:
                self._pass_on(body, answered=said is None)
            elif not said.status:
                self.close_connection = True
            else:
                text = said.body if isinstance(said.body, str) else json.dumps(said.body)
                kind = "text/xml" if text.startswith("<") else "application/x-amz-json-1.0"
                self._answer(said.status, kind, text.encode(), drips=said.drips)

        do_GET = do_POST  # noqa: N815 - the name that http.server calls

        def _pass_on(self, body: bytes, *, answered: bool) -> None:
            connection = http.client.HTTPConnection(behind.hostname or "", behind.port, timeout=60)
            try:
                connection.request(self.command, self.path, body=body, headers=dict(self.headers.items()))
                answer = connection.getresponse()
                if not answered:
                    answer.read()
                    self.close_connection = True
                    return
                about = {name: value for name, value in answer.headers.items() if name.lower().startswith("x-amz")}
                self._answer(answer.status, answer.headers.get("content-type", ""), answer.read(), about)
            except OSError:
                self.close_connection = True
            finally:
                connection.close()

        def _answer(
            self, status: int, kind: str, body: bytes, about: Mapping[str, str] = NOTHING, *, drips: float = 0.0
        ) -> None:
            try:
                self.send_response(status)
                for name, value in about.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for piece in [bytes([one]) for one in body] if drips else [body]:
                    threading.Event().wait(drips)
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients may leave."""

    with Server(("127.0.0.1", 0), Handler) as server:
        relay = Relay(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
        thread.start()
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def opened_through(relay: Relay, opened: OpenAccount, *, is_practice: bool = True) -> Iterator[OpenAccount]:
    """The same account, with every call through the relay; not ``is_practice``: nothing of practice is known of it."""
    assert opened.practice is not None
    details = opened.practice.details
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    clients = Clients(Connection(mturk_endpoint=relay.url, aws_endpoint=relay.url, credentials=keys, is_local=True))
    try:
        yield replace(
            opened,
            clients=clients,
            requester=Requester(clients),
            practice=opened.practice if is_practice else None,
        )
    finally:
        clients.close()


def _passed(headers: dict[str, str], body: bytes) -> Passed:
    named = {name.lower(): value for name, value in headers.items()}
    scope = named.get("authorization", "").partition("Credential=")[2].split(",")[0].split("/")
    region = scope[2] if len(scope) > 2 else ""
    if target := named.get("x-amz-target", ""):
        return Passed(target.rpartition(".")[2], json.loads(body or b"{}"), time.monotonic(), region)
    values = {name: some[-1] for name, some in parse_qs(body.decode()).items()}
    return Passed(values.get("Action", ""), values, time.monotonic(), region)
