# SPDX-License-Identifier: MIT
"""A desk to send tests from; whatever a test does there, the cloud is found as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import PRACTICE, Credentials
from notification_tester.practice.faults import Faults
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.sending.test_send import TestSend
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.leftovers import Leftovers
from practice.clients import connect
from services.parts import Desk, Outside, until
from services.places_to_check import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.storage.places import Places


@pytest.fixture(scope="session")
def outside(cloud: PracticeCloud) -> Outside:
    """Clients that share nothing with the program's."""
    details = cloud.details
    clients = connect(details)
    return Outside(details, clients.sqs, clients.sns)


@pytest.fixture(scope="session")
def opened(cloud: PracticeCloud) -> Iterator[OpenAccount]:
    """The practice account over the shared cloud."""
    details = cloud.details
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    clients = Clients(
        Connection(
            mturk_endpoint=details.mturk_endpoint, aws_endpoint=details.aws_endpoint, credentials=keys, is_local=True
        )
    )
    yield OpenAccount(PRACTICE, clients, Requester(clients), cloud)
    clients.close()


@pytest.fixture
def desk(
    cloud: PracticeCloud, opened: OpenAccount, outside: Outside, places: Places, impatient: None
) -> Iterator[Desk]:
    """Everything to send tests with. Afterwards nothing that was made for a test may be left."""
    # Whoever had the cloud before may have left workers at work, and messages that are in sight again only later.
    cloud.set_workers(running=False)
    assert until(
        lambda: outside.bodies(cloud.details.queue_url) == [] and outside.counts(cloud.details.queue_url) == (0, 0)
    )
    with Database(places.database) as database:
        history, leftovers = History(database), Leftovers(database)
        tests = TestSend(history=history, leftovers=leftovers)
        yield Desk(cloud, opened, tests, history, leftovers, outside)
        tests.close()
        with database.reading() as connection:
            records = connection.execute("SELECT name FROM leftovers").fetchall()
    cloud.set_faults(Faults())
    left = outside.temporary_queues()
    for url in left:
        outside.sqs.delete_queue(QueueUrl=url)
    outside.bodies(cloud.details.queue_url)
    assert left == []
    assert records == []


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    """Places of one's own to check, taken down afterwards."""
    made = Site(desk)
    yield made
    desk.cloud.set_faults(Faults())
    made.tear_down()
