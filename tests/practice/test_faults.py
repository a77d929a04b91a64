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
from practice.clients import Clients, notification, until

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_a_slow_answer_of_the_other_services(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.set_faults(Faults(slow_elsewhere_seconds=0.3))
    began = time.monotonic()
    clients.sqs.list_queues()
    assert time.monotonic() - began >= 0.3
    began = time.monotonic()
    clients.mturk.get_account_balance()
    assert time.monotonic() - began < 0.3


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
    cloud.set_faults(Faults(late_seconds=0.3))
    began = time.monotonic()
    send(cloud, clients)
    assert versions(cloud, clients) == []
    assert until(lambda: bool(versions(cloud, clients)))
    assert time.monotonic() - began >= 0.3


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
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(cloud.details.mturk_endpoint).port, timeout=10)
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
