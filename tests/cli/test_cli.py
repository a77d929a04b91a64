# SPDX-License-Identifier: MIT
"""The command line as a script meets it: exit codes, one JSON value, and no secret in any output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from notification_tester import __version__, cli
from notification_tester.__main__ import main
from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.practice.cloud import PracticeDetails
from notification_tester.practice.faults import Faults
from notification_tester.storage.database import Database
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.places import system_places
from practice.clients import connect
from warm import IMPATIENT, WARM

if TYPE_CHECKING:
    from pathlib import Path

    from notification_tester.practice.cloud import PracticeCloud

LAMPS = ("accepted", "arrived", "as_expected")


class Ran:
    """A command that has ended."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.output = done.stdout.decode()
        self.errors = done.stderr.decode()
        assert "Traceback" not in self.errors

    def json(self) -> dict[str, Any]:
        """The one value that was printed."""
        value = json.loads(self.output)
        assert isinstance(value, dict)
        return value


def run(*words: str, given: str = "", **environment: str) -> Ran:
    text = given.encode("utf-8", "surrogateescape")
    variables = os.environ | environment
    return Ran(WARM.run(words, given=text, environment=variables, warnings="error", constants=IMPATIENT))


def send(*words: str, **environment: str) -> Ran:
    return run("send", "--event", "AssignmentSubmitted", "--json", *words, **environment)


@pytest.mark.parametrize("transport", ["SQS", "sns", "Email"])
def test_send_in_practice_is_three_times_yes(transport: str) -> None:
    ran = send("--transport", transport)
    answer = ran.json()
    assert ran.code == 0
    assert ran.errors == ""
    assert ran.output == json.dumps(answer, indent=2) + "\n"
    assert list(answer)[:5] == [*LAMPS, "message", "problem"]
    assert [answer[lamp]["state"] for lamp in LAMPS] == ["yes", "yes", "yes"]
    assert answer["arrived"]["seconds"] > 0
    assert all(answer[lamp]["detail"] for lamp in LAMPS)
    assert answer["problem"] is None
    assert answer["message"]["is_test"] is True
    assert answer["message"]["events"][0]["event_type"] == "AssignmentSubmitted"


def test_send_in_words(cloud: PracticeCloud, environment: dict[str, str]) -> None:
    words = ("send", "--transport", "SQS", "--event", "HITCreated", "--account", "environment")
    good = run(*words, "--destination", cloud.details.queue_url, **environment)
    assert good.code == 0
    assert [line.partition(":")[0] for line in good.output.splitlines()] == ["Accepted", "Arrived", "As expected"]
    bad = run(*words, "--destination", cloud.details.blocked_queue_url, **environment)
    assert bad.code == 1
    assert "Accepted: not known" in bad.output
    assert "Arrived: no" in bad.output
    assert "What to do:" in bad.errors
    assert "Code: InternalFailure" in bad.errors


def test_a_blocked_queue_is_a_no_with_a_problem(cloud: PracticeCloud, environment: dict[str, str]) -> None:
    blocked = cloud.details.blocked_queue_url
    ran = send("--transport", "SQS", "--destination", blocked, "--account", "environment", **environment)
    answer = ran.json()
    assert ran.code == 1
    assert [answer[lamp]["state"] for lamp in LAMPS] == ["unknown", "no", "unknown"]
    assert {"title", "detail", "remedy", "code"} <= set(answer["problem"])
    assert answer["problem"]["code"] == "destination.closed"
    assert answer["message"] is None


def test_keep_leaves_the_test_in_the_queue_and_without_it_it_is_taken_out(
    cloud: PracticeCloud, environment: dict[str, str]
) -> None:
    url = cloud.details.queue_url
    bodies(cloud)  # what other tests left
    for words, left in ((("--keep",), 1), ((), 0)):
        ran = send("--transport", "SQS", "--destination", url, "--account", "environment", *words, **environment)
        assert ran.code == 0
        assert ("left there" in ran.json()["arrived"]["detail"]) is bool(words)
        assert len(bodies(cloud)) == left


def test_what_was_delivered_is_left_in_the_queue_only_where_that_is_said(
    cloud: PracticeCloud, environment: dict[str, str]
) -> None:
    words = ("deliver", "--to", cloud.details.queue_url, "--as", "sqs", "--account", "environment")
    bodies(cloud)
    for more, left in ((("--keep",), 1), ((), 0)):
        assert run(*words, "--event", "HITCreated", "--json", *more, **environment).code == 0
        assert len(bodies(cloud)) == left


def test_a_temporary_queue_that_cannot_be_removed_is_told(cloud: PracticeCloud, environment: dict[str, str]) -> None:
    cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))
    where = ("--transport", "SNS", "--destination", cloud.details.topic_arn, "--account", "environment")
    ran = send(*where, **environment)
    assert ran.code == 0
    assert any(NAME_PREFIX in note for note in ran.json()["notes"])
    said = run("send", "--event", "Ping", *where, **environment).output
    assert any(line.startswith("Note: ") and NAME_PREFIX in line for line in said.splitlines())
    delivery = ("deliver", "--to", cloud.details.topic_arn, "--as", "sns", "--account", "environment", "--json")
    notes = run(*delivery, "--event", "HITCreated", **environment).json()["notes"]
    assert any(NAME_PREFIX in note for note in notes)
    cloud.set_faults(Faults())
    assert send(*where, **environment).json()["notes"] == []
    assert not sqs_of(cloud).list_queues(QueueNamePrefix=NAME_PREFIX).get("QueueUrls")


@pytest.mark.parametrize("word", ["send", "check", "listen", "hit-types"])
@pytest.mark.parametrize("more", [("--destination", "nowhere"), ("--account", "environment")], ids=["wrong", "none"])
def test_what_is_wrong_in_the_words_is_said_before_anything_is_started(
    own_home: Path, capsys: pytest.CaptureFixture[str], word: str, more: tuple[str, str]
) -> None:
    words = {"send": ("--event", "Ping"), "hit-types": ("apply", "3ABC", "--events", "HITExpired")}.get(word, ())
    assert main([word, *words, "--transport", "SQS", "--json", *more]) == 2
    assert json.loads(capsys.readouterr().out)["problem"]["code"].startswith("destination.")
    assert not (own_home / "program").exists()


@pytest.mark.parametrize("words", [("send",), ("deliver",), ("hit-types", "apply")], ids=lambda words: words[-1])
def test_help_names_the_version_that_is_taken(words: tuple[str, ...]) -> None:
    ran = run(*words, "--help")
    assert ran.code == 0
    assert "default: 2006-05-05" in " ".join(ran.output.split())


def test_the_version_that_help_names_is_sent() -> None:
    assert send("--transport", "SQS").json()["message"]["version"] == "2006-05-05"
    row = run("deliver", "--as", "sqs", "--event", "HITCreated", "--json").json()["deliveries"][0]
    assert json.loads(row["sent"])["EventDocVersion"] == "2006-05-05"


def test_a_queue_that_counts_reads_is_read_only_where_that_is_said(
    cloud: PracticeCloud, environment: dict[str, str]
) -> None:
    sqs = sqs_of(cloud)
    dead = sqs.create_queue(QueueName="dead-of-send")["QueueUrl"]
    policy = json.dumps(
        {"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{cloud.details.account_id}:dead-of-send", "maxReceiveCount": 1}
    )
    grant = {
        "Effect": "Allow",
        "Principal": {"Service": "mturk-requester.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": f"arn:aws:sqs:us-east-1:{cloud.details.account_id}:counting",
    }
    attributes: Any = {
        "RedrivePolicy": policy,
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [grant]}),
    }
    url = sqs.create_queue(QueueName="counting", Attributes=attributes)["QueueUrl"]
    words = ("--transport", "SQS", "--destination", url, "--account", "environment")
    not_looked = send(*words, **environment)
    assert not_looked.code == 1
    assert [not_looked.json()[lamp]["state"] for lamp in LAMPS] == ["yes", "unknown", "unknown"]
    assert not_looked.json()["problem"]["code"] == "arrival.reading-costs"
    looked = send(*words, "--read-anyway", **environment)
    assert looked.code == 0
    assert looked.json()["arrived"]["state"] == "yes"
    for one in (url, dead):
        sqs.delete_queue(QueueUrl=one)


def sqs_of(cloud: PracticeCloud) -> Any:
    return connect(cloud.details).sqs


def bodies(cloud: PracticeCloud) -> list[str]:
    """Take everything out of the practice queue."""
    sqs, url = sqs_of(cloud), cloud.details.queue_url
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for one in messages:
            found.append(one["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    return found


def test_a_lost_message_is_a_no(cloud: PracticeCloud, environment: dict[str, str]) -> None:
    cloud.set_faults(Faults(lose_next=1))
    words = ("--transport", "SQS", "--destination", cloud.details.queue_url, "--account", "environment")
    ran = send(*words, "--wait", "0.3", **environment)
    assert ran.code == 1
    assert [ran.json()[lamp]["state"] for lamp in LAMPS] == ["yes", "no", "unknown"]
    assert ran.json()["problem"]["code"] == "arrival.not-seen"


def test_an_event_that_is_not_subscribed_is_a_no(cloud: PracticeCloud, environment: dict[str, str]) -> None:
    words = ("--transport", "SQS", "--destination", cloud.details.queue_url, "--account", "environment")
    ran = send(*words, "--events", "HITCreated, HITExpired", **environment)
    assert ran.code == 1
    assert [ran.json()[lamp]["state"] for lamp in LAMPS] == ["yes", "yes", "no"]


def test_ping_needs_no_subscription(cloud: PracticeCloud, environment: dict[str, str]) -> None:
    words = ("--transport", "SNS", "--destination", cloud.details.topic_arn, "--account", "environment")
    assert run("send", "--event", "ping", "--json", *words, **environment).code == 0


def test_without_a_wait_it_is_yes_and_not_known(cloud: PracticeCloud, environment: dict[str, str]) -> None:
    words = ("--transport", "Email", "--destination", "ada@example.com", "--account", "environment", "--wait", "0")
    ran = send(*words, **environment)
    assert ran.code == 0
    assert [ran.json()[lamp]["state"] for lamp in LAMPS] == ["yes", "unknown", "unknown"]


def test_the_longest_time_that_is_named_is_taken(cloud: PracticeCloud, environment: dict[str, str]) -> None:
    """An e-mail is not looked for, so nobody waits for it here."""
    words = ("--transport", "Email", "--destination", "ada@example.com", "--account", "environment")
    assert send(*words, "--wait", "3600", **environment).code == 0


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        pytest.param("AWS_SECRET_ACCESS_KEY", "S" * 40, "InvalidSignatureException", id="wrong-secret"),
        pytest.param("AWS_ACCESS_KEY_ID", "AKIAWRONGWRONGWRONG1", "UnrecognizedClientException", id="wrong-key"),
        pytest.param("AWS_ACCESS_KEY_ID", "", "keys.none", id="no-keys"),
        pytest.param("AWS_PROFILE", "nobody", "profile.unknown", id="unknown-profile"),
    ],
)
def test_wrong_keys_are_a_no_with_their_cause(
    cloud: PracticeCloud, environment: dict[str, str], variable: str, value: str, code: str
) -> None:
    changed = environment | {variable: value}
    ran = send("--transport", "SQS", "--destination", cloud.details.queue_url, "--account", "environment", **changed)
    problem = ran.json()["problem"]
    assert ran.code == 1
    assert (problem["cause"], problem["code"]) == ("keys", code)
    for secret in (environment["AWS_SECRET_ACCESS_KEY"], "S" * 40):
        assert secret not in ran.output + ran.errors


WRONG = [
    pytest.param(["--transport", "SQS", "--event", "Submitted"], "event.unknown", id="event"),
    pytest.param(["--transport", "Pigeon", "--event", "Ping"], "transport.unknown", id="transport"),
    pytest.param(["--transport", "SQS", "--event", "Ping", "--version", "2012-03-25"], "version.unknown", id="version"),
    pytest.param(["--transport", "SQS", "--event", "Ping", "--events", ","], "events.none", id="no-events"),
    pytest.param(["--transport", "SQS", "--event", "Ping", "--events", "Ping"], "events.ping", id="ping-subscribed"),
    pytest.param(
        ["--transport", "SQS", "--event", "Ping", "--account", "environment"], "destination.empty", id="empty"
    ),
    pytest.param(
        ["--transport", "SQS", "--event", "Ping", "--destination", ""], "destination.empty", id="empty-in-practice"
    ),
    pytest.param(["--transport", "SQS", "--event", "Ping", "--account", "nobody"], "account.unknown", id="nobody"),
    pytest.param(
        ["--transport", "Email", "--destination", "a@example.com", "--event", "Ping", "--account", "nobody"],
        "account.unknown",
        id="account",
    ),
    pytest.param(
        ["--transport", "SQS", "--destination", "arn:aws:sns:us-east-1:123456789012:t", "--event", "Ping"],
        "destination.wrong-kind",
        id="wrong-kind",
    ),
]


@pytest.mark.parametrize(("words", "code"), WRONG)
def test_wrong_values_are_two_with_a_problem(
    words: list[str], code: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--version" in words or "--events" in words:
        words = [*words, "--destination", "https://sqs.us-east-1.amazonaws.com/123456789012/q"]
    assert main(["send", "--json", *words]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["problem"]["code"] == code
    assert captured.err == ""
    assert main(["send", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "What to do:" in captured.err


def test_a_damaged_history_and_list_of_accounts_do_not_keep_from_practising(own_home: Path) -> None:
    del own_home  # where the places of this test are
    places = system_places()
    for path in (places.database, places.accounts):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("this is a text")
    ran = send("--transport", "SQS")
    assert ran.code == 0
    assert ran.json()["notes"] == ["This test is not in the history. The history is damaged."]
    ran = send("--transport", "SQS", "--account", "Lab")
    assert (ran.code, ran.json()["problem"]["code"]) == (1, "storage.accounts-damaged")
    said = run("send", "--transport", "SQS", "--event", "Ping")
    assert "Note: This test is not in the history." in said.output


def test_what_no_account_can_remove_is_told_once(own_home: Path) -> None:
    del own_home
    with Database(system_places().database) as database:
        leftovers = Leftovers(database)
        row = leftovers.planned(
            kind="throwaway-queue", account="Lab", region="us-east-1", name="mturk-notification-tester-0", topic_arn="",
            now=datetime.now(tz=UTC),
        )  # fmt: skip
        leftovers.made(row, "https://sqs.us-east-1.amazonaws.com/123456789012/mturk-notification-tester-0")
    (note,) = send("--transport", "SQS").json()["notes"]
    assert "mturk-notification-tester-0" in note
    assert "1234-5678-9012" in note
    assert send("--transport", "SQS").json()["notes"] == []


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["dance"], id="unknown-word"),
        pytest.param(["send"], id="missing-words"),
        pytest.param(["send", "--transport", "SQS"], id="no-event"),
        pytest.param(["send", "--transport", "SQS", "--event", "Ping", "--wait", "-1"], id="negative-wait"),
        pytest.param(["send", "--transport", "SQS", "--event", "Ping", "--wait", "nan"], id="wait-nan"),
        pytest.param(["send", "--transport", "SQS", "--event", "Ping", "--wait", "3601"], id="wait-too-long"),
        pytest.param(["listen", "--transport", "SQS", "--seconds", "0"], id="listen-no-time"),
        pytest.param(["listen", "--transport", "SQS", "--seconds", "604801"], id="listen-too-long"),
        pytest.param(["send", "--transport", "SQS", "--event", "Ping", "--wait", "soon"], id="wait-word"),
        pytest.param(["practice", "--port", "x"], id="port-word"),
        pytest.param(["decode", "a", "b"], id="two-files"),
    ],
)
def test_wrong_words_are_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "usage:" in captured.err


def test_an_impossible_port_is_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["practice", "--port", "70000"]) == 2
    assert "cannot use port 70000" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"mturk-notification-tester {__version__}\n"


@pytest.mark.parametrize("answer", [0, 1])
def test_self_check_is_handed_on(answer: int) -> None:
    asked: list[str] = []

    def self_check(screenshot: str) -> int:
        asked.append(screenshot)
        return answer

    assert cli.main(["self-check", "--screenshot", "window.png"], self_check=self_check) == answer
    assert cli.main(["self-check"], self_check=self_check) == answer
    assert asked == ["window.png", ""]


def test_practice_says_where_it_is_and_ends_with_its_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "notification_tester", "practice"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        details = PracticeDetails.from_json(line)
        assert list(json.loads(line)) == [
            "mturk_endpoint", "aws_endpoint", "access_key_id", "secret_access_key", "region", "account_id",
            "queue_url", "blocked_queue_url", "topic_arn", "mailbox_url", "email",
        ]  # fmt: skip
        assert (urlsplit(details.aws_endpoint).port or 0) >= 1024, "a free one, and none of the system"
        variables = {
            "AWS_ACCESS_KEY_ID": details.access_key_id,
            "AWS_SECRET_ACCESS_KEY": details.secret_access_key,
            "AWS_ENDPOINT_URL": details.mturk_endpoint,
        }
        words = ("--transport", "SNS", "--destination", details.topic_arn, "--account", "environment")
        ran = send(*words, **variables)
        assert ran.code == 0
        assert details.secret_access_key not in ran.output + ran.errors
        output, errors = process.communicate("", timeout=60)
    assert (process.returncode, output, errors) == (0, "", "")


def test_no_secret_is_written_anywhere(cloud: PracticeCloud, environment: dict[str, str], own_home: Path) -> None:
    details = cloud.details
    for destination in (details.queue_url, details.blocked_queue_url):
        ran = send("--transport", "SQS", "--destination", destination, "--account", "environment", **environment)
        assert details.secret_access_key not in ran.output + ran.errors
    files = [path for path in own_home.rglob("*") if path.is_file()]
    assert any(path.name == "history.sqlite3" for path in files)
    assert not [path for path in files if details.secret_access_key.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("words", "detail"),
    [
        (("send", "--json"), "The following arguments are required: --transport, --event."),
        (
            ("send", "--json", "--transport", "SQS", "--event", "Ping", "--wait", "soon"),
            "Argument --wait: “soon” is not a number of seconds from 0 to 3600.",
        ),
        (("dance", "--json"), "Argument COMMAND: invalid choice: 'dance' "),
        (("--json",), "The following arguments are required: COMMAND."),
        (("listen", "--json"), "The following arguments are required: --transport."),
        (("send", "--json", "--event", "Ping"), "The following arguments are required: --transport."),
        (("send", "--json", "--transport", "SQS"), "The following arguments are required: --event."),
        (("deliver", "--json"), "The following arguments are required: --as."),
        (("hit-types", "--json"), "The following arguments are required: ACTION."),
        (
            ("hit-types", "apply", "3ABC", "--transport", "SQS", "--json"),
            "The following arguments are required: --events.",
        ),
        (
            ("hit-types", "apply", "3ABC", "--events", "Ping", "--json"),
            "The following arguments are required: --transport.",
        ),
    ],
)
def test_wrong_words_are_json_where_json_was_asked_for(words: tuple[str, ...], detail: str) -> None:
    done = run(*words)
    assert done.code == 2
    problem = done.json()["problem"]
    assert (problem["code"], problem["detail"][: len(detail)]) == ("words.wrong", detail)
    assert problem["remedy"].startswith("The words are: mturk-notification-tester ")


def test_no_event_is_not_the_simulated_event() -> None:
    done = run("send", "--transport", "SQS", "--event", "AssignmentSubmitted", "--events", "", "--json")
    assert done.code == 2
    assert done.json()["problem"]["code"] == "events.none"


def test_practice_says_that_it_cannot_reach_a_real_queue() -> None:
    real = "https://sqs.us-east-1.amazonaws.com/123456789012/my-queue"
    done = run("send", "--transport", "SQS", "--destination", real, "--event", "Ping", "--json")
    assert done.code == 2
    assert done.json()["problem"]["code"] == "destination.not-practice"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a Linux device")  # noqa: PTH110 - a device
def test_a_full_output_is_said_in_a_sentence() -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "notification_tester", "decode", "--json"],
            input=b"{}",
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode().startswith("The output could not be written")


@pytest.mark.skipif(sys.platform == "win32", reason="links and devices are those of POSIX systems")
def test_an_export_goes_through_a_link_and_replaces_no_device(tmp_path: Path) -> None:
    real, link, pipe = tmp_path / "real.csv", tmp_path / "link.csv", tmp_path / "pipe"
    real.write_text("before")
    real.chmod(0o644)
    link.symlink_to(real)
    assert run("hit-types", "export", str(link)).code == 0
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8-sig").startswith("mturk-notification-tester record")
    assert real.stat().st_mode & 0o777 == 0o644
    os.mkfifo(pipe)
    for path, kind in ((pipe, "a pipe"), ("/dev/null", "a device"), (tmp_path, "a folder")):
        ran = run("hit-types", "export", str(path), "--json")
        assert (ran.code, ran.json()["problem"]["code"]) == (1, "export.not-written")
        assert kind in ran.json()["problem"]["detail"]
    assert pipe.is_fifo()
    assert sorted(tmp_path.iterdir()) == [link, pipe, real]


@pytest.mark.skipif(sys.platform == "win32", reason="links and devices are those of POSIX systems")
def test_the_picture_of_the_self_check_goes_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / "window.png"
    link.symlink_to("real")
    ran = run("self-check", "--screenshot", str(link))
    assert ran.code == 0, ran.output
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["window.csv", "missing/window.png"])
def test_a_picture_that_cannot_be_saved_fails_the_self_check(tmp_path: Path, name: str) -> None:
    ran = run("self-check", "--screenshot", str(tmp_path / name))
    assert ran.code == 1
    assert "FAILED    picture is saved to" in ran.output
    assert list(tmp_path.iterdir()) == []


LAB = {"name": "Lab", "environment": "sandbox", "source": "keyring"}


@pytest.mark.parametrize(
    "name", ["", "keyring", "keyring.backends.libsecret.Keyring", "json.JSONDecoder", "no.such.One"]
)
def test_a_keyring_that_a_variable_names_and_that_does_not_work_is_a_problem(own_home: Path, name: str) -> None:
    del own_home
    accounts = system_places().accounts
    accounts.parent.mkdir(parents=True)
    accounts.write_text(json.dumps({"version": 1, "accounts": [LAB]}))
    words = ("--transport", "SQS", "--destination", "https://sqs.us-east-1.amazonaws.com/123456789012/q")
    ran = send(*words, "--account", "Lab", PYTHON_KEYRING_BACKEND=name)
    assert (ran.code, ran.errors) == (1, "")
    assert ran.json()["problem"]["code"] == "keyring.none"
    assert "PYTHON_KEYRING_BACKEND" in ran.json()["problem"]["detail"]
