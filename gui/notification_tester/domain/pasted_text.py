# SPDX-License-Identifier: MIT
"""What a person typed or pasted as an address, before it is read as one.

Copying leaves things around an address that are taken off without a word. What is inside it and cannot be seen, or
looks like another character, is pointed out, because it would be looked for in vain. Where an address stands within
something else, such as the address line of a browser on a page of Amazon's console, it can be found there and offered.

Sources: RFC 5322, "name-addr"; the console's own addresses, which write ``%`` as ``$`` and encode once more within
their fragments (``arn$253Aaws$253Asns…``).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from notification_tester.domain.problem import Code, input_problem

LONGEST = 20_000
"""Characters of a text in which addresses are looked for; no address has a tenth of them."""

_BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
)
"""What Python takes for blank, and two that have no width."""
_AROUND = _BLANKS + "\"'“”‘’«»„`<>"
_NAMED = re.compile(r"[^<>]*<\s*((?:mailto:)?[^\s<>@]+@[^\s<>@]+)\s*>[\s.,;]*")
_REMARKED = re.compile(r"([^\s<>@()]+@[^\s<>@()]+)\s*\([^()]*\)[\s.,;]*")
_ENDS = r"""(?![^\s"'“”‘’<>()\[\]{},;&?#/|`*])"""
_QUEUE_PATH = rf"/[0-9]{{12}}/[a-z0-9_.-]{{1,80}}{_ENDS}"
_ADDRESSES = (
    rf"(?<![a-z0-9])arn:aws[a-z-]{{0,20}}:(?:sns|sqs):[a-z0-9-]{{1,40}}:[0-9]{{12}}:[a-z0-9_.-]{{1,256}}(?=:|{_ENDS})",
    rf"https?://[a-z0-9.-]{{1,253}}(?::[0-9]{{1,5}})?{_QUEUE_PATH}",
    rf"(?<![\w/.-])sqs\.[a-z0-9.-]{{1,253}}{_QUEUE_PATH}",
    r"""[^\s@<>(),;:"'“”\[\]{}/=?&|]{1,64}@[^\s@<>(),;:"'“”\[\]{}/=?&|]{1,255}""",
)
"""ARNs, URLs of queues, those without their beginning, and e-mail addresses. Compiled when first looked for: no start
needs them."""


def cleaned(text: str) -> str:
    """Take off what copying leaves around an address: blanks, line breaks, quotes, brackets, ``mailto:``, a name."""
    if named := _NAMED.fullmatch(text) or _REMARKED.fullmatch(text.strip()):
        text = named[1]
    address = text.lstrip(_AROUND).rstrip(_AROUND + ",;")
    # A URL or ARN that a mail program broke over two lines has no other blanks inside; another address is another one.
    if re.match(r"(https?://|arn:)", address, re.IGNORECASE):
        address = re.sub(r"[\r\n]+[ \t]*(?!\s|https?://|arn:)", "", address)
    if address[:7].casefold() == "mailto:":
        address = unquote(address[7:].partition("?")[0])
        named = _NAMED.fullmatch(address)
        address = named[1] if named else address
    return address


def addresses_in(text: str) -> list[str]:
    """Every topic or queue ARN and queue URL in a text, or else every e-mail address; each once, in order.

    Looked for as the text is, and with its percent signs undone as often as a page of the console does them.
    """
    text = text[:LONGEST]
    readings = [text]
    for _ in range(3):
        readings.append(unquote(re.sub(r"\$(?=[0-9A-Fa-f]{2})", "%", readings[-1])))
    for pattern in _ADDRESSES:
        for reading in readings:
            if found := [one.rstrip(".") for one in re.findall(pattern, reading, re.IGNORECASE | re.ASCII)]:
                return list(dict.fromkeys(found))
    return []


def without_strange_characters(text: str) -> str:
    """The text as it was most likely meant: invisible characters taken out, look-alikes put right."""
    return "".join(
        (character if character.isascii() else _lookalike(character) or character)
        for character in text
        if unicodedata.category(character) not in _INVISIBLE
    )


_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})


def _name(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}").title()


def refuse_strange_characters(address: str, *, plural: str, plain_letters_only: bool) -> None:
    """Point out the first character that cannot be meant; ``plural`` is what such addresses are called.

    Raises ProblemError.
    """
    for position, character in enumerate(address, start=1):
        category = unicodedata.category(character)
        if category in _INVISIBLE:
            raise input_problem(
                "destination.invisible-character",
                title="There is an invisible character in the destination.",
                detail=f"Character {position} cannot be seen: {_name(character)} (U+{ord(character):04X}).",
                remedy="Delete it, or type the address by hand.",
            )
        if category == "Zs":
            raise input_problem(
                Code.BLANK_INSIDE,
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
                detail=f"Character {position} is “{character}” ({_name(character)}){looks}. "
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
