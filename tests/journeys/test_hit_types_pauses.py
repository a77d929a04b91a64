# SPDX-License-Identifier: MIT
"""A hundred thousand HITs come in, and the window keeps nobody waiting and stays small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from journeys.hit_types_heartbeat import HIT_TYPES, HITS

TESTS = Path(__file__).parents[1]
LONGEST = 50.0  # milliseconds
MOST_MEMORY = 60.0  # megabytes
ATTEMPTS = 6


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_thousand_hits_come_in_without_a_pause() -> None:
    """Everything must hold in the best of a few runs: a busy machine can only make a run worse."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program finds its code compiled
    best: dict[str, float] = {}
    megabytes = 1e9
    for _ in range(ATTEMPTS):
        done = subprocess.run(
            [sys.executable, "-m", "journeys.hit_types_heartbeat"],
            cwd=TESTS,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert min(found["hit_types"]) >= HIT_TYPES
        assert found["is_finished"]
        assert found["hits"] >= HITS
        megabytes = min(megabytes, found["megabytes"])
        for what, longest in found["longest"].items():
            best[what] = min(longest, best.get(what, longest))
        if max(best.values()) <= LONGEST and megabytes < MOST_MEMORY:
            break
    assert len(best) == 5
    assert {what: round(longest) for what, longest in best.items() if longest > LONGEST} == {}
    assert megabytes < MOST_MEMORY
