# SPDX-License-Identifier: MIT
"""The same test as a command and as a script, for whoever wants to repeat it without this program.

No key of a person is in them: they take the keys from where the AWS CLI and boto3 take theirs. Practice has keys that
nobody could have set up and that open nothing but this computer's practice cloud, so those are in them.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from notification_tester.domain.account import REGION

if TYPE_CHECKING:
    from notification_tester.domain.events import EventType
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.services.accounts import OpenAccount


def as_aws_cli(opened: OpenAccount, spec: NotificationSpec, event: EventType) -> str:
    """One command, quoted for the shell of this system."""
    connection = opened.clients.connection
    words = ["aws", "mturk", "send-test-event-notification", "--region", REGION]
    words += ["--endpoint-url", connection.mturk_endpoint] if connection.mturk_endpoint else []
    words += ["--profile", connection.profile] if connection.profile else []
    words += ["--notification", json.dumps(spec.to_request()), "--test-event-type", event.value]
    if sys.platform == "win32":
        settings = "".join(f"set {name}={value}&& " for name, value in practice_keys(opened).items())
        return settings + subprocess.list2cmdline(words)
    settings = "".join(f"{name}={shlex.quote(value)} " for name, value in practice_keys(opened).items())
    return settings + shlex.join(words)


def as_python(opened: OpenAccount, spec: NotificationSpec, event: EventType) -> str:
    """A script for Python with boto3."""
    connection = opened.clients.connection
    keys = practice_keys(opened)
    session = [f"{name.lower()}={value!r}" for name, value in keys.items()]
    session += [f"profile_name={connection.profile!r}"] if connection.profile else []
    where = f", endpoint_url={connection.mturk_endpoint!r}" if connection.mturk_endpoint else ""
    request = json.dumps(spec.to_request(), indent=4).replace("\n", "\n    ")
    return (
        "import boto3\n\n"
        f"session = boto3.Session({', '.join(session)})\n"
        f'mturk = session.client("mturk", region_name={REGION!r}{where})\n'
        "mturk.send_test_event_notification(\n"
        f"    Notification={request},\n"
        f"    TestEventType={json.dumps(event.value)},\n"
        ")\n"
        'print("accepted")\n'
    )


def practice_keys(opened: OpenAccount) -> dict[str, str]:
    """The keys of practice under their names in the environment: first the id, then the secret; empty elsewhere."""
    if opened.practice is None:
        return {}
    details = opened.practice.details
    return {"AWS_ACCESS_KEY_ID": details.access_key_id, "AWS_SECRET_ACCESS_KEY": details.secret_access_key}
