# SPDX-License-Identifier: MIT
"""Which addresses were followed with which account, so that nobody types one twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notification_tester.domain.destination import Transport

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount


class InboxAddresses:
    """``kept`` is what the preferences hold, as a person's file may have it: anything at all."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.kept = kept

    def of(self, opened: OpenAccount) -> tuple[dict[Transport, str], Transport]:
        """The addresses of an account, and the kind that was followed last."""
        kept = self._of(opened)
        last = Transport.SNS if kept.get("transport") == Transport.SNS.value else Transport.SQS
        if opened.practice is not None:
            details = opened.practice.details
            return {Transport.SQS: details.queue_url, Transport.SNS: details.topic_arn}, last
        return {kind: str(kept[kind.value]) for kind in Transport if kind.value in kept}, last

    def remember(self, opened: OpenAccount, place: Destination) -> bool:
        """Keep what is followed now; whether there was anything to keep. Those of practice are new at each start."""
        if opened.practice is not None:
            return False
        kind = place.transport.value
        self.kept[opened.account.name] = {**self._of(opened), "transport": kind, kind: place.text}
        return True

    def forget(self, name: str) -> bool:
        """Another account may come under this name; whether there was anything to forget."""
        return self.kept.pop(name, None) is not None

    def _of(self, opened: OpenAccount) -> dict[str, Any]:
        kept = self.kept.get(opened.account.name)
        return kept if isinstance(kept, dict) else {}
