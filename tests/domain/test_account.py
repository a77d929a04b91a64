# SPDX-License-Identifier: MIT
"""Typed keys, names and endpoints."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from notification_tester.domain.account import (
    ENVIRONMENT,
    PRACTICE,
    Account,
    Environment,
    KeySource,
    environment_at,
    has_one_reading,
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
        pytest.param(
            KEY[:15], SECRET, "", "malformed", "This is not an access key. It has 15 characters", id="short-key"
        ),
        pytest.param("A" * 129, SECRET, "", "malformed", "129 characters", id="long-key"),
        pytest.param(KEY.replace("7", "-"), SECRET, "", "malformed", "“-” at place 13", id="dash-in-key"),
        pytest.param(f"{KEY} {KEY}", SECRET, "", "malformed", "blank or line break at place 21", id="key-twice"),
        pytest.param(KEY.replace("A", "А", 1), SECRET, "", "malformed", "“А” at place 1", id="cyrillic-in-key"),
        pytest.param(KEY.replace("A", "Ä", 1), SECRET, "", "malformed", "only letters from A to Z", id="umlaut-in-key"),
        pytest.param(KEY, "é" + SECRET[1:], "", "malformed", "only letters from A to Z", id="accent-in-secret"),
        pytest.param(
            KEY,
            SECRET[:39],
            "",
            "malformed",
            "This is not a secret access key. It has 39 characters",
            id="short-secret",
        ),
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


ANYTHING = st.text(max_size=60)


@given(
    st.from_regex(r"\s?A[KS]IA[A-Z0-9]{16}\s?", fullmatch=True) | ANYTHING,
    st.from_regex(r"\s?[A-Za-z0-9/+]{40}\s?", fullmatch=True) | ANYTHING,
    st.from_regex(r"[A-Za-z0-9/+=]*", fullmatch=True) | ANYTHING,
)
def test_any_keys_are_taken_or_explained(key: str, secret: str, token: str) -> None:
    try:
        found = parse_credentials(access_key_id=key, secret_access_key=secret, session_token=token)
    except ProblemError as error:
        code = error.problem.code
    else:
        code = "keys.taken"
        assert re.fullmatch(r"[A-Za-z0-9/+=]{40}", found.secret_access_key)
        assert re.fullmatch(r"\w{16,128}", found.access_key_id, re.ASCII)
        assert re.fullmatch(r"[A-Za-z0-9/+=_.:-]*", found.session_token)
        assert found.session_token or not found.access_key_id.startswith("ASIA")
    assert code.startswith("keys.")
    event(code)


@pytest.mark.parametrize("key", ["A" * 16, "A" * 40, "A" * 128])
def test_keys_of_other_services_may_be_as_short_and_as_long_as_amazons_api_says(key: str) -> None:
    assert parse_credentials(access_key_id=key, secret_access_key=SECRET).access_key_id == key


@given(st.from_regex(r"AKIA[A-Z0-9]{16}", fullmatch=True), st.from_regex(r"[A-Za-z0-9/+]{39}x", fullmatch=True))
def test_keys_as_amazon_makes_them_are_taken(key: str, secret: str) -> None:
    found = parse_credentials(access_key_id=key, secret_access_key=secret)
    assert (found.access_key_id, found.secret_access_key) == (key, secret)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("  ", "account.name", id="empty"),
        pytest.param("x" * 61, "account.name", id="long"),
        pytest.param("a\x07b", "account.name", id="bell"),
        pytest.param("a\u202eb", "account.name", id="override"),
        pytest.param(" Practice ", "account.name-reserved", id="practice"),
        pytest.param("ENVIRONMENT", "account.name-reserved", id="environment"),
        pytest.param("AKIAIOSFODNN7EXAMPLE", "account.name-secret", id="access key"),
        pytest.param(" wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "account.name-secret", id="secret"),
    ],
)
def test_names_that_will_not_do(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_account_name(text)
    assert caught.value.problem.code == code


def test_names_of_every_length_that_will_do() -> None:
    assert [len(parse_account_name("x" * count)) for count in (1, 60)] == [1, 60]
    with pytest.raises(ProblemError) as caught:
        parse_account_name("x" * 61)
    assert caught.value.problem.title == "This name will not do."


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
        "https://a\\@b", "https://b\\c", "https://a b", "https://ä.example.org", "https://a%2eb", "https://a_b",
        "https://[::1];/", "https://[::1]:1\n\n/", "https://a\n.example.org", "https://a.example?",
        "https://a.example/b c", "https://a:0", "https://a:x",
    ],
)  # fmt: skip
def test_endpoints_that_will_not_do(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_endpoint(text)
    assert caught.value.problem.code == "endpoint.malformed"


def test_what_was_done_with_other_keys_under_the_same_name_is_told_by_its_moment() -> None:
    moment = datetime(2026, 5, 6, 7, tzinfo=UTC)
    had = {
        since: replace(PRACTICE, since=since).had(moment)
        for since in ("", "2026-05-06T07:00:00+00:00", "2026-05-06T07:00:01+00:00", "2026-05-06T06:00:00", "yesterday")
    }
    assert list(had.values()) == [True, True, False, False, False]
    other = replace(PRACTICE, name="Ours", source=KeySource.KEYRING, kept_as="")
    assert other.kept_as == "Ours"
    assert replace(other, name="Theirs").kept_as == "Ours"
    assert other.is_renamed(replace(other, name="Theirs"))
    assert not other.is_renamed(replace(other, name="Theirs", since="2026-05-06T07:00:00+00:00"))


def test_only_production_is_live() -> None:
    badges = {environment: environment.badge for environment in Environment}
    assert list(badges.values()) == ["PRACTICE", "SANDBOX", "LIVE", "OTHER"]
    for environment in Environment:
        account = Account(name="a", environment=environment, source=KeySource.KEYRING)
        assert account.is_live == (environment is Environment.PRODUCTION)
    assert not PRACTICE.is_live
    assert ENVIRONMENT.is_live


LIVE, SANDBOX = "mturk-requester.us-east-1.amazonaws.com", "mturk-requester-sandbox.us-east-1.amazonaws.com"


@pytest.mark.parametrize("around", [
    "https://{}", "HTTPS://{}/", "http://{}", "https://{}:443", "https://{}:0443/", "https://{}:", "https://{}:8443",
    "https://{}.", "https://{}.:443/", "https://{}/a/b", "https://{}?x=1", "https://{}#x", "https://{}/?http://127.0.0.1",
    " https://{}", "//{}", "https://127.0.0.1@{}", "https://u:p@{}", "https://a@b@{}",
])  # fmt: skip
@pytest.mark.parametrize(
    ("host", "environment"),
    [
        (LIVE, Environment.PRODUCTION),
        (LIVE.upper(), Environment.PRODUCTION),
        (LIVE.replace("k", "\u212a"), Environment.PRODUCTION),
        (LIVE.replace("m", "\uff4d", 1), Environment.PRODUCTION),
        (LIVE.replace(".", "\u3002"), Environment.PRODUCTION),
        (LIVE.replace(".", "\uff61"), Environment.PRODUCTION),
        (LIVE.replace("turk", "tu\u00adrk"), Environment.PRODUCTION),
        (LIVE.replace("-", "%2D").replace(".", "%2e"), Environment.PRODUCTION),
        ("mturk-requester-fips.us-east-1.amazonaws.com", Environment.PRODUCTION),
        ("mturk-requester.us-east-1.api.aws", Environment.PRODUCTION),
        ("mturk-requester.eu-west-1.amazonaws.com", Environment.PRODUCTION),
        ("vpce-0a-1b.mturk-requester.us-east-1.vpce.amazonaws.com", Environment.PRODUCTION),
        ("mechanicalturk.amazonaws.com", Environment.PRODUCTION),
        ("mturk-requester-sandbox.eu-west-1.amazonaws.com", Environment.PRODUCTION),
        (SANDBOX, Environment.SANDBOX),
        (SANDBOX.title(), Environment.SANDBOX),
        ("mturk.example.org", Environment.OTHER),
        ("127.0.0.1", Environment.OTHER),
        ("[::1]", Environment.OTHER),
        (f"{LIVE}.example.org", Environment.OTHER),
        (f"{LIVE}.127.0.0.1.nip.io", Environment.OTHER),
        ("mturk-requester-us-east-1-amazonaws.com", Environment.OTHER),
        ("notmturk-requester.us-east-1.amazonaws.com", Environment.OTHER),
        ("mturk.abc123.execute-api.us-east-1.amazonaws.com", Environment.OTHER),
    ],
    ids=str,
)
def test_the_host_says_which_mechanical_turk_it_is(around: str, host: str, environment: Environment) -> None:
    address = around.format(host)
    assert environment_at(address) is environment
    account = Account(name="a", environment=Environment.OTHER, source=KeySource.KEYRING, endpoint=address)
    assert account.environment is environment
    assert account.is_live == (environment is Environment.PRODUCTION)
    assert account.mturk_endpoint == address
    if environment is not Environment.OTHER:
        with pytest.raises(ProblemError) as caught:
            parse_endpoint(address.strip())
        assert caught.value.problem.code == "endpoint.amazon"
        assert {"production": "Live", "sandbox": "Sandbox"}[environment] in caught.value.problem.remedy


@pytest.mark.parametrize("address", ["", " ", LIVE, "https:", "https:/", "https:///x", "x" * 100_000, "." * 100_000])
def test_what_has_no_host_is_nobody_s(address: str) -> None:
    assert environment_at(address) is Environment.OTHER


@pytest.mark.parametrize(
    ("address", "environment"),
    [
        (f"https://{LIVE}\\@127.0.0.1:9", Environment.PRODUCTION),
        (f"https://127.0.0.1\\@{LIVE}", Environment.PRODUCTION),
        (f"https://{SANDBOX}\\@{LIVE}", Environment.PRODUCTION),
        (f"https://{SANDBOX}\\@127.0.0.1", Environment.PRODUCTION),  # not surely the sandbox
        ("https://127.0.0.1\\@mturk.example.org", Environment.OTHER),
    ],
)
def test_of_two_readings_live_counts(address: str, environment: Environment) -> None:
    assert environment_at(address) is environment
    assert not has_one_reading(address)


def shuffled(text: str) -> st.SearchStrategy[str]:
    """The same letters, each large or small."""
    return st.lists(st.booleans(), min_size=len(text), max_size=len(text)).map(
        lambda large: "".join(one.upper() if is_large else one for one, is_large in zip(text, large, strict=True))
    )


@given(
    host=st.one_of(shuffled(LIVE), shuffled(SANDBOX), st.text("abm.-k\u212a\u017f@:\\[]%/?#", max_size=20)),
    before=st.sampled_from(["https://", "http://", "HTTPS://", " https://", "//"]),
    user=st.sampled_from(["", "a@", "a:b@", "a\\@", "\\"]),
    after=st.sampled_from(["", ".", ":443", ".:443", "/", "/x", "?x", "#x", "\\", "\\@127.0.0.1", "@127.0.0.1"]),
)
def test_whatever_the_http_library_takes_for_live_is_live(host: str, before: str, user: str, after: str) -> None:
    """Held against the reading of urllib3, which makes the connections."""
    address = f"{before}{user}{host}{after}"
    try:
        called = (parse_url(address.strip()).host or "").rstrip(".")
    except LocationParseError:
        return
    if called == LIVE:
        assert environment_at(address) is Environment.PRODUCTION
    if environment_at(address) is Environment.SANDBOX:
        assert called == SANDBOX


@pytest.mark.parametrize(
    "address", [f"https://{LIVE}", "https://mturk.example.org/a", "http://[::1]:5000", "no address"]
)
def test_an_address_that_everybody_reads_alike(address: str) -> None:
    assert has_one_reading(address)
