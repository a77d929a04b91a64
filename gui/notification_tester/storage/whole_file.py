# SPDX-License-Identifier: MIT
"""A file that a person chose for an export: written whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def whole_file(path: Path, *, what: str, encoding: str = "utf-8", errors: str = "strict") -> Iterator[TextIO]:
    """Write beside the target first, so that a full disk leaves no half of a file under the chosen name.

    ``what`` is named in the sentence: "the history". Raises ProblemError (cause STORAGE).
    """
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        beside = Path(name)
        with os.fdopen(handle, "w", encoding=encoding, errors=errors, newline="") as file:
            yield file
        beside.replace(path)
    except OSError as error:
        raise ProblemError(
            Problem(
                title=f"{what[0].upper()}{what[1:]} could not be exported.",
                detail=f"The file “{path.name}” could not be written: {error.strerror or 'the disk refused'}.",
                remedy="Choose another folder, or make room on the disk, and export again.",
                code="export.not-written",
                cause=Cause.STORAGE,
                answer=ServiceAnswer(message=str(error)),
            )
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
