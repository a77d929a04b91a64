# SPDX-License-Identifier: MIT
"""The same test as a command and as a script, for whoever wants to repeat it without this program.

No key is in them: they take the keys from where the AWS CLI and boto3 take theirs. In practice, the comment says how to
get keys that work (``mturk-notification-tester practice`` prints some).
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from notification_tester.domain.account import REGION

if TYPE_CHECKING:
    from notification_tester.domain.events import EventType
    from notification_tester.domain.notification import NotificationSpec


def as_aws_cli(spec: NotificationSpec, event: EventType, *, endpoint: str, profile: str = "") -> str:
    """One command for a POSIX shell."""
    words = ["aws", "mturk", "send-test-event-notification", "--region", REGION]
    words += ["--endpoint-url", endpoint] if endpoint else []
    words += ["--profile", profile] if profile else []
    words += ["--notification", json.dumps(spec.to_request()), "--test-event-type", event.value]
    return " ".join(shlex.quote(word) for word in words)


def as_python(spec: NotificationSpec, event: EventType, *, endpoint: str, profile: str = "") -> str:
    """A script for Python with boto3."""
    session = f"boto3.Session(profile_name={profile!r})" if profile else "boto3.Session()"
    where = f", endpoint_url={endpoint!r}" if endpoint else ""
    request = json.dumps(spec.to_request(), indent=4).replace("\n", "\n    ")
    return (
        "import boto3\n\n"
        f'mturk = {session}.client("mturk", region_name={REGION!r}{where})\n'
        "mturk.send_test_event_notification(\n"
        f"    Notification={request},\n"
        f"    TestEventType={json.dumps(event.value)},\n"
        ")\n"
        'print("accepted")\n'
    )
