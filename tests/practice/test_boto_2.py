# SPDX-License-Identifier: MIT
"""boto 2.49, as it was published, reads and verifies our messages, and sets and tests notifications with practice."""

from __future__ import annotations

import json
import os
import queue
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from notification_tester.domain.events import EventType
from notification_tester.domain.messages.writing import rest_query
from notification_tester.domain.outgoing import (
    DeliveryForm,
    LegacySignature,
    MadeNotification,
    SignatureKind,
    real_looking,
    service_test,
)
from notification_tester.domain.receiver_place import Answer, ReceiverPlace
from notification_tester.services.inbox.receiver import Received, Receiver

if TYPE_CHECKING:
    from notification_tester.practice.cloud import PracticeCloud

CLIENT = Path(__file__).with_name("boto_2_client.py")
PYTHON = Path(sys.prefix, "boto-2", "Scripts" if os.name == "nt" else "bin", "python")
NOW = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
SECRET = "our/secret+key"

pytestmark = pytest.mark.skipif(
    not PYTHON.with_suffix(".exe" if os.name == "nt" else "").is_file(), reason="boto 2 is not installed: make test"
)


def ask_boto(**asked: Any) -> list[dict[str, Any]]:
    """Have boto 2 do something; what it needs goes by standard input, as a key is among it."""
    done = subprocess.run(
        [str(PYTHON), "-I", str(CLIENT)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def call(cloud: PracticeCloud, *calls: tuple[str, dict[str, Any]], secret: str = "") -> list[dict[str, Any]]:
    place = urlsplit(cloud.details.mturk_endpoint)
    return ask_boto(
        do="call",
        host=place.hostname,
        port=place.port,
        key=cloud.details.access_key_id,
        secret=secret or cloud.details.secret_access_key,
        calls=calls,
    )


def test_it_reads_and_verifies_what_we_write() -> None:
    made: dict[str, MadeNotification] = {
        "test": service_test(EventType.ASSIGNMENT_SUBMITTED, "2006-05-05", NOW, form=DeliveryForm.REST),
        "ping": service_test(None, "2006-05-05", NOW, form=DeliveryForm.REST),
        "real looking": real_looking(
            [EventType.ASSIGNMENT_ACCEPTED, EventType.HIT_REVIEWABLE] * 3,
            "2014-08-15",
            now=NOW,
            chance=random.Random(1),  # noqa: S311 - no secret
        ),
    }
    kinds = (SignatureKind.RIGHT, SignatureKind.WRONG, SignatureKind.DEPRECATED)
    ways = [(message, kind) for message in made.values() for kind in kinds]
    read = ask_boto(
        do="verify",
        queries=[rest_query(message, LegacySignature(kind=kind, secret=SECRET), NOW) for message, kind in ways],
        secrets=[SECRET, "another"],
    )
    for (message, kind), found in zip(ways, read, strict=True):
        assert found["verdicts"] == [kind is SignatureKind.RIGHT, False]
        assert found["version"] == message.version
        assert found["events"] == [
            [one.event_type, f"{one.at:%Y-%m-%dT%H:%M:%SZ}", one.hit_type_id, one.hit_id, one.assignment_id]
            for one in message.events
        ]


def test_it_sets_and_tests_and_notices_success_and_failure(cloud: PracticeCloud, new_hit_type_id: str) -> None:
    came: queue.Queue[Received] = queue.Queue()
    with (
        Receiver(ReceiverPlace(), came.put) as receiver,
        Receiver(ReceiverPlace(answer=Answer.ERROR), lambda _: None) as failing,
    ):
        at = {"hit_type": new_hit_type_id, "url": receiver.url}
        tested, with_event, failed, unreachable, elsewhere, is_set, unknown, not_played = call(
            cloud,
            ("send_test_event_notification", at),
            ("send_test_event_notification", {**at, "test_event_type": "HITReviewable"}),
            ("send_test_event_notification", {**at, "url": failing.url}),
            ("send_test_event_notification", {**at, "url": "http://127.0.0.1:1/"}),
            ("send_test_event_notification", {**at, "url": "http://receiver.example/"}),
            ("set_rest_notification", {**at, "event_types": ["AssignmentSubmitted", "HITReviewable"]}),
            (
                "set_email_notification",
                {"hit_type": "3NOSUCHTYPE", "email": "a@b.example", "event_types": "HITExpired"},
            ),
            ("get_account_balance", {}),
        )
    assert (tested["is_valid"], tested["status"]) == (True, "200")
    assert [one.event_type for one in came.get(timeout=60).decoded.events] == ["Ping"]
    message = came.get(timeout=60)
    assert [one.event_type for one in message.decoded.events] == ["HITReviewable", "Ping"]
    assert with_event["status"] == "200"
    assert (failed["is_valid"], failed["status"]) == (True, "500")
    assert unreachable["error"] == elsewhere["error"] == "AWS.MechanicalTurk.InvalidTransportEndpoint"
    assert is_set["is_valid"]
    kept = cloud.control("GET", "/practice/settings")[new_hit_type_id]
    assert kept["active"]
    assert kept["notification"] == {
        "Destination": at["url"],
        "Transport": "REST",
        "Version": "2006-05-05",
        "EventTypes": ["AssignmentSubmitted", "HITReviewable"],
    }
    assert unknown["error"] == "AWS.MechanicalTurk.HITTypeDoesNotExist"
    assert not_played["error"] == "AWS.UnknownOperation"
    (read,) = ask_boto(
        do="verify", queries=[urlsplit(message.target).query], secrets=[cloud.details.secret_access_key, "another"]
    )
    assert read["verdicts"] == [True, False]


def test_it_notices_a_wrong_secret(cloud: PracticeCloud) -> None:
    (answer,) = call(cloud, ("get_help", {"about": "Help"}), secret="x" * 40)
    assert answer["error"] == "AWS.NotAuthorized"
