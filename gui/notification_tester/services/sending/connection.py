# SPDX-License-Identifier: MIT
"""Connections to a web receiver that can be given up at any moment, and that say what became of them.

httpcore's own connections wait for each step as long as that step may take, and nothing ends them earlier. A receiver
that sends a byte a second never uses up such a limit, and a person who cancels would wait for it. So this is a
backend for httpcore (its documented way to bring one's own connections, ``network_backend``) that waits in short steps
for a :class:`Call`, which has one limit for all of it and hears the person. The protocol and the encryption are
httpcore's, h11's and OpenSSL's.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from concurrent.futures import Future, wait
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

import httpcore

from notification_tester.domain.web_address import is_this_computer
from notification_tester.services.sending.certificate import tls_facts, untrusting_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from httpcore import SOCKET_OPTION

    from notification_tester.domain.receipt import TlsFacts

STEP_SECONDS = 0.1
"""How soon Cancel is noticed."""

_PIECE = 64 * 1024
"""Bytes handed to the system at a time: Windows takes whatever it is given, and says nothing of who does not read."""

ASKING_SECONDS = 1.0
"""How long it is asked whether a receiver encrypts that did not understand what was sent to it in plain text."""


class CallStoppedError(Exception):
    """The person has had enough."""


class TimeUpError(Exception):
    """The call has taken as long as it may."""


class UntrustedError(Exception):
    """The receiver's certificate is not trusted; nothing was sent. ``reason`` is OpenSSL's."""

    def __init__(self, reason: ssl.SSLCertVerificationError) -> None:
        self.reason = reason


class Stage(Enum):
    """How far a call has come."""

    CONNECTING = auto()
    ENCRYPTING = auto()
    SENDING = auto()
    WAITING = auto()  # all of the message has been handed to the system
    READING = auto()  # the first byte of the answer is there


class Proxy(NamedTuple):
    """Through which the way leads to other computers; what it wants to be told is in no ``repr``."""

    host: str
    port: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Proxy({self.shown!r})"

    @property
    def shown(self) -> str:
        """Where it is."""
        return f"{self.host}:{self.port}"


class Call:
    """One message on its way: until when it may take, whether somebody stopped it, and what was seen. One thread's."""

    def __init__(self, *, limit: float, stop: threading.Event, is_encrypted: bool) -> None:
        self.began = time.perf_counter()
        self.stage = Stage.CONNECTING
        self.is_encrypted = is_encrypted
        self.was_sent = False  # something of the message was handed to the system
        self.seconds_to_connect: float | None = None
        self.seconds_to_first_byte: float | None = None
        self.first_bytes = b""
        self.proxy: Proxy | None = None
        self.tls: TlsFacts | None = None
        self.untrusted: ssl.SSLCertVerificationError | None = None  # why the certificate was refused before
        self._ends = self.began + limit
        self._stop = stop

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.perf_counter() - self.began

    def left(self) -> float:
        """Seconds that are left, more than none. Raises CallStoppedError and TimeUpError."""
        if self._stop.is_set():
            raise CallStoppedError
        left = self._ends - time.perf_counter()
        if left <= 0:
            raise TimeUpError
        return left

    def step(self) -> float:
        """Seconds to wait before asking again, with the same errors."""
        return min(self.left(), STEP_SECONDS)

    def on_a_thread(self, work: Callable[[], httpcore.NetworkStream]) -> httpcore.NetworkStream:
        """Wait for what cannot be broken off: it runs on a thread of its own, and is left to itself when time is up."""
        begun: Future[httpcore.NetworkStream] = Future()
        threading.Thread(target=_finish, args=(work, begun), name="delivery-connects", daemon=True).start()
        try:
            while not begun.done():
                wait([begun], timeout=self.step())
        except (CallStoppedError, TimeUpError):
            begun.add_done_callback(_close_late)
            raise
        return begun.result()

    def is_connected(self) -> None:
        """Note that the message can be sent now."""
        self.seconds_to_connect = self.seconds
        self.stage = Stage.SENDING

    def saw(self, data: bytes) -> None:
        """Note what came, for the time of the first byte."""
        if self.stage is not Stage.READING:
            self.stage = Stage.READING
            self.seconds_to_first_byte = self.seconds
            self.first_bytes = data[:16]


class Backend(httpcore.NetworkBackend):
    """Makes connections for the calls of any number of threads, each of which has set its own as :attr:`call`.

    ``sends_untrusted``: whether a message goes out over a connection whose certificate was refused before; else it is
    only looked at.
    """

    def __init__(self, *, sends_untrusted: bool) -> None:
        self.sends_untrusted = sends_untrusted
        self._calls = threading.local()
        self._plain = httpcore.SyncBackend()

    @property
    def call(self) -> Call:
        """What this thread is doing: httpcore works for a call on the thread that makes it."""
        call: Call = self._calls.call
        return call

    @call.setter
    def call(self, call: Call) -> None:
        self._calls.call = call

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> Stream:
        """Find the host and connect to the first of its addresses that takes it. Raises httpcore.ConnectError."""
        del timeout  # the call's own counts
        call = self.call
        # A name may have several addresses, and one that does not answer must leave time for the next.
        each = call.left() / (1 if _is_number(host) else 3)
        made = self._at_once(host, port) or call.on_a_thread(
            lambda: self._plain.connect_tcp(host, port, each, local_address, socket_options)
        )
        if not call.is_encrypted:
            call.is_connected()
        return Stream(self, made)

    def _at_once(self, host: str, port: int) -> httpcore.NetworkStream | None:
        """A connection within this computer, which mostly takes no time; None where it takes longer than Cancel may."""
        if not _is_number(host) or not is_this_computer(host):
            return None
        try:
            return self._plain.connect_tcp(host, port, self.call.step())
        except httpcore.ConnectTimeout:
            return None


class Stream(httpcore.NetworkStream):
    """A connection that works for the call that its thread has."""

    def __init__(self, backend: Backend, inner: httpcore.NetworkStream, *, is_private: bool = False) -> None:
        self._backend = backend
        self._inner = inner
        self._socket = inner.get_extra_info("socket")
        self._is_private = is_private

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Wait for something to come; empty at the end. Raises httpcore.ReadError, CallStoppedError and TimeUpError."""
        del timeout
        call = self._backend.call
        is_message = self._carries(call)
        if is_message and call.stage is not Stage.READING:
            call.stage = Stage.WAITING
        while True:
            try:
                data = self._inner.read(max_bytes, call.step())
            except httpcore.ReadTimeout:
                continue
            if data and is_message:
                call.saw(data)
            return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Hand all of it to the system, which takes no more than the receiver reads.

        Raises httpcore.WriteError, CallStoppedError and TimeUpError.
        """
        del timeout
        call = self._backend.call
        is_message = self._carries(call)
        if is_message:
            call.stage = Stage.SENDING
        rest = memoryview(buffer)
        while rest:
            # Not through the inner stream, which does not tell how much it wrote before it was too late.
            self._socket.settimeout(call.step())
            try:
                rest = rest[self._socket.send(rest[:_PIECE]) :]
                call.was_sent = is_message
            except TimeoutError:
                continue
            except OSError as error:
                raise httpcore.WriteError(error) from error

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        """Encrypt. Raises httpcore.ConnectError, and UntrustedError, with the certificate noted where it was seen."""
        del timeout
        call = self._backend.call
        call.stage = Stage.ENCRYPTING
        same = self._socket.dup()  # what encrypts takes the connection away from the socket that had it
        try:
            left = call.left()
            made = call.on_a_thread(lambda: self._inner.start_tls(ssl_context, server_hostname, left))
        except (CallStoppedError, TimeUpError):
            with suppress(OSError):
                same.shutdown(socket.SHUT_RDWR)  # the thread that still waits for it hears that it is over
            self.close()
            raise
        except httpcore.ConnectError as error:
            reason = error.args[0]
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise UntrustedError(reason) from error
            raise
        finally:
            same.close()
        facts = tls_facts(made.get_extra_info("socket"), reason=call.untrusted, host=server_hostname or "")
        call.tls = facts
        if call.untrusted is not None and not self._backend.sends_untrusted:
            made.close()
            raise UntrustedError(call.untrusted)
        call.is_connected()
        return Stream(self._backend, made, is_private=True)

    def _carries(self, call: Call) -> bool:
        """Whether what is said here is for the receiver; before it is encrypted it is for a proxy on the way."""
        return self._is_private or not call.is_encrypted

    def close(self) -> None:
        """End the connection."""
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks its own streams."""
        return self._inner.get_extra_info(info)


def speaks_tls(host: str, port: int, call: Call) -> bool:
    """Whether what answers at this port begins to encrypt when asked to, soon; nothing is sent.

    Raises CallStoppedError and TimeUpError.
    """
    plain = httpcore.SyncBackend()
    left = min(call.left(), ASKING_SECONDS)
    try:
        call.on_a_thread(
            lambda: plain.connect_tcp(host, port, left).start_tls(untrusting_context(), host, left)
        ).close()
    except httpcore.ConnectError as error:
        # It may want another version or a certificate of ours: whoever says so in TLS speaks it.
        return "ALERT" in (getattr(error.args[0], "reason", None) or "")
    except httpcore.ConnectTimeout:
        return False
    return True


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _finish(work: Callable[[], httpcore.NetworkStream], begun: Future[httpcore.NetworkStream]) -> None:
    try:
        begun.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
        begun.set_exception(error)


def _close_late(begun: Future[httpcore.NetworkStream]) -> None:
    if begun.exception() is None:
        begun.result().close()
