# SPDX-License-Identifier: MIT
"""A proof fails when the program does not do what it should: each is held against a program that does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import archive
import build
import debian
import desktop_files
import proving
import ratios
import twice
from proving import ProofFailedError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the programs to be proved are shell scripts")


def _program(folder: Path, script: str) -> Path:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("echo All is well.", "ok"),
        ("echo All is well.; exit 1", "FAILED"),
        ("echo one of these failed.", "FAILED"),
        ("echo All is well.; echo Traceback >&2", "FAILED"),
        ("echo All is well.; echo 'This plugin does not support raise()' >&2", "ok"),
        ('test -z "$PYTHONPATH$VIRTUAL_ENV" && ! command -v python3 && echo All is well.', "ok"),
    ],
)
def test_a_self_check_has_to_end_well_and_without_a_complaint(
    tmp_path: Path, script: str, word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    program = _program(tmp_path, script)

    def proof(which: Path, home: Path) -> str:
        proving.self_check([which], proving.offscreen(home))
        return ""

    assert proving.prove("it", proof, program) is (word == "ok")
    assert capsys.readouterr().out.startswith(f"{word:8}  it")


@pytest.mark.parametrize(
    ("ci", "well", "said"),
    [
        ("", True, "not here  it: there is no no-such-program-anywhere\n"),
        (
            "true",
            False,
            "FAILED    not here, in the gate, where nothing may be missing: it: there is no no-such-program-anywhere\n",
        ),
    ],
)
def test_what_cannot_be_proved_is_said_and_fails_in_the_gate_only(
    tmp_path: Path, ci: str, *, well: bool, said: str
) -> None:
    script = "import sys, proving; sys.exit(not proving.prove('it', lambda *_: proving.tool(sys.argv[1]), None))"
    done = subprocess.run(
        [sys.executable, "-c", script, "no-such-program-anywhere"],
        cwd=Path(proving.__file__).parent,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == said, done.stderr
    assert (done.returncode == 0) is well


@pytest.mark.parametrize("gate", [False, True])
def test_a_step_that_lacks_its_tool_fails_in_the_gate_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, gate: bool
) -> None:
    monkeypatch.setattr(proving, "IN_THE_GATE", gate)
    monkeypatch.setattr(build, "ARCHIVES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = [*desktop_files.problems(tmp_path), *debian.problems(tmp_path / "some.deb")]
    assert missing == ["desktop-file-validate is not here", "appstreamcli is not here", "lintian is not here"] * gate
    assert build.debian() is not gate
    bill = tmp_path / "some.cdx.json"
    bill.write_text("{}", encoding="utf-8")
    assert archive.make(_built(tmp_path), tmp_path / "archives", bill=bill) is not gate
    assert capsys.readouterr().out.count("FAILED    not here" if gate else "not here  ") == 7


def test_what_stands_on_the_list_may_be_missing_in_the_gate_and_is_said_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(proving, "IN_THE_GATE", True)
    monkeypatch.setitem(proving.MAY_BE_MISSING, "it", "nobody has it")
    assert proving.not_here("it")
    assert capsys.readouterr().out == "not here  it (nobody has it)\n"


def _built(folder: Path) -> Path:
    program = folder / "built"
    papers = program / archive.LICENCES
    papers.mkdir(parents=True)
    for name in archive.PAPERS:
        (papers / name).touch()
    return program


_WINDOW = """
python=%s
trap 'kill $!; exit %d' TERM
%s
"$python" -c 'import time; time.sleep(60)' practice &
child=$!
wait $child; wait $child
"""


@pytest.mark.parametrize(
    ("code", "also", "good"), [(0, "", True), (1, "", False), (0, "echo a warning of Qt >&2", False)]
)
def test_a_window_has_to_end_well(tmp_path: Path, code: int, also: str, *, good: bool) -> None:
    program = _program(tmp_path, _WINDOW % (sys.executable, code, also))

    def use() -> None:
        with proving.window(program, proving.surroundings(tmp_path) | {"PATH": "/usr/bin:/bin"}) as (process, children):
            assert process.poll() is None
            assert len(children) == 1
            assert proving.is_running(children[0])

    if good:
        use()
    else:
        with pytest.raises(ProofFailedError):
            use()


def test_waiting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "PATIENCE_SECONDS", 0)
    with pytest.raises(ProofFailedError, match="never"):
        proving.until(lambda: False, "never")
    assert proving.until(lambda: 7, "never") == 7


@pytest.mark.parametrize(("ours", "word"), [(65.0, "ok"), (66.0, "MISSED")])
def test_a_ratio_is_met_or_missed(ours: float, word: str) -> None:
    ratio = ratios.Ratio(what="it", ours=ours, reference=100, unit="MB", goal=0.65)
    assert ratio.holds is (word == "ok")
    assert str(ratio).endswith(word)


def test_a_link_takes_no_room(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    (tmp_path / "link").symlink_to("file")
    assert ratios.installed_size(tmp_path) == 4


def test_two_trees_differ_by_content_mode_and_link(tmp_path: Path) -> None:
    trees = [tmp_path / "one", tmp_path / "two"]
    for tree in trees:
        (tree / "folder").mkdir(parents=True)
        for name in ("same", "content", "mode"):
            (tree / "folder" / name).write_text(name, encoding="utf-8")
        (tree / "link").symlink_to("folder/same")
    one, two = map(twice.contents, trees)
    assert one == two
    (trees[1] / "folder" / "content").write_text("other", encoding="utf-8")
    (trees[1] / "folder" / "mode").chmod(0o600)
    (trees[1] / "link").unlink()
    (trees[1] / "link").symlink_to("folder/mode")
    two = twice.contents(trees[1])
    assert {name for name in one if one[name] != two[name]} == {"folder/content", "folder/mode", "link"}
