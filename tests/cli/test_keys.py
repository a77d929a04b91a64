# SPDX-License-Identifier: MIT
"""Keys and settings of AWS as they stand on people's computers, met by the real command in a process of its own.

Whatever is wrong with them is said in a sentence, as one JSON value too, with no secret in it and none kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psutil
import pytest

from aws.parts import answering, listening, nobody, quoting
from notification_tester import cli
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.services.session import Session
from notification_tester.storage.places import system_places
from practice.clients import until
from recording_proxy import Authority
from warm import WARM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeCloud

CASES = Path(__file__).parent.parent / "cases"
EMAIL = ("--transport", "Email", "--destination", "ann@example.org", "--event", "HITReviewable")
QUEUE = ("--transport", "SQS", "--destination", "https://sqs.us-east-1.amazonaws.com/123456789012/q")
TYPED = "correct horse/battery staple"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "secret"}
SECONDS = 20.0


class Ran:
    """A command that has ended."""

    def __init__(self, done: subprocess.CompletedProcess[bytes], seconds: float) -> None:
        self.code, self.seconds = done.returncode, seconds
        self.output, self.errors = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in self.output + self.errors

    def problem(self) -> dict[str, str]:
        """What is wrong, from the one JSON value on standard output."""
        value = json.loads(self.output)
        assert self.errors == ""
        problem: dict[str, str] = value["problem"]
        assert all(problem[name] for name in ("title", "detail", "remedy", "code", "cause"))
        return problem

    def said(self) -> str:
        """All that a person or a script reads."""
        return " ".join(str(one) for one in self.problem().values())


def run(*words: str, given: Any = b"", **environment: str) -> Ran:
    began = time.monotonic()
    variables = os.environ | environment
    done = WARM.run(words, given=given, environment=variables, own_session=True)  # with no terminal to ask on
    return Ran(done, time.monotonic() - began)


def send(*words: str, **environment: str) -> Ran:
    return run("send", "--account", "environment", *EMAIL, "--json", *words, **environment)


def configure(case: str, home: Path) -> None:
    folder = home / ".aws"
    folder.mkdir(exist_ok=True)
    name = "credentials" if case.startswith("aws-credentials-") else "config"
    (folder / name).write_bytes((CASES / f"{case}.ini").read_bytes())


POSIX = pytest.mark.skipif(sys.platform == "win32", reason="names programs of POSIX systems")
FILES = [
    pytest.param(
        "aws-config-credential-process-missing",
        "The program named in credential_process is not there: /no/such/tool",
        id="program-missing",
    ),
    pytest.param(
        "aws-config-credential-process-not-executable",
        "The program named in credential_process may not be run: /etc/passwd",
        id="program-not-executable",
        marks=POSIX,
    ),
    pytest.param(
        "aws-config-credential-process-no-json",
        "/bin/echo printed something else",
        id="program-no-json",
        marks=POSIX,
    ),
    pytest.param("aws-config-login-session", "cannot use profiles of “aws login”", id="login-session"),
    pytest.param("aws-config-mfa-role", "This profile asks for an MFA code.", id="mfa-role"),
    pytest.param("aws-config-sso-default-profile", "Run “aws sso login” in a terminal", id="sso-default"),
    pytest.param("aws-credentials-bom", "begins with a byte order mark; save it as UTF-8 without", id="bom"),
    pytest.param(
        "aws-credentials-duplicate-option", "line 4: aws_access_key_id a second time in [default]", id="duplicate"
    ),
]


@pytest.mark.parametrize(("case", "expected"), FILES)
def test_a_configuration_that_gives_no_keys(own_home: Path, case: str, expected: str) -> None:
    configure(case, own_home)
    with nobody() as nowhere:
        ran = send(AWS_ENDPOINT_URL=nowhere)
    problem = ran.problem()
    assert (ran.code, problem["cause"]) == (1, "keys")
    assert expected in ran.said()
    assert "NAME" not in problem["remedy"]


def test_the_same_in_words(own_home: Path) -> None:
    configure("aws-config-mfa-role", own_home)
    with nobody() as nowhere:
        ran = run("send", "--account", "environment", *EMAIL, AWS_ENDPOINT_URL=nowhere)
    assert ran.code == 1
    assert "This profile asks for an MFA code." in ran.errors
    assert "Get temporary keys first" in ran.errors
    assert "The exact answer" not in ran.errors


@POSIX
def test_a_program_that_asks_is_not_waited_for(own_home: Path) -> None:
    configure("aws-config-credential-process-reads-stdin", own_home)
    reading, writing = os.pipe()  # a standard input that stays open
    try:
        with nobody() as nowhere:
            ran = run("send", "--account", "environment", *EMAIL, "--json", given=reading, AWS_ENDPOINT_URL=nowhere)
    finally:
        os.close(reading)
        os.close(writing)
    assert ran.seconds < SECONDS
    assert "/bin/cat printed nothing" in ran.said()


def test_the_sign_in_of_a_profile_is_named_with_it(own_home: Path) -> None:
    folder = own_home / ".aws"
    folder.mkdir()
    text = (CASES / "aws-config-sso-default-profile.ini").read_text("utf-8")
    role = "[profile role]\nrole_arn=arn:aws:iam::123456789012:role/r\nsource_profile=corp\n"
    (folder / "config").write_text(text.replace("[default]", "[profile corp]") + role, "utf-8")
    with nobody() as nowhere:
        for profile in ("corp", "role"):
            remedy = send(AWS_ENDPOINT_URL=nowhere, AWS_PROFILE=profile).problem()["remedy"]
            assert "“aws sso login --profile corp”" in remedy


def variables(case: str) -> dict[str, str]:
    lines = (CASES / f"{case}.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def kept() -> bytes:
    """Everything that the command wrote into the person's own folders."""
    data = system_places().data
    return b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())


def test_a_session_token_with_a_line_break_is_named_and_not_told() -> None:
    token = {"AWS_SESSION_TOKEN": "MADEUPTOKEN\r"}
    with nobody() as nowhere:
        in_json = send(AWS_ENDPOINT_URL=nowhere, **variables("env-session-token-with-line-break"), **token)
        in_words = run(
            "send",
            "--account",
            "environment",
            *EMAIL,
            AWS_ENDPOINT_URL=nowhere,
            **variables("env-session-token-with-line-break"),
            **token,
        )
    assert "The session token has a line break in it" in in_json.said()
    assert "The session token has a line break in it" in in_words.errors
    for text in (in_json.output, in_words.output, in_words.errors):
        assert "MADEUPTOKEN" not in text
        assert "There is no network" not in text
    assert b"HITReviewable" in kept()
    assert b"MADEUPTOKEN" not in kept()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00\n.", "The access key id has a line break", id="key"),
        pytest.param("AWS_ACCESS_KEY_ID", " AKIAEXAMPLEEXAMPLE00", "The access key id has a blank", id="blank"),
        pytest.param("AWS_SECRET_ACCESS_KEY", "se\r\ncret", "The secret access key has a line break", id="secret"),
        pytest.param("AWS_SESSION_TOKEN", "TOK\u200bEN", "The session token has an invisible", id="invisible"),
    ],
)
def test_keys_that_were_not_copied_cleanly(cloud: PracticeCloud, name: str, value: str, expected: str) -> None:
    assert variables("env-key-with-line-break-service-up") == {}  # it is told in words, as in the first row here
    ran = send(**(KEYS | {name: value}), AWS_ENDPOINT_URL=cloud.details.mturk_endpoint)
    problem = ran.problem()
    assert (problem["cause"], problem["code"]) == ("keys", "keys.malformed")
    assert expected in problem["detail"]
    assert name in problem["detail"]
    assert value.strip() not in ran.output


def test_an_endpoint_without_a_scheme() -> None:
    ran = send(**variables("env-endpoint-without-scheme"))
    assert "AWS_ENDPOINT_URL has to begin with http:// or https://" in ran.said()


def test_a_service_of_ones_own_that_is_not_running() -> None:
    ran = send(**KEYS, **variables("env-local-endpoint-not-running"))
    assert "Nothing answers at 127.0.0.1:9, where AWS_ENDPOINT_URL leads" in ran.said()
    assert "network" not in ran.said().lower()


ROLE = "role_arn = arn:aws:iam::123456789012:role/r\n"


def written(home: Path, text: str) -> None:
    """Write the AWS configuration of this person."""
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("source_profile", "[default]\n" + ROLE, id="source_profile"),
        pytest.param("web_identity_token_file", "[default]\n" + ROLE, id="token-file"),
        pytest.param("credential_process", "[default]\n", id="process"),
        pytest.param("sso_session", "[default]\nsso_account_id = 1\nsso_role_name = r\n", id="sso"),
        pytest.param("role_arn", "[default]\n" + ROLE + "source_profile = u\n[profile u]\n", id="chain"),
    ],
)
def test_lines_below_a_setting_that_is_one_value(own_home: Path, name: str, text: str) -> None:
    written(own_home, f"{text}{name} =\n  a = b\n")
    with nobody() as nowhere:
        problem = send(AWS_ENDPOINT_URL=nowhere).problem()
    assert (problem["code"], problem["cause"]) == ("profile.incomplete", "keys")
    assert f"“{name}” has no value" in problem["detail"]


@pytest.mark.parametrize("before", ["PASS", "VAULT_TOKEN"])
def test_a_program_with_a_variable_before_it(own_home: Path, before: str) -> None:
    written(own_home, f"[default]\ncredential_process = {before}={TYPED.replace(' ', '-')} /bin/echo\n")
    with nobody() as nowhere:
        ran = send(AWS_ENDPOINT_URL=nowhere)
    assert f"begins with “{before}=”, which only a shell understands" in ran.said()
    assert "staple" not in ran.output


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
@pytest.mark.parametrize(
    "words", ["-p {}", "--api-key {}", "--client-key={}", "PWD_OF_MINE={}", "login {}1", "--auth '{}'"]
)
def test_what_a_program_quotes_of_its_command(own_home: Path, words: str) -> None:
    secret = "correct-horse-battery-staple"
    written(
        own_home,
        "[default]\ncredential_process = /bin/sh -c 'echo wrong words: $* >&2; exit 3' x "
        + words.format(secret)
        + "\n",
    )
    with nobody() as nowhere:
        ran = send(AWS_ENDPOINT_URL=nowhere)
    assert "It said: wrong words: " in ran.problem()["detail"]
    assert secret not in ran.output


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
@pytest.mark.parametrize("name", ["VAULT_TOKEN", "DB_PASSWORD", "SOME_API_KEY"])
def test_what_a_program_quotes_of_its_variables(own_home: Path, name: str) -> None:
    written(own_home, f"[default]\ncredential_process = /bin/sh -c 'echo it was ${name} >&2; exit 3'\n")
    with nobody() as nowhere:
        ran = send(AWS_ENDPOINT_URL=nowhere, **{name: "correct-horse-battery-staple"})
    assert "It said: it was [removed]" in ran.problem()["detail"]


def test_a_secret_in_the_query_of_an_address() -> None:
    with nobody() as nowhere:
        ran = send(**KEYS, AWS_ENDPOINT_URL=f"{nowhere}/?key=correct-horse-battery")
    assert "Nothing answers at" in ran.said()
    assert "correct-horse-battery" not in ran.output
    assert b"correct-horse-battery" not in kept()


@pytest.mark.parametrize(
    "address", ["http://example.org/x", "not an address", "http://127.0.0.1:99999/x", "http://[::1/x"]
)
def test_keys_of_a_container_name_the_variable(address: str) -> None:
    with nobody() as nowhere:
        problem = send(AWS_ENDPOINT_URL=nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI=address).problem()
    assert problem["cause"] == "keys"
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in problem["remedy"]


@pytest.mark.parametrize(
    "more", [{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv9"}, {"AWS_METADATA_SERVICE_TIMEOUT": "0"}]
)
def test_keys_of_a_machine_name_the_variables(more: dict[str, str]) -> None:
    with nobody() as nowhere:
        problem = send(
            AWS_ENDPOINT_URL=nowhere,
            AWS_EC2_METADATA_DISABLED="false",
            **({"AWS_EC2_METADATA_SERVICE_ENDPOINT": nowhere} if "AWS_METADATA_SERVICE_TIMEOUT" in more else {}),
            **more,
        ).problem()
    assert problem["cause"] == "keys"
    assert "AWS_EC2_METADATA" in problem["remedy"]


@pytest.mark.parametrize(
    ("key", "secret", "which"), [("", "secret", "access key id"), ("AKIAEXAMPLEEXAMPLE00", "", "secret access key")]
)
def test_a_key_of_which_one_half_is_empty(own_home: Path, key: str, secret: str, which: str) -> None:
    written(own_home, f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    with nobody() as nowhere:
        problem = send(AWS_ENDPOINT_URL=nowhere).problem()
    assert (problem["code"], problem["cause"]) == ("keys.partial", "keys")
    assert f"The {which} is empty (the profile “default”)" in problem["detail"]


@contextmanager
def with_certificate(authority: Authority) -> Iterator[str]:
    """A server with a certificate of that authority's, which answers every call with a page; its address."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))  # else Windows takes the answer back
            self.send_error(501)

        def log_message(self, *_: object) -> None:
            """Silently."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.socket = authority.context("localhost").wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    assert variables("env-self-signed-endpoint") == {}  # it is told in words, as it is done here
    authority = Authority(tmp_path)
    with with_certificate(authority) as endpoint:
        ran = send(**KEYS, AWS_ENDPOINT_URL=endpoint)
        problem = ran.problem()
        assert problem["title"] == "The connection is not trusted."
        assert "AWS_CA_BUNDLE" in problem["remedy"]
        trusting = send(**KEYS, AWS_ENDPOINT_URL=endpoint, AWS_CA_BUNDLE=str(authority.file))
        assert "web page answers" in trusting.problem()["detail"]


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_trusted_certificates_that_are_not_there(tmp_path: Path, name: str) -> None:
    bundle = variables("env-ca-bundle-missing")["AWS_CA_BUNDLE"]
    with with_certificate(Authority(tmp_path)) as endpoint:
        ran = send(**KEYS, **{name: bundle}, AWS_ENDPOINT_URL=endpoint)
    assert f"/no/such/bundle.pem, named in {name}, is not there" in ran.said()
    assert "network" not in ran.problem()["title"]


def test_what_a_service_quotes_back_is_told_and_kept_without_the_keys(tmp_path: Path) -> None:
    keys = {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLEEXAMPLE00",
        "AWS_SECRET_ACCESS_KEY": "of-the-secret/kind+with%signs",
        "AWS_SESSION_TOKEN": "MADEUPTOKEN/" * 30,
    }
    words = ("--transport", "Email", "--destination", "ann@example.org", "--events", "HITReviewable")
    record = tmp_path / "record.json"
    with listening(quoting) as endpoint:
        given = {**keys, "AWS_ENDPOINT_URL": endpoint}
        sent = send(**given)
        applied = run("hit-types", "apply", "--account", "environment", "--json", *words, "3" + "A" * 29, **given)
        listed = run("hit-types", "list", "--account", "environment", "--json", **given)
        exported = run("hit-types", "export", "--account", "environment", str(record), **given)
    assert (sent.code, applied.code, listed.code, exported.code) == (1, 1, 0, 0)
    written = kept() + record.read_bytes()
    told = "".join(one.output + one.errors for one in (sent, applied, listed, exported))
    assert "Canonical String" in told
    assert b"Canonical String" in written
    for secret in ("ASIAEXAMPLEEXAMPLE00", "of-the-secret", "MADEUPTOKEN", "TUFERVVQVE9LRU4v"):
        assert secret not in told
        assert secret.encode() not in written


@pytest.mark.parametrize("command", ["send", "check"])
def test_a_refused_role_names_who_refused_it(own_home: Path, command: str) -> None:
    folder = own_home / ".aws"
    folder.mkdir()
    (folder / "config").write_text(
        "[default]\nrole_arn=arn:aws:iam::123456789012:role/turk\nsource_profile=u\n"
        "[profile u]\naws_access_key_id=AKIAEXAMPLEEXAMPLE00\naws_secret_access_key=secret\n",
        "utf-8",
    )
    words = {
        "send": ("send", "--account", "environment", *EMAIL, "--json"),
        "check": ("check", "--account", "environment", *QUEUE, "--json"),
    }
    body = (CASES / "answer-assume-role-denied.xml").read_bytes()
    with answering(403, "text/xml", body) as sts, nobody() as nowhere:
        ran = run(*words[command], AWS_ENDPOINT_URL_STS=sts, AWS_ENDPOINT_URL=nowhere)
    assert ran.code == 1
    assert ran.errors == ""
    assert f"The sign-in service at {sts.removeprefix('http://')}" in ran.output
    assert "sts:AssumeRole" in ran.output
    assert "trust policy" in ran.output
    for untrue in ("mechanicalturk:SendTestEventNotification", "Mechanical Turk knows", "Mechanical Turk is there"):
        assert untrue not in ran.output


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the limits of another process")
@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="window"),
        pytest.param(("practice",), id="practice"),
        pytest.param(("decode", "-"), id="command"),
    ],
)
def test_no_memory_with_keys_in_it_is_written_to_a_disk(words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "notification_tester", *words]
    started = subprocess.Popen(["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", *command], stdin=subprocess.PIPE)
    try:
        assert until(lambda: psutil.Process(started.pid).rlimit(psutil.RLIMIT_CORE) == (0, 0))
    finally:
        started.kill()
        started.communicate()


class _MistakenError(Exception):
    """A bug of ours."""


@pytest.mark.parametrize("in_json", [True, False])
def test_a_bug_of_ours_is_told_of_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, in_json: bool
) -> None:
    def fail(session: Session, *_: object, **__: object) -> None:
        secrets = session.accounts.secrets()
        raise _MistakenError(f"it was {KEYS['AWS_SECRET_ACCESS_KEY']!r}, {quote(TYPED, safe='')}, {len(secrets)}")

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", TYPED)
    monkeypatch.setattr(Session, "open_named", fail)
    words = ["send", "--transport", "SQS", "--event", "Ping", *(["--json"] if in_json else [])]
    assert cli.main(words, self_check=lambda _: 99) == 1
    output, errors = capsys.readouterr()
    if in_json:
        problem = json.loads(output)["problem"]
        assert (problem["code"], problem["cause"]) == ("program.bug", "program")
        assert errors == ""
        told = problem["exact_answer"]
    else:
        assert "The program made a mistake." in errors
        told = errors
    assert "_MistakenError: it was" in told
    assert Path(__file__).name in told
    assert TYPED not in told
    assert quote(TYPED, safe="") not in told


def test_a_bug_on_another_thread_is_told_of_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise _MistakenError(f"it was {TYPED!r}")

    def start(*_: object, **__: object) -> None:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        raise ProblemError(Problem(title="No.", detail="No.", remedy="No.", code="x", cause=Cause.PROGRAM))

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", TYPED)
    monkeypatch.setattr(Session, "open_named", start)
    assert cli.main(["send", "--transport", "SQS", "--event", "Ping", "--json"], self_check=lambda _: 99) == 1
    output, errors = capsys.readouterr()
    assert json.loads(output)["problem"]["code"] == "x"
    assert "_MistakenError: it was" in errors
    assert TYPED not in errors


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("send", "--transport", "SQS", "--event", "Ping", "--account"), id="account"),
        pytest.param(("send", "--transport", "SQS", "--event"), id="event"),
        pytest.param(("hit-types", "off"), id="HIT type"),
        pytest.param(("listen", "--transport", "SQS", "--seconds"), id="number"),
        pytest.param(("decode", "message.json"), id="word too much"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",)], ids=["words", "json"])
@pytest.mark.parametrize("name", ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
def test_a_secret_in_the_wrong_word_is_not_said(
    words: tuple[str, ...],
    more: tuple[str, ...],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEYx"
    monkeypatch.setenv(name, secret)
    with suppress(SystemExit):
        assert cli.main([*words, secret, *more], self_check=lambda _: 99) == 2
    said = "".join(capsys.readouterr())
    assert said
    assert secret[:16] not in said
