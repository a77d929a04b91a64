# SPDX-License-Identifier: MIT
"""What is brought to try the program on Windows; that it runs there is for ``make windows`` to show."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import debian_root
import windows
import wine
from product import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_all_that_windows_needs_is_named_with_one_version() -> None:
    pairs = dict(one.split("==") for one in wine.wanted())
    stand_ins = dict(re.findall(r"^([\w.-]+)==(\S+)", wine.STAND_INS.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(pairs) == len(wine.wanted())
    for name, version in stand_ins.items():
        assert pairs[name.lower()] == version
    assert {"boto3", "keyring", "moto", "pytest", "pyinstaller", "colorama", "jsonschema"} <= pairs.keys()
    assert not {"secretstorage", "jeepney", "mturk-notification-tester"} & pairs.keys()


def test_each_stand_in_has_its_reason() -> None:
    lines = wine.STAND_INS.read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("#") or re.fullmatch(r"[\w.-]+==[\w.]+  # .+", line) for line in lines)


@pytest.mark.skipif(sys.platform != "linux", reason="Wine's Debian is made on Linux")
def test_a_package_without_a_version_is_told_with_where_to_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = tmp_path / "windows_packages.txt"
    kept = [line for line in wine.STAND_INS.read_text(encoding="utf-8").splitlines() if "pefile" not in line]
    less.write_text("\n".join(kept), encoding="utf-8")
    monkeypatch.setattr(wine, "STAND_INS", less)
    with pytest.raises(wine.NotToBeHadError, match=rf"pefile.*name it in {re.escape(str(less))}"):
        wine.wanted()


@pytest.mark.skipif(sys.platform != "linux", reason="Wine's Debian is made on Linux")
def test_where_no_debian_can_be_made_the_way_out_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian_root, "can_be_made", lambda: False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert windows.main(["test"]) == 1
    assert "apt-get install debootstrap" in capsys.readouterr().out


def test_what_does_not_come_is_told_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*words: str) -> None:
        raise subprocess.CalledProcessError(1, words)

    root = debian_root.DebianRoot(tmp_path / "debian", "trixie")
    root.folder.mkdir()
    monkeypatch.setattr(debian_root.DebianRoot, "install", nothing)
    with pytest.raises(wine.NotToBeHadError, match=r"Wine, by apt-get: .*what is there is kept"):
        wine.Windows(root).bring()


def test_only_what_is_made_from_something_else_is_brought_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought: list[str] = []
    checkout = tmp_path / "checkout"
    for name in ("pyproject.toml", "packaging/constraints.txt"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    monkeypatch.setattr(wine, "ROOT", checkout)
    monkeypatch.setattr(debian_root.DebianRoot, "make", lambda _: None)
    monkeypatch.setattr(debian_root.DebianRoot, "install", lambda *_: brought.append("debian"))
    for name in ("python", "packages", "project"):
        monkeypatch.setattr(wine.Windows, f"_bring_{name}", lambda *_, name=name: brought.append(name))
    made = wine.Windows(debian_root.DebianRoot(tmp_path / "debian", "trixie"))
    made.place(wine.PREFIX).mkdir(parents=True)
    made.bring()
    assert brought == ["debian", "python", "packages", "project"]
    made.bring()
    assert len(brought) == 4
    described = (checkout / "pyproject.toml").read_text(encoding="utf-8")
    (checkout / "pyproject.toml").write_text(f"{described}\n# another line\n", encoding="utf-8")
    made.bring()
    assert brought[4:] == ["project"]


@pytest.mark.skipif(sys.platform != "linux", reason="Wine's Debian is made on Linux")
def test_two_at_once_in_one_checkout_are_refused_with_a_sentence(tmp_path: Path) -> None:
    here = wine.Windows(debian_root.DebianRoot(tmp_path / "windows" / "debian", "trixie"))
    for _ in range(2):  # it is free again afterwards
        with here.alone(), pytest.raises(wine.NotToBeHadError, match=rf"process {os.getpid()}\).*Wait"), here.alone():
            pass


def test_unknown_steps_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert windows.main(["tests"]) == 2
    assert "Unknown: tests. There are test, " in capsys.readouterr().out


def test_a_path_of_that_debian_is_on_drive_z() -> None:
    assert wine.in_windows("/opt/windows/python") == r"Z:\opt\windows\python"


def test_what_became_of_the_tests_is_shown_by_folder() -> None:
    report = """<testsuites><testsuite>
    <testcase classname="tests.aws.test_keys" name="a"/>
    <testcase classname="tests.aws.test_keys" name="b"><failure message="no"/></testcase>
    <testcase classname="tests.aws.test_keys" name="c"><error message="no"/></testcase>
    <testcase classname="tests.storage.test_files.A" name="d"><skipped type="pytest.skip" message="no sh"/></testcase>
    <testcase classname="tests.storage.test_files" name="e"><skipped type="pytest.xfail" message="known"/></testcase>
    <testcase classname="tests.test_gate" name="f"/>
    </testsuite></testsuites>"""
    head, *rows = windows.table(report).splitlines()
    assert head.split() == ["passed", "failed", "skipped"]
    assert [row.split() for row in rows] == [
        ["(itself)", "1", "0", "0"],
        ["aws", "1", "2", "0"],
        ["storage", "1", "0", "1"],
        ["all", "3", "2", "1"],
        ["Skipped:"],
        ["1", "no", "sh"],
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="Wine runs on Linux here")
@pytest.mark.parametrize(
    ("ends", "command", "code"),
    [
        ("", "exit 0", 0),
        ("", "exit 3", 3),
        ("rm server; ", "exec sleep 600", wine.SERVER_ENDED),
        ("rm server; ", "exit 3", wine.SERVER_ENDED),
    ],
)
def test_it_is_told_apart_whether_the_command_or_wines_own_server_ended(
    tmp_path: Path, ends: str, command: str, code: int
) -> None:
    """A stand-in for ``wineserver`` whose "running" is a file; the shell around it is the real one."""
    server = tmp_path / "wineserver"
    server.write_text('#!/bin/sh\ncase "$1" in -k0) [ -e server ];; -k) rm -f server;; esac\n', encoding="utf-8")
    server.chmod(0o755)
    (tmp_path / "server").touch()
    command = f"sleep 2; {ends}{command}"
    done = subprocess.run(
        ["sh", "-c", '"$@"; exit "$?"', "sh", "sh", "-c", wine.AROUND, "sh", "sh", "-c", command],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        check=False,
        timeout=60,
    )
    assert done.returncode == code


@pytest.mark.parametrize("step", ["test", "build", "smoke", "times"])
@pytest.mark.parametrize(
    ("codes", "is_good", "begun"), [([138, 0], True, 2), ([138, 1], False, 2), ([138] * 4, False, 3)]
)
def test_a_step_begins_once_more_where_wine_itself_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, codes: list[int], *, is_good: bool, begun: int
) -> None:
    waiting = list(codes)
    monkeypatch.setattr(wine.Windows, "show", lambda *_, **__: waiting.pop(0))
    here = wine.Windows(debian_root.DebianRoot(tmp_path, "trixie"))
    assert windows.STEPS[step](here) is is_good
    assert len(codes) - len(waiting) == begun
