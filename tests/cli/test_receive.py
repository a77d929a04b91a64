# SPDX-License-Identifier: MIT
"""``receive``: a line for each message that is sent to this computer, until Ctrl-C."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from notification_tester import cli
from notification_tester.cli import receive
from notification_tester.domain.messages.message import decode
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

needs_signals = pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals for one process")
NOTIFICATION = (
    '{"EventDocId": "d1", "EventDocVersion": "2006-05-05", "CustomerId": "C1", "Events": [{"EventType": "HITCreated", '
    '"EventTimestamp": "2026-01-31T12:00:00Z", "HITTypeId": "3T", "HITId": "3X"}]}'
)


def run(*words: str) -> int:
    return cli.main(["receive", *words], self_check=lambda _: 1)


@pytest.fixture
def port() -> Iterator[int]:
    """A port that the system gives to nobody else meanwhile, and at which the command may listen."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


def post(port: int, body: str, path: str = "/") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body=body)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@contextmanager
def meanwhile(port: int, send: Callable[[], object]) -> Iterator[None]:
    """Send as soon as the command listens, and then press Ctrl-C."""

    def listens() -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    def work() -> None:
        try:
            if until(listens):
                send()
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    sender = threading.Thread(target=work)
    sender.start()
    yield
    sender.join()


@needs_signals
@pytest.mark.usefixtures("signals_are_heard")
class TestWhatComes:
    def test_a_line_a_message_for_scripts(self, port: int, capsys: pytest.CaptureFixture[str]) -> None:
        def send() -> None:
            assert [post(port, NOTIFICATION, "/a"), post(port, NOTIFICATION), post(port, "nonsense")] == [500] * 3

        with meanwhile(port, send):
            assert run("--port", str(port), "--answer", "500", "--json") == 0
        said = capsys.readouterr()
        lines = [json.loads(line) for line in said.out.splitlines()]
        assert [line["number"] for line in lines] == [1, 2, 3]
        assert [line["duplicate_of"] for line in lines] == [None, 1, None]
        assert lines[0]["message"]["events"][0]["event_type"] == "HITCreated"
        assert (lines[0]["method"], lines[0]["target"], lines[0]["answer"]) == ("POST", "/a", "500")
        assert lines[2]["raw"] == "nonsense"
        assert lines[2]["message"]["problem"]
        assert said.err.startswith(f"Receiving at http://127.0.0.1:{port}/ from this computer alone")

    def test_in_words(self, port: int, capsys: pytest.CaptureFixture[str]) -> None:
        confirmation = '{"Type": "SubscriptionConfirmation", "SubscribeURL": "https://receiver.example/"}'
        given = (NOTIFICATION, NOTIFICATION, confirmation, "nonsense")
        with meanwhile(port, lambda: [post(port, one) for one in given]):
            assert run("--port", str(port), "--confirm") == 0
        said = capsys.readouterr().out
        assert "POST /\nHITCreated  2026-01-31T12:00:00Z  3T 3X\n" in said
        assert said.count("It has the EventDocId of message 1: count the two as one.\n") == 1
        assert "The subscription was not confirmed" in said
        problem = decode("nonsense").problem
        assert problem is not None
        assert said.endswith(f"\n{problem.title} {problem.detail}\n")
        assert "\n\n" not in said

    @pytest.mark.parametrize("more", [("--late-seconds", "0.1"), ()], ids=["named", "not named"])
    def test_late_is_as_late_as_was_said(
        self, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
    ) -> None:
        monkeypatch.setattr(receive, "LATE_SECONDS", 30 if more else 0.1)
        began = time.monotonic()
        with meanwhile(port, lambda: post(port, NOTIFICATION)):
            assert run("--port", str(port), "--answer", "late", *more, "--json") == 0
        assert time.monotonic() - began < 30
        assert json.loads(capsys.readouterr().out)["answer"] == "late"

    def test_whoever_reads_may_leave(self, port: int) -> None:
        script = (
            "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
            "from notification_tester.__main__ import main; sys.exit(main(sys.argv[1:]))"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script, "receive", "--port", str(port), "--json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as child:  # fmt: skip
            assert child.stdout
            assert child.stderr
            try:
                assert f":{port}/" in child.stderr.readline()
                child.stdout.close()
                post(port, NOTIFICATION)
                assert child.wait(60) == 0
                assert child.stderr.read() == ""
            finally:
                child.kill()


def test_without_a_port_it_takes_a_free_one_for_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--seconds", "0.1") == 0
    said = capsys.readouterr()
    assert said.out == ""
    found = re.fullmatch(
        r"Receiving at http://127\.0\.0\.1:(\d+)/ from this computer alone; Ctrl-C ends it\.\n", said.err
    )
    assert found is not None
    assert int(found[1]) >= 1024


class TestWrongWords:
    def test_a_week_is_none_of_them(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--port", "80", "--seconds", "604800", "--json") == 2
        assert json.loads(capsys.readouterr().out)["problem"]["code"] == "receiver.port"

    def test_a_port_of_the_system(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--port", "80", "--json") == 2
        problem = json.loads(capsys.readouterr().out)["problem"]
        assert (problem["code"], problem["title"]) == ("receiver.port", "Port 80 is the system's.")

    def test_a_port_in_use(self, capsys: pytest.CaptureFixture[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            assert run("--port", str(port), "--json") == 2
        problem = json.loads(capsys.readouterr().out)["problem"]
        assert (problem["code"], problem["title"]) == ("receiver.port-in-use", f"Port {port} is in use.")

    @pytest.mark.parametrize("words", [("--port", "x"), ("--answer", "404"), ("--late-seconds", "0")])
    def test_words_that_are_none(self, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
        assert run(*words, "--json") == 2
        assert json.loads(capsys.readouterr().out)["problem"]["code"] == "words.wrong"
