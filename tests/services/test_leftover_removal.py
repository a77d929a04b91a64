# SPDX-License-Identifier: MIT
"""What a crash left in an account that this program has no keys for any more: told once, and removed when it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.domain.account import PRACTICE, Account, Credentials, Environment, KeySource
from notification_tester.domain.problem import Cause
from notification_tester.services.session import Session
from notification_tester.storage.database import Database
from notification_tester.storage.leftovers import Leftovers
from services.parts import damage
from services.relay import Said, relay_before

if TYPE_CHECKING:
    from notification_tester.practice.cloud import PracticeCloud, PracticeDetails
    from notification_tester.storage.places import Places
    from services.parts import Outside

NAME = f"{NAME_PREFIX}0123456789ab"
OTHERS = "999988887777"


def left_behind(
    places: Places, details: PracticeDetails, *, address: str, account: str = "Lab", name: str = NAME
) -> None:
    """What a program that is gone had written down."""
    with Database(places.database) as database:
        leftovers = Leftovers(database)
        row = leftovers.planned(
            kind="topic-test-queue",
            account=account,
            region="us-east-1",
            name=name,
            topic_arn=details.topic_arn,
            now=datetime.now(tz=UTC),
        )
        if address:
            leftovers.made(row, address)


def records(places: Places) -> list[str]:
    with Database(places.database) as database:
        return [one.name for one in Leftovers(database).open_ones()]


def add(session: Session, details: PracticeDetails, name: str) -> Account:
    """An account of the AWS account that practice pretends to be, with keys for this session."""
    account = Account(
        name=name,
        environment=Environment.OTHER,
        endpoint=details.mturk_endpoint,
        aws_endpoint=details.aws_endpoint,
        source=KeySource.SESSION,
    )
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    session.accounts.add(account, keys)
    return account


def test_it_is_told_once_and_removed_with_another_account_of_the_same_owner(
    places: Places, cloud: PracticeCloud, outside: Outside
) -> None:
    before = outside.subscriptions()
    url = outside.sqs.create_queue(QueueName=NAME)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{cloud.details.account_id}:{NAME}"
    outside.sns.subscribe(TopicArn=cloud.details.topic_arn, Protocol="sqs", Endpoint=arn)
    left_behind(places, cloud.details, address=url)
    with Session(places) as session:
        removed, (problem,) = session.remove_leftovers(tell=True)
    assert removed == 0
    assert (problem.code, problem.title) == (
        "leftover.no-account",
        "A temporary queue of an earlier test was left behind.",
    )
    said = f"{problem.detail} {problem.remedy}"
    grouped = f"{cloud.details.account_id[:4]}-{cloud.details.account_id[4:8]}-{cloud.details.account_id[8:]}"
    for part in (NAME, "us-east-1", grouped, "“Lab”", "costs nothing", "after an hour", "SQS console"):
        assert part in said
    with Session(places) as session:
        assert session.remove_leftovers(tell=True) == (0, ()), "said once"
        assert outside.temporary_queues() == [url]
        removed, (problem,) = session.remove_leftovers_of(
            session.accounts.open(add(session, cloud.details, "Another name"))
        )
        assert (removed, problem.code) == (1, "leftover.removed")
        assert NAME in problem.detail
    assert outside.temporary_queues() == []
    assert outside.subscriptions() == before
    assert records(places) == []


def test_a_command_that_does_not_tell_leaves_the_telling_to_the_next(places: Places, cloud: PracticeCloud) -> None:
    left_behind(places, cloud.details, address=f"https://sqs.us-east-1.amazonaws.com/{OTHERS}/{NAME}")
    with Session(places) as session:
        assert session.remove_leftovers() == (0, ())
        _, problems = session.remove_leftovers(tell=True)
    assert len(problems) == 1


@pytest.mark.parametrize("name", ["Another name", "Lab"], ids=["other-name", "same-name"])
def test_an_account_of_somebody_else_removes_nothing(places: Places, cloud: PracticeCloud, name: str) -> None:
    left_behind(places, cloud.details, address=f"https://sqs.us-east-1.amazonaws.com/{OTHERS}/{NAME}")
    with Session(places) as session:
        account = add(session, cloud.details, name)
        assert session.remove_leftovers_of(session.accounts.open(account)) == (0, ())
        removed, (problem,) = session.remove_leftovers(tell=True)
        assert (removed, problem.code) == (0, "leftover.no-account")
    assert records(places) == [NAME]


def test_what_a_practice_cloud_had_went_with_it_and_is_forgotten(places: Places, cloud: PracticeCloud) -> None:
    left_behind(
        places, cloud.details, address=f"{cloud.details.aws_endpoint}/{OTHERS}/{NAME}", account=PRACTICE.kept_as
    )
    with Session(places) as session:
        assert session.remove_leftovers(tell=True) == (1, ())
    assert records(places) == []


def test_what_can_never_be_recognised_is_told_and_forgotten(places: Places, cloud: PracticeCloud) -> None:
    left_behind(places, cloud.details, address="")
    with Session(places) as session:
        _, (problem,) = session.remove_leftovers(tell=True)
    assert NAME in problem.detail
    assert "If it is there" in problem.remedy
    assert records(places) == []


def test_the_variables_of_a_command_that_has_ended_are_no_account(places: Places, cloud: PracticeCloud) -> None:
    url = f"https://sqs.us-east-1.amazonaws.com/{OTHERS}/{NAME}"
    left_behind(places, cloud.details, address=url, account="environment")
    with Session(places) as session:
        _, (problem,) = session.remove_leftovers(tell=True)
        assert problem.code == "leftover.no-account"
        assert session.remove_leftovers(tell=True) == (0, ())


def test_an_account_opened_first_leaves_nothing_to_tell(places: Places, cloud: PracticeCloud, outside: Outside) -> None:
    url = outside.sqs.create_queue(QueueName=NAME)["QueueUrl"]
    left_behind(places, cloud.details, address=url)
    with Session(places) as session:
        opened = session.accounts.open(add(session, cloud.details, "Another name"))
        assert session.remove_leftovers_of(opened) == (1, ()), "nobody had heard of it"
        assert session.remove_leftovers(tell=True) == (0, ())
    assert outside.temporary_queues() == []


def test_several_of_one_owner_are_told_of_together(places: Places, cloud: PracticeCloud) -> None:
    names = [f"{NAME}{number}" for number in range(3)]
    for name, owner in zip(names, (OTHERS, OTHERS, "111122224444"), strict=True):
        left_behind(places, cloud.details, address=f"https://sqs.us-east-1.amazonaws.com/{owner}/{name}", name=name)
    with Session(places) as session:
        _, (one, several) = session.remove_leftovers(tell=True)
    assert several.title == "Temporary queues of earlier tests were left behind."
    assert f"“{names[0]}”, “{names[1]}” in us-east-1" in several.detail
    assert one.title == "A temporary queue of an earlier test was left behind."
    assert f"“{names[2]}” in us-east-1" in one.detail


def test_an_account_that_does_not_answer_keeps_no_other_back(
    places: Places, cloud: PracticeCloud, outside: Outside
) -> None:
    url = outside.sqs.create_queue(QueueName=NAME)["QueueUrl"]
    for account in ("Far", "Far", "Lab"):
        left_behind(places, cloud.details, address=url, account=account)
    nobody = replace(cloud.details, mturk_endpoint="http://127.0.0.1:9", aws_endpoint="http://127.0.0.1:9")
    with Session(places) as session:
        add(session, nobody, "Far")
        add(session, cloud.details, "Lab")
        assert session.remove_leftovers(tell=True) == (1, ()), "of what passes nobody hears: it is tried again"
    assert outside.temporary_queues() == []
    assert records(places) == [NAME, NAME]


@pytest.mark.parametrize("when", ["at start", "when it is opened"])
def test_where_one_cannot_be_removed_for_now_the_others_are_not_tried_either(
    places: Places, cloud: PracticeCloud, when: str
) -> None:
    with relay_before(cloud.details) as relay, Session(places) as session:
        for name in (NAME, f"{NAME}1"):
            address = f"{relay.url}/{cloud.details.account_id}/{name}"
            left_behind(places, cloud.details, address=address, name=name)
        details = replace(cloud.details, mturk_endpoint=relay.url, aws_endpoint=relay.url)
        opened = session.accounts.open(add(session, details, "Lab"))
        relay.fail("ListSubscriptionsByTopic", said=Said(502, "<html>Bad gateway</html>"))
        tried = session.remove_leftovers(tell=True) if when == "at start" else session.remove_leftovers_of(opened)
        assert tried == (0, ()), "it is tried again another time"
        assert relay.count("ListSubscriptionsByTopic") == 1
    assert records(places) == [NAME, f"{NAME}1"]


def test_a_record_that_cannot_be_read_is_said_to_be_so(places: Places, cloud: PracticeCloud) -> None:
    left_behind(places, cloud.details, address=f"https://sqs.us-east-1.amazonaws.com/{OTHERS}/{NAME}")
    damage(places.database, "leftovers")
    with Session(places) as session:
        opened = session.accounts.open(add(session, cloud.details, "Lab"))
        for removed, (problem,) in (session.remove_leftovers(), session.remove_leftovers_of(opened)):
            assert (removed, problem.cause) == (0, Cause.STORAGE)
