# SPDX-License-Identifier: MIT
"""The cloud of all cases, seen directly and through the gateway, and what must be so when a case is over."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

from breaking_proxy import Gateway, breaking
from notification_tester.domain.events import TEST_HIT_TYPE_ID
from notification_tester.practice.cloud import PracticeCloud
from services.market import clients_of
from services.parts import Outside
from torture.nursery import Home, Nursery, Ran, nursery
from torture.trial import LostError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from breaking_proxy import Carried

SEND, SET, LIST, RECEIVE = "SendTestEventNotification", "UpdateNotificationSettings", "ListHITs", "ReceiveMessage"
HIT_TYPES = 120
"""More than one page of HITs has."""


def must(condition: object, why: str) -> None:
    """Say what is not so."""
    if not condition:
        raise LostError(why)


@dataclass
class Scene:
    """A cloud whose workers do nothing; a gateway before it; a nursery of commands."""

    cloud: PracticeCloud
    outside: Outside
    gateway: Gateway
    nursery: Nursery
    folder: Path
    ids: list[str]
    count: int = field(default=0)

    def home(self) -> Home:
        """A new person, who reaches the cloud through the gateway."""
        self.count += 1
        return Home.at(self.folder / f"home-{self.count}", self.cloud.details, self.gateway.endpoint)

    def carried(self) -> list[Carried]:
        """What the service carried out since it was asked before, and all breaks mended."""
        self.gateway.mend()
        self.gateway.settle(0.3)
        found = self.gateway.carried_out[:]
        self.gateway.carried_out.clear()
        return found

    def queue(self, *, is_open: bool = True, strangers: Sequence[str] = ()) -> str:
        """A queue of this case, with other people's messages in it."""
        self.count += 1
        name = f"lab-{self.count}"
        sqs = self.outside.sqs
        url = self.outside.open_queue(name) if is_open else sqs.create_queue(QueueName=name)["QueueUrl"]
        for body in strangers:
            sqs.send_message(QueueUrl=url, MessageBody=body)
        return url

    def topic(self) -> str:
        """A topic of this case that Mechanical Turk may publish to."""
        self.count += 1
        return self.outside.open_topic(f"lab-{self.count}")

    def settings(self, ids: Sequence[str]) -> dict[str, Any]:
        """What is really set; None where nothing ever was."""
        known = self.cloud.settings()
        return {one: (known[one]["notification"], known[one]["active"]) if one in known else None for one in ids}

    def contents(self, url: str, carried: Sequence[Carried]) -> list[str]:
        """Every message of a queue, and the queue deleted. What the program still hides is given back first."""
        sqs = self.outside.sqs
        for one in carried:
            if one.operation == RECEIVE and one.answer.status == 200:
                for message in json.loads(one.answer.body).get("Messages") or ():
                    try:
                        sqs.change_message_visibility(
                            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                        )
                    except sqs.exceptions.ClientError:
                        continue  # it was deleted, or is not hidden
        bodies = self.outside.bodies(url)
        sqs.delete_queue(QueueUrl=url)
        return bodies

    def look_after(self, home: Home, ran: Ran) -> dict[str, Any]:
        """See that a command ended well, and that the next start leaves nothing behind; what the records say."""
        well_ended(self, home, ran)
        return self.start_again(home)

    def start_again(self, home: Home) -> dict[str, Any]:
        """See that the next start leaves nothing behind, and no secret; what the records say."""
        told = self.nursery.run(home, call="torture.records:next_start")
        must(told.code == 0, f"the next start failed: {told.errors[-600:]}")
        must(not self.outside.temporary_queues(), "a temporary queue is left after the next start")
        secret = self.cloud.details.secret_access_key
        must(not home.files_with(secret), f"a secret is in {home.files_with(secret)}")
        found = told.json()
        if found["history_problem"] is None:
            must(not home.left(), f"files are left after the next start: {home.left()}")
        return found


def well_ended(scene: Scene, home: Home, ran: Ran) -> None:
    """It ended by itself, in words and without a secret."""
    secret = scene.cloud.details.secret_access_key
    must(ran.code in {0, 1}, f"it ended with {ran.code}: {ran.errors[-600:]}")
    for text in (ran.output, ran.errors):
        must("Traceback" not in text and "program.bug" not in text, f"a mistake of the program: {text[-1500:]}")
        must(secret not in text, "a secret was told")


def members(carried: Carried) -> dict[str, Any]:
    """What a call asked for."""
    text = carried.body.decode()
    if text.startswith("{"):
        return cast("dict[str, Any]", json.loads(text))
    return {name: values[0] for name, values in parse_qs(text).items()}


def is_test(body: str) -> bool:
    """Whether a message is a test event."""
    return TEST_HIT_TYPE_ID in body


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Start everything, and end it."""
    with PracticeCloud.start() as cloud, breaking(cloud.port) as gateway, nursery() as forks:
        cloud.set_workers(running=False)
        cloud.add_hits(hits=HIT_TYPES, hit_types=HIT_TYPES)
        clients = clients_of(cloud.details)
        outside = Outside(cloud.details, clients.sqs(), clients.sns())
        pages = clients.mturk.get_paginator("list_hits").paginate()
        ids = sorted({hit["HITTypeId"] for page in pages for hit in page["HITs"]})
        try:
            yield Scene(cloud, outside, gateway, forks, folder, ids)
        finally:
            clients.close()
