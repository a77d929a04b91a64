# SPDX-License-Identifier: MIT
"""Small files of JSON, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from notification_tester.storage.disk import disk_error, private_folder


class DamagedFileError(ValueError):
    """The file is there and is not an object of JSON."""


def read_json_object(path: Path, *, what: str) -> dict[str, Any] | None:
    """The object in the file, or None where there is no file.

    Raises ProblemError where it cannot be read, DamagedFileError where it can and is no object of JSON.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise DamagedFileError(f"not UTF-8 text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise disk_error(error, what=what, path=path) from error
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedFileError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DamagedFileError("JSON, but not an object")
    return value


def write_json_object(path: Path, value: dict[str, Any], *, what: str) -> None:
    """Put ``value`` in the file's place, readable by this user alone. Raises ProblemError.

    A new file is written beside it, brought to the disk and then given the name, so that neither a crash nor a full
    disk leaves half a file: the old one stays until the new one is whole.
    """
    private_folder(path.parent)
    text = json.dumps(value, indent=2, sort_keys=True) + "\n"
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=path.name, suffix=".new", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise disk_error(error, what=what, path=path) from error
