# SPDX-License-Identifier: MIT
"""Takes keys and signatures out of an older request before anything of it is read, so that none can come through.

Unlike :func:`~notification_tester.domain.known_secrets.without_shapes`, which cleans errors for people, this leaves a
text that can still be read as what it is: quotation marks, brackets and tags stay where they were, and only what stands
in a value goes. A name counts as one of a key by what is in it (``AWSAccessKeyId``, ``x-amz-security-token``); the
shapes of keys count wherever they stand.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from notification_tester.domain.known_secrets import REMOVED

AN_ACCESS_KEY = "an access key"
A_SIGNATURE = "what looks like a signature"
A_LONG_KEY = "what looks like a secret key"
SIGN_IN = "name and password in an address"

_WORDS = (
    "secret", "passw", "accesskey", "signature", "credential", "securitytoken", "sessiontoken", "authtoken",
    "accesstoken", "authorization", "apikey", "privatekey", "cookie",
)  # fmt: skip
_NAME = re.compile(
    r"""(?<![\w.\-/@])(?P<name>[A-Za-z][\w.-]{2,60}+)(?P<sign>\\?["'\]]{0,2}[ \t]{0,9}(?:=>|[=:]|>)\s{0,40})"""
)
_VALUE = re.compile(
    r"""b?(?P<open>\\?(?:"|'))(?P<quoted>(?<=")(?:[^"\\\r\n]|\\[^"])*+|(?<=')(?:[^'\\\r\n]|\\[^'])*+)"""
    r"""|\{\{[^}\r\n]{0,200}\}\}|\[[^\]\r\n]{0,200}\]|<!\[CDATA\[[^\]]*+\]\]>"""
    r"""|(?P<plain>[^\s"'&<>,;)}\]\\]++(?:\r?\n[ \t]*+(?![\w.%-]{1,60}[=:][^\s&=])[^\s"'&<>,;)}\]\\]++)*+)"""
)
_TO_THE_END = re.compile(
    r"""((?<![\w-])(?:Proxy-)?(?:Authorization|Cookie)["']?[ \t]{0,3}[:=][ \t]{0,3}["']?)[^"'\r\n]+""", re.IGNORECASE
)
_SIGN_IN = re.compile(
    r"""(://|%3A%2F%2F)[^\s/@"'<>:%&]{1,200}(?::|%3A)(?:[^\s/@"'<>%&]|%(?!40)[0-9A-F]{2}){0,200}(?:@|%40)""",
    re.IGNORECASE,
)
_ACCESS_KEY = re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,}|(?:AKIA|ASIA)[A-Z0-9]{16}")
_SIGNATURE = re.compile(  # HMAC-SHA1, as the older API signed: 20 bytes in base64
    r"(?<![A-Za-z0-9+/%])(?=[A-Za-z+/%]{0,80}[0-9])(?=[^A-Z]{0,27}[A-Z])(?=[^a-z]{0,27}[a-z])"
    r"(?:[A-Za-z0-9+/]|%2[BbFf]){27}(?:=|%3[Dd])(?![A-Za-z0-9=])"
)
_SECRET_KEY = re.compile(
    r"(?<![\w/+.:=@-])(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])(?=[A-Za-z/+]{0,39}[0-9/+])[A-Za-z0-9/+]{40}(?![\w/+=@.-])"
)


class Cleaned(NamedTuple):
    """A text without keys, and the names of what was taken out of it, each once."""

    text: str
    removed: tuple[str, ...]


def is_key_name(name: str) -> bool:
    """Whether a field of this name holds a key, a signature, a token or a password."""
    plain = re.sub(r"[\W_]", "", name).casefold()
    return plain == "token" or any(word in plain for word in _WORDS)


def without_keys(text: str) -> Cleaned:
    """The text without keys and signatures. Takes time in proportion to its length."""
    removed: dict[str, None] = {}

    def taken(name: str, instead: str = REMOVED) -> str:
        removed[name] = None
        return instead

    text = _TO_THE_END.sub(lambda found: taken(re.split(r"\W", found[1], maxsplit=1)[0], found[1] + REMOVED), text)
    text = _SIGN_IN.sub(lambda found: taken(SIGN_IN, found[1]), text)
    pieces: list[str] = []
    done = 0
    for found in _NAME.finditer(text):
        if found.start() < done or not is_key_name(found["name"]):
            continue
        if text[found.start() - 1 : found.start()] == ":" and not found["sign"].startswith(">"):
            continue  # a part of an ARN
        value = _VALUE.match(text, found.end())
        if value is None or _is_address(value["quoted"] or value["plain"] or "", found["name"]):
            continue
        taken(_ACCESS_KEY.sub(REMOVED, found["name"]))
        pieces += [text[done : found.end()], value["open"] or "", REMOVED]
        done = value.end()
    text = "".join([*pieces, text[done:]])
    text = _ACCESS_KEY.sub(lambda _: taken(AN_ACCESS_KEY), text)
    text = _SIGNATURE.sub(lambda _: taken(A_SIGNATURE), text)
    text = _SECRET_KEY.sub(lambda _: taken(A_LONG_KEY), text)
    return Cleaned(text, tuple(removed))


def _is_address(value: str, name: str) -> bool:
    """An e-mail address may begin like a field of a key; no key has its sign in it, though a password may."""
    return "@" in value and "passw" not in name.casefold()
