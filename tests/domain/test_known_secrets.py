# SPDX-License-Identifier: MIT
"""A secret leaves no trace in a text of somebody else, however it was written down there."""

from __future__ import annotations

import base64
import html
import json
import pprint
import quopri
import re
import string
import textwrap
import threading
import time
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notification_tester.domain.known_secrets import PIECE, REMOVED, KnownSecrets, without_shapes

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD+Zz=" * 8

ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "repr": repr,
    "ascii": ascii,
    "bytes": lambda secret: repr(secret.encode()),
    "repr of a repr": lambda secret: repr(repr(secret)),
    "json": json.dumps,
    "json in unicode": lambda secret: json.dumps(secret, ensure_ascii=False),
    "json in json": lambda secret: json.dumps(json.dumps({"token": secret})),
    "json with slashes escaped": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "percent": quote,
    "every sign": lambda secret: quote(secret, safe=""),
    "lower case percent": lambda secret: "".join(
        one if one.isascii() and one.isalnum() else "".join(f"%{byte:02x}" for byte in one.encode()) for one in secret
    ),
    "all of it percent": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "form": quote_plus,
    "html": html.escape,
    "html numbers": lambda secret: "".join(
        one if one.isascii() and one.isalnum() else f"&#{ord(one)};" for one in secret
    ),
    "html hexadecimal": lambda secret: "".join(
        one if one.isascii() and one.isalnum() else f"&#x{ord(one):x};" for one in secret
    ),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 with a name": lambda secret: base64.b64encode(f"user:{secret}".encode()).decode(),
    "base64 within": lambda secret: base64.b64encode(f"ab{secret}cd".encode()).decode(),
    "base64 for addresses": lambda secret: base64.urlsafe_b64encode(f"x{secret}".encode()).decode(),
    "base64 in lines": lambda secret: base64.encodebytes(secret.encode() * 3).decode(),
    "base64 percent": lambda secret: quote(base64.b64encode(secret.encode()).decode(), safe=""),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "hexadecimal with blanks": lambda secret: secret.encode().hex(" ").upper(),
    "quoted-printable": lambda secret: quopri.encodestring(secret.encode()).decode("latin-1"),
    "in the way of old browsers": lambda secret: "".join(f"%u{ord(one):04x}" for one in secret),
    "numbers in braces": lambda secret: "".join(f"\\u{{{ord(one):x}}}" for one in secret),
    "base64 of two bytes each": lambda secret: base64.b64encode(f"-p {secret} -q".encode("utf-16-le")).decode(),
    "soft hyphens": "\u00ad".join,
    "direction marks": "\u202e".join,
    "lines": lambda secret: "\n".join(textwrap.wrap(secret, 10, drop_whitespace=False)),
    "lines with a margin": lambda secret: textwrap.indent("\n".join(textwrap.wrap(secret, 20)), "    > "),
    "lines in a repr": lambda secret: repr("\r\n\t".join(textwrap.wrap(secret, 16, drop_whitespace=False))),
    "pretty": lambda secret: pprint.pformat({"token": f"{secret} {secret}"}, width=30),
    "header": lambda secret: f"X-Amz-Security-Token: {secret}\r\nHost: x",
    "headers": lambda secret: str({"X-Amz-Security-Token": secret.encode(), "Host": "x"}),
    "address": lambda secret: f"https://me:{quote(secret, safe='')}@proxy.example:3128/",
}
"""How a secret is found in texts of libraries, services and programs."""


def leaves_nothing(text: str, secret: str) -> None:
    """Fail where the secret, or half of it, can be read in the text."""
    wanted = squeezed(secret)
    half = max(16, len(wanted) // 2)
    halves = {wanted[place : place + half] for place in range(max(1, len(wanted) - half + 1))}
    for _ in range(3):
        readable = squeezed(text)
        assert not [half for half in halves if half in readable]
        text = html.unescape(unquote(text))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\\\"'>]", "", text)


@pytest.mark.parametrize("secret", [SECRET, TOKEN, "pa/ss wörd+%41&<é>", "hunter2 is it"], ids=lambda one: one[:9])
@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
def test_a_known_secret_goes_in_every_form(encoding: Callable[[str], str], secret: str) -> None:
    written = encoding(secret)
    cleaned = KnownSecrets([secret]).without_known(f"could not send «{written}» to the service")
    assert REMOVED in cleaned
    assert cleaned.startswith("could not send «")
    assert cleaned.endswith("» to the service")
    leaves_nothing(cleaned, secret)


SECRETS = st.one_of(
    st.text(string.ascii_letters + string.digits + "/+=", min_size=20, max_size=60),
    st.text(string.ascii_letters + string.digits + "/+=_-.~", min_size=100, max_size=900),
    st.text(string.printable, min_size=8, max_size=40).filter(lambda text: len(re.sub(r"[\W_]", "", text)) >= 8),
    st.text(min_size=8, max_size=30).filter(lambda text: text.isprintable() and len(re.sub(r"\W", "", text)) >= 8),
)


class BrokenServiceError(Exception):
    """An error of a library, with the arguments that libraries give."""

    def __init__(self, **told: object) -> None:
        super().__init__(f"An error occurred: {told}")
        self.kwargs = told


EXCEPTIONS: tuple[Callable[[str], Exception], ...] = (
    ValueError,
    KeyError,
    lambda text: OSError(2, "No such file", text),
    lambda text: ValueError(text.encode("utf-8", "replace")),
    lambda text: BrokenServiceError(header=text, request={"headers": [("X-Amz-Security-Token", text)]}),
    lambda text: RuntimeError(KeyError(text), (text,)),
)


@given(SECRETS, st.sampled_from(sorted(ENCODINGS)), st.sampled_from(EXCEPTIONS))
def test_no_exception_carries_a_known_secret_out(
    secret: str, encoding: str, exception: Callable[[str], Exception]
) -> None:
    assume(not REMOVED.count(secret.strip()))
    written = ENCODINGS[encoding](secret)
    error = exception(f"before {written} behind")
    secrets = KnownSecrets([secret])
    for text in (str(error), repr(error), "".join(traceback.format_exception(error))):
        cleaned = secrets.clean(text)
        assert written not in cleaned
        assert secret.strip() not in cleaned.replace(REMOVED, "\0")


@given(st.text(string.ascii_letters + string.digits + "/+=", min_size=40, max_size=400), st.data())
def test_a_secret_that_was_cut_off_goes_as_well(secret: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(secret) - 16))
    end = data.draw(st.integers(begin + 16, len(secret)))
    cleaned = KnownSecrets([secret]).without_known(f"token «{secret[begin:end]}» …")
    assert cleaned == f"token «{REMOVED}» …"


@given(st.text(max_size=200), st.lists(SECRETS, max_size=3))
def test_cleaning_twice_is_cleaning_once(text: str, secrets: list[str]) -> None:
    known = KnownSecrets(secrets)
    once = known.without_known(text)
    assert known.without_known(once) == once or REMOVED in once


@given(st.text(max_size=300))
def test_a_text_without_a_secret_is_left_alone(text: str) -> None:
    assert KnownSecrets([SECRET, TOKEN, "correct horse battery"]).without_known(text) == text


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
def test_a_secret_goes_wherever_a_long_text_is_taken_into_pieces(encoding: Callable[[str], str]) -> None:
    secret = "pa/ss wörd+%41&<é>"
    written, known = f"«{encoding(secret)}»", KnownSecrets([secret])
    alone = known.without_known(written)
    assert REMOVED in alone
    for inside in range(len(written) + 1):
        before = "-" * (PIECE - inside)
        assert known.without_known(f"{before}{written}---") == f"{before}{alone}---"


WRITTEN = st.one_of(
    st.sampled_from(
        [SECRET, SECRET[3:30], "abc", "abc def", "%", "%25", "&amp;", "&#x41", "\\u0041", "\\", "=\n", "=C3"]
    ),
    st.sampled_from([encoding(secret) for encoding in ENCODINGS.values() for secret in (SECRET, "correct horse é")]),
    st.text(string.printable, max_size=12),
)


@given(st.lists(WRITTEN, max_size=8).map("".join), st.data())
def test_what_is_taken_out_is_the_same_in_pieces_as_at_once(text: str, data: st.DataObject) -> None:
    known = KnownSecrets([SECRET, "correct horse é", "abc", "A"])
    before = "-" * (PIECE - data.draw(st.integers(0, len(text))))
    assert known.without_known(f"{before}«{text}»") == f"{before}{known.without_known(f'«{text}»')}"


@pytest.mark.alone
@pytest.mark.parametrize(
    "text",
    [base64.b64encode(bytes(range(256)) * 3000).decode(), "some words, and more; " * 50_000, "&lt;a&gt; é " * 15_000],
    ids=["code", "prose", "markup"],
)
def test_a_long_text_is_cleaned_without_holding_up_other_threads(text: str) -> None:
    known = KnownSecrets([SECRET])

    def longest_pause() -> float:
        """What another thread is held up at most, as a part of the whole."""
        thread = threading.Thread(target=known.without_known, args=(text,))
        began = last = time.perf_counter()
        longest = 0.0
        thread.start()
        while thread.is_alive():
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
        return longest / (last - began)

    assert any(longest_pause() < 0.15 for _ in range(10))  # once undisturbed by other programs


def test_a_line_break_in_the_secret_itself() -> None:
    secrets = KnownSecrets(["MADEUPTOKEN\r"])
    for written in ("MADEUPTOKEN\r", "MADEUPTOKEN", repr(b"MADEUPTOKEN\r"), "MADEUPTOKEN\\\\r", "MADEUP\n TOKEN"):
        assert "MADEUP" not in secrets.clean(f"Invalid header value {written}")
    two = KnownSecrets(["AKIAEXAMPLEEXAMPLE00\nsecond-part-of-it"])
    assert "second-part" not in two.clean("Invalid header value: second-part-of-it")


def test_short_secrets_go_as_whole_words_only() -> None:
    secrets = KnownSecrets(["test"])
    assert secrets.clean("user test, a tested contest") == f"user {REMOVED}, a tested contest"
    assert secrets.clean("http://me:test@proxy") == f"http://{REMOVED}@proxy"


def test_of_two_secrets_that_begin_alike_nothing_is_left() -> None:
    assert KnownSecrets(["abc", "abcdef"]).clean("<abcdef> <abc>") == f"<{REMOVED}> <{REMOVED}>"


def test_what_is_forgotten_is_known_no_more() -> None:
    secrets = KnownSecrets(["first one", "second one", "third one"])
    secrets.forget("first one", "never known", "third one")
    assert secrets.all() == ("second one",)
    assert secrets.without_known("first one, second one, third one") == f"first one, {REMOVED}, third one"


def test_what_is_no_secret_is_not_known() -> None:
    secrets = KnownSecrets(["", "  \n"])
    secrets.add(None, "", "known")
    assert secrets.all() == ("known",)
    assert "known" not in repr(secrets).replace("KnownSecrets", "")
    assert KnownSecrets().without_known("anything") == "anything"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        pytest.param("key AKIAIOSFODNN7EXAMPLE refused", "AKIAIOSFODNN7EXAMPLE", id="access-key"),
        pytest.param(f"{{'SecretAccessKey': '{'s' * 40}'}}", "s" * 40, id="dictionary"),
        pytest.param('{"SessionToken": "short one"}', "short one", id="json"),
        pytest.param("x-amz-sso_bearer_token: abc9", "abc9", id="bearer-token"),
        pytest.param("password=abc", "abc", id="assignment"),
        pytest.param("https://me:pa55@host/x", "pa55", id="user-info"),
        pytest.param("Proxy-Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz", id="basic"),
    ],
)
def test_what_only_looks_secret_goes_too(text: str, gone: str) -> None:
    assert gone not in without_shapes(text)


def test_names_of_queues_and_roles_are_no_secrets() -> None:
    said = "Error loading SSO Token: Token for https://x.awsapps.com/start does not exist"
    assert without_shapes(said) == said
    text = f"not allowed: arn:aws:sqs:us-east-1:123456789012:{'lab-results-of-experiment-2-' * 3}"
    assert without_shapes(text) == text


def test_ten_thousand_refusals_are_cleaned_in_no_time() -> None:
    secrets = KnownSecrets([SECRET, TOKEN, "AKIAIOSFODNN7EXAMPLE"])
    began = time.process_time()
    for number in range(1000):
        secrets.clean(f"HITTypeId 3{number:029} does not exist. (1769903999000 s) Request 0f0f0f0f-1111-2222-3333")
    assert time.process_time() - began < 2.0
