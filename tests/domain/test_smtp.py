# SPDX-License-Identifier: MIT
"""The mail server that a person names: how it is reached, and what of it will not do."""

from __future__ import annotations

from typing import Any

import pytest

from notification_tester.domain.problem import ProblemError
from notification_tester.domain.smtp import SMTP_SERVERS, SmtpSecurity, parse_smtp

TLS, STARTTLS, NONE = SmtpSecurity.TLS, SmtpSecurity.STARTTLS, SmtpSecurity.NONE
ADDRESS = "2001:db8::1"


@pytest.mark.parametrize(
    ("text", "security", "shown", "expected"),
    [
        pytest.param(" smtp.lab.org\n", None, "smtp.lab.org:587", STARTTLS, id="name alone"),
        pytest.param("smtp.lab.org:465", None, "smtp.lab.org:465", TLS, id="port of TLS"),
        pytest.param("smtp.lab.org:25", None, "smtp.lab.org:25", STARTTLS, id="another port"),
        pytest.param("smtp.lab.org:1", None, "smtp.lab.org:1", STARTTLS, id="first port"),
        pytest.param("smtp.lab.org:65535", None, "smtp.lab.org:65535", STARTTLS, id="last port"),
        pytest.param("smtp.lab.org", TLS, "smtp.lab.org:465", TLS, id="TLS alone"),
        pytest.param("smtp.lab.org:465", STARTTLS, "smtp.lab.org:465", STARTTLS, id="as it was chosen"),
        pytest.param("localhost", None, "localhost:25", NONE, id="this computer"),
        pytest.param("localhost:465", None, "localhost:465", TLS, id="this computer with TLS"),
        pytest.param("127.0.0.1:2525", NONE, "127.0.0.1:2525", NONE, id="this computer by address"),
        pytest.param("::1", None, "[::1]:25", NONE, id="this computer by IPv6"),
        pytest.param(ADDRESS, None, f"[{ADDRESS}]:587", STARTTLS, id="IPv6"),
        pytest.param(f"[{ADDRESS}]", None, f"[{ADDRESS}]:587", STARTTLS, id="IPv6 in brackets"),
        pytest.param(f"[{ADDRESS}]:465", None, f"[{ADDRESS}]:465", TLS, id="IPv6 with a port"),
    ],
)
def test_a_server_is_reached(text: str, security: SmtpSecurity | None, shown: str, expected: SmtpSecurity) -> None:
    settings = parse_smtp(text, security=security, user=" ada@lab.org ", sender=" bob@lab.org ")
    assert (settings.text, settings.security) == (shown, expected)
    assert (settings.user, settings.sender, settings.mailbox) == ("ada@lab.org", "bob@lab.org", "bob@lab.org")
    assert settings.is_loopback is (expected is NONE or "localhost" in text)


@pytest.mark.parametrize(
    ("text", "given", "code", "says"),
    [
        ("  ", {}, "none", "No mail server is given."),
        ("smtp.lab.org", {"security": NONE}, "not-private", "“smtp.lab.org” is not this computer"),
        ("smtp.lab.org", {"user": ""}, "no-sender", "“smtp.lab.org” hands on mail of its own users"),
        ("smtp.lab.org", {"password": "a\nb"}, "not-printable", "was not copied cleanly"),
        ("smtp.lab.org", {"user": "x" * 501}, "not-printable", "at most 500 characters"),
        ("smtp.lab.org", {"sender": "Ada Lovelace"}, "sender", "“Ada Lovelace” was given as the one"),
        ("smtp://smtp.lab.org", {}, "address", "A mail server has no web address."),
        ("smtp lab", {}, "host", "“smtp lab” has a character in it"),
        ("smtp.lab.org/x", {}, "host", "“smtp.lab.org/x” has a character in it"),
        ("a:b:c", {}, "host", "“a:b:c” has a character in it"),
        (":465", {}, "host", "or none at all"),
        (f"[{ADDRESS}]x465", {}, "host", "has a character in it"),
        ("[lab", {"security": NONE}, "not-private", "“lab” is not this computer"),
        ("a." * 250 + "b", {}, "host", "has a character in it"),
        ("smtp.lab.org:", {}, "port", "After the colon stands “”"),
        ("smtp.lab.org:0", {}, "port", "After the colon stands “0”"),
        ("smtp.lab.org:65536", {}, "port", "After the colon stands “65536”"),
        ("smtp.lab.org:smtp", {}, "port", "After the colon stands “smtp”"),
        ("smtp.lab.org:４６５", {}, "port", "After the colon stands"),
        (f"[{ADDRESS}]:", {}, "port", "After the colon stands “”"),
    ],
)
def test_what_will_not_do_is_said(text: str, given: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_smtp(text, **{"user": "ada@lab.org", **given})
    problem = caught.value.problem
    assert problem.code == f"smtp.{code}"
    assert says in f"{problem.title} {problem.detail}"


def test_names_and_passwords_as_long_as_may_be() -> None:
    settings = parse_smtp("smtp.lab.org", user="x" * 500, password="p" * 500)
    assert (settings.user, settings.password, settings.mailbox) == ("x" * 500, "p" * 500, "")
    assert "ppp" not in repr(settings)
    assert parse_smtp("smtp.lab.org", sender="ada@lab.org").mailbox == "ada@lab.org"
    assert parse_smtp("localhost").mailbox == ""


def test_each_server_on_offer_is_one() -> None:
    for server in SMTP_SERVERS:
        settings = parse_smtp(f"{server.host}:{server.port}", user="ada@lab.org")
        assert (settings.host, settings.security) == (server.host, server.security)
