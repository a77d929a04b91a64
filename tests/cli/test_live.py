# SPDX-License-Identifier: MIT
"""Which Mechanical Turk a command calls, seen by a proxy that writes the hosts down; and that LIVE is guarded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester import cli
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.places import system_places
from recording_proxy import recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recording_proxy import Recorder

LIVE = "mturk-requester.us-east-1.amazonaws.com"
SANDBOX = "mturk-requester-sandbox.us-east-1.amazonaws.com"
TYPE = "3TYPEAAAAAAAAAAAAAAAAAAAAAAAAA"
EMAIL = ("--transport", "Email", "--destination", "ann@example.org")
APPLY = ("hit-types", "apply", *EMAIL, "--events", "HITReviewable", TYPE)
SEND = ("send", *EMAIL, "--event", "HITReviewable")
QUEUE = ("--transport", "SQS", "--destination", "https://sqs.us-east-1.amazonaws.com/123456789012/q")


def case(name: str) -> dict[str, str]:
    """The variables of a case."""
    lines = (Path(__file__).parent.parent / "cases" / f"{name}.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


class Shell:
    """Runs commands in this process; what they call is written down."""

    def __init__(
        self, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
    ) -> None:
        self.recorder = recorder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self._home = home

    def __call__(self, *words: str, account: str = "environment") -> tuple[int, dict[str, Any]]:
        self.recorder.calls.clear()
        code = cli.main([*words, "--account", account, "--json"], self_check=lambda _: 99)
        value = json.loads(self._capsys.readouterr().out)
        assert isinstance(value, dict)
        return code, value

    def export(self, **variables: str) -> None:
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def configure(self, text: str) -> None:
        """Write the AWS configuration file of this person."""
        (self._home / ".aws").mkdir()
        (self._home / ".aws" / "config").write_text(text, "utf-8")

    @property
    def hosts(self) -> set[str]:
        return self.recorder.hosts


@pytest.fixture
def shell(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    with recording(tmp_path) as recorder:
        made = Shell(recorder, monkeypatch, capsys, own_home)
        made.export(
            **recorder.variables,
            AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
            AWS_SECRET_ACCESS_KEY="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        )
        yield made


EMPTY = {
    "AWS_ENDPOINT_URL": case("env-endpoint-empty-with-sandbox"),
    "AWS_ENDPOINT_URL_MTURK": {"AWS_ENDPOINT_URL_MTURK": ""},
    "both": {"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_MTURK": ""},
    "the others": {f"AWS_ENDPOINT_URL_{name}": "" for name in ("SQS", "SNS", "STS", "KMS")},
    "none": {},
    "ignored": case("env-ignore-configured-endpoints"),
    "ignored, of Mechanical Turk": {
        "AWS_ENDPOINT_URL_MTURK": "http://127.0.0.1:9",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True",
    },
    "FIPS": {"AWS_USE_FIPS_ENDPOINT": "true"},
    "dual stack": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
}


@pytest.mark.parametrize("variables", EMPTY.values(), ids=EMPTY)
def test_where_no_address_is_set_the_sandbox_is_called_and_live_is_guarded(
    shell: Shell, variables: dict[str, str]
) -> None:
    shell.export(**variables)
    code, told = shell(*APPLY, "--sandbox")
    assert (code, told["counts"]["applied"]) == (0, 1)
    assert shell.hosts == {SANDBOX}
    code, told = shell(*APPLY)
    assert (code, told["problem"]["code"]) == (2, "live.not-confirmed")
    assert shell.hosts == set()


LIVE_BY_VARIABLE = {
    "of Mechanical Turk": case("env-endpoint-mturk-is-live-host"),
    "of all services": {"AWS_ENDPOINT_URL": f"https://{LIVE}"},
    "capital letters": {"AWS_ENDPOINT_URL_MTURK": f"HTTPS://{LIVE.upper()}"},
    "dot at the end": {"AWS_ENDPOINT_URL_MTURK": f"https://{LIVE}."},
    "port": {"AWS_ENDPOINT_URL_MTURK": f"https://{LIVE}:443/"},
    "empty port": {"AWS_ENDPOINT_URL_MTURK": f"https://{LIVE}:"},
    "path": {"AWS_ENDPOINT_URL_MTURK": f"https://{LIVE}/sandbox"},
    "query": {"AWS_ENDPOINT_URL_MTURK": f"https://{LIVE}?sandbox"},
    "http": {"AWS_ENDPOINT_URL_MTURK": f"http://{LIVE}"},
    "blank before": {"AWS_ENDPOINT_URL_MTURK": f" https://{LIVE}"},
    "no scheme": {"AWS_ENDPOINT_URL_MTURK": f"//{LIVE}"},
    "a sign that is a k in small": {"AWS_ENDPOINT_URL_MTURK": "https://mtur\u212a-requester.us-east-1.amazonaws.com"},
    "FIPS": {"AWS_ENDPOINT_URL_MTURK": "https://mturk-requester-fips.us-east-1.amazonaws.com"},
    "dual stack": {"AWS_ENDPOINT_URL_MTURK": "https://mturk-requester.us-east-1.api.aws"},
    "the service before all": {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_MTURK": f"https://{LIVE}"},
    "empty before all": {"AWS_ENDPOINT_URL_MTURK": "", "AWS_ENDPOINT_URL": f"https://{LIVE}"},
    "not ignored": {"AWS_ENDPOINT_URL": f"https://{LIVE}", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"},
}


@pytest.mark.parametrize("variables", LIVE_BY_VARIABLE.values(), ids=LIVE_BY_VARIABLE)
def test_an_address_of_live_is_live_however_it_is_written(shell: Shell, variables: dict[str, str]) -> None:
    shell.export(**variables)
    changing: tuple[tuple[str, ...], ...] = (APPLY, ("hit-types", "off", TYPE), ("hit-types", "import", "x.json"))
    for words in changing:
        code, told = shell(*words)
        assert (code, told["problem"]["code"]) == (2, "live.not-confirmed")
    asking: tuple[tuple[str, ...], ...] = (APPLY, SEND, ("check", *QUEUE), ("listen", *QUEUE))
    for words in asking:
        code, told = shell(*words, "--sandbox")
        assert (code, told["problem"]["code"]) == (2, "account.not-sandbox")
        set_by = "AWS_ENDPOINT_URL_MTURK" if variables.get("AWS_ENDPOINT_URL_MTURK") else "AWS_ENDPOINT_URL"
        assert f"{set_by} " in told["problem"]["detail"]
        assert "amazonaws.com" in told["problem"]["detail"]
    assert shell.hosts == set()


CONFIGURED = {
    "profile": ("[default]\nendpoint_url = {}\n", "“endpoint_url” of the profile “default”"),
    "services": (
        "[default]\nservices = mine\n[services mine]\nmturk =\n  endpoint_url = {}\n",
        "“services mine”",
    ),
    "chosen profile": ("[profile lab]\nendpoint_url = {}\n", "“endpoint_url” of the profile “lab”"),
}


@pytest.mark.parametrize(("text", "named"), CONFIGURED.values(), ids=CONFIGURED)
def test_an_address_in_the_configuration_file_counts_too(shell: Shell, text: str, named: str) -> None:
    if "lab" in named:
        shell.export(AWS_PROFILE="lab")
    shell.configure(text.format(f"https://{LIVE}"))
    assert shell(*APPLY)[1]["problem"]["code"] == "live.not-confirmed"
    code, told = shell(*APPLY, "--sandbox")
    assert (code, told["problem"]["code"]) == (2, "account.not-sandbox")
    assert named in told["problem"]["detail"]
    assert LIVE in told["problem"]["detail"]
    assert shell.hosts == set()
    shell.export(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true")
    assert shell(*APPLY, "--sandbox")[0] == 0
    assert shell.hosts == {SANDBOX}


def test_the_configuration_file_may_say_that_addresses_are_ignored(shell: Shell) -> None:
    shell.configure("[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://127.0.0.1:9\n")
    shell.export(AWS_ENDPOINT_URL_MTURK="http://127.0.0.1:9")
    assert shell(*SEND, "--sandbox")[0] == 0
    assert shell.hosts == {SANDBOX}
    assert shell(*APPLY)[1]["problem"]["code"] == "live.not-confirmed"


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://mturk.example.org", "http://localhost:4566"])
def test_another_service_is_not_the_sandbox(shell: Shell, address: str) -> None:
    shell.export(AWS_ENDPOINT_URL=address)
    for words in (APPLY, SEND, ("check", *QUEUE), ("listen", *QUEUE), ("hit-types", "list")):
        code, told = shell(*words, "--sandbox")
        assert (code, told["problem"]["code"]) == (2, "account.not-sandbox")
        assert "AWS_ENDPOINT_URL " in told["problem"]["detail"]
        assert address.partition("//")[2].partition(":")[0] in told["problem"]["detail"]
    assert shell.hosts == set()
    code, told = shell(*APPLY)  # which is no live one, and needs no yes
    assert (code, told["counts"]["applied"]) == (0, 1)
    assert shell.hosts == {address.partition("//")[2]}


@pytest.mark.parametrize("address", [f"https://{SANDBOX}", f"https://{SANDBOX.upper()}:443/"])
def test_a_variable_that_names_the_sandbox_is_the_sandbox(shell: Shell, address: str) -> None:
    shell.export(AWS_ENDPOINT_URL_MTURK=address)
    for words in ((*APPLY, "--sandbox"), APPLY):
        code, told = shell(*words)
        assert (code, told["counts"]["applied"]) == (0, 1)
        assert {host.lower() for host in shell.hosts} == {SANDBOX}


@pytest.mark.parametrize(
    "address", [f"https://{LIVE}\\@127.0.0.1:9", f"https://127.0.0.1\\@{LIVE}", f"https://a:b@{LIVE}"]
)
def test_an_address_of_two_readings_is_refused(shell: Shell, address: str) -> None:
    shell.export(AWS_ENDPOINT_URL_MTURK=address)
    for words in (SEND, (*APPLY, "--yes"), (*APPLY, "--sandbox")):
        code, told = shell(*words)
        assert code == 2
        assert told["problem"]["code"] in {"endpoint.malformed", "account.not-sandbox"}
        assert "a:b" not in json.dumps(told)
    assert shell.hosts == set()


NOT_TO_BE_JUDGED = {
    "blank": ({"AWS_ENDPOINT_URL": " "}, ""),
    "no scheme": ({"AWS_ENDPOINT_URL_MTURK": LIVE}, ""),
    "two lines": ({"AWS_ENDPOINT_URL": "https://mturk.example.org\nhttps://mturk.example.com"}, ""),
    "no such profile": ({"AWS_PROFILE": "nobody"}, ""),
    "no such services": ({}, "[default]\nservices = missing\n"),
    "services that are none": ({}, "[default]\nservices = mine\n[services mine]\nmturk = x\n"),
    "address that is none": ({}, "[default]\nendpoint_url =\n  a = b\n"),
    "name of services that is none": ({}, "[default]\nservices =\n  a = b\n"),
    "no configuration": ({}, "this is a text"),
}


@pytest.mark.parametrize(("variables", "text"), NOT_TO_BE_JUDGED.values(), ids=NOT_TO_BE_JUDGED)
def test_what_cannot_be_judged_calls_nobody_but_the_sandbox(shell: Shell, variables: dict[str, str], text: str) -> None:
    shell.export(**variables)
    if text:
        shell.configure(text)
    for words in (APPLY, (*APPLY, "--yes")):
        code, told = shell(*words)
        assert code != 0
        assert all(told["problem"][part] for part in ("title", "detail", "remedy", "code"))
        assert shell.hosts == set()
    shell(*APPLY, "--sandbox")
    assert shell.hosts <= {SANDBOX}


def test_with_a_yes_live_is_called(shell: Shell) -> None:
    shell.export(**case("env-endpoint-mturk-is-live-host"))
    code, told = shell(*APPLY, "--yes")
    assert (code, told["counts"]["applied"]) == (0, 1)
    assert shell.hosts == {LIVE}


@pytest.mark.parametrize(
    ("words", "host"),
    [
        pytest.param(SEND, SANDBOX, id="send"),
        pytest.param((*APPLY,), SANDBOX, id="apply"),
        pytest.param(("hit-types", "list", "--refresh"), SANDBOX, id="list"),
        pytest.param(("check", *QUEUE), SANDBOX, id="check"),
    ],
)
def test_every_word_goes_to_the_sandbox(shell: Shell, words: tuple[str, ...], host: str) -> None:
    shell(*words, "--sandbox")
    assert host in shell.hosts
    assert LIVE not in shell.hosts


@pytest.mark.parametrize("words", [SEND, APPLY, ("check", *QUEUE), ("listen", *QUEUE)], ids=lambda words: str(words[0]))
def test_practice_is_not_the_sandbox(shell: Shell, words: tuple[str, ...]) -> None:
    code, told = shell(*words, "--sandbox", account="practice")
    assert (code, told["problem"]["code"]) == (2, "account.not-sandbox")


def stored(shell: Shell, **values: Any) -> None:
    """An account with a profile, as it stands in the list of accounts."""
    shell.configure("[profile lab]\nendpoint_url = http://127.0.0.1:9\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
                    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")  # fmt: skip
    entry = {"name": "Lab", "source": "profile", "profile": "lab", "environment": "other", "endpoint": ""} | values
    place = system_places().accounts
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"version": 1, "accounts": [entry]}), "utf-8")


@pytest.mark.parametrize("environment", ["other", "sandbox", "practice"])
@pytest.mark.parametrize(
    "host", [LIVE, LIVE.upper(), f"{LIVE}.", f"{LIVE}:443"], ids=["plain", "capitals", "dot", "port"]
)
def test_a_stored_account_with_the_address_of_live_is_live(shell: Shell, host: str, environment: str) -> None:
    stored(shell, environment=environment, endpoint=f"https://{host}")
    code, told = shell(*APPLY, account="Lab")
    assert (code, told["problem"]["code"]) == (2, "live.not-confirmed")
    code, told = shell(*APPLY, "--sandbox", account="Lab")
    assert (code, told["problem"]["code"]) == (2, "account.not-sandbox")
    assert shell.hosts == set()
    code, told = shell(*APPLY, "--yes", account="Lab")
    assert code == 0
    assert {one.lower().rstrip(".") for one in shell.hosts} == {LIVE}


def test_a_stored_account_without_an_address_calls_nobody(shell: Shell) -> None:
    for environment in ("other", "practice"):
        place = system_places().accounts
        place.parent.mkdir(parents=True, exist_ok=True)
        entry = {"name": "Lab", "source": "profile", "profile": "lab", "environment": environment}
        place.write_text(json.dumps({"version": 1, "accounts": [entry]}), "utf-8")
        code, told = shell(*APPLY, account="Lab")
        assert (code, told["problem"]["code"]) == (1, "account.no-address")
        assert shell.hosts == set()


@pytest.mark.parametrize("source", ["environment", "practice", "session"])
def test_a_stored_account_has_keys_of_its_own(shell: Shell, source: str) -> None:
    stored(shell, environment="sandbox", source=source)
    code, told = shell(*APPLY, account="Lab")
    assert (code, told["problem"]["code"]) == (1, "storage.accounts-damaged")
    assert shell.hosts == set()


def test_stored_accounts_ignore_every_address_that_is_set_elsewhere(shell: Shell) -> None:
    stored(shell, environment="sandbox")
    shell.export(
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_ENDPOINT_URL_MTURK=f"https://{LIVE}",
        AWS_USE_FIPS_ENDPOINT="true",
        AWS_PROFILE="no-such-profile",
    )
    assert shell(*APPLY, "--sandbox", account="Lab")[0] == 0
    assert shell.hosts == {SANDBOX}
    shell("check", *QUEUE, account="Lab")
    assert all(host.endswith(".amazonaws.com") for host in shell.hosts)


def test_the_role_of_a_stored_account_is_asked_for_at_amazon_too(shell: Shell) -> None:
    stored(shell, environment="sandbox", profile="role")
    with (shell._home / ".aws" / "config").open("a") as config:
        config.write("[profile role]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = lab\n")
    shell.export(AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_ENDPOINT_URL_STS="http://127.0.0.1:9")
    shell(*SEND, account="Lab")
    assert shell.hosts
    assert "127.0.0.1:9" not in shell.hosts


@pytest.mark.parametrize(
    ("variables", "more", "recorded"),
    [
        pytest.param({}, ["--sandbox"], "sandbox", id="sandbox"),
        pytest.param({}, [], "production", id="live"),
        pytest.param({"AWS_ENDPOINT_URL": f"https://{LIVE}:443"}, [], "production", id="live by a variable"),
        pytest.param({"AWS_ENDPOINT_URL_MTURK": f"https://{SANDBOX}"}, [], "sandbox", id="sandbox by a variable"),
        pytest.param({"AWS_ENDPOINT_URL": "https://mturk.example.org"}, [], "other", id="other"),
    ],
)
def test_history_and_record_say_what_was_called(
    shell: Shell, variables: dict[str, str], more: list[str], recorded: str
) -> None:
    shell.export(**variables)
    shell(*SEND, *more)
    with Database(system_places().database) as database:
        row = History(database).row(1)
    assert row is not None
    assert row.environment == recorded
    shell(*APPLY, *more, "--yes")
    _, told = shell("hit-types", "list", *more)
    assert [one["state"] for one in told["results"]] == ["applied"]


def test_a_temporary_key_goes_out_with_its_token(shell: Shell) -> None:
    shell.export(AWS_ACCESS_KEY_ID="ASIAIOSFODNN7EXAMPLE", AWS_SESSION_TOKEN="a-token")
    shell(*SEND, "--sandbox")
    assert {one.headers["X-Amz-Security-Token"] for one in shell.recorder.calls} == {"a-token"}
