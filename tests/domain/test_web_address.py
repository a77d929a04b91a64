# SPDX-License-Identifier: MIT
"""The address of a web receiver."""

from __future__ import annotations

import pytest

from notification_tester.domain.problem import ProblemError
from notification_tester.domain.web_address import parse_web_address

TAKEN = {
    "https": ("https://example.org/n", ("https://example.org/n", "https", "example.org", 443, False)),
    "no path": ("http://example.org", ("http://example.org/", "http", "example.org", 80, False)),
    "capitals": ("HTTPS://Example.ORG/N", ("https://example.org/N", "https", "example.org", 443, False)),
    "pasted": (' <"http://localhost:8080/a">\n', ("http://localhost:8080/a", "http", "localhost", 8080, True)),
    "its own port": ("https://example.org:443/", ("https://example.org/", "https", "example.org", 443, False)),
    "IPv4": ("http://127.1.2.3:1/", ("http://127.1.2.3:1/", "http", "127.1.2.3", 1, True)),
    "IPv6": ("http://[::1]:8080/x", ("http://[::1]:8080/x", "http", "::1", 8080, True)),
    "IPv6 elsewhere": ("https://[2001:DB8::1]/", ("https://[2001:db8::1]/", "https", "2001:db8::1", 443, False)),
    "query": ("https://a.example/n?k=s", ("https://a.example/n?k=s", "https", "a.example", 443, False)),
    "fragment": ("https://a.example/n#top", ("https://a.example/n", "https", "a.example", 443, False)),
    "other alphabet": (
        "https://bücher.example/",
        ("https://xn--bcher-kva.example/", "https", "xn--bcher-kva.example", 443, False),
    ),
    "looks like this computer": (
        "http://127.0.0.1.example.org/",
        ("http://127.0.0.1.example.org/", "http", "127.0.0.1.example.org", 80, False),
    ),
    "localhost of others": (
        "http://localhost.example.org/",
        ("http://localhost.example.org/", "http", "localhost.example.org", 80, False),
    ),
    "another computer": ("http://192.0.2.1:80/", ("http://192.0.2.1/", "http", "192.0.2.1", 80, False)),
    "full stop": ("http://localhost./", ("http://localhost./", "http", "localhost.", 80, True)),
}


@pytest.mark.parametrize(("text", "expected"), TAKEN.values(), ids=TAKEN)
def test_taken(text: str, expected: tuple[str, str, str, int, bool]) -> None:
    address = parse_web_address(text)
    assert (address.url, address.scheme, address.host, address.port, address.is_loopback) == expected
    assert parse_web_address(address.url) == address


REFUSED = {
    "empty": ("  ", "web-address.empty"),
    "no scheme": ("example.org/n", "web-address.scheme"),
    "no scheme, port": ("localhost:8080/n", "web-address.scheme"),
    "ftp": ("ftp://example.org/n", "web-address.scheme"),
    "script": ("javascript://alert(1)", "web-address.scheme"),
    "file": ("file:///etc/passwd", "web-address.scheme"),
    "no host": ("https:///n", "web-address.host"),
    "one slash": ("https:/example.org", "web-address.host"),
    "no address in brackets": ("http://[::1/", "web-address.host"),
    "no IPv6": ("http://[abc]/", "web-address.host"),
    "a name in brackets": ("http://[v1.example]/", "web-address.host"),
    "short IPv4": ("http://127.1/", "web-address.host"),
    "hexadecimal IPv4": ("http://127.0.0.0x1/", "web-address.host"),
    "number too large": ("http://300.0.0.1/", "web-address.host"),
    "label too long": (f"http://{'a' * 64}.example/", "web-address.host"),
    "no name at all": (f"http://xn--{chr(0xDFFF)}.example/", "web-address.character"),
    "no name of another alphabet": ("http://☃.example/", "web-address.host"),
    "two full stops": ("http://a..example/", "web-address.host"),
    "odd in host": ("http://a%41.example/", "web-address.host"),
    "blank": ("https://example.org/a b", "web-address.blank-inside"),
    "line break": ("https://example.org/a\n http://b.example", "web-address.blank-inside"),
    "control character": ("https://example.org/a\x07", "web-address.character"),
    "invisible": ("https://example.org/a\u200db", "web-address.character"),
    "backslash": ("https://example.org\\@evil.example/", "web-address.character"),
    "no port": ("http://example.org:/", "web-address.port"),
    "port zero": ("http://example.org:0/", "web-address.port"),
    "port too large": ("http://example.org:65536/", "web-address.port"),
    "port of letters": ("http://example.org:http/", "web-address.port"),
    "password": ("https://ada:pass123word@example.org/", "web-address.password"),
    "name": ("https://ada@example.org/", "web-address.password"),
}


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_web_address(text)
    problem = caught.value.problem
    assert problem.code == code
    assert problem.title
    assert problem.detail
    assert problem.remedy
    assert "pass123word" not in problem.as_text()


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    texts = {}
    for text in ("example.org", "ftp://example.org", "https:///n", "http://a b", "http://a:x/", "http://a:b@c/"):
        with pytest.raises(ProblemError) as caught:
            parse_web_address(text)
        texts[text] = caught.value.problem.title
    assert len(set(texts.values())) == len(texts)


def test_what_may_be_secret_in_an_address_is_not_shown() -> None:
    address = parse_web_address("https://example.org/n?key=hunter2")
    assert "hunter2" not in f"{address!r} {address} {address.shown} {address.name} {address.place}"
    assert (address.name, address.place) == ("example.org/n?…", "a web receiver at example.org")
    assert address.secrets == ("key=hunter2", "hunter2")
    short = parse_web_address("https://example.org/n?a=1&b=abcdef&c=abcde")
    assert short.secrets == ("a=1&b=abcdef&c=abcde", "abcdef"), "shorter ones stand in every text"
    assert address.with_query("") == address.url
    assert address.with_query("a=b") == "https://example.org/n?key=hunter2&a=b"
    assert parse_web_address("http://[::1]/").place == "a web receiver on this computer"
    assert parse_web_address("https://example.org/n").with_query("a=b") == "https://example.org/n?a=b"
