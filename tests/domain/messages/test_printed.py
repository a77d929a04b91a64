# SPDX-License-Identifier: MIT
"""What programs print for people, and the arguments of their calls, piece by piece."""

from __future__ import annotations

from typing import Any

import pytest

from notification_tester.domain.json_text import MAX_DEPTH
from notification_tester.domain.messages.printed import (
    Name,
    NotPrintedError,
    ShortenedError,
    read_arguments,
    read_printed,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("('a')", "a"),
        ("('a',)", ["a"]),
        ("()", []),
        ("{}", {}),
        ("[]", []),
        ("{'a', 'b'}", ["a", "b"]),
        ("[1, -2, +3, 1_000, 4n]", [1, -2, 3, 1000, 4]),
        ("[1.50, 1e3, 1234567890123456789]", ["1.50", "1e3", "1234567890123456789"]),
        ("[123456789012345678]", [123456789012345678]),
        ("[True, false, None, nil, undefined]", [True, False, None, None, None]),
        ("{a: 1, 'b': 2, \"c\" => 3, :d => 4, e = 5, 6: 7}", {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "6": 7}),
        ("['one ' 'text', 'an' + 'other',]", ["one text", "another"]),
        ("'''it's'''", "it's"),
        (r"'a\x41A\u{1F600}\101\n\q'", "aAA😀A\nq"),
        (r"'\U0010FFFF'", "\U0010ffff"),
        (r"'\U00110000'", r"\U00110000"),
        (r"r'a\n'", r"a\n"),
        (r"b'\xc3\xa9'", "é"),
        (r"b'\xff'", "ÿ"),
        (r"'\xc3\xa9'", "Ã©"),
        ("OrderedDict([('a', 1), ('b', 2)])", {"a": 1, "b": 2}),
        ("OrderedDict([('a', 1), ('b', 2, 3)])", [["a", 1], ["b", 2, 3]]),
        ("OrderedDict([])", []),
        ("OrderedDict({'a': 1})", {"a": 1}),
        ("Message {a: 1}", {"a": 1}),
        ("Decimal('0.10')", "0.10"),
        ("datetime.datetime(2026, 1, 2)", "datetime.datetime(2026, 1, 2)"),
        ("[Object: null prototype] {a: 1}", {"a": 1}),
        ("<ref *1> {a: 1}", {"a": 1}),
        ("[<QueryDict: {'a': ['1']}>, <class 'dict'>, 2]", [{"a": ["1"]}, "<class 'dict'>", 2]),
        ("[MiniFieldStorage('a', '1'), FieldStorage('a', '2'), FieldStorage('b', '3')]", {"a": ["1", "2"], "b": "3"}),
        ("{'a': MiniFieldStorage('a', '1')}", {"a": "1"}),
        ("[1, // one\n 2 /* two */, 3]", [1, 2, 3]),
        ("[word, :symbol]", ["word", "symbol"]),
    ],
)  # fmt: skip
def test_a_value_is_read(text: str, value: Any) -> None:
    printed = read_printed(f"--{text}--", 2)
    assert printed.value == value
    assert printed.end == len(text) + 2
    assert printed.has_comments is ("/" in text)
    assert not printed.blanks


def test_what_was_passed_over_is_told_and_words_of_code_are_names() -> None:
    printed = read_printed("[1,\u00a02]")
    assert printed.blanks == {"\u00a0"}
    assert not printed.has_comments
    assert not isinstance(read_printed("[word]").value[0], Name)
    [name, text] = read_printed("[word, # one\n 'text']", has_names=True).value
    assert isinstance(name, Name)
    assert not isinstance(text, Name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1 2]",
        "[1,,2]",
        "[,1]",
        "[1",
        "{'a' 1}",
        "{'a': 1, 2}",
        "(1]",
        "*",
        "<QueryDict: {'a': 1}",
        "<open",
        "1.2.3",
    ],
)
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(NotPrintedError) as caught:
        read_printed(text)
    assert not isinstance(caught.value, ShortenedError)


@pytest.mark.parametrize("text", ["[Object]", "[1, ... 3 more items]", "{a: [Array]}", "['a' ... 5 more characters]"])
def test_what_was_left_out_is_not_made_up(text: str) -> None:
    with pytest.raises(ShortenedError):
        read_printed(text)


def test_how_deep_is_read() -> None:
    read_printed("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH)
    with pytest.raises(NotPrintedError):
        read_printed("[" * (MAX_DEPTH + 1) + "1" + "]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("text", "positional", "named"),
    [
        ("()", [], {}),
        ("('a', 2)", ["a", 2], {}),
        ("(a='b', :c => 1, 'd' => 2, e: 3)", [], {"a": "b", "c": 1, "d": 2, "e": 3}),
        ("(a == 'b', 'c')", ["…", "c"], {}),
        ("(f(1, [2, ')']) + 3, 'c')", ["…", "c"], {}),
        ("(**{'a': 1}, b=2)", [], {"**": {"a": 1}, "b": 2}),
        ("(...args)", [], {"**": "args"}),
        ("('a', 'b'", ["a", "b"], {}),
        ("(}, 'a')", ["…"], {}),
    ],
)
def test_the_arguments_of_a_call(text: str, positional: list[Any], named: dict[str, Any]) -> None:
    arguments = read_arguments(f"f{text}", 1)
    assert (arguments.positional[: len(positional)], arguments.named) == (positional, named)
    if text.endswith(")") and "}," not in text:
        assert arguments.end == len(text) + 1
        assert len(arguments.positional) == len(positional)
