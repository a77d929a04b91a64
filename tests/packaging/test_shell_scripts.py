# SPDX-License-Identifier: MIT
"""What is given to a shell, looked at by shellcheck: the steps of the workflows, the gate, and what packaging runs."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

import debian_root
import wine
from product import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


def scripts() -> Iterator[tuple[str, str, str]]:
    """Name, shell and text of each."""
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        jobs = importlib.import_module("yaml").safe_load(path.read_text(encoding="utf-8"))["jobs"]
        for job, content in jobs.items():
            for number, step in enumerate(content["steps"]):
                if "run" in step:
                    # GitHub has bash end with the first command that fails.
                    yield f"{path.stem}, {job}, {step.get('name', number)}", "bash", f"set -e\n{step['run']}"
    for shell, name in (("bash", ".ci/run"), ("sh", "packaging/system-packages.sh")):
        yield name, shell, (ROOT / name).read_text(encoding="utf-8")
    yield "what enters a Debian", "dash", debian_root._INSIDE
    yield "what runs a program of Windows", "dash", wine.AROUND


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize(("shell", "text"), [pytest.param(*rest, id=name) for name, *rest in scripts()])
def test_nothing_is_found_in_it(shell: str, text: str) -> None:
    command = ["shellcheck", "--shell", shell, "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
