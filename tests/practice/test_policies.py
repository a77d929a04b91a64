# SPDX-License-Identifier: MIT
"""Practice lets in whom the policy lets in by AWS's rules: one judge for Mechanical Turk, topics and keys."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notification_tester.domain.policy.judgement import Answer, Question, judge
from notification_tester.domain.policy.question import SNS_SERVICE
from practice.clients import Clients, notification

if TYPE_CHECKING:
    from collections.abc import Iterator


MTURK = "mturk-requester.amazonaws.com"
OLD = {"AWS": "arn:aws:iam::755651556756:user/MTurk-SQS"}


class Place:
    """A queue with a policy of the test's, subscribed to a topic of its own."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        name = f"judged-{secrets.token_hex(4)}"
        self.url = clients.sqs.create_queue(QueueName=name)["QueueUrl"]
        self.arn = f"arn:aws:sqs:us-east-1:{clients.details.account_id}:{name}"
        self.topic = clients.sns.create_topic(Name=name)["TopicArn"]
        clients.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.arn)

    def set(self, *statements: dict[str, Any], version: str = "2012-10-17") -> str:
        document = json.dumps({"Version": version, "Statement": list(statements)})
        text = document.replace("QUEUE", self.arn).replace("TOPIC", self.topic)
        self._clients.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": text})
        return text

    def takes_from_the_topic(self) -> bool:
        self._clients.sns.publish(TopicArn=self.topic, Message="x")
        return bool(self._clients.bodies(self.url, wait=0))

    def takes_from_mturk(self) -> bool:
        try:
            self._clients.mturk.send_test_event_notification(
                Notification=notification(self.url), TestEventType="AssignmentSubmitted"
            )
        except self._clients.mturk.exceptions.ClientError:
            return False
        return bool(self._clients.bodies(self.url, wait=0))

    def remove(self) -> None:
        self._clients.sns.delete_topic(TopicArn=self.topic)
        self._clients.sqs.delete_queue(QueueUrl=self.url)


@pytest.fixture
def place(clients: Clients) -> Iterator[Place]:
    made = Place(clients)
    yield made
    made.remove()


def allow(service: str, **changes: Any) -> dict[str, Any]:
    whole = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": "QUEUE",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def deny(service: str, **changes: Any) -> dict[str, Any]:
    return allow(service, **{"Effect": "Deny", "Principal": "*", **changes})


ONLY_TLS = {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
CASES: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "allowed": ([allow("ME")], True),
    "as-aws-says": ([allow("ME", **ONLY_TLS)], True),
    "deny-all-but-owner": ([allow("ME"), deny("ME", Principal=None, NotPrincipal={"AWS": "111122223333"})], False),
    "deny-all-but-us": ([allow("ME"), deny("ME", Principal=None, NotPrincipal={"Service": "ME"})], True),
    "deny-all-actions-but-reading": ([allow("ME"), deny("ME", Action=None, NotAction="sqs:Receive*")], False),
    "deny-all-actions-but-sending": ([allow("ME"), deny("ME", Action=None, NotAction="sqs:Send*")], True),
    "deny-all-other-queues": ([allow("ME"), deny("ME", Resource=None, NotResource="QUEUE")], True),
    "deny-this-queue-by-not": ([allow("ME"), deny("ME", Resource=None, NotResource="QUEUE-other")], False),
    "allow-all-actions-but-one": ([allow("ME", Action=None, NotAction="sqs:DeleteQueue")], True),
    "allow-all-actions-but-ours": ([allow("ME", Action=None, NotAction="sqs:SendMessage")], False),
    "allow-all-but-us": ([allow("ME", Principal=None, NotPrincipal={"Service": "ME"})], False),
    "allow-all-queues-but-this": ([allow("ME", Resource=None, NotResource="QUEUE")], False),
    "deny-outside-organisation": (
        [allow("ME"), deny("ME", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})],
        False,
    ),
    "deny-that-spares-services": (
        [
            allow("ME"),
            deny(
                "ME",
                Condition={
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            ),
        ],
        True,
    ),
    "deny-without-tls": ([allow("ME"), deny("ME", Condition={"Bool": {"aws:SecureTransport": "false"}})], True),
    "over": ([allow("ME", Condition={"DateLessThan": {"aws:CurrentTime": "2009-06-30"}})], False),
    "open": ([allow("ME", Condition={"DateGreaterThan": {"aws:CurrentTime": "2009-06-30"}})], True),
    "another-region": ([allow("ME", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})], False),
    "a-list-of-conditions": ([allow("ME", Condition=[])], False),
    "malformed-beside": ([allow("ME"), {"Effect": "Allow"}], False),
    "twice-in-one-list": ([allow("ME", Resource=["QUEUE2", "QUEUE"])], True),
    "many-stars": ([allow("ME", Resource="*" + "a*" * 2000)], False),
    "in-doubt": ([allow("ME", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})], False),
    "placeholder": ([allow("ME", Resource="${queue_arn}")], False),
    "given-as-aws": ([allow("ME", Principal={"AWS": "ME"})], False),
}


def of(service: str, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(json.dumps(statements).replace('"ME"', json.dumps(service)))
    return found


@pytest.mark.parametrize(("statements", "is_let_in"), CASES.values(), ids=CASES.keys())
def test_one_judge_for_topics_and_for_mturk(place: Place, statements: list[dict[str, Any]], is_let_in: bool) -> None:
    place.set(*of(SNS_SERVICE, statements))
    assert place.takes_from_the_topic() is is_let_in
    place.set(*of(MTURK, statements))
    assert place.takes_from_mturk() is is_let_in


@pytest.mark.parametrize(
    ("condition", "is_let_in"),
    [
        ({"ArnEquals": {"aws:SourceArn": "TOPIC"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:judged-*"}}, True),
        ({"ArnNotEquals": {"aws:SourceArn": "TOPIC"}}, False),
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": "111122223333"}}, False),
        ({"Null": {"aws:SourceArn": "true"}}, False),
        ({"ForAllValues:StringEquals": {"aws:PrincipalServiceName": SNS_SERVICE}}, True),
    ],
    ids=str,
)
def test_what_sns_tells_of_itself(place: Place, condition: dict[str, Any], is_let_in: bool) -> None:
    place.set(allow(SNS_SERVICE, Condition=condition))
    assert place.takes_from_the_topic() is is_let_in


def test_the_outdated_user_stays_shut(place: Place) -> None:
    place.set(allow(MTURK, Principal=OLD))
    assert not place.takes_from_mturk()
    assert not place.takes_from_the_topic()


def use(**changes: Any) -> dict[str, Any]:
    """A statement of a key's policy that lets both services use it."""
    both = {"Service": [MTURK, SNS_SERVICE]}
    return allow(
        "", **{"Principal": both, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*", **changes}
    )


def no_use(**changes: Any) -> dict[str, Any]:
    return use(**{"Effect": "Deny", "Principal": "*", **changes})


@pytest.mark.parametrize(
    ("statements", "is_let_in"),
    [
        pytest.param([use()], True, id="allowed"),
        pytest.param([use(Action=None, NotAction="kms:Delete*")], True, id="all-actions-but-one"),
        pytest.param([use(Action=None, NotAction="kms:Decrypt")], False, id="all-actions-but-ours"),
        pytest.param([use(), no_use(Action=None, NotAction="kms:List*")], False, id="deny-all-actions-but-one"),
        pytest.param(
            [use(), no_use(Principal=None, NotPrincipal={"AWS": "111122223333"})], False, id="deny-all-but-owner"
        ),
        pytest.param(
            [use(), no_use(Principal=None, NotPrincipal=use()["Principal"])], True, id="deny-all-but-the-services"
        ),
        pytest.param([use(), no_use(Resource=None, NotResource="arn:aws:kms:*:*:key/x")], False, id="deny-other-keys"),
        pytest.param(
            [use(), no_use(Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})], False, id="organisation"
        ),
        pytest.param([use(Condition={"DateLessThan": {"aws:CurrentTime": "2009-06-30"}})], False, id="over"),
    ],
)
def test_one_judge_for_keys_too(
    place: Place, clients: Clients, kms: Any, statements: list[dict[str, Any]], is_let_in: bool
) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    key_id = kms.create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    place.set(allow(MTURK), allow(SNS_SERVICE))
    clients.sqs.set_queue_attributes(QueueUrl=place.url, Attributes={"KmsMasterKeyId": key_id})
    assert place.takes_from_mturk() is is_let_in
    assert place.takes_from_the_topic() is is_let_in


_PRINCIPALS = st.sampled_from(["*", {"AWS": "*"}, {"Service": SNS_SERVICE}, {"Service": MTURK}, OLD])
_ACTIONS = st.sampled_from(["*", "sqs:*", "sqs:SendMessage", "sqs:Receive*", ["SQS:sendmessage"]])
_RESOURCES = st.sampled_from(["*", "QUEUE", "QUEUE2", "arn:aws:sqs:*"])
_CONDITIONS = st.sampled_from(
    [
        None,
        {"ArnEquals": {"aws:SourceArn": "TOPIC"}},
        {"StringNotEquals": {"aws:SourceAccount": "999988887777"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Null": {"aws:SourceVpce": "true"}},
        {"DateLessThan": {"aws:CurrentTime": "2009-06-30"}},
        {"StringLike": {"aws:Odd": "*"}},
    ]
)


@st.composite
def _statements(draw: st.DrawFn) -> dict[str, Any]:
    def element(name: str, values: st.SearchStrategy[Any]) -> tuple[str, Any]:
        return draw(st.sampled_from([name, name, f"Not{name}"])), draw(values)

    made = dict(
        [element("Principal", _PRINCIPALS), element("Action", _ACTIONS), element("Resource", _RESOURCES)],
        Effect=draw(st.sampled_from(["Allow", "Allow", "Deny"])),
    )
    if condition := draw(_CONDITIONS):
        made["Condition"] = condition
    return made


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_statements(), min_size=1, max_size=4))
def test_whatever_the_policy_practice_lets_in_what_the_judge_allows(
    place: Place, statements: list[dict[str, Any]]
) -> None:
    text = place.set(*statements)
    told: dict[str, Any] = {"resource_arn": place.arn, "source_account": "111122223333", "is_account_sent": True}
    sns = judge(text, Question(service=SNS_SERVICE, source_arn=place.topic, **told)).answer
    mturk = judge(text, Question(**told)).answer
    assert place.takes_from_the_topic() is (sns is Answer.ALLOWED)
    assert place.takes_from_mturk() is (mturk is Answer.ALLOWED)
