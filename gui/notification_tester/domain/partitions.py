# SPDX-License-Identifier: MIT
"""AWS's partitions: clouds of their own, whose regions, hosts and ARNs no other partition shares.

Source: ``partitions.json`` and the rules for endpoints of SQS and SNS in botocore 1.43 (``regionRegex``, ``dnsSuffix``,
``dualStackDnsSuffix``, and the older hosts of queues). Mechanical Turk is in ``us-east-1`` of the partition ``aws``.

Deliberate deviation: a region is known by its form, because new ones open between two versions of this program.
"""

from __future__ import annotations

import re
from typing import NamedTuple

REGION = r"[a-z]{2,8}(?:-[a-z]{1,20}){1,3}-[0-9]{1,2}"
"""The form of a region's name, such as us-east-1 or eusc-de-east-1."""


class Partition(NamedTuple):
    """One partition: how its ARNs, regions and hosts are spelled, and what people call it."""

    id: str
    region_prefix: str
    suffix: str
    dual_stack_suffix: str
    name: str


AWS = Partition("aws", "", "amazonaws.com", "api.aws", "AWS")
_OTHERS = (
    Partition("aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "AWS China"),
    Partition("aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "AWS GovCloud (US)"),
    Partition("aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", "AWS European Sovereign Cloud"),
    Partition("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "AWS ISO (US)"),
    Partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "AWS ISOB (US)"),
    Partition("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "AWS ISOE (Europe)"),
    Partition("aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "AWS ISOF"),
)
PARTITIONS = (AWS, *_OTHERS)


def partition_of(region: str) -> Partition:
    """The partition in which a region of that name lies."""
    return next((one for one in _OTHERS if region.startswith(one.region_prefix)), AWS)


_SUFFIXES = "|".join(re.escape(suffix) for suffix in {text for one in PARTITIONS for text in one[2:4]})
_QUEUE_HOST = re.compile(rf"(?:sqs(?:-fips)?\.(?P<region>{REGION})|(?P<old>{REGION})\.queue)\.(?:{_SUFFIXES})")
_OLDEST_QUEUE_HOSTS = frozenset({"queue.amazonaws.com", "sqs.amazonaws.com"})
_VPC_ENDPOINT = re.compile(rf"(?:[a-z0-9-]{{1,80}}\.)?sqs\.(?P<region>{REGION})\.vpce\.[a-z.-]{{1,40}}")


def region_of_queue_host(host: str) -> str | None:
    """The region of an SQS host that anybody can reach; None where the host is none of Amazon's for queues."""
    host = host.lower()
    if host in _OLDEST_QUEUE_HOSTS:
        return "us-east-1"
    found = _QUEUE_HOST.fullmatch(host)
    return found["region"] or found["old"] if found else None


def region_of_vpc_endpoint(host: str) -> str | None:
    """The region of a VPC endpoint for SQS, which is reached from inside one network only; None for other hosts."""
    found = _VPC_ENDPOINT.fullmatch(host.lower())
    return found["region"] if found else None


def queue_url(region: str, account_id: str, name: str) -> str:
    """The URL that SQS itself gives to a queue today."""
    return f"https://sqs.{region}.{partition_of(region).suffix}/{account_id}/{name}"
