# SPDX-License-Identifier: MIT
"""Trouble comes when it is asked for, as often as it is asked for, and ends."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.practice.faults import Fault, FaultPlan, Faults
from notification_tester.practice.mailbox import KEPT, Mailbox, PracticeMail, page
from practice.clients import Clients, connect, notification, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.practice.cloud import PracticeCloud


def error_code(clients: Clients) -> str:
    try:
        clients.mturk.get_account_balance()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


@pytest.mark.parametrize(
    ("faults", "codes"),
    [
        pytest.param(Faults(throttle_next=2), ["ThrottlingException", "ThrottlingException", ""], id="throttle"),
        pytest.param(Faults(internal_failure_next=1), ["InternalFailure", ""], id="internal-failure"),
        pytest.param(Faults(service_fault_next=1), ["ServiceFault", ""], id="service-fault"),
        pytest.param(Faults(throttle_rate=1.0), ["ThrottlingException"] * 3, id="throttle-rate"),
        pytest.param(Faults(internal_failure_rate=1.0), ["InternalFailure"] * 3, id="internal-failure-rate"),
        pytest.param(Faults(access_denied=True), ["AccessDeniedException"] * 2, id="access-denied"),
        pytest.param(
            Faults(denied_actions=("mechanicalturk:GetAccountBalance",)), ["AccessDeniedException"], id="denied-action"
        ),
        pytest.param(Faults(denied_actions=("mechanicalturk:ListHITs",)), [""], id="denied-other-action"),
        pytest.param(Faults(unlinked=True), ["RequestError"] * 2, id="unlinked"),
        pytest.param(Faults(closed=True), ["403"] * 2, id="closed"),
    ],
)
def test_calls_meet_what_was_asked_for(
    cloud: PracticeCloud, clients: Clients, faults: Faults, codes: list[str]
) -> None:
    cloud.set_faults(faults)
    assert [error_code(clients) for _ in codes] == codes
    cloud.set_faults(Faults())
    assert error_code(clients) == ""


def test_unlinked_has_its_turk_error_code(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(unlinked=True))
    with pytest.raises(clients.mturk.exceptions.RequestError) as caught:
        clients.mturk.get_account_balance()
    assert dict(caught.value.response)["TurkErrorCode"] == "AWS.AccountNotLinked"


@pytest.mark.parametrize("action", ["sqs:ListQueues", "SNS:ListTopics", "sts:GetCallerIdentity"])
def test_other_services_can_be_denied(cloud: PracticeCloud, clients: Clients, action: str) -> None:
    cloud.set_faults(Faults(denied_actions=(action,)))
    calls: dict[str, Callable[[], object]] = {
        "sqs": clients.sqs.list_queues,
        "sns": clients.sns.list_topics,
        "sts": clients.sts.get_caller_identity,
    }
    for service, call in calls.items():
        if service == action.partition(":")[0].lower():
            with pytest.raises(ClientError, match="AccessDenied"):
                call()
        else:
            call()


@pytest.fixture
def url(cloud: PracticeCloud) -> Iterator[str]:
    sqs = connect(cloud.details).sqs
    made = sqs.create_queue(QueueName="of-faults")["QueueUrl"]
    yield made
    cloud.set_faults(Faults())
    sqs.delete_queue(QueueUrl=made)


def batches(clients: Clients, url: str) -> dict[str, Callable[[], Any]]:
    """Every operation on a batch, by the IAM action that it needs."""
    sqs, sns = clients.sqs, clients.sns
    sqs.send_message(QueueUrl=url, MessageBody="x")
    receipt = sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"][0]["ReceiptHandle"]
    handle: Any = {"Id": "0", "ReceiptHandle": receipt}
    longer: Any = {**handle, "VisibilityTimeout": 30}
    topic = clients.details.topic_arn
    return {
        "sqs:SendMessage": lambda: sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "0", "MessageBody": "y"}]),
        "sqs:ChangeMessageVisibility": lambda: sqs.change_message_visibility_batch(QueueUrl=url, Entries=[longer]),
        "sqs:DeleteMessage": lambda: sqs.delete_message_batch(QueueUrl=url, Entries=[handle]),
        "sns:Publish": lambda: sns.publish_batch(
            TopicArn=topic, PublishBatchRequestEntries=[{"Id": "0", "Message": "z"}]
        ),
    }


SQS_BATCHES = {"sqs:SendMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"}


@pytest.mark.parametrize(
    ("denied", "forbidden"),
    [
        *[pytest.param(action, {action}, id=action) for action in sorted(SQS_BATCHES | {"sns:Publish"})],
        pytest.param("SQS:deletemessage", {"sqs:DeleteMessage"}, id="in-any-case"),
        pytest.param("sqs:*Message", {"sqs:SendMessage", "sqs:DeleteMessage"}, id="pattern"),
        pytest.param("sqs:*", SQS_BATCHES, id="service"),
        pytest.param("*", SQS_BATCHES | {"sns:Publish"}, id="everything"),
        pytest.param("sqs:[CSD]*", set(), id="brackets-are-letters"),
    ],
)
def test_what_is_forbidden_is_so_for_a_batch_as_well(
    cloud: PracticeCloud, clients: Clients, url: str, denied: str, forbidden: set[str]
) -> None:
    calls = batches(clients, url)
    cloud.set_faults(Faults(denied_actions=(denied,)))
    for name, call in calls.items():
        if name in forbidden:
            with pytest.raises(ClientError, match=f"AccessDenied.*not authorized to perform: {name}$"):
                call()
        else:
            call()


@pytest.mark.parametrize(
    "operation", ["sqs:DeleteMessageBatch", "SQS:changemessagevisibilitybatch", "sns:PublishBatch"]
)
def test_an_operation_that_is_no_action_is_refused(cloud: PracticeCloud, operation: str) -> None:
    with pytest.raises(ValueError, match="goes by IAM action"):
        Faults.from_json({"denied_actions": ["sqs:ListQueues", operation]})


def test_what_is_made_with_tags_needs_the_action_for_tags(cloud: PracticeCloud, clients: Clients, url: str) -> None:
    cloud.set_faults(Faults(denied_actions=("sqs:TagQueue", "sns:TagResource")))
    clients.sqs.create_queue(QueueName="of-faults")
    with pytest.raises(ClientError, match="AccessDenied"):
        clients.sqs.create_queue(QueueName="of-faults-tagged", tags={"a": "b"})
    with pytest.raises(ClientError, match="AccessDenied"):
        clients.sns.create_topic(Name="of-faults-tagged", Tags=[{"Key": "a", "Value": "b"}])
    assert "QueueUrls" not in clients.sqs.list_queues(QueueNamePrefix="of-faults-tagged")


def test_entries_of_a_batch_fail_inside_a_good_answer(cloud: PracticeCloud, clients: Clients, url: str) -> None:
    cloud.set_faults(Faults(entries_fail_next=2))
    entries: Any = [{"Id": str(n), "MessageBody": f"m{n}"} for n in range(3)]
    answer = clients.sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [(one["Id"], one["Code"], one["SenderFault"]) for one in answer["Failed"]] == [
        ("0", "InternalError", False),
        ("1", "InternalError", False),
    ]
    assert [one["Id"] for one in answer["Successful"]] == ["2"]
    (message,) = clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert message["Body"] == "m2"
    cloud.set_faults(Faults(entries_fail_next=1))
    handle: Any = {"Id": "0", "ReceiptHandle": message["ReceiptHandle"]}
    answer_: Any = clients.sqs.delete_message_batch(QueueUrl=url, Entries=[handle])
    assert (len(answer_["Failed"]), answer_["Successful"]) == (1, [])
    assert clients.sqs.delete_message_batch(QueueUrl=url, Entries=[handle])["Successful"] == [{"Id": "0"}]


def test_without_long_polling_a_call_is_answered_at_once(cloud: PracticeCloud, clients: Clients, url: str) -> None:
    cloud.set_faults(Faults(no_long_polling=True))
    began = time.monotonic()
    assert "Messages" not in clients.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)
    assert time.monotonic() - began < 9  # it asked for ten


def test_a_slow_answer_of_the_other_services(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(slow_elsewhere_seconds=0.3))
    began = time.monotonic()
    clients.sqs.list_queues()
    assert time.monotonic() - began >= 0.3
    cloud.set_faults(Faults(slow_elsewhere_seconds=600))
    assert clients.mturk.get_account_balance()  # a client waits for half a minute


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(1200, "Signature not yet current: "), (-1200, "Signature expired: ")],
    ids=["ahead", "behind"],
)
def test_a_clock_that_is_wrong_by_minutes(cloud: PracticeCloud, clients: Clients, seconds: float, says: str) -> None:
    cloud.set_faults(Faults(clock_ahead_seconds=seconds))
    calls: dict[str, Callable[[], object]] = {
        "InvalidSignatureException": clients.mturk.get_account_balance,
        "SignatureDoesNotMatch": clients.sts.get_caller_identity,
    }
    for code, call in calls.items():
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["Error"]["Message"].startswith(says)


@pytest.mark.parametrize("seconds", [100, -100])
def test_a_clock_that_is_wrong_by_seconds_shows_in_the_answers(
    cloud: PracticeCloud, clients: Clients, seconds: float
) -> None:
    cloud.set_faults(Faults(clock_ahead_seconds=seconds))
    answer: Any = clients.sts.get_caller_identity()["ResponseMetadata"]
    told = parsedate_to_datetime(answer["HTTPHeaders"]["date"])
    assert abs((datetime.now(UTC) - told).total_seconds() - seconds) < 10


def test_without_a_network_nothing_answers(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(no_network=True))
    calls: tuple[Callable[[], object], ...] = (
        clients.mturk.get_account_balance,
        clients.sqs.list_queues,
        clients.sns.list_topics,
        clients.sts.get_caller_identity,
    )
    for call in calls:
        with pytest.raises(ConnectionClosedError):
            call()
    cloud.set_faults(Faults())
    assert clients.mturk.get_account_balance()


def test_a_slow_answer(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(slow_seconds=0.3))
    began = time.monotonic()
    assert error_code(clients) == ""
    assert time.monotonic() - began >= 0.3


def test_another_balance(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(balance="0.00"))
    assert clients.mturk.get_account_balance()["AvailableBalance"] == "0.00"


def send(cloud: PracticeCloud, clients: Clients, version: str = "1") -> None:
    clients.mturk.send_test_event_notification(
        Notification=notification(cloud.details.queue_url, Version=version), TestEventType="Ping"
    )


def versions(cloud: PracticeCloud, clients: Clients) -> list[str]:
    return [json.loads(body)["EventDocVersion"] for body in clients.bodies(cloud.details.queue_url, wait=0)]


def test_a_lost_message(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(lose_next=1))
    send(cloud, clients, "lost")
    send(cloud, clients, "sent")
    assert versions(cloud, clients) == ["sent"]


def test_a_doubled_message(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(double_next=1))
    send(cloud, clients)
    bodies = clients.bodies(cloud.details.queue_url, wait=0)
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]  # the same EventDocId


def test_reordered_messages(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(reorder_next=1))
    send(cloud, clients, "first")
    assert versions(cloud, clients) == []
    send(cloud, clients, "second")
    assert versions(cloud, clients) == ["second", "first"]


def test_a_late_message(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(late_seconds=3))
    began = time.monotonic()
    send(cloud, clients)
    assert versions(cloud, clients) == []
    assert until(lambda: bool(versions(cloud, clients)))
    assert time.monotonic() - began >= 3


def test_rates_repeat_with_their_seed() -> None:
    def run(seed: int) -> list[Fault | None]:
        plan = FaultPlan()
        plan.set(Faults(throttle_rate=0.3, seed=seed))
        return [plan.for_call("ListHITs") for _ in range(300)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 50 < sum(fault is not None for fault in run(1)) < 130


@given(
    st.builds(
        Faults,
        throttle_rate=st.floats(0, 1),
        clock_ahead_seconds=st.floats(-1e6, 1e6),
        no_network=st.booleans(),
        denied_actions=st.lists(st.text()).map(tuple),
        seed=st.integers(),
    )
)
def test_faults_travel_as_json(faults: Faults) -> None:
    assert Faults.from_json(json.loads(json.dumps(faults.as_json()))) == faults


@pytest.mark.parametrize(
    "value",
    [
        {"rain": 1},
        {"closed": "yes"},
        {"throttle_next": 0.5},
        {"throttle_next": True},
        {"throttle_rate": 2},
        {"late_seconds": float("nan")},
        {"denied_actions": "all"},
        {"late_seconds": -1},
        {"clock_ahead_seconds": -2e6},
        {"no_network": 1},
    ],
)
def test_what_is_no_fault_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="fault"):
        Faults.from_json(value)


class TestOwnPages:
    def get(
        self, cloud: PracticeCloud, path: str, *, method: str = "GET", body: str = "", **headers: str
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(cloud.details.mturk_endpoint).port, timeout=60)
        try:
            connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    @pytest.mark.parametrize(
        "path", ["/practice/settings", "/practice/faults", "/practice/mailbox/guess", "/practice/"]
    )
    @pytest.mark.parametrize("authorization", ["", "Bearer x", "Bearer é"])
    def test_a_secret_is_needed(self, cloud: PracticeCloud, path: str, authorization: str) -> None:
        assert self.get(cloud, path, Authorization=authorization.encode().decode("latin-1"))[0] == 401

    def test_a_foreign_host_name_is_turned_away(self, cloud: PracticeCloud) -> None:
        path = urlsplit(cloud.details.mailbox_url).path
        assert self.get(cloud, path)[0] == 200
        assert self.get(cloud, path, Host="evil.example:80")[0] == 421

    def test_nonsense_is_refused(self, cloud: PracticeCloud) -> None:
        secret = f"Bearer {cloud.details.secret_access_key}"
        for path, body in [("faults", "{"), ("faults", "[]"), ("faults", '{"x": 1}'), ("hits", "{}")]:
            assert self.get(cloud, f"/practice/{path}", method="POST", body=body, Authorization=secret)[0] == 400
        assert self.get(cloud, "/practice/none", Authorization=secret)[0] == 404

    def test_the_mailbox_is_a_page_for_a_browser(self, cloud: PracticeCloud, clients: Clients) -> None:
        clients.mturk.send_test_event_notification(
            Notification=notification('"<script>"@practice.example', "Email"), TestEventType="Ping"
        )
        status, text = self.get(cloud, urlsplit(cloud.details.mailbox_url).path, Accept="text/html")
        assert status == 200
        assert "&lt;script&gt;" in text
        assert "<script>" not in text


def mail(number: int) -> PracticeMail:
    return PracticeMail(sender="s", recipient="r", subject=f"<{number}>", sent_at="", body="<b>&")


def test_the_mailbox_forgets_the_oldest() -> None:
    mailbox = Mailbox()
    for number in range(KEPT + 5):
        mailbox.put(mail(number))
    assert len(mailbox.messages()) == KEPT
    assert mailbox.messages()[0] == mail(5)


def test_an_address_adds_no_line_to_the_mail() -> None:
    text = replace(mail(1), recipient="a@b.example\nBcc: c@d.example").text
    assert "\nTo: a@b.example Bcc: c@d.example\n" in text


def test_the_page_escapes_everything() -> None:
    text = page((mail(1),))
    assert "&lt;1&gt;" in text
    assert "&lt;b&gt;&amp;" in text
    assert "No message yet" in page(())
