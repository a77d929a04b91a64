# SPDX-License-Identifier: MIT
"""Clients of a practice cloud that share nothing with the person's own configuration."""

from __future__ import annotations

import time
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Clients:
    """boto3 clients for one cloud."""

    details: PracticeDetails
    mturk: MTurkClient
    sqs: SQSClient
    sns: SNSClient
    sts: STSClient

    def bodies(self, queue_url: str, *, wait: int = 5, most: int = 10) -> list[str]:
        """Receive and delete what is in a queue."""
        answer = self.sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=wait, MaxNumberOfMessages=most)
        for message in answer.get("Messages", []):
            self.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in answer.get("Messages", [])]


def connect(details: PracticeDetails, **changes: Any) -> Clients:
    """Make clients; ``changes`` replace what they are made with."""
    session = boto3.Session()

    def client(name: Any) -> Any:
        settings: dict[str, Any] = {
            "endpoint_url": details.mturk_endpoint if name == "mturk" else details.aws_endpoint,
            "aws_access_key_id": details.access_key_id,
            "aws_secret_access_key": details.secret_access_key,
            "region_name": details.region,
            "config": Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=30),
            **changes,
        }
        return session.client(name, **settings)

    return Clients(details=details, mturk=client("mturk"), sqs=client("sqs"), sns=client("sns"), sts=client("sts"))


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


def until(condition: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    """Look again and again whether something holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
