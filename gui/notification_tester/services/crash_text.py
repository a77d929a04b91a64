# SPDX-License-Identifier: MIT
"""What a crash report says, with nothing in it that must not be sent to a stranger: no variables, no secrets, no name.

What is secret is taken out by :mod:`notification_tester.domain.known_secrets`; what may be a token of any kind goes,
too, except in the lines that name a file.
"""

from __future__ import annotations

import platform
import re
import sys
import traceback
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.domain.counts import counted
from notification_tester.domain.known_secrets import KnownSecrets, without_shapes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

LONGEST = 60_000
"""Characters of a report; the middle of a longer one is left out, so that it can be pasted into a message."""

_LIBRARIES = ("PySide6-Essentials", "boto3", "botocore", "keyring", "moto")

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
    text = KnownSecrets(secrets).without_known(text)
    text = "\n".join(line if _FRAME.match(line) else without_shapes(line, long_words=True) for line in text.split("\n"))
    return _shortened(_without_home(text, home))


def system_name() -> str:
    """The system and its version. On Windows not by ``platform``, which asks a service that may be slow or hang."""
    if sys.platform != "win32":
        return platform.platform()
    else:  # noqa: RET505 - for mypy, which looks at one system at a time
        major, minor, build = sys.getwindowsversion().platform_version
        return f"Windows-{major}.{minor}.{build}"


def _about(version: str) -> Iterator[str]:
    yield f"MTurk Notification Tester {version}"
    yield f"Python {platform.python_version()} on {system_name()}"
    for library in _LIBRARIES:
        try:
            yield f"{library} {metadata.version(library)}"
        except metadata.PackageNotFoundError:  # a packaged program need not carry this
            yield f"{library}: version not known"


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
    return f"{text[:half]}\n… {counted(len(text) - 2 * half, 'character')} left out …\n{text[-half:]}"
