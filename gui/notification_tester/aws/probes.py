# SPDX-License-Identifier: MIT
"""Calls without effect, by which a checkup asks a service what these keys may do.

IAM decides before a service looks at a request. So a request that is allowed and then refused for its content (a test
toward no destination; a change of a HIT type that cannot exist) tells that the action is allowed, and does nothing.
That Mechanical Turk, too, decides in this order is how services of AWS work in general; nothing is published about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated
from notification_tester.aws.identity import Caller
from notification_tester.domain.notification import VERSIONS

if TYPE_CHECKING:
    from notification_tester.aws.clients import Clients

NO_SUCH_HIT_TYPE = "0NOTIFICATIONTESTERASKSONLY0"
"""Fits the pattern of a HIT type's id; real ones are 30 characters that begin with a 2 or a 3."""


@dataclass(frozen=True, kw_only=True)
class WhoAndWhen:
    """Whose keys these are, and the service's clock (to the second) where its answer told it."""

    caller: Caller
    server_time: datetime | None


def who_and_when(clients: Clients) -> WhoAndWhen:
    """Ask STS; needs no permission. Raises ProblemError."""
    client = clients.sts
    with _translated(clients, "sts", "GetCallerIdentity", client):
        answer = client.get_caller_identity()
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        server_time = parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        server_time = None
    return WhoAndWhen(caller=Caller(account_id=answer["Account"], arn=answer["Arn"]), server_time=server_time)


def ask_balance(clients: Clients) -> None:
    """Ask for the balance: needs keys, a link, and a permission that every policy of Amazon's for MTurk has."""
    client = clients.mturk
    with _translated(clients, "mturk", "GetAccountBalance", client):
        client.get_account_balance()


def ask_to_list(clients: Clients) -> None:
    """Ask for one HIT. Raises ProblemError."""
    client = clients.mturk
    with _translated(clients, "mturk", "ListHITs", client):
        client.list_hits(MaxResults=1)


def ask_to_test(clients: Clients) -> None:
    """Ask for a test event toward no destination at all. Raises ProblemError; REFUSED means that it is allowed."""
    client = clients.mturk
    with _translated(clients, "mturk", "SendTestEventNotification", client):
        client.send_test_event_notification(
            Notification={"Destination": "", "Transport": "SQS", "Version": VERSIONS[0], "EventTypes": []},
            TestEventType="Ping",
        )


def ask_to_set(clients: Clients) -> None:
    """Ask to switch off a HIT type that does not exist. Raises ProblemError; REFUSED means that it is allowed."""
    client = clients.mturk
    with _translated(clients, "mturk", "UpdateNotificationSettings", client):
        client.update_notification_settings(HITTypeId=NO_SUCH_HIT_TYPE, Active=False)


def _translated(clients: Clients, service: str, operation: str, client: Any) -> Any:
    call = Call(service=service, operation=operation, endpoint=client.meta.endpoint_url)
    return translated(call, clients.settings)
