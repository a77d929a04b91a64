# SPDX-License-Identifier: MIT
"""Checks AWS Signature Version 4, so that wrong keys, a wrong region and a wrong clock fail here as they do at Amazon.

Followed: AWS General Reference, "Create a signed AWS API request". What a signature ought to be is worked out by
botocore's own signer. That leaves some headers out when it signs (``User-Agent``) and believes a hash of the body that
comes with the request; here those headers count that the request says are signed, and the body that came.

Codes and texts of the refusals are those of AWS's "Common Error Types" and of answers seen from its services; JSON
services and query services name the same refusal differently. Deliberate limits: the ``Authorization`` header only (no
pre-signed URLs), one permanent key (a session token is always unknown), one region.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from botocore.compat import HTTPHeaders

    from notification_tester.practice.listener import Request

ALGORITHM = "AWS4-HMAC-SHA256"
TOLERANCE = timedelta(minutes=5)
"""How far the client's clock may be off. Amazon's documentation says five minutes for most services."""

_BODY_HASH = "x-amz-content-sha256"
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM}\s+Credential=(?P<key>[^/,\s]+)/(?P<date>[^/,]+)/(?P<region>[^/,]+)/(?P<service>[^/,]+)/(?P<end>[^/,\s]+)"
    r"\s*,\s*SignedHeaders=(?P<headers>[^,\s]+)\s*,\s*Signature=(?P<signature>[0-9a-fA-F]+)\s*"
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a request is not let in: the code of JSON services, that of query services, and the text of both."""

    json_code: str
    query_code: str
    message: str


class SignatureRefusedError(Exception):
    """The request is not signed by the practice account's key."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """What requests have to be signed with."""

    access_key_id: str
    secret_access_key: str
    region: str

    def __repr__(self) -> str:
        return f"SigningKey(access_key_id={self.access_key_id!r})"


def scope_service(request: Request) -> str:
    """Tell which service a request was signed for, unchecked; empty where it is not signed."""
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    return found["service"].lower() if found else ""


def verify(request: Request, *, key: SigningKey, service: str, now: datetime) -> None:
    """Let pass a request signed for ``service`` with ``key``. Raises SignatureRefusedError."""
    header = request.headers.get("authorization", "")
    if not header:
        raise _refused(
            "MissingAuthenticationTokenException", "MissingAuthenticationToken", "Missing Authentication Token"
        )
    found = _AUTHORIZATION.fullmatch(header)
    if not found:
        message = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters."
        raise _refused("IncompleteSignatureException", "IncompleteSignature", message)
    if found["key"] != key.access_key_id or "x-amz-security-token" in request.headers:
        message = "The security token included in the request is invalid."
        raise _refused("UnrecognizedClientException", "InvalidClientTokenId", message)
    signed_at = request.headers.get("x-amz-date", "")
    _check_scope(found, key=key, service=service, signed_at=signed_at)
    _check_clock(signed_at, now=now)
    names = _signed_names(found["headers"], request)
    expected = _expected_signature(request, names, key=key, service=service, signed_at=signed_at)
    if not hmac.compare_digest(expected, found["signature"].lower()):
        raise _bad_signature(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details."
        )


def _refused(json_code: str, query_code: str, message: str) -> SignatureRefusedError:
    return SignatureRefusedError(Refusal(json_code=json_code, query_code=query_code, message=message))


def _bad_signature(message: str) -> SignatureRefusedError:
    return _refused("InvalidSignatureException", "SignatureDoesNotMatch", message)


def _check_scope(found: re.Match[str], *, key: SigningKey, service: str, signed_at: str) -> None:
    if found["region"] != key.region:
        raise _bad_signature("Credential should be scoped to a valid region. ")
    if found["service"] != service:
        raise _bad_signature(f"Credential should be scoped to correct service: '{service}'. ")
    if found["end"] != "aws4_request":
        raise _bad_signature("Credential should be scoped with a valid terminator: 'aws4_request'. ")
    if found["date"] != signed_at[:8]:
        raise _bad_signature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")


def _check_clock(signed_at: str, *, now: datetime) -> None:
    try:
        moment = datetime.strptime(signed_at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        message = "Date must be in ISO-8601 'basic format' in the header X-Amz-Date."
        raise _refused("IncompleteSignatureException", "IncompleteSignature", message) from error
    if abs(moment - now) <= TOLERANCE:
        return
    here = now.strftime("%Y%m%dT%H%M%SZ")
    if moment < now:
        bound = (now - TOLERANCE).strftime("%Y%m%dT%H%M%SZ")
        raise _bad_signature(f"Signature expired: {signed_at} is now earlier than {bound} ({here} - 5 min.)")
    bound = (now + TOLERANCE).strftime("%Y%m%dT%H%M%SZ")
    raise _bad_signature(f"Signature not yet current: {signed_at} is still later than {bound} ({here} + 5 min.)")


def _signed_names(text: str, request: Request) -> list[str]:
    names = text.lower().split(";")
    wanted = {"host", *(name for name in request.headers if name.startswith("x-amz-"))}
    if missing := sorted(wanted.difference(names)):
        raise _bad_signature(f"'{missing[0]}' must be a 'SignedHeader' in the AWS Authorization. ")
    if any(name not in request.headers for name in names):
        raise _bad_signature("A header that SignedHeaders names is missing from the request.")
    if request.headers.get(_BODY_HASH, (actual := hashlib.sha256(request.body).hexdigest())) != actual:
        raise _bad_signature("The provided 'x-amz-content-sha256' header does not match what was computed.")
    return names


class _Signer(SigV4Auth):
    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        """All that it is given, as the client chose them."""
        return request.headers


def _expected_signature(request: Request, names: list[str], *, key: SigningKey, service: str, signed_at: str) -> str:
    """What botocore would sign of this request, were these headers all that it has."""
    query = urlencode(parse_qsl(request.query, keep_blank_values=True), quote_via=quote)
    sent = AWSRequest(
        method=request.method,
        url=f"http://signed{request.path}?{query}",  # the host that counts is among the headers
        headers={name: request.headers[name] for name in names},
        data=request.body,
    )
    sent.context["timestamp"] = signed_at
    signer = _Signer(Credentials(key.access_key_id, key.secret_access_key), service, key.region)
    signature: str = signer.signature(signer.string_to_sign(sent, signer.canonical_request(sent)), sent)
    return signature
