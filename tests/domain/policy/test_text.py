# SPDX-License-Identifier: MIT
"""A policy is found wherever AWS's tools put it, and what holds none is told by what it looks like."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.policy.statement import MalformedPolicyError
from notification_tester.domain.policy.text import find_policy

ARN = "arn:aws:sqs:us-east-1:123456789012:results"
POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Id": "Schlüssel & <mehr>",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "mturk-requester.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": ARN,
        }
    ],
}
TEXT = json.dumps(POLICY)
LAID_OUT = json.dumps(POLICY, indent=2)
ANOTHER = json.dumps({**POLICY, "Id": "another"})
TEMPLATE = {
    "Type": "AWS::SQS::QueuePolicy",
    "Properties": {"PolicyDocument": POLICY, "Queues": [{"Ref": "Queue"}]},
}
STATE = {"values": {"root_module": {"resources": [{"type": "aws_sqs_queue_policy", "values": {"policy": TEXT}}]}}}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT, id="by-itself"),
        pytest.param(f"\n\t {LAID_OUT} \r\n", id="with-blanks"),
        pytest.param(f"\ufeff{TEXT}\0\0", id="with-marks"),
        pytest.param(
            json.dumps({"Attributes": {"QueueArn": ARN, "Policy": TEXT}}, indent=4), id="get-queue-attributes"
        ),
        pytest.param(
            json.dumps({"Attributes": {"Policy": TEXT, "TopicArn": ARN, "EffectiveDeliveryPolicy": '{"http": {}}'}}),
            id="get-topic-attributes",
        ),
        pytest.param(json.dumps({"Policy": TEXT}), id="set-queue-attributes"),
        pytest.param(json.dumps({"Policy": POLICY}), id="policy-as-an-object"),
        pytest.param(json.dumps({"Policy": TEXT, "PolicyName": "default"}), id="get-key-policy"),
        pytest.param(json.dumps({"QueueUrl": "https://x/1/q", "Attributes": {"Policy": TEXT}}), id="cli-input"),
        pytest.param(
            json.dumps({"TopicArn": ARN, "AttributeName": "Policy", "AttributeValue": TEXT}), id="set-topic-attributes"
        ),
        pytest.param(json.dumps({"PolicyDocument": POLICY}), id="policy-document"),
        pytest.param(json.dumps({"PolicyDocument": TEXT}), id="policy-document-as-text"),
        pytest.param(json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, "P": TEMPLATE}}), id="template"),
        pytest.param(json.dumps(TEMPLATE), id="resource-of-a-template"),
        pytest.param(json.dumps(STATE), id="terraform-show"),
        pytest.param(json.dumps([STATE, STATE]), id="the-same-twice"),
        pytest.param(TEXT.replace("&", "\\u0026").replace("<", "\\u003c"), id="jsonencode"),
        pytest.param(json.dumps(TEXT), id="text-of-json"),
        pytest.param(json.dumps(json.dumps(TEXT)), id="text-within-a-text"),
        pytest.param(json.dumps(TEXT)[1:-1], id="text-without-its-quotes"),
        pytest.param(json.dumps(LAID_OUT)[1:-1], id="laid-out-text-without-its-quotes"),
        pytest.param(quote(TEXT), id="percent-encoded"),
        pytest.param('queue,policy\nresults,"' + TEXT.replace('"', '""') + '"\n', id="cell-of-a-table"),
        pytest.param(
            f"aws sqs set-queue-attributes --queue-url x --attributes '{json.dumps({'Policy': TEXT})}'",
            id="command-line",
        ),
        pytest.param(f"[DEBUG] sqs.set_queue_attributes(Attributes={{'Policy': '{TEXT}'}})", id="log-of-python"),
        pytest.param(
            json.dumps({"eventName": "SetQueueAttributes", "requestParameters": {"attributes": {"Policy": TEXT}}}),
            id="cloudtrail",
        ),
        pytest.param(
            f"<GetQueueAttributesResponse><Attribute><Name>Policy</Name><Value>{html.escape(TEXT)}</Value></Attribute>"
            "</GetQueueAttributesResponse>",
            id="xml",
        ),
        pytest.param(f"ATTRIBUTES\t{TEXT}", id="cli-as-text"),
        pytest.param(f"Attributes:\n  Policy: '{TEXT}'\n  QueueArn: {ARN}\n", id="cli-as-yaml"),
        pytest.param(f"{{'Attributes': {{'QueueArn': '{ARN}', 'Policy': '{TEXT}'}}}}", id="printed-by-python"),
        pytest.param(f"Here is the policy:\n```json\n{LAID_OUT}\n```\nThanks, {{name}}\n", id="in-a-mail"),
        pytest.param(
            f"$ aws sqs get-queue-attributes --queue-url x\n{json.dumps({'Attributes': {'Policy': TEXT}})}\n$ ",
            id="from-a-terminal",
        ),
        pytest.param(f"policy = jsonencode({TEXT})", id="terraform-with-json-within"),
        pytest.param(f'time="12:00" level=info policy={json.dumps(TEXT)} rest', id="text-of-json-in-a-log"),
    ],
)
def test_the_policy_is_found(text: str) -> None:
    found = find_policy(text)
    assert json.loads(found.policy) == POLICY
    stands_alone = _read(text.strip("\ufeff\0 \t\r\n")) == POLICY
    assert bool(found.where) is not stands_alone


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


TAKEN_OUT = "The policy was taken out of what stands around it"
NO_JSON = "The text as a whole is no JSON; the policy was taken out of it."


@pytest.mark.parametrize(
    ("text", "where", "arn"),
    [
        pytest.param(TEXT, "", "", id="by-itself"),
        pytest.param(
            json.dumps(TEXT), "The policy is packed in a text, as JSON writes one, and was unpacked.", "", id="packed"
        ),
        pytest.param(json.dumps({"PolicyDocument": POLICY}), f"{TAKEN_OUT}.", "", id="taken-out"),
        pytest.param(
            json.dumps({"Attributes": {"QueueArn": ARN, "Policy": TEXT}}),
            f"{TAKEN_OUT}, where it is that of “{ARN}”.",
            ARN,
            id="of-a-queue",
        ),
        pytest.param(
            json.dumps({"TopicArn": "arn:aws:sns:x", "Attributes": {"QueueArn": 7, "Policy": TEXT}}),
            f"{TAKEN_OUT}, where it is that of “arn:aws:sns:x”.",
            "arn:aws:sns:x",
            id="of-a-topic",
        ),
        pytest.param(f"found: {TEXT}", NO_JSON, "", id="after-a-word"),
        pytest.param(json.dumps(TEXT)[1:-1], NO_JSON, "", id="without-its-quotes"),
        pytest.param(f"log {json.dumps({'QueueArn': ARN, 'Policy': TEXT})}", NO_JSON, ARN, id="in-a-log"),
    ],
)
def test_where_it_was_and_whose_it_is_said_to_be_is_told(text: str, where: str, arn: str) -> None:
    found = find_policy(text)
    assert (found.where, found.arn) == (where, arn)
    assert json.loads(found.policy) == POLICY


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ""),
        ('{"Attributes": {"Policy": ""}}', "The policy in “Attributes” is empty."),
        ('{"Policy": ""}', "The policy in “Policy” is empty."),
    ],
)
def test_where_a_policy_is_empty_is_told(text: str, where: str) -> None:
    assert find_policy(text).where == where


def test_colours_for_a_terminal_are_no_part_of_it() -> None:
    coloured = LAID_OUT.replace('"Version"', '\x1b[34;1m"Version"\x1b[0m').replace("{", "\x1b[1;39m{\x1b[0m")
    assert json.loads(find_policy(coloured).policy) == POLICY


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", json.dumps({"Attributes": {"Policy": ""}}), '{"Policy": ""}'])
def test_no_policy_is_none(text: str) -> None:
    assert find_policy(text).policy == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(TEXT[:-9], "it ends in the middle, at line 1, column", id="cut-off"),
        pytest.param(TEXT[: TEXT.index("mturk") + 3], "it ends in the middle", id="cut-off-in-a-text"),
        pytest.param(json.dumps({"Attributes": {"Policy": TEXT}})[:-30], "ends in the middle", id="output-cut-off"),
        pytest.param(json.dumps({"Policy": TEXT[:-9]}), "ends in the middle", id="text-within-cut-off"),
        pytest.param(json.dumps(TEXT[:-9]), "ends in the middle", id="text-of-json-cut-off"),
        pytest.param(str(POLICY), "as Python prints it, with single quotes", id="python"),
        pytest.param(TEXT.replace('"Allow"', "'Allow'"), "a single quote where JSON has double quotes", id="one-quote"),
        pytest.param("{ Version: '2012-10-17', Statement: [ [Object] ] }", "as JavaScript prints it", id="node"),
        pytest.param(TEXT.replace('"', "”"), "the quotation mark ” of a word processor", id="curly"),
        pytest.param(TEXT.replace(": ", ":\u00a0"), "a blank of another kind", id="no-break-space"),
        pytest.param(LAID_OUT.replace("{\n", "{ // mine\n", 1), "there is a comment", id="comment"),
        pytest.param(LAID_OUT.replace("[\n", "[ /* mine */\n", 1), "there is a comment", id="long-comment"),
        pytest.param(f"# mine\n{LAID_OUT[:-5]}", "ends in the middle", id="comment-before"),
        pytest.param(TEXT[:-1] + ",}", "a comma too many", id="comma"),
        pytest.param(TEXT.replace("}]", "},]"), "a comma too many", id="comma-in-a-list"),
        pytest.param('{"Statement": [], "x": True}', "there is True, as Python prints it", id="true"),
        pytest.param('policy = jsonencode({\n  Version = "2012-10-17"\n})', "Terraform's own language", id="terraform"),
        pytest.param(
            '# aws_sqs_queue_policy.q:\nresource "aws_sqs_queue_policy" "q" {\n  policy = jsonencode(\n    {\n',
            "Terraform's own language",
            id="terraform-show",
        ),
        pytest.param(
            '  # x will be created\n  + resource "x" "q" {\n', "Terraform's own language", id="terraform-plan"
        ),
        pytest.param('resource "aws_sqs_queue_policy" "x" {\n policy = <<EOF', "Terraform's own language", id="hcl"),
        pytest.param("Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n", "written as YAML", id="yaml"),
        pytest.param("---\n# mine\nPolicyDocument:\n  Version: x\n", "written as YAML", id="yaml-document"),
        pytest.param('{"a": 1} and more', "the policy is complete, and more follows: “and more”.", id="more"),
        pytest.param('{"a" 1}', "at line 1, column 6, Expecting ':' delimiter: “1}”.", id="no-colon"),
        pytest.param('and {"a": 1,\n "b" 2}', "at line 2, column 6, Expecting ':' delimiter: “2}”.", id="further-on"),
        pytest.param("<!DOCTYPE html><html>Sign in</html>", "XML or a web page", id="page"),
        pytest.param("An error occurred (AccessDenied)", "begins with “An error occurred (AccessDenied)”", id="words"),
        pytest.param(f"{TEXT}\n{ANOTHER}", "There are 2 policies", id="two"),
        pytest.param(json.dumps({"a": POLICY, "b": ANOTHER}), "There are 2 policies", id="two-within"),
        pytest.param('{"Attributes": {"QueueArn": "x"}}', "Ask for the attribute Policy", id="not-asked-for"),
        pytest.param('{"PolicyDocument": null}', "no policy in it", id="null"),
        pytest.param(json.dumps(POLICY["Statement"][0]), "This is one statement", id="a-statement"),
        pytest.param(json.dumps(POLICY["Statement"]), "These are statements", id="statements"),
        pytest.param('{"Effect": "Deny", "NotAction": "sqs:*"}', "This is one statement", id="a-statement-with-not"),
        pytest.param('{"a": {"Statement": 1, "Statement": 2}}', "“Statement” occurs twice", id="twice"),
        pytest.param(f'{{"Policy": {TEXT}, "x": NaN}}', "NaN is no value", id="nan"),
        pytest.param('{"Statement": ' + "9" * 5000 + "}", "far too long", id="endless-number"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"a":' * 100_000, "nested too deeply", id="deep-objects"),
    ],
)
def test_what_holds_no_policy_is_told_by_what_it_looks_like(text: str, said: str) -> None:
    with pytest.raises(MalformedPolicyError) as raised:
        find_policy(text)
    assert said in raised.value.sentence
    assert raised.value.sentence.endswith(".")


@pytest.mark.parametrize("text", ['{"statement": []}', "[]", "5", '"x"', "null", "{}", '{"Version": "2012-10-17"}'])
def test_what_reads_as_a_policy_gone_wrong_is_left_to_who_judges(text: str) -> None:
    assert find_policy(text).policy == text


@given(st.text() | st.text(alphabet='{}[]":, \\/#\'Sta"temn012\n', max_size=60))
def test_any_text_is_a_policy_or_a_sentence(text: str) -> None:
    try:
        said = find_policy(text).policy
    except MalformedPolicyError as error:
        said = error.sentence
    assert said or not text.strip("\ufeff\0 \t\r\n")


@given(
    st.recursive(
        st.just(POLICY) | st.just(TEXT) | st.text(max_size=5) | st.integers() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["Attributes", "Policy", "Resources", "a"]), inner, max_size=3)
            | inner.map(json.dumps)
        ),
    )
)
def test_however_it_is_packed_the_one_policy_comes_out_whole(packed: Any) -> None:
    text = json.dumps(packed)
    try:
        found = find_policy(text)
    except MalformedPolicyError:
        assert "mturk" not in text
        return
    if "mturk-requester" in text:
        assert json.loads(found.policy) == POLICY
