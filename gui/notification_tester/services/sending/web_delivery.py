# SPDX-License-Identifier: MIT
"""Carrying messages to a web receiver, as SNS does over HTTPS and the older service did, and what it answers.

What is sent goes to the address that was typed and nowhere else: no redirect is followed. Nothing of this computer's
own goes along: no password of a ``.netrc``, no cookie. No proxy stands between this computer and itself; to others the
way is that of the calls to Amazon. httpcore has none of these to begin with, which is why it is used here and not
httpx, its own client, or urllib3, neither of which can be told to give up at once while it connects, encrypts or reads.

How a receiver is waited for is SNS's (SNS Developer Guide, "Message delivery retries"): it has 15 seconds, and only a
status of 2xx is a yes. There is no second try, because what one message does to a receiver is to be seen.

Each message has a connection of its own, which ends with its answer, as a call of the older service had. What one
message does is then that one's alone: a receiver that closes behind each answer without saying so would take the next
message with it, unread or not, and one that serves a single caller at a time lets nobody else in while a connection to
it is kept.
"""

from __future__ import annotations

import json
import logging
import threading
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpcore

from notification_tester.domain.known_secrets import KnownSecrets
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.receipt import LARGEST_BODY, Receipt
from notification_tester.services.sending.certificate import trusting_context, untrusting_context
from notification_tester.services.sending.connection import (
    Backend,
    Call,
    CallStoppedError,
    Proxy,
    TimeUpError,
    UntrustedError,
    speaks_tls,
)
from notification_tester.services.sending.delivery_problems import ERRORS, delivery_problem, may_want_tls, speaks_https

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Sequence

    from notification_tester.domain.messages.draft import Draft
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.web_address import WebAddress

WAIT_SECONDS = 15.0
"""How long SNS waits for a receiver."""

SIDE_BY_SIDE = 8
"""Messages on their way at the same time, at most, where nothing depends on their order."""

LONGEST_REASON = 300
"""Characters that are kept of the words behind a status; they stand in sentences, and come at most by the 100 KB."""

LONGEST_REDIRECT = 2_000
"""The same of the address of a redirect: what common servers and browsers take of one, and more than is ever read."""

_PATH = "/%:@!$&'()*+,;=~-._"
_QUERY = f"{_PATH}?"
_REDIRECTS = {301, 302, 303, 307, 308}
_AGENT = "MTurk-Notification-Tester"

# It writes the headers of answers into its log when asked for everything, and those may hold a secret.
logging.getLogger("httpcore").setLevel(logging.INFO)


class WebDelivery:
    """Delivers the messages of one run, each over a connection of its own; from any number of threads.

    ``timeout_seconds`` is what one message may take, from finding the host to the end of the answer.
    """

    def __init__(self, *, timeout_seconds: float = WAIT_SECONDS) -> None:
        self._limit = timeout_seconds
        self._lock = threading.Lock()
        self._ways: dict[tuple[_Kind, Proxy | None], _Way] = {}
        self._untrusted: dict[tuple[str, int], ssl.SSLCertVerificationError] = {}  # and why
        self._unencrypted: set[tuple[str, int]] = set()  # asked once whether it encrypts, as that may take a second

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections that are open still."""
        with self._lock:
            ways, self._ways = list(self._ways.values()), {}
        for way in ways:
            way.close()

    def deliver(
        self,
        address: WebAddress,
        draft: Draft,
        *,
        trust_untrusted: bool = False,
        secrets: Sequence[str] = (),
        stop: threading.Event,
    ) -> Receipt:
        """Send one message and wait for the answer, or for as much of it as comes until ``stop`` is set.

        ``trust_untrusted``: send even where the certificate is not trusted. ``secrets`` are taken out of what comes
        back, as those of the address are: a receiver may repeat the one that signs. Whatever goes wrong on the way is
        in the receipt's ``problem``.
        """
        request = _request(address, draft)
        call = Call(limit=self._limit, stop=stop, is_encrypted=address.scheme == "https")
        seen = _Seen()
        problem = None
        try:
            self._exchange(address, request, call, seen, trust_untrusted=trust_untrusted)
        except ERRORS as error:
            problem = self._problem(error, call, address, has_status=bool(seen.status))
        return seen.receipt(call, address, problem, (*address.secrets, *filter(None, secrets)))

    def _problem(self, error: Exception, call: Call, address: WebAddress, *, has_status: bool) -> Problem:
        place = (address.host, address.port)
        if address.scheme == "http" and call.proxy is None and not has_status and may_want_tls(error, call):
            try:
                if place not in self._unencrypted and speaks_tls(*place, call):
                    call.was_sent = False  # what it could not read it does not have
                    return speaks_https(address)
                self._unencrypted.add(place)
            except (CallStoppedError, TimeUpError):
                pass  # what is known already is told
        return delivery_problem(error, call, address, has_status=has_status)

    def _exchange(
        self, address: WebAddress, request: httpcore.Request, call: Call, seen: _Seen, *, trust_untrusted: bool
    ) -> None:
        """Raises one of ERRORS.

        Where there is no trust it is called once more without: to see the certificate, or to send all the same.
        """
        place = (address.host, address.port)
        proxy = call.proxy = None if address.is_loopback else _proxy(address)
        with self._lock:
            reason = self._untrusted.get(place) if trust_untrusted else None
        if reason is None:
            kind = _Kind.TRUSTED if address.scheme == "https" else _Kind.PLAIN
            try:
                self._way(kind, proxy).exchange(request, call, seen)
            except UntrustedError as error:
                reason = error.reason
            else:
                return
        call.untrusted = reason
        if trust_untrusted:
            with self._lock:
                self._untrusted[place] = reason
            self._way(_Kind.UNTRUSTED, proxy).exchange(request, call, seen)
            return
        try:
            self._way(_Kind.LOOK, proxy).exchange(request, call, seen)
        except CallStoppedError:
            raise
        except ERRORS as error:  # it was not to be seen once more: what is known already is told
            raise UntrustedError(reason) from error

    def _way(self, kind: _Kind, proxy: Proxy | None) -> _Way:
        with self._lock:
            if (kind, proxy) not in self._ways:
                self._ways[kind, proxy] = _Way(kind, proxy)
            return self._ways[kind, proxy]


def _proxy(address: WebAddress) -> Proxy | None:
    """The proxy through which this computer reaches other ones; the same as for calls to Amazon. Raises ProxyError."""
    from notification_tester.aws.settings import Settings

    named = Settings().proxy(address.url)
    if named is None:
        return None
    text = named.value if "://" in named.value else f"http://{named.value}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError as error:
        raise httpcore.ProxyError(named.name) from error
    if parts.scheme != "http" or not host:
        raise httpcore.ProxyError(named.name)
    return Proxy(host, port or 80, unquote(parts.username or ""), unquote(parts.password or ""))


class _Kind(Enum):
    """What connections are for; each has a pool of its own, so that no message takes one that is less than it wants."""

    PLAIN = auto()
    TRUSTED = auto()
    UNTRUSTED = auto()  # its certificate is not trusted, and it is used all the same
    LOOK = auto()  # likewise, to see the certificate and no more


class _Way:
    """The connections of one kind, each with a pool of its own.

    One pool for all threads may end for one what it just gave to another: httpcore 1.0.9 looks for idle connections,
    and then for free ones, and an answer that ends in between makes one connection both.
    """

    def __init__(self, kind: _Kind, proxy: Proxy | None) -> None:
        contexts = {
            _Kind.TRUSTED: trusting_context,
            _Kind.UNTRUSTED: untrusting_context,
            _Kind.LOOK: untrusting_context,
        }
        self._backend = Backend(sends_untrusted=kind is not _Kind.LOOK)
        self._context = contexts[kind]() if kind in contexts else None
        self._proxy = None if proxy is None else _as_httpcore_has_it(proxy)
        self._open: set[httpcore.ConnectionPool] = set()

    def exchange(self, request: httpcore.Request, call: Call, seen: _Seen) -> None:
        """Send and see what comes. Raises one of ERRORS."""
        self._backend.call = call
        pool = httpcore.ConnectionPool(
            ssl_context=self._context, max_keepalive_connections=0, network_backend=self._backend, proxy=self._proxy
        )
        self._open.add(pool)
        try:
            response = pool.handle_request(request)
            seen.begin(response)
            seen.read(response.stream)
        finally:
            self._open.discard(pool)
            pool.close()

    def close(self) -> None:
        """End the connections that are open still."""
        for pool in self._open.copy():
            pool.close()


def _as_httpcore_has_it(proxy: Proxy) -> httpcore.Proxy:
    auth = (proxy.user.encode(), proxy.password.encode()) if proxy.user else None
    url = httpcore.URL(scheme=b"http", host=proxy.host.encode(), port=proxy.port, target=b"/")
    return httpcore.Proxy(url, auth=auth)


class _Seen:
    """What has come of an answer so far."""

    def __init__(self) -> None:
        self.status = 0
        self._reason = ""
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()
        self._is_cut = False

    def begin(self, response: httpcore.Response) -> None:
        """Take status and headers."""
        self.status = response.status
        self._reason = _text(response.extensions.get("reason_phrase", b""))
        self._headers = [(_text(name), _text(value)) for name, value in response.headers]

    def read(self, pieces: Iterable[bytes] | object) -> None:
        """Take the body, as far as it is kept; what would come then is not asked for."""
        for piece in _iterated(pieces):
            room = LARGEST_BODY - len(self._body)
            self._body += piece[:room]
            if len(piece) > room:
                self._is_cut = True
                return

    def receipt(self, call: Call, address: WebAddress, problem: Problem | None, known: Sequence[str]) -> Receipt:
        """All of it, without the secrets that are ``known``."""
        seconds = call.seconds
        reason, headers, body = self._reason[:LONGEST_REASON], self._headers, bytes(self._body)
        redirect = ""
        if self.status in _REDIRECTS:
            location = next((value for name, value in headers if name.lower() == "location"), "")
            redirect = _shown(address, location)[:LONGEST_REDIRECT] if location else ""
            headers = [(name, redirect if name.lower() == "location" else value) for name, value in headers]
        if known:
            secrets = KnownSecrets(known)
            reason = secrets.without_known(reason)
            headers = [(secrets.without_known(name), secrets.without_known(value)) for name, value in headers]
            body = secrets.without_known(body.decode("latin-1")).encode("latin-1")
            redirect = secrets.without_known(redirect)
        return Receipt(
            status=self.status,
            reason=reason,
            was_sent=call.was_sent,
            seconds_to_connect=call.seconds_to_connect,
            seconds_to_first_byte=call.seconds_to_first_byte,
            seconds=seconds,
            headers=tuple(headers),
            body=body,
            is_cut=self._is_cut,
            tls=call.tls,
            redirect=redirect,
            problem=problem,
        )


def _text(value: bytes) -> str:
    """Of a header: ASCII by the rules, what receivers really write besides is UTF-8 or Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _iterated(pieces: object) -> Iterator[bytes]:
    # httpcore types the stream of an answer for both of its worlds; of a pool's it is this one
    return iter(pieces)  # type: ignore[call-overload,no-any-return]


class HttpCall(NamedTuple):
    """A message as it is said in HTTP; ``target`` is path and query, percent-encoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def http_call(address: WebAddress, draft: Draft) -> HttpCall:
    """What is sent for a message; an envelope as it is, so signed before."""
    is_rest = draft.form is DeliveryForm.REST
    body = draft.body if draft.envelope is None else envelope_text(draft.envelope).encode()
    parts = urlsplit(address.with_query(draft.query if is_rest else ""))
    target = quote(parts.path, safe=_PATH) + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")
    given = {name.lower() for name in draft.headers}
    usual = [(name, value) for name, value in (("User-Agent", _AGENT), ("Accept", "*/*")) if name.lower() not in given]
    return HttpCall("GET" if is_rest else "POST", target, (*draft.headers.items(), *usual), b"" if is_rest else body)


def _request(address: WebAddress, draft: Draft) -> httpcore.Request:
    call = http_call(address, draft)
    parts = urlsplit(address.url)
    headers = [("Host", parts.netloc), *call.headers]
    if call.method != "GET":
        headers.append(("Content-Length", str(len(call.body))))
    url = httpcore.URL(
        scheme=address.scheme.encode(),
        host=address.host.encode(),
        port=parts.port,  # none where it is the scheme's own
        target=call.target.encode(),
    )
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    return httpcore.Request(call.method.encode(), url, headers=encoded, content=call.body or None)


def envelope_text(envelope: object) -> str:
    """An envelope as SNS writes it: a field a line, and a blank before the colon too."""
    return json.dumps(envelope, indent=2, separators=(",", " : "), ensure_ascii=False)


def _shown(address: WebAddress, location: str) -> str:
    """Where a redirect leads, without the parts that may hold a secret; as it stands where it is no address."""
    try:
        parts = urlsplit(urljoin(address.url, location))
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return location.partition("?")[0]
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{port}{parts.path}"
