# SPDX-License-Identifier: MIT
"""A program that is killed in the middle of a test: the next start tells of it and removes what it left."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.practice.faults import Faults
from notification_tester.services.session import Session
from notification_tester.storage.database import Database
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.places import Places, system_places
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import ENDED_EARLY, Outcome
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeCloud
    from services.parts import Outside


@pytest.fixture
def environment(cloud: PracticeCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process, and those that it starts, find the shared cloud through boto3's own variables."""
    details = cloud.details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", details.mturk_endpoint)
    for service in ("SQS", "SNS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", details.aws_endpoint)
    yield
    cloud.set_faults(Faults())


def send_command(*words: str) -> list[str]:
    return [sys.executable, "-m", "notification_tester", "send", "--account", "environment", "--json", *words]


@pytest.mark.usefixtures("environment")
def test_killed_in_the_middle_of_a_test(cloud: PracticeCloud, outside: Outside) -> None:
    subscribed_before = outside.subscriptions()
    cloud.set_faults(Faults(lose_next=1))
    command = send_command(
        "--transport", "SNS", "--destination", cloud.details.topic_arn, "--event", "HITCreated", "--wait", "60"
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) as process:

        def is_waiting() -> bool:
            return cloud.control("GET", "/practice/faults")["lose_next"] == 0 or process.poll() is not None

        assert until(is_waiting)
        assert process.poll() is None
        assert len(outside.temporary_queues()) == 1
        assert len(outside.subscriptions()) == len(subscribed_before) + 1

        with Session(system_places()) as other_window:  # what a running program uses is not touched
            assert other_window.remove_leftovers() == (0, ())
        assert len(outside.temporary_queues()) == 1

        process.kill()
        assert process.communicate()[0] == b""

    with Session(system_places()) as session:
        assert session.history is not None
        (row,) = session.history.page(HistoryQuery())
        whole = session.history.row(row.id)
        removed = session.remove_leftovers()
        again = session.remove_leftovers()
    assert row.outcome is Outcome.INTERRUPTED
    assert row.event == "HITCreated"
    assert whole is not None
    assert whole.problem is not None
    assert ENDED_EARLY.split()[-1] in f"{whole.problem.title} {whole.problem.detail}"
    assert removed == (1, ())
    assert again == (0, ())
    assert outside.temporary_queues() == []
    assert outside.subscriptions() == subscribed_before


@pytest.mark.usefixtures("environment")
def test_killed_while_a_throwaway_queue_exists(cloud: PracticeCloud, outside: Outside) -> None:
    cloud.set_faults(Faults(lose_next=1))
    child = Path(__file__).with_name("throwaway_child.py")
    with subprocess.Popen([sys.executable, child, cloud.details.blocked_queue_url], env=os.environ) as process:

        def is_waiting() -> bool:
            return cloud.control("GET", "/practice/faults")["lose_next"] == 0 or process.poll() is not None

        assert until(is_waiting)
        assert process.poll() is None
        (left,) = outside.temporary_queues()
        process.kill()

    with Session(system_places()) as session:
        opened = session.open_named("environment", sandbox=False)
        (found,) = session.throwaway.found(opened)
        assert found.is_left
        assert found.address.url == left
        assert session.remove_leftovers() == (1, ())
        assert session.throwaway.found(opened) == ()
        assert session.remove_leftovers() == (0, ())
    assert outside.temporary_queues() == []


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("made", ["nothing", "queue", "queue and subscription"])
def test_killed_while_the_queue_is_being_made(
    cloud: PracticeCloud, outside: Outside, places: Places, made: str
) -> None:
    before = outside.subscriptions()
    name = f"{NAME_PREFIX}0123456789ab"
    plan(places, name=name, account="environment", topic_arn=cloud.details.topic_arn)
    if made != "nothing":
        outside.sqs.create_queue(QueueName=name)
    if "subscription" in made:
        arn = f"arn:aws:sqs:us-east-1:{cloud.details.account_id}:{name}"
        outside.sns.subscribe(TopicArn=cloud.details.topic_arn, Protocol="sqs", Endpoint=arn)
    with Session(places) as session:
        assert session.remove_leftovers() == (1, ())
        assert session.remove_leftovers() == (0, ())
    assert outside.temporary_queues() == []
    assert outside.subscriptions() == before


@pytest.mark.usefixtures("environment")
def test_the_topic_has_gone_in_the_meantime(cloud: PracticeCloud, outside: Outside, places: Places) -> None:
    name = f"{NAME_PREFIX}0123456789ab"
    plan(places, name=name, account="environment", topic_arn=f"{cloud.details.topic_arn}-gone")
    outside.sqs.create_queue(QueueName=name)
    with Session(places) as session:
        assert session.remove_leftovers() == (1, ())
    assert outside.temporary_queues() == []


@pytest.mark.usefixtures("environment")
def test_what_may_not_be_removed_is_kept_in_mind(cloud: PracticeCloud, outside: Outside, places: Places) -> None:
    name = f"{NAME_PREFIX}0123456789ab"
    plan(places, name=name, account="environment", topic_arn=cloud.details.topic_arn)
    outside.sqs.create_queue(QueueName=name)
    cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))
    with Session(places) as session:
        removed, (problem,) = session.remove_leftovers()
        assert removed == 0
        assert "sqs:DeleteQueue" in problem.remedy
        cloud.set_faults(Faults())
        assert session.remove_leftovers() == (1, ())
    assert outside.temporary_queues() == []


def test_what_practice_made_is_gone_with_it(places: Places) -> None:
    plan(places, name=f"{NAME_PREFIX}0", account="Practice", topic_arn="arn:aws:sns:us-east-1:111122223333:t")
    with Session(places) as session:
        assert session.remove_leftovers() == (1, ())


def plan(places: Places, **values: Any) -> None:
    """Write down what a program meant to make, and end that program."""
    with Database(places.database) as database:
        Leftovers(database).planned(kind="topic-test-queue", region="us-east-1", now=datetime.now(tz=UTC), **values)
