# SPDX-License-Identifier: MIT
"""Compare a text with a pattern of a policy: wildcards, variables of AWS, and placeholders of templates.

Rules: IAM User Guide, "Resource" and "Condition operators" (``*`` is any characters, ``?`` exactly one), "Variables and
tags" (``${…}`` with the name of a key, and ``${*}``, ``${?}``, ``${$}`` for the characters themselves).

People judge policies before their templates are filled in. What stands between such signs has no place in an ARN or in
the name of a principal, and a variable of AWS's always has a colon in its name: so ``${sqs_arn}``, ``{{arn}}``,
``${AWS::AccountId}``, ``<ACCOUNT>``, ``%s`` and ``!GetAtt Queue.Arn`` are told apart from ``${aws:username}`` and may
stand for anything.

The value of a variable is never filled in: a text with a variable or a placeholder either cannot match whatever it
stands for, or is "cannot tell".

Every step takes time in proportion to the pattern, and to the square of the text, which is our own and short.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from notification_tester.domain.policy.truth import FAILS, HOLDS, Finding, all_of, cannot_tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# No part may begin within another, or else is short: so each character is looked at a bounded number of times.
_LEFT_BY_A_TEMPLATE = r"""
      \$?\{\{[^{}]{0,200}\}\}                            # {{ arn }}, ${{ secrets.ACCOUNT }}
    | \$\{(?:AWS::|(?:self|env|opt|sls|param|cf|git):(?!:)|file\()[^{}]{0,200}\}
    | \$\{[^:{}$*?]{1,200}\}                             # ${sqs_arn}, ${aws_sqs_queue.results.arn}
    | \$\([^()]{1,200}\) | \$[A-Z_][A-Z0-9_]{1,60}\b     # of a shell
    | <[A-Za-z_][^<>]{0,200}>                            # <ACCOUNT>, <your account id>
    | %\([A-Za-z_]\w{0,60}\)[sd] | %[sd]\b | %[A-Z_]{2,60}%
    | \{[A-Za-z_][\w.]{0,60}\} | \{[0-9]?\}              # of Python's format
    """
_PLACEHOLDER = re.compile(_LEFT_BY_A_TEMPLATE, re.VERBOSE | re.ASCII)
_NAME = re.compile(rf"{_LEFT_BY_A_TEMPLATE} | (?P<variable>\$\{{[^{{}}]*\}})", re.VERBOSE | re.ASCII)
_FUNCTION = re.compile(r"!(?:Sub|Ref|GetAtt|ImportValue|Join|FindInMap|Select|Split|If)\b")
_CHARACTERS = frozenset({"${*}", "${?}", "${$}"})
_WORD = re.compile(r"[A-Z_-]{2,60}|[xX]{3,60}|(?=[A-Za-z_-]{3,60}\Z).*([Aa]ccount|[Rr]egion).*")
"""What nobody writes for a region or an account: capitals, x for each digit, or the very words."""
_FIELDS = (3, 4)
"""Where in an ARN region and account stand, in which people write words such as REGION and YOUR-ACCOUNT."""


class _Wild(Enum):
    ONE = "?"
    MANY = "*"


def has_placeholder(text: str) -> bool:
    """Whether a template left a placeholder in a text."""
    return bool(_FUNCTION.match(text) or _PLACEHOLDER.search(text) or _word_spans(text))


def matches(pattern: str, text: str, *, variables: bool, wildcards: bool = True, ignore_case: bool = False) -> Finding:
    """Compare ``text`` with a pattern of ``*`` (any characters, colons too) and ``?`` (exactly one).

    ``variables``: whether ``${…}`` is a variable.
    """
    if pattern == text:
        return HOLDS
    if _FUNCTION.match(pattern):
        return cannot_tell(unfilled=[pattern])
    names: set[str] = set()
    blanks: set[str] = set()
    tokens: list[str | _Wild] = []
    for kind, part in _parts(pattern, variables=variables):
        if kind is _Kind.TEXT:
            tokens += [_Wild(one) if wildcards and one in "*?" else one for one in part]
        elif part in _CHARACTERS:
            tokens.append(part[2])
        else:
            (names if kind is _Kind.VARIABLE else blanks).add(part)
            tokens.append(_Wild.MANY)
    if ignore_case:
        text = text.lower()
        tokens = [token.lower() if isinstance(token, str) else token for token in tokens]
    if not _fits(tokens, text):
        return FAILS
    return cannot_tell(*names, unfilled=blanks) if names or blanks else HOLDS


def matches_arn(pattern: str, text: str, *, variables: bool) -> Finding | None:
    """Compare an ARN part by part, as ``ArnLike`` does; None where either is no whole ARN: the guide is silent then."""
    if _FUNCTION.match(pattern):
        return cannot_tell(unfilled=[pattern])
    patterns, values = _arn_parts(pattern, variables=variables), text.split(":", 5)
    if len(patterns) < 6 or len(values) < 6:
        return None
    return all_of(matches(part, of, variables=variables) for part, of in zip(patterns, values, strict=True))


class _Kind(Enum):
    TEXT = "text"
    VARIABLE = "variable"
    PLACEHOLDER = "placeholder"


def _parts(pattern: str, *, variables: bool) -> list[tuple[_Kind, str]]:
    """Cut a pattern into plain text and names."""
    found: list[tuple[_Kind, str]] = []
    at = 0
    names, words = _name_spans(pattern, variables=variables), _word_spans(pattern)
    for start, end, kind in sorted([*names, *words], key=lambda span: span[0]) if words else names:
        if start > at:
            found.append((_Kind.TEXT, pattern[at:start]))
        found.append((kind, pattern[start:end]))
        at = end
    if at < len(pattern):
        found.append((_Kind.TEXT, pattern[at:]))
    return found


def _name_spans(pattern: str, *, variables: bool) -> Iterator[tuple[int, int, _Kind]]:
    for match in (_NAME if variables else _PLACEHOLDER).finditer(pattern):
        yield *match.span(), _Kind.VARIABLE if match.lastgroup else _Kind.PLACEHOLDER


def _arn_parts(pattern: str, *, variables: bool) -> list[str]:
    """Cut at the first five colons; one within ``${…}`` belongs to the variable's name."""
    parts = [""]
    for kind, text in _parts(pattern, variables=variables):
        pieces = text.split(":", 6 - len(parts)) if kind is _Kind.TEXT else [text]
        parts[-1] += pieces[0]
        parts += pieces[1:]
    return parts


def _word_spans(pattern: str) -> list[tuple[int, int, _Kind]]:
    """Where in an ARN a word stands in the place of a region or an account."""
    fields = pattern.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn":
        return []
    spans = []
    for index in _FIELDS:
        if _WORD.fullmatch(fields[index]):
            start = sum(len(field) + 1 for field in fields[:index])
            spans.append((start, start + len(fields[index]), _Kind.PLACEHOLDER))
    return spans


def _fits(tokens: Sequence[str | _Wild], text: str) -> bool:
    # What has to be there at least, before anything is compared: a pattern may be much longer than any text.
    if sum(token is not _Wild.MANY for token in tokens) > len(text):
        return False
    # Only the last star is ever reconsidered.
    at = position = 0
    star, resume = -1, 0
    while position < len(text):
        token = tokens[at] if at < len(tokens) else None
        if token is _Wild.MANY:
            star, resume, at = at, position, at + 1
        elif token is _Wild.ONE or token == text[position]:
            at, position = at + 1, position + 1
        elif star >= 0:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return all(token is _Wild.MANY for token in tokens[at:])
