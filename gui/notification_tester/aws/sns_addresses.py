# SPDX-License-Identifier: MIT
"""Asking at the addresses that SNS's messages name: for its certificate, or to confirm a subscription.

Whoever calls judges the address first (:mod:`domain.messages.sender`, :mod:`services.inbox.receiver`).
"""

from __future__ import annotations

import time
from typing import NamedTuple

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated
from notification_tester.aws.reachability import plain_session
from notification_tester.aws.settings import Settings

SECONDS = 4
LONGEST_SECONDS = 10.0
LARGEST = 64 * 1024


class _Page(NamedTuple):
    status: int
    content: bytes
    is_whole: bool


def fetch_certificate(url: str) -> bytes:
    """Get the file, over TLS with certificates checked, and without following anywhere else. Raises ProblemError.

    It is waited for ``SECONDS`` at each read and ``LONGEST_SECONDS`` in all, and no more than ``LARGEST`` bytes are
    read.
    """
    from botocore.exceptions import HTTPClientError

    with translated(Call(service="sns", operation="", endpoint=url), Settings()):
        page = _ask(url)
        if page.status != 200 or not page.is_whole:
            raise HTTPClientError(error=f"{page.status} for the certificate")
        return page.content


def visit(url: str) -> int:
    """Ask for an address and return the status of the answer, in the same bounds. Raises ProblemError."""
    with translated(Call(service="sns", operation="", endpoint=url), Settings()):
        return _ask(url).status


def _ask(url: str) -> _Page:
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import HTTPClientError
    from urllib3.exceptions import HTTPError

    session = plain_session(url, Settings(), seconds=SECONDS)
    deadline = time.monotonic() + LONGEST_SECONDS
    try:
        answer = session.send(AWSRequest(method="GET", url=url, stream_output=True).prepare())
        content = b""
        try:
            for piece in answer.raw.stream(8192):
                content += piece
                if len(content) > LARGEST or time.monotonic() > deadline:
                    break
        except HTTPError as error:
            raise HTTPClientError(error=error) from error
        return _Page(answer.status_code, content, len(content) <= LARGEST and time.monotonic() <= deadline)
    finally:
        session.close()
