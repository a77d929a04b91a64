# SPDX-License-Identifier: MIT
"""What the practice cloud holds when it starts, read from ``resources/scenarios/first-start.json``."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING, Any

from notification_tester import resources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notification_tester.practice.aws_services import Services
    from notification_tester.practice.marketplace import Marketplace

FIRST_START = "first-start.json"
QUESTION = (
    '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
    'ExternalQuestion.xsd"><ExternalURL>https://practice.example/task</ExternalURL>'
    "<FrameHeight>600</FrameHeight></ExternalQuestion>"
)
_HOUR = 3600.0


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the scenario's destinations are."""

    queue_name: str
    blocked_queue_name: str
    topic_arn: str
    email: str


def load(name: str = FIRST_START) -> dict[str, Any]:
    """Read a scenario's file. Raises OSError or ValueError, which mean a broken installation."""
    text = (resources.folder() / "scenarios" / name).read_text(encoding="utf-8")
    value: dict[str, Any] = json.loads(text)
    return value


def set_up(scenario: Mapping[str, Any], *, services: Services) -> Places:
    """Make the scenario's queues and topic."""
    topic_arn = f"arn:aws:sns:{services.region}:{services.account_id}:{scenario['topic']['name']}"
    names: dict[str, str] = {}
    for role in ("queue", "blocked_queue", "topic_subscriber"):
        names[role] = str(scenario[role]["name"])
        arn = f"arn:aws:sqs:{services.region}:{services.account_id}:{names[role]}"
        policy = _policy(scenario[role], resource=arn, account_id=services.account_id, topic=topic_arn)
        services.create_queue(names[role], policy=policy)
        if role == "topic_subscriber":
            topic_policy = _policy(
                scenario["topic"], resource=topic_arn, account_id=services.account_id, topic=topic_arn
            )
            services.create_topic(str(scenario["topic"]["name"]), policy=topic_policy)
            services.subscribe(topic_arn, arn)
    return Places(
        queue_name=names["queue"],
        blocked_queue_name=names["blocked_queue"],
        topic_arn=topic_arn,
        email=str(scenario["email"]),
    )


def add_hits(scenario: Mapping[str, Any], marketplace: Marketplace) -> None:
    """Make the scenario's HIT types and HITs."""
    # An hour apart and all in the past, the first type's HITs the oldest, so that a list has an order worth seeing.
    created_at = time.time() - _HOUR * sum(int(entry["hits"]) for entry in scenario["hit_types"])
    for entry in scenario["hit_types"]:
        hit_type = marketplace.register_type(entry["properties"])
        for _ in range(int(entry["hits"])):
            created_at += _HOUR
            details = {"Question": QUESTION, **entry["hit"]}
            marketplace.create_hit(hit_type, details, created_at=created_at - _HOUR / 2)


def _policy(place: Mapping[str, Any], **values: str) -> str:
    policy = place.get("policy")
    return Template(json.dumps(policy)).safe_substitute(values) if policy else ""
