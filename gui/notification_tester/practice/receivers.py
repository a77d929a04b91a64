# SPDX-License-Identifier: MIT
"""Takes the older API's notifications to web receivers, on this computer and nowhere else.

Followed: "Notification API Reference", by which a message is sent once and never again, and the page of
SendTestEventNotification, by which the receiver's answer is waited for. Deliberate deviations: the real service reached
the ports 80 and 443 alone, and any host; here any port of this computer, and no redirect is followed.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notification_tester.domain.messages.writing import rest_query, soap_body
from notification_tester.domain.outgoing import DeliveryForm, LegacySignature, SignatureKind
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.web_address import WebAddress, parse_web_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.outgoing import MadeNotification

SECONDS = 15.0
"""How long a receiver is waited for, in all."""

MOST_READ = 64 * 1024
_MOST_WAITING = 1000
_THREADS = 2


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a receiver answered. ``is_whole``: the body did not end before its end; ``seconds`` until then."""

    status: int
    reason: str
    seconds: float
    is_whole: bool


class UnreachableError(Exception):
    """The receiver could not be asked, or gave no answer; the message says why, in a sentence."""


def receiver_at(url: str) -> WebAddress | None:
    """The receiver at an address; None where that is none of this computer's."""
    try:
        address = parse_web_address(url)
    except ProblemError:
        return None
    return address if address.is_loopback else None


class Receivers:
    """Asks receivers; signs with ``secret``, the requester's secret key. Safe between threads."""

    def __init__(self, *, secret: str) -> None:
        self._signature = LegacySignature(kind=SignatureKind.RIGHT, secret=secret)
        self._waiting: queue.Queue[tuple[DeliveryForm, str, MadeNotification]] = queue.Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._works = False

    def tell(self, form: DeliveryForm, url: str, message: MadeNotification) -> None:
        """Send a message once, soon, and do not wait; it is lost where the receiver is too slow, or not there."""
        with self._lock:
            if not self._works:
                self._works = True
                for _ in range(_THREADS):
                    threading.Thread(target=self._work, name="practice-receivers", daemon=True).start()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait((form, url, message))

    def ask(self, form: DeliveryForm, url: str, message: MadeNotification) -> Report:
        """Send a message and wait for the answer. Raises UnreachableError."""
        address = receiver_at(url)
        if address is None:
            why = "The practice cloud sends to receivers on this computer alone (127.0.0.1, ::1 or localhost)."
            raise UnreachableError(why)
        began = time.monotonic()
        connection = _connection(address)
        try:
            with _no_longer_than(SECONDS, connection):
                self._send(connection, address, form, message)
                answer = connection.getresponse()
                is_whole = _read(answer)
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() - began >= SECONDS:
                message_text = f"It did not answer within {SECONDS:.0f} seconds."
            else:
                message_text = f"It could not be reached, or gave no answer ({str(error) or type(error).__name__})."
            raise UnreachableError(message_text) from error
        finally:
            connection.close()
        return Report(
            status=answer.status,
            reason=answer.reason,
            seconds=round(time.monotonic() - began, 3),
            is_whole=is_whole,
        )

    def _send(
        self,
        connection: http.client.HTTPConnection,
        address: WebAddress,
        form: DeliveryForm,
        message: MadeNotification,
    ) -> None:
        now = datetime.now(UTC)
        if form is DeliveryForm.REST:
            connection.request("GET", _target(address.with_query(rest_query(message, self._signature, now))))
            return
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        body = soap_body(message, self._signature, now).encode()
        connection.request("POST", _target(address.url), body=body, headers=headers)

    def _work(self) -> None:
        while True:
            with contextlib.suppress(UnreachableError):
                self.ask(*self._waiting.get())


def _connection(address: WebAddress) -> http.client.HTTPConnection:
    if address.scheme == "http":
        return http.client.HTTPConnection(address.host, address.port, timeout=SECONDS)
    return http.client.HTTPSConnection(
        address.host, address.port, timeout=SECONDS, context=ssl.create_default_context()
    )


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _read(answer: http.client.HTTPResponse) -> bool:
    """Read the body, up to a limit; whether there is no end missing."""
    try:
        body = answer.read(MOST_READ)
    except http.client.IncompleteRead:  # in pieces that say how long they are
        return False
    return len(body) == MOST_READ or not answer.length


@contextlib.contextmanager
def _no_longer_than(seconds: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """Cut the connection when the time is over: each single read may be quick in one that never ends."""

    def cut() -> None:
        with contextlib.suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
