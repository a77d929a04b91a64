# SPDX-License-Identifier: MIT
"""Joiners, selectors and tags stay where they make a sign that is seen, and are named wherever they hide."""

from __future__ import annotations

import io
import unicodedata

import pytest

from notification_tester.cli.output import Output
from notification_tester.domain.checkup_report import printable_line
from notification_tester.domain.joined_signs import belongs_to_a_sign
from notification_tester.domain.messages.remarks import about_characters
from notification_tester.qt.looks.visible_text import laid_out, one_line, visible


def flag(region: str) -> str:
    return "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"


SEEN = {
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a couple with a heart": "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468",
    "a scientist with a skin": "\U0001f469\U0001f3fd\u200d\U0001f52c",
    "a detective": "\U0001f575\ufe0f\u200d\u2642\ufe0f",
    "a rainbow flag": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "a head that is shaken": "\U0001f642\u200d\u2194\ufe0f",
    "flags of countries": "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7",
    "Scotland": flag("gbsct"),
    "England and Wales": flag("gbeng") + flag("gbwls"),
    "a thumb": "\U0001f44d\U0001f3fd",
    "a key cap": "1\ufe0f\u20e3",
    "a heart in colours": "\u2764\ufe0f",
    "a Chinese variant": "\u8fbb\U000e0100",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Persian with a vowel": "\u0645\u06cc\u0650\u200c\u062e",
    "a Persian year": "\u06f1\u06f3\u06f8\u06f0 \u0647\u200d.\u0634",
    "Hindi": "\u0915\u094d\u200d\u0937 \u0915\u094d\u200c\u0937",
    "Malayalam": "\u0d05\u0d35\u0d28\u0d4d\u200d",
    "Bengali": "\u09b0\u200d\u09cd\u09af",
    "Sinhala": "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
}
HIDING = {
    "between letters": "pay\u200dpal",
    "one that does not join": "pay\u200cpal",
    "alone": "\u200d",
    "at the beginning": "\u200d\U0001f469",
    "at the end": "\U0001f469\u200d",
    "two together": "\U0001f469\u200d\u200d\U0001f52c",
    "between a picture and a letter": "\U0001f469\u200da",
    "two in Persian": "\u0645\u200c\u200c\u062e",
    "at the end of Persian": "\u0645\u06cc\u200c",
    "a flag that nobody draws": flag("hi"),
    "a flag without an end": flag("gbsct")[:-1],
    "tags alone": flag("gbsct")[1:],
    "more tags": flag("gbsct") + flag("x")[1:],
    "another direction": "\u202egnp.exe",
    "a blank without a width": "a\u200bb",
    "a blank without a width in Persian": "\u0645\u200b\u062e",
    "a mark of direction in Persian": "\u0645\u200f\u062e",
    "selectors behind each other": "\u2764\ufe0f\ufe0e",
    "a selector of a letter": "3A\ufe0fB",
    "a selector of a digit": "3\ufe0fB",
    "a selector alone": "\ufe0f",
    "a message in selectors": "\U0001f600\U000e0148\U000e0155",
}


def unseen(text: str) -> list[int]:
    return [place for place, one in enumerate(text) if unicodedata.category(one) == "Cf" or "\ufe00" <= one <= "\ufe0f"]


def printed(text: str) -> str:
    stream = io.StringIO()
    Output(stream).write(text)
    return stream.getvalue()


@pytest.mark.parametrize("text", SEEN.values(), ids=SEEN)
def test_what_makes_a_sign_stays(text: str) -> None:
    assert all(belongs_to_a_sign(text, place) for place in unseen(text))
    assert visible(text) == one_line(text) == laid_out(text) == text
    assert printable_line(text) == text
    assert printed(text) == text
    assert about_characters([("title", text)], []) == []


@pytest.mark.parametrize("text", HIDING.values(), ids=HIDING)
def test_what_hides_is_named(text: str) -> None:
    assert "\u27e8U+" in visible(text)
    assert about_characters([("title", text)], []) != []
    if not any("\ufe00" <= one <= "\ufe0f" or one > "\U000e00ff" for one in text):  # which are marks, for Python
        assert "\ufffd" in printable_line(text)
        assert printed(text) != text


def test_a_joiner_before_and_after_a_sign_is_named_alone() -> None:
    family = SEEN["a family"]
    assert visible(f"\u200d{family}\u200d") == f"\u27e8U+200D\u27e9{family}\u27e8U+200D\u27e9"


def test_a_sign_that_is_newer_than_python_is_a_sign() -> None:
    newer = "\U0001faff\u200d\U0001f525"
    assert visible(newer) == newer
