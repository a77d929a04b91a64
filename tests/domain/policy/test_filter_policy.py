# SPDX-License-Identifier: MIT
"""Filter policies of subscriptions, and what of Mechanical Turk's messages they let through."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.policy.filter_policy import passes
from notification_tester.domain.policy.truth import Truth

YES, NO, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
EVENT = "AssignmentSubmitted"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param({}, YES, id="empty"),
        pytest.param({"colour": ["blue"]}, NO, id="an-attribute-that-is-not-there"),
        pytest.param({"colour": [{"exists": False}]}, YES, id="must-not-be-there"),
        pytest.param({"colour": [{"exists": True}]}, NO, id="must-be-there"),
        pytest.param({"colour": [{"anything-but": ["blue"]}]}, NO, id="anything-but-needs-the-attribute"),
        pytest.param({"colour": [{"exists": False}, "blue"]}, YES, id="one-of-a-list"),
        pytest.param({"colour": [{"exists": False}], "shape": ["round"]}, NO, id="every-key"),
        pytest.param({"$or": [{"colour": ["blue"]}, {"shape": [{"exists": False}]}]}, YES, id="or"),
        pytest.param({"EventType": [EVENT]}, NO, id="the-body-is-not-looked-at"),
        pytest.param({"colour": "blue"}, UNKNOWN, id="not-a-list"),
    ],
)
def test_by_attributes(policy: dict[str, Any], expected: Truth) -> None:
    assert passes(json.dumps(policy), in_body=False, event=EVENT) is expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param({"Events": {"EventType": [EVENT]}}, YES, id="this-event"),
        pytest.param({"Events": {"EventType": ["HITReviewable"]}}, NO, id="another-event"),
        pytest.param({"Events": {"EventType": ["HITReviewable", EVENT]}}, YES, id="one-of-two"),
        pytest.param({"Events": {"EventType": [{"prefix": "Assignment"}]}}, YES, id="prefix"),
        pytest.param({"Events": {"EventType": [{"prefix": "HIT"}]}}, NO, id="another-prefix"),
        pytest.param({"Events": {"EventType": [{"suffix": "Submitted"}]}}, YES, id="suffix"),
        pytest.param({"Events": {"EventType": [{"equals-ignore-case": EVENT.upper()}]}}, YES, id="any-case"),
        pytest.param({"Events": {"EventType": [EVENT.lower()]}}, NO, id="case-counts"),
        pytest.param({"Events": {"EventType": [{"anything-but": [EVENT]}]}}, NO, id="anything-but-this"),
        pytest.param({"Events": {"EventType": [{"anything-but": "Ping"}]}}, YES, id="anything-but-another"),
        pytest.param({"Events": {"EventType": [{"anything-but": {"prefix": "HIT"}}]}}, UNKNOWN, id="not-judged"),
        pytest.param({"Events": {"EventType": [{"wildcard": "*Sub*"}]}}, UNKNOWN, id="wildcard"),
        pytest.param({"Events": {"EventType": [{"prefix": "A", "suffix": "d"}]}}, UNKNOWN, id="two-in-one"),
        pytest.param({"Events": {"EventType": [{"exists": "no"}]}}, UNKNOWN, id="exists-of-another-kind"),
        pytest.param({"Events": {"EventType": [{"prefix": 7}]}}, UNKNOWN, id="prefix-of-another-kind"),
        pytest.param({"Events": {"EventType": []}}, NO, id="none-of-no-values"),
        pytest.param({"Events": {"EventType": ["Ping", {"wildcard": "*"}]}}, UNKNOWN, id="no-or-not-judged"),
        pytest.param({"Events": {"WorkerId": [{"exists": False}]}}, UNKNOWN, id="may-be-absent"),
        pytest.param({"Events": {"HITTypeId": ["3ABC"]}}, UNKNOWN, id="an-id"),
        pytest.param({"Events": {"HITTypeId": ["3ABC"], "EventType": ["Ping"]}}, NO, id="an-id-and-a-no"),
        pytest.param({"Events": {"HITTypeId": [{"exists": True}]}}, YES, id="always-there"),
        pytest.param({"Events": {"WorkerId": [{"exists": True}]}}, UNKNOWN, id="not-always-there"),
        pytest.param({"Events": {"Reward": ["0.10"]}}, NO, id="never-there"),
        pytest.param({"Records": {"eventName": ["x"]}}, NO, id="another-shape"),
        pytest.param({"Events": [EVENT]}, UNKNOWN, id="a-list-for-an-object"),
        pytest.param({"Events": {"EventType": [1, None, True]}}, NO, id="no-texts"),
    ],
)
def test_by_body(policy: dict[str, Any], expected: Truth) -> None:
    assert passes(json.dumps(policy), in_body=True, event=EVENT) is expected


@pytest.mark.parametrize("text", ["", " \n"])
def test_without_a_filter_policy_everything_is_let_through(text: str) -> None:
    assert passes(text, in_body=True, event=EVENT) is YES


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "[[]]"])
def test_what_is_no_policy_is_not_judged(text: str) -> None:
    assert passes(text, in_body=True, event=EVENT) is UNKNOWN


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(json_values, st.booleans())
def test_anything_is_answered(value: Any, in_body: bool) -> None:
    assert passes(json.dumps(value), in_body=in_body, event=EVENT) in Truth


@given(st.lists(st.text(max_size=8), max_size=4))
def test_a_list_with_the_event_always_lets_it_through(others: list[str]) -> None:
    rules = {"Events": {"EventType": [*others, EVENT]}}
    assert passes(json.dumps(rules), in_body=True, event=EVENT) is YES
