# SPDX-License-Identifier: MIT
"""Yes, no, or not to be known: Kleene's three values with reasons, and how they add up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOLD = 3
"""How many reasons a sentence has at most."""


class Truth(Enum):
    """Kleene's three values."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Whether something holds; what could not be known; and ``because`` in words, for a yes or no that needs them.

    ``unfilled``: those of the unknown that are placeholders which a template left.
    """

    truth: Truth
    unknown: frozenset[str] = frozenset()
    unfilled: frozenset[str] = frozenset()
    because: str = ""


HOLDS = Finding(truth=Truth.TRUE)
FAILS = Finding(truth=Truth.FALSE)


def cannot_tell(*names: str, unfilled: Iterable[str] = ()) -> Finding:
    """Make the finding that depends on ``names``, and on placeholders that are ``unfilled``."""
    blanks = frozenset(unfilled)
    return Finding(truth=Truth.UNKNOWN, unknown=frozenset(names) | blanks, unfilled=blanks)


def all_of(findings: Iterable[Finding]) -> Finding:
    """And: one failure decides, otherwise one doubt; where all hold, the reasons of the first few are kept."""
    found = list(findings)
    for finding in found:
        if finding.truth is Truth.FALSE:
            return finding
    if doubt := _doubt(found):
        return doubt
    reasons = [finding.because for finding in found if finding.because][:_TOLD]
    return Finding(truth=Truth.TRUE, because=" and ".join(reasons)) if reasons else HOLDS


def any_of(findings: Iterable[Finding]) -> Finding:
    """Or: one success decides, otherwise one doubt."""
    found = list(findings)
    for finding in found:
        if finding.truth is Truth.TRUE:
            return finding
    return _doubt(found) or FAILS


def opposite(finding: Finding) -> Finding:
    """Not; a doubt stays one."""
    return {Truth.TRUE: FAILS, Truth.FALSE: HOLDS, Truth.UNKNOWN: finding}[finding.truth]


def _doubt(found: list[Finding]) -> Finding | None:
    doubts = [finding for finding in found if finding.truth is Truth.UNKNOWN]
    if not doubts:
        return None
    return Finding(
        truth=Truth.UNKNOWN,
        unknown=frozenset().union(*(doubt.unknown for doubt in doubts)),
        unfilled=frozenset().union(*(doubt.unfilled for doubt in doubts)),
    )
