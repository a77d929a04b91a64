# SPDX-License-Identifier: MIT
"""Why a web receiver gave no whole answer, in sentences; httpcore's, OpenSSL's and the system's errors end here.

No text of an error goes in: it may quote what was sent or what came. Which sentence it is, is told by the kind of the
error and by how far the call had come.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import httpcore

from notification_tester.domain.problem import Cause, Problem, ServiceAnswer
from notification_tester.services.sending.certificate import why_not_trusted
from notification_tester.services.sending.connection import CallStoppedError, Stage, TimeUpError, UntrustedError

if TYPE_CHECKING:
    from notification_tester.domain.web_address import WebAddress
    from notification_tester.services.sending.connection import Call, Proxy

ERRORS = (
    CallStoppedError,
    TimeUpError,
    UntrustedError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
)
"""Whatever one call may meet; anything else is a bug."""

_PLAIN_HTTP = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "RECORD_LAYER_FAILURE",
    "HTTPS_PROXY_REQUEST",
)
_TLS_ALERT = b"\x15\x03"
_HEADERS_TOO_LONG = 431  # what h11 would have a server answer with

_STARTED = "See that the receiver runs and listens on this port"
_LOG = "Look into the receiver's own log: it says what it met."


def delivery_problem(error: Exception, call: Call, address: WebAddress, *, has_status: bool) -> Problem:
    """What to tell of ``error``, one of :data:`ERRORS`; ``has_status``: an answer had begun."""
    where = f"{address.host}:{address.port}"
    if (
        call.proxy is not None
        and call.stage is Stage.CONNECTING
        and not isinstance(error, CallStoppedError | httpcore.ProxyError)
    ):
        return _no_proxy(call.proxy, where)
    match error:
        case CallStoppedError():
            return _stopped(call)
        case TimeUpError() | httpcore.TimeoutException():
            return _too_slow(call, where, has_status=has_status)
        case UntrustedError():
            why = why_not_trusted(error.reason, address.host) if call.tls is None else call.tls.why_not_trusted
            return _untrusted(why, where)
        case httpcore.ProxyError():
            return _proxy_refused(error, call, where)
        case httpcore.ConnectError():
            return _no_connection(_origin(error), call, address, where)
        case httpcore.LocalProtocolError():
            return _problem(
                "delivery.cannot-be-sent",
                "This message cannot be sent over HTTP.",
                "One of its headers, or the address, has characters in it that HTTP does not allow.",
                "Correct the topic's name or the address, and send it again.",
                Cause.INPUT,
            )
        case _:
            return _no_answer(error, call, where, has_status=has_status)


def speaks_https(address: WebAddress) -> Problem:
    """The address says http, and the receiver wants https."""
    return _problem(
        "delivery.wants-https",
        f"{address.host}:{address.port} speaks HTTPS, and the address says http.",
        "The receiver did not understand the message, because it waits for an encrypted connection on this port.",
        "Begin the address with https:// instead of http://.",
        Cause.INPUT,
    )


def _stopped(call: Call) -> Problem:
    if not call.was_sent:
        became = "It had not been sent yet."
    elif call.stage is Stage.READING:
        became = "The receiver had begun to answer."
    else:
        became = "Whether the receiver took it is not known."
    return _problem("delivery.stopped", "You stopped the delivery.", became, "Send it again if you like.", Cause.INPUT)


def _too_slow(call: Call, where: str, *, has_status: bool) -> Problem:
    within = f"within {call.seconds:.2g} s"
    wait_longer = "If it needs more time than that, wait longer; Amazon SNS itself gives up after 15 s."
    match call.stage:
        case Stage.CONNECTING:
            return _problem(
                "delivery.no-connection",
                f"{where} did not take the connection {within}.",
                "Nothing came back: the computer is off, a firewall drops what is sent to it, or the receiver is so "
                "busy that it takes nobody in. Nothing was sent.",
                f"{_STARTED}, and that a firewall lets this computer through.",
                Cause.UNREACHABLE,
            )
        case Stage.ENCRYPTING:
            return _problem(
                "delivery.no-tls",
                f"{where} took the connection and did not begin to encrypt {within}.",
                "A receiver that speaks plain HTTP on this port does just this: it waits for words that never come. "
                "Nothing was sent.",
                "If the receiver speaks plain HTTP, begin the address with http://; else look into its log.",
                Cause.DESTINATION,
            )
        case Stage.SENDING:
            return _problem(
                "delivery.not-read",
                f"{where} did not read the message {within}.",
                "It took the connection, and then no more of the message than fits into the network.",
                _LOG,
                Cause.DESTINATION,
            )
        case Stage.WAITING:
            return _problem(
                "delivery.no-answer",
                f"{where} took the message and did not answer {within}.",
                "Whether it will do something with the message is not known.",
                f"A receiver should answer first and work afterwards. {wait_longer}",
                Cause.DESTINATION,
            )
        case Stage.READING:
            what = "its answer" if has_status else "the beginning of its answer"
            came = "What had come until then is shown." if has_status else "Whether it took the message is not known."
            return _problem(
                "delivery.slow-answer",
                f"{where} did not finish {what} {within}.",
                came,
                f"A receiver should give a short answer at once. {wait_longer}",
                Cause.DESTINATION,
            )


def _no_proxy(proxy: Proxy, where: str) -> Problem:
    return _problem(
        "delivery.no-proxy",
        f"The proxy {proxy.shown} lets nothing through.",
        f"By the settings of this computer the way to {where} leads through it. It cannot be reached, or did not "
        "answer in time. Nothing was sent.",
        "See that the proxy in the system's settings, or in HTTP_PROXY and HTTPS_PROXY, is right; NO_PROXY names "
        "hosts that are reached without it.",
        Cause.NO_NETWORK,
    )


def _proxy_refused(error: httpcore.ProxyError, call: Call, where: str) -> Problem:
    which = f"named in {error} cannot be used" if call.proxy is None else f"{call.proxy.shown} refused"
    return _problem(
        "delivery.proxy-refused",
        f"The proxy {which}.",
        f"The way to {where} leads through it. It may want another name and password, forbid the host, or not reach "
        "it; or it is no plain HTTP proxy, and no other is used here. Nothing was sent.",
        "Ask whoever looks after the network. NO_PROXY names hosts that are reached without it.",
        Cause.NO_NETWORK,
    )


def _untrusted(why: str, where: str) -> Problem:
    return _problem(
        "delivery.untrusted-certificate",
        f"The certificate of {where} is not trusted.",
        f"{why} The message was not sent. Amazon SNS would not send it either: it wants a certificate of a public "
        "authority.",
        "Give the receiver a certificate of a public authority; or, where you know whose certificate it is, send all "
        "the same.",
        Cause.DESTINATION,
    )


def _no_connection(reason: object, call: Call, address: WebAddress, where: str) -> Problem:
    if isinstance(reason, socket.gaierror):
        return _problem(
            "delivery.no-such-host",
            f"There is no host “{address.host}”.",
            "Its address could not be found. Either the name is mistyped, or this computer has no network, or the name "
            "is known in another network only.",
            "Compare the name with what your receiver's provider says, and open it in a browser.",
            Cause.NO_NETWORK if reason.errno == socket.EAI_AGAIN else Cause.INPUT,
        )
    if isinstance(reason, ConnectionRefusedError):
        here = " on this computer" if address.is_loopback else ""
        return _problem(
            "delivery.port-closed",
            f"Nothing listens at {where}.",
            f"The connection was refused{here}: no program has this port open, or a firewall refuses for it.",
            f"{_STARTED}.",
            Cause.UNREACHABLE,
        )
    if call.stage is Stage.ENCRYPTING:
        return _no_tls(reason, where)
    return _problem(
        "delivery.no-way",
        f"{where} cannot be reached.",
        "The network has no way to it, or broke the connection off. Nothing was sent.",
        "See that this computer is in the network in which the receiver is, and that a firewall lets it through.",
        Cause.UNREACHABLE,
    )


def _no_tls(reason: object, where: str) -> Problem:
    word = getattr(reason, "reason", None) or ""
    if word in _PLAIN_HTTP:
        return _problem(
            "delivery.wants-http",
            f"{where} does not encrypt, and the address says https.",
            "Its first words were not those of an encrypted connection; most likely it speaks plain HTTP. Nothing was "
            "sent.",
            "Begin the address with http:// instead of https://, or have the receiver encrypt.",
            Cause.INPUT,
        )
    if isinstance(reason, ssl.SSLError) and "ALERT" in word:
        return _problem(
            "delivery.tls-refused",
            f"{where} refused to encrypt with this computer.",
            "The two have no version or cipher in common, or the receiver wants a certificate of the sender, which "
            "Amazon SNS does not show. It did not read the message.",
            "Let the receiver offer TLS 1.2 or 1.3, and ask senders for no certificate.",
            Cause.DESTINATION,
            said=word,
        )
    return _problem(
        "delivery.tls-broken",
        f"{where} broke off while the encryption was agreed upon.",
        "It took the connection and then closed it, or did not keep to the rules of TLS. A receiver that speaks plain "
        "HTTP on this port may do this. Nothing was sent.",
        f"If the receiver speaks plain HTTP, begin the address with http://. {_LOG}",
        Cause.DESTINATION,
        said=word,
    )


def _no_answer(error: Exception, call: Call, where: str, *, has_status: bool) -> Problem:
    origin = _origin(error)
    if isinstance(origin, ssl.SSLError) and "ALERT" in (origin.reason or ""):
        return _no_tls(origin, where)  # in TLS 1.3 a certificate of the sender is asked for this late
    hint = getattr(origin, "error_status_hint", None)
    if has_status:
        return _problem(
            "delivery.half-answer",
            f"{where} broke off in the middle of its answer.",
            "It said that more would come, and closed the connection or broke the rules of HTTP. What had come until "
            "then is shown.",
            _LOG,
            Cause.DESTINATION,
        )
    if hint == _HEADERS_TOO_LONG:
        return _problem(
            "delivery.endless-headers",
            f"The headers of {where}'s answer are too long.",
            "They have more than 100 KB, and no more than that was read.",
            f"Ordinary answers have less than one. {_LOG}",
            Cause.DESTINATION,
        )
    if not call.first_bytes:
        return _problem(
            "delivery.closed",
            f"{where} closed the connection without an answer.",
            "It took the connection; whether it read the message is not known.",
            f"A receiver that ended with an error of its own does this. {_LOG}",
            Cause.DESTINATION,
        )
    if call.first_bytes.startswith(b"HTTP/"):
        return _problem(
            "delivery.bad-http",
            f"{where} answered, and its answer is not correct HTTP.",
            "It begins as an answer does, and then breaks off or breaks the rules. Other senders would not understand "
            "it either.",
            _LOG,
            Cause.DESTINATION,
        )
    return _problem(
        "delivery.not-http",
        f"What answers at {where} does not speak HTTP.",
        "Its first bytes are not those of an answer: another kind of program has this port.",
        "See which port the receiver listens on.",
        Cause.INPUT,
    )


def _origin(error: Exception) -> object:
    """The error of the system, of OpenSSL or of h11 that httpcore made its own of; its pool takes the cause off."""
    return error.args[0] if error.args else None


def may_want_tls(error: Exception, call: Call) -> bool:
    """Whether a plain HTTP call that met this may have met a receiver that encrypts."""
    if not isinstance(error, httpcore.RemoteProtocolError | httpcore.ReadError):
        return False
    return not call.first_bytes or call.first_bytes.startswith(_TLS_ALERT)


def _problem(code: str, title: str, detail: str, remedy: str, cause: Cause, *, said: str = "") -> Problem:
    answer = ServiceAnswer(message=said.replace("_", " ").lower())
    return Problem(title=title, detail=detail, remedy=remedy, code=code, cause=cause, answer=answer)
