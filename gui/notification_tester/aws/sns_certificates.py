# SPDX-License-Identifier: MIT
"""Fetching the certificate with which SNS signs; its address was judged before (:mod:`domain.messages.sender`)."""

from __future__ import annotations

import time

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated
from notification_tester.aws.reachability import plain_session
from notification_tester.aws.settings import Settings

SECONDS = 4
LONGEST_SECONDS = 10.0
LARGEST = 64 * 1024


def fetch_certificate(url: str) -> bytes:
    """Get the file, over TLS with certificates checked, and without following anywhere else. Raises ProblemError.

    It is waited for ``SECONDS`` at each read and ``LONGEST_SECONDS`` in all, and no more than ``LARGEST`` bytes are
    read.
    """
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import HTTPClientError
    from urllib3.exceptions import HTTPError

    settings = Settings()
    session = plain_session(url, settings, seconds=SECONDS)
    deadline = time.monotonic() + LONGEST_SECONDS
    try:
        with translated(Call(service="sns", operation="", endpoint=url), settings):
            answer = session.send(AWSRequest(method="GET", url=url, stream_output=True).prepare())
            content = b""
            try:
                for piece in answer.raw.stream(8192):
                    content += piece
                    if len(content) > LARGEST or time.monotonic() > deadline:
                        break
            except HTTPError as error:
                raise HTTPClientError(error=error) from error
            if answer.status_code != 200 or len(content) > LARGEST or time.monotonic() > deadline:
                raise HTTPClientError(error=f"{answer.status_code} for the certificate")
            return content
    finally:
        session.close()
