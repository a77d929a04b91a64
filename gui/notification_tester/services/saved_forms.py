# SPDX-License-Identifier: MIT
"""A notification in the words of others: as what is sent, as the policy that its destination needs, and as it once was.

Whatever is saved here of a specification, :func:`~notification_tester.domain.specifications.reading.read_specification`
opens again. No key of a person is in it; for practice see :mod:`notification_tester.services.snippets`.

Sources: ``@aws-sdk/client-mturk``; the resources ``aws_sqs_queue_policy`` and ``aws_sns_topic_policy`` of Terraform's
AWS provider; ``AWS::SQS::QueuePolicy`` and ``AWS::SNS::TopicPolicy`` of CloudFormation; the legacy pages "Notification"
and "SendTestEventNotification".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from notification_tester.domain.account import REGION
from notification_tester.domain.destination import EmailAddress, QueueAddress, Transport
from notification_tester.domain.json_text import plain_text
from notification_tester.domain.messages.sender import REQUESTER_SERVICE
from notification_tester.domain.policy.grant import statement_for
from notification_tester.domain.policy.statement import CURRENT_VERSION
from notification_tester.domain.specifications.reading import MAX_SIZE
from notification_tester.services.snippets import as_aws_cli, as_python, practice_keys
from notification_tester.storage.disk import read_chosen
from notification_tester.storage.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from notification_tester.domain.destination import TopicAddress
    from notification_tester.domain.events import EventType
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.specifications.imported import WebReceiver
    from notification_tester.services.accounts import OpenAccount

_LEGACY_VERSION = "2014-08-15"
_LEGACY_HOST = "https://mechanicalturk.amazonaws.com/"


@dataclass(frozen=True, kw_only=True)
class SavedForm:
    """One form: its title for a list, the name of a file for it, and its text."""

    title: str
    file_name: str
    text: str


def saved_forms(opened: OpenAccount, spec: NotificationSpec, event: EventType) -> tuple[SavedForm, ...]:
    """Every form of a notification and a test of ``event``; those of a policy where the destination has one."""
    destination = spec.destination
    forms = [
        SavedForm(
            title="Command of the AWS CLI", file_name="send-test.sh", text=as_aws_cli(opened, spec, event) + "\n"
        ),
        SavedForm(title="Python (boto3)", file_name="send_test.py", text=as_python(opened, spec, event)),
        SavedForm(title="JavaScript (AWS SDK)", file_name="send-test.mjs", text=as_javascript(opened, spec, event)),
        SavedForm(title="Request (JSON)", file_name="send-test.json", text=as_json_request(spec, event)),
    ]
    if not isinstance(destination, EmailAddress):
        kind = destination.kind
        forms += [
            SavedForm(
                title=f"Policy of the {kind} (Terraform)",
                file_name=f"mechanical-turk-{kind}-policy.tf",
                text=as_terraform(destination),
            ),
            SavedForm(
                title=f"Policy of the {kind} (CloudFormation)",
                file_name=f"mechanical-turk-{kind}-policy.template.json",
                text=as_cloudformation(destination),
            ),
        ]
    return (*forms, *_of_the_older_api(_Older.of(spec), event))


def receiver_forms(
    receiver: WebReceiver, version: str, events: tuple[EventType, ...], event: EventType
) -> tuple[SavedForm, ...]:
    """The forms of a notification to a web receiver: those of the older API alone, as nothing else has one."""
    older = _Older(destination=receiver.address, transport=receiver.transport.value, version=version, events=events)
    return _of_the_older_api(older, event)


def save_form(form: SavedForm, path: Path) -> Path:
    """Write a form to a file that a person chose; returns its path. Raises ProblemError."""
    with whole_file(path, what="the notification") as file:
        file.write(form.text)
    return path


def older_text(path: Path) -> str:
    """The text of a file that a person chose to open a specification from. Raises ProblemError."""
    most = 4 * MAX_SIZE + 1  # bytes; MAX_SIZE is in characters, so that what is cut here is too large as well
    return plain_text(read_chosen(path, most, code="specification.file"))


def as_json_request(spec: NotificationSpec, event: EventType) -> str:
    """What SendTestEventNotification is sent, as ``--cli-input-json`` of the AWS CLI takes it."""
    return json.dumps(_request(spec, event), indent=2) + "\n"


def as_javascript(opened: OpenAccount, spec: NotificationSpec, event: EventType) -> str:
    """A module for Node with version 3 of Amazon's SDK."""
    connection = opened.clients.connection
    imports = ['import { MTurkClient, SendTestEventNotificationCommand } from "@aws-sdk/client-mturk";']
    options = [f"region: {json.dumps(REGION)}"]
    options += [f"endpoint: {json.dumps(connection.mturk_endpoint)}"] if connection.mturk_endpoint else []
    if keys := practice_keys(opened):
        key_id, secret = map(json.dumps, keys.values())
        options.append(f"credentials: {{ accessKeyId: {key_id}, secretAccessKey: {secret} }}")
    elif connection.profile:
        imports.append('import { fromIni } from "@aws-sdk/credential-providers";')
        options.append(f"credentials: fromIni({{ profile: {json.dumps(connection.profile)} }})")
    request = json.dumps(_request(spec, event), indent=2)
    return (
        "\n".join(imports) + "\n\n"
        f"const client = new MTurkClient({{ {', '.join(options)} }});\n"
        f"await client.send(new SendTestEventNotificationCommand({request}));\n"
        'console.log("accepted");\n'
    )


def as_terraform(destination: QueueAddress | TopicAddress) -> str:
    """A resource that lets Mechanical Turk in. It becomes the whole of the policy, which its comment says."""
    is_queue = isinstance(destination, QueueAddress)
    kind, name = destination.kind, "aws_sqs_queue_policy" if is_queue else "aws_sns_topic_policy"
    where = f"  {'queue_url' if is_queue else 'arn'} = {_hcl(destination.text)}"
    body = "\n".join(f"  {line}" for line in _hcl(_policy(destination)).splitlines()).lstrip()
    return (
        f"# Lets Mechanical Turk send to the {kind} {destination.name}.\n"
        f"# This becomes the whole policy of the {kind}: add the statements that it has already.\n"
        f"# The provider must be set to the region {_region(destination)}.\n"
        f'resource "{name}" "mechanical_turk" {{\n{where}\n  policy = jsonencode({body})\n}}\n'
    )


def as_cloudformation(destination: QueueAddress | TopicAddress) -> str:
    """A template that lets Mechanical Turk in, likewise."""
    is_queue = isinstance(destination, QueueAddress)
    kind = destination.kind
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Lets Mechanical Turk send to the {kind} {destination.name}, in the region "
        f"{_region(destination)}. This becomes the whole policy of the {kind}: add the statements that it has already.",
        "Resources": {
            "MechanicalTurkMaySend": {
                "Type": "AWS::SQS::QueuePolicy" if is_queue else "AWS::SNS::TopicPolicy",
                "Properties": {
                    "Queues" if is_queue else "Topics": [destination.text],
                    "PolicyDocument": _policy(destination),
                },
            }
        },
    }
    return json.dumps(template, indent=2) + "\n"


@dataclass(frozen=True, kw_only=True)
class _Older:
    """A specification of the older API."""

    destination: str
    transport: str
    version: str
    events: tuple[EventType, ...]

    @classmethod
    def of(cls, spec: NotificationSpec) -> _Older:
        return cls(
            destination=spec.destination.text,
            transport=spec.transport.value,
            version=spec.version,
            events=spec.events,
        )


def _of_the_older_api(older: _Older, event: EventType) -> tuple[SavedForm, ...]:
    """For the record; the request is without a key and a signature, as nothing answers it any more."""
    return (
        SavedForm(title="Older API: structure (XML)", file_name="notification.xml", text=_legacy_xml(older)),
        SavedForm(title="Older API: request (query)", file_name="send-test.txt", text=_legacy_query(older, event)),
    )


def _legacy_xml(older: _Older) -> str:
    rows = (
        ("Destination", older.destination),
        ("Transport", older.transport),
        ("Version", older.version),
        *(("EventType", event.value) for event in older.events),
    )
    note = "<!-- The older API had no topics. -->\n" if older.transport == Transport.SNS else ""
    lines = "".join(f"  <{name}>{escape(text)}</{name}>\n" for name, text in rows)
    return f"{note}<Notification>\n{lines}</Notification>\n"


def _legacy_query(older: _Older, event: EventType) -> str:
    fields = [
        ("Service", REQUESTER_SERVICE),
        ("Operation", "SendTestEventNotification"),
        ("Version", _LEGACY_VERSION),
        ("Notification.1.Destination", older.destination),
        ("Notification.1.Transport", older.transport),
        ("Notification.1.Version", older.version),
        *((f"Notification.1.EventType.{number}", one.value) for number, one in enumerate(older.events, start=1)),
        ("TestEventType", event.value),
    ]
    return f"{_LEGACY_HOST}?{urlencode(fields)}\n"


def _request(spec: NotificationSpec, event: EventType) -> dict[str, Any]:
    return {"Notification": spec.to_request(), "TestEventType": event.value}


def _policy(destination: QueueAddress | TopicAddress) -> dict[str, Any]:
    return {"Version": CURRENT_VERSION, "Statement": [statement_for(destination)]}


def _region(destination: QueueAddress | TopicAddress) -> str:
    return destination.region or REGION


def _hcl(value: Any) -> str:
    """A value in Terraform's language: objects have equal signs, and what begins a template in a text is escaped."""
    if isinstance(value, dict):
        rows = "".join("  " + f"{_hcl(key)} = {_hcl(one)}".replace("\n", "\n  ") + "\n" for key, one in value.items())
        return f"{{\n{rows}}}"
    if isinstance(value, list):
        rows = "".join("  " + _hcl(one).replace("\n", "\n  ") + ",\n" for one in value)
        return f"[\n{rows}]"
    return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
