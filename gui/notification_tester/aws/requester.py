# SPDX-License-Identifier: MIT
"""The calls to Mechanical Turk."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import NO_CONNECTION, translated, without_network
from notification_tester.aws.reachability import another_service_answers
from notification_tester.aws.settings import is_amazons
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from types_boto3_mturk import MTurkClient

    from notification_tester.aws.clients import Clients
    from notification_tester.domain.events import EventType
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem

PAGE_SIZE = 100
"""The most HITs that one ListHITs gives (API reference)."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The service took the call: its request id, and how long the call took, in seconds."""

    request_id: str
    seconds: float


class SeenHit(NamedTuple):
    """What a list of HITs tells about one of them. ``created`` is in seconds since 1970, zero where it is not told."""

    hit_type_id: str
    title: str
    reward: str
    status: str
    created: float


class HitPage(NamedTuple):
    """One page of ListHITs, newest first, and the token of the next; empty where this is the last."""

    hits: list[SeenHit]
    next_token: str


class Requester:
    """Mechanical Turk, as one account sees it. Every method raises ProblemError."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def send_test_event(self, spec: NotificationSpec, event: EventType) -> Accepted:
        """Have ``event`` simulated toward the destination of ``spec``. Accepted is not arrived."""
        began = time.perf_counter()
        answer = self._call(
            "SendTestEventNotification", Notification=cast("Any", spec.to_request()), TestEventType=event.value
        )
        return Accepted(
            request_id=str(answer.get("ResponseMetadata", {}).get("RequestId", "")),
            seconds=time.perf_counter() - began,
        )

    def balance(self) -> str:
        """The prepaid balance in US dollars, as the service writes it, such as ``10000.00``."""
        return str(self._call("GetAccountBalance").get("AvailableBalance", ""))

    def list_hits(self, token: str = "") -> HitPage:
        """Fetch a page of HITs, tried once. A HIT that was disposed of is in no page."""
        more = {"NextToken": token} if token else {}
        answer = self._call_once("ListHITs", MaxResults=PAGE_SIZE, **more)
        return HitPage([_seen(hit) for hit in answer.get("HITs") or ()], answer.get("NextToken") or "")

    def hit(self, hit_id: str) -> SeenHit:
        """Look at one HIT, tried once; also at one that was disposed of, as long as Mechanical Turk knows it."""
        return _seen(self._call_once("GetHIT", HITId=hit_id)["HIT"])

    def update_notification_settings(
        self, hit_type_id: HitTypeId, *, spec: NotificationSpec | None, active: bool
    ) -> None:
        """Set a HIT type's notification, or switch what is set where ``spec`` is None; tried once.

        The service may need up to five minutes until the change takes effect.
        """
        notification = {} if spec is None else {"Notification": spec.to_request()}
        self._call_once("UpdateNotificationSettings", HITTypeId=hit_type_id, Active=active, **notification)

    def in_detail(self, problem: Problem) -> Problem:
        """Say of a host of Amazon's that could not be connected to whether any other can be. Takes some seconds."""
        if problem.code not in NO_CONNECTION or not is_amazons(self._clients.mturk.meta.endpoint_url):
            return problem
        return problem if another_service_answers(self._clients) else without_network(problem)

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._with(self._clients.mturk, operation, arguments)
        except ProblemError as error:
            in_detail = self.in_detail(error.problem)
            if in_detail is not error.problem:
                raise ProblemError(in_detail, perhaps_done=error.perhaps_done) from error
            raise

    def _call_once(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """For bulk work, which decides about trying again by itself, and asks :meth:`in_detail` at its end."""
        return self._with(self._clients.mturk_bulk, operation, arguments)

    def _with(self, client: MTurkClient, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        call = Call(service="mturk", operation=operation, endpoint=client.meta.endpoint_url)
        with translated(call, self._clients.settings):
            return cast("dict[str, Any]", getattr(client, _METHODS[operation])(**arguments))


def _seen(hit: dict[str, Any]) -> SeenHit:
    return SeenHit(
        hit.get("HITTypeId") or "",
        hit.get("Title") or "",
        hit.get("Reward") or "",
        hit.get("HITStatus") or "",
        seconds_since_1970(hit.get("CreationTime") or 0.0),
    )


def seconds_since_1970(value: Any) -> float:
    """Read a moment: Mechanical Turk writes seconds since 1970; a service in its place may write a date."""
    if isinstance(value, int | float):
        return float(value)
    from botocore.utils import parse_timestamp

    return float(parse_timestamp(value).timestamp())


_METHODS = {
    "SendTestEventNotification": "send_test_event_notification",
    "GetAccountBalance": "get_account_balance",
    "GetHIT": "get_hit",
    "ListHITs": "list_hits",
    "UpdateNotificationSettings": "update_notification_settings",
}
