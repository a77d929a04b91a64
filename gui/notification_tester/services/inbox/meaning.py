# SPDX-License-Identifier: MIT
"""What following a place means for it and for others who read there, said before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.aws.queues import Queue
from notification_tester.domain.delivery import READING_COSTS
from notification_tester.domain.destination import QueueAddress
from notification_tester.domain.problem import Cause, Problem
from notification_tester.services.holding import cost_of_looking, is_costly

if TYPE_CHECKING:
    from notification_tester.aws.queues import QueueState
    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount


def reading_costs(state: QueueState) -> Problem | None:
    """Why this queue is better not followed: that may move messages away. None where it does not."""
    if not is_costly(state):
        return None
    return Problem(
        title="Following this queue may move messages away.",
        detail=f"{cost_of_looking(state, 'following it')}.",
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
    if sentence := cost_of_looking(state, "following it"):
        notes.append(f"{sentence}.")
    if destination.name.endswith(".fifo"):
        notes.append(
            "In a FIFO queue the next messages of a group come only when the first are deleted, so only the first few "
            "of each group can be seen."
        )
    return tuple(notes)
