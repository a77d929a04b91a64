# SPDX-License-Identifier: MIT
"""A checkup takes as long as its slowest chain of calls, and tells what it found as soon as it knows."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.destination import Transport
from notification_tester.practice.faults import Faults
from notification_tester.services.checkup.checkup import Checkup

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.destination import Destination
    from notification_tester.domain.finding import Finding
    from services.places_to_check import Site

SLOW = 0.6
"""Seconds that each answer takes."""

ATTEMPTS = 3
"""A busy computer may be slow by itself; one that waits for one call after the other is slow each time."""


def mailbox(site: Site) -> Destination:
    return site.desk.spec(Transport.EMAIL).destination


def queue(site: Site) -> Destination:
    return site.open_queue()


def queue_with_key(site: Site) -> Destination:
    return site.open_queue(KmsMasterKeyId=site.key())


def queue_with_alias(site: Site) -> Destination:
    return site.open_queue(KmsMasterKeyId=alias(site))


def topic_with_many(site: Site) -> Destination:
    made = site.open_topic()
    for _ in range(7):
        site.subscribe(made.text, site.listening_queue(made.text))
    return made


def topic_before_alias(site: Site) -> Destination:
    made = site.open_topic()
    site.subscribe(made.text, site.listening_queue(made.text, KmsMasterKeyId=alias(site)))
    return made


def alias(site: Site) -> str:
    arn = site.key()
    name = f"alias/slow-{arn[-8:]}"
    site.kms.create_alias(AliasName=name, TargetKeyId=arn)
    return name


@pytest.mark.alone
@pytest.mark.parametrize(
    ("make", "chain"),
    [
        pytest.param(mailbox, 1, id="mailbox"),
        pytest.param(queue, 1, id="queue"),
        pytest.param(queue_with_key, 2, id="queue-then-key"),
        pytest.param(queue_with_alias, 3, id="queue-then-alias-then-key"),
        pytest.param(topic_with_many, 2, id="list-then-all-subscribers"),
        pytest.param(topic_before_alias, 4, id="list-then-queue-then-alias-then-key"),
    ],
)
def test_it_takes_as_long_as_its_slowest_chain(site: Site, make: Callable[[Site], Destination], chain: int) -> None:
    destination = make(site)
    site.check(destination)  # clients are made with the first call
    site.desk.cloud.set_faults(Faults(slow_seconds=SLOW, slow_elsewhere_seconds=SLOW))
    for _ in range(ATTEMPTS):
        began = time.monotonic()
        site.check(destination)
        took = time.monotonic() - began
        if took <= 1.3 * chain * SLOW:
            break
    assert took <= 1.3 * chain * SLOW
    assert took >= 0.9 * chain * SLOW, "the chain is shorter than it is said to be"


@pytest.mark.alone
def test_each_finding_is_told_as_soon_as_it_is_known(site: Site) -> None:
    destination = topic_before_alias(site)
    site.check(destination)
    site.desk.cloud.set_faults(Faults(slow_seconds=3 * SLOW, slow_elsewhere_seconds=SLOW))
    told: dict[str, float] = {}
    began = time.monotonic()

    def hear(finding: Finding) -> None:
        told[finding.id] = (time.monotonic() - began) / SLOW

    report = Checkup().run(site.desk.opened, destination, progress=hear, stop=threading.Event())
    assert told.keys() == {one.id for one in report.findings}
    assert told["topic.exists"] < told["topic.filters"] < told["account.test"] < told["topic.queues"]
    assert told["topic.subscribers"] < told["topic.filters"]
    assert told["topic.queues"] - told["topic.exists"] > 2.5  # three calls more, each slow


def test_the_order_is_that_of_the_questions_whatever_answers_first(site: Site) -> None:
    destination = site.desk.spec(Transport.SNS).destination
    told: list[str] = []
    site.desk.cloud.set_faults(Faults(slow_elsewhere_seconds=SLOW))
    report = Checkup().run(
        site.desk.opened, destination, progress=lambda one: told.append(one.id), stop=threading.Event()
    )
    shown = [one.id for one in report.findings]
    assert told.index("account.set") < told.index("topic.raw")
    assert shown.index("topic.raw") < shown.index("account.set")
