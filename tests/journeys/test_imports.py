# SPDX-License-Identifier: MIT
"""The slow libraries come after the window, and never on the main thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("watched_start.py")


def ask(word: str) -> Any:
    done = subprocess.run(
        [sys.executable, str(CHILD), word],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_slow_is_imported_before_the_window_is_painted() -> None:
    assert ask("painted") == []


def test_nothing_slow_is_ever_imported_on_the_main_thread() -> None:
    answer = ask("journey")
    assert {"boto3", "botocore", "sqlite3", "email_validator"} <= set(answer["loaded"]), "the journey saw them all"
    assert answer["on_main_thread"] == {}
