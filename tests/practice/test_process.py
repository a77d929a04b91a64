# SPDX-License-Identifier: MIT
"""The practice cloud as a process: it starts, says where it is, and never outlives who started it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import pytest

from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.practice import cloud as cloud_module
from notification_tester.practice.cloud import PracticeCloud, PracticeDetails, clean_environment, practice_command
from notification_tester.practice.faults import Faults
from practice.clients import AWS_CLI, connect, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("started_anew")

FIRST_LINE = [
    "mturk_endpoint",
    "aws_endpoint",
    "access_key_id",
    "secret_access_key",
    "region",
    "account_id",
    "queue_url",
    "blocked_queue_url",
    "topic_arn",
    "mailbox_url",
    "email",
]


def test_the_first_line_has_what_was_promised_and_the_end_of_input_ends_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = practice_command(port, hit_types=3, hits=7)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        line = process.stdout.readline()
        assert list(json.loads(line)) == FIRST_LINE
        details = PracticeDetails.from_json(line)
        assert details.mturk_endpoint == f"http://127.0.0.1:{port}"  # a chosen port is used
        hits = connect(details).mturk.list_hits(MaxResults=100)["HITs"]
        assert (len(hits), len({hit["HITTypeId"] for hit in hits})) == (7, 3)  # and as many are made as were asked for
        process.stdin.close()
        assert process.wait(60) == 0
        assert process.stdout.read() == ""  # nothing but that line


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["--hits", "-1"], "0 to 1,000,000 HITs", id="negative"),
        pytest.param(["--hit-types", "100001"], "0 to 100,000 HIT types", id="too-many"),
        pytest.param(["--hit-types", "0", "--hits", "1"], "at least one HIT type", id="hits-of-no-type"),
    ],
)
def test_impossible_numbers_are_explained(words: list[str], expected: str) -> None:
    command = [*practice_command(), *words]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert expected in result.stderr


# What a packaged program without a console finds: Python has no streams, whether or not there is a pipe.
NO_STREAMS = (
    "import os, sys\n"
    "{prepare}\n"
    "sys.stdout = None\n"
    "from notification_tester.practice.server import serve\n"
    "sys.exit(serve(port=0, output=sys.stdout))\n"
)


def test_without_python_s_standard_output_it_uses_the_system_s() -> None:
    code = NO_STREAMS.format(prepare="sys.stderr = None")
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        details = PracticeDetails.from_json(process.stdout.readline())
        assert connect(details).mturk.get_account_balance()["AvailableBalance"]
        process.stdin.close()
        assert process.wait(60) == 0


def test_without_any_standard_output_it_says_so() -> None:
    result = subprocess.run(
        [sys.executable, "-c", NO_STREAMS.format(prepare="os.close(1)")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert "no standard output" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_control_c_ends_it_calmly() -> None:
    # As from a terminal: what is started in the background inherits that SIGINT is ignored.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from notification_tester.__main__ import main; raise SystemExit(main(['practice']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert process.stderr.read() == ""


def test_details_look_like_an_account_of_its_own(cloud: PracticeCloud) -> None:
    details = cloud.details
    assert details.access_key_id.startswith("AKIA")
    assert len(details.access_key_id) == 20
    assert len(details.secret_access_key) == 40
    assert len(details.account_id) == 12
    assert details.queue_url == f"{details.aws_endpoint}/{details.account_id}/practice-results"
    assert details.topic_arn == f"arn:aws:sns:us-east-1:{details.account_id}:practice-topic"
    assert urlsplit(details.mturk_endpoint).hostname == "127.0.0.1"
    assert details.secret_access_key not in repr(details)
    assert details.mailbox_url not in repr(details)


def test_two_clouds_share_nothing(cloud: PracticeCloud, other_cloud: PracticeCloud) -> None:
    ours, theirs = cloud.details.as_json(), other_cloud.details.as_json()
    same = {name for name in ours if ours[name] == theirs[name]}
    assert same == {"region", "email", "account_id", "topic_arn"}  # no key, and nothing that is reached with one


def test_a_process_killed_from_outside_is_noticed_and_can_be_started_again_where_it_was() -> None:
    with PracticeCloud.start() as first:
        connect(first.details).sqs.list_queues()
        psutil.Process(first.process_id).kill()
        assert until(lambda: not first.is_running())
        second = PracticeCloud.start(port=first.port)
        assert second.is_running()
        assert second.details.queue_url == first.details.queue_url
        assert second.details.secret_access_key != first.details.secret_access_key
        assert connect(second.details).sqs.list_queues()["QueueUrls"]
    second.stop()  # which ends the process and may be repeated
    assert not second.is_running()
    assert not psutil.pid_exists(second.process_id)
    second.stop()
    with pytest.raises(ProblemError) as caught:
        second.set_faults(Faults())
    assert caught.value.problem.cause is Cause.PROGRAM


def test_it_ends_with_a_parent_that_is_killed() -> None:
    parent_code = (
        "from notification_tester.practice.cloud import PracticeCloud\n"
        "import time\n"
        "cloud = PracticeCloud.start()\n"
        "print(cloud.process_id, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
        parent.wait(60)
        gone, alive = psutil.wait_procs([child], timeout=60)
    assert gone
    assert not alive


def test_the_environment_of_the_person_stays_outside() -> None:
    environment = {
        "AWS_PROFILE": "lab",
        "AWS_ENDPOINT_URL_SQS": "https://elsewhere.example",
        "https_proxy": "http://proxy.example",
        "MOTO_ACCOUNT_ID": "1",
        "PATH": "/bin",
    }
    assert clean_environment(environment) == {"PATH": "/bin"}


def test_a_port_in_use_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [*practice_command(), "--port", str(port)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert result.returncode == 2
    assert result.stdout == ""
    assert f"cannot use port {port}" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[IO[bytes]]:
    """The files into which practice clouds complain, as they are made."""
    made: list[IO[bytes]] = []
    make = tempfile.TemporaryFile

    def one_more() -> IO[bytes]:
        made.append(make())
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", one_more)
    return made


def test_without_room_for_a_file_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> IO[bytes]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(ProblemError) as caught:
        PracticeCloud.start()
    assert caught.value.problem.detail == "It cannot make a temporary file: No space left on device."


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("import sys; sys.exit('the shelf is empty')", "the shelf is empty", id="ends-with-a-reason"),
        pytest.param("pass", "did not say why", id="ends-without-a-word"),
        pytest.param("print('hello')", "ended before it was ready", id="says-something-else"),
        pytest.param("import time; time.sleep(60)", "no sign of life within 0.5 seconds", id="hangs"),
    ],
)
def test_a_failed_start_is_explained(
    monkeypatch: pytest.MonkeyPatch, complaints: list[IO[bytes]], code: str, expected: str
) -> None:
    monkeypatch.setattr(cloud_module, "practice_command", lambda _port, **_sizes: [sys.executable, "-c", code])
    with pytest.raises(ProblemError) as caught:
        PracticeCloud.start(timeout=0.5 if "sleep" in code else 20)
    problem = caught.value.problem
    assert expected in f"{problem.detail} {problem.answer.message}"
    assert caught.value.problem.cause is Cause.PROGRAM
    assert [one.closed for one in complaints] == [True]


def test_a_start_that_hangs_leaves_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    number = tmp_path / "pid"
    code = f"import os, time; open({str(number)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    monkeypatch.setattr(cloud_module, "practice_command", lambda _port, **_sizes: [sys.executable, "-c", code])
    with pytest.raises(ProblemError, match="did not start"):
        PracticeCloud.start(timeout=3)
    assert not psutil.pid_exists(int(number.read_text()))


def test_a_process_that_does_not_end_with_its_input_is_ended(
    monkeypatch: pytest.MonkeyPatch, cloud: PracticeCloud, complaints: list[IO[bytes]]
) -> None:
    line = json.dumps(cloud.details.as_json())
    code = f"import time; print({line!r}, flush=True); time.sleep(600)"
    monkeypatch.setattr(cloud_module, "practice_command", lambda _port, **_sizes: [sys.executable, "-c", code])
    monkeypatch.setattr(cloud_module, "_PATIENCE", 0.2)
    hanging = PracticeCloud.start()
    assert hanging.is_running()
    hanging.stop()
    assert not hanging.is_running()
    assert not psutil.pid_exists(hanging.process_id)
    assert [one.closed for one in complaints] == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of this kind")
def test_control_c_in_the_terminal_is_for_the_program_and_not_for_its_practice(cloud: PracticeCloud) -> None:
    """A terminal sends it to all of a group; the program gives back what it borrowed first, and needs practice."""
    assert os.getpgid(cloud.process_id) != os.getpgid(0)


def test_a_missing_program_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, complaints: list[IO[bytes]]
) -> None:
    monkeypatch.setattr(cloud_module, "practice_command", lambda _port, **_sizes: [str(tmp_path / "missing")])
    with pytest.raises(ProblemError, match="did not start") as caught:
        PracticeCloud.start()
    assert caught.value.problem.detail.startswith("Its process could not be started: ")
    assert [one.closed for one in complaints] == [True]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts handles, which come and go by themselves")
def test_of_a_cloud_that_has_ended_nothing_stays_open() -> None:
    this = psutil.Process()
    before = this.num_fds()
    with PracticeCloud.start() as running:
        running.mailbox()
        with pytest.raises(ProblemError) as caught:
            running.control("GET", "/practice/nothing")
        assert caught.value.problem.detail.startswith("It answered 404: ")
        assert this.num_fds() > before
    assert this.num_fds() == before


@pytest.mark.skipif(not AWS_CLI, reason="the AWS CLI is not installed")
def test_the_aws_cli_works_unchanged(cloud: PracticeCloud, tmp_path: Path) -> None:
    details = cloud.details
    environment = clean_environment(os.environ) | {
        "AWS_ACCESS_KEY_ID": details.access_key_id,
        "AWS_SECRET_ACCESS_KEY": details.secret_access_key,
        "AWS_DEFAULT_REGION": details.region,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_MTURK": details.mturk_endpoint,
    }
    specification = {
        "Destination": details.queue_url,
        "Transport": "SQS",
        "Version": "2006-05-05",
        "EventTypes": ["HITReviewable"],
    }
    subprocess.run(
        [
            AWS_CLI,
            "mturk",
            "send-test-event-notification",
            "--notification",
            json.dumps(specification),
            "--test-event-type",
            "HITReviewable",
        ],
        env=environment,
        check=True,
        timeout=60,
    )
    bodies = connect(details).bodies(details.queue_url)
    assert [event["EventType"] for event in json.loads(bodies[0])["Events"]] == ["HITReviewable"]
