# SPDX-License-Identifier: MIT
"""How a followed place is written at its list, and which real events the lists of an account have from a place."""

from __future__ import annotations

import json
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from notification_tester.domain.destination import QueueAddress, Transport, parse_destination
from notification_tester.domain.events import EventType
from notification_tester.domain.messages.sender import Sender, SignatureState
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.receiver_place import ReceiverPlace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.inbox.listening import Place
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_lists import InboxLists

OPENED = "opened"
RECEIVER = "receiver"
"""The kinds of place that are no transport: messages that a person opened, and a receiver on this computer."""


def label_of(place: Place | None, *, since_now: bool) -> str:
    """A place as its list is labelled with it; None stands for messages that a person opened."""
    if place is None:
        return json.dumps({"kind": OPENED})
    if isinstance(place, ReceiverPlace):
        return json.dumps({"kind": RECEIVER, RECEIVER: place.as_json()})
    return json.dumps({"kind": place.transport.value, "text": place.text, "since_now": since_now})


def place_of(label: str) -> tuple[Place | None, bool]:
    """What :func:`label_of` was given. Raises ValueError for a label that is none of ours."""
    try:
        fields = json.loads(label)
        kind, since_now = fields["kind"], fields.get("since_now") is True
        if kind == RECEIVER:
            return ReceiverPlace.from_json(fields[RECEIVER]), since_now
        if kind == OPENED:
            return None, since_now
        return parse_destination(Transport(kind), str(fields["text"])), since_now
    except (ValueError, LookupError, TypeError, AttributeError, ProblemError) as error:
        raise ValueError("no label of a place") from error


def seen_live(lists: InboxLists, opened: OpenAccount, destination: Destination) -> Mapping[EventType, datetime]:
    """When the newest real message about each event was sent to ``destination``, as this account's lists have it.

    In a queue a message counts that Mechanical Turk itself sent there. From a topic it is one of which the signature
    proves that the topic passed it on; in practice, which cannot sign, any. Tests never count.
    """
    if isinstance(destination, QueueAddress):
        senders, signatures = {Sender.MTURK}, {SignatureState.NONE}
    else:
        proved = SignatureState.GENUINE if opened.practice is None else SignatureState.NOT_CHECKED
        senders, signatures = {Sender.UNKNOWN}, {proved}
    found: dict[EventType, datetime] = {}

    def look(label: str, inbox: Inbox) -> None:
        try:
            place, _ = place_of(label)
        except ValueError:
            return
        if place != destination:
            return
        for name, sent_at in inbox.last_real(senders, signatures).items():
            with suppress(ValueError):  # a word of the sender's that is none of Amazon's
                event = EventType(name)
                found[event] = max(sent_at, found.get(event, sent_at))

    lists.look_into(opened.account, look)
    return MappingProxyType(found)
