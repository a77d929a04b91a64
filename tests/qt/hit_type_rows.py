# SPDX-License-Identifier: MIT
"""Rows of HIT types, as many as a test wants, all different."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from notification_tester.domain.coverage import Result, SpecTest
from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import NotificationSpec, parse_spec
from notification_tester.domain.setting import Action, LineState, Setting
from notification_tester.services.hit_types.bulk_types import HitTypeRow, Source

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def queue(name: str = "lab-results") -> NotificationSpec:
    return parse_spec(
        transport=Transport.SQS,
        destination=f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}",
        events=["AssignmentSubmitted", "HITReviewable", "HITExpired"],
    )


def mailbox(address: str = "lab@example.org") -> NotificationSpec:
    return parse_spec(transport=Transport.EMAIL, destination=address, events=["HITExpired"])


def row(
    number: int,
    *,
    title: str = "",
    spec: NotificationSpec | None = None,
    active: bool | None = None,
    line_state: LineState | None = None,
    tested_at: datetime | None = None,
    result: Result = Result.ARRIVED,
) -> HitTypeRow:
    known = spec is not None or active is not None
    return HitTypeRow(
        id=HitTypeId(f"3{number:029d}"),
        title=title or f"Task {number % 997} of {number}",
        reward=f"0.{number % 90 + 10}",
        newest=(NOW - timedelta(minutes=number)).isoformat(),
        hits_by_status={"Assignable": number % 50, "Reviewable": 2},
        setting=Setting(spec=spec, active=active),
        source=Source.HERE if known else Source.NOT_KNOWN,
        set_at=NOW if known else None,
        set_by=Action.APPLY if known else None,
        takes_effect_by=NOW + timedelta(minutes=5) if known else None,
        line_state=line_state or (LineState.APPLIED if known else None),
        last_test=None if tested_at is None else SpecTest(tested_at, result),
    )


def many(count: int) -> list[HitTypeRow]:
    specs = [queue(), queue("other"), mailbox()]
    return [
        row(number, spec=specs[number % 3], active=number % 2 == 0) if number % 4 else row(number)
        for number in range(count)
    ]
