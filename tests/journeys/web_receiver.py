# SPDX-License-Identifier: MIT
"""A web receiver that somebody wrote: a few lines of Python's own library, on this computer."""

from __future__ import annotations

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Came(NamedTuple):
    """One request; the names of its headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class WebReceiver(ThreadingHTTPServer):
    """Answers everything with ``status``, once it ``goes_on``; keeps what came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.came: list[Came] = []
        self.status = 200
        self.location = ""
        self.goes_on = threading.Event()
        self.goes_on.set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.goes_on.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: WebReceiver
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.came.append(Came(self.command, self.path, headers, body))
        self.server.goes_on.wait(20)
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        answer = b"taken, thank you"
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        with suppress(OSError):  # who asked may have given up
            self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - the library's own
        return
