# SPDX-License-Identifier: MIT
"""The command line where its streams are closed, full, left by their reader, or of another encoding."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import re
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester import cli
from notification_tester.__main__ import main
from notification_tester.cli import output as output_module
from notification_tester.cli.output import Output, OutputError, ReaderLeftError
from warm import WARM

if TYPE_CHECKING:
    from pathlib import Path

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh, no pipes with a name and no /dev")
"""For what a POSIX shell does with streams."""

PROGRAM = [sys.executable, "-W", "error", "-m", "notification_tester"]
GOOD = json.dumps(
    {
        "EventDocId": "d1",
        "EventDocVersion": "2006-05-05",
        "CustomerId": "C1",
        "Events": [
            {"EventType": "HITCreated", "EventTimestamp": "2026-01-31T12:00:00Z", "HITTypeId": "A", "HITId": "B"}
        ],
    }
)
BAD = "{}"
FULL = "No space left on device"


def shell(redirection: str, *words: str, given: str = GOOD, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as somebody types it, with streams redirected by a POSIX shell."""
    if sys.platform == "win32":
        pytest.skip("Windows has no sh")
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *PROGRAM, *words],
        input=given.encode(),
        capture_output=True,
        env=os.environ | environment,
        timeout=60,
        check=False,
    )


def typed(*words: str, given: str = GOOD, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as somebody types it, with its streams as they are."""
    return WARM.run(words, given=given.encode(), environment=os.environ | environment, warnings="error")


@pytest.mark.parametrize(
    "words", [("decode",), ("decode", "--json"), ("--help",), ("--version",), ("hit-types", "list")]
)
@pytest.mark.parametrize(
    ("redirection", "why"), [(">&-", "there is no standard output"), (">/dev/full", FULL)], ids=["closed", "full"]
)
def test_output_that_cannot_be_written_is_a_no_with_one_sentence(
    words: tuple[str, ...], redirection: str, why: str
) -> None:
    done = shell(redirection, *words)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [f"The output could not be written: {why}."]


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "2>&- <&-"])
def test_errors_that_nobody_can_be_told_change_nothing_else(redirection: str) -> None:
    assert shell(redirection, "nonsense").returncode == 2
    good = shell(redirection.replace("<&-", ""), "decode", "--json")
    assert good.returncode == 0
    assert json.loads(good.stdout)["events"]
    bad = shell(redirection.replace("<&-", ""), "decode", given=BAD)
    assert (bad.returncode, bad.stderr) == (1, b"")


QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
READING = [("decode",), ("import",), ("check", "--resource", QUEUE, "--policy"), ("hit-types", "off")]


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_a_closed_standard_input_is_said(words: tuple[str, ...]) -> None:
    done = shell("<&-", *words, "-", "--json")
    assert done.returncode == 2
    problem = json.loads(done.stdout)["problem"]
    assert (problem["code"], problem["detail"]) == ("file.unreadable", "Standard input is closed.")


@POSIX
@pytest.mark.parametrize("words", READING[:3], ids=lambda words: words[0])
def test_a_pipe_or_device_that_is_given_is_not_waited_for(words: tuple[str, ...], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in (str(tmp_path / "pipe"), "/dev/zero", str(tmp_path)):
        done = typed(*words, name, "--json")
        assert done.returncode == 2
        assert json.loads(done.stdout)["problem"]["code"] == "file.unreadable"
    assert shell("", *words, "/dev/stdin", "--json", given="{}").returncode == 1, "what the shell opened is read"


def test_a_test_goes_on_where_every_stream_is_closed() -> None:
    words = ("send", "--transport", "SQS", "--event", "Ping", "--json")
    assert shell("<&- 2>&-", *words).returncode == 0
    assert shell("<&- >&- 2>&-", *words).returncode == 1


@POSIX
@pytest.mark.parametrize("words", [("send", "--event", "Ping"), ("listen", "--seconds", "1")], ids=lambda one: one[0])
def test_a_disk_without_any_room_is_a_problem(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *PROGRAM, *words, "--transport", "SQS", "--json"],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert json.loads(done.stdout)["problem"]["code"] in {"practice.start", "storage.full"}


@POSIX
def test_nothing_else_gets_the_number_of_a_closed_stream() -> None:
    code = (
        "import os, sys; from notification_tester import __main__ as program;"
        "program._open_what_is_closed();"
        "one = os.open('/dev/zero', os.O_RDONLY); print(one, file=open(sys.argv[1], 'w'))"
    )
    assert code
    read, write = os.pipe()
    try:
        subprocess.run(
            ["sh", "-c", '"$@" <&- >&- 2>&-', "sh", sys.executable, "-c", code, f"/dev/fd/{write}"],
            pass_fds=[write],
            check=True,
            timeout=60,
        )
        assert int(os.read(read, 10)) > 2
    finally:
        os.close(read)
        os.close(write)


def run_and_leave(*words: str, lines: int, given: str = GOOD) -> tuple[int, list[bytes], bytes]:
    """Read so many lines of the output and leave; the exit code, the lines, and what was said of errors."""
    with WARM.piped(words, environment=os.environ, warnings="error") as child:
        assert child.stdin
        assert child.stdout
        assert child.stderr
        if lines == 0:
            child.stdout.close()
        child.stdin.write(given.encode())
        child.stdin.close()
        read = [child.stdout.readline() for _ in range(lines)]
        child.stdout.close()
        errors = child.stderr.read()
        return child.wait(60), read, errors


@pytest.mark.parametrize(
    ("words", "given", "code"),
    [
        pytest.param(("decode",), GOOD, 0, id="decode"),
        pytest.param(("decode", "--json"), GOOD, 0, id="decode, JSON"),
        pytest.param(("decode", "--json"), BAD, 1, id="decode what is no notification"),
        pytest.param(("import", "--json"), "Notification.1.EventType=HITExpired", 0, id="import"),
        pytest.param(("send", "--transport", "SQS", "--event", "Ping"), "", 0, id="send"),
        pytest.param(("hit-types", "list", "--refresh"), "", 0, id="hit-types list"),
        pytest.param(("hit-types", "undo", "3ABC"), "", 1, id="hit-types undo"),
        pytest.param(("--help",), "", 0, id="help"),
        pytest.param(("self-check",), "", 0, id="self-check"),
    ],
)
def test_a_reader_that_leaves_early_changes_neither_the_code_nor_what_is_done(
    words: tuple[str, ...], given: str, code: int
) -> None:
    ended, _, errors = run_and_leave(*words, lines=0, given=given)
    assert (ended, b"written" in errors) == (code, False), errors
    assert errors == b"" or sys.platform == "win32", "where it may be so slow that it says that it waits"


def test_a_reader_of_one_line() -> None:
    code, read, errors = run_and_leave("hit-types", "list", "--refresh", lines=1, given="")
    assert (code, b"written" in errors) == (0, False), errors
    assert errors == b"" or sys.platform == "win32", "where it may be so slow that it says that it waits"
    assert read[0]


@pytest.mark.parametrize("more", [("--json",), ()], ids=["json", "words"])
def test_listen_ends_when_nobody_reads_any_more(more: tuple[str, ...]) -> None:
    words = ("listen", "--transport", "SQS", "--seconds", "600", *more)  # longer than is waited for its end
    code, read, errors = run_and_leave(*words, lines=1, given="")
    assert (code, errors) == (0, b"")
    assert json.loads(read[0])["message"] if more else b"sender: mturk" in read[0]


def test_what_is_said_is_there_at_once_and_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "said"
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        output = Output(stream)
        monkeypatch.setattr(sys, "stdout", output)
        output_module.print_line("one")
        assert path.read_text("utf-8") == "one\n"
        output.write("two\n")
        output_module.print_json({"three": 3}, indent=None)
        assert path.read_text("utf-8") == 'one\ntwo\n{"three": 3}\n'
        monkeypatch.setattr(sys, "stderr", Output(stream, is_last_resort=True))
        output_module.say("four\n")
        assert path.read_text("utf-8").endswith("\nfour\n")


def test_a_stream_that_takes_only_text_gets_json_too(tmp_path: Path) -> None:
    """As whoever calls the command from a program of their own may have it."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["import", "--json", str(tmp_path / "missing")]) == 2
    assert json.loads(said.getvalue())["problem"]["code"] == "file.unreadable"


READS_VARIABLES = pytest.mark.skipif(bool(sys.flags.ignore_environment), reason="this Python reads no variables")
ENCODINGS = [
    "ascii",
    "ascii:strict",
    "cp1252",
    "cp437",
    "latin-1",
    "utf-8",
    "utf-16",
    "utf-32",
    "utf-7",
    "cp037",
    "gbk",
]


@READS_VARIABLES
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_ascii_whatever_the_encoding_for_people(encoding: str) -> None:
    given = GOOD.replace("C1", "ü“日本\\ud83d")
    done = typed("decode", "--json", given=given, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("ascii"))["customer_id"] == "ü“日本\ud83d"
    wrong = typed("hit-types", "list", "--account", "ü“日本", "--json", PYTHONIOENCODING=encoding)
    assert json.loads(wrong.stdout.decode("ascii"))["problem"]["code"] == "account.unknown"


@READS_VARIABLES
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_words_for_people_are_written_in_their_encoding_as_far_as_it_goes(encoding: str) -> None:
    given = GOOD.replace("HITCreated", "Ereignis ü“日本")
    done = typed("decode", given=given, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    name = encoding.partition(":")[0]
    assert "Ereignis" in done.stdout.decode(name)
    bad = typed("hit-types", "list", "--account", "ü“日本", PYTHONIOENCODING=encoding)
    assert bad.returncode == 2
    assert "There is no such account." in bad.stderr.decode(name)


@READS_VARIABLES
@pytest.mark.parametrize("encoding", ["ascii:strict", "cp037"])
def test_a_python_that_starts_with_an_encoding_writes_as_one_that_is_forked_with_it(encoding: str) -> None:
    for words in (("decode",), ("decode", "--json"), ("hit-types", "list", "--account", "ü“日本")):
        started, forked = (
            run(PYTHONIOENCODING=encoding) for run in (partial(shell, "", *words), partial(typed, *words))
        )
        assert started.returncode == forked.returncode
        assert (started.stdout, started.stderr) == (forked.stdout, forked.stderr)


@pytest.mark.parametrize("locale", ["C", "xx"])
def test_any_locale_will_do(locale: str, tmp_path: Path) -> None:
    environment = {"LC_ALL": locale, "LANG": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    path = tmp_path / "ü“日本.json"
    path.write_text(GOOD)
    done = shell("", "decode", str(path), "--json", **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("ascii"))["events"]
    missing = shell("", "decode", str(tmp_path / "fehlt ü“日本"), **environment)
    assert missing.returncode == 2
    assert b"No such file" in missing.stderr


PIPES_IN_ANOTHER_ENCODING = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""As on a Windows, where Python writes to pipes and files in the code page of the system."""


def test_pipes_and_files_are_utf_8_whatever_the_system_uses(tmp_path: Path) -> None:
    given = GOOD.replace("HITCreated", "Ereignis ü“日本")
    piped = typed("decode", given=given, **PIPES_IN_ANOTHER_ENCODING)
    (tmp_path / "given").write_text(given, "utf-8")
    with (tmp_path / "given").open("rb") as stdin, (tmp_path / "said").open("wb") as stdout:
        environment = os.environ | PIPES_IN_ANOTHER_ENCODING
        subprocess.run([*PROGRAM, "decode"], stdin=stdin, stdout=stdout, env=environment, check=True, timeout=60)
    assert piped.stderr == b""
    assert "Ereignis ü“日本" in piped.stdout.decode("utf-8")
    assert (tmp_path / "said").read_bytes() == piped.stdout
    bad = typed("hit-types", "list", "--account", "ü“日本", **PIPES_IN_ANOTHER_ENCODING)
    assert "no account named “" in bad.stderr.decode("utf-8")


@POSIX
def test_a_terminal_is_written_to_in_its_own_encoding() -> None:
    reading, terminal = os.openpty()
    words = ("decode", "-")
    environment = os.environ | PIPES_IN_ANOTHER_ENCODING
    given = GOOD.replace("HITCreated", "Ereignis ü").encode()
    subprocess.run([*PROGRAM, *words], input=given, stdout=terminal, env=environment, timeout=60, check=True)
    os.close(terminal)
    assert "Ereignis \\xfc" in os.read(reading, 10_000).decode("ascii")
    os.close(reading)


HOSTILE = "\x1b]0;title\x07\x1b[31m\x9b31m\x08\x7f\r\u202egnp\u2066\u200b\u2028\x00\x85\ufeff\U000e0041"
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def hostile_words(tmp_path: Path) -> list[list[str]]:
    named = HOSTILE.replace("\x00", "")
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"Statement": [{"Effect": named, "Action": named, "Sid": named}]}))
    queue = "arn:aws:sqs:us-east-1:123456789012:q"
    return [
        ["decode", named],
        ["decode", str(tmp_path), named],
        [named],
        ["send", "--transport", named, "--event", "Ping"],
        ["send", "--transport", "SQS", "--event", named],
        ["send", "--transport", "SQS", "--event", "Ping", "--account", named],
        ["send", "--transport", "SQS", "--event", "Ping", "--destination", named],
        ["send", "--transport", "SQS", "--event", "Ping", "--wait", named],
        ["check", "--transport", "SQS", "--destination", named],
        ["check", "--policy", str(path), "--resource", queue],
        ["check", "--policy", str(path), "--resource", named],
        ["check", "--policy", named, "--resource", queue],
        ["hit-types", "undo", named],
        ["hit-types", "export", str(tmp_path / "missing" / named)],
        ["hit-types", "import", str(tmp_path / named)],
        ["listen", "--transport", "SQS", "--destination", named],
    ]


def test_no_command_says_what_a_terminal_would_obey(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in hostile_words(tmp_path):
        try:
            code: object = main(words)
        except SystemExit as end:
            code = end.code
        read = capsys.readouterr()
        said = read.out + read.err
        assert code in {1, 2}
        assert "Traceback" not in said
        assert said.strip()
        assert not FORBIDDEN.search(said), repr(said)


def test_what_a_message_says_is_not_obeyed(tmp_path: Path) -> None:
    given = GOOD.replace('"HITCreated"', json.dumps(HOSTILE + "\nFake: line")).replace('"B"', json.dumps(HOSTILE))
    done = typed("decode", given=given)
    said = (done.stdout.decode() + done.stderr.decode()).replace(os.linesep, "\n")
    assert not FORBIDDEN.search(said), repr(said)
    assert "\nFake" not in said


def broken(quoted: str) -> int:
    raise OSError(28, f"No space left on device for {quoted}")


@pytest.mark.parametrize("as_json", [True, False])
def test_an_error_from_elsewhere_is_not_told_as_that_of_our_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    secret = "correct horse, battery, staple"  # which does not look like one
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    monkeypatch.setattr(cli.hit_types, "run", lambda _: broken(secret))
    assert cli.main(["hit-types", "list", *(["--json"] if as_json else [])], self_check=lambda _: 0) == 1
    said = capsys.readouterr()
    assert "could not be written" not in said.out + said.err
    assert "No space left on device for " in said.out + said.err, "a fault of ours stays recognisable"
    assert secret not in said.out + said.err
    if as_json:
        assert json.loads(said.out)["problem"]["code"] == "program.bug"
    else:
        assert said.out == ""
        assert "The program made a mistake." in said.err


def test_a_child_that_closed_its_pipe_is_not_taken_for_a_reader_that_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken_pipe(_: object) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(cli.hit_types, "run", broken_pipe)
    assert cli.main(["hit-types", "list", "--json"], self_check=lambda _: 0) == 1
    assert json.loads(capsys.readouterr().out)["problem"]["code"] == "program.bug"


class Refusing:
    """A stream that is closed by somebody else."""

    encoding = "utf-8"

    def write(self, _: str) -> int:
        raise ValueError("I/O operation on closed file")

    def flush(self) -> None:
        raise ValueError("I/O operation on closed file")

    def fileno(self) -> int:
        raise ValueError("I/O operation on closed file")


def test_an_output_whose_stream_is_closed_is_let_go_without_a_word() -> None:
    code = (
        "import os; from notification_tester.cli.output import Output; beneath = open(os.devnull, 'w');"
        " output = Output(beneath); beneath.close(); del output"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""


def test_a_stream_that_was_closed_within_python(monkeypatch: pytest.MonkeyPatch) -> None:
    stream: Any = Refusing()
    with pytest.raises(OutputError, match="closed file"):
        Output(stream).write("x")
    assert Output(stream, is_last_resort=True).write("x") == 1
    monkeypatch.setattr(sys, "stderr", stream)
    output_module.say("nobody is there\n")


def test_an_error_that_says_that_the_reader_left_on_windows_alone(tmp_path: Path) -> None:
    class Odd(Refusing):
        def write(self, _: str) -> int:
            raise OSError(errno.EINVAL, "Invalid argument")

        def fileno(self) -> int:
            return beneath.fileno()

    stream: Any = Odd()
    with (tmp_path / "beneath").open("wb") as beneath:
        output = Output(stream)
        if os.name == "nt":
            output.write("x")
        else:
            with pytest.raises(OutputError, match="Invalid argument"):
                output.write("x")
    assert not output.has_reader


def test_whoever_works_for_a_reader_ends_when_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    output = Output(io.StringIO())
    monkeypatch.setattr(sys, "stdout", output)
    output_module.must_be_read()
    output.has_reader = False
    with pytest.raises(ReaderLeftError):
        output_module.must_be_read()


def test_where_there_is_no_stream_there_is_no_number_of_one() -> None:
    with pytest.raises(OSError, match="fileno"):
        Output(None).fileno()
