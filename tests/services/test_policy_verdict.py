# SPDX-License-Identifier: MIT
"""A policy file alone: its verdict, its reason, and what would mend it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from notification_tester.domain.finding import Level
from notification_tester.domain.policy import granting_statement
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.services.policy_verdict import policy_verdict
from services.places_to_check import statement

ARN = "arn:aws:sqs:us-east-1:123456789012:results"
GRANT = granting_statement(ARN, "")


@pytest.mark.parametrize(
    ("statements", "level", "mendable"),
    [
        pytest.param([GRANT], Level.GOOD, False, id="good"),
        pytest.param([statement("sqs:SendMessage", ARN)], Level.BEWARE, False, id="without-encryption"),
        pytest.param([], Level.BROKEN, True, id="empty"),
        pytest.param([{**GRANT, "Effect": "Deny"}], Level.BROKEN, False, id="deny"),
        pytest.param([{**GRANT, "Effect": "allow"}], Level.BROKEN, False, id="malformed"),
        pytest.param([{**GRANT, "Condition": {"Bool": {"aws:Odd": "true"}}}], Level.UNKNOWN, True, id="odd-key"),
    ],
)
def test_verdicts(statements: list[dict[str, Any]], level: Level, mendable: bool) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = policy_verdict(text, resource_arn=ARN)
    assert found.verdict is level
    assert bool(found.mended) is mendable
    assert found.as_json()["verdict"] == level.value
    assert found.as_json()["because"]
    if found.mended:
        assert policy_verdict(found.mended, resource_arn=ARN).verdict in {Level.GOOD, Level.BEWARE}


def test_what_could_not_be_judged_is_named() -> None:
    text = json.dumps({"Statement": {**GRANT, "Condition": {"Bool": {"aws:Odd": "true"}}}})
    assert policy_verdict(text, resource_arn=ARN).as_json()["unknown"] == ["aws:Odd"]


@pytest.mark.parametrize(("arn", "account"), [("arn:aws:s3:::bucket", ""), (ARN, "12")])
def test_what_cannot_be_asked_about_is_the_persons_mistake(arn: str, account: str) -> None:
    with pytest.raises(ProblemError) as raised:
        policy_verdict("{}", resource_arn=arn, source_account=account)
    assert raised.value.problem.cause is Cause.INPUT
