# SPDX-License-Identifier: MIT
"""Practice addresses in a form: the cloud has another port at each start, so what is kept is brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notification_tester.domain.destination import Transport

if TYPE_CHECKING:
    from notification_tester.practice.cloud import PracticeDetails


def destination_now(transport: Transport, remembered: str, details: PracticeDetails) -> str:
    """What to put into the form for ``transport``: what was remembered, as it is called now, or the one that works."""
    match transport:
        case Transport.EMAIL:
            return remembered or details.email
        case Transport.SNS:
            name = remembered.rpartition(":")[2]
            base = details.topic_arn.rpartition(":")[0]
            return f"{base}:{name}" if remembered.startswith("arn:") and name else details.topic_arn
        case Transport.SQS:
            parts = urlsplit(remembered)
            name = parts.path.rpartition("/")[2]
            if parts.hostname == urlsplit(details.queue_url).hostname and name:
                return f"{details.queue_url.rpartition('/')[0]}/{name}"
            return remembered or details.queue_url
