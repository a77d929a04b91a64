# SPDX-License-Identifier: MIT
"""Where keys come from, and what is in the way of them, on a computer with a configuration of its own."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from aws.parts import KEYS, problem_of
from notification_tester.aws.clients import Clients, Connection, profile_names
from notification_tester.aws.requester import Requester
from notification_tester.domain.problem import Cause

if TYPE_CHECKING:
    from pathlib import Path

    from notification_tester.domain.problem import Problem
    from notification_tester.practice.cloud import PracticeCloud

START_URL = "https://lab.awsapps.example/start"
SSO = f"""
[profile old]
sso_start_url = {START_URL}
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = requester

[profile new]
sso_session = lab
sso_account_id = 123456789012
sso_role_name = requester

[sso-session lab]
sso_start_url = {START_URL}
sso_region = us-east-1
sso_registration_scopes = sso:account:access
"""


ASK = """
import json, sys
from notification_tester.aws.clients import Clients, Connection
from notification_tester.aws.requester import Requester
from notification_tester.domain.problem import ProblemError
made = Clients(Connection(mturk_endpoint="http://127.0.0.1:9", profile=sys.argv[1], is_local=True))
try:
    Requester(made).balance()
except ProblemError as error:
    print(json.dumps(error.problem.as_json()))
"""


@pytest.fixture
def aws_folder(own_home: Path) -> Path:
    folder = own_home / ".aws"
    folder.mkdir()
    return folder


def profile_problem(name: str) -> Problem:
    clients = Clients(Connection(mturk_endpoint="http://127.0.0.1:9", profile=name, is_local=True))
    try:
        return problem_of(Requester(clients).balance)
    finally:
        clients.close()


@pytest.mark.parametrize(
    ("config", "credentials", "code"),
    [
        pytest.param("", "", "profile.unknown", id="unknown"),
        pytest.param("[profile lab]\nregion=us-east-1", "", "keys.none", id="no-keys"),
        pytest.param("", "[lab]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE", "keys.partial", id="half"),
        pytest.param("lab = broken [", "", "profile.unreadable", id="broken-config"),
        pytest.param("[profile lab\n", "", "profile.unreadable", id="open-bracket"),
        pytest.param("", "lab = broken [", "profile.unreadable", id="broken-credentials"),
        pytest.param("[profile lab]\ncredential_process = false", "", "keys.unavailable", id="process-that-fails"),
        pytest.param(
            "[profile lab]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=gone", "", "profile.incomplete", id="role"
        ),
    ],
)
def test_a_profile_that_has_no_keys(aws_folder: Path, config: str, credentials: str, code: str) -> None:
    (aws_folder / "config").write_text(config, "utf-8")
    (aws_folder / "credentials").write_text(credentials, "utf-8")
    problem = profile_problem("lab")
    assert (problem.code, problem.cause) == (code, Cause.KEYS)


@pytest.mark.parametrize("profile", ["old", "new"])
def test_a_profile_that_never_signed_in(aws_folder: Path, profile: str) -> None:
    (aws_folder / "config").write_text(SSO, "utf-8")
    problem = profile_problem(profile)
    assert problem.cause is Cause.KEYS
    assert problem.code in {"profile.sso-missing", "profile.sso-expired"}
    assert f"aws sso login --profile {profile}" in problem.remedy


@pytest.mark.parametrize(("profile", "key"), [("old", START_URL), ("new", "lab")])
def test_a_profile_whose_sign_in_is_over(aws_folder: Path, profile: str, key: str) -> None:
    (aws_folder / "config").write_text(SSO, "utf-8")
    cache = aws_folder / "sso" / "cache"
    cache.mkdir(parents=True)
    token = {
        "startUrl": START_URL,
        "region": "us-east-1",
        "accessToken": "a-token-that-must-stay-secret",
        "expiresAt": (datetime.now(tz=UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    name = hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()
    (cache / f"{name}.json").write_text(json.dumps(token), "utf-8")
    # In a process of its own: botocore finds its folder when it is imported.
    done = subprocess.run([sys.executable, "-c", ASK, profile], capture_output=True, text=True, timeout=60, check=True)
    problem = json.loads(done.stdout)
    assert (problem["code"], problem["cause"]) == ("profile.sso-expired", "keys")
    assert f"aws sso login --profile {profile}" in problem["remedy"]
    assert "stay-secret" not in done.stdout + done.stderr


def test_names_of_profiles_in_a_broken_file(aws_folder: Path) -> None:
    (aws_folder / "config").write_text("[broken", "utf-8")
    problem = problem_of(profile_names)
    assert problem.code == "profile.unreadable"
    assert str(aws_folder / "config") in problem.detail


def practice_connection(cloud: PracticeCloud) -> Connection:
    details = cloud.details
    keys = type(KEYS)(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    return Connection(
        mturk_endpoint=details.mturk_endpoint, aws_endpoint=details.aws_endpoint, credentials=keys, is_local=True
    )


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch, aws_folder: Path) -> None:
    """Everything on this computer leads elsewhere."""
    for name in ("", "_MTURK", "_SQS", "_SNS", "_STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL{name}", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_DEFAULT_PROFILE", "nobody")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAELSEWHEREELSEWHE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "e" * 40)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "elsewhere")
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (aws_folder / "config").write_text("[broken", "utf-8")
    (aws_folder / "credentials").write_text("broken [", "utf-8")


@pytest.mark.usefixtures("hostile")
def test_typed_keys_are_used_alone(cloud: PracticeCloud) -> None:
    clients = Clients(practice_connection(cloud))
    assert float(Requester(clients).balance()) > 0
    assert clients.sts.get_caller_identity()["Account"] == cloud.details.account_id
    assert clients.sqs().list_queues()["QueueUrls"]
    assert clients.sns().list_topics()["Topics"]
    clients.close()


@pytest.mark.usefixtures("hostile")
def test_amazons_own_endpoints_are_not_replaced_by_the_environment() -> None:
    clients = Clients(Connection(credentials=KEYS))
    hosts = {client.meta.endpoint_url for client in (clients.mturk, clients.sts, clients.sqs(), clients.sns())}
    assert hosts == {
        "https://mturk-requester.us-east-1.amazonaws.com",
        "https://sts.us-east-1.amazonaws.com",
        "https://sqs.us-east-1.amazonaws.com",
        "https://sns.us-east-1.amazonaws.com",
    }
    assert {client.meta.region_name for client in (clients.mturk, clients.sts)} == {"us-east-1"}
    clients.close()


def test_a_profile_does_not_follow_endpoint_variables_either(
    monkeypatch: pytest.MonkeyPatch, aws_folder: Path, cloud: PracticeCloud
) -> None:
    details = cloud.details
    (aws_folder / "credentials").write_text(
        f"[lab]\naws_access_key_id={details.access_key_id}\naws_secret_access_key={details.secret_access_key}\n",
        "utf-8",
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    clients = Clients(
        Connection(mturk_endpoint=details.mturk_endpoint, aws_endpoint=details.aws_endpoint, profile="lab")
    )
    assert float(Requester(clients).balance()) > 0
    clients.close()


def test_the_environment_follows_its_variables(monkeypatch: pytest.MonkeyPatch, cloud: PracticeCloud) -> None:
    details = cloud.details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", details.mturk_endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", details.aws_endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    clients = Clients(Connection(from_environment=True))
    assert float(Requester(clients).balance()) > 0
    assert clients.mturk.meta.region_name == "us-east-1"
    assert clients.sqs().list_queues()["QueueUrls"]
    assert clients.sns().meta.endpoint_url == "https://sns.us-east-1.amazonaws.com"
    clients.close()


def test_clients_are_made_once(cloud: PracticeCloud) -> None:
    clients = Clients(practice_connection(cloud))
    assert clients.mturk is clients.mturk
    assert clients.sqs() is clients.sqs("us-east-1")
    assert clients.sqs("eu-west-1") is not clients.sqs()
    clients.close()
