# SPDX-License-Identifier: MIT
"""What a crash report says, with nothing in it that must not be sent to a stranger.

Two nets, one behind the other. The secrets that the program knows are taken out wherever they stand, also as they look
inside an address or a quoted string. What only looks like a secret goes too: it is better to lose a harmless word of
a message than to publish a key that an error of some library happened to quote.

Shapes: access keys begin with ``AKIA`` or ``ASIA`` (IAM User Guide, "Unique identifiers"; ``ABIA`` and ``ACCA`` are
bearer and context-specific credentials of the same table), secrets have 40 characters of base64, tokens are longer;
the names of headers and query parameters are those of Signature Version 4.
"""

from __future__ import annotations

import json
import platform
import re
import traceback
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

REMOVED = "[removed]"
LONGEST = 60_000
"""Characters of a report; the middle of a longer one is left out, so that it can be pasted into a message."""

_LIBRARIES = ("PySide6-Essentials", "boto3", "botocore", "keyring", "moto")

_SENSITIVE = (
    r"(?:secret|passw|passphrase|access[_-]?key|signature|credential"
    r"|(?:session|security|auth|access|id|refresh)[_-]?token|(?<![\w-])token(?![\w-]))"
)
_SENSITIVE_NAME = rf"(?<![\w-])(?=[\w-]{{0,60}}{_SENSITIVE})[\w-]{{1,90}}"
_QUOTED_OR_WORD = r"""(?:"(?:[^"\\\r\n]|\\.)+"|'(?:[^'\\\r\n]|\\.)+'|[^\s"'&,;)\]}<>\[]+)"""
_PATTERNS = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        # a header with everything behind it: its value has blanks, commas and equal signs
        (r"""(authorization["']?[ \t]{0,3}[:=,][ \t]{0,3}b?["']?)[^"'\r\n]+""", re.IGNORECASE),
        (r"(\b(?:AWS4-HMAC-SHA256|Bearer|Basic)[ \t]{1,3})[^\"'\r\n]{8,}", re.IGNORECASE),
        # a name and its value: in a dictionary, a call, a header or the query of an address
        (rf"({_SENSITIVE_NAME}[\"']?[ \t]{{0,3}}[=:][ \t]{{0,3}}b?){_QUOTED_OR_WORD}", re.IGNORECASE),
        # name and password in an address
        (r"(://)[^\s/@\"':]{0,200}:[^\s/@\"']{1,200}(?=@)", 0),
        # shapes
        (r"()\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,}", 0),
        (r"()\beyJ[\w-]{8,}(?:\.[\w-]*)*", 0),
        (r"()(?<![A-Za-z0-9/+])(?=[0-9/+]*[A-Za-z])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])", 0),
        (r"()(?<![A-Za-z0-9/+_=-])(?=[A-Za-z/+_=-]*[0-9])(?=[0-9/+_=-]*[A-Za-z])[A-Za-z0-9/+_=-]{60,}", 0),
    )
)
_HOMES = re.compile(
    r"(?:[A-Za-z]:)?[\\/]{1,4}(?:home|Users|Documents and Settings)[\\/]{1,4}[^\\/\s\"':,;]+", re.IGNORECASE
)
_FRAME = re.compile(r'^[\s|+-]*File "')


def crash_text(error: BaseException, *, version: str, secrets: Collection[str], home: Path | None = None) -> str:
    """Describe a bug so that it can be found: versions, system, and where it happened; no variables, no secrets.

    ``secrets`` are those that the program holds at this moment. ``home`` is the person's own folder, found when it is
    not given; its name is often the person's. The order matters: known secrets first, as a cut or a pattern could
    leave half of one.
    """
    lines = "".join(traceback.TracebackException.from_exception(error, capture_locals=False, limit=80).format())
    text = "\n".join((*_about(version), "", lines))
    text = _without_known(text, secrets)
    text = "\n".join(line if _FRAME.match(line) else _without_shapes(line) for line in text.split("\n"))
    return _shortened(_without_home(text, home))


def _about(version: str) -> Iterator[str]:
    yield f"MTurk Notification Tester {version}"
    yield f"Python {platform.python_version()} on {platform.platform()}"
    for library in _LIBRARIES:
        try:
            yield f"{library} {metadata.version(library)}"
        except metadata.PackageNotFoundError:  # a packaged program need not carry this
            yield f"{library}: version not known"


def _without_known(text: str, secrets: Collection[str]) -> str:
    spellings: set[str] = set()
    forms: tuple[Callable[[str], str], ...] = (
        str,
        quote,
        quote_plus,
        partial(quote, safe=""),
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: repr(secret)[1:-1],
    )
    for secret in secrets:
        if secret.strip():
            spellings.update(form(secret) for form in forms)
    if not spellings:
        return text
    # longest first: of two secrets that begin alike the longer must not leave its tail behind
    alternatives = "|".join(re.escape(spelling) for spelling in sorted(spellings, key=len, reverse=True))
    return re.sub(alternatives, REMOVED, text)


def _without_shapes(line: str) -> str:
    for pattern in _PATTERNS:
        line = pattern.sub(rf"\g<1>{REMOVED}", line)
    return line


def _without_home(text: str, home: Path | None) -> str:
    try:
        home = home or Path.home()
    except RuntimeError:  # a process without a home has no name to hide
        return _HOMES.sub("~", text)
    spellings = sorted({str(home), home.as_posix(), str(home).replace("\\", "\\\\")}, key=len, reverse=True)
    for spelling in spellings:
        if len(spelling.strip("/\\:")) > 1:  # "/" as a home would turn every path into nonsense
            text = re.sub(re.escape(spelling) + r"(?![\w-])", "~", text)
    text = _HOMES.sub("~", text)
    if len(home.name) > 2 and home.name != "root":
        text = re.sub(rf"(?<![\w.-]){re.escape(home.name)}(?![\w-])", "[user]", text)
    return text


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"
