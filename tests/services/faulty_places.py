# SPDX-License-Identifier: MIT
"""A queue or topic with each fault that keeps notifications out, or that one has to beware of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from notification_tester.domain.policy.judgement import SERVICE
from notification_tester.practice.faults import Faults
from services.places_to_check import ANOTHER_ACCOUNT, Site, statement

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination


def no_policy(site: Site) -> Destination:
    return site.queue()


def another_principal(site: Site) -> Destination:
    return site.queue(statement("sqs:SendMessage", "HERE", Principal={"Service": "sns.amazonaws.com"}))


def outdated_principal(site: Site) -> Destination:
    outdated = {"AWS": "arn:aws:iam::755651556756:user/MTurk-SQS"}
    return site.queue(statement("sqs:SendMessage", "HERE", Principal=outdated))


def denied(site: Site) -> Destination:
    deny = statement("sqs:*", "HERE", Effect="Deny", Principal="*")
    return site.queue(statement("sqs:SendMessage", "HERE"), deny)


def another_queue(site: Site) -> Destination:
    return site.queue(statement("sqs:SendMessage", site.queue_arn("somewhere-else")))


def another_source(site: Site) -> Destination:
    condition = {"StringEquals": {"aws:SourceAccount": ANOTHER_ACCOUNT}}
    return site.queue(statement("sqs:SendMessage", "HERE", Condition=condition))


def malformed(site: Site) -> Destination:
    return site.queue(statement("sqs:SendMessage", "HERE", Effect="allow"))


def key_of_aws(site: Site) -> Destination:
    return site.open_queue(KmsMasterKeyId="alias/aws/sqs")


def key_that_is_gone(site: Site) -> Destination:
    return site.open_queue(KmsMasterKeyId="alias/nobody-made-this")


def key_of_the_account_alone(site: Site) -> Destination:
    return site.open_queue(KmsMasterKeyId=site.key())


def key_for_sns_alone(site: Site) -> Destination:
    arn = site.key("sns.amazonaws.com")
    name = f"alias/lab-{arn[-8:]}"
    site.kms.create_alias(AliasName=name, TargetKeyId=arn)
    return site.open_queue(KmsMasterKeyId=name)


def key_that_denies(site: Site) -> Destination:
    return site.open_queue(KmsMasterKeyId=site.key(SERVICE, Effect="Deny"))


def key_with_a_condition(site: Site) -> Destination:
    condition = {"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}
    return site.open_queue(KmsMasterKeyId=site.key(SERVICE, Condition=condition))


def key_switched_off(site: Site) -> Destination:
    arn = site.key(SERVICE)
    site.kms.disable_key(KeyId=arn.rpartition("/")[2])
    return site.open_queue(KmsMasterKeyId=arn)


def unreadable_key(site: Site) -> Destination:
    site.desk.cloud.set_faults(Faults(denied_actions=("kms:DescribeKey", "kms:GetKeyPolicy")))
    return site.open_queue(KmsMasterKeyId=site.key(SERVICE))


def unreadable_state_of_a_key(site: Site) -> Destination:
    site.desk.cloud.set_faults(Faults(denied_actions=("kms:DescribeKey",)))
    return site.open_queue(KmsMasterKeyId=site.key(SERVICE))


def topic_with_key_of_the_account_alone(site: Site) -> Destination:
    made = site.open_topic()
    site.encrypt_topic(made.text, site.key())
    return made


def subscriber_with_key_of_the_account_alone(site: Site) -> Destination:
    made = site.open_topic(subscribed=False)
    site.subscribe(made.text, site.listening_queue(made.text, KmsMasterKeyId=site.key()))
    return made


def deleted_queue(site: Site) -> Destination:
    made = site.open_queue()
    site.desk.outside.sqs.delete_queue(QueueUrl=made.text)
    return made


def unreadable_queue(site: Site) -> Destination:
    site.desk.cloud.set_faults(Faults(denied_actions=("sqs:GetQueueAttributes",)))
    return site.open_queue()


def delayed(site: Site) -> Destination:
    return site.open_queue(DelaySeconds="30")


def forgetful(site: Site) -> Destination:
    return site.open_queue(MessageRetentionPeriod="120")


def small(site: Site) -> Destination:
    return site.open_queue(MaximumMessageSize="1024")


def eager_redrive(site: Site) -> Destination:
    dead = site.open_queue()
    policy = {"deadLetterTargetArn": site.queue_arn(dead.name), "maxReceiveCount": 2}
    return site.open_queue(RedrivePolicy=json.dumps(policy))


def read_by_another(site: Site) -> Destination:
    made = site.open_queue()
    site.desk.outside.sqs.send_message(QueueUrl=made.text, MessageBody="theirs")
    site.desk.outside.sqs.receive_message(QueueUrl=made.text, VisibilityTimeout=60)
    return made


def default_policy(site: Site) -> Destination:
    return site.topic()


def topic_for_another(site: Site) -> Destination:
    return site.topic(statement("sns:Publish", "HERE", Principal={"Service": "s3.amazonaws.com"}))


def topic_of_another_source(site: Site) -> Destination:
    condition = {"StringEquals": {"aws:SourceAccount": ANOTHER_ACCOUNT}}
    return site.topic(statement("sns:Publish", "HERE", Condition=condition))


def topic_that_denies(site: Site) -> Destination:
    deny = statement("sns:Publish", "HERE", Effect="Deny")
    return site.topic(statement("sns:Publish", "HERE"), deny)


def topic_of_another_arn(site: Site) -> Destination:
    return site.topic(statement("sns:Publish", f"arn:aws:sns:us-east-1:{ANOTHER_ACCOUNT}:elsewhere"))


def topic_with_key_of_aws(site: Site) -> Destination:
    made = site.open_topic()
    site.encrypt_topic(made.text, "alias/aws/sns")
    return made


def deleted_topic(site: Site) -> Destination:
    made = site.open_topic(subscribed=False)
    site.desk.outside.sns.delete_topic(TopicArn=site.topics.pop())
    return made


def no_subscriber(site: Site) -> Destination:
    return site.open_topic(subscribed=False)


def pending_subscriber(site: Site) -> Destination:
    made = site.open_topic(subscribed=False)
    site.subscribe(made.text, "ada@example.org", "email")
    return made


def filtered_by_attribute(site: Site) -> Destination:
    made = site.open_topic(subscribed=False)
    site.subscribe(made.text, site.listening_queue(made.text), FilterPolicy=json.dumps({"colour": ["blue"]}))
    return made


def filtered_by_body(site: Site) -> Destination:
    made = site.open_topic(subscribed=False)
    policy = json.dumps({"Events": {"EventType": ["HITFinished"]}})
    arn = site.listening_queue(made.text)
    site.subscribe(made.text, arn, FilterPolicy=policy, FilterPolicyScope="MessageBody")
    return made


def closed_subscriber(site: Site) -> Destination:
    made = site.open_topic(subscribed=False)
    site.subscribe(made.text, site.queue_arn(site.open_queue().name))
    return made


def vanished_subscriber(site: Site) -> Destination:
    made = site.open_topic(subscribed=False)
    arn = site.listening_queue(made.text)
    site.subscribe(made.text, arn)
    site.desk.outside.sqs.delete_queue(QueueUrl=site.queues[-1])
    return made


def unreadable_topic(site: Site) -> Destination:
    made = site.open_topic()
    site.desk.cloud.set_faults(Faults(denied_actions=("sns:GetTopicAttributes",)))
    return made


def unlisted_topic(site: Site) -> Destination:
    made = site.open_topic()
    site.desk.cloud.set_faults(Faults(denied_actions=("sns:ListSubscriptionsByTopic",)))
    return made


def unread_filters(site: Site) -> Destination:
    made = site.open_topic()
    site.desk.cloud.set_faults(Faults(denied_actions=("sns:GetSubscriptionAttributes",)))
    return made
