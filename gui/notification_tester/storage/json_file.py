# SPDX-License-Identifier: MIT
"""Small files of JSON, written whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notification_tester.storage.disk import disk_error, private_folder, read_ordinary
from notification_tester.storage.whole_file import replacing, write_all

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 16 * 1024 * 1024
"""Bytes that are read: some hundred times what fifty accounts and every form come to."""


class DamagedFileError(ValueError):
    """The file is there and is not an object of JSON."""


def is_text(value: str) -> bool:
    """Whether UTF-8 can hold it: JSON can write half of a surrogate pair, which Qt, keyrings and files refuse."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_json_object(path: Path, *, what: str) -> dict[str, Any] | None:
    """The object in the file, or None where there is no file. A byte order mark before it is passed over.

    Raises ProblemError where it cannot be read, DamagedFileError where it can and is no object of JSON.
    """
    try:
        data = read_ordinary(path, LONGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise disk_error(error, what=what, path=path) from error
    if len(data) > LONGEST:
        raise DamagedFileError(f"longer than {LONGEST:,} bytes")
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DamagedFileError(f"not UTF-8 text: {error.reason} at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise DamagedFileError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DamagedFileError("JSON, but not an object")
    return value


def write_json_object(path: Path, value: dict[str, Any], *, what: str) -> None:
    """Put ``value`` in the file's place; a new file is readable by this user alone. Raises ProblemError."""
    private_folder(path.parent)
    text = json.dumps(value, indent=2, sort_keys=True) + "\n"
    try:
        with replacing(path, is_private=True) as descriptor:
            write_all(descriptor, text.encode())
    except OSError as error:
        raise disk_error(error, what=what, path=path) from error
