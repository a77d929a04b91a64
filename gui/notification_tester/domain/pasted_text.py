# SPDX-License-Identifier: MIT
"""What a person typed or pasted as an address, before it is read as one.

Copying leaves things around an address that are taken off without a word. What is inside it and cannot be seen, or
looks like another character, is pointed out, because it would be looked for in vain.
"""

from __future__ import annotations

import re
import unicodedata

from notification_tester.domain.problem import input_problem


def cleaned(text: str) -> str:
    """Take off what copying leaves around an address: blanks, line breaks, quotes, brackets, ``mailto:``."""
    before = None
    address = text
    while address != before:
        before = address
        address = address.strip().strip("\u200b\ufeff").strip("\"'“”‘’«»„`<>").rstrip(",;")
    # A URL or ARN that a mail program broke over two lines has no other blanks inside.
    if re.match(r"(https?://|arn:)", address, re.IGNORECASE):
        address = re.sub(r"[\r\n]+[ \t]*", "", address)
    return re.sub(r"^mailto:", "", address, flags=re.IGNORECASE)


def refuse_strange_characters(address: str, *, plural: str, plain_letters_only: bool) -> None:
    """Point out the first character that cannot be meant; ``plural`` is what such addresses are called.

    Raises ProblemError.
    """
    for position, character in enumerate(address, start=1):
        category = unicodedata.category(character)
        name = unicodedata.name(character, f"U+{ord(character):04X}")
        if category in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}:
            raise input_problem(
                "destination.invisible-character",
                title="There is an invisible character in the destination.",
                detail=f"Character {position} cannot be seen: {name.title()} (U+{ord(character):04X}).",
                remedy="Delete it, or type the address by hand.",
            )
        if category == "Zs":
            raise input_problem(
                "destination.blank-inside",
                title="There is a blank inside the destination.",
                detail=f"After “{address[: position - 1][-30:]}” stands a blank; {plural} have none.",
                remedy="Take the blank out.",
            )
        if plain_letters_only and ord(character) > 127:
            plain = _lookalike(character)
            looks = f", which looks like “{plain}” and is another letter" if plain else ""
            letter = f"the plain letter “{plain}”" if plain else "the plain letter"
            raise input_problem(
                "destination.look-alike",
                title="There is an unusual character in the destination.",
                detail=f"Character {position} is “{character}” ({name.title()}){looks}. "
                f"{plural[0].upper()}{plural[1:]} use plain letters only.",
                remedy=f"Put {letter} in its place.",
            )


_LOOKALIKES = dict(
    zip(
        "аеорсухіѕјԁһԛԝꓲΑΒΕΗΙΚΜΝΟΡΤΧΥΖοАВЕКМНОРСТХ–—−‐‑․：／",
        "aeopcyxisjdhqwlABEHIKMNOPTXYZoABEKMHOPCTX-----.:/",
        strict=True,
    )
)


def _lookalike(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character)[0]
    if plain.isascii() and plain.isprintable():
        return plain
    return _LOOKALIKES.get(character, "")
