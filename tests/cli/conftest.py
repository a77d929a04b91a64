# SPDX-License-Identifier: MIT
"""What tests of commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.practice.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeCloud


@pytest.fixture
def environment(cloud: PracticeCloud) -> Iterator[dict[str, str]]:
    """The variables with which boto3 finds the shared cloud."""
    details = cloud.details
    yield {
        "AWS_ACCESS_KEY_ID": details.access_key_id,
        "AWS_SECRET_ACCESS_KEY": details.secret_access_key,
        "AWS_ENDPOINT_URL_MTURK": details.mturk_endpoint,
        **{f"AWS_ENDPOINT_URL_{name}": details.aws_endpoint for name in ("SQS", "SNS", "STS")},
    }
    cloud.set_faults(Faults())
