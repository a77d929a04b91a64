# SPDX-License-Identifier: MIT
"""Destinations as people paste them, in the words of a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.test_cli import run

CASES = Path(__file__).parent.parent / "cases"
TOPIC = "arn:aws:sns:us-east-1:123456789012:turk-events"


@pytest.mark.parametrize(
    ("case", "transport", "says"),
    [
        ("destination-queue-http.txt", "SQS", "Mechanical Turk's instructions ask for https"),
        ("destination-sns-console-page.txt", "SNS", f"Most likely it is {TOPIC}"),
        ("destination-sns-console-page.txt", "SNS", "page of Amazon's console"),
        ("destination-sns-console-page.txt", "SQS", "--transport is the way to send"),
        ("destination-topic-european-sovereign.txt", "SNS", "another partition"),
    ],
)
def test_what_is_no_destination_is_refused_before_anything_is_asked(case: str, transport: str, says: str) -> None:
    destination = (CASES / case).read_text("utf-8")
    ran = run("send", "--account", "environment", "--transport", transport, "--destination", destination,
              "--event", "HITReviewable", "--json")  # fmt: skip
    problem = ran.json()["problem"]
    assert ran.code == 2
    assert says in f"{problem['title']} {problem['detail']} {problem['remedy']}"


def test_a_mailbox_with_a_persons_name_is_the_mailbox(environment: dict[str, str]) -> None:
    destination = (CASES / "destination-email-with-name.txt").read_text("utf-8")
    ran = run("send", "--account", "environment", "--transport", "Email", "--destination", destination,
              "--event", "HITReviewable", "--wait", "0", "--json", **environment)  # fmt: skip
    assert ran.json()["accepted"]["state"] == "yes"
    assert ran.json()["problem"] is None
