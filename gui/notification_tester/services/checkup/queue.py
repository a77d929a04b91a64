# SPDX-License-Identifier: MIT
"""What the attributes of a queue say about whether a notification arrives there and stays. No call is made here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.domain.account import REGION
from notification_tester.domain.counts import counted
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.problem import Problem, ProblemError
from notification_tester.services.holding import dead_letters, times
from notification_tester.services.policy_findings import (
    absence_finding,
    kind_finding,
    place_finding,
    policy_findings,
    question_about,
)

if TYPE_CHECKING:
    from notification_tester.aws.queues import QueueState
    from notification_tester.domain.destination import QueueAddress

SHORT_RETENTION_SECONDS = 3600
SMALL_MESSAGE_BYTES = 16 * 1024
"""A message has one to some dozen events of some 250 bytes each; how many at most is documented nowhere."""


def queue_findings(address: QueueAddress, state: QueueState | Problem, *, ours: int = 0) -> list[Finding]:
    """Judge a queue by itself; who may send there is for :func:`queue_access_findings`.

    ``ours``: how many of its messages are in the hands of this program.
    """
    if isinstance(state, Problem):
        return [absence_finding(state, place="queue", action="sqs:GetQueueAttributes")]
    return [
        Finding(id="queue.exists", level=Level.GOOD, title=f"The queue {address.queue_name} exists."),
        kind_finding(place="queue", is_fifo=address.is_fifo),
        _redrive(state),
        _retention(state),
        _readers(state, ours),
        _delay(state),
        _size(state),
    ]


def queue_access_findings(address: QueueAddress, state: QueueState, *, caller: str) -> list[Finding]:
    """Judge place and policy. ``caller`` is the AWS account of the keys, empty where it is not known."""
    try:
        question = question_about(state.arn, caller=caller)
    except ProblemError:  # a service that is not Amazon's may call its queues otherwise
        question = question_about(address.arn(REGION), caller=caller)
    return [
        place_finding(place="queue", region=address.region, owner=address.account_id, caller=caller),
        *policy_findings(state.policy, question),
    ]


def _redrive(state: QueueState) -> Finding:
    limit = state.max_receive_count
    if limit is None:
        return Finding(
            id="queue.redrive",
            level=Level.GOOD,
            title="Messages stay in the queue however often they are read.",
            detail="It has no dead-letter queue.",
        )
    return Finding(
        id="queue.redrive",
        level=Level.BEWARE,
        title="Looking counts toward the dead-letter queue.",
        detail=f"A message that has been read {times(limit)} without being deleted is moved to "
        f"“{dead_letters(state)}”.",
        why="Looking for a test, or following the queue, reads every message in it once"
        + (", so none of them would get to whoever it is meant for." if limit == 1 else "."),
        remedy="Test when nothing of value waits in the queue, or use a throw-away inbox for the test.",
    )


def _retention(state: QueueState) -> Finding:
    seconds = state.retention_seconds
    if seconds is None:
        return Finding(
            id="queue.retention",
            level=Level.UNKNOWN,
            title="How long messages are kept cannot be told.",
            detail="The service did not say.",
        )
    short = seconds < SHORT_RETENTION_SECONDS
    return Finding(
        id="queue.retention",
        level=Level.BEWARE if short else Level.GOOD,
        title=f"Messages are kept for {_span(seconds)}.",
        why="A message that nobody has read by then is gone.",
        remedy="Set a longer retention period, such as four days, in the SQS console." if short else "",
    )


def _readers(state: QueueState, ours: int) -> Finding:
    waiting = f"{counted(state.waiting, 'message')} waiting"
    of_others = state.in_flight - ours
    if of_others <= 0:
        used = f"{state.in_flight} held by this program" if state.in_flight else "none in use"
        return Finding(
            id="queue.readers",
            level=Level.GOOD,
            title="Nobody else was seen reading here." if state.in_flight else "Nobody was seen reading here.",
            detail=f"{waiting}, {used}.",
        )
    return Finding(
        id="queue.readers",
        level=Level.BEWARE,
        title="Somebody else reads here.",
        detail=f"{waiting}, and {of_others} in the hands of a reader.",
        why="Each message goes to one reader: your receiver, a Lambda function, a colleague or another start of "
        "this program may take the test.",
        remedy="If you do not know who it is, stop the other readers and test again.",
    )


def _delay(state: QueueState) -> Finding:
    if not state.delay_seconds:
        return Finding(id="queue.delay", level=Level.GOOD, title="Messages can be read at once.")
    return Finding(
        id="queue.delay",
        level=Level.BEWARE,
        title=f"Every message is held back for {_span(state.delay_seconds)}.",
        detail="That is the queue's delivery delay.",
        why="A test seems lost when it is not waited for as long.",
        remedy="Wait longer when testing, or set the delivery delay to zero in the SQS console.",
    )


def _size(state: QueueState) -> Finding:
    limit = state.maximum_bytes
    if limit is None or limit >= SMALL_MESSAGE_BYTES:
        level = Level.GOOD if limit else Level.UNKNOWN
        title = "Messages of every size that occurs fit." if limit else "How large messages may be cannot be told."
        return Finding(id="queue.size", level=level, title=title)
    return Finding(
        id="queue.size",
        level=Level.BEWARE,
        title=f"Messages above {counted(limit, 'byte')} are refused.",
        why="Mechanical Turk may put many events into one message.",
        remedy="Set the maximum message size to 256 KB or more in the SQS console.",
    )


def _span(seconds: int) -> str:
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit and seconds % unit == 0:
            number = seconds // unit
            return counted(number, name)
    return counted(seconds, "second")
