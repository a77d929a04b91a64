# SPDX-License-Identifier: MIT
"""The policy for the administrator allows what is needed and no more: it is held against what practice is asked."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.services.checkup.administrator import Use, iam_policy
from notification_tester.services.checkup.checkup import Checkup
from notification_tester.services.checkup.mend import Mend
from notification_tester.services.sending.test_send import Options
from notification_tester.services.sending.throwaway import Throwaway
from services.parts import SUBMITTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.destination import Destination
    from notification_tester.services.sending.test_send import Progress
    from services.places_to_check import Site

QUEUE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/results")
TOPIC = parse_destination(Transport.SNS, "arn:aws:sns:us-east-1:123456789012:news")
MAIL = parse_destination(Transport.EMAIL, "ada@example.org")
NEEDS_NO_PERMISSION = "sts:GetCallerIdentity"


def statements(uses: list[Use], destination: Destination | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(iam_policy(uses, destination).policy)["Statement"]
    return found


@pytest.mark.parametrize("destination", [None, QUEUE, TOPIC, MAIL], ids=["none", "queue", "topic", "mail"])
@pytest.mark.parametrize("use", Use)
def test_every_action_is_named_once_with_a_sentence(use: Use, destination: Destination | None) -> None:
    permissions = iam_policy([use, use], destination)
    actions = [action for one in statements([use], destination) for action in one["Action"]]
    assert {action for action, _ in permissions.sentences} == set(actions)
    assert all(sentence.endswith(".") for _, sentence in permissions.sentences)
    assert not any("*" in action for action in actions)
    assert all(action in permissions.as_text() for action in actions)


@pytest.mark.parametrize("destination", [QUEUE, TOPIC], ids=["queue", "topic"])
def test_only_what_knows_no_resource_is_for_all(destination: Destination) -> None:
    without = {"sqs:ListQueues", "sns:ListTopics", "sns:Unsubscribe", "sns:GetSubscriptionAttributes"}
    for one in statements(list(Use), destination):
        if one["Resource"] == "*":
            assert all(action.startswith("mechanicalturk:") or action in without for action in one["Action"])
        else:
            assert "123456789012" in one["Resource"]


@pytest.mark.parametrize(
    ("destination", "resources"),
    [
        pytest.param(
            QUEUE,
            {
                "arn:aws:sqs:us-east-1:123456789012:results",
                "arn:aws:sqs:us-east-1:123456789012:mturk-notification-tester-*",
                "arn:aws:kms:us-east-1:123456789012:key/*",
            },
            id="queue",
        ),
        pytest.param(
            TOPIC,
            {
                "arn:aws:sns:us-east-1:123456789012:news",
                "arn:aws:sqs:us-east-1:123456789012:mturk-notification-tester-*",
                "arn:aws:kms:us-east-1:123456789012:key/*",
            },
            id="topic",
        ),
        pytest.param(
            parse_destination(Transport.SNS, "arn:aws-cn:sns:cn-north-1:123456789012:news"),
            {
                "arn:aws-cn:sns:cn-north-1:123456789012:news",
                "arn:aws-cn:sqs:cn-north-1:123456789012:mturk-notification-tester-*",
                "arn:aws-cn:kms:cn-north-1:123456789012:key/*",
            },
            id="topic-elsewhere",
        ),
        pytest.param(MAIL, {"arn:aws:sqs:us-east-1:*:mturk-notification-tester-*"}, id="mail"),
    ],
)
def test_what_is_allowed_is_allowed_there_alone(destination: Destination, resources: set[str]) -> None:
    uses = list(Use)
    uses.remove(Use.CREATE)
    found = statements(uses, destination)
    assert {one["Resource"] for one in found} == {*resources, "*"}
    assert [one["Sid"] for one in found] == [f"NotificationTester{n}" for n in range(1, len(found) + 1)]
    assert all(one["Action"] == sorted(set(one["Action"])) for one in found)


def test_nobody_may_write_who_only_tests() -> None:
    uses = [Use.CHECK, Use.TEST, Use.LIST, Use.WATCH]
    for one in statements(uses, QUEUE):
        if one["Resource"].endswith(":results"):
            assert "sqs:SetQueueAttributes" not in one["Action"]
    watching = {action for one in statements([Use.WATCH], QUEUE) for action in one["Action"]}
    assert "sqs:DeleteMessage" not in watching


def check(site: Site, destination: Destination) -> None:
    Checkup().run(site.desk.opened, destination, stop=threading.Event(), ask_permissions=False)


def send(site: Site, destination: Destination) -> None:
    site.desk.send(site.desk.spec(destination.transport, destination.text))
    site.desk.tests.close()


def throw_away(site: Site, destination: Destination) -> None:
    del destination
    throwaway = Throwaway(tests=site.desk.tests, leftovers=None)
    throwaway.run(site.desk.opened, site.desk.spec(), SUBMITTED, Options(), progress=_ignored, stop=threading.Event())
    site.desk.tests.close()


def mend(site: Site, destination: Destination) -> None:
    proposal = Mend().proposal(site.desk.opened, destination)
    assert proposal is not None
    Mend().apply(site.desk.opened, proposal)


def create(site: Site, destination: Destination) -> None:
    name = f"{destination.name}-new"
    if destination.transport is Transport.SQS:
        site.queues.append(Mend().create_queue(site.desk.opened, name).url)
    else:
        site.topics.append(Mend().create_topic(site.desk.opened, name).text)


def _ignored(progress: Progress) -> None:
    del progress


@pytest.mark.parametrize("kind", ["queue", "topic"])
@pytest.mark.parametrize(
    ("use", "do"),
    [
        pytest.param(Use.CHECK, check, id="check"),
        pytest.param(Use.TEST, send, id="test"),
        pytest.param(Use.THROW_AWAY, throw_away, id="throw-away"),
        pytest.param(Use.MEND, mend, id="mend"),
        pytest.param(Use.CREATE, create, id="create"),
    ],
)
def test_the_policy_allows_every_call_that_is_made(
    site: Site, kind: str, use: Use, do: Callable[[Site, Destination], None]
) -> None:
    if use is Use.MEND:
        destination = site.queue() if kind == "queue" else site.topic()
    elif kind == "queue":
        destination = site.open_queue(**({"KmsMasterKeyId": site.key()} if use is Use.CHECK else {}))
    else:
        destination = site.open_topic(subscribed=False)
    calls: set[str] = set()
    clients = site.desk.opened.clients
    watched = {"mechanicalturk": clients.mturk, "sqs": clients.sqs(), "sns": clients.sns(), "sts": clients.sts}
    watched["kms"] = clients.kms()

    def note(**named: Any) -> None:
        service = named["event_name"].split(".")[1]
        calls.add(f"{ {'mturk': 'mechanicalturk'}.get(service, service) }:{named['model'].name}")

    for client in watched.values():
        client.meta.events.register("before-call", note)
    try:
        do(site, destination)
    finally:
        for client in watched.values():
            client.meta.events.unregister("before-call", note)
    calls = {call.removesuffix("Batch") for call in calls}  # allowed by the action without the word, says SQS's guide
    allowed = {action for one in statements([use], destination) for action in one["Action"]}
    assert calls - {NEEDS_NO_PERMISSION} <= allowed
    is_tagged = "sqs:CreateQueue" in calls and use is not Use.CREATE
    assert not is_tagged or "sqs:TagQueue" in allowed  # for the tags that it is made with
    assert {"kms:DescribeKey", "kms:GetKeyPolicy"} <= calls or use is not Use.CHECK or kind == "topic"
    assert calls
