# SPDX-License-Identifier: MIT
"""Clients of a practice cloud that share nothing with the person's own configuration."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_mturk import MTurkClient
    from types_boto3_mturk.type_defs import NotificationSpecificationTypeDef
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_sts import STSClient

    from notification_tester.practice.cloud import PracticeDetails

AWS_CLI = shutil.which("aws", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])) or ""
"""The foreign program that people use beside ours; the one that is installed with what tests need comes first."""


@cache
def _session() -> boto3.Session:
    """One for all tests: it reads the services' models from disk, which takes longer than most tests."""
    return boto3.Session()


@dataclass(frozen=True)
class Clients:
    """boto3 clients for one cloud, each made when it is first used. ``changes`` replace what they are made with."""

    details: PracticeDetails
    changes: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def mturk(self) -> MTurkClient:
        client: MTurkClient = self._client("mturk", self.details.mturk_endpoint)
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        client: SQSClient = self._client("sqs", self.details.aws_endpoint)
        return client

    @cached_property
    def sns(self) -> SNSClient:
        client: SNSClient = self._client("sns", self.details.aws_endpoint)
        return client

    @cached_property
    def sts(self) -> STSClient:
        client: STSClient = self._client("sts", self.details.aws_endpoint)
        return client

    @cached_property
    def kms(self) -> Any:
        """Its types are no part of what tests need."""
        return self._client("kms", self.details.aws_endpoint)

    def _client(self, name: Any, endpoint: str) -> Any:
        settings: dict[str, Any] = {
            "endpoint_url": endpoint,
            "aws_access_key_id": self.details.access_key_id,
            "aws_secret_access_key": self.details.secret_access_key,
            "region_name": self.details.region,
            "config": Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=30),
            **self.changes,
        }
        return _session().client(name, **settings)

    def bodies(self, queue_url: str, *, wait: int = 5, most: int = 10) -> list[str]:
        """Receive and delete what is in a queue."""
        answer = self.sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=wait, MaxNumberOfMessages=most)
        for message in answer.get("Messages", []):
            self.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in answer.get("Messages", [])]


def connect(details: PracticeDetails, **changes: Any) -> Clients:
    """Make clients; ``changes`` replace what they are made with."""
    return Clients(details, changes)


def signed(details: PracticeDetails, service: str, target: str, body: bytes) -> AWSPreparedRequest:
    """Sign a request of one of the JSON services that boto3 itself would not send, or not in this way."""
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    request = AWSRequest("POST", f"{details.mturk_endpoint}/", data=body, headers=headers)
    credentials = Credentials(details.access_key_id, details.secret_access_key)
    SigV4Auth(credentials, service, details.region).add_auth(request)
    return request.prepare()


def notification(destination: str, transport: Any = "SQS", **changes: Any) -> NotificationSpecificationTypeDef:
    """A specification that is valid unless ``changes`` make it otherwise."""
    value: Any = {
        "Destination": destination,
        "Transport": transport,
        "Version": "2006-05-05",
        "EventTypes": ["AssignmentSubmitted"],
        **changes,
    }
    specification: NotificationSpecificationTypeDef = value
    return specification


def until(condition: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    """Look again and again whether something holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
