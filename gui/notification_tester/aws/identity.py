# SPDX-License-Identifier: MIT
"""Whose keys these are, asked of AWS's Security Token Service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated

if TYPE_CHECKING:
    from notification_tester.aws.clients import Clients


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The answer of GetCallerIdentity, and the readable part of the ARN."""

    account_id: str
    arn: str

    @property
    def user(self) -> str:
        """The user's or role's name: ``user/ada`` becomes ``ada``, the account itself stays ``root``."""
        last = self.arn.rpartition(":")[2]
        return last.partition("/")[2] or last


def caller(clients: Clients) -> Caller:
    """Ask; needs no permission. Raises ProblemError."""
    client = clients.sts
    call = Call(service="sts", operation="GetCallerIdentity", endpoint=client.meta.endpoint_url)
    with translated(call, clients.settings):
        answer = client.get_caller_identity()
    return Caller(account_id=answer["Account"], arn=answer["Arn"])
