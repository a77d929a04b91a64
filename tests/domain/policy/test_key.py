# SPDX-License-Identifier: MIT
"""Whether the policy of an encryption key lets Mechanical Turk use the key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from notification_tester.domain.policy.judgement import Answer
from notification_tester.domain.policy.key import judge_key

ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SERVICE = {"Service": "mturk-requester.amazonaws.com"}
OWNER = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def policy(**changes: Any) -> str:
    """The policy of a new key, and a statement for Mechanical Turk with elements changed; None takes one out."""
    whole = {
        "Effect": "Allow",
        "Principal": SERVICE,
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": "*",
        **changes,
    }
    statement = {name: value for name, value in whole.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [OWNER, statement]})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(policy(), Answer.ALLOWED, id="both-uses"),
        pytest.param(policy(Action=["kms:GenerateDataKey*", "kms:Decrypt"]), Answer.ALLOWED, id="wildcard"),
        pytest.param(policy(Action="KMS:*"), Answer.ALLOWED, id="everything"),
        pytest.param(policy(Resource=ARN), Answer.ALLOWED, id="by-its-arn"),
        pytest.param(policy(Principal="*"), Answer.ALLOWED, id="everyone"),
        pytest.param(policy(Action="kms:GenerateDataKey"), Answer.NOT_ALLOWED, id="decrypt-is-missing"),
        pytest.param(policy(Action="kms:Decrypt"), Answer.NOT_ALLOWED, id="data-key-is-missing"),
        pytest.param(policy(Principal={"Service": "sns.amazonaws.com"}), Answer.NOT_ALLOWED, id="another-service"),
        pytest.param(policy(Principal=OWNER["Principal"]), Answer.NOT_ALLOWED, id="the-account-alone"),
        pytest.param(policy(Effect="Deny"), Answer.DENIED, id="deny"),
        pytest.param(policy(Action="kms:Decrypt", Effect="Deny"), Answer.DENIED, id="deny-of-one-use"),
        pytest.param(policy(Resource=ARN.replace("key/1", "key/2")), Answer.NOT_ALLOWED, id="another-key"),
        pytest.param(
            policy(Condition={"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}),
            Answer.UNKNOWN,
            id="condition-that-cannot-be-judged",
        ),
        pytest.param(
            policy(Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}}), Answer.UNKNOWN, id="source"
        ),
        pytest.param("{", Answer.MALFORMED, id="no-json"),
        pytest.param("", Answer.NOT_ALLOWED, id="empty"),
    ],
)
def test_the_judgement(text: str, answer: Answer) -> None:
    judgement = judge_key(text, ARN)
    assert judgement.answer is answer, judgement.because
    assert judgement.because
    assert "queue" not in judgement.because
    assert "topic" not in judgement.because
