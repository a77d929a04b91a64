# SPDX-License-Identifier: MIT
"""How keys are got: in bounded time, with nobody asked on a terminal, and known as secrets from then on."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

import psutil
import pytest

from aws.parts import JSON, KEYS, SECRET, answering, listening, nobody, problem_of, quoting
from notification_tester.aws import clients, credential_process
from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aws.parts import Asked

TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD+Zz=" * 6
ROLE = "arn:aws:iam::123456789012:role/turk"
DEVICE = "arn:aws:iam::123456789012:mfa/ann"

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for one process, and no sh")
PATIENCE = 60
"""Seconds for a program that ends; the start of a Python takes some of them on a busy machine, and on Windows."""

IMPATIENCE = 6
"""Seconds for one that does not, in which it has to start another."""


@pytest.fixture
def aws_folder(own_home: Path) -> Path:
    folder = own_home / ".aws"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ATTEMPTS", 1)
    monkeypatch.setattr(credential_process, "PROCESS_SECONDS", PATIENCE)


def ask(*, ask_code: Callable[[str], str] | None = None) -> Problem:
    """What a question to Mechanical Turk ends with, by this computer's own chain."""
    made = Clients(Connection(from_environment=True), ask_code=ask_code)
    try:
        return problem_of(Requester(made).balance)
    finally:
        made.close()


@pytest.fixture
def program(tmp_path: Path, aws_folder: Path) -> Callable[[str], Path]:
    """Makes a script in Python the credential_process of the default profile; returns the file that is run."""

    def make(script: str) -> Path:
        file = tmp_path / "give keys"
        file.write_text(f"#!{sys.executable} -IS\n{script}\n", "utf-8")
        file.chmod(0o755)
        if sys.platform == "win32":  # which has no first lines that name a program
            file = file.with_suffix(".cmd")
            file.write_text(f'@"{sys.executable}" -IS "%~dpn0" %*\n', "utf-8")
        (aws_folder / "config").write_text(f'[default]\ncredential_process="{file}" --password hunter2\n', "utf-8")
        return file

    return make


def keys_as_json(**more: Any) -> str:
    given = {"Version": 1, "AccessKeyId": KEYS.access_key_id, "SecretAccessKey": SECRET} | more
    return json.dumps({name: value for name, value in given.items() if value is not ...})


def printing(text: object) -> str:
    return f"print({str(text)!r})"


def failing(said: str) -> str:
    return f"import sys; sys.exit({said!r})"


LEAVE_A_CHILD = """
import pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-IS", "-c", "import time; time.sleep(100)"])
pathlib.Path(__file__).with_name("child").write_text(str(child.pid))
"""

PROGRAMS = [
    pytest.param("", "printed nothing", id="nothing"),
    pytest.param(printing("hello"), "printed something else than the JSON object", id="words"),
    pytest.param(printing("null"), "printed something else", id="null"),
    pytest.param(printing("[1]"), "printed something else", id="list"),
    pytest.param("import os; os.write(1, bytes([255, 254]))", "printed something else", id="no-utf-8"),
    pytest.param(printing("[" * 90_000), "printed something else", id="deep"),
    pytest.param("import os, sys; os.write(2, b'oops'); sys.exit(3)", "with the code 3. It said: oops", id="fails"),
    pytest.param("import sys; sys.exit(3)", "ended with the code 3 and did not say why", id="fails-silently"),
    pytest.param("import os; os.kill(os.getpid(), 9)", "was ended by the signal 9", id="killed", marks=POSIX),
    pytest.param("import time; time.sleep(100)", f"did not answer within {IMPATIENCE} seconds", id="hangs"),
    pytest.param("import os\nwhile True: os.write(1, b'y' * 8192)", "printed without an end", id="endless"),
    pytest.param("import sys; sys.stdout.write(sys.stdin.readline())", "printed nothing", id="asks"),
    pytest.param("open('/dev/tty').read()", "ended with the code 1", id="asks-on-the-terminal", marks=POSIX),
    pytest.param(printing(keys_as_json(Version=2)), "is not of version 1", id="version"),
    pytest.param(printing(keys_as_json(SecretAccessKey=...)), "there is no SecretAccessKey", id="no-secret"),
    pytest.param(printing(keys_as_json(AccessKeyId=5)), "AccessKeyId is not a text", id="number"),
    pytest.param(printing(keys_as_json(SessionToken=[])), "SessionToken is not a text", id="no-token"),
    pytest.param(printing(keys_as_json(Expiration="soon")), "Expiration is not a time", id="no-time"),
    pytest.param(printing(keys_as_json(Expiration="2099-01-01T00:00:00")), "Expiration is not a time", id="no-zone"),
    pytest.param(printing(keys_as_json(Expiration="9" * 30)), "Expiration is not a time", id="no-year"),
    pytest.param(printing(keys_as_json(Expiration="2020-01-01T00:00:00Z")), "have run out already", id="over"),
    pytest.param(failing("unknown: --password hunter2"), "--password [removed]", id="tells-its-words"),
    pytest.param(failing(f"got {KEYS.access_key_id}"), "got [removed]", id="tells-a-key"),
]


@pytest.mark.parametrize(("script", "says"), PROGRAMS)
def test_a_program_that_gives_no_keys(program: Callable[[str], Path], script: str, says: str) -> None:
    file = program(script)
    began = time.monotonic()
    with nobody() as nowhere, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", nowhere)
        if "sleep" in script:
            patch.setattr(credential_process, "PROCESS_SECONDS", IMPATIENCE)
        problem = ask()
    assert time.monotonic() - began < PATIENCE
    assert (problem.cause, problem.code) == (Cause.KEYS, "keys.unavailable")
    assert says in problem.detail
    assert str(file) in problem.detail
    assert "hunter2" not in str(problem.as_json())


@pytest.mark.parametrize(
    ("command", "says"),
    [
        pytest.param("/no/such/tool", "is not there: /no/such/tool", id="missing"),
        pytest.param("no-such-tool-anywhere", "is not there: no-such-tool", id="not-in-the-path"),
        pytest.param('"unclosed', "a quotation mark is not closed", id="quotation"),
        pytest.param("", "No program is named", id="empty"),
        pytest.param('"" --quiet', "No program is named", id="empty-word"),
        pytest.param("KEY=opensesame tool", "begins with “KEY=”, which only a shell understands", id="assignment"),
        pytest.param("x" * 300, f"cannot be run: {'x' * 300} (", id="long", marks=POSIX),
        pytest.param("to\0ol", "cannot be run: to\0ol (", id="a sign that no name has"),
    ],
)
def test_a_program_that_cannot_be_run(aws_folder: Path, command: str, says: str) -> None:
    (aws_folder / "config").write_text(f"[default]\ncredential_process={command}\n", "utf-8")
    problem = ask()
    assert (problem.cause, problem.code) == (Cause.KEYS, "keys.unavailable")
    assert says in problem.detail


@pytest.mark.parametrize(
    ("words", "secrets"),
    [
        ("--password opensesame", ["opensesame"]),
        ("--api-key=opensesame", ["opensesame"]),
        ("-p opensesame", ["opensesame"]),
        ("LOGIN=opensesame", ["opensesame"]),
        ("4f9d8s7a6d", ["4f9d8s7a6d"]),
        ("--from 'sh -c \"x --secret sesame LOGIN=barley 4f9d8s7a6d\"'", ["sesame", "barley", "4f9d8s7a6d"]),
    ],
)
def test_what_may_be_a_password_among_its_words_is_not_told(
    program: Callable[[str], Path], aws_folder: Path, words: str, secrets: list[str]
) -> None:
    file = program("import sys; sys.exit('I got ' + ' and '.join(sys.argv[1:]) + ' here')")
    (aws_folder / "config").write_text(f'[default]\ncredential_process="{file}" {words}\n', "utf-8")
    said = str(ask().as_json())
    assert "I got " in said
    assert " here" in said
    assert said.count("[removed]") >= len(secrets)
    for secret in secrets:
        assert secret not in said


def test_a_folder_is_no_program(aws_folder: Path) -> None:
    (aws_folder / "config").write_text(f'[default]\ncredential_process="{aws_folder}"\n', "utf-8")
    assert f"may not be run: {aws_folder}" in ask().detail


@pytest.mark.parametrize("mode", [0o644, 0o755])
def test_a_text_is_no_program(tmp_path: Path, aws_folder: Path, mode: int) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Where the keys are.", "utf-8")
    file.chmod(mode)
    (aws_folder / "config").write_text(f'[default]\ncredential_process="{file}"\n', "utf-8")
    may_be_run = mode == 0o755 or sys.platform == "win32"
    assert f"{'is no program of this system' if may_be_run else 'may not be run'}: {file}" in ask().detail


@POSIX
def test_a_program_whose_own_interpreter_is_missing(program: Callable[[str], Path]) -> None:
    file = program("")
    file.write_text("#!/no/such/interpreter\n", "utf-8")
    assert "needs another one that is not there" in ask().detail


def test_a_program_that_hangs_is_ended_with_its_children_and_not_waited_for_again(
    program: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credential_process, "PROCESS_SECONDS", IMPATIENCE)
    program(f"open({str(tmp_path / 'runs')!r}, 'a').write('x')\n{LEAVE_A_CHILD}child.wait()")
    made = Clients(Connection(from_environment=True))
    problem_of(Requester(made).balance)
    child = int((tmp_path / "child").read_text("utf-8"))
    problem_of(made.sqs)
    assert (tmp_path / "runs").read_text("utf-8") == "x"
    made.close()
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_program_that_leaves_a_service_behind_is_taken_at_its_word(
    program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(LEAVE_A_CHILD + printing(keys_as_json()))
    with answering(200, JSON, b'{"AvailableBalance": "1.00"}') as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        made = Clients(Connection(from_environment=True))
        assert Requester(made).balance() == "1.00"
        made.close()
    psutil.Process(int((tmp_path / "child").read_text("utf-8"))).kill()


def test_keys_of_a_program_are_fetched_again_when_they_have_run_out(
    program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
    program(f"open({str(tmp_path / 'runs')!r}, 'a').write('x')\n{printing(keys_as_json(Expiration=soon))}")
    with answering(200, JSON, b'{"AvailableBalance": "1.00"}') as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        made = Clients(Connection(from_environment=True))
        Requester(made).balance()
        Requester(made).balance()
        made.close()
    assert len((tmp_path / "runs").read_text("utf-8")) >= 2


def sts(**given: str) -> Callable[[Asked], tuple[int, str, str]]:
    keys = {"AccessKeyId": "ASIAROLEROLEROLEROLE", "SecretAccessKey": SECRET, "SessionToken": TOKEN}
    members = "".join(f"<{name}>{value}</{name}>" for name, value in (keys | given).items())

    def say(asked: Asked) -> tuple[int, str, str]:
        action = parse_qs(asked.body)["Action"][0]
        credentials = f"<Credentials>{members}<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
        return 200, "text/xml", f"<{action}Response><{action}Result>{credentials}</{action}Result></{action}Response>"

    return say


def in_the_environment(_: Path) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": TOKEN,
    }


def in_the_file(folder: Path) -> dict[str, str]:
    (folder / "credentials").write_text(
        f"[default]\naws_access_key_id=ASIAIOSFODNN7EXAMPLE\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}\n",
        "utf-8",
    )
    return {}


def by_a_program(folder: Path) -> dict[str, str]:
    (folder / "answer.json").write_text(keys_as_json(SessionToken=TOKEN), "utf-8")
    script = folder / "tell.py"
    script.write_text(f"print(open({str(folder / 'answer.json')!r}).read())", "utf-8")
    words = f'"{sys.executable}" -IS "{script}"'
    (folder / "config").write_text(f"[default]\ncredential_process={words}\n", "utf-8")
    return {}


def by_a_role(folder: Path) -> dict[str, str]:
    (folder / "config").write_text(
        f"[default]\nrole_arn={ROLE}\nsource_profile=u\n[profile u]\naws_access_key_id={KEYS.access_key_id}\n"
        f"aws_secret_access_key={SECRET}\n",
        "utf-8",
    )
    return {}


def by_a_token(folder: Path) -> dict[str, str]:
    (folder / "token").write_text("eyJhbGciOiJSUzI1NiJ9.of-the-cluster.c2lnbmF0dXJl", "utf-8")
    return {"AWS_WEB_IDENTITY_TOKEN_FILE": str(folder / "token"), "AWS_ROLE_ARN": ROLE}


def by_sso(folder: Path) -> dict[str, str]:
    url = "https://lab.awsapps.example/start"
    cache = folder / "sso" / "cache"
    cache.mkdir(parents=True)
    name = hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()
    token = {"startUrl": url, "accessToken": "of-the-start-page", "expiresAt": "2099-01-01T00:00:00Z"}
    (cache / f"{name}.json").write_text(json.dumps(token), "utf-8")
    (folder / "config").write_text(
        f"[default]\nsso_start_url={url}\nsso_region=us-east-1\nsso_account_id=123456789012\nsso_role_name=requester\n",
        "utf-8",
    )
    return {}


def portal(asked: Asked) -> tuple[int, str, str]:
    """IAM Identity Center, which gives keys to whoever is signed in."""
    if asked.headers.get("x-amz-sso_bearer_token") != "of-the-start-page":
        return 401, JSON, "{}"
    keys = {"accessKeyId": "ASIAROLEROLEROLEROLE", "secretAccessKey": SECRET, "sessionToken": TOKEN}
    return 200, JSON, json.dumps({"roleCredentials": keys | {"expiration": 4_070_908_800_000}})


SOURCES: list[Callable[[Path], dict[str, str]]] = [
    in_the_environment,
    in_the_file,
    by_a_program,
    by_a_role,
    by_a_token,
    by_sso,
]


@pytest.mark.parametrize("source", SOURCES)
def test_what_a_service_quotes_back_is_cleaned_of_the_keys(
    aws_folder: Path, monkeypatch: pytest.MonkeyPatch, source: Callable[[Path], dict[str, str]]
) -> None:
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(aws_folder / "sso" / "cache"))
    with listening(quoting) as mturk, listening(sts()) as sign_in, listening(portal) as start_page:
        endpoints = {"AWS_ENDPOINT_URL": mturk, "AWS_ENDPOINT_URL_STS": sign_in, "AWS_ENDPOINT_URL_SSO": start_page}
        for name, value in (source(aws_folder) | endpoints).items():
            monkeypatch.setenv(name, value)
        problem = ask()
    said = str(problem.as_json()) + problem.as_text()
    assert "Canonical String" in said
    for secret in (
        TOKEN,
        SECRET,
        "ASIAIOSFODNN7EXAMPLE",
        "ASIAROLEROLEROLEROLE",
        "of-the-cluster",
        "of-the-start-page",
    ):
        assert secret not in said
        assert quote(secret, safe="") not in said
        assert base64.b64encode(secret.encode()).decode()[:-4] not in said


def test_what_the_sign_in_service_says_of_a_token_is_cleaned_of_it(
    aws_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(asked: Asked) -> tuple[int, str, str]:
        said = f"<Code>InvalidIdentityToken</Code><Message>bad token: {asked.body}</Message>"
        return 400, "text/xml", f"<ErrorResponse><Error>{said.replace('&', ' ')}</Error></ErrorResponse>"

    for name, value in by_a_token(aws_folder).items():
        monkeypatch.setenv(name, value)
    with listening(refuse) as sign_in:
        monkeypatch.setenv("AWS_ENDPOINT_URL", sign_in)
        problem = ask()
    assert problem.code == "sign-in.InvalidIdentityToken"
    assert "of-the-cluster" not in str(problem.as_json())


@pytest.mark.parametrize("source", SOURCES)
def test_every_way_to_get_keys_works(
    aws_folder: Path, monkeypatch: pytest.MonkeyPatch, source: Callable[[Path], dict[str, str]]
) -> None:
    sent: list[str] = []

    def take(asked: Asked) -> tuple[int, str, str]:
        sent.append(asked.headers["x-amz-security-token"])
        return 200, JSON, '{"AvailableBalance": "1.00"}'

    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(aws_folder / "sso" / "cache"))
    with listening(take) as mturk, listening(sts()) as sign_in, listening(portal) as start_page:
        endpoints = {"AWS_ENDPOINT_URL": mturk, "AWS_ENDPOINT_URL_STS": sign_in, "AWS_ENDPOINT_URL_SSO": start_page}
        for name, value in (source(aws_folder) | endpoints).items():
            monkeypatch.setenv(name, value)
        made = Clients(Connection(from_environment=True))
        assert Requester(made).balance() == "1.00"
        made.close()
    assert sent == [TOKEN]
    assert {TOKEN, SECRET} <= set(made.settings.secrets.all())


def test_keys_of_an_answer_that_cannot_be_used_are_known_as_secrets_all_the_same(
    aws_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say_no_end(asked: Asked) -> tuple[int, str, str]:
        status, kind, text = sts()(asked)
        return status, kind, text.replace("Expiration>", "Until>")

    with listening(say_no_end) as sign_in:
        for name, value in (by_a_token(aws_folder) | {"AWS_ENDPOINT_URL": sign_in}).items():
            monkeypatch.setenv(name, value)
        made = Clients(Connection(from_environment=True))
        assert problem_of(Requester(made).balance).cause is Cause.KEYS
        made.close()
    assert {TOKEN, SECRET, "ASIAROLEROLEROLEROLE"} <= set(made.settings.secrets.all())


@pytest.fixture
def mfa(aws_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A role that wants a code; the codes that came to the sign-in service, which takes 123456 only."""
    (aws_folder / "config").write_text(
        f"[default]\nrole_arn={ROLE}\nsource_profile=u\nmfa_serial={DEVICE}\n[profile u]\n"
        f"aws_access_key_id={KEYS.access_key_id}\naws_secret_access_key={SECRET}\n",
        "utf-8",
    )
    codes: list[str] = []

    def say(asked: Asked) -> tuple[int, str, str]:
        codes.extend(parse_qs(asked.body)["TokenCode"])
        if codes[-1] == "123456":
            return sts()(asked)
        wrong = "MultiFactorAuthentication failed with invalid MFA one time pass code."
        error = f"<Error><Code>AccessDenied</Code><Message>{wrong}</Message></Error>"
        return 403, "text/xml", f"<ErrorResponse>{error}</ErrorResponse>"

    with answering(200, JSON, b'{"AvailableBalance": "1.00", "HITs": []}') as mturk, listening(say) as sign_in:
        monkeypatch.setenv("AWS_ENDPOINT_URL", mturk)
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sign_in)
        yield codes


def test_a_code_is_asked_for_once_and_serves_every_client(mfa: list[str]) -> None:
    asked: list[str] = []

    def answer(device: str) -> str:
        asked.append(device)
        return "123456"

    made = Clients(Connection(from_environment=True), ask_code=answer)
    assert Requester(made).balance() == "1.00"
    assert Requester(made).balance() == "1.00"
    Requester(made).list_hits()
    made.close()
    assert asked == [DEVICE]
    assert mfa == ["123456"]
    assert "123456" in made.settings.secrets.all()


def test_after_a_wrong_code_it_is_asked_for_again(mfa: list[str]) -> None:
    answers = iter(["654321", "123456"])
    made = Clients(Connection(from_environment=True), ask_code=lambda _: next(answers))
    problem = problem_of(Requester(made).balance)
    assert (problem.cause, problem.title) == (Cause.KEYS, "The MFA code was not accepted.")
    assert "654321" not in str(problem.as_json())
    assert Requester(made).balance() == "1.00"
    made.close()
    assert mfa == ["654321", "123456"]


def test_a_person_who_gives_no_code_is_not_asked_by_the_other_calls_of_the_moment(mfa: list[str]) -> None:
    asked: list[str] = []

    def refuse(device: str) -> str:
        asked.append(device)
        raise ProblemError(Problem(title="No.", detail="None.", remedy="Give one.", code="mfa.none", cause=Cause.KEYS))

    made = Clients(Connection(from_environment=True), ask_code=refuse)
    assert problem_of(Requester(made).balance).code == "mfa.none"
    assert problem_of(made.sts.get_caller_identity).code == "mfa.none"
    made.close()
    assert asked == [DEVICE]
    assert mfa == []


def test_where_nobody_can_be_asked_the_device_is_named(mfa: list[str]) -> None:
    problem = ask()
    assert (problem.cause, problem.code) == (Cause.KEYS, "keys.mfa")
    assert DEVICE in problem.detail
    assert "aws configure export-credentials --format env" in problem.remedy
    assert mfa == []
