# SPDX-License-Identifier: MIT
"""Each fault is felt by a test, is the checkup's first finding, and is green once it is mended: a test arrives then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.finding import Level
from notification_tester.domain.problem import ProblemError
from notification_tester.practice.faults import Faults
from notification_tester.services.checkup.mend import Mend
from services import faulty_places as faulty
from services.parts import SHORT
from services.places_to_check import Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.destination import Destination

BROKEN, UNKNOWN = Level.BROKEN, Level.UNKNOWN


@dataclass(frozen=True)
class Case:
    """One fault: of a place, or of the whole cloud toward a place where all is well."""

    finding_id: str
    place: Callable[[Site], Destination] | None = None
    faults: Faults | None = None
    level: Level = BROKEN
    fixable: bool = False


CASES = {
    "no policy": Case("queue.policy", faulty.no_policy, fixable=True),
    "wrong principal": Case("queue.policy", faulty.another_principal, fixable=True),
    "wrong principal, topic": Case("topic.policy", faulty.topic_for_another, fixable=True),
    "Deny": Case("queue.policy", faulty.denied),
    "Deny, topic": Case("topic.policy", faulty.topic_that_denies),
    "other queue's ARN": Case("queue.policy", faulty.another_queue, fixable=True),
    "other topic's ARN": Case("topic.policy", faulty.topic_of_another_arn, fixable=True),
    "SourceAccount of another": Case("queue.policy", faulty.another_source, fixable=True),
    "SourceAccount of another, topic": Case("topic.policy", faulty.topic_of_another_source, fixable=True),
    "topic without subscriber": Case("topic.subscribers", faulty.no_subscriber),
    "pending": Case("topic.subscribers", faulty.pending_subscriber),
    "filtered by attribute": Case("topic.filters", faulty.filtered_by_attribute),
    "filtered by body": Case("topic.filters", faulty.filtered_by_body),
    "subscribed queue closed": Case("topic.queues", faulty.closed_subscriber),
    "KMS key of AWS": Case("queue.encryption", faulty.key_of_aws),
    "KMS key of AWS, topic": Case("topic.encryption", faulty.topic_with_key_of_aws),
    "KMS key of one's own": Case("queue.encryption", faulty.key_of_the_account_alone),
    "KMS key by alias": Case("queue.encryption", faulty.key_for_sns_alone),
    "KMS key switched off": Case("queue.encryption", faulty.key_switched_off),
    "KMS key that is gone": Case("queue.encryption", faulty.key_that_is_gone),
    "KMS key of one's own, topic": Case("topic.encryption", faulty.topic_with_key_of_the_account_alone),
    "KMS key of a subscribed queue": Case("topic.queues", faulty.subscriber_with_key_of_the_account_alone),
    "deleted": Case("queue.exists", faulty.deleted_queue),
    "deleted, topic": Case("topic.exists", faulty.deleted_topic),
    "no permission to look": Case("queue.readable", faulty.unreadable_queue, level=UNKNOWN),
    "no permission to test": Case(
        "account.test", faults=Faults(denied_actions=("mechanicalturk:SendTestEventNotification",))
    ),
    "clock ahead": Case("account.clock", faults=Faults(clock_ahead_seconds=1200)),
    "clock behind": Case("account.clock", faults=Faults(clock_ahead_seconds=-1200)),
    "unlinked": Case("account.link", faults=Faults(unlinked=True)),
    "closed service": Case("account.service", faults=Faults(closed=True)),
    "no network": Case("account.network", faults=Faults(no_network=True)),
}
IN_THE_TOPIC = frozenset({"topic.subscribers", "topic.filters", "topic.queues"})
"""What a test does not meet, because it listens with a queue of its own: the topic's receivers do."""


def arrives(site: Site, destination: Destination, *, wait: float = SHORT) -> bool:
    outcome = site.desk.send(site.desk.spec(destination.transport, destination.text), wait=wait)
    return outcome.accepted.state is State.YES and outcome.arrived.state is State.YES


def receivers_got(site: Site) -> int:
    """Messages in the queues that were made for the topics."""
    left = set(site.desk.outside.sqs.list_queues().get("QueueUrls", []))
    return sum(len(site.desk.outside.bodies(url)) for url in site.queues if url in left)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_fault_is_felt_named_first_and_green_once_it_is_mended(site: Site, case: Case) -> None:
    destination = (case.place or Site.open_queue)(site)
    if case.faults is not None:
        site.desk.cloud.set_faults(case.faults)

    report = site.check(destination)
    found = report.findings[0]
    assert (found.id, found.level, found.fixable) == (case.finding_id, case.level, case.fixable), report.as_text()
    assert report.verdict is case.level
    assert found.title
    assert found.detail
    assert found.remedy

    if case.finding_id in IN_THE_TOPIC:
        assert arrives(site, destination, wait=20)
        assert receivers_got(site) == 0
    else:
        assert not arrives(site, destination)

    if case.fixable:
        proposal = Mend().proposal(site.desk.opened, destination)
        assert proposal is not None
        assert Mend().apply(site.desk.opened, proposal).lets_in
        assert arrives(site, destination, wait=20)
        assert destination.transport is Transport.SQS or receivers_got(site) == 1
    elif case.faults is not None:
        site.desk.cloud.set_faults(Faults())
        assert arrives(site, destination, wait=20)
    else:
        return
    again = site.check(destination)
    finding = again.finding(case.finding_id)
    assert case.finding_id == "account.network" or (finding is not None and finding.level is Level.GOOD)
    assert again.verdict in {Level.GOOD, Level.BEWARE}, again.as_text()


@pytest.mark.parametrize("place", [faulty.denied, faulty.topic_that_denies, faulty.deleted_queue, faulty.deleted_topic])
def test_what_cannot_be_mended_says_why(site: Site, place: Callable[[Site], Destination]) -> None:
    with pytest.raises(ProblemError) as raised:
        Mend().proposal(site.desk.opened, place(site))
    assert raised.value.problem.remedy


@pytest.mark.parametrize("place", ["queue", "subscribed queue", "topic"])
def test_a_key_that_lets_the_sender_in_lets_messages_through(site: Site, place: str) -> None:
    key = site.key("mturk-requester.amazonaws.com", "sns.amazonaws.com")
    if place == "queue":
        destination = site.open_queue(KmsMasterKeyId=key)
    else:
        destination = site.open_topic(subscribed=False)
        extra = {"KmsMasterKeyId": key} if place == "subscribed queue" else {}
        site.subscribe(destination.text, site.listening_queue(destination.text, **extra))
        if place == "topic":
            site.encrypt_topic(destination.text, key)
    report = site.check(destination)
    assert report.verdict in {Level.GOOD, Level.BEWARE}, report.as_text()
    assert arrives(site, destination, wait=20)
    assert place == "queue" or receivers_got(site) == 1


@pytest.mark.parametrize(
    ("place", "begins"),
    [
        (faulty.no_policy, "Have this program mend"),
        (faulty.topic_for_another, "Have this program mend"),
        (faulty.denied, "Ask whoever looks after the queue"),
        (faulty.malformed, "Put this right"),
    ],
)
def test_a_refusal_names_mending_first_where_that_helps(
    site: Site, place: Callable[[Site], Destination], begins: str
) -> None:
    destination = place(site)
    outcome = site.desk.send(site.desk.spec(destination.transport, destination.text), wait=SHORT)
    assert outcome.problem is not None
    assert outcome.problem.code == "destination.closed"
    assert outcome.problem.remedy.startswith(begins)


def test_a_refusal_for_the_key_names_the_key(site: Site) -> None:
    outcome = site.desk.send(site.desk.spec(destination=faulty.key_of_the_account_alone(site).text), wait=SHORT)
    assert outcome.problem is not None
    assert outcome.problem.code == "destination.encrypted"
    assert "key that Mechanical Turk cannot use" in outcome.problem.title
    assert outcome.problem.answer.code == "InternalFailure"
