# SPDX-License-Identifier: MIT
"""``deliver``: sent from this computer, a row for each scenario, and only where it was told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from hostile_receiver import answering, read_request
from notification_tester import cli
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.scenarios import SCENARIOS
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.services.sending import delivery_request
from notification_tester.storage import database
from notification_tester.storage.places import system_places
from practice.clients import connect
from services.sending.test_mail_carrier import Mailbox, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.services.sending.delivery_request import DeliveryRequest

FROM_A_TERMINAL = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from notification_tester.__main__ import main; sys.exit(main(sys.argv[1:]))"
)
ENDINGS = [signal.SIGINT, signal.SIGTERM]
SECRET = "grey-mare-and-more"


class Receiver:
    """Takes everything, but for what it refuses by a word in it."""

    def __init__(self) -> None:
        self.port = 0
        self.came: list[str] = []
        self.refuses = "no such word"
        self.refused = 0  # and the how manieth message
        self.then: Callable[[], object] = lambda: None
        """Done when a message is there, before its answer."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def __call__(self, connection: socket.socket) -> None:
        while request := read_request(connection).decode():
            self.came.append(request)
            self.then()
            is_refused = self.refuses in request or len(self.came) == self.refused
            status = "403 No" if is_refused else "200 OK"
            connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with answering(made, read_first=False) as made.port:
        yield made


def run(*words: str) -> int:
    return cli.main(["deliver", *words], self_check=lambda _: 1)


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


@pytest.mark.parametrize("form", ["sns", "rest", "soap"])
def test_a_web_receiver_gets_the_message_and_its_answer_is_told(
    form: str, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--to", receiver.url, "--as", form, "--event", "HITReviewable", "--json") == 0
    value = printed(capsys)
    [row] = value["deliveries"]
    assert (row["scenario"], row["accepted"]["state"], row["as_expected"]["state"]) == (None, "yes", "yes")
    assert (row["answer"]["status"], value["problem"]) == (200, None)
    assert any("not from Mechanical Turk" in note for note in value["notes"])
    assert len(receiver.came) == 1
    assert "HITReviewable" in receiver.came[0]


def test_without_json_what_a_delivery_proves_is_told_as_well(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--to", receiver.url, "--as", "sns", "--event", "HITReviewable") == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Note: ")]
    assert any("not from Mechanical Turk" in line for line in told)


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "words"])
def test_an_end_that_the_history_does_not_take_is_told(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    """As where another program has the file for a while."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    words = ["--json"] if as_json else []
    with ExitStack() as elsewhere:

        def hold() -> None:
            connection = sqlite3.connect(system_places().database, isolation_level=None, check_same_thread=False)
            elsewhere.enter_context(closing(connection)).execute("BEGIN IMMEDIATE")

        receiver.then = hold
        assert run("--to", receiver.url, "--as", "sns", "--event", "HITReviewable", *words) == 0
    notes = printed(capsys)["notes"] if as_json else capsys.readouterr().out.splitlines()
    start = "How this test ended could not be written into the history. "
    (told,) = [note.removeprefix("Note: ") for note in notes if start in note]
    assert told.startswith(start)


def test_all_scenarios_have_a_row_each(receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--to", receiver.url, "--as", "rest", "--event", "AssignmentSubmitted", "--scenario", "all", "--json")
    value = printed(capsys)
    assert [row["scenario"] for row in value["deliveries"]] == [
        one.name for one in SCENARIOS if DeliveryForm.REST in one.forms
    ]
    assert value["problem"]["title"] == "The receiver took a message with a wrong signature."


@pytest.mark.parametrize("refused", [0, 1, 2], ids=["none", "first", "second"])
def test_a_scenario_of_two_messages_is_one_row_with_both_answers_and_a_verdict_over_both(
    refused: int, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.refused = refused
    words = ["--to", receiver.url, "--as", "sns", "--event", "HITReviewable", "--scenario", "twice"]
    assert run(*words, "--json") == (1 if refused else 0)
    [row] = (value := printed(capsys))["deliveries"]
    statuses = [403 if number == refused else 200 for number in (1, 2)]
    assert [message["answer"]["status"] for message in row["messages"]] == statuses
    assert [message["as_expected"]["state"] for message in row["messages"]] == [
        "yes" if status == 200 else "no" for status in statuses
    ]
    verdicts = {row[name]["state"] for name in ("accepted", "as_expected")}
    assert (verdicts, row["arrived"]["state"]) == ({"no" if refused else "yes"}, "yes")
    if refused:
        assert row["as_expected"]["detail"].startswith(f"Message {refused} of 2: ")
        assert row["problem"] == value["problem"] == row["messages"][refused - 1]["problem"]
        assert value["problem"]["code"] == "delivery.unexpected"
    receiver.came.clear()
    run(*words)
    said = capsys.readouterr().out
    assert said.count("The same message twice: 2 messages.") == said.count("As expected:") == 1
    assert [said.count(f"answered {status}") for status in (200, 403)] >= [statuses.count(200), statuses.count(403)]
    numbered = [line.split()[0] for line in said.splitlines() if line.startswith("    ")]
    assert numbered == ["1.", "2."]


def test_a_wrong_signature_that_is_refused_is_well(receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    receiver.refuses = "Notify"
    assert run("--to", receiver.url, "--as", "rest", "--scenario", "wrong-signature", "--json") == 0
    assert printed(capsys)["problem"] is None


def test_a_message_that_is_signed_wrongly_on_purpose_is_to_be_refused(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--to", receiver.url, "--as", "soap", "--event", "HITReviewable", "--signature", "wrong", "--json"]
    assert run(*words) == 1
    assert printed(capsys)["problem"]["title"] == "The receiver took a message with a wrong signature."
    receiver.refuses = "Notify"
    assert run(*words) == 0
    [row] = printed(capsys)["deliveries"]
    assert (row["accepted"]["state"], row["as_expected"]["state"]) == ("no", "yes")


def test_events_that_look_real_have_the_ids_that_are_given(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    events = ["--event", "AssignmentAccepted", "--event", "AssignmentSubmitted"]
    words = [*events, "--hit-type", "3REALTYPE", "--worker", "AREALWORKER"]
    assert run("--to", receiver.url, "--as", "sns", *words, "--json") == 0
    [row] = printed(capsys)["deliveries"]
    message = decode(row["sent"])
    assert [event.event_type for event in message.events] == ["AssignmentAccepted", "AssignmentSubmitted"]
    assert {event.hit_type_id for event in message.events} == {"3REALTYPE"}
    assert not message.is_known_test


@pytest.mark.parametrize(
    "words",
    [
        ["--event", "HITReviewable", "--looks-real"],
        ["--event", "HITReviewable", "--hit", "3REALHIT"],
        ["--event", "HITReviewable", "--event", "HITExpired"],
    ],
    ids=["asked for", "an id", "two events"],
)
def test_each_of_these_alone_looks_real(
    words: list[str], receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    def is_test(*more: str) -> bool:
        assert run("--to", receiver.url, "--as", "sns", *more, "--json") == 0
        [row] = printed(capsys)["deliveries"]
        return decode(row["sent"]).is_known_test

    assert not is_test(*words)
    assert is_test("--event", "HITReviewable")


def test_the_first_problem_of_all_is_told_beside_the_rows(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.refused = 1
    assert run("--to", receiver.url, "--as", "rest", "--event", "HITExpired", "--scenario", "all", "--json") == 1
    value = printed(capsys)
    first, *_, last = [row["problem"] for row in value["deliveries"] if row["problem"]]
    assert value["problem"] == first != last


def test_a_secret_signs_and_is_in_nothing_that_is_printed(
    receiver: Receiver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLD_SECRET", SECRET)
    words = ["--as", "rest", "--event", "HITReviewable", "--secret-env", "OLD_SECRET"]
    assert run("--to", f"{receiver.url}?key=brown-mare-7", *words) == 0
    assert "Signature=DEPRECATED" not in receiver.came[0]
    said = "".join(capsys.readouterr())
    assert "Accepted: yes" in said
    assert SECRET not in said
    assert "brown-mare" not in said


def test_a_bug_of_ours_tells_nothing_of_a_secret_in_the_address_or_in_a_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object, request: DeliveryRequest) -> None:
        raise RuntimeError(f"it was {request.target.text}, signed with {request.signature.secret}")

    monkeypatch.setattr(delivery_request, "asks_first", fail)
    monkeypatch.setenv("OF_THE_RECEIVER", SECRET)  # a name that does not say what it is
    where = ("--to", "http://127.0.0.1:1/hook?key=brown-mare-7", "--as", "rest", "--secret-env", "OF_THE_RECEIVER")
    assert run(*where, "--event", "HITReviewable") == 1
    said = "".join(capsys.readouterr())
    assert "RuntimeError: it was http://127.0.0.1:1/hook?" in said
    assert ", signed with " in said
    assert "brown-mare" not in said
    assert SECRET not in said


def test_neither_a_web_receiver_nor_a_mail_server_wants_keys_of_an_account(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts = system_places().accounts
    accounts.parent.mkdir(parents=True)
    lab = {"name": "Lab", "environment": "sandbox", "source": "keyring"}  # and no keyring works here
    accounts.write_text(json.dumps({"version": 1, "accounts": [lab]}), encoding="utf-8")
    words = ("--event", "HITReviewable", "--account", "Lab", "--json")
    assert run("--to", receiver.url, "--as", "soap", *words) == 0
    assert printed(capsys)["problem"] is None
    mailbox = Mailbox()
    with serving(mailbox) as port:
        where = ("--to", "receiver@example.org", "--as", "email", "--smtp", f"127.0.0.1:{port}")
        assert run(*where, *words, "--yes") == 0
    assert len(mailbox.taken) == 1
    capsys.readouterr()
    assert run("--to", "https://sqs.us-east-1.amazonaws.com/123456789012/lab", "--as", "sqs", *words) == 1
    assert printed(capsys)["problem"]["code"] == "keyring.none"


def test_another_account_wants_an_address_before_anything_is_started(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--as", "sqs", "--event", "HITCreated", "--account", "environment", "--json") == 2
    assert printed(capsys)["problem"]["code"].startswith("destination.")
    assert not (own_home / "program").exists()


def test_practice_has_a_queue_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--as", "sqs", "--event", "AssignmentSubmitted", "--json") == 0
    [row] = printed(capsys)["deliveries"]
    assert [row[name]["state"] for name in ("accepted", "arrived", "as_expected")] == ["yes", "yes", "yes"]


def test_what_is_not_looked_for_is_no(
    cloud: PracticeCloud,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    sqs = connect(cloud.details).sqs
    dead = sqs.create_queue(QueueName="dead-of-deliver")["QueueUrl"]
    target = f"arn:aws:sqs:us-east-1:{cloud.details.account_id}:dead-of-deliver"
    redrive = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 1})
    costly = sqs.create_queue(QueueName="costly-to-deliver", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    words = ("--to", costly, "--as", "sqs", "--event", "HITCreated", "--account", "environment", "--json")
    assert run(*words) == 1
    value = printed(capsys)
    [row] = value["deliveries"]
    assert [row[name]["state"] for name in ("accepted", "arrived", "as_expected")] == ["yes", "unknown", "unknown"]
    assert value["problem"]["code"] == "arrival.reading-costs"
    for url in (costly, dead):
        sqs.delete_queue(QueueUrl=url)


@pytest.mark.parametrize("words", [["--scenario", "empty"], ["--hit", "3REALHIT", "--event", "HITReviewable"]])
def test_what_could_do_harm_elsewhere_is_not_sent_without_a_yes(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--to", "https://receiver.invalid/", "--as", "soap", *words, "--json") == 2
    problem = printed(capsys)["problem"]
    assert problem["code"] == "delivery.not-confirmed"
    assert problem["remedy"].endswith("--yes sends it.")
    assert run("--to", "https://receiver.invalid/", "--as", "soap", *words, "--json", "--yes") == 1
    assert printed(capsys)["problem"]["code"] == "delivery.no-such-host"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--to", "receiver.invalid", "--as", "rest"], "web-address.scheme"),
        (["--to", "ftp://receiver.invalid/", "--as", "rest"], "web-address.scheme"),
        (["--as", "rest"], "web-address.empty"),
        (["--to", "http://127.0.0.1:1/", "--as", "rest", "--event", "Nonsense"], "event.unknown"),
        (["--to", "http://127.0.0.1:1/", "--as", "rest", "--scenario", "nonsense"], "scenario.unknown"),
        (["--to", "http://127.0.0.1:1/", "--as", "rest", "--secret-env", "NOT_SET"], "words.no-variable"),
        (["--to", "http://127.0.0.1:1/", "--as", "rest", "--signature", "right"], "delivery.no-secret"),
        (["--to", "http://127.0.0.1:1/", "--as", "rest", "--looks-real"], "words.wrong"),
        (["--to", "me@example.org", "--as", "email"], "smtp.none"),
        (["--to", "http://127.0.0.1:1/", "--as", "carrier-pigeon"], "words.wrong"),
    ],
)
def test_wrong_words_have_a_sentence_each(words: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words, "--json") == 2
    assert printed(capsys)["problem"]["code"] == code


@pytest.mark.parametrize(
    ("words", "own"),
    [
        (["--to", "arn:aws:sns:us-east-1:123456789012:lab", "--as", "rest"], "“deliver”: --as"),
        (["--to", "https://sqs.us-east-1.amazonaws.com/123456789012/lab", "--as", "sqs"], "“deliver”: --to"),
    ],
)
def test_what_to_do_is_said_in_the_words_of_this_command(
    words: list[str], own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words, "--json") != 0
    assert own in printed(capsys)["problem"]["remedy"]


def test_what_to_do_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with answering(lambda _: None, tls=context) as port:
        words = ["--to", f"https://127.0.0.1:{port}/", "--as", "soap"]
        assert run(*words) == 1
        assert capsys.readouterr().err.count("--trust sends all the same.") == 1
        assert run(*words, "--json") == 1
    assert printed(capsys)["problem"]["remedy"].count("--trust sends all the same.") == 1


def test_a_page_of_amazons_console_is_no_receiver(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parent.parent / "cases" / "destination-sns-console-page.txt").read_text("utf-8")
    assert run("--to", page, "--as", "sns", "--json") == 2
    problem = printed(capsys)["problem"]
    assert problem["title"] == "This is a page of Amazon's console."
    assert "arn:aws:sns:us-east-1:123456789012:turk-events" in problem["remedy"]


def test_a_closed_port_is_no(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--to", "http://127.0.0.1:1/", "--as", "soap") == 1
    caught = capsys.readouterr()
    assert "Accepted: no" in caught.out
    assert "Nothing listens at 127.0.0.1:1." in caught.err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals for one process")
@pytest.mark.parametrize("number", ENDINGS, ids=lambda one: one.name)
def test_a_signal_ends_waiting_for_a_receiver_at_once_and_tells_what_is_known(number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        words = ["deliver", "--to", url, "--as", "soap", "--json"]
        talk: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "-c", FROM_A_TERMINAL, *words]
        with subprocess.Popen(command, text=True, **talk) as child, silent.accept()[0] as connection:
            assert connection.recv(4) == b"POST"
            began = time.perf_counter()
            child.send_signal(number)
            out, errors = child.communicate(timeout=60)
            assert time.perf_counter() - began < 10  # SNS's own wait is 15
    assert (child.returncode, errors) == (1, "")
    (row,) = json.loads(out)["deliveries"]
    assert (row["accepted"]["state"], row["problem"]["code"]) == ("unknown", "delivery.stopped")


@pytest.mark.skipif(sys.platform == "win32", reason="as a POSIX shell redirects streams")
@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"], ids=["closed", "full"])
def test_an_answer_that_cannot_be_written_is_a_no(receiver: Receiver, redirection: str) -> None:
    words = [sys.executable, "-W", "error", "-m", "notification_tester", "deliver", "--to", receiver.url, "--as", "sns"]
    done = subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *words], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.decode().startswith("The output could not be written")
    assert len(receiver.came) == 1


def test_an_e_mail_goes_through_the_server_that_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        words = ("--to", "receiver@example.org", "--as", "email", "--smtp", f"127.0.0.1:{port}", "--json")
        assert run(*words, "--event", "HITReviewable", "--scenario", "twice", "--yes") == 0
    [row] = printed(capsys)["deliveries"]
    assert [message["accepted"]["state"] for message in row["messages"]] == ["yes", "yes"]
    assert len(mailbox.taken) == 2
    assert decode(mailbox.taken[0][2].decode()).tested_event == "HITReviewable"
