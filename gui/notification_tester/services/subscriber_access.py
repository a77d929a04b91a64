# SPDX-License-Identifier: MIT
"""Does a queue's policy let a topic send to it?

Judged by the same rules as for Mechanical Turk, with Amazon SNS in its place: the two services' names are exchanged in
the policy, and what SNS tells with its calls is known: the topic (``aws:SourceArn``) and its owner
(``aws:SourceAccount``; SNS Developer Guide, "Fanout to Amazon SQS queues"). Only the answer is used: the judgement's
sentences speak of Mechanical Turk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notification_tester.domain.policy import SERVICE, Answer, Question, judge
from notification_tester.domain.policy_statement import MalformedPolicyError, read_document
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from notification_tester.domain.destination import TopicAddress

SNS_SERVICE = "sns.amazonaws.com"
_EXCHANGED = {SNS_SERVICE: SERVICE, SERVICE: SNS_SERVICE}


def topic_may_send(policy: str, *, queue_arn: str, topic: TopicAddress) -> Answer:
    """Judge the queue's policy for messages of this topic."""
    if not policy.strip():
        return Answer.NOT_ALLOWED
    try:
        question = Question(resource_arn=queue_arn, source_account=topic.account_id, source_arn=topic.text)
        return judge(_exchanged(read_document(policy)), question).answer
    except MalformedPolicyError:
        return Answer.MALFORMED
    except ProblemError:  # what is subscribed is no queue of Amazon's
        return Answer.UNKNOWN


def _exchanged(value: Any) -> Any:
    match value:
        case dict():
            return {name: _exchanged(one) for name, one in value.items()}
        case list():
            return [_exchanged(one) for one in value]
        case str():
            return _EXCHANGED.get(value, value)
    return value
