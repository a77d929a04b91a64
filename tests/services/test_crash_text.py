# SPDX-License-Identifier: MIT
"""The crash report names the place of the bug and nothing that is secret."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notification_tester.domain.known_secrets import REMOVED
from notification_tester.services import crash_text as crash_text_module
from notification_tester.services.crash_text import LONGEST, crash_text

HOME = Path("/home/rosalind")
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD" * 4


def text_of(error: BaseException, *secrets: str) -> str:
    return crash_text(error, version="1.2.3", secrets=secrets, home=HOME)


def raised(message: str) -> ValueError:
    def inner(hidden: str) -> None:
        raise ValueError(message)

    try:
        inner("local-value-never-shown")
    except ValueError as error:
        return error
    raise AssertionError


def test_it_names_place_versions_and_system() -> None:
    text = text_of(raised("the thirteenth row"))
    assert text.startswith("MTurk Notification Tester 1.2.3\nPython 3.")
    assert "boto3 1." in text
    assert "ValueError: the thirteenth row" in text
    assert "test_crash_text.py" in text
    assert "in inner" in text
    assert "local-value-never-shown" not in text.split("inner(", 1)[0]


def test_no_variable_is_in_it() -> None:
    def inner(held: list[str]) -> None:
        raise ValueError(len(held))

    text = ""
    try:
        inner(["".join(reversed(word)) for word in ("dlob", "tsrif", "sdrow")])
    except ValueError as error:
        text = text_of(error)
    assert "in inner" in text
    assert not [word for word in ("bold", "first", "words", "held = ") if word in text]


def test_a_cause_is_shown_and_cleaned_too() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise RuntimeError("wrapped") from cause
    except RuntimeError as error:
        text = text_of(error)
    assert "direct cause" in text
    assert SECRET not in text


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        pytest.param("key AKIAIOSFODNN7EXAMPLE refused", "AKIAIOSFODNN7EXAMPLE", id="access-key"),
        pytest.param("ASIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", id="temporary-access-key"),
        pytest.param(f"got {SECRET}.", SECRET, id="secret-shape"),
        pytest.param(f"x={SECRET}", SECRET, id="secret-shape-behind-equals"),
        pytest.param(f"{{'SecretAccessKey': '{'s' * 40}'}}", "s" * 40, id="dictionary"),
        pytest.param('{"SessionToken": "short one"}', "short one", id="json"),
        pytest.param("aws_secret_access_key=hunter2", "hunter2", id="assignment"),
        pytest.param("password: 'it\\'s mine'", "mine", id="escaped-quote"),
        pytest.param(f"token {TOKEN}", TOKEN[:60], id="token-shape"),
        pytest.param("https://q/?Action=x&X-Amz-Signature=abc123&b=1", "abc123", id="signature-in-query"),
        pytest.param("https://q/?X-Amz-Security-Token=abc%2F123&b=1", "abc%2F123", id="token-in-query"),
        pytest.param(
            "Authorization: AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1, Signature=0a0b", "0a0b", id="header"
        ),
        pytest.param("headers {'Authorization': b'AWS4-HMAC-SHA256 Cred=zz99, S=0a0b'}", "zz99", id="header-in-bytes"),
        pytest.param("('Authorization', 'Bearer abcdefgh.ijkl')", "abcdefgh", id="header-pair"),
        pytest.param("https://me:pa55@host/x", "pa55", id="user-info"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2ln", "eyJzdWIiOiIx", id="web-token"),
        pytest.param("/home/rosalind/data/x.db", "rosalind", id="home"),
        pytest.param("/home/someone_else/x", "someone_else", id="another-home"),
        pytest.param("/Users/ada/Library", "ada", id="mac-home"),
        pytest.param("C:\\Users\\Ada\\AppData", "Ada", id="windows-home"),
        pytest.param(repr("C:\\Users\\Ada\\AppData"), "Ada", id="windows-home-in-repr"),
        pytest.param("owner rosalind is not allowed", "rosalind", id="name-of-the-home"),
    ],
)
def test_what_looks_secret_is_removed(message: str, gone: str) -> None:
    text = crash_text(ValueError(message), version="1", secrets=(), home=HOME)
    assert gone not in text
    assert "ValueError" in text


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("queue https://sqs.us-east-1.amazonaws.com/123456789012/lab-results", id="queue"),
        pytest.param("HITTypeId 09876543210987654321", id="hit-type"),
        pytest.param("AssignmentId 1234567890123456789012345678901234567890", id="assignment"),
        pytest.param("arn:aws:sns:us-east-1:123456789012:hit-events", id="topic"),
        pytest.param("no such column: outcome_word", id="words"),
        pytest.param("sender AIDAIXO4EZE6RHVSXIN4E", id="sender"),
    ],
)
def test_what_helps_to_find_the_bug_stays(message: str) -> None:
    assert message in text_of(ValueError(message))


@pytest.mark.parametrize("secret", ["pa/ss", 'quo"te\\d', "two words", "ünï+code"], ids=str)
def test_a_known_secret_goes_in_every_spelling(secret: str) -> None:
    from json import dumps
    from urllib.parse import quote, quote_plus

    for spelling in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), dumps(secret), repr(secret)):
        text = text_of(ValueError(f"<<{spelling}>>"), secret)
        assert f"<<{REMOVED}>>" in text.replace('"', "").replace("'", "")


def test_of_two_secrets_that_begin_alike_nothing_is_left() -> None:
    text = text_of(ValueError("<abcdef> <abc>"), "abc", "abcdef")
    assert f"<{REMOVED}> <{REMOVED}>" in text


def test_an_error_that_cannot_be_written_down_is_still_reported() -> None:
    class BrokenError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert "Broken" in text_of(BrokenError())


def test_a_huge_message_is_cut_after_it_was_cleaned() -> None:
    text = text_of(ValueError(f"head {SECRET} " + "words and " * 200_000 + f" {SECRET} tail"))
    assert len(text) < LONGEST + 100
    assert "characters left out" in text
    assert text.rstrip().endswith("tail")
    assert SECRET not in text


def test_the_longest_that_fits_is_whole_and_of_a_longer_one_the_middle_is_left_out() -> None:
    room = LONGEST - len(text_of(ValueError("x"))) + 1
    message = ("ab " * LONGEST)[:room]
    whole = text_of(ValueError(message))
    assert len(whole) == LONGEST
    assert "left out" not in whole
    cut = text_of(ValueError(f"{message}!"))
    assert "\n… 1 character left out …\n" in cut


@pytest.mark.parametrize(
    ("home", "message", "said"),
    [
        pytest.param("/", "/srv/data/a.db of ada", "/srv/data/a.db of ada", id="none"),
        pytest.param("/x", "/x/data of x", "/x/data of x", id="a letter"),
        pytest.param("/xy", "/xy/data of xy", "~/data of xy", id="two letters"),
        pytest.param("/xyz", "/xyz/data of xyz", "~/data of [user]", id="a name"),
        pytest.param("/root", "/root/data of root", "~/data of root", id="the administrator's"),
    ],
)
def test_a_home_is_left_out_and_its_name_where_it_is_one(home: str, message: str, said: str) -> None:
    text = crash_text(ValueError(message), version="1", secrets=(), home=Path(home))
    assert text.endswith(f"ValueError: {said}\n")


def test_without_a_home_of_its_own_those_of_others_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", none)
    text = crash_text(ValueError("/home/ada/x"), version="1", secrets=())
    assert text.endswith("ValueError: ~/x\n")


def test_a_library_that_is_not_there_by_its_name_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A packaged program need not carry what tells the version."""
    monkeypatch.setattr(crash_text_module, "_LIBRARIES", ("boto3", "no-such-library"))
    assert "\nno-such-library: version not known\n" in text_of(ValueError("x"))


def test_endless_runs_do_not_take_long() -> None:
    began = time.process_time()
    for run in ("a.", "token=", "AKIA", "1/", "home/", "=", '"', "\\"):
        text_of(ValueError(run * 20_000))
    assert time.process_time() - began < 5


@given(
    st.text(max_size=40),
    st.text(alphabet="abcXYZ019/+=%&\"'\\ äß", min_size=6, max_size=60).filter(str.strip),
    st.text(max_size=40),
)
@example(before="", secret="token=", after="")
def test_no_known_secret_survives(before: str, secret: str, after: str) -> None:
    # a secret made of the report's own words would be found in the versions: mark where the message begins
    text = text_of(ValueError(f"{before}{secret}{after}"), secret)
    message = re.split(r"ValueError:? ?", text, maxsplit=1)[-1]
    assert secret not in message.replace(REMOVED, "\0")
