# SPDX-License-Identifier: MIT
"""How long one call may take from its first byte to its last, and how much may come.

Time-outs of sockets are for each read alone: an answer that trickles in byte by byte never meets one, and neither does
one without an end. So every wait of a call (for the name of the host, for each of its addresses, for the words of a
proxy, for headers and for the body) is given what is left of the whole, and what has come is counted.

urllib3 offers no such limit (``Timeout(total=…)`` bounds each wait, not their sum), and botocore no way to hand in
connections of one's own; so the two places of ``URLLib3Session`` that name the classes of connections are set here, and
``tests/aws/test_endless.py`` fails where botocore or urllib3 no longer look there.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

if TYPE_CHECKING:
    from botocore.httpsession import URLLib3Session

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer. Ten messages of SQS have 10 MiB, a page of a hundred HITs some 10 MB at the most."""


class WholeCall(threading.local):
    """The call that this thread is making."""

    def __init__(self) -> None:
        self.seconds = math.inf
        self.ends = math.inf  # on the clock of time.monotonic
        self.long_poll = 0.0
        self.has_come = 0
        self.was_sent = False

    def begin(self, seconds: float, *, long_poll: float = 0.0) -> None:
        """Another call, that may take ``seconds`` and ``long_poll``, in which the service may keep silent, on top.

        Its time runs from the first attempt on: before that keys are got, for which a person may be asked.
        """
        self.seconds, self.long_poll, self.ends = seconds + long_poll, long_poll, math.inf

    def begin_attempt(self) -> None:
        """Nothing was sent yet, and nothing has come."""
        if math.isinf(self.ends):
            self.ends = time.monotonic() + self.seconds
        self.has_come = 0
        self.was_sent = False

    @property
    def is_over(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() >= self.ends

    @property
    def is_too_large(self) -> bool:
        """Whether more has come than anybody wants to read."""
        return self.has_come > LARGEST

    def at_most(self, seconds: float | None) -> float:
        """How long a wait may be that would be ``seconds`` by itself; hardly at all where the time is over."""
        left = max(0.001, min(self.ends - time.monotonic(), 86400.0))
        return left if seconds is None else min(seconds, left)

    def count(self, more: int) -> None:
        """So many bytes have come. Raises OSError where they are too many."""
        self.has_come += more
        if self.is_too_large:
            message = f"more than {LARGEST} bytes came"
            raise OSError(message)


def bound(session: URLLib3Session, whole: WholeCall) -> None:
    """Have every connection of ``session`` keep to what is left of ``whole``."""
    response: Any = type("BoundResponse", (_BoundResponse,), {"whole": whole})
    parts = {"whole": whole, "response_class": response}
    plain: Any = type("BoundConnection", (_Bound, AWSHTTPConnection), parts)
    secure: Any = type("BoundSecureConnection", (_Bound, AWSHTTPSConnection), parts)
    pools = {
        "http": type("BoundPool", (AWSHTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("BoundSecurePool", (AWSHTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
    own: Any = session
    own._pool_classes_by_scheme = pools  # noqa: SLF001 - for a proxy, whose pools are made when first needed
    own._manager.pool_classes_by_scheme = pools  # noqa: SLF001 - for the direct way


def bound_each(session: URLLib3Session, seconds: float) -> None:
    """Have every request of ``session`` end within so many seconds, where nobody says when a call begins."""
    own: Any = session
    whole, manager_for = WholeCall(), own._get_connection_manager  # noqa: SLF001 - asked for at each request

    # Not ``send``: whoever looks at where a failure comes from finds botocore there, as without this.
    def begin(*arguments: Any, **options: Any) -> Any:
        whole.begin(seconds)
        whole.begin_attempt()
        return manager_for(*arguments, **options)

    bound(session, whole)
    own._get_connection_manager = begin  # noqa: SLF001 - as above


class _Bound:
    """A connection of botocore's that keeps to the time of the whole call, and tells whether it sent anything."""

    whole: WholeCall
    sock: Any
    timeout: Any
    port: int | None
    _dns_host: str
    _is_connecting = False

    def connect(self) -> None:
        """Connect, by way of a proxy too: what is said to one is not the request."""
        self._is_connecting = True
        try:
            _super(self).connect()
        finally:
            self._is_connecting = False

    def send(self, data: Any) -> Any:
        """Send a piece of the request."""
        if self.sock is None:
            _super(self).connect() if self._is_connecting else self.connect()
        if not self._is_connecting:
            self.whole.was_sent = True
        return _super(self).send(data)

    def _new_conn(self) -> socket.socket:
        """Try one address after the other, as urllib3 does, within the time that is left."""
        name, port, each = self._dns_host, self.port, self.timeout
        try:
            connection: Any = self
            last: Exception = ConnectTimeoutError(connection, f"Looking up {name} timed out.")
            for address in self._addresses(name):
                self._dns_host, self.port = address
                self.timeout = self.whole.at_most(each)
                try:
                    made: socket.socket = _super(self)._new_conn()  # noqa: SLF001 - what it overrides
                except (HTTPError, OSError) as error:  # raised again where no other address is better
                    last = error
                else:
                    made.settimeout(self.whole.at_most(each))  # for TLS, which takes as long as that at most
                    return made
                if self.whole.is_over:
                    break
            raise last
        finally:
            self._dns_host, self.port, self.timeout = name, port, each

    def _addresses(self, name: str) -> list[tuple[str, int | None]]:
        """The addresses of a host, each once with its port; none where they were not found in time."""
        if _is_address(name):
            return [(name, self.port)]
        found: list[tuple[str, int | None]] = []
        failed: list[Exception] = []

        def look_up() -> None:
            try:
                answers = socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError) as error:
                failed.append(error)
            else:
                found.extend(dict.fromkeys((str(answer[4][0]), int(answer[4][1])) for answer in answers))

        # Nothing ends a look-up that hangs: it is left behind.
        thread = threading.Thread(target=look_up, name="look-up", daemon=True)
        thread.start()
        thread.join(self.whole.at_most(None))
        if failed:
            connection: Any = self
            message = f"Failed to look up {name}: {failed[0]}"
            raise NewConnectionError(connection, message) from failed[0]
        return list(found)


def _super(connection: Any) -> Any:
    return super(_Bound, connection)


def _is_address(name: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):
            socket.inet_pton(family, name.strip("[]").partition("%")[0])
            return True
    return False


class _BoundResponse(http.client.HTTPResponse):
    """Reads its status, headers and body through :class:`_Timed`."""

    whole: WholeCall

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        stream: Any = _Socket(sock, self.whole)
        super().__init__(stream, *arguments, **options)


class _Socket:
    """The one method that ``http.client`` calls of a socket that it reads from."""

    def __init__(self, sock: Any, whole: WholeCall) -> None:
        self._sock = sock
        self._whole = whole

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_Timed(self._sock, self._whole))


class _Timed(io.RawIOBase):
    """A socket's bytes, each wait for them no longer than what is left of the whole call."""

    def __init__(self, sock: Any, whole: WholeCall) -> None:
        self._sock = sock
        self._whole = whole
        self._each = None if (each := sock.gettimeout()) is None else each + whole.long_poll
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._whole.is_over:
            raise TimeoutError("timed out: the time for the whole call is over")
        self._sock.settimeout(self._whole.at_most(self._each))
        count: int | None = self._raw.readinto(buffer)
        self._whole.count(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
