# SPDX-License-Identifier: MIT
"""What is saved is what others read: it is opened again as it was, and grants what the program asks for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notification_tester.aws.clients import Clients
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import PRACTICE, Account, Credentials, Environment, KeySource
from notification_tester.domain.destination import EmailAddress, QueueAddress, Transport, parse_destination
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.notification import VERSIONS, NotificationSpec, parse_spec
from notification_tester.domain.policy.grant import granting_statement
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.specifications.imported import WebReceiver, WebTransport
from notification_tester.domain.specifications.reading import MAX_SIZE, read_specification
from notification_tester.services import saved_forms as forms
from notification_tester.services.snippets import as_aws_cli, as_python

if TYPE_CHECKING:
    from pathlib import Path

    from notification_tester.services.accounts import OpenAccount

SECRET = "S" * 40
NAMES = st.text("abcXYZ019_-", min_size=1, max_size=40)
ACCOUNTS = st.from_regex(r"[1-9][0-9]{11}", fullmatch=True)
REGIONS = st.sampled_from(("us-east-1", "eu-west-1"))
LOCAL_PARTS = st.text("abcXYZ09+-_.'=&{}/*|~^", max_size=20).filter(lambda text: ".." not in text).map("a{}z".format)
DESTINATIONS = st.one_of(
    st.builds(
        lambda region, account, name: f"https://sqs.{region}.amazonaws.com/{account}/{name}", REGIONS, ACCOUNTS, NAMES
    ),
    st.builds(lambda region, account, name: f"arn:aws:sns:{region}:{account}:{name}", REGIONS, ACCOUNTS, NAMES),
    st.builds(lambda local: f"{local}@example.org", LOCAL_PARTS),
)
SPECS = st.builds(
    lambda destination, events, version: parse_spec(
        transport=Transport.SQS
        if destination[:5] == "https"
        else Transport.SNS
        if destination[:4] == "arn:"
        else Transport.EMAIL,
        destination=destination,
        events=events,
        version=version,
    ),
    DESTINATIONS,
    st.sets(st.sampled_from(SUBSCRIBABLE), min_size=1),
    st.sampled_from(VERSIONS),
)


@pytest.fixture
def lab(opened: OpenAccount) -> OpenAccount:
    """An account of a person, whose keys must not come out."""
    keys = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SECRET)
    account = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
    return replace(opened, account=account, clients=Clients(Connection(credentials=keys)), practice=None)


@given(spec=SPECS, event=st.sampled_from(EventType), data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_saved_is_opened_again(
    opened: OpenAccount, lab: OpenAccount, spec: NotificationSpec, event: EventType, data: st.DataObject
) -> None:
    account = data.draw(st.sampled_from((opened, lab)))
    *_, xml, query = forms.saved_forms(account, spec, event)
    for text in (
        as_aws_cli(account, spec, event),
        as_python(account, spec, event),
        forms.as_javascript(account, spec, event),
        forms.as_json_request(spec, event),
        query.text,
    ):
        found = read_specification(text)
        assert (found.specification(), found.test_event, found.operation) == (
            spec,
            event,
            "SendTestEventNotification",
        ), text
    found = read_specification(xml.text)
    assert (found.specification(), found.test_event) == (spec, None)


@pytest.mark.parametrize("transport", [WebTransport.REST, WebTransport.SOAP])
def test_a_web_receiver_is_saved_as_the_older_api_had_it_and_opened_again(transport: WebTransport) -> None:
    receiver = WebReceiver(transport=transport, address="https://lab.org:8080/notify?course=7&a=b%20c")
    events = (EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_EXPIRED)
    xml, query = forms.receiver_forms(receiver, "2006-05-05", events, EventType.PING)
    for saved in (xml, query):
        found = read_specification(saved.text)
        assert (found.receiver, found.events, found.version) == (receiver, events, "2006-05-05")
    assert read_specification(query.text).test_event is EventType.PING
    assert "EventType.1=AssignmentSubmitted&Notification.1.EventType.2=HITExpired&" in query.text


def spec_to(transport: Transport) -> NotificationSpec:
    destination = {
        Transport.SQS: "https://sqs.eu-west-1.amazonaws.com/123456789012/my-queue",
        Transport.SNS: "arn:aws:sns:us-east-1:123456789012:my-topic",
        Transport.EMAIL: "jane@example.org",
    }[transport]
    return parse_spec(transport=transport, destination=destination, events=["HITExpired"])


@pytest.mark.parametrize(("transport", "count"), [(Transport.SQS, 8), (Transport.SNS, 8), (Transport.EMAIL, 6)])
def test_each_form_has_a_title_and_a_name_of_its_own_and_no_key(
    lab: OpenAccount, transport: Transport, count: int
) -> None:
    saved = forms.saved_forms(lab, spec_to(transport), EventType.PING)
    assert len({one.title for one in saved}) == len({one.file_name for one in saved}) == len(saved) == count
    for one in saved:
        assert one.text.endswith("\n")
        assert SECRET not in one.text
        assert "AKIAIOSFODNN7EXAMPLE" not in one.text


def policy_of_terraform(text: str) -> tuple[str, dict[str, str], Any]:
    """The kind, the plain attributes and the policy of the one resource, read by the grammar of its language."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    kind = re.fullmatch(r'resource "(\w+)" "\w+" \{', lines[0])
    body = re.fullmatch(r"(.*?)\n  policy = jsonencode\((.*)\)\n\}", "\n".join(lines[1:]), re.DOTALL)
    assert kind is not None
    assert body is not None
    plain = dict(re.fullmatch(r'  (\w+) = "([^"\\$%]*)"', line).groups() for line in body[1].splitlines())  # type: ignore[union-attr,misc]
    # an object's rows end with the line, a list's items with a comma
    rows = re.sub(r'(?m)^(\s*"[^"]*") = ', r"\1: ", body[2])
    rows = re.sub(r'(?m)(["\]}])\n(?=\s*")', r"\1,\n", rows)
    return kind[1], plain, json.loads(re.sub(r",(\s*\])", r"\1", rows))


@pytest.mark.parametrize("transport", [Transport.SQS, Transport.SNS])
def test_the_policy_is_the_one_that_the_program_asks_for(transport: Transport) -> None:
    destination = spec_to(transport).destination
    assert not isinstance(destination, EmailAddress)
    is_queue = isinstance(destination, QueueAddress)
    arn = destination.arn() if isinstance(destination, QueueAddress) else destination.text
    source_account = "" if is_queue else destination.account_id
    wanted = {"Version": "2012-10-17", "Statement": [granting_statement(arn, source_account)]}

    text = forms.as_terraform(destination)
    kind, plain, policy = policy_of_terraform(text)
    assert policy == wanted
    assert (kind, plain) == (
        ("aws_sqs_queue_policy", {"queue_url": destination.text})
        if is_queue
        else ("aws_sns_topic_policy", {"arn": arn})
    )
    assert "add the statements that it has already" in text
    assert f"set to the region {destination.region}." in text

    template = json.loads(forms.as_cloudformation(destination))
    (resource,) = template["Resources"].values()
    assert template["AWSTemplateFormatVersion"] == "2010-09-09"
    assert resource["Type"] == ("AWS::SQS::QueuePolicy" if is_queue else "AWS::SNS::TopicPolicy")
    assert resource["Properties"] == {"Queues" if is_queue else "Topics": [destination.text], "PolicyDocument": wanted}
    assert f"in the region {destination.region}." in template["Description"]
    assert len(template["Description"]) <= 1024


def test_a_queue_whose_address_names_no_region_is_where_mechanical_turk_is() -> None:
    destination = parse_destination(Transport.SQS, "http://127.0.0.1:9324/123456789012/my-queue")
    assert isinstance(destination, QueueAddress)
    assert "set to the region us-east-1." in forms.as_terraform(destination)


def test_a_text_that_looks_like_a_template_is_none_in_terraform() -> None:
    assert forms._hcl("a${b}%{c}") == '"a$${b}%%{c}"'


def test_practice_gives_its_own_keys_along(opened: OpenAccount) -> None:
    assert opened.account == PRACTICE
    text = forms.as_javascript(opened, spec_to(Transport.SQS), EventType.PING)
    assert opened.practice is not None
    assert opened.practice.details.access_key_id in text
    assert "fromIni" not in text


def test_a_profile_is_named_and_its_keys_are_read_from_where_they_are(lab: OpenAccount) -> None:
    text = forms.as_javascript(
        replace(lab, clients=Clients(Connection(profile='a "lab"'))), spec_to(Transport.SQS), EventType.PING
    )
    assert 'import { fromIni } from "@aws-sdk/credential-providers";\n' in text
    assert 'credentials: fromIni({ profile: "a \\"lab\\"" })' in text
    assert "accessKeyId" not in text
    assert "endpoint" not in text


@pytest.mark.parametrize("transport", list(Transport))
def test_that_the_older_api_had_no_topics_is_said_of_a_topic_alone(lab: OpenAccount, transport: Transport) -> None:
    *_, xml, _ = forms.saved_forms(lab, spec_to(transport), EventType.PING)
    assert ("had no topics" in xml.text) is (transport is Transport.SNS)


def test_a_form_is_written_to_the_file_that_was_chosen_and_opened_from_it(lab: OpenAccount, tmp_path: Path) -> None:
    spec = spec_to(Transport.SQS)
    form = forms.saved_forms(lab, spec, EventType.PING)[3]
    path = forms.save_form(form, tmp_path / form.file_name)
    assert path.read_text("utf-8") == form.text
    path.write_text(form.text + " " * (MAX_SIZE - len(form.text)), "utf-8", newline="\n")  # the largest that is opened
    assert read_specification(forms.older_text(path)).specification() == spec


@pytest.mark.parametrize("sign", ["x", "é", "😀"])
def test_a_file_that_is_too_large_is_not_opened_in_part(sign: str, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text("x" + sign * MAX_SIZE, "utf-8")
    with pytest.raises(ProblemError, match="too large for a specification"):
        read_specification(forms.older_text(path))
