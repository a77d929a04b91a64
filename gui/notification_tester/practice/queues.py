# SPDX-License-Identifier: MIT
"""Queues as moto plays them, quicker and with their policy kept: put in the place of moto's class by :func:`install`.

moto counts every message several times for each message that is received, which makes looking through some hundred
messages take minutes; and it forgets a queue's policy whenever another attribute is set.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from moto.sqs import models
from moto.sqs.exceptions import InvalidAttributeValue

if TYPE_CHECKING:
    from moto.sqs.models import Message


def install() -> None:
    """Have moto make our kind from now on; its backend looks the class up by name in its module."""
    vars(models)["Queue"] = Queue


class Queue(models.Queue):
    """A queue that knows the time once for all its messages."""

    @property
    def messages(self) -> list[Message]:
        """What can be received now."""
        now = _now()
        return [message for message in self._messages if message.visible_at < now and message.delayed_until <= now]

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        """How many have not yet been visible."""
        now = _now()
        return sum(message.delayed_until > now for message in self._messages)

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        """How many somebody has received and not yet deleted."""
        now = _now()
        return sum(message.visible_at >= now for message in self._messages)

    def seconds_until_visible(self, *, otherwise: float) -> float:
        """Tell when the next message that is held or delayed can be received."""
        now = _now()
        moments = [max(message.visible_at, message.delayed_until) for message in self._messages]
        return min((moment - now for moment in moments if moment >= now), default=otherwise * 1000) / 1000

    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        if (policy := attributes.get("Policy")) and not _is_object(policy):
            raise InvalidAttributeValue("Policy")  # moto would fail over it
        before = self.policy if hasattr(self, "_policy_json") else None
        super()._set_attributes(attributes, now)
        if before and "Policy" not in attributes:
            self.policy = before


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _now() -> float:
    return time.time() * 1000  # moto's moments are in milliseconds since 1970
