# SPDX-License-Identifier: MIT
"""Numbers with the word that belongs to them; in one place, so that nothing ever says “1 messages”.

For the window, which writes numbers as the system does, see :func:`qt.widgets.formatting.count_text`.
"""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """``counted(2, "message")`` is "2 messages"; ``many`` is for words that do more than take an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
