# SPDX-License-Identifier: MIT
"""Numbers with the word that belongs to them; in one place, so that nothing ever says “1 messages”, or “0.00 s”.

For the window, which writes numbers as the system does, see :mod:`qt.looks.formatting`.
"""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """``counted(2, "message")`` is "2 messages", thousands have a comma; ``many`` is for words that take no s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


SHORTEST_SECONDS = 0.01
"""The shortest time that is told as a number: what was quicker took some time all the same."""


def seconds_words(seconds: float) -> str:
    """``seconds_words(0.8)`` is "0.80 s", and of a few milliseconds "under 0.01 s"."""
    return f"under {SHORTEST_SECONDS} s" if seconds < SHORTEST_SECONDS else f"{seconds:.2f} s"
