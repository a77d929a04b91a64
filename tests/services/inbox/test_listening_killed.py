# SPDX-License-Identifier: MIT
"""A program that is killed while it follows: the queue gives all back, and the next start removes what was ours."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.services.session import Session
from notification_tester.storage.places import system_places
from services.parts import body_of_test, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeCloud
    from services.parts import Outside

MANY = 30
HOLD = 6
"""Seconds; the program's own are fifteen, for which nobody wants to wait here."""

PROGRAM = f"""
from notification_tester import cli
from notification_tester.services import holding as inbox_holding
inbox_holding.SHORTEST_HOLD, inbox_holding.LOOK_SECONDS = {HOLD}, 0.1
cli.main(["listen", "--account", "environment", "--json", "--transport", TRANSPORT, "--destination", PLACE],
         self_check=lambda _: 1)
"""


@pytest.fixture
def environment(cloud: PracticeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those whom this process starts find the shared cloud through boto3's own variables."""
    details = cloud.details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", details.mturk_endpoint)
    for service in ("SQS", "SNS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", details.aws_endpoint)


@contextmanager
def listening(transport: str, place: str) -> Iterator[subprocess.Popen[str]]:
    program = PROGRAM.replace("TRANSPORT", repr(transport)).replace("PLACE", repr(place))
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=os.environ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.usefixtures("environment")
def test_a_killed_reader_leaves_every_message(outside: Outside) -> None:
    url = outside.open_queue("killed-reader")
    for start in range(0, MANY, 10):
        entries: Any = [{"Id": str(n), "MessageBody": f"message {start + n}"} for n in range(10)]
        outside.sqs.send_message_batch(QueueUrl=url, Entries=entries)
    with listening("SQS", url) as process:
        assert process.stdout is not None
        for _ in range(MANY):
            assert process.stdout.readline().startswith("{")
        held_until = time.monotonic() + 1.5 * HOLD
        while time.monotonic() < held_until:  # renewed, so longer than one hold
            assert outside.counts(url) == (0, MANY)
        process.kill()
        assert until(lambda: outside.counts(url) == (MANY, 0), seconds=HOLD + 10)  # others wait fifteen and more
    assert sorted(outside.bodies(url)) == sorted(f"message {n}" for n in range(MANY))
    outside.sqs.delete_queue(QueueUrl=url)


@pytest.mark.usefixtures("environment")
def test_a_killed_reader_of_a_topic_is_tidied_up_after(outside: Outside) -> None:
    arn = outside.open_topic("killed-topic")
    before = outside.subscriptions()
    with listening("SNS", arn) as process:
        assert process.stdout is not None
        assert until(lambda: len(outside.subscriptions()) == len(before) + 1)
        outside.sns.publish(TopicArn=arn, Message=body_of_test())
        assert process.stdout.readline().startswith("{")
    assert len(outside.temporary_queues()) == 1
    with Session(system_places()) as session:
        assert session.remove_leftovers() == (1, ())
        assert session.remove_leftovers() == (0, ())
    assert outside.temporary_queues() == []
    assert outside.subscriptions() == before
    outside.sns.delete_topic(TopicArn=arn)
