# SPDX-License-Identifier: MIT
"""Names and version of the packaged program, taken from where they are declared."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

NAME: str = _PROJECT["name"]
VERSION: str = _PROJECT["version"]
SUMMARY: str = _PROJECT["description"]
TITLE = "MTurk Notification Tester"
PUBLISHER = f"The {NAME} maintainers"
BUNDLE_ID = "io.github.mturk_notification_tester"

RELEASE_PAGE = os.environ.get("RELEASE_PAGE", "")
"""Where this build will be published, if anywhere; only what publishes knows it. The program opens it on request."""

if RELEASE_PAGE and not RELEASE_PAGE.startswith("https://"):
    raise ValueError(f"RELEASE_PAGE is no https:// address: {RELEASE_PAGE}")


def source_time() -> int:
    """Seconds since 1970 of the last commit, or what ``SOURCE_DATE_EPOCH`` says (reproducible-builds.org).

    Without git, or in a source archive, it is what the archive says of the file that changes with every release.
    """
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    if shutil.which("git"):
        command = ["git", "log", "-1", "--format=%ct"]
        asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if asked.returncode == 0 and asked.stdout.strip():
            return int(asked.stdout)
    return int((ROOT / "CHANGELOG.md").stat().st_mtime)


BUILD = ROOT / "build"
"""Everything that packaging makes is below it, and git looks past it."""

DIST = BUILD / "dist" / NAME
"""The folder with the program: an executable, and ``_internal`` with all that it needs."""

BILL = BUILD / f"{NAME}.cdx.json"
"""The bill of materials of that program, by the name that CycloneDX knows such files by."""

ARCHIVES = BUILD / "archives"
"""What is handed out, with checksums."""
