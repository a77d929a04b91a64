# SPDX-License-Identifier: MIT
"""How far collecting HIT types is, or how the last collection ended, as a line of words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from notification_tester.qt.widgets.formatting import count_text, moment_text, now_utc

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.services.hit_types.bulk_types import Listing


STANDS_STILL_SECONDS = 10
"""Without an answer after which that is said."""


class CollectionStatus:
    """What is known of collecting for the account that is open."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # in seconds
        self._heard_at = 0.0
        self._under_way: Listing | None = None
        self._last: Listing | None = None
        self._read_at = ""

    @property
    def all_listed(self) -> bool:
        """Whether the last collection came to its end."""
        return self._last is not None and self._last.is_finished

    def forget(self) -> None:
        """Another account is open."""
        self._under_way = self._last = None

    def begin(self) -> None:
        """A collection begins."""
        self._under_way = None
        self._heard_at = self._clock()

    def goes_on(self, news: Listing) -> None:
        """So much was collected."""
        self._heard_at = self._clock()
        self._under_way = news

    def ended(self, last: Listing) -> None:
        """It came to its end, or was stopped."""
        self._last = last
        now = now_utc()
        self._read_at = moment_text(now, now)

    def text(self, *, is_listing: bool, total: int, shown: int, is_narrow: bool) -> str:
        """The line: ``total`` HIT types are known, ``shown`` are in the table."""
        translate = QCoreApplication.translate
        if is_listing:
            quiet = int(self._clock() - self._heard_at)
            if quiet >= STANDS_STILL_SECONDS:
                return count_text(
                    quiet,
                    translate("CollectionStatus", "No answer for 1 second; it is asked again by itself"),
                    translate("CollectionStatus", "No answer for {count} seconds; it is asked again by itself"),
                )
            if self._under_way is None:
                return translate("CollectionStatus", "Asking for HITs…")
            so_far = (_hits(self._under_way.hits), _types(self._under_way.hit_types))
            return translate("CollectionStatus", "{hits}, {types} so far").format(hits=so_far[0], types=so_far[1])
        if not total:
            return ""
        if is_narrow:
            return translate("CollectionStatus", "{shown} of {all} shown").format(
                shown=QLocale().toString(shown), all=_types(total)
            )
        text = _types(total)
        if self._last is None:
            return text
        if self._last.was_stopped:
            return text + translate("CollectionStatus", ", stopped before the end")
        return f"{text}, {_hits(self._last.hits)}" + translate("CollectionStatus", ", read at {time}").format(
            time=self._read_at
        )


def _hits(count: int) -> str:
    translate = QCoreApplication.translate
    return count_text(count, translate("CollectionStatus", "1 HIT"), translate("CollectionStatus", "{count} HITs"))


def _types(count: int) -> str:
    translate = QCoreApplication.translate
    return count_text(
        count, translate("CollectionStatus", "1 HIT type"), translate("CollectionStatus", "{count} HIT types")
    )
