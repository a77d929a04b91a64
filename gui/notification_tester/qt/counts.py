# SPDX-License-Identifier: MIT
"""Numbers in sentences, as the system writes them and with the word that belongs to them.

Every sentence of the window that counts goes through here, so that none says “1 messages”; a test looks for others.
"""

from __future__ import annotations

from PySide6.QtCore import QLocale


def count_text(count: int, one: str, many: str) -> str:
    """``one`` or ``many`` with ``{count}`` filled in; both are translated before."""
    return (one if count == 1 else many).format(count=QLocale().toString(count))
