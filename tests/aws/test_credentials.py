# SPDX-License-Identifier: MIT
"""Where keys come from, and what is in the way of them, on a computer with a configuration of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from aws.parts import JSON, KEYS, answering, listening, problem_of, silent
from notification_tester.aws import credential_chain
from notification_tester.aws.clients import Clients, profile_names
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import Credentials
from notification_tester.domain.problem import Cause

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aws.parts import Asked
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
from notification_tester.aws.clients import Clients
from notification_tester.aws.settings import Connection
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
        pytest.param("", "[lab]\naws_access_key_id=A\naws_secret_access_key=\n", "keys.partial", id="empty-secret"),
        pytest.param("", "[lab]\naws_access_key_id=\naws_secret_access_key=b\n", "keys.partial", id="empty-key"),
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


UTF_16 = "[default]\nregion=us-east-1\n".encode("utf-16")
FILES = [
    pytest.param(b"\xef\xbb\xbf[default]\r\n", "begins with a byte order mark; save it as UTF-8 without", id="bom"),
    pytest.param(UTF_16, "is written in UTF-16; save it as UTF-8", id="utf-16"),
    pytest.param(
        b"[default]\nx=1\nsecret=\xe9\n",
        ", line 3: a sign there is not UTF-8",
        id="latin-1",
        marks=pytest.mark.skipif(sys.platform == "win32", reason="botocore reads it in the code page of Windows"),
    ),
    pytest.param(b"[default]\nx=1\nX=2\n", ", line 3: x a second time in [default]", id="option-twice"),
    pytest.param(b"[a]\n[b]\n[a]\n", ", line 3: [a] a second time", id="profile-twice"),
    pytest.param(b"aws_secret_access_key=STAYSECRET\n", ", line 1: no profile is named before it", id="no-profile"),
    pytest.param(b"[default]\nSTAYSECRET and more\n", ", line 2: it is neither the name of a profile", id="words"),
    pytest.param(b"[default]\ns3 =\n  STAYSECRET\n", ", line 3: an indented line has to be", id="indented"),
    pytest.param(b"[default\n", ", line 1: ", id="open-bracket"),
    pytest.param(b"\x00\x01\x02", ", line 1: ", id="binary"),
]


POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no pipes and devices among its files")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("name", ["config", "credentials"])
@pytest.mark.parametrize(("content", "says"), FILES)
def test_a_file_that_cannot_be_read_is_named_with_line_and_reason_and_not_quoted(
    aws_folder: Path, name: str, content: bytes, says: str
) -> None:
    (aws_folder / name).write_bytes(content)
    for problem in (profile_problem("default"), problem_of(profile_names)):
        assert (problem.code, problem.cause) == ("profile.unreadable", Cause.KEYS)
        assert f"{aws_folder / name}" in problem.detail
        assert says in problem.detail
        assert "STAYSECRET" not in f"{problem.as_json()}"


@pytest.mark.parametrize("name", ["config", "credentials"])
@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda path: path.mkdir(), "is a folder, not a file", id="folder"),
        pytest.param(make_pipe, "is not a file that can be read", id="pipe", marks=POSIX),
        pytest.param(
            lambda path: path.symlink_to("/dev/full"), "is not a file that can be read", id="device", marks=POSIX
        ),
    ],
)
def test_what_is_no_file_is_not_passed_over(
    aws_folder: Path, name: str, make: Callable[[Path], None], says: str
) -> None:
    make(aws_folder / name)
    for problem in (profile_problem("lab"), problem_of(profile_names)):
        assert problem.code == "profile.unreadable"
        assert f"{aws_folder / name} {says}" in problem.detail


def test_a_file_that_may_not_be_read_is_not_passed_over(aws_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (aws_folder / "credentials").touch()
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # whoever runs the tests may read everything
    assert "is there, and you may not read it" in problem_of(profile_names).detail


def test_a_file_that_a_variable_names_and_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "~/nowhere")
    problem = problem_of(profile_names)
    assert "nowhere, named in AWS_SHARED_CREDENTIALS_FILE, is not there" in problem.detail


LONG = "x" * 300
"""A name that no folder has room for: to look at it fails in the way of a folder that may not be opened."""


@POSIX
def test_a_file_that_cannot_be_looked_at_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / LONG))
    problem = problem_of(profile_names)
    assert problem.code == "profile.unreadable"
    assert f"{LONG} cannot be looked at (" in problem.detail


@POSIX
def test_a_token_file_that_cannot_be_looked_at_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/turk")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / LONG))
    problem = environment_problem()
    assert (problem.cause, problem.code) == (Cause.KEYS, "keys.token-file")
    assert f"{LONG}, named in AWS_WEB_IDENTITY_TOKEN_FILE, cannot be read (" in problem.detail


def environment_problem() -> Problem:
    made = Clients(Connection(from_environment=True))
    try:
        return problem_of(Requester(made).balance)
    finally:
        made.close()


SETTINGS = [
    pytest.param({"AWS_PROFILE": ""}, "names no profile", id="empty-profile"),
    pytest.param({"AWS_PROFILE": "corp"}, "(corp) could not be found", id="unknown-profile"),
    pytest.param({"AWS_METADATA_SERVICE_TIMEOUT": "soon"}, "'soon'", id="no-number"),
    pytest.param({"AWS_DEFAULTS_MODE": "bogus"}, "bogus", id="defaults-mode"),
    pytest.param({"AWS_STS_REGIONAL_ENDPOINTS": "bogus"}, "bogus", id="regional-endpoints"),
    pytest.param({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}, "AWS_SECRET_ACCESS_KEY", id="half"),
    pytest.param({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.org/x"}, "something else than keys", id="host"),
    pytest.param(
        {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "nowhere"}, "nowhere", id="imds"
    ),
    pytest.param({"AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/token"}, "no role ARN", id="no-role"),
    pytest.param(
        {"SSLKEYLOGFILE": "/no/such/folder/x"},
        "named in SSLKEYLOGFILE, is not there",
        id="key-log",
        marks=pytest.mark.skipif(bool(sys.flags.ignore_environment), reason="this Python reads no variables"),
    ),
    pytest.param({"AWS_EC2_METADATA_DISABLED": "false", "AWS_METADATA_SERVICE_TIMEOUT": "0"}, "timeout", id="no-time"),
]


@pytest.mark.parametrize(("variables", "says"), SETTINGS)
def test_variables_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    problem = environment_problem()
    assert problem.cause is Cause.KEYS
    assert says in f"{problem.detail} {problem.answer.message}"


TOKEN_FILES = [
    pytest.param(lambda _: None, "is not there", id="missing"),
    pytest.param(lambda path: path.mkdir(), "is a folder", id="folder"),
    pytest.param(make_pipe, "is not a file", id="pipe", marks=POSIX),
    pytest.param(lambda path: path.symlink_to("/dev/zero"), "is not a file", id="device", marks=POSIX),
]


@pytest.mark.parametrize("name", ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
@pytest.mark.parametrize(("make", "says"), TOKEN_FILES)
def test_a_token_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, make: Callable[[Path], None], says: str
) -> None:
    make(tmp_path / "token")
    monkeypatch.setenv(name, str(tmp_path / "token"))
    if "CONTAINER" in name:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/")
    else:
        monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/turk")
    problem = environment_problem()
    assert (problem.cause, problem.code) == (Cause.KEYS, "keys.token-file")
    assert f"{tmp_path / 'token'}, named in {name}, {says}" in problem.detail


def test_certificates_that_the_configuration_names_are_named(aws_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (aws_folder / "config").write_text("[profile lab]\nca_bundle = /no/such/bundle.pem\n", "utf-8")
    (aws_folder / "credentials").write_text("[lab]\naws_access_key_id=A\naws_secret_access_key=b\n", "utf-8")
    monkeypatch.setenv("AWS_PROFILE", "lab")
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with answering(200, "text/plain", b"ok") as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.replace("http:", "https:"))
        problem = environment_problem()
    assert "/no/such/bundle.pem, named in ca_bundle in the AWS configuration, is not there" in problem.detail


ODD = [
    pytest.param("null", id="null"),
    pytest.param("[]", id="list"),
    pytest.param('"x"', id="text"),
    pytest.param("{}", id="nothing"),
    pytest.param('{"AccessKeyId": 5, "SecretAccessKey": [], "Token": null, "Expiration": "soon"}', id="kinds"),
    pytest.param("[" * 100_000, id="deep"),
    pytest.param("<html>not here</html>", id="page"),
]


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize("source", ["container", "machine"])
def test_a_metadata_service_that_gives_no_keys(monkeypatch: pytest.MonkeyPatch, source: str, body: str) -> None:
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    with answering(200, "application/json", body.encode()) as endpoint:
        if source == "container":
            monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{endpoint}/x")
        else:
            monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
            monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"{endpoint}/")
        problem = environment_problem()
    assert problem.cause is Cause.KEYS
    assert problem.code in {"keys.unavailable", "keys.none"}
    assert "Type" not in problem.detail


def test_a_metadata_service_is_not_waited_for_as_long_as_somebody_may_have_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_chain, "IMDS_SECONDS", 1)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_METADATA_SERVICE_TIMEOUT", "1000")
    monkeypatch.setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1000")
    began = time.monotonic()
    with silent() as endpoint:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"{endpoint}/")
        assert environment_problem().code == "keys.none"
    assert time.monotonic() - began < 60


DAMAGED = [
    pytest.param("junk{", id="junk"),
    pytest.param("null", id="null"),
    pytest.param("[]", id="list"),
    pytest.param('{"accessToken": 5, "expiresAt": "2099-01-01T00:00:00Z"}', id="number"),
    pytest.param('{"accessToken": "STAYSECRET", "expiresAt": "soon"}', id="no-time"),
    pytest.param('{"accessToken": "STAYSECRET", "expiresAt": null}', id="null-time"),
    pytest.param('{"accessToken": "STAYSECRET", "expiresAt": "2099-01-01T00:00:00"}', id="no-zone"),
    pytest.param("\udcff", id="no-utf-8"),
]


@pytest.mark.parametrize(("profile", "key"), [("old", START_URL), ("new", "lab")])
@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_sign_in_is_made_anew(
    aws_folder: Path, monkeypatch: pytest.MonkeyPatch, profile: str, key: str, content: str
) -> None:
    (aws_folder / "config").write_text(SSO, "utf-8")
    cache = aws_folder / "sso" / "cache"
    cache.mkdir(parents=True)
    for place in ("credentials.SSOProvider", "tokens.SSOTokenProvider"):  # found when botocore is imported
        monkeypatch.setattr(f"botocore.{place}._SSO_TOKEN_CACHE_DIR", str(cache))
    name = hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()
    (cache / f"{name}.json").write_text(content, "utf-8", "surrogateescape")
    problem = profile_problem(profile)
    assert (problem.cause, problem.code) == (Cause.KEYS, "profile.sso-damaged")
    assert f"aws sso login --profile {profile}" in problem.remedy
    assert "STAYSECRET" not in str(problem.as_json())


def test_a_temporary_key_is_sent_with_its_token() -> None:
    headers: list[dict[str, str]] = []

    def say(asked: Asked) -> tuple[int, str, str]:
        headers.append(asked.headers)
        return 200, JSON, '{"AvailableBalance": "1.00", "HITs": []}'

    keys = Credentials(access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key="s" * 40, session_token="t" * 300)
    with listening(say) as endpoint:
        made = Clients(Connection(mturk_endpoint=endpoint, credentials=keys))
        Requester(made).balance()
        Requester(made).list_hits()
        made.close()
    assert [one["x-amz-security-token"] for one in headers] == ["t" * 300] * 2
    assert all("ASIAIOSFODNN7EXAMPLE/" in one["authorization"] for one in headers)


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
