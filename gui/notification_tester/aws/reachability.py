# SPDX-License-Identifier: MIT
"""Is it the service, or is it the network? Asked only after a service did not answer."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

from notification_tester.domain.account import REGION

SECONDS = 3.0


def another_service_answers(aws_endpoint: str = "") -> bool:
    """Whether STS or SQS gives any HTTP answer at all; no key is sent. Takes at most twice ``SECONDS``."""
    places = [aws_endpoint] if aws_endpoint else [f"https://{name}.{REGION}.amazonaws.com" for name in ("sts", "sqs")]
    return any(_answers(place) for place in places)


def _answers(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException, socket.gaierror):
        return False
    finally:
        connection.close()
    return True
