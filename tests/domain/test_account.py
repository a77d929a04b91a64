# SPDX-License-Identifier: MIT
"""Typed keys, names and endpoints."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.account import (
    ENVIRONMENT,
    PRACTICE,
    Account,
    Environment,
    KeySource,
    parse_account_name,
    parse_credentials,
    parse_endpoint,
)
from notification_tester.domain.problem import ProblemError

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBYaDH/token+part=="


@pytest.mark.parametrize("around", ["{}", "  {}\n", '"{}"', "'{}',", "“{}”", "\t{}\r\n", "`{}`;", "\ufeff{}"], ids=repr)
def test_what_copying_leaves_is_taken_off(around: str) -> None:
    found = parse_credentials(
        access_key_id=around.format(KEY), secret_access_key=around.format(SECRET), session_token=around.format(TOKEN)
    )
    assert (found.access_key_id, found.secret_access_key, found.session_token) == (KEY, SECRET, TOKEN)
    assert SECRET not in repr(found)
    assert TOKEN not in repr(found)


def test_a_token_broken_over_lines_is_mended() -> None:
    found = parse_credentials(access_key_id=KEY, secret_access_key=SECRET, session_token=f"{TOKEN}\n  {TOKEN}")
    assert found.session_token == TOKEN + TOKEN


@pytest.mark.parametrize(
    ("key", "secret", "token", "code", "says"),
    [
        pytest.param("", SECRET, "", "missing", "access key is missing", id="no-key"),
        pytest.param(KEY, " \n", "", "missing", "secret access key is missing", id="no-secret"),
        pytest.param("", "", "", "missing", "access key is missing", id="nothing"),
        pytest.param(SECRET, KEY, "", "swapped", "swapped", id="swapped"),
        pytest.param(KEY[:15], SECRET, "", "malformed", "15 characters", id="short-key"),
        pytest.param("A" * 129, SECRET, "", "malformed", "129 characters", id="long-key"),
        pytest.param(KEY.replace("7", "-"), SECRET, "", "malformed", "“-” at place 13", id="dash-in-key"),
        pytest.param(f"{KEY} {KEY}", SECRET, "", "malformed", "blank or line break at place 21", id="key-twice"),
        pytest.param(KEY.replace("A", "А", 1), SECRET, "", "malformed", "“А” at place 1", id="cyrillic-in-key"),
        pytest.param(KEY, SECRET[:39], "", "malformed", "39 characters", id="short-secret"),
        pytest.param(KEY, SECRET + "x", "", "malformed", "41 characters", id="long-secret"),
        pytest.param(KEY, SECRET[:20] + " " + SECRET[20:], "", "malformed", "place 21", id="blank-in-secret"),
        pytest.param(KEY, SECRET[:20] + "\n" + SECRET[21:], "", "malformed", "line break", id="break-in-secret"),
        pytest.param(KEY, SECRET[:39] + "*", "", "malformed", "“*” at place 40", id="star-in-secret"),
        pytest.param(KEY, SECRET[:5] + "\u200b" + SECRET[5:], "", "malformed", "invisible", id="invisible"),
        pytest.param(KEY, SECRET, TOKEN + "§", "malformed", "“§”", id="stray-in-token"),
        pytest.param("ASIA" + KEY[4:], SECRET, "", "token-missing", "ASIA", id="temporary-without-token"),
    ],
)
def test_wrong_keys_are_said_without_quoting_them(key: str, secret: str, token: str, code: str, says: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_credentials(access_key_id=key, secret_access_key=secret, session_token=token)
    problem = caught.value.problem
    assert problem.code == f"keys.{code}"
    assert says in f"{problem.title} {problem.detail}"
    said = json.dumps(problem.as_json(), ensure_ascii=False) + str(caught.value) + repr(caught.value)
    for start in range(len(SECRET) - 6):
        assert SECRET[start : start + 6] not in said


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_keys_are_taken_or_explained(key: str, secret: str, token: str) -> None:
    try:
        found = parse_credentials(access_key_id=key, secret_access_key=secret, session_token=token)
    except ProblemError as error:
        code = error.problem.code
    else:
        code = "keys.taken" if len(found.secret_access_key) == 40 else ""
    assert code.startswith("keys.")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("  ", "account.name", id="empty"),
        pytest.param("x" * 61, "account.name", id="long"),
        pytest.param("a\x07b", "account.name", id="bell"),
        pytest.param("a\u202eb", "account.name", id="override"),
        pytest.param(" Practice ", "account.name-reserved", id="practice"),
        pytest.param("ENVIRONMENT", "account.name-reserved", id="environment"),
    ],
)
def test_names_that_will_not_do(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_account_name(text)
    assert caught.value.problem.code == code


def test_blanks_in_names_are_made_single() -> None:
    assert parse_account_name("  Lab,\n  sandbox ") == "Lab, sandbox"
    assert parse_account_name("Büro 1") == "Büro 1"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("https://mturk.example.org/", "https://mturk.example.org", id="https"),
        pytest.param(' "https://mturk.example.org:8443/api/" ', "https://mturk.example.org:8443/api", id="path"),
        pytest.param("http://127.0.0.1:5000", "http://127.0.0.1:5000", id="this-computer"),
        pytest.param("http://localhost:5000/", "http://localhost:5000", id="localhost"),
        pytest.param("http://[::1]:5000", "http://[::1]:5000", id="ipv6"),
    ],
)
def test_endpoints(text: str, address: str) -> None:
    assert parse_endpoint(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "mturk.example.org", "http://mturk.example.org", "ftp://mturk.example.org", "https://", "https://a:b@c",
        "https://a/?x=1", "https://a/#x", "https://a:99999", "https://[::1", "http://127.0.0.1.example.org",
    ],
)  # fmt: skip
def test_endpoints_that_will_not_do(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_endpoint(text)
    assert caught.value.problem.code == "endpoint.malformed"


def test_only_production_is_live() -> None:
    badges = {environment: environment.badge for environment in Environment}
    assert list(badges.values()) == ["PRACTICE", "SANDBOX", "LIVE", "OTHER"]
    for environment in Environment:
        account = Account(name="a", environment=environment, source=KeySource.KEYRING)
        assert account.is_live == (environment is Environment.PRODUCTION)
    assert not PRACTICE.is_live
    assert ENVIRONMENT.is_live
