# SPDX-License-Identifier: MIT
"""Does a queue's policy let a topic send to it, and its key's policy let SNS use the key?

Judged by the same rules as for Mechanical Turk, with Amazon SNS as the service that asks. What SNS tells with its calls
is known: the topic (``aws:SourceArn``) and its owner (``aws:SourceAccount``; SNS Developer Guide, "Fanout to Amazon SQS
queues").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.domain.policy.judgement import Answer, Judgement, judge
from notification_tester.domain.policy.key import judge_key
from notification_tester.domain.policy.question import SNS_SERVICE, Question
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from notification_tester.domain.destination import TopicAddress


def topic_may_send(policy: str, *, queue_arn: str, topic: TopicAddress) -> Judgement:
    """Judge the queue's policy for messages of this topic."""
    try:
        question = Question(
            resource_arn=queue_arn,
            service=SNS_SERVICE,
            source_account=topic.account_id,
            source_arn=topic.text,
            is_account_sent=True,
        )
    except ProblemError as error:  # what is subscribed is no queue of Amazon's
        return Judgement(answer=Answer.UNKNOWN, because=error.problem.detail)
    return judge(policy, question)


def judge_key_for_sns(policy: str, key_arn: str) -> Judgement:
    """Judge a key's policy for Amazon SNS."""
    return judge_key(policy, key_arn, service=SNS_SERVICE)
