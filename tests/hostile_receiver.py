# SPDX-License-Identifier: MIT
"""A receiver of bytes: a socket on this computer, with a script that does to each connection what a test wants.

    with answering(lambda connection: connection.sendall(b"garbage")) as port:
        ... a call to 127.0.0.1:port ...

The connection is closed behind the script. Nothing leaves this computer.
"""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def answering(
    script: Callable[[socket.socket], object], *, tls: ssl.SSLContext | None = None, read_first: bool = True
) -> Iterator[int]:
    """The port at which every connection gets ``script``, behind the first bytes of its request if ``read_first``."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
                open_ones.append(connection)
            if read_first:
                read_request(connection)
            script(connection)
        with suppress(OSError):
            connection.close()

    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_ones.append(connection)
            threads.append(threading.Thread(target=serve, args=[connection], daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in open_ones:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in [accepting, *threads]:
            thread.join()


def read_request(connection: socket.socket) -> bytes:
    """Read a whole request, by its Content-Length; less where the sender leaves."""
    request = b""
    while b"\r\n\r\n" not in request:
        if not (data := connection.recv(65536)):
            return request
        request += data
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length and (data := connection.recv(65536)):
        body += data
    return head + b"\r\n\r\n" + body


@contextmanager
def full_house() -> Iterator[int]:
    """A port that takes nobody in: its queue is full, and what wants to connect waits."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(listener.getsockname())
            waiting.append(one)
        try:
            yield int(listener.getsockname()[1])
        finally:
            for one in waiting:
                one.close()
