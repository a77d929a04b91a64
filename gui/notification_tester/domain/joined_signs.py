# SPDX-License-Identifier: MIT
"""Which characters that nobody sees belong to a sign that everybody sees.

A family is three people and two joiners, Scotland's flag a black one and six tags; Persian, Hindi and Malayalam are
misspelt without their joiners. Such a one hides nothing. Anywhere else it does, and is to be named.

Sources: Unicode Technical Standard 51 (emoji sequences); RFC 5892, appendix A (joiners in scripts). No table of theirs
is needed: what joins is told by properties that Python has. "Extended_Pictographic", which it has not, is a symbol
(category So) or stands between U+1F000 and U+1FAFF, where nothing else is; a letter that joins others as in Arabic has
the direction AL; a virama has the combining class 9. Flags of tags are the three that are drawn: of others only the
black one is seen, so that any word could be hidden in them.
"""

from __future__ import annotations

import unicodedata

_NON_JOINER, _JOINER = "\u200c", "\u200d"
_EMOJI_STYLE = "\ufe0f"
_BLACK_FLAG, _LAST_TAG = "\U0001f3f4", "\U000e007f"
_FLAGS = tuple(
    _BLACK_FLAG + "".join(chr(0xE0000 + ord(letter)) for letter in region) + _LAST_TAG
    for region in ("gbeng", "gbsct", "gbwls")
)
_KEY_CAP = "\u20e3"
_VIRAMA = 9


def belongs_to_a_sign(text: str, place: int) -> bool:
    """Whether the character there changes how its neighbours are drawn, so that nothing is hidden by it."""
    character, before, after = text[place], text[max(0, place - 1) : place], text[place + 1 : place + 2]
    if character in {_JOINER, _NON_JOINER}:
        if _is_virama(before) or (_is_virama(after) and before.isalpha()):
            return True
        if character == _NON_JOINER:
            return _joins(_letter_before(text, place)) and _joins(after)
        return _joins(_letter_before(text, place)) or (_is_drawn(_sign_before(text, place)) and _is_drawn(after))
    if _is_selector(character):
        if before.isascii():
            return character == _EMOJI_STYLE and after == _KEY_CAP and before in "0123456789#*" and bool(before)
        return before.isprintable() and not before.isspace() and not _is_selector(before)
    if "\U000e0020" <= character <= _LAST_TAG:
        start = text.rfind(_BLACK_FLAG, max(0, place - len(_FLAGS[0]) + 1), place)
        return start >= 0 and text.startswith(_FLAGS, start)
    return False


def _is_selector(character: str) -> bool:
    """Whether it chooses one of several drawings of what stands before it."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _is_drawn(character: str) -> bool:
    """Whether it is a picture, or the colour of its skin."""
    is_symbol = bool(character) and unicodedata.category(character) in {"So", "Sm"}  # Sm: the arrow of a shaken head
    return is_symbol or "\U0001f000" <= character <= "\U0001faff"


def _sign_before(text: str, place: int) -> str:
    before = text[max(0, place - 2) : place]
    return before.removesuffix(_EMOJI_STYLE)[-1:]


def _joins(letter: str) -> bool:
    return bool(letter) and unicodedata.bidirectional(letter) == "AL"


def _letter_before(text: str, place: int) -> str:
    """The letter before, without the few vowel signs that may stand on it."""
    for one in reversed(text[max(0, place - 4) : place]):
        if unicodedata.category(one) != "Mn":
            return one
    return ""


def _is_virama(character: str) -> bool:
    return bool(character) and unicodedata.combining(character) == _VIRAMA
