# SPDX-License-Identifier: MIT
"""Follow a queue, a topic or a receiver on this computer until told to stop; and what that means for others.

A queue belongs to somebody: nothing is ever deleted from it, and what was seen is held and given back as
:mod:`services.holding` describes. A topic is followed through a temporary queue of our own behind it, which is
written down before it is made; from that one, what was seen is deleted. A receiver is made for as long as it is
followed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from notification_tester.aws.queues import CLOCK_TOLERANCE, Queue
from notification_tester.aws.sns_addresses import fetch_certificate
from notification_tester.aws.topics import Topic
from notification_tester.domain.destination import Destination, EmailAddress, QueueAddress
from notification_tester.domain.problem import Cause, Code, Problem, ProblemError, input_problem
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.services.holding import Holding, cost_of_looking, is_costly
from notification_tester.services.inbox.reading import Deleting, Followed, FollowNews, Reading
from notification_tester.services.inbox.receiver import Received, Receiver
from notification_tester.services.polls import CALLS
from notification_tester.services.readers import INBOX, Readers
from notification_tester.services.sns_signature import SignatureCheck
from notification_tester.services.temporary_queue import TemporaryQueue

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from notification_tester.aws.queues import QueueState
    from notification_tester.domain.destination import TopicAddress
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage
    from notification_tester.storage.leftovers import Leftovers

__all__ = ["FollowNews", "Followed", "Listening", "Place", "not_followed", "notes_about", "reading_costs"]

Place = Destination | ReceiverPlace
"""What is followed; an e-mail address is none, and that is said."""


class Listening:
    """Follows places; ``leftovers`` is where temporary queues are written down, ``readers`` who reads the same."""

    def __init__(self, *, leftovers: Leftovers | None, readers: Readers | None = None) -> None:
        self._leftovers = leftovers
        self._readers = Readers() if readers is None else readers

    def follow(
        self,
        opened: OpenAccount,
        place: Place,
        *,
        inbox: Inbox,
        received: Callable[[Sequence[InboxMessage]], None],
        stop: threading.Event,
        since_now: bool = False,
        read_anyway: bool = False,
        news: Callable[[FollowNews], None] | None = None,
    ) -> Followed:
        """Hand every message that was not seen before to ``received``, a few at a time, until ``stop`` is set.

        What is shown is kept in ``inbox`` first, which is how each is shown once. ``since_now`` passes over what was
        waiting when following began. ``received`` and ``news`` are called one at a time, for a receiver on threads of
        its own. A fault that passes, such as a lost network, is reported by ``news`` and waited out.

        Raises ProblemError: for an e-mail address; with ``Code.READING_COSTS`` where a redrive policy makes looking
        costly and ``read_anyway`` is not set; for a port that cannot be had; and where it cannot be read at all.
        Whatever happens, what is held is given back and what was made is removed.
        """
        fetch = None if opened.practice is not None else fetch_certificate
        check = SignatureCheck(fetch, None if isinstance(place, ReceiverPlace) else place)
        tell = news or _nobody
        match place:
            case EmailAddress():
                raise not_followed()
            case ReceiverPlace():
                return _receive(place, inbox, check, received, tell, stop)
            case QueueAddress():
                # Joined first: a test that is sent while the queue is looked at is heard of.
                with self._readers.join(place, INBOX) as reader, _calls() as calls:
                    state = Queue(opened.clients, place).state()
                    if not read_anyway and (problem := reading_costs(state)) is not None:
                        raise ProblemError(problem)
                    since = state.server_time - CLOCK_TOLERANCE if since_now else None
                    # A call that fails is tried again here, with pauses that end when following does.
                    once = Queue(opened.clients.once, place)
                    held = Holding(once, calls)
                    counts = state.max_receive_count is not None
                    return Reading(
                        once, calls, held, inbox, check, received, tell, since=since, counts_reads=counts, reader=reader
                    ).run(stop)
            case _:
                return self._follow_topic(opened, place, inbox, check, received, tell, stop)

    def _follow_topic(
        self,
        opened: OpenAccount,
        address: TopicAddress,
        inbox: Inbox,
        check: SignatureCheck,
        received: Callable[[Sequence[InboxMessage]], None],
        tell: Callable[[FollowNews], None],
        stop: threading.Event,
    ) -> Followed:
        temporary = TemporaryQueue.create(opened, Topic(opened.clients, address), self._leftovers)
        left: Problem | None = None
        try:
            with _calls() as calls:
                once = Queue(opened.clients.once, temporary.queue.address)
                ours = Deleting(once, calls)
                followed = Reading(once, calls, ours, inbox, check, received, tell, since=None).run(stop)
        finally:
            left = temporary.remove()
        return replace(followed, left_behind=left)


def _calls() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CALLS, thread_name_prefix="inbox")


def _receive(
    place: ReceiverPlace,
    inbox: Inbox,
    check: SignatureCheck,
    received: Callable[[Sequence[InboxMessage]], None],
    tell: Callable[[FollowNews], None],
    stop: threading.Event,
) -> Followed:
    shown = 0

    def keep(message: Received) -> None:
        nonlocal shown
        received(inbox.keep([message.for_inbox(check)]))
        shown += 1
        if message.confirmation:
            tell(FollowNews(shown=shown, url=receiver.url, confirmation=message.confirmation))

    receiver = Receiver(place, keep)
    tell(FollowNews(url=receiver.url))
    receiver.run(stop)
    return Followed(shown=shown, late=0, url=receiver.url)


def _nobody(news: FollowNews) -> None:
    del news


def not_followed() -> ProblemError:
    """Make the error for an e-mail address."""
    return input_problem(
        "listening.e-mail",
        title="An e-mail address cannot be followed.",
        detail="The program cannot look into a mailbox; only you can.",
        remedy="Follow a queue or a topic. To see whether e-mail arrives, send a test and look into the mailbox.",
    )


def reading_costs(state: QueueState) -> Problem | None:
    """Why this queue is better not followed: that may move messages away. None where it does not."""
    if not is_costly(state):
        return None
    return Problem(
        title="Following this queue may move messages away.",
        detail=f"{cost_of_looking(state, 'following it')}.",
        remedy="If nothing of value waits in it, follow it all the same. Otherwise follow a topic, which costs nobody "
        "anything, or watch for messages in your own receiver.",
        code=Code.READING_COSTS,
        cause=Cause.DESTINATION,
    )


def notes_about(opened: OpenAccount, place: Place, readers: Readers) -> tuple[str, ...]:
    """What to bear in mind about this very place, in a sentence each. Raises ProblemError; touches no message.

    What ``readers`` have in their hands is in this program's.
    """
    if not isinstance(place, QueueAddress):
        return ()
    state = Queue(opened.clients, place).state()
    notes: list[str] = []
    if (of_others := state.in_flight - readers.held(place)) > 0:
        count = "one message is" if of_others == 1 else f"{of_others} messages are"
        notes.append(
            f"Another program seems to read this queue: {count} in its hands. While you follow, it gets only what it "
            "reaches first."
        )
    if sentence := cost_of_looking(state, "following it"):
        notes.append(f"{sentence}.")
    if place.name.endswith(".fifo"):
        notes.append(
            "In a FIFO queue the next messages of a group come only when the first are deleted, so only the first few "
            "of each group can be seen."
        )
    return tuple(notes)
