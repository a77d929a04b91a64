# SPDX-License-Identifier: MIT
"""Foreign bytes, foreign text and foreign JSON: what is read of them, and where they end."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from notification_tester.domain.json_text import (
    MAX_DEPTH,
    character_name,
    characters,
    doubled_names,
    is_invisible,
    is_western,
    plain_text,
    read_json,
)
from notification_tester.domain.problem import ProblemError

TEXT = '{"a": "é"}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_the_encoding_is_told_by_the_bytes(encoding: str) -> None:
    raw = TEXT.encode(encoding)
    assert characters(raw).lstrip("\ufeff") == TEXT
    assert plain_text(raw).lstrip("\ufeff") == TEXT
    assert not is_western(raw)


def test_what_is_no_unicode_is_read_by_the_table_of_windows_where_it_is_a_file() -> None:
    raw = TEXT.encode("cp1252")
    assert is_western(raw)
    assert plain_text(raw) == TEXT
    assert characters(raw) == TEXT.replace("é", "\ufffd")
    assert characters(b"\xff\xfe\x00") == "\ufffd"
    assert characters(b"\0\0\0") == "\0\0\0"
    assert not is_western(b"plain")
    assert not is_western(b"\0\xe9")


@pytest.mark.parametrize(
    "raw", [b"PK\x03\x04x", gzip.compress(b"x", mtime=0), b"%PDF-1.7", b"SQLite format 3\0", b"{\\rtf1}"]
)
def test_what_is_no_text_is_said(raw: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        plain_text(raw)
    assert caught.value.problem.title == "This is not a text."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("\ufeff\0 [1] \0", [1]),
        ('["two\nlines"]', ["two\nlines"]),
        ("[NaN, -Infinity, 1e999, 0.5]", ["NaN", "-Infinity", "1e999", 0.5]),
        (f"[{'9' * 599}, {'9' * 600}]", [int("9" * 599), "9" * 600]),
    ],
)
def test_json_is_read(text: str, value: Any) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1', "It ends in the middle, after 7 characters."),
        ('{"a": "b', "It ends in the middle, after 8 characters."),
        ('["\\u00', "It ends in the middle, after 6 characters."),
        ("[tru", "It ends in the middle, after 4 characters."),
        ("[\n1 2]", "At line 2, column 3, a comma is missing: “2]”."),
        ('{"a" 1}', "At line 1, column 6, a colon is missing: “1}”."),
        ('{"a": }', "At line 1, column 7, a value is missing: “}”."),
        ('["\\q"]', 'At line 1, column 3, a backslash is followed by something unknown: “\\q"]”.'),
        (f"[*{'x' * 19}", f"a value is missing: “*{'x' * 19}”."),
        (f"[*{'x' * 20}", f"a value is missing: “*{'x' * 19}…”."),
        ("[\x01*]", "“�*]”. There stands an invisible character: U+0001."),
        ("[1\u00a0,2]", "There stands an invisible character: No-Break Space (U+00A0)."),
        ("{“a”: 1}", "There stands a curly quotation mark: Left Double Quotation Mark (U+201C)."),
        ("{'a': 1}", "This is how a program prints a value for people"),
        ("[True]", "This is how a program prints a value for people"),
        ('{"a": 1}\n\n {"b": 2}', 'at line 3, column 2, follows “{"b": 2}”.'),
        ("{} x", "at line 1, column 4, follows “x”."),
    ],
)
def test_where_it_is_broken_is_said(text: str, says: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read_json(text)
    assert says in caught.value.problem.detail


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_how_deep_it_may_be(opens: str, closes: str) -> None:
    read_json(opens * MAX_DEPTH + "1" + closes * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(ProblemError) as caught:
            read_json(opens * depth + "1" + closes * depth)
        assert caught.value.problem.code == "message.too-deep"
    assert len(read_json(f"[{'[],' * 2 * MAX_DEPTH}[]]")) == 2 * MAX_DEPTH + 1


def test_names_that_stand_twice_are_found_within_texts_as_well() -> None:
    assert doubled_names('{"a": 1, "b": {"c": 1, "c": 2}, "a": 2}') == ["c", "a"]
    assert doubled_names('{"a": "{\\"b\\": 1, \\"b\\": 2}"}') == ["b"]
    assert doubled_names('{"a": "{\\"b\\": 1, \\"b\\": 2}"}', levels=0) == []
    for text in ('[{"a": 1}, {"a": 2}]', "{", "[" * 100_000, '{"a": "b"}'):
        assert doubled_names(text) == []


def test_what_nobody_sees_is_known_and_named() -> None:
    assert [one for one in " \t\r\nA\u00a0\u200b\u3164\ufe0f\u2028" if is_invisible(one)] == list(
        "\u00a0\u200b\u3164\ufe0f\u2028"
    )
    assert character_name("\x01") == "U+0001"
    assert character_name("\u200b") == "Zero Width Space (U+200B)"
