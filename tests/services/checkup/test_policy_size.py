# SPDX-License-Identifier: MIT
"""However large and hostile a policy is, the time to judge it grows with its length and no faster."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.policy.judgement import granting_statement
from notification_tester.services.checkup.policy_verdict import policy_verdict

if TYPE_CHECKING:
    from collections.abc import Callable

ARN = "arn:aws:sqs:us-east-1:123456789012:results"
GRANT = granting_statement(ARN, "")
SIZE = 8_000
TIMES = 8
"""Characters of the smaller text, and how many times as many the larger has."""


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def repeated(unit: str) -> Callable[[int], str]:
    """A text as a Resource."""
    return lambda size: policy({**GRANT, "Resource": (unit * (size // len(unit) + 1))[:size]})


def condition(operator: str, key: str, unit: str) -> Callable[[int], str]:
    return lambda size: policy({**GRANT, "Condition": {operator: {key: (unit * (size // len(unit) + 1))[:size]}}})


def many(statement: dict[str, Any]) -> Callable[[int], str]:
    length = len(json.dumps(statement))
    return lambda size: policy(*[{**statement, "Sid": f"S{number}"} for number in range(size // length)])


def dated(size: int) -> str:
    length = len(json.dumps(GRANT)) + 60
    return policy(
        *[
            {**GRANT, "Condition": {"DateLessThan": {"aws:CurrentTime": 4_000_000_000 + number}}}
            for number in range(size // length)
        ]
    )


def object_of_many(size: int) -> str:
    names = ", ".join(f'"n{number:08}": 1' for number in range(size // 15))
    return f'{{{names}, "n00000000": 1}}'


SHAPES: dict[str, Callable[[int], str]] = {
    "open-variables": repeated("${"),
    "closed-variables": repeated("${a:b}"),
    "placeholders": repeated("${a}"),
    "angles": repeated("<a"),
    "long-angles": repeated("<" + "a" * 190),
    "braces": repeated("{"),
    "double-braces": repeated("{{"),
    "percents": repeated("%("),
    "capitals-in-percents": repeated("%" + "A" * 59),
    "shell": repeated("$("),
    "shell-names": repeated("$" + "A" * 59),
    "stars": repeated("*a"),
    "stars-that-fit": repeated("*"),
    "questions": repeated("?"),
    "nearly": lambda size: policy({**GRANT, "Resource": "*" * size + ARN + "x"}),
    "colons": repeated(":"),
    "arn-of-colons": lambda size: policy({**GRANT, "Resource": "arn:" + ":" * size}),
    "condition-of-colons": condition("ArnLike", "aws:SourceArn", ":"),
    "known-arn-of-variables": condition("ArnLike", "aws:PrincipalArn", "${:"),
    "a-word-for-an-account": lambda size: policy({**GRANT, "Resource": f"arn:aws:sqs:us-east-1:{'A' * size}:results"}),
    "dates": condition("DateLessThan", "aws:CurrentTime", "2"),
    "numbers": condition("NumericLessThan", "aws:EpochTime", "9"),
    "operator": lambda size: policy({**GRANT, "Condition": {"A" * size: {"a:b": "x"}}}),
    "key": lambda size: policy({**GRANT, "Condition": {"Bool": {"a" * size: "x"}}}),
    "principal": lambda size: policy({**GRANT, "Principal": {"Service": "mturk-requester." + "a-" * (size // 2)}}),
    "account-id": condition("StringEquals", "aws:SourceAccount", "1"),
    "values": lambda size: policy(
        {**GRANT, "Condition": {"StringEquals": {"aws:RequestedRegion": ["x"] * (size // 5)}}}
    ),
    "keys": lambda size: policy({**GRANT, "Condition": {"StringEquals": {f"k{n}": "x" for n in range(size // 12)}}}),
    "actions": lambda size: policy({**GRANT, "Action": ["s3:*"] * (size // 8)}),
    "resources": lambda size: policy({**GRANT, "Resource": ["*a*b*c"] * (size // 10)}),
    "principals": lambda size: policy({**GRANT, "Principal": {"AWS": [f"{n:012}" for n in range(size // 16)]}}),
    "statements": many(GRANT),
    "denies": many({**GRANT, "Effect": "Deny", "Principal": "*"}),
    "doubts": many({**GRANT, "Condition": {"StringEquals": {"aws:Odd": "x"}}}),
    "others": many({**GRANT, "Principal": {"AWS": "123456789012"}}),
    "ours-for-others": many({**GRANT, "Resource": ARN + "2"}),
    "a-name-twice": object_of_many,
    "closing-times": dated,
    "no-json": lambda size: "{" * size,
    "brackets": lambda size: "{[" * (size // 2),
    "open-texts": lambda size: '{"a' * (size // 3),
    "log-lines": lambda size: "2026-11-28 {begin} {x:y}\n" * (size // 25),
    "quotes": lambda size: '"{' * (size // 2),
    "backslashes": lambda size: "{" + '\\"' * (size // 2),
    "packed": lambda size: json.dumps([json.dumps({"Statements": "x" * 80})] * (size // 110)),
    "policies": lambda size: policy(GRANT) * (size // 300),
    "yaml": lambda size: "#\n" * (size // 2),
    "blanks": lambda size: "policy" + " " * size,
    "entities": lambda size: "&quot;{" * (size // 7),
}


def judged_in(text: str) -> float:
    """Seconds of this processor, the lesser of two."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        policy_verdict(text, resource_arn=ARN)
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("made", SHAPES.values(), ids=SHAPES.keys())
def test_a_text_eight_times_as_long_takes_about_eight_times_as_long(made: Callable[[int], str]) -> None:
    small, large = judged_in(made(SIZE)), judged_in(made(TIMES * SIZE))
    # A quadratic step makes it sixty-four times; what is over at once is too short to be compared.
    assert large <= max(3 * TIMES * small, 0.2), (small, large)
