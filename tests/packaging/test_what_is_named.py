# SPDX-License-Identifier: MIT
"""Whatever a workflow, the gate, the Makefile or a description names is there."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import build
import debian_13
import signing
import windows
from notification_tester.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DESCRIPTIONS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "packaging" / "README.md"]
WRITTEN = [*WORKFLOWS, ROOT / "Makefile", ROOT / ".ci" / "run", *DESCRIPTIONS]
_PATH = re.compile(r"\b(?:packaging|resources|tests|gui)/[\w./-]*\w")
_TARGET = re.compile(r"^([a-z][a-z0-9-]*):(?!=)", re.MULTILINE)


def _read(path: Path) -> Any:
    # moto needs PyYAML, and it comes without types.
    return importlib.import_module("yaml").safe_load(path.read_text(encoding="utf-8"))


def _commands(path: Path) -> list[list[str]]:
    """Every line of a script or of a workflow's steps, and what a description sets apart as code, as words."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        jobs = _read(path)["jobs"].values()
        text = "\n".join(step.get("run", "") for job in jobs for step in job["steps"])
    if path.suffix == ".md":
        text = "\n".join(re.findall(r"^ {4}\S.*|`[^`]+`", text, re.MULTILINE))
    return [line.strip().lstrip("@-").strip("`").partition("#")[0].split() for line in text.splitlines()]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_is_there(path: Path) -> None:
    named = set(_PATH.findall(path.read_text(encoding="utf-8")))
    assert not {name for name in named if not (ROOT / name).exists()}


def test_every_module_that_is_named_is_there() -> None:
    """What CONTRIBUTING.md names below the package is a file of it, or a room."""
    package = ROOT / "gui" / "notification_tester"
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:qt|cli|services|aws|practice|storage|domain)/[\w./-]*)`", text))
    assert named
    assert not {name for name in named if not ((package / name).exists() or (package / f"{name}.py").exists())}


def test_no_way_through_the_house_passes_more_than_ten_files() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    ways = [part for part in text.split("\n\n") if "→" in part]
    assert len(ways) == 5
    for way in ways:
        passed = way[: way.rindex("→")] + way[way.rindex("→") :].partition(". ")[0]
        files = re.findall(r"`(?:[\w]+/)+\w+(?:\.py)?`", passed)
        assert 5 < len(files) <= 10, files


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_target_and_step_that_is_called_is_there(path: Path) -> None:
    targets = set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    for words in _commands(path):
        if words[:1] == ["make"]:
            called = [word for word in words[1:2] if "=" not in word] or words[2:3]
            assert set(called) <= targets, words
        for index, word in enumerate(words):
            if word.endswith("packaging/build.py"):
                assert set(words[index + 1 :]) <= build.STEPS.keys(), words
            if word.startswith("STEPS="):
                steps = {*windows.STEPS, "all"} if "windows" in words else debian_13.STEPS
                assert word.removeprefix("STEPS=") in steps, words


def test_the_manual_has_every_command_and_the_readme_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = set(re.findall(r"^    ([a-z]\S+)", capsys.readouterr().out, re.MULTILINE))
    words = [
        line[1] for line in _commands(ROOT / "README.md") if line[:1] == ["mturk-notification-tester"] and line[1:]
    ]
    assert commands - set(words) == set()
    manual = (ROOT / "packaging" / "linux" / "manual.1").read_text(encoding="utf-8")
    assert {"send", "remove-data", "self-check"} <= commands
    assert set(re.findall(r"^\.TP\n\.B ([a-z]\S+)$", manual, re.MULTILINE)) == commands


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_whole_and_may_no_more_than_it_must(path: Path) -> None:
    flow = _read(path)
    # "on" is a word for true in YAML 1.1, which this reader speaks.
    assert {"name", True, "permissions", "jobs"} <= flow.keys()
    assert flow["permissions"] == {"contents": "read"}
    for job in flow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step), step
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/none@v1"))


def test_the_tests_run_on_three_systems_and_every_python() -> None:
    matrix = _read(ROOT / ".github" / "workflows" / "test.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "windows", "macos"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert matrix["python"] == re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert project["requires-python"] == f">={matrix['python'][0]}"


def test_what_signing_wants_is_handed_over() -> None:
    text = (ROOT / ".github" / "workflows" / "package.yml").read_text(encoding="utf-8")
    secrets = set(re.findall(r"(\w+): \$\{\{ secrets\.(\w+) \}\}", text))
    assert all(name == secret for name, secret in secrets)
    assert {*signing.WINDOWS, *signing.APPLE} <= {name for name, _ in secrets}


def test_without_a_certificate_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert signing.given(signing.WINDOWS, {"WINDOWS_CERTIFICATE": "x"}) == {}
    assert "there is no WINDOWS_CERTIFICATE_PASSWORD" in capsys.readouterr().out
    assert signing.given(("A", "B"), {"A": "1", "B": "2", "C": "3"}) == {"A": "1", "B": "2"}


def test_the_installer_is_given_every_word_that_it_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, signing = importlib.import_module("other_systems"), importlib.import_module("signing")
    for name in signing.WINDOWS:
        monkeypatch.setenv(name, "x")
    used = set(re.findall(r"\$\{([A-Z]+)\}", other.SCRIPT.read_text(encoding="utf-8"))) - {"REGISTERED", "UN"}
    command = other.installer_command("makensis", tmp_path, tmp_path / "some-setup.exe")
    assert {word[2:].partition("=")[0] for word in command if word.startswith("-D")} == used


def test_the_entitlements_can_be_read() -> None:
    plist = importlib.import_module("plistlib")
    with (ROOT / "packaging" / "macos" / "entitlements.plist").open("rb") as file:
        assert plist.load(file) == {"com.apple.security.cs.disable-library-validation": True}
