# SPDX-License-Identifier: MIT
"""A small web receiver on this computer, for trying what a notification does to one; nothing else can reach it.

It takes whatever a sender of notifications sends: the deliveries of SNS, the GET of the legacy REST transport, the POST
of the legacy SOAP transport; and answers as it was told to (:class:`Answer`), so that it can be seen what the sender
makes of that. It is bounded as a receiver that anybody on this computer may call has to be (:data:`LIMITS`).

An SNS subscription is confirmed by a visit of the address that the message names (SNS Developer Guide, "Subscribing
an HTTPS endpoint to a topic"). Anybody can send a message that names an address, so only two kinds of it are visited:
SNS's own over HTTPS, for that one operation, and those of this computer.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from notification_tester.aws.sns_addresses import visit
from notification_tester.domain.json_text import characters
from notification_tester.domain.messages.legacy import is_query, only_own_values
from notification_tester.domain.messages.message import MAX_SIZE, decode
from notification_tester.domain.messages.sender import SignatureState, is_sns_host, judge_sender
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.receiver_place import Answer, ReceiverPlace, check_port
from notification_tester.domain.web_address import WebAddress, parse_web_address, without_query
from notification_tester.practice.listener import NO_ANSWER, Limits, Listener, PortTakenError, Request, Response
from notification_tester.practice.loopback import LOOPBACK
from notification_tester.storage.inbox_rows import InboxMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notification_tester.domain.messages.decoded import DecodedMessage
    from notification_tester.services.sns_signature import SignatureCheck

LIMITS = Limits(
    body=MAX_SIZE, head=64 * 1024, connections=32, request_seconds=10.0, idle_seconds=60.0, last_seconds=2.0
)
"""A notification has at most 1 MiB; with every connection at its limit that is some 150 MB for a while. What was shown
as received is answered also when the receiver ends meanwhile, as its sender would send it again otherwise."""

LONGEST_SECONDS = 300.0
"""How long a sender is left without an answer, where it gets none."""

ELSEWHERE = "https://elsewhere.invalid/"
"""Where a redirect points: to a name that nobody can have (RFC 6761)."""

_KEPT_HEADERS = ("content-type", "user-agent")
_MOST_OF_A_HEADER = 500
_USER_INFO = re.compile(r"(?<=://)[^/]*@")


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request that came. ``text`` is what holds the message: the body, or for a request without one its target.

    Of its headers only those are kept that say what it is: others may hold a password. So may the query of the address
    that the sender was given: only what of it is the notification's is in ``target`` and ``text``. ``confirmation``
    says what came of confirming a subscription; empty where there was nothing to confirm.
    """

    at: datetime  # with a zone
    method: str
    target: str
    headers: Mapping[str, str]
    text: str
    answer: Answer
    confirmation: str = ""
    decoded: DecodedMessage = field(compare=False)

    def for_inbox(self, check: SignatureCheck) -> InboxMessage:
        """As the inbox keeps it: each delivery is a message of its own, also the same one once more."""
        signature = check.check(self.text)
        return InboxMessage(
            message_id=str(uuid.uuid4()),
            seen_at=self.at,
            sent_at=self.at,
            decoded=self.decoded,
            raw=self.text,
            sender=judge_sender("", through_topic=signature.state is not SignatureState.NONE),
            signature=signature,
        )

    def as_json(self) -> dict[str, Any]:
        """What it tells beside the message, as the command line prints it."""
        return {
            "method": self.method,
            "target": self.target,
            "headers": dict(self.headers),
            "answer": self.answer.value,
            "confirmation": self.confirmation,
        }


class Receiver:
    """Receives from when it is entered until it is left; its port is taken from the moment it is made.

    ``on_message`` gets each message before it is answered, one at a time, on threads of the receiver's own. What it
    raises ends the receiver, and comes out of :meth:`run`. Raises ProblemError for a port that cannot be had.
    """

    def __init__(self, place: ReceiverPlace, on_message: Callable[[Received], None]) -> None:
        self._place = place
        self._on_message = on_message
        self._one_at_a_time = threading.Lock()
        self._ending = threading.Event()
        self._fault: BaseException | None = None
        self._listener = _listen(place.port)
        self._listener.answer = self._answer

    @property
    def port(self) -> int:
        """The port that was given, or that the system chose."""
        return self._listener.port

    @property
    def url(self) -> str:
        """What a sender has to be told; any path below it is received, too."""
        return f"http://{LOOPBACK}:{self.port}/"

    def run(self, stop: threading.Event) -> None:
        """Receive until ``stop`` is set. Raises what ``on_message`` raised."""
        with self:
            # In short steps: on Windows a wait without end would not notice Ctrl-C.
            while not (stop.wait(0.1) or self._ending.is_set()):
                pass
        if self._fault is not None:
            raise self._fault

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End at once: whoever waits because it was told to let them wait gets no answer."""
        self._ending.set()
        self._listener.stop()

    def _answer(self, request: Request) -> Response:
        text = _text(request)
        received = Received(
            at=datetime.now(tz=UTC),
            method=request.method[:20],
            target=_target(request),
            headers=_kept_headers(request.headers),
            text=text,
            answer=self._place.answer,
            confirmation=_confirm(text) if self._place.confirms and request.method == "POST" else "",
            decoded=decode(text),
        )
        with self._one_at_a_time:
            if self._ending.is_set():
                return Response(status=NO_ANSWER)
            try:
                self._on_message(received)
            except BaseException as fault:  # noqa: BLE001 - whoever runs the receiver gets it
                self._fault = fault
                self._ending.set()
                return Response(status=500, body=b"The message could not be kept.\n")
        return self._answered(request)

    def _answered(self, request: Request) -> Response:
        match self._place.answer:
            case Answer.OK:
                return Response(body=b"Received.\n")
            case Answer.LATE:
                if not self._waited(request, self._place.late_seconds):
                    return Response(status=NO_ANSWER)
                return Response(body=b"Received, and answered late, as it was told to.\n")
            case Answer.ERROR:
                return Response(status=500, body=b"This receiver was told to answer 500.\n")
            case Answer.REDIRECT:
                body = b"This receiver was told to redirect to another host.\n"
                return Response(status=302, headers=(("Location", ELSEWHERE),), body=body)
            case Answer.HALF:
                return Response(body=b"This receiver was told to end in the middle of its answer.\n", is_cut=True)
            case Answer.NOTHING:
                self._waited(request, LONGEST_SECONDS)
                return Response(status=NO_ANSWER)

    def _waited(self, request: Request, seconds: float) -> bool:
        """Let time pass; False where nobody waits for the answer any more."""
        steps = max(1, round(seconds / 0.1))
        return not any(self._ending.wait(seconds / steps) or not request.is_still_wanted() for _ in range(steps))


def address_to_visit(url: object) -> WebAddress | None:
    """The address, if a subscription may be confirmed there: SNS's own, or one of this computer."""
    if not isinstance(url, str):
        return None
    try:
        address = parse_web_address(url)
    except ProblemError:
        return None
    is_confirming = parse_qs(urlsplit(address.url).query).get("Action") == ["ConfirmSubscription"]
    is_sns = address.scheme == "https" and address.port == 443 and is_sns_host(address.host)
    return address if address.is_loopback or (is_sns and is_confirming) else None


def _listen(port: int) -> Listener:
    check_port(port)
    try:
        return Listener(port=port, limits=LIMITS, name="Receiver")
    except PortTakenError as error:
        raise ProblemError(
            Problem(
                title=f"Port {port} is in use.",
                detail=f"Another program uses it, or the system does not give it out ({error}).",
                remedy="End that program, choose another port, or 0 and let the system choose one.",
                code="receiver.port-in-use",
                cause=Cause.INPUT,
            )
        ) from error


def _target(request: Request) -> str:
    # an address may stand here as a whole, as proxies are told it; its name and password are nobody's business
    path = _USER_INFO.sub("", request.path)
    if request.body or not is_query(request.query):
        return without_query(f"{path}?{request.query}") if request.query else path
    return f"{path}?{only_own_values(request.query)}"


def _text(request: Request) -> str:
    return characters(request.body) if request.body else _target(request)


def _kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: re.sub(r"[^\x20-\x7e]", "?", value)[:_MOST_OF_A_HEADER]
        for name, value in headers.items()
        if name in _KEPT_HEADERS or name.startswith("x-amz-sns-")
    }


def _confirm(text: str) -> str:
    """Confirm the subscription that a message asks to confirm; a sentence about it, empty for any other message."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(message, dict) or message.get("Type") != "SubscriptionConfirmation":
        return ""
    address = address_to_visit(message.get("SubscribeURL"))
    if address is None:
        return (
            "The subscription was not confirmed: the message names an address that is neither Amazon SNS's own nor "
            "one of this computer, and no other is visited."
        )
    try:
        status = visit(address.url)
    except ProblemError as error:
        if address.is_loopback:  # the problem speaks of Amazon
            where = f"{address.host}:{address.port}"
            return f"The subscription was not confirmed: no answer came from {where}, on this computer."
        return f"The subscription was not confirmed: {error.problem.title}"
    if status == 200:
        return "The subscription was confirmed."
    return f"The subscription was not confirmed: its address answered {status}."
