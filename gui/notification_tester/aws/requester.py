# SPDX-License-Identifier: MIT
"""The calls to Mechanical Turk."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated, without_network
from notification_tester.aws.reachability import another_service_answers
from notification_tester.domain.problem import Cause, ProblemError

if TYPE_CHECKING:
    from notification_tester.aws.clients import Clients
    from notification_tester.domain.events import EventType
    from notification_tester.domain.notification import NotificationSpec


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The service took the call: its request id, and how long the call took, in seconds."""

    request_id: str
    seconds: float


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

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        client = self._clients.mturk
        call = Call(service="mturk", operation=operation, endpoint=client.meta.endpoint_url)
        method = _METHODS[operation]
        try:
            with translated(call, profile=self._clients.connection.profile):
                return cast("dict[str, Any]", getattr(client, method)(**arguments))
        except ProblemError as error:
            connection = self._clients.connection
            asks_elsewhere = error.problem.cause is Cause.UNREACHABLE and not connection.is_local
            if asks_elsewhere and not another_service_answers(connection.aws_endpoint):
                raise ProblemError(without_network(error.problem)) from error
            raise


_METHODS = {
    "SendTestEventNotification": "send_test_event_notification",
    "GetAccountBalance": "get_account_balance",
}
