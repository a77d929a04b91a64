# SPDX-License-Identifier: MIT
"""Workers play while a HIT type's notifications are on, and what they do is told where the setting says."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from notification_tester.domain.events import (
    SUBSCRIBABLE,
    TEST_ASSIGNMENT_IDS,
    TEST_HIT_ID,
    TEST_HIT_TYPE_ID,
    EventType,
    Group,
)
from notification_tester.domain.messages.message import decode
from notification_tester.domain.problem import ProblemError
from notification_tester.practice.afternoon import load_script
from notification_tester.practice.workers import Pace
from practice.clients import Clients, notification, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeCloud

EVERYTHING = [event.value for event in SUBSCRIBABLE]
ENTITY = re.compile(r"3[0-9A-Z]{29}")
WORKER = re.compile(r"A[0-9A-Z]{13}")
QUICK = 2000.0


@pytest.fixture
def hit_type_id(cloud: PracticeCloud, clients: Clients, request: pytest.FixtureRequest) -> Iterator[str]:
    """A HIT type with one HIT, the only one whose notifications may be on; they are off again afterwards."""
    for known, setting in cloud.settings().items():
        if setting["active"]:
            clients.mturk.update_notification_settings(HITTypeId=known, Active=False)
    hit_type_id = clients.mturk.create_hit_type(
        Title=request.node.name, Description="d", Reward="0.10", AssignmentDurationInSeconds=60
    )["HITTypeId"]
    add_hit(clients, hit_type_id)
    yield hit_type_id
    cloud.set_workers(running=False)
    if hit_type_id in cloud.settings():
        clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=False)


def add_hit(clients: Clients, hit_type_id: str) -> str:
    answer = clients.mturk.create_hit_with_hit_type(
        HITTypeId=hit_type_id, LifetimeInSeconds=3600, Question="<Q/>", MaxAssignments=9
    )
    return answer["HIT"]["HITId"]


def switch_on(
    clients: Clients, hit_type_id: str, destination: str = "", transport: str = "SQS", events: list[str] = EVERYTHING
) -> None:
    clients.mturk.update_notification_settings(
        HITTypeId=hit_type_id,
        Notification=notification(destination or clients.details.queue_url, transport, EventTypes=events),
        Active=True,
    )


def wait_for(cloud: PracticeCloud, happened: int) -> None:
    assert until(lambda: cloud.workers()["happened"] >= happened)


def received(clients: Clients, url: str = "") -> list[dict[str, Any]]:
    """Everything in a queue, read and deleted."""
    found: list[dict[str, Any]] = []
    while bodies := clients.bodies(url or clients.details.queue_url, wait=0):
        found.extend(json.loads(body) for body in bodies)
    return found


def play_afternoon(cloud: PracticeCloud) -> None:
    """Let the afternoon that has begun run to its end."""
    cloud.set_workers(speed=QUICK)
    assert until(lambda: cloud.workers()["hit_types"] == 0)


def events_of(messages: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Every event once, however often its message came."""
    documents = {message["EventDocId"]: message for message in messages}
    return [event for message in documents.values() for event in message["Events"]]


def test_the_script_makes_sense() -> None:
    script = load_script()
    steps = [step for moment in script.moments for step in moment.steps]
    assert 35 <= len(steps) == script.length <= 45
    assert {step.event for step in steps} == set(SUBSCRIBABLE)
    state: dict[tuple[str, str], str] = {}
    allowed = {
        EventType.ASSIGNMENT_ACCEPTED: ("", "accepted"),
        EventType.ASSIGNMENT_SUBMITTED: ("accepted", "submitted"),
        EventType.ASSIGNMENT_RETURNED: ("accepted", ""),
        EventType.ASSIGNMENT_ABANDONED: ("accepted", ""),
        EventType.ASSIGNMENT_APPROVED: ("submitted", "approved"),
        EventType.ASSIGNMENT_REJECTED: ("submitted", "rejected"),
    }
    for step in steps:
        assert bool(step.worker) == (step.event.group is Group.ASSIGNMENT)
        if step.worker:
            before, after = allowed[step.event]
            assert state.get((step.hit, step.worker), "") == before, step
            state[step.hit, step.worker] = after
    assert set(state.values()) <= {"approved", "rejected", ""}
    created = [step.hit for step in steps if step.event is EventType.HIT_CREATED]
    assert sorted(created) == sorted(step.hit for step in steps if step.event is EventType.HIT_DISPOSED)
    assert any(len(moment.steps) > 1 for moment in script.moments)
    assert any(moment.twice for moment in script.moments)


def test_what_is_done_for_a_place_is_told_and_begins_again_on_request(
    cloud: PracticeCloud, clients: Clients, hit_type_id: str
) -> None:
    place = clients.details.queue_url
    cloud.set_workers(running=False)
    before = cloud.workers_at(place).told
    assert cloud.workers_at(place).hit_types == 0
    assert cloud.work_again(place).working == 0, "nobody tells this place"
    switch_on(clients, hit_type_id)
    assert (cloud.workers_at(place).hit_types, cloud.workers_at(place).working) == (1, 0), "they rest"
    cloud.set_workers(events=0)
    assert cloud.workers_at(place).working == 0, "no event is to come"
    cloud.set_workers(speed=QUICK)
    assert (cloud.workers_at(place).hit_types, cloud.workers_at(place + "-other").hit_types) == (1, 0)
    length = load_script().length
    assert until(lambda: cloud.workers_at(place).working == 0)
    assert cloud.workers_at(place).told - before == length
    again = cloud.work_again(place)
    assert (again.hit_types, again.working) == (1, 1)
    assert until(lambda: cloud.workers_at(place).working == 0)
    assert cloud.workers_at(place).told - before == 2 * length
    received(clients)
    clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=False)
    assert cloud.workers_at(place).hit_types == 0, "it is off"


class TestAfternoon:
    """One afternoon, played quickly."""

    @pytest.fixture
    def messages(self, cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> list[dict[str, Any]]:
        switch_on(clients, hit_type_id)
        play_afternoon(cloud)
        return received(clients)

    def test_everything_in_the_script_is_told(self, messages: list[dict[str, Any]], hit_type_id: str) -> None:
        script = load_script()
        found = Counter(event["EventType"] for event in events_of(messages))
        assert found == Counter(step.event.value for moment in script.moments for step in moment.steps)
        assert {event["HITTypeId"] for event in events_of(messages)} == {hit_type_id}

    def test_messages_are_batched_and_some_come_twice(self, messages: list[dict[str, Any]]) -> None:
        assert max(len(message["Events"]) for message in messages) > 1
        twice = [name for name, times in Counter(message["EventDocId"] for message in messages).items() if times == 2]
        assert len(twice) == sum(moment.twice for moment in load_script().moments)
        for name in twice:
            first, second = (message for message in messages if message["EventDocId"] == name)
            assert first == second

    def test_ids_have_the_real_forms_and_are_never_those_of_tests(self, messages: list[dict[str, Any]]) -> None:
        for event in events_of(messages):
            names = {"EventType", "EventTimestamp", "HITTypeId", "HITId", "HITGroupId"}
            if EventType(event["EventType"]).group is Group.ASSIGNMENT:
                names |= {"AssignmentId", "WorkerId"}
                assert ENTITY.fullmatch(event["AssignmentId"])
                assert WORKER.fullmatch(event["WorkerId"])
            assert set(event) == names
            assert all(ENTITY.fullmatch(event[name]) for name in ("HITTypeId", "HITId", "HITGroupId"))
        text = json.dumps(messages)
        assert not any(made_up in text for made_up in (TEST_HIT_ID, TEST_HIT_TYPE_ID, *TEST_ASSIGNMENT_IDS))
        assert not any(decode(json.dumps(message)).is_test for message in messages)

    def test_an_assignment_stays_with_its_worker_and_its_hit(self, messages: list[dict[str, Any]]) -> None:
        events = [event for event in events_of(messages) if "AssignmentId" in event]
        places = {(event["AssignmentId"], event["WorkerId"], event["HITId"]) for event in events}
        assert len(places) == len({event["AssignmentId"] for event in events})
        accepted = [event for event in events if event["EventType"] == "AssignmentAccepted"]
        assert len(accepted) == len(places)

    def test_the_service_agrees_with_what_was_told(
        self, clients: Clients, messages: list[dict[str, Any]], hit_type_id: str
    ) -> None:
        ids = {event["HITId"] for event in events_of(messages)}
        disposed = {event["HITId"] for event in events_of(messages) if event["EventType"] == "HITDisposed"}
        listed = [hit for hit in clients.mturk.list_hits(MaxResults=100)["HITs"] if hit["HITTypeId"] == hit_type_id]
        assert [hit["HITId"] for hit in listed] == list(ids - disposed)  # the list is as long as it was before
        (hit,) = listed
        assert hit["MaxAssignments"] == 9 + 6  # HITExtended
        decided = [
            event
            for event in events_of(messages)
            if event["HITId"] == hit["HITId"] and event["EventType"] in {"AssignmentApproved", "AssignmentRejected"}
        ]
        numbers = (hit["NumberOfAssignmentsAvailable"], hit["NumberOfAssignmentsPending"])
        assert hit["NumberOfAssignmentsCompleted"] == len(decided) > 0
        assert numbers == (15 - len(decided), 0)
        assert {clients.mturk.get_hit(HITId=hit_id)["HIT"]["HITStatus"] for hit_id in disposed} == {"Disposed"}
        lasts = hit["Expiration"] - hit["CreationTime"]
        assert lasts.total_seconds() == pytest.approx(5 * 3600, abs=1), "an hour, and four when it was extended"
        (ended,) = [event["HITId"] for event in events_of(messages) if event["EventType"] == "HITExpired"]
        expired = clients.mturk.get_hit(HITId=ended)["HIT"]
        assert expired["Expiration"] <= datetime.now(tz=UTC)
        assert (expired["NumberOfAssignmentsCompleted"], expired["MaxAssignments"]) == (2, 3)
        assert expired["NumberOfAssignmentsAvailable"] == 0, "the third can be found no more"

    @pytest.mark.usefixtures("messages")
    def test_it_is_over_until_the_type_is_set_anew(
        self, cloud: PracticeCloud, clients: Clients, hit_type_id: str
    ) -> None:
        happened = cloud.workers()["happened"]
        clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=False)
        assert cloud.workers()["hit_types"] == 0
        clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=True)
        play_afternoon(cloud)
        assert cloud.workers()["happened"] == happened + load_script().length


@pytest.mark.alone
def test_the_gentle_pace(cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
    before = cloud.workers()["happened"]
    cloud.set_workers()
    began = time.monotonic()
    switch_on(clients, hit_type_id)
    wait_for(cloud, before + 1)
    assert 0.5 < time.monotonic() - began < 2.0
    began = time.monotonic()
    wait_for(cloud, before + 2)
    assert 0.7 < time.monotonic() - began < 4.0


@pytest.mark.alone
def test_a_speed_is_kept(cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
    before = cloud.workers()["happened"]
    switch_on(clients, hit_type_id)
    began = time.monotonic()
    cloud.set_workers(speed=30, events=15)
    wait_for(cloud, before + 15)
    assert 0.35 < time.monotonic() - began < 3.0


def test_only_subscribed_events_are_told(cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
    switch_on(clients, hit_type_id, events=["AssignmentSubmitted", "HITReviewable"])
    play_afternoon(cloud)
    found = Counter(event["EventType"] for event in events_of(received(clients)))
    assert found == {"AssignmentSubmitted": 7, "HITReviewable": 2}


def test_nothing_is_told_before_a_setting_is_switched_on_nor_after(
    cloud: PracticeCloud, clients: Clients, hit_type_id: str
) -> None:
    cloud.set_workers(speed=QUICK)
    specification = notification(cloud.details.queue_url, EventTypes=EVERYTHING)
    clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Notification=specification)
    add_hit(clients, hit_type_id)
    assert cloud.workers()["hit_types"] == 0
    assert received(clients) == []  # a new setting is off
    before = cloud.workers()["happened"]
    cloud.set_workers(speed=5)
    clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=True)
    wait_for(cloud, before + 1)
    clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=False)
    cloud.set_workers(speed=QUICK)
    happened = cloud.workers()["happened"]
    assert happened < before + load_script().length
    received(clients)
    add_hit(clients, hit_type_id)
    assert received(clients) == []
    clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=True)  # it goes on where it was
    play_afternoon(cloud)
    assert cloud.workers()["happened"] == before + load_script().length


def test_a_created_hit_is_told_at_once(cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
    switch_on(clients, hit_type_id)
    hit_id = add_hit(clients, hit_type_id)
    (message,) = received(clients)
    (event,) = message["Events"]
    assert (event["EventType"], event["HITId"], event["HITTypeId"]) == ("HITCreated", hit_id, hit_type_id)
    assert message["EventDocVersion"] == "2006-05-05"
    clients.mturk.update_notification_settings(
        HITTypeId=hit_type_id, Notification=notification(cloud.details.queue_url, EventTypes=["HITExpired"])
    )
    add_hit(clients, hit_type_id)
    assert received(clients) == []  # not subscribed any more


def test_a_type_without_hits_gets_one(cloud: PracticeCloud, clients: Clients) -> None:
    hit_type_id = clients.mturk.create_hit_type(
        Title="No HIT", Description="d", Reward="0.10", AssignmentDurationInSeconds=60
    )["HITTypeId"]
    switch_on(clients, hit_type_id)
    play_afternoon(cloud)
    clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=False)
    found = Counter(event["EventType"] for event in events_of(received(clients)))
    assert found["HITCreated"] == 3


class TestDestinations:
    def test_a_queue_that_is_shut_gets_nothing(self, cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
        switch_on(clients, hit_type_id, cloud.details.blocked_queue_url)
        told = cloud.workers()["told"]
        play_afternoon(cloud)
        assert received(clients, cloud.details.blocked_queue_url) == []
        assert cloud.workers()["told"] == told

    def test_what_a_place_does_not_let_in_is_counted_until_it_does(
        self, cloud: PracticeCloud, clients: Clients, hit_type_id: str
    ) -> None:
        url, length = clients.sqs.create_queue(QueueName="shut-at-first")["QueueUrl"], load_script().length
        switch_on(clients, hit_type_id, url)
        play_afternoon(cloud)
        assert (cloud.workers_at(url).told, cloud.workers_at(url).kept_out) == (0, length)
        usual = clients.sqs.get_queue_attributes(QueueUrl=cloud.details.queue_url, AttributeNames=["Policy"])
        policy = usual["Attributes"]["Policy"].replace("practice-results", "shut-at-first")
        clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        cloud.work_again(url)
        assert until(lambda: cloud.workers_at(url).working == 0)
        assert (cloud.workers_at(url).told, cloud.workers_at(url).kept_out) == (length, 0)
        clients.sqs.delete_queue(QueueUrl=url)

    def test_a_topic(self, cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
        archive = clients.sqs.get_queue_url(QueueName="practice-topic-archive")["QueueUrl"]
        received(clients, archive)
        switch_on(clients, hit_type_id, cloud.details.topic_arn, "SNS")
        play_afternoon(cloud)
        envelopes = received(clients, archive)
        assert {envelope["TopicArn"] for envelope in envelopes} == {cloud.details.topic_arn}
        messages = [json.loads(envelope["Message"]) for envelope in envelopes]
        assert len(events_of(messages)) == load_script().length
        decoded = decode(json.dumps(envelopes[0]))
        assert (decoded.format, decoded.is_test, decoded.problem) == ("sns", False, None)

    def test_a_mailbox(self, cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
        before = len(cloud.mailbox())
        switch_on(clients, hit_type_id, "lab@practice.example", "Email")
        play_afternoon(cloud)
        mails = cloud.mailbox()[before:]
        assert {mail.recipient for mail in mails} == {"lab@practice.example"}
        decoded = [decode(mail.text) for mail in mails]
        assert not any(one.is_test or one.problem for one in decoded)
        assert {event.event_type for one in decoded for event in one.events} == set(EVERYTHING)
        assert {event.hit_type_id for one in decoded for event in one.events} == {hit_type_id}

    def test_a_new_specification_takes_over(self, cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
        switch_on(clients, hit_type_id)
        switch_on(clients, hit_type_id, "new@practice.example", "Email")
        before = len(cloud.mailbox())
        play_afternoon(cloud)
        assert received(clients) == []
        assert len(cloud.mailbox()) > before


def test_ten_thousand_messages_come_quickly(cloud: PracticeCloud, clients: Clients, hit_type_id: str) -> None:
    url = clients.sqs.create_queue(QueueName="burst")["QueueUrl"]
    attributes = clients.sqs.get_queue_attributes(QueueUrl=cloud.details.queue_url, AttributeNames=["Policy"])
    policy = attributes["Attributes"]["Policy"].replace("practice-results", "burst")
    clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    switch_on(clients, hit_type_id, url)
    before = cloud.workers()
    began = psutil.Process(cloud.process_id).cpu_times()
    cloud.set_workers(speed=1e6, events=10_000, batches=False)
    assert until(lambda: cloud.workers()["events"] == 0, seconds=100)
    took = psutil.Process(cloud.process_id).cpu_times()
    assert took.user + took.system - began.user - began.system < 20  # 1.5 s on an idle machine
    after = cloud.workers()
    assert [after[name] - before[name] for name in ("happened", "told", "messages")] == [10_000] * 3
    count = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert count["Attributes"]["ApproximateNumberOfMessages"] == "10000"
    clients.sqs.delete_queue(QueueUrl=url)


def test_of_many_types_those_switched_on_last_are_worked_on(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.add_hits(hits=12, hit_types=12)
    every = clients.mturk.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 100})
    known = cloud.settings()
    ids = {hit["HITTypeId"] for page in every for hit in page["HITs"] if hit["HITTypeId"] not in known}
    chosen = sorted(ids)[:10]
    for hit_type_id in chosen:
        switch_on(clients, hit_type_id)
    cloud.set_workers(speed=QUICK, events=200)
    assert until(lambda: cloud.workers()["events"] == 0)
    for hit_type_id in chosen:
        clients.mturk.update_notification_settings(HITTypeId=hit_type_id, Active=False)
    assert {event["HITTypeId"] for event in events_of(received(clients))} == set(chosen[2:])


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"mood": "good"}, id="unknown"),
        pytest.param({"running": 1}, id="running"),
        pytest.param({"batches": None}, id="batches"),
        pytest.param({"speed": 0}, id="no-speed"),
        pytest.param({"speed": float("nan")}, id="not-a-number"),
        pytest.param({"speed": True}, id="speed-as-truth"),
        pytest.param({"events": -1}, id="negative"),
        pytest.param({"events": 1.5}, id="half-an-event"),
        pytest.param({"events": 10**9}, id="too-many"),
        pytest.param([], id="a-list"),
    ],
)
def test_a_pace_that_is_none_is_refused(cloud: PracticeCloud, value: object) -> None:
    before = cloud.workers()
    with pytest.raises(ProblemError, match="practice cloud"):
        cloud.control("POST", "/practice/workers", value)
    assert cloud.workers() == before


def test_a_pace_travels_as_json() -> None:
    pace = Pace(running=False, speed=2.5, events=7, batches=False)
    assert Pace.from_json(json.loads(json.dumps(pace.as_json()))) == pace
    assert Pace.from_json({}) == Pace()
