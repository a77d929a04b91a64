# SPDX-License-Identifier: MIT
"""One practice cloud for these tests."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from notification_tester.practice.cloud import PracticeCloud
from notification_tester.practice.faults import Faults
from practice.clients import Clients, connect

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def shared_cloud() -> Iterator[PracticeCloud]:
    with PracticeCloud.start() as running:
        yield running


@pytest.fixture(scope="session")
def other_cloud() -> Iterator[PracticeCloud]:
    """A second cloud, which no test changes."""
    with PracticeCloud.start() as running:
        took = psutil.Process(running.process_id).cpu_times()
        # Half a second; Wine takes as many as it likes to read so many files, on a busy machine minutes.
        assert sys.platform == "win32" or took.user + took.system < 10
        yield running


@pytest.fixture(scope="session")
def shared_clients(shared_cloud: PracticeCloud) -> Clients:
    return connect(shared_cloud.details)


@pytest.fixture
def cloud(shared_cloud: PracticeCloud, shared_clients: Clients) -> Iterator[PracticeCloud]:
    """The shared cloud without faults, with its workers at home and an empty queue."""
    shared_cloud.set_faults(Faults())
    shared_cloud.set_workers(running=False)
    while shared_clients.bodies(shared_cloud.details.queue_url, wait=0):
        pass
    yield shared_cloud
    shared_cloud.set_faults(Faults())


@pytest.fixture
def clients(cloud: PracticeCloud, shared_clients: Clients) -> Clients:
    return shared_clients


@pytest.fixture
def kms(clients: Clients) -> Any:
    return clients.kms


@pytest.fixture
def new_hit_type_id(cloud: PracticeCloud, clients: Clients, request: pytest.FixtureRequest) -> Iterator[str]:
    """A HIT type of the test's own, whose notifications are off afterwards."""
    made = clients.mturk.create_hit_type(
        Title=request.node.nodeid[-128:], Description="d", Reward="0.10", AssignmentDurationInSeconds=60
    )["HITTypeId"]
    yield made
    cloud.set_faults(Faults())
    if made in cloud.control("GET", "/practice/settings"):
        clients.mturk.update_notification_settings(HITTypeId=made, Active=False)


@pytest.fixture
def hit_type_id(clients: Clients) -> str:
    return clients.mturk.list_hits(MaxResults=1)["HITs"][0]["HITTypeId"]
