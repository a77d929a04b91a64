# SPDX-License-Identifier: MIT
"""``decode`` as a script meets it: everything that is in a message, and an answer whatever the bytes are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.test_cli import run
from notification_tester.__main__ import main

REAL_EVENT = {
    "EventType": "AssignmentSubmitted",
    "EventTimestamp": "2026-01-31T23:59:59Z",
    "HITTypeId": "3TYPE",
    "HITId": "3HIT",
    "AssignmentId": "3ASSIGNMENT",
    "WorkerId": "A1WORKER",
}
REAL = {
    "EventDocId": "f" * 40,
    "EventDocVersion": "2014-08-15",
    "CustomerId": "A1REQUESTER",
    "SourceAccount": "123456789012",
    "Events": [REAL_EVENT, {key: value for key, value in REAL_EVENT.items() if key != "AssignmentId"}],
}


def test_decode_tells_everything(tmp_path: Path) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps(REAL), "utf-8")
    for ran in (run("decode", str(file), "--json"), run("decode", "--json", given=file.read_text("utf-8"))):
        answer = ran.json()
        assert (ran.code, ran.errors) == (0, "")
        assert answer["format"] == "sqs"
        assert answer["is_test"] is False
        assert answer["event_doc_id"] == "f" * 40
        assert answer["version"] == "2014-08-15"
        assert answer["customer_id"] == "A1REQUESTER"
        assert answer["source_account"] == "123456789012"
        assert [list(event) for event in answer["events"]] == [
            ["event_type", "event_timestamp", "hit_type_id", "hit_id", "assignment_id", "extra"]
        ] * 2
        assert [event["assignment_id"] for event in answer["events"]] == ["3ASSIGNMENT", None]
        assert answer["events"][0]["extra"] == {"WorkerId": "A1WORKER"}


CASES = Path(__file__).parent.parent / "cases"


@pytest.mark.parametrize("case", sorted(CASES.glob("decode-*")), ids=lambda case: case.name)
def test_what_people_have_is_read_from_a_file_and_from_standard_input(case: Path) -> None:
    from_file = run("decode", str(case), "--json")
    done = subprocess.run(
        [sys.executable, "-m", "notification_tester", "decode", "--json"],
        input=case.read_bytes(),
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C"},
        timeout=60,
        check=True,
    )
    answer = from_file.json()
    assert json.loads(done.stdout) == answer
    assert answer["problem"] is None
    (event,) = answer["events"]
    made_up = case.name == "decode-made-up-rest-two-fields.txt"
    assert event["event_type"] == ("NotificationMissing" if made_up else "AssignmentSubmitted")
    assert event["hit_type_id"] == (None if made_up else "3BBBBBBBBBBBBBBBBBBBBBBBBBBBBB")
    assert "cannot be known from the text alone" in answer["assessment"]
    if made_up:
        assert all(one in answer["assessment"] for one in ("no event type", "no signature", "no ids of HITs"))


def test_of_several_messages_each_has_a_block_of_its_own() -> None:
    def received(sender: str, document: str) -> dict[str, object]:
        body = json.dumps({**REAL, "EventDocId": document, "Events": [REAL_EVENT]})
        return {"Body": body, "Attributes": {"SenderId": sender}}

    given = {
        "Messages": [
            received("AIDAIXO4EZE6RHVSXIN4E", "a" * 40),
            received("AIDAOTHER", "b" * 40),
            received("AIDAIXO4EZE6RHVSXIN4E", "a" * 40),
            {"Body": "hello"},
        ]
    }
    ran = run("decode", given=json.dumps(given))
    blocks = ran.output.split("Message ")[1:]
    assert [block.split(" (")[0] for block in blocks] == [f"{number} of 4" for number in (1, 2, 3, 4)]
    assert ["names Mechanical Turk as the sender" in block for block in blocks] == [True, False, True, False]
    assert ["names somebody else as the sender" in block for block in blocks] == [False, True, False, False]
    assert ["has the EventDocId of message 1" in block for block in blocks] == [False, False, True, False]
    assert "not a notification" in blocks[3]
    answer = run("decode", "--json", given=json.dumps(given)).json()
    assert [len(one["events"]) for one in answer["messages"]] == [1, 1, 1, 0]
    assert ["somebody else" in one["assessment"] for one in answer["messages"]] == [False, True, False, False]
    assert [one["duplicate_of"] for one in answer["messages"]] == [None, None, 1, None]
    assert answer["messages"][3]["problem"]["code"] == "message.not-a-notification"


def test_one_message_has_one_block() -> None:
    answer = run("decode", "--json", given=json.dumps(REAL)).json()
    (message,) = answer["messages"]
    assert message["assessment"] == answer["assessment"]
    assert message["events"] == answer["events"]
    assert "Message 1" not in run("decode", given=json.dumps(REAL)).output


def test_two_messages_are_several() -> None:
    given = json.dumps({"Messages": [{"Body": json.dumps(REAL | {"EventDocId": one * 40})} for one in "ab"]})
    said = run("decode", given=given).output.splitlines()
    assert [f"Message {number} of 2 (sqs)" in said for number in (1, 2)] == [True, True]


def test_in_words_what_cannot_be_read_is_said_once_on_standard_error() -> None:
    ran = run("decode", given="hello")
    assert (ran.code, ran.output) == (1, "")
    problem = run("decode", "--json", given="hello").json()["problem"]
    said = ["", problem["title"], problem["detail"], f"What to do: {problem['remedy']}"]
    assert ran.errors.splitlines() == said


def test_what_was_undone_is_said_in_words() -> None:
    ran = run("decode", str(CASES / "decode-curly-quotes.txt"))
    assert ran.code == 0
    assert "curly quotation marks" in ran.output


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="nothing"),
        *(pytest.param(text, id=text) for text in ("null", "[]", "5", '"x"', "true", "NaN", "[[null]]")),
        pytest.param('{"Events":7}', id="a number of events"),
        pytest.param('{"Events":[{"EventType":"x"}],"Events":null,"EventDocId":1}', id="the same name twice"),
        pytest.param('{"a":' + "9" * 200_000 + "}", id="a gigantic number"),
        pytest.param('{"a":"\\ud800"}', id="half a surrogate"),
        pytest.param("x" + '{"Event":[' * 50_000, id="deep in a log"),
        pytest.param("{'Event':[" * 50_000, id="deep, as Python prints it"),
        pytest.param("\x00\udcff\udcfe", id="bytes"),
        pytest.param("[" * 500_000, id="deep"),
        pytest.param('{"Hello": 1}', id="something-else"),
        pytest.param(" " * (1024 * 1024 + 5), id="too-long"),
    ],
)
def test_what_cannot_be_read_is_a_no_with_a_problem(given: str) -> None:
    ran = run("decode", "-", "--json", given=given)
    assert ran.code == 1
    assert {"title", "detail", "remedy", "code"} <= set(ran.json()["problem"])
    assert ran.json()["events"] == []


@pytest.mark.skipif(bool(sys.flags.ignore_environment), reason="this Python reads no variables")
def test_decode_in_words_shows_what_a_terminal_would_obey(tmp_path: Path) -> None:
    odd = {**REAL, "Events": [{**REAL_EVENT, "EventType": "\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}ABC", "HITId": "\ud800"}]}
    file = tmp_path / "message.json"
    file.write_text(json.dumps(odd), "utf-8")
    ran = run("decode", str(file), PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert ran.output.isascii()
    assert "\x1b" not in ran.output
    assert "cannot be known from the text alone" in ran.output
    assert "real notification" not in ran.output


def test_fifty_megabytes_are_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as large:
        large.write(b'{"Events":[')
        large.truncate(50_000_000)
    with file.open("rb") as given:
        done = subprocess.run(
            [sys.executable, "-m", "notification_tester", "decode", "--json"],
            stdin=given,
            capture_output=True,
            timeout=60,
            check=False,
        )
    for answer in (json.loads(done.stdout), run("decode", str(file), "--json").json()):
        assert answer["problem"]["code"] == "message.too-large"


@pytest.mark.skipif(os.name != "posix", reason="there is no sh")
def test_a_closed_standard_input_is_said() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -m notification_tester decode --json <&-', sys.executable],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["problem"]["code"] == "file.unreadable"
    assert "closed" in json.loads(done.stdout)["problem"]["detail"]
    assert done.stderr == b""


def test_a_file_that_is_not_there_is_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "missing"
    for name, why in ((missing, f"{missing}: "), (tmp_path, "folder"), ("a\0b", "null")):
        assert main(["decode", str(name), "--json"]) == 2
        problem = json.loads(capsys.readouterr().out)["problem"]
        assert problem["code"] == "file.unreadable"
        assert why in problem["detail"]
        assert "[" not in problem["detail"], "the system's own words, without its numbers"


def test_a_reader_that_leaves_early_is_no_accident() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "notification_tester", "decode", "-"],
            input=json.dumps(REAL).encode(),
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)
    assert done.stderr == b""
    assert done.returncode == 0, "the answer's code, which does not depend on how fast the reader left"


SIGNED = (
    "https://example.org/r?method=Notify&Signature={signature}&Timestamp=2006-05-09T16:54:25Z&Version=2006-05-05"
    "&Event.1.EventType=HITReviewable&Event.1.EventTime=2006-05-09T16:54:24Z&Event.1.HITTypeId=3T&Event.1.HITId=3H"
)
# base64(HMAC-SHA1("a secret", "AWSMechanicalTurkRequesterNotificationNotify2006-05-09T16:54:25Z")), by openssl
RIGHT = "vISsKEPrZ7qAGjIiwNp6OcKKf3U="


@pytest.mark.parametrize(
    ("signature", "state"),
    [(RIGHT, "genuine"), (RIGHT.lower(), "false"), ("DEPRECATED", "not-checked"), ("", "not-checked")],
    ids=["right", "wrong", "deprecated", "none"],
)
def test_the_signature_of_the_older_api_is_judged_by_its_secret(signature: str, state: str) -> None:
    text = SIGNED.format(signature=signature)
    done = run("decode", "-", "--json", "--secret-env", "TURK_SECRET", given=text, TURK_SECRET="a secret")
    assert done.json()["messages"][0]["signature"]["state"] == state
    assert "a secret" not in done.output
    in_words = run("decode", "-", "--secret-env", "TURK_SECRET", given=text, TURK_SECRET="a secret")
    assert done.json()["messages"][0]["signature"]["because"] in in_words.output.splitlines()
    assert run("decode", "-", "--json", given=text).json()["messages"][0].get("signature") is None


def test_of_a_message_that_is_not_signed_with_it_nothing_is_said() -> None:
    body = '{"EventDocVersion": "2006-05-05", "Events": [{"EventType": "Ping"}]}'
    done = run("decode", "-", "--json", "--secret-env", "TURK_SECRET", given=body, TURK_SECRET="a secret")
    assert "signature" not in done.json()["messages"][0]


def test_a_variable_without_a_secret_is_two() -> None:
    done = run("decode", "-", "--secret-env", "TURK_SECRET", given="x")
    assert done.code == 2
