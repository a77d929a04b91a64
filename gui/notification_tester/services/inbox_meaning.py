# SPDX-License-Identifier: MIT
"""What following a place means for it and for others who read there, said before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.aws.queues import Queue
from notification_tester.domain.delivery import READING_COSTS
from notification_tester.domain.destination import QueueAddress
from notification_tester.domain.problem import Cause, Problem
from notification_tester.services.lookouts import COSTLY_RECEIVES

if TYPE_CHECKING:
    from notification_tester.aws.queues import QueueState
    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount


def reading_costs(state: QueueState) -> Problem | None:
    """Why this queue is better not followed: it moves messages away after a few reads. None where it does not."""
    limit = state.max_receive_count
    if limit is None or limit > COSTLY_RECEIVES:
        return None
    return Problem(
        title="Following this queue may move messages away.",
        detail=f"It moves a message to “{_dead_letters(state)}” once it has been read {_times(limit)} without being "
        "deleted, and each time that you follow the queue counts as one read of every message in it.",
        remedy="If nothing of value waits in it, follow it all the same. Otherwise follow a topic, which costs nobody "
        "anything, or watch for messages in your own receiver.",
        code=READING_COSTS,
        cause=Cause.DESTINATION,
    )


def notes_about(opened: OpenAccount, destination: Destination) -> tuple[str, ...]:
    """What to bear in mind about this very place, in a sentence each. Raises ProblemError; touches no message."""
    if not isinstance(destination, QueueAddress):
        return ()
    state = Queue(opened.clients, destination).state()
    notes: list[str] = []
    if state.in_flight:
        count = "one message is" if state.in_flight == 1 else f"{state.in_flight} messages are"
        notes.append(
            f"Another program seems to read this queue: {count} in its hands. While you follow, it gets only what it "
            "reaches first."
        )
    limit = state.max_receive_count
    if limit is not None:
        notes.append(
            f"Once a message has been read {_times(limit)} without being deleted, this queue moves it to "
            f"“{_dead_letters(state)}”; each time that you follow counts as one read."
        )
    if destination.name.endswith(".fifo"):
        notes.append(
            "In a FIFO queue the next messages of a group come only when the first are deleted, so only the first few "
            "of each group can be seen."
        )
    return tuple(notes)


def _dead_letters(state: QueueState) -> str:
    return state.dead_letter_arn.rpartition(":")[2] or "another queue"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
