# SPDX-License-Identifier: MIT
"""Commands that are asked to end (Ctrl-C, SIGTERM, a terminal that is closed), at any moment and in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from notification_tester import cli
from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.cli.stoppable import (
    ENDINGS,
    QUIET_SECONDS,
    WAKE_SECONDS,
    Patience,
    session_for,
    stopped_by_signals,
    until_stopped,
)
from notification_tester.domain.known_secrets import KnownSecrets
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.practice.faults import Faults
from notification_tester.services.sending.test_send import TestSend
from notification_tester.services.session import Session
from notification_tester.storage.database import Database
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.places import system_places
from services.parts import until
from warm import WARM

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.practice.cloud import PracticeCloud
    from warm import Started

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals for one process"),
    pytest.mark.usefixtures("signals_are_heard"),
]

INT, TERM = signal.SIGINT, signal.SIGTERM
HUP = getattr(signal, "SIGHUP", TERM)  # the file has to be read on Windows, too
EVERY = pytest.mark.parametrize("number", [INT, TERM, HUP], ids=lambda one: one.name)

FROM_A_TERMINAL = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from notification_tester.__main__ import main; sys.exit(main(sys.argv[1:]))"
)
"""What is started in the background inherits that SIGINT is ignored."""

AT_AN_IMPORT = """
import os, runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Finder())
runpy.run_module("notification_tester", run_name="__main__", alter_sys=True)
"""
"""The program, which gets a signal when it is about to import a module."""


class Shell:
    """Starts commands that work with the cloud of the tests."""

    def __init__(self, cloud: PracticeCloud) -> None:
        self.cloud = cloud
        details = cloud.details
        self._keys = {
            "AWS_ACCESS_KEY_ID": details.access_key_id,
            "AWS_SECRET_ACCESS_KEY": details.secret_access_key,
            "AWS_ENDPOINT_URL": details.aws_endpoint,
        }
        self.sqs = boto3.client(
            "sqs",
            region_name="us-east-1",
            endpoint_url=details.aws_endpoint,
            aws_access_key_id=details.access_key_id,
            aws_secret_access_key=details.secret_access_key,
        )

    def forked(self, *words: str) -> AbstractContextManager[subprocess.Popen[bytes] | Started]:
        return WARM.piped([*words, "--account", "environment", "--json"], environment=os.environ | self._keys)

    @contextmanager
    def started(self, *words: str, script: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a script in a Python that is started for it."""
        with subprocess.Popen(
            [sys.executable, "-c", script, *words, "--account", "environment", "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | self._keys,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def export(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have what is called in this process work with that cloud, too."""
        for name, value in self._keys.items():
            monkeypatch.setenv(name, value)

    def temporary_queues(self) -> list[str]:
        return self.sqs.list_queues(QueueNamePrefix=NAME_PREFIX).get("QueueUrls", [])

    def held(self, url: str) -> tuple[int, int]:
        """How many messages are in sight, and how many in somebody's hands."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])


@pytest.fixture
def shell(cloud: PracticeCloud, own_home: Path) -> Iterator[Shell]:
    del own_home
    yield Shell(cloud)
    cloud.set_faults(Faults())


@pytest.fixture
def busy(shell: Shell) -> Iterator[str]:
    """The URL of a queue with somebody's message in it."""
    url = shell.sqs.create_queue(QueueName="of-somebody")["QueueUrl"]
    shell.sqs.send_message(QueueUrl=url, MessageBody="work")
    yield url
    shell.sqs.delete_queue(QueueUrl=url)


def no_leftovers() -> bool:
    with Database(system_places().database) as database:
        return Leftovers(database).open_ones() == []


@EVERY
def test_a_signal_ends_listening_tidily(own_home: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FROM_A_TERMINAL, "listen", "--transport", "SNS", "--json"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout
        assert json.loads(child.stdout.readline())["message"]
        child.send_signal(number)
        _, errors = child.communicate(timeout=60)
    assert (child.returncode, errors) == (0, "")
    del own_home
    assert no_leftovers(), "the queue that it made for the topic is gone"
    assert list((system_places().data / "running").iterdir()) == []


@EVERY
def test_following_a_queue_gives_back_what_it_holds(shell: Shell, busy: str, number: signal.Signals) -> None:
    with shell.forked("listen", "--transport", "SQS", "--destination", busy, "--read-anyway") as child:
        assert until(lambda: shell.held(busy) == (0, 1))
        child.send_signal(number)
        child.send_signal(number)  # a shell and the terminal may both send one
        _, errors = child.communicate(timeout=60)
    assert (child.returncode, errors) == (0, b"")
    assert shell.held(busy) == (1, 0)


@EVERY
def test_a_test_through_a_topic_ends_tidily_and_tells_what_is_known(shell: Shell, number: signal.Signals) -> None:
    shell.cloud.set_faults(Faults(lose_next=1))
    topic = shell.cloud.details.topic_arn
    with shell.forked("send", "--transport", "SNS", "--destination", topic, "--event", "HITCreated") as child:
        assert until(lambda: bool(shell.temporary_queues()))
        child.send_signal(number)
        output, errors = child.communicate(timeout=60)
    assert b"Traceback" not in errors
    assert shell.temporary_queues() == []
    assert no_leftovers()
    # While the queue was being made there was nothing to tell yet.
    assert child.returncode in {1, 128 + number}
    assert child.returncode == 128 + number or json.loads(output)["arrived"]["state"] == "unknown"


@EVERY
def test_a_test_gives_back_what_it_holds(shell: Shell, busy: str, number: signal.Signals) -> None:
    shell.cloud.set_faults(Faults(lose_next=1))
    words = ("send", "--transport", "SQS", "--destination", busy, "--event", "HITCreated", "--read-anyway")
    with shell.forked(*words) as child:
        assert until(lambda: shell.held(busy) == (0, 1))
        child.send_signal(number)
        output, errors = child.communicate(timeout=60)
    assert (child.returncode, errors) == (1, b"")
    assert json.loads(output)["arrived"]["state"] != "yes"
    assert shell.held(busy) == (1, 0)


@EVERY
def test_a_test_that_is_stopped_before_it_is_sent_is_a_no(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    tested = TestSend.run

    def stopped_first(*given: Any, stop: threading.Event, **others: Any) -> tuple[TestOutcome, ...]:
        signal.raise_signal(number)
        assert stop.wait(60)
        return tested(*given, stop=stop, **others)

    monkeypatch.setattr(TestSend, "run", stopped_first)
    shell.export(monkeypatch)
    words = ("send", "--transport", "Email", "--destination", "ada@example.com", "--event", "HITCreated")
    assert cli.main([*words, "--account", "environment", "--json"], self_check=lambda _: 99) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"]["state"], told["problem"]) == ("unknown", None)
    assert "Not sent" in told["accepted"]["detail"]


def test_a_hangup_that_is_ignored_from_the_start_stays_so(shell: Shell, busy: str) -> None:
    """As with nohup: the terminal is closed, and the command goes on."""
    script = FROM_A_TERMINAL.replace("import signal, sys;", "import signal, sys; signal.signal(1, signal.SIG_IGN);")
    with shell.started("listen", "--transport", "SQS", "--destination", busy, script=script) as child:
        assert until(lambda: shell.held(busy) == (0, 1))
        child.send_signal(HUP)
        shell.sqs.send_message(QueueUrl=busy, MessageBody="more work")
        assert until(lambda: shell.held(busy) == (0, 2)), "it still follows"
        child.send_signal(TERM)
        child.communicate(timeout=60)
    assert child.returncode == 0


MOMENTS = (
    "notification_tester.cli",
    "argparse",
    "notification_tester.cli.send",
    "notification_tester.services.session",
    "sqlite3",
    "notification_tester.storage.history",
    "notification_tester.aws.clients",
    "botocore.client",
    "botocore.httpsession",
    "notification_tester.services.sending.test_send",
)


@pytest.mark.parametrize(
    ("name", "number"), [*((name, INT) for name in MOMENTS), ("botocore.client", TERM), ("botocore.client", HUP)]
)
def test_a_signal_while_it_starts_ends_it_without_a_word(shell: Shell, name: str, number: signal.Signals) -> None:
    script = AT_AN_IMPORT.format(name=name, number=int(number))
    where = ("--transport", "SQS", "--destination", shell.cloud.details.queue_url, "--event", "HITCreated")
    with shell.started("send", *where, script=script) as child:
        output, errors = child.communicate(timeout=60)
    assert (output, errors) == (b"", b"")
    assert child.returncode in {-number, 128 + number}, "a shell calls both so"


TWICE = """
import signal, sys, threading
from notification_tester.cli.stoppable import until_stopped

def again(frame, what, _):
    # within the setting of an event, where its lock is held
    if what == "line" and frame.f_code is threading.Event.set.__code__ and "_flag" in LINES[frame.f_lineno - 1]:
        sys.settrace(None)
        signal.raise_signal(signal.SIGTERM)
    return again

LINES = open(threading.__file__, encoding="utf-8").read().splitlines()

sys.settrace(again)
# The first comes from here: one from another thread may fall into ``again`` itself, where nothing is traced.
print(until_stopped(lambda stop: stop.wait(60), look=lambda: signal.raise_signal(signal.SIGTERM)), sys.gettrace())
"""


def test_a_second_signal_in_the_middle_of_the_first_is_heeded_as_well() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", TWICE], capture_output=True, timeout=60, check=True, text=True)
    assert done.stdout == "True None\n"


def test_a_command_leaves_signals_as_it_found_them() -> None:
    """Whoever runs one within a program of their own is ended by Ctrl-C as before."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    with stopped_by_signals():
        assert signal.getsignal(TERM) != before[TERM]
    assert {number: signal.getsignal(number) for number in ENDINGS} == before
    until_stopped(lambda _: None)
    assert {number: signal.getsignal(number) for number in ENDINGS} == before


def test_work_is_asked_to_end_when_its_time_is_over_or_looking_fails() -> None:
    """And it is looked at some times a second meanwhile, not all the time."""
    looks: list[None] = []
    assert until_stopped(lambda stop: stop.wait(30), seconds=0.5, look=lambda: looks.append(None))
    assert 1 <= len(looks) <= 1 + 0.5 / WAKE_SECONDS
    ended: list[bool] = []

    def fail() -> None:
        raise OSError("no terminal")

    with pytest.raises(OSError, match="no terminal"):
        until_stopped(lambda stop: ended.append(stop.wait(30)), look=fail)
    assert ended == [True]


def test_a_signal_while_a_command_closes_disturbs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    close, closed = Session.close, list[Session]()

    def disturbed(session: Session) -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(TERM)
            closed.append(session)
        close(session)

    monkeypatch.setattr(Session, "close", disturbed)
    before = {number: signal.getsignal(number) for number in ENDINGS}
    with stopped_by_signals(), session_for(KnownSecrets()):
        pass
    assert len(closed) == 1
    assert {number: signal.getsignal(number) for number in ENDINGS} == before


@pytest.mark.parametrize("is_signal", [True, False], ids=["signal", "bug"])
def test_where_nobody_can_hear_of_an_error_a_bug_is_told_and_a_signal_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_signal: bool
) -> None:
    class Ending:
        def __del__(self) -> None:
            if is_signal:
                signal.raise_signal(TERM)
            raise RuntimeError("a bug of ours")

    def fail(*_: object, **__: object) -> None:
        Ending()
        raise ProblemError(Problem(title="No.", detail="No.", remedy="No.", code="x", cause=Cause.PROGRAM))

    monkeypatch.setattr(Session, "open_named", fail)
    assert cli.main(["send", "--transport", "SQS", "--event", "Ping", "--json"], self_check=lambda _: 99) == 1
    output, errors = capsys.readouterr()
    assert json.loads(output)["problem"]["code"] == "x"
    assert ("RuntimeError: a bug of ours" in errors) is not is_signal
    assert (errors == "") is is_signal


def test_that_nothing_comes_is_said_once_for_each_wait(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]

    def times_said() -> int:
        patience.look()
        return capsys.readouterr().err.count("Nothing has come from Mechanical Turk for 5 seconds")

    patience = Patience(clock=lambda: now[0])
    assert times_said() == 0
    now[0] = QUIET_SECONDS
    patience.hear(0)
    assert [times_said(), times_said()] == [1, 0]
    patience.hear(1)
    assert times_said() == 0
    now[0] += QUIET_SECONDS
    patience.hear(1)
    assert [times_said(), times_said()] == [1, 0]
