# SPDX-License-Identifier: MIT
"""Half an answer, somebody else's, or one of another form is none: it is never "done", "empty" or "that is all"."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest

from aws.parts import KEYS, Told, problem_of, telling
from breaking_proxy import JSON, PAGE, Answer, Break, Exchange, Gateway, breaking, cut, cut_where_no_length_is_told
from notification_tester.aws import clients as made_by
from notification_tester.aws.answers import LATEST, NEEDED
from notification_tester.aws.clients import Clients
from notification_tester.aws.identity import caller
from notification_tester.aws.keys import Key
from notification_tester.aws.probes import who_and_when
from notification_tester.aws.queues import NAME_PREFIX, Queue, create_queue, delete_by_name, list_queues, queue_exists
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.aws.topics import Topic, create_topic, list_topics
from notification_tester.domain.account import Credentials
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport, parse_destination
from notification_tester.domain.events import EventType
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.domain.problem import Problem
    from notification_tester.practice.cloud import PracticeCloud

QUEUE = cast("QueueAddress", parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/q"))
TOPIC = cast("TopicAddress", parse_destination(Transport.SNS, "arn:aws:sns:us-east-1:123456789012:t"))
SPEC = parse_spec(transport=Transport.SQS, destination=QUEUE.text, events=["HITExpired"])


def send_test(made: Clients) -> object:
    return Requester(made).send_test_event(SPEC, EventType.HIT_EXPIRED)


def set_type(made: Clients) -> None:
    Requester(made).update_notification_settings(HitTypeId("3TYPE"), spec=SPEC, active=True)


def list_hits(made: Clients) -> object:
    return Requester(made).list_hits()


def receive(made: Clients) -> object:
    return Queue(made, QUEUE).receive(wait_seconds=0, hold_seconds=0)


ASKS: dict[str, Callable[[Clients], object]] = {
    "SendTestEventNotification": send_test,
    "UpdateNotificationSettings": set_type,
    "ListHITs": list_hits,
    "GetHIT": lambda made: Requester(made).hit("3HIT"),
    "GetAccountBalance": lambda made: Requester(made).balance(),
    "ReceiveMessage": receive,
    "GetQueueAttributes": lambda made: Queue(made, QUEUE).state(),
    "SetQueueAttributes": lambda made: Queue(made, QUEUE).set_policy("{}"),
    "SendMessage": lambda made: Queue(made, QUEUE).send("hello"),
    "DeleteMessageBatch": lambda made: Queue(made, QUEUE).delete_messages(["receipt"]),
    "ChangeMessageVisibilityBatch": lambda made: Queue(made, QUEUE).hold(["receipt"], seconds=3),
    "DeleteQueue": lambda made: Queue(made, QUEUE).delete_queue(),
    "ListQueues": list_queues,
    "CreateQueue": lambda made: create_queue(made, name="q", region="us-east-1", attributes={}),
    "GetQueueUrl": lambda made: queue_exists(made, name="q", region="us-east-1"),
    "GetCallerIdentity": caller,
    "GetTopicAttributes": lambda made: Topic(made, TOPIC).state(),
    "SetTopicAttributes": lambda made: Topic(made, TOPIC).set_policy("{}"),
    "ListSubscriptionsByTopic": lambda made: Topic(made, TOPIC).subscribers(),
    "GetSubscriptionAttributes": lambda made: Topic(made, TOPIC).subscription("arn:aws:sns:us-east-1:1:t:s"),
    "Subscribe": lambda made: Topic(made, TOPIC).subscribe_queue("arn:aws:sqs:us-east-1:1:q"),
    "Unsubscribe": lambda made: Topic(made, TOPIC).unsubscribe("arn:aws:sns:us-east-1:1:t:s"),
    "ListTopics": list_topics,
    "Publish": lambda made: Topic(made, TOPIC).publish("hello"),
    "CreateTopic": lambda made: create_topic(made, name="t", region="us-east-1"),
    "DescribeKey": lambda made: Key(made, "alias/k", "us-east-1").description(),
    "GetKeyPolicy": lambda made: Key(made, "alias/k", "us-east-1").policy(),
}
QUERY = {name for name in ASKS if "Topic" in name or "ubscri" in name or name in {"Publish", "GetCallerIdentity"}}
WITHOUT_OUTPUT = {
    "SendTestEventNotification", "UpdateNotificationSettings", "SetQueueAttributes", "DeleteQueue",
}  # fmt: skip
MAY_BE_EMPTY = {"ListQueues", "ReceiveMessage"}

FOREIGN = {
    "text": ("text/plain", b"hello"),
    "text that says it is JSON": (JSON, b"hello"),
    "a sign-in page": ("text/html", PAGE),
    "a page without its kind": ("", PAGE),
    "a page that says it is JSON": (JSON, PAGE),
    "a page that says it is XML": ("text/xml", b"<html><body>Sign in</body></html>"),
    "JSON of somebody else": ("application/json", b'{"error": "sign in first", "url": "http://portal"}'),
    "a list": (JSON, b"[]"),
    "null": (JSON, b"null"),
    "a number": (JSON, b"0"),
    "a text": (JSON, b'"ok"'),
    "half of JSON": (JSON, b'{"HITs": [{"HITId": "3'),
    "JSON twice": (JSON, b"{}{}"),
    "no UTF-8": (JSON, b'{"QueueUrl": "\xff\xfe"}'),
    "UTF-16": (JSON, '{"a": 1}'.encode("utf-16")),
    "not a number": (JSON, b'{"NumResults": NaN}'),
    "deeper than anybody reads": (JSON, b"[" * 200_000),
    "deep and whole": (JSON, b'{"HITs":' * 50_000 + b"1" + b"}" * 50_000),
    "half of XML": ("text/xml", b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn"),
    "XML of another operation": ("text/xml", b"<ListUsersResponse><ListUsersResult/></ListUsersResponse>"),
    "blanks": (JSON, b"  \r\n"),
    "nothing, and no request id": (JSON, b""),
    "zeros": ("application/octet-stream", bytes(200)),
}


@dataclass
class Service:
    """All services at once, that answer as they are told, and clients that ask them."""

    told: Told
    clients: Clients

    def says(self, body: object, *, status: int = 200, kind: str = JSON, **how: Any) -> Service:
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.told.say(status, kind, written, **how)
        return self

    def problem(self, operation: str) -> Problem:
        return problem_of(lambda: ASKS[operation](self.clients))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with telling() as told, pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_by, "ATTEMPTS", 1)
        clients = clients_of(told.endpoint, KEYS)
        yield Service(told, clients)
        clients.close()


def clients_of(endpoint: str, keys: Credentials) -> Clients:
    return Clients(Connection(mturk_endpoint=endpoint, aws_endpoint=endpoint, credentials=keys, is_local=True))


@pytest.mark.parametrize("foreign", FOREIGN)
def test_what_is_not_an_answer_is_said_to_be_none(service: Service, foreign: str) -> None:
    kind, body = FOREIGN[foreign]
    service.says(body, kind=kind, has_id=foreign != "nothing, and no request id")
    for operation in ASKS:
        problem = service.problem(operation)
        assert problem.cause is Cause.UNREACHABLE, operation
        assert "not an answer of this service" in problem.detail, operation


@pytest.mark.parametrize("status", [201, 202, 204, 206, 299])
def test_another_status_than_200_is_no_answer(service: Service, status: int) -> None:
    service.says(b"" if status == 204 else b"{}", status=status)
    for operation in ASKS:
        assert service.problem(operation).cause is Cause.UNREACHABLE


@pytest.mark.parametrize("operation", sorted(set(ASKS) - WITHOUT_OUTPUT - QUERY - MAY_BE_EMPTY))
def test_an_answer_without_what_it_has_to_say_is_none(service: Service, operation: str) -> None:
    assert "not an answer" in service.says({}).problem(operation).detail


@pytest.mark.parametrize("operation", sorted(QUERY - {"SetTopicAttributes", "Unsubscribe"}))
@pytest.mark.parametrize(
    "result", ["", "<{0}Result/>", "<{0}Result>?</{0}Result>", "<{0}Result><Account/></{0}Result>"]
)
def test_xml_without_what_it_has_to_say_is_none(service: Service, operation: str, result: str) -> None:
    service.says(f"<{operation}Response>{result.format(operation)}</{operation}Response>".encode(), kind="text/xml")
    assert "not an answer" in service.problem(operation).detail


def test_members_of_maps_in_xml_are_looked_at(service: Service) -> None:
    body = (
        b"<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry/></Attributes>"
        b"</GetTopicAttributesResult></GetTopicAttributesResponse>"
    )
    assert "not an answer" in service.says(body, kind="text/xml").problem("GetTopicAttributes").detail


def _with_bytes(value: object) -> dict[str, Any]:
    attributes = {"x": {"DataType": "Binary", "BinaryValue": value}}
    return {"MessageId": "1", "ReceiptHandle": "r", "Body": "b", "MessageAttributes": attributes}


FAR_AWAY = ["99999999999-01-01"] if sys.platform != "win32" else []
"""No year of a date. Wine's registry lacks what dateutil asks of Windows' for such a one."""

WRONG_TYPES: list[tuple[str, Any]] = [
    ("ListHITs", {"NumResults": 1, "HITs": None}),
    ("ListHITs", {"HITs": ["a", "b"]}),
    ("ListHITs", {"HITs": "abc"}),
    ("ListHITs", {"HITs": {}}),
    ("ListHITs", {"HITs": [None]}),
    ("ListHITs", {"HITs": [{}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": ""}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": 3}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": 1e300}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": -1e18}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": "yesterday"}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": "9" * 40}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": "nan"}]}),
    *(("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": one}]}) for one in FAR_AWAY),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": {}}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": LATEST + 1}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "CreationTime": True}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T", "Title": ["x"]}]}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T"}], "NextToken": {"a": 1}}),
    ("ListHITs", {"HITs": [{"HITTypeId": "3T"}], "NextToken": 5}),
    ("GetAccountBalance", {"AvailableBalance": 5}),
    ("GetAccountBalance", {"AvailableBalance": ""}),
    ("ReceiveMessage", {"Messages": {"MessageId": "1"}}),
    ("ReceiveMessage", {"Messages": [{}]}),
    ("ReceiveMessage", {"Messages": [{"MessageId": "1", "ReceiptHandle": "r"}]}),
    ("ReceiveMessage", {"Messages": [{"MessageId": "1", "ReceiptHandle": "r", "Body": {"a": 1}}]}),
    ("ReceiveMessage", {"Messages": [{"MessageId": "1", "ReceiptHandle": "r", "Body": "b", "Attributes": ["x"]}]}),
    ("ReceiveMessage", {"Messages": [{"MessageId": "1", "ReceiptHandle": "r", "Body": "b", "Attributes": {"x": 1}}]}),
    ("ReceiveMessage", {"Messages": [_with_bytes(5)]}),
    ("ReceiveMessage", {"Messages": [_with_bytes("a")]}),
    ("GetQueueAttributes", {"Attributes": ["Policy"]}),
    ("GetQueueAttributes", {"Attributes": {"Policy": {"Version": "2012-10-17"}}}),
    ("CreateQueue", {"QueueUrl": ["https://q"]}),
    ("ListQueues", {"QueueUrls": "https://q"}),
    ("ListQueues", {"QueueUrls": [1]}),
    ("DeleteMessageBatch", {"Successful": ["0"], "Failed": []}),
    ("DeleteMessageBatch", {"Successful": [{}], "Failed": []}),
    ("DescribeKey", {"KeyMetadata": "on"}),
    ("GetKeyPolicy", {"Policy": {"Version": "2012-10-17"}}),
    ("SendTestEventNotification", {"message": "hello"}),
    ("UpdateNotificationSettings", {"ok": True}),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "members"), WRONG_TYPES)
def test_members_of_another_type_are_no_answer(service: Service, operation: str, members: Any) -> None:
    assert "not an answer" in service.says(members).problem(operation).detail


def test_members_of_every_type_are_read(service: Service) -> None:
    service.says({"Messages": [_with_bytes("YQ==")]})
    assert [one.body for one in Queue(service.clients, QUEUE).receive(wait_seconds=0, hold_seconds=0)] == ["b"]
    moments = (("2024-05-06T07:08:09Z", 1714979289.0), (1714979289, 1714979289.0), (LATEST, float(LATEST)), (None, 0.0))
    for written, read in moments:
        service.says({"HITs": [{"HITTypeId": "3T", "CreationTime": written}]})
        assert [one.created for one in Requester(service.clients).list_hits().hits] == [read]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param({}, ("", 0, 0, None, "", None, 0, None, "", False, None), id="nothing"),
        pytest.param(
            {
                "ApproximateNumberOfMessages": "3",
                "ApproximateNumberOfMessagesNotVisible": "2",
                "QueueArn": "arn:aws:sqs:us-east-1:123456789012:q",
                "RedrivePolicy": '{"maxReceiveCount": 5, "deadLetterTargetArn": "arn:d"}',
                "MessageRetentionPeriod": "60",
                "DelaySeconds": "7",
                "MaximumMessageSize": "1024",
                "KmsMasterKeyId": "alias/k",
                "SqsManagedSseEnabled": "True",
                "CreatedTimestamp": "1714979289",
            },
            ("arn:aws:sqs:us-east-1:123456789012:q", 3, 2, 5, "arn:d", 60, 7, 1024, "alias/k", True, 1714979289),
            id="all",
        ),
        *(
            pytest.param(
                {
                    "ApproximateNumberOfMessages": "many",
                    "RedrivePolicy": redrive,
                    "SqsManagedSseEnabled": "false",
                    "CreatedTimestamp": created,
                },
                ("", 0, 0, None, "", None, 0, None, "", False, None),
                id=f"odd {created}",
            )
            for redrive, created in (("{", "never"), ("[5]", "inf"), ('{"maxReceiveCount": "-1"}', "nan"))
        ),
    ],
)
def test_what_a_queue_says_of_itself_may_be_odd(
    service: Service, told: dict[str, str], expected: tuple[object, ...]
) -> None:
    state = Queue(service.says({"Attributes": told}).clients, QUEUE).state()
    assert (
        state.arn,
        state.waiting,
        state.in_flight,
        state.max_receive_count,
        state.dead_letter_arn,
        state.retention_seconds,
        state.delay_seconds,
        state.maximum_bytes,
        state.key_id,
        state.is_encrypted_by_sqs,
        state.created_at and state.created_at.timestamp(),
    ) == expected
    assert abs(state.server_time - datetime.now(tz=UTC)) < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Wed, 06 May 2026 07:08:09 GMT", datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("Wed, 06 May 2026 09:08:09 +0200", datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("yesterday", None),
    ],
)
def test_the_clock_of_a_service_is_read_where_it_tells_one(service: Service, date: str, told: datetime | None) -> None:
    service.says({"Attributes": {}}, date=date)
    clock = Queue(service.clients, QUEUE).state().server_time
    assert clock == told if told else abs(clock - datetime.now(tz=UTC)) < timedelta(minutes=10)
    result = "<GetCallerIdentityResult><Account>1</Account><Arn>arn:aws:iam::1:user/ada</Arn></GetCallerIdentityResult>"
    service.says(
        f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>".encode(), kind="text/xml", date=date
    )
    seen = who_and_when(service.clients)
    assert (seen.server_time, seen.caller.account_id, seen.caller.user) == (told, "1", "ada")


def test_a_queue_that_took_another_text_has_not_taken_this_one(service: Service) -> None:
    service.says({"MessageId": "1", "MD5OfMessageBody": hashlib.md5(b"hello", usedforsecurity=False).hexdigest()})
    assert Queue(service.clients, QUEUE).send("hello") == "1"
    with pytest.raises(ProblemError) as caught:
        Queue(service.clients, QUEUE).send("hello!")
    assert "“q” took another text than the one that was sent" in caught.value.problem.as_text()
    assert caught.value.perhaps_done


ABOUT_ANOTHER: list[tuple[str, str, object]] = [
    ("CreateQueue", JSON, {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/theirs"}),
    ("GetQueueAttributes", JSON, {"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:theirs"}}),
    (
        "CreateTopic",
        "text/xml",
        (
            b"<CreateTopicResponse><CreateTopicResult><TopicArn>arn:aws:sns:us-east-1:123456789012:theirs</TopicArn>"
            b"</CreateTopicResult></CreateTopicResponse>"
        ),
    ),
    (
        "GetTopicAttributes",
        "text/xml",
        (
            b"<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>TopicArn</key>"
            b"<value>arn:aws:sns:us-east-1:123456789012:theirs</value></entry></Attributes>"
            b"</GetTopicAttributesResult></GetTopicAttributesResponse>"
        ),
    ),
]


@pytest.mark.parametrize(("operation", "kind", "body"), ABOUT_ANOTHER)
def test_an_answer_about_another_place_is_none(service: Service, operation: str, kind: str, body: object) -> None:
    """What is done with it would be done to somebody else's queue or topic."""
    service.says(body, kind=kind)
    with pytest.raises(ProblemError) as caught:
        ASKS[operation](service.clients)
    assert "not an answer" in caught.value.problem.detail
    assert "theirs" in caught.value.problem.as_text()
    assert caught.value.perhaps_done


def test_no_queue_but_ours_is_deleted_by_name(service: Service) -> None:
    service.says({"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/theirs"})
    with pytest.raises(ProblemError):
        delete_by_name(service.clients, name=f"{NAME_PREFIX}0123456789ab", region="us-east-1")


def test_what_no_model_knows_is_left_alone(service: Service) -> None:
    hit = {"HITTypeId": "3T", "Title": "Say hello", "NewMember": [1, {"a": None}], "Reward": None}
    service.says({"HITs": [hit], "NumResults": 1, "Later": {"x": [None]}})
    assert [one.title for one in Requester(service.clients).list_hits().hits] == ["Say hello"]


def test_an_account_without_a_hit_has_a_list_without_one(service: Service) -> None:
    without_one: list[dict[str, Any]] = [{"NumResults": 0}, {"NumResults": 0, "HITs": []}, {"HITs": []}]
    for members in without_one:
        service.says(members)
        assert Requester(service.clients).list_hits().hits == []


@pytest.mark.parametrize("operation", sorted(WITHOUT_OUTPUT))
@pytest.mark.parametrize("body", [b"{}", b" {}\n", b""])
def test_what_has_nothing_to_say_may_say_nothing(service: Service, operation: str, body: bytes) -> None:
    for kind in (JSON, "application/json; charset=utf-8", ""):
        ASKS[operation](service.says(body, kind=kind).clients)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("x-gzip", gzip.compress), ("identity", bytes)],
)
def test_an_answer_that_a_proxy_packed_is_read(
    service: Service, encoding: str, packed: Callable[[bytes], bytes]
) -> None:
    service.says(packed(b'{"AvailableBalance": "12.00"}'), content_encoding=encoding)
    assert Requester(service.clients).balance() == "12.00"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", gzip.compress(b'{"AvailableBalance": "12.00"}')[:-9], id="cut"),
        pytest.param("gzip", b"not packed", id="not packed"),
        pytest.param("br", b"\x0b\x02\x80{}\x03", id="packed otherwise"),
        pytest.param("gzip", gzip.compress(bytes(80 * 1024**2)), id="grows without end"),
    ],
)
def test_what_cannot_be_unpacked_is_no_answer(service: Service, encoding: str, body: bytes) -> None:
    assert "not an answer" in service.says(body, content_encoding=encoding).problem("GetAccountBalance").detail


UNREADABLE = {
    "a list": b'["no"]',
    "null": b"null",
    "a code that is no text": b'{"__type": 5, "message": "no"}',
    "no UTF-8": b"\xff\xfe\xfa no",
    "deep": b"[" * 200_000,
    "text": b"no",
    "XML without end": b"<ErrorResponse><Error><Code>Throttling",
    "an error that is a text": b"<ErrorResponse><Error>no</Error></ErrorResponse>",
    "deep XML": b"<a>" * 20_000 + b"</a>" * 20_000,
    "control signs": b"\x00\x01 no \x1b[31m",
}


@pytest.mark.parametrize("status", [400, 403, 500, 502, 503])
@pytest.mark.parametrize("what", UNREADABLE)
def test_a_refusal_that_cannot_be_read_is_a_problem_too(service: Service, what: str, status: int) -> None:
    service.says(UNREADABLE[what], status=status)
    for operation in ("SendTestEventNotification", "ReceiveMessage", "GetCallerIdentity", "ListTopics"):
        problem = service.problem(operation)
        assert problem.answer.http_status == status, operation
        assert problem.cause in {Cause.UNREACHABLE, Cause.REFUSED, Cause.SERVICE}


XML_REFUSALS = {
    "Query": "<ErrorResponse xmlns='urn:x'><Error><Type>Sender</Type>{}</Error></ErrorResponse>",
    "EC2": "<?xml version='1.0'?>\n<Response><Errors><Error>{}</Error></Errors><RequestID>r</RequestID></Response>",
    "S3": "<?xml version='1.0' encoding='UTF-8'?><Error>{}<RequestId>r</RequestId><HostId>h</HostId></Error>",
    "blanks round it": "\n  <Error>{}</Error>\n",
}


@pytest.mark.parametrize("status", [400, 403, 405, 500, 503])
@pytest.mark.parametrize("form", XML_REFUSALS)
def test_a_refusal_in_xml_is_read_for_its_code(service: Service, form: str, status: int) -> None:
    said = "<Code>AccessDenied</Code><Message>User is not authorized &amp; more</Message>"
    service.says(XML_REFUSALS[form].format(said).encode(), status=status, kind="text/xml")
    for operation in ("SendTestEventNotification", "ReceiveMessage", "ListTopics", "GetCallerIdentity", "DescribeKey"):
        problem = service.problem(operation)
        assert (problem.cause, problem.answer.code) == (Cause.PERMISSION, "AccessDenied"), operation
        assert problem.answer.message == "User is not authorized & more"
        assert problem.answer.http_status == status


@pytest.mark.parametrize(
    ("code", "operation", "cause"),
    [
        ("Throttling", "SendTestEventNotification", Cause.SLOW_DOWN),
        ("InvalidClientTokenId", "GetAccountBalance", Cause.KEYS),
        ("RequestExpired", "UpdateNotificationSettings", Cause.CLOCK),
        ("AWS.SimpleQueueService.NonExistentQueue", "GetQueueAttributes", Cause.DESTINATION),
        ("NotFound", "GetTopicAttributes", Cause.DESTINATION),
        ("ServiceUnavailable", "ListHITs", Cause.SERVICE),
        ("Whatever", "GetCallerIdentity", Cause.REFUSED),
    ],
)
def test_a_code_in_xml_is_judged_as_the_same_in_json(service: Service, code: str, operation: str, cause: Cause) -> None:
    service.says(f"<Error><Code>{code}</Code></Error>".encode(), status=400, kind="application/xml")
    problem = service.problem(operation)
    assert (problem.cause, problem.answer.code) == (cause, code)


@pytest.mark.parametrize("operation", ["GetCallerIdentity", "ListTopics", "SetTopicAttributes"])
def test_a_refusal_in_json_is_read_where_xml_was_awaited(service: Service, operation: str) -> None:
    service.says({"__type": "com.amazon#AccessDeniedException", "message": "No."}, status=403)
    problem = service.problem(operation)
    assert (problem.cause, problem.answer.code) == (Cause.PERMISSION, "AccessDeniedException")
    assert problem.answer.message == "No."


def test_the_name_of_an_exception_in_xml_is_its_code(service: Service) -> None:
    body = (
        b"<AccessDeniedException><Message>Unable to determine service/operation name</Message></AccessDeniedException>"
    )
    problem = service.says(body, status=403, kind="text/xml").problem("ReceiveMessage")
    assert (problem.cause, problem.answer.code) == (Cause.PERMISSION, "AccessDeniedException")


@pytest.mark.parametrize(("status", "perhaps"), [(400, False), (403, False), (500, True), (503, True)])
@pytest.mark.parametrize("operation", ["SendTestEventNotification", "SetQueueAttributes", "SetTopicAttributes"])
def test_a_refusal_in_xml_is_as_certain_as_its_status(
    service: Service, operation: str, status: int, *, perhaps: bool
) -> None:
    service.says(XML_REFUSALS["S3"].format("<Code>AccessDenied</Code>").encode(), status=status, kind="text/xml")
    with pytest.raises(ProblemError) as raised:
        ASKS[operation](service.clients)
    assert raised.value.perhaps_done is perhaps


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body><Error><Code>AccessDenied</Code></Error></body></html>",
        b"<error><code>AccessDenied</code></error>",
        b"<Error><Message>no code</Message></Error>",
        b"<Error><Code>AccessDenied</Code>",
    ],
)
def test_a_web_page_is_no_refusal_of_a_service(service: Service, page: bytes) -> None:
    for operation in ("SendTestEventNotification", "ReceiveMessage"):
        problem = service.says(page, status=403, kind="text/html").problem(operation)
        assert (problem.cause, problem.answer.code) == (Cause.UNREACHABLE, "403"), operation


@dataclass
class Broken:
    """Practice behind a gateway that breaks answers."""

    gateway: Gateway
    clients: Clients


@pytest.fixture(scope="module")
def broken(cloud: PracticeCloud) -> Iterator[Broken]:
    details = cloud.details
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    with breaking(cloud.port) as gateway, pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_by, "ATTEMPTS", 1)
        clients = clients_of(gateway.endpoint, keys)
        yield Broken(gateway, clients)
        clients.close()


def in_chunks(exchange: Exchange) -> bool:
    answer = exchange.carried_out()
    head = answer.head(length=None)[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
    pieces = [answer.body[place : place + 100] for place in range(0, len(answer.body), 100)]
    exchange.say(head + b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n")
    return True


def half_of_the_chunks(exchange: Exchange) -> None:
    answer = exchange.carried_out()
    head = answer.head(length=None)[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
    exchange.say(head + b"40\r\n" + answer.body[:64] + b"\r\n")


def without_length(exchange: Exchange) -> None:
    answer = exchange.carried_out()
    exchange.say(answer.head(length=None) + answer.body)


@pytest.mark.parametrize("how", [in_chunks, without_length])
def test_a_true_answer_may_come_in_any_form(broken: Broken, cloud: PracticeCloud, how: Break) -> None:
    broken.gateway.mend()
    broken.gateway.breaks("*", how)
    assert len(Requester(broken.clients).list_hits().hits) > 0
    assert caller(broken.clients).account_id == cloud.details.account_id
    assert list_queues(broken.clients)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(cut(0.5), id="half of it"),
        pytest.param(cut(0.999), id="all but the last byte"),
        pytest.param(cut(0), id="headers alone"),
        pytest.param(cut_where_no_length_is_told(0.5), id="half, without a length"),
        pytest.param(cut_where_no_length_is_told(0), id="headers alone, without a length"),
        pytest.param(half_of_the_chunks, id="half of the chunks"),
    ],
)
def test_an_answer_that_was_cut_off_is_never_whole(broken: Broken, how: Break) -> None:
    broken.gateway.mend()
    broken.gateway.breaks("*", how)
    for operation in ("ListHITs", "GetAccountBalance", "GetCallerIdentity", "ListQueues", "ListTopics"):
        assert problem_of(partial(ASKS[operation], broken.clients)).cause is Cause.UNREACHABLE


def test_a_longer_body_than_was_told_is_read_as_far_as_it_was_told(broken: Broken) -> None:
    def more(exchange: Exchange) -> None:
        answer = exchange.carried_out()
        exchange.say(Answer(200, answer.kind, answer.body).head() + answer.body + b"and more")

    broken.gateway.mend()
    broken.gateway.breaks("*", more)
    assert Requester(broken.clients).balance()


def test_every_operation_that_answers_something_is_looked_at() -> None:
    assert {operation for _, operation in NEEDED} == set(ASKS) - WITHOUT_OUTPUT - {
        "ListQueues", "SetTopicAttributes", "Unsubscribe",
    }  # fmt: skip


@pytest.mark.parametrize("operation", ["SendTestEventNotification", "UpdateNotificationSettings", "DeleteMessageBatch"])
@pytest.mark.parametrize(
    ("status", "body", "is_refusal"),
    [
        pytest.param(400, {}, False, id="no code"),
        pytest.param(400, {"__type": 5}, False, id="a number for a code"),
        pytest.param(408, {"__type": "Odd"}, False, id="too late"),
        pytest.param(500, {}, False, id="trouble, and nothing said"),
        pytest.param(500, {"__type": "Odd", "message": "Odd."}, False, id="trouble"),
        pytest.param(400, {"__type": "Odd", "message": "Odd."}, True, id="refusal"),
    ],
)
def test_only_a_clear_no_is_called_a_refusal(
    service: Service, operation: str, status: int, body: dict[str, Any], is_refusal: bool
) -> None:
    service.says(body, status=status)
    with pytest.raises(ProblemError) as caught:
        ASKS[operation](service.clients)
    problem = caught.value.problem
    assert caught.value.perhaps_done is not is_refusal
    assert ("refused" in problem.title) is is_refusal
    assert ("no clear answer" in problem.title) is not is_refusal
