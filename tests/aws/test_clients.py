# SPDX-License-Identifier: MIT
"""The clients of an account: whose keys sign, what is held open, and what is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

from aws.parts import JSON, KEYS, SECRET, Asked, connection, listening
from notification_tester.aws.clients import Clients
from notification_tester.aws.queues import list_queues
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.aws.topics import list_topics
from notification_tester.domain.account import Credentials

if TYPE_CHECKING:
    from notification_tester.practice.cloud import PracticeCloud

TEMPORARY = Credentials(
    access_key_id="ASIAIOSFODNN7EXAMPLE",
    secret_access_key="another-secret-of-forty-signs-0123456789",
    session_token="t0ken-of-it",
)


def test_other_keys_sign_every_further_call_and_are_known_as_secrets() -> None:
    asked: list[Asked] = []

    def say(one: Asked) -> tuple[int, str, str]:
        asked.append(one)
        return 200, JSON, '{"AvailableBalance": "1.00"}'

    with listening(say) as endpoint:
        made = Clients(connection(endpoint, is_local=True))
        mturk = made.mturk
        Requester(made).balance()
        made.use_keys(TEMPORARY)
        Requester(made).balance()
        assert made.mturk is mturk
        made.use_keys(KEYS)
        Requester(made).balance()
        made.close()
        early = Clients(connection(endpoint, is_local=True))
        early.use_keys(TEMPORARY)
        Requester(early).balance()
        early.close()
    ids = [one.headers["authorization"].partition("Credential=")[2].partition("/")[0] for one in asked]
    assert ids == [one.access_key_id for one in (KEYS, TEMPORARY, KEYS, TEMPORARY)]
    assert [one.headers.get("x-amz-security-token") for one in asked] == [None, "t0ken-of-it", None, "t0ken-of-it"]
    for held in (made, early):
        said = held.settings.clean(f"{SECRET}, {TEMPORARY.secret_access_key} and {TEMPORARY.session_token}")
        assert said == "[removed], [removed] and [removed]"


def test_each_client_is_made_once_and_a_close_lets_go_of_every_connection(cloud: PracticeCloud) -> None:
    details = cloud.details
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    made = Clients(
        Connection(
            mturk_endpoint=details.mturk_endpoint, aws_endpoint=details.aws_endpoint, credentials=keys, is_local=True
        )
    )

    def held() -> int:
        here = psutil.Process().net_connections("tcp")
        return sum(one.status == "ESTABLISHED" and tuple(one.raddr)[1:] == (cloud.port,) for one in here)

    before = held()
    Requester(made).balance()
    Requester(made).list_hits()
    list_queues(made)
    list_topics(made)
    list_queues(made.once)
    assert held() - before == 5
    assert made.mturk_bulk is made.mturk_bulk
    assert made.sqs() is made.sqs("us-east-1") is not made.sqs("us-west-2")
    assert made.once.sqs() is not made.sqs()
    assert made.once.once is made.once
    made.once.close()
    assert held() - before == 5
    kept = made.sqs(), made.mturk_bulk
    made.close()
    assert held() == before
    assert made.sqs() is not kept[0]
    assert made.mturk_bulk is not kept[1]
    made.close()
