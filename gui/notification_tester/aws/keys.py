# SPDX-License-Identifier: MIT
"""The calls to AWS KMS: what kind of key it is, whether it can be used, and whom its policy lets use it.

Only these two are made, and no key is ever used by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated

if TYPE_CHECKING:
    from notification_tester.aws.clients import Clients


@dataclass(frozen=True, kw_only=True)
class KeyDescription:
    """What a key says about itself. ``state`` is KMS's word, such as ``Enabled`` or ``PendingDeletion``."""

    arn: str
    is_managed_by_aws: bool
    state: str


class Key:
    """One key, as a queue or topic in ``region`` names it: by its id, its ARN, or an alias of it.

    Every method raises ProblemError.
    """

    def __init__(self, clients: Clients, key_id: str, region: str) -> None:
        self.key_id = key_id
        self._clients = clients
        self._client = clients.kms(_region_of(key_id) or region)

    @property
    def is_alias(self) -> bool:
        """Whether it is named by an alias, which GetKeyPolicy does not know (KMS API Reference)."""
        return self.key_id.rpartition(":")[2].startswith("alias/")

    def description(self) -> KeyDescription:
        """Ask what kind of key it is, and whether it can be used."""
        with self._translated("DescribeKey"):
            found = self._client.describe_key(KeyId=self.key_id)["KeyMetadata"]
        return KeyDescription(
            arn=str(found.get("Arn", "")),
            is_managed_by_aws=found.get("KeyManager") == "AWS",
            state=str(found.get("KeyState", "")),
        )

    def policy(self, key_id: str = "") -> str:
        """Read the key's policy; ``key_id`` is its id or ARN where it was named by an alias."""
        with self._translated("GetKeyPolicy"):
            answer = self._client.get_key_policy(KeyId=key_id or self.key_id, PolicyName="default")
        return str(answer.get("Policy", ""))

    def _translated(self, operation: str) -> Any:
        call = Call(service="kms", operation=operation, endpoint=self._client.meta.endpoint_url)
        return translated(call, self._clients.settings)


def _region_of(key_id: str) -> str:
    parts = key_id.split(":")
    return parts[3] if len(parts) == 6 else ""
