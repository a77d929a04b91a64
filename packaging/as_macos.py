# SPDX-License-Identifier: MIT
"""PyInstaller on Linux, led to believe that this is macOS: ``python as_macos.py PACKAGES PYINSTALLER'S WORDS…``.

PACKAGES is a folder with the packages as they are published for macOS, PyInstaller with its bootloader among them. What
cannot be had is Python's own library and modules for macOS: those of this Linux go in, and what they need is not
followed. Nothing is signed: what would be called is written beside the packages, as ``CALLED``, a list a call.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import sysconfig
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import elf

CALLED = "called.json"
BOOTLOADER = "PyInstaller/bootloader/Darwin-64bit/run"
_READ_BEFORE = ("bill", "icon_files", "notices", "owners", "qt_support", "contents", "urllib.request")
"""What the spec imports of ours and what asks a real macOS when it is imported: they stay what they are on Linux."""

_LINUX = sysconfig.get_path("purelib")


def main(words: list[str]) -> int:
    """Run it; returns the exit code, or raises what PyInstaller raises."""
    packages = Path(words[0])
    for name in _READ_BEFORE:
        import_module(name)
    path_of_linux = list(sys.path)
    sys.path.insert(0, str(packages))
    _replace(sys, platform="darwin")
    _replace(platform, system=lambda: "Darwin", machine=lambda: "arm64")
    _replace(platform, mac_ver=lambda *_: ("13.0", ("", "", ""), "arm64"))

    program = import_module("PyInstaller.__main__")
    called: list[list[str]] = []
    _call_nothing(import_module("PyInstaller.utils.osx"), called)
    _ask_linux(import_module("PyInstaller.isolated._parent"), path_of_linux, packages)
    _stand_in_for_python(import_module("PyInstaller.depend.bindepend"), packages)
    try:
        program.run(words[1:])
    finally:
        (packages.parent / CALLED).write_text(json.dumps(called), encoding="utf-8")
    return 0


def _replace(place: object, **parts: object) -> None:
    for name, part in parts.items():
        setattr(place, name, part)


def _like_sys(**other: object) -> SimpleNamespace:
    return SimpleNamespace(**{name: getattr(sys, name) for name in dir(sys)} | other)


def _call_nothing(osx: object, called: list[list[str]]) -> None:
    """Write down what Apple's tools would be called with."""

    def call(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in command]
        called.append(words)
        if "-output" in words and not Path(into := words[words.index("-output") + 1]).exists():
            # lipo takes the part for one processor out; here all of them stay.
            shutil.copyfile(next(word for word in words if Path(word).is_file()), into)
        return subprocess.CompletedProcess(words, 0, "", "")

    _replace(osx, subprocess=SimpleNamespace(run=call, PIPE=subprocess.PIPE, STDOUT=subprocess.STDOUT))
    # It wants the bootloader's signature to be gone.
    _replace(osx, fix_exe_for_code_signing=lambda _: None)


def _ask_linux(parent: object, path: list[str], packages: Path) -> None:
    """What is asked in another process is asked of Linux's packages, which run; a file in the answer is macOS'."""
    python = vars(parent)["Python"]
    ask = python.call

    def call(self: object, *words: object, **options: object) -> object:
        return _moved(ask(self, *words, **options), packages)

    _replace(python, call=call)
    _replace(parent, sys=_like_sys(path=path))
    compat = import_module("PyInstaller.compat")
    _replace(compat, __wrap_python=lambda words, options: ([sys.executable, *words], options))


def _moved(answer: object, packages: Path) -> object:
    if isinstance(answer, dict):
        return {name: _moved(value, packages) for name, value in answer.items()}
    if isinstance(answer, list | tuple):
        return type(answer)(_moved(value, packages) for value in answer)
    if isinstance(answer, str) and answer.startswith(_LINUX):
        there = packages / answer.removeprefix(_LINUX).lstrip("/")
        return str(there) if there.exists() else answer
    return answer


def _stand_in_for_python(bindepend: object, packages: Path) -> None:
    """Python's library and program are those of others for macOS; nothing that Linux's modules need is followed."""
    follow = vars(bindepend)["_get_imports_macholib"]

    def needs(path: str, places: object) -> object:
        return set() if elf.is_one(Path(path)) else follow(path, places)

    library = next((packages / "shiboken6").glob("libshiboken6*.dylib"))
    _replace(bindepend, _get_imports_macholib=needs, get_python_library_path=lambda: str(library))
    _replace(bindepend, sys=_like_sys(executable=str(packages / BOOTLOADER)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
