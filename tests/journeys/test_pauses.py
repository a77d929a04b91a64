# SPDX-License-Identifier: MIT
"""The window never keeps anybody waiting for longer than fifty milliseconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("heartbeat.py")
LONGEST = 50.0
ATTEMPTS = 4


@pytest.mark.alone
@pytest.mark.slow
def test_no_pause_above_fifty_milliseconds() -> None:
    """Each thing must stay below in the best of a few runs: a busy machine can only make a run worse."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # An installed program finds its code compiled; without this, each run would compile it again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    best: dict[str, float] = {}
    for _ in range(ATTEMPTS):
        done = subprocess.run(
            [sys.executable, str(CHILD)], env=environment, capture_output=True, text=True, check=False, timeout=100
        )
        assert done.returncode == 0, done.stderr
        for what, longest in json.loads(done.stdout)["longest"].items():
            best[what] = min(longest, best.get(what, longest))
        if max(best.values()) <= LONGEST:
            break
    assert len(best) == 14
    too_long = {what: round(longest) for what, longest in best.items() if longest > LONGEST}
    assert not too_long
