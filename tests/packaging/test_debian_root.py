# SPDX-License-Identifier: MIT
"""What is carried into a Debian made below build/: the checkout as it stands, and where its packages come from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import debian_13
import debian_root
import product


@pytest.fixture
def pip_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a person who gets packages through a house of their own."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "packages").mkdir()
    (tmp_path / "own.pem").touch()
    written = tmp_path / "pip.conf"
    written.write_text(
        f"[global]\nindex-url = https://packages.example/simple\ncert = {tmp_path}/own.pem\n"
        f"extra-index-url =\n    https://more.example/simple\n    file://{tmp_path}/packages\n"
        "[install]\nno-compile = true\n",
        "utf-8",
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(written))
    monkeypatch.setenv("PIP_TIMEOUT", "7")
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="Wine's Debian is made on Linux")
def test_pip_asks_inside_where_it_asks_outside(pip_settings: Path) -> None:
    settings = debian_root.settings_of_pip()
    assert settings["PIP_INDEX_URL"] == "https://packages.example/simple"
    assert settings["PIP_NO_COMPILE"] == "true"
    assert settings["PIP_TIMEOUT"] == "7"
    inside, lent = debian_root.lent_to_a_root(settings)
    assert inside["PIP_INDEX_URL"] == settings["PIP_INDEX_URL"]
    assert inside["PIP_CERT"] == f"/mnt{pip_settings}/own.pem"
    assert inside["PIP_EXTRA_INDEX_URL"] == f"https://more.example/simple file:///mnt{pip_settings}/packages"
    assert set(lent) >= {f"{pip_settings}/own.pem", str(pip_settings)}


def test_the_checkout_is_copied_as_it_stands_and_what_is_installed_there_stays(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for path in (
        ".gitignore",
        "kept.py",
        "changed.py",
        "folder/new.py",
        ".venv/ours",
        "folder/__pycache__/a.pyc",
        ".git",
    ):
        (ours / path).parent.mkdir(parents=True, exist_ok=True)
        (ours / path).write_text("build/\n.venv/\n__pycache__/\n" if path == ".gitignore" else "new", "utf-8")
    for path in ("kept.py", "changed.py", "gone.py", ".venv/theirs", "build/big"):
        (theirs / path).parent.mkdir(parents=True, exist_ok=True)
        (theirs / path).write_text("new" if path == "kept.py" else "old", "utf-8")
    os.utime(theirs / "kept.py", (1, 1))
    (ours / "kept.py").chmod(0o644)
    debian_13.copy_checkout(ours, theirs)
    found = {path.relative_to(theirs).as_posix() for path in theirs.rglob("*") if path.is_file()}
    assert found == {".gitignore", "kept.py", "changed.py", "folder/new.py", ".venv/theirs", "build/big"}
    assert (theirs / "changed.py").read_text("utf-8") == "new"
    assert (theirs / "kept.py").stat().st_mtime == 1


def test_an_unknown_debian_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(debian_13, "NUMBER", "9")
    assert debian_13.main([]) == 2
    assert capsys.readouterr().out == "DEBIAN=9 is unknown. There are 13, 14.\n"


def test_the_fast_part_is_there() -> None:
    for name in debian_13.FAST:
        assert list((product.ROOT / "tests").glob(name))


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs the right to mount a small disk")
def test_what_was_interrupted_is_made_anew_and_nothing_stays_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = programs / "debootstrap"
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    root = debian_root.DebianRoot(tmp_path / "root", "trixie")
    for script in (
        "mkdir -p $3/etc; mount -t proc proc $3/etc; exit 1",
        "mkdir -p $3/etc/apt/apt.conf.d; echo $2 > $3/etc/suite",
    ):
        fake.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        fake.chmod(0o755)
        if "exit" in script:
            with pytest.raises(subprocess.CalledProcessError):
                root.make()
            assert not root.folder.exists()
        else:
            root.make()
    assert (root.folder / "etc" / "suite").read_text("utf-8") == "trixie\n"
    assert str(tmp_path) not in Path("/proc/mounts").read_text("utf-8")
