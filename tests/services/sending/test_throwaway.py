# SPDX-License-Identifier: MIT
"""A test through a queue of our own: it tells about Mechanical Turk, and leaves nothing behind, whatever happens."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.delivery import Lamp, State, TestOutcome
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport, parse_destination
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.practice.faults import Faults
from notification_tester.services.sending.test_send import Options
from notification_tester.services.sending.throwaway import (
    KIND,
    RETENTION_SECONDS,
    TemporaryFound,
    Throwaway,
    conclusion,
)
from notification_tester.services.temporary_queue import TemporaryQueue, topic_behind
from services.parts import LONG, SHORT, SUBMITTED

if TYPE_CHECKING:
    from notification_tester.services.sending.test_send import Progress
    from notification_tester.services.session import Session
    from notification_tester.storage.places import Places
    from services.parts import Desk


def run(desk: Desk, *, wait: float = LONG, on_progress: Any = None) -> TestOutcome:
    def progress(news: Progress) -> None:
        if on_progress is not None:
            on_progress(news)

    throwaway = Throwaway(tests=desk.tests, leftovers=desk.leftovers)
    spec = desk.spec(Transport.SQS, desk.cloud.details.blocked_queue_url)
    options = Options(wait_seconds=wait)
    return throwaway.run(desk.opened, spec, SUBMITTED, options, progress=progress, stop=threading.Event())


def test_it_arrives_though_ones_own_queue_is_shut(desk: Desk) -> None:
    outcome = run(desk)
    assert outcome.is_good
    assert outcome.notes[0].startswith("Mechanical Turk works")
    assert desk.outside.temporary_queues() == []
    assert outcome.history_id is not None


def test_the_queue_is_named_tagged_short_lived_and_written_down(desk: Desk) -> None:
    seen: dict[str, Any] = {}

    def look(news: Progress) -> None:
        if seen:
            return
        (url,) = desk.outside.temporary_queues()
        seen["tags"] = desk.outside.sqs.list_queue_tags(QueueUrl=url)["Tags"]
        seen["attributes"] = desk.outside.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        seen["name"] = url.rpartition("/")[2]
        with desk.leftovers._database.reading() as connection:
            seen["record"] = connection.execute("SELECT kind, name, address FROM leftovers").fetchall()
        seen["found"] = Throwaway(tests=desk.tests, leftovers=None).found(desk.opened)
        assert news.outcome.spec.destination.name == seen["name"]

    run(desk, on_progress=look)
    assert seen["name"].startswith(NAME_PREFIX)
    assert seen["tags"] == {"created-by": "mturk-notification-tester"}
    assert seen["attributes"]["MessageRetentionPeriod"] == str(RETENTION_SECONDS)
    assert "mturk-requester.amazonaws.com" in seen["attributes"]["Policy"]
    ((kind, name, address),) = seen["record"]
    assert (kind, name, address.rpartition("/")[2]) == (KIND, seen["name"], seen["name"])
    (found,) = seen["found"]
    assert found.address.name == seen["name"]
    assert (found.waiting, found.topic_arn, found.is_left) == (0, "", False)
    assert timedelta(0) <= found.age < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("faults", "accepted", "begins"),
    [
        pytest.param(Faults(unlinked=True), State.NO, "Mechanical Turk did not take", id="refused"),
        pytest.param(Faults(lose_next=1), State.YES, "The test was not seen in time", id="lost"),
        pytest.param(Faults(denied_actions=("sqs:ReceiveMessage",)), State.YES, "This test tells nothing", id="blind"),
    ],
)
def test_a_test_that_fails_says_what_that_tells(desk: Desk, faults: Faults, accepted: State, begins: str) -> None:
    desk.cloud.set_faults(faults)
    outcome = run(desk, wait=SHORT)
    assert outcome.accepted.state is accepted
    assert outcome.notes[0].startswith(begins)
    assert desk.outside.temporary_queues() == []


@pytest.mark.parametrize(
    ("accepted", "arrived", "begins"),
    [
        (State.YES, State.YES, "Mechanical Turk works"),
        (State.UNKNOWN, State.YES, "Mechanical Turk works"),
        (State.UNKNOWN, State.NO, "Mechanical Turk gave no clear answer"),
        (State.UNKNOWN, State.UNKNOWN, "This test tells nothing"),
        (State.YES, State.NO, "The test was not seen in time"),
        (State.NO, State.UNKNOWN, "Mechanical Turk did not take"),
    ],
)
def test_what_both_lamps_tell_together(desk: Desk, accepted: State, arrived: State, begins: str) -> None:
    unknown, first, second = (Lamp(state=state, detail="") for state in (State.UNKNOWN, accepted, arrived))
    outcome = TestOutcome(spec=desk.spec(), event=SUBMITTED, accepted=first, arrived=second, as_expected=unknown)
    assert conclusion(outcome).startswith(begins)


def test_a_queue_whose_owner_cannot_be_asked_lets_mechanical_turk_in_all_the_same(desk: Desk) -> None:
    desk.opened = replace(desk.opened, practice=None)
    desk.cloud.set_faults(Faults(denied_actions=("sts:GetCallerIdentity",)))
    assert run(desk).is_good


def test_what_could_not_be_made_leaves_no_record(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(denied_actions=("sqs:CreateQueue",)))
    with pytest.raises(ProblemError) as raised:
        run(desk)
    assert raised.value.problem.cause is Cause.PERMISSION


def test_a_crash_in_the_middle_leaves_nothing(desk: Desk) -> None:
    def crash(news: Progress) -> None:
        raise RuntimeError(news.stage)

    with pytest.raises(RuntimeError):
        run(desk, on_progress=crash)


def test_the_next_start_removes_what_a_crash_left(
    desk: Desk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{NAME_PREFIX}0123456789ab"
    desk.outside.open_queue(name)
    assert session.leftovers is not None
    row = session.leftovers.planned(
        kind=KIND, account="Lab", region="us-east-1", name=name, topic_arn="", now=datetime.now(tz=UTC)
    )
    lab = Account(name="Lab", environment=Environment.OTHER, source=KeySource.SESSION)
    monkeypatch.setattr(session.accounts, "kept_under", lambda _: lab)
    monkeypatch.setattr(session.accounts, "open", lambda account: replace(desk.opened, account=account))
    assert session.remove_leftovers() == (0, ()), "the program that made it still runs"
    monkeypatch.setattr("notification_tester.storage.ownership.Ownership.is_alive", lambda *_: False)
    assert session.remove_leftovers() == (1, ())
    assert desk.outside.temporary_queues() == []
    assert row not in [one.id for one in session.leftovers.open_ones()]


def test_what_cannot_be_removed_now_stays_on_record(desk: Desk, places: Places) -> None:
    def forbid(news: Progress) -> None:
        del news
        desk.cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))

    run(desk, on_progress=forbid)
    desk.cloud.set_faults(Faults())
    with desk.leftovers._database.reading() as connection:
        rows = connection.execute("SELECT id, name FROM leftovers").fetchall()
    assert len(rows) == 1
    throwaway = Throwaway(tests=desk.tests, leftovers=desk.leftovers)
    (found,) = throwaway.found(desk.opened)
    assert found.address.name == rows[0][1]
    assert throwaway.remove(desk.opened, found)
    assert not throwaway.remove(desk.opened, found)
    desk.leftovers.removed(rows[0][0])


def test_what_an_earlier_start_left_is_told_and_forgotten_once_it_is_removed(
    desk: Desk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session.leftovers is not None
    monkeypatch.setattr("notification_tester.storage.ownership.Ownership.is_alive", lambda *_: False)
    name = f"{NAME_PREFIX}0123456789ab"
    desk.outside.open_queue(name)
    desk.outside.open_queue(f"{NAME_PREFIX}of-another-computer")
    session.leftovers.planned(
        kind=KIND, account="Lab", region="us-east-1", name=name, topic_arn="", now=datetime.now(tz=UTC)
    )
    found = session.throwaway.found(desk.opened)
    assert {one.address.name: one.is_left for one in found} == {name: True, f"{NAME_PREFIX}of-another-computer": False}
    assert all(session.throwaway.remove(desk.opened, one) for one in found)
    assert session.throwaway.found(desk.opened) == ()
    assert session.leftovers.open_ones() == []


def test_a_queue_behind_a_topic_goes_with_its_subscription(desk: Desk) -> None:
    before = desk.outside.subscriptions()
    throwaway = Throwaway(tests=desk.tests, leftovers=None)
    address = parse_destination(Transport.SNS, desk.cloud.details.topic_arn)
    assert isinstance(address, TopicAddress)
    TemporaryQueue.create(desk.opened, Topic(desk.opened.clients, address), None)
    assert len(desk.outside.subscriptions()) == len(before) + 1
    (found,) = throwaway.found(desk.opened)
    assert found.topic_arn == desk.cloud.details.topic_arn
    assert throwaway.remove(desk.opened, found)
    assert desk.outside.subscriptions() == before
    assert desk.outside.temporary_queues() == []
    TemporaryQueue.create(desk.opened, Topic(desk.opened.clients, address), None)
    (found,) = throwaway.found(desk.opened)
    desk.outside.sqs.delete_queue(QueueUrl=found.address.url)
    assert not throwaway.remove(desk.opened, found), "the queue is gone already"
    assert desk.outside.subscriptions() == before, "its subscription is not"


ANOTHER_ARN = "arn:aws:s3:::somebodys-bucket"


@pytest.mark.parametrize(
    "policy",
    [
        *("", "{", "[]", "{}", '{"Statement": []}', '{"Statement": [{"Condition": []}]}'),
        f'{{"Statement": [{{"Condition": {{"ArnEquals": {{"aws:SourceArn": "{ANOTHER_ARN}"}}}}}}]}}',
    ],
)
def test_a_policy_that_names_no_topic(policy: str) -> None:
    assert topic_behind(policy) == ""


def test_nothing_of_others_is_removed_by_hand(desk: Desk) -> None:
    theirs = parse_destination(Transport.SQS, desk.cloud.details.queue_url)
    assert isinstance(theirs, QueueAddress)
    with pytest.raises(ValueError, match="was not made by this program"):
        Throwaway(tests=desk.tests, leftovers=None).remove(desk.opened, TemporaryFound(address=theirs))
