# SPDX-License-Identifier: MIT
"""Lists of HIT types as people have them, in whatever encoding and form."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.hit_type import MADE_UP, parse_hit_type_id
from notification_tester.domain.pasted_ids import (
    LARGEST_LIST,
    MOST_BAD,
    parse_hit_type_ids,
    read_hit_type_ids,
    together,
)
from notification_tester.domain.problem import ProblemError

CASES = Path(__file__).parent.parent / "cases"


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
        pytest.param("sep=;\r\nHITId;HITTypeId\r\n3H;3A\r\n", ("3A",), 0, id="sep"),
        pytest.param('"sep=|"\nHITId|HITTypeId\n3H|3A\n', ("3A",), 0, id="sep in quotes"),
        pytest.param("SEP=\t\nHITId\tHITTypeId\n3H\t3A\n", ("3A",), 0, id="sep of a tab"),
        pytest.param('sep="\nHITTypeId\n3A\n', ("3A",), 0, id="sep of a quotation mark"),
        pytest.param("sep=\r\nHITTypeId\r\n3A\r\n", ("3A",), 0, id="sep of nothing"),
        pytest.param("Results of May\n\nHITId,HITTypeId\n3H,3A\n", ("3A",), 0, id="a title above"),
        pytest.param("HITId,HITTypeId\r3H,3A\r3H,3B\r", ("3A", "3B"), 0, id="line ends of old Macs"),
        pytest.param("| HITId | HITTypeId |\n|---|:--|\n| 3H | 3A |\n", ("3A",), 0, id="Markdown"),
        pytest.param("HITTypeId,a\n3A," + "x" * 200_000 + "\n3B,y", ("3A", "3B"), 0, id="a long cell"),
        pytest.param("3A\0003B\000", ("3A", "3B"), 0, id="zeros between them"),
        pytest.param("- 3A\n* 3B\n• 3C\n1. 3D\n2) 3E\n# note\n", ("3A", "3B", "3C", "3D", "3E"), 0, id="bullets"),
        pytest.param('["3A", "3B", null]', ("3A", "3B"), 0, id="JSON list"),
        pytest.param("['3A', '3B']", ("3A", "3B"), 0, id="Python list"),
        pytest.param("{'3A', '3B'}", ("3A", "3B"), 0, id="Python set"),
        pytest.param('{"HITs":[{"HITId":"3H","HITTypeId":"3A"},{"HITTypeId":"3B"}]}', ("3A", "3B"), 0, id="JSON"),
        pytest.param('[{"HITTypeId": null}, {"HITTypeId": "3A"}]', ("3A",), 0, id="JSON with a gap"),
        pytest.param('{"HITTypeId":"3A","Q":"a?HITTypeId=3B \\"HITTypeId\\":\\"3C\\""}', ("3A",), 0, id="JSON texts"),
        pytest.param('{"HITTypeId":"3A"}\n{"HITTypeId":"3B"}\n', ("3A", "3B"), 0, id="lines of JSON"),
        pytest.param("{'HITs': [{'HITTypeId': '3A'}], 'n': None}", ("3A",), 0, id="Python"),
        pytest.param("{ HITs: [ { HITTypeId: '3A' } ] }", ("3A",), 0, id="Node"),
        pytest.param("HITs:\n- HITId: 3H\n  HITTypeId: 3A\n- HITTypeId: 3B\n", ("3A", "3B"), 0, id="YAML"),
        pytest.param("|  HITId     |  3H  |\n|  HITTypeId |  3A  |\n", ("3A",), 0, id="AWS CLI table"),
        pytest.param("<HIT><HITTypeId>3A</HITTypeId><HITId>3H</HITId></HIT>", ("3A",), 0, id="XML"),
        pytest.param("HIT Type ID: 3A\n", ("3A",), 0, id="mail"),
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
        pytest.param('HITTypeId,a\n3A,x\n3B,"y\n3C,z\n', "hit-type.table", "Line 3: ", id="quote"),
        pytest.param('HITTypeId,"a\n3A,x\n', "hit-type.table", "Line 1: ", id="quote above"),
        pytest.param('{"HITs":[{"HITTypeId":"3AAA"},{"HITTypeId":"3B', "hit-type.cut-off", "", id="cut JSON"),
        pytest.param('["3A","3BBBB', "hit-type.cut-off", "", id="cut list"),
        pytest.param('{"HITs":[{"HITId":"3A"}]}', "hit-type.no-ids", "This looks like JSON", id="JSON without them"),
        pytest.param('{\n"HITTypeId":\n"3a"}', "hit-type.id", "Line 2: ", id="line of JSON"),
        pytest.param('\n{"HITTypeId": "3a"}', "hit-type.id", "Line 2: ", id="line of a name"),
        pytest.param("PK\x03\x04x", "file.not-text", "It begins like a workbook", id="a workbook opened as text"),
        pytest.param("3A\n3\0B-\n", "hit-type.id", "Line 2: ", id="what a zero leaves over"),
    ],
)
def test_a_bad_list_names_the_line(text: str, code: str, said: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_hit_type_ids(text)
    assert caught.value.problem.code == code
    assert caught.value.problem.detail.startswith(said)


LEFT_OUT = {
    "a list": ("3A\n3b\n3C\n", ("3A", "3C"), ["Line 2: "], 1),
    "a table with one good row": ("Title,HITTypeId\nx,3-A\ny,nonsense\nz,3C\n", ("3C",), ["Line 2: ", "Line 3: "], 2),
    "many": ("HITTypeId\n3A\n" + "bad\n" * 30, ("3A",), [f"Line {3 + number}: " for number in range(MOST_BAD)], 30),
    "as many bad as good": ("3a\n3b\n3C\n3D\n", ("3C", "3D"), ["Line 1: ", "Line 2: "], 2),
    "none": ("3A\n3B\n", ("3A", "3B"), [], 0),
}


@pytest.mark.parametrize(("text", "ids", "lines", "count"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_one_bad_id_does_not_hold_up_the_others(text: str, ids: tuple[str, ...], lines: list[str], count: int) -> None:
    pasted = parse_hit_type_ids(text, leave_out_bad=True)
    assert pasted.ids == ids
    assert pasted.bad_count == count
    assert [one.detail[: one.detail.index(":") + 2] for one in pasted.bad] == lines


@pytest.mark.parametrize(
    "text", ["A survey of 2026 and what came of it", "3a\n3b", "HITTypeId\n3-A\n3-B\n", '["3A","3BBBB']
)
def test_what_is_no_list_is_refused_all_the_same(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_hit_type_ids(text, leave_out_bad=True)
    assert caught.value.problem.code == "hit-type.cut-off" or caught.value.problem.detail.startswith(
        ("Line 1: ", "Line 2: ")
    )


def test_several_lists_are_one_and_what_is_wrong_names_its_list() -> None:
    first = parse_hit_type_ids("3A\n3B\n3B\n")
    second = parse_hit_type_ids("HITTypeId\n3B\n3C\nbad\n" + "worse\n" * MOST_BAD, leave_out_bad=True)
    third = parse_hit_type_ids('{"HITTypeId": "3D", "NextToken": "x"}')
    with pytest.raises(ProblemError) as caught:
        parse_hit_type_ids("3a")
    none = caught.value.problem
    assert (first.is_part, first.bad_count, first.unread, third.is_part) == (False, 0, (), True)

    whole = together({"a.csv": first, "b.csv": second, "c.json": third, "d.txt": none})
    assert whole.ids == ("3A", "3B", "3C", "3D")
    assert (whole.repeated, whole.is_part, whole.bad_count, len(whole.bad)) == (2, True, MOST_BAD + 1, MOST_BAD)
    assert whole.bad[0].detail.startswith("“b.csv”: Line 4: ")
    assert [one.detail for one in whole.unread] == [f"“d.txt”: {none.title} {none.detail}"]

    assert not together({"a.csv": first}).is_part
    named = replace(none, detail="“e.txt” is a folder.")
    assert together({"a.csv": first, "e.txt": named}).unread[0].detail == f"{none.title} “e.txt” is a folder."
    with pytest.raises(ProblemError) as caught:
        together({"d.txt": none, "e.txt": named})
    assert caught.value.problem.detail == f"“d.txt”: {none.title} {none.detail}"


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


ENCODINGS = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "cp1251",
    "cp932",
    "gbk",
    "big5",
]
WORDS = {"cp1251": "чай", "cp932": "お茶、表題", "gbk": "茶，一", "big5": "茶，功"}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "form", ["{}", "HITId,HITTypeId,Answer.comment\n3H,{},{}", '[{{"Title":"{1}","HITTypeId":"{0}"}}]']
)
def test_a_list_in_any_encoding(encoding: str, form: str) -> None:
    text = form.format("3TYPEA", WORDS.get(encoding, "café"))
    assert read_hit_type_ids(text.encode(encoding)).ids == ("3TYPEA",)


@pytest.mark.parametrize("case", sorted(CASES.glob("ids-*")), ids=lambda case: case.name)
def test_cases(case: Path) -> None:
    ids = read_hit_type_ids(case.read_bytes()).ids
    assert ids == ("3TYPEAAAAAAAAAAAAAAAAAAAAAAAAA", "3TYPEBBBBBBBBBBBBBBBBBBBBBBBBB")


@pytest.mark.parametrize(
    ("raw", "code", "says"),
    [
        pytest.param(b"PK\x03\x04\x14\0", "file.not-text", "Excel", id="workbook"),
        pytest.param(b"\xd0\xcf\x11\xe0", "file.not-text", "old Excel", id="old workbook"),
        pytest.param(b"\0" * 10, "hit-type.no-ids", "one id a line", id="zeros"),
        pytest.param(b"\xff\xfe", "hit-type.no-ids", "one id a line", id="a mark alone"),
        pytest.param(b"\x80\x81\xff", "hit-type.id", "capital letters", id="no text"),
        pytest.param(b"3" * (LARGEST_LIST + 1), "ids.too-large", "50 megabytes", id="too large"),
    ],
)
def test_what_is_no_list_is_explained(raw: bytes, code: str, says: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read_hit_type_ids(raw)
    problem = caught.value.problem
    assert problem.code == code
    assert says in f"{problem.title} {problem.detail} {problem.remedy}"


def test_further_pages_are_said() -> None:
    assert parse_hit_type_ids('{"NextToken": "p1", "HITs": [{"HITTypeId": "3A"}]}').is_part
    assert not parse_hit_type_ids('{"NextToken": null, "HITs": [{"HITTypeId": "3A"}]}').is_part
    assert not parse_hit_type_ids('{"HITs": [{"HITTypeId": "3A", "Question": "\\"NextToken\\": \\"x\\""}]}').is_part


LARGE = 1_000_000
HOSTILE = {
    "blanks": " " * LARGE,
    "lines": "\n" * LARGE,
    "quotes": "HITTypeId,a\n" + '"' * LARGE,
    "open quotes": "HITTypeId,a\n" + '3A,"\n' * (LARGE // 5),
    "names": "HITTypeId " * (LARGE // 10),
    "names without a value": "HITTypeId: " * (LARGE // 11),
    "names in JSON": '{"HITTypeId":' * (LARGE // 13) + "}",
    "brackets": "[" * LARGE + "]",
    "separators": "sep=" * (LARGE // 4),
    "headings": "HITTypeId,a\n" * (LARGE // 12),
    "one long line": "A" * LARGE,
    "many columns": "a," * (LARGE // 2) + "HITTypeId",
    "rules": "|" + "-|" * (LARGE // 2) + "\nHITTypeId|",
    "bullets": "- " * (LARGE // 2),
    "tokens": '"NextToken" ' * (LARGE // 12),
    "ids": "".join(f"3{number:029}\n" for number in range(LARGE // 31)),
    "results": "HITId,HITTypeId,Answer\n" + "".join(f'3H,3{number:029},"a\nb"\n' for number in range(LARGE // 42)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_large_list_takes_time_in_proportion_to_its_length(text: str) -> None:
    begin = process_time()
    with suppress(ProblemError):
        parse_hit_type_ids(text)
    assert process_time() - begin < 3


IDS = st.lists(st.from_regex(r"3[A-Z0-9]{29}", fullmatch=True), min_size=1, max_size=20)
COMMENTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(IDS, COMMENTS, st.sampled_from([",", ";", "\t"]))
def test_a_table_of_any_comments_gives_its_ids(ids: list[str], comment: str, delimiter: str) -> None:
    import csv
    import io

    table = io.StringIO(newline="")
    rows = csv.writer(table, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    rows.writerow(["HITId", "HITTypeId", "Answer.comment"])
    rows.writerows(["3H", one, comment] for one in ids)
    assert parse_hit_type_ids(table.getvalue()).ids == tuple(dict.fromkeys(ids))


@given(IDS, COMMENTS, st.sampled_from([None, 1]), st.booleans())
def test_json_of_any_titles_gives_its_ids(ids: list[str], title: str, indent: int | None, ascii_only: bool) -> None:
    hits = {"NumResults": len(ids), "HITs": [{"HITId": "3H", "Title": title, "HITTypeId": one} for one in ids]}
    raw = json.dumps(hits, indent=indent, ensure_ascii=ascii_only).encode()
    assert read_hit_type_ids(raw).ids == tuple(dict.fromkeys(ids))


@given(st.binary())
def test_any_bytes_are_ids_or_a_problem(raw: bytes) -> None:
    with suppress(ProblemError):
        assert read_hit_type_ids(raw).ids
