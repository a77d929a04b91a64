# SPDX-License-Identifier: MIT
"""What "Copy as AWS CLI" and "Copy as Python" give is run as it is, and the test arrives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notification_tester.aws.clients import Clients
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import Account, Credentials, Environment, KeySource
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.messages.message import decode
from notification_tester.practice.cloud import clean_environment
from notification_tester.services.snippets import as_aws_cli, as_python
from practice.clients import AWS_CLI
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.services.accounts import OpenAccount
    from services.parts import Desk


def run(words: list[str], **more: str) -> str:
    """Run it with nothing of this computer's own AWS configuration."""
    environment = clean_environment(os.environ) | {"AWS_EC2_METADATA_DISABLED": "true"} | more
    environment["PATH"] = f"{Path(AWS_CLI).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def lab(desk: Desk, *, endpoint: str = "", profile: str = "") -> OpenAccount:
    """An account that is a person's own."""
    keys = None if profile else Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="S" * 40)
    clients = Clients(Connection(mturk_endpoint=endpoint, profile=profile, credentials=keys))
    account = Account(name="Lab", environment=Environment.PRODUCTION, source=KeySource.KEYRING)
    return replace(desk.opened, account=account, clients=clients, practice=None)


def arrived_events(desk: Desk, url: str) -> list[str]:
    found: list[str] = []

    def look() -> bool:
        found.extend(event.event_type for body in desk.outside.bodies(url) for event in decode(body).events)
        return bool(found)

    assert until(look)
    return sorted(set(found))


def test_the_python_script_runs(desk: Desk, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(as_python(desk.opened, desk.spec(events=SUBSCRIBABLE), EventType.HIT_REVIEWABLE), "utf-8")
    assert run([sys.executable, str(script)]) == "accepted\n"
    assert arrived_events(desk, desk.cloud.details.queue_url) == ["HITReviewable"]


def test_the_python_script_uses_the_profile(desk: Desk, tmp_path: Path) -> None:
    details = desk.cloud.details
    credentials = tmp_path / "credentials"
    lines = (
        "[it's]",
        f"aws_access_key_id={details.access_key_id}",
        f"aws_secret_access_key={details.secret_access_key}",
    )
    credentials.write_text("\n".join(lines), "utf-8")
    opened = lab(desk, endpoint=details.mturk_endpoint, profile="it's")
    script = tmp_path / "script.py"
    script.write_text(as_python(opened, desk.spec(), EventType.PING), "utf-8")
    assert run([sys.executable, str(script)], AWS_SHARED_CREDENTIALS_FILE=str(credentials)) == "accepted\n"
    assert arrived_events(desk, details.queue_url) == ["Ping"]


@pytest.mark.skipif(not AWS_CLI or sys.platform == "win32", reason="the AWS CLI or a POSIX shell is missing")
def test_the_command_runs(desk: Desk) -> None:
    text = as_aws_cli(desk.opened, desk.spec(), EventType.ASSIGNMENT_RETURNED)
    run(["sh", "-c", text])
    assert arrived_events(desk, desk.cloud.details.queue_url) == ["AssignmentReturned"]


@pytest.mark.skipif(sys.platform == "win32", reason="the command is for a POSIX shell there")
def test_a_shell_reads_every_word_as_it_was_meant(desk: Desk) -> None:
    spec = desk.spec(Transport.EMAIL, "o'hara+x`y`@example.com")
    text = as_aws_cli(lab(desk, profile="it's; a $HOME"), spec, EventType.PING)
    words = run(["sh", "-c", f"aws() {{ for word; do printf '%s\\n' \"$word\"; done; }}; {text}"]).splitlines()
    assert words[:2] == ["mturk", "send-test-event-notification"]
    assert words[words.index("--profile") + 1] == "it's; a $HOME"
    assert json.loads(words[words.index("--notification") + 1]) == spec.to_request()
    assert "--endpoint-url" not in words


def test_a_command_for_windows_is_quoted_for_its_shell(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    text = as_aws_cli(desk.opened, desk.spec(), EventType.PING)
    details = desk.cloud.details
    keys = f"set AWS_ACCESS_KEY_ID={details.access_key_id}&& set AWS_SECRET_ACCESS_KEY={details.secret_access_key}&& "
    assert text.startswith(f"{keys}aws mturk send-test-event-notification --region us-east-1 --endpoint-url http://")
    assert '--notification "{\\"Destination\\": ' in text
    assert text.endswith(" --test-event-type Ping")


@pytest.mark.parametrize("write", [as_aws_cli, as_python])
def test_a_persons_keys_are_never_copied(desk: Desk, write: Callable[..., str]) -> None:
    text = write(lab(desk), desk.spec(Transport.EMAIL), EventType.PING)
    assert "S" * 40 not in text
    assert "AKIA" not in text
    assert "endpoint" not in text
    assert "us-east-1" in text
