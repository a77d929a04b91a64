# SPDX-License-Identifier: MIT
"""Whatever a file is made of, its messages are found; no call looks at more than a step of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notification_tester.services.inbox import splitting
from notification_tester.services.inbox.splitting import split

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.sampled_from(['"', "\\", "[{", "}]", "é"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), min_size=2, max_size=5)
SPREAD = st.sampled_from([None, 1])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])


@pytest.fixture(autouse=True, scope="module", params=[16, 19, 2**18])
def _step(request: pytest.FixtureRequest) -> Iterator[None]:
    """Few bytes at a time, so that each thing is cut in each place; and as many as the program looks at."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(splitting, "_STEP", request.param)
        yield


def parts(text: str, encoding: str = "utf-8") -> list[Any]:
    found = list(split(text.encode(encoding)).messages)
    return [json.loads(one) for one in found]


@settings(max_examples=30)
@given(objects=OBJECTS, indent=SPREAD, encoding=ENCODINGS, is_ascii=st.booleans())
def test_each_object_of_an_array_is_found(
    objects: list[Any], indent: int | None, encoding: str, is_ascii: bool
) -> None:
    assert parts(json.dumps(objects, indent=indent, ensure_ascii=is_ascii), encoding) == objects
    lines = "\r\n".join(json.dumps(one, ensure_ascii=is_ascii) for one in objects)
    assert parts(lines, encoding) == objects


@settings(max_examples=30)
@given(values=st.lists(VALUES, min_size=2, max_size=5), indent=SPREAD, beside=VALUES)
@pytest.mark.parametrize("name", ["Messages", "Records"])
def test_each_value_of_a_list_that_is_wrapped_is_found(
    name: str, values: list[Any], indent: int | None, beside: Any
) -> None:
    whole = {"Beside": beside, name: values, "More": [beside]}
    assert parts(json.dumps(whole, indent=indent)) == [{name: [one]} for one in values]


@settings(max_examples=30)
@given(objects=OBJECTS, cut=st.floats(0, 1, exclude_max=True))
def test_what_is_cut_off_is_one_message(objects: list[Any], cut: float) -> None:
    text = json.dumps(objects)
    text = text[: int(len(text) * cut)]
    assert list(split(text.encode()).messages) == [text.encode()]


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[", '{"a', '{"a\\', '{"a": 1', "[{}, {}] more", "[{} {}]", '[{"a": tru}, {}]'),
        *("[{}, 1]", "[{},,{}]", "[{]}, {}]", "[]", "{}", "{} {", "{} 1", "[{}}"),
        *('{"Records": []}', '{"Records": [{}]}', '{"Records": {}}'),
    ],
)  # fmt: skip
def test_all_else_is_one_message_as_it_stands(text: str) -> None:
    assert list(split(text.encode()).messages) == [text.encode()]


def test_an_export_is_found_however_large_what_is_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "MAX_SIZE", 100)
    export = {"message": {"events": ["x" * 200]}, "raw": "as it came: é", "signature": "none"}
    assert list(split(json.dumps([export, export]).encode()).messages) == ["as it came: é"] * 2
    assert list(split(json.dumps([export]).encode()).messages) == ["as it came: é"]


def test_an_object_of_very_many_members_is_a_message_as_any() -> None:
    many = {str(number): 0 for number in range(splitting._MOST_MEMBERS + 1)}
    assert parts(json.dumps([many, many])) == [many, many]


def test_one_that_is_too_large_is_left_as_it_is_and_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "MAX_SIZE", 100)
    large = '{"a": "' + "x" * 200 + '"}'
    assert list(split(f"[{large}, {{}}]".encode()).messages) == [large.encode()[:101], "{}"]


def test_letters_of_the_western_table_are_read() -> None:
    assert list(split('[{"a": "é"}, {"b": "ü"}]'.encode("cp1252")).messages) == ['{"a": "é"}', '{"b": "ü"}']


@settings(max_examples=30)
@given(lines=st.lists(st.sampled_from(["From: a", "From a@b Sat Jan 31 12:00:00 2026", "From here", "", "x" * 20])))
def test_each_mail_of_a_folder_is_found(lines: list[str]) -> None:
    begin = "From a@b Sat Jan 31 12:00:00 2026"
    mails: list[list[str]] = []
    for line in [begin, *lines]:
        if line == begin:
            mails.append([])
        mails[-1].append(line)
    texts = ["".join(f"{line}\n" for line in mail[1:]) for mail in mails]
    raw = "".join(f"{begin}\n{text}" for text in texts).encode()
    expected = [text.encode() for text in texts] if len(texts) > 1 else [raw]
    assert list(split(raw).messages) == expected
