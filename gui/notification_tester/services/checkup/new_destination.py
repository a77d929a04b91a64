# SPDX-License-Identifier: MIT
"""Make a queue or a topic that lets Mechanical Turk in from the start. What is there already is never touched."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from notification_tester.aws.error_table import folded
from notification_tester.aws.queues import NAME_PREFIX, create_queue, queue_exists
from notification_tester.aws.topics import Topic, create_topic, list_topics
from notification_tester.domain.account import REGION
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport
from notification_tester.domain.policy.judgement import with_grant
from notification_tester.domain.problem import Cause, Problem, ProblemError, input_problem
from notification_tester.services.refusals import source_account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.services.accounts import OpenAccount

_Place = TypeVar("_Place")

LONGEST_NAME = {Transport.SQS: 80, Transport.SNS: 256}
"""Characters (SQS API Reference, CreateQueue; SNS API Reference, CreateTopic)."""

TOPICS_OF_A_LIST = 100
"""The most that one page of ListTopics has (SNS API Reference)."""

RETENTION_SECONDS = 14 * 24 * 3600
"""The longest that SQS keeps a message: notifications wait for a receiver that was off over the holidays."""


def new_queue(opened: OpenAccount, name: str) -> QueueAddress:
    """Make a standard queue in Mechanical Turk's region. Raises ProblemError, also where the name is taken."""
    name = parse_new_name(name, longest=LONGEST_NAME[Transport.SQS])
    match queue_exists(opened.clients, name=name, region=REGION):
        case True:
            raise _taken("queue", name)
        case None:
            raise _not_known(
                "queue",
                "Amazon SQS says that it does not exist, or that these keys may not see it, and they may not list the "
                "queues, or there are too many.",
                "Ask the administrator of the AWS account to allow sqs:ListQueues. Or make",
            )
    attributes = {"MessageRetentionPeriod": str(RETENTION_SECONDS), "SqsManagedSseEnabled": "true"}
    make = partial(create_queue, opened.clients, name=name, region=REGION, attributes=attributes)
    queue = _made(make)
    with _half_made("queue", name):
        state = queue.state()
        # Added to what is there: should somebody have made the same queue in this very moment, nothing of theirs is
        # lost.
        arn = state.arn or queue.address.arn(REGION)
        queue.set_policy(with_grant(state.policy, arn, source_account(opened)))
    return queue.address


def new_topic(opened: OpenAccount, name: str) -> TopicAddress:
    """Make a standard topic in Mechanical Turk's region. Raises ProblemError, also where the name is taken."""
    name = parse_new_name(name, longest=LONGEST_NAME[Transport.SNS])
    owner = source_account(opened)
    if _topic_exists(opened, name, owner):
        raise _taken("topic", name)
    topic = _made(partial(create_topic, opened.clients, name=name, region=REGION))
    with _half_made("topic", name):
        # A new topic has a policy for its owner; that stays.
        topic.set_policy(with_grant(topic.policy(), topic.address.text, owner or topic.address.account_id))
    return topic.address


def _topic_exists(opened: OpenAccount, name: str, owner: str) -> bool:
    """Whether the account has a topic of this name. Raises ProblemError where that cannot be told."""
    if not owner:
        # Whose keys these are was not told, so that there is no address to ask: all are listed.
        unknown = "Whose keys these are was not told, and there are too many topics to list them all."
        return _is_listed(opened, name, too_many=_not_known("topic", unknown, "Make"))
    address = TopicAddress(partition="aws", region=REGION, account_id=owner, topic_name=name)
    try:
        Topic(opened.clients, address).state()
    except ProblemError as error:
        if folded(error.problem.answer.code) not in {folded("NotFound"), folded("ResourceNotFound")}:
            raise
        if "access" not in error.problem.answer.message.lower():
            return False
        hidden = _not_known("topic", _HIDDEN, _ASK)  # where SNS says that there is none, or that it may not be seen
        try:
            return _is_listed(opened, name, too_many=hidden)
        except ProblemError:
            raise hidden from None
    return True


def _is_listed(opened: OpenAccount, name: str, *, too_many: ProblemError) -> bool:
    """Whether the list of topics has this name. Raises ``too_many`` where it is not whole, and what listing raises."""
    names = [one.topic_name for one in list_topics(opened.clients)]
    if name not in names and len(names) >= TOPICS_OF_A_LIST:
        raise too_many
    return name in names


_HIDDEN = (
    "Amazon SNS says that it does not exist, or that these keys may not see it, and they may not list the topics, or "
    "there are too many."
)
_ASK = "Ask the administrator of the AWS account to allow sns:ListTopics. Or make"


def _not_known(kind: str, why: str, make: str) -> ProblemError:
    service = "SQS" if kind == "queue" else "SNS"
    return ProblemError(
        Problem(
            title=f"Whether there is a {kind} of this name already cannot be told.",
            detail=f"{why} What is there is never touched, so nothing was made.",
            remedy=f"{make} the {kind} in the {service} console, choose it here, and have its access policy mended.",
            code="destination.new-name-unknown",
            cause=Cause.DESTINATION,
        )
    )


def _made(make: Callable[[], _Place]) -> _Place:
    """Make a queue or topic, once more where the answer was lost: a second time gives back what was made at first."""
    try:
        return make()
    except ProblemError as error:
        if not error.perhaps_done:
            raise
        return make()


@contextmanager
def _half_made(kind: str, name: str) -> Iterator[None]:
    """Say of what fails inside that the queue or topic is there all the same."""
    try:
        yield
    except ProblemError as error:
        problem = error.problem
        raise ProblemError(
            Problem(
                title=f"The {kind} was made, and whether it lets Mechanical Turk in is not known.",
                detail=f"“{name}” is there, in {REGION}. Its access policy was not confirmed: {problem.title} "
                f"{problem.detail}",
                remedy=f"Choose the {kind} as the destination, and have it checked and mended. {problem.remedy}",
                code="destination.half-made",
                cause=problem.cause,
                answer=problem.answer,
            )
        ) from error


def parse_new_name(text: str, *, longest: int) -> str:
    """Read a name for a queue or topic. Raises ProblemError.

    FIFO is refused, since it is not known to work, and so is the prefix by which our own temporary queues are found.
    """
    name = text.strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or len(name) > longest:
        raise input_problem(
            "destination.new-name",
            title="This name will not do.",
            detail=f"A name has one to {longest} letters, digits, - and _; nothing else, and no .fifo at its end.",
            remedy="Type a name such as mturk-notifications.",
        )
    if name.startswith(NAME_PREFIX):
        raise input_problem(
            "destination.new-name-ours",
            title="This name is kept for throw-away queues.",
            detail=f"What begins with {NAME_PREFIX} was made for a test, and may be removed after it.",
            remedy="Type a name such as mturk-notifications.",
        )
    return name


def _taken(kind: str, name: str) -> ProblemError:
    return input_problem(
        "destination.new-name-taken",
        title=f"There is a {kind} of this name already.",
        detail=f"“{name}” is in {REGION}, in the account of these keys, and is left as it is.",
        remedy=f"Choose another name, or choose the {kind} that is there and have it checked.",
    )
