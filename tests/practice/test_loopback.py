# SPDX-License-Identifier: MIT
"""Practice calls nobody outside of this computer."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from notification_tester.practice.cloud import PracticeDetails, practice_command
from notification_tester.practice.loopback import is_loopback
from practice.clients import connect

if TYPE_CHECKING:
    from pathlib import Path

ELSEWHERE = "192.0.2.1"  # RFC 5737: nobody has it


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::1%lo", True),
        ("", True),
        ("0.0.0.0", True),  # noqa: S104 - nothing is bound
        ("localhost", True),
        ("LocalHost.", True),
        ("queue.localhost", True),
        ("sqs.us-east-1.amazonaws.com", False),
        ("localhost.example.org", False),
        ("192.168.0.1", False),
        (ELSEWHERE, False),
        ("2001:db8::1", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_what_is_this_computer(host: str, here: bool) -> None:
    assert is_loopback(host) is here


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("strace"), reason="needs strace")
def test_practice_calls_nobody_whatever_subscribes(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    watched = ["strace", "-f", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(calls), *practice_command(0)]
    with subprocess.Popen(watched, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        details = PracticeDetails.from_json(process.stdout.readline())
        clients = connect(details)
        for protocol, endpoint in (
            ("http", f"http://{ELSEWHERE}/"),
            ("https", "https://receiver.example.org/"),
            ("email", "somebody@example.org"),
        ):
            clients.sns.subscribe(TopicArn=details.topic_arn, Protocol=protocol, Endpoint=endpoint)
        clients.sns.publish(TopicArn=details.topic_arn, Message="hello")
        process.stdin.close()
        assert process.wait(60) == 0
    written = calls.read_text("utf-8", "replace")
    assert "exited with 0" in written  # it was watched
    addresses = re.findall(r'sin_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', written)
    assert [one for pair in addresses for one in pair if one and not is_loopback(one)] == []


CALLS_FROM_WITHIN = f"""
import io, socket
from notification_tester.practice.server import serve

def call():
    try:
        socket.create_connection(({ELSEWHERE!r}, 80), timeout=1)
    except OSError as error:
        print(error)

serve(port=0, output=io.StringIO(), until=call)
"""


def test_whatever_in_practice_calls_out_meets_no_network() -> None:
    run = subprocess.run(
        [sys.executable, "-c", CALLS_FROM_WITHIN], capture_output=True, text=True, timeout=60, check=True
    )
    assert "nothing outside of this computer is looked up here" in run.stdout  # a number is looked up as well


def test_a_look_up_of_this_computer_is_no_call() -> None:
    assert socket.getaddrinfo("localhost", 80)
