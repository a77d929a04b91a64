# SPDX-License-Identifier: MIT
"""What a question for one page of a long list has in common, whatever the list holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PageQuery:
    """At most ``limit`` rows, newest first. Every word of ``text`` must occur in a row.

    ``before`` asks for rows older than that id: that of the last row of the page before.
    """

    text: str = ""
    before: int | None = None
    limit: int = 200

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text.split())
