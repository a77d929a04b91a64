# SPDX-License-Identifier: MIT
"""Sixty and more ways in which an answer breaks on its way, by their names.

Each keeps to what happens in life: a call whose answer is lost, cut or somebody else's may have been carried out; one
that a service or a gateway refuses in so many words was not.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

from breaking_proxy import (
    JSON,
    PAGE,
    Answer,
    Break,
    Exchange,
    answer_with,
    be_silent,
    cut,
    cut_where_no_length_is_told,
    lose_answer,
    reset,
    trickle,
)

if TYPE_CHECKING:
    from collections.abc import Callable

XML = "text/xml"


def refused(code: str, status: int = 400, message: str = "no", *, carried_out: bool = False) -> Break:
    """A refusal in the service's own protocol."""

    def how(exchange: Exchange) -> bool:
        if carried_out:
            exchange.carried_out()
        if exchange.headers["X-Amz-Target"]:
            body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
            exchange.say(Answer(status, JSON, body).whole())
        else:
            error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            body = f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>".encode()
            exchange.say(Answer(status, XML, body).whole())
        return True

    return how


def telling_the_authorization(exchange: Exchange) -> bool:
    """A service that quotes what it was asked with, the signature included."""
    how = refused("InvalidSignatureException", 403, f"The header was {exchange.headers['Authorization']}")
    return bool(how(exchange))


def changed(change: Callable[[bytes], bytes], kind: str | None = None, *, length: int | None = -1) -> Break:
    """The true answer with its body changed; ``length`` as :meth:`Answer.head` has it."""

    def how(exchange: Exchange) -> None:
        answer = exchange.carried_out()
        other = Answer(answer.status, answer.kind if kind is None else kind, change(answer.body))
        exchange.say(other.head(length=length) + other.body)

    return how


def with_head(head: bytes) -> Break:
    """The true body behind another head."""

    def how(exchange: Exchange) -> None:
        answer = exchange.carried_out()
        exchange.say(head.replace(b"LENGTH", str(len(answer.body)).encode()) + b"\r\n\r\n" + answer.body)

    return how


def twice(exchange: Exchange) -> bool:
    """The true answer two times, so that the next call is answered before it is made."""
    whole = exchange.carried_out().whole()
    exchange.say(whole + whole)
    return True


def after_a_hundred(exchange: Exchange) -> bool:
    """The true answer after a hundred times "go on"."""
    whole = exchange.carried_out().whole()
    exchange.say(b"HTTP/1.1 100 Continue\r\n\r\n" * 100 + whole)
    return True


def in_chunks(end: bytes) -> Break:
    """The true answer in chunks, with this in the place of the last, empty one."""

    def how(exchange: Exchange) -> None:
        answer = exchange.carried_out()
        head = answer.head(length=None).removesuffix(b"\r\n") + b"Transfer-Encoding: chunked\r\n\r\n"
        exchange.say(head + b"%x\r\n%b\r\n" % (len(answer.body), answer.body) + end)

    return how


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"

SLOW = ("trickle", "trickle after the head", "silence")
"""These take until the patience of a call is over."""

TRUE = ("whole, told no length", "in chunks", "a hundred times go on", "whole, other kind of text", "twice")
"""These can be read in full by whoever is patient with a service."""

BREAKS: dict[str, Break] = {
    "lost": lose_answer,
    "reset": reset,
    "silence": be_silent,
    "trickle": trickle(0.2),
    "trickle after the head": trickle(0.2, after=120),
    **{f"cut at {share:.0%}": cut(share) for share in (0.0, 0.1, 0.5, 0.9, 0.99)},
    **{f"cut at {share:.0%}, told no length": cut_where_no_length_is_told(share) for share in (0.0, 0.5, 0.99)},
    "whole, told no length": cut_where_no_length_is_told(1.0),
    "told too long": changed(lambda body: body, length=10**6),
    "told too short": changed(lambda body: body, length=1),
    **{f"page {status}": answer_with(status, "text/html", PAGE) for status in (200, 201, 500, 502, 503, 504)},
    **{
        f"page {status}, not carried out": answer_with(status, "text/html", PAGE, carried_out=False)
        for status in (200, 302, 400, 403, 404, 407, 410, 429, 503)
    },
    "empty 200": answer_with(200, JSON),
    "empty 204": answer_with(204, JSON),
    "empty 500": answer_with(500, JSON),
    "an object without members": answer_with(200, JSON, b"{}"),
    "null": answer_with(200, JSON, b"null"),
    "a list": answer_with(200, JSON, b"[]"),
    "a word": answer_with(200, "text/plain", b"hello"),
    "no UTF-8": answer_with(200, JSON, b'{"a": "\xff\xfe"}'),
    "deep": answer_with(200, JSON, b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "five megabytes of blanks": answer_with(200, JSON, b" " * 5_000_000),
    "another service's XML": answer_with(200, XML, b"<ListBucketResult><Name>a</Name></ListBucketResult>"),
    "members in small letters": changed(lambda body: re.sub(rb'"[A-Z]\w*":', lambda found: found[0].lower(), body)),
    "zeros in it": changed(lambda body: body[:-3] + b"\0\0\0"),
    "in UTF-16": changed(lambda body: body.decode().encode("utf-16")),
    "packed, not told": changed(gzip.compress),
    "whole, other kind of text": changed(lambda body: body, "text/plain"),
    "whole, said to be a page": changed(lambda body: body, "text/html"),
    "said to be packed": with_head(_OK + b"Content-Encoding: gzip\r\nContent-Length: LENGTH"),
    "odd status": with_head(b"HTTP/1.1 2OO OK\r\nContent-Length: LENGTH"),
    "status 999": with_head(b"HTTP/1.1 999 Odd\r\nContent-Length: LENGTH"),
    "no HTTP": with_head(b"SSH-2.0-OpenSSH_9.6"),
    "two lengths": with_head(_OK + b"Content-Length: 3\r\nContent-Length: LENGTH"),
    "a header without end": with_head(_OK + b"X: " + b"x" * 100_000),
    "a thousand headers": with_head(_OK + b"X: y\r\n" * 1000 + b"Content-Length: LENGTH"),
    "in chunks": in_chunks(b"0\r\n\r\n"),
    "chunks without the last": in_chunks(b""),
    "chunks of an odd length": in_chunks(b"zz\r\n"),
    "twice": twice,
    "a hundred times go on": after_a_hundred,
    "access denied": refused("AccessDeniedException"),
    "throttled": refused("ThrottlingException"),
    "too many requests": refused("TooManyRequestsException", 429),
    "keys ran out": refused("ExpiredTokenException", 403),
    "keys not known": refused("UnrecognizedClientException", 403),
    "refused without a word": refused(""),
    "refused in odd words": refused("Sonder\u0000fall", 400, "\u202e<b>%s {0} \u001b[31m"),
    "the authorization told": telling_the_authorization,
    "internal failure": refused("InternalFailure", 500, carried_out=True),
    "service fault": refused("ServiceFault", 500, carried_out=True),
    "unavailable": refused("ServiceUnavailable", 503, carried_out=True),
}
