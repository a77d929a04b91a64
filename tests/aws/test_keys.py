# SPDX-License-Identifier: MIT
"""Where a key is asked for, and by which of its names."""

from __future__ import annotations

import pytest

from notification_tester.aws.clients import Clients
from notification_tester.aws.keys import Key
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import Credentials

ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALIAS_ARN = "arn:aws:kms:eu-west-1:123456789012:alias/lab"


@pytest.mark.parametrize(
    ("key_id", "region", "is_alias"),
    [
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "us-east-1", False),
        ("alias/lab", "us-east-1", True),
        (ARN, "eu-west-1", False),
        (ALIAS_ARN, "eu-west-1", True),
    ],
)
def test_a_key_is_asked_for_where_it_is(key_id: str, region: str, is_alias: bool) -> None:
    clients = Clients(Connection(credentials=Credentials(access_key_id="AKIA0", secret_access_key="x")))
    key = Key(clients, key_id, "us-east-1")
    assert key._client.meta.region_name == region
    assert key.is_alias is is_alias
    clients.close()
