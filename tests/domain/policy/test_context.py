# SPDX-License-Identifier: MIT
"""Conditions whose keys a service of AWS's has, has not, or has with a value that anybody knows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.policy.judgement import SERVICE, Answer, Question, judge
from notification_tester.domain.policy.key import judge_key

QUEUE = "arn:aws:sqs:us-east-1:123456789012:events"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:events"
SNS = "sns.amazonaws.com"
ALLOWED, DENIED, NOT_ALLOWED, UNKNOWN, _ = Answer
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ON_QUEUE = Question(resource_arn=QUEUE, source_account="123456789012", now=NOW)
ON_TOPIC = replace(ON_QUEUE, resource_arn=TOPIC)
TLS = {"Bool": {"aws:SecureTransport": "true"}}
SPARED = "add aws:PrincipalIsAWSService false to the Deny"


def statement(question: Question = ON_QUEUE, **changes: Any) -> dict[str, Any]:
    """A statement that lets the service of the question in."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": question.service},
        "Action": question.action,
        "Resource": question.resource_arn,
        **changes,
    }


def policy(*statements: Any, version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})


def allowed_when(operator: str, key: str, *values: Any, question: Question = ON_QUEUE) -> Answer:
    """What an Allow with one condition comes to."""
    condition = {**TLS, operator: {key: list(values)}} if operator != "Bool" else {operator: {key: list(values)}}
    return judge(policy(statement(question, Condition=condition)), question).answer


def denied_when(operator: str, key: str, *values: Any, question: Question = ON_QUEUE) -> Answer:
    """What a Deny with one condition comes to, beside an Allow without any."""
    deny = statement(question, Effect="Deny", Principal="*", Condition={operator: {key: list(values)}})
    return judge(policy(statement(question), deny), question).answer


class Case(NamedTuple):
    operator: str
    key: str
    values: tuple[Any, ...]
    allow: Answer
    deny: Answer
    question: Question = ON_QUEUE


ORG = "aws:PrincipalOrgID"
MFA = "aws:MultiFactorAuthPresent"
WITH_OLD_NAME = "arn:aws:iam::755651556756:user/MTurk-SQS"
CASES = {
    # organisation: never there
    "org-equals": Case("StringEquals", ORG, ("o-1",), NOT_ALLOWED, ALLOWED),
    "org-not": Case("StringNotEquals", ORG, ("o-1",), ALLOWED, DENIED),
    "org-not-case": Case("StringNotEquals", "AWS:principalorgid", ("o-1",), ALLOWED, DENIED),
    "org-like-anything": Case("StringLike", ORG, ("*",), NOT_ALLOWED, ALLOWED),
    "org-not-like": Case("StringNotLike", ORG, ("o-*",), ALLOWED, DENIED),
    "org-if-exists": Case("StringEqualsIfExists", ORG, ("o-1",), ALLOWED, DENIED),
    "org-not-if-exists": Case("StringNotEqualsIfExists", ORG, ("o-1",), ALLOWED, DENIED),
    "org-null-true": Case("Null", ORG, ("true",), ALLOWED, DENIED),
    "org-null-false": Case("Null", ORG, (False,), NOT_ALLOWED, ALLOWED),
    "paths-any": Case("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ("o-1/*",), NOT_ALLOWED, ALLOWED),
    "paths-any-not": Case("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", ("o-1/*",), NOT_ALLOWED, ALLOWED),
    "paths-all": Case("ForAllValues:StringLike", "aws:PrincipalOrgPaths", ("o-1/*",), ALLOWED, DENIED),
    "paths-all-not": Case("ForAllValues:StringNotLike", "aws:PrincipalOrgPaths", ("o-1/*",), ALLOWED, DENIED),
    "source-org": Case("StringEquals", "aws:SourceOrgID", ("o-1",), UNKNOWN, UNKNOWN),
    "resource-org": Case("StringEquals", "aws:ResourceOrgID", ("o-1",), UNKNOWN, UNKNOWN),
    # users and roles
    "username": Case("StringEquals", "aws:username", ("ada",), NOT_ALLOWED, ALLOWED),
    "username-not": Case("StringNotEquals", "aws:username", ("ada",), ALLOWED, DENIED),
    "tag": Case("StringEquals", "aws:PrincipalTag/team", ("lab",), NOT_ALLOWED, ALLOWED),
    "tag-not": Case("StringNotEquals", "aws:PrincipalTag/Team", ("lab",), ALLOWED, DENIED),
    "tag-null": Case("Null", "aws:principaltag/team", (True,), ALLOWED, DENIED),
    "mfa": Case("Bool", MFA, ("true",), NOT_ALLOWED, ALLOWED),
    "mfa-false": Case("Bool", MFA, ("false",), NOT_ALLOWED, ALLOWED),
    "mfa-false-if-exists": Case("BoolIfExists", MFA, ("false",), ALLOWED, DENIED),
    "mfa-age": Case("NumericLessThan", "aws:MultiFactorAuthAge", ("3600",), NOT_ALLOWED, ALLOWED),
    "mfa-age-not": Case("NumericNotEquals", "aws:MultiFactorAuthAge", (0,), ALLOWED, DENIED),
    "mfa-age-null": Case("Null", "aws:MultiFactorAuthAge", ("true",), ALLOWED, DENIED),
    "token-time": Case("DateLessThan", "aws:TokenIssueTime", ("2020-01-01T00:00:00Z",), NOT_ALLOWED, ALLOWED),
    "session-of-lambda": Case("ArnLike", "lambda:SourceFunctionArn", ("arn:aws:lambda:*:*:*",), NOT_ALLOWED, ALLOWED),
    "arn-role": Case("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::123456789012:role/x*",), NOT_ALLOWED, ALLOWED),
    "arn-not-role": Case("ArnNotLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/x",), ALLOWED, DENIED),
    "arn-not-role-if-exists": Case(
        "ArnNotLikeIfExists", "aws:PrincipalArn", ("arn:aws:iam::*:role/x",), ALLOWED, DENIED
    ),
    "arn-role-if-exists": Case("StringEqualsIfExists", "aws:PrincipalArn", ("arn:aws:iam::1:root",), UNKNOWN, UNKNOWN),
    "arn-old-user": Case("ArnEquals", "aws:PrincipalArn", (WITH_OLD_NAME,), UNKNOWN, UNKNOWN),
    "arn-any-user": Case("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:user/*",), UNKNOWN, UNKNOWN),
    "userid": Case("StringEquals", "aws:userid", ("AROAEXAMPLEEXAMPLE:me",), NOT_ALLOWED, ALLOWED),
    "userid-not": Case("StringNotLike", "aws:userId", ("AROAEXAMPLEEXAMPLE:*", "123456789012"), ALLOWED, DENIED),
    "userid-of-mturk": Case("StringEquals", "aws:userid", ("AIDAIXO4EZE6RHVSXIN4E",), UNKNOWN, UNKNOWN),
    "account-own": Case("StringEquals", "aws:PrincipalAccount", ("123456789012",), NOT_ALLOWED, ALLOWED),
    "account-not-own": Case("StringNotEquals", "aws:PrincipalAccount", ("123456789012",), ALLOWED, DENIED),
    "account-another": Case("StringEquals", "aws:PrincipalAccount", ("755651556756",), UNKNOWN, UNKNOWN),
    "account-null": Case("Null", "aws:PrincipalAccount", ("true",), NOT_ALLOWED, ALLOWED),
    "type": Case("StringEquals", "aws:PrincipalType", ("User",), UNKNOWN, UNKNOWN),
    # services
    "is-service": Case("Bool", "aws:PrincipalIsAWSService", ("true",), ALLOWED, DENIED),
    "is-no-service": Case("Bool", "aws:PrincipalIsAWSService", ("false",), NOT_ALLOWED, ALLOWED),
    "service-name": Case("StringEquals", "aws:PrincipalServiceName", (SERVICE,), ALLOWED, DENIED),
    "service-name-other": Case("StringEquals", "aws:PrincipalServiceName", (SNS,), NOT_ALLOWED, ALLOWED),
    "service-name-like": Case("StringLike", "aws:PrincipalServiceName", ("mturk-*.amazonaws.com",), ALLOWED, DENIED),
    "list-any": Case("ForAnyValue:StringEquals", "aws:PrincipalServiceNamesList", (SNS, SERVICE), ALLOWED, DENIED),
    "list-any-other": Case("ForAnyValue:StringEquals", "aws:PrincipalServiceNamesList", (SNS,), NOT_ALLOWED, ALLOWED),
    "list-any-region": Case(
        "ForAnyValue:StringEquals",
        "aws:PrincipalServiceNamesList",
        ("mturk-requester.us-east-1.amazonaws.com",),
        UNKNOWN,
        UNKNOWN,
    ),
    "list-any-not": Case("ForAnyValue:StringNotEquals", "aws:PrincipalServiceNamesList", (SNS,), ALLOWED, DENIED),
    "list-any-not-own": Case(
        "ForAnyValue:StringNotEquals", "aws:PrincipalServiceNamesList", (SERVICE,), UNKNOWN, UNKNOWN
    ),
    "list-all": Case("ForAllValues:StringEquals", "aws:PrincipalServiceNamesList", (SERVICE,), UNKNOWN, UNKNOWN),
    "list-all-other": Case("ForAllValues:StringEquals", "aws:PrincipalServiceNamesList", (SNS,), NOT_ALLOWED, ALLOWED),
    "list-all-not": Case("ForAllValues:StringNotLike", "aws:PrincipalServiceNamesList", ("sns.*",), ALLOWED, DENIED),
    "list-without-set": Case("StringEquals", "aws:PrincipalServiceNamesList", (SERVICE,), UNKNOWN, UNKNOWN),
    "via-service": Case("Bool", "aws:ViaAWSService", ("true",), NOT_ALLOWED, ALLOWED),
    "not-via-service": Case("Bool", "aws:ViaAWSService", (False,), ALLOWED, DENIED),
    "called-via": Case("ForAnyValue:StringEquals", "aws:CalledVia", (SNS,), NOT_ALLOWED, ALLOWED),
    # networks
    "vpc": Case("StringEquals", "aws:SourceVpc", ("vpc-1",), NOT_ALLOWED, ALLOWED),
    "vpce-not": Case("StringNotEquals", "aws:SourceVpce", ("vpce-1",), ALLOWED, DENIED),
    "vpce-null": Case("Null", "aws:sourcevpce", ("true",), ALLOWED, DENIED),
    "vpc-ip-not": Case("NotIpAddress", "aws:VpcSourceIp", ("10.0.0.0/8",), ALLOWED, DENIED),
    "ip": Case("IpAddress", "aws:SourceIp", ("203.0.113.0/24",), UNKNOWN, UNKNOWN),
    "ip-not": Case("NotIpAddress", "aws:SourceIp", ("203.0.113.0/24",), UNKNOWN, UNKNOWN),
    "referer": Case("StringLike", "aws:Referer", ("https://*",), NOT_ALLOWED, ALLOWED),
    "user-agent": Case("StringLike", "aws:UserAgent", ("aws-cli*",), UNKNOWN, UNKNOWN),
    # where
    "region": Case("StringEquals", "aws:RequestedRegion", ("us-east-1", "eu-west-1"), ALLOWED, DENIED),
    "region-other": Case("StringEquals", "aws:RequestedRegion", ("eu-west-1",), NOT_ALLOWED, ALLOWED),
    "region-not": Case("StringNotEquals", "aws:RequestedRegion", ("us-east-1",), NOT_ALLOWED, ALLOWED),
    "region-like": Case("StringLike", "aws:RequestedRegion", ("us-*",), ALLOWED, DENIED),
    "region-of-topic": Case("StringEquals", "aws:RequestedRegion", ("eu-west-1",), ALLOWED, DENIED, ON_TOPIC),
    "resource-account": Case("StringEquals", "aws:ResourceAccount", ("123456789012",), ALLOWED, DENIED),
    "resource-account-other": Case("StringEquals", "aws:ResourceAccount", ("999999999999",), NOT_ALLOWED, ALLOWED),
    "resource-tag": Case("StringEquals", "aws:ResourceTag/team", ("lab",), UNKNOWN, UNKNOWN),
    "request-tag": Case("StringEquals", "aws:RequestTag/team", ("lab",), NOT_ALLOWED, ALLOWED),
    "subscribe": Case("StringEquals", "SNS:Protocol", ("https",), NOT_ALLOWED, ALLOWED, ON_TOPIC),
    # when
    "before-passed": Case("DateLessThan", "aws:CurrentTime", ("2009-06-30T12:00Z",), NOT_ALLOWED, ALLOWED),
    "before-to-come": Case("DateLessThan", "aws:CurrentTime", ("2027-01-01T00:00:00Z",), ALLOWED, DENIED),
    "after-passed": Case("DateGreaterThanEquals", "aws:CurrentTime", ("2020-01-01",), ALLOWED, DENIED),
    "after-to-come": Case("DateGreaterThan", "aws:CurrentTime", ("2030-01-01T00:00:00Z",), NOT_ALLOWED, ALLOWED),
    "any-of-two": Case("DateLessThan", "aws:CurrentTime", ("2009-01-01", "2030-01-01"), ALLOWED, DENIED),
    "zone": Case("DateLessThan", "aws:CurrentTime", ("2026-11-28T13:59:00+02:00",), NOT_ALLOWED, ALLOWED),
    "zone-west": Case("DateLessThan", "aws:CurrentTime", ("2026-11-28T07:01:00-05:00",), ALLOWED, DENIED),
    "fraction": Case("DateLessThan", "aws:CurrentTime", ("2026-11-28T12:00:00.25Z",), ALLOWED, DENIED),
    "date-equals": Case("DateEquals", "aws:CurrentTime", ("2026-11-28T12:00:00Z",), ALLOWED, DENIED),
    "date-not-equals": Case("DateNotEquals", "aws:CurrentTime", ("2026-11-28T12:00:00Z",), NOT_ALLOWED, ALLOWED),
    "month": Case("DateGreaterThan", "aws:CurrentTime", ("2026-11",), ALLOWED, DENIED),
    "to-the-minute": Case("DateEquals", "aws:CurrentTime", ("2026-11-28T12:00+00:00",), ALLOWED, DENIED),
    "number-equals": Case("NumericLessThanEquals", "aws:EpochTime", (NOW.timestamp(),), ALLOWED, DENIED),
    "number-less": Case("NumericLessThan", "aws:EpochTime", (NOW.timestamp(),), NOT_ALLOWED, ALLOWED),
    "number-greater": Case("NumericGreaterThan", "aws:EpochTime", (NOW.timestamp(),), NOT_ALLOWED, ALLOWED),
    "number-from": Case("NumericGreaterThanEquals", "aws:EpochTime", (NOW.timestamp(),), ALLOWED, DENIED),
    "seconds": Case("DateLessThan", "aws:CurrentTime", (1798761600,), ALLOWED, DENIED),
    "epoch-date": Case("DateLessThan", "aws:EpochTime", ("2027-01-01T00:00:00Z",), ALLOWED, DENIED),
    "epoch-number": Case("NumericLessThanEquals", "aws:EpochTime", ("1798761600",), ALLOWED, DENIED),
    "epoch-number-passed": Case("NumericLessThan", "aws:epochtime", (1262304000,), NOT_ALLOWED, ALLOWED),
    "epoch-float": Case("NumericGreaterThan", "aws:EpochTime", (1.5e9,), ALLOWED, DENIED),
    "time-null": Case("Null", "aws:CurrentTime", ("true",), NOT_ALLOWED, ALLOWED),
    "time-if-exists": Case("DateLessThanIfExists", "aws:CurrentTime", ("2009-06-30",), NOT_ALLOWED, ALLOWED),
    "time-for-all": Case("ForAllValues:DateLessThan", "aws:CurrentTime", ("2009-06-30",), NOT_ALLOWED, ALLOWED),
    "no-date": Case("DateLessThan", "aws:CurrentTime", ("soon",), UNKNOWN, UNKNOWN),
    "no-such-date": Case("DateLessThan", "aws:CurrentTime", ("2026-02-30",), UNKNOWN, UNKNOWN),
    "no-zone": Case("DateLessThan", "aws:CurrentTime", ("2009-06-30T12:00:00",), UNKNOWN, UNKNOWN),
    "a-year": Case("DateLessThan", "aws:CurrentTime", ("2009",), UNKNOWN, UNKNOWN),
    "milliseconds": Case("DateLessThan", "aws:CurrentTime", ("1798761600000",), UNKNOWN, UNKNOWN),
    "no-date-and-one": Case("DateLessThan", "aws:CurrentTime", ("soon", "2027-01-01"), ALLOWED, DENIED),
    "no-date-and-none": Case("DateNotEquals", "aws:CurrentTime", ("soon", "2027-01-01"), UNKNOWN, UNKNOWN),
    "time-as-text": Case("StringLike", "aws:CurrentTime", ("2026-*",), UNKNOWN, UNKNOWN),
    "number-of-time": Case("NumericLessThan", "aws:CurrentTime", ("1798761600",), UNKNOWN, UNKNOWN),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_one_condition(case: Case) -> None:
    assert allowed_when(case.operator, case.key, *case.values, question=case.question) is case.allow
    assert denied_when(case.operator, case.key, *case.values, question=case.question) is case.deny


@given(
    st.sampled_from([(case.operator, case.key, case.values) for case in CASES.values()]),
    st.sampled_from(["2012-10-17", "2008-10-17"]),
)
def test_a_deny_that_asks_for_people_spares_every_service(
    condition: tuple[str, str, tuple[Any, ...]], version: str
) -> None:
    operator, key, values = condition
    is_no_service = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
    conditions = {**is_no_service, operator: {**is_no_service.get(operator, {}), key: list(values)}}
    deny = statement(Effect="Deny", Principal="*", Condition=conditions)
    assert judge(policy(statement(Condition=TLS), deny, version=version), ON_QUEUE).answer is ALLOWED


# The sentences


@pytest.mark.parametrize(
    ("condition", "fact"),
    [
        pytest.param({"StringNotEquals": {ORG: "o-1"}}, "is no member of any organisation", id="organisation"),
        pytest.param({"BoolIfExists": {MFA: "false"}}, "only users and roles that signed in", id="mfa"),
        pytest.param({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, "through a VPC endpoint", id="endpoint"),
        pytest.param(
            {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}, "not in your account", id="account"
        ),
        pytest.param({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}, "nobody's user or role", id="role"),
    ],
)
def test_a_deny_meant_for_people_says_why_it_hits_a_service_and_what_spares_it(
    condition: dict[str, Any], fact: str
) -> None:
    deny = statement(Effect="Deny", Principal="*", Action="sqs:*", Condition=condition)
    judgement = judge(policy(statement(), deny), ON_QUEUE)
    ((_, key),) = [(operator, next(iter(keys))) for operator, keys in condition.items()]
    assert judgement.answer is DENIED
    assert key in judgement.because
    assert fact in judgement.because
    assert SPARED in judgement.because
    assert judgement.helps.startswith(SPARED)
    assert '"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}' in judgement.helps


@pytest.mark.parametrize(
    "deny",
    [
        pytest.param(statement(Effect="Deny"), id="by-name"),
        pytest.param(statement(Effect="Deny", Principal="*"), id="everybody"),
        pytest.param(
            statement(Effect="Deny", Principal="*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}),
            id="a-region",
        ),
    ],
)
def test_what_was_forbidden_on_purpose_is_not_talked_away(deny: dict[str, Any]) -> None:
    assert judge(policy(statement(), deny), ON_QUEUE).helps == ""


def test_a_deny_that_may_hit_says_what_makes_sure() -> None:
    condition = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    judgement = judge(policy(statement(), statement(Effect="Deny", Principal="*", Condition=condition)), ON_QUEUE)
    assert judgement.answer is UNKNOWN
    assert judgement.unknown == ("aws:SourceIp",)
    assert SPARED in judgement.because


def test_a_deny_for_all_but_some_says_that_the_service_can_be_one_of_them() -> None:
    deny = {**statement(Effect="Deny"), "NotPrincipal": {"AWS": "123456789012"}}
    del deny["Principal"]
    assert f'name {{"Service": "{SERVICE}"}} in the NotPrincipal' in judge(policy(statement(), deny), ON_QUEUE).because


@pytest.mark.parametrize(
    ("condition", "fact"),
    [
        pytest.param(
            {"DateLessThan": {"AWS:CurrentTime": "2009-06-30T12:00Z"}}, "over since 2009-06-30 12:00", id="over"
        ),
        pytest.param(
            {"DateLessThan": {"aws:CurrentTime": ["2009-06-30", "2011-01-01"]}}, "since 2011-01-01", id="later"
        ),
        pytest.param(
            {"NumericLessThan": {"aws:EpochTime": 1262304000}}, "over since 2010-01-01 00:00 UTC", id="seconds"
        ),
        pytest.param({"DateGreaterThan": {"aws:CurrentTime": "2030-01-01"}}, "begins after 2030-01-01", id="not-yet"),
        pytest.param(
            {"DateGreaterThanEquals": {"aws:CurrentTime": "2030-02"}}, "begins on 2030-02-01 00:00 UTC.", id="a-month"
        ),
        pytest.param(
            {"DateGreaterThan": {"aws:CurrentTime": "2030-01-01"}},
            "From 2030-01-01 00:00:01 UTC on, Mechanical Turk",
            id="then",
        ),
        pytest.param({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, "called in us-east-1", id="region"),
    ],
)
def test_an_allow_that_does_not_hold_says_why(condition: dict[str, Any], fact: str) -> None:
    judgement = judge(policy(statement(Condition=condition)), ON_QUEUE)
    assert judgement.answer is NOT_ALLOWED
    assert fact in judgement.because


@pytest.mark.parametrize(
    ("statements", "note"),
    [
        pytest.param(
            [statement(Condition={**TLS, "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}})],
            "let in until 2027-01-01 00:00 UTC, and then nothing lets it in any more",
            id="an-allow-that-ends",
        ),
        pytest.param(
            [
                statement(Condition=TLS),
                statement(
                    Effect="Deny",
                    Principal="*",
                    Condition={"DateGreaterThan": {"aws:CurrentTime": "2028-02-03T04:05:06Z"}},
                ),
            ],
            "let in until 2028-02-03 04:05:07 UTC, and then it is forbidden",
            id="a-deny-that-begins",
        ),
        pytest.param(
            [
                statement(Condition={**TLS, "DateLessThan": {"aws:CurrentTime": "2027-01-01"}}),
                statement(Condition={**TLS, "DateLessThan": {"aws:CurrentTime": "2029-01-01"}}),
            ],
            "let in until 2029-01-01 00:00 UTC",
            id="the-last-of-two",
        ),
    ],
)
def test_a_window_that_will_end_is_to_beware_of(statements: list[dict[str, Any]], note: str) -> None:
    judgement = judge(policy(*statements), ON_QUEUE)
    assert judgement.answer is ALLOWED
    assert len(judgement.notes) == 1
    assert note in judgement.notes[0]
    assert "now" not in judgement.because
    ends = replace(ON_QUEUE, now=NOW + timedelta(days=5000))
    assert judge(policy(*statements), ends).answer in {NOT_ALLOWED, DENIED}


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, id="open-for-ever"),
        pytest.param({"DateLessThan": {"aws:CurrentTime": "9999-12-31T23:59:59Z"}}, id="the-end-of-time"),
        pytest.param({"NumericLessThan": {"aws:EpochTime": "99999999999999999"}}, id="beyond-every-calendar"),
    ],
)
def test_a_window_without_an_end_that_matters_is_good(condition: dict[str, Any]) -> None:
    judgement = judge(policy(statement(Condition={**TLS, **condition})), ON_QUEUE)
    assert judgement.answer is ALLOWED
    assert not [note for note in judgement.notes if "This will end" in note and "9999" not in note]


def test_a_time_limit_in_another_statement_is_nobodys_business() -> None:
    other = statement(Resource=f"{QUEUE}2", Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-01"}})
    assert judge(policy(statement(Condition=TLS), other), ON_QUEUE).notes == ()


# Other services


def sns_question(**changes: Any) -> Question:
    given: dict[str, Any] = {
        "resource_arn": QUEUE,
        "service": SNS,
        "source_account": "123456789012",
        "source_arn": "arn:aws:sns:us-east-1:123456789012:news",
        "is_account_sent": True,
        "now": NOW,
        **changes,
    }
    return Question(**given)


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        pytest.param(
            {"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:news"}}}, ALLOWED
        ),
        pytest.param(
            {"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:x"}}}, NOT_ALLOWED
        ),
        pytest.param({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, ALLOWED),
        pytest.param({"Condition": {"StringNotEquals": {ORG: "o-1"}}}, ALLOWED),
        pytest.param({"Principal": {"Service": SERVICE}}, NOT_ALLOWED),
        pytest.param({"Principal": {"AWS": "755651556756"}}, NOT_ALLOWED),
        pytest.param({"Principal": {"AWS": SNS}}, NOT_ALLOWED),
        pytest.param({"Condition": {"StringEquals": {"aws:PrincipalServiceName": SNS}}}, ALLOWED),
    ],
)
def test_the_service_that_asks_is_part_of_the_question(made: dict[str, Any], answer: Answer) -> None:
    question = sns_question()
    judgement = judge(policy(statement(question, **made)), question)
    assert judgement.answer is answer
    assert "Mechanical Turk" not in judgement.because
    assert "Amazon SNS" in judgement.because


def test_a_key_is_judged_for_any_service() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
    uses = ["kms:GenerateDataKey*", "kms:Decrypt"]
    for service in (SERVICE, SNS):
        text = policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": uses, "Resource": "*"})
        assert judge_key(text, key, service=service).answer is ALLOWED
        assert judge_key(text, key, service=SNS if service == SERVICE else SERVICE).answer is NOT_ALLOWED


# How it is put


def test_who_means_the_service_comes_nearest_though_more_is_in_the_way() -> None:
    other = statement(Principal={"Service": "s3.amazonaws.com"})
    meant = statement(Principal={"AWS": SERVICE}, Resource=f"{QUEUE}-old")
    judgement = judge(policy(other, meant), ON_QUEUE)
    assert judgement.statement == 2
    assert "has to be given as Service" in judgement.because
    assert f"but for “{QUEUE}-old”" in judgement.because


@pytest.mark.parametrize(
    ("changes", "how"),
    [
        ({}, "by the name of its service"),
        ({"Principal": "*"}, "because it lets everyone in."),
        ({"Principal": {"AWS": ["*", "123456789012"]}}, "because it lets everyone in."),
        ({"NotPrincipal": {"AWS": "123456789012"}}, "because it lets everyone in but those it names."),
        (
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalServiceName": SERVICE}}},
            "because it names everyone, and its conditions hold.",
        ),
        ({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "because it lets everyone in."),
    ],
)
def test_how_it_is_let_in_is_said(changes: dict[str, Any], how: str) -> None:
    made = statement(**changes)
    if "NotPrincipal" in made:
        del made["Principal"]
    assert how in judge(policy(made), ON_QUEUE).because


def test_every_deny_is_named_up_to_a_point() -> None:
    deny = statement(Effect="Deny", Principal="*")
    said = [judge(policy(statement(), *[deny] * count), ON_QUEUE).because for count in (1, 2, 3, 4)]
    assert "So do" not in said[0]
    assert said[1].endswith("So does statement 3.")
    assert said[2].endswith("So do statement 3, statement 4.")
    assert said[3].endswith("So do statement 3, statement 4 and 1 more.")


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, " and 1 more")])
def test_what_cannot_be_judged_is_listed_up_to_a_point(count: int, more: str) -> None:
    condition = {"StringEquals": {f"aws:Odd{number}": "x" for number in range(count)}}
    judgement = judge(policy(statement(Condition=condition)), ON_QUEUE)
    assert len(judgement.unknown) == count
    assert f"“aws:Odd4”{more}, which cannot be judged" in judgement.because


def test_a_doubt_that_begins_later_is_to_beware_of() -> None:
    condition = {
        "DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-01"},
        "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
    }
    deny = statement(Effect="Deny", Principal="*", Condition=condition)
    judgement = judge(policy(statement(Condition=TLS), deny), ON_QUEUE)
    assert judgement.answer is ALLOWED
    assert judgement.notes == (
        "This will end: Mechanical Turk is let in until 2027-01-01 00:00 UTC, and what is then cannot be told.",
    )


# Who is named wrongly, and what a template left


@pytest.mark.parametrize(
    ("principal", "fact"),
    [
        ({"AWS": SERVICE}, "it is given as AWS and has to be given as Service"),
        ({"Federated": SERVICE}, "it is given as Federated and has to be given as Service"),
        ({"CanonicalUser": [SERVICE]}, "it is given as CanonicalUser and has to be given as Service"),
        ({"AWS": f"https://{SERVICE}/"}, "has to be given as Service"),
        ({"Service": f" {SERVICE}"}, "in just these letters"),
        ({"Service": "mturk-requester"}, "in just these letters"),
        ({"Service": f"{SERVICE}.cn"}, "in just these letters"),
        ({"Service": "mturk.amazonaws.com"}, "but for “mturk.amazonaws.com” (given as Service)"),
        ({"AWS": ["123456789012", "999999999999"]}, "but for “123456789012” (given as AWS) and 1 more"),
    ],
)
def test_who_is_named_instead_is_said_with_the_kind(principal: dict[str, Any], fact: str) -> None:
    far = statement(Principal={"AWS": "999999999999"}, Action="sqs:GetQueueUrl")
    judgement = judge(policy(far, statement(Principal=principal)), ON_QUEUE)
    assert judgement.answer is NOT_ALLOWED
    assert judgement.statement == 2
    assert fact in judgement.because


PLACEHOLDERS = [
    "${sqs_arn}",
    "${aws_sqs_queue.results.arn}",
    "${var.queue_arn}",
    "arn:aws:sqs:us-east-1:${AWS::AccountId}:events",
    "arn:aws:sqs:${AWS::Region}:123456789012:events",
    "${self:custom.queue}",
    "{{ queue_arn }}",
    "arn:aws:sqs:us-east-1:{{account}}:events",
    "${{ secrets.QUEUE_ARN }}",
    "arn:aws:sqs:us-east-1:<ACCOUNT>:events",
    "arn:aws:sqs:us-east-1:<your account id>:<queue>",
    "arn:aws:sqs:us-east-1:YOUR-ACCOUNT-ID:events",
    "arn:aws:sqs:REGION:ACCOUNT_ID:events",
    "arn:aws:sqs:REGION:${account}:<queue>",
    "arn:aws:sqs:us-east-1:xxxxxxxxxxxx:events",
    "arn:aws:sqs:us-east-1:account-id:events",
    "%s",
    "arn:aws:sqs:us-east-1:%s:%s",
    "%(arn)s",
    "%QUEUE_ARN%",
    "{arn}",
    "arn:aws:sqs:us-east-1:{}:events",
    "$QUEUE_ARN",
    "$(terraform output queue)",
    "!GetAtt Queue.Arn",
    "!Sub arn:aws:sqs:${AWS::Region}:x",
    {"Fn::GetAtt": ["Queue", "Arn"]},
    {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:events"},
    {"Ref": "QueueArn"},
    [{"Fn::Join": [":", ["arn", "aws"]]}],
]


@pytest.mark.parametrize("version", ["2012-10-17", "2008-10-17"])
@pytest.mark.parametrize("left", PLACEHOLDERS, ids=str)
def test_what_a_template_left_is_told_apart_from_a_variable(left: Any, version: str) -> None:
    judgement = judge(policy(statement(Resource=left), version=version), ON_QUEUE)
    assert judgement.answer is UNKNOWN
    assert "of a template that w" in judgement.because
    assert "not filled in" in judgement.because
    assert "cannot be judged" not in judgement.because
    deny = judge(policy(statement(), statement(Effect="Deny", Resource=left), version=version), ON_QUEUE)
    assert deny.answer is UNKNOWN
    assert "not filled in" in deny.because


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Principal": {"Service": "${service}"}}, id="principal"),
        pytest.param({"Principal": {"Service": "{{service}}.amazonaws.com"}}, id="part-of-a-principal"),
        pytest.param({"Action": "sqs:${action}"}, id="action"),
        pytest.param({"Condition": {"StringEquals": {"aws:RequestedRegion": "<REGION>"}}}, id="condition"),
        pytest.param({"Condition": {"StringEquals": {"aws:SourceAccount": "${account}"}}}, id="unknown-value"),
        pytest.param({"Condition": {"DateLessThan": {"aws:CurrentTime": "${expiry}"}}}, id="date"),
        pytest.param({"Condition": {"ArnLike": {"aws:SourceArn": {"Ref": "Topic"}}}}, id="function"),
    ],
)
def test_a_placeholder_anywhere_is_named(changes: dict[str, Any]) -> None:
    judgement = judge(policy(statement(**changes)), ON_QUEUE)
    assert judgement.answer is UNKNOWN
    assert "a placeholder of a template that was not filled in" in judgement.because


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        ("arn:aws:s3:::${bucket}", NOT_ALLOWED),
        ("arn:aws:sqs:us-east-1:<ACCOUNT>:another", NOT_ALLOWED),
        ("arn:aws:sqs:us-east-1:123456789012:${aws:username}", UNKNOWN),
        ("arn:aws:sqs:us-east-1:123456789012:${aws:PrincipalTag/team, 'events'}", UNKNOWN),
        ("arn:aws:sqs:us-east-1:12345678901:events", NOT_ALLOWED),
    ],
)
def test_what_is_no_placeholder_is_judged_as_before(resource: str, answer: Answer) -> None:
    judgement = judge(policy(statement(Resource=resource)), ON_QUEUE)
    assert judgement.answer is answer
    assert "placeholder" not in judgement.because


def test_a_placeholder_and_a_key_are_told_apart_in_one_sentence() -> None:
    condition = {"StringEquals": {"aws:Odd": "x"}}
    judgement = judge(policy(statement(Resource="${sqs_arn}", Condition=condition)), ON_QUEUE)
    assert "“${sqs_arn}”, a placeholder of a template" in judgement.because
    assert "and on “aws:Odd”, which cannot be judged from here" in judgement.because
    assert judgement.unknown == ("${sqs_arn}", "aws:Odd")


def test_a_function_where_no_text_can_be_is_named() -> None:
    document = {"Statement": [{"Fn::If": ["Live", statement(), {"Ref": "AWS::NoValue"}]}]}
    assert "a template of CloudFormation that was not filled in" in judge(document, ON_QUEUE).because


def test_two_statements_of_one_sid_are_to_beware_of() -> None:
    judgement = judge(policy(statement(Sid="A", Condition=TLS), statement(Sid="A", Condition=TLS)), ON_QUEUE)
    assert judgement.answer is ALLOWED
    assert judgement.notes == ("More than one statement has the Sid “A”; a Sid may occur only once.",)
    names = ("A", "B", "A", "C", "D", "B")
    judgement = judge(policy(*(statement(Sid=name, Condition=TLS) for name in names)), ON_QUEUE)
    assert judgement.notes == ("More than one statement has the Sid “A” and 1 more; a Sid may occur only once.",)
