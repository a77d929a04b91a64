# SPDX-License-Identifier: MIT
"""Whatever JSON stands where a policy is expected: a sentence, and never a failure of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.test_cli import run
from notification_tester.cli import main
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.finding import Level
from notification_tester.domain.policy.judgement import Question, granting_statement, judge
from notification_tester.domain.problem import ProblemError
from notification_tester.services.checkup.mend import Mend
from notification_tester.services.checkup.policy_verdict import policy_verdict
from notification_tester.services.policy_findings import policy_findings

if TYPE_CHECKING:
    from pathlib import Path

    from services.places_to_check import Site


ARN = "arn:aws:sqs:us-east-1:123456789012:results"
GRANT = granting_statement(ARN, "")
QUESTION = Question(resource_arn=ARN)

_NAMES = st.sampled_from(
    [
        *(
            "Version",
            "Id",
            "Statement",
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
        ),
        *("NotResource", "Condition", "AWS", "Service", "statement", "EFFECT", "Bool", "bool", "StringEquals", "Null"),
        *("DateLessThan", "NumericLessThan", "ForAllValues:StringLike", "aws:SecureTransport", "aws:CurrentTime"),
        *("aws:EpochTime", "aws:PrincipalOrgID", "aws:PrincipalServiceNamesList", "Policy", "Attributes", "Ref", ""),
    ]
)
_VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300, max_value=10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.text(alphabet=st.characters(categories=["Cs", "Cc", "Lu"]), max_size=4)
    | st.sampled_from(
        ["2012-10-17", "2008-10-17", "Allow", "Deny", "allow", "*", "${a}", "${aws:x}", ARN, "sqs:*", "1"]
    )
    | st.just(GRANT)
)
_JSON = st.recursive(
    _VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.text(max_size=4), inner, max_size=6),
    max_leaves=25,
)
_POLICIES = st.dictionaries(_NAMES, _JSON, max_size=4) | st.fixed_dictionaries(
    {"Statement": st.lists(st.dictionaries(_NAMES, _JSON, max_size=7) | st.just(GRANT), max_size=3) | _JSON},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17"]) | _JSON},
)
_TEXTS = _POLICIES.map(json.dumps) | _JSON.map(json.dumps) | _POLICIES.map(lambda one: json.dumps(json.dumps(one)))


@given(_TEXTS)
def test_any_json_has_a_verdict_and_a_reason(text: str) -> None:
    found = policy_verdict(text, resource_arn=ARN)
    assert found.judgement.because
    json.dumps(found.as_json()).encode()
    assert (found.verdict in {Level.GOOD, Level.BEWARE}) is (found.judgement.answer.value == "allowed")
    if found.mended:
        assert policy_verdict(found.mended, resource_arn=ARN).verdict in {Level.GOOD, Level.BEWARE}
    for finding in policy_findings(text, QUESTION):
        assert finding.title
        assert finding.remedy or finding.level is Level.GOOD


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TEXTS | st.text())
def test_the_command_says_it_in_words_and_as_json(tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    words = ["check", "--policy", str(file), "--resource", ARN]
    code = main([*words, "--json"], self_check=lambda _: 1)
    told = capfd.readouterr()
    answer = json.loads(told.out)
    assert told.err == ""
    assert code == (2 if "problem" in answer else 0 if answer["verdict"] in {"good", "beware"} else 1)
    assert main(words, self_check=lambda _: 1) == code
    said = capfd.readouterr()
    assert (said.out or said.err).strip()
    assert "Traceback" not in said.err


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_POLICIES)
def test_a_change_is_worked_out_or_refused_and_looking_changes_nothing(site: Site, policy: dict[str, Any]) -> None:
    destination = parse_destination(Transport.SQS, site.queues[0]) if site.queues else site.queue()
    try:
        site.set_policy(destination, json.dumps(policy))
    except site.desk.outside.sqs.exceptions.ClientError:
        return  # the service does not take it either
    before = site.policy(destination)
    try:
        proposal = Mend().proposal(site.desk.opened, destination)
    except ProblemError as error:
        said = error.problem.remedy
    else:
        said = proposal.difference if proposal is not None else "nothing has to change"
        assert proposal is None or judge(proposal.after, proposal.question).because
    assert said
    assert site.policy(destination) == before


ODD = {
    "null": "null",
    "nothing": "",
    "blanks": " \n",
    "a-number": "12",
    "true": "true",
    "a-list": "[]",
    "an-empty-object": "{}",
    "null-statement": '{"Statement": null}',
    "empty-statements": '{"Statement": []}',
    "statement-as-object": json.dumps({"Statement": GRANT}),
    "statements-within-statements": json.dumps({"Statement": [[GRANT]]}),
    "version-number": json.dumps({"Version": 2012, "Statement": [GRANT]}),
    "version-null": json.dumps({"Version": None, "Statement": [GRANT]}),
    "old-version": json.dumps({"Version": "2008-10-17", "Statement": [GRANT]}),
    "version-lower-case": json.dumps({"version": "2012-10-17", "Statement": [GRANT]}),
    "twice": '{"Statement": [], "Statement": []}',
    "effect-twice": '{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}',
    "nan": '{"Statement": [NaN]}',
    "infinity": '{"Statement": [{"Effect": -Infinity}]}',
    "huge-number": json.dumps({"Statement": [{**GRANT, "Condition": {"NumericLessThan": {"aws:EpochTime": 10**400}}}]}),
    "endless-number": '{"Statement": ' + "9" * 6000 + "}",
    "huge-exponent": '{"Statement": [{"Condition": {"Bool": {"a:b": 1e999999}}}]}',
    "half-a-character": '{"Statement": [{"Sid": "\\ud800", "Effect": "\\udc00"}]}',
    "half-a-character-in-a-key": json.dumps({"Statement": [{**GRANT, "Condition": {"Bool": {"\ud800": "x"}}}]}),
    "control-characters": json.dumps({"Statement": [{**GRANT, "Effect": "\x1b[2J\x00"}]}),
    "operator-in-small-letters": json.dumps({"Statement": [{**GRANT, "Condition": {"bool": {"aws:x": "true"}}}]}),
    "operator-unknown": json.dumps({"Statement": [{**GRANT, "Condition": {"StringIs": {"aws:x": "true"}}}]}),
    "condition-null": json.dumps({"Statement": [{**GRANT, "Condition": None}]}),
    "condition-value-null": json.dumps({"Statement": [{**GRANT, "Condition": {"Bool": {"aws:x": None}}}]}),
    "condition-value-empty": json.dumps({"Statement": [{**GRANT, "Condition": {"Bool": {"aws:x": []}}}]}),
    "sids-twice": json.dumps({"Statement": [GRANT, GRANT]}),
    "sid-null": json.dumps({"Statement": [{**GRANT, "Sid": None}]}),
    "account-as-number": json.dumps({"Statement": [{**GRANT, "Principal": {"AWS": 123456789012}}]}),
    "principal-empty": json.dumps({"Statement": [{**GRANT, "Principal": {}}]}),
    "deep": '{"Statement": ' + "[" * 900 + "]" * 900 + "}",
    "deeper": '{"a":' * 50_000,
    "deep-within-a-policy": json.dumps({"Policy": '{"Statement": ' + '{"a":' * 400 + "1" + "}" * 400 + "}"}),
    "zeros": "\0" * 50,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_policies_as_a_person_has_them_judged(tmp_path: Path, text: str) -> None:
    file = tmp_path / "policy.json"
    file.write_text(text, encoding="utf-8")
    ran = run("check", "--policy", str(file), "--resource", ARN, "--json")
    answer = ran.json()
    assert ran.errors == ""
    assert answer["because"]
    assert ran.code == (0 if answer["verdict"] in {"good", "beware"} else 1)
