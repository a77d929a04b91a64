# SPDX-License-Identifier: MIT
"""As many HIT types and HITs as are asked for, and they look like a requester's."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import pytest

from notification_tester.practice.hits import Hit
from notification_tester.practice.marketplace import Marketplace
from notification_tester.practice.populating import populate, sizes

HIT_TYPES, HITS = 450, 3000  # more types than there are different titles without a batch number


@pytest.fixture(scope="module")
def hits() -> list[dict[str, Any]]:
    """Every HIT as ListHITs answers it."""
    marketplace = Marketplace(balance="1")
    populate(marketplace, hits=HITS, hit_types=HIT_TYPES)
    found, token = marketplace.page(size=100, token=None)
    while token:
        page, token = marketplace.page(size=100, token=token)
        found += page
    return [json.loads(hit) for hit in found]


def test_there_are_as_many_as_asked(hits: list[dict[str, Any]]) -> None:
    assert len({hit["HITId"] for hit in hits}) == len(hits) == HITS
    by_type = Counter(hit["HITTypeId"] for hit in hits)
    assert len(by_type) == HIT_TYPES
    assert max(by_type.values()) - min(by_type.values()) <= 1


def test_hits_of_a_type_share_what_is_the_type_s(hits: list[dict[str, Any]]) -> None:
    names = ["Title", "Description", "Keywords", "Reward", "HITGroupId", "AssignmentDurationInSeconds"]
    assert len({(hit["HITTypeId"], *(hit[name] for name in names)) for hit in hits}) == HIT_TYPES
    assert len({(hit["Title"], hit["Reward"]) for hit in hits}) == HIT_TYPES
    assert not any("$" in hit["Title"] for hit in hits)
    assert len({hit["Reward"] for hit in hits}) > 8


def test_they_were_made_over_the_last_weeks_and_the_newest_come_first(hits: list[dict[str, Any]]) -> None:
    times = [hit["CreationTime"] for hit in hits]
    assert times == sorted(times, reverse=True)
    days = [(time.time() - moment) / 86_400 for moment in times]
    assert 35 < days[-1] < 43
    assert 0 <= days[0] < 5


def test_their_states_agree_with_their_numbers(hits: list[dict[str, Any]]) -> None:
    states = Counter(hit["HITStatus"] for hit in hits)
    assert set(states) == {"Assignable", "Unassignable", "Reviewable", "Reviewing"}
    assert min(states.values()) >= 5
    for hit in hits:
        free, pending, done = (hit[f"NumberOfAssignments{name}"] for name in ("Available", "Pending", "Completed"))
        assert 0 <= free + pending + done <= hit["MaxAssignments"]
        assert (hit["HITStatus"] == "Assignable") == (free > 0)
        assert (hit["HITStatus"] == "Unassignable") == (free == 0 and pending > 0)
        if free or pending:
            assert hit["Expiration"] > time.time()


def test_those_of_one_millisecond_are_told_apart() -> None:
    marketplace = Marketplace(balance="1")
    of_type = marketplace.register_type({"Title": "Label images", "Reward": "0.05", "AssignmentDurationInSeconds": 60})
    made = [Hit(of_type, details="", created_at=1e9, lifetime=60, max_assignments=1) for _ in range(5)]
    marketplace.add_hits(made)
    first, token = marketplace.page(size=2, token=None)
    second, _ = marketplace.page(size=3, token=token)
    assert [json.loads(hit)["HITId"] for hit in first + second] == [hit.hit_id for hit in reversed(made)]
    marketplace.dispose(made[3])
    left, _ = marketplace.page(size=5, token=None)
    assert [json.loads(hit)["HITId"] for hit in left] == [made[number].hit_id for number in (4, 2, 1, 0)]


def test_a_hundred_thousand_take_a_moment() -> None:
    marketplace = Marketplace(balance="1")
    began = time.process_time()
    populate(marketplace, hits=100_000, hit_types=2_000)
    assert time.process_time() - began < 5  # 0.8 s on an idle machine
    began = time.process_time()
    page, _ = marketplace.page(size=100, token=None)
    assert len(page) == 100
    assert time.process_time() - began < 0.1  # 0.4 ms


def test_more_of_them_are_of_new_types() -> None:
    marketplace = Marketplace(balance="1")
    populate(marketplace, hits=4, hit_types=2)
    populate(marketplace, hits=4, hit_types=2)
    assert marketplace.number_of_types == 4


@pytest.mark.parametrize(
    ("hit_types", "hits", "expected"),
    [
        pytest.param(2, 9, (2, 9), id="both"),
        pytest.param(4, None, (4, 20), id="types-alone"),
        pytest.param(None, 11, (3, 11), id="hits-alone"),
        pytest.param(0, 0, (0, 0), id="none"),
        pytest.param(9, 2, (9, 2), id="types-without-hits"),
        pytest.param(None, 1_000_000, (100_000, 1_000_000), id="most"),
    ],
)
def test_what_is_left_out_is_filled_in(hit_types: int | None, hits: int | None, expected: tuple[int, int]) -> None:
    assert sizes(hit_types=hit_types, hits=hits) == expected
