# SPDX-License-Identifier: MIT
"""Is it the service, or is it the network? Asked only after no connection could be made to a host of Amazon's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notification_tester.aws.settings import is_amazons
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from botocore.httpsession import URLLib3Session

    from notification_tester.aws.clients import Clients
    from notification_tester.aws.settings import Settings

SECONDS = 3.0


def another_service_answers(clients: Clients) -> bool:
    """Whether STS or SQS, at a host of Amazon's, gives any answer at all. Takes at most twice ``SECONDS``.

    No key is sent. It is asked in the way of the calls themselves: where they go, by the same proxy, and with the same
    certificates.
    """
    try:
        places = [clients.sts.meta.endpoint_url, clients.sqs().meta.endpoint_url]
    except ProblemError:
        return False
    return any(is_amazons(place) and answers(place, clients.settings) for place in places)


def answers(url: str, settings: Settings) -> bool:
    """Whether anything at that address answers; a certificate that is not trusted is an answer, too."""
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError, SSLError

    session = plain_session(url, settings, seconds=SECONDS)
    try:
        session.send(AWSRequest(method="GET", url=url).prepare())
    except SSLError:
        return True
    except BotoCoreError:
        return False
    finally:
        session.close()
    return True


def plain_session(url: str, settings: Settings, *, seconds: float) -> URLLib3Session:
    """botocore's own way to ask for a web address without signing: by the proxy and certificates that calls have."""
    from botocore.httpsession import URLLib3Session

    proxy, bundle = settings.proxy(url), settings.ca_bundle()
    how: dict[str, Any] = {
        "timeout": seconds,
        "proxies": {} if proxy is None else {"http": proxy.value, "https": proxy.value},
        "verify": True if bundle is None else bundle.value,
    }
    return URLLib3Session(**how)
