# SPDX-License-Identifier: MIT
"""What a topic and its subscriptions say about whether a notification gets through to anybody. No call is made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.domain.counts import counted
from notification_tester.domain.events import EventType
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.policy.filter_policy import passes
from notification_tester.domain.policy.truth import Truth
from notification_tester.domain.problem import Problem
from notification_tester.services.policy_findings import (
    absence_finding,
    kind_finding,
    place_finding,
    policy_findings,
    question_about,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.aws.topics import Subscriber, SubscriptionState, TopicState
    from notification_tester.domain.destination import TopicAddress

LOOKED_INTO = 20
"""How many subscriptions are asked for their filters and queues; more are counted, and said to be unknown."""

_WHY_SUBSCRIBED = "A topic keeps nothing: what nobody receives at that moment is gone."
_NAMES = {"sqs": "queue", "lambda": "function", "email": "mailbox", "email-json": "mailbox", "https": "web address"}


@dataclass(frozen=True, kw_only=True)
class Listener:
    """One confirmed subscription with what it said."""

    subscriber: Subscriber
    state: SubscriptionState | Problem

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        endpoint = self.subscriber.endpoint
        shown = endpoint.rpartition(":")[2] if endpoint.startswith("arn:") else endpoint
        return f"the {_NAMES.get(self.subscriber.protocol, self.subscriber.protocol)} “{shown[:100]}”"


def topic_findings(address: TopicAddress, state: TopicState | Problem) -> list[Finding]:
    """Judge the topic by itself; who may send there is for :func:`topic_access_findings`."""
    if isinstance(state, Problem):
        return [absence_finding(state, place="topic", action="sns:GetTopicAttributes")]
    return [
        Finding(id="topic.exists", level=Level.GOOD, title=f"The topic {address.topic_name} exists."),
        kind_finding(place="topic", is_fifo=address.is_fifo),
    ]


def topic_access_findings(address: TopicAddress, state: TopicState, *, caller: str) -> list[Finding]:
    """Judge place and policy. ``caller`` is the AWS account of the keys, empty where it is not known."""
    return [
        place_finding(place="topic", region=address.region, owner=address.account_id, caller=caller),
        *policy_findings(state.policy, question_about(address.text, caller=caller)),
    ]


def subscriber_findings(subscribers: Sequence[Subscriber] | Problem) -> list[Finding]:
    """Judge who is subscribed."""
    if isinstance(subscribers, Problem):
        return [
            Finding(
                id="topic.subscribers",
                level=Level.UNKNOWN,
                title="Who is subscribed to the topic cannot be told.",
                detail=f"{subscribers.title} {subscribers.answer.message or subscribers.detail}",
                why=_WHY_SUBSCRIBED,
                remedy="Ask the administrator of the AWS account to allow sns:ListSubscriptionsByTopic on this topic.",
            )
        ]
    findings = [_subscribed(subscribers)]
    if (more := sum(one.is_confirmed for one in subscribers) - LOOKED_INTO) > 0:
        findings.append(
            Finding(
                id="topic.more",
                level=Level.UNKNOWN,
                title=f"{counted(more, 'more subscription was', 'more subscriptions were')} not looked into.",
                detail=f"Only the first {LOOKED_INTO} were.",
            )
        )
    return findings


def filter_findings(listeners: Sequence[Listener]) -> list[Finding]:
    """Judge what the confirmed subscriptions that were looked into let through, and in which form."""
    return [_filters(listeners), _raw(listeners)] if listeners else []


def _subscribed(subscribers: Sequence[Subscriber]) -> Finding:
    confirmed = [one for one in subscribers if one.is_confirmed]
    pending = [one for one in subscribers if not one.is_confirmed]
    if not subscribers:
        return Finding(
            id="topic.subscribers",
            level=Level.BROKEN,
            title="Nobody is subscribed to this topic.",
            detail="It takes notifications and passes them on to nobody.",
            why=_WHY_SUBSCRIBED,
            remedy="Subscribe your receiver, a queue or a mailbox to the topic in the SNS console.",
        )
    waiting = ", ".join(f"{one.protocol} {one.endpoint[:100]}" for one in pending[:5])
    remedy = "Look for the confirmation message at that place and follow it; it can be sent again in the SNS console."
    if not confirmed:
        return Finding(
            id="topic.subscribers",
            level=Level.BROKEN,
            title="No subscription of this topic is confirmed.",
            detail=f"Pending: {waiting}.",
            why="Until a subscription is confirmed, SNS sends nothing there but the request to confirm.",
            remedy=remedy,
        )
    protocols = ", ".join(
        f"{sum(one.protocol == protocol for one in confirmed)} × {protocol}"
        for protocol in sorted({one.protocol for one in confirmed})
    )
    return Finding(
        id="topic.subscribers",
        level=Level.BEWARE if pending else Level.GOOD,
        title=f"{len(pending)} of {counted(len(subscribers), 'subscription is', 'subscriptions are')} not confirmed."
        if pending
        else "It has receivers.",
        detail=f"Confirmed: {protocols}." + (f" Pending: {waiting}." if pending else ""),
        why=_WHY_SUBSCRIBED,
        remedy=remedy if pending else "",
    )


def _filters(listeners: Sequence[Listener]) -> Finding:
    """Who filters what away; broken where nothing gets through to anybody."""
    events = [event.value for event in EventType if not event.is_test_only]
    sentences, unread, open_to_all, open_to_some, doubtful = [], [], 0, 0, 0
    for one in listeners:
        state = one.state
        if isinstance(state, Problem):
            unread.append(one.name)
            continue
        in_body = state.filter_scope == "MessageBody"
        answers = {event: passes(state.filter_policy, in_body=in_body, event=event) for event in events}
        dropped = [event for event, truth in answers.items() if truth is Truth.FALSE]
        open_to_all += not dropped and Truth.UNKNOWN not in answers.values()
        open_to_some += Truth.TRUE in answers.values()
        if len(dropped) == len(events):
            why = (
                "" if in_body else ", because it asks for message attributes, and Mechanical Turk's messages have none"
            )
            sentences.append(f"The filter of {one.name} drops everything{why}.")
        elif dropped:
            sentences.append(f"The filter of {one.name} drops {', '.join(dropped)}.")
        elif Truth.UNKNOWN in answers.values():
            doubtful += 1
            sentences.append(f"What the filter of {one.name} drops depends on what cannot be judged from here.")
    if unread:
        sentences.append(f"The filter of {', '.join(unread[:5])} could not be read.")
    nothing_known = bool(unread) or doubtful > 0
    if open_to_all == len(listeners):
        return Finding(id="topic.filters", level=Level.GOOD, title="No filter drops any event.")
    if open_to_some:
        level, title = Level.BEWARE, "A filter keeps events from some of the topic's receivers."
    elif nothing_known:
        level, title = Level.UNKNOWN, "Whether filters let events through cannot be told."
    else:
        level, title = Level.BROKEN, "Filters drop every event on its way to the receivers."
    return Finding(
        id="topic.filters",
        level=Level.UNKNOWN if level is Level.BEWARE and nothing_known else level,
        title=title,
        detail=" ".join(sentences),
        why="What a subscription's filter policy does not let through is dropped, and nothing says so.",
        remedy="Remove or correct the filter policy of that subscription in the SNS console.",
    )


def _raw(listeners: Sequence[Listener]) -> Finding:
    states = [one.state for one in listeners if not isinstance(one.state, Problem)]
    if len(states) < len(listeners):
        return Finding(
            id="topic.raw", level=Level.UNKNOWN, title="In which form receivers get messages cannot be told."
        )
    raw = sum(state.is_raw for state in states)
    how = "as they are (raw)" if raw == len(states) else "in SNS's envelope"
    if 0 < raw < len(states):
        how = f"as they are (raw) at {raw} of {len(states)}, and in SNS's envelope at the others"
    return Finding(
        id="topic.raw",
        level=Level.GOOD,
        title=f"Receivers get messages {how}.",
        why="A receiver has to expect the form that it gets: in the envelope the notification is a text within a text.",
    )
