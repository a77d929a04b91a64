# SPDX-License-Identifier: MIT
"""Where the files of ``resources/`` are: beside the package (wheel, bundle) or in a checkout."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Find the folder. Raises FileNotFoundError, which means a broken installation."""
    package = Path(__file__).resolve().parent
    # In an editable install the copy that a wheel carries beside the package may be stale: the checkout comes first.
    for place in (package.parent.parent / "resources", package / "resources"):
        if (place / "icons").is_dir():
            return place
    message = f"The program's own files are missing beside {package}; please install it again."
    raise FileNotFoundError(message)
