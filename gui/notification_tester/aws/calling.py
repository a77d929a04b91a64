# SPDX-License-Identifier: MIT
"""How every call to a service is made: within a time, answered by an answer, and repeated only where that does no harm.

botocore repeats whatever failed, also a call that was carried out and whose answer was lost: then two tests lie in
somebody's queue. Here a call that writes is repeated only after it was certainly not carried out. What that is, is
defined in one place, :func:`was_not_done`.
"""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
)

from notification_tester.aws import wire
from notification_tester.aws.answers import AnswerCheck, NotAnAnswerError
from notification_tester.aws.error_table import folded
from notification_tester.aws.wire import WholeCall, bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import OperationModel

_READS = ("Get", "List", "Describe")
_REPEATABLE = frozenset(
    {
        "ChangeMessageVisibility",
        "ChangeMessageVisibilityBatch",
        "DeleteMessage",
        "DeleteMessageBatch",
    }
)
"""Beside what only reads: done twice, these leave a queue as done once, for the messages that they name.

``ReceiveMessage`` is none of them: where its answer was lost, what came with it is hidden, and counted as read.
"""

_THROTTLED = frozenset(
    {"throttling", "throttled", "toomanyrequests", "requestthrottled", "requestlimitexceeded", "slowdown"}
)
_TROUBLE = frozenset(
    {
        "internalerror",
        "internalfailure",
        "internalservererror",
        "internalservice",
        "priorrequestnotcomplete",
        "requesttimeout",
        "servicefault",
        "serviceunavailable",
    }
)
_PASSING = frozenset({429, 500, 502, 503, 504})
_LONGEST_PAUSE = 5.0


_NO_ANSWER = (ConnectionError, HTTPClientError, IncompleteReadError, NotAnAnswerError)


class TooLongError(ReadTimeoutError):
    """No whole answer came in the time for the whole call, though pieces may have."""

    fmt = "{host} took the call, and its answer did not come whole within {seconds:.0f} seconds"


class TooLargeError(HTTPClientError):
    """An answer without an end, or one that nobody could keep."""

    fmt = "More than {largest} MB came from {host} in the place of an answer"


def was_not_done(error: BaseException, operation: str) -> bool:
    """Whether it is certain that ``operation`` was not carried out; what a *definite refusal* is, is said here alone.

    It is certain where nothing of the request was sent (no keys, no connection, no trust), and where the service
    itself said no: an answer in its own form, with a code, and a status from 400 to 499; to be asked to slow down is
    one. It is not where the service was in trouble while it worked (5xx, ``InternalFailure``, ``ServiceFault``), where
    a gateway's page came, half an answer, something else, or nothing: it may have been done all the same.
    A refusal of another operation is one of those by which keys are got, before anything is sent.
    """
    if isinstance(error, ClientError):
        # What works on a batch is spoken of by the name of its action.
        is_another = error.operation_name.removesuffix("Batch") != operation.removesuffix("Batch")
        return is_another or _is_definite(error.response)
    return not getattr(error, "request_was_sent", False)


def _is_definite(response: Mapping[str, Any]) -> bool:
    about, said = response.get("ResponseMetadata", {}), response.get("Error", {})
    status, code = int(about.get("HTTPStatusCode") or 0), str(said.get("Code") or "")
    is_own_word = code not in {"", "Unknown", str(status)} and not str(said.get("Message", "")).lstrip().startswith("<")
    return is_own_word and 400 <= status < 500 and status != 408 and folded(code) not in _TROUBLE


def _is_throttled(status: int, code: str) -> bool:
    return status == 429 or folded(code) in _THROTTLED


class _Now(threading.local):
    """What the call of this thread is, and what it was answered."""

    operation: OperationModel

    def __init__(self) -> None:
        self.members: dict[str, Any] = {}


class _Body:
    """A body that has come, in the place of a connection's."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


class Calling:
    """The handlers of one client's events. ``seconds`` is for a call with all its attempts, long polls apart.

    ``as_written`` hands over the members of answers as the service wrote them, moments as seconds since 1970 that is,
    and spares botocore the reading: a page of a hundred HITs takes it as long as all else.
    """

    def __init__(self, client: Any, *, attempts: int, seconds: float, as_written: bool = False) -> None:
        self._attempts = attempts
        self._seconds = seconds
        self._as_written = as_written
        self._whole = WholeCall()
        self._now = _Now()
        self._check = AnswerCheck()
        self._http = client._endpoint.http_session  # noqa: SLF001 - botocore takes no other from its caller
        bound(self._http, self._whole)
        events = client.meta.events
        events.register("before-parameter-build", self._begin)
        events.register("before-send", self._send)
        events.register("needs-retry", self._pause_before_retry)
        if as_written:
            events.register("after-call", self._hand_over)

    def _begin(self, params: Mapping[str, Any], model: OperationModel, **_: Any) -> None:
        """A call begins; a long poll (of SQS) has its own time on top."""
        waits = params.get("WaitTimeSeconds", 0)
        self._whole.begin(self._seconds, long_poll=waits if isinstance(waits, int) else 0)
        self._now.operation = model

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self._whole.begin_attempt()
        try:
            answer = self._http.send(request)
            members, body = self._check.checked(self._now.operation, answer)
        except Exception as error:
            better = self._said_better(error, request.url)
            vars(better)["request_was_sent"] = self._whole.was_sent
            if better is error:
                raise
            raise better from error
        if self._as_written:
            self._now.members = members
            body = b"{}" if members else body
        return AWSResponse(answer.url, answer.status_code, cast("Any", answer.headers), _Body(body))

    def _hand_over(self, parsed: dict[str, Any], **_: Any) -> None:
        parsed.update(self._now.members)

    def _said_better(self, error: Exception, url: str) -> Exception:
        host = urlsplit(url).netloc
        if self._whole.is_too_large:
            return TooLargeError(largest=wire.LARGEST // 1024**2, host=host, endpoint_url=url, error=error)
        if isinstance(error, ReadTimeoutError) and self._whole.is_over:
            return TooLongError(seconds=self._whole.seconds, host=host, endpoint_url=url, error=error)
        return error

    def _pause_before_retry(
        self, response: Any, operation: OperationModel, attempts: int, caught_exception: Exception | None, **_: Any
    ) -> float | None:
        """Seconds until the next attempt; None where there shall be none."""
        if attempts >= self._attempts:
            return None
        harmless = operation.name.startswith(_READS) or operation.name in _REPEATABLE
        first = 0.05
        if caught_exception is not None:
            passing = isinstance(caught_exception, _NO_ANSWER) and not isinstance(caught_exception, TooLargeError)
            harmless = harmless or was_not_done(caught_exception, operation.name)
        else:
            refusal = response[1]
            status, code = response[0].status_code, str(refusal.get("Error", {}).get("Code") or "")
            if _is_throttled(status, code):
                first = 1.0
            passing = status in _PASSING or _is_throttled(status, code) or folded(code) in _TROUBLE
            harmless = harmless or _is_definite(refusal)
        longest = min(_LONGEST_PAUSE, first * 2.0 ** (attempts - 1))
        pause = longest * secrets.randbelow(1001) / 1000
        return pause if passing and harmless and pause < self._whole.at_most(None) else None
