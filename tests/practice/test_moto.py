# SPDX-License-Identifier: MIT
"""What practice relies on inside moto, by name: a new moto fails here first, and says what is not as it was.

moto promises nothing of these, so its version is bounded, and each of them is named here once. What they do for a
person is tested in test_queues.py, test_delivery.py and test_policies.py.
"""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from moto.kms.models import Key, KmsBackend, kms_backends
from moto.sns import models as topic_models
from moto.sns.models import SNSBackend, sns_backends
from moto.sqs import models
from moto.sqs.models import SQSBackend, sqs_backends
from packaging.requirements import Requirement

from notification_tester.practice import queues, subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT, REGION = "111122223333", "us-east-1"

TAKES: dict[Callable[..., Any], set[str]] = {
    SQSBackend.create_queue: {"name"},
    SQSBackend.get_queue: {"queue_name"},
    SQSBackend.send_message: {"queue_name", "message_body", "group_id", "deduplication_id", "validate_group_id"},
    SQSBackend.change_message_visibility: {"queue_name", "receipt_handle", "visibility_timeout"},
    SQSBackend.add_permission: {"queue_name"},
    models.Queue._set_attributes: {"attributes", "now"},
    models.Queue.delete_message: {"receipt_handle"},
    models.Message.had_receipt_handle: {"receipt_handle"},
    models.Message.change_visibility: {"visibility_timeout"},
    vars(models)["generate_receipt_handle"]: set(),
    SNSBackend.create_topic: {"name"},
    SNSBackend.subscribe: {"topic_arn", "endpoint", "protocol"},
    topic_models.Topic.publish: {"message", "subject"},
    topic_models.Subscription: {"account_id", "topic", "endpoint", "protocol"},
    topic_models.Subscription.publish: {
        "message",
        "message_id",
        "subject",
        "message_attributes",
        "group_id",
        "deduplication_id",
        "message_structure",
    },
    topic_models.Subscription.get_post_data: {"message", "message_id", "subject", "message_attributes"},
    topic_models.Subscription._parse_message_structure: {"message", "protocol"},
    KmsBackend.get_alias_name: {"alias_name"},
    KmsBackend.get_key_id: {"key_id"},
    KmsBackend.get_key_id_from_alias: {"alias_name"},
}
"""What is called or replaced, and the parameters that it is given, or that ours takes in its place, by their names."""


@pytest.fixture
def backends() -> Iterator[tuple[SQSBackend, SNSBackend]]:
    """moto as practice puts it right, in an account of its own."""
    queues.install()
    subscriptions.install()
    yield sqs_backends[ACCOUNT][REGION], sns_backends[ACCOUNT][REGION]
    for backend in (sqs_backends, sns_backends, kms_backends):
        backend[ACCOUNT].reset()


@pytest.mark.parametrize("function", [pytest.param(one, id=getattr(one, "__qualname__", "")) for one in TAKES])
def test_a_function_takes_what_it_is_given(function: Callable[..., Any]) -> None:
    assert set(inspect.signature(function).parameters) >= TAKES[function]


def test_moto_makes_our_kinds_and_keeps_in_them_what_ours_read(backends: tuple[SQSBackend, SNSBackend]) -> None:
    sqs, sns = backends
    queue = sqs.create_queue("q")
    assert type(queue) is queues.Queue
    assert sqs.queues["q"] is queue
    message = sqs.send_message("q", "body")
    assert (queue._messages, queue.pending_messages, queue.deleted_messages) == ([message], set(), set())
    for name in ("visible_at", "delayed_until", "visible", "approximate_first_receive_timestamp", "sender_id"):
        assert hasattr(message, name), name
    assert list(message.all_receipt_handles) == [None], "none was given out"
    for name in ("policy", "_policy_json", "kms_master_key_id", "queue_arn"):
        assert hasattr(queue, name), name
    topic = sns.create_topic("t")
    assert type(topic) is topic_models.Topic is queues.Topic
    for name in ("_policy_json", "arn", "account_id", "sns_backend", "kms_master_key_id"):
        assert hasattr(topic, name), name
    subscription = sns.subscribe(topic.arn, queue.queue_arn, "sqs")
    assert type(subscription) is subscriptions.Subscription
    assert sns.subscriptions[subscription.arn] is subscription
    for name in ("attributes", "_filter_policy_matcher", "confirmed", "topic", "account_id", "endpoint", "protocol"):
        assert hasattr(subscription, name), name
    subscriptions.fill_in(sns)
    assert (topic.subscriptions_confimed, topic.subscriptions_pending) == (1, 0)


def test_a_key_has_what_is_asked_of_it(backends: tuple[SQSBackend, SNSBackend]) -> None:
    backend = kms_backends[ACCOUNT][REGION]
    key = backend.create_key(
        policy="{}", key_usage="ENCRYPT_DECRYPT", key_spec="SYMMETRIC_DEFAULT", description="", tags=[]
    )
    assert isinstance(key, Key)
    assert backend.keys[key.id] is key
    assert (key.policy, key.key_state, key.arn.startswith("arn:aws:kms:")) == ("{}", "Enabled", True)


def test_the_version_of_moto_is_bounded() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (moto,) = (one for one in map(Requirement, project["dependencies"]) if one.name == "moto")
    assert {one.operator for one in moto.specifier} == {">=", "<"}
