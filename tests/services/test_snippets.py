# SPDX-License-Identifier: MIT
"""What "Copy as AWS CLI" and "Copy as Python" give is run as it is, and the test arrives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.message import decode
from notification_tester.practice.cloud import clean_environment
from notification_tester.services.snippets import as_aws_cli, as_python
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from services.parts import Desk

AWS_CLI = shutil.which("aws") or ""


def environment(desk: Desk) -> dict[str, str]:
    """Keys where the AWS CLI and boto3 look for them, and nothing of this computer's own."""
    details = desk.cloud.details
    return clean_environment(os.environ) | {
        "AWS_ACCESS_KEY_ID": details.access_key_id,
        "AWS_SECRET_ACCESS_KEY": details.secret_access_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def run(words: list[str], desk: Desk, **more: str) -> str:
    done = subprocess.run(
        words, env=environment(desk) | more, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def arrived_events(desk: Desk, url: str) -> list[str]:
    found: list[str] = []

    def look() -> bool:
        found.extend(event.event_type for body in desk.outside.bodies(url) for event in decode(body).events)
        return bool(found)

    assert until(look, seconds=5)
    return sorted(set(found))


def test_the_python_script_runs(desk: Desk, tmp_path: Path) -> None:
    details = desk.cloud.details
    text = as_python(desk.spec(events=SUBSCRIBABLE), EventType.HIT_REVIEWABLE, endpoint=details.mturk_endpoint)
    script = tmp_path / "script.py"
    script.write_text(text, "utf-8")
    assert run([sys.executable, str(script)], desk) == "accepted\n"
    assert arrived_events(desk, details.queue_url) == ["HITReviewable"]
    assert details.secret_access_key not in text


def test_the_python_script_uses_the_profile(desk: Desk, tmp_path: Path) -> None:
    details = desk.cloud.details
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[it's]\naws_access_key_id = {details.access_key_id}\naws_secret_access_key = {details.secret_access_key}\n",
        "utf-8",
    )
    text = as_python(desk.spec(), EventType.PING, endpoint=details.mturk_endpoint, profile="it's")
    script = tmp_path / "script.py"
    script.write_text(text, "utf-8")
    more = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    assert run([sys.executable, str(script)], desk, **more) == "accepted\n"
    assert arrived_events(desk, details.queue_url) == ["Ping"]


@pytest.mark.skipif(not AWS_CLI, reason="the AWS CLI is not installed")
def test_the_command_runs(desk: Desk) -> None:
    details = desk.cloud.details
    text = as_aws_cli(desk.spec(), EventType.ASSIGNMENT_RETURNED, endpoint=details.mturk_endpoint)
    run(["sh", "-c", text], desk)
    assert arrived_events(desk, details.queue_url) == ["AssignmentReturned"]
    assert details.secret_access_key not in text


@pytest.mark.skipif(sys.platform == "win32", reason="the command is for a POSIX shell")
def test_a_shell_reads_every_word_as_it_was_meant(desk: Desk) -> None:
    spec = desk.spec(Transport.EMAIL, "o'hara+$(touch /nowhere)@example.com".replace("$(touch /nowhere)", "x`y`"))
    text = as_aws_cli(spec, EventType.PING, endpoint="", profile="it's; a $HOME")
    words = run(["sh", "-c", f"aws() {{ for word; do printf '%s\\n' \"$word\"; done; }}; {text}"], desk).splitlines()
    assert words[:2] == ["mturk", "send-test-event-notification"]
    assert words[words.index("--profile") + 1] == "it's; a $HOME"
    assert '"o\'hara+x`y`@example.com"' in words[words.index("--notification") + 1]
    assert "--endpoint-url" not in words


@pytest.mark.parametrize("write", [as_aws_cli, as_python])
def test_amazons_own_endpoint_needs_no_word(desk: Desk, write: Callable[..., str]) -> None:
    text = write(desk.spec(Transport.EMAIL), EventType.PING, endpoint="")
    assert "endpoint" not in text
    assert "us-east-1" in text
