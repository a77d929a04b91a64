# SPDX-License-Identifier: MIT
"""Wrong keys, a wrong region and a wrong clock are refused as Amazon refuses them, by each service in its own words."""

from __future__ import annotations

import hashlib
import http.client
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.practice.listener import Request
from notification_tester.practice.signatures import SignatureRefusedError, SigningKey, scope_service, verify
from practice.clients import Clients, connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.practice.cloud import PracticeCloud

KEY = SigningKey(access_key_id="AKIAEXAMPLEEXAMPLE22", secret_access_key="s" * 40, region="us-east-1")

CALLS: list[Any] = [
    pytest.param(lambda clients: clients.mturk.get_account_balance(), id="mturk"),
    pytest.param(lambda clients: clients.sqs.list_queues(), id="sqs"),
    pytest.param(lambda clients: clients.sns.list_topics(), id="sns"),
    pytest.param(lambda clients: clients.sts.get_caller_identity(), id="sts"),
]
JSON_SERVICES = {"GetAccountBalance", "ListQueues"}


def refusal(call: Callable[[Clients], object], clients: Clients) -> tuple[str, str, bool]:
    with pytest.raises(ClientError) as caught:
        call(clients)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"], caught.value.operation_name in JSON_SERVICES


@pytest.mark.parametrize("call", CALLS)
def test_the_right_keys_are_let_in(clients: Clients, call: Callable[[Clients], object]) -> None:
    assert call(clients)


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_secret_is_refused(cloud: PracticeCloud, call: Callable[[Clients], object]) -> None:
    code, message, is_json = refusal(call, connect(cloud.details, aws_secret_access_key="x" * 40))
    assert code == ("InvalidSignatureException" if is_json else "SignatureDoesNotMatch")
    assert message.startswith("The request signature we calculated does not match the signature you provided.")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"aws_access_key_id": "AKIAAAAAAAAAAAAAAAAA"}, id="unknown-key"),
        pytest.param({"aws_session_token": "token"}, id="session-token"),
    ],
)
def test_an_unknown_key_is_refused(
    cloud: PracticeCloud, call: Callable[[Clients], object], changes: dict[str, str]
) -> None:
    code, message, is_json = refusal(call, connect(cloud.details, **changes))
    assert code == ("UnrecognizedClientException" if is_json else "InvalidClientTokenId")
    assert message == "The security token included in the request is invalid."


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_region_is_refused(cloud: PracticeCloud, call: Callable[[Clients], object]) -> None:
    code, message, is_json = refusal(call, connect(cloud.details, region_name="eu-west-1"))
    assert code == ("InvalidSignatureException" if is_json else "SignatureDoesNotMatch")
    assert message == "Credential should be scoped to a valid region. "


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("minutes", "beginning"),
    [pytest.param(-10, "Signature expired: ", id="slow"), pytest.param(10, "Signature not yet current: ", id="fast")],
)
def test_a_wrong_clock_is_refused(
    cloud: PracticeCloud,
    call: Callable[[Clients], object],
    minutes: int,
    beginning: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: wrong.replace(tzinfo=None))
    code, message, is_json = refusal(call, connect(cloud.details))
    assert code == ("InvalidSignatureException" if is_json else "SignatureDoesNotMatch")
    assert message.startswith(beginning)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        pytest.param({"X-Amz-Target": "AmazonSQS.ListQueues"}, 400, "MissingAuthenticationTokenException", id="json"),
        pytest.param({}, 403, "MissingAuthenticationToken", id="query"),
        pytest.param({"Authorization": "Basic eDp5"}, 403, "IncompleteSignature", id="another-kind"),
        pytest.param(
            {"Authorization": "AWS4-HMAC-SHA256 Credential=a/b/c", "X-Amz-Target": "AmazonSQS.ListQueues"},
            400,
            "IncompleteSignatureException",
            id="half-a-header",
        ),
    ],
)
def test_an_unsigned_request_is_refused(cloud: PracticeCloud, headers: dict[str, str], status: int, code: str) -> None:
    place = urlsplit(cloud.details.mturk_endpoint)
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=60)
    try:
        connection.request("POST", "/", body="{}", headers=headers)
        answer = connection.getresponse()
        assert answer.status == status
        assert code in answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/", "/favicon.ico"])
def test_no_other_door_is_open(cloud: PracticeCloud, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(cloud.details.mturk_endpoint).port, timeout=60)
    try:
        connection.request("POST", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 403
    finally:
        connection.close()


def signed(*, url: str, body: bytes = b"{}", service: str = "sqs", method: str = "POST") -> Request:
    """Have botocore sign a request, and take it as it would come over the wire."""
    request = AWSRequest(method=method, url=url, data=body, headers={"X-Amz-Target": "AmazonSQS.X", "Host": "h"})
    SigV4Auth(Credentials(KEY.access_key_id, KEY.secret_access_key), service, "us-east-1").add_auth(request)
    parts = urlsplit(url)
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    return Request(method=method, path=parts.path, query=parts.query, headers=headers, body=body)


@given(
    path=st.text("abcXYZ0189-_.~%2F é", max_size=20),
    body=st.binary(max_size=50),
)
def test_what_botocore_signs_is_accepted_and_nothing_else(path: str, body: bytes) -> None:
    from urllib.parse import quote

    request = signed(url=f"http://h/{quote(path)}?b=2&a=x%20y&a=&c", body=body)
    now = datetime.now(UTC)
    assert scope_service(request) == "sqs"
    verify(request, key=KEY, service="sqs", now=now)
    changes: list[Request] = [
        replace(request, body=body + b" "),
        replace(request, path=request.path + "x"),
        replace(request, query=request.query + "&d=1"),
        replace(request, method="PUT"),
        replace(request, headers={**request.headers, "x-amz-target": "AmazonSQS.Y"}),
        replace(request, headers={**request.headers, "host": "i"}),
        replace(request, headers={**request.headers, "x-amz-more": "not signed"}),
    ]
    for changed in changes:
        with pytest.raises(SignatureRefusedError):
            verify(changed, key=KEY, service="sqs", now=now)
    with pytest.raises(SignatureRefusedError):
        verify(request, key=KEY, service="sns", now=now)


def test_other_headers_count_when_they_are_signed_and_a_hash_of_the_body_is_not_believed() -> None:
    """As other kits sign: botocore signs neither ``User-Agent`` nor, for these services, a hash of the body."""
    now = datetime.now(UTC)
    request = AWSRequest(method="POST", url="http://h/", data=b"{}", headers={"Host": "h", "X-Agent": "kit  1"})
    request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(b"{}").hexdigest()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.SIGNED_HEADERS_BLACKLIST", [])
        request.headers["User-Agent"] = "kit"
        SigV4Auth(Credentials(KEY.access_key_id, KEY.secret_access_key), "sqs", "us-east-1").add_auth(request)
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    assert "user-agent" in headers["authorization"]
    sent = Request(method="POST", path="/", query="", headers=headers, body=b"{}")
    verify(sent, key=KEY, service="sqs", now=now)
    for changed in (
        replace(sent, headers={**headers, "user-agent": "another"}),
        replace(sent, headers={**headers, "x-agent": "kit 2"}),
        replace(sent, body=b"{} "),
    ):
        with pytest.raises(SignatureRefusedError):
            verify(changed, key=KEY, service="sqs", now=now)


@given(st.text(max_size=200))
def test_no_authorization_header_confuses_it(header: str) -> None:
    request = Request(method="POST", path="/", query="", headers={"authorization": header}, body=b"")
    with pytest.raises(SignatureRefusedError):
        verify(request, key=KEY, service="sqs", now=datetime.now(UTC))


def test_the_key_keeps_its_secret() -> None:
    assert KEY.secret_access_key not in repr(KEY)
