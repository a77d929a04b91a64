# SPDX-License-Identifier: MIT
"""What a checkup says of an answer, word for word, and where good ends and beware begins. No call is made."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.aws.identity import Caller
from notification_tester.aws.keys import KeyDescription
from notification_tester.aws.probes import WhoAndWhen
from notification_tester.aws.queues import QueueState
from notification_tester.aws.topics import Subscriber, SubscriptionState, TopicState
from notification_tester.domain.account import Environment
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport, parse_destination
from notification_tester.domain.events import SUBSCRIBABLE
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.policy.judgement import granting_statement
from notification_tester.domain.policy.question import SNS_SERVICE
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.services.checkup.account import AccountAnswers, account_findings
from notification_tester.services.checkup.queue import queue_access_findings, queue_findings
from notification_tester.services.checkup.queues import SubscribedQueue, subscribed_queues_finding
from notification_tester.services.checkup.subscriber_access import topic_may_send
from notification_tester.services.checkup.topic import Listener, filter_findings, subscriber_findings, topic_findings
from notification_tester.services.checkup.topic_part import queue_of_arn
from notification_tester.services.key_findings import AskedKey, encryption_finding
from notification_tester.services.policy_findings import absence_finding, place_finding, policy_findings, question_about

if TYPE_CHECKING:
    from collections.abc import Iterable

GOOD, BEWARE, BROKEN, UNKNOWN = Level.GOOD, Level.BEWARE, Level.BROKEN, Level.UNKNOWN
OWNER = "123456789012"
ARN = f"arn:aws:sqs:us-east-1:{OWNER}:results"
KEY = f"arn:aws:kms:us-east-1:{OWNER}:key/1"
ELSEWHERE = "It is in eu-west-1, and Mechanical Turk is in us-east-1 alone."
OF_ANOTHER = "It belongs to account 1234-5678-9012; your keys to 9999-8888-7777."
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def queue() -> QueueAddress:
    address = parse_destination(Transport.SQS, f"https://sqs.us-east-1.amazonaws.com/{OWNER}/results")
    assert isinstance(address, QueueAddress)
    return address


def topic() -> TopicAddress:
    address = parse_destination(Transport.SNS, f"arn:aws:sns:us-east-1:{OWNER}:news")
    assert isinstance(address, TopicAddress)
    return address


def problem(cause: Cause, *, code: str = "x", **answer: Any) -> Problem:
    return Problem(
        title="No.", detail="Why.", remedy="Do.", code=code, cause=cause, answer=ServiceAnswer(**{"code": "", **answer})
    )


def by_id(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {one.id: one for one in findings}


USUAL = QueueState(
    arn=ARN,
    waiting=3,
    in_flight=0,
    policy=json.dumps({"Statement": [granting_statement(ARN, "")]}),
    max_receive_count=None,
    dead_letter_arn="",
    server_time=NOW,
    retention_seconds=345600,
    maximum_bytes=262144,
)
DEAD = f"{ARN}-dead"


@pytest.mark.parametrize(
    ("finding_id", "changes", "level", "title", "detail"),
    [
        ("queue.exists", {}, GOOD, "The queue results exists.", ""),
        ("queue.kind", {}, GOOD, "It is a standard queue.", ""),
        ("queue.retention", {}, GOOD, "Messages are kept for 4 days.", ""),
        ("queue.retention", {"retention_seconds": 3600}, GOOD, "Messages are kept for 1 hour.", ""),
        ("queue.retention", {"retention_seconds": 3599}, BEWARE, "Messages are kept for 3,599 seconds.", ""),
        ("queue.retention", {"retention_seconds": 120}, BEWARE, "Messages are kept for 2 minutes.", ""),
        (
            "queue.retention",
            {"retention_seconds": None},
            UNKNOWN,
            "How long messages are kept cannot be told.",
            "The service did not say.",
        ),
        ("queue.readers", {}, GOOD, "Nobody was seen reading here.", "3 messages waiting, none in use."),
        (
            "queue.readers",
            {"in_flight": 2},
            GOOD,
            "Nobody else was seen reading here.",
            "3 messages waiting, 2 held by this program.",
        ),
        (
            "queue.readers",
            {"in_flight": 3},
            BEWARE,
            "Somebody else reads here.",
            "3 messages waiting, and 1 in the hands of a reader.",
        ),
        ("queue.delay", {}, GOOD, "Messages can be read at once.", ""),
        (
            "queue.delay",
            {"delay_seconds": 1},
            BEWARE,
            "Every message is held back for 1 second.",
            "That is the queue's delivery delay.",
        ),
        (
            "queue.delay",
            {"delay_seconds": 60},
            BEWARE,
            "Every message is held back for 1 minute.",
            "That is the queue's delivery delay.",
        ),
        ("queue.size", {"maximum_bytes": 16384}, GOOD, "Messages of every size that occurs fit.", ""),
        ("queue.size", {"maximum_bytes": 16383}, BEWARE, "Messages above 16,383 bytes are refused.", ""),
        ("queue.size", {"maximum_bytes": None}, UNKNOWN, "How large messages may be cannot be told.", ""),
        (
            "queue.redrive",
            {},
            GOOD,
            "Messages stay in the queue however often they are read.",
            "It has no dead-letter queue.",
        ),
        (
            "queue.redrive",
            {"max_receive_count": 5, "dead_letter_arn": DEAD},
            BEWARE,
            "Looking counts toward the dead-letter queue.",
            "A message that has been read 5 times without being deleted is moved to “results-dead”.",
        ),
    ],
)
def test_what_the_attributes_of_a_queue_say(
    finding_id: str, changes: dict[str, Any], level: Level, title: str, detail: str
) -> None:
    found = by_id(queue_findings(queue(), replace(USUAL, **changes), ours=2))[finding_id]
    assert (found.level, found.title, found.detail) == (level, title, detail)
    assert bool(found.remedy) is (level is BEWARE)


@pytest.mark.parametrize(("in_flight", "level"), [(0, GOOD), (1, BEWARE)])
def test_where_this_program_holds_none_each_is_in_other_hands(in_flight: int, level: Level) -> None:
    assert by_id(queue_findings(queue(), replace(USUAL, in_flight=in_flight)))["queue.readers"].level is level


@pytest.mark.parametrize(("limit", "said"), [(1, True), (2, False)])
def test_only_where_one_look_moves_a_message_away_it_is_said_to_get_to_nobody(limit: int, said: bool) -> None:
    state = replace(USUAL, max_receive_count=limit, dead_letter_arn=DEAD)
    found = by_id(queue_findings(queue(), state))["queue.redrive"]
    assert ("so none of them would get to whoever it is meant for" in found.why) is said
    assert found.why.endswith(".")


@pytest.mark.parametrize(
    ("region", "caller", "level", "title", "detail"),
    [
        ("us-east-1", OWNER, GOOD, "The queue is in Mechanical Turk's region and in the account of your keys.", ""),
        ("us-east-1", "", GOOD, "The queue is in Mechanical Turk's region.", ""),
        ("", OWNER, GOOD, "The queue is in the account of your keys.", ""),
        (
            "eu-west-1",
            OWNER,
            BEWARE,
            "The queue is in another region.",
            ELSEWHERE,
        ),
        (
            "us-east-1",
            "999988887777",
            BEWARE,
            "The queue is in another account.",
            OF_ANOTHER,
        ),
        (
            "eu-west-1",
            "999988887777",
            BEWARE,
            "The queue is in another region and account.",
            f"{ELSEWHERE} {OF_ANOTHER}",
        ),
        (
            "",
            "",
            UNKNOWN,
            "In which region and account the queue is cannot be told.",
            "Its address names no region, and whose keys these are is not known.",
        ),
    ],
)
def test_where_a_queue_is(region: str, caller: str, level: Level, title: str, detail: str) -> None:
    found = place_finding(place="queue", region=region, owner=OWNER, caller=caller)
    assert (found.id, found.level, found.title, found.detail) == ("queue.place", level, title, detail)


@pytest.mark.parametrize(
    ("cause", "finding_id", "level", "said"),
    [
        (Cause.DESTINATION, "queue.exists", BROKEN, "Why."),
        (Cause.PERMISSION, "queue.readable", UNKNOWN, "Nothing about it is known. You may not."),
        (Cause.UNREACHABLE, "queue.readable", UNKNOWN, "No. Why."),
    ],
)
def test_what_it_means_that_a_place_cannot_be_read(cause: Cause, finding_id: str, level: Level, said: str) -> None:
    found = absence_finding(problem(cause, message="You may not."), place="queue", action="sqs:GetQueueAttributes")
    assert (found.id, found.level, found.detail) == (finding_id, level, said)
    assert ("sqs:GetQueueAttributes" in found.remedy) is (cause is Cause.PERMISSION)


STATEMENT = granting_statement(ARN, "")
FOR_OTHERS = {
    "Sid": "Others",
    "Effect": "Deny",
    "NotPrincipal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
    "Action": "sqs:SendMessage",
    "Resource": ARN,
    "Condition": {"Bool": {"aws:Odd": "true"}},
}
ODD = {**STATEMENT, "Condition": {"Bool": {"aws:Odd": "true"}}}


@pytest.mark.parametrize(
    ("statements", "level", "title", "fixable"),
    [
        ([STATEMENT], GOOD, "The queue lets Mechanical Turk in.", False),
        ([], BROKEN, "The queue does not let Mechanical Turk in.", True),
        ([{**STATEMENT, "Effect": "Deny"}], BROKEN, "The queue shuts Mechanical Turk out.", False),
        ([{**STATEMENT, "Effect": "allow"}], BROKEN, "The queue's access policy is malformed.", False),
        ([ODD], UNKNOWN, "Whether the queue lets Mechanical Turk in cannot be told.", True),
        (
            [STATEMENT, {**ODD, "Sid": "No", "Effect": "Deny"}],
            UNKNOWN,
            "Whether the queue lets Mechanical Turk in cannot be told.",
            False,
        ),
    ],
    ids=["good", "nothing", "deny", "malformed", "odd", "odd-deny"],
)
def test_what_a_policy_comes_to(statements: list[dict[str, Any]], level: Level, title: str, fixable: bool) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = policy_findings(text, question_about(ARN, caller=OWNER))[0]
    assert (found.level, found.title, found.fixable) == (level, title, fixable)
    assert bool(found.remedy) is (level is not GOOD)


@pytest.mark.parametrize(
    ("statements", "begins", "helps"),
    [
        (
            [{**STATEMENT, "Effect": "Deny"}],
            "Ask whoever looks after the queue about statement 1: ",
            "change it so that it does not concern mturk-requester.amazonaws.com.",
        ),
        (
            [STATEMENT, {**ODD, "Sid": "No", "Effect": "Deny"}],
            "Ask whoever looks after the queue what that part of the policy is for.",
            "",
        ),
        (
            [{**FOR_OTHERS, "Condition": {}}],
            "Ask whoever looks after the queue about statement 1: ",
            'name {"Service": "mturk-requester.amazonaws.com"} in the NotPrincipal of the Deny as well. The ',
        ),
        (
            [STATEMENT, FOR_OTHERS],
            "Ask whoever looks after the queue what that part of the policy is for.",
            'To be sure: name {"Service": "mturk-requester.amazonaws.com"} in the NotPrincipal of the Deny as well.',
        ),
    ],
    ids=["denied", "not-known", "denied-to-others", "perhaps-denied-to-others"],
)
def test_whom_to_ask_where_no_addition_helps(statements: list[dict[str, Any]], begins: str, helps: str) -> None:
    found = policy_findings(json.dumps({"Statement": statements}), question_about(ARN, caller=OWNER))[0]
    assert found.remedy.startswith(begins)
    assert helps in found.remedy
    assert helps or found.remedy == begins


def test_what_is_to_beware_of_in_a_policy_that_lets_in_is_told_beside_it() -> None:
    question = question_about(ARN, caller=OWNER)
    bare = {name: value for name, value in STATEMENT.items() if name != "Condition"}
    good, notes = policy_findings(json.dumps({"Statement": [bare]}), question)
    assert (good.level, notes.id, notes.level) == (GOOD, "queue.policy-notes", BEWARE)
    assert "aws:SecureTransport" in notes.detail
    assert len(policy_findings(json.dumps({"Statement": [STATEMENT]}), question)) == 1


@pytest.mark.parametrize(("caller", "source"), [(OWNER, OWNER), ("me", ""), ("", ""), (f"{OWNER}1", "")])
def test_only_what_is_an_account_is_asked_about_as_one(caller: str, source: str) -> None:
    assert question_about(ARN, caller=caller).source_account == source


def test_an_own_statement_that_is_put_right_needs_no_room_and_what_is_too_large_already_stays_so() -> None:
    """The service has taken it once; what it would have to take anew is judged by its published limits."""
    others = [{**STATEMENT, "Sid": f"S{number}", "Principal": {"Service": "s3.amazonaws.com"}} for number in range(25)]
    found = policy_findings(json.dumps({"Statement": others}), question_about(ARN, caller=""))[0]
    assert (found.level, found.fixable) == (BROKEN, True)
    assert found.remedy.startswith("Have the program add one statement")


# Keys


USABLE = KeyDescription(arn=KEY, is_managed_by_aws=False, state="Enabled")
FOR_MTURK = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "mturk-requester.amazonaws.com"},
                "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
                "Resource": "*",
            }
        ]
    }
)
DENIED = problem(Cause.PERMISSION, message="You may not.")
UNREACHABLE = problem(Cause.UNREACHABLE)


@pytest.mark.parametrize(
    ("description", "policy", "level", "detail", "remedy"),
    [
        (USABLE, FOR_MTURK, GOOD, "lets Mechanical Turk use it.", ""),
        (replace(USABLE, state="Updating"), FOR_MTURK, GOOD, "lets Mechanical Turk use it.", ""),
        (
            replace(USABLE, state="Disabled"),
            FOR_MTURK,
            BROKEN,
            "cannot be used now: its state is “Disabled”.",
            "Choose “Amazon SQS key",
        ),
        (
            replace(USABLE, is_managed_by_aws=True),
            FOR_MTURK,
            BROKEN,
            "is AWS's own, whose policy nobody can change.",
            "Choose “Amazon SQS key",
        ),
        (None, None, BROKEN, "is AWS's own, whose policy nobody can change.", "Choose “Amazon SQS key"),
        (problem(Cause.DESTINATION), DENIED, BROKEN, "does not exist.", "Choose “Amazon SQS key"),
        (USABLE, problem(Cause.DESTINATION), BROKEN, "does not exist.", "Choose “Amazon SQS key"),
        (USABLE, DENIED, UNKNOWN, "its policy could not be read. You may not.", "Ask the administrator"),
        (USABLE, UNREACHABLE, UNKNOWN, "its policy could not be read. Why.", "Do."),
        (USABLE, '{"Statement": []}', BROKEN, "does not let Mechanical Turk use it. ", "Have whoever looks after"),
        (
            USABLE,
            FOR_MTURK.replace('"Resource": "*"', '"Resource": "*", "Condition": {"Bool": {"aws:Odd": "true"}}'),
            UNKNOWN,
            "may let Mechanical Turk use it or not. ",
            "Have whoever looks after",
        ),
        (DENIED, FOR_MTURK, UNKNOWN, "but cannot be looked at: its state could not be read.", "Ask the administrator"),
    ],
    ids=[
        "usable",
        "updating",
        "switched-off",
        "of-aws",
        "named-as-of-aws",
        "gone",
        "policy-of-one-that-is-gone",
        "policy-not-allowed",
        "policy-unreached",
        "closed",
        "odd",
        "state-not-allowed",
    ],
)
def test_what_a_key_means_for_mechanical_turk(
    description: KeyDescription | Problem | None, policy: str | Problem | None, level: Level, detail: str, remedy: str
) -> None:
    found = encryption_finding(place="queue", key=AskedKey(key_id=KEY, description=description, policy=policy))
    assert (found.id, found.level) == ("queue.encryption", level)
    assert found.detail.startswith(f"The KMS key {KEY} ")
    assert detail in found.detail
    assert found.remedy.startswith(remedy)
    assert bool(found.remedy) is bool(remedy)
    assert (
        found.title
        == {
            GOOD: "The queue's key lets Mechanical Turk use it.",
            BROKEN: "The queue is encrypted with a key that Mechanical Turk cannot use.",
            UNKNOWN: "Whether Mechanical Turk may use the queue's key cannot be told.",
        }[level]
    )


@pytest.mark.parametrize(
    ("is_by_sqs", "said"),
    [(True, "encrypted with a key of Amazon SQS's own"), (False, "not encrypted with a KMS key")],
)
def test_without_a_key_of_kms_no_sender_needs_one(is_by_sqs: bool, said: str) -> None:
    found = encryption_finding(place="queue", key=None, is_by_sqs=is_by_sqs)
    assert found.level is GOOD
    assert said in found.detail


def test_a_topic_is_told_of_what_a_topic_can_have() -> None:
    key = AskedKey(key_id=KEY, description=replace(USABLE, state="Disabled"), policy=FOR_MTURK)
    assert encryption_finding(place="topic", key=key).remedy.startswith("Choose no encryption")
    assert "not encrypted with a KMS key" in encryption_finding(place="topic", key=None).detail


# Topics


def subscribed(*protocols: str, confirmed: bool = True) -> list[Subscriber]:
    return [Subscriber(protocol=one, endpoint=f"{one}-{n}", is_confirmed=confirmed) for n, one in enumerate(protocols)]


@pytest.mark.parametrize(
    ("subscribers", "level", "title", "detail"),
    [
        (
            [],
            BROKEN,
            "Nobody is subscribed to this topic.",
            "It takes notifications and passes them on to nobody.",
        ),
        (
            subscribed("email", confirmed=False),
            BROKEN,
            "No subscription of this topic is confirmed.",
            "Pending: email email-0.",
        ),
        (subscribed("sqs"), GOOD, "It has receivers.", "Confirmed: 1 × sqs."),
        (subscribed("sqs", "https", "sqs"), GOOD, "It has receivers.", "Confirmed: 1 × https, 2 × sqs."),
        (
            [*subscribed("sqs"), *subscribed("email", confirmed=False)],
            BEWARE,
            "1 of 2 subscriptions are not confirmed.",
            "Confirmed: 1 × sqs. Pending: email email-0.",
        ),
        (
            problem(Cause.PERMISSION, message="You may not."),
            UNKNOWN,
            "Who is subscribed to the topic cannot be told.",
            "No. You may not.",
        ),
    ],
    ids=["nobody", "pending", "one", "three", "one-of-two", "not-allowed"],
)
def test_who_is_subscribed(subscribers: list[Subscriber] | Problem, level: Level, title: str, detail: str) -> None:
    (found,) = subscriber_findings(subscribers)
    assert (found.id, found.level, found.title, found.detail) == ("topic.subscribers", level, title, detail)
    assert bool(found.remedy) is (level is not GOOD)


def test_one_subscription_more_than_is_looked_into_is_said_so() -> None:
    confirmed, pending = subscribed(*["lambda"] * 21), subscribed("email", confirmed=False)
    more = by_id(subscriber_findings([*confirmed, *pending]))["topic.more"]
    assert (more.level, more.title) == (UNKNOWN, "1 more subscription was not looked into.")
    assert "topic.more" not in by_id(subscriber_findings([*confirmed[:20], *pending]))


def listener(policy: str = "", *, name: str = "a", in_body: bool = True, is_raw: bool = False) -> Listener:
    scope = "MessageBody" if in_body else "MessageAttributes"
    return Listener(
        subscriber=Subscriber(protocol="sqs", endpoint=f"arn:aws:sqs:us-east-1:{OWNER}:{name}", is_confirmed=True),
        state=SubscriptionState(filter_policy=policy, filter_scope=scope, is_raw=is_raw),
    )


def unread(name: str = "unread") -> Listener:
    return replace(listener(name=name), state=DENIED)


NOTHING = '{"Events": {"EventType": ["None"]}}'
ONE = '{"Events": {"EventType": ["HITExpired"]}}'
DEPENDS = '{"EventDocId": ["1"]}'
COLOUR = '{"colour": ["blue"]}'
ALL_BUT_ONE = ", ".join(event.value for event in SUBSCRIBABLE if event.value != "HITExpired")
NO_ATTRIBUTES = ", because it asks for message attributes, and Mechanical Turk's messages have none"
DROPS_ALL = "The filter of the queue “a” drops everything."
B_DEPENDS = "What the filter of the queue “b” drops depends on what cannot be judged from here."
PASSED_ON = "No filter drops any event."
SOME = "A filter keeps events from some of the topic's receivers."
CANNOT_BE_TOLD = "Whether filters let events through cannot be told."
NONE = "Filters drop every event on its way to the receivers."


@pytest.mark.parametrize(
    ("listeners", "level", "title", "detail"),
    [
        ([listener(), listener()], GOOD, PASSED_ON, ""),
        ([listener(NOTHING)], BROKEN, NONE, DROPS_ALL),
        (
            [listener(COLOUR, in_body=False)],
            BROKEN,
            NONE,
            f"The filter of the queue “a” drops everything{NO_ATTRIBUTES}.",
        ),
        ([listener(ONE)], BEWARE, SOME, f"The filter of the queue “a” drops {ALL_BUT_ONE}."),
        ([listener(), listener(NOTHING, name="b")], BEWARE, SOME, "The filter of the queue “b” drops everything."),
        (
            [listener(DEPENDS)],
            UNKNOWN,
            CANNOT_BE_TOLD,
            "What the filter of the queue “a” drops depends on what cannot be judged from here.",
        ),
        (
            [listener(NOTHING), listener(DEPENDS, name="b")],
            UNKNOWN,
            CANNOT_BE_TOLD,
            f"{DROPS_ALL} {B_DEPENDS}",
        ),
        (
            [listener(), listener(DEPENDS, name="b")],
            UNKNOWN,
            SOME,
            B_DEPENDS,
        ),
        ([unread()], UNKNOWN, CANNOT_BE_TOLD, "The filter of the queue “unread” could not be read."),
        (
            [unread(), unread("other")],
            UNKNOWN,
            CANNOT_BE_TOLD,
            "The filter of the queue “unread”, the queue “other” could not be read.",
        ),
        (
            [unread(), listener(NOTHING)],
            UNKNOWN,
            CANNOT_BE_TOLD,
            "The filter of the queue “a” drops everything. The filter of the queue “unread” could not be read.",
        ),
    ],
    ids=[
        "open",
        "closed",
        "attributes",
        "one-event",
        "one-of-two",
        "depends",
        "closed-and-depends",
        "open-and-depends",
        "unread",
        "two-unread",
        "unread-and-closed",
    ],
)
def test_what_filters_let_through(listeners: list[Listener], level: Level, title: str, detail: str) -> None:
    found = by_id(filter_findings(listeners))["topic.filters"]
    assert (found.level, found.title, found.detail) == (level, title, detail)
    assert bool(found.remedy) is (level is not GOOD)


@pytest.mark.parametrize(
    ("listeners", "level", "title"),
    [
        ([listener()], GOOD, "Receivers get messages in SNS's envelope."),
        ([listener(is_raw=True)], GOOD, "Receivers get messages as they are (raw)."),
        (
            [listener(), listener(is_raw=True), listener()],
            GOOD,
            "Receivers get messages as they are (raw) at 1 of 3, and in SNS's envelope at the others.",
        ),
        ([listener(), unread()], UNKNOWN, "In which form receivers get messages cannot be told."),
    ],
    ids=["envelope", "raw", "both", "unread"],
)
def test_in_which_form_receivers_get_messages(listeners: list[Listener], level: Level, title: str) -> None:
    found = by_id(filter_findings(listeners))["topic.raw"]
    assert (found.level, found.title) == (level, title)


def test_where_nobody_listens_nothing_is_said_of_filters() -> None:
    assert filter_findings([]) == []


@pytest.mark.parametrize(
    ("protocol", "endpoint", "said"),
    [
        ("lambda", "arn:aws:lambda:us-east-1:1:function:f", "the function “f”"),
        ("email", "ada@example.org", "the mailbox “ada@example.org”"),
        ("https", "https://example.org:8080/in", "the web address “https://example.org:8080/in”"),
        ("sms", "+1555", "the sms “+1555”"),
    ],
)
def test_a_receiver_is_called_as_a_person_knows_it(protocol: str, endpoint: str, said: str) -> None:
    subscriber = Subscriber(protocol=protocol, endpoint=endpoint, is_confirmed=True)
    assert Listener(subscriber=subscriber, state=SubscriptionState()).name == said


def test_a_topic_that_is_there_says_so() -> None:
    found = by_id(topic_findings(topic(), TopicState(policy="")))
    assert (found["topic.exists"].level, found["topic.exists"].title) == (GOOD, "The topic news exists.")
    assert found["topic.kind"].level is GOOD


# Queues behind a topic


OPEN = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": SNS_SERVICE},
                "Action": "sqs:SendMessage",
                "Resource": ARN,
                "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{OWNER}:news"}},
            }
        ]
    }
)
FOR_SNS = FOR_MTURK.replace("mturk-requester.amazonaws.com", SNS_SERVICE)
ODDLY_OPEN = OPEN.replace('"ArnEquals": {', '"Bool": {"aws:Odd": "true"}, "ArnEquals": {')


def behind(policy: str = OPEN, *, arn: str = ARN, key: AskedKey | None = None) -> SubscribedQueue:
    return SubscribedQueue(arn=arn, state=replace(USUAL, policy=policy), key=key)


def with_key(policy: str, key_policy: str) -> SubscribedQueue:
    return behind(policy, key=AskedKey(key_id=KEY, description=USABLE, policy=key_policy))


TURNED_AWAY = "A subscribed queue turns the topic away."
NOT_ALL_KNOWN = "Whether every subscribed queue lets the topic in cannot be told."


@pytest.mark.parametrize(
    ("queues", "level", "title", "said"),
    [
        ([behind()], GOOD, "The subscribed queues let the topic in.", [""]),
        ([behind("")], BROKEN, TURNED_AWAY, ["The queue “results” does not let this topic in."]),
        (
            [SubscribedQueue(arn=ARN, state=problem(Cause.DESTINATION, code="QueueDoesNotExist"))],
            BROKEN,
            TURNED_AWAY,
            ["The queue “results” does not exist."],
        ),
        (
            [SubscribedQueue(arn=ARN, state=problem(Cause.DESTINATION, code="other"))],
            UNKNOWN,
            NOT_ALL_KNOWN,
            ["The queue “results” could not be read."],
        ),
        ([behind(ODDLY_OPEN)], UNKNOWN, NOT_ALL_KNOWN, ["The policy of the queue “results” cannot be judged."]),
        ([with_key(OPEN, FOR_SNS)], GOOD, "The subscribed queues let the topic in.", [""]),
        (
            [with_key(OPEN, FOR_MTURK)],
            BROKEN,
            TURNED_AWAY,
            [f"The queue “results” is encrypted, and its KMS key does not let {SNS_SERVICE} use it."],
        ),
        ([with_key(ODDLY_OPEN, FOR_MTURK)], BROKEN, TURNED_AWAY, ["and its KMS key does not let"]),
        (
            [with_key(ODDLY_OPEN, FOR_SNS)],
            UNKNOWN,
            NOT_ALL_KNOWN,
            ["The policy of the queue “results” cannot be judged."],
        ),
        (
            [behind(ODDLY_OPEN), behind(""), behind()],
            BROKEN,
            TURNED_AWAY,
            ["The queue “results” does not let this topic in.", "The policy of the queue “results” cannot be judged."],
        ),
    ],
    ids=["open", "closed", "gone", "unread", "odd", "key", "closed-key", "odd-closed-key", "odd-key", "of-each-one"],
)
def test_what_queues_behind_a_topic_say(
    queues: list[SubscribedQueue], level: Level, title: str, said: list[str]
) -> None:
    found = subscribed_queues_finding(topic(), queues)
    assert (found.level, found.title) == (level, title)
    where = [found.detail.find(words) for words in said]
    assert -1 not in where
    assert where == sorted(where), "what is certain comes first"
    assert bool(found.detail) is (level is not GOOD)


def test_what_is_subscribed_and_no_queue_of_amazons_cannot_be_judged() -> None:
    found = topic_may_send(OPEN, queue_arn="arn:elsewhere:results", topic=topic())
    assert found.answer.value == "unknown"
    assert found.because


@pytest.mark.parametrize(("account", "answer"), [(OWNER, "allowed"), ("999988887777", "not-allowed")])
def test_whose_topic_it_is_that_sends_to_a_queue_is_known(account: str, answer: str) -> None:
    """SNS says it with each message, so a policy that asks for it can be judged."""
    policy = OPEN.replace('"ArnEquals": {', f'"StringEquals": {{"aws:SourceAccount": "{account}"}}, "ArnEquals": {{')
    assert topic_may_send(policy, queue_arn=ARN, topic=topic()).answer.value == answer


def test_a_queue_of_no_arn_is_asked_about_by_its_address() -> None:
    found = by_id(queue_access_findings(queue(), replace(USUAL, arn="results"), caller=OWNER))
    assert found["queue.policy"].level is GOOD
    assert found["queue.place"].level is GOOD


@pytest.mark.parametrize(
    ("arn", "endpoint", "address"),
    [
        (ARN, "", f"https://sqs.us-east-1.amazonaws.com/{OWNER}/results"),
        (f"arn:aws-cn:sqs:cn-north-1:{OWNER}:q", "", f"https://sqs.cn-north-1.amazonaws.com.cn/{OWNER}/q"),
        (ARN, "http://127.0.0.1:9324/", f"http://127.0.0.1:9324/{OWNER}/results"),
    ],
)
def test_where_a_queue_is_that_a_subscription_names(arn: str, endpoint: str, address: str) -> None:
    assert queue_of_arn(arn, endpoint=endpoint).text == address


@pytest.mark.parametrize("arn", ["", "arn:aws:sqs", f"{ARN}:more", "arn:aws:sqs:us-east-1:1:a b"])
def test_what_names_no_queue_is_a_known_problem(arn: str) -> None:
    with pytest.raises(ProblemError):
        queue_of_arn(arn, endpoint="")


# The account


NO_NETWORK = "Other services of Amazon do not answer either."
WHO = WhoAndWhen(caller=Caller(account_id=OWNER, arn=f"arn:aws:iam::{OWNER}:user/ada"), server_time=NOW)
FINE = AccountAnswers(who=WHO, asked_at=NOW, balance=None)
SAID: dict[str, Any] = {"http_status": 400}


def levels(
    answers: AccountAnswers, environment: Environment = Environment.SANDBOX, *, others_answer: bool = True
) -> dict[str, Finding]:
    return by_id(account_findings(answers, environment=environment, others_answer=others_answer))


@pytest.mark.parametrize(
    ("seconds", "level", "said"),
    [
        (60, GOOD, ""),
        (-60, GOOD, ""),
        (61, BEWARE, "It is 61 seconds ahead of Amazon's."),
        (-61, BEWARE, "It is 61 seconds behind Amazon's."),
        (299, BEWARE, "It is 299 seconds ahead of Amazon's."),
        (300, BROKEN, "It is 300 seconds ahead of Amazon's."),
        (-300, BROKEN, "It is 300 seconds behind Amazon's."),
    ],
)
def test_how_far_a_clock_may_be_off(seconds: int, level: Level, said: str) -> None:
    found = levels(replace(FINE, asked_at=NOW + timedelta(seconds=seconds)))["account.clock"]
    assert (found.level, found.detail) == (level, said)


def test_without_a_time_of_sts_the_clock_is_known_where_mechanical_turk_takes_it() -> None:
    found = levels(replace(FINE, who=replace(WHO, server_time=None)))["account.clock"]
    assert (found.level, found.detail) == (GOOD, "Mechanical Turk takes the time that it tells.")
    unasked = levels(replace(FINE, who=problem(Cause.UNREACHABLE), balance=problem(Cause.SERVICE), are_asked=False))
    assert unasked["account.clock"].level is UNKNOWN
    assert "no service told its time" in unasked["account.clock"].detail


def test_whose_keys_these_are_is_said() -> None:
    found = levels(FINE)["account.keys"]
    assert (found.level, found.title) == (GOOD, f"The keys are valid: ada, account {OWNER}.")


@pytest.mark.parametrize(
    ("environment", "taken", "level", "title"),
    [
        (Environment.OTHER, True, GOOD, "The service takes the keys."),
        (Environment.OTHER, False, UNKNOWN, "Whose keys these are cannot be told."),
        (Environment.SANDBOX, True, UNKNOWN, "Whose keys these are cannot be told."),
    ],
)
def test_keys_that_no_sign_in_service_knows(environment: Environment, taken: bool, level: Level, title: str) -> None:
    answers = replace(
        FINE,
        who=problem(Cause.UNREACHABLE),
        balance=None if taken else problem(Cause.SERVICE, **SAID),
        are_asked=False,
    )
    found = levels(answers, environment)["account.keys"]
    assert (found.level, found.title) == (level, title)
    assert found.remedy == ("" if level is GOOD else "Do.")


@pytest.mark.parametrize("taken", [True, False])
def test_keys_that_sts_refuses_and_mechanical_turk_takes_are_no_wrong_keys(taken: bool) -> None:
    trouble = problem(Cause.SERVICE, **SAID)
    answers = replace(FINE, who=problem(Cause.KEYS, **SAID), balance=None if taken else trouble, are_asked=False)
    assert levels(answers)["account.keys"].level is (UNKNOWN if taken else BROKEN)


@pytest.mark.parametrize(
    ("changes", "finding_id", "level", "said"),
    [
        ({}, "account.service", GOOD, "Mechanical Turk is there and answers."),
        (
            {"balance": problem(Cause.SERVICE, **SAID), "are_asked": False},
            "account.service",
            UNKNOWN,
            "Without Mechanical Turk nothing is sent.",
        ),
        (
            {"balance": problem(Cause.SLOW_DOWN, **SAID), "are_asked": False},
            "account.service",
            UNKNOWN,
            "Without Mechanical Turk nothing is sent.",
        ),
        (
            {"balance": problem(Cause.PERMISSION, code="sign-in.x", **SAID), "are_asked": False},
            "account.service",
            UNKNOWN,
            "Whether Mechanical Turk answers cannot be told.",
        ),
        (
            {"balance": problem(Cause.KEYS), "are_asked": False},
            "account.service",
            UNKNOWN,
            "Whether Mechanical Turk answers cannot be told.",
        ),
        (
            {"balance": problem(Cause.UNREACHABLE), "are_asked": False},
            "account.service",
            BROKEN,
            "Other services do answer, so it is not this computer's network.",
        ),
        (
            {"balance": problem(Cause.UNREACHABLE, code="network.proxy"), "are_asked": False},
            "account.network",
            BROKEN,
            "Without Mechanical Turk nothing is sent.",
        ),
        (
            {"balance": problem(Cause.NO_NETWORK), "are_asked": False},
            "account.network",
            BROKEN,
            "Nothing can be asked without one.",
        ),
    ],
    ids=["good", "trouble", "slow-down", "sign-in", "never-came-to-it", "silent", "proxy", "no-network"],
)
def test_whether_mechanical_turk_is_there(changes: dict[str, Any], finding_id: str, level: Level, said: str) -> None:
    found = levels(replace(FINE, **changes))[finding_id]
    assert found.level is level
    assert said in (found.title, found.why) or said in found.detail


@pytest.mark.parametrize(
    ("who", "others_answer", "environment", "code", "finding_id", "said"),
    [
        (Cause.UNREACHABLE, True, Environment.SANDBOX, "x", "account.service", "Other services do answer"),
        (Cause.UNREACHABLE, False, Environment.SANDBOX, "x", "account.network", "No other service of this account"),
        (Cause.UNREACHABLE, False, Environment.SANDBOX, "unreachable.refused", "account.network", NO_NETWORK),
        (Cause.UNREACHABLE, False, Environment.OTHER, "unreachable.refused", "account.network", "No other service"),
        (Cause.KEYS, False, Environment.SANDBOX, "x", "account.service", "Other services do answer"),
    ],
)
def test_silence_is_the_networks_only_where_nobody_answers(
    who: Cause, others_answer: bool, environment: Environment, code: str, finding_id: str, said: str
) -> None:
    answers = replace(FINE, who=problem(who), balance=problem(Cause.UNREACHABLE, code=code), are_asked=False)
    assert answers.nobody_answered is (who is Cause.UNREACHABLE)
    found = levels(answers, environment, others_answer=others_answer)
    assert found[finding_id].level is BROKEN
    assert said in found[finding_id].detail
    assert found[finding_id].title == ("There is no network." if said == NO_NETWORK else "No.")
    assert ("account.network" in found) is (finding_id == "account.network")


@pytest.mark.parametrize(
    ("balance", "lists", "asked", "level"),
    [
        (None, None, False, GOOD),
        (Cause.PERMISSION, None, True, GOOD),
        (Cause.PERMISSION, Cause.PERMISSION, True, UNKNOWN),
        (Cause.PERMISSION, None, False, UNKNOWN),
        (Cause.NOT_LINKED, None, False, BROKEN),
        (None, Cause.NOT_LINKED, True, BROKEN),
    ],
)
def test_whether_the_account_is_linked(balance: Cause | None, lists: Cause | None, asked: bool, level: Level) -> None:
    answers = replace(
        FINE,
        balance=None if balance is None else problem(balance, **SAID),
        lists=None if lists is None else problem(lists, **SAID),
        are_asked=asked,
    )
    assert levels(answers)["account.link"].level is level


@pytest.mark.parametrize(
    ("met", "level", "title", "detail"),
    [
        (None, BEWARE, "", ""),
        (problem(Cause.REFUSED), GOOD, "These keys may set notifications.", ""),
        (
            problem(Cause.PERMISSION, message="You may not."),
            BEWARE,
            "These keys may not set notifications.",
            "Mechanical Turk answered: You may not.",
        ),
        (
            replace(problem(Cause.PERMISSION), answer=ServiceAnswer(code="AccessDenied")),
            BEWARE,
            "These keys may not set notifications.",
            "Mechanical Turk answered: AccessDenied",
        ),
        (problem(Cause.REFUSED, code="UnknownOperation"), BEWARE, "No.", "Why."),
        (problem(Cause.REFUSED, code="InvalidAction"), BEWARE, "No.", "Why."),
        (
            problem(Cause.SERVICE),
            UNKNOWN,
            "Whether these keys may set notifications cannot be told.",
            "No. Why.",
        ),
    ],
)
def test_what_keys_may_do(met: Problem | None, level: Level, title: str, detail: str) -> None:
    found = levels(replace(FINE, sets=met))["account.set"]
    if met is None:
        assert (found.level, found.title) == (GOOD, "These keys may set notifications.")
        return
    assert (found.level, found.title, found.detail) == (level, title, detail)
    assert ("mechanicalturk:UpdateNotificationSettings" in found.remedy) is (met.cause is Cause.PERMISSION)


def test_permissions_of_which_nothing_is_known_are_said_once() -> None:
    trouble = problem(Cause.SERVICE, **SAID)
    answers = replace(FINE, balance=trouble, tests=trouble, sets=trouble, lists=trouble)
    found = levels(answers)
    assert found["account.permissions"].level is UNKNOWN
    assert not {"account.test", "account.set", "account.list"} & found.keys()
    assert "account.permissions" not in levels(replace(FINE, tests=trouble, sets=trouble))
    unasked = levels(replace(FINE, are_asked=False))
    assert not {"account.permissions", "account.test", "account.set", "account.list"} & unasked.keys()


@pytest.mark.parametrize(("code", "detail"), [("RequestError", "Why. (RequestError)"), ("Why", "Why."), ("", "Why.")])
def test_the_code_that_a_service_gave_is_told_once(code: str, detail: str) -> None:
    refused = replace(problem(Cause.NOT_LINKED), answer=ServiceAnswer(code=code, http_status=400))
    assert levels(replace(FINE, balance=refused, are_asked=False))["account.link"].detail == detail
