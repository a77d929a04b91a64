# SPDX-License-Identifier: MIT
"""Fetching the certificate with which SNS signs; its address was judged before (:mod:`domain.sender`)."""

from __future__ import annotations

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated
from notification_tester.aws.reachability import plain_session
from notification_tester.aws.settings import Settings

SECONDS = 4
LARGEST = 64 * 1024


def fetch_certificate(url: str) -> bytes:
    """Get the file, over TLS with certificates checked, and without following anywhere else. Raises ProblemError."""
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import HTTPClientError

    settings = Settings()
    session = plain_session(url, settings, seconds=SECONDS)
    try:
        with translated(Call(service="sns", operation="", endpoint=url), settings):
            answer = session.send(AWSRequest(method="GET", url=url).prepare())
            if answer.status_code != 200 or len(answer.content) > LARGEST:
                raise HTTPClientError(error=f"{answer.status_code} for the certificate")
            return bytes(answer.content)
    finally:
        session.close()
