# SPDX-License-Identifier: MIT
"""Ids of HIT types as people paste them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.hit_type import MADE_UP, HitTypeSummary, parse_hit_type_id, parse_hit_type_ids
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
        pytest.param("3ABCÄ", "“Ä”", id="umlaut"),
        pytest.param("3АВС", "“А”", id="cyrillic"),
        pytest.param("3ABC٣", "“٣”", id="another script's digit"),
        pytest.param("3AB\u202eC", "U+202E", id="invisible inside"),
        pytest.param("3AB\nC", "U+000A", id="line break inside"),
        pytest.param("A" * 65, "has 65", id="too long"),
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


@pytest.mark.parametrize(
    ("text", "ids", "repeated"),
    [
        pytest.param("3A\n3B\n", ("3A", "3B"), 0, id="lines"),
        pytest.param("3A, 3B;3C\t3D", ("3A", "3B", "3C", "3D"), 0, id="on one line"),
        pytest.param("3B\n3A\n3B 3B", ("3B", "3A"), 2, id="repeated"),
        pytest.param("\n\r\n3A\r\n\n", ("3A",), 0, id="empty lines"),
        pytest.param('"3A"\n“3B”\n""\n', ("3A", "3B"), 0, id="quotes"),
        pytest.param("HITId,HITTypeId,Title\nx y,3A,t\nz,3B\n", ("3A", "3B"), 0, id="a column"),
        pytest.param("\ufeffhit_type_id\n3A\n3A\n", ("3A",), 1, id="a single column, with a mark"),
        pytest.param('a;"HIT Type Id"\n1;3A\n', ("3A",), 0, id="semicolons"),
        pytest.param("a\tHITTypeId\n1\t3A\n", ("3A",), 0, id="tabs"),
        pytest.param("\nHITTypeId,x\n3A,1\n,2\n\n3B,3\n", ("3A", "3B"), 0, id="gaps"),
        pytest.param('HITTypeId,Answer\n3A,"two\nlines, here"\n3B,"a ""b"""\n', ("3A", "3B"), 0, id="cells of lines"),
        pytest.param('Answer,HITTypeId\n"a\n\nb",3A\nshort\n', ("3A",), 0, id="a row too short"),
    ],
)
def test_a_list_is_read(text: str, ids: tuple[str, ...], repeated: int) -> None:
    pasted = parse_hit_type_ids(text)
    assert (pasted.ids, pasted.repeated) == (ids, repeated)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        pytest.param("", "hit-type.no-ids", "", id="nothing"),
        pytest.param(" ,;\n\u200b\n“”\n", "hit-type.no-ids", "", id="only what stands between"),
        pytest.param("HITTypeId,a\n,1\n", "hit-type.no-ids", "", id="an empty column"),
        pytest.param("HITTypeId\n", "hit-type.no-ids", "", id="a heading alone"),
        pytest.param("3A\n3B\n3c\n", "hit-type.id", "Line 3: ", id="line of a list"),
        pytest.param('a,HITTypeId\n"x\ny",3A\n1,3-B\n', "hit-type.id", "Line 4: ", id="line of a table"),
        pytest.param(f"3A\n{next(iter(MADE_UP))}", "hit-type.id", "Line 2: ", id="made-up"),
        pytest.param("HITTypeId,a\n3A," + "x" * 200_000, "hit-type.table", "Line 2: ", id="a cell too long"),
    ],
)
def test_a_bad_list_names_the_line(text: str, code: str, said: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_hit_type_ids(text)
    assert caught.value.problem.code == code
    assert caught.value.problem.detail.startswith(said)


@given(st.lists(st.from_regex(r"[A-Z0-9]{1,64}", fullmatch=True).filter(lambda one: one not in MADE_UP), min_size=1))
def test_any_list_comes_back_once_each_in_its_order(ids: list[str]) -> None:
    pasted = parse_hit_type_ids("\n".join(ids))
    assert list(pasted.ids) == list(dict.fromkeys(ids)) or ids[0].casefold() == "hittypeid"
    assert len(pasted.ids) + pasted.repeated == len(ids) or ids[0].casefold() == "hittypeid"


@given(st.text())
def test_any_text_is_ids_or_a_problem(text: str) -> None:
    ids: tuple[str, ...] = ("3A",)
    with suppress(ProblemError):
        ids = parse_hit_type_ids(text).ids
    assert ids
    assert all(parse_hit_type_id(one) == one for one in ids)


def test_a_summary_counts_its_hits() -> None:
    assert HitTypeSummary(id=parse_hit_type_id(GOOD), hits_by_status={"Assignable": 2, "Reviewable": 3}).hits == 5
