# SPDX-License-Identifier: MIT
"""One id of a HIT type as people type it."""

from __future__ import annotations

import pytest

from notification_tester.domain.hit_type import HitTypeSummary, parse_hit_type_id
from notification_tester.domain.problem import Cause, ProblemError

GOOD = "3XYZ0123456789ABCDEFGHIJKLMNOP"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD, id="plain"),
        pytest.param(f"  {GOOD}\r\n", id="blanks"),
        pytest.param(f'"{GOOD}",', id="a cell"),
        pytest.param(f"“{GOOD}”", id="curly quotes"),
        pytest.param(f"\ufeff{GOOD}\u200b", id="invisible around it"),
        pytest.param(f"\u00a0{GOOD}\u00a0", id="blanks that do not break"),
    ],
)
def test_an_id_is_read(text: str) -> None:
    assert parse_hit_type_id(text) == GOOD


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "There is no id.", id="empty"),
        pytest.param(' "" ', "There is no id.", id="only quotes"),
        pytest.param(GOOD.lower(), "capital letters", id="lower case"),
        pytest.param("3ABC-DEF", "“-”", id="dash"),
        pytest.param("3ABC DEF", "“ ” in it", id="blank inside"),
        pytest.param("3ABCÄ", "only capital letters from A to Z", id="umlaut"),
        pytest.param("3АВС", "“А”", id="cyrillic"),
        pytest.param("3ABC٣", "“٣”", id="another script's digit"),
        pytest.param("3AB\u202eC", "U+202E", id="invisible inside"),
        pytest.param("3AB\nC", "U+000A", id="line break inside"),
        pytest.param("A" * 65, "has 65", id="too long"),
        pytest.param("A" * 63 + "a", f"“{'A' * 40}” has “a” in it.", id="as long as may be, and wrong"),
        pytest.param("09876543210987654321", "made-up", id="made-up id of tests"),
        pytest.param("=1+1", "“=”", id="formula"),
    ],
)
def test_what_is_no_id_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ProblemError, match="not the id of a HIT type") as caught:
        parse_hit_type_id(text)
    problem = caught.value.problem
    assert said in problem.detail
    assert (problem.code, problem.cause) == ("hit-type.id", Cause.INPUT)
    assert problem.remedy
    assert problem.detail.isprintable()


def test_an_id_as_long_as_may_be_is_read() -> None:
    assert parse_hit_type_id("A" * 64) == "A" * 64


def test_a_summary_counts_its_hits() -> None:
    assert HitTypeSummary(id=parse_hit_type_id(GOOD), hits_by_status={"Assignable": 2, "Reviewable": 3}).hits == 5
