# SPDX-License-Identifier: MIT
"""Policies and what they say to Mechanical Turk: a table with reasons, properties, and the smallest change."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.policy.judgement import (
    OUR_SID,
    SERVICE,
    Answer,
    Question,
    granting_statement,
    judge,
    with_grant,
)
from notification_tester.domain.problem import ProblemError

QUEUE = "arn:aws:sqs:us-east-1:123456789012:events"
TOPIC = "arn:aws:sns:us-east-1:123456789012:events"
ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"
OLD_USER = "arn:aws:iam::755651556756:user/MTurk-SQS"
TLS = {"Bool": {"aws:SecureTransport": "true"}}
ALLOWED, DENIED, NOT_ALLOWED, UNKNOWN, MALFORMED = Answer

ON_QUEUE = Question(resource_arn=QUEUE, source_account=ACCOUNT)
ON_TOPIC = Question(resource_arn=TOPIC, source_account=ACCOUNT)
NO_ACCOUNT_QUEUE = Question(resource_arn=QUEUE)
NO_ACCOUNT_TOPIC = Question(resource_arn=TOPIC)


def policy(*statements: Any, version: str | None = "2012-10-17") -> str:
    head = {} if version is None else {"Version": version}
    return json.dumps({**head, "Statement": list(statements)})


def allow(**changes: Any) -> dict[str, Any]:
    """A statement that lets Mechanical Turk send to the queue, with elements changed; None takes one out."""
    made = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def deny(**changes: Any) -> dict[str, Any]:
    return allow(**{"Effect": "Deny", "Principal": "*", **changes})


def topic(**changes: Any) -> dict[str, Any]:
    return allow(**{"Action": "sns:Publish", "Resource": TOPIC, **changes})


def when(operator: str, key: str, *values: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: values[0] if len(values) == 1 else list(values)}}}


class Case(NamedTuple):
    id: str
    policy: str | None
    answer: Answer
    reason: str
    question: Question = ON_QUEUE
    statement: int | None = 1
    unknown: tuple[str, ...] = ()


WITH_ARN = Question(resource_arn=QUEUE, source_arn="arn:aws:mechanicalturk:us-east-1:123456789012:requester/x")
OTHERS = "arn:aws:iam::111122223333:root"
SNS_ARN = "arn:aws:sns:us-east-1:123456789012:other"
SA = "aws:SourceAccount"

CASES = [
    # what the instructions say, and no policy at all
    Case("none", None, NOT_ALLOWED, "no policy: only the owner", statement=None),
    Case("empty-text", "", NOT_ALLOWED, "an attribute that is not set comes back empty", statement=None),
    Case("queue-as-documented", policy(allow(Condition=TLS)), ALLOWED, "the page of SQS, word for word"),
    Case("queue-bare", policy(allow()), ALLOWED, "conditions are optional"),
    Case(
        "topic-as-documented",
        policy(topic(Condition={**TLS, "StringEquals": {SA: ACCOUNT}})),
        ALLOWED,
        "the page of SNS, word for word",
        ON_TOPIC,
    ),
    Case("statement-alone", json.dumps({"Statement": allow()}), ALLOWED, "one object instead of a list"),
    Case("no-statements", policy(), NOT_ALLOWED, "an empty list says nothing", statement=None),
    Case("old-version", policy(allow(), version="2008-10-17"), ALLOWED, "the older language knows all of this"),
    Case("no-version", policy(allow(), version=None), ALLOWED, "missing means the older language"),
    Case("second-decides", policy(allow(Resource=f"{QUEUE}2"), allow()), ALLOWED, "one Allow is enough", statement=2),
    # principals
    Case("everyone", policy(allow(Principal="*")), ALLOWED, "* is all principals"),
    Case("everyone-aws", policy(allow(Principal={"AWS": "*"})), ALLOWED, "said to be equivalent to *"),
    Case("everyone-aws-list", policy(allow(Principal={"AWS": [OTHERS, "*"]})), ALLOWED, "one of a list is enough"),
    Case("service-list", policy(allow(Principal={"Service": ["sns.amazonaws.com", SERVICE]})), ALLOWED, "or"),
    Case("service-and-aws", policy(allow(Principal={"AWS": OTHERS, "Service": SERVICE})), ALLOWED, "kinds are or too"),
    Case("service-other", policy(allow(Principal={"Service": "sns.amazonaws.com"})), NOT_ALLOWED, "another service"),
    Case("service-short", policy(allow(Principal={"Service": "mturk.amazonaws.com"})), NOT_ALLOWED, "a wrong name"),
    Case("service-as-aws", policy(allow(Principal={"AWS": SERVICE})), NOT_ALLOWED, "no AWS principal has that name"),
    Case("service-part-star", policy(allow(Principal={"Service": "mturk*"})), NOT_ALLOWED, "no part of a name"),
    Case("service-star", policy(allow(Principal={"Service": "*"})), UNKNOWN, "not documented", unknown=("Service *",)),
    Case(
        "service-case",
        policy(allow(Principal={"Service": SERVICE.title()})),
        UNKNOWN,
        "whether its case matters is not documented",
        unknown=(f"Service {SERVICE.title()}",),
    ),
    Case(
        "service-region",
        policy(allow(Principal={"Service": "mturk-requester.us-east-1.amazonaws.com"})),
        UNKNOWN,
        "a form that some services have",
        unknown=("Service mturk-requester.us-east-1.amazonaws.com",),
    ),
    Case("own-account", policy(allow(Principal={"AWS": ACCOUNT})), NOT_ALLOWED, "the owner is not the service"),
    Case("role", policy(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"})), NOT_ALLOWED, "nor is a role"),
    Case("federated", policy(allow(Principal={"Federated": "www.amazon.com"})), NOT_ALLOWED, "people who signed in"),
    Case("federated-star", policy(allow(Principal={"Federated": "*"})), NOT_ALLOWED, "* is everyone only under AWS"),
    Case("old-user", policy(allow(Principal={"AWS": OLD_USER})), UNKNOWN, "works or not: unknown", unknown=(OLD_USER,)),
    Case(
        "old-account",
        policy(allow(Principal={"AWS": ["755651556756"]})),
        UNKNOWN,
        "the account of that user",
        unknown=("755651556756",),
    ),
    Case(
        "old-user-id",
        policy(allow(Principal={"AWS": "AIDAIXO4EZE6RHVSXIN4E"})),
        UNKNOWN,
        "what AWS shows for a user that was deleted, and the sender of MTurk's messages",
        unknown=("AIDAIXO4EZE6RHVSXIN4E",),
    ),
    Case("old-and-new", policy(allow(Principal={"AWS": OLD_USER, "Service": SERVICE})), ALLOWED, "the new one decides"),
    Case("not-others", policy(allow(Principal=None, NotPrincipal={"AWS": OTHERS})), ALLOWED, "all but the named"),
    Case("not-us", policy(allow(Principal=None, NotPrincipal={"Service": SERVICE})), NOT_ALLOWED, "left out by name"),
    Case("not-everyone", policy(allow(Principal=None, NotPrincipal="*")), NOT_ALLOWED, "all but all is nobody"),
    # actions
    Case("action-upper", policy(allow(Action="SQS:SENDMESSAGE")), ALLOWED, "actions have no case"),
    Case("action-console", policy(allow(Action="SQS:SendMessage")), ALLOWED, "as the console writes it"),
    Case("action-star", policy(allow(Action="*")), ALLOWED, "every action"),
    Case("action-service-star", policy(allow(Action="sqs:*")), ALLOWED, "every action of the service"),
    Case("action-prefix", policy(allow(Action="sqs:Send*")), ALLOWED, "* within a name"),
    Case("action-question", policy(allow(Action="sqs:SendMessag?")), ALLOWED, "? is one character"),
    Case("action-question-none", policy(allow(Action="sqs:SendMessage?")), NOT_ALLOWED, "? is not no character"),
    Case("action-list", policy(allow(Action=["sqs:ReceiveMessage", "sqs:SendMessage"])), ALLOWED, "or"),
    Case("action-other", policy(allow(Action="sqs:ReceiveMessage")), NOT_ALLOWED, "reading is not sending"),
    Case("action-batch", policy(allow(Action="sqs:SendMessageBatch")), NOT_ALLOWED, "a name of its own"),
    Case("action-of-topics", policy(allow(Action="sns:Publish")), NOT_ALLOWED, "a queue needs sqs:SendMessage"),
    Case("not-action-other", policy(allow(Action=None, NotAction="sqs:DeleteQueue")), ALLOWED, "all but the named"),
    Case("not-action-ours", policy(allow(Action=None, NotAction="sqs:send*")), NOT_ALLOWED, "left out by pattern"),
    Case("topic-action-case", policy(topic(Action="SNS:publish")), ALLOWED, "actions have no case", ON_TOPIC),
    # resources
    Case("resource-star", policy(allow(Resource="*")), ALLOWED, "everything, and attached here"),
    Case("resource-other", policy(allow(Resource=f"{QUEUE}-old")), NOT_ALLOWED, "another queue's ARN"),
    Case("resource-case", policy(allow(Resource=QUEUE.replace("events", "Events"))), NOT_ALLOWED, "ARNs have case"),
    Case("resource-region", policy(allow(Resource=QUEUE.replace("us-east-1", "eu-west-1"))), NOT_ALLOWED, "elsewhere"),
    Case("resource-prefix", policy(allow(Resource=f"{QUEUE[:-3]}*")), ALLOWED, "* at the end"),
    Case("resource-question", policy(allow(Resource=f"{QUEUE[:-1]}?")), ALLOWED, "? is one character"),
    Case("resource-inner-star", policy(allow(Resource="arn:aws:sqs:*:*:events")), ALLOWED, "* in several parts"),
    Case("resource-list", policy(allow(Resource=[f"{QUEUE}2", QUEUE])), ALLOWED, "or"),
    Case("resource-name-only", policy(allow(Resource="events")), NOT_ALLOWED, "a name is no ARN"),
    Case("not-resource-other", policy(allow(Resource=None, NotResource=f"{QUEUE}2")), ALLOWED, "all but the named"),
    Case("not-resource-ours", policy(allow(Resource=None, NotResource="arn:aws:sqs:*")), NOT_ALLOWED, "left out"),
    Case(
        "resource-variable",
        policy(allow(Resource="arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:events")),
        UNKNOWN,
        "a variable of unknown value",
        unknown=("${aws:PrincipalAccount}",),
    ),
    Case(
        "resource-variable-hopeless",
        policy(allow(Resource="arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:other")),
        NOT_ALLOWED,
        "wrong whatever the variable stands for",
    ),
    Case(
        "resource-variable-old",
        policy(allow(Resource="arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:events"), version="2008-10-17"),
        NOT_ALLOWED,
        "plain text in the older language",
    ),
    Case("resource-escaped-star", policy(allow(Resource=f"{QUEUE[:-1]}${{*}}")), NOT_ALLOWED, "the star itself"),
    Case("resource-escaped-more", policy(allow(Resource=f"{QUEUE}${{*}}")), NOT_ALLOWED, "a star more than there is"),
    # Deny
    Case("deny-all", policy(allow(), deny()), DENIED, "an explicit Deny wins", statement=2),
    Case("deny-first", policy(deny(), allow()), DENIED, "wherever it stands"),
    Case("deny-alone", policy(deny()), DENIED, "said explicitly"),
    Case("deny-service", policy(allow(), deny(Principal={"Service": SERVICE})), DENIED, "by name", statement=2),
    Case("deny-others", policy(allow(), deny(Principal={"AWS": OTHERS})), ALLOWED, "does not concern us"),
    Case("deny-other-action", policy(allow(), deny(Action="sqs:DeleteQueue")), ALLOWED, "does not concern sending"),
    Case("deny-other-queue", policy(allow(), deny(Resource=f"{QUEUE}2")), ALLOWED, "does not concern this queue"),
    Case(
        "deny-all-but-owner",
        policy(allow(), deny(Principal=None, NotPrincipal={"AWS": ACCOUNT})),
        DENIED,
        "NotPrincipal forbids all the others",
        statement=2,
    ),
    Case(
        "deny-all-but-us",
        policy(allow(), deny(Principal=None, NotPrincipal={"Service": SERVICE})),
        ALLOWED,
        "NotPrincipal spares the named",
    ),
    Case("deny-not-action", policy(allow(), deny(Action=None, NotAction="sqs:Receive*")), DENIED, "", statement=2),
    Case(
        "deny-unencrypted",
        policy(allow(), deny(**when("Bool", "aws:SecureTransport", "false"))),
        ALLOWED,
        "the usual way to ask for TLS",
    ),
    Case(
        "deny-maybe",
        policy(allow(), deny(**when("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"))),
        UNKNOWN,
        "a Deny that only may apply",
        statement=2,
        unknown=("aws:SourceIp",),
    ),
    Case(
        "deny-maybe-nothing-allows",
        policy(deny(**when("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"))),
        NOT_ALLOWED,
        "without an Allow it is no in either case",
        statement=None,
    ),
    Case(
        "deny-unless-topic",
        policy(allow(), deny(**when("ArnNotEquals", "aws:SourceArn", SNS_ARN))),
        DENIED,
        "negated: true for a missing source and for any but the topic",
        statement=2,
    ),
    Case(
        "deny-perimeter",
        policy(
            allow(),
            deny(
                Condition={
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                }
            ),
        ),
        ALLOWED,
        "a perimeter that spares AWS's services: one condition that fails is enough",
    ),
    # conditions on what is known
    Case("tls-bool", policy(allow(**when("Bool", "aws:SecureTransport", True))), ALLOWED, "JSON true is a value"),
    Case("tls-key-case", policy(allow(**when("Bool", "AWS:securetransport", "true"))), ALLOWED, "keys have no case"),
    Case("tls-false", policy(allow(**when("Bool", "aws:SecureTransport", "false"))), NOT_ALLOWED, "it is encrypted"),
    Case("tls-not-null", policy(allow(**when("Null", "aws:SecureTransport", "false"))), ALLOWED, "the key is there"),
    Case("tls-null", policy(allow(**when("Null", "aws:SecureTransport", "true"))), NOT_ALLOWED, "the key is there"),
    Case("condition-empty", policy(allow(Condition={})), ALLOWED, "no condition"),
    Case(
        "by-service-name",
        policy(allow(Principal="*", **when("StringEquals", "aws:PrincipalServiceName", SERVICE))),
        ALLOWED,
        "the key that a service principal has",
    ),
    # SourceAccount on topics
    Case("account-other", policy(topic(**when("StringEquals", SA, OTHER_ACCOUNT))), NOT_ALLOWED, "", ON_TOPIC),
    Case("account-list", policy(topic(**when("StringEquals", SA, OTHER_ACCOUNT, ACCOUNT))), ALLOWED, "or", ON_TOPIC),
    Case("account-number", policy(topic(**when("StringEquals", SA, 123456789012))), ALLOWED, "unquoted", ON_TOPIC),
    Case(
        "account-key-case", policy(topic(**when("StringEquals", "AWS:SOURCEACCOUNT", ACCOUNT))), ALLOWED, "", ON_TOPIC
    ),
    Case("account-like", policy(topic(**when("StringLike", SA, "1234*"))), ALLOWED, "wildcards in Like", ON_TOPIC),
    Case("account-like-star", policy(topic(**when("StringLike", SA, "*"))), ALLOWED, "any will do", NO_ACCOUNT_TOPIC),
    Case("account-equals-star", policy(topic(**when("StringEquals", SA, "*"))), NOT_ALLOWED, "no wildcard", ON_TOPIC),
    Case(
        "account-hyphens",
        policy(topic(**when("StringEquals", SA, "1234-5678-9012"))),
        NOT_ALLOWED,
        "no account id has hyphens, so it is no even where ours is not known",
        NO_ACCOUNT_TOPIC,
    ),
    Case("account-not", policy(topic(**when("StringNotEquals", SA, OTHER_ACCOUNT))), ALLOWED, "negated", ON_TOPIC),
    Case(
        "account-not-ours",
        policy(topic(**when("StringNotEquals", SA, OTHER_ACCOUNT, ACCOUNT))),
        NOT_ALLOWED,
        "negated: none of them",
        ON_TOPIC,
    ),
    Case(
        "account-not-known",
        policy(topic(**when("StringEquals", SA, ACCOUNT))),
        UNKNOWN,
        "which account is linked was not said",
        NO_ACCOUNT_TOPIC,
        unknown=(SA,),
    ),
    Case("account-ignore-case", policy(topic(**when("StringEqualsIgnoreCase", SA, ACCOUNT))), ALLOWED, "", ON_TOPIC),
    Case("account-any-value", policy(topic(**when("ForAnyValue:StringEquals", SA, ACCOUNT))), ALLOWED, "", ON_TOPIC),
    Case("account-all-values", policy(topic(**when("ForAllValues:StringLike", SA, "9*"))), NOT_ALLOWED, "", ON_TOPIC),
    Case(
        "account-numeric",
        policy(topic(**when("NumericEquals", SA, ACCOUNT))),
        UNKNOWN,
        "numbers are not compared",
        ON_TOPIC,
        unknown=(f"NumericEquals on {SA}",),
    ),
    Case(
        "account-two",
        policy(topic(Condition={**TLS, "StringEquals": {SA: OTHER_ACCOUNT}})),
        NOT_ALLOWED,
        "conditions are and",
        ON_TOPIC,
    ),
    Case(
        "account-variable",
        policy(topic(**when("StringEquals", SA, "${aws:PrincipalAccount}"))),
        UNKNOWN,
        "a variable of unknown value",
        ON_TOPIC,
        unknown=("${aws:PrincipalAccount}",),
    ),
    Case(
        "value-case",
        policy(topic(**when("StringEquals", "aws:PrincipalServiceName", SERVICE.upper()))),
        NOT_ALLOWED,
        "values have case",
        ON_TOPIC,
    ),
    Case(
        "value-ignore-case",
        policy(topic(**when("StringEqualsIgnoreCase", "aws:PrincipalServiceName", SERVICE.upper()))),
        ALLOWED,
        "except where the operator says not",
        ON_TOPIC,
    ),
    # SourceAccount on queues: whether it is sent is not known
    Case(
        "queue-account",
        policy(allow(**when("StringEquals", SA, ACCOUNT))),
        UNKNOWN,
        "true if it is sent, false if not",
        unknown=(SA,),
    ),
    Case(
        "queue-account-other",
        policy(allow(**when("StringEquals", SA, OTHER_ACCOUNT))),
        NOT_ALLOWED,
        "false if it is sent, false if not",
    ),
    Case(
        "queue-account-if-exists",
        policy(allow(**when("StringEqualsIfExists", SA, ACCOUNT))),
        ALLOWED,
        "true if it is sent, true if not",
    ),
    Case(
        "queue-account-if-exists-other",
        policy(allow(**when("StringEqualsIfExists", SA, OTHER_ACCOUNT))),
        UNKNOWN,
        "false if it is sent, true if not",
        unknown=(SA,),
    ),
    Case(
        "queue-account-not-other",
        policy(allow(**when("StringNotEquals", SA, OTHER_ACCOUNT))),
        ALLOWED,
        "negated: true for a missing key",
    ),
    Case(
        "queue-account-all-values",
        policy(allow(**when("ForAllValues:StringEquals", SA, ACCOUNT))),
        ALLOWED,
        "ForAllValues: true for a missing key",
    ),
    Case(
        "queue-account-any-not",
        policy(allow(**when("ForAnyValue:StringNotEquals", SA, ACCOUNT))),
        NOT_ALLOWED,
        "ForAnyValue: false for a missing key",
    ),
    Case("queue-account-null", policy(allow(**when("Null", SA, "true"))), UNKNOWN, "", unknown=(SA,)),
    Case("queue-account-null-both", policy(allow(**when("Null", SA, "true", "false"))), ALLOWED, "either way"),
    Case(
        "deny-queue-account",
        policy(allow(), deny(**when("StringNotEquals", SA, ACCOUNT))),
        UNKNOWN,
        "forbids when the key is missing",
        statement=2,
        unknown=(SA,),
    ),
    # SourceArn
    Case(
        "arn-of-topic",
        policy(allow(Principal="*", **when("ArnEquals", "aws:SourceArn", SNS_ARN))),
        NOT_ALLOWED,
        "for a topic's messages only: the usual policy of a subscribed queue",
    ),
    Case(
        "arn-maybe",
        policy(allow(**when("ArnLike", "aws:SourceArn", "arn:aws:mechanicalturk:*:*:*"))),
        UNKNOWN,
        "which source is sent is not known",
        unknown=("aws:SourceArn",),
    ),
    Case(
        "arn-known",
        policy(allow(**when("ArnLike", "aws:SourceArn", "arn:aws:mech*:*:*:req*"))),
        ALLOWED,
        "part by part",
        WITH_ARN,
    ),
    Case(
        "arn-parts",
        policy(allow(**when("ArnLike", "aws:SourceArn", "arn:*:123456789012:requester/x:*:*"))),
        NOT_ALLOWED,
        "* does not reach over a colon",
        WITH_ARN,
    ),
    Case(
        "arn-as-string",
        policy(allow(**when("StringLike", "aws:SourceArn", "arn:*/x"))),
        ALLOWED,
        "as text it does",
        WITH_ARN,
    ),
    Case(
        "arn-not",
        policy(allow(**when("ArnNotLike", "aws:SourceArn", "arn:aws:mech*:*:*:*"))),
        NOT_ALLOWED,
        "negated",
        WITH_ARN,
    ),
    Case(
        "arn-half",
        policy(allow(**when("ArnLike", "aws:SourceArn", "*"))),
        UNKNOWN,
        "no whole ARN: not documented",
        WITH_ARN,
        unknown=("aws:SourceArn",),
    ),
    Case(
        "arn-variable",
        policy(allow(**when("ArnLike", "aws:SourceArn", "arn:aws:*:${aws:X}:*:*"))),
        UNKNOWN,
        "the colon within ${…} parts nothing",
        WITH_ARN,
        unknown=("${aws:X}",),
    ),
    # not to be judged
    Case(
        "topic-default",
        policy(topic(Principal={"AWS": "*"}, **when("StringEquals", "AWS:SourceOwner", ACCOUNT))),
        UNKNOWN,
        "a new topic's own policy: owner only",
        ON_TOPIC,
        unknown=("AWS:SourceOwner",),
    ),
    Case("key-unknown", policy(allow(**when("StringEquals", "aws:Odd", "o"))), UNKNOWN, "", unknown=("aws:Odd",)),
    Case(
        "key-unknown-if-exists",
        policy(allow(**when("StringEqualsIfExists", "aws:Odd", "o"))),
        UNKNOWN,
        "it may exist",
        unknown=("aws:Odd",),
    ),
    Case(
        "operator-unknown",
        policy(allow(**when("StringResembles", SA, ACCOUNT))),
        UNKNOWN,
        "",
        unknown=("StringResembles",),
    ),
    Case(
        "operator-case",
        policy(allow(**when("bool", "aws:SecureTransport", "true"))),
        UNKNOWN,
        "whether operators have case is not documented",
        unknown=("bool",),
    ),
    Case(
        "operator-null-if-exists",
        policy(allow(**when("NullIfExists", SA, "true"))),
        UNKNOWN,
        "there is none",
        unknown=("NullIfExists",),
    ),
    Case(
        "operator-set-unknown",
        policy(allow(**when("ForSomeValue:Bool", "aws:Odd", "true"))),
        UNKNOWN,
        "names both",
        unknown=("ForSomeValue:Bool", "aws:Odd"),
    ),
    Case(
        "operator-date",
        policy(topic(**when("DateLessThan", SA, "2030-01-01T00:00:00Z"))),
        UNKNOWN,
        "an account is no date",
        ON_TOPIC,
        unknown=(f"DateLessThan on {SA}",),
    ),
    Case("null-odd-value", policy(allow(**when("Null", SA, "yes"))), UNKNOWN, "", unknown=("Null",)),
    Case(
        "one-fails",
        policy(
            allow(Condition={"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
        ),
        NOT_ALLOWED,
        "false and unknown is false",
    ),
    Case(
        "unknown-beside-allow",
        policy(allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/8")), allow()),
        ALLOWED,
        "true or unknown is true",
        statement=2,
    ),
    # malformed
    Case("not-json", "{\n 'Statement': 1}", MALFORMED, "single quotes", statement=None),
    Case("cut-off", policy(allow())[:-1], MALFORMED, "the end is missing", statement=None),
    Case("not-object", "[]", MALFORMED, "a list", statement=None),
    Case("nan", '{"Statement": NaN}', MALFORMED, "no value in JSON", statement=None),
    Case("endless-number", '{"Statement": ' + "9" * 5000 + "}", MALFORMED, "beyond all bounds", statement=None),
    Case("too-deep", "[" * 100_000, MALFORMED, "nobody's policy", statement=None),
    Case("no-statement", '{"Version": "2012-10-17"}', MALFORMED, "", statement=None),
    Case("bad-version", policy(allow(), version="2012-10-18"), MALFORMED, "there is no such language", statement=None),
    Case("id-number", '{"Id": 1, "Statement": []}', MALFORMED, "", statement=None),
    Case("unknown-element", '{"statement": []}', MALFORMED, "the wrong case", statement=None),
    Case("statement-text", policy(allow(), "x"), MALFORMED, "not an object", statement=2),
    Case("statement-element", policy(allow(Comment="mine")), MALFORMED, "no room for remarks"),
    Case("sid-number", policy(allow(Sid=1)), MALFORMED, ""),
    Case("no-effect", policy(allow(Effect=None)), MALFORMED, "there is no default"),
    Case("effect-case", policy(allow(Effect="allow")), MALFORMED, "Effect has case"),
    Case("effect-true", policy(allow(Effect=True)), MALFORMED, ""),
    Case("no-principal", policy(allow(Principal=None)), MALFORMED, "needed in a resource's policy"),
    Case("two-principals", policy(allow(NotPrincipal="*")), MALFORMED, ""),
    Case("principal-text", policy(allow(Principal=SERVICE)), MALFORMED, "only * stands alone"),
    Case("principal-list", policy(allow(Principal=["*"])), MALFORMED, ""),
    Case("principal-empty", policy(allow(Principal={})), MALFORMED, ""),
    Case("principal-kind", policy(allow(Principal={"Services": SERVICE})), MALFORMED, "there is no such kind"),
    Case("principal-null", policy(allow(Principal={"Service": None})), MALFORMED, ""),
    Case("no-action", policy(allow(Action=None)), MALFORMED, ""),
    Case("action-bare", policy(allow(Action="SendMessage")), MALFORMED, "the service is missing"),
    Case("action-empty-list", policy(allow(Action=[])), MALFORMED, "at least one"),
    Case("action-nested", policy(allow(Action=[["sqs:*"]])), MALFORMED, "a list within a list"),
    Case("no-resource", policy(allow(Resource=None)), MALFORMED, ""),
    Case("resource-number", policy(allow(Resource=[QUEUE, 5])), MALFORMED, ""),
    Case("condition-list", policy(allow(Condition=[])), MALFORMED, ""),
    Case("condition-flat", policy(allow(Condition={"aws:SecureTransport": "true"})), MALFORMED, "no operator"),
    Case("condition-object", policy(allow(**when("Bool", "a:b", {}))), MALFORMED, ""),
    Case("condition-no-value", policy(allow(Condition={"Bool": {"a:b": []}})), MALFORMED, "at least one"),
    Case(
        "condition-infinite",
        policy(allow()).replace(f'"{QUEUE}"', f'"{QUEUE}", "Condition": {{"Bool": {{"a:b": 1e999}}}}'),
        MALFORMED,
        "no number of JSON's",
    ),
    Case("effect-twice", '{"Statement": {"Effect": "Allow", "Effect": "Deny"}}', MALFORMED, "", statement=None),
    Case("later-malformed", policy(allow(), allow(Effect="Permit")), MALFORMED, "the whole is refused", statement=2),
]


def test_the_table_is_large_enough_and_its_ids_are_unique() -> None:
    assert len(CASES) >= 80
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_judgement(case: Case) -> None:
    judgement = judge(case.policy, case.question)
    assert judgement.answer is case.answer, f"{case.reason}; {judgement.because}"
    assert judgement.statement == case.statement, judgement.because
    assert judgement.unknown == case.unknown
    assert judgement.because.endswith((".", "!"))
    if case.statement is not None:
        assert f"statement {case.statement}" in judgement.because.lower()
    assert all(name in judgement.because for name in case.unknown)


def test_a_statement_is_named_by_its_sid() -> None:
    assert "Statement 1 (“Door”) lets" in judge(policy(allow(Sid="Door")), ON_QUEUE).because


def test_of_several_statements_that_may_decide_the_first_is_named() -> None:
    odd = when("Bool", "aws:Odd", "true")
    may_allow = judge(policy(allow(**odd), allow(**odd)), ON_QUEUE)
    assert (may_allow.statement, may_allow.because.partition(":")[0]) == (
        1,
        "Statement 1 may let Mechanical Turk send to this queue",
    )
    may_deny = judge(policy(allow(), deny(**odd), deny(**odd)), ON_QUEUE)
    assert (may_deny.statement, may_deny.because.partition(":")[0]) == (
        2,
        "Statement 1 lets Mechanical Turk send to this queue, but statement 2 may forbid it",
    )


def test_a_mapping_is_judged_like_its_text() -> None:
    for case in CASES:
        try:
            document = json.loads(case.policy or "")
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict) and case.id not in {"effect-twice", "nan"}:  # what json.loads lets pass
            assert judge(document, case.question) == judge(case.policy, case.question)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{\n 'Statement': 1}", "line 2, column 2", id="json-place"),
        pytest.param('{"Statement": {"Effect": "Allow", "Effect": "Deny"}}', "“Effect” occurs twice", id="twice"),
        pytest.param('{"statement": []}', "it is written Statement", id="case"),
        pytest.param(policy(allow(Effect="\x07permit")), "“�permit”", id="control-character"),
        pytest.param(policy(allow(Principal=None)), "neither Principal nor NotPrincipal", id="principal"),
    ],
)
def test_malformed_says_what_and_where(text: str, expected: str) -> None:
    assert expected in judge(text, ON_QUEUE).because


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(allow(Resource=f"{QUEUE}2"), f"not for this queue, but for “{QUEUE}2”", id="resource"),
        pytest.param(allow(Action="sqs:Get*"), "it is not for sqs:SendMessage", id="action"),
        pytest.param(
            allow(Principal={"AWS": ACCOUNT}), f"not for the service {SERVICE}, but for “{ACCOUNT}”", id="who"
        ),
        pytest.param(
            allow(**when("StringEquals", SA, OTHER_ACCOUNT)),
            f"its condition StringEquals aws:SourceAccount “{OTHER_ACCOUNT}” does not hold",
            id="condition",
        ),
    ],
)
def test_the_nearest_statement_is_named_with_what_is_in_the_way(statement: dict[str, Any], expected: str) -> None:
    far = allow(Principal={"AWS": OTHERS}, Action="sqs:Get*", Resource="*")
    judgement = judge(policy(far, statement), ON_QUEUE)
    assert judgement.statement == 2
    assert expected in judgement.because


@pytest.mark.parametrize(
    ("changes", "in_the_way"),
    [
        pytest.param({"Resource": f"{QUEUE}2"}, f"it is not for this queue, but for “{QUEUE}2”", id="another-queue"),
        pytest.param(
            {"Resource": [f"{QUEUE}2", "x", "y"]}, f"it is not for this queue, but for “{QUEUE}2” and 2 more", id="some"
        ),
        pytest.param(
            {"Resource": None, "NotResource": [QUEUE, "x"]},
            f"it is not for this queue, but for all except “{QUEUE}” and 1 more",
            id="all-but-this-queue",
        ),
        pytest.param(
            {"Principal": {"AWS": ACCOUNT}},
            f"it is not for the service {SERVICE}, but for “{ACCOUNT}” (given as AWS)",
            id="an-account",
        ),
        pytest.param(
            {"Principal": {"AWS": [ACCOUNT, OTHERS], "Service": "s3.amazonaws.com"}},
            f"it is not for the service {SERVICE}, but for “{ACCOUNT}” (given as AWS) and 2 more",
            id="several",
        ),
        pytest.param({"Principal": None, "NotPrincipal": "*"}, f"it leaves out {SERVICE}", id="nobody"),
        pytest.param(
            when("StringEquals", "aws:RequestedRegion", "a", "b", "c"),
            "its condition StringEquals aws:RequestedRegion “a” or “b” or “c” does not hold: it is called in us-east-1,"
            " where the queue is",
            id="three-values",
        ),
        pytest.param(
            when("StringEquals", "aws:RequestedRegion", "a", "b", "c", "d"),
            "its condition StringEquals aws:RequestedRegion “a” or “b” or “c” (and 1 more) does not hold: it is called"
            " in us-east-1, where the queue is",
            id="four-values",
        ),
        pytest.param(
            {"Action": "sqs:Get*", "Resource": "x"},
            "it is not for sqs:SendMessage and it is not for this queue, but for “x”",
            id="two-reasons",
        ),
    ],
)
def test_what_is_in_the_way_is_said_word_for_word(changes: dict[str, Any], in_the_way: str) -> None:
    said = f"No statement lets Mechanical Turk send to this queue. Statement 1 comes nearest, but {in_the_way}."
    assert judge(policy(allow(**changes)), ON_QUEUE).because == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"NotPrincipal": "*"}, "Statement 1 has both Principal and NotPrincipal."),
        pytest.param(
            {"Principal": None},
            "Statement 1 has neither Principal nor NotPrincipal, and the policy of a queue or topic has to say who is "
            "meant.",
            id="neither",
        ),
        ({"Action": None}, "Statement 1 has neither Action nor NotAction."),
        ({"NotAction": "sqs:*"}, "Statement 1 has both Action and NotAction."),
        ({"Comment": "mine"}, "Statement 1 has an element “Comment” that policies do not have."),
        ({"sid": "A"}, "Statement 1 has an element “sid” that policies do not have; it is written Sid."),
        pytest.param(
            {"Fn::If": []},
            "Statement 1 has an element “Fn::If” that policies do not have; it belongs to a template of CloudFormation "
            "that was not filled in.",
            id="template",
        ),
        ({"Action": ["sqs:*", ""]}, "The Action of statement 1 has to be a text or a list of texts; one is empty."),
        ({"Action": ["sqs:*", 1]}, "The Action of statement 1 has to be a text or a list of texts; one is a number."),
        (
            {"Effect": True},
            "The Effect of statement 1 has to be Allow or Deny, in just these letters, and it is true or false.",
        ),
        pytest.param(
            when("Bool", "a:b", 2**1024),
            "The condition on “a:b” in statement 1 has to be compared with a text, a number or true/false; one value "
            "is a number out of all bounds.",
            id="number",
        ),
        pytest.param(
            when("Bool", "a:b", {"c": 1, "d": 2}),
            "The condition on “a:b” in statement 1 has to be compared with a text, a number or true/false; one value "
            "is an object.",
            id="object",
        ),
    ],
)
def test_what_is_malformed_is_said_word_for_word(changes: dict[str, Any], said: str) -> None:
    judgement = judge(policy(allow(**changes)), ON_QUEUE)
    assert (judgement.answer, judgement.because) == (MALFORMED, said)


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        ({}, "empty"),
        ([], "empty"),
        (SERVICE, f"“{SERVICE}”"),
        (["*"], "a list"),
        (None, "null"),
        (7, "a number"),
        (1.5, "a number"),
        (True, "true or false"),
    ],
)
def test_a_principal_of_the_wrong_kind_is_called_what_it_is(principal: object, shown: str) -> None:
    said = 'The Principal of statement 1 has to be "*" or an object such as {"Service": …}, and it is '
    assert judge({"Statement": {**allow(), "Principal": principal}}, ON_QUEUE).because == f"{said}{shown}."


def test_a_number_as_large_as_can_be_written_out_is_a_value() -> None:
    assert judge(policy(allow(**when("Bool", "a:b", 2**1024 - 1))), ON_QUEUE).unknown == ("a:b",)


def test_foreign_text_in_a_sentence_is_shortened_beyond_a_hundred_characters() -> None:
    said = [judge(policy(allow(Sid="A" * length)), ON_QUEUE).because for length in (100, 101)]
    assert [one.partition(" (")[2].partition(")")[0] for one in said] == [f"“{'A' * 100}”", f"“{'A' * 100}…”"]


_SAFE_TOPIC = topic(Condition={**TLS, "StringEquals": {SA: ACCOUNT}})
_OWNERS = topic(
    Sid="__default_statement_ID",
    Principal={"AWS": "*"},
    Action=["SNS:Publish", "SNS:Subscribe"],
    **when("StringEquals", "AWS:SourceOwner", TOPIC.split(":")[4]),
)


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        pytest.param(policy(allow(Condition=TLS)), ON_QUEUE, [], id="queue-clean"),
        pytest.param(policy(_SAFE_TOPIC), ON_TOPIC, [], id="topic-clean"),
        pytest.param(policy(allow(Principal={"AWS": OLD_USER})), ON_QUEUE, ["MTurk-SQS"], id="outdated"),
        pytest.param(policy(allow()), ON_QUEUE, ["encrypted"], id="no-tls"),
        pytest.param(
            policy(allow(), deny(**when("Bool", "aws:SecureTransport", False))), ON_QUEUE, [], id="tls-by-deny"
        ),
        pytest.param(policy(topic(Condition=TLS)), ON_TOPIC, ["not limited"], id="topic-without-account"),
        pytest.param(policy(allow(Principal="*", Condition=TLS)), ON_QUEUE, ["Anyone at all"], id="open"),
        pytest.param(
            policy(allow(Principal={"AWS": "*"}, Condition=TLS)), ON_QUEUE, ['{"AWS": "*"}', "Anyone"], id="open-aws"
        ),
        pytest.param(policy(_OWNERS, _SAFE_TOPIC), ON_TOPIC, [], id="owners-beside-the-service"),
        pytest.param(policy(_OWNERS), ON_TOPIC, ['{"AWS": "*"}'], id="owners-alone"),
        pytest.param(
            policy(topic(Principal={"AWS": "*"}), _SAFE_TOPIC),
            ON_TOPIC,
            ["Anyone", "encrypted", "not limited"],
            id="open-aws-beside-the-service",
        ),
        pytest.param(
            policy(allow(Condition=TLS), deny(Principal={"AWS": "*"}, **when("Bool", "aws:SecureTransport", False))),
            ON_QUEUE,
            [],
            id="deny-that-spares-the-service",
        ),
        pytest.param(
            policy(allow(Principal=None, NotPrincipal={"AWS": OTHERS}, Condition=TLS)),
            ON_QUEUE,
            ["NotPrincipal", "Anyone"],
            id="open-not-principal",
        ),
        pytest.param(
            policy(allow(Condition={**TLS, "StringEquals": {SA: ACCOUNT}})),
            ON_QUEUE,
            ["topics only"],
            id="queue-account",
        ),
        pytest.param(policy(allow(Condition=TLS), deny(Resource="*", Action="s3:*")), ON_QUEUE, [], id="not-concerned"),
    ],
)
def test_notes(text: str, question: Question, expected: list[str]) -> None:
    notes = judge(text, question).notes
    assert len(notes) == len(expected), notes
    for words, note in zip(expected, notes, strict=True):
        assert words in note


def test_what_a_new_topic_has_for_its_owner_is_not_called_open() -> None:
    judgement = judge(policy(_OWNERS, _SAFE_TOPIC), ON_TOPIC)
    assert judgement.because == (
        "Statement 2 lets Mechanical Turk send to this topic, by the name of its service. Statement 1 "
        "(“__default_statement_ID”) names everyone, and its condition on AWS:SourceOwner keeps it to the topic's own "
        "account; Amazon SNS gives it to every new topic."
    )
    named = judge(policy({**_OWNERS, "Sid": "Mine"}, _SAFE_TOPIC), ON_TOPIC).because
    assert named.endswith("keeps it to the topic's own account."), "that of Amazon SNS is known by its Sid"
    others = {**_OWNERS, **when("StringEquals", "AWS:SourceOwner", ACCOUNT, "999988887777")}
    assert "names everyone" not in judge(policy(others, _SAFE_TOPIC), ON_TOPIC).because


@pytest.mark.parametrize("arn", ["", "events", "arn:aws:s3:::bucket", QUEUE + "*", QUEUE + "\n", QUEUE[:-7]])
def test_a_question_needs_the_arn_of_a_queue_or_topic(arn: str) -> None:
    with pytest.raises(ProblemError) as caught:
        Question(resource_arn=arn)
    assert caught.value.problem.code == "policy.resource"


@pytest.mark.parametrize("account", ["1234", "1234-5678-9012", "１２３４５６７８９０１２", "*"])
def test_a_question_needs_a_whole_account_id(account: str) -> None:
    with pytest.raises(ProblemError) as caught:
        Question(resource_arn=QUEUE, source_account=account)
    assert caught.value.problem.code == "policy.account"


# The statement and the smallest change


def test_the_statement_for_a_queue() -> None:
    assert granting_statement(QUEUE, ACCOUNT) == {
        "Sid": "AllowMechanicalTurk",
        "Effect": "Allow",
        "Principal": {"Service": "mturk-requester.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }


def test_the_statement_for_a_topic_is_limited_to_the_account_where_that_is_known() -> None:
    with_account, without = granting_statement(TOPIC, ACCOUNT), granting_statement(TOPIC, "")
    assert with_account["Action"] == "sns:Publish"
    assert with_account["Condition"] == {**TLS, "StringEquals": {SA: ACCOUNT}}
    assert without["Condition"] == TLS


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_without_a_policy_one_is_made(text: str | None) -> None:
    made = json.loads(with_grant(text, QUEUE, ""))
    assert made == {"Version": "2012-10-17", "Statement": [granting_statement(QUEUE, "")]}


def test_what_allows_already_comes_back_letter_for_letter() -> None:
    text = f'  {{"Statement":{json.dumps(allow(Action="SQS:*"))}  }}\n'
    assert with_grant(text, QUEUE, ACCOUNT) == text


def test_ours_for_another_queue_is_repaired_in_its_place() -> None:
    other, ours = allow(Principal={"AWS": OTHERS}, Sid="Other"), granting_statement(f"{QUEUE}-old", "")
    made = json.loads(with_grant(policy(ours, other), QUEUE, ""))
    assert made["Statement"] == [granting_statement(QUEUE, ""), other]


def test_ours_for_another_account_is_repaired() -> None:
    made = json.loads(with_grant(policy(granting_statement(TOPIC, OTHER_ACCOUNT)), TOPIC, ACCOUNT))
    assert made["Statement"] == [granting_statement(TOPIC, ACCOUNT)]


def test_ours_that_also_names_what_older_instructions_named_is_put_right() -> None:
    older = allow(Sid=OUR_SID, Principal={"AWS": OLD_USER}, Condition=TLS)
    made = json.loads(with_grant(policy(older), QUEUE, ""))
    assert made["Statement"] == [granting_statement(QUEUE, "")]


def test_our_limit_to_an_account_is_not_taken_away_where_the_account_is_not_known() -> None:
    text = policy(granting_statement(TOPIC, ACCOUNT))
    assert with_grant(text, TOPIC, "") == text


@pytest.mark.parametrize(
    "theirs",
    [
        pytest.param(allow(Sid=OUR_SID, Principal={"AWS": OTHERS}), id="for-others"),
        pytest.param(
            allow(Sid=OUR_SID, Principal={"Service": SERVICE, "AWS": OTHERS}, Resource="*x"), id="also-others"
        ),
        pytest.param(deny(Sid=OUR_SID, Principal={"AWS": OTHERS}), id="a-deny"),
        pytest.param(allow(Sid=OUR_SID, Principal=None, NotPrincipal={"Service": SERVICE}), id="all-but-us"),
    ],
)
def test_another_statement_with_our_sid_stays(theirs: dict[str, Any]) -> None:
    made = json.loads(with_grant(policy(theirs), QUEUE, ""))
    assert made["Statement"] == [theirs, {**granting_statement(QUEUE, ""), "Sid": f"{OUR_SID}2"}]


def test_the_rest_of_the_policy_is_kept() -> None:
    text = json.dumps({"Version": "2008-10-17", "Id": "mein Schlüssel", "Statement": allow(Sid="A", Resource="*x")})
    made = with_grant(text, QUEUE, "")
    assert list(json.loads(made)) == ["Version", "Id", "Statement"]
    assert json.loads(made)["Statement"] == [json.loads(text)["Statement"], granting_statement(QUEUE, "")]
    assert "mein Schlüssel" in made


def test_half_a_surrogate_pair_survives_as_an_escape() -> None:
    made = with_grant('{"Id": "\\ud800", "Statement": []}', QUEUE, "")
    assert made.encode()
    assert json.loads(made)["Id"] == "\ud800"


def test_a_deny_is_left_alone_and_still_denies() -> None:
    made = with_grant(policy(deny()), QUEUE, "")
    assert json.loads(made)["Statement"][0] == deny()
    assert judge(made, ON_QUEUE).answer is DENIED


@pytest.mark.parametrize("case", [case for case in CASES if case.answer is MALFORMED], ids=lambda case: case.id)
def test_a_malformed_policy_is_not_mended(case: Case) -> None:
    with pytest.raises(ProblemError) as caught:
        with_grant(case.policy, QUEUE, "")
    assert caught.value.problem.code == "policy.malformed"
    assert caught.value.problem.detail == judge(case.policy, ON_QUEUE).because


# Properties

_WORDS = st.sampled_from([QUEUE, TOPIC, f"{QUEUE}2", "*", "arn:aws:s?s:*", "arn:aws:sqs:*:${aws:username}", ACCOUNT])
_PRINCIPALS = st.sampled_from(
    ["*", {"AWS": "*"}, {"Service": SERVICE}, {"AWS": OLD_USER}, {"AWS": [OTHERS, ACCOUNT]}, {"Service": "*"}]
)
_ACTIONS = st.sampled_from(["*", "sqs:*", "SNS:*", ["sqs:SendMessage", "sns:Publish"], "sqs:Get*", "s?s:*s*"])
_CONDITIONS = st.dictionaries(
    st.sampled_from(
        [
            "Bool",
            "Null",
            "StringEquals",
            "StringNotLike",
            "ArnLikeIfExists",
            "ForAllValues:StringLike",
            "IpAddress",
            "Odd",
        ]
    ),
    st.dictionaries(
        st.sampled_from(["aws:SecureTransport", SA, "aws:SourceArn", "aws:Odd"]),
        st.lists(st.sampled_from(["true", "false", ACCOUNT, OTHER_ACCOUNT, "*", "${a:b}", SNS_ARN]), min_size=1),
        max_size=2,
    ),
    max_size=2,
)


@st.composite
def _statements(draw: st.DrawFn, effects: tuple[str, ...] = ("Allow", "Deny")) -> dict[str, Any]:
    def element(name: str) -> str:
        return draw(st.sampled_from([name, name, f"Not{name}"]))

    made: dict[str, Any] = {
        "Effect": draw(st.sampled_from(effects)),
        element("Principal"): draw(_PRINCIPALS),
        element("Action"): draw(_ACTIONS),
        element("Resource"): draw(st.one_of(_WORDS, st.lists(_WORDS, min_size=1, max_size=3))),
    }
    if sid := draw(st.sampled_from(["", "Mine", OUR_SID])):
        made["Sid"] = sid
    if condition := draw(_CONDITIONS):
        made["Condition"] = condition
    return made


_LISTS = st.lists(_statements(), max_size=4)
_VERSIONS = st.sampled_from(["2012-10-17", "2008-10-17", None])
_QUESTIONS = st.sampled_from([ON_QUEUE, ON_TOPIC, NO_ACCOUNT_QUEUE, NO_ACCOUNT_TOPIC, WITH_ARN])
_ELEMENTS = [
    *("Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal"),
    *("Action", "Resource", "Condition", "AWS"),
]
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Id",
                    "Statement",
                    "Sid",
                    "Effect",
                    "Principal",
                    "NotPrincipal",
                    "Action",
                    "Resource",
                    "Condition",
                    "AWS",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(_LISTS, _VERSIONS, _QUESTIONS, st.data())
def test_an_explicit_deny_always_wins(
    statements: list[dict[str, Any]], version: str | None, question: Question, data: st.DataObject
) -> None:
    resource = data.draw(st.sampled_from(["*", question.resource_arn]))
    stop = deny(
        Action=question.action, Resource=resource, Principal=data.draw(st.sampled_from(["*", {"Service": SERVICE}]))
    )
    place = data.draw(st.integers(0, len(statements)))
    assert judge(policy(*statements[:place], stop, *statements[place:], version=version), question).answer is DENIED


@given(st.lists(_statements(("Allow",)), max_size=4), _VERSIONS, _QUESTIONS, st.data())
def test_our_statement_in_a_policy_without_deny_always_allows(
    statements: list[dict[str, Any]], version: str | None, question: Question, data: st.DataObject
) -> None:
    grant = granting_statement(question.resource_arn, question.source_account)
    place = data.draw(st.integers(0, len(statements)))
    text = policy(*statements[:place], grant, *statements[place:], version=version)
    assert judge(text, question).answer is ALLOWED
    if not question.source_account:  # then a limit in a statement of ours is kept, see the test of that above
        statements = [{**statement, "Sid": "Theirs"} for statement in statements]
    before = policy(*statements, version=version)
    mended = with_grant(before, question.resource_arn, question.source_account)
    assert judge(mended, question).answer is ALLOWED


@given(_LISTS, _VERSIONS, _QUESTIONS, st.data())
def test_the_order_of_statements_never_matters(
    statements: list[dict[str, Any]], version: str | None, question: Question, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(statements))
    one, other = (judge(policy(*order, version=version), question) for order in (statements, shuffled))
    assert (one.answer, one.unknown, one.notes) == (other.answer, other.unknown, other.notes)


@given(_LISTS, _QUESTIONS, st.data())
def test_an_allow_more_never_forbids_and_a_deny_more_never_allows(
    statements: list[dict[str, Any]], question: Question, data: st.DataObject
) -> None:
    rank = {DENIED: 0, NOT_ALLOWED: 0, UNKNOWN: 1, ALLOWED: 2}
    before = rank[judge(policy(*statements), question).answer]
    assert rank[judge(policy(*statements, data.draw(_statements(("Allow",)))), question).answer] >= before
    assert rank[judge(policy(*statements, data.draw(_statements(("Deny",)))), question).answer] <= before


@given(_LISTS, _VERSIONS, _QUESTIONS)
def test_the_change_is_idempotent_and_keeps_all_other_statements(
    statements: list[dict[str, Any]], version: str | None, question: Question
) -> None:
    before = policy(*statements, version=version)
    after = with_grant(before, question.resource_arn, question.source_account)
    assert with_grant(after, question.resource_arn, question.source_account) == after
    made = json.loads(after)
    assert {**made, "Statement": statements} == json.loads(before)
    changed = [(old, new) for old, new in zip(statements, made["Statement"], strict=False) if old != new]
    assert len(changed) + len(made["Statement"]) - len(statements) <= 1
    assert all(old["Sid"] == OUR_SID and old["Effect"] == "Allow" for old, _ in changed)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")) | _JSON.map(json.dumps), _QUESTIONS)
def test_no_text_ever_raises(text: str, question: Question) -> None:
    assert judge(text, question).because


@given(st.dictionaries(st.text(max_size=3) | st.sampled_from(["Statement", "Version"]), _JSON), _JSON, _QUESTIONS)
def test_no_document_ever_raises(document: dict[str, Any], element: object, question: Question) -> None:
    assert judge(document, question).because
    for name in ("Principal", "Action", "Resource", "Condition", "Sid", "Effect"):
        assert judge({"Statement": allow(**{name: element})}, question).because


def test_a_hostile_pattern_costs_no_time() -> None:
    pattern = "*a" * 20_000 + "*?"
    assert judge(policy(allow(Resource=pattern)), ON_QUEUE).answer is NOT_ALLOWED
