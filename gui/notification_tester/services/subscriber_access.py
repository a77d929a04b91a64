# SPDX-License-Identifier: MIT
"""Does a queue's policy let a topic send to it, and its key's policy let SNS use the key?

Judged by the same rules as for Mechanical Turk, with Amazon SNS in its place: the two services' names are exchanged in
the policy, and what SNS tells with its calls is known: the topic (``aws:SourceArn``) and its owner
(``aws:SourceAccount``; SNS Developer Guide, "Fanout to Amazon SQS queues"). What the judgement's sentences say of
Mechanical Turk is not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notification_tester.domain.policy import SERVICE, Answer, Judgement, Question, judge
from notification_tester.domain.policy_key import judge_key
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


def judge_key_for_sns(policy: str, key_arn: str) -> Judgement:
    """Judge a key's policy for Amazon SNS; the reason is told by the answer alone."""
    try:
        judged = judge_key(_exchanged(read_document(policy)), key_arn)
    except MalformedPolicyError as error:
        return Judgement(answer=Answer.MALFORMED, because=error.sentence)
    what = {Answer.DENIED: "A statement forbids it.", Answer.NOT_ALLOWED: "No statement of its policy does."}
    unknown = f"That depends on {', '.join(judged.unknown[:5])}, which cannot be judged from here."
    return Judgement(answer=judged.answer, because=what.get(judged.answer, unknown if judged.unknown else ""))


def _exchanged(value: Any) -> Any:
    match value:
        case dict():
            return {name: _exchanged(one) for name, one in value.items()}
        case list():
            return [_exchanged(one) for one in value]
        case str():
            return _EXCHANGED.get(value, value)
    return value
