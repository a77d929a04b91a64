# SPDX-License-Identifier: MIT
"""Nothing that the program listens on can be reached from another computer."""

from __future__ import annotations

import http.client
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import pytest

import notification_tester
from notification_tester.domain.messages.writing import MADE_UP_TOPIC, sns_envelope
from notification_tester.domain.outgoing import SignatureKind
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.services.inbox.receiver import Receiver
from notification_tester.services.sending.sns_signing import SnsSigner

if TYPE_CHECKING:
    from notification_tester.practice.cloud import PracticeCloud

ROOT = Path(notification_tester.__file__).parent
DOOR = "practice/listener.py"
LISTENING = re.compile(
    r"\b(create_server|bind|server_bind|start_server|make_server|run_simple"
    r"|HTTPServer|ThreadingHTTPServer|TCPServer|ThreadingTCPServer|QTcpServer|QUdpSocket)\b"
)


def listening_at(port: int) -> list[str]:
    return [
        one.laddr.ip
        for one in psutil.net_connections("inet")
        if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port
    ]


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS tells it the administrator alone")
def test_every_door_is_on_the_loopback(cloud: PracticeCloud) -> None:
    ports = [urlsplit(cloud.details.mturk_endpoint).port, urlsplit(cloud.details.aws_endpoint).port]
    with Receiver(ReceiverPlace(), lambda _: None) as receiver, SnsSigner() as signer:
        envelope = sns_envelope("text", topic_arn=MADE_UP_TOPIC, now=datetime.now(UTC), message_id="m1")
        signed = signer.sign(envelope, SignatureKind.RIGHT)
        ports += [receiver.port, *(urlsplit(signed[name]).port for name in ("SigningCertURL", "UnsubscribeURL"))]
        assert [listening_at(port or 0) for port in ports] == [["127.0.0.1"]] * len(ports)


def test_there_is_one_door_alone() -> None:
    """All of them are listeners of one module, which has one address."""
    found = set()
    for path in ROOT.rglob("*.py"):
        found |= {(path.relative_to(ROOT).as_posix(), name) for name in LISTENING.findall(path.read_text("utf-8"))}
    assert found == {
        (DOOR, "HTTPServer"),
        (DOOR, "TCPServer"),
        (DOOR, "server_bind"),
    }


def test_a_name_of_a_browsers_page_is_refused_everywhere(cloud: PracticeCloud) -> None:
    with Receiver(ReceiverPlace(), lambda _: None) as receiver:
        for port in (receiver.port, urlsplit(cloud.details.mturk_endpoint).port):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/", headers={"Host": "rebound.example"})
            answer = connection.getresponse()
            assert (answer.status, b"not the host" in answer.read()) == (421, True)
            connection.close()
