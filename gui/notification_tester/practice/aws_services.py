# SPDX-License-Identifier: MIT
"""SQS, SNS and KMS as moto plays them, with what moto does otherwise than Amazon put right.

- moto's queues are not safe between threads: a message that comes while another is deleted can be lost. Here one
  lock serves one call at a time, and a long poll waits outside it (:class:`Services`).
- moto finds a queue by its name whatever account its URL names, and hands SNS messages to any (subscriptions.py).
- moto's queues are slow, and forget their policy (queues.py).

What is relied on inside moto is named in tests/practice/test_moto.py, and its version is bounded for it.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from moto.moto_server.werkzeug_app import create_backend_app
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from notification_tester.practice import queues, subscriptions
from notification_tester.practice.keys import key_admits
from notification_tester.practice.listener import Request, Response
from notification_tester.practice.loopback import LOOPBACK
from notification_tester.practice.queues import Queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from moto.sns.models import Topic

    from notification_tester.practice.faults import FaultPlan

SERVICES = ("sqs", "sns", "kms")
"""What moto serves here. STS has one operation that matters, and answering that ourselves saves loading IAM."""

MTURK_SENDER_ID = "AIDAIXO4EZE6RHVSXIN4E"
"""SQS documents this as the SenderId of Mechanical Turk's messages."""

_NO_QUEUE = "AWS.SimpleQueueService.NonExistentQueue"
LONGEST_WAIT = 20.0
_SHORTEST_WAIT = 0.002


class Services:
    """SQS, SNS and KMS of one account in one region."""

    def __init__(self, *, account_id: str, region: str, plan: FaultPlan) -> None:
        os.environ["MOTO_ACCOUNT_ID"] = account_id  # read by moto with every call
        self._plan = plan
        self.account_id = account_id
        self.region = region
        self._changed = threading.Condition(threading.RLock())
        queues.install()
        subscriptions.install()
        self._sns = sns_backends[account_id][region]
        self._sqs = sqs_backends[account_id][region]
        self._apps: dict[str, Any] = {"sqs": create_backend_app("sqs"), "sns": create_backend_app("sns")}

    def answer(self, service: str, request: Request, *, now: Callable[[], float] = time.monotonic) -> Response:
        """Answer a call whose signature was checked. A long poll returns as soon as a message is visible."""
        call = _Call(request)
        if service == "sns":
            return self._answer_sns(call)
        if service == "kms":
            return self._answer_kms(call)
        account, queue_name = call.queue_place
        if account not in {self.account_id, ""}:
            return call.no_such_queue()
        if call.action == "ReceiveMessage":
            return self._receive(call, queue_name, now)
        failing = call.entries_that(self._plan.fails_entry) if call.action.endswith("Batch") else []
        with self._changed:
            nothing_left = bool(failing) and len(failing) == len(call.entries)
            response = _NOTHING_DONE if nothing_left else self._run("sqs", call.without(failing))
            self._changed.notify_all()
        return _with_failed(response, failing) if failing else response

    def _answer_sns(self, call: _Call) -> Response:
        with self._changed:
            response = self._run("sns", call.request)
            subscriptions.fill_in(self._sns)
            self._changed.notify_all()
        return response

    def _answer_kms(self, call: _Call) -> Response:
        with self._changed:
            if "kms" not in self._apps:  # few have a key, so it is read when first asked for
                self._apps["kms"] = create_backend_app("kms")
            answer = self._run("kms", call.request)
        return replace(answer, content_type="application/x-amz-json-1.1")  # moto calls it a web page

    def key_admits(self, key_id: str, service: str) -> bool:
        """Whether a service may use the key that a queue or topic names."""
        with self._changed:
            return key_admits(key_id, account_id=self.account_id, region=self.region, service=service)

    def queue(self, name: str) -> Queue | None:
        """Find a queue of this account."""
        with self._changed:
            return self._queue(name)

    def topic(self, arn: str) -> Topic | None:
        """Find a topic of this account."""
        with self._changed:
            return self._sns.topics.get(arn)

    def send(self, queue_name: str, body: str) -> None:
        """Put a message of Mechanical Turk's into a queue. Does nothing when the queue has gone in the meantime."""
        with self._changed:
            if queue_name in self._sqs.queues:
                self._sqs.send_message(queue_name, body).sender_id = MTURK_SENDER_ID
                self._changed.notify_all()

    def publish(self, topic_arn: str, body: str, *, subject: str) -> None:
        """Publish a message of Mechanical Turk's. Does nothing when the topic has gone in the meantime."""
        with self._changed:
            if topic := self._sns.topics.get(topic_arn):
                topic.publish(body, subject=subject)
                self._changed.notify_all()

    def create_queue(self, name: str, *, policy: str) -> None:
        """Make a queue as part of the scenario."""
        with self._changed:
            attributes: dict[str, Any] = {"Policy": policy} if policy else {}
            self._sqs.create_queue(name, **attributes)

    def create_topic(self, name: str, *, policy: str) -> None:
        """Make a topic as part of the scenario."""
        with self._changed:
            self._sns.create_topic(name).policy = policy

    def subscribe(self, topic_arn: str, queue_arn: str) -> None:
        """Join a queue to a topic as part of the scenario."""
        with self._changed:
            self._sns.subscribe(topic_arn, queue_arn, "sqs")
            subscriptions.fill_in(self._sns)

    def _queue(self, name: str) -> Queue | None:
        found = self._sqs.queues.get(name)
        return found if isinstance(found, Queue) else None

    def _receive(self, call: _Call, queue_name: str, now: Callable[[], float]) -> Response:
        with self._changed:
            queue = self._queue(queue_name)
            wait = call.wait_seconds
            if wait is None:
                wait = float(getattr(queue, "receive_message_wait_time_seconds", 0)) if queue else 0.0
            if not 0 <= wait <= LONGEST_WAIT:
                return self._run("sqs", call.request)  # refused there in the service's own words
            if self._plan.current.no_long_polling:
                wait = 0.0
            at_once = call.without_waiting()
            deadline = now() + wait
            while True:
                if not call.request.is_still_wanted():
                    return Response(status=499)
                response = self._run("sqs", at_once)
                if queue and queue.dead_letter_queue:
                    self._changed.notify_all()  # somebody may wait for what has just been moved there
                left = deadline - now()
                if response.status != 200 or left <= 0 or _has_message(response):
                    return response
                self._wait_for(queue_name, left)

    def _wait_for(self, queue_name: str, seconds: float) -> None:
        """Wait, giving the lock up meanwhile, until something happens that may have made a message visible."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            queue = self._queue(queue_name)
            if queue is None:
                return
            self._changed.wait(min(left, queue.seconds_until_visible(otherwise=left) + _SHORTEST_WAIT))
            # A message may be visible and still not to be had, in a FIFO queue; the short pause keeps that calm.
            if queue.messages:
                return

    def _run(self, service: str, request: Request) -> Response:
        """Hand a request to moto in the form of a WSGI call; the lock is held."""
        for queue in self._sqs.queues.values():
            if isinstance(queue, Queue):
                queue.forget_attributes()
        answer = _Answer()
        chunks: Iterable[bytes] = self._apps[service](_environ(request), answer.start)
        try:
            body = b"".join(chunks)
        finally:
            if close := getattr(chunks, "close", None):
                close()
        kept = tuple((name, value) for name, value in answer.headers if name.lower().startswith("x-amz"))
        return Response(status=answer.status, content_type=answer.content_type, headers=kept, body=body)


class _Answer:
    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[str, str]] = []
        self.content_type = "text/xml"

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], None]:
        """Take down status and headers, as WSGI asks."""
        del exc_info
        self.status = int(status.split(" ", 1)[0])
        self.headers = headers
        self.content_type = next((value for name, value in headers if name.lower() == "content-type"), "text/xml")
        return lambda _: None


class _Call:
    """What has to be known about a call beside what moto reads itself, in either of SQS's protocols."""

    def __init__(self, request: Request) -> None:
        self.request = request
        target = request.headers.get("x-amz-target", "")
        self.is_json = bool(target)
        if self.is_json:
            self.action = target.rpartition(".")[2]
            self.values = _json_object(request.body)
        else:
            self.values = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
            self.values.update(parse_qsl(request.query, keep_blank_values=True))
            self.action = str(self.values.get("Action", ""))

    @property
    def queue_place(self) -> tuple[str, str]:
        """The account and the name of the queue that is meant, empty where they are not told."""
        path = urlsplit(str(self.values.get("QueueUrl", "") or "")).path or self.request.path
        account, _, name = path.strip("/").rpartition("/")
        return account, name

    def no_such_queue(self) -> Response:
        """Say that there is no such queue, as moto does of a name."""
        message = "The specified queue does not exist."
        headers = (("x-amzn-query-error", f"{_NO_QUEUE};Sender"),)
        if self.is_json:
            members = {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": message}
            body = json.dumps(members).encode()
            return Response(status=400, content_type="application/x-amz-json-1.0", headers=headers, body=body)
        text = f"<Error><Type>Sender</Type><Code>{_NO_QUEUE}</Code><Message>{message}</Message></Error>"
        return Response(status=400, content_type="text/xml", body=f"<ErrorResponse>{text}</ErrorResponse>".encode())

    @property
    def wait_seconds(self) -> float | None:
        """How long is to be waited; None where the queue's own setting counts."""
        try:
            return float(self.values["WaitTimeSeconds"])
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What a batch is made of; none in the older protocol, which spreads them over many values."""
        entries = self.values.get("Entries", []) if self.is_json else []
        return [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []

    def entries_that(self, fail: Callable[[], bool]) -> list[dict[str, Any]]:
        """The entries for which ``fail`` says so, asked once for each."""
        return [one for one in self.entries if fail()]

    def without(self, entries: list[dict[str, Any]]) -> Request:
        """The same call without some of its entries. Its signature no longer fits, and was checked."""
        if not entries:
            return self.request
        left = [one for one in self.entries if one not in entries]
        return replace(self.request, body=json.dumps({**self.values, "Entries": left}).encode())

    def without_waiting(self) -> Request:
        """The same call for what is there now. Its signature no longer fits, and was checked."""
        if self.is_json:
            return replace(self.request, body=json.dumps({**self.values, "WaitTimeSeconds": 0}).encode())
        return replace(self.request, query="", body=urlencode({**self.values, "WaitTimeSeconds": "0"}).encode())


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


_NOTHING_DONE = Response(content_type="application/x-amz-json-1.0", body=b'{"Successful": [], "Failed": []}')


def _with_failed(response: Response, failing: list[dict[str, Any]]) -> Response:
    """Add entries that failed to the answer of a batch, as SQS tells of its own trouble with some of them."""
    if response.status != 200:
        return response
    answer = _json_object(response.body)
    failed = [
        {"Id": one.get("Id", ""), "SenderFault": False, "Code": "InternalError", "Message": "Practised trouble."}
        for one in failing
    ]
    return replace(response, body=json.dumps({**answer, "Failed": [*answer.get("Failed", []), *failed]}).encode())


def _has_message(response: Response) -> bool:
    return b'"Messages"' in response.body[:200] or b"<Message>" in response.body


def _environ(request: Request) -> dict[str, Any]:
    host, _, port = request.headers.get("host", LOOPBACK).partition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(request.path, "latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": request.path,
        "REQUEST_URI": request.path,
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": LOOPBACK,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr or io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    environ["CONTENT_TYPE"] = request.headers.get("content-type", "")
    environ["CONTENT_LENGTH"] = str(len(request.body))
    return environ
