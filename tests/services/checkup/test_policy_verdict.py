# SPDX-License-Identifier: MIT
"""A policy file alone: its verdict, its reason, and what would mend it."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from notification_tester.domain.finding import Level
from notification_tester.domain.policy.judgement import granting_statement
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.services.checkup.policy_verdict import policy_verdict
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


ODD = {**GRANT, "Condition": {"Bool": {"aws:Odd": "true"}}}


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        pytest.param([], {}, id="none decides"),
        pytest.param([statement("s3:Get", ARN), GRANT], {"statement": 2}, id="the second decides"),
        pytest.param([ODD], {"statement": 1, "unknown": ["aws:Odd"]}, id="the first cannot be judged"),
    ],
)
def test_a_program_is_told_what_decides_and_nothing_that_there_is_not(
    statements: list[dict[str, Any]], named: dict[str, Any]
) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = policy_verdict(policy, resource_arn=ARN)
    said = {"verdict": found.verdict.value, "because": found.judgement.because, **named, "notes": []}
    assert found.as_json() == said
    beside = policy_verdict(json.dumps({"Attributes": {"QueueArn": ARN, "Policy": policy}}), resource_arn=ARN)
    assert beside.as_json() == {**said, "where": beside.where, "notes": list(beside.judgement.notes)}
    assert beside.where


def test_what_could_not_be_judged_is_named() -> None:
    text = json.dumps({"Statement": {**GRANT, "Condition": {"Bool": {"aws:Odd": "true"}}}})
    assert policy_verdict(text, resource_arn=ARN).as_json()["unknown"] == ["aws:Odd"]


@pytest.mark.parametrize(("arn", "account"), [("arn:aws:s3:::bucket", ""), (ARN, "12")])
def test_what_cannot_be_asked_about_is_the_persons_mistake(arn: str, account: str) -> None:
    with pytest.raises(ProblemError) as raised:
        policy_verdict("{}", resource_arn=arn, source_account=account)
    assert raised.value.problem.cause is Cause.INPUT


OTHER = "arn:aws:sqs:us-east-1:123456789012:another"


@pytest.mark.parametrize(("beside", "is_said"), [(ARN, False), (OTHER, True)], ids=["it", "another"])
def test_the_policy_of_another_place_is_not_good_for_this_one(beside: str, is_said: bool) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [GRANT]})
    found = policy_verdict(json.dumps({"Attributes": {"QueueArn": beside, "Policy": policy}}), resource_arn=ARN)
    assert found.verdict is (Level.BEWARE if is_said else Level.GOOD)
    assert any(OTHER in note and "not known" in note for note in found.judgement.notes) is is_said


def statements(count: int) -> list[dict[str, Any]]:
    return [{**GRANT, "Sid": f"S{number}"} for number in range(count)]


def of_principals(count: int) -> dict[str, Any]:
    service = GRANT["Principal"]["Service"]
    return {**GRANT, "Sid": f"P{count}", "Principal": {"Service": service, "AWS": ["210987654321"] * (count - 1)}}


def of_conditions(count: int) -> dict[str, Any]:
    """All of which hold."""
    those = [f"String{how}{exists}" for how in ("Equals", "Like", "EqualsIgnoreCase") for exists in ("", "IfExists")]
    others = [f"StringNot{how}{exists}" for how in ("Equals", "Like") for exists in ("", "IfExists")]
    regions = {**dict.fromkeys(those, "us-east-1"), **dict.fromkeys(others, "eu-west-1")}
    condition = {operator: {"aws:RequestedRegion": region} for operator, region in list(regions.items())[: count - 1]}
    return {**GRANT, "Sid": f"C{count}", "Condition": {**GRANT["Condition"], **condition}}


REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "as many as fit": (statements(20), ""),
    "as many actions as fit": ([{**GRANT, "Action": ["sqs:SendMessage"] * 7}], ""),
    "as many principals as fit": ([of_principals(50)], ""),
    "principals": (
        [of_principals(25), of_principals(26)],
        "It has 51 principals; a queue's policy may have 50, and Amazon SQS refuses more.",
    ),
    "as many conditions as fit": ([of_conditions(10), of_conditions(9)], ""),
    "conditions": (
        [of_conditions(11), GRANT],
        "It has 11 conditions in one statement; a statement of a queue's policy may have 10",
    ),
    "statements": (statements(21), "It has 21 statements; a queue's policy may have 20, and Amazon SQS refuses more."),
    "bytes": ([GRANT, {**GRANT, "Sid": "x" * 9000}], " bytes; a queue's policy may have 8,192"),
    "actions": (
        [{**GRANT, "Action": ["sqs:SendMessage"] * 8}],
        "It has 8 actions in one statement; a statement of a queue's policy may have 7",
    ),
}


@pytest.mark.parametrize("indent", [None, 40], ids=["packed", "with-blanks"])
@pytest.mark.parametrize(("statements", "says"), REFUSED.values(), ids=REFUSED)
def test_a_policy_that_no_queue_takes_is_not_good(
    statements: list[dict[str, Any]], says: str, indent: int | None
) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=indent)
    found = policy_verdict(text, resource_arn=ARN)
    assert found.verdict is (Level.BEWARE if says else Level.GOOD)
    assert [says in note for note in found.judgement.notes] == ([True] if says else [])


def test_what_is_larger_than_any_policy_is_not_judged() -> None:
    many = {**GRANT, "Condition": {"DateLessThan": {"aws:CurrentTime": ["2030-01-01T00:00:00Z"] * 20_000}}}
    began = process_time()
    found = policy_verdict(json.dumps({"Statement": [many]}), resource_arn=ARN)
    assert process_time() - began < 1
    assert found.verdict is Level.BROKEN
    assert "No queue or topic can have one of that size" in found.judgement.because
