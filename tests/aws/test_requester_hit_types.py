# SPDX-License-Identifier: MIT
"""The calls of bulk work: pages of HITs and changes of settings, once each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import PAGE_SIZE, Requester, seconds_since_1970
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import Credentials
from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.practice.cloud import PracticeCloud
from notification_tester.practice.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Iterator

HITS = 250


@pytest.fixture(scope="module")
def market() -> Iterator[PracticeCloud]:
    with PracticeCloud.start() as cloud:
        cloud.set_workers(running=False)
        cloud.add_hits(hits=HITS, hit_types=3)
        yield cloud


@pytest.fixture
def clients(market: PracticeCloud) -> Iterator[Clients]:
    details = market.details
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    made = Clients(Connection(mturk_endpoint=details.mturk_endpoint, credentials=keys, is_local=True))
    yield made
    made.close()
    market.set_faults(Faults())


def test_pages_have_every_hit_once_with_its_type(clients: Clients) -> None:
    requester = Requester(clients)
    expected = [hit for page in clients.mturk.get_paginator("list_hits").paginate() for hit in page["HITs"]]
    found, token, pages = [], "", 0
    while pages == 0 or token:
        page = requester.list_hits(token)
        found += page.hits
        token, pages = page.next_token, pages + 1
        assert len(page.hits) <= PAGE_SIZE
    assert len(found) == len(expected) >= HITS
    for hit, told in zip(found, expected, strict=True):
        assert hit[:4] == (told["HITTypeId"], told["Title"], told["Reward"], told["HITStatus"])
        assert hit.created == pytest.approx(told["CreationTime"].timestamp(), abs=0.001)


def test_other_clients_read_moments_as_ever(clients: Clients) -> None:
    assert isinstance(cast("Any", clients.mturk_bulk.list_hits(MaxResults=1)["HITs"][0]["CreationTime"]), float)
    assert clients.mturk.list_hits(MaxResults=1)["HITs"][0]["CreationTime"].tzinfo is not None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param(1769903999.5, 1769903999.5, id="seconds"),
        pytest.param(1769903999, 1769903999.0, id="whole seconds"),
        pytest.param("2026-01-31T23:59:59Z", 1769903999.0, id="ISO 8601"),
    ],
)
def test_moments(value: Any, seconds: float) -> None:
    assert seconds_since_1970(value) == seconds


def test_settings_are_set_and_switched(market: PracticeCloud, clients: Clients) -> None:
    requester = Requester(clients)
    one = HitTypeId(requester.list_hits().hits[0].hit_type_id)
    spec = parse_spec(transport=Transport.SQS, destination=market.details.queue_url, events=["HITExpired"])
    requester.update_notification_settings(one, spec=spec, active=True)
    assert market.settings()[one]["notification"] == spec.to_request()
    assert market.settings()[one]["active"] is True
    requester.update_notification_settings(one, spec=None, active=False)
    assert market.settings()[one]["notification"] == spec.to_request()
    assert market.settings()[one]["active"] is False


@pytest.mark.parametrize(
    ("faults", "cause"),
    [
        pytest.param(Faults(throttle_next=1), Cause.SLOW_DOWN, id="throttled"),
        pytest.param(Faults(service_fault_next=1), Cause.SERVICE, id="service fault"),
    ],
)
def test_nothing_is_tried_twice(market: PracticeCloud, clients: Clients, faults: Faults, cause: Cause) -> None:
    requester = Requester(clients)
    market.set_faults(faults)
    with pytest.raises(ProblemError) as caught:
        requester.list_hits()
    assert caught.value.problem.cause is cause
    assert requester.list_hits().hits
