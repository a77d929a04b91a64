# SPDX-License-Identifier: MIT
"""``check`` as a script meets it: verdict, findings, the fix that waits for a yes, and a policy file alone."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from breaking_proxy import JSON, Exchange, answer_with, breaking, pass_on, reset
from cli.test_cli import Ran, run
from notification_tester.cli.check import LONGEST_POLICY
from notification_tester.domain.policy.judgement import granting_statement
from notification_tester.practice.faults import Faults
from notification_tester.services.checkup import mend
from practice.clients import connect
from warm import WARM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_sqs import SQSClient

    from notification_tester.practice.cloud import PracticeCloud

ARN = "arn:aws:sqs:us-east-1:123456789012:results"


@pytest.fixture
def sqs(cloud: PracticeCloud) -> SQSClient:
    return connect(cloud.details).sqs


@pytest.fixture
def shut_queue(sqs: SQSClient) -> Iterator[str]:
    url = sqs.create_queue(QueueName=f"shut-{secrets.token_hex(4)}")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def policy_of(sqs: SQSClient, url: str) -> dict[str, Any]:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy")
    value: dict[str, Any] = json.loads(found or "{}")
    return value


def told(ran: Ran, lines: int) -> list[str]:
    """The last lines of what was told in words."""
    return ran.output.splitlines()[-lines:]


@pytest.mark.parametrize(("transport", "verdict"), [("SQS", "good"), ("sns", "good"), ("Email", "beware")])
def test_practice_is_in_order(transport: str, verdict: str) -> None:
    ran = run("check", "--transport", transport, "--json")
    answer = ran.json()
    assert ran.code == 0
    assert ran.errors == ""
    assert list(answer) == ["verdict", "findings"]
    assert answer["verdict"] == verdict
    for finding in answer["findings"]:
        assert {"id", "level", "title", "detail", "remedy", "fixable"} <= set(finding)


def test_a_fix_is_shown_and_written_only_after_a_yes(
    environment: dict[str, str], sqs: SQSClient, shut_queue: str
) -> None:
    words = ("check", "--transport", "SQS", "--destination", shut_queue, "--account", "environment")
    before = policy_of(sqs, shut_queue)
    plain = run(*words, "--json", **environment)
    assert plain.code == 1
    assert plain.json()["verdict"] == "broken"
    assert plain.json()["findings"][0]["id"] == "queue.policy"
    assert plain.json()["findings"][0]["fixable"] is True

    shown = run(*words, "--fix", "--json", **environment)
    assert shown.code == 1
    assert "+" in shown.json()["fix"]["difference"]
    assert shown.json()["fix"]["written"] is False
    in_words = run(*words, "--fix", **environment)
    proposed = ["", shown.json()["fix"]["sentence"], *shown.json()["fix"]["difference"].splitlines()]
    assert told(in_words, len(proposed) + 1) == [*proposed, "Nothing was written: give --yes as well."]
    assert in_words.errors == ""
    assert policy_of(sqs, shut_queue) == before

    written = run(*words, "--fix", "--yes", "--json", **environment)
    assert written.code == 0, written.output
    assert written.json()["verdict"] == "good"
    assert written.json()["fix"]["written"] is True
    assert "mturk-requester.amazonaws.com" in json.dumps(policy_of(sqs, shut_queue))

    again = run(*words, "--fix", "--json", **environment)
    assert again.json()["fix"] is None
    assert told(run(*words, "--fix", **environment), 1) == ["Nothing has to be mended in the access policy."]
    sqs.set_queue_attributes(QueueUrl=shut_queue, Attributes={"Policy": ""})
    in_words = run(*words, "--fix", "--yes", **environment)
    assert (in_words.code, in_words.errors) == (0, "")
    assert told(in_words, len(proposed) + 1) == [*proposed, "It was written."]
    assert in_words.output.splitlines()[0].endswith(": good")
    assert environment["AWS_SECRET_ACCESS_KEY"] not in written.output + in_words.output


def test_what_cannot_be_fixed_says_why(environment: dict[str, str], sqs: SQSClient, shut_queue: str) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    sqs.set_queue_attributes(QueueUrl=shut_queue, Attributes={"Policy": json.dumps({"Statement": [deny]})})
    words = ("check", "--transport", "SQS", "--destination", shut_queue, "--account", "environment", "--fix", "--yes")
    ran = run(*words, "--json", **environment)
    assert ran.code == 1
    assert ran.json()["fix"]["problem"]["code"] == "mend.denied"
    assert policy_of(sqs, shut_queue)["Statement"] == [deny]


def test_a_policy_without_room_is_not_written(environment: dict[str, str], sqs: SQSClient, shut_queue: str) -> None:
    theirs = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
    full = {"Version": "2012-10-17", "Statement": [{**theirs, "Sid": f"S{number}"} for number in range(20)]}
    sqs.set_queue_attributes(QueueUrl=shut_queue, Attributes={"Policy": json.dumps(full)})
    words = ("check", "--transport", "SQS", "--destination", shut_queue, "--account", "environment", "--fix", "--yes")
    ran = run(*words, "--json", **environment)
    assert ran.code == 1
    problem = ran.json()["fix"]["problem"]
    assert "may have 20 statements" in problem["detail"]
    assert "take out a statement" in problem["remedy"]
    assert "merge" in problem["remedy"]
    assert ran.json()["findings"][0]["fixable"] is False
    assert policy_of(sqs, shut_queue) == full
    in_words = run(*words, **environment)
    assert in_words.code == 1
    assert "may have 20 statements" in in_words.errors
    assert policy_of(sqs, shut_queue) == full


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_fix_whose_answer_was_lost_says_what_is_known(
    cloud: PracticeCloud, environment: dict[str, str], sqs: SQSClient, shut_queue: str, is_seen: bool
) -> None:
    def and_then_silence(exchange: Exchange) -> None:
        exchange.carried_out()
        if not is_seen:
            gateway.breaks("GetQueueAttributes", reset)

    words = ("check", "--transport", "SQS", "--destination", shut_queue, "--account", "environment", "--fix", "--yes")
    with breaking(cloud.port) as gateway:
        gateway.breaks("SetQueueAttributes", and_then_silence, times=1)
        ran = run(*words, "--json", **environment | {"AWS_ENDPOINT_URL_SQS": gateway.endpoint})
        assert gateway.count("SetQueueAttributes") == 1
        gateway.mend()
        sqs.set_queue_attributes(QueueUrl=shut_queue, Attributes={"Policy": ""})
        gateway.breaks("SetQueueAttributes", and_then_silence, times=1)
        in_words = run(*words, **environment | {"AWS_ENDPOINT_URL_SQS": gateway.endpoint})
    fix = ran.json()["fix"]
    assert fix["written"] is (True if is_seen else None)
    assert ("problem" in fix) is not is_seen
    assert ran.code == in_words.code == (0 if is_seen else 1)
    not_known = "Whether it was written is not known: no answer came, and it does not show."
    assert told(in_words, 1) == ["It was written." if is_seen else not_known]
    assert (fix["problem"]["title"] in in_words.errors.splitlines()) if "problem" in fix else in_words.errors == ""
    assert "mturk-requester.amazonaws.com" in json.dumps(policy_of(sqs, shut_queue))


def test_a_fix_that_does_not_show_yet_is_not_called_seen(
    cloud: PracticeCloud, environment: dict[str, str], shut_queue: str
) -> None:
    """As Amazon may tell of a policy as it was for a while."""
    words = ("check", "--transport", "SQS", "--destination", shut_queue, "--account", "environment", "--fix", "--yes")

    def and_then_what_was(exchange: Exchange) -> bool:
        gateway.breaks("GetQueueAttributes", answer_with(200, JSON, b'{"Attributes": {}}'))
        return pass_on(exchange)

    variables = os.environ | environment
    with breaking(cloud.port) as gateway:
        variables["AWS_ENDPOINT_URL_SQS"] = gateway.endpoint
        gateway.breaks("SetQueueAttributes", and_then_what_was)
        ran = Ran(WARM.run(words, environment=variables, constants={f"{mend.__name__}.READ_BACK_SECONDS": 0.1}))
    assert told(ran, 1) == ["It was written, and does not show yet."]
    assert ran.errors == ""


def test_in_words_the_reason_comes_first(cloud: PracticeCloud, environment: dict[str, str], shut_queue: str) -> None:
    cloud.set_faults(Faults(closed=True))
    words = ("check", "--transport", "SQS", "--destination", shut_queue, "--account", "environment")
    ran = run(*words, **environment)
    lines = ran.output.splitlines()
    assert ran.code == 1
    assert lines[0].endswith(": broken")
    host = urlsplit(cloud.details.mturk_endpoint).netloc
    assert lines[2].startswith(f"[broken] Mechanical Turk at {host} is closed or cannot be reached.")


@pytest.mark.parametrize(
    ("statement", "code", "verdict"),
    [
        pytest.param(granting_statement(ARN, ""), 0, "good", id="good"),
        pytest.param({**granting_statement(ARN, ""), "Condition": {}}, 0, "beware", id="beware"),
        pytest.param({**granting_statement(ARN, ""), "Effect": "Deny"}, 1, "broken", id="broken"),
        pytest.param(
            {**granting_statement(ARN, ""), "Condition": {"Bool": {"aws:Odd": "true"}}}, 1, "unknown", id="unknown"
        ),
    ],
)
def test_a_policy_file_alone(tmp_path: Path, statement: dict[str, Any], code: int, verdict: str) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8-sig")
    ran = run("check", "--policy", str(file), "--resource", ARN, "--json")
    assert ran.code == code
    assert ran.json()["verdict"] == verdict
    assert ran.json()["because"]
    given = run("check", "--policy", "-", "--resource", ARN, given=file.read_text(encoding="utf-8-sig"))
    assert given.code == code
    first, *notes = given.output.splitlines()
    assert first.endswith(f": {ran.json()['because']}")
    assert notes == [f"Note: {note}" for note in ran.json()["notes"]]
    assert bool(notes) is (verdict == "beware")


def test_the_longest_policy_is_read_and_one_that_is_longer_is_not() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [granting_statement(ARN, "")]}).ljust(LONGEST_POLICY)
    words = ("check", "--policy", "-", "--resource", ARN, "--json")
    assert run(*words, given=text).json()["verdict"] == "good"
    assert "longer than any policy" in run(*words, given=f"{text} ").json()["problem"]["detail"]


def test_a_policy_with_a_sign_that_stands_for_what_could_not_be_read_is_read() -> None:
    document = {"Version": "2012-10-17", "Id": "Schl\ufffdssel", "Statement": [granting_statement(ARN, "")]}
    given = json.dumps(document, ensure_ascii=False)
    assert run("check", "--policy", "-", "--resource", ARN, "--json", given=given).json()["verdict"] == "good"


CASES = Path(__file__).parent.parent / "cases"
PLACE = "arn:aws:sqs:us-east-1:123456789012:turk-events"


@pytest.mark.parametrize(
    ("name", "verdict", "said"),
    [
        ("policy-as-json-string.json", "good", "by the name of its service"),
        ("policy-for-set-queue-attributes.json", "good", "by the name of its service"),
        ("policy-from-get-queue-attributes.json", "good", "by the name of its service"),
        ("policy-utf16-powershell.json", "good", "by the name of its service"),
        ("policy-date-window-open.json", "good", "by the name of its service"),
        ("policy-date-long-over.json", "broken", "over since 2009-06-30"),
        ("policy-requested-region-other.json", "broken", "aws:RequestedRegion “eu-west-1” does not hold"),
        ("policy-deny-outside-organisation.json", "broken", "aws:PrincipalOrgID"),
        ("policy-deny-outside-organisation.json", "broken", "add aws:PrincipalIsAWSService false to the Deny"),
        ("policy-service-under-AWS.json", "broken", "it is given as AWS and has to be given as Service"),
        ("policy-terraform-placeholder.json", "unknown", "a placeholder of a template that was not filled in"),
    ],
)
def test_policies_that_people_have(name: str, verdict: str, said: str) -> None:
    words = ("check", "--policy", str(CASES / name), "--resource", PLACE)
    ran = run(*words, "--json")
    assert ran.json()["verdict"] == verdict
    assert said in ran.json()["because"]
    assert ran.code == (0 if verdict == "good" else 1)
    in_words = run(*words)
    assert in_words.code == ran.code
    assert said in in_words.output
    assert in_words.errors == ran.errors == ""


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"], ids=lambda name: name
)
def test_a_policy_in_any_encoding_of_unicode(tmp_path: Path, encoding: str) -> None:
    document = {"Version": "2012-10-17", "Id": "Schlüssel", "Statement": [granting_statement(ARN, "")]}
    file = tmp_path / "policy.json"
    file.write_bytes(json.dumps(document, ensure_ascii=False).encode(encoding))
    ran = run("check", "--policy", str(file), "--resource", ARN, "--json")
    assert (ran.code, ran.json()["verdict"]) == (0, "good")


def test_a_policy_in_an_old_encoding_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes('{"Id": "Schlüssel", "Statement": []}'.encode("cp1252"))
    ran = run("check", "--policy", str(file), "--resource", ARN, "--json")
    assert ran.code == 2
    assert "UTF-8" in ran.json()["problem"]["detail"]
    assert "Save it as UTF-8" in ran.json()["problem"]["remedy"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes and devices among its files")
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "endless", "huge"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "policy.json"
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "folder":
            place.mkdir()
        case "device":
            place = Path("/dev/null")
        case "endless":
            place = Path("/dev/zero")
        case _:
            with place.open("wb") as file:
                file.truncate(3_000_000_000)
    ran = run("check", "--policy", str(place), "--resource", ARN, "--json")
    assert ran.code == 2
    problem = ran.json()["problem"]
    assert problem["code"] == "file.unreadable"
    said = {"pipe": "is a pipe", "folder": "is a folder", "huge": "longer than any policy"}.get(kind, "a device")
    assert said in problem["detail"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes and devices among its files")
def test_what_the_shell_hands_over_is_read(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"Statement": [granting_statement(ARN, "")]}), encoding="utf-8")
    program = f"{shlex.quote(sys.executable)} -m notification_tester check --json --resource {ARN} --policy"
    done = subprocess.run(
        ["bash", "-c", f"{program} <(cat {shlex.quote(str(file))})"], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "good"


def test_where_a_policy_was_found_is_said(tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    text = json.dumps({"Statement": [granting_statement(ARN, "")]})
    file.write_text(f"2026-11-28 12:00 the policy is {text} and that is all\n", encoding="utf-8")
    ran = run("check", "--policy", str(file), "--resource", ARN, "--json")
    assert ran.json()["verdict"] == "good"
    assert "taken out of it" in ran.json()["where"]
    assert ran.json()["where"] in run("check", "--policy", str(file), "--resource", ARN).output


def test_the_source_account_counts() -> None:
    arn = "arn:aws:sns:us-east-1:123456789012:news"
    text = json.dumps({"Version": "2012-10-17", "Statement": [granting_statement(arn, "123456789012")]})
    words = ("check", "--policy", "-", "--resource", arn, "--json", "--source-account")
    assert run(*words, "123456789012", given=text).json()["verdict"] == "good"
    assert run(*words, "999988887777", given=text).json()["verdict"] == "broken"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="nothing"),
        pytest.param(("--transport", "SQS", "--yes"), id="yes-without-fix"),
        pytest.param(("--transport", "SQS", "--resource", ARN), id="resource-without-policy"),
        pytest.param(("--transport", "pigeon"), id="transport"),
        pytest.param(("--transport", "SQS", "--destination", "x"), id="destination"),
        pytest.param(("--policy", "-"), id="policy-without-resource"),
        pytest.param(("--policy", "-", "--resource", "arn:aws:s3:::x"), id="no-queue"),
        pytest.param(("--policy", "/nowhere/at/all", "--resource", ARN), id="no-file"),
        pytest.param(("--policy", "-", "--resource", ARN, "--fix"), id="fix-of-a-file"),
        pytest.param(("--policy", "-", "--resource", ARN, "--transport", "SQS"), id="transport-of-a-file"),
        pytest.param(("--policy", "-", "--resource", ARN, "--destination", "x"), id="destination-of-a-file"),
        pytest.param(("--policy", "-", "--resource", ARN, "--yes"), id="yes-of-a-file"),
        pytest.param(("--transport", "SQS", "--source-account", "123456789012"), id="account-without-policy"),
        pytest.param(("--policy", "-", "--resource", ARN, "--source-account", "12"), id="account"),
    ],
)
def test_wrong_words(words: tuple[str, ...]) -> None:
    ran = run("check", *words, "--json")
    assert ran.code == 2
    assert ran.json()["problem"]["cause"] == "input"
