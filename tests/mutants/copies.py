# SPDX-License-Identifier: MIT
"""A copy of the checkout in which the program is made wrong, and which tests are likely to notice."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from mutants.places import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NOT_COPIED = (".venv", ".git", "build", "dist", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")
OF_THE_HOUSE = ("packaging", "torture", "mutants", "benchmarks")
"""Folders of tests that run the program as a whole, or do not run it."""
_GRACE_SECONDS = 5
_NAMESAKE, _ROOM, _JOURNEY, _CALLED = 0.0, 1.5, 6.0, 1.0
STUCK_SECONDS = 30
"""A test that takes longer on a changed program, and not on the right one, has noticed."""


class Copy:
    """A checkout with a Python of its own, which has everything that is installed here but this program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = folder / PACKAGE
        self._given_up = threading.Event()

    @classmethod
    def of(cls, root: Path, folder: Path) -> Copy:
        """Make one, in the place of what is in ``folder``."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(root, folder, ignore=shutil.ignore_patterns(*_NOT_COPIED, "__pycache__"))
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
        below = Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
        installed = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})"
        (folder / ".venv" / below / "copy.pth").write_text(f"{folder / 'gui'}\n{installed}\n", "utf-8")
        return cls(folder)

    def give_up(self) -> None:
        """End what runs here, from another thread; :meth:`failing` raises InterruptedError."""
        self._given_up.set()

    def failing(self, tests: Sequence[str], *, seconds: float, only_collected: bool = False) -> str:
        """Run tests in this order until one fails, or only read them; the name of what fails, or empty.

        One that is under way for longer than STUCK_SECONDS is named as well. Where the time is over before any failed,
        raises subprocess.TimeoutExpired.
        """
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        (self.folder / "tests.txt").write_text("\n".join(tests), "utf-8")
        words = ["-p", "mutants.reports", "-p", "no:cacheprovider", "-p", "no:randomly", "-q", "-x"]
        words += ["-m", "not alone", f"--timeout={STUCK_SECONDS}", "@tests.txt"]
        words += ["--collect-only"] if only_collected else []
        process = subprocess.Popen(
            [self.folder / ".venv/bin/python", "-m", "pytest", *words],
            cwd=self.folder,
            env={**os.environ, "MUTANTS_REPORT": str(report)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + seconds
        try:
            while process.poll() is None:
                if stuck := _stuck(report):
                    return stuck
                if self._given_up.is_set():
                    raise InterruptedError
                if time.monotonic() > end:
                    raise subprocess.TimeoutExpired(words, seconds)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.5)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, 9)
                process.wait()
        if process.returncode in {0, 5}:  # 5: those there are were left out
            return ""
        failed = json.loads(report.read_text("utf-8"))["failed"] if report.exists() else ""
        return failed or (DIED if process.returncode < 0 else COLLECTING)


COLLECTING, DIED = "(collecting the tests)", "(the tests' process died)"
"""What fails where no test can be named."""


def _stuck(report: Path) -> str:
    """The test that is under way for too long; pytest-timeout ends nothing where Qt's own loop has the main thread."""
    told = json.loads(report.read_text("utf-8")) if report.exists() else {}
    return str(told["running"]) if told.get("seconds", 0) > STUCK_SECONDS + _GRACE_SECONDS else ""


def likely_tests(root: Path, path: str, line: int) -> list[str]:
    """The files with tests that may notice a change of this line of a module, the likeliest first.

    First its namesake, then those that import it and those of its room, then those that import what imports it, the
    fewer steps the earlier; before its like what has the name of the function or the class that is changed. Journeys
    import little and run much, so they come after what is near. Of two alike the smaller file is first.
    """
    package = root / PACKAGE
    modules = {_module(one.relative_to(package)): one for one in package.rglob("*.py")}
    importers: dict[str, set[str]] = defaultdict(set)
    for name, file in modules.items():
        for imported in _imported(file, modules):
            importers[imported].add(name)
    changed = Path(path)
    steps = {_module(changed): 0}
    waiting = list(steps)
    for name in waiting:
        for importer in sorted(importers[name] - steps.keys()):
            steps[importer] = steps[name] + 1
            waiting.append(importer)
    called = re.compile(rf"\b({'|'.join(_around(modules[_module(changed)], line)) or '(?!)'})\b")
    ranked = []
    for file in (root / "tests").rglob("test_*.py"):
        below = file.relative_to(root / "tests")
        ranks = [1.0 + steps[name] for name in _imported(file, modules) if name in steps]
        if below.parent == changed.parent:
            ranks.append(_NAMESAKE if changed.stem in below.stem else _ROOM)
        elif below.parts[0] == changed.parts[0] and ranks:
            ranks.append(min(ranks) - 0.5)
        if below.parts[0] == "journeys":
            ranks.append(_JOURNEY)
        if ranks and below.parts[0] not in OF_THE_HOUSE:
            nearer = _CALLED if called.search(file.read_text("utf-8")) else 0.0
            ranked.append((min(ranks) - nearer, file.stat().st_size, f"tests/{below.as_posix()}"))
    return [name for _rank, _size, name in sorted(ranked)]


def _around(file: Path, line: int) -> set[str]:
    """The names of the function and the class in which a line is, but for those that tests do not write."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    nodes = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, kinds)]
    return {one.name for one in nodes if one.lineno <= line <= (one.end_lineno or 0) and one.name[0] != "_"}


def _module(below: Path) -> str:
    """The full name of a module, by its path below the package."""
    parts = below.with_suffix("").parts
    return ".".join((Path(PACKAGE).name, *(parts[:-1] if parts[-1] == "__init__" else parts)))


def _imported(file: Path, modules: dict[str, Path]) -> Iterator[str]:
    """The modules of the program that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        yield from (name for name in names if name in modules)
